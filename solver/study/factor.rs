//! A key that varies, and the law its values follow.

use crate::case::study::Vary;
use statrs::distribution::{ContinuousCDF, LogNormal, Normal, Triangular};
use toml::Value;

/// One key that varies.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Its path.
    pub key: String,
    /// Whether it takes whole numbers.
    pub whole: bool,
    /// Its value in the case, if it is written.
    pub(super) base: Option<Value>,
    pub(super) law: Law,
}

/// Where a factor's values come from.
#[derive(Clone, Debug)]
pub(super) enum Law {
    Values(Vec<Value>),
    /// Ends, and steps between for grid and list.
    Range([f64; 2], usize),
    Normal(Normal),
    LogNormal(LogNormal),
    Triangular(Triangular),
}

impl Law {
    /// Errors: what is wrong, and what to do.
    pub(super) fn new(written: &Vary, by_level: bool) -> Result<Self, (String, String)> {
        let wrong = |message: &str, help: &str| Err((message.to_owned(), help.to_owned()));
        let given = [
            written.values.is_some(),
            written.range.is_some(),
            written.normal.is_some(),
            written.log_normal.is_some(),
            written.triangular.is_some(),
        ];
        if given.iter().filter(|g| **g).count() != 1 {
            return wrong(
                "must have one of `values`, `range`, `normal`, `log_normal`, `triangular`",
                "give one of them; `steps` belongs to `range`",
            );
        }
        if written.steps.is_some() && written.range.is_none() {
            return wrong("`steps` without a range", "remove it");
        }
        match (&written.values, written.range, written.normal, written.log_normal, written.triangular) {
            (Some(v), ..) if v.is_empty() => wrong("no values", "give at least one"),
            (Some(v), ..) => Ok(Self::Values(v.clone())),
            (_, Some([low, high]), ..) if low >= high => {
                Err((format!("low end {low} is not below high end {high}"), "exchange them".to_owned()))
            }
            (_, Some(_), ..) if by_level && written.steps.is_none() => {
                wrong("a range without `steps`", "give `steps`, or another sampling")
            }
            (_, Some(ends), ..) => Ok(Self::Range(ends, written.steps.map_or(0, |s| s.get()))),
            _ if by_level => wrong("a distribution has no levels", "give `range` with `steps`, or another sampling"),
            (_, _, Some([mean, deviation]), ..) => Normal::new(mean, deviation)
                .map(Self::Normal)
                .or_else(|_| wrong("not a normal distribution", "give [mean, deviation > 0]")),
            (_, _, _, Some([median, factor]), _) if median > 0.0 && factor > 1.0 => LogNormal::new(median.ln(), factor.ln())
                .map(Self::LogNormal)
                .or_else(|_| wrong("not a log-normal distribution", "give [median > 0, factor > 1]")),
            (_, _, _, Some(_), _) => wrong("not a log-normal distribution", "give [median > 0, factor > 1]"),
            (_, _, _, _, Some([least, likely, greatest])) => Triangular::new(least, greatest, likely)
                .map(Self::Triangular)
                .or_else(|_| wrong("not a triangular distribution", "give [least, most likely, greatest]")),
            _ => wrong("no values", "give `values` or `range`"),
        }
    }

    /// Value where the distribution holds the share `unit` below.
    fn number(&self, unit: f64) -> f64 {
        match self {
            Self::Values(_) => f64::NAN,
            Self::Range([low, high], _) => low + (high - low) * unit,
            Self::Normal(law) => law.inverse_cdf(unit.clamp(1e-12, 1.0 - 1e-12)),
            Self::LogNormal(law) => law.inverse_cdf(unit.clamp(1e-12, 1.0 - 1e-12)),
            Self::Triangular(law) => law.inverse_cdf(unit),
        }
    }
}

impl Factor {
    /// Values that a grid or list goes through.
    pub(super) fn levels(&self) -> usize {
        match &self.law {
            Law::Values(values) => values.len(),
            Law::Range(_, steps) => *steps,
            _ => 0,
        }
    }

    fn number(&self, x: f64) -> Value {
        #[expect(clippy::cast_possible_truncation, reason = "a rounded number within the key's range")]
        if self.whole { Value::Integer(x.round() as i64) } else { Value::Float(x) }
    }

    #[expect(clippy::cast_precision_loss, reason = "level counts are small")]
    pub(super) fn level(&self, k: usize) -> Value {
        match &self.law {
            Law::Values(values) => values[k].clone(),
            law => self.number(law.number(k as f64 / (self.levels().max(2) - 1) as f64)),
        }
    }

    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
    pub(super) fn at(&self, unit: f64) -> Value {
        match &self.law {
            Law::Values(values) => values[((unit * values.len() as f64) as usize).min(values.len() - 1)].clone(),
            // Whole numbers share the range evenly, the two ends included.
            Law::Range([low, high], _) if self.whole => self.number((low - 0.5 + (high - low + 1.0) * unit).clamp(*low, *high)),
            law => self.number(law.number(unit)),
        }
    }

    /// Its low and its high end.
    pub(super) fn ends(&self) -> [Value; 2] {
        match &self.law {
            Law::Values(values) => [values[0].clone(), values[values.len() - 1].clone()],
            Law::Range(ends, _) => ends.map(|x| self.number(x)),
            law => [0.05, 0.95].map(|unit| self.number(law.number(unit))),
        }
    }

    /// Whether all its values are numbers.
    pub fn numbers(&self) -> bool {
        self.spelt().iter().all(|v| v.is_float() || v.is_integer())
    }

    /// Every value that the case file spells out, and the ends of a distribution.
    pub(super) fn spelt(&self) -> Vec<Value> {
        match &self.law {
            Law::Values(values) => values.clone(),
            _ => self.ends().to_vec(),
        }
    }
}
