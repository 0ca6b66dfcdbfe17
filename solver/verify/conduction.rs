//! Fields in two and three dimensions: squares and cubes (C04), anisotropic sheets (C07), spreading (C08), NAFEMS (C09).
//!
//! Temperatures of cases without a scale are taken as hundreds of kelvins above 300 K.

use super::chains::end_temperature;
use super::data::Case;
use super::grid::{Grid, Metric, lines, one};
use super::networks::solved;
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::constants::STEFAN_BOLTZMANN;
use crate::network::Network;
use std::f64::consts::PI;

/// Where the zero of cases without a scale lies, K.
pub(super) const ZERO_K: f64 = 300.0;
/// Their unit, K.
pub(super) const UNIT_K: f64 = 100.0;

/// C04, C08 and C09.
pub(super) fn field<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    match c.id.as_str() {
        "C09-T1" => Ok(Outcome::outside("stress, not heat: listed so that nobody looks for it")),
        "C09-T2" => nafems_t2(backend, c),
        "C09-T3" => super::time::nafems_t3(backend, c),
        "C09-T4" => nafems_t4(backend, c),
        "C09-AX" => nafems_axisymmetric(backend, c),
        _ if c.has("source_radius") => disc_source(backend, c),
        _ if c.has("thickness") => chip(backend, c),
        _ => square(backend, c),
    }
}

/// Unit square or cube with n cells a side.
fn square<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let cube = c.has("z");
    let (point, want) = ([c.get("x")?, c.get("y")?, if cube { c.get("z")? } else { 0.5 }], c.want("T")?);
    let sizes = if cube { [8_u32, 16, 32] } else { [24_u32, 48, 96] };
    let (mut out, mut points) = (Outcome::default(), vec![]);
    let (heated, smooth) = (c.id.contains("-p"), c.id.contains("-s"));
    for n in sizes {
        let side = || lines(&[(1.0, n as usize)], 0.0);
        let grid = Grid::new(Metric::Plane, [side(), side(), if cube { side() } else { one() }], 1.0);
        let mut network = grid.network();
        let top = |at: [f64; 3]| match () {
            () if heated => ZERO_K,
            () if smooth => ZERO_K + UNIT_K * (PI * at[0]).sin(),
            () => ZERO_K + UNIT_K,
        };
        for (axis, upper) in [(0, false), (0, true), (1, false)] {
            grid.against(&mut network, (axis, upper), f64::INFINITY, |_| ZERO_K);
        }
        grid.against(&mut network, (1, true), f64::INFINITY, top);
        if cube {
            grid.against(&mut network, (2, false), f64::INFINITY, |_| ZERO_K);
            grid.against(&mut network, (2, true), f64::INFINITY, |_| ZERO_K);
        }
        if heated {
            grid.source(&mut network, |_| UNIT_K);
        }
        let t = solved(backend, &network, ZERO_K)?.node_k;
        let got = (grid.at(&t, point) - ZERO_K) / UNIT_K;
        if n == sizes[2] {
            out.near("T", got, want, c.tolerance("mesh_abs")?);
        }
        let error = if smooth {
            // The field is sin(πx) sinh(πy)/sinh(π): its root mean square error.
            let exact = |[x, y, _]: [f64; 3]| ZERO_K + UNIT_K * (PI * x).sin() * (PI * y).sinh() / PI.sinh();
            grid.off_k(&t, exact) / UNIT_K
        } else {
            (got - want).abs()
        };
        points.push((1.0 / f64::from(n), error));
    }
    if heated || smooth {
        out.order(if smooth { "root mean square error of T" } else { "T at the centre" }, points, 2.0);
    } else {
        // Edges that jump in temperature leave no clean order at a point.
        out.series.push(super::Series { what: "T at the point".into(), points });
    }
    Ok(out)
}

/// NAFEMS T2 has its own Stefan-Boltzmann constant, which scales the emissivity.
fn nafems_t2<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let eps = c.get("eps")? * c.get("sigma")? / STEFAN_BOLTZMANN;
    for (key, k) in [("exact_k_55_6", c.get("k")?), ("exact_k_55_563", 55.563)] {
        let (t, _) = end_temperature(backend, [c.get("L")?, k, eps, c.get("T_A")?, c.get("T_ambient")?])?;
        out.close(key.replace('_', " "), t, c.want(key)?, c.tolerance("analytic_rel")?);
        if k > 55.6 - 1e-9 {
            out.near("published", t, c.want("target_published")?, c.tolerance("abs")?);
        }
    }
    Ok(out)
}

fn nafems_t4<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (width, height, film) = (c.get("width")?, c.get("height")?, c.get("h")?);
    let grid = Grid::new(Metric::Plane, [lines(&[(width, 120)], 0.0), lines(&[(height, 200)], 0.0), one()], c.get("k")?);
    let mut network = grid.network();
    let (cold, hot) = (ZERO_K + c.get("T_ambient")?, ZERO_K + c.get("T_AB")?);
    grid.against(&mut network, (1, false), f64::INFINITY, |_| hot);
    grid.against(&mut network, (1, true), film, |_| cold);
    grid.against(&mut network, (0, true), film, |_| cold);
    let t = solved(backend, &network, ZERO_K)?.node_k;
    // On the convecting edge the half cell and the film share the drop.
    let last = [grid.size(0) - 1, 0, 0];
    let (half, outside) = (grid.half(0, last, true), 1.0 / (film * grid.area(0, last, width)));
    let inner = grid.at(&t, [grid.centre(last)[0], c.get("y")?, 0.5]) - cold;
    let edge = inner * outside / (half + outside) + cold - ZERO_K;
    let mut out = Outcome::default();
    let within = c.tolerance("mesh_rel")?;
    out.near("published", edge, c.want("target_published")?, c.tolerance("published_abs")?);
    out.close("T(0.6, 0.2)", edge, c.want("exact")?, within);
    // The insulated edge lies half a cell beyond the first centre.
    let from_edge = |y: f64| {
        let [a, b] = [0, 1].map(|i| grid.at(&t, [grid.centre([i, 0, 0])[0], y, 0.5]));
        a - (b - a) / 8.0 - ZERO_K
    };
    out.close("T(0, 0.2)", from_edge(0.2), c.want("exact_x0_y0_2")?, within);
    out.close("T(0.3, 0.5)", grid.at(&t, [0.3, 0.5, 0.5]) - ZERO_K, c.want("exact_x0_3_y0_5")?, within);
    Ok(out)
}

fn nafems_axisymmetric<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (inner, outer, wall_k) = (c.get("r_in")?, c.get("r_out")?, c.get("T_wall")?);
    let (from, to, height) = (c.get("z_a")?, c.get("z_b")?, c.get("height")?);
    let axes = [lines(&[(outer, 80)], inner), lines(&[(from, 40), (to, 60), (height, 40)], 0.0), one()];
    let grid = Grid::new(Metric::Cylinder, axes, c.get("k")?);
    let mut network = grid.network();
    for end in [(0, true), (1, false), (1, true)] {
        grid.against(&mut network, end, f64::INFINITY, |_| wall_k);
    }
    for cell in grid.end(0, false).filter(|cell| (from..to).contains(&grid.centre(*cell)[1])) {
        grid.heat(&mut network, cell).at_reference_w += c.get("flux")? * grid.area(0, cell, inner);
    }
    let t = solved(backend, &network, wall_k)?.node_k;
    let got = grid.at(&t, [c.get("r")?, c.get("z")?, 0.5]);
    let mut out = Outcome::default();
    out.near("published", got, c.want("target_published")?, c.tolerance("published_abs")?);
    out.near("T(0.04, 0.04)", got, c.want("exact")?, c.tolerance("mesh_abs")?);
    Ok(out)
}

/// Rises over the coolant of cells under a source: mean over the source, and at its centre, at the surface half a cell above.
fn rises(grid: &Grid, t: &[f64], axis: usize, on: impl Fn([usize; 3]) -> bool, flux: f64) -> (f64, f64) {
    let (mut mean, mut area, mut centre) = (0.0, 0.0, 0.0);
    for cell in grid.end(axis, true).filter(|c| on(*c)) {
        let a = grid.area(axis, cell, 0.0);
        let rise = t[grid.node(cell)] - ZERO_K + flux * a * grid.half(axis, cell, true);
        (mean, area) = (mean + a * rise, area + a);
        if cell[0] == 0 && (axis == 1 || cell[1] == 0) {
            centre = rise;
        }
    }
    (mean / area, centre)
}

pub(super) fn compare_rises(c: &Case, (mean, centre): (f64, f64)) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let within = c.tolerance("mesh_rel")?;
    out.close("mean rise of the source", mean, c.want("dT_source_mean")?, within);
    out.close("rise at its centre", centre, c.want("dT_source_centre")?, within);
    Ok(out)
}

/// A quarter of a chip on a plate, lines finer under the chip.
fn chip<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (a, b) = (0.5 * c.get("a")?, 0.5 * c.get("b")?);
    let axis = |source: f64, plate: f64| lines(&[(source, 20), (plate, 24)], 0.0);
    let axes = [axis(a, 0.5 * c.get("L")?), axis(b, 0.5 * c.get("W")?), lines(&[(c.get("thickness")?, 12)], 0.0)];
    let grid = Grid::new(Metric::Plane, axes, c.get("k")?);
    let (mut network, flux) = (grid.network(), 0.25 * c.get("Q")? / (a * b));
    grid.against(&mut network, (2, false), c.get("h")?, |_| ZERO_K);
    let on = |cell: [usize; 3]| grid.centre(cell)[0] < a && grid.centre(cell)[1] < b;
    for cell in grid.end(2, true).filter(|cell| on(*cell)) {
        grid.heat(&mut network, cell).at_reference_w += flux * grid.area(2, cell, 0.0);
    }
    let t = solved(backend, &network, ZERO_K)?.node_k;
    compare_rises(c, rises(&grid, &t, 2, on, flux))
}

/// A round source on a disc, rings and layers.
fn disc_source<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let r = c.get("source_radius")?;
    let axes = [lines(&[(r, 60), (c.get("disc_radius")?, 80)], 0.0), lines(&[(c.get("thickness")?, 30)], 0.0), one()];
    let grid = Grid::new(Metric::Cylinder, axes, c.get("k")?);
    let (mut network, flux) = (grid.network(), c.get("Q")? / (PI * r * r));
    grid.against(&mut network, (1, false), c.get("h")?, |_| ZERO_K);
    let on = |cell: [usize; 3]| grid.centre(cell)[0] < r;
    for cell in grid.end(1, true).filter(|cell| on(*cell)) {
        grid.heat(&mut network, cell).at_reference_w += flux * grid.area(1, cell, 0.0);
    }
    let t = solved(backend, &network, ZERO_K)?.node_k;
    compare_rises(c, rises(&grid, &t, 1, on, flux))
}

/// C07: nodes on a lattice joined along x, y and one diagonal (linear triangles): conductances `Kxx hy/hx − Kxy`,
/// `Kyy hx/hy − Kxy` and `Kxy`, all positive when hx/hy lies between Kxy/Kyy and Kxx/Kxy. The edges are held.
struct Sheet {
    k: [f64; 3],
    size: [usize; 2],
    exact: Box<dyn Fn(f64, f64) -> f64>,
}

impl Sheet {
    fn position(&self, i: usize, j: usize) -> (f64, f64) {
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let at = |k: usize, n: usize| k as f64 / n as f64;
        (at(i, self.size[0]), at(j, self.size[1]))
    }
    /// Values on all points of the lattice, edges included, row by row.
    fn solve<B: Backend>(&self, backend: &B) -> Result<Vec<f64>, VerifyError> {
        let [nx, ny] = self.size;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let aspect = ny as f64 / nx as f64;
        let [kxx, kxy, kyy] = self.k;
        let inner = |i: usize, j: usize| (i > 0 && i < nx && j > 0 && j < ny).then(|| (j - 1) * (nx - 1) + i - 1);
        let value = |i: usize, j: usize| {
            let (x, y) = self.position(i, j);
            ZERO_K + UNIT_K * (self.exact)(x, y)
        };
        let mut network = Network::new((nx - 1) * (ny - 1));
        for j in 0..=ny {
            for i in 0..=nx {
                for (di, dj, gl) in [(1, 0, kxx / aspect - kxy), (0, 1, kyy * aspect - kxy), (1, 1, kxy)] {
                    let (p, q) = (i + di, j + dj);
                    if p > nx || q > ny {
                        continue;
                    }
                    match (inner(i, j), inner(p, q)) {
                        (Some(a), Some(b)) => network.conductors.push(Conductor { a, b, gl_w_per_k: gl }),
                        (Some(a), None) => network.internal[a].tie(value(p, q), gl),
                        (None, Some(b)) => network.internal[b].tie(value(i, j), gl),
                        (None, None) => {}
                    }
                }
            }
        }
        let t = solved(backend, &network, ZERO_K)?.node_k;
        let all = (0..=ny).flat_map(|j| (0..=nx).map(move |i| (i, j)));
        Ok(all.map(|(i, j)| (inner(i, j).map_or_else(|| value(i, j), |n| t[n]) - ZERO_K) / UNIT_K).collect())
    }
    fn at(&self, t: &[f64], i: usize, j: usize) -> f64 {
        t[j * (self.size[0] + 1) + i]
    }
    /// Heat out through x = 1: second-order differences on the edge, trapezoids along it.
    fn right_w(&self, t: &[f64]) -> f64 {
        let [nx, ny] = self.size;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let (hx, hy) = (1.0 / nx as f64, 1.0 / ny as f64);
        let one_sided = |a: f64, b: f64, c: f64, h: f64| (3.0 * a - 4.0 * b + c) / (2.0 * h);
        let flux = |j: usize| {
            let v = |i: usize, j: usize| self.at(t, i, j);
            let dx = one_sided(v(nx, j), v(nx - 1, j), v(nx - 2, j), hx);
            let dy = match j {
                0 => -one_sided(v(nx, 0), v(nx, 1), v(nx, 2), hy),
                j if j == ny => one_sided(v(nx, ny), v(nx, ny - 1), v(nx, ny - 2), hy),
                j => (v(nx, j + 1) - v(nx, j - 1)) / (2.0 * hy),
            };
            -(self.k[0] * dx + self.k[1] * dy)
        };
        (0..=ny).map(|j| flux(j) * if j == 0 || j == ny { 0.5 } else { 1.0 }).sum::<f64>() * hy
    }
}

/// C07 on three lattices of the ratio that keeps all conductances positive.
pub(super) fn anisotropic<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let k = [c.get("Kxx")?, c.get("Kxy")?, c.get("Kyy")?];
    let ratio = 0.5 * (k[1] / k[2] + k[0] / k[1]);
    let (a, k1, k2) = (c.get("a")?, c.get("k1")?, c.get("k2")?);
    let (sin, cos) = c.get("angle_deg")?.to_radians().sin_cos();
    let (mut out, mut points) = (Outcome::default(), vec![]);
    for n in [40.0_f64, 80.0, 160.0] {
        // n is along x; hx/hy = ny/nx.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small positive counts")]
        let size = [n as usize, (n * ratio).round() as usize];
        let exact = move |x: f64, y: f64| {
            let (xi, eta) = (cos * x + sin * y, cos * y - sin * x);
            (a * xi / k1.sqrt()).sinh() * (a * eta / k2.sqrt()).sin()
        };
        let sheet = Sheet { k, size, exact: Box::new(exact) };
        let t = sheet.solve(backend)?;
        let all = (0..=size[1]).flat_map(|j| (0..=size[0]).map(move |i| (i, j)));
        let error = |(i, j): (usize, usize)| {
            let (x, y) = sheet.position(i, j);
            (sheet.at(&t, i, j) - (sheet.exact)(x, y)).abs()
        };
        points.push((1.0 / n, all.map(error).fold(0.0, f64::max)));
        if n > 100.0 {
            let scale = c.wants("T")?.iter().fold(0.0_f64, |m, t| m.max(t.abs()));
            for (point, want) in c.rows("points")?.iter().zip(c.wants("T")?) {
                let got = between(&sheet, &t, point[0], point[1]);
                // One of the points has T = 0: near in proportion to the largest.
                out.near(format!("T({}, {})", point[0], point[1]), got, want, c.tolerance("mesh_rel")? * scale);
            }
            out.close("heat through the right edge", sheet.right_w(&t), c.want("Q_right")?, c.tolerance("mesh_rel")?);
        }
    }
    out.order("largest error of T", points, 2.0);
    Ok(out)
}

/// Bilinear between lattice points.
fn between(sheet: &Sheet, t: &[f64], x: f64, y: f64) -> f64 {
    let place = |x: f64, n: usize| {
        #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small counts")]
        let (at, i) = (x * n as f64, ((x * n as f64) as usize).min(n - 1));
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        let rest = at - i as f64;
        (i, rest)
    };
    let ((i, u), (j, v)) = (place(x, sheet.size[0]), place(y, sheet.size[1]));
    let at = |i, j| sheet.at(t, i, j);
    (1.0 - v) * ((1.0 - u) * at(i, j) + u * at(i + 1, j)) + v * ((1.0 - u) * at(i, j + 1) + u * at(i + 1, j + 1))
}
