//! Twin of `shaders/common.wgsl`.

use crate::backend::Real;
use crate::constants;

/// Temperature step of the fixed-point part of a node temperature, K: 2⁻¹⁶.
pub const COARSE_STEP_K: f64 = 1.0 / 65_536.0;

/// What `tests/contract.rs` compares with the WGSL constants.
pub const CONSTANTS: &[(&str, f64)] = &[("STEFAN_BOLTZMANN", constants::STEFAN_BOLTZMANN), ("COARSE_STEP_K", COARSE_STEP_K)];

/// The whole kelvin nearest to the coarse part of a temperature.
pub fn whole_kelvin(coarse: i32) -> i32 {
    (coarse + 32_768) >> 16
}

/// `T_b − T_a`, K: the coarse parts subtract exactly, so a small difference keeps its digits.
pub fn difference<R: Real>(coarse_a: i32, fine_a: R, coarse_b: i32, fine_b: R) -> R {
    R::of(COARSE_STEP_K) * R::of_i32(coarse_b.wrapping_sub(coarse_a)) + (fine_b - fine_a)
}

/// Splits a temperature into coarse steps and remainder. Exact in f64 for |T| < 32,768 K.
pub fn split(temperature_k: f64) -> (i32, f64) {
    let steps = (temperature_k / COARSE_STEP_K).round();
    #[expect(clippy::cast_possible_truncation, reason = "temperatures lie far below 2^31 steps of 2^-16 K")]
    let coarse = steps as i32;
    (coarse, temperature_k - steps * COARSE_STEP_K)
}

/// A well-mixed hash of one word (multiplicative rounds).
pub fn hash(x: u32) -> u32 {
    let mut h = x;
    h = (h ^ (h >> 16)).wrapping_mul(0x7feb_352d);
    h = (h ^ (h >> 15)).wrapping_mul(0x846c_a68b);
    h ^ (h >> 16)
}
