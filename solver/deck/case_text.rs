//! The text of a case.

use super::{Conductor, Deck, Kind, Node, Path, Value, celsius, melting, plain};
use std::collections::BTreeMap;
use std::fmt::Write;

/// A text in quotes.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(plain(text)).to_string()
}

/// A key, bare where it may be.
pub(super) fn key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if bare { name.to_owned() } else { quoted(name) }
}

/// Points as a list.
fn list(points: &[(f64, f64)], x: impl Fn(f64) -> f64, v: impl Fn(f64) -> f64) -> String {
    let all: Vec<String> = points.iter().map(|p| format!("[{:?}, {:?}]", x(p.0), v(p.1))).collect();
    format!("[{}]", all.join(", "))
}

/// Keys of one entry.
#[derive(Default)]
pub(super) struct Keys {
    all: Vec<String>,
    period_s: Vec<f64>,
}

impl Keys {
    pub(super) fn put(&mut self, key: &str, value: impl std::fmt::Display) {
        self.all.push(format!("{key} = {value}"));
    }

    /// A value as `one`, as `by_s`, or by temperature as `by_c`.
    pub(super) fn value(&mut self, value: &Value, (one, by_s, by_c): (&str, &str, &str), unit: impl Fn(f64) -> f64) {
        match value {
            Value::Constant(v) => self.put(one, format!("{:?}", unit(*v))),
            Value::InTime { points, period_s } => {
                self.put(by_s, list(points, |t| t, unit));
                self.period_s.extend(period_s);
            }
            Value::ByTemperature(points) => self.put(by_c, list(points, celsius, unit)),
        }
    }

    /// Every key with its value.
    pub(super) fn lines(mut self) -> impl Iterator<Item = String> {
        if let Some(p) = self.period_s.first().copied() {
            self.put("period_s", format!("{p:?}"));
        }
        self.all.into_iter()
    }

    fn line(self, name: &str) -> String {
        format!("{} = {{ {} }}\n", key(name), self.lines().collect::<Vec<_>>().join(", "))
    }
}

fn node(n: &Node) -> String {
    let mut keys = Keys::default();
    match &n.kind {
        Kind::Held(t) => keys.value(t, ("temperature_c", "temperature_by_s", ""), celsius),
        Kind::Diffusion(Value::ByTemperature(points)) => {
            if let Some((c, latent, low, high)) = melting(points) {
                keys.put("capacity_j_per_k", format!("{c:?}"));
                let (low, high) = (celsius(low), celsius(high));
                keys.put("melting", format!("{{ latent_j = {latent:?}, solidus_c = {low:?}, liquidus_c = {high:?} }}"));
            }
        }
        Kind::Diffusion(c) => keys.value(c, ("capacity_j_per_k", "capacity_by_s", ""), |c| c),
        Kind::Arithmetic => (),
    }
    if n.power_w != Value::Constant(0.0) {
        keys.value(&n.power_w, ("power_w", "power_by_s", ""), |q| q);
    }
    if let Some(t) = n.start_k {
        keys.put("start_c", format!("{:?}", celsius(t)));
    }
    keys.line(&n.name)
}

fn conductor(c: &Conductor, deck: &Deck) -> String {
    let mut keys = Keys::default();
    keys.put("a", quoted(&deck.nodes[c.a].name));
    keys.put("b", quoted(&deck.nodes[c.b].name));
    let names = match c.path {
        Path::Linear => ("gl_w_per_k", "gl_by_s", "gl_by_c"),
        Path::Radiative => ("gr_m2", "gr_by_s", ""),
        Path::Flow => ("gf_w_per_k", "gf_by_s", ""),
    };
    keys.value(&c.value, names, |g| g);
    keys.line(&c.name)
}

impl Deck {
    /// The text of a case, which runs as it is. Submodels become groups. Truth: `decks::*`.
    pub fn to_case(&self) -> String {
        let title = if self.title.trim().is_empty() { "Network" } else { &self.title };
        let mut out = format!("name = {}\n\n[nodes]\n", quoted(title));
        self.nodes.iter().for_each(|n| out += &node(n));
        if !self.conductors.is_empty() {
            out += "\n[conductors]\n";
            self.conductors.iter().for_each(|c| out += &conductor(c, self));
        }
        let mut groups: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for n in &self.nodes {
            groups.entry(&n.place.submodel).or_default().push(quoted(&n.name));
        }
        if groups.len() > 1 {
            out += "\n[groups]\n";
            for (name, nodes) in groups {
                let _ = writeln!(out, "{} = [{}]", key(name), nodes.join(", "));
            }
        }
        if let Some(run) = &self.run {
            let _ = write!(out, "\n[transient]\nuntil_s = {:?}\nevery_s = {:?}\n", run.until_s, run.every_s);
        }
        out
    }
}
