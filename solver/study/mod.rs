//! Many designs of one case: a [`Plan`] says what each design is, [`Plan::rows`] sizes them.
//!
//! Every design is the case read again with some keys changed, so a varied value meets the same checks as a written one.

pub mod copula;
pub mod factor;
pub mod insight;
pub mod map;
pub mod sample;
pub mod search;

use crate::analysis::{Silent, orbit_state};
use crate::backend::{Cpu, parallel_map};
use crate::case::study::{Fidelity, Sampling, Study, Vary};
use crate::case::{self, CaseError, CaseErrors, CaseFile, reference, suggest};
use crate::constants::CELSIUS_ZERO_K;
use crate::model::Model;
use crate::model::design::Design;
use crate::sizing::cost::Costs;
use crate::sizing::optimum::{Optimum, lightest};
use crate::sizing::system::System;
use crate::sizing::{Climate, analytic, size};
use copula::Copula;
use factor::{Factor, Law};
use sample::Sampler;
use search::{Score, Settings, search};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, OnceLock, RwLock};
use toml::{Table, Value};

/// Designs of a study at most.
pub const MOST_DESIGNS: usize = 100_000_000;
/// Designs of a generation of a search, if the case does not say.
const POPULATION: usize = 100;
/// Orbits that are kept for the designs to come.
const MOST_CLIMATES: usize = 10_000;

/// What each design of a study is.
#[derive(Debug)]
pub struct Plan {
    /// Title of the case.
    pub name: String,
    /// Keys that vary, in alphabetical order.
    pub factors: Vec<Factor>,
    /// Designs.
    pub designs: usize,
    /// How they are chosen.
    pub sampling: Sampling,
    /// What sizes them.
    pub fidelity: Fidelity,
    /// Designs of a generation of a search.
    pub population: usize,
    seed: usize,
    /// Places of the designs that a search has chosen so far.
    places: RwLock<Vec<Vec<f64>>>,
    sampler: Sampler,
    copula: Option<Copula>,
    base: Table,
    file: String,
    near: OnceLock<Option<Optimum>>,
    climates: Mutex<HashMap<String, Result<Climate, String>>>,
}

/// Names of what a design gives, in the order of [`Outcome::figures`].
pub const FIGURES: [&str; 22] = [
    "radiator_kg",
    "radiator_m2",
    "radiator_kg_per_kw",
    "array_m2",
    "system_kg",
    "system_kg_per_kw",
    "launches_per_gw",
    "junction_c",
    "junction_margin_k",
    "inlet_c",
    "outlet_c",
    "sink_k",
    "heat_w",
    "pump_w",
    "pitch_mm",
    "sheet_mm",
    "bore_mm",
    "length_m",
    "tubes",
    "cost",
    "cost_per_w",
    "cost_per_w_without_racks",
];

/// One design.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Number, from 0.
    pub id: usize,
    /// Value of each factor.
    pub inputs: Vec<Value>,
    /// What came of it, or why it failed.
    pub outcome: Result<Outcome, String>,
}

/// Numbers of a sized design.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    /// In the order of [`FIGURES`].
    pub figures: [f64; FIGURES.len()],
    /// Bounds that bind, separated by semicolons.
    pub binding: String,
}

impl Plan {
    /// Resolves a study. Errors: unknown keys, values that the case would not take, numbers of designs that are not given.
    pub fn new(model: &Model, study: &Study) -> Result<Self, CaseErrors> {
        let source = &model.source;
        let mut base: Table = toml::from_str(&source.text).expect("the text was read before");
        base.remove("study");
        base.remove("claims");
        base.remove("verify");
        let mut errors = vec![];
        let mut factors = vec![];
        for (key, written) in &study.vary {
            let at = format!("study.vary.{key}");
            match factor(&base, &source.file, study.sampling, (key, written)) {
                Ok(factor) => factors.push(factor),
                Err((message, help)) => errors.push(source.error(&at, message, help)),
            }
        }
        errors.extend(unknown_figures(model, study));
        if study.vary.is_empty() {
            errors.push(source.error("study.vary", "nothing varies", "name at least one key"));
        }
        let copula = copula(source, study, &factors).map_err(|e| errors.push(e)).unwrap_or_default();
        let levels: Vec<usize> = factors.iter().map(Factor::levels).collect();
        let designs = match study.sampling {
            Sampling::Grid => levels.iter().try_fold(1_usize, |n, l| n.checked_mul(*l)).unwrap_or(usize::MAX),
            Sampling::List => levels.iter().copied().max().unwrap_or(0),
            Sampling::Corners => 1_usize.checked_shl(u32::try_from(factors.len()).unwrap_or(u32::MAX)).unwrap_or(usize::MAX),
            Sampling::OneAtATime => 1 + 2 * factors.len(),
            Sampling::Saltelli => study.samples.map_or(0, |s| s.get()).saturating_mul(factors.len() + 2),
            _ => study.samples.map_or(0, |s| s.get()),
        };
        if study.sampling == Sampling::List && levels.iter().any(|l| *l != designs) {
            let message = format!("a list needs as many values of every key, got {levels:?}");
            errors.push(source.error("study.vary", message, "give all keys the same number of values"));
        }
        match (study.sampling, study.samples) {
            (Sampling::Grid | Sampling::List | Sampling::Corners | Sampling::OneAtATime, Some(_)) => {
                errors.push(source.error("study.samples", "this sampling has as many designs as are written", "remove it"));
            }
            (Sampling::Grid | Sampling::List | Sampling::Corners | Sampling::OneAtATime, None) | (_, Some(_)) => {}
            (_, None) => errors.push(source.error("study.samples", "the number of designs is missing", "give `samples`")),
        }
        let population = study.population.map_or(POPULATION, |p| p.get());
        let searches = study.sampling == Sampling::Nsga2;
        if !searches && study.population.is_some() {
            errors.push(source.error("study.population", "only a search has generations", "remove it, or choose \"nsga2\""));
        }
        if searches && study.minimise.is_empty() && study.maximise.is_empty() {
            errors.push(source.error("study.sampling", "nothing is sought", "name figures in `minimise` or `maximise`"));
        }
        if searches && study.samples.is_some() && (designs < 2 * population || !designs.is_multiple_of(population)) {
            let message =
                format!("a search needs two generations of {population} designs or more, all whole, got {designs} designs");
            errors.push(source.error("study.samples", message, "a multiple of `population`"));
        }
        if errors.is_empty() && designs > MOST_DESIGNS {
            let message = format!("at most {MOST_DESIGNS} designs, got {designs}");
            errors.push(source.error("study", message, "fewer steps or samples"));
        }
        if !errors.is_empty() {
            return Err(source.errors(errors));
        }
        let keys = factors.len();
        let (kind, points, dimensions) = match study.sampling {
            Sampling::Saltelli => (Sampling::Sobol, designs / (keys + 2), 2 * keys.next_multiple_of(4)),
            Sampling::Nsga2 => (Sampling::Sobol, designs, keys),
            sampling => (sampling, designs, keys),
        };
        #[expect(clippy::cast_possible_truncation, reason = "any 32 bits do")]
        let sampler = Sampler::new(kind, points, dimensions, study.seed.get() as u32);
        Ok(Self {
            name: model.name.clone(),
            factors,
            designs,
            sampling: study.sampling,
            fidelity: study.model,
            population,
            seed: study.seed.get(),
            places: RwLock::default(),
            sampler,
            copula,
            base,
            file: source.file.clone(),
            near: OnceLock::new(),
            climates: Mutex::default(),
        })
    }

    /// Value of each factor in a design; in a search, of one that [`search`](Self::search) has chosen.
    pub fn inputs(&self, id: usize) -> Vec<Value> {
        if let Some(copula) = &self.copula {
            let units: Vec<f64> = (0..self.factors.len()).map(|k| self.sampler.at(id, k)).collect();
            return self.factors.iter().zip(copula.correlated(&units)).map(|(f, unit)| f.at(unit)).collect();
        }
        let mut rest = id;
        let mut inputs: Vec<Value> = (0..self.factors.len())
            .rev()
            .map(|k| match (&self.factors[k], self.sampling) {
                (f, Sampling::Grid) => {
                    let level = rest % f.levels();
                    rest /= f.levels();
                    f.level(level)
                }
                (f, Sampling::List) => f.level(id),
                (f, Sampling::Corners) => f.ends()[(id >> (self.factors.len() - 1 - k)) & 1].clone(),
                (f, Sampling::OneAtATime) if id > 0 && (id - 1) / 2 == k => f.ends()[(id - 1) % 2].clone(),
                (f, Sampling::OneAtATime) => f.base.clone().expect("checked"),
                (f, Sampling::Saltelli) => {
                    let (group, place) = (id / (self.factors.len() + 2), id % (self.factors.len() + 2));
                    let second = place == 1 || place == 2 + k;
                    // Both halves begin with a set of four dimensions of their own, which holds its points evenly.
                    f.at(self.sampler.at(group, if second { self.factors.len().next_multiple_of(4) + k } else { k }))
                }
                (f, Sampling::Nsga2) => f.at(self.places.read().expect("no thread panics here")[id][k]),
                (f, _) => f.at(self.sampler.at(id, k)),
            })
            .collect();
        inputs.reverse();
        inputs
    }

    /// A search for the designs that no other beats: `score` sizes a generation by number, once [`inputs`](Self::inputs) knows its
    /// designs. Where a generation has fewer new designs than a population, Sobol points fill it up. Errors: those of `score`.
    pub fn search(&self, objectives: usize, mut score: impl FnMut(usize) -> std::io::Result<Vec<Score>>) -> std::io::Result<()> {
        let generations = self.designs / self.population;
        let (keys, population) = (self.factors.len(), self.population);
        let settings = Settings { keys, objectives, population, generations, seed: self.seed as u64 };
        let mut generation = 0;
        let mut next = |places: &[Vec<f64>]| {
            let more = generation * population + places.len()..(generation + 1) * population;
            let filling = more.map(|id| (0..keys).map(|k| self.sampler.at(id, k)).collect());
            self.places.write().expect("no thread panics here").extend(places.iter().cloned().chain(filling));
            generation += 1;
            score(generation - 1)
        };
        search(settings, &mut next)?;
        // A search that finds nothing new ends early.
        while self.places.read().expect("no thread panics here").len() < self.designs {
            next(&[])?;
        }
        Ok(())
    }

    /// The lightest radiator of the case as written, from which the search of each design starts.
    fn near(&self) -> Option<&Optimum> {
        let found = || -> Option<Optimum> {
            let model = model(self.base.clone(), &self.file).ok()?;
            let climate = orbit_state(&model).and_then(|o| Climate::new(&model, &o)).ok()?;
            // Where nothing is optimised, no search needs a start.
            let useful = model.radiator.planform_m2.is_none();
            useful.then(|| lightest(&model, climate.surroundings(&model)).ok())?
        };
        self.near.get_or_init(found).as_ref()
    }

    /// The case with the keys of a design in it.
    fn table(&self, inputs: &[Value]) -> Table {
        let mut table = self.base.clone();
        for (factor, value) in self.factors.iter().zip(inputs) {
            put(&mut table, &factor.key, value.clone());
        }
        table
    }

    /// The case of a design, to run as if it had been written. Errors: those of the case.
    pub fn case(&self, id: usize) -> Result<CaseFile, CaseErrors> {
        let table = self.table(&self.inputs(id));
        let text = toml::to_string(&table).expect("a case is plain data");
        case::parse(&self.file, text)
    }

    /// Sizes designs. The result of each depends on nothing but the case and its number.
    pub fn rows(&self, ids: std::ops::Range<usize>) -> Vec<Row> {
        match self.fidelity {
            Fidelity::Sizing => self.sized(ids),
            Fidelity::Field => self.proved(ids),
        }
    }

    /// Rows by the field model.
    fn proved(&self, ids: std::ops::Range<usize>) -> Vec<Row> {
        parallel_map(ids.len(), |k| {
            let (id, inputs) = (ids.start + k, self.inputs(ids.start + k));
            let prove = |m: &Model| {
                let s = size(&Cpu::<f64>::new(), m, &Silent).map_err(|e| one_line(&e.to_string()))?;
                let sink_k = s.rounds.last().map_or(f64::NAN, |r| r.sink_k);
                let shadow_s = s.orbit.timeline.longest_shadow_s();
                Ok(outcome(m, &s.design, (s.point.mass.total_kg, sink_k, shadow_s), &s.binding))
            };
            let outcome = model(self.table(&inputs), &self.file).map_err(|errors| said(&errors)).and_then(|m| prove(&m));
            Row { id, inputs, outcome }
        })
    }

    /// Rows by the sizing model.
    fn sized(&self, ids: std::ops::Range<usize>) -> Vec<Row> {
        let first = ids.start;
        let made = parallel_map(ids.len(), |k| {
            let inputs = self.inputs(first + k);
            // Designs that differ in the radiator alone share what falls on it.
            let key = |m: &Model| {
                let joints = (m.joints(), m.radiator_joint(), m.array_joint(), m.radiator.normal());
                format!("{:?}", (&m.flight, &m.attitude, m.positions, &m.light, joints))
            };
            let model = model(self.table(&inputs), &self.file).map(|m| (key(&m), m)).map_err(|errors| said(&errors));
            (inputs, model)
        });
        let mut known = self.climates.lock().expect("no thread panics here");
        if known.len() > MOST_CLIMATES {
            known.clear();
        }
        let missing: BTreeMap<&String, &Model> = made
            .iter()
            .filter_map(|(_, m)| m.as_ref().ok())
            .filter(|(key, _)| !known.contains_key(key))
            .map(|(k, m)| (k, m))
            .collect();
        let missing: Vec<(&String, &Model)> = missing.into_iter().collect();
        let found = parallel_map(missing.len(), |k| {
            let climate = orbit_state(missing[k].1).and_then(|o| Climate::new(missing[k].1, &o));
            climate.map_err(|e| one_line(&e.to_string()))
        });
        known.extend(missing.into_iter().map(|(key, _)| key.clone()).zip(found));
        let climates = &*known;
        let near = self.near();
        let outcomes = parallel_map(made.len(), |k| match &made[k].1 {
            Ok((key, m)) => climates[key].clone().and_then(|climate| {
                let a = analytic(m, &climate, near).map_err(|e| one_line(&e.to_string()))?;
                let sink_k = a.around.sink_k4.powf(0.25);
                Ok(outcome(m, &a.design, (a.point.mass.total_kg, sink_k, climate.shadow.1), &a.binding))
            }),
            Err(e) => Err(e.clone()),
        });
        made.into_iter().zip(outcomes).zip(first..).map(|(((inputs, _), outcome), id)| Row { id, inputs, outcome }).collect()
    }
}

/// Figures that are named and are none, or that the case has no numbers for.
fn unknown_figures(model: &Model, study: &Study) -> Vec<CaseError> {
    let mut errors = vec![];
    let named = study.figures.iter().map(|f| ("study.figures", f));
    let named = named.chain(study.minimise.iter().map(|f| ("study.minimise", f)));
    let named = named.chain(study.maximise.iter().map(|f| ("study.maximise", f)));
    for (at, figure) in named.chain(study.require.keys().map(|f| ("study.require", f))) {
        if !FIGURES.contains(&figure.as_str()) {
            errors.push(model.source.error(at, format!("no figure is called `{figure}`"), suggest(figure, FIGURES)));
        } else if figure.starts_with("cost") && model.cost.is_none() {
            errors.push(model.source.error(at, format!("`{figure}` without prices"), "give [cost]"));
        }
    }
    errors
}

/// What correlates the keys, if anything does. Errors: as those of a copula, and samplings that have no distributions.
fn copula(source: &case::Source, study: &Study, factors: &[Factor]) -> Result<Option<Copula>, CaseError> {
    if study.correlate.is_empty() {
        return Ok(None);
    }
    if !matches!(study.sampling, Sampling::Sobol | Sampling::LatinHypercube | Sampling::Random) {
        let help = "remove it, or choose \"sobol\", \"latin_hypercube\" or \"random\"";
        return Err(source.error("study.correlate", "this sampling draws nothing that could be correlated", help));
    }
    // A key with a mistake of its own is told there.
    if factors.len() != study.vary.len() {
        return Ok(None);
    }
    let keys: Vec<&str> = factors.iter().map(|f| f.key.as_str()).collect();
    let fail = |(n, message, help): (usize, String, String)| source.error(&format!("study.correlate[{n}]"), message, help);
    Copula::new(&keys, &study.correlate).map(Some).map_err(fail)
}

/// A key that varies. Errors: what is wrong with it, and what to do.
fn factor(base: &Table, file: &str, sampling: Sampling, (key, written): (&String, &Vary)) -> Result<Factor, (String, String)> {
    if key.starts_with("study") || key.starts_with("verify") {
        return Err((format!("`{key}` is no key of a design"), "name a key of another table".to_owned()));
    }
    let whole = reference::takes_whole_numbers(key).map_err(|help| (format!("no case has a key `{key}`"), help))?;
    let law = Law::new(written, matches!(sampling, Sampling::Grid | Sampling::List))?;
    let factor = Factor { key: key.clone(), whole, base: get(base, key).cloned(), law };
    if sampling == Sampling::OneAtATime && factor.base.is_none() {
        let help = "write it: the others vary about the case as written";
        return Err((format!("the case does not write `{key}`"), help.to_owned()));
    }
    for value in factor.spelt() {
        if let Some(e) = refused(base, file, key, &value) {
            return Err((format!("{value}: {}", e.message), e.help.unwrap_or_else(|| "correct the value".to_owned())));
        }
    }
    Ok(factor)
}

/// The figures of a design with the mass of its radiator, kg, its sink, K, and its longest shadow, s.
fn outcome(model: &Model, d: &Design, (radiator_kg, sink_k, shadow_s): (f64, f64, f64), binding: &[&str]) -> Outcome {
    let system = System::new(model, radiator_kg, d, shadow_s);
    let costs = Costs::new(model, &system, d);
    let junction_k = model.junction_k(d.inlet_k, 1.0);
    #[expect(clippy::cast_precision_loss, reason = "tube counts are small")]
    let tubes = d.tubes(model) as f64;
    let figures = [
        radiator_kg,
        d.planform_m2(model),
        1e3 * radiator_kg / d.heat_w,
        d.array_m2(model),
        system.total_kg,
        system.kg_per_kw,
        system.launches_per_gw,
        junction_k - CELSIUS_ZERO_K,
        model.junction_limit_k - junction_k,
        d.inlet_k - CELSIUS_ZERO_K,
        d.outlet_k - CELSIUS_ZERO_K,
        sink_k,
        d.heat_w,
        d.pump_w,
        1e3 * d.pitch_m,
        1e3 * d.sheet_m,
        1e3 * d.bore_m,
        d.length_m,
        tubes,
        costs.as_ref().map_or(f64::NAN, |c| c.total),
        costs.as_ref().map_or(f64::NAN, |c| c.per_w),
        costs.as_ref().map_or(f64::NAN, |c| c.per_w_without_racks),
    ];
    Outcome { figures, binding: binding.join("; ") }
}

/// A message without its remedy, on one line.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

fn said(errors: &CaseErrors) -> String {
    let each = |e: &CaseError| if e.key.is_empty() { e.message.clone() } else { format!("{}: {}", e.key, e.message) };
    errors.errors.iter().map(each).collect::<Vec<_>>().join("; ")
}

/// Where a table stands in for a text.
fn source(file: &str) -> case::Source {
    case::Source { file: file.to_owned(), text: String::new() }
}

fn model(table: Table, file: &str) -> Result<Model, CaseErrors> {
    let source = source(file);
    match case::from_table(table) {
        Ok(case) => Model::from_case(CaseFile { source, case }),
        Err(e) => Err(source.errors(vec![e])),
    }
}

/// Why a value cannot stand at a key, told by the case alone. Contradictions between numbers are left to the designs, which
/// may change the other number too.
fn refused(base: &Table, file: &str, key: &str, value: &Value) -> Option<CaseError> {
    let mut table = base.clone();
    put(&mut table, key, value.clone());
    match case::from_table(table) {
        Err(e) => Some(e),
        Ok(case) if value.is_str() => {
            let errors = Model::from_case(CaseFile { source: source(file), case }).err()?.errors;
            errors.into_iter().find(|e| e.key == key)
        }
        Ok(_) => None,
    }
}

/// The value at a key path.
fn get<'a>(table: &'a Table, path: &str) -> Option<&'a Value> {
    match path.split_once('.') {
        None => table.get(path),
        Some((first, rest)) => get(table.get(first)?.as_table()?, rest),
    }
}

/// Puts a value at a key path; tables that are missing are made.
fn put(table: &mut Table, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            table.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let inner = table.entry(first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}
