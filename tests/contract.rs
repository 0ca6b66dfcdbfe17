//! What needs no GPU: Rust and WGSL describe the same bytes, and modules depend one way.

use naga::{Expression, Literal, MathFunction as F, TypeInner};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use thermsolve::backend::{Kernel, REDUCE_LANES, STORAGE_BUFFERS, Shape};
use thermsolve::for_each_kernel;
use thermsolve::kernels::{common, mirror, mirrored_sunlight, ray, size_design, sliced, sunlight};

fn parse<K: Kernel>() -> naga::Module {
    let m = naga::front::wgsl::parse_str(K::WGSL).unwrap_or_else(|e| panic!("{}", e.emit_to_string(K::WGSL)));
    naga::valid::Validator::new(naga::valid::ValidationFlags::all(), naga::valid::Capabilities::FLOAT64)
        .validate(&m)
        .unwrap_or_else(|e| panic!("{}", e.emit_to_string(K::WGSL)));
    m
}

#[test]
fn bindings_match() {
    fn check<K: Kernel>() {
        let m = parse::<K>();
        let entry = m.entry_points.iter().find(|e| e.name == K::NAME);
        let entry = entry.unwrap_or_else(|| panic!("shaders/{}.wgsl: no entry point `{0}`", K::NAME));
        let lanes = if matches!(K::SHAPE, Shape::Map | Shape::Lattice | Shape::Shared) { 64 } else { REDUCE_LANES };
        assert_eq!(entry.workgroup_size, [lanes, 1, 1], "shaders/{}.wgsl: workgroup size", K::NAME);
        let mut found: Vec<_> =
            m.global_variables.iter().filter_map(|(_, v)| Some((v.binding?.binding, v.name.clone()?))).collect();
        found.sort();
        assert_eq!(found[0].1, "params", "shaders/{}.wgsl: binding 0", K::NAME);
        let inputs: Vec<_> = found[1..found.len() - 1].iter().map(|(_, n)| n.as_str()).collect();
        assert_eq!(inputs, K::INPUTS, "shaders/{}.wgsl: inputs differ", K::NAME);
        assert!(
            found.len() - 1 <= STORAGE_BUFFERS as usize,
            "shaders/{}.wgsl: more storage buffers than every device binds",
            K::NAME
        );
    }
    for_each_kernel!(check);
}

#[test]
fn struct_layouts_match() {
    fn check<K: Kernel>() {
        let m = parse::<K>();
        for s in K::STRUCTS {
            let found = m.types.iter().find(|(_, t)| t.name.as_deref() == Some(s.name));
            let TypeInner::Struct { members, span } =
                &found.unwrap_or_else(|| panic!("{}: no struct {}", K::NAME, s.name)).1.inner
            else {
                panic!("{} is no struct", s.name)
            };
            let wgsl: Vec<_> = members.iter().map(|x| (x.name.as_deref().unwrap(), x.offset as usize)).collect();
            assert_eq!(wgsl, s.fields, "{}: fields differ", s.name);
            assert_eq!(*span as usize, s.size, "{}: size differs", s.name);
        }
    }
    for_each_kernel!(check);
}

#[test]
fn constants_match() {
    fn literal(m: &naga::Module, name: &str) -> Literal {
        let c = m.constants.iter().find(|(_, c)| c.name.as_deref() == Some(name)).unwrap_or_else(|| panic!("no const {name}")).1;
        let Expression::Literal(l) = m.global_expressions[c.init] else { panic!("{name} is no literal") };
        l
    }
    fn check<K: Kernel>() {
        let m = parse::<K>();
        for (name, value) in common::CONSTANTS {
            assert_eq!(literal(&m, name), Literal::F32(*value as f32), "{name} differs in {}", K::NAME);
        }
        let of_files = [
            ("const MISS", ray::CONSTANTS),
            ("const BOUNCES", mirror::CONSTANTS),
            ("const UNLIT", mirrored_sunlight::CONSTANTS),
            ("const POINTS", sunlight::CONSTANTS),
            ("const SLICE", sliced::CONSTANTS),
            ("const PATCHES_LAMBDA", size_design::CONSTANTS),
        ];
        for (file, constants) in of_files {
            for (name, value) in constants.iter().filter(|_| K::WGSL.contains(file)) {
                assert_eq!(literal(&m, name), Literal::U32(*value), "{name} differs in {}", K::NAME);
            }
        }
    }
    for_each_kernel!(check);
}

/// WGSL bounds sin and cos only to 2^-11 absolute, atan2 to 4096 ULP, pow through exp2 and log2, inverseSqrt to 2 ULP.
#[test]
fn only_accurate_builtins() {
    fn check<K: Kernel>() {
        let m = parse::<K>();
        for f in m.functions.iter().map(|(_, f)| f).chain(m.entry_points.iter().map(|e| &e.function)) {
            for (h, e) in f.expressions.iter() {
                let Expression::Math { fun, .. } = e else { continue };
                let ok = matches!(
                    fun,
                    F::Abs
                        | F::Min
                        | F::Max
                        | F::Clamp
                        | F::Dot
                        | F::Cross
                        | F::Sqrt
                        | F::ReverseBits
                        | F::Fract
                        | F::CountOneBits
                );
                let line = f.expressions.get_span(h).location(K::WGSL).line_number;
                assert!(ok, "shaders/{}.wgsl: {fun:?} at line {line} of the joined source", K::NAME);
            }
        }
    }
    for_each_kernel!(check);
}

#[test]
fn every_shader_is_listed() {
    thread_local!(static NAMES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) });
    fn add<K: Kernel>() {
        NAMES.with_borrow_mut(|n| n.push(K::NAME.to_owned()));
    }
    for_each_kernel!(add);
    let mut listed = NAMES.take();
    listed.extend(["block", "common", "mirror", "ray", "sliced", "sobol"].map(str::to_owned));
    listed.sort();
    let mut files: Vec<_> = std::fs::read_dir("shaders")
        .unwrap()
        .map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    assert_eq!(files, listed);
}

/// A module may name only modules listed before it.
const ORDER: &[&str] = &[
    "constants",
    "quantity",
    "environment",
    "backend",
    "kernels",
    "fin",
    "case",
    "model",
    "deck",
    "mesh",
    "radiation",
    "conduction",
    "network",
    "solve",
    "analysis",
    "sizing",
    "study",
    "verify",
    "report",
];

fn sources(root: &str) -> Vec<(PathBuf, String)> {
    let (mut files, mut stack) = (vec![], vec![PathBuf::from(root)]);
    while let Some(path) = stack.pop() {
        if path.is_dir() {
            stack.extend(std::fs::read_dir(&path).unwrap().map(|e| e.unwrap().path()));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = std::fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
    assert!(!files.is_empty(), "no source under {root}");
    files
}

fn module(path: &Path) -> String {
    path.components().nth(1).unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned()
}

#[test]
fn dependencies_point_down() {
    let mut bad = Vec::new();
    for (path, text) in sources("solver") {
        let own = module(&path);
        let Some(rank) = ORDER.iter().position(|m| *m == own) else {
            assert!(["lib", "main"].contains(&own.as_str()), "`{own}` is missing from the order of modules");
            continue;
        };
        for (n, line) in text.lines().enumerate() {
            for (at, _) in line.match_indices("crate::") {
                let dep: String = line[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if ORDER.iter().position(|m| *m == dep).is_some_and(|r| r > rank) {
                    bad.push(format!("{}:{}: `{own}` must not use `{dep}`", path.display(), n + 1));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}

#[test]
fn only_the_backend_names_the_device_layer() {
    for (path, text) in sources("solver") {
        let own = module(&path);
        for (n, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap();
            let names = |what: &str| code.contains(&format!("{what}::"));
            assert!(own == "backend" || !(names("wgpu") || names("rayon")), "{}:{}: {line}", path.display(), n + 1);
            let prints = code.contains("println!") || code.contains("print!(");
            assert!(!prints || ["main", "report"].contains(&own.as_str()), "{}:{}: {line}", path.display(), n + 1);
        }
    }
}

/// Documentation names the tests that prove it as `file::test` (or `file::*`): they exist.
#[test]
fn cited_tests_exist() {
    let tests: Vec<(String, String)> =
        sources("tests").into_iter().map(|(path, text)| (path.file_stem().unwrap().to_str().unwrap().to_owned(), text)).collect();
    let mut cited = 0;
    for (path, text) in sources("solver") {
        for word in text.split("Truth:").skip(1).flat_map(|rest| rest.split("\n\n").next().unwrap().split('`')) {
            let Some((file, name)) = word.split_once("::").filter(|(f, n)| !f.contains(' ') && !n.contains(['(', ' '])) else {
                continue;
            };
            // A test beside the code, or one of a test crate.
            if let Some((_, unit)) = name.split_once("::") {
                let beside = sources("solver").iter().any(|(_, t)| t.contains(&format!("fn {unit}(")));
                assert!(beside, "{}: no test `{word}`", path.display());
                continue;
            }
            let known = tests.iter().any(|(f, t)| f == file && (name == "*" || t.contains(&format!("fn {name}("))));
            assert!(known, "{}: no test `{file}::{name}`", path.display());
            cited += 1;
        }
    }
    assert!(cited > 20, "only {cited} citations found");
}

#[test]
fn files_stay_readable() {
    for (path, text) in sources("solver") {
        assert!(text.lines().count() <= 520, "{} has {} lines", path.display(), text.lines().count());
        for (n, line) in text.lines().enumerate() {
            assert!(!line.contains("TODO") && !line.contains("FIXME"), "{}:{}: unowned reminder", path.display(), n + 1);
        }
    }
}
