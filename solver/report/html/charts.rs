//! Charts as SVG that stands alone or in a page: bars, waterfalls, lines.
//!
//! Drawn for a width of 460 units, so that text stays readable on a phone and figures line up on paper.

use maud::{Markup, html};

/// Width of every figure.
pub const WIDTH: f64 = 460.0;
/// Text and outlines.
pub const INK: &str = "#1b1f24";
/// Secondary text.
pub const MUTED: &str = "#5c6670";
/// Grid lines.
pub const RULE: &str = "#dfe3e8";
/// What matters.
pub const ACCENT: &str = "#0b5fa5";
/// The accent, lighter.
pub const TINT: &str = "#a9c9e6";
/// What must not be overlooked.
pub const ALARM: &str = "#b3261e";
/// Curves of one chart; told apart by most people who see colours otherwise.
const CURVES: [&str; 7] = [ACCENT, "#c25e00", "#2e7d4f", "#8a4f9e", "#4a4f57", "#b08900", "#2aa0b8"];
/// Mean width of a character at the size of the figures' text.
pub const CHARACTER: f64 = 6.1;

/// A figure: file name without ending, what it shows, SVG text.
#[derive(Clone, Debug)]
pub struct Figure {
    /// Name of the file without its ending.
    pub name: String,
    /// The SVG.
    pub svg: String,
}

/// Coordinates to a hundredth.
pub fn at(x: f64) -> String {
    let text = format!("{x:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// An SVG of the figures' width.
pub fn svg(height: f64, title: &str, body: &Markup) -> String {
    html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox={ "0 0 " (at(WIDTH)) " " (at(height)) } role="img" aria-label=(title)
            font-family="-apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif"
            font-size="12" fill=(INK) { (body) }
    }
    .into_string()
}

/// Text at a place; `anchor` is `start`, `middle` or `end`.
pub fn text(x: f64, y: f64, anchor: &str, colour: &str, what: &str) -> Markup {
    html! { text x=(at(x)) y=(at(y)) text-anchor=(anchor) fill=(colour) { (what) } }
}

/// What is seen of marked-up text, in characters.
fn seen(what: &Markup) -> usize {
    let mut inside = false;
    let visible = what.0.chars().filter(|c| {
        let tag = inside || *c == '<';
        inside = tag && *c != '>';
        !tag
    });
    visible.count()
}

/// A straight line.
pub fn line(from: (f64, f64), to: (f64, f64), colour: &str, width: f64) -> Markup {
    html! { line x1=(at(from.0)) y1=(at(from.1)) x2=(at(to.0)) y2=(at(to.1)) stroke=(colour) stroke-width=(at(width)) {} }
}

/// A filled rectangle from its upper left corner.
pub fn rectangle((x, y): (f64, f64), (width, height): (f64, f64), colour: &str) -> Markup {
    html! { rect x=(at(x)) y=(at(y)) width=(at(width.max(0.0))) height=(at(height.max(0.0))) fill=(colour) {} }
}

/// Round numbers that lie in a range, about `count` of them, and the digits they need.
pub fn ticks(low: f64, high: f64, count: f64) -> (Vec<f64>, usize) {
    let rough = ((high - low) / count).max(1e-12);
    let power = 10_f64.powf(rough.log10().floor());
    let step = power * [1.0, 2.0, 5.0].into_iter().find(|m| m * power >= 0.999 * rough).unwrap_or(10.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "few digits")]
    let digits = (-(step.log10() + 1e-9).floor()).max(0.0) as usize;
    let first = (low / step - 1e-9).ceil();
    let mut all = vec![];
    let mut k = first;
    while k * step <= high + 1e-9 * step {
        all.push(k * step);
        k += 1.0;
    }
    (all, digits)
}

/// A number of an axis.
pub fn tick_label(x: f64, digits: usize) -> String {
    let x = if x.abs() < 1e-12 { 0.0 } else { x };
    format!("{x:.digits$}").replace('-', "−")
}

/// One bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it is.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// The value as it is written.
    pub text: Markup,
    /// Lighter: something assumed.
    pub light: bool,
}

/// Horizontal bars from 0, one below the other.
pub fn bars(title: &str, all: &[Bar]) -> String {
    const ROW: f64 = 24.0;
    let left = 12.0 + CHARACTER * count(all.iter().map(|b| b.label.chars().count()).max().unwrap_or(0));
    let room = WIDTH - left - 16.0 - CHARACTER * count(all.iter().map(|b| seen(&b.text)).max().unwrap_or(0));
    let most = all.iter().map(|b| b.value).fold(f64::MIN_POSITIVE, f64::max);
    let body = html! {
        @for (k, b) in all.iter().enumerate() {
            @let y = ROW * count(k);
            @let length = room * (b.value / most).max(0.0);
            (text(left - 8.0, y + 16.0, "end", INK, &b.label))
            (rectangle((left, y + 4.0), (length, ROW - 8.0), if b.light { TINT } else { ACCENT }))
            text x=(at(left + length + 6.0)) y=(at(y + 16.0)) { (b.text) }
        }
        (line((left, 0.0), (left, ROW * count(all.len())), MUTED, 1.0))
    };
    svg(ROW * count(all.len()) + 4.0, title, &body)
}

/// A level of a waterfall.
#[derive(Clone, Debug)]
pub struct Level {
    /// What has this value.
    pub label: String,
    /// What changes it from the level before.
    pub note: String,
    /// The value.
    pub value: f64,
    /// The value as it is written.
    pub text: Markup,
    /// The change as it is written; empty for the first.
    pub change: Markup,
}

/// A waterfall: each row is a bar from the level before to its own.
pub fn waterfall(title: &str, unit: &str, levels: &[Level]) -> String {
    const ROW: f64 = 36.0;
    let longest = levels.iter().map(|l| l.label.chars().count().max(l.note.chars().count())).max().unwrap_or(0);
    let left = 10.0 + CHARACTER * count(longest);
    let (low, high) = range(levels.iter().map(|l| l.value));
    let right = WIDTH - 8.0;
    let x = |v: f64| left + 10.0 + (right - left - 20.0) * (v - low) / (high - low).max(1e-12);
    let bottom = ROW * count(levels.len());
    let (marks, digits) = ticks(low, high, 5.0);
    let body = html! {
        @for m in &marks {
            (line((x(*m), 0.0), (x(*m), bottom), RULE, 1.0))
            (text(x(*m), bottom + 15.0, "middle", MUTED, &tick_label(*m, digits)))
        }
        (text(left - 8.0, bottom + 15.0, "end", MUTED, unit))
        @for (k, l) in levels.iter().enumerate() {
            @let (y, to) = (ROW * count(k), x(l.value));
            @let from = if k == 0 { to } else { x(levels[k - 1].value) };
            @if k == 0 {
                (text(left - 8.0, y + 22.0, "end", INK, &l.label))
            } @else {
                (text(left - 8.0, y + 16.0, "end", INK, &l.label))
                (text(left - 8.0, y + 30.0, "end", MUTED, &l.note))
                (line((from, y - 8.0), (from, y + 10.0), MUTED, 1.0))
            }
            (rectangle((from.min(to) - 1.0, y + 10.0), ((from - to).abs() + 2.0, ROW - 20.0), if k == 0 { INK } else { ACCENT }))
            // Values stand where there is room: left of the bar, right of it, or in it.
            @let wide = 14.0 + CHARACTER * count(seen(&l.text) + seen(&l.change) + 2);
            @let (near, far) = (from.min(to), from.max(to));
            @let (place, anchor, colour, second) = match () {
                () if near - wide > left => (near - 7.0, "end", INK, MUTED),
                () if far + wide < WIDTH => (far + 7.0, "start", INK, MUTED),
                () => (near + 8.0, "start", "#ffffff", "#ffffff"),
            };
            text x=(at(place)) y=(at(y + 22.0)) text-anchor=(anchor) fill=(colour) {
                tspan font-weight="600" { (l.text) }
                @if !l.change.0.is_empty() { tspan fill=(second) dx="8" { (l.change) } }
            }
        }
    };
    svg(bottom + 22.0, title, &body)
}

/// The frame of a chart on the page, and the ranges that it shows.
#[derive(Clone, Copy, Debug)]
pub struct Axes {
    /// Left and right edge.
    pub across: (f64, f64),
    /// Upper and lower edge.
    pub down: (f64, f64),
    /// Values at the left and the right edge.
    pub x: (f64, f64),
    /// Values at the lower and the upper edge.
    pub y: (f64, f64),
}

impl Axes {
    /// Place of a value across the page.
    pub fn x(&self, v: f64) -> f64 {
        self.across.0 + (self.across.1 - self.across.0) * (v - self.x.0) / (self.x.1 - self.x.0).max(1e-12)
    }

    /// Place of a value down the page.
    pub fn y(&self, v: f64) -> f64 {
        self.down.1 - (self.down.1 - self.down.0) * (v - self.y.0) / (self.y.1 - self.y.0)
    }

    /// Round numbers along x.
    pub fn marks(&self, number: f64) -> Vec<(f64, String)> {
        let (columns, digits) = ticks(self.x.0, self.x.1, number);
        columns.into_iter().map(|c| (c, tick_label(c, digits))).collect()
    }

    /// Grid, numbers, and the names of both axes, either of which may be empty.
    pub fn draw(&self, marks: &[(f64, String)], (x_name, y_name): (&str, &str)) -> Markup {
        let ((left, right), (upper, lower)) = (self.across, self.down);
        let (rows, digits) = ticks(self.y.0, self.y.1, 5.0);
        html! {
            (text(left, upper - 12.0, "start", MUTED, y_name))
            @for r in &rows {
                (line((left, self.y(*r)), (right, self.y(*r)), RULE, 1.0))
                (text(left - 6.0, self.y(*r) + 4.0, "end", MUTED, &tick_label(*r, digits)))
            }
            @for (place, label) in marks {
                (line((self.x(*place), lower), (self.x(*place), lower + 4.0), MUTED, 1.0))
                (text(self.x(*place), lower + 17.0, "middle", MUTED, label))
            }
            (line((left, lower), (right, lower), MUTED, 1.0))
            @if !x_name.is_empty() { (text(right, lower + 32.0, "end", MUTED, x_name)) }
        }
    }
}

/// A curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// What it is.
    pub label: String,
    /// Its points, along x.
    pub points: Vec<(f64, f64)>,
}

/// A chart of curves.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// What it shows.
    pub title: String,
    /// Quantity and unit along x.
    pub x: String,
    /// Quantity and unit along y.
    pub y: String,
    /// The curves.
    pub curves: Vec<Curve>,
    /// Spans of x drawn grey.
    pub shaded: Vec<(f64, f64)>,
    /// Names in place of numbers along x, at their places; as many are written as have room.
    pub names: Vec<(f64, String)>,
    /// A level that matters, and what it is.
    pub level: Option<(f64, String)>,
}

impl Lines {
    /// The chart with its own frame.
    pub fn svg(&self) -> String {
        let (height, body) = self.draw(0.0, self.longest());
        svg(height, &self.title, &body)
    }

    /// Characters of the longest label that is drawn beside the chart.
    fn longest(&self) -> usize {
        if self.curves.len() > 1 { self.curves.iter().map(|c| c.label.chars().count()).max().unwrap_or(0) } else { 0 }
    }

    /// The chart from a height on, with room for so many characters beside it: where it ends, and what is drawn.
    fn draw(&self, top: f64, longest: usize) -> (f64, Markup) {
        const HEIGHT: f64 = 190.0;
        let (left, right) = (52.0, WIDTH - 12.0 - if longest > 0 { 10.0 + CHARACTER * count(longest) } else { 0.0 });
        let (upper, lower) = (top + 26.0, top + 26.0 + HEIGHT);
        let all = || self.curves.iter().flat_map(|c| c.points.iter().copied());
        let (x0, x1) = range(all().map(|p| p.0));
        let (y0, y1) = range(all().map(|p| p.1).chain(self.level.iter().map(|l| l.0)));
        let margin = 0.06 * (y1 - y0).max(1e-9 * y1.abs()).max(1e-12);
        let (y0, y1) = (y0 - margin, y1 + margin);
        let axes = Axes { across: (left, right), down: (upper, lower), x: (x0, x1), y: (y0, y1) };
        let (x, y) = (|v: f64| axes.x(v), |v: f64| axes.y(v));
        let marks: Vec<(f64, String)> = if self.names.is_empty() {
            axes.marks(6.0)
        } else {
            // As many names as stand beside each other.
            let wide = 14.0 + CHARACTER * count(self.names.iter().map(|n| n.1.chars().count()).max().unwrap_or(1));
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few names")]
            let most = ((right - left) / wide).max(1.0) as usize;
            self.names.iter().step_by(self.names.len().div_ceil(most)).cloned().collect()
        };
        let body = html! {
            @for (from, to) in &self.shaded {
                (rectangle((x(*from), upper), (x(*to) - x(*from), HEIGHT), "#eceef1"))
            }
            (axes.draw(&marks, (&self.x, &self.y)))
            @if let Some((level, label)) = &self.level {
                line x1=(at(left)) x2=(at(right)) y1=(at(y(*level))) y2=(at(y(*level))) stroke=(ALARM) stroke-dasharray="5 3" {}
                (text(left + 4.0, y(*level) - 4.0, "start", ALARM, label))
            }
            @for (k, c) in self.curves.iter().enumerate() {
                path d=(path(&c.points, x, y)) fill="none" stroke=(CURVES[k % CURVES.len()]) stroke-width="1.6" stroke-linejoin="round" {}
            }
            @if self.curves.len() > 1 {
                @for (k, place) in self.labels(y, upper, lower).into_iter().enumerate() {
                    (text(right + 6.0, place + 4.0, "start", CURVES[k % CURVES.len()], &self.curves[k].label))
                }
            }
        };
        (lower + if self.x.is_empty() { 24.0 } else { 38.0 }, body)
    }

    /// Heights of the labels at the ends of the curves, moved apart so that none covers another.
    fn labels(&self, y: impl Fn(f64) -> f64, upper: f64, lower: f64) -> Vec<f64> {
        const APART: f64 = 14.0;
        let mut order: Vec<(usize, f64)> =
            self.curves.iter().enumerate().map(|(k, c)| (k, c.points.last().map_or(lower, |p| y(p.1)))).collect();
        order.sort_by(|a, b| a.1.total_cmp(&b.1));
        let mut least = upper;
        for o in &mut order {
            o.1 = o.1.max(least);
            least = o.1 + APART;
        }
        // What was pushed below the chart goes up again.
        let mut limit = lower;
        for o in order.iter_mut().rev() {
            o.1 = o.1.min(limit);
            limit = o.1 - APART;
        }
        let mut heights = vec![0.0; order.len()];
        order.into_iter().for_each(|(k, place)| heights[k] = place);
        heights
    }
}

/// A path through points; those closer than a third of a unit along x and y to the last one drawn are left out.
fn path(points: &[(f64, f64)], x: impl Fn(f64) -> f64, y: impl Fn(f64) -> f64) -> String {
    let (mut out, mut last) = (String::new(), None::<(f64, f64)>);
    for (k, p) in points.iter().enumerate() {
        let here = (x(p.0), y(p.1));
        let near = last.is_some_and(|l| (l.0 - here.0).abs() < 0.3 && (l.1 - here.1).abs() < 0.3);
        if near && k + 1 < points.len() {
            continue;
        }
        out += &format!("{}{} {}", if last.is_none() { "M" } else { "L" }, at(here.0), at(here.1));
        last = Some(here);
    }
    out
}

/// Several charts below each other as one figure.
pub fn stacked(title: &str, charts: &[Lines]) -> String {
    let (mut top, mut parts) = (0.0, vec![]);
    let longest = charts.iter().map(Lines::longest).max().unwrap_or(0);
    for c in charts {
        let (end, body) = c.draw(top, longest);
        parts.push(body);
        top = end + 6.0;
    }
    svg(top, title, &html! { @for p in &parts { (p) } })
}

/// Least and greatest of the numbers that are finite.
pub fn range(values: impl Iterator<Item = f64>) -> (f64, f64) {
    values.filter(|v| v.is_finite()).fold((f64::MAX, f64::MIN), |(l, h), v| (l.min(v), h.max(v)))
}

/// A number of rows, characters or the like.
#[expect(clippy::cast_precision_loss, reason = "rows and characters are few")]
pub fn count(n: usize) -> f64 {
    n as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0, 10.0, 5.0), (vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0], 0));
        let (all, digits) = ticks(-0.13, 0.22, 4.0);
        assert_eq!((all.len(), digits), (4, 1));
        assert!((all[0] + 0.1).abs() < 1e-12 && (all[3] - 0.2).abs() < 1e-12);
        assert_eq!(tick_label(-0.0, 1), "0.0");
        assert_eq!(tick_label(-2.0, 0), "−2");
    }

    #[test]
    fn lengths_of_bars_are_the_values() {
        let bar = |value: f64| Bar { label: "a".into(), value, text: html! { "b" }, light: false };
        let drawn = bars("t", &[bar(4.0), bar(1.0)]);
        let widths: Vec<f64> = drawn
            .split("<rect")
            .skip(1)
            .map(|r| r.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse().unwrap())
            .collect();
        assert!((widths[0] / widths[1] - 4.0).abs() < 1e-3, "{widths:?}");
    }

    #[test]
    fn a_waterfall_falls_by_its_drops() {
        let level =
            |value: f64| Level { label: "a".into(), note: String::new(), value, text: html! { "b" }, change: Markup::default() };
        let drawn = waterfall("t", "K", &[level(10.0), level(7.0), level(1.0)]);
        // Each bar is drawn one unit over either end.
        let widths: Vec<f64> = drawn
            .split("<rect")
            .skip(2)
            .map(|r| r.split("width=\"").nth(1).unwrap().split('"').next().unwrap().parse::<f64>().unwrap() - 2.0)
            .collect();
        assert!((widths[1] / widths[0] - 2.0).abs() < 1e-3, "{widths:?}");
    }

    #[test]
    fn text_of_a_case_cannot_break_a_chart() {
        let bar = Bar { label: "</svg><script>".into(), value: 1.0, text: html! { "\"<" }, light: true };
        let drawn = bars("a\"b<", &[bar]);
        assert!(!drawn.contains("<script") && drawn.matches("</svg>").count() == 1, "{drawn}");
    }

    #[test]
    fn labels_of_curves_do_not_cover_each_other() {
        let curve = |v: f64| Curve { label: "c".into(), points: vec![(0.0, 0.0), (1.0, v)] };
        let chart = Lines { curves: vec![curve(1.0), curve(1.01), curve(1.02), curve(0.0)], ..Lines::default() };
        let mut at = chart.labels(|v| 200.0 - 100.0 * v, 100.0, 200.0);
        at.sort_by(f64::total_cmp);
        assert!(at.windows(2).all(|w| w[1] - w[0] >= 14.0 - 1e-9), "{at:?}");
    }
}
