//! Networks by hand: lumped nodes, slabs, given view factors, the solver's settings.

use super::VerifyError;
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::network::{Face, Lattice, Network, Surface};
use crate::radiation::exchange::irradiation;
use crate::radiation::view_factor::{Quality, ViewFactors};
use crate::solve::steady::{Settings, SteadyState, steady};
use sprs::TriMat;

/// A node with capacity.
#[derive(Clone, Copy, Debug)]
pub struct Lump {
    /// Heat capacity, J/K; 0: it follows the others at once.
    pub capacity_j_per_k: f64,
    /// `ε A` towards space, m²; 0: no surface.
    pub emitting_m2: f64,
    /// Heat made in it, W.
    pub internal_w: f64,
}

/// Nodes that radiate `ε A σ (T⁴ − T_space⁴)` to space alone, and conductors `(a, b, W/K)` between them.
pub fn lumped(nodes: &[Lump], conductors: &[(usize, usize, f64)], space_k: f64) -> Network {
    let mut network = Network::new(nodes.len());
    network.space_k = space_k;
    for (node, lump) in nodes.iter().enumerate() {
        network.capacity_j_per_k[node] = lump.capacity_j_per_k;
        network.internal[node].at_reference_w = lump.internal_w;
        if lump.emitting_m2 > 0.0 {
            network.faces.push(Face { node, surface: network.surfaces.len(), area_m2: lump.emitting_m2 });
            network.surfaces.push(plain(1.0));
        }
    }
    network.conductors = conductors.iter().map(|&(a, b, gl_w_per_k)| Conductor { a, b, gl_w_per_k }).collect();
    network
}

/// A slab of n equal cells, 1 m² across, insulated: `GL = k / Δx` between their centres, `C = ρ c Δx`.
pub fn slab(n: usize, length_m: f64, conductivity_w_mk: f64, rho_cp_j_m3k: f64) -> Network {
    let mut network = Network::new(n);
    #[expect(clippy::cast_precision_loss, reason = "cells of a slab are few")]
    let cell = length_m / n as f64;
    network.lattices = vec![Lattice { first: 0, size: [n, 1, 1] }];
    network.capacity_j_per_k = vec![rho_cp_j_m3k * cell; n];
    network.conductors = (0..n - 1).map(|a| Conductor { a, b: a + 1, gl_w_per_k: conductivity_w_mk / cell }).collect();
    network
}

/// A surface that nothing from outside heats.
pub(super) fn plain(emissivity: f64) -> Surface {
    Surface { emissivity, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }
}

/// Solves to 1e-9 K from a flat guess.
pub(super) fn solved<B: Backend>(backend: &B, network: &Network, guess_k: f64) -> Result<SteadyState, VerifyError> {
    let settings = Settings { tolerance_k: 1e-9, max_rounds: 200, residual: None };
    Ok(steady(backend, network, vec![guess_k; network.node_count], settings, &|_| ())?)
}

/// View factors given as rows; what a row lacks to 1 goes to space.
pub(super) fn given(f: &[Vec<f64>], area_m2: Vec<f64>) -> ViewFactors {
    let n = area_m2.len();
    let mut g = TriMat::new((n, n));
    for (i, row) in f.iter().enumerate() {
        for (j, f) in row.iter().enumerate().filter(|(_, f)| **f > 0.0) {
            g.add_triplet(i, j, area_m2[i] * f);
        }
    }
    let g_space_m2 = f.iter().zip(&area_m2).map(|(r, a)| a * (1.0 - r.iter().sum::<f64>()).max(0.0)).collect();
    ViewFactors { area_m2, specular: vec![0.0; n], g_m2: g.to_csr(), g_space_m2, quality: Quality::default() }
}

/// Net heat that leaves each surface at given emissive powers of a black body, W; space sends nothing.
pub(super) fn net_heat_w(f: &ViewFactors, emissivity: &[f64], black_w_m2: &[f64]) -> Vec<f64> {
    let emitted: Vec<f64> = emissivity.iter().zip(black_w_m2).map(|(e, b)| e * b).collect();
    let reflectance: Vec<f64> = emissivity.iter().map(|e| 1.0 - e).collect();
    let h = irradiation(f, &reflectance, &emitted, &vec![0.0; emitted.len()]);
    (0..emitted.len()).map(|i| f.area_m2[i] * (emitted[i] - emissivity[i] * h[i])).collect()
}
