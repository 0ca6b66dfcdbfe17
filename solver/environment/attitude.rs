//! How the body is turned: two axes that follow targets, or quaternions by time; and a spin on top.

use super::flight::Flight;
use nalgebra::{Matrix3, Rotation3, Unit, UnitQuaternion, Vector3};

/// A direction that an axis of the body may follow.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Target {
    /// To the Sun.
    Sun,
    /// To the planet's centre.
    Nadir,
    /// Away from the planet's centre.
    Zenith,
    /// Along the velocity.
    Velocity,
    /// Along position × velocity.
    OrbitNormal,
    /// A fixed direction of the inertial frame.
    Inertial(Vector3<f64>),
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Sun => f.write_str("Sun"),
            Self::Nadir => f.write_str("nadir"),
            Self::Zenith => f.write_str("zenith"),
            Self::Velocity => f.write_str("velocity"),
            Self::OrbitNormal => f.write_str("orbit normal"),
            Self::Inertial(v) => write!(f, "inertial direction [{}, {}, {}]", v.x, v.y, v.z),
        }
    }
}

/// What turns the body.
#[derive(Clone, Debug)]
pub enum Law {
    /// Two-vector pointing: `primary` follows its target exactly, `secondary` as closely as that allows.
    Pointing {
        /// Body axis and what it follows.
        primary: (Unit<Vector3<f64>>, Target),
        /// Body axis, not along the first, and what it leans towards.
        secondary: (Unit<Vector3<f64>>, Target),
    },
    /// Inertial from body by time, turned evenly from one to the next; held before the first and after the last.
    Quaternions(Vec<(f64, UnitQuaternion<f64>)>),
}

/// A steady turn about an axis of the body, counted from time 0.
#[derive(Clone, Copy, Debug)]
pub struct Spin {
    /// Body axis.
    pub axis: Unit<Vector3<f64>>,
    /// Rate, rad/s. Not used where the turn is averaged.
    pub rate_rad_s: f64,
    /// Heating of each position is the mean over so many phases of a turn; `None`: as the body stands at that time.
    pub averaged_over: Option<usize>,
}

/// How the body is turned at any time.
#[derive(Clone, Debug)]
pub struct Attitude {
    /// What turns it.
    pub law: Law,
    /// A spin on top of that.
    pub spin: Option<Spin>,
    /// Tilt of the Sun towards the secondary axis, rad: a pointing error, where that axis stands square to the Sun.
    pub sun_error_rad: f64,
}

/// The attitude is not determined.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum AttitudeError {
    /// The secondary target lies along the primary one.
    #[error("attitude is not determined at {anomaly_deg:.1}° from local noon: {primary} and {secondary} are parallel")]
    Parallel {
        /// Where.
        anomaly_deg: f64,
        /// First target.
        primary: Target,
        /// Second target.
        secondary: Target,
    },
    /// A target that only exists around a planet.
    #[error("in deep space there is no {target} to point to")]
    NoTarget {
        /// The target.
        target: Target,
    },
}

impl Attitude {
    /// Two-vector pointing without spin or error.
    pub fn pointing(primary: (Vector3<f64>, Target), secondary: (Vector3<f64>, Target)) -> Self {
        let unit = |(axis, target): (Vector3<f64>, Target)| (Unit::new_normalize(axis), target);
        Self { law: Law::Pointing { primary: unit(primary), secondary: unit(secondary) }, spin: None, sun_error_rad: 0.0 }
    }

    /// Body from inertial at a time, `anomaly_rad` for messages.
    ///
    /// Truth: `orbits::axes_follow_their_targets`, `orbits::quaternions_are_met`.
    pub fn body_from_inertial(&self, flight: &Flight, time_s: f64, anomaly_rad: f64) -> Result<Rotation3<f64>, AttitudeError> {
        let base = match &self.law {
            Law::Pointing { primary, secondary } => two_vectors(flight, time_s, anomaly_rad, primary, secondary)?,
            Law::Quaternions(table) => between(table, time_s).inverse().to_rotation_matrix(),
        };
        Ok(match self.spin {
            Some(Spin { axis, rate_rad_s, averaged_over: None }) => {
                Rotation3::from_axis_angle(&axis, -rate_rad_s * time_s) * base
            }
            _ => base,
        })
    }

    /// Turns of the body whose mean is taken at each position: the body's axes in those of the base attitude.
    pub fn phases(&self) -> Vec<Rotation3<f64>> {
        match self.spin {
            #[expect(clippy::cast_precision_loss, reason = "phases of a turn are few")]
            Some(Spin { axis, averaged_over: Some(n), .. }) => {
                (0..n).map(|k| Rotation3::from_axis_angle(&axis, -2.0 * std::f64::consts::PI * k as f64 / n as f64)).collect()
            }
            _ => vec![Rotation3::identity()],
        }
    }

    /// Direction to the Sun in body axes, the pointing error included.
    pub(super) fn sun_body(&self, turn: &Rotation3<f64>, to_sun: &Vector3<f64>) -> Vector3<f64> {
        let sun = turn * to_sun.normalize();
        match &self.law {
            Law::Pointing { secondary: (axis, _), .. } if self.sun_error_rad != 0.0 => {
                (sun * self.sun_error_rad.cos() + axis.into_inner() * self.sun_error_rad.sin()).normalize()
            }
            _ => sun,
        }
    }

    /// Whether the body turns in inertial space of its own accord.
    pub(super) fn depends_on_time(&self) -> bool {
        matches!(self.law, Law::Quaternions(_)) || self.spin.is_some_and(|s| s.averaged_over.is_none())
    }
}

/// Unit vector to a target.
fn direction(flight: &Flight, time_s: f64, target: Target) -> Result<Vector3<f64>, AttitudeError> {
    let (position, velocity, sun) = flight.state(time_s);
    if flight.body.is_none() && !matches!(target, Target::Sun | Target::Inertial(_)) {
        return Err(AttitudeError::NoTarget { target });
    }
    let vector = match target {
        Target::Sun => flight.sight(&position, &sun),
        Target::Nadir => -position,
        Target::Zenith => position,
        Target::Velocity => velocity,
        Target::OrbitNormal => position.cross(&velocity),
        Target::Inertial(v) => v,
    };
    Ok(vector.normalize())
}

/// The rotation that puts one axis on its target and the other as near its own as it comes.
fn two_vectors(
    flight: &Flight,
    time_s: f64,
    anomaly_rad: f64,
    (axis_1, target_1): &(Unit<Vector3<f64>>, Target),
    (axis_2, target_2): &(Unit<Vector3<f64>>, Target),
) -> Result<Rotation3<f64>, AttitudeError> {
    let frame = |first: Vector3<f64>, lean: Vector3<f64>| {
        let rest = lean - first * lean.dot(&first);
        // Within a hundredth of a degree: about how far the real Sun is off from parallel light in a low orbit.
        (rest.norm() > 1e-4).then(|| {
            let second = rest.normalize();
            Matrix3::from_columns(&[first, second, first.cross(&second)])
        })
    };
    let inertial = frame(direction(flight, time_s, *target_1)?, direction(flight, time_s, *target_2)?);
    let body = frame(axis_1.into_inner(), axis_2.into_inner());
    match (inertial, body) {
        (Some(inertial), Some(body)) => Ok(Rotation3::from_matrix_unchecked(body * inertial.transpose())),
        _ => Err(AttitudeError::Parallel { anomaly_deg: anomaly_rad.to_degrees(), primary: *target_1, secondary: *target_2 }),
    }
}

/// Along the shortest turn from one to the next.
fn between(table: &[(f64, UnitQuaternion<f64>)], time_s: f64) -> UnitQuaternion<f64> {
    let after = table.partition_point(|(t, _)| *t <= time_s);
    if after == 0 || after == table.len() {
        return table[after.saturating_sub(1)].1;
    }
    let ((t0, a), (t1, b)) = (table[after - 1], table[after]);
    a.try_slerp(&b, (time_s - t0) / (t1 - t0), 1e-12).unwrap_or(a)
}
