//! Exchange: shields and MLI (B01, B07), concentric bodies (B02), enclosures (B03), cavities (B04), two squares in space (B05),
//! mirrors (B06).

use super::data::{Case, family};
use super::networks::{given, net_heat_w, plain, solved};
use super::shapes::{Assembly, Side, Traced, arc, cut, rectangle, revolve, sphere};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::network::{Face, Network};
use crate::radiation::exchange::radks_m2;
use crate::radiation::view_factor::ViewFactors;
use std::f64::consts::PI;

fn black(t_k: f64) -> f64 {
    STEFAN_BOLTZMANN * t_k.powi(4)
}

/// Plates with floating shields between them, 1 m² each, every gap an enclosure of two faces: the network, and the heat that
/// leaves the first plate.
fn stack<B: Backend>(backend: &B, gaps: &[[f64; 2]], ends_k: [f64; 2]) -> Result<(Vec<f64>, f64), VerifyError> {
    let plates = gaps.len() + 1;
    let mut network = Network::new(plates);
    let mut f = vec![vec![0.0; 2 * gaps.len()]; 2 * gaps.len()];
    for (g, emissivity) in gaps.iter().enumerate() {
        (f[2 * g][2 * g + 1], f[2 * g + 1][2 * g]) = (1.0, 1.0);
        for (side, eps) in emissivity.iter().enumerate() {
            network.surfaces.push(plain(*eps));
            network.faces.push(Face { node: g + side, surface: 2 * g + side, area_m2: 1.0 });
        }
    }
    network.factors = Some(given(&f, vec![1.0; 2 * gaps.len()]));
    network.held = vec![(0, ends_k[0]), (plates - 1, ends_k[1])];
    let s = solved(backend, &network, 0.5 * (ends_k[0] + ends_k[1]))?;
    Ok((s.node_k[1..plates - 1].to_vec(), s.emitted_w_m2[0] - gaps[0][0] * s.irradiation_w_m2[0]))
}

/// Emissivities at both sides of every gap of B01.
pub(super) fn gaps(c: &Case) -> Result<Vec<[f64; 2]>, VerifyError> {
    let mut faces = vec![c.get("eps1")?];
    faces.extend(c.rows("shields")?.into_iter().flatten());
    faces.push(c.get("eps2")?);
    Ok(faces.chunks(2).map(|e| [e[0], e[1]]).collect())
}

/// B01 and B07: the whole stack as a network with the shields floating.
pub(super) fn shields<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let ends = [c.get("T1")?, c.get("T2")?];
    let within = c.tolerance("analytic_rel")?;
    if c.has("layers") {
        let eps = c.get("eps")?;
        let count = (0..).take_while(|&k| f64::from(k) <= c.get("layers").unwrap_or(0.0)).count();
        let (_, q) = stack(backend, &vec![[eps; 2]; count], ends)?;
        out.close("q", q, c.want("q_W_m2")?, within);
        out.close("effective emissivity", q / (black(ends[0]) - black(ends[1])), c.want("eps_effective")?, within);
        return Ok(out);
    }
    let (t, q) = stack(backend, &gaps(c)?, ends)?;
    out.close("q", q, c.want("q_W_m2")?, within);
    for (k, (got, want)) in t.iter().zip(c.wants("shield_T")?).enumerate() {
        out.close(format!("T of shield {}", k + 1), *got, want, within);
    }
    Ok(out)
}

/// Of mirrors that are curved too much for their facets.
const CURVED: &str = "mirrors are flat: this curved one would take too many facets";

/// B02: closed-form factors to the case's accuracy; spheres traced as well. Mirrors are flat, so the specular outer surface is a
/// cylinder of many facets between perfect mirrors; a sphere would need too many.
pub(super) fn concentric<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (r1, r2, ball) = (c.get("r1")?, c.get("r2")?, c.text("geometry")? == "sphere");
    let (eps, t) = ([c.get("eps1")?, c.get("eps2")?], [c.get("T1")?, c.get("T2")?]);
    let ratio = if ball { (r1 / r2).powi(2) } else { r1 / r2 };
    let want = c.want("q1_outer_diffuse_W_m2")?;
    let f = given(&[vec![0.0, 1.0], vec![ratio, 1.0 - ratio]], vec![ratio, 1.0]);
    let q = net_heat_w(&f, &eps, &t.map(black))[0] / ratio;
    out.close("q, factors given", q, want, c.tolerance("analytic_rel")?);
    if ball {
        let mut scene = Assembly::default();
        let inner = scene.add(sphere(r1, 12), Side::Front);
        scene.add(sphere(r2, 12), Side::Back);
        let traced = scene.trace(backend, 1 << 8, 31)?;
        let q = group_heat_w(&traced, &traced.closed()?, &eps, &t, inner) / traced.area(inner);
        out.close("q, traced", q, want, c.tolerance("mc_rel")?);
        return Ok(out.but(CURVED));
    }
    let want = c.want("q1_outer_specular_W_m2")?;
    // High, so that few rays meet the ends so often that they are given up.
    let height = 20.0;
    // A facet turns what it mirrors by up to half its own turn, at each of the 1/ε₂ reflections.
    let traced_q = |(sectors, rays): (usize, u32)| -> Result<f64, VerifyError> {
        let mut scene = Assembly::default();
        let inner = scene.add(revolve(&[(r1, 0.0), (r1, height)], sectors), Side::Front);
        let outer = scene.add(revolve(&[(r2, 0.0), (r2, height)], sectors), Side::Back);
        scene.mirror(outer, 1.0 - eps[1]);
        scene.wall(rectangle([-1.1, -1.1, 0.0], [2.2, 0.0, 0.0], [0.0, 2.2, 0.0]));
        scene.wall(rectangle([-1.1, -1.1, height], [0.0, 2.2, 0.0], [2.2, 0.0, 0.0]));
        let traced = scene.trace(backend, rays, 31)?;
        Ok(group_heat_w(&traced, &traced.closed()?, &eps, &t, inner) / traced.area(inner))
    };
    let (mut points, mut finest) = (vec![], 0.0);
    for (facets, at) in [(64.0, (1 << 6, 1 << 12)), (256.0, (1 << 8, 1 << 10)), (1024.0, (1 << 10, 1 << 8))] {
        finest = traced_q(at)?;
        points.push((1.0 / facets, (finest - want).abs() / want));
    }
    out.series.push(super::Series { what: "facets of the curved mirror".into(), points });
    // What is turned past the inner cylinder grows with r2/r1.
    if r1 / r2 < 0.5 {
        return Ok(out.but(CURVED));
    }
    out.close("q, mirror outside, traced", finest, want, c.tolerance("mc_rel")?);
    Ok(out)
}

/// Net heat of one group when every group has its own emissivity and temperature, W.
pub(super) fn group_heat_w(t: &Traced, f: &ViewFactors, emissivity: &[f64], t_k: &[f64], group: usize) -> f64 {
    let eps: Vec<f64> = t.group.iter().map(|&g| emissivity[g]).collect();
    let powers: Vec<f64> = t.group.iter().map(|&g| black(t_k[g])).collect();
    let net = net_heat_w(f, &eps, &powers);
    net.iter().zip(&t.group).filter(|(_, g)| **g == group).map(|(q, _)| q).sum()
}

/// B03: factors as the case gives them, or those of a cylinder or a cube; some surfaces adiabatic.
pub(super) fn enclosure<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (f, area) = if c.has("F") {
        (c.rows("F")?, c.list("A")?)
    } else if c.has("r") {
        let (r, length, across) = (c.get("r")?, c.get("length")?, c.want("F_base_base")?);
        let back = (1.0 - across) * r / (2.0 * length);
        let f = vec![vec![0.0, across, 1.0 - across], vec![across, 0.0, 1.0 - across], vec![back, back, 1.0 - 2.0 * back]];
        (f, vec![PI * r * r, PI * r * r, 2.0 * PI * r * length])
    } else {
        let box_case = family("A13")?.case.swap_remove(0);
        let (across, beside) = (box_case.want("F12")?, box_case.want("F13")?);
        let factor = |i: usize, j: usize| {
            if i == j {
                0.0
            } else if i / 2 == j / 2 {
                across
            } else {
                beside
            }
        };
        ((0..6).map(|i| (0..6).map(|j| factor(i, j)).collect()).collect(), vec![1.0; 6])
    };
    compare_enclosure(backend, c, (&f, area), c.tolerance("analytic_rel")?)
}

/// An enclosure with one node for each surface against the numbers of B03. `within` is relative to
/// the first surface's emission, to temperatures, and to 1 for Gebhart factors.
pub(super) fn compare_enclosure<B: Backend>(
    backend: &B,
    c: &Case,
    (f, area): (&[Vec<f64>], Vec<f64>),
    within: f64,
) -> Result<Outcome, VerifyError> {
    let (mut out, eps) = (Outcome::default(), c.list("eps")?);
    // Rows of five or more figures do not sum to 1 in the last of them; what is missing must not leave to space.
    let f = given(&f.iter().map(|r| r.iter().map(|x| x / r.iter().sum::<f64>()).collect()).collect::<Vec<_>>(), area);
    let n = eps.len();
    let t = if c.has("T") { c.list("T")? } else { vec![c.get("T1")?, c.get("T2")?, -1.0] };
    let mut network = Network::new(n);
    network.surfaces = eps.iter().map(|e| plain(*e)).collect();
    network.faces = (0..n).map(|k| Face { node: k, surface: k, area_m2: f.area_m2[k] }).collect();
    network.held = t.iter().copied().enumerate().filter(|(_, t)| *t > 0.0).collect();
    network.factors = Some(f.clone());
    let s = solved(backend, &network, 0.5 * (t[0] + t[1]))?;
    let net = |k: usize| f.area_m2[k] * (s.emitted_w_m2[k] - eps[k] * s.irradiation_w_m2[k]);
    let scale = f.area_m2[0] * s.emitted_w_m2[0];
    if c.expected.contains_key("Q_W") {
        for (k, want) in c.wants("Q_W")?.iter().enumerate() {
            out.near(format!("Q{}", k + 1), net(k), *want, within * scale);
        }
    } else {
        out.near("Q1", net(0), c.want("Q1_W")?, within * scale);
        out.near("Q2", net(1), c.want("Q2_W")?, within * scale);
        out.close("T3", s.node_k[2], c.want("T3_K")?, within);
    }
    if c.expected.contains_key("T_K") {
        out.close("T3", s.node_k[2], c.wants("T_K")?[2], within);
    }
    let (gr, to_space) = radks_m2(&f, &eps);
    let gebhart = |i: usize, j: usize| gr.get(i, j).copied().unwrap_or(0.0) / (eps[i] * f.area_m2[i]);
    let mut row = |i: usize, wants: &[f64]| {
        wants.iter().enumerate().for_each(|(j, w)| out.near(format!("B{}{}", i + 1, j + 1), gebhart(i, j), *w, within));
    };
    if c.expected.contains_key("gebhart") {
        c.want_rows("gebhart")?.iter().enumerate().for_each(|(i, wants)| row(i, wants));
    }
    for i in [0, 5] {
        if c.expected.contains_key(&format!("gebhart_row{i}")) {
            row(i, &c.wants(&format!("gebhart_row{i}"))?);
        }
    }
    let lost = to_space.iter().map(|g| g.abs()).fold(0.0, f64::max);
    out.near("radiative coupling of the closed enclosure to space", lost, 0.0, 1e-9);
    Ok(out)
}

/// B04: cavities traced with their opening as a black lid at 0 K; grooves by exact factors between strips.
pub(super) fn cavity<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if c.has("included_angle_deg") {
        return groove(backend, c);
    }
    let mut out = Outcome::default();
    let (eps, mut scene) = (c.get("eps")?, Assembly::default());
    if c.has("aperture_half_angle_deg") {
        let half = c.get("aperture_half_angle_deg")?.to_radians();
        let (sectors, bands) = (48, 24);
        scene.add(revolve(&arc(1.0, 0.0, PI - half, bands), sectors), Side::Back);
        let rim = (half.sin(), half.cos());
        scene.add(revolve(&[rim, (0.5 * rim.0, rim.1), (0.0, rim.1)], sectors), Side::Back);
    } else {
        let depth = c.get("depth_over_radius")?;
        // Finer towards the edges, where radiosity varies most.
        let finer = |n: u32, k: u32| 0.5 * (1.0 - (PI * f64::from(k) / f64::from(n)).cos());
        let mut profile: Vec<(f64, f64)> = (0..=8).map(|k| (0.5 * PI * f64::from(k) / 8.0).sin()).map(|x| (x, 0.0)).collect();
        profile.extend((1..=40).map(|k| (1.0, depth * finer(40, k))));
        scene.add(revolve(&profile, 24), Side::Back);
        scene.add(revolve(&[(1.0, depth), (0.7, depth), (0.0, depth)], 24), Side::Back);
    }
    // Walls of a profile that leaves the axis upwards look inwards with their backs, the base too.
    let t = scene.trace(backend, 1 << 9, 32)?;
    let lid = 1;
    let heat = -group_heat_w(&t, &t.closed()?, &[eps, 1.0], &[300.0, 0.0], lid);
    out.close("apparent emissivity", heat / (t.area(lid) * black(300.0)), c.want("eps_apparent")?, c.tolerance("mc_rel")?);
    Ok(out)
}

/// A groove cut into strips, their factors by crossed strings; a refinement series.
fn groove<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (eps, half) = (c.get("eps")?, 0.5 * c.get("included_angle_deg")?.to_radians());
    let want = c.want("eps_apparent_diffuse")?;
    let apparent = |n: u32| {
        // Strips at equal ratios would follow the corner better; equal ones keep the order plain.
        let edge = |wall: u32, k: u32| {
            let s = f64::from(k) / f64::from(n);
            [s * half.sin() * if wall == 0 { 1.0 } else { -1.0 }, s * half.cos()]
        };
        let apart = |a: [f64; 2], b: [f64; 2]| (a[0] - b[0]).hypot(a[1] - b[1]);
        let strips: Vec<(u32, u32)> = (0..2).flat_map(|w| (0..n).map(move |k| (w, k))).collect();
        let factor = |&(w, k): &(u32, u32), &(v, m): &(u32, u32)| {
            if w == v {
                return 0.0;
            }
            let (a, b, p, q) = (edge(w, k), edge(w, k + 1), edge(v, m), edge(v, m + 1));
            0.5 * f64::from(n) * (apart(a, q) + apart(b, p) - apart(a, p) - apart(b, q))
        };
        let f: Vec<Vec<f64>> = strips.iter().map(|i| strips.iter().map(|j| factor(i, j)).collect()).collect();
        let f = given(&f, vec![1.0 / f64::from(n); strips.len()]);
        let heat: f64 = net_heat_w(&f, &vec![eps; strips.len()], &vec![1.0; strips.len()]).iter().sum();
        heat / (2.0 * half.sin())
    };
    let points: Vec<(f64, f64)> = [16, 32, 64].map(|n| (1.0 / f64::from(n), (apparent(n) - want).abs())).to_vec();
    let finest = apparent(128);
    out.close("apparent emissivity, diffuse", finest, want, c.tolerance("mc_rel")?);
    out.series.push(super::Series { what: "strips of the groove".into(), points });
    out.close(
        "apparent emissivity, specular",
        mirror_groove(backend, eps, half)?,
        c.want("eps_apparent_specular")?,
        c.tolerance("mc_rel")?,
    );
    Ok(out)
}

/// Apparent emissivity of a groove of mirrors: every path of a ray is exact, so one facet a wall is enough. Perfect mirrors close the
/// ends.
fn mirror_groove<B: Backend>(backend: &B, eps: f64, half: f64) -> Result<f64, VerifyError> {
    let (sine, cosine) = half.sin_cos();
    let mut scene = Assembly::default();
    let walls = scene.add(
        [rectangle([0.0; 3], [0.0, 1.0, 0.0], [sine, 0.0, cosine]), rectangle([0.0; 3], [-sine, 0.0, cosine], [0.0, 1.0, 0.0])],
        Side::Back,
    );
    scene.mirror(walls, 1.0 - eps);
    scene.wall(rectangle([-2.0, 0.0, -1.0], [4.0, 0.0, 0.0], [0.0, 0.0, 3.0]));
    scene.wall(rectangle([-2.0, 1.0, -1.0], [4.0, 0.0, 0.0], [0.0, 0.0, 3.0]));
    let traced = scene.trace(backend, 1 << 16, 33)?;
    let heat = group_heat_w(&traced, &traced.closed()?, &[eps], &[300.0], walls);
    Ok(heat / (2.0 * sine * black(300.0)))
}

/// B06: fractions of emission that end on either plate, mirrors by one facet each.
pub(super) fn mirrors<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let eps = [c.get("eps1")?, c.get("eps2")?];
    let mut scene = Assembly::default();
    let (lower, upper) = if c.has("angle_deg") {
        let (w, edge, (sine, cosine)) = (c.get("w")?, c.get("edge")?, c.get("angle_deg")?.to_radians().sin_cos());
        (
            scene.add([rectangle([0.0; 3], [w, 0.0, 0.0], [0.0, edge, 0.0])], Side::Front),
            scene.add([rectangle([0.0; 3], [w * cosine, 0.0, w * sine], [0.0, edge, 0.0])], Side::Back),
        )
    } else {
        let (side, gap) = (c.get("side")?, c.get("gap")?);
        let plate = |z: f64| [rectangle([0.0, 0.0, z], [side, 0.0, 0.0], [0.0, side, 0.0])];
        (scene.add(plate(0.0), Side::Front), scene.add(plate(gap), Side::Back))
    };
    scene.mirror(lower, 1.0 - eps[0]);
    scene.mirror(upper, 1.0 - eps[1]);
    compare_mirrors(c, &scene.trace(backend, 1 << 18, 35)?, (lower, upper))
}

/// What two plates absorb of each other, traced, against B06.
pub(super) fn compare_mirrors(c: &Case, traced: &Traced, (lower, upper): (usize, usize)) -> Result<Outcome, VerifyError> {
    let (mut out, eps, f) = (Outcome::default(), [c.get("eps1")?, c.get("eps2")?], traced.closed()?);
    let of_facet: Vec<f64> = traced.group.iter().map(|&g| eps[g]).collect();
    let (gr, to_space) = radks_m2(&f, &of_facet);
    let area = traced.area(lower);
    let within = |i: usize, b: f64| traced.bound(i, b) + 1e-6;
    let between = |i: usize, j: usize| {
        let here = |(a, b): (usize, usize)| traced.group[a] == i && traced.group[b] == j;
        gr.iter().filter(|(_, at)| here(*at)).map(|(g, _)| g).sum::<f64>()
    };
    for (i, j) in [(0, 0), (0, 1), (1, 0)] {
        let name = format!("B{}{}", i + 1, j + 1);
        if c.expected.contains_key(&name) {
            let want = c.want(&name)?;
            out.near(name, between(i, j) / (eps[i] * area), want, within(i, want));
        }
    }
    let want = c.want("B1_space")?;
    let lost: f64 = to_space.iter().zip(&traced.group).filter(|(_, g)| **g == lower).map(|(s, _)| s).sum();
    out.near("B1 to space", lost / (eps[0] * area), want, within(0, want));
    if c.has("T1") {
        let t = [c.get("T1")?, c.get("T2")?];
        for (name, group) in [("Q1", lower), ("Q2", upper)] {
            let want = c.want(&format!("{name}_W"))?;
            // Emission that leaves plate 1 for good, or ends on plate 2, to four standard errors of its fraction.
            let error = within(0, c.want("B1_space")?).max(within(0, c.want("B12")?)) * eps[0] * area * black(t[0]);
            out.near(name, group_heat_w(traced, &f, &eps, &t, group), want, error);
        }
    }
    Ok(out)
}

/// B05: two squares, one facet a side and 12 × 12, each against its own truth (they differ by 2e-4 to 2 %).
pub(super) fn squares<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (side, gap) = (c.get("side")?, c.get("gap")?);
    for (n, key, rays) in [(1, "one_node", 1 << 17), (12, "continuous", 1 << 12)] {
        let mut scene = Assembly::default();
        let square = |z: f64| rectangle([0.0, 0.0, z], [side, 0.0, 0.0], [0.0, side, 0.0]);
        let lower = scene.add(cut(&square(0.0), n), Side::Front);
        let upper = scene.add(cut(&square(gap), n), Side::Back);
        compare_squares(c, &scene.trace(backend, rays, 9)?, (lower, upper), key, &mut out)?;
    }
    Ok(out)
}

/// Heat of two squares, traced, against B05.
pub(super) fn compare_squares(
    c: &Case,
    traced: &Traced,
    (lower, upper): (usize, usize),
    key: &str,
    out: &mut Outcome,
) -> Result<(), VerifyError> {
    let (eps, t, f) = ([c.get("eps1")?, c.get("eps2")?], [c.get("T1")?, c.get("T2")?], traced.closed()?);
    for (name, group) in [("Q1", lower), ("Q2", upper)] {
        let want = c.want(&format!("{name}_{key}_W"))?;
        // Q2 is a difference of larger heats: near in proportion to Q1.
        let scale = c.want(&format!("Q1_{key}_W"))?.abs();
        let got = group_heat_w(traced, &f, &eps, &t, group);
        out.near(format!("{name}, {}", key.replace('_', " ")), got, want, 0.5 * c.tolerance("mc_rel")? * scale);
    }
    Ok(())
}
