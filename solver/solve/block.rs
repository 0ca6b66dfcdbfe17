//! A conductance matrix on a block of cells, and its coarsening by directions.

use super::graph::Graph;
use crate::backend::parallel_map;
use crate::kernels::block::Grid;

/// `(A x)_i = d_i x_i + Σ_j g_ij (x_i − x_j)` on nx × ny × nz cells, stored in the two colours of [`Grid`].
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    /// Size.
    pub grid: Grid,
    /// Conductances towards +x, then +y, then +z, W/K.
    pub conductance: Vec<f64>,
    /// Diagonal, W/K.
    pub diagonal: Vec<f64>,
}

/// A direction this much weaker than the strongest is not coarsened.
const STRENGTH: f64 = 0.25;

impl Block {
    /// A block from values in natural order (x fastest). The conductance of cell (i, j, k) in a direction joins it to the
    /// next cell; beyond the end of the block it must be 0. An empty vector stands for zeros.
    pub fn new(grid: Grid, conductance: [Vec<f64>; 3], diagonal: Vec<f64>) -> Self {
        let mut packed = Vec::with_capacity(3 * grid.len());
        for natural in conductance {
            if natural.is_empty() { packed.resize(packed.len() + grid.len(), 0.0) } else { packed.extend(pack(grid, &natural)) }
        }
        let diagonal = if diagonal.is_empty() { vec![0.0; grid.len()] } else { pack(grid, &diagonal) };
        Self { grid, conductance: packed, diagonal }
    }

    fn towards(&self, direction: usize, cell: usize) -> f64 {
        self.conductance[direction * self.grid.len() + cell]
    }

    /// Σ_j g_ij of each cell; 0 in empty ones.
    pub fn sums(&self) -> Vec<f64> {
        let grid = self.grid;
        let natural = parallel_map(grid.nx * grid.ny * grid.nz, |n| {
            let (i, j, k) = cell(grid, n);
            let own = grid.at(i, j, k);
            let mut sum = (0..3).map(|d| self.towards(d, own)).sum::<f64>();
            sum += if i > 0 { self.towards(0, grid.at(i - 1, j, k)) } else { 0.0 };
            sum += if j > 0 { self.towards(1, grid.at(i, j - 1, k)) } else { 0.0 };
            sum + if k > 0 { self.towards(2, grid.at(i, j, k - 1)) } else { 0.0 }
        });
        pack(grid, &natural)
    }

    /// Cells to join in each direction, 1 or 2: those whose mean conductance is not far below the strongest.
    pub fn factor(&self) -> [usize; 3] {
        let Grid { nx, ny, nz } = self.grid;
        let faces = [(nx - 1) * ny * nz, nx * (ny - 1) * nz, nx * ny * (nz - 1)];
        #[expect(clippy::cast_precision_loss, reason = "cells are below 2^53")]
        let mean = |d: usize| -> f64 {
            let all = &self.conductance[d * self.grid.len()..(d + 1) * self.grid.len()];
            if faces[d] == 0 { 0.0 } else { all.iter().sum::<f64>() / faces[d] as f64 }
        };
        let means = [mean(0), mean(1), mean(2)];
        let strongest = means.iter().copied().fold(0.0, f64::max);
        std::array::from_fn(|d| if means[d] > 0.0 && means[d] >= STRENGTH * strongest { 2 } else { 1 })
    }

    /// The block with `factor` cells of each direction joined.
    ///
    /// A line of cells crosses half of either coarse cell: `1/(1/g + ½/g_left + ½/g_right)` where those are joined along it,
    /// and the lines of a coarse face add up: a uniform block gives the conductances of cells of the coarse size.
    pub fn coarser(&self, factor: [usize; 3]) -> Self {
        let (fine, coarse) = (self.grid, self.grid.coarser(factor));
        let size = [fine.nx, fine.ny, fine.nz];
        let count = coarse.nx * coarse.ny * coarse.nz;
        let at = |c: [usize; 3]| fine.at(c[0], c[1], c[2]);
        let children = |n: usize| {
            let (i, j, k) = cell(coarse, n);
            let first = [i * factor[0], j * factor[1], k * factor[2]];
            let end: [usize; 3] = std::array::from_fn(|d| size[d].min(first[d] + factor[d]));
            (first, end)
        };
        let face = |n: usize, d: usize| -> f64 {
            let (first, end) = children(n);
            let mut sum = 0.0;
            let (a, b) = ((d + 1) % 3, (d + 2) % 3);
            for (u, v) in (first[a]..end[a]).flat_map(|u| (first[b]..end[b]).map(move |v| (u, v))) {
                let mut c = [0; 3];
                (c[a], c[b], c[d]) = (u, v, end[d] - 1);
                let line = |along: usize| {
                    let mut c = c;
                    c[d] = along;
                    self.towards(d, at(c))
                };
                let g = line(end[d] - 1);
                let half = |g: f64| if g > 0.0 { 0.5 / g } else { 0.0 };
                let left = if end[d] - first[d] == 2 { half(line(first[d])) } else { 0.0 };
                let right = if factor[d] == 2 && end[d] + 1 < size[d] { half(line(end[d])) } else { 0.0 };
                sum += if g > 0.0 { 1.0 / (1.0 / g + left + right) } else { 0.0 };
            }
            sum
        };
        let conductance = (0..3).flat_map(|d| pack(coarse, &parallel_map(count, |n| face(n, d)))).collect();
        Self { grid: coarse, conductance, diagonal: coarser_diagonal(fine, factor, &self.diagonal) }
    }

    /// The same matrix as a graph over the stored cells, empty ones included.
    pub fn graph(&self) -> Graph {
        let grid = self.grid;
        let mut rows: Vec<Vec<(usize, f64)>> = vec![vec![]; grid.len()];
        for n in 0..grid.nx * grid.ny * grid.nz {
            let (i, j, k) = cell(grid, n);
            let own = grid.at(i, j, k);
            let next = [(i + 1 < grid.nx, [1, 0, 0]), (j + 1 < grid.ny, [0, 1, 0]), (k + 1 < grid.nz, [0, 0, 1])];
            for (d, (_, [di, dj, dk])) in next.iter().enumerate().filter(|(_, (has, _))| *has) {
                let (other, g) = (grid.at(i + di, j + dj, k + dk), self.towards(d, own));
                rows[own].push((other, g));
                rows[other].push((own, g));
            }
        }
        let mut graph = Graph { row_start: vec![0], diagonal: self.diagonal.clone(), ..Graph::default() };
        for row in rows {
            for (other, g) in row {
                graph.column.push(u32::try_from(other).expect("below 2^32 cells"));
                graph.conductance.push(g);
            }
            graph.row_start.push(u32::try_from(graph.column.len()).expect("below 2^32 entries"));
        }
        graph
    }
}

/// (i, j, k) of the n-th cell in natural order.
fn cell(grid: Grid, n: usize) -> (usize, usize, usize) {
    (n % grid.nx, n / grid.nx % grid.ny, n / grid.nx / grid.ny)
}

/// Natural order (x fastest) to the stored one; empty cells hold 0.
pub fn pack(grid: Grid, natural: &[f64]) -> Vec<f64> {
    let mut packed = vec![];
    pack_into(grid, natural, &mut packed);
    packed
}

/// [`pack`] into a vector at hand.
pub fn pack_into(grid: Grid, natural: &[f64], packed: &mut Vec<f64>) {
    packed.clear();
    packed.resize(grid.len(), 0.0);
    let (even, odd) = packed.split_at_mut(grid.half());
    crate::backend::row_pairs(even, odd, grid.hx(), |row, even, odd| {
        let line = &natural[row * grid.nx..(row + 1) * grid.nx];
        let (first, second) = if grid.parity(0, row) == 0 { (even, odd) } else { (odd, even) };
        for (pair, (a, b)) in line.chunks(2).zip(first.iter_mut().zip(second)) {
            *a = pair[0];
            if let Some(x) = pair.get(1) {
                *b = *x;
            }
        }
    });
}

/// The stored order to natural.
pub fn unpack(grid: Grid, packed: &[f64]) -> Vec<f64> {
    let mut natural = vec![0.0; grid.nx * grid.ny * grid.nz];
    unpack_into(grid, packed, &mut natural);
    natural
}

/// [`unpack`] into a slice at hand.
pub fn unpack_into(grid: Grid, packed: &[f64], natural: &mut [f64]) {
    crate::backend::rows(natural, grid.nx, |row, line| {
        let of = |colour: usize| &packed[colour * grid.half() + row * grid.hx()..][..grid.hx()];
        let (first, second) = if grid.parity(0, row) == 0 { (of(0), of(1)) } else { (of(1), of(0)) };
        for (pair, (a, b)) in line.chunks_mut(2).zip(first.iter().zip(second)) {
            pair[0] = *a;
            if let Some(x) = pair.get_mut(1) {
                *x = *b;
            }
        }
    });
}

/// Sums of the diagonal of a block over the cells of the coarser one.
pub fn coarser_diagonal(fine: Grid, factor: [usize; 3], diagonal: &[f64]) -> Vec<f64> {
    let coarse = fine.coarser(factor);
    let sums = parallel_map(coarse.nx * coarse.ny * coarse.nz, |n| {
        let (i, j, k) = cell(coarse, n);
        let span = |c: usize, f: usize, size: usize| c * f..size.min((c + 1) * f);
        let mut sum = 0.0;
        for k in span(k, factor[2], fine.nz) {
            for j in span(j, factor[1], fine.ny) {
                sum += span(i, factor[0], fine.nx).map(|i| diagonal[fine.at(i, j, k)]).sum::<f64>();
            }
        }
        sum
    });
    pack(coarse, &sums)
}
