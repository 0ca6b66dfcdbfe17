//! The report that a run writes: whole, self-contained, and with the numbers of `summary.json`.

mod support;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use support::{Silent, changed, model, near};
use thermsolve::analysis::layout::Part;
use thermsolve::backend::Cpu;
use thermsolve::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use thermsolve::report::heat_path::heat_path;
use thermsolve::report::html::scene::thin;
use thermsolve::sizing::size;

/// Runs a case file, which must end with a code, and returns the folder of its results.
fn run(case: &Path, out: &str, code: i32) -> PathBuf {
    thermsolve(&[case.to_str().unwrap(), "--backend", "cpu"], case, out, code)
}

fn thermsolve(arguments: &[&str], case: &Path, out: &str, code: i32) -> PathBuf {
    let out = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(out);
    std::fs::remove_dir_all(&out).ok();
    let done = Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(arguments)
        .args(["--quiet", "--out", out.to_str().unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert_eq!(done.status.code(), Some(code), "{}", String::from_utf8_lossy(&done.stderr));
    let stem = case.file_stem().unwrap().to_str().unwrap();
    out.join(if code == 0 { stem.to_owned() } else { format!("{stem}.failed") })
}

/// A study of the small case, some of whose designs fail, with a front.
fn studied() -> PathBuf {
    let study = "\n[study]\nsampling = \"grid\"\nminimise = [\"radiator_kg\"]\nmaximise = [\"junction_margin_k\"]\n[study.vary]\n\
        \"coolant.return_c\" = { range = [46.0, 64.0], steps = 7 }\n\"coolant.supply_c\" = { values = [45.0, 55.0] }\n";
    let case = written("studied.toml", &(std::fs::read_to_string("tests/cases/small.toml").unwrap() + study));
    thermsolve(&["study", case.to_str().unwrap()], &case, "report_study", 0)
}

/// A case file of the tests' own with this text.
fn written(name: &str, text: &str) -> PathBuf {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

const SURVEY: &str = "\n[survey]\nbeta_deg = [0.0, 40.0, 80.0]\ndesign_cases = [\"hot\", \"cold\"]\n";

/// A name that would break a page or a drawing that does not escape it.
const HOSTILE: &str = "</script><script>alert(1)</script> <b> & \\\"quoted\\\" ]]>";

/// The small design with a hostile name and a survey whose hottest day is too hot, run once.
fn small() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let plain = std::fs::read_to_string("tests/cases/small.toml").unwrap();
        let name = plain.lines().find(|l| l.starts_with("name = ")).unwrap();
        let text = changed("tests/cases/small.toml", &[(name, &format!("name = \"{HOSTILE}\""))]) + SURVEY;
        run(&written("hostile.toml", &text), "report", 3)
    })
}

fn read(name: &str) -> String {
    std::fs::read_to_string(small().join(name)).unwrap()
}

/// Text as it stands in HTML.
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// What stands between two marks.
fn between<'a>(text: &'a str, from: &str, to: &str) -> &'a str {
    text.split_once(from).unwrap_or_else(|| panic!("no {from}")).1.split_once(to).unwrap().0
}

#[test]
fn the_page_loads_nothing() {
    let page = read("report.html");
    let data = between(&page, "<script type=\"application/json\" id=\"summary\">", "<script>");
    for mark in ["src=\"", "href=\"", "srcset=\"", "action=\"", "poster=\"", "data=\""] {
        for address in page.split(mark).skip(1).map(|rest| &rest[..rest.len().min(30)]) {
            assert!(address.starts_with("data:image/png;base64,"), "{mark}{address}");
        }
    }
    for mark in
        ["url(", "@import", "<link", "<iframe", "<object", "<embed", "fetch(", "XMLHttpRequest", "WebSocket", "EventSource"]
    {
        assert!(!page.replace(data, "").contains(mark), "{mark}");
    }
    assert!(page.contains("default-src 'none'"));
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
}

#[test]
fn every_check_assumption_and_warning_is_on_the_page() {
    let page = read("report.html");
    let summary: serde_json::Value = serde_json::from_str(&read("summary.json")).unwrap();
    let (checks, sources) = (between(&page, "id=\"checks\"", "</table>"), between(&page, "id=\"assumptions\"", "</table>"));
    let of = |v: &serde_json::Value, key: &str| escaped(v[key].as_str().unwrap());
    let list = |key: &str| summary[key].as_array().unwrap().clone();
    assert!(list("checks").len() > 8 && list("assumptions").len() > 4 && !list("warnings").is_empty());
    for (k, c) in list("checks").iter().enumerate() {
        let verdict = if c["passed"].as_bool().unwrap() { "passed" } else { "failed" };
        let row = checks.split("<tr>").find(|r| r.contains(&of(c, "what"))).unwrap_or_else(|| panic!("no row for {c}"));
        assert!(row.contains(verdict) && row.contains(&format!("/checks/{k}/value")), "{row}");
        assert!(row.contains(&format!("/checks/{k}/limit")), "{row}");
    }
    assert_eq!(checks.matches("<tr>").count(), list("checks").len() + 1);
    let failed = list("checks").iter().filter(|c| !c["passed"].as_bool().unwrap()).count();
    assert!(page.contains(&format!("{failed} of {} checks failed", list("checks").len())) && failed == 1);
    for a in list("assumptions") {
        let row = sources.split("<tr>").find(|r| r.contains(&format!(">{}<", of(&a, "what"))));
        let row = row.unwrap_or_else(|| panic!("no row for {a}"));
        assert!(row.contains(&of(&a, "source")) && row.contains(&of(&a, "evidence")), "{row}");
    }
    let notes = between(&page, "id=\"warnings\"", "</ul>");
    for w in list("warnings") {
        assert!(notes.contains(&escaped(w.as_str().unwrap())), "{w}");
    }
    assert!(!page.contains(">—<"), "a number is missing: {:?}", page.split(">—<").next().map(|b| &b[b.len() - 100..]));
}

#[test]
fn the_embedded_summary_is_the_file() {
    let page = read("report.html");
    let embedded = between(&page, "<script type=\"application/json\" id=\"summary\">", "</script>");
    assert_eq!(embedded.replace("\\u003c", "<"), read("summary.json"));
    let parsed: serde_json::Value = serde_json::from_str(embedded).unwrap();
    assert_eq!(parsed, serde_json::from_str::<serde_json::Value>(&read("summary.json")).unwrap());
}

#[test]
fn assemblies_and_networks_have_a_report() {
    for (case, marks) in [
        ("cases/satellite_mesh.toml", ["id=\"field\"", "id=\"assumptions\"", "/parts/satellite/groups/bus/mean_c"]),
        ("cases/electronics_box.toml", ["id=\"history\"", "id=\"checks\"", "/nodes/cold_plate/max_c"]),
        ("cases/pumped_loop.toml", ["/loops/inner/tubes/1/flow_kg_s", "/exchangers/interface/heat_w", "/heaters/battery/duty"]),
    ] {
        let folder = run(Path::new(case), "report_given", 0);
        let page = std::fs::read_to_string(folder.join("report.html")).unwrap();
        let summary = std::fs::read_to_string(folder.join("summary.json")).unwrap();
        let embedded = between(&page, "<script type=\"application/json\" id=\"summary\">", "</script>");
        assert_eq!(embedded.replace("\\u003c", "<"), summary, "{case}");
        let summary: serde_json::Value = serde_json::from_str(&summary).unwrap();
        for c in summary["checks"].as_array().unwrap() {
            assert!(between(&page, "id=\"checks\"", "</table>").contains(&escaped(c["what"].as_str().unwrap())), "{case}: {c}");
        }
        for a in summary["assumptions"].as_array().into_iter().flatten() {
            assert!(page.contains(&escaped(a["source"].as_str().unwrap())), "{case}: {a}");
        }
        for mark in marks {
            assert!(page.contains(mark), "{case}: {mark}");
        }
        assert!(!page.contains(">—<"), "{case}: a number is missing");
    }
}

#[test]
fn figures_are_files_and_stand_in_the_page() {
    let page = read("report.html");
    let names: Vec<String> =
        std::fs::read_dir(small().join("figures")).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    for name in ["views", "section", "radiator_map", "heat_path", "radiator_mass", "satellite_mass", "survey"] {
        assert!(names.contains(&format!("{name}.svg")), "{name} in {names:?}");
    }
    for name in &names {
        let svg = read(&format!("figures/{name}"));
        assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\"") && svg.ends_with("</svg>"), "{name}");
        assert!(page.contains(&svg), "{name} is not what the page shows");
    }
}

#[test]
fn text_of_the_case_stays_text() {
    let page = read("report.html");
    let name = HOSTILE.replace("\\\"", "\"");
    assert!(page.contains(&format!("<h1>{}</h1>", escaped(&name))));
    // In the page, as JSON and in the case as written it never ends an element.
    assert!(!page.contains("<script>alert") && !page.contains("<b>"), "the name of the case became markup");
}

#[test]
fn the_heat_path_carries_the_heat() {
    let model = model("tests/cases/small.toml", &[]);
    let sized = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let s = &sized.solution;
    let path = heat_path(&model, &sized);
    let at = |what: &str| path.iter().find(|l| l.what == what).unwrap_or_else(|| panic!("no {what}")).at_c;
    let rejected = s.found.rejected_w;
    // Coolant to sheet: the conductance of all links times the drop.
    let conductance: f64 = s.network.coolant.links.iter().map(|l| l.gl_w_per_k).sum();
    let drop = at("coolant, mean") - at("sheet at the tubes");
    near("film", conductance * drop, rejected, 1e-6 * rejected);
    // Radiator to sink: both faces.
    let fourth = |c: f64| (c + CELSIUS_ZERO_K).powi(4);
    let area = sized.design.planform_m2(&model);
    let radiated = 2.0
        * area
        * model.radiator.emissivity()
        * STEFAN_BOLTZMANN
        * (fourth(at("whole radiator, radiating")) - fourth(at("sink")));
    near("radiation", radiated, rejected, 1e-6 * rejected);
    // Active tubes cover their share of the area; what the lost ones add lies between nothing and all that they have.
    let share = sized.design.active_tubes(&model) as f64 / sized.design.tubes(&model) as f64;
    let (active, whole) = (fourth(at("active sheet, radiating")), fourth(at("whole radiator, radiating")));
    assert!(share < 1.0 && share * active < whole && whole < active, "{share}: {active}, {whole}");
    // Junction to coolant, by hand: power of the chip through its resistance.
    let plate = model.chip_power_w * model.junction_to_coolant_k_per_w + model.interface_approach_k;
    near("cold plate", path[1].drop_k, plate, 1e-9);
    assert!(path.windows(2).all(|w| (w[0].at_c - w[1].at_c - w[1].drop_k).abs() < 1e-9 && w[1].drop_k > 0.0), "{path:?}");
}

#[test]
fn the_pictures_hold_the_mean_of_the_field() {
    let model = model("tests/cases/small.toml", &[]);
    let sized = size(&Cpu::<f64>::new(), &model, &Silent).unwrap();
    let (grids, thinning) = thin(&sized);
    assert!(thinning.tubes == 1 && thinning.cells == model.mesh.cells_across_pitch.get(), "{thinning:?}");
    let mean = |part: Part| {
        let of = grids.iter().filter(|g| g.part == part).map(thermsolve::report::html::scene::Grid::mean_c);
        let (sum, area) = of.fold((0.0, 0.0), |s, (t, a)| (s.0 + a * t, s.1 + a));
        (sum / area, area)
    };
    let (radiator_c, radiator_m2) = mean(Part::Radiator);
    near("radiator", radiator_c + CELSIUS_ZERO_K, sized.solution.found.radiator_mean_k, 1e-9);
    near("its area", radiator_m2, sized.design.planform_m2(&model), 1e-9);
    let (array_c, array_m2) = mean(Part::Array);
    near("array", array_c + CELSIUS_ZERO_K, sized.solution.found.array_mean_k, 1e-9);
    near("its area", array_m2, sized.design.array_m2(&model), 1e-9);
}

/// The page of a study has its figures, its front and the reasons of failures.
#[test]
fn a_study_has_a_page() {
    let folder = studied();
    let page = std::fs::read_to_string(folder.join("study.html")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(folder.join("study.json")).unwrap()).unwrap();
    let best = json["front"].as_array().unwrap().len();
    let rows = page.split("id=\"front_designs\"").nth(1).unwrap().split("</table>").next().unwrap().matches("<tr>").count();
    assert_eq!(rows, 1 + best.min(12), "{best} designs");
    assert!(json["failed"].as_u64().unwrap() > 0 && page.contains("Why designs failed"));
    assert!(page.contains(json["reasons"][0][0].as_str().unwrap()) && page.contains(json["name"].as_str().unwrap()));
    let drawing = std::fs::read_to_string(folder.join("figures/front.svg")).unwrap();
    assert_eq!(page.matches("r=\"3\"").count(), drawing.matches("r=\"3\"").count());
    assert!(!page.contains("http://www.w3.org/1999/xhtml") && !page.contains("src=\"http"));
}

/// Opens pages in Chromium: no message, a picture, numbers of the summary, nothing wider than a phone.
#[test]
#[ignore = "needs Chromium and Python with playwright: tests/run"]
fn chromium_shows_the_report() {
    let variable = |name: &str| std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set"));
    let folders = [
        small().to_owned(),
        run(Path::new("cases/satellite_mesh.toml"), "report_assembly", 0),
        run(Path::new("cases/cold_plate.toml"), "report_solid", 0),
        run(Path::new("cases/electronics_box.toml"), "report_network", 0),
        run(Path::new("tests/cases/transient.toml"), "report_in_time", 0),
        run(Path::new("cases/rack_1mw.toml"), "report_rack", 0),
        studied(),
    ];
    let mut command = Command::new(variable("THERMSOLVE_PYTHON"));
    command.arg("tests/check_report.py").arg(variable("THERMSOLVE_BROWSER")).args(&folders);
    let run = command.current_dir(env!("CARGO_MANIFEST_DIR")).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&run.stdout), String::from_utf8_lossy(&run.stderr));
    assert!(run.status.success(), "{out}\n{err}");
    assert_eq!(out.matches("numbers agree").count(), folders.len(), "{out}");
}
