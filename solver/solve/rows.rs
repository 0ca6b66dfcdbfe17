//! Conductors of each node as compressed rows, the form the kernels read.

use crate::backend::each;
use crate::kernels::heat_residual_f64;
use crate::network::Network;

/// Nodes that a thread takes at once.
const PIECE: usize = 1 << 11;

/// Rows of `(column, GL)`, the strongest conductors first; columns beyond the nodes are coolant segments.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// First entry of each row, and the end.
    pub row_start: Vec<u32>,
    /// Columns.
    pub column: Vec<u32>,
    /// Conductances, W/K.
    pub gl_w_per_k: Vec<f64>,
}

impl Rows {
    /// Counting sort of the conductors by row. Truth: `invariants::rows_equal_the_sparse_matrix` (assembled by `sprs`).
    pub fn new(network: &Network) -> Self {
        let n = network.node_count;
        let entries = || {
            let both = network.conductors.iter().flat_map(|c| [(c.a, c.b, c.gl_w_per_k), (c.b, c.a, c.gl_w_per_k)]);
            both.chain(
                network.coolant.links.iter().map(|l| (l.node, n + network.coolant.node(l.channel, l.segment), l.gl_w_per_k)),
            )
        };
        let mut start = vec![0_usize; n + 1];
        entries().for_each(|(row, ..)| start[row + 1] += 1);
        for i in 0..n {
            start[i + 1] += start[i];
        }
        let index = |i: usize| u32::try_from(i).expect("a network has fewer than 2^32 conductors");
        let row_start = start.iter().map(|&s| index(s)).collect();
        let (mut column, mut gl_w_per_k) = (vec![0_u32; start[n]], vec![0.0; start[n]]);
        for (row, other, gl) in entries() {
            let at = start[row];
            start[row] += 1;
            column[at] = index(other);
            gl_w_per_k[at] = gl;
        }
        // The strongest first: the large heats that pass through a node cancel before small ones are added, so that f32 sums
        // keep the small ones.
        let (mut begin, mut row) = (0, vec![]);
        for end in start.iter().take(n).copied() {
            row.clear();
            row.extend(column[begin..end].iter().copied().zip(gl_w_per_k[begin..end].iter().copied()));
            row.sort_by(|a: &(u32, f64), b| b.1.total_cmp(&a.1));
            for (k, (c, g)) in row.iter().enumerate() {
                (column[begin + k], gl_w_per_k[begin + k]) = (*c, *g);
            }
            begin = end;
        }
        Self { row_start, column, gl_w_per_k }
    }

    /// Entries `(column, GL)` of row i.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (u32, f64)> {
        let row = self.row_start[i] as usize..self.row_start[i + 1] as usize;
        self.column[row.clone()].iter().copied().zip(self.gl_w_per_k[row].iter().copied())
    }

    /// Net heat into each node in f64 on the host, W, in place of its sources; see [`heat_residual_f64`].
    pub fn net_heat_w(&self, temperature_k: &[f64], source_w: &mut [f64], emission_w_per_k4: &[f64]) {
        each(source_w, PIECE, |i, q| {
            *q = heat_residual_f64::net_heat_w(self.row(i), temperature_k, i, *q, emission_w_per_k4[i]);
        });
    }
}
