//! What the tests share: reference cases (`tests/reference/*.toml`) run by the verification manual, comparisons.
#![allow(dead_code, reason = "each test crate uses its part")]

pub mod panels;

use thermsolve::backend::Cpu;
use thermsolve::verify::{Selection, data, run};

pub use data::Case;

/// All cases of a family.
pub fn cases(family: &str) -> Vec<Case> {
    data::family(family).unwrap().case
}

/// Runs the reference cases of these names on the CPU: at least `least` are compared, and all comparisons hold.
#[track_caller]
pub fn verified(names: &str, least: usize) {
    let found = run(&Cpu::<f64>::new(), &Selection::named(names), &mut |_| ()).unwrap();
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
