//! Decks: thermal networks as the programs of the field write them. Readers make a [`Deck`], which becomes the text of a case;
//! a model becomes a [`Deck`], which becomes a deck of either kind, or matrices.
//!
//! What a deck says and a case cannot (and the other way round) is a [`Remark`], never silence.

mod case_text;
mod expression;
mod gather;
mod of_model;
mod text;
pub mod esatan;
pub mod geometry;
pub mod matrix_market;
pub mod sinda;

use crate::case::{CaseError, CaseErrors, Source};
pub use text::Text;

/// Largest deck, bytes.
pub const MAX_BYTES: usize = 1 << 24;

/// A value of a node or a conductor; SI, temperatures in K.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The same at all times.
    Constant(f64),
    /// Straight between points of s and value, constant beyond them; it may begin again after a period.
    InTime {
        /// Points.
        points: Vec<(f64, f64)>,
        /// s.
        period_s: Option<f64>,
    },
    /// Straight between points of K and value, constant beyond them.
    ByTemperature(Vec<(f64, f64)>),
}

impl Value {
    /// With every value changed.
    fn map(self, change: impl Fn(f64) -> f64) -> Self {
        let all = |points: Vec<(f64, f64)>| points.into_iter().map(|(x, v)| (x, change(v))).collect();
        match self {
            Self::Constant(v) => Self::Constant(change(v)),
            Self::InTime { points, period_s } => Self::InTime { points: all(points), period_s },
            Self::ByTemperature(points) => Self::ByTemperature(all(points)),
        }
    }

    /// Every value there is.
    fn values(&self) -> Vec<f64> {
        match self {
            Self::Constant(v) => vec![*v],
            Self::InTime { points, .. } | Self::ByTemperature(points) => points.iter().map(|p| p.1).collect(),
        }
    }

    /// Points of its table.
    fn len(&self) -> usize {
        match self {
            Self::Constant(_) => 1,
            Self::InTime { points, .. } | Self::ByTemperature(points) => points.len(),
        }
    }
}

/// Where a deck has a node: a number in a submodel.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Submodel, in capitals; submodels in submodels are joined by `_`.
    pub submodel: String,
    /// Number.
    pub number: u64,
}

impl Place {
    /// Its name in a case: `SUB_12`. Truth: `decks::names_come_back`.
    pub fn name(&self) -> String {
        format!("{}_{}", self.submodel, self.number)
    }

    /// The place that a name in a case stands for, if it stands for one.
    pub fn of_name(name: &str) -> Option<Self> {
        let (submodel, number) = name.rsplit_once('_')?;
        let mut letters = submodel.chars();
        let first = letters.next()?.is_ascii_uppercase();
        let rest = letters.all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
        let place = Self { submodel: submodel.to_owned(), number: number.parse().ok().filter(|n| *n < 1_000_000_000)? };
        // A number is written in one way only.
        (first && rest && place.number.to_string() == number).then_some(place)
    }
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Boundary: held at a temperature, K.
    Held(Value),
    /// Diffusion: stores heat, J/K.
    Diffusion(Value),
    /// Arithmetic: follows the others at once.
    Arithmetic,
}

/// A node.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Name in the case.
    pub name: String,
    /// Where a deck has it.
    pub place: Place,
    /// What it is.
    pub kind: Kind,
    /// Temperature at the start, K.
    pub start_k: Option<f64>,
    /// Heat in it, W.
    pub power_w: Value,
}

/// What a conductor is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// GL, W/K.
    Linear,
    /// GR, m².
    Radiative,
    /// GF, W/K: b receives, a feels nothing.
    Flow,
}

/// A conductor from node `a` to node `b`.
#[derive(Clone, Debug, PartialEq)]
pub struct Conductor {
    /// Name in the case.
    pub name: String,
    /// Number of a node.
    pub a: usize,
    /// Number of another.
    pub b: usize,
    /// What it is.
    pub path: Path,
    /// W/K, or m².
    pub value: Value,
}

/// A run in time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Run {
    /// Time that is followed, s.
    pub until_s: f64,
    /// Time between outputs, s.
    pub every_s: f64,
    /// It begins with the steady state, not with the temperatures that nodes have at the start.
    pub from_steady: bool,
}

/// What was not translated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// Line of the deck; 0 where there is none.
    pub line: usize,
    /// What, and why.
    pub what: String,
    /// Whether temperatures may differ for it.
    pub lost: bool,
}

impl Remark {
    /// As a line: `warning: FILE:LINE: lost: WHAT`.
    pub fn render(&self, place: &str) -> String {
        format!("warning: {place}: {}{}", if self.lost { "lost: " } else { "" }, self.what)
    }
}

/// What was not translated as comments for the head of a case; `place` says where a line is. Truth: `decks::inserted_files_are_read`.
pub fn as_comments(remarks: &[Remark], place: impl Fn(usize) -> String) -> String {
    remarks.iter().map(|r| format!("# {}\n", r.render(&place(r.line)).replace(char::is_control, " "))).collect()
}

/// A network between case and deck.
#[derive(Clone, Debug, PartialEq)]
pub struct Deck {
    /// Title.
    pub title: String,
    /// Nodes.
    pub nodes: Vec<Node>,
    /// Conductors.
    pub conductors: Vec<Conductor>,
    /// Run in time.
    pub run: Option<Run>,
    /// What was not translated.
    pub remarks: Vec<Remark>,
}

/// A kind of deck.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// SINDA/FLUINT, SINDA-85.
    Sinda,
    /// ESATAN, ESATAN-TMS.
    Esatan,
    /// Geometry of ESATAN-TMS.
    EsatanGeometry,
}

/// The kind of a deck by its content: the first line that begins with `HEADER`, `$MODEL`, or with `BEGIN_MODEL` or `GEOMETRY` says it.
pub fn format(text: &str) -> Option<Format> {
    text.lines().find_map(|line| {
        let mut words = line.split_whitespace();
        match words.next()?.to_ascii_uppercase().as_str() {
            "HEADER" => Some(Format::Sinda),
            "$MODEL" => Some(Format::Esatan),
            "BEGIN_MODEL" | "GEOMETRY" => Some(Format::EsatanGeometry),
            _ => None,
        }
    })
}

/// Reads a network of either kind; `file` only appears in messages. Errors: no deck, mistakes with their lines.
///
/// Truth: `decks::*`.
pub fn read(file: &str, text: &str) -> Result<Deck, CaseErrors> {
    match format(text) {
        _ if text.len() > MAX_BYTES => {
            let message = format!("a deck must have at most {MAX_BYTES} bytes, got {}", text.len());
            Err(CaseErrors::of_file(file, message, Some("cut the model into decks")))
        }
        Some(Format::Sinda) => sinda::read(file, text),
        Some(Format::Esatan) => esatan::read(file, text),
        Some(Format::EsatanGeometry) => {
            Err(CaseErrors::of_file(file, "geometry is no network".into(), Some("read it as --format esatan-geometry")))
        }
        None => Err(CaseErrors::of_file(
            file,
            "no line begins with HEADER, $MODEL, BEGIN_MODEL or GEOMETRY".into(),
            Some("decks of SINDA begin with HEADER, decks of ESATAN with $MODEL; --format chooses one"),
        )),
    }
}

/// Mistakes of a deck at their lines.
fn mistakes(file: &str, text: &str, all: Vec<(usize, String, String)>) -> CaseErrors {
    let source = Source { file: file.to_owned(), text: text.to_owned() };
    let mut begins = vec![0];
    begins.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let place = |line: usize| {
        let begin = *begins.get(line.checked_sub(1)?)?;
        let length = text[begin..].lines().next().map_or(0, |l| l.trim_end().len());
        (length > 0).then_some(begin..begin + length)
    };
    let errors = all
        .into_iter()
        .map(|(line, message, help)| CaseError { key: String::new(), span: place(line), message, help: Some(help) })
        .collect();
    source.errors(errors)
}

/// Melting behind a capacity by temperature: capacity in J/K, latent heat in J, solidus and liquidus in K. Only a triangle on a
/// constant is melting.
fn melting(points: &[(f64, f64)]) -> Option<(f64, f64, f64, f64)> {
    let [(low, c), (middle, peak), (high, end)] = points else { return None };
    let near = |a: f64, b: f64| (a - b).abs() <= 1e-9 * b.abs();
    let triangle = near(*c, *end) && near(*middle, 0.5 * (low + high)) && peak > c && high > low;
    triangle.then(|| (*c, 0.5 * (peak - c) * (high - low), *low, *high))
}

/// A number as decks have it.
fn number(x: f64) -> String {
    format!("{x:?}").to_uppercase()
}

/// A temperature, K, in °C without what subtraction rounds.
fn celsius(k: f64) -> f64 {
    let c = k - crate::constants::CELSIUS_ZERO_K;
    (c * 1e10).round() / 1e10
}

/// One line without what is not printable.
fn plain(text: &str) -> String {
    let one: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    one.trim().to_owned()
}

/// The name that a comment gives to what stands before it: `thermsolve name = NAME`.
fn named(comment: &str) -> Option<String> {
    let rest = comment.split_once("thermsolve name")?.1.trim_start().strip_prefix('=')?;
    Some(plain(rest)).filter(|n| !n.is_empty() && n.len() <= 200)
}
