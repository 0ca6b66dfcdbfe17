//! Published systems and whole designs: G01 to G21. What a publication leaves open is said with the case.

use super::data::Case;
use super::fins::{bare, bare_tube, strip};
use super::networks::{given, net_heat_w, plain, solved};
use super::orbit::{cube_faces, fronts, in_sunlight_k, nadir_pointing, orbit, traced};
use super::shapes::{Assembly, Side, rectangle, sphere};
use super::time::Body;
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::{Attitude, Target};
use crate::network::{Face, Network};
use crate::sizing::array::Panel;
use nalgebra::Vector3;
use std::f64::consts::{FRAC_PI_2, PI};

/// A publication that rounds σ to 5.67e-8 has temperatures that much higher.
fn with_its_sigma(t_k: f64, c: &Case) -> Result<f64, VerifyError> {
    Ok(t_k * (STEFAN_BOLTZMANN / c.get("sigma")?).powf(0.25))
}

/// An isothermal plate of 1 m² a side at the heat it rejects, W/m² of planform: its temperature.
fn plate_k<B: Backend>(backend: &B, emissivity: &[f64], heat_w_m2: f64, sink_k: f64) -> Result<f64, VerifyError> {
    let mut network = Network::new(1);
    network.surfaces = emissivity.iter().map(|e| plain(*e)).collect();
    network.faces = (0..emissivity.len()).map(|surface| Face { node: 0, surface, area_m2: 1.0 }).collect();
    network.space_k = sink_k;
    network.internal[0].at_reference_w = heat_w_m2;
    Ok(solved(backend, &network, 300.0)?.node_k[0])
}

/// Heat that leaves a plate held at a temperature, W/m² of planform.
fn plate_w<B: Backend>(backend: &B, emissivity: &[f64], at_k: f64, sink_k: f64) -> Result<f64, VerifyError> {
    let mut network = Network::new(1);
    network.surfaces = emissivity.iter().map(|e| plain(*e)).collect();
    network.faces = (0..emissivity.len()).map(|surface| Face { node: 0, surface, area_m2: 1.0 }).collect();
    network.space_k = sink_k;
    network.held = vec![(0, at_k)];
    Ok(solved(backend, &network, 300.0)?.convergence.space_w)
}

/// The cases of the publications.
pub(super) fn published<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    match c.id.split('-').next().unwrap_or_default() {
        "G01" => {
            let q = plate_w(backend, &[c.get("eps_assumed")?; 2], c.get("T_supply")?, c.get("T_env")?)?;
            let area = c.get("oru_length")? * c.get("oru_width")?;
            out.close("ideal capacity of a unit", q * area, c.want("check_ideal_capacity_per_oru")?, 1e-6);
            return Ok(out.but("temperatures along the panel are not published"));
        }
        "G04" => {
            let t = c.get("T")?;
            for (eps, key) in [(1.0, "check_black_two_sided"), (0.92, "check_eps092_two_sided")] {
                out.close(key.replace('_', " "), plate_w(backend, &[eps; 2], t, 0.0)?, c.want(key)?, 1e-6);
            }
            return Ok(out.but("the publication does not say what its plate absorbs"));
        }
        "G05" => {
            for (sink, key) in [(0.0, "check_emission_eps09"), (250.0, "check_net_sink250")] {
                let q = plate_w(backend, &[c.get("eps")?], c.get("T")?, sink)?;
                out.close(key.replace('_', " "), q, c.want(key)?, 1e-6);
            }
            return Ok(out.but("the published numbers contradict each other"));
        }
        "G06" => return super::orbit::suncatcher(c),
        "G07" => return edge_on_array(backend, c),
        "G08" => {
            // 120 kW from 220 m² of faces.
            let t = plate_k(backend, &[c.get("eps")?], c.get("Q")? / c.get("area")?, c.get("T_sink")?)?;
            out.near("T", t, c.want("check_T")?, 1e-4);
            out.near("T, published", t, c.want("T_published")?, c.tolerance("abs_K")?);
        }
        "G09" => {
            let wants = c.wants("T")?.into_iter().zip(c.wants("q")?).zip(c.wants("area_1MW")?);
            for ((t, q), area) in wants {
                let got = plate_w(backend, &[c.get("eps")?], t, 0.0)?;
                out.close(format!("q at {t} K"), got, q, 1e-8);
                out.close(format!("area of 1 MW at {t} K"), 1e6 / got, area, 1e-8);
            }
        }
        "G10" => {
            let plate = [rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])];
            let at =
                |alpha: f64| in_sunlight_k(backend, &plate, &[(0, alpha, 0.9), (1, alpha, 0.9)], Vector3::z(), (1361.0, 0.0));
            out.near("T without Earth", at(0.92)?, c.want("check_T_panel_no_earth")?, 0.01);
            let t = at(c.want("check_alpha_needed_for_313K")?)?;
            out.near("T at the absorptance that the claim needs", t, c.want("T_junction_published")?, 0.01);
        }
        "G11" => {
            let q = plate_w(backend, &[1.0], c.get("T")?, 0.0)?;
            out.close("black", q, c.want("check_black")?, 1e-6);
            out.close("published", q, c.want("q_published")?, c.tolerance("rel")?);
        }
        "G12" => return perpendicular(backend, c),
        "G13" => return nested_spheres(backend, c),
        "G14" => return bands(backend, c),
        "G15" => return lone_sphere(backend, c),
        "G16" => {
            let ball = sphere(1.0, 32);
            for ((alpha, eps), want) in c.list("alpha")?.iter().zip(c.list("eps")?).zip(c.wants("check_T")?) {
                let t = in_sunlight_k(backend, &ball, &fronts(&ball, *alpha, eps), Vector3::x(), (c.get("E")?, 0.0))?;
                // A sphere of facets: 2e-4 of T.
                out.close(format!("T at {alpha}/{eps}"), with_its_sigma(t, c)?, want, 2e-4);
            }
        }
        "G17" => return heated_cube(backend, c),
        "G02" | "G03" => return Ok(Outcome::outside("areas and loads without temperatures: nothing to compute")),
        _ => return Ok(Outcome::outside("how well other programs agree: nothing to compute")),
    }
    Ok(out)
}

/// G07: a bifacial panel that faces the Sun from the terminator, the planet at its edge.
fn edge_on_array<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let attitude = Attitude::pointing((Vector3::z(), Target::Sun), (Vector3::x(), Target::Nadir));
    let timeline = orbit(c, FRAC_PI_2, 8, &attitude)?;
    let plate = [rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])];
    let seen = traced(backend, &plate, &[0, 1], &timeline, 1 << 14)?;
    let (solar, albedo, infrared) = (seen.mean_solar(&timeline), seen.mean_albedo(&timeline), seen.mean_planet_ir(&timeline));
    out.near("planet seen by a face", infrared[0] / c.get("planet_ir")?, c.want("check_vf_exact")?, 5e-5);
    let factor = albedo[0] / (c.get("albedo")? * c.get("S")?);
    out.near("albedo factor of the sunlit face", factor, c.want("check_albedo_factor")?, 5e-5);
    let (front, back) = (c.get("eps_front")?, c.get("eps_back")?);
    // The publication guesses a view factor for both faces and leaves the albedo out.
    let guess = c.get("vf_heuristic")? * c.get("planet_ir")?;
    for (key, of_albedo, infrared) in [
        ("T_published", 0.0, [guess; 2]),
        ("check_T_exact_ir", 0.0, [infrared[0], infrared[1]]),
        ("check_T_exact_ir_albedo", 1.0, [infrared[0], infrared[1]]),
    ] {
        let absorbed = c.get("alpha")? * (solar[0] + of_albedo * albedo[0]) + front * infrared[0] + back * infrared[1];
        let scale = c.get("sigma")? / STEFAN_BOLTZMANN;
        let t = plate_k(backend, &[front * scale, back * scale], absorbed, c.get("T_space")?)?;
        out.near(key.replace('_', " "), t, c.want(key)?, c.tolerance("abs_K")?);
    }
    Ok(out)
}

/// G12: two squares with a common edge in warm surroundings, the second adiabatic.
fn perpendicular<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let side = c.get("side")?;
    let mut scene = Assembly::default();
    scene.add([rectangle([0.0; 3], [side, 0.0, 0.0], [0.0, side, 0.0])], Side::Front);
    scene.add([rectangle([0.0; 3], [side, 0.0, 0.0], [0.0, 0.0, side])], Side::Back);
    let f = scene.trace(backend, 1 << 17, 41)?.closed()?;
    let eps = [c.get("eps1")?, c.get("eps2")?];
    let mut network = Network::new(2);
    network.surfaces = eps.map(plain).to_vec();
    network.faces = (0..2).map(|k| Face { node: k, surface: k, area_m2: f.area_m2[k] }).collect();
    network.factors = Some(f);
    network.space_k = c.get("T_env")?;
    network.held = vec![(0, c.get("T1")?)];
    let s = solved(backend, &network, 500.0)?;
    let mut out = Outcome::default();
    out.close("T2", s.node_k[1], c.want("check_T2_exact_F")?, 0.1 * c.tolerance("mc_rel")?);
    let radiosity = s.emitted_w_m2[0] + (1.0 - eps[0]) * s.irradiation_w_m2[0];
    out.close("J1", radiosity, c.want("check_J1")?, 0.1 * c.tolerance("mc_rel")?);
    Ok(out)
}

/// G13: three black spheres, one in another, traced.
fn nested_spheres<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let radii = [c.get("r1")?, c.get("r2")?, c.get("r3")?];
    let mut scene = Assembly::default();
    let ball = |r: f64| sphere(r, 10);
    scene.add(ball(radii[0]), Side::Front);
    for r in &radii[1..] {
        let inside = scene.add(ball(*r), Side::Back);
        scene.other_side(inside);
    }
    let t = scene.trace(backend, 1 << 10, 42)?;
    let f = t.closed()?;
    let mut network = Network::new(3);
    network.space_k = c.get("T_env")?;
    network.surfaces = vec![plain(c.get("eps")?); f.area_m2.len()];
    // Groups: 0 outside of the first, 1 and 2 both sides of the second, 3 and 4 of the third.
    let face = |(surface, group): (usize, &usize)| Face { node: group.div_ceil(2), surface, area_m2: f.area_m2[surface] };
    network.faces = t.group.iter().enumerate().map(face).collect();
    network.factors = Some(f);
    network.held = vec![(0, c.get("T1")?)];
    let s = solved(backend, &network, 150.0)?;
    let mut out = Outcome::default();
    let within = c.tolerance("mc_rel")?;
    for (k, (t_key, j_key)) in [("check_T2", "check_J2"), ("check_T3", "check_J3")].iter().enumerate() {
        let got = s.node_k[k + 1];
        out.close(t_key.replace("check_", ""), got, c.want(t_key)?, 0.25 * within);
        out.close(j_key.replace("check_", ""), STEFAN_BOLTZMANN * got.powi(4), c.want(j_key)?, within);
    }
    Ok(out)
}

/// Share of a black body's radiation below a wavelength: `15/π⁴ Σ_n e^(−nx) (x³/n + 3x²/n² + 6x/n³ + 6/n⁴)`, `x = c2/(λT)`.
fn share_below(wavelength_um: f64, t_k: f64) -> f64 {
    // The second radiation constant, µm K (CODATA 2018, exact).
    let x = 14_387.768_775_039_337 / (wavelength_um * t_k);
    let term = |n: u32| {
        let n = f64::from(n);
        (-n * x).exp() * (x.powi(3) / n + 3.0 * x * x / n.powi(2) + 6.0 * x / n.powi(3) + 6.0 / n.powi(4))
    };
    if x.is_finite() { 15.0 / PI.powi(4) * (1..2000).map(term).sum::<f64>() } else { 0.0 }
}

/// G14: two plates with emissivities by band: an exchange of each band's emissive powers, at the temperature of the floating plate
/// at which its heats add up to 0.
fn bands<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, side, t1) = (Outcome::default(), c.get("side")?, c.get("T1")?);
    let square = |z: f64| [rectangle([0.0, 0.0, z], [side, 0.0, 0.0], [0.0, side, 0.0])];
    let mut scene = Assembly::default();
    let lower = scene.add(square(0.0), Side::Front);
    let upper = scene.add(square(c.get("gap")?), Side::Back);
    let traced = scene.trace(backend, 1 << 16, 43)?;
    let want = c.want("check_F12")?;
    out.near("F12", traced.factor(lower, upper), want, traced.bound(lower, want));
    let f = given(&[vec![0.0, want], vec![want, 0.0]], vec![side * side; 2]);
    let (edges, eps) = (c.list("band_edges_um")?, [c.list("eps1")?, c.list("eps2")?]);
    let heat_w = |t2: f64| -> f64 {
        let of_band = |k: usize| {
            let power = |t: f64| STEFAN_BOLTZMANN * t.powi(4) * (share_below(edges[k + 1], t) - share_below(edges[k], t));
            net_heat_w(&f, &[eps[0][k], eps[1][k]], &[power(t1), power(t2)])[1]
        };
        (0..edges.len() - 1).map(of_band).sum()
    };
    let (mut low, mut high) = (1.0, t1);
    while high - low > 1e-9 {
        let middle = 0.5 * (low + high);
        if heat_w(middle) > 0.0 { high = middle } else { low = middle }
    }
    out.near("T2, bands added up outside of the network", low, c.want("check_T2")?, c.tolerance("abs_K")?);
    let beyond = 1.0 - share_below(edges[edges.len() - 1], t1);
    out.near("share beyond the last band", beyond, c.want("check_fraction_beyond_1200um")?, 1e-8);
    Ok(out.but("surfaces of a network are grey in the infrared"))
}

/// G15: a black sphere in the simple planet model of its source: infrared all around, albedo over the day half.
fn lone_sphere<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (radius, area) = (c.get("R_planet")?, PI * c.get("D")?.powi(2));
    let r = radius + c.get("altitude")?;
    let period_s = 2.0 * PI * (r.powi(3) / (c.get("G")? * c.get("M")?)).sqrt();
    let sine = radius / r;
    let view = 0.5 * (1.0 - (1.0 - sine * sine).sqrt());
    let shadow_s = period_s / PI * sine.asin();
    let (sigma, solar) = (c.get("sigma")?, c.get("E")?);
    let infrared = view * area * c.get("eps_planet")? * sigma * c.get("T_planet")?.powi(4);
    let reflected = view * area * c.get("albedo")? * solar;
    let heat_w = |t: f64| {
        let lit = (t - 0.5 * period_s).abs() > 0.5 * shadow_s;
        let day = (2.0 * PI * t / period_s).cos().max(0.0);
        infrared + reflected * day + if lit { solar * 0.25 * area } else { 0.0 }
    };
    let jumps_s = vec![0.25 * period_s, 0.5 * (period_s - shadow_s), 0.5 * (period_s + shadow_s), 0.75 * period_s];
    let (capacity, black_m2) = (c.get("mass")? * c.get("cp")?, area * sigma / STEFAN_BOLTZMANN);
    let orbit = Body { capacity, black_m2, period_s, heat_w: &heat_w, jumps_s }.orbit_k(backend)?;
    let least = orbit.iter().fold((0.0, f64::INFINITY), |a, b| if b.1 < a.1 { *b } else { a });
    let most = orbit.iter().fold((0.0, 0.0), |a, b| if b.1 > a.1 { *b } else { a });
    out.close("period", period_s, c.want("period_published")?, c.tolerance("period_rel")?);
    out.close("eclipse", shadow_s, c.want("check_eclipse_s")?, 1e-6);
    out.close("view factor", view, c.want("check_F_sphere")?, 1e-6);
    let within = c.tolerance("abs_K")?;
    out.near("T at the subsolar point", orbit[0].1, c.want("check_T_subsolar")?, within);
    out.near("least T", least.1, c.want("check_T_min")?, within);
    out.near("most T", most.1, c.want("check_T_max")?, within);
    // Extremes are flat: their times are good to a step.
    out.near("time of the least", least.0, c.want("check_t_min")?, period_s / 200.0);
    out.near("time of the most", most.0, c.want("check_t_max")?, period_s / 200.0);
    Ok(out)
}

/// G17: a heated cube around the orbit, by traced heating and the periodic state.
fn heated_cube<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let timeline = orbit(c, c.get("beta_deg")?.to_radians(), 180, &nadir_pointing())?;
    let (shapes, surfaces) = cube_faces();
    let seen = traced(backend, &shapes, &surfaces, &timeline, 256)?;
    let sum = |of_face: Vec<f64>| of_face.iter().sum::<f64>();
    let (alpha, eps) = (c.get("alpha")?, c.get("eps")?);
    let absorbed =
        alpha * (sum(seen.mean_solar(&timeline)) + sum(seen.mean_albedo(&timeline))) + eps * sum(seen.mean_planet_ir(&timeline));
    out.near("eclipse fraction", timeline.eclipse_fraction, c.want("eclipse_fraction")?, 1e-9);
    out.close("mean absorbed heat", absorbed, c.want("mean_absorbed_environment_W")?, 1e-3);
    let t = plate_k(backend, &[eps; 6], absorbed + c.get("Q")?, 0.0)?;
    out.near("fourth-power mean of T", t, c.want("T_fourth_power_mean")?, c.tolerance("abs_K")?);
    // Absorbed heat at each position, sunlight apart; linear between them, from the subsolar point on.
    let n = timeline.positions.len();
    let at = |field: &[f64], k: usize| (0..6).map(|face| field[face * n + k]).sum::<f64>();
    let sunlight: Vec<f64> = (0..n).map(|k| alpha * at(&seen.solar_w_m2, k)).collect();
    let planet: Vec<f64> = (0..n).map(|k| alpha * at(&seen.albedo_w_m2, k) + eps * at(&seen.planet_ir_w_m2, k)).collect();
    let (period_s, inside) = (timeline.period_s, c.get("Q")?);
    let heat_w = |t: f64| {
        let k = timeline.positions.partition_point(|p| p.time_s <= t).max(1) - 1;
        let (from, next) = (timeline.positions[k].time_s, timeline.positions.get(k + 1).map_or(period_s, |p| p.time_s));
        let s = (t - from) / (next - from);
        let mix = |v: &[f64]| v[k] + s * (v[(k + 1) % n] - v[k]);
        inside + mix(&planet) + timeline.illumination(t) * mix(&sunlight)
    };
    let jumps_s = timeline.events.iter().map(|e| e.time_s).collect();
    let swing = Body { capacity: c.get("C")?, black_m2: 6.0 * eps, period_s, heat_w: &heat_w, jumps_s }.orbit_k(backend)?;
    let within = c.tolerance("abs_K")?;
    out.near("T at the subsolar point", swing[0].1, c.want("T_at_subsolar")?, within);
    out.near("least T", swing.iter().map(|p| p.1).fold(f64::INFINITY, f64::min), c.want("T_min")?, within);
    out.near("most T", swing.iter().map(|p| p.1).fold(0.0, f64::max), c.want("T_max")?, within);
    Ok(out)
}

/// G19 and G20: the 1 MW designs of tube-fin panels, and arrays at their own temperature.
pub(super) fn megawatt(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let within = c.tolerance("analytic_rel")?;
    if c.has("eta0") {
        let panel = Panel {
            absorbed_w_m2: c.get("alpha")? * c.get("S")? + c.get("q_back_ir")?,
            emissivity_sum: c.get("eps_front")? + c.get("eps_back")?,
            drawn_at_reference_w_m2: c.get("eta0")? * c.get("S")?,
            temperature_coefficient_per_k: c.get("dedT")?,
            reference_k: c.get("T_ref")?,
        };
        let t = panel.temperature_k();
        out.close("T", t, c.want("T_panel")?, within);
        out.close("efficiency", panel.drawn_w_m2(t) / c.get("S")?, c.want("efficiency")?, within);
        let losses = c.get("packing")? * c.get("degradation")? * c.get("pmad")?;
        out.close("area", c.get("P")? / (panel.drawn_w_m2(t) * losses), c.want("area")?, within);
        return Ok(out);
    }
    let s = strip(c, c.want("T_sink")?)?;
    let rate = c.get("mdot_tube")? * c.get("cp")?;
    let (length, _) = s.length_m(rate, c.get("T_in")?, c.get("T_out")?);
    out.close("tube length", length, c.want("tube_length")?, 1e-5);
    let tubes = c.get("Q")? / (rate * (c.get("T_in")? - c.get("T_out")?));
    out.close("tubes", tubes, c.want("n_tubes")?, within);
    out.close("panel area", tubes * length * c.get("pitch")?, c.want("panel_area_one_face")?, 1e-5);
    Ok(out)
}

/// G21: a loop whose bypass mixes to its set point: the share of flow through the radiator, by the meshed tube.
pub(super) fn station_loop<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if c.inputs.is_empty() {
        return Ok(Outcome::outside("flight readings without the loads and attitudes that made them"));
    }
    let mut out = Outcome::default();
    let (rate, heat, set_k) = (c.get("mdot_cp")?, c.get("Q")?, c.get("T_set")?);
    let (optics, area) = ((c.get("eps")?, c.get("T_sink")?), 3.0 * c.get("A_oru_one_side")?);
    let film = c.get("g_nh3_panel")?;
    // Faces: both sides; the film counts on one side's area. Without one, wall and fluid are one.
    let wall = if film > 0.0 { 0.5 * film } else { 1e7 };
    let outlet = |share: f64, inlet_k: f64| bare_tube(backend, optics, (share * rate, inlet_k), (2.0 * area, wall), 240);
    let within = c.tolerance("mesh_rel")?;
    let return_k = set_k + heat / rate;
    out.close("return temperature", return_k, c.want("T_return")?, within);
    let share = c.want("radiator_flow_fraction")?;
    let (cold_k, rejected) = outlet(share, return_k)?;
    out.close("heat at the case's share of flow", rejected, heat, within);
    out.close("radiator outlet", cold_k, c.want("T_radiator_out")?, within);
    // The capacity leaves the loop at its set point without bypass.
    let capacity = c.want("capacity_at_full_flow_W")?;
    let (full_k, rejected) = outlet(1.0, set_k + capacity / rate)?;
    out.close("capacity at full flow", rejected, capacity, within);
    out.close("outlet at full flow", full_k, set_k, within);
    let outlet_k = c.want("T_radiator_out")?;
    let hot = bare(optics.0, optics.1, if film > 0.0 { 1.0 / film } else { 0.0 });
    let (length, _) = hot.length_m(share * rate, return_k, outlet_k);
    out.close("area by sizing", length, area, c.tolerance("analytic_rel")?);
    Ok(out)
}
