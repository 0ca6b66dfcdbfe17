//! The little logic of SINDA that is translated: heat that is added, tables in time, the order of solutions.

use super::super::expression::short;
use super::super::gather::{Told, decides};
use super::super::{Kind, Place, Run, Value};
use super::read::{Block, Line, Reader};
use std::collections::BTreeSet;

/// Statements of a block: continued lines joined, the column of `F` and `M` cleared.
fn statements(block: &Block<'_>) -> Vec<(usize, String)> {
    let mut all: Vec<(usize, String)> = vec![];
    for Line { line, text, .. } in &block.lines {
        let marked = text.starts_with(['F', 'M', 'f', 'm']) && text[1..].starts_with([' ', '0']);
        let text = if marked { format!(" {}", &text[1..]) } else { (*text).to_owned() };
        let continued =
            text.get(..5).is_some_and(|t| t.trim().is_empty()) && text[5..].starts_with(|c: char| !matches!(c, ' ' | '0'));
        match all.last_mut() {
            // A statement may begin in column 6 where it does not look like one that goes on.
            Some(last) if continued && text[5..].starts_with(|c: char| !c.is_ascii_alphabetic()) => {
                let mut rest = text[5..].chars();
                rest.next();
                last.1 += rest.as_str();
            }
            _ => all.push((*line, text.trim().to_owned())),
        }
    }
    all
}

/// VARIABLES 0 and 1: a block with decisions is refused whole, since what holds when is not known.
pub(super) fn variables(r: &mut Reader, block: &Block<'_>) {
    let all = statements(block);
    if let Some((line, first)) = all.iter().find(|s| decides(&s.1)) {
        return r.g.logic(*line, &block.kind, first, all.len());
    }
    for (line, statement) in all {
        let upper = statement.to_ascii_uppercase();
        let done = match upper.strip_prefix("CALL ") {
            Some(call) => table(r, line, call, &block.submodel),
            None => heat(r, line, &upper, &block.submodel),
        };
        match done {
            Ok(true) | Err(Told) => (),
            Ok(false) => r.g.logic(line, &block.kind, &statement, 1),
        }
    }
}

/// What `SUB.Q12` names: the letter and the place.
fn entity(text: &str, submodel: &str) -> Option<(char, Place)> {
    let text = text.trim();
    let (of, name) = text.rsplit_once('.').unwrap_or((submodel, text));
    let mut rest = name.chars();
    let letter = rest.next()?;
    let number = rest.as_str().parse().ok()?;
    Some((letter, Place { submodel: of.to_owned(), number }))
}

/// `Qn = Qn + expression` or `Qn = expression`.
fn heat(r: &mut Reader, line: usize, statement: &str, submodel: &str) -> Result<bool, Told> {
    let Some((left, right)) = statement.split_once('=') else { return Ok(false) };
    let Some(('Q', place)) = entity(left, submodel) else { return Ok(false) };
    let right = right.trim();
    let own = left.trim();
    let (added, right) = match right.strip_prefix(own).map(str::trim_start) {
        Some(rest) if rest.starts_with(['+', '-']) => (true, rest),
        _ => (false, right),
    };
    // An expression of anything but registers is logic.
    let Ok(value) = r.constant(right) else { return Ok(false) };
    if let (false, Some(k)) = (added, r.g.at(line, &place)?) {
        r.g.node_mut(k).power_w = Value::Constant(0.0);
    }
    r.g.heat(line, &place, Value::Constant(value))?;
    Ok(true)
}

/// `D1DEG1(TIMEM, An, Xn)`: a table in time for a temperature held, heat, a capacity or a conductance.
fn table(r: &mut Reader, line: usize, call: &str, submodel: &str) -> Result<bool, Told> {
    let arguments = call.trim().strip_prefix("D1DEG1").map(str::trim).and_then(|a| a.strip_prefix('(')?.strip_suffix(')'));
    let Some(arguments) = arguments else { return Ok(false) };
    let arguments: Vec<&str> = arguments.split(',').map(str::trim).collect();
    let [time, array, target] = arguments[..] else { return Ok(false) };
    let Some((letter, place)) = entity(target, submodel) else { return Ok(false) };
    if !["TIMEM", "TIMEN", "TIMEO"].contains(&time) {
        return Ok(false);
    }
    let points = r.array(line, array, submodel)?;
    let zero = r.zero_k;
    let in_time = |points| Value::InTime { points, period_s: None };
    r.g.count(line, points.len())?;
    match letter {
        'G' => {
            let Some(k) = r.g.called.get(&format!("{}.G{}", place.submodel, place.number)).copied() else {
                let message = format!("no conductor {} in submodel {}", place.number, place.submodel);
                return Err(r.g.error(line, message, "define the conductor"));
            };
            if points.iter().any(|p| p.1 <= 0.0) {
                r.g.lost(line, "a conductance that comes down to 0: it stays as defined");
                return Ok(true);
            }
            r.g.conductor_mut(k).value = in_time(points);
        }
        'Q' => {
            if let Some(k) = r.g.at(line, &place)? {
                r.g.node_mut(k).power_w = Value::Constant(0.0);
            }
            r.g.heat(line, &place, in_time(points))?;
        }
        'T' | 'C' => {
            let Some(k) = r.g.at(line, &place)? else { return Ok(true) };
            let held = matches!(r.g.node_mut(k).kind, Kind::Held(_));
            let kind = match (letter, held) {
                ('T', true) => {
                    let mut held = vec![];
                    for (t, v) in points {
                        held.push((t, r.g.held(line, v + zero)?));
                    }
                    Kind::Held(in_time(held))
                }
                ('C', false) => r.g.capacity(line, in_time(points), None)?,
                _ => return Ok(false),
            };
            r.g.node_mut(k).kind = kind;
        }
        _ => return Ok(false),
    }
    Ok(true)
}

/// Subroutines of the deck that do nothing, as Thermal Desktop writes them.
fn idle(blocks: &[Block<'_>]) -> BTreeSet<String> {
    let (mut idle, mut name, mut works) = (BTreeSet::new(), String::new(), false);
    for (_, s) in blocks.iter().filter(|b| b.kind == "SUBROUTINES").flat_map(statements) {
        let upper = s.to_ascii_uppercase();
        match upper.as_str() {
            "RETURN" | "CALL COMMON" => (),
            "END" => {
                if !works {
                    idle.insert(std::mem::take(&mut name));
                }
                works = false;
            }
            other => match other.strip_prefix("SUBROUTINE ") {
                Some(rest) => name = rest.trim().to_owned(),
                None => works = true,
            },
        }
    }
    idle
}

/// The run that OPERATIONS asks for.
pub(super) fn operations(r: &mut Reader, blocks: &[Block<'_>]) -> Option<Run> {
    let submodels: BTreeSet<&str> = blocks.iter().filter(|b| b.kind == "NODE").map(|b| b.submodel.as_str()).collect();
    let (mut steady, mut transient, idle) = (false, None, idle(blocks));
    for block in blocks.iter().filter(|b| b.kind == "OPERATIONS") {
        let all = statements(block);
        if let Some((line, first)) = all.iter().find(|s| decides(&s.1)) {
            r.g.logic(*line, &block.kind, first, all.len());
            continue;
        }
        for (line, statement) in all {
            let upper = statement.to_ascii_uppercase();
            let mut words = upper.split([' ', ',', '(']).filter(|w| !w.is_empty());
            match (words.next(), words.next()) {
                (Some("BUILD"), Some("ALL")) | (Some("DEFMOD"), _) => (),
                (Some("BUILD" | "BUILDF"), _) => {
                    let built: BTreeSet<&str> = upper.split(',').skip(1).map(str::trim).collect();
                    if !(built.contains("ALL") || submodels.iter().all(|s| built.contains(s))) {
                        r.g.lost(line, format!("`{}` builds a part: all submodels are taken", short(&statement)));
                    }
                }
                (Some("CALL"), Some("STEADY" | "STDSTL" | "FASTIC")) => steady |= transient.is_none(),
                (Some("CALL"), Some("TRANSIENT" | "FORWRD" | "FWDBCK")) => transient = Some(line),
                (Some("CALL"), Some(name)) if idle.contains(name) => (),
                (Some("CALL"), Some("TPRINT" | "SAVE" | "CPRINT" | "GPRINT" | "QMAP" | "NODMAP")) => {
                    r.g.note(line, format!("`{}`: printing of SINDA", short(&statement)));
                }
                _ => r.g.logic(line, &block.kind, &statement, 1),
            }
        }
    }
    let control = |name: &str| r.control.get(name).copied().filter(|x| *x > 0.0);
    let (end, every) = (control("TIMEND"), control("OUTPUT").or(control("OUTPTF")));
    let begin = r.control.get("TIMEO").copied().unwrap_or(0.0);
    let line = transient?;
    let Some(until_s) = end else {
        r.g.lost(line, "a run in time without TIMEND");
        return None;
    };
    if begin != 0.0 {
        r.g.lost(line, format!("the run begins at TIMEO = {begin} s: a case begins at 0"));
    }
    Some(Run { until_s, every_s: every.unwrap_or(until_s / 100.0), from_steady: steady })
}
