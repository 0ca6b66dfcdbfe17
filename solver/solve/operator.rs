//! A matrix of conductances, on the host and on a backend.

use super::block::{Block, pack, unpack};
use super::graph::Graph;
use crate::backend::{Backend, Cpu, DeviceError, Real};
use crate::kernels::block::Grid;
use crate::kernels::{block_apply, graph_apply};
use std::borrow::Cow;

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
        let (rows, conductance, diagonal) = match self {
            Self::Block(b) => (Rows::Block(b.grid), &b.conductance, &b.diagonal),
            Self::Graph(g) => (Rows::Graph { row_start: &g.row_start, column: &g.column }, &g.conductance, &g.diagonal),
        };
        launch(&Cpu::<f64>::new(), rows, (conductance, diagonal), (1.0, -1.0), (rhs, x), self.len(), y);
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
    Graph { row_start: B::Array<u32>, column: B::Array<u32> },
}

impl<B: Backend> Operator<B> {
    /// Uploads a matrix. Errors: one of its arrays does not fit the device.
    pub fn new(backend: &B, matrix: &Matrix) -> Result<Self, DeviceError> {
        let (shape, conductance) = match matrix {
            Matrix::Block(b) => (Shape::Block(b.grid), &b.conductance),
            Matrix::Graph(g) => {
                (Shape::Graph { row_start: backend.upload(&g.row_start)?, column: backend.upload(&g.column)? }, &g.conductance)
            }
        };
        let conductance = backend.upload_reals(conductance)?;
        Ok(Self { len: matrix.len(), shape, conductance, diagonal: backend.upload_reals(matrix.diagonal())? })
    }

    /// As [`new`](Self::new), of a matrix that may go.
    pub(super) fn of(backend: &B, matrix: Cow<'_, Matrix>) -> Result<Self, DeviceError> {
        let Cow::Owned(Matrix::Graph(Graph { row_start, column, conductance, diagonal })) = matrix else {
            return Self::new(backend, &matrix);
        };
        let (conductance, diagonal) = (backend.upload_reals(&conductance)?, backend.upload_reals(&diagonal)?);
        Self::graph(backend, (row_start, column), conductance, diagonal)
    }

    /// Rows as they are, not symmetric perhaps, with a diagonal of 0.
    pub(super) fn from_rows(
        backend: &B,
        row_start: Vec<u32>,
        column: Vec<u32>,
        conductance: Vec<B::Real>,
    ) -> Result<Self, DeviceError> {
        let diagonal = backend.upload_vec(vec![B::Real::ZERO; row_start.len() - 1])?;
        Self::graph(backend, (row_start, column), backend.upload_vec(conductance)?, diagonal)
    }

    fn graph(
        backend: &B,
        (row_start, column): (Vec<u32>, Vec<u32>),
        conductance: B::Array<B::Real>,
        diagonal: B::Array<B::Real>,
    ) -> Result<Self, DeviceError> {
        let len = row_start.len() - 1;
        let shape = Shape::Graph { row_start: backend.upload_vec(row_start)?, column: backend.upload_vec(column)? };
        Ok(Self { len, shape, conductance, diagonal })
    }

    /// `y ← A x`.
    pub fn apply(&self, backend: &B, x: &B::Array<B::Real>, y: &mut B::Array<B::Real>) {
        self.product(backend, (0.0, 1.0), x, x, y);
    }

    /// `y ← b − A x`.
    pub fn residual(&self, backend: &B, rhs: &B::Array<B::Real>, x: &B::Array<B::Real>, y: &mut B::Array<B::Real>) {
        self.product(backend, (1.0, -1.0), rhs, x, y);
    }

    fn product(&self, backend: &B, signs: (f32, f32), rhs: &B::Array<B::Real>, x: &B::Array<B::Real>, y: &mut B::Array<B::Real>) {
        let rows = match &self.shape {
            Shape::Block(grid) => Rows::Block(*grid),
            Shape::Graph { row_start, column } => Rows::Graph { row_start, column },
        };
        launch(backend, rows, (&self.conductance, &self.diagonal), signs, (rhs, x), self.len, y);
    }
}

/// The rows of a matrix wherever they are kept.
enum Rows<'a, B: Backend> {
    Block(Grid),
    Graph { row_start: &'a B::Array<u32>, column: &'a B::Array<u32> },
}

/// An array of numbers.
type Reals<B> = <B as Backend>::Array<<B as Backend>::Real>;

/// `y ← keep b + sign A x` of a matrix with these rows, conductances and diagonal.
fn launch<B: Backend>(
    backend: &B,
    rows: Rows<'_, B>,
    (conductance, diagonal): (&Reals<B>, &Reals<B>),
    (keep, sign): (f32, f32),
    (rhs, x): (&Reals<B>, &Reals<B>),
    len: usize,
    y: &mut Reals<B>,
) {
    match rows {
        Rows::Block(g) => {
            let [nx, ny, nz] = [g.nx, g.ny, g.nz].map(count);
            let params = block_apply::BlockApplyParams { nx, ny, nz, keep, sign };
            let inputs = block_apply::Inputs { conductance, diagonal, rhs, x };
            backend.launch::<block_apply::Kernel>(&params, inputs, y, len);
        }
        Rows::Graph { row_start, column } => {
            let params = graph_apply::GraphApplyParams { count: count(len), keep, sign };
            let inputs = graph_apply::Inputs { row_start, column, conductance, diagonal, rhs, x };
            backend.launch::<graph_apply::Kernel>(&params, inputs, y, len);
        }
    }
}
