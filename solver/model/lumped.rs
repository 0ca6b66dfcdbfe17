//! Lumped nodes and what joins them as meant: names resolved, contradictions found, SI.

use super::components::{self, Components};
use super::curve::Curve;
use crate::case::assembly::Assembly;
use crate::case::lumped::{Conductor, Melting, Node};
use crate::case::{CaseError, Source, suggest};
use crate::quantity::{Conductance, ExchangeArea, HeatCapacity, KelvinStep, NodeCelsius, NodePower, Quantity, Seconds};
use std::collections::BTreeMap;

/// A value in time: straight between points, constant before the first and beyond the last; two points of one time are a jump.
/// It may begin again after a period.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    points: Vec<(f64, f64)>,
    /// s; infinite if it does not begin again.
    period_s: f64,
}

impl Table {
    /// A value that stays.
    pub fn constant(value: f64) -> Self {
        Self { points: vec![(0.0, value)], period_s: f64::INFINITY }
    }

    /// Value at a time from 0 on; at a jump the one after it.
    pub fn at(&self, time_s: f64) -> f64 {
        // The beginning of a turn may be rounded down.
        let t = (time_s * (1.0 + f64::EPSILON)).rem_euclid(self.period_s);
        let next = self.points.partition_point(|p| p.0 <= t);
        match (next.checked_sub(1).map(|k| self.points[k]), self.points.get(next)) {
            (Some((t0, a)), Some((t1, b))) => a + (b - a) * (t - t0) / (t1 - t0),
            (Some((_, a)), None) => a,
            (None, _) => self.points[0].1,
        }
    }

    /// Mean over its own period, or where it does not begin again from 0 s to `span_s`. Truth: `networks::tables_have_their_means`.
    pub fn mean(&self, span_s: f64) -> f64 {
        let end = if self.period_s.is_finite() { self.period_s } else { span_s };
        let (mut sum, mut last) = (0.0, (0.0, self.points[0].1));
        for &(t, v) in &self.points {
            if t > end {
                let at_end = last.1 + (v - last.1) * (end - last.0) / (t - last.0);
                return (sum + 0.5 * (last.1 + at_end) * (end - last.0)) / end;
            }
            sum += 0.5 * (last.1 + v) * (t - last.0);
            last = (t, v);
        }
        (sum + last.1 * (end - last.0)) / end
    }

    /// Whether it changes, and does not begin again with a period or a part of it.
    pub fn differs_from_turn_to_turn(&self, period_s: f64) -> bool {
        let turns = period_s / self.period_s;
        !self.is_constant() && (turns < 0.5 || (turns - turns.round()).abs() > 1e-6 * turns)
    }

    /// Whether it is 0 at all times.
    pub fn is_zero(&self) -> bool {
        self.points.iter().all(|p| p.1 == 0.0)
    }

    /// `share` of it, and `more` beside.
    pub fn scaled(&self, share: f64, more: f64) -> Self {
        Self { points: self.points.iter().map(|(t, v)| (*t, more + share * v)).collect(), ..*self }
    }

    /// Its points, s and value.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The time after which it begins again, s; infinite if it does not.
    pub fn period_s(&self) -> f64 {
        self.period_s
    }

    /// Whether it is the same at all times.
    pub fn is_constant(&self) -> bool {
        self.points.iter().all(|p| p.1 == self.points[0].1)
    }

    /// First time after a time at which it may jump or bend: of a point, or of a new beginning; infinite if there is none.
    pub fn next_s(&self, after_s: f64) -> f64 {
        // Times that meet but for rounding are one.
        let (times, after_s) = (self.points.iter().map(|p| p.0), after_s * (1.0 + 1e-14));
        if self.is_constant() {
            f64::INFINITY
        } else if self.period_s == f64::INFINITY {
            times.filter(|t| *t > after_s).fold(f64::INFINITY, f64::min)
        } else {
            let turn = (after_s / self.period_s).floor();
            let begun = |n: f64| times.clone().chain([0.0]).filter(|t| *t < self.period_s).map(move |t| n * self.period_s + t);
            let near = [turn, turn + 1.0].into_iter().flat_map(begun);
            near.filter(|t| *t > after_s).fold(f64::INFINITY, f64::min)
        }
    }
}

/// Temperatures that a node or part is to stay between, K.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limits {
    /// In operation.
    pub operating_k: Option<(f64, f64)>,
    /// Of the qualification.
    pub qualification_k: Option<(f64, f64)>,
    /// Uncertainty of the prediction.
    pub uncertainty_k: f64,
}

/// Limits as written.
type Given = (Option<(NodeCelsius, NodeCelsius)>, Option<(NodeCelsius, NodeCelsius)>, Option<KelvinStep>);

impl Limits {
    /// Those of `key`. Errors: low ends that are not below high ones.
    pub(super) fn new(source: &Source, key: &str, (operating_c, qualification_c, uncertainty): Given) -> (Self, Vec<CaseError>) {
        let mut errors = vec![];
        let mut limits = |what: &str, limits: Option<(NodeCelsius, NodeCelsius)>| {
            let (low, high) = limits?;
            if low.get() >= high.get() {
                let message = format!("{} °C is not below {} °C", low.get(), high.get());
                errors.push(source.error(&format!("{key}.{what}"), message, "give [lowest, highest]"));
            }
            Some((low.si(), high.si()))
        };
        let operating_k = limits("operating_c", operating_c);
        let qualification_k = limits("qualification_c", qualification_c);
        (Self { operating_k, qualification_k, uncertainty_k: uncertainty.map_or(0.0, KelvinStep::si) }, errors)
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct LumpedNode {
    /// Name.
    pub name: String,
    /// Temperature it is held at, K.
    pub held_k: Option<Table>,
    /// Heat capacity in time, J/K.
    pub capacity_j_per_k: Option<Table>,
    /// Factor on the capacity by temperature.
    pub capacity_curve: Option<Curve>,
    /// Heat in time, W.
    pub power_w: Table,
    /// Temperature at the start, K.
    pub start_k: Option<f64>,
    /// Its limits.
    pub limits: Limits,
}

/// What a conductor is; conductances in time.
#[derive(Clone, Debug)]
pub enum Path {
    /// GL, W/K.
    Linear(Table),
    /// GL where the factor is 1, and the factor by temperature.
    LinearBy(f64, Curve),
    /// GL where the factor is 1, W/K, the factor by the temperature of a, and whether heat only goes from a to b.
    Controlled(f64, Option<Curve>, bool),
    /// GR, m².
    Radiative(Table),
    /// GF, W/K.
    Flow(Table),
}

/// A conductor.
#[derive(Clone, Debug)]
pub struct LumpedConductor {
    /// Name.
    pub name: String,
    /// Node, upstream of a flow.
    pub a: usize,
    /// Node, downstream of a flow.
    pub b: usize,
    /// What it is.
    pub path: Path,
    /// Most heat it may carry, W.
    pub most_w: Option<f64>,
    /// Least heat with which it starts, W.
    pub start_w: Option<f64>,
}

/// A thermoelectric cooler.
#[derive(Clone, Debug)]
pub struct LumpedCooler {
    /// Name.
    pub name: String,
    /// Cold node.
    pub cold: usize,
    /// Hot node.
    pub hot: usize,
    /// `S I`, W/K.
    pub pumped_w_per_k: f64,
    /// `I² R`, W.
    pub joule_w: f64,
    /// K, W/K.
    pub gl_w_per_k: f64,
}

/// Lumped nodes and what joins them.
#[derive(Debug, Default)]
pub struct LumpedModel {
    /// Nodes, by name.
    pub nodes: Vec<LumpedNode>,
    /// Conductors, by name.
    pub conductors: Vec<LumpedConductor>,
    /// Coolers, by name.
    pub coolers: Vec<LumpedCooler>,
    /// Exchangers, loops and heaters.
    pub components: Components,
    /// Groups by name, with what names their members.
    pub groups: Vec<(String, Vec<String>)>,
}

/// A point of a table in time, as written.
type Point<V> = (Seconds, V);

/// A value of `key`, constant (`one`) or by time (`by_s`, after `period_s` from its beginning again); `None` where neither is given.
pub(super) fn in_time<V: Quantity>(
    source: &Source,
    (key, one, by_s): (&str, &str, &str),
    (one_given, points_given): (Option<V>, Option<&[Point<V>]>),
    period_s: Option<Seconds>,
    fail: &mut dyn FnMut(CaseError),
) -> Option<Table> {
    let (key, period_s) = (format!("{key}.{by_s}"), period_s.map_or(f64::INFINITY, Seconds::si));
    let points: Vec<(f64, f64)> = match (one_given, points_given) {
        (one, None) => return one.map(|v| Table::constant(v.si())),
        (Some(_), Some(_)) => {
            fail(source.error(&key, format!("is given beside `{one}`"), "keep one of them"));
            return Some(Table::constant(1.0));
        }
        (None, Some(points)) => points.iter().map(|(t, v)| (t.si(), v.si())).collect(),
    };
    let jump = points.windows(3).any(|w| w[0].0 == w[2].0);
    if points.is_empty() || jump || points.windows(2).any(|w| w[1].0 < w[0].0) {
        let help = "give pairs [time, value] in the order of time";
        fail(source.error(&key, "times must ascend; one time may stand twice", help));
        return Some(Table::constant(1.0));
    }
    if let Some((last, _)) = points.last().filter(|p| period_s > 0.0 && p.0 > period_s) {
        let message = format!("ends at {last} s, after its period of {period_s} s");
        fail(source.error(&key, message, "the table begins again after period_s: let it end there or before"));
    }
    Some(Table { points, period_s })
}

/// That `period_s` of `key` begins a table again.
pub(super) fn period(source: &Source, key: &str, period_s: Option<Seconds>, tables: bool) -> Option<CaseError> {
    let key = format!("{key}.period_s");
    if period_s.is_some_and(|p| p.si() <= 0.0) {
        return Some(source.error(&key, "must be above 0", "give the time after which the tables begin again"));
    }
    (period_s.is_some() && !tables).then(|| source.error(&key, "has no effect without a table in time", "leave it out"))
}

/// Resolves names of nodes and gathers mistakes.
pub(super) struct Resolver<'a> {
    source: &'a Source,
    place: BTreeMap<&'a str, usize>,
    errors: Vec<CaseError>,
}

impl Resolver<'_> {
    pub(super) fn error(&mut self, key: &str, message: impl Into<String>, help: &str) {
        self.errors.push(self.source.error(key, message, help));
    }

    /// Name of a node.
    pub(super) fn name(&self, node: usize) -> String {
        self.place.iter().find(|p| *p.1 == node).map_or_else(String::new, |p| (*p.0).to_owned())
    }

    pub(super) fn node(&mut self, key: &str, name: &str) -> usize {
        if let Some(k) = self.place.get(name) {
            return *k;
        }
        let help = suggest(name, self.place.keys().copied());
        self.error(key, format!("no node is named `{name}`"), &help);
        0
    }

    pub(super) fn ends(&mut self, key: &str, (a, b): (&str, &str), (first, second): (&str, &str)) -> (usize, usize) {
        let ends = (self.node(&format!("{key}.{first}"), a), self.node(&format!("{key}.{second}"), b));
        if a == b {
            self.error(key, format!("leads from `{a}` to itself"), "name two nodes");
        }
        ends
    }

    /// [`in_time`], its errors kept.
    fn in_time<V: Quantity>(
        &mut self,
        names: (&str, &str, &str),
        given: (Option<V>, Option<&[Point<V>]>),
        period_s: Option<Seconds>,
    ) -> Option<Table> {
        let mut add = |e| self.errors.push(e);
        in_time(self.source, names, given, period_s, &mut add)
    }

    /// `period_s` needs a table that begins again.
    fn period(&mut self, key: &str, period_s: Option<Seconds>, tables: bool) {
        self.errors.extend(period(self.source, key, period_s, tables));
    }

    fn melting(&mut self, key: &str, m: &Melting, capacity_j_per_k: Option<f64>) -> Option<Curve> {
        let (low, high) = (m.solidus_c.si(), m.liquidus_c.si());
        let Some(capacity) = capacity_j_per_k else {
            self.error(key, "a node that melts needs a constant heat capacity", "give capacity_j_per_k of the solid");
            return None;
        };
        if high <= low {
            self.error(key, "the liquidus must be above the solidus", "a pure substance: leave half a kelvin between");
            return None;
        }
        // Area of the triangle: ½ (high − low) · peak = latent heat over capacity.
        let peak = 2.0 * m.latent_j.si() / (capacity * (high - low));
        Curve::new(&[(low, 1.0), (0.5 * (low + high), 1.0 + peak), (high, 1.0)]).ok()
    }

    fn lumped(&mut self, name: &str, n: &Node) -> LumpedNode {
        let key = format!("nodes.{name}");
        let at = |part: &str| format!("{key}.{part}");
        let held = (n.temperature_c, n.temperature_by_s.as_deref());
        let held_k = self.in_time::<NodeCelsius>((&key, "temperature_c", "temperature_by_s"), held, n.period_s);
        let power = (n.power_w, n.power_by_s.as_deref());
        let power_w = self.in_time::<NodePower>((&key, "power_w", "power_by_s"), power, n.period_s);
        let capacity = (n.capacity_j_per_k, n.capacity_by_s.as_deref());
        let capacity_j_per_k = self.in_time::<HeatCapacity>((&key, "capacity_j_per_k", "capacity_by_s"), capacity, n.period_s);
        self.period(&key, n.period_s, n.temperature_by_s.is_some() || n.power_by_s.is_some() || n.capacity_by_s.is_some());
        if held_k.is_some() {
            let given = [
                (n.capacity_j_per_k.is_some(), "capacity_j_per_k"),
                (n.capacity_by_s.is_some(), "capacity_by_s"),
                (n.melting.is_some(), "melting"),
                (n.start_c.is_some(), "start_c"),
                (n.power_w.is_some(), "power_w"),
                (n.power_by_s.is_some(), "power_by_s"),
            ];
            for (_, what) in given.into_iter().filter(|g| g.0) {
                self.error(&at(what), "has no effect on a node that is held at a temperature", "leave it out");
            }
        }
        let (limits, errors) = Limits::new(self.source, &key, (n.operating_c, n.qualification_c, n.uncertainty_k));
        self.errors.extend(errors);
        let solid = n.capacity_j_per_k.map(HeatCapacity::si);
        let capacity_curve = n.melting.as_ref().and_then(|m| self.melting(&at("melting"), m, solid));
        LumpedNode {
            name: name.to_owned(),
            held_k,
            capacity_j_per_k,
            capacity_curve,
            power_w: power_w.unwrap_or_else(|| Table::constant(0.0)),
            start_k: n.start_c.map(NodeCelsius::si),
            limits,
        }
    }

    /// A conductance by temperature: the first one, and the factor on it.
    fn by_temperature(&mut self, key: &str, points: &[(NodeCelsius, Conductance)]) -> Option<(f64, Curve)> {
        let first = points.first().map_or(1.0, |p| p.1.si());
        let factors: Vec<(f64, f64)> = points.iter().map(|(t, g)| (t.si(), g.si() / first)).collect();
        match Curve::new(&factors) {
            Ok(curve) => Some((first, curve)),
            Err(e) => {
                self.error(key, e.to_string(), "give pairs [°C, W/K] in the order of temperature");
                None
            }
        }
    }

    fn conductor(&mut self, name: &str, c: &Conductor) -> LumpedConductor {
        let key = format!("conductors.{name}");
        let (a, b) = self.ends(&key, (&c.a, &c.b), ("a", "b"));
        let period = c.period_s;
        let linear = (c.gl_w_per_k, c.gl_by_s.as_deref());
        let linear = self.in_time::<Conductance>((&key, "gl_w_per_k", "gl_by_s"), linear, period);
        let radiative = self.in_time::<ExchangeArea>((&key, "gr_m2", "gr_by_s"), (c.gr_m2, c.gr_by_s.as_deref()), period);
        let flow = (c.gf_w_per_k, c.gf_by_s.as_deref());
        let flow = self.in_time::<Conductance>((&key, "gf_w_per_k", "gf_by_s"), flow, period);
        self.period(&key, period, c.gl_by_s.is_some() || c.gr_by_s.is_some() || c.gf_by_s.is_some());
        let path = match (linear, &c.gl_by_c, &c.gl_by_a_c, radiative, flow) {
            (Some(g), None, None, None, None) if !c.one_way => Path::Linear(g),
            (Some(g), None, None, None, None) if c.gl_by_s.is_none() => Path::Controlled(g.at(0.0), None, true),
            (None, Some(points), None, None, None) => match self.by_temperature(&format!("{key}.gl_by_c"), points) {
                Some((first, curve)) => Path::LinearBy(first, curve),
                None => Path::Linear(Table::constant(1.0)),
            },
            (None, None, Some(points), None, None) => match self.by_temperature(&format!("{key}.gl_by_a_c"), points) {
                Some((first, curve)) => Path::Controlled(first, Some(curve), c.one_way),
                None => Path::Linear(Table::constant(1.0)),
            },
            (None, None, None, Some(g), None) => Path::Radiative(g),
            (None, None, None, None, Some(g)) => Path::Flow(g),
            (Some(_), None, None, None, None) => Path::Linear(Table::constant(1.0)),
            _ => {
                let help = "give gl_w_per_k, gl_by_c, gl_by_a_c, gl_by_s, gr_m2, gr_by_s, gf_w_per_k or gf_by_s; two paths are two conductors";
                self.error(&key, "needs exactly one kind of conductance", help);
                Path::Linear(Table::constant(1.0))
            }
        };
        if c.one_way && c.gl_w_per_k.is_none() && c.gl_by_a_c.is_none() {
            self.error(
                &format!("{key}.one_way"),
                "needs `gl_w_per_k` or `gl_by_a_c`",
                "a fluid conductor leads one way by itself",
            );
        }
        let [most_w, start_w] = [c.most_w, c.start_w].map(|w| w.map(crate::quantity::Watts::si));
        LumpedConductor { name: name.to_owned(), a, b, path, most_w, start_w }
    }
}

impl LumpedModel {
    /// Key of a node or conductor that changes in time otherwise than with a period.
    pub fn differs_from_turn_to_turn(&self, period_s: f64) -> Option<String> {
        let differs = |t: &Table| t.differs_from_turn_to_turn(period_s);
        let node = |n: &&LumpedNode| n.held_k.iter().chain(&n.capacity_j_per_k).chain([&n.power_w]).any(differs);
        let conductor = |c: &&LumpedConductor| match &c.path {
            Path::Linear(t) | Path::Radiative(t) | Path::Flow(t) => differs(t),
            Path::LinearBy(..) | Path::Controlled(..) => false,
        };
        let of_node = self.nodes.iter().find(node).map(|n| format!("nodes.{}", n.name));
        of_node.or_else(|| self.conductors.iter().find(conductor).map(|c| format!("conductors.{}", c.name)))
    }

    /// Resolves the nodes of a case. Errors: unknown names, contradictions, nodes from which no heat can leave.
    pub fn new(source: &Source, case: &Assembly) -> Result<Self, Vec<CaseError>> {
        let place = case.nodes.keys().enumerate().map(|(k, n)| (n.as_str(), k)).collect();
        let mut r = Resolver { source, place, errors: vec![] };
        let nodes: Vec<LumpedNode> = case.nodes.iter().map(|(name, n)| r.lumped(name, n)).collect();
        let conductors: Vec<LumpedConductor> = case.conductors.iter().map(|(name, c)| r.conductor(name, c)).collect();
        let coolers: Vec<LumpedCooler> = case
            .coolers
            .iter()
            .map(|(name, c)| {
                let (cold, hot) = r.ends(&format!("coolers.{name}"), (&c.cold, &c.hot), ("cold", "hot"));
                let current = c.current_a.si();
                LumpedCooler {
                    name: name.clone(),
                    cold,
                    hot,
                    pumped_w_per_k: c.seebeck_v_per_k.si() * current,
                    joule_w: current * current * c.resistance_ohm.si(),
                    gl_w_per_k: c.gl_w_per_k.si(),
                }
            })
            .collect();
        let components = components::resolve(&mut r, (&case.exchangers, &case.loops, &case.heaters));
        if r.errors.is_empty() {
            // A part that a node is linked to gives heat away by itself.
            let linked = |n: &LumpedNode| case.links.iter().any(|l| l.node == n.name);
            let begin = nodes.iter().map(|n| n.held_k.is_some() || linked(n)).collect();
            let reached = reached(begin, &conductors, &coolers, &components);
            for (n, _) in nodes.iter().zip(reached).filter(|(_, reached)| !reached) {
                let message = "no path leads from it to a node that is held at a temperature, nor to a part";
                let help = "add a conductor, a link to a part, or a boundary node with temperature_c";
                r.error(&format!("nodes.{}", n.name), message, help);
            }
        }
        if !r.errors.is_empty() {
            return Err(r.errors);
        }
        let groups = case.groups.clone().into_iter().collect();
        Ok(Self { nodes, conductors, coolers, components, groups })
    }
}

/// Which nodes those that are `reached` already hold: across conductors in both directions, with a flow only downstream.
fn reached(
    mut reached: Vec<bool>,
    conductors: &[LumpedConductor],
    coolers: &[LumpedCooler],
    components: &Components,
) -> Vec<bool> {
    let mut paths = vec![vec![]; reached.len()];
    for c in conductors {
        paths[c.a].push(c.b);
        if !matches!(c.path, Path::Flow(_)) {
            paths[c.b].push(c.a);
        }
    }
    for (a, b) in coolers.iter().map(|c| (c.cold, c.hot)).chain(components.paths()) {
        paths[a].push(b);
        paths[b].push(a);
    }
    let mut open: Vec<usize> = (0..reached.len()).filter(|&k| reached[k]).collect();
    while let Some(k) = open.pop() {
        for &next in &paths[k] {
            if !reached[next] {
                reached[next] = true;
                open.push(next);
            }
        }
    }
    reached
}
