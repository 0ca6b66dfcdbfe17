// A pumped radiator of given dimensions: how long its tubes must be, how thick their wall, what it weighs.
//     q' = (T_f - T_b)/R' = 2 eps sigma (d_o + 2 l eta)(T_b^4 - T_s^4),  L = m cp int dT_f/q'
// Twin: solver/kernels/size_design.rs. Temperatures over that of the inlet. One invocation per design.

// Most lambda and u of the series of the fin, its patches over both, terms along both.
const MOST_LAMBDA: f32 = 9.0;
const MOST_U: f32 = 0.98;
const PATCHES_LAMBDA: u32 = 12u;
const PATCHES_U: u32 = 6u;
const TERMS: u32 = 8u;
const NO_LENGTH_M: f32 = 1e30;
const PI: f32 = 3.14159265358979;

struct SizeDesignParams {
    count: u32,
    meteoroid_pieces: u32,
    debris_pieces: u32,
    loops: f32,
    active_loops: f32,
    inlet_k: f32,
    drop_k: f32,
    sink: f32,
    above_in: f32,
    above_out: f32,
    emission_w_m2: f32,
    field_factor: f32,
    sheet_w_mk: f32,
    sheet_mean: f32,
    joint_m_k_per_w: f32,
    base_heat_w: f32,
    heat_j_per_kg: f32,
    density_kg_m3: f32,
    viscosity_pa_s: f32,
    conductivity_w_mk: f32,
    prandtl: f32,
    prandtl_less: f32,
    extra_friction: f32,
    velocity_heads: f32,
    loop_drop_pa: f32,
    pump_efficiency: f32,
    least_wall_m: f32,
    most_wall_m: f32,
    ln_exposure: f32,
    meteoroid_bare: f32,
    meteoroid_bumper: f32,
    meteoroid_thin: f32,
    debris_bare: f32,
    debris_bumper: f32,
    debris_thin: f32,
    meteoroid_first: f32,
    meteoroid_per: f32,
    meteoroid_shift: f32,
    debris_first: f32,
    debris_per: f32,
    debris_shift: f32,
    header_bore: f32,
    trunk_bore: f32,
    line_wall_m: f32,
    material_kg_m3: f32,
    sleeve_m: f32,
    standoff_m: f32,
    areal_kg_m2: f32,
    accumulator: f32,
    pumps_kg: f32,
    pump_kg_per_w: f32,
    dry_margin: f32,
    coolant_margin: f32,
}

@group(0) @binding(0) var<uniform> params: SizeDesignParams;
@group(0) @binding(1) var<storage, read> designs: array<vec4f>;
@group(0) @binding(2) var<storage, read> fins: array<f32>;
@group(0) @binding(3) var<storage, read> curves: array<f32>;
@group(0) @binding(4) var<storage, read_write> numbers: array<array<f32, 8>>;

// Gauss-Legendre rule on 0..1: nodes and weights.
var<private> gauss: array<vec2f, 8> = array<vec2f, 8>(
    vec2f(0.019855071751231856, 0.05061426814518813), vec2f(0.10166676129318664, 0.11119051722668724),
    vec2f(0.2372337950418355, 0.15685332293894363), vec2f(0.4082826787521751, 0.181341891689181),
    vec2f(0.591717321247825, 0.181341891689181), vec2f(0.7627662049581645, 0.15685332293894363),
    vec2f(0.8983332387068134, 0.11119051722668724), vec2f(0.9801449282487681, 0.05061426814518813));

// Natural logarithm of a positive normal number: 2 artanh((m-1)/(m+1)) + e ln 2, m from sqrt(1/2) to sqrt(2).
fn ln(x: f32) -> f32 {
    let bits = bitcast<i32>(x);
    let e = (bits - 0x3f3504f3) >> 23u;
    let m = bitcast<f32>(bits - (e << 23u));
    let s = (m - 1.0) / (m + 1.0);
    let s2 = s * s;
    return f32(e) * 0.6931471805599453 + 2.0 * s * (1.0 + s2 * (0.3333333333 + s2 * (0.2 + s2 * (0.1428571429 + s2 * 0.1111111111))));
}

// e^x = 2^k e^r, |r| <= ln(2)/2 by its Taylor series; 0 far below.
fn exponential(x: f32) -> f32 {
    let y = clamp(x, -87.0, 88.0);
    let k = i32(y * 1.44269504 + select(0.5, -0.5, y < 0.0));
    // ln 2 in two parts: the first has few digits, so that k times it is exact.
    let r = (y - f32(k) * 0.693145751953125) - f32(k) * 1.4286068203094e-6;
    let series = 1.0 + r * (1.0 + r * (0.5 + r * (0.1666666667 + r * (0.04166666667 + r * (0.008333333333
        + r * (0.001388888889 + r * 0.0001984126984))))));
    return series * bitcast<f32>((k + 127) << 23u);
}

// Efficiency of a fin by its series, lambda and u brought into their range.
fn efficiency(lambda_: f32, u: f32) -> f32 {
    let lambda = min(lambda_, MOST_LAMBDA);
    let root = sqrt(9.0 * lambda * lambda + 16.0 * MOST_LAMBDA * lambda) + 3.0 * lambda;
    var r = 0.0;
    if lambda > 0.0 { r = 8.0 * lambda / root * f32(PATCHES_LAMBDA); }
    let v = min(u * (1.0 / MOST_U), 1.0) * f32(PATCHES_U);
    let i = min(u32(max(r, 0.0)), PATCHES_LAMBDA - 1u);
    let k = min(u32(max(v, 0.0)), PATCHES_U - 1u);
    let x = 4.0 * (r - f32(i)) - 2.0;
    let y = 4.0 * (v - f32(k)) - 2.0;
    let c = TERMS * TERMS * (k * PATCHES_LAMBDA + i);
    var b: array<f32, TERMS>;
    var before: array<f32, TERMS>;
    for (var row = TERMS - 1u; row > 0u; row--) {
        for (var j = 0u; j < TERMS; j++) {
            let next = fins[c + TERMS * row + j] + y * b[j] - before[j];
            before[j] = b[j];
            b[j] = next;
        }
    }
    var d = 0.0;
    var last = 0.0;
    for (var j = TERMS - 1u; j > 0u; j--) {
        let next = fins[c + j] + 0.5 * y * b[j] - before[j] + x * d - last;
        last = d;
        d = next;
    }
    return fins[c] + 0.5 * y * b[0] - before[0] + 0.5 * x * d - last;
}

// Darcy friction factor of a smooth tube.
fn friction(reynolds: f32) -> f32 {
    if reynolds < 2300.0 { return 64.0 / reynolds; }
    let root = 0.790 * ln(max(reynolds, 3000.0)) - 1.64;
    return 1.0 / (root * root);
}

fn gnielinski(reynolds: f32) -> f32 {
    let f8 = 0.125 * friction(reynolds);
    return f8 * (reynolds - 1000.0) * params.prandtl / (1.0 + 12.7 * sqrt(f8) * params.prandtl_less);
}

fn nusselt(reynolds: f32) -> f32 {
    if reynolds < 2300.0 { return 4.36; }
    if reynolds < 4000.0 { return 4.36 + (reynolds - 2300.0) * (1.0 / 1700.0) * (gnielinski(4000.0) - 4.36); }
    return gnielinski(reynolds);
}

// A tube with half a fin on each side.
struct Strip {
    emission_w_m: f32,
    band_m: f32,
    fin_m: f32,
    // lambda over theta^3.
    lambda: f32,
    resistance_m_k_per_w: f32,
}

// Heat, W/m, theta^4 - theta_s^4 and theta of the base where the coolant has one temperature.
struct At {
    heat_w_m: f32,
    fourth: f32,
    base: f32,
}

// Fin efficiency, and heat per metre over theta^4 - theta_s^4.
fn fin(strip: Strip, base: f32) -> vec2f {
    let cube = base * base * base;
    let sink2 = params.sink * params.sink;
    let eta = efficiency(strip.lambda * cube, sink2 * sink2 / (cube * base));
    return vec2f(eta, strip.emission_w_m * (strip.band_m + 2.0 * strip.fin_m * eta));
}

// theta^4 - theta_s^4 from theta - theta_s, no difference of near numbers.
fn fourth(above: f32) -> f32 {
    let base = params.sink + above;
    return above * (base + params.sink) * (base * base + params.sink * params.sink);
}

// The drop from coolant to base by secants.
fn at(strip: Strip, above_sink: f32) -> At {
    let per = strip.resistance_m_k_per_w / params.inlet_k;
    var drop = 0.0;
    var last_drop = 0.0;
    var last_miss = 0.0;
    var state = At(0.0, 0.0, params.sink + above_sink);
    for (var round = 0u; round < 60u; round++) {
        let above = max(above_sink - drop, 0.0);
        let base = params.sink + above;
        let width = fin(strip, base).y;
        let heat_w_m = width * fourth(above);
        let rise = 4.0 * width * base * base * base;
        let miss = heat_w_m * per - drop;
        let apart = drop - last_drop;
        var slope = -(1.0 + rise * per);
        // Never flatter than that of the drop itself.
        if round > 0u && abs(apart) > 1e-7 * base { slope = min((miss - last_miss) / apart, -1.0); }
        let step = -(miss / slope);
        // The step that is left is a line's: the heat follows it.
        state = At(heat_w_m - rise * step, fourth(max(above - step, 0.0)), base - step);
        if abs(step) < 1e-6 * base { break; }
        last_drop = drop;
        last_miss = miss;
        drop += step;
    }
    return state;
}

// Integral over the tube, int dT_f/q', m K/W, and the mean fin efficiency.
fn along(strip: Strip, hot: At, cold: At) -> vec2f {
    let sink2 = params.sink * params.sink;
    let height = ln(hot.fourth / cold.fourth);
    let panels = min(u32(abs(height) * (1.0 / 3.0)), 15u) + 1u;
    let width_z = height / f32(panels);
    var sum = 0.0;
    var eta = 0.0;
    var span = 0.0;
    for (var panel = 0u; panel < panels; panel++) {
        for (var k = 0u; k < 8u; k++) {
            let node = gauss[k];
            let above = cold.fourth * exponential(width_z * (f32(panel) + node.x));
            let base = sqrt(sqrt(above + sink2 * sink2));
            let f = fin(strip, base);
            let cube = 4.0 * base * base * base;
            sum += node.y * width_z / (cube * f.y);
            eta += node.y * f.x * above / cube;
            span += node.y * above / cube;
        }
    }
    let across = strip.resistance_m_k_per_w * ln(hot.heat_w_m / cold.heat_w_m);
    return vec2f(params.inlet_k * sum + across, eta / span);
}

// One kind of particles: lines of the ballistic laws, the flux curve and where its series begins.
struct Kind {
    bare: f32,
    bumper: f32,
    thin: f32,
    first: f32,
    per: f32,
    shift: f32,
    begin: u32,
    pieces: u32,
}

// Place of the smallest size that comes through among the pieces, from 0 to their number.
fn place(kind: Kind, ln_wall: f32) -> f32 {
    let bare = kind.bare + (18.0 / 19.0) * ln_wall;
    let bumper = kind.bumper + (2.0 / 3.0) * ln_wall;
    let thin = kind.thin + (4.0 / 9.0) * ln_wall;
    return kind.per * (min(max(bumper, bare), max(thin, bare)) - kind.first);
}

fn ln_flux(kind: Kind, ln_wall: f32) -> f32 {
    let p = clamp(place(kind, ln_wall), 0.0, f32(kind.pieces));
    let piece = min(u32(p), kind.pieces - 1u);
    let y = 4.0 * (p - f32(piece)) - 2.0;
    let c = kind.begin + TERMS * piece;
    var b = 0.0;
    var before = 0.0;
    for (var k = TERMS - 1u; k > 0u; k--) {
        let next = curves[c + k] + y * b - before;
        before = b;
        b = next;
    }
    return kind.shift + (curves[c] + 0.5 * y * b - before);
}

fn holds(kind: Kind, ln_wall: f32) -> bool {
    let p = place(kind, ln_wall);
    return p >= 0.0 && p <= f32(kind.pieces);
}

// Headers (x) and trunk lines (y): bores and runs of both, m.
struct Lines {
    bore_m: vec2f,
    run_m: vec2f,
}

// What is protected: both kinds, and the surface.
struct Exposed {
    meteoroids: Kind,
    debris: Kind,
    bore_m: f32,
    run_m: f32,
    lines: Lines,
}

// ln(expected/allowed) of a wall by its logarithm.
fn excess(e: Exposed, ln_wall: f32) -> f32 {
    let twice = 2.0 * exponential(ln_wall);
    let of_lines = (e.lines.bore_m.x + twice) * e.lines.run_m.x + (e.lines.bore_m.y + twice) * e.lines.run_m.y;
    let exposed_m2 = PI * ((e.bore_m + twice) * e.run_m + of_lines);
    var flux = exponential(params.ln_exposure + ln_flux(e.meteoroids, ln_wall));
    if params.debris_pieces > 0u { flux += exponential(params.ln_exposure + ln_flux(e.debris, ln_wall)); }
    return ln(max(exposed_m2 * flux, 1e-30));
}

// ln of the thinnest wall that is enough, from one that is thought to be near, by secants.
fn ln_thickness(e: Exposed, near: f32) -> f32 {
    let low = ln(params.least_wall_m);
    let high = ln(params.most_wall_m);
    // From a little less: on that side the function is convex, and steps do not go beyond.
    var x = clamp(near - 0.02, low, high);
    var here = excess(e, x);
    var slope = (excess(e, x + 1e-3) - here) / 1e-3;
    for (var round = 0u; round < 30u; round++) {
        // Where nothing flies, or large particles as often as larger ones, no wall that is thicker helps.
        if slope >= 0.0 {
            if here > 0.0 { return high; }
            slope = -1.0;
        }
        let next = clamp(x + clamp(-(here / slope), -2.0, 2.0), low, high);
        let step = next - x;
        if abs(step) < 1e-5 { return next; }
        let there = excess(e, next);
        slope = (there - here) / step;
        x = next;
        here = there;
    }
    return x;
}

// Mass with margins, kg.
fn mass_kg(v: vec4f, run_m: f32, wall_m: f32, pump_w: f32, lines: Lines) -> f32 {
    let outer_m = v.z + 2.0 * wall_m;
    let line_wall = max(wall_m, params.line_wall_m);
    let sleeve = (lines.bore_m + 2.0 * params.standoff_m) * params.sleeve_m;
    let metal = PI * lines.run_m * ((lines.bore_m + line_wall) * line_wall + sleeve);
    let held = 0.25 * PI * lines.bore_m * lines.bore_m * lines.run_m;
    let metal_m3 = metal.x + metal.y + params.sheet_mean * v.y * max(v.x - outer_m, 0.0) * run_m
        + 0.25 * PI * (outer_m - v.z) * (outer_m + v.z) * run_m;
    let coolant = params.density_kg_m3 * (0.25 * PI * v.z * v.z * run_m + held.x + held.y);
    let dry = params.material_kg_m3 * metal_m3 + params.areal_kg_m2 * v.x * run_m + params.accumulator * coolant
        + params.pumps_kg + params.pump_kg_per_w * pump_w;
    return dry * (1.0 + params.dry_margin) + coolant * (1.0 + params.coolant_margin);
}

// What one round of pump power and wall finds; held: whether the series of the fin hold it.
struct Round {
    length_m: f32,
    efficiency: f32,
    film_drop_k: f32,
    next_pump_w: f32,
    mass_flow_kg_s: f32,
    held: bool,
}

fn try_round(v: vec4f, pump_w: f32, wall_m: f32) -> Round {
    let bore_m = v.z;
    let carrying = v.w * params.active_loops;
    let outer_m = min(bore_m + 2.0 * wall_m, v.x);
    let heat_w = params.base_heat_w + pump_w;
    let mass_flow = heat_w / params.heat_j_per_kg;
    let of_tube = mass_flow / carrying;
    let reynolds = 4.0 * of_tube / (PI * bore_m * params.viscosity_pa_s);
    let velocity = 4.0 * of_tube / (PI * bore_m * bore_m * params.density_kg_m3);
    let dynamic_pa = 0.5 * params.density_kg_m3 * velocity * velocity;
    let film = nusselt(reynolds) * params.conductivity_w_mk / bore_m;
    let resistance = 1.0 / (film * PI * bore_m) + ln(outer_m / bore_m) / (2.0 * PI * params.sheet_w_mk) + params.joint_m_k_per_w;
    let fin_m = 0.5 * (v.x - outer_m);
    let strip = Strip(params.emission_w_m2 * params.field_factor, outer_m, fin_m,
        params.emission_w_m2 * fin_m * fin_m / (params.inlet_k * params.sheet_w_mk * v.y), resistance);
    let hot = at(strip, params.above_in);
    let cold = at(strip, params.above_out);
    let sink2 = params.sink * params.sink;
    let cold2 = cold.base * cold.base;
    let held = strip.lambda * hot.base * hot.base * hot.base <= MOST_LAMBDA && sink2 * sink2 <= MOST_U * cold2 * cold2;
    let found = along(strip, hot, cold);
    let length_m = heat_w / (carrying * params.drop_k) * found.x;
    let gradient = friction(reynolds) / bore_m * dynamic_pa;
    let drop_pa = params.extra_friction * gradient * length_m + params.velocity_heads * dynamic_pa;
    let next_pump_w = mass_flow * (drop_pa + params.loop_drop_pa) / (params.density_kg_m3 * params.pump_efficiency);
    return Round(length_m, found.y, resistance * heat_w / (carrying * length_m), next_pump_w, mass_flow, held);
}

// The next x of x = g(x), g depending on x a little: the secant of the last two rounds, (x0, g0) the one before.
fn settle(round: u32, x: f32, g: f32, x0: f32, g0: f32) -> f32 {
    var share = 0.0;
    if round > 0u && x != x0 { share = clamp((g - g0) / (x - x0), -0.5, 0.5); }
    return x + (g - x) / (1.0 - share);
}

@compute @workgroup_size(64)
fn size_design(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) lane: u32,
) {
    let i = fold(group, groups, lane, 64u);
    if i >= params.count { return; }
    if params.above_out <= 0.0 {
        numbers[i] = array<f32, 8>(NO_LENGTH_M, params.least_wall_m, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0);
        return;
    }
    let v = designs[i];
    let behind = ln(0.5 * v.y) * (1.0 / 3.0);
    var e: Exposed;
    e.meteoroids = Kind(params.meteoroid_bare, params.meteoroid_bumper, params.meteoroid_thin + behind,
        params.meteoroid_first, params.meteoroid_per, params.meteoroid_shift, 0u, params.meteoroid_pieces);
    e.debris = Kind(params.debris_bare, params.debris_bumper, params.debris_thin + behind,
        params.debris_first, params.debris_per, params.debris_shift, TERMS * params.meteoroid_pieces, params.debris_pieces);
    e.bore_m = v.z;
    let tubes = v.w * params.loops;
    var pump_w = 0.0;
    var wall_m = params.least_wall_m;
    // Where the round before stood, and what it found.
    var before = vec4f(0.0);
    for (var round = 0u; round < 80u; round++) {
        let r = try_round(v, pump_w, wall_m);
        let root = sqrt(r.mass_flow_kg_s / params.active_loops);
        e.run_m = tubes * r.length_m;
        e.lines = Lines(vec2f(params.header_bore, params.trunk_bore) * root,
            vec2f(2.0 * tubes * v.x, params.loops * sqrt(v.x * e.run_m)));
        var next_wall_m = wall_m;
        var punctures = 0.0;
        var held = r.held;
        if params.meteoroid_pieces > 0u {
            let ln_wall = ln_thickness(e, ln(wall_m));
            next_wall_m = exponential(ln_wall);
            punctures = exponential(excess(e, ln_wall));
            held = held && holds(e.meteoroids, ln_wall) && (params.debris_pieces == 0u || holds(e.debris, ln_wall));
        }
        // More than the load itself has no balance worth finding.
        let hopeless = !(r.next_pump_w <= params.base_heat_w);
        let shown_w = select(pump_w, r.next_pump_w, hopeless);
        numbers[i] = array<f32, 8>(r.length_m, next_wall_m, shown_w, punctures,
            mass_kg(v, e.run_m, next_wall_m, shown_w, e.lines), r.efficiency, r.film_drop_k, select(0.0, 1.0, held));
        let settled = abs(next_wall_m - wall_m) < 1e-5 * wall_m;
        if hopeless || (settled && abs(r.next_pump_w - pump_w) < 1e-3 + 2e-6 * pump_w) { break; }
        let g = vec2f(min(r.next_pump_w, params.base_heat_w), next_wall_m);
        let next = vec2f(settle(round, pump_w, g.x, before.x, before.y), settle(round, wall_m, g.y, before.z, before.w));
        before = vec4f(pump_w, g.x, wall_m, g.y);
        pump_w = next.x;
        wall_m = next.y;
    }
}
