//! The program as a user meets it: every bad case, every option, every case of `cases/`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn thermsolve(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("XDG_RUNTIME_DIR", "/tmp")
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// A fresh folder for one test.
fn folder(name: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::remove_dir_all(&path).ok();
    path
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.extension().is_some_and(|e| e == extension))
        .collect();
    all.sort();
    assert!(!all.is_empty(), "no .{extension} in {}", folder.display());
    all
}

fn json(path: &Path) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))).unwrap()
}

const SMALL: &str = "tests/cases/small.toml";

#[test]
fn bad_cases_are_explained() {
    let out = folder("bad");
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("bad_cases/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    for path in files(Path::new("tests/bad_cases"), "toml") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let run = thermsolve(&[path.to_str().unwrap(), "--backend", "cpu", "--out", out.to_str().unwrap()]);
        let code = if name.starts_with("run_no_design") || name.starts_with("run_planform") { 3 } else { 2 };
        assert_eq!(run.status.code(), Some(code), "{name}: {}", text(&run.stderr));
        assert!(run.stdout.is_empty(), "{name} printed: {}", text(&run.stdout));
        settings.bind(|| insta::assert_snapshot!(name, text(&run.stderr)));
        // `check` says the same wherever it can know.
        if !name.starts_with("run_") {
            let check = thermsolve(&["check", path.to_str().unwrap()]);
            assert_eq!((check.status.code(), text(&check.stderr)), (Some(2), text(&run.stderr)), "{name}");
        }
    }
    assert!(!out.exists(), "a bad case wrote to {}", out.display());
}

#[test]
fn files_that_are_no_case_are_refused() {
    let place = folder("garbage");
    std::fs::create_dir_all(&place).unwrap();
    let write = |name: &str, bytes: &[u8]| {
        let path = place.join(name);
        std::fs::write(&path, bytes).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let huge = write("huge.toml", &vec![b'x'; 100_000_000]);
    let binary = write("binary.toml", &[b'n', b'a', 0xff, 0xfe, 0x00]);
    let missing = place.join("missing.toml").to_str().unwrap().to_owned();
    for (path, say) in [
        (huge.as_str(), "at most 16777216 bytes, got 100000000"),
        (&binary, "must be UTF-8 text, byte 2 is not"),
        (&missing, "cannot be read"),
        (place.to_str().unwrap(), "is a directory"),
    ] {
        let run = thermsolve(&[path, "--out", place.join("out").to_str().unwrap()]);
        assert_eq!(run.status.code(), Some(2), "{path}");
        assert!(text(&run.stderr).contains(say), "{path}: {}", text(&run.stderr));
        assert!(!place.join("out").exists());
    }
    std::fs::remove_dir_all(place).unwrap();
}

/// Files without an end, and files of 10 GB of nothing, are read no further than a case may be long.
#[test]
fn endless_files_are_refused() {
    let place = folder("endless");
    std::fs::create_dir_all(&place).unwrap();
    let sparse = place.join("sparse.toml");
    std::fs::File::create(&sparse).unwrap().set_len(10_000_000_000).unwrap();
    let case = std::fs::read_to_string("tests/bad_cases/oem_frame.toml").unwrap();
    let with = |name: &str, from: &str, to: &str| {
        assert!(case.contains(from));
        let path = place.join(name);
        std::fs::write(&path, case.replace(from, to)).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let device = with("device.toml", "oem_frame.oem", "/dev/zero");
    let long = with("long.toml", "oem_frame.oem", sparse.to_str().unwrap());
    for (path, say) in [
        ("/dev/zero", "more than 16777216 bytes"),
        (sparse.to_str().unwrap(), "at most 16777216 bytes, got 10000000000"),
        (&device, "it has more than"),
        (&long, "got 10000000000"),
    ] {
        let run = thermsolve(&["check", path]);
        assert_eq!(run.status.code(), Some(2), "{path}: {}", text(&run.stderr));
        assert!(text(&run.stderr).contains(say), "{path}: {}", text(&run.stderr));
    }
    std::fs::remove_dir_all(place).unwrap();
}

#[test]
fn the_same_run_gives_the_same_bits() {
    let (a, b, c) = (folder("same_a"), folder("same_b"), folder("same_c"));
    for (out, threads, seed) in [(&a, "1", "5"), (&b, "2", "5"), (&c, "2", "6")] {
        let run = thermsolve(&[
            SMALL,
            "--backend",
            "cpu",
            "--threads",
            threads,
            "--seed",
            seed,
            "--quiet",
            "--out",
            out.to_str().unwrap(),
        ]);
        assert!(run.status.success(), "{}", text(&run.stderr));
        assert!(run.stdout.is_empty() && run.stderr.is_empty(), "--quiet printed");
    }
    let inside = |folder: PathBuf| std::fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).collect::<Vec<_>>();
    let (folders, mut names): (Vec<_>, Vec<_>) = inside(a.join("small")).into_iter().partition(|p| p.is_dir());
    names.extend(folders.into_iter().flat_map(inside));
    assert!(names.len() >= 17, "{names:?}");
    for name in names.iter().map(|p| p.strip_prefix(&a).unwrap()).filter(|n| !n.ends_with("timings.json")) {
        let read = |folder: &Path| {
            let content = std::fs::read(folder.join(name)).unwrap();
            if !name.ends_with("report.html") {
                return content;
            }
            // Its one line of times differs.
            let (before, after) =
                text(&content).split_once("<p id=\"times\">").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
            (before + after.split_once("</p>").unwrap().1).into_bytes()
        };
        assert!(read(&a) == read(&b), "{} differs between runs of one seed", name.display());
    }
    let of = |folder: &Path| json(&folder.join("small/summary.json"))["radiator"]["compared"][1]["field"].as_f64().unwrap();
    let (x, y) = (of(&a), of(&c));
    assert!(x != y && (x - y).abs() < 1.0, "another seed must move the sink a little: {x} K, {y} K");
}

#[test]
fn json_goes_to_stdout_and_equals_the_file() {
    let out = folder("json");
    let run = thermsolve(&[SMALL, "--backend", "cpu", "--json", "--out", out.to_str().unwrap()]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let printed: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    assert_eq!(printed, json(&out.join("small/summary.json")));
    assert_eq!(printed["schema_version"], 1);
    assert_eq!(printed["passed"], true);
}

#[test]
fn a_limit_not_met_ends_with_3_and_spares_the_good_result() {
    let (out, place) = (folder("limits"), folder("limits_case"));
    std::fs::create_dir_all(&place).unwrap();
    let good = std::fs::read_to_string(SMALL).unwrap();
    let path = place.join("small.toml");
    std::fs::write(&path, &good).unwrap();
    assert!(thermsolve(&[path.to_str().unwrap(), "--backend", "cpu", "-q", "--out", out.to_str().unwrap()]).status.success());
    let before = std::fs::read(out.join("small/summary.json")).unwrap();
    std::fs::write(&path, good.replace("junction_limit_c = 85.0", "junction_limit_c = 80.0")).unwrap();
    let run = thermsolve(&[path.to_str().unwrap(), "--backend", "cpu", "-q", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(3));
    assert!(text(&run.stderr).contains("junction temperature: 83.8"), "{}", text(&run.stderr));
    assert_eq!(before, std::fs::read(out.join("small/summary.json")).unwrap());
    assert_eq!(json(&out.join("small.failed/summary.json"))["passed"], false);
}

#[test]
fn schema_names_every_key_once_and_is_valid_toml() {
    let listing = text(&thermsolve(&["schema"]).stdout);
    let keys: toml::Table = toml::from_str(&listing).unwrap_or_else(|e| panic!("{e}"));
    for key in ["altitude_km", "beta_deg", "local_time_h"] {
        assert!(keys["orbit"].get(key).is_some(), "{key} is missing");
    }
    assert!(listing.contains("W/m²") && listing.contains("optional") && listing.contains("\"fitted\""), "{listing}");
    let parts: toml::Table =
        toml::from_str(&text(&thermsolve(&["schema", "--assembly"]).stdout)).unwrap_or_else(|e| panic!("{e}"));
    assert!(parts["nodes"]["NAME"].get("capacity_j_per_k").is_some() && parts["conductors"]["NAME"].get("gr_m2").is_some());
    assert!(parts["parts"]["NAME"].get("thickness_mm").is_some() && parts["links"][0].get("h_w_m2k").is_some());
    let schema: serde_json::Value = serde_json::from_slice(&thermsolve(&["schema", "--json"]).stdout).unwrap();
    let orbit = &schema["$defs"]["Orbit"]["properties"]["altitude_km"];
    assert_eq!((&orbit["minimum"], &orbit["x-unit"]), (&serde_json::json!(10.0), &serde_json::json!("km")));
}

/// Without a driver `gpu` ends with 4 and says so, `auto` goes on with the CPU.
#[test]
fn a_missing_device_is_an_error_only_if_asked_for() {
    let out = folder("no_device");
    let run = |backend: &str| {
        Command::new(env!("CARGO_BIN_EXE_thermsolve"))
            .args([SMALL, "--backend", backend, "-q", "--out", out.to_str().unwrap()])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .envs([
                ("VK_DRIVER_FILES", "/nonexistent.json"),
                ("VK_ICD_FILENAMES", "/nonexistent.json"),
                ("XDG_RUNTIME_DIR", "/tmp"),
            ])
            .output()
            .unwrap()
    };
    let gpu = run("gpu");
    assert_eq!(gpu.status.code(), Some(4), "{}", text(&gpu.stderr));
    assert!(
        text(&gpu.stderr).contains("no GPU adapter found") && text(&gpu.stderr).contains("--backend cpu"),
        "{}",
        text(&gpu.stderr)
    );
    assert!(!out.exists());
    assert!(run("auto").status.success());
}

#[test]
fn fluids_print_and_refuse() {
    let run = thermsolve(&["fluid", "water", "300.37"]);
    assert!(text(&run.stdout).starts_with("density = 996."), "{}", text(&run.stdout));
    let run = thermsolve(&["fluid", "watr", "300"]);
    assert_eq!(run.status.code(), Some(2));
    assert!(text(&run.stderr).contains("did you mean `water`?"));
}

/// Every case of `cases/` runs on the CPU, passes its checks and meets its `[verify]` table.
#[test]
fn cases_run_and_meet_their_verify_tables() {
    let out = folder("cases");
    for path in files(Path::new("cases"), "toml") {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let run = thermsolve(&[path.to_str().unwrap(), "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()]);
        assert!(run.status.success(), "{name}: {}", text(&run.stderr));
        let summary = json(&out.join(name).join("summary.json"));
        let verify = match thermsolve::case::read_any(&path).unwrap() {
            thermsolve::case::AnyCase::Design(file) => file.case.verify,
            thermsolve::case::AnyCase::Assembly(file) => file.case.verify,
        };
        let verify = verify.unwrap_or_else(|| panic!("{name} has no [verify] table"));
        assert!(!verify.expect.is_empty() && !verify.source.is_empty() && !verify.requirement.is_empty());
        for e in &verify.expect {
            let pointer = format!("/{}", e.path.replace('.', "/"));
            let got = summary
                .pointer(&pointer)
                .and_then(serde_json::Value::as_f64)
                .unwrap_or_else(|| panic!("{name}: no number at {}", e.path));
            assert!((got - e.value).abs() <= e.within, "{name}: {} is {got}, expected {} ± {}", e.path, e.value, e.within);
        }
    }
}

#[test]
fn the_form_of_the_residual_is_selectable() {
    let dir = folder("residual");
    std::fs::create_dir_all(&dir).unwrap();
    let case = |form: &str| {
        let path = dir.join(format!("{form}.toml"));
        let text = std::fs::read_to_string(SMALL).unwrap() + &format!("\n[solver]\nresidual = \"{form}\"\n");
        std::fs::write(&path, text).unwrap();
        let out = dir.join("out");
        let run = thermsolve(&[path.to_str().unwrap(), "--backend", "cpu", "-q", "--out", out.to_str().unwrap()]);
        (run, out.join(form).join("summary.json"))
    };
    let (run, summary) = case("fixed_point");
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(std::fs::read_to_string(summary).unwrap().contains("\"residual\": \"fixed_point\""));
    let (run, _) = case("device_f64");
    assert_eq!(run.status.code(), Some(4));
    assert!(text(&run.stderr).contains("has no f64 in shaders"), "{}", text(&run.stderr));
}

/// A run that is killed in the middle goes on from its restart file and ends in the same bits as one that was left alone.
#[test]
fn a_killed_run_goes_on() {
    let place = folder("killed");
    std::fs::create_dir_all(&place).unwrap();
    let case = std::fs::read_to_string("tests/cases/transient.toml").unwrap();
    // A restart file after every step, and after every orbit of the search.
    let case = case.replace("mode = \"periodic\"", "mode = \"periodic\"\ncheckpoint_min = 0.0\norbits = 2");
    let path = place.join("long.toml");
    std::fs::write(&path, case).unwrap();
    let arguments = |out: &Path| -> Vec<String> {
        [path.to_str().unwrap(), "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()].map(str::to_owned).into()
    };
    let restart = |out: &Path| -> Option<u64> {
        let files = std::fs::read_dir(out.join(".memory")).ok()?;
        let file = files.map(|e| e.unwrap().path()).find(|p| p.file_name().unwrap().to_str().unwrap().starts_with("run-"))?;
        std::fs::metadata(file).ok().map(|m| m.len())
    };
    let whole = place.join("whole");
    let run = thermsolve(&arguments(&whole).iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(restart(&whole), None, "a finished run leaves no restart file");
    let cut = place.join("cut");
    let mut kills = 0;
    // Killed in the search and again while the orbits are written, where the file grows with every step.
    for grown in [1.0, 1.5] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments(&cut)).spawn().unwrap();
        let first = loop {
            if let Some(size) = restart(&cut) {
                break size;
            }
            assert!(child.try_wait().unwrap().is_none(), "it ended before a restart file was seen");
            std::thread::sleep(std::time::Duration::from_millis(2));
        };
        while child.try_wait().unwrap().is_none() {
            if restart(&cut).is_some_and(|size| size as f64 >= grown * first as f64) {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        assert!(!cut.join("long").exists(), "half a result was left");
    }
    assert!(kills >= 1 && restart(&cut).is_some());
    let run = thermsolve(&arguments(&cut).iter().map(String::as_str).collect::<Vec<_>>());
    assert!(run.status.success(), "{}", text(&run.stderr));
    for name in ["history.csv", "summary.json", "figures/history.svg", "frame_0003_radiator.vtu"] {
        let read = |out: &Path| std::fs::read(out.join("long").join(name)).unwrap();
        assert!(read(&whole) == read(&cut), "{name} differs after {kills} kills");
    }
}

/// `verify` says how many cases ran and what share of the scope that is, and ends with 1 if nothing was compared or the manual is
/// not what the cases give. A failed case ends the same way: `manual::a_check_can_fail`.
#[test]
fn verify_counts_and_ends_with_1() {
    let run = thermsolve(&["verify", "--filter", "F06"]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let said = text(&run.stdout);
    assert!(said.contains("10 cases, 9 run: 9 compared in full") && said.contains("1 with nothing to compute"), "{said}");
    assert!(said.contains("100.0 % of the cases in scope are compared"), "{said}");
    let run = thermsolve(&["verify", "--filter", "nothing"]);
    assert_eq!((run.status.code(), text(&run.stderr)), (Some(1), "error: reference cases failed\n".into()));
    let place = folder("manual");
    std::fs::create_dir_all(&place).unwrap();
    let path = place.join("manual.md");
    let manual =
        |more: &[&str]| thermsolve(&[&["verify", "--filter", "F10", "--document", path.to_str().unwrap()], more].concat());
    assert_eq!(manual(&["--check"]).status.code(), Some(1));
    assert_eq!(manual(&[]).status.code(), Some(0));
    assert_eq!(manual(&["--check"]).status.code(), Some(0));
    let changed = std::fs::read_to_string(&path).unwrap().replace("| pass |", "| FAIL |");
    std::fs::write(&path, changed).unwrap();
    let run = manual(&["--check"]);
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("is not current"), "{}", text(&run.stderr));
}

#[test]
fn a_map_is_drawn_and_refused() {
    let out = folder("map");
    let run =
        thermsolve(&["map", "cases/rack_1mw.toml", "--designs", "20000", "--backend", "cpu", "--out", out.to_str().unwrap()]);
    assert_eq!(run.status.code(), Some(0), "{}", text(&run.stderr));
    let said = text(&run.stdout);
    assert!(said.contains("20000 designs") && said.contains("no design of the map costs less"), "{said}");
    let numbers = json(&out.join("rack_1mw/map.json"));
    let [found, search] = ["lightest", "search"].map(|k| numbers[k]["cost_kg"].as_f64().unwrap());
    assert!(found >= search * (1.0 - 1e-6) && found < 1.1 * search, "{found} and {search}");
    let failed: u64 = numbers["failures"].as_object().unwrap().values().map(|n| n.as_u64().unwrap()).sum();
    assert_eq!(failed + numbers["feasible"].as_u64().unwrap(), 20_000);
    let table = std::fs::read_to_string(out.join("rack_1mw/map.csv")).unwrap();
    assert_eq!(table.lines().count(), 1 + 40 * 40);
    assert!(table.lines().all(|l| l.split(',').count() == 15), "{table}");
    assert!(std::fs::read_to_string(out.join("rack_1mw/map.svg")).unwrap().contains("to 1 %"));
    for (case, designs, say) in [
        ("cases/ai1_120kw.toml", "100", "a radiator of a given area has no map"),
        ("cases/cold_plate.toml", "100", "an assembly has no radiator to map"),
        ("cases/rack_1mw.toml", "0", "`--designs` must be in 1..="),
    ] {
        let run = thermsolve(&["map", case, "--designs", designs, "--out", out.to_str().unwrap()]);
        assert_eq!(run.status.code(), Some(2), "{case}");
        assert!(text(&run.stderr).contains(say), "{}", text(&run.stderr));
    }
}
