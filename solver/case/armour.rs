//! The keys of `[armour]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Protection against meteoroids and debris: the wall of tubes and lines that keeps punctures within the spare loops.
/// `radiator.wall_mm` is then the least wall. Without this table the wall is `radiator.wall_mm`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Armour {
    /// Time in orbit.
    pub life_years: Years,
    /// Probability that no more than `radiator.spare_loops` loops are punctured in that time.
    pub survival: Probability,
    /// What counts as a puncture.
    pub damage: Damage,
    /// Brinell hardness of the wall; 95 for Al 6061-T6.
    pub brinell: Brinell,
    /// Velocity of sound in the wall; 5.1 for aluminium.
    pub sound_km_s: FastVelocity,
    /// Flux on the tubes over that on a randomly tumbling plate: 1 if nothing is known of directions.
    pub orientation: Factor,
    /// Meteoroids.
    pub meteoroids: Meteoroids,
    /// Debris; absent: none.
    pub debris: Option<Debris>,
    /// The face sheets before the wall; absent: a bare wall.
    pub bumper: Option<Bumper>,
}

/// What counts as a puncture of a wall, by the thickness that prevents it over the depth of the crater.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Damage {
    /// A hole: 1.8 crater depths.
    Perforation,
    /// A piece leaves the inner face: 2.2.
    DetachedSpall,
    /// The inner face cracks: 3.0.
    AttachedSpall,
}

/// Meteoroids: Grün's flux with the focusing and screening of the body that is flown around, or a table.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Meteoroids {
    /// Density of the particles.
    pub density_kg_m3: Density,
    /// Mean impact velocity; 20 km/s is customary near the Earth.
    pub velocity_km_s: FastVelocity,
    /// File with rows of diameter in m and cumulative flux in 1/(m² year) on one side of a tumbling plate; in Grün's place.
    pub table: Option<String>,
}

/// Debris: NASA's engineering law of 1991, or a table of ORDEM or MASTER.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Debris {
    /// Density of the particles; 2800 for aluminium.
    pub density_kg_m3: Density,
    /// Mean impact velocity; 13 km/s in polar low orbits.
    pub velocity_km_s: FastVelocity,
    /// Factor on the flux. The law is uncertain by 3 either way.
    pub scale: Factor,
    /// File with rows of diameter in m and cumulative flux in 1/(m² year) on one side of a tumbling plate.
    pub table: Option<String>,
    /// Law of 1991: year that the flux is for.
    pub year: Option<CalendarYear>,
    /// Law of 1991: smoothed solar radio flux at 10.7 cm of the year before.
    pub solar_flux_sfu: Option<SolarFlux>,
    /// Law of 1991: factor for the inclination; about 1.5 at 98°.
    pub inclination_factor: Option<Factor>,
}

/// One face sheet stands before the wall and breaks particles up (Whipple shield).
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Bumper {
    /// From the sheet to the wall.
    pub standoff_mm: Millimetres,
    /// Yield strength of the wall.
    pub yield_mpa: Megapascals,
    /// Thickness of the sheet from which it breaks a particle up whole, over the particle's diameter times its density over the
    /// sheet's. Christiansen's rule; where the wall stands 30 diameters away or more it allows 0.20.
    #[serde(default = "full_sheet")]
    pub full_sheet: Fraction,
}

fn full_sheet() -> Fraction {
    Fraction::new(0.25).expect("in range")
}
