//! Where parts meet each other and nodes: contacts of faces and edges, bolts, links.

use super::bodies::{Bodies, Of, Outer};
use crate::case::CaseErrors;
use crate::case::assembly::Contact;
use crate::mesh::faces::polygon;
use crate::model::assembly::Assembly;
use nalgebra::Vector3;
use std::collections::HashMap;

/// A contact or a link as found.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Part on one side.
    pub a: String,
    /// Part on the other, or a lumped node.
    pub b: String,
    /// Area that touches, m²; 0 of edges and bolts.
    pub area_m2: f64,
    /// Length of edges that lie along each other, m.
    pub length_m: f64,
    /// Pairs of faces.
    pub pairs: usize,
    /// Node on one side, node on the other, conductance in W/K.
    pub ties: Vec<(usize, usize, f64)>,
}

impl Touch {
    /// Heat from a to b at these temperatures, W.
    pub fn heat_w(&self, node_k: &[f64]) -> f64 {
        self.ties.iter().map(|&(a, b, gl)| gl * (node_k[a] - node_k[b])).sum()
    }
}

/// What of the case says that faces need a node of their own, and who they are tied to.
pub(super) struct Ends<'a> {
    pub bodies: &'a Bodies,
    pub node_of_face: HashMap<usize, usize>,
    pub cell_of: Vec<usize>,
}

impl Ends<'_> {
    /// A new node before a cell.
    pub(super) fn before(&mut self, cell: usize) -> usize {
        self.cell_of.push(cell);
        self.cell_of.len() - 1
    }
    pub(super) fn node(&mut self, of: Of) -> usize {
        match of {
            Of::Shell(cell) => cell,
            Of::Face(face) => match self.node_of_face.get(&face) {
                Some(node) => *node,
                None => {
                    let node = self.before(self.bodies.cell_of_face(face));
                    self.node_of_face.insert(face, node);
                    node
                }
            },
        }
    }
}

/// What of two parts lies on each other as a contact says: with its size, m² or m, and what its conductance counts by.
fn found(bodies: &Bodies, c: &Contact) -> (Vec<(Of, Of, f64)>, &'static str, f64) {
    match c.edge_w_mk {
        Some(per_m) => (bodies.edges_along(&c.a, &c.b, c.within_mm.si()), "free edges", per_m.si()),
        None => (bodies.touching(&c.a, &c.b, c.within_mm.si()), "faces", c.h_w_m2k.map_or(f64::NAN, |h| h.si())),
    }
}

/// Numbers of the contacts of a case in which nothing touches. Truth: `geometry::what_cannot_be_translated_is_listed`.
pub fn touch_nothing(model: &Assembly) -> Result<Vec<usize>, CaseErrors> {
    let bodies = Bodies::new(model)?;
    Ok((0..model.contacts.len()).filter(|k| found(&bodies, &model.contacts[*k]).0.is_empty()).collect())
}

/// Contacts of faces, and of edges of shells.
pub(super) fn contacts(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for (k, c) in model.contacts.iter().enumerate() {
        let (found, what, per) = found(bodies, c);
        if found.is_empty() {
            let message = format!("no {what} of `{}` and `{}` lie on each other within {} mm", c.a, c.b, c.within_mm.get());
            let help = "correct the places of the parts, or raise `within_mm`";
            return Err(model.source.errors(vec![model.source.error(&format!("contacts[{k}]"), message, help)]));
        }
        let size: f64 = found.iter().map(|f| f.2).sum();
        let per = c.gl_w_per_k.map_or(per, |gl| gl.si() / size);
        let ties = found.iter().map(|&(a, b, part)| (ends.node(a), ends.node(b), per * part)).collect();
        let (area_m2, length_m) = if c.edge_w_mk.is_some() { (0.0, size) } else { (size, 0.0) };
        all.push(Touch { a: c.a.clone(), b: c.b.clone(), area_m2, length_m, pairs: found.len(), ties });
    }
    Ok(all)
}

/// Bolts: `GL w_i v_j` between what lies under a head on one side and on the other, w and v the shares of area, so that
/// `Q = GL (Σ w_i T_i − Σ v_j T_j)`.
///
/// Truth: `assemblies::bolts_join_the_means_under_their_heads`.
pub(super) fn bolts(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for (k, bolt) in model.bolts.iter().enumerate() {
        let sides = [&bolt.a, &bolt.b].map(|name| bodies.named(name));
        if let Some(empty) = sides.iter().position(Vec::is_empty) {
            let message = format!("`{}` has no faces", [&bolt.a, &bolt.b][empty]);
            let error = model.source.error(&format!("bolts[{k}]"), message, "name a part or a group of its mesh");
            return Err(model.source.errors(vec![error]));
        }
        let mut touch = Touch { a: bolt.a.clone(), b: bolt.b.clone(), area_m2: 0.0, length_m: 0.0, pairs: 0, ties: vec![] };
        for at in &bolt.at_m {
            let at = Vector3::from(at.map(|x| x.si()));
            let [first, second] = sides.each_ref().map(|side| under(side, at, bolt.radius_mm.si()));
            for &(i, w) in &first {
                for &(j, v) in &second {
                    touch.ties.push((ends.node(i), ends.node(j), bolt.gl_w_per_k.si() * w * v));
                }
            }
        }
        touch.pairs = touch.ties.len();
        all.push(touch);
    }
    Ok(all)
}

/// Outlines whose centres lie within a radius of a point, with their shares of area; of none the nearest.
fn under(side: &[Outer], at: Vector3<f64>, radius_m: f64) -> Vec<(Of, f64)> {
    let away: Vec<f64> = side.iter().map(|o| (polygon(&o.corners).1 - at).norm()).collect();
    let within: Vec<&Outer> = side.iter().zip(&away).filter(|(_, d)| **d <= radius_m).map(|(o, _)| o).collect();
    if within.is_empty() {
        let nearest = side.iter().zip(&away).min_by(|a, b| a.1.total_cmp(b.1));
        return nearest.map(|(o, _)| (o.of, 1.0)).into_iter().collect();
    }
    let whole: f64 = within.iter().map(|o| o.area_m2).sum();
    within.into_iter().map(|o| (o.of, o.area_m2 / whole)).collect()
}

/// Links to lumped nodes, which count from 0 until all faces are known.
pub(super) fn links(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for (k, l) in model.links.iter().enumerate() {
        let found = bodies.named(&l.part);
        if found.is_empty() {
            let message = format!("`{}` has no faces", l.part);
            let error = model.source.error(&format!("links[{k}]"), message, "name a part or a group of its mesh");
            return Err(model.source.errors(vec![error]));
        }
        let node = model.lumped.nodes.iter().position(|n| n.name == l.node).expect("checked with the case");
        let area_m2 = found.iter().map(|o| o.area_m2).sum();
        let per_m2 = l.gl_w_per_k.map_or_else(|| l.h_w_m2k.map_or(f64::NAN, |h| h.si()), |gl| gl.si() / area_m2);
        let ties = found.iter().map(|o| (ends.node(o.of), node, per_m2 * o.area_m2)).collect();
        all.push(Touch { a: l.part.clone(), b: l.node.clone(), area_m2, length_m: 0.0, pairs: found.len(), ties });
    }
    Ok(all)
}
