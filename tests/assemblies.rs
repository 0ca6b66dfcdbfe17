//! Parts and nodes together against closed forms: heat between groups, time, orbits, sensors, limits.

mod support;

use std::f64::consts::PI;
use support::{Silent, near};
use thermsolve::analysis::assembly::{Solution, analyse, check};
use thermsolve::analysis::flows::{HeatFlows, heat_flows};
use thermsolve::backend::Cpu;
use thermsolve::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use thermsolve::model::assembly::Assembly;
use thermsolve::report::assembly::AssemblySummary;

const HEAD: &str = "name = \"test\"\nlife = \"beginning\"\n";
const COATS: &str = "
[materials.plate]\ndensity_kg_m3 = 2700.0\nconductivity_w_mk = 160.0\nspecific_heat_j_kgk = 900.0\nsource = \"test\"\nevidence = \"derived\"
[coatings.grey]\nabsorptivity_beginning = 0.5\nabsorptivity_end = 0.5\nemissivity_beginning = 0.5\nemissivity_end = 0.5
areal_mass_kg_m2 = 0.0\nsource = \"test\"\nevidence = \"derived\"
[coatings.dark]\nabsorptivity_beginning = 0.9\nabsorptivity_end = 0.9\nemissivity_beginning = 0.8\nemissivity_end = 0.8
areal_mass_kg_m2 = 0.0\nsource = \"test\"\nevidence = \"derived\"\n";

fn model(text: &str) -> Assembly {
    let place = format!("{}/tests/case.toml", env!("CARGO_MANIFEST_DIR"));
    let file = thermsolve::case::parse(&place, text.to_owned()).unwrap_or_else(|e| panic!("{e}"));
    Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}"))
}

fn analysed(text: &str) -> (Assembly, Solution, HeatFlows) {
    let model = model(text);
    let solution = analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap_or_else(|e| panic!("{e}"));
    let flows = heat_flows(&solution);
    (model, solution, flows)
}

fn group(s: &Solution, name: &str) -> usize {
    s.assembled.groups.names.iter().position(|g| g == name).unwrap()
}

/// Two plates of 1 m² that face each other at 1 m, one heated, one tied to a node that is held; space behind. Gebhart's factor of
/// two surfaces: `B_12 = F ε_2/(1 − F² ρ_1 ρ_2)`, `Q_12 = ε_1 A B_12 σ (T_1⁴ − T_2⁴)`, F = 0.19982490 (B01, two equal squares).
#[test]
fn heat_between_groups_is_that_of_closed_forms() {
    let (_, s, flows) = analysed(&format!(
        "{HEAD}exchange = \"traced\"
        groups = {{ warm = [\"heated\"], cool = [\"coo*\", \"tank\"] }}
        [rays]\nexchange = 65536
        [parts.heated]\nshape = \"panel\"\nsize_m = [1.0, 1.0]\ncells = [1, 1]\nmaterial = \"plate\"\nthickness_mm = 2.0\nfront = \"dark\"
        heat_w = 300.0
        [parts.cooled]\nshape = \"panel\"\nsize_m = [1.0, 1.0]\ncells = [1, 1]\nmaterial = \"plate\"\nthickness_mm = 2.0\nback = \"grey\"
        position_m = [0.0, 0.0, 1.0]
        [nodes.tank]\ntemperature_c = -60.0
        [[links]]\npart = \"cooled\"\nnode = \"tank\"\nh_w_m2k = 2.0\n{COATS}"
    ));
    let f = 0.199_824_90;
    let (e1, e2) = (0.8, 0.5);
    let b12 = f * e2 / (1.0 - f * f * (1.0 - e1) * (1.0 - e2));
    // Parts are in the order of their names.
    let (t1, t2) = (s.state.node_k[1], s.state.node_k[0]);
    let q12 = e1 * b12 * STEFAN_BOLTZMANN * (t1.powi(4) - t2.powi(4));
    let (warm, cool) = (group(&s, "warm"), group(&s, "cool"));
    assert_eq!(flows.balances.len(), 2);
    near("between", flows.matrix_w[warm][cool], q12, 1e-3 * q12);
    near("back", flows.matrix_w[cool][warm], -flows.matrix_w[warm][cool], 0.0);
    let b = &flows.balances;
    near("radiated", b[cool].radiated_w, q12, 1e-3 * q12);
    near("to space", b[warm].space_w, -(300.0 - q12), 1e-3 * q12);
    near("held", b[cool].boundary_w, 2.0 * (213.15 - t2), 1e-6);
    near("inside", b[warm].internal_w, 300.0, 1e-12);
    b.iter().for_each(|b| near("balance", b.sum_w(), 0.0, 1e-6));
}

/// A satellite with its contact, a node and a fluid: every group's heats add up to 0, and what one gives another takes.
#[test]
fn every_group_is_in_balance() {
    let (m, s, flows) = analysed(&format!(
        "name = \"test\"\nexchange = \"traced\"
        [orbit]\naltitude_km = 550.0\nbeta_deg = 60.0\npositions = 8
        [environment]\ndesign_case = \"hot\"\nlife = \"beginning\"
        [attitude]\nradiator_normal = \"orbit_normal\"\nsun_error_deg = 5.0
        [rays]\nexchange = 256\nheating = 32
        [parts.bus]\nshape = \"box\"\nsize_m = [0.6, 0.6, 0.8]\ncells = [3, 3, 4]\nmaterial = \"plate\"\nthickness_mm = 2.0\nfront = \"grey\"
        [parts.wing]\nshape = \"panel\"\nsize_m = [0.5, 1.5]\ncells = [3, 9]\nmaterial = \"plate\"\nthickness_mm = 1.0\nfront = \"dark\"
        back = \"dark\"\nposition_m = [0.605, 0.0, 0.3]
        [parts.box]\nshape = \"block\"\nsize_m = [0.2, 0.2, 0.1]\ncells = [4, 4, 2]\nmaterial = \"plate\"\nheat_w = 80.0
        outside = \"grey\"\nposition_m = [0.2, 0.2, 0.801]\nturn_deg = [0.0, 0.0, 20.0]
        [nodes.loop]\npower_w = 30.0\n[nodes.return]
        [conductors.there]\na = \"loop\"\nb = \"return\"\ngf_w_per_k = 9.0\n[conductors.back]\na = \"return\"\nb = \"loop\"\ngf_w_per_k = 9.0
        [[contacts]]\na = \"box\"\nb = \"bus\"\nh_w_m2k = 500.0\nwithin_mm = 2.0
        [[links]]\npart = \"bus\"\nnode = \"return\"\nh_w_m2k = 3.0
        [[links]]\npart = \"wing\"\nnode = \"loop\"\nh_w_m2k = 0.5\n{COATS}"
    ));
    let n = flows.balances.len();
    assert_eq!(n, 5);
    for g in 0..n {
        near(&s.assembled.groups.names[g], flows.balances[g].sum_w(), 0.0, 1e-5);
        let out: f64 = flows.matrix_w[g].iter().sum();
        let b = &flows.balances[g];
        // The upstream end of a flow feels nothing, so its group's row of the map holds what the balance does not.
        if !["loop", "return"].contains(&s.assembled.groups.names[g].as_str()) {
            near("row", out, -(b.exchanged_w + b.radiated_w), 1e-9);
        }
        (0..n).for_each(|h| near("map", flows.matrix_w[g][h], -flows.matrix_w[h][g], 1e-12));
    }
    let sum = |f: &dyn Fn(&thermsolve::analysis::flows::Balance) -> f64| flows.balances.iter().map(f).sum::<f64>();
    let c = &s.state.convergence;
    near("inside", sum(&|b| b.internal_w), 110.0, 1e-9);
    near("absorbed", sum(&|b| b.sunlight_w + b.albedo_w + b.planet_ir_w), c.external_w, 1e-9 * c.external_w);
    near("to space", -sum(&|b| b.space_w), c.space_w, 1e-9 * c.space_w);
    near("between groups", sum(&|b| b.exchanged_w) + sum(&|b| b.radiated_w), 0.0, 1e-9);
    assert!(flows.matrix_w[group(&s, "box")][group(&s, "bus")] > 20.0);
    // Sunlight, albedo and planet infrared mean the same in both tables.
    let summary = AssemblySummary::new(&m, &s, &flows, String::new());
    for part in ["bus", "wing", "box"] {
        let (b, p) = (&flows.balances[group(&s, part)], &summary.parts[part].whole);
        let of = [(b.sunlight_w, p.solar_w), (b.albedo_w, p.albedo_w), (b.planet_ir_w, p.planet_ir_w)];
        of.iter().for_each(|(of_group, of_part)| near(part, *of_group, *of_part, 1e-9 * of_part.abs().max(1.0)));
    }
}

/// A plate that radiates from one side to space near 0 K: `T⁻³ = T_0⁻³ + 3 ε σ A t / C`.
#[test]
fn a_plate_cools_by_its_closed_form() {
    let (m, s, flows) = analysed(&format!(
        "{HEAD}exchange = \"space\"\nspace_k = 1.0
        transient = {{ until_s = 20000.0, every_s = 4000.0, start_c = 80.0, tolerance_k = 1e-4, frames = 4 }}
        [parts.sheet]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [4, 3]\nmaterial = \"plate\"\nthickness_mm = 2.0\nfront = \"dark\"
        operating_c = [-150.0, 70.0]\nuncertainty_k = 3.0
        heat_w = 0.0\n{COATS}"
    ));
    let march = s.march.as_ref().unwrap();
    assert_eq!(march.time_s, [0.0, 4000.0, 8000.0, 12000.0, 16000.0, 20000.0]);
    let per_area = 2700.0 * 900.0 * 2e-3;
    let t0 = 80.0 + CELSIUS_ZERO_K;
    let at = |t: f64| (t0.powi(-3) + 3.0 * 0.8 * STEFAN_BOLTZMANN * t / per_area).powf(-1.0 / 3.0);
    for (k, &t) in march.time_s.iter().enumerate() {
        march.parts_k[k][0].iter().for_each(|got| near("plate", *got, at(t), 0.01));
        near("to space", march.space_w[k], 2.0 * 0.8 * STEFAN_BOLTZMANN * at(t).powi(4), 0.05);
    }
    assert_eq!(march.frames.iter().map(|f| f.time_s).collect::<Vec<_>>(), [0.0, 5000.0, 10000.0, 15000.0, 20000.0]);
    near("frame", f64::from(march.frames[2].node_k[7]), at(10000.0), 0.01);
    let summary = AssemblySummary::new(&m, &s, &flows, String::new());
    // The steady state near 0 K does not count: limits hold for the time that is followed.
    near("margin", summary.parts["sheet"].margins.operating_margin_k.unwrap(), 70.0 - 80.0 - 3.0, 1e-9);
    assert!(!summary.passed && summary.parts["sheet"].margins.qualification_margin_k.is_none());
}

/// A plate that faces the Sun around an orbit with eclipses, repeating: `C dT/dt = α S A lit − ε σ A T⁴` integrated here.
#[test]
fn a_plate_around_the_orbit_that_repeats() {
    let (_, s, _) = analysed(&format!(
        "name = \"test\"\nexchange = \"traced\"\ntransient = {{ mode = \"periodic\", every_s = 20.0, tolerance_k = 1e-3, cycle_tolerance_k = 0.02 }}
        [orbit]\naltitude_km = 550.0\nbeta_deg = 0.0\npositions = 24
        [environment]\ndesign_case = \"custom\"\nlife = \"beginning\"\nsolar_w_m2 = 1400.0\nalbedo = 0.0\nplanet_ir_w_m2 = 0.0
        [attitude]\nsun_error_deg = 0.0\nprimary = {{ axis = [0.0, 0.0, 1.0], target = \"sun\" }}\nsecondary = {{ axis = [1.0, 0.0, 0.0], target = \"orbit_normal\" }}
        [rays]\nexchange = 256\nheating = 32
        [parts.sheet]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [2, 1]\nmaterial = \"plate\"\nthickness_mm = 1.0\nfront = \"dark\"\n{COATS}"
    ));
    let march = s.march.as_ref().unwrap();
    let (radius, height) = (6_378_137.0_f64, 550e3);
    let a = radius + height;
    let period = 2.0 * PI * (a.powi(3) / 3.986_004_418e14).sqrt();
    near("period", *march.time_s.last().unwrap(), period, 1.0);
    let eclipse = period * (radius / a).asin() / PI;
    let (capacity, space) = (2700.0 * 900.0 * 1e-3, 2.725_f64.powi(4));
    let rate =
        |t: f64, lit: bool| (0.9 * 1400.0 * f64::from(u8::from(lit)) - 0.8 * STEFAN_BOLTZMANN * (t.powi(4) - space)) / capacity;
    let follow = |mut t: f64, span: f64, lit: bool| {
        let n = 2000;
        let h = span / f64::from(n);
        for _ in 0..n {
            let k1 = rate(t, lit);
            let k2 = rate(t + 0.5 * h * k1, lit);
            let k3 = rate(t + 0.5 * h * k2, lit);
            t += h * (k1 + 2.0 * k2 + 2.0 * k3 + rate(t + h * k3, lit)) / 6.0;
        }
        t
    };
    let (mut most, mut least) = (300.0, 0.0);
    for _ in 0..40 {
        least = follow(most, eclipse, false);
        most = follow(least, period - eclipse, true);
    }
    let [found_least, _, found_most] = march.range_k[0];
    near("coldest", found_least, least, 0.15);
    near("hottest", found_most, most, 0.15);
    assert!(march.search.unwrap().2, "{:?}", march.search);
    // Over the orbit as much leaves as comes in, and that is the orbit average of the steady state.
    let mean = |row: &[f64]| {
        let span = march.time_s.last().unwrap();
        (1..row.len()).map(|k| 0.5 * (row[k] + row[k - 1]) * (march.time_s[k] - march.time_s[k - 1])).sum::<f64>() / span
    };
    let absorbed = 2.0 * 0.9 * 1400.0 * (1.0 - eclipse / period);
    near("absorbed", mean(&march.absorbed_w), absorbed, 2e-2 * absorbed);
    near("to space", mean(&march.space_w), absorbed, 2e-3 * absorbed);
    near("steady", s.state.convergence.external_w, absorbed, 2e-3 * absorbed);
}

/// Along a rod between two temperatures the field is linear: a sensor between the centres of cells reads it exactly, in time too.
#[test]
fn sensors_read_linear_fields_exactly() {
    let (_, s, _) = analysed(&format!(
        "{HEAD}exchange = \"space\"\nsolver = {{ tolerance_k = 1e-10 }}\ntransient = {{ until_s = 100.0, every_s = 50.0 }}
        sensors = {{ low = {{ part = \"rod\", at_m = [0.013, 0.001, 0.02] }}, high = {{ part = \"rod\", at_m = [0.0877, 0.029, 0.02] }} }}
        [parts.rod]\nshape = \"block\"\nsize_m = [0.1, 0.03, 0.04]\ncells = [7, 3, 2]\nmaterial = \"plate\"
        [nodes.hot]\ntemperature_c = 90.0\n[nodes.cold]\ntemperature_c = 10.0
        [[links]]\npart = \"rod.x_low\"\nnode = \"hot\"\nh_w_m2k = 4000.0
        [[links]]\npart = \"rod.x_high\"\nnode = \"cold\"\nh_w_m2k = 1000.0\n{COATS}"
    ));
    let q = 80.0 / (1.0 / 4000.0 + 0.1 / 160.0 + 1.0 / 1000.0);
    let at = |x: f64| 90.0 + CELSIUS_ZERO_K - q / 4000.0 - q * x / 160.0;
    // By name: high, low.
    let found = s.assembled.sensors_k(&s.state.node_k);
    near("high", found[0], at(0.0877), 1e-7);
    near("low", found[1], at(0.013), 1e-7);
    near("later", s.march.as_ref().unwrap().sensors_k[2][0], at(0.0877), 1e-6);
}

/// Heat in time of a node reaches the part that it is linked to: `C dT/dt = P(t)` with nothing else.
#[test]
fn a_node_heats_a_part_in_time() {
    let (m, s, _) = analysed(&format!(
        "{HEAD}exchange = \"space\"\ntransient = {{ until_s = 300.0, every_s = 100.0, start_c = 20.0, tolerance_k = 1e-5 }}
        [parts.brick]\nshape = \"block\"\nsize_m = [0.1, 0.1, 0.1]\ncells = [2, 2, 2]\nmaterial = \"plate\"
        [nodes.heater]\npower_by_s = [[0.0, 0.0], [100.0, 0.0], [100.0, 243.0]]\n[nodes.far]\ntemperature_c = 20.0
        [[links]]\npart = \"brick.z_low\"\nnode = \"heater\"\nh_w_m2k = 1e5
        [[links]]\npart = \"brick.z_high\"\nnode = \"far\"\nh_w_m2k = 1e-3\n{COATS}"
    ));
    let march = s.march.as_ref().unwrap();
    let capacity = 2700.0 * 900.0 * 1e-3;
    for (k, want) in [0.0, 0.0, 100.0, 200.0].into_iter().enumerate() {
        near("mean", march.parts_k[k][0][1] - CELSIUS_ZERO_K, 20.0 + 243.0 * want / capacity, 1e-3);
    }
    // Held nodes and the heater are nodes behind cells and faces.
    assert_eq!(check(&m).unwrap().1.network.held.len(), 1);
}

/// Layers side by side: `K = Σ t R diag(k) Rᵀ / Σ t`, a layer's x axis turned from the part's towards its y axis.
#[test]
fn layers_conduct_side_by_side_in_their_own_axes() {
    let m = model(&format!(
        "{HEAD}exchange = \"space\"
        [parts.sheet]\nshape = \"panel\"\nsize_m = [1.0, 1.0]\ncells = [2, 2]\nfront = \"dark\"
        layers = [{{ material = \"plate\", thickness_mm = 1.0, conductivity_xyz_w_mk = [400.0, 40.0, 4.0], turn_deg = 30.0 }},
                  {{ material = \"plate\", thickness_mm = 2.0 }}]\n{COATS}"
    ));
    let body = &m.parts[0].body;
    let (c, s) = ((PI / 6.0).cos(), (PI / 6.0).sin());
    let k = body.conductivity_w_mk;
    near("k_xx", k[(0, 0)], ((400.0 * c * c + 40.0 * s * s) + 2.0 * 160.0) / 3.0, 1e-9);
    near("k_yy", k[(1, 1)], ((400.0 * s * s + 40.0 * c * c) + 2.0 * 160.0) / 3.0, 1e-9);
    near("k_xy", k[(0, 1)], (360.0 * c * s) / 3.0, 1e-9);
    near("thickness", body.thickness_m.unwrap(), 3e-3, 1e-15);
    near("capacity", body.capacity_j_m3k.unwrap(), 2700.0 * 900.0, 1e-6);
}

/// Plates of one cell: two bolts of 5 W/K carry 40 W over 4 K. On finer plates each bolt has the faces under its head.
#[test]
fn bolts_join_the_means_under_their_heads() {
    let text = |cells: usize| {
        format!(
            "{HEAD}exchange = \"space\"\nsolver = {{ tolerance_k = 1e-9 }}
            [parts.a]\nshape = \"panel\"\nsize_m = [0.4, 0.4]\ncells = [{cells}, {cells}]\nmaterial = \"plate\"\nthickness_mm = 2.0\nheat_w = 40.0
            [parts.b]\nshape = \"panel\"\nsize_m = [0.4, 0.4]\ncells = [{cells}, {cells}]\nmaterial = \"plate\"\nthickness_mm = 2.0
            position_m = [0.0, 0.0, 0.01]
            [nodes.sink]\ntemperature_c = 0.0
            [[links]]\npart = \"b\"\nnode = \"sink\"\ngl_w_per_k = 8.0
            [[bolts]]\na = \"a\"\nb = \"b\"\ngl_w_per_k = 5.0\nradius_mm = 80.0\nat_m = [[0.1, 0.1, 0.0], [0.3, 0.3, 0.0]]\n{COATS}"
        )
    };
    let (_, s, _) = analysed(&text(1));
    near("sink", s.state.node_k[1] - CELSIUS_ZERO_K, 40.0 / 8.0, 1e-7);
    near("bolts", s.state.node_k[0] - s.state.node_k[1], 40.0 / 10.0, 1e-7);
    // Cells of 0.1 m: four centres lie 71 mm from each bolt.
    let (_, s, _) = analysed(&text(4));
    let bolts = &s.assembled.touches[0];
    assert_eq!(bolts.ties.len(), 2 * 4 * 4);
    near("conductance", bolts.ties.iter().map(|t| t.2).sum(), 10.0, 1e-12);
    near("heat", bolts.heat_w(&s.state.node_k), 40.0, 1e-6);
    assert!(bolts.ties.iter().all(|t| [0, 1, 4, 5, 10, 11, 14, 15].contains(&t.0)), "{:?}", bolts.ties);
}

/// `Q = ε* A σ (T⁴ − T_o⁴) = ε_o A σ (T_o⁴ − T_s⁴)`, and with a conductance in place of ε*; faces of solids too.
#[test]
fn blankets_insulate_as_they_say() {
    for (between, of_shell) in
        [("effective_emittance = 0.02", true), ("h_w_m2k = 0.05", true), ("effective_emittance = 0.02", false)]
    {
        let part = if of_shell {
            "shape = \"panel\"\nsize_m = [0.5, 0.4]\ncells = [2, 3]\nthickness_mm = 2.0\nback = \"mli\""
        } else {
            "shape = \"block\"\nsize_m = [0.5, 0.4, 0.1]\ncells = [2, 3, 2]\ngroups = { z_high = { outside = \"mli\" } }"
        };
        let (_, s, _) = analysed(&format!(
            "{HEAD}exchange = \"space\"\nspace_k = 100.0\nsolver = {{ tolerance_k = 1e-9 }}
            [blankets.mli]\nouter = \"dark\"\n{between}
            [parts.box]\nmaterial = \"plate\"\nheat_w = 1.5\n{part}\n{COATS}"
        ));
        let flux = 1.5 / (0.5 * 0.4);
        let outer = 100_f64.powi(4) + flux / (0.8 * STEFAN_BOLTZMANN);
        let want = if between.starts_with('h') {
            outer.powf(0.25) + flux / 0.05
        } else {
            (outer + flux / (0.02 * STEFAN_BOLTZMANN)).powf(0.25)
        };
        let side = s.assembled.sides[0];
        near("outer layer", s.state.node_k[side.node], outer.powf(0.25), 1e-6);
        // Of the solid the heat crosses the half cells to the face first.
        near("beneath", s.state.node_k[side.cell], want, if of_shell { 1e-6 } else { flux * 0.05 / 160.0 });
        assert_eq!(s.assembled.cell_of[side.node], side.cell);
    }
}

/// Coplanar sheets whose cells do not match along their common edge: heat flows straight across, `ΔT = Q / (h L)` everywhere.
#[test]
fn edges_that_do_not_match_conduct_in_series() {
    let (_, s, _) = analysed(&format!(
        "{HEAD}exchange = \"space\"\nsolver = {{ tolerance_k = 1e-10 }}
        [parts.a]\nshape = \"panel\"\nsize_m = [0.6, 1.0]\ncells = [4, 3]\nmaterial = \"plate\"\nthickness_mm = 2.0\nheat_w = 25.0
        [parts.b]\nshape = \"panel\"\nsize_m = [0.5, 1.0]\ncells = [3, 5]\nmaterial = \"plate\"\nthickness_mm = 1.0\nposition_m = [0.601, 0.0, 0.0]
        [nodes.sink]\ntemperature_c = 0.0
        [[links]]\npart = \"b\"\nnode = \"sink\"\nh_w_m2k = 10.0
        [[contacts]]\na = \"a\"\nb = \"b\"\nedge_w_mk = 50.0\nwithin_mm = 2.0\n{COATS}"
    ));
    let edge = &s.assembled.touches[0];
    near("length", edge.length_m, 1.0, 1e-12);
    assert_eq!((edge.pairs, edge.area_m2), (7, 0.0));
    near("heat", edge.heat_w(&s.state.node_k), 25.0, 1e-7);
    for (a, b, _) in &edge.ties {
        near("jump", s.state.node_k[*a] - s.state.node_k[*b], 25.0 / 50.0, 1e-7);
    }
    // Heated evenly, the sheet falls from its far edge by Q L/(2 k t W), and the edge is a node of its own.
    let across = |node: usize| s.state.node_k[node];
    let (first, last) = (across(0), across(3));
    let cell = 0.15;
    let at = |x: f64| -25.0 / 0.6 * x * x / (2.0 * 160.0 * 2e-3);
    near("fall", last - first, at(0.6 - 0.5 * cell) - at(0.5 * cell), 1e-7);
}

/// Heat of a part in time, each copy its own: `C dT/dt = P(t)`.
#[test]
fn heat_of_a_part_in_time() {
    let (_, s, _) = analysed(&format!(
        "{HEAD}exchange = \"space\"\ntransient = {{ until_s = 400.0, every_s = 100.0, start_c = 20.0, tolerance_k = 1e-5 }}
        [parts.brick]\nshape = \"block\"\nsize_m = [0.1, 0.1, 0.1]\ncells = [2, 2, 2]\nmaterial = \"plate\"
        heat_by_s = [[0.0, 0.0], [50.0, 0.0], [50.0, 243.0], [100.0, 243.0]]\nperiod_s = 200.0
        copies = {{ count = 2, step_m = [0.5, 0.0, 0.0] }}
        [nodes.far]\ntemperature_c = 20.0
        [[links]]\npart = \"brick.z_high\"\nnode = \"far\"\nh_w_m2k = 1e-3\n{COATS}"
    ));
    let march = s.march.as_ref().unwrap();
    let capacity = 2700.0 * 900.0 * 1e-3;
    // On from 50 s to the end of each turn of 200 s: the table keeps its last value.
    for (k, on_s) in [0.0, 50.0, 150.0, 200.0, 300.0].into_iter().enumerate() {
        near("mean", march.parts_k[k][0][1] - CELSIUS_ZERO_K, 20.0 + 243.0 * on_s / capacity, 2e-3);
    }
    near("steady state takes 0 s", s.state.convergence.internal_w, 0.0, 0.0);
}

/// Groups of a mesh file are groups unless the whole part is named; what names one of them goes first.
#[test]
fn groups_of_mesh_files_are_groups() {
    let names = |groups: &str| {
        let m = model(&format!(
            "{HEAD}exchange = \"space\"\n{groups}
            [parts.cube]\nmesh = \"files/cube_22_binary.msh\"\nunit = \"mm\"\nmaterial = \"plate\"
            [nodes.hot]\ntemperature_c = 90.0\n[[links]]\npart = \"cube.left\"\nnode = \"hot\"\nh_w_m2k = 4000.0\n{COATS}"
        ));
        check(&m).map(|(_, a)| (a.groups.names.clone(), a.groups.of_node.last().copied())).map_err(|e| e.to_string())
    };
    assert_eq!(names("").unwrap().0, ["cube.near", "cube.far", "hot"]);
    let (found, of_hot) = names("groups = { all = [\"cube\", \"hot\"], end = [\"cube.f*\"] }").unwrap();
    assert_eq!((found.as_slice(), of_hot), (["all".to_owned(), "end".to_owned()].as_slice(), Some(0)));
    let twice = names("groups = { a = [\"cube.far\"], b = [\"cube.f*\"] }").unwrap_err();
    assert!(twice.contains("`cube.far` is in `a` already"), "{twice}");
    let none = names("groups = { a = [\"cube.fat\"] }").unwrap_err();
    assert!(none.contains("no node or part fits `cube.fat`") && none.contains("cube.far"), "{none}");
}

/// Shells whose cells lean, cut into groups: what conductors miss between them is booked too.
#[test]
fn groups_of_a_leaning_mesh_are_in_balance() {
    let (_, s, flows) = analysed(&format!(
        "{HEAD}exchange = \"space\"\nsolver = {{ tolerance_k = 1e-8 }}
        [parts.satellite]\nmesh = \"../meshes/satellite.msh\"\nunit = \"m\"\nmaterial = \"plate\"\nthickness_mm = 3.0\nfront = \"grey\"
        groups = {{ bus = {{ heat_w = 300.0 }} }}\n{COATS}"
    ));
    assert!(s.assembled.volumes.leans() && flows.balances.len() == 5);
    let bus = group(&s, "satellite.bus");
    flows.balances.iter().for_each(|b| near("balance", b.sum_w(), 0.0, 1e-6));
    // The two radiators take the same by symmetry of the satellite, all of it from the bus.
    let [a, b] = ["satellite.radiator_plus", "satellite.radiator_minus"].map(|n| flows.matrix_w[bus][group(&s, n)]);
    near("radiators", a, b, 0.01 * b);
    assert!(a > 10.0 && (flows.balances[group(&s, "satellite.radiator_plus")].space_w + a).abs() < 1e-6);
}

/// A sphere inside a hollow one whose inside is another radiation group than its outside, which radiates to space:
/// `Q = σ A_1 (T_1⁴ − T_2⁴)/(1/ε_1 + (A_1/A_2)(1/ε_2 − 1))`, whatever shines outside, and whatever of another group stands between.
#[test]
fn an_enclosure_does_not_see_outside() {
    let spheres = |outside: &str, more: &str| {
        format!(
            "name = \"test\"\nexchange = \"traced\"\n{outside}\n[rays]\nexchange = 4096\nheating = 64
            [parts.inner]\nshape = \"sphere\"\nradius_m = 0.3\ncells = [8, 16]\nmaterial = \"plate\"\nthickness_mm = 50.0\nfront = \"dark\"
            radiation = \"inside\"\nheat_w = 100.0
            [parts.outer]\nshape = \"sphere\"\nradius_m = 0.5\ncells = [8, 16]\nmaterial = \"plate\"\nthickness_mm = 50.0
            front = \"dark\"\nback = \"grey\"\nback_radiation = \"inside\"\n{more}\n{COATS}"
        )
    };
    let ground = "life = \"beginning\"";
    let orbit = "orbit = { altitude_km = 550.0, beta_deg = 0.0, positions = 8 }
        environment = { design_case = \"hot\", life = \"beginning\" }
        attitude = { radiator_normal = \"orbit_normal\", sun_error_deg = 0.0 }";
    // Without a coating, so it would swallow all that is exchanged; it is of the group outside.
    let screen = "[nodes.sink]\ntemperature_c = 20.0
        [parts.screen]\nshape = \"sphere\"\nradius_m = 0.4\ncells = [6, 12]\nmaterial = \"plate\"\nthickness_mm = 1.0
        [[links]]\npart = \"screen\"\nnode = \"sink\"\nh_w_m2k = 5.0";
    let mut outer_k = vec![];
    for text in [spheres(ground, ""), spheres(orbit, ""), spheres(ground, screen)] {
        let (m, s, flows) = analysed(&text);
        let p = AssemblySummary::new(&m, &s, &flows, String::new()).parts;
        let area = |name: &str, back: u32| {
            let of = |side: &&thermsolve::analysis::assembly::Side| {
                let g = &s.bodies.groups[s.bodies.cells.part[side.cell] as usize];
                g.part == name && side.code & 1 == back
            };
            s.assembled.sides.iter().filter(of).map(|side| side.area_m2).sum::<f64>()
        };
        let (a1, a2) = (area("inner", 0), area("outer", 1));
        let [t1, t2] = ["inner", "outer"].map(|n| p[n].whole.mean_c + CELSIUS_ZERO_K);
        let q = STEFAN_BOLTZMANN * a1 * (t1.powi(4) - t2.powi(4)) / (1.0 / 0.8 + a1 / a2 * (1.0 / 0.5 - 1.0));
        near("between", q, 100.0, 0.5);
        near("sunlight inside", p["inner"].whole.solar_w + p["inner"].whole.planet_ir_w, 0.0, 0.0);
        let e = &s.assembled.enclosures;
        assert!(e.len() == 1 && e[0].name == "inside" && e[0].escaped < 1e-4 && e[0].met_bare < 1e-4, "{e:?}");
        outer_k.push(t2);
    }
    assert!((outer_k[1] - outer_k[0]).abs() > 20.0, "the Sun changes nothing");
    near("screen", outer_k[2], outer_k[0], 1e-3);
}

/// The inside of a cylinder without lids: `F = (A_disc/A_side) 2 (1 − F_12)` of what it sends out leaves it, F_12 between its ends. That
/// is an error that says so; a case that allows it loses no heat there.
#[test]
fn an_open_enclosure_is_told() {
    let case = |more: &str| {
        format!(
            "{HEAD}exchange = \"traced\"\nspace_k = 1.0\n{more}\n[rays]\nexchange = 16384
            [parts.tube]\nshape = \"cylinder\"\nradius_m = 1.0\nlength_m = 2.0\ncells = [2, 64]\nmaterial = \"plate\"\nthickness_mm = 20.0
            front = \"dark\"\nback = \"grey\"\nback_radiation = \"inside\"\nheat_w = 500.0\n{COATS}"
        )
    };
    let error = analyse(&Cpu::<f64>::new(), &model(&case("")), &Silent).unwrap_err().to_string();
    assert!(error.contains("radiation group `inside` is open: 41") && error.contains("escape_most"), "{error}");
    let (_, s, _) = analysed(&case("escape_most = 0.45"));
    // Two discs of radius 1 at 2: X = 1 + (1 + ¼)/¼ = 6, F_12 = ½ (6 − √32).
    let f12 = 0.5 * (6.0 - 32.0_f64.sqrt());
    near("escaped", s.assembled.enclosures[0].escaped, 0.5 * (1.0 - f12), 2e-3);
    let front: f64 = s.assembled.sides.iter().filter(|s| s.code & 1 == 0).map(|s| s.area_m2).sum();
    let t = (500.0 / (0.8 * STEFAN_BOLTZMANN * front)).powf(0.25);
    s.state.node_k.iter().for_each(|got| near("tube", *got, t, 1e-2));
}

/// A heated sheet without a coating that touches nothing has no steady temperature, which is told before anything is solved; tied to
/// one that radiates, or to a held node, it has one.
#[test]
fn a_part_without_a_way_out_is_told() {
    let case = |more: &str| {
        model(&format!(
            "{HEAD}exchange = \"space\"\nspace_k = 1.0
            [parts.sheet]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [2, 1]\nmaterial = \"plate\"\nthickness_mm = 9.0\nfront = \"dark\"
            [parts.bare]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [2, 1]\nmaterial = \"plate\"\nthickness_mm = 9.0\nheat_w = 10.0
            position_m = [0.0, 0.0, 1.0]\n{more}\n{COATS}"
        ))
    };
    let error = check(&case("")).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("no heat leaves `bare`"), "{error}");
    let link = |part: &str| format!("[[links]]\npart = \"{part}\"\nnode = \"box\"\ngl_w_per_k = 5.0\n");
    let error = check(&case(&format!("[nodes.box]\n{}", link("bare")))).map(|_| ()).unwrap_err().to_string();
    assert!(error.contains("no heat leaves `bare`"), "{error}");
    check(&case(&format!("[nodes.box]\n{}{}", link("bare"), link("sheet")))).unwrap();
    check(&case(&format!("[nodes.box]\ntemperature_c = 20.0\n{}", link("bare")))).unwrap();
}

/// A plate edge-on to the Sun, heated 400 W for a quarter of the orbit and 100 W else: `(100 + 300/4) W = ε σ A T⁴`.
#[test]
fn the_steady_state_of_an_orbit_has_means() {
    let radius = 6_378_137.0_f64 + 550e3;
    let period = 2.0 * PI * (radius.powi(3) / 3.986_004_418e14).sqrt();
    let (_, s, flows) = analysed(&format!(
        "name = \"test\"\nexchange = \"traced\"\n[orbit]\naltitude_km = 550.0\nbeta_deg = 0.0\npositions = 8
        [environment]\ndesign_case = \"custom\"\nlife = \"beginning\"\nsolar_w_m2 = 1400.0\nalbedo = 0.0\nplanet_ir_w_m2 = 0.0
        [attitude]\nsun_error_deg = 0.0\nprimary = {{ axis = [0.0, 0.0, 1.0], target = \"orbit_normal\" }}\nsecondary = {{ axis = [1.0, 0.0, 0.0], target = \"sun\" }}
        [rays]\nexchange = 256\nheating = 32
        [parts.sheet]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [2, 1]\nmaterial = \"plate\"\nthickness_mm = 9.0\nfront = \"dark\"
        heat_by_s = [[0.0, 400.0], [{0:?}, 400.0], [{0:?}, 100.0]]\nperiod_s = {1:?}
        [nodes.box]\npower_by_s = [[0.0, 0.0], [{1:?}, 60.0]]
        [[links]]\npart = \"sheet\"\nnode = \"box\"\ngl_w_per_k = 5.0\n{COATS}",
        0.25 * period,
        period
    ));
    near("inside", flows.balances.iter().map(|b| b.internal_w).sum(), 175.0 + 30.0, 1e-6);
    let t = (205.0 / (0.8 * STEFAN_BOLTZMANN * 2.0) + 2.725_f64.powi(4)).powf(0.25);
    s.state.node_k[..2].iter().for_each(|got| near("plate", *got, t, 0.05));
    near("box", s.state.node_k[2], t + 30.0 / 5.0, 0.05);
}

/// A body whose z points down carries a wing that a joint about y turns to the Sun in the orbit's plane, and one on a body that points at
/// the Sun is turned to nadir: `α S A (1 − e)` and `ε q A (R/a)²`, and nothing on their backs.
#[test]
fn joints_turn_parts_to_their_targets() {
    let (radius, a) = (6_378_137.0_f64, 6_378_137.0_f64 + 550e3);
    let case = |axes: [&str; 2], joint: &str, light: &str| {
        format!(
            "name = \"test\"\nexchange = \"traced\"\n[orbit]\naltitude_km = 550.0\nbeta_deg = 0.0\npositions = 24
            [environment]\ndesign_case = \"custom\"\nlife = \"beginning\"\n{light}
            [attitude]\nsun_error_deg = 0.0\nprimary = {{ axis = [0.0, 0.0, 1.0], target = \"{}\" }}\nsecondary = {{ axis = [1.0, 0.0, 0.0], target = \"{}\" }}
            [rays]\nexchange = 256\nheating = 8192
            [parts.wing]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [2, 1]\nmaterial = \"plate\"\nthickness_mm = 2.0\nfront = \"dark\"
            {joint}
            [parts.blade]\nshape = \"panel\"\nsize_m = [2.0, 1.0]\ncells = [1, 1]\nmaterial = \"plate\"\nthickness_mm = 2.0\nback = \"dark\"
            parent = \"wing\"\nposition_m = [0.0, 0.0, -3.0]\n{COATS}",
            axes[0], axes[1]
        )
    };
    let numbers = |text: &str| {
        let (m, s, flows) = analysed(text);
        AssemblySummary::new(&m, &s, &flows, String::new())
    };
    let axis = |axis: &str, tracking: &str| {
        format!(
            "joint = {{ tracking = \"{tracking}\", normal = [0.0, 0.0, 1.0], at_m = [0.5, 0.5, -1.5], axes = [{{ axis = {axis}, limits_deg = [-180.0, 180.0], rest_deg = 0.0 }}] }}"
        )
    };
    let sunlight = "solar_w_m2 = 1400.0\nalbedo = 0.0\nplanet_ir_w_m2 = 0.0";
    let lit = 1.0 - (radius / a).asin() / PI;
    let AssemblySummary { parts: p, joints, .. } =
        numbers(&case(["nadir", "velocity"], &axis("[0.0, 1.0, 0.0]", "normal_at_sun"), sunlight));
    near("to the Sun", p["wing"].whole.solar_w, 0.9 * 1400.0 * 2.0 * lit, 2.0);
    near("carried along", p["blade"].whole.solar_w, 0.0, 1e-6);
    near("error", joints["wing"].largest_error_deg, 0.0, 1e-6);
    near("incidence", joints["wing"].incidence, 1.0, 1e-9);
    let fixed = numbers(&case(["nadir", "velocity"], "", sunlight)).parts;
    // cos θ over half a turn, less what the shadow takes: a plate that looks down is lit from below the horizon only.
    assert!(fixed["wing"].whole.solar_w < 0.3 * p["wing"].whole.solar_w, "{}", fixed["wing"].whole.solar_w);
    let infrared = "solar_w_m2 = 1400.0\nalbedo = 0.0\nplanet_ir_w_m2 = 240.0";
    let p = numbers(&case(["sun", "orbit_normal"], &axis("[1.0, 0.0, 0.0]", "normal_at_nadir"), infrared)).parts;
    near("to nadir", p["wing"].whole.planet_ir_w, 0.8 * 240.0 * 2.0 * (radius / a).powi(2), 0.5);
    near("away from nadir", p["blade"].whole.planet_ir_w, 0.0, 1e-6);
}

/// A joint that is held at an angle is a part that is placed there, with what it carries: exchange, shadows and heating are the same.
#[test]
fn a_joint_at_rest_is_a_place() {
    let case = |joint: &str, turn: &str, place: &str| {
        format!(
            "name = \"test\"\nexchange = \"traced\"\n[orbit]\naltitude_km = 550.0\nbeta_deg = 40.0\npositions = 6
            [environment]\ndesign_case = \"hot\"\nlife = \"beginning\"
            [attitude]\nradiator_normal = \"orbit_normal\"\nsun_error_deg = 5.0
            [rays]\nexchange = 16384\nheating = 1024
            [parts.bus]\nshape = \"box\"\nsize_m = [1.0, 1.0, 1.0]\ncells = [2, 2, 2]\nmaterial = \"plate\"\nthickness_mm = 3.0\nfront = \"grey\"
            [parts.arm]\nshape = \"panel\"\nsize_m = [0.3, 0.3]\ncells = [1, 1]\nmaterial = \"plate\"\nthickness_mm = 3.0\nfront = \"dark\"
            position_m = {place}\n{turn}\n{joint}
            [parts.wing]\nshape = \"panel\"\nsize_m = [1.5, 1.0]\ncells = [3, 2]\nmaterial = \"plate\"\nthickness_mm = 3.0\nfront = \"dark\"
            back = \"grey\"\nparent = \"arm\"\nposition_m = [0.4, 0.0, 0.1]\nturn_deg = [20.0, 0.0, 0.0]\n{COATS}"
        )
    };
    // 50° about y through the place of the arm; 30° before it, about x.
    let joint = "joint = { tracking = \"held\", normal = [0.0, 0.0, 1.0], axes = [{ axis = [0.0, 1.0, 0.0], limits_deg = [-90.0, 90.0], rest_deg = 50.0 }] }";
    let (m, s, flows) = analysed(&case(joint, "turn_deg = [30.0, 0.0, 0.0]", "[1.1, 0.2, 0.5]"));
    let moved = AssemblySummary::new(&m, &s, &flows, String::new()).parts;
    let (m, s, flows) = analysed(&case("", "turn_deg = [30.0, 50.0, 0.0]", "[1.1, 0.2, 0.5]"));
    let placed = AssemblySummary::new(&m, &s, &flows, String::new()).parts;
    for name in ["bus", "arm", "wing"] {
        let (a, b) = (&moved[name].whole, &placed[name].whole);
        near(name, a.mean_c, b.mean_c, 0.05);
        near(name, a.solar_w + a.albedo_w + a.planet_ir_w, b.solar_w + b.albedo_w + b.planet_ir_w, 1.0);
    }
    let (m, s, flows) = analysed(&case("", "", "[1.1, 0.2, 0.5]"));
    let flat = AssemblySummary::new(&m, &s, &flows, String::new()).parts;
    assert!((flat["wing"].whole.mean_c - placed["wing"].whole.mean_c).abs() > 5.0, "the angle changes nothing");
}
