//! The part of the balance's derivative that couples nodes beside conductors.

use super::Network;
use crate::constants::STEFAN_BOLTZMANN;

impl Network {
    /// Heat that a change of node temperatures by `change_k` at `node_k` brings to the nodes beside conductors and what they emit
    /// themselves, W: through the other surfaces `Σ ε A ΔH`, ΔH the irradiation by `ΔE = ε σ 4T³ ΔT`; the flux of volumes that their
    /// conductors miss; through radiative conductors `4 σ GR T_b³ ΔT_b` less what the symmetric matrix carries; with fluid
    /// `GF ΔT_from`; what the controlling end alone changes; heaters by their sensors. Boundary nodes receive nothing. With the local slope and the conductors it is the derivative of the balance.
    ///
    /// Truth: `invariants::returned_heat_is_the_derivative`, `networks::the_derivative_of_conductors_is_theirs`,
    /// `meshes::linear_fields_are_exact`.
    pub fn returned_w(&self, node_k: &[f64], change_k: &[f64], area_m2: &[f64]) -> Vec<f64> {
        let mut heat = self.returned_beside_volumes_w(node_k, change_k, area_m2);
        if let Some(volumes) = &self.volumes {
            heat.iter_mut().zip(volumes.missed_w(change_k, 0.0)).for_each(|(q, missed)| *q += missed);
            self.clear_held(&mut heat);
        }
        heat
    }

    /// [`returned_w`](Self::returned_w) without what conductors of volumes miss.
    pub fn returned_beside_volumes_w(&self, node_k: &[f64], change_k: &[f64], area_m2: &[f64]) -> Vec<f64> {
        let mut heat = vec![0.0; self.node_count];
        for r in &self.radiative {
            let (a, b) = (r.slope_w_per_k(node_k[r.a]), r.slope_w_per_k(node_k[r.b]));
            let linear = if self.lattices.is_empty() { a.min(b) } else { 0.0 };
            heat[r.a] += (b - linear) * change_k[r.b];
            heat[r.b] += (a - linear) * change_k[r.a];
        }
        self.flows.iter().for_each(|f| heat[f.to] += f.gf_w_per_k * change_k[f.from]);
        for c in &self.controlled {
            let more = c.slopes_w_per_k(node_k).1;
            heat[c.b] += more * change_k[c.a];
            heat[c.a] -= more.min(0.0) * change_k[c.a];
        }
        for h in self.regulated.iter().filter(|h| h.sensor != h.node) {
            heat[h.node] -= h.slope_w_per_k(node_k) * change_k[h.sensor];
        }
        if self.factors.is_some() {
            self.returned_by_surfaces(node_k, change_k, area_m2, &mut heat);
        }
        self.clear_held(&mut heat);
        heat
    }

    fn returned_by_surfaces(&self, node_k: &[f64], change_k: &[f64], area_m2: &[f64], heat: &mut [f64]) {
        let mut emitted = vec![0.0; self.surfaces.len()];
        for f in &self.faces {
            emitted[f.surface] += f.area_m2 * 4.0 * node_k[f.node].powi(3) * change_k[f.node];
        }
        for (e, (s, a)) in emitted.iter_mut().zip(self.surfaces.iter().zip(area_m2)) {
            *e *= s.emissivity * STEFAN_BOLTZMANN / a;
        }
        let irradiation = self.irradiation_at(&emitted, 0.0);
        for f in &self.faces {
            heat[f.node] += self.surfaces[f.surface].emissivity * f.area_m2 * irradiation[f.surface];
        }
    }
}
