//! Steady state by Newton on T⁴ with an accurate residual and a multigrid-preconditioned Krylov correction.
//!
//! Each round: (1) the coolant settled at the walls, emission and irradiation of the surfaces, in f64 on the host; (2) the
//! residual of every node, in one of the forms of [`balance`](super::balance); (3) a correction with the derivative, that of optics by temperature left out:
//! conjugate gradients where heat moves only by conduction and to space, GMRES where radiation between surfaces or coolant
//! couples distant nodes, those products matrix-free; (4) temperatures updated in f64. The verdict is taken in f64.

use super::Rows;
use super::balance::ResidualForm;
use super::corrector::Corrector;
use super::heat::{Heat, external_w, largest, local_slope_w_per_k};
use crate::backend::{Backend, DeviceError};
use crate::network::Network;
use std::borrow::Cow;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Largest temperature change of the last correction, K.
    pub tolerance_k: f64,
    /// Rounds at most.
    pub max_rounds: usize,
    /// How to evaluate the residual; `None` takes the best the backend has.
    pub residual: Option<ResidualForm>,
}

/// How the solution was reached and how good it is. All sums in f64.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Convergence {
    /// Newton rounds.
    pub rounds: usize,
    /// Multigrid cycles of all rounds.
    pub cycles: usize,
    /// How the residual was evaluated.
    pub residual: ResidualForm,
    /// Largest change of a node or coolant temperature in the last round, K.
    pub last_change_k: f64,
    /// Its limit: the tolerance asked for, or where rounding ended the fall of the changes.
    pub change_limit_k: f64,
    /// `|coolant + external + internal + boundary + flow − space| / sum of their sizes`, heat of nodes counted one by one.
    pub balance: f64,
    /// Largest `|r_i| / (Σ|GL ΔT| + |Q| + emission)` of a node.
    pub backward_error: f64,
    /// Node of that residual.
    pub worst_node: usize,
    /// Heat from the coolant, W.
    pub coolant_w: f64,
    /// Heat absorbed from outside, W.
    pub external_w: f64,
    /// Heat dissipated in nodes (negative: electricity drawn), W.
    pub internal_w: f64,
    /// Heat to space, W.
    pub space_w: f64,
    /// Heat that boundary nodes give, W.
    #[serde(skip_serializing_if = "is_zero")]
    pub boundary_w: f64,
    /// Heat that streams of fluid conductors lose on their way, W: `Σ GF (T_from − T_to)`.
    #[serde(skip_serializing_if = "is_zero")]
    pub flow_w: f64,
}

/// For serde: what a network without boundary nodes need not say.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde calls")]
fn is_zero(x: &f64) -> bool {
    *x == 0.0
}

/// Temperatures of a steady state.
#[derive(Clone, Debug)]
pub struct SteadyState {
    /// Nodes, K.
    pub node_k: Vec<f64>,
    /// Coolant at the segment ends, K, `segments + 1` per channel.
    pub coolant_k: Vec<f64>,
    /// Emitted flux of each surface, W/m².
    pub emitted_w_m2: Vec<f64>,
    /// Infrared irradiation of each surface from the spacecraft itself, W/m².
    pub irradiation_w_m2: Vec<f64>,
    /// How good it is.
    pub convergence: Convergence,
}

/// Why there is no steady state.
#[derive(Debug, thiserror::Error)]
pub enum SolveError {
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The rounds did not converge.
    #[error(
        "no steady state after {rounds} rounds: node {node} still changes by {change_k:.3e} K (limit {limit_k:.0e} K)\n  help: every part needs a path to space, and the coolant enough flow to stay above 0 K"
    )]
    NotConverged {
        /// Rounds done.
        rounds: usize,
        /// Node that changes most.
        node: usize,
        /// Its change.
        change_k: f64,
        /// Limit.
        limit_k: f64,
    },
}

/// Drop of the preconditioned residual norm that ends the inner iteration.
const INNER_DROP: f64 = 1e-2;
/// Changes that stop falling below this are rounding; above it they are not accepted, K.
const ROUNDING_LIMIT_K: f64 = 1e-4;
/// Inner iterations at most.
const INNER_LIMIT: usize = 500;

/// Solves the network from a guess of the node temperatures. `tick` gets the last change of each round, K.
///
/// Truth: `closed_form::tube_fin_panels`, `gpu::the_megawatt_field_agrees`, `three_panels::all_forms_reach_the_answer`.
pub fn steady<B: Backend>(
    backend: &B,
    network: &Network,
    guess_k: Vec<f64>,
    settings: Settings,
    tick: &dyn Fn(f64),
) -> Result<SteadyState, SolveError> {
    let rows = Rows::new(network);
    // Copied only if emissivities have to be written into it.
    let mut network = Cow::Borrowed(network);
    let changes = !network.by_temperature.emissivity.is_empty();
    let mut heat = Heat::new(backend, settings.residual, &rows, &network)?;
    let mut corrector = Corrector::new(backend.inner(), &network)?;
    let mut node_k = guess_k;
    network.hold(&mut node_k);
    let residual = heat.form();
    let mut c =
        Convergence { last_change_k: f64::INFINITY, change_limit_k: settings.tolerance_k, residual, ..Convergence::default() };
    let (mut worst, mut least_k, mut idle) = (0, f64::INFINITY, 0);
    while c.last_change_k > c.change_limit_k {
        if c.rounds == settings.max_rounds || c.last_change_k.is_nan() {
            let (rounds, node, change_k, limit_k) = (c.rounds, worst, c.last_change_k, c.change_limit_k);
            return Err(SolveError::NotConverged { rounds, node, change_k, limit_k });
        }
        if changes {
            heat.follow(network.to_mut(), &node_k);
        }
        corrector.follow(&network, &node_k)?;
        corrector.set_diagonal(&local_slope_w_per_k(&network, &node_k));
        let residual = heat.net_w(&network, &node_k)?;
        let at = (node_k.as_slice(), heat.surface_area_m2());
        let before = if network.is_switched() { residual.clone() } else { vec![] };
        let (change, cycles) = corrector.correct(&network, at, residual, (INNER_DROP, INNER_LIMIT))?;
        (worst, c.last_change_k) = largest(change.iter().map(|d| d.abs()));
        // A step of more than 30 % of T would leave the reach of Newton's method.
        if network.is_switched() && c.last_change_k > ROUNDING_LIMIT_K {
            let part = shortened(&mut heat, &network, (&node_k, &change), &before)?;
            node_k.iter_mut().zip(&change).for_each(|(t, d)| *t += part * d);
        } else {
            node_k.iter_mut().zip(&change).for_each(|(t, d)| *t += d.clamp(-0.3 * *t, 0.3 * *t));
        }
        c.rounds += 1;
        c.cycles += cycles;
        tick(c.last_change_k);
        // Rounding ends the fall of the changes; in fixed point that is above small tolerances.
        idle = if c.last_change_k > 0.5 * least_k { idle + 1 } else { 0 };
        least_k = least_k.min(c.last_change_k);
        if idle >= 2 && c.last_change_k < ROUNDING_LIMIT_K {
            c.change_limit_k = c.change_limit_k.max(c.last_change_k);
        }
    }
    drop(corrector);
    if changes {
        heat.follow(network.to_mut(), &node_k);
    }
    Ok(verdict(&network, &heat, node_k, c))
}

/// The part of a correction that brings the balance nearer, at most 30 % of T: conductors and heaters that switch have kinks, between
/// which whole corrections may go to and fro for ever. Halved until `Σ r²` falls by a tenth of what it would if all were straight.
/// Truth: `components::a_steep_heat_pipe_is_found_from_far`.
fn shortened<B: Backend>(
    heat: &mut Heat<'_, B>,
    network: &Network,
    (node_k, change_k): (&[f64], &[f64]),
    residual_w: &[f64],
) -> Result<f64, DeviceError> {
    let size = |r: &[f64]| r.iter().map(|r| r * r).sum::<f64>();
    let reach = node_k.iter().zip(change_k).map(|(t, d)| 0.3 * t / d.abs());
    let (before, mut part) = (size(residual_w), reach.fold(1.0, f64::min));
    while part > 1e-6 {
        let there: Vec<f64> = node_k.iter().zip(change_k).map(|(t, d)| t + part * d).collect();
        if size(&heat.net_w(network, &there)?) < (1.0 - 0.1 * part) * before {
            break;
        }
        part *= 0.5;
    }
    Ok(part)
}

/// Fluxes and balances of the final temperatures, in f64 on the host.
fn verdict<B: Backend>(network: &Network, heat: &Heat<'_, B>, node_k: Vec<f64>, mut c: Convergence) -> SteadyState {
    let area = heat.surface_area_m2();
    (c.worst_node, c.backward_error) = heat.backward_error(network, &node_k);
    c.external_w = external_w(network, &node_k, heat.surface_area_m2());
    let coolant = &network.coolant;
    let coolant_k = coolant.settle(coolant.inlet_at(&node_k), &node_k);
    let emitted_w_m2 = network.emitted_w_m2(&node_k, area);
    let irradiation_w_m2 = network.irradiation_w_m2(&emitted_w_m2);
    let means = coolant.means(&coolant_k);
    c.coolant_w = coolant.lost_w(&means, &node_k).iter().sum();
    let heaters_w: f64 = network.regulated.iter().map(|h| h.heat_w(&node_k)).sum();
    c.internal_w = heaters_w + network.internal.iter().zip(&node_k).map(|(q, &t)| q.at(t)).sum::<f64>();
    c.space_w = network.to_space_w(&emitted_w_m2, &irradiation_w_m2, area);
    let taken = if network.held.is_empty() { vec![] } else { heat.host_net_w(network, &node_k) };
    c.boundary_w = -network.held.iter().map(|(i, _)| taken[*i]).sum::<f64>();
    c.flow_w = network.flows.iter().map(|f| f.gf_w_per_k * (node_k[f.from] - node_k[f.to])).sum();
    // In a closed loop the coolant only passes on what a node dissipates.
    let from_coolant = if coolant.inlet_node.is_some() { 0.0 } else { c.coolant_w };
    // Each node and each stream for itself: what one gives another may take.
    let bounds: f64 = network.held.iter().map(|(i, _)| taken[*i].abs()).sum();
    let streams: f64 = network.flows.iter().map(|f| (f.gf_w_per_k * (node_k[f.from] - node_k[f.to])).abs()).sum();
    let internal_size: f64 = heaters_w + network.internal.iter().zip(&node_k).map(|(q, &t)| q.at(t).abs()).sum::<f64>();
    let size = from_coolant.abs() + c.external_w.abs() + internal_size + c.space_w.abs() + bounds + streams;
    c.balance =
        (from_coolant + c.external_w + c.internal_w + c.boundary_w + c.flow_w - c.space_w).abs() / size.max(f64::MIN_POSITIVE);
    SteadyState { node_k, coolant_k, emitted_w_m2, irradiation_w_m2, convergence: c }
}
