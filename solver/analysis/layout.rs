//! From a design to geometry: where the wings and the bus stand, what their surfaces are, where the coolant runs.
//!
//! Body frame: z normal to the array, x normal to the radiator and along the array wings, y along the radiator wings; with
//! joints, while their angles are 0. A radiator with cells lies as the array, its normal along z.

use crate::case::schema::Spacing;
use crate::environment::{Joint, Pose};
use crate::mesh::{FeatureLost, Mesh, Panel, cells_on_band, even_lines, groups};
use crate::model::design::Design;
use crate::model::{Model, Optics};
use crate::radiation::scene::Mirrors;
use nalgebra::{Vector3, vector};
use serde::{Deserialize, Serialize};

/// What a panel is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// One row of one radiator wing.
    Radiator,
    /// One array wing.
    Array,
    /// One face of the bus.
    Bus,
}

impl Part {
    /// Name in the output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Radiator => "radiator",
            Self::Array => "array",
            Self::Bus => "bus",
        }
    }
}

/// A surface that emits and meets rays.
#[derive(Clone, Copy, Debug)]
pub struct RadiatingSide {
    /// 2 × facet, plus 1 for the back.
    pub code: u32,
    /// Its panel.
    pub panel: usize,
    /// Optical properties.
    pub optics: Optics,
}

/// Geometry of a design.
#[derive(Debug)]
pub struct Layout {
    /// Panels, cells, facets.
    pub mesh: Mesh,
    /// What each panel is.
    pub parts: Vec<Part>,
    /// Surfaces, by panel, facet, side.
    pub sides: Vec<RadiatingSide>,
    /// Columns of a radiator panel that lie on a tube, tube by tube.
    pub tube_columns: Vec<Vec<usize>>,
    /// Joints, in the order of their poses.
    pub joints: Vec<Joint>,
    /// What turns each panel, and the point of its axes: the joint's number, the middle of the wing's root, m.
    pub hinges: Vec<Option<(usize, Vector3<f64>)>>,
}

/// Coldest cell, area-weighted mean and hottest cell of a part, K.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// K.
    pub least_k: f64,
    /// K.
    pub mean_k: f64,
    /// K.
    pub most_k: f64,
}

impl Spread {
    /// Of the nodes given with their areas, m².
    pub fn new(areas_m2: impl Iterator<Item = (usize, f64)>, node_k: &[f64]) -> Self {
        let (mut least_k, mut most_k, mut sum, mut area) = (f64::MAX, f64::MIN, 0.0, 0.0);
        for (i, a) in areas_m2 {
            least_k = node_k[i].min(least_k);
            most_k = node_k[i].max(most_k);
            sum += a * node_k[i];
            area += a;
        }
        Self { least_k, mean_k: sum / area, most_k }
    }
}

impl Layout {
    /// Builds the panels of a design. Errors: [`FeatureLost`] if the mesh settings cannot hold the tubes.
    pub fn new(model: &Model, design: &Design) -> Result<Self, FeatureLost> {
        let (columns, tube_columns) = columns_across(model, design)?;
        let mut panels = radiator_panels(model, design, &columns);
        let mut parts = vec![Part::Radiator; panels.len()];
        panels.extend(array_panels(model, design));
        parts.resize(panels.len(), Part::Array);
        panels.extend(bus_panels(model));
        parts.resize(panels.len(), Part::Bus);
        let mesh = Mesh::new(panels);
        let sides = sides(model, &mesh, &parts);
        let hinges = hinges(model, &mesh.panels, &parts);
        Ok(Self { mesh, parts, sides, tube_columns, joints: model.joints(), hinges })
    }

    /// Surfaces of the radiator: the first ones.
    pub fn radiator_sides(&self) -> usize {
        self.sides.iter().take_while(|s| self.parts[s.panel] == Part::Radiator).count()
    }

    /// The panels where the joints put them.
    pub fn posed(&self, pose: &Pose) -> Vec<Panel> {
        let place = |(p, hinge): (&Panel, &Option<(usize, Vector3<f64>)>)| match hinge {
            Some((joint, point)) => p.turned(&self.joints[*joint].turn(pose.0[*joint]), point),
            None => p.clone(),
        };
        self.mesh.panels.iter().zip(&self.hinges).map(place).collect()
    }

    /// The panels with all joints at rest.
    pub fn at_rest(&self) -> Vec<Panel> {
        self.posed(&Pose(self.joints.iter().map(Joint::rest).collect()))
    }

    /// Surfaces that see other things, or the same ones elsewhere, when panels go from one pose to another: those with a panel in
    /// front of them that has moved in the surface's own axes. The others' rays meet the same in both.
    ///
    /// Truth: `articulated::rays_that_meet_the_same_are_kept`.
    pub fn moved(&self, from: &[Panel], to: &[Panel]) -> Vec<usize> {
        // Places nearer than this are the same, m.
        const SAME_M: f64 = 1e-9;
        let sees_change = |panel: usize, sign: f64| {
            (0..from.len()).filter(|other| *other != panel).any(|other| {
                let local = |all: &[Panel]| all[other].corners().map(|c| all[panel].local(&c));
                let (before, after) = (local(from), local(to));
                let moved = before.iter().zip(&after).any(|(a, b)| (a - b).norm() > SAME_M);
                moved && before.iter().chain(&after).any(|c| sign * c.z > SAME_M)
            })
        };
        let changed: Vec<[bool; 2]> = (0..from.len()).map(|p| [1.0, -1.0].map(|sign| sees_change(p, sign))).collect();
        (0..self.sides.len()).filter(|&s| changed[self.sides[s].panel][(self.sides[s].code & 1) as usize]).collect()
    }

    /// Two panels that run through each other.
    pub fn collision(panels: &[Panel]) -> Option<(&str, &str)> {
        let pairs = panels.iter().enumerate().flat_map(|(k, a)| panels[k + 1..].iter().map(move |b| (a, b)));
        pairs.into_iter().find(|(a, b)| a.runs_through(b)).map(|(a, b)| (a.name.as_str(), b.name.as_str()))
    }

    /// What the sides mirror.
    pub fn mirrors(&self) -> Mirrors {
        let codes: Vec<u32> = self.sides.iter().map(|s| s.code).collect();
        let specular = |s: usize| [self.sides[s].optics.specular_ir, self.sides[s].optics.specular_solar];
        Mirrors::new(self.mesh.first_facet[self.parts.len()], &codes, specular)
    }

    /// Cells of a part.
    pub fn part_cells(&self, part: Part) -> impl Iterator<Item = usize> {
        let of = move |p: &usize| self.parts[*p] == part;
        (0..self.parts.len()).filter(of).flat_map(|p| {
            let first = self.mesh.first_cell[p];
            first..first + self.mesh.panels[p].cell_count()
        })
    }

    /// Cells of a part and their areas, m².
    pub fn areas_m2(&self, part: Part) -> impl Iterator<Item = (usize, f64)> {
        let of = self.mesh.panels.iter().enumerate().filter(move |(k, _)| self.parts[*k] == part);
        of.flat_map(move |(k, p)| {
            let cells = (0..p.nv()).flat_map(|iv| (0..p.nu()).map(move |iu| (iv, iu)));
            cells.map(move |(iv, iu)| (self.mesh.first_cell[k] + p.cell(iu, iv), p.du(iu) * p.dv(iv)))
        })
    }

    /// Area-weighted mean over the cells of a part.
    pub fn mean(&self, part: Part, values: &[f64]) -> f64 {
        Spread::new(self.areas_m2(part), values).mean_k
    }
}

/// Both face sheets together in the halves of each column of a radiator panel, m.
pub(super) fn sheets_m(model: &Model, design: &Design, panel: &Panel) -> Vec<[f64; 2]> {
    let (pitch, fin) = (design.pitch_m, design.fin_m());
    let at = |u: f64| {
        let beyond_tube = (u.rem_euclid(pitch) - 0.5 * pitch).abs() - 0.5 * design.outer_m();
        design.sheet_m * model.radiator.profile.at((beyond_tube / fin).clamp(0.0, 1.0))
    };
    let halves = |e: &[f64]| [at(0.75 * e[0] + 0.25 * e[1]), at(0.25 * e[0] + 0.75 * e[1])];
    panel.lines_u.windows(2).map(halves).collect()
}

/// Each panel's joint and the middle of its wing's root.
fn hinges(model: &Model, panels: &[Panel], parts: &[Part]) -> Vec<Option<(usize, Vector3<f64>)>> {
    let (r, a) = (&model.radiator, &model.array);
    // On the side of the body where the wing lies.
    let root = |axis: Vector3<f64>, distance_m: f64, p: &Panel| axis * distance_m * p.origin.dot(&axis).signum();
    let hinge = |(p, part): (&Panel, &Part)| match part {
        Part::Radiator => model.radiator_joint().map(|k| (k, root(Vector3::y(), r.root_distance_m, p))),
        Part::Array => model.array_joint().map(|k| (k, root(Vector3::x(), a.root_distance_m, p))),
        Part::Bus => None,
    };
    panels.iter().zip(parts).map(hinge).collect()
}

/// Cell edges across one row of tubes, and the columns on each tube.
fn columns_across(model: &Model, design: &Design) -> Result<(Vec<f64>, Vec<Vec<usize>>), FeatureLost> {
    let r = &model.radiator;
    let tubes = design.tubes(model) / (r.wings * r.rows);
    let cells = model.mesh.cells_across_pitch.get();
    let (pitch, fin, outer) = (design.pitch_m, design.fin_m(), design.outer_m());
    let of_one: Vec<f64> = match model.mesh.spacing {
        Spacing::Uniform => even_lines(pitch, cells),
        Spacing::Fitted => {
            let half = even_lines(fin, (cells - 1) / 2);
            half.iter().copied().chain(half.iter().map(|x| fin + outer + x)).collect()
        }
    };
    // Every tube has the same cells, so one check speaks for all.
    let on_tube = cells_on_band(&of_one, fin, fin + outer)?;
    let mut lines = vec![0.0];
    let mut columns = Vec::with_capacity(tubes);
    for tube in 0..tubes {
        #[expect(clippy::cast_precision_loss, reason = "tube counts are below 2^53")]
        let start = tube as f64 * pitch;
        lines.extend(of_one[1..].iter().map(|x| start + x));
        columns.push(on_tube.iter().map(|c| tube * cells + c).collect());
    }
    Ok((lines, columns))
}

fn radiator_panels(model: &Model, design: &Design, lines_u: &[f64]) -> Vec<Panel> {
    let (r, m) = (&model.radiator, &model.mesh);
    let (span, nu) = (lines_u[lines_u.len() - 1], lines_u.len() - 1);
    let along = m.cells_along_tube.get();
    let mut panels = vec![];
    for wing in 0..r.wings {
        for row in 0..r.rows {
            let y = if wing == 0 { r.root_distance_m } else { -r.root_distance_m - span };
            #[expect(clippy::cast_precision_loss, reason = "row counts are small")]
            let across = (row as f64 - 0.5 * r.rows as f64) * design.length_m;
            // u × v is the normal.
            let axis_v = r.normal().cross(&Vector3::y());
            panels.push(Panel {
                name: format!("radiator wing {} row {}", wing + 1, row + 1),
                origin: Vector3::y() * y + axis_v * across,
                axis_u: Vector3::y(),
                axis_v,
                lines_u: lines_u.to_vec(),
                lines_v: even_lines(design.length_m, along),
                facet_u: groups(nu, m.facets_across.get().min(nu)),
                facet_v: groups(along, m.facets_along.get()),
            });
        }
    }
    panels
}

fn flat(name: String, origin: Vector3<f64>, u: Vector3<f64>, v: Vector3<f64>, (nu, nv): (usize, usize)) -> Panel {
    Panel {
        name,
        origin,
        axis_u: u.normalize(),
        axis_v: v.normalize(),
        lines_u: even_lines(u.norm(), nu),
        lines_v: even_lines(v.norm(), nv),
        facet_u: groups(nu, nu),
        facet_v: groups(nv, nv),
    }
}

fn array_panels(model: &Model, design: &Design) -> Vec<Panel> {
    let (a, m) = (&model.array, &model.mesh);
    let (u, v) = (Vector3::x() * design.array_length_m, Vector3::y() * a.width_m);
    (0..a.wings)
        .map(|wing| {
            let x = if wing == 0 { a.root_distance_m } else { -a.root_distance_m - design.array_length_m };
            let cells = (m.array_cells_along.get(), m.array_cells_across.get());
            flat(format!("array wing {}", wing + 1), vector![x, -0.5 * a.width_m, 0.0], u, v, cells)
        })
        .collect()
}

fn bus_panels(model: &Model) -> Vec<Panel> {
    let [a, b, c] = model.bus_size_m.map(|s| 0.5 * s);
    let (x, y, z) = (Vector3::x() * 2.0 * a, Vector3::y() * 2.0 * b, Vector3::z() * 2.0 * c);
    let n = model.mesh.bus_cells.get();
    [
        ("+x", vector![a, -b, -c], y, z),
        ("-x", vector![-a, -b, -c], z, y),
        ("+y", vector![-a, b, -c], z, x),
        ("-y", vector![-a, -b, -c], x, z),
        ("+z", vector![-a, -b, c], x, y),
        ("-z", vector![-a, -b, -c], y, x),
    ]
    .into_iter()
    .map(|(name, origin, u, v)| flat(format!("bus {name}"), origin, u, v, (n, n)))
    .collect()
}

fn sides(model: &Model, mesh: &Mesh, parts: &[Part]) -> Vec<RadiatingSide> {
    let mut sides = vec![];
    for (panel, part) in parts.iter().enumerate() {
        for facet in mesh.first_facet[panel]..mesh.first_facet[panel + 1] {
            let code = u32::try_from(2 * facet).expect("fewer than 2^31 facets");
            let (front, back) = match part {
                Part::Radiator => (model.radiator.faces[0], Some(model.radiator.faces[1])),
                Part::Array => (model.array.front, Some(model.array.rear)),
                Part::Bus => (model.bus_optics, None),
            };
            sides.push(RadiatingSide { code, panel, optics: front });
            sides.extend(back.map(|optics| RadiatingSide { code: code + 1, panel, optics }));
        }
    }
    sides
}
