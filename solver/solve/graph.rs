//! A conductance matrix as a graph, and its coarsening by pairs.

use crate::backend::{each, parallel_map};
use crate::kernels::coarse_cycle::leaving;

/// `(A x)_i = d_i x_i + Σ_j g_ij (x_i − x_j)` with g symmetric: rows of neighbours and a diagonal that is not negative.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// First entry of each row, and the end.
    pub row_start: Vec<u32>,
    /// Neighbours.
    pub column: Vec<u32>,
    /// Conductances g, W/K.
    pub conductance: Vec<f64>,
    /// Diagonal d, W/K.
    pub diagonal: Vec<f64>,
}

/// A neighbour this much weaker than the strongest is not joined.
const STRENGTH: f64 = 0.25;
/// A coarse conductance reduced by more than this lies along the joined direction.
const ALONG: f64 = 0.75;
/// Neighbours of a cell that is no cell of a mesh: what many of them are tied to.
const HUB: usize = 64;
/// Cells that a thread takes at once.
const PIECE: usize = 1 << 11;
/// Pieces of a coarse graph that are made at once.
const AT_ONCE: usize = 64;
/// Passes of pairing in one level: up to eight cells to an aggregate.
const PASSES: usize = 3;

fn index(i: usize) -> u32 {
    u32::try_from(i).expect("a graph has fewer than 2^32 entries")
}

impl Graph {
    /// Cells.
    pub fn len(&self) -> usize {
        self.diagonal.len()
    }
    /// Whether there are no cells.
    pub fn is_empty(&self) -> bool {
        self.diagonal.is_empty()
    }
    /// Entries of row i.
    pub fn row(&self, i: usize) -> std::ops::Range<usize> {
        self.row_start[i] as usize..self.row_start[i + 1] as usize
    }
    /// Σ_j g_ij of each cell.
    pub fn sums(&self) -> Vec<f64> {
        parallel_map(self.len(), |i| self.row(i).map(|k| self.conductance[k]).sum::<f64>())
    }
    /// `y ← b − A x`.
    pub(super) fn residual(&self, rhs: &[f64], x: &[f64], y: &mut [f64]) {
        let Self { row_start, column, conductance, diagonal } = self;
        each(y, PIECE, |i, y| *y = rhs[i] - leaving(row_start, column, conductance, diagonal, x, i));
    }
    /// Cells in the order in which they are reached from the first: neighbours come to lie side by side. Cells that touch more
    /// than 64 others lead nowhere.
    pub fn reached(&self) -> Vec<u32> {
        let (mut order, mut seen) = (Vec::with_capacity(self.len()), vec![false; self.len()]);
        let (mut next, mut seed) = (0, 0);
        loop {
            if next == order.len() {
                let Some(more) = (seed..self.len()).find(|&i| !seen[i]) else { return order };
                (seen[more], seed) = (true, more + 1);
                order.push(index(more));
            }
            let row = self.row(order[next] as usize);
            next += 1;
            if row.len() <= HUB {
                for &j in &self.column[row] {
                    if !std::mem::replace(&mut seen[j as usize], true) {
                        order.push(j);
                    }
                }
            }
        }
    }
    /// The same matrix with cell `order[i]` as the i-th.
    pub fn renumbered(&self, order: &[u32]) -> Self {
        let mut place = vec![0; self.len()];
        order.iter().zip(0_u32..).for_each(|(&cell, i)| place[cell as usize] = i);
        let entries = self.column.len();
        let mut all = Self { row_start: Vec::with_capacity(order.len() + 1), ..Self::default() };
        (all.column, all.conductance) = (Vec::with_capacity(entries), Vec::with_capacity(entries));
        all.row_start.push(0);
        for &cell in order {
            let row = self.row(cell as usize);
            all.column.extend(self.column[row.clone()].iter().map(|&j| place[j as usize]));
            all.conductance.extend_from_slice(&self.conductance[row]);
            all.row_start.push(index(all.column.len()));
        }
        all.diagonal = order.iter().map(|&cell| self.diagonal[cell as usize]).collect();
        all
    }
    /// The members of each aggregate, as rows.
    pub fn members(parent: &[u32], count: usize) -> (Vec<u32>, Vec<u32>) {
        let mut start = vec![0_u32; count + 1];
        parent.iter().for_each(|&p| start[p as usize + 1] += 1);
        for i in 0..count {
            start[i + 1] += start[i];
        }
        let (mut next, mut member) = (start.clone(), vec![0_u32; parent.len()]);
        for (i, &p) in parent.iter().enumerate() {
            member[next[p as usize] as usize] = index(i);
            next[p as usize] += 1;
        }
        (start, member)
    }
}

/// Sums over the members of aggregates.
pub(super) fn sum_by(parent: &[u32], values: &[f64], len: usize) -> Vec<f64> {
    let mut sums = vec![0.0; len];
    parent.iter().zip(values).for_each(|(&p, v)| sums[p as usize] += v);
    sums
}

/// Which cells a pass of pairing joins: the aggregate of each cell, and how many there are.
#[derive(Clone, Debug)]
struct Pass {
    parent: Vec<u32>,
    count: usize,
}

/// A graph under coarsening: which of its conductances lie along a direction already joined in this level, and the
/// strongest conductance of each cell when the level began.
struct Work<'a> {
    graph: &'a Graph,
    along: &'a [bool],
    strongest: &'a [f64],
}

impl Work<'_> {
    /// Joins each cell, in order, with its strongest neighbour that is still free. `weight` makes conductances that grew by
    /// earlier passes comparable with those the level began with. A cell with one neighbour may join that one's pair.
    fn pair(&self, weight: f64) -> Pass {
        let (g, n) = (self.graph, self.graph.len());
        let mut parent = vec![u32::MAX; n];
        let mut count = 0;
        for i in 0..n {
            if parent[i] != u32::MAX {
                continue;
            }
            let mut best: Option<usize> = None;
            for k in g.row(i) {
                let j = g.column[k] as usize;
                let enough = weight * g.conductance[k] >= STRENGTH * self.strongest[i].max(self.strongest[j]);
                let stronger = best.is_none_or(|b| g.conductance[k] > g.conductance[b]);
                if parent[j] == u32::MAX && !self.along[k] && enough && stronger && g.conductance[k] > 0.0 {
                    best = Some(k);
                }
            }
            let row = g.row(i);
            let leaf = row.len() == 1 && parent[g.column[row.start] as usize] != u32::MAX && !self.along[row.start];
            if best.is_none() && leaf && g.conductance[row.start] > 0.0 {
                parent[i] = parent[g.column[row.start] as usize];
                continue;
            }
            parent[i] = index(count);
            if let Some(k) = best {
                parent[g.column[k] as usize] = index(count);
            }
            count += 1;
        }
        Pass { parent, count }
    }

    /// The coarse graph of a pass.
    ///
    /// Between aggregates P and Q the conductances add up to G, of which a share f leaves P's first cell and f' reaches Q's
    /// first. Heat passing through the middle of a pair crosses part of it, so the coarse conductance is
    /// `1 / (1/G + 2 (½ − f)² / g_P + 2 (½ − f')² / g_Q)`, g_P joining P's cells: G across the pair, and G/2 along it on a
    /// uniform mesh, as for cells of twice the size.
    fn join(&self, pass: &Pass) -> (Graph, Vec<bool>) {
        let g = self.graph;
        let (start, member) = Graph::members(&pass.parent, pass.count);
        let cells = |c: usize| &member[start[c] as usize..start[c + 1] as usize];
        // Twice its aggregate, and 1 more for all but the first cell.
        let mut side: Vec<u32> = pass.parent.iter().map(|p| 2 * p + 1).collect();
        (0..pass.count).for_each(|c| side[cells(c)[0] as usize] -= 1);
        let crossing = parallel_map(pass.count, |c| {
            let row = g.row(cells(c)[0] as usize);
            let inside: f64 = row.filter(|&k| side[g.column[k] as usize] as usize / 2 == c).map(|k| g.conductance[k]).sum();
            if inside > 0.0 { 2.0 / inside } else { 0.0 }
        });
        let ends = Ends { side, crossing };
        let mut all = Joined::default();
        (all.graph.row_start, all.graph.diagonal) = (Vec::with_capacity(pass.count + 1), Vec::with_capacity(pass.count));
        all.graph.row_start.push(0);
        all.reserve(g.column.len() / 2);
        // A few pieces at a time: they are small, and their memory is used again.
        let pieces = pass.count.div_ceil(PIECE);
        for first in (0..pieces).step_by(AT_ONCE) {
            let some = parallel_map(AT_ONCE.min(pieces - first), |p| {
                let (p, mut rows, mut room) = (first + p, Joined::default(), Room::default());
                rows.reserve(8 * PIECE);
                (p * PIECE..pass.count.min((p + 1) * PIECE))
                    .for_each(|c| self.join_row(&ends, c, cells(c), &mut room, &mut rows));
                rows
            });
            for Joined { graph, along } in some {
                let before = index(all.graph.column.len());
                all.graph.row_start.extend(graph.row_start.iter().map(|end| before + end));
                all.graph.column.extend(graph.column);
                all.graph.conductance.extend(graph.conductance);
                all.graph.diagonal.extend(graph.diagonal);
                all.along.extend(along);
            }
        }
        (all.graph, all.along)
    }

    /// Adds the row of aggregate c.
    fn join_row(&self, ends: &Ends, c: usize, cells: &[u32], room: &mut Room, rows: &mut Joined) {
        let (g, Room { entries, seen, parts }) = (self.graph, room);
        entries.clear();
        seen.clear();
        parts.clear();
        for &i in cells {
            let later = ends.side[i as usize] % 2;
            entries.extend(g.row(i as usize).map(|k| (ends.side[g.column[k] as usize], later, index(k))));
        }
        // Those to one aggregate side by side, where looking through all that were seen would take long.
        let sorted = entries.len() > HUB;
        if sorted {
            entries.sort_unstable();
        }
        for &(side, later, k) in entries.iter().filter(|e| (e.0 / 2) as usize != c) {
            let d = side / 2;
            let last = || seen.len().checked_sub(1).filter(|&last| seen[last] == d);
            let known = if sorted { last() } else { seen.iter().position(|s| *s == d) };
            let place = known.unwrap_or_else(|| {
                seen.push(d);
                parts.push(([0.0; 4], false));
                parts.len() - 1
            });
            let (part, was_along) = &mut parts[place];
            part[(2 * later + side % 2) as usize] += g.conductance[k as usize];
            *was_along |= self.along[k as usize];
        }
        for (&d, (part, was_along)) in seen.iter().zip(parts.iter()) {
            let sum: f64 = part.iter().sum();
            let whole = 1.0 / sum;
            let crossing = |share: f64, of: usize| ends.crossing[of] * (0.5 - share * whole).powi(2);
            let resistance = whole + crossing(part[0] + part[1], c) + crossing(part[0] + part[2], d as usize);
            let value = if sum > 0.0 { 1.0 / resistance } else { 0.0 };
            rows.graph.column.push(d);
            rows.graph.conductance.push(value);
            rows.along.push(*was_along || value < ALONG * sum);
        }
        rows.graph.row_start.push(index(rows.graph.column.len()));
        rows.graph.diagonal.push(cells.iter().map(|&i| g.diagonal[i as usize]).sum());
    }
}

/// Where the conductances of a pass end.
struct Ends {
    /// Of each cell twice its aggregate, and 1 more for all but the first cell of one.
    side: Vec<u32>,
    /// `2/g_P` of each aggregate; 0 where nothing joins its cells.
    crossing: Vec<f64>,
}

/// Rows of a coarse graph, each with its end, and which of their conductances lie along a joined direction.
#[derive(Default)]
struct Joined {
    graph: Graph,
    along: Vec<bool>,
}

impl Joined {
    fn reserve(&mut self, entries: usize) {
        self.graph.column.reserve(entries);
        self.graph.conductance.reserve(entries);
        self.along.reserve(entries);
    }
}

/// What one coarse row is made of: the side where an entry ends, whether it begins at a later cell, and the entry; the aggregates
/// they lead to; and the conductances to each by first or later cell of either side, and whether one lies along a joined direction.
#[derive(Default)]
struct Room {
    entries: Vec<(u32, u32, u32)>,
    seen: Vec<u32>,
    parts: Vec<([f64; 4], bool)>,
}

/// The joined cells of every level, found once per topology; [`Aggregation::weigh`] gives the coarse graphs for other
/// conductances or diagonals.
#[derive(Clone, Debug)]
pub struct Aggregation {
    levels: Vec<Vec<Pass>>,
}

impl Aggregation {
    /// Aggregates and coarse graphs down to one without conductors. Truth: `multigrid::iterations_do_not_grow`.
    pub fn new(graph: &Graph) -> (Self, Vec<Graph>) {
        let (mut levels, mut coarse): (Vec<Vec<Pass>>, Vec<Graph>) = (vec![], vec![]);
        loop {
            let fine = coarse.last().unwrap_or(graph);
            let (passes, joined) = level(fine, None);
            if passes.is_empty() {
                return (Self { levels }, coarse);
            }
            levels.push(passes);
            coarse.push(joined);
        }
    }

    /// The coarse graphs of a graph with the same rows and other values.
    pub fn weigh(&self, graph: &Graph) -> Vec<Graph> {
        let mut coarse: Vec<Graph> = vec![];
        for passes in &self.levels {
            let joined = level(coarse.last().unwrap_or(graph), Some(passes)).1;
            coarse.push(joined);
        }
        coarse
    }

    /// Levels below the first.
    pub fn len(&self) -> usize {
        self.levels.len()
    }
    /// Whether there is nothing to join.
    pub fn is_empty(&self) -> bool {
        self.levels.is_empty()
    }

    /// Sums over the aggregates of a level, added in the order in which its graph was.
    pub fn sum(&self, level: usize, values: &[f64]) -> Vec<f64> {
        let mut passes = self.levels[level].iter();
        let first = passes.next().expect("a level has a pass");
        passes.fold(sum_by(&first.parent, values, first.count), |sums, pass| sum_by(&pass.parent, &sums, pass.count))
    }

    /// Aggregate of each cell of a level.
    pub fn parent(&self, level: usize) -> Vec<u32> {
        let mut passes = self.levels[level].iter();
        let first = passes.next().expect("a level has a pass").parent.clone();
        passes.fold(first, |parent, pass| parent.iter().map(|&p| pass.parent[p as usize]).collect())
    }
}

/// One level: its passes (those given, or found) and the graph they lead to.
fn level(fine: &Graph, given: Option<&[Pass]>) -> (Vec<Pass>, Graph) {
    let mut strongest: Vec<f64> = parallel_map(fine.len(), |i| fine.row(i).map(|k| fine.conductance[k]).fold(0.0, f64::max));
    let mut found: Vec<Pass> = vec![];
    let mut along = vec![false; fine.column.len()];
    let mut coarse: Option<Graph> = None;
    let mut weight = 1.0;
    for p in 0..given.map_or(PASSES, <[Pass]>::len) {
        let work = Work { graph: coarse.as_ref().unwrap_or(fine), along: &along, strongest: &strongest };
        let pass = given.map_or_else(|| work.pair(weight), |g| g[p].clone());
        if pass.count == work.graph.len() {
            break;
        }
        let (joined, joined_along) = work.join(&pass);
        let mut next = vec![0.0_f64; pass.count];
        pass.parent.iter().zip(&strongest).for_each(|(&c, s)| next[c as usize] = next[c as usize].max(*s));
        (strongest, along, coarse) = (next, joined_along, Some(joined));
        weight *= 0.5;
        found.push(pass);
    }
    (found, coarse.unwrap_or_default())
}
