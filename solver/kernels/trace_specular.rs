//! Where each diffusely emitted ray ends that mirrors may pass on: the raw material of specular exchange.

use super::common::hash;
use super::mirror::follow;
use super::ray::{BvhNode, Facet, MISS, World, around, disc, facet_point, surface_normal};
use super::sobol::{sobol, sobol_fifth};
use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/trace_specular.wgsl`.
    pub struct TraceSpecularParams {
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
    /// `out_i` = (2 × facet + side where ray i is taken up, or `MISS` or `CAPPED`; the bits of its direction if it leaves after a
    /// reflection, else 0).
    ///
    /// Origins and directions are those of [`trace_exchange`](super::trace_exchange); the fifth Sobol dimension decides at
    /// which mirror a ray ends. `mirrors`: specular reflectance of each facet's front and back in the band. Truth: `specular::*`
    /// against B02, B04, B06 and images.
    Map trace_specular(TraceSpecularParams; nodes: BvhNode, facets: Facet, mirrors: [f32; 2], directions: [u32; 4], surfaces: u32) -> [u32; 4],
    structs [BvhNode, Facet], with ["sobol", "ray", "mirror"]
}

fn element<R: Real>(u: &TraceSpecularParams, x: &Inputs<'_, Cpu<R>>, _: [u32; 4], i: usize) -> [u32; 4] {
    let w = World { nodes: x.nodes, facets: x.facets };
    #[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 rays")]
    let i = i as u32;
    let sample = u.first_ray + i % u.rays;
    let stream = i / u.rays;
    let surface = u.first_surface + stream / u.replicates;
    let code = x.surfaces[surface as usize];
    let seed = hash(u.seed ^ hash(code * 16 + stream % u.replicates));
    let point = sobol(x.directions, sample, seed);
    let start = facet_point(&w.facets[(code >> 1) as usize], point[0], point[1]);
    let q = disc(point[2], point[3]);
    let z = (1.0 - q[0] * q[0] - q[1] * q[1]).max(0.0).sqrt();
    let direction = around(surface_normal(&w, code), q[0], q[1], z);
    let luck = sobol_fifth(x.directions, sample, seed);
    let path = follow(&w, x.mirrors, (start, direction, code >> 1), luck, u.nearest_m);
    let leaving = if path.code == MISS && path.bounces > 0 { path.direction } else { [0.0; 3] };
    let [a, b, c] = leaving.map(f32::to_bits);
    [path.code, a, b, c]
}
