//! The keys of `[radiator.heat_pipes]` and `[radiator.loop_heat_pipes]`, as written.

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

/// Loop heat pipes in place of the radiator's tubes: each has an evaporator of its own on the manifold, whose wick pumps vapour to the panel and
/// liquid back through thin lines, and condenses in `legs` tubes of the panel. `pitch_mm`, `bore_mm`, `length_m`, `wall_mm` and `joint_m_k_per_w` are then
/// those of the condenser tubes, `loops` those of the manifold. A puncture of any of its tubes costs the whole pipe.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LoopHeatPipes {
    /// Condenser tubes that one evaporator feeds.
    pub legs: Count,
    /// Coolant to vapour, one pipe: film of the manifold, saddle, wick.
    pub evaporator_w_per_k: Conductance,
    /// Vapour to the inside of the tube's wall, per length that vapour fills.
    pub condenser_w_m_k: Conductivity,
    /// Part of a condenser tube, at its end, that liquid fills to come back subcooled: it counts as giving off nothing.
    pub subcooler: Fraction,
    /// Fluid in a condenser tube, per length.
    pub fluid_kg_per_m: MassPerLength,
    /// Evaporator, reservoir, their fluid, vapour and liquid line of one pipe.
    pub unit_kg: Kilograms,
    /// Heat that one pipe carries at the hottest, with its lines.
    pub capability_w: Watts,
    /// Part of the pipes that may be lost by the end of life; the rest rejects the whole load.
    pub spare: Fraction,
}
