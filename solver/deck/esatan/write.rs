//! Writes decks of ESATAN.

use super::super::{Deck, Kind, Path, Place, Remark, Value, celsius, number, plain};
use crate::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Blocks of one model.
#[derive(Default)]
struct Part {
    nodes: String,
    conductors: String,
    arrays: String,
    array_count: u32,
}

impl Part {
    /// A value as an expression; `at` is the temperature that a table by temperature is asked at, `change` the unit of values.
    fn expression(&mut self, value: &Value, at: &str, change: impl Fn(f64) -> f64) -> String {
        let (points, asked, period): (Vec<(f64, f64)>, &str, Option<f64>) = match value {
            Value::Constant(v) => return number(change(*v)),
            Value::InTime { points, period_s } => (points.clone(), "TIMEM", *period_s),
            Value::ByTemperature(points) => (points.iter().map(|(k, v)| (celsius(*k), *v)).collect(), at, None),
        };
        self.array_count += 1;
        let all: Vec<String> = points.iter().map(|(x, v)| format!("{}, {}", number(*x), number(change(*v)))).collect();
        let name = format!("TABLE{}", self.array_count);
        let _ = writeln!(self.arrays, "    {name}(2,{}) = {};", points.len(), all.join(",\n      "));
        match period {
            Some(p) => format!("INTCYC({asked}, {name}, 1, {}, 0.0)", number(p)),
            None => format!("INTRP1({asked}, {name}, 1)"),
        }
    }
}

/// The text of a deck, and what it lacks. Truth: `decks::a_case_comes_back_from_either_deck`.
pub fn write(deck: &Deck) -> (String, Vec<Remark>) {
    let top = top(deck);
    let mut parts: BTreeMap<&str, Part> = BTreeMap::new();
    for n in &deck.nodes {
        let part = parts.entry(&n.place.submodel).or_default();
        let id = n.place.number;
        let own = format!("T{id}");
        let start = number(celsius(n.start_k.unwrap_or(CELSIUS_ZERO_K + 20.0)));
        let (letter, t, c) = match &n.kind {
            Kind::Held(v) => ('B', part.expression(v, &own, celsius), None),
            Kind::Diffusion(v) => ('D', start, Some(part.expression(v, &own, |c| c))),
            Kind::Arithmetic => ('D', start, None),
        };
        let mut line = format!("{letter}{id} = '{}', T = {t}", plain(&n.name).replace('\'', " "));
        if letter == 'D' {
            let _ = write!(line, ", C = {}", c.unwrap_or_else(|| "0.0".into()));
        }
        if n.power_w != Value::Constant(0.0) {
            let _ = write!(line, ", QI = {}", part.expression(&n.power_w, &own, |q| q));
        }
        let mark = if n.place.name() == n.name { String::new() } else { format!(" # thermsolve name = {}", plain(&n.name)) };
        let _ = writeln!(part.nodes, "    {line};{mark}");
    }
    let part = parts.entry(top).or_default();
    for c in &deck.conductors {
        let kind = match c.path {
            Path::Linear => "GL",
            Path::Radiative => "GR",
            Path::Flow => "GF",
        };
        let (a, b) = (&deck.nodes[c.a].place, &deck.nodes[c.b].place);
        let of = |p: &Place, before: &str, after: &str| {
            if p.submodel == top { format!("{after}{}", p.number) } else { format!("{before}{}:{}", p.submodel, p.number) }
        };
        let mean = format!("({} + {}) / 2.0", of(a, "T:", "T"), of(b, "T:", "T"));
        let value = part.expression(&c.value, &mean, |g| g);
        let given = format!("{kind}_{}_{}", a.name(), b.name());
        let mark =
            if c.name.is_empty() || given == c.name { String::new() } else { format!(" # thermsolve name = {}", plain(&c.name)) };
        let _ = writeln!(part.conductors, "    {kind}({},{}) = {value};{mark}", of(a, "", ""), of(b, "", ""));
    }
    (text(deck, top, &parts), vec![])
}

/// The outermost model: MAIN, or the only one.
fn top(deck: &Deck) -> &str {
    let first = deck.nodes.first().map_or("MAIN", |n| &n.place.submodel);
    if deck.nodes.iter().all(|n| n.place.submodel == first) { first } else { "MAIN" }
}

fn text(deck: &Deck, top: &str, parts: &BTreeMap<&str, Part>) -> String {
    let mut out =
        format!("$MODEL {top} # thermsolve name = {}\n# Written by thermsolve: W, J/K, m2, deg C.\n", plain(&deck.title));
    let blocks = |out: &mut String, p: &Part| {
        for (block, body) in [("$NODES", &p.nodes), ("$CONDUCTORS", &p.conductors), ("$ARRAYS\n  $REAL", &p.arrays)] {
            if !body.is_empty() {
                let _ = write!(out, "  {block}\n{body}");
            }
        }
    };
    for (name, p) in parts.iter().filter(|(name, _)| **name != top) {
        let _ = writeln!(out, "  $MODEL {name}");
        blocks(&mut out, p);
        let _ = writeln!(out, "  $ENDMODEL {name}");
    }
    let _ = write!(out, "  $CONSTANTS\n  $CONTROL\n    STEFAN = {};\n    TABS = {CELSIUS_ZERO_K};\n", number(STEFAN_BOLTZMANN));
    if let Some(p) = parts.get(top) {
        blocks(&mut out, p);
    }
    out += "  $EXECUTION\n";
    if deck.run.is_none_or(|r| r.from_steady) {
        out += "      CALL SOLVIT\n";
    }
    if let Some(r) = deck.run {
        let _ = write!(out, "      TIMEND = {}\n      OUTINT = {}\n      CALL SLCRNC\n", number(r.until_s), number(r.every_s));
    }
    out + "$ENDMODEL " + top + "\n"
}
