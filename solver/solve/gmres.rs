//! Krylov iteration for operators that are not symmetric.

use crate::backend::{parallel_map, rows};

/// Elements of a block of a host sum: the order of summation, and so the bits, do not depend on the threads.
const PIECE: usize = 1 << 14;

/// `Σ a_i b_i` in f64.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let piece = |k: usize| {
        let at = k * PIECE..a.len().min((k + 1) * PIECE);
        a[at.clone()].iter().zip(&b[at]).map(|(a, b)| a * b).sum::<f64>()
    };
    match a.len().div_ceil(PIECE) {
        0 => 0.0,
        1 => piece(0),
        pieces => parallel_map(pieces, piece).iter().sum(),
    }
}

/// `a ← a + s b`.
fn add(a: &mut [f64], s: f64, b: &[f64]) {
    rows(a, PIECE, |k, a| a.iter_mut().zip(&b[k * PIECE..]).for_each(|(a, b)| *a += s * b));
}

/// `a ← s a`.
fn scale(a: &mut [f64], s: f64) {
    rows(a, PIECE, |_, a| a.iter_mut().for_each(|a| *a *= s));
}

/// `x ≈ A⁻¹ b` by restarted GMRES with right preconditioning: the residual of `A M⁻¹ u = b` is minimised over the Krylov space,
/// then `x = M⁻¹ u`; stops when its norm has fallen by `drop`, or after `limit` products.
///
/// `apply` and `precondition` are linear and write into their second argument. Returns x and the products used. Source: Saad,
/// Iterative Methods for Sparse Linear Systems, 2nd ed., algorithm 9.5. Truth: `gmres::nonsymmetric_systems`.
pub fn solve<E>(
    mut apply: impl FnMut(&[f64], &mut [f64]) -> Result<(), E>,
    mut precondition: impl FnMut(&[f64], &mut [f64]) -> Result<(), E>,
    b: &[f64],
    (drop, restart, limit): (f64, usize, usize),
) -> Result<(Vec<f64>, usize), E> {
    let mut x = vec![0.0; b.len()];
    let start = dot(b, b).sqrt();
    let mut products = 0;
    // The basis, its first vector the residual; all vectors live on from one start to the next.
    let (mut basis, mut z) = (vec![b.to_vec()], vec![0.0; b.len()]);
    while products < limit {
        let norm = dot(&basis[0], &basis[0]).sqrt();
        if norm <= drop * start {
            break;
        }
        scale(&mut basis[0], 1.0 / norm);
        // Columns of the triangle that Givens rotations (cos, sin) leave of the Hessenberg matrix, and the rotated norm.
        let (mut triangle, mut rotations): (Vec<Vec<f64>>, Vec<(f64, f64)>) = (vec![], vec![]);
        let mut right = vec![norm];
        while triangle.len() < restart && products < limit {
            let last = triangle.len();
            if basis.len() == last + 1 {
                basis.push(vec![0.0; b.len()]);
            }
            let (known, next) = basis.split_at_mut(last + 1);
            let w = &mut next[0];
            precondition(&known[last], &mut z)?;
            apply(&z, w)?;
            products += 1;
            let mut column: Vec<f64> = vec![];
            for v in known.iter() {
                let h = dot(w, v);
                add(w, -h, v);
                column.push(h);
            }
            let length = dot(w, w).sqrt();
            for (k, (cos, sin)) in rotations.iter().enumerate() {
                (column[k], column[k + 1]) = (cos * column[k] + sin * column[k + 1], cos * column[k + 1] - sin * column[k]);
            }
            let hypotenuse = column[last].hypot(length);
            let rotation = if hypotenuse > 0.0 { (column[last] / hypotenuse, length / hypotenuse) } else { (1.0, 0.0) };
            column[last] = hypotenuse;
            right.push(-rotation.1 * right[last]);
            right[last] *= rotation.0;
            rotations.push(rotation);
            triangle.push(column);
            if right[last + 1].abs() <= drop * start || length == 0.0 {
                break;
            }
            scale(w, 1.0 / length);
        }
        let mut y = vec![0.0; triangle.len()];
        for k in (0..triangle.len()).rev() {
            let known: f64 = (k + 1..triangle.len()).map(|j| triangle[j][k] * y[j]).sum();
            y[k] = if triangle[k][k] == 0.0 { 0.0 } else { (right[k] - known) / triangle[k][k] };
        }
        // u in place of the first vector.
        let (u, others) = basis.split_at_mut(1);
        scale(&mut u[0], y[0]);
        y[1..].iter().zip(others.iter()).for_each(|(y, v)| add(&mut u[0], *y, v));
        let done = right.last().is_some_and(|r| r.abs() <= drop * start);
        precondition(&u[0], &mut z)?;
        add(&mut x, 1.0, &z);
        if done || products >= limit {
            break;
        }
        apply(&x, &mut z)?;
        basis[0].copy_from_slice(b);
        add(&mut basis[0], -1.0, &z);
    }
    Ok((x, products))
}
