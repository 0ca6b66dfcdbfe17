//! The lightest radiator within its bounds, by COBYLA (Powell's derivative-free method, crate `cobyla`).

use super::armour::{MOST_WALL_M, Wall};
use super::radiator::{LEAST_WALL_M, Point, Surroundings, Variables, WallChoice, evaluate, evaluate_with};
use crate::backend::parallel_map;
use crate::model::Model;
use cobyla::{RhoBeg, StopTols, minimize};
use std::cell::RefCell;

/// No radiator within the bounds carries the load.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum NoDesign {
    /// Tubes of the allowed length are too short or too long.
    #[error(
        "no radiator within the bounds rejects the load: the best found needs tubes {length_m:.2} m long, allowed {low_m}..={high_m} m\n  help: widen `radiator.length_m` or the other bounds"
    )]
    Length {
        /// Length found.
        length_m: f64,
        /// Shortest allowed.
        low_m: f64,
        /// Longest allowed.
        high_m: f64,
    },
    /// No design keeps the pump power below the load.
    #[error(
        "no radiator within the bounds can be pumped: the pumps would need more power than the load\n  help: lower `coolant.loop_drop_kpa`, widen `radiator.bore_mm`, or let the coolant warm up more"
    )]
    Pump,
    /// The pressure drop of the tubes takes more off the saturation temperature than the case allows.
    #[error(
        "the pressure drop of the tubes takes {glide_k:.2} K off the saturation temperature, and the coolant may fall by {allowed_k:.2} K\n  help: lower `coolant.supply_c`, or widen `radiator.bore_mm`"
    )]
    Glide {
        /// Found, K.
        glide_k: f64,
        /// Return less supply, K.
        allowed_k: f64,
    },
    /// Heat pipes that would have to carry more than they can.
    #[error(
        "the heat pipes would have to carry {carries:.0} {unit}, and they can {can:.0} {unit}\n  help: a narrower `radiator.pitch_mm`, shorter `radiator.length_m`, or pipes that carry more"
    )]
    Transport {
        /// The hottest pipe.
        carries: f64,
        /// What it can.
        can: f64,
        /// Unit of both.
        unit: &'static str,
    },
    /// No wall keeps the punctures down.
    #[error(
        "no wall up to {most_mm:.0} mm keeps the loops safe: the lightest radiator without armour would expect {expected:.3} punctures behind it, allowed {allowed:.3}\n  help: more `radiator.loops` or `radiator.spare_loops`, a shorter life, a bumper, or another orbit"
    )]
    Armour {
        /// Thickest wall considered, mm.
        most_mm: f64,
        /// Punctures expected.
        expected: f64,
        /// Punctures allowed.
        allowed: f64,
    },
    /// The surroundings are warmer than the coolant outlet.
    #[error(
        "no radiator rejects the load: its surroundings are at {sink_c:.1} °C, the coolant must leave at {outlet_c:.1} °C\n  help: raise the coolant temperatures, or choose a colder attitude, orbit or coating"
    )]
    Sink {
        /// Sink temperature, °C.
        sink_c: f64,
        /// Coolant outlet, °C.
        outlet_c: f64,
    },
}

/// A radiator and the bounds that hold it.
#[derive(Clone, Debug)]
pub struct Optimum {
    /// Its variables, tubes per loop not yet whole.
    pub variables: Variables,
    /// Its evaluation.
    pub point: Point,
    /// Names of the bounds that bind.
    pub binding: Vec<&'static str>,
}

/// Tubes of one loop, at most, while searching.
pub const MOST_TUBES_PER_LOOP: f64 = 5000.0;
/// Starting points, in units of the box's logarithmic widths.
const STARTS: [[f64; 4]; 6] = [
    [0.4, 0.2, 0.1, 0.4],
    [0.2, 0.1, 0.3, 0.5],
    [0.6, 0.4, 0.1, 0.3],
    [0.3, 0.3, 0.6, 0.3],
    [0.5, 0.1, 0.1, 0.5],
    [0.15, 0.05, 0.05, 0.6],
];

/// The box of the variables: pitch, sheet, bore, tubes per loop, and with armour the wall.
fn bounds(model: &Model, wall_m: Option<(f64, f64)>) -> Vec<(f64, f64)> {
    let r = &model.radiator;
    let mut all = vec![r.pitch_m, r.sheet_m, r.bore_m, (1.0, MOST_TUBES_PER_LOOP)];
    all.extend(wall_m);
    all
}

/// The variables of a point in units of the box, and its wall where that is one.
fn variables(bounds: &[(f64, f64)], x: &[f64]) -> (Variables, Option<f64>) {
    let at = |k: usize| {
        let (low, high) = bounds[k];
        low * (high / low).powf(x[k].clamp(0.0, 1.0))
    };
    let wall_m = (x.len() > 4).then(|| at(4));
    (Variables { pitch_m: at(0), sheet_m: at(1), bore_m: at(2), tubes_per_loop: at(3) }, wall_m)
}

/// The place of a value in its range of logarithms.
fn place(value: f64, (low, high): (f64, f64)) -> f64 {
    if low < high { ((value / low).ln() / (high / low).ln()).clamp(0.0, 1.0) } else { 0.5 }
}

/// What is minimised: mass with margins plus what the pump power costs elsewhere, and for a radiator with cells the array that is left, kg.
pub fn cost_kg(model: &Model, p: &Point) -> f64 {
    weighed_kg(model, p.mass.total_kg, p.pump_w, p.heat_w - p.cells_w)
}

/// The same from its parts: mass, kg, pump power, W, and what cells on the radiator leave of the heat, W.
pub(super) fn weighed_kg(model: &Model, mass_kg: f64, pump_w: f64, left_w: f64) -> f64 {
    let array_w = if model.radiator.cells.is_some() { left_w.max(0.0) } else { 0.0 };
    mass_kg + model.mass.power_penalty_kg_per_kw.si() * pump_w + array_w / model.mass.array_w_per_kg.get()
}

/// Where a search ended, and the evaluation there.
type End = (Variables, Point);

/// A place in the box, the evaluation there and how far each branch of the armour is beyond what is allowed.
type Seen = (Vec<f64>, Point, [f64; 4]);

/// Which limits a search keeps beside those of length and pump.
#[derive(Clone, Copy, Debug)]
struct Kept {
    /// Punctures, with the least and the largest wall, m.
    wall_m: Option<(f64, f64)>,
    /// What the coolant's temperature may fall by, what heat pipes carry.
    carriers: bool,
}

impl Kept {
    /// All that the case asks for.
    fn all(model: &Model) -> Self {
        Self { wall_m: model.armour.is_some().then_some((model.radiator.wall_m, MOST_WALL_M)), carriers: true }
    }
}

/// Searches from one start, in units of the box; every further simplex polishes the end of the search before.
///
/// With armour the wall is a variable of its own and each branch of the laws a limit of its own: the wall that is just enough has
/// a crease where the sheet is just thick enough as a bumper, on which the lightest radiators lie, and no crease is left here.
fn search(model: &Model, around: Surroundings, start: &[f64; 4], simplexes: &[f64], kept: Kept) -> End {
    let armoured = kept.wall_m.is_some();
    let (box_of, (low_m, high_m)) = (bounds(model, kept.wall_m), model.radiator.length_m);
    let ends_k = (model.return_k, model.supply_k);
    let mut x = start.to_vec();
    if armoured {
        let v = variables(&box_of, &x).0;
        let p = evaluate(model, around, v, ends_k.0, ends_k.1);
        x.push(place(p.wall_m, box_of[4]));
    }
    // A fixed variable has a box of no width: its unit coordinate does not matter and stays put.
    let unit: Vec<(f64, f64)> =
        box_of.iter().zip(&x).map(|(b, x)| if b.0 == b.1 { (*x, x + 1e-9) } else { (0.0, 1.0) }).collect();
    // Cost and constraints ask for the same point one after the other.
    let last: RefCell<Option<Seen>> = RefCell::new(None);
    let at = |x: &[f64]| {
        let known = last.borrow().as_ref().filter(|(y, ..)| y == x).map(|(_, p, e)| (*p, *e));
        known.unwrap_or_else(|| {
            let usable = |p: &Point| p.pump_w <= model.load.power_w;
            let near = last.borrow().as_ref().map(|(_, p, _)| *p).filter(usable).map_or(0.0, |p| p.pump_w);
            let (v, wall_m) = variables(&box_of, x);
            let wall = WallChoice::Given(wall_m.unwrap_or(model.radiator.wall_m));
            let p = evaluate_with(model, around, v, ends_k, (near, wall));
            let wall = Wall::of(model, v.sheet_m).filter(|_| armoured).zip(p.protection);
            let excesses = wall.map_or([0.0; 4], |(wall, protection)| wall.excesses(p.wall_m, protection.exposed_m2));
            last.replace(Some((x.to_vec(), p, excesses)));
            (p, excesses)
        })
    };
    let cost = |x: &[f64], (): &mut ()| {
        let c = cost_kg(model, &at(x).0).ln();
        if c.is_finite() { c } else { 60.0 }
    };
    let longest = |x: &[f64], (): &mut ()| (high_m / at(x).0.length_m.min(1e6)).ln();
    let shortest = |x: &[f64], (): &mut ()| (at(x).0.length_m.min(1e6) / low_m).ln();
    let pumpable = |x: &[f64], (): &mut ()| (model.load.power_w / at(x).0.pump_w.clamp(1e-300, 1e300)).ln();
    let roomy = |x: &[f64], (): &mut ()| {
        let v = variables(&box_of, x).0;
        (v.pitch_m / outer_m(&v, &at(x).0)).ln()
    };
    let safe = [0, 1, 2, 3].map(|k| {
        let at = &at;
        move |x: &[f64], (): &mut ()| -at(x).1[k].clamp(-60.0, 60.0)
    });
    let gliding = |x: &[f64], (): &mut ()| ((ends_k.0 - ends_k.1) / at(x).0.glide_k.clamp(1e-300, 1e300)).ln();
    let mut limits: Vec<&dyn cobyla::Func<()>> = vec![&longest, &shortest, &pumpable];
    if model.two_phase.is_some() && kept.carriers {
        limits.push(&gliding);
    }
    let carried = |x: &[f64], (): &mut ()| (capability(model).0 / at(x).0.pipe_carries.clamp(1e-300, 1e300)).ln();
    if model.radiator.heat_pipes.is_some() && kept.carriers {
        limits.push(&carried);
    }
    if armoured {
        limits.push(&roomy);
        limits.extend(safe.iter().map(|s| s as &dyn cobyla::Func<()>));
    }
    let stop = StopTols { ftol_rel: 1e-9, xtol_rel: 1e-6, ..StopTols::default() };
    for size in simplexes {
        x = match minimize(cost, &x, &unit, &limits, (), 600, RhoBeg::All(*size), Some(stop.clone())) {
            Ok((_, x, _)) | Err((_, x, _)) => x,
        };
    }
    let v = variables(&box_of, &x).0;
    let wall = if armoured { WallChoice::Enough } else { WallChoice::Given(model.radiator.wall_m) };
    (v, evaluate_with(model, around, v, ends_k, (0.0, wall)))
}

fn pumped(model: &Model, p: &Point) -> bool {
    p.pump_w <= model.load.power_w
}

/// What a heat pipe carries, and the unit; no limit without.
fn capability(model: &Model) -> (f64, &'static str) {
    model.radiator.heat_pipes.map_or((f64::INFINITY, ""), |h| h.capability.number())
}

/// Whether the hottest heat pipe carries its heat, and the drop of saturation temperature along the tubes stays within that of the coolant.
pub fn carriers(model: &Model, p: &Point, (inlet_k, outlet_k): (f64, f64)) -> Result<(), NoDesign> {
    let (carries, (can, unit), allowed_k) = (p.pipe_carries, capability(model), inlet_k - outlet_k);
    if carries > can * (1.0 + 1e-4) {
        return Err(NoDesign::Transport { carries, can, unit });
    }
    if p.glide_k > allowed_k * (1.0 + 1e-4) {
        return Err(NoDesign::Glide { glide_k: p.glide_k, allowed_k });
    }
    Ok(())
}

fn long(model: &Model, p: &Point) -> bool {
    let (low_m, high_m) = model.radiator.length_m;
    p.length_m >= low_m * (1.0 - 1e-4) && p.length_m <= high_m * (1.0 + 1e-4)
}

/// The lightest of the ends that keep all limits.
fn best(model: &Model, ends: &[End], kept: Kept) -> Option<Optimum> {
    let within = |(v, p): &&End| {
        let carried = !kept.carriers || carriers(model, p, (model.return_k, model.supply_k)).is_ok();
        pumped(model, p) && long(model, p) && carried && (kept.wall_m.is_none() || is_safe(v, p))
    };
    let lightest = |a: &&End, b: &&End| cost_kg(model, &a.1).total_cmp(&cost_kg(model, &b.1));
    let (variables, point) = ends.iter().filter(within).min_by(lightest)?;
    Some(Optimum { variables: *variables, point: *point, binding: binding(model, variables, point.length_m) })
}

/// The lightest radiator of several starts, or where they ended; the result does not depend on threads.
fn from_all_starts(model: &Model, around: Surroundings, kept: Kept) -> Result<Optimum, Vec<End>> {
    let found = parallel_map(STARTS.len(), |s| search(model, around, &STARTS[s], &[0.1, 0.02, 0.004], kept));
    match best(model, &found, kept) {
        Some(o) => Ok(smooth(model, around, (o.variables, o.point), kept).unwrap_or(o)),
        None => Err(found),
    }
}

/// How near to the least wall of lines a wall is, in its logarithm, that is sought on both sides of it.
const CREASE: f64 = 0.1;

/// The lightest near an end. The least wall of lines is a crease of the mass, on which a simplex may stop short: near it the search goes on
/// with thinner walls and with thicker ones, for each of which the mass is smooth.
fn smooth(model: &Model, around: Surroundings, found: End, kept: Kept) -> Option<Optimum> {
    let mut ends = vec![found];
    if let Some((low_m, high_m)) = kept.wall_m
        && (found.1.wall_m / LEAST_WALL_M).ln().abs() < CREASE
    {
        let x = places(model, &found.0);
        for side in [(low_m, LEAST_WALL_M), (LEAST_WALL_M, high_m)].into_iter().filter(|(low, high)| low < high) {
            ends.push(search(model, around, &x, &[0.02, 0.004], Kept { wall_m: Some(side), ..kept }));
        }
    }
    best(model, &ends, kept)
}

/// Where variables lie in units of the box.
fn places(model: &Model, v: &Variables) -> [f64; 4] {
    let (box_of, values) = (bounds(model, None), [v.pitch_m, v.sheet_m, v.bore_m, v.tubes_per_loop]);
    std::array::from_fn(|k| place(values[k], box_of[k]))
}

/// Finds the lightest radiator.
///
/// Truth: `sizing::the_optimum_is_the_lightest`, `armour::armoured_designs_of_the_megawatt`.
pub fn lightest(model: &Model, around: Surroundings) -> Result<Optimum, NoDesign> {
    let kept = Kept::all(model);
    if let Ok(best) = from_all_starts(model, around, kept) {
        return Ok(best);
    }
    // What forbids the radiator: the wall, if there is one without armour; else what carries the heat, if there is one without its limits.
    if kept.wall_m.is_some()
        && let Ok(Optimum { variables: v, point, .. }) = from_all_starts(model, around, Kept { wall_m: None, carriers: true })
    {
        let thickest = (point.pump_w, WallChoice::Given(MOST_WALL_M));
        let p = evaluate_with(model, around, v, (model.return_k, model.supply_k), thickest).protection;
        let p = p.expect("the case asks for armour");
        return Err(NoDesign::Armour { most_mm: 1e3 * MOST_WALL_M, expected: p.expected(), allowed: p.allowed });
    }
    // Neither forbids it: the searches with all limits lost their way, and this one keeps them.
    let found = match from_all_starts(model, around, Kept { carriers: false, ..kept }) {
        Ok(best) => {
            carriers(model, &best.point, (model.return_k, model.supply_k))?;
            return Ok(best);
        }
        Err(found) => found,
    };
    let zero = crate::constants::CELSIUS_ZERO_K;
    if around.sink_k4 >= model.supply_k.powi(4) {
        return Err(NoDesign::Sink { sink_c: around.sink_k4.powf(0.25) - zero, outlet_c: model.supply_k - zero });
    }
    let pumped: Vec<&Point> = found.iter().map(|(_, p)| p).filter(|p| pumped(model, p)).collect();
    if pumped.is_empty() {
        return Err(NoDesign::Pump);
    }
    let near = pumped.iter().map(|p| p.length_m).min_by(f64::total_cmp).unwrap_or(f64::NAN);
    let (low_m, high_m) = model.radiator.length_m;
    Err(NoDesign::Length { length_m: near, low_m, high_m })
}

/// Finds the lightest radiator from the optimum of a case that is thought to be near, in a fraction of the time of [`lightest`]: one
/// search, from its dimensions and as many tubes as keep its Reynolds number. Over wide ranges of five keys it ends within 2e-3 of the mass
/// that all searches find, half of the time within 1e-6; with armour, over seven keys, within 1e-6. `None` if the search ends outside
/// the limits.
///
/// Truth: `study::warm_starts_end_where_all_starts_end`, `study::armoured_searches_meet`.
pub fn lightest_near(model: &Model, around: Surroundings, near: &Optimum) -> Option<Optimum> {
    let v = near.variables;
    let flow = evaluate(model, around, v, model.return_k, model.supply_k).flow;
    let tubes_per_loop = v.tubes_per_loop * flow.reynolds / near.point.flow.reynolds;
    let (x, kept) = (places(model, &Variables { tubes_per_loop, ..v }), Kept::all(model));
    smooth(model, around, search(model, around, &x, &[0.05, 0.01], kept), kept)
}

/// Outer diameter of the tubes, m.
fn outer_m(v: &Variables, p: &Point) -> f64 {
    v.bore_m + 2.0 * p.wall_m
}

/// Whether the wall is enough and leaves room for a fin.
pub fn is_safe(v: &Variables, p: &Point) -> bool {
    p.protection.is_none_or(|protection| protection.is_enough() && outer_m(v, p) < v.pitch_m)
}

/// Names of the bounds that hold a design; fixed variables are no bounds.
fn binding(model: &Model, v: &Variables, length_m: f64) -> Vec<&'static str> {
    let r = &model.radiator;
    let mut names = vec![];
    for (value, (low, high), at_low, at_high) in [
        (v.pitch_m, r.pitch_m, "pitch_mm low", "pitch_mm high"),
        (v.sheet_m, r.sheet_m, "sheet_mm low", "sheet_mm high"),
        (v.bore_m, r.bore_m, "bore_mm low", "bore_mm high"),
        (length_m, r.length_m, "length_m low", "length_m high"),
    ] {
        if low == high {
            continue;
        }
        if value < low * 1.005 {
            names.push(at_low);
        } else if value > high / 1.005 {
            names.push(at_high);
        }
    }
    names
}
