//! What parts of an assembly see, in numbers: joints, and how far radiation groups are open.

use super::text::tracking;
use super::wings::JointNumbers;
use crate::analysis::assembly::Solution;
use crate::analysis::seen::Enclosure;
use crate::model::assembly::Assembly;
use std::collections::BTreeMap;
use std::fmt::Write;

/// Joints by the names of their parts.
pub fn joints(model: &Assembly, solution: &Solution) -> BTreeMap<String, JointNumbers> {
    let names = model.parts.iter().filter(|p| p.joint.is_some()).map(|p| p.name.clone());
    let of = |(k, name)| Some((name, JointNumbers::new(solution.timeline.as_ref()?, k)));
    names.enumerate().filter_map(of).collect()
}

/// What the terminal shows of them.
pub fn text(joints: &BTreeMap<String, JointNumbers>, enclosures: &[Enclosure]) -> String {
    let mut out = String::new();
    let mut line = |text: std::fmt::Arguments<'_>| out.write_fmt(text).expect("writing to a string");
    for (name, j) in joints {
        let angles: Vec<String> = j.angles_deg.iter().map(|(low, high)| format!("{low:.1}..{high:.1}°")).collect();
        let (what, error) = (tracking(j.tracking), j.largest_error_deg);
        line(format_args!("           joint of {name}: {what} within {error:.2}°, turned {}\n", angles.join(" and ")));
    }
    for e in enclosures {
        let (open, bare) = (100.0 * e.escaped, 100.0 * e.met_bare);
        line(format_args!(
            "           radiation group {}: {} surfaces, {open:.3} % of their rays meet nothing, {bare:.3} % bare sides\n",
            e.name, e.surfaces
        ));
    }
    out
}
