//! Temperatures in time: reference cases, order of accuracy, dense output, closed loops, properties by temperature.

use crate::support::{near, verified};
use thermsolve::backend::{Backend, Cpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::model::curve::Curve;
use thermsolve::network::{Coolant, FilmLink, Internal, Network};
use thermsolve::solve::Rows;
use thermsolve::solve::control::{Heater, Law};
use thermsolve::solve::method::Method;
use thermsolve::solve::steady::{Settings, steady};
use thermsolve::solve::transient::{Drive, State, Step, Stepping, Still, Transient};
use thermsolve::verify::networks::{Lump, lumped, slab};

fn run_on<B: Backend, D: Drive>(
    backend: &B,
    network: Network,
    heaters: Vec<Heater>,
    drive: D,
    stepping: Stepping,
    (start_k, until_s): (Vec<f64>, f64),
    see: &mut dyn FnMut(&Step<'_>, &State) -> bool,
) -> State {
    let rows = Rows::new(&network);
    let mut run = Transient::new(backend, &rows, network, heaters, drive, stepping).unwrap();
    let mut state = run.start(0.0, start_k);
    run.advance(&mut state, until_s, see).unwrap();
    state
}

fn run(network: Network, stepping: Stepping, start_k: Vec<f64>, until_s: f64) -> State {
    run_on(&Cpu::<f64>::new(), network, vec![], Still, stepping, (start_k, until_s), &mut |_, _| true)
}

fn adaptive(tolerance_k: f64) -> Stepping {
    Stepping { tolerance_k, ..Stepping::default() }
}

#[test]
fn cases_in_time() {
    // Spheres that cool, chains, thermostats; thick solids, convection, a radiating slab, melting.
    verified("E01,E05,E07", 16);
    verified("C02,C03,C11,C13", 69);
}

/// Order from errors of halved steps.
fn order(errors: &[f64]) -> f64 {
    (errors[errors.len() - 2] / errors[errors.len() - 1]).log2()
}

#[test]
fn order_in_time() {
    // E01's closed form to 0 K: T = (T0⁻³ + 3 ε σ A t / C)^(-1/3).
    let (t0, capacity, area, until) = (300.0_f64, 1000.0, 0.5, 2000.0);
    let exact = (t0.powi(-3) + 3.0 * STEFAN_BOLTZMANN * area * until / capacity).powf(-1.0 / 3.0);
    for (method, want, coarsest) in [(Method::TrBdf2, 2.0, 8.0), (Method::Esdirk4, 4.0, 32.0)] {
        let errors: Vec<f64> = [coarsest, 2.0 * coarsest, 4.0 * coarsest]
            .map(|n| {
                let stepping = Stepping { method, fixed_s: Some(until / n), tolerance_k: 1e-9, ..Stepping::default() };
                let lump = Lump { capacity_j_per_k: capacity, emitting_m2: area, internal_w: 0.0 };
                (run(lumped(&[lump], &[], 0.0), stepping, vec![t0], until).node_k[0] - exact).abs()
            })
            .to_vec();
        println!("{method:?}: errors {errors:?} K, observed order {:.2}", order(&errors));
        near(&format!("order of {method:?}"), order(&errors), want, 0.25);
    }
}

/// A body whose capacity grows as `C0 (1 + b t)`, on a conductance to a boundary that grows as `g (1 + c t)`.
struct Growing {
    capacity: (f64, f64),
    gl: (f64, f64),
}

impl Growing {
    fn network(&self, sink_k: f64) -> Network {
        let mut network = Network::new(2);
        network.capacity_j_per_k[0] = self.capacity.0;
        network.varying = vec![Conductor { a: 0, b: 1, gl_w_per_k: self.gl.0 }];
        network.held = vec![(1, sink_k)];
        network
    }
}

impl Drive for Growing {
    fn apply(&self, time_s: f64, network: &mut Network) {
        network.capacity_j_per_k[0] = self.capacity.0 * (1.0 + self.capacity.1 * time_s);
        network.varying[0].gl_w_per_k = self.gl.0 * (1.0 + self.gl.1 * time_s);
    }
    fn next_event_s(&self, _: f64) -> f64 {
        f64::INFINITY
    }
}

#[test]
fn order_with_capacity_and_conductance_in_time() {
    // T = Ts + (T0 − Ts) exp(−g/C0 (c t/b + (1 − c/b) ln(1 + b t)/b)).
    let (c0, b, g, c, start, sink, until) = (1000.0, 4e-3, 2.0, 1e-2, 400.0, 250.0, 1000.0_f64);
    let exact = |t: f64| sink + (start - sink) * (-g / c0 * (c * t / b + (1.0 - c / b) * (b * t).ln_1p() / b)).exp();
    for (method, want, coarsest) in [(Method::TrBdf2, 2.0, 32.0), (Method::Esdirk4, 4.0, 32.0)] {
        let (mut errors, mut within) = (vec![], vec![]);
        for n in [coarsest, 2.0 * coarsest, 4.0 * coarsest] {
            let drive = Growing { capacity: (c0, b), gl: (g, c) };
            let stepping = Stepping { method, fixed_s: Some(until / n), tolerance_k: 1e-9, ..Stepping::default() };
            let (mut worst, start_k) = (0.0_f64, vec![start, sink]);
            let network = drive.network(sink);
            let end = run_on(&Cpu::<f64>::new(), network, vec![], drive, stepping, (start_k, until), &mut |step, _| {
                let middle = 0.5 * (step.span_s.0 + step.span_s.1);
                worst = worst.max((step.at(0, middle) - exact(middle)).abs());
                true
            });
            errors.push((end.node_k[0] - exact(until)).abs());
            within.push(worst);
        }
        println!("{method:?}: errors {errors:?} K, observed order {:.2}", order(&errors));
        println!("within steps: errors {within:?} K, observed order {:.2}", order(&within));
        assert!(order(&within) > want - 0.5, "{within:?}");
        near(&format!("order of {method:?}"), order(&errors), want, 0.25);
    }
}

#[test]
fn capacity_in_time_and_by_temperature() {
    // C0 (1 + b t) T/300 K dT/dt = Q: T² = T0² + 600 K Q/(C0 b) ln(1 + b t).
    let (c0, b, q, start, until) = (1000.0, 4e-3, 300.0, 200.0_f64, 1000.0);
    let drive = Growing { capacity: (c0, b), gl: (0.0, 0.0) };
    let mut network = drive.network(300.0);
    network.by_temperature.capacity = vec![(0..1, Curve::new(&[(100.0, 1.0 / 3.0), (900.0, 3.0)]).unwrap())];
    network.internal[0].at_reference_w = q;
    let stepping = Stepping { method: Method::Esdirk4, ..adaptive(1e-5) };
    let end = run_on(&Cpu::<f64>::new(), network, vec![], drive, stepping, (vec![start, 300.0], until), &mut |_, _| true);
    let exact = (start * start + 600.0 * q / (c0 * b) * (b * until).ln_1p()).sqrt();
    near("end", end.node_k[0], exact, 1e-3);
}

/// The emissivity of a plate in three parts of time, and infrared that it absorbs by it.
struct Steps {
    infrared_w_m2: f64,
}

const STEPS: [(f64, f64); 3] = [(0.0, 0.8), (500.0, 0.2), (1200.0, 0.95)];

impl Drive for Steps {
    fn apply(&self, time_s: f64, network: &mut Network) {
        let (_, emissivity) = STEPS.into_iter().rfind(|s| s.0 <= time_s).unwrap();
        network.surfaces[0].planet_ir_w_m2 = emissivity * self.infrared_w_m2;
        network.by_temperature.emissivity[0].2 = emissivity;
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        STEPS.into_iter().map(|s| s.0).find(|t| *t > after_s).unwrap_or(f64::INFINITY)
    }
}

#[test]
fn an_emissivity_that_steps_in_time() {
    // E01's closed form in each part, to 0 K: T⁻³ grows by 3 ε σ A Δt / C.
    let (start, capacity, area, until) = (330.0_f64, 2000.0, 0.7, 2000.0);
    let mut plate = lumped(&[Lump { capacity_j_per_k: capacity, emitting_m2: area, internal_w: 0.0 }], &[], 0.0);
    plate.surfaces[0].emissivity = 0.8;
    plate.by_temperature.emissivity = vec![(0..1, Curve::one(), 0.8)];
    let follow = |infrared_w_m2: f64| {
        let (stepping, mut seen) = (Stepping { method: Method::Esdirk4, ..adaptive(1e-6) }, vec![]);
        let (network, drive) = (plate.clone(), Steps { infrared_w_m2 });
        run_on(&Cpu::<f64>::new(), network, vec![], drive, stepping, (vec![start], until), &mut |step, _| {
            seen.push((step.span_s.1, step.node_k.1[0]));
            true
        });
        seen
    };
    for (t, got) in follow(0.0) {
        let spent = |k: usize| (STEPS.get(k + 1).map_or(until, |s| s.0).min(t) - STEPS[k].0).max(0.0);
        let integral: f64 = (0..3).map(|k| STEPS[k].1 * spent(k)).sum();
        let exact = (start.powi(-3) + 3.0 * STEFAN_BOLTZMANN * area * integral / capacity).powf(-1.0 / 3.0);
        near(&format!("{t} s"), got, exact, 1e-4);
    }
    // Under infrared of its own temperature it stays there, whatever its emissivity does.
    for (t, got) in follow(STEFAN_BOLTZMANN * start.powi(4)) {
        near(&format!("in balance at {t} s"), got, start, 1e-6);
    }
}

#[test]
fn a_sampled_controller_holds_its_set_point() {
    // P alone leaves an error of Q/(K_p + G): with the sink at 250 K by 2 W/K and 20 W/K of gain the balance is exact.
    let mut network = lumped(&[Lump { capacity_j_per_k: 400.0, emitting_m2: 0.0, internal_w: 0.0 }], &[], 0.0);
    network.internal[0] = Internal { at_reference_w: 0.0, slope_w_per_k: -2.0, reference_k: 250.0 };
    let heater = |integral: f64| Heater {
        name: "heater".into(),
        nodes: vec![(0, 1.0)],
        sensor: vec![(0, 1.0)],
        power_w: 200.0,
        law: Law::Pid { set_k: 293.15, proportional: 20.0, integral, derivative: 0.0, sample_s: 2.0 },
    };
    let end = |integral: f64| {
        let (h, network) = (heater(integral), network.clone());
        run_on(&Cpu::<f64>::new(), network, vec![h], Still, adaptive(1e-3), (vec![260.0], 3000.0), &mut |_, _| true)
    };
    near("proportional", end(0.0).node_k[0], (20.0 * 293.15 + 2.0 * 250.0) / 22.0, 1e-3);
    let with = end(0.2);
    near("proportional and integral", with.node_k[0], 293.15, 1e-3);
    near("its power", with.heaters[0].power_w, 2.0 * (293.15 - 250.0), 1e-2);
}

#[test]
fn dense_output() {
    // In the middle of steps of a cooling node the cubic keeps to the closed form to fourth order.
    let (t0, capacity, area) = (300.0_f64, 1000.0, 0.5);
    let exact = |t: f64| (t0.powi(-3) + 3.0 * STEFAN_BOLTZMANN * area * t / capacity).powf(-1.0 / 3.0);
    let lump = Lump { capacity_j_per_k: capacity, emitting_m2: area, internal_w: 0.0 };
    let stepping = Stepping { method: Method::Esdirk4, tolerance_k: 1e-7, ..Stepping::default() };
    let errors: Vec<f64> = [100.0, 50.0]
        .map(|h| {
            let mut worst = 0.0_f64;
            run_on(
                &Cpu::<f64>::new(),
                lumped(&[lump], &[], 0.0),
                vec![],
                Still,
                Stepping { fixed_s: Some(h), ..stepping },
                (vec![t0], 2000.0),
                &mut |step, _| {
                    let middle = 0.5 * (step.span_s.0 + step.span_s.1);
                    worst = worst.max((step.at(0, middle) - exact(middle)).abs());
                    true
                },
            );
            worst
        })
        .to_vec();
    println!("dense output: errors {errors:?} K, order {:.2}", order(&errors));
    assert!(errors[0] < 0.01 && order(&errors) > 3.5, "{errors:?}");
}

/// A rack that heats a coolant, which a radiating wall cools.
fn closed_loop() -> Network {
    let mut network = lumped(
        &[
            Lump { capacity_j_per_k: 2e4, emitting_m2: 0.0, internal_w: 1000.0 },
            Lump { capacity_j_per_k: 500.0, emitting_m2: 1.0, internal_w: 0.0 },
            Lump { capacity_j_per_k: 500.0, emitting_m2: 1.2, internal_w: 0.0 },
        ],
        &[(1, 2, 0.5)],
        0.0,
    );
    let links =
        [(0, 1, 80.0), (1, 2, 60.0)].map(|(segment, node, gl_w_per_k)| FilmLink { channel: 0, segment, node, gl_w_per_k });
    network.coolant = Coolant {
        inlet_node: Some(0),
        inlet_k: f64::NAN,
        capacity_rate_w_per_k: 50.0,
        channels: 1,
        segments: 2,
        links: links.into(),
    };
    network
}

#[test]
fn a_closed_loop_keeps_its_heat() {
    let network = closed_loop();
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 100, residual: None };
    let found = steady(&Cpu::<f64>::new(), &network, vec![300.0; 3], settings, &|_| ()).unwrap();
    // All that the rack dissipates leaves by radiation; the coolant's step is Q over its flow.
    let emitted: f64 = [(1, 1.0), (2, 1.2)].iter().map(|(i, a)| a * STEFAN_BOLTZMANN * found.node_k[*i].powi(4)).sum();
    near("emitted", emitted, 1000.0, 1e-6);
    near("step", found.coolant_k[0] - found.coolant_k[2], 1000.0 / 50.0, 1e-7);
    assert!(found.convergence.balance < 1e-9, "{:?}", found.convergence);
    // In time: what the nodes store is what the rack gives less what they emit, step by step.
    let (mut energy, mut stored) = (0.0, 0.0);
    let capacity = network.capacity_j_per_k.clone();
    let end = run_on(
        &Cpu::<f64>::new(),
        network,
        vec![],
        Still,
        Stepping { method: Method::Esdirk4, ..adaptive(1e-5) },
        (vec![280.0; 3], 20_000.0),
        &mut |step, _| {
            let (a, b) = step.span_s;
            let emitted =
                |t: f64| -> f64 { [(1, 1.0), (2, 1.2)].iter().map(|(i, f)| f * STEFAN_BOLTZMANN * step.at(*i, t).powi(4)).sum() };
            // Simpson.
            energy += (b - a) * (1000.0 - (emitted(a) + 4.0 * emitted(0.5 * (a + b)) + emitted(b)) / 6.0);
            stored += (0..3).map(|i| capacity[i] * (step.node_k.1[i] - step.node_k.0[i])).sum::<f64>();
            true
        },
    );
    near("energy", stored, energy, 1e-5 * energy);
    near("it ends in the steady state", end.node_k[0], found.node_k[0], 0.01);
}

#[test]
fn conductivity_and_emissivity_follow_temperature() {
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 200, residual: None };
    // k = k0 (1 + b T): in a slab between 200 K and 400 K the integral of k is linear in x (Kirchhoff).
    let (n, k0, b, cold, hot) = (50, 10.0, 2e-3, 200.0, 400.0);
    let mut network = slab(n, 1.0, k0, 1.0);
    network.by_temperature.conductance =
        vec![(0..n - 1, Curve::new(&[(100.0, 1.0 + 100.0 * b), (600.0, 1.0 + 600.0 * b)]).unwrap())];
    // Held at the outer cells themselves: strong conductances to 200 K and 400 K.
    for (node, t) in [(0, cold), (n - 1, hot)] {
        network.internal[node] = Internal { at_reference_w: 0.0, slope_w_per_k: -1e9, reference_k: t };
    }
    let found = steady(&Cpu::<f64>::new(), &network, vec![300.0; n], settings, &|_| ()).unwrap();
    let integral = |t: f64| t + 0.5 * b * t * t;
    for (i, t) in found.node_k.iter().enumerate() {
        let want = integral(cold) + (integral(hot) - integral(cold)) * i as f64 / (n - 1) as f64;
        near(&format!("cell {i}"), integral(*t), want, 1e-5);
    }
    // Nodes held by 1e9 W/K: rounding of their temperatures is that much of the heat that passes.
    assert!(found.convergence.backward_error < 1e-8, "{:?}", found.convergence);
    // A plate whose emissivity falls from 0.9 at 250 K to 0.5 at 350 K, under 300 W/m² of infrared and 200 W of heat: it
    // settles where ε σ T⁴ = ε H + q, found here by halving.
    let emissivity = |t: f64| 0.9 - 0.4 * (t - 250.0) / 100.0;
    let mut plate = lumped(&[Lump { capacity_j_per_k: 0.0, emitting_m2: 1.0, internal_w: 200.0 }], &[], 0.0);
    plate.surfaces[0].emissivity = 0.8;
    plate.surfaces[0].planet_ir_w_m2 = 0.8 * 300.0;
    let curve = Curve::new(&[(250.0, 0.9 / 0.8), (350.0, 0.5 / 0.8)]).unwrap();
    plate.by_temperature.emissivity = vec![(0..1, curve, 0.8)];
    let (mut low, mut high) = (250.0, 350.0);
    for _ in 0..80 {
        let t: f64 = 0.5 * (low + high);
        if emissivity(t) * (STEFAN_BOLTZMANN * t.powi(4) - 300.0) < 200.0 { low = t } else { high = t }
    }
    let found = steady(&Cpu::<f64>::new(), &plate, vec![300.0], settings, &|_| ()).unwrap();
    near("plate", found.node_k[0], low, 1e-6);
    assert!(found.convergence.balance < 1e-9, "{:?}", found.convergence);
}
