//! The line of an assembly: parts to one mesh, contacts, conductors, exchange and heating to temperatures.

use super::assemble::surfaces;
use super::bodies::{Bodies, Of, facets, is_named};
use super::exchange::{Exchange as Traced, heated};
use super::{AnalysisError, Observer, settings, stage};
use crate::backend::Backend;
use crate::case::CaseErrors;
use crate::case::assembly::Exchange;
use crate::conduction::Conductor;
use crate::conduction::volumes::{End, Volumes};
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::Timeline;
use crate::model::Optics;
use crate::model::assembly::Assembly;
use crate::network::{Face, Network, Surface};
use crate::radiation::scene::{Mirrors, Scene};
use crate::radiation::view_factor;
use crate::solve::steady::{SteadyState, steady};
use nalgebra::Matrix3;
use std::collections::HashMap;
use std::sync::Arc;

/// Temperature from which iteration starts, and at which the error of rays is judged, K.
const GUESS_K: f64 = 300.0;

/// A side of a facet that radiates.
#[derive(Clone, Copy, Debug)]
pub struct Side {
    /// 2 × facet, plus 1 for the back.
    pub code: u32,
    /// The node behind it.
    pub node: usize,
    /// The cell behind it.
    pub cell: usize,
    /// Area, m².
    pub area_m2: f64,
    /// Optics.
    pub optics: Optics,
}

/// A contact or a link as found.
#[derive(Clone, Debug)]
pub struct Touch {
    /// Part on one side.
    pub a: String,
    /// Part on the other, or a node.
    pub b: String,
    /// Area that touches, m².
    pub area_m2: f64,
    /// Pairs of faces.
    pub pairs: usize,
    /// Node on one side, node on the other (or the temperature it is held at, K), conductance in W/K.
    pub ties: Vec<(usize, Result<usize, f64>, f64)>,
}

impl Touch {
    /// Heat from a to b at these temperatures, W.
    pub fn heat_w(&self, node_k: &[f64]) -> f64 {
        let far = |b: Result<usize, f64>| b.map_or_else(|t_k| t_k, |n| node_k[n]);
        self.ties.iter().map(|&(a, b, gl)| gl * (node_k[a] - far(b))).sum()
    }
}

/// A network of all parts, and what each number of it means.
#[derive(Debug)]
pub struct Assembled {
    /// Network; cells come first, then nodes of faces, then the case's own lumped nodes.
    pub network: Network,
    /// Conduction of the cells.
    pub volumes: Arc<Volumes>,
    /// Contacts, then links.
    pub touches: Vec<Touch>,
    /// Sides that radiate.
    pub sides: Vec<Side>,
    /// Node of each of the case's nodes that is not held.
    pub lumped: HashMap<String, usize>,
    /// View-factor quality, if rays were traced.
    pub quality: Option<view_factor::Quality>,
}

/// A solved assembly.
#[derive(Debug)]
pub struct Solution {
    /// Geometry.
    pub bodies: Bodies,
    /// Network.
    pub assembled: Assembled,
    /// Temperatures.
    pub state: SteadyState,
}

/// What of the case says that faces need a node of their own, and who they are tied to.
struct Ends {
    node_of_face: HashMap<usize, usize>,
    next: usize,
}

impl Ends {
    fn node(&mut self, of: Of) -> usize {
        match of {
            Of::Shell(cell) => cell,
            Of::Face(face) => *self.node_of_face.entry(face).or_insert_with(|| {
                self.next += 1;
                self.next - 1
            }),
        }
    }
}

fn contacts(model: &Assembly, bodies: &Bodies, ends: &mut Ends) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for c in &model.contacts {
        let found = bodies.touching(&c.a, &c.b, c.within_mm.si());
        if found.is_empty() {
            let message = format!("no faces of `{}` and `{}` lie on each other within {} mm", c.a, c.b, c.within_mm.get());
            let error = model.source.error("contacts", message, "correct the places of the parts, or raise `within_mm`");
            return Err(model.source.errors(vec![error]));
        }
        let tie = |&(a, b, area): &(Of, Of, f64)| (ends.node(a), Ok(ends.node(b)), c.h_w_m2k.si() * area);
        let ties = found.iter().map(tie).collect();
        let area_m2 = found.iter().map(|f| f.2).sum();
        all.push(Touch { a: c.a.clone(), b: c.b.clone(), area_m2, pairs: found.len(), ties });
    }
    Ok(all)
}

/// Links to nodes; the lumped ones are numbered behind all faces, once those are known.
fn links(model: &Assembly, bodies: &Bodies, ends: &mut Ends) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for l in &model.links {
        let found = bodies.named(&l.part);
        if found.is_empty() {
            let error = model.source.error("links", format!("`{}` has no faces", l.part), "name a part or a group of its mesh");
            return Err(model.source.errors(vec![error]));
        }
        let held = model.nodes.iter().find(|n| n.0 == l.node).and_then(|n| n.1);
        let tie = |o: &super::bodies::Outer| (ends.node(o.of), Err(held.unwrap_or(f64::NAN)), l.h_w_m2k.si() * o.area_m2);
        let ties = found.iter().map(tie).collect();
        let area_m2 = found.iter().map(|o| o.area_m2).sum();
        all.push(Touch { a: l.part.clone(), b: l.node.clone(), area_m2, pairs: found.len(), ties });
    }
    Ok(all)
}

/// Heat by node, W: of groups by volume, of skins by area.
fn heats(model: &Assembly, bodies: &Bodies, ends: &mut Ends) -> Vec<(usize, f64)> {
    let mut all = vec![];
    let volume = |cell: usize| bodies.graph.volume_m3[cell];
    let mut of_group = vec![0.0; bodies.groups.len()];
    (0..bodies.cells.len()).for_each(|c| of_group[bodies.cells.part[c] as usize] += volume(c));
    let mut of_part: HashMap<&str, f64> = HashMap::new();
    bodies.groups.iter().zip(&of_group).for_each(|(g, v)| *of_part.entry(&g.part).or_default() += v);
    for cell in 0..bodies.cells.len() {
        let k = bodies.cells.part[cell] as usize;
        let g = &bodies.groups[k];
        let heat = volume(cell) * (g.heat_w / of_group[k] + model.parts[g.of].heat_w / of_part[g.part.as_str()]);
        if heat != 0.0 {
            all.push((cell, heat));
        }
    }
    for skin in &bodies.skins {
        let heat_w = model.parts[skin.of].groups.iter().find(|g| g.name == skin.group).map_or(0.0, |g| g.heat_w);
        if heat_w != 0.0 {
            let area = |f: usize| bodies.graph.halves[bodies.graph.first_half[f]].area_m2.norm();
            let whole: f64 = skin.faces.iter().map(|&f| area(f)).sum();
            all.extend(skin.faces.iter().map(|&f| (ends.node(Of::Face(f)), heat_w * area(f) / whole)));
        }
    }
    all
}

/// Facets of all outer faces, which block rays, and the sides of them that radiate. What touches or is linked does not radiate
/// unless its group says so.
fn sides(model: &Assembly, bodies: &Bodies, ends: &mut Ends) -> (Vec<crate::mesh::Shape>, Vec<Side>) {
    let mut of_skin: HashMap<usize, Option<Optics>> = HashMap::new();
    for skin in &bodies.skins {
        let coat = model.parts[skin.of].groups.iter().find(|g| g.name == skin.group).and_then(|g| g.coats.outside);
        // A named face without a coating of its own radiates as the part does.
        of_skin.extend(skin.faces.iter().filter(|_| coat.is_some()).map(|&f| (f, coat)));
    }
    for &face in ends.node_of_face.keys() {
        of_skin.entry(face).or_insert(None);
    }
    let (mut shapes, mut all) = (vec![], vec![]);
    for outer in bodies.outside() {
        let coats = match outer.of {
            Of::Shell(cell) => {
                let c = &bodies.groups[bodies.cells.part[cell] as usize].coats;
                [c.front, c.back]
            }
            Of::Face(f) => [of_skin.get(&f).copied().unwrap_or_else(|| bodies.group_of_face(f).coats.outside), None],
        };
        let cell = match outer.of {
            Of::Shell(cell) => cell,
            Of::Face(f) => bodies.graph.halves[bodies.graph.first_half[f]].cell as usize,
        };
        for shape in facets(&outer.corners) {
            for (back, optics) in (0_u32..).zip(coats) {
                let Some(optics) = optics else { continue };
                let code = 2 * u32::try_from(shapes.len()).unwrap_or(u32::MAX / 2) + back;
                all.push(Side { code, node: ends.node(outer.of), cell, area_m2: shape.area_m2(), optics });
            }
            shapes.push(shape);
        }
    }
    (shapes, all)
}

/// Builds the network of the bodies without exchange between surfaces. Errors: at the case's keys.
fn assemble(model: &Assembly, bodies: &Bodies) -> Result<(Assembled, Vec<crate::mesh::Shape>), CaseErrors> {
    let mut ends = Ends { node_of_face: HashMap::new(), next: bodies.cells.len() };
    let mut touches = contacts(model, bodies, &mut ends)?;
    touches.extend(links(model, bodies, &mut ends)?);
    let heats = heats(model, bodies, &mut ends);
    let (shapes, sides) = sides(model, bodies, &mut ends);
    let mut of_face = vec![End::Bonded; bodies.graph.face_count()];
    ends.node_of_face.iter().for_each(|(&face, &node)| of_face[face] = End::Node(node));
    let mut next = ends.next;
    let mut lumped = HashMap::new();
    for (name, _, _) in model.nodes.iter().filter(|n| n.1.is_none()) {
        lumped.insert(name.clone(), next);
        next += 1;
    }
    let conductivity: Vec<Matrix3<f64>> = bodies.groups.iter().map(|g| g.body.conductivity_w_mk).collect();
    let volumes = Arc::new(Volumes::new(&bodies.cells, bodies.graph.clone(), &conductivity, of_face));
    let mut network = Network::new(next);
    network.space_k = model.space_k;
    network.conductors = volumes.conductors();
    network.volumes = volumes.leans().then(|| volumes.clone());
    for touch in &mut touches {
        for (a, b, gl_w_per_k) in &mut touch.ties {
            if b.is_err_and(f64::is_nan) {
                *b = Ok(lumped[&touch.b]);
            }
            match *b {
                Ok(b) => network.conductors.push(Conductor { a: *a, b, gl_w_per_k: *gl_w_per_k }),
                Err(t_k) => network.internal[*a].tie(t_k, *gl_w_per_k),
            }
        }
    }
    for (name, _, heat_w) in &model.nodes {
        if let Some(&node) = lumped.get(name) {
            network.internal[node].at_reference_w += heat_w;
        }
    }
    heats.into_iter().for_each(|(node, heat)| network.internal[node].at_reference_w += heat);
    for cell in 0..bodies.cells.len() {
        let capacity = bodies.groups[bodies.cells.part[cell] as usize].body.capacity_j_m3k;
        network.capacity_j_per_k[cell] = capacity.unwrap_or(0.0) * bodies.graph.volume_m3[cell];
    }
    for (surface, side) in sides.iter().enumerate() {
        network.faces.push(Face { node: side.node, surface, area_m2: side.area_m2 });
        let emissivity = side.optics.emissivity;
        network.surfaces.push(Surface { emissivity, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 });
    }
    Ok((Assembled { network, volumes, touches, sides, lumped, quality: None }, shapes))
}

/// Why an assembly could not be analysed.
#[derive(Debug, thiserror::Error)]
pub enum AssemblyError {
    /// The case.
    #[error(transparent)]
    Case(#[from] CaseErrors),
    /// The analysis.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
}

/// Orbit and attitude of an assembly that flies.
pub fn timeline(model: &Assembly) -> Result<Option<Timeline>, AnalysisError> {
    let Some((flight, light, attitude, positions)) = &model.flown else { return Ok(None) };
    Ok(Some(Timeline::new(flight, attitude, *positions, light)?))
}

/// Reads and joins the parts without solving. Errors: at the case's keys.
pub fn check(model: &Assembly) -> Result<Bodies, AssemblyError> {
    timeline(model)?;
    let bodies = Bodies::new(model)?;
    assemble(model, &bodies)?;
    Ok(bodies)
}

/// Analyses an assembly: mesh, contacts, view factors, heating, steady state.
pub fn analyse<B: Backend>(backend: &B, model: &Assembly, observer: &dyn Observer) -> Result<Solution, AssemblyError> {
    let timeline = timeline(model)?;
    let bodies = stage(observer, "mesh", 0, || Bodies::new(model))?;
    let (mut assembled, shapes) = stage(observer, "network", 0, || assemble(model, &bodies))?;
    if model.exchange == Exchange::Traced && !assembled.sides.is_empty() {
        let codes: Vec<u32> = assembled.sides.iter().map(|s| s.code).collect();
        let areas: Vec<f64> = assembled.sides.iter().map(|s| s.area_m2).collect();
        let optics: Vec<Optics> = assembled.sides.iter().map(|s| s.optics).collect();
        let scene = stage(observer, "facet tree", 0, || Scene::new(&shapes)).map_err(AnalysisError::from)?;
        let emissive_w_m2 = STEFAN_BOLTZMANN * GUESS_K.powi(4);
        let mirrors = Mirrors::new(shapes.len(), &codes, |s| [optics[s].specular_ir, optics[s].specular_solar]);
        let (seen, memory) = ((&scene, &mirrors, codes.as_slice()), observer.memory());
        let tick = |n| observer.progress(n, "");
        let traced = stage(observer, "view factors", codes.len(), || {
            Traced::rigid(backend, seen, (&areas, emissive_w_m2), &model.rays, (memory, &tick))
        });
        let (traced, means) = traced.map_err(AnalysisError::from)?;
        if let Some(timeline) = &timeline {
            let incident =
                stage(observer, "orbital heating", codes.len(), || heated(backend, seen, &model.rays, timeline, (memory, &tick)));
            let incident = incident.map_err(AnalysisError::from)?;
            assembled.network.surfaces = surfaces(timeline, &optics, (&traced, &means), &incident);
        }
        assembled.quality = Some(means.infrared.quality);
        (assembled.network.factors, assembled.network.factors_in_sunlight) = (Some(means.infrared), means.sunlight);
    }
    let guess = vec![GUESS_K; assembled.network.node_count];
    let state = stage(observer, "steady state", 0, || {
        let tick = |change: f64| observer.progress(0, &format!("last change {change:.1e} K"));
        steady(backend, &assembled.network, guess, settings(&model.solver), &tick)
    });
    Ok(Solution { bodies, assembled, state: state.map_err(AnalysisError::from)? })
}

/// Groups of a part of the case, copies apart: `(part, group, number)`.
pub fn groups_of<'a>(bodies: &'a Bodies, part: &'a str) -> impl Iterator<Item = (&'a super::bodies::Group, u32)> {
    (0_u32..).zip(&bodies.groups).filter(move |(_, g)| is_named(part, &g.part, &g.group)).map(|(k, g)| (g, k))
}
