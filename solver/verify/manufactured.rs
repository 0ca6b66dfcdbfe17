//! Manufactured solutions of the whole steady operator: conduction with its own conductivity along each axis and in each of
//! two blocks, a joint between them, two faces that radiate to a sink and absorb what the field needs, four held or insulated
//! ones. On even and on stretched lines.

use super::data::{Case, Family};
use super::grid::{Grid, Metric, lines};
use super::networks::{plain, solved};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::constants::STEFAN_BOLTZMANN;
use crate::network::Face;
use std::f64::consts::PI;
use toml::Table;

/// The cases of this family.
pub(super) fn family() -> Family {
    let case = |id: &str, note: &str| Case {
        id: id.into(),
        note: note.into(),
        inputs: Table::new(),
        expected: Table::new(),
        tol: Table::new(),
    };
    Family {
        id: "M".into(),
        title: "Manufactured solutions: two anisotropic blocks, a joint, radiation to a sink".into(),
        source: "derived: sources and absorbed fluxes are those of the chosen field".into(),
        kind: "exact".into(),
        formula: "T = 300 + a(x) cos(πy) g(z), g = sin(z + 0.4)".into(),
        crosscheck: String::new(),
        case: vec![
            case("M-even", "even lines"),
            case("M-stretched", "lines stretched smoothly, the widest cell 2.3 times the narrowest"),
            case("M-kt", "k(T)"),
            case("M-quads", "perturbed quadrilaterals"),
            case("M-tets", "triangles, tetrahedra, hexahedra"),
        ],
    }
}

/// Conductivities of the two blocks along x, y and z, W/(m K).
const K: [[f64; 3]; 2] = [[8.0, 3.0, 5.0], [2.0, 6.0, 1.5]];
/// Resistance of the joint at x = 1, m² K/W.
const JOINT: f64 = 0.35;
const EMISSIVITY: f64 = 0.8;
const SINK_K: f64 = 220.0;

/// a, a' and a'' at x: a parabola in each block, heat and joint drop continuous at x = 1.
fn a(x: f64) -> [f64; 3] {
    let left = |x: f64| [20.0 + 6.0 * x + 4.0 * x * x, 6.0 + 8.0 * x, 8.0];
    if x < 1.0 {
        return left(x);
    }
    let [at, slope, _] = left(1.0);
    let (start, heat) = (at + K[0][0] * slope * JOINT, K[0][0] * slope / K[1][0]);
    let d = x - 1.0;
    [start + heat * d - 5.0 * d * d, heat - 10.0 * d, -10.0]
}

fn g(z: f64) -> [f64; 2] {
    [(z + 0.4).sin(), (z + 0.4).cos()]
}

fn exact_k([x, y, z]: [f64; 3]) -> f64 {
    300.0 + a(x)[0] * (PI * y).cos() * g(z)[0]
}

/// −∇·(K∇T), W/m³.
fn source_w_m3([x, y, z]: [f64; 3]) -> f64 {
    let k = K[usize::from(x > 1.0)];
    let wave = (PI * y).cos() * g(z)[0];
    -(k[0] * a(x)[2] - k[1] * PI * PI * a(x)[0] - k[2] * a(x)[0]) * wave
}

/// The root mean square error with n cells a metre.
fn error<B: Backend>(backend: &B, n: usize, stretch: f64) -> Result<f64, VerifyError> {
    // A smooth map of each metre onto itself.
    let map = |x: f64| x.floor() + x.fract() + stretch * (2.0 * PI * x.fract()).sin() / (2.0 * PI);
    let metre = |parts: usize| -> Vec<f64> {
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let end = parts as f64;
        lines(&[(end, parts * n)], 0.0).into_iter().map(map).collect()
    };
    let mut grid = Grid::new(Metric::Plane, [metre(2), metre(1), metre(1)], 0.0);
    grid.k = (0..2 * n).map(|i| K[usize::from(i >= n)]).collect();
    grid.joint[n - 1] = JOINT;
    let faces: Vec<([usize; 3], bool)> = [false, true].into_iter().flat_map(|u| grid.end(2, u).map(move |c| (c, u))).collect();
    let mut network = grid.network(faces.len());
    network.space_k = SINK_K;
    grid.source(&mut network, source_w_m3);
    for (k, (cell, upper)) in faces.iter().enumerate() {
        let node = grid.count() + k;
        let gl_w_per_k = 1.0 / grid.half(2, *cell, *upper);
        network.conductors.push(Conductor { a: grid.node(*cell), b: node, gl_w_per_k });
        let mut at = grid.centre(*cell);
        at[2] = f64::from(u8::from(*upper));
        // Heat that the field brings to the face; the rest of what the face emits it must absorb.
        let outward = if *upper { 1.0 } else { -1.0 };
        let brought = -grid.k[cell[0]][2] * a(at[0])[0] * (PI * at[1]).cos() * g(at[2])[1] * outward;
        let net = EMISSIVITY * STEFAN_BOLTZMANN * (exact_k(at).powi(4) - SINK_K.powi(4));
        let mut surface = plain(EMISSIVITY);
        surface.solar_w_m2 = net - brought;
        network.surfaces.push(surface);
        network.faces.push(Face { node, surface: k, area_m2: grid.area(2, *cell, 0.0) });
    }
    for upper in [false, true] {
        grid.against(&mut network, (0, upper), f64::INFINITY, exact_k);
    }
    let t = solved(backend, &network, 300.0)?.node_k;
    let square = |cell| grid.volume(cell) * (t[grid.node(cell)] - exact_k(grid.centre(cell))).powi(2);
    Ok((grid.cells().map(square).sum::<f64>() / 2.0).sqrt())
}

/// Solves on three meshes and compares the order.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let stretch = match c.id.as_str() {
        "M-even" => 0.0,
        "M-stretched" => 0.4,
        "M-kt" => return Ok(Outcome::open(super::CONDUCTIVITY)),
        _ => return Ok(Outcome::open("meshes are of structured lines")),
    };
    let (mut out, mut points) = (Outcome::default(), vec![]);
    for n in [6_u32, 12, 24] {
        points.push((1.0 / f64::from(n), error(backend, n as usize, stretch)?));
    }
    // A field of some 60 K.
    out.near("root mean square error of T on the finest mesh", points[2].1, 0.0, 0.1);
    out.order("root mean square error of T", points, 2.0);
    Ok(out)
}
