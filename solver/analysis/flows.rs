//! Heat between the groups of an assembly in the steady state.

use super::assembly::{Assembled, Solution};
use crate::constants::STEFAN_BOLTZMANN;
use crate::network::Network;
use serde::Serialize;

/// Heat balance of a group, W: what comes in; all but `exchanged` and `radiated` of other groups from outside. They add up to 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Balance {
    /// Dissipated, coolers, pumps and heaters included.
    pub internal_w: f64,
    /// Sunlight absorbed, straight, by way of mirrors and after reflections.
    pub sunlight_w: f64,
    /// Sunlight from the planet absorbed.
    pub albedo_w: f64,
    /// Planet infrared absorbed.
    pub planet_ir_w: f64,
    /// From other groups by conduction, contacts, and conductors of the case.
    pub exchanged_w: f64,
    /// From other groups by infrared between surfaces.
    pub radiated_w: f64,
    /// From space by infrared, less what leaves for it.
    pub space_w: f64,
    /// From fluid that comes in warmer.
    pub flow_w: f64,
    /// From what holds boundary nodes.
    pub boundary_w: f64,
}

impl Balance {
    /// The sum, W: what the steady state is out of balance.
    pub fn sum_w(&self) -> f64 {
        let outside = self.internal_w + self.sunlight_w + self.albedo_w + self.planet_ir_w + self.space_w + self.boundary_w;
        outside + self.exchanged_w + self.radiated_w + self.flow_w
    }
}

/// Balances, and net heat from each group (row) to each (column), W. Of a flow only the downstream group is debited or credited, as
/// its downstream node is.
#[derive(Clone, Debug, Default)]
pub struct HeatFlows {
    /// By group.
    pub balances: Vec<Balance>,
    /// Antisymmetric.
    pub matrix_w: Vec<Vec<f64>>,
}

/// Books heat that passes from node to node.
struct Books<'a> {
    group: &'a [usize],
    flows: HeatFlows,
    /// Heat that leaves each node, W: what holds a boundary node gives it.
    given_w: Vec<f64>,
}

impl Books<'_> {
    fn pass(&mut self, (a, b): (usize, usize), heat_w: f64) {
        self.given_w[a] += heat_w;
        self.given_w[b] -= heat_w;
        let (from, to) = (self.group[a], self.group[b]);
        if from != to {
            self.flows.matrix_w[from][to] += heat_w;
            self.flows.matrix_w[to][from] -= heat_w;
            self.flows.balances[from].exchanged_w -= heat_w;
            self.flows.balances[to].exchanged_w += heat_w;
        }
    }

    fn conduction(&mut self, assembled: &Assembled, node_k: &[f64]) {
        let network = &assembled.network;
        let mut curves = vec![None; network.conductors.len()];
        network.by_temperature.conductance.iter().for_each(|(range, curve)| curves[range.clone()].fill(Some(curve)));
        for (c, curve) in network.conductors.iter().zip(curves) {
            let step = match curve {
                Some(f) => f.integral_k(node_k[c.a]) - f.integral_k(node_k[c.b]),
                None => node_k[c.a] - node_k[c.b],
            };
            self.pass((c.a, c.b), c.gl_w_per_k * step);
        }
        for c in &network.varying {
            self.pass((c.a, c.b), c.gl_w_per_k * (node_k[c.a] - node_k[c.b]));
        }
        for r in &network.radiative {
            self.pass((r.a, r.b), r.heat_w(node_k));
        }
        for c in &network.controlled {
            self.pass((c.a, c.b), c.heat_w(node_k));
        }
        if let Some(volumes) = &network.volumes {
            for face in volumes.missed_by_face(node_k) {
                // What some nodes at a face gain the others lose: shared out by what each gains.
                let gained: f64 = face.iter().map(|(_, w)| w.max(0.0)).sum();
                for &(to, heat) in face.iter().filter(|(_, w)| *w > 0.0) {
                    face.iter().filter(|(_, w)| *w < 0.0).for_each(|&(from, lost)| self.pass((from, to), -lost * heat / gained));
                }
            }
        }
        for f in &network.flows {
            let heat = f.gf_w_per_k * (node_k[f.from] - node_k[f.to]);
            let (from, to) = (self.group[f.from], self.group[f.to]);
            if from != to {
                self.flows.matrix_w[from][to] += heat;
                self.flows.matrix_w[to][from] -= heat;
            }
            self.flows.balances[to].flow_w += heat;
            self.given_w[f.to] -= heat;
        }
    }

    /// Infrared between groups, any number of reflections on the way: what each group absorbs of what one alone emits.
    fn infrared(&mut self, network: &Network, node_k: &[f64]) {
        let area_m2 = network.surface_area_m2();
        let emitted = network.emitted_w_m2(node_k, &area_m2);
        let mut of_surface = vec![usize::MAX; area_m2.len()];
        network.faces.iter().for_each(|f| of_surface[f.surface] = self.group[f.node]);
        let absorbed = |irradiation: &[f64]| {
            let mut by_group = vec![0.0; self.flows.balances.len()];
            for (i, s) in network.surfaces.iter().enumerate() {
                by_group[of_surface[i]] += s.emissivity * area_m2[i] * irradiation[i];
            }
            by_group
        };
        let mut sent = vec![];
        for g in 0..self.flows.balances.len() {
            let own: Vec<f64> = emitted.iter().zip(&of_surface).map(|(e, of)| if *of == g { *e } else { 0.0 }).collect();
            let leaving: f64 = own.iter().zip(&area_m2).map(|(e, a)| e * a).sum();
            sent.push(if leaving > 0.0 { (leaving, absorbed(&network.irradiation_at(&own, 0.0))) } else { (0.0, vec![]) });
        }
        let from_space = absorbed(&network.irradiation_at(&vec![0.0; emitted.len()], STEFAN_BOLTZMANN * network.space_k.powi(4)));
        let to = |g: usize, h: usize| sent[g].1.get(h).copied().unwrap_or(0.0);
        for g in 0..sent.len() {
            for h in 0..sent.len() {
                let net = to(g, h) - to(h, g);
                self.flows.matrix_w[g][h] += net;
                self.flows.balances[g].radiated_w -= net;
            }
            self.flows.balances[g].space_w += from_space[g] - (sent[g].0 - sent[g].1.iter().sum::<f64>());
        }
        for f in &network.faces {
            let (s, b) = (&network.surfaces[f.surface], &mut self.flows.balances[self.group[f.node]]);
            b.sunlight_w += f.area_m2 * s.solar_w_m2;
            b.albedo_w += f.area_m2 * s.albedo_w_m2;
            b.planet_ir_w += f.area_m2 * s.planet_ir_w_m2;
        }
    }
}

/// Heat between groups in the steady state.
///
/// Truth: `assemblies::heat_between_groups_is_that_of_closed_forms`, `assemblies::every_group_is_in_balance`.
pub fn heat_flows(s: &Solution) -> HeatFlows {
    let (network, node_k) = (&s.assembled.network, &s.state.node_k);
    let count = s.assembled.groups.names.len();
    let flows = HeatFlows { balances: vec![Balance::default(); count], matrix_w: vec![vec![0.0; count]; count] };
    let group = &s.assembled.groups.of_node;
    let mut books = Books { group, flows, given_w: vec![0.0; node_k.len()] };
    books.conduction(&s.assembled, node_k);
    if !network.surfaces.is_empty() {
        books.infrared(network, node_k);
    }
    let dissipated = network.internal.iter().enumerate().map(|(k, q)| (k, q.at(node_k[k])));
    for (k, heat) in dissipated.chain(network.regulated.iter().map(|h| (h.node, h.heat_w(node_k)))) {
        books.flows.balances[group[k]].internal_w += heat;
        books.given_w[k] -= heat;
    }
    network.held.iter().for_each(|(k, _)| books.flows.balances[group[*k]].boundary_w += books.given_w[*k]);
    books.flows
}
