//! `thermsolve study` and `thermsolve merge`.

use super::arguments::RunArgs;
use super::{BAD_CASE, NOT_MET, Stop, limit_threads, run_design, show, stem};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use thermsolve::case;
use thermsolve::case::study::{Sampling, Study};
use thermsolve::model::Model;
use thermsolve::report::study::Store;
use thermsolve::study::Plan;
use thermsolve::study::insight::Insight;

#[derive(Args, Debug)]
pub(super) struct StudyArgs {
    /// Case file with a [study] table
    case: PathBuf,
    /// Folder for results; a folder named after the case is made in it
    #[arg(long, default_value = "out")]
    out: PathBuf,
    /// Compute one of n shares of the study, as 2/8; `thermsolve merge` joins them
    #[arg(long, value_parser = shard)]
    shard: Option<(usize, usize)>,
    /// CPU threads
    #[arg(long)]
    threads: Option<usize>,
    /// Also run designs whole, with report and fields, into designs/<id>: numbers with commas, or "front" for those that no other beats
    #[arg(long, value_parser = Chosen::parse, conflicts_with = "shard")]
    prove: Option<Chosen>,
    /// Forget the parts that an earlier run left
    #[arg(long)]
    fresh: bool,
    /// Print errors only
    #[arg(long, short)]
    quiet: bool,
}

#[derive(Args, Debug)]
pub(super) struct MergeArgs {
    /// Case file with a [study] table, as the shards had it
    case: PathBuf,
    /// Folders given to the shards as --out, where they differ from --out
    from: Vec<PathBuf>,
    /// Folder for results
    #[arg(long, default_value = "out")]
    out: PathBuf,
}

/// Designs that are run whole.
#[derive(Clone, Debug)]
enum Chosen {
    /// Those that no other beats.
    Front,
    /// By number.
    These(Vec<usize>),
}

impl Chosen {
    fn parse(text: &str) -> Result<Self, String> {
        if text == "front" {
            return Ok(Self::Front);
        }
        let numbers: Result<Vec<usize>, _> = text.split(',').map(|n| n.trim().parse()).collect();
        numbers.map(Self::These).map_err(|_| "expected \"front\" or numbers of designs, as 3,17".into())
    }
}

fn shard(text: &str) -> Result<(usize, usize), String> {
    let numbers = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    numbers.filter(|(i, n)| (1..=*n).contains(i)).ok_or_else(|| "expected i/n with i in 1..=n, as 2/8".into())
}

fn open(path: &Path, out: &Path) -> Result<(Plan, Store, Study), Stop> {
    let model = Model::from_case(case::read(path)?)?;
    let Some(study) = &model.study else {
        let error = model.source.error("study", "the case has no [study]", "`thermsolve schema` prints its keys");
        return Err(model.source.errors(vec![error]).into());
    };
    let plan = Plan::new(&model, study)?;
    let store = Store::new(&out.join(stem(path)), &plan, &model.source.text);
    let study = study.clone();
    Ok((plan, store, study))
}

pub(super) fn study(args: &StudyArgs) -> Result<(), Stop> {
    if let Some(threads) = args.threads {
        limit_threads(threads);
    }
    let (plan, store, written) = open(&args.case, &args.out)?;
    if args.fresh {
        store.forget()?;
    }
    let (share, shares) = args.shard.unwrap_or((1, 1));
    if plan.sampling == Sampling::Nsga2 && shares > 1 {
        let help = "run it whole; other samplings can be cut";
        return Err(Stop(
            BAD_CASE,
            format!("error: a search cannot be cut: a generation follows from those before\n  help: {help}"),
        ));
    }
    let mine: Vec<usize> = (0..store.parts()).filter(|p| p % shares == share - 1).collect();
    let total: usize = mine.iter().map(|p| store.ids(*p).len()).sum();
    let bar = if args.quiet || !std::io::stderr().is_terminal() {
        ProgressBar::hidden()
    } else {
        let style = ProgressStyle::with_template("designs {bar:40} {pos}/{len} {per_sec} {eta}");
        ProgressBar::new(total as u64).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    };
    let compute = |part: usize| {
        let ids = store.ids(part);
        let count = ids.len() as u64;
        if store.has(part) {
            // Found, not computed: the rate does not count it.
            bar.set_position(bar.position() + count);
            bar.reset_eta();
            return Ok(());
        }
        store.keep(part, &plan.rows(ids))?;
        bar.inc(count);
        Ok::<(), std::io::Error>(())
    };
    if plan.sampling == Sampling::Nsga2 {
        plan.search(written.minimise.len() + written.maximise.len(), |generation| {
            compute(generation)?;
            store.scores(generation, &written)
        })?;
    } else {
        mine.into_iter().try_for_each(compute)?;
    }
    bar.finish_and_clear();
    if args.shard.is_some() {
        if !args.quiet {
            show(&format!("share {share} of {shares}: {total} designs; join with `thermsolve merge`\n"));
        }
        return Ok(());
    }
    let insight = finish(&plan, &store, &written, args.quiet)?;
    match &args.prove {
        None => Ok(()),
        Some(Chosen::Front) if insight.objectives.is_empty() => {
            let help = "name figures in `study.minimise` or `study.maximise`, or the numbers of designs";
            Err(Stop(BAD_CASE, format!("error: the study seeks nothing: no design is on a front\n  help: {help}")))
        }
        Some(Chosen::Front) => prove(args, &plan, &insight.front),
        Some(Chosen::These(ids)) => prove(args, &plan, ids),
    }
}

/// Runs designs whole. One that fails stops none of the others.
fn prove(args: &StudyArgs, plan: &Plan, ids: &[usize]) -> Result<(), Stop> {
    if let Some(id) = ids.iter().find(|id| **id >= plan.designs) {
        return Err(Stop(BAD_CASE, format!("error: the study has designs 0..{}, not {id}", plan.designs)));
    }
    let mut failed = vec![];
    for (k, id) in ids.iter().enumerate() {
        let of = RunArgs::silent(args.out.join(stem(&args.case)).join("designs"), args.threads);
        let name = PathBuf::from(id.to_string());
        let done = plan.case(*id).map_err(Stop::from).and_then(|file| run_design(&of, &name, file));
        let said = match &done {
            Ok(summary) => format!(
                "radiator {:.1} m², {:.0} kg, sink {:.1} K; array {:.0} m²; {}",
                summary.radiator.planform_m2,
                summary.mass.total_kg,
                summary.rounds.last().map_or(f64::NAN, |r| r.sink_k),
                summary.array.area_m2,
                if summary.passed { "all checks passed" } else { "a check failed" }
            ),
            Err(Stop(_, message)) => message.lines().next().unwrap_or_default().to_owned(),
        };
        failed.extend((!done.is_ok_and(|s| s.passed)).then_some(*id));
        if !args.quiet {
            show(&format!("design {id} ({} of {}): {said}\n", k + 1, ids.len()));
        }
    }
    match failed.as_slice() {
        [] => Ok(()),
        some => Err(Stop(NOT_MET, format!("error: {} of {} designs failed: {some:?}", some.len(), ids.len()))),
    }
}

pub(super) fn merge(args: &MergeArgs) -> Result<(), Stop> {
    let (plan, store, written) = open(&args.case, &args.out)?;
    let others: Vec<PathBuf> = args.from.iter().map(|f| f.join(stem(&args.case))).collect();
    store.gather(&others)?;
    let missing = (0..store.parts()).filter(|p| !store.has(*p)).count();
    if missing > 0 {
        let help = "run the missing shards, or name their folders";
        return Err(Stop(BAD_CASE, format!("error: {missing} of {} parts are missing\n  help: {help}", store.parts())));
    }
    finish(&plan, &store, &written, false).map(|_| ())
}

fn finish(plan: &Plan, store: &Store, written: &Study, quiet: bool) -> Result<Insight, Stop> {
    let (files, insight) = store.merge(plan, written)?;
    store.forget()?;
    if !quiet {
        let names: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        show(&format!("{}written: {}\n", insight.to_text(), names.join(", ")));
    }
    Ok(insight)
}
