//! Where the sunlight ends that each mirror throws.

use super::common::hash;
use super::mirror::{CAPPED, follow, mirrored};
use super::ray::{BvhNode, Facet, MISS, World, dot, facet_point, surface_normal, trace, xyz};
use super::sobol::sobol;
use crate::backend::{Cpu, Real};

/// Code of a point that the Sun does not reach.
pub const UNLIT: u32 = CAPPED - 1;
/// What `tests/contract.rs` compares with the WGSL constants.
pub const CONSTANTS: &[(&str, u32)] = &[("UNLIT", UNLIT)];

crate::wgsl_struct! {
    /// Uniform of `shaders/mirrored_sunlight.wgsl`.
    pub struct MirroredSunlightParams {
        /// Rays of this launch.
        pub count: u32,
        /// Rays of one replicate of one mirror at one position.
        pub rays: u32,
        /// Independent scramblings.
        pub replicates: u32,
        /// Orbit positions.
        pub positions: u32,
        /// First mirror of this launch.
        pub first_surface: u32,
        /// Seed of all scramblings.
        pub seed: u32,
        /// Hits nearer than this are the surface itself, m.
        pub nearest_m: f32,
    }
}

crate::kernel! {
    /// `out_i` = 2 × facet + side where the beam from a point of a mirror ends, `MISS`, `CAPPED`, or `UNLIT` where the point lies in
    /// the shade.
    ///
    /// Mirrors slowest, then positions, replicates, rays. A point that the Sun reaches throws its light along
    /// `2 (n · s) n − s`; further mirrors pass it on by [`follow`] with the third Sobol dimension. Each ray carries the power
    /// `ρ_s S cos θ A / N`. Assumes: plane waves of sunlight. Truth: `specular::a_mirror_throws_sunlight_on_a_plate`.
    Map mirrored_sunlight(MirroredSunlightParams; nodes: BvhNode, facets: Facet, mirrors: [f32; 2], directions: [u32; 4], surfaces: u32, sun: [f32; 4]) -> u32,
    structs [BvhNode, Facet], with ["sobol", "ray", "mirror"]
}

fn element<R: Real>(u: &MirroredSunlightParams, x: &Inputs<'_, Cpu<R>>, _: u32, i: usize) -> u32 {
    let w = World { nodes: x.nodes, facets: x.facets };
    #[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 rays")]
    let i = i as u32;
    // Replicate of a position of a surface.
    let stream = i / u.rays;
    let of_surface = u.positions * u.replicates;
    let code = x.surfaces[(u.first_surface + stream / of_surface) as usize];
    let seed = hash(hash(u.seed ^ hash(code)).wrapping_add(stream % of_surface));
    let normal = surface_normal(&w, code);
    let to_sun = xyz(x.sun[((stream / u.replicates) % u.positions) as usize]);
    if dot(normal, to_sun) <= 0.0 {
        return UNLIT;
    }
    let point = sobol(x.directions, i % u.rays, seed);
    let start = facet_point(&w.facets[(code >> 1) as usize], point[0], point[1]);
    if trace(&w, start, to_sun, u.nearest_m, code >> 1, true).code != MISS {
        return UNLIT;
    }
    let direction = mirrored(to_sun.map(|c| -c), normal);
    let first = trace(&w, start, direction, u.nearest_m, code >> 1, false);
    follow(&w, x.mirrors, (start, direction), first, point[2], u.nearest_m).code
}
