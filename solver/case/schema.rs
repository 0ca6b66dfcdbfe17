//! The keys of a case file, as written. Their documentation comments are the reference that `thermsolve schema` prints.

use super::armour::Armour;
use super::battery::Battery;
use super::claim::Claim;
use super::cost::Cost;
pub use super::flight::*;
use super::front_cells::FrontCells;
use super::heat_pipes::{HeatPipes, LoopHeatPipes};
use super::heat_pump::HeatPump;
use super::joint::Joint;
use super::mass::Mass;
use super::study::Study;
use super::survey::Survey;
use super::transient::Transient;
use super::two_phase::TwoPhase;
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A spacecraft, its orbit and its heat load: what thermsolve sizes and verifies.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Title of the run, as it stands on the summary.
    pub name: String,
    /// The heat to reject.
    pub load: Load,
    /// From the junction to the coolant.
    pub heat_path: HeatPath,
    /// The loop that carries the heat to the radiator.
    pub coolant: Coolant,
    /// Storage for the shadow.
    pub battery: Option<Battery>,
    /// A heat pump between racks and radiator.
    pub heat_pump: Option<HeatPump>,
    /// Where the spacecraft flies.
    pub orbit: Orbit,
    /// What shines on it.
    pub environment: Environment,
    /// How the body points.
    pub attitude: Attitude,
    /// The radiator: fixed choices, and bounds of what is optimised.
    pub radiator: Radiator,
    /// What sets the wall of its tubes and lines.
    #[serde(default)]
    pub armour: Option<Armour>,
    /// The solar array.
    pub array: Array,
    /// The box between the wings.
    pub bus: Bus,
    /// Areal and specific masses that are assumed, not computed.
    pub mass: Mass,
    /// Prices of it all.
    #[serde(default)]
    pub cost: Option<Cost>,
    /// Resolution of the finite-volume model.
    #[serde(default)]
    pub mesh: Mesh,
    /// Rays.
    #[serde(default)]
    pub rays: RaySettings,
    /// Tolerances.
    #[serde(default)]
    pub solver: Solver,
    /// Temperatures in time.
    #[serde(default)]
    pub transient: Option<Transient>,
    /// The sized design on other days.
    #[serde(default)]
    pub survey: Option<Survey>,
    /// Many designs of this case.
    #[serde(default)]
    pub study: Option<Study>,
    /// What is written.
    #[serde(default)]
    pub output: Output,
    /// Materials of this case, beside the catalogue's.
    #[serde(default)]
    pub materials: BTreeMap<String, Material>,
    /// Coatings of this case, beside the catalogue's.
    #[serde(default)]
    pub coatings: BTreeMap<String, Coating>,
    /// What others said about such a design, printed beside what this case finds.
    #[serde(default)]
    pub claims: Vec<Claim>,
    /// What a test run of this case must give; read by the test suite only.
    #[serde(default)]
    pub verify: Option<Verify>,
}

/// The heat to reject: `power_kw`, or `rack` and `count`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Load {
    /// Electric power of the racks, all of it heat.
    pub power_kw: Option<Kilowatts>,
    /// Rack of the catalogue: with `count` it sets the power, with `power_kw` it only sets the number of racks reported.
    pub rack: Option<String>,
    /// Number of racks.
    pub count: Option<Count>,
    /// Conversion losses and avionics as a fraction of the rack power; becomes heat and array load.
    pub overhead: Fraction,
}

/// From the junction to the coolant: T_junction = T_return + interface approach + chip power × resistance.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatPath {
    /// Power of the hottest chip.
    pub chip_power_w: Watts,
    /// Junction to local coolant: package, interface material, cold plate and film.
    pub junction_to_coolant_k_per_w: KelvinPerWatt,
    /// Highest junction temperature allowed.
    pub junction_limit_c: Celsius,
    /// Temperature drop of an interface heat exchanger between the rack loop and the radiator loop; 0: one loop.
    pub interface_approach_k: KelvinStep,
}

/// The loop that carries the heat to the radiator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coolant {
    /// Fluid of the catalogue.
    pub fluid: String,
    /// From the radiator to the racks.
    pub supply_c: Celsius,
    /// From the racks to the radiator; found by the program if `radiator.planform_m2` fixes the area, and then a guess.
    pub return_c: Celsius,
    /// Pressure drop outside the radiator tubes: cold plates, headers, trunk.
    pub loop_drop_kpa: Kilopascals,
    /// Hydraulic over electric power.
    pub pump_efficiency: Efficiency,
    /// It boils at the racks and condenses in the radiator.
    pub two_phase: Option<TwoPhase>,
}

/// What shines on the spacecraft: `design_case` of the catalogue, or "custom" and the three numbers.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Environment {
    /// "hot", "cold" or another entry of the catalogue, or "custom".
    pub design_case: String,
    /// Beginning or end of life of the coatings and cells.
    pub life: Life,
    /// Custom: solar flux.
    pub solar_w_m2: Option<WattsPerSquareMetre>,
    /// Custom: planet albedo.
    pub albedo: Option<Fraction>,
    /// Custom: planet infrared at its surface.
    pub planet_ir_w_m2: Option<WattsPerSquareMetre>,
    /// Custom: the sunlit ground emits what it absorbs, on top of `planet_ir_w_m2`, as on the Moon.
    pub ground_follows_sun: Option<bool>,
}

/// Beginning or end of life.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Life {
    /// As built.
    Beginning,
    /// Degraded.
    End,
}

/// The radiator: tube-and-fin panels in wings along ±y of the body, in the plane x = 0, their front towards +x.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Radiator {
    /// Sheet and tube material.
    pub material: String,
    /// Coating of both faces.
    pub coating: String,
    /// Coating of the back where it differs: one of low emissivity, or a blanket's effective one, leaves a radiator of one face, as on a body.
    pub coating_back: Option<String>,
    /// Solar cells on the front.
    pub cells: Option<FrontCells>,
    /// Heat pipes in place of tubes.
    pub heat_pipes: Option<HeatPipes>,
    /// Loop heat pipes in place of tubes.
    pub loop_heat_pipes: Option<LoopHeatPipes>,
    /// Wings, one or two.
    pub wings: Count,
    /// Rows of panels across the Sun direction in each wing; the tubes of a row are one panel length long.
    pub rows: Count,
    /// Distance from the body axis to the wing root.
    pub root_distance_m: Metres,
    /// Independent coolant loops, spread evenly over wings and rows.
    pub loops: Count,
    /// Loops that may be lost by the end of life; the rest rejects the whole load.
    pub spare_loops: CountOrNone,
    /// Tube pitch.
    pub pitch_mm: Bounds<Millimetres>,
    /// Total sheet thickness at the tube, both face sheets together.
    pub sheet_mm: Bounds<Millimetres>,
    /// Thickness of the sheets half-way between two tubes over that at the tube; it falls evenly. Without: 1.
    pub taper: Option<Taper>,
    /// Tube inner diameter.
    pub bore_mm: Bounds<Millimetres>,
    /// Tube length, which is the panel length.
    pub length_m: Bounds<Metres>,
    /// Tube wall; with `[armour]` the least, which that may raise.
    pub wall_mm: Millimetres,
    /// Tube to sheet joint, per metre of tube; 0 for brazed.
    pub joint_m_k_per_w: MetreKelvinPerWatt,
    /// Fixes the planform area of all wings; the program then finds the coolant temperatures that reject the load.
    pub planform_m2: Option<SquareMetres>,
    /// A joint that turns each wing; absent: the wings are fixed to the body.
    pub joint: Option<Joint>,
}

/// The solar array: wings along ±x of the body, their cells on the side of z.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Array {
    /// Cell of the catalogue.
    pub cell: String,
    /// Wings, one or two.
    pub wings: Count,
    /// Wing width along y.
    pub width_m: Metres,
    /// Distance from the body axis to the wing root.
    pub root_distance_m: Metres,
    /// Cell area over wing area; the catalogue's value if absent.
    pub packing: Option<Efficiency>,
    /// Remaining power at the end of life; the catalogue's value if absent.
    pub remaining: Option<Efficiency>,
    /// Harness, regulation, pointing and mismatch together.
    pub electrical_efficiency: Efficiency,
    /// Infrared emissivity of the rear side.
    pub rear_emissivity: Fraction,
    /// Solar absorptivity of the rear side.
    pub rear_absorptivity: Fraction,
    /// Part of the sunlight reflected by the front that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub front_specularity_solar: Option<Fraction>,
    /// Part of the infrared reflected by the front that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub front_specularity_ir: Option<Fraction>,
    /// Part of the sunlight reflected by the rear that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub rear_specularity_solar: Option<Fraction>,
    /// Part of the infrared reflected by the rear that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub rear_specularity_ir: Option<Fraction>,
    /// Substrate conductivity × thickness, as a sheet of this thickness of the radiator's material.
    pub substrate_mm: Millimetres,
    /// A joint that turns each wing; absent: the wings are fixed to the body.
    pub joint: Option<Joint>,
}

/// The box between the wings; its faces are insulated inside.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bus {
    /// Edges along x, y, z.
    pub size_m: [Metres; 3],
    /// Outer coating.
    pub coating: String,
    /// Thickness of the outer skin, of the radiator's material.
    pub skin_mm: Millimetres,
}

/// Resolution of the finite-volume model.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Mesh {
    /// Where cell edges fall across the pitch: "fitted" puts them on the tube edges, "uniform" spaces them evenly and is
    /// refused where the tube then falls between cells.
    pub spacing: Spacing,
    /// Cells across one pitch, tube included.
    pub cells_across_pitch: Cells,
    /// Cells along one tube.
    pub cells_along_tube: Cells,
    /// Radiating facets across one row of a wing.
    pub facets_across: Cells,
    /// Radiating facets along one tube.
    pub facets_along: Cells,
    /// Cells (and facets) along an array wing.
    pub array_cells_along: Cells,
    /// Cells (and facets) across an array wing.
    pub array_cells_across: Cells,
    /// Cells (and facets) along each edge of the bus.
    pub bus_cells: Cells,
}

impl Default for Mesh {
    fn default() -> Self {
        let cells = |n| Cells::new(n).expect("in range");
        Self {
            spacing: Spacing::Fitted,
            cells_across_pitch: cells(11),
            cells_along_tube: cells(10),
            facets_across: cells(8),
            facets_along: cells(2),
            array_cells_along: cells(24),
            array_cells_across: cells(6),
            bus_cells: cells(2),
        }
    }
}

/// Where cell edges fall across the pitch.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Spacing {
    /// On the tube edges.
    Fitted,
    /// Evenly.
    Uniform,
}

/// Rays.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RaySettings {
    /// Rays of each surface for radiative exchange, all replicates together.
    pub exchange: Rays,
    /// Rays of a surface at most when `flux_error_w` has them doubled; left out, they are not doubled.
    pub exchange_most: Option<Rays>,
    /// Standard error of a surface's radiative exchange below which its rays are not doubled.
    pub flux_error_w: Option<Watts>,
    /// Samples of each surface at each orbit position for sunlight, albedo and planet infrared, all replicates together.
    pub heating: Rays,
    /// Seed of the scrambled sequences.
    pub seed: CountOrNone,
}

impl Default for RaySettings {
    fn default() -> Self {
        let rays = |n| Rays::new(n).expect("in range");
        Self {
            exchange: rays(8192),
            exchange_most: None,
            flux_error_w: None,
            heating: rays(256),
            seed: CountOrNone::new(1).expect("in range"),
        }
    }
}

/// How the residual of the heat balance is evaluated.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Residual {
    /// The best that the backend has: f64 on the CPU, else in shaders, else fixed point.
    Auto,
    /// f64 in the device's shaders; an error where it has none.
    DeviceF64,
    /// Temperatures as integers of 2⁻¹⁶ K with an f32 remainder: on every device.
    FixedPoint,
    /// f64 on the host.
    HostF64,
}

/// Tolerances.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Solver {
    /// Largest temperature change of the last correction.
    pub tolerance_k: KelvinTolerance,
    /// Largest energy imbalance allowed, as a fraction of the heat that flows.
    pub balance: Fraction,
    /// Largest mismatch of load and heat rejected by the full model.
    pub load_match: Fraction,
    /// How the residual is evaluated.
    pub residual: Residual,
}

impl Default for Solver {
    fn default() -> Self {
        Self {
            tolerance_k: KelvinTolerance::new(1e-6).expect("in range"),
            balance: Fraction::new(1e-6).expect("in range"),
            load_match: Fraction::new(1e-3).expect("in range"),
            residual: Residual::Auto,
        }
    }
}

/// What is written.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// VTK files for ParaView.
    pub vtk: bool,
    /// CSV tables.
    pub csv: bool,
}

impl Default for Output {
    fn default() -> Self {
        Self { vtk: true, csv: true }
    }
}

/// A structural material.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Density.
    pub density_kg_m3: Density,
    /// Thermal conductivity near 320 K.
    pub conductivity_w_mk: Conductivity,
    /// Specific heat near 320 K; for `[transient]`.
    pub specific_heat_j_kgk: Option<SpecificHeat>,
    /// Conductivity by temperature, pairs of K and W/(m K); it takes the place of the one number in the field model.
    pub conductivity_by_k: Option<Vec<(Kelvins, Conductivity)>>,
    /// Specific heat by temperature, pairs of K and J/(kg K).
    pub specific_heat_by_k: Option<Vec<(Kelvins, SpecificHeat)>>,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained: "read", "nist", "derived" or "recall".
    pub evidence: Evidence,
}

/// A thermo-optical coating.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Coating {
    /// Solar absorptivity as built.
    pub absorptivity_beginning: Fraction,
    /// Solar absorptivity at the end of life, low Earth orbit.
    pub absorptivity_end: Fraction,
    /// Solar absorptivity at the end of life in high orbits (above 10,000 km), if it differs.
    pub absorptivity_end_high_orbit: Option<Fraction>,
    /// Infrared emissivity as built.
    pub emissivity_beginning: Fraction,
    /// Infrared emissivity at the end of life.
    pub emissivity_end: Fraction,
    /// Part of the reflected sunlight that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub specularity_solar: Option<Fraction>,
    /// Part of the reflected infrared that is reflected as by a mirror; 0, the classical diffuse assumption, if absent.
    pub specularity_ir: Option<Fraction>,
    /// Emissivity by temperature at the chosen life, pairs of K and emissivity; for the field model of the radiator.
    pub emissivity_by_k: Option<Vec<(Kelvins, Fraction)>>,
    /// Solar absorptivity by temperature at the chosen life, pairs of K and absorptivity; for the field model of the radiator,
    /// where it scales what is absorbed. What the surface reflects onto others stays that of the one number.
    pub absorptivity_by_k: Option<Vec<(Kelvins, Fraction)>>,
    /// Mass per coated face.
    pub areal_mass_kg_m2: ArealMass,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained: "read", "nist", "derived" or "recall".
    pub evidence: Evidence,
}

/// How a catalogue number was obtained.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Evidence {
    /// Seen in the cited source.
    Read,
    /// Evaluated from NIST fits.
    Nist,
    /// Computed from other numbers.
    Derived,
    /// A standard number written from memory: check before relying on it.
    Recall,
}

/// What a test run of this case must give.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Verify {
    /// What is shown, in one sentence.
    pub requirement: String,
    /// Where the numbers come from; never this program.
    pub source: String,
    /// Expected numbers: a path into summary.json, the value, and how close.
    pub expect: Vec<Expectation>,
}

/// One expected number.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Expectation {
    /// Path into summary.json, for example "radiator.planform_m2".
    pub path: String,
    /// Value.
    pub value: f64,
    /// Largest difference allowed.
    pub within: f64,
}
