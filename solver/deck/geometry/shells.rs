//! Shells, solids and nodes as the parts that a case has.

use super::Skin;
use super::reader::{Arguments, Reader};
use super::skin::{node, skin};
use super::text::Call;
use super::tree::{FAR_M, Leaf};
use crate::model::form::{Cut, Form};
use crate::quantity::Metres;
use nalgebra::{Isometry3, Matrix3, Rotation3, Translation3, UnitQuaternion, Vector3, vector};
use std::f64::consts::PI;

/// Cells around what is curved at least.
const AROUND: usize = 16;
/// Cells along spheres and paraboloids at least.
const ALONG: usize = 8;
/// Cells in one direction.
const MOST_CELLS: usize = 1000;
/// Smallest part of a turn, deg.
const LEAST_DEG: f64 = 0.01;
/// Angles of a sector.
const TURN: [&str; 2] = ["angmin", "angmax"];

/// One part of a shell or solid.
#[derive(Clone, Debug)]
pub(super) struct Piece {
    /// What follows the name of the whole.
    pub(super) suffix: &'static str,
    pub(super) form: Form,
    /// What of it there is.
    pub(super) cut: Cut,
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
        match self.a.list(key)?.map(<[f64; 3]>::try_from) {
            None => Ok(None),
            Some(Ok(p)) if p.iter().all(|x| x.abs() <= FAR_M) => Ok(Some(p.into())),
            Some(_) => Err(format!("`{key}` is no point within {FAR_M} m")),
        }
    }
    fn points<const N: usize>(&mut self, keys: [&'static str; N]) -> Result<[Vector3<f64>; N], String> {
        let mut all = [Vector3::zeros(); N];
        for (p, key) in all.iter_mut().zip(keys) {
            *p = self.point(key)?.ok_or_else(|| format!("`{key}` is missing"))?;
        }
        Ok(all)
    }
    /// From one angle to another, rad, by two angles.
    fn sector(&mut self, keys: [&'static str; 2]) -> Result<Cut, String> {
        let (from, to) = (self.number(keys[0], 0.0)?, self.number(keys[1], 360.0)?);
        if !(from.abs() <= 360.0 && to.abs() <= 360.0 && to - from >= LEAST_DEG && to - from <= 360.0) {
            return Err(format!("`{}` and `{}` must be within a turn, the smaller one first", keys[0], keys[1]));
        }
        let sector_rad = if to - from == 360.0 { Cut::WHOLE.sector_rad } else { [from, to].map(f64::to_radians) };
        Ok(Cut { sector_rad, ..Cut::WHOLE })
    }

    /// From the x axis of a shell by points to `point4`, counter-clockwise about its axis.
    fn sector_to(&mut self, axes: &Isometry3<f64>) -> Result<Cut, String> {
        let Some(p) = self.point("point4")? else { return Ok(Cut::WHOLE) };
        let p = axes.inverse_transform_point(&p.into());
        if p.x.hypot(p.y) < 1e-9 {
            return Err("`point4` lies on the axis".into());
        }
        let to = p.y.atan2(p.x).rem_euclid(2.0 * PI);
        let whole = to < LEAST_DEG.to_radians() || to > 2.0 * PI - LEAST_DEG.to_radians();
        Ok(if whole { Cut::WHOLE } else { Cut { sector_rad: [0.0, to], ..Cut::WHOLE } })
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
    fn turned(&mut self, form: Form, cut: Cut, local: Isometry3<f64>, turned: bool) -> Result<Vec<Piece>, String> {
        let (around, along) = (self.division(1)?, self.division(2)?);
        let least = if matches!(form, Form::Sphere { .. } | Form::Paraboloid { .. }) { ALONG } else { 1 };
        let cells = [along.max(least), self.around(around), 1];
        Ok(vec![Piece { suffix: "", form, cut, local, cells, faces: around * along, turned }])
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
            cut: Cut::WHOLE,
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
    Ok(vec![Piece { suffix: "", form: Form::Panel { size_m }, cut: Cut::WHOLE, local, cells, faces: n[0] * n[1], turned: false }])
}

fn block(at: Vector3<f64>, edges: [Vector3<f64>; 3], n: [usize; 3]) -> Result<Vec<Piece>, String> {
    let (mut edges, mut cells) = (edges, n);
    if edges[0].cross(&edges[1]).dot(&edges[2]) < 0.0 {
        edges.swap(0, 1);
        cells.swap(0, 1);
    }
    let (size_m, unit) = square(edges)?;
    let faces = cells.iter().product();
    Ok(vec![Piece {
        suffix: "",
        form: Form::Block { size_m },
        cut: Cut::WHOLE,
        local: placed(at, unit),
        cells,
        faces,
        turned: false,
    }])
}

/// A cone from one radius to another along z; a case has the larger one first, so that one that widens is turned over.
fn cone(low_m: f64, high_m: f64, length_m: f64, cut: Cut) -> (Form, Cut, Isometry3<f64>) {
    if low_m >= high_m {
        return (Form::Cone { base_m: low_m, end_m: high_m, length_m }, cut, Isometry3::identity());
    }
    let over = UnitQuaternion::from_axis_angle(&Vector3::x_axis(), PI);
    let [from, to] = cut.sector_rad;
    let cut = if cut == Cut::WHOLE { cut } else { Cut { sector_rad: [-to, -from], ..cut } };
    (Form::Cone { base_m: high_m, end_m: low_m, length_m }, cut, Isometry3::from_parts(vector![0.0, 0.0, length_m].into(), over))
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
            let cut = g.sector(TURN)?;
            let form = Form::Disc { inner_m: g.number("rmin", 0.0)?, outer_m: g.need("rmax")? };
            let height = g.number("height", 0.0)?;
            g.turned(form, cut, up(height), false)
        }
        "SHELL_SCS_CYLINDER" => {
            let cut = g.sector(TURN)?;
            let (radius, low, high) = (g.need("radius")?, g.number("hmin", 0.0)?, g.need("hmax")?);
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: high - low }, cut, up(low), false)
        }
        "SHELL_SCS_CONE" => {
            let cut = g.sector(TURN)?;
            let slope = g.need("semi_ang")?.to_radians().tan();
            let (low, high) = (g.number("hmin", 0.0)?, g.need("hmax")?);
            let (form, cut, local) = cone(low * slope, high * slope, high - low, cut);
            g.turned(form, cut, local, false)
        }
        "SHELL_SCS_SPHERE" => {
            let cut = g.sector(["long_min", "long_max"])?;
            let latitude = [g.number("lat_min", -90.0)?, g.number("lat_max", 90.0)?];
            if !(latitude[0] >= -90.0 && latitude[1] <= 90.0 && latitude[1] - latitude[0] >= LEAST_DEG) {
                return Err("`lat_min` and `lat_max` must be in -90..=90 deg, the smaller one first".into());
            }
            let cut = Cut { latitude_rad: latitude.map(f64::to_radians), ..cut };
            let radius_m = g.need("radius")?;
            g.turned(Form::Sphere { radius_m }, cut, Isometry3::identity(), false)
        }
        "SHELL_SCS_PARABOLOID" => {
            let cut = g.sector(TURN)?;
            let (focal_m, high) = (g.need("flength")?, g.need("hmax")?);
            if g.number("hmin", 0.0)? != 0.0 {
                return Err("a paraboloid without its vertex".into());
            }
            g.turned(Form::Paraboloid { radius_m: 2.0 * (focal_m * high).sqrt(), focal_m }, cut, Isometry3::identity(), true)
        }
        "SOLID_PIPE_PARAMS" => {
            let (radius, low, high) = (g.need("radius")?, g.number("hmin", 0.0)?, g.need("hmax")?);
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: high - low }, Cut::WHOLE, up(low), false)
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
            let [centre, axis, rim] = g.points(["point1", "point2", "point3"])?;
            let local = about(centre, axis - centre, rim - centre)?;
            let cut = g.sector_to(&local)?;
            let radius = |p: Vector3<f64>| local.inverse_transform_vector(&(p - centre)).xy().norm();
            let inner_m = g.point("point5")?.map_or(0.0, radius);
            g.turned(Form::Disc { inner_m, outer_m: radius(rim) }, cut, local, false)
        }
        "SHELL_CYLINDER" => {
            let [base, top, rim] = g.points(["point1", "point2", "point3"])?;
            let local = about(base, top - base, rim - base)?;
            let cut = g.sector_to(&local)?;
            let radius = local.inverse_transform_vector(&(rim - base)).xy().norm();
            g.turned(Form::Cone { base_m: radius, end_m: radius, length_m: (top - base).norm() }, cut, local, false)
        }
        "SHELL_CONE" => {
            let [apex, base, rim] = g.points(["point1", "point2", "point3"])?;
            let axes = about(apex, base - apex, rim - base)?;
            let (height, radius) = ((base - apex).norm(), axes.inverse_transform_vector(&(rim - base)).xy().norm());
            let sector = g.sector_to(&axes)?;
            let from = g.point("point5")?.map_or(0.0, |p| axes.inverse_transform_vector(&(p - apex)).z);
            if !(0.0..height).contains(&from) {
                return Err("a cone that is cut outside of itself".into());
            }
            let (form, cut, local) = cone(radius * from / height, radius, height - from, sector);
            g.turned(form, cut, axes * Translation3::new(0.0, 0.0, from) * local, false)
        }
        "SHELL_SPHERE" => {
            let [centre, axis, rim] = g.points(["point1", "point2", "point3"])?;
            let radius_m = (rim - centre).norm();
            let local = about(centre, axis - centre, rim - centre)?;
            let mut cut = g.sector_to(&local)?;
            // Cut at the heights of two points along the axis.
            for (key, latitude) in ["point5", "point6"].into_iter().zip(&mut cut.latitude_rad) {
                if let Some(p) = g.point(key)? {
                    *latitude = (local.inverse_transform_point(&p.into()).z / radius_m).clamp(-1.0, 1.0).asin();
                }
            }
            if cut.latitude_rad[1] - cut.latitude_rad[0] < LEAST_DEG.to_radians() {
                return Err("`point5` does not lie below `point6`".into());
            }
            g.turned(Form::Sphere { radius_m }, cut, local, false)
        }
        "SHELL_PARABOLOID" => {
            let [vertex, top, rim] = g.points(["point1", "point2", "point3"])?;
            let (local, high) = (about(vertex, top - vertex, rim - vertex)?, (top - vertex).norm());
            let cut = g.sector_to(&local)?;
            let radius_m = local.inverse_transform_vector(&(rim - vertex)).xy().norm();
            g.turned(Form::Paraboloid { radius_m, focal_m: radius_m * radius_m / (4.0 * high) }, cut, local, true)
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
