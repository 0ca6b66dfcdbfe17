//! The figures of a design.

use super::charts::{Bar, Curve, Figure, Level, Lines, bars, stacked, waterfall};
use super::drawing;
use super::number::Numbers;
use super::scene::{Grid, radiator_map};
use crate::analysis::history::{History, Sample};
use crate::analysis::survey::Point;
use crate::report::Run;
use crate::report::summary::celsius;
use maud::html;

/// All figures that a run has.
pub(super) fn all(run: &Run<'_>, n: &Numbers, grids: &[Grid]) -> Vec<Figure> {
    let s = run.summary;
    let figure = |name: &str, svg| Figure { name: name.to_owned(), svg };
    let mut all = vec![
        figure("views", drawing::views(s)),
        figure("section", drawing::section(s)),
        figure("radiator_map", radiator_map(grids, s.geometry.radiator_wings)),
        figure("heat_path", heat_path(run, n)),
        figure("radiator_mass", radiator_mass(run, n)),
        figure("satellite_mass", satellite_mass(run, n)),
    ];
    if let Some(h) = run.history {
        all.push(figure("history", history(h)));
    }
    if !run.survey.is_empty() {
        all.push(figure("survey", survey(run.survey)));
    }
    all
}

fn heat_path(run: &Run<'_>, n: &Numbers) -> String {
    let level = |(k, l): (usize, &crate::report::heat_path::Level)| Level {
        label: l.what.to_owned(),
        note: l.through.to_owned(),
        value: l.at_c,
        text: html! { (n.fixed(&format!("heat_path.{k}.at_c"), 1).in_svg()) " °C" },
        change: if k == 0 {
            html! {}
        } else {
            html! { (n.fixed(&format!("heat_path.{k}.drop_k"), 2).times(-1.0).signed().in_svg()) " K" }
        },
    };
    let levels: Vec<Level> = run.summary.heat_path.iter().enumerate().map(level).collect();
    waterfall("Temperatures from the junction to space", "°C", &levels)
}

/// Bars of masses: label, path in the summary, whether it rests on a specific mass of the case.
fn masses(title: &str, n: &Numbers, all: &[(&str, &str, f64, bool)]) -> String {
    let bar = |(label, path, value, light): &(&str, &str, f64, bool)| Bar {
        label: (*label).to_owned(),
        value: *value,
        text: html! { (n.fixed(path, 0).in_svg()) " kg" },
        light: *light,
    };
    bars(title, &all.iter().map(bar).collect::<Vec<_>>())
}

fn radiator_mass(run: &Run<'_>, n: &Numbers) -> String {
    let m = &run.summary.mass;
    masses(
        "Mass of the radiator",
        n,
        &[
            ("face sheets", "mass.sheets_kg", m.sheets_kg, false),
            ("tubes", "mass.tubes_kg", m.tubes_kg, false),
            ("coolant", "mass.coolant_kg", m.coolant_kg, false),
            ("headers", "mass.headers_kg", m.headers_kg, false),
            ("trunk lines", "mass.trunk_kg", m.trunk_kg, false),
            ("coating", "mass.coating_kg", m.coating_kg, false),
            ("accumulators", "mass.accumulator_kg", m.accumulator_kg, true),
            ("pumps and valves", "mass.pumps_kg", m.pumps_kg, true),
            ("core and structure", "mass.structure_kg", m.structure_kg, true),
            ("margins", "margin_kg", run.summary.margin_kg, true),
        ],
    )
}

fn satellite_mass(run: &Run<'_>, n: &Numbers) -> String {
    let y = &run.summary.system;
    masses(
        "Mass of the satellite",
        n,
        &[
            ("radiator", "system.radiator_kg", y.radiator_kg, false),
            ("array", "system.array_kg", y.array_kg, true),
            ("racks", "system.racks_kg", y.racks_kg, true),
            ("exchanger, battery", "system.exchanger_battery_kg", y.exchanger_battery_kg, true),
            ("battery", "system.battery_kg", y.battery_kg, true),
            ("heat pump", "system.heat_pump_kg", y.heat_pump_kg, true),
            ("bus", "system.bus_kg", y.bus_kg, true),
        ],
    )
}

/// A quantity of a sample.
type Value = (&'static str, fn(&Sample) -> f64);

const TEMPERATURES: [Value; 7] = [
    ("junction", |s| celsius(s.junction_k)),
    ("return", |s| celsius(s.return_k)),
    ("supply", |s| celsius(s.supply_k)),
    ("radiator, mean", |s| celsius(s.parts[0].mean_k)),
    ("radiator, coldest", |s| celsius(s.parts[0].least_k)),
    ("array, mean", |s| celsius(s.parts[1].mean_k)),
    ("bus, mean", |s| celsius(s.parts[2].mean_k)),
];

const HEATS: [Value; 4] = [
    ("racks", |s| s.rack_w / 1e3),
    ("absorbed", |s| s.absorbed_w / 1e3),
    ("to space", |s| s.space_w / 1e3),
    ("array power", |s| s.array_w / 1e3),
];

/// Temperatures, and heats and power, in time; shadow is grey.
fn history(h: &History) -> String {
    let minutes = |s: &Sample| s.time_s / 60.0;
    // A sample on the shadow's edge knows what comes after it.
    let dark = h.samples.windows(2).filter(|w| w[0].illumination == 0.0).map(|w| (minutes(&w[0]), minutes(&w[1])));
    let mut shaded: Vec<(f64, f64)> = vec![];
    for (from, to) in dark {
        match shaded.last_mut() {
            Some(last) if (last.1 - from).abs() < 1e-9 => last.1 = to,
            _ => shaded.push((from, to)),
        }
    }
    let chart = |title: &str, y: &str, values: &[Value]| Lines {
        title: title.to_owned(),
        x: "time, min".to_owned(),
        y: y.to_owned(),
        curves: values
            .iter()
            .map(|(label, of)| Curve {
                label: (*label).to_owned(),
                points: h.samples.iter().map(|s| (minutes(s), of(s))).collect(),
            })
            .collect(),
        shaded: shaded.clone(),
        ..Lines::default()
    };
    let charts = [chart("Temperatures", "temperature, °C", &TEMPERATURES), chart("Heat", "heat and power, kW", &HEATS)];
    stacked("Temperatures, heats and power in time", &charts)
}

/// A quantity of a survey's point.
type Quantity = (&'static str, fn(&Point) -> f64);

const QUANTITIES: [Quantity; 4] = [
    ("junction margin, K", |p| p.junction_margin_k),
    ("power margin, %", |p| 100.0 * p.power_margin),
    ("coldest radiator, °C", |p| celsius(p.radiator_k.0)),
    ("eclipse, % of the orbit", |p| 100.0 * p.eclipse_fraction),
];

/// Margins through a survey, a curve for each design case.
fn survey(points: &[Point]) -> String {
    let mut cases: Vec<&str> = points.iter().map(|p| p.design_case.as_str()).collect();
    cases.dedup();
    let of = |case: &str| points.iter().filter(|p| p.design_case == case).collect::<Vec<_>>();
    #[expect(clippy::cast_precision_loss, reason = "points are few")]
    let place = |k: usize| k as f64;
    let first = cases.first().map(|c| of(c)).unwrap_or_default();
    let names: Vec<(f64, String)> = first.iter().enumerate().map(|(k, p)| (place(k), p.label.clone())).collect();
    let chart = |(y, value): &Quantity| Lines {
        title: (*y).to_owned(),
        y: (*y).to_owned(),
        curves: cases
            .iter()
            .map(|case| Curve {
                label: (*case).to_owned(),
                points: of(case).iter().enumerate().map(|(k, p)| (place(k), value(p))).collect(),
            })
            .collect(),
        names: names.clone(),
        level: (y.contains("margin")).then(|| (0.0, String::new())),
        ..Lines::default()
    };
    stacked("The design on other days", &QUANTITIES.map(|q| chart(&q)))
}
