//! Coolant that condenses in the radiator.

use crate::support::{self, Silent, near};
use thermsolve::analysis::orbit_state;
use thermsolve::backend::Cpu;
use thermsolve::conduction::stream::{Condensing, Stream};
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::model::Model;
use thermsolve::model::catalogue::CATALOGUE;
use thermsolve::sizing::{Climate, analytic, size};

/// Mean of 1/h over the tube and mean friction by adaptive quadrature of ht 1.2.0 (`condensation.Shah`) and fluids 1.3.1
/// (`two_phase.Muller_Steinhagen_Heck`, smooth tube) with CoolProp 8.0.0; the latter's single-phase friction is Clamond's, 2 % from
/// Petukhov's. The drop of saturation temperature by the slope of CoolProp's own vapour pressure.
#[test]
fn film_and_friction_as_another_library_has_them() {
    for (fluid, t_k, bore_m, mass_flow, quality, film, gradient, glide) in [
        ("ammonia", 333.15, 0.003, 0.75e-3, 0.8, 6983.7865, 1632.781, 0.0256139),
        ("ammonia", 333.15, 0.006, 4e-3, 0.6, 6785.816, 899.44768, 0.0141099),
        ("r245fa", 340.0, 0.008, 0.02, 0.9, 3046.84096, 4056.17028, 0.2660775),
        ("co2", 270.0, 0.004, 0.005, 0.7, 5147.3045, 2720.68186, 0.0313796),
    ] {
        let (of, row) = (&CATALOGUE.fluids[fluid], &CATALOGUE.coolants[fluid]);
        let (liquid, vapour) = (of.at(t_k).unwrap(), of.vapour_at(t_k).unwrap());
        let reduced_pressure = vapour.pressure_pa / (1e6 * row.critical.unwrap().pressure_mpa);
        let condensing = Some(Condensing { vapour, quality, reduced_pressure });
        let stream = Stream { liquid, condensing, heat_j_per_kg: 1.0 };
        let flow = stream.flow(mass_flow, bore_m);
        near(&format!("film of {fluid}"), flow.film_w_m2k / film, 1.0, 2e-3);
        near(&format!("friction of {fluid}"), flow.pressure_gradient_pa_m / gradient, 1.0, 0.03);
        near(&format!("glide of {fluid}"), stream.glide_k(gradient, t_k) / glide, 1.0, 2e-3);
    }
}

fn model(changes: &[(&str, &str)]) -> Model {
    let always = [
        ("supply_c = 45.0", "supply_c = 57.0"),
        ("pump_efficiency = 0.5", "pump_efficiency = 0.5\ntwo_phase = { quality = 0.8, mixture_velocity_m_s = 12.0 }"),
    ];
    support::model("tests/cases/small.toml", &[&always, changes].concat())
}

/// Ammonia of 60 °C and 80 % vapour carries 0.8 · 997.8 + 5.2 · 3 kJ/kg (CoolProp 8.0.0), thirteen times what it carries as a liquid that cools by
/// 15 K; the radiator is near one temperature, and its lines, sleeves and pumps are lighter than those of the liquid loop.
#[test]
fn a_condensing_loop_is_a_warm_one() {
    let model = model(&[]);
    let climate = Climate::new(&model, &orbit_state(&model).unwrap()).unwrap();
    let a = analytic(&model, &climate, None).unwrap();
    let (d, p) = (&a.design, &a.point);
    near("mass flow", p.heat_w / p.mass_flow_kg_s / (0.8 * 997_798.0 + 5_220.0 * 3.0), 1.0, 2e-3);
    let base_k = 58.5 + 273.15 - p.film_drop_k;
    let share = (d.outer_m() + 2.0 * d.fin_m() * p.fin_efficiency) / d.pitch_m;
    let q = share * 2.0 * 0.88 * STEFAN_BOLTZMANN * (base_k.powi(4) - a.around.sink_k4);
    let active = d.active_tubes(&model) as f64 / d.tubes(&model) as f64;
    near("heat", p.heat_w / (p.planform_m2 * active) / q, 1.0, 1e-3);
    assert!(p.glide_k <= 3.0 * (1.0 + 1e-4), "{}", p.glide_k);
    let liquid = support::model("tests/cases/small.toml", &[]);
    let l = analytic(&liquid, &climate, None).unwrap();
    // Mean sheets of 52.5 and 58.5 °C: (T⁴ − T_s⁴) grows by 9 % at a sink of 206 K.
    near("area", l.point.planform_m2 / p.planform_m2, 1.09, 0.03);
    assert!(
        p.mass.trunk_kg < l.point.mass.trunk_kg && p.mass.coolant_kg < l.point.mass.coolant_kg && p.pump_w < 0.3 * l.point.pump_w
    );
}

/// The field model of the condensing loop: as warm as the sizing model has it.
#[test]
fn a_condensing_loop_is_proved() {
    let s = size(&Cpu::<f64>::new(), &model(&[]), &Silent).unwrap();
    let coolant = &s.solution.network.coolant;
    near("supply", s.solution.found.outlet_k - 273.15, 57.0, 0.01);
    near("heat", coolant.total_rate_w_per_k() * 3.0 / s.design.heat_w, 1.0, 1e-9);
}

/// A loop whose tubes would take more off the saturation temperature than the coolant may fall is refused with both numbers.
#[test]
fn narrow_tubes_take_too_much_pressure() {
    let narrow = model(&[
        ("supply_c = 57.0", "supply_c = 59.9"),
        ("bore_mm = [3.0, 25.0]", "bore_mm = 3.0"),
        ("pitch_mm = [30.0, 600.0]", "pitch_mm = 300.0"),
        ("length_m = [1.5, 25.0]", "length_m = [6.0, 25.0]"),
        ("fluid = \"ammonia\"", "fluid = \"r245fa\""),
    ]);
    let climate = Climate::new(&narrow, &orbit_state(&narrow).unwrap()).unwrap();
    let e = analytic(&narrow, &climate, None).unwrap_err().to_string();
    assert!(e.contains("off the saturation temperature") && e.contains("0.10 K"), "{e}");
}
