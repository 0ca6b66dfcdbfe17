//! What the tests share: reference cases (`tests/reference/*.toml`) run by the verification manual, comparisons, cases with lines
//! changed.
#![allow(dead_code, reason = "each test crate uses its part")]

pub mod panels;

use std::cell::RefCell;
use std::collections::BTreeMap;
use thermsolve::analysis::memory::Memory;
use thermsolve::backend::{Backend, Cpu};
use thermsolve::model::Model;
use thermsolve::model::design::Design;
use thermsolve::network::Network;
use thermsolve::solve::Rows;
use thermsolve::solve::heat::{Heat, local_slope_w_per_k};
use thermsolve::verify::{Selection, data, run};

pub use data::Case;

/// All cases of a family.
pub fn cases(family: &str) -> Vec<Case> {
    data::family(family).unwrap().case
}

/// Runs the reference cases of these names on the CPU: at least `least` are compared, and all comparisons hold.
#[track_caller]
pub fn verified(names: &str, least: usize) {
    verified_on(&Cpu::<f64>::new(), names, least);
}

/// The same on any backend.
#[track_caller]
pub fn verified_on<B: Backend>(backend: &B, names: &str, least: usize) {
    let found = run(backend, &Selection::named(names), &mut |_| ()).unwrap();
    let ran = found.cases.iter().filter(|c| c.ran()).count();
    assert!(ran >= least, "only {ran} cases of {names} are compared");
    for c in &found.cases {
        assert!(c.failure.is_none(), "{}: {:?}", c.case, c.failure);
        for k in &c.checks {
            near(&format!("{} {}", c.case, k.quantity), k.got, k.expected, k.within);
        }
    }
}

/// Asserts `|got − want| ≤ within` and says everything when it fails.
#[track_caller]
pub fn near(what: &str, got: f64, want: f64, within: f64) {
    assert!((got - want).abs() <= within, "{what}: got {got}, expected {want} ± {within:.3e}, off by {:.3e}", got - want);
}

/// Asserts that the change of the balance with each free node's temperature is what the solver's derivative says: conductors at these
/// temperatures, local slopes and what other nodes return, by differences of `step_k` on both sides. Boundary nodes, the last, have none.
#[track_caller]
pub fn derivative_is_that_of_the_balance(network: &Network, t_k: &[f64], (step_k, within): (f64, f64)) {
    let (rows, cpu) = (Rows::new(network), Cpu::<f64>::new());
    let mut heat = Heat::new(&cpu, None, &rows, network).unwrap();
    let (slope, linear) = (local_slope_w_per_k(network, t_k), network.conductors_at(t_k).unwrap());
    let free = network.node_count - network.held.len();
    for j in 0..free {
        let mut moved = |by: f64| {
            let mut t_k = t_k.to_vec();
            t_k[j] += by;
            heat.net_w(network, &t_k).unwrap()
        };
        let (up, down) = (moved(step_k), moved(-step_k));
        let mut unit = vec![0.0; t_k.len()];
        unit[j] = 1.0;
        let returned = network.returned_w(t_k, &unit, &[]);
        for i in 0..free {
            let mut expected = returned[i] - slope[i] * unit[i];
            for c in linear.iter().filter(|c| c.a == i || c.b == i) {
                let other = if c.a == i { c.b } else { c.a };
                expected += c.gl_w_per_k * (unit[other] - unit[i]);
            }
            near("derivative", (up[i] - down[i]) / (2.0 * step_k), expected, within);
        }
        assert!(up[free..].iter().all(|r| *r == 0.0), "a boundary node has no residual");
    }
}

/// The text of a case file with some of its lines changed.
#[track_caller]
pub fn changed(path: &str, change: &[(&str, &str)]) -> String {
    let mut text = std::fs::read_to_string(path).unwrap();
    for (from, to) in change {
        assert!(text.contains(from), "{path} has no `{from}`");
        text = text.replace(from, to);
    }
    text
}

/// The model of a text that stands for a file.
#[track_caller]
pub fn resolved(path: &str, text: String) -> Model {
    let file = thermsolve::case::parse(path, text).unwrap_or_else(|e| panic!("{e}"));
    Model::from_case(file).unwrap_or_else(|e| panic!("{e}"))
}

/// The model of a case file with some of its lines changed.
#[track_caller]
pub fn model(path: &str, change: &[(&str, &str)]) -> Model {
    resolved(path, changed(path, change))
}

/// A design of `tests/cases/small.toml`.
pub fn small_design(model: &Model) -> Design {
    Design {
        pitch_m: 0.08,
        sheet_m: 0.66e-3,
        bore_m: 3e-3,
        wall_m: model.radiator.wall_m,
        length_m: 1.9,
        tubes_per_loop: 8,
        inlet_k: model.return_k,
        outlet_k: model.supply_k,
        heat_w: 2.1e4,
        pump_w: 100.0,
        array_power_w: 2.1e4,
        cells_power_w: 0.0,
        array_length_m: 10.0,
    }
}

/// Rows of a table of `tests/reference` by its headings.
pub fn rows(file: &str) -> Vec<BTreeMap<String, String>> {
    let text = std::fs::read_to_string(format!("tests/reference/{file}")).unwrap();
    let mut lines = text.lines();
    let keys: Vec<String> = lines.next().unwrap().split(',').map(str::to_owned).collect();
    lines.map(|l| keys.iter().cloned().zip(l.split(',').map(str::to_owned)).collect()).collect()
}

pub use thermsolve::analysis::Silent;

/// A memory that keeps everything.
#[derive(Default)]
pub struct Kept(RefCell<BTreeMap<String, Vec<u8>>>);

impl Kept {
    /// Things kept.
    pub fn len(&self) -> usize {
        self.0.borrow().len()
    }
}

impl Memory for Kept {
    fn recall(&self, name: &str) -> Option<Vec<u8>> {
        self.0.borrow().get(name).cloned()
    }
    fn keep(&self, name: &str, bytes: &[u8]) {
        self.0.borrow_mut().insert(name.to_owned(), bytes.to_vec());
    }
    fn forget(&self, name: &str) {
        self.0.borrow_mut().remove(name);
    }
}
