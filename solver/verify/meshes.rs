//! Manufactured solutions on meshes that are not orthogonal: perturbed blocks of solids and sheets of shells, all outer faces held
//! at the field, with a conductivity tensor whose axes lie along no coordinate.

use super::data::Case;
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::volumes::{End, Volumes};
use crate::mesh::cells::{Cells, Kind};
use crate::mesh::faces::FaceGraph;
use crate::mesh::part::Form;
use crate::mesh::quality::{Quality, measure};
use crate::network::Network;
use crate::solve::steady::{Settings, steady};
use nalgebra::{Matrix3, Rotation3, Vector3, vector};
use std::f64::consts::PI;
use std::sync::Arc;

/// Numbers in a fixed sequence (splitmix64), so that a mesh is the same each time.
#[derive(Clone, Copy, Debug)]
pub struct Random(pub u64);

impl Random {
    /// A number from 0 to 1.
    pub fn share(&mut self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "the lowest bits do not matter")]
        let word = self.word() as f64;
        word / 2.0_f64.powi(64)
    }
    /// 64 bits.
    pub fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A block of `n³`, or for shells a sheet of `n²`, hexahedra or quads, points inside moved by up to `by` of a cell, cut into cells
/// of a kind.
pub fn perturbed(size_m: [f64; 3], n: usize, kind: Kind, by: f64) -> Cells {
    let [a, b, _] = size_m;
    let axes = if kind.is_shell() { 2 } else { 3 };
    let form = if kind.is_shell() { Form::Panel { size_m: [a, b] } } else { Form::Block { size_m } };
    let mut cells = form.cells([n; 3], "lump");
    let mut random = Random(7);
    for p in &mut cells.points_m {
        let inside = (0..axes).all(|a| p[a] > 1e-9 && p[a] < size_m[a] - 1e-9);
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let step = |a: usize| by * size_m[a] / n as f64;
        let mut d = Vector3::zeros();
        (0..axes).for_each(|a| d[a] = (2.0 * random.share() - 1.0) * step(a));
        *p += if inside { d } else { Vector3::zeros() };
    }
    match kind {
        Kind::Hexahedron | Kind::Quad => cells,
        Kind::Tetrahedron => cells.hexahedra_as_tetrahedra(),
        Kind::Wedge | Kind::Pyramid | Kind::Triangle => cut(&cells, kind),
    }
}

/// Hexahedra as two wedges each, or as six pyramids on the faces with their tip in the middle; quads as two triangles.
fn cut(cells: &Cells, kind: Kind) -> Cells {
    let mut out = Cells { points_m: cells.points_m.clone(), parts: cells.parts.clone(), ..Cells::default() };
    for c in 0..cells.len() {
        let at = cells.corners(c);
        let all = |of: &[usize]| of.iter().map(|&k| at[k]).collect::<Vec<u32>>();
        match kind {
            Kind::Wedge => [[0, 1, 2, 4, 5, 6], [0, 2, 3, 4, 6, 7]].iter().for_each(|k| out.push(kind, &all(k), 0)),
            Kind::Triangle => [[0, 1, 2], [0, 2, 3]].iter().for_each(|k| out.push(kind, &all(k), 0)),
            _ => {
                let tip = out.point(cells.places(c).sum::<Vector3<f64>>() / 8.0);
                for face in Kind::Hexahedron.faces() {
                    let base: Vec<u32> = face.iter().rev().map(|&k| at[k]).chain([tip]).collect();
                    out.push(kind, &base, 0);
                }
            }
        }
    }
    out
}

/// A field of temperature, K, or of its sources, W/m³.
pub type Field<'a> = &'a dyn Fn(Vector3<f64>) -> f64;

/// Root mean square error on a mesh whose outer faces are held at a field, with its sources at the centres; and the mesh's quality.
/// Shells have one thickness, m. `conductivity_w_mk` is of each part.
pub fn error_k<B: Backend>(
    backend: &B,
    (cells, thickness_m): (&Cells, f64),
    conductivity_w_mk: &[Matrix3<f64>],
    (field_k, source_w_m3): (Field<'_>, Field<'_>),
) -> Result<(f64, Quality), VerifyError> {
    let graph = Arc::new(FaceGraph::new(cells, &vec![thickness_m; cells.parts.len()]));
    let quality = measure(cells, &graph).map_err(|e| VerifyError::Data(e.to_string()))?;
    let mut ends = vec![End::Bonded; graph.face_count()];
    graph.outside().for_each(|f| ends[f] = End::Held(field_k(graph.face_centre_m[f])));
    let volumes = Arc::new(Volumes::new(cells, graph.clone(), conductivity_w_mk, ends));
    let mut network = Network::new(cells.len());
    network.conductors = volumes.conductors();
    network.volumes = Some(volumes.clone());
    for (cell, gl, t_k) in volumes.held() {
        network.internal[cell].tie(t_k, gl);
    }
    for (c, q) in network.internal.iter_mut().enumerate() {
        q.at_reference_w = source_w_m3(graph.centre_m[c]) * graph.volume_m3[c];
    }
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 400, residual: None };
    let t = steady(backend, &network, vec![300.0; cells.len()], settings, &|_| ())?.node_k;
    let square = |c: usize| graph.volume_m3[c] * (t[c] - field_k(graph.centre_m[c])).powi(2);
    let all: f64 = graph.volume_m3.iter().sum();
    Ok((((0..cells.len()).map(square).sum::<f64>() / all).sqrt(), quality))
}

/// A symmetric conductivity tensor with three different axes, none along the coordinates, W/(m K).
pub fn tensor() -> Matrix3<f64> {
    let turn = Rotation3::from_euler_angles(0.4, -0.7, 1.1);
    turn * Matrix3::from_diagonal(&vector![5.0, 1.5, 2.5]) * turn.transpose()
}

/// `T = 300 + 30 cos(πx) (1 + y²) sin(z + 0.4)`.
fn exact_k(p: Vector3<f64>) -> f64 {
    300.0 + 30.0 * (PI * p.x).cos() * (1.0 + p.y * p.y) * (p.z + 0.4).sin()
}

/// `−∇·(K∇T)` by the field's second derivatives, W/m³.
fn source_w_m3(k: &Matrix3<f64>, p: Vector3<f64>) -> f64 {
    let (x, y, z) = ((PI * p.x).cos(), 1.0 + p.y * p.y, (p.z + 0.4).sin());
    let (dx, dy, dz) = (-PI * (PI * p.x).sin(), 2.0 * p.y, (p.z + 0.4).cos());
    let (xx, xy, xz) = (-PI * PI * x * y * z, dx * dy * z, dx * y * dz);
    let (yy, yz, zz) = (x * 2.0 * z, x * dy * dz, -x * y * z);
    -30.0 * (k * Matrix3::new(xx, xy, xz, xy, yy, yz, xz, yz, zz)).trace()
}

/// M-quads and M-tets: each kind of cell on three meshes.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let kinds = match c.id.as_str() {
        "M-quads" => &[(Kind::Quad, "quads"), (Kind::Triangle, "triangles")][..],
        _ => &[
            (Kind::Tetrahedron, "tetrahedra"),
            (Kind::Hexahedron, "hexahedra"),
            (Kind::Wedge, "wedges"),
            (Kind::Pyramid, "pyramids"),
        ],
    };
    let mut out = Outcome::default();
    for &(kind, name) in kinds {
        // A sheet in the plane z = 0 conducts along it alone.
        let (mut k, sizes) = (tensor(), if kind.is_shell() { [16_u32, 32, 64] } else { [4, 8, 16] });
        if kind.is_shell() {
            (0..3).for_each(|a| (k[(a, 2)], k[(2, a)]) = (0.0, 0.0));
        }
        let mut points = vec![];
        for n in sizes {
            let cells = perturbed([1.0; 3], n as usize, kind, 0.15);
            let (error, _) = error_k(backend, (&cells, 1e-3), &[k], (&exact_k, &|p| source_w_m3(&k, p)))?;
            points.push((1.0 / f64::from(n), error));
        }
        out.order(&format!("root mean square error of T on {name}"), points, 2.0);
    }
    Ok(out)
}
