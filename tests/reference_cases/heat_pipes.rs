//! Radiators with heat pipes, or loop heat pipes, in place of tubes.

use crate::support::{self, Silent, near};
use thermsolve::analysis::orbit_state;
use thermsolve::backend::Cpu;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::model::Model;
use thermsolve::model::armour::allowed_events;
use thermsolve::sizing::radiator::{Surroundings, Variables, evaluate};
use thermsolve::sizing::{Climate, analytic, size};

const PIPES: &str = "heat_pipes = { evaporator_m = 0.5, evaporator_w_per_k = 60.0, condenser_w_m_k = 200.0, wick_kg_per_m = 0.15, \
    transport_w_m = 400.0, spare = 0.05 }";

fn model(pipes: &str, changes: &[(&str, &str)]) -> Model {
    let with = format!("coating = \"az93\"\n{pipes}");
    let always = [
        ("coating = \"az93\"", with.as_str()),
        ("bore_mm = [3.0, 25.0]", "bore_mm = 10.0"),
        ("length_m = [1.5, 25.0]", "length_m = [0.5, 5.0]"),
    ];
    support::model("tests/cases/small.toml", &[&always, changes].concat())
}

/// Coolant of one kelvin's fall: by hand, down the path of one pipe, `T_v = T_c − Q/G`, `T_b = T_v − (Q/L)(1/g + ln(d_o/d_i)/(2πk))`, and there the sheet
/// radiates `2 ε σ (d_o + 2 l η)(T_b⁴ − T_s⁴)` for each metre.
#[test]
fn a_pipe_in_closed_form() {
    let model = model(PIPES, &[("supply_c = 45.0", "supply_c = 59.0")]);
    let v = Variables { pitch_m: 0.12, sheet_m: 1e-3, bore_m: 0.010, tubes_per_loop: 30.0 };
    let sink_k: f64 = 200.0;
    let p = evaluate(&model, Surroundings::of_sink(sink_k), v, model.return_k, model.supply_k);
    // Three of four loops, 95 of a hundred pipes.
    let pipe_w = p.heat_w / (30.0 * 3.0 * 0.95);
    let outer_m = 0.010 + 2.0 * 0.0016;
    let vapour_k = 59.5 + 273.15 - pipe_w / 60.0;
    let wall = (outer_m / 0.010_f64).ln() / (2.0 * std::f64::consts::PI * 155.0);
    let base_k = vapour_k - pipe_w / p.length_m * (1.0 / 200.0 + wall);
    let width = outer_m + (0.12 - outer_m) * p.fin_efficiency;
    let q = 2.0 * 0.88 * STEFAN_BOLTZMANN * width * (base_k.powi(4) - sink_k.powi(4));
    near("heat of a metre", pipe_w / p.length_m / q, 1.0, 1e-3);
    near("carried", p.pipe_carries / (pipe_w * 0.5 * (p.length_m + 0.5)), 1.0, 0.01);
    let material = 2700.0 * 0.25 * std::f64::consts::PI * (outer_m * outer_m - 1e-4) + 0.15;
    near("pipes", p.mass.tubes_kg / (120.0 * (p.length_m + 0.5) * material), 1.0, 1e-9);
}

/// The field model of the same path: a manifold for each loop, a link for each pipe that is left, vapour between coolant and sheet.
#[test]
fn heat_pipes_are_proved() {
    let model = model(PIPES, &[]);
    let s = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let (d, solution) = (&s.design, &s.solution);
    let (network, state) = (&solution.network, &solution.state);
    let coolant = &network.coolant;
    assert_eq!((coolant.channels, coolant.segments), (3, d.tubes_per_loop));
    assert_eq!(coolant.links.len(), d.active_tubes(&model));
    let lost = d.tubes(&model) - d.active_tubes(&model);
    let of_loops = d.tubes_per_loop;
    let of_pipes = (0.05 * d.tubes(&model) as f64) as usize;
    assert!(
        lost <= of_loops + of_pipes && lost + 2 >= of_loops + of_pipes - of_pipes.div_ceil(4),
        "{lost} {of_loops} {of_pipes}"
    );
    let means = coolant.means(&state.coolant_k);
    let through: f64 =
        coolant.links.iter().map(|l| 60.0 * (means[coolant.node(l.channel, l.segment)] - state.node_k[l.node])).sum();
    near("heat", through / d.heat_w, 1.0, 1e-3);
    // Vapour feeds the sheet along the pipe and nothing else.
    let pipe = coolant.links[0];
    let given: f64 = network
        .conductors
        .iter()
        .filter(|c| c.a == pipe.node)
        .map(|c| c.gl_w_per_k * (state.node_k[c.a] - state.node_k[c.b]))
        .sum();
    near("pipe", given / (60.0 * (means[coolant.node(pipe.channel, pipe.segment)] - state.node_k[pipe.node])), 1.0, 1e-6);
    assert!(s.point.pipe_carries <= 400.0 * (1.0 + 1e-4));
    let (first, last) = (&s.rounds[0], s.rounds.last().unwrap());
    near("planform", last.planform_m2 / first.planform_m2, 1.0, 0.12);
}

const LOOPS: &str = "loop_heat_pipes = { legs = 3, evaporator_w_per_k = 150.0, condenser_w_m_k = 80.0, subcooler = 0.1, fluid_kg_per_m = 0.01, \
    unit_kg = 2.5, capability_w = 900.0, spare = 0.05 }";

/// One loop heat pipe by hand: three tubes on one evaporator, nine tenths of each filled with vapour,
/// `T_v = T_c − Q/G`, `T_b = T_v − (Q/(3 · 0.9 L))(1/g + ln(d_o/d_i)/(2πk))`, and there `q' = 2 ε σ (d_o + 2 l η)(T_b⁴ − T_s⁴)`.
#[test]
fn a_loop_heat_pipe_in_closed_form() {
    let model = model(LOOPS, &[("supply_c = 45.0", "supply_c = 59.0")]);
    let v = Variables { pitch_m: 0.12, sheet_m: 1e-3, bore_m: 0.010, tubes_per_loop: 30.0 };
    let sink_k: f64 = 200.0;
    let p = evaluate(&model, Surroundings::of_sink(sink_k), v, model.return_k, model.supply_k);
    // Three of four loops, ten pipes each, 95 of a hundred.
    let pipe_w = p.heat_w / (10.0 * 3.0 * 0.95);
    let filled_m = 3.0 * 0.9 * p.length_m;
    let outer_m = 0.010 + 2.0 * 0.0016;
    let vapour_k = 59.5 + 273.15 - pipe_w / 150.0;
    let wall = (outer_m / 0.010_f64).ln() / (2.0 * std::f64::consts::PI * 155.0);
    let base_k = vapour_k - pipe_w / filled_m * (1.0 / 80.0 + wall);
    let width = outer_m + (0.12 - outer_m) * p.fin_efficiency;
    let q = 2.0 * 0.88 * STEFAN_BOLTZMANN * width * (base_k.powi(4) - sink_k.powi(4));
    near("heat of a metre", pipe_w / filled_m / q, 1.0, 1e-3);
    near("carried", p.pipe_carries / pipe_w, 1.0, 0.01);
    near("from coolant to sheet", p.film_drop_k / (59.5 + 273.15 - base_k), 1.0, 1e-3);
    let wall_kg_m = 2700.0 * 0.25 * std::f64::consts::PI * (outer_m * outer_m - 1e-4);
    near("pipes", p.mass.tubes_kg / (120.0 * p.length_m * (wall_kg_m + 0.01) + 40.0 * 2.5), 1.0, 1e-9);
}

/// The field model of loop heat pipes: one vapour node for three tubes, which feeds their sheet as far as it fills them; a lost pipe loses all three.
#[test]
fn loop_heat_pipes_are_proved() {
    let model = model(LOOPS, &[]);
    let s = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let (d, solution) = (&s.design, &s.solution);
    let (network, state) = (&solution.network, &solution.state);
    let coolant = &network.coolant;
    assert!(d.tubes_per_loop.is_multiple_of(3));
    assert_eq!((coolant.channels, coolant.segments), (3, d.tubes_per_loop / 3));
    assert_eq!(3 * coolant.links.len(), d.active_tubes(&model));
    for pipe in 0..d.tubes(&model) / 3 {
        let lost: Vec<bool> = (0..3).map(|leg| d.is_lost(&model, 3 * pipe + leg)).collect();
        assert!(lost.iter().all(|l| *l == lost[0]), "{pipe} {lost:?}");
    }
    let means = coolant.means(&state.coolant_k);
    let through: f64 =
        coolant.links.iter().map(|l| 150.0 * (means[coolant.node(l.channel, l.segment)] - state.node_k[l.node])).sum();
    near("heat", through / d.heat_w, 1.0, 1e-3);
    // Nine tenths of three tubes: what a metre conducts, from vapour to sheet.
    let pipe = coolant.links[0];
    let fed: f64 = network.conductors.iter().filter(|c| c.a == pipe.node).map(|c| c.gl_w_per_k).sum();
    let wall = (d.outer_m() / d.bore_m).ln() / (2.0 * std::f64::consts::PI * 155.0);
    near("conductance", fed * (1.0 / 80.0 + wall) / (3.0 * 0.9 * d.length_m), 1.0, 1e-9);
    assert!(s.point.pipe_carries <= 900.0 * (1.0 + 1e-4));
    let (first, last) = (&s.rounds[0], s.rounds.last().unwrap());
    near("planform", last.planform_m2 / first.planform_m2, 1.0, 0.12);
}

/// Pipes that carry little are refused with both numbers where the bounds leave no way out.
#[test]
fn weak_pipes_are_refused() {
    let weak = model(&PIPES.replace("400.0", "10.0"), &[("length_m = [0.5, 5.0]", "length_m = [2.0, 5.0]")]);
    let climate = Climate::new(&weak, &orbit_state(&weak).unwrap()).unwrap();
    let e = analytic(&weak, &climate, None).unwrap_err().to_string();
    assert!(e.contains("W m") && e.contains("they can 10 W m"), "{e}");
    let weak = model(&LOOPS.replace("900.0", "20.0"), &[("length_m = [0.5, 5.0]", "length_m = [2.0, 5.0]")]);
    let e = analytic(&weak, &climate, None).unwrap_err().to_string();
    assert!(e.contains("they can 20 W"), "{e}");
}

/// Spares by the hundred: the mean less 2.33 of its roots, the normal distribution's 1 %, where the sum of Poisson's terms underflows.
#[test]
fn many_spares_are_nearly_normal() {
    for k in [200.0_f64, 1000.0, 5000.0] {
        let mu = allowed_events(0.99, k);
        // Half an event of continuity; Wilson and Hilferty's cube for the chi-square of 2(k + 1) degrees.
        let degrees = 2.0 * (k + 1.0);
        let z = -2.326_347_874;
        let cube = 1.0 - 2.0 / (9.0 * degrees) + z * (2.0 / (9.0 * degrees)).sqrt();
        near("allowed", mu / (0.5 * degrees * cube.powi(3)), 1.0, 1e-4);
    }
    assert!(allowed_events(0.99, 2.5) > allowed_events(0.99, 2.0) && allowed_events(0.99, 2.5) < allowed_events(0.99, 3.0));
}
