//! The field model against radiating fins, tube-fin panels and a bare tube.
use crate::support::{near, verified};
use nalgebra::{Vector3, vector};
use thermsolve::backend::Cpu;
use thermsolve::conduction;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::mesh::{Mesh, Panel, even_lines};
use thermsolve::model::curve::Curve;
use thermsolve::network::{Coolant, Face, FilmLink, Network, Surface};
use thermsolve::solve::response::Response;
use thermsolve::solve::steady::{Settings, SteadyState, steady};

const SETTINGS: Settings = Settings { tolerance_k: 1e-9, max_rounds: 100, residual: None };

fn panel(lines_u: Vec<f64>, lines_v: Vec<f64>) -> Panel {
    let (facet_u, facet_v) = (vec![0, lines_u.len() - 1], vec![0, lines_v.len() - 1]);
    Panel {
        name: "panel".into(),
        origin: Vector3::zeros(),
        axis_u: vector![1.0, 0.0, 0.0],
        axis_v: vector![0.0, 1.0, 0.0],
        lines_u,
        lines_v,
        facet_u,
        facet_v,
    }
}

/// A two-sided sheet in black surroundings at `sink_k`.
fn sheet_network(mesh: &Mesh, sheet_w_per_k: f64, rigid: &[bool], emissivity: f64, sink_k: f64) -> Network {
    let p = &mesh.panels[0];
    let mut network = Network::new(p.cell_count());
    network.conductors = conduction::sheet(p, 0, &vec![[sheet_w_per_k; 2]; p.nu()], rigid);
    network.space_k = sink_k;
    let side = Surface { emissivity, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 };
    network.surfaces = vec![side; 2];
    for iv in 0..p.nv() {
        for iu in 0..p.nu() {
            let (node, area_m2) = (p.cell(iu, iv), p.du(iu) * p.dv(iv));
            network.faces.extend((0..2).map(|surface| Face { node, surface, area_m2 }));
        }
    }
    network
}

fn solve(network: &Network) -> SteadyState {
    let s = steady(&Cpu::<f64>::new(), network, vec![300.0; network.node_count], SETTINGS, &|_| ()).unwrap();
    assert!(s.convergence.balance < 1e-8, "{:?}", s.convergence);
    s
}

#[test]
fn fin_efficiency_of_the_field_model() {
    verified("D01,D02,D03", 35);
}

#[test]
fn tube_fin_panels() {
    verified("D05", 6);
}

/// A bare tube that radiates to cold space and cools its fluid from 600 to about 300 K:
/// `ṁ cp dT/dx = −ε σ p T⁴` gives `1/T³ = 1/T_in³ + 3 ε σ p x / (ṁ cp)`. Such a drop is where iterating between walls and
/// coolant fails.
#[test]
fn a_bare_radiating_tube() {
    let (inlet_k, emissivity, perimeter, length, rate) = (600.0_f64, 0.9, 0.5, 40.0, 12.0);
    let outlet = |n: usize| {
        let mut network = Network::new(n);
        network.space_k = 1e-3;
        let side = Surface { emissivity, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 };
        network.surfaces = vec![side];
        let area_m2 = perimeter * length / n as f64;
        network.faces = (0..n).map(|node| Face { node, surface: 0, area_m2 }).collect();
        let links = (0..n).map(|segment| FilmLink { channel: 0, segment, node: segment, gl_w_per_k: 1e7 * area_m2 });
        network.coolant =
            Coolant { inlet_node: None, inlet_k, capacity_rate_w_per_k: rate, channels: 1, segments: n, links: links.collect() };
        *solve(&network).coolant_k.last().unwrap()
    };
    let exact = (inlet_k.powi(-3) + 3.0 * emissivity * STEFAN_BOLTZMANN * perimeter * length / rate).powf(-1.0 / 3.0);
    assert!(exact < 320.0, "{exact}");
    let errors: Vec<f64> = [500, 1000].iter().map(|&n| (outlet(n) - exact).abs()).collect();
    println!("{errors:?}");
    assert!(errors[1] < 0.02, "{errors:?} of {exact}");
    near("observed order", (errors[0] / errors[1]).log2(), 2.0, 0.3);
}

/// The linearised network answers to a small heat as the network itself does.
#[test]
fn small_heat_warms_as_the_derivative_says() {
    let mesh = Mesh::new(vec![panel(even_lines(0.3, 12), even_lines(0.8, 9))]);
    let mut network = sheet_network(&mesh, 0.167, &[false; 12], 0.85, 200.0);
    let links = (0..9).map(|s| FilmLink { channel: 0, segment: s, node: 12 * s + 4, gl_w_per_k: 3.0 });
    network.coolant = Coolant {
        inlet_node: None,
        inlet_k: 330.0,
        capacity_rate_w_per_k: 2.0,
        channels: 1,
        segments: 9,
        links: links.collect(),
    };
    let before = solve(&network).node_k;
    let heat: Vec<f64> = (0..108).map(|k| 1e-2 * (k as f64).sin()).collect();
    let inner = Cpu::<f32>::new();
    let answer = Response::new(&inner, &network, &before).unwrap().of_w(&heat).unwrap();
    network.internal.iter_mut().zip(&heat).for_each(|(q, w)| q.at_reference_w += w);
    let after = solve(&network).node_k;
    let largest = answer.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    assert!(largest > 1e-3);
    for (k, a) in answer.iter().enumerate() {
        near("change", *a, after[k] - before[k], 5e-3 * largest);
    }
}

#[test]
fn a_plate_whose_absorptivity_follows_its_temperature() {
    // α(T) S = 2 ε σ T⁴ with α from 0.2 at 200 K to 0.6 at 400 K, held beyond; both balances by halving.
    let (sunlight, emissivity, reference) = (1361.0, 0.4, 0.3);
    for flux in [0.2, 1.0, 3.0].map(|suns| suns * sunlight) {
        let alpha = |t: f64| 0.2 + 0.4 * ((t - 200.0) / 200.0).clamp(0.0, 1.0);
        let (mut low, mut high) = (3.0, 1000.0);
        for _ in 0..100 {
            let t: f64 = 0.5 * (low + high);
            let gains = alpha(t) * flux > 2.0 * emissivity * STEFAN_BOLTZMANN * t.powi(4);
            if gains { low = t } else { high = t }
        }
        let side =
            Surface { emissivity, solar_w_m2: 0.7 * reference * flux, albedo_w_m2: 0.3 * reference * flux, planet_ir_w_m2: 0.0 };
        let mut network = Network::new(1);
        network.space_k = 0.0;
        network.surfaces = vec![side, Surface { solar_w_m2: 0.0, albedo_w_m2: 0.0, ..side }];
        network.faces = (0..2).map(|surface| Face { node: 0, surface, area_m2: 1.7 }).collect();
        let table = [(200.0, 0.2), (400.0, 0.6)];
        network.by_temperature.absorptivity = vec![(0..1, Curve::of_table(&table, reference))];
        let s = solve(&network);
        near("temperature", s.node_k[0], low, 1e-6);
        near("absorbed", s.convergence.external_w, 1.7 * alpha(low) * flux, 1e-5);
    }
}
