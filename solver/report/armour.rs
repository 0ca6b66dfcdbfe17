//! What the armour of a design is exposed to.

use crate::model::Model;
use crate::model::armour::tabulated;
use crate::sizing::Sized;
use crate::sizing::armour::Wall;
use serde::Serialize;

/// The wall and what strikes it.
#[derive(Clone, Debug, Serialize)]
pub struct ArmourNumbers {
    /// Wall built, mm.
    pub wall_mm: f64,
    /// Outer surface of tubes and lines, m².
    pub exposed_m2: f64,
    /// Time in orbit, years.
    pub life_years: f64,
    /// Probability asked for.
    pub survival: f64,
    /// Punctures allowed by it and the spare loops.
    pub allowed: f64,
    /// Punctures expected by meteoroids.
    pub meteoroids: f64,
    /// Punctures expected by debris.
    pub debris: f64,
    /// Smallest meteoroid that comes through, mm.
    pub meteoroid_mm: f64,
    /// Smallest piece of debris that comes through, mm.
    pub debris_mm: Option<f64>,
    /// Wall for a third of the debris and for three times as much, on the same surface, mm.
    pub wall_by_debris_mm: Option<(f64, f64)>,
    /// Whether the sizes that come through lie within the tables of fluxes.
    pub within_tables: bool,
}

impl ArmourNumbers {
    /// Of a sized design; `None` without armour.
    pub fn new(model: &Model, sized: &Sized) -> Option<Self> {
        let armour = model.armour.as_ref()?;
        let exposed_m2 = sized.point.protection?.exposed_m2;
        let wall_m = sized.design.wall_m;
        let wall = Wall::of(model, sized.design.sheet_m)?;
        let p = wall.protection(wall_m, exposed_m2, 1.0);
        let through = |kind| wall.critical_m(kind, wall_m);
        let with = |factor: f64| 1e3 * wall.thickness_m(model.radiator.wall_m, exposed_m2, factor);
        let kinds = [Some(&armour.meteoroids), armour.debris.as_ref()];
        Some(Self {
            wall_mm: 1e3 * wall_m,
            exposed_m2,
            life_years: armour.life_years,
            survival: armour.survival,
            allowed: p.allowed,
            meteoroids: p.meteoroids,
            debris: p.debris,
            meteoroid_mm: 1e3 * through(&armour.meteoroids),
            debris_mm: armour.debris.as_ref().map(|d| 1e3 * through(d)),
            wall_by_debris_mm: armour.debris.as_ref().map(|_| (with(1.0 / 3.0), with(3.0))),
            within_tables: kinds.into_iter().flatten().all(|kind| tabulated(kind, through(kind))),
        })
    }
}
