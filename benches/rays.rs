//! Times rays: `cargo bench --bench rays -- diffuse SCALE RAYS | space SCALE RAYS [REFERENCE] |
//! quads SCALE FILE | sun SCALE POINTS POSITIONS`.
//!
//! A spacecraft of closed thin boxes (bus, two wings, four radiators), cut into quads: 2,000 at SCALE 1, 7,456 at 2. `diffuse`
//! adds an enclosure of 24 m (2,096 and 7,840 quads) and traces RAYS rays of each face. `space` traces without it, at most
//! RAYS rays of each face, and compares the fractions to space with REFERENCE (`benches/peers/space_fraction.py`). `sun`
//! finds the lit part of each face at POSITIONS Sun directions, POINTS points each.

use nalgebra::Vector3;
use std::time::Instant;
use thermsolve::backend::{Backend, Cpu, Gpu};
use thermsolve::kernels::sunlight::{self, SunlightParams};
use thermsolve::mesh::Shape;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{RayBudget, close, trace, trace_until};

/// Quads of a box, normals outward (or inward); `n` cuts along x, y, z.
fn cuboid(lo: [f64; 3], hi: [f64; 3], n: [usize; 3], inward: bool) -> Vec<Shape> {
    let (low, d) = (Vector3::from(lo), Vector3::from(hi) - Vector3::from(lo));
    let edge = |k: usize| Vector3::ith(k, d[k]);
    let mut quads = vec![];
    for k in [2, 1, 0] {
        let (u, v) = ((k + 1) % 3, (k + 2) % 3);
        for top in [false, true] {
            let corner = if top { low + edge(k) } else { low };
            let (u, v) = if top == inward { (v, u) } else { (u, v) };
            let (du, dv) = (edge(u) / n[u] as f64, edge(v) / n[v] as f64);
            for i in 0..n[u] {
                for j in 0..n[v] {
                    quads.push(Shape::parallelogram(corner + du * i as f64 + dv * j as f64, du, dv));
                }
            }
        }
    }
    quads
}

fn spacecraft(scale: f64) -> Vec<Shape> {
    let cuts = |n: f64| ((n * scale).round() as usize).max(1);
    let mut quads = cuboid([-1.0; 3], [1.0; 3], [cuts(8.0); 3], false);
    for (from, to) in [(1.5, 7.5), (-7.5, -1.5)] {
        quads.extend(cuboid([from, -1.0, -0.02], [to, 1.0, 0.02], [cuts(24.0), cuts(8.0), 1], false));
    }
    for (from, to) in [(1.2, 2.2), (-2.2, -1.2)] {
        for z in [0.6, -0.6] {
            quads.extend(cuboid([-1.0, from, z - 0.02], [1.0, to, z + 0.02], [cuts(12.0), cuts(6.0), 1], false));
        }
    }
    quads
}

/// CPU seconds of this process.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> =
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|t| t.parse().unwrap()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn diffuse<B: Backend>(backend: &B, quads: &[Shape], rays: u32) {
    let scene = Scene::new(quads).unwrap();
    let codes: Vec<u32> = (0..quads.len() as u32).map(|f| 2 * f).collect();
    let (start, cpu) = (Instant::now(), cpu_s());
    let raw = trace(backend, &scene, &codes, rays, 1, &|_| ()).unwrap();
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
    let count = f64::from(rays) * codes.len() as f64;
    let missed = (0..codes.len()).map(|i| raw.space(i)).sum::<f64>() / codes.len() as f64;
    println!(
        "diffuse {} quads × {rays}: {wall:.2} s, {cpu:.2} CPU s, {:.2} M rays/CPU s, missed {missed:.1e} | {}",
        quads.len(),
        count / cpu / 1e6,
        backend.describe()
    );
}

/// Sun directions once around, 30° above the plane.
fn sun_directions(positions: usize) -> Vec<[f32; 4]> {
    let direction = |k: usize| {
        let (turn, up) = (std::f64::consts::TAU * k as f64 / positions as f64, 30_f64.to_radians());
        [(up.cos() * turn.sin()) as f32, up.sin() as f32, (up.cos() * turn.cos()) as f32, 0.0]
    };
    (0..positions).map(direction).collect()
}

fn sun<B: Backend>(backend: &B, quads: &[Shape], points: u32, positions: usize) {
    let scene = Scene::new(quads).unwrap();
    let codes: Vec<u32> = (0..quads.len() as u32).map(|f| 2 * f).collect();
    let sun = backend.upload(&sun_directions(positions)).unwrap();
    let passes = points.div_ceil(256);
    let (start, cpu) = (Instant::now(), cpu_s());
    // Sunlit area over the whole turn, over area: for comparison.
    let (mut sunlit, mut facing) = (0.0, 0.0);
    for chunk in codes.chunks((1 << 21) / positions) {
        let arrays = scene.upload(backend, chunk).unwrap();
        let count = chunk.len() * positions;
        let params = SunlightParams {
            count: count as u32,
            points: points.div_ceil(8 * passes),
            passes,
            positions: positions as u32,
            seed: 1,
            nearest_m: scene.nearest_m,
        };
        let mut out = backend.upload_vec(vec![[-1.0_f32; 8]; count]).unwrap();
        let x = sunlight::Inputs { nodes: &arrays.nodes, facets: &arrays.facets, surfaces: &arrays.surfaces, sun: &sun };
        backend.launch::<sunlight::Kernel>(&params, x, &mut out, count);
        for (lit, code) in backend.download(&out).unwrap().chunks(positions).zip(chunk) {
            let quad = &quads[(code >> 1) as usize];
            let normal = quad.edge_u.cross(&quad.edge_v);
            sunlit += lit.as_flattened().iter().map(|x| f64::from(*x)).sum::<f64>() / 8.0 * quad.area_m2();
            let toward = |d: [f32; 4]| normal.dot(&Vector3::new(d[0], d[1], d[2]).cast());
            facing += sun_directions(positions).into_iter().filter(|d| toward(*d) > 0.0).count() as f64;
        }
    }
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
    let rays = facing * f64::from(params_points(points));
    println!(
        "sun {} quads × {points} points × {positions}: {wall:.2} s, {cpu:.2} CPU s, {:.1} M rays/CPU s, silhouette {:.4} m² | {}",
        quads.len(),
        rays / cpu / 1e6,
        sunlit / positions as f64,
        backend.describe()
    );
}

/// Points as they are traced.
fn params_points(points: u32) -> u32 {
    let passes = points.div_ceil(256);
    8 * passes * points.div_ceil(8 * passes)
}

fn main() {
    let mut args = std::env::args().skip(1).filter(|a| a != "--bench");
    let Some(what) = args.next() else { return println!("see the head of benches/rays.rs") };
    let scale: f64 = args.next().map_or(1.0, |a| a.parse().unwrap());
    let mut quads = spacecraft(scale);
    match what.as_str() {
        "diffuse" => {
            let rays: u32 = args.next().map_or(1024, |a| a.parse().unwrap());
            let cuts = (4.0 * scale).round() as usize;
            quads.extend(cuboid([-12.0; 3], [12.0; 3], [cuts; 3], true));
            if std::env::var_os("BENCH_GPU").is_some() {
                diffuse(&Gpu::new().unwrap(), &quads, rays);
            } else {
                diffuse(&Cpu::<f32>::new(), &quads, rays);
            }
        }
        "space" => {
            let rays: u32 = args.next().map_or(1024, |a| a.parse().unwrap());
            let scene = Scene::new(&quads).unwrap();
            let codes: Vec<u32> = (0..quads.len() as u32).map(|f| 2 * f).collect();
            let (start, cpu) = (Instant::now(), cpu_s());
            let target = std::env::var("TARGET").ok().map(|t| t.parse().unwrap());
            let budget = RayBudget { least: 1024, most: rays, flux_error_w: target, emissive_w_m2: 1.0 };
            let budget = if target.is_some() { budget } else { RayBudget::fixed(rays) };
            let raw = trace_until(&Cpu::<f32>::new(), &scene, &codes, budget, 1, &|_| ()).unwrap();
            let traced = cpu_s() - cpu;
            let factors = close(&raw, quads.iter().map(Shape::area_m2).collect()).unwrap();
            let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
            println!(
                "space {} quads, at most {rays} rays: {wall:.2} s, {cpu:.2} CPU s ({traced:.2} to trace), {:.1} M rays",
                quads.len(),
                factors.quality.rays as f64 / 1e6
            );
            if let Some(path) = args.next() {
                let exact: Vec<f64> = bytemuck::pod_collect_to_vec(&std::fs::read(path).unwrap());
                let rms = |f: &dyn Fn(usize) -> f64| {
                    (exact.iter().enumerate().map(|(i, x)| (f(i) - x).powi(2)).sum::<f64>() / exact.len() as f64).sqrt()
                };
                let closed = |i: usize| factors.g_space_m2[i] / factors.area_m2[i];
                println!(
                    "    rms error of the fraction to space: {:.2e} raw, {:.2e} closed",
                    rms(&|i| raw.space(i)),
                    rms(&closed)
                );
            }
        }
        "sun" => {
            let points: u32 = args.next().map_or(256, |a| a.parse().unwrap());
            let positions: usize = args.next().map_or(24, |a| a.parse().unwrap());
            if std::env::var_os("BENCH_GPU").is_some() {
                sun(&Gpu::new().unwrap(), &quads, points, positions);
            } else {
                sun(&Cpu::<f32>::new(), &quads, points, positions);
            }
        }
        "quads" => {
            let rows: Vec<f64> =
                quads.iter().flat_map(|q| [q.origin, q.edge_u, q.edge_v]).flat_map(|v| [v.x, v.y, v.z]).collect();
            std::fs::write(args.next().unwrap(), bytemuck::cast_slice::<f64, u8>(&rows)).unwrap();
        }
        _ => println!("see the head of benches/rays.rs"),
    }
}
