//! Temperatures in time: implicit Runge-Kutta steps whose length follows the error, ending exactly on events.
//!
//! `C_i(t) f_i(T) dT_i/dt = R_i(T, t)` with the heat balance R of [`heat`](super::heat); nodes without capacity satisfy `R_i = 0`
//! in every stage. What a capacity gains or loses in time comes and goes at the node's own temperature: it neither heats nor cools.
//! A stage solves `u(T_s) − u_n = h Σ_j a_sj R_j/C(t_j)` for `u = ∫ f dT` by Newton, each row times `C(t_s)/(h a)`; corrections by
//! multigrid as in the steady state, with `C(t_s) f/(h a)` on the diagonal.

use super::Rows;
use super::control::{Heater, HeaterState};
use super::corrector::Corrector;
use super::heat::{HELD_W_PER_K, Heat, largest, local_slope_w_per_k};
use super::method::{Method, Tableau};
use super::steady::SolveError;
use crate::backend::Backend;
use crate::model::curve::Curve;
use crate::network::Network;
use std::sync::Arc;

/// What changes in time by itself. Truth: `transient::order_with_capacity_and_conductance_in_time`,
/// `transient::an_emissivity_that_steps_in_time`.
pub trait Drive {
    /// Puts what holds at a time into the network: absorbed fluxes, internal heat, boundary temperatures, capacities of nodes that
    /// have one, conductances that are [`varying`](Network::varying), radiative or of flows. Only ever called between two events.
    fn apply(&self, time_s: f64, network: &mut Network);
    /// The first time after `after_s` at which any of it jumps or bends; infinite if there is none.
    fn next_event_s(&self, after_s: f64) -> f64;
}

impl<D: Drive> Drive for &D {
    fn apply(&self, time_s: f64, network: &mut Network) {
        (**self).apply(time_s, network);
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        (**self).next_event_s(after_s)
    }
}

/// Loads that stay as they are.
#[derive(Clone, Copy, Debug)]
pub struct Still;

impl Drive for Still {
    fn apply(&self, _: f64, _: &mut Network) {}
    fn next_event_s(&self, _: f64) -> f64 {
        f64::INFINITY
    }
}

/// How to step.
#[derive(Clone, Copy, Debug)]
pub struct Stepping {
    /// Method.
    pub method: Method,
    /// Largest estimated error of a node in one step, K.
    pub tolerance_k: f64,
    /// First step, s.
    pub first_s: f64,
    /// Longest step, s.
    pub longest_s: f64,
    /// Steps of this length, without error control (they still end on events).
    pub fixed_s: Option<f64>,
}

impl Default for Stepping {
    fn default() -> Self {
        Self { method: Method::TrBdf2, tolerance_k: 0.01, first_s: 1.0, longest_s: f64::INFINITY, fixed_s: None }
    }
}

/// Where a run stands: all that its continuation depends on.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct State {
    /// s.
    pub time_s: f64,
    /// K.
    pub node_k: Vec<f64>,
    /// Net heat into each node over its capacity where f is 1, K/s; 0 without capacity.
    pub stored_k_s: Vec<f64>,
    /// Mean rate of change in the last step, K/s: where the next one begins to look. 0 after an event.
    pub trend_k_s: Vec<f64>,
    /// The step that the error allows next, s.
    pub step_s: f64,
    /// The network's loads have jumped here: `stored_k_s` is that of before.
    pub after_event: bool,
    /// Heaters.
    pub heaters: Vec<HeaterState>,
}

/// Work done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Work {
    /// Steps taken.
    pub steps: u64,
    /// Steps thrown away because of their error.
    pub rejected: u64,
    /// Newton corrections.
    pub corrections: u64,
    /// Multigrid cycles.
    pub cycles: u64,
}

/// One step, between whose ends temperatures are cubic in time.
#[derive(Debug)]
pub struct Step<'a> {
    /// Beginning and end, s.
    pub span_s: (f64, f64),
    /// Temperatures at both, K.
    pub node_k: (&'a [f64], &'a [f64]),
    /// Their rates of change, K/s; 0 for nodes without capacity.
    rate_k_s: (Vec<f64>, Vec<f64>),
    arithmetic: Arc<[bool]>,
    /// Power of each heater, W.
    pub heater_w: Vec<f64>,
    /// The network with the loads of the step's end.
    pub network: &'a Network,
}

impl Step<'_> {
    /// Temperature of a node within the step: the cubic through values and rates of both ends (third order); linear for nodes
    /// without capacity. Truth: `transient::dense_output`.
    pub fn at(&self, node: usize, time_s: f64) -> f64 {
        let ((t0, t1), (a, b)) = (self.span_s, (self.node_k.0[node], self.node_k.1[node]));
        let (h, s) = (t1 - t0, (time_s - t0) / (t1 - t0));
        if self.arithmetic[node] {
            return a + s * (b - a);
        }
        let (da, db) = (h * self.rate_k_s.0[node], h * self.rate_k_s.1[node]);
        let r = 1.0 - s;
        r * r * ((1.0 + 2.0 * s) * a + s * da) + s * s * ((1.0 + 2.0 * r) * b - r * db)
    }

    /// All temperatures at a time.
    pub fn all_at(&self, time_s: f64) -> Vec<f64> {
        (0..self.node_k.0.len()).map(|i| self.at(i, time_s)).collect()
    }
}

/// Temperatures of all nodes, K, and the rates at which they store heat, K/s.
type Fields = (Vec<f64>, Vec<f64>);

/// A network in time.
pub struct Transient<'a, B: Backend, D: Drive> {
    /// The network, with the loads of the last stage.
    pub network: Network,
    /// Its heaters.
    pub heaters: Vec<Heater>,
    drive: D,
    stepping: Stepping,
    heat: Heat<'a, B>,
    corrector: Corrector<'a, B::Inner>,
    arithmetic: Arc<[bool]>,
    capacity_curve: Vec<Option<usize>>,
    /// What it took.
    pub work: Work,
}

/// Newton stops after a correction of this part of the step's tolerance; what is left is a hundredth of that.
const NEWTON: f64 = 0.1;
/// Corrections of a stage at most; then the step is halved.
const CORRECTIONS: usize = 12;
/// Drop of the residual in one correction, and iterations at most.
const INNER: (f64, usize) = (1e-2, 300);
/// A stage that evaluates loads at an end of its step keeps this part of it inside, so that it sees the loads of its own side.
const INSIDE: f64 = 1e-9;
/// How exactly a step ends where a thermostat switches, K.
const SWITCH_K: f64 = 1e-5;

impl<'a, B: Backend, D: Drive> Transient<'a, B, D> {
    /// Sets a network up; `rows` are its own. Errors: the device.
    pub fn new(
        backend: &'a B,
        rows: &'a Rows,
        network: Network,
        heaters: Vec<Heater>,
        drive: D,
        stepping: Stepping,
    ) -> Result<Self, SolveError> {
        let heat = Heat::new(backend, None, rows, &network)?;
        let corrector = Corrector::new(backend.inner(), &network)?;
        // A boundary node stores nothing: it is where its temperature is.
        let mut network = network;
        network.held.iter().for_each(|(i, _)| network.capacity_j_per_k[*i] = 0.0);
        let arithmetic: Arc<[bool]> = network.capacity_j_per_k.iter().map(|c| *c == 0.0).collect();
        let mut capacity_curve = vec![None; network.node_count];
        for (k, (range, _)) in network.by_temperature.capacity.iter().enumerate() {
            capacity_curve[range.clone()].fill(Some(k));
        }
        Ok(Self { network, heaters, drive, stepping, heat, corrector, arithmetic, capacity_curve, work: Work::default() })
    }

    /// A state to begin from.
    pub fn start(&self, time_s: f64, node_k: Vec<f64>) -> State {
        let heaters = self.heaters.iter().map(|h| HeaterState::start(h, &node_k, time_s)).collect();
        let stored_k_s = vec![0.0; node_k.len()];
        let trend_k_s = stored_k_s.clone();
        State { time_s, node_k, stored_k_s, trend_k_s, step_s: self.stepping.first_s, after_event: true, heaters }
    }

    fn curve(&self, node: usize) -> Option<&Curve> {
        self.capacity_curve[node].map(|k| &self.network.by_temperature.capacity[k].1)
    }
    /// u, stored heat over C, K.
    fn stored_k(&self, node: usize, t_k: f64) -> f64 {
        self.curve(node).map_or(t_k, |c| c.integral_k(t_k))
    }
    /// Heat capacity of a node at a temperature and the present time, J/K.
    pub fn capacity_j_per_k(&self, node: usize, t_k: f64) -> f64 {
        self.network.capacity_j_per_k[node] * self.curve(node).map_or(1.0, |c| c.at(t_k))
    }

    /// Net heat of the nodes with what heaters give, W.
    fn net_w(&mut self, node_k: &[f64], heaters: &[HeaterState]) -> Result<Vec<f64>, SolveError> {
        self.heat.follow(&mut self.network, node_k);
        let mut net = self.heat.net_w(&self.network, node_k)?;
        for (heater, state) in self.heaters.iter().zip(heaters) {
            heater.nodes.iter().for_each(|(i, share)| net[*i] += share * state.power_w);
        }
        Ok(net)
    }

    fn correct(&mut self, node_k: &[f64], residual: Vec<f64>, drop: (f64, usize)) -> Result<Vec<f64>, SolveError> {
        let Self { network, corrector, heat, .. } = self;
        let (change, cycles) = corrector.correct(network, (node_k, heat.surface_area_m2()), residual, drop)?;
        self.work.corrections += 1;
        self.work.cycles += cycles as u64;
        Ok(change)
    }

    /// Puts `slope + C/(h a)` on the diagonal; `per_s` is `1/(h a)`, infinite to hold all nodes with capacity.
    fn set_diagonal(&mut self, node_k: &[f64], per_s: f64) -> Result<(), SolveError> {
        let mut diagonal = local_slope_w_per_k(&self.network, node_k);
        for (i, d) in diagonal.iter_mut().enumerate() {
            if per_s.is_finite() {
                *d += per_s * self.capacity_j_per_k(i, node_k[i]);
            } else if !self.arithmetic[i] {
                *d = HELD_W_PER_K;
            }
        }
        self.corrector.follow(&self.network, node_k)?;
        self.corrector.set_diagonal(&diagonal);
        Ok(())
    }

    /// The lasting change of temperatures by a lasting change of heat, K, linearised about `node_k`: conduction, radiation and
    /// coolant as in the steady state, present loads.
    pub fn lasting_k(&mut self, node_k: &[f64], heat_w: &[f64]) -> Result<Vec<f64>, SolveError> {
        self.set_diagonal(node_k, 0.0)?;
        self.correct(node_k, heat_w.to_vec(), (1e-3, INNER.1))
    }

    /// `R` at the present time, with nodes without capacity moved to where they balance.
    fn settle(&mut self, state: &mut State, time_s: f64) -> Result<(), SolveError> {
        self.drive.apply(time_s, &mut self.network);
        self.network.hold(&mut state.node_k);
        if self.arithmetic.contains(&true) {
            let mut last = f64::INFINITY;
            for round in 0.. {
                let mut residual = self.net_w(&state.node_k, &state.heaters)?;
                residual.iter_mut().zip(self.arithmetic.iter()).filter(|(_, a)| !**a).for_each(|(r, _)| *r = 0.0);
                self.set_diagonal(&state.node_k, f64::INFINITY)?;
                let change = self.correct(&state.node_k, residual, INNER)?;
                for ((t, d), free) in state.node_k.iter_mut().zip(&change).zip(self.arithmetic.iter()) {
                    if *free {
                        *t += d.clamp(-0.3 * *t, 0.3 * *t);
                    }
                }
                let (node, change_k) =
                    largest(change.iter().zip(self.arithmetic.iter()).map(|(d, a)| if *a { d.abs() } else { 0.0 }));
                let limit_k = NEWTON * self.stepping.tolerance_k;
                if change_k <= limit_k {
                    break;
                }
                if round >= 100 || change_k.is_nan() {
                    return Err(SolveError::NotConverged { rounds: round, node, change_k: last, limit_k });
                }
                last = change_k;
            }
        }
        let net = self.net_w(&state.node_k, &state.heaters)?;
        let rate = |(q, c): (&f64, &f64)| if *c > 0.0 { q / c } else { 0.0 };
        state.stored_k_s = net.iter().zip(&self.network.capacity_j_per_k).map(rate).collect();
        Ok(())
    }

    /// One stage: temperatures T with `u(T) − u_n = h a (R(T)/C + history)`, and R/C there. `None` where Newton does not get there.
    fn stage(
        &mut self,
        state: &State,
        guess: Vec<f64>,
        history: &[f64],
        (time_s, step_s): (f64, f64),
    ) -> Result<Option<Fields>, SolveError> {
        self.drive.apply(time_s, &mut self.network);
        let per_s = 1.0 / step_s;
        let mut node_k = guess;
        self.network.hold(&mut node_k);
        // R/C of a node that is at T when the stage ends.
        let rate = |this: &Self, i: usize, t: f64| per_s * (this.stored_k(i, t) - this.stored_k(i, state.node_k[i])) - history[i];
        let limit = NEWTON * self.stepping.tolerance_k;
        let mut last = f64::INFINITY;
        for round in 0..CORRECTIONS {
            let mut residual = self.net_w(&node_k, &state.heaters)?;
            for i in 0..residual.len() {
                if !self.arithmetic[i] {
                    residual[i] -= self.network.capacity_j_per_k[i] * rate(self, i, node_k[i]);
                }
            }
            // The diagonal hardly changes once temperatures are near, but where conductors switch.
            if round == 0 || last > 1.0 || self.network.is_switched() {
                self.set_diagonal(&node_k, per_s)?;
            }
            let change = self.correct(&node_k, residual, INNER)?;
            node_k.iter_mut().zip(&change).for_each(|(t, d)| *t += d.clamp(-0.3 * *t, 0.3 * *t));
            last = largest(change.iter().map(|d| d.abs())).1;
            if last <= limit {
                let of = |i: usize| if self.arithmetic[i] { 0.0 } else { rate(self, i, node_k[i]) };
                let rates = (0..node_k.len()).map(of).collect();
                return Ok(Some((node_k, rates)));
            }
            if last.is_nan() {
                break;
            }
        }
        Ok(None)
    }

    /// Tries one step of `h`: temperatures and R/C at its end, and its error over the tolerance. `None` where Newton fails.
    fn attempt(&mut self, state: &State, h: f64) -> Result<Option<(Fields, f64)>, SolveError> {
        let t: &Tableau = self.stepping.method.tableau();
        let n = state.node_k.len();
        let mut flows = vec![state.stored_k_s.clone()];
        let mut node_k: Vec<f64> = vec![];
        let diagonal = t.rows[1][1];
        for (stage, (row, time)) in t.rows.iter().zip(t.times).enumerate().skip(1) {
            // On the line through the beginning and the stage before, or along the last step.
            let begin = &state.node_k;
            let guess: Vec<f64> = if stage == 1 {
                begin.iter().zip(&state.trend_k_s).map(|(a, r)| a + h * time * r).collect()
            } else {
                let on = time / t.times[stage - 1];
                begin.iter().zip(&node_k).map(|(a, b)| a + on * (b - a)).collect()
            };
            let mut history = vec![0.0; n];
            for (a, flow) in row.iter().zip(&flows) {
                history.iter_mut().zip(flow).for_each(|(s, r)| *s += a / diagonal * r);
            }
            let at = state.time_s + h * time.clamp(INSIDE, 1.0 - INSIDE);
            let Some((next, flow)) = self.stage(state, guess, &history, (at, h * diagonal))? else { return Ok(None) };
            node_k = next;
            flows.push(flow);
        }
        let mut error = 0.0;
        if self.stepping.fixed_s.is_none() {
            // Filtered by the implicit matrix, so that stiff parts do not count for more than they move.
            let mut difference = vec![0.0; n];
            for (e, flow) in t.error.iter().zip(&flows) {
                difference.iter_mut().zip(flow).for_each(|(s, r)| *s += e / diagonal * r);
            }
            difference.iter_mut().zip(&self.network.capacity_j_per_k).for_each(|(s, c)| *s *= c);
            let filtered = self.correct(&node_k, difference, (0.1, INNER.1))?;
            error = largest(filtered.iter().map(|e| e.abs())).1 / self.stepping.tolerance_k;
        }
        let rates = flows.pop().expect("a method has stages");
        Ok(Some(((node_k, rates), error)))
    }

    /// Goes on to `until_s`, which counts as an event. `see` gets each step. Stops before that if `see` says false.
    ///
    /// Truth: `transient::*` (C02, C03, C11, C13, E01, E05).
    pub fn advance(
        &mut self,
        state: &mut State,
        until_s: f64,
        see: &mut dyn FnMut(&Step<'_>, &State) -> bool,
    ) -> Result<(), SolveError> {
        // How far the step was shortened for a thermostat.
        let mut aim: Option<f64> = None;
        while state.time_s < until_s {
            let samples = state.heaters.iter().map(|h| h.next_sample_s).fold(f64::INFINITY, f64::min);
            let event_s = self.drive.next_event_s(state.time_s).min(until_s).min(samples);
            if state.after_event {
                let just_after = state.time_s + INSIDE * (event_s - state.time_s).min(state.step_s);
                self.settle(state, just_after)?;
                state.trend_k_s.fill(0.0);
                state.after_event = false;
            }
            let natural = self.stepping.fixed_s.unwrap_or(state.step_s.min(self.stepping.longest_s));
            let left = event_s - state.time_s;
            let mut h = match natural {
                // Room for one step: take it all; for two: share it.
                n if n >= 0.999 * left => left,
                n if self.stepping.fixed_s.is_none() && n > 0.5 * left => 0.5 * left,
                n => n,
            };
            h = aim.take().unwrap_or(h);
            let Some(((node_k, stored_k_s), error)) = self.attempt(state, h)? else {
                self.work.rejected += 1;
                state.step_s = 0.25 * h;
                if state.step_s < 1e-9 * state.time_s.abs().max(1.0) {
                    let limit_k = NEWTON * self.stepping.tolerance_k;
                    return Err(SolveError::NotConverged { rounds: CORRECTIONS, node: 0, change_k: f64::NAN, limit_k });
                }
                continue;
            };
            let order = self.stepping.method.tableau().order;
            let growth = (0.9 * error.max(1e-12).powf(-1.0 / f64::from(order))).clamp(0.2, 5.0);
            if error > 1.0 {
                self.work.rejected += 1;
                state.step_s = h * growth.min(0.9);
                continue;
            }
            let whole = h == left;
            let end_s = if whole { event_s } else { state.time_s + h };
            let trend_k_s = state.node_k.iter().zip(&node_k).map(|(a, b)| (b - a) / h).collect();
            let mut next = State {
                time_s: end_s,
                node_k,
                stored_k_s,
                trend_k_s,
                // A step cut short by an event says nothing against longer ones.
                step_s: if h < 0.999 * natural { natural.max(h * growth) } else { h * growth },
                after_event: whole,
                heaters: state.heaters.clone(),
            };
            let step = self.step(state, (end_s, &next.node_k, &next.stored_k_s));
            let crossed = self.first_switch(state, &step);
            if let Some((switch_s, _)) = crossed.filter(|(_, off_k)| *off_k > SWITCH_K) {
                // The step ends again where the thermostat switches.
                aim = Some(switch_s - state.time_s);
                self.work.rejected += 1;
                continue;
            }
            for (heater, s) in self.heaters.iter().zip(&mut next.heaters) {
                s.used_j += s.power_w * (end_s - state.time_s);
                let sensed = heater.sensed_k(&next.node_k);
                if s.threshold(heater).is_some_and(|(at, from_above)| beyond(sensed, at, from_above) > -SWITCH_K) {
                    s.switch(heater);
                    next.after_event = true;
                }
                let power = s.power_w;
                s.sample(heater, &next.node_k, end_s);
                next.after_event |= s.power_w != power;
            }
            let go_on = see(&step, &next);
            self.work.steps += 1;
            *state = next;
            if !go_on {
                return Ok(());
            }
        }
        Ok(())
    }

    fn step<'s>(&'s self, state: &'s State, (end_s, node_k, stored_k_s): (f64, &'s [f64], &'s [f64])) -> Step<'s> {
        let rate = |stored: &[f64], at: &[f64]| -> Vec<f64> {
            (0..at.len()).map(|i| stored[i] / self.curve(i).map_or(1.0, |c| c.at(at[i]))).collect()
        };
        Step {
            span_s: (state.time_s, end_s),
            node_k: (&state.node_k, node_k),
            rate_k_s: (rate(&state.stored_k_s, &state.node_k), rate(stored_k_s, node_k)),
            arithmetic: self.arithmetic.clone(),
            heater_w: state.heaters.iter().map(|h| h.power_w).collect(),
            network: &self.network,
        }
    }

    /// When the first thermostat switches in a step, and how far beyond its temperature the step ends, K.
    fn first_switch(&self, state: &State, step: &Step<'_>) -> Option<(f64, f64)> {
        let mut first: Option<(f64, f64)> = None;
        for (heater, s) in self.heaters.iter().zip(&state.heaters) {
            let Some((at, from_above)) = s.threshold(heater) else { continue };
            let sensed = |time_s: f64| heater.sensor.iter().map(|(i, w)| w * step.at(*i, time_s)).sum::<f64>();
            let off = beyond(sensed(step.span_s.1), at, from_above);
            if off <= 0.0 {
                continue;
            }
            let (mut low, mut high) = step.span_s;
            for _ in 0..60 {
                let middle = 0.5 * (low + high);
                if beyond(sensed(middle), at, from_above) > 0.0 { high = middle } else { low = middle }
            }
            if first.is_none_or(|(t, _)| high < t) {
                first = Some((high, off));
            }
        }
        first
    }
}

/// How far a temperature is beyond a threshold, K.
fn beyond(sensed_k: f64, at_k: f64, from_above: bool) -> f64 {
    if from_above { at_k - sensed_k } else { sensed_k - at_k }
}
