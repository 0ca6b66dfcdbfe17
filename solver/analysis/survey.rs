//! A design flown on other days and in other environments: where its margins are least.

use super::exchange::{Means, Scenes};
use super::history::{self, Field, Sample};
use super::layout::Part;
use super::{AnalysisError, Observer, Solution, assemble, orbit_state};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::Model;
use crate::model::design::Design;
use crate::solve::steady::{Settings, steady};
use std::time::Instant;

/// One point of a survey: coldest and hottest over an orbit, or the steady state.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Point {
    /// Date or beta angle.
    pub label: String,
    /// Design case.
    pub design_case: String,
    /// Angle to the Sun, deg; none in deep space.
    pub beta_deg: Option<f64>,
    /// Sunlight lost to the shadow.
    pub eclipse_fraction: f64,
    /// Solar flux, W/m².
    pub solar_w_m2: f64,
    /// K.
    pub radiator_k: (f64, f64),
    /// K.
    pub array_k: (f64, f64),
    /// K.
    pub bus_k: (f64, f64),
    /// Coldest coolant from the radiator, K.
    pub supply_least_k: f64,
    /// Hottest coolant from the racks, K.
    pub return_most_k: f64,
    /// Hottest junction, K.
    pub junction_k: f64,
    /// Its limit less it, K.
    pub junction_margin_k: f64,
    /// Array power, orbit average, W.
    pub array_w: f64,
    /// Array power over what racks and pumps draw, less 1.
    pub power_margin: f64,
    /// Distance to the repeating orbit, K.
    pub distance_k: Option<f64>,
    /// Time it took, s.
    pub seconds: f64,
}

/// Flies a design through points: labels and the models that hold there. Heating is traced anew; factors
/// too where joints stand otherwise, else they are those of `solution`.
///
/// Truth: `in_time::a_survey_finds_the_worst_day`.
pub fn survey<B: Backend>(
    backend: &B,
    points: &[(String, Model)],
    design: &Design,
    solution: &Solution,
    observer: &dyn Observer,
) -> Result<Vec<Point>, AnalysisError> {
    let layout = &solution.layout;
    let emissive_w_m2 = STEFAN_BOLTZMANN * design.mean_k().powi(4);
    let mut all = Vec::with_capacity(points.len());
    // Each point starts where the last one in the same environment ended.
    let mut ends: Vec<(String, Vec<f64>)> = vec![];
    for (k, (label, model)) in points.iter().enumerate() {
        let began = Instant::now();
        let orbit = orbit_state(model)?;
        let scenes = Scenes::new(layout, &orbit.timeline)?;
        let (t, memory) = (&orbit.timeline, observer.memory());
        let incident = scenes.heated(backend, model, t, (memory, &|_| ()))?;
        // Joints stand otherwise on another day; a rigid body keeps its factors.
        let (exchange, means) = if t.joints.is_empty() {
            let infrared = solution.network.factors.clone().expect("the satellite's surfaces see each other");
            (solution.exchange.clone(), Means { infrared, sunlight: solution.network.factors_in_sunlight.clone() })
        } else {
            scenes.exchange(backend, (model, layout), (t, emissive_w_m2), (memory, &|_| ()))?
        };
        let network = assemble::network(model, design, &orbit, layout, (&exchange, means), &incident);
        let last = ends.iter_mut().find(|e| e.0 == model.design_case);
        let field = Field {
            layout,
            network: &network,
            incident: &incident,
            exchange: &exchange,
            node_k: &solution.state.node_k,
            start_k: last.as_ref().map(|e| e.1.as_slice()),
        };
        let (samples, distance_k, end_k) = match &model.transient {
            Some(written) => {
                let h = history::follow(backend, (model, written), design, &orbit, &field, observer)?;
                (h.samples, h.cycles.last().map(|c| c.distance_k), h.end_k)
            }
            None => {
                let (sample, node_k) = still(backend, model, design, &field, &orbit)?;
                (vec![sample], None, node_k)
            }
        };
        match last {
            Some(e) => e.1 = end_k,
            None => ends.push((model.design_case.clone(), end_k)),
        }
        let seconds = began.elapsed().as_secs_f64();
        all.push(point(label, model, &orbit, design, &samples, (distance_k, seconds)));
        observer.progress(k + 1, &format!("survey, {label}"));
    }
    Ok(all)
}

/// The steady state at orbit-average loads, the loop closed.
fn still<B: Backend>(
    backend: &B,
    model: &Model,
    design: &Design,
    field: &Field<'_>,
    orbit: &super::OrbitState,
) -> Result<(Sample, Vec<f64>), AnalysisError> {
    let network = history::closed_loop(design, field.network);
    let mut guess = field.start_k.map_or_else(|| field.node_k.to_vec(), <[f64]>::to_vec);
    guess.resize(network.node_count, design.inlet_k);
    let settings = Settings { tolerance_k: model.solver.tolerance_k.get().max(1e-4), max_rounds: 200, residual: None };
    let node_k = steady(backend, &network, guess, settings, &|_| ())?.node_k;
    let sunlit = 1.0 - orbit.timeline.eclipse_fraction;
    let recorder = history::Recorder::new(model, design, field.layout, &network);
    Ok((recorder.sample((0.0, sunlit), &node_k, &network, &[]), node_k))
}

fn point(
    label: &str,
    model: &Model,
    orbit: &super::OrbitState,
    design: &Design,
    samples: &[Sample],
    (distance_k, seconds): (Option<f64>, f64),
) -> Point {
    let least = |f: &dyn Fn(&Sample) -> f64| samples.iter().map(f).fold(f64::INFINITY, f64::min);
    let most = |f: &dyn Fn(&Sample) -> f64| samples.iter().map(f).fold(f64::NEG_INFINITY, f64::max);
    let part = |p: Part| (least(&|s| s.parts[p as usize].least_k), most(&|s| s.parts[p as usize].most_k));
    let junction_k = most(&|s| s.junction_k);
    let array_w = history::mean(samples, |s| s.array_w);
    Point {
        label: label.to_owned(),
        design_case: model.design_case.clone(),
        beta_deg: orbit.beta_rad.map(f64::to_degrees),
        eclipse_fraction: orbit.timeline.eclipse_fraction,
        solar_w_m2: orbit.timeline.solar_w_m2,
        radiator_k: part(Part::Radiator),
        array_k: part(Part::Array),
        bus_k: part(Part::Bus),
        supply_least_k: least(&|s| s.supply_k),
        return_most_k: most(&|s| s.return_k),
        junction_k,
        junction_margin_k: model.junction_limit_k - junction_k,
        array_w,
        power_margin: array_w / design.power_w() - 1.0,
        distance_k,
        seconds,
    }
}
