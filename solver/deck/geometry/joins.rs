//! What joins parts and nodes, and what heats them.

use super::reader::{Arguments, Known, Later, MOST_NAMED, Reader};
use super::tree::Leaf;
use super::{Conducts, Contact, Geometry, Link, Node, short};
use crate::deck::Value;
use crate::model::form::Form;
use crate::quantity::{Conductance, FilmCoefficient, Millimetres, NodeCelsius, NodePower, Watts};
use nalgebra::{Isometry3, Point3, Vector3};
use std::collections::{BTreeMap, BTreeSet};

/// Conductors, zones and conditions: what is assigned to a name.
pub(super) const KINDS: [&str; 7] = [
    "DEFINE_CONTACT_ZONE",
    "CONDUCTIVE_CONDUCTOR",
    "TOTAL_AREA_HEAT_LOAD",
    "TOTAL_VOLUME_HEAT_LOAD",
    "AREA_HEAT_LOAD",
    "VOLUME_HEAT_LOAD",
    "TEMPERATURE",
];
/// What fuses edges, W/(m K), and faces, W/(m² K): much more than any shell or cell conducts.
const FUSED: (f64, f64) = (1e6, 1e8);
/// What ties a part to a node that holds it, W/K.
const HELD_W_PER_K: f64 = 1e5;
/// Distance of edges and faces that are fused, m, and part of their radius that facets may stand apart.
const WITHIN_M: f64 = 1e-4;
const FACETS: f64 = 0.02;
/// Groups in one another.
const DEPTH: usize = 8;
/// Joins, and names followed for them, in all.
const MOST: usize = 100_000;
const MOST_FOLLOWED: usize = 2_000_000;

/// What a reference names: parts with their faces (`None`: all of them), nodes, and what is not sure about it.
#[derive(Default)]
struct Named {
    parts: BTreeMap<usize, Option<BTreeSet<usize>>>,
    nodes: BTreeSet<usize>,
    doubts: BTreeSet<String>,
    steps: usize,
}

impl Named {
    /// Follows a name, a group, or a name with `:face3`, `:surface1`, `:volume2` behind it. Errors: words.
    fn seek(&mut self, r: &Reader, found: &Geometry, text: &str, depth: usize) -> Result<(), String> {
        self.steps += 1;
        if depth > DEPTH || self.steps > MOST_NAMED {
            return Err(format!("more than {DEPTH} groups in one another, or {MOST_NAMED} names"));
        }
        let mut base = text.trim();
        loop {
            let (key, rest) = (base.to_ascii_uppercase(), text.trim()[base.len()..].trim_start_matches(':'));
            if let (Some(Known::Group(names)), "") = (r.known.get(&key), rest) {
                return names.iter().try_for_each(|n| self.seek(r, found, n, depth + 1));
            }
            if let Some(tree) = r.trees.get(&key) {
                let mut leaves = vec![];
                tree.leaves(&Isometry3::identity(), &mut leaves);
                let ids: BTreeSet<usize> = leaves.iter().map(|l| l.0).collect();
                let before = (self.parts.len(), self.nodes.len());
                ids.into_iter().try_for_each(|leaf| self.leaf(r, found, leaf, rest))?;
                let none = before == (self.parts.len(), self.nodes.len()) && self.parts.is_empty() && self.nodes.is_empty();
                return if none { Err(format!("{} is not translated or not in the model", short(text))) } else { Ok(()) };
            }
            base = base.rsplit_once(':').ok_or_else(|| format!("{} is not known", short(text)))?.0;
        }
    }

    fn leaf(&mut self, r: &Reader, found: &Geometry, leaf: usize, rest: &str) -> Result<(), String> {
        self.steps += found.parts.len() / 64 + 1;
        let here: Vec<usize> = (0..found.parts.len()).filter(|k| found.parts[*k].of.0 == leaf).collect();
        let detail: Vec<&str> = rest.split(':').filter(|d| !d.is_empty() && *d != "wall").collect();
        let number = |word: &str| {
            detail.first().and_then(|d| d.strip_prefix(word)).and_then(|n| n.parse::<usize>().ok()).filter(|n| *n > 0)
        };
        match (&r.leaves[leaf], detail.len()) {
            (Leaf::Nothing, _) => Ok(()),
            (Leaf::Node { .. }, 0) => {
                self.nodes.extend((0..found.nodes.len()).filter(|k| found.nodes[*k].of == leaf));
                Ok(())
            }
            (Leaf::Shape(_), 0) => {
                self.parts.extend(here.into_iter().map(|k| (k, None)));
                Ok(())
            }
            (Leaf::Shape(p), 1) => {
                let whole = number("surface").or(number("volume"));
                if let Some(face) = number("face").filter(|_| p.counted) {
                    let mut cell = (face - 1) / 2;
                    for (k, piece) in p.pieces.iter().enumerate() {
                        if cell < piece.faces {
                            for part in here.into_iter().filter(|h| found.parts[*h].of.1 == k) {
                                if let Some(faces) = self.parts.entry(part).or_insert_with(|| Some(BTreeSet::new())) {
                                    faces.insert(cell);
                                }
                            }
                            return Ok(());
                        }
                        cell -= piece.faces;
                    }
                    return Err(format!("{} has no face {face}", p.name));
                }
                if whole.is_none() && number("face").is_none() {
                    return Err(format!("{} of {} is not translated", short(rest), p.name));
                }
                if !p.counted && (number("volume").is_none() || p.pieces[0].faces > 1) {
                    self.doubts.insert(format!("{}:{} is taken as the whole of {}", p.name, short(rest), p.name));
                }
                self.parts.extend(here.into_iter().map(|k| (k, None)));
                Ok(())
            }
            _ => Err(format!("{} is not translated", short(rest))),
        }
    }
}

/// What the arguments of a call name. Errors: words.
fn named(r: &mut Reader, found: &Geometry, l: &Later, key: &str) -> Result<(Vec<usize>, Vec<usize>), String> {
    let mut n = Named::default();
    let a = Arguments { reader: r, call: &l.call };
    let raw = a.raw(key).ok_or_else(|| format!("`{key}` is missing"))?;
    let text = if raw.starts_with('"') { a.text(key)?.unwrap_or_default() } else { raw.to_owned() };
    let followed = n.seek(r, found, &text, 0);
    r.followed += n.steps;
    if r.followed > MOST_FOLLOWED {
        return Err(format!("more than {MOST_FOLLOWED} names are followed"));
    }
    followed?;
    for (k, faces) in &n.parts {
        let part = &found.parts[*k];
        if let Some(some) = faces.as_ref().filter(|f| f.len() < part.faces) {
            n.doubts.insert(format!("{} of {} faces of {} are taken as all of it", some.len(), part.faces, part.name));
        }
    }
    n.doubts.iter().for_each(|d| r.lost(l.line, format!("{}: {d}", l.name)));
    Ok((n.parts.into_keys().collect(), n.nodes.into_iter().collect()))
}

/// Analysis case that is asked for, or the only one. Errors: a line and words.
fn analysis(r: &Reader, wanted: Option<&str>) -> Result<Option<String>, (usize, String)> {
    let name = |l: &Later| l.call.arguments.iter().find(|a| a.0 == "analysis_case").map(|a| (a.1.to_ascii_uppercase(), l.line));
    let names: BTreeMap<String, usize> = r.later.iter().filter_map(name).collect();
    let known = || short(&names.keys().map(String::as_str).collect::<Vec<_>>().join(", "));
    match (wanted.map(str::to_ascii_uppercase), names.len()) {
        (Some(w), _) if names.contains_key(&w) => Ok(Some(w)),
        (Some(w), _) => Err((0, format!("no analysis case is named `{}`; there are: {}", short(&w), known()))),
        (None, 0 | 1) => Ok(names.into_keys().next()),
        (None, n) => Err((names.values().copied().max().unwrap_or(0), format!("{n} analysis cases: {}", known()))),
    }
}

/// Contacts, conductors, heat. Errors: a line and words where a case must be chosen.
pub(super) fn all(r: &mut Reader, found: &mut Geometry, wanted: Option<&str>) -> Result<(), (usize, String)> {
    let chosen = analysis(r, wanted)?;
    let later = std::mem::take(&mut r.later);
    let raw = |l: &Later, key: &str| l.call.arguments.iter().find(|a| a.0 == key).map(|a| a.1.to_ascii_uppercase());
    // What the analysis case switches.
    let mut switched: BTreeMap<String, bool> = BTreeMap::new();
    for l in later.iter().filter(|l| chosen.is_some() && raw(l, "analysis_case") == chosen) {
        let what = raw(l, "boundary_condition").or_else(|| raw(l, "contact_zone")).or_else(|| raw(l, "conductor"));
        if let (true, Some(what), Some(applies)) = (l.call.name.starts_with("SET_"), what, raw(l, "applies")) {
            switched.insert(what, applies == "TRUE");
        }
    }
    for l in &later {
        let condition = l.call.name.ends_with("HEAT_LOAD") || l.call.name == "TEMPERATURE";
        let applies = switched.get(&l.name.to_ascii_uppercase()).copied().unwrap_or(!condition || chosen.is_none());
        if !applies && !l.name.is_empty() {
            r.note(l.line, format!("{}: switched off in {}", l.name, chosen.as_deref().unwrap_or("")));
            continue;
        }
        let done = match l.call.name.as_str() {
            "DEFINE_CONDUCTIVE_INTERFACE" => interface(r, found, l),
            "DEFINE_CONTACT_ZONE" => zone(r, found, l),
            "CONDUCTIVE_CONDUCTOR" => conductor(r, found, l),
            "TEMPERATURE" => held(r, found, l),
            name if name.ends_with("HEAT_LOAD") => load(r, found, l),
            _ => Ok(()),
        };
        let many = found.contacts.len() + found.links.len() + found.conductors.len() > MOST;
        if let Err(e) = if many { Err(format!("more than {MOST} joins")) } else { done } {
            let name = if l.name.is_empty() { raw(l, "conductive_interface").unwrap_or_default() } else { l.name.clone() };
            r.lost(l.line, format!("{name}: {e}"));
        }
        if many {
            break;
        }
    }
    found.materials = r.bulks.clone();
    found.coatings = r.opticals.clone();
    Ok(())
}

/// Whether two points lie on a panel, to a tenth of a millimetre.
fn holds(found: &Geometry, part: usize, at: &[Vector3<f64>]) -> bool {
    let p = &found.parts[part];
    let Form::Panel { size_m } = p.form else { return true };
    at.iter().all(|x| {
        let x = p.place.inverse_transform_point(&Point3::from(*x));
        x.z.abs() < WITHIN_M && (0..2).all(|k| (-WITHIN_M..=size_m[k] + WITHIN_M).contains(&x[k]))
    })
}

/// Radius of what is curved, m.
fn radius_m(found: &Geometry, part: usize) -> f64 {
    match found.parts[part].form {
        Form::Disc { outer_m, .. } => outer_m,
        Form::Cone { base_m, end_m, .. } => base_m.max(end_m),
        Form::Sphere { radius_m } | Form::Paraboloid { radius_m, .. } => radius_m,
        _ => 0.0,
    }
}

/// Edges or faces that are fused: of boxes the sides on which both points lie, in the axes of the first shell.
fn interface(r: &mut Reader, found: &mut Geometry, l: &Later) -> Result<(), String> {
    let a = Arguments { reader: r, call: &l.call };
    let name = a.raw("conductive_interface").unwrap_or("").to_owned();
    if let Some(kind) = a.text("connect_type")?.filter(|t| !t.eq_ignore_ascii_case("FUSED")) {
        return Err(format!("\"{}\" is not translated, only \"FUSED\"", short(&kind)));
    }
    let point = |key: &str| a.list(key).map(|l| l.and_then(|l| <[f64; 3]>::try_from(l).ok()).map(Vector3::from));
    let ends: Vec<Vector3<f64>> = [point("start_point")?, point("end_point")?].into_iter().flatten().collect();
    let l = Later { name: name.clone(), ..l.clone() };
    let (first, second) = (named(r, found, &l, "primitivea")?.0, named(r, found, &l, "primitiveb")?.0);
    // The axes of the first shell: where its first part lies, without where that part lies in it.
    let axes = first.first().and_then(|k| match &r.leaves[found.parts[*k].of.0] {
        Leaf::Shape(p) => Some(found.parts[*k].place * p.pieces[found.parts[*k].of.1].local.inverse()),
        _ => None,
    });
    let at: Vec<Vector3<f64>> = ends.iter().filter_map(|e| Some(axes?.transform_point(&Point3::from(*e)).coords)).collect();
    let here =
        |all: &[usize]| -> Vec<usize> { all.iter().copied().filter(|k| all.len() == 1 || holds(found, *k, &at)).collect() };
    let (a, b) = (here(&first), here(&second));
    let mut pairs = BTreeSet::new();
    for &i in &a {
        pairs.extend(b.iter().filter(|j| **j != i).map(|&j| (i.min(j), i.max(j))));
    }
    if pairs.is_empty() || pairs.len() > 16 {
        return Err("the edges that are fused are not found".into());
    }
    for (a, b) in pairs {
        let solid = [a, b].map(|k| found.parts[k].skin.solid);
        let conducts = match solid {
            [false, false] => Conducts::Edge(FUSED.0),
            [true, true] => Conducts::Area(FUSED.1),
            _ => return Err("a shell fused to a solid is not translated".into()),
        };
        if solid == [false, false] && [a, b].iter().any(|k| found.parts[*k].skin.layers.is_empty()) {
            r.note(l.line, "edges of shells that do not conduct are not joined");
            continue;
        }
        let within_m = (WITHIN_M + FACETS * radius_m(found, a).max(radius_m(found, b))).min(10.0);
        found.contacts.push(Contact { a, b, conducts, within_m, name: name.clone(), line: l.line });
    }
    Ok(())
}

/// A contact over faces.
fn zone(r: &mut Reader, found: &mut Geometry, l: &Later) -> Result<(), String> {
    let a = Arguments { reader: r, call: &l.call };
    let (h, gap_m) = (a.need("contact_conductance")?, a.need("maximum_gap")?);
    FilmCoefficient::new(h).map_err(|e| e.to_string())?;
    Millimetres::new(gap_m * 1e3).map_err(|e| format!("`maximum_gap`: {e}"))?;
    let ends = ["source_reference", "destination_reference"].map(|key| named(r, found, l, key));
    let [(a, of_a), (b, of_b)] = [ends[0].clone()?, ends[1].clone()?];
    if a.is_empty() || b.is_empty() || !of_a.is_empty() || !of_b.is_empty() || a.len() * b.len() > MOST {
        return Err("a contact is between shells or solids".into());
    }
    for &i in &a {
        for &j in b.iter().filter(|j| **j != i) {
            found.contacts.push(Contact {
                a: i,
                b: j,
                conducts: Conducts::Area(h),
                within_m: gap_m,
                name: l.name.clone(),
                line: l.line,
            });
        }
    }
    Ok(())
}

/// Area or volume of a part, m² or m³.
fn size(found: &Geometry, part: usize, volume: bool) -> f64 {
    let p = &found.parts[part];
    match (volume, p.form) {
        (true, Form::Block { size_m }) => size_m.iter().product(),
        (true, form) => form.cut_area_m2(&p.cut) * p.skin.layers.iter().map(|l| l.1).sum::<f64>(),
        (false, form) => form.cut_area_m2(&p.cut),
    }
}

/// Shares of parts by area, or by volume.
fn shares(found: &Geometry, parts: &[usize], volume: bool) -> Vec<(usize, f64)> {
    let whole: f64 = parts.iter().map(|k| size(found, *k, volume)).sum();
    parts.iter().map(|k| (*k, size(found, *k, volume) / whole)).collect()
}

/// GL between what two references name: shared by area; parts meet in a node between them.
fn conductor(r: &mut Reader, found: &mut Geometry, l: &Later) -> Result<(), String> {
    let a = Arguments { reader: r, call: &l.call };
    let gl = a.need("conductor_override")?;
    Conductance::new(gl).map_err(|e| e.to_string())?;
    let strange = a.strangers(&["source_reference", "destination_reference", "conductor_override"]);
    let ends = ["source_reference", "destination_reference"].map(|key| named(r, found, l, key));
    let [a, b] = [ends[0].clone()?, ends[1].clone()?];
    if let Some(s) = strange {
        r.lost(l.line, format!("{}: {s}", l.name));
    }
    let link = |found: &mut Geometry, parts: &[usize], node: usize, gl: f64| -> Result<(), String> {
        for (part, share) in shares(found, parts, false) {
            Conductance::new(gl * share).map_err(|e| e.to_string())?;
            found.links.push(Link { part, node, gl_w_per_k: gl * share });
        }
        Ok(())
    };
    match [(a.0.as_slice(), a.1.as_slice()), (b.0.as_slice(), b.1.as_slice())] {
        [([], [one]), ([], [other])] if one != other => found.conductors.push((l.name.clone(), *one, *other, gl)),
        [([], [node]), (parts, [])] | [(parts, []), ([], [node])] => link(found, parts, *node, gl)?,
        [(first, []), (second, [])] => {
            let node = found.nodes.len();
            let middle = between(found, &l.name);
            found.nodes.push(middle);
            link(found, first, node, 2.0 * gl)?;
            link(found, second, node, 2.0 * gl)?;
        }
        _ => return Err("a conductor is between one node or parts and one node or parts".into()),
    }
    Ok(())
}

/// A node that the text does not have.
fn between(found: &mut Geometry, name: &str) -> Node {
    Node::new(super::fresh(&mut found.names, name), usize::MAX, 0, 0.0)
}

/// Heat of parts and nodes.
fn load(r: &mut Reader, found: &mut Geometry, l: &Later) -> Result<(), String> {
    let a = Arguments { reader: r, call: &l.call };
    if a.raw("heater_control_method").is_some() {
        return Err("a heater that is controlled is not translated".into());
    }
    let strange = a.strangers(&["reference", "value"]);
    let value = r.value(a.raw("value").ok_or("`value` is missing")?)?;
    let (parts, nodes) = named(r, found, l, "reference")?;
    if let Some(s) = strange {
        r.lost(l.line, format!("{}: {s}", l.name));
    }
    let (total, volume) = (l.call.name.starts_with("TOTAL_"), l.call.name.contains("VOLUME"));
    match (parts.as_slice(), nodes.as_slice()) {
        ([], [node]) if total => add(&mut found.nodes[*node].power_w, value),
        (parts, []) if !parts.is_empty() => {
            if value.values().iter().any(|v| Watts::new(*v).is_err()) {
                return Err("a part takes heat of 0 W or more".into());
            }
            for (k, share) in shares(found, parts, volume) {
                if !share.is_finite() {
                    return Err("a volume of 0".into());
                }
                let factor = if total { share } else { size(found, k, volume) };
                add(&mut found.parts[k].heat_w, value.clone().map(|v| v * factor))?;
            }
            Ok(())
        }
        _ => Err("heat goes into parts, or all of it into one node".into()),
    }
}

fn add(sum: &mut Value, value: Value) -> Result<(), String> {
    let all = match (sum.clone(), value) {
        (Value::Constant(a), b) | (b, Value::Constant(a)) => b.map(|b| a + b),
        _ => return Err("a second table of heat in one place".into()),
    };
    if let Some(q) = all.values().into_iter().find(|q| NodePower::new(*q).is_err()) {
        return Err(format!("{q} W is not a heat that a case can have"));
    }
    *sum = all;
    Ok(())
}

/// Parts and nodes that are held at a temperature, °C.
fn held(r: &mut Reader, found: &mut Geometry, l: &Later) -> Result<(), String> {
    let a = Arguments { reader: r, call: &l.call };
    let strange = a.strangers(&["reference", "value"]);
    let value = r.value(a.raw("value").ok_or("`value` is missing")?)?;
    value.values().iter().try_for_each(|v| NodeCelsius::new(*v).map(drop).map_err(|e| e.to_string()))?;
    let (parts, nodes) = named(r, found, l, "reference")?;
    if let Some(s) = strange {
        r.lost(l.line, format!("{}: {s}", l.name));
    }
    for k in nodes {
        found.nodes[k].held_c = Some(value.clone());
    }
    if !parts.is_empty() {
        let node = found.nodes.len();
        let holds = Node { held_c: Some(value), ..between(found, &l.name) };
        found.nodes.push(holds);
        found.links.extend(parts.into_iter().map(|part| Link { part, node, gl_w_per_k: HELD_W_PER_K }));
    }
    Ok(())
}
