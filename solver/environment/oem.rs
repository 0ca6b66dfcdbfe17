//! Orbit ephemeris messages: CCSDS 502.0-B, the text form (KVN). One segment; covariance and extra columns are read over.

use super::body::{Body, matrix};
use super::time::{DateError, Epoch, Scale};
use super::trajectory::{Table, TableError};
use nalgebra::{Matrix3, Vector3};

/// What is wrong with an ephemeris.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
pub enum OemError {
    /// The first line is not that of an ephemeris message.
    #[error("not a CCSDS orbit ephemeris in text form: the first line must be `CCSDS_OEM_VERS = 2.0`")]
    NotAnOem,
    /// A keyword that must be there.
    #[error("`{keyword}` is missing from the metadata")]
    Missing {
        /// The keyword.
        keyword: &'static str,
    },
    /// A value that is not understood.
    #[error("line {line}: `{keyword}` is `{given}`; known: {known}")]
    Unknown {
        /// Line number.
        line: usize,
        /// Keyword.
        keyword: &'static str,
        /// Value.
        given: String,
        /// What would be understood.
        known: &'static str,
    },
    /// More than one segment.
    #[error("line {line}: a second segment begins; only one is read")]
    SecondSegment {
        /// Line number.
        line: usize,
    },
    /// A line of data that is no state.
    #[error("line {line}: expected an epoch, three coordinates in km and three velocities in km/s")]
    NotAState {
        /// Line number.
        line: usize,
    },
    /// A bad epoch.
    #[error("line {line}: {error}")]
    Date {
        /// Line number.
        line: usize,
        /// Why.
        error: DateError,
    },
    /// Another body.
    #[error("the ephemeris is centred on {given}, the case flies around {expected}")]
    Centre {
        /// As in the file.
        given: String,
        /// As in the case.
        expected: &'static str,
    },
    /// No trajectory.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Axes of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Mean equator and equinox of J2000, or the celestial reference frame 0.02″ from it.
    Celestial,
    /// Mean equator and equinox of date.
    MeanOfDate,
    /// True equator and equinox of date.
    TrueOfDate,
    /// True equator, mean equinox: what SGP4 gives.
    Teme,
}

impl Frame {
    const KNOWN: &'static str = "EME2000, ICRF, GCRF, MOD, TOD, TEME";

    fn from_name(name: &str) -> Option<Self> {
        match name {
            "EME2000" | "ICRF" | "GCRF" => Some(Self::Celestial),
            "MOD" => Some(Self::MeanOfDate),
            "TOD" => Some(Self::TrueOfDate),
            "TEME" => Some(Self::Teme),
            _ => None,
        }
    }

    /// Rotation to celestial axes at an epoch. Nutation: IAU 2000A with the 2006 obliquity; the mean equinox of TEME lies
    /// `Δψ cos ε` from the true one along the equator.
    ///
    /// Truth: `orbits::frames_of_an_ephemeris`.
    pub fn celestial_from(self, epoch: Epoch) -> Matrix3<f64> {
        let (day, fraction) = epoch.tt();
        let mean = || matrix(sofars::pnp::pmat06(day, fraction)).transpose();
        let nutation = || {
            let ((longitude, obliquity), mean) = (sofars::pnp::nut06a(day, fraction), sofars::pnp::obl06(day, fraction));
            (matrix(sofars::pnp::numat(mean, longitude, obliquity)).transpose(), longitude * mean.cos())
        };
        match self {
            Self::Celestial => Matrix3::identity(),
            Self::MeanOfDate => mean(),
            Self::TrueOfDate => mean() * nutation().0,
            Self::Teme => {
                let (true_of_date, equinoxes) = nutation();
                mean() * true_of_date * *nalgebra::Rotation3::from_axis_angle(&Vector3::z_axis(), equinoxes).matrix()
            }
        }
    }
}

/// States of an ephemeris in the inertial frame of the body at the first of them, and that instant.
///
/// Truth: `orbits::an_ephemeris_file_flies`, `orbits::frames_of_an_ephemeris`.
pub fn read(text: &str, body: &Body) -> Result<(Table, Epoch), OemError> {
    let mut lines = text.lines().enumerate().map(|(k, l)| (k + 1, l.trim())).filter(|(_, l)| !l.is_empty());
    if !lines.next().is_some_and(|(_, l)| l.starts_with("CCSDS_OEM_VERS")) {
        return Err(OemError::NotAnOem);
    }
    let (mut frame, mut scale, mut centre) = (None, None, None);
    let (mut segments, mut covariance) = (0, false);
    let mut states: Vec<(Epoch, Vector3<f64>, Vector3<f64>)> = vec![];
    for (line, text) in lines {
        if let Some((keyword, value)) = text.split_once('=').map(|(k, v)| (k.trim(), v.trim())) {
            let unknown = |keyword, known| OemError::Unknown { line, keyword, given: value.to_owned(), known };
            match keyword {
                "REF_FRAME" if !covariance => {
                    frame = Some(Frame::from_name(value).ok_or_else(|| unknown("REF_FRAME", Frame::KNOWN))?);
                }
                "TIME_SYSTEM" => {
                    scale = Some(match value {
                        "UTC" => Scale::Utc,
                        "TAI" => Scale::Tai,
                        "TT" | "TDB" => Scale::Tt,
                        "GPS" => Scale::Gps,
                        _ => return Err(unknown("TIME_SYSTEM", "UTC, TAI, TT, TDB, GPS")),
                    });
                }
                "CENTER_NAME" => centre = Some(value.to_owned()),
                _ => {}
            }
        } else if text == "META_START" {
            segments += 1;
            if segments > 1 {
                return Err(OemError::SecondSegment { line });
            }
        } else if text.starts_with("COVARIANCE_") {
            covariance = text == "COVARIANCE_START";
        } else if !covariance && text != "META_STOP" && !text.starts_with("COMMENT") {
            let scale = scale.ok_or(OemError::Missing { keyword: "TIME_SYSTEM" })?;
            states.push(state(line, text, scale)?);
        }
    }
    let frame = frame.ok_or(OemError::Missing { keyword: "REF_FRAME" })?;
    let centre = centre.ok_or(OemError::Missing { keyword: "CENTER_NAME" })?;
    if !body.name.trim_start_matches("the ").eq_ignore_ascii_case(&centre) {
        return Err(OemError::Centre { given: centre, expected: body.name });
    }
    let start = states.first().ok_or(TableError::TooFew { least: 2, got: 0 })?.0;
    let inertial = body.inertial_from_celestial(start);
    let (mut times, mut positions, mut velocities) = (vec![], vec![], vec![]);
    for (epoch, position, velocity) in states {
        let turn = inertial * frame.celestial_from(epoch);
        times.push(epoch.seconds_after(start));
        positions.push(turn * position);
        velocities.push(turn * velocity);
    }
    Ok((Table::new(times, positions, Some(velocities))?, start))
}

fn state(line: usize, text: &str, scale: Scale) -> Result<(Epoch, Vector3<f64>, Vector3<f64>), OemError> {
    let mut words = text.split_whitespace();
    let epoch = words.next().unwrap_or_default();
    let numbers: Option<Vec<f64>> = words.map(|w| w.parse().ok().filter(|x: &f64| x.is_finite())).collect();
    let numbers = numbers.filter(|n| n.len() == 6 || n.len() == 9).ok_or(OemError::NotAState { line })?;
    let epoch = Epoch::parse(epoch, scale).map_err(|error| OemError::Date { line, error })?;
    let metres = |k: usize| Vector3::new(numbers[k], numbers[k + 1], numbers[k + 2]) * 1e3;
    Ok((epoch, metres(0), metres(3)))
}
