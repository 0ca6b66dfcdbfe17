//! Ray-traced view factors against exact ones: A01, A02, A04, A08, A13.
use crate::support::{cases, near};
use nalgebra::{Vector3, vector};
use thermsolve::backend::Cpu;
use thermsolve::mesh::Shape;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{RawFactors, RayBudget, close, trace, trace_until};

const RAYS: u32 = 1 << 16;

pub fn rectangle(origin: [f64; 3], u: [f64; 3], v: [f64; 3]) -> Shape {
    Shape::parallelogram(Vector3::from(origin), Vector3::from(u), Vector3::from(v))
}

fn raw(shapes: &[Shape], surfaces: &[u32], rays: u32, seed: u32) -> RawFactors {
    trace(&Cpu::<f64>::new(), &Scene::new(shapes).unwrap(), surfaces, rays, seed, &|_| ()).unwrap()
}

fn factor(raw: &RawFactors, i: usize, j: usize) -> f64 {
    raw.row(i).find(|e| e.0 == j).map_or(0.0, |e| e.1)
}

/// 4 standard errors of independent rays; quasi-random ones do better where many rays hit, so a third of that must do.
fn bound(f: f64, rays: u32) -> f64 {
    let independent = 4.0 * (f * (1.0 - f) / f64::from(rays)).sqrt();
    if f > 0.01 { independent / 3.0 } else { independent }
}

fn check(id: &str, shapes: &[Shape], want: f64) {
    for seed in [1, 2] {
        let raw = raw(shapes, &[0, 3], RAYS, seed);
        near(&format!("{id} seed {seed} F12"), factor(&raw, 0, 1), want, bound(want, RAYS));
        let back = want * shapes[0].area_m2() / shapes[1].area_m2();
        near(&format!("{id} seed {seed} F21"), factor(&raw, 1, 0), back, bound(back, RAYS));
    }
}

#[test]
fn parallel_rectangles() {
    for c in cases("A01") {
        let (a, b, gap) = (c.get("a"), c.get("b"), c.get("gap"));
        let plates =
            [rectangle([0.0; 3], [a, 0.0, 0.0], [0.0, b, 0.0]), rectangle([0.0, 0.0, gap], [a, 0.0, 0.0], [0.0, b, 0.0])];
        check(&c.id, &plates, c.want("F12"));
    }
}

#[test]
fn perpendicular_rectangles() {
    for c in cases("A02") {
        let (w1, w2, edge) = (c.get("w1"), c.get("w2"), c.get("edge"));
        // The second plate's back side looks along +y, towards the first.
        let plates =
            [rectangle([0.0; 3], [edge, 0.0, 0.0], [0.0, w1, 0.0]), rectangle([0.0; 3], [edge, 0.0, 0.0], [0.0, 0.0, w2])];
        check(&c.id, &plates, c.want("F12"));
    }
}

#[test]
fn coaxial_discs() {
    for c in cases("A04") {
        let disc = |z: f64, r: f64| Shape::disc(vector![0.3, -0.2, z], vector![r, 0.0, 0.0], vector![0.0, r, 0.0]);
        check(&c.id, &[disc(0.0, c.get("r1")), disc(c.get("gap"), c.get("r2"))], c.want("F12"));
    }
}

#[test]
fn occluded_squares() {
    for c in cases("A08") {
        let (side, gap, b) = (c.get("plate_side"), c.get("gap"), c.get("blocker_side"));
        let square = |x: f64, y: f64, z: f64, s: f64| rectangle([x - 0.5 * s, y - 0.5 * s, z], [s, 0.0, 0.0], [0.0, s, 0.0]);
        let scene = [
            square(0.0, 0.0, 0.0, side),
            square(0.0, 0.0, gap, side),
            square(c.get("blocker_x"), c.get("blocker_y"), c.get("blocker_height"), b),
        ];
        let raw = raw(&scene, &[0, 3, 5, 4], RAYS, 3);
        let (f12, f1b) = (c.want("F12"), c.want("F1_to_blocker"));
        near(&format!("{} F12", c.id), factor(&raw, 0, 1), f12, bound(f12, RAYS));
        near(&format!("{} F1 to blocker", c.id), factor(&raw, 0, 2), f1b, bound(f1b, RAYS));
        assert!((0..raw.hits.len()).all(|i| raw.leak(i) == 0.0), "{}: rays leak", c.id);
    }
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
    for c in cases("A13") {
        let (shapes, surfaces) = inside_of_box([c.get("a"), c.get("b"), c.get("h")], 1);
        let raw = raw(&shapes, &surfaces, RAYS, 5);
        for (key, want) in &c.expected {
            let (i, j) = (key.as_bytes()[1] - b'1', key.as_bytes()[2] - b'1');
            let want = want.as_float().unwrap();
            near(&format!("{} {key}", c.id), factor(&raw, i.into(), j.into()), want, bound(want, RAYS));
        }
        let closed = close(&raw, shapes.iter().map(Shape::area_m2).collect()).unwrap();
        assert!(closed.quality.row_sum_error < 1e-12, "{:?}", closed.quality);
        assert!(closed.quality.reciprocity_after < 1e-12, "{:?}", closed.quality);
        assert!(closed.quality.closure_change < 0.01, "{:?}", closed.quality);
        assert!((0..raw.hits.len()).all(|i| raw.space(i) < 1e-4), "rays leak out of a closed box");
    }
}

/// Reciprocity and closure together bring factors nearer to the truth than the rays left them.
#[test]
fn closure_lowers_the_error() {
    let c = &cases("A13")[1];
    let (shapes, surfaces) = inside_of_box([c.get("a"), c.get("b"), c.get("h")], 3);
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
    let truth = 1.0 - c.want("F12");
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
