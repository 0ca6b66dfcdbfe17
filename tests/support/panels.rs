//! Thin panels in layers with a known field: heat sources are what keeps the field steady.

use thermsolve::backend::Backend;
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::network::{Face, Internal, Lattice, Network, Surface};
use thermsolve::solve::balance::ResidualForm;
use thermsolve::solve::steady::{Settings, SolveError, SteadyState, steady};

/// A panel and the temperatures that solve it.
pub struct Panel {
    name: &'static str,
    network: Network,
    exact_k: Vec<f64>,
}

/// 1 mm of aluminium, a 20 mm sandwich of graphite sheets on honeycomb, and an 80 µm foil whose cells are a thousand times wider
/// than thick, with n × n cells a layer.
pub fn three(n: usize) -> Vec<Panel> {
    let sandwich = |z: usize| if z == 0 || z == 9 { ([1200.0, 900.0], 10.0, 0.5e-3) } else { ([2.0, 1.0], 5.0, 19e-3 / 8.0) };
    vec![
        Panel::new("aluminium 1 mm", n, 8, 1.0 / n as f64, |_| ([167.0; 2], 167.0, 0.125e-3)),
        Panel::new("sandwich 20 mm", n, 10, 1.0 / n as f64, sandwich),
        Panel::new("foil 80 um", n, 8, 0.01, |_| ([167.0; 2], 167.0, 1e-5)),
    ]
}

impl Panel {
    /// `layer(z)` gives k along x and y, k across and thickness. Both faces radiate to space with emissivity 0.88.
    fn new(name: &'static str, n: usize, layers: usize, cell_m: f64, layer: impl Fn(usize) -> ([f64; 2], f64, f64)) -> Self {
        let mut network = Network::new(n * n * layers);
        network.lattices = vec![Lattice { first: 0, size: [n, n, layers] }];
        let area = cell_m * cell_m;
        for c in 0..n * n * layers {
            let (k, across, thick) = layer(c / n / n);
            let mut join = |b: usize, gl_w_per_k: f64| network.conductors.push(Conductor { a: c, b, gl_w_per_k });
            if c % n + 1 < n {
                join(c + 1, k[0] * thick);
            }
            if c / n % n + 1 < n {
                join(c + n, k[1] * thick);
            }
            if c / n / n + 1 < layers {
                let (_, next, next_thick) = layer(c / n / n + 1);
                join(c + n * n, area / (0.5 * thick / across + 0.5 * next_thick / next));
            }
        }
        network.surfaces = vec![Surface { emissivity: 0.88, solar_w_m2: 0.0, albedo_w_m2: 0.0, planet_ir_w_m2: 0.0 }; 2];
        for c in 0..n * n {
            network.faces.push(Face { node: c, surface: 0, area_m2: area });
            network.faces.push(Face { node: c + n * n * (layers - 1), surface: 1, area_m2: area });
        }
        // Some tens of kelvins along the panel, and across it what some 400 W/m2 need.
        let across_k: f64 = (0..layers).map(&layer).map(|(_, k, thick)| 400.0 * thick / k).sum();
        let exact_k: Vec<f64> = (0..n * n * layers)
            .map(|c| {
                let (x, y, z) = ((c % n) as f64 / n as f64, (c / n % n) as f64 / n as f64, (c / n / n) as f64 / layers as f64);
                300.0 + 25.0 * (3.1 * x + 0.4).sin() * (2.3 * y).cos() + across_k * (z - 0.3 * z * z) * (1.0 + x * y)
            })
            .collect();
        let mut heat: Vec<f64> = vec![0.0; exact_k.len()];
        for c in &network.conductors {
            let flow = c.gl_w_per_k * (exact_k[c.b] - exact_k[c.a]);
            heat[c.a] -= flow;
            heat[c.b] += flow;
        }
        let space = STEFAN_BOLTZMANN * network.space_k.powi(4);
        for f in &network.faces {
            heat[f.node] += 0.88 * f.area_m2 * (STEFAN_BOLTZMANN * exact_k[f.node].powi(4) - space);
        }
        network.internal = heat.iter().map(|&w| Internal { at_reference_w: w, ..Internal::default() }).collect();
        Self { name, network, exact_k }
    }

    /// Solves from a flat guess with the backend's own residual.
    pub fn try_solve<B: Backend>(&self, backend: &B) -> Result<SteadyState, SolveError> {
        let settings = Settings { tolerance_k: 1e-9, max_rounds: 60, residual: None };
        steady(backend, &self.network, vec![310.0; self.exact_k.len()], settings, &|_| ())
    }

    /// Solves from a flat guess and compares with the known field. Returns the multigrid cycles.
    pub fn check<B: Backend>(&self, backend: &B, form: ResidualForm, within_k: f64) -> usize {
        let settings = Settings { tolerance_k: 1e-9, max_rounds: 60, residual: Some(form) };
        let guess = vec![310.0; self.exact_k.len()];
        let s = steady(backend, &self.network, guess, settings, &|_| ()).unwrap();
        assert_eq!(s.convergence.residual, form);
        let error = s.node_k.iter().zip(&self.exact_k).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        println!("{} {form:?}: {error:.1e} K, {} rounds, {} cycles", self.name, s.convergence.rounds, s.convergence.cycles);
        assert!(error < within_k, "{} {form:?}: {error:e} K off", self.name);
        s.convergence.cycles
    }
}
