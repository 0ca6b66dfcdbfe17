//! `[armour]` as meant: what flies, and how many punctures are allowed.

use super::Assumption;
use super::resolve::Resolver;
use crate::case::armour::{Damage, Debris};
use crate::case::schema::{Case, Evidence};
use crate::environment::Flight;
use crate::environment::body::Planet;
use crate::environment::flux_curve::FluxCurve;
use crate::environment::particles::{Flux, FluxTable, Nasa1991, Population, altitudes_m};
use statrs::function::gamma::gamma_ur;

/// A Whipple bumper.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bumper {
    /// From the sheet to the wall, m.
    pub standoff_m: f64,
    /// Yield strength of the wall, Pa.
    pub yield_pa: f64,
    /// See [`full_sheet`](crate::case::armour::Bumper::full_sheet).
    pub full_sheet: f64,
}

/// Protection of tubes and lines.
#[derive(Clone, Debug)]
pub struct Armour {
    /// Time in orbit, years.
    pub life_years: f64,
    /// Probability asked for.
    pub survival: f64,
    /// Expected punctures of all loops together that it allows.
    pub allowed: f64,
    /// What counts as a puncture.
    pub damage: Damage,
    /// Brinell hardness of the wall.
    pub brinell: f64,
    /// Velocity of sound in the wall, m/s.
    pub sound_m_s: f64,
    /// Flux on tubes over that on a tumbling plate.
    pub orientation: f64,
    /// Meteoroids.
    pub meteoroids: Population,
    /// Debris.
    pub debris: Option<Population>,
    /// Fluxes of meteoroids, and of debris if there is any.
    pub curves: Vec<FluxCurve>,
    /// The sheet before the wall.
    pub bumper: Option<Bumper>,
}

/// Normal impact velocity from which the bumper's law holds, m/s, and the impact angle's cosine, that of 45°.
const BUMPER_FROM_M_S: f64 = 7e3;
const OBLIQUE: f64 = std::f64::consts::FRAC_1_SQRT_2;

/// Expected number of events μ at which no more than `spare` happen with a probability: `Σ_{i ≤ spare} e^-μ μ^i/i! = P`, by
/// bisection of the incomplete gamma function `Q(spare + 1, μ)`, which is that sum and goes on between whole numbers. A loop that is struck
/// twice counts twice, which errs on the safe side.
///
/// Truth: `armour::poisson_spares`.
pub fn allowed_events(survival: f64, spare: f64) -> f64 {
    let (mut low, mut high) = (0.0, 10.0 + 3.0 * spare);
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if gamma_ur(spare + 1.0, middle) > survival { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

/// A limit on the size of tables.
const MOST_BYTES: u64 = 10_000_000;

impl Resolver<'_> {
    /// The protection asked for. Errors go to the list.
    pub(super) fn armour(&mut self, case: &Case, flight: &Flight) -> Option<Armour> {
        let a = case.armour.as_ref()?;
        let heights = altitudes_m(flight);
        let debris = a.debris.as_ref().map(|d| ("debris", d.velocity_km_s));
        for (kind, velocity) in [("meteoroids", a.meteoroids.velocity_km_s)].into_iter().chain(debris) {
            if a.bumper.is_some() && velocity.si() * OBLIQUE < BUMPER_FROM_M_S {
                let message = format!("{} km/s is too slow for the law of the bumper", velocity.get());
                let help = "at 45° it holds from 9.9 km/s on: slower particles are not broken up; remove [armour.bumper]";
                self.error(&format!("armour.{kind}.velocity_km_s"), message, help);
            }
        }
        let meteoroids = Population {
            density_kg_m3: a.meteoroids.density_kg_m3.si(),
            velocity_m_s: a.meteoroids.velocity_km_s.si(),
            scale: 1.0,
            flux: match &a.meteoroids.table {
                Some(file) => Flux::Table(self.flux_table("armour.meteoroids.table", file)?),
                None => {
                    self.model_used("meteoroids: Gruen", "ECSS-E-ST-10-04C eq. 10-1", Evidence::Read);
                    Flux::Gruen(flight.body, heights.clone())
                }
            },
        };
        let debris = match &a.debris {
            None => None,
            Some(d) => Some(Population {
                density_kg_m3: d.density_kg_m3.si(),
                velocity_m_s: d.velocity_km_s.si(),
                scale: d.scale.get(),
                flux: self.debris(d, flight, heights)?,
            }),
        };
        #[expect(clippy::cast_precision_loss, reason = "loop counts are small")]
        let spare = case.radiator.spare_loops.get() as f64;
        Some(Armour {
            life_years: a.life_years.get(),
            survival: a.survival.get(),
            allowed: allowed_events(a.survival.get(), spare),
            damage: a.damage,
            brinell: a.brinell.get(),
            sound_m_s: a.sound_km_s.si(),
            orientation: a.orientation.get(),
            curves: [&meteoroids].into_iter().chain(&debris).map(FluxCurve::new).collect(),
            meteoroids,
            debris,
            bumper: a.bumper.as_ref().map(|b| Bumper {
                standoff_m: b.standoff_mm.si(),
                yield_pa: b.yield_mpa.si(),
                full_sheet: b.full_sheet.get(),
            }),
        })
    }

    fn debris(&mut self, d: &Debris, flight: &Flight, heights: Vec<f64>) -> Option<Flux> {
        let law = [
            ("year", d.year.map(|x| x.get())),
            ("solar_flux_sfu", d.solar_flux_sfu.map(|x| x.get())),
            ("inclination_factor", d.inclination_factor.map(|x| x.get())),
        ];
        if let Some(file) = &d.table {
            for (key, _) in law.iter().filter(|(_, x)| x.is_some()) {
                self.error(&format!("armour.debris.{key}"), "belongs to the law of 1991, and `table` replaces it", "remove it");
            }
            return Some(Flux::Table(self.flux_table("armour.debris.table", file)?));
        }
        if flight.body.is_none_or(|b| b.planet != Planet::Earth) {
            let help = "remove [armour.debris], or give `table`";
            self.error("armour.debris", "the law of 1991 is that of debris around the Earth", help);
            return None;
        }
        let [Some(year), Some(solar_flux), Some(inclination_factor)] = law.map(|(_, x)| x) else {
            let missing: Vec<String> = law.iter().filter(|(_, x)| x.is_none()).map(|(key, _)| format!("`{key}`")).collect();
            let message = format!("the law of 1991 needs {}", missing.join(", "));
            self.error("armour.debris", message, "give them, or `table` with fluxes of ORDEM or MASTER");
            return None;
        };
        let source = "NASA TM-100471, SSP 30425; uncertain by 3 either way";
        self.model_used("debris: NASA 1991", source, Evidence::Recall);
        Some(Flux::Nasa1991(Nasa1991 { solar_flux, year, inclination_factor }, heights))
    }

    fn model_used(&mut self, what: &str, source: &str, evidence: Evidence) {
        self.assume(Assumption { what: what.to_owned(), source: source.to_owned(), evidence });
    }

    fn flux_table(&mut self, key: &str, file: &str) -> Option<FluxTable> {
        let text = self.text_beside(key, file, MOST_BYTES)?;
        FluxTable::parse(&text)
            .map_err(|e| self.error(key, format!("{file}: {e}"), "rows: diameter in m, flux in 1/(m² year)"))
            .ok()
    }
}

/// Whether a diameter lies within what the flux was tabulated for; laws have no end.
pub fn tabulated(population: &Population, diameter_m: f64) -> bool {
    match &population.flux {
        Flux::Table(table) => {
            let (low, high) = table.range_m();
            (low..=high).contains(&diameter_m)
        }
        _ => true,
    }
}

/// Impact as the laws see it: velocity normal to the wall at 45°, km/s.
pub fn normal_km_s(population: &Population) -> f64 {
    1e-3 * population.velocity_m_s * OBLIQUE
}
