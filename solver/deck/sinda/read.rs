//! Reads decks of SINDA.

use super::super::expression::{Term, number, short};
use super::super::gather::{Gather, Told, fields};
use super::super::{Deck, Kind, Path, Place, Value, named, plain};
use super::logic;
use crate::case::CaseErrors;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A line without its comment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// Its number.
    pub(super) line: usize,
    /// What stands before `$`.
    pub(super) text: &'a str,
    /// What stands after it.
    pub(super) comment: &'a str,
}

/// A block of data or logic.
#[derive(Debug)]
pub(super) struct Block<'a> {
    /// `NODE`, `CONDUCTOR`, `VARIABLES 1`, …
    pub(super) kind: String,
    /// Submodel that it belongs to; empty where none is named.
    pub(super) submodel: String,
    pub(super) line: usize,
    pub(super) lines: Vec<Line<'a>>,
}

/// What is known while reading.
pub(super) struct Reader {
    pub(super) g: Gather,
    pub(super) registers: BTreeMap<String, f64>,
    pub(super) control: BTreeMap<String, f64>,
    /// What Thermal Desktop says in comments of its units.
    pub(super) said: BTreeMap<String, String>,
    pub(super) international: Option<bool>,
    pub(super) arrays: BTreeMap<Place, Option<Rc<[f64]>>>,
    /// 0 of the deck's temperatures, K.
    pub(super) zero_k: f64,
    title: String,
}

/// Reads a deck; `file` only appears in messages. Errors: mistakes with their lines.
///
/// Truth: `decks::a_sinda_deck_by_hand`, `decks::hostile_decks_end_in_words`.
pub fn read(file: &str, text: &str) -> Result<Deck, CaseErrors> {
    let mut r = Reader {
        g: Gather::default(),
        registers: BTreeMap::new(),
        control: BTreeMap::new(),
        said: BTreeMap::new(),
        international: None,
        arrays: BTreeMap::new(),
        zero_k: 0.0,
        title: String::new(),
    };
    let blocks = r.blocks(text);
    let order: [&[&str]; 6] = [
        &["OPTIONS", "REGISTER", "USER", "CONTROL"],
        &["ARRAY"],
        &["NODE"],
        &["CONDUCTOR"],
        &["SOURCE"],
        &["VARIABLES 0", "VARIABLES 1"],
    ];
    for (step, kinds) in order.iter().enumerate() {
        for block in blocks.iter().filter(|b| kinds.contains(&b.kind.as_str())) {
            r.block(block);
            if r.g.enough() {
                break;
            }
        }
        if step == 0 {
            r.units().ok();
        }
    }
    for block in &blocks {
        r.other(block);
    }
    let run = logic::operations(&mut r, &blocks);
    let sigma = r.control.get("SIGMA").copied();
    if sigma.is_none() && r.g.radiates() {
        r.g.note(0, "SIGMA is not given and is 1: radiative conductances are taken to hold the Stefan-Boltzmann constant");
    }
    let title = if r.title.is_empty() { "Network from a SINDA deck".to_owned() } else { r.title };
    r.g.finish((file, text), title, run, sigma.unwrap_or(1.0))
}

/// The kind of a block: SINDA knows them by their beginning.
fn kind_of(words: &str) -> String {
    let whole = ["OPTIONS", "OPERATIONS", "SUBROUTINES", "OUTPUT CALLS"];
    let found = whole.iter().find(|w| words.len() >= 4 && (w.starts_with(words) || words.starts_with(*w)));
    found.map_or(words, |w| w).to_owned()
}

impl Reader {
    /// Cuts a text into blocks.
    fn blocks<'a>(&mut self, text: &'a str) -> Vec<Block<'a>> {
        let mut blocks: Vec<Block<'a>> = vec![];
        for (k, raw) in text.lines().enumerate() {
            let line = k + 1;
            let mut begin = raw.chars();
            let first = begin.next().unwrap_or(' ').to_ascii_uppercase();
            if first == 'C' || (first == 'R' && raw[1..].starts_with([' ', '\t'])) {
                self.units_said(raw);
                if raw.len() > 5 && raw.get(..5).is_some_and(|w| w.eq_ignore_ascii_case("CALL ")) {
                    self.g.note(line, "CALL in column 1 is a comment, as C is there");
                }
                continue;
            }
            let (text, comment) = raw.split_once('$').unwrap_or((raw, ""));
            let trimmed = text.trim();
            let upper = trimmed.to_ascii_uppercase();
            let word = upper.split_whitespace().next().unwrap_or("");
            match word {
                "" | "PSTART" | "PSTOP" | "FSTART" | "FSTOP" => (),
                "HEADER" => {
                    let (kind, submodel) = upper["HEADER".len()..].split_once(',').unwrap_or((&upper["HEADER".len()..], ""));
                    let kind: Vec<&str> = kind.split_whitespace().filter(|w| *w != "DATA").collect();
                    blocks.push(Block {
                        kind: kind_of(&kind.join(" ")),
                        submodel: submodel.trim().to_owned(),
                        line,
                        lines: vec![],
                    });
                }
                "INSERT" | "INCLUDE" => {
                    self.g.lost(line, format!("`{}`: put the text of that file in its place", short(trimmed)))
                }
                _ if upper == "END OF DATA" => break,
                _ => match blocks.last_mut() {
                    Some(b) => b.lines.push(Line { line, text: text.trim_end(), comment }),
                    None => {
                        self.g.error(line, "stands before the first HEADER", "begin with HEADER OPTIONS DATA");
                    }
                },
            }
            if self.g.enough() {
                break;
            }
        }
        blocks
    }

    fn block(&mut self, block: &Block<'_>) {
        if block.kind == "ARRAY" {
            return self.array_block(block);
        }
        if block.kind.starts_with("VARIABLES") {
            return logic::variables(self, block);
        }
        if block.submodel.is_empty() && ["NODE", "CONDUCTOR", "SOURCE"].contains(&block.kind.as_str()) {
            self.g.error(block.line, "names no submodel", "write for example HEADER NODE DATA, MAIN");
            return;
        }
        let mut factor = 1.0;
        for l in &block.lines {
            // Told already where it fails.
            let _ = match block.kind.as_str() {
                "OPTIONS" => self.option(l),
                "NODE" => self.node(l, &block.submodel, &mut factor),
                "CONDUCTOR" => self.conductor(l, &block.submodel, &mut factor),
                "SOURCE" => self.source(l, &block.submodel),
                _ => self.assignments(l, block.kind == "CONTROL"),
            };
            if self.g.enough() {
                return;
            }
        }
    }

    fn option(&mut self, l: &Line<'_>) -> Result<(), Told> {
        let text = plain(l.text);
        let word = text.split([' ', '=']).next().unwrap_or("").to_ascii_uppercase();
        if word == "TITLE" {
            self.title = text["TITLE".len()..].trim_start_matches([' ', '=']).to_owned();
        } else if word != "MODEL" {
            self.g.note_once(l.line, "options: files and printing of SINDA");
        }
        Ok(())
    }

    /// `NAME = expression, NAME = expression`.
    fn assignments(&mut self, l: &Line<'_>, control: bool) -> Result<(), Told> {
        for field in fields(l.text) {
            let Some((name, value)) = field.split_once('=') else {
                let message = format!("`{}` is no assignment", short(field));
                return Err(self.g.error(l.line, message, "write NAME = value"));
            };
            let name = name.trim().to_ascii_uppercase();
            let name = name.rsplit(':').next().unwrap_or("").trim().to_owned();
            if control && name == "UID" {
                self.international = Some(value.trim().eq_ignore_ascii_case("SI"));
                continue;
            }
            match self.number(l.line, value) {
                Ok(x) if control => {
                    if !["ABSZRO", "SIGMA", "TIMEND", "TIMEO", "OUTPUT", "OUTPTF"].contains(&name.as_str()) {
                        self.g.note_once(l.line, "control constants of SINDA's solver: thermsolve has its own");
                    }
                    self.control.insert(name, x);
                }
                Ok(x) => {
                    self.registers.insert(name, x);
                }
                Err(Told) => return Err(Told),
            }
        }
        Ok(())
    }

    /// Value of an expression of registers.
    pub(super) fn number(&mut self, line: usize, text: &str) -> Result<f64, Told> {
        let value = self.constant(text);
        self.g.told(line, value)
    }

    /// The same without telling. Errors: words.
    pub(super) fn constant(&self, text: &str) -> Result<f64, String> {
        number(text, &|name: &str| self.registers.get(name).copied().map(Term::Number))
    }

    /// A whole number of a range.
    fn whole(&mut self, line: usize, text: &str, most: f64) -> Result<i64, Told> {
        let x = self.number(line, text)?;
        if x.fract() == 0.0 && x.abs() <= most {
            #[expect(clippy::cast_possible_truncation, reason = "whole and within the range just checked")]
            return Ok(x as i64);
        }
        Err(self.g.error(line, format!("`{}` must be a whole number of at most {most}", short(text)), "correct the number"))
    }

    /// A node as `12`, `-12` or `SUB.12`, and whether it has a minus.
    pub(super) fn place(&mut self, line: usize, text: &str, submodel: &str) -> Result<(bool, Place), Told> {
        let (minus, rest) = text.strip_prefix('-').map_or((false, text), |r| (true, r.trim()));
        let (of, digits) = match rest.rsplit_once('.') {
            Some((of, digits)) if !of.is_empty() && !digits.is_empty() => (of.to_ascii_uppercase(), digits),
            _ => (submodel.to_owned(), rest),
        };
        let (minus, digits) = digits.strip_prefix('-').map_or((minus, digits), |d| (true, d));
        match digits.parse::<u64>() {
            Ok(number) if number < 1_000_000_000 && digits.starts_with(|c: char| c.is_ascii_digit()) => {
                Ok((minus, Place { submodel: of.trim().to_owned(), number }))
            }
            _ => Err(self.g.error(line, format!("`{}` is no node", short(text)), "write a number, or SUBMODEL.number")),
        }
    }

    /// Fields of a line, and its option (`GEN`, `SIV`, …) where it begins with one.
    fn record(text: &str) -> (String, Vec<&str>) {
        let mut all = fields(text.trim());
        let first = all[0];
        let letters = first.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(first.len());
        let word = first[..letters].to_ascii_uppercase();
        if !word.starts_with(|c: char| c.is_ascii_alphabetic()) || first[letters..].starts_with(['.', '(']) {
            return (String::new(), all);
        }
        match first[letters..].trim_start().trim_start_matches('=').trim_start() {
            "" => drop(all.remove(0)),
            rest => all[0] = rest,
        }
        (word, all)
    }

    fn wrong_fields(&mut self, l: &Line<'_>, form: &str) -> Told {
        self.g.error(l.line, format!("`{}` does not have the fields of its kind", short(l.text)), &format!("write {form}"))
    }

    /// `FAC f`.
    fn set_factor(&mut self, l: &Line<'_>, f: &[&str], factor: &mut f64) -> Result<(), Told> {
        let [f] = f else { return Err(self.wrong_fields(l, "FAC factor")) };
        *factor = self.number(l.line, f)?;
        Ok(())
    }

    fn node(&mut self, l: &Line<'_>, submodel: &str, factor: &mut f64) -> Result<(), Told> {
        let (option, f) = Self::record(l.text);
        let name = named(l.comment);
        match (option.as_str(), f.len()) {
            ("FAC", _) => self.set_factor(l, &f, factor),
            ("", n) if n > 0 && n % 3 == 0 => {
                for one in f.chunks_exact(3) {
                    let place = self.place(l.line, one[0], submodel)?;
                    let (t, c) = (self.number(l.line, one[1])?, self.number(l.line, one[2])?);
                    self.one_node(l.line, place, name.clone().filter(|_| n == 3), t, c * *factor)?;
                }
                Ok(())
            }
            ("GEN", 5) => {
                let (minus, first) = self.place(l.line, f[0], submodel)?;
                let (count, step) = (self.whole(l.line, f[1], 1e6)?, self.whole(l.line, f[2], 1e6)?);
                let (t, c) = (self.number(l.line, f[3])?, self.number(l.line, f[4])?);
                for k in 0..count {
                    let place = self.along(l.line, &first, k * step)?;
                    self.one_node(l.line, (minus, place), None, t, c * *factor)?;
                }
                Ok(())
            }
            ("SIV", 4) => {
                let (_, place) = self.place(l.line, f[0], submodel)?;
                let t = self.number(l.line, f[1])?;
                let by = self.number(l.line, f[3])? * *factor;
                let points = self.by_temperature(l.line, f[2], submodel)?;
                let c = Value::ByTemperature(points).map(|c| c * by);
                self.g.node(l.line, place, name, Kind::Diffusion(c), t + self.zero_k)
            }
            ("" | "GEN" | "SIV", _) => Err(self.wrong_fields(l, "n, T, C; GEN n, count, step, T, C; SIV n, T, A, F")),
            _ => {
                let help = "give the node as n, T, C, or with SIV";
                Err(self.g.error(l.line, format!("node option {option} is not translated"), help))
            }
        }
    }

    /// The place `by` numbers after another.
    fn along(&mut self, line: usize, first: &Place, by: i64) -> Result<Place, Told> {
        match first.number.checked_add_signed(by) {
            Some(number) if number < 1_000_000_000 => Ok(Place { submodel: first.submodel.clone(), number }),
            _ => Err(self.g.error(line, "counts to a number below 0 or above 999999999", "correct count and step")),
        }
    }

    fn one_node(&mut self, line: usize, (minus, place): (bool, Place), name: Option<String>, t: f64, c: f64) -> Result<(), Told> {
        let t_k = t + self.zero_k;
        let kind = if minus {
            Kind::Held(Value::Constant(t_k))
        } else if c > 0.0 {
            Kind::Diffusion(Value::Constant(c))
        } else {
            if c == 0.0 {
                self.g.note_once(line, "capacity 0: taken as arithmetic, as below 0");
            }
            Kind::Arithmetic
        };
        self.g.node(line, place, name, kind, t_k)
    }

    fn conductor(&mut self, l: &Line<'_>, submodel: &str, factor: &mut f64) -> Result<(), Told> {
        let (option, f) = Self::record(l.text);
        let last = f.len().saturating_sub(1);
        match (option.as_str(), f.len()) {
            ("FAC", _) => self.set_factor(l, &f, factor),
            ("", n) if n >= 4 && n % 2 == 0 => {
                let id = self.whole(l.line, f[0], 1e9)?;
                let value = Value::Constant(self.number(l.line, f[last])? * *factor);
                for pair in f[1..last].chunks_exact(2) {
                    let (a, b) = (self.place(l.line, pair[0], submodel)?, self.place(l.line, pair[1], submodel)?);
                    self.one_conductor(l, submodel, id, (a, b), value.clone())?;
                }
                Ok(())
            }
            ("GEN", 8) => {
                let (id, count, id_step) =
                    (self.whole(l.line, f[0], 1e9)?, self.whole(l.line, f[1], 1e6)?, self.whole(l.line, f[2], 1e6)?);
                let ((ma, a), (mb, b)) = (self.place(l.line, f[3], submodel)?, self.place(l.line, f[5], submodel)?);
                let (a_step, b_step) = (self.whole(l.line, f[4], 1e6)?, self.whole(l.line, f[6], 1e6)?);
                let value = Value::Constant(self.number(l.line, f[7])? * *factor);
                for k in 0..count {
                    let (a, b) = (self.along(l.line, &a, k * a_step)?, self.along(l.line, &b, k * b_step)?);
                    // A radiative conductor counts away from 0.
                    let id = id + k * id_step * id.signum();
                    self.one_conductor(l, submodel, id, ((ma, a), (mb, b)), value.clone())?;
                }
                Ok(())
            }
            ("SIV", 5) => {
                let id = self.whole(l.line, f[0], 1e9)?;
                let (a, b) = (self.place(l.line, f[1], submodel)?, self.place(l.line, f[2], submodel)?);
                let by = self.number(l.line, f[4])? * *factor;
                let value = Value::ByTemperature(self.by_temperature(l.line, f[3], submodel)?).map(|g| g * by);
                self.g.note_once(
                    l.line,
                    "SIV conductors: a case integrates the table between both ends, which is G at the mean temperature wherever one \
                     straight line of the table spans them",
                );
                self.one_conductor(l, submodel, id, (a, b), value)
            }
            ("" | "GEN" | "SIV", _) => Err(self.wrong_fields(l, "g, a, b, G; GEN with eight numbers; SIV g, a, b, A, F")),
            _ => {
                self.g.lost(l.line, format!("conductor option {}: left out", short(&option)));
                Ok(())
            }
        }
    }

    fn one_conductor(
        &mut self,
        l: &Line<'_>,
        submodel: &str,
        id: i64,
        ((ma, a), (mb, b)): ((bool, Place), (bool, Place)),
        value: Value,
    ) -> Result<(), Told> {
        let path = match (id < 0, ma, mb) {
            (_, true, true) => {
                return Err(self.g.error(l.line, "both ends are upstream", "a minus stands at the upstream node only"));
            }
            (false, false, false) => Path::Linear,
            (true, false, false) => Path::Radiative,
            (false, ..) => Path::Flow,
            (true, ..) => {
                self.g.lost(l.line, "a radiative conductor that one end feels: left out");
                return Ok(());
            }
        };
        let ends = if mb { (&b, &a) } else { (&a, &b) };
        let name = named(l.comment).unwrap_or_else(|| format!("{submodel}_{}", id.unsigned_abs()));
        if let Some(k) = self.g.conductor(l.line, ends, name, (path, value))? {
            self.g.called.insert(format!("{submodel}.G{}", id.unsigned_abs()), k);
        }
        Ok(())
    }

    fn source(&mut self, l: &Line<'_>, submodel: &str) -> Result<(), Told> {
        let (option, f) = Self::record(l.text);
        match (option.as_str(), f.len()) {
            ("", n) if n > 0 && n % 2 == 0 => {
                for one in f.chunks_exact(2) {
                    let (_, place) = self.place(l.line, one[0], submodel)?;
                    let q = self.number(l.line, one[1])?;
                    self.g.heat(l.line, &place, Value::Constant(q))?;
                }
                Ok(())
            }
            ("GEN", 4) => {
                let (_, first) = self.place(l.line, f[0], submodel)?;
                let (count, step) = (self.whole(l.line, f[1], 1e6)?, self.whole(l.line, f[2], 1e6)?);
                let q = self.number(l.line, f[3])?;
                for k in 0..count {
                    let place = self.along(l.line, &first, k * step)?;
                    self.g.heat(l.line, &place, Value::Constant(q))?;
                }
                Ok(())
            }
            ("SIT" | "TVS", 3) => {
                let (_, place) = self.place(l.line, f[0], submodel)?;
                let by = self.number(l.line, f[2])?;
                let value = Value::InTime { points: self.array(l.line, f[1], submodel)?, period_s: None };
                self.g.heat(l.line, &place, value.map(|q| q * by))
            }
            ("" | "GEN" | "SIT" | "TVS", _) => Err(self.wrong_fields(l, "n, Q; GEN n, count, step, Q; TVS n, A, F")),
            _ => {
                self.g.lost(l.line, format!("source option {}: left out", short(&option)));
                Ok(())
            }
        }
    }

    /// Blocks that are no network.
    fn other(&mut self, block: &Block<'_>) {
        let Some(first) = block.lines.first() else { return };
        match block.kind.as_str() {
            "OPTIONS" | "REGISTER" | "USER" | "CONTROL" | "ARRAY" | "NODE" | "CONDUCTOR" | "SOURCE" | "VARIABLES 0"
            | "VARIABLES 1" | "OPERATIONS" => (),
            "OUTPUT CALLS" | "CARRAY" => self.g.note_once(block.line, "OUTPUT CALLS, CARRAY DATA: printing of SINDA"),
            "SOLVER" => self.g.note_once(block.line, "SOLVER: optimisation and correlation of SINDA"),
            "SUBROUTINES" => self.g.note_once(block.line, "SUBROUTINES: Fortran, listed where it is called"),
            kind => {
                let (kind, count) = (short(kind), block.lines.len());
                self.g.logic(first.line, &kind, first.text, count);
            }
        }
    }
}
