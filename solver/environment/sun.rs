//! Direction and distance of the Sun, from the IAU SOFA routines in the `sofars` crate.

use crate::constants::SOLAR_CONSTANT_W_M2;

/// The Sun as seen from the Earth.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sun {
    /// Unit vector in the mean equator and equinox of date.
    pub direction: [f64; 3],
    /// Distance, astronomical units.
    pub distance_au: f64,
}

/// A date outside what the ephemeris and leap-second table cover.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("no Sun position for {year}-{month:02}-{day:02}: the date must lie in 1960..=2099")]
pub struct DateError {
    year: i32,
    month: i32,
    day: i32,
}

/// The Sun at a date (UTC) and fraction of a day: geometric Earth position (SOFA epv00) turned into the mean equator and
/// equinox of date (IAU 2006 precession and frame bias, pmat06). UTC to TT by the leap-second table.
///
/// Truth: `environment::sun_and_beta` (F01, ERFA).
pub fn sun((year, month, day): (i32, i32, i32), day_fraction: f64) -> Result<Sun, DateError> {
    let error = || DateError { year, month, day };
    if !(1960..=2099).contains(&year) {
        return Err(error());
    }
    let (epoch, days) = sofars::cal::cal2jd(year, month, day).map_err(|_| error())?;
    let leap_s = sofars::ts::dat(year, month, day, day_fraction).map_err(|_| error())?;
    let tt = days + day_fraction + (leap_s + 32.184) / 86_400.0;
    let (heliocentric, _) = sofars::eph::epv00(epoch, tt).ok_or_else(error)?;
    let earth = heliocentric[0];
    let distance_au = earth.iter().map(|x| x * x).sum::<f64>().sqrt();
    let matrix = sofars::pnp::pmat06(epoch, tt);
    let direction = matrix.map(|row| -(row[0] * earth[0] + row[1] * earth[1] + row[2] * earth[2]) / distance_au);
    Ok(Sun { direction, distance_au })
}

impl Sun {
    /// Right ascension, rad.
    pub fn right_ascension_rad(&self) -> f64 {
        self.direction[1].atan2(self.direction[0])
    }
    /// Flux at the Earth, W/m²: `S₀ / d²`.
    pub fn flux_w_m2(&self) -> f64 {
        SOLAR_CONSTANT_W_M2 / self.distance_au.powi(2)
    }
}
