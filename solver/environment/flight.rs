//! A flight: where the spacecraft goes, around what, and where the Sun stands.

use super::body::Body;
use super::oem::{self, OemError};
use super::orbit::{Elements, NotSunSynchronous, sun_synchronous_inclination_rad};
use super::shadow::Shadow;
use super::sun::{SunPath, mean_sun_right_ascension_rad, to_sun_celestial};
use super::time::{DateError, Epoch};
use super::tle::{Tle, TleError};
use super::trajectory::{Table, Trajectory};
use crate::constants::{ASTRONOMICAL_UNIT_M, SIDEREAL_DAY_S};
use nalgebra::Vector3;
use std::f64::consts::PI;

/// A flight that cannot be.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum FlightError {
    /// No such orbit.
    #[error(transparent)]
    Sun(#[from] NotSunSynchronous),
    /// No Sun at this date.
    #[error(transparent)]
    Date(#[from] DateError),
    /// The path meets the surface.
    #[error("{time_h:.3} h after the start the spacecraft is {depth_km:.1} km under the surface of {body}")]
    UnderSurface {
        /// When.
        time_h: f64,
        /// How deep.
        depth_km: f64,
        /// Of what.
        body: &'static str,
    },
    /// A path that is followed too long.
    #[error("{span_h:.0} h take more than {MOST_STEPS} steps of a five hundredth of a turn; follow a shorter path")]
    TooLong {
        /// How long, h.
        span_h: f64,
    },
    /// States that no smooth path joins.
    #[error("{time_h:.3} h after the start the states are joined by no path; check their times and velocities")]
    NoPath {
        /// When.
        time_h: f64,
    },
    /// An orbit that does not close.
    #[error("eccentricity {eccentricity} leaves {body}: only closed orbits, below 1, come round")]
    NotBound {
        /// Eccentricity.
        eccentricity: f64,
        /// What it leaves.
        body: &'static str,
    },
    /// Bad elements.
    #[error(transparent)]
    Tle(#[from] TleError),
    /// Bad ephemeris.
    #[error(transparent)]
    Oem(#[from] OemError),
}

/// Times of a grid at most: eleven years in the lowest orbits.
const MOST_STEPS: usize = 40_000_000;

/// Local solar time of the ascending node, s, by which Sun.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LocalTime {
    /// The Sun as it stands on the date.
    True(f64),
    /// The mean Sun, as mission documents give it: constant over the year in a sun-synchronous orbit.
    Mean(f64),
}

/// Where the spacecraft flies and the Sun stands, from time 0 to the span, in the body's inertial frame at time 0.
#[derive(Clone, Debug)]
pub struct Flight {
    /// What it flies around; none in deep space.
    pub body: Option<Body>,
    /// Its path.
    pub trajectory: Trajectory,
    /// The Sun.
    pub sun: SunPath,
    /// How far it is followed, s.
    pub span_s: f64,
    /// Whether it repeats after the span.
    pub cyclic: bool,
    /// Model of the shadow.
    pub shadow: Shadow,
    /// Instant of time 0; none for an orbit that is given by its beta angle.
    pub epoch: Option<Epoch>,
}

impl Flight {
    /// One turn of a circular orbit, from local noon: x-y the orbit plane, the Sun in the x-z plane at the
    /// body's mean distance, at rest.
    pub fn circular(body: Body, altitude_m: f64, beta_rad: f64) -> Self {
        let sun = Vector3::new(beta_rad.cos(), 0.0, beta_rad.sin()) * body.sun_distance_au * ASTRONOMICAL_UNIT_M;
        Self::turn(body, circle(&body, altitude_m), SunPath::Fixed(sun))
    }

    /// One turn of a sun-synchronous orbit at a date, from local noon; orbit plane and Sun at rest.
    ///
    /// Truth: `orbits::dawn_dusk_eclipse_season` (F05).
    pub fn sun_synchronous(body: Body, altitude_m: f64, local_time: LocalTime, date: Epoch) -> Result<Self, FlightError> {
        let inclination_rad = sun_synchronous_inclination_rad(&body, altitude_m)?;
        let (time_s, right_ascension) = match local_time {
            LocalTime::True(time_s) => {
                let sun = body.inertial_from_celestial(date) * to_sun_celestial(body.planet, date).0;
                (time_s, sun.y.atan2(sun.x))
            }
            LocalTime::Mean(time_s) => (time_s, mean_sun_right_ascension_rad(date)),
        };
        let node_rad = right_ascension + (time_s / 43_200.0 - 1.0) * PI;
        let elements = Elements { inclination_rad, node_rad, ..circle(&body, altitude_m) };
        Ok(Self::dated(body, elements, date).starting_at_noon())
    }

    /// One turn of the geostationary orbit at a date, from local noon.
    pub fn geostationary(date: Epoch) -> Self {
        let body = Body::EARTH;
        let radius = (body.mu_m3_s2 * (SIDEREAL_DAY_S / (2.0 * PI)).powi(2)).cbrt();
        Self::dated(body, circle(&body, radius - body.radius_m), date).starting_at_noon()
    }

    /// Elements at `epoch`, flown from `start` for one turn with orbit and Sun at rest, or for `span_s` with both moving.
    /// J2 turns node and perigee between the two dates, and during a span.
    ///
    /// Truth: `orbits::secular_drift`, `orbits::eclipses_of_an_eccentric_orbit`.
    pub fn elements(
        body: Body,
        elements: Elements,
        epoch: Epoch,
        start: Epoch,
        span_s: Option<f64>,
    ) -> Result<Self, FlightError> {
        if !(0.0..1.0).contains(&elements.eccentricity) {
            return Err(FlightError::NotBound { eccentricity: elements.eccentricity, body: body.name });
        }
        let rates = elements.secular_rates(&body);
        let elements = elements.after(&rates, start.seconds_after(epoch));
        let mut flight = Self::dated(body, elements, start);
        if let Some(span_s) = span_s {
            flight.trajectory = Trajectory::Kepler { elements, rates, mu_m3_s2: body.mu_m3_s2 };
            flight = Self { sun: SunPath::moving(&body, start, span_s)?, span_s, cyclic: false, ..flight };
        }
        flight.above_surface()
    }

    /// States from `start`, in the body's inertial frame of that instant; `cyclic` if the last comes back to the first.
    pub fn table(body: Body, table: Table, start: Epoch, cyclic: bool) -> Result<Self, FlightError> {
        let (_, span_s) = table.range_s();
        let sun = if cyclic { fixed(&body, start) } else { SunPath::moving(&body, start, span_s)? };
        let (trajectory, epoch) = (Trajectory::Table(table), Some(start));
        Self { body: Some(body), trajectory, sun, span_s, cyclic, shadow: Shadow::Cylinder, epoch }.above_surface()
    }

    /// The states of a CCSDS orbit ephemeris message.
    pub fn oem(body: Body, text: &str, cyclic: bool) -> Result<Self, FlightError> {
        let (table, start) = oem::read(text, &body)?;
        Self::table(body, table, start, cyclic)
    }

    /// Two-line elements from their epoch or `start`, for `span_s` or once around.
    pub fn tle(text: &str, start: Option<Epoch>, span_s: Option<f64>, cyclic: bool) -> Result<Self, FlightError> {
        let tle = Tle::read(text)?;
        let (start, span_s) = (start.unwrap_or(tle.epoch), span_s.unwrap_or(tle.period_s));
        let flight = Self::table(Body::EARTH, tle.table(start, span_s)?, start, cyclic)?;
        let sun = if cyclic { fixed(&Body::EARTH, start) } else { SunPath::moving(&Body::EARTH, start, span_s)? };
        Ok(Self { span_s, sun, ..flight })
    }

    /// Far from any body, the Sun at a distance along x.
    pub fn deep_space(distance_au: f64, span_s: f64) -> Self {
        let sun = SunPath::Fixed(Vector3::x() * distance_au * ASTRONOMICAL_UNIT_M);
        Self { body: None, trajectory: Trajectory::Rest, sun, span_s, cyclic: true, shadow: Shadow::Cylinder, epoch: None }
    }

    /// Far from any body, at the Earth's place on a date, the axes those of the Earth's equator of date.
    pub fn deep_space_at(date: Epoch, span_s: f64) -> Self {
        Self { sun: fixed(&Body::EARTH, date), epoch: Some(date), ..Self::deep_space(1.0, span_s) }
    }

    fn turn(body: Body, elements: Elements, sun: SunPath) -> Self {
        let rates = elements.kepler_rates(&body);
        let trajectory = Trajectory::Kepler { elements, rates, mu_m3_s2: body.mu_m3_s2 };
        let span_s = 2.0 * PI / rates.mean_anomaly;
        Self { body: Some(body), trajectory, sun, span_s, cyclic: true, shadow: Shadow::Cylinder, epoch: None }
    }

    fn dated(body: Body, elements: Elements, date: Epoch) -> Self {
        Self { epoch: Some(date), ..Self::turn(body, elements, fixed(&body, date)) }
    }

    /// Time 0 where the orbit comes nearest to the Sun's direction.
    fn starting_at_noon(mut self) -> Self {
        let sun = self.sun.at(0.0);
        if let Trajectory::Kepler { elements: e, .. } = &mut self.trajectory {
            let (node, pole) = (Vector3::new(e.node_rad.cos(), e.node_rad.sin(), 0.0), normal(e));
            e.mean_anomaly_rad = sun.dot(&pole.cross(&node)).atan2(sun.dot(&node));
        }
        self
    }

    fn above_surface(self) -> Result<Self, FlightError> {
        let Some(body) = self.body else { return Ok(self) };
        let depth = |t: &f64| body.radius_m - self.trajectory.state(*t).0.norm();
        let grid = self.grid();
        if grid.len() > MOST_STEPS {
            return Err(FlightError::TooLong { span_h: self.span_s / 3600.0 });
        }
        // Not a number sorts last.
        let deepest = grid.into_iter().max_by(|a, b| depth(a).total_cmp(&depth(b))).expect("a grid has times");
        if !depth(&deepest).is_finite() {
            return Err(FlightError::NoPath { time_h: deepest / 3600.0 });
        }
        if depth(&deepest) >= 0.0 {
            let (time_h, depth_km) = (deepest / 3600.0, depth(&deepest) / 1e3);
            return Err(FlightError::UnderSurface { time_h, depth_km, body: body.name });
        }
        Ok(self)
    }

    /// Times from 0 to the span, about 500 to a turn, closer together where the body is near; cut off where they are too many.
    pub fn grid(&self) -> Vec<f64> {
        let Some(body) = self.body else { return vec![0.0, self.span_s] };
        let mut times = vec![0.0];
        loop {
            let time = times[times.len() - 1];
            let r = self.trajectory.state(time).0.norm().max(0.1 * body.radius_m);
            let step = 2.0 * PI / 500.0 * (r.powi(3) / body.mu_m3_s2).sqrt();
            // A step that is not a number ends the grid too.
            if step.is_nan() || time + step >= self.span_s || times.len() > MOST_STEPS {
                break;
            }
            times.push((time + step).min(self.span_s));
        }
        // Stretched, so that the last step is like the others.
        let last = times.len() - 1;
        let stretch = if last > 2 { self.span_s / times[last] } else { 1.0 };
        times.iter_mut().for_each(|t| *t *= stretch);
        if last > 2 {
            times[last] = self.span_s;
        } else {
            times.push(self.span_s);
        }
        times
    }

    /// Position (m), velocity (m/s), and the vector from the body's centre to the Sun (m) at a time.
    pub fn state(&self, time_s: f64) -> (Vector3<f64>, Vector3<f64>, Vector3<f64>) {
        let (position, velocity) = self.trajectory.state(time_s);
        (position, velocity, self.sun.at(time_s))
    }

    /// From the spacecraft to the Sun, m, given its position and the Sun's: parallel light (as seen from the body's centre)
    /// with a cylindrical shadow, the Sun where it is with a conical one.
    pub fn sight(&self, position: &Vector3<f64>, sun: &Vector3<f64>) -> Vector3<f64> {
        match self.shadow {
            Shadow::Cylinder => *sun,
            Shadow::Cone => sun - position,
        }
    }

    /// Angle from the orbit plane to the Sun at the start, rad; none in deep space.
    pub fn beta_rad(&self) -> Option<f64> {
        let (position, velocity, sun) = self.state(0.0);
        self.body.map(|_| position.cross(&velocity).normalize().dot(&sun.normalize()).asin())
    }

    /// Angle from the body's equator to the orbit plane at the start, rad, where the orbit has a date.
    pub fn inclination_rad(&self) -> Option<f64> {
        let (position, velocity) = self.trajectory.state(0.0);
        self.body.and(self.epoch).map(|_| position.cross(&velocity).normalize().z.clamp(-1.0, 1.0).acos())
    }

    /// Lowest and highest point above the surface, m; none in deep space.
    pub fn altitude_range_m(&self) -> Option<(f64, f64)> {
        let body = self.body?;
        let heights = self.grid().into_iter().map(|t| self.trajectory.state(t).0.norm() - body.radius_m);
        Some(heights.fold((f64::MAX, f64::MIN), |(low, high), h| (low.min(h), high.max(h))))
    }
}

/// The Sun as it stands at an instant.
fn fixed(body: &Body, date: Epoch) -> SunPath {
    SunPath::Fixed(body.inertial_from_celestial(date) * to_sun_celestial(body.planet, date).0)
}

fn circle(body: &Body, altitude_m: f64) -> Elements {
    Elements {
        semi_major_axis_m: body.radius_m + altitude_m,
        eccentricity: 0.0,
        inclination_rad: 0.0,
        node_rad: 0.0,
        perigee_argument_rad: 0.0,
        mean_anomaly_rad: 0.0,
    }
}

fn normal(e: &Elements) -> Vector3<f64> {
    let (si, ci) = e.inclination_rad.sin_cos();
    Vector3::new(e.node_rad.sin() * si, -e.node_rad.cos() * si, ci)
}
