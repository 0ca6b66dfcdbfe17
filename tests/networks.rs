//! Networks as given against closed forms: boundary nodes, radiative and fluid conductors, coolers, melting, loads in time.

mod support;

use support::Silent;
use thermsolve::analysis::assembly::{self, Solution};
use thermsolve::analysis::flows::heat_flows;
use thermsolve::analysis::lumped::Loads;
use thermsolve::backend::Cpu;
use thermsolve::case;
use thermsolve::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use thermsolve::model::assembly::Assembly;
use thermsolve::network::Network;
use thermsolve::report::assembly::AssemblySummary;
use thermsolve::solve::transient::Drive;

/// The network of a model with what holds at 0 s, and its loads in time.
fn built(model: &Assembly) -> (Network, Loads) {
    let (_, assembled) = assembly::check(model).unwrap_or_else(|e| panic!("{e}"));
    (assembled.network, assembled.loads)
}

fn model(text: &str) -> Assembly {
    let text = format!("name = \"test\"\nsolver.tolerance_k = 1e-10\n{text}");
    let file = case::parse("test", text).unwrap_or_else(|e| panic!("{e}"));
    Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}"))
}

fn solve(text: &str) -> (Assembly, Solution) {
    let model = model(text);
    let solution = assembly::analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let balance = solution.state.convergence.balance;
    assert!(balance < 1e-9, "balance {balance}");
    (model, solution)
}

/// Temperature of a node in the steady state, K.
fn at((model, solution): &(Assembly, Solution), name: &str) -> f64 {
    solution.state.node_k[model.lumped.nodes.iter().position(|n| n.name == name).unwrap()]
}

fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "{got}, expected {expected} ± {within}");
}

#[test]
fn boundary_nodes_are_held_exactly() {
    let s = solve(
        "nodes = { a = { temperature_c = 80.0 }, m = { power_w = 3.0 }, b = { temperature_c = -20.0 } }
         conductors = { am = { a = \"a\", b = \"m\", gl_w_per_k = 2.0 }, mb = { a = \"m\", b = \"b\", gl_w_per_k = 0.5 } }",
    );
    assert_eq!((at(&s, "a"), at(&s, "b")), (80.0 + CELSIUS_ZERO_K, -20.0 + CELSIUS_ZERO_K));
    // 2 (80 − t) + 3 = 0.5 (t + 20)
    let t = (160.0 + 3.0 - 10.0) / 2.5;
    near(at(&s, "m"), t + CELSIUS_ZERO_K, 1e-9);
    near(s.1.conducted_w[0], 2.0 * (80.0 - t), 1e-8);
    // What a gives and b takes: together −3 W.
    near(s.1.state.convergence.boundary_w, -3.0, 1e-8);
}

#[test]
fn a_radiating_chain_falls_evenly_in_the_fourth_power() {
    // Equal radks in series between 400 K and 200 K: T⁴ is linear along the chain.
    let n = 60;
    let mut text = format!(
        "[nodes.hot]\ntemperature_c = {}\n[nodes.cold]\ntemperature_c = {}\n",
        400.0 - CELSIUS_ZERO_K,
        200.0 - CELSIUS_ZERO_K
    );
    let name = |k: usize| match k {
        0 => "hot".to_owned(),
        k if k == n => "cold".to_owned(),
        k => format!("n{k:02}"),
    };
    for k in 1..n {
        text += &format!("[nodes.{}]\n", name(k));
    }
    for k in 0..n {
        text += &format!("[conductors.c{k:02}]\na = \"{}\"\nb = \"{}\"\ngr_m2 = 0.02\n", name(k), name(k + 1));
    }
    let s = solve(&text);
    for k in 1..n {
        let share = k as f64 / n as f64;
        let t = (400f64.powi(4) * (1.0 - share) + 200f64.powi(4) * share).powf(0.25);
        near(at(&s, &name(k)), t, 1e-7);
    }
    let heat = STEFAN_BOLTZMANN * 0.02 / n as f64 * (400f64.powi(4) - 200f64.powi(4));
    near(s.1.conducted_w[0], heat, 1e-8 * heat);
}

#[test]
fn a_fluid_chain_is_carried_downstream() {
    // Nodes of a stream lose heat to a wall: T_k − T_w = (T_{k−1} − T_w) GF/(GF + GL), far beyond the vectors GMRES keeps.
    let (n, gf, gl) = (150, 20.0_f64, 0.7_f64);
    let mut text = String::from("[nodes.in]\ntemperature_c = 90.0\n[nodes.wall]\ntemperature_c = 10.0\n");
    for k in 0..n {
        let before = if k == 0 { "in".to_owned() } else { format!("s{:03}", k - 1) };
        text += &format!(
            "[nodes.s{k:03}]\n[conductors.f{k:03}]\na = \"{before}\"\nb = \"s{k:03}\"\ngf_w_per_k = {gf}\n\
             [conductors.w{k:03}]\na = \"s{k:03}\"\nb = \"wall\"\ngl_w_per_k = {gl}\n"
        );
    }
    let s = solve(&text);
    for k in [0, 1, 10, n - 1] {
        let t = 10.0 + 80.0 * (gf / (gf + gl)).powi(k + 1);
        near(at(&s, &format!("s{k:03}")), t + CELSIUS_ZERO_K, 1e-8);
    }
    // Upstream feels nothing: the whole heat is what the stream lost.
    near(s.1.state.convergence.flow_w, gf * 80.0 * (1.0 - (gf / (gf + gl)).powi(n)), 1e-7);
    assert!(s.1.state.convergence.cycles < 30, "{} products", s.1.state.convergence.cycles);
}

#[test]
fn a_closed_circuit_finds_its_level() {
    // Heater and radiator joined by a circuit: ṁ cp (T_out − T_in) = Q, the radiator's mean set by its film and its sink.
    let s = solve(
        "[nodes.sink]\ntemperature_c = 0.0\n[nodes.plate]\npower_w = 100.0\n[nodes.radiator]\n
         [conductors.there]\na = \"plate\"\nb = \"radiator\"\ngf_w_per_k = 25.0\n
         [conductors.back]\na = \"radiator\"\nb = \"plate\"\ngf_w_per_k = 25.0\n
         [conductors.film]\na = \"radiator\"\nb = \"sink\"\ngl_w_per_k = 5.0\n",
    );
    near(at(&s, "radiator"), CELSIUS_ZERO_K + 20.0, 1e-8);
    near(at(&s, "plate"), CELSIUS_ZERO_K + 24.0, 1e-8);
}

#[test]
fn a_cooler_pumps_what_its_equations_say() {
    let (seebeck, ohm, k, current) = (0.05, 2.0, 0.5, 3.0);
    let s = solve(&format!(
        "[nodes.hot]\ntemperature_c = 30.0\n[nodes.cold]\npower_w = 10.0\n
         [coolers.tec]\ncold = \"cold\"\nhot = \"hot\"\nseebeck_v_per_k = {seebeck}\nresistance_ohm = {ohm}\n
         gl_w_per_k = {k}\ncurrent_a = {current}\n"
    ));
    let hot = 30.0 + CELSIUS_ZERO_K;
    // 10 = S T_c I − ½ I² R − K (T_h − T_c)
    let cold = (10.0 + 0.5 * current * current * ohm + k * hot) / (seebeck * current + k);
    near(at(&s, "cold"), cold, 1e-8);
    let electric = seebeck * current * (hot - cold) + current * current * ohm;
    near(-s.1.state.convergence.boundary_w, 10.0 + electric, 1e-7);
}

#[test]
fn conductance_by_temperature_is_integrated() {
    // GL = 1 at 0 °C, 3 at 100 °C, straight between: Q between those is 2 × 100 W.
    let s = solve(
        "[nodes.a]\ntemperature_c = 100.0\n[nodes.b]\ntemperature_c = 0.0\n[nodes.c]\n
         [conductors.ab]\na = \"a\"\nb = \"b\"\ngl_by_c = [[0.0, 1.0], [100.0, 3.0]]\n
         [conductors.bc]\na = \"a\"\nb = \"c\"\ngl_w_per_k = 1.0\n",
    );
    near(s.1.conducted_w[0], 200.0, 1e-9);
    near(at(&s, "c"), 100.0 + CELSIUS_ZERO_K, 1e-8);
}

/// Temperatures in time of one node, with the times.
fn history(s: &(Assembly, Solution), name: &str) -> Vec<(f64, f64)> {
    let k = s.0.lumped.nodes.iter().position(|n| n.name == name).unwrap();
    let march = s.1.march.as_ref().unwrap();
    march.time_s.iter().zip(&march.node_k).map(|(t, row)| (*t, row[k] - CELSIUS_ZERO_K)).collect()
}

#[test]
fn a_jump_of_a_boundary_node_is_followed() {
    // Held at 0 °C until 100 s, then at 50 °C; the body follows with its time constant of 200 s.
    let s = solve(
        "transient = { until_s = 1100.0, every_s = 100.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n
         [nodes.edge]\ntemperature_by_s = [[0.0, 0.0], [100.0, 0.0], [100.0, 50.0]]\n[nodes.middle]\n
         [nodes.body]\ncapacity_j_per_k = 400.0\n
         [conductors.a]\na = \"edge\"\nb = \"middle\"\ngl_w_per_k = 4.0\n
         [conductors.b]\na = \"middle\"\nb = \"body\"\ngl_w_per_k = 4.0\n",
    );
    let body = history(&s, "body");
    assert_eq!(body.len(), 12);
    for (t, got) in body {
        let expected = if t <= 100.0 { 0.0 } else { 50.0 * (1.0 - (-(t - 100.0) / 200.0_f64).exp()) };
        near(got, expected, 2e-5);
    }
    // The node between, without capacity, is at the mean of its neighbours, from the jump on.
    for ((t, middle), (_, body)) in history(&s, "middle").into_iter().zip(history(&s, "body")).skip(2) {
        near(middle, 0.5 * (50.0 + body), 1e-4);
        assert!(t > 100.0);
    }
}

#[test]
fn a_ramp_of_power_warms_as_its_integral() {
    // Power from 0 to 10 W in 100 s, then none, into 50 J/K that hardly loses heat: 10 · 100 / 2 / 50 K.
    let s = solve(
        "transient = { until_s = 300.0, every_s = 50.0, tolerance_k = 1e-5 }\n[nodes.far]\ntemperature_c = 0.0\n
         [nodes.body]\ncapacity_j_per_k = 50.0\npower_by_s = [[0.0, 0.0], [100.0, 10.0], [100.0, 0.0]]\n
         [conductors.a]\na = \"far\"\nb = \"body\"\ngl_w_per_k = 1e-9\n",
    );
    let body = history(&s, "body");
    near(body[1].1, 0.5 * 0.1 * 50.0 * 50.0 / 50.0, 1e-3);
    for (_, t) in &body[2..] {
        near(*t, 10.0, 1e-3);
    }
}

#[test]
fn melting_takes_its_latent_heat() {
    // 10 W into 100 J/K with 5000 J of latent heat: 20 K below and 10 K above the melting range take 3000 J + 5000 J.
    let s = solve(
        "transient = { until_s = 800.0, every_s = 100.0, tolerance_k = 1e-4 }\n[nodes.far]\ntemperature_c = 0.0\n
         [nodes.wax]\ncapacity_j_per_k = 100.0\npower_w = 10.0\nstart_c = 10.0\n
         melting = { latent_j = 5000.0, solidus_c = 29.5, liquidus_c = 30.5 }\n
         [conductors.a]\na = \"far\"\nb = \"wax\"\ngl_w_per_k = 1e-9\n",
    );
    let wax = history(&s, "wax");
    near(wax[1].1, 20.0, 2e-3);
    for (_, t) in &wax[2..7] {
        assert!((29.0..31.0).contains(t), "{t} °C while it melts");
    }
    // Half way, by symmetry: 10 + 20 K take 2000 J, half of the latent heat 2500 J, at 450 s the middle of the range.
    near(wax[8].1, 40.0, 1e-2);
}

#[test]
fn the_derivative_of_conductors_is_theirs() {
    let model = model(
        "[nodes.a]\n[nodes.b]\n[nodes.c]\n[nodes.s]\ntemperature_c = -200.0\n
         [conductors.ab]\na = \"a\"\nb = \"b\"\ngr_m2 = 0.3\n[conductors.bc]\na = \"b\"\nb = \"c\"\ngf_w_per_k = 2.0\n
         [conductors.cs]\na = \"c\"\nb = \"s\"\ngr_m2 = 0.1\n[conductors.ac]\na = \"a\"\nb = \"c\"\ngl_w_per_k = 0.4\n
         [conductors.bs]\na = \"b\"\nb = \"s\"\ngl_w_per_k = 0.2\n
         [conductors.vb]\na = \"a\"\nb = \"b\"\ngl_by_s = [[0.0, 0.7], [10.0, 0.9]]\n",
    );
    let network = built(&model).0;
    assert_eq!(network.varying.len(), 1);
    let t = [310.0, 250.0, 400.0, 73.15];
    support::derivative_is_that_of_the_balance(&network, &t, (1e-3, 1e-6));
}

#[test]
fn a_capacity_in_time_is_that_of_its_equation() {
    // C(t) dT/dt = 10 W, C from 100 to 300 J/K in 990 s, then 50 J/K: T = Q/(C0 b) ln(1 + b t), a kink, Q/C from there on.
    let s = solve(
        "transient = { until_s = 1400.0, every_s = 100.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n[nodes.far]\n
         temperature_c = 0.0\n[nodes.tank]\ncapacity_by_s = [[0.0, 100.0], [990.0, 300.0], [990.0, 50.0]]\npower_w = 10.0\n
         start_c = 0.0\n[conductors.a]\na = \"far\"\nb = \"tank\"\ngl_w_per_k = 1e-9\n",
    );
    let b = 2.0 / 990.0;
    let filling = |t: f64| 10.0 / (100.0 * b) * (1.0 + b * t).ln();
    for (t, got) in history(&s, "tank") {
        let expected = if t <= 990.0 { filling(t) } else { filling(990.0) + 0.2 * (t - 990.0) };
        near(got, expected, 1e-4);
    }
    assert_eq!(s.1.assembled.loads.next_event_s(0.0), 990.0);
    // The mean over all steps by the cubic within each: its ends' rates are those of their own capacities.
    let first = 10.0 / (100.0 * b) * ((1.0 + 990.0 * b) * (1.0 + 990.0 * b).ln() / b - 990.0);
    let mean = (first + 410.0 * filling(990.0) + 0.1 * 410.0 * 410.0) / 1400.0;
    let tank = s.0.lumped.nodes.iter().position(|n| n.name == "tank").unwrap();
    near(s.1.march.as_ref().unwrap().range_k[tank][1] - CELSIUS_ZERO_K, mean, 1e-3);
}

#[test]
fn a_node_cools_by_the_integral_of_its_conductance() {
    // A heat switch that closes slowly and opens at once: T = 80 exp(−∫GL dt / C).
    let s = solve(
        "transient = { until_s = 700.0, every_s = 50.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n[nodes.sink]\n
         temperature_c = 0.0\n[nodes.body]\ncapacity_j_per_k = 400.0\nstart_c = 80.0\n
         [conductors.a_wire]\na = \"body\"\nb = \"sink\"\ngl_w_per_k = 1e-9\n
         [conductors.b_stream]\na = \"sink\"\nb = \"body\"\ngf_w_per_k = 1e-9\n
         [conductors.switch]\na = \"body\"\nb = \"sink\"\ngl_by_s = [[0.0, 1e-9], [210.0, 5.0], [333.0, 5.0], [333.0, 0.5]]\n",
    );
    for (t, got) in history(&s, "body") {
        let integral = match t {
            t if t <= 210.0 => 2.5 * t * t / 210.0,
            t if t <= 333.0 => 525.0 + 5.0 * (t - 210.0),
            t => 525.0 + 5.0 * 123.0 + 0.5 * (t - 333.0),
        };
        near(got, 80.0 * (-integral / 400.0_f64).exp(), 1e-4);
    }
    let loads = &s.1.assembled.loads;
    let events = [0.0, 210.0, 333.0].map(|t| loads.next_event_s(t));
    assert_eq!(events, [210.0, 333.0, f64::INFINITY]);
}

#[test]
fn an_emissivity_that_steps_and_a_louvre_that_opens() {
    // T⁻³ grows by 3 σ ∫GR dt / C towards 0.15 K; the louvre opens in a straight line.
    let s = solve(
        "transient = { until_s = 1500.0, every_s = 125.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n[nodes.space]\n
         temperature_c = -273.0\n[nodes.plate]\ncapacity_j_per_k = 1000.0\nstart_c = 50.0\n[conductors.out]\na = \"plate\"\n
         b = \"space\"\ngr_by_s = [[0.0, 0.8], [600.0, 0.8], [600.0, 0.1], [1000.0, 0.1], [1200.0, 0.9]]\n",
    );
    for (t, got) in history(&s, "plate") {
        let integral = match t {
            t if t <= 600.0 => 0.8 * t,
            t if t <= 1000.0 => 480.0 + 0.1 * (t - 600.0),
            t if t <= 1200.0 => 520.0 + 0.1 * (t - 1000.0) + 0.002 * (t - 1000.0).powi(2),
            t => 520.0 + 100.0 + 0.9 * (t - 1200.0),
        };
        let start = 50.0 + CELSIUS_ZERO_K;
        let expected = (start.powi(-3) + 3.0 * STEFAN_BOLTZMANN * integral / 1000.0).powf(-1.0 / 3.0);
        near(got + CELSIUS_ZERO_K, expected, 1e-4);
    }
    assert_eq!(s.1.assembled.loads.next_event_s(600.0), 1000.0);
}

#[test]
fn tables_begin_again_after_their_period() {
    // 40 s of 2 W/K and 60 s of 0.5 W/K, again and again, into 2000 J/K; times that no binary fraction meets.
    let s = solve(
        "transient = { until_s = 1000.0, every_s = 130.0, tolerance_k = 1e-6, method = \"esdirk4\" }\n[nodes.sink]\n
         temperature_c = 0.0\n[nodes.body]\ncapacity_j_per_k = 2000.0\nstart_c = 80.0\n[conductors.switch]\na = \"body\"\n
         b = \"sink\"\ngl_by_s = [[0.0, 2.0], [40.0, 2.0], [40.0, 0.5]]\nperiod_s = 100.0\n",
    );
    for (t, got) in history(&s, "body") {
        let (turns, rest) = ((t / 100.0).floor(), t % 100.0);
        let integral = 110.0 * turns + 2.0 * rest.min(40.0) + 0.5 * (rest - 40.0).max(0.0);
        near(got, 80.0 * (-integral / 2000.0_f64).exp(), 1e-4);
    }
    let events = |by_s: &str, period_s: f64| {
        let text = format!(
            "[nodes.a]\ntemperature_c = 0.0\n[nodes.b]\npower_by_s = {by_s}\nperiod_s = {period_s}\n
             [conductors.ab]\na = \"a\"\nb = \"b\"\ngl_w_per_k = 1.0\n"
        );
        let loads = built(&model(&text)).1;
        std::iter::successors(Some(0.0), |t| Some(loads.next_event_s(*t))).skip(1).take(3000).collect::<Vec<f64>>()
    };
    let found = events("[[0.1, 1.0], [0.2, 2.0], [0.3, 1.0]]", 0.3);
    for (k, t) in found.iter().enumerate() {
        near(*t, 0.1 * (k + 1) as f64, 1e-12 * t);
    }
    assert_eq!(events("[[2.0, 5.0]]", 7.0)[0], f64::INFINITY, "a constant has no events");
    // A turn begins with the table's first value, however its time is rounded; turns that meet are one event.
    let loads = built(&model(
        "[nodes.a]\ntemperature_c = 0.0\n[nodes.b]\npower_by_s = [[0.0, 1.0], [0.3, 5.0]]\nperiod_s = 0.3\n
         [conductors.ab]\na = \"a\"\nb = \"b\"\ngl_by_s = [[0.0, 1.0], [0.05, 2.0]]\nperiod_s = 0.1\n",
    ))
    .1;
    let (mut t, mut network) = (
        0.0,
        built(&model(
            "[nodes.a]\ntemperature_c = 0.0\n[nodes.b]\n[conductors.ab]\na = \"a\"\nb = \"b\"\ngl_by_s = [[0.0, 1.0], [9.0, 2.0]]\n",
        ))
        .0,
    );
    for k in 1..6000_u32 {
        t = loads.next_event_s(t);
        near(t, 0.05 * f64::from(k), 1e-12 * t);
        if k % 6 == 0 {
            loads.apply(t, &mut network);
            near(network.internal[1].at_reference_w, 1.0, 1e-6);
        }
    }
}

#[test]
fn a_pump_that_changes_speed() {
    // The chain of `a_fluid_chain_is_carried_downstream`, its flow ten times as fast from 50 s on: nodes without capacity follow
    // at once, far beyond the vectors that GMRES keeps.
    let (n, gl) = (150, 0.07_f64);
    let mut text = String::from(
        "transient = { until_s = 100.0, every_s = 50.0, tolerance_k = 1e-6 }\n[nodes.in]\ntemperature_c = 90.0\n
         [nodes.wall]\ntemperature_c = 10.0\n",
    );
    for k in 0..n {
        let before = if k == 0 { "in".to_owned() } else { format!("s{:03}", k - 1) };
        text += &format!(
            "[nodes.s{k:03}]\n[conductors.f{k:03}]\na = \"{before}\"\nb = \"s{k:03}\"\ngf_by_s = [[50.0, 2.0], [50.0, 20.0]]\n\
             [conductors.w{k:03}]\na = \"s{k:03}\"\nb = \"wall\"\ngl_w_per_k = {gl}\n"
        );
    }
    let s = solve(&text);
    for k in [0, 1, 10, n - 1] {
        let of = |gf: f64| 10.0 + 80.0 * (gf / (gf + gl)).powi(k + 1);
        let seen = history(&s, &format!("s{k:03}"));
        near(seen[1].1, of(2.0), 1e-6);
        near(seen[2].1, of(20.0), 1e-6);
    }
    let work = s.1.march.as_ref().unwrap().work;
    assert!(work.cycles < 8 * work.corrections, "{work:?}");
    assert_eq!(s.1.assembled.loads.next_event_s(0.0), 50.0);
}

#[test]
fn heat_of_a_conductor_in_time_is_in_the_balance_of_groups() {
    let (model, solution) = solve(
        "groups = { out = [\"sink\"], in = [\"a\", \"b\"] }\n[nodes.sink]\ntemperature_c = 0.0\n[nodes.a]\npower_w = 5.0\n[nodes.b]\n
         power_w = 3.0\n[conductors.ab]\na = \"a\"\nb = \"b\"\ngl_by_s = [[0.0, 1.0], [9.0, 3.0]]\n
         [conductors.bs]\na = \"b\"\nb = \"sink\"\ngl_by_s = [[0.0, 2.0], [9.0, 3.0]]\n",
    );
    // At the first moment: 8 W over 2 W/K, 5 W over 1 W/K.
    near(solution.state.node_k[0], CELSIUS_ZERO_K + 9.0, 1e-8);
    near(solution.conducted_w[1], 8.0, 1e-8);
    let summary = AssemblySummary::new(&model, &solution, &heat_flows(&solution), String::new());
    for (name, heat) in [("in", 8.0), ("out", -8.0)] {
        let g = summary.groups[name];
        near(g.exchanged_w, -heat, 1e-8);
        near(g.sum_w(), 0.0, 1e-8);
    }
}

#[test]
fn tables_have_their_means() {
    let mean = |points: &str, period: &str, span_s: f64| {
        let text = format!(
            "[nodes.a]\ntemperature_c = 0.0\n[nodes.b]\npower_by_s = {points}\n{period}\n[conductors.ab]\na = \"a\"\nb = \"b\"\ngl_w_per_k = 1.0\n"
        );
        model(&text).lumped.nodes[1].power_w.mean(span_s)
    };
    let ramp = "[[10.0, 0.0], [20.0, 100.0]]";
    // Nothing to 10 s, 500 J to 20 s, 100 W to 40 s.
    near(mean(ramp, "period_s = 40.0", 7.0), 2500.0 / 40.0, 1e-12);
    near(mean(ramp, "", 15.0), 125.0 / 15.0, 1e-12);
    near(mean(ramp, "", 100.0), 8500.0 / 100.0, 1e-12);
    near(mean("[[0.0, 1.0], [5.0, 1.0], [5.0, 3.0]]", "period_s = 10.0", 7.0), 2.0, 1e-12);
    near(mean("[[0.0, 1.0], [5.0, 1.0], [5.0, 3.0]]", "", 7.0), 11.0 / 7.0, 1e-12);
}

#[test]
fn the_most_a_conductor_carries_holds_in_time() {
    // 10 W from 50 s on through a conductor that carries 6 W; in the steady state, that of 0 s, nothing.
    let case = |most: f64| {
        format!(
            "transient = {{ until_s = 100.0, every_s = 50.0 }}\n[nodes.a]\ntemperature_c = 0.0\n[nodes.b]\npower_by_s = [[50.0, 0.0], [50.0, 10.0]]\n\
             [conductors.pipe]\na = \"b\"\nb = \"a\"\ngl_w_per_k = 1.0\nmost_w = {most:?}\n"
        )
    };
    for (most, passed) in [(6.0, false), (11.0, true)] {
        let (model, solution) = solve(&case(most));
        let summary = AssemblySummary::new(&model, &solution, &heat_flows(&solution), String::new());
        let check = summary.checks.iter().find(|c| c.what == "heat of a conductor").unwrap();
        near(check.value, 10.0, 1e-6);
        assert_eq!((check.passed, summary.passed), (passed, passed));
    }
}
