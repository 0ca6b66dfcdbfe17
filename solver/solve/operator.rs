//! A matrix of conductances, on the host and on a backend.

use super::block::{Block, pack, unpack};
use super::graph::Graph;
use crate::backend::{Backend, Cpu, DeviceError, Real};
use crate::kernels::block::Grid;
use crate::kernels::sliced::Slices;
use crate::kernels::{block_apply, graph_apply};

/// A symmetric positive definite matrix of conductances.
#[derive(Clone, Debug)]
pub enum Matrix {
    /// On a structured block.
    Block(Block),
    /// On a graph.
    Graph(Graph),
}

impl Matrix {
    /// Length of a vector as stored.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Block(b) => b.grid.len(),
            Self::Graph(g) => g.len(),
        }
    }
    pub(super) fn diagonal(&self) -> &[f64] {
        match self {
            Self::Block(b) => &b.diagonal,
            Self::Graph(g) => &g.diagonal,
        }
    }
    pub(super) fn sums(&self) -> Vec<f64> {
        match self {
            Self::Block(b) => b.sums(),
            Self::Graph(g) => g.sums(),
        }
    }
    /// `y ← b − A x` in f64 on the host, all in stored order.
    pub(super) fn residual(&self, rhs: &Vec<f64>, x: &Vec<f64>, y: &mut Vec<f64>) {
        match self {
            Self::Block(b) => {
                let [nx, ny, nz] = [b.grid.nx, b.grid.ny, b.grid.nz].map(count);
                let params = block_apply::BlockApplyParams { nx, ny, nz, keep: 1.0, sign: -1.0 };
                let inputs = block_apply::Inputs { conductance: &b.conductance, diagonal: &b.diagonal, rhs, x };
                Cpu::<f64>::new().launch::<block_apply::Kernel>(&params, inputs, y, self.len());
            }
            Self::Graph(g) => g.residual(rhs, x, y),
        }
    }
    /// Natural order to stored order.
    pub fn pack(&self, natural: &[f64]) -> Vec<f64> {
        match self {
            Self::Block(b) => pack(b.grid, natural),
            Self::Graph(_) => natural.to_vec(),
        }
    }
    /// Stored order to natural order.
    pub fn unpack(&self, stored: &[f64]) -> Vec<f64> {
        match self {
            Self::Block(b) => unpack(b.grid, stored),
            Self::Graph(_) => stored.to_vec(),
        }
    }
}

pub(super) fn count(n: usize) -> u32 {
    u32::try_from(n).expect("a matrix has fewer than 2^32 rows")
}

/// A matrix on a backend: what a product needs.
#[derive(Debug)]
pub struct Operator<B: Backend> {
    pub(super) len: usize,
    pub(super) shape: Shape<B>,
    pub(super) conductance: B::Array<B::Real>,
    pub(super) diagonal: B::Array<B::Real>,
}

/// How the rows of an operator are found.
#[derive(Debug)]
pub(super) enum Shape<B: Backend> {
    Block(Grid),
    Graph { slice_start: B::Array<u32>, column: B::Array<u32> },
}

impl<B: Backend> Operator<B> {
    /// Uploads a matrix. Errors: one of its arrays does not fit the device.
    pub fn new(backend: &B, matrix: &Matrix) -> Result<Self, DeviceError> {
        match matrix {
            Matrix::Block(b) => {
                let (conductance, diagonal) = (backend.upload_reals(&b.conductance)?, backend.upload_reals(&b.diagonal)?);
                Ok(Self { len: matrix.len(), shape: Shape::Block(b.grid), conductance, diagonal })
            }
            Matrix::Graph(g) => Self::from_rows(backend, (&g.row_start, &g.column, &g.conductance), &g.diagonal),
        }
    }

    /// Compressed rows, not symmetric perhaps, and a diagonal.
    pub(super) fn from_rows<T: Real>(
        backend: &B,
        (row_start, column, conductance): (&[u32], &[u32], &[T]),
        diagonal: &[f64],
    ) -> Result<Self, DeviceError> {
        let Slices { slice_start, column, conductance } = Slices::new(row_start, column, conductance);
        let shape = Shape::Graph { slice_start: backend.upload_vec(slice_start)?, column: backend.upload_vec(column)? };
        let (conductance, diagonal) = (backend.upload_vec(conductance)?, backend.upload_reals(diagonal)?);
        Ok(Self { len: row_start.len() - 1, shape, conductance, diagonal })
    }

    /// `y ← A x`.
    pub fn apply(&self, backend: &B, x: &B::Array<B::Real>, y: &mut B::Array<B::Real>) {
        self.product(backend, (0.0, 1.0), x, x, y);
    }

    /// `y ← b − A x`.
    pub fn residual(&self, backend: &B, rhs: &B::Array<B::Real>, x: &B::Array<B::Real>, y: &mut B::Array<B::Real>) {
        self.product(backend, (1.0, -1.0), rhs, x, y);
    }

    /// `y ← keep b + sign A x`.
    fn product(
        &self,
        backend: &B,
        (keep, sign): (f32, f32),
        rhs: &B::Array<B::Real>,
        x: &B::Array<B::Real>,
        y: &mut B::Array<B::Real>,
    ) {
        let Self { len, shape, conductance, diagonal } = self;
        match shape {
            Shape::Block(g) => {
                let [nx, ny, nz] = [g.nx, g.ny, g.nz].map(count);
                let params = block_apply::BlockApplyParams { nx, ny, nz, keep, sign };
                let inputs = block_apply::Inputs { conductance, diagonal, rhs, x };
                backend.launch::<block_apply::Kernel>(&params, inputs, y, *len);
            }
            Shape::Graph { slice_start, column } => {
                let params = graph_apply::GraphApplyParams { count: count(*len), keep, sign };
                let inputs = graph_apply::Inputs { slice_start, column, conductance, diagonal, rhs, x };
                backend.launch::<graph_apply::Kernel>(&params, inputs, y, *len);
            }
        }
    }
}
