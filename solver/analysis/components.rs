//! Pumped loops and exchangers at given temperatures: their flows, and the fluid conductors that they amount to; heaters.

use super::AnalysisError;
use super::assembly::Assembled;
use super::history::law;
use super::lumped::Loads;
use crate::case::components::Arrangement;
use crate::conduction::exchanger::effectiveness;
use crate::conduction::hydraulics::{self, Circuit, Unsettled};
use crate::conduction::tube;
use crate::model::components::{Exchanger, Heater, Loop, Side, Supply, Surface, Tube};
use crate::model::lumped::LumpedModel;
use crate::network::{Flow, Network, Regulated};
use crate::solve::control::{self, Law};
use crate::solve::periodic::mix;
use crate::solve::steady::SteadyState;

/// Why a loop does not flow.
#[derive(Debug, thiserror::Error)]
pub enum LoopError {
    /// Its flows were not found.
    #[error("loop `{name}`: {why}")]
    Unsettled {
        /// Loop.
        name: String,
        /// How far it came.
        why: Unsettled,
    },
    /// Liquid stands in a node.
    #[error(
        "loop `{name}`: no liquid flows through node `{node}`, whose temperature is then unknown\n  help: leave out its tubes, or lay them so that pressure differs between their ends"
    )]
    Stagnant {
        /// Loop.
        name: String,
        /// Node.
        node: String,
    },
    /// Flow and temperature chase each other.
    #[error(
        "the flows of loops still change by {change:.1e} after {rounds} rounds of flow and temperature\n  help: is the liquid so viscous that cold tubes close themselves? Give `flow_kg_s`, or fewer parallel tubes"
    )]
    Circling {
        /// Rounds done.
        rounds: usize,
        /// Last change.
        change: f64,
    },
}

/// Part of the pump's flow below which liquid stands.
const STANDS: f64 = 1e-9;
/// Change of a flow or film at which loops and temperatures agree.
const AGREED: f64 = 1e-6;
/// Rounds of flow and temperature at most, and of those how many Anderson's method mixes.
const ROUNDS: usize = 100;
const MIXED: usize = 6;
/// Width of the band in which a controller with integral holds its set point in the steady state, K.
const HELD_WITHIN_K: f64 = 0.01;

/// One tube, all its parallel ones together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TubeState {
    /// Mass flow from beginning to end, kg/s; against it below 0.
    pub flow_kg_s: f64,
    /// Mean velocity, m/s.
    pub velocity_m_s: f64,
    /// Reynolds number.
    pub reynolds: f64,
    /// Fall of pressure from beginning to end, Pa.
    pub drop_pa: f64,
    /// `ṁ cp`, W/K.
    pub gf_w_per_k: f64,
    /// Film conductance `Nu k π L n` to the wall, W/K.
    pub film_w_per_k: f64,
    /// Heat to the liquid over (T_wall − T_in), W/K: `C (1 − e^{−GL/C})`; 0 without a wall.
    pub wall_w_per_k: f64,
}

/// One loop.
#[derive(Clone, Debug, PartialEq)]
pub struct LoopState {
    /// Its tubes.
    pub tubes: Vec<TubeState>,
    /// Mass flow through the pump, kg/s.
    pub pump_kg_s: f64,
    /// Its `ṁ cp`, W/K.
    pub pump_gf_w_per_k: f64,
    /// Its rise of pressure, Pa.
    pub rise_pa: f64,
    /// Electric power Δp V̇/η, all heat of the discharge node, W; 0 without an efficiency.
    pub pump_w: f64,
    /// How far the liquid is beyond its table, K; there properties stay those of the table's end.
    pub beyond_k: f64,
}

/// One exchanger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExchangerState {
    /// `ṁ cp` of the hot stream, W/K.
    pub hot_gf_w_per_k: f64,
    /// Of the cold one.
    pub cold_gf_w_per_k: f64,
    /// Nodes where the streams come in: hot, cold.
    pub inlets: (usize, usize),
    /// Effectiveness.
    pub effectiveness: f64,
    /// ε C_min: heat over the difference of the inlets, W/K.
    pub g_w_per_k: f64,
}

/// All streams of a network at given temperatures.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Streams {
    /// Loops.
    pub loops: Vec<LoopState>,
    /// Exchangers.
    pub exchangers: Vec<ExchangerState>,
    /// The fluid conductors that they amount to, always as many and in one order.
    pub flows: Vec<Flow>,
}

impl Streams {
    /// Those of lumped nodes at their temperatures; nodes count from the first lumped one. A tube's liquid is that of the mean of its ends: so `Σ ṁ cp ΔT` around a loop, as an
    /// integral of cp, closes to third order. A tube with a wall is an exchanger whose other stream keeps its temperature,
    /// `T_out = T_wall + (T_in − T_wall) e^{−GL/C}`, exact for a wall at one temperature: wall and outlet receive
    /// `G = C (1 − e^{−GL/C})` from the inlet and from the wall, the outlet `C − G` from the inlet.
    ///
    /// Truth: `components::a_tube_cools_along_its_wall`, `components::an_exchanger_in_the_network`,
    /// `components::a_loop_carries_its_heat_round`, `components::a_tube_that_flows_backwards`.
    pub fn at(model: &LumpedModel, node_k: &[f64]) -> Result<Self, LoopError> {
        let components = &model.components;
        let mut all = Self::default();
        for l in &components.loops {
            let state = pumped(l, model, node_k)?;
            all.flows.push(Flow { from: l.suction, to: l.discharge, gf_w_per_k: state.pump_gf_w_per_k });
            for (t, s) in l.tubes.iter().zip(&state.tubes).filter(|(t, _)| !t.exchanged) {
                let (from, to) = if s.flow_kg_s < 0.0 { (t.to, t.from) } else { (t.from, t.to) };
                all.flows.push(Flow { from, to, gf_w_per_k: s.gf_w_per_k - s.wall_w_per_k });
                if let Some(wall) = t.wall {
                    all.flows.push(Flow { from, to: wall, gf_w_per_k: s.wall_w_per_k });
                    all.flows.push(Flow { from: wall, to, gf_w_per_k: s.wall_w_per_k });
                }
            }
            all.loops.push(state);
        }
        for e in &components.exchangers {
            let (state, flows) = exchanged(e, &all.loops);
            all.exchangers.push(state);
            all.flows.extend(flows);
        }
        Ok(all)
    }

    /// Largest change of a flow, over the largest of its loop, or of a film, over itself.
    pub fn change(&self, other: &Self) -> f64 {
        let mut most: f64 = 0.0;
        for (a, b) in self.loops.iter().zip(&other.loops) {
            let whole = a.tubes.iter().fold(f64::MIN_POSITIVE, |m, t| m.max(t.flow_kg_s.abs()));
            for (x, y) in a.tubes.iter().zip(&b.tubes) {
                let film = (x.film_w_per_k - y.film_w_per_k).abs() / x.film_w_per_k;
                most = most.max((x.flow_kg_s - y.flow_kg_s).abs() / whole).max(film);
            }
        }
        most
    }
}

/// Puts streams into a network, and the heat of pumps into its loads.
pub(super) fn stream(model: &LumpedModel, streams: &Streams, network: &mut Network, loads: &Loads) {
    let first = loads.first;
    network.flows.truncate(loads.first_stream);
    let moved = |f: &Flow| Flow { from: first + f.from, to: first + f.to, ..*f };
    network.flows.extend(streams.flows.iter().map(moved));
    let loops = model.components.loops.iter().zip(&streams.loops);
    loads.pumps_w.replace(loops.map(|(l, s)| (first + l.discharge, s.pump_w)).collect());
}

/// Solves a network from a guess.
pub(super) type Solve<'a> = &'a mut dyn FnMut(&Network, Vec<f64>) -> Result<SteadyState, AnalysisError>;

/// The steady state from a guess of all temperatures, with loops at its temperatures: flow and temperature in turn, mixed by Anderson's
/// method, until no flow changes by more than 1e-6. Truth: `components::warm_branches_take_more_of_a_laminar_flow`.
pub(super) fn settle(
    model: &LumpedModel,
    assembled: &mut Assembled,
    mut guess_k: Vec<f64>,
    solve: Solve<'_>,
) -> Result<(SteadyState, Streams), AnalysisError> {
    let (network, loads) = (&mut assembled.network, &assembled.loads);
    let first = loads.first;
    network.hold(&mut guess_k);
    let mut node_k = guess_k[first..].to_vec();
    let mut streams = Streams::at(model, &node_k)?;
    let (mut starts, mut distances, mut change): (Vec<Vec<f64>>, Vec<Vec<f64>>, f64) = (vec![], vec![], 0.0);
    for _ in 0..ROUNDS {
        stream(model, &streams, network, loads);
        loads.settle(network);
        let state = solve(network, guess_k)?;
        let then = Streams::at(model, &state.node_k[first..])?;
        change = then.change(&streams);
        if change <= AGREED {
            // Where the liquid came to, not where it began.
            streams.loops.iter_mut().zip(&then.loops).for_each(|(l, t)| l.beyond_k = t.beyond_k);
            return Ok((state, streams));
        }
        distances.push(state.node_k[first..].iter().zip(&node_k).map(|(a, b)| a - b).collect());
        starts.push(node_k.clone());
        if starts.len() > MIXED {
            starts.remove(0);
            distances.remove(0);
        }
        let step = mix(&starts, &distances, &vec![1.0; node_k.len()]);
        node_k.iter_mut().zip(&step).for_each(|(t, d)| *t = (*t + d).max(1.0));
        streams = Streams::at(model, &node_k)?;
        guess_k = state.node_k;
    }
    Err(LoopError::Circling { rounds: ROUNDS, change }.into())
}

/// Flow, film and pump of a loop.
fn pumped(l: &Loop, model: &LumpedModel, node_k: &[f64]) -> Result<LoopState, LoopError> {
    let (low, high) = l.liquid.range_k();
    let mut beyond_k: f64 = 0.0;
    let mut liquid = |a: usize, b: usize| {
        let t = 0.5 * (node_k[a] + node_k[b]);
        beyond_k = beyond_k.max(low - t).max(t - high);
        l.liquid.at(t.clamp(low, high)).expect("inside the table")
    };
    let place = |n: usize| l.nodes.binary_search(&n).expect("a node of the loop");
    let liquids: Vec<_> = l.tubes.iter().map(|t| liquid(t.from, t.to)).collect();
    let in_pump = liquid(l.suction, l.discharge);
    let tubes = l.tubes.iter().map(|t| Tube { from: place(t.from), to: place(t.to), ..*t });
    let circuit = Circuit {
        nodes: l.nodes.len(),
        tubes: tubes.collect(),
        suction: place(l.suction),
        discharge: place(l.discharge),
        pump: l.drive,
    };
    let found = hydraulics::flow(&circuit, &liquids).map_err(|why| LoopError::Unsettled { name: l.name.clone(), why })?;
    let mut inflow = vec![0.0; l.nodes.len()];
    inflow[circuit.discharge] = found.pump_kg_s;
    for (t, m) in circuit.tubes.iter().zip(&found.tube_kg_s) {
        inflow[if *m < 0.0 { t.from } else { t.to }] += m.abs();
    }
    if let Some(k) = inflow.iter().position(|m| *m < STANDS * found.pump_kg_s) {
        return Err(LoopError::Stagnant { name: l.name.clone(), node: model.nodes[l.nodes[k]].name.clone() });
    }
    let state = |((t, h), (m, liquid)): ((&Tube, &Tube), (&f64, &_))| {
        let one = tube::Flow::new(m.abs() / t.count, t.bore_m, liquid);
        let gf_w_per_k = m.abs() * liquid.specific_heat_j_kgk;
        let film_w_per_k = one.film_w_m2k * std::f64::consts::PI * t.bore_m * t.length_m * t.count;
        let walled = t.wall.is_some() && gf_w_per_k > 0.0;
        TubeState {
            flow_kg_s: *m,
            velocity_m_s: one.velocity_m_s,
            reynolds: one.reynolds,
            drop_pa: h.drop_pa(*m, liquid).0,
            gf_w_per_k,
            film_w_per_k,
            wall_w_per_k: if walled { -gf_w_per_k * (-film_w_per_k / gf_w_per_k).exp_m1() } else { 0.0 },
        }
    };
    let flows = found.tube_kg_s.iter().zip(&liquids);
    let tubes: Vec<TubeState> = l.tubes.iter().zip(&circuit.tubes).zip(flows).map(state).collect();
    let rise_pa = found.pressure_pa[circuit.discharge];
    let hydraulic_w = rise_pa * found.pump_kg_s / in_pump.density_kg_m3;
    Ok(LoopState {
        tubes,
        pump_kg_s: found.pump_kg_s,
        pump_gf_w_per_k: found.pump_kg_s * in_pump.specific_heat_j_kgk,
        rise_pa,
        pump_w: l.efficiency.map_or(0.0, |e| hydraulic_w / e),
        beyond_k,
    })
}

/// An exchanger between its streams: `Q = G (T_hot,in − T_cold,in)`, `G = ε C_min`; each outlet receives `C − G` from its own inlet
/// and G from the other.
fn exchanged(e: &Exchanger, loops: &[LoopState]) -> (ExchangerState, [Flow; 4]) {
    // Inlet, outlet, GF and whether it flows against its tube.
    let stream = |s: &Side| match s.supply {
        Supply::Given(gf) => (s.inlet, s.outlet, gf, false),
        Supply::Tube(l, t) => {
            let tube = &loops[l].tubes[t];
            let against = tube.flow_kg_s < 0.0;
            let (inlet, outlet) = if against { (s.outlet, s.inlet) } else { (s.inlet, s.outlet) };
            (inlet, outlet, tube.gf_w_per_k, against)
        }
    };
    let (hot, cold) = (stream(&e.hot), stream(&e.cold));
    let (least, most) = (hot.2.min(cold.2), hot.2.max(cold.2));
    let epsilon = match e.surface {
        Surface::Effectiveness(epsilon) => epsilon,
        Surface::Conductance(..) if least == 0.0 => 1.0,
        Surface::Conductance(ua, arrangement) => {
            // A stream that turns round makes one of these the other.
            let arrangement = match arrangement {
                Arrangement::Counterflow if hot.3 != cold.3 => Arrangement::Parallel,
                Arrangement::Parallel if hot.3 != cold.3 => Arrangement::Counterflow,
                as_laid => as_laid,
            };
            effectiveness(arrangement, ua / least, least / most)
        }
    };
    let g = epsilon * least;
    let flow = |from: usize, to: usize, gf_w_per_k: f64| Flow { from, to, gf_w_per_k };
    let flows = [flow(hot.0, hot.1, hot.2 - g), flow(cold.0, hot.1, g), flow(cold.0, cold.1, cold.2 - g), flow(hot.0, cold.1, g)];
    let state = ExchangerState {
        hot_gf_w_per_k: hot.2,
        cold_gf_w_per_k: cold.2,
        inlets: (hot.0, cold.0),
        effectiveness: epsilon,
        g_w_per_k: g,
    };
    (state, flows)
}

/// What a heater is in the steady state, `first` the first lumped node of the network: a thermostat falls from all to none between its temperatures; a controller without
/// integral gives `K_p e`, one with integral holds its set point within 5 mK.
pub fn regulated(h: &Heater, first: usize) -> Regulated {
    let (low_k, high_k) = match law(h.thermostat, h.pid) {
        Law::Thermostat { on_below_k, off_above_k } => (on_below_k, off_above_k),
        Law::Pid { set_k, integral, .. } if integral > 0.0 => (set_k - 0.5 * HELD_WITHIN_K, set_k + 0.5 * HELD_WITHIN_K),
        Law::Pid { set_k, proportional, .. } => (set_k - h.power_w / proportional, set_k),
    };
    Regulated { node: first + h.node, sensor: first + h.sensor, power_w: h.power_w, low_k, high_k }
}

/// What it is in time.
pub fn switched(h: &Heater, first: usize) -> control::Heater {
    control::Heater {
        name: h.name.clone(),
        nodes: vec![(first + h.node, 1.0)],
        sensor: vec![(first + h.sensor, 1.0)],
        power_w: h.power_w,
        law: law(h.thermostat, h.pid),
    }
}
