//! Geometry, missions and conditions of ESATAN-TMS against closed forms; what is not translated is listed.

mod support;

use nalgebra::Vector3;
use std::f64::consts::PI;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::{Silent, near};
use thermsolve::analysis::assembly::{Solution, analyse};
use thermsolve::analysis::bodies::Bodies;
use thermsolve::analysis::joins::touch_nothing;
use thermsolve::backend::Cpu;
use thermsolve::case;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::deck::geometry::{Choice, Geometry, read};
use thermsolve::deck::{Text, Value};
use thermsolve::environment::{Body, Timeline};
use thermsolve::mesh::faces::polygon;
use thermsolve::model::assembly::Assembly;

/// Sun of the missions here: 5772 K, 695,700 km, one astronomical unit away.
const SUN: &str = "sun_radius = 6.957e+08, sun_distance = 1.495978707e+11, sun_temperature = 5772.0";
const PAINTS: &str = "
OPTICAL black; DEFINE_OPTICAL (optical = black, ir_emiss = 0.85, solar_absorb = 0.9);
OPTICAL white; DEFINE_OPTICAL (optical = white, ir_emiss = 0.8, solar_absorb = 0.2);
BULK plate; plate = [2700.0, 900.0, 160.0];
";

fn solar_w_m2() -> f64 {
    STEFAN_BOLTZMANN * 5772_f64.powi(4) * (6.957e8 / 1.495_978_707e11_f64).powi(2)
}

fn taken(text: &str, choice: &Choice<'_>) -> Geometry {
    read(&Text::of("model.erg", text), choice).unwrap_or_else(|e| panic!("{e}"))
}

/// As the program does it: contacts are looked for on the meshes of the case.
fn settled(mut found: Geometry) -> (Geometry, Assembly) {
    let model = |g: &Geometry| {
        let text = g.to_case(|line| format!("model.erg:{line}"));
        let text = text.replacen(
            "exchange = \"traced\"\n",
            "exchange = \"traced\"\nsolver.tolerance_k = 1e-7\nrays.exchange = 4096\n",
            1,
        );
        let file = case::parse("case", text.clone()).unwrap_or_else(|e| panic!("{e}\n{text}"));
        Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}\n{text}"))
    };
    found.settle(&[]);
    let nothing = touch_nothing(&model(&found)).unwrap();
    found.settle(&nothing);
    let model = model(&found);
    (found, model)
}

/// A text that loses nothing, solved.
#[track_caller]
fn solved(text: &str) -> (Geometry, Solution) {
    let (found, model) = settled(taken(text, &Choice::default()));
    assert!(found.remarks.iter().all(|r| !r.lost), "{:?}", found.remarks);
    let solution = analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap_or_else(|e| panic!("{e}"));
    (found, solution)
}

/// Cells of a part with their areas and temperatures.
fn cells(s: &Solution, part: &str) -> Vec<(f64, f64)> {
    let area = |c: usize| polygon(&s.bodies.cells.places(c).collect::<Vec<_>>()).0.norm();
    let here = |c: &usize| s.bodies.groups[s.bodies.cells.part[*c] as usize].part == part;
    (0..s.bodies.cells.len()).filter(here).map(|c| (area(c), s.state.node_k[c])).collect()
}

fn mean_k(s: &Solution, part: &str) -> f64 {
    let all = cells(s, part);
    all.iter().map(|c| c.0 * c.1).sum::<f64>() / all.iter().map(|c| c.0).sum::<f64>()
}

/// Area and area vector of a part's front as it is meshed.
fn front(bodies: &Bodies, part: &str) -> (f64, Vector3<f64>) {
    let here = |c: &usize| bodies.groups[bodies.cells.part[*c] as usize].part == part;
    let all = (0..bodies.cells.len()).filter(here).map(|c| polygon(&bodies.cells.places(c).collect::<Vec<_>>()));
    all.fold((0.0, Vector3::zeros()), |sum, (area, _)| (sum.0 + area.norm(), sum.1 + area))
}

fn mission(more: &str) -> String {
    format!(
        "RADIATIVE_CASE fly;
        DEFINE_MISSION (radiative_case = fly, planet_radius = 6378137.0, gc = 9.79828667, {SUN}, sun_alpha = 90.0, solar_decln = 0.0,
        omega = 180.0, incln = 90.0, alt_p = 700000.0, alt_a = 700000.0, planet_temperature = 0.0, albedo_reflect_coeff = 0.0, {more});"
    )
}

fn lost(g: &Geometry) -> Vec<(usize, &str)> {
    g.remarks.iter().filter(|r| r.lost).map(|r| (r.line, r.what.as_str())).collect()
}

#[test]
fn areas_of_every_shell_are_those_of_closed_forms() {
    let paint = "opt1 = black, opt2 = white";
    let shells = [
        ("SHELL_SCS_RECTANGLE (xmin = 0.5, xmax = 2.0, ymax = 3.0, height = 1.0", 4.5),
        ("SHELL_RECTANGLE (point1 = [1, 0, 0], point2 = [1, 2, 0], point4 = [1, 0, 0.5+0.25]", 1.5),
        ("SHELL_SCS_DISC (rmax = 0.5, rmin = 0.3, height = 2.0", PI * 0.16),
        ("SHELL_DISC (point1 = [1, 1, 0], point2 = [4, 1, 0], point3 = [1, 2, 0], point5 = [1, 1, 0.5]", PI * 0.75),
        ("SHELL_SCS_CYLINDER (radius = 0.5, hmin = 1.0, hmax = 3.0", 2.0 * PI),
        ("SHELL_CYLINDER (point1 = [0, 0, 1], point2 = [0, 0, 3], point3 = [0.7, 0, 2]", 2.8 * PI),
        // Radii 1 and 2, slant √2; and the whole cone of radius 2 less its tip.
        ("SHELL_SCS_CONE (semi_ang = 45.0, hmin = 1.0, hmax = 2.0", PI * 3.0 * 2_f64.sqrt()),
        ("SHELL_CONE (point1 = [0, 0, 0], point2 = [0, 2, 0], point3 = [2, 2, 0], point5 = [0, 1, 0]", PI * 3.0 * 2_f64.sqrt()),
        ("SHELL_CONE (point1 = [0, 0, 0], point2 = [0, 4, 0], point3 = [3, 4, 0]", PI * 15.0),
        ("SHELL_SCS_SPHERE (radius = 1.5", 9.0 * PI),
        ("SHELL_SPHERE (point1 = [1, 0, 0], point2 = [1, 0, 1], point3 = [3, 0, 0]", 16.0 * PI),
        // z = r²/(4 f) up to r = 2 sqrt(f h): π/(3 f) ((4 f² + r²)^1.5 − 8 f³).
        ("SHELL_SCS_PARABOLOID (flength = 1.0, hmax = 3.0", PI / 3.0 * (64.0 - 8.0)),
        (
            "SHELL_PARABOLOID (point1 = [0, 0, 0], point2 = [0, 0, 3], point3 = [3.4641016151377544, 0, 3]",
            PI / 3.0 * (64.0 - 8.0),
        ),
        // Parts of a turn: angle by angle, and between heights or latitudes `2 π r h`.
        ("SHELL_SCS_DISC (rmax = 0.5, rmin = 0.3, angmin = -30.0, angmax = 60.0", PI * 0.04),
        ("SHELL_DISC (point1 = [0, 0, 0], point2 = [0, 0, 1], point3 = [1, 0, 0], point4 = [0, -1, 0]", 0.75 * PI),
        ("SHELL_SCS_CYLINDER (radius = 0.5, hmax = 2.0, angmin = 10.0, angmax = 55.0", PI / 4.0),
        ("SHELL_CYLINDER (point1 = [0, 0, 1], point2 = [0, 0, 3], point3 = [0.7, 0, 2], point4 = [0, 1, 0]", 0.7 * PI),
        ("SHELL_SCS_CONE (semi_ang = 45.0, hmin = 1.0, hmax = 2.0, angmax = 120.0", PI * 2_f64.sqrt()),
        ("SHELL_SCS_SPHERE (radius = 1.5, lat_min = -30.0, lat_max = 90.0", 4.5 * PI * 1.5),
        ("SHELL_SCS_SPHERE (radius = 1.5, lat_min = 0.0, long_max = 90.0", 4.5 * PI / 4.0),
        (
            "SHELL_SPHERE (point1 = [1, 0, 0], point2 = [1, 0, 1], point3 = [3, 0, 0], point5 = [1, 5, -1], point6 = [1, 0, 0.5]",
            6.0 * PI,
        ),
        ("SHELL_SCS_PARABOLOID (flength = 1.0, hmax = 3.0, angmax = 90.0", PI / 12.0 * (64.0 - 8.0)),
        ("SHELL_SCS_BOX (xmin = 1.0, xmax = 2.0, ymax = 2.0, height = 3.0", 22.0),
        ("SHELL_BOX (point1 = [1, 1, 1], point2 = [1, 2, 1], point3 = [1, 1, 3], point4 = [4, 1, 1]", 22.0),
    ];
    for (shell, area) in shells {
        let text = format!("{PAINTS} GEOMETRY A; A = {shell}, {paint}, nodes1 = 20, nodes2 = 9, bulk = plate, thick = 0.002);");
        let (found, model) = settled(taken(&text, &Choice::default()));
        assert!(lost(&found).is_empty(), "{shell}: {:?}", found.remarks);
        near(shell, found.parts.iter().map(|p| p.form.cut_area_m2(&p.cut)).sum(), area, 1e-9 * area);
        // As meshed too, and turned over wherever the case needs it.
        let bodies = Bodies::new(&model).unwrap();
        near(shell, found.parts.iter().map(|p| front(&bodies, &p.name).0).sum(), area, 1e-9 * area);
    }
}

/// Where shells lie: fronts of a box look away from its middle, of discs and rectangles along their normal; moves in their order.
#[test]
fn shells_lie_and_look_where_the_text_says() {
    let text = format!(
        "{PAINTS}
        GEOMETRY B; B = SHELL_SCS_BOX (xmax = 1.0, ymax = 2.0, height = 3.0, opt1 = black, opt2 = white);
        B = TRANSLATE (object_name = B, x_dist = 99.0);
        B = TRANSLATE (object_name = B, x_dist = 10.0, clear = TRUE);
        GEOMETRY D; D = SHELL_SCS_DISC (rmax = 1.0, opt1 = black, opt2 = white);
        D = ROTATE (object_name = D, x_ang = 90.0, z_ang = 90.0, clear = TRUE);
        D = TRANSLATE (object_name = D, z_dist = 5.0);
        GEOMETRY G; G = B + D;
        G = ROTATE (object_name = G, z_ang = 180.0);
        GEOMETRY P; P = SHELL_RECTANGLE (point1 = [0, 0, 0], point2 = [0, 1, 0], point4 = [0, 0, 1], opt1 = black, opt2 = white);
        GEOMETRY S; S = SOLID_RECTANGLE_POINTS (point1 = [0, 0, 0], point2 = [0, 3, 0], point4 = [2, 0, 0], point5 = [0, 0, -1],
        bulk = plate, optical = black, activity = \"Active\", nodes1 = 3, nodes2 = 2);
        S = TRANSLATE (object_name = S, x_dist = -20.0);
        GEOMETRY Q; Q = SHELL_SCS_CONE (semi_ang = 45.0, hmin = 1.0, hmax = 2.0, angmin = 0.0, angmax = 90.0, opt1 = black, opt2 = white);
        GEOMETRY E; E = SHELL_CYLINDER (point1 = [0, 0, 5], point2 = [0, 0, 7], point3 = [1, 0, 5], point4 = [0, 1, 0], opt1 = black,
        opt2 = white);
        WHOLE = G + P + S + Q + E;"
    );
    let (found, model) = settled(taken(&text, &Choice::default()));
    assert!(lost(&found).is_empty(), "{:?}", found.remarks);
    let bodies = Bodies::new(&model).unwrap();
    // Turned by half a turn about z after it was moved along x: the side that looked along x looks back.
    let looks =
        |part: &str, (x, y, z): (f64, f64, f64)| near(part, (front(&bodies, part).1 - Vector3::new(x, y, z)).norm(), 0.0, 1e-9);
    looks("B_x_high", (-6.0, 0.0, 0.0));
    looks("B_x_low", (6.0, 0.0, 0.0));
    looks("B_y_high", (0.0, -3.0, 0.0));
    looks("B_y_low", (0.0, 3.0, 0.0));
    looks("B_z_high", (0.0, 0.0, 2.0));
    looks("B_z_low", (0.0, 0.0, -2.0));
    // z about x by 90° looks along −y, about z by 90° along x, by half a turn back.
    looks("D", (-PI, 0.0, 0.0));
    looks("P", (1.0, 0.0, 0.0));
    let middle = |part: &str| {
        let here = |c: &usize| bodies.groups[bodies.cells.part[*c] as usize].part == part;
        let all: Vec<Vector3<f64>> = (0..bodies.cells.len()).filter(here).flat_map(|c| bodies.cells.places(c)).collect();
        let (low, high) = all.iter().fold((all[0], all[0]), |(l, h), p| (l.inf(p), h.sup(p)));
        [low, high]
    };
    let lies = |part: &str, low: [f64; 3], high: [f64; 3]| {
        let [l, h] = middle(part);
        near(part, (l - Vector3::from(low)).norm() + (h - Vector3::from(high)).norm(), 0.0, 1e-9);
    };
    // Side 1 of a dish is its outside, the back of a case's.
    let dish = "GEOMETRY A; A = SHELL_SCS_PARABOLOID (flength = 1.0, hmax = 0.5, opt1 = black, side2 = \"Inactive\");";
    let dish = taken(&format!("{PAINTS} {dish}"), &Choice::default());
    assert_eq!((dish.parts[0].skin.front.as_deref(), dish.parts[0].skin.back.as_deref()), (None, Some("BLACK")));
    // A quarter between x and y: of the cone, which is turned over, its front looks out and down; of the cylinder out.
    let (area, out) = front(&bodies, "Q");
    near("cone", area, PI * 3.0 * 2_f64.sqrt() / 4.0, 1e-9);
    near("cone", (out - Vector3::new(1.5, 1.5, -0.75 * PI)).norm(), 0.0, 0.02);
    near("cylinder", (front(&bodies, "E").1 - Vector3::new(2.0, 2.0, 0.0)).norm(), 0.0, 0.02);
    // Along the fixed z, not the one that was turned.
    let [low, high] = middle("D");
    near("D", (0.5 * (low + high) - Vector3::new(0.0, 0.0, 5.0)).norm(), 0.0, 1e-9);
    lies("B_z_high", [-11.0, -2.0, 3.0], [-10.0, 0.0, 3.0]);
    lies("P", [0.0, 0.0, 0.0], [0.0, 1.0, 1.0]);
    lies("S", [-20.0, 0.0, -1.0], [-18.0, 3.0, 0.0]);
}

/// A plate in sunlight by `α S = (ε₁ + ε₂) σ T⁴`, turned by ROTATE so that side 1 faces the Sun; and over, by its other side.
#[test]
fn a_plate_in_sunlight_is_as_warm_as_the_closed_form() {
    for (angle, absorptivity) in [(90.0, 0.9), (-90.0, 0.2)] {
        let text = format!(
            "{PAINTS} REAL turn = {angle};
            GEOMETRY A; A = SHELL_SCS_RECTANGLE (xmax = 1.0, ymax = 0.5, opt1 = black, opt2 = white, bulk = plate, thick = 0.002);
            A = ROTATE (object_name = A, y_ang = turn, clear = TRUE);
            {}",
            mission(
                "primary_vector = [2.0, 0.0, 0.0], primary_direction = \"SUN\", second_vector = [0.0, 0.0, 1.0], second_direction = \"VELOCITY\""
            )
        );
        let (_, s) = solved(&text);
        let space = 2.725_f64.powi(4);
        let expected = (absorptivity * solar_w_m2() / (1.65 * STEFAN_BOLTZMANN) + space).powf(0.25);
        near("plate", mean_k(&s, "A"), expected, 1e-4);
        near("no shadow", s.timeline.unwrap().eclipse_fraction, 0.0, 0.0);
    }
}

/// Period `2π sqrt(a³/μ)`, eclipse by the cylinder `acos(sqrt(h² + 2 R h)/((R + h) cos β))/π`, β of the node and the Sun.
#[test]
fn orbits_are_those_of_closed_forms() {
    let pointing =
        "primary_vector = [0, 0, 1], primary_direction = \"NADIR\", second_vector = [1, 0, 0], second_direction = \"VELOCITY\"";
    let orbit = |heights: &str, sun: &str| {
        let text = format!(
            "{PAINTS} GEOMETRY A; A = SHELL_SCS_SPHERE (radius = 1.0, opt1 = black, side2 = \"Inactive\");
            DEFINE_MISSION (radiative_case = fly, planet_radius = 6371000.0, gc = 9.82, {SUN}, {sun}, omega = 40.0, incln = 60.0, {heights},
            planet_temperature = 255.0, planet_infra_red_emissivity = 0.9, albedo_reflect_coeff = 0.3, {pointing});"
        );
        let (found, model) = settled(taken(&text, &Choice::default()));
        assert!(lost(&found).is_empty(), "{:?}", found.remarks);
        assert!(found.remarks.iter().any(|r| r.what.contains("in place of")), "{:?}", found.remarks);
        let (flight, light, attitude, n) = model.flown.unwrap();
        near("sunlight", light.solar_w_m2.unwrap(), solar_w_m2(), 1e-9);
        near("infrared", light.planet_ir_w_m2, 0.9 * STEFAN_BOLTZMANN * 255_f64.powi(4), 1e-9);
        near("albedo", light.albedo, 0.3, 0.0);
        (Timeline::new(&flight, &attitude, n, &light).unwrap(), flight)
    };
    let mu = Body::EARTH.mu_m3_s2;
    let r = Body::EARTH.radius_m;
    let (t, flight) = orbit("alt_p = 500000.0, alt_a = 500000.0", "sun_alpha = 100.0, solar_decln = 23.0");
    // n = (sin 40° sin 60°, −cos 40° sin 60°, cos 60°), s = (cos 100° cos 23°, sin 100° cos 23°, sin 23°): n·s by hand.
    let sine = 0.556_670_399 * -0.159_843_991 + -0.663_413_948 * 0.906_520_316 + 0.5 * 0.390_731_128_5;
    near("beta", flight.beta_rad().unwrap(), f64::asin(sine), 1e-8);
    near("period", t.period_s, 2.0 * PI * ((r + 5e5).powi(3) / mu).sqrt(), 1e-6);
    let h: f64 = 5e5;
    let eclipse = ((h * h + 2.0 * r * h).sqrt() / ((r + h) * (1.0 - sine * sine).sqrt())).acos() / PI;
    near("eclipse", t.eclipse_fraction, eclipse, 1e-8);
    // Elliptic: the half axis, the heights, and the same angle to the Sun, whose declination at this right ascension is 23.12°.
    let (t, flight) = orbit("alt_p = 500000.0, alt_a = 900000.0", "sun_alpha = 100.0, solar_decln = 23.12");
    near("period", t.period_s, 2.0 * PI * ((r + 7e5).powi(3) / mu).sqrt(), 1.0);
    let (low, high) = flight.altitude_range_m().unwrap();
    near("heights", (low - 5e5).abs() + (high - 9e5).abs(), 0.0, 1.0);
    let d = 23.12_f64.to_radians();
    let sine = (0.556_670_399 * -0.173_648_178 + -0.663_413_948 * 0.984_807_753) * d.cos() + 0.5 * d.sin();
    near("beta", flight.beta_rad().unwrap().to_degrees(), f64::asin(sine).to_degrees(), 0.1);
}

fn example(choice: &Choice<'_>) -> Geometry {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let mut text = Text::read(&folder.join("relay.erg")).unwrap();
    ["relay.erk", "relay.ere"].iter().for_each(|f| text.and(&folder.join(f)).unwrap());
    read(&text, choice).unwrap_or_else(|e| panic!("{e}"))
}

/// The example: heat that comes in leaves by `Σ ε σ A T⁴`; the battery stands above the mean of the floor by its heat over its seat.
#[test]
fn the_example_balances_and_conducts() {
    let choice = Choice { mission: Some("Terminator"), analysis: Some("busy") };
    let (found, model) = settled(example(&choice));
    assert!(lost(&found).is_empty(), "{:?}", found.remarks);
    assert_eq!((found.parts.len(), found.nodes.len(), found.contacts.len(), found.links.len()), (8, 1, 12, 1));
    near("battery", found.nodes[0].capacity_j_per_k, 1800.0 * 800.0 * 1e-3, 1e-9);
    let s = analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let sides = ["Bus_x_low", "Bus_x_high", "Bus_y_low", "Bus_y_high", "Bus_z_low", "Bus_z_high"];
    let space = 2.725_f64.powi(4);
    let out: f64 = sides.iter().flat_map(|p| cells(&s, p)).map(|(a, t)| 0.85 * STEFAN_BOLTZMANN * a * (t.powi(4) - space)).sum();
    near("box", out, 0.9 * solar_w_m2() * 0.04 + 12.0 + 3.0, 0.02);
    // Fused: the sides are of one warmth, to what the walls conduct.
    let spread = (mean_k(&s, "Bus_x_high") - mean_k(&s, "Bus_x_low")).abs();
    assert!((1.0..15.0).contains(&spread), "{spread}");
    let battery = *s.state.node_k.last().unwrap();
    near("battery", battery, mean_k(&s, "Bus_z_low") + 3.0 / 2.0, 1e-5);
    let wing = (0.9 * solar_w_m2() / (1.65 * STEFAN_BOLTZMANN) + space).powf(0.25);
    near("wing", mean_k(&s, "Wing"), wing, 0.02);
    // The other analysis case: heat on the wing, no seat, so that nothing leaves the battery.
    let (found, _) = settled(example(&Choice { mission: Some("Oblique"), analysis: Some("Idle") }));
    let wing = found.parts.iter().find(|p| p.name == "Wing").unwrap();
    assert_eq!(wing.heat_w, Value::Constant(100.0 * 0.15));
    assert_eq!(lost(&found), [(80, "Battery: no heat can leave it: left out")]);
}

/// A chain by hand: 80 °C held, a conductor, a node with 3 W, a plate between; and properties in time.
#[test]
fn conductors_loads_and_tables_are_those_of_the_text() {
    let text = "
        REAL warm[3, 2] = {0.0, 5.0,
            100.0, 8.0, 200.0, 2.0};
        PROPERTY shifts; shifts = DEFINE_PROPERTY (data = warm, dependence = \"TIME\", interpolation = \"step-wise\");
        PROPERTY ramps; ramps = DEFINE_PROPERTY (data = warm, dependence = \"TIME\", interpolation = \"linear\");
        BULK plate; DEFINE_BULK (bulk = plate, density = 2700.0, sp_heat = 900.0, cond = 160.0);
        GEOMETRY Tank; Tank = NON_GEOMETRIC_THERMAL_NODE (capacitance_override = 10.0);
        GEOMETRY Unit; Unit = NON_GEOMETRIC_THERMAL_NODE (capacitance_override = 10.0);
        GEOMETRY Plate; Plate = SHELL_SCS_RECTANGLE (xmax = 1.0, ymax = 1.0, side1 = \"Conductive\", side2 = \"Conductive\", bulk = plate, thick = 0.01);
        GEOMETRY Cover; Cover = SHELL_SCS_RECTANGLE (xmax = 1.0, ymax = 0.5, height = 0.1, side1 = \"Conductive\", side2 = \"Conductive\", bulk = plate, thick = 0.01);
        GROUP Both = {\"Plate\", \"Cover:surface1\"};
        CONDUCTOR c1; c1 = CONDUCTIVE_CONDUCTOR (source_reference = \"Tank\", destination_reference = \"Unit\", conductor_override = 2.0);
        CONDUCTOR c2; c2 = CONDUCTIVE_CONDUCTOR (source_reference = \"Unit\", destination_reference = \"Plate\", conductor_override = 4.0);
        CONDUCTOR c3; c3 = CONDUCTIVE_CONDUCTOR (source_reference = \"Plate\", destination_reference = \"Cover\", conductor_override = 3.0);
        CONTACT_ZONE z; z = DEFINE_CONTACT_ZONE (source_reference = \"Plate\", destination_reference = \"Cover\", contact_conductance = 10.0, maximum_gap = 0.11);
        BOUNDARY_CONDITION b1; b1 = TEMPERATURE (reference = \"Tank\", value = 80.0);
        BOUNDARY_CONDITION b2; b2 = TOTAL_AREA_HEAT_LOAD (reference = \"Unit\", value = 3.0);
        BOUNDARY_CONDITION b3; b3 = TOTAL_AREA_HEAT_LOAD (reference = \"Both\", value = 6.0);
        BOUNDARY_CONDITION b4; b4 = AREA_HEAT_LOAD (reference = \"Cover\", value = 4.0);";
    let (found, s) = solved(text);
    // Of 6 W the plate has 4, the cover 2, and 4 W/m² · 0.5 m² more: 4 W go from it through 3 W/K and 10 · 0.5 W/K beside each other.
    let names: Vec<&str> = found.nodes.iter().map(|n| n.name.as_str()).collect();
    let node =
        |name: &str| s.state.node_k[s.state.node_k.len() - names.len() + sorted(&names).iter().position(|n| *n == name).unwrap()];
    near("unit", node("Unit"), 273.15 + 80.0 + 11.0 / 2.0, 1e-6);
    near("plate", mean_k(&s, "Plate"), node("Unit") + 8.0 / 4.0, 1e-6);
    near("cover", mean_k(&s, "Cover"), mean_k(&s, "Plate") + 4.0 / 8.0, 2e-3);
    // Tables: steps and straight lines.
    let of = |name: &str| {
        let text = text.replace("reference = \"Unit\", value = 3.0", &format!("reference = \"Unit\", value = {name}"));
        let found = taken(&text, &Choice::default());
        found.nodes.iter().find(|n| n.name == "Unit").unwrap().power_w.clone()
    };
    let points = vec![(0.0, 5.0), (100.0, 5.0), (100.0, 8.0), (200.0, 8.0), (200.0, 2.0)];
    assert_eq!(of("shifts"), Value::InTime { points, period_s: None });
    assert_eq!(of("ramps"), Value::InTime { points: vec![(0.0, 5.0), (100.0, 8.0), (200.0, 2.0)], period_s: None });
}

fn sorted<'a>(names: &[&'a str]) -> Vec<&'a str> {
    let mut all = names.to_vec();
    all.sort_unstable();
    all
}

#[test]
fn what_cannot_be_translated_is_listed() {
    let text = format!(
        "BEGIN_MODEL M
{PAINTS}GEOMETRY A; A = SHELL_SCS_BOX (xmax = 1, ymax = 1, height = 1, opt1 = black, bulk = plate, thick = 0.001);
GEOMETRY B; B = SHELL_SCS_CYLINDER (radius = 0.1, hmax = 1, angmax = -180.0, opt1 = black);
GEOMETRY C; C = SHELL_SCS_TORUS (rmajor = 1.0, rminor = 0.2);
GEOMETRY K; K = SHELL_SCS_CYLINDER (radius = 0.1, hmax = 1, sense = -1, opt1 = black);
GEOMETRY N; N = NON_GEOMETRIC_THERMAL_NODE (capacitance_override = 5.0);
GEOMETRY O; O = SHELL_SCS_RECTANGLE (xmax = 1, ymax = 1, opt1 = unheard, holes = 3);
M = A + B + C + N - K;
CONDUCTIVE_INTERFACE i; DEFINE_CONDUCTIVE_INTERFACE (conductive_interface = i, primitiveA = A, primitiveB = A, start_point = [0.2, 0.2, 0.5], end_point = [0.3, 0.3, 0.3], connect_type = \"FUSED\");
CONTACT_ZONE z; z = DEFINE_CONTACT_ZONE (source_reference = \"A:face3\", destination_reference = \"A:face7\", contact_conductance = 10.0, maximum_gap = 0.001);
BOUNDARY_CONDITION t; t = TOTAL_AREA_HEAT_LOAD (reference = \"A\", value = 3.0, heater_control_method = \"Thermostat\", on_temperature = 4.0);
BOUNDARY_CONDITION u; u = TOTAL_AREA_HEAT_LOAD (reference = \"A\", value = unknown*2.0);
A.thick = 0.5;
REAL w;
IF (w == 0.0) THEN
  w = 3.0;
END_IF
CONDUCTOR f; f = MASS_FLOW_CONDUCTOR (source_reference = \"N\", destination_reference = \"A\", initial_mass_flow_rate = 0.0);
SHINE (lamp = 3);
OPTICAL gold; DEFINE_OPTICAL (optical = gold, ir_emiss = 0.0, solar_absorb = 0.2); GEOMETRY Z; Z = SHELL_SCS_DISC (rmax = 1, opt1 = gold, opt2 = white);
END_MODEL"
    );
    let (found, _) = settled(taken(&text, &Choice::default()));
    let lost = lost(&found);
    let expected = [
        (7, "B: `angmin` and `angmax` must be within a turn"),
        (8, "SHELL_SCS_TORUS is not translated"),
        (10, "N: no heat can leave it: left out"),
        (11, "no optical properties"),
        (11, "not translated: holes"),
        (12, "M: the cut by K is not made"),
        (13, "I: the edges that are fused are not found"),
        (14, "z: nothing of A_y_low and A_y_high touches"),
        (15, "t: a heater that is controlled"),
        (16, "u: `unknown` is not known"),
        (17, "A.thick: attributes that are changed later"),
        (19, "logic is not translated"),
        (22, "f: MASS_FLOW_CONDUCTOR is not translated"),
        (23, "SHINE is not translated"),
        (24, "Z: side1 has an emissivity of 0"),
    ];
    for (line, words) in expected {
        assert!(lost.iter().any(|l| l.0 == line && l.1.contains(words)), "{line}: {words}\n{lost:#?}");
    }
    assert_eq!(found.parts.len(), 6, "{lost:#?}");
    // The case says it too.
    let case = found.to_case(|line| format!("m.erg:{line}"));
    assert!(case.contains("\n# warning: m.erg:12: lost: M: the cut by K is not made"), "{case}");
}

#[test]
fn missions_that_cannot_be_flown_say_why() {
    let body = format!("{PAINTS} GEOMETRY A; A = SHELL_SCS_SPHERE (radius = 1.0, opt1 = black, side2 = \"Inactive\");\n");
    let pointing =
        "primary_vector = [0, 0, 1], primary_direction = \"NADIR\", second_vector = [1, 0, 0], second_direction = \"VELOCITY\"";
    let good = mission(pointing);
    let told = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        let found = taken(&(body.clone() + &good.replace(from, to)), &Choice::default());
        (found.mission.is_some(), lost(&found).iter().map(|l| l.1.to_owned()).collect::<Vec<_>>().join("; "))
    };
    assert_eq!(told("sun_alpha", "sun_alpha"), (true, String::new()));
    let unflown = [
        ("planet_radius = 6378137.0", "planet_radius = 6.0e7", "no body known here"),
        ("\"NADIR\"", "\"STAR\"", "\"STAR\" is not translated"),
        ("incln = 90.0", "incln = 190.0", "`incln` must be in 0..=180 deg"),
        ("incln = 90.0", "incln = tilt", "`tilt` is not known"),
        ("alt_p = 700000.0", "alt_p = 1.0", "altitude must be in"),
        ("[1, 0, 0]", "[0, 0, 2]", "along each other"),
        ("albedo_reflect_coeff = 0.0", "albedo_reflect_coeff = 3.0", "albedo"),
    ];
    for (from, to, words) in unflown {
        let (flown, said) = told(from, to);
        assert!(!flown && said.contains(words) && said.contains("no sunlight"), "{to}: {said}");
    }
    let flown = [
        ("incln = 90.0", "incln = 90.0, spinning_craft = TRUE", "the spin is not translated"),
        ("incln = 90.0", "incln = 90.0, init_psi = 30.0", "init_psi = 30 deg"),
        ("incln = 90.0", "incln = 90.0, init_phi = roll", "`roll` is not known"),
        ("incln = 90.0", "incln = 90.0, wobble = 3.0", "not translated: wobble"),
        ("gc = 9.79828667", "gc = 5.0", "in place of"),
        ("alt_a = 700000.0", "alt_a = 800000.0, arg_pericentre = 10.0", ""),
    ];
    for (from, to, words) in flown {
        let (flown, said) = told(from, to);
        assert!(flown && said.contains(words), "{to}: {said}");
    }
    // An offset turns the axes that follow: z about x by 90° stood at −y.
    let found = taken(&(body.clone() + &good.replace("incln = 90.0", "incln = 90.0, init_phi = 90.0")), &Choice::default());
    let aims = found.mission.unwrap().aims;
    near("axis", (Vector3::from(aims[0].0) - Vector3::new(0.0, 1.0, 0.0)).norm(), 0.0, 1e-12);
    near("axis", (Vector3::from(aims[1].0) - Vector3::x()).norm(), 0.0, 1e-12);
}

#[test]
fn texts_that_are_none_end_in_one_error_with_its_line() {
    let bad = [
        ("GEOMETRY A;\nA = SHELL_SCS_DISC (rmax = 1.0;\n", "`(` is not closed", 2),
        ("GEOMETRY A;\n\nA = SHELL_SCS_DISC (rmax = 1.0));\n", "`)` closes nothing", 3),
        ("GEOMETRY A;\n/* open\n", "a comment is not closed", 2),
        ("REAL a = 1.0;\nSTRING s = \"open;\n", "a text in quotes is not closed", 2),
        ("REAL a = 1.0;\nREAL b = 2.0\n", "a statement does not end with `;`", 2),
        ("REAL a = 1.0;\n= 3;\n", "is no statement", 2),
        ("REAL a = 1.0;\nA = ;\n", "is no statement", 2),
        ("REAL a = 1.0;\nDEFINE_BULK (2700.0);\n", "has no name", 2),
        ("REAL a = 1.0;\nDEFINE_BULK (bulk = x, bulk = y);\n", "`bulk` is given twice", 2),
        ("REAL a = 1.0;\nIF (a == 1.0) THEN\na = 2.0;\n", "has no end", 2),
        ("REAL a = 1.0;\nEND_IF\n", "ends nothing", 2),
        ("REAL a = 1.0;\n", "no geometry that can be translated", 0),
    ];
    for (text, words, line) in bad {
        let told = read(&Text::of("bad.erg", text), &Choice::default()).map(|_| ()).unwrap_err().to_string();
        assert!(told.contains(words), "{text}: {told}");
        assert!(line == 0 || told.contains(&format!("bad.erg:{line}:")), "{text}: {told}");
    }
    let hostile = [
        "A".repeat(100_000) + ";",
        "(".repeat(100_000),
        "GEOMETRY A; A = SHELL_SCS_DISC(rmax=1,opt1=x);".to_owned() + &"A = SINGLE_COMBINATION(geometry = A);".repeat(2000),
        "GEOMETRY A; A = SHELL_SCS_DISC(rmax=1,opt1=x); A = A + A;".to_owned() + &"A = A + A;".repeat(100),
        "GROUP G = {\"G\", \"G\"}; GEOMETRY A; A = SHELL_SCS_DISC(rmax=1); CONDUCTOR c; c = CONDUCTIVE_CONDUCTOR(source_reference = \"G\", destination_reference = G, conductor_override = 1);".into(),
        format!("REAL a = {};", "(".repeat(3000) + &")".repeat(3000)),
    ];
    for text in hostile {
        if let Ok(mut found) = read(&Text::of("bad.erg", &text), &Choice::default()) {
            found.settle(&[]);
            std::hint::black_box(found.to_case(|_| String::new()));
        }
    }
}

fn thermsolve(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments).output().unwrap()
}

fn scratch(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("thermsolve_geometry_{}_{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

#[test]
fn the_program_imports_checks_and_chooses() {
    let folder = scratch("import");
    let files = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/files");
    let [erg, erk, ere] = ["relay.erg", "relay.erk", "relay.ere"].map(|f| files.join(f).display().to_string());
    let case = folder.join("relay.toml").display().to_string();
    let with = ["import", &erg, "--with", &erk, "--with", &ere];
    let told = |o: &Output| String::from_utf8_lossy(&o.stderr).into_owned();
    let unchosen = thermsolve(&with);
    assert!(
        told(&unchosen).contains("2 missions: Terminator, Oblique") && told(&unchosen).contains("--mission"),
        "{}",
        told(&unchosen)
    );
    assert!(told(&unchosen).contains("relay.erk:"), "{}", told(&unchosen));
    let unchosen = thermsolve(&[&with[..], &["--mission", "Terminator"]].concat());
    assert!(told(&unchosen).contains("2 analysis cases: BUSY, IDLE"), "{}", told(&unchosen));
    let done = thermsolve(&[&with[..], &["--mission", "terminator", "--analysis", "Busy", "-o", &case]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(String::from_utf8_lossy(&done.stdout).contains("8 parts, 1 nodes, 12 contacts"));
    assert!(told(&done).contains("relay.erk:"), "{}", told(&done));
    let checked = thermsolve(&["check", &case]);
    assert_eq!(checked.status.code(), Some(0), "{}", told(&checked));
    // Lost things stop it, unless it is told to go on.
    let idle = [&with[..], &["--mission", "Oblique", "--analysis", "Idle", "-o", &case]].concat();
    let stopped = thermsolve(&idle);
    assert_eq!(stopped.status.code(), Some(3), "{}", told(&stopped));
    assert!(told(&stopped).contains("relay.erg:80: lost: Battery"), "{}", told(&stopped));
    let done = thermsolve(&[&idle[..], &["--partial"]].concat());
    assert_eq!(done.status.code(), Some(0), "{}", told(&done));
    assert!(std::fs::read_to_string(&case).unwrap().contains("relay.erg:80: lost: Battery"));
    // These go with geometry only.
    let deck = thermsolve(&["import", &case, "--mission", "x"]);
    assert!(told(&deck).contains("is no geometry"), "{}", told(&deck));
    std::fs::remove_dir_all(folder).unwrap();
}
