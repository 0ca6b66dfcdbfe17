//! A model as a deck.

use super::{Conductor, Deck, Kind, Node, Path, Place, Remark, Run, Value};
use crate::model::assembly::Assembly;
use crate::model::curve::Curve;
use crate::model::lumped::{Limits, LumpedModel, Path as ModelPath, Table};
use std::collections::BTreeSet;

/// Submodel of nodes whose names are no places.
const MAIN: &str = "MAIN";
/// Points that a table which begins again may come to.
const MOST_POINTS: usize = 100_000;

impl Value {
    fn of_table(table: &Table) -> Self {
        if table.is_constant() {
            return Self::Constant(table.at(0.0));
        }
        let period_s = Some(table.period_s()).filter(|p| p.is_finite());
        Self::InTime { points: table.points().to_vec(), period_s }
    }

    fn of_curve(value: f64, curve: &Curve) -> Self {
        Self::ByTemperature(curve.points().map(|(t, f)| (t, f * value)).collect())
    }
}

impl Deck {
    /// The nodes of an assembly as a deck, with what decks have no place for; parts must have become nodes before. A conductor without
    /// a name gets none but its place in the deck.
    pub fn of_model(assembly: &Assembly) -> Self {
        let model = &assembly.lumped;
        let mut remarks = beside(assembly);
        let mut say = |what: String, lost: bool| remarks.push(Remark { line: 0, what, lost });
        let mut places = places(&model.nodes.iter().map(|n| n.name.as_str()).collect::<Vec<_>>()).into_iter();
        let mut nodes = vec![];
        for n in &model.nodes {
            let kind = match (&n.held_k, &n.capacity_j_per_k, &n.capacity_curve) {
                (Some(t), ..) => Kind::Held(Value::of_table(t)),
                (None, Some(c), None) => Kind::Diffusion(Value::of_table(c)),
                (None, Some(c), Some(curve)) => Kind::Diffusion(Value::of_curve(c.at(0.0), curve)),
                (None, None, _) => Kind::Arithmetic,
            };
            if n.limits != Limits::default() {
                say(format!("node {}: limits and uncertainty have no place in a deck", n.name), false);
            }
            let place = places.next().expect("one for each");
            let power_w = Value::of_table(&n.power_w);
            nodes.push(Node { name: n.name.clone(), place, kind, start_k: n.start_k, power_w });
        }
        let mut conductors = vec![];
        for c in &model.conductors {
            let (path, value) = match &c.path {
                ModelPath::Linear(t) => (Path::Linear, Value::of_table(t)),
                ModelPath::LinearBy(g, curve) => (Path::Linear, Value::of_curve(*g, curve)),
                ModelPath::Controlled(g, ..) => {
                    say(format!("conductor {}: that it follows one end or leads one way needs logic", c.name), true);
                    (Path::Linear, Value::Constant(*g))
                }
                ModelPath::Radiative(t) => (Path::Radiative, Value::of_table(t)),
                ModelPath::Flow(t) => (Path::Flow, Value::of_table(t)),
            };
            if c.most_w.is_some() {
                say(format!("conductor {}: the limit of its heat has no place in a deck", c.name), false);
            }
            conductors.push(Conductor { name: c.name.clone(), a: c.a, b: c.b, path, value });
        }
        for c in &model.coolers {
            say(format!("cooler {}: decks have no thermoelectric coolers without logic", c.name), true);
        }
        let names: BTreeSet<&str> = model.nodes.iter().map(|n| n.name.as_str()).collect();
        if model.groups.iter().any(|g| !names.contains(g.0.as_str())) {
            say("groups have no place in a deck; submodels follow from names such as SUB_12".into(), false);
        }
        let run = assembly.transient.as_ref().and_then(|t| Some((t, t.until_s?))).map(|(t, until_s)| {
            let free = |n: &&Node| matches!(n.kind, Kind::Diffusion(_));
            let given = nodes.iter().filter(free).filter(|n| n.start_k.is_some()).count();
            if given > 0 && given < nodes.iter().filter(free).count() {
                say("some nodes begin at the steady state, others at a temperature: decks know one or the other".into(), true);
            }
            Run { until_s: until_s.si(), every_s: t.every_s.si(), from_steady: given == 0 }
        });
        Self { title: assembly.name.clone(), nodes, conductors, run, remarks }
    }
}

/// What an assembly has beside parts, nodes, conductors and coolers, all of it left out.
pub(super) fn beside(assembly: &Assembly) -> Vec<Remark> {
    let LumpedModel { components, .. } = &assembly.lumped;
    let exchangers = components.exchangers.iter().map(|e| ("exchanger", &e.name, "streams"));
    let loops = components.loops.iter().map(|l| ("loop", &l.name, "tubes and flows"));
    let heaters = components.heaters.iter().map(|h| ("heater", &h.name, "control"));
    let all = exchangers.chain(loops).chain(heaters);
    let lost =
        |(kind, name, what): (&str, &String, &str)| Remark { line: 0, what: format!("{kind} {name}: its {what}"), lost: true };
    all.map(lost).collect()
}

/// A place for each name: the one it stands for, or the next free number of MAIN.
fn places(names: &[&str]) -> Vec<Place> {
    let given: Vec<Option<Place>> = names.iter().map(|n| Place::of_name(n)).collect();
    let taken: BTreeSet<&Place> = given.iter().flatten().collect();
    let mut next = 0;
    let mut free = || loop {
        next += 1;
        let place = Place { submodel: MAIN.to_owned(), number: next };
        if !taken.contains(&place) {
            return place;
        }
    };
    given.iter().map(|p| p.clone().unwrap_or_else(&mut free)).collect()
}

/// Numbers of conductors in submodels.
pub(super) struct Numbers {
    submodels: BTreeSet<String>,
    top: String,
    taken: BTreeSet<Place>,
    next: u64,
}

impl Numbers {
    pub(super) fn new(deck: &Deck) -> Self {
        let submodels: BTreeSet<String> = deck.nodes.iter().map(|n| n.place.submodel.clone()).collect();
        let top = submodels.iter().find(|s| *s == MAIN).or(submodels.first()).cloned().unwrap_or_else(|| MAIN.into());
        let taken = deck.conductors.iter().filter_map(|c| Place::of_name(&c.name)).collect();
        Self { submodels, top, taken, next: 0 }
    }

    /// Where a conductor of a name stands: at the place that the name stands for if a node's submodel has it.
    pub(super) fn of(&mut self, name: &str) -> Place {
        if let Some(place) = Place::of_name(name).filter(|p| self.submodels.contains(&p.submodel)) {
            return place;
        }
        loop {
            self.next += 1;
            let place = Place { submodel: self.top.clone(), number: self.next };
            if self.taken.insert(place.clone()) {
                return place;
            }
        }
    }
}

/// A table that begins again as one that does not, until the end of the run.
pub(super) fn unroll(value: &Value, until_s: Option<f64>, what: &str, remarks: &mut Vec<Remark>) -> Value {
    let Value::InTime { points, period_s: Some(period) } = value else { return value.clone() };
    let mut all = vec![];
    let most = u32::try_from(MOST_POINTS / points.len()).map_or(1, |n| n.max(1));
    let turns = (0..most).take_while(|k| *k == 0 || until_s.is_some_and(|u| f64::from(*k) * period < u)).count();
    let turns = u32::try_from(turns).unwrap_or(most);
    let cut = turns == most || until_s.is_none();
    for k in 0..turns {
        // Between turns the value jumps from the last point to the first, each held to its end of the turn.
        let at = |t: f64| f64::from(k) * period + t;
        let (first, last) = (points[0], points[points.len() - 1]);
        all.extend((first.0 > 0.0).then_some((at(0.0), first.1)));
        all.extend(points.iter().map(|(t, v)| (at(*t), *v)));
        all.extend((last.0 < *period).then_some((at(*period), last.1)));
    }
    let message = if cut { "is written for some of its turns only" } else { "is written as one of all turns" };
    remarks.push(Remark { line: 0, what: format!("{what}: a table that begins again {message}"), lost: cut });
    Value::InTime { points: all, period_s: None }
}
