//! Periodic states: reference cases, and a satellite whose slowest mode takes two hundred orbits.

use crate::support::verified;
use thermsolve::backend::Cpu;
use thermsolve::network::Network;
use thermsolve::solve::Rows;
use thermsolve::solve::periodic::{Search, Settings, periodic};
use thermsolve::solve::transient::{Drive, State, Step, Stepping, Transient};
use thermsolve::verify::networks::{Lump, lumped};

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

fn find<D: Drive>(network: Network, drive: D, stepping: Stepping, settings: Settings, start_k: Vec<f64>) -> (Search, Vec<State>) {
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

fn settings(period_s: f64, tolerance_k: f64) -> Settings {
    Settings { period_s, tolerance_k, most_cycles: 60, patience: 4 }
}

#[test]
fn cases_around_a_cycle() {
    // One and two nodes in orbit, a linear chain, waves into solids, a lone sphere and a heated cube around the Earth.
    verified("C12,E03,E04,E06", 13);
    verified("G15,G17-b0,G17-b60", 3);
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
