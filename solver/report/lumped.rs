//! What a summary says of lumped nodes and of the heat between groups, and the tables of both.

use super::components::{self, ComponentNumbers};
use super::csv::{field, or_empty};
use super::summary::{Check, celsius};
use crate::analysis::assembly::Solution;
use crate::analysis::flows::HeatFlows;
use crate::model::assembly::Assembly;
use crate::model::lumped::{Limits, LumpedNode};
use serde::Serialize;
use std::collections::BTreeMap;

/// Smallest distances to limits, the uncertainty taken off, K.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Margins {
    /// To an operating limit.
    pub operating_margin_k: Option<f64>,
    /// To a qualification limit.
    pub qualification_margin_k: Option<f64>,
}

impl Margins {
    /// Of temperatures between two, K.
    pub fn new(limits: &Limits, (min_k, max_k): (f64, f64)) -> Self {
        let to = |limits_k: Option<(f64, f64)>, uncertainty_k: f64| {
            limits_k.map(|(low, high)| (high - max_k).min(min_k - low) - uncertainty_k)
        };
        Self {
            operating_margin_k: to(limits.operating_k, limits.uncertainty_k),
            qualification_margin_k: to(limits.qualification_k, limits.uncertainty_k),
        }
    }

    /// That limits are kept at a place.
    pub fn checks(&self, place: &str) -> impl Iterator<Item = Check> {
        let of =
            [("operating limit overrun", self.operating_margin_k), ("qualification limit overrun", self.qualification_margin_k)];
        let place = place.to_owned();
        of.into_iter().filter_map(move |(what, margin)| margin.map(|m| Check::new(what, -m, 0.0, "K").at(place.clone())))
    }
}

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
    /// To its limits.
    #[serde(flatten)]
    pub margins: Margins,
}

/// Numbers of all lumped nodes.
pub fn nodes(model: &Assembly, s: &Solution) -> BTreeMap<String, NodeNumbers> {
    let first = s.assembled.cell_of.len();
    let numbers = |(k, n): (usize, &LumpedNode)| {
        let t = s.state.node_k[k];
        let [min, mean, max] = s.march.as_ref().map_or([t; 3], |m| m.range_k[k]);
        let kind = match (&n.held_k, n.capacity_j_per_k.is_some()) {
            (Some(_), _) => "boundary",
            (None, true) => "diffusion",
            (None, false) => "arithmetic",
        };
        let [steady_c, min_c, mean_c, max_c] = [t, min, mean, max].map(celsius);
        (n.name.clone(), NodeNumbers { kind, steady_c, min_c, mean_c, max_c, margins: Margins::new(&n.limits, (min, max)) })
    };
    (first..).zip(&model.lumped.nodes).map(numbers).collect()
}

/// Names and contents of the tables of nodes, conductors, groups and time.
pub fn tables(
    model: &Assembly,
    s: &Solution,
    flows: &HeatFlows,
    (numbers, parts): (&BTreeMap<String, NodeNumbers>, &ComponentNumbers),
) -> Vec<(&'static str, String)> {
    let (lumped, groups, mut all) = (&model.lumped, &s.assembled.groups, vec![]);
    if !lumped.nodes.is_empty() {
        let mut nodes = String::from("node,kind,group,steady_c,min_c,mean_c,max_c,operating_margin_k,qualification_margin_k\n");
        for (group, (name, n)) in groups.of_node[s.assembled.cell_of.len()..].iter().zip(numbers) {
            nodes += &format!(
                "{},{},{},{:.6},{:.6},{:.6},{:.6},{},{}\n",
                field(name),
                n.kind,
                field(&groups.names[*group]),
                n.steady_c,
                n.min_c,
                n.mean_c,
                n.max_c,
                or_empty(n.margins.operating_margin_k),
                or_empty(n.margins.qualification_margin_k)
            );
        }
        all.push(("nodes.csv", nodes));
    }
    if !lumped.conductors.is_empty() {
        let mut conductors = String::from("conductor,a,b,heat_w\n");
        for (c, q) in lumped.conductors.iter().zip(&s.conducted_w) {
            let [name, a, b] = [&c.name, &lumped.nodes[c.a].name, &lumped.nodes[c.b].name].map(|n| field(n));
            conductors += &format!("{name},{a},{b},{q:.6}\n");
        }
        all.push(("conductors.csv", conductors));
    }
    let mut heat = format!("from \\ to,{}\n", groups.names.iter().map(|g| field(g)).collect::<Vec<_>>().join(","));
    for (name, row) in groups.names.iter().zip(&flows.matrix_w) {
        let row: Vec<String> = row.iter().map(|q| format!("{q:.6}")).collect();
        heat += &format!("{},{}\n", field(name), row.join(","));
    }
    let mut balances =
        String::from("group,internal_w,sunlight_w,albedo_w,planet_ir_w,exchanged_w,radiated_w,space_w,flow_w,boundary_w,sum_w\n");
    for (name, b) in groups.names.iter().zip(&flows.balances) {
        let terms = [
            b.internal_w,
            b.sunlight_w,
            b.albedo_w,
            b.planet_ir_w,
            b.exchanged_w,
            b.radiated_w,
            b.space_w,
            b.flow_w,
            b.boundary_w,
        ];
        let terms: Vec<String> = terms.iter().map(|q| format!("{q:.6}")).collect();
        balances += &format!("{},{},{:.3e}\n", field(name), terms.join(","), b.sum_w());
    }
    all.extend([("heat_flow.csv", heat), ("balances.csv", balances)]);
    all.extend(components::tables(parts));
    all.extend(history(model, s).map(|h| ("history.csv", h)));
    all
}

/// In time: temperatures of nodes, least, mean and greatest of parts, sensors; what is absorbed and leaves, heaters, pumped flows.
fn history(model: &Assembly, s: &Solution) -> Option<String> {
    let m = s.march.as_ref()?;
    let mut names: Vec<String> = model.lumped.nodes.iter().map(|n| format!("{}_c", n.name)).collect();
    for p in &model.parts {
        names.extend(["least", "mean", "most"].map(|what| format!("{}_{what}_c", p.name)));
    }
    names.extend(model.sensors.iter().map(|(name, ..)| format!("{name}_c")));
    let radiates = !s.assembled.sides.is_empty();
    if radiates {
        names.extend(["absorbed_w", "to_space_w"].map(str::to_owned));
    }
    let parts = &model.lumped.components;
    names.extend(parts.heaters.iter().map(|h| format!("{}_w", h.name)));
    names.extend(parts.loops.iter().map(|l| format!("{}_kg_s", l.name)));
    let mut out = format!("time_s,{}\n", names.iter().map(|n| field(n)).collect::<Vec<_>>().join(","));
    for (k, t) in m.time_s.iter().enumerate() {
        let temperatures = m.node_k[k].iter().chain(m.parts_k[k].iter().flatten()).chain(&m.sensors_k[k]).map(|t| celsius(*t));
        let heats = [m.absorbed_w[k], m.space_w[k]].into_iter().filter(|_| radiates);
        let heats = heats.chain(m.heaters_w[k].iter().copied());
        let mut row: Vec<String> = temperatures.chain(heats).map(|x| format!("{x:.6}")).collect();
        row.extend(m.streams[k].loops.iter().map(|l| format!("{:.9}", l.pump_kg_s)));
        out += &format!("{t},{}\n", row.join(","));
    }
    Some(out)
}
