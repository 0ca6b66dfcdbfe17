//! Product of a conductance matrix, held as rows, with a vector.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/graph_apply.wgsl`.
    pub struct GraphApplyParams {
        /// Rows of the matrix.
        pub count: u32,
        /// What b counts: 1 or 0.
        pub keep: f32,
        /// +1 or −1.
        pub sign: f32,
    }
}

crate::kernel! {
    /// `y_i ← keep b_i + sign (d_i x_i + Σ_j g_ij (x_i − x_j))`, W; `g`, `d` in W/K, `x` in K. With keep = 0, b is not read.
    ///
    /// For the Newton matrix `d_i = 4σE_iT_i³ + …`. It is symmetric positive definite where every node has a path to space or
    /// to a boundary. With keep = 1 and sign = −1 this is the residual.
    /// Truth: `invariants::jacobian_is_the_derivative_of_the_residual`.
    Map graph_apply(GraphApplyParams; row_start: u32, column: u32, conductance: real, diagonal: real, rhs: real, x: real) -> real
}

#[inline]
fn element<R: Real>(u: &GraphApplyParams, x: &Inputs<'_, Cpu<R>>, _: R, i: usize) -> R {
    let sum = R::of(f64::from(u.sign)) * leaving(x.row_start, x.column, x.conductance, x.diagonal, x.x, i);
    if u.keep == 0.0 { sum } else { R::of(f64::from(u.keep)) * x.rhs[i] + sum }
}

/// `d_i x_i + Σ_j g_ij (x_i − x_j)`.
#[inline(always)]
pub fn leaving<R: Real>(row_start: &[u32], column: &[u32], conductance: &[R], diagonal: &[R], x: &[R], i: usize) -> R {
    let (own, row) = (x[i], row_start[i] as usize..row_start[i + 1] as usize);
    let mut sum = diagonal[i] * own;
    for (g, j) in conductance[row.clone()].iter().zip(&column[row]) {
        sum += *g * (own - x[*j as usize]);
    }
    sum
}
