//! The keys of what stands between the nodes of a network: heat exchangers, pumped loops, heaters.

use super::transient::{Pid, Thermostat};
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A heat exchanger of two streams: Q = ε C_min (T_hot_in − T_cold_in), C_min the lesser GF. Give `effectiveness`, or `ua_w_per_k`
/// with `arrangement`. Either stream may be the warmer one.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Exchanger {
    /// Node where the hot stream comes in.
    pub hot_in: String,
    /// Node that it leaves as; arithmetic, or with what the liquid inside stores.
    pub hot_out: String,
    /// Node where the cold stream comes in.
    pub cold_in: String,
    /// Node that it leaves as.
    pub cold_out: String,
    /// Mass flow × specific heat of the hot stream; absent: the flow of the loop's tube from hot_in to hot_out.
    pub hot_gf_w_per_k: Option<Conductance>,
    /// The same of the cold stream; absent: the flow of the loop's tube from cold_in to cold_out.
    pub cold_gf_w_per_k: Option<Conductance>,
    /// Effectiveness ε.
    pub effectiveness: Option<Fraction>,
    /// Conductance of the whole surface, both films and the wall.
    pub ua_w_per_k: Option<Conductance>,
    /// How the streams pass each other.
    pub arrangement: Option<Arrangement>,
}

/// How the streams pass each other.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Arrangement {
    /// Against each other.
    Counterflow,
    /// In one direction.
    Parallel,
    /// Across each other, both unmixed.
    Cross,
    /// One shell pass and an even number of tube passes.
    Shell,
}

/// A pumped loop of liquid: tubes between nodes, in series, parallel or any network of them, and a pump. The flow of each tube
/// follows from mass and friction at the temperatures of its ends.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Loop {
    /// Liquid: a fluid of the catalogue.
    pub fluid: String,
    /// What drives it.
    pub pump: Pump,
    /// Its tubes.
    pub tubes: Vec<Tube>,
}

/// A pump: `flow_kg_s` or `rise_kpa`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pump {
    /// Node at its suction.
    pub from: String,
    /// Node at its discharge.
    pub to: String,
    /// Mass flow that it keeps.
    pub flow_kg_s: Option<MassFlow>,
    /// Rise of pressure that it keeps.
    pub rise_kpa: Option<Kilopascals>,
    /// Hydraulic over electric power: with it Δp V̇ / efficiency heats the discharge node; without it the pump gives no heat.
    pub efficiency: Option<Efficiency>,
}

/// A round tube from one node of liquid to the next, or equal ones side by side.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Tube {
    /// Node at its beginning; the liquid may well flow against it.
    pub from: String,
    /// Node at its end.
    pub to: String,
    /// Length.
    pub length_m: Metres,
    /// Inner diameter.
    pub bore_mm: Millimetres,
    /// Roughness; absent: smooth.
    pub roughness_um: Option<Micrometres>,
    /// Equal tubes side by side.
    #[serde(default = "one")]
    pub count: Count,
    /// Loss coefficient ζ of bends, inlet and outlet, in dynamic pressures.
    pub minor_loss: Option<Factor>,
    /// Node of its wall, at one temperature along it: heat passes the film.
    pub wall: Option<String>,
}

fn one() -> Count {
    Count::new(1).expect("in range")
}

/// A heater on a node, which it also watches: `thermostat` or `pid`. In the steady state its power falls evenly from all of it
/// where the thermostat switches on to none where it switches off; a controller without integral gives K_p e, one with integral
/// holds its set point.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NodeHeater {
    /// Node that it heats.
    pub node: String,
    /// Node that it watches; absent: the one that it heats.
    pub sensor: Option<String>,
    /// Power when on, or at most.
    pub power_w: Watts,
    /// On and off with hysteresis.
    pub thermostat: Option<Thermostat>,
    /// Power by a sampled controller.
    pub pid: Option<Pid>,
}
