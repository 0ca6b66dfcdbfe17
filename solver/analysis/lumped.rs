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
        n.capacity_j_per_k[k] = node.capacity_j_per_k;
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
            Path::Linear(gl_w_per_k) => n.conductors.push(Conductor { a, b, gl_w_per_k: *gl_w_per_k }),
            Path::LinearBy(gl_w_per_k, curve) => {
                let k = n.conductors.len();
                n.conductors.push(Conductor { a, b, gl_w_per_k: *gl_w_per_k });
                n.by_temperature.conductance.push((k..k + 1, curve.clone()));
            }
            Path::Radiative(gr_m2) => n.radiative.push(Radiative { a, b, gr_m2: *gr_m2 }),
            Path::Flow(gf_w_per_k) => n.flows.push(Flow { from: a, to: b, gf_w_per_k: *gf_w_per_k }),
        }
    }
    for c in &model.coolers {
        n.conductors.push(Conductor { a: c.cold, b: c.hot, gl_w_per_k: c.gl_w_per_k });
    }
    Loads::new(model).apply(0.0, &mut n);
    n
}

/// Heat and boundary temperatures in time.
#[derive(Debug)]
pub struct Loads {
    power_w: Vec<Table>,
    /// Heat beside power at 0 K, and its slope.
    beside: Vec<Internal>,
    held_k: Vec<(usize, Table)>,
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
        Self { power_w, beside, held_k }
    }
}

impl Drive for Loads {
    fn apply(&self, time_s: f64, network: &mut Network) {
        for (q, (power, beside)) in network.internal.iter_mut().zip(self.power_w.iter().zip(&self.beside)) {
            *q = Internal { at_reference_w: beside.at_reference_w + power.at(time_s), ..*beside };
        }
        network.held = self.held_k.iter().map(|(k, t)| (*k, t.at(time_s))).collect();
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let tables = self.power_w.iter().chain(self.held_k.iter().map(|h| &h.1));
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

/// Heat of a conductor from a to b, W.
fn heat_w(path: &Path, (a, b): (usize, usize), node_k: &[f64]) -> f64 {
    let step = node_k[a] - node_k[b];
    match path {
        Path::Linear(g) | Path::Flow(g) => g * step,
        Path::LinearBy(g, curve) => g * (curve.integral_k(node_k[a]) - curve.integral_k(node_k[b])),
        Path::Radiative(gr_m2) => Radiative { a, b, gr_m2: *gr_m2 }.heat_w(node_k),
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
