//! The report as one HTML file: text, tables, drawings, charts and the field in three dimensions; it loads nothing.
//!
//! Every number is read from the summary by its path ([`number`]), and the summary itself stands in the page.

pub mod charts;
pub mod chord;
mod design;
mod drawing;
mod figures;
pub mod given;
pub mod number;
pub mod page;
mod over_time;
pub mod scene;
pub mod study;

use super::Run;
use super::summary::Summary;
use charts::Figure;
use number::Numbers;
use scene::{Shown, Thinning};

/// A page and its figures as files.
#[derive(Debug)]
pub struct Document {
    /// The page.
    pub page: String,
    /// Its figures.
    pub figures: Vec<Figure>,
}

/// What the sections of a design are written from.
struct Context<'a> {
    run: &'a Run<'a>,
    summary: &'a Summary,
    numbers: Numbers,
    shown: Shown,
    thinning: Thinning,
    figures: Vec<Figure>,
}

impl Context<'_> {
    /// A figure by its name; nothing if the case has none of it.
    fn figure(&self, name: &str) -> Option<&Figure> {
        self.figures.iter().find(|f| f.name == name)
    }
}

/// The report of a design.
pub fn document(run: &Run<'_>) -> Document {
    let (grids, thinning) = scene::thin(run.sized);
    let numbers = Numbers::new(run.summary);
    let figures = figures::all(run, &numbers, &grids);
    let shown = Shown::of_grids(&grids);
    let context = Context { run, summary: run.summary, numbers, shown, thinning, figures };
    let page = design::page(&context);
    Document { page, figures: context.figures }
}
