//! Net heat flow into each node: the residual of the steady heat balance.

use super::common::{difference, whole_kelvin};
use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/heat_residual.wgsl`.
    pub struct HeatResidualParams {
        /// Nodes whose balance is wanted; nodes beyond are boundaries that only appear as columns.
        pub node_count: u32,
    }
}

crate::kernel! {
    /// `r_i = Q_i − σ E_i T_i⁴ + Σ_j GL_ij (T_j − T_i)`, W, as
    /// `excess_i − σ E_i θ (4K³ + θ (6K² + θ (4K + θ))) + Σ_j GL_ij (T_j − T_i)` with K the whole kelvin nearest to T_i and
    /// `θ = T_i − K`.
    ///
    /// | name | unit | shape |
    /// |---|---|---|
    /// | `row_start`, `column` | – | CSR rows of the conductors of node i |
    /// | `gl_w_per_k` | W/K | as `column` |
    /// | `coarse`, `fine` | 2⁻¹⁶ K, K | one per node, boundaries included |
    /// | `excess_w` | W | one per node: `Q − σ E K⁴`, taken in f64: absorbed and dissipated heat less emission at K |
    /// | `emission_w_per_k4` | W/K⁴ | one per node: σ E, E = Σ ε A over its radiating faces |
    ///
    /// Sign: positive heats node i. In f32 `Q − σ E T⁴` would be blind below 3e-5 K, the step of f32 near 330 K; about a whole
    /// kelvin only small numbers are rounded. Conduction is summed as differences of fixed-point temperatures, never as `A·T`:
    /// in f32 the latter is 14 K wrong on a 1 mm panel.
    /// Truth: `closed_form::fin_efficiency_of_the_field_model`, `closed_form::tube_fin_panels`.
    Map heat_residual(HeatResidualParams;
        row_start: u32, column: u32, gl_w_per_k: real, coarse: i32, fine: real, excess_w: real, emission_w_per_k4: real
    ) -> real
}

#[inline]
fn element<R: Real>(_: &HeatResidualParams, x: &Inputs<'_, Cpu<R>>, _: R, i: usize) -> R {
    let (coarse, fine) = (x.coarse[i], x.fine[i]);
    let mut conducted = R::ZERO;
    for k in x.row_start[i] as usize..x.row_start[i + 1] as usize {
        let j = x.column[k] as usize;
        conducted += x.gl_w_per_k[k] * difference(coarse, fine, x.coarse[j], x.fine[j]);
    }
    let kelvin = whole_kelvin(coarse);
    let k = R::of_i32(kelvin);
    let theta = difference(kelvin << 16, R::ZERO, coarse, fine);
    let above = theta * (R::of(4.0) * k * k * k + theta * (R::of(6.0) * k * k + theta * (R::of(4.0) * k + theta)));
    (x.excess_w[i] - x.emission_w_per_k4[i] * above) + conducted
}
