//! Lumped nodes and what joins them, and the heat of parts, in a network and in time.

use super::components::regulated;
use crate::conduction::Conductor;
use crate::model::lumped::{LumpedModel, Path, Table};
use crate::network::{Controlled, Flow, Internal, Network, Radiative};
use crate::solve::transient::Drive;
use std::cell::RefCell;

/// A node, heat beside that of its part in W, its share of the part's.
type Share = (usize, f64, f64);

/// Heat, boundary temperatures, capacities and conductances of lumped nodes in time.
///
/// Truth: `networks::a_capacity_in_time_is_that_of_its_equation`, `networks::a_node_cools_by_the_integral_of_its_conductance`,
/// `networks::an_emissivity_that_steps_and_a_louvre_that_opens`, `networks::a_pump_that_changes_speed`.
#[derive(Debug)]
pub struct Loads {
    /// Node of the network that is the first lumped one.
    pub first: usize,
    power_w: Vec<Table>,
    /// Heat beside power at 0 K, and its slope.
    beside: Vec<Internal>,
    /// Heat of pumps by node of the network; it changes with the flow.
    pub pumps_w: RefCell<Vec<(usize, f64)>>,
    /// Fluid conductors of the network before those that loops and exchangers amount to.
    pub first_stream: usize,
    /// By node of the network.
    held_k: Vec<(usize, Table)>,
    /// Those that change: capacities by node, conductances by their place in the network.
    capacity_j_per_k: Vec<(usize, Table)>,
    gl_w_per_k: Vec<(usize, Table)>,
    gr_m2: Vec<(usize, Table)>,
    gf_w_per_k: Vec<(usize, Table)>,
    /// Heat of parts: node, heat beside it in W, share.
    of_parts: Vec<(Table, Vec<Share>)>,
    /// Span whose means the steady state takes, s; `None`: what holds at 0 s.
    pub span_s: Option<f64>,
}

impl Loads {
    /// Adds heat of parts in time: nodes with their shares. It comes on top of what the network has.
    pub(super) fn heat(&mut self, parts: Vec<(Table, Vec<(usize, f64)>)>, network: &mut Network) {
        for (table, shares) in parts {
            let with_rest = |(node, share): (usize, f64)| (node, network.internal[node].at_reference_w, share);
            self.of_parts.push((table, shares.into_iter().map(with_rest).collect()));
        }
        self.apply(0.0, network);
        // Constant heat is there now, and stays.
        self.of_parts.retain(|(table, _)| !table.is_constant());
    }
}

impl Loads {
    /// Heat of parts that changes: node, heat beside it in W, share of the table.
    pub(super) fn of_parts(&self) -> impl Iterator<Item = (usize, f64, f64, &Table)> {
        self.of_parts
            .iter()
            .flat_map(|(table, shares)| shares.iter().map(move |&(node, rest_w, share)| (node, rest_w, share, table)))
    }
}

/// Puts nodes and what joins them, but for what loops and exchangers stream, into a network that has room for them from node `first` on, with what holds at 0 s. A cooler is a
/// conductor K with heat that grows with temperature: `½ I² R − S I T` in the cold node, `½ I² R + S I T` in the hot one.
/// Truth: `networks::*`.
pub fn add(model: &LumpedModel, first: usize, n: &mut Network) -> Loads {
    let mut loads = Loads {
        first,
        power_w: model.nodes.iter().map(|n| n.power_w.clone()).collect(),
        beside: vec![Internal::default(); model.nodes.len()],
        pumps_w: RefCell::default(),
        first_stream: 0,
        held_k: vec![],
        capacity_j_per_k: vec![],
        gl_w_per_k: vec![],
        gr_m2: vec![],
        gf_w_per_k: vec![],
        of_parts: vec![],
        span_s: None,
    };
    let changes = |all: &mut Vec<(usize, Table)>, place: usize, table: &Table| {
        if !table.is_constant() {
            all.push((place, table.clone()));
        }
    };
    for (node, given) in (first..).zip(&model.nodes) {
        if let Some(c) = &given.capacity_j_per_k {
            n.capacity_j_per_k[node] = c.at(0.0);
            changes(&mut loads.capacity_j_per_k, node, c);
        }
        if let Some(curve) = &given.capacity_curve {
            n.by_temperature.capacity.push((node..node + 1, curve.clone()));
        }
        loads.held_k.extend(given.held_k.iter().map(|t| (node, t.clone())));
    }
    for c in &model.conductors {
        let (a, b) = (first + c.a, first + c.b);
        match &c.path {
            Path::Linear(gl) => {
                let to = if gl.is_constant() { &mut n.conductors } else { &mut n.varying };
                changes(&mut loads.gl_w_per_k, to.len(), gl);
                to.push(Conductor { a, b, gl_w_per_k: gl.at(0.0) });
            }
            Path::LinearBy(gl_w_per_k, curve) => {
                let k = n.conductors.len();
                n.conductors.push(Conductor { a, b, gl_w_per_k: *gl_w_per_k });
                n.by_temperature.conductance.push((k..k + 1, curve.clone()));
            }
            Path::Controlled(gl, curve, one_way) => {
                n.controlled.push(Controlled { a, b, gl_w_per_k: *gl, curve: curve.clone(), one_way: *one_way });
            }
            Path::Radiative(gr) => {
                changes(&mut loads.gr_m2, n.radiative.len(), gr);
                n.radiative.push(Radiative { a, b, gr_m2: gr.at(0.0) });
            }
            Path::Flow(gf) => {
                changes(&mut loads.gf_w_per_k, n.flows.len(), gf);
                n.flows.push(Flow { from: a, to: b, gf_w_per_k: gf.at(0.0) });
            }
        }
    }
    for c in &model.coolers {
        n.conductors.push(Conductor { a: first + c.cold, b: first + c.hot, gl_w_per_k: c.gl_w_per_k });
        for (node, sign) in [(c.cold, -1.0), (c.hot, 1.0)] {
            loads.beside[node].at_reference_w += 0.5 * c.joule_w;
            loads.beside[node].slope_w_per_k += sign * c.pumped_w_per_k;
        }
    }
    n.regulated.extend(model.components.heaters.iter().map(|h| regulated(h, first)));
    loads.first_stream = n.flows.len();
    loads.apply(0.0, n);
    loads
}

impl Loads {
    /// Value of a table in the steady state: around an orbit its mean. Truth: `assemblies::the_steady_state_of_an_orbit_has_means`.
    pub fn steady(&self, table: &Table) -> f64 {
        self.span_s.map_or_else(|| table.at(0.0), |span| table.mean(span))
    }

    /// Puts what the steady state has into a network.
    pub(super) fn settle(&self, network: &mut Network) {
        self.put(&|table| self.steady(table), network);
    }

    fn put(&self, of: &dyn Fn(&Table) -> f64, network: &mut Network) {
        for (q, (power, beside)) in network.internal[self.first..].iter_mut().zip(self.power_w.iter().zip(&self.beside)) {
            *q = Internal { at_reference_w: beside.at_reference_w + of(power), ..*beside };
        }
        for (table, shares) in &self.of_parts {
            let heat_w = of(table);
            shares.iter().for_each(|(node, rest_w, share)| network.internal[*node].at_reference_w = rest_w + share * heat_w);
        }
        self.pumps_w.borrow().iter().for_each(|(k, w)| network.internal[*k].at_reference_w += w);
        network.held = self.held_k.iter().map(|(k, t)| (*k, of(t))).collect();
        self.capacity_j_per_k.iter().for_each(|(k, t)| network.capacity_j_per_k[*k] = of(t));
        self.gl_w_per_k.iter().for_each(|(k, t)| network.varying[*k].gl_w_per_k = of(t));
        self.gr_m2.iter().for_each(|(k, t)| network.radiative[*k].gr_m2 = of(t));
        self.gf_w_per_k.iter().for_each(|(k, t)| network.flows[*k].gf_w_per_k = of(t));
    }
}

impl Drive for Loads {
    fn apply(&self, time_s: f64, network: &mut Network) {
        self.put(&|table| table.at(time_s), network);
    }
    fn next_event_s(&self, after_s: f64) -> f64 {
        let numbered = [&self.held_k, &self.capacity_j_per_k, &self.gl_w_per_k, &self.gr_m2, &self.gf_w_per_k];
        let tables = self.power_w.iter().chain(numbered.into_iter().flatten().map(|(_, t)| t));
        let tables = tables.chain(self.of_parts.iter().map(|(t, _)| t));
        tables.map(|t| t.next_s(after_s)).fold(f64::INFINITY, f64::min)
    }
}

/// Heat of a conductor from a to b, W, with `of` the value of its table; of a flow what b receives.
pub fn heat_w(path: &Path, (a, b): (usize, usize), node_k: &[f64], of: &dyn Fn(&Table) -> f64) -> f64 {
    let step = node_k[a] - node_k[b];
    match path {
        Path::Linear(g) | Path::Flow(g) => of(g) * step,
        Path::LinearBy(g, curve) => g * (curve.integral_k(node_k[a]) - curve.integral_k(node_k[b])),
        Path::Controlled(gl_w_per_k, curve, one_way) => {
            Controlled { a, b, gl_w_per_k: *gl_w_per_k, curve: curve.clone(), one_way: *one_way }.heat_w(node_k)
        }
        Path::Radiative(gr) => Radiative { a, b, gr_m2: of(gr) }.heat_w(node_k),
    }
}
