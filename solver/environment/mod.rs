//! Where the spacecraft is and what shines on it. Knows no mesh.
//!
//! Inertial frame of an orbit: z along the orbit normal on the side given by the sign of beta, the Sun in the x-z plane,
//! position angle ν counted from local noon. Circular orbits, a spherical planet, sunlight as plane waves, a cylindrical
//! shadow.

pub mod orbit;
pub mod sun;

use nalgebra::{Matrix3, Vector3};

/// A direction that an axis of the body may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// To the Sun.
    Sun,
    /// To the planet's centre.
    Nadir,
    /// Along the velocity.
    Velocity,
}

/// Two-vector pointing: `primary` follows its target exactly, `secondary` as closely as that allows.
#[derive(Clone, Copy, Debug)]
pub struct Attitude {
    /// Body axis and what it follows.
    pub primary: (Vector3<f64>, Target),
    /// Body axis, normal to the first, and what it leans towards.
    pub secondary: (Vector3<f64>, Target),
}

/// The secondary target lies along the primary one, so the attitude is not determined.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("attitude is not determined at {anomaly_deg:.1}° from local noon: {primary:?} and {secondary:?} are parallel")]
pub struct AttitudeError {
    anomaly_deg: f64,
    primary: Target,
    secondary: Target,
}

/// One orbit position, in the body frame.
#[derive(Clone, Copy, Debug)]
pub struct Position {
    /// Angle from local noon, rad.
    pub anomaly_rad: f64,
    /// Fraction of the orbit that this position stands for.
    pub weight: f64,
    /// 1 in sunlight, 0 in shadow.
    pub illumination: f64,
    /// Unit vector to the planet's centre.
    pub nadir_body: Vector3<f64>,
    /// Unit vector to the Sun, pointing error included.
    pub sun_body: Vector3<f64>,
}

/// The orbit as a list of positions, and what shines.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// Positions; their weights sum to 1.
    pub positions: Vec<Position>,
    /// Planet radius over orbit radius.
    pub sine_of_planet: f64,
    /// Solar flux, W/m².
    pub solar_w_m2: f64,
    /// Albedo.
    pub albedo: f64,
    /// Planet infrared at its surface, W/m².
    pub planet_ir_w_m2: f64,
    /// Fraction of the orbit in shadow.
    pub eclipse_fraction: f64,
}

/// What a timeline is made from.
#[derive(Clone, Copy, Debug)]
pub struct OrbitSetting {
    /// Height, m.
    pub altitude_m: f64,
    /// Angle from the orbit plane to the Sun, rad.
    pub beta_rad: f64,
    /// Positions.
    pub positions: usize,
    /// Attitude.
    pub attitude: Attitude,
    /// Tilt of the Sun towards the secondary axis, rad.
    pub sun_error_rad: f64,
}

impl Timeline {
    /// Positions are midpoints of equal arcs of the sunlit part and of the shadow, so that neither holds an edge of the
    /// other and their weights add up to the exact eclipse fraction.
    pub fn new(o: &OrbitSetting, solar_w_m2: f64, albedo: f64, planet_ir_w_m2: f64) -> Result<Self, AttitudeError> {
        use std::f64::consts::PI;
        let radius = crate::constants::EARTH_RADIUS_M + o.altitude_m;
        let half_shadow = orbit::eclipse_half_angle_rad(o.altitude_m, o.beta_rad);
        let share = half_shadow / PI;
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "small positive counts"
        )]
        let dark = if share > 0.0 { ((share * o.positions as f64).round() as usize).clamp(1, o.positions - 1) } else { 0 };
        let mut positions = Vec::with_capacity(o.positions);
        for (n, from, width, illumination) in [
            (o.positions - dark, half_shadow - PI, 2.0 * (PI - half_shadow), 1.0),
            (dark, PI - half_shadow, 2.0 * half_shadow, 0.0),
        ] {
            for k in 0..n {
                #[expect(clippy::cast_precision_loss, reason = "position counts are small")]
                let (step, middle) = (width / n as f64, k as f64 + 0.5);
                positions.push(position(o, from + step * middle, step / (2.0 * PI), illumination)?);
            }
        }
        let sine_of_planet = crate::constants::EARTH_RADIUS_M / radius;
        Ok(Self { positions, sine_of_planet, solar_w_m2, albedo, planet_ir_w_m2, eclipse_fraction: share })
    }
}

fn position(o: &OrbitSetting, anomaly_rad: f64, weight: f64, illumination: f64) -> Result<Position, AttitudeError> {
    let (sin, cos) = anomaly_rad.sin_cos();
    let up = Vector3::new(cos, sin, 0.0);
    let sun = Vector3::new(o.beta_rad.cos(), 0.0, o.beta_rad.sin());
    let direction = |t: Target| match t {
        Target::Sun => sun,
        Target::Nadir => -up,
        Target::Velocity => Vector3::new(-sin, cos, 0.0),
    };
    let ((axis_1, target_1), (axis_2, target_2)) = (o.attitude.primary, o.attitude.secondary);
    let first = direction(target_1);
    let lean = direction(target_2) - first * direction(target_2).dot(&first);
    if lean.norm() < 1e-6 {
        return Err(AttitudeError { anomaly_deg: anomaly_rad.to_degrees(), primary: target_1, secondary: target_2 });
    }
    let second = lean.normalize();
    let inertial = Matrix3::from_columns(&[first, second, first.cross(&second)]);
    let body = Matrix3::from_columns(&[axis_1, axis_2, axis_1.cross(&axis_2)]);
    let body_from_inertial = body * inertial.transpose();
    let tilt = axis_2 * o.sun_error_rad.sin();
    let sun_body = (body_from_inertial * sun * o.sun_error_rad.cos() + tilt).normalize();
    Ok(Position { anomaly_rad, weight, illumination, nadir_body: body_from_inertial * -up, sun_body })
}
