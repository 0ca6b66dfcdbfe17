//! Geometry: flat structured shells, their cells, and the facets that radiate; unstructured cells of built and imported
//! parts. Knows no physics.
//!
//! A [`Panel`] is a rectangle cut by two sets of lines into cells. Groups of cells form facets: what rays start from and
//! meet. Facet `f` has two sides; surface codes are `2 f` (front, along `axis_u × axis_v`) and `2 f + 1` (back).

pub mod cells;
pub mod contact;
pub mod faces;
pub mod import;
pub mod part;
pub mod quality;

use nalgebra::{Rotation3, Vector3};
use std::ops::Range;

/// A rectangular shell cut into `nu × nv` cells.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Name, as it stands in the output.
    pub name: String,
    /// Corner, m.
    pub origin: Vector3<f64>,
    /// Unit vector along the first lines.
    pub axis_u: Vector3<f64>,
    /// Unit vector along the second lines, normal to the first.
    pub axis_v: Vector3<f64>,
    /// Cell edges along u from the corner, m, ascending from 0.
    pub lines_u: Vec<f64>,
    /// Cell edges along v from the corner, m, ascending from 0.
    pub lines_v: Vec<f64>,
    /// Facet edges along u, as indices into `lines_u`.
    pub facet_u: Vec<usize>,
    /// Facet edges along v, as indices into `lines_v`.
    pub facet_v: Vec<usize>,
}

/// Outline of a facet.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Outline {
    /// `origin + a u + b v`, a and b in 0..1.
    Parallelogram,
    /// The ellipse inscribed in it.
    Ellipse,
    /// Its half with a + b ≤ 1.
    Triangle,
}

/// A flat two-sided radiating piece.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    /// Outline.
    pub outline: Outline,
    /// Corner of the parallelogram, m.
    pub origin: Vector3<f64>,
    /// First edge, m.
    pub edge_u: Vector3<f64>,
    /// Second edge, m.
    pub edge_v: Vector3<f64>,
}

impl Shape {
    /// A parallelogram.
    pub fn parallelogram(origin: Vector3<f64>, edge_u: Vector3<f64>, edge_v: Vector3<f64>) -> Self {
        Self { outline: Outline::Parallelogram, origin, edge_u, edge_v }
    }

    /// A disc; `u` and `v` are two radii at right angles, the front looks along `u × v`.
    pub fn disc(centre: Vector3<f64>, u: Vector3<f64>, v: Vector3<f64>) -> Self {
        Self { outline: Outline::Ellipse, origin: centre - u - v, edge_u: 2.0 * u, edge_v: 2.0 * v }
    }

    /// A triangle; the front is where its corners run counter-clockwise.
    pub fn triangle(corners: [Vector3<f64>; 3]) -> Self {
        let [origin, b, c] = corners;
        Self { outline: Outline::Triangle, origin, edge_u: b - origin, edge_v: c - origin }
    }

    /// Area of one side, m².
    pub fn area_m2(&self) -> f64 {
        let box_area = self.edge_u.cross(&self.edge_v).norm();
        match self.outline {
            Outline::Parallelogram => box_area,
            Outline::Ellipse => box_area * std::f64::consts::FRAC_PI_4,
            Outline::Triangle => 0.5 * box_area,
        }
    }
}

impl Panel {
    /// Cells along u.
    pub fn nu(&self) -> usize {
        self.lines_u.len() - 1
    }
    /// Cells along v.
    pub fn nv(&self) -> usize {
        self.lines_v.len() - 1
    }
    /// Cells.
    pub fn cell_count(&self) -> usize {
        self.nu() * self.nv()
    }
    /// Index of cell (iu, iv): u runs fastest.
    pub fn cell(&self, iu: usize, iv: usize) -> usize {
        iv * self.nu() + iu
    }
    /// Width of column `iu`, m.
    pub fn du(&self, iu: usize) -> f64 {
        self.lines_u[iu + 1] - self.lines_u[iu]
    }
    /// Height of row `iv`, m.
    pub fn dv(&self, iv: usize) -> f64 {
        self.lines_v[iv + 1] - self.lines_v[iv]
    }
    /// Facets.
    pub fn facet_count(&self) -> usize {
        (self.facet_u.len() - 1) * (self.facet_v.len() - 1)
    }
    /// Area of one side, m².
    pub fn area_m2(&self) -> f64 {
        self.lines_u[self.nu()] * self.lines_v[self.nv()]
    }

    /// Cell ranges (u, v) of facet `f`; facets run fastest along u.
    pub fn facet_cells(&self, f: usize) -> (Range<usize>, Range<usize>) {
        let nu = self.facet_u.len() - 1;
        let (fu, fv) = (f % nu, f / nu);
        (self.facet_u[fu]..self.facet_u[fu + 1], self.facet_v[fv]..self.facet_v[fv + 1])
    }

    /// Outlines of its facets.
    pub fn shapes(&self) -> impl Iterator<Item = Shape> {
        (0..self.facet_count()).map(|f| self.facet_shape(f))
    }

    /// Its four corners, m.
    pub fn corners(&self) -> [Vector3<f64>; 4] {
        let (u, v) = (self.axis_u * self.lines_u[self.nu()], self.axis_v * self.lines_v[self.nv()]);
        [self.origin, self.origin + u, self.origin + u + v, self.origin + v]
    }

    /// A point in the panel's own axes from its corner: along u, along v, in front of it, m.
    pub fn local(&self, point: &Vector3<f64>) -> Vector3<f64> {
        let from = point - self.origin;
        Vector3::new(from.dot(&self.axis_u), from.dot(&self.axis_v), from.dot(&self.axis_u.cross(&self.axis_v)))
    }

    /// Turned about a point.
    #[must_use]
    pub fn turned(&self, turn: &Rotation3<f64>, about: &Vector3<f64>) -> Self {
        let (axis_u, axis_v) = (turn * self.axis_u, turn * self.axis_v);
        Self { origin: about + turn * (self.origin - about), axis_u, axis_v, ..self.clone() }
    }

    /// Whether an edge of one panel goes through the other, by more than a rounding. Panels in one plane do not count.
    ///
    /// Truth: `mesh::tests::panels_that_run_through_each_other`.
    pub fn runs_through(&self, other: &Self) -> bool {
        let pierces = |edges: &Self, panel: &Self| {
            let size = Vector3::new(panel.lines_u[panel.nu()], panel.lines_v[panel.nv()], 0.0);
            let slack = 1e-9 * (size.norm() + edges.area_m2().sqrt());
            let corners = edges.corners().map(|c| panel.local(&c));
            (0..4).any(|k| {
                let (a, b) = (corners[k], corners[(k + 1) % 4]);
                // From one side to the other, beyond touching.
                if a.z.min(b.z) > -slack || a.z.max(b.z) < slack {
                    return false;
                }
                let at = a + (b - a) * (a.z / (a.z - b.z));
                (0..2).all(|i| at[i] > slack && at[i] < size[i] - slack)
            })
        };
        pierces(self, other) || pierces(other, self)
    }

    /// Outline of facet `f`.
    pub fn facet_shape(&self, f: usize) -> Shape {
        let (u, v) = self.facet_cells(f);
        let (u0, u1, v0, v1) = (self.lines_u[u.start], self.lines_u[u.end], self.lines_v[v.start], self.lines_v[v.end]);
        Shape::parallelogram(self.origin + self.axis_u * u0 + self.axis_v * v0, self.axis_u * (u1 - u0), self.axis_v * (v1 - v0))
    }
}

/// Panels with cells and facets numbered through.
#[derive(Clone, Debug, Default)]
pub struct Mesh {
    /// The panels.
    pub panels: Vec<Panel>,
    /// First cell of each panel, and the number of all cells at the end.
    pub first_cell: Vec<usize>,
    /// First facet of each panel, and the number of all facets at the end.
    pub first_facet: Vec<usize>,
}

impl Mesh {
    /// Numbers the panels through.
    pub fn new(panels: Vec<Panel>) -> Self {
        let running = |count: fn(&Panel) -> usize| {
            let mut at = 0;
            std::iter::once(0)
                .chain(panels.iter().map(|p| {
                    at += count(p);
                    at
                }))
                .collect()
        };
        let (first_cell, first_facet) = (running(Panel::cell_count), running(Panel::facet_count));
        Self { panels, first_cell, first_facet }
    }
    /// All cells.
    pub fn cell_count(&self) -> usize {
        *self.first_cell.last().unwrap_or(&0)
    }
    /// All facets.
    pub fn facet_count(&self) -> usize {
        *self.first_facet.last().unwrap_or(&0)
    }
    /// Outlines of all facets.
    pub fn shapes(&self) -> Vec<Shape> {
        self.panels.iter().flat_map(Panel::shapes).collect()
    }
}

/// `n` equal steps from 0 to `length`, which is the last to the bit: sheets of a box meet there.
///
/// Truth: `meshes::boxes_close_whatever_their_edges`.
pub fn even_lines(length: f64, n: usize) -> Vec<f64> {
    #[expect(clippy::cast_precision_loss, reason = "cell counts are below 2^53")]
    (0..=n).map(|k| if k == n { length } else { length * k as f64 / n as f64 }).collect()
}

/// `groups` nearly equal groups of `n` cells, as edge indices.
pub fn groups(n: usize, groups: usize) -> Vec<usize> {
    (0..=groups).map(|g| g * n / groups).collect()
}

/// A feature that no cell represents.
#[derive(Debug, thiserror::Error, PartialEq)]
#[error("the {width_mm:.3} mm wide tube falls between cells of {cell_mm:.3} mm: the mesh would hold {held_mm:.3} mm of it")]
pub struct FeatureLost {
    /// Width of the feature.
    pub width_mm: f64,
    /// Width of the cells around it.
    pub cell_mm: f64,
    /// Width of the cells whose centres lie in it.
    pub held_mm: f64,
}

/// Which cells lie on a band (a tube) `from..to`. Errors: [`FeatureLost`] when their width differs from the band's by
/// more than 0.1 %, so that a feature is either meshed or refused, never dropped.
pub fn cells_on_band(lines: &[f64], from: f64, to: f64) -> Result<Vec<usize>, FeatureLost> {
    let centre = |i: usize| 0.5 * (lines[i] + lines[i + 1]);
    let cells: Vec<usize> = (0..lines.len() - 1).filter(|&i| from < centre(i) && centre(i) < to).collect();
    let held = cells.iter().fold(0.0, |sum, &i| sum + lines[i + 1] - lines[i]);
    let (width, near) = (to - from, lines.windows(2).map(|w| w[1] - w[0]).fold(f64::MIN, f64::max));
    if (held - width).abs() > 1e-3 * width {
        return Err(FeatureLost { width_mm: 1e3 * width, cell_mm: 1e3 * near, held_mm: 1e3 * held });
    }
    Ok(cells)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_that_run_through_each_other() {
        let flat = |origin: [f64; 3], u: Vector3<f64>, v: Vector3<f64>| Panel {
            name: String::new(),
            origin: origin.into(),
            axis_u: u,
            axis_v: v,
            lines_u: vec![0.0, 2.0],
            lines_v: vec![0.0, 1.0],
            facet_u: vec![0, 1],
            facet_v: vec![0, 1],
        };
        let (x, y, z) = (Vector3::x(), Vector3::y(), Vector3::z());
        let floor = flat([0.0; 3], x, y);
        // Upright through its middle, beside it, on it, touching its edge; and turned away about that edge and into it.
        assert!(floor.runs_through(&flat([0.5, 0.5, -0.5], x, z)));
        assert!(!floor.runs_through(&flat([0.5, 1.5, -0.5], x, z)));
        assert!(!floor.runs_through(&flat([0.5, 0.5, 0.0], x, z)));
        assert!(!floor.runs_through(&flat([0.0, 0.0, 0.0], x, z)));
        // Half a metre above, leaning over: upright it stands clear, at 135 degrees its end is below the floor.
        let leaning = |degrees: f64| {
            let wall = flat([0.5, 1.2, 0.5], x, z);
            wall.turned(&Rotation3::from_axis_angle(&Vector3::x_axis(), degrees.to_radians()), &wall.origin)
        };
        assert!((leaning(90.0).corners()[2] - Vector3::new(2.5, 0.2, 0.5)).norm() < 1e-12);
        assert!(!floor.runs_through(&leaning(0.0)) && !floor.runs_through(&leaning(110.0)));
        assert!(floor.runs_through(&leaning(135.0)) && leaning(135.0).runs_through(&floor));
    }

    #[test]
    fn a_band_between_cells_is_refused() {
        // 20 strips of 10 mm on 2 m: 400 cells put edges on the strips, 200 cells hold none of some of them.
        let held = cells_on_band(&even_lines(2.0, 400), 0.045, 0.055).unwrap();
        assert_eq!(held, [9, 10]);
        let lost = cells_on_band(&even_lines(2.0, 200), 0.045, 0.055).unwrap_err();
        assert_eq!(lost.held_mm, 0.0);
        assert!(cells_on_band(&even_lines(2.0, 300), 0.045, 0.055).is_err());
    }
}
