//! Parts of an assembly in one mesh: files read, shapes cut into cells, copies placed, faces found.

use crate::case::{CaseError, CaseErrors};
use crate::environment::Joint;
use crate::mesh::cells::Cells;
use crate::mesh::faces::FaceGraph;
use crate::mesh::quality::{self, Quality};
use crate::mesh::{Shape, contact, import, part};
use crate::model::assembly::{Assembly, Geometry, Part};
use crate::model::body::{Body, Coats};
use crate::model::form::Pattern;
use nalgebra::{Isometry3, Matrix3, Point3, Vector3};
use std::sync::Arc;

/// Cells of all parts at most.
pub const MOST_CELLS: usize = 1 << 25;
/// Memory that a cell takes from mesh to solution: 1.4 GiB were measured for a million tetrahedra (`benches/RESULTS.md`).
const CELL_BYTES: u64 = 1500;

/// Memory that programs may still take, where the system tells (Linux).
fn free_bytes() -> Option<u64> {
    let told = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = told.lines().find_map(|l| l.strip_prefix("MemAvailable:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib << 10)
}

/// A group of cells: a whole part, or a group of its mesh file.
#[derive(Clone, Debug)]
pub struct Group {
    /// Part, copies marked by `#`.
    pub part: String,
    /// Group of the mesh file; empty for shapes.
    pub group: String,
    /// Number of its part in the model.
    pub of: usize,
    /// Properties, conductivity in the body's axes.
    pub body: Body,
    /// Coatings.
    pub coats: Coats,
    /// Heat of this group alone, W.
    pub heat_w: f64,
    /// Joint that turns it, and the point about which, m.
    pub turned: Option<(usize, Vector3<f64>)>,
}

/// A named set of outer faces of solids.
#[derive(Clone, Debug)]
pub struct Skin {
    /// Part, copies marked by `#`.
    pub part: String,
    /// Name in the mesh file.
    pub group: String,
    /// Number of its part in the model.
    pub of: usize,
    /// Faces by their numbers in the graph.
    pub faces: Vec<usize>,
}

/// All parts.
#[derive(Debug)]
pub struct Bodies {
    /// Cells; their parts are the groups.
    pub cells: Cells,
    /// Groups, by the cells' part.
    pub groups: Vec<Group>,
    /// Named outer faces.
    pub skins: Vec<Skin>,
    /// Faces.
    pub graph: Arc<FaceGraph>,
    /// Measures.
    pub quality: Quality,
    /// Joints, in the body's axes.
    pub joints: Vec<Joint>,
}

/// Whether a group belongs to `part` or `part.group` of a case.
pub fn is_named(reference: &str, part: &str, group: &str) -> bool {
    let own = part.split('#').next().unwrap_or(part);
    match reference.split_once('.') {
        Some((p, g)) => p == own && g == group,
        None => reference == own,
    }
}

/// Outline of a face or a shell, and the node behind it.
#[derive(Clone, Debug)]
pub struct Outer {
    /// The shell, or the face of a solid.
    pub of: Of,
    /// Corners, m.
    pub corners: Vec<Vector3<f64>>,
    /// Area, m².
    pub area_m2: f64,
}

/// What an outline belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Of {
    /// A shell by its cell.
    Shell(usize),
    /// A face of a solid.
    Face(usize),
}

impl Bodies {
    /// Builds and measures all parts. Errors: files that cannot be read, groups that are not there, meshes on which nothing can be
    /// computed; each at its key.
    pub fn new(model: &Assembly) -> Result<Self, CaseErrors> {
        let fail = |errors: Vec<CaseError>| model.source.errors(errors);
        let mut all = Self {
            cells: Cells::default(),
            groups: vec![],
            skins: vec![],
            graph: Arc::default(),
            quality: Quality::default(),
            joints: joints(model),
        };
        let mut errors = vec![];
        for (of, p) in model.parts.iter().enumerate() {
            if let Err((key, message, help)) = all.add(model, of, p) {
                errors.push(model.source.error(&format!("parts.{}{key}", p.name), message, help));
            }
        }
        if !errors.is_empty() {
            return Err(fail(errors));
        }
        if model.parts.is_empty() {
            return Ok(all);
        }
        let thickness: Vec<f64> = all.groups.iter().map(|g| g.body.thickness_m.unwrap_or(0.0)).collect();
        all.graph = Arc::new(FaceGraph::new(&all.cells, &thickness));
        match quality::measure(&all.cells, &all.graph) {
            Ok(q) => all.quality = q,
            Err(e) => return Err(fail(vec![model.source.error("parts", e.to_string(), "check the mesh in its mesher")])),
        }
        all.find_skins();
        Ok(all)
    }

    fn add(&mut self, model: &Assembly, of: usize, p: &Part) -> Result<(), (String, String, String)> {
        let (Pattern::Linear { count: copies, .. } | Pattern::Circular { count: copies, .. }) = p.pattern;
        let before = self.cells.len();
        let few = |cells: usize| {
            let all = cells.saturating_mul(copies).saturating_add(before);
            let (needed, free) = ((all as u64).saturating_mul(CELL_BYTES), free_bytes().unwrap_or(u64::MAX));
            #[expect(clippy::cast_precision_loss, reason = "printed to one digit")]
            let gib = |bytes: u64| bytes as f64 / f64::from(1 << 30);
            let too_many = if all > MOST_CELLS {
                format!("at most {MOST_CELLS} are taken")
            } else if needed > free {
                format!("which take some {:.1} GiB; {:.1} GiB of memory are free", gib(needed), gib(free))
            } else {
                return Ok(());
            };
            let help = "cut them into fewer cells, or make fewer copies".to_owned();
            Err((String::new(), format!("the parts up to here have {all} cells, {too_many}"), help))
        };
        let cells = match &p.geometry {
            Geometry::Form(form, divisions, cut) => {
                few(form.cell_count(*divisions))?;
                form.cut_cells(*divisions, "", cut)
            }
            Geometry::File(path, unit_m) => import::read(path, *unit_m)
                .map_err(|e| (".mesh".into(), e.to_string(), "give a path from the case file, or write the mesh again".into()))?,
        };
        few(cells.len())?;
        let known: Vec<&str> =
            cells.parts.iter().map(String::as_str).chain(cells.skins.iter().map(|s| s.name.as_str())).collect();
        if let Some(g) = p.groups.iter().find(|g| !known.contains(&g.name.as_str())) {
            let help = crate::case::suggest(&g.name, known.iter().copied());
            return Err((format!(".groups.{}", g.name), format!("the mesh has no group `{}`", g.name), help));
        }
        let bare = cells.kinds.iter().zip(&cells.part).find(|(kind, part)| {
            let group = p.groups.iter().find(|g| g.name == cells.parts[**part as usize]);
            kind.is_shell() && group.map_or(p.body.thickness_m, |g| g.body.thickness_m).is_none()
        });
        if bare.is_some() {
            return Err((String::new(), "shells need a thickness".into(), "add `thickness_mm`".into()));
        }
        let own = cells.parts.clone();
        let skins: Vec<String> = cells.skins.iter().map(|s| s.name.clone()).collect();
        let to_parent = parent_move(model, p.parent);
        let placed = part::placed(p.position_m, p.turn_rad);
        for (copy, step) in p.pattern.moves().into_iter().enumerate() {
            let mut here = cells.clone();
            let by: Isometry3<f64> = to_parent * step * placed;
            part::move_by(&mut here, &by);
            let name = if copy == 0 { p.name.clone() } else { format!("{}#{}", p.name, copy + 1) };
            let turned = turned(model, of, step);
            let turn: Matrix3<f64> = by.rotation.to_rotation_matrix().into_inner();
            for (k, group) in own.iter().enumerate() {
                let special = p.groups.iter().find(|g| g.name == *group);
                let mut body = special.map_or(p.body, |g| g.body);
                body.conductivity_w_mk = turn * body.conductivity_w_mk * turn.transpose();
                let coats = special.map_or(p.coats, |g| g.coats.or(&p.coats));
                here.parts[k] = format!("{name}.{group}");
                let heat_w = special.map_or(0.0, |g| g.heat_w);
                self.groups.push(Group { part: name.clone(), group: group.clone(), of, body, coats, heat_w, turned });
            }
            for (skin, group) in here.skins.iter_mut().zip(&skins) {
                skin.name = format!("{name}.{group}");
                self.skins.push(Skin { part: name.clone(), group: group.clone(), of, faces: vec![] });
            }
            self.cells.append(&here);
        }
        Ok(())
    }

    fn find_skins(&mut self) {
        for (skin, written) in self.skins.iter_mut().zip(&self.cells.skins) {
            let face = |key: &[u32; 4]| self.graph.corners.binary_search(key).ok();
            skin.faces = written.faces.iter().filter_map(face).filter(|&f| self.graph.of_face(f).len() == 1).collect();
        }
    }

    /// Outline of a face of a solid.
    fn face(&self, face: usize) -> Outer {
        let half = self.graph.halves[self.graph.first_half[face]];
        let cell = half.cell as usize;
        let local = self.cells.kinds[cell].faces()[usize::from(half.local)];
        let corners = local.iter().map(|&k| self.cells.points_m[self.cells.corners(cell)[k] as usize]).collect();
        Outer { of: Of::Face(face), corners, area_m2: half.area_m2.norm() }
    }

    fn shell(&self, cell: usize) -> Outer {
        Outer { of: Of::Shell(cell), corners: self.cells.places(cell).collect(), area_m2: self.graph.shell_m2[cell].norm() }
    }

    /// The cell behind a face; of several the first.
    pub fn cell_of_face(&self, face: usize) -> usize {
        self.graph.halves[self.graph.first_half[face]].cell as usize
    }

    /// Group of the cell behind a face.
    pub fn group_of_face(&self, face: usize) -> &Group {
        &self.groups[self.cells.part[self.cell_of_face(face)] as usize]
    }

    /// All shells, and all outer faces of solids.
    pub fn outside(&self) -> impl Iterator<Item = Outer> {
        let shells = (0..self.cells.len()).filter(|&c| self.cells.kinds[c].is_shell()).map(|c| self.shell(c));
        let solid = |f: &usize| !self.cells.kinds[self.graph.halves[self.graph.first_half[*f]].cell as usize].is_shell();
        shells.chain(self.graph.outside().filter(solid).map(|f| self.face(f)))
    }

    /// Shells and outer faces of `part` or `part.group`.
    pub fn named(&self, reference: &str) -> Vec<Outer> {
        let of_skin: Vec<usize> =
            self.skins.iter().filter(|s| is_named(reference, &s.part, &s.group)).flat_map(|s| s.faces.iter().copied()).collect();
        if reference.contains('.') && !of_skin.is_empty() {
            return of_skin.into_iter().map(|f| self.face(f)).collect();
        }
        let here = |o: &Outer| {
            let g = match o.of {
                Of::Shell(c) => &self.groups[self.cells.part[c] as usize],
                Of::Face(f) => self.group_of_face(f),
            };
            is_named(reference, &g.part, &g.group)
        };
        self.outside().filter(here).collect()
    }

    /// Pairs of outlines of two references that lie on each other, with their common area, m².
    pub fn touching(&self, a: &str, b: &str, within_m: f64) -> Vec<(Of, Of, f64)> {
        let (a, b) = (self.named(a), self.named(b));
        let corners = |all: &[Outer]| all.iter().map(|o| o.corners.clone()).collect::<Vec<_>>();
        contact::pairs(&corners(&a), &corners(&b), within_m).into_iter().map(|(i, j, area)| (a[i].of, b[j].of, area)).collect()
    }
}

impl Bodies {
    /// Free edges of shells of a reference, with their ends.
    fn edges(&self, reference: &str) -> Vec<(usize, [Vector3<f64>; 2])> {
        let shell = |f: &usize| {
            let cell = self.cell_of_face(*f);
            let g = &self.groups[self.cells.part[cell] as usize];
            self.cells.kinds[cell].is_shell() && is_named(reference, &g.part, &g.group)
        };
        let ends = |f: usize| {
            let half = self.graph.halves[self.graph.first_half[f]];
            let cell = half.cell as usize;
            let local = self.cells.kinds[cell].faces()[usize::from(half.local)];
            (f, [0, 1].map(|k| self.cells.points_m[self.cells.corners(cell)[local[k]] as usize]))
        };
        self.graph.outside().filter(shell).map(ends).collect()
    }

    /// Pairs of free edges of two references that lie along each other, with their common length, m.
    ///
    /// Truth: `assemblies::edges_that_do_not_match_conduct_in_series`.
    pub fn edges_along(&self, a: &str, b: &str, within_m: f64) -> Vec<(Of, Of, f64)> {
        let (a, b) = (self.edges(a), self.edges(b));
        let mut found = vec![];
        for (i, p) in &a {
            let overlap = |(j, q): &(usize, [Vector3<f64>; 2])| (Of::Face(*i), Of::Face(*j), contact::overlap_m(p, q, within_m));
            found.extend(b.iter().filter(|(j, _)| j != i).map(overlap).filter(|o| o.2 > 0.0));
        }
        found
    }
}

/// The move from a part's parent to the body's axes. Parents end: the model has checked it.
fn parent_move(model: &Assembly, parent: Option<usize>) -> Isometry3<f64> {
    parent.map_or_else(Isometry3::identity, |at| {
        let p = &model.parts[at];
        parent_move(model, p.parent) * part::placed(p.position_m, p.turn_rad)
    })
}

/// Joints of all parts, in the body's axes.
fn joints(model: &Assembly) -> Vec<Joint> {
    let of_body = |p: &Part| {
        let (mut joint, turn) = (p.joint.as_ref()?.joint.clone(), parent_move(model, p.parent).rotation);
        joint.normal = turn * joint.normal;
        joint.first.direction = turn * joint.first.direction;
        joint.second.iter_mut().for_each(|a| a.direction = turn * a.direction);
        Some(joint)
    };
    model.parts.iter().filter_map(of_body).collect()
}

/// The joint that turns a part, or a part that carries it, and the point about which: that of a copy is as many steps away.
fn turned(model: &Assembly, part: usize, step: Isometry3<f64>) -> Option<(usize, Vector3<f64>)> {
    let p = &model.parts[part];
    match &p.joint {
        Some(joint) => {
            let number = model.parts[..part].iter().filter(|p| p.joint.is_some()).count();
            Some((number, (parent_move(model, p.parent) * step * Point3::from(joint.at_m)).coords))
        }
        None => turned(model, p.parent?, Isometry3::identity()),
    }
}

/// Flat facets of an outline: one for triangles and parallelograms, two triangles for other quads.
pub fn facets(corners: &[Vector3<f64>]) -> Vec<Shape> {
    match *corners {
        [a, b, c] => vec![Shape::triangle([a, b, c])],
        [a, b, c, d] if (a + c - b - d).norm() < 1e-9 * (c - a).norm() => vec![Shape::parallelogram(a, b - a, d - a)],
        [a, b, c, d] => vec![Shape::triangle([a, b, c]), Shape::triangle([a, c, d])],
        _ => vec![],
    }
}
