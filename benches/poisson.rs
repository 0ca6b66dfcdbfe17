//! Times the multigrid solver on a Poisson cube: `cargo bench --bench poisson -- N [block|graph] [constant|variable|orthotropic]`.
//!
//! Cell-centred finite volumes on N³ cells of a unit cube at 0 on its faces, unit source, to a relative f64 residual of 1e-8: the
//! problem of the peers in RESULTS.md. Set RAYON_NUM_THREADS=1 for one thread.

use std::time::Instant;
use thermsolve::backend::{Backend, Cpu, Gpu};
use thermsolve::kernels::block::Grid;
use thermsolve::solve::block::Block;
use thermsolve::solve::graph::Graph;
use thermsolve::solve::linear;
use thermsolve::solve::multigrid::Multigrid;
use thermsolve::solve::operator::Matrix;

/// Conductivity of a cell in each direction.
fn conductivity(kind: &str, i: usize, j: usize, k: usize) -> [f64; 3] {
    match kind {
        "constant" => [1.0; 3],
        // 1 to 100 from cell to cell, smooth over a few of them.
        "variable" => [10_f64.powf(1.0 + (0.3 * i as f64).sin() * (0.2 * j as f64).cos() * (0.25 * k as f64).sin()); 3],
        "orthotropic" => [1.0, 10.0, 100.0],
        _ => panic!("unknown kind {kind}"),
    }
}

/// The cube in natural order: conductances towards +x, +y, +z, and the diagonal.
pub fn cube(n: usize, kind: &str) -> ([Vec<f64>; 3], Vec<f64>) {
    let h = 1.0 / n as f64;
    let mut g: [Vec<f64>; 3] = std::array::from_fn(|_| vec![0.0; n * n * n]);
    let mut diagonal = vec![0.0; n * n * n];
    let at = |c: [usize; 3]| (c[2] * n + c[1]) * n + c[0];
    for k in 0..n {
        for j in 0..n {
            for i in 0..n {
                let c = [i, j, k];
                let own = conductivity(kind, i, j, k);
                for d in 0..3 {
                    if c[d] == 0 || c[d] + 1 == n {
                        diagonal[at(c)] += 2.0 * own[d] * h;
                    }
                    if c[d] + 1 < n {
                        let mut e = c;
                        e[d] += 1;
                        let other = conductivity(kind, e[0], e[1], e[2])[d];
                        g[d][at(c)] = h * 2.0 / (1.0 / own[d] + 1.0 / other);
                    }
                }
            }
        }
    }
    (g, diagonal)
}

/// The same as a graph.
pub fn graph(n: usize, g: &[Vec<f64>; 3], diagonal: Vec<f64>) -> Graph {
    let steps = [1, n, n * n];
    let mut graph = Graph { row_start: vec![0], diagonal, ..Graph::default() };
    for c in 0..n * n * n {
        let place = [c % n, c / n % n, c / n / n];
        for d in (0..3).rev().filter(|&d| place[d] > 0) {
            graph.column.push((c - steps[d]) as u32);
            graph.conductance.push(g[d][c - steps[d]]);
        }
        for d in (0..3).filter(|&d| place[d] + 1 < n) {
            graph.column.push((c + steps[d]) as u32);
            graph.conductance.push(g[d][c]);
        }
        graph.row_start.push(graph.column.len() as u32);
    }
    graph
}

/// CPU seconds of this process so far.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> =
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|t| t.parse().unwrap()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn run<B: Backend>(backend: &B, name: &str, matrix: &Matrix, n: usize, rhs: &[f64]) {
    let (start, cpu) = (Instant::now(), cpu_s());
    let mut multigrid = Multigrid::new(backend.inner(), matrix).unwrap();
    let (setup, setup_cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
    let (start, cpu) = (Instant::now(), cpu_s());
    let s = linear::solve(backend, &mut multigrid, matrix, rhs, (1e-8, 20)).unwrap();
    let (solve, solve_cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
    let mean = s.x.iter().sum::<f64>() / s.x.len() as f64;
    println!(
        "{name} N={n} wall {:.3} ({setup:.3}+{solve:.3}) cpu {:.2} ({setup_cpu:.2}+{solve_cpu:.2}) it {} rounds {} relres {:.1e} mean {mean:.10} levels {:?}",
        setup + solve,
        setup_cpu + solve_cpu,
        s.iterations,
        s.rounds,
        s.relative_residual,
        multigrid.level_cells()
    );
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let n: usize = args.first().map_or(64, |n| n.parse().unwrap());
    let (form, kind) = (args.get(1).map_or("block", |s| s), args.get(2).map_or("constant", |s| s));
    let (g, diagonal) = cube(n, kind);
    let matrix = match form {
        "block" => Matrix::Block(Block::new(Grid { nx: n, ny: n, nz: n }, g, diagonal)),
        _ => {
            let graph = graph(n, &g, diagonal);
            drop(g);
            Matrix::Graph(graph)
        }
    };
    let rhs = vec![(n as f64).powi(-3); n * n * n];
    let name = format!("{form} {kind}");
    match args.get(3).map(String::as_str) {
        Some("gpu") => {
            let gpu = Gpu::new().unwrap();
            run(&gpu, &format!("{name} {}", gpu.describe()), &matrix, n, &rhs);
        }
        _ => run(&Cpu::<f64>::new(), &name, &matrix, n, &rhs),
    }
}
