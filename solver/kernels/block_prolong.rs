//! The coarse correction added to a block.

use super::block_restrict::BlockTransferParams;
use crate::backend::{Cpu, Real, rows};

crate::kernel! {
    /// `x_i ← x_i + e_I` for the cells i of the first colour, I the coarse cell that holds i.
    ///
    /// The second colour is relaxed next and does not need it. Launch over the cells of a colour.
    /// Truth: `multigrid::iterations_do_not_grow`.
    Lattice block_prolong(BlockTransferParams; correction: real) -> real, with ["block"]
}

fn run<R: Real>(u: &BlockTransferParams, x: &Inputs<'_, Cpu<R>>, out: &mut [R], _: usize) {
    let (grid, [fx, fy, fz]) = (u.grid(), u.factor());
    let coarse = grid.coarser([fx, fy, fz]);
    rows(&mut out[..grid.half()], grid.hx(), |row, out| {
        // In an odd block the last cell of some rows is empty; it stays as it is.
        let out = &mut out[..(grid.nx + 1 - grid.parity(0, row)) / 2];
        let (j, k) = (row % grid.ny / fy, row / grid.ny / fz);
        let coarse_row = k * coarse.ny + j;
        let at = |colour: usize| &x.correction[colour * coarse.half() + coarse_row * coarse.hx()..][..coarse.hx()];
        let (even, odd) = if coarse.parity(0, coarse_row) == 0 { (at(0), at(1)) } else { (at(1), at(0)) };
        if fx == 2 {
            // Coarse cell m lies at m/2 of the colour of its parity.
            for (pair, (even, odd)) in out.chunks_mut(2).zip(even.iter().zip(odd)) {
                pair[0] += *even;
                if let Some(x) = pair.get_mut(1) {
                    *x += *odd;
                }
            }
        } else {
            let source = if grid.parity(0, row) == 0 { even } else { odd };
            out.iter_mut().zip(source).for_each(|(x, e)| *x += *e);
        }
    });
}
