//! The keys of `[heat_pump]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A heat pump that lifts the heat from the racks' coolant to a warmer radiator: `COP = of_carnot · T/(lift + approach)`, T the mean of
/// the racks' coolant. Its electricity is load of the array and heat of the radiator. `supply_c` and `return_c` of `[coolant]` stay the
/// racks'; the radiator's are warmer by the lift.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HeatPump {
    /// The radiator's coolant above the racks'.
    pub lift_k: KelvinStep,
    /// Coefficient of performance over that of Carnot's process between evaporator and condenser.
    pub of_carnot: Efficiency,
    /// What both exchangers of the pump add to the lift of its process.
    pub approach_k: KelvinStep,
    /// Compressor, exchangers and power electronics per electric power.
    pub kg_per_kw: KilogramsPerKilowatt,
}
