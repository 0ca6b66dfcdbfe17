//! Radiating fins and tube-fin panels: D01 to D05, by the sizing model's closed forms and by meshed sheets.

use super::data::Case;
use super::grid::{Grid, Metric, lines, one};
use super::networks::{plain, solved};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::conduction;
use crate::constants::STEFAN_BOLTZMANN;
use crate::fin::{self, taper::Profile};
use crate::mesh::{Mesh, Panel, even_lines};
use crate::network::{Coolant, Face, FilmLink, Network};
use crate::sizing::radiator::{Strip, Surroundings};
use crate::solve::steady::SteadyState;
use nalgebra::{Vector3, vector};
use std::f64::consts::PI;

/// Accuracy of [`fin::efficiency`] as documented.
const FORMULA: f64 = 1e-6;

fn panel(lines_u: Vec<f64>, lines_v: Vec<f64>) -> Mesh {
    let (facet_u, facet_v) = (vec![0, lines_u.len() - 1], vec![0, lines_v.len() - 1]);
    let (axis_u, axis_v) = (vector![1.0, 0.0, 0.0], vector![0.0, 1.0, 0.0]);
    let name = "panel".into();
    Mesh::new(vec![Panel { name, origin: Vector3::zeros(), axis_u, axis_v, lines_u, lines_v, facet_u, facet_v }])
}

/// A two-sided sheet in black surroundings at `sink_k`.
fn sheet(mesh: &Mesh, sheet_w_per_k: f64, rigid: &[bool], emissivity: f64, sink_k: f64) -> Network {
    let p = &mesh.panels[0];
    let mut network = Network::new(p.cell_count());
    network.conductors = conduction::sheet(p, 0, &vec![[sheet_w_per_k; 2]; p.nu()], rigid);
    network.space_k = sink_k;
    network.surfaces = vec![plain(emissivity); 2];
    for iv in 0..p.nv() {
        for iu in 0..p.nu() {
            let (node, area_m2) = (p.cell(iu, iv), p.du(iu) * p.dv(iv));
            network.faces.extend((0..2).map(|surface| Face { node, surface, area_m2 }));
        }
    }
    network
}

/// A fin in the field model: efficiency and tip temperature.
struct Fin {
    root_k: f64,
    sink_k: f64,
    emissivity: f64,
    span_m: f64,
    sheet_w_per_k: f64,
}

impl Fin {
    fn solve<B: Backend>(&self, backend: &B, n: usize) -> Result<(f64, f64), VerifyError> {
        const WIDE: f64 = 0.8;
        let mesh = panel(even_lines(self.span_m, n), vec![0.0, WIDE]);
        let mut network = sheet(&mesh, self.sheet_w_per_k, &vec![false; n], self.emissivity, self.sink_k);
        // Half a cell of sheet between root and first centre; a flow so strong that the root stays at its inlet temperature.
        let gl_w_per_k = self.sheet_w_per_k * WIDE / (0.5 * mesh.panels[0].du(0));
        network.coolant = Coolant {
            inlet_node: None,
            inlet_k: self.root_k,
            capacity_rate_w_per_k: 1e12,
            channels: 1,
            segments: 1,
            links: vec![FilmLink { channel: 0, segment: 0, node: 0, gl_w_per_k }],
        };
        let s = solved(backend, &network, 300.0)?;
        let drop = self.root_k.powi(4) - self.sink_k.powi(4);
        let ideal = 2.0 * self.emissivity * STEFAN_BOLTZMANN * self.span_m * WIDE * drop;
        // Towards an insulated end the field is a parabola about it.
        let (last, before) = (s.node_k[n - 1], s.node_k[n - 2]);
        Ok((s.convergence.space_w / ideal, last - (before - last) / 8.0))
    }
}

/// D01 and D02: by formula and by mesh.
pub(super) fn straight<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if c.expected.contains_key("zeta_opt") {
        return thinnest(c);
    }
    let mut out = Outcome::default();
    let of_case = if c.has("zeta") {
        let (root_k, emissivity, span_m) = (320.0_f64, 0.88, 0.06);
        // zeta = 2 eps sigma T^3 l^2 / (k t) sets the sheet.
        let sheet_w_per_k = 2.0 * emissivity * STEFAN_BOLTZMANN * root_k.powi(3) * span_m * span_m / c.get("zeta")?;
        Fin { root_k, sink_k: c.get("theta_sink")? * root_k, emissivity, span_m, sheet_w_per_k }
    } else {
        Fin {
            root_k: c.get("T_base")?,
            sink_k: c.get("T_sink")?,
            emissivity: c.get("eps")?,
            span_m: c.get("L")?,
            sheet_w_per_k: c.get("k")? * c.get("thickness")?,
        }
    };
    let Fin { root_k, sink_k, emissivity, span_m, sheet_w_per_k } = of_case;
    let zeta = 2.0 * emissivity * STEFAN_BOLTZMANN * root_k.powi(3) * span_m * span_m / sheet_w_per_k;
    let (want, mesh) = (c.want("eta")?, c.tolerance("mesh_rel")?);
    let u = (sink_k / root_k).powi(4);
    // For warmer surroundings the linear fin stands in.
    out.close("efficiency by formula", fin::efficiency(zeta, u), want, if u > fin::LINEAR_FROM { 1e-2 } else { FORMULA });
    // Heat that all but cancels is no measure of a mesh.
    if u > 0.98 {
        return Ok(out);
    }
    let mut points = vec![];
    for n in [32, 64, 128, 256] {
        let (eta, tip_k) = of_case.solve(backend, n)?;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        points.push((1.0 / n as f64, (eta - want).abs()));
        if n == 256 {
            out.close("efficiency by mesh", eta, want, mesh);
            let tip = c.want("T_tip").or_else(|_| c.want("theta_tip").map(|t| t * root_k))?;
            out.close("tip temperature by mesh", tip_k, tip, mesh);
            if c.expected.contains_key("q_per_m_W") {
                let q = eta * 2.0 * emissivity * STEFAN_BOLTZMANN * span_m * (root_k.powi(4) - sink_k.powi(4));
                out.close("heat per metre by mesh", q, c.want("q_per_m_W")?, mesh);
            }
        }
    }
    out.order("fin efficiency", points, 2.0);
    Ok(out)
}

/// The lightest fin: the greatest ζ^⅓ η, by golden section over the formula.
fn thinnest(c: &Case) -> Result<Outcome, VerifyError> {
    let merit = |zeta: f64| zeta.cbrt() * fin::efficiency(zeta, c.get("theta_sink").unwrap_or(0.0).powi(4));
    let (mut low, mut high) = (0.2, 3.0);
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..60 {
        let (a, b) = (high - golden * (high - low), low + golden * (high - low));
        if merit(a) > merit(b) { high = b } else { low = a }
    }
    let zeta = 0.5 * (low + high);
    let mut out = Outcome::default();
    // The merit is flat at its top: the place is known to the root of the formula's error.
    out.close("lightest fin", zeta, c.want("zeta_opt")?, FORMULA.sqrt());
    out.close("its efficiency", fin::efficiency(c.want("zeta_opt")?, 0.0), c.want("eta_opt")?, c.tolerance("rel")?);
    Ok(out)
}

/// D03: rings of sheet about a held root.
pub(super) fn annular<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (root_k, emissivity, ratio) = (320.0_f64, 0.85, c.get("r_ratio")?);
    let sink_k = c.get("theta_sink")? * root_k;
    // zeta = 2 eps sigma T^3 r_i^2/(k t) with r_i = 1 m and a sheet 1 m thick, which only its faces see.
    let k = 2.0 * emissivity * STEFAN_BOLTZMANN * root_k.powi(3) / c.get("zeta")?;
    let (mut out, mut points) = (Outcome::default(), vec![]);
    for n in [50_u32, 100, 200, 400] {
        let grid = Grid::new(Metric::Cylinder, [lines(&[(ratio, n as usize)], 1.0), one(), one()], k);
        let mut network = grid.network();
        grid.against(&mut network, (0, false), f64::INFINITY, |_| root_k);
        network.space_k = sink_k;
        network.surfaces = vec![plain(emissivity)];
        let face = |cell| Face { node: grid.node(cell), surface: 0, area_m2: 2.0 * grid.area(1, cell, 0.0) };
        network.faces = grid.cells().map(face).collect();
        let s = solved(backend, &network, 300.0)?;
        let ideal = emissivity * STEFAN_BOLTZMANN * 2.0 * PI * (ratio * ratio - 1.0) * (root_k.powi(4) - sink_k.powi(4));
        let eta = s.convergence.space_w / ideal;
        points.push((1.0 / f64::from(n), (eta - c.want("eta")?).abs()));
        if n == 400 {
            out.close("efficiency", eta, c.want("eta")?, c.tolerance("mesh_rel")?);
            let tip = s.node_k[n as usize - 1] / root_k;
            out.close("tip temperature", tip, c.want("theta_tip")?, c.tolerance("mesh_rel")?);
        }
    }
    out.order("efficiency of the annular fin", points, 2.0);
    Ok(out)
}

fn around(sink_k: f64) -> Surroundings {
    Surroundings::of_sink(sink_k)
}

/// A strip that is all tube, 1 m of pitch.
pub(super) fn bare(emissivity: f64, sink_k: f64, resistance_m_k_per_w: f64) -> Strip<'static> {
    Strip {
        pitch_m: 1.0,
        band_m: 1.0,
        sheet_m: 1e-3,
        profile: Profile::uniform(),
        conductivity_w_mk: 150.0,
        emissivity,
        resistance_m_k_per_w,
        surroundings: around(sink_k),
    }
}

/// A tube that radiates from both faces of a strip 1 m wide, its flow cooling along it: outlet and heat.
pub(super) fn bare_tube<B: Backend>(
    backend: &B,
    (emissivity, sink_k): (f64, f64),
    (rate, inlet_k): (f64, f64),
    (area_m2, wall_w_m2k): (f64, f64),
    n: usize,
) -> Result<(f64, f64), VerifyError> {
    let mut network = Network::new(n);
    network.space_k = sink_k;
    network.surfaces = vec![plain(emissivity)];
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let step = area_m2 / n as f64;
    network.faces = (0..n).map(|node| Face { node, surface: 0, area_m2: step }).collect();
    let link = |segment| FilmLink { channel: 0, segment, node: segment, gl_w_per_k: wall_w_m2k * step };
    let links = (0..n).map(link).collect();
    network.coolant = Coolant { inlet_node: None, inlet_k, capacity_rate_w_per_k: rate, channels: 1, segments: n, links };
    let s = solved(backend, &network, inlet_k)?;
    Ok((s.coolant_k[n], s.convergence.coolant_w))
}

/// D04: a tube as wide as the pitch has no fin: the closed form of a pumped loop; and the same tube meshed along its flow.
pub(super) fn pumped<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (eps, sink_k, inlet_k) = (c.get("eps")?, c.get("T_sink")?, c.get("T_in")?);
    let given = c.has("area");
    let (rate, outlet_k, area) = if given {
        (c.get("mdot")? * c.get("cp")?, c.want("T_out")?, c.get("area")?)
    } else {
        (c.get("Q")? / (inlet_k - c.get("T_out")?), c.get("T_out")?, c.want("area_total")?)
    };
    let (length, _) = bare(eps, sink_k, 0.0).length_m(rate, inlet_k, outlet_k);
    // Both faces of 1 m of pitch.
    out.close("area by sizing", 2.0 * length, area, 1e-5);
    // A film so good that wall and fluid are one: its drop is below 1e-6 of theirs.
    let (got_k, heat_w) = bare_tube(backend, (eps, sink_k), (rate, inlet_k), (area, 1e7), 200)?;
    let mesh = c.tolerance("mesh_rel").unwrap_or(1e-4);
    out.close("outlet by mesh", got_k, outlet_k, mesh);
    let want = if given { c.want("Q_W")? } else { c.get("Q")? };
    out.close("heat by mesh", heat_w, want, mesh);
    Ok(out)
}

/// The strip of a tube-fin case.
pub(super) fn strip(c: &Case, sink_k: f64) -> Result<Strip<'static>, VerifyError> {
    let film = c.get("h")?;
    Ok(Strip {
        pitch_m: c.get("pitch")?,
        band_m: c.get("tube_band")?,
        sheet_m: c.get("thickness")?,
        profile: Profile::uniform(),
        conductivity_w_mk: c.get("k")?,
        emissivity: c.get("eps")?,
        resistance_m_k_per_w: if film > 0.0 { 1.0 / (film * PI * c.get("d_inner")?) } else { 0.0 },
        surroundings: around(sink_k),
    })
}

/// One tube and its two half fins, fluid cooling along the tube.
fn tube<B: Backend>(backend: &B, c: &Case, across: usize, along: usize) -> Result<(SteadyState, usize), VerifyError> {
    let (pitch, band, length) = (c.get("pitch")?, c.get("tube_band")?, c.get("length")?);
    let fin = 0.5 * (pitch - band);
    let mut lines = even_lines(fin, across);
    lines.extend(even_lines(fin, across).iter().map(|x| fin + band + x));
    let mesh = panel(lines, even_lines(length, along));
    let p = &mesh.panels[0];
    let rigid: Vec<bool> = (0..p.nu()).map(|i| i == across).collect();
    let mut network = sheet(&mesh, c.get("k")? * c.get("thickness")?, &rigid, c.get("eps")?, c.get("T_sink")?);
    let film = if c.get("h")? > 0.0 { c.get("h")? * PI * c.get("d_inner")? } else { 1e5 };
    #[expect(clippy::cast_precision_loss, reason = "small counts")]
    let step = length / along as f64;
    let link = |segment| FilmLink { channel: 0, segment, node: p.cell(across, segment), gl_w_per_k: film * step };
    network.coolant = Coolant {
        inlet_node: None,
        inlet_k: c.get("T_in")?,
        capacity_rate_w_per_k: c.get("mdot")? * c.get("cp")?,
        channels: 1,
        segments: along,
        links: (0..along).map(link).collect(),
    };
    Ok((solved(backend, &network, 300.0)?, p.nu()))
}

/// D05: by sizing at the ends and along the whole tube; by mesh, coarse and fine.
pub(super) fn tube_fin<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let s = strip(c, c.get("T_sink")?)?;
    let (rate, inlet_k, outlet_k) = (c.get("mdot")? * c.get("cp")?, c.get("T_in")?, c.want("T_out")?);
    let (length, _) = s.length_m(rate, inlet_k, outlet_k);
    out.close("length by sizing", length, c.get("length")?, 1e-4);
    let [first, last] = [inlet_k, outlet_k].map(|t| s.at(t));
    out.close("heat at the inlet", first.heat_w_m, c.want("q_per_m_in")?, c.tolerance("analytic_rel")?);
    out.close("heat at the outlet", last.heat_w_m, c.want("q_per_m_out")?, c.tolerance("analytic_rel")?);
    out.near("fin efficiency at the inlet", first.efficiency, c.want("eta_fin_in")?, FORMULA);
    out.close("wall at the inlet", first.base_k, c.want("T_wall_in")?, c.tolerance("analytic_rel")?);
    out.close("wall at the outlet", last.base_k, c.want("T_wall_out")?, c.tolerance("analytic_rel")?);
    let want = c.want("Q_W")?;
    let mut points = vec![];
    for (across, along) in [(12_usize, 40), (24, 80), (48, 160)] {
        let (state, wide) = tube(backend, c, across, along)?;
        let q = state.convergence.coolant_w;
        #[expect(clippy::cast_precision_loss, reason = "small counts")]
        points.push((1.0 / across as f64, (q - want).abs() / want));
        if across == 48 {
            out.near("outlet by mesh", state.coolant_k[along], outlet_k, 1e-4 * (inlet_k - outlet_k));
            out.close("heat by mesh", q, want, 1e-4);
            // Tip temperature half a segment after the inlet.
            let tip = 1.5 * state.node_k[0] - 0.5 * state.node_k[wide];
            out.close("tip at the inlet, mesh", tip, c.want("T_fin_tip_in")?, c.tolerance("mesh_rel")?);
        } else if across == 12 {
            out.near("outlet by coarse mesh", state.coolant_k[along], outlet_k, 0.02);
            out.close("heat by coarse mesh", q, want, c.tolerance("mesh_rel")?);
        }
    }
    out.series.push(super::Series { what: "heat of the tube-fin panel".into(), points });
    Ok(out)
}
