//! Facets in the order of a bounding-volume tree, ready for either backend.

use super::RadiationError;
use crate::backend::Backend;
use crate::kernels::ray::{BvhNode, Facet, LEAF, NOWHERE_M, STACK};
use crate::kernels::sobol::sobol_directions;
use crate::mesh::{Outline, Shape};
use glam::Vec3A;
use nalgebra::Vector3;
use obvhs::{
    BvhBuildParams,
    aabb::Aabb,
    bvh2::{builder::build_bvh2, node::Bvh2Node},
};

/// Facets and the tree over them (built by the `obvhs` crate).
#[derive(Debug)]
pub struct Scene {
    nodes: Vec<BvhNode>,
    facets: Vec<Facet>,
    /// Original facet of each slot of the tree order.
    facet_of_slot: Vec<u32>,
    slot_of_facet: Vec<u32>,
    areas_m2: Vec<f64>,
    /// Hits nearer than this are the surface itself, m.
    pub nearest_m: f32,
}

/// A [`Scene`] on a backend.
#[derive(Debug)]
pub struct SceneArrays<B: Backend> {
    /// Tree.
    pub nodes: B::Array<BvhNode>,
    /// Facets in tree order.
    pub facets: B::Array<Facet>,
    /// Sobol direction numbers.
    pub directions: B::Array<[u32; 4]>,
    /// Codes of the surfaces that emit rays, in tree order.
    pub surfaces: B::Array<u32>,
}

#[expect(clippy::cast_possible_truncation, reason = "rays are traced in f32")]
fn single(v: Vector3<f64>, w: f64) -> [f32; 4] {
    [v.x as f32, v.y as f32, v.z as f32, w as f32]
}

fn facet(shape: &Shape) -> Facet {
    let (u, v) = (shape.edge_u, shape.edge_v);
    let normal = u.cross(&v);
    let square = normal.norm_squared();
    let outline = match shape.outline {
        Outline::Parallelogram => 0.0,
        Outline::Ellipse => 1.0,
        Outline::Triangle => 2.0,
    };
    let affine = |a: Vector3<f64>| single(a, -a.dot(&shape.origin));
    Facet {
        origin: single(shape.origin, outline),
        edge_u: single(u, 0.0),
        edge_v: single(v, 0.0),
        plane: affine(normal / square.sqrt()),
        dual_u: affine(v.cross(&normal) / square),
        dual_v: affine(normal.cross(&u) / square),
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rays are traced in f32")]
fn bounds(shape: &Shape) -> Aabb {
    let corners =
        [shape.origin, shape.origin + shape.edge_u, shape.origin + shape.edge_v, shape.origin + shape.edge_u + shape.edge_v];
    let corner = |c: &Vector3<f64>| Vec3A::new(c.x as f32, c.y as f32, c.z as f32);
    let (low, high) = corners.iter().map(corner).fold((Vec3A::MAX, Vec3A::MIN), |(l, h), c| (l.min(c), h.max(c)));
    // A flat box gets some thickness, so that rounding cannot make a ray miss it.
    let pad = Vec3A::splat(1e-5 * (high - low).max_element() + 1e-6 * low.abs().max(high.abs()).max_element());
    Aabb { min: low - pad, max: high + pad }
}

impl Scene {
    /// The facets in the order of the tree: what rays depend on.
    pub fn facets(&self) -> &[Facet] {
        &self.facets
    }
    /// Builds the tree. Errors: [`RadiationError::NoArea`], [`RadiationError::TooDeep`].
    pub fn new(shapes: &[Shape]) -> Result<Self, RadiationError> {
        let areas_m2: Vec<f64> = shapes.iter().map(Shape::area_m2).collect();
        if let Some(facet) = areas_m2.iter().position(|a| !(*a > 0.0 && a.is_finite())) {
            return Err(RadiationError::NoArea { facet });
        }
        let boxes: Vec<Aabb> = shapes.iter().map(bounds).collect();
        let bvh = build_bvh2(
            &boxes,
            BvhBuildParams { max_prims_per_leaf: 1, ..BvhBuildParams::medium_build() },
            &mut std::time::Duration::default(),
        );
        let (nodes, depth) = four_wide(&bvh.nodes);
        // Of the four children of a node one is taken and three are put off.
        let limit = (STACK - 1) / 3;
        if depth > limit {
            return Err(RadiationError::TooDeep { depth, limit });
        }
        let facet_of_slot = bvh.primitive_indices;
        let mut slot_of_facet = vec![0; shapes.len()];
        for (slot, &f) in (0_u32..).zip(&facet_of_slot) {
            slot_of_facet[f as usize] = slot;
        }
        let facets = facet_of_slot.iter().map(|&f| facet(&shapes[f as usize])).collect();
        let all = boxes.iter().fold(Aabb::empty(), |all, b| all.union(b));
        let nearest_m = 2e-7 * (all.max - all.min).length();
        Ok(Self { nodes, facets, facet_of_slot, slot_of_facet, areas_m2, nearest_m })
    }

    /// Facets.
    pub fn facet_count(&self) -> usize {
        self.facets.len()
    }
    /// Area of one side of a facet, m².
    pub fn area_m2(&self, facet: usize) -> f64 {
        self.areas_m2[facet]
    }
    /// Cosine between a side's outward normal and a direction.
    pub fn cosine(&self, code: u32, direction: [f32; 4]) -> f64 {
        let normal = self.facets[self.slot_of_facet[(code >> 1) as usize] as usize].plane;
        let sum: f64 = (0..3).map(|k| f64::from(normal[k]) * f64::from(direction[k])).sum();
        if code & 1 == 1 { -sum } else { sum }
    }
    /// Surface code (2 × facet + side) from one in tree order.
    pub fn code(&self, slot_code: u32) -> u32 {
        2 * self.facet_of_slot[(slot_code >> 1) as usize] + (slot_code & 1)
    }

    /// Copies a band's specular reflectances by code to a backend, facets in tree order.
    pub fn upload_mirrors<B: Backend>(&self, backend: &B, band: &[f64]) -> Result<B::Array<[f32; 2]>, RadiationError> {
        #[expect(clippy::cast_possible_truncation, reason = "rays are traced in f32")]
        let sides = |&f: &u32| [0, 1].map(|side| band[2 * f as usize + side] as f32);
        Ok(backend.upload_vec(self.facet_of_slot.iter().map(sides).collect())?)
    }

    /// Copies the scene and the surfaces that emit rays (codes 2 × facet + side) to a backend.
    pub fn upload<B: Backend>(&self, backend: &B, surfaces: &[u32]) -> Result<SceneArrays<B>, RadiationError> {
        let slots: Vec<u32> = surfaces.iter().map(|c| 2 * self.slot_of_facet[(c >> 1) as usize] + (c & 1)).collect();
        Ok(SceneArrays {
            nodes: backend.upload(&self.nodes)?,
            facets: backend.upload(&self.facets)?,
            directions: backend.upload(&sobol_directions())?,
            surfaces: backend.upload(&slots)?,
        })
    }
}

/// Specular reflectance of every side, by its code 2 × facet + side, in the two bands. Empty: no mirrors.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mirrors {
    /// In the infrared.
    pub infrared: Vec<f64>,
    /// In sunlight.
    pub solar: Vec<f64>,
}

impl Mirrors {
    /// From the reflectances of some surfaces, infrared and solar; all other sides mirror nothing. A band without mirrors stays
    /// empty.
    pub fn new(facets: usize, surfaces: &[u32], specular: impl Fn(usize) -> [f64; 2]) -> Self {
        let band = |b: usize| -> Vec<f64> {
            if (0..surfaces.len()).all(|s| specular(s)[b] == 0.0) {
                return vec![];
            }
            let mut of_code = vec![0.0; 2 * facets];
            surfaces.iter().enumerate().for_each(|(s, &code)| of_code[code as usize] = specular(s)[b]);
            of_code
        };
        Self { infrared: band(0), solar: band(1) }
    }
}

/// The tree with four children to a node, and its depth: of two children the larger inner ones are replaced by their own
/// until there are four.
fn four_wide(binary: &[Bvh2Node]) -> (Vec<BvhNode>, usize) {
    let empty = BvhNode { bound: [[NOWHERE_M; 4]; 6], child: [LEAF; 4] };
    let mut nodes = vec![empty];
    // (node here, binary node it stands for, level)
    let mut open = vec![(0, 0_u32, 1)];
    let mut depth = 1;
    while let Some((at, of, level)) = open.pop() {
        depth = depth.max(level);
        let mut children = vec![of];
        let inner = |c: &u32| !binary[*c as usize].is_leaf();
        let area = |c: &u32| binary[*c as usize].aabb().half_area();
        while children.len() < 4 {
            let Some(largest) = children.iter().copied().filter(inner).max_by(|a, b| area(a).total_cmp(&area(b))) else { break };
            let first = binary[largest as usize].first_index;
            children.retain(|c| *c != largest);
            children.extend([first, first + 1]);
        }
        for (k, of) in children.into_iter().enumerate() {
            let b = &binary[of as usize];
            let (lo, hi) = (b.aabb().min, b.aabb().max);
            let child = if b.is_leaf() {
                LEAF | b.first_index
            } else {
                nodes.push(empty);
                open.push((nodes.len() - 1, of, level + 1));
                #[expect(clippy::cast_possible_truncation, reason = "fewer nodes than facets, and those are fewer than 2^31")]
                let index = (nodes.len() - 1) as u32;
                index
            };
            let n = &mut nodes[at];
            let corners = lo.to_array().into_iter().chain(hi.to_array());
            n.bound.iter_mut().zip(corners).for_each(|(bound, x)| bound[k] = x);
            n.child[k] = child;
        }
    }
    (nodes, depth)
}
