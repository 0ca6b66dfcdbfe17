//! The design to scale: the satellite from two sides, one tube with its fins.

use super::charts::{ACCENT, INK, MUTED, RULE, TINT, WIDTH, at, count, line, rectangle, svg, text, ticks};
use crate::report::summary::Summary;
use maud::{Markup, html};

/// A pixel place.
type Place = (f64, f64);

/// A dimension between two places on a horizontal or upright line, with its text in the middle.
fn dimension(from: Place, to: Place, label: &str) -> Markup {
    let upright = (from.0 - to.0).abs() < 1e-9;
    let middle = (0.5 * (from.0 + to.0), 0.5 * (from.1 + to.1));
    let end = |p: Place| {
        let (a, b) = if upright { ((p.0 - 4.0, p.1), (p.0 + 4.0, p.1)) } else { ((p.0, p.1 - 4.0), (p.0, p.1 + 4.0)) };
        line(a, b, MUTED, 1.0)
    };
    html! {
        (line(from, to, MUTED, 1.0)) (end(from)) (end(to))
        @if upright {
            (text(middle.0 + 6.0, middle.1 + 4.0, "start", INK, label))
        } @else {
            (text(middle.0, middle.1 - 5.0, "middle", INK, label))
        }
    }
}

/// One view of the satellite: places in metres about the body's axis, to the right and up.
struct View {
    scale: f64,
    middle: Place,
}

impl View {
    fn place(&self, (right, up): Place) -> Place {
        (self.middle.0 + self.scale * right, self.middle.1 - self.scale * up)
    }
    /// A rectangle between two corners, at least a line wide.
    fn area(&self, a: Place, b: Place, colour: &str, outline: &str) -> Markup {
        let (p, q) = (self.place(a), self.place(b));
        let (x, y) = (p.0.min(q.0), p.1.min(q.1));
        let (w, h) = ((p.0 - q.0).abs().max(2.5), (p.1 - q.1).abs().max(2.5));
        let x = if (p.0 - q.0).abs() < 2.5 { x - 1.25 } else { x };
        let y = if (p.1 - q.1).abs() < 2.5 { y - 1.25 } else { y };
        html! {
            rect x=(at(x)) y=(at(y)) width=(at(w)) height=(at(h)) fill=(colour) stroke=(outline) stroke-width="0.8" {}
        }
    }
}

fn metres(x: f64) -> String {
    format!("{x:.1} m")
}

/// Plan views: along the array's normal, and along the radiator's, at one scale, joints at rest.
pub(super) fn views(s: &Summary) -> String {
    let (g, r, a) = (&s.geometry, &s.radiator, &s.array);
    let [bus_x, bus_y, bus_z] = g.bus_m.map(|b| 0.5 * b);
    let (array_root, array_tip) = (g.array_root_m, g.array_root_m + a.wing_m.0);
    let (root, tip) = (g.radiator_root_m, g.radiator_root_m + r.wing_m.0);
    let half = 0.5 * r.wing_m.1;
    // With cells the radiator lies in the plane of the array.
    let flat = g.radiator_normal[2] > 0.5;
    // Both views stand on one scale, that of whichever needs more room; the radiator's height is written beside it.
    let scale = ((0.5 * WIDTH - 14.0) / array_tip.max(bus_x)).min((0.5 * WIDTH - 104.0) / tip.max(bus_y));
    let scale = if flat { scale.min((0.5 * WIDTH - 104.0) / half) } else { scale };
    let sides = |wings: usize| [1.0, -1.0].into_iter().take(wings).collect::<Vec<f64>>();
    let beside = (0.5 * a.wing_m.1).max(bus_y);
    let upper = View { scale, middle: (0.5 * WIDTH, 30.0 + scale * tip.max(beside)) };
    let below = if g.radiator_wings > 1 { scale * tip } else { 0.0 };
    let upper_end = upper.middle.1 + below.max(scale * beside + 44.0);
    let height = if flat { bus_z } else { half.max(bus_z) };
    let lower_half = scale * height;
    let lower_top = upper_end + 46.0;
    let lower = View { scale, middle: (0.5 * WIDTH, lower_top + 30.0 + lower_half) };
    let end = lower.middle.1 + lower_half + 40.0;
    let rows = if g.radiator_rows == 1 { "1 row".to_owned() } else { format!("{} rows", g.radiator_rows) };
    let up = height + 12.0 / scale;
    let body = html! {
        (text(0.0, 14.0, "start", MUTED, "along the normal of the array (z)"))
        @for k in sides(g.array_wings) {
            (line(upper.place((0.0, 0.0)), upper.place((k * array_root, 0.0)), MUTED, 1.0))
            (upper.area((k * array_root, -0.5 * a.wing_m.1), (k * array_tip, 0.5 * a.wing_m.1), TINT, ACCENT))
        }
        @for k in sides(g.radiator_wings) {
            (line(upper.place((0.0, 0.0)), upper.place((0.0, k * root)), MUTED, 1.0))
            @if flat {
                (upper.area((-half, k * root), (half, k * tip), "#e9ecef", INK))
                @for row in 1..g.radiator_rows {
                    @let x = -half + count(row) * r.length_m;
                    (line(upper.place((x, k * root)), upper.place((x, k * tip)), MUTED, 0.6))
                }
            } @else {
                (upper.area((0.0, k * root), (0.0, k * tip), INK, INK))
            }
        }
        (upper.area((-bus_x, -bus_y), (bus_x, bus_y), "#ffffff", INK))
        @let below = -0.5 * a.wing_m.1 - 22.0 / scale;
        (dimension(upper.place((array_root, below)), upper.place((array_tip, below)), &metres(a.wing_m.0)))
        @let (x, edge) = (array_root + 0.35 * a.wing_m.0, 0.5 * a.wing_m.1);
        (dimension(upper.place((x, edge)), upper.place((x, -edge)), &metres(a.wing_m.1)))
        @let (near, far) = (upper.place((0.0, root)), upper.place((0.0, tip)));
        @let beside = 14.0 + if flat { scale * half } else { 0.0 };
        (dimension((near.0 + beside, near.1), (far.0 + beside, far.1), &format!("radiator {}", metres(r.wing_m.0))))
        (text(upper.place((array_tip, edge)).0, upper.place((0.0, edge)).1 - 6.0, "end", INK, "array wing"))
        (scale_bar(scale, upper_end))
        (text(0.0, lower_top, "start", MUTED, if flat { "along the array wings (x)" } else { "along the normal of the radiator (x)" }))
        @for k in sides(g.array_wings).into_iter().take(1) {
            (lower.area((-0.5 * a.wing_m.1 * k, 0.0), (0.5 * a.wing_m.1, 0.0), ACCENT, ACCENT))
        }
        @for k in sides(g.radiator_wings) {
            (line(lower.place((0.0, 0.0)), lower.place((k * root, 0.0)), MUTED, 1.0))
            @if flat {
                (lower.area((k * root, 0.0), (k * tip, 0.0), INK, INK))
            } @else {
                (lower.area((k * root, -half), (k * tip, half), "#e9ecef", INK))
                @for row in 1..g.radiator_rows {
                    @let z = -half + count(row) * r.length_m;
                    (line(lower.place((k * root, z)), lower.place((k * tip, z)), MUTED, 0.6))
                }
            }
        }
        (lower.area((-bus_y, -bus_z), (bus_y, bus_z), "#ffffff", INK))
        (dimension(lower.place((root, up)), lower.place((tip, up)), &metres(r.wing_m.0)))
        @let beyond = tip + 8.0 / scale;
        @if flat {
            (text(lower.place((root, 0.0)).0, lower.place((0.0, 0.0)).1 + 18.0, "start", INK, &format!("{} wide in {}", metres(r.wing_m.1), rows)))
        } @else {
            (dimension(lower.place((beyond, half)), lower.place((beyond, -half)), &format!("{} in {}", metres(r.wing_m.1), rows)))
        }
        (dimension(lower.place((0.0, -up - 8.0 / scale)), lower.place((root, -up - 8.0 / scale)), &metres(root)))
        @let bus = format!("bus {} × {} × {} m", at(g.bus_m[0]), at(g.bus_m[1]), at(g.bus_m[2]));
        (text(0.0, end - 6.0, "start", INK, &bus))
    };
    svg(end, "The satellite from two sides, to scale", &body)
}

/// A bar of a round length at the left edge.
fn scale_bar(scale: f64, y: f64) -> Markup {
    let (round, _) = ticks(0.0, 110.0 / scale, 2.0);
    let length = round.iter().copied().fold(0.0, f64::max);
    html! {
        (rectangle((0.0, y - 4.0), (scale * length, 4.0), INK))
        (text(scale * length + 6.0, y + 1.0, "start", INK, &format!("{} m", at(length))))
    }
}

/// One tube with a half fin on each side, to scale, and the tube larger.
///
/// The sheet is drawn as the field model has it: both faces together, at the tube's height.
pub(super) fn section(s: &Summary) -> String {
    let r = &s.radiator;
    let outer_mm = r.bore_mm + 2.0 * r.wall_mm;
    let scale = (WIDTH - 20.0) / r.pitch_mm;
    let (middle, y) = (0.5 * WIDTH, 36.0 + 0.5 * scale * outer_mm);
    let radius = 0.5 * scale * outer_mm;
    let ring = |x: f64, y: f64, scale: f64| {
        html! {
            circle cx=(at(x)) cy=(at(y)) r=(at(0.5 * scale * outer_mm)) fill=(MUTED) {}
            circle cx=(at(x)) cy=(at(y)) r=(at(0.5 * scale * r.bore_mm)) fill="#ffffff" {}
        }
    };
    let fin_mm = 0.5 * (r.pitch_mm - outer_mm);
    // Thinner away from the tube, which is at x.
    let sheet = |from: f64, to: f64, (x, y): (f64, f64), scale: f64| {
        let half = |at: f64| {
            let beyond = (((at - x).abs() / scale - 0.5 * outer_mm) / fin_mm).clamp(0.0, 1.0);
            0.5 * (scale * r.sheet_mm * (1.0 - (1.0 - r.taper) * beyond)).max(0.8)
        };
        let bends = [from, (x - 0.5 * scale * outer_mm).max(from), (x + 0.5 * scale * outer_mm).min(to), to];
        let above = bends.iter().map(|b| (*b, y - half(*b)));
        let outline: Vec<String> =
            above.chain(bends.iter().rev().map(|b| (*b, y + half(*b)))).map(|(x, y)| format!("{},{}", at(x), at(y))).collect();
        html! { polygon points=(outline.join(" ")) fill=(ACCENT) {} }
    };
    let below = y + radius + 26.0;
    let large = (110.0 / outer_mm).max(scale);
    let (x2, y2) = (0.5 * large * outer_mm + 40.0, below + 40.0 + 0.5 * large * outer_mm);
    let half = 0.5 * large * outer_mm;
    let mut lines = vec![
        format!("bore {:.2} mm", r.bore_mm),
        format!("wall {:.2} mm", r.wall_mm),
        format!("outside {outer_mm:.2} mm"),
        format!("both face sheets together {:.3} mm", r.sheet_mm),
        format!("tube length {:.2} m, {} tubes", r.length_m, r.tubes),
    ];
    if r.taper < 1.0 {
        lines.insert(4, format!("half-way between tubes {:.3} mm", r.taper * r.sheet_mm));
    }
    let body = html! {
        (sheet(middle - 0.5 * scale * r.pitch_mm, middle + 0.5 * scale * r.pitch_mm, (middle, y), scale))
        (ring(middle, y, scale))
        (dimension((middle - 0.5 * scale * r.pitch_mm, below), (middle + 0.5 * scale * r.pitch_mm, below), &format!("pitch {:.2} mm", r.pitch_mm)))
        (dimension((middle + radius, 22.0), (middle + 0.5 * scale * r.pitch_mm, 22.0), &format!("half fin {:.2} mm", 0.5 * (r.pitch_mm - outer_mm))))
        (line((0.0, below + 18.0), (WIDTH, below + 18.0), RULE, 1.0))
        (sheet(0.0, x2 + half + 40.0, (x2, y2), large))
        (ring(x2, y2, large))
        @for (k, l) in lines.iter().enumerate() {
            (text(x2 + half + 64.0, y2 - 32.0 + 18.0 * count(k), "start", INK, l))
        }
        (text(x2 + half + 64.0, y2 - 52.0, "start", MUTED, &format!("the tube, {:.1} times larger", large / scale)))
    };
    svg(y2 + half + 10.0, "One tube and its fins, to scale", &body)
}
