//! Product of a conductance matrix, held as rows, with a vector.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/graph_apply.wgsl`.
    pub struct GraphApplyParams {
        /// Rows of the matrix.
        pub count: u32,
        /// What the old output counts: 1 or 0.
        pub keep: f32,
        /// +1 or −1.
        pub sign: f32,
    }
}

crate::kernel! {
    /// `y_i ← keep y_i + sign (d_i x_i + Σ_j g_ij (x_i − x_j))`, W; `g`, `d` in W/K, `x` in K.
    ///
    /// For the Newton matrix `d_i = 4σE_iT_i³ + …`. It is symmetric positive definite where every node has a path to space or
    /// to a boundary. With keep = 1, sign = −1 and y = b this is the residual.
    /// Truth: `invariants::jacobian_is_the_derivative_of_the_residual`.
    Map graph_apply(GraphApplyParams; row_start: u32, column: u32, conductance: real, diagonal: real, x: real) -> real
}

fn element<R: Real>(u: &GraphApplyParams, x: &Inputs<'_, Cpu<R>>, y: R, i: usize) -> R {
    let own = x.x[i];
    let mut sum = x.diagonal[i] * own;
    for k in x.row_start[i] as usize..x.row_start[i + 1] as usize {
        sum += x.conductance[k] * (own - x.x[x.column[k] as usize]);
    }
    let sum = R::of(f64::from(u.sign)) * sum;
    if u.keep == 0.0 { sum } else { R::of(f64::from(u.keep)) * y + sum }
}
