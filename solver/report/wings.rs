//! Radiator and array of a run.

use super::summary::celsius;
use crate::conduction::stream::Stream;
use crate::environment::{Body, Timeline, Tracking};
use crate::model::Model;
use crate::model::catalogue::CATALOGUE;
use crate::sizing::Sized;
use crate::sizing::radiator::Point;
use serde::Serialize;

/// Radiator.
#[derive(Debug, Serialize)]
pub struct RadiatorNumbers {
    /// All wings, one side, m².
    pub planform_m2: f64,
    /// Wing size: length along y, height along z (with cells along x), m.
    pub wing_m: (f64, f64),
    /// mm.
    pub pitch_mm: f64,
    /// Both face sheets at the tube, mm.
    pub sheet_mm: f64,
    /// mm.
    pub bore_mm: f64,
    /// mm.
    pub wall_mm: f64,
    /// m.
    pub length_m: f64,
    /// All tubes.
    pub tubes: usize,
    /// Tubes that carry the load.
    pub active_tubes: usize,
    /// Bounds that bind.
    pub binding: Vec<&'static str>,
    /// Heat over planform, W/m².
    pub w_per_m2: f64,
    /// kg/m².
    pub kg_per_m2: f64,
    /// kg/kW of heat.
    pub kg_per_kw: f64,
    /// Sizing model.
    pub sizing: Point,
    /// Both models side by side.
    pub compared: Vec<Compared>,
    /// What its heat pipes carry.
    pub heat_pipe: Option<HeatPipeNumbers>,
    /// Sheet thickness half-way between tubes over that at the tube, 1 for even sheets.
    pub taper: f64,
    /// Emissivity of front and back.
    pub emissivity: [f64; 2],
    /// Its joint.
    pub joint: Option<JointNumbers>,
}

/// The hottest heat pipe.
#[derive(Debug, Serialize)]
pub struct HeatPipeNumbers {
    /// Condenser tubes of one: 1, or those of a loop heat pipe.
    pub tubes: usize,
    /// Heat times effective length, or the heat of a loop heat pipe.
    pub carries: f64,
    /// What it can.
    pub can: f64,
    /// Unit of both.
    pub unit: &'static str,
}

/// The coolant of the radiator.
#[derive(Debug, Serialize)]
pub struct CoolantNumbers {
    /// Its name.
    pub fluid: String,
    /// Vapour of the flow into the radiator, by mass, where it condenses.
    pub quality: Option<f64>,
    /// Saturation pressure at the radiator's inlet, MPa: what a liquid loop must exceed.
    pub saturation_mpa: Option<f64>,
    /// Freezing point, °C.
    pub freeze_c: f64,
    /// Of all active loops, kg/s.
    pub mass_flow_kg_s: f64,
    /// Heat that each kilogram gives off, J/kg.
    pub heat_j_per_kg: f64,
    /// What the pressure drop of the tubes takes off the saturation temperature, K.
    pub glide_k: f64,
    /// What it does to materials and people.
    pub note: String,
}

impl CoolantNumbers {
    pub(super) fn new(model: &Model, sized: &Sized) -> Self {
        let (d, p) = (&sized.design, &sized.point);
        Self {
            fluid: model.fluid.clone(),
            quality: model.two_phase.map(|t| t.quality.get()),
            saturation_mpa: model.liquid.vapour_at(d.inlet_k).map(|v| 1e-6 * v.pressure_pa),
            freeze_c: model.coolant.freeze_c,
            mass_flow_kg_s: p.mass_flow_kg_s,
            heat_j_per_kg: Stream::between(model, d.inlet_k, d.outlet_k).heat_j_per_kg,
            glide_k: p.glide_k,
            note: model.coolant.note.clone(),
        }
    }

    /// What deserves a second look: a sink that freezes it, films outside the range of the correlation.
    pub(super) fn warnings(model: &Model, sized: &Sized) -> Vec<String> {
        let mut all = vec![];
        let (sink_c, freeze_c) = (celsius(sized.solution.found.sink_k4.powf(0.25)), model.coolant.freeze_c);
        if sink_c < freeze_c {
            all.push(format!(
                "{} freezes at {freeze_c:.0} °C and the radiator's sink is at {sink_c:.0} °C: a loop without load must be heated or drained",
                model.fluid
            ));
        }
        let stream = Stream::between(model, sized.design.inlet_k, sized.design.outlet_k);
        if let Some(c) = &stream.condensing {
            // The range of the data behind the correlation (Shah 1979).
            let (reynolds, reduced) = (sized.point.flow.reynolds, c.reduced_pressure);
            if reynolds < 350.0 || !(0.002..=0.44).contains(&reduced) {
                all.push(format!(
                    "condensation at Re {reynolds:.0} and {reduced:.2} of the critical pressure lies outside the data of Shah's film (Re above 350, 0.002 to 0.44)"
                ));
            }
        }
        all
    }
}

/// How a joint follows the Sun.
#[derive(Clone, Debug, Serialize)]
pub struct JointNumbers {
    /// What it does.
    pub tracking: Tracking,
    /// Largest pointing error in sunlight, deg: where limits bind or one axis does not suffice.
    pub largest_error_deg: f64,
    /// Mean cosine of the incidence on the wing's front over the sunlight.
    pub incidence: f64,
    /// Least and largest angle of each axis, deg, whole turns counted.
    pub angles_deg: Vec<(f64, f64)>,
}

impl JointNumbers {
    pub(super) fn new(timeline: &Timeline, joint: usize) -> Self {
        let (found, of) = (timeline.tracked(joint), &timeline.joints[joint]);
        let ranges = found.range_rad.map(|(low, high)| (low.to_degrees(), high.to_degrees()));
        Self {
            tracking: of.tracking,
            largest_error_deg: found.largest_error_rad.to_degrees(),
            incidence: found.mean_incidence,
            angles_deg: ranges[..1 + usize::from(of.second.is_some())].to_vec(),
        }
    }
}

/// One quantity by both models.
#[derive(Clone, Debug, Serialize)]
pub struct Compared {
    /// Quantity.
    pub what: &'static str,
    /// Unit.
    pub unit: &'static str,
    /// Sizing model before the first look at the field.
    pub first: f64,
    /// Sizing model at the end.
    pub sizing: f64,
    /// Field model.
    pub field: f64,
}

/// Array.
#[derive(Debug, Serialize)]
pub struct ArrayNumbers {
    /// m².
    pub area_m2: f64,
    /// Wing length and width, m.
    pub wing_m: (f64, f64),
    /// Delivered, W.
    pub power_w: f64,
    /// Delivered over area, W/m², orbit average.
    pub w_per_m2: f64,
    /// Delivered by cells on the radiator, W.
    pub cells_power_w: f64,
    /// Its joint.
    pub joint: Option<JointNumbers>,
}

/// The radiator's numbers.
#[expect(clippy::cast_precision_loss, reason = "tube counts are below 2^53")]
pub(super) fn radiator(model: &Model, sized: &Sized) -> RadiatorNumbers {
    let (d, f, p, r) = (&sized.design, &sized.solution.found, &sized.point, &model.radiator);
    let planform_m2 = d.planform_m2(model);
    let total = p.mass.total_kg;
    let (first, last) = (&sized.rounds[0], sized.rounds.last().expect("at least one round"));
    let per_row = (d.tubes(model) / (r.wings * r.rows)) as f64;
    let compared = vec![
        Compared { what: "heat rejected", unit: "kW", first: d.heat_w / 1e3, sizing: d.heat_w / 1e3, field: f.rejected_w / 1e3 },
        Compared { what: "sink temperature", unit: "K", first: first.sink_k, sizing: last.sink_k, field: f.sink_k4.powf(0.25) },
        Compared {
            what: "coolant outlet",
            unit: "°C",
            first: celsius(d.outlet_k),
            sizing: celsius(d.outlet_k),
            field: celsius(f.outlet_k),
        },
        Compared { what: "planform", unit: "m²", first: first.planform_m2, sizing: p.planform_m2, field: planform_m2 },
        Compared {
            what: "array power",
            unit: "kW",
            first: d.array_power_w / 1e3,
            sizing: d.array_power_w / 1e3,
            field: f.array_power_w / 1e3,
        },
        Compared { what: "array area", unit: "m²", first: first.array_m2, sizing: last.array_m2, field: d.array_m2(model) },
    ];
    RadiatorNumbers {
        planform_m2,
        wing_m: (per_row * d.pitch_m, r.rows as f64 * d.length_m),
        pitch_mm: 1e3 * d.pitch_m,
        sheet_mm: 1e3 * d.sheet_m,
        bore_mm: 1e3 * d.bore_m,
        wall_mm: 1e3 * d.wall_m,
        length_m: d.length_m,
        tubes: d.tubes(model),
        active_tubes: d.active_tubes(model),
        binding: sized.binding.clone(),
        w_per_m2: d.heat_w / planform_m2,
        kg_per_m2: total / planform_m2,
        kg_per_kw: 1e3 * total / d.heat_w,
        sizing: *p,
        compared,
        heat_pipe: r.heat_pipes.map(|h| {
            let (can, unit) = h.capability.number();
            HeatPipeNumbers { tubes: h.legs, carries: p.pipe_carries, can, unit }
        }),
        taper: r.profile.taper(),
        emissivity: r.faces.map(|o| o.emissivity),
        joint: model.radiator_joint().map(|k| JointNumbers::new(&sized.orbit.timeline, k)),
    }
}

/// The array's numbers.
pub(super) fn array(model: &Model, sized: &Sized) -> ArrayNumbers {
    let (d, f) = (&sized.design, &sized.solution.found);
    ArrayNumbers {
        area_m2: d.array_m2(model),
        wing_m: (d.array_length_m, model.array.width_m),
        power_w: f.array_power_w,
        w_per_m2: f.array_power_w / d.array_m2(model),
        cells_power_w: f.cells_power_w,
        joint: model.array_joint().map(|k| JointNumbers::new(&sized.orbit.timeline, k)),
    }
}

/// What the array lacks at aphelion when it was sized in a stronger Sun.
pub(super) fn in_weaker_sun(model: &Model, sized: &Sized) -> Option<String> {
    let cold = &CATALOGUE.environments["cold"];
    let (least, here) = (cold.solar_w_m2?, sized.orbit.timeline.solar_w_m2);
    let flies_there = sized.orbit.timeline.flight().body.is_some_and(|b| b.name == Body::EARTH.name);
    (flies_there && here > 1.01 * least).then(|| {
        let percent = 100.0 * (1.0 - least / here);
        format!(
            "the array is sized in the Sun of `{}`, {here:.0} W/m²: at aphelion (`cold`, {least:.0} W/m²) it sees {percent:.1} % less",
            model.design_case
        )
    })
}
