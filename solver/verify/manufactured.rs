//! Manufactured solutions of the whole steady operator: conduction with its own conductivity along each axis and in each of
//! two blocks, a joint between them, two faces that radiate to a sink and absorb what the field needs, four held or insulated
//! ones; or both blocks without a joint and their conductivities growing with temperature. On even and on stretched lines. Meshes
//! of other cells: [`meshes`](super::meshes).

use super::data::{Case, Family};
use super::grid::{Grid, Metric, lines};
use super::networks::{plain, solved};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::curve::Curve;
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
        title: "Manufactured solutions: two anisotropic blocks, a joint, radiation to a sink; meshes that are not orthogonal"
            .into(),
        source: "derived: sources and absorbed fluxes are those of the chosen field".into(),
        kind: "exact".into(),
        formula: "T = 300 + a(x) cos(πy) g(z), g = sin(z + 0.4); on meshes 30 cos(πx) (1 + y²) g(z)".into(),
        crosscheck: String::new(),
        case: vec![
            case("M-even", "even lines"),
            case("M-stretched", "lines stretched smoothly, the widest cell 2.3 times the narrowest"),
            case("M-kt", "even lines, no joint, conductivity that doubles over 125 K"),
            case("M-quads", "sheets of quads and triangles, points moved by up to 0.15 of a cell"),
            case("M-tets", "blocks of tetrahedra, hexahedra, wedges and pyramids, points moved by up to 0.15 of a cell"),
        ],
    }
}

/// Conductivities of the two blocks along x, y and z, W/(m K).
const K: [[f64; 3]; 2] = [[8.0, 3.0, 5.0], [2.0, 6.0, 1.5]];
const EMISSIVITY: f64 = 0.8;
const SINK_K: f64 = 220.0;

/// What the cases differ in.
struct Problem {
    /// Stretch of the lines.
    stretch: f64,
    /// Resistance of the joint at x = 1, m² K/W.
    joint: f64,
    /// Growth of all conductivities, `f = 1 + β (T − 300)`, 1/K. Only without a joint is the field then of one form.
    beta: f64,
}

/// cos(πy) and its derivative.
fn wave(y: f64) -> [f64; 2] {
    [(PI * y).cos(), -PI * (PI * y).sin()]
}

/// g and g'.
fn g(z: f64) -> [f64; 2] {
    [(z + 0.4).sin(), (z + 0.4).cos()]
}

impl Problem {
    /// a, a' and a'' at x: a parabola in each block, heat and joint drop continuous at x = 1.
    fn a(&self, x: f64) -> [f64; 3] {
        let left = |x: f64| [20.0 + 6.0 * x + 4.0 * x * x, 6.0 + 8.0 * x, 8.0];
        if x < 1.0 {
            return left(x);
        }
        let [at, slope, _] = left(1.0);
        let (start, heat) = (at + K[0][0] * slope * self.joint, K[0][0] * slope / K[1][0]);
        let d = x - 1.0;
        [start + heat * d - 5.0 * d * d, heat - 10.0 * d, -10.0]
    }
    fn exact_k(&self, [x, y, z]: [f64; 3]) -> f64 {
        300.0 + self.a(x)[0] * wave(y)[0] * g(z)[0]
    }
    fn growth(&self, t_k: f64) -> f64 {
        1.0 + self.beta * (t_k - 300.0)
    }
    /// `−∇·(f K∇T) = −f ∇·(K∇T) − β ∇T·K∇T`, W/m³.
    fn source_w_m3(&self, at: [f64; 3]) -> f64 {
        let [x, y, z] = at;
        let (k, a, wave, g) = (K[usize::from(x > 1.0)], self.a(x), wave(y), g(z));
        let divergence = (k[0] * a[2] - k[1] * PI * PI * a[0] - k[2] * a[0]) * wave[0] * g[0];
        let gradient = [a[1] * wave[0] * g[0], a[0] * wave[1] * g[0], a[0] * wave[0] * g[1]];
        let along: f64 = gradient.iter().zip(k).map(|(d, k)| k * d * d).sum();
        -self.growth(self.exact_k(at)) * divergence - self.beta * along
    }

    /// The root mean square error with n cells a metre.
    fn error<B: Backend>(&self, backend: &B, n: usize) -> Result<f64, VerifyError> {
        // A smooth map of each metre onto itself.
        let map = |x: f64| x.floor() + x.fract() + self.stretch * (2.0 * PI * x.fract()).sin() / (2.0 * PI);
        let metre = |parts: usize| -> Vec<f64> {
            #[expect(clippy::cast_precision_loss, reason = "small counts")]
            let end = parts as f64;
            lines(&[(end, parts * n)], 0.0).into_iter().map(map).collect()
        };
        let mut grid = Grid::new(Metric::Plane, [metre(2), metre(1), metre(1)], 0.0);
        grid.k = (0..2 * n).map(|i| K[usize::from(i >= n)]).collect();
        grid.joint[n - 1] = self.joint;
        let mut network = grid.network();
        network.space_k = SINK_K;
        grid.source(&mut network, |at| self.source_w_m3(at));
        for upper in [false, true] {
            grid.held(&mut network, (0, upper), |at| self.exact_k(at));
            for face in grid.faced(&mut network, (2, upper)) {
                let ([x, y, z], t_k) = (face.at, self.exact_k(face.at));
                // Heat that the field brings to the face; the rest of what the face emits it must absorb.
                let outward = if upper { 1.0 } else { -1.0 };
                let k = grid.k[face.cell[0]][2] * self.growth(t_k);
                let brought = -k * self.a(x)[0] * wave(y)[0] * g(z)[1] * outward;
                let net = EMISSIVITY * STEFAN_BOLTZMANN * (t_k.powi(4) - SINK_K.powi(4));
                let mut surface = plain(EMISSIVITY);
                surface.solar_w_m2 = net - brought;
                let area_m2 = grid.area(2, face.cell, 0.0);
                network.faces.push(Face { node: face.node, surface: network.surfaces.len(), area_m2 });
                network.surfaces.push(surface);
            }
        }
        if self.beta > 0.0 {
            let ends = [200.0, 400.0].map(|t| (t, self.growth(t)));
            let curve = Curve::new(&ends).map_err(|e| VerifyError::Data(e.to_string()))?;
            network.by_temperature.conductance = vec![(0..network.conductors.len(), curve)];
        }
        let t = solved(backend, &network, 300.0)?.node_k;
        Ok(grid.off_k(&t, |at| self.exact_k(at)))
    }
}

/// Solves on three meshes and compares the order.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let problem = match c.id.as_str() {
        "M-even" => Problem { stretch: 0.0, joint: 0.35, beta: 0.0 },
        "M-stretched" => Problem { stretch: 0.4, joint: 0.35, beta: 0.0 },
        "M-kt" => Problem { stretch: 0.0, joint: 0.0, beta: 0.008 },
        _ => return super::meshes::solve(backend, c),
    };
    let (mut out, mut points) = (Outcome::default(), vec![]);
    for n in [6_u32, 12, 24] {
        points.push((1.0 / f64::from(n), problem.error(backend, n as usize)?));
    }
    // A field of some 60 K.
    out.near("root mean square error of T on the finest mesh", points[2].1, 0.0, 0.1);
    out.order("root mean square error of T", points, 2.0);
    Ok(out)
}
