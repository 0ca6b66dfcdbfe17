//! Reads decks of ESATAN.

use super::super::expression::{Asked, Term, evaluate, number, short};
use super::super::gather::{Gather, Told, fields};
use super::super::{Deck, Kind, Path, Place, Value, named, plain};
use super::logic;
use crate::case::CaseErrors;
use crate::constants::CELSIUS_ZERO_K;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

/// ESATAN's Stefan-Boltzmann constant where a deck gives none, W/(m² K⁴).
const STEFAN: f64 = 5.6686e-8;
/// Values of arrays that may be asked for.
const MOST_SPENT: usize = 8_000_000;
/// Models in one another.
const DEPTH: usize = 16;

/// Names of the models around a place, the outermost first.
pub(super) type Scope = Vec<String>;

/// A line, or a statement that ends with `;`.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) line: usize,
    pub(super) text: String,
    comment: String,
}

/// A block of data or logic.
#[derive(Debug)]
pub(super) struct Block {
    /// `NODES`, `VARIABLES1`, …
    pub(super) kind: String,
    pub(super) scope: Scope,
    line: usize,
    pub(super) lines: Vec<Statement>,
}

/// What is known while reading.
pub(super) struct Reader {
    pub(super) g: Gather,
    scopes: BTreeSet<Scope>,
    /// Constants and arrays by scope and name.
    known: BTreeMap<(Scope, String), Term>,
    pub(super) control: BTreeMap<String, f64>,
    title: String,
    /// Values of arrays that were asked for.
    spent: Cell<usize>,
    /// 0 of the deck's temperatures, K.
    pub(super) zero_k: f64,
}

/// Reads a deck; `file` only appears in messages. Errors: mistakes with their lines.
///
/// Truth: `decks::an_esatan_deck_by_hand`, `decks::hostile_decks_end_in_words`.
pub fn read(file: &str, text: &str) -> Result<Deck, CaseErrors> {
    let mut r = Reader {
        g: Gather::default(),
        scopes: BTreeSet::new(),
        known: BTreeMap::new(),
        control: BTreeMap::new(),
        title: String::new(),
        spent: Cell::new(0),
        zero_k: CELSIUS_ZERO_K,
    };
    let blocks = r.blocks(text);
    let order: [&[&str]; 5] = [
        &["LOCALS", "CONSTANTS", "CONTROL", "REAL", "INTEGER"],
        &["ARRAYS", "ARRAYS REAL", "ARRAYS INTEGER"],
        &["NODES"],
        &["CONDUCTORS"],
        &["INITIAL", "VARIABLES1"],
    ];
    for (step, kinds) in order.iter().enumerate() {
        let mut these: Vec<&Block> = blocks.iter().filter(|b| kinds.contains(&b.kind.as_str())).collect();
        // Models know the constants of those around them.
        these.sort_by_key(|b| b.scope.len());
        these.into_iter().for_each(|b| r.block(b));
        if step == 0 {
            logic::control(&mut r, &blocks);
            r.zero_k = r.control.get("TABS").copied().unwrap_or(CELSIUS_ZERO_K);
        }
    }
    blocks.iter().for_each(|b| r.other(b));
    if r.spent.get() > MOST_SPENT {
        r.g.error(0, format!("more than {MOST_SPENT} values of arrays are asked for"), "use coarser tables");
    }
    let run = logic::execution(&mut r, &blocks);
    let sigma = r.control.get("STEFAN").copied();
    if sigma.is_none() && r.g.radiates() {
        r.g.note(0, format!("STEFAN is not given: ESATAN's {STEFAN:e} is taken, and GR scaled to carry the same heat"));
    }
    let title = if r.title.is_empty() { "Network from an ESATAN deck".to_owned() } else { r.title };
    r.g.finish((file, text), title, run, sigma.unwrap_or(STEFAN))
}

/// A line without its comment, and the comment; `'` quotes.
fn uncommented(raw: &str) -> (&str, &str) {
    let mut quoted = false;
    let at = raw.find(|c: char| {
        quoted ^= c == '\'';
        c == '#' && !quoted
    });
    at.map_or((raw, ""), |at| (&raw[..at], &raw[at + 1..]))
}

/// Whether a block holds data, whose statements end with `;`.
fn is_data(kind: &str) -> bool {
    let first = kind.split(' ').next().unwrap_or("");
    matches!(first, "LOCALS" | "CONSTANTS" | "CONTROL" | "REAL" | "INTEGER" | "CHARACTER" | "ARRAYS" | "NODES" | "CONDUCTORS")
}

impl Reader {
    /// Cuts a text into blocks.
    fn blocks(&mut self, text: &str) -> Vec<Block> {
        let mut blocks: Vec<Block> = vec![];
        let mut scope: Scope = vec![];
        let mut open: Option<Statement> = None;
        for (k, raw) in text.lines().enumerate() {
            let line = k + 1;
            let (text, comment) = uncommented(raw);
            let trimmed = text.trim();
            if let Some(word) = trimmed.strip_prefix('$') {
                if let Some(s) = open.take() {
                    self.g.error(s.line, "a statement does not end with `;`", "end it with `;`");
                }
                let (word, rest) = word.split_once(char::is_whitespace).unwrap_or((word, ""));
                self.head(line, (&word.to_ascii_uppercase(), rest, comment), &mut scope, &mut blocks);
            } else if let Some(block) = blocks.last_mut().filter(|_| !scope.is_empty()) {
                if is_data(&block.kind) {
                    open = statements((line, text, comment), open.take(), &mut block.lines);
                } else if !(trimmed.is_empty() || raw.starts_with(['C', 'c'])) {
                    block.lines.push(Statement { line, text: text.to_owned(), comment: String::new() });
                }
            } else if !trimmed.is_empty() && scope.is_empty() {
                self.g.error(line, "stands outside of every model", "put it between $MODEL and $ENDMODEL");
            } else if !trimmed.is_empty() {
                self.g.error(line, "stands in no block", "begin a block, for example $NODES");
            }
            if self.g.enough() {
                break;
            }
        }
        if let Some(s) = open {
            self.g.error(s.line, "a statement does not end with `;`", "end it with `;`");
        }
        if !scope.is_empty() {
            self.g.error(0, format!("model {} is not closed", short(&scope[scope.len() - 1])), "add $ENDMODEL");
        }
        blocks
    }

    /// A line with `$`.
    fn head(&mut self, line: usize, (word, rest, comment): (&str, &str, &str), scope: &mut Scope, blocks: &mut Vec<Block>) {
        match word {
            "MODEL" => {
                let name = rest.split([',', ' ']).next().unwrap_or("").trim().to_ascii_uppercase();
                let name: String = name.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
                if name.is_empty() || scope.len() >= DEPTH {
                    self.g.error(line, "a model needs a name, and at most 16 may be in one another", "write $MODEL NAME");
                    return;
                }
                if scope.is_empty() {
                    self.title = named(comment).unwrap_or_else(|| plain(&name));
                }
                scope.push(name);
                self.scopes.insert(scope.clone());
                // Whatever comes before the next block is in none.
                blocks.push(Block { kind: String::new(), scope: scope.clone(), line, lines: vec![] });
            }
            "ENDMODEL" => {
                if scope.pop().is_none() {
                    self.g.error(line, "closes no model", "remove it");
                }
                blocks.push(Block { kind: String::new(), scope: scope.clone(), line, lines: vec![] });
            }
            "INCLUDE" => self.g.lost(line, format!("$INCLUDE {}: put the text of that file in its place", short(rest))),
            kind => {
                let inside = blocks.last().map_or("", |b| b.kind.split(' ').next().unwrap_or(""));
                let kind = match (kind, inside) {
                    ("REAL" | "INTEGER" | "CHARACTER" | "TABLE", "ARRAYS") => format!("ARRAYS {kind}"),
                    _ => kind.to_owned(),
                };
                blocks.push(Block { kind, scope: scope.clone(), line, lines: vec![] });
            }
        }
    }

    fn block(&mut self, block: &Block) {
        if matches!(block.kind.as_str(), "INITIAL" | "VARIABLES1") {
            return logic::variables(self, block);
        }
        for s in &block.lines {
            if self.g.enough() {
                return;
            }
            // Told already where it fails.
            let _ = match block.kind.as_str() {
                "NODES" => self.node(s, &block.scope),
                "CONDUCTORS" => self.conductor(s, &block.scope),
                "CONTROL" => self.constant(s, &block.scope, true),
                kind if kind.starts_with("ARRAYS") => self.array(s, &block.scope),
                _ => self.constant(s, &block.scope, false),
            };
        }
    }

    /// The submodel that a scope's nodes have.
    fn submodel(scope: &Scope) -> String {
        if scope.len() > 1 { scope[1..].join("_") } else { scope.first().cloned().unwrap_or_default() }
    }

    /// A node as `12` or `SUB:12`, seen from a scope.
    pub(super) fn place(&self, text: &str, scope: &Scope) -> Option<Place> {
        let mut names: Vec<&str> = text.split(':').map(str::trim).collect();
        let number = names.pop()?.parse().ok().filter(|n: &u64| *n < 1_000_000_000)?;
        let names: Vec<String> = names.iter().map(|n| n.to_ascii_uppercase()).collect();
        // From here, or from the outermost model.
        let from = |scope: &[String]| Some([scope, &names].concat()).filter(|s| self.scopes.contains(s));
        let found = from(scope).or_else(|| from(&scope[..1])).or_else(|| from(&[]))?;
        Some(Place { submodel: Self::submodel(&found), number })
    }

    /// What a name stands for in a scope.
    fn name(&self, name: &str, scope: &Scope) -> Option<Term> {
        if matches!(name, "TIMEM" | "TIMEN" | "TIMEO") {
            return Some(Term::Asked(Asked::Time));
        }
        let known = (0..=scope.len()).rev().find_map(|n| self.known.get(&(scope[..n].to_vec(), name.to_owned())).cloned());
        if let Some(Term::Array(values)) = &known {
            self.spent.set(self.spent.get() + values.len());
            return known.filter(|_| self.spent.get() <= MOST_SPENT);
        }
        known.or_else(|| {
            let (letter, place) = self.entity(name, scope)?;
            (letter == "T").then(|| Term::Asked(Asked::Temperature(vec![(place, 1.0)], 0.0)))
        })
    }

    /// What `QI12`, `QI:SUB:12` or `SUB:QI12` names: the attribute and the place.
    pub(super) fn entity(&self, name: &str, scope: &Scope) -> Option<(String, Place)> {
        let letters = |t: &str| t.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(t.len());
        let (around, last) = name.rsplit_once(':').unwrap_or(("", name));
        let n = letters(last);
        if n > 0 {
            let place = if around.is_empty() { last[n..].to_owned() } else { format!("{around}:{}", &last[n..]) };
            return Some((last[..n].to_owned(), self.place(&place, scope)?));
        }
        let (attribute, place) = name.split_once(':')?;
        Some((attribute.to_owned(), self.place(place, scope)?))
    }

    /// Value of an expression in a scope. Errors: words.
    pub(super) fn term(&self, text: &str, scope: &Scope) -> Result<Term, String> {
        evaluate(text, &|name: &str| self.name(name, scope))
    }

    /// A value of a node or of a conductor between two.
    pub(super) fn value(&self, text: &str, scope: &Scope, ends: &[&Place]) -> Result<Value, String> {
        Gather::value(self.term(text, scope)?, ends, self.zero_k)
    }

    fn constant(&mut self, s: &Statement, scope: &Scope, control: bool) -> Result<(), Told> {
        let Some((name, value)) = s.text.split_once('=') else {
            return Err(self.g.error(s.line, format!("`{}` is no assignment", short(&s.text)), "write NAME = value;"));
        };
        let name = name.trim().to_ascii_uppercase();
        match number(value, &|name: &str| self.name(name, scope)) {
            Ok(x) if control || matches!(name.as_str(), "STEFAN" | "TABS") => {
                self.control.insert(name, x);
            }
            Ok(x) => {
                self.known.insert((scope.clone(), name), Term::Number(x));
            }
            Err(e) => self.g.lost(s.line, format!("constant {}: {e}", short(&name))),
        }
        Ok(())
    }

    fn array(&mut self, s: &Statement, scope: &Scope) -> Result<(), Told> {
        let Some((head, body)) = s.text.split_once('=') else {
            return Err(self.g.error(s.line, format!("`{}` is no array", short(&s.text)), "write NAME(2,n) = x, y, …;"));
        };
        let name = head.split('(').next().unwrap_or("").trim().to_ascii_uppercase();
        let values: Result<Vec<f64>, String> =
            fields(body).iter().map(|v| number(v, &|name: &str| self.name(name, scope))).collect();
        match values {
            Ok(values) => {
                let values: Rc<[f64]> = values.into();
                self.known.insert((scope.clone(), name), Term::Array(values));
            }
            Err(e) => self.g.lost(s.line, format!("array {}: {e}", short(&name))),
        }
        Ok(())
    }

    fn node(&mut self, s: &Statement, scope: &Scope) -> Result<(), Told> {
        const FORM: &str = "write D12 = 'label', T = value, C = value, QI = value; with D, B or X";
        let mut rest = s.text.trim().chars();
        let letter = rest.next().unwrap_or(' ').to_ascii_uppercase();
        let (head, body) = rest.as_str().split_once(['=', ',']).unwrap_or((rest.as_str(), ""));
        if !matches!(letter, 'D' | 'B' | 'X') || !head.trim().starts_with(|c: char| c.is_ascii_digit()) {
            let what = s.text.trim();
            if what.len() > 3 && what.get(..3).is_some_and(|w| w.eq_ignore_ascii_case("FOR")) {
                self.g.lost(s.line, format!("`{}`: nodes made in a loop", short(what)));
                return Ok(());
            }
            return Err(self.g.error(s.line, format!("`{}` is no node", short(what)), FORM));
        }
        let Some(place) = self.place(head, scope) else {
            return Err(self.g.error(s.line, format!("`{}` is no number of a node", short(head)), FORM));
        };
        if letter == 'X' {
            self.g.note(s.line, format!("node {} is inactive: left out", place.name()));
            self.g.inactive.insert(place);
            return Ok(());
        }
        let (mut t, mut c, mut heats) = (None, None, vec![]);
        for field in fields(body) {
            let Some((name, value)) = field.split_once('=').filter(|_| !field.starts_with('\'')) else { continue };
            let name = name.trim().to_ascii_uppercase();
            let read = match name.as_str() {
                "T" | "C" | "QI" | "QS" | "QA" | "QE" | "QR" => self.value(value, scope, &[&place]),
                _ => {
                    self.g.note_once(s.line, &format!("attribute {} of nodes: not used by a network", short(&name)));
                    continue;
                }
            };
            match (name.as_str(), read) {
                (_, Err(e)) => self.g.lost(s.line, format!("{name} of node {}: {e}", place.name())),
                ("T", Ok(v)) => t = Some(v),
                ("C", Ok(v)) => c = Some(v),
                (_, Ok(v)) => heats.push(v),
            }
        }
        let zero = self.zero_k;
        let t = t.unwrap_or(Value::Constant(0.0)).map(|t| t + zero);
        let start_k = t.values()[0];
        let kind = match (letter, c) {
            ('B', _) => self.held(s.line, t)?,
            (_, None | Some(Value::Constant(0.0))) => Kind::Arithmetic,
            (_, Some(c)) => Kind::Diffusion(c),
        };
        self.g.node(s.line, place.clone(), named(&s.comment), kind, start_k)?;
        for q in heats.into_iter().filter(|q| *q != Value::Constant(0.0)) {
            self.heat(s.line, &place, q)?;
        }
        Ok(())
    }

    /// A boundary node's temperature, K.
    pub(super) fn held(&mut self, line: usize, t: Value) -> Result<Kind, Told> {
        Ok(Kind::Held(match t {
            Value::InTime { points, period_s } => {
                let mut held = vec![];
                for (s, k) in points {
                    held.push((s, self.g.held(line, k)?));
                }
                Value::InTime { points: held, period_s }
            }
            Value::ByTemperature(_) => {
                return Err(self.g.error(
                    line,
                    "a boundary node whose temperature depends on itself",
                    "give a number or a table in time",
                ));
            }
            constant => constant,
        }))
    }

    /// Heat in a node.
    pub(super) fn heat(&mut self, line: usize, place: &Place, q: Value) -> Result<(), Told> {
        if matches!(q, Value::ByTemperature(_)) {
            self.g.lost(line, format!("heat by temperature in node {}: left out", place.name()));
            return Ok(());
        }
        self.g.heat(line, place, q)
    }

    fn conductor(&mut self, s: &Statement, scope: &Scope) -> Result<(), Told> {
        let Some((head, value)) = s.text.split_once('=') else {
            return Err(self.g.error(s.line, format!("`{}` is no conductor", short(&s.text)), "write GL(1,2) = value;"));
        };
        let Some((path, a, b)) = self.ends(head, scope) else {
            let upper = head.trim().to_ascii_uppercase();
            if ["GV", "GP", "M(", "GC", "FOR"].iter().any(|w| upper.starts_with(w)) {
                self.g.lost(s.line, format!("conductor `{}`: kind not translated", short(head)));
                return Ok(());
            }
            let help = "write GL, GR or GF with two nodes, as GL(1,SUB:2) = value;";
            return Err(self.g.error(s.line, format!("`{}` is no conductor", short(head)), help));
        };
        let value = match self.value(value, scope, &[&a, &b]) {
            Ok(value) => value,
            Err(e) => {
                self.g.lost(s.line, format!("{}: {e}: left out", short(head)));
                return Ok(());
            }
        };
        if matches!(value, Value::ByTemperature(_)) {
            self.g.note_once(
                s.line,
                "conductors by temperature: a case integrates the table between both ends, which is GL at the mean temperature \
                 wherever one straight line of the table spans them",
            );
        }
        let kind = ["GL", "GR", "GF"][path as usize];
        let name = named(&s.comment).unwrap_or_else(|| format!("{kind}_{}_{}", a.name(), b.name()));
        if let Some(k) = self.g.conductor(s.line, (&a, &b), name, (path, value))? {
            self.g.called.entry(Self::called(path, &a, &b)).or_insert(k);
        }
        Ok(())
    }

    /// What a conductor is called.
    pub(super) fn called(path: Path, a: &Place, b: &Place) -> String {
        format!("{path:?} {} {}", a.name(), b.name())
    }

    /// `GL(1,2)`.
    pub(super) fn ends(&self, head: &str, scope: &Scope) -> Option<(Path, Place, Place)> {
        let (kind, rest) = head.trim().split_once('(')?;
        let path = match kind.trim().to_ascii_uppercase().as_str() {
            "GL" => Path::Linear,
            "GR" => Path::Radiative,
            "GF" => Path::Flow,
            _ => return None,
        };
        let (a, b) = rest.trim().strip_suffix(')')?.split_once(',')?;
        Some((path, self.place(a.trim(), scope)?, self.place(b.trim(), scope)?))
    }

    /// Blocks that are no network.
    fn other(&mut self, block: &Block) {
        let Some(first) = block.lines.first() else { return };
        match block.kind.as_str() {
            kind if is_data(kind) => {
                if kind.ends_with("CHARACTER") || kind.ends_with("TABLE") {
                    self.g.note(block.line, format!("${kind}: not used by a network"));
                }
            }
            "INITIAL" | "VARIABLES1" | "EXECUTION" => (),
            "OUTPUTS" => self.g.note(block.line, "$OUTPUTS: printing of ESATAN"),
            "SUBROUTINES" => self.g.note(block.line, "$SUBROUTINES: Fortran that nothing translated calls"),
            "" => {
                self.g.error(first.line, "stands in no block", "begin a block, for example $NODES");
            }
            kind => {
                let (kind, text, count) = (format!("${}", short(kind)), first.text.clone(), block.lines.len());
                self.g.logic(first.line, &kind, &text, count);
            }
        }
    }
}

/// Cuts a line of data into statements that end with `;`; the last may go on.
fn statements(
    (line, text, comment): (usize, &str, &str),
    open: Option<Statement>,
    all: &mut Vec<Statement>,
) -> Option<Statement> {
    let mut open = open;
    // A label ends on its line.
    let (mut quoted, mut begin) = (false, 0);
    for (k, c) in text.char_indices().chain([(text.len(), '\n')]) {
        quoted ^= c == '\'';
        if !(c == ';' && !quoted || c == '\n') {
            continue;
        }
        let piece = &text[begin..k];
        begin = (k + 1).min(text.len());
        match &mut open {
            Some(s) => {
                s.text.push(' ');
                s.text.push_str(piece);
            }
            None if piece.trim().is_empty() => (),
            None => open = Some(Statement { line, text: piece.to_owned(), comment: String::new() }),
        }
        if let Some(s) = open.take_if(|_| c == ';') {
            all.push(Statement { comment: comment.to_owned(), ..s });
        }
    }
    open
}
