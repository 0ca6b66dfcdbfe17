//! The logarithm of a flux as a series, since a wall is sought with thousands of sizes.

use super::particles::{Flux, Population, gruen_per_m2_year, nasa_1991_by_size};
use std::f64::consts::PI;
use std::sync::{Arc, LazyLock};

/// Terms of the series of each piece.
pub const TERMS: usize = 8;
/// Pieces of Grün's law over ln(mass/kg) from 1e-17 kg to 1e3 kg, and of the debris law over ln(diameter/m) from 1e-6 m to 0.3 m.
const OF_MASS: (usize, f64, f64) = (128, 1e-17, 1e3);
const OF_SIZE: (usize, f64, f64) = (32, 1e-6, 0.3);

/// Chebyshev coefficients of each piece.
type Series = Arc<[[f64; TERMS]]>;

/// `ln F` of a population by the logarithm of the diameter d, m: `shift + Σ c_k T_k(x)` in the piece of number
/// `⌊per (ln d − first)⌋`, x from −1 to 1 across it. Within 1e-9 of [`Population::per_m2_year`] for `first ≤ ln d ≤ first + pieces/per`; by that
/// itself beyond, and for tables, whose kinks no series follows.
///
/// Truth: `armour::curves_are_their_laws`.
#[derive(Clone, Debug)]
pub struct FluxCurve {
    population: Population,
    /// ln d where the first piece begins.
    pub first: f64,
    /// Pieces for each unit of ln d.
    pub per: f64,
    /// Logarithm of the factor that all sizes share.
    pub shift: f64,
    /// The pieces; none for tables.
    pub series: Series,
}

/// Of Grün's law there is one.
static GRUEN: LazyLock<Series> = LazyLock::new(|| series(OF_MASS, &gruen_per_m2_year));

/// The series of ln f over ln x.
#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn series((pieces, low, high): (usize, f64, f64), f: &dyn Fn(f64) -> f64) -> Series {
    let width = (high / low).ln() / pieces as f64;
    let cosine = |k: usize, j: usize| (PI * k as f64 * (j as f64 + 0.5) / TERMS as f64).cos();
    let piece = |p: usize| {
        let at = |j: usize| f((low.ln() + width * (p as f64 + 0.5 * (1.0 + cosine(1, j)))).exp()).ln();
        let values: [f64; TERMS] = std::array::from_fn(at);
        std::array::from_fn(|k| {
            let sum: f64 = values.iter().enumerate().map(|(j, v)| v * cosine(k, j)).sum();
            sum * if k == 0 { 1.0 } else { 2.0 } / TERMS as f64
        })
    };
    (0..pieces).map(piece).collect()
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
impl FluxCurve {
    /// Of a population as it is.
    pub fn new(population: &Population) -> Self {
        // Sizes are masses m to Grün: ln d = (ln m − ln(π/6 ρ))/3.
        let (series, first, per) = match &population.flux {
            Flux::Gruen(..) => {
                let (pieces, low, high) = OF_MASS;
                let first = (low / (PI / 6.0 * population.density_kg_m3)).ln() / 3.0;
                (Arc::clone(&GRUEN), first, 3.0 * pieces as f64 / (high / low).ln())
            }
            Flux::Nasa1991(law, _) => {
                let (pieces, low, high) = OF_SIZE;
                (series(OF_SIZE, &|d| nasa_1991_by_size(*law, d)), low.ln(), pieces as f64 / (high / low).ln())
            }
            Flux::Table(_) => (Series::from([]), 0.0, 0.0),
        };
        Self { first, per, shift: population.factor().ln(), series, population: population.clone() }
    }

    /// ln F at ln d, F per m² and year: minus infinity where nothing flies.
    pub fn ln_per_m2_year(&self, ln_d: f64) -> f64 {
        let place = self.per * (ln_d - self.first);
        if !(place >= 0.0 && place < self.series.len() as f64) {
            return self.population.per_m2_year(ln_d.exp()).ln();
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked")]
        let piece = place as usize;
        // Clenshaw's recurrence.
        let y = 4.0 * (place - piece as f64) - 2.0;
        let c = &self.series[piece];
        let (mut b, mut before) = (0.0, 0.0);
        for k in (1..TERMS).rev() {
            (b, before) = (c[k] + y * b - before, b);
        }
        self.shift + c[0] + 0.5 * y * b - before
    }
}
