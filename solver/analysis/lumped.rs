//! A network as given: from the model to temperatures, steady and in time.

use super::{method, settings};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::model::lumped::{LumpedModel, Path, Table};
use crate::network::{Flow, Internal, Network, Radiative};
use crate::solve::Rows;
use crate::solve::steady::{SolveError, SteadyState, steady};
use crate::solve::transient::{Drive, State, Step, Stepping, Transient, Work};

/// Temperature from which nodes without one of their own are sought, K.
const GUESS_K: f64 = 300.0;

/// The network of a model with the loads of the first moment. A cooler is a conductor K with heat that grows with temperature:
/// `½ I² R − S I T` in the cold node, `½ I² R + S I T` in the hot one. Truth: `networks::*`.
pub fn network(model: &LumpedModel) -> Network {
    let mut n = Network::new(model.nodes.len());
    for (k, node) in model.nodes.iter().enumerate() {
        n.capacity_j_per_k[k] = node.capacity_j_per_k.as_ref().map_or(0.0, |c| c.at(0.0));
        if let Some(curve) = &node.capacity_curve {
            n.by_temperature.capacity.push((k..k + 1, curve.clone()));
        }
        if let Some(held) = &node.held_k {
            n.held.push((k, held.at(0.0)));
        }
    }
    for c in &model.conductors {
        let (a, b) = (c.a, c.b);
        match &c.path {
            Path::Linear(gl) => {
                let to = if gl.is_constant() { &mut n.conductors } else { &mut n.varying };
                to.push(Conductor { a, b, gl_w_per_k: gl.at(0.0) });
            }
            Path::LinearBy(gl_w_per_k, curve) => {
                let k = n.conductors.len();
                n.conductors.push(Conductor { a, b, gl_w_per_k: *gl_w_per_k });
                n.by_temperature.conductance.push((k..k + 1, curve.clone()));
            }
            Path::Radiative(gr) => n.radiative.push(Radiative { a, b, gr_m2: gr.at(0.0) }),
            Path::Flow(gf) => n.flows.push(Flow { from: a, to: b, gf_w_per_k: gf.at(0.0) }),
        }
    }
    for c in &model.coolers {
        n.conductors.push(Conductor { a: c.cold, b: c.hot, gl_w_per_k: c.gl_w_per_k });
    }
    Loads::new(model).apply(0.0, &mut n);
    n
}

/// Heat, boundary temperatures, capacities and conductances in time.
///
/// Truth: `networks::a_capacity_in_time_is_that_of_its_equation`, `networks::a_node_cools_by_the_integral_of_its_conductance`,
/// `networks::an_emissivity_that_steps_and_a_louvre_that_opens`, `networks::a_pump_that_changes_speed`.
#[derive(Debug)]
pub struct Loads {
    power_w: Vec<Table>,
    /// Heat beside power at 0 K, and its slope.
    beside: Vec<Internal>,
    held_k: Vec<(usize, Table)>,
    /// Those that change: capacities by node, conductances by their place in the network.
    capacity_j_per_k: Vec<(usize, Table)>,
    gl_w_per_k: Vec<(usize, Table)>,
    gr_m2: Vec<(usize, Table)>,
    gf_w_per_k: Vec<(usize, Table)>,
}

/// Tables that change, with their numbers.
fn changing<'a>(tables: impl Iterator<Item = Option<&'a Table>>) -> Vec<(usize, Table)> {
    tables.enumerate().filter_map(|(k, t)| Some((k, t?.clone()))).filter(|(_, t)| !t.is_constant()).collect()
}

impl Loads {
    /// Those of a model.
    pub fn new(model: &LumpedModel) -> Self {
        let mut beside = vec![Internal::default(); model.nodes.len()];
        for c in &model.coolers {
            for (node, sign) in [(c.cold, -1.0), (c.hot, 1.0)] {
                beside[node].at_reference_w += 0.5 * c.joule_w;
                beside[node].slope_w_per_k += sign * c.pumped_w_per_k;
            }
        }
        let power_w = model.nodes.iter().map(|n| n.power_w.clone()).collect();
        let held_k = model.nodes.iter().enumerate().filter_map(|(k, n)| Some((k, n.held_k.clone()?))).collect();
        // Numbered as `network` lists them.
        let of = |kind: fn(&Path) -> Option<&Table>| changing(model.conductors.iter().filter_map(|c| kind(&c.path)).map(Some));
        Self {
            power_w,
            beside,
            held_k,
            capacity_j_per_k: changing(model.nodes.iter().map(|n| n.capacity_j_per_k.as_ref())),
            gl_w_per_k: of(|p| if let Path::Linear(t) = p { Some(t).filter(|t| !t.is_constant()) } else { None }),
            gr_m2: of(|p| if let Path::Radiative(t) = p { Some(t) } else { None }),
            gf_w_per_k: of(|p| if let Path::Flow(t) = p { Some(t) } else { None }),
        }
    }
}

impl Drive for Loads {
    fn apply(&self, time_s: f64, network: &mut Network) {
        for (q, (power, beside)) in network.internal.iter_mut().zip(self.power_w.iter().zip(&self.beside)) {
            *q = Internal { at_reference_w: beside.at_reference_w + power.at(time_s), ..*beside };
        }
        network.held = self.held_k.iter().map(|(k, t)| (*k, t.at(time_s))).collect();
        self.capacity_j_per_k.iter().for_each(|(k, t)| network.capacity_j_per_k[*k] = t.at(time_s));
        self.gl_w_per_k.iter().for_each(|(k, t)| network.varying[*k].gl_w_per_k = t.at(time_s));
        self.gr_m2.iter().for_each(|(k, t)| network.radiative[*k].gr_m2 = t.at(time_s));
        self.gf_w_per_k.iter().for_each(|(k, t)| network.flows[*k].gf_w_per_k = t.at(time_s));
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let numbered = [&self.held_k, &self.capacity_j_per_k, &self.gl_w_per_k, &self.gr_m2, &self.gf_w_per_k];
        let tables = self.power_w.iter().chain(numbered.into_iter().flatten().map(|(_, t)| t));
        tables.map(|t| t.next_s(after_s)).fold(f64::INFINITY, f64::min)
    }
}

/// Temperatures in time.
#[derive(Debug)]
pub struct March {
    /// Times of the rows, s.
    pub time_s: Vec<f64>,
    /// Temperatures of all nodes at each, K.
    pub node_k: Vec<Vec<f64>>,
    /// Least, mean in time and greatest of each node over all steps, K.
    pub range_k: Vec<[f64; 3]>,
    /// What it took.
    pub work: Work,
}

/// What a network comes to.
#[derive(Debug)]
pub struct LumpedSolution {
    /// The network.
    pub network: Network,
    /// Steady state at the loads of the first moment.
    pub state: SteadyState,
    /// Heat through each conductor of the model from a to b in the steady state, W; of a flow what b receives.
    pub conducted_w: Vec<f64>,
    /// Temperatures in time.
    pub march: Option<March>,
}

/// Steady state, and temperatures in time if the case asks. Errors: the device, no convergence.
pub fn analyse<B: Backend>(backend: &B, model: &LumpedModel) -> Result<LumpedSolution, SolveError> {
    let network = network(model);
    let guess: Vec<f64> = model.nodes.iter().map(|n| n.start_k.unwrap_or(GUESS_K)).collect();
    let state = steady(backend, &network, guess, settings(&model.solver), &|_| ())?;
    let conducted_w = model.conductors.iter().map(|c| heat_w(&c.path, (c.a, c.b), &state.node_k)).collect();
    let march = model.transient.as_ref().map(|t| march(backend, model, &network, (t, &state.node_k))).transpose()?;
    Ok(LumpedSolution { network, state, conducted_w, march })
}

/// Heat of a conductor from a to b at the first moment, W.
fn heat_w(path: &Path, (a, b): (usize, usize), node_k: &[f64]) -> f64 {
    let step = node_k[a] - node_k[b];
    match path {
        Path::Linear(g) | Path::Flow(g) => g.at(0.0) * step,
        Path::LinearBy(g, curve) => g * (curve.integral_k(node_k[a]) - curve.integral_k(node_k[b])),
        Path::Radiative(gr) => Radiative { a, b, gr_m2: gr.at(0.0) }.heat_w(node_k),
    }
}

fn march<B: Backend>(
    backend: &B,
    model: &LumpedModel,
    network: &Network,
    (written, steady_k): (&crate::case::lumped::March, &[f64]),
) -> Result<March, SolveError> {
    let rows = Rows::new(network);
    let stepping = Stepping { method: method(written.method), tolerance_k: written.tolerance_k.si(), ..Stepping::default() };
    let mut run = Transient::new(backend, &rows, network.clone(), vec![], Loads::new(model), stepping)?;
    let start: Vec<f64> = model.nodes.iter().zip(steady_k).map(|(n, &t)| n.start_k.unwrap_or(t)).collect();
    let mut state = run.start(0.0, start);
    let (until, every) = (written.until_s.si(), written.every_s.si());
    let (mut time_s, mut node_k): (Vec<f64>, Vec<Vec<f64>>) = (vec![], vec![]);
    let mut range_k = vec![[f64::INFINITY, 0.0, f64::NEG_INFINITY]; model.nodes.len()];
    // Steps end on the rows: between its ends a step knows nodes without capacity only roughly.
    for row in 1_u32.. {
        let end_s = (f64::from(row) * every).min(until);
        run.advance(&mut state, end_s, &mut |step: &Step<'_>, _: &State| {
            let (begin, end) = step.span_s;
            if time_s.is_empty() {
                time_s.push(begin);
                node_k.push(step.node_k.0.to_vec());
            }
            for (k, r) in range_k.iter_mut().enumerate() {
                let middle = step.at(k, 0.5 * (begin + end));
                let (a, b) = (step.node_k.0[k], step.node_k.1[k]);
                r[0] = r[0].min(a).min(b).min(middle);
                r[2] = r[2].max(a).max(b).max(middle);
                // Simpson: exact for the cubic between the ends.
                r[1] += (end - begin) * (a + 4.0 * middle + b) / (6.0 * until);
            }
            true
        })?;
        time_s.push(state.time_s);
        node_k.push(state.node_k.clone());
        if end_s >= until {
            break;
        }
    }
    Ok(March { time_s, node_k, range_k, work: run.work })
}
