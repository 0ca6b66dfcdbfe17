//! A solved design in time.

use super::exchange::Exchange;
use super::layout::{Layout, Part, Spread, sheets_m};
use super::loads::Loads;
use super::memory::{Key, keep, recall};
use super::{AnalysisError, Observer, OrbitState, Solution, method};
use crate::backend::Backend;
use crate::case::transient::{HeatedPart, Mode, Pid, Thermostat, Transient as Written};
use crate::conduction::stream::Stream;
use crate::model::Model;
use crate::model::curve::Curve;
use crate::model::design::Design;
use crate::network::Network;
use crate::radiation::heating::Incident;
use crate::solve::Rows;
use crate::solve::control::{Heater, Law};
use crate::solve::heat::external_w;
use crate::solve::periodic::{self, Cycle, Search};
use crate::solve::steady::{Settings, steady};
use crate::solve::transient::{State, Step, Stepping, Transient, Work};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// The model at one instant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sample {
    /// From the start, s.
    pub time_s: f64,
    /// What is seen of the Sun.
    pub illumination: f64,
    /// Rack heat, W.
    pub rack_w: f64,
    /// Radiator, array, bus.
    pub parts: [Spread; 3],
    /// Coolant from the racks, K.
    pub return_k: f64,
    /// Coolant from the radiator, mixed, K.
    pub supply_k: f64,
    /// Hottest junction, K.
    pub junction_k: f64,
    /// Absorbed from outside, W.
    pub absorbed_w: f64,
    /// Net infrared to space, W.
    pub space_w: f64,
    /// Electric power of the array, W.
    pub array_w: f64,
    /// Heaters, W.
    pub heaters_w: Vec<f64>,
}

/// Temperatures of all nodes at one instant, in single precision, for pictures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Frame {
    /// s.
    pub time_s: f64,
    /// K.
    pub node_k: Vec<f32>,
}

/// What was seen.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// At the end of every step.
    pub samples: Vec<Sample>,
    /// Evenly in time.
    pub frames: Vec<Frame>,
    /// The search for the repeating orbit, if there was one.
    pub cycles: Vec<Cycle>,
    /// Cycles of it that Newton's method took.
    pub newton_cycles: usize,
    /// Whether it met its tolerance; true without one.
    pub converged: bool,
    /// Energy of each heater, J.
    pub heaters_j: Vec<f64>,
    /// Temperatures at the beginning of the orbit that was searched for, else at the end, the racks' node last, K.
    pub end_k: Vec<f64>,
    /// Steps and iterations.
    pub work: Work,
    /// Span of one orbit, s.
    pub period_s: f64,
}

/// Where a run stands.
#[derive(Serialize, Deserialize)]
struct Checkpoint {
    search: Option<Search>,
    state: Option<State>,
    history: History,
    work: Work,
}

/// `ρ c` of a sheet etc. of each node, J/K, the racks' node last, and which nodes are radiator.
fn capacities(model: &Model, design: &Design, layout: &Layout, (written, nodes): (&Written, usize)) -> (Vec<f64>, usize) {
    let r = &model.radiator;
    let specific = r.specific_heat_j_kgk.expect("checked with the case");
    let stream = Stream::between(model, design.inlet_k, design.outlet_k);
    let quarter = std::f64::consts::FRAC_PI_4;
    let (bore, outer) = (quarter * design.bore_m.powi(2), quarter * design.outer_m().powi(2));
    let tube = r.density_kg_m3 * specific * (outer - bore) + stream.held_kg_m3() * stream.liquid.specific_heat_j_kgk * bore;
    // The core of the panels moves with the sheet; the structure that carries them does not touch it.
    let sheet = |t: [f64; 2]| specific * (r.density_kg_m3 * 0.5 * (t[0] + t[1]) + model.mass.core_kg_m2.get() + r.coating_kg_m2);
    let array = specific * design.array_power_w / model.mass.array_w_per_kg.get() / design.array_m2(model);
    let bus = specific * r.density_kg_m3 * model.bus_skin_m;
    let mut all = vec![0.0; nodes];
    let mut radiator = 0;
    for (panel, (p, part)) in layout.mesh.panels.iter().zip(&layout.parts).enumerate() {
        let first = layout.mesh.first_cell[panel];
        let per_area = match part {
            Part::Radiator => sheets_m(model, design, p).into_iter().map(sheet).collect(),
            Part::Array => vec![array; p.nu()],
            Part::Bus => vec![bus; p.nu()],
        };
        for (iv, iu) in (0..p.nv()).flat_map(|iv| (0..p.nu()).map(move |iu| (iv, iu))) {
            all[first + p.cell(iu, iv)] = per_area[iu] * p.du(iu) * p.dv(iv);
        }
        if *part == Part::Radiator {
            for columns in &layout.tube_columns {
                let width: f64 = columns.iter().map(|&c| p.du(c)).sum();
                for (iv, &c) in (0..p.nv()).flat_map(|iv| columns.iter().map(move |c| (iv, c))) {
                    all[first + p.cell(c, iv)] += tube * p.dv(iv) * p.du(c) / width;
                }
            }
            radiator = radiator.max(first + p.cell_count());
        }
    }
    *all.last_mut().expect("the racks' node") = written.loop_capacity_kj_per_k.si();
    (all, radiator)
}

/// A field model and where to begin.
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// Geometry.
    pub layout: &'a Layout,
    /// Network with orbit-average loads.
    pub network: &'a Network,
    /// Incident flux around the orbit.
    pub incident: &'a Incident,
    /// Exchange by pose.
    pub exchange: &'a Exchange,
    /// Its steady state, K: where the search for the closed loop's begins.
    pub node_k: &'a [f64],
    /// A start of the history, the racks' node last, K; else `[transient]` says.
    pub start_k: Option<&'a [f64]>,
}

impl<'a> Field<'a> {
    /// That of a solved design.
    pub fn of(solution: &'a Solution) -> Self {
        let Solution { layout, network, incident, exchange, state, .. } = solution;
        Self { layout, network, incident, exchange, node_k: &state.node_k, start_k: None }
    }
}

/// A network with a node for the racks, which feeds the coolant and dissipates the design's heat.
pub fn closed_loop(design: &Design, network: &Network) -> Network {
    let mut network = network.clone();
    let racks = network.add_node();
    network.internal[racks].at_reference_w = design.heat_w;
    network.coolant.inlet_node = Some(racks);
    network
}

/// The closed loop with capacities.
fn network(model: &Model, design: &Design, field: &Field<'_>, written: &Written) -> Network {
    let mut network = closed_loop(design, field.network);
    let (capacities, radiator) = capacities(model, design, field.layout, (written, network.node_count));
    network.capacity_j_per_k = capacities;
    let r = &model.radiator;
    if let (Some(reference), false) = (r.specific_heat_j_kgk, r.specific_heat_by_k.is_empty()) {
        network.by_temperature.capacity = vec![(0..radiator, Curve::of_table(&r.specific_heat_by_k, reference))];
    }
    if written.coating.emissivity.is_some() && network.by_temperature.emissivity.is_empty() {
        let emissivity = r.emissivity();
        network.by_temperature.emissivity = vec![(0..field.layout.radiator_sides(), Curve::one(), emissivity)];
    }
    network
}

/// A heater's law from the one that is given.
pub(super) fn law(thermostat: Option<Thermostat>, pid: Option<Pid>) -> Law {
    match (thermostat, pid) {
        (Some(t), _) => Law::Thermostat { on_below_k: t.on_below_c.si(), off_above_k: t.off_above_c.si() },
        (_, Some(p)) => Law::Pid {
            set_k: p.set_c.si(),
            proportional: p.proportional_w_per_k.get(),
            integral: p.integral_w_per_k_s.get(),
            derivative: p.derivative_w_s_per_k.get(),
            sample_s: p.sample_min.si(),
        },
        _ => unreachable!("checked with the case"),
    }
}

fn heaters(written: &Written, layout: &Layout, racks: usize) -> Vec<Heater> {
    let spread = |part: Part| -> Vec<(usize, f64)> {
        let areas: Vec<(usize, f64)> = layout.areas_m2(part).collect();
        let whole: f64 = areas.iter().map(|(_, a)| a).sum();
        areas.into_iter().map(|(i, a)| (i, a / whole)).collect()
    };
    let one = |h: &crate::case::transient::Heater| {
        let nodes = match h.part {
            HeatedPart::Bus => spread(Part::Bus),
            HeatedPart::Radiator => spread(Part::Radiator),
            HeatedPart::Array => spread(Part::Array),
            HeatedPart::Loop => vec![(racks, 1.0)],
        };
        let law = law(h.thermostat, h.pid);
        Heater { name: h.name.clone(), sensor: nodes.clone(), nodes, power_w: h.power_w.get(), law }
    };
    written.heaters.iter().map(one).collect()
}

/// Takes samples.
pub(super) struct Recorder<'a> {
    model: &'a Model,
    design: &'a Design,
    areas: [Vec<(usize, f64)>; 3],
    surface_area_m2: Vec<f64>,
}

impl<'a> Recorder<'a> {
    pub(super) fn new(model: &'a Model, design: &'a Design, layout: &Layout, network: &Network) -> Self {
        let areas = |part| layout.areas_m2(part).collect::<Vec<_>>();
        Self {
            model,
            design,
            areas: [areas(Part::Radiator), areas(Part::Array), areas(Part::Bus)],
            surface_area_m2: network.surface_area_m2(),
        }
    }

    pub(super) fn sample(
        &self,
        (time_s, illumination): (f64, f64),
        node_k: &[f64],
        network: &Network,
        heaters_w: &[f64],
    ) -> Sample {
        let c = &network.coolant;
        let racks = network.node_count - 1;
        let ends = c.settle(node_k[racks], node_k);
        let rack_w = network.internal[racks].at(node_k[racks]) - self.design.pump_w;
        let full_w = self.design.heat_w - self.design.pump_w;
        let emitted = network.emitted_w_m2(node_k, &self.surface_area_m2);
        let irradiation = network.irradiation_w_m2(&emitted);
        let m = self.model;
        Sample {
            time_s,
            illumination,
            rack_w,
            parts: self.areas.each_ref().map(|a| Spread::new(a.iter().copied(), node_k)),
            return_k: node_k[racks],
            supply_k: node_k[racks] + c.returned_w(&ends) / c.total_rate_w_per_k(),
            junction_k: m.junction_k(node_k[racks], rack_w / full_w),
            absorbed_w: external_w(network, node_k, &self.surface_area_m2),
            space_w: network.to_space_w(&emitted, &irradiation, &self.surface_area_m2),
            array_w: -m.array.electrical_efficiency
                * self.areas[..2].iter().flatten().map(|(i, _)| network.internal[*i].at(node_k[*i])).sum::<f64>(),
            heaters_w: heaters_w.to_vec(),
        }
    }
}

/// Adds the frames that fall into a step; the last one of a run may fall a rounding beyond its end.
pub(super) fn take_frames(step: &Step<'_>, frame_s: f64, frames: &mut Vec<Frame>) {
    let (begin, end) = step.span_s;
    #[expect(clippy::cast_precision_loss, reason = "frame counts are small")]
    while frame_s.is_finite() && frames.len() as f64 * frame_s <= end * (1.0 + 1e-12) {
        let time_s = (frames.len() as f64 * frame_s).clamp(begin, end);
        #[expect(clippy::cast_possible_truncation, reason = "pictures are in single precision")]
        let node_k = step.all_at(time_s).into_iter().map(|t| t as f32).collect();
        frames.push(Frame { time_s, node_k });
    }
}

/// Mean over the span of samples by trapezoids; of a single sample its value.
pub fn mean(samples: &[Sample], f: impl Fn(&Sample) -> f64) -> f64 {
    let span = samples[samples.len() - 1].time_s - samples[0].time_s;
    if span == 0.0 {
        return f(&samples[0]);
    }
    samples.windows(2).map(|w| 0.5 * (w[1].time_s - w[0].time_s) * (f(&w[0]) + f(&w[1]))).sum::<f64>() / span
}

/// Follows a design in time as `[transient]` asks. A run that was cut off goes on from its last checkpoint and ends in the
/// same numbers.
///
/// Truth: `in_time::*`, `cli::a_killed_run_goes_on`.
pub fn follow<B: Backend>(
    backend: &B,
    (model, written): (&Model, &Written),
    design: &Design,
    orbit: &OrbitState,
    field: &Field<'_>,
    observer: &dyn Observer,
) -> Result<History, AnalysisError> {
    let memory = observer.memory();
    let network = network(model, design, field, written);
    let racks = network.node_count - 1;
    let pumps_w = design.pump_w;
    let factors = network.factors.as_ref().expect("the satellite's surfaces see each other");
    let loads = Loads::new(
        model,
        orbit,
        field.layout,
        (field.exchange, factors, field.incident),
        &network,
        (racks, design.heat_w - pumps_w, pumps_w),
        (&written.rack_power, &written.coating),
    );
    let period_s = orbit.timeline.period_s;
    let stepping = Stepping {
        method: method(written.method),
        tolerance_k: written.tolerance_k.get(),
        first_s: (1e-3 * period_s).min(10.0),
        longest_s: period_s / 20.0,
        fixed_s: None,
    };
    #[expect(clippy::cast_precision_loss, reason = "frame counts are small")]
    let frame_s = if written.frames.get() == 0 { f64::INFINITY } else { period_s / written.frames.get() as f64 };
    let recorder = Recorder::new(model, design, field.layout, &network);
    let heaters = heaters(written, field.layout, racks);
    let start_k = match field.start_k {
        Some(t) => t.to_vec(),
        None => start(backend, written, network.clone(), field, (&loads, racks))?,
    };
    let rows = Rows::new(&network);
    let mut run = Transient::new(backend, &rows, network, heaters, &loads, stepping)?;
    let key = Key::new("run")
        .with(&model.source.text)
        .with(&backend.describe())
        .with(&model.rays)
        .with(&orbit.timeline)
        .with(&field.start_k);
    let name = key.name();
    let mut at: Checkpoint = recall(memory, &name).unwrap_or(Checkpoint {
        search: None,
        state: None,
        history: History { converged: true, period_s, ..History::default() },
        work: Work::default(),
    });
    run.work = at.work;
    if written.mode == Mode::Periodic && at.state.is_none() {
        at = search(&mut run, written, (at, start_k.clone()), observer, &name)?;
    }
    let mut state = at.state.take().unwrap_or_else(|| run.start(0.0, start_k));
    let mut history = at.history;
    if history.samples.is_empty() {
        use crate::solve::transient::Drive;
        let mut begin = run.network.clone();
        loads.apply(1e-9 * period_s, &mut begin);
        let powers: Vec<f64> = state.heaters.iter().map(|h| h.power_w).collect();
        let lit = loads.illumination(0.0);
        history.samples.push(recorder.sample((0.0, lit), &state.node_k, &begin, &powers));
    }
    #[expect(clippy::cast_precision_loss, reason = "orbit counts are small")]
    let until_s = written.orbits.get() as f64 * period_s;
    let every = Duration::from_secs_f64(written.checkpoint_min.si());
    while state.time_s < until_s {
        let since = Instant::now();
        run.advance(&mut state, until_s, &mut |step, _| {
            take_frames(step, frame_s, &mut history.frames);
            let end_s = step.span_s.1;
            let now = (end_s, loads.illumination(end_s));
            history.samples.push(recorder.sample(now, step.node_k.1, step.network, &step.heater_w));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "per mille")]
            observer.progress((1000.0 * end_s / until_s) as usize, "");
            since.elapsed() < every
        })?;
        if state.time_s < until_s {
            let now = Checkpoint { search: None, state: Some(state), history, work: run.work };
            keep(memory, &name, &now);
            (state, history) = (now.state.expect("just put there"), now.history);
        }
    }
    history.heaters_j = state.heaters.iter().map(|h| h.used_j).collect();
    history.work = run.work;
    if history.end_k.is_empty() {
        history.end_k = state.node_k;
    }
    memory.forget(&name);
    Ok(history)
}

/// Searches for the orbit that repeats, from where a checkpoint stands; it ends at the beginning of that orbit.
fn search<B: Backend>(
    run: &mut Transient<'_, B, &Loads<'_>>,
    written: &Written,
    (mut at, start_k): (Checkpoint, Vec<f64>),
    observer: &dyn Observer,
    name: &str,
) -> Result<Checkpoint, AnalysisError> {
    let settings = periodic::Settings {
        period_s: at.history.period_s,
        tolerance_k: written.cycle_tolerance_k.get(),
        most_cycles: written.most_orbits.get(),
        patience: 5,
    };
    let mut search = at.search.take().unwrap_or_else(|| Search::new(run.start(0.0, start_k)));
    while !search.is_over(&settings) {
        search.cycle(run, &settings)?;
        let last = search.cycles[search.cycles.len() - 1];
        observer.progress(search.cycles.len(), &format!("{:.2e} K from the repeating orbit", last.distance_k));
        at = Checkpoint { search: Some(search), work: run.work, ..at };
        keep(observer.memory(), name, &at);
        search = at.search.take().expect("just put there");
    }
    at.history.newton_cycles = search.newton_cycles;
    at.history.converged = search.converged;
    at.history.cycles = search.cycles;
    let mut state = search.state;
    at.history.end_k.clone_from(&state.node_k);
    (state.time_s, state.after_event) = (0.0, true);
    at.state = Some(state);
    Ok(at)
}

/// Temperatures at the start, K: uniform, or the steady state at orbit-average loads.
fn start<B: Backend>(
    backend: &B,
    written: &Written,
    mut network: Network,
    field: &Field<'_>,
    (loads, racks): (&Loads<'_>, usize),
) -> Result<Vec<f64>, AnalysisError> {
    if let Some(t) = written.start_c {
        return Ok(vec![t.si(); network.node_count]);
    }
    network.internal[racks].at_reference_w = loads.mean_rack_w();
    loads.coat_in_the_mean(&mut network);
    let mut guess = field.node_k.to_vec();
    guess.push(network.coolant.inlet_k);
    let settings = Settings { tolerance_k: 1e-3, max_rounds: 200, residual: None };
    Ok(steady(backend, &network, guess, settings, &|_| ())?.node_k)
}
