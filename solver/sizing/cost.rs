//! What the satellite costs, by the prices of the case.

use super::system::System;
use crate::case::cost::Cost;
use crate::model::Model;
use crate::model::design::Design;

/// Hours of a Julian year.
const HOURS_OF_YEAR: f64 = 24.0 * 365.25;

/// Costs in the money of the case, undiscounted.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Costs {
    /// Name of the money.
    pub currency: String,
    /// Launch of the whole satellite.
    pub launch: f64,
    /// Radiator.
    pub radiator: f64,
    /// Array.
    pub array: f64,
    /// Racks.
    pub racks: f64,
    /// Exchanger, battery, heat pump and bus.
    pub other: f64,
    /// Sum.
    pub total: f64,
    /// Sum without the racks, over rack power, per W: what it costs to power, cool and launch.
    pub per_w_without_racks: f64,
    /// Sum over rack power, per W.
    pub per_w: f64,
    /// Sum without the racks over the energy that they take in the years of service, per kWh: what compares with the electricity, cooling
    /// and building of a data centre on the ground.
    pub per_kwh_without_racks: Option<f64>,
}

impl Costs {
    /// Prices times masses and powers; per energy `total/(P · 8766 h · years)`, the racks always on. `None` without `[cost]`.
    ///
    /// Truth: `study::costs_add_up`.
    pub fn new(model: &Model, system: &System, design: &Design) -> Option<Self> {
        let Cost { currency, launch_per_kg, radiator_per_kg, array_per_w, racks_per_kw, other_per_kg, years } =
            model.cost.as_ref()?;
        let power_w = model.load.power_w;
        let launch = launch_per_kg.get() * system.total_kg;
        let radiator = radiator_per_kg.get() * system.radiator_kg;
        let array = array_per_w.get() * design.power_w();
        let racks = 1e-3 * racks_per_kw.get() * power_w;
        let other_kg = system.exchanger_battery_kg + system.battery_kg + system.heat_pump_kg + system.bus_kg;
        let other = other_per_kg.get() * other_kg;
        let rest = launch + radiator + array + other;
        Some(Self {
            currency: currency.clone(),
            launch,
            radiator,
            array,
            racks,
            other,
            total: rest + racks,
            per_w_without_racks: rest / power_w,
            per_w: (rest + racks) / power_w,
            per_kwh_without_racks: years.map(|y| 1e3 * rest / (power_w * HOURS_OF_YEAR * y.get())),
        })
    }
}
