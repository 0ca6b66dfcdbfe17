//! Two runs beside each other: every number of their summaries.

use super::csv::field;
use super::html::charts::{Bar, bars};
use maud::html;
use serde_json::Value;
use std::collections::BTreeMap;

/// A number that two summaries have.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// Keys to it, joined by dots; entries of lists by their names, where they have one.
    pub path: String,
    /// In the first.
    pub first: f64,
    /// In the second.
    pub second: f64,
    /// Whether it is a temperature in °C by its key or by the unit beside it.
    pub is_temperature: bool,
    /// Size up to which both are rounding.
    pub rounding: f64,
}

impl Pair {
    /// Second less first.
    pub fn difference(&self) -> f64 {
        self.second - self.first
    }

    /// Difference over the first; none where the first is 0 and the second is not.
    ///
    /// Truth: `compare::tests::differences_are_over_the_first`.
    pub fn relative(&self) -> Option<f64> {
        match (self.first, self.difference()) {
            (_, 0.0) => Some(0.0),
            (0.0, _) => None,
            (first, difference) => Some(difference / first.abs()),
        }
    }

    /// Whether both are rounding: what they differ by says nothing.
    pub fn is_rounding(&self) -> bool {
        self.first.abs().max(self.second.abs()) <= self.rounding
    }

    fn row(&self) -> [String; 3] {
        let change = match self.relative() {
            _ if self.is_temperature && self.difference().abs() < 1e-3 => format!("{:+.1e} K", self.difference()),
            _ if self.is_temperature => format!("{:+.4} K", self.difference()),
            None => "from 0".to_owned(),
            Some(r) if r.abs() < 1e3 => format!("{:+.3} %", 100.0 * r),
            Some(r) => format!("{:+.2e} %", 100.0 * r),
        };
        [written(self.first), written(self.second), change]
    }
}

/// Six digits after the point, or after the first digit of small and large numbers.
fn written(x: f64) -> String {
    if x == 0.0 || (0.1..1e7).contains(&x.abs()) { format!("{x:.6}") } else { format!("{x:.6e}") }
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
const EFFORT: [&str; 6] = ["convergence", "view_factors", "schema_version", "time", "rays", "rounds"];
/// Numbers of a summary up to here are rounding: its watts, kelvins, metres and shares are far larger.
const ROUNDING: f64 = 1e-9;
/// What a check found is rounding up to this part of its limit.
const FAR_BELOW: f64 = 1e-3;

/// What the entries of a list are called, where all have a name: two of one name by their place as well, then by their order.
fn names(list: &[Value]) -> Option<Vec<String>> {
    let text = |v: &Value, key: &str| v.get(key).and_then(Value::as_str).filter(|t| !t.is_empty()).map(str::to_owned);
    let name = |v: &Value| {
        let between = |a, b| Some(format!("{} – {}", text(v, a)?, text(v, b)?));
        let named = ["name", "what", "says", "figure", "key"].iter().find_map(|key| text(v, key));
        named.or_else(|| between("a", "b")).or_else(|| between("from", "to"))
    };
    let names = list.iter().map(name).collect::<Option<Vec<String>>>()?;
    let twice = |n: &String| names.iter().filter(|other| *other == n).count() > 1;
    let placed: Vec<String> = names
        .iter()
        .zip(list)
        .map(|(n, v)| text(v, "place").filter(|_| twice(n)).map_or_else(|| n.clone(), |place| format!("{n}, {place}")))
        .collect();
    let ordered = placed.iter().enumerate().map(|(k, n)| match placed[..k].iter().filter(|before| *before == n).count() {
        0 => n.clone(),
        before => format!("{n} ({})", before + 1),
    });
    Some(ordered.collect())
}

/// All numbers below a value by their paths. `temperature`: a key on the way ends with `_c`, or the unit is a kelvin.
fn numbers(value: &Value, path: &str, (temperature, rounding): (bool, f64), all: &mut BTreeMap<String, Pair>) {
    let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    match value {
        Value::Number(n) => all.extend(n.as_f64().map(|x| {
            let pair = Pair { path: path.to_owned(), first: x, second: f64::NAN, is_temperature: temperature, rounding };
            (path.to_owned(), pair)
        })),
        Value::Array(list) => {
            let names = names(list).unwrap_or_else(|| (0..list.len()).map(|k| k.to_string()).collect());
            names.iter().zip(list).for_each(|(name, v)| numbers(v, &below(name), (temperature, rounding), all));
        }
        Value::Object(map) => {
            let unit = map.get("unit").and_then(Value::as_str);
            let limit = map.get("limit").and_then(Value::as_f64).filter(|_| map.contains_key("what"));
            for (key, v) in map {
                let number = v.is_number();
                let kelvin = key.ends_with("_c") || number && unit.is_some_and(|u| u == "°C" || u == "K");
                let of_limit = limit.filter(|_| number && key == "value").map_or(0.0, |limit| FAR_BELOW * limit.abs());
                numbers(v, &below(key), (temperature || kelvin, rounding.max(of_limit)), all);
            }
        }
        _ => {}
    }
}

impl Comparison {
    /// Of two summaries as JSON; how the runs went does not count.
    ///
    /// Truth: `compare::tests::numbers_are_matched_by_their_paths`, `compare::tests::entries_of_lists_are_matched_by_their_names`.
    pub fn new(first: &Value, second: &Value) -> Self {
        let of = |summary: &Value| {
            let mut all = BTreeMap::new();
            numbers(summary, "", (false, ROUNDING), &mut all);
            all.retain(|path, _| {
                !EFFORT.iter().any(|e| path == e || path.strip_prefix(e).is_some_and(|rest| rest.starts_with('.')))
            });
            all
        };
        let (a, b) = (of(first), of(second));
        let both = a.iter().filter_map(|(path, x)| b.get(path).map(|y| Pair { second: y.first, ..x.clone() }));
        let mut pairs: Vec<Pair> = both.collect();
        let size = |p: &Pair| match p.is_temperature {
            _ if p.is_rounding() => 0.0,
            true => p.difference().abs(),
            false => p.relative().map_or(f64::INFINITY, f64::abs),
        };
        pairs.sort_by(|p, q| q.is_temperature.cmp(&p.is_temperature).then(size(q).total_cmp(&size(p))));
        let only = |a: &BTreeMap<String, Pair>, b: &BTreeMap<String, Pair>| {
            a.keys().filter(|k| !b.contains_key(*k)).cloned().collect::<Vec<String>>()
        };
        Self { alone: [only(&a, &b), only(&b, &a)], pairs }
    }

    /// Largest difference of a temperature, K, largest relative difference of another number, and how many are 0 in the first alone;
    /// rounding does not count.
    pub fn largest(&self) -> (f64, f64, usize) {
        let of = |t: bool| self.pairs.iter().filter(move |p| p.is_temperature == t && !p.is_rounding());
        let k = of(true).map(|p| p.difference().abs()).fold(0.0, f64::max);
        let relative = of(false).filter_map(Pair::relative).map(f64::abs).fold(0.0, f64::max);
        (k, relative, of(false).filter(|p| p.relative().is_none()).count())
    }

    /// For the terminal: `most` temperatures and `most` other numbers that differ, by more than rounding and than the digits shown.
    pub fn to_text(&self, names: [&str; 2], most: usize) -> String {
        let mut out =
            "changes are second less first: of temperatures in K, of other numbers in percent of the first\n".to_owned();
        let apart = |t: bool| {
            let rows = self.pairs.iter().filter(|p| p.is_temperature == t && !p.is_rounding()).map(|p| (p, p.row()));
            rows.filter(|(_, [a, b, _])| a != b).collect::<Vec<_>>()
        };
        let both = [(apart(true), "temperatures"), (apart(false), "other numbers")];
        let paths = both.iter().flat_map(|(rows, _)| rows.iter().take(most)).map(|(p, _)| p.path.chars().count());
        let wide = paths.max().unwrap_or(0).max(40);
        out += &format!("{:<wide$} {:>14} {:>14} {:>13}\n", "", names[0], names[1], "change");
        for (rows, what) in &both {
            for (p, [first, second, change]) in rows.iter().take(most) {
                out += &format!("{:<wide$} {first:>14} {second:>14} {change:>13}\n", p.path);
            }
            out += &format!("{} of {what} differ, {} are shown\n", rows.len(), rows.len().min(most));
        }
        for (name, alone) in names.iter().zip(&self.alone).filter(|(_, a)| !a.is_empty()) {
            out += &format!("only in {name}: {}\n", alone.join(", "));
        }
        let (k, relative, from_0) = self.largest();
        let from_0 = if from_0 > 0 { format!(", {from_0} numbers from 0") } else { String::new() };
        out + &format!(
            "{} numbers compared, {} of them rounding; largest changes {k:.4} K and {:.4} %{from_0}\n",
            self.pairs.len(),
            self.pairs.iter().filter(|p| p.is_rounding()).count(),
            100.0 * relative
        )
    }

    /// As a table; no relative difference of rounding and from 0.
    pub fn to_csv(&self) -> String {
        let mut out = String::from("path,first,second,difference,relative\n");
        for p in &self.pairs {
            let relative = p.relative().filter(|_| !p.is_rounding()).map_or(String::new(), |r| format!("{r:.6e}"));
            out += &format!("{},{},{},{},{relative}\n", field(&p.path), p.first, p.second, p.difference());
        }
        out
    }

    /// The temperatures that differ most as bars; `None` where none does.
    pub fn to_svg(&self, most: usize) -> Option<String> {
        let apart = |p: &&Pair| p.is_temperature && p.difference() != 0.0 && !p.is_rounding();
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
        assert!((c.pairs[1].relative().unwrap() - 0.25).abs() < 1e-15);
        assert_eq!(c.alone, [vec!["nodes.old.steady_c".to_owned()], vec!["timely".to_owned()]]);
        assert!((c.largest().0 - 2.5).abs() < 1e-15 && (c.largest().1 - 0.25).abs() < 1e-15);
        assert!(c.to_text(["a", "b"], 5).contains("+2.5000 K"), "{}", c.to_text(["a", "b"], 5));
    }

    #[test]
    fn differences_are_over_the_first() {
        let a = json!({"limit": 6.099, "down": 85.0, "bare": 0.0, "below": -4.0, "noise_w": 1e-12, "still": 0.0});
        let b = json!({"limit": 85.0, "down": 6.099, "bare": 3.0, "below": -5.0, "noise_w": -3e-11, "still": 0.0});
        let c = Comparison::new(&a, &b);
        let of = |path: &str| c.pairs.iter().find(|p| p.path == path).unwrap();
        assert!((of("limit").relative().unwrap() - (85.0 - 6.099) / 6.099).abs() < 1e-12);
        assert!((of("down").relative().unwrap() + (85.0 - 6.099) / 85.0).abs() < 1e-12);
        assert!((of("below").relative().unwrap() + 0.25).abs() < 1e-15, "further below 0 is less");
        assert_eq!((of("bare").relative(), of("still").relative()), (None, Some(0.0)));
        assert_eq!((c.largest().2, c.pairs[0].path.as_str()), (1, "bare"));
        let text = c.to_text(["a", "b"], 9);
        assert!(text.contains("percent of the first") && text.contains("+1293.671 %") && text.contains("from 0"), "{text}");
        assert!(!text.contains("noise_w") && text.contains("4 of other numbers differ"), "{text}");
        assert!(c.to_csv().contains("\nbare,0,3,3,\n"), "{}", c.to_csv());
    }

    #[test]
    fn entries_of_lists_are_matched_by_their_names() {
        let check =
            |what: &str, value: f64, limit: f64, unit: &str| json!({"what": what, "value": value, "limit": limit, "unit": unit});
        let a = json!({
            "checks": [check("balance", 1e-15, 1e-6, ""), check("junction", 84.0, 85.0, "°C"), check("punctures", 6.0, 6.1, "")],
            "touches": [{"a": "lid", "b": "deck", "heat_w": 1.0}, {"a": "lid", "b": "deck", "heat_w": 2.0}],
            "claims": [{"says": "ten", "found": 10.0}], "angles_deg": [1.0, 2.0],
        });
        let b = json!({
            "checks": [check("punctures", 3.0, 6.1, ""), check("balance", 5e-12, 1e-6, ""), check("junction", 84.5, 85.0, "°C")],
            "touches": [{"a": "lid", "b": "deck", "heat_w": 1.0}, {"a": "lid", "b": "deck", "heat_w": 3.0}],
            "claims": [{"says": "two", "found": 2.0}, {"says": "ten", "found": 11.0}], "angles_deg": [1.0, 2.0],
        });
        let c = Comparison::new(&a, &b);
        let found: Vec<(&str, f64)> = c
            .pairs
            .iter()
            .filter(|p| p.difference() != 0.0 && !p.is_rounding())
            .map(|p| (p.path.as_str(), p.difference()))
            .collect();
        assert_eq!(
            found,
            [
                ("checks.junction.value", 0.5),
                ("checks.punctures.value", -3.0),
                ("touches.lid – deck (2).heat_w", 1.0),
                ("claims.ten.found", 1.0)
            ]
        );
        assert_eq!(c.alone, [vec![], vec!["claims.two.found".to_owned()]]);
        assert!((c.largest().0 - 0.5).abs() < 1e-12 && !c.to_text(["a", "b"], 9).contains("balance"));
    }
}
