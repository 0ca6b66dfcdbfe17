//! The keys of `[[claims]]`, as written.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody said about such a design, printed beside what this case finds: `times · Σ figure / Σ over`.
#[derive(Clone, Debug, Deserialize, JsonSchema, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// The claim, in one line.
    pub says: String,
    /// Who said it, where, when.
    pub source: String,
    /// The number claimed; absent where none was given.
    pub value: Option<f64>,
    /// Its unit.
    #[serde(default)]
    pub unit: String,
    /// Paths into summary.json whose numbers are added up, for example "system.mw_per_launch".
    pub figure: Vec<String>,
    /// Paths whose sum divides that; absent: 1.
    #[serde(default)]
    pub over: Vec<String>,
    /// Factor.
    #[serde(default = "one")]
    pub times: f64,
    /// The assumptions that decide it.
    pub because: String,
}

fn one() -> f64 {
    1.0
}
