//! What must hold for any model: conservation, symmetry, no flow at equal temperature.
use super::view_factors::inside_of_box;
use crate::support::near;
use nalgebra::Vector3;
use proptest::prelude::*;
use thermsolve::backend::{Backend, Cpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::kernels::common::{split, whole_kelvin};
use thermsolve::kernels::sliced::Slices;
use thermsolve::kernels::{graph_apply, heat_residual};
use thermsolve::mesh::Shape;
use thermsolve::network::{Coolant, Face, FilmLink, Network, Surface};
use thermsolve::radiation::exchange::{irradiation, radks_m2};
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{close, trace};
use thermsolve::solve::Rows;
use thermsolve::solve::steady::{Settings, steady};

/// A random connected network without radiation: (conductors, coolant links).
fn network() -> impl Strategy<Value = Network> {
    (3_usize..40, prop::collection::vec((0_usize..40, 0_usize..40, 0.01_f64..50.0), 1..120)).prop_map(|(n, pairs)| {
        let mut network = Network::new(n);
        network.conductors =
            pairs.iter().map(|&(a, b, gl_w_per_k)| Conductor { a: a % n, b: b % n, gl_w_per_k }).filter(|c| c.a != c.b).collect();
        network.coolant = Coolant {
            inlet_node: None,
            inlet_k: 330.0,
            capacity_rate_w_per_k: 40.0,
            channels: 2,
            segments: 3,
            links: (0..6).map(|k| FilmLink { channel: k % 2, segment: k / 2, node: k % n, gl_w_per_k: 1.0 + k as f64 }).collect(),
        };
        network
    })
}

proptest! {
    #[test]
    fn rows_equal_the_sparse_matrix(network in network()) {
        let rows = Rows::new(&network);
        let matrix = network.gl_matrix();
        let columns = network.node_count + network.coolant.node_count();
        let x: Vec<f64> = (0..columns).map(|k| 300.0 + (k as f64 * 1.7).sin() * 20.0).collect();
        for i in 0..network.node_count {
            let span = rows.row_start[i] as usize..rows.row_start[i + 1] as usize;
            let ours: f64 = span.map(|k| rows.gl_w_per_k[k] * (x[rows.column[k] as usize] - x[i])).sum();
            let theirs: f64 = matrix.outer_view(i).map_or(0.0, |r| r.iter().map(|(j, g)| g * x[j]).sum());
            prop_assert!((ours - theirs).abs() < 1e-8, "row {i}: {ours} against {theirs}");
        }
    }

    #[test]
    fn conduction_neither_makes_nor_loses_heat(network in network(), seed in 0_u32..1000) {
        let mut closed = network;
        closed.coolant = Coolant::default();
        let n = closed.node_count;
        let t: Vec<f64> = (0..n).map(|k| 250.0 + 80.0 * ((k as f64 + f64::from(seed)) * 0.83).cos()).collect();
        let r = residual(&closed, &t, &vec![0.0; n], &vec![0.0; n]);
        prop_assert!(r.iter().sum::<f64>().abs() < 1e-9 * r.iter().map(|x| x.abs()).sum::<f64>().max(1.0));
    }

    #[test]
    fn jacobian_is_the_derivative_of_the_residual(network in network(), seed in 0_u32..1000) {
        let n = network.node_count;
        let wave = |k: usize, f: f64| ((k as f64 + f64::from(seed)) * f).sin();
        let t: Vec<f64> = (0..n).map(|k| 300.0 + 30.0 * wave(k, 0.7)).collect();
        let d: Vec<f64> = (0..n).map(|k| wave(k, 1.3)).collect();
        let area: Vec<f64> = (0..n).map(|k| 0.5 + 0.4 * wave(k, 2.1)).collect();
        let full = |h: f64| -> Vec<f64> {
            let moved: Vec<f64> = t.iter().zip(&d).map(|(t, d)| t + h * d).collect();
            let boundary = vec![310.0; network.coolant.node_count()];
            residual(&network, &[moved, boundary].concat(), &vec![0.0; n], &area)
        };
        let (plus, minus) = (full(1e-3), full(-1e-3));
        let rows = Rows::new(&network);
        let diagonal: Vec<f64> = (0..n).map(|i| 4.0 * STEFAN_BOLTZMANN * area[i] * t[i].powi(3)).collect();
        let p = [d.clone(), vec![0.0; network.coolant.node_count()]].concat();
        let cpu = Cpu::<f64>::new();
        let mut q = vec![0.0; n];
        let Slices { slice_start, column, conductance } = Slices::new(&rows.row_start, &rows.column, &rows.gl_w_per_k);
        let inputs = graph_apply::Inputs::<Cpu<f64>> {
            slice_start: &slice_start, column: &column, conductance: &conductance, diagonal: &diagonal, rhs: &p, x: &p,
        };
        cpu.launch::<graph_apply::Kernel>(&graph_apply::GraphApplyParams { count: n as u32, keep: 0.0, sign: 1.0 }, inputs, &mut q, n);
        let scale = q.iter().fold(1.0_f64, |m, x| m.max(x.abs()));
        for i in 0..n {
            let slope = -(plus[i] - minus[i]) / 2e-3;
            prop_assert!((slope - q[i]).abs() < 1e-6 * scale, "row {i}: {slope} against {}", q[i]);
        }
    }
}

fn residual(network: &Network, temperature_k: &[f64], source: &[f64], area: &[f64]) -> Vec<f64> {
    let rows = Rows::new(network);
    let (coarse, fine): (Vec<i32>, Vec<f64>) = temperature_k.iter().map(|&t| split(t)).unzip();
    let mut r = vec![0.0; network.node_count];
    let emitted = |i: usize| STEFAN_BOLTZMANN * area[i] * f64::from(whole_kelvin(coarse[i])).powi(4);
    let excess: Vec<f64> = (0..network.node_count).map(|i| source[i] - emitted(i)).collect();
    let inputs = heat_residual::Inputs::<Cpu<f64>> {
        row_start: &rows.row_start,
        column: &rows.column,
        gl_w_per_k: &rows.gl_w_per_k,
        coarse: &coarse,
        fine: &fine,
        excess_w: &excess,
        emission_w_per_k4: &area.iter().map(|a| STEFAN_BOLTZMANN * a).collect::<Vec<_>>(),
    };
    let params = heat_residual::HeatResidualParams { node_count: network.node_count as u32 };
    Cpu::<f64>::new().launch::<heat_residual::Kernel>(&params, inputs, &mut r, network.node_count);
    r
}

#[test]
fn isothermal_enclosure_has_no_flow() {
    let (shapes, surfaces) = inside_of_box([1.0, 2.5, 0.7], 2);
    let raw = trace(&Cpu::<f64>::new(), &Scene::new(&shapes).unwrap(), &surfaces, 1024, 4, &|_| ()).unwrap();
    let f = close(&raw, shapes.iter().map(Shape::area_m2).collect()).unwrap();
    let eps: Vec<f64> = (0..shapes.len()).map(|k| 0.1 + 0.85 * (k as f64 / shapes.len() as f64)).collect();
    let black = STEFAN_BOLTZMANN * 310.0_f64.powi(4);
    let emitted: Vec<f64> = eps.iter().map(|e| e * black).collect();
    let reflectance: Vec<f64> = eps.iter().map(|e| 1.0 - e).collect();
    for h in irradiation(&f, &reflectance, &emitted, &vec![0.0; shapes.len()]) {
        // The closed box leaks at most the few rays that slip through its edges.
        near("irradiation of an isothermal enclosure", h / black, 1.0, 1e-3);
    }
}

#[test]
fn radks_are_symmetric_and_complete() {
    let (mut shapes, mut surfaces) = inside_of_box([1.0, 2.0, 0.5], 2);
    shapes.truncate(20);
    surfaces.truncate(20);
    let raw = trace(&Cpu::<f64>::new(), &Scene::new(&shapes).unwrap(), &surfaces, 4096, 4, &|_| ()).unwrap();
    let f = close(&raw, shapes.iter().map(Shape::area_m2).collect()).unwrap();
    let eps: Vec<f64> = (0..shapes.len()).map(|k| 0.9 - 0.03 * k as f64).collect();
    let (gr, space) = radks_m2(&f, &eps);
    for i in 0..shapes.len() {
        let mut sum = space[i];
        for (j, g) in gr.outer_view(i).unwrap().iter() {
            near("GR_ij = GR_ji", *g, gr.get(j, i).copied().unwrap_or(0.0), 1e-12);
            sum += g;
        }
        near("row of GR", sum, eps[i] * f.area_m2[i], 1e-12);
        // Direct through the opening, plus reflections: never less than the direct part.
        assert!(space[i] > eps[i] * f.g_space_m2[i] - 1e-12);
    }
}

/// What the coolant gives off is what its walls take, segment by segment.
#[test]
fn coolant_is_in_balance() {
    let links = (0..8).flat_map(|s| [(s, 2 * s, 1.5), (s, 2 * s + 1, 0.4 + s as f64)]);
    let links = links.map(|(s, node, gl_w_per_k)| FilmLink { channel: s / 4, segment: s % 4, node, gl_w_per_k });
    let coolant = Coolant {
        inlet_node: None,
        inlet_k: 333.15,
        capacity_rate_w_per_k: 38.6,
        channels: 2,
        segments: 4,
        links: links.collect(),
    };
    let walls: Vec<f64> = (0..16).map(|k| 290.0 + 3.0 * (k as f64).sin()).collect();
    let ends = coolant.settle(coolant.inlet_k, &walls);
    let lost = coolant.lost_w(&coolant.means(&ends), &walls);
    for (s, lost) in lost.iter().enumerate() {
        let k = s / 4 * 5 + s % 4;
        near("segment", (ends[k] - ends[k + 1]) * 38.6, *lost, 1e-9);
    }
    near("inlet of the second channel", ends[5], 333.15, 0.0);
}

/// A spacecraft of four plates that see each other, two of them cooled.
fn coupled() -> (Network, Vec<f64>) {
    let shapes = [
        Shape::parallelogram(Vector3::zeros(), Vector3::x(), Vector3::y()),
        Shape::parallelogram(Vector3::new(0.0, 0.0, 0.7), Vector3::y(), Vector3::x()),
        Shape::parallelogram(Vector3::zeros(), Vector3::z() * 0.7, Vector3::x()),
    ];
    let raw = trace(&Cpu::<f64>::new(), &Scene::new(&shapes).unwrap(), &[0, 2, 4], 2048, 4, &|_| ()).unwrap();
    let mut network = Network::new(6);
    network.factors = Some(close(&raw, shapes.iter().map(Shape::area_m2).collect()).unwrap());
    network.surfaces = [0.8, 0.3, 0.6]
        .map(|emissivity| Surface { emissivity, solar_w_m2: 200.0, albedo_w_m2: 10.0, planet_ir_w_m2: 30.0 })
        .to_vec();
    for node in 0..6 {
        let area = shapes[node / 2].area_m2();
        network.faces.push(Face { node, surface: node / 2, area_m2: area * if node % 2 == 0 { 0.4 } else { 0.6 } });
    }
    network.conductors = (0..5).map(|a| Conductor { a, b: a + 1, gl_w_per_k: 0.3 + a as f64 }).collect();
    let links = [(0, 0, 5.0), (1, 3, 2.0), (1, 4, 0.7)].map(|(segment, node, gl_w_per_k)| FilmLink {
        channel: 0,
        segment,
        node,
        gl_w_per_k,
    });
    network.coolant =
        Coolant { inlet_node: None, inlet_k: 340.0, capacity_rate_w_per_k: 4.0, channels: 1, segments: 2, links: links.into() };
    (network, shapes.iter().map(Shape::area_m2).collect())
}

/// Heat brought back through the surfaces is the derivative of that heat by the node temperatures.
#[test]
fn returned_heat_is_the_derivative() {
    let (network, area) = coupled();
    let brought = |t: &[f64]| -> Vec<f64> {
        let irradiation = network.irradiation_w_m2(&network.emitted_w_m2(t, &area));
        let mut heat = vec![0.0; 6];
        for f in &network.faces {
            heat[f.node] += network.surfaces[f.surface].emissivity * f.area_m2 * irradiation[f.surface];
        }
        heat
    };
    let t: Vec<f64> = (0..6).map(|k| 290.0 + 11.0 * (k as f64).sin()).collect();
    let d: Vec<f64> = (0..6).map(|k| (k as f64 * 1.7).cos()).collect();
    let moved = |h: f64| -> Vec<f64> { t.iter().zip(&d).map(|(t, d)| t + h * d).collect() };
    let (plus, minus) = (brought(&moved(1e-3)), brought(&moved(-1e-3)));
    for (node, returned) in network.returned_w(&t, &d, &area).iter().enumerate() {
        near("derivative", *returned, (plus[node] - minus[node]) / 2e-3, 1e-6);
    }
}

/// Newton with the whole derivative converges quadratically: few rounds however strong the coupling.
#[test]
fn coupled_networks_take_few_rounds() {
    let (mut network, _) = coupled();
    for rate in [0.2, 4.0, 1e5] {
        network.coolant.capacity_rate_w_per_k = rate;
        let settings = Settings { tolerance_k: 1e-9, max_rounds: 12, residual: None };
        let s = steady(&Cpu::<f64>::new(), &network, vec![250.0; 6], settings, &|_| ()).unwrap();
        println!("flow {rate} W/K: {} rounds, {} cycles", s.convergence.rounds, s.convergence.cycles);
        assert!(s.convergence.balance < 1e-10, "{:?}", s.convergence);
    }
}
