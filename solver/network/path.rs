//! Paths of heat beside linear conductors, and heaters that follow a temperature.

use crate::conduction::Conductor;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::curve::Curve;

/// A radiative conductor between two nodes: `Q = σ GR (T_a⁴ − T_b⁴)` from a to b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Radiative {
    /// One node.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Exchange area (radk) GR, m².
    pub gr_m2: f64,
}

impl Radiative {
    /// Heat from a to b, W, by factors, so that near temperatures lose no digits.
    pub fn heat_w(&self, node_k: &[f64]) -> f64 {
        let (a, b) = (node_k[self.a], node_k[self.b]);
        STEFAN_BOLTZMANN * self.gr_m2 * (a - b) * (a + b) * (a * a + b * b)
    }
    /// `4 σ GR T³`, W/K.
    pub fn slope_w_per_k(&self, t_k: f64) -> f64 {
        4.0 * STEFAN_BOLTZMANN * self.gr_m2 * t_k.powi(3)
    }
}

/// A fluid conductor: the downstream node receives `ṁ cp (T_from − T_to)`, the upstream one feels nothing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Flow {
    /// Upstream node.
    pub from: usize,
    /// Downstream node.
    pub to: usize,
    /// Mass flow × specific heat GF, W/K.
    pub gf_w_per_k: f64,
}

/// Difference of temperature at which a conductor that leads one way is open, K.
pub const OPEN_K: f64 = 0.1;
/// What is left of such a conductor in the matrix while it is closed; the balance has nothing of it.
const CLOSED: f64 = 1e-9;

/// A conductor whose conductance follows the temperature of its end a, or that leads one way, or both:
/// `Q = GL f(T_a) d(T_a − T_b)` from a to b. `d(x) = x` in both directions; one way `d(x) = x s(x/0.1 K)` with `s(y) = y² (3 − 2y)` in
/// 0..1, 0 before and 1 beyond: no heat backwards, all of it from 0.1 K on, and no kink between.
///
/// Truth: `components::a_variable_conductance_heat_pipe`, `components::a_diode_heat_pipe`.
#[derive(Clone, Debug, PartialEq)]
pub struct Controlled {
    /// The end that controls.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// GL where the factor is 1, W/K.
    pub gl_w_per_k: f64,
    /// Factor f by the temperature of a; `None`: 1.
    pub curve: Option<Curve>,
    /// Whether heat only goes from a to b.
    pub one_way: bool,
}

impl Controlled {
    /// d, K, and its derivative.
    fn step(&self, x: f64) -> (f64, f64) {
        let y = x / OPEN_K;
        match y {
            y if !self.one_way || y >= 1.0 => (x, 1.0),
            y if y <= 0.0 => (0.0, 0.0),
            y => (x * y * y * (3.0 - 2.0 * y), y * y * (9.0 - 8.0 * y)),
        }
    }

    /// Heat from a to b, W.
    pub fn heat_w(&self, node_k: &[f64]) -> f64 {
        let (a, b) = (node_k[self.a], node_k[self.b]);
        self.gl_w_per_k * self.curve.as_ref().map_or(1.0, |f| f.at(a)) * self.step(a - b).0
    }

    /// `−dQ/dT_b`, what is symmetric of the derivative, and `dQ/dT_a + dQ/dT_b = GL f' d`, W/K.
    pub fn slopes_w_per_k(&self, node_k: &[f64]) -> (f64, f64) {
        let (a, (d, rise)) = (node_k[self.a], self.step(node_k[self.a] - node_k[self.b]));
        let (f, slope) = self.curve.as_ref().map_or((1.0, 0.0), |f| (f.at(a), f.slope_per_k(a)));
        (self.gl_w_per_k * f * rise, self.gl_w_per_k * slope * d)
    }

    /// The symmetric part as a linear conductor.
    pub(super) fn as_linear(&self, node_k: &[f64]) -> Conductor {
        let gl_w_per_k = self.slopes_w_per_k(node_k).0.max(CLOSED * self.gl_w_per_k);
        Conductor { a: self.a, b: self.b, gl_w_per_k }
    }
}

/// A heater in the steady state, whose power falls from all to none between two temperatures:
/// `Q = P clamp((T_high − T_sensor) / (T_high − T_low), 0, 1)`. Truth: `components::heaters_hold_in_the_steady_state`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Regulated {
    /// Node that it heats.
    pub node: usize,
    /// Node that it watches.
    pub sensor: usize,
    /// P, W.
    pub power_w: f64,
    /// Where it gives all, K.
    pub low_k: f64,
    /// Where it gives nothing, K.
    pub high_k: f64,
}

impl Regulated {
    /// Its power, W.
    pub fn heat_w(&self, node_k: &[f64]) -> f64 {
        self.power_w * ((self.high_k - node_k[self.sensor]) / (self.high_k - self.low_k)).clamp(0.0, 1.0)
    }
    /// `−dQ/dT_sensor`, W/K.
    pub fn slope_w_per_k(&self, node_k: &[f64]) -> f64 {
        let within = (self.low_k..=self.high_k).contains(&node_k[self.sensor]);
        if within { self.power_w / (self.high_k - self.low_k) } else { 0.0 }
    }
}

impl super::Network {
    /// The first node of each set of joined nodes that neither radiates, nor holds a boundary node, nor touches coolant: no temperature of it
    /// is a steady one.
    ///
    /// Truth: `assemblies::a_part_without_a_way_out_is_told`.
    pub fn islands(&self) -> Vec<usize> {
        fn root(up: &mut [usize], mut i: usize) -> usize {
            while up[i] != i {
                up[i] = up[up[i]];
                i = up[i];
            }
            i
        }
        let mut up: Vec<usize> = (0..self.node_count).collect();
        let conductors = self.conductors.iter().chain(&self.varying).map(|c| (c.a, c.b));
        let radiative = self.radiative.iter().map(|r| (r.a, r.b));
        let flows = self.flows.iter().map(|f| (f.from, f.to));
        let controlled = self.controlled.iter().map(|c| (c.a, c.b));
        for (a, b) in conductors.chain(radiative).chain(flows).chain(controlled) {
            let (a, b) = (root(&mut up, a), root(&mut up, b));
            up[a.max(b)] = a.min(b);
        }
        let mut leaves = vec![false; self.node_count];
        let radiating = self.faces.iter().filter(|f| self.surfaces[f.surface].emissivity > 0.0).map(|f| f.node);
        let held = self.held.iter().map(|h| h.0).chain(self.coolant.links.iter().map(|l| l.node));
        for node in radiating.chain(held) {
            leaves[root(&mut up, node)] = true;
        }
        (0..self.node_count).filter(|&i| root(&mut up, i) == i && !leaves[i]).collect()
    }
}
