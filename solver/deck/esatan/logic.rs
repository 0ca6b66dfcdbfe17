//! The little logic of ESATAN that is translated: assignments to nodes and conductors, the order of solutions.

use super::super::expression::{Term, short};
use super::super::gather::{Told, decides};
use super::super::{Kind, Run, Value};
use super::read::{Block, Reader};

/// Whether statements wait for others, or repeat.
fn first_decision(block: &Block) -> Option<(usize, &str)> {
    block.lines.iter().find(|s| decides(&s.text)).map(|s| (s.line, s.text.trim()))
}

/// Constants of the program that logic sets: STEFAN and TABS, before nodes are read.
pub(super) fn control(r: &mut Reader, blocks: &[Block]) {
    for b in blocks.iter().filter(|b| matches!(b.kind.as_str(), "INITIAL" | "EXECUTION") && first_decision(b).is_none()) {
        for s in &b.lines {
            let Some((name, value)) = s.text.split_once('=') else { continue };
            let name = name.trim().to_ascii_uppercase();
            if let (true, Ok(Term::Number(x))) = (matches!(name.as_str(), "STEFAN" | "TABS"), r.term(value, &b.scope)) {
                r.control.insert(name, x);
            }
        }
    }
}

/// `$INITIAL` and `$VARIABLES1`: a block with decisions is refused whole.
pub(super) fn variables(r: &mut Reader, block: &Block) {
    let kind = format!("${}", block.kind);
    if let Some((line, first)) = first_decision(block) {
        return r.g.logic(line, &kind, first, block.lines.len());
    }
    for s in &block.lines {
        if let Ok(false) = assignment(r, s.line, s.text.trim().trim_end_matches(';'), block) {
            r.g.logic(s.line, &kind, &s.text, 1);
        }
    }
}

/// `QI12 = …`, `T:SUB:12 = …`, `GL(1,2) = …`.
fn assignment(r: &mut Reader, line: usize, statement: &str, block: &Block) -> Result<bool, Told> {
    let Some((left, right)) = statement.split_once('=') else { return Ok(false) };
    let left = left.trim().to_ascii_uppercase();
    if matches!(left.as_str(), "STEFAN" | "TABS") {
        return Ok(true);
    }
    if let Some((path, a, b)) = r.ends(&left, &block.scope) {
        let Some(k) = r.g.called.get(&Reader::called(path, &a, &b)).copied() else { return Ok(false) };
        let Ok(value) = r.value(right, &block.scope, &[&a, &b]) else { return Ok(false) };
        r.g.count(line, value.len())?;
        let linear = path == super::super::Path::Linear || !matches!(value, Value::ByTemperature(_));
        if !linear || value.values().iter().any(|g| *g <= 0.0) {
            return Ok(false);
        }
        r.g.conductor_mut(k).value = value;
        return Ok(true);
    }
    let Some((attribute, place)) = r.entity(&left, &block.scope) else { return Ok(false) };
    let Ok(value) = r.value(right, &block.scope, &[&place]) else { return Ok(false) };
    let Some(k) = r.g.at(line, &place)? else { return Ok(true) };
    let held = matches!(r.g.node_mut(k).kind, Kind::Held(_));
    let zero = r.zero_k;
    match (attribute.as_str(), held) {
        ("QI", _) => {
            r.g.node_mut(k).power_w = Value::Constant(0.0);
            r.heat(line, &place, value)?;
        }
        ("T", true) => {
            let value = match value.map(|t| t + zero) {
                Value::Constant(t) => Value::Constant(r.g.held(line, t)?),
                other => other,
            };
            r.g.count(line, value.len())?;
            let kind = r.held(line, value)?;
            r.g.node_mut(k).kind = kind;
        }
        ("T", false) if block.kind == "INITIAL" => match value {
            Value::Constant(t) if t + zero >= 0.0 => r.g.node_mut(k).start_k = Some(t + zero),
            _ => return Ok(false),
        },
        ("C", false) => {
            let start_k = r.g.node_mut(k).start_k;
            let kind = r.g.capacity(line, value, start_k)?;
            r.g.node_mut(k).kind = kind;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// The run that `$EXECUTION` asks for.
pub(super) fn execution(r: &mut Reader, blocks: &[Block]) -> Option<Run> {
    let (mut steady, mut transient) = (false, None);
    let (mut until, mut every) = (r.control.get("TIMEND").copied(), r.control.get("OUTINT").copied());
    for b in blocks.iter().filter(|b| b.kind == "EXECUTION") {
        if let Some((line, first)) = first_decision(b) {
            r.g.logic(line, "$EXECUTION", first, b.lines.len());
            continue;
        }
        for s in &b.lines {
            let upper = s.text.trim().trim_end_matches(';').to_ascii_uppercase();
            let number = |r: &Reader, value: &str| match r.term(value, &b.scope) {
                Ok(Term::Number(x)) => Some(x),
                _ => None,
            };
            if let Some(call) = upper.strip_prefix("CALL ") {
                let name: String = call.trim().chars().take_while(char::is_ascii_alphanumeric).collect();
                match name.as_str() {
                    "SOLVIT" | "SOLVFM" | "SOLVCG" | "SOLVIM" => steady |= transient.is_none(),
                    "SLCRNC" | "SLFWBK" | "SLFRWD" | "SLGEAR" | "SLGRDJ" => transient = Some(s.line),
                    _ => r.g.logic(s.line, "$EXECUTION", &s.text, 1),
                }
                continue;
            }
            let assigned = upper.split_once('=').and_then(|(name, value)| Some((name.trim(), number(r, value)?)));
            match assigned {
                Some(("TIMEND", x)) => until = Some(x),
                Some(("OUTINT", x)) => every = Some(x),
                Some(("STEFAN" | "TABS", _)) => (),
                Some(("TIMEO" | "TIMES", 0.0)) => (),
                Some((
                    name @ ("NLOOP" | "RELXCA" | "DTIMEI" | "DTMAX" | "DTMIN" | "DAMPT" | "ENBALA" | "ENBALR" | "DTPMAX"),
                    _,
                )) => {
                    r.g.note(s.line, format!("control {}: the solver has its own", short(name)));
                }
                _ => r.g.logic(s.line, "$EXECUTION", &s.text, 1),
            }
        }
    }
    let line = transient?;
    let Some(until_s) = until.filter(|t| *t > 0.0) else {
        r.g.lost(line, "a run in time without TIMEND");
        return None;
    };
    let every_s = every.filter(|t| *t > 0.0).unwrap_or(until_s / 100.0);
    Some(Run { until_s, every_s, from_steady: steady })
}
