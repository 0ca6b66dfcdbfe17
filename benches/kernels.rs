//! Times of the hot loops on both backends: `cargo bench`.
#![allow(missing_docs, reason = "criterion's macros make undocumented items")]

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nalgebra::Vector3;
use std::hint::black_box;
use std::path::Path;
use thermsolve::backend::{Backend, Cpu, Gpu};
use thermsolve::conduction::Conductor;
use thermsolve::kernels::sliced::Slices;
use thermsolve::kernels::{graph_apply, trace_exchange};
use thermsolve::mesh::Shape;
use thermsolve::model::Model;
use thermsolve::network::Network;
use thermsolve::radiation::scene::Scene;
use thermsolve::sizing::batch::Batch;
use thermsolve::sizing::radiator::Surroundings;
use thermsolve::solve::Rows;
use thermsolve::study::map::Designs;

/// A square sheet of n × n nodes with unequal conductors.
fn sheet(n: usize) -> Rows {
    let mut network = Network::new(n * n);
    for i in 0..n * n {
        let gl = |k: usize| 0.5 + (k % 17) as f64 * 0.13;
        if i % n + 1 < n {
            network.conductors.push(Conductor { a: i, b: i + 1, gl_w_per_k: gl(i) });
        }
        if i + n < n * n {
            network.conductors.push(Conductor { a: i, b: i + n, gl_w_per_k: gl(3 * i) });
        }
    }
    Rows::new(&network)
}

fn apply<B: Backend>(c: &mut Criterion, backend: &B, name: &str) {
    let mut group = c.benchmark_group("graph_apply");
    for n in [100, 500, 1000] {
        let rows = sheet(n);
        let sliced = Slices::new(&rows.row_start, &rows.column, &rows.gl_w_per_k);
        let (start, column) = (backend.upload_vec(sliced.slice_start).unwrap(), backend.upload_vec(sliced.column).unwrap());
        let gl = backend.upload_vec::<B::Real>(sliced.conductance).unwrap();
        let diagonal = backend.upload_reals(&vec![0.1; n * n]).unwrap();
        let p = backend.upload_reals(&(0..n * n).map(|k| (k as f64).sin()).collect::<Vec<_>>()).unwrap();
        let mut q = backend.upload_reals(&vec![0.0; n * n]).unwrap();
        // Ten launches an iteration.
        group.throughput(Throughput::Elements(10 * (n * n) as u64));
        group.bench_function(BenchmarkId::new(name, n * n), |b| {
            b.iter(|| {
                let x = graph_apply::Inputs {
                    slice_start: &start,
                    column: &column,
                    conductance: &gl,
                    diagonal: &diagonal,
                    rhs: &p,
                    x: &p,
                };
                // Ten launches share one download, which is the only wait.
                for _ in 0..10 {
                    backend.launch::<graph_apply::Kernel>(
                        &graph_apply::GraphApplyParams { count: (n * n) as u32, keep: 0.0, sign: 1.0 },
                        x,
                        &mut q,
                        n * n,
                    );
                }
                black_box(backend.download(&q).unwrap())
            });
        });
    }
}

fn trace<B: Backend>(c: &mut Criterion, backend: &B, name: &str) {
    // Two crossed wings of 20 × 20 facets each.
    let mut shapes = vec![];
    for k in 0..400 {
        let (i, j) = (f64::from(k % 20), f64::from(k / 20));
        shapes.push(Shape::parallelogram(Vector3::new(i, j, 0.0), Vector3::x(), Vector3::y()));
        shapes.push(Shape::parallelogram(Vector3::new(10.0, i, j - 10.0), Vector3::y(), Vector3::z()));
    }
    let scene = Scene::new(&shapes).unwrap();
    let surfaces: Vec<u32> = (0..2 * shapes.len() as u32).collect();
    let arrays = scene.upload(backend, &surfaces).unwrap();
    let (rays, count) = (256, 256 * surfaces.len());
    let mut met = backend.upload(&vec![0_u32; count]).unwrap();
    let params = trace_exchange::TraceExchangeParams {
        count: count as u32,
        rays,
        replicates: 1,
        first_surface: 0,
        first_ray: 0,
        seed: 1,
        nearest_m: scene.nearest_m,
    };
    let mut group = c.benchmark_group("trace_exchange");
    group.throughput(Throughput::Elements(count as u64));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new(name, count), |b| {
        b.iter(|| {
            let x = trace_exchange::Inputs {
                nodes: &arrays.nodes,
                facets: &arrays.facets,
                directions: &arrays.directions,
                surfaces: &arrays.surfaces,
            };
            backend.launch::<trace_exchange::Kernel>(&params, x, &mut met, count);
            black_box(backend.download(&met).unwrap())
        });
    });
}

fn designs<B: Backend>(c: &mut Criterion, backend: &B, name: &str) {
    let model = Model::from_case(thermsolve::case::read(Path::new("cases/rack_1mw.toml")).unwrap()).unwrap();
    let around = Surroundings::of_sink(205.0);
    let count = 1 << 13;
    let places = Designs::new(&model, around, count);
    let all: Vec<_> = (0..count).map(|k| places.at(k)).collect();
    let batch = Batch::by_kernel(backend, &model, around).unwrap();
    let mut group = c.benchmark_group("size_design");
    group.throughput(Throughput::Elements(count as u64));
    group.sample_size(10);
    group.bench_function(BenchmarkId::new(name, count), |b| b.iter(|| black_box(batch.rate(&all).unwrap())));
}

fn benches(c: &mut Criterion) {
    let cpu = Cpu::<f64>::new();
    apply(c, &cpu, "cpu f64");
    trace(c, &cpu, "cpu");
    designs(c, &cpu, "cpu f64");
    if let Ok(gpu) = Gpu::new() {
        let name = format!("gpu {}", gpu.adapter.name);
        apply(c, &gpu, &name);
        trace(c, &gpu, &name);
        designs(c, &gpu, &name);
    }
}

criterion_group!(all, benches);
criterion_main!(all);
