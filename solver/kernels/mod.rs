//! Every computation that runs on both backends, one file per shader.
//!
//! Kernels know arrays, not models. Each file holds the uniform, the declaration and the twin; the shader of the same
//! name is in `shaders/`. `tests/gpu.rs` compares the two on random inputs, `tests/contract.rs` their layout.

pub mod block;
pub mod common;
pub mod mirror;
pub mod ray;
pub mod shaft;
pub mod sliced;
pub mod sobol;

/// The one list of kernels: declares the modules and `for_each_kernel!`.
macro_rules! kernels {
    (($d:tt) $($k:ident),* $(,)?) => {
        $(pub mod $k;)*
        /// Calls a generic function once per kernel: `for_each_kernel!(check)`.
        #[macro_export]
        macro_rules! for_each_kernel { ($d visit:ident) => { $($d visit::<$crate::kernels::$k::Kernel>();)* } }
    };
}
kernels! { ($)
    axpy, block_apply, block_prolong, block_relax, block_restrict, cg_direction, cg_gate, coarse_cycle, dot_product, graph_apply,
    graph_prolong, graph_relax, graph_restrict, heat_residual, heat_residual_f64, irradiance,
    mirrored_sunlight, size_design, sunlight, trace_exchange, trace_specular,
}
