//! Reference cases of exchange between surfaces of meshes that gmsh made: spheres and cylinders (B02), cavities
//! and grooves (B04), squares (B05), mirrors (B06), insulation (B07).

use super::data::Case;
use super::exchange::{compare_mirrors, compare_squares, group_heat_w};
use super::imported::{facets_of, mesh, normal, of_part, stacked};
use super::shapes::{Assembly, Side, moved, rectangle};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::STEFAN_BOLTZMANN;
use crate::mesh::Shape;
use nalgebra::{Matrix3, Vector3};

/// One case, if it is one of these.
pub(super) fn solve<B: Backend>(backend: &B, c: &Case) -> Option<Result<Outcome, VerifyError>> {
    Some(match c.id.trim_start_matches("I-") {
        id if id.starts_with("B02") && id.ends_with('c') => cylinders(backend, c),
        id if id.starts_with("B02") => spheres(backend, c),
        id if id.starts_with("B04-v") => groove(backend, c),
        id if id.starts_with("B04") => cavity(backend, c),
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

/// B02: one cylinder in another between mirrors, both diffuse.
fn cylinders<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (eps, t) = ([c.get("eps1")?, c.get("eps2")?], [c.get("T1")?, c.get("T2")?]);
    let axis = |shapes: Vec<Shape>| outwards(shapes, |p| Vector3::new(p.x, p.y, 0.0));
    let wall =
        |r: f64| Ok::<_, VerifyError>(axis(placed("tube", Matrix3::from_diagonal(&Vector3::new(r, r, 1.0)), Vector3::zeros())?));
    let mut scene = Assembly::default();
    let inner = scene.add(wall(c.get("r1")?)?, Side::Front);
    let beyond = 1.1 * c.get("r2")?;
    scene.add(wall(c.get("r2")?)?, Side::Back);
    for z in [0.0, 1.0] {
        scene.wall(rectangle([-beyond, -beyond, z], [2.0 * beyond, 0.0, 0.0], [0.0, 2.0 * beyond, 0.0]));
    }
    let traced = scene.trace(backend, 1 << 12, 54)?;
    let q = group_heat_w(&traced, &traced.closed()?, &eps, &t, inner) / traced.area(inner);
    out.close("q, outer diffuse", q, c.want("q1_outer_diffuse_W_m2")?, c.tolerance("mc_rel")?);
    Ok(out.but("facets are flat: a cylinder of mirrors would take too many"))
}

/// Facets with their fronts along a direction of their middle.
fn outwards(shapes: Vec<Shape>, direction: impl Fn(Vector3<f64>) -> Vector3<f64>) -> Vec<Shape> {
    let turn = |s: Shape| {
        let middle = s.origin + (s.edge_u + s.edge_v) / 3.0;
        let along = s.edge_u.cross(&s.edge_v).dot(&direction(middle)) > 0.0;
        if along { s } else { Shape { edge_u: s.edge_v, edge_v: s.edge_u, ..s } }
    };
    shapes.into_iter().map(turn).collect()
}

/// B04: a sphere or a cylinder, open above, its opening a black lid at 0 K whose corners are the rim's.
fn cavity<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let eps = c.get("eps")?;
    // The mesh, its parts, what its z is multiplied by, and how high the rim lies.
    let (name, parts, stretch, rim_m) = if c.has("aperture_half_angle_deg") {
        let half = c.get("aperture_half_angle_deg")?;
        let first = [10.0, 30.0, 60.0, 90.0].iter().position(|a| *a == half);
        let first = first.ok_or_else(|| VerifyError::Data(format!("the mesh has no rim at {half}°")))?;
        ("cavity", first + 1..=4, 1.0, half.to_radians().cos())
    } else {
        ("pot", 1..=2, c.get("depth_over_radius")?, c.get("depth_over_radius")?)
    };
    let mut cells = mesh(name)?;
    cells.points_m.iter_mut().for_each(|p| p.z *= stretch);
    let inside = Vector3::z() * if name == "pot" { 0.5 * rim_m } else { 0.0 };
    let shapes: Vec<Shape> = parts.flat_map(|part| of_part(&cells, part, |_| false)).collect();
    let mut scene = Assembly::default();
    scene.add(outwards(shapes, |p| inside - p), Side::Front);
    let mut rim: Vec<Vector3<f64>> =
        cells.points_m.iter().copied().filter(|p| (p.z - rim_m).abs() < 1e-6 && p.xy().norm() > 1e-6).collect();
    rim.sort_by(|a, b| a.y.atan2(a.x).total_cmp(&b.y.atan2(b.x)));
    let middle = Vector3::z() * rim_m;
    let lid = (0..rim.len()).map(|k| Shape::triangle([middle, rim[(k + 1) % rim.len()], rim[k]]));
    let lid = scene.add(lid, Side::Front);
    let traced = scene.trace(backend, 1 << 9, 55)?;
    let heat = -group_heat_w(&traced, &traced.closed()?, &[eps, 1.0], &[300.0, 0.0], lid);
    let (mut out, black) = (Outcome::default(), STEFAN_BOLTZMANN * 300.0_f64.powi(4));
    out.close("apparent emissivity", heat / (traced.area(lid) * black), c.want("eps_apparent")?, c.tolerance("mc_rel")?);
    Ok(out)
}

/// B04: a groove between mirrors, its walls diffuse, then mirrors.
fn groove<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, eps, (sine, cosine)) =
        (Outcome::default(), c.get("eps")?, (0.5 * c.get("included_angle_deg")?).to_radians().sin_cos());
    let leaf = |side: f64| {
        let along = Vector3::new(side * sine, 0.0, cosine);
        let a = Matrix3::from_columns(&[along, Vector3::y(), along.cross(&Vector3::y())]);
        Ok::<_, VerifyError>(outwards(placed("leaf", a, Vector3::zeros())?, |_| Vector3::x() * -side))
    };
    let apparent = |mirrors: bool| -> Result<f64, VerifyError> {
        let mut scene = Assembly::default();
        let walls = leaf(1.0)?.into_iter().chain(leaf(-1.0)?);
        let walls = scene.add(walls, Side::Front);
        let lid = scene.add([rectangle([-sine, 0.0, cosine], [0.0, 1.0, 0.0], [2.0 * sine, 0.0, 0.0])], Side::Front);
        for y in [0.0, 1.0] {
            scene.wall(rectangle([-1.1, y, -0.1], [2.2, 0.0, 0.0], [0.0, 0.0, 1.2]));
        }
        if mirrors {
            scene.mirror(walls, 1.0 - eps);
        }
        let traced = scene.trace(backend, 1 << 12, 56)?;
        let heat = -group_heat_w(&traced, &traced.closed()?, &[eps, 1.0], &[300.0, 0.0], lid);
        Ok(heat / (traced.area(lid) * STEFAN_BOLTZMANN * 300.0_f64.powi(4)))
    };
    let within = c.tolerance("mc_rel")?;
    out.close("apparent emissivity, diffuse", apparent(false)?, c.want("eps_apparent_diffuse")?, within);
    out.close("apparent emissivity, specular", apparent(true)?, c.want("eps_apparent_specular")?, within);
    Ok(out)
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
