//! What both readers do: nodes and conductors gathered, mistakes and remarks with their lines, limits on what a deck may ask for.

use super::expression::{Asked, Term, short};
use super::{Conductor, Deck, Kind, Node, Path, Place, Remark, Run, Value, melting};
use crate::case::CaseErrors;
use crate::constants::STEFAN_BOLTZMANN;
use crate::quantity::{Conductance, ExchangeArea, HeatCapacity};
use std::collections::{BTreeMap, BTreeSet};

/// Nodes and conductors that a deck may have.
const MOST: usize = 1_000_000;
/// Points in all its tables, as often as they are used.
const MOST_POINTS: usize = 4_000_000;
/// Mistakes after which reading stops.
const MOST_ERRORS: usize = 20;
/// Coldest boundary node that a case can have, K.
const COLDEST_K: f64 = 0.15;

/// A mistake that is told already, or the limit on mistakes.
pub(super) struct Told;

/// Names, places, and what was found.
#[derive(Default)]
pub(super) struct Gather {
    place: BTreeMap<Place, usize>,
    nodes: Vec<Node>,
    conductors: Vec<Conductor>,
    /// Names of nodes, of conductors, and how often each was wanted.
    names: [BTreeMap<String, usize>; 2],
    said: BTreeSet<String>,
    /// Conductors by what the deck calls them, for values that come later.
    pub(super) called: BTreeMap<String, usize>,
    /// Nodes that the deck switches off.
    pub(super) inactive: BTreeSet<Place>,
    errors: Vec<(usize, String, String)>,
    remarks: Vec<Remark>,
    points: usize,
}

impl Gather {
    /// A mistake. Errors: always, so that `?` leaves the statement.
    pub(super) fn error(&mut self, line: usize, message: impl Into<String>, help: &str) -> Told {
        if self.errors.len() < MOST_ERRORS {
            self.errors.push((line, message.into(), help.to_owned()));
        }
        Told
    }

    /// Whether to stop.
    pub(super) fn enough(&self) -> bool {
        self.errors.len() >= MOST_ERRORS
    }

    /// Something that changes temperatures and is not translated.
    pub(super) fn lost(&mut self, line: usize, what: impl Into<String>) {
        self.remarks.push(Remark { line, what: what.into(), lost: true });
    }

    /// Something else that is not translated, or translated with a word on it.
    pub(super) fn note(&mut self, line: usize, what: impl Into<String>) {
        self.remarks.push(Remark { line, what: what.into(), lost: false });
    }

    /// A note unless the same is said already.
    pub(super) fn note_once(&mut self, line: usize, what: &str) {
        if self.said.insert(what.to_owned()) {
            self.note(line, what);
        }
    }

    /// A number from an expression.
    pub(super) fn told<T>(&mut self, line: usize, value: Result<T, String>) -> Result<T, Told> {
        value.map_err(|e| self.error(line, e, "give a number, or an expression of numbers and names that are defined"))
    }

    /// A node. `value` is capacity or temperature held.
    pub(super) fn node(&mut self, line: usize, place: Place, name: Option<String>, kind: Kind, start_k: f64) -> Result<(), Told> {
        if self.nodes.len() >= MOST {
            return Err(self.error(line, format!("more than {MOST} nodes"), "cut the model into decks"));
        }
        let start_k = Some(self.temperature(line, start_k)?);
        let kind = match kind {
            Kind::Held(Value::Constant(t)) => Kind::Held(Value::Constant(self.held(line, t)?)),
            Kind::Diffusion(c) => self.capacity(line, c, start_k)?,
            other => other,
        };
        if self.place.contains_key(&place) {
            let message = format!("node {} of {} is defined twice", place.number, place.submodel);
            return Err(self.error(line, message, "give each node of a submodel its own number"));
        }
        self.place.insert(place.clone(), self.nodes.len());
        let name = fresh(&mut self.names[0], name.unwrap_or_else(|| place.name()));
        self.nodes.push(Node { name, place, kind, start_k, power_w: Value::Constant(0.0) });
        Ok(())
    }

    fn temperature(&mut self, line: usize, t_k: f64) -> Result<f64, Told> {
        if t_k >= -1e-9 && t_k.is_finite() {
            return Ok(t_k);
        }
        Err(self.error(line, format!("a temperature of {t_k} K"), "check the unit of temperature that the deck gives"))
    }

    /// A temperature of a boundary node that a case can have.
    pub(super) fn held(&mut self, line: usize, t_k: f64) -> Result<f64, Told> {
        let t_k = self.temperature(line, t_k)?;
        if t_k < COLDEST_K {
            self.note_once(line, "boundary at 0 K: a case holds it at 0.15 K, which sends 3e-11 W/m²");
        }
        Ok(t_k.max(COLDEST_K))
    }

    /// Capacities: above 0 diffusion; a triangle on a constant by temperature is melting.
    pub(super) fn capacity(&mut self, line: usize, c: Value, start_k: Option<f64>) -> Result<Kind, Told> {
        self.table(line, &c)?;
        if c.values().iter().any(|c| *c <= 0.0) {
            return Err(self.error(line, "a heat capacity of 0 or less in a table", "give capacities above 0"));
        }
        match c {
            Value::ByTemperature(points) if melting(&points).is_none() => {
                let at = start_k.unwrap_or(0.0);
                let near = points.iter().min_by(|a, b| (a.0 - at).abs().total_cmp(&(b.0 - at).abs())).map_or(0.0, |p| p.1);
                self.lost(
                    line,
                    format!("capacity by temperature: held at {near} J/K, its point nearest to the temperature given"),
                );
                Ok(Kind::Diffusion(Value::Constant(near)))
            }
            Value::Constant(c) if HeatCapacity::new(c).is_err() && c < 1.0 => {
                self.note_once(line, "capacities below 1e-6 J/K: taken as arithmetic");
                Ok(Kind::Arithmetic)
            }
            c => Ok(Kind::Diffusion(c)),
        }
    }

    /// Counts points of tables.
    pub(super) fn count(&mut self, line: usize, points: usize) -> Result<(), Told> {
        self.points += points;
        if self.points <= MOST_POINTS {
            return Ok(());
        }
        Err(self.error(line, format!("more than {MOST_POINTS} points of tables"), "use coarser tables"))
    }

    fn table(&mut self, line: usize, value: &Value) -> Result<(), Told> {
        self.count(line, value.len())?;
        if value.values().iter().all(|v| v.is_finite()) {
            return Ok(());
        }
        Err(self.error(line, "a value is not finite", "give finite numbers"))
    }

    /// Number of the node at a place; `None` for one that is switched off.
    pub(super) fn at(&mut self, line: usize, place: &Place) -> Result<Option<usize>, Told> {
        if self.inactive.contains(place) {
            return Ok(None);
        }
        if let Some(k) = self.place.get(place) {
            return Ok(Some(*k));
        }
        let message = format!("no node {} in submodel {}", place.number, place.submodel);
        Err(self.error(line, message, "define the node, or correct its number or submodel"))
    }

    /// The node of a number.
    pub(super) fn node_mut(&mut self, k: usize) -> &mut Node {
        &mut self.nodes[k]
    }

    /// The conductor of a number.
    pub(super) fn conductor_mut(&mut self, k: usize) -> &mut Conductor {
        &mut self.conductors[k]
    }

    /// A conductor between two places; its value in W/K or m². Returns its number if it is one.
    pub(super) fn conductor(
        &mut self,
        line: usize,
        (a, b): (&Place, &Place),
        name: String,
        (path, value): (Path, Value),
    ) -> Result<Option<usize>, Told> {
        if self.conductors.len() >= MOST {
            return Err(self.error(line, format!("more than {MOST} conductors"), "cut the model into decks"));
        }
        let (a, b) = match (self.at(line, a)?, self.at(line, b)?) {
            (Some(a), Some(b)) => (a, b),
            _ => {
                self.note_once(line, "conductors of inactive nodes are left out");
                return Ok(None);
            }
        };
        if a == b {
            return Err(self.error(line, "a conductor leads from a node to itself", "name two nodes"));
        }
        self.table(line, &value)?;
        let values = value.values();
        if values.iter().any(|v| *v < 0.0) {
            self.lost(line, "a negative conductance: no such conductor in a case");
            return Ok(None);
        }
        if value == Value::Constant(0.0) {
            self.note(line, "a conductance of 0: left out");
            return Ok(None);
        }
        if values.contains(&0.0) {
            self.lost(line, "a conductance that comes down to 0: a case has conductances above 0");
            return Ok(None);
        }
        if path != Path::Linear && matches!(value, Value::ByTemperature(_)) {
            self.lost(line, "a radiative or fluid conductance by temperature: a case has linear ones only");
            return Ok(None);
        }
        let name = fresh(&mut self.names[1], name);
        self.conductors.push(Conductor { name, a, b, path, value });
        Ok(Some(self.conductors.len() - 1))
    }

    /// Heat that is added in a node, W.
    pub(super) fn heat(&mut self, line: usize, place: &Place, value: Value) -> Result<(), Told> {
        self.table(line, &value)?;
        let Some(k) = self.at(line, place)? else {
            self.note(line, "heat in an inactive node: left out");
            return Ok(());
        };
        if matches!(self.nodes[k].kind, Kind::Held(_)) {
            self.note(line, "heat in a boundary node changes no temperature: left out");
            return Ok(());
        }
        let sum = match (self.nodes[k].power_w.clone(), value) {
            (Value::Constant(a), b) | (b, Value::Constant(a)) => b.map(|b| a + b),
            (before, _) => {
                self.lost(line, "a second table of heat in one node: left out");
                before
            }
        };
        self.nodes[k].power_w = sum;
        Ok(())
    }

    /// A value from a term, with what it is asked at checked; `zero_k` is 0 of the deck's temperatures. A table by temperature must
    /// be asked at the temperature of the node, or at the mean of a conductor's ends. Errors: words.
    pub(super) fn value(term: Term, ends: &[&Place], zero_k: f64) -> Result<Value, String> {
        match term {
            Term::Number(x) if x.is_finite() => Ok(Value::Constant(x)),
            Term::Table(Asked::Time, points, period_s) => Ok(Value::InTime { points, period_s }),
            Term::Table(Asked::Temperature(nodes, constant), points, None) => {
                let weight = if ends.len() == 2 { 0.5 } else { 1.0 };
                let one_each = ends.iter().all(|e| nodes.iter().filter(|n| n.0 == **e && n.1 == weight).count() == 1);
                if constant != 0.0 || nodes.len() != ends.len() || !one_each {
                    return Err("a table must be asked at the node's temperature or the mean of both ends".into());
                }
                Ok(Value::ByTemperature(points.into_iter().map(|(t, v)| (t + zero_k, v)).collect()))
            }
            _ => Err("is neither a number nor a table".into()),
        }
    }

    /// The deck. `sigma` is the Stefan-Boltzmann constant by which the program multiplies radiative conductances. Errors: the
    /// mistakes that were told.
    pub(super) fn finish(
        mut self,
        (file, text): (&str, &str),
        title: String,
        run: Option<Run>,
        sigma: f64,
    ) -> Result<Deck, CaseErrors> {
        if self.nodes.is_empty() && self.errors.is_empty() {
            self.error(1, "the deck has no nodes", "a deck needs nodes: HEADER NODE DATA or $NODES");
        }
        if !self.errors.is_empty() {
            return Err(super::mistakes(file, text, self.errors));
        }
        for c in self.conductors.iter_mut().filter(|c| c.path == Path::Radiative) {
            let value = std::mem::replace(&mut c.value, Value::Constant(0.0));
            // Exactly the same value where the deck has our constant.
            c.value = if sigma == STEFAN_BOLTZMANN { value } else { value.map(|gr| gr * (sigma / STEFAN_BOLTZMANN)) };
        }
        let remarks = &mut self.remarks;
        self.conductors.retain(|c| {
            let Value::Constant(g) = c.value else { return true };
            let fits = if c.path == Path::Radiative { ExchangeArea::new(g).is_ok() } else { Conductance::new(g).is_ok() };
            if !fits {
                let what = format!("conductor {}: {g:e} is smaller or larger than a case can have: left out", c.name);
                remarks.push(Remark { line: 0, what, lost: g > 1e-6 });
            }
            fits
        });
        // Temperatures at the start mean something to a run that begins with them only.
        if run.is_none_or(|r| r.from_steady) {
            self.nodes.iter_mut().for_each(|n| n.start_k = None);
        }
        self.nodes.iter_mut().filter(|n| matches!(n.kind, Kind::Held(_))).for_each(|n| n.start_k = None);
        self.remarks.sort_by_key(|r| r.line);
        Ok(Deck { title, nodes: self.nodes, conductors: self.conductors, run, remarks: self.remarks })
    }

    /// Whether any conductor radiates.
    pub(super) fn radiates(&self) -> bool {
        self.conductors.iter().any(|c| c.path == Path::Radiative)
    }

    /// Logic that is refused: its first statement, and how many there are.
    pub(super) fn logic(&mut self, line: usize, block: &str, first: &str, count: usize) {
        let many = if count > 1 { format!(" and {} more", count - 1) } else { String::new() };
        self.lost(line, format!("{block}: logic is not translated: `{}`{many}", short(first)));
    }
}

/// A name that is not taken.
pub(super) fn fresh(names: &mut BTreeMap<String, usize>, name: String) -> String {
    let (mut wanted, mut free) = (names.get(&name).copied().unwrap_or(0) + 1, name.clone());
    while names.contains_key(&free) {
        wanted += 1;
        free = format!("{name}_{wanted}");
    }
    names.insert(name, wanted);
    names.entry(free.clone()).or_insert(1);
    free
}

/// Fields between commas that stand in no parentheses and no quotes.
pub(super) fn fields(text: &str) -> Vec<&str> {
    let (mut depth, mut quoted, mut begin, mut all) = (0_usize, false, 0, vec![]);
    for (k, c) in text.char_indices() {
        match c {
            '\'' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth = depth.saturating_sub(1),
            ',' if !quoted && depth == 0 => {
                all.push(text[begin..k].trim());
                begin = k + 1;
            }
            _ => (),
        }
    }
    all.push(text[begin..].trim());
    // A comma at the end ends the last field.
    if all.len() > 1 && all[all.len() - 1].is_empty() {
        all.pop();
    }
    all
}

/// Words of Fortran that decide or repeat.
pub(super) fn decides(statement: &str) -> bool {
    let upper = statement.trim().trim_start_matches(|c: char| c.is_ascii_digit()).trim_start().to_ascii_uppercase();
    let word: String = upper.chars().take_while(|c| c.is_ascii_alphabetic()).collect();
    let labelled = statement.trim().starts_with(|c: char| c.is_ascii_digit());
    labelled
        || matches!(word.as_str(), "IF" | "ELSE" | "ELSEIF" | "ENDIF" | "DO" | "ENDDO" | "WHILE" | "GOTO" | "GO" | "CONTINUE")
        || matches!(word.as_str(), "RETURN" | "STOP" | "END" | "FOR" | "SELECT" | "CASE")
}
