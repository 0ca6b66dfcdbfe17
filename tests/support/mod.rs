//! Reference cases as data: `tests/reference/*.toml`, each with its source.
#![allow(dead_code, reason = "each test crate uses its part")]

pub mod panels;

use std::collections::BTreeMap;

/// One reference case.
#[derive(Debug, serde::Deserialize)]
pub struct Case {
    pub id: String,
    pub inputs: BTreeMap<String, toml::Value>,
    pub expected: BTreeMap<String, toml::Value>,
    #[serde(default)]
    pub tol: BTreeMap<String, toml::Value>,
}

#[derive(Debug, serde::Deserialize)]
struct File {
    case: Vec<Case>,
}

/// All cases of a family; panics if there are none.
pub fn cases(family: &str) -> Vec<Case> {
    let path = format!("{}/tests/reference/{family}.toml", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
    let file: File = toml::from_str(&text).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert!(!file.case.is_empty(), "{path} holds no case");
    file.case
}

fn number(v: &toml::Value) -> f64 {
    v.as_float().or(v.as_integer().map(|i| i as f64)).unwrap_or_else(|| panic!("not a number: {v:?}"))
}

impl Case {
    /// An input number.
    pub fn get(&self, key: &str) -> f64 {
        number(self.inputs.get(key).unwrap_or_else(|| panic!("{} has no input {key}", self.id)))
    }
    /// An expected number.
    pub fn want(&self, key: &str) -> f64 {
        number(self.expected.get(key).unwrap_or_else(|| panic!("{} expects no {key}", self.id)))
    }
    /// A tolerance of the case.
    pub fn tol(&self, key: &str) -> f64 {
        number(self.tol.get(key).unwrap_or_else(|| panic!("{} has no tolerance {key}", self.id)))
    }
    /// An input list.
    pub fn list(&self, key: &str) -> Vec<f64> {
        self.inputs[key].as_array().unwrap().iter().map(number).collect()
    }
    /// A table of rows.
    pub fn rows(table: &toml::Value) -> Vec<Vec<f64>> {
        table.as_array().unwrap().iter().map(|r| r.as_array().unwrap().iter().map(number).collect()).collect()
    }
}

/// Asserts `|got − want| ≤ within` and says everything when it fails.
#[track_caller]
pub fn near(what: &str, got: f64, want: f64, within: f64) {
    assert!((got - want).abs() <= within, "{what}: got {got}, expected {want} ± {within:.3e}, off by {:.3e}", got - want);
}
