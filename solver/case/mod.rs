//! The case file as written: TOML into a [`Case`], with a mistake shown in its place.

pub mod armour;
pub mod assembly;
pub mod battery;
pub mod claim;
pub mod components;
pub mod cost;
mod error;
pub mod flight;
pub mod front_cells;
pub mod heat_pipes;
pub mod heat_pump;
pub mod joint;
pub mod lumped;
pub mod mass;
pub mod reference;
pub mod schema;
pub mod study;
pub mod survey;
pub mod transient;
pub mod two_phase;

use assembly::Assembly;
pub use error::{CaseError, CaseErrors, suggest};
use schema::Case;
use serde::de::DeserializeOwned;
use std::ops::Range;
use std::path::Path;

/// Largest case file, bytes.
pub const MAX_BYTES: u64 = 1 << 24;

/// The text of a case file: what messages point into.
#[derive(Clone, Debug, PartialEq)]
pub struct Source {
    /// File, as the user named it.
    pub file: String,
    /// Its text.
    pub text: String,
}

/// A case and the text it came from.
#[derive(Debug)]
pub struct CaseFile<C = Case> {
    /// Where it came from.
    pub source: Source,
    /// Its content.
    pub case: C,
}

/// A case of either kind.
#[derive(Debug)]
pub enum AnyCase {
    /// A satellite to be sized.
    Design(Box<CaseFile>),
    /// Parts and nodes as given.
    Assembly(Box<CaseFile<Assembly>>),
}

/// Reads a case file of any kind: `kind`, `[parts]` or `[nodes]` make it an assembly as given, else it is a satellite to be sized.
/// Errors: as [`read`], and an assembly with tables of a satellite.
pub fn read_any(path: &Path) -> Result<AnyCase, CaseErrors> {
    let (file, text) = contents(path)?;
    parse_any(file, text)
}

/// Parses the text of a case file of any kind; paths of other files start at `file`. Errors: as those of [`read_any`].
pub fn parse_any(file: String, text: String) -> Result<AnyCase, CaseErrors> {
    // What is no TOML at all is told as a design.
    let root = toml::de::DeTable::parse(&text).ok();
    let has = |key: &&str| root.as_ref().is_some_and(|t| t.get_ref().contains_key(*key));
    match (["kind", "parts", "nodes"].into_iter().find(has), ["load", "radiator"].into_iter().find(has)) {
        (Some(given), Some(sized)) => {
            let source = Source { file, text: text.clone() };
            let message = format!("`{given}` makes this an assembly as given, `[{sized}]` a satellite to be sized");
            let help = "keep the tables of one kind; `thermsolve schema` and `thermsolve schema --assembly` list them";
            Err(source.errors(vec![source.error(given, message, help)]))
        }
        (Some(_), None) => parse(&file, text).map(|f| AnyCase::Assembly(Box::new(f))),
        (None, _) => parse(&file, text).map(|f| AnyCase::Design(Box::new(f))),
    }
}

/// Reads a case file. Errors: missing, too large, not UTF-8, not TOML, unknown key, wrong type, out of range.
pub fn read(path: &Path) -> Result<CaseFile, CaseErrors> {
    let (file, text) = contents(path)?;
    parse(&file, text)
}

fn contents(path: &Path) -> Result<(String, String), CaseErrors> {
    let file = path.display().to_string();
    let fail = |message: String, help: Option<&str>| CaseErrors::of_file(&file, message, help);
    let about = std::fs::metadata(path).map_err(|e| {
        fail(format!("case file cannot be read: {e}"), Some("give the path of a TOML case file, for example cases/rack_1mw.toml"))
    })?;
    if about.is_dir() {
        return Err(fail("case file is a directory".into(), Some("name the .toml file inside it")));
    }
    if about.len() > MAX_BYTES {
        let (got, most) = (about.len(), MAX_BYTES);
        return Err(fail(format!("case file must be at most {most} bytes, got {got}"), Some("is this the right file?")));
    }
    let bytes = read_at_most(path, MAX_BYTES).map_err(|e| fail(format!("case file cannot be read: {e}"), None))?;
    let text = String::from_utf8(bytes)
        .map_err(|e| fail(format!("case file must be UTF-8 text, byte {} is not", e.utf8_error().valid_up_to()), None))?;
    Ok((file, text))
}

/// Content of a file. Errors: those of reading, and more than `most` bytes, which devices and pipes do not tell beforehand.
///
/// Truth: `cli::endless_files_are_refused`.
pub(crate) fn read_at_most(path: &Path, most: u64) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut bytes = vec![];
    let read = std::fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if read as u64 > most {
        return Err(std::io::Error::other(format!("it has more than {most} bytes")));
    }
    Ok(bytes)
}

/// Reads a case from a table instead of a text. Errors: as those of a text, without a place.
pub fn from_table(table: toml::Table) -> Result<Case, CaseError> {
    placed(serde_path_to_error::deserialize(toml::Value::Table(table)), |_| None)
}

/// Parses the text of a case file; `file` only appears in messages.
pub fn parse<C: DeserializeOwned>(file: &str, text: String) -> Result<CaseFile<C>, CaseErrors> {
    match from_toml(&text) {
        Ok(case) => Ok(CaseFile { source: Source { file: file.to_owned(), text }, case }),
        Err(error) => Err(CaseErrors { file: file.to_owned(), text, errors: vec![error] }),
    }
}

fn from_toml<C: DeserializeOwned>(text: &str) -> Result<C, CaseError> {
    let plain =
        |e: &toml::de::Error| CaseError { key: String::new(), span: e.span(), message: plain_words(e.message()), help: None };
    let deserializer = toml::Deserializer::parse(text).map_err(|e| plain(&e))?;
    placed(serde_path_to_error::deserialize(deserializer), toml::de::Error::span)
}

/// A mistake found by the deserialiser with its key path and a remedy.
fn placed<C>(
    read: Result<C, serde_path_to_error::Error<toml::de::Error>>,
    span: impl Fn(&toml::de::Error) -> Option<Range<usize>>,
) -> Result<C, CaseError> {
    read.map_err(|e| {
        let key = e.path().to_string();
        let message = plain_words(e.inner().message());
        let help = help_for(&message);
        CaseError { key: if key == "." { String::new() } else { key }, span: span(e.inner()), message, help }
    })
}

/// The deserialiser's message in words that do not need Rust.
fn plain_words(message: &str) -> String {
    message
        .trim_end()
        .replace("expected f64", "expected a number")
        .replace("expected i64", "expected a whole number")
        .replace("floating point", "number")
}

/// A remedy for what serde says of unknown and missing keys.
fn help_for(message: &str) -> Option<String> {
    let quoted: Vec<&str> = message.split('`').skip(1).step_by(2).collect();
    if message.starts_with("unknown field") || message.starts_with("unknown variant") {
        let (given, known) = quoted.split_first()?;
        return Some(suggest(given, known.iter().copied()));
    }
    const REFERENCE: &str = "`thermsolve schema` prints every key with its unit and range";
    if message.starts_with("missing field") {
        return Some(format!("add `{}`; {REFERENCE}", quoted.first().unwrap_or(&"it")));
    }
    ["must be", "invalid type", "lower bound"]
        .iter()
        .any(|w| message.contains(w))
        .then(|| format!("correct the value; {REFERENCE}"))
}

impl Source {
    /// An error at a key path; `help` says what to do.
    pub fn error(&self, key: &str, message: impl Into<String>, help: impl Into<String>) -> CaseError {
        CaseError { key: key.to_owned(), span: self.span(key), message: message.into(), help: Some(help.into()) }
    }

    /// Gathers mistakes of meaning.
    pub fn errors(&self, errors: Vec<CaseError>) -> CaseErrors {
        CaseErrors { file: self.file.clone(), text: self.text.clone(), errors }
    }

    /// Bytes of the value at a key path, or of its nearest parent that is written.
    fn span(&self, key: &str) -> Option<Range<usize>> {
        use toml::de::{DeTable, DeValue};
        let root = DeTable::parse(&self.text).ok()?;
        let mut table = root.get_ref();
        let mut found = None;
        let mut rest = key;
        while !rest.is_empty() {
            // A quoted key may hold dots: the whole rest is tried as one key first.
            let (part, after) = rest.split_once('.').unwrap_or((rest, ""));
            // `name`, or `name[k]` of a list.
            let (part, place) =
                part.split_once('[').map_or((part, None), |(name, k)| (name, k.trim_end_matches(']').parse().ok()));
            let at = |name: &str| table.iter().find(|(k, _)| k.get_ref() == name);
            let Some(((name, value), left)) = at(rest).map(|f| (f, "")).or_else(|| at(part).map(|f| (f, after))) else { break };
            rest = left;
            let item = match (value.get_ref(), place) {
                (DeValue::Array(list), Some(k)) => list.get::<usize>(k).unwrap_or(value),
                _ => value,
            };
            found = Some(match value.get_ref() {
                DeValue::Table(_) => name.span(),
                _ => item.span(),
            });
            match item.get_ref() {
                DeValue::Table(next) => table = next,
                _ => break,
            }
        }
        found
    }
}
