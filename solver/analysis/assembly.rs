//! The line of an assembly: parts to one mesh, contacts, conductors, nodes, exchange and heating to temperatures, steady and in time.

use super::bodies::{Bodies, Of, facets, is_named};
use super::components::{Streams, settle};
use super::groups::Groups;
use super::joins::{Ends, Touch, bolts, contacts, links};
use super::lumped::{self, Loads};
use super::march::{self, March};
use super::seen::{Enclosure, Facet, Flown, see};
use super::{AnalysisError, Observer, settings, stage};
use crate::backend::Backend;
use crate::case::CaseErrors;
use crate::case::assembly::Exchange;
use crate::case::transient::Mode;
use crate::conduction::Conductor;
use crate::conduction::volumes::{End, Volumes};
use crate::environment::Timeline;
use crate::model::Optics;
use crate::model::assembly::Assembly;
use crate::model::body::{Coat, Insulation};
use crate::model::lumped::Table;
use crate::network::{Face, Network, Radiative, Surface};
use crate::radiation::view_factor;
use crate::solve::steady::{SteadyState, steady};
use nalgebra::{Matrix3, Vector3};
use std::collections::HashMap;
use std::sync::Arc;

/// Temperature from which iteration starts, and at which the error of rays is judged, K.
pub(super) const GUESS_K: f64 = 300.0;

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
    /// Radiation group.
    pub radiation: usize,
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
    /// Groups between which heat is reported.
    pub groups: Groups,
    /// Conduction of the cells.
    pub volumes: Arc<Volumes>,
    /// Contacts, then bolts, then links.
    pub touches: Vec<Touch>,
    /// Sides that radiate.
    pub sides: Vec<Side>,
    /// Cell of each sensor, and from its centre to the sensor, m.
    pub sensors: Vec<(usize, Vector3<f64>)>,
    /// View-factor quality, if rays were traced.
    pub quality: Option<view_factor::Quality>,
    /// Radiation groups that see nothing outside.
    pub enclosures: Vec<Enclosure>,
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
    /// What loops and exchangers stream in the steady state.
    pub streams: Streams,
    /// Heat through each conductor of the case from a to b, W; of a flow what b receives.
    pub conducted_w: Vec<f64>,
    /// Temperatures in time.
    pub march: Option<March>,
    /// Where it flies, with its joints.
    pub timeline: Option<Timeline>,
}

/// Heat by node that does not change in time, W: of groups by volume, of skins by area.
fn heats(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> Vec<(usize, f64)> {
    let mut all = vec![];
    let volume = |cell: usize| bodies.graph.volume_m3[cell];
    let mut of_group = vec![0.0; bodies.groups.len()];
    (0..bodies.cells.len()).for_each(|c| of_group[bodies.cells.part[c] as usize] += volume(c));
    for cell in 0..bodies.cells.len() {
        let k = bodies.cells.part[cell] as usize;
        let g = &bodies.groups[k];
        let heat = volume(cell) * g.heat_w / of_group[k];
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

/// Heat of whole parts in time: each copy has it, spread by volume.
fn heats_of_parts(model: &Assembly, bodies: &Bodies) -> Vec<(Table, Vec<(usize, f64)>)> {
    let mut of_part: HashMap<&str, f64> = HashMap::new();
    let group = |c: usize| &bodies.groups[bodies.cells.part[c] as usize];
    let volume = |c: usize| bodies.graph.volume_m3[c];
    (0..bodies.cells.len()).for_each(|c| *of_part.entry(&group(c).part).or_default() += volume(c));
    let mut shares = vec![vec![]; model.parts.len()];
    (0..bodies.cells.len()).for_each(|c| shares[group(c).of].push((c, volume(c) / of_part[group(c).part.as_str()])));
    let heated = model.parts.iter().zip(shares).filter(|(p, _)| !p.heat_w.is_zero());
    heated.map(|(p, shares)| (p.heat_w.clone(), shares)).collect()
}

/// A blanket: node beneath, node of its outer layer, area in m², what is between.
type Under = (usize, usize, f64, Insulation);

/// Facets of all outer faces, which block rays, and the sides of them that radiate. What touches or is linked does not radiate
/// unless its group says so.
fn sides(model: &Assembly, bodies: &Bodies, ends: &mut Ends<'_>) -> (Vec<Facet>, Vec<Side>, Vec<Under>) {
    let mut of_skin: HashMap<usize, Option<Coat>> = HashMap::new();
    let mut radiation_of_skin: HashMap<usize, usize> = HashMap::new();
    for skin in &bodies.skins {
        let Some(coats) = model.parts[skin.of].groups.iter().find(|g| g.name == skin.group).map(|g| &g.coats) else { continue };
        // A named face without a coating of its own radiates as the part does.
        of_skin.extend(skin.faces.iter().filter(|_| coats.outside.is_some()).map(|&f| (f, coats.outside)));
        radiation_of_skin.extend(skin.faces.iter().filter_map(|&f| Some((f, coats.radiation[2]?))));
    }
    for &face in ends.node_of_face.keys() {
        of_skin.entry(face).or_insert(None);
    }
    let (mut shapes, mut all, mut blankets) = (vec![], vec![], vec![]);
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
        let written = bodies.groups[bodies.cells.part[cell] as usize].coats.radiation.map(|k| k.unwrap_or(0));
        let radiation = match outer.of {
            Of::Shell(_) => [written[0], written[1]],
            Of::Face(f) => [radiation_of_skin.get(&f).copied().unwrap_or(written[2]); 2],
        };
        for shape in facets(&outer.corners) {
            for (back, coat) in (0_u32..).zip(coats) {
                let Some(Coat { optics, insulation }) = coat else { continue };
                let code = 2 * u32::try_from(shapes.len()).unwrap_or(u32::MAX / 2) + back;
                let (mut node, area_m2) = (ends.node(outer.of), shape.area_m2());
                if let Some(between) = insulation {
                    let outside = ends.before(cell);
                    blankets.push((node, outside, area_m2, between));
                    node = outside;
                }
                all.push(Side { code, node, cell, area_m2, optics, radiation: radiation[back as usize] });
            }
            shapes.push(Facet { shape, radiation, turned: bodies.groups[bodies.cells.part[cell] as usize].turned });
        }
    }
    (shapes, all, blankets)
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
fn assemble(model: &Assembly, bodies: &Bodies) -> Result<(Assembled, Vec<Facet>), CaseErrors> {
    let mut ends = Ends { bodies, node_of_face: HashMap::new(), cell_of: (0..bodies.cells.len()).collect() };
    let mut touches = contacts(model, bodies, &mut ends)?;
    touches.extend(bolts(model, bodies, &mut ends)?);
    let mut linked = links(model, bodies, &mut ends)?;
    let heats = heats(model, bodies, &mut ends);
    let (facets, sides, blankets) = sides(model, bodies, &mut ends);
    if let Some(name) = (1..model.radiation.len()).find(|k| sides.iter().all(|s| s.radiation != *k)).map(|k| &model.radiation[k])
    {
        let message = format!("no side of radiation group `{name}` has a coating");
        return Err(model.source.errors(vec![model.source.error("parts", message, "coat its sides, or leave the group out")]));
    }
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
    for (a, b, area_m2, between) in blankets {
        match between {
            Insulation::Emittance(e) => network.radiative.push(Radiative { a, b, gr_m2: e * area_m2 }),
            Insulation::Conductance(h) => network.conductors.push(Conductor { a, b, gl_w_per_k: h * area_m2 }),
        }
    }
    let mut loads = lumped::add(&model.lumped, first_lumped, &mut network);
    loads.heat(heats_of_parts(model, bodies), &mut network);
    let sensors = sensors(model, bodies)?;
    let groups = Groups::new(model, bodies, &cell_of)?;
    if let Some(cell) = network.islands().into_iter().find(|&i| i < bodies.cells.len()) {
        let part = &bodies.groups[bodies.cells.part[cell] as usize].part;
        let message = format!("no heat leaves `{part}`: it radiates nothing and touches nothing that is held at a temperature");
        let key = format!("parts.{}", part.split('#').next().unwrap_or(part));
        let help = "give it a coating, or a contact or link to what radiates or is held";
        return Err(model.source.errors(vec![model.source.error(&key, message, help)]));
    }
    Ok((
        Assembled { network, loads, cell_of, groups, volumes, touches, sides, sensors, quality: None, enclosures: vec![] },
        facets,
    ))
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
    let timeline = Timeline::new(flight, attitude, *positions, light).map_err(|e| {
        let help = "aim one of the two axes at something else, or choose another beta angle";
        AssemblyError::Case(model.source.errors(vec![model.source.error("attitude", e.to_string(), help)]))
    })?;
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

/// Parts and their network with exchange between surfaces and what they absorb around the orbit, in the mean; heating of what flies.
pub(super) fn prepared<B: Backend>(
    backend: &B,
    model: &Assembly,
    observer: &dyn Observer,
) -> Result<(Bodies, Assembled, Option<Flown>), AssemblyError> {
    let timeline = timeline(model)?;
    let bodies = stage(observer, "mesh", 0, || Bodies::new(model))?;
    let (mut assembled, facets) = stage(observer, "network", 0, || assemble(model, &bodies))?;
    let timeline = timeline.map(|t| t.with_joints(bodies.joints.clone()));
    assembled.loads.span_s = timeline.as_ref().map(|t| t.period_s);
    assembled.loads.settle(&mut assembled.network);
    let mut flown = None;
    if model.exchange == Exchange::Traced && !assembled.sides.is_empty() {
        flown = see(backend, model, (&mut assembled, &facets), timeline, observer)?;
    }
    Ok((bodies, assembled, flown))
}

/// Analyses an assembly: mesh, contacts, view factors, heating, steady state, temperatures in time.
pub fn analyse<B: Backend>(backend: &B, model: &Assembly, observer: &dyn Observer) -> Result<Solution, AssemblyError> {
    let (bodies, mut assembled, flown) = prepared(backend, model, observer)?;
    let mut guess = vec![GUESS_K; assembled.network.node_count];
    let starts = || model.lumped.nodes.iter().map(|n| n.start_k);
    guess[assembled.cell_of.len()..].iter_mut().zip(starts()).for_each(|(t, start)| *t = start.unwrap_or(*t));
    let state = stage(observer, "steady state", 0, || {
        let tick = |change: f64| observer.progress(0, &format!("last change {change:.1e} K"));
        let solve = &mut |network: &Network, guess| Ok(steady(backend, network, guess, settings(&model.solver), &tick)?);
        settle(&model.lumped, &mut assembled, guess, solve)
    });
    let (state, streams) = state?;
    let of_nodes = &state.node_k[assembled.cell_of.len()..];
    let steady = |t: &Table| assembled.loads.steady(t);
    let conducted_w = model.lumped.conductors.iter().map(|c| lumped::heat_w(&c.path, (c.a, c.b), of_nodes, &steady)).collect();
    let march = model.transient.as_ref().map(|written| {
        let mut start_k = state.node_k.clone();
        let of_parts = written.start_c.map(|t| t.si());
        let given = assembled.cell_of.iter().map(|_| of_parts).chain(starts());
        start_k.iter_mut().zip(given).for_each(|(t, given)| *t = given.unwrap_or(*t));
        let drive = march::All { heating: flown.as_ref().map(|f| f.heating(&assembled)), lumped: &assembled.loads };
        let total = if written.mode == Mode::Periodic { 0 } else { 1000 };
        stage(observer, "temperatures in time", total, || {
            march::follow(backend, (&bodies, &assembled, model), (written, start_k), &drive, observer)
        })
    });
    let march = march.transpose()?;
    let timeline = flown.map(|f| f.timeline);
    Ok(Solution { bodies, assembled, state, streams, conducted_w, march, timeline })
}

/// Groups of a part of the case, copies apart: `(part, group, number)`.
pub fn groups_of<'a>(bodies: &'a Bodies, part: &'a str) -> impl Iterator<Item = (&'a super::bodies::Group, u32)> {
    (0_u32..).zip(&bodies.groups).filter(move |(_, g)| is_named(part, &g.part, &g.group)).map(|(k, g)| (g, k))
}
