//! Newton corrections: the conducting parts of a network, each with its multigrid.

use super::block::{Block, pack_into, unpack_into};
use super::gmres;
use super::graph::Graph;
use super::leaning::Leaning;
use super::multigrid::Multigrid;
use super::operator::Matrix;
use crate::backend::{Backend, DeviceError};
use crate::conduction::Conductor;
use crate::kernels::block::Grid;
use crate::network::{Coolant, Flow, Network};
use std::borrow::Cow;

/// Vectors that GMRES keeps before it starts anew.
const RESTART: usize = 20;

/// Temperature at which radiative conductors are as strong as they will be about, K.
const NOMINAL_K: f64 = 300.0;

/// Conductance of each node to others, W/K.
fn sums(node_count: usize, conductors: &[Conductor]) -> Vec<f64> {
    let mut sum = vec![0.0; node_count];
    for c in conductors {
        sum[c.a] += c.gl_w_per_k;
        sum[c.b] += c.gl_w_per_k;
    }
    sum
}

/// A part of the network that conducts to no other part.
struct Part<B: Backend> {
    nodes: Nodes,
    /// Conductance to the coolant of each cell in stored order, and flow of the loop's node; empty if there is none.
    film: Vec<f64>,
    multigrid: Multigrid<B>,
    /// The whole matrix, where cells lean: the multigrid is of something simpler.
    leaning: Option<Leaning<B>>,
    /// Values in stored order, to work in.
    room: Vec<f64>,
}

/// What a part is made of: its nodes, the matrix of its multigrid, and the one of products if that is another.
type Built<B> = (Nodes, Matrix, Option<Leaning<B>>);

/// The nodes of a part.
enum Nodes {
    /// Those of a block, from the first.
    Block(usize, Grid),
    /// Any.
    List(Vec<u32>),
}

impl Nodes {
    /// Their share of the values of all nodes, in the order in which the matrix is stored.
    fn take(&self, all: &[f64], part: &mut Vec<f64>) {
        match self {
            Self::Block(first, grid) => pack_into(*grid, &all[*first..], part),
            Self::List(nodes) => {
                part.clear();
                part.extend(nodes.iter().map(|&i| all[i as usize]));
            }
        }
    }
    /// Puts their share back.
    fn put(&self, part: &[f64], all: &mut [f64]) {
        match self {
            Self::Block(first, grid) => unpack_into(*grid, part, &mut all[*first..][..grid.nx * grid.ny * grid.nz]),
            Self::List(nodes) => nodes.iter().zip(part).for_each(|(&i, v)| all[i as usize] = *v),
        }
    }
}

/// Solves for corrections: K conducts, D is local; radiation between surfaces and coolant couple distant nodes.
pub struct Corrector<'a, B: Backend> {
    backend: &'a B,
    node_count: usize,
    parts: Vec<Part<B>>,
    /// Fractions of the conductors of volumes, the first of all, that the multigrid takes.
    upright: Option<Vec<f64>>,
    /// Fluid conductors and their numbers in the order of flow, each node's conductance to others, and its whole diagonal.
    flows: Vec<(usize, Flow)>,
    conductance: Vec<f64>,
    diagonal: Vec<f64>,
}

/// The network's matrices: a block for each lattice that its conductors keep to, a graph of all other nodes. With volumes, whose
/// cells may have any order, it is one graph in an order of its own.
fn matrices(network: &Network, conductors: &[Conductor]) -> Vec<(Nodes, Matrix)> {
    // The lattice of each node, and whether conductors keep to it.
    const NONE: u32 = u32::MAX;
    let lattices = if network.volumes.is_some() { &[] } else { &network.lattices[..] };
    let mut lattice = vec![NONE; network.node_count];
    for (l, lat) in lattices.iter().enumerate() {
        lattice[lat.first..lat.first + lat.len()].fill(u32::try_from(l).expect("few blocks"));
    }
    let direction = |l: u32, a: usize, b: usize| {
        let first = lattices[l as usize].first;
        lattices[l as usize].direction(a - first, b - first)
    };
    let mut regular = vec![true; lattices.len()];
    for c in conductors {
        let (la, lb) = (lattice[c.a], lattice[c.b]);
        let (low, high) = (c.a.min(c.b), c.a.max(c.b));
        if la != lb || (la != NONE && direction(la, low, high).is_none()) {
            [la, lb].into_iter().filter(|&l| l != NONE).for_each(|l| regular[l as usize] = false);
        }
    }
    let mut conductance: Vec<[Vec<f64>; 3]> = network
        .lattices
        .iter()
        .zip(&regular)
        .map(|(l, &regular)| std::array::from_fn(|d| if regular && l.size[d] > 1 { vec![0.0; l.len()] } else { vec![] }))
        .collect();
    let in_block = |node: usize| lattice[node] != NONE && regular[lattice[node] as usize];
    let others: Vec<u32> = (0_u32..).take(network.node_count).filter(|&i| !in_block(i as usize)).collect();
    let mut place = vec![0_u32; network.node_count];
    others.iter().zip(0_u32..).for_each(|(&node, i)| place[node as usize] = i);
    let mut rows: Vec<u32> = vec![0; others.len() + 1];
    for c in conductors {
        let (low, high) = (c.a.min(c.b), c.a.max(c.b));
        if in_block(low) {
            let l = lattice[low];
            let d = direction(l, low, high).expect("the lattice is regular");
            conductance[l as usize][d][low - lattices[l as usize].first] += c.gl_w_per_k;
        } else {
            rows[place[low] as usize + 1] += 1;
            rows[place[high] as usize + 1] += 1;
        }
    }
    let mut all = vec![];
    for ((l, conductance), _) in lattices.iter().zip(conductance).zip(&regular).filter(|(_, regular)| **regular) {
        let grid = Grid { nx: l.size[0], ny: l.size[1], nz: l.size[2] };
        let block = Block::new(grid, conductance, vec![]);
        all.push((Nodes::Block(l.first, grid), Matrix::Block(block)));
    }
    if !others.is_empty() {
        for i in 0..others.len() {
            rows[i + 1] += rows[i];
        }
        let entries = rows[others.len()] as usize;
        let (mut next, mut column, mut values) = (rows.clone(), vec![0_u32; entries], vec![0.0; entries]);
        for c in conductors.iter().filter(|c| !in_block(c.a)) {
            for (a, b) in [(c.a, c.b), (c.b, c.a)] {
                let at = &mut next[place[a] as usize];
                (column[*at as usize], values[*at as usize]) = (place[b], c.gl_w_per_k);
                *at += 1;
            }
        }
        let diagonal = vec![0.0; others.len()];
        let mut graph = Graph { row_start: rows, column, conductance: values, diagonal };
        let mut nodes = others;
        if network.volumes.is_some() {
            nodes = graph.reached();
            graph = graph.renumbered(&nodes);
        }
        all.push((Nodes::List(nodes), Matrix::Graph(graph)));
    }
    all
}

impl<'a, B: Backend> Corrector<'a, B> {
    /// Finds the parts and their hierarchies. Errors: an array does not fit the device.
    pub fn new(backend: &'a B, network: &Network) -> Result<Self, DeviceError> {
        let mut film = if network.coolant.links.is_empty() { vec![] } else { vec![0.0; network.node_count] };
        network.coolant.links.iter().for_each(|l| film[l.node] += l.gl_w_per_k);
        if let (Some(node), false) = (network.coolant.inlet_node, film.is_empty()) {
            film[node] += network.coolant.total_rate_w_per_k();
        }
        // All that change have their places in the matrix from the start; their strengths follow.
        let mut conductors = Cow::Borrowed(&network.conductors);
        let nominal_k = vec![NOMINAL_K; if network.radiative.is_empty() { 0 } else { network.node_count }];
        let radiative = network.radiative_as_linear(&nominal_k);
        if !network.varying.is_empty() || !radiative.is_empty() || !network.controlled.is_empty() {
            let all = conductors.to_mut();
            all.extend(&network.varying);
            all.extend(radiative);
            all.extend(network.controlled.iter().map(|c| Conductor { a: c.a, b: c.b, gl_w_per_k: c.gl_w_per_k }));
        }
        let flows: Vec<(usize, Flow)> = network.flows_downstream().into_iter().map(|k| (k, network.flows[k])).collect();
        let conductance = sums(network.node_count, if flows.is_empty() { &[] } else { &conductors });
        let (mut parts, upright) = (vec![], network.volumes.as_ref().map(|v| v.upright()));
        for (nodes, matrix, leaning) in Self::matrices(backend, network, &conductors, upright.as_deref())? {
            let mut share = vec![];
            if !film.is_empty() {
                nodes.take(&film, &mut share);
            }
            let multigrid = Multigrid::of(backend, matrix)?;
            parts.push(Part { nodes, film: share, multigrid, leaning, room: vec![] });
        }
        Ok(Self { backend, node_count: network.node_count, parts, upright, flows, conductance, diagonal: vec![] })
    }

    /// What the parts are made of. Leaning cells have a whole matrix for products beside the one for the multigrid, in which only the
    /// `upright` fractions of their conductors count.
    fn matrices(
        backend: &B,
        network: &Network,
        conductors: &[Conductor],
        upright: Option<&[f64]>,
    ) -> Result<Vec<Built<B>>, DeviceError> {
        let all = matrices(network, conductors);
        let (Some(upright), Some(volumes)) = (upright, &network.volumes) else {
            return Ok(all.into_iter().map(|(nodes, matrix)| (nodes, matrix, None)).collect());
        };
        let mut reduced = conductors.to_vec();
        reduced.iter_mut().zip(upright).for_each(|(c, part)| c.gl_w_per_k *= part);
        let mut parts = vec![];
        for ((nodes, whole), (_, matrix)) in all.into_iter().zip(matrices(network, &reduced)) {
            let leaning = match (&nodes, whole) {
                (Nodes::List(nodes), Matrix::Graph(graph)) => Some(Leaning::new(backend, volumes, nodes, &graph)?),
                _ => None,
            };
            parts.push((nodes, matrix, leaning));
        }
        Ok(parts)
    }

    /// Takes the network's conductances at these temperatures and its present flows, where they change; the hierarchies stay. Call
    /// [`set_diagonal`](Self::set_diagonal) after it. Errors: the device.
    pub fn follow(&mut self, network: &Network, node_k: &[f64]) -> Result<(), DeviceError> {
        self.flows.iter_mut().for_each(|(k, f)| *f = network.flows[*k]);
        if let Some(conductors) = network.conductors_at(node_k) {
            if !self.flows.is_empty() {
                self.conductance = sums(self.node_count, &conductors);
            }
            let all = Self::matrices(self.backend, network, &conductors, self.upright.as_deref())?;
            for (part, (_, matrix, leaning)) in self.parts.iter_mut().zip(all) {
                part.multigrid.weigh(self.backend, matrix)?;
                part.leaning = leaning;
            }
        }
        Ok(())
    }

    /// Takes another diagonal D beside conduction and coolant, W/K.
    pub fn set_diagonal(&mut self, diagonal: &[f64]) {
        for p in &mut self.parts {
            let Part { nodes, film, multigrid, leaning, room } = p;
            nodes.take(diagonal, room);
            room.iter_mut().zip(film).for_each(|(d, g)| *d += *g);
            multigrid.set_diagonal(self.backend, room);
            if let Some(leaning) = leaning {
                leaning.set_diagonal(self.backend, room);
            }
        }
        if !self.flows.is_empty() {
            self.diagonal = diagonal.iter().zip(&self.conductance).map(|(d, g)| d + g).collect();
        }
    }

    /// Carries changes of temperature downstream: each node is heated by what its upstream node changed.
    fn carry(&self, change_k: &mut [f64]) {
        for (_, f) in &self.flows {
            change_k[f.to] += f.gf_w_per_k / self.diagonal[f.to] * change_k[f.from];
        }
    }

    /// `y ← (K + D) x`, with what leaning cells exchange beside their conductors.
    fn apply(&mut self, x: &[f64], y: &mut [f64]) -> Result<(), DeviceError> {
        for Part { nodes, multigrid, leaning, room, .. } in &mut self.parts {
            nodes.take(x, room);
            match leaning {
                Some(leaning) => leaning.apply(self.backend, room)?,
                None => multigrid.apply(self.backend, room)?,
            }
            nodes.put(room, y);
        }
        Ok(())
    }

    /// `z ← M⁻¹ r` of one multigrid cycle.
    fn precondition(&mut self, r: &[f64], z: &mut [f64]) -> Result<(), DeviceError> {
        for Part { nodes, multigrid, room, .. } in &mut self.parts {
            nodes.take(r, room);
            multigrid.precondition(self.backend, room)?;
            nodes.put(room, z);
        }
        Ok(())
    }

    /// `x ≈ (K + D)⁻¹ r` by conjugate gradients to a relative drop of the preconditioned norm, in place of r. Returns the multigrid
    /// cycles of the part that took most.
    pub fn solve(&mut self, residual: &mut [f64], drop: f64, limit: usize) -> Result<usize, DeviceError> {
        let mut cycles = 0;
        for Part { nodes, multigrid, room, .. } in &mut self.parts {
            nodes.take(residual, room);
            cycles = cycles.max(multigrid.solve(self.backend, room, drop, limit)?);
            nodes.put(room, residual);
        }
        Ok(cycles)
    }

    /// Newton's correction of node temperatures `node_k` by a residual: by conjugate gradients where heat moves only by conduction
    /// and to space, with the whole derivative ([`solve_coupled`](Self::solve_coupled)) where radiation between surfaces or
    /// coolant couples distant nodes. The diagonal is that last set. Returns the change and the multigrid cycles.
    pub fn correct(
        &mut self,
        network: &Network,
        (node_k, surface_area_m2): (&[f64], &[f64]),
        mut residual: Vec<f64>,
        (drop, limit): (f64, usize),
    ) -> Result<(Vec<f64>, usize), DeviceError> {
        let (mut change, cycles) = if network.is_coupled() {
            let returned = |x: &[f64]| network.returned_beside_volumes_w(node_k, x, surface_area_m2);
            self.solve_coupled(residual, &network.coolant, returned, (drop, limit))?
        } else {
            let cycles = self.solve(&mut residual, drop, limit)?;
            (residual, cycles)
        };
        network.clear_held(&mut change);
        Ok((change, cycles))
    }

    /// Solves nodes and coolant together: `(K + D) x − R x − G c = r` and `ṁ cp Δc + lost(c, x) = 0`, R x the heat `returned`
    /// by radiation, c the coolant's ends. Returns x and the multigrid cycles.
    ///
    /// The matrix is not symmetric: GMRES. It is preconditioned by a multigrid cycle on K + D, then by carrying what the walls
    /// take along the channels: walls follow their coolant closely, so the film all but drops out of the coolant's own matrix.
    pub fn solve_coupled(
        &mut self,
        mut residual: Vec<f64>,
        coolant: &Coolant,
        returned: impl Fn(&[f64]) -> Vec<f64>,
        (drop, limit): (f64, usize),
    ) -> Result<(Vec<f64>, usize), DeviceError> {
        let (n, segments) = (self.node_count, coolant.segments);
        // GMRES sees the ends without the inlets: their change is 0, or that of the node that feeds them.
        let inlet = |x: &[f64]| coolant.inlet_node.map_or(0.0, |node| x[node]);
        let ends = |c: &[f64], inlet: f64| -> Vec<f64> {
            c.chunks(segments.max(1)).flat_map(|c| std::iter::once(inlet).chain(c.iter().copied())).collect()
        };
        let this = std::cell::RefCell::new(self);
        let apply = |v: &[f64], y: &mut [f64]| -> Result<(), DeviceError> {
            let ((x, c), (y, y_c)) = (v.split_at(n), y.split_at_mut(n));
            this.borrow_mut().apply(x, y)?;
            y.iter_mut().zip(returned(x)).for_each(|(y, b)| *y -= b);
            if !c.is_empty() {
                let (short, received) = coolant.coupled_w(&ends(c, inlet(x)), x);
                y.iter_mut().zip(received).for_each(|(y, r)| *y -= r);
                y_c.copy_from_slice(&short);
            }
            Ok(())
        };
        let precondition = |r: &[f64], z: &mut [f64]| -> Result<(), DeviceError> {
            let ((r, short), (z, z_c)) = (r.split_at(n), z.split_at_mut(n));
            this.borrow_mut().precondition(r, z)?;
            this.borrow().carry(z);
            if !z_c.is_empty() {
                let mut gained = coolant.lost_w(&vec![0.0; short.len()], z);
                gained.iter_mut().zip(short).for_each(|(g, s)| *g = s - *g);
                let ends = coolant.advected(inlet(z), &gained);
                z_c.iter_mut().zip(ends.chunks(segments + 1).flat_map(|c| &c[1..])).for_each(|(z, end)| *z = *end);
            }
            Ok(())
        };
        residual.resize(n + coolant.node_count(), 0.0);
        let (mut x, cycles) = gmres::solve(apply, precondition, &residual, (drop, RESTART, limit))?;
        x.truncate(n);
        Ok((x, cycles))
    }
}
