//! Reference cases of conduction with films and local heat on meshes that gmsh made: spreading from discs and chips (C08), NAFEMS T4 and the
//! axisymmetric one (C09).

use super::conduction::{ZERO_K, compare_rises};
use super::data::Case;
use super::imported::Body;
use super::networks::solved;
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::mesh::cells::Cells;
use crate::mesh::faces::FaceGraph;
use nalgebra::{Matrix3, Vector3, vector};
use std::f64::consts::PI;

/// One case, if it is one of these.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Option<Result<Outcome, VerifyError>> {
    Some(match c.id.trim_start_matches("I-") {
        "C08-c1" | "C08-c3" => spreading(backend, c, "disc_1"),
        "C08-c2" => spreading(backend, c, "disc_2"),
        "C08-r1" => spreading(backend, c, "chip_1"),
        "C08-r2" => spreading(backend, c, "chip_2"),
        "C09-T4" => film_on_edges(backend, c),
        "C09-AX" => heated_bore(backend, c),
        _ => return None,
    })
}

/// Whether a face belongs to the side of a name.
fn on(cells: &Cells, graph: &FaceGraph, face: usize, name: &str) -> bool {
    cells.skins.iter().any(|s| s.name == name && s.faces.contains(&graph.corners[face]))
}

/// C08: 15° of a disc or a quarter of a plate, heated on a part of the top and cooled below.
fn spreading<B: Backend>(backend: &B, c: &Case, name: &str) -> Result<Outcome, VerifyError> {
    let round = c.has("disc_radius");
    let (unit_m, share) = if round { (c.get("disc_radius")?, 1.0 / 24.0) } else { (c.get("L")?, 0.25) };
    let k = Matrix3::identity() * c.get("k")?;
    let open = |cells: &Cells, graph: &FaceGraph, f: usize| on(cells, graph, f, "source") || on(cells, graph, f, "cooled");
    let mut body = Body::scaled(name, unit_m, k, open)?;
    let (cells, graph) = (body.cells.clone(), body.graph.clone());
    body.cool(c.get("h")?, ZERO_K, |f| on(&cells, &graph, f, "cooled"));
    let heated: Vec<(usize, usize)> = body.nodes.iter().copied().filter(|(f, _)| on(&cells, &graph, *f, "source")).collect();
    let area_m2: f64 = heated.iter().map(|(f, _)| body.area_m2(*f)).sum();
    for &(face, node) in &heated {
        body.network.internal[node].at_reference_w += share * c.get("Q")? * body.area_m2(face) / area_m2;
    }
    let t = solved(backend, &body.network, ZERO_K)?.node_k;
    let mean = heated.iter().map(|&(f, node)| body.area_m2(f) * (t[node] - ZERO_K)).sum::<f64>() / area_m2;
    let height = body.graph.face_centre_m[heated[0].0].z;
    let centre = body.at(&t, vector![0.0, 0.0, height]) - ZERO_K;
    compare_rises(c, (mean, centre))
}

/// C09-T4: a plate held along one edge, with a film on two.
fn film_on_edges<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (width, height) = (c.get("width")?, c.get("height")?);
    let k = Matrix3::identity() * c.get("k")?;
    let mut body = Body::scaled("rectangle", 1.0, k, |_, graph, f| graph.face_centre_m[f].x > 1e-9)?;
    let graph = body.graph.clone();
    let held = |f: usize| graph.face_centre_m[f].y < 1e-9;
    body.cool(c.get("h")?, ZERO_K + c.get("T_ambient")?, |f| !held(f));
    let hot = ZERO_K + c.get("T_AB")?;
    body.network.held = body.nodes.iter().filter(|(f, _)| held(*f)).map(|&(_, node)| (node, hot)).collect();
    let t = solved(backend, &body.network, ZERO_K)?.node_k;
    // Between the middles of the edge's faces next to the place.
    let mut edge: Vec<(f64, f64)> = body
        .nodes
        .iter()
        .map(|&(f, node)| (graph.face_centre_m[f], t[node]))
        .filter(|(p, _)| p.x > width - 1e-9)
        .map(|(p, t)| (p.y, t))
        .collect();
    edge.sort_by(|a, b| a.0.total_cmp(&b.0));
    let y = c.get("y")?;
    let above = edge.partition_point(|e| e.0 < y);
    let ((y0, t0), (y1, t1)) = (edge[above - 1], edge[above]);
    let at_edge = t0 + (t1 - t0) * (y - y0) / (y1 - y0) - ZERO_K;
    let (mut out, within) = (Outcome::default(), c.tolerance("mesh_rel")?);
    out.near("published", at_edge, c.want("target_published")?, c.tolerance("published_abs")?);
    out.close("T(0.6, 0.2)", at_edge, c.want("exact")?, within);
    out.close("T(0, 0.2)", body.at(&t, vector![0.0, 0.2, 0.0]) - ZERO_K, c.want("exact_x0_y0_2")?, within);
    out.close("T(0.3, 0.5)", body.at(&t, vector![0.3, 0.5 * height, 0.0]) - ZERO_K, c.want("exact_x0_3_y0_5")?, within);
    Ok(out)
}

/// C09-AX: four degrees of a hollow cylinder.
fn heated_bore<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let k = Matrix3::identity() * c.get("k")?;
    let open = |cells: &Cells, graph: &FaceGraph, f: usize| on(cells, graph, f, "held") || on(cells, graph, f, "heated");
    let mut body = Body::scaled("sleeve", 1.0, k, open)?;
    let (cells, graph) = (body.cells.clone(), body.graph.clone());
    let is_heated = |f: usize| on(&cells, &graph, f, "heated");
    let heated: Vec<(usize, usize)> = body.nodes.iter().copied().filter(|(f, _)| is_heated(*f)).collect();
    // The flat faces of the bore stand for its arc.
    let arc_m2 = c.get("r_in")? * PI / 45.0 * (c.get("z_b")? - c.get("z_a")?);
    let area_m2: f64 = heated.iter().map(|(f, _)| body.area_m2(*f)).sum();
    for &(face, node) in &heated {
        body.network.internal[node].at_reference_w += c.get("flux")? * body.area_m2(face) * arc_m2 / area_m2;
    }
    let wall_k = c.get("T_wall")?;
    body.network.held = body.nodes.iter().filter(|(f, _)| !is_heated(*f)).map(|&(_, node)| (node, wall_k)).collect();
    let t = solved(backend, &body.network, wall_k)?.node_k;
    let place: Vector3<f64> = vector![c.get("r")?, 0.0, c.get("z")?];
    let got = body.at(&t, place);
    let mut out = Outcome::default();
    out.near("published", got, c.want("target_published")?, c.tolerance("published_abs")?);
    out.near("T(0.04, 0.04)", got, c.want("exact")?, c.tolerance("mesh_abs")?);
    Ok(out)
}
