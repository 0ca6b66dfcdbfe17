//! Finite-volume grids by hand: lines along three axes, plane, cylindrical or spherical, with joints between layers.

use crate::conduction::Conductor;
use crate::network::{Internal, Lattice, Network};
use std::f64::consts::PI;

/// What the first axis is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Metric {
    /// x, y, z.
    Plane,
    /// Radius and height; the third axis is one cell.
    Cylinder,
    /// Radius; the others are one cell.
    Sphere,
}

/// A grid of cells.
#[derive(Debug)]
pub(super) struct Grid {
    pub(super) lines: [Vec<f64>; 3],
    pub(super) metric: Metric,
    /// Conductivity along the axes of each layer of the first axis, W/(m K).
    pub(super) k: Vec<[f64; 3]>,
    /// Resistance beyond each layer of the first axis, m² K/W.
    pub(super) joint: Vec<f64>,
}

/// A face that is a node of its own.
#[derive(Clone, Copy, Debug)]
pub(super) struct FaceNode {
    pub(super) node: usize,
    /// The cell behind it.
    pub(super) cell: [usize; 3],
    /// Its centre.
    pub(super) at: [f64; 3],
}

/// `n` even steps from `from` to `to`, and `n` to the next, and so on.
pub(super) fn lines(parts: &[(f64, usize)], from: f64) -> Vec<f64> {
    let mut all = vec![from];
    for &(to, n) in parts {
        let start = all[all.len() - 1];
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        all.extend((1..=n).map(|k| start + (to - start) * k as f64 / n as f64));
    }
    all
}

/// One step of 1.
pub(super) fn one() -> Vec<f64> {
    vec![0.0, 1.0]
}

impl Grid {
    /// A grid of one conductivity.
    pub(super) fn new(metric: Metric, lines: [Vec<f64>; 3], k: f64) -> Self {
        let layers = lines[0].len() - 1;
        Self { lines, metric, k: vec![[k; 3]; layers], joint: vec![0.0; layers] }
    }
    pub(super) fn size(&self, axis: usize) -> usize {
        self.lines[axis].len() - 1
    }
    pub(super) fn count(&self) -> usize {
        (0..3).map(|a| self.size(a)).product()
    }
    pub(super) fn node(&self, [i, j, k]: [usize; 3]) -> usize {
        (k * self.size(1) + j) * self.size(0) + i
    }
    pub(super) fn cells(&self) -> impl Iterator<Item = [usize; 3]> + use<> {
        let [x, y, z] = [0, 1, 2].map(|a| self.size(a));
        (0..z).flat_map(move |k| (0..y).flat_map(move |j| (0..x).map(move |i| [i, j, k])))
    }
    fn width(&self, axis: usize, i: usize) -> f64 {
        self.lines[axis][i + 1] - self.lines[axis][i]
    }
    pub(super) fn centre(&self, cell: [usize; 3]) -> [f64; 3] {
        [0, 1, 2].map(|a| 0.5 * (self.lines[a][cell[a]] + self.lines[a][cell[a] + 1]))
    }
    /// Area of the face of a cell at a coordinate of an axis, m².
    pub(super) fn area(&self, axis: usize, cell: [usize; 3], at: f64) -> f64 {
        let [w0, w1, w2] = [0, 1, 2].map(|a| self.width(a, cell[a]));
        let (r0, r1) = (self.lines[0][cell[0]], self.lines[0][cell[0] + 1]);
        match (self.metric, axis) {
            (Metric::Plane, 0) => w1 * w2,
            (Metric::Plane, 1) => w0 * w2,
            (Metric::Plane, _) => w0 * w1,
            (Metric::Cylinder, 0) => 2.0 * PI * at * w1,
            (Metric::Cylinder, _) => PI * (r1 * r1 - r0 * r0),
            (Metric::Sphere, _) => 4.0 * PI * at * at,
        }
    }
    pub(super) fn volume(&self, cell: [usize; 3]) -> f64 {
        let (r0, r1) = (self.lines[0][cell[0]], self.lines[0][cell[0] + 1]);
        match self.metric {
            Metric::Sphere => 4.0 / 3.0 * PI * (r1.powi(3) - r0.powi(3)),
            _ => self.area(1, cell, 0.0) * self.width(1, cell[1]),
        }
    }
    /// Resistance between two coordinates of an axis within a cell, K/W; exact for heat along the axis without sources.
    pub(super) fn resistance(&self, axis: usize, cell: [usize; 3], from: f64, to: f64) -> f64 {
        let k = self.k[cell[0]][axis];
        match (self.metric, axis) {
            (Metric::Cylinder, 0) => (to / from).ln() / (2.0 * PI * k * self.width(1, cell[1])),
            (Metric::Sphere, 0) => (1.0 / from - 1.0 / to) / (4.0 * PI * k),
            _ => (to - from) / (k * self.area(axis, cell, 0.0)),
        }
    }
    /// From the centre to the lower or upper face.
    pub(super) fn half(&self, axis: usize, cell: [usize; 3], upper: bool) -> f64 {
        let (line, centre) = (&self.lines[axis], self.centre(cell)[axis]);
        if upper {
            self.resistance(axis, cell, centre, line[cell[axis] + 1])
        } else {
            self.resistance(axis, cell, line[cell[axis]], centre)
        }
    }
    /// Conductors between neighbours.
    pub(super) fn network(&self) -> Network {
        let mut network = Network::new(self.count());
        for cell in self.cells() {
            for axis in 0..3 {
                let mut next = cell;
                next[axis] += 1;
                if next[axis] < self.size(axis) {
                    let face = self.lines[axis][next[axis]];
                    let joint = if axis == 0 { self.joint[cell[0]] / self.area(0, cell, face) } else { 0.0 };
                    let gl_w_per_k = 1.0 / (self.half(axis, cell, true) + joint + self.half(axis, next, false));
                    network.conductors.push(Conductor { a: self.node(cell), b: self.node(next), gl_w_per_k });
                }
            }
        }
        network.lattices = vec![Lattice { first: 0, size: [0, 1, 2].map(|a| self.size(a)) }];
        network
    }
    /// Root mean square of what temperatures of the cells are off a field, K.
    pub(super) fn off_k(&self, t_k: &[f64], field_k: impl Fn([f64; 3]) -> f64) -> f64 {
        let square = |cell| self.volume(cell) * (t_k[self.node(cell)] - field_k(self.centre(cell))).powi(2);
        let volume: f64 = self.cells().map(|cell| self.volume(cell)).sum();
        (self.cells().map(square).sum::<f64>() / volume).sqrt()
    }
    /// Cells at one end of an axis.
    pub(super) fn end(&self, axis: usize, upper: bool) -> impl Iterator<Item = [usize; 3]> + use<> {
        let at = if upper { self.size(axis) - 1 } else { 0 };
        self.cells().filter(move |c| c[axis] == at)
    }
    /// The centre of a cell's face.
    fn face_at(&self, axis: usize, cell: [usize; 3], upper: bool) -> [f64; 3] {
        let mut at = self.centre(cell);
        at[axis] = self.lines[axis][cell[axis] + usize::from(upper)];
        at
    }
    /// Makes one end's faces nodes of their own, without capacity, half a cell from their cells: what radiates, is held, or
    /// conducts by temperature up to the face. The cells are then no block.
    pub(super) fn faced(&self, network: &mut Network, (axis, upper): (usize, bool)) -> Vec<FaceNode> {
        network.lattices.clear();
        let mut added = vec![];
        for cell in self.end(axis, upper) {
            let node = network.node_count;
            network.node_count += 1;
            network.capacity_j_per_k.push(0.0);
            network.internal.push(Internal::default());
            let gl_w_per_k = 1.0 / self.half(axis, cell, upper);
            network.conductors.push(Conductor { a: self.node(cell), b: node, gl_w_per_k });
            added.push(FaceNode { node, cell, at: self.face_at(axis, cell, upper) });
        }
        added
    }
    /// Holds one end's faces, nodes of their own, at a temperature.
    pub(super) fn held(&self, network: &mut Network, end: (usize, bool), t_k: impl Fn([f64; 3]) -> f64) {
        let faces = self.faced(network, end);
        network.held.extend(faces.iter().map(|f| (f.node, t_k(f.at))));
    }
    /// One end against a temperature at each face's centre through a film, W/(m² K); an infinite film holds the face.
    pub(super) fn against(&self, network: &mut Network, (axis, upper): (usize, bool), film: f64, t_k: impl Fn([f64; 3]) -> f64) {
        for cell in self.end(axis, upper) {
            let at = self.face_at(axis, cell, upper);
            let resistance = self.half(axis, cell, upper) + 1.0 / (film * self.area(axis, cell, at[axis]));
            network.internal[self.node(cell)].tie(t_k(at), 1.0 / resistance);
        }
    }
    /// Adds heat by volume, W/m³, at each centre.
    pub(super) fn source(&self, network: &mut Network, q: impl Fn([f64; 3]) -> f64) {
        for cell in self.cells() {
            network.internal[self.node(cell)].at_reference_w += q(self.centre(cell)) * self.volume(cell);
        }
    }
    /// Temperature at a point between centres: linear along each axis; on the outside as at the nearest centres.
    pub(super) fn at(&self, t: &[f64], point: [f64; 3]) -> f64 {
        let weights = |axis: usize| -> Vec<(usize, f64)> {
            let n = self.size(axis);
            let centre = |i: usize| 0.5 * (self.lines[axis][i] + self.lines[axis][i + 1]);
            if n == 1 {
                return vec![(0, 1.0)];
            }
            let i = (1..n - 1).find(|&i| centre(i) >= point[axis]).unwrap_or(n - 1) - 1;
            let x = (point[axis] - centre(i)) / (centre(i + 1) - centre(i));
            vec![(i, 1.0 - x), (i + 1, x)]
        };
        let mut sum = 0.0;
        for (k, z) in weights(2) {
            for (j, y) in weights(1) {
                sum += weights(0).iter().map(|(i, x)| x * y * z * t[self.node([*i, j, k])]).sum::<f64>();
            }
        }
        sum
    }
    /// Heat of a node, to be added to.
    pub(super) fn heat<'a>(&self, network: &'a mut Network, cell: [usize; 3]) -> &'a mut Internal {
        &mut network.internal[self.node(cell)]
    }
}
