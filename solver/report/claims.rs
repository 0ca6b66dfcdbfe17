//! Claims beside what was found.

use crate::case::claim::Claim;
use crate::study::insight::four;
use serde::Serialize;
use serde_json::Value;
use std::fmt::Write;

/// A claim and what the case finds.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimNumbers {
    /// The claim as written.
    #[serde(flatten)]
    pub claim: Claim,
    /// What is found; none where the summary has no such number.
    pub found: Option<f64>,
    /// Found over claimed; none without a claimed number, or where that is 0.
    pub ratio: Option<f64>,
}

/// Looks claims up in a summary: `found = times · Σ figure / Σ over`. Returns a warning for every path that leads to no number.
///
/// Truth: `claims::tests::sums_and_ratios`.
pub fn looked_up(claims: &[Claim], summary: &Value) -> (Vec<ClaimNumbers>, Vec<String>) {
    let mut missing = vec![];
    let numbers = claims
        .iter()
        .enumerate()
        .map(|(k, claim)| {
            let mut sum = |paths: &[String]| -> Option<f64> {
                let mut total = Some(0.0);
                for path in paths {
                    let number = summary.pointer(&format!("/{}", path.replace('.', "/"))).and_then(Value::as_f64);
                    if number.is_none() {
                        missing.push(format!("claims[{k}]: summary.json has no number at `{path}`"));
                    }
                    total = total.zip(number).map(|(t, n)| t + n);
                }
                total
            };
            let (over, under) = (sum(&claim.figure), if claim.over.is_empty() { Some(1.0) } else { sum(&claim.over) });
            let found = over.zip(under).map(|(a, b)| claim.times * a / b);
            let ratio = found.zip(claim.value.filter(|v| *v != 0.0)).map(|(f, v)| f / v);
            ClaimNumbers { claim: claim.clone(), found, ratio }
        })
        .collect();
    (numbers, missing)
}

/// As a section of the text summary.
pub fn write(o: &mut String, all: &[ClaimNumbers]) -> std::fmt::Result {
    if all.is_empty() {
        return Ok(());
    }
    writeln!(o, "CLAIMS     {:>41}{:>12}{:>9}", "said", "found", "ratio")?;
    for c in all {
        let of = |x: Option<f64>| x.map_or("—".to_owned(), four);
        writeln!(o, "  {}", c.claim.says)?;
        writeln!(o, "  {:<34}{:>16}{:>12}{:>9} {}", "", of(c.claim.value), of(c.found), of(c.ratio), c.claim.unit)?;
        writeln!(o, "      {}; {}", c.claim.source, c.claim.because)?;
    }
    writeln!(o)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_and_ratios() {
        let summary = serde_json::json!({ "a": { "x": 6.0, "y": 2.0 }, "list": [1.0, 4.0], "word": "x" });
        let claim = |figure: &[&str], over: &[&str], value: f64| Claim {
            says: String::new(),
            source: String::new(),
            value: Some(value),
            unit: String::new(),
            figure: figure.iter().map(|s| (*s).to_owned()).collect(),
            over: over.iter().map(|s| (*s).to_owned()).collect(),
            times: 3.0,
            because: String::new(),
        };
        let all = [claim(&["a.x", "a.y"], &["list.1"], 12.0), claim(&["a.x"], &[], 0.0), claim(&["a.z", "word"], &["a.x"], 1.0)];
        let (numbers, missing) = looked_up(&all, &summary);
        let got: Vec<_> = numbers.iter().map(|n| (n.found, n.ratio)).collect();
        assert_eq!(got, [(Some(6.0), Some(0.5)), (Some(18.0), None), (None, None)]);
        assert_eq!(
            missing,
            ["claims[2]: summary.json has no number at `a.z`", "claims[2]: summary.json has no number at `word`"]
        );
    }
}
