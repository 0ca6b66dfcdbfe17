//! Reports of what is analysed as given: assemblies and networks.

use super::charts::{Curve, Lines};
use super::number::{Numbers, counted, key};
use super::page::{assumptions, checks, frame, heading, quantities, sources, validation, view, with_unit};
use super::scene::Shown;
use crate::analysis::assembly::Solution;
use crate::analysis::lumped::LumpedSolution;
use crate::model::lumped::LumpedModel;
use crate::report::assembly::AssemblySummary;
use crate::report::lumped::LumpedSummary;
use crate::report::summary::celsius;
use maud::{Markup, PreEscaped, html};

/// The report of an assembly.
pub fn assembly(s: &AssemblySummary, solution: &Solution, case_text: &str) -> String {
    let n = Numbers::new(s);
    let shown = Shown::of_assembly(solution);
    let body = html! {
        header { (heading(&n, "Thermal analysis of an assembly", &s.checks)) }
        h2 { "Checks" }
        (checks(&n, &s.checks))
        @if !s.mesh.warnings.is_empty() {
            h3 { "To know of the mesh" }
            ul.warnings { @for w in &s.mesh.warnings { li { (w) } } }
        }
        h2 { "Temperature field" }
        @match &shown {
            Some(shown) => (view(shown, &html! { "The outside of all parts, cell by cell; nothing is merged." })),
            None => p { "Its outside has too many faces for a page: model.vtu has them." },
        }
        (parts(&n, s))
        (touches(&n, s))
        (validation())
        (assumptions(&n))
        h2 { "This run" }
        (quantities(&[
            ("program", html! { (s.program) }),
            ("device", html! { (s.device) }),
            ("cells, points", html! { (n.fixed("mesh.cells", 0)) ", " (n.fixed("mesh.points", 0)) }),
            ("cells lean by at most", with_unit(&n.fixed("mesh.worst_non_orthogonality_deg", 1), "°")),
            ("heat inside", with_unit(&n.fixed("convergence.internal_w", 3), "W")),
            ("heat absorbed from outside", with_unit(&n.fixed("convergence.external_w", 3), "W")),
            ("heat to space", with_unit(&n.fixed("convergence.space_w", 3), "W")),
        ]))
        (sources(case_text, &[]))
    };
    frame(&s.name, &body, &s.to_json(), shown.as_ref())
}

fn parts(n: &Numbers, s: &AssemblySummary) -> Markup {
    let row = |name: &str, path: &str, inner: bool| {
        let of = |what: &str, digits| n.fixed(&format!("{path}/{what}"), digits);
        html! { tr {
            th scope="row" { @if inner { span.unit { "–\u{a0}" } } (name) }
            @for what in ["least_c", "mean_c", "most_c"] { td.right { (of(what, 2)) } }
            td.right { (of("solar_w", 2)) }
            td.right { (of("emitted_net_w", 2)) }
        } }
    };
    html! {
        h2 { "Parts and groups" }
        div.table { table {
            thead { tr {
                th { } th.right { "coldest, °C" } th.right { "mean, °C" } th.right { "hottest, °C" }
                th.right { "sunlight, W" } th.right { "infrared out, W" }
            } }
            tbody {
                @for (name, p) in &s.parts {
                    @let path = format!("/parts/{}", key(name));
                    (row(name, &path, false))
                    @for group in p.groups.keys() { (row(group, &format!("{path}/groups/{}", key(group)), true)) }
                }
            }
        } }
        @if !s.nodes_c.is_empty() {
            h3 { "Nodes" }
            div.table { table.quantities { tbody { @for name in s.nodes_c.keys() {
                tr { th scope="row" { (name) } td { (with_unit(&n.fixed(&format!("/nodes_c/{}", key(name)), 2), "°C")) } }
            } } } }
        }
    }
}

fn touches(n: &Numbers, s: &AssemblySummary) -> Markup {
    html! { @if !s.touches.is_empty() {
        h2 { "Contacts and links" }
        div.table { table {
            thead { tr { th { "from" } th { "to" } th.right { "area, m²" } th.right { "heat, W" } } }
            tbody { @for (k, t) in s.touches.iter().enumerate() { tr {
                th scope="row" { (t.a) } td { (t.b) }
                td.right { (n.fixed(&format!("touches.{k}.area_m2"), 5)) }
                td.right { (n.fixed(&format!("touches.{k}.heat_w"), 3)) }
            } } }
        } }
    } }
}

/// Nodes whose curves are drawn at most.
const MOST_CURVES: usize = 7;

/// The report of a network, and its temperatures in time as a figure if it has them.
pub fn network(s: &LumpedSummary, model: &LumpedModel, solution: &LumpedSolution, case_text: &str) -> (String, Option<String>) {
    let n = Numbers::new(s);
    let history = solution.march.as_ref().map(|march| {
        // Of those that are not held, the ones that swing most.
        let mut order: Vec<usize> = (0..model.nodes.len()).filter(|&k| model.nodes[k].held_k.is_none()).collect();
        let swing = |k: &usize| march.range_k[*k][2] - march.range_k[*k][0];
        order.sort_by(|a, b| swing(b).total_cmp(&swing(a)));
        let curve = |k: &usize| Curve {
            label: model.nodes[*k].name.clone(),
            points: march.time_s.iter().zip(&march.node_k).map(|(t, row)| (t / 60.0, celsius(row[*k]))).collect(),
        };
        let curves = order.iter().take(MOST_CURVES).map(curve).collect();
        let (title, x, y) = ("Temperatures in time".to_owned(), "time, min".to_owned(), "temperature, °C".to_owned());
        Lines { title, x, y, curves, ..Lines::default() }.svg()
    });
    let body = html! {
        header { (heading(&n, "Thermal analysis of a network", &s.checks)) }
        h2 { "Checks" }
        (checks(&n, &s.checks))
        (nodes(&n, s))
        @if let Some(svg) = &history {
            h2 { "In time" }
            figure id="history" { (PreEscaped(svg)) figcaption {
                "The nodes that are not held at a temperature, of " (counted(model.nodes.len())) " the " (MOST_CURVES)
                " that swing most at most; history.csv has all."
            } }
        }
        h2 { "Heat by group" }
        div.table { table {
            thead { tr { th { "W, steady state" } th.right { "dissipated" } th.right { "exchanged" } th.right { "by flow" } th.right { "by boundaries" } } }
            tbody { @for name in s.groups.keys() { tr {
                th scope="row" { (name) }
                @for what in ["internal_w", "exchanged_w", "flow_w", "boundary_w"] {
                    td.right { (n.fixed(&format!("/groups/{}/{what}", key(name)), 3)) }
                }
            } } }
        } }
        (validation())
        h2 { "This run" }
        (quantities(&[("program", html! { (s.program) }), ("device", html! { (s.device) })]))
        (sources(case_text, &[]))
    };
    (frame(&s.name, &body, &s.to_json(), None), history)
}

fn nodes(n: &Numbers, s: &LumpedSummary) -> Markup {
    html! {
        h2 { "Nodes" }
        div.table { table {
            thead { tr {
                th { "°C" } th { "kind" } th.right { "steady" } th.right { "least" } th.right { "mean" } th.right { "greatest" }
                th.right { "margin, K" }
            } }
            tbody { @for (name, node) in &s.nodes {
                @let path = format!("/nodes/{}", key(name));
                tr {
                    th scope="row" { (name) } td.unit { (node.kind) }
                    @for what in ["steady_c", "min_c", "mean_c", "max_c"] { td.right { (n.fixed(&format!("{path}/{what}"), 2)) } }
                    td.right { @if node.operating_margin_k.is_some() { (n.fixed(&format!("{path}/operating_margin_k"), 2).signed()) } }
                }
            } }
        } }
        p.note { "Margins are to the operating limits, uncertainty taken off." }
    }
}
