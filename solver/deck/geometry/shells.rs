//! Shells, solids and nodes as the parts that a case has.

use super::Skin;
use super::reader::{Arguments, Reader};
use super::text::Call;
use super::tree::Leaf;
use crate::model::form::Form;
use crate::quantity::{Metres, Millimetres};
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3, vector};
use std::f64::consts::PI;

/// Cells around what is curved at least.
const AROUND: usize = 16;
/// Cells along spheres and paraboloids at least.
const ALONG: usize = 8;
/// Cells in one direction.
const MOST_CELLS: usize = 1000;
/// A material that is not set.
const UNSET: f64 = -10_000.0;

/// One part of a shell or solid.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// What follows the name of the whole.
    pub(super) suffix: &'static str,
    pub(super) form: Form,
    /// Where it lies in the axes of the whole.
    pub(super) local: Isometry3<f64>,
    pub(super) cells: [usize; 3],
    /// Faces that the program divides it into.
    pub(super) faces: usize,
    /// Side 1 is the back.
    pub(super) turned: bool,
}

/// A shell or solid.
#[derive(Clone, Debug)]
pub(super) struct Primitive {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) pieces: Vec<Piece>,
    pub(super) skin: Skin,
    /// Its faces count as those of shells do.
    pub(super) counted: bool,
}

/// What a shape is read from, with what is to be said of it.
struct Given<'a> {
    a: Arguments<'a>,
    notes: Vec<String>,
    /// Arguments that say the shape.
    keys: Vec<&'static str>,
}

/// Arguments that change no temperature here.
const HARMLESS: [&str; 27] = [
    "sense",
    "colour",
    "colour1",
    "colour2",
    "criticality",
    "criticality1",
    "criticality2",
    "label",
    "label1",
    "label2",
    "nbase1",
    "nbase2",
    "ndelta1",
    "ndelta2",
    "nbasevolume",
    "ndeltavolume",
    "model1",
    "model2",
    "through_cond",
    "conductance",
    "emittance",
    "analysis_type",
    "nodes1",
    "nodes2",
    "nodes3",
    "fluid_type",
    "conductor_initial_mass_flow_rate",
];
/// Arguments that are translated.
const TRANSLATED: [&str; 23] = [
    "ratio1",
    "ratio2",
    "ratio3",
    "meshtype1",
    "meshtype2",
    "meshtype3",
    "meshpositions1",
    "meshpositions2",
    "meshpositions3",
    "side1",
    "side2",
    "opt1",
    "opt2",
    "composition",
    "bulk",
    "bulk1",
    "bulk2",
    "thick",
    "thick1",
    "thick2",
    "optical",
    "activity",
    "thickness",
];

impl Given<'_> {
    fn number(&mut self, key: &'static str, default: f64) -> Result<f64, String> {
        self.keys.push(key);
        Ok(self.a.number(key)?.unwrap_or(default))
    }
    fn need(&mut self, key: &'static str) -> Result<f64, String> {
        self.keys.push(key);
        self.a.need(key)
    }
    fn point(&mut self, key: &'static str) -> Result<Option<Vector3<f64>>, String> {
        self.keys.push(key);
        match self.a.list(key)?.map(|l| <[f64; 3]>::try_from(l)) {
            None => Ok(None),
            Some(Ok(p)) if p.iter().all(|x| x.abs() <= 1e4) => Ok(Some(p.into())),
            Some(_) => Err(format!("`{key}` is no point within 10 km")),
        }
    }
    fn points<const N: usize>(&mut self, keys: [&'static str; N]) -> Result<[Vector3<f64>; N], String> {
        let mut all = [Vector3::zeros(); N];
        for (p, key) in all.iter_mut().zip(keys) {
            *p = self.point(key)?.ok_or_else(|| format!("`{key}` is missing"))?;
        }
        Ok(all)
    }
    /// Only whole turns are translated.
    fn whole_turn(&mut self) -> Result<(), String> {
        let (from, to) = (self.number("angmin", 0.0)?, self.number("angmax", 360.0)?);
        if (to - from - 360.0).abs() > 1e-9 || self.point("point4")?.is_some() {
            return Err("a part of a turn: only whole ones are translated".into());
        }
        Ok(())
    }

    /// How many faces there are in a direction.
    fn division(&mut self, k: usize) -> Result<usize, String> {
        let [kind, nodes, ratio, places] = ["meshtype", "nodes", "ratio", "meshpositions"].map(|w| format!("{w}{k}"));
        let count = if self.a.text(&kind)?.is_some_and(|t| t.eq_ignore_ascii_case("positions")) {
            self.notes.push("uneven mesh lines: cells are even here".into());
            #[expect(clippy::cast_precision_loss, reason = "lists are short")]
            self.a.list(&places)?.map_or(1.0, |l| l.len() as f64 + 1.0)
        } else {
            if self.a.number(&ratio)?.is_some_and(|r| r != 1.0) {
                self.notes.push("uneven mesh lines: cells are even here".into());
            }
            self.a.number(&nodes)?.unwrap_or(1.0)
        };
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "checked")]
        if count.fract() == 0.0 && (1.0..=MOST_CELLS as f64).contains(&count) {
            Ok(count as usize)
        } else {
            Err(format!("direction {k} must have 1 to {MOST_CELLS} faces, got {count}"))
        }
    }

    fn around(&mut self, faces: usize) -> usize {
        if faces < AROUND {
            self.notes.push(format!("curved shells have at least {AROUND} cells around here"));
        }
        faces.max(AROUND)
    }

    /// A shape about z: direction 1 goes around, direction 2 along.
    fn turned(&mut self, form: Form, local: Isometry3<f64>, turned: bool) -> Result<Vec<Piece>, String> {
        let (around, along) = (self.division(1)?, self.division(2)?);
        let least = if matches!(form, Form::Sphere { .. } | Form::Paraboloid { .. }) { ALONG } else { 1 };
        let cells = [along.max(least), self.around(around), 1];
        Ok(vec![Piece { suffix: "", form, local, cells, faces: around * along, turned }])
    }
}

/// Axes with z along one vector and x as near to another as that allows.
fn about(at: Vector3<f64>, z: Vector3<f64>, x: Vector3<f64>) -> Result<Isometry3<f64>, String> {
    let z = z.try_normalize(1e-9).ok_or("an axis of length 0")?;
    let x = (x - z * x.dot(&z)).try_normalize(1e-9).ok_or("a radius of length 0")?;
    Ok(placed(at, [x, z.cross(&x), z]))
}

fn placed(at: Vector3<f64>, axes: [Vector3<f64>; 3]) -> Isometry3<f64> {
    let turn = UnitQuaternion::from_rotation_matrix(&Rotation3::from_matrix_unchecked(Matrix3::from_columns(&axes)));
    Isometry3::from_parts(Translation3::from(at), turn)
}

/// Edges from a corner: their lengths and unit vectors, square to each other. Errors: words.
fn square<const N: usize>(edges: [Vector3<f64>; N]) -> Result<([f64; N], [Vector3<f64>; N]), String> {
    let lengths = edges.map(|e| e.norm());
    if lengths.iter().any(|l| *l <= 1e-9) {
        return Err("an edge of length 0".into());
    }
    let mut units = edges;
    units.iter_mut().zip(lengths).for_each(|(u, l)| *u /= l);
    if (0..N).any(|i| (0..i).any(|j| units[i].dot(&units[j]).abs() > 1e-6)) {
        return Err("edges that are not square to each other".into());
    }
    Ok((lengths, units))
}

/// The six sides of a box in the order of its faces: z low, the four walls from y low on, z high. Fronts look outwards.
fn box_sides(at: Vector3<f64>, edges: [Vector3<f64>; 3], n: [usize; 3]) -> Result<Vec<Piece>, String> {
    let (size, unit) = square(edges)?;
    if unit[0].cross(&unit[1]).dot(&unit[2]) < 0.0 {
        return Err("the edges of a box must be right-handed".into());
    }
    let sides = [
        ("_z_low", false, [1, 0], 2),
        ("_y_low", false, [0, 2], 1),
        ("_x_high", true, [1, 2], 0),
        ("_y_high", true, [2, 0], 1),
        ("_x_low", false, [2, 1], 0),
        ("_z_high", true, [0, 1], 2),
    ];
    Ok(sides
        .into_iter()
        .map(|(suffix, high, [u, v], across)| Piece {
            suffix,
            form: Form::Panel { size_m: [size[u], size[v]] },
            local: placed(at + if high { edges[across] } else { Vector3::zeros() }, [unit[u], unit[v], unit[u].cross(&unit[v])]),
            cells: [n[u], n[v], 1],
            faces: n[u] * n[v],
            turned: false,
        })
        .collect())
}

fn panel(at: Vector3<f64>, edges: [Vector3<f64>; 2], n: [usize; 2]) -> Result<Vec<Piece>, String> {
    let (size_m, [u, v]) = square(edges)?;
    let local = placed(at, [u, v, u.cross(&v)]);
    let cells = [n[0], n[1], 1];
    Ok(vec![Piece { suffix: "", form: Form::Panel { size_m }, local, cells, faces: n[0] * n[1], turned: false }])
}

fn block(at: Vector3<f64>, edges: [Vector3<f64>; 3], n: [usize; 3]) -> Result<Vec<Piece>, String> {
    let (mut edges, mut cells) = (edges, n);
    if edges[0].cross(&edges[1]).dot(&edges[2]) < 0.0 {
        edges.swap(0, 1);
        cells.swap(0, 1);
    }
    let (size_m, unit) = square(edges)?;
    let faces = cells.iter().product();
    Ok(vec![Piece { suffix: "", form: Form::Block { size_m }, local: placed(at, unit), cells, faces, turned: false }])
}

/// A cone from one radius to another along z; a case has the larger one first.
fn cone(low_m: f64, high_m: f64, length_m: f64) -> (Form, Isometry3<f64>) {
    if low_m >= high_m {
        return (Form::Cone { base_m: low_m, end_m: high_m, length_m }, Isometry3::identity());
    }
    let over = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI);
    (Form::Cone { base_m: high_m, end_m: low_m, length_m }, Isometry3::from_parts(vector![0.0, 0.0, length_m].into(), over))
}

/// Shells by parameters: about and along their own z axis.
fn by_parameters(g: &mut Given<'_>, name: &str) -> Result<Vec<Piece>, String> {
    let up = |z: f64| Isometry3::from_parts(vector![0.0, 0.0, z].into(), UnitQuaternion::identity());
    match name {
        "SHELL_SCS_RECTANGLE" | "SHELL_SCS_BOX" | "SOLID_RECTANGLE_PARAMS" => {
            let (x, y) = ([g.number("xmin", 0.0)?, g.need("xmax")?], [g.number("ymin", 0.0)?, g.need("ymax")?]);
            let height = if name == "SHELL_SCS_RECTANGLE" { g.number("height", 0.0)? } else { g.need("height")? };
            let edges = [vector![x[1] - x[0], 0.0, 0.0], vector![0.0, y[1] - y[0], 0.0], vector![0.0, 0.0, height]];
            let n = [g.division(1)?, g.division(2)?];
            match name {
                "SHELL_SCS_RECTANGLE" => panel(vector![x[0], y[0], height], [edges[0], edges[1]], n),
                "SHELL_SCS_BOX" => box_sides(vector![x[0], y[0], 0.0], edges, [n[0], n[1], g.division(3)?]),
                _ => {
                    if g.point("vector")?.is_some_and(|v| v.cross(&Vector3::z()).norm() > 1e-9 || v.z <= 0.0) {
                        return Err("`vector` that is not along z".into());
                    }
                    block(vector![x[0], y[0], 0.0], edges, [n[0], n[1], g.division(3)?])
                }
            }
        }
        "SHELL_SCS_DISC" => {
            g.whole_turn()?;
            let form = Form::Disc { inner_m: g.number("rmin", 0.0)?, outer_m: g.need("rmax")? };
            let height = g.number("height", 0.0)?;
            g.turned(form, up(height), false)
        }
        "SHELL_SCS_CYLINDER" => {
            g.whole_turn()?;
            let (radius, low, high) = (g.need("radius")?, g.number("hmin", 0.0)?, g.need("hmax")?);
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: high - low }, up(low), false)
        }
        "SHELL_SCS_CONE" => {
            g.whole_turn()?;
            let slope = g.need("semi_ang")?.to_radians().tan();
            let (low, high) = (g.number("hmin", 0.0)?, g.need("hmax")?);
            let (form, local) = cone(low * slope, high * slope, high - low);
            g.turned(form, local, false)
        }
        "SHELL_SCS_SPHERE" => {
            let keys = [("lat_min", -90.0), ("lat_max", 90.0), ("long_min", 0.0), ("long_max", 360.0)];
            for (key, whole) in keys {
                if (g.number(key, whole)? - whole).abs() > 1e-9 {
                    return Err("a part of a sphere: only whole ones are translated".into());
                }
            }
            let radius_m = g.need("radius")?;
            g.turned(Form::Sphere { radius_m }, Isometry3::identity(), false)
        }
        "SHELL_SCS_PARABOLOID" => {
            g.whole_turn()?;
            let (focal_m, high) = (g.need("flength")?, g.need("hmax")?);
            if g.number("hmin", 0.0)? != 0.0 {
                return Err("a paraboloid without its vertex".into());
            }
            g.turned(Form::Paraboloid { radius_m: 2.0 * (focal_m * high).sqrt(), focal_m }, Isometry3::identity(), true)
        }
        "SOLID_PIPE_PARAMS" => {
            let (radius, low, high) = (g.need("radius")?, g.number("hmin", 0.0)?, g.need("hmax")?);
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: high - low }, up(low), false)
        }
        _ => Err(format!("{name} is not translated")),
    }
}

/// Shells by points.
fn by_points(g: &mut Given<'_>, name: &str) -> Result<Vec<Piece>, String> {
    match name {
        "SHELL_RECTANGLE" => {
            let [p, q, s] = g.points(["point1", "point2", "point4"])?;
            panel(p, [q - p, s - p], [g.division(1)?, g.division(2)?])
        }
        "SHELL_BOX" => {
            let [p, q, r, s] = g.points(["point1", "point2", "point3", "point4"])?;
            box_sides(p, [q - p, r - p, s - p], [g.division(1)?, g.division(2)?, g.division(3)?])
        }
        "SOLID_RECTANGLE_POINTS" => {
            let [p, q, r, s] = g.points(["point1", "point2", "point4", "point5"])?;
            block(p, [q - p, r - p, s - p], [g.division(1)?, g.division(2)?, g.division(3)?])
        }
        "SHELL_DISC" => {
            g.whole_turn()?;
            let [centre, axis, rim] = g.points(["point1", "point2", "point3"])?;
            let local = about(centre, axis - centre, rim - centre)?;
            let radius = |p: Vector3<f64>| local.inverse_transform_vector(&(p - centre)).xy().norm();
            let inner_m = g.point("point5")?.map_or(0.0, radius);
            g.turned(Form::Disc { inner_m, outer_m: radius(rim) }, local, false)
        }
        "SHELL_CYLINDER" => {
            g.whole_turn()?;
            let [base, top, rim] = g.points(["point1", "point2", "point3"])?;
            let local = about(base, top - base, rim - base)?;
            let radius = local.inverse_transform_vector(&(rim - base)).xy().norm();
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: (top - base).norm() }, local, false)
        }
        "SHELL_CONE" => {
            g.whole_turn()?;
            let [apex, base, rim] = g.points(["point1", "point2", "point3"])?;
            let axes = about(apex, base - apex, rim - base)?;
            let (height, radius) = ((base - apex).norm(), axes.inverse_transform_vector(&(rim - base)).xy().norm());
            let cut = g.point("point5")?.map_or(0.0, |p| axes.inverse_transform_vector(&(p - apex)).z);
            if !(0.0..height).contains(&cut) {
                return Err("a cone that is cut outside of itself".into());
            }
            let (form, local) = cone(radius * cut / height, radius, height - cut);
            g.turned(form, axes * Translation3::new(0.0, 0.0, cut) * local, false)
        }
        "SHELL_SPHERE" => {
            g.whole_turn()?;
            let [centre, axis, rim] = g.points(["point1", "point2", "point3"])?;
            if g.point("point5")?.or(g.point("point6")?).is_some() {
                return Err("a part of a sphere: only whole ones are translated".into());
            }
            let local = about(centre, axis - centre, rim - centre)?;
            g.turned(Form::Sphere { radius_m: (rim - centre).norm() }, local, false)
        }
        "SHELL_PARABOLOID" => {
            g.whole_turn()?;
            let [vertex, top, rim] = g.points(["point1", "point2", "point3"])?;
            let (local, high) = (about(vertex, top - vertex, rim - vertex)?, (top - vertex).norm());
            let radius_m = local.inverse_transform_vector(&(rim - vertex)).xy().norm();
            g.turned(Form::Paraboloid { radius_m, focal_m: radius_m * radius_m / (4.0 * high) }, local, true)
        }
        _ => Err(format!("{name} is not translated")),
    }
}

/// Whether a case may have these lengths.
fn fits(form: &Form) -> Result<(), String> {
    let lengths: Vec<f64> = match *form {
        Form::Panel { size_m } => size_m.to_vec(),
        Form::Box { size_m } | Form::Block { size_m } => size_m.to_vec(),
        Form::Disc { inner_m, outer_m } => {
            if inner_m >= outer_m || inner_m < 0.0 {
                return Err("the hole is not smaller than the disc".into());
            }
            [outer_m].into_iter().chain(Some(inner_m).filter(|r| *r > 0.0)).collect()
        }
        Form::Cone { base_m, end_m, length_m } => {
            [base_m, length_m].into_iter().chain(Some(end_m).filter(|r| *r != 0.0)).collect()
        }
        Form::Sphere { radius_m } => vec![radius_m],
        Form::Paraboloid { radius_m, focal_m } => vec![radius_m, focal_m],
    };
    lengths.into_iter().try_for_each(|l| Metres::new(l).map(drop).map_err(|e| e.to_string()))
}

/// A bulk material by its name in capitals; `None` where none is set.
fn bulk(a: &Arguments<'_>, key: &str) -> Result<Option<String>, String> {
    let Some(text) = a.raw(key) else { return Ok(None) };
    let name = text.to_ascii_uppercase();
    if a.reader.bulks.contains_key(&name) {
        return Ok(Some(name));
    }
    match a.reader.list(text) {
        Ok(list) if list.iter().all(|x| *x == UNSET) => Ok(None),
        _ => Err(format!("`{key}`: {} is no material that is known", super::short(text))),
    }
}

/// What covers a shell, with what is lost.
fn skin(a: &Arguments<'_>, name: &str, turned: bool) -> Result<(Skin, Vec<String>), String> {
    let (solid, pipe, mut lost) = (name.starts_with("SOLID_"), name.starts_with("SOLID_PIPE"), vec![]);
    let mut conducts = solid;
    let mut coat = |side: &str, opt: &str| -> Result<Option<String>, String> {
        let activity = a.text(side)?.unwrap_or_else(|| "Active".into()).to_ascii_uppercase();
        conducts |= matches!(activity.as_str(), "ACTIVE" | "CONDUCTIVE");
        if !matches!(activity.as_str(), "ACTIVE" | "RADIATIVE") {
            return Ok(None);
        }
        let optical = a.raw(opt).map(str::to_ascii_uppercase).filter(|o| a.reader.opticals.contains_key(o));
        if optical.is_none() {
            lost.push(format!("{side} radiates, but no optical properties of it are known: it does not radiate"));
        }
        Ok(optical)
    };
    let [mut front, mut back] =
        if solid { [coat("activity", "optical")?, None] } else { [coat("side1", "opt1")?, coat("side2", "opt2")?] };
    if turned {
        std::mem::swap(&mut front, &mut back);
    }
    let dual = a.text("composition")?.is_some_and(|c| c.eq_ignore_ascii_case("DUAL"));
    let keys: &[(&str, &str)] = if dual {
        &[("bulk1", "thick1"), ("bulk2", "thick2")]
    } else if pipe {
        &[("bulk", "thickness")]
    } else {
        &[("bulk", "thick")]
    };
    let mut layers = vec![];
    for (key, thick) in keys.iter().filter(|_| conducts) {
        let thick_m = a.number(thick)?.unwrap_or(0.0);
        match bulk(a, key)? {
            Some(name) if solid && !pipe => layers.push((name, 0.0)),
            Some(name) if Millimetres::new(thick_m * 1e3).is_ok() => layers.push((name, thick_m)),
            Some(_) => lost
                .push(format!("`{thick}` of {thick_m} m is less or more than a case can have: neither conducts nor stores heat")),
            None => (),
        }
    }
    if solid && layers.is_empty() {
        return Err("a solid without a material".into());
    }
    if dual {
        lost.push("two layers with a conductance between them: one temperature here".into());
    }
    if pipe {
        lost.push("a pipe: its wall is a shell of its outer radius, its fluid is not translated".into());
    }
    Ok((Skin { layers, front, back, solid: solid && !pipe }, lost))
}

/// A node without geometry.
fn node(a: &Arguments<'_>, name: &str, line: usize) -> Result<Leaf, String> {
    let volume = a.number("volume")?.unwrap_or(0.0);
    let of_bulk = bulk(a, "bulk")?.map_or(0.0, |b| a.reader.bulks[&b].density * a.reader.bulks[&b].heat * volume);
    let capacity_j_per_k = a.number("capacitance_override")?.filter(|c| *c > 0.0).unwrap_or(of_bulk);
    Ok(Leaf::Node { name: name.to_owned(), line, capacity_j_per_k })
}

/// What `NAME = SHELL_… (…)` makes. Errors: words.
pub(super) fn leaf(r: &mut Reader, line: usize, to: &str, call: &Call) -> Result<Leaf, String> {
    let a = Arguments { reader: r, call };
    let name = call.name.as_str();
    if name == "NON_GEOMETRIC_THERMAL_NODE" {
        return node(&a, to, line);
    }
    let mut g = Given { a: Arguments { reader: r, call }, notes: vec![], keys: vec![] };
    let points = name == "SOLID_RECTANGLE_POINTS" || (name.starts_with("SHELL_") && !name.starts_with("SHELL_SCS_"));
    let pieces = if points { by_points(&mut g, name) } else { by_parameters(&mut g, name) }?;
    pieces.iter().try_for_each(|p| fits(&p.form))?;
    let (skin, mut lost) = skin(&a, name, pieces[0].turned)?;
    let known: Vec<&str> = g.keys.iter().copied().chain(HARMLESS).chain(TRANSLATED).collect();
    lost.extend(a.strangers(&known));
    let notes = g.notes;
    for what in lost {
        r.lost(line, format!("{to}: {what}"));
    }
    notes.into_iter().for_each(|n| r.note(line, n));
    let counted = name.starts_with("SHELL_");
    Ok(Leaf::Shape(Primitive { name: to.to_owned(), line, pieces, skin, counted }))
}
