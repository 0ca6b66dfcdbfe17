//! Sunlit parts of surfaces behind others, against independent geometry in f64.

use crate::support::near;
use nalgebra::{Matrix3, Vector3, vector};
use proptest::prelude::*;
use thermsolve::backend::Cpu;
use thermsolve::environment::{Light, Position, Timeline};
use thermsolve::mesh::{Outline, Shape};
use thermsolve::radiation::heating::incident;
use thermsolve::radiation::scene::Scene;

/// Sunlight of 1 W/m² from one direction, no planet.
fn sunlight(from: Vector3<f64>) -> Timeline {
    let sun_body = from.normalize();
    let light = Light { solar_w_m2: Some(1.0), albedo: 0.0, planet_ir_w_m2: 0.0, ground_follows_sun: false };
    Timeline::still(Position::still(Vector3::z(), sun_body, 0.0, 1.0), &light)
}

fn received(shapes: &[Shape], surfaces: &[u32], from: Vector3<f64>, samples: u32) -> Vec<f64> {
    let scene = Scene::new(shapes).unwrap();
    incident(&Cpu::<f64>::new(), &scene, surfaces, &sunlight(from), (samples, 3), &|_| ()).unwrap().solar_w_m2
}

/// Whether the line from `start` along `direction` meets a shape, by solving for its coordinates.
fn meets(shape: &Shape, start: Vector3<f64>, direction: Vector3<f64>) -> bool {
    let Some(inverse) = Matrix3::from_columns(&[shape.edge_u, shape.edge_v, -direction]).try_inverse() else { return false };
    let x = inverse * (start - shape.origin);
    let inside = match shape.outline {
        Outline::Parallelogram => true,
        Outline::Ellipse => (2.0 * x[0] - 1.0).powi(2) + (2.0 * x[1] - 1.0).powi(2) <= 1.0,
        Outline::Triangle => x[0] + x[1] <= 1.0,
    };
    inside && (0.0..=1.0).contains(&x[0]) && (0.0..=1.0).contains(&x[1]) && x[2] > 1e-9
}

/// Lit fraction of a shape by a lattice of points over its bounding parallelogram.
fn lit_fraction(shapes: &[Shape], of: usize, toward: Vector3<f64>) -> f64 {
    let (s, n) = (&shapes[of], 300);
    let (mut lit, mut all) = (0.0, 0.0);
    for (i, j) in (0..n).flat_map(|i| (0..n).map(move |j| (i, j))) {
        let (a, b) = ((f64::from(i) + 0.5) / f64::from(n), (f64::from(j) + 0.5) / f64::from(n));
        let inside = match s.outline {
            Outline::Parallelogram => true,
            Outline::Ellipse => (2.0 * a - 1.0).powi(2) + (2.0 * b - 1.0).powi(2) <= 1.0,
            Outline::Triangle => a + b <= 1.0,
        };
        if inside {
            all += 1.0;
            let point = s.origin + a * s.edge_u + b * s.edge_v;
            let shaded = shapes.iter().enumerate().any(|(k, other)| k != of && meets(other, point, toward));
            lit += if shaded { 0.0 } else { 1.0 };
        }
    }
    lit / all
}

fn any_vector() -> impl Strategy<Value = Vector3<f64>> {
    [-1.0..1.0, -1.0..1.0, -1.0..1.0_f64].prop_map(|[x, y, z]| vector![x, y, z])
}

fn any_shape() -> impl Strategy<Value = Shape> {
    let outline = prop_oneof![Just(Outline::Parallelogram), Just(Outline::Ellipse), Just(Outline::Triangle)];
    (outline, any_vector(), any_vector(), any_vector())
        .prop_map(|(outline, o, edge_u, edge_v)| Shape { outline, origin: 2.0 * o, edge_u, edge_v })
        .prop_filter("thin", |s| s.edge_u.cross(&s.edge_v).norm() > 0.1 && s.edge_u.norm().min(s.edge_v.norm()) > 0.3)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    /// Shapes of every outline, the Sun from anywhere: each lit fraction is that of single rays solved for in f64.
    #[test]
    fn lit_fractions_are_those_of_single_rays(shapes in prop::collection::vec(any_shape(), 2..7), sun in any_vector()) {
        prop_assume!(sun.norm() > 0.2);
        let sun = sun.normalize();
        let surfaces: Vec<u32> = (0..2 * shapes.len() as u32).collect();
        for (code, got) in surfaces.iter().zip(received(&shapes, &surfaces, sun, 1 << 14)) {
            let shape = &shapes[(code / 2) as usize];
            let normal = shape.edge_u.cross(&shape.edge_v).normalize() * if code % 2 == 0 { 1.0 } else { -1.0 };
            let cosine = normal.dot(&sun);
            if cosine < 0.0 {
                prop_assert_eq!(got, 0.0);
            } else if cosine > 0.05 {
                let want = lit_fraction(&shapes, (code / 2) as usize, sun);
                // Lattice and points each miss the edges of shadows by less than half of this.
                prop_assert!((got / cosine - want).abs() < 0.012, "surface {code}: lit {}, expected {want}", got / cosine);
            }
        }
    }
}

/// Sunlit area of closed boxes seen from a direction is their outline: 2 × 2 m bus, two wings of 6 × 2 m beside it.
#[test]
fn the_lit_area_is_the_silhouette() {
    let box_of = |lo: [f64; 3], hi: [f64; 3]| {
        let (low, d) = (Vector3::from(lo), Vector3::from(hi) - Vector3::from(lo));
        let edge = move |k: usize| Vector3::ith(k, d[k]);
        (0..3).flat_map(move |k| {
            let (u, v) = (edge((k + 1) % 3), edge((k + 2) % 3));
            [Shape::parallelogram(low, v, u), Shape::parallelogram(low + edge(k), u, v)]
        })
    };
    let shapes: Vec<Shape> = box_of([-1.0; 3], [1.0; 3])
        .chain(box_of([1.5, -1.0, -0.02], [7.5, 1.0, 0.02]))
        .chain(box_of([-7.5, -1.0, -0.02], [-1.5, 1.0, 0.02]))
        .collect();
    let surfaces: Vec<u32> = (0..shapes.len() as u32).map(|f| 2 * f).collect();
    let lit = |sun: Vector3<f64>| -> f64 {
        received(&shapes, &surfaces, sun, 1 << 14).iter().zip(&shapes).map(|(e, s)| e * s.area_m2()).sum()
    };
    near("from above", lit(Vector3::z()), 4.0 + 24.0, 1e-5);
    // The shadow of a wing is 2 % of a bus face: plain random points would scatter by 0.0044 m².
    near("along the wings", lit(Vector3::x()), 4.0, 0.01);
    let d = 0.5_f64.sqrt();
    // Along (1, 0, -1)/√2 the outlines are |x - z| ≤ 2 for the bus, x - z from 1.48 to 7.52 and its mirror for the wings.
    near("slanting", lit(vector![1.0, 0.0, 1.0]), 2.0 * 2.0 * 7.52 * d, 0.01);
}
