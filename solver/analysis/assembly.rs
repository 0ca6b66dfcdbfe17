//! The line of an assembly: parts to one mesh, contacts, conductors, nodes, exchange and heating to temperatures, steady and in time.

use super::assemble::surfaces;
use super::bodies::{Bodies, Of, facets, is_named};
use super::exchange::{Exchange as Traced, heated};
use super::loads::Heating;
use super::lumped::{self, Loads};
use super::march::{self, March};
use super::{AnalysisError, Observer, settings, stage};
use crate::backend::Backend;
use crate::case::CaseErrors;
use crate::case::assembly::Exchange;
use crate::case::transient::Mode;
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
use nalgebra::{Matrix3, Vector3};
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
    /// Part on the other, or a lumped node.
    pub b: String,
    /// Area that touches, m².
    pub area_m2: f64,
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

/// A network of all parts, and what each number of it means.
#[derive(Debug)]
pub struct Assembled {
    /// Network; cells come first, then nodes of faces, then the case's lumped nodes.
    pub network: Network,
    /// Lumped nodes in time.
    pub loads: Loads,
    /// The cell behind each node before the lumped ones.
    pub cell_of: Vec<usize>,
    /// Conduction of the cells.
    pub volumes: Arc<Volumes>,
    /// Contacts, then links.
    pub touches: Vec<Touch>,
    /// Sides that radiate.
    pub sides: Vec<Side>,
    /// Cell of each sensor, and from its centre to the sensor, m.
    pub sensors: Vec<(usize, Vector3<f64>)>,
    /// View-factor quality, if rays were traced.
    pub quality: Option<view_factor::Quality>,
}

impl Assembled {
    /// Temperatures of the sensors, K: `T + G·δ` of their cells. Truth: `assemblies::sensors_read_linear_fields_exactly`.
    pub fn sensors_k(&self, node_k: &[f64]) -> Vec<f64> {
        if self.sensors.is_empty() {
            return vec![];
        }
        let gradient = self.volumes.gradient_k_m(node_k, 1.0);
        self.sensors.iter().map(|(cell, offset)| node_k[*cell] + gradient[*cell].dot(offset)).collect()
    }
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
    /// Heat through each conductor of the case from a to b, W; of a flow what b receives.
    pub conducted_w: Vec<f64>,
    /// Temperatures in time.
    pub march: Option<March>,
}

/// What of the case says that faces need a node of their own, and who they are tied to.
struct Ends<'a> {
    bodies: &'a Bodies,
    node_of_face: HashMap<usize, usize>,
    cell_of: Vec<usize>,
}

impl Ends<'_> {
    /// A new node before a cell.
    fn before(&mut self, cell: usize) -> usize {
        self.cell_of.push(cell);
        self.cell_of.len() - 1
    }
    fn node(&mut self, of: Of) -> usize {
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

fn contacts(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for c in &model.contacts {
        let found = bodies.touching(&c.a, &c.b, c.within_mm.si());
        if found.is_empty() {
            let message = format!("no faces of `{}` and `{}` lie on each other within {} mm", c.a, c.b, c.within_mm.get());
            let error = model.source.error("contacts", message, "correct the places of the parts, or raise `within_mm`");
            return Err(model.source.errors(vec![error]));
        }
        let tie = |&(a, b, area): &(Of, Of, f64)| (ends.node(a), ends.node(b), c.h_w_m2k.si() * area);
        let ties = found.iter().map(tie).collect();
        let area_m2 = found.iter().map(|f| f.2).sum();
        all.push(Touch { a: c.a.clone(), b: c.b.clone(), area_m2, pairs: found.len(), ties });
    }
    Ok(all)
}

/// Links to lumped nodes, which count from 0 until all faces are known.
fn links(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Result<Vec<Touch>, CaseErrors> {
    let mut all = vec![];
    for l in &model.links {
        let found = bodies.named(&l.part);
        if found.is_empty() {
            let error = model.source.error("links", format!("`{}` has no faces", l.part), "name a part or a group of its mesh");
            return Err(model.source.errors(vec![error]));
        }
        let node = model.lumped.nodes.iter().position(|n| n.name == l.node).expect("checked with the case");
        let tie = |o: &super::bodies::Outer| (ends.node(o.of), node, l.h_w_m2k.si() * o.area_m2);
        let ties = found.iter().map(tie).collect();
        let area_m2 = found.iter().map(|o| o.area_m2).sum();
        all.push(Touch { a: l.part.clone(), b: l.node.clone(), area_m2, pairs: found.len(), ties });
    }
    Ok(all)
}

/// Heat by node, W: of groups by volume, of skins by area.
fn heats(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Vec<(usize, f64)> {
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
fn sides(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> (Vec<crate::mesh::Shape>, Vec<Side>) {
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
            Of::Face(f) => bodies.cell_of_face(f),
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

/// The cell of each sensor: that of its part whose centre is nearest. Errors: a sensor away from its part.
fn sensors(model: &Assembly, bodies: &Bodies) -> Result<Vec<(usize, Vector3<f64>)>, CaseErrors> {
    let (mut all, mut errors) = (vec![], vec![]);
    for (name, part, at_m) in &model.sensors {
        let named = |c: &usize| {
            let g = &bodies.groups[bodies.cells.part[*c] as usize];
            is_named(part, &g.part, &g.group)
        };
        let away = |c: usize| (at_m - bodies.graph.centre_m[c]).norm();
        let nearest = (0..bodies.cells.len()).filter(named).min_by(|a, b| away(*a).total_cmp(&away(*b)));
        let Some(cell) = nearest else {
            let help = "name a part or a group of its mesh that has cells";
            errors.push(model.source.error(&format!("sensors.{name}.part"), format!("`{part}` has no cells"), help));
            continue;
        };
        let size = bodies.cells.places(cell).map(|p| (p - bodies.graph.centre_m[cell]).norm()).fold(0.0, f64::max);
        if away(cell) > 1.5 * size {
            let message = format!(
                "lies {:.4} m from the nearest cell of `{part}`, whose corners are {size:.4} m from its centre",
                away(cell)
            );
            errors.push(model.source.error(
                &format!("sensors.{name}.at_m"),
                message,
                "correct the place; axes are those of the whole",
            ));
        }
        all.push((cell, at_m - bodies.graph.centre_m[cell]));
    }
    if errors.is_empty() { Ok(all) } else { Err(model.source.errors(errors)) }
}

/// Builds the network of the bodies without exchange between surfaces. Errors: at the case's keys.
fn assemble(model: &Assembly, bodies: &Bodies) -> Result<(Assembled, Vec<crate::mesh::Shape>), CaseErrors> {
    let mut ends = Ends { bodies, node_of_face: HashMap::new(), cell_of: (0..bodies.cells.len()).collect() };
    let mut touches = contacts(model, bodies, &mut ends)?;
    let mut linked = links(model, bodies, &mut ends)?;
    let heats = heats(model, bodies, &mut ends);
    let (shapes, sides) = sides(model, bodies, &mut ends);
    let mut of_face = vec![End::Bonded; bodies.graph.face_count()];
    ends.node_of_face.iter().for_each(|(&face, &node)| of_face[face] = End::Node(node));
    let cell_of = ends.cell_of;
    let first_lumped = cell_of.len();
    linked.iter_mut().flat_map(|t| &mut t.ties).for_each(|(_, b, _)| *b += first_lumped);
    touches.extend(linked);
    let conductivity: Vec<Matrix3<f64>> = bodies.groups.iter().map(|g| g.body.conductivity_w_mk).collect();
    let volumes = Arc::new(Volumes::new(&bodies.cells, bodies.graph.clone(), &conductivity, of_face));
    let mut network = Network::new(first_lumped + model.lumped.nodes.len());
    network.space_k = model.space_k;
    network.conductors = volumes.conductors();
    network.volumes = volumes.leans().then(|| volumes.clone());
    let ties = touches.iter().flat_map(|t| &t.ties);
    network.conductors.extend(ties.map(|&(a, b, gl_w_per_k)| Conductor { a, b, gl_w_per_k }));
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
    let loads = lumped::add(&model.lumped, first_lumped, &mut network);
    let sensors = sensors(model, bodies)?;
    Ok((Assembled { network, loads, cell_of, volumes, touches, sides, sensors, quality: None }, shapes))
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

/// Orbit and attitude of an assembly that flies. Errors: a flight that is none, or does not repeat where that is asked for.
pub fn timeline(model: &Assembly) -> Result<Option<Timeline>, AssemblyError> {
    let Some((flight, light, attitude, positions)) = &model.flown else { return Ok(None) };
    let timeline = Timeline::new(flight, attitude, *positions, light).map_err(AnalysisError::from)?;
    if let Some(t) = &model.transient {
        let fail = |key: &str, message: String, help: &str| {
            AssemblyError::Case(model.source.errors(vec![model.source.error(key, message, help)]))
        };
        let periodic = t.mode == Mode::Periodic;
        if !timeline.cyclic && (periodic || t.until_s.is_none()) {
            let (key, help) = if periodic { ("transient.mode", "set mode = \"march\"") } else { ("transient", "add `until_s`") };
            return Err(fail(key, "this flight does not repeat".into(), help));
        }
        if let (true, Some(key)) = (periodic, model.lumped.differs_from_turn_to_turn(timeline.period_s)) {
            let message = format!("does not repeat with the orbit of {:.3} s", timeline.period_s);
            return Err(fail(&key, message, "let its tables begin again with `period_s`, or set mode = \"march\""));
        }
    }
    Ok(Some(timeline))
}

/// Reads and joins the parts without solving. Errors: at the case's keys.
pub fn check(model: &Assembly) -> Result<(Bodies, Assembled), AssemblyError> {
    timeline(model)?;
    let bodies = Bodies::new(model)?;
    let (assembled, _) = assemble(model, &bodies)?;
    Ok((bodies, assembled))
}

/// Analyses an assembly: mesh, contacts, view factors, heating, steady state, temperatures in time.
pub fn analyse<B: Backend>(backend: &B, model: &Assembly, observer: &dyn Observer) -> Result<Solution, AssemblyError> {
    let timeline = timeline(model)?;
    let bodies = stage(observer, "mesh", 0, || Bodies::new(model))?;
    let (mut assembled, shapes) = stage(observer, "network", 0, || assemble(model, &bodies))?;
    let optics: Vec<Optics> = assembled.sides.iter().map(|s| s.optics).collect();
    let mut flown = None;
    if model.exchange == Exchange::Traced && !assembled.sides.is_empty() {
        let codes: Vec<u32> = assembled.sides.iter().map(|s| s.code).collect();
        let areas: Vec<f64> = assembled.sides.iter().map(|s| s.area_m2).collect();
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
            flown = Some((traced, incident, timeline));
        }
        assembled.quality = Some(means.infrared.quality);
        (assembled.network.factors, assembled.network.factors_in_sunlight) = (Some(means.infrared), means.sunlight);
    }
    let network = &assembled.network;
    let mut guess = vec![GUESS_K; network.node_count];
    let starts = || model.lumped.nodes.iter().map(|n| n.start_k);
    guess[assembled.cell_of.len()..].iter_mut().zip(starts()).for_each(|(t, start)| *t = start.unwrap_or(*t));
    let state = stage(observer, "steady state", 0, || {
        let tick = |change: f64| observer.progress(0, &format!("last change {change:.1e} K"));
        steady(backend, network, guess, settings(&model.solver), &tick)
    });
    let state = state.map_err(AnalysisError::from)?;
    let of_nodes = &state.node_k[assembled.cell_of.len()..];
    let conducted_w = model.lumped.conductors.iter().map(|c| lumped::heat_w(&c.path, (c.a, c.b), of_nodes)).collect();
    let march = model.transient.as_ref().map(|written| {
        let mut start_k = state.node_k.clone();
        let of_parts = written.start_c.map(|t| t.si());
        let given = assembled.cell_of.iter().map(|_| of_parts).chain(starts());
        start_k.iter_mut().zip(given).for_each(|(t, given)| *t = given.unwrap_or(*t));
        let heating = flown.as_ref().map(|(exchange, incident, timeline)| {
            let factors = network.factors.as_ref().expect("rays were traced");
            let in_sunlight = network.factors_in_sunlight.as_ref().unwrap_or(factors);
            Heating::new(timeline, &optics, exchange, (factors, in_sunlight), incident)
        });
        let drive = march::All { heating, lumped: &assembled.loads };
        let total = if written.mode == Mode::Periodic { 0 } else { 1000 };
        stage(observer, "temperatures in time", total, || {
            march::follow(backend, (&bodies, &assembled, model.parts.len()), (written, start_k), &drive, observer)
        })
    });
    let march = march.transpose()?;
    Ok(Solution { bodies, assembled, state, conducted_w, march })
}

/// Groups of a part of the case, copies apart: `(part, group, number)`.
pub fn groups_of<'a>(bodies: &'a Bodies, part: &'a str) -> impl Iterator<Item = (&'a super::bodies::Group, u32)> {
    (0_u32..).zip(&bodies.groups).filter(move |(_, g)| is_named(part, &g.part, &g.group)).map(|(k, g)| (g, k))
}
