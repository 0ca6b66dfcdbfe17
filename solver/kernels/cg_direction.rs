//! The next search direction of conjugate gradients, with the Jacobi preconditioner folded in.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/cg_direction.wgsl`.
    pub struct CgDirectionParams {
        /// Elements.
        pub count: u32,
    }
}

crate::kernel! {
    /// `p_i ← w_i r_i + (n/d) p_i`; `w` is the inverse diagonal, `n/d` the ratio of successive `r·w·r`; `n/0` counts as 0.
    Map cg_direction(CgDirectionParams; numerator: real, denominator: real, weight: real, r: real) -> real
}

fn element<R: Real>(_: &CgDirectionParams, x: &Inputs<'_, Cpu<R>>, p: R, i: usize) -> R {
    let denominator = x.denominator[0];
    let scale = if denominator == R::ZERO { R::ZERO } else { x.numerator[0] / denominator };
    x.weight[i] * x.r[i] + scale * p
}
