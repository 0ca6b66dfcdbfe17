//! Periodic states: C12, E03, E04, E06, and a satellite whose slowest mode takes two hundred orbits.

use super::transient::{Lump, lumped, slab};
use crate::support::{cases, near};
use std::f64::consts::TAU;
use thermsolve::backend::Cpu;
use thermsolve::network::{Internal, Network};
use thermsolve::solve::Rows;
use thermsolve::solve::method::Method;
use thermsolve::solve::periodic::{Periodic, Settings, periodic};
use thermsolve::solve::transient::{Drive, State, Step, Stepping, Transient};

/// Heat of one node: `lit_w` in sunlight, from the end of the eclipse at 0 to `lit_s`, then nothing until the period is over.
struct Eclipse {
    node: usize,
    constant_w: f64,
    lit_w: f64,
    lit_s: f64,
    period_s: f64,
}

impl Drive for Eclipse {
    fn apply(&self, time_s: f64, network: &mut Network) {
        let lit = time_s.rem_euclid(self.period_s) < self.lit_s;
        network.internal[self.node].at_reference_w = self.constant_w + if lit { self.lit_w } else { 0.0 };
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let turns = (after_s / self.period_s).floor() * self.period_s;
        [self.lit_s, self.period_s, self.period_s + self.lit_s]
            .iter()
            .map(|e| turns + e)
            .find(|t| *t > after_s + 1e-9 * self.period_s)
            .unwrap()
    }
}

fn find<D: Drive>(
    network: Network,
    drive: D,
    stepping: Stepping,
    settings: Settings,
    start_k: Vec<f64>,
) -> (Periodic, Vec<State>) {
    let rows = Rows::new(&network);
    let backend = Cpu::<f64>::new();
    let mut run = Transient::new(&backend, &rows, network, vec![], drive, stepping).unwrap();
    let start = run.start(0.0, start_k);
    let found = periodic(&mut run, start, settings, &mut |_| ()).unwrap();
    assert!(found.converged, "{:?}", found.cycles);
    // One more cycle, to be looked at.
    let mut state = run.start(0.0, found.state.node_k.clone());
    let mut states = vec![state.clone()];
    run.advance(&mut state, settings.period_s, &mut |_: &Step<'_>, s| {
        states.push(s.clone());
        true
    })
    .unwrap();
    (found, states)
}

fn at(states: &[State], time_s: f64) -> &State {
    states.iter().min_by(|a, b| (a.time_s - time_s).abs().total_cmp(&(b.time_s - time_s).abs())).unwrap()
}

fn settings(period_s: f64, tolerance_k: f64) -> Settings {
    Settings { period_s, tolerance_k, most_cycles: 60, patience: 4 }
}

const TIGHT: Stepping =
    Stepping { method: Method::Esdirk4, tolerance_k: 1e-5, first_s: 1.0, longest_s: f64::INFINITY, fixed_s: None };

#[test]
fn one_node_in_orbit() {
    for c in cases("E03") {
        let (period, eclipse) = (c.want("period"), c.want("eclipse_fraction"));
        let lit_s = period * (1.0 - eclipse);
        let lump = Lump { capacity_j_per_k: c.get("C"), emitting_m2: c.get("eps") * c.get("A_rad"), internal_w: 0.0 };
        let drive = Eclipse { node: 0, constant_w: c.get("Q_const"), lit_w: c.get("Q_sun_when_lit"), lit_s, period_s: period };
        let (found, states) = find(lumped(&[lump], &[], 0.0), drive, TIGHT, settings(period, 1e-4), vec![250.0]);
        near(&format!("{} end of eclipse", c.id), states[0].node_k[0], c.want("T_end_of_eclipse"), c.tol("solver_abs_K"));
        let sunset = at(&states, lit_s);
        assert_eq!(sunset.time_s, lit_s, "a step ends where the eclipse begins");
        near(&format!("{} end of sunlight", c.id), sunset.node_k[0], c.want("T_end_of_sunlight"), c.tol("solver_abs_K"));
        println!("{}: {} cycles", c.id, found.cycles.len());
    }
}

#[test]
fn two_nodes_in_orbit() {
    for c in cases("E04") {
        let (period, lit_s) = (c.get("period"), c.get("period") - c.get("eclipse"));
        let nodes = [
            Lump { capacity_j_per_k: c.get("C1"), emitting_m2: 0.0, internal_w: c.get("Q") },
            Lump { capacity_j_per_k: c.get("C2"), emitting_m2: c.get("eps") * c.get("A"), internal_w: 0.0 },
        ];
        let drive = Eclipse { node: 1, constant_w: c.get("q_env"), lit_w: c.get("q_sun"), lit_s, period_s: period };
        let network = lumped(&nodes, &[(0, 1, c.get("G"))], 0.0);
        let (_, states) = find(network, drive, TIGHT, settings(period, 1e-4), vec![280.0; 2]);
        let sunset = at(&states, lit_s);
        for (what, state, keys) in [
            ("exit", &states[0], ["T1_eclipse_exit", "T2_eclipse_exit"]),
            ("entry", sunset, ["T1_eclipse_entry", "T2_eclipse_entry"]),
        ] {
            for (node, key) in keys.iter().enumerate() {
                near(&format!("{} {what}", c.id), state.node_k[node], c.want(key), c.tol("solver_abs_K"));
            }
        }
    }
}

/// `mean + amplitude · cos(2π t / P)` as heat of one node, or as the temperature that a conductance holds it to.
struct Wave {
    mean: f64,
    amplitude: f64,
    period_s: f64,
    temperature: bool,
}

impl Drive for Wave {
    fn apply(&self, time_s: f64, network: &mut Network) {
        let value = self.mean + self.amplitude * (TAU * time_s / self.period_s).cos();
        if self.temperature { network.internal[0].reference_k = value } else { network.internal[0].at_reference_w = value }
    }
    fn next_event_s(&self, _: f64) -> f64 {
        f64::INFINITY
    }
}

/// Mean, amplitude and lag of values over one period by trapezoids over uneven times.
fn harmonic(times: &[f64], values: &[f64], period: f64) -> (f64, f64, f64) {
    let integral = |f: &dyn Fn(usize) -> f64| -> f64 {
        (1..times.len()).map(|k| 0.5 * (times[k] - times[k - 1]) * (f(k) + f(k - 1))).sum::<f64>() / period
    };
    let mean = integral(&|k| values[k]);
    let a = 2.0 * integral(&|k| values[k] * (TAU * times[k] / period).cos());
    let b = 2.0 * integral(&|k| values[k] * (TAU * times[k] / period).sin());
    (mean, a.hypot(b), (b.atan2(a) / TAU * period).rem_euclid(period))
}

#[test]
fn a_linear_chain_follows_a_harmonic() {
    for c in cases("E06") {
        let capacity = c.list("C");
        let nodes: Vec<Lump> =
            capacity.iter().map(|c| Lump { capacity_j_per_k: *c, emitting_m2: 0.0, internal_w: 0.0 }).collect();
        let mut network = lumped(&nodes, &[(0, 1, c.get("G12")), (1, 2, c.get("G23"))], 0.0);
        network.internal[2] = Internal { at_reference_w: 0.0, slope_w_per_k: -c.get("G3_sink"), reference_k: c.get("T_sink") };
        let period = c.get("period");
        let drive = Wave { mean: c.get("Q_mean"), amplitude: c.get("Q_amp"), period_s: period, temperature: false };
        let stepping = Stepping { longest_s: period / 400.0, ..TIGHT };
        let (_, states) = find(network, drive, stepping, settings(period, 1e-4), vec![300.0; 3]);
        let times: Vec<f64> = states.iter().map(|s| s.time_s).collect();
        let want = |key: &str, k: usize| c.expected[key].as_array().unwrap()[k].as_float().unwrap();
        for node in 0..3 {
            let values: Vec<f64> = states.iter().map(|s| s.node_k[node]).collect();
            let (mean, amplitude, lag) = harmonic(&times, &values, period);
            let within = |x: f64| c.tol("solver_rel") * x;
            near(&format!("mean {node}"), mean, want("T_mean", node), within(want("T_mean", node)));
            near(&format!("amplitude {node}"), amplitude, want("amplitude", node), within(want("amplitude", node)));
            near(&format!("lag {node}"), lag, want("lag_s", node), within(want("lag_s", node)));
        }
    }
}

#[test]
fn a_wave_runs_into_a_solid() {
    for c in cases("C12") {
        let (k, rho_cp, period) = (c.get("k"), c.get("rho") * c.get("cp"), c.get("period"));
        let finite = c.inputs.contains_key("L");
        // A deep solid ends where the wave has fallen to a millionth.
        let depth = (2.0 * (k / rho_cp) / (TAU / period)).sqrt();
        let length = if finite { c.get("L") } else { 14.0 * depth };
        let n = 280;
        let cell = length / n as f64;
        let mut network = slab(n, length, k, rho_cp);
        let half = 2.0 * k / cell;
        network.internal[0] = Internal { at_reference_w: 0.0, slope_w_per_k: -half, reference_k: 300.0 };
        let drive = Wave { mean: 300.0, amplitude: 10.0, period_s: period, temperature: true };
        let stepping = Stepping { longest_s: period / 200.0, tolerance_k: 1e-4, ..TIGHT };
        let (found, states) = find(network, drive, stepping, settings(period, 2e-3), vec![300.0; n]);
        let times: Vec<f64> = states.iter().map(|s| s.time_s).collect();
        let wave = |f: &dyn Fn(&State) -> f64| harmonic(&times, &states.iter().map(f).collect::<Vec<_>>(), period);
        let x = if finite { length - 0.5 * cell } else { c.get("x") };
        let place = (x / cell - 0.5).floor().min((n - 2) as f64);
        let (i, s) = (place as usize, x / cell - 0.5 - place);
        let (_, amplitude, lag) = wave(&|state| state.node_k[i] + s * (state.node_k[i + 1] - state.node_k[i]));
        let (ratio, lag_key) = if finite { ("amplitude_ratio_back", "lag_back_s") } else { ("amplitude_ratio", "lag_s") };
        let rel = c.tol("mesh_rel");
        near(&format!("{} ratio", c.id), amplitude / 10.0, c.want(ratio), rel * c.want(ratio));
        near(&format!("{} lag", c.id), lag, c.want(lag_key), rel * c.want(lag_key) + 0.05);
        let (_, flux, _) = wave(&|s| half * (300.0 + 10.0 * (TAU * s.time_s / period).cos() - s.node_k[0]));
        near(&format!("{} flux", c.id), flux / 10.0, c.want("flux_amplitude_W_m2_K"), rel * c.want("flux_amplitude_W_m2_K"));
        println!("{}: {} cycles", c.id, found.cycles.len());
    }
}

/// Sixty-six nodes: an outer box in sun and shade, two insulated masses behind it and a chain; slow modes of about 200, 40, 15
/// orbits.
fn insulated_satellite() -> Network {
    let mut nodes = vec![Lump { capacity_j_per_k: 2_000.0, emitting_m2: 0.05, internal_w: 1.0 }; 64];
    nodes.push(Lump { capacity_j_per_k: 60_000.0, emitting_m2: 0.0, internal_w: 0.4 });
    nodes.push(Lump { capacity_j_per_k: 30_000.0, emitting_m2: 0.0, internal_w: 1.0 });
    let mut conductors: Vec<(usize, usize, f64)> = (0..63).map(|k| (k, k + 1, 2.0)).collect();
    conductors.extend([(63, 64, 0.05), (20, 65, 0.12)]);
    lumped(&nodes, &conductors, 0.0)
}

/// Marches so many orbits; returns the temperatures at the end.
fn marched(network: Network, drive: Eclipse, stepping: Stepping, start_k: Vec<f64>, orbits: u32) -> Vec<f64> {
    let (rows, backend, period) = (Rows::new(&network), Cpu::<f64>::new(), drive.period_s);
    let mut run = Transient::new(&backend, &rows, network, vec![], drive, stepping).unwrap();
    let mut state = run.start(0.0, start_k);
    run.advance(&mut state, f64::from(orbits) * period, &mut |_, _| true).unwrap();
    state.node_k
}

#[test]
fn slow_modes_need_few_orbits() {
    let period = 5700.0;
    let drive = || Eclipse { node: 10, constant_w: 30.0, lit_w: 900.0, lit_s: 0.64 * period, period_s: period };
    let stepping = Stepping { tolerance_k: 1e-3, ..Stepping::default() };
    let network = insulated_satellite();
    let largest = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let (found, _) = find(network.clone(), drive(), stepping, settings(period, 0.01), vec![290.0; 66]);
    // Marching from what was found must stay there: the slowest mode would show within its two hundred orbits.
    let later = marched(network.clone(), drive(), stepping, found.state.node_k.clone(), 300);
    let apart = largest(&found.state.node_k, &later);
    let used = found.cycles.len() + found.newton_cycles;
    println!("{used} cycles from 290 K, {apart:.1e} K from where 300 more lead; {:?}", found.cycles);
    assert!(apart < 0.01, "{apart}");
    assert!(used <= 12, "{used}");
    // Newton's method on the cycle map leads there too.
    let newton = Settings { patience: 0, ..settings(period, 0.01) };
    let (by_newton, _) = find(network.clone(), drive(), stepping, newton, vec![290.0; 66]);
    println!("by Newton: {} cycles and {} products", by_newton.cycles.len(), by_newton.newton_cycles);
    assert!(by_newton.newton_cycles > 0 && largest(&by_newton.state.node_k, &later) < 0.01);
    // The customary rule stops on a drift of 0.05 K in an orbit, far away.
    let mut marching = vec![290.0; 66];
    let (mut orbits, mut drift, mut before) = (0, 1.0, 1.0);
    while drift > 0.05 {
        let next = marched(network.clone(), drive(), stepping, marching.clone(), 1);
        (before, drift) = (drift, largest(&marching, &next));
        marching = next;
        orbits += 1;
    }
    let off = largest(&marching, &later);
    let slowest = -1.0 / (drift / before).ln();
    println!("marching: {orbits} orbits to a drift of 0.05 K, {off:.2} K away; slowest mode {slowest:.0} orbits");
    assert!(off > 1.0 && orbits > 100 && slowest > 200.0, "{orbits} orbits, {off} K, {slowest} orbits");
}
