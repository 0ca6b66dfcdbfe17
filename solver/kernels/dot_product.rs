//! Partial sums of an inner product.

use crate::backend::{Cpu, REDUCE_LANES, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/dot_product.wgsl`.
    pub struct DotParams {
        /// Elements.
        pub count: u32,
        /// Workgroups, which is also the number of partial sums.
        pub group_count: u32,
    }
}

crate::kernel! {
    /// `out_g = Σ_{i in group g} a_i b_i`: 256 lanes walk the arrays with a stride of all groups, then one tree.
    ///
    /// The order of summation is fixed, so the same input gives the same bits. A second launch with one group and unit
    /// `b` adds the partial sums.
    Reduce dot_product(DotParams; a: real, b: real) -> real
}

const LANES: usize = REDUCE_LANES as usize;

#[inline]
fn element<R: Real>(u: &DotParams, x: &Inputs<'_, Cpu<R>>, _: R, group: usize) -> R {
    let (count, stride) = (u.count as usize, u.group_count as usize * LANES);
    let mut lanes = [R::ZERO; LANES];
    let mut base = group * LANES;
    while base < count {
        for (lane, i) in (base..count.min(base + LANES)).enumerate() {
            lanes[lane] += x.a[i] * x.b[i];
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
