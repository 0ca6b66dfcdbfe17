//! Two runs beside each other: every number of their summaries.

use super::csv::field;
use super::html::charts::{Bar, bars};
use maud::html;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A number that two summaries have.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Keys to it, joined by dots.
    pub path: String,
    /// In the first.
    pub first: f64,
    /// In the second.
    pub second: f64,
}

impl Pair {
    /// Second less first.
    pub fn difference(&self) -> f64 {
        self.second - self.first
    }

    /// Difference over the first; 0 where both are 0.
    pub fn relative(&self) -> f64 {
        if self.difference() == 0.0 { 0.0 } else { self.difference() / self.first.abs() }
    }

    /// Whether it is a temperature in °C, by its unit at the end of a key.
    pub fn is_temperature(&self) -> bool {
        self.path.split('.').any(|key| key.ends_with("_c"))
    }
}

/// What two summaries have in common and apart.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Numbers of both, temperatures first, each from the largest difference down; of others the relative one counts.
    pub pairs: Vec<Pair>,
    /// Paths of numbers that only the first has, then only the second.
    pub alone: [Vec<String>; 2],
}

/// How a run went, not what it found.
const EFFORT: [&str; 5] = ["convergence", "view_factors", "schema_version", "time", "rays"];

/// Keys that tell the items of a list apart.
const NAMES: [&str; 5] = ["name", "what", "says", "label", "through"];

/// What the items of a list are called in paths: by the first of [`NAMES`] that all have, each another; else by their numbers.
fn called(list: &[Value]) -> Vec<String> {
    let by = |key: &str| -> Option<Vec<String>> {
        let names: Vec<String> = list.iter().map(|v| Some(v.get(key)?.as_str()?.to_owned())).collect::<Option<_>>()?;
        let different = names.iter().collect::<BTreeSet<_>>().len() == names.len();
        different.then_some(names)
    };
    NAMES.iter().find_map(|key| by(key)).unwrap_or_else(|| (0..list.len()).map(|k| k.to_string()).collect())
}

fn numbers(value: &Value, path: &str, all: &mut BTreeMap<String, f64>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Number(n) => all.extend(n.as_f64().map(|x| (path.to_owned(), x))),
        Value::Array(list) => called(list).iter().zip(list).for_each(|(name, v)| numbers(v, &below(name), all)),
        Value::Object(map) => map.iter().for_each(|(k, v)| numbers(v, &below(k), all)),
        _ => {}
    }
}

/// Six digits behind the point, or in powers of ten where they would show nothing.
fn short(x: f64) -> String {
    if x != 0.0 && x.abs() < 1e-3 { format!("{x:.3e}") } else { format!("{x:.6}") }
}

impl Comparison {
    /// Of two summaries as JSON; how the runs went does not count.
    pub fn new(first: &Value, second: &Value) -> Self {
        let of = |summary: &Value| {
            let mut all = BTreeMap::new();
            numbers(summary, "", &mut all);
            all.retain(|path, _| {
                !EFFORT.iter().any(|e| path == e || path.strip_prefix(e).is_some_and(|rest| rest.starts_with('.')))
            });
            all
        };
        let (a, b) = (of(first), of(second));
        let both = a.iter().filter_map(|(path, x)| b.get(path).map(|y| Pair { path: path.clone(), first: *x, second: *y }));
        let mut pairs: Vec<Pair> = both.collect();
        let size = |p: &Pair| if p.is_temperature() { p.difference().abs() } else { p.relative().abs() };
        pairs.sort_by(|p, q| q.is_temperature().cmp(&p.is_temperature()).then(size(q).total_cmp(&size(p))));
        let only =
            |a: &BTreeMap<String, f64>, b: &BTreeMap<String, f64>| a.keys().filter(|k| !b.contains_key(*k)).cloned().collect();
        Self { pairs, alone: [only(&a, &b), only(&b, &a)] }
    }

    /// Largest difference of a temperature, K, and largest relative difference of another number.
    pub fn largest(&self) -> (f64, f64) {
        let of = |t: bool, size: fn(&Pair) -> f64| {
            self.pairs.iter().filter(|p| p.is_temperature() == t).map(size).fold(0.0, |m: f64, x| m.max(x.abs()))
        };
        (of(true, Pair::difference), of(false, Pair::relative))
    }

    /// For the terminal: `most` temperatures and `most` other numbers that differ.
    pub fn to_text(&self, names: [&str; 2], most: usize) -> String {
        let mut out = format!("{:<58} {:>14} {:>14} {:>12}\n", "", names[0], names[1], "less the first");
        for temperatures in [true, false] {
            let apart = |p: &&Pair| p.is_temperature() == temperatures && p.difference() != 0.0;
            let all: Vec<&Pair> = self.pairs.iter().filter(apart).collect();
            for p in all.iter().take(most) {
                let by =
                    if temperatures { format!("{:+.4} K", p.difference()) } else { format!("{:+.3} %", 100.0 * p.relative()) };
                out += &format!("{:<58} {:>14} {:>14} {by:>12}\n", p.path, short(p.first), short(p.second));
            }
            let what = if temperatures { "temperatures" } else { "other numbers" };
            out += &format!("{} of {what} differ, {} are shown\n", all.len(), all.len().min(most));
        }
        for (name, alone) in names.iter().zip(&self.alone).filter(|(_, a)| !a.is_empty()) {
            out += &format!("only in {name}: {}\n", alone.join(", "));
        }
        let (k, relative) = self.largest();
        out + &format!("{} numbers compared; largest differences {k:.4} K and {:.4} %\n", self.pairs.len(), 100.0 * relative)
    }

    /// As a table.
    pub fn to_csv(&self) -> String {
        let mut out = String::from("path,first,second,difference,relative\n");
        for p in &self.pairs {
            out += &format!("{},{},{},{},{:.6e}\n", field(&p.path), p.first, p.second, p.difference(), p.relative());
        }
        out
    }

    /// The temperatures that differ most as bars; `None` where none does.
    pub fn to_svg(&self, most: usize) -> Option<String> {
        let apart = |p: &&Pair| p.is_temperature() && p.difference() != 0.0;
        let bar = |p: &Pair| Bar {
            label: p.path.clone(),
            value: p.difference().abs(),
            text: html! { (format!("{:+.3} K", p.difference()).replace('-', "−")) },
            light: p.difference() < 0.0,
        };
        let all: Vec<Bar> = self.pairs.iter().filter(apart).take(most).map(bar).collect();
        (!all.is_empty()).then(|| bars("Temperatures that differ most", &all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn numbers_are_matched_by_their_paths() {
        let a = json!({"nodes": {"chip": {"steady_c": 40.0}, "old": {"steady_c": 1.0}}, "heat_w": 8.0, "time": {"steps": 7}, "name": "a"});
        let b = json!({"nodes": {"chip": {"steady_c": 42.5}}, "heat_w": 10.0, "time": {"steps": 9}, "timely": 3, "name": "b"});
        let c = Comparison::new(&a, &b);
        assert_eq!(c.pairs.len(), 2);
        assert_eq!((c.pairs[0].path.as_str(), c.pairs[0].difference()), ("nodes.chip.steady_c", 2.5));
        assert!((c.pairs[1].relative() - 0.25).abs() < 1e-15);
        assert_eq!(c.alone, [vec!["nodes.old.steady_c".to_owned()], vec!["timely".to_owned()]]);
        assert!((c.largest().0 - 2.5).abs() < 1e-15 && (c.largest().1 - 0.25).abs() < 1e-15);
        assert!(c.to_text(["a", "b"], 5).contains("+2.5000 K"), "{}", c.to_text(["a", "b"], 5));
    }

    #[test]
    fn items_of_lists_are_matched_by_their_names() {
        let check = |what: &str, value: f64| json!({"what": what, "value": value});
        let a = json!({"checks": [check("balance", 2e-16), check("junction", 80.0)], "rounds": [{"sink_k": 200.0}]});
        let b = json!({"checks": [check("punctures", 6.0), check("balance", 3e-16), check("junction", 84.0)], "rounds": [{"sink_k": 201.0}]});
        let c = Comparison::new(&a, &b);
        let paths: Vec<&str> = c.pairs.iter().map(|p| p.path.as_str()).collect();
        assert_eq!(paths, ["checks.balance.value", "checks.junction.value", "rounds.0.sink_k"]);
        assert_eq!(c.alone[1], ["checks.punctures.value"]);
        assert!(c.to_text(["a", "b"], 5).contains("3.000e-16"), "{}", c.to_text(["a", "b"], 5));
    }
}
