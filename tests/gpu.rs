//! Each kernel's WGSL and its CPU twin agree on random inputs, and whole models agree between backends.
//!
//! A kernel without a `Sample` impl does not compile here. These tests need an adapter: `tests/run` installs a software
//! one where it may; without one they are shown as ignored, or fail when asked for.

#![allow(clippy::redundant_locals, reason = "a macro names its inputs")]

mod support;

use support::Silent;

use proptest::{prelude::*, strategy::ValueTree, test_runner::TestRunner};
use std::sync::LazyLock;
use thermsolve::backend::{Backend, Cpu, Gpu, Kernel};
use thermsolve::for_each_kernel;
use thermsolve::kernels::block::Grid;
use thermsolve::kernels::common::split;
use thermsolve::kernels::sliced::Slices;
use thermsolve::kernels::*;
use thermsolve::mesh::Shape;
use thermsolve::radiation::scene::{Scene, SceneArrays};
use thermsolve::sizing::batch;
use thermsolve::sizing::radiator::Surroundings;
use thermsolve::solve::block::{Block, pack};
use thermsolve::solve::graph::Graph;
use thermsolve::solve::multigrid::Multigrid;
use thermsolve::solve::operator::Matrix;
use thermsolve::study::map::map;

static GPU: LazyLock<Gpu> = LazyLock::new(|| {
    let gpu = Gpu::new().unwrap_or_else(|e| panic!("{e}"));
    println!("GPU tests run on {}", gpu.describe());
    gpu
});

/// One launch: what a backend returns for random inputs.
type Launch<K> = Box<dyn Fn() -> (Outputs<K>, Outputs<K>)>;
type Outputs<K> = Vec<<K as Kernel>::Out<f32>>;

/// Random inputs for one kernel, covering every branch of its shader.
trait Sample: Kernel {
    /// Both backends' outputs on one random input of about `n` elements.
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self>;
    /// Panics unless both outputs agree as well as f32 arithmetic in the same order allows.
    fn compare(cpu: &[Self::Out<f32>], gpu: &[Self::Out<f32>]);
}

#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn twins_agree() {
    fn check<K: Sample>() {
        let mut runner = TestRunner::deterministic();
        for n in [1, 2, 63, 64, 65, 257, 700, 20_000] {
            for _ in 0..4 {
                let (cpu, gpu) = K::sample(&mut runner, n)();
                assert_eq!(cpu.len(), gpu.len(), "{}", K::NAME);
                assert!(!cpu.is_empty());
                K::compare(&cpu, &gpu);
            }
        }
    }
    for_each_kernel!(check);
}

/// Largest |gpu - cpu| allowed, in units of f32::EPSILON × the largest output.
fn close_reals(name: &str, cpu: &[f32], gpu: &[f32], tolerance_eps: f32) {
    let scale = cpu.iter().fold(f32::MIN_POSITIVE, |m, x| m.max(x.abs()));
    for (i, (c, g)) in cpu.iter().zip(gpu).enumerate() {
        let bound = tolerance_eps * f32::EPSILON * scale;
        assert!(
            (c - g).abs() <= bound,
            "{name} on {}: element {i} of {}: cpu {c:e}, gpu {g:e}, bound {bound:e}",
            GPU.adapter.name,
            cpu.len()
        );
    }
}

fn draw<T: std::fmt::Debug>(runner: &mut TestRunner, s: impl Strategy<Value = T>) -> T {
    s.new_tree(runner).unwrap().current()
}

fn numbers(runner: &mut TestRunner, n: usize, range: std::ops::Range<f32>) -> Vec<f32> {
    draw(runner, prop::collection::vec(range, n))
}

/// Runs the same launch on `Cpu<f32>` and on the GPU; the output starts from `out`.
macro_rules! both {
    ($kernel:ident, $params:expr, $n:expr, $out:expr, $($input:ident = $host:expr),* $(,)?) => {{
        let (params, n, out) = ($params, $n, $out);
        $(let $input = $host;)*
        Box::new(move || {
            fn run<B: Backend>(b: &B, f: impl Fn(&B) -> Vec<<$kernel::Kernel as Kernel>::Out<B::Real>>) -> Vec<<$kernel::Kernel as Kernel>::Out<B::Real>> { f(b) }
            let cpu = run(&Cpu::<f32>::new(), |b| {
                $(let $input = b.upload(&$input).unwrap();)*
                let mut o = b.upload(&out).unwrap();
                b.launch::<$kernel::Kernel>(&params, $kernel::Inputs { $($input: &$input),* }, &mut o, n);
                b.download(&o).unwrap()
            });
            let gpu = run(&*GPU, |b| {
                $(let $input = b.upload(&$input).unwrap();)*
                let mut o = b.upload(&out).unwrap();
                b.launch::<$kernel::Kernel>(&params, $kernel::Inputs { $($input: &$input),* }, &mut o, n);
                b.download(&o).unwrap()
            });
            (cpu, gpu)
        })
    }};
}

/// Random CSR rows over `n` nodes with columns up to `n + boundary`; some rows are empty.
fn rows(runner: &mut TestRunner, n: usize, boundary: usize) -> (Vec<u32>, Vec<u32>) {
    let degree = draw(runner, prop::collection::vec(0_usize..6, n));
    let mut row_start = vec![0_u32];
    let mut column = vec![];
    for (i, d) in degree.iter().enumerate() {
        column.extend((0..*d).map(|k| ((i * 7 + k * 13 + 1) % (n + boundary)) as u32));
        row_start.push(column.len() as u32);
    }
    (row_start, column)
}

/// The same in slices, with conductances.
fn slices(runner: &mut TestRunner, n: usize) -> Slices<f32> {
    let (row_start, column) = rows(runner, n, 2);
    Slices::new(&row_start, &column, &numbers(runner, column.len(), 0.001..80.0))
}

impl Sample for heat_residual::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let boundary = 3;
        let (row_start, column) = rows(runner, n, boundary);
        // Weak conductors, so that emission is not hidden under conduction.
        let gl = numbers(runner, column.len().max(1), 1e-5..1e-2);
        let t = draw(runner, prop::collection::vec(150.0_f64..450.0, n + boundary));
        let (coarse, fine): (Vec<i32>, Vec<f32>) = t.iter().map(|t| split(*t)).map(|(c, f)| (c, f as f32)).unzip();
        let (excess, area) = (numbers(runner, n, -0.1..0.1), numbers(runner, n, 0.0..1e-9));
        both!(
            heat_residual,
            heat_residual::HeatResidualParams { node_count: n as u32 },
            n,
            vec![0.0_f32; n],
            row_start = row_start,
            column = column,
            gl_w_per_k = gl,
            coarse = coarse,
            fine = fine,
            excess_w = excess,
            emission_w_per_k4 = area
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 16.0);
    }
}

impl Sample for heat_residual_f64::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let boundary = 3;
        let (row_start, column) = rows(runner, n, boundary);
        let doubles =
            |runner: &mut TestRunner, n: usize, range: std::ops::Range<f64>| draw(runner, prop::collection::vec(range, n));
        both!(
            heat_residual_f64,
            heat_residual_f64::HeatResidualF64Params { node_count: n as u32 },
            n,
            vec![0.0_f64; n],
            row_start = row_start,
            gl_w_per_k = doubles(runner, column.len().max(1), 1e-5..1e-2),
            column = column,
            temperature_k = doubles(runner, n + boundary, 150.0..450.0),
            source_w = doubles(runner, n, -0.1..0.1),
            emission_w_per_k4 = doubles(runner, n, 0.0..1e-9)
        )
    }
    fn compare(cpu: &[f64], gpu: &[f64]) {
        if !GPU.adapter.f64 {
            return println!("{}: not compared, {} has no f64", Self::NAME, GPU.adapter.name);
        }
        let scale = cpu.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
        for (i, (c, g)) in cpu.iter().zip(gpu).enumerate() {
            assert!((c - g).abs() <= 16.0 * f64::EPSILON * scale, "{} element {i}: cpu {c:e}, gpu {g:e}", Self::NAME);
        }
    }
}

/// Designs of real cases with armour by both kinds, by one, bare and without, in surroundings from cold to too warm; all dimensions go
/// well beyond the bounds of the cases.
impl Sample for size_design::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        const BARE: (&str, &str) = ("bumper = { standoff_mm = 15.0, yield_mpa = 276.0, full_sheet = 0.20 }", "");
        const HIGH: (&str, &str) = ("altitude_km = 650.0", "altitude_km = 2500.0");
        let (path, change): (&str, &[_]) = [
            ("cases/rack_1mw.toml", &[][..]),
            ("cases/rack_1mw.toml", &[BARE]),
            ("cases/rack_1mw.toml", &[HIGH]),
            ("cases/radiator_trade.toml", &[]),
        ][draw(runner, 0_usize..4)];
        let model = support::model(path, change);
        let (sink_k, field_factor) = draw(runner, (3.0..330.0, 0.8..1.1));
        let around = Surroundings { field_factor, ..Surroundings::of_sink(sink_k) };
        let (params, [fins, curves]) = batch::inputs(&model, around);
        let design = |x: [f32; 4]| {
            let at = |k: usize, low: f32, high: f32| low * (high / low).powf(x[k]);
            [at(0, 0.01, 0.9), at(1, 1e-4, 6e-3), at(2, 1e-3, 0.04), at(3, 0.8, 2000.0)]
        };
        let designs: Vec<[f32; 4]> =
            draw(runner, prop::collection::vec(prop::array::uniform4(0.0_f32..1.0), n)).into_iter().map(design).collect();
        both!(
            size_design,
            size_design::SizeDesignParams { count: n as u32, ..params },
            n,
            vec![[7.0_f32; 8]; n + 1],
            designs = designs,
            fins = small_floats(&fins),
            curves = small_floats(&curves)
        )
    }
    fn compare(cpu: &[[f32; 8]], gpu: &[[f32; 8]]) {
        // Nearly half of the load for the pump (all of these cases have 1 MW): a balance about to be lost, where nothing has digits.
        const WEAK_W: f32 = 3e5;
        assert!(cpu.iter().filter(|c| c[2] < WEAK_W).count() >= cpu.len() / 8);
        for (i, (c, g)) in cpu.iter().zip(gpu).enumerate() {
            if c[2] > WEAK_W {
                assert!(g[2] > 0.99 * WEAK_W, "{} element {i}: cpu {c:?}, gpu {g:?}", Self::NAME);
                continue;
            }
            // Tubes side by side: no fin, and the wall may be that of another branch of the laws.
            if c[5] > 0.999_999 && g[5] > 0.999_999 {
                continue;
            }
            for k in 0..8 {
                assert!((c[k] - g[k]).abs() <= 1e-4 * c[k].abs(), "{} element {i}, number {k}: cpu {c:?}, gpu {g:?}", Self::NAME);
            }
        }
    }
}

/// (keep, sign).
fn keep_and_sign(runner: &mut TestRunner) -> (f32, f32) {
    draw(runner, prop::sample::select(vec![(0.0, 1.0), (1.0, -1.0), (0.0, -1.0)]))
}

impl Sample for graph_apply::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let Slices { slice_start, column, conductance } = slices(runner, n);
        let (keep, sign) = keep_and_sign(runner);
        both!(
            graph_apply,
            graph_apply::GraphApplyParams { count: n as u32, keep, sign },
            n,
            vec![7.0_f32; n + 3],
            slice_start = slice_start,
            column = column,
            conductance = conductance,
            diagonal = numbers(runner, n, 0.01..5.0),
            rhs = numbers(runner, n, -2.0..2.0),
            x = numbers(runner, n + 2, -1.0..1.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 16.0);
    }
}

impl Sample for graph_relax::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let Slices { slice_start, column, conductance } = slices(runner, n);
        let (k, from_zero) = draw(runner, (0_usize..2, 0_u32..3));
        let (momentum, step) = graph_relax::STEPS[k];
        both!(
            graph_relax,
            graph_relax::GraphRelaxParams { count: n as u32, momentum, step, from_zero },
            n,
            numbers(runner, n + 3, -2.0..2.0),
            slice_start = slice_start,
            column = column,
            conductance = conductance,
            diagonal = numbers(runner, n, 0.01..5.0),
            inverse = numbers(runner, n, 0.01..0.1),
            rhs = numbers(runner, n, -40.0..40.0),
            x = numbers(runner, n + 2, -1.0..1.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 32.0);
    }
}

/// A random map of n cells to aggregates.
fn aggregates(runner: &mut TestRunner, n: usize) -> (Vec<u32>, usize) {
    let count = n.div_ceil(3);
    (draw(runner, prop::collection::vec(0..count as u32, n)), count)
}

impl Sample for graph_restrict::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let (parent, count) = aggregates(runner, n);
        let (member_start, member) = Graph::members(&parent, count);
        both!(
            graph_restrict,
            graph_restrict::GraphRestrictParams { count: count as u32, weight: 0.37 },
            count,
            vec![5.0_f32; count + 2],
            member_start = member_start,
            member = member,
            residual = numbers(runner, n, -2.0..2.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 16.0);
    }
}

impl Sample for graph_prolong::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let (parent, count) = aggregates(runner, n);
        both!(
            graph_prolong,
            graph_prolong::GraphProlongParams { count: n as u32 },
            n,
            numbers(runner, n + 2, -2.0..2.0),
            parent = parent,
            correction = numbers(runner, count, -2.0..2.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 4.0);
    }
}

/// A grid of about n cells, odd and even sizes, flat ones too, and a random block on it.
fn block(runner: &mut TestRunner, n: usize) -> Block {
    let (nx, ny) = draw(runner, (1..=n.min(40), 1..=n.min(20)));
    let grid = Grid { nx, ny, nz: (n / (nx * ny)).clamp(1, 30) };
    let cells = grid.nx * grid.ny * grid.nz;
    let mut g: [Vec<f64>; 3] = std::array::from_fn(|_| draw(runner, prop::collection::vec(0.1_f64..9.0, cells)));
    for (d, g) in g.iter_mut().enumerate() {
        let end = |c: usize| [c % nx + 1 == nx, c / nx % ny + 1 == ny, c / nx / ny + 1 == grid.nz][d];
        g.iter_mut().enumerate().filter(|(c, _)| end(*c)).for_each(|(_, g)| *g = 0.0);
    }
    let diagonal = draw(runner, prop::collection::vec(0.01_f64..3.0, cells));
    Block::new(grid, g, diagonal)
}

fn small_floats(values: &[f64]) -> Vec<f32> {
    values.iter().map(|v| *v as f32).collect()
}

fn transfer(runner: &mut TestRunner, grid: Grid) -> block_restrict::BlockTransferParams {
    let [factor_x, factor_y, factor_z] = draw(runner, prop::array::uniform3(1_u32..3));
    let (nx, ny, nz) = (grid.nx as u32, grid.ny as u32, grid.nz as u32);
    block_restrict::BlockTransferParams { nx, ny, nz, factor_x, factor_y, factor_z }
}

impl Sample for block_apply::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let b = block(runner, n);
        let (len, (keep, sign)) = (b.grid.len(), keep_and_sign(runner));
        let (nx, ny, nz) = (b.grid.nx as u32, b.grid.ny as u32, b.grid.nz as u32);
        both!(
            block_apply,
            block_apply::BlockApplyParams { nx, ny, nz, keep, sign },
            len,
            vec![7.0_f32; len],
            conductance = small_floats(&b.conductance),
            diagonal = small_floats(&b.diagonal),
            rhs = numbers(runner, len, -2.0..2.0),
            x = numbers(runner, len, -1.0..1.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 16.0);
    }
}

impl Sample for block_relax::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let b = block(runner, n);
        let (len, (colour, from_zero)) = (b.grid.len(), draw(runner, (0_u32..2, 0_u32..2)));
        let (nx, ny, nz) = (b.grid.nx as u32, b.grid.ny as u32, b.grid.nz as u32);
        both!(
            block_relax,
            block_relax::BlockRelaxParams { nx, ny, nz, colour, from_zero },
            len / 2,
            numbers(runner, len, -2.0..2.0),
            conductance = small_floats(&b.conductance),
            inverse = numbers(runner, len, 0.01..0.2),
            rhs = numbers(runner, len, -9.0..9.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 16.0);
    }
}

impl Sample for block_restrict::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let b = block(runner, n);
        let (len, params) = (b.grid.len(), transfer(runner, b.grid));
        let coarse = params.grid().coarser(params.factor()).len();
        // Empty cells hold no heat.
        let heat = draw(runner, prop::collection::vec(-9.0_f64..9.0, b.grid.nx * b.grid.ny * b.grid.nz));
        both!(
            block_restrict,
            params,
            coarse,
            vec![7.0_f32; coarse],
            conductance = small_floats(&b.conductance),
            diagonal = small_floats(&b.diagonal),
            rhs = small_floats(&pack(b.grid, &heat)),
            x = numbers(runner, len, -1.0..1.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 32.0);
    }
}

impl Sample for block_prolong::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let grid = block(runner, n).grid;
        let params = transfer(runner, grid);
        let coarse = params.grid().coarser(params.factor()).len();
        both!(
            block_prolong,
            params,
            grid.half(),
            numbers(runner, grid.len(), -2.0..2.0),
            correction = numbers(runner, coarse, -2.0..2.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 4.0);
    }
}

/// The whole small hierarchy of a random block: one cycle on each backend.
impl Sample for coarse_cycle::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let graph = block(runner, n.min(2000)).graph();
        let rhs: Vec<f64> = draw(runner, prop::collection::vec(-1.0_f64..1.0, graph.len()));
        Box::new(move || {
            fn run<B: Backend>(b: &B, graph: &Graph, rhs: &[f64]) -> Vec<f32> {
                let (mut m, mut x) = (Multigrid::new(b, &Matrix::Graph(graph.clone())).unwrap(), rhs.to_vec());
                m.precondition(b, &mut x).unwrap();
                x.iter().map(|x| *x as f32).collect()
            }
            (run(&Cpu::<f32>::new(), &graph, &rhs), run(&*GPU, &graph, &rhs))
        })
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 64.0);
    }
}

impl Sample for cg_gate::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        // Converged or not, from a gate that is open or shut.
        let (product, start, shut) = draw(runner, (-0.2_f32..1.5, 0.5_f32..3.0, prop::bool::weighted(0.3)));
        let (before, foretell) = draw(runner, (prop::sample::select(vec![0.0_f32, 0.4, 0.9, 2.1]), 0_u32..2));
        let mut words: Vec<u32> = draw(runner, prop::collection::vec(1_u32..900, n + 5));
        words[1] = u32::from(shut);
        both!(
            cg_gate,
            cg_gate::CgGateParams { count: n as u32 + 2, drop_squared: 0.25, foretell },
            1,
            words,
            product = vec![product],
            before = vec![before],
            start = vec![start]
        )
    }
    fn compare(cpu: &[u32], gpu: &[u32]) {
        assert_eq!(cpu, gpu, "{}", Self::NAME);
    }
}

impl Sample for axpy::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let (sign, zero) = draw(runner, (prop::sample::select(vec![1.0_f32, -1.0]), prop::bool::weighted(0.2)));
        let num = numbers(runner, 1, 0.1..3.0);
        let den = if zero { vec![0.0] } else { numbers(runner, 1, 0.5..7.0) };
        both!(
            axpy,
            axpy::AxpyParams { count: n as u32, sign },
            n,
            numbers(runner, n + 3, -2.0..2.0),
            numerator = num,
            denominator = den,
            x = numbers(runner, n, -5.0..5.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 8.0);
    }
}

impl Sample for cg_direction::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let zero = draw(runner, prop::bool::weighted(0.2));
        let num = numbers(runner, 1, 0.1..3.0);
        let den = if zero { vec![0.0] } else { numbers(runner, 1, 0.5..7.0) };
        both!(
            cg_direction,
            cg_direction::CgDirectionParams { count: n as u32 },
            n,
            numbers(runner, n + 3, -2.0..2.0),
            numerator = num,
            denominator = den,
            z = numbers(runner, n, -5.0..5.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 8.0);
    }
}

impl Sample for dot_product::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let groups = draw(runner, 1_u32..70);
        both!(
            dot_product,
            dot_product::DotParams { count: n as u32, group_count: groups },
            groups as usize,
            vec![0.0_f32; groups as usize],
            a = numbers(runner, n, -3.0..5.0),
            b = numbers(runner, n, -1.0..4.0)
        )
    }
    fn compare(cpu: &[f32], gpu: &[f32]) {
        close_reals(Self::NAME, cpu, gpu, 64.0);
    }
}

/// A random cloud of parallelograms and ellipses: few, so that rays also miss.
fn cloud(runner: &mut TestRunner, facets: usize) -> Scene {
    let v = || prop::array::uniform3(-1.0_f64..1.0);
    let all = draw(runner, prop::collection::vec((v(), v(), v(), 0..3), facets));
    let shapes: Vec<Shape> = all
        .iter()
        .map(|(o, u, w, outline)| {
            let (o, u, w) = (nalgebra::Vector3::from(*o) * 3.0, nalgebra::Vector3::from(*u), nalgebra::Vector3::from(*w));
            let w = w - 0.8 * u * w.dot(&u) / u.norm_squared().max(1e-3);
            match outline {
                0 => Shape::disc(o, u, w),
                1 => Shape::triangle([o, o + u, o + w]),
                _ => Shape::parallelogram(o, u, w),
            }
        })
        .collect();
    Scene::new(&shapes).unwrap()
}

fn surfaces(facets: usize) -> Vec<u32> {
    (0..2 * facets as u32).collect()
}

impl Sample for trace_exchange::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let facets = draw(runner, 2_usize..60);
        let scene = cloud(runner, facets);
        let seed = draw(runner, any::<u32>());
        let rays = (n / facets).max(1) as u32;
        let count = 2 * facets * rays as usize;
        Box::new(move || {
            let params = trace_exchange::TraceExchangeParams {
                count: count as u32,
                rays,
                replicates: 1,
                first_surface: 0,
                first_ray: seed % 4096,
                seed,
                nearest_m: scene.nearest_m,
            };
            fn run<B: Backend>(b: &B, a: &SceneArrays<B>, p: &trace_exchange::TraceExchangeParams) -> Vec<u32> {
                let mut out = b.upload(&vec![7_u32; p.count as usize]).unwrap();
                let x = trace_exchange::Inputs {
                    nodes: &a.nodes,
                    facets: &a.facets,
                    directions: &a.directions,
                    surfaces: &a.surfaces,
                };
                b.launch::<trace_exchange::Kernel>(p, x, &mut out, p.count as usize);
                b.download(&out).unwrap()
            }
            let cpu = Cpu::<f32>::new();
            let on_cpu = run(&cpu, &scene.upload(&cpu, &surfaces(facets)).unwrap(), &params);
            let on_gpu = run(&*GPU, &scene.upload(&*GPU, &surfaces(facets)).unwrap(), &params);
            (on_cpu, on_gpu)
        })
    }
    /// A ray that grazes an edge may go either way under another rounding: one in a thousand at most.
    fn compare(cpu: &[u32], gpu: &[u32]) {
        let differ = cpu.iter().zip(gpu).filter(|(a, b)| a != b).count();
        assert!(differ * 1000 <= cpu.len(), "{}: {differ} of {} rays differ", Self::NAME, cpu.len());
    }
}

/// Specular reflectances of the sides of a scene's facets, a third of them none, a few perfect.
fn reflectances(runner: &mut TestRunner, facets: usize) -> Vec<f64> {
    let one = prop_oneof![Just(0.0), 0.0..1.0_f64, 0.9..1.0_f64, Just(1.0)];
    draw(runner, prop::collection::vec(one, 2 * facets))
}

impl Sample for trace_specular::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let facets = draw(runner, 2_usize..60);
        let scene = cloud(runner, facets);
        let band = reflectances(runner, facets);
        let seed = draw(runner, any::<u32>());
        let rays = (n / facets).max(1) as u32;
        let count = (2 * facets) as u32 * rays;
        Box::new(move || {
            let nearest_m = scene.nearest_m;
            let first_ray = seed % 4096;
            let params =
                trace_specular::TraceSpecularParams { count, rays, replicates: 1, first_surface: 0, first_ray, seed, nearest_m };
            fn run<B: Backend>(b: &B, (scene, band): (&Scene, &[f64]), p: &trace_specular::TraceSpecularParams) -> Vec<[u32; 4]> {
                let a = scene.upload(b, &surfaces(scene.facet_count())).unwrap();
                let mirrors = scene.upload_mirrors(b, band).unwrap();
                let mut out = b.upload(&vec![[7_u32; 4]; p.count as usize]).unwrap();
                let x = trace_specular::Inputs {
                    nodes: &a.nodes,
                    facets: &a.facets,
                    mirrors: &mirrors,
                    directions: &a.directions,
                    surfaces: &a.surfaces,
                };
                b.launch::<trace_specular::Kernel>(p, x, &mut out, p.count as usize);
                b.download(&out).unwrap()
            }
            (run(&Cpu::<f32>::new(), (&scene, &band), &params), run(&*GPU, (&scene, &band), &params))
        })
    }
    /// As of [`trace_exchange`], for each of the few reflections of a path; directions to rounding.
    fn compare(cpu: &[[u32; 4]], gpu: &[[u32; 4]]) {
        let apart = |a: &[u32; 4], b: &[u32; 4]| {
            let turned = |k: usize| (f32::from_bits(a[k]) - f32::from_bits(b[k])).abs() > 1e-4;
            a[0] != b[0] || (1..4).any(turned)
        };
        let differ = cpu.iter().zip(gpu).filter(|(a, b)| apart(a, b)).count();
        assert!(differ * 1000 <= cpu.len(), "{}: {differ} of {} rays differ", Self::NAME, cpu.len());
    }
}

impl Sample for mirrored_sunlight::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let facets = draw(runner, 2_usize..20);
        let scene = cloud(runner, facets);
        let band = reflectances(runner, facets);
        let positions = (n / 64).clamp(1, 20);
        let sun = directions(runner, positions, 0.0..1.0);
        let (seed, rays, replicates) = draw(runner, (any::<u32>(), 1_u32..40, 1_u32..4));
        Box::new(move || {
            let positions = positions as u32;
            let params = mirrored_sunlight::MirroredSunlightParams {
                count: 2 * facets as u32 * positions * replicates * rays,
                rays,
                replicates,
                positions,
                first_surface: 0,
                seed,
                nearest_m: scene.nearest_m,
            };
            fn run<B: Backend>(
                b: &B,
                (scene, band): (&Scene, &[f64]),
                sun: &[[f32; 4]],
                p: &mirrored_sunlight::MirroredSunlightParams,
            ) -> Vec<u32> {
                let a = scene.upload(b, &surfaces(scene.facet_count())).unwrap();
                let (mirrors, sun) = (scene.upload_mirrors(b, band).unwrap(), b.upload(sun).unwrap());
                let mut out = b.upload(&vec![7_u32; p.count as usize]).unwrap();
                let x = mirrored_sunlight::Inputs {
                    nodes: &a.nodes,
                    facets: &a.facets,
                    mirrors: &mirrors,
                    directions: &a.directions,
                    surfaces: &a.surfaces,
                    sun: &sun,
                };
                b.launch::<mirrored_sunlight::Kernel>(p, x, &mut out, p.count as usize);
                b.download(&out).unwrap()
            }
            (run(&Cpu::<f32>::new(), (&scene, &band), &sun, &params), run(&*GPU, (&scene, &band), &sun, &params))
        })
    }
    fn compare(cpu: &[u32], gpu: &[u32]) {
        let differ = cpu.iter().zip(gpu).filter(|(a, b)| a != b).count();
        assert!(differ * 1000 <= cpu.len(), "{}: {differ} of {} rays differ", Self::NAME, cpu.len());
    }
}

/// Random directions; w in `w`.
fn directions(runner: &mut TestRunner, count: usize, w: std::ops::Range<f32>) -> Vec<[f32; 4]> {
    (0..count)
        .map(|_| {
            let ([x, y, z], w) = draw(runner, (prop::array::uniform3(-1.0_f32..1.0), w.clone()));
            let l = (x * x + y * y + z * z).sqrt().max(1e-3);
            [x / l, y / l, z / l, w]
        })
        .collect()
}

/// Few outputs may hold a ray that grazes an edge.
fn few_apart<const N: usize>(name: &str, cpu: &[[f32; N]], gpu: &[[f32; N]]) {
    let apart = |a: &[f32; N], b: &[f32; N]| a.iter().zip(b).any(|(x, y)| (x - y).abs() > 2e-5);
    let differ = cpu.iter().zip(gpu).filter(|(a, b)| apart(a, b)).count();
    assert!(differ * 100 <= cpu.len(), "{name}: {differ} of {} outputs differ", cpu.len());
}

impl Sample for irradiance::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let facets = draw(runner, 2_usize..20);
        let scene = cloud(runner, facets);
        let positions = (n / 64).clamp(1, 20);
        let (mut planet, sun) = (directions(runner, positions, 0.05..0.99), directions(runner, positions, 0.0..1.0));
        planet[0][3] = 0.0;
        let seed = draw(runner, any::<u32>());
        Box::new(move || {
            let count = 2 * facets * positions * 2;
            let params = irradiance::IrradianceParams {
                count: count as u32,
                samples: 32,
                replicates: 2,
                positions: positions as u32,
                seed,
                nearest_m: scene.nearest_m,
            };
            fn run<B: Backend>(
                b: &B,
                a: &SceneArrays<B>,
                planet: &[[f32; 4]],
                sun: &[[f32; 4]],
                p: &irradiance::IrradianceParams,
            ) -> Vec<[f32; 2]> {
                let mut out = b.upload(&vec![[0.0_f32; 2]; p.count as usize]).unwrap();
                let (planet, sun) = (b.upload(planet).unwrap(), b.upload(sun).unwrap());
                let x = irradiance::Inputs {
                    nodes: &a.nodes,
                    facets: &a.facets,
                    directions: &a.directions,
                    surfaces: &a.surfaces,
                    planet: &planet,
                    sun: &sun,
                };
                b.launch::<irradiance::Kernel>(p, x, &mut out, p.count as usize);
                b.download(&out).unwrap()
            }
            let cpu = Cpu::<f32>::new();
            let on_cpu = run(&cpu, &scene.upload(&cpu, &surfaces(facets)).unwrap(), &planet, &sun, &params);
            let on_gpu = run(&*GPU, &scene.upload(&*GPU, &surfaces(facets)).unwrap(), &planet, &sun, &params);
            (on_cpu, on_gpu)
        })
    }
    fn compare(cpu: &[[f32; 2]], gpu: &[[f32; 2]]) {
        few_apart(Self::NAME, cpu, gpu);
    }
}

impl Sample for sunlight::Kernel {
    fn sample(runner: &mut TestRunner, n: usize) -> Launch<Self> {
        let facets = draw(runner, 2_usize..20);
        let scene = cloud(runner, facets);
        let positions = (n / 64).clamp(1, 20);
        let sun = directions(runner, positions, 0.0..1.0);
        let (seed, points, passes) = draw(runner, (any::<u32>(), 1_u32..33, 1_u32..3));
        Box::new(move || {
            let count = (2 * facets * positions) as u32;
            let positions = positions as u32;
            let params = sunlight::SunlightParams { count, points, passes, positions, seed, nearest_m: scene.nearest_m };
            fn run<B: Backend>(b: &B, a: &SceneArrays<B>, sun: &[[f32; 4]], p: &sunlight::SunlightParams) -> Vec<[f32; 8]> {
                let mut out = b.upload(&vec![[7.0_f32; 8]; p.count as usize]).unwrap();
                let sun = b.upload(sun).unwrap();
                let x = sunlight::Inputs { nodes: &a.nodes, facets: &a.facets, surfaces: &a.surfaces, sun: &sun };
                b.launch::<sunlight::Kernel>(p, x, &mut out, p.count as usize);
                b.download(&out).unwrap()
            }
            let cpu = Cpu::<f32>::new();
            let on_cpu = run(&cpu, &scene.upload(&cpu, &surfaces(facets)).unwrap(), &sun, &params);
            let on_gpu = run(&*GPU, &scene.upload(&*GPU, &surfaces(facets)).unwrap(), &sun, &params);
            (on_cpu, on_gpu)
        })
    }
    fn compare(cpu: &[[f32; 8]], gpu: &[[f32; 8]]) {
        few_apart(Self::NAME, cpu, gpu);
    }
}

/// An array beyond one binding is refused with the limit's name, and the device works on.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn too_large_an_array_is_refused() {
    let most = GPU.adapter.max_binding_bytes;
    assert!(GPU.fits(most).is_ok());
    let message = GPU.fits(most + 1).unwrap_err().to_string();
    assert!(message.contains("max_storage_buffer_binding_size") && message.contains(&most.to_string()), "{message}");
    if most < 1 << 28 {
        // Small enough to try for real: the upload is refused, nothing is allocated.
        assert!(GPU.upload(&vec![0_u8; most as usize + 1]).is_err());
    }
    assert_eq!(GPU.download(&GPU.upload(&[1_u32, 2, 3]).unwrap()).unwrap(), [1, 2, 3]);
}

/// Device memory that runs out is an error that says so. A software device has what its process may take: a run of this test of its own
/// is given 1 GiB more than it has, and fills it.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn memory_that_runs_out_is_an_error() {
    const NAME: &str = "memory_that_runs_out_is_an_error";
    if GPU.adapter.kind != "Cpu" || !cfg!(target_os = "linux") {
        return println!("not run: the memory of {} cannot be limited here", GPU.adapter.name);
    }
    if std::env::var_os(NAME).is_some() {
        return println!("{}", fill());
    }
    let own = std::process::Command::new(std::env::current_exe().unwrap())
        .args([NAME, "--exact", "--ignored", "--nocapture"])
        .env(NAME, "1")
        .output()
        .unwrap();
    let (text, errors) = (String::from_utf8_lossy(&own.stdout), String::from_utf8_lossy(&own.stderr));
    assert!(own.status.success(), "{text}{errors}");
    let said = format!("device `{}` is out of memory\n  help: use a coarser mesh, or `--backend cpu`", GPU.adapter.name);
    assert!(text.contains(&said), "{text}{errors}");
}

/// Uploads arrays until one does not fit. What was there stays until it is dropped, and the device takes no more.
fn fill() -> String {
    let array = vec![7_u8; 1 << 26];
    let mut held = vec![GPU.upload(&array).unwrap()];
    assert_eq!(GPU.download(&held[0]).unwrap(), array);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let size_kib = status.lines().find(|l| l.starts_with("VmSize:")).unwrap().split_whitespace().nth(1).unwrap();
    let most = (size_kib.parse::<u64>().unwrap() << 10) + (1 << 30);
    let set =
        std::process::Command::new("prlimit").args([format!("--pid={}", std::process::id()), format!("--as={most}")]).status();
    assert!(set.unwrap().success());
    let error = loop {
        match GPU.upload(&array) {
            Ok(more) => held.push(more),
            Err(error) => break error,
        }
        assert!(held.len() < 64, "more than there is was taken");
    };
    assert!(held.len() > 2, "{} arrays: {error}", held.len());
    drop(held);
    assert_eq!(GPU.upload(&[1_u8; 64]).unwrap_err().to_string(), error.to_string());
    error.to_string()
}

/// An array larger than the device binds: `gpu` stops with 4 and names the limit, `auto` goes on with the CPU and says so.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn too_large_a_case_goes_to_the_cpu() {
    // Mirrored rays leave 16 bytes each.
    let rays = 9_000_000;
    if GPU.adapter.max_binding_bytes >= 16 * rays {
        return println!("not run: {} binds all that a case may ask for", GPU.adapter.name);
    }
    let plate = "shape = \"panel\"\nsize_m = [1.0, 1.0]\ncells = [1, 1]\nmaterial = \"plate\"\nthickness_mm = 2.0";
    let text = format!(
        "name = \"large\"\nlife = \"beginning\"\nexchange = \"traced\"\n[rays]\nexchange = {rays}
        [parts.heated]\n{plate}\nfront = \"grey\"\nheat_w = 300.0
        [parts.cooled]\n{plate}\nback = \"grey\"\nposition_m = [0.0, 0.0, 1.0]
        [nodes.tank]\ntemperature_c = -60.0\n[[links]]\npart = \"cooled\"\nnode = \"tank\"\nh_w_m2k = 2.0
        [materials.plate]\ndensity_kg_m3 = 2700.0\nconductivity_w_mk = 160.0\nspecific_heat_j_kgk = 900.0
        source = \"test\"\nevidence = \"derived\"
        [coatings.grey]\nabsorptivity_beginning = 0.5\nabsorptivity_end = 0.5\nemissivity_beginning = 0.5\nemissivity_end = 0.5
        areal_mass_kg_m2 = 0.0\nspecularity_ir = 0.9\nsource = \"test\"\nevidence = \"derived\"\n"
    );
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("too_large");
    std::fs::create_dir_all(&folder).unwrap();
    let path = folder.join("large.toml");
    std::fs::write(&path, text).unwrap();
    let run = |backend: &str| {
        let run = std::process::Command::new(env!("CARGO_BIN_EXE_thermsolve"))
            .args([path.to_str().unwrap(), "--backend", backend, "--fresh", "--json", "--out", folder.to_str().unwrap()])
            .env(thermsolve::backend::ADAPTER, &GPU.adapter.name)
            .output()
            .unwrap();
        (run.status.code(), String::from_utf8(run.stdout).unwrap(), String::from_utf8(run.stderr).unwrap())
    };
    let large = format!("array of {} bytes exceeds max_storage_buffer_binding_size = ", 16 * rays);
    let (code, out, errors) = run("gpu");
    assert!(code == Some(4) && out.is_empty() && errors.contains(&large) && errors.contains("`--backend cpu`"), "{errors}");
    let (code, out, errors) = run("auto");
    assert!(errors.contains(&format!("warning: {large}")) && errors.contains("warning: going on with the CPU"), "{errors}");
    assert!(code == Some(0) && out.contains("\"CPU, f64\""), "{code:?} {out}");
}

/// Launches behind a gate happen until a kernel shuts it, all in one submission; others are not touched.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn a_shut_gate_calls_launches_off() {
    let n = 70_000;
    let (mut gate, mut y) = (GPU.gate().unwrap(), GPU.upload(&vec![0.0_f32; n]).unwrap());
    let (one, small, x) =
        (GPU.upload(&[1.0_f32]).unwrap(), GPU.upload(&[1e-9_f32]).unwrap(), GPU.upload(&vec![1.0_f32; n]).unwrap());
    let behind = GPU.behind(&gate);
    let params = axpy::AxpyParams { count: n as u32, sign: 1.0 };
    let sum = axpy::Inputs { numerator: &one, denominator: &one, x: &x };
    let end = cg_gate::CgGateParams { count: thermsolve::backend::GATE as u32, drop_squared: 1e-8, foretell: 0 };
    let inputs = |product| cg_gate::Inputs { product, before: &one, start: &one };
    // One goes through, one after a look at what has not converged, none once it has, whatever comes later.
    behind.launch::<axpy::Kernel>(&params, sum, &mut y, n);
    GPU.launch::<cg_gate::Kernel>(&end, inputs(&one), &mut gate, 1);
    behind.launch::<axpy::Kernel>(&params, sum, &mut y, n);
    GPU.launch::<cg_gate::Kernel>(&end, inputs(&small), &mut gate, 1);
    behind.launch::<axpy::Kernel>(&params, sum, &mut y, n);
    GPU.launch::<cg_gate::Kernel>(&end, inputs(&one), &mut gate, 1);
    behind.launch::<axpy::Kernel>(&params, sum, &mut y, n);
    assert_eq!(GPU.download(&y).unwrap(), vec![2.0; n]);
    GPU.launch::<axpy::Kernel>(&params, sum, &mut y, n);
    assert_eq!(GPU.download(&y).unwrap(), vec![3.0; n]);
    let words = GPU.download(&gate).unwrap();
    assert_eq!(words[..2], [1, 1]);
    assert!(words[2..].iter().all(|w| *w == 0), "{words:?}");
}

/// Conjugate gradients end after as many iterations as on the CPU, between two looks, and what is recorded beyond changes nothing: the
/// same bits as where that many iterations are the limit.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn iterations_end_on_the_device() {
    let grid = Grid { nx: 40, ny: 30, nz: 20 };
    let cells = grid.nx * grid.ny * grid.nz;
    let at_end = |c: usize, d: usize| [c % 40, c / 40 % 30, c / 1200][d] + 1 == [40, 30, 20][d];
    let along = |d: usize| (0..cells).map(|c| if at_end(c, d) { 0.0 } else { 1.0 + (c * (d + 3) % 7) as f64 }).collect();
    let block = Block::new(grid, std::array::from_fn(along), vec![0.02; cells]);
    let rhs = pack(grid, &(0..cells).map(|c| ((c * 37 % 101) as f64).sin()).collect::<Vec<_>>());
    let mut between = 0;
    for matrix in [Matrix::Graph(block.graph()), Matrix::Block(block)] {
        let mut on_gpu = Multigrid::new(&*GPU, &matrix).unwrap();
        let mut on_cpu = Multigrid::new(&Cpu::<f32>::new(), &matrix).unwrap();
        for drop in [0.3, 1e-2, 1e-3, 1e-4] {
            let (mut x, mut host_x, mut limited) = (rhs.clone(), rhs.clone(), rhs.clone());
            let iterations = on_gpu.solve(&*GPU, &mut x, drop, 60).unwrap();
            let host = on_cpu.solve(&Cpu::<f32>::new(), &mut host_x, drop, 60).unwrap();
            println!("drop {drop}: {iterations} iterations on {}, {host} on the CPU", GPU.adapter.name);
            assert_eq!(iterations, host);
            let largest = host_x.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
            assert!(farthest(&x, &host_x) < 1e-4 * largest, "{} of {largest}", farthest(&x, &host_x));
            let used = on_gpu.solve(&*GPU, &mut limited, 0.0, iterations).unwrap();
            assert_eq!((used, farthest(&x, &limited)), (iterations, 0.0));
            between += usize::from(!(iterations + 1).is_multiple_of(GPU.look()));
        }
        // Nothing to solve.
        let mut nothing = vec![0.0; rhs.len()];
        assert_eq!((on_gpu.solve(&*GPU, &mut nothing, 1e-2, 60).unwrap(), &nothing), (0, &vec![0.0; rhs.len()]));
    }
    assert!(between > 0, "every solution ended at a look");
}

fn model(path: &str) -> thermsolve::model::Model {
    thermsolve::model::Model::from_case(thermsolve::case::read(path.as_ref()).unwrap()).unwrap()
}

fn farthest(a: &[f64], b: &[f64]) -> f64 {
    assert_eq!(a.len(), b.len());
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// Sizing on the GPU and on the CPU ends in the same design and the same temperatures.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn sizing_agrees() {
    let m = model("tests/cases/small.toml");
    let cpu = thermsolve::sizing::size(&Cpu::<f64>::new(), &m, &Silent).unwrap();
    let gpu = thermsolve::sizing::size(&*GPU, &m, &Silent).unwrap();
    assert_eq!(cpu.design.pitch_m, gpu.design.pitch_m);
    assert_eq!(cpu.design.length_m, gpu.design.length_m);
    assert_eq!(cpu.design.array_length_m, gpu.design.array_length_m);
    let (a, b) = (&cpu.solution.state, &gpu.solution.state);
    assert!(farthest(&a.node_k, &b.node_k) < 2e-5, "{} K apart", farthest(&a.node_k, &b.node_k));
    assert!(b.convergence.balance < 1e-7, "{:?}", b.convergence);
}

/// The field model of the 1 MW case: temperatures within 2e-5 K (1e-3 K must, 1e-5 K is the goal), balance within 1e-7.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn the_megawatt_field_agrees() {
    use thermsolve::analysis::{analyse, orbit_state};
    let m = model("cases/rack_1mw.toml");
    let design = thermsolve::model::design::Design {
        pitch_m: 0.08,
        sheet_m: 0.66e-3,
        bore_m: 3e-3,
        wall_m: m.radiator.wall_m,
        length_m: 6.1,
        tubes_per_loop: 28,
        inlet_k: m.return_k,
        outlet_k: m.supply_k,
        heat_w: 1.058e6,
        pump_w: 8e3,
        array_power_w: 1.058e6,
        cells_power_w: 0.0,
        array_length_m: 102.6,
    };
    let orbit = orbit_state(&m).unwrap();
    let cpu = analyse(&Cpu::<f64>::new(), &m, &design, &orbit, &Silent).unwrap();
    let gpu = analyse(&*GPU, &m, &design, &orbit, &Silent).unwrap();
    assert!(cpu.layout.mesh.cell_count() > 200_000);
    let apart = farthest(&cpu.state.node_k, &gpu.state.node_k);
    println!("1 MW field on {}: {apart:.2e} K apart, balance {:.1e}", GPU.adapter.name, gpu.state.convergence.balance);
    assert!(apart < 2e-5, "{apart} K apart");
    assert!(gpu.state.convergence.balance < 1e-7, "{:?}", gpu.state.convergence);
    assert!(farthest(&cpu.state.coolant_k, &gpu.state.coolant_k) < 2e-5);
}

/// All three forms of the residual on the panels that defeat a plain f32 balance: as `three_panels` on the CPU.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn all_forms_reach_the_answer() {
    use thermsolve::solve::balance::ResidualForm::{DeviceF64, FixedPoint, HostF64};
    for p in support::panels::three(24) {
        let host = p.check(&*GPU, HostF64, 1e-8);
        let fixed = p.check(&*GPU, FixedPoint, 2e-5);
        println!("cycles: host {host}, fixed point {fixed}");
        if GPU.adapter.f64 {
            let device = p.check(&*GPU, DeviceF64, 1e-8);
            assert!(device.abs_diff(host) <= 2, "{device} cycles against {host}");
        } else {
            println!("not run: {} has no f64 in shaders", GPU.adapter.name);
        }
    }
}

/// `--profile` shows the kernels with the GPU's own times, where it has time stamps.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn profile_times_kernels() {
    if !GPU.adapter.timestamps {
        return println!("not run: {} has no time stamps", GPU.adapter.name);
    }
    let out = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("profile");
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_thermsolve"))
        .args(["tests/cases/small.toml", "--backend", "gpu", "--profile", "--fresh", "--out", out.to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8(run.stdout).unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    for kernel in ["trace_exchange", "coarse_cycle", "graph_apply"] {
        let row = text
            .lines()
            .find(|l| l.starts_with(kernel) && l.contains(" gpu "))
            .unwrap_or_else(|| panic!("no {kernel} in\n{text}"));
        let words: Vec<&str> = row.split_whitespace().collect();
        let (launches, seconds): (u64, f64) = (words[2].parse().unwrap(), words[3].parse().unwrap());
        assert!(launches > 0 && seconds > 0.0, "{row}");
    }
}

/// A device that is lost, before or in the middle of a run, ends in an error that says so, never in a panic: with
/// `--backend auto` the program then goes on with the CPU.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn a_lost_device_is_an_error() {
    let panel = || support::panels::three(12).remove(0);
    let gpu = Gpu::new().unwrap();
    let array = gpu.upload(&vec![1.0_f32; 1000]).unwrap();
    gpu.lose();
    let error = gpu.download(&array).unwrap_err().to_string();
    assert!(error.contains("failed") && error.contains(&gpu.adapter.name), "{error}");
    let error = panel().try_solve(&gpu).unwrap_err().to_string();
    assert!(error.contains(&gpu.adapter.name), "{error}");
    // In the middle: another thread pulls the device away.
    let gpu = Gpu::new().unwrap();
    std::thread::scope(|s| {
        s.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(30));
            gpu.lose();
        });
        let started = std::time::Instant::now();
        let error = loop {
            if let Err(e) = panel().try_solve(&gpu) {
                break e.to_string();
            }
            assert!(started.elapsed().as_secs() < 60, "the device was never lost");
        };
        assert!(error.contains(&gpu.adapter.name), "{error}");
    });
}

/// Temperatures in time: an orbit of a small satellite with its coolant loop, on both backends.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn a_history_agrees() {
    use thermsolve::analysis::history::{Field, follow};
    // One orbit from a flat start in coarse steps: a software device takes a second for each.
    let text = std::fs::read_to_string("tests/cases/transient.toml").unwrap();
    let text = text.replace("\"periodic\"", "\"march\"\nstart_c = 10.0").replace("tolerance_k = 0.02", "tolerance_k = 0.2");
    let louvre = "[transient.coating.emissivity]\nby = \"orbits\"\nat = [0.0, 0.5, 1.0]\nfraction = [1.0, 0.6, 1.0]\n\n[transient.rack_power]";
    let text = text.replace("[transient.rack_power]", louvre);
    let path = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("gpu_in_time.toml");
    std::fs::write(&path, text).unwrap();
    let m = model(path.to_str().unwrap());
    let written = m.transient.as_ref().unwrap();
    let sized = thermsolve::sizing::size(&Cpu::<f64>::new(), &m, &Silent).unwrap();
    let (design, orbit, solution) = (&sized.design, &sized.orbit, &sized.solution);
    let cpu = follow(&Cpu::<f64>::new(), (&m, written), design, orbit, &Field::of(solution), &Silent).unwrap();
    let gpu = follow(&*GPU, (&m, written), design, orbit, &Field::of(solution), &Silent).unwrap();
    assert_eq!(cpu.work.steps, gpu.work.steps);
    // Steps may differ where an error is near the tolerance, so frames at fixed times are compared.
    for (a, b) in cpu.frames.iter().zip(&gpu.frames) {
        let apart = a.node_k.iter().zip(&b.node_k).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
        assert!(apart < 2e-3, "{apart} K apart at {} s", a.time_s);
    }
    let (a, b) = (cpu.samples.last().unwrap(), gpu.samples.last().unwrap());
    assert!((a.return_k - b.return_k).abs() < 1e-3, "{} and {} K", a.return_k, b.return_k);
}

/// Capacity and conductances in time of a network: the closed forms of `networks` on both backends.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn properties_in_time_agree() {
    use thermsolve::analysis::assembly::{Solution, analyse};
    use thermsolve::constants::CELSIUS_ZERO_K;
    use thermsolve::model::assembly::Assembly;
    // A switch into 400 J/K; a tank that is filled while its stream slows down, beside a plate whose louvre opens.
    let text = "name = \"in time\"\ntransient = { until_s = 700.0, every_s = 100.0, tolerance_k = 1e-4 }
        [nodes]\nsink = { temperature_c = 0.0 }\nspace = { temperature_c = -270.0 }\nbody = { capacity_j_per_k = 400.0, start_c = 80.0 }
        tank = { capacity_by_s = [[0.0, 500.0], [650.0, 2000.0]], start_c = 40.0, power_w = 20.0 }
        plate = { capacity_j_per_k = 900.0, start_c = 30.0 }
        [conductors]
        switch = { a = \"body\", b = \"sink\", gl_by_s = [[0.0, 1e-9], [210.0, 5.0], [333.0, 5.0], [333.0, 0.5]] }
        stream = { a = \"sink\", b = \"tank\", gf_by_s = [[0.0, 3.0], [300.0, 0.2]] }
        wall = { a = \"tank\", b = \"plate\", gl_w_per_k = 1.5 }
        louvre = { a = \"plate\", b = \"space\", gr_by_s = [[100.0, 0.02], [150.0, 0.5]], period_s = 200.0 }\n";
    let model = Assembly::from_case(thermsolve::case::parse("test", text.to_owned()).unwrap()).unwrap();
    let at = |s: &Solution| s.march.as_ref().unwrap().node_k.clone();
    let (cpu, gpu) = (
        at(&analyse(&Cpu::<f64>::new(), &model, &support::Silent).unwrap()),
        at(&analyse(&*GPU, &model, &support::Silent).unwrap()),
    );
    for (k, (a, b)) in cpu.iter().zip(&gpu).enumerate() {
        assert!(farthest(a, b) < 1e-3, "row {k}: {a:?} and {b:?} K");
    }
    let body = model.lumped.nodes.iter().position(|n| n.name == "body").unwrap();
    let expected = CELSIUS_ZERO_K + 80.0 * (-(525.0 + 615.0 + 0.5 * 367.0) / 400.0_f64).exp();
    assert!((gpu[7][body] - expected).abs() < 0.01, "{} K, expected {expected} K", gpu[7][body]);
}

/// An assembly around an orbit in time: blankets, bolts, a layered panel, nodes and a flow, on both backends.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn assemblies_in_time_agree() {
    use thermsolve::analysis::assembly::{Solution, analyse};
    use thermsolve::model::assembly::Assembly;
    // The case with fewer cells, rays and rows.
    let change = [
        ("cells = [6, 6, 8]", "cells = [2, 2, 3]"),
        ("cells = [10, 16]", "cells = [4, 5]"),
        ("cells = [6, 6, 2]", "cells = [3, 3, 2]"),
        ("exchange = 1024", "exchange = 128"),
        ("heating = 64", "heating = 32"),
        ("positions = 24", "positions = 12"),
        ("mode = \"periodic\"", "until_s = 2500.0\ntolerance_k = 0.005"),
        ("every_s = 60.0", "every_s = 500.0"),
        ("frames = 24", "frames = 0"),
    ];
    let text = support::changed("cases/small_satellite.toml", &change);
    let model = Assembly::from_case(thermsolve::case::parse("test", text).unwrap()).unwrap();
    let at = |s: &Solution| s.march.as_ref().unwrap().parts_k.clone();
    let of = |s: Solution| (at(&s), s.march.unwrap().node_k);
    let cpu = of(analyse(&Cpu::<f64>::new(), &model, &support::Silent).unwrap());
    let gpu = of(analyse(&*GPU, &model, &support::Silent).unwrap());
    assert_eq!(cpu.0.len(), 6);
    for (row, (a, b)) in cpu.0.iter().zip(&gpu.0).enumerate() {
        for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
            assert!((a - b).abs() < 5e-3, "row {row}: {a} and {b} K");
        }
        assert!(farthest(&cpu.1[row], &gpu.1[row]) < 5e-3, "row {row}");
    }
}

/// Reference cases whose truth is no twin: in time (those of few steps), with conductivity by temperature, on leaning cells.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn reference_cases_hold() {
    support::verified_on(&*GPU, "C03-1,C09-T3,C11-1,E01-4,E03-1,E05,M-kt,M-quads", 9);
}

/// A map by the kernel: its designs meet the sizing model, and fail as those of the CPU do. What has no kernel is evaluated on the host, and
/// the map says so.
#[test]
#[ignore = "needs a GPU adapter: tests/run"]
fn maps_on_the_device_are_those_of_the_host() {
    let model = support::model("cases/rack_1mw.toml", &[]);
    let of_gpu = map(&*GPU, &model, 20_000, &Silent).unwrap();
    let of_cpu = map(&Cpu::<f64>::new(), &model, 20_000, &Silent).unwrap();
    let rechecked = of_gpu.rechecked.unwrap();
    assert!(rechecked.designs > 200 && rechecked.largest_difference < 1e-4, "{rechecked:?}");
    assert!(of_gpu.feasible.abs_diff(of_cpu.feasible) < 5, "{} and {}", of_gpu.feasible, of_cpu.feasible);
    assert_eq!(of_gpu.lightest, of_cpu.lightest);
    let pipes = map(&*GPU, &support::model("cases/heat_pipes_1mw.toml", &[]), 500, &Silent).unwrap();
    assert!(pipes.rechecked.is_none() && pipes.device.contains("no kernel covers"), "{}", pipes.device);
}
