//! The end of conjugate gradients, found where they run.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/cg_gate.wgsl`.
    pub struct CgGateParams {
        /// Words of the gate.
        pub count: u32,
        /// Square of the drop of `√(r·z)` that is asked for.
        pub drop_squared: f32,
        /// 0: `r·z` is judged as it is, 1: as it will be after the step that has been taken.
        pub foretell: u32,
    }
}

crate::kernel! {
    /// Counts an iteration in `gate_0`, or shuts the [gate](crate::backend::Backend::gate) when `n ≤ 0` or `n/s ≤ d²`: `gate_1 ← 1`
    /// and no workgroups in the words that follow. `n` is `r·z` now, `s` at the start, d the drop. A gate that is shut stays so.
    ///
    /// Foretelling, n is `n · min(n/b, 1)`, b the `r·z` before (0: there was none): the step just taken is expected to do what the
    /// last one did, and nothing is counted. So no cycle is spent on a last look. Launch over one output.
    /// Truth: `gpu::a_shut_gate_calls_launches_off`, `gpu::iterations_end_on_the_device`.
    Single cg_gate(CgGateParams; product: real, before: real, start: real) -> u32
}

fn run<R: Real>(u: &CgGateParams, x: &Inputs<'_, Cpu<R>>, gate: &mut [u32], _: usize) {
    let (mut n, before) = (x.product[0], x.before[0]);
    if u.foretell == 1 && before > n {
        n = n * (n / before);
    }
    if gate[1] != 0 || n <= R::ZERO || n / x.start[0] <= R::of(f64::from(u.drop_squared)) {
        gate[1] = 1;
        gate[2..u.count as usize].fill(0);
    } else if u.foretell == 0 {
        gate[0] += 1;
    }
}
