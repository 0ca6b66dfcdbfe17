//! Two-line elements, by the `sgp4` crate (SGP4 and SDP4 with WGS 72 constants, as the sets are made).

use super::body::Body;
use super::oem::Frame;
use super::time::{DateError, Epoch, Scale};
use super::trajectory::{Table, TableError};
use nalgebra::Vector3;

/// What is wrong with a two-line element set.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum TleError {
    /// Not two lines.
    #[error("a two-line element set has two lines that begin with 1 and 2, and perhaps a name before them")]
    NotTwoLines,
    /// A line that cannot be read.
    #[error("{0}")]
    Parse(String),
    /// A path that is followed too long.
    #[error("{span_h:.0} h are more than {MOST_TURNS} turns of this orbit; SGP4 holds for days")]
    TooLong {
        /// How long, h.
        span_h: f64,
    },
    /// An orbit that cannot be flown.
    #[error("{0}")]
    Elements(String),
    /// A bad epoch.
    #[error(transparent)]
    Date(#[from] DateError),
    /// No trajectory.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Turns that a set is flown for at most.
const MOST_TURNS: f64 = 10_000.0;

/// A set of elements, ready to be flown.
#[derive(Clone, Debug)]
pub struct Tle {
    constants: sgp4::Constants,
    /// Epoch of the elements.
    pub epoch: Epoch,
    /// Mean period, s.
    pub period_s: f64,
}

impl Tle {
    /// From its lines. Errors: wrong form, checksum, impossible elements.
    ///
    /// Truth: `orbits::two_line_elements_fly_as_python_sgp4_does`.
    pub fn read(text: &str) -> Result<Self, TleError> {
        let lines: Vec<&str> = text.lines().map(str::trim_end).filter(|l| !l.is_empty()).collect();
        let (first, second) = match lines[..] {
            [first, second] | [_, first, second] if first.starts_with("1 ") && second.starts_with("2 ") => (first, second),
            _ => return Err(TleError::NotTwoLines),
        };
        // The reader subtracts without looking.
        if let Some(&sum) = [first, second].iter().find_map(|l| l.as_bytes().get(68).filter(|b| !b.is_ascii_digit())) {
            let message = format!("the checksum at the end of a line must be a digit, got `{}`", char::from(sum));
            return Err(TleError::Parse(message));
        }
        let elements =
            sgp4::Elements::from_tle(None, first.as_bytes(), second.as_bytes()).map_err(|e| TleError::Parse(e.to_string()))?;
        let constants =
            sgp4::Constants::from_elements_afspc_compatibility_mode(&elements).map_err(|e| TleError::Elements(e.to_string()))?;
        let days = elements.epoch() * 365.25 + 0.5;
        let (year, month, day, fraction) =
            sofars::cal::jd2cal(2_451_544.5, days).map_err(|_| TleError::Parse("no such epoch".to_owned()))?;
        let epoch = Epoch::new((year, month, day), 86_400.0 * fraction, Scale::Utc)?;
        Ok(Self { constants, epoch, period_s: 86_400.0 / elements.mean_motion })
    }

    /// States from `start` over `span_s`, 200 to a turn, in the mean equator and equinox of `start`. The polynomial between
    /// them is good to a millimetre; SGP4 itself to about a kilometre at its epoch and one to three more for each day.
    pub fn table(&self, start: Epoch, span_s: f64) -> Result<Table, TleError> {
        let turn = Body::EARTH.inertial_from_celestial(start) * Frame::Teme.celestial_from(start);
        let lead = start.seconds_after(self.epoch);
        let (mut times, mut positions, mut velocities) = (vec![], vec![], vec![]);
        if span_s > MOST_TURNS * self.period_s {
            return Err(TleError::TooLong { span_h: span_s / 3600.0 });
        }
        let mut time = 0.0;
        loop {
            let minutes = sgp4::MinutesSinceEpoch((lead + time) / 60.0);
            let state = self.constants.propagate(minutes).map_err(|e| TleError::Elements(e.to_string()))?;
            let position = Vector3::from(state.position) * 1e3;
            times.push(time);
            positions.push(turn * position);
            velocities.push(turn * Vector3::from(state.velocity) * 1e3);
            // A time that is not a number ends it too, and is refused by the table.
            if time.is_nan() || time >= span_s {
                break;
            }
            let radius = position.norm().max(0.1 * Body::EARTH.radius_m);
            // A turn of the circle at this distance, over 200.
            let step = std::f64::consts::PI / 100.0 * (radius.powi(3) / Body::EARTH.mu_m3_s2).sqrt();
            time += step;
        }
        Ok(Table::new(times, positions, Some(velocities))?)
    }
}
