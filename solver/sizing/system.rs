//! The whole satellite: masses, power per mass, launches.

use crate::model::Model;
use crate::model::design::Design;

/// Masses of the satellite, kg, and what follows from them. All but the radiator rest on specific masses of the case.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct System {
    /// Radiator with margins.
    pub radiator_kg: f64,
    /// Array.
    pub array_kg: f64,
    /// Racks.
    pub racks_kg: f64,
    /// Interface exchanger and battery.
    pub exchanger_battery_kg: f64,
    /// Battery, where the case has one of its own.
    pub battery_kg: f64,
    /// Heat pump.
    pub heat_pump_kg: f64,
    /// Everything else.
    pub bus_kg: f64,
    /// Sum.
    pub total_kg: f64,
    /// Rack power over total mass, W/kg.
    pub w_per_kg: f64,
    /// Total mass over rack power, kg/kW.
    pub kg_per_kw: f64,
    /// Launches for 1 GW of rack power.
    pub launches_per_gw: f64,
    /// Rack power of one launch, MW.
    pub mw_per_launch: f64,
}

impl System {
    /// Adds the satellite up: a radiator with margins, an array by its power, and a battery for the longest shadow,
    /// `P t/(η depth e)`.
    ///
    /// Truth: `sizing::a_battery_for_the_shadow`.
    pub fn new(model: &Model, radiator_kg: f64, design: &Design, shadow_s: f64) -> Self {
        let m = &model.mass;
        let power_w = model.load.power_w;
        let array_kg = design.array_power_w / m.array_w_per_kg.get();
        let racks_kg = m.rack_kg_per_kw.si() * power_w;
        let exchanger_battery_kg = m.exchanger_battery_kg_per_kw.si() * power_w;
        let battery_kg =
            model.battery.map_or(0.0, |b| design.heat_w * shadow_s / (b.efficiency.get() * b.depth.get() * b.wh_per_kg.si()));
        let heat_pump_kg = model.heat_pump.map_or(0.0, |h| h.kg);
        let parts_kg = radiator_kg + array_kg + racks_kg + exchanger_battery_kg + battery_kg + heat_pump_kg;
        let bus_kg = m.bus.get() * parts_kg;
        let total_kg = parts_kg + bus_kg;
        Self {
            radiator_kg,
            array_kg,
            racks_kg,
            exchanger_battery_kg,
            battery_kg,
            heat_pump_kg,
            bus_kg,
            total_kg,
            w_per_kg: power_w / total_kg,
            kg_per_kw: 1e3 * total_kg / power_w,
            launches_per_gw: 1e9 / power_w * total_kg / m.launch_kg.get(),
            mw_per_launch: 1e-6 * power_w * m.launch_kg.get() / total_kg,
        }
    }
}
