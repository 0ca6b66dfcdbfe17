//! The design problem as meant: names resolved, ranges and contradictions checked, everything in SI.
//!
//! [`Model::from_case`] collects all mistakes before it gives up. After it no name is looked up and no range is checked.

pub mod armour;
pub mod assembly;
pub mod body;
pub mod catalogue;
pub mod components;
pub mod curve;
pub mod design;
pub mod form;
pub mod heat_pipes;
pub mod heat_pump;
mod joint;
pub mod lumped;
mod orbit;
mod resolve;
pub mod survey;
mod transient;

use crate::case::Source;
use crate::case::battery::Battery;
use crate::case::claim::Claim;
use crate::case::cost::Cost;
use crate::case::mass::Mass;
use crate::case::schema::{self, Evidence, Life, RadiatorNormal};
use crate::case::study::Study;
use crate::case::survey::Survey;
use crate::case::transient::Transient;
use crate::case::two_phase::TwoPhase;
use crate::environment::{Attitude, Flight, Joint, Light};
use crate::fin::taper::Profile;
use crate::quantity::Fraction;
use catalogue::{CoolantRow, Liquid};
use heat_pipes::HeatPipes;
use heat_pump::HeatPump;
use nalgebra::{Unit, Vector3};

/// A catalogue row the model rests on.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Assumption {
    /// What it is, as `coating az93`.
    pub what: String,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained.
    pub evidence: Evidence,
}

/// Absorptivity and emissivity of a surface at the chosen life, and what it mirrors.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Optics {
    /// Solar absorptivity.
    pub absorptivity: f64,
    /// Infrared emissivity.
    pub emissivity: f64,
    /// Specular reflectance of sunlight.
    pub specular_solar: f64,
    /// Specular reflectance of infrared.
    pub specular_ir: f64,
}

impl Optics {
    /// Specular reflectances are `specularity (1 − absorptivity)` and `specularity (1 − emissivity)`; absent specularity is 0.
    pub fn new(absorptivity: f64, emissivity: f64, [solar, infrared]: [Option<Fraction>; 2]) -> Self {
        let part = |specularity: Option<Fraction>, taken: f64| specularity.map_or(0.0, |s| s.get() * (1.0 - taken));
        Self { absorptivity, emissivity, specular_solar: part(solar, absorptivity), specular_ir: part(infrared, emissivity) }
    }
}

/// The heat load.
#[derive(Clone, Debug)]
pub struct Load {
    /// Rack power, W.
    pub power_w: f64,
    /// Overhead as a fraction of it.
    pub overhead: f64,
    /// Rack name, number of racks, GPUs.
    pub racks: Option<(String, f64, f64)>,
}

impl Load {
    /// Heat of racks and overhead, W.
    pub fn heat_w(&self) -> f64 {
        self.power_w * (1.0 + self.overhead)
    }
}

/// The radiator's fixed choices and free variables.
#[derive(Clone, Debug)]
pub struct Radiator {
    /// Sheet and tube conductivity, W/(m K).
    pub conductivity_w_mk: f64,
    /// Sheet and tube density, kg/m³.
    pub density_kg_m3: f64,
    /// Sheet and tube specific heat near 320 K, J/(kg K).
    pub specific_heat_j_kgk: Option<f64>,
    /// Specific heat by temperature, K and J/(kg K).
    pub specific_heat_by_k: Vec<(f64, f64)>,
    /// Conductivity by temperature, K and W/(m K).
    pub conductivity_by_k: Vec<(f64, f64)>,
    /// Emissivity of the coating by temperature, K.
    pub emissivity_by_k: Vec<(f64, f64)>,
    /// Solar absorptivity of the coating by temperature, K.
    pub absorptivity_by_k: Vec<(f64, f64)>,
    /// Front and back.
    pub faces: [Optics; 2],
    /// Solar cells on the front.
    pub cells: Option<Cells>,
    /// Heat pipes, or loop heat pipes, in place of tubes.
    pub heat_pipes: Option<HeatPipes>,
    /// Coatings, or cells, of both faces, kg/m².
    pub coating_kg_m2: f64,
    /// Wings.
    pub wings: usize,
    /// Rows per wing.
    pub rows: usize,
    /// Body axis to wing root, m.
    pub root_distance_m: f64,
    /// Independent loops.
    pub loops: usize,
    /// Loops lost at the end of life.
    pub spare_loops: usize,
    /// Tube pitch bounds, m.
    pub pitch_m: (f64, f64),
    /// Bounds of the total sheet thickness at the tube, m.
    pub sheet_m: (f64, f64),
    /// How the sheets get thinner from there.
    pub profile: Profile,
    /// Bore bounds, m.
    pub bore_m: (f64, f64),
    /// Tube length bounds, m.
    pub length_m: (f64, f64),
    /// Tube wall, m; with armour the least.
    pub wall_m: f64,
    /// Joint resistance, m K/W.
    pub joint_m_k_per_w: f64,
    /// Fixed planform area, m².
    pub planform_m2: Option<f64>,
    /// What turns its wings.
    pub joint: Option<Joint>,
}

impl Radiator {
    /// Mean emissivity of both faces.
    pub fn emissivity(&self) -> f64 {
        0.5 * (self.faces[0].emissivity + self.faces[1].emissivity)
    }
    /// That of a radiator with or without cells: cells look where the array's look.
    pub(crate) fn normal_with(cells: bool) -> Unit<Vector3<f64>> {
        if cells { Vector3::z_axis() } else { Vector3::x_axis() }
    }
    /// Normal of the front with its joint at rest.
    pub fn normal(&self) -> Unit<Vector3<f64>> {
        Self::normal_with(self.cells.is_some())
    }
}

/// Solar cells of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Cells {
    /// Efficiency at the reference temperature at the chosen life, cell area.
    pub efficiency: f64,
    /// Relative change per kelvin.
    pub temperature_coefficient_per_k: f64,
    /// Reference temperature, K.
    pub reference_k: f64,
    /// Cell area over that of the face.
    pub packing: f64,
}

impl Cells {
    /// Electricity drawn from direct sunlight, W/m² of face: `packing η (1 + c (T − T_ref)) S`.
    pub fn drawn_w_m2(&self, sunlight_w_m2: f64, t_k: f64) -> f64 {
        self.packing * self.efficiency * sunlight_w_m2 * (1.0 + self.temperature_coefficient_per_k * (t_k - self.reference_k))
    }
}

/// The solar array.
#[derive(Clone, Debug)]
pub struct Array {
    /// Its cells.
    pub cells: Cells,
    /// Harness, regulation, pointing, mismatch.
    pub electrical_efficiency: f64,
    /// Sunlit side.
    pub front: Optics,
    /// Shaded side.
    pub rear: Optics,
    /// Wings.
    pub wings: usize,
    /// Wing width, m.
    pub width_m: f64,
    /// Body axis to wing root, m.
    pub root_distance_m: f64,
    /// Substrate thickness, m.
    pub substrate_m: f64,
    /// What turns its wings.
    pub joint: Option<Joint>,
}

/// The design problem.
#[derive(Debug)]
pub struct Model {
    /// Title.
    pub name: String,
    /// Heat load.
    pub load: Load,
    /// Power of the hottest chip, W.
    pub chip_power_w: f64,
    /// Junction to coolant, K/W.
    pub junction_to_coolant_k_per_w: f64,
    /// Junction limit, K.
    pub junction_limit_k: f64,
    /// Interface exchanger drop, K.
    pub interface_approach_k: f64,
    /// Coolant name.
    pub fluid: String,
    /// Coolant properties.
    pub liquid: Liquid,
    /// What else is known of the coolant.
    pub coolant: CoolantRow,
    /// Evaporation at the racks, condensation in the radiator, as written.
    pub two_phase: Option<TwoPhase>,
    /// Radiator outlet, K: that of the racks' coolant and the lift of a heat pump.
    pub supply_k: f64,
    /// Radiator inlet, K, likewise.
    pub return_k: f64,
    /// Storage for the shadow, as written.
    pub battery: Option<Battery>,
    /// Heat pump.
    pub heat_pump: Option<HeatPump>,
    /// Pressure drop outside the tubes, Pa.
    pub loop_drop_pa: f64,
    /// Hydraulic over electric power.
    pub pump_efficiency: f64,
    /// Orbit, body and Sun.
    pub flight: Flight,
    /// Orbit positions.
    pub positions: usize,
    /// Design case by name.
    pub design_case: String,
    /// Life.
    pub life: Life,
    /// What shines.
    pub light: Light,
    /// How the body is turned.
    pub attitude: Attitude,
    /// The choice that it came from, if it came from one.
    pub radiator_normal: Option<RadiatorNormal>,
    /// Radiator.
    pub radiator: Radiator,
    /// Protection that sets the wall.
    pub armour: Option<armour::Armour>,
    /// Array.
    pub array: Array,
    /// Bus edges, m.
    pub bus_size_m: [f64; 3],
    /// Bus optics.
    pub bus_optics: Optics,
    /// Bus skin, m.
    pub bus_skin_m: f64,
    /// Mass assumptions, as written.
    pub mass: Mass,
    /// Prices, as written.
    pub cost: Option<Cost>,
    /// Mesh settings, as written.
    pub mesh: schema::Mesh,
    /// Ray settings, as written.
    pub rays: schema::RaySettings,
    /// Tolerances, as written.
    pub solver: schema::Solver,
    /// Temperatures in time, as written.
    pub transient: Option<Transient>,
    /// The design on other days, as written.
    pub survey: Option<Survey>,
    /// Many designs of the case, as written.
    pub study: Option<Study>,
    /// What others said, as written.
    pub claims: Vec<Claim>,
    /// Output choices, as written.
    pub output: schema::Output,
    /// Catalogue rows used.
    pub assumptions: Vec<Assumption>,
    /// The case file, for messages.
    pub source: Source,
}
