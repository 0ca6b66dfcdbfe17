//! Parts from shapes: cells of panels, boxes and surfaces of revolution, moved, turned, copied.
//!
//! Curved parts are faceted: their corners lie on a surface larger by one factor, so that the sum of the facets' areas is the area
//! of the curved one. For a cylinder the factor is `(π/n)/sin(π/n)`, 1.0016 at 32 sectors.

use super::cells::{Cells, Kind, Skin, key};
use super::even_lines;
pub use crate::model::form::{Cut, Form, Pattern};
use nalgebra::{Isometry3, Translation3, UnitQuaternion, Vector3, vector};
use std::f64::consts::{FRAC_PI_2, PI};

impl Form {
    /// How many cells [`cells`](Self::cells) makes at most.
    pub fn cell_count(&self, [n, m, l]: [usize; 3]) -> usize {
        match self {
            Self::Block { .. } => n.saturating_mul(m).saturating_mul(l),
            Self::Box { .. } => (n * m).saturating_add(m * l).saturating_add(l * n).saturating_mul(2),
            _ => n * m,
        }
    }

    /// Cells, all of one part, `divisions` along the three directions: x, y, z of panels, boxes and blocks; radius or length and
    /// around for the others.
    pub fn cells(&self, divisions: [usize; 3], part: &str) -> Cells {
        self.cut_cells(divisions, part, &Cut::WHOLE)
    }

    /// Cells of what there is of it. Truth: `geometry::areas_of_every_shell_are_those_of_closed_forms`.
    pub fn cut_cells(&self, divisions: [usize; 3], part: &str, cut: &Cut) -> Cells {
        let mut cells = Cells::default();
        let number = cells.part_named(part);
        let [n, m, l] = divisions;
        match *self {
            Self::Panel { size_m: [a, b] } => {
                let sheet = |u: f64, v: f64| vector![u, v, 0.0];
                sheet_cells(&mut cells, number, (&even_lines(a, n), &even_lines(b, m)), sheet);
            }
            Self::Box { size_m: [a, b, c] } => {
                let (x, y, z) = (even_lines(a, n), even_lines(b, m), even_lines(c, l));
                sheet_cells(&mut cells, number, (&y, &x), |v, u| vector![u, v, 0.0]);
                sheet_cells(&mut cells, number, (&x, &y), |u, v| vector![u, v, c]);
                sheet_cells(&mut cells, number, (&z, &y), |v, u| vector![0.0, u, v]);
                sheet_cells(&mut cells, number, (&y, &z), |u, v| vector![a, u, v]);
                sheet_cells(&mut cells, number, (&x, &z), |u, v| vector![u, 0.0, v]);
                sheet_cells(&mut cells, number, (&z, &x), |v, u| vector![u, b, v]);
                cells.join_equal_points();
            }
            Self::Block { size_m } => block_cells(&mut cells, number, size_m, divisions),
            Self::Disc { inner_m, outer_m } => {
                let profile = steps(n, |s| (outer_m + s * (inner_m - outer_m), 0.0));
                revolve_between(&mut cells, number, &profile, m, cut.sector_rad);
            }
            Self::Cone { base_m, end_m, length_m } => {
                let profile = steps(n, |s| (base_m + s * (end_m - base_m), s * length_m));
                revolve_between(&mut cells, number, &profile, m, cut.sector_rad);
            }
            Self::Sphere { radius_m } => {
                // The poles exactly on the axis.
                let [low, high] = cut.latitude_rad.map(|l| FRAC_PI_2 + l);
                let profile = steps(n, |s| match low + s * (high - low) {
                    a if a <= 0.0 => (0.0, -radius_m),
                    a if a >= PI => (0.0, radius_m),
                    a => (radius_m * a.sin(), -radius_m * a.cos()),
                });
                revolve_between(&mut cells, number, &profile, m, cut.sector_rad);
            }
            Self::Paraboloid { radius_m, focal_m } => {
                let profile = steps(n, |s| (radius_m * (1.0 - s), (radius_m * (1.0 - s)).powi(2) / (4.0 * focal_m)));
                revolve_between(&mut cells, number, &profile, m, cut.sector_rad);
            }
        }
        if self.is_round() {
            self.enlarge(&mut cells, cut);
        }
        cells
    }

    /// Gives the facets together the area of the exact shape.
    fn enlarge(&self, cells: &mut Cells, cut: &Cut) {
        let area: f64 = (0..cells.len()).map(|c| super::faces::polygon(&cells.places(c).collect::<Vec<_>>()).0.norm()).sum();
        let square = self.cut_area_m2(cut) / area;
        // Lengths along the axis of a cone and the rim's height are as given; only radii grow there.
        let (radial, axial) = match self {
            Self::Sphere { .. } => (square.sqrt(), square.sqrt()),
            _ => (radial_factor(cells, area, self.cut_area_m2(cut)), 1.0),
        };
        for p in &mut cells.points_m {
            *p = vector![p.x * radial, p.y * radial, p.z * axial];
        }
    }
}

/// The factor on radii that gives the exact area, by secant steps from the factor of a disc.
fn radial_factor(cells: &Cells, area: f64, wanted: f64) -> f64 {
    let of = |factor: f64| -> f64 {
        let place = |p: Vector3<f64>| vector![p.x * factor, p.y * factor, p.z];
        (0..cells.len()).map(|c| super::faces::polygon(&cells.places(c).map(place).collect::<Vec<_>>()).0.norm()).sum::<f64>()
            - wanted
    };
    let (mut a, mut at_a) = (1.0, area - wanted);
    let mut b = (wanted / area).sqrt();
    for _ in 0..20 {
        let at_b = of(b);
        if at_b.abs() < 1e-14 * wanted || at_b == at_a {
            break;
        }
        (a, at_a, b) = (b, at_b, b - at_b * (b - a) / (at_b - at_a));
    }
    b
}

fn steps(n: usize, of: impl Fn(f64) -> (f64, f64)) -> Vec<(f64, f64)> {
    even_lines(1.0, n).into_iter().map(of).collect()
}

/// Quads between two sets of lines; fronts look along `u × v`.
fn sheet_cells(cells: &mut Cells, part: u32, (us, vs): (&[f64], &[f64]), place: impl Fn(f64, f64) -> Vector3<f64>) {
    let rows: Vec<Vec<u32>> = vs.iter().map(|&v| us.iter().map(|&u| cells.point(place(u, v))).collect()).collect();
    for pair in rows.windows(2) {
        for k in 0..us.len() - 1 {
            cells.push(Kind::Quad, &[pair[0][k], pair[0][k + 1], pair[1][k + 1], pair[1][k]], part);
        }
    }
}

fn block_cells(cells: &mut Cells, part: u32, size_m: [f64; 3], n: [usize; 3]) {
    let [x, y, z] = [0, 1, 2].map(|a| even_lines(size_m[a], n[a]));
    for w in &z {
        for v in &y {
            for u in &x {
                cells.point(vector![*u, *v, *w]);
            }
        }
    }
    let point = |i: usize, j: usize, k: usize| u32::try_from((k * y.len() + j) * x.len() + i).unwrap_or(u32::MAX);
    for k in 0..n[2] {
        for j in 0..n[1] {
            for i in 0..n[0] {
                let floor = |k: usize| [point(i, j, k), point(i + 1, j, k), point(i + 1, j + 1, k), point(i, j + 1, k)];
                let ([a, b, c, d], [e, f, g, h]) = (floor(k), floor(k + 1));
                cells.push(Kind::Hexahedron, &[a, b, c, d, e, f, g, h], part);
            }
        }
    }
    // Sides by name.
    for (axis, name) in ["x", "y", "z"].into_iter().enumerate() {
        for (end, at) in [("low", 0.0), ("high", size_m[axis])] {
            let there = |corners: &[u32; 4]| corners.iter().all(|&c| cells.points_m[c as usize][axis] == at);
            let sides = cells.corners.iter().flat_map(|c| Kind::Hexahedron.faces().iter().map(|f| key(f.iter().map(|&k| c[k]))));
            let faces = sides.filter(there).collect();
            cells.skins.push(Skin { name: format!("{name}_{end}"), faces });
        }
    }
}

/// Turns a profile of (radius, height) about z into flat sectors, corners on the circles. Fronts look along (direction of rotation) × (direction of the profile):
/// outwards where it rises, up where it goes inwards.
pub fn revolve(cells: &mut Cells, part: u32, profile: &[(f64, f64)], sectors: usize) {
    revolve_between(cells, part, profile, sectors, Cut::WHOLE.sector_rad);
}

/// The same from one angle to another, rad.
fn revolve_between(cells: &mut Cells, part: u32, profile: &[(f64, f64)], sectors: usize, [from, to]: [f64; 2]) {
    // A whole turn ends with the points that it began with.
    let count = if [from, to] == Cut::WHOLE.sector_rad { sectors } else { sectors + 1 };
    let mut rings: Vec<Vec<u32>> = vec![];
    for &(r, z) in profile {
        if r == 0.0 {
            rings.push(vec![cells.point(vector![0.0, 0.0, z])]);
            continue;
        }
        let angles = even_lines(to - from, sectors);
        let place = |a: &f64| vector![r * (from + a).cos(), r * (from + a).sin(), z];
        rings.push(angles[..count].iter().map(|a| cells.point(place(a))).collect());
    }
    for pair in rings.windows(2) {
        for k in 0..sectors {
            let of = |ring: &[u32], k: usize| ring[k % ring.len()];
            let [a, b] = [of(&pair[0], k), of(&pair[0], k + 1)];
            let [d, c] = [of(&pair[1], k), of(&pair[1], k + 1)];
            match (a == b, c == d) {
                (false, false) => cells.push(Kind::Quad, &[a, b, c, d], part),
                (false, true) => cells.push(Kind::Triangle, &[a, b, c], part),
                (true, false) => cells.push(Kind::Triangle, &[a, c, d], part),
                (true, true) => {}
            }
        }
    }
}

/// A move: turned about the part's axes by angles about x, then y, then z, rad, and then shifted, m.
pub fn placed(position_m: Vector3<f64>, turn_rad: [f64; 3]) -> Isometry3<f64> {
    let [x, y, z] = turn_rad;
    Isometry3::from_parts(Translation3::from(position_m), UnitQuaternion::from_euler_angles(x, y, z))
}

/// Moves all points.
pub fn move_by(cells: &mut Cells, by: &Isometry3<f64>) {
    cells.points_m.iter_mut().for_each(|p| *p = by.transform_point(&(*p).into()).coords);
}

impl Pattern {
    /// The moves of all copies.
    pub fn moves(&self) -> Vec<Isometry3<f64>> {
        #[expect(clippy::cast_precision_loss, reason = "copies are few")]
        match *self {
            Self::Linear { count, step_m } => {
                (0..count).map(|k| Isometry3::from_parts((step_m * k as f64).into(), UnitQuaternion::identity())).collect()
            }
            Self::Circular { count, axis, step_rad } => (0..count)
                .map(|k| {
                    Isometry3::from_parts(
                        Translation3::identity(),
                        UnitQuaternion::from_scaled_axis(axis.normalize() * step_rad * k as f64),
                    )
                })
                .collect(),
        }
    }
}
