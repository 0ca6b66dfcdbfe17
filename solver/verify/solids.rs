//! View factors of curved surfaces cut into flat facets: A05, A06, A09, A10, A11, A14.
//!
//! Cylinders and spheres keep their areas. The cut moves a factor by the square of the facets' angle, below the case's
//! `mesh_abs` of 0.001, which is allowed beside four standard errors of the rays. What is infinite along an axis becomes
//! 400 m of it, seen from the middle metre: what passes the ends is below 1e-5.

use super::data::Case;
use super::shapes::{Assembly, Side, Traced, arc, moved, rectangle, revolve, sphere};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::mesh::Shape;
use nalgebra::{Vector3, vector};
use std::f64::consts::PI;

/// Half the length of what is infinite, m.
const FAR: f64 = 200.0;
/// Sectors of a cylinder.
const SECTORS: usize = 96;
/// Bands of a sphere.
const BANDS: usize = 24;

/// A case with curved or infinite surfaces.
pub(super) fn curved<B: Backend>(backend: &B, family: &str, c: &Case) -> Result<Outcome, VerifyError> {
    match family {
        "A05" => from_sphere(backend, c),
        "A06" if c.has("length") => coaxial(backend, c),
        "A06" if c.id.contains("-s") => concentric(backend, c),
        "A06" => coaxial_infinite(backend, c),
        "A09" => strips(backend, c),
        "A10" if c.has("pitch") => tube_row(backend, c),
        "A10" => cylinders(backend, c),
        "A11" if c.has("cap1_deg") => caps(backend, c),
        "A11" => spheres(backend, c),
        _ => closed_cylinder(backend, c),
    }
}

/// Compares factors between groups with the case's numbers.
fn compare(out: &mut Outcome, c: &Case, t: &Traced, all: &[(&str, usize, usize)]) -> Result<(), VerifyError> {
    for &(key, from, to) in all {
        let want = c.want(key)?;
        out.near(key, t.factor(from, to), want, t.bound(from, want) + c.tolerance("mesh_abs")?);
    }
    Ok(())
}

fn from_sphere<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out, d) = (Assembly::default(), Outcome::default(), c.get("d")?);
    let ball = scene.add(moved(sphere(c.get("sphere_r")?, BANDS), vector![0.0, 0.0, d]), Side::Front);
    let (plate, keys) = if c.has("disc_r") {
        let r = c.get("disc_r")?;
        (Shape::disc(Vector3::zeros(), vector![r, 0.0, 0.0], vector![0.0, r, 0.0]), ["F_sphere_disc", "F_disc_sphere"])
    } else {
        (rectangle([0.0; 3], [c.get("a")?, 0.0, 0.0], [0.0, c.get("b")?, 0.0]), ["F_sphere_rect", "F_rect_sphere"])
    };
    // Cut, so that the plate's rays suffice.
    let plate = match plate.outline {
        crate::mesh::Outline::Ellipse => vec![plate],
        _ => super::shapes::cut(&plate, 8),
    };
    let flat = scene.add(plate, Side::Front);
    let t = scene.trace(backend, 1 << 10, 21)?;
    compare(&mut out, c, &t, &[(keys[0], ball, flat), (keys[1], flat, ball)])?;
    Ok(out)
}

/// A cylinder between two heights; fronts look outwards.
fn wall(radius: f64, from: f64, to: f64) -> Vec<Shape> {
    revolve(&[(radius, from), (radius, to)], SECTORS)
}

fn coaxial<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (r1, r2, length) = (c.get("r1")?, c.get("r2")?, c.get("length")?);
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let inner = scene.add(wall(r1, 0.0, length), Side::Front);
    let outer = scene.add(wall(r2, 0.0, length), Side::Back);
    let ring = scene.add(revolve(&[(r2, 0.0), (r1, 0.0)], SECTORS), Side::Front);
    let t = scene.trace(backend, 1 << 11, 22)?;
    let all = [("F12", inner, outer), ("F21", outer, inner), ("F22", outer, outer), ("F23", outer, ring), ("F13", inner, ring)];
    compare(&mut out, c, &t, &all)?;
    Ok(out)
}

fn concentric<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let inner = scene.add(sphere(c.get("r1")?, BANDS), Side::Front);
    let outer = scene.add(sphere(c.get("r2")?, BANDS), Side::Back);
    let t = scene.trace(backend, 1 << 8, 23)?;
    compare(&mut out, c, &t, &[("F12", inner, outer), ("F21", outer, inner), ("F22", outer, outer)])?;
    Ok(out)
}

fn coaxial_infinite<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let (r1, r2) = (c.get("r1")?, c.get("r2")?);
    let inner = scene.add(wall(r1, -0.5, 0.5), Side::Front);
    let outer = scene.add(wall(r2, -0.5, 0.5), Side::Back);
    let ends = |r: f64| wall(r, -FAR, -0.5).into_iter().chain(wall(r, 0.5, FAR));
    let inner_far = scene.add(ends(r1), Side::Front);
    let outer_far = scene.add(ends(r2), Side::Back);
    let t = scene.trace(backend, 1 << 10, 24)?;
    for (key, from, to) in
        [("F12", inner, [outer, outer_far]), ("F21", outer, [inner, inner_far]), ("F22", outer, [outer, outer_far])]
    {
        let (got, want) = (to.iter().map(|&g| t.factor(from, g)).sum(), c.want(key)?);
        out.near(key, got, want, t.bound(from, want) + c.tolerance("mesh_abs")?);
    }
    Ok(out)
}

/// A strip of a width about x = 0 at a height, along y.
fn strip(width: f64, z: f64, half: f64) -> Shape {
    rectangle([-0.5 * width, -half, z], [width, 0.0, 0.0], [0.0, 2.0 * half, 0.0])
}

fn strips<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (width, gap) = (c.get("width")?, c.get("gap")?);
    let mut out = Outcome::default();
    for (key, blocked) in [("F12_unobstructed", false), ("F12", true)] {
        let mut scene = Assembly::default();
        let lower = scene.add([strip(width, 0.0, 0.5)], Side::Front);
        let upper = scene.add([strip(width, gap, FAR)], Side::Back);
        if blocked {
            let between = strip(c.get("blocker_width")?, gap * c.get("blocker_height_fraction")?, FAR);
            let under = scene.add([between], Side::Back);
            scene.other_side(under);
        }
        let t = scene.trace(backend, 1 << 16, 25)?;
        let want = c.want(key)?;
        // Flat: no cut beside the ends.
        out.near(key, t.factor(lower, upper), want, t.bound(lower, want) + 1e-5);
    }
    Ok(out)
}

fn tube_row<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (radius, pitch) = (0.5 * c.get("tube_diameter")?, c.get("pitch")?);
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    // One pitch of the plane, 40 tubes to either side; all in units of the radius, so that 400 m are far for them too.
    let p = pitch / radius;
    let plane = scene.add(super::shapes::cut(&strip(p, 0.0, 0.5), 8), Side::Front);
    let tube = |k: i32| {
        let lying = |s: Shape| {
            let turn = |v: Vector3<f64>| vector![v.x, v.z, -v.y];
            Shape { origin: turn(s.origin), edge_u: turn(s.edge_u), edge_v: turn(s.edge_v), ..s }
        };
        let standing = revolve(&[(1.0, -FAR), (1.0, FAR)], 24).into_iter().map(lying).collect();
        moved(standing, vector![f64::from(k) * p, 0.0, 1.5])
    };
    let tubes = scene.add((-40..=40).flat_map(tube), Side::Front);
    let t = scene.trace(backend, 1 << 10, 26)?;
    let want = c.want("F_plane_row")?;
    out.near("F_plane_row", t.factor(plane, tubes), want, t.bound(plane, want) + c.tolerance("mesh_abs")?);
    Ok(out)
}

fn cylinders<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (r1, r2, apart) = (c.get("r1")?, c.get("r2")?, vector![c.get("D")?, 0.0, 0.0]);
    let mut out = Outcome::default();
    let finite = c.has("length");
    let half = if finite { 0.5 * c.get("length")? } else { 0.5 };
    for (key, from, to) in [("F12", r1, r2), ("F21", r2, r1)] {
        if !c.expected.contains_key(key) {
            continue;
        }
        let mut scene = Assembly::default();
        let far = if finite { half } else { FAR };
        let first = scene.add(wall(from, -half, half), Side::Front);
        let second = scene.add(moved(wall(to, -far, far), apart), Side::Front);
        let t = scene.trace(backend, 1 << 12, 27)?;
        compare(&mut out, c, &t, &[(key, first, second)])?;
    }
    Ok(out)
}

fn spheres<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let first = scene.add(sphere(c.get("r1")?, BANDS), Side::Front);
    let second = scene.add(moved(sphere(c.get("r2")?, BANDS), vector![c.get("D")?, 0.0, 0.0]), Side::Front);
    let t = scene.trace(backend, 1 << 9, 28)?;
    compare(&mut out, c, &t, &[("F12", first, second), ("F21", second, first)])?;
    Ok(out)
}

fn caps<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (north, south) = (c.get("cap1_deg")?.to_radians(), c.get("cap2_deg")?.to_radians());
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let part = |from: f64, to: f64, bands: usize| revolve(&arc(1.0, from, to, bands), 64);
    let below = scene.add(part(0.0, south, 12), Side::Back);
    let above = scene.add(part(PI - north, PI, 12), Side::Back);
    let between = if PI - north - south > 1e-9 { scene.add(part(south, PI - north, 24), Side::Back) } else { below };
    let t = scene.trace(backend, 1 << 8, 29)?;
    let all = [("F_to_cap1", between, above), ("F_to_cap2", above, below), ("F_cap1_self", above, above)];
    compare(&mut out, c, &t, &all)?;
    Ok(out)
}

fn closed_cylinder<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (r, length) = (c.get("r")?, c.get("length")?);
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let base = scene.add(revolve(&[(r, 0.0), (0.0, 0.0)], SECTORS), Side::Front);
    let top = scene.add(revolve(&[(r, length), (0.0, length)], SECTORS), Side::Back);
    let side = scene.add(wall(r, 0.0, length), Side::Back);
    let t = scene.trace(backend, 1 << 11, 30)?;
    let all = [("F_base_base", base, top), ("F_base_wall", base, side), ("F_wall_base", side, base), ("F_wall_wall", side, side)];
    compare(&mut out, c, &t, &all)?;
    let leak = [base, top, side].map(|g| t.space(g)).into_iter().fold(0.0, f64::max);
    out.near("rays out of the closed cylinder", leak, 0.0, 1e-4);
    Ok(out)
}
