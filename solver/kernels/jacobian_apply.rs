//! Product of the Newton matrix with a vector.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/jacobian_apply.wgsl`.
    pub struct JacobianApplyParams {
        /// Rows of the matrix.
        pub node_count: u32,
    }
}

crate::kernel! {
    /// `q_i = d_i p_i + Σ_j GL_ij (p_i − p_j)`, W; `d_i = 4σE_iT_i³ + …` in W/K, `p` in K.
    ///
    /// `p` holds boundary nodes too, as zeros. The matrix is symmetric positive definite where every node has a path
    /// to space or to a boundary. Truth: `invariants::jacobian_is_the_derivative_of_the_residual`.
    Map jacobian_apply(JacobianApplyParams; row_start: u32, column: u32, gl_w_per_k: real, diagonal_w_per_k: real, p: real) -> real
}

fn element<R: Real>(_: &JacobianApplyParams, x: &Inputs<'_, Cpu<R>>, _: R, i: usize) -> R {
    let own = x.p[i];
    let mut sum = x.diagonal_w_per_k[i] * own;
    for k in x.row_start[i] as usize..x.row_start[i + 1] as usize {
        sum += x.gl_w_per_k[k] * (own - x.p[x.column[k] as usize]);
    }
    sum
}
