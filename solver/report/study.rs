//! A study on disk: parts that each hold the same designs whoever computes them, and the table made of all parts.
//!
//! Designs are cut into parts by number alone. A part is a Parquet file that appears whole, under a folder named after the hash
//! of the case. A run, a shard, and a run that was killed before therefore write the same files, and the table is the same.

use super::csv::field;
use super::files::Staged;
use super::html::number::Numbers as Paths;
use super::html::study::{figures, page};
use super::parquet::{Cell, Kind, Writer, read};
use crate::analysis::memory::Key;
use crate::case::study::{Band, Fidelity, Sampling, Study};
use crate::study::insight::{Insight, Numbers, four};
use crate::study::search::Score;
use crate::study::{FIGURES, Plan, Row};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::io::{Error, Result};
use std::path::{Path, PathBuf};
use toml::Value;

/// Parts of a study, about.
const PARTS: usize = 128;
/// Designs of a part at least and at most.
const LEAST_OF_PART: usize = 16;
const MOST_OF_PART: usize = 8192;
/// Designs of a part by the field model: those of half a minute.
const MOST_OF_FIELD_PART: usize = 8;

/// Where a study lies on disk.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    columns: Vec<(String, Kind)>,
    designs: usize,
    of_part: usize,
    case: String,
    key: String,
}

impl Store {
    /// The study of a case in a folder.
    pub fn new(folder: &Path, plan: &Plan, case: &str) -> Self {
        let kind = |k: usize| match (plan.factors[k].numbers(), plan.factors[k].whole) {
            (true, true) => Kind::Whole,
            (true, false) => Kind::Number,
            (false, _) => Kind::Text,
        };
        let mut columns = vec![("id".to_owned(), Kind::Whole)];
        columns.extend(plan.factors.iter().enumerate().map(|(k, f)| (f.key.clone(), kind(k))));
        columns.extend(FIGURES.map(|name| (name.to_owned(), Kind::Number)));
        columns.extend(["binding", "failure"].map(|name| (name.to_owned(), Kind::Text)));
        Self {
            folder: folder.to_owned(),
            columns,
            designs: plan.designs,
            of_part: match plan.sampling {
                // A part is a generation.
                Sampling::Nsga2 => plan.population,
                _ if plan.fidelity == Fidelity::Field => MOST_OF_FIELD_PART,
                _ => plan.designs.div_ceil(PARTS).clamp(LEAST_OF_PART, MOST_OF_PART),
            },
            case: case.to_owned(),
            key: Key::new("study").bytes(case.as_bytes()).name(),
        }
    }

    /// Parts of the whole study.
    pub fn parts(&self) -> usize {
        self.designs.div_ceil(self.of_part)
    }

    /// Designs of a part.
    pub fn ids(&self, part: usize) -> std::ops::Range<usize> {
        part * self.of_part..((part + 1) * self.of_part).min(self.designs)
    }

    fn place(&self) -> PathBuf {
        self.folder.join(format!(".{}", self.key))
    }

    fn name(part: usize) -> String {
        format!("part-{part:06}.parquet")
    }

    /// Whether a part is there.
    pub fn has(&self, part: usize) -> bool {
        self.place().join(Self::name(part)).exists()
    }

    fn writer(&self, columns: &[(String, Kind)]) -> Result<Writer> {
        Writer::new(columns, &[("thermsolve.case", &self.case), ("thermsolve.study", &self.key)]).map_err(Error::other)
    }

    /// Keeps the rows of a part.
    pub fn keep(&self, part: usize, rows: &[Row]) -> Result<()> {
        let cells: Vec<Vec<Cell>> = rows.iter().map(|r| self.cells(r)).collect();
        let mut writer = self.writer(&self.columns)?;
        writer.rows(&cells).map_err(Error::other)?;
        let mut staged = Staged::new(&self.place())?;
        staged.bytes(&Self::name(part), &writer.close().map_err(Error::other)?)?;
        staged.commit().map(|_| ())
    }

    fn cells(&self, row: &Row) -> Vec<Cell> {
        let mut cells = vec![Cell::Whole(i64::try_from(row.id).unwrap_or(i64::MAX))];
        for (value, (_, kind)) in row.inputs.iter().zip(&self.columns[1..]) {
            #[expect(clippy::cast_precision_loss, reason = "whole numbers of a case are small")]
            cells.push(match (value, kind) {
                (Value::Integer(x), Kind::Whole) => Cell::Whole(*x),
                (Value::Integer(x), Kind::Number) => Cell::Number(*x as f64),
                (Value::Float(x), Kind::Number) => Cell::Number(*x),
                (Value::String(x), _) => Cell::Text(x.clone()),
                (other, _) => Cell::Text(other.to_string()),
            });
        }
        match &row.outcome {
            Ok(o) => {
                // What a case has no numbers for, as costs without prices, is left out.
                cells.extend(o.figures.map(|x| if x.is_nan() { Cell::Absent } else { Cell::Number(x) }));
                cells.extend([Cell::Text(o.binding.clone()), Cell::Absent]);
            }
            Err(e) => {
                cells.extend(FIGURES.map(|_| Cell::Absent));
                cells.extend([Cell::Absent, Cell::Text(e.clone())]);
            }
        }
        cells
    }

    /// Copies the parts that lie in other folders and are missing here.
    pub fn gather(&self, others: &[PathBuf]) -> Result<()> {
        for part in (0..self.parts()).filter(|p| !self.has(*p)) {
            let name = Self::name(part);
            let found = others.iter().map(|o| o.join(format!(".{}", self.key)).join(&name)).find(|p| p.exists());
            if let Some(path) = found {
                let mut staged = Staged::new(&self.place())?;
                staged.bytes(&name, &std::fs::read(path)?)?;
                staged.commit()?;
            }
        }
        Ok(())
    }

    /// The rows of a part.
    fn part(&self, part: usize) -> Result<Vec<Vec<Cell>>> {
        let rows = read(&self.place().join(Self::name(part))).map_err(Error::other)?;
        let designs = self.ids(part).len();
        if rows.len() != designs {
            return Err(Error::other(format!("{} holds {} designs, not {designs}", Self::name(part), rows.len())));
        }
        match rows.iter().zip(self.ids(part)).find(|(row, id)| row[0] != Cell::Whole(i64::try_from(*id).unwrap_or(i64::MAX))) {
            Some((_, id)) => Err(Error::other(format!("{} does not hold design {id}", Self::name(part)))),
            None => Ok(rows),
        }
    }

    /// The place of a figure among the columns.
    fn column(&self, figure: &String) -> usize {
        self.columns.iter().position(|(name, _)| name == figure).expect("names are checked")
    }

    fn columns_of(&self, figures: &[String]) -> Vec<usize> {
        figures.iter().map(|f| self.column(f)).collect()
    }

    /// What a study wants of a design.
    fn aim<'s>(&self, study: &'s Study) -> Aim<'s> {
        Aim {
            small: self.columns_of(&study.minimise),
            large: self.columns_of(&study.maximise),
            limits: study.require.iter().map(|(figure, band)| (self.column(figure), band)).collect(),
        }
    }

    /// What a search takes the designs of a part for.
    pub fn scores(&self, part: usize, study: &Study) -> Result<Vec<Score>> {
        let aim = self.aim(study);
        Ok(self.part(part)?.iter().map(|row| aim.score(row)).collect())
    }

    /// What all designs say together.
    fn insight(&self, plan: &Plan, study: &Study) -> Result<(Insight, Numbers)> {
        let (kept, aim) = (self.columns_of(&study.figures), self.aim(study));
        let (mut numbers, mut points): (Numbers, Numbers) = (vec![], vec![]);
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        let (margin, mut too_hot) = (self.column(&"junction_margin_k".to_owned()), 0);
        for part in 0..self.parts() {
            for row in self.part(part)? {
                if let Some(Cell::Text(reason)) = row.last() {
                    *reasons.entry(reason.clone()).or_default() += 1;
                    numbers.push(None);
                    points.push(None);
                    continue;
                }
                too_hot += usize::from(number(&row, margin) < 0.0);
                numbers.push(Some(kept.iter().map(|c| number(&row, *c)).collect()));
                points.push(if let Score::Within(objectives) = aim.score(&row) { Some(objectives) } else { None });
            }
        }
        let turned = study.maximise.iter().map(|f| format!("-{f}"));
        let objectives: Vec<String> = study.minimise.iter().cloned().chain(turned).collect();
        let keys: Vec<String> = plan.factors.iter().map(|f| f.key.clone()).collect();
        let reasons = reasons.into_iter().collect();
        let insight = Insight::new(plan.sampling, &keys, (&study.figures, &numbers), (&objectives, &points), (reasons, too_hot));
        Ok((insight, points))
    }

    /// Makes `study.parquet`, `study.json`, `study.html` (and `study.csv`) of all parts, in the order of designs; where there are
    /// objectives, with a column `front` that is 1 for the designs that no other beats. Returns the files.
    pub fn merge(&self, plan: &Plan, study: &Study) -> Result<(Vec<PathBuf>, Insight)> {
        let (insight, points) = self.insight(plan, study)?;
        let on: BTreeSet<usize> = insight.front.iter().copied().collect();
        let marked = !insight.objectives.is_empty();
        let mut columns = self.columns.clone();
        columns.extend(marked.then(|| ("front".to_owned(), Kind::Whole)));
        let mut writer = self.writer(&columns)?;
        let names: Vec<&str> = columns.iter().map(|(n, _)| n.as_str()).collect();
        let mut text = names.join(",") + "\n";
        // What the page shows of the front: the number, the keys, the objectives.
        let shown: Vec<usize> =
            (0..=plan.factors.len()).chain(self.columns_of(&study.minimise)).chain(self.columns_of(&study.maximise)).collect();
        let last = insight.front.len().saturating_sub(1);
        let some: Vec<usize> = (0..MOST_SHOWN.min(insight.front.len()))
            .map(|k| insight.front[k * last / (MOST_SHOWN - 1).min(last.max(1))])
            .collect();
        let mut best: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for part in 0..self.parts() {
            let mut rows = self.part(part)?;
            for (row, id) in rows.iter_mut().zip(self.ids(part)) {
                row.extend(marked.then(|| Cell::Whole(i64::from(on.contains(&id)))));
                if study.csv {
                    line(&mut text, row);
                }
                if some.contains(&id) {
                    best.insert(id, shown.iter().map(|c| spelt(&row[*c])).collect());
                }
            }
            writer.rows(&rows).map_err(Error::other)?;
        }
        let mut staged = Staged::new(&self.folder)?;
        staged.bytes("study.parquet", &writer.close().map_err(Error::other)?)?;
        let drawn = figures(&insight, &points);
        for f in &drawn {
            staged.text(&format!("figures/{}.svg", f.name), &f.svg)?;
        }
        let told = Told {
            program: concat!("thermsolve ", env!("CARGO_PKG_VERSION")),
            name: &plan.name,
            model: plan.fidelity,
            insight: &insight,
        };
        let json = serde_json::to_string_pretty(&told).map_err(Error::other)? + "\n";
        let head = shown.iter().map(|c| self.columns[*c].0.clone()).collect();
        let best = (head, some.iter().filter_map(|id| best.remove(id)).collect());
        staged.text("study.html", &page(&insight, (&Paths::new(&told), &json), &best, &drawn, &self.case))?;
        staged.text("study.json", &json)?;
        if study.csv {
            staged.text("study.csv", &text)?;
        }
        Ok((staged.commit()?, insight))
    }

    /// Forgets the parts.
    pub fn forget(&self) -> Result<()> {
        match std::fs::remove_dir_all(self.place()) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }
}

/// study.json.
#[derive(serde::Serialize)]
struct Told<'a> {
    program: &'a str,
    name: &'a str,
    /// `sizing` or `field`.
    model: Fidelity,
    #[serde(flatten)]
    insight: &'a Insight,
}

/// Designs of the front that a page shows.
const MOST_SHOWN: usize = 12;

/// As a page shows it.
fn spelt(cell: &Cell) -> String {
    match cell {
        Cell::Whole(x) => x.to_string(),
        Cell::Number(x) => four(*x),
        Cell::Text(x) => x.clone(),
        Cell::Absent => String::new(),
    }
}

fn number(row: &[Cell], column: usize) -> f64 {
    if let Cell::Number(x) = row[column] { x } else { f64::NAN }
}

/// Columns that a study wants small, large, and within limits.
struct Aim<'s> {
    small: Vec<usize>,
    large: Vec<usize>,
    limits: Vec<(usize, &'s Band)>,
}

impl Aim<'_> {
    /// What a design is worth. What is not a number keeps no limit.
    fn score(&self, row: &[Cell]) -> Score {
        if matches!(row.last(), Some(Cell::Text(_))) {
            return Score::Failed;
        }
        let beyond = |(column, band): &(usize, &Band)| {
            let x = number(row, *column);
            let [below, above] = [band.least.map(|l| (l - x, l)), band.most.map(|m| (x - m, m))];
            let distance =
                |(d, limit): (f64, f64)| if d <= 0.0 { 0.0 } else { (d / limit.abs().max(1e-9)).max(f64::MIN_POSITIVE) };
            [below, above].into_iter().flatten().map(distance).sum::<f64>()
        };
        let outside: f64 = self.limits.iter().map(beyond).sum();
        if outside > 0.0 {
            return Score::Outside(outside);
        }
        let turned = self.large.iter().map(|c| -number(row, *c));
        Score::Within(self.small.iter().map(|c| number(row, *c)).chain(turned).collect())
    }
}

/// One line of a CSV file.
fn line(out: &mut String, row: &[Cell]) {
    for (k, cell) in row.iter().enumerate() {
        let comma = if k > 0 { "," } else { "" };
        match cell {
            Cell::Whole(x) => write!(out, "{comma}{x}"),
            Cell::Number(x) => write!(out, "{comma}{x}"),
            Cell::Text(x) => write!(out, "{comma}{}", field(x)),
            Cell::Absent => write!(out, "{comma}"),
        }
        .expect("writing to a string");
    }
    out.push('\n');
}
