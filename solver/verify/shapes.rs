//! Scenes of groups of facets, and the factors between groups.

use super::VerifyError;
use crate::analysis::bodies::facets;
use crate::backend::Backend;
use crate::mesh::Shape;
use crate::mesh::cells::Cells;
use crate::mesh::part::{self, Form};
use crate::radiation::scene::Scene;
use crate::radiation::view_factor::{RawFactors, RayBudget, ViewFactors, close, trace_mirrored};
use nalgebra::Vector3;
use std::f64::consts::PI;

/// A parallelogram from a corner and two edges.
pub(super) fn rectangle(origin: [f64; 3], u: [f64; 3], v: [f64; 3]) -> Shape {
    Shape::parallelogram(Vector3::from(origin), Vector3::from(u), Vector3::from(v))
}

/// A parallelogram cut into n × n.
pub(super) fn cut(shape: &Shape, n: usize) -> Vec<Shape> {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let (step, at) = (1.0 / n as f64, |k: usize| k as f64 / n as f64);
    let (u, v) = (shape.edge_u, shape.edge_v);
    (0..n * n).map(|k| Shape::parallelogram(shape.origin + u * at(k % n) + v * at(k / n), u * step, v * step)).collect()
}

/// The inside of a box as its six faces: bottom, top, -x, +x, -y, +y; fronts look inwards.
pub(super) fn inside_of_box([a, b, h]: [f64; 3]) -> [Shape; 6] {
    [
        rectangle([0.0; 3], [a, 0.0, 0.0], [0.0, b, 0.0]),
        rectangle([0.0, 0.0, h], [0.0, b, 0.0], [a, 0.0, 0.0]),
        rectangle([0.0; 3], [0.0, b, 0.0], [0.0, 0.0, h]),
        rectangle([a, 0.0, 0.0], [0.0, 0.0, h], [0.0, b, 0.0]),
        rectangle([0.0; 3], [0.0, 0.0, h], [a, 0.0, 0.0]),
        rectangle([0.0, b, 0.0], [a, 0.0, 0.0], [0.0, 0.0, h]),
    ]
}

/// A surface of revolution about z in `sectors` flat sectors, from the (radius, height) points of its profile.
///
/// The polygons have the circumference of their circles, so cylinders keep their areas. Fronts look along (direction of
/// rotation) × (direction of the profile): outwards where it rises, up where it goes inwards.
pub(super) fn revolve(profile: &[(f64, f64)], sectors: usize) -> Vec<Shape> {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let half = PI / sectors as f64;
    let profile: Vec<(f64, f64)> = profile.iter().map(|(r, z)| (r * half / half.sin(), *z)).collect();
    let mut cells = Cells::default();
    let part = cells.part_named("revolved");
    part::revolve(&mut cells, part, &profile, sectors);
    flat(&cells)
}

/// Facets of shells.
fn flat(cells: &Cells) -> Vec<Shape> {
    (0..cells.len()).flat_map(|c| facets(&cells.places(c).collect::<Vec<_>>())).collect()
}

/// Moved by an offset.
pub(super) fn moved(shapes: Vec<Shape>, by: Vector3<f64>) -> Vec<Shape> {
    shapes.into_iter().map(|s| Shape { origin: s.origin + by, ..s }).collect()
}

/// A profile of a sphere from polar angle `from` to `to` (0 is the bottom), in `bands`.
pub(super) fn arc(radius: f64, from: f64, to: f64, bands: usize) -> Vec<(f64, f64)> {
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let angle = |k: usize| from + (to - from) * k as f64 / bands as f64;
    // The poles exactly on the axis.
    let sine = |a: f64| if a < 1e-12 || PI - a < 1e-12 { 0.0 } else { a.sin() };
    (0..=bands).map(|k| (radius * sine(angle(k)), -radius * angle(k).cos())).collect()
}

/// A sphere about the origin of the area it should have; fronts look outwards.
pub(super) fn sphere(radius_m: f64, bands: usize) -> Vec<Shape> {
    flat(&Form::Sphere { radius_m }.cells([bands, 2 * bands, 1], "sphere"))
}

/// Facets, and the groups of surfaces that are asked about.
#[derive(Debug, Default)]
pub(super) struct Assembly {
    shapes: Vec<Shape>,
    codes: Vec<u32>,
    group: Vec<usize>,
    groups: usize,
    mirrors: Vec<(u32, f64)>,
}

/// The side of a facet that radiates.
#[derive(Clone, Copy, Debug)]
pub(super) enum Side {
    /// Along `u × v`.
    Front,
    /// Against it.
    Back,
}

impl Assembly {
    /// Adds facets as one group; returns it.
    pub(super) fn add(&mut self, shapes: impl IntoIterator<Item = Shape>, side: Side) -> usize {
        let first = self.shapes.len();
        self.shapes.extend(shapes);
        let group = self.groups;
        self.groups += 1;
        self.sides(first..self.shapes.len(), group, side);
        group
    }
    /// Adds the other sides of the facets of a group as another.
    pub(super) fn other_side(&mut self, of: usize) -> usize {
        let group = self.groups;
        self.groups += 1;
        let codes: Vec<u32> = self.codes.iter().zip(&self.group).filter(|(_, g)| **g == of).map(|(c, _)| c ^ 1).collect();
        self.group.extend(codes.iter().map(|_| group));
        self.codes.extend(codes);
        group
    }
    fn sides(&mut self, facets: std::ops::Range<usize>, group: usize, side: Side) {
        for f in facets {
            let back = u32::from(matches!(side, Side::Back));
            self.codes.push(u32::try_from(2 * f).unwrap_or(u32::MAX) + back);
            self.group.push(group);
        }
    }
    /// Gives the sides of a group a specular reflectance.
    pub(super) fn mirror(&mut self, group: usize, specular: f64) {
        self.mirrors.extend(self.codes.iter().zip(&self.group).filter(|(_, g)| **g == group).map(|(c, _)| (*c, specular)));
    }
    /// Adds a perfect mirror, both sides: no surface, it takes nothing up.
    pub(super) fn wall(&mut self, shape: Shape) {
        let front = u32::try_from(2 * self.shapes.len()).unwrap_or(u32::MAX);
        self.shapes.push(shape);
        self.mirrors.extend([(front, 1.0), (front + 1, 1.0)]);
    }
    /// Traces `rays` of each facet.
    pub(super) fn trace<B: Backend>(self, backend: &B, rays: u32, seed: u32) -> Result<Traced, VerifyError> {
        let scene = Scene::new(&self.shapes)?;
        let mut band = if self.mirrors.is_empty() { vec![] } else { vec![0.0; 2 * scene.facet_count()] };
        self.mirrors.iter().for_each(|(code, specular)| band[*code as usize] = *specular);
        let raw = trace_mirrored(backend, (&scene, &band), &self.codes, RayBudget::fixed(rays), seed, &|_| ())?;
        let area_m2 = self.codes.iter().map(|c| scene.area_m2((c >> 1) as usize)).collect();
        Ok(Traced { raw, area_m2, group: self.group, rays: f64::from(rays) })
    }
}

/// Factors between groups.
#[derive(Debug)]
pub(super) struct Traced {
    /// What the rays met.
    pub(super) raw: RawFactors,
    /// Area of each surface, m².
    pub(super) area_m2: Vec<f64>,
    /// Group of each surface.
    pub(super) group: Vec<usize>,
    rays: f64,
}

impl Traced {
    fn members(&self, group: usize) -> impl Iterator<Item = usize> {
        (0..self.group.len()).filter(move |&i| self.group[i] == group)
    }
    /// Area-weighted mean over a group.
    fn mean(&self, group: usize, of: impl Fn(usize) -> f64) -> f64 {
        let area: f64 = self.area(group);
        self.members(group).map(|i| self.area_m2[i] * of(i)).sum::<f64>() / area
    }
    /// Area of a group, m².
    pub(super) fn area(&self, group: usize) -> f64 {
        self.members(group).map(|i| self.area_m2[i]).sum()
    }
    /// Fraction of what one group emits that meets another.
    pub(super) fn factor(&self, from: usize, to: usize) -> f64 {
        self.mean(from, |i| self.raw.row(i).filter(|(j, _)| self.group[*j] == to).map(|(_, f)| f).sum())
    }
    /// Fraction to space, leaks included.
    pub(super) fn space(&self, from: usize) -> f64 {
        self.mean(from, |i| self.raw.space(i))
    }
    /// Four standard errors of that many independent rays.
    pub(super) fn bound(&self, from: usize, f: f64) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "facet counts are small")]
        let rays = self.rays * self.members(from).count() as f64;
        4.0 * (f * (1.0 - f).max(0.0) / rays).sqrt()
    }
    /// Closed factors of all facets.
    pub(super) fn closed(&self) -> Result<ViewFactors, VerifyError> {
        Ok(close(&self.raw, self.area_m2.clone())?)
    }
}
