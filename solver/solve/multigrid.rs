//! Aggregation multigrid as preconditioner of conjugate gradients, on a backend.
//!
//! The matrix is a block (red-black Gauss–Seidel, coarsened by directions) or a graph (fourth-kind Chebyshev,
//! coarsened by pairs). Levels of at most [`SMALL`] cells are graphs and run in one launch. The hierarchy is found once per
//! topology; [`Multigrid::weigh`] gives it other values. Scalars stay on the backend.

use super::block::coarser_diagonal;
use super::graph::{Aggregation, Graph, sum_by};
use super::operator::{Matrix, Operator, Shape, count};
use crate::backend::{Backend, DeviceError, GATE, REDUCE_LANES, Real};
use crate::kernels::{
    axpy, block_prolong, block_relax, block_restrict, cg_direction, cg_gate, coarse_cycle, dot_product, graph_prolong,
    graph_relax, graph_restrict,
};
use std::borrow::Cow;

/// The largest level that [`coarse_cycle`] takes, cells.
pub const SMALL: usize = 1 << 13;
/// Gauss–Seidel sweeps before and after each coarser level of a block.
const SWEEPS: u32 = 2;
/// A coarser level at least so many times smaller is visited twice, if that is safe: then iterations hardly grow with the mesh,
/// and the second visit costs little.
const TWICE: usize = 4;
/// Two visits make the preconditioner `(1 + w)M − wMAM` of a level, w the weight of what the first is given: positive definite while
/// the eigenvalues t of `M A` are below 1 + 1/w. On irregular aggregates they may be above 2; w is 1 up to this, else [`DAMPED`]/(t − 1).
const SAFE: f64 = 1.6;
/// See [`SAFE`]: the estimate may be too low by a third of what 1 + 1/w leaves.
const DAMPED: f64 = 0.7;
/// Power iterations of the estimate.
const POWERS: usize = 8;
/// Groups of a reduction: enough to fill a GPU, few enough to add up at once.
const GROUPS: u32 = 64;

/// `1/(d_i + Σ_j g_ij)`; 0 where there is neither. The sums are f32: preconditioners need few digits.
fn inverse<R: Real>(diagonal: &[f64], sums: &[f32]) -> Vec<R> {
    let of = |(d, s): (&f64, &f32)| if d + f64::from(*s) > 0.0 { R::of(1.0 / (d + f64::from(*s))) } else { R::ZERO };
    diagonal.iter().zip(sums).map(of).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
fn rounded(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}

/// How a level passes to the next coarser one.
#[derive(Debug)]
enum Transfer<B: Backend> {
    Block { params: block_restrict::BlockTransferParams },
    Graph { parent: B::Array<u32>, member_start: B::Array<u32>, member: B::Array<u32> },
}

/// One level that is smoothed by launches.
#[derive(Debug)]
struct Level<B: Backend> {
    operator: Operator<B>,
    /// Σ_j g_ij, on the host.
    sums: Vec<f32>,
    inverse: B::Array<B::Real>,
    rhs: B::Array<B::Real>,
    x: B::Array<B::Real>,
    /// The vector before x, then the residual, on graphs.
    before: Option<B::Array<B::Real>>,
    transfer: Transfer<B>,
    /// Weight of the first visit where the next coarser level is visited twice.
    twice: Option<f32>,
}

impl<B: Backend> Level<B> {
    /// Sweeps or steps; `post` mirrors the order, so that the cycle stays symmetric.
    fn smooth(&mut self, backend: &B, post: bool, from_zero: bool) {
        let Self { operator, inverse, rhs, x, before, .. } = self;
        let Operator { len, shape, conductance, diagonal } = operator;
        match shape {
            Shape::Block(g) => {
                let [nx, ny, nz] = [g.nx, g.ny, g.nz].map(count);
                for sweep in 0..SWEEPS {
                    for colour in if post { [1, 0] } else { [0, 1] } {
                        let from_zero = u32::from(from_zero && sweep == 0 && colour == 0);
                        let params = block_relax::BlockRelaxParams { nx, ny, nz, colour, from_zero };
                        let inputs = block_relax::Inputs { conductance, inverse, rhs };
                        backend.launch::<block_relax::Kernel>(&params, inputs, x, *len / 2);
                    }
                }
            }
            Shape::Graph { slice_start, column } => {
                let before = before.as_mut().expect("a graph level keeps the vector before x");
                for ((momentum, step), k) in graph_relax::STEPS.into_iter().zip(1..) {
                    let from_zero = if from_zero { k } else { 0 };
                    let params = graph_relax::GraphRelaxParams { count: count(*len), momentum, step, from_zero };
                    let inputs = graph_relax::Inputs { slice_start, column, conductance, diagonal, inverse, rhs, x };
                    backend.launch::<graph_relax::Kernel>(&params, inputs, before, *len);
                    std::mem::swap(x, before);
                }
            }
        }
    }

    /// The residual summed over the cells of each coarse one.
    fn restrict(&mut self, backend: &B, coarse: &mut B::Array<B::Real>, coarse_len: usize) {
        let Self { operator, rhs, x, before, transfer, twice, .. } = self;
        match transfer {
            Transfer::Block { params } => {
                let Operator { conductance, diagonal, .. } = operator;
                let inputs = block_restrict::Inputs { conductance, diagonal, rhs, x };
                backend.launch::<block_restrict::Kernel>(params, inputs, coarse, coarse_len);
            }
            Transfer::Graph { .. } => {
                // No step from here on reads the vector before x.
                let residual = before.as_mut().expect("a graph level keeps the vector before x");
                operator.residual(backend, rhs, x, residual);
                let weight = twice.unwrap_or(1.0);
                self.sum_members(backend, weight, coarse, coarse_len);
            }
        }
    }

    /// What the second of two visits is given: the same residual, whole.
    fn restrict_again(&self, backend: &B, coarse: &mut B::Array<B::Real>, coarse_len: usize) {
        if self.twice.is_some_and(|weight| weight < 1.0) {
            self.sum_members(backend, 1.0, coarse, coarse_len);
        }
    }

    /// The residual of a graph level, weighted and summed over the members of aggregates.
    fn sum_members(&self, backend: &B, weight: f32, coarse: &mut B::Array<B::Real>, coarse_len: usize) {
        if let (Transfer::Graph { member_start, member, .. }, Some(residual)) = (&self.transfer, &self.before) {
            let params = graph_restrict::GraphRestrictParams { count: count(coarse_len), weight };
            let inputs = graph_restrict::Inputs { member_start, member, residual };
            backend.launch::<graph_restrict::Kernel>(&params, inputs, coarse, coarse_len);
        }
    }

    /// Adds the coarse correction.
    fn prolong(&mut self, backend: &B, correction: &B::Array<B::Real>) {
        let len = self.operator.len;
        match &self.transfer {
            Transfer::Block { params } => {
                let inputs = block_prolong::Inputs { correction };
                backend.launch::<block_prolong::Kernel>(params, inputs, &mut self.x, len / 2);
            }
            Transfer::Graph { parent, .. } => {
                let params = graph_prolong::GraphProlongParams { count: count(len) };
                let inputs = graph_prolong::Inputs { parent, correction };
                backend.launch::<graph_prolong::Kernel>(&params, inputs, &mut self.x, len);
            }
        }
    }
}

/// The levels of one launch.
#[derive(Debug)]
struct Small<B: Backend> {
    params: coarse_cycle::CoarseCycleParams,
    /// Of each level: Σ_j g_ij and the aggregates, on the host.
    sums: Vec<Vec<f32>>,
    parents: Vec<Vec<u32>>,
    host_weight: Vec<f64>,
    index: B::Array<u32>,
    weight: B::Array<B::Real>,
    rhs: B::Array<B::Real>,
    work: B::Array<B::Real>,
}

impl<B: Backend> Small<B> {
    fn new(backend: &B, graphs: &[Graph], parents: Vec<Vec<u32>>) -> Result<Self, DeviceError> {
        let mut index = vec![0_u32; coarse_cycle::TABLE * graphs.len()];
        let cells: usize = graphs.iter().map(Graph::len).sum();
        let (mut weight, mut first) = (vec![], 0);
        for (l, g) in graphs.iter().enumerate() {
            let mut table = vec![count(g.len()), count(first)];
            let mut add = |part: &[u32]| {
                let at = count(index.len());
                index.extend_from_slice(part);
                at
            };
            table.extend([add(&g.row_start), add(&g.column), count(weight.len())]);
            weight.extend_from_slice(&g.conductance);
            if let Some(parent) = parents.get(l) {
                let (start, member) = Graph::members(parent, graphs[l + 1].len());
                table.extend([add(&start), add(&member), add(parent)]);
            }
            index[coarse_cycle::TABLE * l..][..table.len()].copy_from_slice(&table);
            first += g.len();
        }
        let (levels, diagonal) = (count(graphs.len()), count(weight.len()));
        let [(_, first_step), (momentum, second_step)] = graph_relax::STEPS;
        let params = coarse_cycle::CoarseCycleParams { levels, cells: count(cells), diagonal, first_step, momentum, second_step };
        weight.resize(weight.len() + 2 * cells, 0.0);
        let zeros = |n: usize| backend.upload_vec(vec![B::Real::ZERO; n]);
        let mut small = Self {
            params,
            sums: graphs.iter().map(|g| rounded(&g.sums())).collect(),
            parents,
            index: backend.upload(&index)?,
            weight: zeros(weight.len())?,
            host_weight: weight,
            rhs: zeros(graphs[0].len())?,
            work: zeros(3 * cells)?,
        };
        small.set_diagonal(backend, &graphs[0].diagonal);
        Ok(small)
    }

    fn set_diagonal(&mut self, backend: &B, diagonal: &[f64]) {
        let cells = self.params.cells as usize;
        let mut diagonal = diagonal.to_vec();
        let mut at = self.params.diagonal as usize;
        for (l, sums) in self.sums.iter().enumerate() {
            self.host_weight[at..at + sums.len()].copy_from_slice(&diagonal);
            self.host_weight[cells + at..cells + at + sums.len()].copy_from_slice(&inverse(&diagonal, sums));
            at += sums.len();
            if let Some(parent) = self.parents.get(l) {
                diagonal = sum_by(parent, &diagonal, self.sums[l + 1].len());
            }
        }
        backend.write_reals(&mut self.weight, &self.host_weight);
    }

    fn cycle(&mut self, backend: &B) {
        let inputs = coarse_cycle::Inputs { index: &self.index, weight: &self.weight, rhs: &self.rhs };
        backend.launch::<coarse_cycle::Kernel>(&self.params, inputs, &mut self.work, 1);
    }
}

/// Multigrid-preconditioned conjugate gradients on a backend.
#[derive(Debug)]
pub struct Multigrid<B: Backend> {
    len: usize,
    levels: Vec<Level<B>>,
    small: Small<B>,
    aggregation: Aggregation,
    /// The finest matrix where even that is small.
    finest: Option<Operator<B>>,
    p: B::Array<B::Real>,
    q: B::Array<B::Real>,
    x: B::Array<B::Real>,
    ones: B::Array<B::Real>,
    partial: B::Array<B::Real>,
    scalar: [B::Array<B::Real>; 4],
    gate: B::Array<u32>,
}

impl<B: Backend> Multigrid<B> {
    /// Finds the hierarchy and uploads it. Errors: an array does not fit the device.
    pub fn new(backend: &B, matrix: &Matrix) -> Result<Self, DeviceError> {
        Self::build(backend, Cow::Borrowed(matrix), None)
    }

    /// As [`new`](Self::new), of a matrix that the caller does not need any more.
    pub fn of(backend: &B, matrix: Matrix) -> Result<Self, DeviceError> {
        Self::build(backend, Cow::Owned(matrix), None)
    }

    /// Other conductances or diagonals on the same topology: the aggregates of a graph stay.
    pub fn weigh(&mut self, backend: &B, matrix: Matrix) -> Result<(), DeviceError> {
        *self = Self::build(backend, Cow::Owned(matrix), Some(&self.aggregation))?;
        Ok(())
    }

    fn build(backend: &B, matrix: Cow<'_, Matrix>, known: Option<&Aggregation>) -> Result<Self, DeviceError> {
        let zeros = |n: usize| backend.upload_vec(vec![B::Real::ZERO; n]);
        let mut levels = vec![];
        let add = |matrix: Cow<'_, Matrix>, transfer: Transfer<B>| -> Result<Level<B>, DeviceError> {
            let (len, sums) = (matrix.len(), rounded(&matrix.sums()));
            let before = if matches!(*matrix, Matrix::Graph(_)) { Some(zeros(len)?) } else { None };
            let inverse = backend.upload_vec(inverse(matrix.diagonal(), &sums))?;
            let operator = Operator::new(backend, &matrix)?;
            Ok(Level { operator, sums, inverse, rhs: zeros(len)?, x: zeros(len)?, before, transfer, twice: None })
        };
        let (len, mut current) = (matrix.len(), matrix);
        while let Matrix::Block(b) = &*current {
            let factor = b.factor();
            if b.grid.len() <= SMALL || factor == [1, 1, 1] {
                break;
            }
            let ([nx, ny, nz], [factor_x, factor_y, factor_z]) =
                ([b.grid.nx, b.grid.ny, b.grid.nz].map(count), factor.map(count));
            let params = block_restrict::BlockTransferParams { nx, ny, nz, factor_x, factor_y, factor_z };
            let coarser = Cow::Owned(Matrix::Block(b.coarser(factor)));
            levels.push(add(std::mem::replace(&mut current, coarser), Transfer::Block { params })?);
        }
        if let Matrix::Block(b) = &*current {
            current = Cow::Owned(Matrix::Graph(b.graph()));
        }
        let Matrix::Graph(top) = &*current else { unreachable!("blocks were turned into a graph") };
        let (aggregation, mut graphs) = known.map_or_else(|| Aggregation::new(top), |a| (a.clone(), a.weigh(top)));
        // Graph levels too large for the one launch.
        let large = std::iter::once(top.len()).chain(graphs.iter().map(Graph::len)).take_while(|&n| n > SMALL).count();
        let large = large.min(aggregation.len());
        let finest = if levels.is_empty() && large == 0 { Some(Operator::new(backend, &current)?) } else { None };
        let mut current = Some(current);
        for l in 0..large {
            let parent = aggregation.parent(l);
            let (start, member) = Graph::members(&parent, graphs[l].len());
            let (parent, member_start, member) =
                (backend.upload_vec(parent)?, backend.upload_vec(start)?, backend.upload_vec(member)?);
            let own = current.take().unwrap_or_else(|| Cow::Owned(Matrix::Graph(std::mem::take(&mut graphs[l - 1]))));
            levels.push(add(own, Transfer::Graph { parent, member_start, member })?);
        }
        let mut small = graphs.split_off(large.max(1) - 1);
        if let Some(Matrix::Graph(top)) = current.map(Cow::into_owned) {
            small.insert(0, top);
        }
        let small = Small::new(backend, &small, (large..aggregation.len()).map(|l| aggregation.parent(l)).collect())?;
        let groups = GROUPS as usize;
        let scalar = [zeros(1)?, zeros(1)?, zeros(1)?, zeros(1)?];
        let (p, q, x) = (zeros(len)?, zeros(len)?, zeros(len)?);
        let ones = backend.upload_reals(&vec![1.0; groups])?;
        let (partial, gate) = (zeros(groups)?, backend.gate()?);
        let mut all = Self { len, levels, small, aggregation, finest, p, q, x, ones, partial, scalar, gate };
        // From the coarsest up: each estimate stands on the visits below it.
        for l in (1..all.levels.len()).rev() {
            let small_enough = all.levels[l].operator.len <= all.levels[l - 1].operator.len / TWICE;
            if small_enough {
                let largest = all.largest_eigenvalue(backend, l)?;
                let level = &mut all.levels[l - 1];
                #[expect(clippy::cast_possible_truncation, reason = "a weight needs few digits")]
                let damped = (largest.is_finite() && level.before.is_some()).then(|| (DAMPED / (largest - 1.0)) as f32);
                level.twice = if largest < SAFE { Some(1.0) } else { damped };
            }
        }
        Ok(all)
    }

    /// Largest eigenvalue of `M A` of level l, M its cycle, by a few power iterations.
    fn largest_eigenvalue(&mut self, backend: &B, l: usize) -> Result<f64, DeviceError> {
        let len = self.levels[l].operator.len;
        #[expect(clippy::cast_precision_loss, reason = "a pattern without symmetry, not a number that matters")]
        let mut v: Vec<f64> = (0..len).map(|i| ((i * i % 1009) as f64 * 0.7).sin()).collect();
        let (mut largest, mut z) = (0.0, vec![0.0; len]);
        for _ in 0..POWERS {
            let level = &mut self.levels[l];
            backend.write_reals(&mut level.x, &v);
            let Level { operator, x, rhs, .. } = level;
            operator.apply(backend, x, rhs);
            self.visit(backend, l, true);
            backend.read_reals(&self.levels[l].x, &mut z)?;
            let (before, after) = (v.iter().map(|x| x * x).sum::<f64>().sqrt(), z.iter().map(|x| x * x).sum::<f64>().sqrt());
            if !(after > 0.0 && after.is_finite()) {
                return Ok(f64::INFINITY);
            }
            largest = after / before;
            v.iter_mut().zip(&z).for_each(|(v, z)| *v = z / after);
        }
        Ok(largest)
    }

    /// Another diagonal, in stored order, with the same conductances.
    pub fn set_diagonal(&mut self, backend: &B, diagonal: &[f64]) {
        let Self { levels, small, aggregation, finest, .. } = self;
        let mut diagonal = Cow::Borrowed(diagonal);
        let mut joined = 0;
        for level in levels {
            backend.write_reals(&mut level.operator.diagonal, &diagonal);
            backend.write(&mut level.inverse, &inverse::<B::Real>(&diagonal, &level.sums));
            diagonal = Cow::Owned(match &level.transfer {
                Transfer::Block { params } => coarser_diagonal(params.grid(), params.factor(), &diagonal),
                Transfer::Graph { .. } => {
                    joined += 1;
                    aggregation.sum(joined - 1, &diagonal)
                }
            });
        }
        if let Some(finest) = finest {
            backend.write_reals(&mut finest.diagonal, &diagonal);
        }
        small.set_diagonal(backend, &diagonal);
    }

    /// Cells of each level, the finest first.
    pub fn level_cells(&self) -> Vec<usize> {
        self.levels.iter().map(|l| l.operator.len).chain(self.small.sums.iter().map(Vec::len)).collect()
    }

    fn residual(&mut self) -> &mut B::Array<B::Real> {
        match self.levels.first_mut() {
            Some(level) => &mut level.rhs,
            None => &mut self.small.rhs,
        }
    }

    /// `x ← A x`, in stored order.
    pub fn apply(&mut self, backend: &B, x: &mut [f64]) -> Result<(), DeviceError> {
        backend.write_reals(&mut self.p, x);
        let operator = self.finest.as_ref().unwrap_or_else(|| &self.levels[0].operator);
        operator.apply(backend, &self.p, &mut self.q);
        backend.read_reals(&self.q, x)
    }

    /// `b ← M⁻¹ b` of one V-cycle, in stored order.
    pub fn precondition(&mut self, backend: &B, rhs: &mut [f64]) -> Result<(), DeviceError> {
        backend.write_reals(self.residual(), rhs);
        self.cycle(backend);
        backend.read_reals(self.levels.first().map_or(&self.small.work, |l| &l.x), rhs)
    }

    /// One cycle: the preconditioned residual.
    fn cycle(&mut self, backend: &B) {
        self.visit(backend, 0, true);
    }

    /// Level l and those below it, from x = 0 or from the x at hand.
    fn visit(&mut self, backend: &B, l: usize, from_zero: bool) {
        let (level, coarser) = self.levels[l..].split_first_mut().map_or((None, &mut [][..]), |(a, b)| (Some(a), b));
        let Some(level) = level else { return self.small.cycle(backend) };
        level.smooth(backend, false, from_zero);
        match coarser.first_mut() {
            Some(next) => level.restrict(backend, &mut next.rhs, next.operator.len),
            None => level.restrict(backend, &mut self.small.rhs, self.small.sums[0].len()),
        }
        self.visit(backend, l + 1, true);
        if self.levels[l].twice.is_some() {
            let (level, coarser) = self.levels[l..].split_first_mut().expect("a launched level");
            if let Some(next) = coarser.first_mut() {
                level.restrict_again(backend, &mut next.rhs, next.operator.len);
            }
            self.visit(backend, l + 1, false);
        }
        let (level, coarser) = self.levels[l..].split_first_mut().expect("a launched level");
        level.prolong(backend, coarser.first().map_or(&self.small.work, |next| &next.x));
        level.smooth(backend, true, false);
    }

    /// `scalar[to] = a · b`.
    fn dot(&mut self, backend: &B, which: Product, to: usize) {
        let Self { len, levels, small, p, q, ones, partial, scalar, .. } = self;
        let params = dot_product::DotParams { count: count(*len), group_count: GROUPS.min(count(*len).div_ceil(REDUCE_LANES)) };
        let (rhs, z) = levels.first().map_or((&small.rhs, &small.work), |l| (&l.rhs, &l.x));
        let inputs = match which {
            Product::ResidualPreconditioned => dot_product::Inputs { a: rhs, b: z },
            Product::DirectionImage => dot_product::Inputs { a: p, b: q },
        };
        backend.launch::<dot_product::Kernel>(&params, inputs, partial, params.group_count as usize);
        let last = dot_product::DotParams { count: params.group_count, group_count: 1 };
        backend.launch::<dot_product::Kernel>(&last, dot_product::Inputs { a: partial, b: ones }, &mut scalar[to], 1);
    }

    /// `b ← x ≈ A⁻¹ b`, in stored order: conjugate gradients from 0 until `√(r·M⁻¹r)` has fallen by `drop`, or will have if the last
    /// step does what the one before it did, or `limit` iterations. Returns the iterations. The device finds the end itself: launches recorded beyond it do nothing.
    ///
    /// Truth: `multigrid::poisson_cube`, `multigrid::iterations_do_not_grow`, `gpu::iterations_end_on_the_device`.
    pub fn solve(&mut self, backend: &B, rhs: &mut [f64], drop: f64, limit: usize) -> Result<usize, DeviceError> {
        const IMAGE: usize = 2;
        const START: usize = 3;
        // Where `r·z` of an iteration is kept: the first stays.
        let place = |iteration: usize| if iteration == 0 { START } else { iteration % 2 };
        backend.write_reals(self.residual(), rhs);
        backend.write(&mut self.x, &vec![B::Real::ZERO; self.len]);
        // The first direction is z alone: a scale of 0/0 counts as 0.
        backend.write_reals(&mut self.scalar[1], &[0.0]);
        backend.write(&mut self.gate, &[0; GATE]);
        let gated = &backend.behind(&self.gate);
        let mut iteration = 0;
        let iterations = loop {
            let (now, before) = (place(iteration), if iteration == 1 { START } else { (iteration + 1) % 2 });
            self.cycle(gated);
            self.dot(gated, Product::ResidualPreconditioned, now);
            let products = [now, before, START];
            if let Some(used) = self.judge((backend, gated), (drop, false), products, backend.is_host())? {
                break used;
            }
            let Self { len, levels, small, finest, p, q, scalar, .. } = self;
            let params = cg_direction::CgDirectionParams { count: count(*len) };
            let z = levels.first().map_or(&small.work, |l| &l.x);
            let inputs = cg_direction::Inputs { numerator: &scalar[now], denominator: &scalar[before], z };
            gated.launch::<cg_direction::Kernel>(&params, inputs, p, *len);
            let operator = finest.as_ref().unwrap_or_else(|| &levels[0].operator);
            operator.apply(gated, p, q);
            self.dot(gated, Product::DirectionImage, IMAGE);
            let Self { len, levels, small, p, q, x, scalar, .. } = self;
            let (numerator, denominator) = (&scalar[now], &scalar[IMAGE]);
            let r = levels.first_mut().map_or(&mut small.rhs, |l| &mut l.rhs);
            let back = axpy::AxpyParams { count: count(*len), sign: -1.0 };
            gated.launch::<axpy::Kernel>(&back, axpy::Inputs { numerator, denominator, x: q }, r, *len);
            let step = axpy::AxpyParams { count: count(*len), sign: 1.0 };
            gated.launch::<axpy::Kernel>(&step, axpy::Inputs { numerator, denominator, x: p }, x, *len);
            iteration += 1;
            let look = iteration == limit || iteration.is_multiple_of(backend.look());
            let ended = self.judge((backend, gated), (drop, true), products, look)?;
            if let Some(used) = ended.or((iteration == limit).then_some(limit)) {
                break used;
            }
        };
        backend.read_reals(&self.x, rhs)?;
        Ok(iterations)
    }

    /// Judges conjugate gradients by `r·z` now, before and at the start, as they are or will be after the step that was taken.
    /// The iterations, if they have ended and it is time to look.
    fn judge(
        &mut self,
        (backend, gated): (&B, &B),
        (drop, foretell): (f64, bool),
        [now, before, start]: [usize; 3],
        look: bool,
    ) -> Result<Option<usize>, DeviceError> {
        #[expect(clippy::cast_possible_truncation, reason = "compared with a quotient of the backend's numbers")]
        let drop_squared = (drop * drop) as f32;
        let params = cg_gate::CgGateParams { count: count(GATE), drop_squared, foretell: u32::from(foretell) };
        let Self { scalar, gate, .. } = self;
        let inputs = cg_gate::Inputs { product: &scalar[now], before: &scalar[before], start: &scalar[start] };
        backend.launch::<cg_gate::Kernel>(&params, inputs, gate, 1);
        let words = if look { gated.download(gate)? } else { return Ok(None) };
        Ok((words[1] != 0).then_some(words[0] as usize))
    }
}

#[derive(Clone, Copy)]
enum Product {
    ResidualPreconditioned,
    DirectionImage,
}
