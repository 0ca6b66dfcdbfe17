//! Planet infrared and albedo on each surface at each orbit position, with shadowing.

use super::common::hash;
use super::ray::{BvhNode, Facet, MISS, World, around, disc, facet_point, surface_normal, trace};
use super::sobol::sobol;
use crate::backend::{Cpu, Real};

crate::wgsl_struct! {
    /// Uniform of `shaders/irradiance.wgsl`.
    pub struct IrradianceParams {
        /// Outputs of this launch: surfaces × positions × replicates.
        pub count: u32,
        /// Samples of one replicate.
        pub samples: u32,
        /// Independent scramblings.
        pub replicates: u32,
        /// Orbit positions.
        pub positions: u32,
        /// Seed of all scramblings.
        pub seed: u32,
        /// Hits nearer than this are the surface itself, m.
        pub nearest_m: f32,
    }
}

crate::kernel! {
    /// `out = [F_planet, F_albedo]` of replicate `i mod replicates`, position and surface (slowest).
    ///
    /// `F_planet`: view factor to the planet. `F_albedo`: irradiance over (albedo × solar flux) from a Lambert sphere lit
    /// by the Sun. Both with shadowing by the facets.
    ///
    /// | name | unit | shape |
    /// |---|---|---|
    /// | `planet` | unit vector to the planet's centre, w = planet radius / distance (0: none) | one per position |
    /// | `sun` | unit vector to the Sun, body frame | one per position |
    ///
    /// The planet's disc is sampled uniformly in solid angle: `F = Ω/π · mean(cos θ · visible)`.
    /// Assumes: a spherical planet of uniform temperature and albedo. Truth: `environment::*` against A07, F07, F08.
    Map irradiance(IrradianceParams; nodes: BvhNode, facets: Facet, directions: [u32; 4], surfaces: u32, planet: [f32; 4], sun: [f32; 4]) -> [f32; 2],
    structs [BvhNode, Facet], with ["sobol", "ray"]
}

fn xyz(v: [f32; 4]) -> [f32; 3] {
    [v[0], v[1], v[2]]
}
fn dot(a: [f32; 3], b: [f32; 3]) -> f32 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

#[expect(clippy::cast_precision_loss, reason = "sample counts are far below 2^24")]
fn element<R: Real>(u: &IrradianceParams, x: &Inputs<'_, Cpu<R>>, _: [f32; 2], i: usize) -> [f32; 2] {
    let w = World { nodes: x.nodes, facets: x.facets };
    #[expect(clippy::cast_possible_truncation, reason = "a launch has fewer than 2^32 outputs")]
    let i = i as u32;
    let position = (i / u.replicates) % u.positions;
    let surface = i / (u.replicates * u.positions);
    let seed = hash(u.seed ^ hash(i));
    let code = x.surfaces[surface as usize];
    let normal = surface_normal(&w, code);
    let (planet, sun) = (x.planet[position as usize], x.sun[position as usize]);
    let (to_planet, to_sun, sine) = (xyz(planet), xyz(sun), planet[3]);
    // 1 - cos of the planet's angular radius, without cancellation.
    let cap = sine * sine / (1.0 + (1.0 - sine * sine).max(0.0).sqrt());
    let (mut view, mut albedo) = (0.0, 0.0);
    for k in 0..if sine == 0.0 { 0 } else { u.samples } {
        let point = sobol(x.directions, k, seed);
        let start = facet_point(&w.facets[(code >> 1) as usize], point[0], point[1]);
        let q = disc(point[2], point[3]);
        let h = (q[0] * q[0] + q[1] * q[1]) * cap;
        let stretch = (cap * (2.0 - h)).max(0.0).sqrt();
        let direction = around(to_planet, q[0] * stretch, q[1] * stretch, 1.0 - h);
        let cosine = dot(normal, direction);
        if cosine <= 0.0 || trace(&w, start, direction, u.nearest_m, code >> 1, true).code != MISS {
            continue;
        }
        view += cosine;
        // Outward normal of the planet where the ray lands: s = cos of the local incidence.
        let s = (1.0 - h * (2.0 - h) / (sine * sine)).max(0.0).sqrt();
        let rest = (1.0 - h) * dot(direction, to_sun) - dot(to_planet, to_sun);
        albedo += cosine * (rest / sine - s * dot(direction, to_sun)).max(0.0);
    }
    let n = u.samples as f32;
    [2.0 * cap * view / n, 2.0 * cap * albedo / n]
}
