//! The radiating fin that gets thinner towards its tip.

use super::Series;
use crate::backend::parallel_map;
use crate::fin;
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;
use std::sync::{Arc, LazyLock, OnceLock};

/// Least thickness at the tip over that at the root of which there are series.
const LEAST_TAPER: f64 = 0.1;

/// How thick a fin is along its span: `t(ξ) = t(0) [1 − (1 − τ) ξ]`, ξ from the root to the tip; τ = 1 is a sheet.
#[derive(Clone, Debug)]
pub struct Profile {
    taper: f64,
    /// Its efficiency, made when it is first asked for.
    series: Arc<OnceLock<Series>>,
}

static UNIFORM: LazyLock<Profile> = LazyLock::new(|| Profile { taper: 1.0, series: Arc::default() });

impl Profile {
    /// That of a taper τ, from 0.1 to 1.
    pub fn new(taper: f64) -> Self {
        if taper == 1.0 { Self::uniform().clone() } else { Self { taper, series: Arc::default() } }
    }

    /// That of a sheet.
    pub fn uniform() -> &'static Self {
        &UNIFORM
    }

    /// Thickness at the tip over that at the root.
    pub fn taper(&self) -> f64 {
        self.taper
    }

    /// Thickness at ξ over that at the root.
    pub fn at(&self, xi: f64) -> f64 {
        1.0 - (1.0 - self.taper) * xi
    }

    /// Mean thickness over that at the root.
    pub fn mean(&self) -> f64 {
        self.at(0.5)
    }

    fn series(&self) -> &Series {
        let make = || if self.taper == 1.0 { Series::of(fin::by_quadrature) } else { TAPERED.at(self.taper) };
        self.series.get_or_init(make)
    }

    /// The coefficients of its series, u slowest, then λ, then the terms along u, then those along λ.
    pub fn coefficients(&self) -> Vec<f64> {
        self.series().0.iter().flatten().flatten().copied().collect()
    }

    /// Efficiency, λ with the thickness at the root: see [`fin::efficiency`] and [`by_collocation`]. By series within 1e-8 of those.
    ///
    /// Truth: `tapered::efficiency_of_other_programs`, `tapered::the_series_is_the_collocation`.
    pub fn efficiency(&self, lambda: f64, u: f64) -> f64 {
        match self.series().at(lambda, u) {
            Some(eta) => eta,
            None if self.taper == 1.0 => fin::by_quadrature(lambda, u),
            None => by_collocation(lambda, u, self.taper),
        }
    }
}

/// Fins longer than this are cut where they would be as long: their tips give off 1e-8 of the heat.
const LONGEST: f64 = 1e5;

/// Efficiency of a tapered fin, `η = ∫ s dξ`, `s = (θ⁴ − u)/(1 − u)`.
///
/// `(f θ')' = λ(θ⁴ − u)`, f = 1 − (1 − τ)ξ, θ(0) = 1, f θ'(1) = 0. In `ζ = ln f/ln τ` and `φ = (1 − θ)/(1 − u)` that is
/// `φ'' = −λ a² τ^ζ s`, `a = −ln τ/(1 − τ)`, `s = 1 − φ(1 + θ)(1 + θ²)`, smooth for every taper and every u, and `η = a ∫ τ^ζ s dζ`; by
/// Chebyshev collocation and Newton's method from the linear fin.
/// Truth: `tapered::efficiency_of_other_programs`, `tapered::limits_of_a_tapered_fin`.
pub fn by_collocation(lambda: f64, u: f64, taper: f64) -> f64 {
    let part = (LONGEST / lambda).sqrt().min(1.0);
    let (lambda, taper) = (lambda * part * part, 1.0 - (1.0 - taper) * part);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
    let order = 24 + 4 * (lambda * stretch(taper).powi(2)).sqrt().sqrt() as usize;
    part * Collocation::new(order).efficiency(lambda, u, taper)
}

/// `a = −ln τ/(1 − τ)`.
fn stretch(taper: f64) -> f64 {
    let thinner = 1.0 - taper;
    if thinner < 1e-9 { 1.0 } else { -(-thinner).ln_1p() / thinner }
}

/// Chebyshev's points on 0..1 and what differentiates and integrates there.
struct Collocation {
    points: Vec<f64>,
    /// Second derivative at the points but the first; in the last row the first derivative.
    slopes: DMatrix<f64>,
    /// Clenshaw-Curtis.
    weights: Vec<f64>,
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
impl Collocation {
    fn new(order: usize) -> Self {
        let n = order;
        let angle = |j: usize| PI * j as f64 / n as f64;
        let points: Vec<f64> = (0..=n).map(|j| (0.5 * angle(j)).sin().powi(2)).collect();
        let end = |j: usize| if j == 0 || j == n { 2.0 } else { 1.0 };
        let sign = |j: usize| if j.is_multiple_of(2) { 1.0 } else { -1.0 };
        let mut d =
            DMatrix::from_fn(
                n + 1,
                n + 1,
                |i, j| {
                    if i == j { 0.0 } else { end(i) / end(j) * sign(i + j) / (points[i] - points[j]) }
                },
            );
        // A constant has no slope.
        for i in 0..=n {
            d[(i, i)] = -d.row(i).sum();
        }
        let mut slopes = (&d * &d).view((1, 1), (n, n)).into_owned();
        slopes.row_mut(n - 1).copy_from(&d.view((n, 1), (1, n)));
        // ∫ T_k over 0..1 is 1/(1 − k²) for even k.
        let weight = |j: usize| {
            let even = (0..=n / 2).map(|m| {
                let k = 2 * m;
                let half = if k == 0 || k == n { 0.5 } else { 1.0 };
                half * (k as f64 * angle(j)).cos() / (1.0 - (k * k) as f64)
            });
            2.0 / (n as f64 * end(j)) * even.sum::<f64>()
        };
        Self { weights: (0..=n).map(weight).collect(), points, slopes }
    }

    fn efficiency(&self, lambda: f64, u: f64, taper: f64) -> f64 {
        let (n, a) = (self.points.len() - 1, stretch(taper));
        let f: Vec<f64> = self.points.iter().map(|z| (z * taper.ln()).exp()).collect();
        let theta = |phi: f64| 1.0 - (1.0 - u) * phi;
        let source = |phi: f64| 1.0 - phi * (1.0 + theta(phi)) * (1.0 + theta(phi).powi(2));
        let mut phi = DVector::zeros(n);
        for round in 0..60 {
            let (mut matrix, mut miss) = (self.slopes.clone(), &self.slopes * &phi);
            for j in 0..n - 1 {
                let c = lambda * a * a * f[j + 1];
                miss[j] += c * source(phi[j]);
                matrix[(j, j)] -= 4.0 * c * theta(phi[j]).powi(3);
            }
            let step = matrix.lu().solve(&miss).expect("a fin has one temperature");
            phi -= &step;
            // The first round is the linear fin.
            if round > 0 && step.amax() <= 1e-13 * phi.amax() {
                break;
            }
        }
        let along = (1..=n).map(|j| self.weights[j] * f[j] * source(phi[j - 1]));
        a * (self.weights[0] + along.sum::<f64>())
    }
}

/// Chebyshev points along ln τ at which there is a series.
const TAPERS: usize = 12;

static TAPERED: LazyLock<Tapered> = LazyLock::new(Tapered::new);

/// A series of the efficiency for each of a few tapers.
struct Tapered(Vec<Series>);

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
impl Tapered {
    fn place(m: usize) -> f64 {
        0.5 * (1.0 + (PI * (m as f64 + 0.5) / TAPERS as f64).cos())
    }

    fn new() -> Self {
        let by = Collocation::new(22);
        let of = |m: usize| {
            let taper = LEAST_TAPER.powf(Self::place(m));
            Series::of(|lambda, u| by.efficiency(lambda, u, taper))
        };
        Self(parallel_map(TAPERS, of))
    }

    /// That of a taper, by Lagrange's polynomial in ln τ.
    fn at(&self, taper: f64) -> Series {
        let x = taper.ln() / LEAST_TAPER.ln();
        let weight = |m: usize| -> f64 {
            let others = (0..TAPERS).filter(|k| *k != m);
            others.map(|k| (x - Self::place(k)) / (Self::place(m) - Self::place(k))).product()
        };
        Series::weighted(self.0.iter().enumerate().map(|(m, s)| (weight(m), s)))
    }
}
