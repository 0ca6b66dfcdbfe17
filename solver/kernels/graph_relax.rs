//! A Chebyshev step on a graph.

use super::sliced::{SLICE, eight, leaving, put};
use crate::backend::{Cpu, Real, each, rows};

/// Cells that a thread takes at once.
const PIECE: usize = 1 << 12;

crate::wgsl_struct! {
    /// Uniform of `shaders/graph_relax.wgsl`.
    pub struct GraphRelaxParams {
        /// Cells.
        pub count: u32,
        /// Weight of the last change.
        pub momentum: f32,
        /// Weight of the preconditioned residual.
        pub step: f32,
        /// Which vectors count as 0, whatever the arrays hold: 1 both (first step of a cycle), 2 the one before x, 0 none.
        pub from_zero: u32,
    }
}

/// Momentum and step of the k-th of two fourth-kind Chebyshev steps: `(2k−3)/(2k+1)` (0 for k = 1) and `(8k−4)/((2k+1) λ)`, λ = 2.
///
/// Lottes' weights of least bound, on top of these, save one iteration of 12 on cubes and cost 2 to 5 on radiating panels.
pub const STEPS: [(f32, f32); 2] = [(0.0, 2.0 / 3.0), (0.2, 1.2)];

crate::kernel! {
    /// `y_i ← x_i + m (x_i − y_i) + s (b_i − d_i x_i − Σ_j g_ij (x_i − x_j)) / a_ii`: y holds the vector before x and
    /// becomes the one after it.
    ///
    /// With m and s of [`STEPS`] this is the fourth-kind Chebyshev iteration, λ = 2 bounding the eigenvalues of D⁻¹A of an
    /// M-matrix. `inverse` is 1/a_ii; rows as in [`super::sliced`].
    /// Source: J. Lottes, Optimal polynomial smoothers for multigrid V-cycles, Numer. Linear Algebra Appl. 2023.
    /// Truth: `multigrid::iterations_do_not_grow`.
    Shared graph_relax(GraphRelaxParams;
        slice_start: u32, column: u32, conductance: real, diagonal: real, inverse: real, rhs: real, x: real
    ) -> real, with ["sliced"]
}

fn run<R: Real>(u: &GraphRelaxParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], n: usize) {
    let matrix = (x.slice_start.as_slice(), x.column.as_slice(), x.conductance.as_slice());
    let (diagonal, inverse, rhs, xs) = (x.diagonal.as_slice(), x.inverse.as_slice(), x.rhs.as_slice(), x.x.as_slice());
    let (momentum, step) = (R::of(f64::from(u.momentum)), R::of(f64::from(u.step)));
    if u.from_zero == 1 {
        return each(&mut out[..n], PIECE, |i, y| *y = step * inverse[i] * rhs[i]);
    }
    rows(&mut out[..n], SLICE, |slice, y| {
        let first = slice * SLICE;
        let (own, before) = (eight(xs, first), if u.from_zero == 2 { [R::ZERO; SLICE] } else { eight(y, 0) });
        let (b, inverse, sum) = (eight(rhs, first), eight(inverse, first), leaving(matrix, diagonal, xs, own, slice));
        put(y, std::array::from_fn(|l| own[l] + momentum * (own[l] - before[l]) + step * inverse[l] * (b[l] - sum[l])));
    });
}
