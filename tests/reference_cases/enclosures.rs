//! Grey diffuse exchange against Gebhart, Oppenheim and integral equations: B03, B05.
use super::view_factors::rectangle;
use crate::support::{Case, cases, near};
use sprs::TriMat;
use thermsolve::backend::Cpu;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::mesh::Shape;
use thermsolve::radiation::exchange::{irradiation, radks_m2};
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{Quality, ViewFactors, close, trace};

fn given(f: &[Vec<f64>], area_m2: Vec<f64>) -> ViewFactors {
    let n = area_m2.len();
    let mut g = TriMat::new((n, n));
    for (i, row) in f.iter().enumerate() {
        for (j, f) in row.iter().enumerate().filter(|(_, f)| **f > 0.0) {
            g.add_triplet(i, j, area_m2[i] * f);
        }
    }
    let g_space_m2 = f.iter().zip(&area_m2).map(|(r, a)| a * (1.0 - r.iter().sum::<f64>())).collect();
    ViewFactors { area_m2, g_m2: g.to_csr(), g_space_m2, quality: Quality::default() }
}

#[test]
fn gebhart_factors() {
    let mut seen = 0;
    for c in cases("B03") {
        let Some(table) = c.expected.get("gebhart") else { continue };
        let eps = c.list("eps");
        let f = given(&Case::rows(&c.inputs["F"]), c.list("A"));
        let (gr, space) = radks_m2(&f, &eps);
        for (i, row) in Case::rows(table).iter().enumerate() {
            for (j, want) in row.iter().enumerate() {
                let got = gr.get(i, j).copied().unwrap_or(0.0) / (eps[i] * f.area_m2[i]);
                near(&format!("{} B{i}{j}", c.id), got, *want, 1e-9);
            }
            near(&format!("{} to space", c.id), space[i], 0.0, 1e-9);
        }
        seen += 1;
    }
    assert!(seen > 0, "no Gebhart case");
}

#[test]
fn net_heat_of_enclosures() {
    let mut seen = 0;
    for c in cases("B03") {
        let (Some(q), true) = (c.expected.get("Q_W"), c.inputs.contains_key("T") && c.inputs.contains_key("F")) else { continue };
        let eps = c.list("eps");
        let f = given(&Case::rows(&c.inputs["F"]), c.list("A"));
        let emitted: Vec<f64> = eps.iter().zip(c.list("T")).map(|(e, t)| e * STEFAN_BOLTZMANN * t.powi(4)).collect();
        let reflectance: Vec<f64> = eps.iter().map(|e| 1.0 - e).collect();
        let h = irradiation(&f, &reflectance, &emitted, &vec![0.0; eps.len()]);
        for (i, want) in q.as_array().unwrap().iter().enumerate() {
            let net = f.area_m2[i] * (emitted[i] - eps[i] * h[i]);
            near(&format!("{} Q{i}", c.id), net, want.as_float().unwrap(), 1e-7 * emitted[i] * f.area_m2[i]);
        }
        seen += 1;
    }
    assert!(seen > 0, "no case with given temperatures");
}

/// Two grey squares in space, traced, one facet a side and 16 × 16: each against its own truth (they differ by 2e-4 to 2 %).
#[test]
fn two_squares_in_space() {
    for c in cases("B05") {
        for (n, key, within) in [(1, "one_node", 1.5e-3), (16, "continuous", 1.5e-3)] {
            let (side, gap) = (c.get("side") / n as f64, c.get("gap"));
            let mut shapes = vec![];
            for z in [0.0, gap] {
                for k in 0..n * n {
                    let (x, y) = ((k % n) as f64 * side, (k / n) as f64 * side);
                    shapes.push(rectangle([x, y, z], [side, 0.0, 0.0], [0.0, side, 0.0]));
                }
            }
            let surfaces: Vec<u32> = (0..2 * n * n).map(|f| 2 * f as u32 + u32::from(f >= n * n)).collect();
            let rays = if n == 1 { 1 << 17 } else { 1 << 13 };
            let raw = trace(&Cpu::<f64>::new(), &Scene::new(&shapes).unwrap(), &surfaces, rays, 9, &|_| ()).unwrap();
            let f = close(&raw, shapes.iter().map(Shape::area_m2).collect()).unwrap();
            let of = |i: usize, a: &str, b: &str| if i < n * n { c.get(a) } else { c.get(b) };
            let all = 0..shapes.len();
            let emitted: Vec<f64> =
                all.clone().map(|i| of(i, "eps1", "eps2") * STEFAN_BOLTZMANN * of(i, "T1", "T2").powi(4)).collect();
            let reflectance: Vec<f64> = all.clone().map(|i| 1.0 - of(i, "eps1", "eps2")).collect();
            let h = irradiation(&f, &reflectance, &emitted, &vec![0.0; shapes.len()]);
            let net = |i: usize| f.area_m2[i] * (emitted[i] - (1.0 - reflectance[i]) * h[i]);
            let q1: f64 = (0..n * n).map(net).sum();
            let want = c.want(&format!("Q1_{key}_W"));
            near(&format!("{} Q1 {key}", c.id), q1, want, within * want.abs());
        }
    }
}
