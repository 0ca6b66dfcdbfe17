//! Orbits in closed form: circular ones, Kepler's equation, the drift by the oblateness of the body.

use super::body::Body;
use nalgebra::{Rotation3, Vector3};
use std::f64::consts::PI;

/// Period of a circular orbit, s: `2π √(r³/μ)`.
///
/// Truth: `environment::eclipse_fraction` (F02).
pub fn period_s(body: &Body, altitude_m: f64) -> f64 {
    let r = body.radius_m + altitude_m;
    2.0 * PI * (r.powi(3) / body.mu_m3_s2).sqrt()
}

/// Half the angle spent in a cylindrical shadow, rad: `cos e = √(r² − R²)/(r cos β)`, 0 without eclipse.
///
/// Truth: `environment::eclipse_fraction` (F02).
pub fn eclipse_half_angle_rad(body: &Body, altitude_m: f64, beta_rad: f64) -> f64 {
    let r = body.radius_m + altitude_m;
    let x = (r * r - body.radius_m * body.radius_m).sqrt() / (r * beta_rad.cos());
    if x < 1.0 { x.acos() } else { 0.0 }
}

/// No sun-synchronous orbit exists at this height.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("no circular orbit at {altitude_km:.0} km is sun-synchronous; the highest is at {highest_km:.0} km")]
pub struct NotSunSynchronous {
    /// Height asked for, km.
    pub altitude_km: f64,
    /// Largest height, km.
    pub highest_km: f64,
}

/// Inclination whose J2 node drift follows the mean Sun, rad: `cos i = −Ω̇ / (1.5 J2 (R/r)² n)`.
///
/// Truth: `environment::sun_synchronous_inclination` (F04).
pub fn sun_synchronous_inclination_rad(body: &Body, altitude_m: f64) -> Result<f64, NotSunSynchronous> {
    let drift = 2.0 * PI / body.year_s;
    // cos i = −(r / r_highest)^(7/2)
    let highest = (1.5 * body.j2 * body.radius_m.powi(2) * body.mu_m3_s2.sqrt() / drift).powf(2.0 / 7.0);
    let r = body.radius_m + altitude_m;
    if r > highest {
        return Err(NotSunSynchronous { altitude_km: altitude_m / 1e3, highest_km: (highest - body.radius_m) / 1e3 });
    }
    Ok((-(r / highest).powf(3.5)).acos())
}

/// Beta angle, rad: `sin β = ŝ · n̂` with the orbit normal `n̂ = (sin Ω sin i, −cos Ω sin i, cos i)`.
///
/// Truth: `environment::sun_and_beta` (F01).
pub fn beta_rad(inclination_rad: f64, node_rad: f64, sun: [f64; 3]) -> f64 {
    let (si, ci) = inclination_rad.sin_cos();
    let (so, co) = node_rad.sin_cos();
    (sun[0] * so * si - sun[1] * co * si + sun[2] * ci).asin()
}

/// Eccentric anomaly, rad, from the mean one: `E − e sin E = M`, by Newton from a start on the right side of the root.
///
/// Truth: `orbits::kepler_equation` (F10).
pub fn eccentric_anomaly_rad(mean_rad: f64, eccentricity: f64) -> f64 {
    let turns = (mean_rad / (2.0 * PI)).round() * 2.0 * PI;
    let m = mean_rad - turns;
    // From ±π the function is convex towards the root, so that Newton comes down on it from one side.
    let mut e = PI.copysign(m);
    for _ in 0..50 {
        let step = (e - eccentricity * e.sin() - m) / (1.0 - eccentricity * e.cos());
        e -= step;
        if step.abs() < 1e-15 {
            break;
        }
    }
    e + turns
}

/// True anomaly, rad, from the eccentric one: `tan ν/2 = √((1+e)/(1−e)) tan E/2`.
///
/// Truth: `orbits::kepler_equation` (F10).
pub fn true_anomaly_rad(eccentric_rad: f64, eccentricity: f64) -> f64 {
    let half = 0.5 * eccentric_rad;
    2.0 * ((1.0 + eccentricity).sqrt() * half.sin()).atan2((1.0 - eccentricity).sqrt() * half.cos())
}

/// Mean anomaly, rad, from the true one.
pub fn mean_anomaly_rad(true_rad: f64, eccentricity: f64) -> f64 {
    let half = 0.5 * true_rad;
    let e = 2.0 * ((1.0 - eccentricity).sqrt() * half.sin()).atan2((1.0 + eccentricity).sqrt() * half.cos());
    e - eccentricity * e.sin()
}

/// Classical elements, in the inertial frame of the body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elements {
    /// Semi-major axis, m.
    pub semi_major_axis_m: f64,
    /// Eccentricity, below 1.
    pub eccentricity: f64,
    /// Inclination, rad.
    pub inclination_rad: f64,
    /// Right ascension of the ascending node, rad.
    pub node_rad: f64,
    /// Argument of the perigee, rad.
    pub perigee_argument_rad: f64,
    /// Mean anomaly, rad.
    pub mean_anomaly_rad: f64,
}

/// Rates of the angles of an orbit, rad/s.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rates {
    /// Of the node.
    pub node: f64,
    /// Of the argument of perigee.
    pub perigee: f64,
    /// Of the mean anomaly.
    pub mean_anomaly: f64,
}

impl Elements {
    /// Without oblateness: `n = √(μ/a³)`.
    pub fn kepler_rates(&self, body: &Body) -> Rates {
        Rates { node: 0.0, perigee: 0.0, mean_anomaly: (body.mu_m3_s2 / self.semi_major_axis_m.powi(3)).sqrt() }
    }

    /// Secular drift by J2 with `k = 1.5 J2 (R/p)² n`: `Ω̇ = −k cos i`, `ω̇ = k (2 − 2.5 sin² i)`,
    /// `Ṁ = n + k √(1−e²) (1 − 1.5 sin² i)`. First order in J2, mean elements.
    ///
    /// Truth: `orbits::secular_drift` (Vallado 4th ed. eq. 9-38 to 9-41; F04 for the node).
    pub fn secular_rates(&self, body: &Body) -> Rates {
        let Rates { mean_anomaly: n, .. } = self.kepler_rates(body);
        let shape = 1.0 - self.eccentricity.powi(2);
        let k = 1.5 * body.j2 * (body.radius_m / (self.semi_major_axis_m * shape)).powi(2) * n;
        let sin2 = self.inclination_rad.sin().powi(2);
        Rates {
            node: -k * self.inclination_rad.cos(),
            perigee: k * (2.0 - 2.5 * sin2),
            mean_anomaly: n + k * shape.sqrt() * (1.0 - 1.5 * sin2),
        }
    }

    /// The same orbit after a time.
    #[must_use]
    pub fn after(&self, rates: &Rates, time_s: f64) -> Self {
        Self {
            node_rad: self.node_rad + rates.node * time_s,
            perigee_argument_rad: self.perigee_argument_rad + rates.perigee * time_s,
            mean_anomaly_rad: self.mean_anomaly_rad + rates.mean_anomaly * time_s,
            ..*self
        }
    }

    /// Position (m) and velocity (m/s): `r = a (cos E − e, √(1−e²) sin E)` turned by ω, i, Ω. The drift adds nothing to the
    /// velocity here.
    ///
    /// Truth: `orbits::states_keep_energy_and_momentum`.
    pub fn state(&self, mu_m3_s2: f64) -> (Vector3<f64>, Vector3<f64>) {
        let (a, e) = (self.semi_major_axis_m, self.eccentricity);
        let (sin, cos) = eccentric_anomaly_rad(self.mean_anomaly_rad, e).sin_cos();
        let flat = (1.0 - e * e).sqrt();
        let speed = (mu_m3_s2 / a).sqrt() / (1.0 - e * cos);
        let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), self.node_rad)
            * Rotation3::from_axis_angle(&Vector3::x_axis(), self.inclination_rad)
            * Rotation3::from_axis_angle(&Vector3::z_axis(), self.perigee_argument_rad);
        (turn * Vector3::new(a * (cos - e), a * flat * sin, 0.0), turn * Vector3::new(-speed * sin, speed * flat * cos, 0.0))
    }
}
