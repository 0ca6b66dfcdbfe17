//! The report of what is analysed as given.

use super::charts::{Curve, Figure, Lines};
use super::chord;
use super::number::{Numbers, counted, key};
use super::page::{assumptions, checks, frame, heading, quantities, sources, validation, view, with_unit};
use super::scene::Shown;
use crate::analysis::assembly::Solution;
use crate::analysis::flows::HeatFlows;
use crate::analysis::march::March;
use crate::model::assembly::Assembly;
use crate::report::assembly::AssemblySummary;
use crate::report::components::ComponentNumbers;
use crate::report::summary::celsius;
use maud::{Markup, PreEscaped, html};

/// The report of an assembly, and its figures.
pub fn assembly(s: &AssemblySummary, model: &Assembly, (solution, flows): (&Solution, &HeatFlows)) -> (String, Vec<Figure>) {
    let n = Numbers::new(s);
    let shown = Shown::of_assembly(solution);
    let (members, chords) = chord::chords(&solution.assembled.groups.names, flows);
    let map = chord::svg_of("Heat between groups", &members, &chords);
    let history = solution.march.as_ref().map(|m| history(model, m));
    let (with_parts, kind) = (!s.parts.is_empty(), if s.parts.is_empty() { "a network" } else { "an assembly" });
    let body = html! {
        header { (heading(&n, &format!("Thermal analysis of {kind}"), &s.checks)) }
        h2 { "Checks" }
        (checks(&n, &s.checks))
        @if !s.mesh.warnings.is_empty() {
            h3 { "To know of the mesh" }
            ul.warnings { @for w in &s.mesh.warnings { li { (w) } } }
        }
        @if with_parts {
            h2 { "Temperature field" }
            @match &shown {
                Some(shown) => (view(shown, &html! { "The outside of all parts, cell by cell; nothing is merged. Steady state." })),
                None => p { "Its outside has too many faces for a page: model.vtu has them." },
            }
            (parts(&n, s))
        }
        (nodes(&n, s))
        (sensors(&n, s))
        (components(&n, &s.components))
        @if let Some(svg) = &history {
            h2 { "In time" }
            figure id="history" { (PreEscaped(svg)) figcaption {
                "Means of parts, sensors, and nodes that are not held at a temperature: the " (MOST_CURVES)
                " that swing most at most; history.csv has all."
            } }
        }
        h2 { "Heat between groups" }
        @if let Some(svg) = &map {
            figure id="heat-flow" { (PreEscaped(svg)) figcaption {
                "Steady state. Each chord is as wide as the net heat from one to another, in the colour of where it comes from; it ends "
                "short of the ring where it arrives. Chords below 0.2 % of the widest are left out; heat_flow.csv has all."
            } }
        }
        (balances(&n, s))
        (touches(&n, s))
        (validation())
        (assumptions(&n))
        h2 { "This run" }
        (quantities(&[("program", html! { (s.program) }), ("device", html! { (s.device) })]))
        @if with_parts { (quantities(&[
            ("cells, points", html! { (n.fixed("mesh.cells", 0)) ", " (n.fixed("mesh.points", 0)) }),
            ("cells lean by at most", with_unit(&n.fixed("mesh.worst_non_orthogonality_deg", 1), "°")),
            ("heat inside", with_unit(&n.fixed("convergence.internal_w", 3), "W")),
            ("heat absorbed from outside", with_unit(&n.fixed("convergence.external_w", 3), "W")),
            ("heat to space", with_unit(&n.fixed("convergence.space_w", 3), "W")),
        ])) }
        (sources(&model.source.text, &[]))
    };
    let page = frame(&s.name, &body, &s.to_json(), shown.as_ref());
    let figures = [("heat_flow", map), ("history", history)];
    (page, figures.into_iter().filter_map(|(name, svg)| Some(Figure { name: name.into(), svg: svg? })).collect())
}

/// Nodes whose curves are drawn at most.
const MOST_CURVES: usize = 7;

/// Temperatures in time of those that swing most.
fn history(model: &Assembly, march: &March) -> String {
    let rows = |label: &str, of: &dyn Fn(usize) -> f64| Curve {
        label: label.to_owned(),
        points: march.time_s.iter().enumerate().map(|(k, t)| (t / 60.0, celsius(of(k)))).collect(),
    };
    let mut all: Vec<(f64, Curve)> = vec![];
    let mut add = |curve: Curve| {
        let ends = curve.points.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |e, p| (e.0.min(p.1), e.1.max(p.1)));
        all.push((ends.1 - ends.0, curve));
    };
    for (p, part) in model.parts.iter().enumerate() {
        add(rows(&part.name, &|k| march.parts_k[k][p][1]));
    }
    for (j, node) in model.lumped.nodes.iter().enumerate().filter(|(_, n)| n.held_k.is_none()) {
        add(rows(&node.name, &|k| march.node_k[k][j]));
    }
    for (j, (name, ..)) in model.sensors.iter().enumerate() {
        add(rows(name, &|k| march.sensors_k[k][j]));
    }
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let curves = all.into_iter().take(MOST_CURVES).map(|(_, c)| c).collect();
    let (title, x, y) = ("Temperatures in time".to_owned(), "time, min".to_owned(), "temperature, °C".to_owned());
    Lines { title, x, y, curves, ..Lines::default() }.svg()
}

fn parts(n: &Numbers, s: &AssemblySummary) -> Markup {
    let in_time = s.time.is_some();
    let limited = s.has_limits();
    let row = |name: &str, path: &str, inner: bool| {
        let of = |what: &str, digits| n.fixed(&format!("{path}/{what}"), digits);
        html! { tr {
            th scope="row" { @if inner { span.unit { "–\u{a0}" } } (name) }
            @for what in ["least_c", "mean_c", "most_c"] { td.right { (of(what, 2)) } }
            @if in_time { @for k in ["in_time_c/0", "in_time_c/2"] { td.right { (of(k, 2)) } } }
            @if limited { td.right { @if !inner { (of("operating_margin_k", 1)) } } }
            @for what in ["solar_w", "albedo_w", "planet_ir_w", "emitted_net_w"] { td.right { (of(what, 2)) } }
        } }
    };
    html! {
        h2 { "Parts and groups" }
        div.table { table {
            thead { tr {
                th { } th.right { "coldest, °C" } th.right { "mean, °C" } th.right { "hottest, °C" }
                @if in_time { th.right { "least in time" } th.right { "most in time" } }
                @if limited { th.right { "margin, K" } }
                th.right { "sunlight, W" } th.right { "albedo, W" } th.right { "planet, W" } th.right { "infrared out, W" }
            } }
            tbody {
                @for (name, p) in &s.parts {
                    @let path = format!("/parts/{}", key(name));
                    (row(name, &path, false))
                    @for group in p.groups.keys() { (row(group, &format!("{path}/groups/{}", key(group)), true)) }
                }
            }
        } }
    }
}

fn touches(n: &Numbers, s: &AssemblySummary) -> Markup {
    html! { @if !s.touches.is_empty() {
        h2 { "Contacts, bolts and links" }
        div.table { table {
            thead { tr { th { "from" } th { "to" } th.right { "area, m²" } th.right { "length, m" } th.right { "heat, W" } } }
            tbody { @for (k, t) in s.touches.iter().enumerate() { tr {
                th scope="row" { (t.a) } td { (t.b) }
                td.right { @if t.area_m2 > 0.0 { (n.fixed(&format!("touches.{k}.area_m2"), 5)) } }
                td.right { @if t.length_m > 0.0 { (n.fixed(&format!("touches.{k}.length_m"), 4)) } }
                td.right { (n.fixed(&format!("touches.{k}.heat_w"), 3)) }
            } } }
        } }
    } }
}

fn nodes(n: &Numbers, s: &AssemblySummary) -> Markup {
    html! { @if !s.nodes.is_empty() {
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
                    td.right { @if node.margins.operating_margin_k.is_some() { (n.fixed(&format!("{path}/operating_margin_k"), 2).signed()) } }
                }
            } }
        } }
        p.note { "Margins are to the operating limits, uncertainty taken off." }
    } }
}

fn sensors(n: &Numbers, s: &AssemblySummary) -> Markup {
    html! { @if !s.sensors.is_empty() {
        h2 { "Sensors" }
        div.table { table {
            thead { tr { th { "°C" } th.right { "steady" } th.right { "least" } th.right { "greatest" } } }
            tbody { @for name in s.sensors.keys() { tr {
                th scope="row" { (name) }
                @for what in ["steady_c", "min_c", "max_c"] { td.right { (n.fixed(&format!("/sensors/{}/{what}", key(name)), 2)) } }
            } } }
        } }
    } }
}

/// A table of what has a name: its columns, and where their numbers stand below it.
fn named<'a>(
    n: &Numbers,
    (what, path): (&str, &str),
    names: impl Iterator<Item = &'a String>,
    columns: &[(&str, &str, usize)],
) -> Markup {
    html! { div.table { table {
        thead { tr { th { (what) } @for (title, ..) in columns { th.right { (title) } } } }
        tbody { @for name in names { tr {
            th scope="row" { (name) }
            @for (_, number, digits) in columns { td.right { (n.fixed(&format!("/{path}/{}/{number}", key(name)), *digits)) } }
        } } }
    } } }
}

fn components(n: &Numbers, s: &ComponentNumbers) -> Markup {
    let tubes = [
        ("flow, kg/s", "flow_kg_s", 5),
        ("velocity, m/s", "velocity_m_s", 3),
        ("Reynolds", "reynolds", 0),
        ("drop, kPa", "pressure_drop_kpa", 3),
        ("film, W/K", "film_w_per_k", 2),
        ("heat, W", "heat_w", 2),
    ];
    let pumps = [("flow, kg/s", "flow_kg_s", 5), ("rise, kPa", "pressure_rise_kpa", 3), ("pump, W", "pump_w", 2)];
    let exchangers = [
        ("heat, W", "heat_w", 2),
        ("effectiveness", "effectiveness", 4),
        ("hot GF, W/K", "hot_gf_w_per_k", 2),
        ("cold GF, W/K", "cold_gf_w_per_k", 2),
    ];
    let in_time = s.heaters.values().any(|h| h.energy_j.is_some());
    let heaters =
        [("steady, W", "steady_w", 2), ("energy, J", "energy_j", 0), ("duty", "duty", 4), ("switched on", "switched_on", 0)];
    html! {
        @if !s.loops.is_empty() {
            h2 { "Pumped loops, steady state" }
            (named(n, ("loop", "loops"), s.loops.keys(), &pumps))
            @for (name, l) in &s.loops {
                h3 { (name) ", " (l.fluid) }
                div.table { table {
                    thead { tr { th { "from" } th { "to" } @for (title, ..) in &tubes { th.right { (title) } } } }
                    tbody { @for (k, t) in l.tubes.iter().enumerate() { tr {
                        th scope="row" { (t.from) } td { (t.to) }
                        @for (_, what, digits) in &tubes {
                            td.right { (n.fixed(&format!("/loops/{}/tubes/{k}/{what}", key(name)), *digits)) }
                        }
                    } } }
                } }
            }
        }
        @if !s.exchangers.is_empty() {
            h2 { "Heat exchangers, steady state" }
            (named(n, ("exchanger", "exchangers"), s.exchangers.keys(), &exchangers))
        }
        @if !s.heaters.is_empty() {
            h2 { "Heaters" }
            (named(n, ("heater", "heaters"), s.heaters.keys(), &heaters[..if in_time { 4 } else { 1 }]))
        }
    }
}

/// Columns of the balances: what they are called, and their names in the summary.
const TERMS: [(&str, &str); 9] = [
    ("dissipated", "internal_w"),
    ("sunlight", "sunlight_w"),
    ("albedo", "albedo_w"),
    ("planet infrared", "planet_ir_w"),
    ("conducted", "exchanged_w"),
    ("radiated", "radiated_w"),
    ("space", "space_w"),
    ("flow", "flow_w"),
    ("held", "boundary_w"),
];

fn balances(n: &Numbers, s: &AssemblySummary) -> Markup {
    html! {
        div.table { table {
            thead { tr { th { "heat into, W" } @for (name, _) in TERMS { th.right { (name) } } } }
            tbody { @for name in s.groups.keys() { tr {
                th scope="row" { (name) }
                @for (_, what) in TERMS { td.right { (n.fixed(&format!("/groups/{}/{what}", key(name)), 3)) } }
            } } }
        } }
        p.note { "Of " (counted(s.groups.len())) " groups, steady state. Each line adds up to 0." }
    }
}
