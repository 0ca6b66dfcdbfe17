//! Decks of SINDA and ESATAN against closed forms, there and back, and matrices against a solution of their own.

mod support;

use nalgebra::{DMatrix, DVector};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use support::Silent;
use thermsolve::analysis::assembly::{Solution, analyse};
use thermsolve::analysis::nodes_alone::NodesAlone;
use thermsolve::backend::Cpu;
use thermsolve::case;
use thermsolve::deck::{self, Deck, Format, Kind, Place, Value, esatan, matrix_market, sinda};
use thermsolve::model::assembly::Assembly;

const SIGMA: f64 = 5.670_374_419_184_429e-8;
const ZERO_C: f64 = 273.15;

fn model(case: &str) -> Assembly {
    // The tightest tolerances: what differs is the deck's.
    let (title, rest) = case.split_once('\n').unwrap();
    let text = format!("{title}\nsolver.tolerance_k = 1e-10\n{rest}");
    let file = case::parse("case", text).unwrap_or_else(|e| panic!("{e}\n{case}"));
    Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}\n{case}"))
}

fn solved(case: &str) -> (Assembly, Solution) {
    let model = model(case);
    let solution = analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    (model, solution)
}

fn read(text: &str) -> Deck {
    deck::read("deck", text).unwrap_or_else(|e| panic!("{e}"))
}

/// A deck that loses nothing, solved.
#[track_caller]
fn imported(text: &str) -> (Assembly, Solution) {
    let deck = read(text);
    assert!(deck.remarks.iter().all(|r| !r.lost), "{:?}", deck.remarks);
    solved(&deck.to_case())
}

#[track_caller]
fn steady_c((model, solution): &(Assembly, Solution), name: &str) -> f64 {
    let place = model.lumped.nodes.iter().position(|n| n.name == name);
    solution.state.node_k[place.unwrap_or_else(|| panic!("no node {name}"))] - ZERO_C
}

#[track_caller]
fn near(got: f64, expected: f64, within: f64) {
    assert!((got - expected).abs() <= within, "got {got}, expected {expected} ± {within}, off by {:e}", got - expected);
}

const SINDA: &str = "\
HEADER OPTIONS DATA
      TITLE By hand
HEADER CONTROL DATA, GLOBAL
      UID = SI
      ABSZRO = -273.15, SIGMA = 5.67E-8
HEADER REGISTER DATA
      half = 0.5 $ W/K
      INT:two = 2
      area = half*0.17
HEADER NODE DATA, MAIN
C     A chain: 80 C, a node with 3 W, -20 C
      -1, 80., 0.
      2, 20., -1.0
      -3, -20.0, 0.
C     A radiator with 40 W that sees 2.725 K
      4, 20., 500.
      -99, -270.425, 0.
C     A stream from 90 C past a wall at 10 C
      -5, 90., 0.
      6, 20., -1.
      -7, 10., 0.
C     Conductance by temperature
      -10, 0., 0.
      11, 0., 3.
HEADER NODE DATA, ROD
      -1, 0., 0.
      GEN 2, 9, 1, 50., 5.0
      -11, 100., 0.
HEADER CONDUCTOR DATA, MAIN
      1, 1, 2, two
      2, 2, MAIN.3, half
      -4, 4, 99, area
      5, -5, 6, 8.4
      FAC 0.1
      6, 6, 7, 7.0
      FAC 1.0
      SIV 7, 10, 11, A1, 2.0
HEADER CONDUCTOR DATA, ROD
      GEN 1, 10, 1, 1, 1, 2, 1, 0.3
HEADER SOURCE DATA, MAIN
      2, 3.0
      TVS 4, A2, 10.
      11, 8.
HEADER ARRAY DATA, MAIN
      1 = -100., 0.0001, 0., 1.0,
          300., 4.0
      2 = 0., 3., 100., 3.
HEADER VARIABLES 0, MAIN
C     Heat as Thermal Desktop writes it
      MAIN.Q4 = MAIN.Q4 + 10.
HEADER OPERATIONS DATA
BUILD ALL
      CALL STEADY
END OF DATA
anything after the end is not read
";

#[test]
fn a_sinda_deck_by_hand() {
    let s = imported(SINDA);
    assert_eq!(s.0.name, "By hand");
    // 2 (80 − t) + 3 = 0.5 (t + 20)
    near(steady_c(&s, "MAIN_2"), 153.0 / 2.5, 1e-9);
    // The deck's own σ: 40 = 5.67e-8 · 0.085 (T⁴ − 2.725⁴)
    let t = (40.0 / (5.67e-8 * 0.085) + 2.725_f64.powi(4)).powf(0.25);
    near(steady_c(&s, "MAIN_4"), t - ZERO_C, 1e-8);
    near(steady_c(&s, "MAIN_6"), 10.0 + 80.0 * 8.4 / 9.1, 1e-9);
    // 2 (1 + 0.005 t) t = 8, the table at the mean of 0 and t.
    near(steady_c(&s, "MAIN_11"), (-1.0 + (1.0_f64 + 4.0 * 0.005 * 4.0).sqrt()) / 0.01, 1e-8);
    for k in 2..=10 {
        near(steady_c(&s, &format!("ROD_{k}")), 10.0 * f64::from(k - 1), 1e-9);
    }
    let rod: Vec<&str> =
        s.0.lumped
            .nodes
            .iter()
            .zip(&s.1.assembled.groups.of_node)
            .filter(|(_, g)| s.1.assembled.groups.names[**g] == "ROD")
            .map(|(n, _)| n.name.as_str())
            .collect();
    assert_eq!(rod.len(), 11, "the submodel is a group");
}

#[test]
fn sigma_may_stand_in_the_conductance_and_temperatures_in_kelvin() {
    let deck = |control: &str, g: &str, t: &str| {
        format!(
            "HEADER CONTROL DATA, GLOBAL\n{control}\nHEADER NODE DATA, A\n 1, {t}, -1.\n -2, 200., 0.\n\
             HEADER CONDUCTOR DATA, A\n -1, 1, 2, {g}\nHEADER SOURCE DATA, A\n 1, 40.\n"
        )
    };
    let kelvin = deck("  abszro = 0.\n  sigma = 5.670374419184429E-8", "0.085", "300.");
    let inside = deck("  ABSZRO = 0.0", "5.670374419184429D-8*0.085", "300.");
    let t = (40.0 / (SIGMA * 0.085) + 200.0_f64.powi(4)).powf(0.25) - ZERO_C;
    for text in [&kelvin, &inside] {
        near(steady_c(&imported(text), "A_1"), t, 1e-9);
    }
    assert!(read(&inside).remarks.iter().any(|r| r.what.contains("SIGMA is not given")));
    // Thermal Desktop's comment gives the unit where control data do not.
    let said = format!("C    TDUNITS,   Temp       = K\n{}", deck("  SIGMA = 5.670374419184429E-8", "0.085", "300."));
    near(steady_c(&imported(&said), "A_1"), t, 1e-9);
    for (control, why) in [
        ("  SIGMA = 1.0", "does not say its unit of temperature"),
        ("  UID = ENG", "not in SI units"),
        ("  ABSZRO = -459.67", "neither K nor °C"),
    ] {
        let error = deck::read("deck", &deck(control, "0.085", "300.")).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
    }
}

const ESATAN: &str = "\
$MODEL SAT # thermsolve name = By hand
$MODEL ROD
  $NODES
    B1 = 'cold', T = 0.0;
    D2 = 'middle', T = 0.0, C = k_alu * 0.0, QI = 1.0, QS = 0.5; # arithmetic
    B3 = 'hot', T = 100.0D0;
  $CONDUCTORS
    GL(1,2) = k_alu * 1.5D-03; # ; 'in a comment'
    GL(2,3) = 1.0 / ((1.0 / (0.002 * k_alu)) + (1.0 / (0.006 * k_alu)));
$ENDMODEL ROD
  $LOCALS
  $REAL
    area = 0.17 / 2.0; k_alu = 200.0;
  $NODES
    B1 = 'hot; # not a comment', T = 80.0;
    D2 = 'chip', T = 20.0, C = 0.0, A = 0.1, EPS = 0.9,
         QI = 3.0;
    B3 = 'cold', T = -20.0;
    D4 = 'radiator', T = 20.0, C = 500.0, QI = INTRP1(TIMEM, Q4, 1) + 10.0;
    B99 = 'space', T = -270.425;
    B5 = 'in', T = 90.0;
    D6 = 'stream', T = 0.0;
    B7 = 'wall', T = 10.0;
    B10 = 'base', T = 0.0;
    D11 = 'mount', T = 0.0, C = 3.0;
    X12 = 'spare', T = 0.0, C = 1.0;
  $CONDUCTORS
    GL(1,2) = 2.0;
    GL(2,3) = 0.5;
    GR(4,99) = area;
    GF(5,6) = 8.4;
    GL(6,7) = 0.7;
    GL(10,11) = 2.0 * INTRP1((T10 + T11) / 2.0, K11, 1);
    GL(11,12) = 5.0;
    GL(1,ROD:2) = 0.0;
  $CONSTANTS
  $CONTROL
    STEFAN = 5.67E-8;
  $ARRAYS
  $REAL
    K11(2,3) = -100.0, 1.0E-4, 0.0, 1.0,
       300.0, 4.0;
    Q4(2,2) = 0.0, 30.0, 100.0, 30.0;
  $INITIAL
C     heat set in logic
      QI11 = 8.0
  $EXECUTION
      RELXCA = 0.01
      CALL SOLVIT
  $OUTPUTS
      CALL PRNDTB(' ', 'L, T', CURRENT)
$ENDMODEL SAT
";

#[test]
fn an_esatan_deck_by_hand() {
    let s = imported(ESATAN);
    assert_eq!(s.0.name, "By hand");
    near(steady_c(&s, "SAT_2"), 153.0 / 2.5, 1e-9);
    let t = (40.0 / (5.67e-8 * 0.085) + 2.725_f64.powi(4)).powf(0.25);
    near(steady_c(&s, "SAT_4"), t - ZERO_C, 1e-8);
    near(steady_c(&s, "SAT_6"), 10.0 + 80.0 * 8.4 / 9.1, 1e-9);
    near(steady_c(&s, "SAT_11"), (-1.0 + (1.0_f64 + 4.0 * 0.005 * 4.0).sqrt()) / 0.01, 1e-8);
    // 0.3 t + 1.5 = 0.3 (100 − t) + 2 · 1.5: both conductors are 0.3 W/K, and 1.5 W go in.
    near(steady_c(&s, "ROD_2"), 50.0 + 1.5 / 0.6, 1e-9);
    assert!(!s.0.lumped.nodes.iter().any(|n| n.name == "SAT_12"), "an inactive node is left out");
}

#[test]
fn a_deck_without_stefan_has_that_of_esatan() {
    let text =
        "$MODEL A\n$NODES\nD1 = 'r', T = 20.0, QI = 40.0;\nB2 = 's', T = -270.425;\n$CONDUCTORS\nGR(1,2) = 0.085;\n$ENDMODEL A\n";
    let t = (40.0 / (5.6686e-8 * 0.085) + 2.725_f64.powi(4)).powf(0.25);
    near(steady_c(&imported(text), "A_1"), t - ZERO_C, 1e-8);
    let kelvin = text.replace("T = 20.0", "T = 293.15").replace("T = -270.425", "T = 2.725");
    let kelvin = kelvin.replace("$ENDMODEL A", "$CONSTANTS\n$CONTROL\nTABS = 0.0; STEFAN = 5.6686E-8;\n$ENDMODEL A");
    near(steady_c(&imported(&kelvin), "A_1"), t - ZERO_C, 1e-8);
}

#[test]
fn tables_in_time_drive_the_run() {
    // C dT/dt = Q(t) − G (T − T_b(t)) with Q = 2 W and T_b = a t: T = T_b + (Q − C a)/G (1 − e^{−G t/C}) from T = 0 on.
    let (c, g, a, end) = (100.0_f64, 0.5_f64, 0.02_f64, 400.0_f64);
    let sinda = "HEADER CONTROL DATA, GLOBAL\n UID = SI\n TIMEND = 400.\n OUTPUT = 100.\nHEADER NODE DATA, A\n 1, 0., 1.\n -2, 0., 0.\n\
                 HEADER CONDUCTOR DATA, A\n 1, 1, 2, 0.5\nHEADER ARRAY DATA, A\n 1, 0., 0., 1000., 20., END\n 2, 0., 1., 1000., 1., END\n\
                 \x203, 0., 100., 1000., 100., END\nHEADER SOURCE DATA, A\n SIT 1, A2, 2.0\n\
                 HEADER VARIABLES 1, A\n      CALL D1DEG1(TIMEM, A1, T2)\n      CALL D1DEG1(TIMEM, A.A3, A.C1)\n\
                 HEADER OPERATIONS DATA\nBUILD ALL\n      CALL FWDBCK\n";
    let esatan = "$MODEL A\n$NODES\nD1 = 'n', T = 0.0, C = 100.0, QI = 2.0 * INTRP1(TIMEM, ONE, 1);\nB2 = 'b', T = 0.0;\n$CONDUCTORS\n\
                  GL(1,2) = 0.5;\n$ARRAYS\n$REAL\nONE(2,2) = 0.0, 1.0, 1000.0, 1.0;\nTB(2,2) = 0.0, 0.0, 1000.0, 20.0;\n\
                  $VARIABLES1\n      T2 = INTRP1(TIMEM, TB, 1)\n$EXECUTION\n      TIMEND = 400.0\n      OUTINT = 100.0\n      CALL SLCRNC\n\
                  $ENDMODEL A\n";
    for text in [sinda, esatan] {
        let deck = read(text);
        assert!(deck.remarks.iter().all(|r| !r.lost), "{:?}", deck.remarks);
        let case = deck.to_case() + "tolerance_k = 1e-6\n";
        let (_, solution) = solved(&case);
        let march = solution.march.unwrap();
        let t = a * end + (2.0 - c * a) / g * (1.0 - (-g * end / c).exp());
        near(march.node_k.last().unwrap()[0] - ZERO_C, t, 1e-3);
        assert_eq!(march.time_s.len(), 5);
    }
}

/// Every element that decks have a place for.
const CASE: &str = r#"name = "There and back"
[nodes]
MAIN_7 = { power_w = 3.0 }
chip = { power_by_s = [[0.0, 10.0], [200.0, 10.0], [200.0, 25.0]], period_s = 500.0 }
"cold 'plate'" = { capacity_j_per_k = 800.0 }
wax = { capacity_j_per_k = 200.0, melting = { latent_j = 5000.0, solidus_c = 20.0, liquidus_c = 24.0 } }
tank = { capacity_by_s = [[0.0, 100.0], [600.0, 300.0]] }
SUB_1 = { temperature_c = -270.425 }
SUB_2 = { capacity_j_per_k = 1500.0 }
SUB_X_12 = { temperature_by_s = [[0.0, 10.0], [300.0, 30.0]] }
[conductors]
MAIN_3 = { a = "MAIN_7", b = "chip", gl_w_per_k = 2.5 }
interface = { a = "chip", b = "cold 'plate'", gl_w_per_k = 8.0 }
beside = { a = "chip", b = "cold 'plate'", gl_by_s = [[0.0, 0.1], [100.0, 0.5]] }
strap = { a = "cold 'plate'", b = "SUB_2", gl_by_c = [[-50.0, 3.0], [0.0, 2.0], [80.0, 4.0]] }
wax_film = { a = "wax", b = "cold 'plate'", gl_w_per_k = 1.5 }
pump = { a = "SUB_X_12", b = "tank", gf_by_s = [[0.0, 1.0], [50.0, 2.0]] }
tank_film = { a = "tank", b = "cold 'plate'", gl_w_per_k = 0.7 }
to_space = { a = "SUB_2", b = "SUB_1", gr_m2 = 0.085 }
louvre = { a = "SUB_2", b = "SUB_1", gr_by_s = [[0.0, 0.01], [300.0, 0.04]] }
[transient]
until_s = 600.0
every_s = 150.0
"#;

#[test]
fn a_case_comes_back_from_either_deck() {
    let (model_0, solution_0) = solved(CASE);
    for (kind, write) in [(Format::Sinda, sinda::write as fn(&Deck) -> _), (Format::Esatan, esatan::write)] {
        let there = Deck::of_model(&model_0);
        assert!(there.remarks.is_empty(), "{:?}", there.remarks);
        let (text, more) = write(&there);
        assert!(more.iter().all(|r| !r.lost), "{more:?}");
        assert_eq!(deck::format(&text), Some(kind));
        let back = read(&text);
        assert!(back.remarks.iter().all(|r| !r.lost), "{text}\n{:?}", back.remarks);
        let (model, solution) = solved(&back.to_case());
        let names = |m: &Assembly| -> Vec<String> {
            m.lumped.nodes.iter().map(|n| n.name.clone()).chain(m.lumped.conductors.iter().map(|c| c.name.clone())).collect()
        };
        assert_eq!(names(&model), names(&model_0));
        let wax = |m: &Assembly| -> Vec<(f64, f64)> {
            m.lumped.nodes.iter().find(|n| n.name == "wax").unwrap().capacity_curve.as_ref().unwrap().points().collect()
        };
        // 5000 J in a triangle of 4 K on 200 J/K: 2500 J/K more at its top.
        near(wax(&model)[1].1, 1.0 + 2500.0 / 200.0, 1e-9);
        for (p, p_0) in wax(&model).iter().zip(wax(&model_0)) {
            assert!((p.0 - p_0.0).abs() < 1e-9 && (p.1 - p_0.1).abs() < 1e-9, "{p:?}, was {p_0:?}");
        }
        for (n, (t, t_0)) in model.lumped.nodes.iter().zip(solution.state.node_k.iter().zip(&solution_0.state.node_k)) {
            assert!((t - t_0).abs() < 1e-9, "{kind:?} {}: {t} K, was {t_0} K", n.name);
        }
        let (march, march_0) = (solution.march.unwrap(), solution_0.march.as_ref().unwrap());
        assert_eq!(march.time_s, march_0.time_s);
        for (row, row_0) in march.node_k.iter().zip(&march_0.node_k) {
            for (t, t_0) in row.iter().zip(row_0) {
                assert!((t - t_0).abs() < 1e-9, "{kind:?}: {t} K in time, was {t_0} K");
            }
        }
    }
}

/// A network without what a reader says of it.
fn network(mut deck: Deck) -> Deck {
    deck.remarks.clear();
    deck.nodes.sort_by(|a, b| a.name.cmp(&b.name));
    let order: Vec<usize> = deck.conductors.iter().flat_map(|c| [c.a, c.b]).collect();
    assert!(order.iter().all(|k| *k < deck.nodes.len()));
    deck
}

#[test]
fn a_deck_comes_back_from_a_case() {
    for (text, write) in [(SINDA, sinda::write as fn(&Deck) -> _), (ESATAN, esatan::write)] {
        let first = read(text);
        let again = read(&write(&Deck::of_model(&model(&first.to_case()))).0);
        let ends = |d: &Deck| {
            let mut all: Vec<_> = d
                .conductors
                .iter()
                .map(|c| (c.name.clone(), d.nodes[c.a].name.clone(), d.nodes[c.b].name.clone(), c.path, c.value.clone()))
                .collect();
            all.sort_by(|a, b| a.0.cmp(&b.0));
            all
        };
        for (a, b) in ends(&first).iter().zip(&ends(&again)) {
            assert_eq!((&a.0, &a.1, &a.2, a.3), (&b.0, &b.1, &b.2, b.3));
            same(&a.4, &b.4);
        }
        assert_eq!(first.conductors.len(), again.conductors.len());
        let (first, again) = (network(first), network(again));
        assert_eq!(first.nodes.len(), again.nodes.len());
        for (a, b) in first.nodes.iter().zip(&again.nodes) {
            assert_eq!((&a.name, &a.place, a.start_k), (&b.name, &b.place, b.start_k));
            same(&a.power_w, &b.power_w);
            match (&a.kind, &b.kind) {
                (Kind::Arithmetic, Kind::Arithmetic) => (),
                (Kind::Held(a), Kind::Held(b)) | (Kind::Diffusion(a), Kind::Diffusion(b)) => same(a, b),
                other => panic!("{other:?}"),
            }
        }
    }
}

/// Values that differ by rounding only; a table that is the same at all times is a constant.
#[track_caller]
fn same(a: &Value, b: &Value) {
    let points = |v: &Value| match v {
        Value::Constant(v) => vec![(0.0, *v)],
        Value::InTime { points, .. } if points.iter().all(|p| p.1 == points[0].1) => vec![(0.0, points[0].1)],
        Value::InTime { points, .. } | Value::ByTemperature(points) => points.clone(),
    };
    let (a, b) = (points(a), points(b));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().zip(&b) {
        assert!((a.0 - b.0).abs() <= 1e-9 && (a.1 - b.1).abs() <= 1e-12 * a.1.abs().max(300.0), "{a:?} {b:?}");
    }
}

#[test]
fn names_come_back() {
    for name in ["SUB_12", "A_B_3", "MAIN_1", "S2_0"] {
        assert_eq!(Place::of_name(name).unwrap().name(), name);
    }
    for name in ["chip", "sub_12", "SUB_012", "SUB", "_12", "2A_1", "SUB_", "SUB_-1", "SUB_1x", "É_1", "SUB_99999999999"] {
        assert_eq!(Place::of_name(name), None, "{name}");
    }
}

/// Remarks that say `lost`, as `line: what`.
fn lost(text: &str) -> Vec<String> {
    read(text).remarks.iter().filter(|r| r.lost).map(|r| format!("{}: {}", r.line, r.what)).collect()
}

#[test]
fn logic_is_refused_with_its_line() {
    let base = "HEADER CONTROL DATA, GLOBAL\n UID = SI\nHEADER NODE DATA, A\n 1, 0., 1.\n -2, 0., 0.\nHEADER CONDUCTOR DATA, A\n 1, 1, 2, 1.\n";
    let got =
        lost(&format!("{base}HEADER VARIABLES 1, A\nC  a heater\n      IF(T1 .LT. 5.) THEN\n      Q1 = Q1 + 10.\n      ENDIF\n"));
    assert_eq!(got, ["10: VARIABLES 1: logic is not translated: `IF(T1 .LT. 5.) THEN` and 2 more"]);
    // Heat that is added under a condition is no heat.
    let text = format!("{base}HEADER VARIABLES 1, A\n      IF(T1 .LT. 5.) THEN\n      Q1 = Q1 + 10.\n      ENDIF\n");
    assert_eq!(read(&text).nodes[0].power_w, Value::Constant(0.0));
    let got = lost(&format!("{base}HEADER VARIABLES 0, A\n      Q1 = 2.*T1\n      Q1 = Q1 + 4.\n      XK3 = 7.\n"));
    assert_eq!(
        got,
        ["9: VARIABLES 0: logic is not translated: `Q1 = 2.*T1`", "11: VARIABLES 0: logic is not translated: `XK3 = 7.`"]
    );
    let got = lost(&format!("{base}HEADER OPERATIONS DATA\nBUILD ALL\n      CALL MYSUB(3)\n      CALL STEADY\n"));
    assert_eq!(got, ["10: OPERATIONS: logic is not translated: `CALL MYSUB(3)`"]);

    let base = "$MODEL A\n$NODES\nD1 = 'n', T = 0.0, C = 1.0;\nB2 = 'b', T = 0.0;\n$CONDUCTORS\nGL(1,2) = 1.0;\n";
    let got = lost(&format!("{base}$VARIABLES1\n      IF (T1 .LT. 5.0) THEN\n        QI1 = 10.0\n      END IF\n$ENDMODEL A\n"));
    assert_eq!(got, ["8: $VARIABLES1: logic is not translated: `IF (T1 .LT. 5.0) THEN` and 2 more"]);
    let got = lost(&format!("{base}$EXECUTION\n      CALL MYSUB\n$VARIABLES2\n      QI1 = 3.0\n$ENDMODEL A\n"));
    assert_eq!(
        got,
        ["8: $EXECUTION: logic is not translated: `CALL MYSUB`", "10: $VARIABLES2: logic is not translated: `QI1 = 3.0`"]
    );
}

#[test]
fn what_cannot_be_translated_is_listed() {
    let sinda = "HEADER CONTROL DATA, GLOBAL\n UID = SI\nHEADER NODE DATA, A\n 1, 0., 1.\n -2, 0., 0.\n SIV 3, 0., A1, 1.\nHEADER CONDUCTOR DATA, A\n\
                 \x20 1, 1, 2, 1.\n DIV 2, 1, 3, A1, 1., A1, 1.\n -3, -1, 3, 0.5\n 4, 1, 3, -2.\nHEADER SOURCE DATA, A\n SIV 1, A1, 2.\nINSERT radks.k\n\
                 HEADER ARRAY DATA, A\n 1 = 0., 1., 100., 2.\nHEADER FLOW DATA, F\n PATH 1, 2\n";
    let got = lost(sinda);
    let expected = [
        "6: capacity by temperature",
        "9: conductor option DIV",
        "10: a radiative conductor that one end feels",
        "11: a negative conductance",
        "13: source option SIV",
        "14: `INSERT radks.k`: put the text of that file in its place",
        "18: FLOW: logic is not translated: `PATH 1, 2`",
    ];
    assert_eq!(got.len(), expected.len(), "{got:#?}");
    for (got, expected) in got.iter().zip(expected) {
        assert!(got.starts_with(expected), "{got}");
    }
    let esatan = "$MODEL A\n$NODES\nD1 = 'n', T = 0.0, C = CPFUN(T1);\nB2 = 'b', T = 0.0;\nFOR K = 1 TO 3 DO D[K] = 'x';\n$CONDUCTORS\nGL(1,2) = 1.0;\n\
                  GV(1,2) = 0.3;\nGL(1,2) = KFUN(T1);\n$LOCALS\n$REAL\nbad = 1.0 / 0.0;\n$ENDMODEL A\n";
    let got = lost(esatan);
    let expected = [
        "3: C of node A_1: function CPFUN",
        "5: `FOR K = 1 TO 3",
        "8: conductor `GV(1,2)`",
        "9: GL(1,2): function KFUN",
        "12: constant BAD: division by 0",
    ];
    assert_eq!(got.len(), expected.len(), "{got:#?}");
    for (got, expected) in got.iter().zip(expected) {
        assert!(got.starts_with(expected), "{got}");
    }
    let cooler = model(
        "name = \"c\"\nnodes = { h = { temperature_c = 0.0 }, c = {} }\n[coolers]\nt = { cold = \"c\", hot = \"h\", seebeck_v_per_k = 0.05, resistance_ohm = 1.0, gl_w_per_k = 0.5, current_a = 1.0 }\n",
    );
    assert!(Deck::of_model(&cooler).remarks.iter().any(|r| r.lost && r.what.contains("cooler t")));
}

#[test]
fn mistakes_are_told_at_their_lines() {
    let base = "HEADER CONTROL DATA, GLOBAL\n UID = SI\nHEADER NODE DATA, A\n 1, 0., 1.\n -2, 0., 0.\n";
    for (text, line, why) in [
        (format!("{base} 1, 0., 1.\n"), 6, "node 1 of A is defined twice"),
        (format!("{base} 3, 0.\n"), 6, "does not have the fields of its kind"),
        (format!("{base} 3, -300., 1.\n"), 6, "a temperature of -26.85"),
        (format!("{base} 3, 0., cap\n"), 6, "`cap` is not known"),
        (format!("{base}HEADER CONDUCTOR DATA, A\n 1, 1, 7, 1.\n"), 7, "no node 7 in submodel A"),
        (format!("{base}HEADER CONDUCTOR DATA, A\n 1, -1, -2, 1.\n"), 7, "both ends are upstream"),
        (format!("{base}HEADER CONDUCTOR DATA, A\n 1, 1, 1, 1.\n"), 7, "from a node to itself"),
        (format!("{base}HEADER SOURCE DATA, A\n TVS 1, A9, 1.\n"), 7, "no array A9 in submodel A"),
        ("$MODEL A\n$NODES\nD1 = 'n', T = 0.0\n$ENDMODEL A\n".into(), 3, "does not end with `;`"),
        ("$MODEL A\n$NODES\nD1 = 'n', T = 0.0;\n$CONDUCTORS\nGL(1,2) = 1.0;\n$ENDMODEL A\n".into(), 5, "no node 2 in submodel A"),
        ("$MODEL A\n$NODES\nD1 = 'n', T = 0.0;\n".into(), 0, "model A is not closed"),
    ] {
        let error = deck::read("deck", &text).unwrap_err().to_string();
        assert!(error.contains(why), "{error}");
        assert!(line == 0 || error.contains(&format!("deck:{line}:")), "line {line}: {error}");
    }
    assert!(deck::read("deck", "hello\n").unwrap_err().to_string().contains("no line begins with HEADER, $MODEL"));
}

#[test]
fn hostile_decks_end_in_words() {
    let start = std::time::Instant::now();
    let mut seed = 1_u64;
    let mut random = move |n: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as usize % n
    };
    let bits = [
        "(",
        ")",
        "'",
        ";",
        "$",
        "=",
        ",",
        "-",
        "É",
        "\n",
        "GEN",
        "9999999999",
        "1e308",
        "A1",
        ".",
        ":",
        "$MODEL X\n",
        "HEADER NODE DATA, B\n",
        "\0",
    ];
    for (text, read) in [(SINDA, sinda::read as fn(&str, &str) -> _), (ESATAN, esatan::read)] {
        for k in (0..text.len()).step_by(7) {
            let _ = read("deck", &text[..k]);
        }
        for _ in 0..3000 {
            let mut bytes = text.to_owned();
            for _ in 0..=random(4) {
                let at = random(bytes.len());
                bytes.replace_range(at..(at + random(6)).min(bytes.len()), bits[random(bits.len())]);
                // What follows cuts between letters.
                if !bytes.is_ascii() {
                    break;
                }
            }
            // What can be read becomes a case or is refused, and never panics.
            if let Ok(deck) = read("deck", &bytes) {
                let case = deck.to_case();
                if let Ok(file) = case::parse("case", case) {
                    let _ = Assembly::from_case(file)
                        .map(|m| (sinda::write(&Deck::of_model(&m)), esatan::write(&Deck::of_model(&m))));
                }
            }
        }
    }
    // What asks for much is refused, not made.
    let head = "HEADER CONTROL DATA, GLOBAL\n UID = SI\nHEADER NODE DATA, A\n";
    let many = format!("{head}{}", " GEN 1, 1000000, 1, 0., 1.\n".repeat(100));
    assert!(sinda::read("deck", &many).unwrap_err().to_string().contains("more than"));
    let pairs: Vec<String> = (0..9000).map(|k| format!("{k}., 1.")).collect();
    let tables: String = (1..20_000).map(|k| format!(" SIV {k}, 0., A1, 1.\n")).collect();
    let tables = format!("{head}{tables}HEADER ARRAY DATA, A\n 1 = {}\n", pairs.join(","));
    assert!(sinda::read("deck", &tables).unwrap_err().to_string().contains("points of tables"));
    let uses: String = (1..20_000).map(|k| format!("D{k} = 'x', T = 0.0, C = INTRP1(T1, B, 1) + INTRP1(T1, B, 1);\n")).collect();
    let uses = format!("$MODEL A\n$NODES\n{uses}$ARRAYS\n$REAL\nB(2,9000) = {};\n$ENDMODEL A\n", pairs.join(","));
    assert!(esatan::read("deck", &uses).unwrap_err().to_string().contains("values of arrays"));
    assert!(esatan::read("deck", &"$MODEL A\n".repeat(100_000)).is_err());
    assert!(start.elapsed().as_secs() < 60, "took {:?}", start.elapsed());
}

/// A Matrix Market file of coordinates, by the words of its definition.
fn mtx(files: &[(&str, Vec<u8>)], name: &str) -> DMatrix<f64> {
    let text = String::from_utf8(files.iter().find(|f| f.0 == name).unwrap().1.clone()).unwrap();
    let mut lines = text.lines();
    assert_eq!(lines.next(), Some("%%MatrixMarket matrix coordinate real general"));
    let mut lines =
        lines.filter(|l| !l.starts_with('%')).map(|l| l.split(' ').map(|x| x.parse::<f64>().unwrap()).collect::<Vec<_>>());
    let size = lines.next().unwrap();
    let mut m = DMatrix::zeros(size[0] as usize, size[1] as usize);
    let mut count = 0;
    for e in lines {
        m[(e[0] as usize - 1, e[1] as usize - 1)] += e[2];
        count += 1;
    }
    assert_eq!(count, size[2] as usize);
    m
}

#[test]
fn matrices_solve_to_the_same_temperatures() {
    let case = std::fs::read_to_string("cases/electronics_box.toml").unwrap();
    let case = case[case.find("name =").unwrap()..].to_owned()
        + "\n[coolers]\ntec = { cold = \"chip\", hot = \"cold_plate\", seebeck_v_per_k = 0.05, resistance_ohm = 2.0, gl_w_per_k = 0.4, current_a = 0.8 }\n";
    // A stream on one way only: in a closed loop of one GF both ends are alike.
    let case = case.replace("[groups]", "[conductors.bleed]\na = \"radiator\"\nb = \"supply\"\ngf_w_per_k = 1.3\n[groups]");
    let (model, solution) = solved(&case);
    let (files, remarks) = matrix_market::write(&model, &[], 300.0);
    assert!(remarks.is_empty(), "{remarks:?}");
    let [gl, gr, gf, load, held] = ["gl.mtx", "gr.mtx", "gf.mtx", "load.mtx", "held.mtx"].map(|n| mtx(&files, n));
    let n = model.lumped.nodes.len();
    let free = |i: usize| held[(i, 0)] == 0.0;
    // Newton on the balance that the module describes.
    let mut t = DVector::from_fn(n, |i, _| if free(i) { 300.0 } else { held[(i, 0)] });
    for _ in 0..50 {
        let q = &gl * &t + &gf * &t + &gr * t.map(|t| SIGMA * t.powi(4)) + load.column(0);
        let mut slope = &gl + &gf + &gr * DMatrix::from_diagonal(&t.map(|t| 4.0 * SIGMA * t.powi(3)));
        let mut rest = q.clone();
        for i in (0..n).filter(|i| !free(*i)) {
            slope.row_mut(i).fill(0.0);
            slope[(i, i)] = 1.0;
            rest[i] = 0.0;
        }
        t -= slope.lu().solve(&rest).unwrap();
    }
    for i in 0..n {
        near(t[i], solution.state.node_k[i], 1e-8);
    }
    // A network without radiation: `system` is the whole of it.
    let linear = case.replace("gr_m2 = 0.085", "gl_w_per_k = 0.6");
    let (model, solution) = solved(&linear);
    let (files, _) = matrix_market::write(&model, &[], 300.0);
    let t = mtx(&files, "system.mtx").lu().solve(&mtx(&files, "rhs.mtx")).unwrap();
    for i in 0..n {
        near(t[(i, 0)], solution.state.node_k[i], 1e-8);
    }
    let capacity = mtx(&files, "capacity.mtx");
    assert_eq!((capacity[(0, 0)], capacity[(1, 0)]), (0.0, 800.0));
}

/// Parts of every kind around an orbit: shells, a block in a contact, a blanket, bolts, a link, nodes, surfaces that see each other.
const PARTS: &str = r#"name = "Parts"
exchange = "traced"
orbit = { altitude_km = 550.0, beta_deg = 50.0, positions = 8 }
environment = { design_case = "hot", life = "beginning" }
attitude = { radiator_normal = "orbit_normal", sun_error_deg = 5.0 }
rays = { exchange = 256, heating = 32 }
blankets.mli = { outer = "kapton_al_outside", effective_emittance = 0.05 }
groups.payload = ["box", "chip"]
[parts.bus]
shape = "box"
size_m = [0.6, 0.6, 0.4]
cells = [3, 2, 2]
material = "al_6061_t6"
thickness_mm = 2.0
front = "mli"
[parts.wing]
shape = "panel"
size_m = [0.5, 0.8]
cells = [2, 3]
material = "al_6061_t6"
thickness_mm = 1.0
front = "az93"
back = "az93"
position_m = [0.605, 0.0, 0.2]
copies = { count = 2, step_m = [0.0, 0.0, 0.3] }
heat_w = 3.0
[parts.box]
shape = "block"
size_m = [0.2, 0.2, 0.1]
cells = [2, 2, 1]
material = "al_6061_t6"
outside = "az93"
position_m = [0.2, 0.2, 0.401]
heat_by_s = [[0.0, 40.0], [300.0, 80.0]]
period_s = 600.0
[nodes.chip]
power_w = 20.0
[nodes.WING_1]
temperature_c = 10.0
[conductors.strap]
a = "chip"
b = "WING_1"
gl_w_per_k = 0.2
[[contacts]]
a = "box"
b = "bus"
h_w_m2k = 300.0
within_mm = 2.0
[[bolts]]
a = "wing"
b = "bus"
gl_w_per_k = 0.4
radius_mm = 200.0
at_m = [[0.6, 0.3, 0.2]]
[[links]]
part = "box.z_high"
node = "chip"
gl_w_per_k = 5.0
"#;

/// Temperatures of the nodes of a network of nodes alone, in its order, as the parts were solved; space last.
fn expected_k(model: &Assembly, s: &Solution) -> Vec<f64> {
    let (of_mesh, lumped) = s.state.node_k.split_at(s.assembled.cell_of.len());
    lumped.iter().chain(of_mesh).copied().chain([model.space_k]).collect()
}

fn alone(case: &str) -> NodesAlone {
    NodesAlone::new(&Cpu::<f64>::new(), model(case), &Silent).unwrap()
}

#[test]
fn parts_come_back_as_nodes() {
    let (written, solution) = solved(PARTS);
    let expected = expected_k(&written, &solution);
    let network = alone(PARTS);
    assert!(network.missed.is_empty());
    // What a mean leaves out is said, and that it changes no temperature of the steady state.
    assert_eq!(network.remarks.iter().map(|r| r.lost).collect::<Vec<_>>(), [false, false], "{:?}", network.remarks);
    // A box of 3 by 2 by 2 cells on its faces, two wings of 6, four blocks; the nodes of faces beyond them.
    assert_eq!(network.spots.iter().filter(|s| s.is_cell).count(), 32 + 12 + 4);
    let wing = network.spots.iter().find(|s| s.part == "wing#2").unwrap();
    assert_eq!((wing.node.as_str(), wing.centre_m[2]), ("WING_2_1", 0.5));
    assert!(network.spots.iter().all(|s| s.node != "WING_1"), "that name is the case's");
    for write in [sinda::write as fn(&Deck) -> _, esatan::write] {
        let there = Deck::of_model(&network.assembly);
        assert!(there.remarks.iter().all(|r| !r.lost), "{:?}", there.remarks);
        let (text, _) = write(&there);
        let back = read(&text);
        assert!(back.remarks.iter().all(|r| !r.lost), "{:?}", back.remarks);
        let (model, solution) = solved(&back.to_case());
        let names: Vec<&str> = network.assembly.lumped.nodes.iter().map(|n| n.name.as_str()).collect();
        assert_eq!(names.len(), expected.len());
        for (name, expected) in names.iter().zip(&expected) {
            let k = model.lumped.nodes.iter().position(|n| n.name == *name).unwrap_or_else(|| panic!("no node {name}"));
            near(solution.state.node_k[k], *expected, 1e-6);
        }
    }
    // In time what the orbit does is lost, and said to be.
    let in_time = format!("{PARTS}[transient]\nevery_s = 600.0\nstart_c = 0.0\n");
    assert!(alone(&in_time).remarks.iter().any(|r| r.lost && r.what.contains("orbit's mean")));
}

/// Parts on the ground in time, heat by a table: the deck follows them.
#[test]
fn parts_in_time_come_back() {
    let cut = |s: &str| PARTS.lines().filter(|l| !l.starts_with(s)).collect::<Vec<_>>().join("\n");
    let (head, rest) = cut("orbit").split_once("environment").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
    let rest = rest.split_once("rays").unwrap().1;
    let case = format!(
        "{head}life = \"beginning\"\nrays{rest}\n[transient]\nuntil_s = 900.0\nevery_s = 300.0\nstart_c = 5.0\ntolerance_k = 1e-5\n"
    );
    let (written, solution) = solved(&case);
    let network = alone(&case);
    assert!(network.remarks.iter().all(|r| !r.lost), "{:?}", network.remarks);
    let (text, more) = esatan::write(&Deck::of_model(&network.assembly));
    assert!(more.iter().all(|r| !r.lost), "{more:?}");
    let (model, back) = solved(&(read(&text).to_case() + "tolerance_k = 1e-5\n"));
    let (march, march_0) = (back.march.unwrap(), solution.march.unwrap());
    assert_eq!(march.time_s, march_0.time_s);
    let (part, cells): (usize, Vec<&str>) = {
        let of_box = network.spots.iter().filter(|s| s.part == "box" && s.is_cell).map(|s| s.node.as_str());
        (written.parts.iter().position(|p| p.name == "box").unwrap(), of_box.collect())
    };
    assert_eq!(cells.len(), 4);
    for (row, parts) in march.node_k.iter().zip(&march_0.parts_k) {
        let t: Vec<f64> = cells.iter().map(|c| row[model.lumped.nodes.iter().position(|n| n.name == **c).unwrap()]).collect();
        near(t.iter().copied().fold(f64::INFINITY, f64::min), parts[part][0], 1e-3);
        near(t.iter().copied().fold(0.0, f64::max), parts[part][2], 1e-3);
    }
    assert!((march_0.parts_k[3][part][2] - march_0.parts_k[0][part][2]).abs() > 2.0, "nothing happened");
}

/// A cold plate in tetrahedra leans everywhere: without what its conductors miss the matrices would be another plate's.
#[test]
fn matrices_of_parts_hold_what_leaning_cells_exchange() {
    let case = "name = \"Cube\"\nlife = \"beginning\"\nexchange = \"space\"
        [parts.cube]\nmesh = \"tests/files/cube_41_text.msh\"\nunit = \"mm\"\nmaterial = \"al_6061_t6\"\nheat_w = 5.0
        [nodes.sink]\ntemperature_c = 20.0
        [[links]]\npart = \"cube\"\nnode = \"sink\"\nh_w_m2k = 200.0\n";
    let (written, solution) = solved(case);
    let network = alone(case);
    let (files, remarks) = matrix_market::write(&network.assembly, &network.missed, 300.0);
    assert!(remarks.is_empty(), "{remarks:?}");
    let solve = |files: &[(&str, Vec<u8>)]| mtx(files, "system.mtx").lu().solve(&mtx(files, "rhs.mtx")).unwrap();
    let t = solve(&files);
    let expected = expected_k(&written, &solution);
    expected.iter().enumerate().for_each(|(i, k)| near(t[(i, 0)], *k, 1e-7));
    let without = solve(&matrix_market::write(&network.assembly, &[], 300.0).0);
    let off = expected.iter().enumerate().map(|(i, k)| (without[(i, 0)] - k).abs()).fold(0.0, f64::max);
    assert!(off > 1e-4, "the cube does not lean: {off}");
}

fn thermsolve(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap()
}

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("decks_{name}"));
    std::fs::remove_dir_all(&path).ok();
    std::fs::create_dir_all(&path).unwrap();
    path
}

fn put(folder: &Path, name: &str, text: &str) -> String {
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path.to_str().unwrap().to_owned()
}

#[test]
fn what_is_lost_does_not_look_like_success() {
    let out = folder("lost");
    let logic = SINDA.replace("MAIN.Q4 = MAIN.Q4 + 10.", "IF(T4 .LT. 0.) Q4 = Q4 + 10.");
    let line = logic.lines().position(|l| l.contains("IF(T4")).unwrap() + 1;
    let deck = put(&out, "heater.inp", &logic);
    let case = out.join("heater.toml");
    let run = thermsolve(&["import", &deck, "-o", case.to_str().unwrap()]);
    let said = String::from_utf8(run.stderr).unwrap();
    assert_eq!(run.status.code(), Some(3), "{said}");
    assert!(
        said.contains(&format!("heater.inp:{line}: lost: VARIABLES 0: logic is not translated: `IF(T4 .LT. 0.) Q4 = Q4 + 10.`")),
        "{said}"
    );
    assert!(said.contains("1 item is not translated, nothing is written"), "{said}");
    assert!(!case.exists());
    let run = thermsolve(&["import", &deck, "-o", case.to_str().unwrap(), "--partial"]);
    assert_eq!(run.status.code(), Some(0));
    assert!(String::from_utf8(run.stderr).unwrap().contains("lost: VARIABLES 0"));
    let run = thermsolve(&[case.to_str().unwrap(), "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    // A deck whose network is none, and a case that is no network.
    let deck = put(&out, "loose.d", "$MODEL A\n$NODES\nD1 = 'n', T = 0.0, C = 1.0;\n$ENDMODEL A\n");
    let run = thermsolve(&["import", &deck]);
    assert_eq!(run.status.code(), Some(2));
    assert!(run.stdout.is_empty() && String::from_utf8(run.stderr).unwrap().contains("no path leads from it"));
    let deck = out.join("x.inp");
    let run = thermsolve(&["export", "cases/rack_1mw.toml", "--format", "sinda", "--out", deck.to_str().unwrap()]);
    assert_eq!((run.status.code(), deck.exists()), (Some(2), false));
}

#[test]
fn inserted_files_are_read() {
    let out = folder("insert");
    let (head, rest) = SINDA.split_once("HEADER CONDUCTOR DATA, MAIN\n").unwrap();
    let (conductors, tail) = rest.split_once("HEADER CONDUCTOR DATA, ROD\n").unwrap();
    put(&out, "main.k", &format!("HEADER CONDUCTOR DATA, MAIN\n{conductors}"));
    let deck = put(&out, "case.inp", &format!("{head}INSERT main.k\nHEADER CONDUCTOR DATA, ROD\n{tail}"));
    let run = thermsolve(&["import", &deck]);
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
    // What was not translated stands at the head of the case.
    let case = String::from_utf8(run.stdout).unwrap();
    let (head, network) = case.split_at(case.find("name = ").unwrap());
    assert!(head.lines().all(|l| l.starts_with("# warning: ")) && head.contains("main.k:9: SIV conductors"), "{head}");
    assert_eq!(network, read(SINDA).to_case());
    assert!(String::from_utf8(run.stderr).unwrap().contains("main.k:9: SIV conductors"));
    // Nothing is read from elsewhere.
    let deck =
        put(&out, "other.inp", &SINDA.replace("HEADER REGISTER DATA\n", "INSERT ../decks_insert/main.k\nHEADER REGISTER DATA\n"));
    let run = thermsolve(&["import", &deck]);
    assert_eq!(run.status.code(), Some(3));
    assert!(String::from_utf8(run.stderr).unwrap().contains("other.inp:6: lost: `INSERT ../decks_insert/main.k`"));
}

#[test]
fn exports_of_the_command_are_read_again() {
    let out = folder("export");
    for format in ["sinda", "esatan"] {
        let (deck, case) = (out.join(format), out.join(format!("{format}.toml")));
        let (deck, case) = (deck.to_str().unwrap(), case.to_str().unwrap());
        let run = thermsolve(&["export", "cases/electronics_box.toml", "--format", format, "--out", deck]);
        let said = String::from_utf8(run.stderr).unwrap();
        assert_eq!(run.status.code(), Some(0), "{said}");
        assert!(said.contains("node chip: limits and uncertainty have no place in a deck"), "{said}");
        assert_eq!(thermsolve(&["import", deck, "-o", case]).status.code(), Some(0));
        let s = solved(&std::fs::read_to_string(case).unwrap());
        // By hand, as in the case.
        near(steady_c(&s, "chip"), 45.77171, 1e-4);
        near(steady_c(&s, "radiator"), 28.67648, 1e-4);
    }
    let run = thermsolve(&[
        "export",
        "cases/electronics_box.toml",
        "--format",
        "matrix-market",
        "--out",
        out.join("m").to_str().unwrap(),
    ]);
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(std::fs::read_dir(out.join("m")).unwrap().count(), 9);
}
