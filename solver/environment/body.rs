//! The bodies that a spacecraft may fly around.

use super::time::Epoch;
use crate::constants::*;
use nalgebra::{Matrix3, Vector3};

/// Which body it is: its ephemeris and its pole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Planet {
    /// The Earth.
    Earth,
    /// The Moon.
    Moon,
    /// Mars.
    Mars,
}

/// A body: a sphere with a gravity field.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Body {
    /// Which.
    pub planet: Planet,
    /// Name in messages.
    pub name: &'static str,
    /// Equatorial radius, m: surface, horizon and shadow.
    pub radius_m: f64,
    /// Gravitational parameter, m³/s².
    pub mu_m3_s2: f64,
    /// Second zonal harmonic.
    pub j2: f64,
    /// Mean distance from the Sun, astronomical units.
    pub sun_distance_au: f64,
    /// Time after which the Sun stands over the same season, s.
    pub year_s: f64,
}

impl Body {
    /// The Earth.
    pub const EARTH: Self = Self {
        planet: Planet::Earth,
        name: "the Earth",
        radius_m: EARTH_RADIUS_M,
        mu_m3_s2: EARTH_MU_M3_S2,
        j2: EARTH_J2,
        sun_distance_au: 1.0,
        year_s: TROPICAL_YEAR_S,
    };
    /// The Moon.
    pub const MOON: Self = Self {
        planet: Planet::Moon,
        name: "the Moon",
        radius_m: MOON_RADIUS_M,
        mu_m3_s2: MOON_MU_M3_S2,
        j2: MOON_J2,
        sun_distance_au: 1.0,
        year_s: TROPICAL_YEAR_S,
    };
    /// Mars.
    pub const MARS: Self = Self {
        planet: Planet::Mars,
        name: "Mars",
        radius_m: MARS_RADIUS_M,
        mu_m3_s2: MARS_MU_M3_S2,
        j2: MARS_J2,
        sun_distance_au: 1.523_679,
        year_s: MARS_YEAR_S,
    };

    /// Rotation from the celestial reference frame (GCRS axes) to the body's inertial frame at an epoch: z along the mean
    /// pole, x along the mean equinox of date (Earth; SOFA pmat06) or the ascending node of the body's equator on the
    /// celestial equator (Moon, Mars; poles of IAU WGCCRE 2009, the Moon's terms below 0.02° left out).
    ///
    /// Truth: `environment::sun_and_beta` (F01), `orbits::poles_of_moon_and_mars`.
    pub fn inertial_from_celestial(&self, epoch: Epoch) -> Matrix3<f64> {
        let (day, fraction) = epoch.tt();
        let t = epoch.centuries();
        let (right_ascension, declination) = match self.planet {
            Planet::Earth => return matrix(sofars::pnp::pmat06(day, fraction)),
            Planet::Moon => {
                let d = 36_525.0 * t;
                let node = [(125.045, -0.052_992_1), (250.089, -0.105_984_2), (260.008, 13.012_000_9)]
                    .map(|(zero, rate): (f64, f64)| (zero + rate * d).to_radians());
                (
                    269.9949 + 0.0031 * t - 3.8787 * node[0].sin() - 0.1204 * node[1].sin() + 0.0700 * node[2].sin(),
                    66.5392 + 0.0130 * t + 1.5419 * node[0].cos() + 0.0239 * node[1].cos() - 0.0278 * node[2].cos(),
                )
            }
            Planet::Mars => (317.681_43 - 0.1061 * t, 52.886_50 - 0.0609 * t),
        };
        let (a, d) = (right_ascension.to_radians(), declination.to_radians());
        let pole = Vector3::new(d.cos() * a.cos(), d.cos() * a.sin(), d.sin());
        let node = Vector3::new(-a.sin(), a.cos(), 0.0);
        Matrix3::from_rows(&[node.transpose(), pole.cross(&node).transpose(), pole.transpose()])
    }
}

/// A SOFA matrix as ours.
pub(super) fn matrix(m: [[f64; 3]; 3]) -> Matrix3<f64> {
    Matrix3::from_fn(|i, j| m[i][j])
}
