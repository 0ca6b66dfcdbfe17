//! Heat along one line: layers with joints and radiating ends (C01), cylinders and spheres (C05), a radiating end with a
//! manufactured field (C14-3), lumped chains (E07).

use super::data::Case;
use super::grid::{Grid, Metric, lines, one};
use super::networks::{plain, solved};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::network::{Face, Network};

/// Cells of a part.
const CELLS: usize = 4;

/// C01 and C05.
pub(super) fn chain<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if c.has("layer_k") {
        layers(backend, c)
    } else if c.has("T_sink") {
        radiating_slab(backend, c)
    } else if c.has("Ts") {
        heated_slab(backend, c)
    } else if c.has("r1") {
        hollow(backend, c)
    } else {
        heated(backend, c)
    }
}

/// The heat through the conductor with the largest drop, which rounding harms least.
fn through(network: &Network, t: &[f64]) -> f64 {
    let drop = |c: &Conductor| (t[c.a] - t[c.b]).abs();
    let best = network.conductors.iter().max_by(|a, b| drop(a).total_cmp(&drop(b)));
    best.map_or(0.0, |c| c.gl_w_per_k * (t[c.a] - t[c.b]))
}

fn layers<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (thick, k, film) = (c.list("layer_thickness")?, c.list("layer_k")?, c.list("contact_h")?);
    let mut at = 0.0;
    let parts: Vec<(f64, usize)> = thick
        .iter()
        .map(|t| {
            at += t;
            (at, CELLS)
        })
        .collect();
    let mut grid = Grid::new(Metric::Plane, [lines(&parts, 0.0), one(), one()], 1.0);
    for (layer, k) in k.iter().enumerate() {
        grid.k[layer * CELLS..(layer + 1) * CELLS].fill([*k; 3]);
    }
    for (layer, h) in film.iter().enumerate() {
        grid.joint[(layer + 1) * CELLS - 1] = 1.0 / h;
    }
    let mut network = grid.network();
    grid.against(&mut network, (0, false), f64::INFINITY, |_| c.get("T_left").unwrap_or(f64::NAN));
    grid.against(&mut network, (0, true), f64::INFINITY, |_| c.get("T_right").unwrap_or(f64::NAN));
    let t = solved(backend, &network, 300.0)?.node_k;
    let (q, within) = (through(&network, &t), c.tolerance("mesh_rel")?);
    let mut out = Outcome::default();
    out.close("q", q, c.want("q_W_m2")?, within);
    let sides = (0..k.len()).flat_map(|l| [(l * CELLS, false), ((l + 1) * CELLS - 1, true)]);
    for (n, ((i, upper), want)) in sides.zip(c.wants("T_interfaces")?).enumerate() {
        let step = q * grid.half(0, [i, 0, 0], upper);
        out.close(format!("T{}", n + 1), t[i] - if upper { step } else { -step }, want, within);
    }
    Ok(out)
}

/// A plane chain whose upper face is a node that radiates; returns the temperatures, the face's last.
struct Radiating {
    length: f64,
    cells: usize,
    k: f64,
    emissivity: f64,
    sink_k: f64,
    source_w_m3: f64,
    absorbed_w_m2: f64,
    held_k: Option<f64>,
}

impl Radiating {
    fn solve<B: Backend>(&self, backend: &B) -> Result<(Grid, Network, Vec<f64>), VerifyError> {
        let grid = Grid::new(Metric::Plane, [lines(&[(self.length, self.cells)], 0.0), one(), one()], self.k);
        let mut network = grid.network();
        let mut surface = plain(self.emissivity);
        surface.solar_w_m2 = self.absorbed_w_m2;
        network.surfaces = vec![surface];
        let end = grid.faced(&mut network, (0, true));
        network.faces = end.iter().map(|f| Face { node: f.node, surface: 0, area_m2: 1.0 }).collect();
        network.space_k = self.sink_k;
        grid.source(&mut network, |_| self.source_w_m3);
        if let Some(t) = self.held_k {
            grid.against(&mut network, (0, false), f64::INFINITY, |_| t);
        }
        let t = solved(backend, &network, self.held_k.unwrap_or(400.0))?.node_k;
        Ok((grid, network, t))
    }
}

/// A radiating slab as C01-r has it; C09-T2 too.
pub(super) fn end_temperature<B: Backend>(
    backend: &B,
    [length, k, emissivity, held_k, sink_k]: [f64; 5],
) -> Result<(f64, f64), VerifyError> {
    let slab = Radiating { length, cells: 8, k, emissivity, sink_k, source_w_m3: 0.0, absorbed_w_m2: 0.0, held_k: Some(held_k) };
    let (_, network, t) = slab.solve(backend)?;
    Ok((t[t.len() - 1], through(&network, &t)))
}

fn radiating_slab<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let given = [c.get("L")?, c.get("k")?, c.get("eps")?, c.get("T_left")?, c.get("T_sink")?];
    let (t, q) = end_temperature(backend, given)?;
    let within = c.tolerance("mesh_rel")?;
    out.close("T_right", t, c.want("T_right")?, within);
    out.close("q", q, c.want("q_W_m2")?, within);
    Ok(out)
}

fn heated_slab<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let slab = Radiating {
        length: c.get("L")?,
        cells: 64,
        k: c.get("k")?,
        emissivity: c.get("eps")?,
        sink_k: c.get("Ts")?,
        source_w_m3: c.get("q")?,
        absorbed_w_m2: 0.0,
        held_k: None,
    };
    let (_, _, t) = slab.solve(backend)?;
    let within = c.tolerance("mesh_rel")?;
    out.close("T_surface", t[64], c.want("T_surface")?, within);
    out.close("rise to the centre", t[0] - t[64], c.want("dT_centre")?, within);
    Ok(out)
}

/// C14-3: a parabola with a radiating end.
pub(super) fn radiating_end<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let mut points = vec![];
    for cells in [16_u32, 32, 64, 128] {
        let bar = Radiating {
            length: 1.0,
            cells: cells as usize,
            k: c.get("k")?,
            emissivity: c.get("eps")?,
            sink_k: c.get("Ts")?,
            source_w_m3: c.get("source")?,
            absorbed_w_m2: c.want("g")?,
            held_k: None,
        };
        let (grid, _, t) = bar.solve(backend)?;
        let exact = |x: f64| c.want("T0").map(|t0| t0 + 20.0 * x * x);
        let mut worst = 0.0_f64;
        for cell in grid.cells() {
            worst = worst.max((t[grid.node(cell)] - exact(grid.centre(cell)[0])?).abs());
        }
        points.push((1.0 / f64::from(cells), worst));
        if cells == 128 {
            let within = c.tolerance("mesh_abs")?;
            out.near("T at the radiating end", t[t.len() - 1], c.want("T1")?, within);
            out.near("T at the insulated end", t[0], exact(grid.centre([0; 3])[0])?, within);
        }
    }
    out.order("largest error of T", points, 2.0);
    Ok(out)
}

fn hollow<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (r1, r2, ball) = (c.get("r1")?, c.get("r2")?, c.expected.contains_key("Q_W"));
    let metric = if ball { Metric::Sphere } else { Metric::Cylinder };
    let grid = Grid::new(metric, [lines(&[(r2, 16)], r1), one(), one()], c.get("k")?);
    let mut network = grid.network();
    let (inner, outer) = (c.get("T1")?, c.get("T2")?);
    grid.against(&mut network, (0, false), f64::INFINITY, |_| inner);
    grid.against(&mut network, (0, true), f64::INFINITY, |_| outer);
    let t = solved(backend, &network, 300.0)?.node_k;
    let q = through(&network, &t);
    let (key, place, at) = if ball {
        ("Q_W", "T_at_harmonic_mean", 2.0 * r1 * r2 / (r1 + r2))
    } else {
        ("Q_W_per_m", "T_at_geometric_mean", (r1 * r2).sqrt())
    };
    let cell = grid.lines[0].iter().rposition(|r| *r <= at).unwrap_or(0);
    let from = grid.centre([cell, 0, 0])[0];
    let mut out = Outcome::default();
    // The resistances are exact: so must be the answer.
    out.close("Q", q, c.want(key)?, c.tolerance("analytic_rel")?);
    out.close(place, t[cell] - q * grid.resistance(0, [cell, 0, 0], from, at), c.want(place)?, c.tolerance("analytic_rel")?);
    Ok(out)
}

fn heated<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let metric = if c.id == "C05-4" { Metric::Sphere } else { Metric::Cylinder };
    let (mut out, mut points, want) = (Outcome::default(), vec![], c.want("dT")?);
    for cells in [16_u32, 32, 64, 128] {
        let grid = Grid::new(metric, [lines(&[(c.get("R")?, cells as usize)], 0.0), one(), one()], c.get("k")?);
        let (mut network, q) = (grid.network(), c.get("q")?);
        grid.source(&mut network, |_| q);
        grid.against(&mut network, (0, true), f64::INFINITY, |_| 300.0);
        let t = solved(backend, &network, 300.0)?.node_k;
        let rise = t[0] - 300.0;
        // At the centre the logarithm leaves an error of h² ln h; over the whole it is h².
        let radius = c.get("R")?;
        let exact = |cell| 300.0 + want * (1.0 - (grid.centre(cell)[0] / radius).powi(2));
        let square = |cell| grid.volume(cell) * (t[grid.node(cell)] - exact(cell)).powi(2);
        points.push((1.0 / f64::from(cells), grid.cells().map(square).sum::<f64>().sqrt()));
        if cells == 128 {
            out.close("rise to the centre", rise, want, c.tolerance("mesh_rel")?);
        }
    }
    out.order("root mean square error of T", points, 2.0);
    Ok(out)
}

/// E07: conductances in series with a radiator.
pub(super) fn lumped<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (gl, want) = (c.list("G")?, c.wants("T_from_radiator")?);
    let mut network = Network::new(gl.len() + 1);
    // Conductances are listed from the load; temperatures from the radiator.
    network.conductors = gl.iter().rev().enumerate().map(|(a, g)| Conductor { a, b: a + 1, gl_w_per_k: *g }).collect();
    network.internal[gl.len()].at_reference_w = c.get("Q")?;
    network.surfaces = vec![plain(c.get("eps")?)];
    network.faces = vec![Face { node: 0, surface: 0, area_m2: c.get("A")? }];
    network.space_k = 0.0;
    let t = solved(backend, &network, 320.0)?.node_k;
    let mut out = Outcome::default();
    for (k, (got, want)) in t.iter().zip(want).enumerate() {
        out.close(format!("T{}", k + 1), *got, want, c.tolerance("analytic_rel")?);
    }
    Ok(out)
}
