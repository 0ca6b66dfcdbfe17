//! `thermsolve compare`.

use super::arguments::CompareArgs;
use super::{BAD_CASE, NOT_MET, Stop, show};
use std::path::Path;
use thermsolve::report::compare::Comparison;
use thermsolve::report::files::Staged;

/// The summary of a run: a folder that holds `summary.json`, or such a file.
fn summary(path: &Path) -> Result<serde_json::Value, Stop> {
    let file = if path.is_dir() { path.join("summary.json") } else { path.to_owned() };
    let fail = |e: String| {
        Stop(BAD_CASE, format!("error: {}: {e}\n  help: name a folder of results, or its summary.json", file.display()))
    };
    let text = std::fs::read_to_string(&file).map_err(|e| fail(e.to_string()))?;
    serde_json::from_str(&text).map_err(|e| fail(e.to_string()))
}

/// Compares two runs; exit code 3 where they differ by more than allowed.
pub(super) fn compare(args: &CompareArgs) -> Result<(), Stop> {
    let found = Comparison::new(&summary(&args.first)?, &summary(&args.second)?);
    if found.pairs.is_empty() {
        return Err(Stop(BAD_CASE, "error: the summaries have no number in common".into()));
    }
    show(&found.to_text(["first", "second"], args.most));
    if let Some(folder) = &args.out {
        let mut staged = Staged::new(folder)?;
        staged.text("compare.csv", &found.to_csv())?;
        found.to_svg(args.most).map(|svg| staged.text("compare.svg", &svg)).transpose()?;
        staged.commit()?;
    }
    let (k, relative, from_0) = found.largest();
    let over = args.within_k.is_some_and(|most| k > most) || args.within.is_some_and(|most| relative > most || from_0 > 0);
    if over { Err(Stop(NOT_MET, "error: the runs differ by more than allowed".into())) } else { Ok(()) }
}
