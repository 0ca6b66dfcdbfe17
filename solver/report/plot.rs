//! Convergence plots as inline SVG, drawn by the `plotters` crate.

use plotters::prelude::*;

/// Errors over mesh widths on logarithmic axes, with a line of second order through the finest mesh.
///
/// A plot that cannot be drawn is left out; the numbers stand in the Markdown.
pub(super) fn convergence(title: &str, points: &[(f64, f64)]) -> String {
    let mut svg = String::new();
    let drawn = draw(&mut svg, title, points);
    if drawn.is_err() { String::new() } else { svg }
}

fn draw(svg: &mut String, title: &str, points: &[(f64, f64)]) -> Result<(), Box<dyn std::error::Error>> {
    let positive: Vec<(f64, f64)> = points.iter().copied().filter(|p| p.0 > 0.0 && p.1 > 0.0).collect();
    let Some(&(h, e)) = positive.last() else { return Err("no points".into()) };
    let range = |values: &dyn Fn(&(f64, f64)) -> f64| {
        let (low, high) = positive.iter().map(values).fold((f64::MAX, f64::MIN), |(l, h), x| (l.min(x), h.max(x)));
        0.6 * low..1.7 * high
    };
    let root = SVGBackend::with_string(svg, (340, 240)).into_drawing_area();
    let mut chart = ChartBuilder::on(&root)
        .caption(title, ("sans-serif", 12))
        .margin(6)
        .x_label_area_size(30)
        .y_label_area_size(54)
        .build_cartesian_2d(range(&|p| p.0).log_scale(), range(&|p| p.1).log_scale())?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("cell width")
        .y_desc("error")
        .x_label_formatter(&|x| format!("{x:.3}"))
        .y_label_formatter(&|y| format!("{y:.0e}"))
        .label_style(("sans-serif", 10))
        .draw()?;
    chart.draw_series(LineSeries::new(positive.iter().map(|p| (p.0, e * (p.0 / h).powi(2))), RGBColor(190, 190, 190)))?;
    chart.draw_series(LineSeries::new(positive.iter().copied(), RGBColor(30, 90, 160)))?;
    chart.draw_series(positive.iter().map(|p| Circle::new(*p, 3, RGBColor(30, 90, 160).filled())))?;
    root.present()?;
    drop(chart);
    drop(root);
    Ok(())
}
