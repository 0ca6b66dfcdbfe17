//! The command line. Exit codes: 0 ok, 1 files cannot be written, 2 bad case, 3 not converged, out of balance, a limit
//! not met or a deck not wholly translated, 4 no device.

#[path = "main/compare.rs"]
mod compare;
#[path = "main/deck.rs"]
mod deck;
#[path = "main/map.rs"]
mod map;
#[path = "main/study.rs"]
mod study;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use std::cell::RefCell;
use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use thermsolve::analysis::assembly::{self, AssemblyError};
use thermsolve::analysis::flows::heat_flows;
use thermsolve::analysis::history::{Field, History, follow};
use thermsolve::analysis::memory::{Forgetful, Memory};
use thermsolve::analysis::survey::{Point, survey};
use thermsolve::analysis::{AnalysisError, Observer, orbit_state, stage};
use thermsolve::backend::{ADAPTER, Backend, Cpu, DeviceError, Gpu, adapters, limit_threads, profile};
use thermsolve::case::reference::{self, Kind};
use thermsolve::case::schema::RaySettings;
use thermsolve::case::transient::Mode;
use thermsolve::case::{self, AnyCase, CaseErrors, CaseFile};
use thermsolve::model::Model;
use thermsolve::model::assembly::Assembly;
use thermsolve::model::catalogue::CATALOGUE;
use thermsolve::model::survey::points as survey_points;
use thermsolve::radiation::RadiationError;
use thermsolve::report::assembly::AssemblySummary;
use thermsolve::report::summary::{Check, Summary};
use thermsolve::report::{self, text, verification};
use thermsolve::sizing::{Sized, SizingError, size};
use thermsolve::solve::steady::SolveError;
use thermsolve::study::Plan;
use thermsolve::verify::{self, CaseResult, Selection};

#[path = "main/arguments.rs"]
mod arguments;
use arguments::{Choice, Cli, Command, RunArgs, VerifyArgs};

const BAD_CASE: u8 = 2;
const NOT_MET: u8 = 3;
const NO_DEVICE: u8 = 4;

/// Why the program stops, and its exit code.
struct Stop(u8, String);

impl From<CaseErrors> for Stop {
    fn from(e: CaseErrors) -> Self {
        Self(BAD_CASE, e.to_string())
    }
}
impl From<std::io::Error> for Stop {
    fn from(e: std::io::Error) -> Self {
        Self(1, format!("error: results cannot be written: {e}"))
    }
}

impl From<AnalysisError> for Stop {
    fn from(e: AnalysisError) -> Self {
        Self(if device_error(&e).is_some() { NO_DEVICE } else { NOT_MET }, format!("error: {e}"))
    }
}

impl From<AssemblyError> for Stop {
    fn from(e: AssemblyError) -> Self {
        match e {
            AssemblyError::Case(e) => e.into(),
            AssemblyError::Analysis(e) => e.into(),
        }
    }
}

/// The device error inside an error of the analysis, if that is what it is.
fn device_error(e: &AnalysisError) -> Option<&DeviceError> {
    match e {
        AnalysisError::Radiation(RadiationError::Device(d)) | AnalysisError::Solve(SolveError::Device(d)) => Some(d),
        _ => None,
    }
}

/// What stops a run, told at the key that can cure it where there is one.
fn stop(model: &Model, e: &SizingError) -> Stop {
    use AnalysisError as A;
    let at = |key: &str, help: &str| {
        let error = model.source.error(key, e.to_string(), help);
        Stop(BAD_CASE, model.source.errors(vec![error]).to_string())
    };
    match e {
        SizingError::Analysis(A::Mesh(_)) => {
            at("mesh.cells_across_pitch", "use `spacing = \"fitted\"`, or cells whose edges fall on the tube edges")
        }
        SizingError::Analysis(A::Collision { .. }) => {
            let key = if model.array.joint.is_some() { "array" } else { "radiator" };
            at(&format!("{key}.joint"), "move the roots out, narrow the wings, or limit the joints")
        }
        SizingError::Analysis(A::Attitude(_)) => {
            at("attitude.radiator_normal", "choose another direction, or another beta angle")
        }
        SizingError::Analysis(a) if device_error(a).is_some() => Stop(NO_DEVICE, format!("error: {e}")),
        _ => Stop(NOT_MET, format!("error: {e}")),
    }
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let done = match cli.command {
        Some(Command::Check { case }) => check(&case),
        Some(Command::Schema { assembly, json }) => {
            let kind = if assembly { Kind::Assembly } else { Kind::Design };
            schema(kind, json)
        }
        Some(Command::Devices { json }) => devices(json),
        Some(Command::Fluid { name, temperature_k }) => fluid(&name, temperature_k),
        Some(Command::Verify(args)) => verify(&args),
        Some(Command::Compare(args)) => compare::compare(&args),
        Some(Command::Study(args)) => study::study(&args),
        Some(Command::Merge(args)) => study::merge(&args),
        Some(Command::Map(args)) => map::map(&args),
        Some(Command::Import(args)) => deck::import(&args),
        Some(Command::Export(args)) => deck::export(&args),
        None => run(&cli.run),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(Stop(code, message)) => {
            writeln!(std::io::stderr(), "{message}").ok();
            ExitCode::from(code)
        }
    }
}

/// Prints; a reader that has gone away is no error.
fn show(text: &str) {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).ok();
}

fn check(path: &Path) -> Result<(), Stop> {
    let name = match case::read_any(path)? {
        AnyCase::Design(file) => {
            let model = Model::from_case(*file)?;
            model.study.as_ref().map(|s| Plan::new(&model, s)).transpose()?;
            orbit_state(&model).map_err(|e| stop(&model, &e.into()))?;
            model.name
        }
        AnyCase::Assembly(file) => {
            let model = Assembly::from_case(*file)?;
            assembly::check(&model)?;
            model.name
        }
    };
    show(&format!("{}: ok, {name}\n", path.display()));
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all commands")]
fn schema(kind: Kind, json: bool) -> Result<(), Stop> {
    if json {
        show(&format!("{:#}\n", reference::json_schema(kind)));
    } else {
        show(&reference::toml_reference(kind));
    }
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "one signature for all commands")]
fn devices(json: bool) -> Result<(), Stop> {
    let all = adapters();
    if json {
        show(&format!("{:#}\n", serde_json::json!(all)));
        return Ok(());
    }
    show(&format!("{}\n", Cpu::<f64>::new().describe()));
    if all.is_empty() {
        show("no GPU adapter: install a Vulkan driver (Debian: mesa-vulkan-drivers)\n");
    }
    for a in all {
        let yes = |b: bool| if b { "yes" } else { "no" };
        show(&format!(
            "{} ({}, {}, {})\n  largest array {} MiB, largest buffer {} MiB, {} storage buffers; f64 {}, i64 {}, subgroups {}, time stamps {}{}\n",
            a.name,
            a.api,
            a.kind,
            a.driver,
            a.max_binding_bytes >> 20,
            a.max_buffer_bytes >> 20,
            a.max_storage_buffers,
            yes(a.f64),
            yes(a.i64),
            yes(a.subgroups),
            yes(a.timestamps),
            a.refused.map(|r| format!("\n  cannot be used: {r}")).unwrap_or_default(),
        ));
    }
    Ok(())
}

fn fluid(name: &str, temperature_k: f64) -> Result<(), Stop> {
    let Some(liquid) = CATALOGUE.fluids.get(name) else {
        let help = case::suggest(name, CATALOGUE.fluids.keys().map(String::as_str));
        return Err(Stop(BAD_CASE, format!("error: unknown fluid `{name}`\n  help: {help}")));
    };
    let Some(s) = liquid.at(temperature_k) else {
        let (low, high) = liquid.range_k();
        return Err(Stop(BAD_CASE, format!("error: {name} is tabulated in {low}..={high} K, got {temperature_k}")));
    };
    show(&format!(
        "density = {:.9} kg/m³\nspecific heat = {:.9} J/(kg K)\nconductivity = {:.9} W/(m K)\nviscosity = {:.9e} Pa s\n",
        s.density_kg_m3, s.specific_heat_j_kgk, s.conductivity_w_mk, s.viscosity_pa_s
    ));
    if let Some(v) = liquid.vapour_at(temperature_k) {
        show(&format!(
            "pressure = {:.9e} Pa\nheat of evaporation = {:.9} J/kg\nvapour density = {:.9} kg/m³\nvapour viscosity = {:.9e} Pa s\n",
            v.pressure_pa, v.latent_heat_j_kg, v.density_kg_m3, v.viscosity_pa_s
        ));
    }
    Ok(())
}

/// The GPU where the choice falls on it; else the CPU.
fn chosen(choice: Choice) -> Result<Option<Gpu>, Stop> {
    if choice == Choice::Cpu {
        return Ok(None);
    }
    match Gpu::new() {
        // A software adapter answers like a GPU but is slower than the CPU path: only where it is named.
        Ok(gpu) if choice == Choice::Auto && gpu.adapter.kind == "Cpu" && std::env::var_os(ADAPTER).is_none() => Ok(None),
        Ok(gpu) => Ok(Some(gpu)),
        Err(e) if choice == Choice::Gpu => Err(Stop(NO_DEVICE, format!("error: {e}"))),
        Err(_) => Ok(None),
    }
}

/// The verification manual: exit code 1 when a case fails or the document is not current.
fn verify(args: &VerifyArgs) -> Result<(), Stop> {
    if let Some(threads) = args.threads {
        limit_threads(threads);
    }
    let selection = Selection { fast: args.fast, ..Selection::named(&args.filter) };
    let gpu = chosen(args.backend)?;
    let device = if gpu.is_some() { "GPU" } else { "CPU" };
    let mut tick = |c: &CaseResult| {
        if !args.json {
            show(&verification::rows(c, device));
        }
    };
    if !args.json {
        show(&verification::heading());
    }
    let found = match &gpu {
        Some(gpu) => verify::run(gpu, &selection, &mut tick),
        None => verify::run(&Cpu::<f64>::new(), &selection, &mut tick),
    };
    let found = found.map_err(|e| Stop(1, format!("error: {e}")))?;
    if args.json {
        show(&format!("{:#}\n", verification::json(&found)));
    } else {
        show(&verification::totals(&found));
    }
    if let Some(path) = &args.document {
        for (path, text) in
            [(path.clone(), verification::markdown(&found)), (path.with_extension("html"), verification::html(&found))]
        {
            if !args.check {
                std::fs::write(&path, text)?;
                continue;
            }
            let there = std::fs::read_to_string(&path).unwrap_or_default();
            if verification::skeleton(&there) != verification::skeleton(&text) {
                let help = format!("thermsolve verify --document {}", args.document.as_deref().unwrap_or(&path).display());
                return Err(Stop(1, format!("error: {} is not current\n  help: {help}", path.display())));
            }
        }
    }
    if found.passed() { Ok(()) } else { Err(Stop(1, "error: reference cases failed".into())) }
}

/// Draws a bar per long stage where stderr is a terminal, and keeps the times.
struct Screen {
    memory: Box<dyn Memory>,
    visible: bool,
    bar: RefCell<ProgressBar>,
    timings: RefCell<Vec<(String, f64)>>,
}

impl Screen {
    fn new(memory: Box<dyn Memory>, wanted: bool) -> Self {
        let visible = wanted && std::io::stderr().is_terminal();
        Self { memory, visible, bar: RefCell::new(ProgressBar::hidden()), timings: RefCell::default() }
    }

    fn of_run(args: &RunArgs) -> Self {
        let memory: Box<dyn Memory> =
            if args.fresh { Box::new(Forgetful) } else { Box::new(report::memory::Folder(args.out.join(".memory"))) };
        Self::new(memory, !args.quiet)
    }
}

impl Observer for Screen {
    fn begin(&self, stage: &'static str, total: usize) {
        if !self.visible {
            return;
        }
        let bar = if total > 0 { ProgressBar::new(total as u64) } else { ProgressBar::new_spinner() };
        let template = if total > 0 { "{msg:28} {bar:40} {pos}/{len} {eta}" } else { "{msg:28} {spinner}" };
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
        bar.set_message(stage);
        bar.tick();
        self.bar.replace(bar);
    }
    fn progress(&self, done: usize, say: &str) {
        let bar = self.bar.borrow();
        bar.set_position(done as u64);
        if !say.is_empty() {
            bar.set_message(say.to_owned());
        }
        bar.tick();
    }
    fn memory(&self) -> &dyn Memory {
        &*self.memory
    }
    fn end(&self, stage: &'static str, seconds: f64) {
        self.bar.borrow().finish_and_clear();
        let mut timings = self.timings.borrow_mut();
        match timings.iter_mut().find(|t| t.0 == stage) {
            Some(t) => t.1 += seconds,
            None => timings.push((stage.to_owned(), seconds)),
        }
    }
}

fn run(args: &RunArgs) -> Result<(), Stop> {
    let path = args.case.as_deref().ok_or_else(|| Stop(BAD_CASE, "error: name a case file".into()))?;
    if let Some(threads) = args.threads {
        limit_threads(threads);
    }
    if args.profile {
        profile::start();
    }
    match case::read_any(path)? {
        AnyCase::Design(file) => verdict(&run_design(args, path, *file)?.checks),
        AnyCase::Assembly(file) => {
            let mut model = Assembly::from_case(*file)?;
            seed(args, &mut model.rays)?;
            run_assembly(args, path, &model, &Screen::of_run(args))
        }
    }
}

/// The seed of the command line in place of the case's.
fn seed(args: &RunArgs, rays: &mut RaySettings) -> Result<(), Stop> {
    if let Some(seed) = args.seed {
        rays.seed = thermsolve::quantity::CountOrNone::new(seed.into()).map_err(|e| Stop(BAD_CASE, e))?;
    }
    Ok(())
}

/// Sizes and proves a design, and writes its results under the name of `path`.
fn run_design(args: &RunArgs, path: &Path, file: CaseFile) -> Result<Summary, Stop> {
    let screen = Screen::of_run(args);
    let case_text = file.source.text.clone();
    let mut model = Model::from_case(file)?;
    model.study.as_ref().map(|s| Plan::new(&model, s)).transpose()?;
    seed(args, &mut model.rays)?;
    let points = model.survey.as_ref().map(|s| survey_points(&model, s)).transpose()?.unwrap_or_default();
    let failed = |e: &SizingError| matches!(e, SizingError::Analysis(a) if device_error(a).is_some());
    let solved = on_device(
        args,
        failed,
        |gpu| solve(gpu, (&model, &points), &screen),
        |cpu| {
            // What a device that failed took does not count.
            screen.timings.borrow_mut().clear();
            solve(cpu, (&model, &points), &screen)
        },
    );
    let ((sized, history, survey), device) = solved?.map_err(|e| stop(&model, &e))?;
    let mut summary = Summary::new(&model, &sized, device).with_survey(&survey);
    if let Some(h) = &history {
        summary = summary.with_history(&model, h);
    }
    summary = summary.with_claims(&model.claims);
    let folder = folder(args, path, summary.passed);
    let start = std::time::Instant::now();
    let mut timings = screen.timings.take();
    let (model, sized, history) = (&model, &sized, history.as_ref());
    let run = report::Run { model, sized, history, survey: &survey, summary: &summary, timings: &timings, case_text: &case_text };
    let files = report::write(&folder, &run)?;
    timings.push(("files".into(), start.elapsed().as_secs_f64()));
    tell(args, &summary.to_json(), &(text::render(&summary) + &times(&timings)), (&files, &folder));
    if args.profile && !args.json {
        show(&text::profile(&profile::rows()));
    }
    Ok(summary)
}

/// The checks that failed, as an error.
fn verdict(checks: &[Check]) -> Result<(), Stop> {
    if checks.iter().all(|c| c.passed) {
        return Ok(());
    }
    let failed: Vec<String> = checks
        .iter()
        .filter(|c| !c.passed)
        .map(|c| format!("error: {}: {:.6} exceeds {:.6} {} {}", c.what, c.value, c.limit, c.unit, c.place))
        .collect();
    Err(Stop(NOT_MET, failed.join("\n")))
}

/// Runs on the device asked for; with `auto` a device that fails gives way to the CPU, with a warning. The device's name goes with
/// the result.
fn on_device<S, E: std::fmt::Display>(
    args: &RunArgs,
    device_failed: impl Fn(&E) -> bool,
    on_gpu: impl FnOnce(&Gpu) -> Result<S, E>,
    on_cpu: impl FnOnce(&Cpu<f64>) -> Result<S, E>,
) -> Result<Result<(S, String), E>, Stop> {
    if let Some(gpu) = chosen(args.backend)? {
        match on_gpu(&gpu) {
            Err(e) if args.backend == Choice::Auto && device_failed(&e) => {
                if !args.quiet {
                    eprintln!("warning: {e}\nwarning: going on with the CPU");
                }
            }
            done => return Ok(done.map(|s| (s, gpu.describe()))),
        }
    }
    Ok(on_cpu(&Cpu::new()).map(|s| (s, "CPU, f64".to_owned())))
}

/// The name of a case's results.
fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|s| s.to_str()).unwrap_or("case")
}

/// Folder of a run's results: one that fails a check never overwrites one that passed.
fn folder(args: &RunArgs, path: &Path, passed: bool) -> PathBuf {
    let stem = stem(path);
    args.out.join(if passed { stem.to_owned() } else { format!("{stem}.failed") })
}

/// Shows a summary as the arguments ask for it, and where its files lie.
fn tell(args: &RunArgs, json: &str, text: &str, (files, folder): (&[PathBuf], &Path)) {
    if args.json {
        show(&format!("{json}\n"));
    } else if !args.quiet {
        show(&format!("{text}written: {} files in {}\n", files.len(), folder.display()));
    }
}

/// A line of the seconds of each stage.
fn times(timings: &[(String, f64)]) -> String {
    let all: Vec<String> = timings.iter().map(|(k, s)| format!("{k} {s:.2} s")).collect();
    format!("time: {}\n", all.join(", "))
}

/// Analyses an assembly as given.
fn run_assembly(args: &RunArgs, path: &Path, model: &Assembly, screen: &Screen) -> Result<(), Stop> {
    let failed = |e: &AssemblyError| matches!(e, AssemblyError::Analysis(e) if device_error(e).is_some());
    let analyse =
        on_device(args, failed, |gpu| assembly::analyse(gpu, model, screen), |cpu| assembly::analyse(cpu, model, screen));
    let (solution, device) = analyse??;
    let flows = heat_flows(&solution);
    let summary = AssemblySummary::new(model, &solution, &flows, device);
    let folder = folder(args, path, summary.passed);
    let files = report::assembly::write(&folder, model, &solution, (&summary, &flows))?;
    let text = summary.to_text() + &times(&screen.timings.take());
    tell(args, &summary.to_json(), &text, (&files, &folder));
    verdict(&summary.checks)
}

/// A sized design, and what becomes of it in time and on other days if the case asks.
type Solved = (Sized, Option<History>, Vec<Point>);

/// A model, and those of its survey.
type Points<'a> = (&'a Model, &'a [(String, Model)]);

/// Sizes, proves, follows in time and through a survey.
fn solve<B: Backend>(backend: &B, (model, points): Points<'_>, screen: &Screen) -> Result<Solved, SizingError> {
    let sized = size(backend, model, screen)?;
    let history = match &model.transient {
        None => None,
        Some(written) => {
            let total = if written.mode == Mode::Periodic { 0 } else { 1000 };
            let field = Field::of(&sized.solution);
            let follow = || follow(backend, (model, written), &sized.design, &sized.orbit, &field, screen);
            Some(stage(screen, "temperatures in time", total, follow)?)
        }
    };
    let survey = stage(screen, "survey", points.len(), || survey(backend, points, &sized.design, &sized.solution, screen))?;
    Ok((sized, history, survey))
}
