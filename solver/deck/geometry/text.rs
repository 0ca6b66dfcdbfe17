//! Statements of ESATAN's geometry language: what ends with `;`, and what ends by itself.

/// A call with named arguments; its name in capitals, those of arguments in small letters.
#[derive(Clone, Debug)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<(String, String)>,
}

/// A statement.
#[derive(Clone, Debug)]
pub(super) enum What {
    /// `BEGIN_MODEL NAME …`, with the name; `END_MODEL`.
    Model(Option<String>),
    /// `KIND NAME;`, perhaps with a value.
    Declared { kind: String, name: String, value: Option<String> },
    /// `NAME = value;`
    Assigned { to: String, value: String },
    /// `NAME (key = value, …);`
    Called(Call),
    /// `IF`, `FOR`, `WHILE`: begins what waits or repeats.
    Begins,
    /// `ELSE`.
    Else,
    /// `END_IF` and the like.
    Ends,
}

/// A statement and its line.
#[derive(Clone, Debug)]
pub(super) struct Statement {
    pub(super) line: usize,
    /// Its beginning.
    pub(super) text: String,
    pub(super) what: What,
}

/// A letter of a name.
fn of_name(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.')
}

/// The name at the beginning, and the rest.
pub(super) fn word(text: &str) -> (&str, &str) {
    let text = text.trim_start();
    text.split_at(text.find(|c| !of_name(c)).unwrap_or(text.len()))
}

/// Fields between separators that stand in no brackets and no quotes.
pub(super) fn fields(text: &str, separator: char) -> Vec<&str> {
    let (mut depth, mut quoted, mut begin, mut all) = (0_usize, false, 0, vec![]);
    for (k, c) in text.char_indices() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => (),
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.saturating_sub(1),
            c if c == separator && depth == 0 => {
                all.push(text[begin..k].trim());
                begin = k + c.len_utf8();
            }
            _ => (),
        }
    }
    all.push(text[begin..].trim());
    all
}

/// A call, if the whole text is one: its name and what stands in its parentheses.
pub(super) fn called(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = word(text);
    let inner = rest.trim().strip_prefix('(')?.strip_suffix(')')?;
    let mut depth = 0_isize;
    let mut quoted = false;
    let closes_early = inner.chars().any(|c| {
        quoted ^= c == '"';
        depth += match c {
            '(' if !quoted => 1,
            ')' if !quoted => -1,
            _ => 0,
        };
        depth < 0
    });
    (!name.is_empty() && !closes_early).then_some((name, inner))
}

/// A call with named arguments. Errors: words.
pub(super) fn call(name: &str, inner: &str) -> Result<Call, String> {
    let mut arguments: Vec<(String, String)> = vec![];
    for field in fields(inner, ',').into_iter().filter(|_| !inner.trim().is_empty()) {
        let (key, value) = field.split_once('=').ok_or_else(|| format!("`{}` has no name", super::short(field)))?;
        let key = key.trim().to_ascii_lowercase();
        if key.is_empty() || !key.chars().all(of_name) || value.trim().is_empty() {
            return Err(format!("`{}` is no argument with a name", super::short(field)));
        }
        if arguments.iter().any(|a| a.0 == key) {
            return Err(format!("`{key}` is given twice"));
        }
        arguments.push((key, value.trim().to_owned()));
    }
    Ok(Call { name: name.to_ascii_uppercase(), arguments })
}

/// Whether a piece ends without `;`.
fn ends_itself(piece: &str, newline: bool) -> bool {
    let (first, rest) = word(piece);
    let ends =
        |end: &str| piece.len() >= end.len() && piece.as_bytes()[piece.len() - end.len()..].eq_ignore_ascii_case(end.as_bytes());
    match first.to_ascii_uppercase().as_str() {
        "BEGIN_MODEL" | "END_MODEL" => newline,
        "ELSE" | "END_IF" | "END_FOR" | "END_WHILE" => rest.is_empty(),
        "IF" | "ELSE_IF" | "ELSEIF" => ends("THEN") && !rest.is_empty(),
        "FOR" | "WHILE" => ends(")"),
        _ => false,
    }
}

/// Pieces with the lines they begin on. Errors: a line and words.
fn pieces(text: &str) -> Result<Vec<(usize, String)>, (usize, String)> {
    let (mut all, mut piece) = (vec![], String::new());
    let (mut line, mut begin, mut open) = (1, 1, vec![]);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        line += usize::from(c == '\n');
        if c == '/' && rest.peek() == Some(&'*') {
            let from = line;
            rest.next();
            // The star that opens a comment does not close it.
            let mut star = false;
            loop {
                let Some(c) = rest.next() else { return Err((from, "a comment is not closed".into())) };
                line += usize::from(c == '\n');
                if c == '/' && star {
                    break;
                }
                star = c == '*';
            }
            continue;
        }
        if piece.is_empty() {
            if c.is_whitespace() {
                continue;
            }
            begin = line;
        }
        match c {
            ';' if open.is_empty() => {
                if !piece.is_empty() {
                    all.push((begin, std::mem::take(&mut piece)));
                }
                continue;
            }
            '"' => {
                let from = line;
                piece.push(c);
                loop {
                    let Some(c) = rest.next() else { return Err((from, "a text in quotes is not closed".into())) };
                    line += usize::from(c == '\n');
                    piece.push(c);
                    if c == '"' {
                        break;
                    }
                }
                continue;
            }
            '(' | '[' | '{' => open.push((c, line)),
            ')' | ']' | '}' => match open.pop() {
                Some(('(', _)) if c == ')' => (),
                Some(('[', _)) if c == ']' => (),
                Some(('{', _)) if c == '}' => (),
                _ => return Err((line, format!("`{c}` closes nothing"))),
            },
            _ => (),
        }
        if open.is_empty() && c.is_whitespace() && ends_itself(piece.trim_end(), c == '\n') {
            all.push((begin, std::mem::take(&mut piece).trim_end().to_owned()));
            continue;
        }
        piece.push(c);
    }
    let piece = piece.trim_end();
    match open.last() {
        Some((c, at)) => Err((*at, format!("`{c}` is not closed"))),
        None if piece.is_empty() => Ok(all),
        None if ends_itself(piece, true) => {
            all.push((begin, piece.to_owned()));
            Ok(all)
        }
        None => Err((begin, "a statement does not end with `;`".into())),
    }
}

/// What a piece says. Errors: words.
fn said(piece: &str) -> Result<Vec<What>, String> {
    let (first, rest) = word(piece);
    let upper = first.to_ascii_uppercase();
    let strange = || format!("`{}` is no statement", super::short(piece));
    match upper.as_str() {
        "" => return Err(strange()),
        "BEGIN_MODEL" => return Ok(vec![What::Model(Some(word(rest).0.to_owned()))]),
        "END_MODEL" => return Ok(vec![What::Model(None)]),
        "IF" | "FOR" | "WHILE" => return Ok(vec![What::Begins]),
        "ELSE" | "ELSE_IF" | "ELSEIF" => return Ok(vec![What::Else]),
        "END_IF" | "END_FOR" | "END_WHILE" => return Ok(vec![What::Ends]),
        _ => (),
    }
    let rest = rest.trim();
    let assigned = |to: &str, value: &str| {
        let value = value.trim();
        if value.is_empty() { Err(strange()) } else { Ok(vec![What::Assigned { to: to.to_owned(), value: value.to_owned() }]) }
    };
    match rest.chars().next() {
        None => Ok(vec![What::Called(Call { name: upper, arguments: vec![] })]),
        Some('=') => assigned(first, &rest[1..]),
        Some('[') => {
            let (index, value) = rest.split_once(']').ok_or_else(strange)?;
            let value = value.trim_start().strip_prefix('=').ok_or_else(strange)?;
            assigned(&format!("{first}{index}]"), value)
        }
        Some('(') => {
            let (name, inner) = called(piece).ok_or_else(strange)?;
            Ok(vec![What::Called(call(name, inner)?)])
        }
        Some(c) if of_name(c) => {
            // `CONST REAL X`, `REAL X[3, 2] = {…}`.
            let (kind, rest) = if upper == "CONST" { word(rest) } else { (first, rest) };
            let one = |field: &str| {
                let (name, rest) = word(field);
                let rest = rest.trim_start();
                let rest = if rest.starts_with('[') { rest.split_once(']').ok_or_else(strange)?.1.trim_start() } else { rest };
                let value = match rest.strip_prefix('=') {
                    Some(value) if !value.trim().is_empty() => Some(value.trim().to_owned()),
                    None if rest.is_empty() => None,
                    _ => return Err(strange()),
                };
                if name.is_empty() {
                    Err(strange())
                } else {
                    Ok(What::Declared { kind: kind.to_ascii_uppercase(), name: name.to_owned(), value })
                }
            };
            fields(rest, ',').into_iter().map(one).collect()
        }
        Some(_) => Err(strange()),
    }
}

/// All statements. Errors: a line and words.
pub(super) fn statements(text: &str) -> Result<Vec<Statement>, (usize, String)> {
    let mut all = vec![];
    for (line, text) in pieces(text)? {
        for what in said(&text).map_err(|e| (line, e))? {
            all.push(Statement { line, text: super::short(&text), what });
        }
    }
    Ok(all)
}
