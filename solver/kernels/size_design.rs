//! A pumped radiator of given dimensions: how long its tubes must be, how thick their wall, what it weighs.

#[path = "size_design/strip.rs"]
mod strip;

use crate::backend::{Cpu, Real};
use std::f64::consts::PI;
use strip::{Strip, count, friction, max, min, nusselt, whole};

/// Most λ that the series of the fin's efficiency covers.
pub const MOST_LAMBDA: f64 = 9.0;
/// Most u that it covers.
pub const MOST_U: f64 = 0.98;
/// Its patches over λ and over u.
pub const PATCHES: [usize; 2] = [12, 6];
/// Terms of each series along each of its directions.
pub const TERMS: usize = 8;
/// What `tests/contract.rs` compares with the WGSL constants.
pub const CONSTANTS: &[(&str, u32)] = &[("PATCHES_LAMBDA", 12), ("PATCHES_U", 6), ("TERMS", 8)];
const _: () = assert!(PATCHES[0] == 12 && PATCHES[1] == 6 && TERMS == 8);
/// Numbers of a design that come out: see [`Kernel`].
pub const NUMBERS: usize = 8;
/// A length that no tube has: the surroundings are too warm for the coolant.
pub const NO_LENGTH_M: f64 = 1e30;

crate::wgsl_struct! {
    /// Uniform of `shaders/size_design.wgsl`: all of a case that its designs share. SI units; temperatures over that of the inlet.
    pub struct SizeDesignParams {
        /// Designs.
        pub count: u32,
        /// Pieces of the flux curves of meteoroids and of debris; no armour without the first.
        pub meteoroid_pieces: u32,
        /// See above.
        pub debris_pieces: u32,
        /// Loops, and those that carry the load.
        pub loops: f32,
        /// See above.
        pub active_loops: f32,
        /// Coolant at the inlet, K, and what it falls by.
        pub inlet_k: f32,
        /// See above.
        pub drop_k: f32,
        /// Sink, and what coolant at inlet and outlet is above it, over the inlet's temperature.
        pub sink: f32,
        /// See above.
        pub above_in: f32,
        /// See above.
        pub above_out: f32,
        /// `2 ε σ T_in⁴`, W/m².
        pub emission_w_m2: f32,
        /// Heat of the field model over that of the sizing model.
        pub field_factor: f32,
        /// Conductivity of sheet and wall, W/(m K).
        pub sheet_w_mk: f32,
        /// Mean thickness of the sheets over that at the tube.
        pub sheet_mean: f32,
        /// Joint of tube and sheet, m K/W.
        pub joint_m_k_per_w: f32,
        /// Load without the pump, W.
        pub base_heat_w: f32,
        /// Heat of the coolant between its ends, J/kg.
        pub heat_j_per_kg: f32,
        /// Coolant.
        pub density_kg_m3: f32,
        /// Coolant.
        pub viscosity_pa_s: f32,
        /// Coolant.
        pub conductivity_w_mk: f32,
        /// Coolant.
        pub prandtl: f32,
        /// `Pr^⅔ − 1`.
        pub prandtl_less: f32,
        /// Friction of a tube with entrance, exit and bends, over that of the tube; velocity heads.
        pub extra_friction: f32,
        /// See above.
        pub velocity_heads: f32,
        /// Pressure drop of the loop beside the tubes, Pa.
        pub loop_drop_pa: f32,
        /// Efficiency of the pump.
        pub pump_efficiency: f32,
        /// Least and most wall, m.
        pub least_wall_m: f32,
        /// See above.
        pub most_wall_m: f32,
        /// `ln(orientation · life/allowed)`.
        pub ln_exposure: f32,
        /// Lines of the ballistic laws, `ln d = a + s ln t`: bare, behind a bumper, behind a sheet of one metre.
        pub meteoroid_bare: f32,
        /// See above.
        pub meteoroid_bumper: f32,
        /// See above.
        pub meteoroid_thin: f32,
        /// The same for debris.
        pub debris_bare: f32,
        /// See above.
        pub debris_bumper: f32,
        /// See above.
        pub debris_thin: f32,
        /// Flux curves: ln d where the first piece begins, pieces for each unit, and the logarithm that is added.
        pub meteoroid_first: f32,
        /// See above.
        pub meteoroid_per: f32,
        /// See above.
        pub meteoroid_shift: f32,
        /// The same for debris.
        pub debris_first: f32,
        /// See above.
        pub debris_per: f32,
        /// See above.
        pub debris_shift: f32,
        /// Mean bore of headers and of trunk lines over the root of a loop's mass flow, m/(kg/s)^½.
        pub header_bore: f32,
        /// See above.
        pub trunk_bore: f32,
        /// Least wall of lines, m.
        pub line_wall_m: f32,
        /// Density of sheets, tubes and lines, kg/m³.
        pub material_kg_m3: f32,
        /// Sleeve of the lines, m, and its distance from them.
        pub sleeve_m: f32,
        /// See above.
        pub standoff_m: f32,
        /// Coating, core and structure, kg/m² of planform.
        pub areal_kg_m2: f32,
        /// Accumulator, kg per kg of coolant.
        pub accumulator: f32,
        /// Pumps, kg, and what they weigh for each watt.
        pub pumps_kg: f32,
        /// See above.
        pub pump_kg_per_w: f32,
        /// Margins.
        pub dry_margin: f32,
        /// See above.
        pub coolant_margin: f32,
    }
}

crate::kernel! {
    /// A radiator of liquid in tubes, by the equations of `sizing::radiator::evaluate`: a design of pitch, both sheets, bore, m, and tubes per
    /// loop gives length, wall, m, pump power, W, punctures expected over allowed, mass with margins, kg, fin efficiency, drop of the
    /// film, K, and 1 where the series held all that was asked of them, else 0: such a design is to be evaluated by other means.
    ///
    /// Truth: `map::the_kernel_is_the_sizing_model`.
    Map size_design(SizeDesignParams; designs: [real; 4], fins: real, curves: real) -> [real; 8]
}

/// One kind of particles.
struct Kind<'a, R> {
    lines: [R; 3],
    first: R,
    per: R,
    shift: R,
    series: &'a [R],
}

impl<R: Real> Kind<'_, R> {
    /// ln of the smallest size that comes through.
    fn ln_critical(&self, ln_wall: R) -> R {
        let bare = self.lines[0] + R::of(18.0 / 19.0) * ln_wall;
        let bumper = self.lines[1] + R::of(2.0 / 3.0) * ln_wall;
        let thin = self.lines[2] + R::of(4.0 / 9.0) * ln_wall;
        min(max(bumper, bare), max(thin, bare))
    }

    /// Place of that size among the pieces, from 0 to their number.
    fn place(&self, ln_wall: R) -> R {
        self.per * (self.ln_critical(ln_wall) - self.first)
    }

    /// ln of the flux.
    fn ln_flux(&self, ln_wall: R) -> R {
        let n = R::of;
        let pieces = self.series.len() / TERMS;
        let place = min(max(self.place(ln_wall), R::ZERO), count(pieces));
        let piece = whole(place, pieces);
        let y = n(4.0) * (place - count(piece)) - n(2.0);
        let c = &self.series[TERMS * piece..];
        let (mut b, mut before) = (R::ZERO, R::ZERO);
        for k in (1..TERMS).rev() {
            (b, before) = (c[k] + y * b - before, b);
        }
        self.shift + (c[0] + n(0.5) * y * b - before)
    }

    fn holds(&self, ln_wall: R) -> bool {
        let place = self.place(ln_wall);
        place >= R::ZERO && place <= count(self.series.len() / TERMS)
    }
}

/// Headers and trunk lines: bores and runs of both, m.
struct Lines<R> {
    bore_m: [R; 2],
    run_m: [R; 2],
}

/// A number that depends on itself a little, by the secant of the last two rounds.
struct Settling<R> {
    at: R,
    last: Option<(R, R)>,
}

impl<R: Real> Settling<R> {
    fn settle(&mut self, g: R) {
        let (x, last) = (self.at, self.last.replace((self.at, g)));
        let share = last.map_or(R::ZERO, |(x0, g0)| if x == x0 { R::ZERO } else { (g - g0) / (x - x0) });
        self.at = x + (g - x) / (R::of(1.0) - min(max(share, R::of(-0.5)), R::of(0.5)));
    }
}

/// The uniform in working precision, and what flies.
struct Case<'a, R> {
    u: &'a SizeDesignParams,
    kinds: [Kind<'a, R>; 2],
    pi: R,
}

fn num<R: Real>(x: f32) -> R {
    R::of(f64::from(x))
}

impl<R: Real> Case<'_, R> {
    fn armoured(&self) -> bool {
        self.u.meteoroid_pieces > 0
    }

    fn exposed_m2(&self, wall_m: R, bore_m: R, run_m: R, lines: &Lines<R>) -> R {
        let twice = R::of(2.0) * wall_m;
        let of_lines = (lines.bore_m[0] + twice) * lines.run_m[0] + (lines.bore_m[1] + twice) * lines.run_m[1];
        self.pi * ((bore_m + twice) * run_m + of_lines)
    }

    /// `ln(expected/allowed)` of a wall by its logarithm.
    fn excess(&self, ln_wall: R, bore_m: R, run_m: R, lines: &Lines<R>) -> R {
        let exposure = num::<R>(self.u.ln_exposure);
        let mut flux = (exposure + self.kinds[0].ln_flux(ln_wall)).exp();
        if self.u.debris_pieces > 0 {
            flux += (exposure + self.kinds[1].ln_flux(ln_wall)).exp();
        }
        max(self.exposed_m2(ln_wall.exp(), bore_m, run_m, lines) * flux, R::of(1e-30)).ln()
    }

    /// ln of the thinnest wall that is enough, from one that is thought to be near, by secants.
    fn ln_thickness(&self, near: R, bore_m: R, run_m: R, lines: &Lines<R>) -> R {
        let aside = R::of(1e-3);
        let (low, high) = (num::<R>(self.u.least_wall_m).ln(), num::<R>(self.u.most_wall_m).ln());
        // From a little less: on that side the function is convex, and steps do not go beyond.
        let mut x = min(max(near - R::of(0.02), low), high);
        let mut here = self.excess(x, bore_m, run_m, lines);
        let mut slope = (self.excess(x + aside, bore_m, run_m, lines) - here) / aside;
        for _ in 0..30 {
            // Where nothing flies, or large particles as often as larger ones, no wall that is thicker helps.
            if slope >= R::ZERO {
                if here > R::ZERO {
                    return high;
                }
                slope = R::of(-1.0);
            }
            let next = min(max(x + min(max(-(here / slope), R::of(-2.0)), R::of(2.0)), low), high);
            let step = next - x;
            if max(step, -step) < R::of(1e-5) {
                return next;
            }
            let there = self.excess(next, bore_m, run_m, lines);
            slope = (there - here) / step;
            (x, here) = (next, there);
        }
        x
    }

    /// Headers along the tubes and trunk lines, two of each.
    fn lines(&self, mass_flow_kg_s: R, width_m: R, planform_m2: R) -> Lines<R> {
        let root = (mass_flow_kg_s / num(self.u.active_loops)).sqrt();
        let trunk = num::<R>(self.u.loops) * planform_m2.sqrt();
        Lines { bore_m: [num::<R>(self.u.header_bore) * root, num::<R>(self.u.trunk_bore) * root], run_m: [R::of(2.0) * width_m, trunk] }
    }

    /// Mass with margins, kg.
    fn mass_kg(&self, v: &[R; 4], run_m: R, (wall_m, pump_w): (R, R), lines: &Lines<R>) -> R {
        let (n, pi) = (R::of, self.pi);
        let [pitch_m, sheet_m, bore_m, _] = *v;
        let rho = num::<R>(self.u.material_kg_m3);
        let outer_m = bore_m + n(2.0) * wall_m;
        let quarter = n(0.25) * pi;
        let line_wall = max(wall_m, num(self.u.line_wall_m));
        let (mut metal_m3, mut held_m3) = (R::ZERO, quarter * bore_m * bore_m * run_m);
        for k in 0..2 {
            let sleeve = (lines.bore_m[k] + n(2.0) * num(self.u.standoff_m)) * num(self.u.sleeve_m);
            metal_m3 += pi * lines.run_m[k] * ((lines.bore_m[k] + line_wall) * line_wall + sleeve);
            held_m3 += quarter * lines.bore_m[k] * lines.bore_m[k] * lines.run_m[k];
        }
        metal_m3 += num::<R>(self.u.sheet_mean) * sheet_m * max(pitch_m - outer_m, R::ZERO) * run_m;
        metal_m3 += quarter * (outer_m - bore_m) * (outer_m + bore_m) * run_m;
        let coolant = num::<R>(self.u.density_kg_m3) * held_m3;
        let dry = rho * metal_m3
            + num::<R>(self.u.areal_kg_m2) * pitch_m * run_m
            + num::<R>(self.u.accumulator) * coolant
            + num(self.u.pumps_kg)
            + num::<R>(self.u.pump_kg_per_w) * pump_w;
        dry * (n(1.0) + num(self.u.dry_margin)) + coolant * (n(1.0) + num(self.u.coolant_margin))
    }
}

/// What one round of pump power and wall finds.
struct Round<R> {
    length_m: R,
    efficiency: R,
    film_drop_k: R,
    next_pump_w: R,
    mass_flow_kg_s: R,
    /// Whether the series of the fin hold it.
    held: bool,
}

fn round<R: Real>(u: &SizeDesignParams, fins: &[R], v: &[R; 4], (pump_w, wall_m): (R, R)) -> Round<R> {
    let (n, pi) = (R::of, R::of(PI));
    let [pitch_m, sheet_m, bore_m, tubes_per_loop] = *v;
    let active = tubes_per_loop * num(u.active_loops);
    let outer_m = min(bore_m + n(2.0) * wall_m, pitch_m);
    let heat_w = num::<R>(u.base_heat_w) + pump_w;
    let mass_flow_kg_s = heat_w / num(u.heat_j_per_kg);
    let of_tube = mass_flow_kg_s / active;
    let reynolds = n(4.0) * of_tube / (pi * bore_m * num(u.viscosity_pa_s));
    let velocity = n(4.0) * of_tube / (pi * bore_m * bore_m * num(u.density_kg_m3));
    let dynamic_pa = n(0.5) * num(u.density_kg_m3) * velocity * velocity;
    let film = nusselt(reynolds, num(u.prandtl), num(u.prandtl_less)) * num(u.conductivity_w_mk) / bore_m;
    let resistance_m_k_per_w = n(1.0) / (film * pi * bore_m)
        + (outer_m / bore_m).ln() / (n(2.0) * pi * num(u.sheet_w_mk))
        + num(u.joint_m_k_per_w);
    let fin_m = n(0.5) * (pitch_m - outer_m);
    let emission = num::<R>(u.emission_w_m2);
    let strip = Strip {
        fins,
        sink: num(u.sink),
        inlet_k: num(u.inlet_k),
        emission_w_m: emission * num(u.field_factor),
        band_m: outer_m,
        fin_m,
        lambda: emission * fin_m * fin_m / (num::<R>(u.inlet_k) * num(u.sheet_w_mk) * sheet_m),
        resistance_m_k_per_w,
    };
    let (hot, cold) = (strip.at(num(u.above_in)), strip.at(num(u.above_out)));
    let sink2 = strip.sink * strip.sink;
    let cold2 = cold.base * cold.base;
    let held = strip.lambda * hot.base * hot.base * hot.base <= n(MOST_LAMBDA) && sink2 * sink2 <= n(MOST_U) * cold2 * cold2;
    let (per_drop, efficiency) = strip.along(hot, cold);
    let length_m = heat_w / (active * num(u.drop_k)) * per_drop;
    let gradient = friction(reynolds) / bore_m * dynamic_pa;
    let drop_pa = num::<R>(u.extra_friction) * gradient * length_m + num::<R>(u.velocity_heads) * dynamic_pa;
    let next_pump_w = mass_flow_kg_s * (drop_pa + num(u.loop_drop_pa)) / (num::<R>(u.density_kg_m3) * num(u.pump_efficiency));
    let film_drop_k = resistance_m_k_per_w * heat_w / (active * length_m);
    Round { length_m, efficiency, film_drop_k, next_pump_w, mass_flow_kg_s, held }
}

fn element<R: Real>(u: &SizeDesignParams, x: &Inputs<'_, Cpu<R>>, _: [R; NUMBERS], i: usize) -> [R; NUMBERS] {
    let n = R::of;
    let v = &x.designs[i];
    let [pitch_m, sheet_m, bore_m, tubes_per_loop] = *v;
    if u.above_out <= 0.0 {
        return [n(NO_LENGTH_M), num(u.least_wall_m), R::ZERO, R::ZERO, R::ZERO, R::ZERO, R::ZERO, n(1.0)];
    }
    let (meteoroids, debris) = x.curves.split_at(TERMS * u.meteoroid_pieces as usize);
    let behind = (n(0.5) * sheet_m).ln() * n(1.0 / 3.0);
    let kinds = [
        Kind {
            lines: [num(u.meteoroid_bare), num(u.meteoroid_bumper), num::<R>(u.meteoroid_thin) + behind],
            first: num(u.meteoroid_first),
            per: num(u.meteoroid_per),
            shift: num(u.meteoroid_shift),
            series: meteoroids,
        },
        Kind {
            lines: [num(u.debris_bare), num(u.debris_bumper), num::<R>(u.debris_thin) + behind],
            first: num(u.debris_first),
            per: num(u.debris_per),
            shift: num(u.debris_shift),
            series: &debris[..TERMS * u.debris_pieces as usize],
        },
    ];
    let case = Case { u, kinds, pi: n(PI) };
    let (base_heat_w, tubes) = (num::<R>(u.base_heat_w), tubes_per_loop * num(u.loops));
    let (mut pumping, mut walling) =
        (Settling { at: R::ZERO, last: None }, Settling { at: num::<R>(u.least_wall_m), last: None });
    let mut out = [R::ZERO; NUMBERS];
    for _ in 0..80 {
        let (pump_w, wall_m) = (pumping.at, walling.at);
        let r = round(u, x.fins, v, (pump_w, wall_m));
        let run_m = tubes * r.length_m;
        let lines = case.lines(r.mass_flow_kg_s, tubes * pitch_m, pitch_m * run_m);
        let (mut next_wall_m, mut punctures, mut held) = (wall_m, R::ZERO, r.held);
        if case.armoured() {
            let ln_wall = case.ln_thickness(wall_m.ln(), bore_m, run_m, &lines);
            next_wall_m = ln_wall.exp();
            punctures = case.excess(ln_wall, bore_m, run_m, &lines).exp();
            held = held && case.kinds[0].holds(ln_wall) && (u.debris_pieces == 0 || case.kinds[1].holds(ln_wall));
        }
        // More than the load itself has no balance worth finding.
        let hopeless = r.next_pump_w > base_heat_w || r.next_pump_w.get().is_nan();
        let shown_w = if hopeless { r.next_pump_w } else { pump_w };
        let mass_kg = case.mass_kg(v, run_m, (next_wall_m, shown_w), &lines);
        let sure = if held { n(1.0) } else { R::ZERO };
        out = [r.length_m, next_wall_m, shown_w, punctures, mass_kg, r.efficiency, r.film_drop_k, sure];
        let (off_w, off_m) = (r.next_pump_w - pump_w, next_wall_m - wall_m);
        let settled = max(off_m, -off_m) < n(1e-5) * wall_m;
        if hopeless || settled && max(off_w, -off_w) < n(1e-3) + n(2e-6) * pump_w {
            break;
        }
        pumping.settle(min(r.next_pump_w, base_heat_w));
        walling.settle(next_wall_m);
    }
    out
}
