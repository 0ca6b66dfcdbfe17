//! What a run of an assembly leaves behind: summary as text and JSON, cells as VTK, groups as CSV.

use super::files::Staged;
use super::html::given;
use super::summary::{Check, celsius};
use super::vtk::{cells_file, collection, real};
use crate::analysis::assembly::{Solution, groups_of};
use crate::constants::STEFAN_BOLTZMANN;
use crate::mesh::cells::Kind;
use crate::mesh::quality::Quality;
use crate::model::Assumption;
use crate::model::assembly::Assembly;
use crate::radiation::view_factor;
use crate::solve::steady::Convergence;
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use vtkio::model::{Attribute, Attributes, CellType, Cells, DataArray, VertexNumbers};

/// Temperatures and heat flows of a group of cells.
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
}

/// A part of the case, its copies together, and the groups of its mesh.
#[derive(Clone, Debug, Serialize)]
pub struct PartNumbers {
    /// The whole part.
    #[serde(flatten)]
    pub whole: GroupNumbers,
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
    /// Pairs of faces.
    pub pairs: usize,
    /// Heat from a to b, W.
    pub heat_w: f64,
}

/// The summary of an assembly.
#[derive(Clone, Debug, Serialize)]
pub struct AssemblySummary {
    /// Version of this layout.
    pub schema_version: u32,
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
    /// Temperatures of the case's lumped nodes, °C.
    pub nodes_c: BTreeMap<String, f64>,
    /// Contacts and links.
    pub touches: Vec<TouchNumbers>,
    /// View factors, if rays were traced.
    pub view_factors: Option<view_factor::Quality>,
    /// Solver.
    pub convergence: Convergence,
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
    pub fn new(model: &Assembly, s: &Solution, device: String) -> Self {
        let part = |p: &crate::model::assembly::Part| {
            let mut groups: Vec<&str> = groups_of(&s.bodies, &p.name).map(|(g, _)| g.group.as_str()).collect();
            groups.sort_unstable();
            groups.dedup();
            let named = groups.into_iter().filter(|g| !g.is_empty());
            let groups = named.map(|g| (g.to_owned(), numbers(s, &p.name, Some(g)))).collect();
            (p.name.clone(), PartNumbers { whole: numbers(s, &p.name, None), groups })
        };
        let c = s.state.convergence;
        let checks = vec![
            Check::new("last temperature change", c.last_change_k, c.change_limit_k, "K"),
            Check::new("energy balance", c.balance, model.solver.balance.get(), ""),
        ];
        let touch = |t: &crate::analysis::assembly::Touch| TouchNumbers {
            a: t.a.clone(),
            b: t.b.clone(),
            area_m2: t.area_m2,
            pairs: t.pairs,
            heat_w: t.heat_w(&s.state.node_k),
        };
        Self {
            schema_version: 1,
            program: format!("thermsolve {}", env!("CARGO_PKG_VERSION")),
            name: model.name.clone(),
            device,
            passed: checks.iter().all(|c| c.passed),
            mesh: s.bodies.quality.clone(),
            parts: model.parts.iter().map(part).collect(),
            nodes_c: s.assembled.lumped.iter().map(|(name, &n)| (name.clone(), celsius(s.state.node_k[n]))).collect(),
            touches: s.assembled.touches.iter().map(touch).collect(),
            view_factors: s.assembled.quality,
            convergence: c,
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
        let m = &self.mesh;
        writeln!(
            o,
            "MESH       {} cells, {} points; cells lean by {:.1}° at most, {:.1}° on average; {:.0} times longer than wide at most",
            m.cells, m.points, m.worst_non_orthogonality_deg, m.mean_non_orthogonality_deg, m.worst_aspect_ratio
        )?;
        for w in &m.warnings {
            writeln!(o, "           warning: {w}")?;
        }
        writeln!(
            o,
            "\n{:<28} {:>8} {:>9} {:>9} {:>9} {:>11} {:>11} {:>11}",
            "PARTS", "cells", "min °C", "mean °C", "max °C", "sunlight W", "planet W", "emitted W"
        )?;
        let mut row = |name: &str, n: &GroupNumbers| {
            let planet = n.albedo_w + n.planet_ir_w;
            writeln!(
                o,
                "{name:<28} {:>8} {:>9.2} {:>9.2} {:>9.2} {:>11.2} {planet:>11.2} {:>11.2}",
                n.cells, n.least_c, n.mean_c, n.most_c, n.solar_w, n.emitted_net_w
            )
        };
        for (name, p) in &self.parts {
            row(name, &p.whole)?;
            for (group, n) in &p.groups {
                row(&format!("  {group}"), n)?;
            }
        }
        for (name, t) in &self.nodes_c {
            writeln!(o, "node {name:<23} {t:>28.2}")?;
        }
        if !self.touches.is_empty() {
            writeln!(o, "\nCONTACTS")?;
        }
        for t in &self.touches {
            writeln!(o, "  {} – {}: {:.6} m² in {} pairs of faces, {:.4} W", t.a, t.b, t.area_m2, t.pairs, t.heat_w)?;
        }
        let c = &self.convergence;
        writeln!(
            o,
            "\nPROOF      {} rounds, last change {:.1e} K, balance {:.1e}; internal {:.4} W, absorbed {:.4} W, to space {:.4} W",
            c.rounds, c.last_change_k, c.balance, c.internal_w, c.external_w, c.space_w
        )?;
        if let Some(v) = &self.view_factors {
            writeln!(
                o,
                "           {} rays, exchange of a surface known to {:.3} W, closure moved factors by {:.1e}",
                v.rays, v.flux_error_w, v.closure_change
            )?;
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

/// Cells with temperature, group, heat flux, and what their sides absorb and emit.
fn vtk(s: &Solution) -> std::io::Result<Vec<u8>> {
    let cells = &s.bodies.cells;
    let n = cells.len();
    let mut offsets = Vec::with_capacity(n);
    let mut connectivity: Vec<u64> = Vec::with_capacity(4 * n);
    for cell in 0..n {
        connectivity.extend(cells.corners(cell).iter().map(|&c| u64::from(c)));
        offsets.push(connectivity.len() as u64);
    }
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
    let points = cells.points_m.iter().flat_map(|p| [p.x, p.y, p.z]).collect();
    let types = cells.kinds.iter().map(|&k| cell_type(k)).collect();
    let cells = Cells { cell_verts: VertexNumbers::XML { connectivity, offsets }, types };
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
pub fn write(folder: &Path, model: &Assembly, s: &Solution, summary: &AssemblySummary) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("summary.json", &summary.to_json())?;
    staged.text("report.html", &given::assembly(summary, s, &model.source.text))?;
    if model.output.csv {
        staged.text("groups.csv", &table(s, summary))?;
    }
    if model.output.vtk {
        staged.bytes("model.vtu", &vtk(s)?)?;
        staged.text("model.pvd", &collection(&[(0.0, "model.vtu".into())]))?;
    }
    staged.commit()
}
