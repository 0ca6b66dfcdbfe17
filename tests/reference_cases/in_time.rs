//! A whole satellite in time: balances that hold whatever the numbers are.

use crate::support::{self, Silent, near};
use thermsolve::analysis::history::{Field, History, follow};
use thermsolve::analysis::{analyse, orbit_state};
use thermsolve::backend::Cpu;
use thermsolve::model::Model;
use thermsolve::model::design::Design;

/// Thirty tubes of 2.5 m in each of four loops.
pub fn design(model: &Model) -> Design {
    Design {
        pitch_m: 0.09,
        sheet_m: 0.8e-3,
        bore_m: 4e-3,
        wall_m: model.radiator.wall_m,
        length_m: 2.5,
        tubes_per_loop: 30,
        inlet_k: model.return_k,
        outlet_k: model.supply_k,
        heat_w: 21_200.0,
        pump_w: 200.0,
        array_power_w: 21_200.0,
        cells_power_w: 0.0,
        array_length_m: 16.0,
    }
}

/// The test case with one of its lines changed, followed for the given design.
fn history(change: &[(&str, &str)]) -> (Model, History, f64) {
    let model = support::model("tests/cases/transient.toml", change);
    let (found, heat_w) = history_of(&model);
    (model, found, heat_w)
}

/// A model followed for the given design, and the heat of its racks and pumps.
pub fn history_of(model: &Model) -> (History, f64) {
    let design = design(model);
    let backend = Cpu::<f64>::new();
    let orbit = orbit_state(model).unwrap();
    let solution = analyse(&backend, model, &design, &orbit, &Silent).unwrap();
    let written = model.transient.as_ref().unwrap();
    let found = follow(&backend, (model, written), &design, &orbit, &Field::of(&solution), &Silent).unwrap();
    (found, design.heat_w)
}

/// Mean over the samples by trapezoids; jumps count from both sides only if both were sampled, so loads are smooth here.
pub fn mean(h: &History, f: impl Fn(&thermsolve::analysis::history::Sample) -> f64) -> f64 {
    let sum: f64 = h.samples.windows(2).map(|w| 0.5 * (w[1].time_s - w[0].time_s) * (f(&w[0]) + f(&w[1]))).sum();
    sum / (h.samples.last().unwrap().time_s - h.samples[0].time_s)
}

/// Over an orbit that repeats itself with constant rack power what comes in goes out.
#[track_caller]
pub fn balanced(h: &History, heat_w: f64) {
    assert!(h.converged, "{:?}", h.cycles);
    let (first, last) = (&h.samples[0], h.samples.last().unwrap());
    for (a, b) in first.parts.iter().zip(&last.parts) {
        near("an orbit later", b.mean_k, a.mean_k, 0.05);
    }
    let heater = h.heaters_j[0] / h.period_s;
    let electricity = mean(h, |s| s.array_w) / 0.917;
    let (absorbed, space) = (mean(h, |s| s.absorbed_w), mean(h, |s| s.space_w));
    let balance = absorbed + heat_w + heater - electricity - space;
    println!(
        "absorbed {absorbed:.0}, racks {heat_w:.0}, heater {heater:.1}, electricity {electricity:.0}, space {space:.0} W: {balance:.0} W left"
    );
    near("mean balance", balance, 0.0, 0.01 * space);
}

#[test]
fn what_comes_in_over_an_orbit_goes_out() {
    // Constant rack power; the shadow's edges are sampled after the jump, so absorbed heat is taken from its own integral.
    let (_, h, heat_w) = history(&[("eclipse = 0.3", "eclipse = 1.0")]);
    assert!(h.cycles.len() <= 12);
    balanced(&h, heat_w);
    // The eclipse is seen where it should be: a third of the orbit at 650 km and 20 degrees.
    let dark = mean(&h, |s| f64::from(u8::from(s.illumination == 0.0)));
    near("dark part of the orbit", dark, 0.352, 0.02);
}

#[test]
fn a_coating_in_time_is_the_coating() {
    let march = ("mode = \"periodic\"", "mode = \"march\"");
    // At the beginning, in the steady state of the orbit's mean, and at the end.
    let ends = |change: &[(&str, &str)]| {
        let (_, h, _) = history(&[&[march][..], change].concat());
        [&h.samples[0], h.samples.last().unwrap()].map(|s| (s.parts[0].mean_k, s.return_k, s.space_w))
    };
    let part = |fraction: &str| {
        let profile = format!("by = \"orbits\"\nat = [0.0, 1.0]\nfraction = {fraction}\n");
        format!("[transient.coating.emissivity]\n{profile}\n[transient.coating.absorptivity]\n{profile}\n[transient.rack_power]")
    };
    let own = "[coatings.half]\nabsorptivity_beginning = 0.1\nabsorptivity_end = 0.125\nemissivity_beginning = 0.45\nemissivity_end = 0.44\nareal_mass_kg_m2 = 0.25\nsource = \"test\"\nevidence = \"derived\"\n\n[transient]";
    let whole = ends(&[]);
    for (all, whole) in ends(&[("[transient.rack_power]", &part("[1.0, 1.0]"))]).iter().zip(&whole) {
        near("all of it: radiator", all.0, whole.0, 1e-3);
        near("all of it: coolant", all.1, whole.1, 1e-3);
    }
    // Half of it against a coating of half the values: the same but for what each reflects onto array and bus.
    let half = ends(&[("[transient.rack_power]", &part("[0.5, 0.5]"))]);
    let given = ends(&[("coating = \"az93\"", "coating = \"half\""), ("[transient]", own)]);
    println!("whole {whole:?}, half {half:?}, given {given:?}");
    for (half, (given, whole)) in half.iter().zip(given.iter().zip(&whole)) {
        assert!(half.0 > whole.0 + 20.0, "{half:?} against {whole:?}");
        near("half of it: radiator", half.0, given.0, 0.1);
        near("half of it: coolant", half.1, given.1, 0.1);
        near("half of it: to space", half.2, given.2, 2e-3 * given.2);
    }
}

#[test]
fn a_louvre_around_the_orbit_keeps_the_balance() {
    let louvre = "[transient.coating.emissivity]\nby = \"orbits\"\nat = [0.0, 0.3, 0.6, 1.0]\nfraction = [1.0, 0.4, 0.7, 1.0]\nbetween = \"lines\"\n\n[transient.rack_power]";
    let (_, h, heat_w) = history(&[("eclipse = 0.3", "eclipse = 1.0"), ("[transient.rack_power]", louvre)]);
    balanced(&h, heat_w);
    // It is warmest where it has been nearly closed.
    let warmest = h.samples.iter().max_by(|a, b| a.parts[0].mean_k.total_cmp(&b.parts[0].mean_k)).unwrap();
    let place = warmest.time_s / h.period_s;
    assert!((0.3..0.6).contains(&place), "warmest at {place} of the orbit");
}

#[test]
fn racks_that_rest_in_the_shadow_cool_the_loop() {
    let (model, h, _) = history(&[("frames = 4", "frames = 3")]);
    let least = h.samples.iter().map(|s| s.return_k).fold(f64::MAX, f64::min);
    let most = h.samples.iter().map(|s| s.return_k).fold(f64::MIN, f64::max);
    assert!(most - least > 3.0, "return between {least} and {most} K");
    // The junction follows the racks' power at once: P R less when they rest.
    let drop = model.chip_power_w * model.junction_to_coolant_k_per_w;
    for s in &h.samples {
        let above = s.junction_k - s.return_k - model.interface_approach_k;
        let full = (s.rack_w / 21_000.0 - 1.0).abs() < 1e-9;
        near("junction over coolant", above, if full { drop } else { 0.3 * drop }, 1e-6);
    }
    assert_eq!(h.frames.len(), 4, "three frames and the orbit's end");
    assert!(h.frames.windows(2).all(|f| (f[1].time_s - f[0].time_s - h.period_s / 3.0).abs() < 1e-6));
}

#[test]
fn a_survey_finds_the_worst_day() {
    use thermsolve::analysis::survey::survey;
    use thermsolve::model::survey::points;
    let text = std::fs::read_to_string("tests/cases/small.toml").unwrap();
    let text = text.replace("beta_deg = 75.0", "beta_deg = 40.0").replace("\"velocity\"", "\"orbit_normal\"")
        + "\n[survey]\nbeta_deg = [0.0, 40.0, 80.0]\ndesign_cases = [\"hot\", \"cold\"]\n";
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("survey.toml");
    std::fs::write(&path, text).unwrap();
    let model = Model::from_case(thermsolve::case::read(&path).unwrap()).unwrap();
    let backend = Cpu::<f64>::new();
    let design = design(&model);
    let solution = analyse(&backend, &model, &design, &orbit_state(&model).unwrap(), &Silent).unwrap();
    let all = points(&model, model.survey.as_ref().unwrap()).unwrap();
    let found = survey(&backend, &all, &design, &solution, &Silent).unwrap();
    assert_eq!(found.len(), 6);
    for (p, beta) in found.iter().zip([0.0_f64, 40.0, 80.0].iter().cycle()) {
        // Eclipse of a circular orbit: cos e = √(r² − R²)/(r cos β), F02.
        let (r, radius) = (6_378_137.0_f64 + 650e3, 6_378_137.0_f64);
        let x = (r * r - radius * radius).sqrt() / (r * beta.to_radians().cos());
        let eclipse = if x < 1.0 { x.acos() / std::f64::consts::PI } else { 0.0 };
        near(&format!("{} eclipse", p.label), p.eclipse_fraction, eclipse, 1e-9);
        near(&format!("{} margin", p.label), p.junction_margin_k + p.junction_k, model.junction_limit_k, 1e-9);
    }
    // More light is warmer: the hot environment at each angle, and the array's power with the sunlit part of the orbit.
    for k in 0..3 {
        assert!(found[k].return_most_k > found[k + 3].return_most_k + 0.1, "{:?}", found[k]);
    }
    assert!(found[2].array_w > found[1].array_w && found[1].array_w > found[0].array_w);
    // The point that is the case itself has its field: the loop closes where the load is carried.
    let alone = &found[1];
    let field = &solution.found;
    let carried = design.heat_w / field.rejected_w;
    assert!((alone.return_most_k > design.inlet_k) == (carried > 1.0), "{carried} at {}", alone.return_most_k);
}
