//! The end of conjugate gradients, found where they run.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/cg_gate.wgsl`.
    pub struct CgGateParams {
        /// Words of the gate.
        pub count: u32,
        /// Square of the drop of `√(r·z)` that is asked for.
        pub drop_squared: f32,
    }
}

crate::kernel! {
    /// Counts an iteration in `gate_0`, or shuts the [gate](crate::backend::Backend::gate) when `n ≤ 0` or `n/s ≤ d²`: `gate_1 ← 1`
    /// and no workgroups in the words that follow. `n` is `r·z` now, `s` at the start, d the drop. A gate that is shut stays so.
    ///
    /// Launch over one output. Truth: `gpu::a_shut_gate_calls_launches_off`.
    Single cg_gate(CgGateParams; product: real, start: real) -> u32
}

fn run<R: Real>(u: &CgGateParams, x: &Inputs<'_, Cpu<R>>, gate: &mut [u32], _: usize) {
    let n = x.product[0];
    if gate[1] != 0 || n <= R::ZERO || n / x.start[0] <= R::of(f64::from(u.drop_squared)) {
        gate[1] = 1;
        gate[2..u.count as usize].fill(0);
    } else {
        gate[0] += 1;
    }
}
