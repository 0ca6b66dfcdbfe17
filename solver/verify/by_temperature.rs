//! Conductivity and capacity that grow with temperature: slabs (C06), a square in time (C10), a manufactured cube (C14-1).
//!
//! Temperatures of cases without a scale are taken as hundreds of kelvins above 300 K.

use super::conduction::{UNIT_K, ZERO_K};
use super::data::Case;
use super::grid::{Grid, Metric, lines, one};
use super::networks::solved;
use super::time::{run, stepping};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::model::curve::Curve;
use crate::network::Network;
use crate::solve::method::Method;
use crate::solve::transient::{Stepping, Still};
use std::f64::consts::PI;

/// `1 + β (T − T0)` between two temperatures.
pub(super) fn growing(beta: f64, from_k: f64, (low_k, high_k): (f64, f64)) -> Result<Curve, VerifyError> {
    let point = |t: f64| (t, 1.0 + beta * (t - from_k));
    Curve::new(&[point(low_k), point(high_k)]).map_err(|e| VerifyError::Data(e.to_string()))
}

/// C06: one slab between two temperatures, or heated, insulated at one end and held at the other.
pub(super) fn slabs<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if c.has("source") { heated(backend, c) } else { between(backend, c) }
}

fn between<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (k0, beta, reference) = (c.get("k0")?, c.get("beta")?, c.get("T_ref")?);
    let (left, right) = (c.get("T_left")?, c.get("T_right")?);
    let grid = Grid::new(Metric::Plane, [lines(&[(c.get("L")?, 101)], 0.0), one(), one()], k0);
    let mut network = grid.network();
    grid.held(&mut network, (0, false), |_| left);
    grid.held(&mut network, (0, true), |_| right);
    let curve = growing(beta, reference, (left.min(right) - 1.0, left.max(right) + 1.0))?;
    network.by_temperature.conductance = vec![(0..network.conductors.len(), curve.clone())];
    let t = solved(backend, &network, 0.5 * (left + right))?.node_k;
    let middle = &network.conductors[50];
    let flux = middle.gl_w_per_k * (curve.integral_k(t[50]) - curve.integral_k(t[51]));
    out.close("flux", flux, c.want("q_W_m2")?, c.tolerance("mesh_rel")?);
    out.close("T in the middle", t[50], c.want("T_mid")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

fn heated<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let grid = Grid::new(Metric::Plane, [lines(&[(c.get("L")?, 200)], 0.0), one(), one()], c.get("kr")?);
    let (mut network, q) = (grid.network(), c.get("source")?);
    grid.held(&mut network, (0, true), |_| ZERO_K);
    grid.source(&mut network, |_| q);
    let curve = growing(c.get("beta")?, ZERO_K, (ZERO_K, 2.0 * ZERO_K))?;
    network.by_temperature.conductance = vec![(0..network.conductors.len(), curve)];
    let t = solved(backend, &network, ZERO_K)?.node_k;
    out.close("rise to the insulated end", t[0] - ZERO_K, c.want("T0")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// A growth by 1 for a rise by 1, 1/K.
pub(super) const PER_K: f64 = 1.0 / UNIT_K;

/// C14-1: a cube whose conductivity grows by half of itself, held at its faces.
pub(super) fn cube<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, mut points) = (Outcome::default(), vec![]);
    let exact = |[x, y, z]: [f64; 3]| 1.0 + 0.5 * (PI * x).sin() * (PI * y).sin() * (PI * z).sin();
    // −(|∇T|² + (1 + T) ∇²T), ∇²T = −3π² (T − 1).
    let source = |at: [f64; 3]| {
        let (s, d) = (at.map(|x| (PI * x).sin()), at.map(|x| PI * (PI * x).cos()));
        let gradient = [d[0] * s[1] * s[2], s[0] * d[1] * s[2], s[0] * s[1] * d[2]];
        let t = exact(at);
        3.0 * PI * PI * (t - 1.0) * (1.0 + t) - 0.25 * gradient.iter().map(|g| g * g).sum::<f64>()
    };
    for n in [8_u32, 16, 32] {
        let side = || lines(&[(1.0, n as usize)], 0.0);
        let grid = Grid::new(Metric::Plane, [side(), side(), side()], 1.0);
        let mut network = grid.network();
        for axis in 0..3 {
            grid.held(&mut network, (axis, false), |_| ZERO_K + UNIT_K);
            grid.held(&mut network, (axis, true), |_| ZERO_K + UNIT_K);
        }
        grid.source(&mut network, |at| UNIT_K * source(at));
        let curve = growing(PER_K, ZERO_K, (ZERO_K, 2.0 * ZERO_K))?;
        network.by_temperature.conductance = vec![(0..network.conductors.len(), curve)];
        let t = solved(backend, &network, ZERO_K + UNIT_K)?.node_k;
        points.push((1.0 / f64::from(n), grid.off_k(&t, |at| ZERO_K + UNIT_K * exact(at)) / UNIT_K));
    }
    out.order("root mean square error of T", points, c.want("order")?);
    Ok(out)
}

/// Cells of a side of C10's square.
const CELLS: usize = 60;

/// C10: a square heated at two sides from rest at 0, the others at 1.
pub(super) fn square<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let side = || lines(&[(c.get("side").unwrap_or(f64::NAN), CELLS)], 0.0);
    let grid = Grid::new(Metric::Plane, [side(), side(), one()], 1.0);
    let mut network: Network = grid.network();
    for cell in grid.cells() {
        network.capacity_j_per_k[grid.node(cell)] = grid.volume(cell);
    }
    for (axis, flux, far) in [(0, "flux_left", "T_right"), (1, "flux_bottom", "T_top")] {
        let (flux, far) = (c.get(flux)?, c.get(far)?);
        for cell in grid.end(axis, false) {
            grid.heat(&mut network, cell).at_reference_w += UNIT_K * flux * grid.area(axis, cell, 0.0);
        }
        grid.held(&mut network, (axis, true), |_| ZERO_K + UNIT_K * far);
    }
    // k = ρc = 1 + T/2.
    let curve = growing(0.5 * PER_K, ZERO_K, (0.5 * ZERO_K, 3.0 * ZERO_K))?;
    network.by_temperature.conductance = vec![(0..network.conductors.len(), curve.clone())];
    network.by_temperature.capacity = vec![(0..grid.count(), curve)];
    let steps = Stepping { first_s: 1e-4, ..stepping(Method::TrBdf2, 5e-3) };
    let start = ZERO_K + UNIT_K * c.get("T_initial")?;
    let end = run(backend, network, Still, steps, (start, c.get("t")?))?;
    let at = |i: usize, j: usize| (end[grid.node([i, j, 0])] - ZERO_K) / UNIT_K;
    let quadrant = |x: usize, y: usize| {
        let half = CELLS / 2;
        let all = (0..half * half).map(|k| at(x * half + k % half, y * half + k / half));
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let count = (half * half) as f64;
        all.sum::<f64>() / count
    };
    let within = c.tolerance("mesh_abs")?;
    out.near("mean of the heated quadrant", quadrant(0, 0), c.want("T_avg_q1")?, within);
    out.near("mean of the far quadrant", quadrant(1, 1), c.want("T_avg_q2")?, within);
    out.near("mean of a mixed quadrant", quadrant(1, 0), c.want("T_avg_q3_q4")?, within);
    out.near("mean of the other mixed quadrant", quadrant(0, 1), c.want("T_avg_q3_q4")?, within);
    let middle = 0.5 * c.get("side")?;
    let centre = (grid.at(&end, [middle, middle, 0.5]) - ZERO_K) / UNIT_K;
    out.near("centre", centre, c.want("T_centre")?, within);
    // In ∫ k dT = T + T²/4 the corner lies above the first centre by the fluxes over half a cell.
    let (t, half) = (at(0, 0), grid.centre([0; 3])[0]);
    let corner = t + 0.25 * t * t + half * (c.get("flux_left")? + c.get("flux_bottom")?);
    out.near("heated corner", 2.0 * (1.0 + corner).sqrt() - 2.0, c.want("T_origin_corner")?, within);
    Ok(out)
}
