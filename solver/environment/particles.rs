//! Meteoroids and debris: how many particles of a size or larger strike a surface.
//!
//! Fluxes are cumulative, per square metre of one side of a randomly tumbling plate and year. Meteoroids come from all
//! directions and are drawn in and screened by the body that is flown around; debris flies around the Earth below 2,000 km.

use super::Flight;
use super::body::{Body, Planet};
use crate::constants::{AIR_TOP_M, JULIAN_YEAR_S};
use std::f64::consts::PI;

/// Why a table of fluxes cannot be used.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum FluxTableError {
    /// A line without two numbers.
    #[error("line {line}: two numbers are wanted, diameter in m and flux in 1/(m² year), got `{text}`")]
    Line {
        /// Counted from 1.
        line: usize,
        /// What stands there.
        text: String,
    },
    /// Diameters that do not rise or fluxes that do not fall.
    #[error("line {line}: diameters must rise and cumulative fluxes must fall and stay above 0")]
    Order {
        /// Counted from 1.
        line: usize,
    },
    /// Fewer than two rows.
    #[error("a table needs two rows at least, got {0}")]
    Short(usize),
}

/// A cumulative flux by diameter, as a flux model printed it.
#[derive(Clone, Debug, PartialEq)]
pub struct FluxTable {
    /// Logarithms of diameter, m, and flux, 1/(m² year).
    rows: Vec<(f64, f64)>,
}

impl FluxTable {
    /// Reads rows `diameter in m, flux in 1/(m² year)`; separators are commas, semicolons or blanks, `#` begins a comment, and a
    /// first line of words is a heading.
    pub fn parse(text: &str) -> Result<Self, FluxTableError> {
        let mut rows: Vec<(f64, f64)> = vec![];
        for (k, raw) in text.lines().enumerate() {
            let line = raw.split('#').next().unwrap_or_default().trim();
            let words: Vec<&str> = line.split([',', ';', ' ', '\t']).filter(|w| !w.is_empty()).collect();
            if words.is_empty() || (rows.is_empty() && words.iter().all(|w| w.parse::<f64>().is_err())) {
                continue;
            }
            let numbers: Vec<f64> = words.iter().filter_map(|w| w.parse().ok()).collect();
            let [diameter, flux] = numbers[..] else {
                return Err(FluxTableError::Line { line: k + 1, text: line.to_owned() });
            };
            let row = (diameter.ln(), flux.ln());
            let falls = rows.last().is_none_or(|last| last.0 < row.0 && last.1 > row.1);
            if !(row.0.is_finite() && row.1.is_finite() && falls) {
                return Err(FluxTableError::Order { line: k + 1 });
            }
            rows.push(row);
        }
        if rows.len() < 2 { Err(FluxTableError::Short(rows.len())) } else { Ok(Self { rows }) }
    }

    /// Power law between the rows; beyond the first and the last row their slopes go on.
    fn per_m2_year(&self, diameter_m: f64) -> f64 {
        let x = diameter_m.ln();
        let k = self.rows.partition_point(|r| r.0 < x).clamp(1, self.rows.len() - 1);
        let ((x0, y0), (x1, y1)) = (self.rows[k - 1], self.rows[k]);
        (y0 + (y1 - y0) / (x1 - x0) * (x - x0)).exp()
    }

    /// Smallest and largest diameter of the table, m.
    pub fn range_m(&self) -> (f64, f64) {
        (self.rows[0].0.exp(), self.rows[self.rows.len() - 1].0.exp())
    }
}

/// What the engineering law of 1991 needs to know beside the altitude.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Nasa1991 {
    /// Solar radio flux at 10.7 cm of the year before, smoothed, 10⁻²² W/(m² Hz).
    pub solar_flux: f64,
    /// Year that the flux is for.
    pub year: f64,
    /// Factor for the orbit's inclination: about 1.5 at 98°.
    pub inclination_factor: f64,
}

/// Where fluxes come from.
#[derive(Clone, Debug, PartialEq)]
pub enum Flux {
    /// Grün's interplanetary flux, with focusing and screening for each altitude, m (none in deep space).
    Gruen(Option<Body>, Vec<f64>),
    /// NASA's engineering law of 1991 for debris at each altitude, m.
    Nasa1991(Nasa1991, Vec<f64>),
    /// A table of the user's.
    Table(FluxTable),
}

/// A kind of particles.
#[derive(Clone, Debug, PartialEq)]
pub struct Population {
    /// Density, kg/m³.
    pub density_kg_m3: f64,
    /// Impact velocity, m/s.
    pub velocity_m_s: f64,
    /// Factor on the flux.
    pub scale: f64,
    /// The flux.
    pub flux: Flux,
}

impl Population {
    /// Particles of a diameter or larger, per m² of one side of a tumbling plate and year, mean over the altitudes.
    pub fn per_m2_year(&self, diameter_m: f64) -> f64 {
        self.factor()
            * match &self.flux {
                Flux::Gruen(..) => gruen_per_m2_year(self.mass_kg(diameter_m)),
                Flux::Nasa1991(law, _) => nasa_1991_by_size(*law, diameter_m),
                Flux::Table(table) => table.per_m2_year(diameter_m),
            }
    }

    /// What the flux of every size is multiplied by: the scale, and in a law the mean over the altitudes, which no size changes.
    pub(super) fn factor(&self) -> f64 {
        let mean = |heights: &[f64], f: &dyn Fn(f64) -> f64| {
            #[expect(clippy::cast_precision_loss, reason = "positions are few")]
            let count = heights.len() as f64;
            heights.iter().map(|h| f(*h)).sum::<f64>() / count
        };
        self.scale
            * match &self.flux {
                Flux::Gruen(Some(body), heights) if !heights.is_empty() => {
                    mean(heights, &|h| focusing(body, h) * screening(body, h))
                }
                Flux::Nasa1991(law, heights) => mean(heights, &|h| nasa_1991_by_altitude(*law, h)),
                _ => 1.0,
            }
    }

    fn mass_kg(&self, diameter_m: f64) -> f64 {
        PI / 6.0 * self.density_kg_m3 * diameter_m.powi(3)
    }
}

/// Altitudes over which fluxes are averaged, m: one of a circle, those of the path's grid otherwise; none in deep space.
pub fn altitudes_m(flight: &Flight) -> Vec<f64> {
    let (Some(body), Some((low, high))) = (flight.body, flight.altitude_range_m()) else { return vec![] };
    if high - low < 1e3 {
        return vec![0.5 * (low + high)];
    }
    flight.grid().into_iter().map(|t| flight.state(t).0.norm() - body.radius_m).collect()
}

/// Interplanetary meteoroids of a mass or larger at 1 au, 1/(m² year), with m in grams:
/// `F = (2200 m^0.306 + 15)^-4.38 + 1.3e-9 (m + 1e11 m² + 1e27 m⁴)^-0.36 + 1.3e-16 (m + 1e6 m²)^-0.85` a second.
///
/// Source: ECSS-E-ST-10-04C eq. 10-1 after Grün et al. 1985. Truth: `armour::published_meteoroid_fluxes`.
pub fn gruen_per_m2_year(mass_kg: f64) -> f64 {
    let m = 1e3 * mass_kg;
    let large = (2.2e3 * m.powf(0.306) + 15.0).powf(-4.38);
    let middle = 1.3e-9 * (m + 1e11 * m * m + 1e27 * m.powi(4)).powf(-0.36);
    let small = 1.3e-16 * (m + 1e6 * m * m).powf(-0.85);
    JULIAN_YEAR_S * (large + middle + small)
}

/// Mean velocity of meteoroids far from any body, m/s: Grün's flux is for it.
const FAR_VELOCITY_M_S: f64 = 17e3;

/// Gain of the meteoroid flux by a body's gravity: `1 + v_esc²/v∞²`, with `v_esc² = 2 μ/r`.
///
/// Truth: `armour::gravity_and_screening`.
pub fn focusing(body: &Body, altitude_m: f64) -> f64 {
    1.0 + 2.0 * body.mu_m3_s2 / (body.radius_m + altitude_m) / FAR_VELOCITY_M_S.powi(2)
}

/// Part of the sky that a body and its air leave open: `(1 + cos η)/2`, `sin η = (R + air)/r`, air of 100 km, none on the Moon.
pub fn screening(body: &Body, altitude_m: f64) -> f64 {
    let air = if body.planet == Planet::Moon { 0.0 } else { AIR_TOP_M };
    let sine = ((body.radius_m + air) / (body.radius_m + altitude_m)).min(1.0);
    0.5 * (1.0 + (1.0 - sine * sine).sqrt())
}

/// Top of the debris law, m.
pub const DEBRIS_TOP_M: f64 = 2e6;

/// Debris of a diameter (d in cm below) or larger, 1/(m² year), none above 2,000 km:
/// `F = H(d) φ(h, S) ψ(i) [1.22e-5 d^-2.5 g₁ + 8.1e10 (d + 700)^-6 g₂]`, `H = √10^exp(−((lg d − 0.78)/0.637)²)`,
/// `φ = φ₁/(1 + φ₁)`, `φ₁ = 10^(h/200 km − S/140 − 1.5)`, `g₁ = 1.02^(year − 1988)` to 2011 and 1.04 a year after,
/// `g₂ = 1 + 0.05 (year − 1988)`.
///
/// Source: NASA TM-100471 and SSP 30425, constants from memory. A factor of 3 uncertain and older than today's debris: load a
/// table of ORDEM or MASTER for design. Truth: `armour::puncture_fluxes`.
pub fn nasa_1991_per_m2_year(law: Nasa1991, altitude_m: f64, diameter_m: f64) -> f64 {
    nasa_1991_by_altitude(law, altitude_m) * nasa_1991_by_size(law, diameter_m)
}

/// `φ(h, S) ψ(i)` of that law.
fn nasa_1991_by_altitude(law: Nasa1991, altitude_m: f64) -> f64 {
    if altitude_m > DEBRIS_TOP_M {
        return 0.0;
    }
    let steps = 10f64.powf(altitude_m / 200e3 - law.solar_flux / 140.0 - 1.5);
    steps / (1.0 + steps) * law.inclination_factor
}

/// `H(d) [1.22e-5 d^-2.5 g₁ + 8.1e10 (d + 700)^-6 g₂]` of that law.
pub(super) fn nasa_1991_by_size(law: Nasa1991, diameter_m: f64) -> f64 {
    let d = 1e2 * diameter_m;
    let bump = (-((d.log10() - 0.78) / 0.637).powi(2)).exp();
    let since = law.year - 1988.0;
    let small_growth = 1.02_f64.powf(since.min(23.0)) * 1.04_f64.powf((since - 23.0).max(0.0));
    let sizes = 1.22e-5 * d.powf(-2.5) * small_growth + 8.1e10 * (d + 700.0).powi(-6) * (1.0 + 0.05 * since);
    10f64.powf(0.5 * bump) * sizes
}
