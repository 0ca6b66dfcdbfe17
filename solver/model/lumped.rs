//! The network of a case of lumped nodes as meant: names resolved, contradictions found, SI.

use super::curve::Curve;
use crate::case::lumped::{Conductor, Lumped, March, Melting, Node};
use crate::case::schema::{Output, Solver};
use crate::case::{CaseError, CaseErrors, CaseFile, Source, suggest};
use crate::quantity::{NodeCelsius, NodePower, Seconds};
use std::collections::BTreeMap;

/// A value in time: straight between points, constant before the first and beyond the last; two points of one time are a jump.
#[derive(Clone, Debug, PartialEq)]
pub struct Table(Vec<(f64, f64)>);

impl Table {
    /// Value at a time; at a jump the one after it.
    pub fn at(&self, time_s: f64) -> f64 {
        let next = self.0.partition_point(|p| p.0 <= time_s);
        match (next.checked_sub(1).map(|k| self.0[k]), self.0.get(next)) {
            (Some((t0, a)), Some((t1, b))) => a + (b - a) * (time_s - t0) / (t1 - t0),
            (Some((_, a)), None) => a,
            (None, _) => self.0[0].1,
        }
    }
    /// First time of a point after a time; infinite if there is none.
    pub fn next_s(&self, after_s: f64) -> f64 {
        self.0.iter().map(|p| p.0).find(|t| *t > after_s).unwrap_or(f64::INFINITY)
    }
}

/// A node.
#[derive(Clone, Debug)]
pub struct LumpedNode {
    /// Name.
    pub name: String,
    /// Temperature it is held at, K.
    pub held_k: Option<Table>,
    /// Heat capacity, J/K; 0 without.
    pub capacity_j_per_k: f64,
    /// Factor on the capacity by temperature.
    pub capacity_curve: Option<Curve>,
    /// Heat in time, W.
    pub power_w: Table,
    /// Temperature at the start, K.
    pub start_k: Option<f64>,
    /// Operating limits, K.
    pub operating_k: Option<(f64, f64)>,
    /// Qualification limits, K.
    pub qualification_k: Option<(f64, f64)>,
    /// Uncertainty, K.
    pub uncertainty_k: f64,
    /// Its group.
    pub group: usize,
}

/// What a conductor is.
#[derive(Clone, Debug)]
pub enum Path {
    /// GL, W/K.
    Linear(f64),
    /// GL where the factor is 1, and the factor.
    LinearBy(f64, Curve),
    /// GR, m².
    Radiative(f64),
    /// GF, W/K.
    Flow(f64),
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

/// A network as given.
#[derive(Debug)]
pub struct LumpedModel {
    /// Title.
    pub name: String,
    /// Nodes, by name.
    pub nodes: Vec<LumpedNode>,
    /// Conductors, by name.
    pub conductors: Vec<LumpedConductor>,
    /// Coolers, by name.
    pub coolers: Vec<LumpedCooler>,
    /// Names of the groups.
    pub groups: Vec<String>,
    /// Temperatures in time, as written.
    pub transient: Option<March>,
    /// Tolerances, as written.
    pub solver: Solver,
    /// Output choices, as written.
    pub output: Output,
}

struct Resolver<'a> {
    source: &'a Source,
    place: BTreeMap<&'a str, usize>,
    errors: Vec<CaseError>,
}

impl Resolver<'_> {
    fn error(&mut self, key: &str, message: impl Into<String>, help: &str) {
        self.errors.push(self.source.error(key, message, help));
    }

    fn node(&mut self, key: &str, name: &str) -> usize {
        if let Some(k) = self.place.get(name) {
            return *k;
        }
        let help = suggest(name, self.place.keys().copied());
        self.error(key, format!("no node is named `{name}`"), &help);
        0
    }

    fn ends(&mut self, key: &str, (a, b): (&str, &str), (first, second): (&str, &str)) -> (usize, usize) {
        let ends = (self.node(&format!("{key}.{first}"), a), self.node(&format!("{key}.{second}"), b));
        if a == b {
            self.error(key, format!("leads from `{a}` to itself"), "name two nodes");
        }
        ends
    }

    fn table<V: Copy>(&mut self, key: &str, points: &[(Seconds, V)], si: impl Fn(V) -> f64) -> Table {
        let all: Vec<(f64, f64)> = points.iter().map(|(t, v)| (t.si(), si(*v))).collect();
        let jump = all.windows(3).any(|w| w[0].0 == w[2].0);
        if all.is_empty() || jump || all.windows(2).any(|w| w[1].0 < w[0].0) {
            self.error(key, "times must ascend; one time may stand twice", "give pairs [time, value] in the order of time");
            return Table(vec![(0.0, 0.0)]);
        }
        Table(all)
    }

    fn limits(&mut self, key: &str, limits: Option<(NodeCelsius, NodeCelsius)>) -> Option<(f64, f64)> {
        let (low, high) = limits?;
        if low.get() >= high.get() {
            self.error(key, format!("{} °C is not below {} °C", low.get(), high.get()), "give [lowest, highest]");
        }
        Some((low.si(), high.si()))
    }

    fn melting(&mut self, key: &str, m: &Melting, capacity_j_per_k: Option<f64>) -> Option<Curve> {
        let (low, high) = (m.solidus_c.si(), m.liquidus_c.si());
        let Some(capacity) = capacity_j_per_k else {
            self.error(key, "a node that melts needs a heat capacity", "give capacity_j_per_k of the solid");
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

    fn lumped(&mut self, name: &str, n: &Node, group: usize) -> LumpedNode {
        let key = format!("nodes.{name}");
        let at = |part: &str| format!("{key}.{part}");
        let held_k = match (n.temperature_c, &n.temperature_by_s) {
            (Some(t), None) => Some(Table(vec![(0.0, t.si())])),
            (None, Some(points)) => Some(self.table(&at("temperature_by_s"), points, NodeCelsius::si)),
            (None, None) => None,
            (Some(_), Some(_)) => {
                self.error(&at("temperature_by_s"), "is given beside `temperature_c`", "keep one of them");
                None
            }
        };
        let power_w = match (n.power_w, &n.power_by_s) {
            (power, None) => Table(vec![(0.0, power.map_or(0.0, NodePower::si))]),
            (None, Some(points)) => self.table(&at("power_by_s"), points, NodePower::si),
            (Some(_), Some(_)) => {
                self.error(&at("power_by_s"), "is given beside `power_w`", "keep one of them");
                Table(vec![(0.0, 0.0)])
            }
        };
        if held_k.is_some() {
            let given = [
                (n.capacity_j_per_k.is_some(), "capacity_j_per_k"),
                (n.melting.is_some(), "melting"),
                (n.start_c.is_some(), "start_c"),
                (n.power_w.is_some(), "power_w"),
                (n.power_by_s.is_some(), "power_by_s"),
            ];
            for (_, what) in given.into_iter().filter(|g| g.0) {
                self.error(&at(what), "has no effect on a node that is held at a temperature", "leave it out");
            }
        }
        let capacity = n.capacity_j_per_k.map(crate::quantity::HeatCapacity::si);
        let capacity_curve = n.melting.as_ref().and_then(|m| self.melting(&at("melting"), m, capacity));
        LumpedNode {
            name: name.to_owned(),
            held_k,
            capacity_j_per_k: capacity.unwrap_or(0.0),
            capacity_curve,
            power_w,
            start_k: n.start_c.map(NodeCelsius::si),
            operating_k: self.limits(&at("operating_c"), n.operating_c),
            qualification_k: self.limits(&at("qualification_c"), n.qualification_c),
            uncertainty_k: n.uncertainty_k.map_or(0.0, crate::quantity::KelvinStep::si),
            group,
        }
    }

    fn conductor(&mut self, name: &str, c: &Conductor) -> LumpedConductor {
        let key = format!("conductors.{name}");
        let (a, b) = self.ends(&key, (&c.a, &c.b), ("a", "b"));
        let path = match (c.gl_w_per_k, &c.gl_by_c, c.gr_m2, c.gf_w_per_k) {
            (Some(g), None, None, None) => Path::Linear(g.si()),
            (None, Some(points), None, None) => {
                let points: Vec<(f64, f64)> = points.iter().map(|(t, g)| (t.si(), g.si())).collect();
                let first = points.first().map_or(1.0, |p| p.1);
                let factors: Vec<(f64, f64)> = points.iter().map(|(t, g)| (*t, g / first)).collect();
                match Curve::new(&factors) {
                    Ok(curve) => Path::LinearBy(first, curve),
                    Err(e) => {
                        self.error(&format!("{key}.gl_by_c"), e.to_string(), "give pairs [°C, W/K] in the order of temperature");
                        Path::Linear(1.0)
                    }
                }
            }
            (None, None, Some(g), None) => Path::Radiative(g.si()),
            (None, None, None, Some(g)) => Path::Flow(g.si()),
            _ => {
                let help = "give gl_w_per_k, gl_by_c, gr_m2 or gf_w_per_k; two paths are two conductors";
                self.error(&key, "needs exactly one kind of conductance", help);
                Path::Linear(1.0)
            }
        };
        LumpedConductor { name: name.to_owned(), a, b, path, most_w: c.most_w.map(crate::quantity::Watts::si) }
    }

    /// Names of the groups, and the group of each node.
    fn groups(&mut self, case: &Lumped) -> (Vec<String>, Vec<usize>) {
        let mut names: Vec<String> = case.groups.keys().cloned().collect();
        let mut of_node: Vec<Option<usize>> = vec![None; case.nodes.len()];
        for (g, (name, patterns)) in case.groups.iter().enumerate() {
            for pattern in patterns {
                let fits = |node: &str| pattern.strip_suffix('*').map_or(node == pattern, |begin| node.starts_with(begin));
                let mut found = false;
                for (k, node) in case.nodes.keys().enumerate().filter(|(_, n)| fits(n)) {
                    found = true;
                    if of_node[k].is_some_and(|other| other != g) {
                        let message = format!("node `{node}` is in `{}` already", names[of_node[k].unwrap_or(0)]);
                        self.error(&format!("groups.{name}"), message, "a node belongs to one group");
                    }
                    of_node[k] = Some(g);
                }
                if !found {
                    let help = suggest(pattern, case.nodes.keys().map(String::as_str));
                    self.error(&format!("groups.{name}"), format!("no node fits `{pattern}`"), &help);
                }
            }
        }
        let own = case.nodes.keys().zip(of_node).map(|(node, group)| {
            group.unwrap_or_else(|| {
                names.push(node.clone());
                names.len() - 1
            })
        });
        let of_node = own.collect();
        (names, of_node)
    }
}

impl LumpedModel {
    /// Resolves a case. Errors: unknown names, contradictions, nodes from which no heat can leave.
    pub fn from_case(file: CaseFile<Lumped>) -> Result<Self, CaseErrors> {
        let CaseFile { source, case } = file;
        let place = case.nodes.keys().enumerate().map(|(k, n)| (n.as_str(), k)).collect();
        let mut r = Resolver { source: &source, place, errors: vec![] };
        let (groups, group) = r.groups(&case);
        let nodes: Vec<LumpedNode> = case.nodes.iter().zip(group).map(|((name, n), g)| r.lumped(name, n, g)).collect();
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
        if let Some(t) = case.transient.as_ref().filter(|t| t.until_s.si() <= 0.0 || t.every_s.si() <= 0.0) {
            let key = if t.until_s.si() <= 0.0 { "transient.until_s" } else { "transient.every_s" };
            r.error(key, "must be above 0", "give a time in seconds");
        }
        if r.errors.is_empty() {
            let reached = reached(&nodes, &conductors, &coolers);
            for (n, _) in nodes.iter().zip(reached).filter(|(_, reached)| !reached) {
                let message = "no path leads from it to a node that is held at a temperature";
                r.error(&format!("nodes.{}", n.name), message, "add a conductor, or a boundary node with temperature_c");
            }
        }
        let errors = r.errors;
        if !errors.is_empty() {
            return Err(source.errors(errors));
        }
        let Lumped { name, transient, solver, output, .. } = case;
        Ok(Self { name, nodes, conductors, coolers, groups, transient, solver, output })
    }
}

/// Which nodes a boundary node holds: across conductors in both directions, with a flow only downstream.
fn reached(nodes: &[LumpedNode], conductors: &[LumpedConductor], coolers: &[LumpedCooler]) -> Vec<bool> {
    let mut paths = vec![vec![]; nodes.len()];
    for c in conductors {
        paths[c.a].push(c.b);
        if !matches!(c.path, Path::Flow(_)) {
            paths[c.b].push(c.a);
        }
    }
    for c in coolers {
        paths[c.cold].push(c.hot);
        paths[c.hot].push(c.cold);
    }
    let mut reached: Vec<bool> = nodes.iter().map(|n| n.held_k.is_some()).collect();
    let mut open: Vec<usize> = (0..nodes.len()).filter(|&k| reached[k]).collect();
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
