//! What the summary says of a design in time and on other days.

use super::summary::{Check, Summary, celsius};
use crate::analysis::history::{History, Sample};
use crate::analysis::survey::Point;
use crate::model::Model;
use crate::solve::transient::Work;
use serde::Serialize;

/// Temperatures in time: least and most over the orbits that were followed.
#[derive(Clone, Debug, Serialize)]
pub struct HistoryNumbers {
    /// Orbit, min.
    pub period_min: f64,
    /// Orbits searched for the repeating one.
    pub cycles: usize,
    /// Estimated distance to it at the end of the search, K.
    pub distance_k: Option<f64>,
    /// Drift of the last searched orbit, K.
    pub drift_k: Option<f64>,
    /// Coldest and hottest, °C.
    pub radiator_c: (f64, f64),
    /// Coldest and hottest, °C.
    pub array_c: (f64, f64),
    /// Coldest and hottest, °C.
    pub bus_c: (f64, f64),
    /// Coldest and hottest, °C.
    pub supply_c: (f64, f64),
    /// Coldest and hottest, °C.
    pub return_c: (f64, f64),
    /// Coldest and hottest, °C.
    pub junction_c: (f64, f64),
    /// When the junction is hottest, min.
    pub junction_hottest_min: f64,
    /// Energy of each heater, kJ.
    pub heaters_kj: Vec<f64>,
    /// Steps and iterations.
    pub work: Work,
}

impl HistoryNumbers {
    pub(super) fn new(h: &History) -> Self {
        let over = |f: &dyn Fn(&Sample) -> (f64, f64)| {
            let ends = h.samples.iter().map(f).fold((f64::MAX, f64::MIN), |a, b| (a.0.min(b.0), a.1.max(b.1)));
            (celsius(ends.0), celsius(ends.1))
        };
        let part = |k: usize| over(&|s| (s.parts[k].least_k, s.parts[k].most_k));
        let hottest = h.samples.iter().max_by(|a, b| a.junction_k.total_cmp(&b.junction_k));
        Self {
            period_min: h.period_s / 60.0,
            cycles: h.cycles.len() + h.newton_cycles,
            distance_k: h.cycles.last().map(|c| c.distance_k),
            drift_k: h.cycles.last().map(|c| c.drift_k),
            radiator_c: part(0),
            array_c: part(1),
            bus_c: part(2),
            supply_c: over(&|s| (s.supply_k, s.supply_k)),
            return_c: over(&|s| (s.return_k, s.return_k)),
            junction_c: over(&|s| (s.junction_k, s.junction_k)),
            junction_hottest_min: hottest.map_or(0.0, |s| s.time_s / 60.0),
            heaters_kj: h.heaters_j.iter().map(|j| j / 1e3).collect(),
            work: h.work,
        }
    }
}

/// A survey in short.
#[derive(Clone, Debug, Serialize)]
pub struct SurveyNumbers {
    /// Points flown.
    pub points: usize,
    /// Time of a point, s.
    pub seconds_per_point: f64,
    /// The point whose junction is hottest against its limit.
    pub least_junction_margin: Point,
    /// The point whose array delivers least against what is drawn.
    pub least_power_margin: Point,
    /// The point whose radiator is coldest.
    pub coldest_radiator: Point,
    /// The point with the longest shadow.
    pub longest_eclipse: Point,
}

impl SurveyNumbers {
    pub(super) fn new(points: &[Point]) -> Option<Self> {
        let least = |f: &dyn Fn(&Point) -> f64| points.iter().min_by(|a, b| f(a).total_cmp(&f(b))).cloned();
        #[expect(clippy::cast_precision_loss, reason = "point counts are small")]
        let seconds_per_point = points.iter().map(|p| p.seconds).sum::<f64>() / points.len().max(1) as f64;
        Some(Self {
            points: points.len(),
            seconds_per_point,
            least_junction_margin: least(&|p| p.junction_margin_k)?,
            least_power_margin: least(&|p| p.power_margin)?,
            coldest_radiator: least(&|p| p.radiator_k.0)?,
            longest_eclipse: least(&|p| -p.eclipse_fraction)?,
        })
    }
}

impl Summary {
    /// Adds what was found in time, and its checks.
    pub fn with_history(mut self, model: &Model, history: &History) -> Self {
        let numbers = HistoryNumbers::new(history);
        let mut checks = vec![("junction temperature in time", numbers.junction_c.1, celsius(model.junction_limit_k), "°C")];
        if let (Some(distance), Some(t)) = (numbers.distance_k, &model.transient) {
            checks.push(("distance to the repeating orbit", distance, t.cycle_tolerance_k.get(), "K"));
        }
        self.checks.extend(checks.into_iter().map(|(what, value, limit, unit)| Check::new(what, value, limit, unit)));
        self.passed = self.checks.iter().all(|c| c.passed);
        self.history = Some(numbers);
        self
    }

    /// Adds what a survey found, and its checks; nothing if there was none.
    pub fn with_survey(mut self, points: &[Point]) -> Self {
        let Some(numbers) = SurveyNumbers::new(points) else { return self };
        let worst = &numbers.least_junction_margin;
        let limit = celsius(worst.junction_k + worst.junction_margin_k);
        let place = format!("on {}, {}", worst.label, worst.design_case);
        self.checks.push(Check::new("junction temperature of the survey", celsius(worst.junction_k), limit, "°C").at(place));
        self.passed = self.checks.iter().all(|c| c.passed);
        let short: Vec<&Point> = points.iter().filter(|p| p.power_margin < 0.0).collect();
        if let Some(first) = short.first() {
            let p = &numbers.least_power_margin;
            self.warnings.push(format!(
                "the array delivers less than is drawn at {} of {} points of the survey, first on {}, {}; {:.1} % too little on {}, {}",
                short.len(),
                points.len(),
                first.label,
                first.design_case,
                -100.0 * p.power_margin,
                p.label,
                p.design_case
            ));
        }
        self.survey = Some(numbers);
        self
    }
}
