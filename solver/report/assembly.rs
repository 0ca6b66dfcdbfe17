//! What a run of an assembly leaves behind: summary as text and JSON, cells as VTK, groups as CSV.

use super::components::{self, ComponentNumbers};
use super::files::Staged;
use super::html::given;
use super::lumped::{self, Margins, NodeNumbers};
use super::seen;
use super::summary::{Check, celsius};
use super::vtk::{cells_file, collection, real};
use super::wings::JointNumbers;
use crate::analysis::assembly::{Solution, groups_of};
use crate::analysis::flows::{Balance, HeatFlows};
use crate::analysis::seen::Enclosure;
use crate::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use crate::mesh::cells::Kind;
use crate::mesh::quality::Quality;
use crate::model::Assumption;
use crate::model::assembly::Assembly;
use crate::radiation::view_factor;
use crate::solve::steady::Convergence;
use crate::solve::transient::Work;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use vtkio::model::{Attribute, Attributes, CellType, Cells, DataArray, VertexNumbers};

/// Temperatures and heat flows of a group of cells in the steady state, and its temperatures in time.
#[derive(Clone, Debug, Default, Serialize)]
pub struct GroupNumbers {
    /// Cells.
    pub cells: usize,
    /// Volume, m³.
    pub volume_m3: f64,
    /// Area of its radiating sides, m².
    pub radiating_m2: f64,
    /// Coldest cell, °C.
    pub least_c: f64,
    /// Mean by volume, °C.
    pub mean_c: f64,
    /// Hottest cell, °C.
    pub most_c: f64,
    /// Sunlight absorbed, W.
    pub solar_w: f64,
    /// Albedo absorbed, W.
    pub albedo_w: f64,
    /// Planet infrared absorbed, W.
    pub planet_ir_w: f64,
    /// Infrared emitted less that absorbed from the spacecraft itself and space, W.
    pub emitted_net_w: f64,
    /// Coldest cell, mean in time and volume, and hottest cell of the time that was followed, °C.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_time_c: Option<[f64; 3]>,
}

/// A part of the case, its copies together, and the groups of its mesh.
#[derive(Clone, Debug, Serialize)]
pub struct PartNumbers {
    /// The whole part.
    #[serde(flatten)]
    pub whole: GroupNumbers,
    /// To its limits.
    #[serde(flatten)]
    pub margins: Margins,
    /// Its groups, if the mesh has any.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, GroupNumbers>,
}

/// A contact or link.
#[derive(Clone, Debug, Serialize)]
pub struct TouchNumbers {
    /// One side.
    pub a: String,
    /// The other.
    pub b: String,
    /// Area that touches, m².
    pub area_m2: f64,
    /// Length of edges that touch, m.
    pub length_m: f64,
    /// Pairs of faces.
    pub pairs: usize,
    /// Heat from a to b, W.
    pub heat_w: f64,
}

/// Temperatures of a sensor, °C.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct SensorNumbers {
    /// Steady state.
    pub steady_c: f64,
    /// Lowest of the rows in time; the steady state without `[transient]`.
    pub min_c: f64,
    /// Highest of the rows in time.
    pub max_c: f64,
}

/// What following it in time took.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct TimeNumbers {
    /// Followed, s.
    pub until_s: f64,
    /// Orbits searched for the one that repeats.
    pub searched_orbits: Option<usize>,
    /// Estimated distance to it at the end of the search, K.
    pub distance_k: Option<f64>,
    /// Steps and iterations.
    pub work: Work,
}

/// The summary of an assembly.
#[derive(Clone, Debug, Serialize)]
pub struct AssemblySummary {
    /// Version of this layout.
    pub schema_version: u32,
    /// "assembly".
    pub kind: &'static str,
    /// Program and version.
    pub program: String,
    /// Title of the case.
    pub name: String,
    /// Device that ran the hot loops.
    pub device: String,
    /// Whether all checks passed.
    pub passed: bool,
    /// Mesh quality.
    pub mesh: Quality,
    /// Parts.
    pub parts: BTreeMap<String, PartNumbers>,
    /// Lumped nodes.
    pub nodes: BTreeMap<String, NodeNumbers>,
    /// Sensors.
    pub sensors: BTreeMap<String, SensorNumbers>,
    /// Heat through each conductor of the case from a to b in the steady state, W.
    pub conductors_w: BTreeMap<String, f64>,
    /// Exchangers, loops and heaters.
    #[serde(flatten)]
    pub components: ComponentNumbers,
    /// Heat balance of each group in the steady state.
    pub groups: BTreeMap<String, Balance>,
    /// Contacts and links.
    pub touches: Vec<TouchNumbers>,
    /// Joints of parts.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub joints: BTreeMap<String, JointNumbers>,
    /// Radiation groups that see nothing outside.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub enclosures: Vec<Enclosure>,
    /// View factors, if rays were traced.
    pub view_factors: Option<view_factor::Quality>,
    /// Solver of the steady state.
    pub convergence: Convergence,
    /// In time.
    pub time: Option<TimeNumbers>,
    /// Checks.
    pub checks: Vec<Check>,
    /// Catalogue rows used.
    pub assumptions: Vec<Assumption>,
}

fn numbers(s: &Solution, part: &str, group: Option<&str>) -> GroupNumbers {
    let (bodies, network) = (&s.bodies, &s.assembled.network);
    let wanted: Vec<u32> =
        groups_of(bodies, part).filter(|(g, _)| group.is_none_or(|name| g.group == name)).map(|(_, k)| k).collect();
    let inside = |cell: usize| wanted.contains(&bodies.cells.part[cell]);
    let mut n = GroupNumbers { least_c: f64::INFINITY, most_c: f64::NEG_INFINITY, ..GroupNumbers::default() };
    for cell in (0..bodies.cells.len()).filter(|&c| inside(c)) {
        let (t, v) = (celsius(s.state.node_k[cell]), bodies.graph.volume_m3[cell]);
        n.cells += 1;
        n.volume_m3 += v;
        n.mean_c += t * v;
        (n.least_c, n.most_c) = (n.least_c.min(t), n.most_c.max(t));
    }
    n.mean_c /= n.volume_m3;
    n.in_time_c = s.march.as_ref().map(|m| {
        let mut of = [f64::INFINITY, 0.0, f64::NEG_INFINITY];
        for cell in (0..bodies.cells.len()).filter(|&c| inside(c)) {
            let [least, mean, most] = m.range_k[cell];
            of = [of[0].min(least), of[1] + mean * bodies.graph.volume_m3[cell] / n.volume_m3, of[2].max(most)];
        }
        of.map(celsius)
    });
    for (i, side) in s.assembled.sides.iter().enumerate().filter(|(_, side)| inside(side.cell)) {
        let q = &network.surfaces[i];
        n.radiating_m2 += side.area_m2;
        n.solar_w += side.area_m2 * q.solar_w_m2;
        n.albedo_w += side.area_m2 * q.albedo_w_m2;
        n.planet_ir_w += side.area_m2 * q.planet_ir_w_m2;
        n.emitted_net_w += side.area_m2 * (s.state.emitted_w_m2[i] - q.emissivity * s.state.irradiation_w_m2[i]);
    }
    n
}

impl AssemblySummary {
    /// Gathers the numbers of a run.
    pub fn new(model: &Assembly, s: &Solution, flows: &HeatFlows, device: String) -> Self {
        let part = |p: &crate::model::assembly::Part| {
            let mut groups: Vec<&str> = groups_of(&s.bodies, &p.name).map(|(g, _)| g.group.as_str()).collect();
            groups.sort_unstable();
            groups.dedup();
            let named = groups.into_iter().filter(|g| !g.is_empty());
            let groups = named.map(|g| (g.to_owned(), numbers(s, &p.name, Some(g)))).collect();
            let whole = numbers(s, &p.name, None);
            let ends = whole.in_time_c.map_or((whole.least_c, whole.most_c), |t| (t[0], t[2]));
            let margins = Margins::new(&p.limits, (ends.0 + CELSIUS_ZERO_K, ends.1 + CELSIUS_ZERO_K));
            (p.name.clone(), PartNumbers { whole, margins, groups })
        };
        let parts: BTreeMap<String, PartNumbers> = model.parts.iter().map(part).collect();
        let nodes = lumped::nodes(model, s);
        let c = s.state.convergence;
        let mut checks = vec![
            Check::new("last temperature change", c.last_change_k, c.change_limit_k, "K"),
            Check::new("energy balance", c.balance, model.solver.balance.get(), ""),
        ];
        parts.iter().for_each(|(name, p)| checks.extend(p.margins.checks(name)));
        nodes.iter().for_each(|(name, n)| checks.extend(n.margins.checks(name)));
        checks.extend(components::checks(model, s));
        if let (Some((_, distance, false)), Some(t)) = (s.march.as_ref().and_then(|m| m.search), &model.transient) {
            checks.push(Check::new("distance to the repeating orbit", distance, t.cycle_tolerance_k.get(), "K"));
        }
        let touch = |t: &crate::analysis::joins::Touch| TouchNumbers {
            a: t.a.clone(),
            b: t.b.clone(),
            area_m2: t.area_m2,
            length_m: t.length_m,
            pairs: t.pairs,
            heat_w: t.heat_w(&s.state.node_k),
        };
        let steady_k = s.assembled.sensors_k(&s.state.node_k);
        let sensor = |(k, (name, ..)): (usize, &(String, String, nalgebra::Vector3<f64>))| {
            let rows = s.march.iter().flat_map(|m| m.sensors_k.iter().map(|row| row[k]));
            let (min, max) = rows.fold((f64::INFINITY, f64::NEG_INFINITY), |e, t| (e.0.min(t), e.1.max(t)));
            let (min, max) = if s.march.is_some() { (min, max) } else { (steady_k[k], steady_k[k]) };
            (name.clone(), SensorNumbers { steady_c: celsius(steady_k[k]), min_c: celsius(min), max_c: celsius(max) })
        };
        let time = s.march.as_ref().map(|m| TimeNumbers {
            until_s: m.time_s.last().copied().unwrap_or(0.0),
            searched_orbits: m.search.map(|s| s.0),
            distance_k: m.search.map(|s| s.1),
            work: m.work,
        });
        Self {
            schema_version: 2,
            kind: "assembly",
            program: format!("thermsolve {}", env!("CARGO_PKG_VERSION")),
            name: model.name.clone(),
            device,
            passed: checks.iter().all(|c| c.passed),
            mesh: s.bodies.quality.clone(),
            parts,
            nodes,
            sensors: model.sensors.iter().enumerate().map(sensor).collect(),
            conductors_w: model.lumped.conductors.iter().zip(&s.conducted_w).map(|(c, q)| (c.name.clone(), *q)).collect(),
            components: ComponentNumbers::new(model, s),
            groups: s.assembled.groups.names.iter().cloned().zip(flows.balances.iter().copied()).collect(),
            touches: s.assembled.touches.iter().map(touch).collect(),
            joints: seen::joints(model, s),
            enclosures: s.assembled.enclosures.clone(),
            view_factors: s.assembled.quality,
            convergence: c,
            time,
            checks,
            assumptions: model.assumptions.clone(),
        }
    }

    /// As JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a summary is plain data")
    }

    /// As text for the terminal.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out).expect("writing to a string");
        out
    }

    fn write(&self, o: &mut String) -> std::fmt::Result {
        writeln!(o, "{}\n{}", self.name, "─".repeat(self.name.chars().count().max(40)))?;
        if !self.parts.is_empty() {
            self.write_parts(o)?;
        }
        if !self.nodes.is_empty() {
            writeln!(o, "\n{:<28} {:>11} {:>9} {:>9} {:>9} {:>9}", "NODES", "kind", "steady °C", "min °C", "max °C", "margin K")?;
        }
        for (name, n) in &self.nodes {
            let margin = n.margins.operating_margin_k.map_or(String::new(), |m| format!("{m:.2}"));
            writeln!(o, "{name:<28} {:>11} {:>9.3} {:>9.3} {:>9.3} {margin:>9}", n.kind, n.steady_c, n.min_c, n.max_c)?;
        }
        if !self.sensors.is_empty() {
            writeln!(o, "\n{:<28} {:>9} {:>9} {:>9}", "SENSORS", "steady °C", "min °C", "max °C")?;
        }
        for (name, t) in &self.sensors {
            writeln!(o, "{name:<28} {:>9.3} {:>9.3} {:>9.3}", t.steady_c, t.min_c, t.max_c)?;
        }
        if !self.touches.is_empty() {
            writeln!(o, "\nCONTACTS, heat from the first to the second")?;
        }
        for t in &self.touches {
            let size = match (t.area_m2, t.length_m) {
                (0.0, 0.0) => "bolted".to_owned(),
                (0.0, length) => format!("{length:.6} m"),
                (area, _) => format!("{area:.6} m²"),
            };
            writeln!(o, "  {} – {}: {size} in {} pairs, {:.4} W", t.a, t.b, t.pairs, t.heat_w)?;
        }
        o.push_str(&components::text(&self.components));
        let columns = ["internal", "sunlight", "planet", "conducted", "radiated", "space", "flow", "boundary"];
        write!(o, "\n{:<20}", "HEAT INTO, W")?;
        columns.iter().try_for_each(|c| write!(o, " {c:>10}"))?;
        writeln!(o)?;
        for (name, b) in &self.groups {
            write!(o, "{name:<20}")?;
            let planet_w = b.albedo_w + b.planet_ir_w;
            for q in [b.internal_w, b.sunlight_w, planet_w, b.exchanged_w, b.radiated_w, b.space_w, b.flow_w, b.boundary_w] {
                // No −0.000.
                write!(o, " {:>10.3}", if q.abs() < 5e-4 { 0.0 } else { q })?;
            }
            writeln!(o)?;
        }
        let c = &self.convergence;
        writeln!(
            o,
            "\nPROOF      {} rounds, last change {:.1e} K, balance {:.1e}; internal {:.4} W, absorbed {:.4} W, to space {:.4} W; on {}",
            c.rounds,
            c.last_change_k,
            c.balance,
            c.internal_w,
            c.external_w + 0.0,
            c.space_w + 0.0,
            self.device
        )?;
        if let Some(v) = &self.view_factors {
            writeln!(
                o,
                "           {} rays, exchange of a surface known to {:.3} W, closure changed no factor by more than {:.1e}",
                v.rays, v.flux_error_w, v.closure_change
            )?;
        }
        o.push_str(&seen::text(&self.joints, &self.enclosures));
        if let Some(t) = &self.time {
            let searched = t.searched_orbits.map_or(String::new(), |n| {
                format!(", {n} orbits searched, {:.1e} K from the one that repeats", t.distance_k.unwrap_or(f64::NAN))
            });
            writeln!(o, "           {} s followed in {} steps{searched}", t.until_s, t.work.steps)?;
        }
        for k in self.checks.iter().filter(|k| !k.passed) {
            writeln!(o, "FAILED     {}: {:.4} > {:.4} {} {}", k.what, k.value, k.limit, k.unit, k.place)?;
        }
        Ok(())
    }
}

fn cell_type(kind: Kind) -> CellType {
    match kind {
        Kind::Triangle => CellType::Triangle,
        Kind::Quad => CellType::Quad,
        Kind::Tetrahedron => CellType::Tetra,
        Kind::Hexahedron => CellType::Hexahedron,
        Kind::Wedge => CellType::Wedge,
        Kind::Pyramid => CellType::Pyramid,
    }
}

/// Cells and their corners.
fn geometry(s: &Solution) -> (Vec<f64>, Cells) {
    let cells = &s.bodies.cells;
    let (mut offsets, mut connectivity): (Vec<u64>, Vec<u64>) = (vec![], vec![]);
    for cell in 0..cells.len() {
        connectivity.extend(cells.corners(cell).iter().map(|&c| u64::from(c)));
        offsets.push(connectivity.len() as u64);
    }
    let points = cells.points_m.iter().flat_map(|p| [p.x, p.y, p.z]).collect();
    let types = cells.kinds.iter().map(|&k| cell_type(k)).collect();
    (points, Cells { cell_verts: VertexNumbers::XML { connectivity, offsets }, types })
}

/// Cells with their temperatures at an instant.
fn frame(s: &Solution, node_k: &[f32]) -> std::io::Result<Vec<u8>> {
    let (points, cells) = geometry(s);
    let temperature = node_k[..s.bodies.cells.len()].iter().map(|t| f64::from(*t)).collect();
    cells_file("assembly", points, cells, Attributes { point: vec![], cell: vec![real("temperature_k", temperature)] })
}

/// Cells with temperature, group, heat flux, and what their sides absorb and emit.
fn vtk(s: &Solution) -> std::io::Result<Vec<u8>> {
    let cells = &s.bodies.cells;
    let n = cells.len();
    let (mut absorbed, mut emitted) = (vec![0.0; n], vec![0.0; n]);
    for (i, side) in s.assembled.sides.iter().enumerate() {
        absorbed[side.cell] += side.area_m2 * s.assembled.network.surfaces[i].external_w_m2();
        let emission = side.optics.emissivity * STEFAN_BOLTZMANN * s.state.node_k[side.node].powi(4);
        emitted[side.cell] += side.area_m2 * emission;
    }
    let gradient = s.assembled.volumes.gradient_k_m(&s.state.node_k, 1.0);
    let flux = (0..n).flat_map(|c| {
        let q = -s.bodies.groups[cells.part[c] as usize].body.conductivity_w_mk * gradient[c];
        [q.x, q.y, q.z]
    });
    let group: Vec<i32> = cells.part.iter().map(|&p| i32::try_from(p).unwrap_or(i32::MAX)).collect();
    let cell = vec![
        real("temperature_k", s.state.node_k[..n].to_vec()),
        Attribute::DataArray(DataArray::vectors("heat_flux_w_m2").with_data(flux.collect::<Vec<f64>>())),
        real("absorbed_from_outside_w", absorbed),
        real("emitted_w", emitted),
        Attribute::DataArray(DataArray::scalars("group_id", 1).with_data(group)),
    ];
    let (points, cells) = geometry(s);
    cells_file("assembly", points, cells, Attributes { point: vec![], cell })
}

fn table(s: &Solution, summary: &AssemblySummary) -> String {
    let mut out = String::from(
        "part,group,cells,volume_m3,radiating_m2,least_c,mean_c,most_c,solar_w,albedo_w,planet_ir_w,emitted_net_w\n",
    );
    let mut row = |part: &str, group: &str, n: &GroupNumbers| {
        writeln!(
            out,
            "{part},{group},{},{:.6e},{:.6e},{:.4},{:.4},{:.4},{:.6},{:.6},{:.6},{:.6}",
            n.cells,
            n.volume_m3,
            n.radiating_m2,
            n.least_c,
            n.mean_c,
            n.most_c,
            n.solar_w,
            n.albedo_w,
            n.planet_ir_w,
            n.emitted_net_w
        )
        .expect("writing to a string");
    };
    for (name, p) in &summary.parts {
        row(name, "", &p.whole);
        p.groups.iter().for_each(|(group, n)| row(name, group, n));
    }
    out.push_str("\ngroup_id,part,group\n");
    for (k, g) in s.bodies.groups.iter().enumerate() {
        writeln!(out, "{k},{},{}", g.part, g.group).expect("writing to a string");
    }
    out
}

/// Writes every file of a run into `folder`; nothing appears there under its final name before all are written.
pub fn write(
    folder: &Path,
    model: &Assembly,
    s: &Solution,
    (summary, flows): (&AssemblySummary, &HeatFlows),
) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("summary.json", &summary.to_json())?;
    let (page, figures) = given::assembly(summary, model, (s, flows));
    staged.text("report.html", &page)?;
    for f in figures {
        staged.text(&format!("figures/{}.svg", f.name), &f.svg)?;
    }
    if model.output.csv {
        if !model.parts.is_empty() {
            staged.text("groups.csv", &table(s, summary))?;
        }
        for (name, content) in lumped::tables(model, s, flows, (&summary.nodes, &summary.components)) {
            staged.text(name, &content)?;
        }
    }
    if model.output.vtk && !model.parts.is_empty() {
        staged.bytes("model.vtu", &vtk(s)?)?;
        staged.text("model.pvd", &collection(&[(0.0, "model.vtu".into())]))?;
        let mut files = vec![];
        for (k, f) in s.march.iter().flat_map(|m| m.frames.iter().enumerate()) {
            let name = format!("frames/model_{k:04}.vtu");
            staged.bytes(&name, &frame(s, &f.node_k)?)?;
            files.push((f.time_s, name));
        }
        if !files.is_empty() {
            staged.text("history.pvd", &collection(&files))?;
        }
    }
    staged.commit()
}
