//! Reads statements: named values, properties, geometry, and what joins it.

use super::text::{Call, Statement, What, call, called, fields, statements, word};
use super::tree::{Leaf, Tree};
use super::{Choice, Geometry, joins, mission, shells, short};
use crate::case::CaseErrors;
use crate::deck::expression::{Term, number, points};
use crate::deck::{Remark, Text, Value};
use crate::quantity::Seconds;
use std::collections::{BTreeMap, BTreeSet};

/// Values of lists that a file may hold in all.
const MOST_VALUES: usize = 4_000_000;
/// Names in groups that are groups again.
pub(super) const MOST_NAMED: usize = 100_000;

/// What a name stands for.
#[derive(Clone, Debug)]
pub(super) enum Known {
    Number(f64),
    List(Vec<f64>),
    Text(String),
    /// Names of a group.
    Group(Vec<String>),
    /// A table in time.
    Table(Value),
    /// Named, but its value is not known: why.
    Unknown(String),
}

/// A bulk material: kg/m³, J/(kg K), W/(m K).
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Bulk {
    pub(super) density: f64,
    pub(super) heat: f64,
    pub(super) conductivity: f64,
}

/// Optical properties of a surface.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Optical {
    pub(super) absorptivity: f64,
    pub(super) emissivity: f64,
    /// Part of the reflected sunlight and infrared that is reflected as by a mirror.
    pub(super) specular: [f64; 2],
}

/// A statement that is kept until all geometry is known.
#[derive(Clone, Debug)]
pub(super) struct Later {
    pub(super) line: usize,
    /// Name that it is assigned to.
    pub(super) name: String,
    pub(super) call: Call,
}

/// What is known while reading. Names are kept in capitals.
#[derive(Default)]
pub(super) struct Reader {
    pub(super) known: BTreeMap<String, Known>,
    pub(super) bulks: BTreeMap<String, Bulk>,
    pub(super) opticals: BTreeMap<String, Optical>,
    pub(super) leaves: Vec<Leaf>,
    pub(super) trees: BTreeMap<String, Tree>,
    /// Trees that are in another.
    pub(super) used: BTreeSet<String>,
    /// Name of the model.
    pub(super) model: Option<String>,
    pub(super) later: Vec<Later>,
    /// Names that were followed.
    pub(super) followed: usize,
    declared: BTreeMap<String, String>,
    remarks: Vec<Remark>,
    /// What is said of many alike: where first, and how often.
    notes: BTreeMap<String, (usize, usize)>,
    values: usize,
}

/// Settings of the program itself.
const OF_PROGRAM: [&str; 10] = [
    "DEFINE_ACCURACY",
    "CALCULATE",
    "GENERATE_TEMPLATE",
    "GENERATE_ANALYSIS_FILE",
    "IMPORT_ANALYSIS_CASE_FILE",
    "RUN_ANALYSIS",
    "DELETE",
    "DEFINE_ANALYSIS_CASE",
    "REPORT",
    "PURGE_MODEL",
];

impl Reader {
    /// Something that changes temperatures and is not translated.
    pub(super) fn lost(&mut self, line: usize, what: impl Into<String>) {
        self.remarks.push(Remark { line, what: what.into(), lost: true });
    }

    /// Something else that is not translated, or translated with a word on it; the same words are said once.
    pub(super) fn note(&mut self, line: usize, what: impl Into<String>) {
        self.notes.entry(what.into()).or_insert((line, 0)).1 += 1;
    }

    /// A number.
    pub(super) fn number(&self, text: &str) -> Result<f64, String> {
        number(text, &|name: &str| match self.known.get(name) {
            Some(Known::Number(x)) => Some(Term::Number(*x)),
            _ => None,
        })
        .map_err(|e| match self.known.get(&text.trim().to_ascii_uppercase()) {
            Some(Known::Unknown(why)) => why.clone(),
            Some(Known::Table(_)) => format!("`{}` is a property in time", short(text)),
            _ => e,
        })
    }

    /// Numbers in brackets, or a named list.
    pub(super) fn list(&self, text: &str) -> Result<Vec<f64>, String> {
        let text = text.trim();
        let inner = text.strip_prefix('[').and_then(|t| t.strip_suffix(']'));
        let inner = inner.or_else(|| text.strip_prefix('{').and_then(|t| t.strip_suffix('}')));
        match (inner, self.known.get(&text.to_ascii_uppercase())) {
            (Some(inner), _) => fields(inner, ',').into_iter().filter(|f| !f.is_empty()).map(|f| self.number(f)).collect(),
            (None, Some(Known::List(list))) => Ok(list.clone()),
            _ => Err(format!("`{}` is no list of numbers", short(text))),
        }
    }

    /// A text in quotes, or a named one.
    pub(super) fn text(&self, text: &str) -> Result<String, String> {
        let inner = text.trim().strip_prefix('"').and_then(|t| t.strip_suffix('"'));
        match (inner, self.known.get(&text.trim().to_ascii_uppercase())) {
            (Some(inner), _) if !inner.contains('"') => Ok(inner.to_owned()),
            (None, Some(Known::Text(t))) => Ok(t.clone()),
            _ => Err(format!("`{}` is no text", short(text))),
        }
    }

    /// A value that may be a table in time.
    pub(super) fn value(&self, text: &str) -> Result<Value, String> {
        match self.known.get(&text.trim().to_ascii_uppercase()) {
            Some(Known::Table(table)) => Ok(table.clone()),
            _ => self.number(text).map(Value::Constant),
        }
    }

    /// The value of a name by its kind.
    fn evaluated(&mut self, kind: Option<&str>, value: &str) -> Result<Known, String> {
        if kind == Some("GROUP") {
            let inner = value.trim().strip_prefix('{').and_then(|t| t.strip_suffix('}'));
            let names = inner.ok_or_else(|| format!("`{}` is no group", short(value)))?;
            let names: Vec<String> = fields(names, ',').iter().map(|f| f.trim_matches('"').trim().to_owned()).collect();
            self.count(names.len())?;
            return Ok(Known::Group(names));
        }
        if value.starts_with(['[', '{']) || matches!(kind, Some("POINT" | "VECTOR")) {
            let list = self.list(value)?;
            self.count(list.len())?;
            return Ok(Known::List(list));
        }
        if value.starts_with('"') {
            return Ok(Known::Text(self.text(value)?));
        }
        self.number(value).map(Known::Number)
    }

    fn count(&mut self, more: usize) -> Result<(), String> {
        self.values += more;
        if self.values > MOST_VALUES { Err(format!("more than {MOST_VALUES} values in lists")) } else { Ok(()) }
    }

    fn statement(&mut self, s: &Statement) {
        match &s.what {
            What::Model(Some(name)) => {
                self.model.get_or_insert_with(|| name.clone());
            }
            What::Declared { kind, name, value } => {
                self.declared.insert(name.to_ascii_uppercase(), kind.clone());
                if let Some(value) = value {
                    self.assigned(s.line, name, value);
                }
            }
            What::Assigned { to, value } => self.assigned(s.line, to, value),
            What::Called(call) => self.call(s.line, call),
            What::Model(None) | What::Begins | What::Else | What::Ends => (),
        }
    }

    fn assigned(&mut self, line: usize, to: &str, value: &str) {
        let name = to.to_ascii_uppercase();
        let kind = self.declared.get(&name).cloned();
        if word(to).1.starts_with('[') {
            return self.lost(line, format!("{to}: values of single elements are not translated"));
        }
        if name.split_once('.').is_some_and(|(base, _)| self.declared.contains_key(base)) {
            return self.lost(line, format!("{to}: attributes that are changed later are not translated"));
        }
        // A constructor has arguments with names.
        if let Some((function, inner)) = called(value).filter(|(_, inner)| inner.contains('=')) {
            return match call(function, inner) {
                Ok(call) => self.constructed(line, to, &call),
                Err(e) => self.lost(line, format!("{to}: {e}")),
            };
        }
        let kind = kind.as_deref();
        let of_trees = kind == Some("GEOMETRY") || (kind.is_none() && self.is_of_trees(value));
        if of_trees {
            if let Err(e) = self.combined(line, to, value) {
                self.lost(line, format!("{to}: {e}"));
            }
        } else if kind == Some("BULK") {
            match self.list(value).map(<[f64; 3]>::try_from) {
                Ok(Ok([density, heat, conductivity])) => {
                    self.bulks.insert(name, Bulk { density, heat, conductivity });
                }
                _ => self.lost(line, format!("{to}: a bulk material is [density, specific heat, conductivity]")),
            }
        } else if kind.is_none() {
            self.note(line, "assignments to names of the program itself: not used");
        } else {
            let known = self.evaluated(kind, value).unwrap_or_else(|e| {
                self.lost(line, format!("{to}: {e}"));
                Known::Unknown(format!("`{to}` has no value that is known"))
            });
            self.known.insert(name, known);
        }
    }

    /// `NAME = FUNCTION (…)`.
    fn constructed(&mut self, line: usize, to: &str, call: &Call) {
        let done = match call.name.as_str() {
            "TRANSLATE" | "ROTATE" | "SINGLE_COMBINATION" => self.moved(line, to, call),
            "DEFINE_PROPERTY" => self.property(to, call),
            name if name.starts_with("SHELL_") || name.starts_with("SOLID_") || name == "NON_GEOMETRIC_THERMAL_NODE" => {
                let (leaf, done) = shells::leaf(self, line, to, call).map_or_else(|e| (Leaf::Nothing, Err(e)), |l| (l, Ok(())));
                self.plant(to, leaf);
                done
            }
            name if joins::KINDS.contains(&name) => {
                self.later.push(Later { line, name: to.to_owned(), call: call.clone() });
                Ok(())
            }
            name => Err(format!("{name} is not translated")),
        };
        if let Err(e) = done {
            self.lost(line, format!("{to}: {e}"));
        }
    }

    /// `FUNCTION (…);`
    fn call(&mut self, line: usize, call: &Call) {
        let done = match call.name.as_str() {
            "DEFINE_BULK" => self.bulk(call),
            "DEFINE_OPTICAL" => self.optical(call),
            "DEFINE_CONDUCTIVE_INTERFACE" | "SET_BOUNDARY_CONDITION" | "SET_CONTACT_ZONE" | "SET_USER_DEFINED_CONDUCTOR" => {
                self.later.push(Later { line, name: String::new(), call: call.clone() });
                Ok(())
            }
            "DEFINE_MISSION" | "DEFINE_RADIATIVE_CASE" => {
                self.later.push(Later { line, name: String::new(), call: call.clone() });
                Ok(())
            }
            name if OF_PROGRAM.contains(&name) => {
                if name == "DEFINE_ANALYSIS_CASE" {
                    self.later.push(Later { line, name: String::new(), call: call.clone() });
                }
                self.note(line, format!("{name}: settings of the program itself"));
                Ok(())
            }
            name => Err(format!("{} is not translated", short(name))),
        };
        if let Err(e) = done {
            self.lost(line, e);
        }
    }

    fn bulk(&mut self, call: &Call) -> Result<(), String> {
        let a = Arguments { reader: self, call };
        let name = a.name("bulk")?;
        if a.text("type")?.is_some_and(|t| !t.eq_ignore_ascii_case("Isotropic")) {
            return Err(format!("{name}: only isotropic materials are translated"));
        }
        let fail = |e| format!("{name}: {e}");
        let one = |key: &str| a.need(key).map_err(fail);
        let bulk = Bulk { density: one("density")?, heat: one("sp_heat")?, conductivity: one("cond")? };
        let strange = a.strangers(&["bulk", "type", "density", "sp_heat", "cond"]);
        self.bulks.insert(name.clone(), bulk);
        strange.map_or(Ok(()), |s| Err(format!("{name}: {s}")))
    }

    fn optical(&mut self, call: &Call) -> Result<(), String> {
        let a = Arguments { reader: self, call };
        let name = a.name("optical")?;
        let get = |key: &str, default: Option<f64>| {
            let value = a.number(key).map_err(|e| format!("{name}: {e}"))?.or(default);
            let value = value.ok_or_else(|| format!("{name}: `{key}` is missing"))?;
            if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(format!("{name}: `{key}` must be in 0..=1, got {value}")) }
        };
        let (emissivity, absorptivity) = (get("ir_emiss", None)?, get("solar_absorb", None)?);
        let through = [get("ir_transm", Some(0.0))?, get("solar_transm", Some(0.0))?];
        let mirror = [get("solar_spec_refl", Some(0.0))?, get("ir_spec_refl", Some(0.0))?];
        let part = |mirror: f64, rest: f64| if rest > 0.0 { (mirror / rest).min(1.0) } else { 0.0 };
        let specular = [part(mirror[0], 1.0 - absorptivity), part(mirror[1], 1.0 - emissivity)];
        let keys = ["optical", "ir_emiss", "solar_absorb", "ir_transm", "solar_transm", "ir_spec_refl", "solar_spec_refl"];
        let strange = a.strangers(&keys);
        self.opticals.insert(name.clone(), Optical { absorptivity, emissivity, specular });
        if through != [0.0, 0.0] {
            return Err(format!("{name}: nothing is transparent here, what goes through is reflected"));
        }
        strange.map_or(Ok(()), |s| Err(format!("{name}: {s}")))
    }

    fn property(&mut self, to: &str, call: &Call) -> Result<(), String> {
        let a = Arguments { reader: self, call };
        let data = a.list("data")?.ok_or("`data` is missing")?;
        let of_time = a.text("dependence")?.is_some_and(|d| d.eq_ignore_ascii_case("TIME"));
        if !of_time {
            return Err("only properties in time are translated".into());
        }
        let mut points = points(&data)?;
        points.iter().try_for_each(|p| Seconds::new(p.0).map(drop).map_err(|e| e.to_string()))?;
        match a.text("interpolation")?.map(|i| i.to_ascii_lowercase()).as_deref() {
            None | Some("linear") => (),
            // Each value holds until the next: two points of one time are a jump.
            Some("step-wise") if points.windows(2).all(|w| w[0].0 < w[1].0) => {
                let ends: Vec<f64> = points.windows(2).map(|w| w[1].0).collect();
                points = points.iter().zip(ends.iter().map(Some).chain([None])).fold(vec![], |mut all, (p, end)| {
                    all.push(*p);
                    all.extend(end.map(|t| (*t, p.1)));
                    all
                });
            }
            Some(other) => return Err(format!("interpolation \"{}\" is not translated", short(other))),
        }
        self.known.insert(to.to_ascii_uppercase(), Known::Table(Value::InTime { points, period_s: None }));
        Ok(())
    }

    /// Statements that wait or repeat: from one that begins to the one that ends.
    fn logic(&mut self, block: &[Statement]) {
        let matters = |s: &&Statement| match &s.what {
            What::Assigned { to, .. } => self.declared.contains_key(&to.to_ascii_uppercase()),
            What::Called(c) => !OF_PROGRAM.contains(&c.name.as_str()),
            What::Declared { .. } => true,
            _ => false,
        };
        match block.iter().find(matters) {
            Some(s) => {
                let what = format!("logic is not translated: `{}`, which holds `{}`", block[0].text, s.text);
                self.lost(block[0].line, what);
            }
            None => self.note(block[0].line, "IF and FOR around calculations of the program itself: not used"),
        }
    }

    fn all(&mut self, statements: &[Statement]) -> Result<(), (usize, String)> {
        let mut at = 0;
        while let Some(s) = statements.get(at) {
            let mut end = at + 1;
            match s.what {
                What::Begins => {
                    let mut depth = 1;
                    while depth > 0 {
                        let next = statements.get(end).ok_or_else(|| (s.line, format!("`{}` has no end", s.text)))?;
                        depth += match next.what {
                            What::Begins => 1,
                            What::Ends => -1,
                            _ => 0,
                        };
                        end += 1;
                    }
                    self.logic(&statements[at..end]);
                }
                What::Else | What::Ends => return Err((s.line, format!("`{}` ends nothing", s.text))),
                _ => self.statement(s),
            }
            at = end;
        }
        Ok(())
    }
}

/// Arguments of a call.
pub(super) struct Arguments<'a> {
    pub(super) reader: &'a Reader,
    pub(super) call: &'a Call,
}

impl<'a> Arguments<'a> {
    pub(super) fn raw(&self, key: &str) -> Option<&'a str> {
        self.call.arguments.iter().find(|a| a.0 == key).map(|a| a.1.as_str())
    }
    /// A name, in capitals.
    fn name(&self, key: &str) -> Result<String, String> {
        let raw = self.raw(key).ok_or_else(|| format!("{} without `{key}`", self.call.name))?;
        if word(raw).1.is_empty() { Ok(raw.to_ascii_uppercase()) } else { Err(format!("`{}` is no name", short(raw))) }
    }
    fn get<T>(&self, key: &str, read: impl Fn(&str) -> Result<T, String>) -> Result<Option<T>, String> {
        self.raw(key).map(|text| read(text).map_err(|e| format!("`{key}`: {e}"))).transpose()
    }
    pub(super) fn number(&self, key: &str) -> Result<Option<f64>, String> {
        self.get(key, |t| self.reader.number(t))
    }
    pub(super) fn need(&self, key: &str) -> Result<f64, String> {
        self.number(key)?.ok_or_else(|| format!("`{key}` is missing"))
    }
    pub(super) fn list(&self, key: &str) -> Result<Option<Vec<f64>>, String> {
        self.get(key, |t| self.reader.list(t))
    }
    pub(super) fn text(&self, key: &str) -> Result<Option<String>, String> {
        self.get(key, |t| self.reader.text(t))
    }
    /// Whether a key is TRUE.
    pub(super) fn is_true(&self, key: &str) -> bool {
        self.raw(key).is_some_and(|v| v.eq_ignore_ascii_case("TRUE"))
    }
    /// Arguments that are not among these, in words.
    pub(super) fn strangers(&self, known: &[&str]) -> Option<String> {
        let all: Vec<&str> = self.call.arguments.iter().map(|a| a.0.as_str()).filter(|a| !known.contains(a)).collect();
        (!all.is_empty()).then(|| format!("not translated: {}", short(&all.join(", "))))
    }
}

/// Reads geometry, missions and boundary conditions. Errors: the first statement that is none, with its line.
pub(super) fn read(text: &Text, choice: &Choice<'_>) -> Result<Geometry, CaseErrors> {
    let fail = |line: usize, message: String, help: &str| {
        let (file, local, line) = text.beside(line);
        crate::deck::mistakes(&file, &local, vec![(line, message, help.to_owned())])
    };
    let statements = statements(&text.text).map_err(|(line, e)| fail(line, e, "correct the text of the model"))?;
    let mut r = Reader::default();
    r.all(&statements).map_err(|(line, e)| fail(line, e, "correct the text of the model"))?;
    let mut found = r.gathered();
    let chosen = mission::chosen(&mut r, choice.mission).map_err(|(line, e)| fail(line, e, "choose one with --mission"))?;
    found.mission = chosen;
    joins::all(&mut r, &mut found, choice.analysis).map_err(|(line, e)| fail(line, e, "choose one with --analysis"))?;
    if found.parts.is_empty() && found.nodes.is_empty() {
        let help = "name a file with GEOMETRY, for example one that ends with .erg, first";
        return Err(fail(0, "no geometry that can be translated is in it".into(), help));
    }
    let zero = Value::Constant(0.0);
    let warm =
        found.parts.iter().any(|p| p.heat_w != zero) || found.nodes.iter().any(|n| n.held_c.is_some() || n.power_w != zero);
    if found.mission.is_none() && !warm {
        r.note(0, "no mission, no heat and nothing that is held: the case has nothing to solve yet");
    }
    let notes = std::mem::take(&mut r.notes).into_iter().map(|(what, (line, times))| Remark {
        line,
        what: if times > 1 { format!("{what} ({times} times)") } else { what },
        lost: false,
    });
    found.remarks = std::mem::take(&mut r.remarks);
    found.remarks.extend(notes);
    found.remarks.sort_by_key(|r| r.line);
    found.title = r.model.clone().unwrap_or_else(|| "Geometry of ESATAN".into());
    Ok(found)
}
