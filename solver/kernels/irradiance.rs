//! Planet infrared and albedo on each surface at each orbit position, with shadowing.

use super::common::hash;
use super::ray::{BvhNode, Facet, MISS, World, disc, dot, surface_normal, xyz};
use super::shaft::{BLOCK, Fan, Room, meet};
use super::sobol::sobol_points;
use crate::backend::{Cpu, Real, rows_with};
use pulp::{Arch, Simd, WithSimd};

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
    Shared irradiance(IrradianceParams; nodes: BvhNode, facets: Facet, directions: [u32; 4], surfaces: u32, planet: [f32; 4], sun: [f32; 4]) -> [f32; 2],
    structs [BvhNode, Facet], with ["sobol", "ray"]
}

/// What rays carry if nothing stands in their way.
#[derive(Clone, Copy)]
struct Carried {
    normal: [f32; 3],
    to_planet: [f32; 3],
    to_sun: [f32; 3],
    sine: f32,
    cap: f32,
}

impl Carried {
    /// Directions to the planet's disc.
    #[inline(always)]
    fn fan(&self) -> Fan {
        Fan::Cone(self.to_planet, self.cap)
    }
    /// Cosine at the surface, and that times what the ground sends of the Sun's light, for a point of the unit square.
    #[inline(always)]
    fn of(&self, u: f32, v: f32) -> [f32; 2] {
        let direction = self.fan().direction(u, v);
        let cosine = dot(self.normal, direction).max(0.0);
        let q = disc(u, v);
        let h = (q[0] * q[0] + q[1] * q[1]) * self.cap;
        // Outward normal of the planet where the ray lands: s = cos of the local incidence.
        let s = (1.0 - h * (2.0 - h) / (self.sine * self.sine)).max(0.0).sqrt();
        let rest = (1.0 - h) * dot(direction, self.to_sun) - dot(self.to_planet, self.to_sun);
        [cosine, cosine * (rest / self.sine - s * dot(direction, self.to_sun)).max(0.0)]
    }
}

/// [`Carried::of`] many points.
struct All<'a> {
    carried: Carried,
    points: &'a [[f32; 4]],
    out: &'a mut [[f32; 2]],
}

impl WithSimd for All<'_> {
    type Output = ();
    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        for (p, out) in self.points.iter().zip(self.out) {
            *out = self.carried.of(p[2], p[3]);
        }
    }
}

/// Room for the rays of one surface at one position.
#[derive(Default)]
struct Rays {
    room: Room,
    met: Vec<u32>,
    carried: Vec<[f32; 2]>,
}

#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts are far below 2^24, those of a launch below 2^32")]
fn run<R: Real>(u: &IrradianceParams, x: &Inputs<'_, Cpu<R>>, out: &mut [[f32; 2]], n: usize) {
    let w = World { nodes: x.nodes, facets: x.facets };
    let samples = u.samples as usize;
    rows_with(&mut out[..n], u.replicates as usize, |rays: &mut Rays, row, out| {
        let position = row % u.positions as usize;
        let code = x.surfaces[row / u.positions as usize];
        let normal = surface_normal(&w, code);
        let (planet, to_sun) = (x.planet[position], xyz(x.sun[position]));
        let (to_planet, sine) = (xyz(planet), planet[3]);
        out.fill([0.0; 2]);
        // No planet, or none of it before the surface.
        if sine == 0.0 || dot(normal, to_planet) <= -sine {
            return;
        }
        // 1 - cos of the planet's angular radius, without cancellation.
        let cap = sine * sine / (1.0 + (1.0 - sine * sine).max(0.0).sqrt());
        let carried = Carried { normal, to_planet, to_sun, sine, cap };
        // Replicates that are sorted together.
        let together = (BLOCK / samples).max(1);
        for (k, out) in out.chunks_mut(together).enumerate() {
            let first = row * u.replicates as usize + k * together;
            rays.room.points.resize(out.len() * samples, [0.0; 4]);
            for (i, points) in (first..).zip(rays.room.points.chunks_mut(samples)) {
                sobol_points(x.directions, 0, hash(u.seed ^ hash(i as u32)), points);
            }
            rays.met.resize(rays.room.points.len(), MISS);
            rays.carried.resize(rays.room.points.len(), [0.0; 2]);
            meet(&w, code, carried.fan(), u.nearest_m, &mut rays.room, &mut rays.met);
            Arch::new().dispatch(All { carried, points: &rays.room.points, out: &mut rays.carried });
            let all = rays.met.chunks(samples).zip(rays.carried.chunks(samples));
            for (out, (met, carried)) in out.iter_mut().zip(all) {
                let free = met.iter().zip(carried).filter(|(met, _)| **met == MISS);
                let [view, albedo] = free.fold([0.0; 2], |[v, a], (_, c)| [v + c[0], a + c[1]]);
                *out = [2.0 * cap * view / samples as f32, 2.0 * cap * albedo / samples as f32];
            }
        }
    });
}
