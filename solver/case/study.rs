//! The keys of `[study]`, as written.

use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;
use std::collections::BTreeMap;

/// Many designs of one case (`thermsolve study`): keys of the case that vary, and how they are sampled.
/// Design variables written as `[low, high]` are optimised in every design.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Study {
    /// How designs are chosen.
    pub sampling: Sampling,
    /// What sizes each design.
    #[serde(default)]
    pub model: Fidelity,
    /// Designs; not for grid and list, which have as many as are written.
    pub samples: Option<Count>,
    /// nsga2: designs of a generation, 100 if absent. `samples` is a multiple of it.
    pub population: Option<Count>,
    /// Seed of the sampling.
    #[serde(default = "first")]
    pub seed: CountOrNone,
    /// Also write `study.csv`.
    #[serde(default)]
    pub csv: bool,
    /// Figures whose spread, effects and indices `study.json` gives.
    #[serde(default = "common_figures")]
    pub figures: Vec<String>,
    /// Figures that are the better the smaller they are. With any of these or `maximise` the designs that no other beats are marked.
    #[serde(default)]
    pub minimise: Vec<String>,
    /// Figures that are the better the larger they are.
    #[serde(default)]
    pub maximise: Vec<String>,
    /// Limits by figure; a design outside them is not marked.
    #[serde(default)]
    pub require: BTreeMap<String, Band>,
    /// What varies, by key path in quotes, as "coolant.return_c".
    pub vary: BTreeMap<String, Vary>,
    /// Sobol, Latin hypercube and random: pairs of keys that vary together.
    #[serde(default)]
    pub correlate: Vec<Correlation>,
}

/// Two keys that vary together.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Correlation {
    /// Key of `vary`.
    pub a: String,
    /// Another.
    pub b: String,
    /// Correlation of their normal scores (Gaussian copula); each keeps its own distribution.
    pub rho: CorrelationCoefficient,
}

/// What sizes a design.
#[derive(Clone, Copy, Debug, Default, Deserialize, serde::Serialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Fidelity {
    /// The sizing model alone, isolated radiator and array: some milliseconds a design.
    #[default]
    Sizing,
    /// The sizing model until the ray-traced field model agrees, as a run of the case: some seconds a design.
    Field,
}

/// How designs are chosen.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Sampling {
    /// Every combination; the last key in alphabetical order varies fastest.
    Grid,
    /// The first values of all keys, then the second ones.
    List,
    /// Each key once in each of as many equal parts as there are samples.
    LatinHypercube,
    /// Owen-scrambled Sobol points.
    Sobol,
    /// Independent.
    Random,
    /// Every combination of the low and the high end of each key.
    Corners,
    /// The case as written, then each key at its low and its high end: what each does alone.
    OneAtATime,
    /// Sobol points in groups of keys + 2, for Sobol indices: each key's share of the variance of a figure. Without correlations.
    Saltelli,
    /// Generations of a population that search for the designs that no other beats in `minimise` and `maximise`: NSGA-II.
    Nsga2,
}

/// Limits of a figure.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Least.
    pub least: Option<f64>,
    /// Most.
    pub most: Option<f64>,
}

/// Values of one key: `values`, `range`, or a distribution. The ends of a distribution are its quantiles of 5 % and 95 %.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Vary {
    /// Values, of the key's own kind.
    #[schemars(with = "Option<Vec<String>>")]
    pub values: Option<Vec<toml::Value>>,
    /// Lowest and highest value, uniform between.
    pub range: Option<[f64; 2]>,
    /// Grid and list: even steps of the range, both ends included.
    pub steps: Option<Count>,
    /// Normal distribution: mean and standard deviation.
    pub normal: Option<[f64; 2]>,
    /// Log-normal distribution: median, and the factor of one standard deviation.
    pub log_normal: Option<[f64; 2]>,
    /// Triangular distribution: least, most likely, greatest.
    pub triangular: Option<[f64; 3]>,
}

fn common_figures() -> Vec<String> {
    ["radiator_kg", "radiator_m2", "system_kg_per_kw", "junction_margin_k"].map(str::to_owned).to_vec()
}

fn first() -> CountOrNone {
    CountOrNone::new(1).expect("in range")
}
