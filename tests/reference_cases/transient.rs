//! Temperatures in time: C02, C03, C11, C13, E01, E02, E05, E07, order of accuracy, dense output, closed loop.

use crate::support::{Case, cases, near};
use thermsolve::backend::{Backend, Cpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::network::curve::Curve;
use thermsolve::network::{Coolant, Face, FilmLink, Internal, Lattice, Network, Surface};
use thermsolve::solve::Rows;
use thermsolve::solve::control::{Heater, Law};
use thermsolve::solve::method::Method;
use thermsolve::solve::steady::{Settings, steady};
use thermsolve::solve::transient::{Drive, State, Step, Stepping, Still, Transient};

/// A node with capacity.
#[derive(Clone, Copy)]
pub struct Lump {
    pub capacity_j_per_k: f64,
    pub emitting_m2: f64,
    pub internal_w: f64,
}

/// Nodes that radiate `ε A` to `space_k`, and conductors between them.
pub fn lumped(nodes: &[Lump], conductors: &[(usize, usize, f64)], space_k: f64) -> Network {
    let mut network = Network::new(nodes.len());
    network.space_k = space_k;
    for (node, n) in nodes.iter().enumerate() {
        network.capacity_j_per_k[node] = n.capacity_j_per_k;
        network.internal[node] = Internal { at_reference_w: n.internal_w, ..Internal::default() };
        if n.emitting_m2 > 0.0 {
            network.faces.push(Face { node, surface: network.surfaces.len(), area_m2: n.emitting_m2 });
            network.surfaces.push(Surface { emissivity: 1.0, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 });
        }
    }
    network.conductors = conductors.iter().map(|&(a, b, gl_w_per_k)| Conductor { a, b, gl_w_per_k }).collect();
    network
}

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
fn a_sphere_cools() {
    let mut widest: f64 = 0.0;
    for c in cases("E01") {
        let r = c.get("radius");
        let capacity = 4.0 / 3.0 * std::f64::consts::PI * r.powi(3) * c.get("rho") * c.get("cp");
        let area = 4.0 * std::f64::consts::PI * r * r * c.get("eps");
        let lump = Lump { capacity_j_per_k: capacity, emitting_m2: area, internal_w: 0.0 };
        for method in [Method::TrBdf2, Method::Esdirk4] {
            let stepping = Stepping { method, ..adaptive(2e-5) };
            let end = run(lumped(&[lump], &[], c.get("T_sink")), stepping, vec![c.get("T0")], c.get("t"));
            near(&format!("{} {method:?}", c.id), end.node_k[0], c.want("T"), c.tol("step_rel") * c.want("T"));
            widest = widest.max((end.node_k[0] / c.want("T") - 1.0).abs());
        }
    }
    println!("E01: largest relative error {widest:.1e}");
}

/// `(order, error at the finest)` from errors of halved steps.
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

#[test]
fn a_chain_and_plates_in_sunlight_are_steady() {
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 100, residual: None };
    for c in cases("E07") {
        let g = c.list("G");
        let mut nodes = vec![Lump { capacity_j_per_k: 0.0, emitting_m2: 0.0, internal_w: 0.0 }; 4];
        nodes[0].internal_w = c.get("Q");
        nodes[3].emitting_m2 = c.get("eps") * c.get("A");
        let network = lumped(&nodes, &[(0, 1, g[0]), (1, 2, g[1]), (2, 3, g[2])], 0.0);
        let found = steady(&Cpu::<f64>::new(), &network, vec![300.0; 4], settings, &|_| ()).unwrap();
        let want: Vec<f64> = c.expected["T_from_radiator"].as_array().unwrap().iter().map(|v| v.as_float().unwrap()).collect();
        for (got, want) in found.node_k.iter().rev().zip(&want) {
            near(&c.id, *got, *want, c.tol("analytic_rel") * want);
        }
        // The same chain without capacity but for the radiator, left to itself, ends there too.
        let mut network = network;
        network.capacity_j_per_k[3] = 500.0;
        let end = run(network, adaptive(1e-3), vec![250.0; 4], 3e5);
        near(&format!("{} in time", c.id), end.node_k[0], want[3], 1e-3);
    }
    for c in cases("E02") {
        // A panel that turns part of the light into electricity, two emissivities.
        let panel = c.inputs.contains_key("eta");
        let alpha = c.get("alpha") - if panel { c.get("eta") } else { 0.0 };
        let eps = if panel { 0.5 * (c.get("eps_front") + c.get("eps_back")) } else { c.get("eps") };
        let emitting = match c.inputs.get("sides").and_then(toml::Value::as_integer) {
            Some(n) => n as f64,
            None if panel => 2.0,
            None => match c.inputs["shape"].as_str().unwrap() {
                "sphere" => 4.0,
                "cube" => 6.0,
                "cylinder_side" => std::f64::consts::PI,
                other => panic!("{other}"),
            },
        };
        let mut network = lumped(&[Lump { capacity_j_per_k: 0.0, emitting_m2: emitting, internal_w: 0.0 }], &[], 0.0);
        network.surfaces[0].emissivity = eps;
        network.surfaces[0].solar_w_m2 = alpha * c.get("S") / emitting;
        let found = steady(&Cpu::<f64>::new(), &network, vec![300.0], settings, &|_| ()).unwrap();
        near(&c.id, found.node_k[0], c.want("T"), c.tol("analytic_rel") * c.want("T"));
    }
}

#[test]
fn a_thermostat_cycles() {
    for c in cases("E05") {
        let lump = Lump { capacity_j_per_k: c.get("C"), emitting_m2: c.get("eps") * c.get("A"), internal_w: c.get("q_env") };
        let law = Law::Thermostat { on_below_k: c.get("T_on"), off_above_k: c.get("T_off") };
        let heater =
            Heater { name: "heater".into(), nodes: vec![(0, 1.0)], sensor: vec![(0, 1.0)], power_w: c.get("P_heater"), law };
        // Times at which it switches, and to which power.
        let mut switched: Vec<(f64, f64)> = vec![];
        let mut before = 0.0;
        let start = 0.5 * (c.get("T_on") + c.get("T_off"));
        let end = run_on(
            &Cpu::<f64>::new(),
            lumped(&[lump], &[], 0.0),
            vec![heater],
            Still,
            Stepping { longest_s: 200.0, ..adaptive(1e-3) },
            (vec![start], 6.0 * c.want("period")),
            &mut |_, state| {
                if state.heaters[0].power_w != before {
                    before = state.heaters[0].power_w;
                    switched.push((state.time_s, before));
                }
                true
            },
        );
        let on: Vec<f64> = switched.windows(2).filter(|w| w[0].1 > 0.0).map(|w| w[1].0 - w[0].0).collect();
        let off: Vec<f64> = switched.windows(2).filter(|w| w[0].1 == 0.0).map(|w| w[1].0 - w[0].0).collect();
        assert!(on.len() >= 4 && off.len() >= 4, "{switched:?}");
        for (on, off) in on.iter().zip(&off) {
            near(&format!("{} on", c.id), *on, c.want("t_on"), c.tol("solver_rel") * c.want("t_on"));
            near(&format!("{} off", c.id), *off, c.want("t_off"), c.tol("solver_rel") * c.want("t_off"));
        }
        assert!(end.heaters[0].used_j > 0.0);
        near(&format!("{} duty", c.id), on[0] / (on[0] + off[0]), c.want("duty"), c.tol("solver_rel"));
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

/// A slab of n equal cells, 1 m² across, with capacity.
pub fn slab(n: usize, length_m: f64, k: f64, rho_cp: f64) -> Network {
    let mut network = Network::new(n);
    let cell = length_m / n as f64;
    network.lattices = vec![Lattice { first: 0, size: [n, 1, 1] }];
    network.capacity_j_per_k = vec![rho_cp * cell; n];
    network.conductors = (0..n - 1).map(|a| Conductor { a, b: a + 1, gl_w_per_k: k / cell }).collect();
    network
}

/// Holds the face of cell 0 through a conductance at `t_k`.
fn held(network: &mut Network, g_w_per_k: f64, t_k: f64) {
    network.internal[0] = Internal { at_reference_w: 0.0, slope_w_per_k: -g_w_per_k, reference_k: t_k };
}

/// Value at depth x from cell centres, the face of cell 0 given.
fn at_depth(cells: &[f64], cell: f64, face: f64, x: f64) -> f64 {
    let k = (x / cell - 0.5).floor();
    if k < 0.0 {
        return face + (cells[0] - face) * x / (0.5 * cell);
    }
    let (k, s) = (k as usize, x / cell - 0.5 - k);
    cells[k] + s * (cells[k + 1] - cells[k])
}

#[test]
fn a_thick_solid_answers_at_its_surface() {
    for c in cases("C02") {
        let (k, rho_cp, x, t) = (c.get("k"), c.get("rho") * c.get("cp"), c.get("x"), c.get("t"));
        let diffusivity = k / rho_cp;
        let length = 8.0 * (diffusivity * t).sqrt() + x;
        let n = 800;
        let cell = length / n as f64;
        let mut network = slab(n, length, k, rho_cp);
        let (half, start) = (2.0 * k / cell, 300.0);
        let kind = c.inputs["kind"].as_str().unwrap();
        match kind {
            "step" => held(&mut network, half, start + 1.0),
            "flux" => network.internal[0].at_reference_w = 1e4,
            _ => {
                let h = c.get("h");
                held(&mut network, 1.0 / (1.0 / h + 1.0 / half), start + 1.0);
            }
        }
        let end = run(network, adaptive(1e-6), vec![start; n], t);
        let rise: Vec<f64> = end.node_k.iter().map(|t| t - start).collect();
        let (face, scale) = match kind {
            "step" => (1.0, 1.0),
            "flux" => (rise[0] + 1e4 / half, 1e-4),
            _ => {
                let h = c.get("h");
                ((h + half * rise[0]) / (h + half), 1.0)
            }
        };
        let got = scale * at_depth(&rise, cell, face, x);
        near(&c.id, got, c.want("value"), c.tol("mesh_rel") * c.want("value"));
    }
}

#[test]
fn bodies_cool_by_convection() {
    for c in cases("C03") {
        let (bi, fo) = (c.get("Bi"), c.get("Fo"));
        let n = 200;
        // Shells of unit radius, conductivity and capacity; area ∝ r^m.
        let m = match c.inputs["geometry"].as_str().unwrap() {
            "slab" => 0,
            "cylinder" => 1,
            "sphere" => 2,
            other => panic!("{other}"),
        };
        let cell = 1.0 / n as f64;
        let volume = |r: f64| r.powi(m + 1) / f64::from(m + 1);
        let mut network = Network::new(n);
        for i in 0..n {
            let (inner, outer) = (i as f64 * cell, (i + 1) as f64 * cell);
            network.capacity_j_per_k[i] = volume(outer) - volume(inner);
            if i + 1 < n {
                network.conductors.push(Conductor { a: i, b: i + 1, gl_w_per_k: outer.powi(m) / cell });
            }
        }
        // Temperatures from 200 K to 300 K, so that errors are small beside them.
        let g = 1.0 / (1.0 / bi + 0.5 * cell);
        network.internal[n - 1] = Internal { at_reference_w: 0.0, slope_w_per_k: -g, reference_k: 200.0 };
        let stepping = Stepping { first_s: 1e-5, ..adaptive(1e-4) };
        let end = run(network, stepping, vec![300.0; n], fo);
        let theta = |k: usize| (end.node_k[k] - 200.0) / 100.0;
        let surface = theta(n - 1) * (1.0 / bi) / (1.0 / bi + 0.5 * cell);
        near(&format!("{} centre", c.id), theta(0), c.want("theta_centre"), c.tol("mesh_abs"));
        near(&format!("{} surface", c.id), surface, c.want("theta_surface"), c.tol("mesh_abs"));
    }
}

/// Surface and insulated temperature of a radiating slab over its start.
fn radiating_slab<B: Backend>(backend: &B, c: &Case, n: usize) -> [f64; 2] {
    let (start, k, length) = (300.0_f64, 10.0, 0.1);
    let rho_cp = 2e6;
    let cell = length / n as f64;
    let emissivity = c.get("N") * k / (STEFAN_BOLTZMANN * start.powi(3) * length);
    let mut network = slab(n, length, k, rho_cp);
    // The emitting face is a node of its own, without capacity: emission as an area larger than 1 m² where N asks for it.
    network.node_count += 1;
    network.lattices.clear();
    network.capacity_j_per_k.push(0.0);
    network.internal.push(Internal::default());
    network.conductors.push(Conductor { a: n - 1, b: n, gl_w_per_k: 2.0 * k / cell });
    network.space_k = c.get("theta_sink") * start;
    network.faces = vec![Face { node: n, surface: 0, area_m2: emissivity }];
    network.surfaces = vec![Surface { emissivity: 1.0, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }];
    let until = c.get("Fo") * length * length * rho_cp / k;
    let stepping = Stepping { first_s: 0.01, ..adaptive(2e-3) };
    let end = run_on(backend, network, vec![], Still, stepping, (vec![start; n + 1], until), &mut |_, _| true);
    [end.node_k[n] / start, end.node_k[0] / start]
}

#[test]
fn a_slab_radiates() {
    let mut errors = [0.0_f64; 2];
    for c in cases("C11") {
        for (n, error) in [20, 40].into_iter().zip(&mut errors) {
            let [surface, insulated] = radiating_slab(&Cpu::<f64>::new(), &c, n);
            *error = error.max((surface - c.want("theta_surface")).abs());
            near(&format!("{} surface, {n} cells", c.id), surface, c.want("theta_surface"), c.tol("mesh_abs"));
            near(&format!("{} insulated, {n} cells", c.id), insulated, c.want("theta_insulated"), c.tol("mesh_abs"));
        }
    }
    println!("C11: largest error {errors:?} with 20 and 40 cells, order {:.2}", order(&errors));
}

#[test]
fn ice_melts_from_a_wall() {
    // Stefan number cp ΔT / L; lengths of 1, diffusivity 1. Melting is spread over a tenth of a kelvin of 10 K.
    for c in cases("C13") {
        let (n, wall, melting, spread) = (200, 310.0, 300.0, 0.1);
        let latent = (wall - melting) / c.get("Ste");
        let mut network = slab(n, 1.0, 1.0, 1.0);
        held(&mut network, 2.0 * n as f64, wall);
        let e = 1e-3 * spread;
        let high = 1.0 + latent / (spread - e);
        let curve =
            Curve::new(&[(melting, 1.0), (melting + e, high), (melting + spread - e, high), (melting + spread, 1.0)]).unwrap();
        network.by_temperature.capacity = vec![(0..n, curve)];
        // The front stands where the heat says: all above the melting range is molten.
        let lambda = c.want("lambda_");
        let until = (0.5_f64 / (2.0 * lambda)).powi(2);
        let stepping = Stepping { first_s: 1e-6, longest_s: until / 200.0, ..adaptive(0.02) };
        let end = run(network, stepping, vec![melting; n], until);
        let melted = |t: f64| ((t - melting) / spread).clamp(0.0, 1.0);
        let front = end.node_k.iter().map(|t| melted(*t)).sum::<f64>() / n as f64;
        near(&format!("{} front", c.id), front, 0.5, 0.5 * c.tol("mesh_rel"));
    }
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
