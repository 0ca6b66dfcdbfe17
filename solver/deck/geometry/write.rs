//! The text of the case.

use super::mission::Plane;
use super::{Conducts, Geometry, Mission, Part};
use crate::deck::as_comments;
use crate::deck::case_text::{Keys, key, quoted};
use crate::model::form::{Cut, Form};
use nalgebra::UnitQuaternion;
use std::collections::BTreeSet;
use std::fmt::Write;

/// Material of shells that neither conduct nor store heat, with its thickness, mm.
const NOTHING: (&str, f64) = ("nothing", 0.01);

/// A number without what turning rounds.
fn plain(x: f64) -> String {
    let rounded = (x * 1e12).round() / 1e12;
    format!("{:?}", if rounded == 0.0 { 0.0 } else { rounded })
}

fn list(numbers: &[f64]) -> String {
    format!("[{}]", numbers.iter().map(|x| plain(*x)).collect::<Vec<_>>().join(", "))
}

/// Angles about x, then y, then z. Where x ends up along z only the sum of the first and the last counts: the first is 0.
fn turn_deg(turn: &UnitQuaternion<f64>) -> [f64; 3] {
    let r = turn.to_rotation_matrix();
    let flat = r[(2, 1)].hypot(r[(2, 2)]);
    let y = (-r[(2, 0)]).atan2(flat);
    let (x, z) =
        if flat < 1e-9 { (0.0, (-r[(0, 1)]).atan2(r[(1, 1)])) } else { (r[(2, 1)].atan2(r[(2, 2)]), r[(1, 0)].atan2(r[(0, 0)])) };
    [x, y, z].map(f64::to_degrees)
}

impl Part {
    fn write(&self, out: &mut String) {
        let mut put = |key: &str, value: String| {
            let _ = writeln!(out, "{key} = {value}");
        };
        let [n, m, l] = self.cells;
        let (shape, cells) = match self.form {
            Form::Panel { size_m } => {
                put("size_m", list(&size_m));
                ("panel", vec![n, m])
            }
            Form::Box { size_m } | Form::Block { size_m } => {
                put("size_m", list(&size_m));
                (if matches!(self.form, Form::Box { .. }) { "box" } else { "block" }, vec![n, m, l])
            }
            Form::Disc { inner_m, outer_m } => {
                put("radius_m", plain(outer_m));
                if inner_m > 0.0 {
                    put("inner_radius_m", plain(inner_m));
                }
                ("disc", vec![n, m])
            }
            Form::Cone { base_m, end_m, length_m } => {
                put("radius_m", plain(base_m));
                put("length_m", plain(length_m));
                if end_m > 0.0 && end_m != base_m {
                    put("end_radius_m", plain(end_m));
                }
                (if end_m == base_m { "cylinder" } else { "cone" }, vec![n, m])
            }
            Form::Sphere { radius_m } => {
                put("radius_m", plain(radius_m));
                ("sphere", vec![n, m])
            }
            Form::Paraboloid { radius_m, focal_m } => {
                put("radius_m", plain(radius_m));
                put("focal_m", plain(focal_m));
                ("paraboloid", vec![n, m])
            }
        };
        if self.cut.sector_rad != Cut::WHOLE.sector_rad {
            put("sector_deg", list(&self.cut.sector_rad.map(f64::to_degrees)));
        }
        if self.cut.latitude_rad != Cut::WHOLE.latitude_rad {
            put("latitude_deg", list(&self.cut.latitude_rad.map(f64::to_degrees)));
        }
        put("shape", quoted(shape));
        put("cells", format!("{cells:?}"));
        put("position_m", list(self.place.translation.vector.as_slice()));
        put("turn_deg", list(&turn_deg(&self.place.rotation)));
        match self.skin.layers.as_slice() {
            [] => {
                put("material", quoted(NOTHING.0));
                put("thickness_mm", plain(NOTHING.1));
            }
            [(material, _)] if self.skin.solid => put("material", quoted(material)),
            [(material, thick_m)] => {
                put("material", quoted(material));
                put("thickness_mm", plain(thick_m * 1e3));
            }
            layers => {
                let one = |(m, t): &(String, f64)| format!("{{ material = {}, thickness_mm = {} }}", quoted(m), plain(t * 1e3));
                put("layers", format!("[{}]", layers.iter().map(one).collect::<Vec<_>>().join(", ")));
            }
        }
        let [front, back] = if self.skin.solid { ["outside", ""] } else { ["front", "back"] };
        for (side, coat) in [(front, &self.skin.front), (back, &self.skin.back)] {
            if let Some(coat) = coat {
                put(side, quoted(coat));
            }
        }
        let mut heat = Keys::default();
        heat.value(&self.heat_w, ("heat_w", "heat_by_s", ""), |q| q);
        if self.heat_w != crate::deck::Value::Constant(0.0) {
            heat.lines().for_each(|l| {
                let _ = writeln!(out, "{l}");
            });
        }
    }
}

impl Mission {
    fn write(&self, out: &mut String) {
        let [low, high] = self.heights_km.map(plain);
        let _ = writeln!(out, "\n# Mission {}", self.name.replace(char::is_control, " "));
        let _ = writeln!(out, "[orbit]\nbody = \"{}\"\nshadow = \"{}\"", self.body, if self.cone { "cone" } else { "cylinder" });
        match &self.plane {
            Plane::Beta(beta) => {
                let _ = writeln!(out, "altitude_km = {low}\nbeta_deg = {}", plain(*beta));
            }
            Plane::Elements(epoch, [inclination, node, perigee]) => {
                let [inclination, node, perigee] = [inclination, node, perigee].map(|x| plain(*x));
                let _ = writeln!(out, "\n[orbit.elements]\nepoch = {epoch}\nperigee_km = {low}\napogee_km = {high}");
                let _ = writeln!(out, "inclination_deg = {inclination}\nnode_deg = {node}\nperigee_argument_deg = {perigee}");
                let _ = writeln!(out, "true_anomaly_deg = 0.0");
            }
        }
        let [sun, ground] = self.flux_w_m2;
        let _ = writeln!(out, "\n[environment]\ndesign_case = \"custom\"\nlife = \"beginning\"\nsolar_w_m2 = {sun:?}");
        let _ = writeln!(out, "albedo = {:?}\nplanet_ir_w_m2 = {ground:?}", self.albedo);
        let aim = |(axis, target): &([f64; 3], &str)| format!("{{ axis = {axis:?}, target = \"{target}\" }}");
        let (first, second) = (aim(&self.aims[0]), aim(&self.aims[1]));
        let _ = writeln!(out, "\n[attitude]\nsun_error_deg = 0.0\nprimary = {first}\nsecondary = {second}");
    }
}

impl Geometry {
    /// The text of a case, which begins with what was not translated; `place` says where a line is. Truth: `geometry::*`.
    pub fn to_case(&self, place: impl Fn(usize) -> String) -> String {
        let mut out = as_comments(&self.remarks, place);
        let _ = writeln!(out, "name = {}", quoted(&self.title));
        if !self.parts.is_empty() {
            out += "exchange = \"traced\"\n";
        }
        let flown = self.mission.as_ref().filter(|_| !self.parts.is_empty());
        if flown.is_none() && !self.parts.is_empty() {
            out += "life = \"beginning\"\n";
        }
        flown.into_iter().for_each(|m| m.write(&mut out));
        for p in &self.parts {
            let _ = writeln!(out, "\n[parts.{}]", key(&p.name));
            p.write(&mut out);
        }
        self.joins(&mut out);
        self.properties(&mut out);
        out
    }

    fn joins(&self, out: &mut String) {
        for n in &self.nodes {
            let mut keys = Keys::default();
            if let Some(held) = &n.held_c {
                keys.value(held, ("temperature_c", "temperature_by_s", ""), |t| t);
            } else {
                if n.capacity_j_per_k > 0.0 {
                    keys.put("capacity_j_per_k", plain(n.capacity_j_per_k));
                }
                if n.power_w != crate::deck::Value::Constant(0.0) {
                    keys.value(&n.power_w, ("power_w", "power_by_s", ""), |q| q);
                }
            }
            let _ = writeln!(out, "\n[nodes.{}]", key(&n.name));
            keys.lines().for_each(|l| {
                let _ = writeln!(out, "{l}");
            });
        }
        let mut names = std::collections::BTreeMap::new();
        for (name, a, b, gl) in &self.conductors {
            let (a, b) = (quoted(&self.nodes[*a].name), quoted(&self.nodes[*b].name));
            let name = super::fresh(&mut names, name);
            let _ = writeln!(out, "\n[conductors.{}]\na = {a}\nb = {b}\ngl_w_per_k = {gl:?}", key(&name));
        }
        for c in &self.contacts {
            let (a, b) = (quoted(&self.parts[c.a].name), quoted(&self.parts[c.b].name));
            let conducts = match c.conducts {
                Conducts::Edge(g) => format!("edge_w_mk = {g:?}"),
                Conducts::Area(h) => format!("h_w_m2k = {h:?}"),
            };
            let within = plain(c.within_m * 1e3);
            let _ = writeln!(
                out,
                "\n# {}\n[[contacts]]\na = {a}\nb = {b}\n{conducts}\nwithin_mm = {within}",
                c.name.replace(char::is_control, " ")
            );
        }
        for l in &self.links {
            let (part, node) = (quoted(&self.parts[l.part].name), quoted(&self.nodes[l.node].name));
            let _ = writeln!(out, "\n[[links]]\npart = {part}\nnode = {node}\ngl_w_per_k = {:?}", l.gl_w_per_k);
        }
    }

    /// Materials and coatings that parts have.
    fn properties(&self, out: &mut String) {
        let source = "source = \"the imported text\"\nevidence = \"read\"";
        let materials: BTreeSet<&String> = self.parts.iter().flat_map(|p| p.skin.layers.iter().map(|l| &l.0)).collect();
        for name in materials {
            let m = self.materials[name];
            let _ = writeln!(out, "\n[materials.{}]\ndensity_kg_m3 = {:?}", key(name), m.density);
            let _ = writeln!(out, "conductivity_w_mk = {:?}\nspecific_heat_j_kgk = {:?}\n{source}", m.conductivity, m.heat);
        }
        if self.parts.iter().any(|p| p.skin.layers.is_empty()) {
            let _ =
                writeln!(out, "\n# Of shells that neither conduct nor store heat in the text: the least that a case can have.");
            let _ = writeln!(out, "[materials.{}]\ndensity_kg_m3 = 1.0\nconductivity_w_mk = 0.001", NOTHING.0);
            let _ = writeln!(out, "specific_heat_j_kgk = 10.0\n{source}");
        }
        let coatings: BTreeSet<&String> = self.parts.iter().flat_map(|p| [&p.skin.front, &p.skin.back]).flatten().collect();
        for name in coatings {
            let c = self.coatings[name];
            let _ = writeln!(out, "\n[coatings.{}]\nabsorptivity_beginning = {:?}", key(name), c.absorptivity);
            let _ = writeln!(out, "absorptivity_end = {:?}\nemissivity_beginning = {:?}", c.absorptivity, c.emissivity);
            let _ = writeln!(out, "emissivity_end = {:?}\nareal_mass_kg_m2 = 0.0", c.emissivity);
            let _ = writeln!(out, "specularity_solar = {:?}\nspecularity_ir = {:?}\n{source}", c.specular[0], c.specular[1]);
        }
    }
}
