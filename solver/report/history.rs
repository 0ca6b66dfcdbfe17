//! A design in time: table and frames for ParaView.

use super::files::Staged;
use super::vtk;
use crate::analysis::history::{Frame, History};
use crate::analysis::layout::Part;
use crate::constants::CELSIUS_ZERO_K;
use crate::environment::Position;
use crate::mesh::Panel;
use crate::model::Model;
use crate::sizing::Sized;
use std::fmt::Write;
use vtkio::model::{Attribute, Attributes, CellType, DataArray};

const PARTS: [Part; 3] = [Part::Radiator, Part::Array, Part::Bus];

/// Writes `history.csv`, and with VTK `history.pvd` and its frames.
pub fn write(staged: &mut Staged, model: &Model, sized: &Sized, history: &History) -> std::io::Result<()> {
    if model.output.csv {
        staged.text("history.csv", &table(model, history))?;
    }
    if model.output.vtk && !history.frames.is_empty() {
        frames(staged, sized, history)?;
    }
    Ok(())
}

fn table(model: &Model, history: &History) -> String {
    let mut out = String::from("time_s,illumination,rack_w,return_c,supply_c,junction_c,absorbed_w,space_w,array_w");
    for part in PARTS {
        write!(out, ",{0}_least_c,{0}_mean_c,{0}_most_c", part.name()).expect("writing to a string");
    }
    for heater in model.transient.iter().flat_map(|t| &t.heaters) {
        write!(out, ",{}_w", heater.name).expect("writing to a string");
    }
    out.push('\n');
    let c = |k: f64| k - CELSIUS_ZERO_K;
    for s in &history.samples {
        write!(
            out,
            "{:.6},{:.6},{:.4},{:.6},{:.6},{:.6},{:.4},{:.4},{:.4}",
            s.time_s,
            s.illumination,
            s.rack_w,
            c(s.return_k),
            c(s.supply_k),
            c(s.junction_k),
            s.absorbed_w,
            s.space_w,
            s.array_w
        )
        .expect("writing to a string");
        for p in &s.parts {
            write!(out, ",{:.6},{:.6},{:.6}", c(p.least_k), c(p.mean_k), c(p.most_k)).expect("writing to a string");
        }
        for w in &s.heaters_w {
            write!(out, ",{w:.4}").expect("writing to a string");
        }
        out.push('\n');
    }
    out
}

fn frames(staged: &mut Staged, sized: &Sized, history: &History) -> std::io::Result<()> {
    let layout = &sized.solution.layout;
    let size = layout.mesh.panels.iter().map(|p| p.origin.norm()).fold(1.0, f64::max);
    let mut by_time = vec![];
    for (k, frame) in history.frames.iter().enumerate() {
        let mut files = vec![];
        let panels = layout.posed(&sized.orbit.timeline.pose_at(frame.time_s));
        for part in PARTS {
            let name = format!("frame_{k:04}_{}.vtu", part.name());
            staged.bytes(&name, &part_frame(sized, &panels, part, frame)?)?;
            files.push((part.name(), name));
        }
        let name = format!("frame_{k:04}_directions.vtu");
        staged.bytes(&name, &directions(sized, frame, size)?)?;
        files.push(("directions", name));
        let model = format!("frame_{k:04}.vtm");
        staged.text(&model, &vtk::blocks(&files))?;
        by_time.push((frame.time_s, model));
    }
    staged.text("history.pvd", &vtk::collection(&by_time))
}

fn part_frame(sized: &Sized, panels: &[Panel], part: Part, frame: &Frame) -> std::io::Result<Vec<u8>> {
    let layout = &sized.solution.layout;
    let (mut points, mut quads, mut temperature) = (vec![], vec![], vec![]);
    for panel in (0..layout.parts.len()).filter(|&p| layout.parts[p] == part) {
        let p = &panels[panel];
        vtk::add_geometry(p, &mut points, &mut quads);
        let first = layout.mesh.first_cell[panel];
        temperature.extend(frame.node_k[first..first + p.cell_count()].iter().map(|t| f64::from(*t)));
    }
    let data = Attributes { point: vec![], cell: vec![vtk::real("temperature_k", temperature)] };
    vtk::grid_file(part.name(), points, (quads, CellType::Quad), data)
}

/// Lines from the spacecraft to the Sun, to the planet and along its velocity, in the body frame, with position and attitude.
fn directions(sized: &Sized, frame: &Frame, size: f64) -> std::io::Result<Vec<u8>> {
    let timeline = &sized.orbit.timeline;
    let p: &Position = &timeline.positions[timeline.between(frame.time_s).0];
    let velocity = p.body_from_inertial * p.velocity_m_s;
    let along = if velocity.norm() > 0.0 { velocity.normalize() } else { velocity };
    let ends = [p.sun_body, p.nadir_body, along];
    let mut points = vec![];
    for e in &ends {
        points.extend([0.0; 3]);
        points.extend((e * size).iter());
    }
    let vectors = |name: &str, values: Vec<f64>| Attribute::DataArray(DataArray::vectors(name).with_data(values));
    let repeated = |v: [f64; 3]| (0..3).flat_map(|_| v).collect::<Vec<f64>>();
    let q = nalgebra::UnitQuaternion::from_rotation_matrix(&p.body_from_inertial);
    let cell = vec![
        Attribute::DataArray(DataArray::scalars("sun_planet_velocity", 1).with_data(vec![0_i32, 1, 2])),
        vectors("direction", ends.iter().flat_map(|e| [e.x, e.y, e.z]).collect()),
        vectors("position_km", repeated((p.position_m / 1e3).into())),
        vectors("body_from_inertial_xyz", repeated([q.i, q.j, q.k])),
        vtk::real("body_from_inertial_w", vec![q.w; 3]),
        vtk::real("illumination", vec![timeline.illumination(frame.time_s); 3]),
    ];
    let lines = (0..6).collect();
    vtk::grid_file("directions", points, (lines, CellType::Line), Attributes { point: vec![], cell })
}
