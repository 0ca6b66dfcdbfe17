//! Studies: what is sampled, what each design is, and that shards, threads and kills leave no trace.

#[path = "support/mod.rs"]
mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::Silent;
use thermsolve::analysis::orbit_state;
use thermsolve::backend::Cpu;
use thermsolve::case::study::Sampling;
use thermsolve::case::{self, CaseErrors};
use thermsolve::model::Model;
use thermsolve::report::parquet::{Cell, read};
use thermsolve::sizing::optimum::{cost_kg, lightest, lightest_near};
use thermsolve::sizing::radiator::Surroundings;
use thermsolve::sizing::{Climate, analytic, size};
use thermsolve::study::insight::{Indices, front};
use thermsolve::study::sample::Sampler;
use thermsolve::study::{FIGURES, Plan};

fn small(study: &str) -> String {
    std::fs::read_to_string("tests/cases/small.toml").unwrap() + study
}

fn plan(study: &str) -> Result<Plan, CaseErrors> {
    let model = Model::from_case(case::parse("small.toml", small(study))?)?;
    Plan::new(&model, model.study.as_ref().unwrap())
}

const GRID: &str = r#"
[study]
sampling = "grid"
csv = true
[study.vary]
"coolant.return_c" = { range = [50, 70], steps = 5 }
"radiator.coating" = { values = ["az93", "z93"] }
"radiator.loops" = { values = [4, 6] }
"#;

#[test]
fn a_grid_goes_through_every_combination() {
    let plan = plan(GRID).unwrap();
    assert_eq!(plan.designs, 20);
    let mut want = vec![];
    for return_c in [50.0, 55.0, 60.0, 65.0, 70.0] {
        for coating in ["az93", "z93"] {
            for loops in [4, 6] {
                want.push(vec![toml::Value::Float(return_c), coating.into(), toml::Value::Integer(loops)]);
            }
        }
    }
    assert_eq!((0..20).map(|id| plan.inputs(id)).collect::<Vec<_>>(), want);
}

/// A design of a study is what the same numbers written into the case give, and the first round of a whole run.
#[test]
fn designs_are_the_first_round_of_a_run() {
    let plan = plan(GRID).unwrap();
    let row = &plan.rows(14..15)[0];
    assert_eq!(row.inputs, [toml::Value::Float(65.0), "z93".into(), toml::Value::Integer(4)]);
    let text = small("").replace("return_c = 60.0", "return_c = 65.0").replace("coating = \"az93\"", "coating = \"z93\"");
    let model = Model::from_case(case::parse("small.toml", text).unwrap()).unwrap();
    let got = &row.outcome.as_ref().unwrap().figures;
    let figure = |name: &str| got[FIGURES.iter().position(|f| *f == name).unwrap()];
    let sized = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let first = &sized.rounds[0];
    support::near("array", figure("array_m2") / first.array_m2, 1.0, 1e-4);
    assert_eq!(figure("sink_k"), first.sink_k);
    let alone = analytic(&model, &Climate::new(&model, &orbit_state(&model).unwrap()).unwrap(), None).unwrap();
    assert_eq!((alone.design.length_m, alone.design.planform_m2(&model)), (first.length_m, first.planform_m2));
    // The search of a study starts elsewhere, and the floor of the valley is flat.
    support::near("mass", figure("radiator_kg") / alone.point.mass.total_kg, 1.0, 2e-4);
    // 65 °C + 1400 W × 0.017 K/W = 88.8 °C, 3.8 K above the limit of 85 °C.
    assert!((figure("junction_margin_k") + 3.8).abs() < 1e-9, "{}", figure("junction_margin_k"));
}

/// The search from the case's own optimum ends as light as the six searches from anywhere, for what a study may change, one key at a time
/// and over samples of five keys; with armour it declines.
#[test]
fn warm_starts_end_where_all_starts_end() {
    let path = "cases/radiator_trade.toml";
    let around = |sink_k: f64| Surroundings::of_sink(sink_k);
    let start = lightest(&support::resolved(path, support::changed(path, &[])), around(200.0)).unwrap();
    let mut all = vec![];
    let mut check = |sink_k: f64, change: &[(&str, &str)]| {
        let model = support::resolved(path, support::changed(path, change));
        let [warm, cold] = [lightest_near(&model, around(sink_k), &start).unwrap(), lightest(&model, around(sink_k)).unwrap()];
        let [got, want] = [warm, cold].map(|o| cost_kg(&model, &o.point));
        all.push((got / want - 1.0, format!("sink {sink_k} K, {change:?}")));
    };
    for (sink_k, from, to) in [
        (180.0, "return_c = 60.0", "return_c = 60.0"),
        (240.0, "return_c = 60.0", "return_c = 60.0"),
        (200.0, "return_c = 60.0", "return_c = 52.0"),
        (200.0, "loop_drop_kpa = 130.0", "loop_drop_kpa = 40.0"),
        (200.0, "power_kw = 1000.0", "power_kw = 300.0"),
        (200.0, "power_kw = 1000.0", "power_kw = 3000.0"),
    ] {
        check(sink_k, &[(from, to)]);
    }
    let points = Sampler::new(Sampling::Sobol, 64, 5, 1);
    for k in 0..64 {
        let at = |d: usize, low: f64, high: f64| low + (high - low) * points.at(k, d);
        let pitch = format!("pitch_mm = {}", at(1, 45.0, 200.0));
        let wall = format!("wall_mm = {}", at(2, 0.6, 5.0));
        let return_c = format!("return_c = {}", at(3, 50.0, 70.0));
        let power_kw = format!("power_kw = {}", at(4, 200.0, 2000.0));
        let mut change = vec![("wall_mm = 1.6", &wall[..]), ("return_c = 60.0", &return_c), ("power_kw = 1000.0", &power_kw)];
        // A pitch that is given, and one that is found.
        change.push(("pitch_mm = [30.0, 600.0]", if k % 2 == 0 { &pitch } else { "pitch_mm = [45.0, 600.0]" }));
        check(at(0, 170.0, 240.0), &change);
    }
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (first, middle, last) = (&all[0], &all[all.len() / 2], &all[all.len() - 1]);
    assert!(first.0 > -2e-3 && middle.0.abs() < 1e-6 && last.0 < 2e-3, "{first:?} {middle:?} {last:?}");
}

/// With armour the laws have creases where a sheet is just thick enough, and lines have walls of a millimetre at least; the searches pass
/// over them.
#[test]
fn armoured_searches_meet() {
    let around = |sink_k: f64| Surroundings::of_sink(sink_k);
    let mut all = vec![];
    let path = "cases/rack_1mw.toml";
    let start = lightest(&support::resolved(path, support::changed(path, &[])), around(200.0)).unwrap();
    let points = Sampler::new(Sampling::Sobol, 48, 8, 2);
    for k in 0..48 {
        let at = |d: usize, low: f64, high: f64| low + (high - low) * points.at(k, d);
        let changes = [
            ("return_c = 60.0", format!("return_c = {}", at(1, 50.0, 70.0))),
            ("power_kw = 1000.0", format!("power_kw = {}", at(2, 200.0, 2000.0))),
            ("spare_loops = 12", format!("spare_loops = {}", at(3, 6.0, 30.0).round())),
            ("standoff_mm = 15.0, yield_mpa", format!("standoff_mm = {}, yield_mpa", at(4, 5.0, 40.0))),
            ("scale = 1.0  ", format!("scale = {}  ", 10f64.powf(at(5, -1.0, 0.7)))),
            ("life_years = 5.0", format!("life_years = {}", at(6, 1.0, 12.0))),
            ("altitude_km = 650.0", format!("altitude_km = {}", at(7, 400.0, 2500.0))),
            (", full_sheet = 0.20", if k % 2 == 0 { ", full_sheet = 0.20".to_owned() } else { String::new() }),
        ];
        let changes: Vec<(&str, &str)> = changes.iter().map(|(a, b)| (*a, b.as_str())).collect();
        let model = support::resolved(path, support::changed(path, &changes));
        let sink_k = at(0, 170.0, 240.0);
        let [warm, cold] = [lightest_near(&model, around(sink_k), &start).unwrap(), lightest(&model, around(sink_k)).unwrap()];
        let [got, want] = [warm, cold].map(|o| cost_kg(&model, &o.point));
        all.push((got / want - 1.0, format!("sink {sink_k} K, {changes:?}")));
    }
    all.sort_by(|a, b| a.0.abs().total_cmp(&b.0.abs()));
    assert!(all[47].0.abs() < 1e-6, "{:?}", all[47]);
}

/// Latin hypercube: one point in each of n parts of each dimension. Sobol: in each of 16 parts of each dimension, and in each
/// of the 4 × 4 squares of each pair within a set of four, one of the first 16 points.
#[test]
fn samples_are_stratified() {
    let part = |x: f64, n: f64| (x * n) as usize;
    for seed in [1, 7] {
        let s = Sampler::new(Sampling::LatinHypercube, 50, 3, seed);
        for d in 0..3 {
            let mut parts: Vec<usize> = (0..50).map(|k| part(s.at(k, d), 50.0)).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..50).collect::<Vec<_>>());
        }
        let s = Sampler::new(Sampling::Sobol, 16, 8, seed);
        for d in 0..8 {
            let mut parts: Vec<usize> = (0..16).map(|k| part(s.at(k, d), 16.0)).collect();
            parts.sort_unstable();
            assert_eq!(parts, (0..16).collect::<Vec<_>>(), "dimension {d}");
        }
        for first in [0, 4] {
            let mut squares: Vec<usize> =
                (0..16).map(|k| 4 * part(s.at(k, first), 4.0) + part(s.at(k, first + 1), 4.0)).collect();
            squares.sort_unstable();
            assert_eq!(squares, (0..16).collect::<Vec<_>>(), "dimensions {first} and the next");
        }
        // Dimensions of different sets are not the same numbers.
        assert!((0..16).any(|k| s.at(k, 0) != s.at(k, 4)));
        let s = Sampler::new(Sampling::Random, 10_000, 2, seed);
        let mean = |f: &dyn Fn(usize) -> f64| (0..10_000).map(f).sum::<f64>() / 1e4;
        // Five standard errors: 5/√(12·10⁴) of the mean, 5/(12·100) of the covariance.
        assert!((mean(&|k| s.at(k, 0)) - 0.5).abs() < 0.0145);
        assert!(mean(&|k| (s.at(k, 0) - 0.5) * (s.at(k, 1) - 0.5)).abs() < 0.0042);
    }
}

fn thermsolve(arguments: &[&str]) -> Output {
    let run = Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments).output().unwrap();
    assert!(run.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&run.stderr));
    run
}

fn place(name: &str, study: &str) -> (PathBuf, String) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&folder).ok();
    std::fs::create_dir_all(&folder).unwrap();
    let case = folder.join("trade.toml");
    std::fs::write(&case, small(study)).unwrap();
    (folder, case.to_str().unwrap().to_owned())
}

/// One thread, two threads, three shards in folders of their own: the same bytes. Designs that fail are rows with a reason.
#[test]
fn shards_and_threads_leave_no_trace() {
    let (folder, case) = place("study_shards", GRID);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    thermsolve(&["study", &case, "-q", "--out", &out("one"), "--threads", "1"]);
    thermsolve(&["study", &case, "-q", "--out", &out("two"), "--threads", "2"]);
    for share in ["1/3", "2/3", "3/3"] {
        thermsolve(&["study", &case, "-q", "--out", &out(&share[..1]), "--shard", share]);
    }
    thermsolve(&["merge", &case, &out("1"), &out("2"), &out("3"), "--out", &out("merged")]);
    for name in ["study.parquet", "study.csv"] {
        let bytes = |run: &str| std::fs::read(folder.join(run).join("trade").join(name)).unwrap();
        assert!(bytes("one") == bytes("two") && bytes("one") == bytes("merged"), "{name} differs");
    }
    let rows = read(&folder.join("one/trade/study.parquet")).unwrap();
    assert_eq!(rows.iter().map(|r| r[0].clone()).collect::<Vec<_>>(), (0..20).map(Cell::Whole).collect::<Vec<_>>());
    // Six loops spread evenly over two wings of one row; all designs but none fail for that. The coldest return still works.
    let failed = rows.iter().filter(|r| r.last() != Some(&Cell::Absent)).count();
    assert_eq!(failed, 0, "{:?}", rows.last());
}

/// Parts with a column before the file and one without an end, found by fuzzing, and a good one cut anywhere.
#[test]
fn damaged_parts_are_refused() {
    for (name, says) in [("negative_column", "outside of the file"), ("endless_column", "end of file")] {
        let error = read(Path::new(&format!("tests/files/{name}.parquet"))).unwrap_err();
        assert!(error.to_string().contains(says), "{name}: {error}");
    }
    let whole = std::fs::read("fuzz/seeds/parquet/study.parquet").unwrap();
    let (folder, _) = place("study_damaged", GRID);
    let path = folder.join("cut.parquet");
    std::fs::write(&path, &whole).unwrap();
    assert_eq!(read(&path).unwrap().len(), 4);
    for cut in (0..whole.len()).step_by(97) {
        std::fs::write(&path, &whole[..cut]).unwrap();
        assert!(read(&path).is_err(), "cut at {cut}");
    }
}

/// GNU parallel starts the shards, four at a time into one folder, and one more that finds its parts done.
#[test]
#[ignore = "needs GNU parallel: tests/run"]
fn a_scheduler_runs_the_shards() {
    let (folder, case) = place("study_scheduler", GRID);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    thermsolve(&["study", &case, "-q", "--out", &out("one")]);
    let command =
        format!("{} study {case} -q --threads 1 --out {} --shard {{}}/2", env!("CARGO_BIN_EXE_thermsolve"), out("many"));
    let shares = ["1", "2", "1"];
    let run = Command::new("parallel").args(["--will-cite", "-j4", &command, ":::"]).args(shares).output().unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    thermsolve(&["merge", &case, "--out", &out("many")]);
    let bytes = |run: &str| std::fs::read(folder.join(run).join("trade/study.parquet")).unwrap();
    assert!(bytes("one") == bytes("many"));
}

#[test]
fn failed_designs_are_rows_with_a_reason() {
    let plan = plan("\n[study]\nsampling = \"list\"\n[study.vary]\n\"coolant.return_c\" = { values = [60, 40, 55] }\n").unwrap();
    let rows = plan.rows(0..3);
    assert!(rows[0].outcome.is_ok() && rows[2].outcome.is_ok());
    let reason = rows[1].outcome.as_ref().unwrap_err();
    assert_eq!(reason, "coolant.return_c: the return (40 °C) must be at least 0.1 K above the supply (45 °C)");
}

/// Each design has what falls on it in its own orbit, whichever others are sized with it.
#[test]
fn designs_in_other_orbits_have_their_own_surroundings() {
    let plan =
        plan("\n[study]\nsampling = \"list\"\n[study.vary]\n\"orbit.altitude_km\" = { values = [500.0, 30000.0] }\n").unwrap();
    let rows = plan.rows(0..2);
    for (row, altitude) in rows.iter().zip(["500.0", "30000.0"]) {
        let text = small("").replace("altitude_km = 650.0", &format!("altitude_km = {altitude}"));
        let model = Model::from_case(case::parse("small.toml", text).unwrap()).unwrap();
        let climate = Climate::new(&model, &orbit_state(&model).unwrap()).unwrap();
        let want = climate.surroundings(&model).sink_k4.powf(0.25);
        let got = row.outcome.as_ref().unwrap().figures[FIGURES.iter().position(|f| *f == "sink_k").unwrap()];
        assert_eq!(got, want, "{altitude} km");
    }
}

const SEARCH: &str = r#"
[study]
sampling = "nsga2"
samples = 800
population = 40
csv = true
minimise = ["radiator_kg"]
maximise = ["junction_margin_k"]
require = { junction_margin_k = { least = 1.0 } }
[study.vary]
"coolant.return_c" = { range = [50.0, 65.0] }
"mass.structure_kg_m2" = { range = [0.6, 2.0] }
"radiator.coating" = { values = ["z93", "az93"] }
"#;

/// Runs a study into `cut` until so many of its parts are there, and kills it.
fn killed_with(enough: usize, folder: &Path, case: &str) {
    let out = folder.join("cut");
    let parts = || -> usize {
        let Ok(top) = std::fs::read_dir(out.join("trade")) else { return 0 };
        let inside = top.flat_map(|e| std::fs::read_dir(e.unwrap().path()).into_iter().flatten());
        inside.filter(|e| e.as_ref().unwrap().path().extension().is_some_and(|x| x == "parquet")).count()
    };
    let arguments = ["study", case, "-q", "--out", out.to_str().unwrap()];
    let mut child = Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments).spawn().unwrap();
    while parts() < enough {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it could be killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

/// Lighter structure is lighter at any margin, so the front has the lightest, and goes from one end of the coolant's temperature to where
/// the limit cuts it off: 85 °C − 1400 W × 0.017 K/W − 1 K = 60.2 °C. Killed and resumed it is the same.
#[test]
fn a_search_finds_the_front() {
    let (folder, case) = place("study_search", SEARCH);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    thermsolve(&["study", &case, "-q", "--out", &out("whole")]);
    let csv = std::fs::read_to_string(folder.join("whole/trade/study.csv")).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().map(|l| l.split(',').collect()).collect();
    assert_eq!(rows.len(), 801);
    let column = |name: &str| rows[0].iter().position(|c| *c == name).unwrap();
    let of = |name: &str| -> Vec<f64> {
        rows[1..].iter().filter(|r| r[column("front")] == "1").map(|r| r[column(name)].parse().unwrap()).collect()
    };
    let (structure, return_c) = (of("mass.structure_kg_m2"), of("coolant.return_c"));
    assert!(structure.len() > 40, "{}", structure.len());
    let heavy = structure.iter().filter(|x| **x > 0.65).count();
    assert!(heavy * 10 < structure.len(), "{heavy} of {} are heavier than need be", structure.len());
    let (least, most) = return_c.iter().fold((f64::MAX, f64::MIN), |(a, b), x| (a.min(*x), b.max(*x)));
    assert!(least < 50.5 && (59.5..=60.2).contains(&most), "{least} to {most} °C");

    killed_with(3, &folder, &case);
    thermsolve(&["study", &case, "-q", "--out", &out("cut"), "--threads", "1"]);
    let bytes = |run: &str| std::fs::read(folder.join(run).join("trade/study.parquet")).unwrap();
    assert!(bytes("whole") == bytes("cut"));

    let cut = Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(["study", &case, "--shard", "1/2"]).output().unwrap();
    let said = String::from_utf8(cut.stderr).unwrap();
    assert!(!cut.status.success() && said.contains("a search cannot be cut"), "{said}");
}

/// A study that is killed with SIGKILL, twice, ends in the same bytes as one that was left alone.
#[test]
fn a_killed_study_goes_on() {
    let study = "\n[study]\nsampling = \"sobol\"\nsamples = 4000\n[study.vary]\n\"coolant.return_c\" = { range = [55, 65] }\n";
    let (folder, case) = place("study_killed", study);
    let out = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    thermsolve(&["study", &case, "-q", "--out", &out("whole")]);
    for enough in [3, 40] {
        killed_with(enough, &folder, &case);
        assert!(!Path::new(&out("cut")).join("trade/study.parquet").exists(), "half a result was left");
    }
    thermsolve(&["study", &case, "-q", "--out", &out("cut")]);
    let bytes = |run: &str| std::fs::read(folder.join(run).join("trade/study.parquet")).unwrap();
    assert!(bytes("whole") == bytes("cut"));
}

/// Of 500 points in three dimensions: one is on the front exactly if none of the others is as low in all and lower in one.
#[test]
fn the_front_is_what_no_design_beats() {
    let s = Sampler::new(Sampling::Random, 500, 3, 3);
    let mut points: Vec<Option<Vec<f64>>> = (0..500).map(|k| Some((0..3).map(|d| s.at(k, d)).collect())).collect();
    // Two equal ones on the front, and a failed one.
    points[7] = Some(vec![0.0, 0.5, 0.5]);
    points[90] = points[7].clone();
    points[91] = None;
    let on = front(&points);
    let beats = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(x, y)| x <= y) && a.iter().zip(b).any(|(x, y)| x < y);
    for (k, p) in points.iter().enumerate() {
        let beaten = p.as_ref().is_none_or(|p| points.iter().flatten().any(|q| beats(q, p)));
        assert_eq!(on[k], !beaten, "{k}: {p:?}");
    }
    assert!(on[7] && on[90] && !on[91]);
}

/// Ishigami and Homma 1990: `sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁` on (−π, π)³ has the indices 0.3139, 0.4424, 0 and, with interactions,
/// 0.5576, 0.4424, 0.2437. The errors told are those made.
#[test]
fn sobol_indices_of_ishigami() {
    let keys = ["x1", "x2", "x3"].map(str::to_owned);
    let (mut pulls, mut worst) = (0.0, 0.0_f64);
    for seed in 1..=8 {
        let s = Sampler::new(Sampling::Sobol, 4096, 8, seed);
        let f = |x: [f64; 3]| {
            let x = x.map(|u| std::f64::consts::PI * (2.0 * u - 1.0));
            x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
        };
        let group = |n: usize| -> Vec<Option<f64>> {
            let (a, b) = ([0, 1, 2].map(|d| s.at(n, d)), [4, 5, 6].map(|d| s.at(n, d)));
            let mixed = |k: usize| [0, 1, 2].map(|d| if d == k { b[d] } else { a[d] });
            [a, b, mixed(0), mixed(1), mixed(2)].map(|x| Some(f(x))).to_vec()
        };
        let mut numbers: Vec<Option<f64>> = (0..4096).flat_map(group).collect();
        // A failed design takes its group out.
        numbers[12] = None;
        let found = Indices::new("f", &keys, &numbers).unwrap();
        assert_eq!(found.groups, 4095);
        // V = a²/8 + bπ⁴/5 + b²π⁸/18 + 1/2 = 13.8446.
        support::near("variance", found.variance, 13.8446, 0.15);
        for (key, first, total) in [("x1", 0.3139, 0.5576), ("x2", 0.4424, 0.4424), ("x3", 0.0, 0.2437)] {
            let i = found.keys.iter().find(|i| i.key == key).unwrap();
            for (got, error, want) in [(i.first, i.first_error, first), (i.total, i.total_error, total)] {
                support::near(key, got, want, 5.0 * error + 1e-3);
                let pull = (got - want) / error;
                (pulls, worst) = (pulls + pull * pull / 48.0, worst.max(pull.abs()));
            }
        }
        assert_eq!(found.keys[0].key, "x1");
    }
    // Were the points independent the mean square of the 48 pulls would be one; Sobol points err less.
    assert!((0.05..2.0).contains(&pulls), "mean square {pulls}, worst {worst}");
}

/// Groups of keys + 2: A, B, and A with one key of B.
#[test]
fn groups_change_one_key() {
    let plan = plan(
        "\n[study]\nsampling = \"saltelli\"\nsamples = 8\n[study.vary]\n\"coolant.return_c\" = { range = [55, 65] }\n\
         \"load.power_kw\" = { range = [5, 20] }\n",
    )
    .unwrap();
    assert_eq!(plan.designs, 32);
    for group in 0..8 {
        let [a, b, first, second] = [0, 1, 2, 3].map(|k| plan.inputs(4 * group + k));
        assert!(a[0] != b[0] && a[1] != b[1]);
        assert_eq!(first, [b[0].clone(), a[1].clone()]);
        assert_eq!(second, [a[0].clone(), b[1].clone()]);
    }
}

#[test]
fn corners_are_all_ends() {
    let plan = plan(
        "\n[study]\nsampling = \"corners\"\n[study.vary]\n\"coolant.return_c\" = { range = [55, 65] }\n\
         \"load.power_kw\" = { normal = [10, 1] }\n\"radiator.coating\" = { values = [\"az93\", \"z93\"] }\n",
    )
    .unwrap();
    let all: Vec<Vec<toml::Value>> = (0..plan.designs).map(|id| plan.inputs(id)).collect();
    assert_eq!(all.len(), 8);
    for (k, inputs) in all.iter().enumerate() {
        assert_eq!(inputs[0], toml::Value::Float(if k < 4 { 55.0 } else { 65.0 }));
        // The quantile of 95 % of a normal distribution is 1.6448536 deviations off.
        let high = k / 2 % 2 == 1;
        support::near("5 or 95 %", inputs[1].as_float().unwrap(), 10.0 + if high { 1.644_853_627 } else { -1.644_853_627 }, 1e-8);
        assert_eq!(inputs[2].as_str(), Some(["az93", "z93"][k % 2]));
    }
}

/// Means and deviations of samples are those of their distributions: a normal one, a log-normal one `ln x ~ N(ln m, ln² f)` of mean
/// `m exp(ln²f/2)`, and a triangular one of mean (a + b + c)/3.
#[test]
fn samples_follow_their_distributions() {
    let plan = plan(
        "\n[study]\nsampling = \"sobol\"\nsamples = 4096\n[study.vary]\n\"coolant.return_c\" = { normal = [60, 2] }\n\
         \"load.power_kw\" = { log_normal = [10, 1.5] }\n\"coolant.pump_efficiency\" = { triangular = [0.3, 0.5, 0.6] }\n",
    )
    .unwrap();
    let column = |key: &str| -> Vec<f64> {
        let k = plan.factors.iter().position(|f| f.key == key).unwrap();
        (0..4096).map(|id| plan.inputs(id)[k].as_float().unwrap()).collect()
    };
    let mean = |x: &[f64]| x.iter().sum::<f64>() / 4096.0;
    let normal = column("coolant.return_c");
    support::near("mean", mean(&normal), 60.0, 1e-2);
    support::near("deviation", mean(&normal.iter().map(|x| (x - 60.0).powi(2)).collect::<Vec<_>>()).sqrt(), 2.0, 1e-2);
    support::near("log-normal", mean(&column("load.power_kw")), 10.0 * (0.5 * 1.5_f64.ln().powi(2)).exp(), 2e-2);
    support::near("triangular", mean(&column("coolant.pump_efficiency")), 1.4 / 3.0, 1e-4);
}

/// A normal key and the logarithm of a log-normal one have the correlation that is written, and keep their own distributions; a
/// third stays apart. Correlations that no quantities can have are refused.
#[test]
fn correlated_keys_are_correlated() {
    let keys = "[study.vary]\n\"coolant.return_c\" = { normal = [60, 2] }\n\"load.power_kw\" = { log_normal = [10, 1.5] }\n\
                \"coolant.pump_efficiency\" = { range = [0.3, 0.5] }\n";
    let pair = |a: &str, b: &str, rho: f64| format!("[[study.correlate]]\na = \"{a}\"\nb = \"{b}\"\nrho = {rho}\n");
    let text = |sampling: &str, more: &str| format!("\n[study]\nsampling = \"{sampling}\"\nsamples = 4096\n{keys}{more}");
    for (sampling, within) in [("sobol", 0.02), ("random", 0.05), ("latin_hypercube", 0.05)] {
        let plan = plan(&text(sampling, &pair("coolant.return_c", "load.power_kw", -0.7))).unwrap();
        let column = |key: &str| -> Vec<f64> {
            let k = plan.factors.iter().position(|f| f.key == key).unwrap();
            (0..4096).map(|id| plan.inputs(id)[k].as_float().unwrap()).collect()
        };
        let mean = |x: &[f64]| x.iter().sum::<f64>() / 4096.0;
        let spread = |x: &[f64]| (mean(&x.iter().map(|v| v * v).collect::<Vec<_>>()) - mean(x).powi(2)).sqrt();
        let correlation = |x: &[f64], y: &[f64]| {
            let product: Vec<f64> = x.iter().zip(y).map(|(a, b)| (a - mean(x)) * (b - mean(y))).collect();
            mean(&product) / (spread(x) * spread(y))
        };
        let (hot, pump) = (column("coolant.return_c"), column("coolant.pump_efficiency"));
        let load: Vec<f64> = column("load.power_kw").iter().map(|x| x.ln()).collect();
        support::near("correlation", correlation(&hot, &load), -0.7, within);
        support::near("no correlation", correlation(&hot, &pump), 0.0, within);
        support::near("mean", mean(&hot), 60.0, 5.0 * within);
        support::near("deviation", spread(&hot), 2.0, 3.0 * within);
        support::near("log-normal", mean(&load), 10_f64.ln(), within);
        support::near("log-normal", spread(&load), 1.5_f64.ln(), within);
    }
    let all = [("coolant.return_c", "load.power_kw", 0.9), ("load.power_kw", "coolant.pump_efficiency", 0.9)];
    let all: String = all.iter().map(|(a, b, r)| pair(a, b, *r)).collect();
    let wrong = |sampling: &str, more: &str| plan(&text(sampling, more)).unwrap_err().to_string();
    assert!(
        wrong("sobol", &(all + &pair("coolant.return_c", "coolant.pump_efficiency", -0.9))).contains("contradict each other")
    );
    assert!(wrong("sobol", &pair("coolant.return_c", "coolant.supply_c", 0.5)).contains("`coolant.supply_c` does not vary"));
    assert!(wrong("saltelli", &pair("coolant.return_c", "load.power_kw", 0.5)).contains("nothing that could be correlated"));
}

/// Junctions stand a fixed rise above the coolant that returns: warmer coolant brings those of some designs above their limit, which is told.
#[test]
fn designs_above_the_limit_of_their_junctions_are_counted() {
    let model = support::resolved("small", small(""));
    let warm_c = model.return_k - thermsolve::constants::CELSIUS_ZERO_K;
    let study = format!(
        "\n[study]\nsampling = \"grid\"\n[study.vary]\n\"heat_path.junction_limit_c\" = {{ values = [{}, {}, 300.0] }}\n",
        warm_c - 5.0,
        warm_c
    );
    let (folder, case) = place("study_hot", &study);
    let said = thermsolve(&["study", &case, "--out", folder.join("out").to_str().unwrap()]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(text.contains("3 designs, 0 failed, 2 with junctions above their limit"), "{text}");
}

/// Heat is 1.05 times the load and the pumps'; a coating's mass is no part of it. The design as written stands in the middle.
#[test]
fn one_key_at_a_time() {
    let study = "\n[study]\nsampling = \"one_at_a_time\"\nfigures = [\"heat_w\", \"radiator_kg\"]\n[study.vary]\n\
                 \"load.power_kw\" = { range = [8, 12] }\n\"radiator.coating\" = { values = [\"az93\", \"z93\"] }\n";
    let (folder, case) = place("study_tornado", study);
    let said = thermsolve(&["study", &case, "--out", folder.join("out").to_str().unwrap()]);
    let text = String::from_utf8(said.stdout).unwrap();
    assert!(text.contains("5 designs, 0 failed") && text.contains("heat_w of "), "{text}");
    let json = std::fs::read_to_string(folder.join("out/trade/study.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let heat = &json["tornadoes"][0];
    assert_eq!(heat["figure"], "heat_w");
    let of = |key: &str, end: &str| {
        let all = heat["effects"].as_array().unwrap();
        all.iter().find(|e| e["key"] == key).unwrap()[end].as_f64().unwrap()
    };
    let overhead = 1.0 + support::resolved("small", small("")).load.overhead;
    for (end, load_w) in [("low", 8e3), ("high", 12e3)] {
        let pumps = of("load.power_kw", end) - overhead * load_w;
        assert!(pumps > 0.0 && pumps < 0.05 * load_w, "{end}: {pumps} W of pumps");
    }
    support::near("coating", of("radiator.coating", "high") / heat["base"].as_f64().unwrap(), 1.0, 1e-3);
    assert_eq!(heat["effects"][0]["key"], "load.power_kw");
    let drawing = std::fs::read_to_string(folder.join("out/trade/figures/tornado_heat_w.svg")).unwrap();
    assert!(drawing.starts_with("<svg") && drawing.contains("load.power_kw") && drawing.contains("radiator.coating"));
}

/// The front stands in the table, and keeps the limits asked for.
#[test]
fn the_front_is_marked() {
    let study = GRID.replace(
        "csv = true",
        "csv = true\nminimise = [\"radiator_kg\"]\nmaximise = [\"junction_margin_k\"]\nrequire = { junction_margin_k = { least = 0.0 } }",
    );
    let (folder, case) = place("study_front", &study);
    thermsolve(&["study", &case, "-q", "--out", folder.join("out").to_str().unwrap()]);
    let csv = std::fs::read_to_string(folder.join("out/trade/study.csv")).unwrap();
    let rows: Vec<Vec<&str>> = csv.lines().map(|l| l.split(',').collect()).collect();
    let column = |name: &str| rows[0].iter().position(|c| *c == name).unwrap();
    let number = |row: &[&str], name: &str| row[column(name)].parse::<f64>().unwrap();
    let front: Vec<&Vec<&str>> = rows[1..].iter().filter(|r| r[column("front")] == "1").collect();
    assert!(front.len() >= 2, "{csv}");
    for row in &rows[1..] {
        let (kg, margin) = (number(row, "radiator_kg"), number(row, "junction_margin_k"));
        let beaten = rows[1..].iter().any(|r| {
            let (other, m) = (number(r, "radiator_kg"), number(r, "junction_margin_k"));
            m >= 0.0 && other <= kg && m >= margin && (other < kg || m > margin)
        });
        assert_eq!(row[column("front")] == "1", margin >= 0.0 && !beaten, "{row:?}");
    }
    let drawing = std::fs::read_to_string(folder.join("out/trade/figures/front.svg")).unwrap();
    assert_eq!(drawing.matches("r=\"3\"").count(), front.len());
}

const PRICES: &str = "
[cost]
launch_per_kg = 200.0
radiator_per_kg = 1000.0
array_per_w = 5.0
racks_per_kw = 20000.0
other_per_kg = 500.0
years = 5.0
";

/// Prices times masses and powers, by hand from the other figures of a run; the study has the same sums.
#[test]
fn costs_add_up() {
    let (folder, case) = place("study_costs", &(GRID.to_owned() + PRICES));
    let out = folder.join("out");
    thermsolve(&[&case, "-q", "--out", out.to_str().unwrap()]);
    let text = std::fs::read_to_string(out.join("trade/summary.json")).unwrap();
    let summary: serde_json::Value = serde_json::from_str(&text).unwrap();
    let of = |path: &str| path.split('.').fold(&summary, |v, key| &v[key]).as_f64().unwrap_or(f64::NAN);
    let kg = |name: &str| of(&format!("system.{name}_kg"));
    let (radiator, launch) = (1000.0 * kg("radiator"), 200.0 * kg("total"));
    let (array, racks) = (5.0 * of("array.power_w"), 20.0 * of("load.rack_power_w"));
    let other = 500.0 * (kg("exchanger_battery") + kg("battery") + kg("heat_pump") + kg("bus"));
    let rest = radiator + launch + array + other;
    // The array delivers what it was sized for within the match of sizing and field.
    support::near("total", of("cost.total") / (rest + racks), 1.0, 1e-3);
    support::near("per W", of("cost.per_w_without_racks") / (rest / of("load.rack_power_w")), 1.0, 2e-3);
    let kwh = 1e-3 * of("load.rack_power_w") * 5.0 * 8766.0;
    support::near("per kWh", of("cost.per_kwh_without_racks") / (rest / kwh), 1.0, 2e-3);
    let priced = plan(&(GRID.to_owned() + PRICES)).unwrap();
    let row = priced.rows(14..15).remove(0).outcome.unwrap().figures;
    let figure = |name: &str| row[FIGURES.iter().position(|f| *f == name).unwrap()];
    let by_mass = 200.0 * figure("system_kg") + 1000.0 * figure("radiator_kg");
    let others_kg = figure("system_kg") - figure("radiator_kg") - figure("heat_w") / 150.0 - of("system.racks_kg");
    let want = by_mass + 5.0 * figure("heat_w") + racks + 500.0 * others_kg;
    support::near("study", figure("cost") / want, 1.0, 1e-12);
    let unpriced = plan(GRID).unwrap();
    assert!(unpriced.rows(0..1)[0].outcome.as_ref().unwrap().figures[19..].iter().all(|x| x.is_nan()));
}

/// Designs by the field model are runs of the written case, and those of the front can be had whole.
#[test]
fn field_designs_are_runs() {
    let study = "
[study]
sampling = \"list\"
model = \"field\"
minimise = [\"radiator_kg\"]
maximise = [\"junction_margin_k\"]
[study.vary]
\"coolant.return_c\" = { values = [57.0, 60.0] }
";
    let row = plan(study).unwrap().rows(0..1).remove(0).outcome.unwrap();
    let text = small("").replace("return_c = 60.0", "return_c = 57.0");
    let model = Model::from_case(case::parse("small.toml", text).unwrap()).unwrap();
    let sized = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let figure = |name: &str| row.figures[FIGURES.iter().position(|f| *f == name).unwrap()];
    assert_eq!(figure("radiator_m2"), sized.design.planform_m2(&model));
    assert_eq!(figure("radiator_kg"), sized.point.mass.total_kg);
    // The sizing model alone knows nothing of what the array sends.
    assert!(figure("sink_k") > sized.rounds[0].sink_k + 1.0);
    let (folder, case) = place("study_field", study);
    thermsolve(&["study", &case, "-q", "--prove", "front", "--out", folder.join("out").to_str().unwrap()]);
    let read = |name: &str| std::fs::read_to_string(folder.join("out/trade/designs").join(name).join("summary.json")).unwrap();
    let whole: serde_json::Value = serde_json::from_str(&read("0")).unwrap();
    assert_eq!(whole["radiator"]["planform_m2"], figure("radiator_m2"));
    assert_eq!(whole["temperatures"]["return_c"].as_f64().unwrap().round(), 57.0);
    read("1");
    assert!(folder.join("out/trade/designs/0/report.html").exists());
}
