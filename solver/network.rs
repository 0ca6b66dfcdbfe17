//! The thermal network: nodes, GL, radiative exchange, coolant flow GF and heat Q. All that the solver sees.

use crate::conduction::Conductor;
use crate::constants::{SPACE_K, STEFAN_BOLTZMANN};
use crate::radiation::exchange;
use crate::radiation::view_factor::ViewFactors;
use sprs::{CsMat, TriMat};

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
    /// Inlet temperature, K.
    pub inlet_k: f64,
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

    /// Temperatures at the segment ends, `segments + 1` per channel, from the heat each segment loses:
    /// `T_{k+1} = T_k − q_k / (ṁ cp)`. The segment exchanges heat at the mean of its ends: second order.
    pub fn march(&self, lost_w: &[f64]) -> Vec<f64> {
        let mut ends = Vec::with_capacity(self.channels * (self.segments + 1));
        for channel in 0..self.channels {
            let mut t = self.inlet_k;
            ends.push(t);
            for segment in 0..self.segments {
                t -= lost_w[self.node(channel, segment)] / self.capacity_rate_w_per_k;
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
}

/// The network.
#[derive(Clone, Debug)]
pub struct Network {
    /// Nodes whose temperature is wanted.
    pub node_count: usize,
    /// Conductors between them.
    pub conductors: Vec<Conductor>,
    /// Heat in each node.
    pub internal: Vec<Internal>,
    /// Faces of the nodes.
    pub faces: Vec<Face>,
    /// Radiating surfaces.
    pub surfaces: Vec<Surface>,
    /// View factors between them; `None` for surfaces that see only space.
    pub factors: Option<ViewFactors>,
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
            internal: vec![Internal::default(); node_count],
            faces: vec![],
            surfaces: vec![],
            factors: None,
            space_k: SPACE_K,
            coolant: Coolant::default(),
        }
    }

    /// `GL` as a matrix: row i holds −Σ_j GL_ij on the diagonal and GL_ij beside it; columns beyond the nodes are coolant
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
        let space = STEFAN_BOLTZMANN * self.space_k.powi(4);
        match &self.factors {
            None => vec![space; self.surfaces.len()],
            Some(f) => {
                let direct: Vec<f64> = f.g_space_m2.iter().zip(&f.area_m2).map(|(g, a)| g / a * space).collect();
                let reflectance: Vec<f64> = self.surfaces.iter().map(|s| 1.0 - s.emissivity).collect();
                exchange::irradiation(f, &reflectance, emitted_w_m2, &direct)
            }
        }
    }

    /// Net infrared to space, W: radiosity through the opening to space less what space sends.
    pub fn to_space_w(&self, emitted_w_m2: &[f64], irradiation_w_m2: &[f64], area_m2: &[f64]) -> f64 {
        let space = STEFAN_BOLTZMANN * self.space_k.powi(4);
        let open = |i: usize| self.factors.as_ref().map_or(area_m2[i], |f| f.g_space_m2[i]);
        (0..self.surfaces.len())
            .map(|i| open(i) * (emitted_w_m2[i] + (1.0 - self.surfaces[i].emissivity) * irradiation_w_m2[i] - space))
            .sum()
    }
}
