//! One tube with its two half fins, sized along its length; the radiator as many of them; its mass.
//!
//! Per metre of tube `q' = (T_f − T_b)/R' = 2 ε σ (d_o + 2 l η)(T_b⁴ − T_s⁴)`, times what the field model found beyond it: coolant, film,
//! wall, fin, space. With heat pipes a pipe of length L adds L over its evaporator's conductance to R', and the same law holds for all pipes of a
//! loop together, whose coolant falls from pipe to pipe. The length for the whole temperature drop is `L = ṁ cp ∫ dT_f/q'(T_f)`. Conduction along the tube is neglected (6e-6 of the
//! heat).

use super::armour::{Protection, Wall};
use crate::conduction::heat_pipe;
use crate::conduction::stream::Stream;
use crate::conduction::tube::Flow;
use crate::constants::{GAUSS, STEFAN_BOLTZMANN};
use crate::fin::taper::Profile;
use crate::model::Model;
use crate::model::armour::allowed_events;
use std::f64::consts::PI;

/// What surrounds the radiator's faces, as the field model (or an isolated plate) found it.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Surroundings {
    /// T⁴ of the sink, mean of both faces, K⁴.
    pub sink_k4: f64,
    /// Heat of the field model over heat of this one.
    pub field_factor: f64,
    /// What cells on the front deliver, W/m² of planform; their electricity is not in the sink.
    pub cells_w_m2: f64,
}

impl Surroundings {
    /// To a hundredth of a kelvin, four digits of the factor and a hundredth of a watt.
    pub fn rounded(self) -> Self {
        let to = |x: f64, step: f64| (x / step).round() * step;
        let sink_k = to(self.sink_k4.max(0.0).sqrt().sqrt(), 0.01);
        Self { sink_k4: sink_k.powi(4), field_factor: to(self.field_factor, 1e-4), cells_w_m2: to(self.cells_w_m2, 0.01) }
    }

    /// Of a radiator without cells, by the isolated sink.
    pub fn of_sink(sink_k: f64) -> Self {
        Self { sink_k4: sink_k.powi(4), field_factor: 1.0, cells_w_m2: 0.0 }
    }
}

/// A tube with half a fin on each side, in one place along its length.
#[derive(Clone, Copy, Debug)]
pub struct Strip<'a> {
    /// Tube pitch, m.
    pub pitch_m: f64,
    /// Width at tube temperature, m.
    pub band_m: f64,
    /// Both face sheets at the tube, m.
    pub sheet_m: f64,
    /// How they get thinner from there.
    pub profile: &'a Profile,
    /// Sheet conductivity, W/(m K).
    pub conductivity_w_mk: f64,
    /// Mean emissivity of both faces.
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

/// Widest panel of the quadrature along a tube, in the logarithm of `T_b⁴ − T_s⁴`: eight points err by 1e-10 across it.
const WIDEST_PANEL: f64 = 3.0;

impl Strip<'_> {
    /// Solves the heat path from coolant at `coolant_k` to space: `T_f − T_b = R' q'(T_b)` by the secant of the last two base
    /// temperatures, from a Newton step that takes the fin's efficiency for constant.
    pub fn at(&self, coolant_k: f64) -> StripState {
        let sink = self.surroundings.sink_k4;
        let mut base_k = coolant_k;
        let mut last: Option<(f64, f64)> = None;
        for _ in 0..60 {
            let (efficiency, width) = self.fin(base_k);
            let heat_w_m = width * (base_k.powi(4) - sink);
            let miss = coolant_k - base_k - heat_w_m * self.resistance_m_k_per_w;
            let flat = -1.0 - 4.0 * width * base_k.powi(3) * self.resistance_m_k_per_w;
            let slope = match last {
                Some((k, m)) if (base_k - k).abs() > 1e-9 * base_k => (miss - m) / (base_k - k),
                _ => flat,
            };
            let step = -miss / slope;
            // The step that is left is a line's: the heat follows it.
            let state =
                StripState { heat_w_m: heat_w_m + 4.0 * width * base_k.powi(3) * step, base_k: base_k + step, efficiency };
            if step.abs() < 1e-7 * base_k {
                return state;
            }
            last = Some((base_k, miss));
            base_k += step;
        }
        let (efficiency, width) = self.fin(base_k);
        StripState { heat_w_m: width * (base_k.powi(4) - sink), base_k, efficiency }
    }

    /// Tube length, m, over which coolant of the given heat capacity rate falls from inlet to outlet, and the mean fin
    /// efficiency. Infinite if the outlet is not above what the surroundings allow.
    ///
    /// `L = C ∫ dT_f/q'`, and since `T_f = T_b + R' q'`: `L = C [∫ dT_b/q' + R' ln(q'_in/q'_out)]`. The integral over the
    /// base temperature by Gauss-Legendre with eight points in `z = ln(T_b⁴ − T_s⁴)`, in which `dT_b/q' = dz/(4 T_b³ w)` is
    /// smooth even where the coolant falls to the sink; w is `2 ε σ (d_o + 2 l η)` times the field factor.
    /// Truth: `sizing::tube_fin_length` (D05, G19), `sizing::pumped_loop` (D04).
    pub fn length_m(&self, capacity_rate_w_per_k: f64, inlet_k: f64, outlet_k: f64) -> (f64, f64) {
        let (hot, cold) = (self.at(inlet_k), self.at(outlet_k));
        if hot.heat_w_m.min(cold.heat_w_m) <= 0.0 {
            return (f64::INFINITY, cold.efficiency);
        }
        let sink = self.surroundings.sink_k4;
        let [top, bottom] = [hot, cold].map(|s| (s.base_k.powi(4) - sink).ln());
        let (mut sum, mut efficiency, mut span) = (0.0, 0.0, 0.0);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a small positive number")]
        let panels = ((top - bottom).abs() / WIDEST_PANEL).ceil().max(1.0) as u32;
        let width_z = (top - bottom) / f64::from(panels);
        for panel in 0..panels {
            for (x, weight) in GAUSS {
                let above_k4 = (bottom + width_z * (f64::from(panel) + x)).exp();
                let base_k = (above_k4 + sink).sqrt().sqrt();
                let (eta, width) = self.fin(base_k);
                let cube = 4.0 * base_k.powi(3);
                sum += weight * width_z / (cube * width);
                efficiency += weight * eta * above_k4 / cube;
                span += weight * above_k4 / cube;
            }
        }
        let across = self.resistance_m_k_per_w * (hot.heat_w_m / cold.heat_w_m).ln();
        (capacity_rate_w_per_k * (sum + across), efficiency / span)
    }

    /// Fin efficiency, and heat per metre over `T_b⁴ − T_s⁴`.
    fn fin(&self, base_k: f64) -> (f64, f64) {
        let fin_m = 0.5 * (self.pitch_m - self.band_m);
        let faces = 2.0 * self.emissivity * STEFAN_BOLTZMANN;
        let cube = base_k.powi(3);
        let lambda = faces * cube * fin_m * fin_m / (self.conductivity_w_mk * self.sheet_m);
        let efficiency = self.profile.efficiency(lambda, self.surroundings.sink_k4 / (cube * base_k));
        (efficiency, faces * (self.band_m + 2.0 * fin_m * efficiency) * self.surroundings.field_factor)
    }
}

/// The free variables of the optimum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variables {
    /// Tube pitch, m.
    pub pitch_m: f64,
    /// Both face sheets at the tube, m.
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
    /// Tubes, or heat pipes with their fluid and evaporators.
    pub tubes_kg: f64,
    /// Coolant in tubes, headers and trunk.
    pub coolant_kg: f64,
    /// Headers with their bumpers.
    pub headers_kg: f64,
    /// Trunk lines with their bumpers.
    pub trunk_kg: f64,
    /// Coating, or cells, of both faces.
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
    /// What cells on its front deliver, W.
    pub cells_w: f64,
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
    /// Heat times effective length of the hottest heat pipe, W m; of a loop heat pipe its heat, W.
    pub pipe_carries: f64,
    /// What that drop takes off the saturation temperature of a two-phase coolant, K.
    pub glide_k: f64,
    /// Mass flow of all active tubes, kg/s.
    pub mass_flow_kg_s: f64,
    /// Masses.
    pub mass: Mass,
}

/// Entrance, exit and bends of a tube: extra share of friction, and velocity heads.
pub(super) const EXTRA_FRICTION: f64 = 1.3;
pub(super) const VELOCITY_HEADS: f64 = 2.0;
/// Mean bore of a header that tapers from its full bore to a third.
pub(super) const HEADER_TAPER: f64 = 0.67;
/// Least wall of headers and trunk, m.
pub const LEAST_WALL_M: f64 = 1e-3;

/// Which wall a tube gets, m.
#[derive(Clone, Copy, Debug)]
pub enum WallChoice {
    /// The thinnest that keeps the punctures down, where the case asks for armour; sought from that of the case.
    Enough,
    /// This one, whether it is enough or not.
    Given(f64),
}

/// Evaluates a radiator that carries the model's load between two coolant temperatures.
pub fn evaluate(model: &Model, around: Surroundings, v: Variables, inlet_k: f64, outlet_k: f64) -> Point {
    evaluate_with(model, around, v, (inlet_k, outlet_k), (0.0, WallChoice::Enough))
}

/// The same from a guess of the pump power, W, which saves rounds where it is near, and with a choice of the wall.
pub fn evaluate_with(
    model: &Model,
    around: Surroundings,
    v: Variables,
    (inlet_k, outlet_k): (f64, f64),
    (pump_w, choice): (f64, WallChoice),
) -> Point {
    let r = &model.radiator;
    let stream = Stream::between(model, inlet_k, outlet_k);
    #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
    let (loops, active_loops) = (r.loops as f64, model.active_loops() as f64);
    let (tubes, active) = (v.tubes_per_loop * loops, v.tubes_per_loop * active_loops * (1.0 - model.spare_pipes()));
    let base_heat = model.base_heat_w();
    let wall_m = if let WallChoice::Given(wall_m) = choice { wall_m } else { r.wall_m };
    let (mut pumping, mut walling) = (Settling::new(pump_w), Settling::new(wall_m));
    let mut lengthening = Settling::new((r.length_m.0 * r.length_m.1).sqrt());
    // The pipes' surface counts by what may be lost of them, as the lines' by what may be lost of loops.
    let pipes_for_lines = match (&model.armour, &r.heat_pipes) {
        (Some(a), Some(h)) => a.allowed / allowed_events(a.survival, h.spare * tubes / h.legs()),
        _ => 1.0,
    };
    let laws = Wall::of(model, v.sheet_m).map(|wall| wall.laws());
    let mut point = None;
    // Pump power is heat that needs pumping: each round adds a fixed share, about one per cent. So does the wall by the length.
    for _ in 0..80 {
        let (pump_w, wall_m) = (pumping.at, walling.at);
        // A tube as wide as the pitch leaves no fin.
        let outer_m = (v.bore_m + 2.0 * wall_m).min(v.pitch_m);
        let heat_w = base_heat + pump_w;
        let capacity_rate = heat_w / (active * (inlet_k - outlet_k));
        let mass_flow_kg_s = heat_w / stream.heat_j_per_kg;
        let guess_m = lengthening.at;
        let (flow, resistance_m_k_per_w) =
            to_sheet(model, (&v, outer_m, guess_m), (mass_flow_kg_s, active, active_loops), &stream);
        let strip = Strip {
            pitch_m: v.pitch_m,
            band_m: outer_m,
            sheet_m: v.sheet_m,
            profile: &r.profile,
            conductivity_w_mk: r.conductivity_w_mk,
            emissivity: r.emissivity(),
            resistance_m_k_per_w,
            surroundings: around,
        };
        let (working_m, fin_efficiency) = strip.length_m(capacity_rate, inlet_k, outlet_k);
        let length_m = working_m / r.heat_pipes.map_or(1.0, |h| h.vapour);
        let run_m = if r.heat_pipes.is_some() { v.tubes_per_loop * v.pitch_m } else { length_m };
        let tube_drop_pa = EXTRA_FRICTION * flow.pressure_gradient_pa_m * run_m + VELOCITY_HEADS * flow.dynamic_pressure_pa;
        let pipe_carries = r.heat_pipes.map_or(0.0, |h| h.carries(strip.at(inlet_k).heat_w_m, length_m));
        let next = mass_flow_kg_s * (tube_drop_pa + model.loop_drop_pa) / (stream.liquid.density_kg_m3 * model.pump_efficiency);
        let film_drop_k = strip.resistance_m_k_per_w * heat_w / (active * working_m);
        // A pump that needs more than the load itself has no balance worth finding: the point says how much it would take.
        let hopeless = !next.is_finite() || next > base_heat;
        let pump_w = if hopeless { next } else { pump_w };
        let planform_m2 = tubes * v.pitch_m * length_m;
        let (next_wall_m, protection) = match &laws {
            Some(laws) => {
                let lines = Lines::new(model, &v, (tubes, planform_m2), mass_flow_kg_s, &stream);
                let exposed_m2 = |t: f64| {
                    let (of_tubes, of_lines) = (PI * (v.bore_m + 2.0 * t) * tubes * length_m, lines.surface_m2(t));
                    if r.heat_pipes.is_some() { of_lines.max(pipes_for_lines * of_tubes) } else { of_tubes + of_lines }
                };
                let t = match choice {
                    WallChoice::Enough if length_m.is_finite() => laws.thickness_m(wall_m, r.wall_m, exposed_m2, 1.0),
                    _ => wall_m,
                };
                (t, Some(laws.protection(t, exposed_m2(t), 1.0)))
            }
            None => (wall_m, None),
        };
        let settled = r.heat_pipes.is_none() || (length_m - lengthening.at).abs() < 1e-7 * length_m;
        let done = (next - pump_w).abs() < 1e-3 && (next_wall_m - wall_m).abs() < 1e-7 * wall_m && settled;
        point = Some(Point {
            length_m,
            tubes,
            wall_m: next_wall_m,
            protection,
            planform_m2,
            cells_w: around.cells_w_m2 * planform_m2,
            heat_w,
            pump_w,
            fin_efficiency,
            film_drop_k,
            flow,
            tube_drop_pa,
            pipe_carries,
            glide_k: stream.glide_k(tube_drop_pa, inlet_k),
            mass_flow_kg_s,
            mass: Mass::default(),
        });
        // As long as the wall still moves, the length it is on and the pump power follow it.
        if done || hopeless && (next_wall_m - wall_m).abs() < 1e-3 * wall_m {
            break;
        }
        // A pipe that no length satisfies has none.
        lengthening.settle(length_m.min(1e6));
        pumping.settle(next.min(base_heat));
        walling.settle(next_wall_m);
    }
    let mut point = point.expect("at least one round");
    point.mass = mass(model, &v, &point, &stream);
    point
}

/// Flow of a tube, or with heat pipes of a loop's manifold, and the resistance from coolant to sheet of one metre of tube or pipe, m K/W; a
/// pipe is `length_m` long.
fn to_sheet(
    model: &Model,
    (v, outer_m, length_m): (&Variables, f64, f64),
    (mass_flow_kg_s, tubes, loops): (f64, f64, f64),
    stream: &Stream,
) -> (Flow, f64) {
    let r = &model.radiator;
    match &r.heat_pipes {
        None => {
            let flow = stream.flow(mass_flow_kg_s / tubes, v.bore_m);
            (flow, flow.resistance_m_k_per_w(v.bore_m, outer_m, r.conductivity_w_mk, r.joint_m_k_per_w))
        }
        Some(h) => {
            let condenser = heat_pipe::resistance_m_k_per_w(h, (v.bore_m, outer_m), r.conductivity_w_mk, r.joint_m_k_per_w);
            let manifold_m = Lines::new(model, v, (0.0, 0.0), mass_flow_kg_s, stream).0[0].bore_m;
            (stream.flow(mass_flow_kg_s / loops, manifold_m), condenser + h.evaporator_m_k_per_w(length_m))
        }
    }
}

/// A number that depends on itself a little: `x = g(x)` by the secant of the last two rounds, which assumes that a round takes
/// off a fixed share of the error.
struct Settling {
    at: f64,
    last: Option<(f64, f64)>,
}

impl Settling {
    fn new(at: f64) -> Self {
        Self { at, last: None }
    }

    /// The next x, from `g` at the present one.
    fn settle(&mut self, g: f64) {
        let (x, last) = (self.at, self.last.replace((self.at, g)));
        let share = last.map_or(0.0, |(x0, g0)| if x == x0 { 0.0 } else { ((g - g0) / (x - x0)).clamp(-0.5, 0.5) });
        self.at = x + (g - x) / (1.0 - share);
    }
}

/// One kind of line.
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Mean bore, m.
    bore_m: f64,
    /// Length of all, m.
    run_m: f64,
    /// Density of what it holds, kg/m³.
    held_kg_m3: f64,
}

/// Headers along each row of tubes and trunk lines, a pair per loop, half the side of the planform long; each from the racks and to them.
#[derive(Clone, Copy, Debug)]
struct Lines([Line; 4]);

impl Lines {
    fn new(model: &Model, v: &Variables, (tubes, planform_m2): (f64, f64), mass_flow_kg_s: f64, stream: &Stream) -> Self {
        let m = &model.mass;
        #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
        let (loops, active) = (model.radiator.loops as f64, model.active_loops() as f64);
        let of_loop = mass_flow_kg_s / active;
        let line = |from_racks: bool, velocity_m_s: f64, taper: f64, run_m: f64| {
            let (held_kg_m3, velocity_m_s) = match model.two_phase {
                Some(t) if from_racks => (stream.inlet_kg_m3(), t.mixture_velocity_m_s.si()),
                _ => (stream.liquid.density_kg_m3, velocity_m_s),
            };
            Line { bore_m: taper * (4.0 * of_loop / (held_kg_m3 * PI * velocity_m_s)).sqrt(), run_m, held_kg_m3 }
        };
        // One manifold goes along the heat pipes, as wide all the way; tubes have a header at each end, which tapers.
        let pipes = model.radiator.heat_pipes.is_some();
        let header = |from_racks: bool| {
            let run_m = if pipes && !from_racks { 0.0 } else { tubes * v.pitch_m };
            line(from_racks, m.header_velocity_m_s.si(), if pipes { 1.0 } else { HEADER_TAPER }, run_m)
        };
        let trunk = |from_racks| line(from_racks, m.trunk_velocity_m_s.si(), 1.0, 0.5 * loops * planform_m2.sqrt());
        Self([header(true), header(false), trunk(true), trunk(false)])
    }

    /// Outer surface with a wall, m².
    fn surface_m2(&self, wall_m: f64) -> f64 {
        self.0.iter().map(|l| PI * (l.bore_m + 2.0 * wall_m) * l.run_m).sum()
    }
}

/// Masses of a radiator, term by term. Truth: `sizing::hand_designs_of_the_megawatt`.
fn mass(model: &Model, v: &Variables, p: &Point, stream: &Stream) -> Mass {
    let (r, m) = (&model.radiator, &model.mass);
    let rho = r.density_kg_m3;
    let outer_m = v.bore_m + 2.0 * p.wall_m;
    let run = p.tubes * p.length_m;
    #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
    let (loops, pumps) = (r.loops as f64, m.pumps());
    let lines = Lines::new(model, v, (p.tubes, p.planform_m2), p.mass_flow_kg_s, stream);
    let wall = p.wall_m.max(LEAST_WALL_M);
    let line = |l: &Line| {
        let sleeve = PI * (l.bore_m + 2.0 * m.sleeve_standoff_mm.si()) * m.sleeve_mm.si();
        rho * l.run_m * (PI * (l.bore_m + wall) * wall + sleeve)
    };
    let [headers, trunk] = [&lines.0[..2], &lines.0[2..]];
    let of_pipes_kg = r.heat_pipes.map_or(0.0, |h| {
        let wall = rho * 0.25 * PI * (outer_m * outer_m - v.bore_m * v.bore_m);
        let tube = h.held_kg_per_m * (p.length_m + h.evaporator_m) + wall * h.evaporator_m;
        p.tubes * (tube + h.unit_kg / h.legs())
    });
    let held_kg_m3 = if r.heat_pipes.is_some() { 0.0 } else { stream.held_kg_m3() };
    let in_tubes = Line { bore_m: v.bore_m, run_m: run, held_kg_m3 };
    let filled = |l: &Line| l.held_kg_m3 * 0.25 * PI * l.bore_m * l.bore_m * l.run_m;
    let coolant_kg = filled(&in_tubes) + lines.0.iter().map(filled).sum::<f64>();
    let mut mass = Mass {
        sheets_kg: rho * v.sheet_m * r.profile.mean() * (v.pitch_m - outer_m).max(0.0) * run,
        tubes_kg: rho * 0.25 * PI * (outer_m * outer_m - v.bore_m * v.bore_m) * run + of_pipes_kg,
        coolant_kg,
        headers_kg: headers.iter().map(line).sum(),
        trunk_kg: trunk.iter().map(line).sum(),
        coating_kg: r.coating_kg_m2 * p.planform_m2,
        accumulator_kg: m.accumulator.get() * coolant_kg,
        pumps_kg: pumps * (m.pump_kg_per_loop.get() * loops + m.pump_kg_per_kw.si() * p.pump_w),
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
