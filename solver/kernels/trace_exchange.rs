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
    /// Ray i belongs to surface `i / (replicates · rays)`; its sequence is that of the surface's code, whatever the launch. Origin
    /// uniform in area (Sobol dimensions 0, 1), direction cosine-weighted by Malley's method (dimensions 2, 3), so `F_sj` is the fraction of rays of s that meet j.
    /// Truth: `view_factors::*` against exact factors A01, A02, A04, A08, A13.
    Shared trace_exchange(TraceExchangeParams; nodes: BvhNode, facets: Facet, directions: [u32; 4], surfaces: u32) -> u32,
    structs [BvhNode, Facet], with ["sobol", "ray"]
}

fn run<R: Real>(u: &TraceExchangeParams, x: &Inputs<'_, Cpu<R>>, out: &mut [u32], n: usize) {
    let w = World { nodes: x.nodes, facets: x.facets };
    rows_with(&mut out[..n], (u.replicates * u.rays) as usize, |room: &mut Room, surface, met| {
        let code = x.surfaces[u.first_surface as usize + surface];
        let sequence = Sequence { directions: x.directions, seed: u.seed, code, rays: u.rays, first_ray: u.first_ray };
        for (block, met) in met.chunks_mut(BLOCK).enumerate() {
            sequence.put(block * BLOCK, met.len(), &mut room.points);
            meet(&w, code, Fan::Diffuse(surface_normal(&w, code)), u.nearest_m, room, met);
        }
    });
}

/// The numbers of a surface's rays, replicate after replicate.
pub struct Sequence<'a> {
    /// Sobol direction numbers.
    pub directions: &'a [[u32; 4]],
    /// Seed of all scramblings.
    pub seed: u32,
    /// The surface's code.
    pub code: u32,
    /// Rays of a replicate.
    pub rays: u32,
    /// First ray of each replicate in its sequence.
    pub first_ray: u32,
}

impl Sequence<'_> {
    /// Number of the surface's i-th ray in the sequence of its replicate, and the seed of that.
    #[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 rays")]
    pub fn of(&self, i: usize) -> (u32, u32) {
        let i = i as u32;
        (self.first_ray + i % self.rays, hash(self.seed ^ hash(self.code * 16 + i / self.rays)))
    }
    /// Points of `count` rays from the `first`-th on.
    pub fn put(&self, first: usize, count: usize, points: &mut Vec<[f32; 4]>) {
        points.resize(count, [0.0; 4]);
        let (mut rest, mut i) = (&mut points[..], first);
        while !rest.is_empty() {
            let of_replicate = (self.rays as usize - i % self.rays as usize).min(rest.len());
            let (some, others) = rest.split_at_mut(of_replicate);
            let (sample, seed) = self.of(i);
            sobol_points(self.directions, sample, seed, some);
            (rest, i) = (others, i + of_replicate);
        }
    }
}
