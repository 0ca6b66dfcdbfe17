//! A map of the radiators within the bounds of a case: a check of the optimum that shares nothing with the search, and how far from it dimensions
//! may lie.

use super::sample::Sampler;
use crate::analysis::{Observer, orbit_state, stage};
use crate::backend::{Backend, Cpu, DeviceError, light_map};
use crate::case::study::Sampling;
use crate::model::Model;
use crate::sizing::batch::{Batch, Failure, Rated, rate};
use crate::sizing::optimum::{MOST_TUBES_PER_LOOP, lightest};
use crate::sizing::radiator::{Strip, Surroundings, Variables};
use crate::sizing::{Climate, SizingError};
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Instant;

/// Designs at most.
pub const MOST_DESIGNS: usize = 1 << 32;
/// Cells of the map along pitch and bore.
pub const CELLS: usize = 40;
/// Designs that go to a backend together.
const PART: usize = 1 << 16;
/// What counts as near the lightest: parts of its cost.
const NEAR: [f64; 2] = [0.01, 0.05];
/// Designs that are evaluated once more on the host where a device has evaluated, and by how much their cost may differ.
const RECHECKED: usize = 256;
const MOST_APART: f64 = 1e-3;
/// How much shorter than allowed tubes without a film may be: a film makes them longer.
const SHORTER: f64 = 2.0;

/// Why there is no map.
#[derive(Debug, thiserror::Error)]
pub enum MapError {
    /// The case has no such radiators.
    #[error(transparent)]
    Sizing(#[from] SizingError),
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The kernel on the device is not the sizing model.
    #[error(
        "{device}: designs weigh {apart:.1e} more or less than by the sizing model, at most {limit:.0e} is allowed\n  help: `--backend cpu`"
    )]
    Apart {
        /// The device.
        device: String,
        /// Largest relative difference.
        apart: f64,
        /// Limit.
        limit: f64,
    },
}

/// A design of the map.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Place {
    /// Tube pitch, mm.
    pub pitch_mm: f64,
    /// Both face sheets, mm.
    pub sheet_mm: f64,
    /// Bore, mm.
    pub bore_mm: f64,
    /// Tubes of one loop, not yet whole.
    pub tubes_per_loop: f64,
    /// Tube length, m.
    pub length_m: f64,
    /// Tube wall, mm.
    pub wall_mm: f64,
    /// Pump power, W.
    pub pump_w: f64,
    /// Mass with margins, kg.
    pub mass_kg: f64,
    /// What is minimised, kg: mass, and what the pump power costs elsewhere.
    pub cost_kg: f64,
}

impl Place {
    fn new(v: &Variables, r: &Rated) -> Self {
        Self {
            pitch_mm: 1e3 * v.pitch_m,
            sheet_mm: 1e3 * v.sheet_m,
            bore_mm: 1e3 * v.bore_m,
            tubes_per_loop: v.tubes_per_loop,
            length_m: r.length_m,
            wall_mm: 1e3 * r.wall_m,
            pump_w: r.pump_w,
            mass_kg: r.mass_kg,
            cost_kg: r.cost_kg,
        }
    }
}

/// Where the designs lie that cost no more than so much above the least.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Within {
    /// Part of the least cost.
    pub part: f64,
    /// Designs.
    pub designs: usize,
    /// Least and largest of each dimension among them, if there are any.
    pub ranges: Option<Ranges>,
}

/// Least and largest of each dimension, in the units of [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranges {
    /// Tube pitch, mm.
    pub pitch_mm: [f64; 2],
    /// Both face sheets, mm.
    pub sheet_mm: [f64; 2],
    /// Bore, mm.
    pub bore_mm: [f64; 2],
    /// Tube wall, mm.
    pub wall_mm: [f64; 2],
    /// Tubes of one loop.
    pub tubes_per_loop: [f64; 2],
    /// Tube length, m.
    pub length_m: [f64; 2],
}

/// A cell of the map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Cell {
    /// Designs in it.
    pub designs: usize,
    /// Those that keep all bounds.
    pub feasible: usize,
    /// The one of them that costs least.
    pub best: Option<Place>,
}

/// What stood beside the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rechecked {
    /// Designs evaluated on the host in f64 as well.
    pub designs: usize,
    /// Largest relative difference of their costs.
    pub largest_difference: f64,
    /// Designs that the kernel left to the host.
    pub left_to_the_host: usize,
}

/// The map of a case.
#[derive(Clone, Debug, Serialize)]
pub struct Map {
    /// Title of the case.
    pub name: String,
    /// Designs evaluated.
    pub designs: usize,
    /// Those that keep all bounds.
    pub feasible: usize,
    /// Those that do not, by the first bound that they break.
    pub failures: BTreeMap<Failure, usize>,
    /// Sink, K.
    pub sink_k: f64,
    /// The lightest of them, by the sizing model in f64.
    pub lightest: Option<Place>,
    /// The lightest by search.
    pub search: Option<Place>,
    /// Why the search found none.
    pub search_failure: Option<String>,
    /// Cost of the lightest of the map over that of the search, less one: below 0 the search has missed a lighter one.
    pub above_search: Option<f64>,
    /// Designs near the lighter of both.
    pub near: Vec<Within>,
    /// Bounds of pitch and bore, mm: cells are even in logarithms.
    pub pitch_mm: [f64; 2],
    /// See above.
    pub bore_mm: [f64; 2],
    /// Cells along pitch (first) and bore.
    pub size: [usize; 2],
    /// Cells, pitch by pitch for each bore.
    #[serde(skip)]
    pub cells: Vec<Cell>,
    /// What evaluated.
    pub device: String,
    /// Seconds of choosing and evaluating the designs.
    pub seconds: f64,
    /// Designs a second.
    pub designs_per_s: f64,
    /// What a device's kernel was held against.
    pub rechecked: Option<Rechecked>,
}

/// Where the designs of a map lie: Sobol points, even in the logarithms of the bounds.
#[derive(Debug)]
pub struct Designs<'a> {
    model: &'a Model,
    around: Surroundings,
    points: Sampler,
}

impl<'a> Designs<'a> {
    /// So many.
    pub fn new(model: &'a Model, around: Surroundings, count: usize) -> Self {
        Self { model, around, points: Sampler::new(Sampling::Sobol, count, 4, 1) }
    }

    /// A design. As many tubes as would be between half the shortest and the longest allowed length if there were no film, even in
    /// logarithms: other numbers of tubes would be too short or too long for certain.
    pub fn at(&self, k: usize) -> Variables {
        let r = &self.model.radiator;
        let between = |d: usize, (low, high): (f64, f64)| low * (high / low).powf(self.points.at(k, d));
        let (pitch_m, sheet_m, bore_m) = (between(0, r.pitch_m), between(1, r.sheet_m), between(2, r.bore_m));
        let strip = Strip {
            pitch_m,
            band_m: (bore_m + 2.0 * r.wall_m).min(pitch_m),
            sheet_m,
            profile: &r.profile,
            conductivity_w_mk: r.conductivity_w_mk,
            emissivity: r.emissivity(),
            resistance_m_k_per_w: 0.0,
            surroundings: self.around,
        };
        let heat_w_m = strip.at(0.5 * (self.model.return_k + self.model.supply_k)).heat_w_m;
        let length_m = between(3, (r.length_m.0 / SHORTER, r.length_m.1));
        #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
        let active = self.model.active_loops() as f64;
        let tubes = self.model.base_heat_w() / (active * heat_w_m * length_m);
        let tubes_per_loop = if heat_w_m > 0.0 { tubes.clamp(1.0, MOST_TUBES_PER_LOOP) } else { MOST_TUBES_PER_LOOP };
        Variables { pitch_m, sheet_m, bore_m, tubes_per_loop }
    }
}

/// What a map gathers while its designs come in.
struct Gathered {
    failures: BTreeMap<Failure, usize>,
    feasible: usize,
    best: Option<(Variables, Rated)>,
    /// Those near the best so far: all near the best of all are among them.
    near: Vec<(Variables, Rated)>,
    cells: Vec<Cell>,
}

impl Gathered {
    fn add(&mut self, cell: usize, v: &Variables, r: &Rated) {
        let cell = &mut self.cells[cell];
        cell.designs += 1;
        if let Some(f) = r.failure {
            *self.failures.entry(f).or_default() += 1;
            return;
        }
        self.feasible += 1;
        cell.feasible += 1;
        if cell.best.is_none_or(|b| r.cost_kg < b.cost_kg) {
            cell.best = Some(Place::new(v, r));
        }
        if self.best.is_none_or(|(_, b)| r.cost_kg < b.cost_kg) {
            self.best = Some((*v, *r));
        }
        if self.best.is_some_and(|(_, b)| r.cost_kg <= b.cost_kg * (1.0 + NEAR[1])) {
            self.near.push((*v, *r));
        }
    }
}

/// Cells along a dimension, and the one in which a value lies.
fn cells_of((low, high): (f64, f64)) -> (usize, impl Fn(f64) -> usize) {
    let count = if low < high { CELLS } else { 1 };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "a small positive number"
    )]
    let of = move |x: f64| (((x / low).ln() / (high / low).ln() * CELLS as f64).max(0.0) as usize).min(count - 1);
    (count, of)
}

/// Evaluates so many designs of a case in the surroundings of an isolated radiator, and seeks the lightest beside them.
///
/// Truth: `map::the_map_meets_the_search`.
pub fn map<B: Backend>(backend: &B, model: &Model, count: usize, observer: &dyn Observer) -> Result<Map, MapError> {
    let orbit = orbit_state(model).map_err(SizingError::from)?;
    let climate = stage(observer, "sink", 0, || Climate::new(model, &orbit)).map_err(SizingError::from)?;
    let around = climate.surroundings(model).rounded();
    let search = stage(observer, "lightest", 0, || lightest(model, around));
    let batch = Batch::new(backend, model, around)?;
    let r = &model.radiator;
    let ((pitches, pitch_cell), (bores, bore_cell)) = (cells_of(r.pitch_m), cells_of(r.bore_m));
    let cells = vec![Cell::default(); pitches * bores];
    let mut all = Gathered { failures: BTreeMap::new(), feasible: 0, best: None, near: vec![], cells };
    let places = Designs::new(model, around, count);
    let (mut left, mut rechecked) = (0, vec![]);
    let start = Instant::now();
    stage(observer, "designs", count, || {
        for first in (0..count).step_by(PART) {
            let designs = light_map(PART.min(count - first), |k| places.at(first + k));
            let (rated, of_part) = batch.rate(&designs)?;
            left += of_part;
            for (v, r) in designs.iter().zip(&rated) {
                all.add(bore_cell(v.bore_m) * pitches + pitch_cell(v.pitch_m), v, r);
            }
            if batch.is_by_kernel() {
                let every = count.div_ceil(RECHECKED);
                rechecked.extend((0..designs.len()).filter(|k| (first + k) % every == 0).map(|k| (designs[k], rated[k])));
            }
            observer.progress(first + designs.len(), "");
        }
        Ok::<(), DeviceError>(())
    })?;
    let seconds = start.elapsed().as_secs_f64();
    let host = Cpu::<f64>::new().describe();
    let device = match (batch.is_by_kernel(), backend.is_host()) {
        (true, _) => backend.describe(),
        (false, true) => host,
        (false, false) => format!("{host}: no kernel covers the case"),
    };
    let rechecked = if batch.is_by_kernel() { Some(recheck(backend, model, around, rechecked, left)?) } else { None };
    let lightest = all.best.map(|(v, _)| Place::new(&v, &rate(model, around, &v)));
    let (search, search_failure) = match search {
        Ok(o) => (Some(Place::new(&o.variables, &rate(model, around, &o.variables))), None),
        Err(e) => (None, Some(e.to_string())),
    };
    let least = [&lightest, &search].into_iter().flatten().map(|p| p.cost_kg).fold(f64::INFINITY, f64::min);
    let millimetres = |(low, high): (f64, f64)| [1e3 * low, 1e3 * high];
    #[expect(clippy::cast_precision_loss, reason = "designs are below 2^53")]
    let designs_per_s = count as f64 / seconds;
    Ok(Map {
        name: model.name.clone(),
        designs: count,
        feasible: all.feasible,
        failures: all.failures,
        sink_k: around.sink_k4.sqrt().sqrt(),
        above_search: lightest.zip(search).map(|(l, s)| l.cost_kg / s.cost_kg - 1.0),
        lightest,
        search,
        search_failure,
        near: NEAR.map(|part| within(part, least, &all.near)).to_vec(),
        pitch_mm: millimetres(r.pitch_m),
        bore_mm: millimetres(r.bore_m),
        size: [pitches, bores],
        cells: all.cells,
        device,
        seconds,
        designs_per_s,
        rechecked,
    })
}

/// Holds the kernel's designs against the sizing model in f64.
fn recheck<B: Backend>(
    backend: &B,
    model: &Model,
    around: Surroundings,
    designs: Vec<(Variables, Rated)>,
    left: usize,
) -> Result<Rechecked, MapError> {
    let has_mass = |f: Option<Failure>| !matches!(f, Some(Failure::Sink | Failure::Unpumpable));
    let apart = |(v, got): &(Variables, Rated)| {
        let want = rate(model, around, v);
        if has_mass(want.failure) && has_mass(got.failure) { (got.cost_kg / want.cost_kg - 1.0).abs() } else { 0.0 }
    };
    let largest_difference = designs.iter().map(apart).fold(0.0, |m, x| if x <= m { m } else { x });
    if largest_difference.is_nan() || largest_difference > MOST_APART {
        return Err(MapError::Apart { device: backend.describe(), apart: largest_difference, limit: MOST_APART });
    }
    Ok(Rechecked { designs: designs.len(), largest_difference, left_to_the_host: left })
}

/// The ranges of the designs that cost no more than `part` above the least.
fn within(part: f64, least: f64, designs: &[(Variables, Rated)]) -> Within {
    let places: Vec<Place> =
        designs.iter().filter(|(_, r)| r.cost_kg <= least * (1.0 + part)).map(|(v, r)| Place::new(v, r)).collect();
    let range = |of: fn(&Place) -> f64| {
        places.iter().map(of).fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], x| [low.min(x), high.max(x)])
    };
    let ranges = (!places.is_empty()).then(|| Ranges {
        pitch_mm: range(|p| p.pitch_mm),
        sheet_mm: range(|p| p.sheet_mm),
        bore_mm: range(|p| p.bore_mm),
        wall_mm: range(|p| p.wall_mm),
        tubes_per_loop: range(|p| p.tubes_per_loop),
        length_m: range(|p| p.length_m),
    });
    Within { part, designs: places.len(), ranges }
}
