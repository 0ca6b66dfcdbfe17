//! Product of a block's matrix with a vector.

use super::block::{Grid, Row, leaving};
use crate::backend::{Cpu, Real, rows};

crate::wgsl_struct! {
    /// Uniform of `shaders/block_apply.wgsl`.
    pub struct BlockApplyParams {
        /// Cells in x.
        pub nx: u32,
        /// Cells in y.
        pub ny: u32,
        /// Cells in z.
        pub nz: u32,
        /// What b counts: 1 or 0.
        pub keep: f32,
        /// +1 or −1.
        pub sign: f32,
    }
}

crate::kernel! {
    /// `y_i ← keep b_i + sign (d_i x_i + Σ_j g_ij (x_i − x_j))`, from differences, never as `a_ii x_i − …`.
    ///
    /// With keep = 1 and sign = −1 this is the residual; with keep = 0, b is not read. Truth: `multigrid::block_equals_graph`,
    /// `multigrid::poisson_cube`.
    Lattice block_apply(BlockApplyParams; conductance: real, diagonal: real, rhs: real, x: real) -> real, with ["block"]
}

fn run<R: Real>(u: &BlockApplyParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], _: usize) {
    let grid = Grid { nx: u.nx as usize, ny: u.ny as usize, nz: u.nz as usize };
    let (hx, half) = (grid.hx(), grid.half());
    let zero = vec![R::ZERO; hx];
    let (sign, keep) = (R::of(f64::from(u.sign)), R::of(f64::from(u.keep)));
    rows(out, hx, |index, out| {
        let (colour, row) = (index / grid.rows(), index % grid.rows());
        let at = index * hx..(index + 1) * hx;
        let other = &x.x[(1 - colour) * half..][..half];
        let own = [&x.diagonal[at.clone()], &x.x[at.clone()]];
        let cells = Row { grid, colour, row };
        if u.keep == 0.0 {
            cells.each(x.conductance, other, own, &zero, out, |g, n, [d, x], _| sign * leaving(g, n, d, x));
        } else {
            let own = [own[0], own[1], &x.rhs[at]];
            cells.each(x.conductance, other, own, &zero, out, |g, n, [d, x, b], _| keep * b + sign * leaving(g, n, d, x));
        }
    });
}
