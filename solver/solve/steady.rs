//! Steady state by Newton on T⁴ with an accurate residual and a conjugate-gradient correction.
//!
//! Each round: (1) emission and irradiation of the surfaces, in f64 on the host; (2) the residual of every node on the
//! backend, from differences of fixed-point temperatures; (3) a correction by Jacobi-preconditioned conjugate gradients on
//! the backend, scalars left there; (4) temperatures updated in f64; (5) the coolant marched with the heat its walls now
//! take. Irradiation and coolant are lagged by a round: both depend weakly on the node temperatures (a few per cent), so
//! the rounds contract fast, and the verdict is taken on the full balance in f64.

use super::Rows;
use crate::backend::{Backend, Cpu, DeviceError, REDUCE_LANES, Real, parallel_map};
use crate::constants::STEFAN_BOLTZMANN;
use crate::kernels::common::{split, whole_kelvin};
use crate::kernels::{axpy, cg_direction, heat_residual, jacobian_apply, weighted_dot};
use crate::network::Network;

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Largest temperature change of the last correction, K.
    pub tolerance_k: f64,
    /// Rounds at most.
    pub max_rounds: usize,
}

/// How the solution was reached and how good it is. All sums in f64.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Convergence {
    /// Newton rounds.
    pub rounds: usize,
    /// Conjugate-gradient iterations of all rounds.
    pub cg_iterations: usize,
    /// Largest change of a node or coolant temperature in the last round, K.
    pub last_change_k: f64,
    /// Its limit: the tolerance asked for, or what the backend's precision resolves.
    pub change_limit_k: f64,
    /// `|coolant + external + internal − space| / sum of their sizes`.
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

/// Groups of a reduction: enough to fill a GPU, few enough to add up at once.
const GROUPS: u32 = 64;
/// Conjugate-gradient iterations per look at the residual.
const BATCH: usize = 10;
/// Drop of the preconditioned residual norm that ends the inner iteration.
const INNER_DROP: f64 = 1e-3;
/// Inner iterations at most.
const INNER_LIMIT: usize = 5000;

/// The network's arrays on a backend.
struct Device<'a, B: Backend> {
    backend: &'a B,
    n: usize,
    row_start: B::Array<u32>,
    column: B::Array<u32>,
    gl: B::Array<B::Real>,
    emission_area: B::Array<B::Real>,
    coarse: B::Array<i32>,
    fine: B::Array<B::Real>,
    excess: B::Array<B::Real>,
    residual: B::Array<B::Real>,
    diagonal: B::Array<B::Real>,
    inverse: B::Array<B::Real>,
    ones: B::Array<B::Real>,
    x: B::Array<B::Real>,
    p: B::Array<B::Real>,
    q: B::Array<B::Real>,
    partial: B::Array<B::Real>,
    scalar: [B::Array<B::Real>; 3],
}

impl<'a, B: Backend> Device<'a, B> {
    fn new(backend: &'a B, rows: &Rows, emission_area: &[f64], boundary: usize) -> Result<Self, DeviceError> {
        let n = emission_area.len();
        let real = |len: usize, value: f64| backend.upload_reals(&vec![value; len]);
        Ok(Self {
            backend,
            n,
            row_start: backend.upload(&rows.row_start)?,
            column: backend.upload(&rows.column)?,
            gl: backend.upload_reals(&rows.gl_w_per_k)?,
            emission_area: backend.upload_reals(emission_area)?,
            coarse: backend.upload(&vec![0_i32; n + boundary])?,
            fine: real(n + boundary, 0.0)?,
            excess: real(n, 0.0)?,
            residual: real(n, 0.0)?,
            diagonal: real(n, 0.0)?,
            inverse: real(n, 0.0)?,
            ones: real(n.max(GROUPS as usize), 1.0)?,
            x: real(n, 0.0)?,
            p: real(n + boundary, 0.0)?,
            q: real(n, 0.0)?,
            partial: real(GROUPS as usize, 0.0)?,
            scalar: [real(1, 0.0)?, real(1, 0.0)?, real(1, 0.0)?],
        })
    }

    fn count(&self) -> u32 {
        u32::try_from(self.n).expect("a network has fewer than 2^32 nodes")
    }

    /// Residual of the heat balance at the given temperatures (boundary nodes after the nodes), left on the backend.
    fn find_residual(&mut self, temperature_k: &[f64], source_w: &[f64], emission_area: &[f64]) {
        let (coarse, fine): (Vec<i32>, Vec<f64>) = temperature_k.iter().map(|&t| split(t)).unzip();
        self.backend.write(&mut self.coarse, &coarse);
        self.backend.write_reals(&mut self.fine, &fine);
        self.backend.write_reals(&mut self.excess, &excess_w(&coarse[..self.n], source_w, emission_area));
        let params = heat_residual::HeatResidualParams { node_count: self.count() };
        let inputs = heat_residual::Inputs {
            row_start: &self.row_start,
            column: &self.column,
            gl_w_per_k: &self.gl,
            coarse: &self.coarse,
            fine: &self.fine,
            excess_w: &self.excess,
            emission_area_m2: &self.emission_area,
        };
        self.backend.launch::<heat_residual::Kernel>(&params, inputs, &mut self.residual, self.n);
    }

    /// `scalar[to] = Σ a b w` over the nodes.
    fn dot(&mut self, which: Product, to: usize) {
        let params =
            weighted_dot::WeightedDotParams { count: self.count(), group_count: GROUPS.min(self.count().div_ceil(REDUCE_LANES)) };
        let inputs = match which {
            Product::ResidualResidual => weighted_dot::Inputs { a: &self.residual, b: &self.residual, weight: &self.inverse },
            Product::DirectionImage => weighted_dot::Inputs { a: &self.p, b: &self.q, weight: &self.ones },
        };
        self.backend.launch::<weighted_dot::Kernel>(&params, inputs, &mut self.partial, params.group_count as usize);
        let last = weighted_dot::WeightedDotParams { count: params.group_count, group_count: 1 };
        let inputs = weighted_dot::Inputs { a: &self.partial, b: &self.ones, weight: &self.ones };
        self.backend.launch::<weighted_dot::Kernel>(&last, inputs, &mut self.scalar[to], 1);
    }

    fn direction(&mut self, numerator: usize, denominator: usize) {
        let params = cg_direction::CgDirectionParams { count: self.count() };
        let inputs = cg_direction::Inputs {
            numerator: &self.scalar[numerator],
            denominator: &self.scalar[denominator],
            weight: &self.inverse,
            r: &self.residual,
        };
        self.backend.launch::<cg_direction::Kernel>(&params, inputs, &mut self.p, self.n);
    }

    /// Solves `J x = residual`, overwriting the residual; returns x and the iterations.
    fn correction(&mut self, diagonal: &[f64], inverse: &[f64]) -> Result<(Vec<f64>, usize), DeviceError> {
        const IMAGE: usize = 2;
        self.backend.write_reals(&mut self.diagonal, diagonal);
        self.backend.write_reals(&mut self.inverse, inverse);
        self.backend.write_reals(&mut self.x, &vec![0.0; self.n]);
        let (mut now, mut next) = (0, 1);
        self.dot(Product::ResidualResidual, now);
        // p = w r: the scale is 0/0, which counts as 0.
        self.backend.write_reals(&mut self.scalar[next], &[0.0]);
        self.backend.write_reals(&mut self.scalar[IMAGE], &[0.0]);
        self.direction(next, IMAGE);
        let start = self.backend.download(&self.scalar[now])?[0].get();
        let mut iterations = 0;
        let mut norm = start;
        while norm > INNER_DROP * INNER_DROP * start && iterations < INNER_LIMIT {
            for _ in 0..BATCH {
                let params = jacobian_apply::JacobianApplyParams { node_count: self.count() };
                let inputs = jacobian_apply::Inputs {
                    row_start: &self.row_start,
                    column: &self.column,
                    gl_w_per_k: &self.gl,
                    diagonal_w_per_k: &self.diagonal,
                    p: &self.p,
                };
                self.backend.launch::<jacobian_apply::Kernel>(&params, inputs, &mut self.q, self.n);
                self.dot(Product::DirectionImage, IMAGE);
                let (numerator, denominator) = (&self.scalar[now], &self.scalar[IMAGE]);
                let step = axpy::AxpyParams { count: self.count(), sign: 1.0 };
                self.backend.launch::<axpy::Kernel>(
                    &step,
                    axpy::Inputs { numerator, denominator, x: &self.p },
                    &mut self.x,
                    self.n,
                );
                let back = axpy::AxpyParams { count: self.count(), sign: -1.0 };
                self.backend.launch::<axpy::Kernel>(
                    &back,
                    axpy::Inputs { numerator, denominator, x: &self.q },
                    &mut self.residual,
                    self.n,
                );
                self.dot(Product::ResidualResidual, next);
                self.direction(next, now);
                std::mem::swap(&mut now, &mut next);
            }
            iterations += BATCH;
            norm = self.backend.download(&self.scalar[now])?[0].get();
        }
        let x = self.backend.download(&self.x)?;
        Ok((x.iter().map(|x| x.get()).collect(), iterations))
    }
}

#[derive(Clone, Copy)]
enum Product {
    ResidualResidual,
    DirectionImage,
}

/// Smallest change that a backend's precision resolves, K. Measured on the 1 MW case: in f32 the rounds end in a cycle of
/// 3e-6 K, the rounding of conducted heat (7 W/K between cells, differences of kelvins) over the stiffness of a fin.
pub fn resolution_k<R: Real>() -> f64 {
    if size_of::<R>() == 4 { 1e-5 } else { 0.0 }
}

/// `Q − σ E K⁴` of each node in f64, K the whole kelvin nearest to its temperature (see [`heat_residual`]).
fn excess_w(coarse: &[i32], source_w: &[f64], emission_area: &[f64]) -> Vec<f64> {
    parallel_map(coarse.len(), |i| source_w[i] - STEFAN_BOLTZMANN * emission_area[i] * f64::from(whole_kelvin(coarse[i])).powi(4))
}

/// Heat sources of the nodes, W: internal heat and absorbed radiation.
fn sources(network: &Network, node_k: &[f64], irradiation_w_m2: &[f64]) -> Vec<f64> {
    let mut source: Vec<f64> = network.internal.iter().zip(node_k).map(|(q, &t)| q.at(t)).collect();
    for f in &network.faces {
        let s = &network.surfaces[f.surface];
        source[f.node] += f.area_m2 * (s.external_w_m2() + s.emissivity * irradiation_w_m2[f.surface]);
    }
    source
}

/// Σ ε A of each node, m².
fn emission_areas(network: &Network) -> Vec<f64> {
    let mut area = vec![0.0; network.node_count];
    network.faces.iter().for_each(|f| area[f.node] += network.surfaces[f.surface].emissivity * f.area_m2);
    area
}

fn largest(values: impl Iterator<Item = f64>) -> (usize, f64) {
    values.enumerate().fold((0, 0.0), |best, (i, v)| if v > best.1 || v.is_nan() { (i, v) } else { best })
}

/// Solves the network from a guess of the node temperatures. `tick` gets the last change of each round, K.
///
/// Truth: `closed_form::tube_fin_panels`, `gpu::the_megawatt_field_agrees`.
pub fn steady<B: Backend>(
    backend: &B,
    network: &Network,
    guess_k: Vec<f64>,
    settings: Settings,
    tick: &dyn Fn(f64),
) -> Result<SteadyState, SolveError> {
    let rows = Rows::new(network);
    let emission_area = emission_areas(network);
    let surface_area = network.surface_area_m2();
    let coolant = &network.coolant;
    let mut device = Device::new(backend, &rows, &emission_area, coolant.node_count())?;
    let limit_k = settings.tolerance_k.max(resolution_k::<B::Real>());
    let mut node_k = guess_k;
    let mut ends_k = coolant.march(&vec![0.0; coolant.node_count()]);
    let mut c = Convergence { last_change_k: f64::INFINITY, change_limit_k: limit_k, ..Convergence::default() };
    let mut worst = 0;
    while c.last_change_k > limit_k {
        if c.rounds == settings.max_rounds || c.last_change_k.is_nan() {
            let (rounds, node, change_k) = (c.rounds, worst, c.last_change_k);
            return Err(SolveError::NotConverged { rounds, node, change_k, limit_k });
        }
        let emitted = network.emitted_w_m2(&node_k, &surface_area);
        let source = sources(network, &node_k, &network.irradiation_w_m2(&emitted));
        let means = coolant.means(&ends_k);
        let all: Vec<f64> = node_k.iter().chain(&means).copied().collect();
        device.find_residual(&all, &source, &emission_area);
        let diagonal: Vec<f64> = parallel_map(network.node_count, |i| {
            4.0 * STEFAN_BOLTZMANN * emission_area[i] * node_k[i].powi(3) - network.internal[i].slope_w_per_k
        });
        let inverse: Vec<f64> = parallel_map(network.node_count, |i| 1.0 / (diagonal[i] + rows.sum(i)));
        let (change, iterations) = device.correction(&diagonal, &inverse)?;
        // A step of more than 30 % of T would leave the reach of Newton's method.
        for (t, d) in node_k.iter_mut().zip(&change) {
            *t += d.clamp(-0.3 * *t, 0.3 * *t);
        }
        let next = coolant.march(&coolant.lost_w(&means, &node_k));
        let coolant_change = largest(next.iter().zip(&ends_k).map(|(a, b)| (a - b).abs())).1;
        // In the first rounds the walls are far off; the coolant never leaves the range it could physically reach.
        ends_k = next.iter().map(|t| t.clamp(0.3 * coolant.inlet_k, 2.0 * coolant.inlet_k)).collect();
        let node_change = largest(change.iter().map(|d| d.abs()));
        worst = node_change.0;
        c.last_change_k = node_change.1.max(coolant_change);
        c.rounds += 1;
        c.cg_iterations += iterations;
        tick(c.last_change_k);
    }
    Ok(verdict(network, &rows, node_k, ends_k, c))
}

/// Fluxes and balances of the final temperatures, in f64 on the host.
fn verdict(network: &Network, rows: &Rows, node_k: Vec<f64>, coolant_k: Vec<f64>, mut c: Convergence) -> SteadyState {
    let area = network.surface_area_m2();
    let emitted_w_m2 = network.emitted_w_m2(&node_k, &area);
    let irradiation_w_m2 = network.irradiation_w_m2(&emitted_w_m2);
    let source = sources(network, &node_k, &irradiation_w_m2);
    let emission_area = emission_areas(network);
    let means = network.coolant.means(&coolant_k);
    let all: Vec<f64> = node_k.iter().chain(&means).copied().collect();
    let (coarse, fine): (Vec<i32>, Vec<f64>) = all.iter().map(|&t| split(t)).unzip();
    let cpu = Cpu::<f64>::new();
    let mut residual = vec![0.0; network.node_count];
    let params = heat_residual::HeatResidualParams { node_count: u32::try_from(network.node_count).expect("below 2^32 nodes") };
    let inputs = heat_residual::Inputs::<Cpu<f64>> {
        row_start: &rows.row_start,
        column: &rows.column,
        gl_w_per_k: &rows.gl_w_per_k,
        coarse: &coarse,
        fine: &fine,
        excess_w: &excess_w(&coarse[..network.node_count], &source, &emission_area),
        emission_area_m2: &emission_area,
    };
    cpu.launch::<heat_residual::Kernel>(&params, inputs, &mut residual, network.node_count);
    let relative = parallel_map(network.node_count, |i| {
        let span = rows.row_start[i] as usize..rows.row_start[i + 1] as usize;
        let conducted: f64 = span.map(|k| (rows.gl_w_per_k[k] * (all[rows.column[k] as usize] - node_k[i])).abs()).sum();
        let size = conducted + source[i].abs() + STEFAN_BOLTZMANN * emission_area[i] * node_k[i].powi(4);
        if size == 0.0 { 0.0 } else { residual[i].abs() / size }
    });
    (c.worst_node, c.backward_error) = largest(relative.into_iter());
    c.coolant_w = network.coolant.lost_w(&means, &node_k).iter().sum();
    c.external_w = network.surfaces.iter().zip(&area).map(|(s, a)| s.external_w_m2() * a).sum();
    c.internal_w = network.internal.iter().zip(&node_k).map(|(q, &t)| q.at(t)).sum();
    c.space_w = network.to_space_w(&emitted_w_m2, &irradiation_w_m2, &area);
    let size = c.coolant_w.abs() + c.external_w.abs() + c.internal_w.abs() + c.space_w.abs();
    c.balance = (c.coolant_w + c.external_w + c.internal_w - c.space_w).abs() / size.max(f64::MIN_POSITIVE);
    SteadyState { node_k, coolant_k, emitted_w_m2, irradiation_w_m2, convergence: c }
}
