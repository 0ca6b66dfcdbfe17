//! The verification manual: the families that no other file names, and that nothing is dropped.
use crate::support::verified;
use std::collections::BTreeSet;
use thermsolve::verify::{CaseResult, Check, Selection, all_families, data};

/// The number of cases of the reference set, by family; all have names of their own.
#[test]
fn no_case_is_dropped() {
    let families = data::families().unwrap();
    assert_eq!((families.len(), families.iter().map(|f| f.case.len()).sum::<usize>()), (62, 652));
    let all = all_families().unwrap();
    let names: BTreeSet<&str> = all.iter().flat_map(|f| f.case.iter().map(|c| c.id.as_str())).collect();
    assert_eq!(names.len(), all.iter().map(|f| f.case.len()).sum::<usize>());
    for f in &all {
        assert!(!f.source.is_empty() && !f.title.is_empty(), "{} has no source", f.id);
    }
}

#[test]
fn inclined_and_offset_rectangles() {
    verified("A03,A12", 23);
}

#[test]
fn curved_and_infinite_surfaces() {
    verified("A05,A06,A09,A10,A11,A14", 42);
}

#[test]
fn layers_cylinders_and_chains() {
    verified("C01,C05,C14-3,E07", 15);
}

#[test]
fn fields_in_two_and_three_dimensions() {
    verified("C04,C08,C09", 17);
}

/// C01 to C14, B01 to B07 on meshes that gmsh made, in all variants of its format: the same numbers to the same tolerances.
#[test]
fn reference_cases_on_imported_meshes() {
    verified("I", 157);
}

#[test]
fn anisotropic_sheets() {
    verified("C07", 3);
}

/// Slabs, a square in time and a manufactured cube whose conductivity grows with temperature; orders in space and time.
#[test]
fn properties_by_temperature() {
    verified("C06,C10,C14-1,C14-2", 9);
}

#[test]
fn bodies_in_sunlight() {
    verified("E02", 27);
}

#[test]
fn the_station_loop() {
    verified("G21", 5);
}

/// Heights at which a dawn-dusk orbit never meets the shadow, a constellation's season; two plates with emissivities by band.
#[test]
fn seasons_and_bands() {
    verified("F05-window,G06,G07,G14", 4);
}

#[test]
fn manufactured_solutions() {
    verified("M", 5);
}

#[test]
fn errors_of_rays_are_what_they_say() {
    verified("R", 1);
}

/// A selection takes whole names, families and letters, not beginnings of other names.
#[test]
fn selections() {
    let run = |names: &str| {
        let mut seen = vec![];
        let cpu = thermsolve::backend::Cpu::<f64>::new();
        thermsolve::verify::run(&cpu, &Selection::named(names), &mut |c: &CaseResult| seen.push(c.case.clone())).unwrap();
        seen
    };
    assert_eq!(run("G01"), ["G01"]);
    assert_eq!(run("F04-2"), ["F04-2"]);
    assert_eq!(run("F06").len(), 10);
    assert_eq!(run("nothing"), Vec::<String>::new());
}

/// Not a number fails, and so does what is out by more than allowed.
#[test]
fn a_check_can_fail() {
    let check = |got: f64| Check { quantity: "T".into(), expected: 1.0, got, within: 0.1 };
    assert!(check(1.05).passed() && !check(1.2).passed() && !check(f64::NAN).passed() && !check(f64::INFINITY).passed());
    // One failed check fails its case and the whole; so does a case that stops, and a run that compares nothing.
    let cpu = thermsolve::backend::Cpu::<f64>::new();
    let good = thermsolve::verify::run(&cpu, &Selection::named("F10"), &mut |_: &CaseResult| ()).unwrap();
    let mut bad = good.clone();
    bad.cases[3].checks[1].got += 1.0;
    let mut stopped = good.clone();
    stopped.cases[0].failure = Some("it stops".into());
    let mut none = good.clone();
    none.cases.iter_mut().for_each(|c| c.checks.clear());
    assert_eq!([&good, &bad, &stopped, &none].map(|v| v.passed()), [true, false, false, false]);
}
