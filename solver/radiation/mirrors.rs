//! Rays that specular surfaces pass on: of surfaces, of the planet, of the Sun.

use super::RadiationError;
use super::scene::{Mirrors, Scene};
use super::view_factor::{RAYS_PER_LAUNCH, REPLICATES};
use crate::backend::{Backend, parallel_map};
use crate::kernels::mirror::CAPPED;
use crate::kernels::mirrored_sunlight::{self, MirroredSunlightParams, UNLIT};
use crate::kernels::ray::MISS;
use crate::kernels::trace_specular::{Inputs, Kernel, TraceSpecularParams};
use nalgebra::Vector3;

const R: usize = REPLICATES as usize;

/// Where `rays` rays of each replicate of each surface end, from the `first_ray`-th on, mirrors passed: handed over for some
/// whole surfaces at a time as (code in tree order, bits of the direction in which a mirrored ray leaves).
pub(super) fn ends<B: Backend>(
    backend: &B,
    (scene, band): (&Scene, &[f64]),
    codes: &[u32],
    (first_ray, rays, seed): (u32, u32, u32),
    take: &mut dyn FnMut(&[[u32; 4]]),
) -> Result<(), RadiationError> {
    let arrays = scene.upload(backend, codes)?;
    let mirrors = scene.upload_mirrors(backend, band)?;
    let per_surface = (rays * REPLICATES) as usize;
    let per_launch = (RAYS_PER_LAUNCH / per_surface).clamp(1, codes.len().max(1));
    let mut ends = backend.upload_vec(vec![[0_u32; 4]; per_launch * per_surface])?;
    for first in (0..codes.len()).step_by(per_launch) {
        let of_launch = per_launch.min(codes.len() - first) * per_surface;
        #[expect(clippy::cast_possible_truncation, reason = "surface and ray counts of a launch are below 2^32")]
        let params = TraceSpecularParams {
            count: of_launch as u32,
            rays,
            replicates: REPLICATES,
            first_surface: first as u32,
            first_ray,
            seed,
            nearest_m: scene.nearest_m,
        };
        let inputs = Inputs {
            nodes: &arrays.nodes,
            facets: &arrays.facets,
            mirrors: &mirrors,
            directions: &arrays.directions,
            surfaces: &arrays.surfaces,
        };
        backend.launch::<Kernel>(&params, inputs, &mut ends, of_launch);
        take(&backend.download(&ends)?[..of_launch]);
    }
    Ok(())
}

/// The planet and the Sun as seen at one position, body frame.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sky {
    /// Unit vector to the planet's centre.
    pub(super) nadir: Vector3<f64>,
    /// Radius of the planet over the distance to its centre; 0: none.
    pub(super) sine: f64,
    /// Unit vector to the Sun.
    pub(super) sun: Vector3<f64>,
}

impl Sky {
    /// `[1, cosine of the Sun at the ground]` for a direction that ends on the planet.
    fn met(&self, direction: &Vector3<f64>) -> Option<[f64; 2]> {
        let height = direction.dot(&self.nadir);
        let s = height * height - (1.0 - self.sine * self.sine);
        if self.sine == 0.0 || height <= 0.0 || s <= 0.0 {
            return None;
        }
        // Outward normal of the ground: ((height − √s) d − nadir)/sine, √s/sine the cosine of the ray on it.
        let along = (height - s.sqrt()) * direction.dot(&self.sun) - self.nadir.dot(&self.sun);
        Some([1.0, (along / self.sine).max(0.0)])
    }
}

/// View factor to the planet and irradiation over (albedo × solar flux) that reach each surface by way of mirrors:
/// `[surface][position][replicate]`, from `rays` cosine-weighted rays of each surface that serve all positions.
///
/// A ray that leaves after k ≥ 1 reflections counts whole, as in [`ViewFactors`](super::view_factor::ViewFactors). Truth:
/// `specular::a_mirror_shows_the_planet`.
pub(super) fn of_planet<B: Backend>(
    backend: &B,
    scene: (&Scene, &[f64]),
    codes: &[u32],
    sky: &[Sky],
    (rays, seed): (u32, u32),
) -> Result<Vec<[f64; 2]>, RadiationError> {
    let rays = rays.div_ceil(REPLICATES);
    let mut factors = Vec::with_capacity(codes.len() * sky.len() * R);
    ends(backend, scene, codes, (0, rays, seed), &mut |ends| {
        let per_surface = rays as usize * R;
        let of_surface = parallel_map(ends.len() / per_surface, |s| {
            let mut sums = vec![[0.0; 2]; sky.len() * R];
            for (k, end) in ends[s * per_surface..][..per_surface].iter().enumerate().filter(|(_, e)| e[0] == MISS) {
                let direction = Vector3::new(end[1], end[2], end[3]).map(|bits| f64::from(f32::from_bits(bits)));
                for (p, sky) in sky.iter().enumerate().filter(|_| direction != Vector3::zeros()) {
                    if let Some([view, ground]) = sky.met(&direction) {
                        let sum = &mut sums[p * R + k / rays as usize];
                        *sum = [sum[0] + view / f64::from(rays), sum[1] + ground / f64::from(rays)];
                    }
                }
            }
            sums
        });
        factors.extend(of_surface.into_iter().flatten());
    })?;
    Ok(factors)
}

/// Sunlight that mirrors throw on surfaces.
#[derive(Debug)]
pub(super) struct Thrown {
    /// Irradiation over the solar flux, `[surface][position][replicate]`.
    pub(super) factor: Vec<f64>,
    /// Of the light that mirrors throw, the fraction that was given up between mirrors or met a side which does not radiate.
    pub(super) lost: f64,
}

/// Sunlight that mirrors throw on each surface at each direction of the Sun, before eclipse, from `rays` rays of each mirror.
///
/// Each lit point of a mirror m sends on `ρ_s,m A_m cos θ / N`; where surface j takes it up the irradiation
/// `(that)/((1 − ρ_s,j) A_j)` counts, because j takes up `(1 − ρ_s,j) H_j A_j`. Assumes: plane waves of sunlight, flat
/// mirrors. Truth: `specular::a_mirror_throws_sunlight_on_a_plate`.
pub(super) fn of_sun<B: Backend>(
    backend: &B,
    (scene, band): (&Scene, &[f64]),
    codes: &[u32],
    sun: &[[f32; 4]],
    (rays, seed): (u32, u32),
) -> Result<Thrown, RadiationError> {
    let rays = rays.div_ceil(REPLICATES);
    let mut surface_of_code = vec![usize::MAX; band.len()];
    codes.iter().enumerate().for_each(|(s, &c)| surface_of_code[c as usize] = s);
    let throwing: Vec<u32> = (0_u32..).zip(band).filter(|(_, r)| **r > 0.0).map(|(c, _)| c).collect();
    let arrays = scene.upload(backend, &throwing)?;
    let mirrors = scene.upload_mirrors(backend, band)?;
    let to_sun = backend.upload(sun)?;
    let area_m2 = |code: u32| scene.area_m2((code >> 1) as usize);
    let (per_position, per_mirror) = (rays as usize * R, sun.len() * rays as usize * R);
    let per_launch = (RAYS_PER_LAUNCH / per_mirror).clamp(1, throwing.len().max(1));
    let mut met = backend.upload_vec(vec![0_u32; per_launch * per_mirror])?;
    let mut factor = vec![0.0; codes.len() * sun.len() * R];
    let (mut all, mut lost) = (0.0, 0.0);
    for first in (0..throwing.len()).step_by(per_launch) {
        let of_launch = per_launch.min(throwing.len() - first) * per_mirror;
        #[expect(clippy::cast_possible_truncation, reason = "counts of a launch are below 2^32")]
        let params = MirroredSunlightParams {
            count: of_launch as u32,
            rays,
            replicates: REPLICATES,
            positions: sun.len() as u32,
            first_surface: first as u32,
            seed,
            nearest_m: scene.nearest_m,
        };
        let inputs = mirrored_sunlight::Inputs {
            nodes: &arrays.nodes,
            facets: &arrays.facets,
            mirrors: &mirrors,
            directions: &arrays.directions,
            surfaces: &arrays.surfaces,
            sun: &to_sun,
        };
        backend.launch::<mirrored_sunlight::Kernel>(&params, inputs, &mut met, of_launch);
        let met_codes = backend.download(&met)?;
        for (k, of_position) in met_codes[..of_launch].chunks(per_position).enumerate() {
            let (code, p) = (throwing[first + k / sun.len()], k % sun.len());
            let cosine = scene.cosine(code, sun[p]);
            let power = band[code as usize] * area_m2(code) * cosine / f64::from(rays);
            for (n, &end) in of_position.iter().enumerate().filter(|(_, e)| **e != UNLIT) {
                all += power;
                if end == MISS {
                    continue;
                }
                let taken_by = if end == CAPPED { usize::MAX } else { surface_of_code[scene.code(end) as usize] };
                if taken_by == usize::MAX {
                    lost += power;
                    continue;
                }
                let code = codes[taken_by];
                let taking_m2 = (1.0 - band[code as usize]) * area_m2(code);
                factor[(taken_by * sun.len() + p) * R + n / rays as usize] += power / taking_m2;
            }
        }
    }
    Ok(Thrown { factor, lost: if all > 0.0 { lost / all } else { 0.0 } })
}

/// What reaches surfaces from outside by way of mirrors, `[surface][position][replicate]`; empty where a band has none.
#[derive(Debug, Default)]
pub(super) struct Passed {
    /// Sunlight over the solar flux.
    pub(super) sunlight: Vec<f64>,
    /// In sunlight: irradiation over (albedo × solar flux).
    pub(super) albedo: Vec<f64>,
    /// In the infrared: view factor to the planet, irradiation over solar flux from ground that follows the Sun.
    pub(super) infrared: Vec<[f64; 2]>,
    /// See [`Thrown::lost`].
    pub(super) lost: f64,
}

/// All that mirrors pass on, with `samples` samples of each mirror at each position, and as many in all of each surface.
pub(super) fn passed<B: Backend>(
    backend: &B,
    (scene, mirrors): (&Scene, &Mirrors),
    codes: &[u32],
    (sky, sun): (&[Sky], &[[f32; 4]]),
    (samples, seed): (u32, u32),
) -> Result<Passed, RadiationError> {
    let mut passed = Passed::default();
    let planet = sky.iter().any(|s| s.sine > 0.0);
    #[expect(clippy::cast_possible_truncation, reason = "positions are few")]
    let rays = samples.saturating_mul(sky.len() as u32).min(MOST_RAYS.max(samples));
    if !mirrors.solar.is_empty() {
        let thrown = of_sun(backend, (scene, &mirrors.solar), codes, sun, (samples, seed))?;
        (passed.sunlight, passed.lost) = (thrown.factor, thrown.lost);
        if planet {
            let of = of_planet(backend, (scene, &mirrors.solar), codes, sky, (rays, seed))?;
            if mirrors.solar == mirrors.infrared {
                passed.infrared.clone_from(&of);
            }
            passed.albedo = of.iter().map(|f| f[1]).collect();
        }
    }
    if planet && !mirrors.infrared.is_empty() && passed.infrared.is_empty() {
        passed.infrared = of_planet(backend, (scene, &mirrors.infrared), codes, sky, (rays, seed))?;
    }
    Ok(passed)
}

/// Rays of a surface for the planet in mirrors, at most.
const MOST_RAYS: u32 = 1 << 14;
