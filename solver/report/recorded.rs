//! What the verification manual of this version records.

use super::verification::Counts;

/// The manual; CI fails when it is not that of the program.
const MANUAL: &str = include_str!("../../docs/verification.md");

/// Rows of the manual's first table: a kind of case and its counts; the last row is all of them.
pub(super) fn recorded() -> Vec<(&'static str, Counts)> {
    table(MANUAL)
}

fn table(manual: &str) -> Vec<(&str, Counts)> {
    let rows = manual.lines().skip_while(|l| !l.starts_with("|  | cases |")).skip(2).take_while(|l| l.starts_with('|'));
    rows.filter_map(|line| {
        let mut cells = line.trim_matches('|').split('|').map(str::trim);
        let name = cells.next()?;
        let n: Vec<usize> = cells.filter_map(|c| c.parse().ok()).collect();
        let [cases, whole, part, open, outside, failed, checks] = n[..] else { return None };
        Some((name, Counts { cases, whole, part, open, outside, failed, checks }))
    })
    .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::verification::{counts, markdown};
    use crate::verify::{CaseResult, Verification};

    #[test]
    fn the_counts_of_a_manual_are_read_back() {
        let case = |family: &str, open: Option<&str>, failure: Option<&str>| CaseResult {
            case: format!("{family}-1"),
            family: family.into(),
            title: String::new(),
            source: String::new(),
            checks: vec![],
            series: vec![],
            open: open.map(str::to_owned),
            outside: false,
            failure: failure.map(str::to_owned),
            seconds: 0.0,
        };
        let cases = vec![case("A01", Some("why"), None), case("B01", None, Some("broke")), case("B02", Some("why"), None)];
        let run = Verification { device: String::new(), cases };
        let text = markdown(&run);
        let (by_letter, all) = counts(&run);
        let read = table(&text);
        assert_eq!(read.iter().map(|r| r.1).collect::<Vec<_>>(), by_letter.into_values().chain([all]).collect::<Vec<_>>());
        assert_eq!(read.last().unwrap().0, "all");
    }

    #[test]
    fn the_manual_has_its_table() {
        let read = recorded();
        let (sum, all) = (read[..read.len() - 1].iter().map(|r| r.1.cases).sum::<usize>(), read.last().unwrap().1);
        assert!(read.len() > 5 && sum == all.cases && all.ran() > 0, "{read:?}");
    }
}
