//! The field model against radiating fins (D01, D02) and tube-fin panels (D05).
use crate::support::{Case, cases, near};
use nalgebra::{Vector3, vector};
use thermsolve::backend::Cpu;
use thermsolve::conduction;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::mesh::{Mesh, Panel, even_lines};
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
    network.conductors = conduction::sheet(p, 0, sheet_w_per_k, rigid);
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

/// Efficiency of a fin of n cells whose root is held at 320 K by a strong link to the coolant.
fn fin_efficiency(c: &Case, n: usize) -> f64 {
    let (root_k, emissivity, span, k_w_mk) = (320.0_f64, 0.88, 0.06, 155.0);
    let sink_k = c.get("theta_sink") * root_k;
    // zeta = 2 eps sigma T^3 l^2 / (k t) sets the thickness.
    let sheet = 2.0 * emissivity * STEFAN_BOLTZMANN * root_k.powi(3) * span * span / c.get("zeta");
    assert!(sheet / k_w_mk > 0.0);
    let mesh = Mesh::new(vec![panel(even_lines(span, n), vec![0.0, 0.8])]);
    let mut network = sheet_network(&mesh, sheet, &vec![false; n], emissivity, sink_k);
    // Half a cell of sheet between root and first centre; a flow so strong that the root stays at its inlet temperature.
    let gl_w_per_k = sheet * 0.8 / (0.5 * span / n as f64);
    network.coolant = Coolant {
        inlet_node: None,
        inlet_k: root_k,
        capacity_rate_w_per_k: 1e12,
        channels: 1,
        segments: 1,
        links: vec![FilmLink { channel: 0, segment: 0, node: 0, gl_w_per_k }],
    };
    let s = solve(&network);
    let ideal = 2.0 * emissivity * STEFAN_BOLTZMANN * span * 0.8 * (root_k.powi(4) - sink_k.powi(4));
    s.convergence.space_w / ideal
}

#[test]
fn fin_efficiency_of_the_field_model() {
    for family in ["D01", "D02"] {
        for c in cases(family) {
            if !c.inputs.contains_key("zeta") || c.get("theta_sink") >= 0.999 {
                continue;
            }
            let within = c.tol["mesh_rel"].as_float().unwrap() * c.want("eta");
            near(&format!("{} eta", c.id), fin_efficiency(&c, 256), c.want("eta"), within);
        }
    }
}

#[test]
fn the_fin_converges_with_second_order() {
    let c = &cases("D01")[5];
    let errors: Vec<f64> = [16, 32, 64].iter().map(|&n| (fin_efficiency(c, n) - c.want("eta")).abs()).collect();
    for pair in errors.windows(2) {
        near("observed order", (pair[0] / pair[1]).log2(), 2.0, 0.1);
    }
}

/// One tube and its two half fins, fluid cooling along the tube.
fn tube_fin(c: &Case, across: usize, along: usize) -> (SteadyState, f64) {
    let (pitch, band, length) = (c.get("pitch"), c.get("tube_band"), c.get("length"));
    let fin = 0.5 * (pitch - band);
    let mut lines: Vec<f64> = even_lines(fin, across);
    lines.extend(even_lines(fin, across).iter().map(|x| fin + band + x));
    let mesh = Mesh::new(vec![panel(lines, even_lines(length, along))]);
    let p = &mesh.panels[0];
    let rigid: Vec<bool> = (0..p.nu()).map(|i| i == across).collect();
    let mut network = sheet_network(&mesh, c.get("k") * c.get("thickness"), &rigid, c.get("eps"), c.get("T_sink"));
    let film = if c.get("h") > 0.0 { c.get("h") * std::f64::consts::PI * c.get("d_inner") } else { 1e5 };
    let links = (0..along).map(|s| FilmLink {
        channel: 0,
        segment: s,
        node: p.cell(across, s),
        gl_w_per_k: film * length / along as f64,
    });
    network.coolant = Coolant {
        inlet_node: None,
        inlet_k: c.get("T_in"),
        capacity_rate_w_per_k: c.get("mdot") * c.get("cp"),
        channels: 1,
        segments: along,
        links: links.collect(),
    };
    let s = solve(&network);
    let out = *s.coolant_k.last().unwrap();
    (s, out)
}

#[test]
fn tube_fin_panels() {
    for c in cases("D05") {
        let (s, out) = tube_fin(&c, 12, 40);
        near(&format!("{} T_out", c.id), out, c.want("T_out"), 0.02);
        near(&format!("{} Q", c.id), s.convergence.coolant_w, c.want("Q_W"), 1e-3 * c.want("Q_W"));
        let (fine, _) = tube_fin(&c, 48, 160);
        near(&format!("{} Q, fine", c.id), fine.convergence.coolant_w, c.want("Q_W"), 1e-4 * c.want("Q_W"));
    }
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
