//! Times the hot loops of one device at sizes that fill it: `cargo bench --bench device -- [cpu|gpu] [full|small]`.
//!
//! Prints rows of a Markdown table: what, size, seconds (median), rate. `small` shows that everything runs, and its rates mean
//! nothing. The checks stop the run: an answer that is wrong is not timed.

use nalgebra::Vector3;
use std::path::Path;
use std::time::Instant;
use thermsolve::backend::{Backend, Cpu, Gpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::kernels::axpy;
use thermsolve::kernels::block::Grid;
use thermsolve::mesh::Shape;
use thermsolve::model::Model;
use thermsolve::network::{Face, Internal, Lattice, Network, Surface};
use thermsolve::radiation::exchange::radks_m2;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{close, trace};
use thermsolve::sizing::batch::{Batch, Failure, rate};
use thermsolve::sizing::radiator::{Surroundings, Variables};
use thermsolve::solve::block::Block;
use thermsolve::solve::linear;
use thermsolve::solve::multigrid::Multigrid;
use thermsolve::solve::operator::{Matrix, Operator};
use thermsolve::solve::steady::{Settings, steady};
use thermsolve::study::map::Designs;

/// Median seconds of five runs after one to warm up.
fn median(mut run: impl FnMut()) -> f64 {
    run();
    let mut times: Vec<f64> = (0..5)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed().as_secs_f64()
        })
        .collect();
    times.sort_by(f64::total_cmp);
    times[2]
}

fn row(what: &str, size: &str, seconds: f64, rate: &str) {
    println!("| {what} | {size} | {seconds:.4} | {rate} |");
}

/// y ← y + x over n numbers: two reads and a write. Returns bytes per second.
fn stream<B: Backend>(backend: &B, n: usize) -> f64 {
    let one = backend.upload_reals(&[1.0]).unwrap();
    let x = backend.upload_reals(&vec![1.0; n]).unwrap();
    let mut y = backend.upload_reals(&vec![0.0; n]).unwrap();
    const LAUNCHES: usize = 20;
    let seconds = median(|| {
        for _ in 0..LAUNCHES {
            let inputs = axpy::Inputs { numerator: &one, denominator: &one, x: &x };
            backend.launch::<axpy::Kernel>(&axpy::AxpyParams { count: n as u32, sign: 1.0 }, inputs, &mut y, n);
        }
        backend.download(&one).unwrap();
    }) / LAUNCHES as f64;
    let rate = 3.0 * (size_of::<B::Real>() * n) as f64 / seconds;
    row("`axpy`, two reads and a write", &format!("{n}"), seconds, &format!("{:.1} GB/s", 1e-9 * rate));
    rate
}

/// A cube of n³ cells with unequal conductances, at 0 on its faces.
fn cube(n: usize) -> Matrix {
    let cells = n * n * n;
    let g = |c: usize, d: usize| 1.0 + 0.5 * ((c * (d + 3)) as f64 * 0.37).sin();
    let at_end = |c: usize, d: usize| [c % n, c / n % n, c / n / n][d] + 1 == n;
    let conductance = std::array::from_fn(|d| (0..cells).map(|c| if at_end(c, d) { 0.0 } else { g(c, d) }).collect());
    let outside = |c: usize| (0..3).filter(|&d| at_end(c, d) || [c % n, c / n % n, c / n / n][d] == 0).count() as f64;
    Matrix::Block(Block::new(Grid { nx: n, ny: n, nz: n }, conductance, (0..cells).map(|c| 2.0 * outside(c)).collect()))
}

fn solver<B: Backend>(backend: &B, n: usize, stream_bytes_per_s: f64) {
    let matrix = cube(n);
    let cells = n * n * n;
    let size = format!("{n}³");
    let inner = backend.inner();
    let operator = Operator::new(inner, &matrix).unwrap();
    let x = inner.upload_reals(&vec![1.0; cells + cells % 2]).unwrap();
    let (b, mut y) =
        (inner.upload_reals(&vec![1.0; cells + cells % 2]).unwrap(), inner.upload_reals(&vec![0.0; cells + cells % 2]).unwrap());
    let one = inner.upload_reals(&[1.0]).unwrap();
    const LAUNCHES: usize = 20;
    let seconds = median(|| {
        (0..LAUNCHES).for_each(|_| operator.residual(inner, &b, &x, &mut y));
        inner.download(&one).unwrap();
    }) / LAUNCHES as f64;
    // x, b, r, three conductances and the diagonal, once each.
    let share = 28.0 * cells as f64 / seconds / stream_bytes_per_s;
    row(
        "residual, variable conductances",
        &size,
        seconds,
        &format!("{:.2} Gcell/s, {:.0} % of `axpy`", 1e-9 * cells as f64 / seconds, 100.0 * share),
    );
    let rhs = vec![1.0 / cells as f64; cells];
    let start = Instant::now();
    let mut multigrid = Multigrid::new(inner, &matrix).unwrap();
    let setup = start.elapsed().as_secs_f64();
    let mut iterations = 0;
    let seconds = median(|| {
        let s = linear::solve(backend, &mut multigrid, &matrix, &rhs, (1e-8, 20)).unwrap();
        assert!(s.relative_residual <= 1e-8, "relative residual {}", s.relative_residual);
        iterations = s.iterations;
    });
    let rate = 1e-6 * cells as f64 / seconds;
    row(
        "multigrid CG to 1e-8, f64 residual on the host",
        &size,
        seconds,
        &format!("{rate:.1} Mcell/s, {iterations} iterations, setup {setup:.2} s"),
    );
}

/// An aluminium panel of n × n × 8 cells, 1 m × 1 m × 1 mm, heated along one edge, radiating from both faces.
fn panel<B: Backend>(backend: &B, n: usize) {
    let (layers, cell_m) = (8, 1.0 / n as f64);
    let mut network = Network::new(n * n * layers);
    network.lattices = vec![Lattice { first: 0, size: [n, n, layers] }];
    let (along, across) = (167.0 * 1e-3 / 8.0, 167.0 * cell_m * cell_m / (1e-3 / 8.0));
    for a in 0..n * n * layers {
        let places = [(a % n, n, 1, along), (a / n % n, n, n, along), (a / n / n, layers, n * n, across)];
        for (place, count, step, gl_w_per_k) in places {
            if place + 1 < count {
                network.conductors.push(Conductor { a, b: a + step, gl_w_per_k });
            }
        }
        if a % n < n / 16 && a < n * n {
            network.internal[a] = Internal { at_reference_w: 900.0 * 16.0 / (n * n) as f64, ..Internal::default() };
        }
    }
    network.surfaces = vec![Surface { emissivity: 0.88, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }; 2];
    for a in 0..n * n {
        let area_m2 = cell_m * cell_m;
        network.faces.push(Face { node: a, surface: 0, area_m2 });
        network.faces.push(Face { node: a + n * n * (layers - 1), surface: 1, area_m2 });
    }
    let settings = Settings { tolerance_k: 1e-5, max_rounds: 60, residual: None };
    let start = Instant::now();
    let s = steady(backend, &network, vec![300.0; network.node_count], settings, &|_| ()).unwrap();
    let seconds = start.elapsed().as_secs_f64();
    assert!(s.convergence.balance < 1e-6, "{:?}", s.convergence);
    let host =
        steady(&Cpu::<f64>::new(), &network, s.node_k.clone(), Settings { tolerance_k: 1e-9, ..settings }, &|_| ()).unwrap();
    let apart = s.node_k.iter().zip(&host.node_k).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
    let c = s.convergence;
    let found =
        format!("{} rounds, {} cycles, {apart:.1e} K from f64, balance {:.1e}, {:?}", c.rounds, c.cycles, c.balance, c.residual);
    row("radiating panel to 1e-5 K, setup included", &format!("{n}×{n}×8"), seconds, &found);
}

/// Facets of a bus with two wings, `n` squares along a side.
fn rays<B: Backend>(backend: &B, n: usize, rays: u32) {
    let mut shapes = vec![];
    for k in 0..n * n {
        let (i, j) = ((k % n) as f64, (k / n) as f64);
        shapes.push(Shape::parallelogram(Vector3::new(i, j, 0.0), Vector3::x(), Vector3::y()));
        shapes.push(Shape::parallelogram(Vector3::new(0.5 * n as f64, i, j - 0.5 * n as f64), Vector3::y(), Vector3::z()));
    }
    let scene = Scene::new(&shapes).unwrap();
    let surfaces: Vec<u32> = (0..2 * shapes.len() as u32).collect();
    let mut raw = None;
    let seconds = median(|| raw = Some(trace(backend, &scene, &surfaces, rays, 1, &|_| ()).unwrap()));
    let count = surfaces.len() as f64 * f64::from(rays);
    let size = format!("{} surfaces × {rays}", surfaces.len());
    row("diffuse rays, counted", &size, seconds, &format!("{:.1} M rays/s", 1e-6 * count / seconds));
    let areas: Vec<f64> = surfaces.iter().map(|c| scene.area_m2((c >> 1) as usize)).collect();
    let start = Instant::now();
    let closed = close(&raw.unwrap(), areas).unwrap();
    assert!(closed.quality.row_sum_error < 1e-9);
    row(
        "reciprocity and closure",
        &size,
        start.elapsed().as_secs_f64(),
        &format!("changed by {:.1e} at most", closed.quality.closure_change),
    );
    if surfaces.len() <= 1000 {
        let start = Instant::now();
        let (gr, _) = radks_m2(&closed, &vec![0.8; surfaces.len()]);
        row("radks", &size, start.elapsed().as_secs_f64(), &format!("{} entries", gr.nnz()));
    }
}

/// Radiators of given dimensions with armour: of the host by the sizing model, of a device by its kernel.
fn designs<B: Backend>(backend: &B, n: usize) {
    let model = Model::from_case(thermsolve::case::read(Path::new("cases/rack_1mw.toml")).unwrap()).unwrap();
    let around = Surroundings::of_sink(205.0);
    let places = Designs::new(&model, around, n);
    let all: Vec<Variables> = (0..n).map(|k| places.at(k)).collect();
    let batch = Batch::new(backend, &model, around).unwrap();
    let mut found = (vec![], 0);
    let seconds = median(|| found = batch.rate(&all).unwrap());
    let apart = |k: usize| {
        let want = rate(&model, around, &all[k]);
        if want.failure == Some(Failure::Unpumpable) { 0.0 } else { (found.0[k].cost_kg / want.cost_kg - 1.0).abs() }
    };
    let largest = (0..n).step_by(n / 256).map(apart).fold(0.0, f64::max);
    assert!(largest < 1e-3, "costs differ by {largest}");
    let how = if batch.is_by_kernel() { "kernel" } else { "sizing model" };
    let rate = format!("{:.0} designs/s by the {how}, {largest:.1e} from f64, {} left to the host", n as f64 / seconds, found.1);
    row("designs of given dimensions, armoured, with transfers", &format!("{n}"), seconds, &rate);
}

fn all<B: Backend>(backend: &B, full: bool) {
    println!("\n{} (sigma = {STEFAN_BOLTZMANN:e})\n\n| what | size | s | rate |\n|---|---|---|---|", backend.describe());
    let rate = stream(backend.inner(), if full { 1 << 26 } else { 1 << 20 });
    solver(backend, if full { 256 } else { 32 }, rate);
    panel(backend, if full { 1024 } else { 48 });
    designs(backend, if full { 1 << 20 } else { 1 << 12 });
    rays(backend, if full { 50 } else { 6 }, if full { 10_000 } else { 512 });
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let full = args.get(1).is_some_and(|s| s == "full");
    match args.first().map(String::as_str) {
        Some("gpu") => all(&Gpu::new().unwrap_or_else(|e| panic!("{e}")), full),
        _ => all(&Cpu::<f64>::new(), full),
    }
}
