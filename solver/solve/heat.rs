//! The heat balance of every node at given temperatures, and its local derivative.

use super::Rows;
use super::balance::{Balance, ResidualForm};
use crate::backend::{Backend, DeviceError, light_map};
use crate::constants::STEFAN_BOLTZMANN;
use crate::network::Network;
use std::borrow::Cow;

/// `σ Σ ε A` of each node at the network's present emissivities, W/K⁴.
pub fn emission_w_per_k4(network: &Network) -> Vec<f64> {
    let mut emission = vec![0.0; network.node_count];
    network.faces.iter().for_each(|f| emission[f.node] += STEFAN_BOLTZMANN * network.surfaces[f.surface].emissivity * f.area_m2);
    emission
}

/// Heat sources of the nodes, W: internal heat and absorbed radiation.
pub fn sources_w(network: &Network, node_k: &[f64], irradiation_w_m2: &[f64]) -> Vec<f64> {
    let mut source: Vec<f64> = network.internal.iter().zip(node_k).map(|(q, &t)| q.at(t)).collect();
    for f in &network.faces {
        let s = &network.surfaces[f.surface];
        source[f.node] += f.area_m2 * (s.external_w_m2() + s.emissivity * irradiation_w_m2[f.surface]);
    }
    source
}

/// Diagonal that holds a node, W/K.
pub const HELD_W_PER_K: f64 = 1e12;

/// `4 σ E T³ + GF − dQ/dT` of each node, W/K: the diagonal beside conduction, the symmetric part of radiative and controlled conductors,
/// and coolant. Boundary nodes are held.
pub fn local_slope_w_per_k(network: &Network, node_k: &[f64]) -> Vec<f64> {
    let mut slope: Vec<f64> = network.internal.iter().map(|q| -q.slope_w_per_k).collect();
    for r in &network.radiative {
        let (a, b) = (r.slope_w_per_k(node_k[r.a]), r.slope_w_per_k(node_k[r.b]));
        let linear = if network.lattices.is_empty() { a.min(b) } else { 0.0 };
        slope[r.a] += a - linear;
        slope[r.b] += b - linear;
    }
    network.flows.iter().for_each(|f| slope[f.to] += f.gf_w_per_k);
    network.controlled.iter().for_each(|c| slope[c.a] += c.slopes_w_per_k(node_k).1.max(0.0));
    network.regulated.iter().filter(|h| h.sensor == h.node).for_each(|h| slope[h.node] += h.slope_w_per_k(node_k));
    for f in &network.faces {
        slope[f.node] += 4.0 * STEFAN_BOLTZMANN * network.surfaces[f.surface].emissivity * f.area_m2 * node_k[f.node].powi(3);
    }
    network.held.iter().for_each(|(i, _)| slope[*i] = HELD_W_PER_K);
    slope
}

/// Fourth-power mean temperature of each surface, K.
fn surface_mean_k(network: &Network, node_k: &[f64], area_m2: &[f64]) -> Vec<f64> {
    let mut fourth = vec![0.0; network.surfaces.len()];
    network.faces.iter().for_each(|f| fourth[f.surface] += f.area_m2 * node_k[f.node].powi(4));
    fourth.iter().zip(area_m2).map(|(sum, area)| (sum / area).powf(0.25)).collect()
}

/// More absorbed sunlight of each surface than the network holds, W/m², by absorptivities at these temperatures; empty if none
/// depends on temperature.
fn more_sunlight_w_m2(network: &Network, node_k: &[f64], area_m2: &[f64]) -> Vec<f64> {
    if network.by_temperature.absorptivity.is_empty() {
        return vec![];
    }
    let mean_k = surface_mean_k(network, node_k, area_m2);
    let mut more = vec![0.0; network.surfaces.len()];
    for (range, curve) in &network.by_temperature.absorptivity {
        for i in range.clone() {
            let s = &network.surfaces[i];
            more[i] = (curve.at(mean_k[i]) - 1.0) * (s.solar_w_m2 + s.albedo_w_m2);
        }
    }
    more
}

/// What surfaces absorb from outside at these temperatures, W; emissivities are those in the network.
///
/// Truth: `closed_form::a_plate_whose_absorptivity_follows_its_temperature`.
pub fn external_w(network: &Network, node_k: &[f64], area_m2: &[f64]) -> f64 {
    let mut sum: f64 = network.surfaces.iter().zip(area_m2).map(|(s, a)| s.external_w_m2() * a).sum();
    sum += more_sunlight_w_m2(network, node_k, area_m2).iter().zip(area_m2).map(|(m, a)| m * a).sum::<f64>();
    for (range, _, base) in &network.by_temperature.emissivity {
        let more = |i: usize| (network.surfaces[i].emissivity / base - 1.0) * network.surfaces[i].planet_ir_w_m2;
        sum += range.clone().map(|i| area_m2[i] * more(i)).sum::<f64>();
    }
    sum
}

/// Evaluates the balance of one network: topology, conductances and areas are taken once, loads and temperatures every time.
#[derive(Debug)]
pub struct Heat<'a, B: Backend> {
    rows: &'a Rows,
    balance: Balance<'a, B>,
    /// With which the balance was set up, by surface.
    emissivity: Vec<f64>,
    surface_area_m2: Vec<f64>,
}

impl<'a, B: Backend> Heat<'a, B> {
    /// Uploads what stays. Errors: an array does not fit, or the form asked for is not there.
    pub fn new(backend: &'a B, form: Option<ResidualForm>, rows: &'a Rows, network: &Network) -> Result<Self, DeviceError> {
        let balance = Balance::new(backend, form, rows, emission_w_per_k4(network), network.coolant.node_count())?;
        let emissivity = network.surfaces.iter().map(|s| s.emissivity).collect();
        Ok(Self { rows, balance, emissivity, surface_area_m2: network.surface_area_m2() })
    }

    /// How the balance is evaluated.
    pub fn form(&self) -> ResidualForm {
        self.balance.form()
    }

    /// Area of each surface, m².
    pub fn surface_area_m2(&self) -> &[f64] {
        &self.surface_area_m2
    }

    /// Net heat into each node, W: conduction, radiation, internal heat, coolant settled at these walls; 0 for boundary nodes.
    ///
    /// Properties by temperature are taken at these temperatures; the network's emissivities are those of
    /// [`follow`](Self::follow). Conduction adds
    /// `GL (K(T_b) − K(T_a) − (T_b − T_a))` with `K = ∫ f dT` (Kirchhoff), exact where f is the same on both sides.
    pub fn net_w(&mut self, network: &Network, node_k: &[f64]) -> Result<Vec<f64>, DeviceError> {
        let (source, means) = self.sources_w(network, node_k);
        let all = beside(node_k, means);
        let mut net = self.balance.residual_w(&all, source)?;
        network.clear_held(&mut net);
        Ok(net)
    }

    /// Net heat into each node in f64 on the host, W; for boundary nodes what they take up.
    pub fn host_net_w(&self, network: &Network, node_k: &[f64]) -> Vec<f64> {
        let (source, means) = self.sources_w(network, node_k);
        let all = beside(node_k, means);
        self.balance.host_w(&all, source)
    }

    /// Heat of each node beside conduction at the network's lasting conductances and emission at its first emissivities, W, and the
    /// mean coolant temperature of each segment, K.
    fn sources_w(&self, network: &Network, node_k: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let emitted = network.emitted_w_m2(node_k, &self.surface_area_m2);
        let mut source = sources_w(network, node_k, &network.irradiation_w_m2(&emitted));
        self.correct_optics(network, node_k, &mut source);
        for (range, curve) in &network.by_temperature.conductance {
            for c in &network.conductors[range.clone()] {
                let (a, b) = (node_k[c.a], node_k[c.b]);
                let q = c.gl_w_per_k * (curve.integral_k(b) - curve.integral_k(a) - (b - a));
                source[c.a] += q;
                source[c.b] -= q;
            }
        }
        for c in &network.varying {
            let q = c.gl_w_per_k * (node_k[c.b] - node_k[c.a]);
            source[c.a] += q;
            source[c.b] -= q;
        }
        let radiated = network.radiative.iter().map(|r| (r.a, r.b, r.heat_w(node_k)));
        for (a, b, q) in radiated.chain(network.controlled.iter().map(|c| (c.a, c.b, c.heat_w(node_k)))) {
            source[a] -= q;
            source[b] += q;
        }
        network.regulated.iter().for_each(|h| source[h.node] += h.heat_w(node_k));
        network.flows.iter().for_each(|f| source[f.to] += f.gf_w_per_k * (node_k[f.from] - node_k[f.to]));
        if let Some(volumes) = &network.volumes {
            source.iter_mut().zip(volumes.missed_w(node_k, 1.0)).for_each(|(q, missed)| *q += missed);
        }
        let coolant = &network.coolant;
        let ends = coolant.settle(coolant.inlet_at(node_k), node_k);
        if let Some(node) = coolant.inlet_node {
            source[node] += coolant.returned_w(&ends);
        }
        (source, coolant.means(&ends))
    }

    /// Puts emissivities at these temperatures into the network's surfaces.
    pub fn follow(&self, network: &mut Network, node_k: &[f64]) {
        if network.by_temperature.emissivity.is_empty() {
            return;
        }
        let mean_k = surface_mean_k(network, node_k, &self.surface_area_m2);
        for (range, curve, base) in &network.by_temperature.emissivity {
            for s in range.clone() {
                network.surfaces[s].emissivity = (base * curve.at(mean_k[s])).min(1.0);
            }
        }
    }

    /// Corrects sources for what the balance was set up without: other emissivities emit and absorb otherwise.
    fn correct_optics(&self, network: &Network, node_k: &[f64], source: &mut [f64]) {
        let more = more_sunlight_w_m2(network, node_k, &self.surface_area_m2);
        if !more.is_empty() {
            network.faces.iter().for_each(|f| source[f.node] += f.area_m2 * more[f.surface]);
        }
        for (range, _, base) in &network.by_temperature.emissivity {
            for f in network.faces.iter().filter(|f| range.contains(&f.surface)) {
                let s = &network.surfaces[f.surface];
                let absorbed = s.planet_ir_w_m2 * (s.emissivity / base - 1.0);
                let emitted = (s.emissivity - self.emissivity[f.surface]) * STEFAN_BOLTZMANN * node_k[f.node].powi(4);
                source[f.node] += f.area_m2 * (absorbed - emitted);
            }
        }
    }

    /// Largest `|r_i| / (Σ|GL ΔT| + |Q| + emission)` of a node, boundary nodes aside, and its number, in f64 on the host.
    pub fn backward_error(&self, network: &Network, node_k: &[f64]) -> (usize, f64) {
        let (source, means) = self.sources_w(network, node_k);
        let all = beside(node_k, means);
        let mut residual = self.balance.host_w(&all, source.clone());
        network.clear_held(&mut residual);
        // Heats of varying, radiative, controlled and fluid conductors may cancel in the source.
        let mut passed = vec![0.0; network.node_count];
        let linear = network.varying.iter().map(|c| (c.a, c.b, c.gl_w_per_k * (node_k[c.b] - node_k[c.a])));
        let radiated = network.radiative.iter().map(|r| (r.a, r.b, r.heat_w(node_k)));
        let controlled = network.controlled.iter().map(|c| (c.a, c.b, c.heat_w(node_k)));
        for (a, b, q) in linear.chain(radiated).chain(controlled) {
            passed[a] += q.abs();
            passed[b] += q.abs();
        }
        network.flows.iter().for_each(|f| passed[f.to] += (f.gf_w_per_k * (node_k[f.from] - node_k[f.to])).abs());
        let relative = light_map(network.node_count, |i| {
            let conducted: f64 = self.rows.row(i).map(|(j, g)| (g * (all[j as usize] - node_k[i])).abs()).sum();
            let size = conducted + passed[i] + source[i].abs() + self.balance.emission_w_per_k4()[i] * node_k[i].powi(4);
            if size == 0.0 { 0.0 } else { residual[i].abs() / size }
        });
        largest(relative.into_iter())
    }
}

/// Temperatures of the nodes, then those of coolant segments.
fn beside(node_k: &[f64], means_k: Vec<f64>) -> Cow<'_, [f64]> {
    if means_k.is_empty() { Cow::Borrowed(node_k) } else { Cow::Owned([node_k, &means_k].concat()) }
}

/// Place and value of the largest; a NaN counts as larger than all before it.
pub fn largest(values: impl Iterator<Item = f64>) -> (usize, f64) {
    values.enumerate().fold((0, 0.0), |best, (i, v)| if v > best.1 || v.is_nan() { (i, v) } else { best })
}
