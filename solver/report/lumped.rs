//! What a run of a network leaves behind: terminal summary, JSON and CSV.

use super::csv::{field, or_empty};
use super::files::Staged;
use super::html::given;
use super::summary::{Check, celsius};
use crate::analysis::lumped::LumpedSolution;
use crate::model::lumped::{LumpedModel, LumpedNode};
use crate::solve::steady::Convergence;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// Temperatures of one node, °C, and margins.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct NodeNumbers {
    /// "boundary", "diffusion" or "arithmetic".
    pub kind: &'static str,
    /// Steady state.
    pub steady_c: f64,
    /// Lowest in time; the steady state without `[transient]`.
    pub min_c: f64,
    /// Mean in time.
    pub mean_c: f64,
    /// Highest in time.
    pub max_c: f64,
    /// Smallest distance to an operating limit, the uncertainty taken off, K.
    pub operating_margin_k: Option<f64>,
    /// The same to a qualification limit.
    pub qualification_margin_k: Option<f64>,
}

/// Heat balance of one group in the steady state, W: the four add up to 0.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct GroupNumbers {
    /// Dissipated, coolers included.
    pub internal_w: f64,
    /// From other groups through conductors.
    pub exchanged_w: f64,
    /// From fluid that comes in warmer.
    pub flow_w: f64,
    /// From what holds boundary nodes.
    pub boundary_w: f64,
}

/// Numbers of a run.
#[derive(Debug, Serialize)]
pub struct LumpedSummary {
    /// Version of this layout.
    pub schema_version: u32,
    /// "network".
    pub kind: &'static str,
    /// Title.
    pub name: String,
    /// Program.
    pub program: &'static str,
    /// Device.
    pub device: String,
    /// Whether all checks passed.
    pub passed: bool,
    /// Checks.
    pub checks: Vec<Check>,
    /// The steady state.
    pub convergence: Convergence,
    /// Nodes by name.
    pub nodes: BTreeMap<String, NodeNumbers>,
    /// Heat through each conductor from a to b in the steady state, W.
    pub conductors_w: BTreeMap<String, f64>,
    /// Groups by name.
    pub groups: BTreeMap<String, GroupNumbers>,
}

/// Smallest distance of a range to limits, K; below 0 if it is outside.
fn margin_k(limits_k: Option<(f64, f64)>, (min_k, max_k): (f64, f64), uncertainty_k: f64) -> Option<f64> {
    limits_k.map(|(low, high)| (high - max_k).min(min_k - low) - uncertainty_k)
}

impl LumpedSummary {
    /// Of a solution on a device.
    pub fn new(model: &LumpedModel, solution: &LumpedSolution, device: String) -> Self {
        let numbers = |k: usize, n: &LumpedNode| {
            let t = solution.state.node_k[k];
            let [min, mean, max] = solution.march.as_ref().map_or([t; 3], |m| m.range_k[k]);
            NodeNumbers {
                kind: match (&n.held_k, n.capacity_j_per_k.is_some()) {
                    (Some(_), _) => "boundary",
                    (None, true) => "diffusion",
                    (None, false) => "arithmetic",
                },
                steady_c: celsius(t),
                min_c: celsius(min),
                mean_c: celsius(mean),
                max_c: celsius(max),
                operating_margin_k: margin_k(n.operating_k, (min, max), n.uncertainty_k),
                qualification_margin_k: margin_k(n.qualification_k, (min, max), n.uncertainty_k),
            }
        };
        let nodes: BTreeMap<String, NodeNumbers> =
            model.nodes.iter().enumerate().map(|(k, n)| (n.name.clone(), numbers(k, n))).collect();
        let convergence = solution.state.convergence;
        let mut checks = vec![Check::new("energy balance", convergence.balance, model.solver.balance.get(), "")];
        for (name, n) in &nodes {
            for (what, margin) in
                [("operating limit overrun", n.operating_margin_k), ("qualification limit overrun", n.qualification_margin_k)]
            {
                checks.extend(margin.map(|m| Check::new(what, -m, 0.0, "K").at(name.clone())));
            }
        }
        for (c, q) in model.conductors.iter().zip(&solution.conducted_w) {
            checks.extend(c.most_w.map(|most| Check::new("heat of a conductor", q.abs(), most, "W").at(c.name.clone())));
        }
        let conductors_w = model.conductors.iter().zip(&solution.conducted_w).map(|(c, q)| (c.name.clone(), *q)).collect();
        let (groups, _) = flows(model, solution);
        Self {
            schema_version: 1,
            kind: "network",
            name: model.name.clone(),
            program: concat!("thermsolve ", env!("CARGO_PKG_VERSION")),
            device,
            passed: checks.iter().all(|c| c.passed),
            checks,
            convergence,
            nodes,
            conductors_w,
            groups: model.groups.iter().cloned().zip(groups).collect(),
        }
    }

    /// As JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("numbers and text")
    }

    /// For the terminal.
    pub fn to_text(&self) -> String {
        let c = &self.convergence;
        let mut out =
            format!("{}\n\n{:24} {:>11} {:>9} {:>9} {:>9} {:>9}\n", self.name, "node", "kind", "steady", "min", "max", "margin");
        let mut line = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("writing to a string");
        for (name, n) in &self.nodes {
            let margin = n.operating_margin_k.map_or(String::new(), |m| format!("{m:.2} K"));
            line(format_args!("{name:24} {:>11} {:9.3} {:9.3} {:9.3} {margin:>9}\n", n.kind, n.steady_c, n.min_c, n.max_c));
        }
        line(format_args!("\n{:24} {:>11} {:>11} {:>11} {:>11}  W\n", "group", "internal", "exchanged", "flow", "boundary"));
        for (name, g) in &self.groups {
            line(format_args!(
                "{name:24} {:11.3} {:11.3} {:11.3} {:11.3}\n",
                g.internal_w, g.exchanged_w, g.flow_w, g.boundary_w
            ));
        }
        line(format_args!("\nbalance {:.1e}, {} rounds, on {}\n", c.balance, c.rounds, self.device));
        for check in self.checks.iter().filter(|k| !k.passed) {
            line(format_args!("FAILED {}: {:.4} > {:.4} {} {}\n", check.what, check.value, check.limit, check.unit, check.place));
        }
        out
    }
}

/// Balance of each group, and the heat from each group (row) to each (column) in the steady state, W. Only a flow's downstream
/// group is debited or credited, as its downstream node is.
fn flows(model: &LumpedModel, solution: &LumpedSolution) -> (Vec<GroupNumbers>, Vec<Vec<f64>>) {
    let (network, node_k) = (&solution.network, &solution.state.node_k);
    let group = |node: usize| model.nodes[node].group;
    let mut groups = vec![GroupNumbers::default(); model.groups.len()];
    let mut matrix = vec![vec![0.0; model.groups.len()]; model.groups.len()];
    // Heat that a boundary node gives is what leaves it.
    let mut given = vec![0.0; node_k.len()];
    let mut pass = |a: usize, b: usize, q: f64| {
        matrix[group(a)][group(b)] += q;
        matrix[group(b)][group(a)] -= q;
        if group(a) != group(b) {
            groups[group(a)].exchanged_w -= q;
            groups[group(b)].exchanged_w += q;
        }
        given[a] += q;
        given[b] -= q;
    };
    for (k, c) in network.conductors.iter().enumerate() {
        let curve = network.by_temperature.conductance.iter().find(|(range, _)| range.contains(&k)).map(|(_, curve)| curve);
        let step = match curve {
            Some(f) => f.integral_k(node_k[c.a]) - f.integral_k(node_k[c.b]),
            None => node_k[c.a] - node_k[c.b],
        };
        pass(c.a, c.b, c.gl_w_per_k * step);
    }
    network.varying.iter().for_each(|c| pass(c.a, c.b, c.gl_w_per_k * (node_k[c.a] - node_k[c.b])));
    network.radiative.iter().for_each(|r| pass(r.a, r.b, r.heat_w(node_k)));
    for f in &network.flows {
        let q = f.gf_w_per_k * (node_k[f.from] - node_k[f.to]);
        matrix[group(f.from)][group(f.to)] += q;
        groups[group(f.to)].flow_w += q;
        given[f.to] -= q;
    }
    for (k, q) in network.internal.iter().enumerate() {
        groups[group(k)].internal_w += q.at(node_k[k]);
        given[k] -= q.at(node_k[k]);
    }
    network.held.iter().for_each(|(k, _)| groups[group(*k)].boundary_w += given[*k]);
    (groups, matrix)
}

/// Names and contents of all tables.
pub fn tables(model: &LumpedModel, solution: &LumpedSolution, summary: &LumpedSummary) -> Vec<(&'static str, String)> {
    let mut nodes = String::from("node,kind,group,steady_c,min_c,mean_c,max_c,operating_margin_k,qualification_margin_k\n");
    for (node, (name, n)) in model.nodes.iter().zip(&summary.nodes) {
        nodes += &format!(
            "{},{},{},{:.6},{:.6},{:.6},{:.6},{},{}\n",
            field(name),
            n.kind,
            field(&model.groups[node.group]),
            n.steady_c,
            n.min_c,
            n.mean_c,
            n.max_c,
            or_empty(n.operating_margin_k),
            or_empty(n.qualification_margin_k)
        );
    }
    let mut conductors = String::from("conductor,a,b,heat_w\n");
    for (c, q) in model.conductors.iter().zip(&solution.conducted_w) {
        let [name, a, b] = [&c.name, &model.nodes[c.a].name, &model.nodes[c.b].name].map(|n| field(n));
        conductors += &format!("{name},{a},{b},{q:.6}\n");
    }
    let (_, matrix) = flows(model, solution);
    let mut heat = format!("from \\ to,{}\n", model.groups.iter().map(|g| field(g)).collect::<Vec<_>>().join(","));
    for (name, row) in model.groups.iter().zip(&matrix) {
        let row: Vec<String> = row.iter().map(|q| format!("{q:.6}")).collect();
        heat += &format!("{},{}\n", field(name), row.join(","));
    }
    let mut all = vec![("nodes.csv", nodes), ("conductors.csv", conductors), ("heat_flow.csv", heat)];
    if let Some(m) = &solution.march {
        let names: Vec<String> = model.nodes.iter().map(|n| field(&format!("{}_c", n.name))).collect();
        let mut history = format!("time_s,{}\n", names.join(","));
        for (t, row) in m.time_s.iter().zip(&m.node_k) {
            let row: Vec<String> = row.iter().map(|t| format!("{:.6}", celsius(*t))).collect();
            history += &format!("{t},{}\n", row.join(","));
        }
        all.push(("history.csv", history));
    }
    all
}

/// Writes every file of a run into `folder`; nothing appears there under its final name before all are written.
pub fn write(
    folder: &Path,
    model: &LumpedModel,
    solution: &LumpedSolution,
    (summary, case_text): (&LumpedSummary, &str),
) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("summary.json", &summary.to_json())?;
    let (page, history) = given::network(summary, model, solution, case_text);
    staged.text("report.html", &page)?;
    if let Some(svg) = history {
        staged.text("figures/history.svg", &svg)?;
    }
    if model.output.csv {
        for (name, content) in tables(model, solution, summary) {
            staged.text(name, &content)?;
        }
    }
    staged.commit()
}
