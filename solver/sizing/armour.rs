//! The wall that keeps meteoroids and debris out: critical sizes by the ballistic laws, punctures by the fluxes.

use crate::case::armour::Damage;
use crate::environment::particles::Population;
use crate::model::Model;
use crate::model::armour::{Armour, normal_km_s};

/// What a wall is exposed to over a life.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Protection {
    /// Outer surface of all tubes and lines, m².
    pub exposed_m2: f64,
    /// Punctures expected by meteoroids.
    pub meteoroids: f64,
    /// Punctures expected by debris.
    pub debris: f64,
    /// Punctures allowed.
    pub allowed: f64,
}

impl Protection {
    /// Punctures expected.
    pub fn expected(&self) -> f64 {
        self.meteoroids + self.debris
    }
    /// Whether the requirement is met, to rounding.
    pub fn is_enough(&self) -> bool {
        self.expected() <= self.allowed * (1.0 + 1e-6)
    }
}

/// Thickest wall that is considered, m.
pub const MOST_WALL_M: f64 = 0.05;

/// Strength of the rear wall that the bumper's law was fitted to: 70 ksi.
const BUMPER_STRENGTH_PA: f64 = 70.0 * 6.894_757_293_168e6;

/// A wall of one material, behind a face sheet of `sheet_m` where there is a bumper.
#[derive(Clone, Copy, Debug)]
pub struct Wall<'a> {
    /// The requirement.
    pub armour: &'a Armour,
    /// Density of wall and sheet, kg/m³.
    pub density_kg_m3: f64,
    /// One face sheet, m.
    pub sheet_m: f64,
}

impl<'a> Wall<'a> {
    /// The wall of a model's tubes behind both face sheets of this thickness together, m; `None` without armour.
    pub fn of(model: &'a Model, sheet_m: f64) -> Option<Self> {
        let density_kg_m3 = model.radiator.density_kg_m3;
        model.armour.as_ref().map(|armour| Self { armour, density_kg_m3, sheet_m: 0.5 * sheet_m })
    }

    /// Diameter of the smallest particle that comes through at 45°, m. With t, d, S in cm, ρ in g/cm³, velocities in km/s:
    ///
    /// a bare wall `d = [t B^¼ (ρ_t/ρ_p)^½ / (5.24 k (V_n/C)^⅔)]^(18/19)`, k = 1.8, 2.2 or 3.0 by the damage; behind a sheet
    /// `d = 3.918 t^⅔ ρ_p^-⅓ ρ_t^-1/9 V_n^-⅔ S^⅓ (σ/70 ksi)^⅓`, times `(t_b/t_need)^⅓` where the sheet is thinner than
    /// `t_need = c d ρ_p/ρ_t`, c = 0.25 or the case's, and never less than a bare wall stops.
    ///
    /// The bumper's law holds for V_n ≥ 7 km/s; the part for thin sheets is an estimate. Source: Christiansen 1993 and
    /// NASA/TM-2009-214785. Truth: `armour::puncture_fluxes`.
    pub fn critical_m(&self, particles: &Population, wall_m: f64) -> f64 {
        let [thick, thin] = self.branches_m(particles, wall_m);
        thick.min(thin)
    }

    /// That diameter as if the sheet were thick enough for a bumper, and as if it were thinner: the smaller counts.
    fn branches_m(&self, particles: &Population, wall_m: f64) -> [f64; 2] {
        let a = self.armour;
        let (t, rho_t, rho_p) = (1e2 * wall_m, 1e-3 * self.density_kg_m3, 1e-3 * particles.density_kg_m3);
        let v = normal_km_s(particles);
        let crater_depths = match a.damage {
            Damage::Perforation => 1.8,
            Damage::DetachedSpall => 2.2,
            Damage::AttachedSpall => 3.0,
        };
        let depth = crater_depths * 5.24 * (1e3 * v / a.sound_m_s).powf(2.0 / 3.0);
        let bare = (t * a.brinell.powf(0.25) * (rho_t / rho_p).sqrt() / depth).powf(18.0 / 19.0);
        let branches = a.bumper.map_or([bare; 2], |b| {
            let strength = (b.yield_pa / BUMPER_STRENGTH_PA).powf(1.0 / 3.0);
            let through = 3.918 * (t / v).powf(2.0 / 3.0) / rho_p.powf(1.0 / 3.0) / rho_t.powf(1.0 / 9.0);
            let d = through * (1e2 * b.standoff_m).powf(1.0 / 3.0) * strength;
            let thin = 1e2 * self.sheet_m / (b.full_sheet * d * rho_p / rho_t);
            [d.max(bare), (d * thin.powf(1.0 / 3.0)).max(bare)]
        });
        branches.map(|cm| 1e-2 * cm)
    }

    /// Punctures expected by one kind of particles over the life, per m² of outer surface.
    fn per_m2(&self, particles: &Population, wall_m: f64) -> f64 {
        let a = self.armour;
        a.orientation * a.life_years * particles.per_m2_year(self.critical_m(particles, wall_m))
    }

    /// What a wall is exposed to; debris times a factor.
    pub fn protection(&self, wall_m: f64, exposed_m2: f64, debris_factor: f64) -> Protection {
        let debris = self.armour.debris.as_ref().map_or(0.0, |d| self.per_m2(d, wall_m));
        Protection {
            exposed_m2,
            meteoroids: exposed_m2 * self.per_m2(&self.armour.meteoroids, wall_m),
            debris: exposed_m2 * debris_factor * debris,
            allowed: self.armour.allowed,
        }
    }

    /// `ln(expected/allowed)` for each branch of the laws: meteoroids and debris each as if the sheet were thick enough for a bumper
    /// and as if it were thinner. The greatest is that of the wall; each alone is smooth, which their greatest is not.
    pub fn excesses(&self, wall_m: f64, exposed_m2: f64) -> [f64; 4] {
        let a = self.armour;
        let each = |p: &Population| self.branches_m(p, wall_m).map(|d| p.per_m2_year(d));
        let (meteoroids, debris) = (each(&a.meteoroids), a.debris.as_ref().map_or([0.0; 2], each));
        let scale = exposed_m2 * a.orientation * a.life_years / a.allowed;
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(m, d)| (scale * (meteoroids[m] + debris[d])).ln())
    }

    /// A step from a wall towards the thinnest one from `least_m` to [`MOST_WALL_M`] that meets the requirement on a surface of
    /// `exposed_m2(wall)`: Newton's, for `ln(expected/allowed)` over the logarithm of the wall, which is nearly a line.
    pub fn nearer_m(&self, wall_m: f64, least_m: f64, exposed_m2: impl Fn(f64) -> f64, debris_factor: f64) -> f64 {
        const ASIDE: f64 = 1.001;
        let excess = |t: f64| {
            let p = self.protection(t, exposed_m2(t), debris_factor);
            (p.expected() / p.allowed).ln()
        };
        let here = excess(wall_m);
        let slope = (excess(ASIDE * wall_m) - here) / ASIDE.ln();
        (wall_m * (-here / slope).clamp(-2.0, 2.0).exp()).clamp(least_m, MOST_WALL_M)
    }

    /// That wall on a surface that does not depend on it, to 1e-9; [`MOST_WALL_M`] if none up to it is enough.
    pub fn thickness_m(&self, least_m: f64, exposed_m2: f64, debris_factor: f64) -> f64 {
        let mut wall_m = least_m;
        for _ in 0..100 {
            let next = self.nearer_m(wall_m, least_m, |_| exposed_m2, debris_factor);
            let step = (next - wall_m).abs();
            wall_m = next;
            if step <= 1e-9 * wall_m {
                break;
            }
        }
        wall_m
    }
}
