//! The keys of `[mass]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Masses that are assumed, not computed. Every one is named on the summary.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mass {
    /// Core and bond between the face sheets, per planform area.
    pub core_kg_m2: ArealMass,
    /// Deployment structure, per planform area.
    pub structure_kg_m2: ArealMass,
    /// Coolant velocity that sets the header bore.
    pub header_velocity_m_s: MetresPerSecond,
    /// Coolant velocity that sets the trunk bore.
    pub trunk_velocity_m_s: MetresPerSecond,
    /// Bumper sleeve around headers and trunk: wall.
    pub sleeve_mm: Millimetres,
    /// Bumper sleeve around headers and trunk: distance from the line.
    pub sleeve_standoff_mm: Millimetres,
    /// Accumulator over coolant mass.
    pub accumulator: Fraction,
    /// Pumps of each loop, of which one runs and the others stand by; each has the masses below. Without: 1.
    pub pumps_per_loop: Option<Count>,
    /// Pump and valves of one loop.
    pub pump_kg_per_loop: Kilograms,
    /// Pump mass per electric power.
    pub pump_kg_per_kw: KilogramsPerKilowatt,
    /// Margin on dry mass.
    pub dry_margin: Fraction,
    /// Margin on coolant mass.
    pub coolant_margin: Fraction,
    /// Array and radiator mass that 1 kW of pump power costs; enters the optimum only.
    pub power_penalty_kg_per_kw: KilogramsPerKilowatt,
    /// Array power per array mass, end of life.
    pub array_w_per_kg: WattsPerKilogram,
    /// Racks as flown, per rack power.
    pub rack_kg_per_kw: KilogramsPerKilowatt,
    /// Interface heat exchanger and battery, per rack power.
    pub exchanger_battery_kg_per_kw: KilogramsPerKilowatt,
    /// Everything else as a fraction of the masses above.
    pub bus: Fraction,
    /// Mass delivered by one launch.
    pub launch_kg: LaunchMass,
}

impl Mass {
    /// Pumps of each loop.
    pub fn pumps(&self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "few pumps")]
        let pumps = self.pumps_per_loop.map_or(1.0, |n| n.get() as f64);
        pumps
    }
}
