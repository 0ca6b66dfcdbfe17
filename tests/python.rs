//! What only other libraries can say: VTK and Arrow read our files, CoolProp confirms our fluids. `tests/run` installs both and sets
//! `THERMSOLVE_PYTHON`.

use std::path::PathBuf;
use std::process::Command;

fn python(arguments: &[&str]) {
    let interpreter = std::env::var("THERMSOLVE_PYTHON").expect("THERMSOLVE_PYTHON names a Python with vtk and CoolProp");
    let run = Command::new(interpreter).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    assert!(out.contains("agree"), "the script compared nothing: {out}");
}

#[test]
#[ignore = "needs Python with vtk: tests/run"]
fn vtk_reads_what_was_written() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("vtk");
    let run = Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(["tests/cases/small.toml", "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(run.success());
    python(&["tests/check_vtk.py", out.join("small").to_str().unwrap()]);
}

#[test]
#[ignore = "needs Python with vtk: tests/run"]
fn frames_show_the_parts_where_they_are() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("vtk");
    let run = Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(["cases/leo_nadir_trackers.toml", "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(run.success());
    python(&["tests/check_frames.py", out.join("leo_nadir_trackers").to_str().unwrap()]);
}

#[test]
#[ignore = "needs Python with CoolProp: tests/run"]
fn coolprop_confirms_the_fluids() {
    python(&["solver/model/catalogue/make_fluids.py", "--check", env!("CARGO_BIN_EXE_thermsolve")]);
}

#[test]
#[ignore = "needs Python with pyarrow: tests/run"]
fn arrow_reads_the_table_of_a_study() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("arrow");
    std::fs::create_dir_all(&out).unwrap();
    let case = out.join("trade.toml");
    let study = "\n[study]\nsampling = \"list\"\ncsv = true\n[study.vary]\n\"coolant.return_c\" = { values = [60, 40.5, 55] }\n\
                 \"radiator.coating\" = { values = [\"az93\", \"z93\", \"z93\"] }\n\"radiator.loops\" = { values = [4, 4, 6] }\n";
    std::fs::write(&case, std::fs::read_to_string("tests/cases/small.toml").unwrap() + study).unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(["study", case.to_str().unwrap(), "--quiet", "--out", out.to_str().unwrap()])
        .status()
        .unwrap();
    assert!(run.success());
    python(&["tests/check_parquet.py", out.join("trade").to_str().unwrap()]);
}

#[test]
#[ignore = "needs Python with scipy: tests/run"]
fn scipy_solves_the_matrices() {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("matrices");
    let program = |arguments: &[&str]| {
        let run = Command::new(env!("CARGO_BIN_EXE_thermsolve")).args(arguments).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(run.unwrap().success());
    };
    // Nodes alone, and parts: tetrahedra, whose conductors are not all of it, and shells that see each other around an orbit.
    for name in ["electronics_box", "cold_plate", "satellite_mesh"] {
        let (case, folder) = (format!("cases/{name}.toml"), out.join(format!("{name}_mtx")));
        program(&[&case, "--backend", "cpu", "--quiet", "--out", out.to_str().unwrap()]);
        program(&["export", &case, "--format", "matrix-market", "--out", folder.to_str().unwrap()]);
        let summary = out.join(name).join("summary.json");
        python(&["tests/check_matrices.py", folder.to_str().unwrap(), summary.to_str().unwrap()]);
    }
}
