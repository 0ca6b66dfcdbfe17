//! Facets in the order of a bounding-volume tree, ready for either backend.

use super::RadiationError;
use crate::backend::Backend;
use crate::kernels::ray::{BvhNode, Facet, STACK, sobol_directions};
use crate::mesh::{Outline, Shape};
use glam::Vec3A;
use nalgebra::Vector3;
use obvhs::{BvhBuildParams, aabb::Aabb, bvh2::builder::build_bvh2};

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
    pub directions: B::Array<u32>,
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
    Facet {
        origin: single(shape.origin, if shape.outline == Outline::Ellipse { 1.0 } else { 0.0 }),
        edge_u: single(u, 0.0),
        edge_v: single(v, 0.0),
        normal: single(normal / square.sqrt(), 0.0),
        dual_u: single(v.cross(&normal) / square, 0.0),
        dual_v: single(normal.cross(&u) / square, 0.0),
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
    /// Builds the tree. Errors: [`RadiationError::NoArea`], [`RadiationError::TooDeep`].
    pub fn new(shapes: &[Shape]) -> Result<Self, RadiationError> {
        let areas_m2: Vec<f64> = shapes.iter().map(Shape::area_m2).collect();
        if let Some(facet) = areas_m2.iter().position(|a| !(*a > 0.0 && a.is_finite())) {
            return Err(RadiationError::NoArea { facet });
        }
        let boxes: Vec<Aabb> = shapes.iter().map(bounds).collect();
        let bvh = build_bvh2(&boxes, BvhBuildParams::medium_build(), &mut std::time::Duration::default());
        let nodes: Vec<BvhNode> = bvh
            .nodes
            .iter()
            .map(|n| {
                let (lo, hi) = (n.aabb().min, n.aabb().max);
                BvhNode {
                    min_x: lo.x,
                    min_y: lo.y,
                    min_z: lo.z,
                    count: n.prim_count,
                    max_x: hi.x,
                    max_y: hi.y,
                    max_z: hi.z,
                    first: n.first_index,
                }
            })
            .collect();
        let depth = depth(&nodes);
        if depth + 2 > STACK {
            return Err(RadiationError::TooDeep { depth, limit: STACK - 2 });
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
    /// Surface code (2 × facet + side) from one in tree order.
    pub fn code(&self, slot_code: u32) -> u32 {
        2 * self.facet_of_slot[(slot_code >> 1) as usize] + (slot_code & 1)
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

fn depth(nodes: &[BvhNode]) -> usize {
    let (mut deepest, mut stack) = (0, vec![(0_u32, 1_usize)]);
    while let Some((n, level)) = stack.pop() {
        deepest = deepest.max(level);
        let node = &nodes[n as usize];
        if node.count == 0 {
            stack.extend([(node.first, level + 1), (node.first + 1, level + 1)]);
        }
    }
    deepest
}
