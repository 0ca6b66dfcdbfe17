//! The keys of `[radiator.cells]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Solar cells on the front of the radiator (bifacial). Its wings then lie as those of the array, in the plane z = 0 with the cells
/// towards z; what the cells deliver, at the temperature of the sheet, the array's wings need not. Sunlight that they do not turn into
/// electricity is heat of the radiator.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FrontCells {
    /// Cell of the catalogue, whose optics the front takes.
    pub cell: String,
    /// Cell area over the front; the catalogue's value if absent.
    pub packing: Option<Efficiency>,
    /// Remaining power at the end of life; the catalogue's value if absent.
    pub remaining: Option<Efficiency>,
    /// Cells, covers, adhesive and strings, per area of the front.
    pub kg_m2: ArealMass,
}
