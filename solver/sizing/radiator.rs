//! One tube with its two half fins, sized along its length; the radiator as many of them; its mass.
//!
//! Per metre of tube `q' = (T_f − T_b)/R' = 2 ε σ (d_o + 2 l η)(T_b⁴ − T_s⁴)`: coolant, film, wall, fin, space. The length
//! for the whole temperature drop is `L = ṁ cp ∫ dT_f/q'(T_f)`. Conduction along the tube is neglected (6e-6 of the heat).

use super::armour::{Protection, Wall};
use super::fin;
use crate::conduction::tube::Flow;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::Model;
use crate::model::catalogue::LiquidState;
use std::f64::consts::PI;

/// What surrounds the radiator's faces, as the field model (or an isolated plate) found it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Surroundings {
    /// T⁴ of the sink, mean of both faces, K⁴.
    pub sink_k4: f64,
    /// Heat of the field model over heat of this one.
    pub field_factor: f64,
}

/// A tube with half a fin on each side, in one place along its length.
#[derive(Clone, Copy, Debug)]
pub struct Strip {
    /// Tube pitch, m.
    pub pitch_m: f64,
    /// Width at tube temperature, m.
    pub band_m: f64,
    /// Both face sheets, m.
    pub sheet_m: f64,
    /// Sheet conductivity, W/(m K).
    pub conductivity_w_mk: f64,
    /// Emissivity of both faces.
    pub emissivity: f64,
    /// Coolant to sheet, m K/W.
    pub resistance_m_k_per_w: f64,
    /// Surroundings.
    pub surroundings: Surroundings,
}

/// What a strip does at one coolant temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StripState {
    /// Heat per metre of tube, W/m.
    pub heat_w_m: f64,
    /// Sheet temperature at the tube, K.
    pub base_k: f64,
    /// Fin efficiency.
    pub efficiency: f64,
}

impl Strip {
    /// Solves the heat path from coolant at `coolant_k` to space, by the secant-free Newton of the base temperature
    /// (the efficiency varies slowly and is lagged).
    pub fn at(&self, coolant_k: f64) -> StripState {
        let fin_m = 0.5 * (self.pitch_m - self.band_m);
        let faces = 2.0 * self.emissivity * STEFAN_BOLTZMANN;
        let sink = self.surroundings.sink_k4;
        let mut base_k = coolant_k;
        let mut state = StripState { heat_w_m: 0.0, base_k, efficiency: 1.0 };
        for _ in 0..60 {
            let lambda = faces * base_k.powi(3) * fin_m * fin_m / (self.conductivity_w_mk * self.sheet_m);
            let efficiency = fin::efficiency(lambda, sink / base_k.powi(4));
            let width = faces * (self.band_m + 2.0 * fin_m * efficiency) * self.surroundings.field_factor;
            let heat_w_m = width * (base_k.powi(4) - sink);
            let miss = coolant_k - base_k - heat_w_m * self.resistance_m_k_per_w;
            let step = miss / (1.0 + 4.0 * width * base_k.powi(3) * self.resistance_m_k_per_w);
            state = StripState { heat_w_m, base_k, efficiency };
            base_k += step;
            if step.abs() < 1e-10 * base_k {
                break;
            }
        }
        state
    }

    /// Tube length, m, over which coolant of the given heat capacity rate falls from inlet to outlet, and the mean fin
    /// efficiency. Infinite if the outlet is not above what the surroundings allow.
    ///
    /// Composite Gauss-Legendre in temperature. Truth: `sizing::tube_fin_length` (D05, G19), `sizing::pumped_loop` (D04).
    pub fn length_m(&self, capacity_rate_w_per_k: f64, inlet_k: f64, outlet_k: f64) -> (f64, f64) {
        const X: f64 = 0.577_350_269_189_625_8;
        const SLICES: usize = 6;
        #[expect(clippy::cast_precision_loss, reason = "six slices")]
        let width = (inlet_k - outlet_k) / SLICES as f64;
        let (mut sum, mut efficiency) = (0.0, 0.0);
        for slice in 0..SLICES {
            #[expect(clippy::cast_precision_loss, reason = "six slices")]
            let middle = outlet_k + width * (slice as f64 + 0.5);
            for t in [middle - 0.5 * width * X, middle + 0.5 * width * X] {
                let s = self.at(t);
                if s.heat_w_m <= 0.0 {
                    return (f64::INFINITY, s.efficiency);
                }
                sum += 0.5 * width / s.heat_w_m;
                #[expect(clippy::cast_precision_loss, reason = "six slices")]
                let share = 0.5 / SLICES as f64;
                efficiency += share * s.efficiency;
            }
        }
        (capacity_rate_w_per_k * sum, efficiency)
    }
}

/// The free variables of the optimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variables {
    /// Tube pitch, m.
    pub pitch_m: f64,
    /// Both face sheets, m.
    pub sheet_m: f64,
    /// Bore, m.
    pub bore_m: f64,
    /// Tubes of one loop; whole in a design, any number above 0 while searching.
    pub tubes_per_loop: f64,
}

/// Masses, kg. Items marked `assumed` rest on areal or specific values of the case.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Mass {
    /// Face sheets between the tubes.
    pub sheets_kg: f64,
    /// Tubes.
    pub tubes_kg: f64,
    /// Coolant in tubes, headers and trunk.
    pub coolant_kg: f64,
    /// Headers with their bumpers.
    pub headers_kg: f64,
    /// Trunk lines with their bumpers.
    pub trunk_kg: f64,
    /// Coating of both faces.
    pub coating_kg: f64,
    /// Accumulators (assumed).
    pub accumulator_kg: f64,
    /// Pumps and valves (assumed).
    pub pumps_kg: f64,
    /// Core and deployment structure (assumed).
    pub structure_kg: f64,
    /// Sum without margins, coolant included.
    pub before_margin_kg: f64,
    /// Sum with margins.
    pub total_kg: f64,
}

/// One radiator evaluated by the sizing model.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Point {
    /// Tube length, m.
    pub length_m: f64,
    /// All tubes.
    pub tubes: f64,
    /// Tube wall, m.
    pub wall_m: f64,
    /// What the wall is exposed to, where the case asks for armour.
    pub protection: Option<Protection>,
    /// All wings, one side, m².
    pub planform_m2: f64,
    /// Heat to reject, pump included, W.
    pub heat_w: f64,
    /// Pump power, W.
    pub pump_w: f64,
    /// Mean fin efficiency.
    pub fin_efficiency: f64,
    /// Coolant to sheet at the mean temperature, K.
    pub film_drop_k: f64,
    /// Flow of one tube.
    pub flow: Flow,
    /// Pressure drop of one tube, Pa.
    pub tube_drop_pa: f64,
    /// Mass flow of all active tubes, kg/s.
    pub mass_flow_kg_s: f64,
    /// Masses.
    pub mass: Mass,
}

/// Entrance, exit and bends of a tube: extra share of friction, and velocity heads.
const EXTRA_FRICTION: f64 = 1.3;
const VELOCITY_HEADS: f64 = 2.0;
/// Mean bore of a header that tapers from its full bore to a third.
const HEADER_TAPER: f64 = 0.67;
/// Least wall of headers and trunk, m.
const LEAST_WALL_M: f64 = 1e-3;

/// Evaluates a radiator that carries the model's load between two coolant temperatures.
pub fn evaluate(model: &Model, around: Surroundings, v: Variables, inlet_k: f64, outlet_k: f64) -> Point {
    let r = &model.radiator;
    let liquid = model.liquid.at(0.5 * (inlet_k + outlet_k)).expect("coolant temperatures are checked against the table");
    #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
    let (loops, active_loops) = (r.loops as f64, model.active_loops() as f64);
    let (tubes, active) = (v.tubes_per_loop * loops, v.tubes_per_loop * active_loops);
    let base_heat = model.load.power_w * (1.0 + model.load.overhead);
    let (mut pumped_w, mut wall_m, mut point) = (0.0, r.wall_m, None);
    // Pump power is heat that needs pumping: each round adds a fixed share, about one per cent. So does the wall by the length.
    for _ in 0..80 {
        let pump_w = pumped_w;
        // A tube as wide as the pitch leaves no fin.
        let outer_m = (v.bore_m + 2.0 * wall_m).min(v.pitch_m);
        let heat_w = base_heat + pump_w;
        let capacity_rate = heat_w / (active * (inlet_k - outlet_k));
        let flow = Flow::new(capacity_rate / liquid.specific_heat_j_kgk, v.bore_m, &liquid);
        let strip = Strip {
            pitch_m: v.pitch_m,
            band_m: outer_m,
            sheet_m: v.sheet_m,
            conductivity_w_mk: r.conductivity_w_mk,
            emissivity: r.optics.emissivity,
            resistance_m_k_per_w: flow.resistance_m_k_per_w(v.bore_m, outer_m, r.conductivity_w_mk, r.joint_m_k_per_w),
            surroundings: around,
        };
        let (length_m, fin_efficiency) = strip.length_m(capacity_rate, inlet_k, outlet_k);
        let tube_drop_pa = EXTRA_FRICTION * flow.pressure_gradient_pa_m * length_m + VELOCITY_HEADS * flow.dynamic_pressure_pa;
        let mass_flow_kg_s = heat_w / (liquid.specific_heat_j_kgk * (inlet_k - outlet_k));
        let next = mass_flow_kg_s * (tube_drop_pa + model.loop_drop_pa) / (liquid.density_kg_m3 * model.pump_efficiency);
        let film_drop_k = strip.resistance_m_k_per_w * heat_w / (active * length_m);
        // A pump that needs more than the load itself has no balance worth finding: the point says how much it would take.
        let hopeless = !next.is_finite() || next > base_heat;
        let pump_w = if hopeless { next } else { pump_w };
        let planform_m2 = tubes * v.pitch_m * length_m;
        let (next_wall_m, protection) = match &model.armour {
            Some(armour) => {
                let lines = Lines::new(model, &v, (tubes, planform_m2), mass_flow_kg_s, &liquid);
                let wall = Wall { armour, density_kg_m3: r.density_kg_m3, sheet_m: 0.5 * v.sheet_m };
                let exposed_m2 = |t: f64| PI * (v.bore_m + 2.0 * t) * tubes * length_m + lines.surface_m2(t);
                let t = if length_m.is_finite() { wall.thickness_m(r.wall_m, exposed_m2, 1.0) } else { wall_m };
                (t, Some(wall.protection(t, exposed_m2(t), 1.0)))
            }
            None => (wall_m, None),
        };
        let done = (next - pump_w).abs() < 1e-3 && (next_wall_m - wall_m).abs() < 1e-9;
        point = Some(Point {
            length_m,
            tubes,
            wall_m: next_wall_m,
            protection,
            planform_m2,
            heat_w,
            pump_w,
            fin_efficiency,
            film_drop_k,
            flow,
            tube_drop_pa,
            mass_flow_kg_s,
            mass: Mass::default(),
        });
        if done || hopeless {
            break;
        }
        (pumped_w, wall_m) = (next, next_wall_m);
    }
    let mut point = point.expect("at least one round");
    point.mass = mass(model, &v, &point, &liquid);
    point
}

/// Headers and trunk lines.
#[derive(Clone, Copy, Debug)]
struct Lines {
    /// Bore and run of both headers along each row of tubes, m.
    header: (f64, f64),
    /// Bore and run of the trunk: a pair of lines per loop, half the side of the planform long, m.
    trunk: (f64, f64),
}

impl Lines {
    fn new(model: &Model, v: &Variables, (tubes, planform_m2): (f64, f64), mass_flow_kg_s: f64, liquid: &LiquidState) -> Self {
        let m = &model.mass;
        #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
        let (loops, active) = (model.radiator.loops as f64, model.active_loops() as f64);
        let of_loop = mass_flow_kg_s / active;
        let bore = |velocity: f64| (4.0 * of_loop / (liquid.density_kg_m3 * PI * velocity)).sqrt();
        Self {
            header: (HEADER_TAPER * bore(m.header_velocity_m_s.si()), 2.0 * tubes * v.pitch_m),
            trunk: (bore(m.trunk_velocity_m_s.si()), loops * planform_m2.sqrt()),
        }
    }

    /// Outer surface with a wall, m².
    fn surface_m2(&self, wall_m: f64) -> f64 {
        let surface = |(bore, run): (f64, f64)| PI * (bore + 2.0 * wall_m) * run;
        surface(self.header) + surface(self.trunk)
    }
}

/// Masses of a radiator, term by term. Truth: `sizing::hand_designs_of_the_megawatt`.
fn mass(model: &Model, v: &Variables, p: &Point, liquid: &LiquidState) -> Mass {
    let (r, m) = (&model.radiator, &model.mass);
    let rho = r.density_kg_m3;
    let outer_m = v.bore_m + 2.0 * p.wall_m;
    let run = p.tubes * p.length_m;
    #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
    let loops = r.loops as f64;
    let lines = Lines::new(model, v, (p.tubes, p.planform_m2), p.mass_flow_kg_s, liquid);
    let wall = p.wall_m.max(LEAST_WALL_M);
    let line = |(bore, run): (f64, f64)| {
        let sleeve = PI * (bore + 2.0 * m.sleeve_standoff_mm.si()) * m.sleeve_mm.si();
        rho * run * (PI * (bore + wall) * wall + sleeve)
    };
    let filled = |(bore, run): (f64, f64)| liquid.density_kg_m3 * 0.25 * PI * bore * bore * run;
    let coolant_kg = filled((v.bore_m, run)) + filled(lines.header) + filled(lines.trunk);
    let mut mass = Mass {
        sheets_kg: rho * v.sheet_m * (v.pitch_m - outer_m).max(0.0) * run,
        tubes_kg: rho * 0.25 * PI * (outer_m * outer_m - v.bore_m * v.bore_m) * run,
        coolant_kg,
        headers_kg: line(lines.header),
        trunk_kg: line(lines.trunk),
        coating_kg: 2.0 * r.coating_kg_m2 * p.planform_m2,
        accumulator_kg: m.accumulator.get() * coolant_kg,
        pumps_kg: m.pump_kg_per_loop.get() * loops + m.pump_kg_per_kw.si() * p.pump_w,
        structure_kg: (m.core_kg_m2.get() + m.structure_kg_m2.get()) * p.planform_m2,
        ..Mass::default()
    };
    let dry = mass.sheets_kg
        + mass.tubes_kg
        + mass.headers_kg
        + mass.trunk_kg
        + mass.coating_kg
        + mass.accumulator_kg
        + mass.pumps_kg
        + mass.structure_kg;
    mass.before_margin_kg = dry + coolant_kg;
    mass.total_kg = dry * (1.0 + m.dry_margin.get()) + coolant_kg * (1.0 + m.coolant_margin.get());
    mass
}
