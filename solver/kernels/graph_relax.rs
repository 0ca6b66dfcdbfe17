//! A Chebyshev step on a graph.

use super::graph_apply::leaving;
use crate::backend::{Cpu, Real};

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

/// Momentum and step of the k-th of the fourth-kind Chebyshev steps, k from 1: `(2k−3)/(2k+1)` (0 for k = 1) and
/// `(8k−4)/((2k+1) λ)`, λ = 2.
#[allow(clippy::cast_precision_loss, reason = "k is a small number")]
pub fn step(k: u32) -> (f32, f32) {
    let k = k as f32;
    let momentum = if k == 1.0 { 0.0 } else { (2.0 * k - 3.0) / (2.0 * k + 1.0) };
    (momentum, (4.0 * k - 2.0) / (2.0 * k + 1.0))
}

crate::kernel! {
    /// `y_i ← x_i + m (x_i − y_i) + s (b_i − d_i x_i − Σ_j g_ij (x_i − x_j)) / a_ii`: y holds the vector before x and
    /// becomes the one after it.
    ///
    /// With m and s of [`step`] this is the fourth-kind Chebyshev iteration, λ = 2 bounding the eigenvalues of D⁻¹A of an
    /// M-matrix. `inverse` is 1/a_ii.
    /// Source: J. Lottes, Optimal polynomial smoothers for multigrid V-cycles, Numer. Linear Algebra Appl. 2023.
    /// Truth: `multigrid::iterations_do_not_grow`.
    Map graph_relax(GraphRelaxParams;
        row_start: u32, column: u32, conductance: real, diagonal: real, inverse: real, rhs: real, x: real
    ) -> real
}

#[inline]
fn element<R: Real>(u: &GraphRelaxParams, x: &Inputs<'_, Cpu<R>>, before: R, i: usize) -> R {
    // Slices before any branch: then they stay in registers from one element to the next.
    let (row_start, column, conductance) = (x.row_start.as_slice(), x.column.as_slice(), x.conductance.as_slice());
    let (diagonal, inverse, rhs, xs) = (x.diagonal.as_slice(), x.inverse.as_slice(), x.rhs.as_slice(), x.x.as_slice());
    let step = R::of(f64::from(u.step)) * inverse[i];
    if u.from_zero == 1 {
        return step * rhs[i];
    }
    let own = xs[i];
    let sum = leaving(row_start, column, conductance, diagonal, xs, i);
    let before = if u.from_zero == 2 { R::ZERO } else { before };
    own + R::of(f64::from(u.momentum)) * (own - before) + step * (rhs[i] - sum)
}
