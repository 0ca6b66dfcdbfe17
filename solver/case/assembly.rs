//! The keys of what is analysed as given: parts from shapes and mesh files, lumped nodes, and what joins them.

use super::components::{Exchanger, Loop, NodeHeater};
use super::joint::PartJoint;
use super::lumped::{Conductor, Cooler, March, Node};
use super::schema::{Attitude, Coating, Environment, Life, Material, Orbit, Output, RaySettings, Solver, Verify};
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Parts and nodes as they are, their contacts, conductors and loads: what thermsolve analyses without sizing anything. A case with
/// `[parts]` or `[nodes]` is one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Assembly {
    /// Title of the run, as it stands on the summary.
    pub name: String,
    /// What the file holds, if it says so.
    pub kind: Option<Kind>,
    /// Beginning or end of life of the coatings of parts, where no `[environment]` says it.
    pub life: Option<Life>,
    /// What surfaces of parts see.
    pub exchange: Option<Exchange>,
    /// Part of what the surfaces of a closed radiation group send out that may meet nothing; 0.01 if absent.
    pub escape_most: Option<Fraction>,
    /// Temperature of space; 2.725 K if absent.
    pub space_k: Option<Kelvins>,
    /// Where it flies; with `[environment]` and `[attitude]`, or without all three: no sunlight.
    pub orbit: Option<Orbit>,
    /// What shines on it.
    pub environment: Option<Environment>,
    /// How it points.
    pub attitude: Option<Attitude>,
    /// Parts.
    #[serde(default)]
    pub parts: BTreeMap<String, Part>,
    /// Lumped nodes by name.
    #[serde(default)]
    pub nodes: BTreeMap<String, Node>,
    /// Conductors between nodes by name; each has one conductance: linear, radiative or fluid, constant, by time or by temperature.
    #[serde(default)]
    pub conductors: BTreeMap<String, Conductor>,
    /// Thermoelectric coolers between nodes by name.
    #[serde(default)]
    pub coolers: BTreeMap<String, Cooler>,
    /// Heat exchangers between nodes by name.
    #[serde(default)]
    pub exchangers: BTreeMap<String, Exchanger>,
    /// Pumped loops through nodes by name.
    #[serde(default)]
    pub loops: BTreeMap<String, Loop>,
    /// Heaters of nodes by name.
    #[serde(default)]
    pub heaters: BTreeMap<String, NodeHeater>,
    /// Groups between which heat flows are reported: names of nodes and parts, a `*` at the end stands for any ending. A node or
    /// part that no group names is a group of its own.
    #[serde(default)]
    pub groups: BTreeMap<String, Vec<String>>,
    /// Where parts touch.
    #[serde(default)]
    pub contacts: Vec<Contact>,
    /// Where parts are bolted together.
    #[serde(default)]
    pub bolts: Vec<Bolts>,
    /// Blankets of multilayer insulation by name; parts take them in the place of a coating.
    #[serde(default)]
    pub blankets: BTreeMap<String, Blanket>,
    /// Conductances from parts to nodes.
    #[serde(default)]
    pub links: Vec<Link>,
    /// Points whose temperatures are reported, by name.
    #[serde(default)]
    pub sensors: BTreeMap<String, Sensor>,
    /// Temperatures in time.
    pub transient: Option<March>,
    /// Rays.
    #[serde(default)]
    pub rays: RaySettings,
    /// Tolerances.
    #[serde(default)]
    pub solver: Solver,
    /// What is written.
    #[serde(default)]
    pub output: Output,
    /// Materials of this case, beside the catalogue's.
    #[serde(default)]
    pub materials: BTreeMap<String, Material>,
    /// Coatings of this case, beside the catalogue's.
    #[serde(default)]
    pub coatings: BTreeMap<String, Coating>,
    /// What a test run of this case must give; read by the test suite only.
    #[serde(default)]
    pub verify: Option<Verify>,
}

/// Kinds of case files beside the sized satellite.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Parts and nodes as given.
    Assembly,
}

/// What surfaces see.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Exchange {
    /// Each other and space, by rays.
    Traced,
    /// Space only: right for convex bodies, and without an orbit.
    Space,
}

/// A part: one of `shape` and `mesh`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Part {
    /// Shape in its own axes, with the sizes it needs.
    pub shape: Option<ShapeName>,
    /// Mesh file (.msh, .stl, .obj, .vtu, .vtp), a path from the case file. Its physical groups are the part's groups.
    pub mesh: Option<String>,
    /// Unit of the mesh file.
    pub unit: Option<Unit>,
    /// Edges along x, y (panel, honeycomb) and z (box, block).
    pub size_m: Option<Vec<Metres>>,
    /// Radius of cylinder, disc, sphere, paraboloid (at the rim), cone (at its base).
    pub radius_m: Option<Metres>,
    /// Radius of a disc's hole.
    pub inner_radius_m: Option<Metres>,
    /// Radius of a cone at its end; absent: a tip.
    pub end_radius_m: Option<Metres>,
    /// Length of cylinder and cone along z.
    pub length_m: Option<Metres>,
    /// Focal length of a paraboloid.
    pub focal_m: Option<Metres>,
    /// Of shapes about z: from one angle to another, from x towards y; absent: the whole turn.
    pub sector_deg: Option<[AngleDegrees; 2]>,
    /// Of spheres: from one latitude to another; absent: from pole to pole.
    pub latitude_deg: Option<[LatitudeDegrees; 2]>,
    /// Cells along x, y, z; of surfaces of revolution along the profile and around.
    pub cells: Option<Vec<Cells>>,
    /// Material.
    pub material: Option<String>,
    /// Thickness of shells.
    pub thickness_mm: Option<Millimetres>,
    /// Layers of shells, in the place of `material` and `thickness_mm`; one temperature across all of them.
    pub layers: Option<Vec<Layer>>,
    /// Conductivity along the part's x, y and z axes, in the place of the material's.
    pub conductivity_xyz_w_mk: Option<[Conductivity; 3]>,
    /// Core of a honeycomb panel between face sheets of `material`, each `thickness_mm` thick.
    pub core: Option<Core>,
    /// Coating or blanket of shells on the side of their normal; no key: that side does not radiate.
    pub front: Option<String>,
    /// Coating or blanket of shells on the other side.
    pub back: Option<String>,
    /// Coating or blanket of all outer faces of solids that no group, contact or link takes.
    pub outside: Option<String>,
    /// Radiation group of its surfaces; absent: "external". Surfaces exchange and shadow each other within their group only. Those of
    /// "external" see space, Sun and planet; any other group is an enclosure of its own, closed by its surfaces, and sees none of them.
    pub radiation: Option<String>,
    /// That of fronts of shells, in the place of `radiation`.
    pub front_radiation: Option<String>,
    /// That of backs of shells.
    pub back_radiation: Option<String>,
    /// Heat spread over the part's volume.
    pub heat_w: Option<Watts>,
    /// The same in time, pairs of s and W, as those of nodes; the steady state takes what holds at 0 s, in orbit their mean.
    pub heat_by_s: Option<Vec<(Seconds, Watts)>>,
    /// The table begins again after this.
    pub period_s: Option<Seconds>,
    /// Place of its origin, in the parent's axes.
    pub position_m: Option<[Offset; 3]>,
    /// Turned about the parent's x, then y, then z axis, before it is placed.
    pub turn_deg: Option<[AngleDegrees; 3]>,
    /// Part whose axes it is placed in.
    pub parent: Option<String>,
    /// What turns it around the orbit, with all parts that it is the parent of.
    pub joint: Option<PartJoint>,
    /// Copies, the part itself included; they carry its heat each.
    pub copies: Option<Copies>,
    /// Lowest and highest temperature in operation.
    pub operating_c: Option<(NodeCelsius, NodeCelsius)>,
    /// Lowest and highest temperature of the qualification.
    pub qualification_c: Option<(NodeCelsius, NodeCelsius)>,
    /// Uncertainty of the prediction; it is taken off the margins.
    pub uncertainty_k: Option<KelvinStep>,
    /// What differs on groups of the mesh file: volumes, shells, or named faces of solids.
    #[serde(default)]
    pub groups: BTreeMap<String, Group>,
}

/// Shapes.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum ShapeName {
    /// Flat sheet in x and y, corner at the origin.
    Panel,
    /// Flat sandwich in x and y, corner at the origin, one temperature across; ribbon along x.
    Honeycomb,
    /// Six sheets, fronts outwards, corner at the origin.
    Box,
    /// Solid block, corner at the origin; its sides are the groups x_low, x_high, y_low and so on.
    Block,
    /// Open cylinder along z, front outwards.
    Cylinder,
    /// Open cone along z, front outwards.
    Cone,
    /// Disc or ring at z = 0.
    Disc,
    /// Sphere, front outwards.
    Sphere,
    /// Dish about z, front inwards.
    Paraboloid,
}

/// Units of mesh files.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Metres.
    M,
    /// Centimetres.
    Cm,
    /// Millimetres.
    Mm,
    /// Inches.
    In,
}

impl Unit {
    /// In metres.
    pub fn m(self) -> f64 {
        match self {
            Self::M => 1.0,
            Self::Cm => 1e-2,
            Self::Mm => 1e-3,
            Self::In => 0.0254,
        }
    }
}

/// Hexagonal core.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Core {
    /// Material of the foil.
    pub material: String,
    /// Height.
    pub height_mm: Millimetres,
    /// Width of a cell across its flats.
    pub cell_mm: Millimetres,
    /// Thickness of the foil.
    pub foil_um: Micrometres,
}

/// Where copies stand: `step_m`, or `axis` and `step_deg`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Copies {
    /// How many, the part itself included.
    pub count: Count,
    /// From one to the next along a line.
    pub step_m: Option<[Offset; 3]>,
    /// Axis through the parent's origin.
    pub axis: Option<[Component; 3]>,
    /// From one to the next about it.
    pub step_deg: Option<AngleDegrees>,
}

/// What differs on a group.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Material.
    pub material: Option<String>,
    /// Thickness of its shells.
    pub thickness_mm: Option<Millimetres>,
    /// Coating of its shells' fronts.
    pub front: Option<String>,
    /// Coating of its shells' backs.
    pub back: Option<String>,
    /// Coating of these faces of solids.
    pub outside: Option<String>,
    /// Radiation group, as that of the part.
    pub radiation: Option<String>,
    /// That of its shells' fronts.
    pub front_radiation: Option<String>,
    /// That of its shells' backs.
    pub back_radiation: Option<String>,
    /// Heat spread over it.
    pub heat_w: Option<Watts>,
}

/// A layer of a shell.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// Material.
    pub material: String,
    /// Thickness.
    pub thickness_mm: Millimetres,
    /// Conductivity along the layer's own x, y and z axes, in the place of the material's.
    pub conductivity_xyz_w_mk: Option<[Conductivity; 3]>,
    /// Angle from the part's x axis to the layer's, about z.
    pub turn_deg: Option<AngleDegrees>,
}

/// A blanket between a surface and its outer layer: one of `effective_emittance` and `h_w_m2k`. The outer layer stores nothing.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Blanket {
    /// Coating of the outer layer.
    pub outer: String,
    /// ε* of Q = ε* A σ (T⁴ − T_outer⁴).
    pub effective_emittance: Option<Fraction>,
    /// Conductance per area.
    pub h_w_m2k: Option<FilmCoefficient>,
}

/// Contact between faces of two parts that lie on each other, or between edges of shells: one of `h_w_m2k`, `gl_w_per_k` and
/// `edge_w_mk`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Contact {
    /// Part, or part.group.
    pub a: String,
    /// Part, or part.group.
    pub b: String,
    /// Conductance per area that touches.
    pub h_w_m2k: Option<FilmCoefficient>,
    /// Conductance of the whole area that touches.
    pub gl_w_per_k: Option<Conductance>,
    /// Conductance per length of free edges of shells that lie along each other; a very large one is a bond.
    pub edge_w_mk: Option<EdgeCoefficient>,
    /// Largest distance between faces or edges that touch.
    pub within_mm: Millimetres,
}

/// Bolts between two parts, each a conductance between what lies under its head on one side and on the other.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bolts {
    /// Part, or part.group.
    pub a: String,
    /// Part, or part.group.
    pub b: String,
    /// Conductance of one bolt.
    pub gl_w_per_k: Conductance,
    /// Where they are, in the axes of the whole.
    pub at_m: Vec<[Offset; 3]>,
    /// Radius about a bolt within which faces take part by their area; where none has its centre there the nearest does.
    pub radius_mm: Millimetres,
}

/// Conductance from the faces of a part to a node: one of `h_w_m2k` and `gl_w_per_k`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// Part, or part.group.
    pub part: String,
    /// Node.
    pub node: String,
    /// Conductance per area of those faces (of shells: one side).
    pub h_w_m2k: Option<FilmCoefficient>,
    /// Conductance of all of them together, shared out by area.
    pub gl_w_per_k: Option<Conductance>,
}

/// A point of a part.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sensor {
    /// Part, or part.group.
    pub part: String,
    /// Where it is, in the axes of the whole.
    pub at_m: [Offset; 3],
}
