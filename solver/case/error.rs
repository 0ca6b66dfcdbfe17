//! What is wrong with a case file: key path, place, what was expected, what was given, what to do.

use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use std::ops::Range;

/// One mistake.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseError {
    /// Key path, as `radiator.coating`; empty if the mistake has no key.
    pub key: String,
    /// Bytes of the file to point at.
    pub span: Option<Range<usize>>,
    /// What was expected and what was given.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// All mistakes of one file, with the text they point into. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseErrors {
    /// File, as the user named it.
    pub file: String,
    /// Its text; empty if it could not be read.
    pub text: String,
    /// The mistakes.
    pub errors: Vec<CaseError>,
}

impl CaseErrors {
    /// One mistake without a place.
    pub fn of_file(file: &str, message: String, help: Option<&str>) -> Self {
        let error = CaseError { key: String::new(), span: None, message, help: help.map(str::to_owned) };
        Self { file: file.to_owned(), text: String::new(), errors: vec![error] }
    }
}

impl std::error::Error for CaseErrors {}

impl std::fmt::Display for CaseErrors {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (k, error) in self.errors.iter().enumerate() {
            if k > 0 {
                writeln!(f, "\n")?;
            }
            let title = match error.key.as_str() {
                "" => error.message.clone(),
                key => format!("`{key}`: {}", error.message),
            };
            let mut group = Group::with_title(Level::ERROR.primary_title(title));
            match &error.span {
                Some(span) => {
                    let snippet = Snippet::source(&self.text).path(&self.file);
                    group = group.element(snippet.annotation(AnnotationKind::Primary.span(span.clone())));
                }
                None => group = group.element(annotate_snippets::Origin::path(&self.file)),
            }
            if let Some(help) = &error.help {
                group = group.element(Level::HELP.message(help.as_str()));
            }
            write!(f, "{}", Renderer::plain().render(&[group]))?;
        }
        Ok(())
    }
}

/// "did you mean" for an unknown name, and the list of what exists.
pub fn suggest<'a>(given: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let mut known: Vec<&str> = known.into_iter().collect();
    known.sort_unstable();
    let near = known.iter().map(|k| (strsim::damerau_levenshtein(given, k), *k)).min();
    match near {
        Some((distance, name)) if distance <= 1 + name.len() / 4 => format!("did you mean `{name}`?"),
        _ => format!("known: {}", known.join(", ")),
    }
}
