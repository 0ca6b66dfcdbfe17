//! The small levels of a multigrid cycle in one workgroup.

use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/coarse_cycle.wgsl`.
    pub struct CoarseCycleParams {
        /// Levels.
        pub levels: u32,
        /// Cells of all levels.
        pub cells: u32,
        /// Where the diagonals start in `weight`; the inverse diagonals follow.
        pub diagonal: u32,
        /// First Chebyshev step before and after each coarser level.
        pub first_step: f32,
        /// Momentum of the second.
        pub momentum: f32,
        /// Second step.
        pub second_step: f32,
    }
}

/// Entries of the level table at the start of `index`.
pub const TABLE: usize = 8;

crate::kernel! {
    /// One V-cycle over graphs so small that launches would cost more than the work: `x ← M⁻¹ b` of the first of them.
    ///
    /// `index` starts with [`TABLE`] numbers a level: cells, first cell, and where in `index` (or `weight`) its rows' starts,
    /// columns, conductances, aggregates' starts, members and parents begin. The last level has no conductors and is solved
    /// exactly. `work` holds `[x | vector before x | right-hand sides]` of all levels; x of the first level comes first.
    /// Launch over one output. Truth: `multigrid::iterations_do_not_grow`.
    Single coarse_cycle(CoarseCycleParams; index: u32, weight: real, rhs: real) -> real
}

/// One level as `run` sees it.
struct Level<'a, R> {
    cells: usize,
    first: usize,
    row_start: &'a [u32],
    column: &'a [u32],
    conductance: &'a [R],
    member_start: &'a [u32],
    member: &'a [u32],
    parent: &'a [u32],
    diagonal: &'a [R],
    inverse: &'a [R],
}

impl<'a, R: Real> Level<'a, R> {
    fn new(u: &CoarseCycleParams, x: &Inputs<'a, Cpu<R>>, level: usize) -> Self {
        let t: [usize; TABLE] = std::array::from_fn(|k| x.index[TABLE * level + k] as usize);
        let index = |k: usize| &x.index[t[k]..];
        let cells = u.diagonal as usize + t[1];
        Self {
            cells: t[0],
            first: t[1],
            row_start: index(2),
            column: index(3),
            conductance: &x.weight[t[4]..],
            member_start: index(5),
            member: index(6),
            parent: index(7),
            diagonal: &x.weight[cells..],
            inverse: &x.weight[cells + u.cells as usize..],
        }
    }

    /// b − A x of cell i.
    fn residual(&self, x: &[R], b: &[R], i: usize) -> R {
        b[i] - leaving(self.row_start, self.column, self.conductance, self.diagonal, x, i)
    }
}

fn run<R: Real>(u: &CoarseCycleParams, x: &Inputs<'_, Cpu<R>>, work: &mut [R], _: usize) {
    let (levels, cells) = (u.levels as usize, u.cells as usize);
    let (xs, rest) = work.split_at_mut(cells);
    let (ys, bs) = rest.split_at_mut(cells);
    let [first, momentum, second] = [u.first_step, u.momentum, u.second_step].map(|x| R::of(f64::from(x)));
    let smooth = |l: &Level<R>, xs: &mut [R], ys: &mut [R], bs: &[R], from_zero: bool| {
        let at = l.first..l.first + l.cells;
        let (x, y, b) = (&mut xs[at.clone()], &mut ys[at.clone()], &bs[at]);
        for i in 0..l.cells {
            let residual = if from_zero { b[i] } else { l.residual(x, b, i) };
            let before = if from_zero { R::ZERO } else { x[i] };
            y[i] = before + first * l.inverse[i] * residual;
        }
        for i in 0..l.cells {
            let before = if from_zero { R::ZERO } else { x[i] };
            x[i] = y[i] + momentum * (y[i] - before) + second * l.inverse[i] * l.residual(y, b, i);
        }
    };
    bs[..Level::new(u, x, 0).cells].copy_from_slice(&x.rhs[..Level::new(u, x, 0).cells]);
    for level in 0..levels - 1 {
        let (l, coarse) = (Level::new(u, x, level), Level::new(u, x, level + 1));
        smooth(&l, xs, ys, bs, true);
        for c in 0..coarse.cells {
            let members = &l.member[l.member_start[c] as usize..l.member_start[c + 1] as usize];
            let mut sum = R::ZERO;
            for m in members {
                sum += l.residual(&xs[l.first..], &bs[l.first..], *m as usize);
            }
            bs[coarse.first + c] = sum;
        }
    }
    let last = Level::new(u, x, levels - 1);
    (0..last.cells).for_each(|i| xs[last.first + i] = last.inverse[i] * bs[last.first + i]);
    for level in (0..levels - 1).rev() {
        let (l, coarse) = (Level::new(u, x, level), Level::new(u, x, level + 1));
        for i in 0..l.cells {
            let correction = xs[coarse.first + l.parent[i] as usize];
            xs[l.first + i] += correction;
        }
        smooth(&l, xs, ys, bs, false);
    }
}

/// `d_i x_i + Σ_j g_ij (x_i − x_j)` of row i.
#[inline(always)]
pub fn leaving<R: Real>(row_start: &[u32], column: &[u32], conductance: &[R], diagonal: &[R], x: &[R], i: usize) -> R {
    let (own, row) = (x[i], row_start[i] as usize..row_start[i + 1] as usize);
    let mut sum = diagonal[i] * own;
    for (g, j) in conductance[row.clone()].iter().zip(&column[row]) {
        sum += *g * (own - x[*j as usize]);
    }
    sum
}
