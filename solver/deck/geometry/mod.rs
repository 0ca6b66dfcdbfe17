//! Geometry, missions and boundary conditions as the Workbench of ESATAN-TMS writes them (`.erg`, `.erk`, `.ere`), into a case of parts.
//!
//! | text | here |
//! |---|---|
//! | `REAL`, `INTEGER`, `POINT`, `GROUP`, arrays; arithmetic of numbers, points in brackets | named values |
//! | `BULK`, `DEFINE_BULK` (isotropic), `[density, specific heat, conductivity]` | materials |
//! | `DEFINE_OPTICAL` | coatings; specular parts of what is reflected; what goes through is refused |
//! | `SHELL_SCS_RECTANGLE`, `_BOX`, `_DISC`, `_CYLINDER`, `_CONE`, `_SPHERE`, `_PARABOLOID`; the same by points; parts of a turn | parts; a box is six panels, since its edges conduct only where the text fuses them |
//! | `SOLID_RECTANGLE_PARAMS`, `_POINTS`; `SOLID_PIPE_PARAMS` | blocks; the wall of the pipe as a shell |
//! | `NON_GEOMETRIC_THERMAL_NODE` | node with its capacity |
//! | `ROTATE` (x, then y, then z about fixed axes), `TRANSLATE`, `clear`, `A + B`, `SINGLE_COMBINATION` | places; cuts (`A - B`) are listed |
//! | `DEFINE_CONDUCTIVE_INTERFACE` "FUSED" | contact along edges, between solids over faces, with a very large conductance |
//! | `DEFINE_CONTACT_ZONE`, `CONDUCTIVE_CONDUCTOR` | contacts; conductors and links, in full between what they name |
//! | `TOTAL_AREA_HEAT_LOAD`, `TOTAL_VOLUME_HEAT_LOAD`, `AREA_`, `VOLUME_`; `TEMPERATURE`; values may be a `PROPERTY` in time | heat of parts and nodes; a node that holds them |
//! | `SET_BOUNDARY_CONDITION`, `SET_CONTACT_ZONE`, `SET_USER_DEFINED_CONDUCTOR` of one analysis case | what applies: conditions that are switched on, zones and conductors that are not switched off |
//! | `DEFINE_MISSION`: heights, inclination, node, Sun, planet, pointing | orbit, environment, attitude |
//!
//! The whole is the combination that has the model's name, or all that stands in no other. What cannot be translated is a [`Remark`] with
//! its line; a text that is no text of this kind ends in one error with its line.
//!
//! **Conventions.** Lengths in m, angles in degrees. Side 1 of a disc looks along its axis, that of a cylinder and a box outwards: a public
//! vacuum chamber shows it, closed by two discs that radiate on side 2 only and are turned by `y_ang` and `z_ang`; it shows the order and
//! sense of `ROTATE` too, and that `clear` begins again at the origin. Direction 1 goes around what is round. Faces count along direction 1
//! first, two numbers each, the odd one on side 1; those of a box begin with z low and y low and end with z high (contact lists of public
//! models). The planet's gravity is `gc R²`: two public runs of an orbit agree to 1e-6. Conditions apply where an analysis case switches them on,
//! zones and conductors unless it switches them off, as public cases switch only those. Cones stand on their smaller end and rectangles have
//! corners 1, 2 and 4, as the open reader pycanha has them. *Assumed:* side 1 of rectangles looks along `(p2 − p1) × (p4 − p1)`, that of cones,
//! spheres and paraboloids away from the axis; the other walls of a box follow y low counter-clockwise; `omega` is the right ascension
//! of the node; `init_phi`, `init_psi` and `init_omega` turn the body about its x, y and z axes in the order given, and are told as lost; a side
//! that is not given is active; a conductor between groups is the whole between them, shared by area. `TEMPERATURE`, `AREA_` and
//! `VOLUME_HEAT_LOAD` are named after the loads that public models have.
//!
//! [`Remark`]: super::Remark

mod joins;
mod mission;
mod reader;
mod shells;
mod skin;
mod text;
mod tree;
mod write;

use super::expression::short;
use super::{Remark, Text, Value};
use crate::case::CaseErrors;
use crate::model::form::{Cut, Form};
pub use mission::Mission;
use nalgebra::Isometry3;
use std::collections::BTreeMap;

/// What is chosen where a text holds several.
#[derive(Clone, Copy, Debug, Default)]
pub struct Choice<'a> {
    /// Radiative case whose mission is flown.
    pub mission: Option<&'a str>,
    /// Analysis case that switches conditions on and off.
    pub analysis: Option<&'a str>,
}

/// What covers a part; names of materials and coatings in capitals.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Skin {
    /// Material and thickness, m, of each layer; none: neither conducts nor stores heat. Solids have one, without a thickness.
    pub layers: Vec<(String, f64)>,
    /// Coating of the front, or of the outside of a solid.
    pub front: Option<String>,
    /// Coating of the back.
    pub back: Option<String>,
    /// A solid.
    pub solid: bool,
}

/// A part.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name in the case.
    pub name: String,
    /// Line of the text.
    pub line: usize,
    /// Shape.
    pub form: Form,
    /// What of it there is.
    pub cut: Cut,
    /// Cells as a case counts them.
    pub cells: [usize; 3],
    /// Where it lies.
    pub place: Isometry3<f64>,
    /// What covers it.
    pub skin: Skin,
    /// Heat in it, W.
    pub heat_w: Value,
    /// Faces of the program.
    faces: usize,
    /// Leaf and piece that it comes from.
    of: (usize, usize),
}

impl Part {
    fn new(name: String, of: (usize, usize), primitive: &shells::Primitive, place: Isometry3<f64>) -> Self {
        let piece = &primitive.pieces[of.1];
        let (form, cut, cells, faces) = (piece.form, piece.cut, piece.cells, piece.faces);
        let (line, skin) = (primitive.line, primitive.skin.clone());
        Self { name, line, form, cut, cells, place, skin, heat_w: Value::Constant(0.0), faces, of }
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Name in the case.
    pub name: String,
    /// Line of the text; 0 of one that the text does not have.
    pub line: usize,
    /// J/K; 0 of one that stores nothing.
    pub capacity_j_per_k: f64,
    /// Held at this temperature, °C.
    pub held_c: Option<Value>,
    /// Heat in it, W.
    pub power_w: Value,
    of: usize,
}

impl Node {
    fn new(name: String, of: usize, line: usize, capacity_j_per_k: f64) -> Self {
        Self { name, line, capacity_j_per_k, held_c: None, power_w: Value::Constant(0.0), of }
    }
}

/// How much a contact conducts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Conducts {
    /// W/(m K) along edges.
    Edge(f64),
    /// W/(m² K) of faces.
    Area(f64),
}

/// A contact between two parts.
#[derive(Clone, Debug)]
pub struct Contact {
    /// Number of a part.
    pub a: usize,
    /// Number of another.
    pub b: usize,
    /// How much it conducts.
    pub conducts: Conducts,
    /// Largest distance, m.
    pub within_m: f64,
    /// What the text calls it.
    pub name: String,
    /// Line of the text.
    pub line: usize,
}

/// A conductance from a part to a node, W/K.
#[derive(Clone, Debug)]
pub struct Link {
    /// Number of a part.
    pub part: usize,
    /// Number of a node.
    pub node: usize,
    /// W/K.
    pub gl_w_per_k: f64,
}

/// What a case is written from.
#[derive(Clone, Debug, Default)]
pub struct Geometry {
    /// Title.
    pub title: String,
    /// Parts.
    pub parts: Vec<Part>,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Contacts.
    pub contacts: Vec<Contact>,
    /// From parts to nodes.
    pub links: Vec<Link>,
    /// From node to node with W/K.
    pub conductors: Vec<(String, usize, usize, f64)>,
    /// Orbit, light and pointing.
    pub mission: Option<Mission>,
    /// What was not translated.
    pub remarks: Vec<Remark>,
    /// Names of parts and nodes, and how often each was wanted.
    names: BTreeMap<String, usize>,
    materials: BTreeMap<String, reader::Bulk>,
    coatings: BTreeMap<String, reader::Optical>,
}

/// Reads geometry with the missions and boundary conditions that follow it. Errors: the first statement that is none, with its line.
///
/// Truth: `geometry::*`.
pub fn read(text: &Text, choice: &Choice<'_>) -> Result<Geometry, CaseErrors> {
    reader::read(text, choice)
}

impl Geometry {
    /// Leaves out contacts that touch nothing, by their numbers in order, and then what no heat can leave. Truth:
    /// `geometry::what_cannot_be_translated_is_listed`.
    pub fn settle(&mut self, touch_nothing: &[usize]) {
        for &k in touch_nothing.iter().rev() {
            let c = self.contacts.remove(k);
            let what = format!("{}: nothing of {} and {} touches: left out", c.name, self.parts[c.a].name, self.parts[c.b].name);
            self.remarks.push(Remark { line: c.line, what, lost: true });
        }
        let (of_part, of_node) = self.reached();
        let mut cut = |line: usize, name: &str, kept: bool| {
            if !kept {
                let what = format!("{name}: no heat can leave it: left out");
                self.remarks.push(Remark { line, what, lost: true });
            }
        };
        self.parts.iter().zip(&of_part).for_each(|(p, kept)| cut(p.line, &p.name, *kept));
        self.nodes.iter().zip(&of_node).for_each(|(n, kept)| cut(n.line, &n.name, *kept));
        // Where each stands once the others are gone.
        let next = |kept: &[bool]| -> Vec<Option<usize>> {
            let mut count = 0..;
            kept.iter().map(|k| k.then(|| count.next()).flatten()).collect()
        };
        let (part, node) = (next(&of_part), next(&of_node));
        // What is joined to something that is kept is kept.
        let stay = |a: &mut usize, of_a: &[Option<usize>], b: &mut usize, of_b: &[Option<usize>]| {
            let both = of_a[*a].zip(of_b[*b]);
            (*a, *b) = both.unwrap_or_default();
            both.is_some()
        };
        self.contacts.retain_mut(|c| stay(&mut c.a, &part, &mut c.b, &part));
        self.links.retain_mut(|l| stay(&mut l.part, &part, &mut l.node, &node));
        self.conductors.retain_mut(|(_, a, b, _)| stay(a, &node, b, &node));
        let (mut kept_parts, mut kept_nodes) = (of_part.iter(), of_node.iter());
        self.parts.retain(|_| kept_parts.next() == Some(&true));
        self.nodes.retain(|_| kept_nodes.next() == Some(&true));
        self.remarks.sort_by_key(|r| r.line);
    }

    /// Parts and nodes from which heat comes to space or to a node that is held.
    fn reached(&self) -> (Vec<bool>, Vec<bool>) {
        let n = self.parts.len();
        let radiates = |name: &Option<String>| name.as_ref().is_some_and(|c| self.coatings[c].emissivity > 0.0);
        let mut reached: Vec<bool> = self.parts.iter().map(|p| radiates(&p.skin.front) || radiates(&p.skin.back)).collect();
        reached.extend(self.nodes.iter().map(|n| n.held_c.is_some()));
        let mut paths = vec![vec![]; reached.len()];
        let contacts = self.contacts.iter().map(|c| (c.a, c.b));
        let links = self.links.iter().map(|l| (l.part, n + l.node));
        for (a, b) in contacts.chain(links).chain(self.conductors.iter().map(|c| (n + c.1, n + c.2))) {
            paths[a].push(b);
            paths[b].push(a);
        }
        let mut open: Vec<usize> = (0..reached.len()).filter(|k| reached[*k]).collect();
        while let Some(k) = open.pop() {
            for &next in &paths[k] {
                if !std::mem::replace(&mut reached[next], true) {
                    open.push(next);
                }
            }
        }
        let nodes = reached.split_off(n);
        (reached, nodes)
    }
}

/// A name of letters, digits and `_` that is not taken.
fn fresh(names: &mut BTreeMap<String, usize>, wanted: &str) -> String {
    let plain: String = wanted.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    super::gather::fresh(names, plain)
}
