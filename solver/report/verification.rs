//! The verification manual as text, JSON, Markdown and HTML, from one run.

use crate::verify::{CaseResult, Check, Series, Verification, data};
use std::collections::BTreeMap;
use std::fmt::Write;

/// What `tests/mutations.py` found when it last ran: name, file, caught by.
const MUTATIONS: &str = include_str!("../../tests/mutations.csv");

/// Cases of one kind, counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// All of them.
    pub cases: usize,
    /// Compared in full.
    pub whole: usize,
    /// Compared in part; the rest is said with the case.
    pub part: usize,
    /// Not expressible, with a reason each.
    pub open: usize,
    /// Out of scope: nothing to compute, with a reason each.
    pub outside: usize,
    /// Compared and failed.
    pub failed: usize,
    /// Comparisons.
    pub checks: usize,
}

impl Counts {
    /// Cases of which anything is compared.
    pub fn ran(&self) -> usize {
        self.whole + self.part
    }
    /// Their share of the cases in scope.
    #[expect(clippy::cast_precision_loss, reason = "cases are few")]
    pub fn share(&self) -> f64 {
        self.ran() as f64 / (self.cases - self.outside).max(1) as f64
    }
}

/// Counts by the letter of the family, and of all.
pub fn counts(v: &Verification) -> (BTreeMap<String, Counts>, Counts) {
    let (mut by_letter, mut all): (BTreeMap<String, Counts>, _) = (BTreeMap::new(), Counts::default());
    for c in &v.cases {
        let letter = if c.family == "ENV" { "G" } else { c.family.get(..1).unwrap_or("?") };
        for n in [by_letter.entry(letter.to_owned()).or_default(), &mut all] {
            n.cases += 1;
            n.checks += c.checks.len();
            n.failed += usize::from(!c.passed());
            match (c.ran(), &c.open) {
                (true, None) => n.whole += 1,
                (true, Some(_)) => n.part += 1,
                _ if c.outside => n.outside += 1,
                _ => n.open += 1,
            }
        }
    }
    (by_letter, all)
}

/// Reasons, and how many cases each leaves open in whole or in part.
fn reasons(v: &Verification) -> Vec<(String, Vec<&str>)> {
    let mut all: Vec<(String, Vec<&str>)> = vec![];
    for c in &v.cases {
        let Some(reason) = &c.open else { continue };
        match all.iter_mut().find(|r| r.0 == *reason) {
            Some(r) => r.1.push(&c.case),
            None => all.push((reason.clone(), vec![&c.case])),
        }
    }
    all
}

/// Six figures, in the shorter form.
fn figure(x: f64) -> String {
    let plain = x == 0.0 || (1e-3..1e6).contains(&x.abs());
    if plain { format!("{}", format!("{x:.5e}").parse::<f64>().unwrap_or(x)) } else { format!("{x:.4e}") }
}

fn verdict(c: &CaseResult) -> &'static str {
    match (c.ran(), c.passed()) {
        (false, _) => "open",
        (true, true) => "pass",
        (true, false) => "FAIL",
    }
}

/// The rows of one case for the terminal.
pub fn rows(c: &CaseResult, device: &str) -> String {
    let mut o = String::new();
    for k in &c.checks {
        let (want, got, error) = (figure(k.expected), figure(k.got), k.error());
        let verdict = if k.passed() { "pass" } else { "FAIL" };
        writeln!(
            o,
            "{:<12}{:<44}{want:>13}{got:>13}{error:>11.1e}{:>10.1e} {verdict} {:>7.2} s  {device}",
            c.case, k.quantity, k.within, c.seconds
        )
        .expect("writing to a string");
    }
    if let Some(failure) = &c.failure {
        writeln!(o, "{:<12}FAIL {failure}", c.case).expect("writing to a string");
    }
    if let Some(open) = &c.open {
        let what = match (c.ran(), c.outside) {
            (true, _) => "in part: ",
            (false, true) => "out of scope: ",
            (false, false) => "not expressible: ",
        };
        writeln!(o, "{:<12}{what}{open}", c.case).expect("writing to a string");
    }
    for s in &c.series {
        let points: Vec<String> = s.points.iter().map(|(h, e)| format!("{h:.1e}: {e:.1e}")).collect();
        writeln!(o, "{:<12}refined, {}: {}; order {:.2}", c.case, s.what, points.join(", "), s.order())
            .expect("writing to a string");
    }
    o
}

/// The heading of the terminal's table.
pub fn heading() -> String {
    format!("{:<12}{:<44}{:>13}{:>13}{:>11}{:>10}\n", "case", "quantity", "expected", "got", "error", "within")
}

/// How many cases there are, and what became of them.
pub fn totals(v: &Verification) -> String {
    let n = counts(v).1;
    let seconds: f64 = v.cases.iter().map(|c| c.seconds).sum();
    format!(
        "{} cases, {} run: {} compared in full, {} in part; {} not expressible, {} with nothing to compute\n\
         {:.1} % of the cases in scope are compared: {} comparisons, {} cases failed; {seconds:.1} s on {}\n",
        n.cases,
        n.ran(),
        n.whole,
        n.part,
        n.open,
        n.outside,
        100.0 * n.share(),
        n.checks,
        n.failed,
        v.device
    )
}

/// Everything as JSON.
pub fn json(v: &Verification) -> serde_json::Value {
    let (by_letter, all) = counts(v);
    serde_json::json!({ "passed": v.passed(), "counts": all, "by_letter": by_letter, "device": v.device, "cases": v.cases })
}

const LETTERS: [(&str, &str); 10] = [
    ("A", "View factors"),
    ("B", "Radiative exchange"),
    ("C", "Conduction"),
    ("D", "Fins and tubes"),
    ("E", "Lumped bodies"),
    ("F", "Orbit and heating"),
    ("G", "Systems"),
    ("I", "Imported meshes"),
    ("M", "Manufactured solutions"),
    ("R", "Scatter of rays"),
];

const INTRODUCTION: &str = "Made by `thermsolve verify --document docs/verification.md`; CI runs it again and fails when a case, \
a verdict, a tolerance's source or a reason differs. Each case runs through the public API; truth is a closed form, an independent \
quadrature, a published figure or another program, never this one. A row shows the comparison of its case that uses most of its \
tolerance; `thermsolve verify --json` gives all.";

/// Cells of a table row; those that depend on the machine are marked.
enum Cell<'a> {
    Text(&'a str),
    Number(String),
}

/// What both documents are made of.
trait Pages {
    fn heading(&mut self, level: usize, text: &str);
    fn paragraph(&mut self, text: &str);
    fn table(&mut self, head: &[&str], rows: &[Vec<Cell<'_>>]);
    fn plots(&mut self, case: &str, series: &[Series]);
}

/// Markdown text.
#[derive(Default)]
struct Markdown(String);
/// HTML text.
#[derive(Default)]
struct Html(String);

impl Pages for Markdown {
    fn heading(&mut self, level: usize, text: &str) {
        self.0 += &format!("{} {text}\n\n", "#".repeat(level));
    }
    fn paragraph(&mut self, text: &str) {
        self.0 += &format!("{text}\n\n");
    }
    fn table(&mut self, head: &[&str], rows: &[Vec<Cell<'_>>]) {
        self.0 += &format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
        for row in rows {
            let cell = |c: &Cell<'_>| match c {
                Cell::Text(t) => t.replace('|', "/"),
                Cell::Number(n) => format!("_{n}_"),
            };
            self.0 += &format!("| {} |\n", row.iter().map(cell).collect::<Vec<_>>().join(" | "));
        }
        self.0 += "\n";
    }
    fn plots(&mut self, case: &str, series: &[Series]) {
        for s in series {
            let points: Vec<String> = s.points.iter().map(|(h, e)| format!("{e:.2e} at {h:.4}")).collect();
            self.0 += &format!("- {case}, {}: _{}; order {:.2}_\n", s.what, points.join(", "), s.order());
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

impl Pages for Html {
    fn heading(&mut self, level: usize, text: &str) {
        self.0 += &format!("<h{level}>{}</h{level}>\n", escaped(text));
    }
    fn paragraph(&mut self, text: &str) {
        self.0 += &format!("<p>{}</p>\n", escaped(text));
    }
    fn table(&mut self, head: &[&str], rows: &[Vec<Cell<'_>>]) {
        let head: String = head.iter().map(|h| format!("<th>{}</th>", escaped(h))).collect();
        self.0 += &format!("<table>\n<tr>{head}</tr>\n");
        for row in rows {
            let cell = |c: &Cell<'_>| match c {
                Cell::Text(t) => format!("<td>{}</td>", escaped(t)),
                Cell::Number(n) => format!("<td class=\"n\">{}</td>", escaped(n)),
            };
            self.0 += &format!("<tr>{}</tr>\n", row.iter().map(cell).collect::<String>());
        }
        self.0 += "</table>\n";
    }
    fn plots(&mut self, case: &str, series: &[Series]) {
        for s in series {
            self.0 += &super::plot::convergence(&format!("{case}: {}", s.what), &s.points);
        }
    }
}

/// The manual in Markdown.
pub fn markdown(v: &Verification) -> String {
    let mut pages = Markdown::default();
    write(&mut pages, v);
    format!("{}\n", pages.0.trim_end())
}

/// The manual in HTML, with convergence plots.
pub fn html(v: &Verification) -> String {
    let mut pages = Html::default();
    write(&mut pages, v);
    format!(
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>thermsolve: verification</title>\n<style>\n\
         body {{ font: 15px/1.5 sans-serif; max-width: 70em; margin: 2em auto; padding: 0 1em }}\n\
         table {{ border-collapse: collapse }}\ntd, th {{ padding: 0.1em 0.6em; border-bottom: 1px solid #ddd; text-align: left }}\n\
         td.n {{ text-align: right; font-variant-numeric: tabular-nums }}\nsvg {{ margin: 0.5em }}\n</style>\n{}",
        pages.0
    )
}

fn write(p: &mut dyn Pages, v: &Verification) {
    p.heading(1, "Verification");
    p.paragraph(INTRODUCTION);
    summary(p, v);
    for (letter, name) in LETTERS {
        let of_letter: Vec<&CaseResult> = v
            .cases
            .iter()
            .filter(|c| c.family.starts_with(letter) || (letter == "G" && c.family == "ENV"))
            .filter(|c| letter != "E" || c.family != "ENV")
            .collect();
        if of_letter.is_empty() {
            continue;
        }
        p.heading(2, &format!("{letter}: {name}"));
        for family in data::families().unwrap_or_default() {
            let cases: Vec<&&CaseResult> = of_letter.iter().filter(|c| c.family == family.id).collect();
            if cases.is_empty() {
                continue;
            }
            p.heading(3, &format!("{}: {}", family.id, family.title));
            p.paragraph(&format!(
                "Truth: {}. Source: {}. Formula: {}. Cross-check: {}.",
                family.kind, family.source, family.formula, family.crosscheck
            ));
            table(p, &cases);
        }
        if ["I", "M", "R"].contains(&letter) {
            p.paragraph(&of_letter.first().map_or(String::new(), |c| format!("Truth: {}.", c.source)));
            table(p, &of_letter.iter().collect::<Vec<_>>());
        }
    }
    mutations(p);
}

fn summary(p: &mut dyn Pages, v: &Verification) {
    let (by_letter, all) = counts(v);
    let head = ["", "cases", "in full", "in part", "not expressible", "nothing to compute", "failed", "comparisons"];
    let row = |name: String, n: &Counts| -> (String, [String; 7]) {
        (name, [n.cases, n.whole, n.part, n.open, n.outside, n.failed, n.checks].map(|x| x.to_string()))
    };
    let mut lines: Vec<(String, [String; 7])> = by_letter
        .iter()
        .map(|(letter, n)| {
            let name = LETTERS.iter().find(|l| l.0 == letter).map_or("", |l| l.1);
            row(format!("{letter}: {name}"), n)
        })
        .collect();
    lines.push(row("all".into(), &all));
    let cells: Vec<Vec<Cell<'_>>> = lines
        .iter()
        .map(|(name, n)| std::iter::once(Cell::Text(name)).chain(n.iter().map(|x| Cell::Text(x))).collect())
        .collect();
    p.table(&head, &cells);
    p.paragraph(&format!(
        "{} of {} cases run: {:.1} % of those in scope, which are all that leave something to compute.",
        all.ran(),
        all.cases,
        100.0 * all.share()
    ));
    p.paragraph("What no case can be compared for, and why. A case that needs nothing of this list is run.");
    let reasons: Vec<(String, String)> =
        reasons(v).into_iter().map(|(reason, cases)| (reason, format!("{}: {}", cases.len(), spans(&cases)))).collect();
    let cells: Vec<Vec<Cell<'_>>> = reasons.iter().map(|(r, c)| vec![Cell::Text(r), Cell::Text(c)]).collect();
    p.table(&["reason", "cases"], &cells);
}

/// Names of cases by family, as ranges.
fn spans(cases: &[&str]) -> String {
    let mut out: Vec<(String, &str, &str)> = vec![];
    for case in cases {
        let family = case.split('-').next().unwrap_or(case).to_owned();
        match out.last_mut() {
            Some(last) if last.0 == family => last.2 = case,
            _ => out.push((family, case, case)),
        }
    }
    out.iter().map(|(_, a, b)| if a == b { (*a).to_owned() } else { format!("{a} … {b}") }).collect::<Vec<_>>().join(", ")
}

fn table(p: &mut dyn Pages, cases: &[&&CaseResult]) {
    let head = ["case", "what", "checks", "closest to its tolerance", "expected", "got", "error", "tolerance", "verdict"];
    let counts: Vec<String> = cases.iter().map(|c| c.checks.len().to_string()).collect();
    let first_title = cases.first().map_or("", |c| c.title.as_str());
    let cells: Vec<Vec<Cell<'_>>> = cases
        .iter()
        .zip(&counts)
        .enumerate()
        .map(|(k, (c, count))| {
            let number = |of: &dyn Fn(&Check) -> String| Cell::Number(c.worst().map_or_else(String::new, of));
            // A title that repeats is said once.
            let title = if k > 0 && c.title == first_title { "" } else { c.title.split(" | ").next().unwrap_or("") };
            vec![
                Cell::Text(&c.case),
                Cell::Text(title),
                Cell::Text(count),
                number(&|k| k.quantity.clone()),
                number(&|k| figure(k.expected)),
                number(&|k| figure(k.got)),
                number(&|k| format!("{:.1e}", k.error())),
                number(&|k| format!("{:.1e}", k.within)),
                Cell::Text(verdict(c)),
            ]
        })
        .collect();
    p.table(&head, &cells);
    let mut any = false;
    for c in cases.iter().filter(|c| !c.series.is_empty()) {
        p.plots(&c.case, &c.series);
        any = true;
    }
    if any {
        p.paragraph("");
    }
}

fn mutations(p: &mut dyn Pages) {
    let rows: Vec<Vec<Cell<'_>>> =
        MUTATIONS.lines().skip(1).map(|line| line.split(';').map(Cell::Text).collect::<Vec<_>>()).collect();
    if rows.is_empty() {
        return;
    }
    p.heading(2, "Planted mistakes");
    p.paragraph(
        "`tests/mutations.py` turns on one planted mistake at a time, of kinds that thermal codes have had, and runs \
         `thermsolve verify --fast`, then, where that passes, all of `thermsolve verify`, then the tests named with the mistake. \
         On demand, not in every CI run.",
    );
    p.table(&["mistake", "where", "caught by", "what fails"], &rows);
}

/// A document without what depends on the machine: numbers in cells, and plots. Two runs of the same cases agree in it.
pub fn skeleton(document: &str) -> String {
    let without = |text: &str, from: &str, to: &str| {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, after)) = rest.split_once(from) {
            out += before;
            rest = after.split_once(to).map_or("", |s| s.1);
        }
        out + rest
    };
    let mut text = without(document, "<svg", "</svg>");
    text = without(&text, "<td class=\"n\">", "</td>");
    if document.starts_with("<!doctype") {
        return text;
    }
    let cell = |c: &str| if c.starts_with(" _") && c.ends_with("_ ") { String::new() } else { c.to_owned() };
    let line = |l: &str| match l {
        l if l.starts_with('|') => l.split('|').map(cell).collect::<Vec<_>>().join("|"),
        l if l.starts_with("- ") => l.split(": _").next().unwrap_or(l).to_owned(),
        l => l.to_owned(),
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_is_of_the_cases_in_scope() {
        let n = Counts { cases: 10, whole: 5, part: 1, open: 2, outside: 2, failed: 0, checks: 9 };
        assert_eq!((n.ran(), n.share()), (6, 0.75));
    }

    #[test]
    fn a_skeleton_keeps_verdicts_and_drops_digits() {
        let run = |got: f64, verdict_within: f64| Verification {
            device: "any".into(),
            cases: vec![CaseResult {
                case: "A01-1".into(),
                family: "A01".into(),
                title: "t".into(),
                source: "s".into(),
                checks: vec![Check { quantity: "F".into(), expected: 1.0, got, within: verdict_within }],
                series: vec![Series { what: "w".into(), points: vec![(0.5, got), (0.25, 0.1)] }],
                open: None,
                outside: false,
                failure: None,
                seconds: got,
            }],
        };
        for of in [markdown, html] {
            let (a, b, failed) = (of(&run(1.0, 0.1)), of(&run(1.01, 0.1)), of(&run(2.0, 0.1)));
            assert_ne!(a, b);
            assert_eq!(skeleton(&a), skeleton(&b));
            assert_ne!(skeleton(&a), skeleton(&failed));
        }
    }
}
