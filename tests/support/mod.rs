//! What the tests share: reference cases (`tests/reference/*.toml`) run by the verification manual, comparisons, cases with lines
//! changed.
#![allow(dead_code, reason = "each test crate uses its part")]

pub mod panels;

use std::cell::RefCell;
use std::collections::BTreeMap;
use thermsolve::analysis::Observer;
use thermsolve::analysis::memory::Memory;
use thermsolve::backend::{Backend, Cpu};
use thermsolve::model::Model;
use thermsolve::model::design::Design;
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

/// An observer that says nothing.
pub struct Silent;

impl Observer for Silent {
    fn begin(&self, _: &'static str, _: usize) {}
    fn progress(&self, _: usize, _: &str) {}
    fn end(&self, _: &'static str, _: f64) {}
}

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
