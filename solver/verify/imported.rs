//! Reference cases again, on meshes that gmsh made and the program read (`meshes/reference`, all four variants of the format): the
//! same inputs, expectations and tolerances as on built-in grids and with given factors. Here C04, C05, B01 and B03; [`bars`],
//! [`spread`] and [`facing`] have the others.

use super::conduction::{UNIT_K, ZERO_K};
use super::data::{Case, Family, family as reference};
use super::exchange::{compare_enclosure, gaps};
use super::networks::{plain, solved};
use super::shapes::{Assembly, Side, rectangle};
use super::{Outcome, VerifyError, bars, facing, spread};
use crate::analysis::bodies::facets;
use crate::backend::Backend;
use crate::conduction::volumes::{End, Volumes};
use crate::mesh::Shape;
use crate::mesh::cells::Cells;
use crate::mesh::faces::FaceGraph;
use crate::mesh::import;
use crate::mesh::quality::measure;
use crate::network::{Face, Network};
use nalgebra::{DMatrix, DVector, Matrix3, Vector3, vector};
use std::f64::consts::PI;
use std::sync::Arc;

macro_rules! meshes {
    ($($name:literal)*) => {
        /// Name and bytes of every mesh.
        const MESHES: &[(&str, &[u8])] =
            &[$(($name, include_bytes!(concat!("../../meshes/reference/", $name, ".msh")))),*];
    };
}
meshes! {
    "square" "cube" "ring" "hollow_ball" "rod" "ball" "slab" "plates" "duct" "can" "box" "bar" "layers" "plane" "grid" "globe" "panel" "tile" "disc_1" "disc_2" "chip_1"
    "chip_2" "rectangle" "sleeve" "tube" "cavity" "pot" "leaf"
}

/// Families that run on meshes; of C14 one case: orders are shown on meshes by the family M.
const FAMILIES: [&str; 21] = [
    "C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "B01", "B02", "B03", "B04",
    "B05", "B06", "B07",
];

/// Whether a case of these families has a runner here.
fn runs(c: &Case) -> bool {
    match &c.id[..3] {
        "C09" => c.id != "C09-T1",
        "C14" => c.id == "C14-3",
        _ => true,
    }
}

/// The cases of this family: those of other families, `I-` before their names.
pub(super) fn family() -> Result<Family, VerifyError> {
    let mut case = vec![];
    for id in FAMILIES {
        let of = reference(id)?;
        case.extend(of.case.into_iter().filter(runs).map(|c| Case {
            id: format!("I-{}", c.id),
            note: format!("on a mesh from gmsh: {}", if c.note.is_empty() { &of.title } else { &c.note }),
            ..c
        }));
    }
    Ok(Family {
        id: "I".into(),
        title: format!("Reference cases {} on imported meshes", FAMILIES.join(", ")),
        source: "as the cases of those names; meshes: meshes/reference/*.geo by gmsh 4.15.2".into(),
        kind: "exact".into(),
        formula: "as the cases of those names".into(),
        crosscheck: "the same inputs on built-in grids and with given view factors".into(),
        case,
    })
}

pub(super) fn mesh(name: &str) -> Result<Cells, VerifyError> {
    scaled(name, 1.0)
}

fn scaled(name: &str, unit_m: f64) -> Result<Cells, VerifyError> {
    let bytes = MESHES.iter().find(|m| m.0 == name).map(|m| m.1);
    let bytes = bytes.ok_or_else(|| VerifyError::Data(format!("no mesh `{name}`")))?;
    import::parse(bytes, "msh", name, unit_m).map_err(|e| VerifyError::Data(e.to_string()))
}

/// One case.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if let Some(found) = bars::solve(backend, c).or_else(|| facing::solve(backend, c)).or_else(|| spread::solve(backend, c)) {
        return found;
    }
    match c.id.as_str() {
        "I-C05-1" => hollow(backend, c, "ring"),
        "I-C05-2" => hollow(backend, c, "hollow_ball"),
        "I-C05-3" => heated(backend, c, "rod"),
        "I-C05-4" => heated(backend, c, "ball"),
        "I-C05-5" => slab(backend, c),
        id if id.starts_with("I-C04") => square(backend, c),
        id if id.starts_with("I-B01") => plates(backend, c),
        id if id.starts_with("I-B03") => enclosure(backend, c),
        id => Err(VerifyError::Data(format!("no runner for {id}"))),
    }
}

/// A mesh of one material whose outer faces are nodes or insulated.
pub(super) struct Body {
    pub(super) cells: Cells,
    pub(super) graph: Arc<FaceGraph>,
    pub(super) volumes: Arc<Volumes>,
    pub(super) network: Network,
    /// Outer faces with a node: face and node.
    pub(super) nodes: Vec<(usize, usize)>,
}

impl Body {
    /// [`scaled`](Self::scaled) as the mesh is, one conductivity in all directions.
    fn new(name: &str, k: f64, open: impl Fn(&Cells, &FaceGraph, usize) -> bool) -> Result<Self, VerifyError> {
        Self::scaled(name, 1.0, Matrix3::identity() * k, open)
    }
    /// `open` says which outer faces have a node; shells are a metre thick, whatever the unit of the mesh.
    pub(super) fn scaled(
        name: &str,
        unit_m: f64,
        k: Matrix3<f64>,
        open: impl Fn(&Cells, &FaceGraph, usize) -> bool,
    ) -> Result<Self, VerifyError> {
        let cells = scaled(name, unit_m)?;
        let graph = Arc::new(FaceGraph::new(&cells, &vec![1.0; cells.parts.len()]));
        measure(&cells, &graph).map_err(|e| VerifyError::Data(e.to_string()))?;
        let faces = graph.outside().filter(|&f| open(&cells, &graph, f));
        let nodes: Vec<(usize, usize)> = faces.zip(cells.len()..).collect();
        let mut ends = vec![End::Bonded; graph.face_count()];
        nodes.iter().for_each(|&(face, node)| ends[face] = End::Node(node));
        let volumes = Arc::new(Volumes::new(&cells, graph.clone(), &vec![k; cells.parts.len()], ends));
        let mut network = Network::new(cells.len() + nodes.len());
        network.conductors = volumes.conductors();
        network.volumes = Some(volumes.clone());
        Ok(Self { cells, graph, volumes, network, nodes })
    }
    /// Area of a face, m².
    pub(super) fn area_m2(&self, face: usize) -> f64 {
        self.graph.halves[self.graph.first_half[face]].area_m2.norm()
    }
    /// A film on the nodes of some faces.
    pub(super) fn cool(&mut self, h_w_m2k: f64, to_k: f64, cooled: impl Fn(usize) -> bool) {
        for &(face, node) in self.nodes.iter().filter(|(f, _)| cooled(*f)) {
            let gl_w_per_k = h_w_m2k * self.area_m2(face);
            self.network.internal[node].tie(to_k, gl_w_per_k);
        }
    }
    /// Holds the nodes of faces at a field.
    pub(super) fn hold(&mut self, field_k: impl Fn(Vector3<f64>) -> f64) {
        self.network.held = self.nodes.iter().map(|&(f, node)| (node, field_k(self.graph.face_centre_m[f]))).collect();
    }
    pub(super) fn heat(&mut self, source_w_m3: f64) {
        for (q, v) in self.network.internal.iter_mut().zip(&self.graph.volume_m3) {
            q.at_reference_w = source_w_m3 * v;
        }
    }
    /// Temperature at a place: the quadratic that fits the nearest cells best, three for each of its terms, K.
    pub(super) fn at(&self, t: &[f64], place: Vector3<f64>) -> f64 {
        let mut near: Vec<usize> = (0..self.cells.len()).collect();
        let far = |c: &usize| (self.graph.centre_m[*c] - place).norm();
        near.sort_by(|a, b| far(a).total_cmp(&far(b)));
        let axes = if self.cells.kinds[0].is_shell() { 2 } else { 3 };
        let terms = (axes + 1) * (axes + 2) / 2;
        near.truncate(3 * terms);
        let size = near.last().map_or(1.0, far);
        let row = |c: usize| {
            let d = (self.graph.centre_m[c] - place) / size;
            let products = (0..axes).flat_map(move |a| (a..axes).map(move |b| d[a] * d[b]));
            [1.0].into_iter().chain((0..axes).map(move |a| d[a])).chain(products).collect::<Vec<f64>>()
        };
        let rows: Vec<f64> = near.iter().flat_map(|&c| row(c)).collect();
        let matrix = DMatrix::from_row_slice(near.len(), terms, &rows);
        let right = DVector::from_iterator(near.len(), near.iter().map(|&c| t[c]));
        matrix.svd(true, true).solve(&right, 1e-12).map_or(f64::NAN, |fit| fit[0])
    }
    /// Heat into the body through the nodes of the faces that are taken, W.
    pub(super) fn heat_in_w(&self, t: &[f64], taken: impl Fn(Vector3<f64>) -> bool) -> f64 {
        let mut out: Vec<f64> = self.volumes.missed_w(t, 1.0).iter().map(|q| -q).collect();
        for c in &self.network.conductors {
            let q = c.gl_w_per_k * (t[c.a] - t[c.b]);
            out[c.a] += q;
            out[c.b] -= q;
        }
        self.nodes.iter().filter(|(f, _)| taken(self.graph.face_centre_m[*f])).map(|&(_, node)| out[node]).sum()
    }
}

/// Whether a face belongs to a named side of the solids.
pub(super) fn on_side(cells: &Cells, graph: &FaceGraph, face: usize) -> bool {
    cells.skins.iter().any(|s| s.faces.contains(&graph.corners[face]))
}

/// Whether an edge lies on an arc about the origin: on the cuts its normal is at right angles to the radius.
pub(super) fn on_arc(_: &Cells, graph: &FaceGraph, face: usize) -> bool {
    let (p, half) = (graph.face_centre_m[face], &graph.halves[graph.first_half[face]]);
    p.normalize().dot(&half.area_m2.normalize()).abs() > 0.5
}

/// C04: half of the square, or one of 48 pieces of the cube, edges held and cuts insulated.
fn square<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let cube = c.has("z");
    let mut body = if cube {
        Body::new("cube", 1.0, on_side)?
    } else {
        Body::new("square", 1.0, |_, graph, f| graph.face_centre_m[f].x < 0.5 - 1e-9)?
    };
    let (heated, smooth) = (c.id.contains("-p"), c.id.contains("-s"));
    body.hold(|p| match () {
        () if heated || p.y < 1.0 - 1e-9 => ZERO_K,
        () if smooth => ZERO_K + UNIT_K * (PI * p.x).sin(),
        () => ZERO_K + UNIT_K,
    });
    if heated {
        body.heat(UNIT_K);
    }
    let t = solved(backend, &body.network, ZERO_K)?.node_k;
    let place = vector![c.get("x")?, c.get("y")?, if cube { c.get("z")? } else { 0.0 }];
    let mut out = Outcome::default();
    out.near("T", (body.at(&t, place) - ZERO_K) / UNIT_K, c.want("T")?, c.tolerance("mesh_abs")?);
    Ok(out)
}

/// Solid angle of |x|, |y| < a z: `4 asin(a²/(1 + a²))`.
fn pyramid_sr(a: f64) -> f64 {
    4.0 * (a * a / (1.0 + a * a)).asin()
}

/// C05-1, C05-2: 30° of a cylinder, a pyramid of a ball.
fn hollow<B: Backend>(backend: &B, c: &Case, name: &str) -> Result<Outcome, VerifyError> {
    let (r1, r2, ball) = (c.get("r1")?, c.get("r2")?, c.expected.contains_key("Q_W"));
    let middle = 0.5 * (r1 + r2);
    let mut body = if ball { Body::new(name, c.get("k")?, on_side)? } else { Body::new(name, c.get("k")?, on_arc)? };
    let (inner, outer) = (c.get("T1")?, c.get("T2")?);
    body.hold(|p| if p.norm() < middle { inner } else { outer });
    let t = solved(backend, &body.network, outer)?.node_k;
    let (key, place, at, whole) = if ball {
        ("Q_W", "T_at_harmonic_mean", 2.0 * r1 * r2 / (r1 + r2), 4.0 * PI / pyramid_sr(0.05))
    } else {
        ("Q_W_per_m", "T_at_geometric_mean", (r1 * r2).sqrt(), 12.0)
    };
    let direction = if ball { Vector3::z() } else { vector![(PI / 12.0).cos(), (PI / 12.0).sin(), 0.0] };
    let mut out = Outcome::default();
    let within = c.tolerance("mesh_rel")?;
    out.close("Q", whole * body.heat_in_w(&t, |p| p.norm() < middle), c.want(key)?, within);
    out.close(place, body.at(&t, direction * at), c.want(place)?, within);
    Ok(out)
}

/// C05-3, C05-4: 30° of a cylinder, a pyramid of a ball, heated throughout.
fn heated<B: Backend>(backend: &B, c: &Case, name: &str) -> Result<Outcome, VerifyError> {
    let mut body = Body::new(name, c.get("k")?, if name == "ball" { on_side } else { on_arc })?;
    body.hold(|_| ZERO_K);
    body.heat(c.get("q")?);
    let t = solved(backend, &body.network, ZERO_K)?.node_k;
    let mut out = Outcome::default();
    out.close("rise to the centre", body.at(&t, Vector3::zeros()) - ZERO_K, c.want("dT")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C05-5: half of the slab, its face radiating.
fn slab<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut body = Body::new("slab", c.get("k")?, on_side)?;
    body.heat(c.get("q")?);
    body.network.space_k = c.get("Ts")?;
    body.network.surfaces = vec![plain(c.get("eps")?)];
    let face = |&(f, node): &(usize, usize)| Face { node, surface: 0, area_m2: body.area_m2(f) };
    body.network.faces = body.nodes.iter().map(face).collect();
    let t = solved(backend, &body.network, 400.0)?.node_k;
    let area: f64 = body.network.faces.iter().map(|f| f.area_m2).sum();
    let surface = body.network.faces.iter().map(|f| f.area_m2 * t[f.node]).sum::<f64>() / area;
    let centre = body.at(&t, vector![0.0, 0.002, 0.002]);
    let mut out = Outcome::default();
    let within = c.tolerance("mesh_rel")?;
    out.close("T_surface", surface, c.want("T_surface")?, within);
    out.close("rise to the centre", centre - surface, c.want("dT_centre")?, within);
    Ok(out)
}

/// Facets of a part, whose name is a number, turned over where that is asked.
pub(super) fn of_part(cells: &Cells, name: usize, turned: impl Fn(&[Vector3<f64>]) -> bool) -> Vec<Shape> {
    let mine = (0..cells.len()).filter(|&c| cells.parts[cells.part[c] as usize] == name.to_string());
    mine.flat_map(|c| {
        let mut corners: Vec<Vector3<f64>> = cells.places(c).collect();
        if turned(&corners) {
            corners.reverse();
        }
        facets(&corners)
    })
    .collect()
}

/// Facets of all shells.
pub(super) fn facets_of(cells: &Cells) -> Vec<Shape> {
    (0..cells.len()).flat_map(|c| facets(&cells.places(c).collect::<Vec<_>>())).collect()
}

/// Normal of a flat outline, not of unit length.
pub(super) fn normal(corners: &[Vector3<f64>]) -> Vector3<f64> {
    (corners[1] - corners[0]).cross(&(corners[2] - corners[0]))
}

/// B01: a stack of plates.
fn plates<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let cells = mesh("plates")?;
    let plate = |k: usize| Ok(of_part(&cells, k + 1, |corners| normal(corners).z < 0.0));
    let (q, shields_k) = stacked(backend, (&gaps(c)?, &plate), [c.get("T1")?, c.get("T2")?], 1 << 12)?;
    let mut out = Outcome::default();
    let within = c.tolerance("mc_rel")?;
    out.close("q", q, c.want("q_W_m2")?, within);
    for (k, (got, want)) in shields_k.into_iter().zip(c.wants("shield_T")?).enumerate() {
        out.close(format!("T of shield {}", k + 1), got, want, within);
    }
    Ok(out)
}

/// Facets of a plate of a stack, fronts up.
type Plate<'a> = &'a dyn Fn(usize) -> Result<Vec<Shape>, VerifyError>;

/// Plates of 1 m², 0.1 m apart, between mirrors, every facet of a shield a node of its own, with the emissivities at both sides of every
/// gap: the flux that leaves the first, W/m², and the mean temperatures of the shields, K.
pub(super) fn stacked<B: Backend>(
    backend: &B,
    (gaps, plate): (&[[f64; 2]], Plate<'_>),
    [t1, t2]: [f64; 2],
    rays: u32,
) -> Result<(f64, Vec<f64>), VerifyError> {
    let mut scene = Assembly::default();
    #[expect(clippy::cast_precision_loss, reason = "few gaps")]
    let height = 0.1 * gaps.len() as f64;
    for [x, y, u, v] in [[0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 1.0], [1.0, 0.0, 0.0, 1.0], [0.0, 1.0, 1.0, 0.0]] {
        scene.wall(rectangle([x, y, 0.0], [u, v, 0.0], [0.0, 0.0, height]));
    }
    // (node, emissivity) of each surface, in the scene's order.
    let (mut sides, mut first, mut counts) = (vec![], 0, vec![]);
    for k in 0..=gaps.len() {
        let shapes = plate(k)?;
        let n = shapes.len();
        let mut face = |eps: f64| sides.extend((first..first + n).map(|node| (node, eps)));
        match (k.checked_sub(1).map(|below| gaps[below][1]), gaps.get(k).map(|gap| gap[0])) {
            (None, Some(above)) => {
                scene.add(shapes, Side::Front);
                face(above);
            }
            (Some(below), above) => {
                let under = scene.add(shapes, Side::Back);
                face(below);
                if let Some(above) = above {
                    scene.other_side(under);
                    face(above);
                }
            }
            (None, None) => {}
        }
        counts.push(first..first + n);
        first += n;
    }
    let traced = scene.trace(backend, rays, 41)?;
    let factors = traced.closed()?;
    let mut network = Network::new(first);
    for (surface, &(node, emissivity)) in sides.iter().enumerate() {
        network.surfaces.push(plain(emissivity));
        network.faces.push(Face { node, surface, area_m2: factors.area_m2[surface] });
    }
    network.factors = Some(factors);
    network.held = counts[0].clone().map(|n| (n, t1)).chain(counts[gaps.len()].clone().map(|n| (n, t2))).collect();
    let s = solved(backend, &network, 0.5 * (t1 + t2))?;
    let on = |plate: usize| {
        network.faces.iter().filter({
            let range = counts[plate].clone();
            move |f| range.contains(&f.node)
        })
    };
    let area = |plate: usize| on(plate).map(|f| f.area_m2).sum::<f64>();
    let net = |f: &Face| f.area_m2 * (s.emitted_w_m2[f.surface] - gaps[0][0] * s.irradiation_w_m2[f.surface]);
    let mean_k = |plate: usize| on(plate).map(|f| f.area_m2 * s.node_k[f.node]).sum::<f64>() / area(plate);
    Ok((on(0).map(net).sum::<f64>() / area(0), (1..gaps.len()).map(mean_k).collect()))
}

/// B03: factors between the parts of a closed mesh, traced facet by facet; a duct has mirrors at its ends.
fn enclosure<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (name, middle) = if c.has("F") {
        ("duct", vector![0.5, 0.3, 0.5])
    } else if c.has("r") {
        ("can", vector![0.0, 0.0, 1.0])
    } else {
        ("box", vector![0.5, 0.5, 0.5])
    };
    let cells = mesh(name)?;
    let mut scene = Assembly::default();
    for part in 1..=cells.parts.len() {
        // Fronts look inwards.
        scene.add(of_part(&cells, part, |corners| normal(corners).dot(&(middle - corners[0])) < 0.0), Side::Front);
    }
    if name == "duct" {
        for z in [0.0, 1.0] {
            scene.wall(rectangle([-0.1, -0.1, z], [1.2, 0.0, 0.0], [0.0, 1.2, 0.0]));
        }
    }
    // About a million rays from many facets as from few.
    let traced = scene.trace(backend, if name == "can" { 1 << 8 } else { 1 << 12 }, 42)?;
    let (closed, n) = (traced.closed()?, cells.parts.len());
    let mut g = vec![vec![0.0; n]; n];
    for (&g_m2, (i, j)) in &closed.g_m2 {
        g[traced.group[i]][traced.group[j]] += g_m2;
    }
    let area: Vec<f64> = (0..n).map(|k| traced.area(k)).collect();
    let f: Vec<Vec<f64>> = g.iter().zip(&area).map(|(row, a)| row.iter().map(|g| g / a).collect()).collect();
    compare_enclosure(backend, c, (&f, area), c.tolerance("mc_rel")?)
}
