//! The keys of `[transient]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Temperatures in time, of the sized design; without this table only the steady state is computed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Transient {
    /// Which orbits.
    pub mode: Mode,
    /// Heat capacity of cold plates and racks, and of the coolant outside the radiator's tubes.
    pub loop_capacity_kj_per_k: LoopCapacity,
    /// Orbits that are followed and written; "periodic": after the one that repeats is found.
    #[serde(default = "one")]
    pub orbits: Count,
    /// Uniform temperature at the start; absent: the steady state at orbit-average loads.
    pub start_c: Option<Celsius>,
    /// Time integration.
    #[serde(default)]
    pub method: Method,
    /// Largest estimated error of a cell in one step.
    #[serde(default = "step_tolerance")]
    pub tolerance_k: KelvinTolerance,
    /// "periodic": estimated distance to the repeating orbit that ends the search.
    #[serde(default = "cycle_tolerance")]
    pub cycle_tolerance_k: KelvinTolerance,
    /// "periodic": orbits of the search at most.
    #[serde(default = "forty")]
    pub most_orbits: Count,
    /// VTK frames of an orbit.
    #[serde(default = "frames")]
    pub frames: CountOrNone,
    /// Time between restart files.
    #[serde(default = "checkpoint")]
    pub checkpoint_min: Minutes,
    /// Rack power in time.
    #[serde(default)]
    pub rack_power: RackPower,
    /// Optics of the radiator's coating in time.
    #[serde(default)]
    pub coating: Coating,
    /// Heaters.
    #[serde(default)]
    pub heaters: Vec<Heater>,
}

fn one() -> Count {
    Count::new(1).expect("in range")
}
pub(super) fn forty() -> Count {
    Count::new(40).expect("in range")
}
fn frames() -> CountOrNone {
    CountOrNone::new(24).expect("in range")
}
pub(super) fn step_tolerance() -> KelvinTolerance {
    KelvinTolerance::new(0.01).expect("in range")
}
pub(super) fn cycle_tolerance() -> KelvinTolerance {
    KelvinTolerance::new(0.05).expect("in range")
}
fn checkpoint() -> Minutes {
    Minutes::new(1.0).expect("in range")
}

/// Which orbits are followed.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// The orbit that repeats itself.
    Periodic,
    /// Orbits from the start on.
    March,
}

/// Time integration.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// Second order, two implicit stages.
    #[default]
    TrBdf2,
    /// Fourth order, five implicit stages: for tolerances below a hundredth of a kelvin.
    Esdirk4,
}

/// Part of the rack load that is dissipated: product of the mode, the profile and the duty cycle.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RackPower {
    /// Mode in sunlight and penumbra.
    pub sunlight: Fraction,
    /// Mode in the umbra.
    pub eclipse: Fraction,
    /// Profile in time.
    pub profile: Option<Profile>,
    /// Duty cycle.
    pub duty: Option<Duty>,
}

impl Default for RackPower {
    fn default() -> Self {
        let whole = Fraction::new(1.0).expect("in range");
        Self { sunlight: whole, eclipse: whole, profile: None, duty: None }
    }
}

/// Optics of the radiator's coating in time, as parts of what they are otherwise, by temperature included: louvres, electrochromic
/// coatings. What the surface reflects onto others from outside stays that of the whole values.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Coating {
    /// Part of the emissivity, above 0.
    pub emissivity: Option<Profile>,
    /// Part of the solar absorptivity.
    pub absorptivity: Option<Profile>,
}

/// A profile that repeats after its last time.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// What `at` counts.
    pub by: Clock,
    /// Times, ascending from 0; the last one ends the profile.
    pub at: Vec<Minutes>,
    /// Part of the whole at each time.
    pub fraction: Vec<Fraction>,
    /// What happens between.
    #[serde(default)]
    pub between: Between,
}

/// What the times of a profile count.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Clock {
    /// Orbits; 0.5 is half an orbit.
    Orbits,
    /// Minutes from the start.
    Minutes,
}

/// What happens between the times of a profile.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Between {
    /// A value holds until the next time.
    #[default]
    Steps,
    /// Straight lines.
    Lines,
}

/// On and off.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// One turn, on first.
    pub period_min: Minutes,
    /// Part of it that is on.
    pub on: Fraction,
}

/// A heater on a part, spread evenly; it watches the part's mean. Give `thermostat` or `pid`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Heater {
    /// Name in tables.
    pub name: String,
    /// Part.
    pub part: HeatedPart,
    /// Power when on, or at most.
    pub power_w: Watts,
    /// On and off with hysteresis.
    pub thermostat: Option<Thermostat>,
    /// Power by a sampled controller.
    pub pid: Option<Pid>,
}

/// A part that can be heated.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum HeatedPart {
    /// The bus skin.
    Bus,
    /// The radiator.
    Radiator,
    /// The array.
    Array,
    /// The coolant loop.
    Loop,
}

/// On below one temperature, off above another.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Thermostat {
    /// Switches on below.
    pub on_below_c: Celsius,
    /// Switches off above.
    pub off_above_c: Celsius,
}

/// `P = K_p e + K_i ∫e dt + K_d de/dt`, `e = set − T`, held between samples, in 0..=power.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pid {
    /// Set point.
    pub set_c: Celsius,
    /// K_p.
    pub proportional_w_per_k: Gain,
    /// K_i.
    #[serde(default = "no_gain")]
    pub integral_w_per_k_s: Gain,
    /// K_d.
    #[serde(default = "no_gain")]
    pub derivative_w_s_per_k: Gain,
    /// Time between samples.
    pub sample_min: Minutes,
}

fn no_gain() -> Gain {
    Gain::new(0.0).expect("in range")
}
