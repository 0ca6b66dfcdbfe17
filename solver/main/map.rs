//! `thermsolve map`.

use super::arguments::{Choice, RunArgs};
use super::{BAD_CASE, NO_DEVICE, Screen, Stop, limit_threads, on_device, stem, stop, tell};
use clap::Args;
use std::path::PathBuf;
use thermsolve::analysis::memory::Forgetful;
use thermsolve::case::{self, AnyCase};
use thermsolve::model::Model;
use thermsolve::report;
use thermsolve::study::map::{MOST_DESIGNS, MapError, map as map_of};

#[derive(Args, Debug)]
pub(super) struct MapArgs {
    /// Case file whose radiator has bounds
    case: PathBuf,
    /// Designs spread over the bounds of pitch, sheet, bore and tubes
    #[arg(long, default_value_t = 1 << 20)]
    designs: usize,
    /// What evaluates them
    #[arg(long, value_enum, default_value_t = Choice::Auto)]
    backend: Choice,
    /// Folder for results; a folder named after the case is made in it
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// CPU threads
    #[arg(long)]
    threads: Option<usize>,
    /// Print map.json instead of the text
    #[arg(long)]
    json: bool,
    /// Print errors only
    #[arg(long, short)]
    quiet: bool,
}

pub(super) fn map(args: &MapArgs) -> Result<(), Stop> {
    if let Some(threads) = args.threads {
        limit_threads(threads);
    }
    if !(1..=MOST_DESIGNS).contains(&args.designs) {
        return Err(Stop(BAD_CASE, format!("error: `--designs` must be in 1..={MOST_DESIGNS}, got {}", args.designs)));
    }
    let AnyCase::Design(file) = case::read_any(&args.case)? else {
        let help = "name a case with bounds in [radiator]";
        return Err(Stop(
            BAD_CASE,
            format!("error: {}: an assembly has no radiator to map\n  help: {help}", args.case.display()),
        ));
    };
    let model = Model::from_case(*file)?;
    if model.radiator.planform_m2.is_some() {
        let help = "remove it, and give bounds of pitch, sheet and bore";
        let error = model.source.error("radiator.planform_m2", "a radiator of a given area has no map", help);
        return Err(model.source.errors(vec![error]).into());
    }
    let screen = Screen::new(Box::new(Forgetful), !args.quiet);
    let silent = RunArgs::silent(args.out.clone(), args.threads);
    let run = RunArgs { backend: args.backend, json: args.json, quiet: args.quiet, ..silent };
    let failed = |e: &MapError| matches!(e, MapError::Device(_) | MapError::Apart { .. });
    let found = on_device(
        &run,
        failed,
        |gpu| map_of(gpu, &model, args.designs, &screen),
        |cpu| map_of(cpu, &model, args.designs, &screen),
    );
    let (map, _) = found?.map_err(|e| match &e {
        MapError::Sizing(e) => stop(&model, e),
        MapError::Device(_) | MapError::Apart { .. } => Stop(NO_DEVICE, format!("error: {e}")),
    })?;
    let folder = args.out.join(stem(&args.case));
    let files = report::map::write(&folder, &map)?;
    tell(&run, &report::map::to_json(&map), &report::map::to_text(&map), (&files, &folder));
    Ok(())
}
