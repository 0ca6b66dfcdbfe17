//! Keys that vary together.

use crate::case::study::Correlation;
use nalgebra::{DMatrix, DVector};
use statrs::distribution::{ContinuousCDF, Normal};

/// A Gaussian copula: each key keeps its own distribution, and the normal scores of two are correlated as written.
#[derive(Clone, Debug)]
pub struct Copula {
    /// `R = L Lᵀ`.
    lower: DMatrix<f64>,
}

impl Copula {
    /// Correlations between keys in the order of the study. Errors: where, what is wrong, and what to do.
    pub fn new(keys: &[&str], written: &[Correlation]) -> Result<Self, (usize, String, String)> {
        let mut r = DMatrix::identity(keys.len(), keys.len());
        for (n, c) in written.iter().enumerate() {
            let place = |key: &str| {
                keys.iter().position(|k| *k == key).ok_or_else(|| {
                    let help = crate::case::suggest(key, keys.iter().copied());
                    (n, format!("`{key}` does not vary"), help)
                })
            };
            let (i, j) = (place(&c.a)?, place(&c.b)?);
            if i == j || r[(i, j)] != 0.0 {
                return Err((
                    n,
                    format!("`{}` and `{}` are one key, or a pair that is given twice", c.a, c.b),
                    "name two keys".into(),
                ));
            }
            (r[(i, j)], r[(j, i)]) = (c.rho.get(), c.rho.get());
        }
        let Some(cholesky) = r.cholesky() else {
            let help = "no quantities can be correlated so: weaken one of them";
            return Err((written.len().saturating_sub(1), "together the correlations contradict each other".into(), help.into()));
        };
        Ok(Self { lower: cholesky.unpack() })
    }

    /// Even numbers in 0..1 that are independent become correlated ones: `Φ(L Φ⁻¹(u))`, Φ the normal distribution. Sobol points
    /// and a Latin hypercube keep the even spread of the first key alone.
    ///
    /// Truth: `study::correlated_keys_are_correlated`.
    pub fn correlated(&self, units: &[f64]) -> Vec<f64> {
        let normal = Normal::standard();
        let scores = units.iter().map(|u| normal.inverse_cdf(u.clamp(1e-12, 1.0 - 1e-12)));
        let scores = &self.lower * DVector::from_iterator(units.len(), scores);
        scores.iter().map(|z| normal.cdf(*z)).collect()
    }
}
