//! Where each diffusely emitted ray ends that mirrors may pass on: the raw material of specular exchange.

use super::mirror::follow;
use super::ray::{BvhNode, Facet, Hit, MISS, World, affine, dot, facet_point, surface_normal, xyz};
use super::shaft::{BLOCK, Fan, Room, meet};
use super::sobol::sobol_fifth;
use super::trace_exchange::Sequence;
use crate::backend::{Cpu, Real, rows_with};

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
    Shared trace_specular(TraceSpecularParams; nodes: BvhNode, facets: Facet, mirrors: [f32; 2], directions: [u32; 4], surfaces: u32) -> [u32; 4],
    structs [BvhNode, Facet], with ["sobol", "ray", "mirror"]
}

/// Room for the rays of one surface.
#[derive(Default)]
struct Rays {
    room: Room,
    met: Vec<u32>,
}

fn run<R: Real>(u: &TraceSpecularParams, x: &Inputs<'_, Cpu<R>>, out: &mut [[u32; 4]], n: usize) {
    let w = World { nodes: x.nodes, facets: x.facets };
    rows_with(&mut out[..n], (u.replicates * u.rays) as usize, |rays: &mut Rays, surface, out| {
        let code = x.surfaces[u.first_surface as usize + surface];
        let (own, fan) = (code >> 1, Fan::Diffuse(surface_normal(&w, code)));
        let sequence = Sequence { directions: x.directions, seed: u.seed, code, rays: u.rays, first_ray: u.first_ray };
        for (block, out) in out.chunks_mut(BLOCK).enumerate() {
            sequence.put(block * BLOCK, out.len(), &mut rays.room.points);
            rays.met.resize(out.len(), MISS);
            meet(&w, code, fan, u.nearest_m, &mut rays.room, &mut rays.met);
            for (k, (out, &met)) in out.iter_mut().zip(&rays.met).enumerate() {
                *out = [met, 0, 0, 0];
                if met == MISS || x.mirrors[(met >> 1) as usize][(met & 1) as usize] == 0.0 {
                    continue;
                }
                let p = rays.room.points[k];
                let (start, direction) = (facet_point(&w.facets[own as usize], p[0], p[1]), fan.direction(p[2], p[3]));
                let plane = w.facets[(met >> 1) as usize].plane;
                let first = Hit { code: met, distance: -affine(plane, start) / dot(xyz(plane), direction) };
                let (sample, seed) = sequence.of(block * BLOCK + k);
                let luck = sobol_fifth(x.directions, sample, seed);
                let path = follow(&w, x.mirrors, (start, direction), first, luck, u.nearest_m);
                let leaving = if path.code == MISS && path.bounces > 0 { path.direction } else { [0.0; 3] };
                let [a, b, c] = leaving.map(f32::to_bits);
                *out = [path.code, a, b, c];
            }
        }
    });
}
