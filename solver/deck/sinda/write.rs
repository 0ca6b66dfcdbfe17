//! Writes decks of SINDA.

use super::super::of_model::{Numbers, unroll};
use super::super::{Deck, Kind, Path, Place, Remark, Value, celsius, number, plain};
use crate::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Blocks of one submodel.
#[derive(Default)]
struct Part {
    nodes: String,
    conductors: String,
    sources: String,
    arrays: String,
    logic: String,
    array_count: u32,
}

impl Part {
    /// An array; its number.
    fn array(&mut self, points: &[(f64, f64)]) -> u32 {
        self.array_count += 1;
        let all: Vec<String> = points.iter().map(|(x, v)| format!("{}, {}", number(*x), number(*v))).collect();
        // Long lines are cut; a line ends with a comma where the array goes on.
        let _ = writeln!(self.arrays, "      {} = {}", self.array_count, all.join(",\n        "));
        self.array_count
    }

    /// A table by time, set by logic: the first value, which data blocks hold.
    fn by_time(&mut self, points: &[(f64, f64)], entity: &str) {
        let k = self.array(points);
        let _ = writeln!(self.logic, "      CALL D1DEG1(TIMEM, A{k}, {entity})");
    }
}

fn mark(name: &str, place: &Place) -> String {
    if name.is_empty() || place.name() == name { String::new() } else { format!("  $ thermsolve name = {}", plain(name)) }
}

/// The text of a deck, and what it lacks. Truth: `decks::a_case_comes_back_from_either_deck`.
pub fn write(deck: &Deck) -> (String, Vec<Remark>) {
    let mut remarks = vec![];
    let mut parts: BTreeMap<String, Part> = BTreeMap::new();
    let until_s = deck.run.map(|r| r.until_s);
    let mut turns = |value: &Value, what: &str| unroll(value, until_s, what, &mut remarks);
    for n in &deck.nodes {
        let part = parts.entry(n.place.submodel.clone()).or_default();
        let (id, mark) = (n.place.number, mark(&n.name, &n.place));
        let start = number(celsius(n.start_k.unwrap_or(CELSIUS_ZERO_K + 20.0)));
        let line = match &n.kind {
            Kind::Held(v) => match turns(v, &n.name) {
                Value::InTime { points, .. } => {
                    let points: Vec<(f64, f64)> = points.iter().map(|(t, k)| (*t, celsius(*k))).collect();
                    part.by_time(&points, &format!("T{id}"));
                    format!("-{id}, {}, 0.0", number(points[0].1))
                }
                v => format!("-{id}, {}, 0.0", number(celsius(v.values()[0]))),
            },
            Kind::Diffusion(v) => match turns(v, &n.name) {
                Value::Constant(c) => format!("{id}, {start}, {}", number(c)),
                Value::InTime { points, .. } => {
                    part.by_time(&points, &format!("C{id}"));
                    format!("{id}, {start}, {}", number(points[0].1))
                }
                Value::ByTemperature(points) => {
                    let points: Vec<(f64, f64)> = points.iter().map(|(k, c)| (celsius(*k), *c)).collect();
                    format!("SIV {id}, {start}, A{}, 1.0", part.array(&points))
                }
            },
            Kind::Arithmetic => format!("{id}, {start}, -1.0"),
        };
        let _ = writeln!(part.nodes, "      {line}{mark}");
        match turns(&n.power_w, &n.name) {
            Value::Constant(0.0) | Value::ByTemperature(_) => (),
            Value::Constant(q) => {
                let _ = writeln!(part.sources, "      {id}, {}", number(q));
            }
            Value::InTime { points, .. } => {
                let k = part.array(&points);
                let _ = writeln!(part.sources, "      TVS {id}, A{k}, 1.0");
            }
        }
    }
    let mut numbers = Numbers::new(deck);
    for c in &deck.conductors {
        let place = numbers.of(&c.name);
        let mark = mark(&c.name, &place);
        let part = parts.entry(place.submodel.clone()).or_default();
        let sign = if c.path == Path::Radiative { "-" } else { "" };
        let id = format!("{sign}{}", place.number);
        let end = |k: usize, upstream: &str| {
            let p = &deck.nodes[k].place;
            format!("{upstream}{}.{}", p.submodel, p.number)
        };
        let ends = format!("{}, {}", end(c.a, if c.path == Path::Flow { "-" } else { "" }), end(c.b, ""));
        let line = match turns(&c.value, &c.name) {
            Value::Constant(g) => format!("{id}, {ends}, {}", number(g)),
            Value::InTime { points, .. } => {
                part.by_time(&points, &format!("G{}", place.number));
                format!("{id}, {ends}, {}", number(points[0].1))
            }
            Value::ByTemperature(points) => {
                let points: Vec<(f64, f64)> = points.iter().map(|(k, g)| (celsius(*k), *g)).collect();
                format!("SIV {id}, {ends}, A{}, 1.0", part.array(&points))
            }
        };
        let _ = writeln!(part.conductors, "      {line}{mark}");
    }
    (text(deck, &parts), remarks)
}

fn text(deck: &Deck, parts: &BTreeMap<String, Part>) -> String {
    let mut out = format!(
        "HEADER OPTIONS DATA\n      TITLE {}\nC     Written by thermsolve: J, s, m, deg C; radiative conductors in m2.\n",
        plain(&deck.title).replace('$', " ")
    );
    let _ = write!(
        out,
        "HEADER CONTROL DATA, GLOBAL\n      UID = SI\n      ABSZRO = -{CELSIUS_ZERO_K}\n      SIGMA = {}\n",
        number(STEFAN_BOLTZMANN)
    );
    let mut operations = "      BUILD ALL\n".to_owned();
    if deck.run.is_none_or(|r| r.from_steady) {
        operations += "      CALL STEADY\n";
    }
    if let Some(r) = deck.run {
        let _ = write!(out, "      TIMEND = {}\n      OUTPUT = {}\n", number(r.until_s), number(r.every_s));
        operations += "      CALL TRANSIENT\n";
    }
    for (name, p) in parts {
        for (block, body) in [
            ("NODE DATA", &p.nodes),
            ("CONDUCTOR DATA", &p.conductors),
            ("SOURCE DATA", &p.sources),
            ("ARRAY DATA", &p.arrays),
            ("VARIABLES 0", &p.logic),
        ] {
            if !body.is_empty() {
                let _ = write!(out, "HEADER {block}, {name}\n{body}");
            }
        }
    }
    out + "HEADER OPERATIONS DATA\n" + &operations + "END OF DATA\n"
}
