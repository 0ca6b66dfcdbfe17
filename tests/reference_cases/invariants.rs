//! What must hold for any model: conservation, symmetry, no flow at equal temperature.
use super::view_factors::inside_of_box;
use crate::support::near;
use proptest::prelude::*;
use thermsolve::backend::{Backend, Cpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::kernels::common::{split, whole_kelvin};
use thermsolve::kernels::{heat_residual, jacobian_apply};
use thermsolve::mesh::Shape;
use thermsolve::network::{Coolant, FilmLink, Network};
use thermsolve::radiation::exchange::{irradiation, radks_m2};
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{close, trace};
use thermsolve::solve::Rows;

/// A random connected network without radiation: (conductors, coolant links).
fn network() -> impl Strategy<Value = Network> {
    (3_usize..40, prop::collection::vec((0_usize..40, 0_usize..40, 0.01_f64..50.0), 1..120)).prop_map(|(n, pairs)| {
        let mut network = Network::new(n);
        network.conductors =
            pairs.iter().map(|&(a, b, gl_w_per_k)| Conductor { a: a % n, b: b % n, gl_w_per_k }).filter(|c| c.a != c.b).collect();
        network.coolant = Coolant {
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
        let inputs = jacobian_apply::Inputs::<Cpu<f64>> {
            row_start: &rows.row_start, column: &rows.column, gl_w_per_k: &rows.gl_w_per_k, diagonal_w_per_k: &diagonal, p: &p,
        };
        cpu.launch::<jacobian_apply::Kernel>(&jacobian_apply::JacobianApplyParams { node_count: n as u32 }, inputs, &mut q, n);
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
        emission_area_m2: &area.to_vec(),
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

#[test]
fn a_coolant_gives_off_what_its_walls_take() {
    let coolant = Coolant { inlet_k: 333.15, capacity_rate_w_per_k: 38.6, channels: 2, segments: 4, links: vec![] };
    let lost: Vec<f64> = (0..8).map(|k| 20.0 + k as f64).collect();
    let ends = coolant.march(&lost);
    let drop: f64 = [0, 5].iter().map(|&c| ends[c] - ends[c + 4]).sum();
    near("heat", drop * coolant.capacity_rate_w_per_k, lost.iter().sum(), 1e-9);
    near("first mean", coolant.means(&ends)[0], 333.15 - 0.5 * 20.0 / 38.6, 1e-12);
}
