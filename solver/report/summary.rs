//! The numbers of a run, as `summary.json` holds them.

use super::armour::ArmourNumbers;
use super::asked::{Asked, Geometry};
use super::checks::checks;
use super::claims::{ClaimNumbers, looked_up};
use super::heat_path::{Level, heat_path};
use super::over_time::{HistoryNumbers, SurveyNumbers};
use super::wings::{ArrayNumbers, CoolantNumbers, RadiatorNumbers, array, radiator};
use crate::case::claim::Claim;
use crate::case::schema::{Evidence, Life, RadiatorNormal};
use crate::constants::CELSIUS_ZERO_K;
use crate::model::{Assumption, Model, heat_pump::HeatPump};
use crate::radiation::view_factor::Quality;
use crate::sizing::cost::Costs;
use crate::sizing::radiator::Mass;
use crate::sizing::system::System;
use crate::sizing::{Round, Sized};
use crate::solve::steady::Convergence;
use serde::Serialize;

/// Version of the layout of `summary.json`: a change of meaning or removal of a key raises it.
pub const SCHEMA_VERSION: u32 = 1;

/// All numbers of a run. Keys carry their units.
#[derive(Debug, Serialize)]
pub struct Summary {
    /// [`SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Program and version.
    pub program: String,
    /// Title of the case.
    pub name: String,
    /// Device that ran the hot loops.
    pub device: String,
    /// Seed of the rays.
    pub seed: usize,
    /// Whether every check passed.
    pub passed: bool,
    /// Checks with their limits.
    pub checks: Vec<Check>,
    /// What the case asked for.
    pub asked: Asked,
    /// Heat load.
    pub load: LoadNumbers,
    /// Orbit and environment.
    pub orbit: OrbitNumbers,
    /// Radiator by the sizing and by the field model.
    pub radiator: RadiatorNumbers,
    /// Its coolant.
    pub coolant: CoolantNumbers,
    /// What its wall is exposed to.
    pub armour: Option<ArmourNumbers>,
    /// Temperatures against limits.
    pub temperatures: Temperatures,
    /// Between racks and radiator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heat_pump: Option<HeatPump>,
    /// From junction to space.
    pub heat_path: Vec<Level>,
    /// Array.
    pub array: ArrayNumbers,
    /// Where the parts stand.
    pub geometry: Geometry,
    /// Radiator masses.
    pub mass: Mass,
    /// Its margins: total less the sum before them, kg.
    pub margin_kg: f64,
    /// Satellite.
    pub system: System,
    /// What it costs, if the case has prices.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<Costs>,
    /// Size of the field model.
    pub mesh: MeshNumbers,
    /// View factors, in the infrared.
    pub view_factors: Quality,
    /// Those in sunlight where surfaces mirror it otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub view_factors_in_sunlight: Option<Quality>,
    /// Largest standard error of a surface's orbital heating, W/m².
    pub heating_standard_error_w_m2: f64,
    /// What ray noise does to temperatures.
    pub ray_error: RayError,
    /// Steady state.
    pub convergence: Convergence,
    /// Rounds of sizing and field model.
    pub rounds: Vec<Round>,
    /// Temperatures in time.
    pub history: Option<HistoryNumbers>,
    /// The design on other days.
    pub survey: Option<SurveyNumbers>,
    /// What others said, beside what was found.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<ClaimNumbers>,
    /// Catalogue rows.
    pub assumptions: Vec<Assumption>,
    /// What a user must know.
    pub warnings: Vec<String>,
}

/// Standard errors of temperatures by the noise of rays, K.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct RayError {
    /// Of the radiator's area-weighted mean.
    pub radiator_mean_k: f64,
    /// Of its hottest cell.
    pub hottest_radiator_k: f64,
    /// Largest of any cell.
    pub largest_k: f64,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct Check {
    /// What is checked.
    pub what: String,
    /// Value found.
    pub value: f64,
    /// Limit.
    pub limit: f64,
    /// Unit.
    pub unit: &'static str,
    /// Whether `value ≤ limit`.
    pub passed: bool,
    /// Where the value was found, or empty.
    pub place: String,
}

impl Check {
    /// That a value does not exceed a limit.
    pub fn new(what: &str, value: f64, limit: f64, unit: &'static str) -> Self {
        Self { what: what.to_owned(), value, limit, unit, passed: value <= limit, place: String::new() }
    }

    /// With the place where the value was found.
    #[must_use]
    pub fn at(self, place: String) -> Self {
        Self { place, ..self }
    }
}

/// Heat load.
#[derive(Debug, Serialize)]
pub struct LoadNumbers {
    /// Racks, W.
    pub rack_power_w: f64,
    /// Racks, overhead and pumps, W.
    pub heat_w: f64,
    /// Rack of the catalogue.
    pub rack: Option<String>,
    /// Racks.
    pub racks: Option<f64>,
    /// GPUs.
    pub gpus: Option<f64>,
}

/// Orbit and environment.
#[derive(Debug, Serialize)]
pub struct OrbitNumbers {
    /// What is flown around.
    pub body: Option<&'static str>,
    /// Lowest, km; none in deep space.
    pub altitude_km: Option<f64>,
    /// Largest, km.
    pub highest_altitude_km: Option<f64>,
    /// At the start, deg.
    pub beta_deg: Option<f64>,
    /// At the start, deg; none where the orbit has no date.
    pub inclination_deg: Option<f64>,
    /// min.
    pub period_min: f64,
    /// Part of the orbit in shadow.
    pub eclipse_fraction: f64,
    /// Design case.
    pub design_case: String,
    /// Life.
    pub life: Life,
    /// W/m².
    pub solar_w_m2: f64,
    /// Orbit average on a plate that faces the Sun, shadows counted, W/m².
    pub mean_sunlight_w_m2: f64,
    /// Albedo.
    pub albedo: f64,
    /// W/m².
    pub planet_ir_w_m2: f64,
    /// Attitude, if it was chosen so.
    pub radiator_normal: Option<RadiatorNormal>,
}

/// Temperatures, °C, and margins, K.
#[derive(Debug, Serialize)]
pub struct Temperatures {
    /// Hottest junction.
    pub junction_c: f64,
    /// Its limit.
    pub junction_limit_c: f64,
    /// Limit less junction.
    pub junction_margin_k: f64,
    /// Racks to radiator.
    pub return_c: f64,
    /// Radiator to racks, wanted.
    pub supply_c: f64,
    /// Radiator to racks, found.
    pub supply_found_c: f64,
    /// Radiator cells: coldest, mean, hottest.
    pub radiator_c: (f64, f64, f64),
    /// Array cells: coldest, mean, hottest.
    pub array_c: (f64, f64, f64),
    /// Bus cells: coldest, hottest.
    pub bus_c: (f64, f64),
}

/// Size of the field model.
#[derive(Debug, Serialize)]
pub struct MeshNumbers {
    /// All cells.
    pub cells: usize,
    /// Radiator cells.
    pub radiator_cells: usize,
    /// Facets.
    pub facets: usize,
    /// Surfaces.
    pub surfaces: usize,
    /// Coolant channels.
    pub channels: usize,
    /// Poses of the joints, each with its own factors and shadows.
    pub poses: usize,
}

pub(super) fn celsius(t_k: f64) -> f64 {
    t_k - CELSIUS_ZERO_K
}

impl Summary {
    /// Gathers the numbers of a run.
    pub fn new(model: &Model, sized: &Sized, device: String) -> Self {
        let d = &sized.design;
        let system = System::new(model, sized.point.mass.total_kg, d, sized.orbit.timeline.longest_shadow_s());
        let armour = ArmourNumbers::new(model, sized);
        let checks = checks(model, sized, armour.as_ref());
        let warnings = warnings(model, sized, armour.as_ref());
        let racks = model.load.racks.as_ref();
        let (orbit, t) = (&sized.orbit, &sized.orbit.timeline);
        let temperatures = temperatures(model, sized);
        Self {
            schema_version: SCHEMA_VERSION,
            program: format!("thermsolve {}", env!("CARGO_PKG_VERSION")),
            name: model.name.clone(),
            device,
            seed: model.rays.seed.get(),
            passed: checks.iter().all(|c| c.passed),
            checks,
            asked: Asked::new(model),
            load: LoadNumbers {
                rack_power_w: model.load.power_w,
                heat_w: d.heat_w,
                rack: racks.map(|r| r.0.clone()),
                racks: racks.map(|r| r.1),
                gpus: racks.map(|r| r.2),
            },
            orbit: OrbitNumbers {
                body: model.flight.body.map(|b| b.name),
                altitude_km: orbit.altitude_m.map(|(low, _)| low / 1e3),
                highest_altitude_km: orbit.altitude_m.map(|(_, high)| high / 1e3),
                beta_deg: orbit.beta_rad.map(f64::to_degrees),
                inclination_deg: model.flight.inclination_rad().map(f64::to_degrees),
                period_min: t.period_s / 60.0,
                eclipse_fraction: t.eclipse_fraction,
                design_case: model.design_case.clone(),
                life: model.life,
                solar_w_m2: t.solar_w_m2,
                mean_sunlight_w_m2: t.positions.iter().map(|p| p.solar_w_m2 * p.sunlit_weight).sum(),
                albedo: t.albedo,
                planet_ir_w_m2: t.planet_ir_w_m2,
                radiator_normal: model.radiator_normal,
            },
            radiator: radiator(model, sized),
            coolant: CoolantNumbers::new(model, sized),
            armour,
            temperatures,
            heat_pump: model.heat_pump,
            heat_path: heat_path(model, sized),
            array: array(model, sized),
            geometry: Geometry::new(model),
            mass: sized.point.mass,
            margin_kg: sized.point.mass.total_kg - sized.point.mass.before_margin_kg,
            cost: Costs::new(model, &system, d),
            system,
            mesh: mesh(sized),
            view_factors: sized.solution.quality,
            view_factors_in_sunlight: sized.solution.quality_in_sunlight,
            heating_standard_error_w_m2: sized.solution.incident.standard_error_w_m2,
            ray_error: ray_error(sized),
            convergence: sized.solution.state.convergence,
            rounds: sized.rounds.clone(),
            history: None,
            survey: None,
            claims: vec![],
            assumptions: model.assumptions.clone(),
            warnings,
        }
    }

    /// Adds claims; comes last, as they look into everything else.
    pub fn with_claims(mut self, claims: &[Claim]) -> Self {
        let all = serde_json::to_value(&self).expect("a summary is plain data");
        let (numbers, missing) = looked_up(claims, &all);
        self.claims = numbers;
        self.warnings.extend(missing);
        self
    }

    /// As JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a summary is plain data")
    }
}

fn ray_error(sized: &Sized) -> RayError {
    let s = &sized.solution;
    let hottest = s
        .layout
        .part_cells(crate::analysis::layout::Part::Radiator)
        .max_by(|a, b| s.state.node_k[*a].total_cmp(&s.state.node_k[*b]))
        .expect("a radiator has cells");
    RayError {
        radiator_mean_k: sized.ray_noise.radiator_mean_k,
        hottest_radiator_k: sized.ray_noise.node_k[hottest],
        largest_k: sized.ray_noise.node_k.iter().copied().fold(0.0, f64::max),
    }
}

fn mesh(sized: &Sized) -> MeshNumbers {
    let layout = &sized.solution.layout;
    let of_radiator = |k: &usize| layout.parts[*k] == crate::analysis::layout::Part::Radiator;
    MeshNumbers {
        cells: layout.mesh.cell_count(),
        radiator_cells: (0..layout.parts.len()).filter(of_radiator).map(|k| layout.mesh.panels[k].cell_count()).sum(),
        facets: layout.mesh.facet_count(),
        surfaces: layout.sides.len(),
        channels: sized.solution.network.coolant.channels,
        poses: sized.orbit.timeline.poses.len(),
    }
}

pub(super) fn temperatures(model: &Model, sized: &Sized) -> Temperatures {
    let (d, f) = (&sized.design, &sized.solution.found);
    let junction_k = model.junction_k(d.inlet_k, 1.0);
    Temperatures {
        junction_c: celsius(junction_k),
        junction_limit_c: celsius(model.junction_limit_k),
        junction_margin_k: model.junction_limit_k - junction_k,
        return_c: celsius(d.inlet_k),
        supply_c: celsius(d.outlet_k),
        supply_found_c: celsius(f.outlet_k),
        radiator_c: (celsius(f.radiator_k.0), celsius(f.radiator_mean_k), celsius(f.radiator_k.1)),
        array_c: (celsius(f.array_k.0), celsius(f.array_mean_k), celsius(f.array_k.1)),
        bus_c: (celsius(f.bus_k.0), celsius(f.bus_k.1)),
    }
}

fn warnings(model: &Model, sized: &Sized, armour: Option<&ArmourNumbers>) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    let recalled: Vec<&str> =
        model.assumptions.iter().filter(|a| a.evidence == Evidence::Recall).map(|a| a.what.as_str()).collect();
    if !recalled.is_empty() {
        all.push(format!("numbers written from memory, check them before relying on this run: {}", recalled.join(", ")));
    }
    if armour.is_some_and(|a| !a.within_tables) {
        all.push("the smallest particles that come through lie outside the table of fluxes: its slope was followed".to_owned());
    }
    all.extend(CoolantNumbers::warnings(model, sized));
    all.extend(super::wings::in_weaker_sun(model, sized));
    if model.armour.as_ref().is_some_and(|a| a.bumper.is_some()) && model.radiator.joint_m_k_per_w == 0.0 {
        all.push("face sheets stand off the tubes as bumpers and conduct to them as if brazed: `radiator.joint_m_k_per_w` takes the webs between".to_owned());
    }
    if !sized.binding.is_empty() {
        all.push(format!("the optimum lies on bounds of the case: {}", sized.binding.join(", ")));
    }
    if sized.orbit.timeline.eclipse_fraction > 0.0 && model.battery.is_none() {
        let percent = 100.0 * sized.orbit.timeline.eclipse_fraction;
        all.push(format!("{percent:.1} % of the orbit lies in shadow: array power is an orbit average and needs storage"));
    }
    all
}
