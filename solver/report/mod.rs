//! What a run leaves behind: terminal summary, report, JSON, CSV and VTK.

pub mod armour;
pub mod asked;
pub mod assembly;
mod checks;
pub mod claims;
pub mod compare;
pub mod components;
pub mod csv;
pub mod files;
pub mod heat_path;
pub mod history;
pub mod html;
pub mod map;
pub mod memory;
pub mod over_time;
pub mod lumped;
pub mod parquet;
mod parts;
mod plot;
mod recorded;
pub mod seen;
pub mod study;
pub mod summary;
pub mod survey;
pub mod text;
pub mod verification;
pub mod vtk;
pub mod wings;

use crate::analysis::history::History;
use crate::analysis::survey::Point;
use crate::model::Model;
use crate::sizing::Sized;
use files::Staged;
use std::path::{Path, PathBuf};
use summary::Summary;

/// Everything of a run that leaves a trace.
#[derive(Clone, Copy, Debug)]
pub struct Run<'a> {
    /// The question.
    pub model: &'a Model,
    /// The answer.
    pub sized: &'a Sized,
    /// The answer in time, if it was asked for.
    pub history: Option<&'a History>,
    /// The answer on other days.
    pub survey: &'a [Point],
    /// The numbers.
    pub summary: &'a Summary,
    /// Seconds by stage.
    pub timings: &'a [(String, f64)],
    /// The case file as written.
    pub case_text: &'a str,
}

/// Writes every file of a run into `folder`; nothing appears there under its final name before all are written.
pub fn write(folder: &Path, run: &Run<'_>) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("summary.json", &run.summary.to_json())?;
    let seconds: serde_json::Map<String, serde_json::Value> = run.timings.iter().map(|(k, v)| (k.clone(), (*v).into())).collect();
    staged.text("timings.json", &serde_json::to_string_pretty(&seconds)?)?;
    let document = html::document(run);
    staged.text("report.html", &document.page)?;
    for f in &document.figures {
        staged.text(&format!("figures/{}.svg", f.name), &f.svg)?;
    }
    if run.model.output.csv {
        for (name, content) in csv::tables(run.sized) {
            staged.text(name, &content)?;
        }
    }
    if run.model.output.vtk {
        vtk::write(&mut staged, run.sized)?;
    }
    if let Some(h) = run.history {
        history::write(&mut staged, run.model, run.sized, h)?;
    }
    if run.model.output.csv && !run.survey.is_empty() {
        staged.text("survey.csv", &survey::table(run.survey))?;
    }
    staged.commit()
}
