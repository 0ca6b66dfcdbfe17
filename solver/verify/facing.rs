//! Reference cases of exchange between surfaces of meshes that gmsh made: spheres (B02), squares (B05), mirrors (B06), insulation (B07).

use super::data::Case;
use super::exchange::{compare_mirrors, compare_squares, group_heat_w};
use super::imported::{facets_of, mesh, normal, of_part, stacked};
use super::shapes::{Assembly, Side, moved};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::mesh::Shape;
use nalgebra::{Matrix3, Vector3};

/// One case, if it is one of these.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Option<Result<Outcome, VerifyError>> {
    Some(match c.id.trim_start_matches("I-") {
        id if id.starts_with("B02") => spheres(backend, c),
        id if id.starts_with("B05") => squares(backend, c),
        id if id.starts_with("B06") => mirrors(backend, c),
        id if id.starts_with("B07") => insulation(backend, c),
        _ => return None,
    })
}

/// Facets of a mesh, put elsewhere by `A x + b`.
fn placed(name: &str, a: Matrix3<f64>, b: Vector3<f64>) -> Result<Vec<Shape>, VerifyError> {
    let put = |s: Shape| Shape { origin: a * s.origin + b, edge_u: a * s.edge_u, edge_v: a * s.edge_v, ..s };
    Ok(facets_of(&mesh(name)?).into_iter().map(put).collect())
}

/// B02: one sphere in another, both diffuse. Facets are flat, so the outer one as a mirror is not compared.
fn spheres<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (eps, t) = ([c.get("eps1")?, c.get("eps2")?], [c.get("T1")?, c.get("T2")?]);
    let ball = |r: f64| placed("globe", Matrix3::identity() * r, Vector3::zeros());
    let mut scene = Assembly::default();
    let shapes = ball(c.get("r1")?)?;
    // gmsh turns the triangles of a sphere outwards.
    let inner = scene.add(shapes, Side::Front);
    scene.add(ball(c.get("r2")?)?, Side::Back);
    let traced = scene.trace(backend, 1 << 8, 51)?;
    let q = group_heat_w(&traced, &traced.closed()?, &eps, &t, inner) / traced.area(inner);
    out.close("q, outer diffuse", q, c.want("q1_outer_diffuse_W_m2")?, c.tolerance("mc_rel")?);
    Ok(out.but("facets are flat: a sphere of mirrors would take too many"))
}

/// A square of an edge, at a height.
fn at_height(name: &str, edge: f64, z: f64) -> Result<Vec<Shape>, VerifyError> {
    placed(name, Matrix3::identity() * edge, Vector3::z() * z)
}

/// B05: two squares, every facet with a radiosity of its own.
fn squares<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let mut scene = Assembly::default();
    let lower = scene.add(at_height("tile", c.get("side")?, 0.0)?, Side::Front);
    let upper = scene.add(at_height("tile", c.get("side")?, c.get("gap")?)?, Side::Back);
    let traced = scene.trace(backend, 1 << 12, 52)?;
    compare_squares(c, &traced, (lower, upper), "continuous", &mut out)?;
    Ok(out.but("the facets of a mesh are not one node a side"))
}

/// B06: mirrors of many facets are the mirrors of one.
fn mirrors<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let eps = [c.get("eps1")?, c.get("eps2")?];
    let mut scene = Assembly::default();
    let (lower, upper) = if c.has("angle_deg") {
        let (w, edge, (sine, cosine)) = (c.get("w")?, c.get("edge")?, c.get("angle_deg")?.to_radians().sin_cos());
        let leaf = |cosine: f64, sine: f64| {
            let a = Matrix3::from_columns(&[
                Vector3::new(w * cosine, 0.0, w * sine),
                Vector3::new(0.0, edge, 0.0),
                Vector3::new(-sine, 0.0, cosine),
            ]);
            placed("panel", a, Vector3::zeros())
        };
        (scene.add(leaf(1.0, 0.0)?, Side::Front), scene.add(leaf(cosine, sine)?, Side::Back))
    } else {
        let (side, gap) = (c.get("side")?, c.get("gap")?);
        (scene.add(at_height("panel", side, 0.0)?, Side::Front), scene.add(at_height("panel", side, gap)?, Side::Back))
    };
    scene.mirror(lower, 1.0 - eps[0]);
    scene.mirror(upper, 1.0 - eps[1]);
    let traced = scene.trace(backend, 1 << 12, 53)?;
    compare_mirrors(c, &traced, (lower, upper))
}

/// B07: the stack of shields between mirrors.
fn insulation<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, eps) = (Outcome::default(), c.get("eps")?);
    let count = (0..).take_while(|&k| f64::from(k) <= c.get("layers").unwrap_or(0.0)).count();
    let gaps = vec![[eps; 2]; count];
    let cells = mesh("plates")?;
    let first = of_part(&cells, 1, |corners| normal(corners).z < 0.0);
    #[expect(clippy::cast_precision_loss, reason = "few layers")]
    let plate = |k: usize| Ok(moved(first.clone(), Vector3::z() * (0.1 * k as f64)));
    let (q, _) = stacked(backend, (&gaps, &plate), [c.get("T1")?, c.get("T2")?], 1 << 12)?;
    let black = |t: f64| STEFAN_BOLTZMANN * t.powi(4);
    let within = c.tolerance("mc_rel")?;
    out.close("q", q, c.want("q_W_m2")?, within);
    out.close("effective emissivity", q / (black(c.get("T1")?) - black(c.get("T2")?)), c.want("eps_effective")?, within);
    Ok(out)
}
