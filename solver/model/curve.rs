//! Properties by temperature, as factors on a value.

/// A factor by temperature: linear between points, constant beyond the first and the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    temperature_k: Vec<f64>,
    factor: Vec<f64>,
    /// `∫ f dT` from 0 K to each point.
    integral_k: Vec<f64>,
}

/// Why points make no curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CurveError {
    /// No point.
    #[error("needs at least one point")]
    Empty,
    /// Temperatures do not ascend.
    #[error("temperatures must ascend and be above 0 K")]
    Order,
    /// A factor of zero or less.
    #[error("values must be above 0")]
    Sign,
}

impl Curve {
    /// From `(temperature, factor)` points, K.
    pub fn new(points: &[(f64, f64)]) -> Result<Self, CurveError> {
        let first = points.first().ok_or(CurveError::Empty)?;
        if !(first.0 > 0.0 && points.windows(2).all(|w| w[1].0 > w[0].0)) {
            return Err(CurveError::Order);
        }
        if !points.iter().all(|p| p.1 > 0.0 && p.1.is_finite()) {
            return Err(CurveError::Sign);
        }
        let mut integral_k = vec![first.0 * first.1];
        for w in points.windows(2) {
            integral_k.push(integral_k[integral_k.len() - 1] + 0.5 * (w[0].1 + w[1].1) * (w[1].0 - w[0].0));
        }
        let (temperature_k, factor) = points.iter().copied().unzip();
        Ok(Self { temperature_k, factor, integral_k })
    }

    /// The factor 1 at every temperature.
    pub fn one() -> Self {
        Self::new(&[(1.0, 1.0)]).expect("one point")
    }

    /// From a table of a case, `(temperature, value)`, over the value that is used elsewhere.
    pub fn of_table(table: &[(f64, f64)], reference: f64) -> Self {
        let points: Vec<(f64, f64)> = table.iter().map(|(t, v)| (*t, v / reference)).collect();
        Self::new(&points).expect("checked with the case")
    }

    /// Its points, K and factor.
    pub fn points(&self) -> impl Iterator<Item = (f64, f64)> {
        self.temperature_k.iter().copied().zip(self.factor.iter().copied())
    }

    /// The point at or before a temperature, and whether one follows.
    fn place(&self, t_k: f64) -> Option<(usize, bool)> {
        let k = self.temperature_k.partition_point(|x| *x <= t_k).checked_sub(1)?;
        Some((k, k + 1 < self.temperature_k.len()))
    }

    /// `f(T)`.
    pub fn at(&self, t_k: f64) -> f64 {
        match self.place(t_k) {
            None => self.factor[0],
            Some((k, false)) => self.factor[k],
            Some((k, true)) => {
                let share = (t_k - self.temperature_k[k]) / (self.temperature_k[k + 1] - self.temperature_k[k]);
                self.factor[k] + share * (self.factor[k + 1] - self.factor[k])
            }
        }
    }

    /// `df/dT`, 1/K; of a point that of the line after it.
    pub fn slope_per_k(&self, t_k: f64) -> f64 {
        match self.place(t_k) {
            Some((k, true)) => (self.factor[k + 1] - self.factor[k]) / (self.temperature_k[k + 1] - self.temperature_k[k]),
            _ => 0.0,
        }
    }

    /// `∫₀ᵀ f dT`, K.
    pub fn integral_k(&self, t_k: f64) -> f64 {
        match self.place(t_k) {
            None => self.factor[0] * t_k,
            Some((k, _)) => {
                let beyond = t_k - self.temperature_k[k];
                self.integral_k[k] + 0.5 * (self.factor[k] + self.at(t_k)) * beyond
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_and_its_integral() {
        let c = Curve::new(&[(100.0, 1.0), (200.0, 3.0), (300.0, 2.0)]).unwrap();
        assert_eq!((c.at(50.0), c.at(150.0), c.at(250.0), c.at(400.0)), (1.0, 2.0, 2.5, 2.0));
        assert_eq!(
            (c.slope_per_k(50.0), c.slope_per_k(150.0), c.slope_per_k(200.0), c.slope_per_k(300.0)),
            (0.0, 0.02, -0.01, 0.0)
        );
        assert_eq!(c.integral_k(100.0), 100.0);
        assert_eq!(c.integral_k(150.0), 175.0);
        assert_eq!(c.integral_k(300.0), 100.0 + 200.0 + 250.0);
        assert_eq!(c.integral_k(310.0), 570.0);
        assert_eq!(Curve::new(&[]), Err(CurveError::Empty));
        assert_eq!(Curve::new(&[(2.0, 1.0), (1.0, 1.0)]), Err(CurveError::Order));
        assert_eq!(Curve::new(&[(2.0, -1.0)]), Err(CurveError::Sign));
    }
}
