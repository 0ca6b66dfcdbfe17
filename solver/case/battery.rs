//! The keys of `[battery]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A battery that carries the whole load through the longest shadow of the orbit as the case has it. What charging and discharging
/// lose the array must deliver too; it is given off by the bus, not by the radiator. Without this table storage is left to
/// `exchanger_battery_kg_per_kw`.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Battery {
    /// Energy of a full pack per mass.
    pub wh_per_kg: WattHoursPerKilogram,
    /// Part of it that a shadow may use.
    pub depth: Efficiency,
    /// Energy given over energy taken.
    pub efficiency: Efficiency,
}
