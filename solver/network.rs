//! The thermal network: nodes, GL, radiative exchange, coolant flow GF and heat Q. All that the solver sees.

mod path;
mod returned;

use crate::conduction::Conductor;
use crate::conduction::volumes::Volumes;
use crate::constants::{SPACE_K, STEFAN_BOLTZMANN};
use crate::model::curve::Curve;
use crate::radiation::exchange;
use crate::radiation::view_factor::ViewFactors;
pub use path::{Controlled, Flow, OPEN_K, Radiative, Regulated};
use sprs::{CsMat, TriMat};
use std::ops::Range;
use std::sync::Arc;

/// One side of a node that belongs to a radiating surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Face {
    /// The node.
    pub node: usize,
    /// The surface.
    pub surface: usize,
    /// Area, m².
    pub area_m2: f64,
}

/// A radiating surface: what the view factors know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Surface {
    /// Infrared emissivity.
    pub emissivity: f64,
    /// Absorbed sunlight, W/m², reflections included.
    pub solar_w_m2: f64,
    /// Absorbed albedo, W/m².
    pub albedo_w_m2: f64,
    /// Absorbed planet infrared, W/m².
    pub planet_ir_w_m2: f64,
}

impl Surface {
    /// All that is absorbed from outside the spacecraft, W/m².
    pub fn external_w_m2(&self) -> f64 {
        self.solar_w_m2 + self.albedo_w_m2 + self.planet_ir_w_m2
    }
}

/// Conductance from the coolant in one segment to a node: film, wall and joint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FilmLink {
    /// Channel.
    pub channel: usize,
    /// Segment along it, from the inlet.
    pub segment: usize,
    /// The wall node.
    pub node: usize,
    /// Conductance, W/K.
    pub gl_w_per_k: f64,
}

/// Parallel coolant channels with a common inlet temperature, each cut into the same number of segments.
#[derive(Clone, Debug, Default)]
pub struct Coolant {
    /// Inlet temperature, K, unless a node holds it.
    pub inlet_k: f64,
    /// The node that feeds all channels at its temperature and takes what leaves them: a closed loop.
    pub inlet_node: Option<usize>,
    /// Mass flow × specific heat of one channel (GF), W/K.
    pub capacity_rate_w_per_k: f64,
    /// Channels.
    pub channels: usize,
    /// Segments of each.
    pub segments: usize,
    /// Links to the walls.
    pub links: Vec<FilmLink>,
}

impl Coolant {
    /// Boundary nodes that hold segment temperatures.
    pub fn node_count(&self) -> usize {
        self.channels * self.segments
    }
    /// Boundary node of a segment, counted from the first.
    pub fn node(&self, channel: usize, segment: usize) -> usize {
        channel * self.segments + segment
    }

    /// Temperature at the inlets, K.
    pub fn inlet_at(&self, node_k: &[f64]) -> f64 {
        self.inlet_node.map_or(self.inlet_k, |node| node_k[node])
    }

    /// `ṁ cp` of all channels together, W/K.
    pub fn total_rate_w_per_k(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "channel counts are below 2^53")]
        let channels = self.channels as f64;
        self.capacity_rate_w_per_k * channels
    }

    /// Heat that the closed loop's node gains from what comes back, W: `Σ ṁ cp (T_end − T_inlet)`.
    pub fn returned_w(&self, ends_k: &[f64]) -> f64 {
        let step = |c: &[f64]| c[self.segments] - c[0];
        self.capacity_rate_w_per_k * ends_k.chunks(self.segments + 1).map(step).sum::<f64>()
    }

    /// Temperatures at the segment ends, `segments + 1` per channel, in balance with the walls:
    /// `ṁ cp (T_{k+1} − T_k) = Σ_l GL_l (T_w,l − ½ (T_k + T_{k+1}))` from `T_0 = inlet_k`.
    ///
    /// The segment exchanges heat at the mean of its ends: second order. Linear in inlet and walls, so that with an inlet of 0
    /// it gives the change by a change of the walls. Truth: `closed_form::a_bare_radiating_tube`,
    /// `invariants::coolant_is_in_balance`.
    pub fn settle(&self, inlet_k: f64, wall_k: &[f64]) -> Vec<f64> {
        let (mut gl, mut driven) = (vec![0.0; self.node_count()], vec![0.0; self.node_count()]);
        for l in &self.links {
            let s = self.node(l.channel, l.segment);
            gl[s] += l.gl_w_per_k;
            driven[s] += l.gl_w_per_k * wall_k[l.node];
        }
        let mut ends = Vec::with_capacity(self.channels * (self.segments + 1));
        for channel in 0..self.channels {
            let mut t = inlet_k;
            ends.push(t);
            for segment in 0..self.segments {
                let s = self.node(channel, segment);
                let half = 0.5 * gl[s] / self.capacity_rate_w_per_k;
                t = (t * (1.0 - half) + driven[s] / self.capacity_rate_w_per_k) / (1.0 + half);
                ends.push(t);
            }
        }
        ends
    }

    /// Mean temperature of each segment.
    pub fn means(&self, ends_k: &[f64]) -> Vec<f64> {
        ends_k.chunks(self.segments + 1).flat_map(|c| c.windows(2).map(|w| 0.5 * (w[0] + w[1]))).collect()
    }

    /// Heat that each segment loses to its walls, W.
    pub fn lost_w(&self, means_k: &[f64], node_k: &[f64]) -> Vec<f64> {
        let mut lost = vec![0.0; self.node_count()];
        for l in &self.links {
            let s = self.node(l.channel, l.segment);
            lost[s] += l.gl_w_per_k * (means_k[s] - node_k[l.node]);
        }
        lost
    }

    /// Temperatures at the segment ends when each segment gains `gained_w`: `T_{k+1} = T_k + q_k / (ṁ cp)` from the inlet's.
    pub fn advected(&self, inlet_k: f64, gained_w: &[f64]) -> Vec<f64> {
        let mut ends = Vec::with_capacity(self.channels * (self.segments + 1));
        for gains in gained_w.chunks(self.segments.max(1)) {
            let mut t = inlet_k;
            ends.push(t);
            for q in gains {
                t += q / self.capacity_rate_w_per_k;
                ends.push(t);
            }
        }
        ends
    }

    /// The matrix of nodes and coolant together, its coolant part: for changes of the ends and of the nodes, the heat
    /// `ṁ cp (T_{k+1} − T_k) + lost` that each segment is short of, W, and the heat that each node receives; the walls' own
    /// part of it (film) and the loop node's (`ṁ cp` of all channels) are on the diagonal.
    pub fn coupled_w(&self, ends_k: &[f64], node_k: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let means = self.means(ends_k);
        let mut short = self.lost_w(&means, node_k);
        let steps = ends_k.chunks(self.segments + 1).flat_map(|c| c.windows(2).map(|w| w[1] - w[0]));
        short.iter_mut().zip(steps).for_each(|(s, step)| *s += self.capacity_rate_w_per_k * step);
        let mut received = vec![0.0; node_k.len()];
        for l in &self.links {
            received[l.node] += l.gl_w_per_k * means[self.node(l.channel, l.segment)];
        }
        if let Some(node) = self.inlet_node {
            let leaving: f64 = ends_k.chunks(self.segments + 1).map(|c| c[self.segments]).sum();
            received[node] += self.capacity_rate_w_per_k * leaving;
        }
        (short, received)
    }
}

/// Heat dissipated in (or drawn from) a node: `Q = at_reference_w + slope_w_per_k (T − reference_k)`.
#[derive(Clone, Copy, Debug, PartialEq, Default)]
pub struct Internal {
    /// W.
    pub at_reference_w: f64,
    /// W/K.
    pub slope_w_per_k: f64,
    /// K.
    pub reference_k: f64,
}

impl Internal {
    /// Heat at a temperature, W.
    pub fn at(&self, t_k: f64) -> f64 {
        self.at_reference_w + self.slope_w_per_k * (t_k - self.reference_k)
    }

    /// Adds a conductance, W/K, to a fixed temperature, K; several act as one at their mean.
    pub fn tie(&mut self, to_k: f64, gl_w_per_k: f64) {
        let gl = gl_w_per_k - self.slope_w_per_k;
        self.reference_k = (gl_w_per_k * to_k - self.slope_w_per_k * self.reference_k) / gl;
        self.slope_w_per_k = -gl;
    }
}

/// Nodes that form a block: node `first + (k·ny + j)·nx + i` is cell (i, j, k), and conductors from them lead only to
/// neighbouring cells of the block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lattice {
    /// First node.
    pub first: usize,
    /// nx, ny, nz.
    pub size: [usize; 3],
}

impl Lattice {
    /// Nodes of the block.
    pub fn len(&self) -> usize {
        self.size.iter().product()
    }
    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Direction from node `a` to the next node `b`, both counted from `first`; `None` if they are no neighbours.
    pub fn direction(&self, a: usize, b: usize) -> Option<usize> {
        let [nx, ny, _] = self.size;
        let (step, column, row) = (b.checked_sub(a)?, a % nx, a / nx % ny);
        (0..3).find(|&d| match d {
            0 => step == 1 && column + 1 < nx,
            1 => step == nx && row + 1 < ny,
            _ => step == nx * ny,
        })
    }
}

/// Which nodes, conductors and surfaces depend on temperature; the network holds their values where the factor is 1.
#[derive(Clone, Debug, Default)]
pub struct ByTemperature {
    /// Heat capacity of nodes.
    pub capacity: Vec<(Range<usize>, Curve)>,
    /// Conductance of conductors, by their numbers.
    pub conductance: Vec<(Range<usize>, Curve)>,
    /// Infrared emissivity of surfaces, and with it what they absorb in the infrared. Their emissivity at factor 1 follows; it may
    /// change in time together with the planet infrared that they absorb.
    pub emissivity: Vec<(Range<usize>, Curve, f64)>,
    /// Solar absorptivity of surfaces; what they reflect onto others stays.
    pub absorptivity: Vec<(Range<usize>, Curve)>,
}

/// The network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Nodes whose temperature is wanted.
    pub node_count: usize,
    /// Conductors between them.
    pub conductors: Vec<Conductor>,
    /// Conductors whose conductance changes in time; it holds the present one. Their heat is summed on the host: no array on a
    /// device has to follow.
    pub varying: Vec<Conductor>,
    /// Unstructured volumes whose cells are the first nodes, if their conductors miss some of the flux.
    pub volumes: Option<Arc<Volumes>>,
    /// Radiative conductors between nodes, beside the exchange of surfaces.
    pub radiative: Vec<Radiative>,
    /// Fluid conductors, beside the coolant of channels.
    pub flows: Vec<Flow>,
    /// Conductors that the temperature of one end controls.
    pub controlled: Vec<Controlled>,
    /// Heaters of a steady state; in time they are the solver's own.
    pub regulated: Vec<Regulated>,
    /// Boundary nodes and the temperatures that they are held at, K.
    pub held: Vec<(usize, f64)>,
    /// Which nodes form blocks; the others are a graph. A hint: the answer does not depend on it.
    pub lattices: Vec<Lattice>,
    /// Heat capacity of each node, J/K; 0 for arithmetic nodes, which follow the others at once.
    pub capacity_j_per_k: Vec<f64>,
    /// What depends on temperature.
    pub by_temperature: ByTemperature,
    /// Heat in each node.
    pub internal: Vec<Internal>,
    /// Faces of the nodes.
    pub faces: Vec<Face>,
    /// Radiating surfaces.
    pub surfaces: Vec<Surface>,
    /// View factors between them; `None` for surfaces that see only space.
    pub factors: Option<ViewFactors>,
    /// Those in sunlight, where surfaces mirror it otherwise than infrared; loads are made with them.
    pub factors_in_sunlight: Option<ViewFactors>,
    /// Temperature of space, K.
    pub space_k: f64,
    /// Coolant.
    pub coolant: Coolant,
}

impl Network {
    /// A network of isolated nodes, to be filled.
    pub fn new(node_count: usize) -> Self {
        Self {
            node_count,
            conductors: vec![],
            varying: vec![],
            volumes: None,
            radiative: vec![],
            flows: vec![],
            controlled: vec![],
            regulated: vec![],
            held: vec![],
            lattices: vec![],
            capacity_j_per_k: vec![0.0; node_count],
            by_temperature: ByTemperature::default(),
            internal: vec![Internal::default(); node_count],
            faces: vec![],
            surfaces: vec![],
            factors: None,
            factors_in_sunlight: None,
            space_k: SPACE_K,
            coolant: Coolant::default(),
        }
    }

    /// One more isolated node, the last.
    pub fn add_node(&mut self) -> usize {
        self.node_count += 1;
        self.internal.push(Internal::default());
        self.capacity_j_per_k.push(0.0);
        self.node_count - 1
    }

    /// Puts boundary nodes to their temperatures.
    pub fn hold(&self, node_k: &mut [f64]) {
        self.held.iter().for_each(|(i, t)| node_k[*i] = *t);
    }

    /// Sets the values of boundary nodes to 0.
    pub fn clear_held(&self, values: &mut [f64]) {
        self.held.iter().for_each(|(i, _)| values[*i] = 0.0);
    }

    /// The part of radiative conductors that is symmetric, as linear ones: `4 σ GR min(T_a, T_b)³`. None beside blocks, whose
    /// conductors may only lead to neighbours.
    pub fn radiative_as_linear(&self, node_k: &[f64]) -> Vec<Conductor> {
        if !self.lattices.is_empty() {
            return vec![];
        }
        let linear = |r: &Radiative| Conductor { a: r.a, b: r.b, gl_w_per_k: r.slope_w_per_k(node_k[r.a].min(node_k[r.b])) };
        self.radiative.iter().map(linear).collect()
    }

    /// The conductors with their conductances at these temperatures, `GL f(½ (T_a + T_b))`, those that vary in time as they are now,
    /// and the symmetric part of radiative and controlled ones; `None` where nothing changes.
    pub fn conductors_at(&self, node_k: &[f64]) -> Option<Vec<Conductor>> {
        let radiative = self.radiative_as_linear(node_k);
        let same = self.by_temperature.conductance.is_empty() && self.controlled.is_empty();
        if same && self.varying.is_empty() && radiative.is_empty() {
            return None;
        }
        let mut all = self.conductors.clone();
        all.extend(&self.varying);
        all.extend(radiative);
        all.extend(self.controlled.iter().map(|c| c.as_linear(node_k)));
        for (range, curve) in &self.by_temperature.conductance {
            for c in &mut all[range.clone()] {
                c.gl_w_per_k *= curve.at(0.5 * (node_k[c.a] + node_k[c.b]));
            }
        }
        Some(all)
    }

    /// `GL` of conductors that do not vary in time as a matrix: row i holds −Σ_j GL_ij on the diagonal and GL_ij beside it; columns beyond the nodes are coolant
    /// segments. Used to check the assembled rows of the solver.
    pub fn gl_matrix(&self) -> CsMat<f64> {
        let mut t = TriMat::new((self.node_count, self.node_count + self.coolant.node_count()));
        for c in &self.conductors {
            for (i, j) in [(c.a, c.b), (c.b, c.a)] {
                t.add_triplet(i, j, c.gl_w_per_k);
                t.add_triplet(i, i, -c.gl_w_per_k);
            }
        }
        for l in &self.coolant.links {
            t.add_triplet(l.node, self.node_count + self.coolant.node(l.channel, l.segment), l.gl_w_per_k);
            t.add_triplet(l.node, l.node, -l.gl_w_per_k);
        }
        t.to_csr()
    }

    /// Area of each surface, m².
    pub fn surface_area_m2(&self) -> Vec<f64> {
        let mut area = vec![0.0; self.surfaces.len()];
        self.faces.iter().for_each(|f| area[f.surface] += f.area_m2);
        area
    }

    /// Emitted flux of each surface, W/m²: `ε σ` times the area-weighted mean of T⁴.
    pub fn emitted_w_m2(&self, node_k: &[f64], area_m2: &[f64]) -> Vec<f64> {
        let mut sum = vec![0.0; self.surfaces.len()];
        self.faces.iter().for_each(|f| sum[f.surface] += f.area_m2 * node_k[f.node].powi(4));
        let flux = |(s, (surface, area)): (&f64, (&Surface, &f64))| surface.emissivity * STEFAN_BOLTZMANN * s / area;
        sum.iter().zip(self.surfaces.iter().zip(area_m2)).map(flux).collect()
    }

    /// Infrared that each surface receives from the others and from space, W/m², before absorption.
    pub fn irradiation_w_m2(&self, emitted_w_m2: &[f64]) -> Vec<f64> {
        self.irradiation_at(emitted_w_m2, STEFAN_BOLTZMANN * self.space_k.powi(4))
    }

    /// [`irradiation_w_m2`](Self::irradiation_w_m2) with space sending another flux; linear in both arguments.
    pub fn irradiation_at(&self, emitted_w_m2: &[f64], space_w_m2: f64) -> Vec<f64> {
        match &self.factors {
            None => vec![space_w_m2; self.surfaces.len()],
            Some(f) => {
                let direct: Vec<f64> = (0..f.g_space_m2.len()).map(|i| f.to_space(i) * space_w_m2).collect();
                let reflectance: Vec<f64> = self.surfaces.iter().map(|s| 1.0 - s.emissivity).collect();
                exchange::irradiation(f, &reflectance, emitted_w_m2, &direct)
            }
        }
    }

    /// Whether conductors or heaters are switched by temperatures.
    pub fn is_switched(&self) -> bool {
        !self.controlled.is_empty() || !self.regulated.is_empty()
    }

    /// Whether nodes act on each other by more than conductors.
    pub fn is_coupled(&self) -> bool {
        let streams = !self.coolant.links.is_empty() || !self.flows.is_empty() || self.is_switched();
        self.factors.is_some() || self.volumes.is_some() || streams || !self.radiative.is_empty()
    }

    /// Numbers of the fluid conductors, those that feed a node before those that leave it; a closed circuit begins somewhere.
    pub fn flows_downstream(&self) -> Vec<usize> {
        let mut waiting = vec![0_usize; self.node_count];
        let mut leaving = vec![vec![]; self.node_count];
        for (k, f) in self.flows.iter().enumerate() {
            waiting[f.to] += 1;
            leaving[f.from].push(k);
        }
        let mut ready: Vec<usize> = (0..self.node_count).rev().filter(|&i| waiting[i] == 0).collect();
        let mut seen: Vec<bool> = waiting.iter().map(|w| *w == 0).collect();
        let (mut order, mut next) = (Vec::with_capacity(self.flows.len()), 0);
        loop {
            while let Some(node) = ready.pop() {
                for &k in &leaving[node] {
                    let to = self.flows[k].to;
                    order.push(k);
                    waiting[to] -= 1;
                    if waiting[to] == 0 && !seen[to] {
                        seen[to] = true;
                        ready.push(to);
                    }
                }
            }
            let Some(node) = (next..self.node_count).find(|&i| !seen[i]) else { return order };
            seen[node] = true;
            ready.push(node);
            next = node;
        }
    }

    /// Net infrared to space, W: radiosity through the opening to space, mirrors on the way included, less what space sends.
    pub fn to_space_w(&self, emitted_w_m2: &[f64], irradiation_w_m2: &[f64], area_m2: &[f64]) -> f64 {
        let space = STEFAN_BOLTZMANN * self.space_k.powi(4);
        let (open, specular) = match &self.factors {
            Some(f) => (&f.g_space_m2[..], &f.specular[..]),
            None => (area_m2, &[][..]),
        };
        let net = |i: usize| {
            let mirrored = specular.get(i).copied().unwrap_or(0.0);
            let diffuse = emitted_w_m2[i] + (1.0 - self.surfaces[i].emissivity - mirrored) * irradiation_w_m2[i];
            open[i] * (diffuse / (1.0 - mirrored) - space)
        };
        (0..self.surfaces.len()).map(net).sum()
    }
}
