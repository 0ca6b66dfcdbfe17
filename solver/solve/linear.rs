//! Linear systems of conductances to f64 accuracy: an f64 residual around the f32 solver.

use super::multigrid::Multigrid;
use super::operator::Matrix;
use crate::backend::{Backend, DeviceError};

/// A solved linear system.
#[derive(Clone, Debug)]
pub struct Solved {
    /// Solution, in natural order.
    pub x: Vec<f64>,
    /// Conjugate-gradient iterations, each of one multigrid cycle.
    pub iterations: usize,
    /// Rounds of iterative refinement.
    pub rounds: usize,
    /// `‖b − A x‖ / ‖b‖` in f64.
    pub relative_residual: f64,
}

/// Drop of the preconditioned residual in one round, f32.
const INNER_DROP: f64 = 1e-5;
/// Iterations of a round at most.
const INNER_LIMIT: usize = 500;

/// `A x = b` until the residual in f64 is `tolerance` of b, or `max_rounds` rounds: `x ← x + M(b − A x)`, M the f32 solver of
/// `multigrid` on the backend's inner device. Sums and products of the refinement are in f64 on the host.
///
/// Errors: the device. Truth: `multigrid::poisson_cube`.
pub fn solve<B: Backend>(
    backend: &B,
    multigrid: &mut Multigrid<B::Inner>,
    matrix: &Matrix,
    rhs: &[f64],
    (tolerance, max_rounds): (f64, usize),
) -> Result<Solved, DeviceError> {
    let norm = |v: &[f64]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
    let b = matrix.pack(rhs);
    let size = norm(&b);
    let (mut x, mut r) = (vec![0.0; b.len()], b.clone());
    let (mut iterations, mut rounds, mut relative_residual) = (0, 0, 1.0);
    while size > 0.0 && relative_residual > tolerance && rounds < max_rounds {
        // Not further than asked: the last round stops early.
        let drop = (tolerance / relative_residual).max(INNER_DROP);
        let used = multigrid.solve(backend.inner(), &mut r, drop, INNER_LIMIT)?;
        x.iter_mut().zip(&r).for_each(|(x, change)| *x += change);
        matrix.residual(&b, &x, &mut r);
        iterations += used;
        rounds += 1;
        relative_residual = norm(&r) / size;
    }
    Ok(Solved { x: matrix.unpack(&x), iterations, rounds, relative_residual })
}
