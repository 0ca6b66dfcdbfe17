//! Times a radiating panel: `cargo bench --bench panel -- NX NY [strips|few|orthotropic|contact]`.
//!
//! An aluminium plate of 10 × 2 m × 1 mm with heated strips 10 mm wide along its length, both faces of emissivity 0.88 to 0 K.
//! `strips`: 20 strips at 320 K; `few`: two of them; `orthotropic`: 20, with k along the strips ten times that across;
//! `contact`: 20, each touched by a pipe at 320 K over 500 W/(m² K). NY must be a multiple of 400.

use std::time::Instant;
use thermsolve::backend::{Backend, Cpu, Gpu};
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::network::{Face, Internal, Lattice, Network, Surface};
use thermsolve::solve::steady::{Settings, steady};

const SIZE_M: [f64; 2] = [10.0, 2.0];
const STRIP_K: f64 = 320.0;

fn network(nx: usize, ny: usize, kind: &str) -> Network {
    let (hx, hy) = (SIZE_M[0] / nx as f64, SIZE_M[1] / ny as f64);
    let (k, thickness) = (if kind == "orthotropic" { [1670.0, 167.0] } else { [167.0; 2] }, 1e-3);
    let (gx, gy) = (k[0] * thickness * hy / hx, k[1] * thickness * hx / hy);
    let pitch = if kind == "few" { 1.0 } else { 0.1 };
    // The strip's edges fall on faces of the mesh.
    let heated = |j: usize| (((j as f64 + 0.5) * hy) % pitch - 0.5 * pitch).abs() < 5e-3 - 1e-9;
    assert!((0..ny).any(heated) && ny.is_multiple_of(400), "the strips fall between the cells: NY must be a multiple of 400");
    let held = kind != "contact";
    let mut network = Network::new(nx * ny);
    network.space_k = 0.0;
    network.lattices = vec![Lattice { first: 0, size: [nx, ny, 1] }];
    network.surfaces = vec![Surface { emissivity: 0.88, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }];
    network.conductors.reserve_exact(2 * nx * ny);
    network.faces.reserve_exact(nx * ny);
    for a in 0..nx * ny {
        let (i, j) = (a % nx, a / nx);
        if i + 1 < nx {
            network.conductors.push(Conductor { a, b: a + 1, gl_w_per_k: gx });
        }
        if j + 1 < ny {
            // The edge of a strip at a given temperature is half a cell away.
            let edge = held && heated(j) != heated(j + 1);
            network.conductors.push(Conductor { a, b: a + nx, gl_w_per_k: if edge { 2.0 * gy } else { gy } });
        }
        network.faces.push(Face { node: a, surface: 0, area_m2: 2.0 * hx * hy });
        if heated(j) {
            let gl = if held { 1e10 } else { 500.0 } * hx * hy;
            network.internal[a] = Internal { at_reference_w: 0.0, slope_w_per_k: -gl, reference_k: STRIP_K };
        }
    }
    network
}

/// A line of /proc/self/status or CPU seconds of this process.
fn cpu_s() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks: Vec<f64> =
        stat.rsplit(')').next().unwrap().split_whitespace().skip(11).take(2).map(|t| t.parse().unwrap()).collect();
    ticks.iter().sum::<f64>() / 100.0
}

fn run<B: Backend>(backend: &B, name: &str, network: &Network) {
    let (start, cpu) = (Instant::now(), cpu_s());
    let settings = Settings { tolerance_k: 1e-6, max_rounds: 50, residual: None };
    let s = steady(backend, network, vec![STRIP_K; network.node_count], settings, &|_| ()).unwrap();
    let (wall, cpu) = (start.elapsed().as_secs_f64(), cpu_s() - cpu);
    let mean = s.node_k.iter().sum::<f64>() / s.node_k.len() as f64;
    let heat: f64 = network.faces.iter().map(|f| 0.88 * STEFAN_BOLTZMANN * f.area_m2 * s.node_k[f.node].powi(4)).sum();
    println!(
        "{name} solve wall {wall:.3} cpu {cpu:.2} rounds {} cycles {} mean {mean:.6} K heat {heat:.4} W last change {:.1e} balance {:.1e}",
        s.convergence.rounds, s.convergence.cycles, s.convergence.last_change_k, s.convergence.balance
    );
}

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with("--")).collect();
    let size = |k: usize, default: usize| args.get(k).map_or(default, |n| n.parse().unwrap());
    let (nx, ny) = (size(0, 2000), size(1, 400));
    let kind = args.get(2).map_or("strips", |s| s);
    let start = Instant::now();
    let network = network(nx, ny, kind);
    let name = format!("panel {kind} {nx}x{ny} assembly {:.3}", start.elapsed().as_secs_f64());
    if args.get(3).is_some_and(|b| b == "gpu") {
        let gpu = Gpu::new().unwrap();
        run(&gpu, &format!("{name} {}", gpu.describe()), &network);
    } else {
        run(&Cpu::<f64>::new(), &name, &network);
    }
}
