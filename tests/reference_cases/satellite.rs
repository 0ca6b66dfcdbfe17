//! From the case to the field model: temperatures and coatings as written, light as absorbed, nothing kept too long.

use crate::support::{self, Kept, near, small_design};
use std::f64::consts::PI;
use thermsolve::analysis::layout::Part;
use thermsolve::analysis::memory::{Forgetful, Memory};
use thermsolve::analysis::{Observer, Solution, analyse, orbit_state};
use thermsolve::backend::Cpu;
use thermsolve::model::Model;

/// An observer with a memory.
struct Quiet<M>(M);

impl<M: Memory> Observer for Quiet<M> {
    fn begin(&self, _: &'static str, _: usize) {}
    fn progress(&self, _: usize, _: &str) {}
    fn end(&self, _: &'static str, _: f64) {}
    fn memory(&self) -> &dyn Memory {
        &self.0
    }
}

/// The small test case with some of its lines changed.
fn model(change: &[(&str, &str)]) -> Model {
    support::model("tests/cases/small.toml", change)
}

fn solved(model: &Model, memory: &Quiet<impl Memory>) -> Solution {
    analyse(&Cpu::<f64>::new(), model, &small_design(model), &orbit_state(model).unwrap(), memory).unwrap()
}

#[test]
fn temperatures_are_written_in_celsius() {
    let m = model(&[("supply_c = 45.0", "supply_c = 44.0"), ("return_c = 60.0", "return_c = 61.0")]);
    near("supply", m.supply_k, 317.15, 1e-12);
    near("return", m.return_k, 334.15, 1e-12);
    near("junction limit", m.junction_limit_k, 358.15, 1e-12);
}

/// A coating far from grey: 0.2 of sunlight and 0.9 of infrared. Surfaces that see nothing of the spacecraft absorb
/// `α (S + a)` and `ε P` of what reaches them, the others what is reflected onto them besides.
#[test]
fn coatings_absorb_by_band() {
    let coating = "\n[coatings.two_bands]\nabsorptivity_beginning = 0.1\nabsorptivity_end = 0.2\nemissivity_beginning = 0.95\n\
        emissivity_end = 0.9\nareal_mass_kg_m2 = 0.1\nsource = \"made up\"\nevidence = \"derived\"\n";
    let text = std::fs::read_to_string("tests/cases/small.toml").unwrap();
    assert!(text.contains("coating = \"az93\"") && text.contains("life = \"end\""));
    let text = text.replace("coating = \"az93\"", "coating = \"two_bands\"") + coating;
    let m = support::resolved("small.toml", text);
    let solution = solved(&m, &Quiet(Forgetful));
    let timeline = orbit_state(&m).unwrap().timeline;
    let (solar, albedo, planet) = (
        solution.incident.mean_solar(&timeline),
        solution.incident.mean_albedo(&timeline),
        solution.incident.mean_planet_ir(&timeline),
    );
    let factors = solution.network.factors.as_ref().unwrap();
    let seen = |i: usize| factors.g_m2.outer_view(i).unwrap().iter().map(|(_, g)| g.abs()).sum::<f64>() / factors.area_m2[i];
    let most_seen = (0..factors.area_m2.len()).map(seen).fold(0.0, f64::max);
    let (mut alone, mut of_radiator) = (0, 0);
    for (i, (side, surface)) in solution.layout.sides.iter().zip(&solution.network.surfaces).enumerate() {
        let (alpha, eps) = (side.optics.absorptivity, side.optics.emissivity);
        if solution.layout.parts[side.panel] == Part::Radiator {
            assert_eq!((alpha, eps, surface.emissivity), (0.2, 0.9, 0.9));
            of_radiator += 1;
        }
        // What others send back is at most the share of the sky that they fill times the strongest light on any surface, which is
        // at most the strongest from outside over one less the largest share.
        let most = |field: &[f64]| seen(i) / (1.0 - most_seen) * field.iter().fold(0.0, |m, x| f64::max(m, *x));
        let expected = [(alpha, solar[i]), (alpha, albedo[i]), (eps, planet[i])];
        let got = [surface.solar_w_m2, surface.albedo_w_m2, surface.planet_ir_w_m2];
        for (((taken, direct), got), field) in expected.iter().zip(got).zip([&solar, &albedo, &planet]) {
            near(&format!("surface {i}"), got, taken * direct, taken * most(field) + 1e-9);
        }
        if seen(i) < 1e-9 {
            alone += 1;
        }
    }
    assert!(of_radiator > 0 && alone > 0, "{of_radiator} of the radiator, {alone} that see space alone");
}

/// Two orbits with one memory: the second is heated by its own planet, as a plate edge-on to it is,
/// `F = (atan(1/√(h²−1)) − √(h²−1)/h²)/π` with h = r/R.
#[test]
fn a_moved_orbit_is_heated_anew() {
    let kept = Quiet(Kept::default());
    for altitude_km in [650.0, 1400.0, 650.0] {
        let m =
            model(&[("altitude_km = 650.0", &format!("altitude_km = {altitude_km:?}")), ("beta_deg = 75.0", "beta_deg = 90.0")]);
        let solution = solved(&m, &kept);
        let fresh = solved(&m, &Quiet(Forgetful));
        assert_eq!(solution.incident.planet_ir_w_m2, fresh.incident.planet_ir_w_m2);
        assert_eq!(solution.state.node_k, fresh.state.node_k);
        let timeline = orbit_state(&m).unwrap().timeline;
        let h = 1.0 + altitude_km * 1e3 / 6_378_137.0;
        let root = f64::sqrt(h * h - 1.0);
        let factor = ((1.0 / root).atan() - root / (h * h)) / PI;
        // Fronts of the array that see nothing of the spacecraft.
        let (infrared, factors) = (solution.incident.mean_planet_ir(&timeline), solution.network.factors.as_ref().unwrap());
        let open = |i: &usize| factors.g_space_m2[*i] > (1.0 - 1e-9) * factors.area_m2[*i];
        let array = |i: &usize| solution.layout.parts[solution.layout.sides[*i].panel] == Part::Array;
        let seen: Vec<f64> = (0..infrared.len()).filter(array).filter(open).map(|i| infrared[i]).collect();
        assert!(!seen.is_empty());
        let mean = seen.iter().sum::<f64>() / seen.len() as f64;
        near(&format!("{altitude_km} km"), mean / timeline.planet_ir_w_m2, factor, 0.01 * factor);
    }
}
