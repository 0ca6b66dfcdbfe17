//! The wall that keeps meteoroids and debris out: critical sizes by the ballistic laws, punctures by the fluxes.

use crate::case::armour::Damage;
use crate::environment::flux_curve::FluxCurve;
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
        critical(&self.lines(particles), wall_m.ln()).exp()
    }

    /// Those laws as lines: `ln d = a + s ln t`, d and t in m, s of [`SLOPES`]: the a of a bare wall, of one behind a sheet that is thick
    /// enough for a bumper, and of one behind a thinner sheet.
    fn lines(&self, particles: &Population) -> [f64; 3] {
        let a = self.armour;
        let (ln_rho_t, ln_rho_p) = ((1e-3 * self.density_kg_m3).ln(), (1e-3 * particles.density_kg_m3).ln());
        let cm = 100.0_f64.ln();
        let v = normal_km_s(particles);
        let crater_depths = match a.damage {
            Damage::Perforation => 1.8,
            Damage::DetachedSpall => 2.2,
            Damage::AttachedSpall => 3.0,
        };
        let ln_depth = (crater_depths * 5.24_f64).ln() + 2.0 / 3.0 * (1e3 * v / a.sound_m_s).ln();
        let bare = 18.0 / 19.0 * (cm + 0.25 * a.brinell.ln() + 0.5 * (ln_rho_t - ln_rho_p) - ln_depth) - cm;
        let [bumper, thin] = a.bumper.map_or([f64::NEG_INFINITY; 2], |b| {
            let ln_strength = (3.918_f64.powi(3) * 1e2 * b.standoff_m * b.yield_pa / BUMPER_STRENGTH_PA).ln();
            let through = (ln_strength - ln_rho_p) / 3.0 - ln_rho_t / 9.0 + 2.0 / 3.0 * (cm - v.ln());
            let sheet = (1e2 * self.sheet_m / b.full_sheet).ln() + ln_rho_t - ln_rho_p;
            [through - cm, (2.0 * through + sheet) / 3.0 - cm]
        });
        [bare, bumper, thin]
    }

    /// What the thickness of the wall does not change, worked out.
    pub fn laws(&self) -> Laws<'a> {
        let armour = self.armour;
        let debris = armour.debris.as_ref().map(|d| self.lines(d));
        Laws { armour, meteoroids: self.lines(&armour.meteoroids), debris }
    }

    /// See [`Laws::protection`].
    pub fn protection(&self, wall_m: f64, exposed_m2: f64, debris_factor: f64) -> Protection {
        self.laws().protection(wall_m, exposed_m2, debris_factor)
    }

    /// `ln(expected/allowed)` for each branch of the laws: meteoroids and debris each as if the sheet were thick enough for a bumper
    /// and as if it were thinner. The greatest is that of the wall; each alone is smooth, which their greatest is not.
    pub fn excesses(&self, wall_m: f64, exposed_m2: f64) -> [f64; 4] {
        let laws = self.laws();
        let of = |lines: [f64; 3], curve: &FluxCurve| branches(&lines, wall_m.ln()).map(|d| curve.ln_per_m2_year(d).exp());
        let meteoroids = of(laws.meteoroids, &self.armour.curves[0]);
        let debris = laws.debris.map_or([0.0; 2], |lines| of(lines, &self.armour.curves[1]));
        let scale = exposed_m2 * laws.exposure() / self.armour.allowed;
        [(0, 0), (0, 1), (1, 0), (1, 1)].map(|(m, d)| (scale * (meteoroids[m] + debris[d])).ln())
    }

    /// See [`Laws::thickness_m`]; on a surface that does not depend on the wall.
    pub fn thickness_m(&self, least_m: f64, exposed_m2: f64, debris_factor: f64) -> f64 {
        self.laws().thickness_m(least_m, least_m, |_| exposed_m2, debris_factor)
    }
}

/// Slopes of the lines of `Wall::lines`.
pub const SLOPES: [f64; 3] = [18.0 / 19.0, 2.0 / 3.0, 4.0 / 9.0];

/// ln d as if the sheet were thick enough for a bumper, and as if it were thinner: the smaller counts.
fn branches(lines: &[f64; 3], ln_wall: f64) -> [f64; 2] {
    let [bare, bumper, thin]: [f64; 3] = std::array::from_fn(|k| lines[k] + SLOPES[k] * ln_wall);
    [bumper.max(bare), thin.max(bare)]
}

/// ln d of the smallest particle that comes through.
fn critical(lines: &[f64; 3], ln_wall: f64) -> f64 {
    let [thick, thin] = branches(lines, ln_wall);
    thick.min(thin)
}

/// The laws of one wall, whatever its thickness.
#[derive(Clone, Copy, Debug)]
pub struct Laws<'a> {
    armour: &'a Armour,
    /// Lines of the laws for each kind: see `Wall::lines`.
    pub meteoroids: [f64; 3],
    /// Of debris, if there is any.
    pub debris: Option<[f64; 3]>,
}

impl Laws<'_> {
    /// Flux on the tubes over the life for a flux of one.
    pub fn exposure(&self) -> f64 {
        self.armour.orientation * self.armour.life_years
    }

    /// Punctures expected over the life, per m² of outer surface: by meteoroids and by debris.
    fn per_m2(&self, ln_wall: f64) -> [f64; 2] {
        let of = |lines: &[f64; 3], kind: usize| {
            self.exposure() * self.armour.curves[kind].ln_per_m2_year(critical(lines, ln_wall)).exp()
        };
        [of(&self.meteoroids, 0), self.debris.as_ref().map_or(0.0, |lines| of(lines, 1))]
    }

    /// What a wall is exposed to; debris times a factor.
    pub fn protection(&self, wall_m: f64, exposed_m2: f64, debris_factor: f64) -> Protection {
        let [meteoroids, debris] = self.per_m2(wall_m.ln());
        Protection {
            exposed_m2,
            meteoroids: exposed_m2 * meteoroids,
            debris: exposed_m2 * debris_factor * debris,
            allowed: self.armour.allowed,
        }
    }

    /// The thinnest wall from `least_m` to [`MOST_WALL_M`] that meets the requirement on a surface of `exposed_m2(wall)`, to 1e-9;
    /// [`MOST_WALL_M`] if none up to it is enough. By the secants of `ln(expected/allowed)` over the logarithm of the wall, which is nearly
    /// a line, from a wall that is thought to be near.
    pub fn thickness_m(&self, near_m: f64, least_m: f64, exposed_m2: impl Fn(f64) -> f64, debris_factor: f64) -> f64 {
        const ASIDE: f64 = 1e-3;
        let excess = |x: f64| {
            let [meteoroids, debris] = self.per_m2(x);
            (exposed_m2(x.exp()) / self.armour.allowed * (meteoroids + debris_factor * debris)).ln()
        };
        let (low, high) = (least_m.ln(), MOST_WALL_M.ln());
        // From a little less: on that side the function is convex, and steps do not go beyond.
        let mut x = (near_m.ln() - 0.02).clamp(low, high);
        let mut here = excess(x);
        let mut slope = (excess(x + ASIDE) - here) / ASIDE;
        for _ in 0..60 {
            // Large particles come as often as larger ones: no wall that is thicker helps.
            if slope >= 0.0 && here > 0.0 {
                return MOST_WALL_M;
            }
            let step = (-here / slope).clamp(-2.0, 2.0);
            let next = (x + step).clamp(low, high);
            if !step.is_finite() || (next - x).abs() < 1e-10 {
                break;
            }
            let there = excess(next);
            (slope, x, here) = ((there - here) / (next - x), next, there);
        }
        // Where nothing flies any wall is enough.
        if here == f64::NEG_INFINITY { least_m } else { x.exp().clamp(least_m, MOST_WALL_M) }
    }
}
