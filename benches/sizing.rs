//! Times the sizing model: `cargo bench --bench sizing`.
//!
//! Designs per second, on all threads and per CPU second: of given dimensions (`evaluate`, Sobol points of the box between the case's
//! bounds), of a map (`thermsolve map`, by the sizing model and by the twin of its kernel), the lightest of given surroundings (sinks of 180 to 230 K; `lightest_near` from one design, `lightest` from anywhere), and whole rows of the study of
//! `cases/radiator_trade.toml`, each from its table of keys.

use std::path::Path;
use std::time::Instant;
use thermsolve::backend::{Cpu, parallel_map};
use thermsolve::case::study::Sampling;
use thermsolve::model::Model;
use thermsolve::sizing::batch::Batch;
use thermsolve::sizing::optimum::{lightest, lightest_near};
use thermsolve::sizing::radiator::{Surroundings, Variables, evaluate};
use thermsolve::study::Plan;
use thermsolve::study::map::Designs;
use thermsolve::study::sample::Sampler;

/// CPU seconds of this process.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> =
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|t| t.parse().unwrap()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

/// The median of five runs.
fn time(what: &str, designs: usize, run: impl Fn() -> f64) {
    let mut rates: Vec<[f64; 2]> = (0..5)
        .map(|_| {
            let (start, cpu) = (Instant::now(), cpu_s());
            std::hint::black_box(run());
            [start.elapsed().as_secs_f64(), cpu_s() - cpu].map(|s| designs as f64 / s)
        })
        .collect();
    rates.sort_by(|a, b| a[0].total_cmp(&b[0]));
    println!("{what}: {:.0} designs/s, {:.0} per CPU second", rates[2][0], rates[2][1]);
}

fn main() {
    for path in ["cases/radiator_trade.toml", "cases/rack_1mw.toml"] {
        let model = Model::from_case(thermsolve::case::read(Path::new(path)).unwrap()).unwrap();
        let r = &model.radiator;
        let count = std::env::var("DESIGNS").map_or(20_000, |n| n.parse().unwrap());
        let points = Sampler::new(Sampling::Sobol, count, 4, 1);
        let sink_k4 = 200.0_f64.powi(4);
        time(&format!("{path}: given dimensions"), count, || {
            let length = parallel_map(count, |k| {
                let at = |d: usize, (low, high): (f64, f64)| low * (high / low).powf(points.at(k, d));
                let v = Variables {
                    pitch_m: at(0, r.pitch_m),
                    sheet_m: at(1, r.sheet_m),
                    bore_m: at(2, r.bore_m),
                    tubes_per_loop: at(3, (4.0, 60.0)),
                };
                evaluate(&model, Surroundings { sink_k4, field_factor: 1.0, cells_w_m2: 0.0 }, v, model.return_k, model.supply_k)
                    .length_m
            });
            length.iter().sum()
        });
        let around = Surroundings::of_sink(200.0);
        let cpu = Cpu::<f64>::new();
        let (places, batch) = (Designs::new(&model, around, count), Batch::new(&cpu, &model, around).unwrap());
        time(&format!("{path}: designs of a map, chosen and evaluated"), count, || {
            let designs = parallel_map(count, |k| places.at(k));
            batch.rate(&designs).unwrap().0.iter().filter(|r| r.failure.is_none()).map(|r| r.cost_kg).sum()
        });
        let twin = Batch::by_kernel(&cpu, &model, around).unwrap();
        time(&format!("{path}: the same by the kernel's twin in f64"), count, || {
            let designs = parallel_map(count, |k| places.at(k));
            twin.rate(&designs).unwrap().0.iter().filter(|r| r.failure.is_none()).map(|r| r.cost_kg).sum()
        });
        let start = lightest(&model, Surroundings { sink_k4, field_factor: 1.0, cells_w_m2: 0.0 }).unwrap();
        time(&format!("{path}: lightest, from that of 200 K"), count / 10, || {
            let mass = parallel_map(count / 10, |k| {
                let sink_k = 180.0 + 50.0 * points.at(k, 0);
                let around = Surroundings::of_sink(sink_k);
                lightest_near(&model, around, &start).unwrap().point.mass.total_kg
            });
            mass.iter().sum()
        });
        let count = (count / 200).max(1);
        time(&format!("{path}: lightest"), count, || {
            let mass = parallel_map(count, |k| {
                let sink_k = 180.0 + 50.0 * points.at(k, 0);
                lightest(&model, Surroundings::of_sink(sink_k)).unwrap().point.mass.total_kg
            });
            mass.iter().sum()
        });
    }
    let model = Model::from_case(thermsolve::case::read(Path::new("cases/radiator_trade.toml")).unwrap()).unwrap();
    let plan = Plan::new(&model, model.study.as_ref().unwrap()).unwrap();
    time("cases/radiator_trade.toml: rows of its study", plan.designs, || {
        plan.rows(0..plan.designs).iter().filter_map(|r| r.outcome.as_ref().ok()).map(|o| o.figures[0]).sum()
    });
}
