//! Tables for spreadsheets: surfaces, orbit positions, coolant channels.

use crate::constants::CELSIUS_ZERO_K;
use crate::sizing::Sized;
use std::fmt::Write;

/// Names and contents of all tables.
pub fn tables(sized: &Sized) -> Vec<(&'static str, String)> {
    vec![("surfaces.csv", surfaces(sized)), ("positions.csv", positions(sized)), ("channels.csv", channels(sized))]
}

/// A number of a table, or nothing.
pub(super) fn or_empty(x: Option<f64>) -> String {
    x.map(|x| format!("{x:.6}")).unwrap_or_default()
}

/// A field of a table, quoted where it must be.
pub(super) fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

fn line(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    out.write_fmt(arguments).expect("writing to a string");
    out.push('\n');
}

fn surfaces(sized: &Sized) -> String {
    let (s, network) = (&sized.solution, &sized.solution.network);
    let area = network.surface_area_m2();
    let mut out = String::from(
        "surface,part,facet,side,area_m2,absorptivity,emissivity,view_to_space,solar_w_m2,albedo_w_m2,planet_ir_w_m2,own_ir_w_m2,emitted_w_m2\n",
    );
    for (i, side) in s.layout.sides.iter().enumerate() {
        let to_space = network.factors.as_ref().map_or(1.0, |f| f.to_space(i));
        let q = &network.surfaces[i];
        line(
            &mut out,
            format_args!(
                "{i},{},{},{},{:.6},{},{},{to_space:.6},{:.4},{:.4},{:.4},{:.4},{:.4}",
                s.layout.mesh.panels[side.panel].name,
                side.code >> 1,
                if side.code & 1 == 0 { "front" } else { "back" },
                area[i],
                side.optics.absorptivity,
                side.optics.emissivity,
                q.solar_w_m2,
                q.albedo_w_m2,
                q.planet_ir_w_m2,
                q.emissivity * s.state.irradiation_w_m2[i],
                s.state.emitted_w_m2[i],
            ),
        );
    }
    out
}

/// Incident flux by position, area means over the radiator and the array.
fn positions(sized: &Sized) -> String {
    use crate::analysis::layout::Part;
    let (s, incident) = (&sized.solution, &sized.solution.incident);
    let (area, sunlight) = (s.network.surface_area_m2(), incident.sunlight_w_m2());
    let mut out = String::from("position,anomaly_deg,weight,illumination");
    for part in [Part::Radiator, Part::Array, Part::Bus] {
        for what in ["solar", "albedo", "planet_ir"] {
            write!(out, ",{}_{what}_incident_w_m2", part.name()).expect("writing to a string");
        }
    }
    out.push('\n');
    for (k, p) in sized.orbit.timeline.positions.iter().enumerate() {
        write!(out, "{k},{:.4},{:.6},{}", p.anomaly_rad.to_degrees(), p.weight, p.illumination).expect("writing to a string");
        for part in [Part::Radiator, Part::Array, Part::Bus] {
            let of_part: Vec<usize> =
                (0..s.layout.sides.len()).filter(|&i| s.layout.parts[s.layout.sides[i].panel] == part).collect();
            let size: f64 = of_part.iter().map(|&i| area[i]).sum();
            for field in [&sunlight, &incident.albedo_w_m2, &incident.planet_ir_w_m2] {
                let sum: f64 = of_part.iter().map(|&i| area[i] * field[i * incident.positions + k]).sum();
                write!(out, ",{:.4}", sum / size).expect("writing to a string");
            }
        }
        out.push('\n');
    }
    out
}

fn channels(sized: &Sized) -> String {
    let c = &sized.solution.network.coolant;
    let mut out = String::from("channel,inlet_c,outlet_c,heat_w\n");
    for (k, ends) in sized.solution.state.coolant_k.chunks(c.segments + 1).enumerate() {
        let (first, last) = (ends[0], ends[c.segments]);
        let heat = c.capacity_rate_w_per_k * (first - last);
        line(&mut out, format_args!("{k},{:.5},{:.5},{heat:.4}", first - CELSIUS_ZERO_K, last - CELSIUS_ZERO_K));
    }
    out
}
