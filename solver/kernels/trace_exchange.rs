//! What each diffusely emitted ray meets first: the raw material of view factors.

use super::common::hash;
use super::ray::{BvhNode, Facet, World, around, disc, facet_point, surface_normal, trace};
use super::sobol::sobol;
use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/trace_exchange.wgsl`.
    pub struct TraceExchangeParams {
        /// Rays of this launch.
        pub count: u32,
        /// Rays of one replicate (an independent scrambling) of one surface.
        pub rays: u32,
        /// Replicates of one surface.
        pub replicates: u32,
        /// First surface of this launch.
        pub first_surface: u32,
        /// First ray of each replicate in its sequence.
        pub first_ray: u32,
        /// Seed of all scramblings.
        pub seed: u32,
        /// Hits nearer than this are the surface itself, m.
        pub nearest_m: f32,
    }
}

crate::kernel! {
    /// `out_i` = 2 × facet + side that ray i meets first, or `MISS`.
    ///
    /// Ray i belongs to surface `i / (replicates · rays)`; its sequence is that of the surface's code, whatever the launch. Origin uniform in area (Sobol dimensions 0, 1), direction
    /// cosine-weighted by Malley's method (dimensions 2, 3), so `F_sj` is the fraction of rays of s that meet j.
    /// Truth: `view_factors::*` against exact factors A01, A02, A04, A08, A13.
    Map trace_exchange(TraceExchangeParams; nodes: BvhNode, facets: Facet, directions: [u32; 4], surfaces: u32) -> u32,
    structs [BvhNode, Facet], with ["sobol", "ray"]
}

fn element<R: Real>(u: &TraceExchangeParams, x: &Inputs<'_, Cpu<R>>, _: u32, i: usize) -> u32 {
    let w = World { nodes: x.nodes, facets: x.facets };
    #[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 rays")]
    let i = i as u32;
    let sample = u.first_ray + i % u.rays;
    let stream = i / u.rays;
    let surface = u.first_surface + stream / u.replicates;
    let code = x.surfaces[surface as usize];
    let seed = hash(u.seed ^ hash(code * 16 + stream % u.replicates));
    let point = sobol(x.directions, sample, seed);
    let start = facet_point(&w, code >> 1, point[0], point[1]);
    let q = disc(point[2], point[3]);
    let z = (1.0 - q[0] * q[0] - q[1] * q[1]).max(0.0).sqrt();
    let direction = around(surface_normal(&w, code), q[0], q[1], z);
    trace(&w, start, direction, u.nearest_m, code >> 1, false).code
}
