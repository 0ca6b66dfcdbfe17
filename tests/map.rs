//! Many designs at once: the kernel beside the sizing model.

mod support;

use std::collections::BTreeMap;
use support::Silent;
use thermsolve::backend::Cpu;
use thermsolve::case::study::Sampling;
use thermsolve::model::Model;
use thermsolve::sizing::batch::{Batch, Failure, Rated, is_covered, rate};
use thermsolve::sizing::optimum::lightest;
use thermsolve::sizing::radiator::{Surroundings, Variables};
use thermsolve::study::map::{Designs, map};
use thermsolve::study::sample::Sampler;

/// Designs of a box wider than the case's, so that all ways to fail are met.
fn designs(model: &Model, count: usize) -> Vec<Variables> {
    let (points, r) = (Sampler::new(Sampling::Sobol, count, 4, 3), &model.radiator);
    let at = |k: usize, d: usize, (low, high): (f64, f64)| low * (high / low).powf(points.at(k, d));
    let one = |k: usize| Variables {
        pitch_m: at(k, 0, (0.5 * r.pitch_m.0, 1.5 * r.pitch_m.1)),
        sheet_m: at(k, 1, (0.5 * r.sheet_m.0, r.sheet_m.1)),
        bore_m: at(k, 2, (0.7 * r.bore_m.0, r.bore_m.1)),
        tubes_per_loop: at(k, 3, (1.0, 400.0)),
    };
    (0..count).map(one).collect()
}

/// How far the numbers of two evaluations are apart, over what they may be: the uniform is f32, which is worth 1e-6, more where the pump
/// has to pump its own heat, and where particles of a centimetre come as often as larger ones, so that the wall has fewer digits.
fn apart(a: &Rated, b: &Rated, load_w: f64) -> f64 {
    let of = |r: &Rated| {
        [r.length_m, r.wall_m, r.pump_w, r.punctures.max(1e-9), r.mass_kg, r.cost_kg, r.fin_efficiency, r.film_drop_k]
    };
    let thick = if b.wall_m > 5e-3 { 5.0 } else { 1.0 };
    let within = 3e-6 * thick * (1.0 + 40.0 * b.pump_w / load_w);
    of(a).iter().zip(of(b)).map(|(x, y)| (x / y - 1.0).abs() / within).fold(0.0, |m, x| if x <= m { m } else { x })
}

/// A case, what is changed of it, its sink, K.
type Row<'a> = (&'a str, &'a [(&'a str, &'a str)], f64);

/// The kernel in f64 beside the sizing model: with armour, with meteoroids alone and without; a bare wall; surroundings from cold to nearly
/// too warm; cells on the radiator; tapered sheets.
#[test]
fn the_kernel_is_the_sizing_model() {
    let bare = ("bumper = { standoff_mm = 15.0, yield_mpa = 276.0, full_sheet = 0.20 }", "");
    let high = ("altitude_km = 650.0", "altitude_km = 2500.0");
    let joint = ("joint_m_k_per_w = 0.0", "joint_m_k_per_w = 0.02");
    let (tapered, pumps) =
        (("coating = \"az93\"", "coating = \"az93\"\ntaper = 0.3"), ("pump_kg_per_loop", "pumps_per_loop = 2\npump_kg_per_loop"));
    let rows: [Row; 8] = [
        ("cases/rack_1mw.toml", &[tapered, pumps], 205.0),
        ("cases/rack_1mw.toml", &[], 205.0),
        ("cases/rack_1mw.toml", &[bare, joint], 250.0),
        ("cases/rack_1mw.toml", &[high], 100.0),
        ("cases/radiator_trade.toml", &[], 205.0),
        ("cases/radiator_trade.toml", &[], 3.0),
        ("cases/rack_1mw.toml", &[], 310.0),
        ("cases/bifacial_1mw.toml", &[], 305.0),
    ];
    let mut failures: BTreeMap<Option<Failure>, usize> = BTreeMap::new();
    for (path, change, sink_k) in rows {
        let model = support::model(path, change);
        let around = Surroundings { field_factor: 0.97, cells_w_m2: 150.0, ..Surroundings::of_sink(sink_k) };
        let (cpu, all) = (Cpu::<f64>::new(), designs(&model, 4096));
        let batch = Batch::by_kernel(&cpu, &model, around).unwrap();
        let (rated, left) = batch.rate(&all).unwrap();
        let mut worst = (0.0, String::new());
        let mut differ = 0;
        for (v, got) in all.iter().zip(&rated) {
            let want = rate(&model, around, v);
            *failures.entry(want.failure).or_default() += 1;
            differ += usize::from(got.failure != want.failure);
            let far = apart(got, &want, model.load.power_w);
            // Nearly half of the load for the pump: a balance about to be lost, where nothing has digits.
            let weak = want.pump_w > 0.3 * model.load.power_w;
            // Tubes side by side, without a fin.
            let weak = weak || v.bore_m + 2.0 * want.wall_m >= v.pitch_m;
            if !weak && (far > worst.0 || far.is_nan()) {
                worst = (far, format!("{v:?}: {got:?} for {want:?}"));
            }
        }
        println!(
            "{path} {change:?} at {sink_k} K: {:.2} of what is allowed apart, {differ} called otherwise, {left} left to the host",
            worst.0
        );
        assert!(worst.0 <= 1.0, "{path} {change:?} at {sink_k} K: {} of what is allowed apart, {}", worst.0, worst.1);
        assert_eq!(differ, 0, "{path} {change:?}");
        assert!(left < 3000, "{left} left");
    }
    for f in [None, Some(Failure::Unpumpable), Some(Failure::UnsafeWall), Some(Failure::TooLong), Some(Failure::TooShort)] {
        assert!(failures.get(&f).is_some_and(|n| *n > 100), "{failures:?}");
    }
    // Surroundings as warm as the coolant.
    let model = support::model("cases/rack_1mw.toml", &[]);
    let cpu = Cpu::<f64>::new();
    let batch = Batch::by_kernel(&cpu, &model, Surroundings::of_sink(320.0)).unwrap();
    assert!(batch.rate(&designs(&model, 64)).unwrap().0.iter().all(|r| r.failure == Some(Failure::Sink)));
}

/// What the kernel has no equations for is left to the sizing model.
#[test]
fn other_physics_is_not_covered() {
    assert!(is_covered(&support::model("cases/rack_1mw.toml", &[])));
    for path in ["cases/heat_pipes_1mw.toml", "cases/two_phase_1mw.toml"] {
        assert!(!is_covered(&support::model(path, &[])), "{path}");
    }
}

/// The map of a case beside its search: no design of it costs less, and the least one costs little more; what it counts adds up; its ranges
/// hold the search's dimensions, and those of its cells that have a design hold it.
#[test]
fn the_map_meets_the_search() {
    for (path, most) in [("cases/rack_1mw.toml", 0.03), ("cases/radiator_trade.toml", 0.03)] {
        let model = support::model(path, &[]);
        let m = map(&Cpu::<f64>::new(), &model, 1 << 18, &Silent).unwrap();
        let (found, search) = (m.lightest.unwrap(), m.search.unwrap());
        let above = m.above_search.unwrap();
        println!("{path}: {:.3} % above the search, {:?} for {:?}", 100.0 * above, found, search);
        assert!((-1e-6..most).contains(&above), "{path}: {above}");
        assert_eq!(m.feasible + m.failures.values().sum::<usize>(), m.designs, "{path}");
        assert_eq!(m.cells.iter().map(|c| c.designs).sum::<usize>(), m.designs, "{path}");
        assert_eq!(m.cells.iter().map(|c| c.feasible).sum::<usize>(), m.feasible, "{path}");
        let least = m.cells.iter().filter_map(|c| c.best).map(|p| p.cost_kg).fold(f64::INFINITY, f64::min);
        support::near(path, found.cost_kg / least, 1.0, 1e-12);
        let [one, five] = &m.near[..] else { panic!("{:?}", m.near) };
        assert!(five.designs > 20 && one.designs < five.designs, "{path}: {:?}", m.near);
        let (inner, outer) = (one.ranges.unwrap(), five.ranges.unwrap());
        for ([a, b], [low, high]) in [
            (inner.pitch_mm, outer.pitch_mm),
            (inner.sheet_mm, outer.sheet_mm),
            (inner.bore_mm, outer.bore_mm),
            (inner.length_m, outer.length_m),
        ] {
            assert!(low <= a && a <= b && b <= high, "{path}: {:?}", m.near);
        }
        for (k, c) in m.cells.iter().enumerate() {
            let Some(p) = c.best else { continue };
            for (x, [low, high], cell, of) in
                [(p.pitch_mm, m.pitch_mm, k % m.size[0], m.size[0]), (p.bore_mm, m.bore_mm, k / m.size[0], m.size[1])]
            {
                let edge = |k: usize| low * (high / low).powf(k as f64 / of as f64);
                assert!(x >= edge(cell) * (1.0 - 1e-9) && x <= edge(cell + 1) * (1.0 + 1e-9), "{path}: cell {k}, {x}");
            }
        }
        // The designs are those of the bounds, and their lengths lie about what is allowed.
        let r = &model.radiator;
        let around = Surroundings::of_sink(m.sink_k);
        let places = Designs::new(&model, around, 4096);
        let all: Vec<Variables> = (0..4096).map(|k| places.at(k)).collect();
        assert!(all.iter().all(|v| v.pitch_m >= r.pitch_m.0 && v.pitch_m <= r.pitch_m.1), "{path}");
        let allowed = all.iter().filter(|v| rate(&model, around, v).failure.is_none()).count();
        assert!(allowed > 800, "{path}: only {allowed} of 4096 keep all bounds");
        assert!(lightest(&model, around.rounded()).is_ok());
    }
}
