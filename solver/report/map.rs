//! What a map leaves behind: text, JSON, a table of its cells and a figure.

use super::files::Staged;
use super::html::charts::{ALARM, INK, MUTED, WIDTH, at, line, rectangle, svg, text};
use crate::sizing::batch::Failure;
use crate::study::insight::four;
use crate::study::map::{Map, Place};
use maud::{Markup, html};
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Writes `map.svg`, `map.csv` and `map.json`.
pub fn write(folder: &Path, map: &Map) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("map.svg", &figure(map))?;
    staged.text("map.csv", &table(map))?;
    staged.text("map.json", &to_json(map))?;
    staged.commit()
}

/// The numbers of the map without its cells.
pub fn to_json(map: &Map) -> String {
    #[derive(serde::Serialize)]
    struct Told<'a> {
        program: &'a str,
        #[serde(flatten)]
        map: &'a Map,
    }
    let told = Told { program: concat!("thermsolve ", env!("CARGO_PKG_VERSION")), map };
    serde_json::to_string_pretty(&told).expect("plain data") + "\n"
}

fn said(failure: Failure) -> &'static str {
    match failure {
        Failure::Sink => "surroundings too warm for the coolant",
        Failure::Unpumpable => "more pump power than the load",
        Failure::Carrier => "heat pipes or saturation beyond their limits",
        Failure::UnsafeWall => "no wall that is safe and leaves a fin",
        Failure::TooLong => "tubes too long",
        Failure::TooShort => "tubes too short",
    }
}

#[expect(clippy::cast_precision_loss, reason = "designs are below 2^53")]
fn share(part: usize, of: usize) -> String {
    format!("{:.1} %", 100.0 * part as f64 / of.max(1) as f64)
}

/// For the terminal.
pub fn to_text(m: &Map) -> String {
    let mut out = String::new();
    let mut say = |text: std::fmt::Arguments<'_>| {
        out.write_fmt(text).expect("writing to a string");
        out.push('\n');
    };
    say(format_args!("{}\nisolated radiator, sink {:.2} K", m.name, m.sink_k));
    say(format_args!("{} designs, {:.0} a second on {}", m.designs, m.designs_per_s, m.device));
    if let Some(r) = &m.rechecked {
        let (apart, left) = (r.largest_difference, r.left_to_the_host);
        say(format_args!(
            "  {} of them evaluated in f64 as well: costs differ by {apart:.1e} at most; {left} left to the host",
            r.designs
        ));
    }
    say(format_args!("  keep all bounds: {}", share(m.feasible, m.designs)));
    for (failure, count) in &m.failures {
        say(format_args!("  {}: {}", said(*failure), share(*count, m.designs)));
    }
    say(format_args!(
        "\n{:<14}{:>10}{:>10}{:>10}{:>10}{:>9}{:>9}{:>11}{:>11}",
        "", "cost kg", "mass kg", "pitch mm", "sheet mm", "bore mm", "wall mm", "tubes/loop", "length m"
    ));
    for (name, place) in [("by search", &m.search), ("of the map", &m.lightest)] {
        match place {
            None => say(format_args!("{name:<14}{:>10}", "none")),
            Some(p) => say(format_args!(
                "{name:<14}{:>10.1}{:>10.1}{:>10.1}{:>10.3}{:>9.2}{:>9.3}{:>11.2}{:>11.2}",
                p.cost_kg, p.mass_kg, p.pitch_mm, p.sheet_mm, p.bore_mm, p.wall_mm, p.tubes_per_loop, p.length_m
            )),
        }
    }
    say(format_args!("{}", verdict(m)));
    for w in &m.near {
        say(format_args!("within {:.0} % of the least cost: {} designs", 100.0 * w.part, w.designs));
        let Some(r) = &w.ranges else { continue };
        let spelt = |name: &str, [low, high]: [f64; 2]| format!("{name} {} to {}", four(low), four(high));
        let [sheet, pitch, bore] = [spelt("sheet", r.sheet_mm), spelt("pitch", r.pitch_mm), spelt("bore", r.bore_mm)];
        say(format_args!("  mm: {pitch}, {sheet}, {bore}, {}", spelt("wall", r.wall_mm)));
        say(format_args!("  {}, {} m", spelt("tubes per loop", r.tubes_per_loop), spelt("length", r.length_m)));
    }
    out
}

/// What map and search say of each other.
fn verdict(m: &Map) -> String {
    match (m.above_search, &m.search_failure, &m.lightest) {
        (Some(x), ..) if x < -1e-6 => {
            format!("warning: the search missed a radiator that costs {:.3} % less", -100.0 * x)
        }
        (Some(x), ..) => {
            format!("no design of the map costs less than that of the search; the least costs {:.2} % more", 100.0 * x)
        }
        (None, Some(why), Some(_)) => format!("warning: the search found nothing where the map has designs: {why}"),
        (None, Some(why), None) => format!("neither found a radiator: {why}"),
        (None, None, _) => "no design of the map keeps all bounds: more designs may find some".to_owned(),
    }
}

/// Edges of a cell along a dimension.
#[expect(clippy::cast_precision_loss, reason = "cells are few")]
fn edges([low, high]: [f64; 2], of: usize, k: usize) -> [f64; 2] {
    [k, k + 1].map(|k| low * (high / low).powf(k as f64 / of as f64))
}

/// The cells as a table.
fn table(m: &Map) -> String {
    let mut out = String::from(
        "pitch_from_mm,pitch_to_mm,bore_from_mm,bore_to_mm,designs,feasible,cost_kg,mass_kg,pitch_mm,sheet_mm,bore_mm,wall_mm,tubes_per_loop,length_m,pump_w\n",
    );
    for (k, c) in m.cells.iter().enumerate() {
        let [p0, p1] = edges(m.pitch_mm, m.size[0], k % m.size[0]);
        let [b0, b1] = edges(m.bore_mm, m.size[1], k / m.size[0]);
        let best = c.best.map_or_else(
            || ",".repeat(8),
            |p| {
                let all =
                    [p.cost_kg, p.mass_kg, p.pitch_mm, p.sheet_mm, p.bore_mm, p.wall_mm, p.tubes_per_loop, p.length_m, p.pump_w];
                all.map(|x| format!("{x:.6}")).join(",")
            },
        );
        writeln!(out, "{p0:.6},{p1:.6},{b0:.6},{b1:.6},{},{},{best}", c.designs, c.feasible).expect("writing to a string");
    }
    out
}

/// Steps of the figure: parts by which a cell's least cost is above the least of all.
const STEPS: [f64; 6] = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5];
/// Frame of the figure.
const LEFT: f64 = 48.0;
const RIGHT: f64 = WIDTH - 104.0;
const UPPER: f64 = 44.0;
const LOWER: f64 = 324.0;

/// The colour of a step; the last for all that is above.
#[expect(clippy::cast_precision_loss, reason = "a few steps")]
fn colour(step: usize) -> String {
    format!("#{:x}", colorous::VIRIDIS.eval_continuous(1.0 - step as f64 / STEPS.len() as f64))
}

/// 1, 2 and 5 of each decade between two bounds.
fn marks([low, high]: [f64; 2]) -> Vec<f64> {
    let decades = (-3..6).flat_map(|d| [1.0, 2.0, 5.0].map(|x| x * 10_f64.powi(d)));
    let within: Vec<f64> = decades.filter(|x| *x >= low * 0.999 && *x <= high * 1.001).collect();
    if within.is_empty() { vec![low] } else { within }
}

/// Least cost over pitch and bore, the other dimensions free.
fn figure(m: &Map) -> String {
    let place = |[low, high]: [f64; 2], v: f64| if low < high { (v / low).ln() / (high / low).ln() } else { 0.5 };
    let x = |v: f64| LEFT + (RIGHT - LEFT) * place(m.pitch_mm, v);
    let y = |v: f64| LOWER - (LOWER - UPPER) * place(m.bore_mm, v);
    let least = [&m.lightest, &m.search].into_iter().flatten().map(|p| p.cost_kg).fold(f64::INFINITY, f64::min);
    #[expect(clippy::cast_precision_loss, reason = "cells are few")]
    let [wide, high] = [(RIGHT - LEFT) / m.size[0] as f64, (LOWER - UPPER) / m.size[1] as f64];
    #[expect(clippy::cast_precision_loss, reason = "cells are few")]
    let run = |row: usize, first: usize, count: usize, step: usize| {
        let corner = (LEFT + wide * first as f64, LOWER - high * (row + 1) as f64);
        // A little higher than the cells, so that no gaps show.
        rectangle(corner, (wide * count as f64, high + if row == 0 { 0.0 } else { 0.4 }), &colour(step))
    };
    let step = |p: &Place| STEPS.iter().position(|s| p.cost_kg <= least * (1.0 + s)).unwrap_or(STEPS.len());
    let steps: Vec<Option<usize>> = m.cells.iter().map(|c| c.best.as_ref().map(step)).collect();
    let body = html! {
        (text(LEFT, 14.0, "start", INK, "Least cost over pitch and bore"))
        (text(LEFT, UPPER - 10.0, "start", MUTED, "bore, mm"))
        (rectangle((LEFT, UPPER), (RIGHT - LEFT, LOWER - UPPER), "#eef0f3"))
        @for (row, steps) in steps.chunks(m.size[0]).enumerate() {
            @for (first, same) in runs(steps) {
                @if let Some(step) = same[0] { (run(row, first, same.len(), step)) }
            }
        }
        @for v in marks(m.pitch_mm) {
            (line((x(v), LOWER), (x(v), LOWER + 4.0), MUTED, 1.0))
            (text(x(v), LOWER + 17.0, "middle", MUTED, &format!("{v}")))
        }
        @for v in marks(m.bore_mm) {
            (line((LEFT - 4.0, y(v)), (LEFT, y(v)), MUTED, 1.0))
            (text(LEFT - 7.0, y(v) + 4.0, "end", MUTED, &format!("{v}")))
        }
        (text(RIGHT, LOWER + 34.0, "end", MUTED, "pitch, mm"))
        @if let Some(p) = &m.lightest { (ring(x(p.pitch_mm), y(p.bore_mm))) }
        @if let Some(p) = &m.search { (cross(x(p.pitch_mm), y(p.bore_mm))) }
        (legend(m))
    };
    svg(LOWER + 44.0, "Least cost over pitch and bore, the other dimensions free", &body)
}

/// Neighbours that are the same, and the place of the first of them.
fn runs(steps: &[Option<usize>]) -> Vec<(usize, &[Option<usize>])> {
    let mut after = 0;
    let run = |same| {
        after += <[_]>::len(same);
        (after - same.len(), same)
    };
    steps.chunk_by(|a, b| a == b).map(run).collect()
}

fn ring(x: f64, y: f64) -> Markup {
    html! { circle cx=(at(x)) cy=(at(y)) r="5" fill="none" stroke=(INK) stroke-width="1.6" {} }
}

fn cross(x: f64, y: f64) -> Markup {
    html! {
        @for (dx, dy) in [(5.0, 5.0), (5.0, -5.0)] { (line((x - dx, y - dy), (x + dx, y + dy), ALARM, 2.0)) }
    }
}

/// Colours and marks.
#[expect(clippy::cast_precision_loss, reason = "a few rows")]
fn legend(m: &Map) -> Markup {
    const ROW: f64 = 18.0;
    let left = RIGHT + 12.0;
    let row = |k: usize| UPPER + 6.0 + ROW * k as f64;
    let label = |k: usize| STEPS.get(k).map_or_else(|| "more".to_owned(), |s| format!("to {:.0} %", 100.0 * s));
    let after = STEPS.len() + 2;
    html! {
        (text(left, row(0) - 2.0, "start", MUTED, "above least"))
        @for k in 0..=STEPS.len() {
            (rectangle((left, row(k) + 4.0), (14.0, 12.0), &colour(k)))
            (text(left + 20.0, row(k) + 14.0, "start", INK, &label(k)))
        }
        (rectangle((left, row(STEPS.len() + 1) + 4.0), (14.0, 12.0), "#eef0f3"))
        (text(left + 20.0, row(STEPS.len() + 1) + 14.0, "start", INK, "none"))
        @if m.search.is_some() {
            (cross(left + 7.0, row(after) + 14.0))
            (text(left + 20.0, row(after) + 18.0, "start", INK, "by search"))
        }
        @if m.lightest.is_some() {
            (ring(left + 7.0, row(after + 1) + 14.0))
            (text(left + 20.0, row(after + 1) + 18.0, "start", INK, "of the map"))
        }
    }
}
