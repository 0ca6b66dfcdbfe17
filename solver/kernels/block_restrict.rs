//! The residual of a block on the next coarser one.

use super::block::{Grid, Row, leaving};
use crate::backend::{Cpu, Real, row_pairs};

crate::wgsl_struct! {
    /// Uniform of `shaders/block_restrict.wgsl` and `shaders/block_prolong.wgsl`.
    pub struct BlockTransferParams {
        /// Fine cells in x.
        pub nx: u32,
        /// Fine cells in y.
        pub ny: u32,
        /// Fine cells in z.
        pub nz: u32,
        /// Fine cells in x of a coarse cell: 1 or 2.
        pub factor_x: u32,
        /// The same in y.
        pub factor_y: u32,
        /// The same in z.
        pub factor_z: u32,
    }
}

impl BlockTransferParams {
    /// The fine grid.
    pub fn grid(&self) -> Grid {
        Grid { nx: self.nx as usize, ny: self.ny as usize, nz: self.nz as usize }
    }
    /// The factors.
    pub fn factor(&self) -> [usize; 3] {
        [self.factor_x, self.factor_y, self.factor_z].map(|f| f as usize)
    }
}

crate::kernel! {
    /// `B_I ← Σ_{i in I} (b_i − d_i x_i − Σ_j g_ij (x_i − x_j))` over the cells i of the first colour in the coarse cell I.
    ///
    /// The second colour was relaxed last, so its residual is zero. Launch over the coarse cells, empty ones included.
    /// Truth: `multigrid::iterations_do_not_grow`.
    Lattice block_restrict(BlockTransferParams; conductance: real, diagonal: real, rhs: real, x: real) -> real, with ["block"]
}

fn run<R: Real>(u: &BlockTransferParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], _: usize) {
    let (grid, [fx, fy, fz]) = (u.grid(), u.factor());
    let coarse = grid.coarser([fx, fy, fz]);
    let (hx, half, coarse_hx) = (grid.hx(), grid.half(), coarse.hx());
    let zero = vec![R::ZERO; hx];
    let (first, second) = out.split_at_mut(coarse.half());
    row_pairs(first, second, coarse_hx, |coarse_row, even, odd| {
        let mut residual = vec![R::ZERO; hx];
        let mut sum = vec![R::ZERO; 2 * coarse_hx];
        let (j, k) = (coarse_row % coarse.ny * fy, coarse_row / coarse.ny * fz);
        for (j, k) in (k..grid.nz.min(k + fz)).flat_map(|k| (j..grid.ny.min(j + fy)).map(move |j| (j, k))) {
            let row = k * grid.ny + j;
            let at = row * hx..(row + 1) * hx;
            let own = [&x.rhs[at.clone()], &x.diagonal[at.clone()], &x.x[at]];
            let cells = Row { grid, colour: 0, row };
            cells.each(x.conductance, &x.x[half..], own, &zero, &mut residual, |g, n, [b, d, x], _| b - leaving(g, n, d, x));
            if fx == 2 {
                sum.iter_mut().zip(&residual).for_each(|(s, r)| *s += *r);
            } else {
                sum.iter_mut().skip(grid.parity(0, row)).step_by(2).zip(&residual).for_each(|(s, r)| *s += *r);
            }
        }
        let (even_at, odd_at) = if coarse.parity(0, coarse_row) == 0 { (0, 1) } else { (1, 0) };
        for m in 0..coarse_hx {
            even[m] = sum[2 * m + even_at];
            odd[m] = sum[2 * m + odd_at];
        }
    });
}
