//! The keys of `[radiator.heat_pipes]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Heat pipes in place of the radiator's tubes: the coolant stays in a manifold along the roots of the pipes, each pipe takes its heat there and is of one
/// temperature along its length. Each is a loop of its own: a puncture costs one pipe. `pitch_mm`, `sheet_mm`, `bore_mm` (the space of vapour and
/// grooves), `length_m` (without the evaporator), `wall_mm` and `joint_m_k_per_w` are then those of the pipes, and `loops` those of the manifold.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatPipes {
    /// Length of a pipe in the manifold.
    pub evaporator_m: Metres,
    /// Coolant to vapour, one pipe: film of the manifold, saddle, grooves.
    pub evaporator_w_per_k: Conductance,
    /// Vapour to the inside of the pipe's wall, per length of condenser.
    pub condenser_w_m_k: Conductivity,
    /// Grooves, wick and fluid, beside the wall, per length.
    pub wick_kg_per_m: MassPerLength,
    /// Heat times effective length, half of evaporator and condenser, that a pipe carries at the hottest, in weightlessness.
    pub transport_w_m: TransportCapability,
    /// Part of the pipes that may be lost by the end of life; the rest rejects the whole load.
    pub spare: Fraction,
}
