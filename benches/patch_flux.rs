//! Rays that a patch needs to know its heat flow to 1 %: `cargo bench --bench patch_flux -- [QUADS REFERENCE]`.
//!
//! Sobol sequences as the program traces them, and plain random rays through the same tree with the same tally; each raw, and
//! reciprocal and closed. Without files: a black cube of 150 patches, each at its own temperature, against the closed forms of
//! view factors between rectangles. With files (`rays quads SCALE QUADS`, `benches/peers/space_fraction.py QUADS REFERENCE`):
//! what each quad of a spacecraft at one temperature sends to space past the others, against quadrature.
//!
//! The error is the root mean square over patches and seeds of the error of the heat flow, over that of the flow.

use nalgebra::Vector3;
use std::collections::BTreeMap;
use std::f64::consts::PI;
use thermsolve::backend::{Cpu, parallel_map};
use thermsolve::kernels::ray::{MISS, World, around, disc, facet_point, surface_normal, trace};
use thermsolve::mesh::Shape;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{self, REPLICATES, RawFactors, close};

/// Patches along an edge of the cube.
const CUTS: usize = 5;
/// Independent runs of each number of rays.
const SEEDS: u32 = 16;

/// Random numbers in 0..1 (SplitMix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) >> 40) as f32 / (1 << 24) as f32
    }
}

/// What plain random rays meet.
fn plain(scene: &Scene, codes: &[u32], rays: u32, seed: u32) -> RawFactors {
    const SPACE: usize = usize::MAX;
    let arrays = scene.upload(&Cpu::<f32>::new(), codes).unwrap();
    let world = World { nodes: &arrays.nodes, facets: &arrays.facets };
    let surface: BTreeMap<u32, usize> = codes.iter().enumerate().map(|(s, c)| (*c, s)).collect();
    let of_replicate = rays.div_ceil(REPLICATES);
    let hits = parallel_map(codes.len(), |s| {
        let code = arrays.surfaces[s];
        let mut random = Random(u64::from(seed) << 32 | s as u64);
        let mut met: BTreeMap<usize, [u32; REPLICATES as usize]> = BTreeMap::new();
        for ray in 0..of_replicate * REPLICATES {
            let start = facet_point(&world.facets[(code >> 1) as usize], random.next(), random.next());
            let q = disc(random.next(), random.next());
            let z = (1.0 - q[0] * q[0] - q[1] * q[1]).max(0.0).sqrt();
            let direction = around(surface_normal(&world, code), q[0], q[1], z);
            let hit = trace(&world, start, direction, scene.nearest_m, code >> 1, false);
            let target = if hit.code == MISS { SPACE } else { surface.get(&scene.code(hit.code)).copied().unwrap_or(SPACE) };
            met.entry(target).or_default()[(ray / of_replicate) as usize] += 1;
        }
        met.into_iter().collect()
    });
    let n = codes.len();
    RawFactors {
        specular: vec![0.0; n],
        hits,
        replicate_rays: vec![of_replicate; n],
        flux_error_w: vec![0.0; n],
        above_target: 0,
        sent_back: vec![[0.0; 2]; n],
    }
}

/// A term of the view factor between parallel rectangles at distance z.
fn parallel(x: f64, y: f64, z: f64) -> f64 {
    let (a, b) = (x.hypot(z), y.hypot(z));
    (y * a * (y / a).atan() + x * b * (x / b).atan() - 0.5 * z * z * (x * x + y * y + z * z).ln()) / (2.0 * PI)
}

/// A term of the view factor between perpendicular rectangles: s and t from their common line, y along it.
fn perpendicular(s: f64, t: f64, y: f64) -> f64 {
    let r = s.hypot(t);
    let square = r * r + y * y;
    let first = if r > 0.0 { y * r * (y / r).atan() } else { 0.0 };
    let second = if square > 0.0 { 0.25 * (r * r - y * y) * square.ln() } else { 0.0 };
    (first - second) / (2.0 * PI)
}

/// `A_i F_ij` of two patches of the unit cube from inside, closed form. A patch: axis of its normal, coordinate along it, and its
/// ranges along the two other axes in cyclic order. Source: Ehlert and Smith 1993.
fn exact(a: &(usize, f64, [[f64; 2]; 2]), b: &(usize, f64, [[f64; 2]; 2])) -> f64 {
    let corners = |term: &dyn Fn([f64; 4]) -> f64, ranges: [[f64; 2]; 4]| -> f64 {
        let of = |k: usize| {
            term(std::array::from_fn(|d| ranges[d][k >> d & 1])) * if k.count_ones().is_multiple_of(2) { 1.0 } else { -1.0 }
        };
        (0..16).map(of).sum()
    };
    if a.0 == b.0 {
        let z = (a.1 - b.1).abs();
        return if z == 0.0 {
            0.0
        } else {
            corners(&|c| parallel(c[0] - c[1], c[2] - c[3], z), [a.2[0], b.2[0], a.2[1], b.2[1]])
        };
    }
    // Each patch's range along an axis that is not its normal.
    let range = |p: &(usize, f64, [[f64; 2]; 2]), axis: usize| p.2[(axis + 2 - p.0) % 3];
    let from = |r: [f64; 2], place: f64| r.map(|x| (x - place).abs());
    let along = 3 - a.0 - b.0;
    // The distances from the common line grow inwards on both, or the sign turns twice.
    let (s, t) = (from(range(a, b.0), b.1), from(range(b, a.0), a.1));
    let ordered = |r: [f64; 2]| [r[0].min(r[1]), r[0].max(r[1])];
    corners(&|c| perpendicular(c[0], c[1], c[2] - c[3]), [ordered(s), ordered(t), range(a, along), range(b, along)])
}

/// A way to find heat flows, and those of each patch from some rays and a seed.
type Way<'a> = (&'static str, Box<dyn Fn(u32, u32) -> Vec<f64> + 'a>);

/// Flows from what rays met.
type Found<'a> = &'a dyn Fn(RawFactors) -> Vec<f64>;

/// Plain and Sobol rays, each as they are and closed.
fn ways<'a>((scene, codes): (&'a Scene, &'a [u32]), (raw, closed): (Found<'a>, Found<'a>)) -> [Way<'a>; 4] {
    [
        ("plain random rays", Box::new(move |rays, seed| raw(plain(scene, codes, rays, seed)))),
        ("the same, closed", Box::new(move |rays, seed| closed(plain(scene, codes, rays, seed)))),
        ("Sobol", Box::new(move |rays, seed| raw(sobol(scene, codes, rays, seed)))),
        ("the same, closed", Box::new(move |rays, seed| closed(sobol(scene, codes, rays, seed)))),
    ]
}

/// Errors of each way at growing numbers of rays, and the rays of 1 % between them.
fn compare(what: &str, truth: &[f64], ways: &[Way<'_>], most: u32) {
    let square = truth.iter().map(|q| q * q).sum::<f64>() / truth.len() as f64;
    let counts: Vec<u32> = (6..).map(|k| 1 << k).take_while(|n| *n <= most).collect();
    println!("{what}, {} patches, {SEEDS} seeds", truth.len());
    println!("| way | {} | rays to 1 % |", counts.iter().map(u32::to_string).collect::<Vec<_>>().join(" | "));
    for (name, flow_w) in ways {
        let error = |rays: u32| {
            let of_seed = |seed| flow_w(rays, seed).iter().zip(truth).map(|(q, t)| (q - t).powi(2)).sum::<f64>();
            ((1..=SEEDS).map(of_seed).sum::<f64>() / f64::from(SEEDS) / truth.len() as f64 / square).sqrt()
        };
        let errors: Vec<f64> = counts.iter().map(|n| error(*n)).collect();
        let at = errors.iter().position(|e| *e <= 0.01).filter(|k| *k > 0);
        let enough = at.map_or("not bracketed".to_owned(), |k| {
            let part = (errors[k - 1] / 0.01).ln() / (errors[k - 1] / errors[k]).ln();
            format!("{:.0}", f64::from(counts[k - 1]) * 2_f64.powf(part))
        });
        println!("| {name} | {} | {enough} |", errors.iter().map(|e| format!("{e:.2e}")).collect::<Vec<_>>().join(" | "));
    }
}

fn sobol(scene: &Scene, codes: &[u32], rays: u32, seed: u32) -> RawFactors {
    view_factor::trace(&Cpu::<f32>::new(), scene, codes, rays, seed, &|_| ()).unwrap()
}

fn cube() {
    let (mut patches, mut shapes) = (vec![], vec![]);
    let at = |k: usize| k as f64 / CUTS as f64;
    for (axis, place) in (0..6).map(|f| (f / 2, (f % 2) as f64)) {
        for k in 0..CUTS * CUTS {
            let (i, j) = (k % CUTS, k / CUTS);
            patches.push((axis, place, [[at(i), at(i + 1)], [at(j), at(j + 1)]]));
            let (u, v) = (Vector3::ith((axis + 1) % 3, at(1)), Vector3::ith((axis + 2) % 3, at(1)));
            let corner = Vector3::ith(axis, place) + u * i as f64 + v * j as f64;
            let (u, v) = if place == 0.0 { (u, v) } else { (v, u) };
            shapes.push(Shape::parallelogram(corner, u, v));
        }
    }
    let n = patches.len();
    let area = at(1) * at(1);
    let g: Vec<Vec<f64>> = patches.iter().map(|a| patches.iter().map(|b| exact(a, b)).collect()).collect();
    let row = g.iter().map(|r| (r.iter().sum::<f64>() / area - 1.0).abs()).fold(0.0, f64::max);
    assert!(row < 1e-12, "closed forms sum up to 1 within {row:e}");
    // Temperatures from 250 to 350 K.
    let mut random = Random(7);
    let emissive: Vec<f64> = (0..n).map(|_| 5.670_374_419e-8 * (250.0 + 100.0 * f64::from(random.next())).powi(4)).collect();
    let flow = |i: usize, to: &dyn Fn(usize) -> f64| area * emissive[i] - (0..n).map(|j| to(j) * emissive[j]).sum::<f64>();
    let truth: Vec<f64> = (0..n).map(|i| flow(i, &|j| g[i][j])).collect();
    let scene = Scene::new(&shapes).unwrap();
    let codes: Vec<u32> = (0..n as u32).map(|f| 2 * f).collect();
    let raw =
        |r: RawFactors| (0..n).map(|i| area * (emissive[i] - r.row(i).map(|(j, f)| f * emissive[j]).sum::<f64>())).collect();
    let closed = |r: RawFactors| -> Vec<f64> {
        let f = close(&r, vec![area; n]).unwrap();
        (0..n).map(|i| flow(i, &|j| f.g_m2.get(i, j).copied().unwrap_or(0.0))).collect()
    };
    compare("black cube", &truth, &ways((&scene, &codes), (&raw, &closed)), 1 << 14);
}

fn spacecraft(quads: &str, reference: &str) {
    let numbers = |path: &str| -> Vec<f64> { bytemuck::pod_collect_to_vec(&std::fs::read(path).unwrap()) };
    let v = |c: &[f64]| Vector3::new(c[0], c[1], c[2]);
    let shapes: Vec<Shape> = numbers(quads).chunks(9).map(|q| Shape::parallelogram(v(q), v(&q[3..]), v(&q[6..]))).collect();
    let area: Vec<f64> = shapes.iter().map(Shape::area_m2).collect();
    let truth: Vec<f64> = numbers(reference).iter().zip(&area).map(|(f, a)| f * a).collect();
    let scene = Scene::new(&shapes).unwrap();
    let codes: Vec<u32> = (0..shapes.len() as u32).map(|f| 2 * f).collect();
    let raw = |r: RawFactors| area.iter().enumerate().map(|(i, a)| r.space(i) * a).collect();
    let closed = |r: RawFactors| close(&r, area.clone()).unwrap().g_space_m2;
    compare("spacecraft to space", &truth, &ways((&scene, &codes), (&raw, &closed)), 1 << 12);
}

fn main() {
    let files: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    match files.as_slice() {
        [quads, reference] => spacecraft(quads, reference),
        _ => cube(),
    }
}
