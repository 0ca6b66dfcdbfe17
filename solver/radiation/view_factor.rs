//! View factors by ray tracing, made reciprocal and closed together.

pub use super::quality::Quality;
use super::scene::Scene;
use super::{RadiationError, mirrors};
use crate::backend::{Backend, parallel_map, parallel_map_with};
use crate::kernels::mirror::CAPPED;
use crate::kernels::ray::MISS;
use crate::kernels::sunlight;
use crate::kernels::trace_exchange::{Inputs, Kernel, TraceExchangeParams};
use sprs::{CsMat, TriMat};

/// Independent scramblings of each surface; their scatter gives the error bar.
#[expect(clippy::cast_possible_truncation, reason = "a small constant")]
pub const REPLICATES: u32 = sunlight::REPLICATES as u32;
/// Rays of one launch, at most: keeps a launch short and its output small.
pub(super) const RAYS_PER_LAUNCH: usize = 1 << 21;

/// View factors between surfaces and to space; where surfaces mirror, specular exchange factors.
///
/// With specular reflectances `ρ_s` a ray that leaves i diffusely is passed on by mirrors until one surface takes it up, which a
/// surface j that it meets does with the probability `1 − ρ_s,j`. `T_ij` is the probability that this is j. With `E_ij` the mean
/// number of times that it meets j, `T_ij = (1 − ρ_s,j) E_ij`, and `A_i E_ij = A_j E_ji` because every mirrored path can be gone
/// backwards with the same loss; so `S_ij = (1 − ρ_s,i) A_i T_ij` is symmetric and its rows sum to `(1 − ρ_s,i) A_i`: what view
/// factors are to areas A, T is to areas `(1 − ρ_s) A`. The irradiation `H_i = H⁰_i + Σ_j E_ij J_j`, with the diffuse radiosity
/// `J = E + ρ_d H` and `ρ_d = ρ − ρ_s`, is `H_i = H⁰_i + Σ_j T_ij J_j/(1 − ρ_s,j)`: that of diffuse surfaces which
/// emit `E/(1 − ρ_s)` and reflect `ρ_d/(1 − ρ_s)`. Source: Modest, Radiative Heat Transfer, chapter 6 (specular exchange
/// factors). Truth: `specular::*`.
#[derive(Clone, Debug)]
pub struct ViewFactors {
    /// Area of each surface, m².
    pub area_m2: Vec<f64>,
    /// Specular reflectance of each surface; 0 is a diffuse one.
    pub specular: Vec<f64>,
    /// `G_ij = (1 − ρ_s,i) A_i F_ij` = `G_ji`, m².
    pub g_m2: CsMat<f64>,
    /// `(1 − ρ_s,i) A_i F_i,space`, m².
    pub g_space_m2: Vec<f64>,
    /// What was measured and repaired.
    pub quality: Quality,
}

impl ViewFactors {
    /// `(1 − ρ_s) A` of a surface, m².
    pub fn taking_area_m2(&self, i: usize) -> f64 {
        (1.0 - self.specular[i]) * self.area_m2[i]
    }
    /// Fraction of what a surface sends out diffusely that space takes up.
    pub fn to_space(&self, i: usize) -> f64 {
        self.g_space_m2[i] / self.taking_area_m2(i)
    }
}

/// How many rays to trace.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RayBudget {
    /// Rays of each surface to begin with.
    pub least: u32,
    /// Rays of a surface at most.
    pub most: u32,
    /// Standard error of a surface's heat exchange below which its rays suffice, W; `None`: the rays are not doubled.
    pub flux_error_w: Option<f64>,
    /// Emissive power that turns factors into heat, W/m²: σT⁴ at a typical temperature.
    pub emissive_w_m2: f64,
}

impl RayBudget {
    /// The same number for each surface.
    pub fn fixed(rays: u32) -> Self {
        Self { least: rays, most: rays, flux_error_w: None, emissive_w_m2: 0.0 }
    }
}

const R: usize = sunlight::REPLICATES;
/// Scatter of the replicates that is believed, over that of plain random rays.
const LEAST_SCATTER: f64 = 1e-3;

/// Hits of one surface's rays, by target and replicate; `SPACE`, `LEAK` and `GIVEN_UP` are targets too.
pub type Hits = Vec<(usize, [u32; R])>;
/// Target of rays that meet nothing.
const SPACE: usize = usize::MAX;
/// Target of rays that meet a side which does not radiate.
const LEAK: usize = usize::MAX - 1;
/// Target of rays that were given up between mirrors.
const GIVEN_UP: usize = usize::MAX - 2;

/// What the rays of each surface met.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct RawFactors {
    /// Specular reflectance of each surface.
    pub specular: Vec<f64>,
    /// Hits of each surface, targets ascending.
    pub hits: Vec<Hits>,
    /// Rays of one replicate of each surface.
    pub replicate_rays: Vec<u32>,
    /// Standard error of each surface's heat exchange, W.
    pub flux_error_w: Vec<f64>,
    /// Surfaces above the target.
    pub above_target: usize,
    /// Of closed groups: fractions of each surface's rays that met nothing, and sides that do not radiate or no end between mirrors; they
    /// were sent back.
    #[serde(skip)]
    pub sent_back: Vec<[f64; 2]>,
}

impl RawFactors {
    fn fraction(&self, i: usize, target: usize) -> f64 {
        let count = |h: &Hits| h.binary_search_by_key(&target, |e| e.0).map_or(0, |k| h[k].1.iter().sum::<u32>());
        f64::from(count(&self.hits[i])) / f64::from(self.replicate_rays[i] * REPLICATES)
    }
    /// Fraction of a surface's rays that met a side which does not radiate.
    pub fn leak(&self, i: usize) -> f64 {
        self.fraction(i, LEAK)
    }
    /// Fraction of a surface's rays that were given up between mirrors.
    pub fn given_up(&self, i: usize) -> f64 {
        self.fraction(i, GIVEN_UP)
    }
    /// Fraction to space, leaks and rays that were given up included.
    pub fn space(&self, i: usize) -> f64 {
        self.fraction(i, SPACE) + self.leak(i) + self.given_up(i)
    }
    /// `(surface, F_ij)` of row i, ascending.
    pub fn row(&self, i: usize) -> impl Iterator<Item = (usize, f64)> {
        let rays = f64::from(self.replicate_rays[i] * REPLICATES);
        self.hits[i].iter().filter(|h| h.0 < GIVEN_UP).map(move |(j, n)| (*j, f64::from(n.iter().sum::<u32>()) / rays))
    }
    /// Standard error of the fraction to space.
    pub fn space_standard_error(&self, i: usize) -> f64 {
        let hits = &self.hits[i];
        hits.binary_search_by_key(&SPACE, |e| e.0).map_or(0.0, |k| variance(&hits[k].1, self.replicate_rays[i]).sqrt())
    }
    /// Scatter of the replicates of a row over that of plain random rays, all targets but space together; not less than
    /// [`LEAST_SCATTER`].
    fn scatter(&self, i: usize) -> f64 {
        let rays = f64::from(self.replicate_rays[i] * REPLICATES);
        let found: f64 = self.hits[i].iter().filter(|h| h.0 < GIVEN_UP).map(|h| variance(&h.1, self.replicate_rays[i])).sum();
        let plain: f64 = self.row(i).map(|(_, f)| f * (1.0 - f) / rays).sum();
        if plain > 0.0 { (found / plain).max(LEAST_SCATTER) } else { 1.0 }
    }
    /// Deviation of each replicate's irradiation of surface i from their mean, W/m², at the given radiosities:
    /// `Σ_j (F_ij,r − F_ij) J_j/(1 − ρ_s,j)`, space sending nothing.
    pub fn deviation_w_m2(&self, i: usize, radiosity_w_m2: &[f64]) -> [f64; R] {
        let rays = f64::from(self.replicate_rays[i]);
        let mut sums = [0.0; R];
        for (j, counts) in self.hits[i].iter().filter(|h| h.0 < GIVEN_UP) {
            let mean = f64::from(counts.iter().sum::<u32>()) / f64::from(REPLICATES);
            for (sum, &n) in sums.iter_mut().zip(counts) {
                *sum += (f64::from(n) - mean) / rays * (radiosity_w_m2[*j] / (1.0 - self.specular[*j]));
            }
        }
        sums
    }
}

/// Rays of groups of surfaces that do not see each other, `own` the numbers of each group's surfaces among all `n`. Rays of a closed group
/// that meet nothing, or a side that does not radiate, go back to where they came from: such a group gives nothing away.
///
/// Truth: `assemblies::an_enclosure_does_not_see_outside`, `assemblies::an_open_enclosure_is_told`.
pub fn apart(groups: Vec<(RawFactors, Vec<usize>, bool)>, n: usize) -> RawFactors {
    let none = || vec![0.0; n];
    let mut all = RawFactors {
        specular: none(),
        hits: vec![vec![]; n],
        replicate_rays: vec![0; n],
        flux_error_w: none(),
        above_target: 0,
        sent_back: vec![[0.0; 2]; n],
    };
    for (raw, own, closed) in groups {
        all.above_target += raw.above_target;
        for (k, &i) in own.iter().enumerate().filter(|_| closed) {
            all.sent_back[i] = [raw.fraction(k, SPACE), raw.leak(k) + raw.given_up(k)];
        }
        for (k, hits) in raw.hits.into_iter().enumerate() {
            let i = own[k];
            (all.specular[i], all.flux_error_w[i]) = (raw.specular[k], raw.flux_error_w[k]);
            all.replicate_rays[i] = raw.replicate_rays[k];
            let target = |to: usize| match to {
                SPACE | LEAK | GIVEN_UP if closed => i,
                SPACE | LEAK | GIVEN_UP => to,
                to => own[to],
            };
            all.hits[i] = merge(vec![], hits.into_iter().map(|(to, counts)| (target(to), counts)).collect());
        }
    }
    all
}

/// Variance of the mean of the replicates' fractions.
fn variance(counts: &[u32; R], rays: u32) -> f64 {
    let n = f64::from(REPLICATES);
    let mean = counts.iter().map(|&c| f64::from(c)).sum::<f64>() / n;
    let squares: f64 = counts.iter().map(|&c| (f64::from(c) - mean).powi(2)).sum();
    squares / (n - 1.0) / n / f64::from(rays).powi(2)
}

/// Traces `rays` rays of each surface (2 × facet + side), rounded up to a multiple of [`REPLICATES`].
///
/// `tick` is called with the surfaces done so far.
pub fn trace<B: Backend>(
    backend: &B,
    scene: &Scene,
    surfaces: &[u32],
    rays: u32,
    seed: u32,
    tick: &dyn Fn(usize),
) -> Result<RawFactors, RadiationError> {
    trace_until(backend, scene, surfaces, RayBudget::fixed(rays), seed, tick)
}

/// [`trace_mirrored`] without mirrors.
pub fn trace_until<B: Backend>(
    backend: &B,
    scene: &Scene,
    surfaces: &[u32],
    budget: RayBudget,
    seed: u32,
    tick: &dyn Fn(usize),
) -> Result<RawFactors, RadiationError> {
    trace_mirrored(backend, (scene, &[]), surfaces, budget, seed, tick)
}

/// Traces rays of each surface and doubles them until its heat exchange is known to the budget's error. `mirrors`: specular
/// reflectance of each side by its code, or nothing. Errors: a surface is a perfect mirror; the device.
///
/// The error of surface i is `(1 − ρ_s,i) A_i σT⁴ √(Σ_k var F_ik)` over all it sees, space included, from the scatter of the
/// replicates: that of its heat exchange where what it sees differs in temperature by as much as it can. Doubling goes on in
/// each scrambled sequence, so the rays stay balanced. Truth: `view_factors::rays_are_doubled_until_the_error_is_met`.
pub fn trace_mirrored<B: Backend>(
    backend: &B,
    (scene, mirrors): (&Scene, &[f64]),
    surfaces: &[u32],
    budget: RayBudget,
    seed: u32,
    tick: &dyn Fn(usize),
) -> Result<RawFactors, RadiationError> {
    let n = surfaces.len();
    let specular: Vec<f64> = surfaces.iter().map(|&c| mirrors.get(c as usize).copied().unwrap_or(0.0)).collect();
    if let Some(surface) = specular.iter().position(|r| *r >= 1.0) {
        return Err(RadiationError::PerfectMirror { surface });
    }
    let (hits, replicate_rays) = (vec![vec![]; n], vec![0; n]);
    let none = RawFactors { specular, hits, replicate_rays, flux_error_w: vec![0.0; n], above_target: 0, sent_back: vec![] };
    retrace(backend, (scene, mirrors), surfaces, budget, seed, (none, &(0..n).collect::<Vec<_>>()), tick)
}

/// Traces the surfaces in `moved` anew; the others keep what their rays met.
///
/// Truth: `articulated::rays_that_meet_the_same_are_kept`.
pub fn retrace<B: Backend>(
    backend: &B,
    (scene, mirrors): (&Scene, &[f64]),
    surfaces: &[u32],
    budget: RayBudget,
    seed: u32,
    (mut raw, moved): (RawFactors, &[usize]),
    tick: &dyn Fn(usize),
) -> Result<RawFactors, RadiationError> {
    if moved.is_empty() {
        return Ok(raw);
    }
    let mut surface_of_code = vec![LEAK; 2 * scene.facet_count()];
    for (s, &code) in surfaces.iter().enumerate() {
        surface_of_code[code as usize] = s;
    }
    let n = surfaces.len();
    for &s in moved {
        raw.hits[s].clear();
        raw.replicate_rays[s] = 0;
    }
    let mut active = moved.to_vec();
    let mut rays = budget.least.div_ceil(REPLICATES);
    loop {
        let first_ray = active.first().map_or(0, |&s| raw.replicate_rays[s]);
        let codes: Vec<u32> = active.iter().map(|&s| surfaces[s]).collect();
        let done = n - active.len();
        let more = count_hits(backend, (scene, mirrors), &codes, (first_ray, rays, seed), &surface_of_code, &|k| tick(done + k))?;
        for (&s, hits) in active.iter().zip(more) {
            raw.hits[s] = merge(std::mem::take(&mut raw.hits[s]), hits);
            raw.replicate_rays[s] += rays;
            let scatter: f64 = raw.hits[s].iter().map(|h| variance(&h.1, raw.replicate_rays[s])).sum();
            let area_m2 = (1.0 - raw.specular[s]) * scene.area_m2((surfaces[s] >> 1) as usize);
            raw.flux_error_w[s] = area_m2 * budget.emissive_w_m2 * scatter.sqrt();
        }
        let Some(target) = budget.flux_error_w else { return Ok(raw) };
        active.retain(|&s| raw.flux_error_w[s] > target);
        rays = active.first().map_or(0, |&s| raw.replicate_rays[s]);
        if active.is_empty() || 2 * rays * REPLICATES > budget.most {
            raw.above_target = raw.flux_error_w.iter().filter(|e| **e > target).count();
            return Ok(raw);
        }
    }
}

/// Hits of `rays` rays of each replicate from the `first_ray`-th on.
fn count_hits<B: Backend>(
    backend: &B,
    (scene, mirrors): (&Scene, &[f64]),
    codes: &[u32],
    (first_ray, rays, seed): (u32, u32, u32),
    surface_of_code: &[usize],
    tick: &dyn Fn(usize),
) -> Result<Vec<Hits>, RadiationError> {
    let per_surface = (rays * REPLICATES) as usize;
    let mut all = Vec::with_capacity(codes.len());
    let mut count = |met: &[u32]| {
        let here = met.len() / per_surface;
        let of = |place: &mut Vec<u32>, s: usize| {
            tally(scene, surface_of_code, &met[s * per_surface..(s + 1) * per_surface], rays as usize, place)
        };
        all.extend(parallel_map_with(here, vec![0; surface_of_code.len() + 3], of));
        tick(all.len());
    };
    if mirrors.is_empty() {
        met_directly(backend, scene, codes, (first_ray, rays, seed), &mut count)?;
    } else {
        mirrors::ends(backend, (scene, mirrors), codes, (first_ray, rays, seed), &mut |ends| {
            count(&ends.iter().map(|e| e[0]).collect::<Vec<_>>());
        })?;
    }
    Ok(all)
}

/// What `rays` rays of each replicate meet first: codes of some whole surfaces at a time.
fn met_directly<B: Backend>(
    backend: &B,
    scene: &Scene,
    codes: &[u32],
    (first_ray, rays, seed): (u32, u32, u32),
    count: &mut dyn FnMut(&[u32]),
) -> Result<(), RadiationError> {
    let arrays = scene.upload(backend, codes)?;
    let per_surface = (rays * REPLICATES) as usize;
    let per_launch = (RAYS_PER_LAUNCH / per_surface).clamp(1, codes.len().max(1));
    let mut met = backend.upload_vec(vec![0_u32; per_launch * per_surface])?;
    for first in (0..codes.len()).step_by(per_launch) {
        let of_launch = per_launch.min(codes.len() - first) * per_surface;
        #[expect(clippy::cast_possible_truncation, reason = "surface and ray counts of a launch are below 2^32")]
        let params = TraceExchangeParams {
            count: of_launch as u32,
            rays,
            replicates: REPLICATES,
            first_surface: first as u32,
            first_ray,
            seed,
            nearest_m: scene.nearest_m,
        };
        let inputs =
            Inputs { nodes: &arrays.nodes, facets: &arrays.facets, directions: &arrays.directions, surfaces: &arrays.surfaces };
        backend.launch::<Kernel>(&params, inputs, &mut met, of_launch);
        count(&backend.download(&met)?[..of_launch]);
    }
    Ok(())
}

/// Counts of one surface's rays by target and replicate. `place` is all 0 before and after.
fn tally(scene: &Scene, surface_of_code: &[usize], codes: &[u32], rays: usize, place: &mut [u32]) -> Hits {
    let surfaces = place.len() - 3;
    let slot = |target: usize| if target >= GIVEN_UP { surfaces + (usize::MAX - target) } else { target };
    let mut hits: Hits = vec![];
    for (r, of_replicate) in codes.chunks(rays).enumerate() {
        for &code in of_replicate {
            let target = match code {
                MISS => SPACE,
                CAPPED => GIVEN_UP,
                _ => surface_of_code[scene.code(code) as usize],
            };
            // One more than the target's place in `hits`.
            let at = &mut place[slot(target)];
            if *at == 0 {
                hits.push((target, [0; R]));
                #[expect(clippy::cast_possible_truncation, reason = "fewer targets than 2^32")]
                let places = hits.len() as u32;
                *at = places;
            }
            hits[*at as usize - 1].1[r] += 1;
        }
    }
    hits.iter().for_each(|h| place[slot(h.0)] = 0);
    hits.sort_unstable_by_key(|h| h.0);
    hits
}

/// Sums of two lists of hits.
fn merge(a: Hits, b: Hits) -> Hits {
    let mut all = a;
    all.extend(b);
    all.sort_by_key(|h| h.0);
    all.dedup_by(|b, a| {
        let same = a.0 == b.0;
        if same {
            a.1.iter_mut().zip(&b.1).for_each(|(a, b)| *a += b);
        }
        same
    });
    all
}

/// Makes raw factors reciprocal and closed. Areas A below are `(1 − ρ_s) A` where surfaces mirror, see [`ViewFactors`].
///
/// 1. `G_ij = (w_i A_iF_ij + w_j A_jF_ji)/(w_i + w_j)` with weights `w_i = N_i/(A_i κ_i)`, so that `1/w_i` is the variance of
///    `A_iF_ij` over itself: N_i rays, κ_i the scatter of the replicates over that of plain random rays, all targets together.
/// 2. Least `Σ dG²/v` that restores every row sum: `dG_ij = v_ij (l_i + l_j)`, space `v_i,space l_i`, where
///    `(diag(row sums of v) + v) l = A − row sums of G`, by conjugate gradients. `v_ij = G_ij/(w_i + w_j)`; for space the
///    scatter of its own replicates, which is far smaller than that of plain random rays, but at least `LEAST_SCATTER` of that.
///
/// Either step alone makes heat flows worse than raw factors (measured: reciprocity alone by 40 to 50 %).
/// Truth: `view_factors::closure_lowers_the_error`, `invariants::isothermal_enclosure_has_no_flow`.
pub fn close(raw: &RawFactors, area_m2: Vec<f64>) -> Result<ViewFactors, RadiationError> {
    let n = area_m2.len();
    let whole_m2 = area_m2;
    let area_m2: Vec<f64> = whole_m2.iter().zip(&raw.specular).map(|(a, mirrored)| (1.0 - mirrored) * a).collect();
    let rays = |i: usize| raw.replicate_rays[i] * REPLICATES;
    let mut quality = Quality {
        rays_per_surface: ((0..n).map(rays).min().unwrap_or(0), (0..n).map(rays).max().unwrap_or(0)),
        rays: (0..n).map(|i| u64::from(rays(i))).sum(),
        flux_error_w: raw.flux_error_w.iter().copied().fold(0.0, f64::max),
        surfaces_above_target: raw.above_target,
        ..Quality::default()
    };
    let w: Vec<f64> = (0..n).map(|i| f64::from(rays(i)) / (area_m2[i] * raw.scatter(i))).collect();
    let mut triplets = TriMat::new((n, n));
    for i in 0..n {
        for (j, f) in raw.row(i) {
            let back = raw.fraction(j, i);
            if j < i && back > 0.0 {
                continue; // the pair was added from row j
            }
            let (gi, gj) = (area_m2[i] * f, area_m2[j] * back);
            quality.reciprocity_before = quality.reciprocity_before.max((gi - gj).abs() / area_m2[i].min(area_m2[j]));
            let g = (gi * w[i] + gj * w[j]) / (w[i] + w[j]);
            triplets.add_triplet(i, j, g);
            if i != j {
                triplets.add_triplet(j, i, g);
            }
        }
    }
    let mut g_m2: CsMat<f64> = triplets.to_csr();
    let mut g_space_m2: Vec<f64> = area_m2.iter().enumerate().map(|(i, a)| raw.space(i) * a).collect();
    let mut v = g_m2.clone();
    for i in 0..n {
        v.outer_view_mut(i).expect("a row").iter_mut().for_each(|(j, v)| *v /= w[i] + w[j]);
    }
    let of_space = |i: usize| {
        let f = raw.space(i);
        let plain = f * (1.0 - f) / f64::from(rays(i));
        area_m2[i].powi(2) * raw.space_standard_error(i).powi(2).max(LEAST_SCATTER * plain)
    };
    let v_space: Vec<f64> = (0..n).map(of_space).collect();
    let missing: Vec<f64> = (0..n).map(|i| area_m2[i] - row_sum(&g_m2, i) - g_space_m2[i]).collect();
    let l = multipliers(&v, &v_space, &missing, &area_m2)?;
    for i in 0..n {
        let mut row = g_m2.outer_view_mut(i).expect("a row");
        for ((j, g), v) in row.iter_mut().zip(v.outer_view(i).expect("a row").data()) {
            let change = v * (l[i] + l[j]);
            quality.closure_change = quality.closure_change.max((change / area_m2[i]).abs());
            *g += change;
        }
        g_space_m2[i] += v_space[i] * l[i];
    }
    for i in 0..n {
        let error = (row_sum(&g_m2, i) + g_space_m2[i]) / area_m2[i] - 1.0;
        quality.row_sum_error = quality.row_sum_error.max(error.abs());
        for (j, g) in g_m2.outer_view(i).expect("a row").iter() {
            let back = g_m2.get(j, i).copied().unwrap_or(0.0);
            quality.reciprocity_after = quality.reciprocity_after.max((g - back).abs() / area_m2[i].min(area_m2[j]));
        }
    }
    quality.space_standard_error = (0..n).map(|i| raw.space_standard_error(i)).fold(0.0, f64::max);
    quality.leak = (0..n).map(|i| raw.leak(i)).fold(0.0, f64::max);
    quality.given_up = (0..n).map(|i| raw.given_up(i)).fold(0.0, f64::max);
    Ok(ViewFactors { area_m2: whole_m2, specular: raw.specular.clone(), g_m2, g_space_m2, quality })
}

fn row_sum(g: &CsMat<f64>, i: usize) -> f64 {
    g.outer_view(i).map_or(0.0, |r| r.data().iter().sum())
}

/// Solves `(diag(v_space + row sums of v) + v) l = missing` by Jacobi-preconditioned conjugate gradients, to rows of `area`.
fn multipliers(v: &CsMat<f64>, v_space: &[f64], missing: &[f64], area: &[f64]) -> Result<Vec<f64>, RadiationError> {
    const LIMIT: usize = 500;
    let n = area.len();
    // A row without scatter misses nothing.
    let diagonal: Vec<f64> = (0..n).map(|i| (row_sum(v, i) + v_space[i]).max(f64::MIN_POSITIVE)).collect();
    let apply = |x: &[f64]| -> Vec<f64> {
        parallel_map(n, |i| diagonal[i] * x[i] + v.outer_view(i).map_or(0.0, |r| r.iter().map(|(j, v)| v * x[j]).sum::<f64>()))
    };
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    let worst = |r: &[f64]| r.iter().zip(area).map(|(r, a)| (r / a).abs()).fold(0.0, f64::max);
    let mut x = vec![0.0; n];
    let mut r = missing.to_vec();
    let mut z: Vec<f64> = r.iter().zip(&diagonal).map(|(r, d)| r / d).collect();
    let mut p = z.clone();
    let mut rz = dot(&r, &z);
    for _ in 0..LIMIT {
        if worst(&r) < 1e-13 {
            return Ok(x);
        }
        let q = apply(&p);
        let alpha = rz / dot(&p, &q);
        for i in 0..n {
            x[i] += alpha * p[i];
            r[i] -= alpha * q[i];
            z[i] = r[i] / diagonal[i];
        }
        let next = dot(&r, &z);
        let beta = next / rz;
        rz = next;
        p.iter_mut().zip(&z).for_each(|(p, z)| *p = z + beta * *p);
    }
    let error = worst(&r);
    if error < 1e-9 { Ok(x) } else { Err(RadiationError::NotClosed { error, iterations: LIMIT }) }
}
