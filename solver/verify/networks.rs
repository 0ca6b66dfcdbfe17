//! Networks by hand: nodes held at a temperature, given view factors, the solver's settings.

use super::VerifyError;
use crate::backend::Backend;
use crate::network::{Internal, Network, Surface};
use crate::radiation::exchange::irradiation;
use crate::radiation::view_factor::{Quality, ViewFactors};
use crate::solve::steady::{Settings, SteadyState, steady};
use sprs::TriMat;

/// Conductance that marks a held node, W/K. A much larger one would drown the others' residuals in its rounding.
const HOLD: f64 = -1.234_567e4;

/// Holds a node at a temperature, exactly so after [`solved`].
pub(super) fn held(network: &mut Network, node: usize, at_k: f64) {
    network.internal[node] = Internal { at_reference_w: 0.0, slope_w_per_k: HOLD, reference_k: at_k };
}

/// A surface that nothing from outside heats.
pub(super) fn plain(emissivity: f64) -> Surface {
    Surface { emissivity, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }
}

/// Solves to 1e-9 K from a flat guess. Held nodes differ from their temperatures by their heat over the conductance; so they
/// are solved for again with references moved by as much, until that is below 1e-11 of their temperatures.
pub(super) fn solved<B: Backend>(backend: &B, network: &Network, guess_k: f64) -> Result<SteadyState, VerifyError> {
    let settings = Settings { tolerance_k: 1e-9, max_rounds: 200, residual: None };
    let mut state = steady(backend, network, vec![guess_k; network.node_count], settings, &|_| ())?;
    let holds: Vec<usize> = (0..network.node_count).filter(|&k| network.internal[k].slope_w_per_k == HOLD).collect();
    let mut moved = network.clone();
    for _ in 0..20 {
        let off = |k: &usize| network.internal[*k].reference_k - state.node_k[*k];
        if holds.iter().all(|k| off(k).abs() < 1e-11 * state.node_k[*k]) {
            break;
        }
        for k in &holds {
            moved.internal[*k].reference_k += off(k);
        }
        state = steady(backend, &moved, state.node_k, settings, &|_| ())?;
    }
    Ok(state)
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
