//! Flat view factors: A01 to A04, A08, A12, A13.
//!
//! Tolerance: the case's four standard errors of independent rays, a third of that for factors above 0.01, where the
//! quasi-random rays that the program traces must do better.

use super::data::Case;
use super::shapes::{Assembly, Side, inside_of_box, rectangle};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::mesh::Shape;
use crate::radiation::view_factor::close;
use nalgebra::vector;

const RAYS: u32 = 1 << 16;

/// Four standard errors of independent rays, a third for factors that many rays meet.
fn bound(f: f64) -> f64 {
    let independent = 4.0 * (f * (1.0 - f) / f64::from(RAYS)).sqrt();
    if f > 0.01 { independent / 3.0 } else { independent }
}

/// A flat case.
pub(super) fn flat<B: Backend>(backend: &B, family: &str, c: &Case) -> Result<Outcome, VerifyError> {
    match family {
        "A08" => occluded(backend, c),
        "A13" => closed_box(backend, c),
        _ => pair(backend, c, plates(family, c)?),
    }
}

/// The two surfaces of a case: the front of the first sees the back of the second.
fn plates(family: &str, c: &Case) -> Result<[Shape; 2], VerifyError> {
    let get = |key: &str| c.get(key);
    Ok(match family {
        "A01" => {
            let (a, b, gap) = (get("a")?, get("b")?, get("gap")?);
            [0.0, gap].map(|z| rectangle([0.0, 0.0, z], [a, 0.0, 0.0], [0.0, b, 0.0]))
        }
        "A02" => {
            let (w1, w2, edge) = (get("w1")?, get("w2")?, get("edge")?);
            [rectangle([0.0; 3], [edge, 0.0, 0.0], [0.0, w1, 0.0]), rectangle([0.0; 3], [edge, 0.0, 0.0], [0.0, 0.0, w2])]
        }
        "A03" => {
            let (w1, w2, edge, angle) = (get("w1")?, get("w2")?, get("edge")?, get("angle_deg")?.to_radians());
            let second = [0.0, w2 * angle.cos(), w2 * angle.sin()];
            [rectangle([0.0; 3], [edge, 0.0, 0.0], [0.0, w1, 0.0]), rectangle([0.0; 3], [edge, 0.0, 0.0], second)]
        }
        "A04" => {
            let disc = |z: f64, r: f64| Shape::disc(vector![0.3, -0.2, z], vector![r, 0.0, 0.0], vector![0.0, r, 0.0]);
            [disc(0.0, get("r1")?), disc(get("gap")?, get("r2")?)]
        }
        _ => {
            let (x, y) = ([get("x1")?, get("x2")?], [get("y1")?, get("y2")?]);
            let (xi, eta) = ([get("xi1")?, get("xi2")?], [get("eta1")?, get("eta2")?]);
            let flat =
                |x: [f64; 2], y: [f64; 2], z: f64| rectangle([x[0], y[0], z], [x[1] - x[0], 0.0, 0.0], [0.0, y[1] - y[0], 0.0]);
            let second = if c.has("z") {
                flat(xi, eta, get("z")?)
            } else {
                // In x = 0; its back looks towards positive x.
                rectangle([0.0, eta[0], xi[0]], [0.0, 0.0, xi[1] - xi[0]], [0.0, eta[1] - eta[0], 0.0])
            };
            [flat(x, y, 0.0), second]
        }
    })
}

fn pair<B: Backend>(backend: &B, c: &Case, [a, b]: [Shape; 2]) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let first = scene.add([a], Side::Front);
    let second = scene.add([b], Side::Back);
    let t = scene.trace(backend, RAYS, 1)?;
    let want = c.want("F12")?;
    out.near("F12", t.factor(first, second), want, bound(want));
    let back = want * t.area(first) / t.area(second);
    out.near("F21", t.factor(second, first), back, bound(back));
    Ok(out)
}

fn occluded<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let square = |x: f64, y: f64, z: f64, s: f64| rectangle([x - 0.5 * s, y - 0.5 * s, z], [s, 0.0, 0.0], [0.0, s, 0.0]);
    let (side, blocker) = (c.get("plate_side")?, c.get("blocker_side")?);
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    let lower = scene.add([square(0.0, 0.0, 0.0, side)], Side::Front);
    let upper = scene.add([square(0.0, 0.0, c.get("gap")?, side)], Side::Back);
    let between = square(c.get("blocker_x")?, c.get("blocker_y")?, c.get("blocker_height")?, blocker);
    let under = scene.add([between], Side::Back);
    scene.other_side(under);
    let t = scene.trace(backend, RAYS, 3)?;
    for (key, to) in [("F12", upper), ("F1_to_blocker", under)] {
        out.near(key, t.factor(lower, to), c.want(key)?, bound(c.want(key)?));
    }
    let leak = (0..t.raw.hits.len()).map(|i| t.raw.leak(i)).fold(0.0, f64::max);
    out.near("rays that leak", leak, 0.0, 0.0);
    Ok(out)
}

fn closed_box<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut scene, mut out) = (Assembly::default(), Outcome::default());
    for face in inside_of_box([c.get("a")?, c.get("b")?, c.get("h")?]) {
        scene.add([face], Side::Front);
    }
    let t = scene.trace(backend, RAYS, 5)?;
    for key in c.expected.keys() {
        let digits: Vec<usize> = key.bytes().skip(1).map(|d| usize::from(d.wrapping_sub(b'1'))).collect();
        let (&[i, j], want) = (&digits[..], c.want(key)?) else { continue };
        out.near(key, t.factor(i, j), want, bound(want));
    }
    let closed = close(&t.raw, t.area_m2.clone())?;
    out.near("row sum of closed factors", 1.0 + closed.quality.row_sum_error, 1.0, 1e-12);
    out.near("reciprocity of closed factors", closed.quality.reciprocity_after, 0.0, 1e-12);
    out.near("change by closure", closed.quality.closure_change, 0.0, 0.01);
    let leak = (0..6).map(|i| t.raw.space(i)).fold(0.0, f64::max);
    out.near("rays out of the closed box", leak, 0.0, 1e-4);
    Ok(out)
}
