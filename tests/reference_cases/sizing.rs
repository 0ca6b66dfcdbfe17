//! The sizing model: fins (D01, D02), pumped loops (D04), tube-fin panels (D05, G19), arrays (G20), published points
//! (G04, G08) and the hand designs of the 1 MW module.
use crate::support::{self, near, verified};
use std::f64::consts::PI;
use thermsolve::analysis::orbit_state;
use thermsolve::case::study::Sampling;
use thermsolve::fin;
use thermsolve::model::Model;
use thermsolve::sizing::optimum::{cost_kg, lightest};
use thermsolve::sizing::radiator::{Point, Surroundings, Variables, evaluate};
use thermsolve::sizing::system::System;
use thermsolve::sizing::{Climate, analytic};
use thermsolve::study::sample::Sampler;

#[test]
fn fin_efficiency() {
    verified("D01,D02", 31);
}

#[test]
fn fin_efficiency_has_its_limits() {
    assert_eq!(fin::efficiency(0.0, 0.2), 1.0);
    assert!((fin::efficiency(1e-6, 0.2) - 1.0).abs() < 1e-5);
    // A short fin: η = 1 − 4λ/3. A long one in the dark: its tip at 0 K, λ η² = 2/5.
    near("short", fin::efficiency(1e-4, 0.5), 1.0 - 4e-4 / 3.0, 1e-7);
    near("long", fin::efficiency(1e6, 0.0) * 1e3, 0.4_f64.sqrt(), 1e-6);
    // No jump where the linear fin takes over, nor at the edges of the series.
    for lambda in [0.05, 0.5, 2.0] {
        let u = fin::LINEAR_FROM;
        near("at the linear fin", fin::efficiency(lambda, u + 1e-9), fin::efficiency(lambda, u - 1e-9), 1e-5);
        near("at u = 0.98", fin::efficiency(lambda, 0.98 + 1e-12), fin::efficiency(lambda, 0.98 - 1e-12), 2e-9);
    }
    near("at λ = 9", fin::efficiency(9.0 + 1e-12, 0.3), fin::efficiency(9.0 - 1e-12, 0.3), 2e-9);
}

#[test]
fn the_series_of_the_fin_is_its_quadrature() {
    let points = Sampler::new(Sampling::Sobol, 4096, 2, 5);
    for k in 0..4096 {
        let (lambda, u) = (9.0 * points.at(k, 0).powi(3), 0.98 * points.at(k, 1));
        near(&format!("λ = {lambda}, u = {u}"), fin::efficiency(lambda, u), fin::by_quadrature(lambda, u), 1e-9);
    }
}

/// The first integral holds between the root and the tip that the fin's differential equation, stepped by Runge-Kutta, arrives at.
#[test]
fn a_fin_ends_without_flux() {
    for (lambda, u) in [(0.3, 0.1), (1.0, 0.0), (2.0, 0.5), (0.7, 0.995), (8.0, 0.3)] {
        let slope = -fin::by_quadrature(lambda, u) * lambda * (1.0 - u);
        let steps = 20_000;
        let h = 1.0 / f64::from(steps);
        let push = |t: f64| lambda * (t.powi(4) - u);
        let (mut t, mut v) = (1.0_f64, slope);
        for _ in 0..steps {
            let (a1, b1) = (v, push(t));
            let (a2, b2) = (v + 0.5 * h * b1, push(t + 0.5 * h * a1));
            let (a3, b3) = (v + 0.5 * h * b2, push(t + 0.5 * h * a2));
            let (a4, b4) = (v + h * b3, push(t + h * a3));
            t += h / 6.0 * (a1 + 2.0 * a2 + 2.0 * a3 + a4);
            v += h / 6.0 * (b1 + 2.0 * b2 + 2.0 * b3 + b4);
        }
        // An error of η grows by cosh(m) on the way to the tip.
        let m = 2.0 * lambda.sqrt();
        near(&format!("slope at the tip, λ = {lambda}, u = {u}"), v, 0.0, 1e-7 * lambda * m.cosh() * (1.0 - u));
    }
}

#[test]
fn tube_fin_length() {
    verified("D05,G19", 15);
}

/// A tube as wide as the pitch has no fin: the closed form of a pumped loop.
#[test]
fn pumped_loop() {
    verified("D04", 9);
}

#[test]
fn solar_array() {
    verified("G19", 9);
}

#[test]
fn published_points() {
    verified("G", 15);
}

fn model(change: &[(&str, &str)]) -> Model {
    let mut m = support::model("cases/rack_1mw.toml", change);
    // Wall and bumper as given; armour has its own tests.
    (m.armour, m.radiator.wall_m, m.radiator.sheet_m.0) = (None, 1.6e-3, 0.66e-3);
    m
}

/// The sizing model at the geometry of each hand design: same length, area and masses.
#[test]
fn hand_designs_of_the_megawatt() {
    let designs = support::rows("designs_1mw.csv");
    assert_eq!(designs.len(), 6);
    for row in designs {
        let x = |key: &str| row[key].parse::<f64>().unwrap();
        let (hot, cold) = row["case"]
            .split_once("->")
            .map(|(a, b)| (a.split(' ').next_back().unwrap().to_owned(), b.trim_end_matches('C').to_owned()))
            .unwrap();
        let mut m =
            model(&[("supply_c = 45.0", &format!("supply_c = {cold}")), ("return_c = 60.0", &format!("return_c = {hot}"))]);
        m.radiator.wall_m = x("ta");
        let around = Surroundings::of_sink(x("Tsink"));
        let v = Variables { pitch_m: x("p"), sheet_m: x("t"), bore_m: x("di"), tubes_per_loop: x("N") / 96.0 };
        let p: Point = evaluate(&m, around, v, m.return_k, m.supply_k);
        let close = |what: &str, got: f64, want: f64, relative: f64| {
            near(&format!("{} {what}", row["case"]), got, want, relative * want.abs())
        };
        // The hand design interpolates fin efficiencies (error below 0.4 %) and fits fluid properties with cubics.
        close("length", p.length_m, x("L"), 6e-3);
        close("planform", p.planform_m2, x("A"), 6e-3);
        close("pump", p.pump_w, x("Ppump"), 1e-2);
        close("sheets", p.mass.sheets_kg, x("fin"), 6e-3);
        close("tubes", p.mass.tubes_kg, x("tube"), 6e-3);
        close("coolant", p.mass.coolant_kg, x("fluid"), 1e-2);
        // Lines have a wall of 1 mm at least; the hand design then still takes their mean diameter with the thinner armour.
        let thicker = (1e-3 - x("ta")).max(0.0);
        let line = |run: f64| 2700.0 * std::f64::consts::PI * thicker * 1e-3 * run;
        close("headers", p.mass.headers_kg, x("head") + line(2.0 * x("N") * x("p")), 6e-3);
        close("trunk", p.mass.trunk_kg, x("trunk") + line(96.0 * x("A").sqrt()), 6e-3);
        close("coating", p.mass.coating_kg, x("coat"), 6e-3);
        close("structure", p.mass.structure_kg, x("struct"), 6e-3);
        close("total", p.mass.total_kg, x("total"), 6e-3);
        close("fin efficiency", p.fin_efficiency, x("eta"), 4e-3);
    }
}

/// The optimum is at least as light as the hand design at the same wall and sink, and no point of a grid beats it.
#[test]
fn the_optimum_is_the_lightest() {
    let m = model(&[]);
    let around = Surroundings::of_sink(205.75_f64);
    let best = lightest(&m, around).unwrap();
    let cost = |v: Variables| cost_kg(&m, &evaluate(&m, around, v, m.return_k, m.supply_k));
    let found = cost_kg(&m, &best.point);
    let hand = cost(Variables { pitch_m: 0.108_373, sheet_m: 0.66e-3, bore_m: 3e-3, tubes_per_loop: 2089.76 / 96.0 });
    assert!(found <= hand, "{found} kg, the hand design costs {hand}");
    for pitch in 0..12 {
        for sheet in 0..4 {
            for tubes in 0..16 {
                let v = Variables {
                    pitch_m: 0.04 * 1.15_f64.powi(pitch),
                    sheet_m: 0.66e-3 * 1.2_f64.powi(sheet),
                    bore_m: 3e-3,
                    tubes_per_loop: 12.0 * 1.1_f64.powi(tubes),
                };
                let p = evaluate(&m, around, v, m.return_k, m.supply_k);
                if (m.radiator.length_m.0..=m.radiator.length_m.1).contains(&p.length_m) {
                    assert!(found <= cost(v) * 1.0005, "{found} kg, but {v:?} costs {}", cost(v));
                }
            }
        }
    }
    assert_eq!(best.binding, ["sheet_mm low", "bore_mm low"]);
}

#[test]
fn impossible_bounds_are_named() {
    let say = |m: &Model, sink_k: f64| lightest(m, Surroundings::of_sink(sink_k)).unwrap_err().to_string();
    let warm = say(&model(&[]), 350.0);
    assert!(warm.contains("surroundings are at 76.9") && warm.contains("leave at 45.0"), "{warm}");
    let mut stiff = model(&[]);
    stiff.loop_drop_pa = 1e9;
    assert!(say(&stiff, 200.0).contains("more power than the load"), "{}", say(&stiff, 200.0));
    // More load than the longest and most tubes there may be.
    let mut small = model(&[]);
    (small.load.power_w, small.radiator.length_m, small.radiator.pitch_m) = (1e8, (1.5, 1.6), (0.03, 0.03));
    let short = say(&small, 200.0);
    assert!(short.contains("allowed 1.5..=1.6 m") && short.contains("help:"), "{short}");
}

/// Lifts of 10, 30 and 40 K at half of Carnot's COP with 10 K of approach, beside another program's 1 MW module of 1.06 MW
/// (the heat-pump table of the same hand sizing): COP, electricity and compressors; area of the radiator, on which that program keeps
/// the fins as good as they were without a lift. The chips stay as warm as they were.
#[test]
fn a_heat_pump_lifts() {
    let around = Surroundings::of_sink(205.75_f64);
    let v = Variables { pitch_m: 0.108, sheet_m: 0.66e-3, bore_m: 3e-3, tubes_per_loop: 22.0 };
    let of = |m: &Model| {
        let p = evaluate(m, around, v, m.return_k, m.supply_k);
        (p.planform_m2 * p.fin_efficiency, p)
    };
    let without = model(&[]);
    let (area_m2, point) = of(&without);
    for (lift, cop, kw, kg, m2) in
        [(10, 8.14, 130.0, 1042.0, 1399.0), (30, 4.07, 260.0, 2083.0, 1191.0), (40, 3.26, 326.0, 2604.0, 1104.0)]
    {
        let table = format!("[heat_pump]\nlift_k = {lift}.0\nof_carnot = 0.5\napproach_k = 10.0\nkg_per_kw = 8.0\n\n[orbit]\n");
        let m = model(&[("[orbit]\n", &table)]);
        let h = m.heat_pump.unwrap();
        near(&format!("{lift} K: COP"), h.cop, cop, 0.005);
        near(&format!("{lift} K: kW"), 1e-3 * h.power_w * 1.06 / 1.05, kw, 0.5);
        near(&format!("{lift} K: kg"), h.kg * 1.06 / 1.05, kg, 1.0);
        let (lifted_m2, p) = of(&m);
        near(&format!("{lift} K: m²"), lifted_m2 / area_m2, m2 / 1437.0, 0.02 * m2 / 1437.0);
        near(&format!("{lift} K: heat"), p.heat_w - p.pump_w, 1.05e6 + h.power_w, 1e-3);
        near(&format!("{lift} K: junction"), m.junction_k(m.return_k, 1.0), without.junction_k(without.return_k, 1.0), 1e-9);
        assert!(p.mass.total_kg < point.mass.total_kg);
    }
}

/// At 650 km and beta 0 the shadow takes `asin(R/a)/π` of `2π √(a³/μ)`: the battery holds the load for it, within depth and efficiency, and the
/// array delivers what that loses.
#[test]
fn a_battery_for_the_shadow() {
    let battery = "[battery]\nwh_per_kg = 150.0\ndepth = 0.4\nefficiency = 0.9\n\n[orbit]\n";
    let m = model(&[("beta_deg = 75.0", "beta_deg = 0.0"), ("[orbit]\n", battery)]);
    let climate = Climate::new(&m, &orbit_state(&m).unwrap()).unwrap();
    let design = analytic(&m, &climate, None).unwrap().design;
    let (r, a) = (6_378_137.0, 7_028_137.0_f64);
    let fraction = (r / a).asin() / PI;
    let shadow_s = fraction * 2.0 * PI * (a.powi(3) / 3.986_004_418e14).sqrt();
    near("shadow", climate.shadow.1 / shadow_s, 1.0, 1e-5);
    near("array", design.array_power_w / design.heat_w, 1.0 + fraction * (1.0 / 0.9 - 1.0), 1e-6);
    let want_kg = design.heat_w * shadow_s / 3600.0 / 0.9 / 0.4 / 150.0;
    let with = System::new(&m, 1e4, &design, climate.shadow.1);
    near("battery", with.battery_kg / want_kg, 1.0, 1e-5);
    // The bus is a fifth of the rest.
    let parts = with.radiator_kg + with.array_kg + with.racks_kg + with.exchanger_battery_kg + with.battery_kg;
    near("satellite", with.total_kg, 1.2 * parts, 1e-6);
    // Without a shadow there is nothing to store.
    let high = model(&[("altitude_km = 650.0", "altitude_km = 100000.0"), ("beta_deg = 75.0", "beta_deg = 30.0")]);
    assert_eq!(Climate::new(&high, &orbit_state(&high).unwrap()).unwrap().shadow, (0.0, 0.0));
}

/// Pump power is heat that must be pumped too: P = c (Q + P) has the closed form c Q / (1 − c).
#[test]
fn pump_power_feeds_on_itself() {
    let mut m = model(&[]);
    let around = Surroundings::of_sink(200.0_f64);
    let v = Variables { pitch_m: 0.1, sheet_m: 1e-3, bore_m: 0.02, tubes_per_loop: 20.0 };
    m.loop_drop_pa = 8e6;
    let p = evaluate(&m, around, v, m.return_k, m.supply_k);
    let liquid = m.liquid.at(0.5 * (m.return_k + m.supply_k)).unwrap();
    let drop = m.loop_drop_pa + p.tube_drop_pa;
    let c = drop / (liquid.specific_heat_j_kgk * (m.return_k - m.supply_k) * liquid.density_kg_m3 * m.pump_efficiency);
    assert!(c > 0.3, "a share of {c} shows nothing");
    near("pump power", p.pump_w, c / (1.0 - c) * 1.05e6, 1.0);
}

/// A second pump for each of 96 loops: 2.5 kg each and 8 kg for each kW, and nothing else.
#[test]
fn pumps_on_standby_have_mass() {
    let v = Variables { pitch_m: 0.1, sheet_m: 1e-3, bore_m: 0.004, tubes_per_loop: 20.0 };
    let of = |changes: &[(&str, &str)]| {
        let m = model(changes);
        evaluate(&m, Surroundings::of_sink(200.0), v, m.return_k, m.supply_k)
    };
    let (one, two) = (of(&[]), of(&[("pump_kg_per_loop", "pumps_per_loop = 2\npump_kg_per_loop")]));
    near("a second one", two.mass.pumps_kg - one.mass.pumps_kg, 96.0 * 2.5 + 8e-3 * one.pump_w, 1e-9);
    near("all", two.mass.total_kg - one.mass.total_kg, 1.2 * (two.mass.pumps_kg - one.mass.pumps_kg), 1e-9);
}
