//! Flow in a network of tubes: mass is kept in every node, and the pressure falls along each tube by friction.

use crate::model::catalogue::LiquidState;
use crate::model::components::{Drive, Tube};
use nalgebra::{DMatrix, DVector};
use std::f64::consts::PI;

/// Darcy friction factor of round tubes by Churchill, smooth through all regimes, and its `Re df/dRe`:
///
/// `f = 8 [(8/Re)¹² + (A + B)^{−3/2}]^{1/12}`, `A = [2.457 ln 1/((7/Re)^0.9 + 0.27 ε/D)]¹⁶`, `B = (37530/Re)¹⁶`; `64/Re` below Re = 1,
/// where it is that. Source: Churchill 1977. Truth: `hydraulics::tests::friction_as_others_have_it`.
pub fn friction(reynolds: f64, relative_roughness: f64) -> (f64, f64) {
    if reynolds < 1.0 {
        return (64.0 / reynolds, -64.0 / reynolds);
    }
    let thin = (7.0 / reynolds).powf(0.9);
    let inner = thin + 0.27 * relative_roughness;
    let theta = -2.457 * inner.ln();
    let (a, b) = (theta.powi(16), (37530.0 / reynolds).powi(16));
    // Re d/dRe of each.
    let (rise_a, rise_b) = (16.0 * a / theta * 2.457 * 0.9 * thin / inner, -16.0 * b);
    let (laminar, turbulent) = ((8.0 / reynolds).powi(12), (a + b).powf(-1.5));
    let sum = laminar + turbulent;
    let rise = -12.0 * laminar - 1.5 * turbulent * (rise_a + rise_b) / (a + b);
    let f = 8.0 * sum.powf(1.0 / 12.0);
    (f, f * rise / (12.0 * sum))
}

impl Tube {
    /// Mean velocity at a mass flow through all, m/s; against its direction below 0.
    pub fn velocity_m_s(&self, flow_kg_s: f64, liquid: &LiquidState) -> f64 {
        4.0 * flow_kg_s / (self.count * PI * self.bore_m * self.bore_m * liquid.density_kg_m3)
    }

    /// Fall of pressure from beginning to end, Pa, `(f L/D + ζ) ½ ρ V|V|`, and its derivative by the mass flow, Pa s/kg.
    pub fn drop_pa(&self, flow_kg_s: f64, liquid: &LiquidState) -> (f64, f64) {
        let velocity = self.velocity_m_s(flow_kg_s.abs(), liquid);
        let slender = self.length_m / self.bore_m;
        let reynolds = liquid.density_kg_m3 * velocity * self.bore_m / liquid.viscosity_pa_s;
        // 32 μ L V/D²; per velocity it has a limit in liquid at rest.
        let viscous = 32.0 * liquid.viscosity_pa_s * slender / self.bore_m;
        let per_flow = self.velocity_m_s(1.0, liquid);
        let (friction_drop, friction_slope) = if reynolds < 1.0 {
            (viscous * velocity, viscous)
        } else {
            let (f, rise) = friction(reynolds, self.roughness_m / self.bore_m);
            let dynamic = 0.5 * liquid.density_kg_m3 * velocity;
            (f * slender * dynamic * velocity, (2.0 * f + rise) * slender * dynamic)
        };
        let minor = 0.5 * self.minor_loss * liquid.density_kg_m3 * velocity;
        let drop = friction_drop + minor * velocity;
        (drop.copysign(flow_kg_s), (friction_slope + 2.0 * minor) * per_flow)
    }
}

/// Tubes between nodes 0, 1, … and a pump from its suction to its discharge.
#[derive(Clone, Debug)]
pub struct Circuit {
    /// Nodes.
    pub nodes: usize,
    /// Tubes.
    pub tubes: Vec<Tube>,
    /// The pump's suction.
    pub suction: usize,
    /// Its discharge.
    pub discharge: usize,
    /// What it keeps.
    pub pump: Drive,
}

/// How the liquid flows.
#[derive(Clone, Debug, PartialEq)]
pub struct Flowing {
    /// Through each tube, all its parallel ones together, kg/s; against its direction below 0.
    pub tube_kg_s: Vec<f64>,
    /// Pressure of each node above the pump's suction, Pa.
    pub pressure_pa: Vec<f64>,
    /// Through the pump, kg/s.
    pub pump_kg_s: f64,
}

/// The flows did not converge.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
#[error("the flow of a loop still changes by {change:.1e} of the largest after {rounds} rounds")]
pub struct Unsettled {
    /// Rounds done.
    pub rounds: usize,
    /// Last change.
    pub change: f64,
}

/// Change of a flow over the largest at which the flow is found.
const SETTLED: f64 = 1e-10;
/// Rounds at most.
const ROUNDS: usize = 200;
/// Velocity at which tubes resist at first, m/s.
const FIRST_M_S: f64 = 1.0;

/// Flows and pressures by Newton on both at once (Todini's gradient method): with `r = drop(ṁ) − (p_from − p_to)` and its slope s,
/// `δ = (p_from − p_to − drop)/s` keeps mass in every node if `Σ ±(p_from − p_to)/s = Σ ±(drop/s − ṁ)` there. Drops grow with flow, so
/// the flow is the least of a convex function; a step that goes beyond it is halved. `liquid` is that of each tube.
///
/// Every node must be joined to the pump by tubes. Errors: no convergence. Truth:
/// `hydraulics::tests::laminar_tubes_share_by_the_fourth_power_of_the_bore`, `hydraulics::tests::drops_in_series_add_up`,
/// `hydraulics::tests::a_bridge_and_its_turn`, `hydraulics::tests::turbulent_branches_as_another_program_splits_them`.
pub fn flow(circuit: &Circuit, liquid: &[LiquidState]) -> Result<Flowing, Unsettled> {
    let c = circuit;
    let tubes = || c.tubes.iter().zip(liquid);
    let mut flow: Vec<f64> = vec![0.0; c.tubes.len()];
    // At first all resist as at one velocity.
    let mut drop: Vec<(f64, f64)> = tubes()
        .map(|(t, l)| {
            let first = FIRST_M_S / t.velocity_m_s(1.0, l);
            (0.0, t.drop_pa(first, l).0 / first)
        })
        .collect();
    let mut change = f64::INFINITY;
    for _ in 0..ROUNDS {
        let pressure_pa = pressures(c, &flow, &drop);
        let fall = |t: &Tube| pressure_pa[t.from] - pressure_pa[t.to];
        let step: Vec<f64> = c.tubes.iter().zip(&drop).map(|(t, (d, s))| (fall(t) - d) / s).collect();
        // The rise of the convex function along the step.
        let rise = |drop: &[(f64, f64)]| -> f64 {
            c.tubes.iter().zip(drop).zip(&step).map(|((t, (d, _)), step)| (d - fall(t)) * step).sum()
        };
        let (before, mut part) = (rise(&drop), 1.0);
        let moved = loop {
            let moved: Vec<f64> = flow.iter().zip(&step).map(|(m, d)| m + part * d).collect();
            drop = tubes().zip(&moved).map(|((t, l), m)| t.drop_pa(*m, l)).collect();
            // The first step brings mass into balance and is taken whole.
            if change.is_infinite() || rise(&drop) <= 0.5 * before.abs() || part < 1e-3 {
                break moved;
            }
            part *= 0.5;
        };
        let largest = moved.iter().fold(f64::MIN_POSITIVE, |m, x| m.max(x.abs()));
        change = step.iter().fold(0.0, |m: f64, x| m.max(x.abs())) / largest;
        flow = moved;
        if change <= SETTLED {
            let leaves = |t: &Tube| f64::from(u8::from(t.from == c.discharge)) - f64::from(u8::from(t.to == c.discharge));
            let pump_kg_s = c.tubes.iter().zip(&flow).map(|(t, m)| leaves(t) * m).sum();
            return Ok(Flowing { tube_kg_s: flow, pressure_pa, pump_kg_s });
        }
    }
    Err(Unsettled { rounds: ROUNDS, change })
}

/// Pressures of all nodes, Pa, at which the next flows keep mass.
fn pressures(c: &Circuit, flow: &[f64], drop: &[(f64, f64)]) -> Vec<f64> {
    let mut pressure = vec![0.0; c.nodes];
    let mut place: Vec<Option<usize>> = vec![None; c.nodes];
    let fixed = |node: usize| node == c.suction || (node == c.discharge && matches!(c.pump, Drive::Rise(_)));
    let free = (0..c.nodes).filter(|&n| !fixed(n)).enumerate().map(|(k, n)| place[n] = Some(k)).count();
    let (mut matrix, mut right) = (DMatrix::zeros(free, free), DVector::zeros(free));
    match c.pump {
        Drive::Rise(rise) => pressure[c.discharge] = rise,
        Drive::Flow(kg_s) => right[place[c.discharge].expect("a pump joins two nodes")] += kg_s,
    }
    for ((t, m), (d, s)) in c.tubes.iter().zip(flow).zip(drop) {
        // What leaves through the tube is (p − p')/s + ṁ − drop/s.
        for (node, other, out) in [(t.from, t.to, m - d / s), (t.to, t.from, d / s - m)] {
            let Some(i) = place[node] else { continue };
            matrix[(i, i)] += 1.0 / s;
            right[i] -= out;
            match place[other] {
                Some(j) => matrix[(i, j)] -= 1.0 / s,
                None => right[i] += pressure[other] / s,
            }
        }
    }
    if let Some(solved) = matrix.cholesky().map(|m| m.solve(&right)) {
        for (p, k) in pressure.iter_mut().zip(&place) {
            *p = k.map_or(*p, |k| solved[k]);
        }
    }
    pressure
}

#[cfg(test)]
mod tests {
    use super::*;

    const WATER: LiquidState =
        LiquidState { density_kg_m3: 997.0, specific_heat_j_kgk: 4180.0, conductivity_w_mk: 0.6, viscosity_pa_s: 8.9e-4 };

    fn tube(from: usize, to: usize, length_m: f64, bore_m: f64) -> Tube {
        Tube { from, to, length_m, bore_m, roughness_m: 0.0, count: 1.0, minor_loss: 0.0, wall: None, exchanged: false }
    }

    fn run(nodes: usize, tubes: Vec<Tube>, (suction, discharge): (usize, usize), pump: Drive) -> Flowing {
        let liquid = vec![WATER; tubes.len()];
        flow(&Circuit { nodes, tubes, suction, discharge, pump }, &liquid).unwrap()
    }

    fn near(got: f64, expected: f64, relative: f64) {
        assert!((got - expected).abs() <= relative * expected.abs(), "{got}, expected {expected}");
    }

    #[test]
    fn friction_as_others_have_it() {
        // Python package fluids 1.3.1, Churchill_1977(Re, eD).
        for (re, rough, f) in [
            (1.5, 0.0, 42.666_666_666_666_66),
            (60.0, 0.0, 1.066_666_666_666_666_9),
            (2000.0, 0.0, 0.032_043_317_428_662_56),
            (2700.0, 1e-3, 0.039_865_208_267_311_72),
            (1e4, 0.0, 0.031_002_130_652_565_126),
            (3e5, 2e-3, 0.024_162_955_987_633_707),
            (5e6, 1e-6, 0.009_077_874_811_305_035),
        ] {
            near(friction(re, rough).0, f, 1e-12);
        }
        // Its rise by differences, and the same law on both sides of Re = 1.
        for re in [1.5, 900.0, 2300.0, 2900.0, 4e3, 1e5] {
            let h = 1e-5;
            let rise = (friction(re * (1.0 + h), 1e-3).0 - friction(re * (1.0 - h), 1e-3).0) / (2.0 * h);
            near(friction(re, 1e-3).1, rise, 1e-6);
        }
        near(friction(1.0, 0.0).0, 64.0, 1e-12);
    }

    #[test]
    fn laminar_tubes_share_by_the_fourth_power_of_the_bore() {
        // Hagen-Poiseuille: ṁ ∝ n D⁴/L; Reynolds numbers below 60.
        let mut pair = tube(0, 1, 3.0, 0.003);
        pair.count = 2.0;
        let s = run(2, vec![tube(0, 1, 2.0, 0.004), tube(0, 1, 1.0, 0.002), pair], (1, 0), Drive::Flow(2e-4));
        let weight = [256.0 / 2.0, 16.0, 2.0 * 81.0 / 3.0];
        let sum: f64 = weight.iter().sum();
        for (m, w) in s.tube_kg_s.iter().zip(weight) {
            near(*m, 2e-4 * w / sum, 1e-11);
        }
        let poiseuille = 128.0 * 8.9e-4 * 2.0 / (PI * 997.0 * 0.004f64.powi(4)) * s.tube_kg_s[0];
        near(s.pressure_pa[0], poiseuille, 1e-11);
    }

    #[test]
    fn drops_in_series_add_up() {
        let mut tubes = vec![tube(0, 1, 2.0, 0.006), tube(1, 2, 1.0, 0.004), tube(2, 3, 0.5, 0.01)];
        tubes[1].minor_loss = 3.0;
        tubes[2].roughness_m = 2e-5;
        let s = run(4, tubes.clone(), (3, 0), Drive::Flow(0.05));
        let drops: Vec<f64> = tubes.iter().map(|t| t.drop_pa(0.05, &WATER).0).collect();
        near(s.pressure_pa[0], drops.iter().sum(), 1e-12);
        near(s.pressure_pa[1] - s.pressure_pa[2], drops[1], 1e-12);
        // The same rise gives the same flow.
        let back = run(4, tubes, (3, 0), Drive::Rise(s.pressure_pa[0]));
        near(back.pump_kg_s, 0.05, 1e-10);
        near(back.tube_kg_s[1], 0.05, 1e-10);
    }

    #[test]
    fn a_bridge_and_its_turn() {
        // SciPy 1.x: the two loop flows by fsolve on the sums of drops around both loops, friction by fluids 1.3.1.
        let (expected_kg_s, expected_pa) = (
            [0.030_490_712_809_5, 0.029_509_287_190_5, 0.007_224_265_388_6, 0.023_266_447_420_9, 0.036_733_552_579_1],
            13_942.418_707_593,
        );
        let bridge = |ends: (usize, usize)| {
            let tubes = vec![
                tube(0, 1, 2.0, 0.006),
                tube(0, 2, 1.0, 0.005),
                tube(ends.0, ends.1, 0.5, 0.004),
                tube(1, 3, 1.5, 0.005),
                tube(2, 3, 3.0, 0.007),
            ];
            run(4, tubes, (3, 0), Drive::Flow(0.06))
        };
        let s = bridge((1, 2));
        for (got, expected) in s.tube_kg_s.iter().zip(expected_kg_s) {
            near(*got, expected, 1e-9);
        }
        near(s.pressure_pa[0], expected_pa, 1e-9);
        // The tube in the bridge laid the other way round carries the same against its direction.
        let turned = bridge((2, 1));
        near(turned.tube_kg_s[2], -s.tube_kg_s[2], 1e-12);
    }

    #[test]
    fn turbulent_branches_as_another_program_splits_them() {
        let branch = |to: usize, length_m: f64, bore_m: f64, roughness_m: f64, minor_loss: f64, count: f64| Tube {
            roughness_m,
            minor_loss,
            count,
            ..tube(0, to, length_m, bore_m)
        };
        let tubes = vec![
            branch(1, 5.0, 0.012, 0.0, 0.0, 1.0),
            branch(1, 2.0, 0.008, 1e-5, 4.0, 3.0),
            branch(1, 1.0, 0.004, 5e-5, 1.5, 2.0),
        ];
        let s = run(2, tubes, (1, 0), Drive::Rise(20e3));
        // SciPy: each branch by brentq on its own drop, friction by fluids 1.3.1.
        for (got, expected) in s.tube_kg_s.iter().zip([0.225_808_805_428_02, 0.281_988_455_943_696, 0.043_231_864_321_440]) {
            near(*got, expected, 1e-9);
        }
    }

    #[test]
    fn many_regimes_are_found_from_one_start() {
        // From creeping to fast, a ladder of thin and wide tubes: mass is kept in every node.
        for rise in [1e-6, 1.0, 1e3, 1e5, 1e7] {
            let mut tubes = vec![];
            for k in 0..12 {
                let wide = 0.002 + 0.001 * f64::from(u8::try_from(k % 5).unwrap());
                tubes.extend([tube(2 * k, 2 * k + 2, 1.0, wide), tube(2 * k + 1, 2 * k + 3, 2.0, 0.006)]);
                tubes.push(tube(2 * k, 2 * k + 1, 0.3, 0.003));
            }
            tubes.push(tube(24, 25, 0.3, 0.003));
            let s = run(26, tubes.clone(), (25, 0), Drive::Rise(rise));
            let mut kept = [0.0; 26];
            for (t, m) in tubes.iter().zip(&s.tube_kg_s) {
                kept[t.from] -= m;
                kept[t.to] += m;
                let drop = t.drop_pa(*m, &WATER).0;
                assert!((s.pressure_pa[t.from] - s.pressure_pa[t.to] - drop).abs() < 1e-9 * rise, "{rise}");
            }
            (1..25).for_each(|n| assert!(kept[n].abs() < 1e-11 * s.pump_kg_s, "{n} at {rise}"));
            near(kept[25], s.pump_kg_s, 1e-11);
        }
    }
}
