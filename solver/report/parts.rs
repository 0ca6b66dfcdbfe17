//! Parts of an assembly and groups of their meshes on the terminal.

use super::assembly::{AssemblySummary, GroupNumbers};
use super::lumped::Margins;
use std::fmt::Write;

impl AssemblySummary {
    /// Whether any part has a limit of operation.
    pub(super) fn has_limits(&self) -> bool {
        self.parts.values().any(|p| p.margins.operating_margin_k.is_some())
    }

    /// A line for each part and group.
    pub(super) fn write_parts(&self, o: &mut String) -> std::fmt::Result {
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
            "\n{:<28} {:>8} {:>9} {:>9} {:>9} {:>11} {:>11} {:>11}{}",
            "PARTS",
            "cells",
            "min °C",
            "mean °C",
            "max °C",
            "sunlight W",
            "planet W",
            "emitted W",
            if self.has_limits() { "   margin K" } else { "" }
        )?;
        let mut row = |name: &str, n: &GroupNumbers, margins: Option<&Margins>| {
            let planet = n.albedo_w + n.planet_ir_w;
            writeln!(
                o,
                "{name:<28} {:>8} {:>9.2} {:>9.2} {:>9.2} {:>11.2} {planet:>11.2} {:>11.2}{}",
                n.cells,
                n.least_c,
                n.mean_c,
                n.most_c,
                n.solar_w,
                n.emitted_net_w,
                margins.and_then(|m| m.operating_margin_k).map_or(String::new(), |m| format!("{m:>+11.1}"))
            )?;
            let Some([least, mean, most]) = n.in_time_c else { return Ok(()) };
            writeln!(o, "{:<28} {:>8} {least:>9.2} {mean:>9.2} {most:>9.2}", "  in time", "")
        };
        for (name, p) in &self.parts {
            row(name, &p.whole, Some(&p.margins))?;
            for (group, n) in &p.groups {
                row(&format!("  {group}"), n, None)?;
            }
        }
        Ok(())
    }
}
