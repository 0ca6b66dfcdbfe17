//! A survey as table and plot.

use super::csv::or_empty;
use super::files::Staged;
use crate::analysis::survey::Point;
use crate::constants::CELSIUS_ZERO_K;
use crate::model::Model;
use plotters::prelude::*;
use std::fmt::Write;

/// Writes `survey.csv` and `survey.svg`.
pub fn write(staged: &mut Staged, model: &Model, points: &[Point]) -> std::io::Result<()> {
    if model.output.csv {
        staged.text("survey.csv", &table(points))?;
    }
    staged.text("survey.svg", &plot(&model.name, points).map_err(std::io::Error::other)?)
}

fn table(points: &[Point]) -> String {
    let mut out = String::from(
        "point,design_case,beta_deg,eclipse_fraction,solar_w_m2,junction_c,junction_margin_k,return_most_c,supply_least_c,radiator_least_c,radiator_most_c,array_least_c,array_most_c,bus_least_c,bus_most_c,array_w,power_margin,distance_k,seconds\n",
    );
    let c = |k: f64| k - CELSIUS_ZERO_K;
    for p in points {
        writeln!(
            out,
            "{},{},{},{:.6},{:.3},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.2},{:.6},{},{:.3}",
            p.label,
            p.design_case,
            or_empty(p.beta_deg),
            p.eclipse_fraction,
            p.solar_w_m2,
            c(p.junction_k),
            p.junction_margin_k,
            c(p.return_most_k),
            c(p.supply_least_k),
            c(p.radiator_k.0),
            c(p.radiator_k.1),
            c(p.array_k.0),
            c(p.array_k.1),
            c(p.bus_k.0),
            c(p.bus_k.1),
            p.array_w,
            p.power_margin,
            or_empty(p.distance_k),
            p.seconds,
        )
        .expect("writing to a string");
    }
    out
}

/// A panel of the plot: unit and value.
type Panel = (&'static str, fn(&Point) -> f64);

const PANELS: [Panel; 4] = [
    ("junction margin, K", |p| p.junction_margin_k),
    ("power margin, %", |p| 100.0 * p.power_margin),
    ("coldest radiator, °C", |p| p.radiator_k.0 - CELSIUS_ZERO_K),
    ("eclipse, % of the orbit", |p| 100.0 * p.eclipse_fraction),
];

const COLOURS: [RGBColor; 4] = [RGBColor(178, 24, 43), RGBColor(33, 102, 172), RGBColor(27, 120, 55), RGBColor(118, 42, 131)];

fn plot(title: &str, points: &[Point]) -> Result<String, Box<dyn std::error::Error + Send + Sync>> {
    let mut names: Vec<&str> = points.iter().map(|p| p.design_case.as_str()).collect();
    names.dedup();
    let of = |name: &str| points.iter().filter(|p| p.design_case == name).enumerate().collect::<Vec<_>>();
    let most = names.iter().map(|n| of(n).len()).max().unwrap_or(1);
    let labels: Vec<&str> = names.first().map(|n| of(n).iter().map(|(_, p)| p.label.as_str()).collect()).unwrap_or_default();
    let mut out = String::new();
    {
        let root = SVGBackend::with_string(&mut out, (960, 900)).into_drawing_area();
        root.fill(&WHITE)?;
        let root = root.titled(title, ("sans-serif", 20))?;
        for (area, (unit, value)) in root.split_evenly((PANELS.len(), 1)).iter().zip(PANELS) {
            let (low, high) = points.iter().map(value).fold((f64::MAX, f64::MIN), |a, v| (a.0.min(v), a.1.max(v)));
            let room = 0.08 * (high - low).max(0.1);
            #[expect(clippy::cast_precision_loss, reason = "point counts are small")]
            let end = (most.max(2) - 1) as f64;
            let mut chart = ChartBuilder::on(area)
                .margin(8)
                .x_label_area_size(28)
                .y_label_area_size(64)
                .build_cartesian_2d(0.0..end, low - room..high + room)?;
            let label = |x: &f64| {
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "an index")]
                let k = x.round() as usize;
                labels.get(k).map(|l| (*l).to_owned()).unwrap_or_default()
            };
            chart.configure_mesh().x_labels(8).x_label_formatter(&label).y_desc(unit).light_line_style(TRANSPARENT).draw()?;
            for (name, colour) in names.iter().zip(COLOURS.iter().cycle()) {
                #[expect(clippy::cast_precision_loss, reason = "an index")]
                let line = LineSeries::new(of(name).into_iter().map(|(k, p)| (k as f64, value(p))), colour.stroke_width(2));
                let colour = *colour;
                chart
                    .draw_series(line)?
                    .label(*name)
                    .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
            }
            chart.configure_series_labels().background_style(WHITE.mix(0.8)).border_style(BLACK.mix(0.2)).draw()?;
        }
        root.present()?;
    }
    Ok(out)
}
