//! The report of a study and its figures: what single keys do, shares of the variance, the front.

use super::charts::{
    ACCENT, Axes, Bar, CHARACTER, Figure, INK, MUTED, RULE, TINT, WIDTH, at, bars, count, line, range, rectangle, svg, text,
    tick_label, ticks,
};
use super::number::Numbers as Paths;
use super::page::{figure, frame, of_any_size, sources, validation};
use crate::study::insight::{Index, Indices, Insight, Numbers, Tornado, four};
use maud::{Markup, html};

/// Designs that are drawn as dots at most.
const MOST_DOTS: usize = 2000;

/// Some designs of the front: names of the columns, and what stands in them.
pub type Table = (Vec<String>, Vec<Vec<String>>);

/// The page of a study; its numbers are those of study.json, which is `json` as text.
pub fn page(insight: &Insight, (n, json): (&Paths, &str), best: &Table, drawn: &[Figure], case_text: &str) -> String {
    let body = html! {
        header {
            p.kind { "Trade study, " (n.text("program")) }
            h1 { (n.text("name")) }
            p.verdict.failed[insight.failed == insight.designs] {
                (n.fixed("designs", 0)) " designs "
                (if n.text("model") == "field" { "by the sizing model until the field model agrees. " } else { "by the sizing model: isolated radiator and array, no field model. " })
                (n.fixed("failed", 0)) " failed."
                @if insight.too_hot > 0 { " Junctions of " (n.fixed("too_hot", 0)) " lie above their limit." }
            }
        }
        (reasons(n, insight))
        (spreads(n, insight))
        @if !insight.objectives.is_empty() {
            h2 { "Designs that no other beats: " (n.len("front")) }
            (figure(drawn.iter().find(|f| f.name == "front"), &html! { "By the first two objectives: all designs (light), up to two thousand of \
                them, and those that no other beats within the limits." }))
            (table("front", best))
            p.note { "Some of them, in the order of the first objective; the column front of study.parquet marks all." }
        }
        @for f in drawn.iter().filter(|f| f.name != "front") {
            h2 { (f.name.replace('_', " ")) }
            (figure(Some(f), &html! { @if f.name.starts_with("tornado") {
                "All other keys as the case has them. Ends of a distribution are its quantiles of 5 and 95 %."
            } @else {
                "Share of the variance that a key has with all it interacts with, ± one standard error (Jansen 1999)."
            } }))
        }
        (validation())
        (sources(case_text, &[]))
    };
    frame(n.text("name"), &body, json, None)
}

fn reasons(n: &Paths, insight: &Insight) -> Markup {
    html! { @if !insight.reasons.is_empty() {
        h2 { "Why designs failed" }
        div.table { table id="reasons" { tbody { @for k in 0..insight.reasons.len() {
            tr { th scope="row" { (n.text(&format!("reasons.{k}.0"))) } td.right { (n.fixed(&format!("reasons.{k}.1"), 0)) } }
        } } } }
    } }
}

fn spreads(n: &Paths, insight: &Insight) -> Markup {
    html! { @if !insight.spreads.is_empty() {
        h2 { "Figures over the designs" }
        div.table { table id="spreads" {
            thead { tr { th { } @for head in ["least", "5 %", "50 %", "95 %", "greatest"] { th.right { (head) } } } }
            tbody { @for (k, s) in insight.spreads.iter().enumerate() {
                @let [low, middle, high] = s.quantiles;
                @let all = [("least", s.least), ("quantiles.0", low), ("quantiles.1", middle), ("quantiles.2", high), ("greatest", s.greatest)];
                tr { th scope="row" { (s.figure) } @for (key, value) in all {
                    td.right { (of_any_size(n, &format!("spreads.{k}.{key}"), value)) }
                } }
            } }
        } }
    } }
}

fn table(id: &str, (head, rows): &Table) -> Markup {
    html! { div.table { table id=(id.to_owned() + "_designs") {
        thead { tr { @for name in head { th.right { (name) } } } }
        tbody { @for row in rows { tr { @for cell in row { td.right { (cell) } } } } }
    } } }
}

/// All figures of a study; `points` are its objectives.
pub fn figures(insight: &Insight, points: &Numbers) -> Vec<Figure> {
    let mut all: Vec<Figure> = insight.tornadoes.iter().map(tornado).collect();
    all.extend(insight.indices.iter().map(shares));
    all.extend(front(insight, points));
    all
}

/// Bars from the case as written to each key's low (light) and high end.
fn tornado(t: &Tornado) -> Figure {
    const ROW: f64 = 24.0;
    let left = 14.0 + CHARACTER * count(t.effects.iter().map(|e| e.key.chars().count()).max().unwrap_or(0));
    let (low, high) = range(t.effects.iter().flat_map(|e| [e.low, e.high]).flatten().chain([t.base]));
    let room = (high - low).max(1e-9 * high.abs()).max(1e-12);
    let x = |v: f64| left + (WIDTH - 24.0 - left) * (v - low) / room;
    let bottom = 24.0 + ROW * count(t.effects.len());
    let (marks, digits) = ticks(low, high, 4.0);
    let bar =
        |end: f64, y: f64, colour: &str| rectangle((x(end.min(t.base)), y), ((x(end) - x(t.base)).abs(), ROW - 8.0), colour);
    let title = format!("{} from the low (light) to the high end of each key", t.figure);
    let body = html! {
        (text(0.0, 14.0, "start", INK, &title))
        @for m in &marks {
            (line((x(*m), 22.0), (x(*m), bottom), RULE, 1.0))
            (text(x(*m), bottom + 16.0, "middle", MUTED, &tick_label(*m, digits)))
        }
        @for (k, e) in t.effects.iter().enumerate() {
            @let y = 24.0 + ROW * count(k) + 4.0;
            (text(left - 8.0, y + 12.0, "end", INK, &e.key))
            @if let Some(end) = e.low { (bar(end, y, TINT)) }
            @if let Some(end) = e.high { (bar(end, y, ACCENT)) }
        }
        (line((x(t.base), 22.0), (x(t.base), bottom), INK, 1.0))
    };
    Figure { name: format!("tornado_{}", t.figure), svg: svg(bottom + 24.0, &title, &body) }
}

/// The share of the variance that each key has with all it interacts with.
fn shares(i: &Indices) -> Figure {
    let bar = |k: &Index| Bar {
        label: k.key.clone(),
        value: k.total,
        text: html! { (format!("{:.2} ± {:.2}", k.total, k.total_error)) },
        light: false,
    };
    let all: Vec<Bar> = i.keys.iter().map(bar).collect();
    Figure { name: format!("shares_{}", i.figure), svg: bars(&format!("shares of the variance of {}", i.figure), &all) }
}

/// All designs by the first two objectives, and those that no other beats.
fn front(insight: &Insight, points: &Numbers) -> Option<Figure> {
    const HEIGHT: f64 = 240.0;
    let [across, up, ..] = &insight.objectives[..] else { return None };
    let every = points.len().div_ceil(MOST_DOTS);
    let place = |p: &Vec<f64>| {
        let turned = |name: &str, x: f64| if name.starts_with('-') { -x } else { x };
        (turned(across, p[0]), turned(up, p[1]))
    };
    let dots: Vec<(f64, f64)> = points.iter().step_by(every).flatten().map(place).collect();
    let best: Vec<(f64, f64)> = insight.front.iter().filter_map(|k| points[*k].as_ref()).map(place).collect();
    let ends = |of: fn(&(f64, f64)) -> f64| {
        let (low, high) = range(dots.iter().chain(&best).map(of));
        let margin = (0.05 * (high - low)).max(1e-9 * high.abs()).max(1e-12);
        (low - margin, high + margin)
    };
    let axes = Axes { across: (60.0, WIDTH - 12.0), down: (26.0, 26.0 + HEIGHT), x: ends(|p| p.0), y: ends(|p| p.1) };
    let name = |objective: &str| objective.trim_start_matches('-').to_owned();
    let dot = |p: &(f64, f64), r: f64, colour: &str| {
        html! { circle cx=(at(axes.x(p.0))) cy=(at(axes.y(p.1))) r=(at(r)) fill=(colour) {} }
    };
    let body = html! {
        (axes.draw(&axes.marks(5.0), (&name(across), &name(up))))
        @for p in &dots { (dot(p, 1.8, TINT)) }
        @for p in &best { (dot(p, 3.0, ACCENT)) }
    };
    let title = format!("designs that no other beats in {} and {}", name(across), name(up));
    let best_of = best.first().map(|p| format!(", from {} and {}", four(p.0), four(p.1))).unwrap_or_default();
    Some(Figure { name: "front".to_owned(), svg: svg(axes.down.1 + 40.0, &(title + &best_of), &body) })
}
