//! Sunlight, albedo and planet infrared on each surface around the orbit.

use super::RadiationError;
use super::mirrors::{self, Passed, Sky};
use super::scene::{Mirrors, Scene};
use super::view_factor::REPLICATES;
use crate::backend::{Backend, DeviceError};
use crate::environment::{Position, Timeline};
use crate::kernels::sunlight::{self, POINTS, SunlightParams};
use crate::kernels::{irradiance, irradiance::IrradianceParams};
use nalgebra::Vector3;

/// Outputs of one launch times samples, at most: keeps a launch short.
const SAMPLES_PER_LAUNCH: usize = 1 << 22;

/// Incident flux from outside the spacecraft, by surface and position, before any diffuse reflection.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Incident {
    /// Positions.
    pub positions: usize,
    /// Sunlight outside any shadow of the planet, W/m², surface-major: `[surface * positions + position]`. The planet's
    /// shadow is a factor in time, [`Timeline::illumination`], so that this field is smooth; so much more or less at all positions of a
    /// side that means over the span are right where the Sun leaves it between two.
    pub solar_w_m2: Vec<f64>,
    /// Sunlight that mirrors throw on surfaces, W/m², outside any shadow as well.
    pub mirrored_w_m2: Vec<f64>,
    /// Of the sunlight that mirrors throw, the fraction that was given up between mirrors or met a side which does not radiate.
    pub mirrored_lost: f64,
    /// Albedo, W/m².
    pub albedo_w_m2: Vec<f64>,
    /// Planet infrared, W/m².
    pub planet_ir_w_m2: Vec<f64>,
    /// Orbit averages of each surface and replicate less their mean, W/m²: sunlight, albedo, planet infrared.
    pub deviation_w_m2: Vec<[[f64; 3]; REPLICATES as usize]>,
    /// Largest standard error of the orbit-average sum of a surface, W/m², from the scatter of the replicates.
    pub standard_error_w_m2: f64,
}

impl Incident {
    /// Mean sunlight of each surface straight from the Sun over the timeline, W/m², the planet's shadow taken off.
    ///
    /// Truth: `environment::cube_around_an_orbit` (F07).
    pub fn mean_solar(&self, timeline: &Timeline) -> Vec<f64> {
        self.mean(&self.solar_w_m2, timeline, |p| p.sunlit_weight)
    }

    /// Mean sunlight of each surface by way of mirrors, W/m², the planet's shadow taken off.
    pub fn mean_mirrored(&self, timeline: &Timeline) -> Vec<f64> {
        self.mean(&self.mirrored_w_m2, timeline, |p| p.sunlit_weight)
    }

    /// Sunlight straight from the Sun and by way of mirrors, W/m², as [`solar_w_m2`](Self::solar_w_m2).
    pub fn sunlight_w_m2(&self) -> Vec<f64> {
        self.solar_w_m2.iter().zip(&self.mirrored_w_m2).map(|(direct, mirrored)| direct + mirrored).collect()
    }

    /// Mean albedo of each surface over the timeline, W/m².
    pub fn mean_albedo(&self, timeline: &Timeline) -> Vec<f64> {
        self.mean(&self.albedo_w_m2, timeline, |p| p.weight)
    }

    /// Mean planet infrared of each surface over the timeline, W/m².
    pub fn mean_planet_ir(&self, timeline: &Timeline) -> Vec<f64> {
        self.mean(&self.planet_ir_w_m2, timeline, |p| p.weight)
    }

    /// None at all.
    pub fn none(positions: usize, surfaces: usize) -> Self {
        let nothing = Self {
            positions,
            solar_w_m2: vec![],
            mirrored_w_m2: vec![],
            mirrored_lost: 0.0,
            albedo_w_m2: vec![],
            planet_ir_w_m2: vec![],
            deviation_w_m2: vec![],
            standard_error_w_m2: 0.0,
        };
        nothing.among(&[], surfaces)
    }

    /// That of `own` surfaces among `n`; the others are in the dark.
    #[must_use]
    pub fn among(self, own: &[usize], n: usize) -> Self {
        let field = |of: &[f64]| {
            let mut all = vec![0.0; n * self.positions];
            for (from, &to) in of.chunks(self.positions).zip(own) {
                all[to * self.positions..][..self.positions].copy_from_slice(from);
            }
            all
        };
        let mut deviation_w_m2 = vec![[[0.0; 3]; REPLICATES as usize]; n];
        own.iter().zip(&self.deviation_w_m2).for_each(|(&to, d)| deviation_w_m2[to] = *d);
        Self {
            solar_w_m2: field(&self.solar_w_m2),
            mirrored_w_m2: field(&self.mirrored_w_m2),
            albedo_w_m2: field(&self.albedo_w_m2),
            planet_ir_w_m2: field(&self.planet_ir_w_m2),
            deviation_w_m2,
            ..self
        }
    }

    /// Puts a flight together whose positions were traced in parts; `part_of` tells the part of each position. Each part's
    /// positions keep their order and their weights.
    pub fn joined(mut parts: Vec<Self>, part_of: &[usize]) -> Self {
        if parts.len() == 1 {
            return parts.remove(0);
        }
        let surfaces = parts[0].deviation_w_m2.len();
        let mut at = vec![0; parts.len()];
        let place: Vec<(usize, usize)> = part_of
            .iter()
            .map(|&part| {
                at[part] += 1;
                (part, at[part] - 1)
            })
            .collect();
        let field = |of: fn(&Self) -> &[f64]| -> Vec<f64> {
            let value = |s: usize, (part, k): (usize, usize)| of(&parts[part])[s * parts[part].positions + k];
            (0..surfaces).flat_map(|s| place.iter().map(move |p| (s, *p))).map(|(s, p)| value(s, p)).collect()
        };
        let mut deviation_w_m2 = vec![[[0.0; 3]; REPLICATES as usize]; surfaces];
        let of_parts = parts.iter().flat_map(|p| p.deviation_w_m2.iter().enumerate());
        for (s, of_part) in of_parts {
            let sums = deviation_w_m2[s].as_flattened_mut().iter_mut();
            sums.zip(of_part.as_flattened()).for_each(|(sum, d)| *sum += d);
        }
        Self {
            positions: part_of.len(),
            solar_w_m2: field(|i| &i.solar_w_m2),
            mirrored_w_m2: field(|i| &i.mirrored_w_m2),
            mirrored_lost: parts.iter().map(|p| p.mirrored_lost).fold(0.0, f64::max),
            albedo_w_m2: field(|i| &i.albedo_w_m2),
            planet_ir_w_m2: field(|i| &i.planet_ir_w_m2),
            standard_error_w_m2: deviation_w_m2.iter().map(standard_error).fold(0.0, f64::max),
            deviation_w_m2,
        }
    }

    fn mean(&self, field: &[f64], timeline: &Timeline, weight: impl Fn(&Position) -> f64) -> Vec<f64> {
        let of_surface = |f: &[f64]| f.iter().zip(&timeline.positions).map(|(x, p)| x * weight(p)).sum();
        field.chunks(self.positions).map(of_surface).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rays are traced in f32")]
fn single(v: &Vector3<f64>, w: f64) -> [f32; 4] {
    [v.x as f32, v.y as f32, v.z as f32, w as f32]
}

/// [`incident_by_mirrors`] without mirrors.
pub fn incident<B: Backend>(
    backend: &B,
    scene: &Scene,
    surfaces: &[u32],
    timeline: &Timeline,
    samples: (u32, u32),
    tick: &dyn Fn(usize),
) -> Result<Incident, RadiationError> {
    incident_by_mirrors(backend, (scene, &Mirrors::default()), surfaces, timeline, samples, tick)
}

/// Traces `samples` samples of each surface (2 × facet + side) at each position, rounded up to whole replicates; under a spin
/// average at each of its phases. What mirrors pass on is added: of Sun and planet in the band of sunlight, of the planet's infrared
/// in the infrared.
///
/// Truth: `environment::*` (A07, F07, F08, F11), `orbits::lunar_infrared` (F09), `orbits::a_spin_is_averaged`, `specular::*`.
/// `tick` is called with the surfaces done so far.
pub fn incident_by_mirrors<B: Backend>(
    backend: &B,
    (scene, mirrors): (&Scene, &Mirrors),
    surfaces: &[u32],
    timeline: &Timeline,
    (samples, seed): (u32, u32),
    tick: &dyn Fn(usize),
) -> Result<Incident, RadiationError> {
    let turned = || timeline.positions.iter().flat_map(|p| timeline.phases.iter().map(move |turn| (p, turn)));
    let planet: Vec<_> = turned().map(|(p, turn)| single(&(turn * p.nadir_body), p.sine_of_planet)).collect();
    let sun: Vec<_> = turned().map(|(p, turn)| single(&(turn * p.sun_body), 0.0)).collect();
    let sky: Vec<Sky> =
        turned().map(|(p, turn)| Sky { nadir: turn * p.nadir_body, sine: p.sine_of_planet, sun: turn * p.sun_body }).collect();
    let passed = mirrors::passed(backend, (scene, mirrors), surfaces, (&sky, &sun), (samples, seed))?;
    let positions = planet.len();
    let (planet, sun) = (backend.upload(&planet)?, backend.upload(&sun)?);
    let samples = samples.div_ceil(REPLICATES);
    #[expect(clippy::cast_possible_truncation, reason = "a small constant")]
    let passes = samples.div_ceil(POINTS as u32);
    let per_surface = positions * REPLICATES as usize;
    let per_launch = (SAMPLES_PER_LAUNCH / (per_surface * samples as usize)).clamp(1, surfaces.len().max(1));
    let (mut factors, mut lit) = (vec![], Vec::with_capacity(surfaces.len() * positions));
    for (k, chunk) in surfaces.chunks(per_launch).enumerate() {
        let arrays = scene.upload(backend, chunk)?;
        #[expect(clippy::cast_possible_truncation, reason = "counts of a launch are below 2^32")]
        let (count, of_launch) = ((chunk.len() * positions) as u32, positions as u32);
        let seed = seed.wrapping_add(0x9e37 * u32::try_from(k).unwrap_or(u32::MAX));
        let params = SunlightParams {
            count,
            points: samples.div_ceil(passes),
            passes,
            positions: of_launch,
            seed,
            nearest_m: scene.nearest_m,
        };
        let (nodes, facets, directions, surfaces) = (&arrays.nodes, &arrays.facets, &arrays.directions, &arrays.surfaces);
        let mut out = backend.upload_vec(vec![[0.0_f32; REPLICATES as usize]; count as usize])?;
        let inputs = sunlight::Inputs { nodes, facets, surfaces, sun: &sun };
        backend.launch::<sunlight::Kernel>(&params, inputs, &mut out, count as usize);
        lit.extend(backend.download(&out).map_err(|e: DeviceError| RadiationError::from(e))?);
        if timeline.positions.iter().any(|p| p.sine_of_planet > 0.0) {
            let count = count * REPLICATES;
            let params = IrradianceParams {
                count,
                samples,
                replicates: REPLICATES,
                positions: of_launch,
                seed,
                nearest_m: scene.nearest_m,
            };
            let mut out = backend.upload_vec(vec![[0.0_f32; 2]; count as usize])?;
            let inputs = irradiance::Inputs { nodes, facets, directions, surfaces, planet: &planet, sun: &sun };
            backend.launch::<irradiance::Kernel>(&params, inputs, &mut out, count as usize);
            factors.extend(backend.download(&out).map_err(|e: DeviceError| RadiationError::from(e))?);
        }
        tick(k * per_launch + chunk.len());
    }
    factors.resize(surfaces.len() * per_surface, [0.0; 2]);
    let between: Vec<f64> = surfaces.iter().map(|&code| between_positions(scene, code, timeline)).collect();
    Ok(gather(timeline, &factors, lit.as_flattened(), &passed, &between))
}

/// What the Sun between the positions makes of a side's sunlight: the mean of `S max(cos θ, 0)` over the span at many times, over that
/// by the positions' weights; 1 where either is none. Sides that turn away from the Sun between two positions are not linear there.
///
/// Truth: `orbits::a_plate_that_the_sun_leaves_between_positions`.
fn between_positions(scene: &Scene, code: u32, timeline: &Timeline) -> f64 {
    let cosine = |sun: &Vector3<f64>| scene.cosine(code, single(sun, 0.0)).max(0.0);
    let (often, seldom) = (timeline.mean_of_sun(cosine), timeline.mean_of_sun_at_positions(cosine));
    if often > 0.0 && seldom > 0.0 { often / seldom } else { 1.0 }
}

/// From factors of each replicate to fluxes and their error.
///
/// `q_infrared = F_planet × planet infrared`, and on top of it `F_albedo × (1 − albedo) × S` where the ground follows the Sun:
/// it emits `(1 − a) S cos θ` as diffusely as it reflects `a S cos θ`.
fn gather(timeline: &Timeline, factors: &[[f32; 2]], lit: &[f32], passed: &Passed, between: &[f64]) -> Incident {
    let surfaces = between.len();
    let (positions, phases) = (timeline.positions.len(), timeline.phases.len());
    let replicates = REPLICATES as usize;
    let n = surfaces * positions;
    let mut incident = Incident {
        positions,
        solar_w_m2: Vec::with_capacity(n),
        mirrored_w_m2: Vec::with_capacity(n),
        mirrored_lost: passed.lost,
        albedo_w_m2: Vec::with_capacity(n),
        planet_ir_w_m2: Vec::with_capacity(n),
        deviation_w_m2: Vec::with_capacity(surfaces),
        standard_error_w_m2: 0.0,
    };
    #[expect(clippy::cast_precision_loss, reason = "phases of a turn are few")]
    let (count, turns) = (f64::from(REPLICATES), phases as f64);
    let warm = if timeline.ground_follows_sun { 1.0 - timeline.albedo } else { 0.0 };
    let per_position = phases * replicates;
    let per_surface = positions * per_position;
    for (s, (of_surface, lit)) in factors.chunks(per_surface).zip(lit.chunks(per_surface)).enumerate() {
        let mut of_replicate = [[0.0; 3]; REPLICATES as usize];
        for (at, p) in timeline.positions.iter().enumerate() {
            let first = at * per_position;
            let (mut sums, mut thrown) = ([0.0; 3], 0.0);
            for (k, (f, lit)) in of_surface[first..].iter().zip(&lit[first..][..per_position]).enumerate() {
                let i = s * per_surface + first + k;
                let of_mirrors = passed.sunlight.get(i).map_or(0.0, |f| f * p.solar_w_m2);
                let by_mirrors = passed.infrared.get(i).copied().unwrap_or_default();
                let (planet, ground) = (f64::from(f[0]) + by_mirrors[0], f64::from(f[1]) * p.solar_w_m2);
                let albedo = ground + passed.albedo.get(i).map_or(0.0, |f| f * p.solar_w_m2);
                let warm_ground = ground + by_mirrors[1] * p.solar_w_m2;
                let direct = f64::from(*lit) * p.solar_w_m2 * between[s];
                let flux = [direct + of_mirrors, albedo * timeline.albedo, planet * timeline.planet_ir_w_m2 + warm_ground * warm];
                let mean = &mut of_replicate[k % replicates];
                for i in 0..3 {
                    mean[i] += flux[i] / turns * if i == 0 { p.sunlit_weight } else { p.weight };
                    sums[i] += [direct, flux[1], flux[2]][i] / (count * turns);
                }
                thrown += of_mirrors / (count * turns);
            }
            incident.solar_w_m2.push(sums[0]);
            incident.mirrored_w_m2.push(thrown);
            incident.albedo_w_m2.push(sums[1]);
            incident.planet_ir_w_m2.push(sums[2]);
        }
        for k in 0..3 {
            let mean = of_replicate.iter().map(|r| r[k]).sum::<f64>() / count;
            of_replicate.iter_mut().for_each(|r| r[k] -= mean);
        }
        incident.deviation_w_m2.push(of_replicate);
        incident.standard_error_w_m2 = incident.standard_error_w_m2.max(standard_error(&of_replicate));
    }
    incident
}

/// Standard error of a surface's mean flux, all kinds together, from the deviations of its replicates.
fn standard_error(of_replicate: &[[f64; 3]; REPLICATES as usize]) -> f64 {
    let count = f64::from(REPLICATES);
    let variance = of_replicate.iter().map(|r| r.iter().sum::<f64>().powi(2)).sum::<f64>() / (count - 1.0);
    (variance / count).sqrt()
}
