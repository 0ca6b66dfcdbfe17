//! Fins that get thinner towards their tips.

use crate::support::{self, Silent, near};
use thermsolve::analysis::orbit_state;
use thermsolve::backend::Cpu;
use thermsolve::case::study::Sampling;
use thermsolve::fin::taper::{Profile, by_collocation};
use thermsolve::fin::{by_quadrature, efficiency};
use thermsolve::model::Model;
use thermsolve::sizing::radiator::{Surroundings, Variables, evaluate};
use thermsolve::sizing::{Climate, analytic, size};
use thermsolve::study::sample::Sampler;

/// λ, u, τ and the efficiency by `scipy.integrate.solve_bvp` of `(f θ')' = λ(θ⁴ − u)`, 400 points at first, to 1e-9.
const BY_SCIPY: [(f64, f64, f64, f64); 45] = [
    (0.05, 0.0, 0.1, 0.9200699646),
    (0.05, 0.0, 0.35, 0.9280497808),
    (0.05, 0.0, 0.8, 0.9369393252),
    (0.05, 0.3, 0.1, 0.9192084466),
    (0.05, 0.3, 0.35, 0.9273665374),
    (0.05, 0.3, 0.8, 0.9364247038),
    (0.05, 0.9, 0.1, 0.9174694533),
    (0.05, 0.9, 0.35, 0.9259878591),
    (0.05, 0.9, 0.8, 0.9353869394),
    (0.5, 0.0, 0.1, 0.6146510172),
    (0.5, 0.0, 0.35, 0.6319777802),
    (0.5, 0.0, 0.8, 0.6550465257),
    (0.5, 0.3, 0.1, 0.6008492456),
    (0.5, 0.3, 0.35, 0.6190829801),
    (0.5, 0.3, 0.8, 0.6434354543),
    (0.5, 0.9, 0.1, 0.5766132974),
    (0.5, 0.9, 0.35, 0.5958083729),
    (0.5, 0.9, 0.8, 0.6219002013),
    (2.0, 0.0, 0.1, 0.3770830137),
    (2.0, 0.0, 0.35, 0.3875457973),
    (2.0, 0.0, 0.8, 0.4033294710),
    (2.0, 0.3, 0.1, 0.3551299378),
    (2.0, 0.3, 0.35, 0.3650702902),
    (2.0, 0.3, 0.8, 0.3805779267),
    (2.0, 0.9, 0.1, 0.3274641889),
    (2.0, 0.9, 0.35, 0.3358055204),
    (2.0, 0.9, 0.8, 0.3495280194),
    (8.0, 0.0, 0.1, 0.2067221195),
    (8.0, 0.0, 0.35, 0.2105412442),
    (8.0, 0.0, 0.8, 0.2168487310),
    (8.0, 0.3, 0.1, 0.1888579488),
    (8.0, 0.3, 0.35, 0.1917189305),
    (8.0, 0.3, 0.8, 0.1967015235),
    (8.0, 0.9, 0.1, 0.1716328416),
    (8.0, 0.9, 0.35, 0.1737341801),
    (8.0, 0.9, 0.8, 0.1774453893),
    (40.0, 0.0, 0.1, 0.0967196893),
    (40.0, 0.0, 0.35, 0.0975941604),
    (40.0, 0.0, 0.8, 0.0991211680),
    (40.0, 0.3, 0.1, 0.0870006024),
    (40.0, 0.3, 0.35, 0.0875598403),
    (40.0, 0.3, 0.8, 0.0885570657),
    (40.0, 0.9, 0.1, 0.0786146973),
    (40.0, 0.9, 0.35, 0.0790257420),
    (40.0, 0.9, 0.8, 0.0797600788),
];

#[test]
fn efficiency_of_other_programs() {
    for (lambda, u, taper, eta) in BY_SCIPY {
        let what = format!("λ = {lambda}, u = {u}, τ = {taper}");
        near(&what, by_collocation(lambda, u, taper), eta, 2e-8);
        near(&what, Profile::new(taper).efficiency(lambda, u), eta, 3e-8);
    }
}

#[test]
fn the_series_is_the_collocation() {
    let points = Sampler::new(Sampling::Sobol, 300, 3, 7);
    for k in 0..300 {
        let (lambda, u, taper) = (9.0 * points.at(k, 0).powi(3), 0.98 * points.at(k, 1), 0.1 + 0.9 * points.at(k, 2));
        let what = format!("λ = {lambda}, u = {u}, τ = {taper}");
        near(&what, Profile::new(taper).efficiency(lambda, u), by_collocation(lambda, u, taper), 1e-8);
        near(&what, by_collocation(lambda, u, 1.0), by_quadrature(lambda, u), 1e-9);
    }
}

#[test]
fn limits_of_a_tapered_fin() {
    // A short one: η = 1 − 4λ ∫(1 − ξ)²/f dξ, and that integral is (1 − 4τ + 3τ² − 2τ² ln τ)/(2(1 − τ)³).
    for taper in [0.1_f64, 0.5, 0.9] {
        let x = 1.0 - taper;
        let integral = (1.0 - 4.0 * taper + 3.0 * taper * taper - 2.0 * taper * taper * taper.ln()) / (2.0 * x * x * x);
        near("short", (1.0 - by_collocation(1e-5, 0.4, taper)) / (4e-5 * integral), 1.0, 1e-4);
    }
    // A long one in the dark does not know its tip: λ η² = 2/5 but for the taper over the part that is warm.
    near("long", by_collocation(1e6, 0.0, 0.5) * 1e3, 0.4_f64.sqrt(), 2e-3);
    // Heat flows inwards from surroundings that are warmer than the root, through u = 1 without a jump.
    for u in [1.0 - 1e-7, 1.0, 1.0 + 1e-7, 1.5] {
        let eta = by_collocation(0.7, u, 0.4);
        let at_one = by_collocation(0.7, 1.0, 0.4);
        assert!((eta - at_one).abs() < if u < 1.1 { 1e-6 } else { 0.1 }, "{u} {eta} {at_one}");
    }
    assert!(Profile::uniform().efficiency(0.5, 0.2) == efficiency(0.5, 0.2));
}

fn model(taper: f64, changes: &[(&str, &str)]) -> Model {
    let tapered = format!("coating = \"az93\"\ntaper = {taper}");
    support::model("tests/cases/small.toml", &[&[("coating = \"az93\"", tapered.as_str())], changes].concat())
}

/// Sheets of a wide fin that thin to a third: two thirds of the mass, and less than that of the efficiency is lost.
#[test]
fn tapered_sheets_weigh_their_mean() {
    let v = Variables { pitch_m: 0.2, sheet_m: 1.5e-3, bore_m: 0.008, tubes_per_loop: 20.0 };
    let around = Surroundings::of_sink(220.0);
    let of = |taper: f64| {
        let m = model(taper, &[]);
        evaluate(&m, around, v, m.return_k, m.supply_k)
    };
    let (flat, thin) = (of(1.0), of(1.0 / 3.0));
    near("mass", thin.mass.sheets_kg / thin.length_m * flat.length_m / flat.mass.sheets_kg, 2.0 / 3.0, 1e-12);
    let lost = 1.0 - thin.fin_efficiency / flat.fin_efficiency;
    assert!(lost > 0.005 && lost < 0.15, "{lost}");
    near("length", thin.length_m / flat.length_m, flat.fin_efficiency / thin.fin_efficiency, 0.05);
}

/// A taper makes the lightest radiator lighter.
#[test]
fn a_taper_saves_mass() {
    let kg = |taper: f64| {
        let m = model(taper, &[]);
        let climate = Climate::new(&m, &orbit_state(&m).unwrap()).unwrap();
        analytic(&m, &climate, None).unwrap().point.mass.total_kg
    };
    let (flat, half, thin) = (kg(1.0), kg(0.5), kg(0.2));
    assert!(thin < half && half < flat, "{flat} {half} {thin}");
}

/// The field model of tapered sheets: what it finds beyond the sizing model is what it finds for sheets of one thickness.
#[test]
fn tapered_sheets_are_proved() {
    // Without lost loops: a thin tip brings less heat across to a lost neighbour, which the sizing model knows nothing of.
    let wide = [
        ("pitch_mm = [30.0, 600.0]", "pitch_mm = 200.0"),
        ("life = \"end\"", "life = \"beginning\""),
        ("cells_across_pitch = 7", "cells_across_pitch = 15"),
    ];
    let of = |taper: f64| {
        let m = model(taper, &wide);
        let s = size(&Cpu::<f64>::new(), &m, &Silent).unwrap();
        (s.rounds.last().unwrap().field_factor, s.point.fin_efficiency)
    };
    let ((flat, flat_eta), (thin, thin_eta)) = (of(1.0), of(0.25));
    assert!((thin_eta / flat_eta - 1.0).abs() > 0.02, "{flat_eta} {thin_eta}");
    near("field", thin / flat, 1.0, 1e-3);
}
