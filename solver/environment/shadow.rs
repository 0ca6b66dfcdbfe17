//! The shadow of a spherical body: a cylinder, or umbra and penumbra of the finite Sun. No atmosphere, no limb darkening.

use crate::constants::SUN_RADIUS_M;
use nalgebra::Vector3;
use std::f64::consts::PI;

/// How the shadow is modelled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Shadow {
    /// Parallel light: sunlight is there or not.
    Cylinder,
    /// Finite Sun: a penumbra around the umbra.
    Cone,
}

/// How far outside the cylindrical shadow a position is, m; negative inside. Continuous.
///
/// Truth: `environment::eclipse_fraction` (F02).
pub fn outside_cylinder_m(position: &Vector3<f64>, to_sun: &Vector3<f64>, radius_m: f64) -> f64 {
    let sun = to_sun.normalize();
    let along = position.dot(&sun);
    if along < 0.0 { (position - sun * along).norm() - radius_m } else { position.norm() - radius_m }
}

/// Angles at which the Sun and the body are seen, rad.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Discs {
    /// Between the centres.
    pub separation: f64,
    /// Angular radius of the body, `asin R/r`.
    pub body: f64,
    /// Angular radius of the Sun, `asin R☉/d`.
    pub sun: f64,
}

impl Discs {
    /// From a position and the vector from the body's centre to the Sun's.
    pub fn new(position: &Vector3<f64>, to_sun: &Vector3<f64>, radius_m: f64) -> Self {
        let sight = to_sun - position;
        let (distance, height) = (sight.norm(), position.norm());
        Self {
            separation: sight.cross(position).norm().atan2(-sight.dot(position)),
            body: (radius_m / height).min(1.0).asin(),
            sun: (SUN_RADIUS_M / distance).asin(),
        }
    }

    /// Positive where the whole Sun is seen, rad.
    ///
    /// Truth: `orbits::penumbra_and_umbra_times` (F03).
    pub fn outside_penumbra(&self) -> f64 {
        self.separation - (self.body + self.sun)
    }

    /// Negative where nothing of the Sun is seen, rad.
    ///
    /// Truth: `orbits::penumbra_and_umbra_times` (F03).
    pub fn outside_umbra(&self) -> f64 {
        self.separation - (self.body - self.sun)
    }

    /// Part of the Sun's disc that is seen, 0 to 1.
    ///
    /// Both discs are drawn stereographically around the Sun's centre, where they stay circles, and the lens that they share
    /// is taken in the plane; areas are then true to the square of the Sun's angular radius (2e-5).
    ///
    /// Truth: `orbits::illumination_is_the_visible_disc`.
    pub fn lit_fraction(&self) -> f64 {
        if self.outside_penumbra() >= 0.0 {
            return 1.0;
        }
        let flat = |angle: f64| 2.0 * (0.5 * angle).tan();
        let (near, far) = (flat(self.separation - self.body), flat(self.separation + self.body));
        let (r, big, between) = (flat(self.sun), 0.5 * (far - near), 0.5 * (far + near).abs());
        (1.0 - lens(r, big, between) / (PI * r * r)).clamp(0.0, 1.0)
    }
}

/// Area common to two circles of radius `r` and `big` whose centres are `between` apart.
fn lens(r: f64, big: f64, between: f64) -> f64 {
    if between >= r + big {
        return 0.0;
    }
    if between <= (big - r).abs() {
        return PI * r.min(big).powi(2);
    }
    // From each centre to the common chord.
    let x = (between * between + r * r - big * big) / (2.0 * between);
    let y = between - x;
    let half_chord = (r * r - x * x).max(0.0).sqrt();
    let segment = |radius: f64, to_chord: f64| radius * radius * half_chord.atan2(to_chord) - to_chord * half_chord;
    segment(r, x) + segment(big, y)
}
