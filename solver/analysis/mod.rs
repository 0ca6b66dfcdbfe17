//! The whole line: model and design to temperatures and heat flows.

pub mod assemble;
pub mod assembly;
pub mod bodies;
pub mod components;
pub mod exchange;
pub mod flows;
pub mod groups;
pub mod history;
pub mod joins;
pub mod layout;
pub mod loads;
pub mod lumped;
pub mod march;
pub mod memory;
pub mod nodes_alone;
pub mod seen;
pub mod survey;

use crate::backend::{Backend, parallel_map};
use crate::case::schema::{RaySettings, Residual, Solver};
use crate::case::transient;
use crate::environment::Timeline;
use crate::mesh::FeatureLost;
use crate::model::Model;
use crate::model::design::Design;
use crate::network::Network;
use crate::radiation::heating::Incident;
use crate::radiation::{RadiationError, view_factor};
use crate::solve::balance::ResidualForm;
use crate::solve::method::Method;
use crate::solve::response::Response;
use crate::solve::steady::{Settings, SolveError, SteadyState, steady};
use exchange::{Exchange, Scenes};
use layout::{Layout, Part, Spread};
use memory::{Forgetful, Memory};
use std::time::Instant;

/// Why a design could not be analysed.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The mesh loses a tube.
    #[error(transparent)]
    Mesh(#[from] FeatureLost),
    /// Tracing failed.
    #[error(transparent)]
    Radiation(#[from] RadiationError),
    /// No steady state.
    #[error(transparent)]
    Solve(#[from] SolveError),
    /// A pumped loop does not flow.
    #[error(transparent)]
    Loop(#[from] components::LoopError),
    /// Joints turn one panel into another.
    #[error("{a} runs through {b} where the joints stand at {angles}")]
    Collision {
        /// One panel.
        a: String,
        /// The other.
        b: String,
        /// Joint angles.
        angles: String,
    },
    /// A radiation group that sees nothing outside is not closed.
    #[error(
        "radiation group `{group}` is open: {:.3} % of what its surfaces send out meets nothing, {:.3} % may\n  help: close it, put its parts into \"external\", or raise `escape_most`: what meets nothing is sent back",
        100.0 * escaped, 100.0 * most
    )]
    Open {
        /// Its name.
        group: String,
        /// Part that meets nothing.
        escaped: f64,
        /// Part that may.
        most: f64,
    },
    /// Attitude not determined.
    #[error(transparent)]
    Attitude(#[from] crate::environment::AttitudeError),
}

/// Hears of the progress of long work.
pub trait Observer {
    /// A stage begins; `total` is its number of steps, 0 if unknown.
    fn begin(&self, stage: &'static str, total: usize);
    /// Steps done, or a sign of life with what is worth saying.
    fn progress(&self, done: usize, say: &str);
    /// The stage is over.
    fn end(&self, stage: &'static str, seconds: f64);
    /// What the run remembers.
    fn memory(&self) -> &dyn Memory {
        &Forgetful
    }
}

/// An observer that says nothing and remembers nothing.
#[derive(Clone, Copy, Debug)]
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn progress(&self, _: usize, _: &str) {}
    fn end(&self, _: &'static str, _: f64) {}
}

/// Runs one stage under an observer.
pub fn stage<T>(observer: &dyn Observer, name: &'static str, total: usize, work: impl FnOnce() -> T) -> T {
    observer.begin(name, total);
    let start = Instant::now();
    let result = work();
    observer.end(name, start.elapsed().as_secs_f64());
    result
}

/// The orbit of a model.
#[derive(Clone, Debug)]
pub struct OrbitState {
    /// Angle from the orbit plane to the Sun at the start, rad; none in deep space.
    pub beta_rad: Option<f64>,
    /// Lowest and highest point above the surface, m; none in deep space.
    pub altitude_m: Option<(f64, f64)>,
    /// Positions and fluxes.
    pub timeline: Timeline,
}

/// Orbit, Sun and attitude of a model.
pub fn orbit_state(model: &Model) -> Result<OrbitState, AnalysisError> {
    let timeline = Timeline::new(&model.flight, &model.attitude, model.positions, &model.light)?.with_joints(model.joints());
    Ok(OrbitState { beta_rad: model.flight.beta_rad(), altitude_m: model.flight.altitude_range_m(), timeline })
}

/// A solved design.
#[derive(Debug)]
pub struct Solution {
    /// Geometry.
    pub layout: Layout,
    /// Network, with absorbed heat.
    pub network: Network,
    /// Incident flux around the orbit.
    pub incident: Incident,
    /// View-factor quality, in the infrared.
    pub quality: view_factor::Quality,
    /// That of the factors in sunlight where surfaces mirror it otherwise.
    pub quality_in_sunlight: Option<view_factor::Quality>,
    /// Exchange by pose, and factors as the rays gave them.
    pub exchange: Exchange,
    /// Temperatures.
    pub state: SteadyState,
    /// What the field says of the design.
    pub found: Found,
}

/// Numbers of the field model that sizing compares with its own.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Found {
    /// Heat rejected by the coolant, W.
    pub rejected_w: f64,
    /// Mixed coolant outlet temperature, K.
    pub outlet_k: f64,
    /// `(absorbed + ε H − electricity)/(ε σ)` averaged over the radiator's faces: T⁴ of the sink, K⁴.
    pub sink_k4: f64,
    /// Part of the absorbed flux that comes from outside, W/m² of face.
    pub external_w_m2: f64,
    /// Part that comes from the spacecraft itself, W/m² of face.
    pub own_w_m2: f64,
    /// Mean view factor of the radiator's faces to the array.
    pub view_to_array: f64,
    /// Coldest and hottest radiator cell, K.
    pub radiator_k: (f64, f64),
    /// Area-weighted mean radiator temperature, K.
    pub radiator_mean_k: f64,
    /// Coldest and hottest array cell, K.
    pub array_k: (f64, f64),
    /// Area-weighted mean array temperature, K.
    pub array_mean_k: f64,
    /// Coldest and hottest bus cell, K.
    pub bus_k: (f64, f64),
    /// Electric power the array's wings deliver, orbit average, W.
    pub array_power_w: f64,
    /// Electric power that cells on the radiator deliver, orbit average, W.
    pub cells_power_w: f64,
}

fn count(n: usize) -> u32 {
    u32::try_from(n).expect("ray counts are below 2^32")
}

fn seed(rays: &RaySettings) -> u32 {
    count(rays.seed.get() % (1 << 32))
}

/// The method of a case.
fn method(written: transient::Method) -> Method {
    match written {
        transient::Method::TrBdf2 => Method::TrBdf2,
        transient::Method::Esdirk4 => Method::Esdirk4,
    }
}

/// How a steady state is solved for.
fn settings(solver: &Solver) -> Settings {
    let residual = match solver.residual {
        Residual::Auto => None,
        Residual::DeviceF64 => Some(ResidualForm::DeviceF64),
        Residual::FixedPoint => Some(ResidualForm::FixedPoint),
        Residual::HostF64 => Some(ResidualForm::HostF64),
    };
    Settings { tolerance_k: solver.tolerance_k.get(), max_rounds: 200, residual }
}

/// Analyses a design: geometry, view factors, heating, network, steady state.
pub fn analyse<B: Backend>(
    backend: &B,
    model: &Model,
    design: &Design,
    orbit: &OrbitState,
    observer: &dyn Observer,
) -> Result<Solution, AnalysisError> {
    let layout = Layout::new(model, design)?;
    let scenes = stage(observer, "facet tree", 0, || Scenes::new(&layout, &orbit.timeline))?;
    let (memory, tick) = (observer.memory(), &|n| observer.progress(n, ""));
    let (exchange, means) = stage(observer, "view factors", scenes.surfaces(), || {
        let emissive_w_m2 = crate::constants::STEFAN_BOLTZMANN * design.mean_k().powi(4);
        scenes.exchange(backend, (model, &layout), (&orbit.timeline, emissive_w_m2), (memory, tick))
    })?;
    let incident =
        stage(observer, "orbital heating", scenes.surfaces(), || scenes.heated(backend, model, &orbit.timeline, (memory, tick)))?;
    let (quality, quality_in_sunlight) = (means.infrared.quality, means.sunlight.as_ref().map(|f| f.quality));
    let network =
        stage(observer, "network", 0, || assemble::network(model, design, orbit, &layout, (&exchange, means), &incident));
    let guess = vec![design.mean_k(); network.node_count];
    let state = stage(observer, "steady state", 0, || {
        steady(backend, &network, guess, settings(&model.solver), &|change| {
            observer.progress(0, &format!("last change {change:.1e} K"))
        })
    })?;
    let found = find(model, design, &layout, &network, &state);
    Ok(Solution { layout, network, incident, quality, quality_in_sunlight, exchange, state, found })
}

/// Standard errors of temperatures by the noise of the rays, K.
#[derive(Clone, Debug)]
pub struct RayNoise {
    /// Of each node.
    pub node_k: Vec<f64>,
    /// Of the radiator's area-weighted mean.
    pub radiator_mean_k: f64,
}

/// What the scatter of the scrambled replicates does to temperatures.
///
/// Replicate r of view factors and heating differs from the mean by `δq_s = ε Σ_j (F_sj,r − F_sj) J_j + α (δS + δA) + ε δP`;
/// each δq goes through the linearised network, and `√(Σ_r δT_r² / (R(R−1)))` is the standard error of the mean. Factors are
/// taken before reciprocity and closure: over 64 seeds temperatures scatter by 1.1 of these bars on the radiator, 0.7 on the
/// array, 0.4 on the bus. Truth: `ray_noise::error_bars_match_the_scatter`.
pub fn ray_noise<B: Backend>(backend: &B, solution: &Solution) -> Result<RayNoise, SolveError> {
    let Solution { layout, network, incident, exchange, state, .. } = solution;
    let radiosity: Vec<f64> = network
        .surfaces
        .iter()
        .zip(state.emitted_w_m2.iter().zip(&state.irradiation_w_m2))
        .enumerate()
        .map(|(i, (s, (e, h)))| e + (1.0 - s.emissivity - exchange.raw()[0].specular[i]) * h)
        .collect();
    let deviations = parallel_map(network.surfaces.len(), |s| {
        let (exchanged, optics) = (exchange.deviation_w_m2(s, &radiosity), layout.sides[s].optics);
        let heated = &incident.deviation_w_m2[s];
        std::array::from_fn::<f64, REPLICATES, _>(|r| {
            let [solar, albedo, planet] = heated[r];
            optics.emissivity * (exchanged[r] + planet) + optics.absorptivity * (solar + albedo)
        })
    });
    let mut response = Response::new(backend.inner(), network, &state.node_k)?;
    let (mut squares, mut mean_squares) = (vec![0.0; network.node_count], 0.0);
    for r in 0..REPLICATES {
        let of_surface: Vec<f64> = deviations.iter().map(|d| d[r]).collect();
        let mut heat = vec![0.0; network.node_count];
        network.faces.iter().for_each(|f| heat[f.node] += f.area_m2 * of_surface[f.surface]);
        let change = response.of_w(&heat)?;
        squares.iter_mut().zip(&change).for_each(|(s, d)| *s += d * d);
        mean_squares += layout.mean(Part::Radiator, &change).powi(2);
    }
    #[expect(clippy::cast_precision_loss, reason = "eight")]
    let error = |sum: f64| (sum / (REPLICATES * (REPLICATES - 1)) as f64).sqrt();
    Ok(RayNoise { node_k: squares.into_iter().map(error).collect(), radiator_mean_k: error(mean_squares) })
}

const REPLICATES: usize = view_factor::REPLICATES as usize;

fn find(model: &Model, design: &Design, layout: &Layout, network: &Network, state: &SteadyState) -> Found {
    let areas = network.surface_area_m2();
    let of = |part: Part| layout.sides.iter().enumerate().filter(move |(_, s)| layout.parts[s.panel] == part);
    let (mut area, mut external, mut own, mut to_array) = (0.0, 0.0, 0.0, 0.0);
    for (i, s) in of(Part::Radiator) {
        area += areas[i];
        external += areas[i] * network.surfaces[i].external_w_m2();
        own += areas[i] * s.optics.emissivity * state.irradiation_w_m2[i];
        if let Some(f) = &network.factors
            && let Some(row) = f.g_m2.outer_view(i)
        {
            let met_array = |j: usize| layout.parts[layout.sides[j].panel] == Part::Array;
            let sum = row.iter().filter(|(j, _)| met_array(*j)).map(|(_, g)| g).sum::<f64>();
            to_array += sum / (1.0 - f.specular[i]);
        }
    }
    let [radiator, array, bus] =
        [Part::Radiator, Part::Array, Part::Bus].map(|part| Spread::new(layout.areas_m2(part), &state.node_k));
    let drawn_w = |part| -layout.part_cells(part).map(|i| network.internal[i].at(state.node_k[i])).sum::<f64>();
    let (by_array_w, by_radiator_w) = (drawn_w(Part::Array), drawn_w(Part::Radiator));
    let c = &network.coolant;
    let rejected_w = state.convergence.coolant_w;
    #[expect(clippy::cast_precision_loss, reason = "channel counts are below 2^53")]
    let flow = c.capacity_rate_w_per_k * c.channels as f64;
    Found {
        rejected_w,
        outlet_k: design.inlet_k - rejected_w / flow,
        sink_k4: (external + own - by_radiator_w) / area / (model.radiator.emissivity() * crate::constants::STEFAN_BOLTZMANN),
        external_w_m2: external / area,
        own_w_m2: own / area,
        view_to_array: to_array / area,
        radiator_k: (radiator.least_k, radiator.most_k),
        radiator_mean_k: radiator.mean_k,
        array_k: (array.least_k, array.most_k),
        array_mean_k: array.mean_k,
        bus_k: (bus.least_k, bus.most_k),
        array_power_w: by_array_w * model.array.electrical_efficiency,
        cells_power_w: by_radiator_w * model.array.electrical_efficiency,
    }
}
