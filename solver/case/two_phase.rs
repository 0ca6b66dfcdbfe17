//! The keys of `[coolant.two_phase]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A pumped loop whose coolant boils at the racks and condenses in the radiator, which it leaves as a liquid. `return_c` is its saturation
/// temperature at the radiator's inlet, `supply_c` what the liquid has at the outlet: between the two lie subcooling and what the pressure
/// drop takes off the saturation temperature, a few kelvin. The coolant counts as falling evenly from one to the other with the heat.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TwoPhase {
    /// Vapour of the flow into the radiator, by mass.
    pub quality: Fraction,
    /// Velocity of the mixture that sets the bore of the lines from the racks; those to the racks are sized as liquid lines.
    pub mixture_velocity_m_s: MetresPerSecond,
}
