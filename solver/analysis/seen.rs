//! What the surfaces of an assembly see: within their radiation group each other, and of "external" space, the Sun and the planet;
//! where joints turn parts, in every pose.

use super::assemble::surfaces;
use super::assembly::{Assembled, GUESS_K, Side};
use super::exchange::{Exchange, Seen, heated};
use super::loads::Heating;
use super::{AnalysisError, Observer, stage};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::Timeline;
use crate::environment::joint::Pose;
use crate::mesh::Shape;
use crate::model::Optics;
use crate::model::assembly::Assembly;
use crate::radiation::RadiationError;
use crate::radiation::heating::Incident;
use crate::radiation::scene::{Mirrors, Scene};
use crate::radiation::view_factor::RawFactors;
use nalgebra::Vector3;

/// An outer face: it blocks rays of the radiation groups of its two sides.
#[derive(Clone, Debug)]
pub(super) struct Facet {
    /// Where it lies while all joints stand at 0.
    pub shape: Shape,
    /// Radiation groups of front and back.
    pub radiation: [usize; 2],
    /// Joint that turns it, and the point about which, m.
    pub turned: Option<(usize, Vector3<f64>)>,
}

/// A radiation group that sees nothing outside.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Enclosure {
    /// Name.
    pub name: String,
    /// Its surfaces.
    pub surfaces: usize,
    /// Part of what they send out that meets nothing, by area, in the worst pose: how far it is open. It is sent back.
    pub escaped: f64,
    /// Part that meets sides without a coating, which take nothing up. It is sent back too.
    pub met_bare: f64,
}

/// Heating of what flies.
#[derive(Debug)]
pub(super) struct Flown {
    exchange: Exchange,
    incident: Incident,
    pub timeline: Timeline,
}

impl Flown {
    /// In time.
    pub(super) fn heating(&self, assembled: &Assembled) -> Heating<'_> {
        let optics: Vec<Optics> = assembled.sides.iter().map(|s| s.optics).collect();
        let factors = assembled.network.factors.as_ref().expect("rays were traced");
        let in_sunlight = assembled.network.factors_in_sunlight.as_ref().unwrap_or(factors);
        Heating::new(&self.timeline, &optics, &self.exchange, (factors, in_sunlight), &self.incident)
    }
}

/// A facet where joints stand: `h + R (x − h)` about their point h.
fn posed(facet: &Facet, timeline: Option<&Timeline>, pose: &Pose) -> Shape {
    let (Some((joint, at_m)), Some(timeline)) = (facet.turned, timeline) else { return facet.shape };
    let turn = timeline.joints[joint].turn(pose.0[joint]);
    let s = facet.shape;
    Shape { origin: at_m + turn * (s.origin - at_m), edge_u: turn * s.edge_u, edge_v: turn * s.edge_v, ..s }
}

/// The radiation groups in one pose that have surfaces.
fn groups(sides: &[Side], facets: &[Facet], shapes: &[Shape], count: usize) -> Result<Vec<Seen>, RadiationError> {
    let mut all = vec![];
    for group in 0..count {
        let own: Vec<usize> = (0..sides.len()).filter(|&i| sides[i].radiation == group).collect();
        if own.is_empty() {
            continue;
        }
        let mut place = vec![0_u32; facets.len()];
        let mut here = vec![];
        for (f, _) in facets.iter().enumerate().filter(|(_, f)| f.radiation.contains(&group)) {
            place[f] = u32::try_from(here.len()).expect("fewer than 2^31 facets");
            here.push(shapes[f]);
        }
        let codes: Vec<u32> = own.iter().map(|&i| 2 * place[(sides[i].code >> 1) as usize] + (sides[i].code & 1)).collect();
        let specular = |s: usize| [sides[own[s]].optics.specular_ir, sides[own[s]].optics.specular_solar];
        let mirrors = Mirrors::new(here.len(), &codes, specular);
        all.push(Seen { scene: Scene::new(&here)?, mirrors, codes, own, closed: group > 0 });
    }
    Ok(all)
}

/// How far the closed groups are open. Errors: more than the case allows.
fn enclosures(model: &Assembly, sides: &[Side], exchange: &Exchange) -> Result<Vec<Enclosure>, AnalysisError> {
    let mut all = vec![];
    for (group, name) in model.radiation.iter().enumerate().skip(1) {
        let own = || (0..sides.len()).filter(|&i| sides[i].radiation == group);
        let area_m2: f64 = own().map(|i| sides[i].area_m2).sum();
        let worst = |k: usize| {
            let of_pose = |raw: &RawFactors| own().map(|i| sides[i].area_m2 * raw.sent_back[i][k]).sum::<f64>() / area_m2;
            exchange.raw().iter().map(of_pose).fold(0.0, f64::max)
        };
        let found = Enclosure { name: name.clone(), surfaces: own().count(), escaped: worst(0), met_bare: worst(1) };
        if found.escaped > model.escape_most {
            return Err(AnalysisError::Open { group: name.clone(), escaped: found.escaped, most: model.escape_most });
        }
        all.push(found);
    }
    Ok(all)
}

/// Sunlight, albedo and planet infrared on all sides, each pose with the parts where they stand; enclosures are in the dark.
fn shone<B: Backend>(
    backend: &B,
    model: &Assembly,
    (poses, sides): (&[Vec<Seen>], usize),
    timeline: &Timeline,
    observer: &dyn Observer,
) -> Result<Incident, RadiationError> {
    let mut parts = vec![];
    for (pose, groups) in poses.iter().enumerate() {
        let part = timeline.of_pose(pose);
        parts.push(match groups.iter().find(|seen| !seen.closed) {
            None => Incident::none(part.positions.len(), sides),
            Some(seen) => {
                let tick = |n| observer.progress(pose * seen.codes.len() + n, "");
                let lit = (&seen.scene, &seen.mirrors, seen.codes.as_slice());
                heated(backend, lit, &model.rays, &part, (observer.memory(), &tick))?.among(&seen.own, sides)
            }
        });
    }
    Ok(Incident::joined(parts, &timeline.pose_of))
}

/// Traces rays of all sides that radiate: the network gets their exchange and, of what flies, the heat that they absorb in the mean.
pub(super) fn see<B: Backend>(
    backend: &B,
    model: &Assembly,
    (assembled, facets): (&mut Assembled, &[Facet]),
    timeline: Option<Timeline>,
    observer: &dyn Observer,
) -> Result<Option<Flown>, AnalysisError> {
    let sides = &assembled.sides;
    let optics: Vec<Optics> = sides.iter().map(|s| s.optics).collect();
    let areas: Vec<f64> = sides.iter().map(|s| s.area_m2).collect();
    let still = [Pose::default()];
    let stands = timeline.as_ref().map_or(&still[..], |t| &t.poses);
    let in_pose = |pose: &Pose| {
        let shapes: Vec<Shape> = facets.iter().map(|f| posed(f, timeline.as_ref(), pose)).collect();
        groups(sides, facets, &shapes, model.radiation.len())
    };
    let poses = stage(observer, "facet tree", 0, || stands.iter().map(in_pose).collect::<Result<Vec<_>, _>>())?;
    let emissive_w_m2 = STEFAN_BOLTZMANN * GUESS_K.powi(4);
    let (memory, total) = (observer.memory(), poses.len() * sides.len());
    let tick = |n| observer.progress(n, "");
    let traced = stage(observer, "view factors", total, || {
        Exchange::apart(backend, &poses, (&areas, emissive_w_m2), (&model.rays, timeline.as_ref()), (memory, &tick))
    });
    let (exchange, means) = traced?;
    assembled.enclosures = enclosures(model, sides, &exchange)?;
    let mut flown = None;
    if let Some(timeline) = timeline {
        let shine = || shone(backend, model, (&poses, sides.len()), &timeline, observer);
        let incident = stage(observer, "orbital heating", total, shine)?;
        assembled.network.surfaces = surfaces(&timeline, &optics, (&exchange, &means), &incident);
        flown = Some(Flown { exchange, incident, timeline });
    }
    assembled.quality = Some(means.infrared.quality);
    (assembled.network.factors, assembled.network.factors_in_sunlight) = (Some(means.infrared), means.sunlight);
    Ok(flown)
}
