//! Arithmetic of decks: numbers as Fortran writes them, named constants, tables by time or temperature.
//!
//! A value may be a table, or a weighted sum of temperatures that a table is asked at; crates for expressions know numbers only.

use super::Place;
use std::rc::Rc;

/// Parentheses and powers in one another.
const DEPTH: usize = 64;
/// Operations of one expression.
const MOST_STEPS: usize = 256;
/// Pairs of an array to interpolate in.
const MOST_POINTS: usize = 10_000;

/// What a table is asked at.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Asked {
    /// Time.
    Time,
    /// A weighted sum of temperatures of nodes, and a constant.
    Temperature(Vec<(Place, f64)>, f64),
}

/// A value.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Term {
    Number(f64),
    Asked(Asked),
    Array(Rc<[f64]>),
    /// Points, and the period after which they begin again.
    Table(Asked, Vec<(f64, f64)>, Option<f64>),
}

/// What names stand for.
pub(super) trait Names {
    fn name(&self, name: &str) -> Option<Term>;
}

impl<F: Fn(&str) -> Option<Term>> Names for F {
    fn name(&self, name: &str) -> Option<Term> {
        self(name)
    }
}

/// Value of an expression. Errors: what is wrong with it, in words.
pub(super) fn evaluate(text: &str, names: &dyn Names) -> Result<Term, String> {
    let mut p = Parser { rest: text.trim(), names, depth: 0, steps: 0 };
    let value = p.sum()?;
    if p.rest.is_empty() { Ok(value) } else { Err(format!("`{}` is not expected", short(p.rest))) }
}

/// Value of an expression that is a finite number.
pub(super) fn number(text: &str, names: &dyn Names) -> Result<f64, String> {
    match evaluate(text, names)? {
        Term::Number(x) if x.is_finite() => Ok(x),
        Term::Number(x) => Err(format!("`{}` is {x}", short(text))),
        _ => Err(format!("`{}` is not a number", short(text))),
    }
}

/// The beginning of a text.
pub(super) fn short(text: &str) -> String {
    let text = text.trim();
    let cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() { cut + "…" } else { cut }
}

/// Points of an array of pairs that ascend; one place may stand twice, a jump.
pub(super) fn points(array: &[f64]) -> Result<Vec<(f64, f64)>, String> {
    let points: Vec<(f64, f64)> = array.chunks_exact(2).map(|p| (p[0], p[1])).collect();
    let ascends = points.windows(2).all(|w| w[0].0 <= w[1].0) && !points.windows(3).any(|w| w[0].0 == w[2].0);
    if points.len() > MOST_POINTS {
        return Err(format!("an array to interpolate in may have {MOST_POINTS} pairs"));
    }
    if points.is_empty() || array.len() % 2 == 1 || !ascends {
        return Err("an array to interpolate in must hold pairs whose first values ascend".into());
    }
    Ok(points)
}

struct Parser<'a> {
    rest: &'a str,
    names: &'a dyn Names,
    depth: usize,
    steps: usize,
}

impl<'a> Parser<'a> {
    fn skip(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, what: &str) -> bool {
        self.skip();
        let found = self.rest.strip_prefix(what);
        self.rest = found.unwrap_or(self.rest);
        found.is_some()
    }

    /// The longest beginning whose characters fit.
    fn while_fits(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let end = self.rest.find(|c: char| !fits(c)).unwrap_or(self.rest.len());
        let (found, rest) = self.rest.split_at(end);
        self.rest = rest;
        found
    }

    fn sum(&mut self) -> Result<Term, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("more than {DEPTH} parentheses in one another"));
        }
        let minus = self.take("-");
        if !minus {
            self.take("+");
        }
        let mut value = self.product()?;
        if minus {
            value = times(value, Term::Number(-1.0))?;
        }
        loop {
            value = if self.take("+") {
                plus(value, self.product()?)?
            } else if self.take("-") {
                let other = self.product()?;
                plus(value, times(other, Term::Number(-1.0))?)?
            } else {
                self.depth -= 1;
                return Ok(value);
            };
        }
    }

    fn product(&mut self) -> Result<Term, String> {
        let mut value = self.power()?;
        loop {
            value = if self.take("*") {
                times(value, self.power()?)?
            } else if self.take("/") {
                match self.power()? {
                    Term::Number(0.0) => return Err("division by 0".into()),
                    Term::Number(x) => divided(value, x)?,
                    _ => return Err("only numbers divide".into()),
                }
            } else {
                return Ok(value);
            };
        }
    }

    fn power(&mut self) -> Result<Term, String> {
        let base = self.primary()?;
        if !(self.take("**") || self.take("^")) {
            return Ok(base);
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return Err(format!("more than {DEPTH} powers in one another"));
        }
        let minus = self.take("-");
        let exponent = self.power()?;
        self.depth -= 1;
        match (base, exponent) {
            (Term::Number(b), Term::Number(e)) => Ok(Term::Number(b.powf(if minus { -e } else { e }))),
            _ => Err("only numbers have powers".into()),
        }
    }

    fn primary(&mut self) -> Result<Term, String> {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            return Err(format!("an expression of more than {MOST_STEPS} values"));
        }
        self.skip();
        let first = self.rest.chars().next().ok_or("a value is missing")?;
        if self.take("(") {
            let value = self.sum()?;
            return if self.take(")") { Ok(value) } else { Err("a `)` is missing".into()) };
        }
        if first.is_ascii_digit() || first == '.' {
            return self.literal();
        }
        if !(first.is_ascii_alphabetic() || first == '_') {
            return Err(format!("`{}` is not expected", short(self.rest)));
        }
        let name = self.while_fits(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | ':' | '.'));
        if !self.take("(") {
            return self.names.name(&name.to_ascii_uppercase()).ok_or_else(|| format!("`{}` is not known", short(name)));
        }
        let mut arguments = vec![];
        if !self.take(")") {
            loop {
                arguments.push(self.sum()?);
                if self.take(")") {
                    break;
                }
                if !self.take(",") || arguments.len() > 8 {
                    return Err(format!("`{}(` is not closed", short(name)));
                }
            }
        }
        call(&name.to_ascii_uppercase(), arguments)
    }

    /// A number: `1`, `1.`, `.5`, `7.9D-03`.
    fn literal(&mut self) -> Result<Term, String> {
        let mantissa = self.while_fits(|c| c.is_ascii_digit() || c == '.');
        let mut text = mantissa.to_owned();
        let mut after = self.rest.chars();
        if after.next().is_some_and(|c| matches!(c, 'e' | 'E' | 'd' | 'D')) {
            let exponent = after.as_str();
            let sign = usize::from(exponent.starts_with(['+', '-']));
            let digits = exponent[sign..].find(|c: char| !c.is_ascii_digit()).unwrap_or(exponent.len() - sign);
            if digits > 0 {
                text += "e";
                text += &exponent[..sign + digits];
                self.rest = &exponent[sign + digits..];
            }
        }
        text.parse().map(Term::Number).map_err(|_| format!("`{}` is not a number", short(&text)))
    }
}

fn plus(a: Term, b: Term) -> Result<Term, String> {
    use Asked::Temperature;
    match (a, b) {
        (Term::Number(a), Term::Number(b)) => Ok(Term::Number(a + b)),
        (Term::Asked(Temperature(nodes, c)), Term::Number(x)) | (Term::Number(x), Term::Asked(Temperature(nodes, c))) => {
            Ok(Term::Asked(Temperature(nodes, c + x)))
        }
        (Term::Asked(Temperature(mut a, c)), Term::Asked(Temperature(b, d))) if a.len() + b.len() <= 4 => {
            a.extend(b);
            Ok(Term::Asked(Temperature(a, c + d)))
        }
        (Term::Table(asked, points, period), Term::Number(x)) | (Term::Number(x), Term::Table(asked, points, period)) => {
            Ok(Term::Table(asked, points.into_iter().map(|(t, v)| (t, v + x)).collect(), period))
        }
        _ => Err("only numbers are added to tables, and temperatures to temperatures".into()),
    }
}

fn times(a: Term, b: Term) -> Result<Term, String> {
    use Asked::Temperature;
    match (a, b) {
        (Term::Number(a), Term::Number(b)) => Ok(Term::Number(a * b)),
        (Term::Asked(Temperature(nodes, c)), Term::Number(x)) | (Term::Number(x), Term::Asked(Temperature(nodes, c))) => {
            Ok(Term::Asked(Temperature(nodes.into_iter().map(|(n, w)| (n, w * x)).collect(), c * x)))
        }
        (Term::Table(asked, points, period), Term::Number(x)) | (Term::Number(x), Term::Table(asked, points, period)) => {
            Ok(Term::Table(asked, points.into_iter().map(|(t, v)| (t, v * x)).collect(), period))
        }
        _ => Err("only numbers multiply temperatures and tables".into()),
    }
}

fn divided(a: Term, x: f64) -> Result<Term, String> {
    // Not by 1/x, so that numbers divide as they should.
    if let Term::Number(a) = a { Ok(Term::Number(a / x)) } else { times(a, Term::Number(1.0 / x)) }
}

fn call(name: &str, arguments: Vec<Term>) -> Result<Term, String> {
    let numbers: Option<Vec<f64>> = arguments.iter().map(|t| if let Term::Number(x) = t { Some(*x) } else { None }).collect();
    let one = |f: fn(f64) -> f64| match numbers.as_deref() {
        Some([x]) => Ok(Term::Number(f(*x))),
        _ => Err(format!("{name} takes one number")),
    };
    match name {
        "SQRT" | "DSQRT" => one(f64::sqrt),
        "ABS" | "DABS" => one(f64::abs),
        "EXP" | "DEXP" => one(f64::exp),
        "LOG" | "LN" | "DLOG" => one(f64::ln),
        "DBLE" | "REAL" | "FLOAT" => one(|x| x),
        "MAX" | "AMAX1" | "MIN" | "AMIN1" => {
            let numbers = numbers.filter(|n| !n.is_empty()).ok_or_else(|| format!("{name} takes numbers"))?;
            let pick = if name.ends_with("MAX") || name == "AMAX1" { f64::max } else { f64::min };
            Ok(Term::Number(numbers[1..].iter().fold(numbers[0], |a, b| pick(a, *b))))
        }
        // Linear interpolation; INTCYC begins again after a period.
        "INTRP1" | "INTCYC" => {
            let mut rest = arguments.into_iter();
            let (Some(Term::Asked(asked)), Some(Term::Array(array)), Some(Term::Number(1.0))) =
                (rest.next(), rest.next(), rest.next())
            else {
                return Err(format!("{name} is translated as {name}(TIMEM or temperatures, array of pairs, 1, …) only"));
            };
            let period = match (name, rest.next(), rest.next(), rest.next()) {
                ("INTRP1", None, None, None) => None,
                ("INTCYC", Some(Term::Number(p)), None | Some(Term::Number(0.0)), None) if p > 0.0 && asked == Asked::Time => {
                    Some(p)
                }
                _ => return Err(format!("{name} with these arguments is not translated")),
            };
            Ok(Term::Table(asked, points(&array)?, period))
        }
        _ => Err(format!("function {} is not translated", short(name))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Result<f64, String> {
        number(text, &|name: &str| (name == "K_AL").then_some(Term::Number(130.0)))
    }

    #[test]
    fn arithmetic_is_that_of_fortran() {
        assert_eq!(value("1 + 2*3**2 - 4/2/2"), Ok(18.0));
        assert_eq!(value("-2**2"), Ok(-4.0));
        assert_eq!(value("2**3**2"), Ok(512.0));
        assert_eq!(value("2.*-1"), Err("`-1` is not expected".into()));
        assert_eq!(value("7.5D-03 * 1.E2 + .25"), Ok(1.0));
        assert!((value("1.0 / ((1.0 / (0.002 * k_Al)) + (1.0 / (0.001 * K_AL)))").unwrap() - 0.26 / 3.0).abs() < 1e-15);
        assert_eq!(value("SQRT(16) + MAX(1, 2, -3) - ABS(-1)"), Ok(5.0));
    }

    #[test]
    fn hostile_expressions_end_in_words() {
        for bad in ["", "(", "1)", "1/0", "k", "1..2", "SQRT(", "SQRT()", "É", "1e999", "2**", "A(1,", "-"] {
            assert!(value(bad).is_err(), "{bad}");
        }
        assert!(value(&"(".repeat(100_000)).is_err());
        assert!(value(&"2**".repeat(100_000)).is_err());
        assert!(value(&"-".repeat(100_000)).is_err());
    }
}
