//! Rows of a matrix in slices of eight (sliced ELLPACK): the k-th entries of the rows of a slice lie side by side.
//!
//! Entry k of row i is at `slice_start[i / 8] + 8 k + i % 8`. Rows shorter than the longest of their slice end in entries of
//! conductance 0 to themselves. Invocations side by side read words side by side, and the twins take eight rows at once.
//! Source: Monakov, Lokhmotov and Avetisyan, HiPEAC 2010; Kreutzer et al., SIAM J. Sci. Comput. 36, 2014.

use crate::backend::{Real, parts};

/// Rows of a slice.
pub const SLICE: usize = 8;
/// Slices that are filled together.
const PIECE: usize = 1 << 9;
/// What the shaders hold too.
#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
pub const CONSTANTS: &[(&str, u32)] = &[("SLICE", SLICE as u32)];

/// The rows of a matrix, sliced.
#[derive(Clone, Debug, PartialEq)]
pub struct Slices<R> {
    /// First entry of each slice, and the end.
    pub slice_start: Vec<u32>,
    /// Columns.
    pub column: Vec<u32>,
    /// Conductances, W/K.
    pub conductance: Vec<R>,
}

impl<R: Real> Slices<R> {
    /// Slices compressed rows. Truth: `multigrid::slices_hold_the_rows`.
    pub fn new<T: Real>(row_start: &[u32], column: &[u32], conductance: &[T]) -> Self {
        let rows = row_start.len() - 1;
        let row = |i: usize| if i < rows { row_start[i] as usize..row_start[i + 1] as usize } else { 0..0 };
        let index = |i: usize| u32::try_from(i).expect("a matrix has fewer than 2^32 entries");
        let mut slice_start = vec![0];
        let mut end = 0;
        for s in 0..rows.div_ceil(SLICE) {
            end += SLICE * (SLICE * s..SLICE * (s + 1)).map(|i| row(i).len()).max().unwrap_or(0);
            slice_start.push(index(end));
        }
        let mut sliced = Self { column: vec![0; end], conductance: vec![R::ZERO; end], slice_start };
        let starts = &sliced.slice_start;
        let ends: Vec<usize> = starts[1..].chunks(PIECE).filter_map(|piece| piece.last()).map(|&end| end as usize).collect();
        // The entries of row i among those of a piece.
        let places = |piece: usize, i: usize| {
            let first = starts[i / SLICE] - starts[piece * PIECE];
            let last = starts[i / SLICE + 1] - starts[piece * PIECE];
            (first as usize + i % SLICE..last as usize).step_by(SLICE)
        };
        let of_piece = |piece: usize| piece * PIECE * SLICE..rows.min((piece + 1) * PIECE * SLICE);
        parts(&mut sliced.column, &ends, |piece, out| {
            for i in of_piece(piece) {
                let own = std::iter::repeat(index(i));
                places(piece, i).zip(column[row(i)].iter().copied().chain(own)).for_each(|(at, j)| out[at] = j);
            }
        });
        parts(&mut sliced.conductance, &ends, |piece, out| {
            for i in of_piece(piece) {
                places(piece, i).zip(&conductance[row(i)]).for_each(|(at, g)| out[at] = R::of(g.get()));
            }
        });
        sliced
    }
}

/// Eight values from the first-th on; beyond the end 0.
#[inline(always)]
pub fn eight<R: Real>(values: &[R], first: usize) -> [R; SLICE] {
    let rest = &values[first..];
    match rest.first_chunk() {
        Some(all) => *all,
        None => std::array::from_fn(|l| rest.get(l).copied().unwrap_or(R::ZERO)),
    }
}

/// Writes the values of a slice; the last may be shorter.
#[inline(always)]
pub fn put<R: Real>(y: &mut [R], values: [R; SLICE]) {
    match y.first_chunk_mut() {
        Some(all) => *all = values,
        None => y.iter_mut().zip(values).for_each(|(y, value)| *y = value),
    }
}

/// `d_i x_i + Σ_j g_ij (x_i − x_j)` of the rows of a slice, `x_i` their own.
#[inline(always)]
pub fn leaving<R: Real>(
    (slice_start, column, conductance): (&[u32], &[u32], &[R]),
    diagonal: &[R],
    x: &[R],
    own: [R; SLICE],
    slice: usize,
) -> [R; SLICE] {
    let (diagonal, entries) = (eight(diagonal, slice * SLICE), slice_start[slice] as usize..slice_start[slice + 1] as usize);
    let mut sum: [R; SLICE] = std::array::from_fn(|l| diagonal[l] * own[l]);
    let (columns, conductances) = (column[entries.clone()].as_chunks::<SLICE>().0, conductance[entries].as_chunks::<SLICE>().0);
    for (j, g) in columns.iter().zip(conductances) {
        let others: [R; SLICE] = std::array::from_fn(|l| x[j[l] as usize]);
        for l in 0..SLICE {
            sum[l] += g[l] * (own[l] - others[l]);
        }
    }
    sum
}
