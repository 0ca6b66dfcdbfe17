//! The reference cases as data, embedded: `tests/reference/*.toml`, each with its source.

use super::VerifyError;
use toml::{Table, Value};

/// One reference case.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Case {
    /// Its name, such as `A01-1`.
    pub id: String,
    /// What it is, where the family's title does not say it.
    #[serde(default)]
    pub note: String,
    /// What is given.
    pub inputs: Table,
    /// What must come out.
    pub expected: Table,
    /// How near.
    #[serde(default)]
    pub tol: Table,
}

/// Cases of one kind.
#[derive(Clone, Debug, serde::Deserialize)]
pub struct Family {
    /// Its name, such as `A01`.
    pub id: String,
    /// What its cases are.
    pub title: String,
    /// Where the numbers come from.
    pub source: String,
    /// How good they are: exact, numeric, published.
    #[serde(default)]
    pub kind: String,
    /// The formula behind them.
    #[serde(default)]
    pub formula: String,
    /// How they were checked by a second method.
    #[serde(default)]
    pub crosscheck: String,
    /// The cases.
    pub case: Vec<Case>,
}

macro_rules! files {
    ($($id:literal)*) => {
        /// Name and text of every family.
        const FILES: &[(&str, &str)] = &[$(($id, include_str!(concat!("../../tests/reference/", $id, ".toml")))),*];
    };
}
files! {
    "A01" "A02" "A03" "A04" "A05" "A06" "A07" "A08" "A09" "A10" "A11" "A12" "A13" "A14"
    "B01" "B02" "B03" "B04" "B05" "B06" "B07"
    "C01" "C02" "C03" "C04" "C05" "C06" "C07" "C08" "C09" "C10" "C11" "C12" "C13" "C14"
    "D01" "D02" "D03" "D04" "D05"
    "E01" "E02" "E03" "E04" "E05" "E06" "E07"
    "F01" "F02" "F03" "F04" "F05" "F06" "F07" "F08" "F09" "F10" "F11"
    "G" "G19" "G21" "ENV"
}

/// All families, in order. Errors: a file that is no case file (a mistake in the data, caught by any test).
pub fn families() -> Result<Vec<Family>, VerifyError> {
    FILES.iter().map(|(id, text)| toml::from_str(text).map_err(|e| VerifyError::Data(format!("{id}: {e}")))).collect()
}

/// One family.
pub fn family(id: &str) -> Result<Family, VerifyError> {
    families()?.into_iter().find(|f| f.id == id).ok_or_else(|| VerifyError::Data(format!("no family {id}")))
}

fn number(v: &Value) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "counts and constants of the cases are below 2^53")]
    v.as_float().or_else(|| v.as_integer().map(|i| i as f64))
}

impl Case {
    fn missing(&self, key: &str) -> VerifyError {
        VerifyError::Data(format!("{}: no number `{key}`", self.id))
    }
    /// An input number.
    pub fn get(&self, key: &str) -> Result<f64, VerifyError> {
        self.inputs.get(key).and_then(number).ok_or_else(|| self.missing(key))
    }
    /// An expected number.
    pub fn want(&self, key: &str) -> Result<f64, VerifyError> {
        self.expected.get(key).and_then(number).ok_or_else(|| self.missing(key))
    }
    /// A tolerance.
    pub fn tolerance(&self, key: &str) -> Result<f64, VerifyError> {
        self.tol.get(key).and_then(number).ok_or_else(|| self.missing(key))
    }
    /// Whether an input is given.
    pub fn has(&self, key: &str) -> bool {
        self.inputs.contains_key(key)
    }
    /// An input text.
    pub fn text(&self, key: &str) -> Result<&str, VerifyError> {
        self.inputs.get(key).and_then(Value::as_str).ok_or_else(|| self.missing(key))
    }
    /// An input list.
    pub fn list(&self, key: &str) -> Result<Vec<f64>, VerifyError> {
        self.inputs.get(key).and_then(numbers).ok_or_else(|| self.missing(key))
    }
    /// An expected list.
    pub fn wants(&self, key: &str) -> Result<Vec<f64>, VerifyError> {
        self.expected.get(key).and_then(numbers).ok_or_else(|| self.missing(key))
    }
    /// An input table of rows.
    pub fn rows(&self, key: &str) -> Result<Vec<Vec<f64>>, VerifyError> {
        self.inputs.get(key).and_then(rows).ok_or_else(|| self.missing(key))
    }
    /// An expected table of rows.
    pub fn want_rows(&self, key: &str) -> Result<Vec<Vec<f64>>, VerifyError> {
        self.expected.get(key).and_then(rows).ok_or_else(|| self.missing(key))
    }
}

fn numbers(v: &Value) -> Option<Vec<f64>> {
    v.as_array()?.iter().map(number).collect()
}

fn rows(v: &Value) -> Option<Vec<Vec<f64>>> {
    v.as_array()?.iter().map(numbers).collect()
}
