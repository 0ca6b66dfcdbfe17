//! Direction and distance of the Sun, from the IAU SOFA routines in the `sofars` crate.

use super::body::{Body, Planet};
use super::time::{Date, DateError, Epoch, Scale};
use crate::constants::{ASTRONOMICAL_UNIT_M, SOLAR_CONSTANT_W_M2};
use nalgebra::Vector3;

/// The Sun as seen from the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sun {
    /// Unit vector in the mean equator and equinox of date.
    pub direction: [f64; 3],
    /// Distance, astronomical units.
    pub distance_au: f64,
}

/// The Sun at a date (UTC) and fraction of a day: geometric Earth position (SOFA epv00) turned into the mean equator and
/// equinox of date (IAU 2006 precession and frame bias, pmat06).
///
/// Truth: `environment::sun_and_beta` (F01, ERFA).
pub fn sun(date: Date, day_fraction: f64) -> Result<Sun, DateError> {
    Ok(sun_at(Epoch::new(date, 86_400.0 * day_fraction, Scale::Utc)?))
}

/// The Sun seen from the Earth at an instant, in the mean equator and equinox of date.
pub fn sun_at(epoch: Epoch) -> Sun {
    let earth = Body::EARTH;
    let to_sun = earth.inertial_from_celestial(epoch) * to_sun_celestial(earth.planet, epoch).0;
    Sun { direction: to_sun.normalize().into(), distance_au: to_sun.norm() / ASTRONOMICAL_UNIT_M }
}

impl Sun {
    /// Right ascension, rad.
    pub fn right_ascension_rad(&self) -> f64 {
        self.direction[1].atan2(self.direction[0])
    }
    /// Flux at the Earth, W/m²: `S₀ / d²`.
    pub fn flux_w_m2(&self) -> f64 {
        flux_w_m2(self.distance_au)
    }
}

/// Solar flux, W/m²: `S₀ / d²`, d in astronomical units.
///
/// Truth: `orbits::solar_flux_by_distance` (F06).
pub fn flux_w_m2(distance_au: f64) -> f64 {
    SOLAR_CONSTANT_W_M2 / distance_au.powi(2)
}

/// Right ascension of the fictitious mean Sun, rad: `280.4606184° + 36000.77005361° T + 0.00038793° T²`, the mean longitude
/// that defines sidereal time (IAU 1982), T in Julian centuries of UT, here of TT (3e-5 rad off).
///
/// Truth: `orbits::the_mean_sun_keeps_sidereal_time`, `orbits::dawn_dusk_eclipse_season` (F05).
pub fn mean_sun_right_ascension_rad(epoch: Epoch) -> f64 {
    let t = epoch.centuries();
    (280.460_618_4 + t * (36_000.770_053_61 + 0.000_387_93 * t)).rem_euclid(360.0).to_radians()
}

/// Position (m) and velocity (m/s) of the Sun relative to a body's centre, in celestial axes: SOFA epv00, with moon98 for the
/// Moon (good to 20 km) and plan94 for Mars (good to about 1e-5 of the distance). Geometric: no light time, no aberration.
///
/// Truth: `orbits::sun_seen_from_moon_and_mars`.
pub fn to_sun_celestial(planet: Planet, epoch: Epoch) -> (Vector3<f64>, Vector3<f64>) {
    let (day, fraction) = epoch.tt();
    let earth = || sofars::eph::epv00(day, fraction).expect("epochs lie within the centuries of the ephemeris").0;
    let body = match planet {
        Planet::Earth => earth(),
        Planet::Moon => {
            let (earth, moon) = (earth(), sofars::eph::moon98(day, fraction));
            [0, 1].map(|k| [0, 1, 2].map(|i| earth[k][i] + moon[k][i]))
        }
        Planet::Mars => sofars::eph::plan94(day, fraction, 4).expect("Mars is a planet of the series").0,
    };
    let [position, velocity] = body.map(|v| -Vector3::from(v) * ASTRONOMICAL_UNIT_M);
    (position, velocity / 86_400.0)
}

/// Where the Sun stands during a flight, from the body's centre, in the flight's inertial frame.
#[derive(Clone, Debug)]
pub enum SunPath {
    /// At one place, m.
    Fixed(Vector3<f64>),
    /// Moving by an ephemeris: position and velocity at every [`SUN_STEP_S`], from time 0.
    Moving(Vec<(Vector3<f64>, Vector3<f64>)>),
}

/// Distance of the tabulated positions of the Sun, s: a cubic between them is good to 1e-7 of the distance.
pub const SUN_STEP_S: f64 = 86_400.0;

impl SunPath {
    /// By the ephemeris, from `start` over `span_s`. Errors: past its end.
    pub fn moving(body: &Body, start: Epoch, span_s: f64) -> Result<Self, DateError> {
        let from_celestial = body.inertial_from_celestial(start);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a span is a positive number of days")]
        let last = (span_s / SUN_STEP_S).ceil().max(1.0) as u32;
        if start.plus_s(f64::from(last) * SUN_STEP_S).centuries() >= 1.0 {
            return Err(DateError::TooLate);
        }
        let states = (0..=last)
            .map(|k| to_sun_celestial(body.planet, start.plus_s(f64::from(k) * SUN_STEP_S)))
            .map(|(r, v)| (from_celestial * r, from_celestial * v))
            .collect();
        Ok(Self::Moving(states))
    }

    /// At a time, m.
    pub fn at(&self, time_s: f64) -> Vector3<f64> {
        match self {
            Self::Fixed(v) => *v,
            Self::Moving(states) => {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to the table")]
                let k = ((time_s / SUN_STEP_S).max(0.0) as usize).min(states.len() - 2);
                #[expect(clippy::cast_precision_loss, reason = "days of a span")]
                let x = time_s / SUN_STEP_S - k as f64;
                let ((p0, v0), (p1, v1)) = (states[k], states[k + 1]);
                let (y, h) = (1.0 - x, SUN_STEP_S);
                p0 * (y * y * (1.0 + 2.0 * x)) + p1 * (x * x * (1.0 + 2.0 * y)) + (v0 * y - v1 * x) * (h * x * y)
            }
        }
    }
}
