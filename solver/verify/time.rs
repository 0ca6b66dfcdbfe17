//! Temperatures in time and periodic states: C02, C03, C09-T3, C11, C12, C13, C14-2, E01, E03 to E06, G15, G17.

use super::data::Case;
use super::networks::{Lump, lumped, plain, slab};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::curve::Curve;
use crate::network::{Face, Internal, Network};
use crate::solve::Rows;
use crate::solve::control::{Heater, Law};
use crate::solve::method::Method;
use crate::solve::periodic::{Settings, periodic};
use crate::solve::transient::{Drive, State, Step, Stepping, Still, Transient};
use std::f64::consts::{PI, TAU};

pub(super) fn stepping(method: Method, tolerance_k: f64) -> Stepping {
    Stepping { method, tolerance_k, ..Stepping::default() }
}

/// Temperatures at `until_s`, from one temperature at 0 s.
pub(super) fn run<B: Backend, D: Drive>(
    backend: &B,
    network: Network,
    drive: D,
    steps: Stepping,
    (start_k, until_s): (f64, f64),
) -> Result<Vec<f64>, VerifyError> {
    let start = vec![start_k; network.node_count];
    run_from(backend, network, drive, steps, (start, until_s))
}

/// Temperatures at `until_s`, from those given at 0 s.
fn run_from<B: Backend, D: Drive>(
    backend: &B,
    network: Network,
    drive: D,
    steps: Stepping,
    (start_k, until_s): (Vec<f64>, f64),
) -> Result<Vec<f64>, VerifyError> {
    let rows = Rows::new(&network);
    let mut run = Transient::new(backend, &rows, network, vec![], drive, steps)?;
    let mut state = run.start(0.0, start_k);
    run.advance(&mut state, until_s, &mut |_: &Step<'_>, _| true)?;
    Ok(state.node_k)
}

/// Loads that follow time smoothly.
pub(super) struct Smooth<F>(pub(super) F);

impl<F: Fn(f64, &mut Network)> Drive for Smooth<F> {
    fn apply(&self, time_s: f64, network: &mut Network) {
        (self.0)(time_s, network);
    }
    fn next_event_s(&self, _: f64) -> f64 {
        f64::INFINITY
    }
}

/// E01: a sphere cools, by both methods.
pub(super) fn sphere<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, r) = (Outcome::default(), c.get("radius")?);
    let capacity = 4.0 / 3.0 * PI * r.powi(3) * c.get("rho")? * c.get("cp")?;
    let area = 4.0 * PI * r * r * c.get("eps")?;
    for method in [Method::TrBdf2, Method::Esdirk4] {
        let lump = Lump { capacity_j_per_k: capacity, emitting_m2: area, internal_w: 0.0 };
        let network = lumped(&[lump], &[], c.get("T_sink")?);
        let end = run(backend, network, Still, stepping(method, 2e-5), (c.get("T0")?, c.get("t")?))?;
        out.close(format!("T, {method:?}"), end[0], c.want("T")?, c.tolerance("step_rel")?);
    }
    Ok(out)
}

/// E05: the cycle of a thermostat.
pub(super) fn thermostat<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let law = Law::Thermostat { on_below_k: c.get("T_on")?, off_above_k: c.get("T_off")? };
    let (nodes, sensor) = (vec![(0, 1.0)], vec![(0, 1.0)]);
    let heater = Heater { name: "heater".into(), nodes, sensor, power_w: c.get("P_heater")?, law };
    let (mut switched, mut before): (Vec<(f64, f64)>, f64) = (vec![], 0.0);
    let (capacity_j_per_k, emitting_m2, internal_w) = (c.get("C")?, c.get("eps")? * c.get("A")?, c.get("q_env")?);
    let network = lumped(&[Lump { capacity_j_per_k, emitting_m2, internal_w }], &[], 0.0);
    let start = 0.5 * (c.get("T_on")? + c.get("T_off")?);
    let steps = Stepping { longest_s: 200.0, ..stepping(Method::TrBdf2, 1e-3) };
    let rows = Rows::new(&network);
    let mut run = Transient::new(backend, &rows, network, vec![heater], Still, steps)?;
    let mut state = run.start(0.0, vec![start]);
    run.advance(&mut state, 4.0 * c.want("period")?, &mut |_: &Step<'_>, s| {
        if s.heaters[0].power_w != before {
            before = s.heaters[0].power_w;
            switched.push((s.time_s, before));
        }
        true
    })?;
    let last = |on: bool| {
        let mut spans = switched.windows(2).filter(|w| (w[0].1 > 0.0) == on).map(|w| w[1].0 - w[0].0);
        spans.next_back().unwrap_or(f64::NAN)
    };
    let (on, off, rel) = (last(true), last(false), c.tolerance("solver_rel")?);
    out.close("time on", on, c.want("t_on")?, rel);
    out.close("time off", off, c.want("t_off")?, rel);
    out.close("duty", on / (on + off), c.want("duty")?, rel);
    Ok(out)
}

fn through(g_w_per_k: f64, reference_k: f64) -> Internal {
    Internal { at_reference_w: 0.0, slope_w_per_k: -g_w_per_k, reference_k }
}

/// Value at depth x from those of cell centres, the face of cell 0 given.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "cells of a slab")]
pub(super) fn at_depth(cells: &[f64], cell: f64, face: f64, x: f64) -> f64 {
    let k = (x / cell - 0.5).floor().min(cells.len() as f64 - 2.0);
    if k < 0.0 {
        return face + (cells[0] - face) * x / (0.5 * cell);
    }
    let s = x / cell - 0.5 - k;
    cells[k as usize] + s * (cells[k as usize + 1] - cells[k as usize])
}

/// C02: a thick solid answers at its surface.
pub(super) fn thick<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (k, rho_cp, x, t) = (c.get("k")?, c.get("rho")? * c.get("cp")?, c.get("x")?, c.get("t")?);
    let length = 8.0 * (k / rho_cp * t).sqrt() + x;
    let (n, start) = (800, 300.0);
    let cell = length / 800.0;
    let mut network = slab(n, length, k, rho_cp);
    let half = 2.0 * k / cell;
    let kind = c.text("kind")?;
    match kind {
        "step" => network.internal[0] = through(half, start + 1.0),
        "flux" => network.internal[0].at_reference_w = 1e4,
        _ => network.internal[0] = through(1.0 / (1.0 / c.get("h")? + 1.0 / half), start + 1.0),
    }
    let end = run(backend, network, Still, stepping(Method::TrBdf2, 1e-6), (start, t))?;
    let rise: Vec<f64> = end.iter().map(|t| t - start).collect();
    let (face, scale) = match kind {
        "step" => (1.0, 1.0),
        "flux" => (rise[0] + 1e4 / half, 1e-4),
        _ => ((c.get("h")? + half * rise[0]) / (c.get("h")? + half), 1.0),
    };
    out.close(kind, scale * at_depth(&rise, cell, face, x), c.want("value")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C03: slab, cylinder and sphere cooled by convection: shells of unit radius, from 300 K to 200 K.
pub(super) fn convection<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, bi) = (Outcome::default(), c.get("Bi")?);
    let m = match c.text("geometry")? {
        "slab" => 0,
        "cylinder" => 1,
        _ => 2,
    };
    let n = 200_u16;
    let cell = 1.0 / f64::from(n);
    let volume = |r: f64| r.powi(m + 1) / f64::from(m + 1);
    let mut network = Network::new(n.into());
    for i in 0..n {
        let (inner, outer, node) = (f64::from(i) * cell, f64::from(i + 1) * cell, usize::from(i));
        network.capacity_j_per_k[node] = volume(outer) - volume(inner);
        if i + 1 < n {
            network.conductors.push(Conductor { a: node, b: node + 1, gl_w_per_k: outer.powi(m) / cell });
        }
    }
    let last = usize::from(n) - 1;
    network.internal[last] = through(1.0 / (1.0 / bi + 0.5 * cell), 200.0);
    let steps = Stepping { first_s: 1e-5, ..stepping(Method::TrBdf2, 1e-4) };
    let end = run(backend, network, Still, steps, (300.0, c.get("Fo")?))?;
    let theta = |k: usize| (end[k] - 200.0) / 100.0;
    let surface = theta(last) * (1.0 / bi) / (1.0 / bi + 0.5 * cell);
    out.near("centre", theta(0), c.want("theta_centre")?, c.tolerance("mesh_abs")?);
    out.near("surface", surface, c.want("theta_surface")?, c.tolerance("mesh_abs")?);
    Ok(out)
}

/// C11: a slab radiates; its emitting face is a node without capacity.
pub(super) fn radiating<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (start, k, length, rho_cp, n) = (300.0_f64, 10.0, 0.1, 2e6, 40);
    let cell = length / 40.0;
    let mut network = slab(n, length, k, rho_cp);
    network.node_count += 1;
    network.lattices.clear();
    network.capacity_j_per_k.push(0.0);
    network.internal.push(Internal::default());
    network.conductors.push(Conductor { a: n - 1, b: n, gl_w_per_k: 2.0 * k / cell });
    network.space_k = c.get("theta_sink")? * start;
    let area_m2 = c.get("N")? * k / (STEFAN_BOLTZMANN * start.powi(3) * length);
    network.faces = vec![Face { node: n, surface: 0, area_m2 }];
    network.surfaces = vec![plain(1.0)];
    let steps = Stepping { first_s: 0.01, ..stepping(Method::TrBdf2, 2e-3) };
    let until = c.get("Fo")? * length * length * rho_cp / k;
    let end = run(backend, network, Still, steps, (start, until))?;
    out.near("surface", end[n] / start, c.want("theta_surface")?, c.tolerance("mesh_abs")?);
    out.near("insulated", end[0] / start, c.want("theta_insulated")?, c.tolerance("mesh_abs")?);
    Ok(out)
}

/// C13: a solid at its melting point melts from a wall; latent heat spread over a tenth of a kelvin of 10 K.
pub(super) fn melting<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (n, wall, at, spread) = (200, 310.0, 300.0, 0.1);
    let mut network = slab(n, 1.0, 1.0, 1.0);
    network.internal[0] = through(400.0, wall);
    let e = 1e-3 * spread;
    let high = 1.0 + (wall - at) / c.get("Ste")? / (spread - e);
    let curve = Curve::new(&[(at, 1.0), (at + e, high), (at + spread - e, high), (at + spread, 1.0)])
        .map_err(|e| VerifyError::Data(e.to_string()))?;
    network.by_temperature.capacity = vec![(0..n, curve)];
    // Until the front should stand in the middle.
    let until = (0.25 / c.want("lambda_")?).powi(2);
    let steps = Stepping { first_s: 1e-6, longest_s: until / 200.0, ..stepping(Method::TrBdf2, 0.02) };
    let end = run(backend, network, Still, steps, (at, until))?;
    let front = end.iter().map(|t| ((t - at) / spread).clamp(0.0, 1.0)).sum::<f64>() / 200.0;
    out.close("front", front, 0.5, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// Heat of one node in parts of a cycle: the end of each part and its heat, W; linear between if `lines`.
struct Parts {
    node: usize,
    ends_s: Vec<f64>,
    heat_w: Vec<f64>,
    lines: bool,
}

impl Drive for Parts {
    fn apply(&self, time_s: f64, network: &mut Network) {
        let t = time_s.rem_euclid(self.ends_s[self.ends_s.len() - 1]);
        let k = self.ends_s.partition_point(|e| *e <= t).min(self.ends_s.len() - 1);
        let from = if k == 0 { 0.0 } else { self.ends_s[k - 1] };
        let share = if self.lines { (t - from) / (self.ends_s[k] - from) } else { 0.0 };
        let next = self.heat_w[(k + 1) % self.heat_w.len()];
        network.internal[self.node].at_reference_w = self.heat_w[k] + share * (next - self.heat_w[k]);
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        if self.lines {
            return f64::INFINITY;
        }
        let period = self.ends_s[self.ends_s.len() - 1];
        let turns = (after_s / period).floor() * period;
        let next = self.ends_s.iter().flat_map(|e| [turns + e, turns + period + e]);
        next.filter(|t| *t > after_s + 1e-9 * period).fold(f64::INFINITY, f64::min)
    }
}

/// `mean + amplitude cos(2π t / P)`.
pub(super) fn wave_at(time_s: f64, mean: f64, amplitude: f64, period_s: f64) -> f64 {
    mean + amplitude * (TAU * time_s / period_s).cos()
}

/// States of the cycle that repeats, step by step, the first at its beginning.
pub(super) fn cycle<B: Backend, D: Drive>(
    backend: &B,
    network: Network,
    drive: D,
    steps: Stepping,
    (period_s, tolerance_k, guess_k): (f64, f64, f64),
) -> Result<Vec<State>, VerifyError> {
    let (rows, n) = (Rows::new(&network), network.node_count);
    let mut run = Transient::new(backend, &rows, network, vec![], drive, steps)?;
    let settings = Settings { period_s, tolerance_k, most_cycles: 40, patience: 4 };
    let start = run.start(0.0, vec![guess_k; n]);
    let found = periodic(&mut run, start, settings, &mut |_| ())?;
    if !found.converged {
        return Err(VerifyError::Data(format!("no periodic state: {:?}", found.cycles)));
    }
    let mut state = run.start(0.0, found.state.node_k);
    let mut states = vec![state.clone()];
    run.advance(&mut state, period_s, &mut |_: &Step<'_>, s| {
        states.push(s.clone());
        true
    })?;
    Ok(states)
}

fn at(states: &[State], time_s: f64, node: usize) -> f64 {
    let far = |s: &&State| (s.time_s - time_s).abs();
    states.iter().min_by(|a, b| far(a).total_cmp(&far(b))).map_or(f64::NAN, |s| s.node_k[node])
}

/// E03: one node in sun and shade.
pub(super) fn one_node<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, period) = (Outcome::default(), c.want("period")?);
    let lit = period * (1.0 - c.want("eclipse_fraction")?);
    let (capacity_j_per_k, emitting_m2) = (c.get("C")?, c.get("eps")? * c.get("A_rad")?);
    let network = lumped(&[Lump { capacity_j_per_k, emitting_m2, internal_w: 0.0 }], &[], 0.0);
    let dark = c.get("Q_const")?;
    let drive = Parts { node: 0, ends_s: vec![lit, period], heat_w: vec![dark + c.get("Q_sun_when_lit")?, dark], lines: false };
    let states = cycle(backend, network, drive, stepping(Method::Esdirk4, 1e-5), (period, 2e-4, 250.0))?;
    let within = c.tolerance("solver_abs_K")?;
    out.near("end of eclipse", states[0].node_k[0], c.want("T_end_of_eclipse")?, within);
    out.near("end of sunlight", at(&states, lit, 0), c.want("T_end_of_sunlight")?, within);
    Ok(out)
}

/// E04: electronics and radiator.
pub(super) fn two_nodes<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, period) = (Outcome::default(), c.get("period")?);
    let lit = period - c.get("eclipse")?;
    let nodes = [
        Lump { capacity_j_per_k: c.get("C1")?, emitting_m2: 0.0, internal_w: c.get("Q")? },
        Lump { capacity_j_per_k: c.get("C2")?, emitting_m2: c.get("eps")? * c.get("A")?, internal_w: 0.0 },
    ];
    let network = lumped(&nodes, &[(0, 1, c.get("G")?)], 0.0);
    let dark = c.get("q_env")?;
    let drive = Parts { node: 1, ends_s: vec![lit, period], heat_w: vec![dark + c.get("q_sun")?, dark], lines: false };
    let states = cycle(backend, network, drive, stepping(Method::Esdirk4, 1e-5), (period, 2e-4, 280.0))?;
    for (node, name) in ["T1", "T2"].iter().enumerate() {
        let within = c.tolerance("solver_abs_K")?;
        out.near(format!("{name}, eclipse exit"), states[0].node_k[node], c.want(&format!("{name}_eclipse_exit"))?, within);
        out.near(format!("{name}, eclipse entry"), at(&states, lit, node), c.want(&format!("{name}_eclipse_entry"))?, within);
    }
    Ok(out)
}

/// Mean, amplitude and lag of values over a period, by trapezoids.
pub(super) fn harmonic(states: &[State], period: f64, value: impl Fn(&State) -> f64) -> (f64, f64, f64) {
    let integral = |f: &dyn Fn(&State) -> f64| -> f64 {
        states.windows(2).map(|w| 0.5 * (w[1].time_s - w[0].time_s) * (f(&w[0]) + f(&w[1]))).sum::<f64>() / period
    };
    let phase = |s: &State| TAU * s.time_s / period;
    let a = 2.0 * integral(&|s| value(s) * phase(s).cos());
    let b = 2.0 * integral(&|s| value(s) * phase(s).sin());
    (integral(&value), a.hypot(b), (b.atan2(a) / TAU * period).rem_euclid(period))
}

/// E06: a linear chain under a harmonic.
pub(super) fn chain<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, period) = (Outcome::default(), c.get("period")?);
    let lump = |capacity_j_per_k| Lump { capacity_j_per_k, emitting_m2: 0.0, internal_w: 0.0 };
    let nodes: Vec<Lump> = c.list("C")?.into_iter().map(lump).collect();
    let mut network = lumped(&nodes, &[(0, 1, c.get("G12")?), (1, 2, c.get("G23")?)], 0.0);
    network.internal[2] = through(c.get("G3_sink")?, c.get("T_sink")?);
    let (mean, amplitude) = (c.get("Q_mean")?, c.get("Q_amp")?);
    let drive = Smooth(|t: f64, n: &mut Network| n.internal[0].at_reference_w = wave_at(t, mean, amplitude, period));
    let steps = Stepping { longest_s: period / 400.0, ..stepping(Method::Esdirk4, 1e-5) };
    let states = cycle(backend, network, drive, steps, (period, 2e-4, 300.0))?;
    let rel = c.tolerance("solver_rel")?;
    for node in 0..3 {
        let (mean, amplitude, lag) = harmonic(&states, period, |s| s.node_k[node]);
        out.close(format!("mean of node {node}"), mean, c.wants("T_mean")?[node], rel);
        out.close(format!("amplitude of node {node}"), amplitude, c.wants("amplitude")?[node], rel);
        out.close(format!("lag of node {node}"), lag, c.wants("lag_s")?[node], rel);
    }
    Ok(out)
}

/// C12: a thermal wave runs into a solid; a deep one ends where it has fallen to a millionth.
pub(super) fn wave<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (k, rho_cp, period) = (c.get("k")?, c.get("rho")? * c.get("cp")?, c.get("period")?);
    let depth = (2.0 * (k / rho_cp) / (TAU / period)).sqrt();
    let finite = c.has("L");
    let length = if finite { c.get("L")? } else { 14.0 * depth };
    let n = 280;
    let cell = length / 280.0;
    let mut network = slab(n, length, k, rho_cp);
    let half = 2.0 * k / cell;
    network.internal[0] = through(half, 300.0);
    let face = |t: f64| wave_at(t, 300.0, 10.0, period);
    let drive = Smooth(|t: f64, n: &mut Network| n.internal[0].reference_k = face(t));
    let steps = Stepping { longest_s: period / 200.0, ..stepping(Method::Esdirk4, 1e-4) };
    let states = cycle(backend, network, drive, steps, (period, 2e-3, 300.0))?;
    let x = if finite { length - 0.5 * cell } else { c.get("x")? };
    let (_, amplitude, lag) = harmonic(&states, period, |s| at_depth(&s.node_k, cell, f64::NAN, x));
    let (_, flux, _) = harmonic(&states, period, |s| half * (face(s.time_s) - s.node_k[0]));
    waves(c, (amplitude, lag, flux))
}

/// What a wave of 10 K makes of itself inside, or at the far end of a finite solid: its amplitude, its lag and the amplitude of its flux.
pub(super) fn waves(c: &Case, (amplitude, lag, flux): (f64, f64, f64)) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let rel = c.tolerance("mesh_rel")?;
    let (ratio, late) = if c.has("L") { ("amplitude_ratio_back", "lag_back_s") } else { ("amplitude_ratio", "lag_s") };
    out.close("amplitude ratio", amplitude / 10.0, c.want(ratio)?, rel);
    // A lag of seconds in a period of hours: a tenth of a per mille of a step beside the relative part.
    out.near("lag", lag, c.want(late)?, rel * c.want(late)? + 0.05);
    out.close("flux", flux / 10.0, c.want("flux_amplitude_W_m2_K")?, rel);
    Ok(out)
}

/// The periodic state of one isothermal body: least, most, fourth-power mean. `absorbed_w` at `times_s` around the orbit,
/// sunlight apart from it, with the part of the Sun that is seen.
pub(super) struct Body<'a> {
    /// J/K, black area in m².
    pub capacity: f64,
    /// m².
    pub black_m2: f64,
    /// s.
    pub period_s: f64,
    /// Heat at a time, W.
    pub heat_w: &'a dyn Fn(f64) -> f64,
    /// When it jumps, s.
    pub jumps_s: Vec<f64>,
}

impl Drive for &Body<'_> {
    fn apply(&self, time_s: f64, network: &mut Network) {
        network.internal[0].at_reference_w = (self.heat_w)(time_s.rem_euclid(self.period_s));
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let turns = (after_s / self.period_s).floor() * self.period_s;
        let all = self.jumps_s.iter().flat_map(|e| [turns + e, turns + self.period_s + e]);
        all.filter(|t| *t > after_s + 1e-9 * self.period_s).fold(f64::INFINITY, f64::min)
    }
}

impl Body<'_> {
    /// Temperatures at the ends of the steps of the repeating orbit: times and values.
    pub(super) fn orbit_k<B: Backend>(&self, backend: &B) -> Result<Vec<(f64, f64)>, VerifyError> {
        let lump = Lump { capacity_j_per_k: self.capacity, emitting_m2: self.black_m2, internal_w: 0.0 };
        let network = lumped(&[lump], &[], 0.0);
        let steps = Stepping { longest_s: self.period_s / 400.0, ..stepping(Method::Esdirk4, 1e-4) };
        let states = cycle(backend, network, self, steps, (self.period_s, 1e-3, 270.0))?;
        Ok(states.iter().map(|s| (s.time_s, s.node_k[0])).collect())
    }
}

/// C09-T3: a bar whose one end follows a sine from rest, the other held.
pub(super) fn nafems_t3<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, length, zero) = (Outcome::default(), c.get("L")?, 273.15);
    let (n, k) = (200, c.get("k")?);
    let cell = length / 200.0;
    let mut network = slab(n, length, k, c.get("rho")? * c.get("cp")?);
    network.internal[0] = through(2.0 * k / cell, zero);
    network.internal[n - 1] = through(2.0 * k / cell, zero);
    let drive = Smooth(|t: f64, network: &mut Network| {
        network.internal[n - 1].reference_k = zero + 100.0 * (PI * t / 40.0).sin();
    });
    let steps = Stepping { first_s: 0.01, ..stepping(Method::TrBdf2, 1e-4) };
    let end = run(backend, network, drive, steps, (zero, c.get("t")?))?;
    let at = |x: f64| at_depth(&end, cell, zero, x) - zero;
    let within = c.tolerance("mesh_abs")?;
    out.near("published", at(c.get("x")?), c.want("target_published")?, c.tolerance("published_abs")?);
    out.near("T at the point", at(c.get("x")?), c.want("exact")?, within);
    out.near("T in the middle", at(0.5 * length), c.want("exact_mid_x_0_05")?, within);
    Ok(out)
}

/// C14-2: `T = 1 + e^(−t) cos πx` between insulated ends, orders in space and in time.
///
/// On even cells `cos πx` at their centres is an eigenvector of conduction, to `λ = (2/h)² sin²(πh/2)` instead of π². So the
/// cells' own answer in exact time is `1 + a cos πx`, `a' = −λ a + (π² − 1) e^(−t)`, from which the error in time is taken.
pub(super) fn decaying<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (start, scale) = (300.0, 100.0);
    let wave = |n: usize, i: usize| {
        #[expect(clippy::cast_precision_loss, reason = "cells of a slab are few")]
        let x = (i as f64 + 0.5) / n as f64;
        (PI * x).cos()
    };
    // Largest error of n cells at 1 s, if the answer then is 1 + a cos πx.
    let error = |n: usize, steps: Stepping, a: f64| -> Result<f64, VerifyError> {
        let exact = |a: f64| (0..n).map(|i| start + scale * (1.0 + a * wave(n, i))).collect::<Vec<f64>>();
        let cell = slab(n, 1.0, 1.0, 1.0).capacity_j_per_k[0];
        let drive = Smooth(|t: f64, network: &mut Network| {
            let q = (PI * PI - 1.0) * (-t).exp() * scale * cell;
            network.internal.iter_mut().enumerate().for_each(|(i, heat)| heat.at_reference_w = q * wave(n, i));
        });
        let end = run_from(backend, slab(n, 1.0, 1.0, 1.0), drive, steps, (exact(1.0), 1.0))?;
        Ok(end.iter().zip(exact(a)).map(|(t, e)| (t - e).abs() / scale).fold(0.0, f64::max))
    };
    let mut space = vec![];
    for n in [16_u32, 32, 64] {
        let steps = Stepping { fixed_s: Some(1.0 / 64.0), ..stepping(Method::Esdirk4, 1e-6) };
        space.push((1.0 / f64::from(n), error(n as usize, steps, (-1.0_f64).exp())?));
    }
    out.order("largest error of T by cells", space, c.want("order_space")?);
    let n = 32_u32;
    let lambda = (2.0 * f64::from(n) * (0.5 * PI / f64::from(n)).sin()).powi(2);
    let forced = (PI * PI - 1.0) / (lambda - 1.0);
    let a = forced * (-1.0_f64).exp() + (1.0 - forced) * (-lambda).exp();
    let mut time = vec![];
    for parts in [8.0, 16.0, 32.0] {
        let steps = Stepping { fixed_s: Some(1.0 / parts), ..stepping(Method::TrBdf2, 1e-6) };
        time.push((1.0 / parts, error(n as usize, steps, a)?));
    }
    out.order("largest error of T by steps", time, c.want("order_time")?);
    Ok(out)
}
