//! What the designs of a study say together: spreads, the front, main effects, Sobol indices.

use crate::case::study::Sampling;
use std::collections::BTreeMap;
use std::fmt::Write;

/// One figure over all designs that did not fail.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Spread {
    /// Name.
    pub figure: String,
    /// Least.
    pub least: f64,
    /// Quantiles: 5 %, 50 %, 95 %, linear between designs.
    pub quantiles: [f64; 3],
    /// Greatest.
    pub greatest: f64,
    /// Mean.
    pub mean: f64,
    /// Standard deviation of the sample.
    pub deviation: f64,
}

impl Spread {
    /// Of numbers; `None` if there are none.
    pub fn new(figure: &str, numbers: impl Iterator<Item = f64>) -> Option<Self> {
        let mut x: Vec<f64> = numbers.collect();
        x.sort_by(f64::total_cmp);
        let (Some(&least), Some(&greatest)) = (x.first(), x.last()) else { return None };
        let mean = mean(&x);
        #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
        let (last, others) = ((x.len() - 1) as f64, (x.len() - 1).max(1) as f64);
        let quantile = |q: f64| {
            let place = q * last;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in the list")]
            let k = place as usize;
            let next = x[(k + 1).min(x.len() - 1)];
            x[k] + (next - x[k]) * (place - place.floor())
        };
        let deviation = (x.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / others).sqrt();
        Some(Self { figure: figure.to_owned(), least, quantiles: [0.05, 0.5, 0.95].map(quantile), greatest, mean, deviation })
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
fn mean(x: &[f64]) -> f64 {
    x.iter().sum::<f64>() / x.len() as f64
}

/// The designs that no other beats: another beats one if it is as low in all numbers and lower in one. `None` never counts.
///
/// Truth: `study::the_front_is_what_no_design_beats`.
pub fn front(points: &[Option<Vec<f64>>]) -> Vec<bool> {
    let mut order: Vec<usize> = (0..points.len()).filter(|k| points[*k].is_some()).collect();
    let of = |k: usize| points[k].as_deref().unwrap_or_default();
    let lower = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x.total_cmp(y)).find(|o| o.is_ne());
    // In this order no design beats one before it.
    order.sort_by(|a, b| lower(of(*a), of(*b)).unwrap_or(std::cmp::Ordering::Equal));
    let mut best: Vec<usize> = vec![];
    let mut on = vec![false; points.len()];
    for k in order {
        let beaten = best.iter().any(|b| of(*b).iter().zip(of(k)).all(|(x, y)| x <= y) && of(*b) != of(k));
        if !beaten {
            best.push(k);
            on[k] = true;
        }
    }
    on
}

/// What one key does alone: the figure at the key's low and high end with all others as the case has them.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Effect {
    /// Key.
    pub key: String,
    /// Figure at the low end.
    pub low: Option<f64>,
    /// Figure at the high end.
    pub high: Option<f64>,
}

/// Effects of all keys on one figure, the widest first.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Tornado {
    /// Figure.
    pub figure: String,
    /// The case as written.
    pub base: f64,
    /// Keys.
    pub effects: Vec<Effect>,
}

impl Tornado {
    /// From the designs of [`Sampling::OneAtATime`]: the case as written, then low and high of each key.
    pub fn new(figure: &str, keys: &[String], numbers: &[Option<f64>]) -> Option<Self> {
        let base = numbers.first().copied().flatten()?;
        let effect = |(k, key): (usize, &String)| Effect { key: key.clone(), low: numbers[1 + 2 * k], high: numbers[2 + 2 * k] };
        let mut effects: Vec<Effect> = keys.iter().enumerate().map(effect).collect();
        let width = |e: &Effect| (e.low.unwrap_or(base) - e.high.unwrap_or(base)).abs();
        effects.sort_by(|a, b| width(b).total_cmp(&width(a)));
        Some(Self { figure: figure.to_owned(), base, effects })
    }
}

/// Sobol indices of one key: its share of a figure's variance.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Index {
    /// Key.
    pub key: String,
    /// Share of the key alone.
    pub first: f64,
    /// Its standard error.
    pub first_error: f64,
    /// Share of the key with all it interacts with.
    pub total: f64,
    /// Its standard error.
    pub total_error: f64,
}

/// Sobol indices of all keys for one figure, the largest total first.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Indices {
    /// Figure.
    pub figure: String,
    /// Variance of the figure.
    pub variance: f64,
    /// Groups of designs used; those with a failed design are left out.
    pub groups: usize,
    /// Keys.
    pub keys: Vec<Index>,
}

/// Parts into which groups are cut for the errors.
const FOLDS: usize = 16;

impl Indices {
    /// From the designs of [`Sampling::Saltelli`], in groups of `k + 2`: A, B, and A with each key of B in turn.
    ///
    /// `S_i = mean[f_B (f_ABi − f_A)]/V` (Saltelli et al. 2010), with the mean of f taken off first, `T_i = mean[(f_A − f_ABi)²]/2V`
    /// (Jansen 1999), V that of A and B together; errors by a jackknife over 16 parts.
    /// Truth: `study::sobol_indices_of_ishigami`.
    pub fn new(figure: &str, keys: &[String], numbers: &[Option<f64>]) -> Option<Self> {
        let groups: Vec<Vec<f64>> =
            numbers.chunks_exact(keys.len() + 2).filter_map(|group| group.iter().copied().collect()).collect();
        if groups.len() < FOLDS {
            return None;
        }
        let variance_of = |groups: &[&Vec<f64>]| {
            let ends: Vec<f64> = groups.iter().flat_map(|g| [g[0], g[1]]).collect();
            let middle = mean(&ends);
            (middle, mean(&ends.iter().map(|x| (x - middle).powi(2)).collect::<Vec<_>>()))
        };
        let of = |groups: &[&Vec<f64>], k: usize| {
            let (middle, variance) = variance_of(groups);
            let first: Vec<f64> = groups.iter().map(|g| (g[1] - middle) * (g[2 + k] - g[0])).collect();
            let total: Vec<f64> = groups.iter().map(|g| 0.5 * (g[0] - g[2 + k]).powi(2)).collect();
            [mean(&first) / variance, mean(&total) / variance]
        };
        let all: Vec<&Vec<f64>> = groups.iter().collect();
        let (_, variance) = variance_of(&all);
        let without = |fold: usize| -> Vec<&Vec<f64>> {
            groups.iter().enumerate().filter(|(n, _)| n % FOLDS != fold).map(|(_, g)| g).collect()
        };
        let folds: Vec<Vec<&Vec<f64>>> = (0..FOLDS).map(without).collect();
        let index = |(k, key): (usize, &String)| {
            let [first, total] = of(&all, k);
            let parts: Vec<[f64; 2]> = folds.iter().map(|f| of(f, k)).collect();
            let error = |which: usize| {
                let x: Vec<f64> = parts.iter().map(|p| p[which]).collect();
                let middle = mean(&x);
                #[expect(clippy::cast_precision_loss, reason = "sixteen")]
                let factor = (FOLDS - 1) as f64;
                (factor * mean(&x.iter().map(|y| (y - middle).powi(2)).collect::<Vec<_>>())).sqrt()
            };
            Index { key: key.clone(), first, first_error: error(0), total, total_error: error(1) }
        };
        let mut indices: Vec<Index> = keys.iter().enumerate().map(index).collect();
        indices.sort_by(|a, b| b.total.total_cmp(&a.total));
        Some(Self { figure: figure.to_owned(), variance, groups: groups.len(), keys: indices })
    }
}

/// All that is said of a study.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Insight {
    /// Designs.
    pub designs: usize,
    /// Those that failed.
    pub failed: usize,
    /// Of the others those whose junction lies above its limit. They count as designs where the study does not `require` the margin.
    pub too_hot: usize,
    /// Reasons of failures and how many designs each has, the most frequent first; the rarest are left out.
    pub reasons: Vec<(String, usize)>,
    /// Figures over the designs.
    pub spreads: Vec<Spread>,
    /// Objectives, those to be made large with a minus.
    pub objectives: Vec<String>,
    /// Numbers of the designs that no other beats, in the order of the first objective.
    pub front: Vec<usize>,
    /// Effects of single keys.
    pub tornadoes: Vec<Tornado>,
    /// Sobol indices.
    pub indices: Vec<Indices>,
}

/// Figures of every design, `None` where it failed.
pub type Numbers = Vec<Option<Vec<f64>>>;

/// A message with … for its numbers; numbers inside names stay.
fn without_numbers(message: &str) -> String {
    let plain = |word: &str| {
        let core = word.trim_matches(|c: char| "(),;:".contains(c));
        if core.parse::<f64>().is_ok() { word.replace(core, "…") } else { word.to_owned() }
    };
    message.split(' ').map(plain).collect::<Vec<_>>().join(" ")
}

/// Reasons that are kept.
const MOST_REASONS: usize = 20;

impl Insight {
    /// From what is kept of every design: its figures, and its objectives, turned so that less is better, where it keeps the limits.
    pub fn new(
        sampling: Sampling,
        keys: &[String],
        (figures, numbers): (&[String], &Numbers),
        (objectives, points): (&[String], &Numbers),
        (reasons, too_hot): (Vec<(String, usize)>, usize),
    ) -> Self {
        let column = |k: usize| -> Vec<Option<f64>> { numbers.iter().map(|n| n.as_ref().map(|n| n[k])).collect() };
        let spreads = figures.iter().enumerate().filter_map(|(k, f)| Spread::new(f, column(k).into_iter().flatten())).collect();
        let mut best: Vec<usize> = vec![];
        if !objectives.is_empty() {
            best = front(points).iter().enumerate().filter(|(_, on)| **on).map(|(k, _)| k).collect();
            let first = |k: &usize| points[*k].as_ref().map_or(f64::NAN, |p| p[0]);
            best.sort_by(|a, b| first(a).total_cmp(&first(b)));
        }
        let each = |of: Sampling| figures.iter().enumerate().filter(move |_| sampling == of);
        let tornadoes = each(Sampling::OneAtATime).filter_map(|(k, f)| Tornado::new(f, keys, &column(k))).collect();
        let indices = each(Sampling::Saltelli).filter_map(|(k, f)| Indices::new(f, keys, &column(k))).collect();
        // Reasons that differ in their numbers are one.
        let mut alike: BTreeMap<String, usize> = BTreeMap::new();
        for (reason, count) in reasons {
            *alike.entry(without_numbers(&reason)).or_default() += count;
        }
        let mut reasons: Vec<(String, usize)> = alike.into_iter().collect();
        reasons.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        reasons.truncate(MOST_REASONS);
        let failed = numbers.iter().filter(|n| n.is_none()).count();
        let objectives = objectives.to_vec();
        Self { designs: numbers.len(), failed, too_hot, reasons, spreads, objectives, front: best, tornadoes, indices }
    }
    /// The same for the terminal.
    pub fn to_text(&self) -> String {
        let hot = match self.too_hot {
            0 => String::new(),
            n => format!(", {n} with junctions above their limit (`[study.require]` leaves such out)"),
        };
        let mut out = format!("{} designs, {} failed{hot}\n", self.designs, self.failed);
        let mut say = |line: String| writeln!(out, "{line}").expect("writing to a string");
        for (reason, count) in self.reasons.iter().take(5) {
            say(format!("  {count} × {reason}"));
        }
        if !self.spreads.is_empty() {
            say(format!("{:<20} {:>11} {:>11} {:>11} {:>11} {:>11}", "", "least", "5 %", "50 %", "95 %", "greatest"));
        }
        for s in &self.spreads {
            let [low, middle, high] = s.quantiles.map(four);
            say(format!("{:<20} {:>11} {low:>11} {middle:>11} {high:>11} {:>11}", s.figure, four(s.least), four(s.greatest)));
        }
        if !self.objectives.is_empty() {
            say(format!("front of {}: {} designs", self.objectives.join(", "), self.front.len()));
        }
        for t in &self.tornadoes {
            say(format!("{} of {} as written, from the low to the high end of", t.figure, four(t.base)));
            for e in &t.effects {
                let end = |x: Option<f64>| x.map_or_else(|| "failed".to_owned(), four);
                say(format!("  {:<32} {:>11} {:>11}", e.key, end(e.low), end(e.high)));
            }
        }
        for i in &self.indices {
            say(format!("{}: share of the variance by key alone, with all it interacts with ({} groups)", i.figure, i.groups));
            for k in &i.keys {
                let share = |x: f64, error: f64| format!("{x:.3} ± {error:.3}");
                say(format!("  {:<32} {:>15} {:>15}", k.key, share(k.first, k.first_error), share(k.total, k.total_error)));
            }
        }
        out
    }
}

/// Four digits.
pub fn four(x: f64) -> String {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small number of digits")]
    let digits = if x == 0.0 { 1 } else { (3.0 - x.abs().log10().floor()).clamp(0.0, 9.0) as usize };
    format!("{x:.digits$}")
}
