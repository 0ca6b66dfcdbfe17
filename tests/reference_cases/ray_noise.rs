//! Error bars in kelvin against the scatter over independent seeds.
use crate::support::{Silent, resolved, small_design};
use thermsolve::analysis::layout::Part;
use thermsolve::analysis::{analyse, orbit_state, ray_noise};
use thermsolve::backend::Cpu;

/// One design under 64 seeds: the scatter of temperatures from seed to seed is what the error bars of each say. Reciprocity and
/// closure move noise from surfaces that rays know well to others and lower most of it, which the bars do not know; scatter of 64
/// samples is itself known to 9 %.
#[test]
fn error_bars_match_the_scatter() {
    let text = std::fs::read_to_string("tests/cases/small.toml").unwrap();
    let runs: Vec<_> = (0..64)
        .map(|seed| {
            let text = format!("{text}\n[rays]\nexchange = 512\nheating = 64\nseed = {}\n", 100 + seed);
            let text = if let Some(at) = text.find("[rays]").filter(|a| text[a + 1..].contains("[rays]")) {
                let end = text[at + 1..].find("\n[").map_or(text.len(), |e| at + 1 + e);
                format!("{}{}", &text[..at], &text[end..])
            } else {
                text
            };
            let model = resolved("small.toml", text);
            let design = small_design(&model);
            let orbit = orbit_state(&model).unwrap();
            let cpu = Cpu::<f64>::new();
            let solution = analyse(&cpu, &model, &design, &orbit, &Silent).unwrap();
            let noise = ray_noise(&cpu, &solution).unwrap();
            (solution, noise)
        })
        .collect();
    let n = runs.len() as f64;
    let scatter = |values: &[f64]| {
        let mean = values.iter().sum::<f64>() / n;
        (values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
    };
    let root_mean_square = |values: &[f64]| (values.iter().map(|v| v * v).sum::<f64>() / n).sqrt();
    let layout = &runs[0].0.layout;
    for part in [Part::Radiator, Part::Array, Part::Bus] {
        let (mut seen, mut said) = (0.0, 0.0);
        for cell in layout.part_cells(part) {
            seen += scatter(&runs.iter().map(|(s, _)| s.state.node_k[cell]).collect::<Vec<_>>()).powi(2);
            said += root_mean_square(&runs.iter().map(|(_, e)| e.node_k[cell]).collect::<Vec<_>>()).powi(2);
        }
        let ratio = (seen / said).sqrt();
        println!("{}: scatter over bar {ratio:.2}", part.name());
        assert!((0.3..1.25).contains(&ratio), "{}: scatter is {ratio} of the error bar", part.name());
    }
    let seen = scatter(&runs.iter().map(|(s, _)| layout.mean(Part::Radiator, &s.state.node_k)).collect::<Vec<_>>());
    let said = root_mean_square(&runs.iter().map(|(_, e)| e.radiator_mean_k).collect::<Vec<_>>());
    println!("radiator mean: scatter {seen:.2e} K, bar {said:.2e} K");
    assert!((0.7..1.4).contains(&(seen / said)), "scatter {seen} K against {said} K");
}
