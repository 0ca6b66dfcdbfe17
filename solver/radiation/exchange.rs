//! Exchange with any number of reflections, over closed view factors.

use super::view_factor::ViewFactors;
use crate::backend::parallel_map;
use sprs::{CsMat, TriMat};

/// Factors below which sums stay on one thread.
const SHARED_FROM: usize = 1 << 15;

/// Irradiation of each surface, W/m²: `H_i = H⁰_i + Σ_j F_ij (E_j + ρ_j H_j)`.
///
/// `emitted_w_m2` is E, `direct_w_m2` is H⁰ (from outside the enclosure, mirrors on the way included), `reflectance` is ρ of the
/// band, all of it; of surfaces that mirror a part `ρ_s` of it, `E/(1 − ρ_s)` and `(ρ − ρ_s)/(1 − ρ_s)` stand for E and ρ
/// ([`ViewFactors`]). Fixed-point iteration; it contracts at least by the largest ρ. Assumes: grey surfaces of uniform radiosity
/// that emit diffusely and reflect diffusely or as flat mirrors. Source: Oppenheim 1956. Truth: `enclosures::*` (B03, B05),
/// `specular::*` (B02, B06).
pub fn irradiation(f: &ViewFactors, reflectance: &[f64], emitted_w_m2: &[f64], direct_w_m2: &[f64]) -> Vec<f64> {
    let (n, entries) = (f.area_m2.len(), f.g_m2.nnz());
    let taking_m2: Vec<f64> = (0..n).map(|i| f.taking_area_m2(i)).collect();
    let emitted: Vec<f64> = emitted_w_m2.iter().zip(&f.specular).map(|(e, s)| e / (1.0 - s)).collect();
    let reflected: Vec<f64> = reflectance.iter().zip(&f.specular).map(|(r, s)| (r - s) / (1.0 - s)).collect();
    let gather = |j: &dyn Fn(usize) -> f64, i: usize| {
        f.g_m2.outer_view(i).map_or(0.0, |row| row.iter().map(|(k, g)| g * j(k)).sum::<f64>()) / taking_m2[i]
    };
    // Few factors are summed sooner than shared out.
    let map = |f: &(dyn Fn(usize) -> f64 + Sync)| {
        if entries < SHARED_FROM { (0..n).map(f).collect() } else { parallel_map(n, f) }
    };
    let start: Vec<f64> = map(&|i| direct_w_m2[i] + gather(&|k| emitted[k], i));
    let scale = start.iter().fold(0.0_f64, |m, x| m.max(x.abs()));
    let mut h = start.clone();
    // At most ln(1e-15)/ln(0.999) rounds even for surfaces of reflectance 0.999.
    for _ in 0..40_000 {
        let next: Vec<f64> = map(&|i| start[i] + gather(&|k| reflected[k] * h[k], i));
        let change = next.iter().zip(&h).fold(0.0_f64, |m, (a, b)| m.max((a - b).abs()));
        h = next;
        if change <= 1e-15 * scale {
            break;
        }
    }
    h
}

/// Radiative couplings (radks), m²: `GR_ij = ε_i A_i B_ij`, Gebhart's `B` the fraction of i's emission that j absorbs;
/// and those to space. Symmetric; `Σ_j GR_ij + GR_i,space = ε_i A_i`.
///
/// One [`irradiation`] per surface. Truth: `enclosures::gebhart_factors` (B03).
pub fn radks_m2(f: &ViewFactors, emissivity: &[f64]) -> (CsMat<f64>, Vec<f64>) {
    let n = f.area_m2.len();
    let reflectance: Vec<f64> = emissivity.iter().map(|e| 1.0 - e).collect();
    let zero = vec![0.0; n];
    let columns = parallel_map(n, |j| {
        let mut emitted = zero.clone();
        emitted[j] = emissivity[j];
        irradiation(f, &reflectance, &emitted, &zero)
    });
    let mut triplets = TriMat::new((n, n));
    let mut space: Vec<f64> = emissivity.iter().zip(&f.area_m2).map(|(e, a)| e * a).collect();
    for (j, column) in columns.iter().enumerate() {
        for (i, h) in column.iter().enumerate().filter(|(_, h)| **h != 0.0) {
            let gr = emissivity[i] * f.area_m2[i] * h;
            triplets.add_triplet(i, j, gr);
            space[i] -= gr;
        }
    }
    (triplets.to_csr(), space)
}
