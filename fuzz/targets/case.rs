//! Case files of every kind through their resolution, and what `thermsolve check` does after it. Messages are printed too.
//! Half of the changes are made to whole values of the TOML, which bytes alone seldom hit.
#![no_main]

use libfuzzer_sys::{fuzz_mutator, fuzz_target, fuzzer_mutate};
use thermsolve::analysis::{assembly, orbit_state};
use thermsolve::case::{AnyCase, CaseErrors, parse_any};
use thermsolve::model::Model;
use thermsolve::model::assembly::{Assembly, Geometry};
use thermsolve::model::form::Pattern;
use thermsolve::study::Plan;

/// Cells above which a mesh is not built here: it only costs time.
const FEW: usize = 10_000;

fuzz_target!(|text: &str| {
    if let Err(e) = check(text) {
        std::hint::black_box(e.to_string());
    }
});

fn check(text: &str) -> Result<(), CaseErrors> {
    match parse_any("fuzz/case.toml".to_owned(), text.to_owned())? {
        AnyCase::Design(file) => {
            let model = Model::from_case(*file)?;
            model.study.as_ref().map(|s| Plan::new(&model, s)).transpose()?;
            orbit_state(&model).ok();
        }
        AnyCase::Assembly(file) => {
            let model = Assembly::from_case(*file)?;
            let cells = model.parts.iter().map(|p| {
                let (Pattern::Linear { count, .. } | Pattern::Circular { count, .. }) = p.pattern;
                let Geometry::Form(_, n, _) = p.geometry else { return count };
                n.iter().fold(count, |a, b| a.saturating_mul(*b))
            });
            if cells.fold(0, usize::saturating_add) < FEW {
                assembly::check(&model).ok();
            }
        }
    }
    Ok(())
}

const VALUES: [&str; 40] = [
    "0", "-1", "1", "2", "1e308", "-1e308", "1e-308", "inf", "-inf", "nan", "9223372036854775807", "-9223372036854775808", "0.5",
    "1.0", "3.0", "180.0", "[]", "{}", "[[]]", "\"\"", "\"a.b\"", "\"é\"", "true", "false", "1000000000", "10000", "100", "360.0",
    "[1, 2, 3]", "[0.0, 0.0, 0.0]", "[0.0, 0.0]", "\"files/cube_41_text.msh\"", "\"/dev/zero\"", "\".\"", "\"2027-01-03T12:00:00Z\"",
    "\"1960-01-01T00:00:00Z\"", "\"2099-12-31T23:59:59Z\"", "\"traced\"", "\"space\"", "5e-324",
];

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let text = std::str::from_utf8(&data[..size]).ok().filter(|_| seed % 2 == 0);
    let Some(text) = text else { return fuzzer_mutate(data, size, max_size) };
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    let mut random = seed as usize / 8;
    let mut pick = |n: usize| {
        let at = random % n.max(1);
        random /= n.max(1);
        at
    };
    if lines.is_empty() {
        return fuzzer_mutate(data, size, max_size);
    }
    let at = pick(lines.len());
    match seed / 2 % 4 {
        0 => drop(lines.remove(at)),
        1 => lines.insert(at, lines[pick(lines.len())].clone()),
        _ => match lines[at].split_once('=') {
            Some((key, _)) => lines[at] = format!("{key}= {}", VALUES[pick(VALUES.len())]),
            None => return fuzzer_mutate(data, size, max_size),
        },
    }
    let new = lines.join("\n");
    let n = new.len().min(max_size);
    data[..n].copy_from_slice(&new.as_bytes()[..n]);
    n
});
