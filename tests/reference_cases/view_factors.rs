//! Ray-traced view factors against exact ones, their closure and error bars.
use crate::support::{cases, verified};
use nalgebra::Vector3;
use thermsolve::backend::Cpu;
use thermsolve::kernels::common::hash;
use thermsolve::kernels::ray::{self, MISS, World, dot, facet_point, surface_normal};
use thermsolve::kernels::shaft::{BLOCK, Fan, Room, meet};
use thermsolve::kernels::sobol::sobol_points;
use thermsolve::mesh::Shape;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{RawFactors, RayBudget, close, trace, trace_until};

pub fn rectangle(origin: [f64; 3], u: [f64; 3], v: [f64; 3]) -> Shape {
    Shape::parallelogram(Vector3::from(origin), Vector3::from(u), Vector3::from(v))
}

fn raw(shapes: &[Shape], surfaces: &[u32], rays: u32, seed: u32) -> RawFactors {
    trace(&Cpu::<f64>::new(), &Scene::new(shapes).unwrap(), surfaces, rays, seed, &|_| ()).unwrap()
}

fn factor(raw: &RawFactors, i: usize, j: usize) -> f64 {
    raw.row(i).find(|e| e.0 == j).map_or(0.0, |e| e.1)
}

#[test]
fn parallel_rectangles() {
    verified("A01", 7);
}

#[test]
fn perpendicular_rectangles() {
    verified("A02", 6);
}

#[test]
fn coaxial_discs() {
    verified("A04", 7);
}

#[test]
fn occluded_squares() {
    verified("A08", 7);
}

/// A box seen from inside, every face cut into n × n facets; surfaces in the order bottom, top, -x, +x, -y, +y.
pub fn inside_of_box(size: [f64; 3], n: usize) -> (Vec<Shape>, Vec<u32>) {
    let [a, b, h] = size;
    let faces = [
        ([0.0, 0.0, 0.0], [a, 0.0, 0.0], [0.0, b, 0.0]),
        ([0.0, 0.0, h], [0.0, b, 0.0], [a, 0.0, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, b, 0.0], [0.0, 0.0, h]),
        ([a, 0.0, 0.0], [0.0, 0.0, h], [0.0, b, 0.0]),
        ([0.0, 0.0, 0.0], [0.0, 0.0, h], [a, 0.0, 0.0]),
        ([0.0, b, 0.0], [a, 0.0, 0.0], [0.0, 0.0, h]),
    ];
    let mut shapes = vec![];
    for (origin, u, v) in faces {
        let (o, u, v) = (Vector3::from(origin), Vector3::from(u) / n as f64, Vector3::from(v) / n as f64);
        for k in 0..n * n {
            shapes.push(Shape::parallelogram(o + u * (k % n) as f64 + v * (k / n) as f64, u, v));
        }
    }
    let surfaces = (0..shapes.len() as u32).map(|f| 2 * f).collect();
    (shapes, surfaces)
}

#[test]
fn closed_boxes() {
    verified("A13", 3);
}

/// Reciprocity and closure together bring factors nearer to the truth than the rays left them.
#[test]
fn closure_lowers_the_error() {
    let c = &cases("A13")[1];
    let (shapes, surfaces) = inside_of_box(["a", "b", "h"].map(|k| c.get(k).unwrap()), 3);
    let area: Vec<f64> = shapes.iter().map(Shape::area_m2).collect();
    let exact = close(&raw(&shapes, &surfaces, 1 << 19, 77), area.clone()).unwrap();
    let (mut before, mut after) = (0.0, 0.0);
    for seed in 0..4 {
        let rays = raw(&shapes, &surfaces, 1 << 12, seed);
        let closed = close(&rays, area.clone()).unwrap();
        for (i, area) in area.iter().enumerate() {
            for j in 0..shapes.len() {
                let truth = exact.g_m2.get(i, j).copied().unwrap_or(0.0);
                before += (area * factor(&rays, i, j) - truth).powi(2);
                after += (closed.g_m2.get(i, j).copied().unwrap_or(0.0) - truth).powi(2);
            }
        }
    }
    assert!(after < 0.6 * before, "mean square error {before:.3e} before, {after:.3e} after");
}

#[test]
fn the_error_bar_is_honest() {
    // The fraction to space of a unit square under another, over 24 seeds: z-scores of 8 replicates follow Student's t
    // with 7 degrees of freedom, variance 7/5.
    let c = &cases("A01")[0];
    let plates =
        [rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]), rectangle([0.0, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])];
    let truth = 1.0 - c.want("F12").unwrap();
    let z: Vec<f64> = (0..24)
        .map(|seed| {
            let r = raw(&plates, &[0, 3], 1 << 12, 100 + seed);
            (r.space(0) - truth) / r.space_standard_error(0)
        })
        .collect();
    let mean_square = z.iter().map(|z| z * z).sum::<f64>() / z.len() as f64;
    assert!((0.5..3.2).contains(&mean_square), "mean square z {mean_square}: {z:?}");
}

/// Rays are doubled for those surfaces only that need them, in the same sequences that a fixed number would take.
#[test]
fn rays_are_doubled_until_the_error_is_met() {
    // A large and a small plate face each other: their heat, and its error, differ by their areas.
    let plates =
        [rectangle([0.0; 3], [3.0, 0.0, 0.0], [0.0, 3.0, 0.0]), rectangle([1.0, 1.0, 0.8], [0.3, 0.0, 0.0], [0.0, 0.3, 0.0])];
    let (scene, cpu) = (Scene::new(&plates).unwrap(), Cpu::<f64>::new());
    let budget = RayBudget { least: 256, most: 1 << 18, flux_error_w: Some(3.0), emissive_w_m2: 460.0 };
    let raw = trace_until(&cpu, &scene, &[0, 3], budget, 5, &|_| ()).unwrap();
    assert!(raw.replicate_rays[0] > 8 * raw.replicate_rays[1], "{:?}", raw.replicate_rays);
    assert!(raw.flux_error_w.iter().all(|e| *e <= 3.0) && raw.above_target == 0, "{:?}", raw.flux_error_w);
    for s in 0..2 {
        let fixed = trace(&cpu, &scene, &[0, 3], 8 * raw.replicate_rays[s], 5, &|_| ()).unwrap();
        assert_eq!(raw.hits[s], fixed.hits[s]);
    }
    // Out of reach: the most rays allowed, and a count of those left.
    let short = trace_until(&cpu, &scene, &[0, 3], RayBudget { most: 1024, ..budget }, 5, &|_| ()).unwrap();
    assert!(short.above_target == 1 && 8 * short.replicate_rays[0] <= 1024, "{:?}", short.replicate_rays);
    // Unequal counts close as well.
    let closed = close(&raw, plates.iter().map(Shape::area_m2).collect()).unwrap();
    assert!(closed.quality.row_sum_error < 1e-12 && closed.quality.reciprocity_after < 1e-12);
}

/// Rays sorted by direction, which try what their cells' shafts hold, meet what each meets alone in the tree: among few facets, where
/// most cells are empty, many, and so many that cells give up. One ray in 10,000 may graze an edge.
#[test]
fn sorted_rays_meet_what_single_rays_meet() {
    let (mut seed, mut rays, mut free, mut missed) = (1_u32, 0, 0, 0);
    let mut uniform = || {
        seed += 1;
        f64::from(hash(seed)) / 2_f64.powi(32)
    };
    for (facets, size_m) in [(30, 2.0), (700, 0.8), (6000, 0.5)] {
        let shapes: Vec<Shape> = (0..facets)
            .map(|f| {
                let mut vector = |size: f64| Vector3::from_fn(|_, _| size * (uniform() - 0.5));
                let (origin, u) = (vector(4.0), vector(size_m));
                let v = 2.0 * u.cross(&vector(1.0)) + 0.3 * u;
                match f % 3 {
                    0 => Shape::parallelogram(origin, u, v),
                    1 => Shape::triangle([origin, origin + u, origin + v]),
                    _ => Shape::disc(origin, 0.5 * u, u.cross(&vector(1.0))),
                }
            })
            .collect();
        let scene = Scene::new(&shapes).unwrap();
        let arrays = scene.upload(&Cpu::<f32>::new(), &[]).unwrap();
        let w = World { nodes: &arrays.nodes, facets: &arrays.facets };
        let mut room = Room::default();
        for (k, code) in (0..2 * facets).step_by(2 * facets as usize / 15 + 1).enumerate() {
            let count = [200, 5000, BLOCK][k % 3];
            let mut met = vec![0; count];
            room.points.resize(count, [0.0; 4]);
            sobol_points(&arrays.directions, 3, code, &mut room.points);
            let normal = surface_normal(&w, code);
            let fan = match k % 2 {
                0 => Fan::Diffuse(normal),
                _ => Fan::Cone([0.6, 0.0, 0.8], 0.5),
            };
            meet(&w, code, fan, scene.nearest_m, &mut room, &mut met);
            for (p, together) in room.points.iter().zip(met) {
                let direction = fan.direction(p[2], p[3]);
                if dot(normal, direction) > 0.0 {
                    let start = facet_point(&w.facets[(code >> 1) as usize], p[0], p[1]);
                    let alone = ray::trace(&w, start, direction, scene.nearest_m, code >> 1, false).code;
                    (rays, free) = (rays + 1, free + usize::from(alone == MISS));
                    missed += usize::from(alone != together);
                }
            }
        }
    }
    assert!(free > 20_000 && rays - free > 50_000, "{free} of {rays} rays meet nothing");
    assert!(10_000 * missed <= rays, "{missed} of {rays} rays meet something else");
}
