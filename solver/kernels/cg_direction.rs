//! The next search direction of conjugate gradients.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/cg_direction.wgsl`.
    pub struct CgDirectionParams {
        /// Elements.
        pub count: u32,
    }
}

crate::kernel! {
    /// `p_i ← z_i + (n/d) p_i`; z is the preconditioned residual, `n/d` the ratio of successive `r·z`; `n/0` counts as 0.
    Map cg_direction(CgDirectionParams; numerator: real, denominator: real, z: real) -> real
}

#[inline]
fn element<R: Real>(_: &CgDirectionParams, x: &Inputs<'_, Cpu<R>>, p: R, i: usize) -> R {
    let denominator = x.denominator[0];
    let scale = if denominator == R::ZERO { R::ZERO } else { x.numerator[0] / denominator };
    x.z[i] + scale * p
}
