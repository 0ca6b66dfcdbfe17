//! Krylov iteration for operators that are not symmetric.

use crate::backend::parallel_map;

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

/// `x ≈ A⁻¹ b` by restarted GMRES with right preconditioning: the residual of `A M⁻¹ u = b` is minimised over the Krylov space,
/// then `x = M⁻¹ u`; stops when its norm has fallen by `drop`, or after `limit` products.
///
/// `apply` and `precondition` are linear. Returns x and the products used. Source: Saad, Iterative Methods for Sparse Linear
/// Systems, 2nd ed., algorithm 9.5. Truth: `gmres::nonsymmetric_systems`.
pub fn solve<E>(
    mut apply: impl FnMut(&[f64]) -> Result<Vec<f64>, E>,
    mut precondition: impl FnMut(&[f64]) -> Result<Vec<f64>, E>,
    b: &[f64],
    (drop, restart, limit): (f64, usize, usize),
) -> Result<(Vec<f64>, usize), E> {
    let mut x = vec![0.0; b.len()];
    let mut r = b.to_vec();
    let start = dot(b, b).sqrt();
    let mut products = 0;
    while products < limit {
        let norm = dot(&r, &r).sqrt();
        if norm <= drop * start {
            break;
        }
        let mut basis = vec![r.iter().map(|v| v / norm).collect::<Vec<f64>>()];
        // Columns of the triangle that Givens rotations (cos, sin) leave of the Hessenberg matrix, and the rotated norm.
        let (mut triangle, mut rotations): (Vec<Vec<f64>>, Vec<(f64, f64)>) = (vec![], vec![]);
        let mut right = vec![norm];
        while triangle.len() < restart && products < limit {
            let mut w = apply(&precondition(basis.last().expect("never empty"))?)?;
            products += 1;
            let mut column: Vec<f64> = vec![];
            for v in &basis {
                let h = dot(&w, v);
                w.iter_mut().zip(v).for_each(|(w, v)| *w -= h * v);
                column.push(h);
            }
            let length = dot(&w, &w).sqrt();
            for (k, (cos, sin)) in rotations.iter().enumerate() {
                (column[k], column[k + 1]) = (cos * column[k] + sin * column[k + 1], cos * column[k + 1] - sin * column[k]);
            }
            let last = triangle.len();
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
            w.iter_mut().for_each(|w| *w /= length);
            basis.push(w);
        }
        let mut y = vec![0.0; triangle.len()];
        for k in (0..triangle.len()).rev() {
            let known: f64 = (k + 1..triangle.len()).map(|j| triangle[j][k] * y[j]).sum();
            y[k] = if triangle[k][k] == 0.0 { 0.0 } else { (right[k] - known) / triangle[k][k] };
        }
        let mut u = vec![0.0; b.len()];
        for (y, v) in y.iter().zip(&basis) {
            u.iter_mut().zip(v).for_each(|(u, v)| *u += y * v);
        }
        let done = right.last().is_some_and(|r| r.abs() <= drop * start);
        let step = precondition(&u)?;
        x.iter_mut().zip(&step).for_each(|(x, s)| *x += s);
        if done || products >= limit {
            break;
        }
        let image = apply(&x)?;
        r.iter_mut().zip(b.iter().zip(&image)).for_each(|(r, (b, a))| *r = b - a);
    }
    Ok((x, products))
}
