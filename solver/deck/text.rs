//! The text of a deck with the files that it inserts, and where each line came from.

use super::MAX_BYTES;
use crate::case::CaseErrors;
use std::path::{Component, Path};

/// Files in one another.
const DEPTH: usize = 4;

/// Text of a deck, inserted files in their places.
#[derive(Debug, Default)]
pub struct Text {
    /// The text.
    pub text: String,
    files: Vec<String>,
    /// File and line of each line.
    lines: Vec<(usize, usize)>,
}

impl Text {
    /// Reads a deck and what it inserts by `INSERT FILE` or `$INCLUDE FILE`, from its own folder or one below. A file that is not
    /// there leaves its line, which the readers list. Errors: no file, too large. Truth: `decks::inserted_files_are_read`.
    pub fn read(path: &Path) -> Result<Self, CaseErrors> {
        let file = path.display().to_string();
        let fail = |message: String| CaseErrors::of_file(&file, message, Some("name a deck of SINDA or ESATAN"));
        let mut text = Self::default();
        text.add(path, DEPTH).map_err(fail)?;
        Ok(text)
    }

    /// Reads another file behind it. Errors: no file, too large.
    pub fn and(&mut self, path: &Path) -> Result<(), CaseErrors> {
        let fail = |message: String| CaseErrors::of_file(&path.display().to_string(), message, Some("name another file"));
        self.add(path, 0).map_err(fail)
    }

    /// A text that is no file; `file` only appears in messages.
    pub fn of(file: &str, text: &str) -> Self {
        let lines = (1..=text.lines().count()).map(|line| (0, line)).collect();
        Self { text: text.to_owned(), files: vec![file.to_owned()], lines }
    }

    /// The file that a line is in, all of its own lines, and which of them it is; 0 is the first file as a whole.
    pub(super) fn beside(&self, line: usize) -> (String, String, usize) {
        let (file, local) = line.checked_sub(1).and_then(|k| self.lines.get(k)).copied().unwrap_or((0, 0));
        let own = self.text.lines().zip(&self.lines).filter(|(_, at)| at.0 == file);
        let text = own.map(|(line, _)| format!("{line}\n")).collect();
        (self.files.get(file).cloned().unwrap_or_default(), text, local)
    }

    fn add(&mut self, path: &Path, depth: usize) -> Result<(), String> {
        let about = std::fs::metadata(path).map_err(|e| format!("deck cannot be read: {e}"))?;
        if !about.is_file() || about.len() > (MAX_BYTES - self.text.len().min(MAX_BYTES)) as u64 {
            return Err(format!("a deck must be files of at most {MAX_BYTES} bytes together"));
        }
        let bytes = std::fs::read(path).map_err(|e| format!("deck cannot be read: {e}"))?;
        self.files.push(path.display().to_string());
        let file = self.files.len() - 1;
        // Old decks have letters of other alphabets in their comments.
        for (k, line) in String::from_utf8_lossy(&bytes).lines().enumerate() {
            let inserted = inserted(line).filter(|_| depth > 0).map(|name| path.with_file_name("").join(name));
            match inserted.filter(|p| p.is_file()) {
                Some(other) => self.add(&other, depth - 1)?,
                None => {
                    self.text += line;
                    self.text.push('\n');
                    self.lines.push((file, k + 1));
                }
            }
        }
        Ok(())
    }

    /// File and line of a line of the text, as `FILE:LINE`; 0 is the deck as a whole.
    pub fn place(&self, line: usize) -> String {
        let of = |file: usize| self.files.get(file).map_or("", String::as_str);
        match line.checked_sub(1).and_then(|k| self.lines.get(k)) {
            Some((file, line)) => format!("{}:{line}", of(*file)),
            None => of(0).to_owned(),
        }
    }
}

/// The file that a line inserts, if it stays in the deck's folder.
fn inserted(line: &str) -> Option<&str> {
    let (word, rest) = line.trim().split_once(char::is_whitespace)?;
    let inserts = ["INSERT", "INCLUDE", "$INCLUDE"].iter().any(|w| word.eq_ignore_ascii_case(w));
    let name = rest.split(['$', '#']).next()?.trim().trim_matches(['\'', '"', ';']).trim();
    let stays = Path::new(name).components().all(|c| matches!(c, Component::Normal(_)));
    (inserts && stays && !name.is_empty()).then_some(name)
}
