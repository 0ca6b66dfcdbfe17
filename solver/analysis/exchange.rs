//! View factors of every pose, and what is made of them.

use super::layout::Layout;
use super::memory::{Key, Memory, remembered};
use super::{AnalysisError, count, seed};
use crate::backend::Backend;
use crate::case::schema::RaySettings;
use crate::environment::Timeline;
use crate::mesh::Panel;
use crate::model::Model;
use crate::radiation::RadiationError;
use crate::radiation::heating::{self, Incident};
use crate::radiation::scene::{Mirrors, Scene};
use crate::radiation::view_factor::{self, RawFactors, RayBudget, ViewFactors};
use sprs::TriMat;

/// The geometry of each pose of a timeline.
#[derive(Debug)]
pub struct Scenes {
    /// Panels where they stand, and the tree over their facets.
    poses: Vec<(Vec<Panel>, Scene)>,
    codes: Vec<u32>,
    mirrors: Mirrors,
}

impl Scenes {
    /// Poses the layout. Errors: [`AnalysisError::Collision`], a tree that cannot be traversed.
    pub fn new(layout: &Layout, timeline: &Timeline) -> Result<Self, AnalysisError> {
        let codes = layout.sides.iter().map(|s| s.code).collect();
        let one = |pose| {
            let panels = layout.posed(pose);
            if let (Some((a, b)), false) = (Layout::collision(&panels), timeline.joints.is_empty()) {
                let of_axes = timeline.joints.iter().zip(&pose.0).flat_map(|(j, angles)| {
                    angles[..1 + usize::from(j.second.is_some())].iter().map(|a| format!("{:.1}°", a.to_degrees()))
                });
                let angles = of_axes.collect::<Vec<_>>().join(", ");
                return Err(AnalysisError::Collision { a: a.to_owned(), b: b.to_owned(), angles });
            }
            let scene = Scene::new(&panels.iter().flat_map(Panel::shapes).collect::<Vec<_>>())?;
            Ok((panels, scene))
        };
        Ok(Self {
            poses: timeline.poses.iter().map(one).collect::<Result<_, AnalysisError>>()?,
            codes,
            mirrors: layout.mirrors(),
        })
    }

    /// Surfaces whose rays are traced, all poses together.
    pub fn surfaces(&self) -> usize {
        self.poses.len() * self.codes.len()
    }

    /// Heating of the surfaces around a flight as the model asks for it, each position with the parts where they stand there;
    /// remembered. `tick` hears of surfaces done.
    pub fn heated<B: Backend>(
        &self,
        backend: &B,
        model: &Model,
        timeline: &Timeline,
        (memory, tick): (&dyn Memory, &dyn Fn(usize)),
    ) -> Result<Incident, RadiationError> {
        let of_pose = |(pose, (_, scene)): (usize, &(Vec<Panel>, Scene))| {
            let part = timeline.of_pose(pose);
            let done = pose * self.codes.len();
            let seen = (scene, &self.mirrors, self.codes.as_slice());
            heated(backend, seen, &model.rays, &part, (memory, &|n| tick(done + n)))
        };
        let parts = self.poses.iter().enumerate().map(of_pose).collect::<Result<Vec<_>, _>>()?;
        Ok(Incident::joined(parts, &timeline.pose_of))
    }

    /// View factors of every pose as the model asks for them, in the infrared and, where surfaces mirror it otherwise, in
    /// sunlight; remembered.
    ///
    /// Of the second and later poses only surfaces are traced that see something move against the first ([`Layout::moved`]); the
    /// others keep its rays. With mirrors all are traced, since a mirror may show what moved.
    pub fn exchange<B: Backend>(
        &self,
        backend: &B,
        (model, layout): (&Model, &Layout),
        (timeline, emissive_w_m2): (&Timeline, f64),
        (memory, tick): (&dyn Memory, &dyn Fn(usize)),
    ) -> Result<(Exchange, Means), RadiationError> {
        let of = |band: &[f64]| self.band(backend, (model, layout), (band, emissive_w_m2), (memory, tick));
        let infrared = of(&self.mirrors.infrared)?;
        let sunlight = if self.mirrors.solar == self.mirrors.infrared { None } else { Some(of(&self.mirrors.solar)?) };
        Ok(Exchange::new(infrared, sunlight, (timeline.pose_weights(), timeline.pose_of.clone())))
    }

    /// What the rays meet in each pose, and factors of it, with the specular reflectances of one band.
    fn band<B: Backend>(
        &self,
        backend: &B,
        (model, layout): (&Model, &Layout),
        (mirrors, emissive_w_m2): (&[f64], f64),
        (memory, tick): (&dyn Memory, &dyn Fn(usize)),
    ) -> Result<Traced, RadiationError> {
        let budget = budget(&model.rays, emissive_w_m2);
        let (codes, seed) = (&self.codes, seed(&model.rays));
        // A later pose rests on the rays of the first.
        let key = |pose: usize| {
            let scenes = &[&self.poses[0].1, &self.poses[pose].1][usize::from(pose == 0)..];
            factors_key(backend, scenes, (codes, mirrors), (budget, seed))
        };
        let mut raw: Vec<RawFactors> = Vec::with_capacity(self.poses.len());
        for (pose, (panels, scene)) in self.poses.iter().enumerate() {
            let done = pose * codes.len();
            let tick = |n: usize| tick(done + n);
            let traced = remembered(memory, &key(pose), || match raw.first() {
                None => view_factor::trace_mirrored(backend, (scene, mirrors), codes, budget, seed, &tick),
                Some(first) => {
                    let moved =
                        if mirrors.is_empty() { layout.moved(&self.poses[0].0, panels) } else { (0..codes.len()).collect() };
                    view_factor::retrace(backend, (scene, mirrors), codes, budget, seed, (first.clone(), &moved), &tick)
                }
            })?;
            raw.push(traced);
        }
        let areas: Vec<f64> = codes.iter().map(|c| self.poses[0].1.area_m2((c >> 1) as usize)).collect();
        let factors = raw.iter().map(|r| view_factor::close(r, areas.clone())).collect::<Result<Vec<_>, _>>()?;
        Ok((raw, factors))
    }
}

/// How many rays are traced.
fn budget(rays: &RaySettings, emissive_w_m2: f64) -> RayBudget {
    let least = count(rays.exchange.get());
    RayBudget {
        least,
        most: rays.exchange_most.map_or(least, |n| count(n.get())).max(least),
        flux_error_w: rays.flux_error_w.map(|w| w.get()),
        emissive_w_m2,
    }
}

fn factors_key<B: Backend>(
    backend: &B,
    scenes: &[&Scene],
    (codes, mirrors): (&[u32], &[f64]),
    budget_and_seed: (RayBudget, u32),
) -> Key {
    let facets = |key: Key, scene: &&Scene| key.bytes(bytemuck::cast_slice(scene.facets()));
    let key = scenes.iter().fold(Key::new("factors"), facets).with(&(codes, mirrors));
    key.with(&budget_and_seed).with(&backend.describe())
}

/// Heating of surfaces around a flight as the settings ask for it, remembered; `tick` hears of surfaces done.
pub(super) fn heated<B: Backend>(
    backend: &B,
    (scene, mirrors, codes): (&Scene, &Mirrors, &[u32]),
    rays: &RaySettings,
    timeline: &Timeline,
    (memory, tick): (&dyn Memory, &dyn Fn(usize)),
) -> Result<Incident, RadiationError> {
    let samples = (count(rays.heating.get()), seed(rays).wrapping_add(1));
    let key = Key::new("heating").bytes(bytemuck::cast_slice(scene.facets())).with(&(codes, mirrors));
    let key = key.with(timeline).with(&samples).with(&backend.describe());
    remembered(memory, &key, || heating::incident_by_mirrors(backend, (scene, mirrors), codes, timeline, samples, tick))
}

/// Surfaces that see each other, in one pose.
pub(super) struct Seen {
    /// Facets of one of them on either side.
    pub scene: Scene,
    /// By the scene's codes.
    pub mirrors: Mirrors,
    /// Their codes in the scene.
    pub codes: Vec<u32>,
    /// Their numbers among all surfaces.
    pub own: Vec<usize>,
    /// Whether they see nothing outside.
    pub closed: bool,
}

/// What the rays met in each pose, and the factors.
type Traced = (Vec<RawFactors>, Vec<ViewFactors>);

/// Factors averaged over time, in the infrared and, where surfaces mirror it otherwise, in sunlight.
#[derive(Clone, Debug)]
pub struct Means {
    /// In the infrared.
    pub infrared: ViewFactors,
    /// In sunlight; `None`: the same.
    pub sunlight: Option<ViewFactors>,
}

/// Exchange between the surfaces in each pose; the network holds the mean over time.
#[derive(Clone, Debug)]
pub struct Exchange {
    infrared: Band,
    sunlight: Option<Band>,
    /// Part of the span that each pose stands for.
    weights: Vec<f64>,
    /// The pose of each position.
    pose_of: Vec<usize>,
}

#[derive(Clone, Debug)]
struct Band {
    /// What the rays met, by pose.
    raw: Vec<RawFactors>,
    /// `G` of each pose and that to space, in the order of the mean's entries; empty where there is one pose.
    by_pose: Vec<(Vec<f64>, Vec<f64>)>,
}

impl Band {
    /// The band and the mean of its factors.
    fn new((raw, mut factors): Traced, weights: &[f64]) -> (Self, ViewFactors) {
        if factors.len() == 1 {
            return (Self { raw, by_pose: vec![] }, factors.remove(0));
        }
        let n = factors[0].area_m2.len();
        let mut triplets = TriMat::new((n, n));
        let mut g_space_m2 = vec![0.0; n];
        let mut quality = factors[0].quality;
        for (f, w) in factors.iter().zip(weights) {
            f.g_m2.iter().for_each(|(g, (i, j))| triplets.add_triplet(i, j, w * g));
            g_space_m2.iter_mut().zip(&f.g_space_m2).for_each(|(sum, g)| *sum += w * g);
            quality = quality.worse(&f.quality);
        }
        let mean = ViewFactors { g_m2: triplets.to_csr(), g_space_m2, quality, ..factors[0].clone() };
        let aligned = |f: &ViewFactors| {
            // Both in rows with ascending columns; the mean has every entry that a pose has.
            let mut own = f.g_m2.iter().peekable();
            mean.g_m2.iter().map(|(_, at)| own.next_if(|(_, place)| *place == at).map_or(0.0, |(g, _)| *g)).collect()
        };
        let by_pose = factors.iter().map(|f| (aligned(f), f.g_space_m2.clone())).collect();
        (Self { raw, by_pose }, mean)
    }

    fn each(&self, mean: &ViewFactors, mut f: impl FnMut(usize, &ViewFactors)) {
        if self.by_pose.is_empty() {
            return f(0, mean);
        }
        let mut factors = mean.clone();
        for (pose, (g, space)) in self.by_pose.iter().enumerate() {
            factors.g_m2.data_mut().copy_from_slice(g);
            factors.g_space_m2.copy_from_slice(space);
            f(pose, &factors);
        }
    }
}

impl Exchange {
    /// The exchange, and the factors of the poses averaged by the time that they stand for; reciprocal and closed as they are.
    ///
    /// `Ḡ_ij = Σ_p w_p G_ij,p`: at constant temperatures and without reflections the heat exchanged over an orbit is that of the
    /// mean factors exactly; of reflected heat the covariance of factors, `ρ` times smaller, is left out.
    /// Truth: `articulated::mean_exchange_is_the_mean_of_the_poses`.
    fn new(infrared: Traced, sunlight: Option<Traced>, (weights, pose_of): (Vec<f64>, Vec<usize>)) -> (Self, Means) {
        let (infrared, mean) = Band::new(infrared, &weights);
        let (sunlight, in_sunlight) = sunlight.map(|traced| Band::new(traced, &weights)).unzip();
        (Self { infrared, sunlight, weights, pose_of }, Means { infrared: mean, sunlight: in_sunlight })
    }

    /// Exchange of surfaces in groups that do not see each other, in every pose, with its factors, as the settings ask for it,
    /// remembered; `areas_m2` are those of all surfaces, and the error of rays is judged at `emissive_w_m2`. Without a timeline there
    /// is one pose. Truth: `assemblies::*`.
    pub(super) fn apart<B: Backend>(
        backend: &B,
        poses: &[Vec<Seen>],
        (areas_m2, emissive_w_m2): (&[f64], f64),
        (rays, timeline): (&RaySettings, Option<&Timeline>),
        (memory, tick): (&dyn Memory, &dyn Fn(usize)),
    ) -> Result<(Self, Means), RadiationError> {
        let (budget, seed) = (budget(rays, emissive_w_m2), seed(rays));
        let of = |band: fn(&Mirrors) -> &[f64]| -> Result<Traced, RadiationError> {
            let (mut all, mut done) = (vec![], 0);
            for groups in poses {
                let mut traced = vec![];
                for seen in groups {
                    let (scene, mirrors) = (&seen.scene, band(&seen.mirrors));
                    let key = factors_key(backend, &[scene], (&seen.codes, mirrors), (budget, seed));
                    let tick = |n: usize| tick(done + n);
                    let trace = || view_factor::trace_mirrored(backend, (scene, mirrors), &seen.codes, budget, seed, &tick);
                    traced.push((remembered(memory, &key, trace)?, seen.own.clone(), seen.closed));
                    done += seen.codes.len();
                }
                all.push(view_factor::apart(traced, areas_m2.len()));
            }
            let factors = all.iter().map(|raw| view_factor::close(raw, areas_m2.to_vec())).collect::<Result<Vec<_>, _>>()?;
            Ok((all, factors))
        };
        let other = poses.iter().flatten().any(|seen| seen.mirrors.solar != seen.mirrors.infrared);
        let (infrared, sunlight) = (of(|m| &m.infrared)?, other.then(|| of(|m| &m.solar)).transpose()?);
        let (weights, pose_of) = timeline.map_or((vec![1.0], vec![]), |t| (t.pose_weights(), t.pose_of.clone()));
        Ok(Self::new(infrared, sunlight, (weights, pose_of)))
    }

    /// Poses.
    pub fn poses(&self) -> usize {
        self.weights.len()
    }

    /// What the rays met in the infrared, by pose.
    pub fn raw(&self) -> &[RawFactors] {
        &self.infrared.raw
    }

    /// Calls `f` with each pose and its factors in the infrared, which share their entries with their mean.
    pub fn each(&self, mean: &ViewFactors, f: impl FnMut(usize, &ViewFactors)) {
        self.infrared.each(mean, f);
    }

    /// As [`each`](Self::each), in sunlight; `mean` is that in sunlight, or that in the infrared where there is one only.
    pub fn each_in_sunlight(&self, mean: &ViewFactors, f: impl FnMut(usize, &ViewFactors)) {
        self.sunlight.as_ref().unwrap_or(&self.infrared).each(mean, f);
    }

    /// Puts the infrared factors of a time into `factors` (once a copy of the mean): those of positions `a` and `b` mixed as
    /// heating is, `F = F_a + s (F_b − F_a)`, so that they are reciprocal and closed at any time.
    pub fn mix(&self, (a, b, share): (usize, usize, f64), factors: &mut ViewFactors) {
        if self.infrared.by_pose.is_empty() {
            return;
        }
        let (a, b) = (&self.infrared.by_pose[self.pose_of[a]], &self.infrared.by_pose[self.pose_of[b]]);
        let line = |out: &mut [f64], a: &[f64], b: &[f64]| {
            out.iter_mut().zip(a.iter().zip(b)).for_each(|(x, (a, b))| *x = a + share * (b - a));
        };
        line(factors.g_m2.data_mut(), &a.0, &b.0);
        line(&mut factors.g_space_m2, &a.1, &b.1);
    }

    /// Deviation of each replicate's mean irradiation of a surface from their mean, W/m², at the given radiosities.
    pub fn deviation_w_m2(&self, surface: usize, radiosity_w_m2: &[f64]) -> [f64; super::REPLICATES] {
        let mut sums = [0.0; super::REPLICATES];
        for (raw, w) in self.infrared.raw.iter().zip(&self.weights) {
            let of_pose = raw.deviation_w_m2(surface, radiosity_w_m2);
            sums.iter_mut().zip(of_pose).for_each(|(sum, d)| *sum += w * d);
        }
        sums
    }
}
