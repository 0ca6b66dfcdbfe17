//! Gauss–Seidel on one colour of a block.

use super::block::{Grid, Row};
use crate::backend::{Cpu, Real, rows};

crate::wgsl_struct! {
    /// Uniform of `shaders/block_relax.wgsl`.
    pub struct BlockRelaxParams {
        /// Cells in x.
        pub nx: u32,
        /// Cells in y.
        pub ny: u32,
        /// Cells in z.
        pub nz: u32,
        /// Colour that is relaxed.
        pub colour: u32,
        /// 1 if the other colour counts as 0, whatever the array holds: the first step of a cycle.
        pub from_zero: u32,
    }
}

crate::kernel! {
    /// `x_i ← (b_i + Σ_j g_ij x_j) / a_ii` for the cells of one colour; every neighbour is of the other colour.
    ///
    /// `conductance` is `[x | y | z]` as `kernels::block` says, `inverse` is 1/a_ii = 1/(d_i + Σ g_ij), 0 in empty cells.
    /// Launch over the cells of a colour. Truth: `multigrid::iterations_do_not_grow`, `multigrid::poisson_cube`.
    Lattice block_relax(BlockRelaxParams; conductance: real, inverse: real, rhs: real) -> real, with ["block"]
}

fn run<R: Real>(u: &BlockRelaxParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], _: usize) {
    let grid = Grid { nx: u.nx as usize, ny: u.ny as usize, nz: u.nz as usize };
    let (colour, hx, half) = (u.colour as usize, grid.hx(), grid.half());
    let (first, second) = out.split_at_mut(half);
    let (own, other) = if colour == 0 { (first, &*second) } else { (second, &*first) };
    let zero = vec![R::ZERO; hx];
    rows(own, hx, |row, out| {
        let at = colour * half + row * hx;
        let (rhs, inverse) = (&x.rhs[at..at + hx], &x.inverse[at..at + hx]);
        if u.from_zero == 1 {
            out.iter_mut().zip(rhs).zip(inverse).for_each(|((o, b), w)| *o = *b * *w);
            return;
        }
        Row { grid, colour, row }.each(x.conductance, other, [rhs, inverse], &zero, out, |g, n, [rhs, inverse], _| {
            let across = (g[0] * n[0] + g[1] * n[1]) + (g[2] * n[2] + g[3] * n[3]) + (g[4] * n[4] + g[5] * n[5]);
            (rhs + across) * inverse
        });
    });
}
