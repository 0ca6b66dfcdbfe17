//! What the page says of a design in time and on other days.

use super::Context;
use super::page::figure;
use maud::{Markup, html};

/// Temperatures in time, if they were asked for.
pub(super) fn history(c: &Context<'_>) -> Markup {
    let n = &c.numbers;
    html! {
        @if c.summary.history.is_some() {
            h2 { "In time" }
            p {
                "One orbit of " (n.fixed("history.period_min", 1)) " min in " (n.fixed("history.work.steps", 0)) " steps"
                @if n.has("history.distance_k") {
                    "; the repeating orbit was found in " (n.fixed("history.cycles", 0)) " orbits, to within "
                    (n.power("history.distance_k")) " K"
                }
                ". The junction is hottest after " (n.fixed("history.junction_hottest_min", 1)) " min."
            }
            (figure(c.figure("history"), &html! { "Temperatures, and heats and power; the spacecraft is in shadow where the ground is grey." }))
            div.table { table {
                thead { tr { th { "°C, over the time followed" } th.right { "coldest" } th.right { "hottest" } } }
                tbody {
                    @for part in ["junction", "return", "supply", "radiator", "array", "bus"] {
                        tr { th scope="row" { (part) }
                            @for k in 0..2 { td.right { (n.fixed(&format!("history.{part}_c.{k}"), 2)) } } }
                    }
                }
            } }
        }
    }
}

/// The design on other days, if it was flown there.
pub(super) fn survey(c: &Context<'_>) -> Markup {
    let n = &c.numbers;
    let worst = [
        ("hottest junction", "least_junction_margin"),
        ("least power", "least_power_margin"),
        ("coldest radiator", "coldest_radiator"),
        ("longest eclipse", "longest_eclipse"),
    ];
    html! {
        @if c.summary.survey.is_some() {
            h2 { "On other days" }
            p { "The design flown at " (n.fixed("survey.points", 0)) " points." }
            (figure(c.figure("survey"), &html! { "Margins, coldest radiator and eclipse at each point." }))
            div.table { table {
                thead { tr {
                    th { "worst" } th { "when" } th.right { "junction margin, K" } th.right { "power margin, %" } th.right { "eclipse, %" }
                } }
                tbody { @for (what, key) in worst {
                    tr {
                        th scope="row" { (what) }
                        td { (n.text(&format!("survey.{key}.label"))) ", " (n.text(&format!("survey.{key}.design_case"))) }
                        td.right { (n.fixed(&format!("survey.{key}.junction_margin_k"), 2).signed()) }
                        td.right { (n.fixed(&format!("survey.{key}.power_margin"), 1).times(100.0).signed()) }
                        td.right { (n.fixed(&format!("survey.{key}.eclipse_fraction"), 1).times(100.0)) }
                    }
                } }
            } }
        }
    }
}
