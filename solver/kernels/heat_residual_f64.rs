//! Net heat flow into each node in f64: for the host, and for devices that have f64 in shaders.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/heat_residual_f64.wgsl`.
    pub struct HeatResidualF64Params {
        /// Nodes whose balance is wanted; nodes beyond are boundaries that only appear as columns.
        pub node_count: u32,
    }
}

crate::kernel! {
    /// `r_i = Q_i − s_i T_i⁴ + Σ_j GL_ij (T_j − T_i)`, W, all in f64; `s_i = σ Σ ε A` in W/K⁴, boundaries included in `T`.
    ///
    /// Sign: positive heats node i. Truth: `three_panels::all_forms_reach_the_answer`, `closed_form::tube_fin_panels`.
    Map heat_residual_f64(HeatResidualF64Params;
        row_start: u32, column: u32, gl_w_per_k: f64, temperature_k: f64, source_w: f64, emission_w_per_k4: f64
    ) -> f64
}

#[inline]
fn element<R: Real>(_: &HeatResidualF64Params, x: &Inputs<'_, Cpu<R>>, _: f64, i: usize) -> f64 {
    let row = x.row_start[i] as usize..x.row_start[i + 1] as usize;
    let conductors = x.column[row.clone()].iter().copied().zip(x.gl_w_per_k[row].iter().copied());
    net_heat_w(conductors, x.temperature_k, i, x.source_w[i], x.emission_w_per_k4[i])
}

/// The balance of one node from its conductors `(column, GL)`.
#[inline(always)]
pub fn net_heat_w(conductors: impl Iterator<Item = (u32, f64)>, temperature_k: &[f64], i: usize, source_w: f64, emission_w_per_k4: f64) -> f64 {
    let t = temperature_k[i];
    let mut conducted = 0.0;
    for (j, gl_w_per_k) in conductors {
        conducted += gl_w_per_k * (temperature_k[j as usize] - t);
    }
    let square = t * t;
    (source_w - emission_w_per_k4 * (square * square)) + conducted
}
