//! Partial sums of a weighted inner product.

use crate::backend::{Cpu, REDUCE_LANES, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/weighted_dot.wgsl`.
    pub struct WeightedDotParams {
        /// Elements.
        pub count: u32,
        /// Workgroups, which is also the number of partial sums.
        pub group_count: u32,
    }
}

crate::kernel! {
    /// `out_g = Σ_{i in group g} a_i b_i w_i`: 256 lanes walk the arrays with a stride of all groups, then one tree.
    ///
    /// The order of summation is fixed, so the same input gives the same bits. A second launch with one group and unit
    /// `b`, `w` adds the partial sums.
    Reduce weighted_dot(WeightedDotParams; a: real, b: real, weight: real) -> real
}

const LANES: usize = REDUCE_LANES as usize;

fn element<R: Real>(u: &WeightedDotParams, x: &Inputs<'_, Cpu<R>>, _: R, group: usize) -> R {
    let (count, stride) = (u.count as usize, u.group_count as usize * LANES);
    let mut lanes = [R::ZERO; LANES];
    let mut base = group * LANES;
    while base < count {
        for (lane, i) in (base..count.min(base + LANES)).enumerate() {
            lanes[lane] += x.a[i] * x.b[i] * x.weight[i];
        }
        base += stride;
    }
    let mut half = LANES / 2;
    while half > 0 {
        for lane in 0..half {
            let other = lanes[lane + half];
            lanes[lane] += other;
        }
        half /= 2;
    }
    lanes[0]
}
