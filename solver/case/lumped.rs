//! The keys of lumped nodes, of what joins them, and of an assembly in time.

use super::transient::{Method, Mode, cycle_tolerance, forty, step_tolerance};
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A node: `temperature_c` or `temperature_by_s` hold it (boundary); else `capacity_j_per_k` or `capacity_by_s` make it store heat
/// (diffusion), and without them it follows the others at once (arithmetic). Tables in time are pairs of s and value, straight
/// between, constant before the first and beyond the last; two pairs of one time are a jump. The steady state takes what holds at 0 s,
/// in orbit the mean over the table's period, or without one over the orbit.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Node {
    /// Temperature it is held at.
    pub temperature_c: Option<NodeCelsius>,
    /// Temperature it is held at in time, pairs of s and °C.
    pub temperature_by_s: Option<Vec<(Seconds, NodeCelsius)>>,
    /// Heat capacity.
    pub capacity_j_per_k: Option<HeatCapacity>,
    /// Heat capacity in time, pairs of s and J/K: C(t) dT/dt = Q. What is filled in or drained is as warm as the node.
    pub capacity_by_s: Option<Vec<(Seconds, HeatCapacity)>>,
    /// Phase change of what the node holds.
    pub melting: Option<Melting>,
    /// Heat dissipated in it; below 0: drawn from it.
    pub power_w: Option<NodePower>,
    /// Heat in time, pairs of s and W.
    pub power_by_s: Option<Vec<(Seconds, NodePower)>>,
    /// The node's tables in time begin again after this; absent: they end with their last value.
    pub period_s: Option<Seconds>,
    /// Temperature at the start of `[transient]`; absent: the steady state.
    pub start_c: Option<NodeCelsius>,
    /// Lowest and highest temperature in operation.
    pub operating_c: Option<(NodeCelsius, NodeCelsius)>,
    /// Lowest and highest temperature of the qualification.
    pub qualification_c: Option<(NodeCelsius, NodeCelsius)>,
    /// Uncertainty of the prediction; it is taken off the margins.
    pub uncertainty_k: Option<KelvinStep>,
}

/// Melting between two temperatures: the latent heat is spread over them as a triangle, and comes on top of the capacity.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Melting {
    /// Latent heat of the whole node.
    pub latent_j: LatentHeat,
    /// Where melting begins.
    pub solidus_c: NodeCelsius,
    /// Where it ends.
    pub liquidus_c: NodeCelsius,
}

/// A conductor from `a` to `b`. Tables in time as those of nodes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Conductor {
    /// Node; of a fluid conductor the upstream one.
    pub a: String,
    /// Node; of a fluid conductor the downstream one.
    pub b: String,
    /// Linear: Q = GL (T_a − T_b).
    pub gl_w_per_k: Option<Conductance>,
    /// Linear by temperature, pairs of °C and W/K: exact integral of the straight lines between.
    pub gl_by_c: Option<Vec<(NodeCelsius, Conductance)>>,
    /// Linear by the temperature of a alone, pairs of °C and W/K, straight between: a variable-conductance heat pipe from a, its
    /// evaporator. Q = GL(T_a) (T_a − T_b).
    pub gl_by_a_c: Option<Vec<(NodeCelsius, Conductance)>>,
    /// Heat only goes from a to b, as in a diode or loop heat pipe: with `gl_w_per_k` or `gl_by_a_c`. It opens within the first 0.1 K.
    #[serde(default)]
    pub one_way: bool,
    /// Linear by time, pairs of s and W/K: a heat switch, a contact that changes.
    pub gl_by_s: Option<Vec<(Seconds, Conductance)>>,
    /// Radiative: Q = σ GR (T_a⁴ − T_b⁴).
    pub gr_m2: Option<ExchangeArea>,
    /// Radiative by time, pairs of s and m²: louvres, a coating whose emissivity changes.
    pub gr_by_s: Option<Vec<(Seconds, ExchangeArea)>>,
    /// Fluid: b receives GF (T_a − T_b), a feels nothing. Mass flow × specific heat.
    pub gf_w_per_k: Option<Conductance>,
    /// Fluid by time, pairs of s and W/K: a pump that changes speed.
    pub gf_by_s: Option<Vec<(Seconds, Conductance)>>,
    /// The conductor's table in time begins again after this; absent: it ends with its last value.
    pub period_s: Option<Seconds>,
    /// Most heat it may carry in either direction, as a heat pipe's; checked, in time at each row of history.csv.
    pub most_w: Option<Watts>,
    /// Least heat from a to b with which it starts, as a loop heat pipe's; checked.
    pub start_w: Option<Watts>,
}

/// A thermoelectric cooler: Q_cold = S T_cold I − ½ I² R − K (T_hot − T_cold), Q_hot = S T_hot I + ½ I² R − K (T_hot − T_cold).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cooler {
    /// Node that is cooled.
    pub cold: String,
    /// Node that takes the heat.
    pub hot: String,
    /// Seebeck coefficient S of the whole module.
    pub seebeck_v_per_k: Seebeck,
    /// Electric resistance R of the whole module.
    pub resistance_ohm: Ohms,
    /// Conductance K of the whole module.
    pub gl_w_per_k: Conductance,
    /// Current I.
    pub current_a: Amperes,
}

/// Temperatures in time, of nodes and of parts that tell their heat capacity; without this table only the steady state is computed
/// (orbit average; without an orbit tables at 0 s).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct March {
    /// "march": from the start on. "periodic": from the beginning of the orbit that repeats itself.
    #[serde(default = "march")]
    pub mode: Mode,
    /// Time that is followed; absent: one orbit.
    pub until_s: Option<Seconds>,
    /// Time between rows of history.csv.
    pub every_s: Seconds,
    /// Temperature of parts at the start; absent: the steady state.
    pub start_c: Option<NodeCelsius>,
    /// Time integration.
    #[serde(default)]
    pub method: Method,
    /// Largest estimated error of a node in one step.
    #[serde(default = "step_tolerance")]
    pub tolerance_k: KelvinTolerance,
    /// "periodic": estimated distance to the repeating orbit that ends the search.
    #[serde(default = "cycle_tolerance")]
    pub cycle_tolerance_k: KelvinTolerance,
    /// "periodic": orbits of the search at most.
    #[serde(default = "forty")]
    pub most_orbits: Count,
    /// VTK frames of the time that is followed, evenly spread.
    #[serde(default = "none")]
    pub frames: CountOrNone,
}

fn march() -> Mode {
    Mode::March
}
fn none() -> CountOrNone {
    CountOrNone::new(0).expect("in range")
}
