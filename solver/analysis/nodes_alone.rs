//! An assembly as nodes and conductors alone, which is what decks and matrices have place for: a node for each cell, for each face
//! that touches or radiates, for the outer layer of each blanket facet, and one for space.

use super::Observer;
use super::assembly::{Assembled, AssemblyError, prepared};
use super::bodies::Bodies;
use super::lumped::Loads;
use crate::backend::Backend;
use crate::deck::{Place, Remark};
use crate::model::assembly::Assembly;
use crate::model::lumped::{Limits, LumpedConductor, LumpedModel, LumpedNode, Path, Table};
use crate::network::Network;
use crate::radiation::exchange::radks_m2;
use std::collections::{HashMap, HashSet};

/// Radiating surfaces at most: every pair of them may be a conductor.
pub const MOST_SURFACES: usize = 4096;
/// Letters of a submodel's name at most.
const LETTERS: usize = 24;

/// Where a node of the mesh lies.
#[derive(Clone, Debug, PartialEq)]
pub struct Spot {
    /// Name of the node.
    pub node: String,
    /// Part, copies marked by `#`.
    pub part: String,
    /// Group of the mesh file.
    pub group: String,
    /// Whether it is a cell; else a face of one or the outer layer of a blanket on one.
    pub is_cell: bool,
    /// The cell, or that behind.
    pub cell: usize,
    /// Its centre, m.
    pub centre_m: [f64; 3],
}

/// An assembly without parts.
#[derive(Debug)]
pub struct NodesAlone {
    /// Lumped nodes of the case first, then those of the mesh, then space.
    pub assembly: Assembly,
    /// Nodes of the mesh.
    pub spots: Vec<Spot>,
    /// Heat into a node by the temperature of a node, W/K, that no conductor stands for: what those of leaning cells miss.
    pub missed: Vec<(usize, usize, f64)>,
    /// What is lost.
    pub remarks: Vec<Remark>,
}

/// Gives each node a place that no other has.
struct Names {
    taken: HashSet<String>,
    next: HashMap<String, u64>,
}

impl Names {
    /// `PART_12`.
    fn place(&mut self, part: &str) -> String {
        let letter = |c: char| if c.is_ascii_alphanumeric() { c.to_ascii_uppercase() } else { '_' };
        let mut submodel: String = part.chars().map(letter).take(LETTERS).collect();
        if !submodel.starts_with(|c: char| c.is_ascii_uppercase()) {
            submodel.insert(0, 'P');
        }
        let number = self.next.entry(submodel.clone()).or_default();
        loop {
            *number += 1;
            let name = Place { submodel: submodel.clone(), number: *number }.name();
            if self.taken.insert(name.clone()) {
                return name;
            }
        }
    }
}

/// A node of the mesh, or space.
fn node(name: String, held_k: Option<f64>, capacity_j_per_k: f64, power_w: Table, start_k: Option<f64>) -> LumpedNode {
    LumpedNode {
        name,
        held_k: held_k.map(Table::constant),
        capacity_j_per_k: (capacity_j_per_k > 0.0).then(|| Table::constant(capacity_j_per_k)),
        capacity_curve: None,
        power_w,
        start_k,
        limits: Limits::default(),
    }
}

/// Conductances of one kind between two nodes are one; ends ascend.
fn joined(mut all: Vec<(usize, usize, f64)>) -> Vec<(usize, usize, f64)> {
    all.iter_mut().filter(|(a, b, _)| a > b).for_each(|(a, b, _)| std::mem::swap(a, b));
    all.sort_by_key(|(a, b, _)| (*a, *b));
    all.dedup_by(|next, kept| {
        let same = (next.0, next.1) == (kept.0, kept.1);
        if same {
            kept.2 += next.2;
        }
        same
    });
    all.retain(|(a, b, g)| a != b && *g != 0.0);
    all
}

/// Exchange of surfaces by node of the network and `space`, m²: `GR_ij = ε_i A_i B_ij`, all reflections in it.
fn exchanged(network: &Network, space: usize) -> Vec<(usize, usize, f64)> {
    let emissivity: Vec<f64> = network.surfaces.iter().map(|s| s.emissivity).collect();
    let mut node_of = vec![0; emissivity.len()];
    network.faces.iter().for_each(|f| node_of[f.surface] = f.node);
    let area_m2 = network.surface_area_m2();
    let Some(factors) = &network.factors else {
        return joined((0..emissivity.len()).map(|i| (node_of[i], space, emissivity[i] * area_m2[i])).collect());
    };
    let (radks, to_space) = radks_m2(factors, &emissivity);
    let pairs = radks.iter().filter(|(_, (i, j))| i < j).map(|(gr, (i, j))| (node_of[i], node_of[j], *gr));
    // What closure leaves of a surface that sees no space is rounding.
    let open = |i: &usize| to_space[*i] > 1e-12 * area_m2[*i];
    let space = (0..emissivity.len()).filter(open).map(|i| (node_of[i], space, to_space[i]));
    joined(pairs.chain(space).collect())
}

/// Heat of each node of the mesh: what is dissipated there, in time where its part's is, and what it absorbs in the mean.
fn heat(network: &Network, loads: &Loads, count: usize) -> Vec<Table> {
    let mut absorbed_w = vec![0.0; count];
    network.faces.iter().for_each(|f| absorbed_w[f.node] += f.area_m2 * network.surfaces[f.surface].external_w_m2());
    let mut all: Vec<Table> = (0..count).map(|k| Table::constant(network.internal[k].at_reference_w + absorbed_w[k])).collect();
    for (k, rest_w, share, table) in loads.of_parts() {
        all[k] = table.scaled(share, rest_w + absorbed_w[k]);
    }
    all
}

/// Puts the values of the steady state in the place of all tables; whether any changes.
fn settled(loads: &Loads, nodes: &mut [LumpedNode], conductors: &mut [LumpedConductor]) -> bool {
    let mut changes = false;
    let mut settle = |table: &mut Table| {
        changes |= !table.is_constant();
        *table = Table::constant(loads.steady(table));
    };
    for n in nodes {
        settle(&mut n.power_w);
        n.held_k.iter_mut().chain(&mut n.capacity_j_per_k).for_each(&mut settle);
    }
    for c in conductors {
        match &mut c.path {
            Path::Linear(t) | Path::Radiative(t) | Path::Flow(t) => settle(t),
            Path::LinearBy(..) | Path::Controlled(..) => (),
        }
    }
    changes
}

/// What has no place in nodes and conductors.
fn remarks(model: &Assembly, flown: bool) -> Vec<Remark> {
    let mut all = vec![];
    let mut say = |what: String, lost: bool| all.push(Remark { line: 0, what, lost });
    for p in model.parts.iter().filter(|p| p.limits != Limits::default()) {
        say(format!("part {}: limits and uncertainty have no place in a deck", p.name), false);
    }
    if !model.sensors.is_empty() {
        say("sensors between cell centres have no place in a deck".into(), false);
    }
    if flown {
        let in_time = model.transient.is_some();
        let rest = if in_time { "; what changes around the orbit is left out" } else { "" };
        say(format!("heat from Sun and planet is that of the orbit's mean{rest}"), in_time);
    }
    all
}

impl NodesAlone {
    /// The network of an assembly with parts. Errors: as those of the analysis; more surfaces than pairs can be written of.
    ///
    /// Truth: `decks::parts_come_back_as_nodes`, `decks::matrices_of_parts_hold_what_leaning_cells_exchange`.
    pub fn new<B: Backend>(backend: &B, model: Assembly, observer: &dyn Observer) -> Result<Self, AssemblyError> {
        let (bodies, assembled, flown) = prepared(backend, &model, observer)?;
        let surfaces = assembled.network.surfaces.len();
        if surfaces > MOST_SURFACES {
            let message = format!("has {surfaces} radiating surfaces, at most {MOST_SURFACES} are exchanged pair by pair");
            let help = "cut the parts that radiate into fewer cells";
            return Err(model.source.errors(vec![model.source.error("exchange", message, help)]).into());
        }
        Ok(Self::of(model, &bodies, &assembled, flown.is_some()))
    }

    fn of(model: Assembly, bodies: &Bodies, assembled: &Assembled, flown: bool) -> Self {
        let (network, count) = (&assembled.network, assembled.cell_of.len());
        let lumped = model.lumped.nodes.len();
        let space = lumped + count;
        // Lumped nodes of the case come first here, last there; beyond them is space.
        let place = |k: usize| match k.checked_sub(count) {
            None => lumped + k,
            Some(k) if k < lumped => k,
            Some(_) => space,
        };
        let taken = model.lumped.nodes.iter().map(|n| n.name.clone()).collect();
        let mut names = Names { taken, next: HashMap::new() };
        let spot = |(k, &cell): (usize, &usize)| {
            let g = &bodies.groups[bodies.cells.part[cell] as usize];
            let centre_m = bodies.graph.centre_m[cell].into();
            let (node, part, group) = (names.place(&g.part), g.part.clone(), g.group.clone());
            Spot { node, part, group, is_cell: k < bodies.cells.len(), cell, centre_m }
        };
        let spots: Vec<Spot> = assembled.cell_of.iter().enumerate().map(spot).collect();
        let start_k = model.transient.as_ref().and_then(|t| t.start_c).map(|t| t.si());
        let mut nodes = model.lumped.nodes.clone();
        for ((k, power_w), spot) in heat(network, &assembled.loads, count).into_iter().enumerate().zip(&spots) {
            nodes.push(node(spot.node.clone(), None, network.capacity_j_per_k[k], power_w, start_k));
        }
        nodes.push(node(names.place("space"), Some(network.space_k), 0.0, Table::constant(0.0), None));
        let of_mesh = |a: usize, b: usize| a < count || b < count;
        let linear = network.conductors.iter().filter(|c| of_mesh(c.a, c.b)).map(|c| (place(c.a), place(c.b), c.gl_w_per_k));
        let blankets = network.radiative.iter().filter(|r| of_mesh(r.a, r.b)).map(|r| (place(r.a), place(r.b), r.gr_m2));
        let seen = exchanged(network, count + lumped).into_iter().map(|(a, b, gr)| (place(a), place(b), gr));
        let mut conductors = model.lumped.conductors.clone();
        let mut add = |all: Vec<(usize, usize, f64)>, path: fn(Table) -> Path| {
            let of = |(a, b, g)| {
                let path = path(Table::constant(g));
                LumpedConductor { name: String::new(), a, b, path, most_w: None, start_w: None }
            };
            conductors.extend(all.into_iter().map(of));
        };
        add(joined(linear.collect()), Path::Linear);
        add(joined(blankets.chain(seen).collect()), Path::Radiative);
        let mut remarks = remarks(&model, flown);
        // Without a run in time the steady state is all there is, and around an orbit that is one of means.
        if flown && model.transient.is_none() && settled(&assembled.loads, &mut nodes, &mut conductors) {
            remarks.push(Remark {
                line: 0,
                what: "tables in time are written as their means over the orbit".into(),
                lost: false,
            });
        }
        let entries = network.volumes.as_ref().map_or_else(Vec::new, |v| v.missed_entries());
        let missed: Vec<_> = entries.into_iter().map(|(i, j, w)| (place(i), place(j), w)).collect();
        let lumped = LumpedModel { nodes, conductors, ..model.lumped };
        Self { assembly: Assembly { parts: vec![], flown: None, lumped, ..model }, spots, missed, remarks }
    }

    /// Nodes of the mesh as a table.
    pub fn table(&self) -> String {
        let mut out = "node,part,group,kind,cell,x_m,y_m,z_m\n".to_owned();
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        for s in &self.spots {
            let ([x, y, z], kind) = (s.centre_m, if s.is_cell { "cell" } else { "side" });
            let line = format!("{},{},{},{kind},{},{x:?},{y:?},{z:?}\n", s.node, quoted(&s.part), quoted(&s.group), s.cell);
            out += &line;
        }
        out
    }
}
