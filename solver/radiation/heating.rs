//! Sunlight, albedo and planet infrared on each surface around the orbit.

use super::RadiationError;
use super::scene::Scene;
use super::view_factor::REPLICATES;
use crate::backend::{Backend, DeviceError};
use crate::environment::Timeline;
use crate::kernels::irradiance::{Inputs, IrradianceParams, Kernel};
use nalgebra::Vector3;

/// Outputs of one launch times samples, at most: keeps a launch short.
const SAMPLES_PER_LAUNCH: usize = 1 << 22;

/// Incident flux from outside the spacecraft, by surface and position, before any reflection.
#[derive(Clone, Debug)]
pub struct Incident {
    /// Positions.
    pub positions: usize,
    /// Sunlight, W/m², surface-major: `[surface * positions + position]`.
    pub solar_w_m2: Vec<f64>,
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
    /// Weighted mean over the orbit of one of the fields.
    pub fn orbit_mean(&self, field: &[f64], timeline: &Timeline) -> Vec<f64> {
        field.chunks(self.positions).map(|f| f.iter().zip(&timeline.positions).map(|(x, p)| x * p.weight).sum()).collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "rays are traced in f32")]
fn single(v: &Vector3<f64>, w: f64) -> [f32; 4] {
    [v.x as f32, v.y as f32, v.z as f32, w as f32]
}

/// Traces `samples` samples of each surface (2 × facet + side) at each position, rounded up to whole replicates.
///
/// Truth: `environment::*` (A07, F07, F08, F11). `tick` is called with the surfaces done so far.
pub fn incident<B: Backend>(
    backend: &B,
    scene: &Scene,
    surfaces: &[u32],
    timeline: &Timeline,
    (samples, seed): (u32, u32),
    tick: &dyn Fn(usize),
) -> Result<Incident, RadiationError> {
    let positions = timeline.positions.len();
    let planet: Vec<_> = timeline.positions.iter().map(|p| single(&p.nadir_body, timeline.sine_of_planet)).collect();
    let sun: Vec<_> = timeline.positions.iter().map(|p| single(&p.sun_body, 0.0)).collect();
    let (planet, sun) = (backend.upload(&planet)?, backend.upload(&sun)?);
    let samples = samples.div_ceil(REPLICATES);
    let outputs_per_surface = positions * REPLICATES as usize;
    let per_launch = (SAMPLES_PER_LAUNCH / (outputs_per_surface * samples as usize)).clamp(1, surfaces.len().max(1));
    let mut factors = Vec::with_capacity(surfaces.len() * outputs_per_surface);
    for (k, chunk) in surfaces.chunks(per_launch).enumerate() {
        let arrays = scene.upload(backend, chunk)?;
        let count = chunk.len() * outputs_per_surface;
        let mut out = backend.upload(&vec![[0.0_f32; 4]; count])?;
        #[expect(clippy::cast_possible_truncation, reason = "counts of a launch are below 2^32")]
        let params = IrradianceParams {
            count: count as u32,
            samples,
            replicates: REPLICATES,
            positions: positions as u32,
            seed: seed.wrapping_add(0x9e37 * k as u32),
            nearest_m: scene.nearest_m,
        };
        let inputs = Inputs {
            nodes: &arrays.nodes,
            facets: &arrays.facets,
            directions: &arrays.directions,
            surfaces: &arrays.surfaces,
            planet: &planet,
            sun: &sun,
        };
        backend.launch::<Kernel>(&params, inputs, &mut out, count);
        factors.extend(backend.download(&out).map_err(|e: DeviceError| RadiationError::from(e))?);
        tick(k * per_launch + chunk.len());
    }
    Ok(gather(timeline, &factors, surfaces.len()))
}

/// From factors of each replicate to fluxes and their error.
fn gather(timeline: &Timeline, factors: &[[f32; 4]], surfaces: usize) -> Incident {
    let positions = timeline.positions.len();
    let replicates = REPLICATES as usize;
    let n = surfaces * positions;
    let mut incident = Incident {
        positions,
        solar_w_m2: Vec::with_capacity(n),
        albedo_w_m2: Vec::with_capacity(n),
        planet_ir_w_m2: Vec::with_capacity(n),
        deviation_w_m2: Vec::with_capacity(surfaces),
        standard_error_w_m2: 0.0,
    };
    let count = f64::from(REPLICATES);
    for of_surface in factors.chunks(positions * replicates) {
        let mut of_replicate = [[0.0; 3]; REPLICATES as usize];
        for (of_position, p) in of_surface.chunks(replicates).zip(&timeline.positions) {
            let mut sums = [0.0; 3];
            for (r, f) in of_position.iter().enumerate() {
                let flux = [
                    f64::from(f[0]) * timeline.planet_ir_w_m2,
                    f64::from(f[1]) * timeline.albedo * timeline.solar_w_m2,
                    f64::from(f[2]) * timeline.solar_w_m2 * p.illumination,
                ];
                let [infrared, albedo, solar] = flux;
                of_replicate[r].iter_mut().zip([solar, albedo, infrared]).for_each(|(m, x)| *m += p.weight * x);
                sums.iter_mut().zip(flux).for_each(|(s, x)| *s += x / count);
            }
            incident.planet_ir_w_m2.push(sums[0]);
            incident.albedo_w_m2.push(sums[1]);
            incident.solar_w_m2.push(sums[2]);
        }
        for k in 0..3 {
            let mean = of_replicate.iter().map(|r| r[k]).sum::<f64>() / count;
            of_replicate.iter_mut().for_each(|r| r[k] -= mean);
        }
        let variance = of_replicate.iter().map(|r| r.iter().sum::<f64>().powi(2)).sum::<f64>() / (count - 1.0);
        incident.deviation_w_m2.push(of_replicate);
        incident.standard_error_w_m2 = incident.standard_error_w_m2.max((variance / count).sqrt());
    }
    incident
}
