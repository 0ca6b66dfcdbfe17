//! Circular orbits around the Earth in closed form.

use crate::constants::{EARTH_J2, EARTH_MU_M3_S2, EARTH_RADIUS_M, TROPICAL_YEAR_S};

/// Period of a circular orbit, s: `2π √(r³/μ)`.
pub fn period_s(altitude_m: f64) -> f64 {
    let r = EARTH_RADIUS_M + altitude_m;
    2.0 * std::f64::consts::PI * (r.powi(3) / EARTH_MU_M3_S2).sqrt()
}

/// Half the angle spent in a cylindrical shadow, rad: `cos e = √(r² − R²)/(r cos β)`, 0 without eclipse.
///
/// Truth: `environment::eclipse_fraction` (F02).
pub fn eclipse_half_angle_rad(altitude_m: f64, beta_rad: f64) -> f64 {
    let r = EARTH_RADIUS_M + altitude_m;
    let x = (r * r - EARTH_RADIUS_M * EARTH_RADIUS_M).sqrt() / (r * beta_rad.cos());
    if x < 1.0 { x.acos() } else { 0.0 }
}

/// No sun-synchronous orbit exists at this height.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("no circular orbit at {altitude_km:.0} km is sun-synchronous; the highest is at 5974 km")]
pub struct NotSunSynchronous {
    /// Height asked for, km.
    pub altitude_km: f64,
}

/// Inclination whose J2 node drift follows the mean Sun, rad: `cos i = −Ω̇ / (1.5 J2 (R/r)² n)`.
///
/// Truth: `environment::sun_synchronous_inclination` (F04).
pub fn sun_synchronous_inclination_rad(altitude_m: f64) -> Result<f64, NotSunSynchronous> {
    let r = EARTH_RADIUS_M + altitude_m;
    let drift = 2.0 * std::f64::consts::PI / TROPICAL_YEAR_S;
    let n = (EARTH_MU_M3_S2 / r.powi(3)).sqrt();
    let cosine = -drift / (1.5 * EARTH_J2 * (EARTH_RADIUS_M / r).powi(2) * n);
    if cosine < -1.0 {
        return Err(NotSunSynchronous { altitude_km: altitude_m / 1e3 });
    }
    Ok(cosine.acos())
}

/// Beta angle, rad: `sin β = ŝ · n̂` with the orbit normal `n̂ = (sin Ω sin i, −cos Ω sin i, cos i)`.
///
/// Truth: `environment::sun_and_beta` (F01).
pub fn beta_rad(inclination_rad: f64, node_rad: f64, sun: [f64; 3]) -> f64 {
    let (si, ci) = inclination_rad.sin_cos();
    let (so, co) = node_rad.sin_cos();
    (sun[0] * so * si - sun[1] * co * si + sun[2] * ci).asin()
}
