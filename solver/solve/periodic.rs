//! The state that repeats from cycle to cycle.
//!
//! One cycle maps temperatures x to G(x); its drift is `d = G(x) − x`. Marching converges as the slowest mode decays, a thousand
//! cycles where its time constant is two hundred. Here the drift is turned into the distance to the periodic state: what the
//! nodes store in a cycle is a lasting heat `C d / P`, and the steady network says which temperatures would balance it. For a
//! mode that decays as `e^(−a)` per cycle the distance is `d / (1 − e^(−a)) ≈ d (1 + 1/a)`, the drift itself plus that answer.
//! Anderson's method mixes the cycles so corrected; where it stalls, Newton's method solves `(I − M) δ = d` by GMRES with the
//! same correction as preconditioner. The search stops on the distance, not on the drift.

use super::gmres;
use super::heat::largest;
use super::steady::SolveError;
use super::transient::{Drive, State, Step, Transient};
use crate::backend::Backend;
use nalgebra::{DMatrix, DVector};

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Length of a cycle, s.
    pub period_s: f64,
    /// Estimated distance to the cycle at its start, largest over the nodes, K.
    pub tolerance_k: f64,
    /// Cycles at most, those of Newton's method included.
    pub most_cycles: usize,
    /// Cycles that do not come nearer before Newton's method takes over.
    pub patience: usize,
}

/// What one cycle of the search found.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Cycle {
    /// Largest drift of a node in the cycle, K.
    pub drift_k: f64,
    /// Estimated distance of its start to the periodic state, K.
    pub distance_k: f64,
}

/// The search: all that its continuation depends on.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Search {
    /// The state at the beginning of the next cycle; at the end the periodic one.
    pub state: State,
    /// What was found, cycle by cycle.
    pub cycles: Vec<Cycle>,
    /// Cycles spent in Newton's method.
    pub newton_cycles: usize,
    /// Whether the tolerance was met.
    pub converged: bool,
    /// Starts and distances of the kept cycles, oldest first.
    starts: Vec<Vec<f64>>,
    distances: Vec<Vec<f64>>,
    /// Least distance, and cycles since.
    least_k: f64,
    idle: usize,
}

/// Cycles that Anderson's method keeps.
const KEPT: usize = 6;
/// Products of one Newton correction at most, and the drop of its residual.
const PRODUCTS: usize = 10;
const DROP: f64 = 0.05;

/// Finds the periodic state from a start. `tick` gets the search after each cycle.
///
/// Distance of a cycle: `f = d + K̄⁻¹ C d / P`, K̄ the derivative of the network at the cycle's mean of T³ and its last loads.
/// Anderson: least `‖f − ΔF γ‖` over differences of the kept cycles, `x ← x + f − (ΔX + ΔF) γ` (Walker and Ni 2011),
/// temperatures weighted by the root of their capacities. Steps within a cycle follow the error, so G is known to the tolerance
/// of a step only: ask for a distance well above that. Nodes without capacity follow the others.
///
/// Truth: `periodic::*` (C12, E03, E04, E06, the satellite with slow modes).
pub fn periodic<B: Backend, D: Drive>(
    run: &mut Transient<'_, B, D>,
    start: State,
    settings: Settings,
    tick: &mut dyn FnMut(&Search),
) -> Result<Search, SolveError> {
    let mut search = Search::new(start);
    while !search.is_over(&settings) {
        search.cycle(run, &settings)?;
        tick(&search);
    }
    Ok(search)
}

impl Search {
    /// Begins at a state.
    pub fn new(start: State) -> Self {
        let (starts, distances) = (vec![], vec![]);
        Self {
            state: start,
            cycles: vec![],
            newton_cycles: 0,
            converged: false,
            starts,
            distances,
            least_k: f64::INFINITY,
            idle: 0,
        }
    }

    /// Whether the tolerance is met or the cycles are used up.
    pub fn is_over(&self, settings: &Settings) -> bool {
        self.converged || self.cycles.len() + self.newton_cycles >= settings.most_cycles
    }

    /// One cycle, or one step of Newton's method.
    pub fn cycle<B: Backend, D: Drive>(&mut self, run: &mut Transient<'_, B, D>, settings: &Settings) -> Result<(), SolveError> {
        let span = (self.state.time_s, settings.period_s);
        let weight: Vec<f64> = run.network.capacity_j_per_k.iter().map(|c| c.sqrt()).collect();
        let (end, mean_k) = cycle(run, &self.state, span)?;
        let drift = difference(&end.node_k, &self.state.node_k, &weight);
        let distance = corrected(run, &drift, &mean_k, settings.period_s)?;
        let size = |v: &[f64]| largest(v.iter().map(|d| d.abs())).1;
        let seen = Cycle { drift_k: size(&drift), distance_k: size(&distance) };
        self.cycles.push(seen);
        self.starts.push(self.state.node_k.clone());
        self.distances.push(distance);
        if self.starts.len() > KEPT {
            self.starts.remove(0);
            self.distances.remove(0);
        }
        let step = mix(&self.starts, &self.distances, &weight);
        let mut next = self.state.clone();
        next.heaters.clone_from(&end.heaters);
        restart_heaters(&mut next, span);
        self.idle = if seen.distance_k < 0.7 * self.least_k { 0 } else { self.idle + 1 };
        self.least_k = self.least_k.min(seen.distance_k);
        self.converged = seen.distance_k <= settings.tolerance_k;
        if self.idle >= settings.patience && !self.converged {
            self.newton_cycles += newton(run, &self.state, &end, &mut next, (span, &mean_k, &weight))?;
            (self.starts, self.distances) = (vec![], vec![]);
            (self.least_k, self.idle) = (f64::INFINITY, 0);
        } else {
            next.node_k.iter_mut().zip(&step).for_each(|(t, s)| *t = (*t + s).max(0.3 * *t));
        }
        next.step_s = end.step_s;
        self.state = next;
        Ok(())
    }
}

/// One cycle from a state: its end, and the cube root of the mean T³ of each node.
fn cycle<B: Backend, D: Drive>(
    run: &mut Transient<'_, B, D>,
    from: &State,
    (begin_s, period_s): (f64, f64),
) -> Result<(State, Vec<f64>), SolveError> {
    let mut state = from.clone();
    state.time_s = begin_s;
    state.after_event = true;
    let mut cubes = vec![0.0; state.node_k.len()];
    run.advance(&mut state, begin_s + period_s, &mut |step: &Step<'_>, _: &State| {
        let share = (step.span_s.1 - step.span_s.0) / period_s;
        for (c, (a, b)) in cubes.iter_mut().zip(step.node_k.0.iter().zip(step.node_k.1)) {
            *c += share * 0.5 * (a.powi(3) + b.powi(3));
        }
        true
    })?;
    Ok((state, cubes.into_iter().map(f64::cbrt).collect()))
}

/// `d + K̄⁻¹ C d / P`.
fn corrected<B: Backend, D: Drive>(
    run: &mut Transient<'_, B, D>,
    drift: &[f64],
    mean_k: &[f64],
    period_s: f64,
) -> Result<Vec<f64>, SolveError> {
    let heat: Vec<f64> = (0..drift.len()).map(|i| run.capacity_j_per_k(i, mean_k[i]) * drift[i] / period_s).collect();
    let lasting = run.lasting_k(mean_k, &heat)?;
    Ok(drift.iter().zip(&lasting).map(|(d, l)| d + l).collect())
}

/// `a − b` of the nodes with capacity, 0 elsewhere.
fn difference(a: &[f64], b: &[f64], weight: &[f64]) -> Vec<f64> {
    a.iter().zip(b).zip(weight).map(|((a, b), w)| if *w > 0.0 { a - b } else { 0.0 }).collect()
}

/// Clocks of sampled heaters go back to the beginning of the cycle.
fn restart_heaters(state: &mut State, (begin_s, period_s): (f64, f64)) {
    for h in &mut state.heaters {
        if h.next_sample_s.is_finite() {
            h.next_sample_s = (h.next_sample_s - period_s).max(begin_s);
        }
    }
}

/// Anderson's step from the newest start.
pub fn mix(starts: &[Vec<f64>], distances: &[Vec<f64>], weight: &[f64]) -> Vec<f64> {
    let m = starts.len() - 1;
    let newest = &distances[m];
    let mut step = newest.clone();
    if m == 0 {
        return step;
    }
    let delta = |all: &[Vec<f64>], k: usize| -> Vec<f64> { all[k + 1].iter().zip(&all[k]).map(|(a, b)| a - b).collect() };
    let (dx, df): (Vec<_>, Vec<_>) = (0..m).map(|k| (delta(starts, k), delta(distances, k))).unzip();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).zip(weight).map(|((a, b), w)| a * b * w * w).sum::<f64>();
    // Columns scaled to unit length, so that a singular value speaks of directions.
    let size: Vec<f64> = df.iter().map(|d| dot(d, d).sqrt().max(f64::MIN_POSITIVE)).collect();
    let gram = DMatrix::from_fn(m, m, |i, j| dot(&df[i], &df[j]) / (size[i] * size[j]));
    let right = DVector::from_fn(m, |i, _| dot(&df[i], newest) / size[i]);
    let gamma = gram.pseudo_inverse(1e-10).map_or_else(|_| DVector::zeros(m), |inverse| inverse * right);
    for k in 0..m {
        let g = gamma[k] / size[k];
        step.iter_mut().zip(dx[k].iter().zip(&df[k])).for_each(|(s, (x, f))| *s -= g * (x + f));
    }
    step
}

/// Newton's step: `next` becomes `x + δ`. Returns the cycles it took.
fn newton<B: Backend, D: Drive>(
    run: &mut Transient<'_, B, D>,
    from: &State,
    end: &State,
    next: &mut State,
    (span, mean_k, weight): ((f64, f64), &[f64], &[f64]),
) -> Result<usize, SolveError> {
    // Unknowns scaled so that their length is that of stored energy.
    let scaled = |v: Vec<f64>| -> Vec<f64> { v.iter().zip(weight).map(|(v, w)| v * w).collect() };
    let plain = |v: &[f64]| -> Vec<f64> { v.iter().zip(weight).map(|(v, w)| if *w > 0.0 { v / w } else { 0.0 }).collect() };
    let right = scaled(difference(&end.node_k, &from.node_k, weight));
    let run = std::cell::RefCell::new(run);
    let apply = |v: &[f64], image: &mut [f64]| -> Result<(), SolveError> {
        let v = plain(v);
        // A kelvin in the node that moves most: far above the error of a step, near enough to be linear.
        let scale = 1.0 / largest(v.iter().map(|x| x.abs())).1.max(f64::MIN_POSITIVE);
        let mut beside = from.clone();
        beside.node_k.iter_mut().zip(&v).for_each(|(t, x)| *t += scale * x);
        let (moved, _) = cycle(&mut run.borrow_mut(), &beside, span)?;
        let change = difference(&moved.node_k, &end.node_k, weight);
        image.copy_from_slice(&scaled(change.iter().zip(&v).map(|(g, v)| v - g / scale).collect()));
        Ok(())
    };
    let precondition = |r: &[f64], z: &mut [f64]| -> Result<(), SolveError> {
        z.copy_from_slice(&scaled(corrected(&mut run.borrow_mut(), &plain(r), mean_k, span.1)?));
        Ok(())
    };
    let (delta, products) = gmres::solve(apply, precondition, &right, (DROP, PRODUCTS, PRODUCTS))?;
    next.node_k.iter_mut().zip(from.node_k.iter().zip(plain(&delta))).for_each(|(t, (x, d))| *t = x + d);
    Ok(products)
}
