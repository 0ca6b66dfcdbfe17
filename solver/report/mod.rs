//! What a run leaves behind: terminal summary, JSON, CSV and VTK.

pub mod armour;
pub mod assembly;
mod checks;
pub mod csv;
pub mod files;
pub mod history;
pub mod memory;
pub mod over_time;
pub mod lumped;
mod plot;
pub mod summary;
pub mod survey;
pub mod text;
pub mod verification;
pub mod vtk;

use crate::analysis::history::History;
use crate::analysis::survey::Point;
use crate::model::Model;
use crate::sizing::Sized;
use files::Staged;
use std::path::{Path, PathBuf};
use summary::Summary;

/// Writes every file of a run into `folder`; nothing appears there under its final name before all are written.
pub fn write(
    folder: &Path,
    model: &Model,
    sized: &Sized,
    (history, survey): (Option<&History>, &[Point]),
    summary: &Summary,
    timings: &[(String, f64)],
) -> std::io::Result<Vec<PathBuf>> {
    let mut staged = Staged::new(folder)?;
    staged.text("summary.json", &summary.to_json())?;
    let seconds: serde_json::Map<String, serde_json::Value> = timings.iter().map(|(k, v)| (k.clone(), (*v).into())).collect();
    staged.text("timings.json", &serde_json::to_string_pretty(&seconds)?)?;
    if model.output.csv {
        for (name, content) in csv::tables(sized) {
            staged.text(name, &content)?;
        }
    }
    if model.output.vtk {
        vtk::write(&mut staged, sized)?;
    }
    if let Some(h) = history {
        history::write(&mut staged, model, sized, h)?;
    }
    if !survey.is_empty() {
        survey::write(&mut staged, model, survey)?;
    }
    staged.commit()
}
