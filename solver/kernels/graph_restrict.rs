//! Sums over the members of aggregates.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/graph_restrict.wgsl`.
    pub struct GraphRestrictParams {
        /// Aggregates.
        pub count: u32,
        /// Weight w.
        pub weight: f32,
    }
}

crate::kernel! {
    /// `R_I ← w Σ_{i in I} r_i`; the members of aggregate I are `member[member_start[I]..member_start[I + 1]]`.
    ///
    /// Truth: `multigrid::iterations_do_not_grow`.
    Map graph_restrict(GraphRestrictParams; member_start: u32, member: u32, residual: real) -> real
}

#[inline]
fn element<R: Real>(u: &GraphRestrictParams, x: &Inputs<'_, Cpu<R>>, _: R, i: usize) -> R {
    let mut sum = R::ZERO;
    for m in &x.member[x.member_start[i] as usize..x.member_start[i + 1] as usize] {
        sum += x.residual[*m as usize];
    }
    R::of(f64::from(u.weight)) * sum
}
