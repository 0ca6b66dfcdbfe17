//! Heat between groups as a chord diagram.

use super::charts::{INK, MUTED, RULE, WIDTH, at, svg, text};
use crate::analysis::flows::HeatFlows;
use maud::{Markup, html};
use std::f64::consts::{PI, TAU};

/// Net heat that passes from one to another, W.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chord {
    /// Where it comes from.
    pub from: usize,
    /// Where it goes.
    pub to: usize,
    /// How much, W; above 0.
    pub heat_w: f64,
}

/// Who takes part at most; the least of the groups are drawn together.
const MOST: usize = 14;
/// Chords below this part of the largest are not drawn.
pub const LEAST: f64 = 0.002;
/// Colours of groups, then of what is outside.
const COLOURS: [&str; 10] =
    ["#0b5fa5", "#c25e00", "#2e7d4f", "#8a4f9e", "#b08900", "#2aa0b8", "#a04060", "#6b8e23", "#4a4f57", "#d08060"];
const OUTSIDE: [(&str, &str); 5] =
    [("dissipated", "#b3261e"), ("sunlight", "#e8a200"), ("planet", "#7a8fa6"), ("held", "#5c6670"), ("space", "#1b1f24")];

/// Names, colours and chords of groups and of what is outside them.
pub fn chords(names: &[String], flows: &HeatFlows) -> (Vec<(String, &'static str)>, Vec<Chord>) {
    let n = names.len();
    let mut all: Vec<Chord> = vec![];
    let mut add = |from: usize, to: usize, heat_w: f64| {
        let (from, to) = if heat_w < 0.0 { (to, from) } else { (from, to) };
        all.push(Chord { from, to, heat_w: heat_w.abs() });
    };
    for (g, b) in flows.balances.iter().enumerate() {
        let from_outside = [b.internal_w, b.sunlight_w, b.albedo_w + b.planet_ir_w, b.boundary_w, b.space_w];
        from_outside.iter().enumerate().for_each(|(k, q)| add(n + k, g, *q));
        (g + 1..n).for_each(|h| add(g, h, flows.matrix_w[g][h]));
    }
    let through = |k: usize, all: &[Chord]| all.iter().filter(|c| c.from == k || c.to == k).map(|c| c.heat_w).sum::<f64>();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|a, b| through(*b, &all).total_cmp(&through(*a, &all)));
    // Places in the ring: groups as they are listed, those too small for one of their own together, then the outside.
    let kept: Vec<usize> = (0..n).filter(|k| n <= MOST || order[..MOST - 1].contains(k)).collect();
    let others = (kept.len() < n).then_some(kept.len());
    let groups = kept.len() + usize::from(others.is_some());
    let place = |k: usize| match k.checked_sub(n) {
        Some(outside) => groups + outside,
        None => kept.iter().position(|x| *x == k).or(others).unwrap_or(0),
    };
    let mut sums = vec![vec![0.0; groups + OUTSIDE.len()]; groups + OUTSIDE.len()];
    all.iter().for_each(|c| sums[place(c.from)][place(c.to)] += c.heat_w);
    let mut members: Vec<(String, &str)> =
        kept.iter().enumerate().map(|(k, g)| (names[*g].clone(), COLOURS[k % COLOURS.len()])).collect();
    members.extend(others.map(|_| (format!("{} others", n - kept.len()), MUTED)));
    members.extend(OUTSIDE.map(|(name, colour)| (name.to_owned(), colour)));
    let mut net = vec![];
    for (a, row) in sums.iter().enumerate() {
        for (b, out) in row.iter().enumerate().skip(a + 1) {
            let heat_w = out - sums[b][a];
            if heat_w != 0.0 {
                let (from, to) = if heat_w > 0.0 { (a, b) } else { (b, a) };
                net.push(Chord { from, to, heat_w: heat_w.abs() });
            }
        }
    }
    let most = net.iter().map(|c| c.heat_w).fold(0.0, f64::max);
    net.retain(|c| c.heat_w > LEAST * most);
    (members, net)
}

/// Heat in words: three figures.
pub fn watts(heat_w: f64) -> String {
    let (value, unit) = match heat_w {
        q if q >= 999.5e3 => (q / 1e6, "MW"),
        q if q >= 999.5 => (q / 1e3, "kW"),
        q => (q, "W"),
    };
    let digits = if value >= 99.95 { 0 } else { 1 + usize::from(value < 9.995) };
    format!("{value:.digits$} {unit}")
}

/// Members around a ring, each with an arc as long as the heat that passes through it; chords as wide as their heat, in the colour of
/// where it comes from, with a gap before the ring where it arrives. `None` where nothing passes.
pub fn svg_of(title: &str, members: &[(String, &str)], chords: &[Chord]) -> Option<String> {
    const RING: f64 = 112.0;
    const THICK: f64 = 10.0;
    const GAP: f64 = 0.03;
    const CENTRE: (f64, f64) = (0.5 * WIDTH, 165.0);
    let through: Vec<f64> =
        (0..members.len()).map(|k| chords.iter().filter(|c| c.from == k || c.to == k).map(|c| c.heat_w).sum()).collect();
    let shown: Vec<usize> = (0..members.len()).filter(|&k| through[k] > 0.0).collect();
    if shown.is_empty() {
        return None;
    }
    #[expect(clippy::cast_precision_loss, reason = "members are few")]
    let per_watt = (TAU - GAP * shown.len() as f64) / through.iter().sum::<f64>();
    let mut begin = vec![0.0; members.len()];
    let mut angle = -0.5 * PI;
    for &k in &shown {
        begin[k] = angle;
        angle += through[k] * per_watt + GAP;
    }
    let point = |angle: f64, r: f64| (CENTRE.0 + r * angle.cos(), CENTRE.1 + r * angle.sin());
    let xy = |p: (f64, f64)| format!("{} {}", at(p.0), at(p.1));
    let arc = |r: f64, from: f64, to: f64| format!("A {0} {0} 0 {1} 1 {2}", at(r), u8::from(to - from > PI), xy(point(to, r)));
    // Ends lie along an arc in the order of the members they lead to, backwards, so that chords cross little.
    let mut next = begin.clone();
    let mut ends = vec![[0.0; 2]; chords.len()];
    for &k in &shown {
        let mut own: Vec<usize> = (0..chords.len()).filter(|&c| chords[c].from == k || chords[c].to == k).collect();
        let other = |c: &usize| {
            let o = if chords[*c].from == k { chords[*c].to } else { chords[*c].from };
            (k + members.len() - o) % members.len()
        };
        own.sort_by_key(other);
        for c in own {
            ends[c][usize::from(chords[c].to == k)] = next[k];
            next[k] += chords[c].heat_w * per_watt;
        }
    }
    let ribbon = |c: &Chord, [a, b]: [f64; 2]| {
        let (span, inner, short) = (c.heat_w * per_watt, RING - 2.0, RING - 9.0);
        let centre = xy(CENTRE);
        let path = format!(
            "M {} {} Q {centre} {} {} Q {centre} {} Z",
            xy(point(a, inner)),
            arc(inner, a, a + span),
            xy(point(b, short)),
            arc(short, b, b + span),
            xy(point(a, inner))
        );
        html! { path d=(path) fill=(members[c.from].1) fill-opacity="0.55" {
            title { (members[c.from].0) " → " (members[c.to].0) ": " (watts(c.heat_w)) }
        } }
    };
    let ring = |k: usize| {
        let (from, to) = (begin[k], begin[k] + through[k] * per_watt);
        let path = format!(
            "M {} {} L {} A {4} {4} 0 {5} 0 {3} Z",
            xy(point(from, RING + THICK)),
            arc(RING + THICK, from, to),
            xy(point(to, RING)),
            xy(point(from, RING)),
            at(RING),
            u8::from(to - from > PI)
        );
        html! { path d=(path) fill=(members[k].1) {} }
    };
    let body: Markup = html! {
        @for (c, e) in chords.iter().zip(&ends) { (ribbon(c, *e)) }
        @for &k in &shown { (ring(k)) }
        (labels(members, chords, &shown, &|k, r| point(begin[k] + 0.5 * through[k] * per_watt, r), RING + THICK))
    };
    Some(svg(2.0 * CENTRE.1, title, &body))
}

/// Names with the heat that leaves each (or arrives, if none leaves), beside the ring and clear of each other.
fn labels(
    members: &[(String, &str)],
    chords: &[Chord],
    shown: &[usize],
    point: &dyn Fn(usize, f64) -> (f64, f64),
    ring: f64,
) -> Markup {
    const LINE: f64 = 29.0;
    let mut all = vec![];
    for right in [false, true] {
        let mut side: Vec<(f64, usize)> = shown
            .iter()
            .map(|&k| (point(k, ring + 12.0).1, k))
            .filter(|(_, k)| (point(*k, ring).0 >= 0.5 * WIDTH) == right)
            .collect();
        side.sort_by(|a, b| a.0.total_cmp(&b.0));
        // Downwards apart, then back up from the lower edge.
        let mut y: Vec<f64> = side.iter().map(|s| s.0).collect();
        (1..y.len()).for_each(|i| y[i] = y[i].max(y[i - 1] + LINE));
        if let Some(last) = y.last_mut() {
            *last = last.min(316.0);
        }
        (1..y.len()).rev().for_each(|i| y[i - 1] = y[i - 1].min(y[i] - LINE));
        all.extend(side.into_iter().zip(y).map(|((_, k), y)| (k, right, y)));
    }
    html! { @for (k, right, y) in all {
        @let out: f64 = chords.iter().filter(|c| c.from == k).map(|c| c.heat_w).sum();
        @let heat = if out > 0.0 { out } else { chords.iter().filter(|c| c.to == k).map(|c| c.heat_w).sum() };
        @let (from, x) = (point(k, ring + 1.0), if right { 0.5 * WIDTH + ring + 16.0 } else { 0.5 * WIDTH - ring - 16.0 });
        polyline points=(format!("{},{} {},{}", at(from.0), at(from.1), at(if right { x - 3.0 } else { x + 3.0 }), at(y))) fill="none" stroke=(RULE) {}
        (text(x, y - 2.0, if right { "start" } else { "end" }, INK, &shortened(&members[k].0)))
        (text(x, y + 11.0, if right { "start" } else { "end" }, MUTED, &watts(heat)))
    } }
}

/// A name that fits beside the ring: of a long one its end.
fn shortened(name: &str) -> String {
    match name.chars().count().checked_sub(14) {
        None | Some(0 | 1) => name.to_owned(),
        Some(more) => ['…'].into_iter().chain(name.chars().skip(more)).collect(),
    }
}
