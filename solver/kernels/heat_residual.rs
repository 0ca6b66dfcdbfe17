//! Net heat flow into each node: the residual of the steady heat balance.

use super::common::{difference, pow4, temperature};
use crate::backend::{Cpu, Real};
use crate::constants::STEFAN_BOLTZMANN;

crate::wgsl_struct! {
    /// Uniform of `shaders/heat_residual.wgsl`.
    pub struct HeatResidualParams {
        /// Nodes whose balance is wanted; nodes beyond are boundaries that only appear as columns.
        pub node_count: u32,
    }
}

crate::kernel! {
    /// `r_i = Q_i − σ E_i T_i⁴ + Σ_j GL_ij (T_j − T_i)`, W.
    ///
    /// | name | unit | shape |
    /// |---|---|---|
    /// | `row_start`, `column` | – | CSR rows of the conductors of node i |
    /// | `gl_w_per_k` | W/K | as `column` |
    /// | `coarse`, `fine` | 2⁻¹⁶ K, K | one per node, boundaries included |
    /// | `source_w` | W | one per node: absorbed and dissipated heat |
    /// | `emission_area_m2` | m² | one per node: Σ ε A over its radiating faces |
    ///
    /// Sign: positive heats node i. Conduction is summed as differences of fixed-point temperatures, never as `A·T`:
    /// in f32 the latter is 14 K wrong on a 1 mm panel (`reference/numerics` of the design, measured).
    /// Truth: `closed_form::fin_efficiency_of_the_field_model`, `closed_form::tube_fin_panels`.
    Map heat_residual(HeatResidualParams;
        row_start: u32, column: u32, gl_w_per_k: real, coarse: i32, fine: real, source_w: real, emission_area_m2: real
    ) -> real
}

fn element<R: Real>(_: &HeatResidualParams, x: &Inputs<'_, Cpu<R>>, _: R, i: usize) -> R {
    let (coarse, fine) = (x.coarse[i], x.fine[i]);
    let mut conducted = R::ZERO;
    for k in x.row_start[i] as usize..x.row_start[i + 1] as usize {
        let j = x.column[k] as usize;
        conducted += x.gl_w_per_k[k] * difference(coarse, fine, x.coarse[j], x.fine[j]);
    }
    let emitted = R::of(STEFAN_BOLTZMANN) * x.emission_area_m2[i] * pow4(temperature(coarse, fine));
    (x.source_w[i] - emitted) + conducted
}
