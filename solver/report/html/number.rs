//! Numbers of the page, each read from the summary by its path: nothing is computed a second time.

use maud::{Markup, html};
use serde_json::Value;

/// The summary as JSON, from which a page takes its numbers.
#[derive(Debug)]
pub struct Numbers(Value);

/// How a number is written.
#[derive(Clone, Copy, Debug)]
enum Form {
    /// With so many digits after the point, and a sign if asked.
    Fixed { digits: usize, signed: bool },
    /// With two digits and a power of ten.
    Power,
}

/// A number with where it comes from.
#[derive(Clone, Debug)]
pub struct Number {
    path: String,
    scale: f64,
    form: Form,
    value: Option<f64>,
}

impl Numbers {
    /// Of a summary.
    pub fn new(summary: &impl serde::Serialize) -> Self {
        Self(serde_json::to_value(summary).expect("a summary is plain data"))
    }

    fn look(&self, path: &str) -> Option<&Value> {
        self.0.pointer(&pointer(path))
    }

    /// Whether there is something at a path.
    pub fn has(&self, path: &str) -> bool {
        self.look(path).is_some_and(|v| !v.is_null())
    }

    /// A number with so many digits after the point. `path` has keys and places in lists with points between, or is a JSON
    /// pointer, which begins with a slash.
    pub fn fixed(&self, path: &str, digits: usize) -> Number {
        let value = self.look(path).and_then(Value::as_f64);
        Number { path: pointer(path), scale: 1.0, form: Form::Fixed { digits, signed: false }, value }
    }

    /// A number with two digits and a power of ten.
    pub fn power(&self, path: &str) -> Number {
        Number { form: Form::Power, ..self.fixed(path, 0) }
    }

    /// Text as the summary has it.
    pub fn text(&self, path: &str) -> &str {
        self.look(path).and_then(Value::as_str).unwrap_or("—")
    }

    /// How many items a list has.
    pub fn len(&self, path: &str) -> usize {
        self.look(path).and_then(Value::as_array).map_or(0, Vec::len)
    }
}

impl Number {
    /// In another unit: times `scale`.
    #[must_use]
    pub fn times(self, scale: f64) -> Self {
        Self { scale, ..self }
    }
    /// With its sign.
    #[must_use]
    pub fn signed(self) -> Self {
        let form = match self.form {
            Form::Fixed { digits, .. } => Form::Fixed { digits, signed: true },
            Form::Power => Form::Power,
        };
        Self { form, ..self }
    }

    /// As it is written: thousands apart, a true minus.
    fn written(&self) -> Markup {
        let Some(value) = self.value.map(|v| v * self.scale) else { return html! { "—" } };
        match self.form {
            Form::Fixed { digits, signed } => html! { (plain(value, digits, signed)) },
            Form::Power if value == 0.0 => html! { "0" },
            Form::Power => {
                let text = format!("{value:.1e}");
                let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
                html! { (mantissa.replace('-', "−")) " × 10" sup { (exponent.replace('-', "−")) } }
            }
        }
    }

    fn format(&self) -> String {
        match self.form {
            Form::Fixed { digits, signed } => format!("{}{digits}", if signed { "+" } else { "" }),
            Form::Power => "e".to_owned(),
        }
    }

    /// Inside the text of an SVG.
    pub fn in_svg(&self) -> Markup {
        html! { tspan data-path=(self.path) data-scale=(self.scale) data-format=(self.format()) { (self.written()) } }
    }
}

impl maud::Render for Number {
    fn render(&self) -> Markup {
        html! { span.number data-path=(self.path) data-scale=(self.scale) data-format=(self.format()) { (self.written()) } }
    }
}

/// A path as JSON pointer.
fn pointer(path: &str) -> String {
    if path.starts_with('/') { path.to_owned() } else { format!("/{}", path.replace('.', "/")) }
}

/// A key of any text as a part of a JSON pointer.
pub fn key(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// A count with its thousands apart.
pub fn counted(n: usize) -> String {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    let n = n as f64;
    plain(n, 0, false)
}

/// A number with its thousands apart.
fn plain(value: f64, digits: usize, signed: bool) -> String {
    let text = format!("{:.digits$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut out = String::new();
    let zero = text.bytes().all(|b| b == b'0' || b == b'.');
    if value < 0.0 && !zero {
        out.push('−');
    } else if signed {
        out.push('+');
    }
    for (k, c) in whole.chars().enumerate() {
        if k > 0 && (whole.len() - k).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;
    use maud::Render;

    #[test]
    fn numbers_are_written_as_people_read_them() {
        for (value, digits, signed, want) in [
            (1379.24, 0, false, "1,379"),
            (1234567.891, 2, false, "1,234,567.89"),
            (-86.756, 1, false, "−86.8"),
            (-0.01, 1, false, "0.0"),
            (1.2, 1, true, "+1.2"),
            (999.5, 0, false, "1,000"),
        ] {
            assert_eq!(plain(value, digits, signed), want);
        }
    }

    #[test]
    fn a_number_is_found_by_its_path_or_shown_as_missing() {
        let n = Numbers(serde_json::json!({ "a": { "b": [1.5, 2.5e-9] }, "c": null, "d.e/f": 7 }));
        assert!(n.fixed("a.b.0", 1).times(2.0).render().0.contains(">3.0<"));
        assert!(n.power("a.b.1").render().0.contains(">2.5 × 10<sup>−9</sup><"));
        assert!(n.fixed(&format!("/{}", key("d.e/f")), 0).render().0.contains(">7<"));
        assert!(n.fixed("c", 1).render().0.contains(">—<") && n.fixed("a.x", 1).render().0.contains(">—<"));
        assert!(n.has("a.b") && !n.has("c") && n.len("a.b") == 2);
    }
}
