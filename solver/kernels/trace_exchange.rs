//! What each diffusely emitted ray meets first: the raw material of view factors.

use super::common::hash;
use super::ray::{BvhNode, Facet, World, surface_normal};
use super::shaft::{BLOCK, Fan, Room, meet};
use super::sobol::sobol_points;
use crate::backend::{Cpu, Real, rows_with};

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
    Shared trace_exchange(TraceExchangeParams; nodes: BvhNode, facets: Facet, directions: [u32; 4], surfaces: u32) -> u32,
    structs [BvhNode, Facet], with ["sobol", "ray"]
}

#[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 rays")]
fn run<R: Real>(u: &TraceExchangeParams, x: &Inputs<'_, Cpu<R>>, out: &mut [u32], n: usize) {
    let w = World { nodes: x.nodes, facets: x.facets };
    rows_with(&mut out[..n], (u.replicates * u.rays) as usize, |room: &mut Room, surface, met| {
        let code = x.surfaces[u.first_surface as usize + surface];
        for (block, met) in met.chunks_mut(BLOCK).enumerate() {
            room.points.resize(met.len(), [0.0; 4]);
            let mut points = &mut room.points[..];
            let mut i = (block * BLOCK) as u32;
            while !points.is_empty() {
                let of_replicate = ((u.rays - i % u.rays) as usize).min(points.len());
                let (some, rest) = points.split_at_mut(of_replicate);
                sobol_points(x.directions, u.first_ray + i % u.rays, hash(u.seed ^ hash(code * 16 + i / u.rays)), some);
                points = rest;
                i += of_replicate as u32;
            }
            meet(&w, code, Fan::Diffuse(surface_normal(&w, code)), u.nearest_m, room, met);
        }
    });
}
