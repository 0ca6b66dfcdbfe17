//! Product of a conductance matrix, held in slices of rows, with a vector.

use super::sliced::{SLICE, eight, leaving, put};
use crate::backend::{Cpu, Real, rows};

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
    /// to a boundary. With keep = 1 and sign = −1 this is the residual. Rows as in [`super::sliced`].
    /// Truth: `invariants::jacobian_is_the_derivative_of_the_residual`.
    Shared graph_apply(GraphApplyParams;
        slice_start: u32, column: u32, conductance: real, diagonal: real, rhs: real, x: real
    ) -> real, with ["sliced"]
}

fn run<R: Real>(u: &GraphApplyParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], n: usize) {
    let matrix = (x.slice_start.as_slice(), x.column.as_slice(), x.conductance.as_slice());
    let (diagonal, rhs, xs) = (x.diagonal.as_slice(), x.rhs.as_slice(), x.x.as_slice());
    let (keep, sign) = (R::of(f64::from(u.keep)), R::of(f64::from(u.sign)));
    rows(&mut out[..n], SLICE, |slice, y| {
        let first = slice * SLICE;
        let sum = leaving(matrix, diagonal, xs, eight(xs, first), slice);
        let b = if u.keep == 0.0 { [R::ZERO; SLICE] } else { eight(rhs, first) };
        put(y, std::array::from_fn(|l| keep * b[l] + sign * sum[l]));
    });
}
