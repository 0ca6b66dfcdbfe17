//! What is wrong with a mesh, and how good it is.

use super::cells::Cells;
use super::faces::FaceGraph;
use std::collections::HashMap;

/// A mesh on which nothing can be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum MeshError {
    /// A cell turned inside out or without size.
    #[error("cell {cell} of part `{part}` is turned inside out or flat ({count} such cells); repair the mesh")]
    Inverted {
        /// First such cell.
        cell: usize,
        /// Its part.
        part: String,
        /// How many there are.
        count: usize,
    },
    /// More than two solids at one face.
    #[error(
        "{count} faces belong to more than two solid cells, the first to cell {cell} of part `{part}`; are cells in the file twice?"
    )]
    Overlap {
        /// A cell there.
        cell: usize,
        /// Its part.
        part: String,
        /// How many faces.
        count: usize,
    },
}

/// Measures of quality.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Quality {
    /// Cells.
    pub cells: usize,
    /// Points.
    pub points: usize,
    /// Largest angle between a face's normal and the line from the cell's centre through the face's, degrees.
    pub worst_non_orthogonality_deg: f64,
    /// Mean of that angle, degrees.
    pub mean_non_orthogonality_deg: f64,
    /// Largest ratio of a cell's longest to its shortest edge.
    pub worst_aspect_ratio: f64,
    /// Edges with more than two shells.
    pub junction_edges: usize,
    /// Edges with one shell.
    pub open_edges: usize,
    /// Points at the place of another, through which no heat flows.
    pub duplicate_points: usize,
    /// Longest extent, m.
    pub extent_m: f64,
    /// What a user should look at.
    pub warnings: Vec<String>,
}

/// Extents that no spacecraft part has, m: the unit is wrong.
const LIKELY_M: (f64, f64) = (1e-3, 500.0);

/// Measures a mesh. Errors: [`MeshError`].
///
/// Truth: `meshes::mistakes_are_named`.
pub fn measure(cells: &Cells, graph: &FaceGraph) -> Result<Quality, MeshError> {
    let part = |cell: usize| cells.parts[cells.part[cell] as usize].clone();
    let mut q = Quality { cells: cells.len(), points: cells.points_m.len(), ..Quality::default() };
    let mut bad = vec![];
    for cell in 0..cells.len() {
        let corners = cells.corners(cell);
        let (mut longest, mut shortest) = (0.0_f64, f64::INFINITY);
        for face in cells.kinds[cell].faces() {
            for k in 0..face.len() {
                let place = |k: usize| cells.points_m[corners[face[k % face.len()]] as usize];
                let length = (place(k + 1) - place(k)).norm();
                (longest, shortest) = (longest.max(length), shortest.min(length));
            }
        }
        q.worst_aspect_ratio = q.worst_aspect_ratio.max(longest / shortest);
        let size = if cells.kinds[cell].is_shell() { graph.shell_m2[cell].norm() * longest } else { graph.volume_m3[cell] };
        if size.is_nan() || size <= 1e-12 * longest.powi(3) {
            bad.push(cell);
        }
    }
    let (mut sum, mut overlaps, mut overlap_at) = (0.0, 0, None);
    for face in 0..graph.face_count() {
        let halves = &graph.halves[graph.of_face(face)];
        let first = halves[0].cell as usize;
        if cells.kinds[first].is_shell() {
            q.open_edges += usize::from(halves.len() == 1);
            q.junction_edges += usize::from(halves.len() > 2);
        } else if halves.len() > 2 {
            overlaps += 1;
            overlap_at.get_or_insert(first);
        }
        for half in halves {
            let out = graph.face_centre_m[face] - graph.centre_m[half.cell as usize];
            let cosine = out.dot(&half.area_m2) / (out.norm() * half.area_m2.norm());
            if cosine <= 0.0 {
                bad.push(half.cell as usize);
            }
            let angle = cosine.clamp(-1.0, 1.0).acos().to_degrees();
            q.worst_non_orthogonality_deg = q.worst_non_orthogonality_deg.max(angle);
            sum += angle;
        }
    }
    #[expect(clippy::cast_precision_loss, reason = "counts are below 2^53")]
    let halves = graph.halves.len().max(1) as f64;
    q.mean_non_orthogonality_deg = sum / halves;
    bad.sort_unstable();
    bad.dedup();
    if let Some(&cell) = bad.first() {
        return Err(MeshError::Inverted { cell, part: part(cell), count: bad.len() });
    }
    if let Some(cell) = overlap_at {
        return Err(MeshError::Overlap { cell, part: part(cell), count: overlaps });
    }
    let (low, high) = cells.extent_m();
    q.extent_m = (high - low).max();
    q.duplicate_points = duplicates(cells, 1e-9 * q.extent_m);
    warn(&mut q);
    Ok(q)
}

/// Points within a cube of another's rounded place.
fn duplicates(cells: &Cells, step_m: f64) -> usize {
    let mut seen: HashMap<[i64; 3], ()> = HashMap::with_capacity(cells.points_m.len());
    #[expect(clippy::cast_possible_truncation, reason = "coordinates over 1e-9 of the extent fit unless the mesh is far off")]
    let places = cells.points_m.iter().map(|p| [p.x, p.y, p.z].map(|x| (x / step_m).round() as i64));
    places.filter(|at| seen.insert(*at, ()).is_some()).count()
}

fn warn(q: &mut Quality) {
    let mut say = |text: String| q.warnings.push(text);
    if !(LIKELY_M.0..=LIKELY_M.1).contains(&q.extent_m) {
        say(format!("the mesh is {:.3e} m long: is `unit` right?", q.extent_m));
    }
    if q.duplicate_points > 0 {
        say(format!("{} points lie on another: no heat flows across, and edges there are open", q.duplicate_points));
    }
    if q.worst_non_orthogonality_deg > 80.0 {
        say(format!("cells lean by up to {:.1}°: convergence is slow there", q.worst_non_orthogonality_deg));
    }
    if q.worst_aspect_ratio > 1000.0 {
        say(format!("a cell is {:.0} times longer than wide", q.worst_aspect_ratio));
    }
}
