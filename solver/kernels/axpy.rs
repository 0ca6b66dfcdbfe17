//! A scaled vector added in place.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/axpy.wgsl`.
    pub struct AxpyParams {
        /// Elements.
        pub count: u32,
        /// +1 or −1.
        pub sign: f32,
    }
}

crate::kernel! {
    /// `y_i ← y_i + s (n/d) x_i`; `n`, `d` are one-element arrays left on the device by `dot_product`; `n/0` counts as 0.
    Map axpy(AxpyParams; numerator: real, denominator: real, x: real) -> real
}

#[inline]
fn element<R: Real>(u: &AxpyParams, x: &Inputs<'_, Cpu<R>>, y: R, i: usize) -> R {
    let denominator = x.denominator[0];
    let scale = if denominator == R::ZERO { R::ZERO } else { x.numerator[0] / denominator };
    y + R::of(f64::from(u.sign)) * scale * x.x[i]
}
