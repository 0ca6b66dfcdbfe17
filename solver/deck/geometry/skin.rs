//! What covers shells and solids, and nodes without geometry.

use super::Skin;
use super::reader::Arguments;
use super::tree::Leaf;
use crate::quantity::{Conductivity, Density, HeatCapacity, Millimetres, OutOfRange, SpecificHeat};

/// A material that is not set.
const UNSET: f64 = -10_000.0;

/// A bulk material by its name in capitals; `None` where none is set.
fn bulk(a: &Arguments<'_>, key: &str) -> Result<Option<String>, String> {
    let Some(text) = a.raw(key) else { return Ok(None) };
    let name = text.to_ascii_uppercase();
    if let Some(b) = a.reader.bulks.get(&name) {
        let told = |e: OutOfRange| format!("material {name}: {e}");
        Density::new(b.density).map_err(told)?;
        Conductivity::new(b.conductivity).map_err(told)?;
        SpecificHeat::new(b.heat).map_err(told)?;
        return Ok(Some(name));
    }
    match a.reader.list(text) {
        Ok(list) if list.iter().all(|x| *x == UNSET) => Ok(None),
        _ => Err(format!("`{key}`: {} is no material that is known", super::short(text))),
    }
}

/// What covers a shell, with what is lost.
pub(super) fn skin(a: &Arguments<'_>, name: &str, turned: bool) -> Result<(Skin, Vec<String>), String> {
    let (solid, pipe, mut lost) = (name.starts_with("SOLID_"), name.starts_with("SOLID_PIPE"), vec![]);
    let mut conducts = solid;
    let mut coat = |side: &str, opt: &str| -> Result<Option<String>, String> {
        let activity = a.text(side)?.unwrap_or_else(|| "Active".into()).to_ascii_uppercase();
        conducts |= matches!(activity.as_str(), "ACTIVE" | "CONDUCTIVE");
        if !matches!(activity.as_str(), "ACTIVE" | "RADIATIVE") {
            return Ok(None);
        }
        let optical = a.raw(opt).map(str::to_ascii_uppercase).filter(|o| a.reader.opticals.contains_key(o));
        if optical.is_none() {
            lost.push(format!("{side} radiates, but no optical properties of it are known: it does not radiate"));
        }
        if optical.as_ref().is_some_and(|o| a.reader.opticals[o].emissivity == 0.0) {
            lost.push(format!("{side} has an emissivity of 0: it neither radiates nor absorbs"));
            return Ok(None);
        }
        Ok(optical)
    };
    let [mut front, mut back] =
        if solid { [coat("activity", "optical")?, None] } else { [coat("side1", "opt1")?, coat("side2", "opt2")?] };
    if turned {
        std::mem::swap(&mut front, &mut back);
    }
    let dual = a.text("composition")?.is_some_and(|c| c.eq_ignore_ascii_case("DUAL"));
    let keys: &[(&str, &str)] = if dual {
        &[("bulk1", "thick1"), ("bulk2", "thick2")]
    } else if pipe {
        &[("bulk", "thickness")]
    } else {
        &[("bulk", "thick")]
    };
    let mut layers = vec![];
    for (key, thick) in keys.iter().filter(|_| conducts) {
        let thick_m = a.number(thick)?.unwrap_or(0.0);
        match bulk(a, key)? {
            Some(name) if solid && !pipe => layers.push((name, 0.0)),
            Some(name) if Millimetres::new(thick_m * 1e3).is_ok() => layers.push((name, thick_m)),
            Some(_) => lost
                .push(format!("`{thick}` of {thick_m} m is less or more than a case can have: neither conducts nor stores heat")),
            None => (),
        }
    }
    if solid && layers.is_empty() {
        return Err("a solid without a material".into());
    }
    if dual {
        lost.push("two layers with a conductance between them: one temperature here".into());
    }
    if pipe {
        lost.push("a pipe: its wall is a shell of its outer radius, its fluid is not translated".into());
    }
    Ok((Skin { layers, front, back, solid: solid && !pipe }, lost))
}

/// A node without geometry.
pub(super) fn node(a: &Arguments<'_>, name: &str, line: usize) -> Result<Leaf, String> {
    let volume = a.number("volume")?.unwrap_or(0.0);
    let of_bulk = bulk(a, "bulk")?.map_or(0.0, |b| a.reader.bulks[&b].density * a.reader.bulks[&b].heat * volume);
    let capacity_j_per_k = a.number("capacitance_override")?.filter(|c| *c > 0.0).unwrap_or(of_bulk);
    if capacity_j_per_k != 0.0 {
        HeatCapacity::new(capacity_j_per_k).map_err(|e| e.to_string())?;
    }
    Ok(Leaf::Node { name: name.to_owned(), line, capacity_j_per_k })
}
