//! Twin of `shaders/block.wgsl`: a block of nx × ny × nz cells in two colours.
//!
//! Colour c holds the cells with (i + j + k) mod 2 = c. Each colour is stored as ny·nz rows of `hx = ⌈nx/2⌉` cells, the
//! second colour after the first, so that a cell's six neighbours lie at fixed offsets in the other colour's rows and one
//! colour is relaxed in place without conflict. Where nx is odd, some rows end in an empty cell: no conductance, no
//! diagonal. Conductances `[x | y | z]` are those towards the next cell in +x, +y, +z, zero at the end of the block.

use crate::backend::Real;

/// Size of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Grid {
    /// Cells in x.
    pub nx: usize,
    /// Cells in y.
    pub ny: usize,
    /// Cells in z.
    pub nz: usize,
}

impl Grid {
    /// Cells of one colour in a row.
    pub fn hx(self) -> usize {
        self.nx.div_ceil(2)
    }
    /// Rows of one colour.
    pub fn rows(self) -> usize {
        self.ny * self.nz
    }
    /// Cells of one colour, empty ones included.
    pub fn half(self) -> usize {
        self.hx() * self.rows()
    }
    /// Length of a vector over the block.
    pub fn len(self) -> usize {
        2 * self.half()
    }
    /// Whether the block has no cells.
    pub fn is_empty(self) -> bool {
        self.half() == 0
    }
    /// Column of the first cell of a colour in a row: i = 2m + parity.
    pub fn parity(self, colour: usize, row: usize) -> usize {
        (row % self.ny + row / self.ny + colour) % 2
    }
    /// Where cell (i, j, k) is stored.
    pub fn at(self, i: usize, j: usize, k: usize) -> usize {
        (i + j + k) % 2 * self.half() + (k * self.ny + j) * self.hx() + i / 2
    }
    /// The grid with `factor` cells of each direction joined.
    pub fn coarser(self, factor: [usize; 3]) -> Self {
        Self { nx: self.nx.div_ceil(factor[0]), ny: self.ny.div_ceil(factor[1]), nz: self.nz.div_ceil(factor[2]) }
    }
}

/// A row of one colour.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    /// The block.
    pub grid: Grid,
    /// Colour.
    pub colour: usize,
    /// k·ny + j.
    pub row: usize,
}

impl Row {
    /// Sets `out[m] = f(conductances, neighbours, own[m], out[m])` for each cell m of the row.
    ///
    /// Neighbours come in the order −x, +x, −y, +y, −z, +z; a missing one has conductance 0. `other` is the vector's other
    /// colour, `own` are rows of this colour, `zero` a row of zeros. All but the cell at one end of the row are handled by one
    /// loop over slices, which vectorises.
    #[inline]
    pub fn each<R: Real, const N: usize>(
        self,
        conductance: &[R],
        other: &[R],
        own: [&[R]; N],
        zero: &[R],
        out: &mut [R],
        f: impl Fn([R; 6], [R; 6], [R; N], R) -> R,
    ) {
        let Self { grid, colour, row } = self;
        let (hx, half, len) = (grid.hx(), grid.half(), grid.len());
        let (j, k) = (row % grid.ny, row / grid.ny);
        let parity = grid.parity(colour, row);
        let here = |direction: usize| &conductance[direction * len + colour * half + row * hx..][..hx];
        let there = |direction: usize, row: usize| &conductance[direction * len + (1 - colour) * half + row * hx..][..hx];
        let cells = |row: usize| &other[row * hx..][..hx];
        let beside = cells(row);
        let before = |has: bool, direction: usize, step: usize| {
            if has { (there(direction, row - step), cells(row - step)) } else { (zero, beside) }
        };
        // The conductance beyond the end of the block is stored as 0, so any row may stand for what lies there.
        let after = |has: bool, step: usize| if has { cells(row + step) } else { beside };
        let (gy_minus, y_minus) = before(j > 0, 1, 1);
        let (gz_minus, z_minus) = before(k > 0, 2, grid.ny);
        let (y_plus, z_plus) = (after(j + 1 < grid.ny, 1), after(k + 1 < grid.nz, grid.ny));
        let (gx_minus, gx_plus, gy_plus, gz_plus) = (there(0, row), here(0), here(1), here(2));
        let end = if parity == 0 { 0 } else { hx - 1 };
        let x_end = if parity == 0 { (R::ZERO, gx_plus[0]) } else { (gx_minus[end], R::ZERO) };
        let g = [x_end.0, x_end.1, gy_minus[end], gy_plus[end], gz_minus[end], gz_plus[end]];
        let x = [beside[end], beside[end], y_minus[end], y_plus[end], z_minus[end], z_plus[end]];
        out[end] = f(g, x, own.map(|a| a[end]), out[end]);
        // In the others, cell m = t + 1 − parity lies between the other colour's t and t + 1.
        let (count, first) = (hx - 1, 1 - parity);
        fn part<R>(a: &[R], first: usize, count: usize) -> &[R] {
            &a[first..first + count]
        }
        let middle = |a| part(a, first, count);
        let (gx_minus, gx_plus, x_minus, x_plus) = (&gx_minus[..count], middle(gx_plus), &beside[..count], &beside[1..=count]);
        let (gy_minus, gy_plus, gz_minus, gz_plus) = (middle(gy_minus), middle(gy_plus), middle(gz_minus), middle(gz_plus));
        let (y_minus, y_plus, z_minus, z_plus) = (middle(y_minus), middle(y_plus), middle(z_minus), middle(z_plus));
        let own = own.map(middle);
        let out = &mut out[first..first + count];
        for t in 0..count {
            let g = [gx_minus[t], gx_plus[t], gy_minus[t], gy_plus[t], gz_minus[t], gz_plus[t]];
            let x = [x_minus[t], x_plus[t], y_minus[t], y_plus[t], z_minus[t], z_plus[t]];
            out[t] = f(g, x, own.map(|a| a[t]), out[t]);
        }
    }
}

/// `d x + Σ g (x − x_j)`: what leaves a cell, from differences.
#[inline]
pub fn leaving<R: Real>(g: [R; 6], neighbours: [R; 6], diagonal: R, x: R) -> R {
    let mut sum = diagonal * x;
    for side in 0..6 {
        sum += g[side] * (x - neighbours[side]);
    }
    sum
}
