//! Exchangers, pumped loops, controlled heat pipes and heaters of networks against closed forms.

mod support;

use support::Silent;
use thermsolve::analysis::assembly::{self, Solution};
use thermsolve::analysis::flows::heat_flows;
use thermsolve::backend::Cpu;
use thermsolve::case;
use thermsolve::constants::CELSIUS_ZERO_K;
use thermsolve::model::assembly::Assembly;
use thermsolve::model::catalogue::CATALOGUE;
use thermsolve::report::assembly::AssemblySummary;

fn model(text: &str) -> Assembly {
    let text = format!("name = \"test\"\nsolver.tolerance_k = 1e-10\n{text}");
    let file = case::parse("test", text).unwrap_or_else(|e| panic!("{e}"));
    Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}"))
}

struct Solved(Assembly, Solution);

fn solve(text: &str) -> Solved {
    let model = model(text);
    let solution = assembly::analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let balance = solution.state.convergence.balance;
    assert!(balance < 1e-9, "balance {balance}");
    let groups = heat_flows(&solution).balances;
    assert!(groups.iter().all(|g| g.sum_w().abs() < 1e-6), "{groups:?}");
    Solved(model, solution)
}

impl Solved {
    fn node(&self, name: &str) -> usize {
        self.0.lumped.nodes.iter().position(|n| n.name == name).unwrap_or_else(|| panic!("{name}"))
    }
    /// Temperature in the steady state, °C.
    fn c(&self, name: &str) -> f64 {
        self.1.state.node_k[self.node(name)] - CELSIUS_ZERO_K
    }
    /// Heat of a conductor in the steady state, W.
    fn w(&self, name: &str) -> f64 {
        self.1.conducted_w[self.0.lumped.conductors.iter().position(|c| c.name == name).unwrap()]
    }
    /// Times and temperatures of a node, °C.
    fn history(&self, name: &str) -> Vec<(f64, f64)> {
        let (k, march) = (self.node(name), self.1.march.as_ref().unwrap());
        march.time_s.iter().zip(&march.node_k).map(|(t, row)| (*t, row[k] - CELSIUS_ZERO_K)).collect()
    }
    fn summary(&self) -> AssemblySummary {
        AssemblySummary::new(&self.0, &self.1, &heat_flows(&self.1), String::new())
    }
}

fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got}, expected {expected} ± {within}");
}

/// Root of a growing function.
fn root(f: impl Fn(f64) -> f64, (mut low, mut high): (f64, f64)) -> f64 {
    assert!(f(low) < 0.0 && f(high) > 0.0);
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if f(middle) < 0.0 { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[test]
fn an_exchanger_in_the_network() {
    let run = |hot: f64, cold: f64, law: &str| {
        solve(&format!(
            "[nodes.hi]\ntemperature_c = {hot}\n[nodes.ci]\ntemperature_c = {cold}\n[nodes.ho]\n[nodes.co]\n
             [exchangers.hx]\nhot_in = \"hi\"\nhot_out = \"ho\"\ncold_in = \"ci\"\ncold_out = \"co\"\nhot_gf_w_per_k = 100.0\n
             cold_gf_w_per_k = 40.0\n{law}\n"
        ))
    };
    // Counterflow, N = 3, c = 0.4: e^{−1.8}.
    let e = (-1.8f64).exp();
    let epsilon = (1.0 - e) / (1.0 - 0.4 * e);
    for (law, epsilon) in [
        ("ua_w_per_k = 120.0\narrangement = \"counterflow\"", epsilon),
        ("ua_w_per_k = 120.0\narrangement = \"parallel\"", (1.0 - (-3.0f64 * 1.4).exp()) / 1.4),
        ("effectiveness = 0.75", 0.75),
    ] {
        // The stream that is called hot may be the colder one.
        for (hot, cold) in [(80.0, 10.0), (5.0, 60.0)] {
            let s = run(hot, cold, law);
            let heat = epsilon * 40.0 * (hot - cold);
            near(s.c("ho"), hot - heat / 100.0, 1e-8);
            near(s.c("co"), cold + heat / 40.0, 1e-8);
            let x = &s.summary().components.exchangers["hx"];
            near(x.heat_w, heat, 1e-7);
            near(x.effectiveness, epsilon, 1e-13);
            // What one stream loses the other gains.
            near(s.1.state.convergence.flow_w, 0.0, 1e-7);
        }
    }
}

/// An open loop: a pump that feeds a node held at a temperature.
const OPEN: &str = "[nodes.in]\ntemperature_c = 60.0\n[nodes.out]\n[nodes.wall]\ntemperature_c = 20.0\n";

#[test]
fn a_tube_cools_along_its_wall() {
    // Laminar: Nu = 4.36 whatever the bore, so N = 4.36 π k L / (ṁ cp), properties at the mean of the ends.
    let s = solve(&format!(
        "{OPEN}[loops.l]\nfluid = \"water\"\npump = {{ from = \"out\", to = \"in\", flow_kg_s = 0.003 }}\n
         [[loops.l.tubes]]\nfrom = \"in\"\nto = \"out\"\nwall = \"wall\"\nlength_m = 1.7\nbore_mm = 8.0\ncount = 2\n"
    ));
    let out = root(
        |t| {
            let w = CATALOGUE.fluids["water"].at(0.5 * (60.0 + t) + CELSIUS_ZERO_K).unwrap();
            let n = 2.0 * 4.36 * std::f64::consts::PI * w.conductivity_w_mk * 1.7 / (0.003 * w.specific_heat_j_kgk);
            t - (20.0 + 40.0 * (-n).exp())
        },
        (20.0, 60.0),
    );
    near(s.c("out"), out, 1e-5);
    let summary = s.summary();
    let t = &summary.components.loops["l"].tubes[0];
    assert!(t.reynolds < 2300.0 && (t.flow_kg_s - 0.003).abs() < 1e-15, "{t:?}");
    let w = CATALOGUE.fluids["water"].at(0.5 * (60.0 + out) + CELSIUS_ZERO_K).unwrap();
    near(t.heat_w, -0.003 * w.specific_heat_j_kgk * (60.0 - out), 1e-4);
    // Hagen-Poiseuille for each of the two.
    let drop = 128.0 * w.viscosity_pa_s * 1.7 * 0.0015 / (std::f64::consts::PI * w.density_kg_m3 * 0.008f64.powi(4));
    near(t.pressure_drop_kpa, 1e-3 * drop, 1e-5 * drop * 1e-3);
}

/// Plate and radiator on one loop.
fn closed(efficiency: &str, pump: &str) -> String {
    format!(
        "[nodes.plate]\npower_w = 400.0\n[nodes.panel]\n[nodes.sink]\ntemperature_c = 5.0\n[nodes.pumped]\n[nodes.warm]\n[nodes.cold]\n
         [conductors.out]\na = \"panel\"\nb = \"sink\"\ngl_w_per_k = 20.0\n
         [loops.l]\nfluid = \"water\"\npump = {{ from = \"cold\", to = \"pumped\", {pump}{efficiency} }}\n
         [[loops.l.tubes]]\nfrom = \"pumped\"\nto = \"warm\"\nwall = \"plate\"\nlength_m = 4.0\nbore_mm = 6.0\nminor_loss = 3.0\n
         [[loops.l.tubes]]\nfrom = \"warm\"\nto = \"cold\"\nwall = \"panel\"\nlength_m = 12.0\nbore_mm = 6.0\nroughness_um = 2.0\n"
    )
}

#[test]
fn a_loop_carries_its_heat_round() {
    let s = solve(&closed(", efficiency = 0.25", "flow_kg_s = 0.02"));
    let summary = s.summary();
    let l = &summary.components.loops["l"];
    near(l.tubes[0].pressure_drop_kpa + l.tubes[1].pressure_drop_kpa, l.pressure_rise_kpa, 1e-9);
    let water = |a: &str, b: &str| CATALOGUE.fluids["water"].at(0.5 * (s.c(a) + s.c(b)) + CELSIUS_ZERO_K).unwrap();
    near(l.pump_w, 1e3 * l.pressure_rise_kpa * 0.02 / water("cold", "pumped").density_kg_m3 / 0.25, 1e-9);
    assert!(l.pump_w > 0.5, "{}", l.pump_w);
    // The plate's heat and the pump's leave through the panel: cp at the mean of the ends closes the round to third order.
    near(s.w("out"), 400.0 + l.pump_w, 1e-3);
    near(l.tubes[0].heat_w, 400.0, 1e-6);
    // What the liquid takes up, as the integral of cp by Simpson.
    let cp = |t: f64| CATALOGUE.fluids["water"].at(t + CELSIUS_ZERO_K).unwrap().specific_heat_j_kgk;
    let (a, b) = (s.c("pumped"), s.c("warm"));
    near(0.02 * (b - a) * (cp(a) + 4.0 * cp(0.5 * (a + b)) + cp(b)) / 6.0, 400.0, 1e-2);
    // The rise of that pump gives that flow.
    let back = solve(&closed(", efficiency = 0.25", &format!("rise_kpa = {}", l.pressure_rise_kpa)));
    near(back.summary().components.loops["l"].flow_kg_s, 0.02, 1e-7);
    near(back.c("plate"), s.c("plate"), 1e-4);
    // Without an efficiency the pump gives no heat.
    near(solve(&closed("", "flow_kg_s = 0.02")).w("out"), 400.0, 1e-3);
}

#[test]
fn warm_branches_take_more_of_a_laminar_flow() {
    // Two equal tubes, one wall warm, one cold: ṁ ∝ ρ/μ at their own means once flow and temperature agree; thick at -20 °C.
    for pump in ["flow_kg_s = 0.002", "rise_kpa = 4.0"] {
        let s = solve(&format!(
            "[nodes.in]\ntemperature_c = 0.0\n[nodes.hot_end]\n[nodes.cold_end]\n[nodes.out]\n[nodes.hot]\ntemperature_c = 60.0\n
             [nodes.cold]\ntemperature_c = -20.0\n
             [loops.l]\nfluid = \"pg50_water\"\npump = {{ from = \"out\", to = \"in\", {pump} }}\n
             [[loops.l.tubes]]\nfrom = \"in\"\nto = \"hot_end\"\nwall = \"hot\"\nlength_m = 3.0\nbore_mm = 5.0\n
             [[loops.l.tubes]]\nfrom = \"in\"\nto = \"cold_end\"\nwall = \"cold\"\nlength_m = 3.0\nbore_mm = 5.0\n
             [[loops.l.tubes]]\nfrom = \"hot_end\"\nto = \"out\"\nlength_m = 0.001\nbore_mm = 50.0\n
             [[loops.l.tubes]]\nfrom = \"cold_end\"\nto = \"out\"\nlength_m = 0.001\nbore_mm = 50.0\n"
        ));
        let summary = s.summary();
        let l = &summary.components.loops["l"];
        let ease = |end: &str| {
            let w = CATALOGUE.fluids["pg50_water"].at(0.5 * s.c(end) + CELSIUS_ZERO_K).unwrap();
            w.density_kg_m3 / w.viscosity_pa_s
        };
        let ratio = ease("hot_end") / ease("cold_end");
        assert!(ratio > 3.0 && l.tubes[0].reynolds < 1000.0, "{ratio} {:?}", l.tubes[0]);
        near(l.tubes[0].flow_kg_s / l.tubes[1].flow_kg_s, ratio, 1e-4 * ratio);
        // Mixed by what flows in.
        let heat = |k: usize, end: &str| l.tubes[k].gf_w_per_k * (s.c(end) - s.c("out"));
        near(heat(2, "hot_end") + heat(3, "cold_end"), 0.0, 1e-6);
    }
}

#[test]
fn a_tube_that_flows_backwards() {
    // A bridge whose middle tube runs along a warm wall, laid in either direction.
    let bridge = |from: &str, to: &str| {
        solve(&format!(
            "[nodes.in]\ntemperature_c = 20.0\n[nodes.a]\n[nodes.b]\n[nodes.out]\n[nodes.wall]\npower_w = 30.0\n
             [loops.l]\nfluid = \"water\"\npump = {{ from = \"out\", to = \"in\", flow_kg_s = 0.06 }}\n
             [[loops.l.tubes]]\nfrom = \"in\"\nto = \"a\"\nlength_m = 2.0\nbore_mm = 6.0\n
             [[loops.l.tubes]]\nfrom = \"in\"\nto = \"b\"\nlength_m = 1.0\nbore_mm = 5.0\n
             [[loops.l.tubes]]\nfrom = \"{from}\"\nto = \"{to}\"\nlength_m = 0.5\nbore_mm = 4.0\nwall = \"wall\"\n
             [[loops.l.tubes]]\nfrom = \"a\"\nto = \"out\"\nlength_m = 1.5\nbore_mm = 5.0\n
             [[loops.l.tubes]]\nfrom = \"b\"\nto = \"out\"\nlength_m = 3.0\nbore_mm = 7.0\n"
        ))
    };
    let (along, against) = (bridge("a", "b"), bridge("b", "a"));
    let (x, y) = (along.summary(), against.summary());
    let flow = x.components.loops["l"].tubes[2].flow_kg_s;
    assert!(flow > 0.005, "{flow}");
    near(y.components.loops["l"].tubes[2].flow_kg_s, -flow, 1e-9);
    // a is upstream of the warm tube, b downstream.
    near(along.c("a"), 20.0, 1e-9);
    let mixed: f64 = [1, 2].map(|k| x.components.loops["l"].tubes[k].gf_w_per_k).iter().sum();
    near(along.c("b"), 20.0 + 30.0 / mixed, 1e-7);
    for node in ["a", "b", "out", "wall"] {
        near(against.c(node), along.c(node), 1e-7);
    }
    near(x.components.loops["l"].tubes[2].heat_w, 30.0, 1e-7);
    near(y.components.loops["l"].tubes[2].heat_w, 30.0, 1e-7);
}

#[test]
fn exchangers_take_the_flow_of_loops() {
    // Both streams from loops; one tube laid against its flow, so that counterflow as laid is parallel flow.
    let run = |from: &str, to: &str, hot_in: &str, hot_out: &str| {
        solve(&format!(
            "[nodes.hi]\ntemperature_c = 50.0\n[nodes.ho]\n[nodes.ci]\ntemperature_c = 10.0\n[nodes.co]\n
             [loops.h]\nfluid = \"water\"\npump = {{ from = \"ho\", to = \"hi\", flow_kg_s = 0.02 }}\n
             [[loops.h.tubes]]\nfrom = \"{from}\"\nto = \"{to}\"\nlength_m = 2.0\nbore_mm = 8.0\n
             [loops.c]\nfluid = \"ammonia\"\npump = {{ from = \"co\", to = \"ci\", flow_kg_s = 0.03 }}\n
             [[loops.c.tubes]]\nfrom = \"ci\"\nto = \"co\"\nlength_m = 2.0\nbore_mm = 8.0\n
             [exchangers.x]\nhot_in = \"{hot_in}\"\nhot_out = \"{hot_out}\"\ncold_in = \"ci\"\ncold_out = \"co\"\n
             ua_w_per_k = 150.0\narrangement = \"counterflow\"\n"
        ))
    };
    for (s, parallel) in [(run("hi", "ho", "hi", "ho"), false), (run("ho", "hi", "ho", "hi"), true)] {
        let cp = |fluid: &str, a: &str, b: &str| {
            CATALOGUE.fluids[fluid].at(0.5 * (s.c(a) + s.c(b)) + CELSIUS_ZERO_K).unwrap().specific_heat_j_kgk
        };
        let (h, c) = (0.02 * cp("water", "hi", "ho"), 0.03 * cp("ammonia", "ci", "co"));
        let (n, r) = (150.0 / h, h / c);
        assert!(h < c);
        let e = (-n * (1.0 - r)).exp();
        let epsilon = if parallel { (1.0 - (-n * (1.0 + r)).exp()) / (1.0 + r) } else { (1.0 - e) / (1.0 - r * e) };
        near(s.c("ho"), 50.0 - epsilon * 40.0, 1e-4);
        near(s.c("co"), 10.0 + epsilon * r * 40.0, 1e-4);
    }
}

#[test]
fn a_long_loop_of_many_walls() {
    // 40 segments pick up heat and 40 give it off in one closed circuit: the whole leaves, each node in balance.
    let n = 40;
    let mut text = String::from("[nodes.sink]\ntemperature_c = -20.0\n[loops.l]\nfluid = \"ammonia\"\n");
    text += "pump = { from = \"s79\", to = \"s00\", flow_kg_s = 0.05, efficiency = 0.4 }\n";
    let mut nodes = String::from("[nodes.s00]\n");
    for k in 0..2 * n - 1 {
        text += &format!(
            "[[loops.l.tubes]]\nfrom = \"s{k:02}\"\nto = \"s{:02}\"\nlength_m = 0.5\nbore_mm = 6.0\nwall = \"w{k:02}\"\n",
            k + 1
        );
        nodes += &format!("[nodes.s{:02}]\n[nodes.w{k:02}]\n", k + 1);
        if k < n {
            nodes += "power_w = 20.0\n";
        } else {
            nodes += &format!("[conductors.c{k}]\na = \"w{k:02}\"\nb = \"sink\"\ngl_w_per_k = 2.0\n");
        }
    }
    let s = solve(&(text + &nodes));
    let out: f64 = s.1.conducted_w.iter().sum();
    near(out, 800.0 + s.summary().components.loops["l"].pump_w, 0.02);
    assert!(s.1.state.convergence.cycles < 400, "{} products", s.1.state.convergence.cycles);
}

#[test]
fn flows_in_time_come_to_those_of_the_steady_state() {
    // The loop starts cold and thick; after many time constants it is where the steady state is.
    let text = |start: &str| {
        format!(
            "transient = {{ until_s = 6000.0, every_s = 60.0, tolerance_k = 1e-5 }}\n[nodes.plate]\npower_w = 150.0\n
             capacity_j_per_k = 400.0\n{start}\n[nodes.panel]\ncapacity_j_per_k = 300.0\n{start}\n[nodes.sink]\ntemperature_c = 0.0\n
             [nodes.pumped]\n{start}\n[nodes.warm]\n{start}\n[nodes.cold]\n{start}\n[conductors.out]\na = \"panel\"\nb = \"sink\"\ngl_w_per_k = 6.0\n
             [loops.l]\nfluid = \"pg50_water\"\npump = {{ from = \"cold\", to = \"pumped\", rise_kpa = 20.0, efficiency = 0.3 }}\n
             [[loops.l.tubes]]\nfrom = \"pumped\"\nto = \"warm\"\nwall = \"plate\"\nlength_m = 4.0\nbore_mm = 5.0\n
             [[loops.l.tubes]]\nfrom = \"warm\"\nto = \"cold\"\nwall = \"panel\"\nlength_m = 8.0\nbore_mm = 5.0\n"
        )
    };
    let s = solve(&text("start_c = -20.0"));
    let (first, last) = (s.history("plate")[0].1, s.history("plate")[100].1);
    assert_eq!(first, -20.0);
    near(last, s.c("plate"), 1e-3);
    near(s.history("warm")[100].1, s.c("warm"), 1e-3);
    let flow = |k: usize| s.1.march.as_ref().unwrap().streams[k].loops[0].pump_kg_s;
    near(flow(100), s.summary().components.loops["l"].flow_kg_s, 1e-4 * flow(100));
    assert!(flow(0) < 0.5 * flow(100), "{} kg/s at first, {} at last", flow(0), flow(100));
    // From the steady state nothing moves.
    for (_, t) in solve(&text("")).history("plate") {
        near(t, last, 2e-3);
    }
}

#[test]
fn a_variable_conductance_heat_pipe() {
    // GL from 0.5 W/K at 20 °C to 20 W/K at 30 °C at its evaporator.
    let gl = |t: f64| 0.5 + (19.5 * (t - 20.0) / 10.0).clamp(0.0, 19.5);
    let pipe = "[nodes.sink]\ntemperature_c = -40.0\n[conductors.pipe]\na = \"box\"\nb = \"sink\"\n
                gl_by_a_c = [[20.0, 0.5], [30.0, 20.0]]\n";
    for power in [10.0, 31.0, 150.0, 700.0, 1300.0, 3000.0] {
        let s = solve(&format!("[nodes.box]\npower_w = {power}\n{pipe}"));
        let t = root(|t| gl(t) * (t + 40.0) - power, (-40.0, 500.0));
        near(s.c("box"), t, 1e-8);
        near(s.w("pipe"), power, 1e-6);
    }
    // In time against a fine Runge-Kutta: from 60 °C with 200 W, off after 600 s.
    let s = solve(&format!(
        "transient = {{ until_s = 1200.0, every_s = 100.0, tolerance_k = 1e-6, method = \"esdirk4\" }}\n[nodes.box]\n
         capacity_j_per_k = 5000.0\nstart_c = 60.0\npower_by_s = [[600.0, 200.0], [600.0, 0.0]]\n{pipe}"
    ));
    let (mut t, h) = (60.0, 0.01);
    let history = s.history("box");
    for k in 0..=120_000 {
        if k % 10_000 == 0 {
            near(history[k / 10_000].1, t, 5e-5);
        }
        let power = if k < 60_000 { 200.0 } else { 0.0 };
        let rate = |t: f64| (power - gl(t) * (t + 40.0)) / 5000.0;
        let a = rate(t);
        let b = rate(t + 0.5 * h * a);
        let c = rate(t + 0.5 * h * b);
        t += h / 6.0 * (a + 2.0 * b + 2.0 * c + rate(t + h * c));
    }
}

#[test]
fn a_steep_heat_pipe_is_found_from_far() {
    // From 0.05 W/K to 50 W/K within half a kelvin: whole Newton steps go to and fro between its two ends for ever.
    for start in [-30.0, 10.0, 20.2, 200.0] {
        let s = solve(&format!(
            "[nodes.box]\npower_w = 100.0\nstart_c = {start}\n[nodes.plate]\npower_w = 20.0\nstart_c = {start}\n[nodes.panel]\n
             start_c = {start}\n[nodes.sink]\ntemperature_c = -60.0\n[conductors.a]\na = \"plate\"\nb = \"box\"\ngl_w_per_k = 4.0\n
             [conductors.pipe]\na = \"box\"\nb = \"panel\"\ngl_by_a_c = [[20.0, 0.05], [20.5, 50.0]]\n
             [conductors.c]\na = \"panel\"\nb = \"sink\"\ngl_w_per_k = 3.0\n"
        ));
        near(s.c("panel"), -20.0, 1e-8);
        let gl = |t: f64| 0.05 + (49.95 * (t - 20.0) / 0.5).clamp(0.0, 49.95);
        near(s.c("box"), root(|t| gl(t) * (t + 20.0) - 120.0, (0.0, 60.0)), 1e-8);
    }
}

#[test]
fn a_diode_heat_pipe() {
    let run = |a: f64, b: f64| {
        solve(&format!(
            "[nodes.a]\ntemperature_c = {a}\n[nodes.b]\ntemperature_c = {b}\n[nodes.m]\n[conductors.pipe]\na = \"a\"\nb = \"b\"\n
             gl_w_per_k = 3.0\none_way = true\nmost_w = 50.0\nstart_w = 20.0\n[conductors.m]\na = \"a\"\nb = \"m\"\ngl_w_per_k = 1.0\n"
        ))
    };
    near(run(30.0, 20.0).w("pipe"), 30.0, 1e-9);
    near(run(20.1, 20.0).w("pipe"), 0.3, 1e-9);
    // Half open: s(½) = ½.
    near(run(20.05, 20.0).w("pipe"), 3.0 * 0.05 * 0.5, 1e-9);
    assert_eq!(run(20.0, 30.0).w("pipe"), 0.0);
    let failed =
        |s: Solved| s.summary().checks.iter().filter(|c| !c.passed).map(|c| (c.what.clone(), c.value)).collect::<Vec<_>>();
    assert_eq!(failed(run(30.0, 20.0)).len(), 0);
    let over = failed(run(40.0, 20.0));
    assert!(over.len() == 1 && over[0].0 == "heat of a conductor", "{over:?}");
    let idle = failed(run(24.0, 20.0));
    assert!(idle.len() == 1 && idle[0].0 == "heat missing to start", "{idle:?}");
    near(idle[0].1, 8.0, 1e-9);
    // In time: a sink that is 50 K warmer half of the time takes heat only while it is colder. T − T_sink = 60 e^{−t/τ}, τ = 200 s.
    let s = solve(
        "transient = { until_s = 900.0, every_s = 100.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n[nodes.box]\n
         capacity_j_per_k = 600.0\nstart_c = 60.0\n[nodes.sink]\ntemperature_by_s = [[300.0, 0.0], [300.0, 50.0], [600.0, 50.0], [600.0, 0.0]]\n
         [conductors.pipe]\na = \"box\"\nb = \"sink\"\ngl_w_per_k = 3.0\none_way = true\n",
    );
    for (t, got) in s.history("box") {
        let open = if t <= 300.0 { t } else { 300.0 + (t - 600.0f64).max(0.0) };
        near(got, 60.0 * (-open / 200.0).exp(), 1e-4);
    }
}

#[test]
fn heaters_hold_in_the_steady_state() {
    // 2 W/K to −30 °C, 20 W inside.
    let run = |heater: &str| {
        solve(&format!(
            "[nodes.sink]\ntemperature_c = -30.0\n[nodes.box]\npower_w = 20.0\n[nodes.far]\n[conductors.a]\na = \"box\"\nb = \"sink\"\n
             gl_w_per_k = 2.0\n[conductors.b]\na = \"far\"\nb = \"box\"\ngl_w_per_k = 4.0\n[heaters.h]\n{heater}\n"
        ))
    };
    let power = |s: &Solved| s.summary().components.heaters["h"].steady_w;
    let band = |watts: f64| format!("node = \"box\"\npower_w = {watts}\nthermostat = {{ on_below_c = 5.0, off_above_c = 10.0 }}");
    // 2 (T + 30) = 20 + P (10 − T)/5.
    let s = run(&band(100.0));
    near(s.c("box"), (20.0 + 200.0 - 60.0) / 22.0, 1e-8);
    near(power(&s), 2.0 * (s.c("box") + 30.0) - 20.0, 1e-7);
    near(s.1.state.convergence.internal_w, 20.0 + power(&s), 1e-8);
    // Too weak: all the time on. Not needed: off.
    let s = run(&band(10.0));
    near(s.c("box"), -15.0, 1e-8);
    near(power(&s), 10.0, 1e-12);
    let s = run("node = \"box\"\npower_w = 50.0\nthermostat = { on_below_c = -30.0, off_above_c = -25.0 }");
    near(s.c("box"), -20.0, 1e-8);
    near(power(&s), 0.0, 1e-12);
    // A sensor elsewhere: far stands at the box's temperature plus P/4 where the heater is, at the box's where it is not.
    let s = run("node = \"far\"\nsensor = \"box\"\npower_w = 100.0\nthermostat = { on_below_c = 5.0, off_above_c = 10.0 }");
    near(s.c("box"), 160.0 / 22.0, 1e-8);
    near(s.c("far"), s.c("box") + power(&s) / 4.0, 1e-7);
    // Controllers: K_p alone leaves an error, an integral none.
    let pid = |law: &str| run(&format!("node = \"box\"\npower_w = 100.0\npid = {{ set_c = 15.0, sample_min = 0.5, {law} }}"));
    let s = pid("proportional_w_per_k = 8.0");
    near(s.c("box"), (20.0 + 120.0 - 60.0) / 10.0, 1e-8);
    let s = pid("proportional_w_per_k = 8.0, integral_w_per_k_s = 0.1");
    near(s.c("box"), 15.0, 5e-3);
    near(power(&s), 70.0, 0.02);
}

#[test]
fn a_thermostat_keeps_its_duty_cycle() {
    // τ = 2000/4 s; on towards −20 + 200/4 = 30 °C, off towards −20 °C; between 0 and 5 °C.
    let tau = 500.0f64;
    let (on, off) = (tau * (30.0f64 / 25.0).ln(), tau * (25.0f64 / 20.0).ln());
    let turns = 7.0;
    let until = turns * (on + off);
    let s = solve(&format!(
        "transient = {{ until_s = {until}, every_s = {until}, tolerance_k = 1e-6, method = \"esdirk4\" }}\n[nodes.sink]\n
         temperature_c = -20.0\n[nodes.box]\ncapacity_j_per_k = 2000.0\nstart_c = 4.999999999\n[conductors.a]\na = \"box\"\nb = \"sink\"\n
         gl_w_per_k = 4.0\n[heaters.h]\nnode = \"box\"\npower_w = 200.0\nthermostat = {{ on_below_c = 0.0, off_above_c = 5.0 }}\n"
    ));
    let h = &s.summary().components.heaters["h"];
    near(h.duty.unwrap(), on / (on + off), 1e-4);
    near(h.energy_j.unwrap(), 200.0 * turns * on, 1e-4 * 200.0 * turns * on);
    near(h.switched_on.unwrap(), 7.0, 0.0);
    let box_c = s.summary().nodes["box"];
    near(box_c.min_c, 0.0, 1e-4);
    near(box_c.max_c, 5.0, 1e-4);
}

#[test]
fn the_derivative_of_controlled_conductors_and_heaters_is_theirs() {
    let model = model(
        "[nodes.a]\n[nodes.b]\n[nodes.c]\n[nodes.s]\ntemperature_c = 0.0\n
         [conductors.up]\na = \"a\"\nb = \"b\"\ngl_by_a_c = [[0.0, 1.0], [100.0, 9.0]]\n
         [conductors.down]\na = \"b\"\nb = \"c\"\ngl_by_a_c = [[0.0, 6.0], [100.0, 1.0]]\none_way = true\n
         [conductors.gate]\na = \"c\"\nb = \"s\"\ngl_w_per_k = 2.0\none_way = true\n
         [conductors.shut]\na = \"c\"\nb = \"a\"\ngl_w_per_k = 2.0\none_way = true\n
         [heaters.own]\nnode = \"a\"\npower_w = 80.0\nthermostat = { on_below_c = 40.0, off_above_c = 60.0 }\n
         [heaters.far]\nnode = \"c\"\nsensor = \"b\"\npower_w = 30.0\nthermostat = { on_below_c = 20.0, off_above_c = 40.0 }\n",
    );
    let network = assembly::check(&model).unwrap().1.network;
    let t = [50.0, 30.0, 0.04, 0.0].map(|c| c + CELSIUS_ZERO_K);
    support::derivative_is_that_of_the_balance(&network, &t, (1e-5, 1e-5));
}

#[test]
fn a_loop_out_of_its_liquid_says_so() {
    // Water at −30 °C: properties are those of its table's end, and the run does not pass.
    let s = solve(
        "[nodes.in]\ntemperature_c = -30.0\n[nodes.out]\n[nodes.wall]\ntemperature_c = -30.0\n
         [loops.l]\nfluid = \"water\"\npump = { from = \"out\", to = \"in\", flow_kg_s = 0.01 }\n
         [[loops.l.tubes]]\nfrom = \"in\"\nto = \"out\"\nwall = \"wall\"\nlength_m = 1.0\nbore_mm = 6.0\n",
    );
    let failed: Vec<_> = s.summary().checks.into_iter().filter(|c| !c.passed).collect();
    assert!(failed.len() == 1 && failed[0].what == "liquid beyond its table" && failed[0].place == "l", "{failed:?}");
    near(failed[0].value, CATALOGUE.fluids["water"].range_k().0 - CELSIUS_ZERO_K + 30.0, 1e-9);
    // A bridge in balance lets nothing through its middle: the node there has no temperature.
    let text = "[nodes.in]\ntemperature_c = 10.0\n[nodes.a]\n[nodes.b]\n[nodes.m]\n[nodes.out]\n
         [loops.l]\nfluid = \"water\"\npump = { from = \"out\", to = \"in\", flow_kg_s = 0.01 }\n"
        .to_owned()
        + &[("in", "a"), ("in", "b"), ("a", "m"), ("m", "b"), ("a", "out"), ("b", "out")]
            .map(|(from, to)| format!("[[loops.l.tubes]]\nfrom = \"{from}\"\nto = \"{to}\"\nlength_m = 1.0\nbore_mm = 6.0\n"))
            .concat();
    let error = assembly::analyse(&Cpu::<f64>::new(), &model(&text), &Silent).unwrap_err().to_string();
    assert!(error.contains("no liquid flows through node `m`"), "{error}");
}
