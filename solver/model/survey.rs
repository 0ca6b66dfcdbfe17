//! The points of `[survey]`: the same case on other days and in other environments.

use super::Model;
use crate::case::schema::{Case, Orbit};
use crate::case::survey::Survey;
use crate::case::{self, CaseErrors};
use crate::quantity::BetaDegrees;

/// Reports every contradiction as key, message, remedy.
pub(super) fn check(s: &Survey, orbit: &Orbit, error: &mut dyn FnMut(&str, String, &str)) {
    match (&s.days, &s.beta_deg) {
        (Some(_), Some(_)) => error("survey.days", "both `days` and `beta_deg`".into(), "keep one of them"),
        (None, None) => error("survey", "neither `days` nor `beta_deg`".into(), "give one of them"),
        (Some(_), None) if orbit.date.is_none() => {
            error("survey.days", "the orbit has no date".into(), "give `orbit.date`, from which days are counted");
        }
        (None, Some(_)) if orbit.beta_deg.is_none() => {
            error("survey.beta_deg", "the orbit is not given by its beta angle".into(), "give `days` instead");
        }
        _ => {}
    }
}

/// Every point with its label: the case read again with its date (or beta angle) and design case changed. Errors: those of the
/// case, of an unknown design case or a date that is not covered.
pub fn points(model: &Model, survey: &Survey) -> Result<Vec<(String, Model)>, CaseErrors> {
    let cases: Vec<Option<&str>> = match survey.design_cases.as_slice() {
        [] => vec![None],
        named => named.iter().map(|n| Some(n.as_str())).collect(),
    };
    let mut all = vec![];
    let mut add = |label: String, design_case: Option<&str>, change: &dyn Fn(&mut Orbit)| -> Result<(), CaseErrors> {
        let mut file = case::parse::<Case>(&model.source.file, model.source.text.clone())?;
        change(&mut file.case.orbit);
        if let Some(name) = design_case {
            name.clone_into(&mut file.case.environment.design_case);
        }
        let mut point = Model::from_case(file)?;
        point.rays.seed = model.rays.seed;
        all.push((label, point));
        Ok(())
    };
    for name in cases {
        if let Some(angles) = &survey.beta_deg {
            for b in angles {
                let beta: BetaDegrees = *b;
                add(format!("beta {}", beta.get()), name, &|o| o.beta_deg = Some(beta))?;
            }
        }
        let start = case::parse::<Case>(&model.source.file, model.source.text.clone())?.case.orbit.date;
        if let (Some(days), Some(start)) = (survey.days, start)
            && let Some(first) = start.date
        {
            for k in (0..days.get()).step_by(survey.every_days.get()) {
                let date = later(first, k);
                let at = toml::value::Datetime { date: Some(date), ..start };
                add(date.to_string(), name, &|o| o.date = Some(at))?;
            }
        }
    }
    Ok(all)
}

/// The date so many days later.
fn later(first: toml::value::Date, days: usize) -> toml::value::Date {
    let (year, month, day) = (i32::from(first.year), i32::from(first.month), i32::from(first.day));
    let Ok((epoch, at)) = sofars::cal::cal2jd(year, month, day) else { return first };
    #[expect(clippy::cast_precision_loss, reason = "day counts are small")]
    let Ok((year, month, day, _)) = sofars::cal::jd2cal(epoch, at + days as f64) else { return first };
    let part = |x: i32| u8::try_from(x).unwrap_or(1);
    toml::value::Date { year: u16::try_from(year).unwrap_or(first.year), month: part(month), day: part(day) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_days_and_years() {
        let first = toml::value::Date { year: 2027, month: 12, day: 31 };
        assert_eq!(later(first, 1).to_string(), "2028-01-01");
        assert_eq!(later(first, 60).to_string(), "2028-02-29");
        assert_eq!(later(first, 366).to_string(), "2028-12-31");
    }
}
