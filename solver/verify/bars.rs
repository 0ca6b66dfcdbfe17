//! Reference cases of conduction on meshes that gmsh made: bars in tetrahedra or hexahedra (C01, C02, C03, C06, C09-T2,
//! C09-T3, C11, C12, C13, C14-3), squares in triangles and quads (C07, C10), parts of cylinders and balls (C03). Properties by temperature go with meshes whose cells do not lean.

use super::by_temperature::{PER_K, growing};
use super::conduction::{UNIT_K, ZERO_K};
use super::data::Case;
use super::imported::{Body, on_arc, on_side};
use super::networks::{plain, solved};
use super::time::{Smooth, at_depth, cycle, harmonic, run, stepping, wave_at, waves};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction::Conductor;
use crate::constants::STEFAN_BOLTZMANN;
use crate::model::curve::Curve;
use crate::network::{Face, Network};
use crate::solve::method::Method;
use crate::solve::transient::{Stepping, Still};
use nalgebra::{Matrix3, Vector3, vector};
use std::f64::consts::{PI, TAU};

/// One case, if it is one of these.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Option<Result<Outcome, VerifyError>> {
    Some(match c.id.trim_start_matches("I-") {
        id if id.starts_with("C01-r") => radiating_slab(backend, c),
        id if id.starts_with("C01") => layers(backend, c),
        id if id.starts_with("C02") => thick(backend, c),
        id if id.starts_with("C03") => convection(backend, c),
        "C06-4" => heated(backend, c),
        id if id.starts_with("C06") => between(backend, c),
        id if id.starts_with("C07") => leaning(backend, c),
        "C09-T2" => radiating_end(backend, c),
        "C09-T3" => sine(backend, c),
        id if id.starts_with("C10") => square(backend, c),
        id if id.starts_with("C11") => radiating(backend, c),
        id if id.starts_with("C12") => wave(backend, c),
        id if id.starts_with("C13") => melting(backend, c),
        "C14-3" => parabola(backend, c),
        _ => return None,
    })
}

/// A bar along x from 0 to its length, its two ends open.
struct Bar {
    body: Body,
    length: f64,
}

impl Bar {
    fn new(name: &str, length: f64, k: f64) -> Result<Self, VerifyError> {
        Ok(Self { body: Body::scaled(name, length, Matrix3::identity() * k, on_side)?, length })
    }
    /// Faces with their nodes at the far end, or at the near one.
    fn end(&self, far: bool) -> impl Iterator<Item = (usize, usize)> {
        let here = move |x: f64| (x > 0.5 * self.length) == far;
        self.body.nodes.iter().copied().filter(move |(f, _)| here(self.body.graph.face_centre_m[*f].x))
    }
    fn hold(&mut self, far: bool, t_k: f64) {
        let held: Vec<_> = self.end(far).map(|(_, node)| (node, t_k)).collect();
        self.body.network.held.extend(held);
    }
    /// Area of an end, m².
    fn section(&self) -> f64 {
        self.end(true).map(|(f, _)| self.body.area_m2(f)).sum()
    }
    /// Lets the far end radiate with `scale` of its area.
    fn radiates(&mut self, (emissivity, scale, space_k): (f64, f64, f64)) {
        self.body.network.space_k = space_k;
        self.body.network.surfaces = vec![plain(emissivity)];
        let faces = self.end(true).map(|(f, node)| Face { node, surface: 0, area_m2: scale * self.body.area_m2(f) }).collect();
        self.body.network.faces = faces;
    }
    /// Mean temperature of the far end, K.
    fn far_k(&self, t: &[f64]) -> f64 {
        self.end(true).map(|(f, node)| self.body.area_m2(f) * t[node]).sum::<f64>() / self.section()
    }
    fn store(&mut self, rho_cp: f64) {
        let volumes = &self.body.graph.volume_m3;
        self.body.network.capacity_j_per_k[..volumes.len()].iter_mut().zip(volumes).for_each(|(c, v)| *c = rho_cp * v);
    }
    /// At a place on the axis, K.
    fn at(&self, t: &[f64], x: f64) -> f64 {
        self.body.at(t, vector![x, 0.05 * self.length, 0.05 * self.length])
    }
    /// Cells from the near end to the far one, of a bar one cell wide.
    fn cells(&self) -> Vec<usize> {
        let mut all: Vec<usize> = (0..self.body.cells.len()).collect();
        all.sort_by(|a, b| self.body.graph.centre_m[*a].x.total_cmp(&self.body.graph.centre_m[*b].x));
        all
    }
    /// Gives all conductors a conductivity by temperature. Errors: the conductors are not all of it.
    fn by_temperature(&mut self, curve: Curve) -> Result<(), VerifyError> {
        if self.body.volumes.leans() {
            return Err(VerifyError::Data("conductivity by temperature on leaning cells".into()));
        }
        let network = &mut self.body.network;
        network.volumes = None;
        network.by_temperature.conductance = vec![(0..network.conductors.len(), curve)];
        Ok(())
    }
}

/// C01: bars one behind the other, 1 m² of each.
fn layers<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let film = c.list("contact_h")?;
    // Nodes at the near end and the far end of each layer.
    let (mut conductors, mut ends, mut count) = (vec![], vec![], 0);
    for (thickness, k) in c.list("layer_thickness")?.into_iter().zip(c.list("layer_k")?) {
        let bar = Bar::new("layers", thickness, k)?;
        let section = bar.section();
        conductors.extend(bar.body.network.conductors.iter().map(|g| Conductor {
            a: count + g.a,
            b: count + g.b,
            gl_w_per_k: g.gl_w_per_k / section,
        }));
        ends.push([false, true].map(|far| count + bar.end(far).next().map_or(0, |e| e.1)));
        count += bar.body.network.node_count;
    }
    let contacts = film.iter().zip(ends.windows(2));
    conductors.extend(contacts.map(|(h, e)| Conductor { a: e[0][1], b: e[1][0], gl_w_per_k: *h }));
    let mut network = Network::new(count);
    network.conductors = conductors;
    network.held = vec![(ends[0][0], c.get("T_left")?), (ends[ends.len() - 1][1], c.get("T_right")?)];
    let t = solved(backend, &network, 300.0)?.node_k;
    let (mut out, within) = (Outcome::default(), c.tolerance("mesh_rel")?);
    let q = film[0] * (t[ends[0][1]] - t[ends[1][0]]);
    out.close("q", q, c.want("q_W_m2")?, within);
    for (n, (node, want)) in ends.as_flattened().iter().zip(c.wants("T_interfaces")?).enumerate() {
        out.close(format!("T{}", n + 1), t[*node], want, within);
    }
    Ok(out)
}

/// C01: one end held, the other radiating.
fn radiating_slab<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, within) = (Outcome::default(), c.tolerance("mesh_rel")?);
    let mut bar = Bar::new("bar", c.get("L")?, c.get("k")?)?;
    bar.hold(false, c.get("T_left")?);
    bar.radiates((c.get("eps")?, 1.0, c.get("T_sink")?));
    let t = solved(backend, &bar.body.network, c.get("T_left")?)?.node_k;
    out.close("T_right", bar.far_k(&t), c.want("T_right")?, within);
    let near = |p: Vector3<f64>| p.x < 0.5 * bar.length;
    out.close("q", bar.body.heat_in_w(&t, near) / bar.section(), c.want("q_W_m2")?, within);
    Ok(out)
}

/// C02: a bar that ends where nothing has arrived yet answers at its near end.
fn thick<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (k, rho_cp, x, t, start) = (c.get("k")?, c.get("rho")? * c.get("cp")?, c.get("x")?, c.get("t")?, 300.0);
    let mut bar = Bar::new("layers", 4.0 * (k / rho_cp * t).sqrt() + x, k)?;
    bar.store(rho_cp);
    let near: Vec<(usize, f64)> = bar.end(false).map(|(f, node)| (node, bar.body.area_m2(f))).collect();
    let kind = c.text("kind")?;
    match kind {
        "step" => bar.hold(false, start + 1.0),
        "flux" => near.iter().for_each(|&(node, a)| bar.body.network.internal[node].at_reference_w = 1e4 * a),
        _ => {
            let (graph, middle) = (bar.body.graph.clone(), 0.5 * bar.length);
            bar.body.cool(c.get("h")?, start + 1.0, |f| graph.face_centre_m[f].x < middle);
        }
    }
    let end = run(backend, bar.body.network.clone(), Still, stepping(Method::TrBdf2, 1e-6), (start, t))?;
    let cells = bar.cells();
    let rise: Vec<f64> = cells.iter().map(|&k| end[k] - start).collect();
    #[expect(clippy::cast_precision_loss, reason = "a hundred cells")]
    let cell = bar.length / cells.len() as f64;
    let (mut out, scale) = (Outcome::default(), if kind == "flux" { 1e-4 } else { 1.0 });
    let got = scale * at_depth(&rise, cell, end[near[0].0] - start, x);
    out.close(kind, got, c.want("value")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C03: a slab, part of a cylinder or of a ball, of unit radius, cooled by convection from 300 K to 200 K.
fn convection<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, bi, unit) = (Outcome::default(), c.get("Bi")?, Matrix3::identity());
    let body = match c.text("geometry")? {
        "slab" => Body::scaled("layers", 1.0, unit, |_, graph, f| graph.face_centre_m[f].x > 1.0 - 1e-9)?,
        "cylinder" => Body::scaled("rod", 50.0, unit, on_arc)?,
        _ => Body::scaled("ball", 50.0, unit, on_side)?,
    };
    let mut bar = Bar { body, length: 1.0 };
    bar.store(1.0);
    let outside: Vec<(usize, f64)> = bar.body.nodes.iter().map(|&(f, node)| (node, bar.body.area_m2(f))).collect();
    bar.body.cool(bi, 200.0, |_| true);
    let steps = Stepping { first_s: 1e-5, ..stepping(Method::TrBdf2, 5e-3) };
    let end = run(backend, bar.body.network.clone(), Still, steps, (300.0, c.get("Fo")?))?;
    let theta = |t: f64| (t - 200.0) / 100.0;
    let area: f64 = outside.iter().map(|(_, a)| a).sum();
    let surface = outside.iter().map(|&(node, a)| a * end[node]).sum::<f64>() / area;
    let within = c.tolerance("mesh_abs")?;
    let centre = if c.text("geometry")? == "slab" { vector![0.0, 0.05, 0.05] } else { Vector3::zeros() };
    out.near("centre", theta(bar.body.at(&end, centre)), c.want("theta_centre")?, within);
    out.near("surface", theta(surface), c.want("theta_surface")?, within);
    Ok(out)
}

/// C06: between two temperatures.
fn between<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, left, right) = (Outcome::default(), c.get("T_left")?, c.get("T_right")?);
    let mut bar = Bar::new("layers", c.get("L")?, c.get("k0")?)?;
    bar.hold(false, left);
    bar.hold(true, right);
    let curve = growing(c.get("beta")?, c.get("T_ref")?, (left.min(right) - 1.0, left.max(right) + 1.0))?;
    bar.by_temperature(curve.clone())?;
    let t = solved(backend, &bar.body.network, 0.5 * (left + right))?.node_k;
    let ends: Vec<usize> = bar.end(false).map(|e| e.1).collect();
    let into = |q: f64, g: &Conductor| {
        let heat = g.gl_w_per_k * (curve.integral_k(t[g.a]) - curve.integral_k(t[g.b]));
        q + if ends.contains(&g.b) { -heat } else { heat * f64::from(u8::from(ends.contains(&g.a))) }
    };
    let flux = bar.body.network.conductors.iter().fold(0.0, into) / bar.section();
    out.close("flux", flux, c.want("q_W_m2")?, c.tolerance("mesh_rel")?);
    let cells = bar.cells();
    let middle = 0.5 * (t[cells[cells.len() / 2 - 1]] + t[cells[cells.len() / 2]]);
    out.close("T in the middle", middle, c.want("T_mid")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C06-4: heated, insulated at one end.
fn heated<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let mut bar = Bar::new("layers", c.get("L")?, c.get("kr")?)?;
    bar.hold(true, ZERO_K);
    bar.body.heat(c.get("source")?);
    bar.by_temperature(growing(c.get("beta")?, ZERO_K, (ZERO_K, 2.0 * ZERO_K))?)?;
    let t = solved(backend, &bar.body.network, ZERO_K)?.node_k;
    out.close("rise to the insulated end", t[bar.cells()[0]] - ZERO_K, c.want("T0")?, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C07: the tensor on triangles that lean against it, edges held at the field.
fn leaning<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (xx, xy, yy) = (c.get("Kxx")?, c.get("Kxy")?, c.get("Kyy")?);
    let (a, k1, k2) = (c.get("a")?, c.get("k1")?, c.get("k2")?);
    let (sin, cos) = c.get("angle_deg")?.to_radians().sin_cos();
    let exact = |p: Vector3<f64>| {
        let (xi, eta) = (cos * p.x + sin * p.y, cos * p.y - sin * p.x);
        (a * xi / k1.sqrt()).sinh() * (a * eta / k2.sqrt()).sin()
    };
    let k = Matrix3::new(xx, xy, 0.0, xy, yy, 0.0, 0.0, 0.0, 1.0);
    let mut body = Body::scaled("plane", 1.0, k, |_, _, _| true)?;
    body.hold(|p| ZERO_K + UNIT_K * exact(p));
    let t = solved(backend, &body.network, ZERO_K)?.node_k;
    let (mut out, within) = (Outcome::default(), c.tolerance("mesh_rel")?);
    let scale = c.wants("T")?.iter().fold(0.0_f64, |m, t| m.max(t.abs()));
    for (p, want) in c.rows("points")?.iter().zip(c.wants("T")?) {
        let got = (body.at(&t, vector![p[0], p[1], 0.0]) - ZERO_K) / UNIT_K;
        // One of the points has T = 0: near in proportion to the largest.
        out.near(format!("T({}, {})", p[0], p[1]), got, want, within * scale);
    }
    let right = -body.heat_in_w(&t, |p| p.x > 1.0 - 1e-9) / UNIT_K;
    out.close("heat through the right edge", right, c.want("Q_right")?, within);
    Ok(out)
}

/// C09-T2: one end held, the other radiating; a field that is linear is exact on tetrahedra.
fn radiating_end<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    for (key, k) in [("exact_k_55_6", c.get("k")?), ("exact_k_55_563", 55.563)] {
        let mut bar = Bar::new("bar", c.get("L")?, k)?;
        bar.hold(false, c.get("T_A")?);
        bar.radiates((c.get("eps")? * c.get("sigma")? / STEFAN_BOLTZMANN, 1.0, c.get("T_ambient")?));
        let t = bar.far_k(&solved(backend, &bar.body.network, c.get("T_A")?)?.node_k);
        out.close(key.replace('_', " "), t, c.want(key)?, c.tolerance("analytic_rel")?);
        if k > 55.6 - 1e-9 {
            out.near("published", t, c.want("target_published")?, c.tolerance("abs")?);
        }
    }
    Ok(out)
}

/// C09-T3: one end follows a sine from rest, the other is held.
fn sine<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, length, zero) = (Outcome::default(), c.get("L")?, 273.15);
    let mut bar = Bar::new("bar", length, c.get("k")?)?;
    bar.store(c.get("rho")? * c.get("cp")?);
    bar.hold(false, zero);
    bar.hold(true, zero);
    let moved: Vec<usize> = bar.end(true).map(|e| e.1).collect();
    let drive = Smooth(|t: f64, n: &mut Network| {
        let now = zero + 100.0 * (PI * t / 40.0).sin();
        n.held.iter_mut().filter(|(node, _)| moved.contains(node)).for_each(|(_, t)| *t = now);
    });
    let steps = Stepping { first_s: 0.01, ..stepping(Method::TrBdf2, 1e-3) };
    let end = run(backend, bar.body.network.clone(), drive, steps, (zero, c.get("t")?))?;
    let at = |x: f64| bar.at(&end, x) - zero;
    let within = c.tolerance("mesh_abs")?;
    out.near("published", at(c.get("x")?), c.want("target_published")?, c.tolerance("published_abs")?);
    out.near("T at the point", at(c.get("x")?), c.want("exact")?, within);
    out.near("T in the middle", at(0.5 * length), c.want("exact_mid_x_0_05")?, within);
    Ok(out)
}

/// C10: a square heated at two sides from rest at 0, the others at 1.
fn square<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, side) = (Outcome::default(), c.get("side")?);
    let far = |p: &Vector3<f64>| p.x > side - 1e-9 || p.y > side - 1e-9;
    let body = Body::scaled("grid", side, Matrix3::identity(), |_, graph, f| far(&graph.face_centre_m[f]))?;
    let mut body = Bar { body, length: side };
    body.store(1.0);
    let graph = body.body.graph.clone();
    for f in graph.outside().filter(|&f| !far(&graph.face_centre_m[f])) {
        let half = &graph.halves[graph.first_half[f]];
        let flux = c.get(if graph.face_centre_m[f].x < 1e-9 { "flux_left" } else { "flux_bottom" })?;
        body.body.network.internal[half.cell as usize].at_reference_w += UNIT_K * flux * half.area_m2.norm();
    }
    let (right, top) = (c.get("T_right")?, c.get("T_top")?);
    body.body.hold(|p| ZERO_K + UNIT_K * if p.x > side - 1e-9 { right } else { top });
    // k = ρc = 1 + T/2.
    let curve = growing(0.5 * PER_K, ZERO_K, (0.5 * ZERO_K, 3.0 * ZERO_K))?;
    body.by_temperature(curve.clone())?;
    let cells = body.body.cells.len();
    body.body.network.by_temperature.capacity = vec![(0..cells, curve)];
    let steps = Stepping { first_s: 1e-4, ..stepping(Method::TrBdf2, 5e-3) };
    let start = ZERO_K + UNIT_K * c.get("T_initial")?;
    let end = run(backend, body.body.network.clone(), Still, steps, (start, c.get("t")?))?;
    let at = |cell: usize| (end[cell] - ZERO_K) / UNIT_K;
    let quadrant = |x: bool, y: bool| {
        let half = 0.5 * side;
        let here: Vec<usize> =
            (0..cells).filter(|&k| (graph.centre_m[k].x > half) == x && (graph.centre_m[k].y > half) == y).collect();
        let area: f64 = here.iter().map(|&k| graph.volume_m3[k]).sum();
        here.iter().map(|&k| graph.volume_m3[k] * at(k)).sum::<f64>() / area
    };
    let within = c.tolerance("mesh_abs")?;
    out.near("mean of the heated quadrant", quadrant(false, false), c.want("T_avg_q1")?, within);
    out.near("mean of the far quadrant", quadrant(true, true), c.want("T_avg_q2")?, within);
    out.near("mean of a mixed quadrant", quadrant(true, false), c.want("T_avg_q3_q4")?, within);
    let centre = (body.body.at(&end, vector![0.5 * side, 0.5 * side, 0.0]) - ZERO_K) / UNIT_K;
    out.near("centre", centre, c.want("T_centre")?, within);
    // In ∫ k dT = T + T²/4 the corner lies above the first centre by the fluxes over half a cell.
    let first = (0..cells).min_by(|a, b| graph.centre_m[*a].norm().total_cmp(&graph.centre_m[*b].norm())).unwrap_or(0);
    let (t, half) = (at(first), graph.centre_m[first].x);
    let corner = t + 0.25 * t * t + half * (c.get("flux_left")? + c.get("flux_bottom")?);
    out.near("heated corner", 2.0 * (1.0 + corner).sqrt() - 2.0, c.want("T_origin_corner")?, within);
    Ok(out)
}

/// C11: the far end radiates, from one temperature on.
fn radiating<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (start, k, length, rho_cp) = (300.0_f64, 10.0, 0.1, 2e6);
    let mut bar = Bar::new("bar", length, k)?;
    bar.store(rho_cp);
    let scale = c.get("N")? * k / (STEFAN_BOLTZMANN * start.powi(3) * length);
    bar.radiates((1.0, scale, c.get("theta_sink")? * start));
    let steps = Stepping { first_s: 0.01, ..stepping(Method::TrBdf2, 5e-3) };
    let until = c.get("Fo")? * length * length * rho_cp / k;
    let end = run(backend, bar.body.network.clone(), Still, steps, (start, until))?;
    out.near("surface", bar.far_k(&end) / start, c.want("theta_surface")?, c.tolerance("mesh_abs")?);
    out.near("insulated", bar.at(&end, 0.0) / start, c.want("theta_insulated")?, c.tolerance("mesh_abs")?);
    Ok(out)
}

/// C12: a thermal wave runs into the bar; a deep one ends where it has fallen to a thousandth.
fn wave<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (k, rho_cp, period) = (c.get("k")?, c.get("rho")? * c.get("cp")?, c.get("period")?);
    let depth = (2.0 * (k / rho_cp) / (TAU / period)).sqrt();
    let finite = c.has("L");
    let length = if finite { c.get("L")? } else { 7.0 * depth };
    let mut bar = Bar::new("layers", length, k)?;
    bar.store(rho_cp);
    bar.hold(false, 300.0);
    let near: Vec<usize> = bar.end(false).map(|e| e.1).collect();
    let face = |t: f64| wave_at(t, 300.0, 10.0, period);
    let drive = Smooth(|t: f64, n: &mut Network| n.held.iter_mut().for_each(|(_, held)| *held = face(t)));
    let steps = Stepping { longest_s: period / 200.0, ..stepping(Method::Esdirk4, 1e-4) };
    let cells = bar.cells();
    let network = bar.body.network.clone();
    let half: f64 =
        network.conductors.iter().filter(|g| near.contains(&g.a) || near.contains(&g.b)).map(|g| g.gl_w_per_k).sum::<f64>()
            / bar.section();
    let states = cycle(backend, network, drive, steps, (period, 2e-3, 300.0))?;
    #[expect(clippy::cast_precision_loss, reason = "a hundred cells")]
    let cell = length / cells.len() as f64;
    let x = if finite { length - 0.5 * cell } else { c.get("x")? };
    let along = |t: &[f64]| cells.iter().map(|&k| t[k]).collect::<Vec<f64>>();
    let (_, amplitude, lag) = harmonic(&states, period, |s| at_depth(&along(&s.node_k), cell, f64::NAN, x));
    let (_, flux, _) = harmonic(&states, period, |s| half * (face(s.time_s) - s.node_k[cells[0]]));
    waves(c, (amplitude, lag, flux))
}

/// C13: a solid at its melting point melts from a wall; latent heat spread over a tenth of a kelvin of 10 K.
fn melting<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (wall, at, spread) = (310.0, 300.0, 0.1);
    let mut bar = Bar::new("layers", 1.0, 1.0)?;
    bar.store(1.0);
    bar.hold(false, wall);
    let e = 1e-3 * spread;
    let high = 1.0 + (wall - at) / c.get("Ste")? / (spread - e);
    let curve = Curve::new(&[(at, 1.0), (at + e, high), (at + spread - e, high), (at + spread, 1.0)])
        .map_err(|e| VerifyError::Data(e.to_string()))?;
    let cells = bar.cells();
    bar.body.network.by_temperature.capacity = vec![(0..cells.len(), curve)];
    // Until the front should stand in the middle.
    let until = (0.25 / c.want("lambda_")?).powi(2);
    let steps = Stepping { first_s: 1e-6, longest_s: until / 200.0, ..stepping(Method::TrBdf2, 0.02) };
    let end = run(backend, bar.body.network.clone(), Still, steps, (at, until))?;
    #[expect(clippy::cast_precision_loss, reason = "a hundred cells")]
    let front = cells.iter().map(|&k| ((end[k] - at) / spread).clamp(0.0, 1.0)).sum::<f64>() / cells.len() as f64;
    out.close("front", front, 0.5, c.tolerance("mesh_rel")?);
    Ok(out)
}

/// C14-3: a parabola with a radiating end.
fn parabola<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let mut bar = Bar::new("layers", 1.0, c.get("k")?)?;
    bar.body.heat(c.get("source")?);
    bar.radiates((c.get("eps")?, 1.0, c.get("Ts")?));
    let absorbed: Vec<(usize, f64)> = bar.end(true).map(|(f, node)| (node, bar.body.area_m2(f))).collect();
    for (node, area) in absorbed {
        bar.body.network.internal[node].at_reference_w += c.want("g")? * area;
    }
    let t = solved(backend, &bar.body.network, c.want("T0")?)?.node_k;
    let (first, within) = (bar.cells()[0], c.tolerance("mesh_abs")?);
    let exact = c.want("T0")? + 20.0 * bar.body.graph.centre_m[first].x.powi(2);
    out.near("T at the radiating end", bar.far_k(&t), c.want("T1")?, within);
    out.near("T at the insulated end", t[first], exact, within);
    Ok(out)
}
