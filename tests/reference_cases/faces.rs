//! Radiators whose faces differ: solar cells on the front, one face alone.

use crate::support::{self, Silent, near};
use thermsolve::analysis::orbit_state;
use thermsolve::backend::Cpu;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::model::Model;
use thermsolve::sizing::radiator::{Surroundings, Variables, evaluate};
use thermsolve::sizing::{Climate, SizingError, analytic, size};

/// The small case in sunlight alone, its radiator as `faces` says.
fn model(faces: &str, changes: &[(&str, &str)]) -> Model {
    let sun = "design_case = \"custom\"\nsolar_w_m2 = 1361.0\nalbedo = 0.0\nplanet_ir_w_m2 = 0.0";
    let of_faces = format!("coating = \"az93\"\n{faces}");
    let always =
        [("design_case = \"hot\"", sun), ("beta_deg = 75.0", "beta_deg = 90.0"), ("coating = \"az93\"", of_faces.as_str())];
    let tables = "\n[coatings.blanket]\nabsorptivity_beginning = 0.3\nabsorptivity_end = 0.3\nemissivity_beginning = 0.02\nemissivity_end = 0.02\n\
        areal_mass_kg_m2 = 0.0\nsource = \"this test\"\nevidence = \"derived\"\n\
        [coatings.half]\nabsorptivity_beginning = 0.3\nabsorptivity_end = 0.3\nemissivity_beginning = 0.45\nemissivity_end = 0.45\n\
        areal_mass_kg_m2 = 0.0\nsource = \"this test\"\nevidence = \"derived\"\n";
    let path = "tests/cases/small.toml";
    support::resolved(path, support::changed(path, &[&always, changes].concat()) + tables)
}

const CELLS: &str = "cells = { cell = \"si_ultrathin_anneal\", packing = 0.9, remaining = 1.0, kg_m2 = 0.5 }";
const HOT: [(&str, &str); 3] = [
    ("supply_c = 45.0", "supply_c = 79.0"),
    ("return_c = 60.0", "return_c = 80.0"),
    ("sun_error_deg = 2.0", "sun_error_deg = 0.0"),
];

/// Cells of 20 % on 90 % of the front at about 80 °C, Sun along the normal, nothing else: by hand
/// `w = 0.9 · 0.2 · 1361 (1 − 0.0026 (T − 301.15))` and `q η_o⁻¹ = (ε_f + ε_b) σ T⁴ − α S + w`.
#[test]
fn a_bifacial_radiator_in_closed_form() {
    let model = model(CELLS, &HOT);
    let climate = Climate::new(&model, &orbit_state(&model).unwrap()).unwrap();
    let a = analytic(&model, &climate, None).unwrap();
    let (d, p) = (&a.design, &a.point);
    // The sheet under the coolant, and the share of the pitch that works at its temperature.
    let coolant_k = 79.5 + 273.15;
    let base_k = coolant_k - p.film_drop_k;
    let share = (d.outer_m() + 2.0 * d.fin_m() * p.fin_efficiency) / d.pitch_m;
    let w = 0.9 * 0.20 * 1361.0 * (1.0 - 0.0026 * (coolant_k - 301.15));
    let (emissivities, absorbed) = (0.85 + 0.88, 0.88 * 1361.0);
    let q = share * (emissivities * STEFAN_BOLTZMANN * base_k.powi(4) - absorbed + w);
    let active = d.active_tubes(&model) as f64 / d.tubes(&model) as f64;
    near("heat", p.heat_w / (p.planform_m2 * active) / q, 1.0, 1e-3);
    near("electricity", p.cells_w / (p.planform_m2 * w * 0.917), 1.0, 1e-3);
    near("array", (d.array_power_w + d.cells_power_w) / d.heat_w, 1.0, 1e-12);
    near("cells' mass", p.mass.coating_kg / ((0.5 + 0.25) * p.planform_m2), 1.0, 1e-12);
}

/// The field model of the same: it lies as the array, agrees with the sizing model, and its cells deliver by the sheet's temperature.
#[test]
fn a_bifacial_radiator_is_proved() {
    let model = model(CELLS, &HOT);
    let s = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let f = &s.solution.found;
    assert!({
        let p = &s.solution.layout.mesh.panels[0];
        p.axis_u.cross(&p.axis_v).z > 0.999
    });
    let planform = s.design.planform_m2(&model);
    let w = 0.9 * 0.20 * 1361.0 * (1.0 - 0.0026 * (f.radiator_mean_k - 301.15)) * 0.917;
    near("electricity", f.cells_power_w / (w * planform), 1.0, 1e-3);
    near("power", (f.array_power_w + f.cells_power_w) / f.rejected_w, 1.0, 2e-3);
    // The bus and nothing else stands in the view of an edge-on neighbour: isolated and whole differ little.
    let (first, last) = (&s.rounds[0], s.rounds.last().unwrap());
    near("planform", last.planform_m2 / first.planform_m2, 1.0, 0.05);
    assert!(last.planform_m2 != first.planform_m2);
}

/// Faces of 0.88 and 0.02 radiate as two of 0.45; a warm coolant leaves cells that carry more than the load.
#[test]
fn one_face_radiates_as_two_of_half() {
    let at = |faces: &str, coating: &str| {
        let model = model(faces, &[("coating = \"az93\"", &format!("coating = \"{coating}\""))]);
        let v = Variables { pitch_m: 0.1, sheet_m: 1e-3, bore_m: 0.004, tubes_per_loop: 20.0 };
        let around = Surroundings::of_sink(150.0);
        evaluate(&model, around, v, model.return_k, model.supply_k).length_m
    };
    near("length", at("coating_back = \"blanket\"", "az93") / at("", "half"), 1.0, 1e-12);
    let cool = model(CELLS, &[]);
    let climate = Climate::new(&cool, &orbit_state(&cool).unwrap()).unwrap();
    let e = analytic(&cool, &climate, None).unwrap_err();
    assert!(matches!(e, SizingError::NoArray { cells_w, power_w } if cells_w > power_w), "{e}");
}

/// A radiator of one face against the field: its back neither gives nor takes.
#[test]
fn a_radiator_of_one_face_is_proved() {
    let model = model("coating_back = \"blanket\"", &[]);
    let s = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let both = self::model("", &[]);
    let two = size(&Cpu::<f64>::new(), &both, &Silent).unwrap();
    let ratio = s.design.planform_m2(&model) / two.design.planform_m2(&both);
    assert!((1.6..2.1).contains(&ratio), "{ratio}");
    let surfaces = &s.solution.network.surfaces;
    assert_eq!((surfaces[0].emissivity, surfaces[1].emissivity), (0.88, 0.02));
}
