//! From a load to a sized radiator and array, proved by the field model.
//!
//! [`size`] closes the loop: the sizing model chooses a design, the field model solves it, and its sink, fin field and
//! array power go back into the sizing model until both agree on the load.

pub mod armour;
pub mod array;
pub mod batch;
pub mod cost;
pub mod optimum;
pub mod radiator;
pub mod system;

use crate::analysis::{AnalysisError, Observer, OrbitState, RayNoise, Solution, analyse, orbit_state, ray_noise, stage};
use crate::backend::{Backend, Cpu};
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::Timeline;
use crate::mesh::Shape;
use crate::model::design::Design;
use crate::model::{Model, Optics};
use crate::radiation::heating;
use crate::radiation::scene::Scene;
use nalgebra::Vector3;
use optimum::Optimum;
use radiator::{Point, Surroundings, Variables, evaluate};

/// Why sizing failed.
#[derive(Debug, thiserror::Error)]
pub enum SizingError {
    /// The field model failed.
    #[error(transparent)]
    Analysis(#[from] AnalysisError),
    /// Nothing within the bounds carries the load.
    #[error(transparent)]
    NoDesign(#[from] optimum::NoDesign),
    /// The array never sees the Sun.
    #[error("the array gets no sunlight: it cannot deliver {power_w:.0} W\n  help: check the orbit and the environment")]
    NoSun {
        /// Power asked for.
        power_w: f64,
    },
    /// A fixed planform that cannot reject the load at any coolant temperature.
    #[error(
        "a planform of {planform_m2:.1} m² cannot reject {heat_w:.0} W with {fluid} below {highest_c:.0} °C\n  help: raise `radiator.planform_m2` or lower the load"
    )]
    PlanformTooSmall {
        /// Area.
        planform_m2: f64,
        /// Heat.
        heat_w: f64,
        /// Coolant.
        fluid: String,
        /// Highest temperature of its table, °C.
        highest_c: f64,
    },
    /// A fixed planform that rejects the load even with the coldest coolant: the level cannot be found.
    #[error(
        "a planform of {planform_m2:.1} m² rejects {heat_w:.0} W even with {fluid} at {lowest_c:.0} °C, the coldest of its table\n  help: lower `radiator.planform_m2`, or choose a coolant for colder loops"
    )]
    PlanformTooLarge {
        /// Area.
        planform_m2: f64,
        /// Heat.
        heat_w: f64,
        /// Coolant.
        fluid: String,
        /// Lowest temperature of its table, °C.
        lowest_c: f64,
    },
    /// Cells on the radiator deliver more than the load.
    #[error(
        "the cells on the radiator deliver {cells_w:.0} W of {power_w:.0} W: no array is left to size\n  help: warm the coolant, which makes the radiator smaller, or lower `radiator.cells.packing`"
    )]
    NoArray {
        /// What they deliver, W.
        cells_w: f64,
        /// What is needed, W.
        power_w: f64,
    },
    /// The two models do not come together.
    #[error(
        "sizing and field model still differ after {rounds} rounds: load {load:+.3e}, array power {power:+.3e} (limit {limit:.1e})\n  help: raise `rays.exchange` or `rays.heating`, or loosen `solver.load_match`"
    )]
    Apart {
        /// Rounds done.
        rounds: usize,
        /// Relative difference of the heat rejected.
        load: f64,
        /// Relative difference of the array power.
        power: f64,
        /// Limit.
        limit: f64,
    },
}

/// What one round of the loop chose and what the field model made of it.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Round {
    /// Sink temperature used, K.
    pub sink_k: f64,
    /// Heat of the field model over heat of the sizing model, used.
    pub field_factor: f64,
    /// Tube length, m.
    pub length_m: f64,
    /// Planform, m².
    pub planform_m2: f64,
    /// Array, m².
    pub array_m2: f64,
    /// Radiator inlet, K.
    pub inlet_k: f64,
    /// Field over wanted heat, minus 1.
    pub load_error: f64,
    /// Field over wanted array power, minus 1.
    pub power_error: f64,
}

/// A sized and proved design.
#[derive(Debug)]
pub struct Sized {
    /// The orbit.
    pub orbit: OrbitState,
    /// The design.
    pub design: Design,
    /// Its evaluation by the sizing model.
    pub point: Point,
    /// Array power per area that sizing used at the end, W/m².
    pub array_w_m2: f64,
    /// Bounds that bind.
    pub binding: Vec<&'static str>,
    /// The field model of the design.
    pub solution: Solution,
    /// What ray noise does to its temperatures.
    pub ray_noise: RayNoise,
    /// The rounds of the loop.
    pub rounds: Vec<Round>,
}

/// Sunlight, albedo and planet infrared on both faces of an isolated plate that stands still in the frame of the timeline, W/m²,
/// orbit average.
fn incident_w_m2(t: &Timeline, normal: Vector3<f64>) -> Result<[[f64; 3]; 2], AnalysisError> {
    let v = if normal.z.abs() > 0.9 { Vector3::y() } else { Vector3::z() };
    let shape = Shape::parallelogram(Vector3::zeros(), v.cross(&normal), v);
    let scene = Scene::new(&[shape])?;
    let seen = heating::incident(&Cpu::<f64>::new(), &scene, &[0, 1], t, (1 << 12, 1), &|_| ())?;
    let (solar, albedo, planet) = (seen.mean_solar(t), seen.mean_albedo(t), seen.mean_planet_ir(t));
    Ok([0, 1].map(|s| [solar[s], albedo[s], planet[s]]))
}

fn absorbed_w_m2(incident: [[f64; 3]; 2], sides: [Optics; 2]) -> [f64; 2] {
    let of = |[solar, albedo, planet]: [f64; 3], o: Optics| o.absorptivity * (solar + albedo) + o.emissivity * planet;
    [of(incident[0], sides[0]), of(incident[1], sides[1])]
}

/// What falls on isolated plates, orbit average: all that the sizing model needs to know of an orbit.
#[derive(Clone, Copy, Debug)]
pub struct Climate {
    /// Sunlight, albedo and planet infrared on both faces of a plate as the radiator stands, W/m².
    pub radiator_w_m2: [[f64; 3]; 2],
    /// The same for the array.
    pub array_w_m2: [[f64; 3]; 2],
    /// Direct sunlight on the fronts of radiator and array, W/m².
    pub direct_w_m2: [f64; 2],
    /// Part of the orbit in shadow, and the longest shadow, s.
    pub shadow: (f64, f64),
}

impl Climate {
    /// That of an orbit; each wing in the frame that its joint carries along.
    pub fn new(model: &Model, orbit: &OrbitState) -> Result<Self, AnalysisError> {
        let wing = |joint: Option<usize>| joint.map_or_else(|| orbit.timeline.clone(), |k| orbit.timeline.seen_from(k));
        let (radiator, array) = (wing(model.radiator_joint()), wing(model.array_joint()));
        let direct = |t: &Timeline, normal: Vector3<f64>| t.mean_of_sun(|sun| sun.dot(&normal).max(0.0));
        let normal = model.radiator.normal().into_inner();
        Ok(Self {
            radiator_w_m2: incident_w_m2(&radiator, normal)?,
            array_w_m2: incident_w_m2(&array, Vector3::z())?,
            shadow: (orbit.timeline.eclipse_fraction, orbit.timeline.longest_shadow_s()),
            direct_w_m2: [direct(&radiator, normal), direct(&array, Vector3::z())],
        })
    }

    /// The sink of an isolated radiator: `T⁴ = (absorbed by both faces − electricity) / ((ε_f + ε_b) σ)`, its cells as warm as the coolant
    /// in the mean.
    ///
    /// Truth: `faces::a_bifacial_radiator_in_closed_form`.
    pub fn surroundings(&self, model: &Model) -> Surroundings {
        let r = &model.radiator;
        let absorbed = absorbed_w_m2(self.radiator_w_m2, r.faces);
        let mean_k = 0.5 * (model.supply_k + model.return_k);
        let drawn_w_m2 = r.cells.map_or(0.0, |c| c.drawn_w_m2(self.direct_w_m2[0], mean_k));
        let sink_k4 = 0.5 * (absorbed[0] + absorbed[1] - drawn_w_m2) / (r.emissivity() * STEFAN_BOLTZMANN);
        Surroundings { sink_k4, field_factor: 1.0, cells_w_m2: drawn_w_m2 * model.array.electrical_efficiency }
    }

    /// The array's delivered power per area, W/m²: an isolated panel at its equilibrium, orbit average.
    pub fn array_w_m2(&self, model: &Model) -> f64 {
        let a = &model.array;
        let absorbed = absorbed_w_m2(self.array_w_m2, [a.front, a.rear]);
        let panel = array::Panel {
            absorbed_w_m2: absorbed[0] + absorbed[1],
            emissivity_sum: a.front.emissivity + a.rear.emissivity,
            drawn_at_reference_w_m2: a.cells.drawn_w_m2(self.direct_w_m2[1], a.cells.reference_k),
            temperature_coefficient_per_k: a.cells.temperature_coefficient_per_k,
            reference_k: a.cells.reference_k,
        };
        panel.drawn_w_m2(panel.temperature_k()) * a.electrical_efficiency
    }
}

/// A design by the sizing model alone.
#[derive(Clone, Debug)]
pub struct Analytic {
    /// The design, tubes whole and dimensions rounded.
    pub design: Design,
    /// Its evaluation.
    pub point: Point,
    /// Its surroundings.
    pub around: Surroundings,
    /// Bounds that bind.
    pub binding: Vec<&'static str>,
}

/// Sizes a model without the field model: isolated radiator and array, the first round of [`size`]. Where a radiator `near` the
/// lightest is known the search starts there, and everywhere if that fails.
///
/// Truth: `study::designs_are_the_first_round_of_a_run`.
pub fn analytic(model: &Model, climate: &Climate, near: Option<&Optimum>) -> Result<Analytic, SizingError> {
    let (around, array_w_m2) = (climate.surroundings(model), climate.array_w_m2(model));
    let held = match model.radiator.planform_m2 {
        None => Some(held(model, around, near)?),
        Some(_) => None,
    };
    let chosen = choose(model, around, held.as_ref())?;
    let design = design(model, &chosen, array_w_m2, climate)?;
    Ok(Analytic { design, point: chosen.point, around, binding: chosen.binding })
}

/// The lightest radiator with whole tubes, and the bounds that hold it.
type Held = (Variables, Vec<&'static str>);

/// Sought in rounded surroundings: the floor of the valley is flat, and what the last digits of a backend do to them must not choose
/// another place on it.
fn held(model: &Model, around: Surroundings, near: Option<&Optimum>) -> Result<Held, optimum::NoDesign> {
    let around = around.rounded();
    let best = match near.and_then(|o| optimum::lightest_near(model, around, o)) {
        Some(best) => best,
        None => optimum::lightest(model, around)?,
    };
    Ok((buildable(model, &best.variables), best.binding))
}

/// A radiator that was chosen.
struct Chosen {
    variables: Variables,
    binding: Vec<&'static str>,
    point: Point,
    /// Coolant at inlet and outlet, K.
    ends_k: (f64, f64),
}

/// The held optimum, or the given planform.
fn choose(model: &Model, around: Surroundings, held: Option<&Held>) -> Result<Chosen, SizingError> {
    match (held, model.radiator.planform_m2) {
        (Some((v, b)), None) => {
            let point = evaluate(model, around, *v, model.return_k, model.supply_k);
            Ok(Chosen { variables: *v, binding: b.clone(), point, ends_k: (model.return_k, model.supply_k) })
        }
        (_, planform) => {
            let (variables, point, inlet_k) = rate(model, around, planform.unwrap_or(f64::NAN))?;
            let ends_k = (inlet_k, inlet_k - (model.return_k - model.supply_k));
            Ok(Chosen { variables, binding: vec![], point, ends_k })
        }
    }
}

/// Rounds of the loop at most.
const MOST_ROUNDS: usize = 8;

/// Sizes a model and proves it.
pub fn size<B: Backend>(backend: &B, model: &Model, observer: &dyn Observer) -> Result<Sized, SizingError> {
    let orbit = orbit_state(model)?;
    let climate = stage(observer, "first sink", 0, || Climate::new(model, &orbit))?;
    let mut around = climate.surroundings(model);
    let mut array_w_m2 = climate.array_w_m2(model);
    let mut optimum: Option<Held> = None;
    let mut rounds = vec![];
    let limit = model.solver.load_match.get();
    loop {
        // The optimum is sought twice: with the isolated sink and with the field's. Then only length and array follow.
        if rounds.len() < 2 && model.radiator.planform_m2.is_none() {
            optimum = Some(stage(observer, "optimum", 0, || held(model, around, None))?);
        }
        let chosen = choose(model, around, optimum.as_ref())?;
        let design = design(model, &chosen, array_w_m2, &climate)?;
        let Chosen { variables, binding, point, ends_k: (inlet_k, outlet_k) } = chosen;
        let solution = analyse(backend, model, &design, &orbit, observer)?;
        let f = solution.found;
        let (load_error, power_error) =
            (f.rejected_w / point.heat_w - 1.0, (f.array_power_w + f.cells_power_w) / design.power_w() - 1.0);
        rounds.push(Round {
            sink_k: around.sink_k4.powf(0.25),
            field_factor: around.field_factor,
            length_m: design.length_m,
            planform_m2: design.planform_m2(model),
            array_m2: design.array_m2(model),
            inlet_k,
            load_error,
            power_error,
        });
        // A tenth of the limit once is free accuracy: the loop contracts by 10 to 100 a round.
        let worst = load_error.abs().max(power_error.abs());
        if worst <= 0.1 * limit || (rounds.len() == MOST_ROUNDS && worst <= limit) {
            let ray_noise = stage(observer, "ray noise", 0, || ray_noise(backend, &solution)).map_err(AnalysisError::from)?;
            return Ok(Sized { orbit, design, point, array_w_m2, binding, solution, ray_noise, rounds });
        }
        if rounds.len() == MOST_ROUNDS {
            return Err(SizingError::Apart { rounds: rounds.len(), load: load_error, power: power_error, limit });
        }
        // The field's sink, and what its fins do beyond the sizing model at that sink.
        let cells_w_m2 = f.cells_power_w / design.planform_m2(model);
        let with = |field_factor: f64| {
            evaluate(model, Surroundings { sink_k4: f.sink_k4, field_factor, cells_w_m2 }, variables, inlet_k, outlet_k)
        };
        let at_sink = with(around.field_factor);
        let factor = around.field_factor * (1.0 + load_error) * at_sink.length_m / design.length_m;
        around = Surroundings { sink_k4: f.sink_k4, field_factor: factor, cells_w_m2 };
        array_w_m2 = f.array_power_w / design.array_m2(model);
    }
}

/// Steps to which dimensions are rounded, m: sheets, pitch and bore, tubes, array wings.
const SHEET_STEP_M: f64 = 1e-6;
const SECTION_STEP_M: f64 = 1e-5;
const LENGTH_STEP_M: f64 = 1e-4;
const ARRAY_STEP_M: f64 = 1e-3;

/// Whole tubes and rounded dimensions: what a drawing can say, and the same design on every backend.
fn buildable(model: &Model, v: &Variables) -> Variables {
    let r = &model.radiator;
    let round = |x: f64, step: f64, (low, high): (f64, f64)| ((x / step).round() * step).clamp(low, high);
    Variables {
        pitch_m: round(v.pitch_m, SECTION_STEP_M, r.pitch_m),
        sheet_m: round(v.sheet_m, SHEET_STEP_M, r.sheet_m),
        bore_m: round(v.bore_m, SECTION_STEP_M, r.bore_m),
        tubes_per_loop: whole(model, v.tubes_per_loop.ceil()),
    }
}

/// Tubes of a loop as whole heat pipes, each with all its tubes; any whole number without.
fn whole(model: &Model, tubes: f64) -> f64 {
    model.radiator.heat_pipes.map_or(tubes, |h| (tubes / h.legs()).ceil() * h.legs())
}

/// The design of whole tubes; its array, with cells on the radiator, covers the heat, and what a battery of efficiency η loses of the part f
/// of it that is used in shadow: `P (1 + f (1/η − 1))`. Errors: an array that gets no sunlight or has nothing left to do.
fn design(model: &Model, chosen: &Chosen, array_w_m2: f64, climate: &Climate) -> Result<Design, SizingError> {
    let Chosen { variables: v, point, ends_k: (inlet_k, outlet_k), .. } = chosen;
    let lost = model.battery.map_or(0.0, |b| climate.shadow.0 * (1.0 / b.efficiency.get() - 1.0));
    let power_w = point.heat_w * (1.0 + lost);
    let (cells_power_w, array_power_w) = (point.cells_w, power_w - point.cells_w);
    if !(array_w_m2 > 0.0 && array_w_m2.is_finite()) {
        return Err(SizingError::NoSun { power_w: array_power_w });
    }
    if array_power_w <= 0.0 {
        return Err(SizingError::NoArray { cells_w: cells_power_w, power_w });
    }
    #[expect(clippy::cast_precision_loss, reason = "one or two wings")]
    let wings = model.array.wings as f64;
    let up = |x: f64, step: f64| (x / step).ceil() * step;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole positive number by construction")]
    let tubes_per_loop = v.tubes_per_loop as usize;
    Ok(Design {
        pitch_m: v.pitch_m,
        sheet_m: v.sheet_m,
        bore_m: v.bore_m,
        wall_m: if model.armour.is_some() { up(point.wall_m, SECTION_STEP_M) } else { model.radiator.wall_m },
        length_m: if model.radiator.planform_m2.is_some() { point.length_m } else { up(point.length_m, LENGTH_STEP_M) },
        tubes_per_loop,
        inlet_k: *inlet_k,
        outlet_k: *outlet_k,
        heat_w: point.heat_w,
        pump_w: point.pump_w,
        array_power_w,
        cells_power_w,
        array_length_m: up(array_power_w / array_w_m2 / (wings * model.array.width_m), ARRAY_STEP_M),
    })
}

/// Rates a fixed planform: the inlet temperature at which it rejects the load, by bisection (the tube length falls with
/// temperature). Tubes are made whole, the tube length keeps the area.
fn rate(model: &Model, around: Surroundings, planform_m2: f64) -> Result<(Variables, Point, f64), SizingError> {
    let r = &model.radiator;
    #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
    let loops = r.loops as f64;
    let tubes_per_loop = whole(model, (planform_m2 / (r.pitch_m.0 * r.length_m.0 * loops)).round().max(1.0));
    let v = Variables { pitch_m: r.pitch_m.0, sheet_m: r.sheet_m.0, bore_m: r.bore_m.0, tubes_per_loop };
    let length_m = planform_m2 / (v.pitch_m * tubes_per_loop * loops);
    let drop = model.return_k - model.supply_k;
    let at = |inlet_k: f64| evaluate(model, around, v, inlet_k, inlet_k - drop);
    let (lowest, highest) = model.liquid.range_k();
    let (mut low, mut high) = (lowest + drop, highest);
    let zero = crate::constants::CELSIUS_ZERO_K;
    if at(high).length_m > length_m {
        let (heat_w, fluid) = (at(high).heat_w, model.fluid.clone());
        return Err(SizingError::PlanformTooSmall { planform_m2, heat_w, fluid, highest_c: highest - zero });
    }
    if at(low).length_m < length_m {
        let (heat_w, fluid) = (at(low).heat_w, model.fluid.clone());
        return Err(SizingError::PlanformTooLarge { planform_m2, heat_w, fluid, lowest_c: lowest - zero });
    }
    for _ in 0..60 {
        let middle = 0.5 * (low + high);
        if at(middle).length_m > length_m { low = middle } else { high = middle }
    }
    let inlet_k = 0.5 * (low + high);
    let point = at(inlet_k);
    if point.pump_w > model.load.power_w {
        return Err(optimum::NoDesign::Pump.into());
    }
    optimum::carriers(model, &point, (inlet_k, inlet_k - drop))?;
    if let Some(p) = point.protection.filter(|_| !optimum::is_safe(&v, &point)) {
        let most_mm = 1e3 * armour::MOST_WALL_M;
        return Err(optimum::NoDesign::Armour { most_mm, expected: p.expected(), allowed: p.allowed }.into());
    }
    Ok((v, point, inlet_k))
}
