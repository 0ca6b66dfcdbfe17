// Rows of a matrix in slices: entry k of row i is at slice_start[i / SLICE] + SLICE k + i % SLICE. Short rows end in entries of
// conductance 0 to themselves. Twin: solver/kernels/sliced.rs.

const SLICE: u32 = 8u;

