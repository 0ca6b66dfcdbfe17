//! What every page has: frame, checks, validation, sources, the run, the embedded summary.

use super::charts::Figure;
use super::number::{Number, Numbers, counted};
use super::scene::Shown;
use crate::report::recorded::recorded;
use crate::report::summary::Check;
use crate::report::verification::Counts;
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("../assets/page.css");
const SCRIPT: &str = include_str!("../assets/page.js");
const REGL: &str = include_str!("../assets/regl.min.js");
const REGL_LICENCE: &str = include_str!("../assets/regl.LICENSE");

/// A page: nothing in it is loaded from elsewhere, and its policy forbids it.
pub fn frame(title: &str, body: &Markup, summary_json: &str, shown: Option<&Shown>) -> String {
    let policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline' 'unsafe-eval'";
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(policy);
                title { (title) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                main { (body) }
                script type="application/json" id="summary" { (PreEscaped(for_script(summary_json))) }
                @if let Some(shown) = shown {
                    script type="application/json" id="scene" { (PreEscaped(for_script(&shown.data().to_string()))) }
                    (PreEscaped("<!--\n")) (PreEscaped(REGL_LICENCE.replace("--", "- -"))) (PreEscaped("-->\n"))
                    script { (PreEscaped(REGL)) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        }
    }
    .into_string()
}

/// JSON that cannot end the script element it stands in.
fn for_script(json: &str) -> String {
    json.replace('<', "\\u003c")
}

/// The title of a page and whether its checks passed.
pub fn heading(n: &Numbers, kind: &str, checks: &[Check]) -> Markup {
    let failed = checks.iter().filter(|c| !c.passed).count();
    html! {
        p.kind { (kind) ", " (n.text("program")) }
        h1 { (n.text("name")) }
        @if failed == 0 {
            p.verdict { "All " (checks.len()) " checks passed." }
        } @else {
            p.verdict.failed { (failed) " of " (checks.len()) " checks failed: do not rely on it as it is." }
        }
    }
}

/// A drawn figure with its caption.
pub fn figure(drawn: Option<&Figure>, caption: &Markup) -> Markup {
    html! {
        @if let Some(f) = drawn {
            figure id=(f.name) { (PreEscaped(&f.svg)) figcaption { (caption) } }
        }
    }
}

/// The view in three dimensions, its colour bar and what is to be said of it.
pub fn view(shown: &Shown, caption: &Markup) -> Markup {
    html! {
        div.view {
            canvas id="field" tabindex="0" role="img" aria-label="The model in three dimensions, coloured by temperature" {}
            p.reading id="field-reading" aria-live="polite" {}
        }
        div.views {
            @for (view, label) in [("oblique", "oblique"), ("x", "along x"), ("y", "along y"), ("z", "along z")] {
                button type="button" data-view=(view) { (label) }
            }
        }
        figure {
            (PreEscaped(shown.colour_bar()))
            figcaption {
                span.screen { "Drag to turn, pinch or scroll to zoom (click the picture first), two fingers or Shift to move; point at a \
                    place to read it. " }
                (caption)
            }
        }
    }
}

/// Rows of a quantity, its number and unit.
pub fn quantities(rows: &[(&str, Markup)]) -> Markup {
    html! {
        div.table { table.quantities { tbody {
            @for (what, value) in rows { tr { th scope="row" { (what) } td { (value) } } }
        } } }
    }
}

/// A number with its unit.
pub fn with_unit(number: &Number, unit: &str) -> Markup {
    html! { (number) " " span.unit { (unit) } }
}

/// Digits for a number of any size: plain between a hundredth and a million, else a power of ten.
pub fn of_any_size(n: &Numbers, path: &str, value: f64) -> Number {
    match value.abs() {
        a if (100.0..1e6).contains(&a) => n.fixed(path, 1),
        a if (0.01..100.0).contains(&a) => n.fixed(path, 2),
        _ => n.power(path),
    }
}

/// The checks with what was found and their limits.
pub fn checks(n: &Numbers, all: &[Check]) -> Markup {
    html! {
        div.table { table id="checks" {
            thead { tr { th { "check" } th.right { "found" } th.right { "at most" } th { } } }
            tbody {
                @for (k, c) in all.iter().enumerate() {
                    tr {
                        th scope="row" {
                            (c.what)
                            @if !c.place.is_empty() { " " span.unit { "(" (c.place) ")" } }
                        }
                        td.right { (of_any_size(n, &format!("checks.{k}.value"), c.value)) " " span.unit { (c.unit) } }
                        td.right { (of_any_size(n, &format!("checks.{k}.limit"), c.limit)) " " span.unit { (c.unit) } }
                        td.state { @if c.passed { "passed" } @else { span.failed { "failed" } } }
                    }
                }
            }
        } }
    }
}

/// What the reader must know before relying on the numbers.
pub fn warnings(n: &Numbers) -> Markup {
    html! {
        @if n.len("warnings") > 0 {
            h3 { "To know before relying on it" }
            ul.warnings id="warnings" { @for k in 0..n.len("warnings") { li { (n.text(&format!("warnings.{k}"))) } } }
        }
    }
}

/// How far this version of the program is checked, as its manual records it.
pub fn validation() -> Markup {
    let rows = recorded();
    let all = rows.last().map(|r| r.1).unwrap_or_default();
    let cells = |c: &Counts| [c.cases, c.whole, c.part, c.open + c.outside, c.failed, c.checks];
    html! {
        h2 { "How the program is checked" }
        p {
            "The verification manual of this version compares " (counted(all.ran())) " of " (counted(all.cases)) " reference cases with closed forms, \
             independent quadrature, published figures or other programs: " (format!("{:.1}\u{a0}%", 100.0 * all.share())) " of the \
             cases that leave something to compute, in " (counted(all.checks)) " comparisons; " (all.failed) " failed. These are checks of \
             the program, not of this case."
        }
        div.table { table id="validation" {
            thead { tr {
                th { "kind" } th.right { "cases" } th.right { "in full" } th.right { "in part" } th.right { "not run" }
                th.right { "failed" } th.right { "comparisons" }
            } }
            tbody { @for (name, c) in &rows {
                tr.total[*name == "all"] { th scope="row" { (name) } @for x in cells(c) { td.right { (counted(x)) } } }
            } }
        } }
        p.note { "docs/verification.md names each case with its source, and the reason for each that is not run; thermsolve verify runs them again." }
    }
}

/// Every number that came from the catalogue or the program's sources.
pub fn assumptions(n: &Numbers) -> Markup {
    html! { @if n.len("assumptions") > 0 {
        h2 { "Assumptions and sources" }
        p { "Rows of the catalogue and laws that this run rests on. " em { "read" } " was seen in the source, " em { "recall" } " was written \
             from memory and must be checked." }
        div.table { table id="assumptions" {
            thead { tr { th { "what" } th { "evidence" } th { "source" } } }
            tbody { @for k in 0..n.len("assumptions") {
                @let of = |key: &str| n.text(&format!("assumptions.{k}.{key}"));
                tr {
                    th scope="row" { (of("what")) }
                    td { @if of("evidence") == "recall" { span.failed { "recall" } } @else { (of("evidence")) } }
                    td.source { (of("source")) }
                }
            } }
        } }
    } }
}

/// The case as it was written, and the seconds of each stage.
pub fn sources(case_text: &str, timings: &[(String, f64)]) -> Markup {
    html! {
        // One line, so that two runs of one case differ in it alone.
        @if !timings.is_empty() { p id="times" { "Time: "
            @for (k, (stage, seconds)) in timings.iter().enumerate() {
                @if k > 0 { ", " } (stage) " " (format!("{seconds:.2}")) " s"
            } "."
        } }
        (PreEscaped("\n"))
        details.screen { summary { "The case as written" } pre id="case" { (case_text) } }
    }
}
