//! The radiating fin: a sheet in closed form, and one that gets thinner (`taper`).

pub mod taper;

use crate::constants::GAUSS;
use std::f64::consts::PI;
use taper::Profile;

/// From this `u` on the fin is linear.
pub const LINEAR_FROM: f64 = 1.0 - 1e-6;

/// Efficiency of a fin that radiates to a sink, `η = ∫(θ⁴ − u)dξ / (1 − u)`.
///
/// `θ'' = λ(θ⁴ − u)`, θ(0) = 1, θ'(1) = 0; `λ = n ε σ T_b³ l²/(k t)` with n radiating faces, `u = (T_sink/T_base)⁴`.
/// By a series of Chebyshev polynomials in each of 12 × 6 patches, within 1e-9 of [`by_quadrature`], for λ ≤ 9 and u ≤ 0.98; by that itself elsewhere.
/// Truth: `sizing::fin_efficiency` (D01, D02), `sizing::the_series_of_the_fin_is_its_quadrature`.
pub fn efficiency(lambda: f64, u: f64) -> f64 {
    Profile::uniform().efficiency(lambda, u)
}

/// The same by quadrature.
///
/// First integral: `θ'² = 2λ (θ − θ_t) [(θ⁵ − θ_t⁵)/(5(θ − θ_t)) − u]`; the tip θ_t follows from `∫ dθ/|θ'| = 1`, with
/// `θ = θ_t + (1 − θ_t) s⁶` to remove the root at the tip, sought in the logarithm of the tip's distance from the sink;
/// then `η = |θ'(0)| / (λ(1 − u))`.
/// For `u ≥ 1` the heat flows inwards; the linear fin `tanh m / m`, `m² = 4λ`, is used from [`LINEAR_FROM`] on,
/// an approximation far above 1.
pub fn by_quadrature(lambda: f64, u: f64) -> f64 {
    if u > LINEAR_FROM || lambda < LEAST_LAMBDA {
        let m = 2.0 * lambda.sqrt();
        return if m < 1e-8 { 1.0 } else { m.tanh() / m };
    }
    let sink = u.powf(0.25);
    // Of the tip's distance: the tip, one less the tip, and the tip's fourth power less u, none by a difference of near numbers.
    let tip = |y: f64| {
        let (above, below) = ((1.0 - sink) * y.exp(), (1.0 - sink) * -y.exp_m1());
        let tip = sink + above;
        (tip, below, above * (tip + sink) * (tip * tip + sink * sink))
    };
    // (θ'²)/(2λ(θ − θ_t)).
    let slope = |(tip, below, excess): (f64, f64, f64), s: f64| {
        let t = below * s.powi(6);
        excess + t * (2.0 * tip.powi(3) + t * (2.0 * tip * tip + t * (tip + 0.2 * t)))
    };
    let length = |at: (f64, f64, f64)| -> f64 {
        let part = |from: f64, to: f64| -> f64 {
            let along = |(x, w): &(f64, f64)| {
                let s = from + (to - from) * x;
                w * 3.0 * s * s / slope(at, s).max(1e-300).sqrt()
            };
            (to - from) * GAUSS.iter().map(along).sum::<f64>()
        };
        // The integrand rises steeply at the tip when λ is large.
        let whole: f64 = [0.0, 0.05, 0.2, 0.5, 1.0].windows(2).map(|e| part(e[0], e[1])).sum();
        (2.0 * at.1 / lambda).sqrt() * whole
    };
    // The end at the sink may be too near for a number: the fin is then as long as one that never ends.
    let miss = |y: f64| length(tip(y)).ln();
    let near = miss(-80.0);
    let y = if near < 0.0 { -80.0 } else { root_between((-80.0, -1e-12), (near, miss(-1e-12)), 1e-13, miss) };
    let at = tip(y);
    (2.0 * lambda * at.1 * slope(at, 1.0)).sqrt() / (lambda * (1.0 - u))
}

/// The root of `f` between `low` and `high`, where its signs differ, by false position in which the end that stays counts half
/// (Illinois); ends where `|f| < small`, or the ends are next to each other.
fn root_between(
    (mut low, mut high): (f64, f64),
    (mut at_low, mut at_high): (f64, f64),
    small: f64,
    f: impl Fn(f64) -> f64,
) -> f64 {
    let mut kept_high = None;
    for _ in 0..200 {
        let x = (low * at_high - high * at_low) / (at_high - at_low);
        if x <= low.min(high) || x >= low.max(high) {
            break;
        }
        let y = f(x);
        if y.abs() < small {
            return x;
        }
        // Both ends move.
        if (y > 0.0) == (at_low > 0.0) {
            (low, at_low) = (x, y);
            at_high *= if kept_high == Some(true) { 0.5 } else { 1.0 };
            kept_high = Some(true);
        } else {
            (high, at_high) = (x, y);
            at_low *= if kept_high == Some(false) { 0.5 } else { 1.0 };
            kept_high = Some(false);
        }
    }
    if at_low.abs() < at_high.abs() { low } else { high }
}

/// Below this λ the fin is linear, and the patches from 0 to `MOST_LAMBDA` and `MOST_U` end.
const LEAST_LAMBDA: f64 = 1e-6;
/// Where the patches end.
pub const MOST_LAMBDA: f64 = 9.0;
/// See [`MOST_LAMBDA`].
pub const MOST_U: f64 = 0.98;
/// Patches over λ and over u, and terms of each along both.
pub const PATCHES: [usize; 2] = [12, 6];
/// See [`PATCHES`].
pub const TERMS: usize = 8;

/// `η = Σ c_jk T_j(x) T_k(y)` in each patch, x and y from −1 to 1 across it; patches are even in r, `λ = 9 r²/(4 − 3r)`, and u.
#[derive(Debug)]
struct Series(Vec<[[f64; TERMS]; TERMS]>);

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
impl Series {
    /// From the values at the Chebyshev points of each patch.
    fn of(efficiency: impl Fn(f64, f64) -> f64) -> Self {
        let cosine = |k: usize, j: usize| (PI * k as f64 * (j as f64 + 0.5) / TERMS as f64).cos();
        let half = |n: usize| if n == 0 { 1.0 } else { 2.0 };
        let patch = |p: usize| {
            let place = |k: usize, j: usize, of: usize| (k as f64 + 0.5 * (1.0 + cosine(1, j))) / of as f64;
            let mut values = [[0.0; TERMS]; TERMS];
            for (k, row) in values.iter_mut().enumerate() {
                for (j, value) in row.iter_mut().enumerate() {
                    let r = place(p % PATCHES[0], j, PATCHES[0]);
                    let u = MOST_U * place(p / PATCHES[0], k, PATCHES[1]);
                    *value = efficiency(MOST_LAMBDA * r * r / (4.0 - 3.0 * r), u);
                }
            }
            let mut series = [[0.0; TERMS]; TERMS];
            for (q, row) in series.iter_mut().enumerate() {
                for (p, c) in row.iter_mut().enumerate() {
                    let along = |k: usize| (0..TERMS).map(|j| values[k][j] * cosine(p, j)).sum::<f64>();
                    let sum: f64 = (0..TERMS).map(|k| along(k) * cosine(q, k)).sum();
                    *c = half(p) * half(q) * sum / (TERMS * TERMS) as f64;
                }
            }
            series
        };
        Self((0..PATCHES[0] * PATCHES[1]).map(patch).collect())
    }

    /// The sum of series, each with its weight.
    fn weighted<'a>(all: impl Iterator<Item = (f64, &'a Self)>) -> Self {
        let mut sum = vec![[[0.0; TERMS]; TERMS]; PATCHES[0] * PATCHES[1]];
        for (weight, series) in all {
            for (s, c) in sum.as_flattened_mut().as_flattened_mut().iter_mut().zip(series.0.as_flattened().as_flattened()) {
                *s += weight * c;
            }
        }
        Self(sum)
    }

    /// Clenshaw's recurrence in y, all x at once, then in x; `None` outside the patches.
    fn at(&self, lambda: f64, u: f64) -> Option<f64> {
        if !(LEAST_LAMBDA..=MOST_LAMBDA).contains(&lambda) || !(0.0..=MOST_U).contains(&u) {
            return None;
        }
        // The patch along one side, and twice the place in it.
        let place = |t: f64, of: usize| {
            let t = t * of as f64;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
            let patch = (t as usize).min(of - 1);
            (patch, 4.0 * (t - patch as f64) - 2.0)
        };
        let r = ((9.0 * lambda * lambda + 16.0 * MOST_LAMBDA * lambda).sqrt() - 3.0 * lambda) / (2.0 * MOST_LAMBDA);
        let ((i, x), (k, y)) = (place(r, PATCHES[0]), place(u / MOST_U, PATCHES[1]));
        let series = &self.0[k * PATCHES[0] + i];
        let (mut b, mut before) = ([0.0; TERMS], [0.0; TERMS]);
        for c in series[1..].iter().rev() {
            for j in 0..TERMS {
                (b[j], before[j]) = (c[j] + y * b[j] - before[j], b[j]);
            }
        }
        let (mut d, mut last) = (0.0, 0.0);
        let of = |j: usize| series[0][j] + 0.5 * y * b[j] - before[j];
        for j in (1..TERMS).rev() {
            (d, last) = (of(j) + x * d - last, d);
        }
        Some(of(0) + 0.5 * x * d - last)
    }
}
