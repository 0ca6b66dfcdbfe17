//! Numbers, text and tables of the exchangers, loops and heaters of a network.

use super::csv::{field, or_empty};
use super::summary::Check;
use crate::analysis::assembly::Solution;
use crate::analysis::lumped::heat_w;
use crate::model::assembly::Assembly;
use crate::model::components::Surface;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;

/// An exchanger in the steady state.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ExchangerNumbers {
    /// Heat from the hot stream to the cold one, W.
    pub heat_w: f64,
    /// Effectiveness.
    pub effectiveness: f64,
    /// UA / C_min, where UA is given.
    pub ntu: Option<f64>,
    /// Mass flow × specific heat of the hot stream, W/K.
    pub hot_gf_w_per_k: f64,
    /// Of the cold one.
    pub cold_gf_w_per_k: f64,
}

/// Equal tubes side by side, in the steady state.
#[derive(Clone, Debug, Serialize)]
pub struct TubeNumbers {
    /// Node at the beginning.
    pub from: String,
    /// Node at the end.
    pub to: String,
    /// Mass flow of all, kg/s; against the tube below 0.
    pub flow_kg_s: f64,
    /// Mean velocity, m/s.
    pub velocity_m_s: f64,
    /// Reynolds number.
    pub reynolds: f64,
    /// Fall of pressure from beginning to end, kPa.
    pub pressure_drop_kpa: f64,
    /// Mass flow × specific heat, W/K.
    pub gf_w_per_k: f64,
    /// Film conductance, W/K; of a tube without wall or exchanger it has no effect.
    pub film_w_per_k: f64,
    /// Heat from the wall to the liquid, W.
    pub heat_w: f64,
}

/// A loop in the steady state.
#[derive(Clone, Debug, Serialize)]
pub struct LoopNumbers {
    /// Liquid.
    pub fluid: String,
    /// Mass flow of the pump, kg/s.
    pub flow_kg_s: f64,
    /// Its rise of pressure, kPa.
    pub pressure_rise_kpa: f64,
    /// Its electric power, all heat in the liquid, W; 0 without an efficiency.
    pub pump_w: f64,
    /// Tubes as listed.
    pub tubes: Vec<TubeNumbers>,
}

/// A heater.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct HeaterNumbers {
    /// Power in the steady state, W.
    pub steady_w: f64,
    /// Energy used in time, J.
    pub energy_j: Option<f64>,
    /// That over what it could use.
    pub duty: Option<f64>,
    /// Times it was switched on.
    pub switched_on: Option<f64>,
}

/// All of them, by name.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ComponentNumbers {
    /// Exchangers.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub exchangers: BTreeMap<String, ExchangerNumbers>,
    /// Loops.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub loops: BTreeMap<String, LoopNumbers>,
    /// Heaters.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub heaters: BTreeMap<String, HeaterNumbers>,
}

impl ComponentNumbers {
    /// Of a solution.
    pub fn new(model: &Assembly, s: &Solution) -> Self {
        Self { exchangers: exchangers(model, s), loops: loops(model, s), heaters: heaters(model, s) }
    }
}

fn exchangers(model: &Assembly, solution: &Solution) -> BTreeMap<String, ExchangerNumbers> {
    let node_k = &solution.state.node_k[solution.assembled.cell_of.len()..];
    let all = model.lumped.components.exchangers.iter().zip(&solution.streams.exchangers);
    let numbers = all.map(|(e, s)| {
        let least = s.hot_gf_w_per_k.min(s.cold_gf_w_per_k);
        let numbers = ExchangerNumbers {
            heat_w: s.g_w_per_k * (node_k[s.inlets.0] - node_k[s.inlets.1]),
            effectiveness: s.effectiveness,
            ntu: if let Surface::Conductance(ua, _) = e.surface { Some(ua / least) } else { None },
            hot_gf_w_per_k: s.hot_gf_w_per_k,
            cold_gf_w_per_k: s.cold_gf_w_per_k,
        };
        (e.name.clone(), numbers)
    });
    numbers.collect()
}

fn loops(model: &Assembly, solution: &Solution) -> BTreeMap<String, LoopNumbers> {
    let (node_k, name) =
        (&solution.state.node_k[solution.assembled.cell_of.len()..], |n: usize| model.lumped.nodes[n].name.clone());
    let all = model.lumped.components.loops.iter().zip(&solution.streams.loops);
    let numbers = all.map(|(l, s)| {
        let tubes = l.tubes.iter().zip(&s.tubes).map(|(t, s)| TubeNumbers {
            from: name(t.from),
            to: name(t.to),
            flow_kg_s: s.flow_kg_s,
            velocity_m_s: s.velocity_m_s,
            reynolds: s.reynolds,
            pressure_drop_kpa: 1e-3 * s.drop_pa,
            gf_w_per_k: s.gf_w_per_k,
            film_w_per_k: s.film_w_per_k,
            heat_w: t.wall.map_or(0.0, |w| s.wall_w_per_k * (node_k[w] - node_k[if s.flow_kg_s < 0.0 { t.to } else { t.from }])),
        });
        let numbers = LoopNumbers {
            fluid: l.fluid.clone(),
            flow_kg_s: s.pump_kg_s,
            pressure_rise_kpa: 1e-3 * s.rise_pa,
            pump_w: s.pump_w,
            tubes: tubes.collect(),
        };
        (l.name.clone(), numbers)
    });
    numbers.collect()
}

fn heaters(model: &Assembly, solution: &Solution) -> BTreeMap<String, HeaterNumbers> {
    let march = solution.march.as_ref();
    let numbers =
        model.lumped.components.heaters.iter().zip(&solution.assembled.network.regulated).enumerate().map(|(k, (h, r))| {
            let time_s = march.and_then(|m| m.time_s.last()).copied();
            let energy_j = march.map(|m| m.heated[k].0);
            let numbers = HeaterNumbers {
                steady_w: r.heat_w(&solution.state.node_k),
                energy_j,
                duty: energy_j.zip(time_s).map(|(e, t)| e / (t * h.power_w)),
                switched_on: march.map(|m| m.heated[k].1),
            };
            (h.name.clone(), numbers)
        });
    numbers.collect()
}

/// Liquids within their tables, conductors above the heat with which they start and below the most that they carry, in time at each
/// row. Truth: `networks::the_most_a_conductor_carries_holds_in_time`.
pub fn checks(model: &Assembly, solution: &Solution) -> Vec<Check> {
    let in_time = solution.march.iter().flat_map(|m| &m.streams);
    let beyond = model.lumped.components.loops.iter().enumerate().map(|(k, l)| {
        let all = in_time.clone().chain([&solution.streams]);
        let most = all.fold(0.0, |most: f64, s| most.max(s.loops[k].beyond_k));
        Check::new("liquid beyond its table", most, 0.0, "K").at(l.name.clone())
    });
    let conductors = model.lumped.conductors.iter().zip(&solution.conducted_w);
    let idle =
        conductors.filter_map(|(c, q)| Some(Check::new("heat missing to start", c.start_w? - q, 0.0, "W").at(c.name.clone())));
    let most = model.lumped.conductors.iter().zip(&solution.conducted_w).filter_map(|(c, q)| {
        let row = |(t, node_k): (&f64, &Vec<f64>)| heat_w(&c.path, (c.a, c.b), node_k, &|table| table.at(*t)).abs();
        // Limits hold for the time that is followed.
        let in_time = solution.march.as_ref().map(|m| m.time_s.iter().zip(&m.node_k).map(row).fold(0.0, f64::max));
        Some(Check::new("heat of a conductor", in_time.unwrap_or(q.abs()), c.most_w?, "W").at(c.name.clone()))
    });
    most.chain(beyond).chain(idle).collect()
}

/// What the terminal shows of them.
pub fn text(ComponentNumbers { exchangers, loops, heaters }: &ComponentNumbers) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("writing to a string");
    for (name, l) in loops {
        line(format_args!(
            "\nloop {name}: {} {:.5} kg/s, {:.3} kPa, pump {:.2} W\n{:34} {:>10} {:>9} {:>9} {:>10} {:>10}\n",
            l.fluid, l.flow_kg_s, l.pressure_rise_kpa, l.pump_w, "tube", "kg/s", "kPa", "Re", "film W/K", "heat W"
        ));
        for t in &l.tubes {
            let between = format!("{} - {}", t.from, t.to);
            line(format_args!(
                "{between:34} {:10.5} {:9.3} {:9.0} {:10.3} {:10.3}\n",
                t.flow_kg_s, t.pressure_drop_kpa, t.reynolds, t.film_w_per_k, t.heat_w
            ));
        }
    }
    for (name, e) in exchangers {
        line(format_args!("\nexchanger {name}: {:.3} W, effectiveness {:.4}\n", e.heat_w, e.effectiveness));
    }
    for (name, h) in heaters {
        line(format_args!("\nheater {name}: {:.3} W steady", h.steady_w));
        if let (Some(energy), Some(duty)) = (h.energy_j, h.duty) {
            line(format_args!(", {:.1} kJ in time, {:.1} % of its power", 1e-3 * energy, 1e2 * duty));
        }
        line(format_args!("\n"));
    }
    out
}

/// Names and contents of their tables; none for what there is not.
pub fn tables(ComponentNumbers { exchangers, loops, heaters }: &ComponentNumbers) -> Vec<(&'static str, String)> {
    let mut all = vec![];
    if !loops.is_empty() {
        let mut rows =
            String::from("loop,from,to,flow_kg_s,velocity_m_s,reynolds,pressure_drop_kpa,gf_w_per_k,film_w_per_k,heat_w\n");
        for (name, t) in loops.iter().flat_map(|(name, l)| l.tubes.iter().map(move |t| (name, t))) {
            let [name, from, to] = [name, &t.from, &t.to].map(|n| field(n));
            rows += &format!("{name},{from},{to},{},{},{},", t.flow_kg_s, t.velocity_m_s, t.reynolds);
            rows += &format!("{},{},{},{}\n", t.pressure_drop_kpa, t.gf_w_per_k, t.film_w_per_k, t.heat_w);
        }
        all.push(("loops.csv", rows));
    }
    if !exchangers.is_empty() {
        let mut rows = String::from("exchanger,heat_w,effectiveness,ntu,hot_gf_w_per_k,cold_gf_w_per_k\n");
        for (name, e) in exchangers {
            let ntu = or_empty(e.ntu);
            rows +=
                &format!("{},{},{},{ntu},{},{}\n", field(name), e.heat_w, e.effectiveness, e.hot_gf_w_per_k, e.cold_gf_w_per_k);
        }
        all.push(("exchangers.csv", rows));
    }
    if !heaters.is_empty() {
        let mut rows = String::from("heater,steady_w,energy_j,duty,switched_on\n");
        for (name, h) in heaters {
            let [energy, duty, on] = [h.energy_j, h.duty, h.switched_on].map(or_empty);
            rows += &format!("{},{},{energy},{duty},{on}\n", field(name), h.steady_w);
        }
        all.push(("heaters.csv", rows));
    }
    all
}
