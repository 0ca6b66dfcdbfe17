//! What a case asked for, and where its parts stand.

use super::summary::celsius;
use crate::model::Model;
use serde::Serialize;

/// The question of a case, as it was resolved.
#[derive(Debug, Serialize)]
pub struct Asked {
    /// Coolant.
    pub fluid: String,
    /// Coolant wanted from the radiator, °C; with a given planform it is found instead.
    pub supply_c: f64,
    /// Coolant from the racks, °C.
    pub return_c: f64,
    /// Power of the hottest chip, W.
    pub chip_power_w: f64,
    /// Junction to coolant, K/W.
    pub junction_to_coolant_k_per_w: f64,
    /// Drop of an interface exchanger, K.
    pub interface_approach_k: f64,
    /// Highest junction temperature allowed, °C.
    pub junction_limit_c: f64,
    /// Planform, where it is given, m².
    pub planform_m2: Option<f64>,
    /// Bounds of the tube pitch, mm.
    pub pitch_mm: (f64, f64),
    /// Bounds of both face sheets together, mm.
    pub sheet_mm: (f64, f64),
    /// Bounds of the bore, mm.
    pub bore_mm: (f64, f64),
    /// Bounds of the tube length, m.
    pub length_m: (f64, f64),
    /// Independent loops.
    pub loops: usize,
    /// Loops that may be lost.
    pub spare_loops: usize,
}

impl Asked {
    pub(super) fn new(model: &Model) -> Self {
        let r = &model.radiator;
        let mm = |(low, high): (f64, f64)| (1e3 * low, 1e3 * high);
        Self {
            fluid: model.fluid.clone(),
            supply_c: celsius(model.supply_k),
            return_c: celsius(model.return_k),
            chip_power_w: model.chip_power_w,
            junction_to_coolant_k_per_w: model.junction_to_coolant_k_per_w,
            interface_approach_k: model.interface_approach_k,
            junction_limit_c: celsius(model.junction_limit_k),
            planform_m2: r.planform_m2,
            pitch_mm: mm(r.pitch_m),
            sheet_mm: mm(r.sheet_m),
            bore_mm: mm(r.bore_m),
            length_m: r.length_m,
            loops: r.loops,
            spare_loops: r.spare_loops,
        }
    }
}

/// Where wings and bus stand.
#[derive(Debug, Serialize)]
pub struct Geometry {
    /// Radiator wings.
    pub radiator_wings: usize,
    /// Rows of tubes of a wing.
    pub radiator_rows: usize,
    /// Body axis to the root of a radiator wing, m.
    pub radiator_root_m: f64,
    /// Normal of the radiator's front, joints at rest: x, or with cells z as the array's.
    pub radiator_normal: [f64; 3],
    /// Array wings.
    pub array_wings: usize,
    /// Body axis to the root of an array wing, m.
    pub array_root_m: f64,
    /// Edges of the bus along x, y, z, m.
    pub bus_m: [f64; 3],
}

impl Geometry {
    pub(super) fn new(model: &Model) -> Self {
        let (r, a) = (&model.radiator, &model.array);
        Self {
            radiator_wings: r.wings,
            radiator_rows: r.rows,
            radiator_root_m: r.root_distance_m,
            radiator_normal: r.normal().into_inner().into(),
            array_wings: a.wings,
            array_root_m: a.root_distance_m,
            bus_m: model.bus_size_m,
        }
    }
}
