//! The conduction matrix of cells that lean, for products: conductors and what they miss in one, so that a product goes through
//! memory once.

use super::graph::Graph;
use super::operator::Operator;
use crate::backend::{Backend, DeviceError, Real, parallel_map};
use crate::conduction::volumes::Volumes;

/// Rows that are made together.
const PIECE: usize = 1 << 12;

/// `y_i = d_i x_i + Σ_j a_ij (x_i − x_j)` with a the conductances of the conductors plus the W/K by which
/// [`missed_w`](Volumes::missed_w) takes heat from j to i: not symmetric, of either sign.
///
/// Truth: `meshes::linear_fields_are_exact`, `meshes::products_hold_what_conductors_miss`.
pub(super) struct Leaning<B: Backend> {
    operator: Operator<B>,
    /// What held faces add to the diagonal, W/K.
    held: Vec<f64>,
    x: B::Array<B::Real>,
    y: B::Array<B::Real>,
}

impl<B: Backend> Leaning<B> {
    /// The matrix of a graph of conductors whose cells are these nodes. Errors: an array does not fit the device.
    pub(super) fn new(backend: &B, volumes: &Volumes, nodes: &[u32], graph: &Graph) -> Result<Self, DeviceError> {
        let sides = volumes.sides();
        let mut place = vec![0; nodes.len()];
        nodes.iter().zip(0_u32..).for_each(|(&node, i)| place[node as usize] = i);
        let pieces = parallel_map(nodes.len().div_ceil(PIECE), |piece| {
            let (mut ends, mut column, mut value, mut held) = (vec![], vec![], vec![], vec![]);
            let mut row = vec![];
            for i in piece * PIECE..nodes.len().min((piece + 1) * PIECE) {
                row.clear();
                volumes.missed_row(&sides, nodes[i] as usize, &mut row);
                held.push(-row.iter().map(|e| e.1).sum::<f64>());
                let missed = row.len();
                for k in graph.row(i) {
                    let (node, g) = (nodes[graph.column[k] as usize], graph.conductance[k]);
                    match row[..missed].iter_mut().find(|e| e.0 == node) {
                        Some((_, sum)) => *sum += g,
                        None => row.push((node, g)),
                    }
                }
                for &(node, w) in row.iter().filter(|e| e.0 != nodes[i]) {
                    column.push(place[node as usize]);
                    value.push(B::Real::of(w));
                }
                ends.push(column.len());
            }
            (ends, column, value, held)
        });
        let entries = pieces.iter().map(|p| p.1.len()).sum();
        let (mut row_start, mut held) = (vec![0_u32], vec![]);
        let (mut column, mut conductance) = (Vec::with_capacity(entries), Vec::with_capacity(entries));
        for (ends, columns, values, holds) in pieces {
            let before = column.len();
            row_start.extend(ends.iter().map(|end| u32::try_from(before + end).expect("fewer than 2^32 entries")));
            column.extend(columns);
            conductance.extend(values);
            held.extend(holds);
        }
        let zeros = || backend.upload_vec(vec![B::Real::ZERO; nodes.len()]);
        let operator = Operator::from_rows(backend, (&row_start, &column, &conductance), &vec![0.0; nodes.len()])?;
        Ok(Self { operator, held, x: zeros()?, y: zeros()? })
    }

    /// Takes the diagonal D beside conduction, W/K.
    pub(super) fn set_diagonal(&mut self, backend: &B, diagonal: &[f64]) {
        let all: Vec<f64> = diagonal.iter().zip(&self.held).map(|(d, h)| d + h).collect();
        backend.write_reals(&mut self.operator.diagonal, &all);
    }

    /// `x ← A x`.
    pub(super) fn apply(&mut self, backend: &B, x: &mut [f64]) -> Result<(), DeviceError> {
        backend.write_reals(&mut self.x, x);
        self.operator.apply(backend, &self.x, &mut self.y);
        backend.read_reals(&self.y, x)
    }
}
