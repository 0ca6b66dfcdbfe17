//! The keys of `[cost]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// What the satellite costs: prices of the case on the masses and powers that were found. Nothing is discounted, and nothing is added
/// for development, ground or operation.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cost {
    /// Name of the money, as it stands behind every number.
    #[serde(default = "dollars")]
    pub currency: String,
    /// Launch, per mass of the whole satellite.
    pub launch_per_kg: Price,
    /// Radiator with its margins and coolant, per mass.
    pub radiator_per_kg: Price,
    /// Array, and cells on the radiator, per power that they deliver at the chosen life.
    pub array_per_w: Price,
    /// Racks as flown, per rack power.
    pub racks_per_kw: Price,
    /// Exchanger, battery, heat pump and bus, per mass.
    pub other_per_kg: Price,
    /// Years in service, for a price per kilowatt-hour of the racks; left out, there is none.
    pub years: Option<Years>,
}

fn dollars() -> String {
    "USD".to_owned()
}
