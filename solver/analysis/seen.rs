//! What the surfaces of an assembly see: each other, space, the Sun and the planet.

use super::assemble::surfaces;
use super::assembly::{Assembled, GUESS_K};
use super::exchange::{Exchange, heated};
use super::loads::Heating;
use super::{AnalysisError, Observer, stage};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::Timeline;
use crate::mesh::Shape;
use crate::model::Optics;
use crate::model::assembly::Assembly;
use crate::radiation::heating::Incident;
use crate::radiation::scene::{Mirrors, Scene};

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

/// Traces rays of all sides that radiate: the network gets their exchange and, of what flies, the heat that they absorb in the mean.
pub(super) fn see<B: Backend>(
    backend: &B,
    model: &Assembly,
    (assembled, shapes): (&mut Assembled, &[Shape]),
    timeline: Option<Timeline>,
    observer: &dyn Observer,
) -> Result<Option<Flown>, AnalysisError> {
    let optics: Vec<Optics> = assembled.sides.iter().map(|s| s.optics).collect();
    let codes: Vec<u32> = assembled.sides.iter().map(|s| s.code).collect();
    let areas: Vec<f64> = assembled.sides.iter().map(|s| s.area_m2).collect();
    let scene = stage(observer, "facet tree", 0, || Scene::new(shapes))?;
    let emissive_w_m2 = STEFAN_BOLTZMANN * GUESS_K.powi(4);
    let mirrors = Mirrors::new(shapes.len(), &codes, |s| [optics[s].specular_ir, optics[s].specular_solar]);
    let (seen, memory) = ((&scene, &mirrors, codes.as_slice()), observer.memory());
    let tick = |n| observer.progress(n, "");
    let traced = stage(observer, "view factors", codes.len(), || {
        Exchange::rigid(backend, seen, (&areas, emissive_w_m2), &model.rays, (memory, &tick))
    });
    let (exchange, means) = traced?;
    let mut flown = None;
    if let Some(timeline) = timeline {
        let heat = || heated(backend, seen, &model.rays, &timeline, (memory, &tick));
        let incident = stage(observer, "orbital heating", codes.len(), heat)?;
        assembled.network.surfaces = surfaces(&timeline, &optics, (&exchange, &means), &incident);
        flown = Some(Flown { exchange, incident, timeline });
    }
    assembled.quality = Some(means.infrared.quality);
    (assembled.network.factors, assembled.network.factors_in_sunlight) = (Some(means.infrared), means.sunlight);
    Ok(flown)
}
