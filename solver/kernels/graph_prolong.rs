//! The coarse correction added to a graph.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/graph_prolong.wgsl`.
    pub struct GraphProlongParams {
        /// Cells.
        pub count: u32,
    }
}

crate::kernel! {
    /// `x_i ← x_i + e_I`, I = `parent[i]` the aggregate that holds i. Truth: `multigrid::iterations_do_not_grow`.
    Map graph_prolong(GraphProlongParams; parent: u32, correction: real) -> real
}

#[inline]
fn element<R: Real>(_: &GraphProlongParams, x: &Inputs<'_, Cpu<R>>, out: R, i: usize) -> R {
    out + x.correction[x.parent[i] as usize]
}
