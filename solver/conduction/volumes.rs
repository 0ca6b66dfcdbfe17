//! Conduction through unstructured shells and solids: two-point conductors, and what they miss on meshes that are not
//! orthogonal.
//!
//! A cell with conductivity `K` and face vector `A` loses `g (T − T_f) − τ·G` through the face, with `δ` from its centre to the
//! face's, `G` its temperature gradient and `K A = g δ + τ`, `g = A·K A / A·δ`, so that τ lies in the face. Where halves of a face
//! meet they have one temperature `T_f` and their heats add up to 0. Without the terms in τ this makes conductors
//! `g_a g_b / Σ g` between the halves; the rest is the heat of [`Volumes::missed_w`]. Fields linear in each cell are exact with
//! it, across jumps of conductivity and folds of shells.

use super::Conductor;
use crate::backend::parallel_map;
use crate::mesh::cells::Cells;
use crate::mesh::faces::FaceGraph;
use nalgebra::{Matrix3, Vector3};
use std::sync::Arc;

/// What a face with one half, or one that is cut open, meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum End {
    /// The halves of the face, no others: bonded neighbours, or insulation at a single half.
    Bonded,
    /// A node for each half, the first given: what radiates, touches or is heated there is tied to it.
    Node(usize),
    /// A temperature, K.
    Held(f64),
}

/// The conduction problem of a mesh whose cells are the first nodes of a network. A cell's halves lie side by side in the order of
/// its faces: what products with vectors read goes through memory once.
#[derive(Debug)]
pub struct Volumes {
    graph: Arc<FaceGraph>,
    ends: Vec<End>,
    /// Conductance from a cell to a face by halves as the graph has them, W/K.
    g_w_per_k: Vec<f64>,
    /// First half of each cell in what follows, and their number at the end.
    first_of_cell: Vec<u32>,
    /// What a kelvin between the face and the cell adds to the cell's gradient, 1/m.
    share: Vec<Vector3<f64>>,
    /// Conductance from a cell to a face once more, W/K.
    g_of_cell: Vec<f64>,
    /// τ, W m/K.
    leaning: Vec<Vector3<f64>>,
    /// Place among the temperatures of [`met_k`](Self::met_k): the half's face, or a node of its own.
    met: Vec<u32>,
}

/// A leaning part below this fraction is rounding.
const ROUNDING: f64 = 1e-12;
/// Faces of a cell at most.
const FACES: usize = 6;

fn short(n: usize) -> u32 {
    u32::try_from(n).expect("fewer halves of faces than 2^32")
}

/// What the gradients are made of, by halves as the graph has them.
struct Halves<'a> {
    graph: &'a FaceGraph,
    ends: &'a [End],
    face: Vec<u32>,
    g_w_per_k: Vec<f64>,
    leaning: Vec<Vector3<f64>>,
}

impl<'a> Halves<'a> {
    fn new(cells: &Cells, graph: &'a FaceGraph, conductivity_w_mk: &[Matrix3<f64>], ends: &'a [End]) -> Self {
        let n = graph.halves.len();
        let (mut face, mut g, mut leaning) = (vec![0; n], vec![0.0; n], vec![Vector3::zeros(); n]);
        for f in 0..graph.face_count() {
            for h in graph.of_face(f) {
                let half = &graph.halves[h];
                let cell = half.cell as usize;
                face[h] = short(f);
                let mut flux = conductivity_w_mk[cells.part[cell] as usize] * half.area_m2;
                if let Some(normal) = graph.shell_m2[cell].try_normalize(0.0) {
                    flux -= normal * normal.dot(&flux);
                }
                let out = graph.face_centre_m[f] - graph.centre_m[cell];
                g[h] = half.area_m2.dot(&flux) / half.area_m2.dot(&out);
                let rest = flux - g[h] * out;
                leaning[h] = if rest.norm() > ROUNDING * flux.norm() { rest } else { Vector3::zeros() };
            }
        }
        Self { graph, ends, face, g_w_per_k: g, leaning }
    }

    /// From a cell's centre to the face of one of its halves, m.
    fn out(&self, half: usize) -> Vector3<f64> {
        self.graph.face_centre_m[self.face[half] as usize] - self.graph.centre_m[self.graph.halves[half].cell as usize]
    }

    /// Row of a half in the least squares of its cell's gradient, over |δ|, so that near and far faces count alike. Where the face
    /// has a temperature of its own `G·δ = T_f − T`; else `G·(δ + Σ τ/Σ g) = Σ g T/Σ g − T`, for gradients along the face are the
    /// same on all its sides, and τ lies in it.
    fn row(&self, half: usize) -> Vector3<f64> {
        let (out, face) = (self.out(half), self.face[half] as usize);
        if self.ends[face] != End::Bonded {
            return out / out.norm();
        }
        let (lean, g) =
            self.graph.of_face(face).fold((Vector3::zeros(), 0.0), |(l, g), h| (l + self.leaning[h], g + self.g_w_per_k[h]));
        (out + lean / g) / out.norm()
    }

    /// Inverse of the normal equations of a cell with these halves.
    fn inverse(&self, cell: usize, halves: &[u32]) -> Matrix3<f64> {
        let mut sum = Matrix3::zeros();
        for &h in halves {
            let row = self.row(h as usize);
            sum += row * row.transpose();
        }
        // A shell has no gradient along its normal.
        if let Some(normal) = self.graph.shell_m2[cell].try_normalize(0.0) {
            sum += normal * normal.transpose();
        }
        sum.try_inverse().unwrap_or_else(Matrix3::zeros)
    }

    fn met(&self, half: usize) -> u32 {
        let f = self.face[half] as usize;
        match self.ends[f] {
            End::Node(first) => short(self.graph.face_count() + first + half - self.graph.first_half[f]),
            End::Held(_) | End::Bonded => short(f),
        }
    }
}

impl Volumes {
    /// Conductances of every half. `conductivity_w_mk` is the tensor of each part; of shells only its part in their plane counts.
    /// `ends` has one entry for each face.
    pub fn new(cells: &Cells, graph: Arc<FaceGraph>, conductivity_w_mk: &[Matrix3<f64>], ends: Vec<End>) -> Self {
        let halves = Halves::new(cells, &graph, conductivity_w_mk, &ends);
        let mut first_of_cell = vec![0];
        for (c, kind) in cells.kinds.iter().enumerate() {
            first_of_cell.push(first_of_cell[c] + short(kind.faces().len()));
        }
        let mut of_cell = vec![0; graph.halves.len()];
        for (h, half) in graph.halves.iter().enumerate() {
            of_cell[first_of_cell[half.cell as usize] as usize + usize::from(half.local)] = short(h);
        }
        let mine = |c: usize| &of_cell[first_of_cell[c] as usize..first_of_cell[c + 1] as usize];
        let inverse = parallel_map(cells.len(), |c| halves.inverse(c, mine(c)));
        let share = parallel_map(of_cell.len(), |at| {
            let half = of_cell[at] as usize;
            inverse[graph.halves[half].cell as usize] * halves.row(half) / halves.out(half).norm()
        });
        let met = of_cell.iter().map(|&h| halves.met(h as usize)).collect();
        let leaning = of_cell.iter().map(|&h| halves.leaning[h as usize]).collect();
        let g_of_cell = of_cell.iter().map(|&h| halves.g_w_per_k[h as usize]).collect();
        let g_w_per_k = halves.g_w_per_k;
        Self { graph, ends, g_w_per_k, first_of_cell, share, g_of_cell, leaning, met }
    }

    /// The mesh.
    pub fn graph(&self) -> &FaceGraph {
        &self.graph
    }

    /// Conductance from the centre of a half's cell to its face, W/K.
    pub fn half_w_per_k(&self, half: usize) -> f64 {
        self.g_w_per_k[half]
    }

    /// Places of a cell's halves.
    fn of_cell(&self, cell: usize) -> std::ops::Range<usize> {
        self.first_of_cell[cell] as usize..self.first_of_cell[cell + 1] as usize
    }

    /// Conductors between cells, junctions of shells eliminated exactly, and between cells and the nodes of their faces.
    pub fn conductors(&self) -> Vec<Conductor> {
        self.conductors_by(|_, h| self.g_w_per_k[h])
    }

    /// The part of each of [`conductors`](Self::conductors) that preconditions best: what it would be with `g cos²` for the g of
    /// each half, by the angle between the face's normal and the line to it. What leans takes back much of what the conductors of
    /// leaning cells carry.
    pub fn upright(&self) -> Vec<f64> {
        let upright = self.conductors_by(|f, h| {
            let half = &self.graph.halves[h];
            let out = self.graph.face_centre_m[f] - self.graph.centre_m[half.cell as usize];
            self.g_w_per_k[h] * half.area_m2.dot(&out).powi(2) / (half.area_m2.norm_squared() * out.norm_squared())
        });
        upright.iter().zip(self.conductors()).map(|(u, c)| u.gl_w_per_k / c.gl_w_per_k).collect()
    }

    /// Conductors if a half of a face, given by face and half, has another conductance.
    fn conductors_by(&self, g_w_per_k: impl Fn(usize, usize) -> f64) -> Vec<Conductor> {
        let mut all = Vec::with_capacity(self.graph.face_count());
        for f in 0..self.graph.face_count() {
            let halves = self.graph.of_face(f);
            let cell = |h: usize| self.graph.halves[h].cell as usize;
            match self.ends[f] {
                End::Held(_) => {}
                End::Node(first) => {
                    let of = |(k, h): (usize, usize)| Conductor { a: cell(h), b: first + k, gl_w_per_k: g_w_per_k(f, h) };
                    all.extend(halves.enumerate().map(of));
                }
                End::Bonded => {
                    let sum: f64 = halves.clone().map(|h| g_w_per_k(f, h)).sum();
                    for a in halves.clone() {
                        for b in a + 1..halves.end {
                            let gl_w_per_k = g_w_per_k(f, a) * g_w_per_k(f, b) / sum;
                            all.push(Conductor { a: cell(a), b: cell(b), gl_w_per_k });
                        }
                    }
                }
            }
        }
        all
    }

    /// Cells at held faces: cell, conductance in W/K and temperature in K.
    pub fn held(&self) -> impl Iterator<Item = (usize, f64, f64)> {
        (0..self.graph.face_count()).flat_map(move |f| {
            let End::Held(t_k) = self.ends[f] else { return vec![] };
            self.graph.of_face(f).map(|h| (self.graph.halves[h].cell as usize, self.g_w_per_k[h], t_k)).collect()
        })
    }

    /// Whether any face leans, so that conductors miss something.
    pub fn leans(&self) -> bool {
        self.leaning.iter().any(|l| *l != Vector3::zeros())
    }

    /// Temperatures of the faces without the leaning part, then those of the nodes, K.
    fn met_k(&self, node_k: &[f64], held: f64) -> Vec<f64> {
        let mut met = parallel_map(self.graph.face_count(), |f| match self.ends[f] {
            End::Held(t_k) => held * t_k,
            End::Node(first) => node_k[first],
            End::Bonded => {
                let term = |h: usize| (self.g_w_per_k[h] * node_k[self.graph.halves[h].cell as usize], self.g_w_per_k[h]);
                let (heat, sum) = self.graph.of_face(f).map(term).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                heat / sum
            }
        });
        met.extend_from_slice(node_k);
        met
    }

    fn gradient(&self, cell: usize, t_k: f64, met_k: &[f64]) -> Vector3<f64> {
        self.of_cell(cell).fold(Vector3::zeros(), |sum, at| sum + self.share[at] * (met_k[self.met[at] as usize] - t_k))
    }

    /// Gradient of temperature in each cell, K/m, by least squares; `held` is 1, or 0 for the change that changes of the nodes
    /// bring, where held faces stay.
    pub fn gradient_k_m(&self, node_k: &[f64], held: f64) -> Vec<Vector3<f64>> {
        let met_k = self.met_k(node_k, held);
        parallel_map(self.first_of_cell.len() - 1, |c| self.gradient(c, node_k[c], &met_k))
    }

    /// Heat into each node that the conductors miss at these temperatures, W: linear in them where `held` is 0, see
    /// [`gradient_k_m`](Self::gradient_k_m). Its sum over all nodes and held faces is 0.
    ///
    /// Truth: `meshes::linear_fields_are_exact`, `manual::manufactured_solutions`.
    pub fn missed_w(&self, node_k: &[f64], held: f64) -> Vec<f64> {
        let lean_w = self.lean_w(node_k, held);
        let of_half = |h: usize| self.of_half(&lean_w, h);
        let shift_k = parallel_map(self.graph.face_count(), |f| self.shift_k(&lean_w, f));
        let mut heat = parallel_map(lean_w.len(), |c| {
            let shift = |at: usize| shift_k.get(self.met[at] as usize).map_or(0.0, |shift| self.g_of_cell[at] * shift);
            self.of_cell(c).zip(&lean_w[c]).map(|(at, lean)| lean - shift(at)).sum()
        });
        heat.resize(node_k.len(), 0.0);
        for f in 0..self.graph.face_count() {
            if let End::Node(first) = self.ends[f] {
                self.graph.of_face(f).enumerate().for_each(|(k, h)| heat[first + k] -= of_half(h));
            }
        }
        heat
    }

    /// [`missed_w`](Self::missed_w) as entries of a matrix: node that gains, node whose temperature counts, W/K. Held faces stay.
    /// Truth: `decks::matrices_of_parts_hold_what_leaning_cells_exchange`.
    pub fn missed_entries(&self) -> Vec<(usize, usize, f64)> {
        let (mut all, mut row, sides) = (vec![], vec![], self.sides());
        let mut nodes: Vec<usize> = (0..self.first_of_cell.len() - 1).chain(sides.iter().map(|s| s.0 as usize)).collect();
        nodes.dedup();
        for node in nodes {
            row.clear();
            self.missed_row(&sides, node, &mut row);
            all.extend(row.iter().map(|&(other, w)| (node, other as usize, w)));
        }
        all
    }

    /// Nodes of faces that have their own, in order, with the place of the half.
    pub fn sides(&self) -> Vec<(u32, u32)> {
        let mut all = vec![];
        for f in 0..self.graph.face_count() {
            if let End::Node(first) = self.ends[f] {
                all.extend(self.graph.of_face(f).enumerate().map(|(k, h)| (short(first + k), short(self.place(h)))));
            }
        }
        all.sort_unstable();
        all
    }

    /// Adds the row of [`missed_w`](Self::missed_w) of a node, as nodes and W/K; `sides` as [`sides`](Self::sides) has them.
    /// What held faces would add is in the sum of the row.
    pub fn missed_row(&self, sides: &[(u32, u32)], node: usize, row: &mut Vec<(u32, f64)>) {
        if node >= self.first_of_cell.len() - 1 {
            let first = sides.partition_point(|s| (s.0 as usize) < node);
            for &(_, at) in sides[first..].iter().take_while(|s| s.0 as usize == node) {
                let cell = self.first_of_cell.partition_point(|&first| first <= at) - 1;
                self.add_gradient(row, cell, &-self.leaning[at as usize]);
            }
            return;
        }
        let mut own = Vector3::zeros();
        for at in self.of_cell(node) {
            own += self.leaning[at];
            let met = self.met[at] as usize;
            if self.ends.get(met) != Some(&End::Bonded) {
                continue;
            }
            let sum: f64 = self.graph.of_face(met).map(|h| self.g_w_per_k[h]).sum();
            for h in self.graph.of_face(met) {
                let (cell, weight) =
                    (self.graph.halves[h].cell as usize, -self.g_of_cell[at] / sum * self.leaning[self.place(h)]);
                if cell == node { own += weight } else { self.add_gradient(row, cell, &weight) }
            }
        }
        self.add_gradient(row, node, &own);
    }

    /// Adds `weight·G` of a cell to a row.
    fn add_gradient(&self, row: &mut Vec<(u32, f64)>, cell: usize, weight: &Vector3<f64>) {
        let mut add = |node: u32, w: f64| match row.iter_mut().find(|(n, _)| *n == node) {
            Some((_, sum)) => *sum += w,
            None => row.push((node, w)),
        };
        if *weight == Vector3::zeros() {
            return;
        }
        for at in self.of_cell(cell) {
            let (w, met) = (weight.dot(&self.share[at]), self.met[at] as usize);
            add(short(cell), -w);
            match self.ends.get(met) {
                None => add(short(met - self.ends.len()), w),
                Some(End::Bonded) => {
                    let sum: f64 = self.graph.of_face(met).map(|h| self.g_w_per_k[h]).sum();
                    self.graph.of_face(met).for_each(|h| add(self.graph.halves[h].cell, w * self.g_w_per_k[h] / sum));
                }
                Some(_) => (),
            }
        }
    }

    /// Place of a half beside the others of its cell.
    fn place(&self, half: usize) -> usize {
        let half = &self.graph.halves[half];
        self.first_of_cell[half.cell as usize] as usize + usize::from(half.local)
    }

    /// τ·G of the halves of each cell, W.
    fn lean_w(&self, node_k: &[f64], held: f64) -> Vec<[f64; FACES]> {
        let met_k = self.met_k(node_k, held);
        parallel_map(self.first_of_cell.len() - 1, |c| {
            let gradient = self.gradient(c, node_k[c], &met_k);
            let mut lean = [0.0; FACES];
            lean.iter_mut().zip(self.of_cell(c)).for_each(|(q, at)| *q = self.leaning[at].dot(&gradient));
            lean
        })
    }

    fn of_half(&self, lean_w: &[[f64; FACES]], half: usize) -> f64 {
        let half = &self.graph.halves[half];
        lean_w[half.cell as usize][usize::from(half.local)]
    }

    /// The kelvins by which the leaning parts at a face shift its temperature, where it has none of its own.
    fn shift_k(&self, lean_w: &[[f64; FACES]], face: usize) -> f64 {
        if self.ends[face] != End::Bonded {
            return 0.0;
        }
        let term = |h: usize| (self.g_w_per_k[h], self.of_half(lean_w, h));
        let (sum, all) = self.graph.of_face(face).map(term).fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
        all / sum
    }

    /// Nodes at each face with the heat into them that the conductors miss there, W; nothing of faces where they miss none.
    pub fn missed_by_face(&self, node_k: &[f64]) -> Vec<Vec<(usize, f64)>> {
        let lean_w = self.lean_w(node_k, 1.0);
        let at_face = |f: usize| {
            let shift = self.shift_k(&lean_w, f);
            let mut met = vec![];
            for (k, h) in self.graph.of_face(f).enumerate() {
                let lean = self.of_half(&lean_w, h);
                met.push((self.graph.halves[h].cell as usize, lean - self.g_w_per_k[h] * shift));
                if let End::Node(first) = self.ends[f] {
                    met.push((first + k, -lean));
                }
            }
            met.retain(|(_, w)| *w != 0.0);
            met
        };
        (0..self.graph.face_count()).map(at_face).filter(|met| !met.is_empty()).collect()
    }
}
