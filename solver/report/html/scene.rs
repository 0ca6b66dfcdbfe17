//! The field as pictures: cells thinned to what a page can carry, colours, the flat map, and the data of the 3-D view.

use super::charts::{MUTED, WIDTH, at, count, line, range, svg, text, tick_label, ticks};
use crate::analysis::assembly::Solution;
use crate::analysis::bodies::{Of, Outer};
use crate::analysis::layout::Part;
use crate::mesh::{Panel, groups};
use crate::report::summary::celsius;
use crate::sizing::Sized;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use maud::{Markup, html};
use nalgebra::Vector3;
use std::collections::HashMap;

/// Quads that a page carries at most, about.
const MOST_QUADS: usize = 24_000;
/// Faces of an assembly that a page carries at most; they cannot be merged.
const MOST_FACES: usize = 40_000;

/// A panel's temperatures over merged cells.
#[derive(Clone, Debug)]
pub struct Grid {
    /// Name of the panel.
    pub name: String,
    /// What it is.
    pub part: Part,
    /// Edges of merged cells along u, m.
    lines_u: Vec<f64>,
    /// Edges of merged cells along v, m.
    lines_v: Vec<f64>,
    /// Corner and axes, joints at rest.
    frame: [Vector3<f64>; 3],
    /// Area-weighted mean of each merged cell, °C; u runs fastest.
    celsius: Vec<f64>,
}

/// What was merged, for the reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Thinning {
    /// Tubes of a radiator cell of the pictures.
    pub tubes: usize,
    /// Cells of the field model in a radiator cell of the pictures.
    pub cells: usize,
}

/// Thins the field: whole pitches of tubes along u, as many as keep the page small.
///
/// Truth: `report::the_pictures_hold_the_mean_of_the_field`.
pub fn thin(sized: &Sized) -> (Vec<Grid>, Thinning) {
    let layout = &sized.solution.layout;
    let per_row = layout.tube_columns.len();
    let radiators: Vec<&Panel> =
        layout.mesh.panels.iter().zip(&layout.parts).filter(|(_, part)| **part == Part::Radiator).map(|(p, _)| p).collect();
    let along = radiators[0].nv();
    let tubes = (radiators.len() * per_row * along).div_ceil(MOST_QUADS).clamp(1, per_row);
    let columns = radiators[0].nu() / per_row;
    let at_rest = layout.at_rest();
    let grids = (0..layout.parts.len())
        .map(|k| {
            let (p, part) = (&at_rest[k], layout.parts[k]);
            let edges_u = match part {
                Part::Radiator => (0..per_row).step_by(tubes).map(|t| t * columns).chain([p.nu()]).collect(),
                _ => groups(p.nu(), p.nu().min(80)),
            };
            let edges_v = groups(p.nv(), p.nv().min(80));
            let node_k = &sized.solution.state.node_k[layout.mesh.first_cell[k]..];
            merged(p, part, (edges_u, edges_v), node_k)
        })
        .collect();
    (grids, Thinning { tubes, cells: tubes * columns })
}

fn merged(p: &Panel, part: Part, (edges_u, edges_v): (Vec<usize>, Vec<usize>), node_k: &[f64]) -> Grid {
    let mut celsius_of = Vec::with_capacity((edges_u.len() - 1) * (edges_v.len() - 1));
    for v in edges_v.windows(2) {
        for u in edges_u.windows(2) {
            let (mut area, mut sum) = (0.0, 0.0);
            for (iv, iu) in (v[0]..v[1]).flat_map(|iv| (u[0]..u[1]).map(move |iu| (iv, iu))) {
                let a = p.du(iu) * p.dv(iv);
                area += a;
                sum += a * node_k[p.cell(iu, iv)];
            }
            celsius_of.push(celsius(sum / area));
        }
    }
    Grid {
        name: p.name.clone(),
        part,
        lines_u: edges_u.iter().map(|&k| p.lines_u[k]).collect(),
        lines_v: edges_v.iter().map(|&k| p.lines_v[k]).collect(),
        frame: [p.origin, p.axis_u, p.axis_v],
        celsius: celsius_of,
    }
}

impl Grid {
    fn nu(&self) -> usize {
        self.lines_u.len() - 1
    }
    fn nv(&self) -> usize {
        self.lines_v.len() - 1
    }
    /// Area-weighted mean over the panel, °C, and its area, m².
    pub fn mean_c(&self) -> (f64, f64) {
        let (mut area, mut sum) = (0.0, 0.0);
        for (k, t) in self.celsius.iter().enumerate() {
            let (iu, iv) = (k % self.nu(), k / self.nu());
            let a = (self.lines_u[iu + 1] - self.lines_u[iu]) * (self.lines_v[iv + 1] - self.lines_v[iv]);
            area += a;
            sum += a * t;
        }
        (sum / area, area)
    }
}

/// Coldest and hottest of some grids, °C.
fn extremes<'a>(grids: impl Iterator<Item = &'a Grid>) -> (f64, f64) {
    range(grids.flat_map(|g| g.celsius.iter().copied()))
}

/// A colour of the map, 0 to 255.
fn colour(index: u8) -> [u8; 3] {
    let c = colorous::PLASMA.eval_continuous(f64::from(index) / 255.0);
    [c.r, c.g, c.b]
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn index(t: f64, (low, high): (f64, f64)) -> u8 {
    (255.0 * (t - low) / (high - low).max(1e-9)).round().clamp(0.0, 255.0) as u8
}

/// An image of palette entries as a `data:` address.
fn image(width: usize, pixels: &[u8]) -> String {
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, size(width), size(pixels.len() / width));
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_palette((0..=255).flat_map(colour).collect::<Vec<u8>>());
    let mut writer = encoder.write_header().expect("writing to memory");
    writer.write_image_data(pixels).expect("writing to memory");
    writer.finish().expect("writing to memory");
    format!("data:image/png;base64,{}", BASE64_STANDARD.encode(&bytes))
}

/// An image stretched over a rectangle, its pixels as they are.
fn picture((x, y): (f64, f64), (width, height): (f64, f64), address: &str) -> Markup {
    html! {
        image x=(at(x)) y=(at(y)) width=(at(width)) height=(at(height)) preserveAspectRatio="none" style="image-rendering:pixelated"
            href=(address) {}
    }
}

/// A bar of the colours with round temperatures, 36 units high.
fn bar_at(top: f64, ends: (f64, f64)) -> Markup {
    let (left, right) = (40.0, WIDTH - 40.0);
    let all: Vec<u8> = (0..=255).collect();
    let (marks, digits) = ticks(ends.0, ends.1, 6.0);
    let x = |t: f64| left + (right - left) * (t - ends.0) / (ends.1 - ends.0).max(1e-9);
    html! {
        (picture((left, top), (right - left, 12.0), &image(256, &all)))
        @for m in &marks {
            (line((x(*m), top + 12.0), (x(*m), top + 16.0), MUTED, 1.0))
            (text(x(*m), top + 29.0, "middle", MUTED, &tick_label(*m, digits)))
        }
        (text(WIDTH, top + 11.0, "end", MUTED, "°C"))
    }
}

/// Temperatures of the radiator, flat, to scale; tubes run upward. Wings stand below or beside each other, as they are drawn larger.
pub fn radiator_map(grids: &[Grid], wings: usize) -> String {
    // Left of each wing, for the numbers of its rows; above it; below it.
    const ASIDE: f64 = 22.0;
    const ABOVE: f64 = 22.0;
    const BELOW: f64 = 34.0;
    const HIGHEST: f64 = 520.0;
    let panels: Vec<&Grid> = grids.iter().filter(|g| g.part == Part::Radiator).collect();
    let ends = extremes(panels.iter().copied());
    let rows = panels.len() / wings;
    let (span, length) = (*panels[0].lines_u.last().unwrap_or(&1.0), *panels[0].lines_v.last().unwrap_or(&1.0));
    let scale_of = |beside: usize| {
        let below = count(wings.div_ceil(beside));
        let width = (WIDTH - 8.0 - ASIDE * count(beside)) / count(beside) / span;
        width.min((HIGHEST / below - ABOVE - BELOW) / (count(rows) * length))
    };
    let beside = if scale_of(wings) > scale_of(1) { wings } else { 1 };
    let scale = scale_of(beside);
    let (width, height) = (scale * span, scale * length);
    let whole = ABOVE + (height + 2.0) * count(rows) + BELOW;
    let mut parts = vec![];
    for (wing, of_wing) in panels.chunks(rows).enumerate() {
        let (left, top) = (ASIDE + count(wing % beside) * (width + ASIDE), count(wing / beside) * whole);
        parts.push(text(left, top + 14.0, "start", MUTED, &format!("wing {}", wing + 1)));
        // Rows stand above each other; the first is the lowest.
        for (k, g) in of_wing.iter().rev().enumerate() {
            let upward: Vec<u8> = g.celsius.chunks(g.nu()).rev().flatten().map(|t| index(*t, ends)).collect();
            let y = top + ABOVE + (height + 2.0) * count(k);
            parts.push(picture((left, y), (width, height), &image(g.nu(), &upward)));
            parts.push(text(left - 6.0, y + 0.5 * height + 4.0, "end", MUTED, &format!("{}", rows - k)));
        }
        let bottom = top + whole - BELOW;
        let (marks, digits) = ticks(0.0, span, (width / 60.0).max(1.0));
        for m in marks {
            let x = left + scale * m;
            parts.push(line((x, bottom), (x, bottom + 4.0), MUTED, 1.0));
            parts.push(text(x, bottom + 16.0, "middle", MUTED, &format!("{} m", tick_label(m, digits))));
        }
    }
    let end = whole * count(wings.div_ceil(beside));
    let body = html! { @for p in &parts { (p) } (bar_at(end, ends)) };
    svg(end + 36.0, "Temperatures of the radiator", &body)
}

fn encoded<const N: usize>(numbers: impl Iterator<Item = [u8; N]>) -> String {
    BASE64_STANDARD.encode(numbers.flatten().collect::<Vec<u8>>())
}

/// What the 3-D view shows: quads of one temperature each; a triangle repeats its last corner.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// Parts: name, first quad, quads.
    parts: Vec<(String, usize, usize)>,
    points: Vec<Vector3<f64>>,
    quads: Vec<[u32; 4]>,
    celsius: Vec<f64>,
}

fn size(n: usize) -> u32 {
    u32::try_from(n).expect("pictures are small")
}

impl Shown {
    /// The panels of a design.
    pub fn of_grids(grids: &[Grid]) -> Self {
        let mut all = Self::default();
        for g in grids {
            let (first, row) = (size(all.points.len()), size(g.nu() + 1));
            let [origin, u, v] = g.frame;
            all.points.extend(g.lines_v.iter().flat_map(|y| g.lines_u.iter().map(move |x| origin + u * *x + v * *y)));
            for (iv, iu) in (0..size(g.nv())).flat_map(|iv| (0..size(g.nu())).map(move |iu| (iv, iu))) {
                let corner = first + iv * row + iu;
                all.quads.push([corner, corner + 1, corner + row + 1, corner + row]);
            }
            all.parts.push((g.name.clone(), all.celsius.len(), g.celsius.len()));
            all.celsius.extend(&g.celsius);
        }
        all
    }

    /// The outside of an assembly; `None` if it has more faces than a page can carry.
    pub fn of_assembly(s: &Solution) -> Option<Self> {
        let bodies = &s.bodies;
        let faces: Vec<Outer> = bodies.outside().collect();
        if faces.len() > MOST_FACES {
            return None;
        }
        let cell = |o: &Outer| match o.of {
            Of::Shell(c) => c,
            Of::Face(f) => bodies.graph.halves[bodies.graph.first_half[f]].cell as usize,
        };
        let group = |o: &Outer| bodies.cells.part[cell(o)] as usize;
        let (mut all, mut known) = (Self::default(), HashMap::new());
        for (k, g) in bodies.groups.iter().enumerate() {
            let first = all.quads.len();
            for o in faces.iter().filter(|o| group(o) == k) {
                let places: Vec<u32> = o
                    .corners
                    .iter()
                    .map(|c| {
                        *known.entry([c.x, c.y, c.z].map(f64::to_bits)).or_insert_with(|| {
                            all.points.push(*c);
                            size(all.points.len() - 1)
                        })
                    })
                    .collect();
                let [a, b, c, ref rest @ ..] = places[..] else { continue };
                all.quads.push([a, b, c, rest.first().copied().unwrap_or(c)]);
                all.celsius.push(celsius(s.state.node_k[cell(o)]));
            }
            let name = if g.group.is_empty() { g.part.clone() } else { format!("{}, {}", g.part, g.group) };
            all.parts.push((name, first, all.quads.len() - first));
        }
        Some(all)
    }

    /// Coldest and hottest, °C.
    fn ends(&self) -> (f64, f64) {
        range(self.celsius.iter().copied())
    }

    /// The colour bar beside it.
    pub fn colour_bar(&self) -> String {
        svg(36.0, "Temperatures of the colours", &bar_at(2.0, self.ends()))
    }

    /// Points, quads and temperatures as base64 of little-endian 32-bit numbers.
    pub fn data(&self) -> serde_json::Value {
        #[expect(clippy::cast_possible_truncation, reason = "pictures need single precision")]
        let single = |x: f64| (x as f32).to_le_bytes();
        let (low, high) = self.ends();
        let colours: String = (0..=255).flat_map(colour).map(|c| format!("{c:02x}")).collect();
        let part =
            |(name, first, count): &(String, usize, usize)| serde_json::json!({ "name": name, "first": first, "count": count });
        serde_json::json!({
            "parts": self.parts.iter().map(part).collect::<Vec<_>>(),
            "low_c": low,
            "high_c": high,
            "colours": colours,
            "points": encoded(self.points.iter().flat_map(|p| [p.x, p.y, p.z]).map(single)),
            "quads": encoded(self.quads.iter().flatten().map(|k| k.to_le_bytes())),
            "celsius": encoded(self.celsius.iter().copied().map(single)),
        })
    }
}
