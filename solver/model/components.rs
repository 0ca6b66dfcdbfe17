//! Heat exchangers, pumped loops and heaters of a network as meant: names resolved, contradictions found, SI.

use super::catalogue::{CATALOGUE, Liquid};
use super::lumped::Resolver;
use super::transient;
use crate::case::components::{self as written, Arrangement};
use crate::case::suggest;
use crate::case::transient::{Pid, Thermostat};
use crate::quantity::{Conductance, Factor, Micrometres, Watts};
use std::collections::BTreeMap;

/// Where the `ṁ cp` of a stream comes from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Supply {
    /// Given, W/K.
    Given(f64),
    /// A tube of a loop, by their numbers.
    Tube(usize, usize),
}

/// One stream of an exchanger.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Side {
    /// Node at its inlet.
    pub inlet: usize,
    /// Node at its outlet.
    pub outlet: usize,
    /// Its flow.
    pub supply: Supply,
}

/// What an exchanger passes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Surface {
    /// Effectiveness.
    Effectiveness(f64),
    /// UA, W/K.
    Conductance(f64, Arrangement),
}

/// A heat exchanger.
#[derive(Clone, Debug)]
pub struct Exchanger {
    /// Name.
    pub name: String,
    /// Hot stream.
    pub hot: Side,
    /// Cold stream.
    pub cold: Side,
    /// What it passes.
    pub surface: Surface,
}

/// What a pump keeps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Drive {
    /// Mass flow, kg/s.
    Flow(f64),
    /// Rise of pressure, Pa.
    Rise(f64),
}

/// Equal round tubes side by side.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tube {
    /// Node at its beginning.
    pub from: usize,
    /// Node at its end.
    pub to: usize,
    /// Length, m.
    pub length_m: f64,
    /// Inner diameter, m.
    pub bore_m: f64,
    /// Roughness ε, m.
    pub roughness_m: f64,
    /// How many.
    pub count: f64,
    /// Loss coefficient ζ of bends, inlet and outlet.
    pub minor_loss: f64,
    /// Its wall's node.
    pub wall: Option<usize>,
    /// Whether an exchanger passes its heat.
    pub exchanged: bool,
}

/// A pumped loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// Name.
    pub name: String,
    /// Name of its liquid.
    pub fluid: String,
    /// Its liquid.
    pub liquid: Liquid,
    /// Nodes that its liquid flows through, ascending.
    pub nodes: Vec<usize>,
    /// Node at the pump's suction.
    pub suction: usize,
    /// Node at its discharge.
    pub discharge: usize,
    /// What the pump keeps.
    pub drive: Drive,
    /// Hydraulic over electric power.
    pub efficiency: Option<f64>,
    /// Its tubes.
    pub tubes: Vec<Tube>,
}

/// A heater.
#[derive(Clone, Debug)]
pub struct Heater {
    /// Name.
    pub name: String,
    /// Node that it heats.
    pub node: usize,
    /// Node that it watches.
    pub sensor: usize,
    /// W.
    pub power_w: f64,
    /// As written: one of the two.
    pub thermostat: Option<Thermostat>,
    /// As written.
    pub pid: Option<Pid>,
}

/// What stands between nodes beside conductors and coolers.
#[derive(Clone, Debug, Default)]
pub struct Components {
    /// Exchangers, by name.
    pub exchangers: Vec<Exchanger>,
    /// Loops, by name.
    pub loops: Vec<Loop>,
    /// Heaters, by name.
    pub heaters: Vec<Heater>,
}

impl Components {
    /// Pairs of nodes between which heat finds its way.
    pub fn paths(&self) -> Vec<(usize, usize)> {
        let mut all = vec![];
        for l in &self.loops {
            all.push((l.suction, l.discharge));
            all.extend(l.tubes.iter().map(|t| (t.from, t.to)));
            all.extend(l.tubes.iter().filter_map(|t| Some((t.to, t.wall?))));
        }
        for e in &self.exchangers {
            all.extend([(e.hot.inlet, e.hot.outlet), (e.cold.inlet, e.cold.outlet), (e.hot.inlet, e.cold.outlet)]);
        }
        all
    }
}

/// The tables of a case.
pub(super) type Written<'a> =
    (&'a BTreeMap<String, written::Exchanger>, &'a BTreeMap<String, written::Loop>, &'a BTreeMap<String, written::NodeHeater>);

/// Resolves them.
pub(super) fn resolve(r: &mut Resolver<'_>, (exchangers, loops, heaters): Written<'_>) -> Components {
    let mut loops: Vec<Loop> = loops.iter().map(|(name, l)| pumped(r, name, l)).collect();
    for (k, l) in loops.iter().enumerate() {
        for other in &loops[..k] {
            if let Some(node) = l.nodes.iter().find(|n| other.nodes.contains(n)) {
                let message = format!("node `{}` is in the loop `{}` already", r.name(*node), other.name);
                r.error(&format!("loops.{}", l.name), message, "liquids do not mix: join loops by an exchanger");
            }
        }
    }
    let exchangers = exchangers.iter().map(|(name, e)| exchanger(r, name, e, &mut loops)).collect();
    let heaters = heaters.iter().map(|(name, h)| heater(r, name, h)).collect();
    Components { exchangers, loops, heaters }
}

fn exchanger(r: &mut Resolver<'_>, name: &str, e: &written::Exchanger, loops: &mut [Loop]) -> Exchanger {
    let key = format!("exchangers.{name}");
    let hot = side(r, (&key, "hot"), (&e.hot_in, &e.hot_out, e.hot_gf_w_per_k), loops);
    let cold = side(r, (&key, "cold"), (&e.cold_in, &e.cold_out, e.cold_gf_w_per_k), loops);
    let surface = match (e.effectiveness, e.ua_w_per_k, e.arrangement) {
        (Some(e), None, None) => Surface::Effectiveness(e.get()),
        (None, Some(ua), Some(a)) => Surface::Conductance(ua.si(), a),
        (None, Some(_), None) => {
            r.error(&key, "`ua_w_per_k` needs `arrangement`", "give \"counterflow\", \"parallel\", \"cross\" or \"shell\"");
            Surface::Effectiveness(0.5)
        }
        _ => {
            r.error(&key, "needs either `effectiveness` or `ua_w_per_k` with `arrangement`", "give one of the two");
            Surface::Effectiveness(0.5)
        }
    };
    Exchanger { name: name.to_owned(), hot, cold, surface }
}

fn side(
    r: &mut Resolver<'_>,
    (key, which): (&str, &str),
    (inlet, outlet, gf): (&str, &str, Option<Conductance>),
    loops: &mut [Loop],
) -> Side {
    let (first, second) = (format!("{which}_in"), format!("{which}_out"));
    let (inlet, outlet) = r.ends(key, (inlet, outlet), (&first, &second));
    let mut fitting = vec![];
    for (l, pumped) in loops.iter().enumerate() {
        fitting.extend(
            (0..pumped.tubes.len()).filter(|&t| (pumped.tubes[t].from, pumped.tubes[t].to) == (inlet, outlet)).map(|t| (l, t)),
        );
    }
    let supply = match (gf, &fitting[..]) {
        (Some(gf), []) => Supply::Given(gf.si()),
        (None, &[(l, t)]) if loops[l].tubes[t].wall.is_none() && !loops[l].tubes[t].exchanged => {
            loops[l].tubes[t].exchanged = true;
            Supply::Tube(l, t)
        }
        (gf, tubes) => {
            let (message, help) = match (gf, tubes.len()) {
                (Some(_), _) => ("is given beside a loop's tube from inlet to outlet", "leave it out: the tube's flow is taken"),
                (None, 0) => ("is missing, and no loop's tube leads from inlet to outlet", "give it, or lay that tube"),
                (None, 1) => (
                    "has a tube with a wall, or of another exchanger",
                    "a tube passes its heat once: leave `wall` out, or lay another",
                ),
                (None, _) => ("has several tubes from inlet to outlet", "lay one tube with `count`"),
            };
            r.error(&format!("{key}.{which}_gf_w_per_k"), message, help);
            Supply::Given(1.0)
        }
    };
    Side { inlet, outlet, supply }
}

fn pumped(r: &mut Resolver<'_>, name: &str, l: &written::Loop) -> Loop {
    let key = format!("loops.{name}");
    let liquid = CATALOGUE.fluids.get(&l.fluid).cloned().unwrap_or_else(|| {
        let help = suggest(&l.fluid, CATALOGUE.fluids.keys().map(String::as_str));
        r.error(&format!("{key}.fluid"), format!("unknown fluid `{}`", l.fluid), &help);
        Liquid::default()
    });
    let pump = format!("{key}.pump");
    let (suction, discharge) = r.ends(&pump, (&l.pump.from, &l.pump.to), ("from", "to"));
    let drive = match (l.pump.flow_kg_s, l.pump.rise_kpa) {
        (Some(flow), None) => Drive::Flow(flow.si()),
        (None, Some(rise)) => {
            if rise.si() <= 0.0 {
                r.error(&format!("{pump}.rise_kpa"), "must be above 0", "give the rise of pressure from `from` to `to`");
            }
            Drive::Rise(rise.si())
        }
        _ => {
            r.error(&pump, "needs either `flow_kg_s` or `rise_kpa`", "give one of the two");
            Drive::Flow(1.0)
        }
    };
    let tubes: Vec<Tube> = l.tubes.iter().enumerate().map(|(k, t)| tube(r, &format!("{key}.tubes[{k}]"), t)).collect();
    let mut nodes: Vec<usize> = tubes.iter().flat_map(|t| [t.from, t.to]).chain([suction, discharge]).collect();
    nodes.sort_unstable();
    nodes.dedup();
    if let Some(t) = tubes.iter().position(|t| t.wall.is_some_and(|w| nodes.contains(&w))) {
        r.error(
            &format!("{key}.tubes[{t}].wall"),
            "is a node that liquid of the loop flows through",
            "name the node of the wall",
        );
    }
    // Liquid passes a node only between two tubes, or a tube and the pump.
    let ends = |n: usize| {
        let of_tubes: usize = tubes.iter().map(|t| usize::from(t.from == n) + usize::from(t.to == n)).sum();
        of_tubes + usize::from(n == suction) + usize::from(n == discharge)
    };
    if let Some(&n) = nodes.iter().find(|&&n| ends(n) < 2) {
        let message = format!("leads nowhere from node `{}`", r.name(n));
        r.error(&key, message, "lay a tube on from there: the liquid comes back to the pump");
    } else if !joined(&nodes, &tubes, discharge) {
        r.error(&key, "has tubes that do not join its pump", "give them a loop of their own, or lay the tube that is missing");
    }
    let efficiency = l.pump.efficiency.map(crate::quantity::Efficiency::si);
    Loop { name: name.to_owned(), fluid: l.fluid.clone(), liquid, nodes, suction, discharge, drive, efficiency, tubes }
}

/// Whether tubes lead from a node to all.
fn joined(nodes: &[usize], tubes: &[Tube], start: usize) -> bool {
    let (mut seen, mut open) = (vec![start], vec![start]);
    while let Some(n) = open.pop() {
        let next = tubes.iter().filter_map(|t| match n {
            n if n == t.from => Some(t.to),
            n if n == t.to => Some(t.from),
            _ => None,
        });
        for m in next {
            if !seen.contains(&m) {
                seen.push(m);
                open.push(m);
            }
        }
    }
    seen.len() == nodes.len()
}

fn tube(r: &mut Resolver<'_>, key: &str, t: &written::Tube) -> Tube {
    let (from, to) = r.ends(key, (&t.from, &t.to), ("from", "to"));
    let wall = t.wall.as_ref().map(|w| r.node(&format!("{key}.wall"), w));
    #[expect(clippy::cast_precision_loss, reason = "tubes are far fewer than 2^53")]
    let count = t.count.get() as f64;
    Tube {
        from,
        to,
        length_m: t.length_m.si(),
        bore_m: t.bore_mm.si(),
        roughness_m: t.roughness_um.map_or(0.0, Micrometres::si),
        count,
        minor_loss: t.minor_loss.map_or(0.0, Factor::si),
        wall,
        exchanged: false,
    }
}

fn heater(r: &mut Resolver<'_>, name: &str, h: &written::NodeHeater) -> Heater {
    let key = format!("heaters.{name}");
    let node = r.node(&format!("{key}.node"), &h.node);
    let sensor = h.sensor.as_ref().map_or(node, |s| r.node(&format!("{key}.sensor"), s));
    let laws = (h.thermostat.as_ref(), h.pid.as_ref());
    transient::law((&key, name), laws, &mut |key, message, help| r.error(key, message, help));
    if h.pid.is_some_and(|p| p.proportional_w_per_k.get() <= 0.0 && p.integral_w_per_k_s.get() <= 0.0) {
        r.error(&format!("{key}.pid"), "gives no power", "give proportional_w_per_k or integral_w_per_k_s above 0");
    }
    let power_w = Watts::si(h.power_w);
    if power_w <= 0.0 {
        r.error(&format!("{key}.power_w"), "must be above 0", "give the power when on");
    }
    Heater { name: name.to_owned(), node, sensor, power_w, thermostat: h.thermostat, pid: h.pid }
}
