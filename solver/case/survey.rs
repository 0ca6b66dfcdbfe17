//! The keys of `[survey]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// The sized design, flown on other days and in other environments: where its margins are least. With `[transient]` each point
/// is followed in time, without it each is a steady state at orbit-average loads; the racks dissipate their load everywhere.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Survey {
    /// Days from `orbit.date` on.
    pub days: Option<Count>,
    /// Step between days.
    #[serde(default = "one")]
    pub every_days: Count,
    /// Beta angles, for orbits without a date.
    pub beta_deg: Option<Vec<BetaDegrees>>,
    /// Design cases of the catalogue; absent: the case's own environment.
    #[serde(default)]
    pub design_cases: Vec<String>,
}

fn one() -> Count {
    Count::new(1).expect("in range")
}
