//! One graph of faces for shells and solids: cells, what each shares with its neighbours, and their measures.

use super::cells::{Cells, Kind, key};
use nalgebra::Vector3;

/// A cell's side of a face.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Half {
    /// The cell.
    pub cell: u32,
    /// Face of the cell by its number in [`Kind::faces`].
    pub local: u8,
    /// Area, m², times the unit vector out of the cell; of a shell, edge × thickness in the shell's plane.
    pub area_m2: Vector3<f64>,
}

/// Cells with their measures, and the faces between them. One half at a face: outside; two: neighbours; more, of shells only: a
/// junction.
#[derive(Clone, Debug, Default)]
pub struct FaceGraph {
    /// Centre of each cell, m.
    pub centre_m: Vec<Vector3<f64>>,
    /// Volume of each cell, m³; of shells area × thickness.
    pub volume_m3: Vec<f64>,
    /// Normal of each shell by the right-hand rule, times its area, m²; zero for solids.
    pub shell_m2: Vec<Vector3<f64>>,
    /// Centre of each face, m.
    pub face_centre_m: Vec<Vector3<f64>>,
    /// First half of each face, and the number of all halves at the end.
    pub first_half: Vec<usize>,
    /// Halves, face after face.
    pub halves: Vec<Half>,
    /// Faces by their corners, as the halves' first cell has them.
    pub corners: Vec<[u32; 4]>,
}

/// Area vector and centre of a polygon cut into triangles about the mean of its corners: exact for flat ones; for a warped one
/// the area vector is that of every surface with this edge, and the centre that of the triangles.
pub fn polygon(corners: &[Vector3<f64>]) -> (Vector3<f64>, Vector3<f64>) {
    if let [a, b, c] = corners {
        return (0.5 * (b - a).cross(&(c - a)), (a + b + c) / 3.0);
    }
    #[expect(clippy::cast_precision_loss, reason = "four")]
    let middle = corners.iter().sum::<Vector3<f64>>() / corners.len() as f64;
    let (mut area, mut size, mut moment) = (Vector3::zeros(), 0.0, Vector3::zeros());
    for k in 0..corners.len() {
        let (a, b) = (corners[k], corners[(k + 1) % corners.len()]);
        let piece = 0.5 * (a - middle).cross(&(b - middle));
        let of = piece.norm();
        area += piece;
        size += of;
        moment += of * (a + b + middle) / 3.0;
    }
    (area, if size > 0.0 { moment / size } else { middle })
}

/// Volume and centre of a solid: the sum of pyramids from its mean point to its faces, `V = Σ A·(f − m) / 3`; negative if the
/// corners run the wrong way round.
fn solid(kind: Kind, at: &[Vector3<f64>]) -> (f64, Vector3<f64>) {
    #[expect(clippy::cast_precision_loss, reason = "eight")]
    let middle = at.iter().sum::<Vector3<f64>>() / at.len() as f64;
    let (mut volume, mut moment) = (0.0, Vector3::zeros());
    for face in kind.faces() {
        let corners: Vec<Vector3<f64>> = face.iter().map(|&k| at[k]).collect();
        let centre = corners.iter().sum::<Vector3<f64>>() / if face.len() == 3 { 3.0 } else { 4.0 };
        for k in 0..corners.len() {
            let (a, b) = (corners[k], corners[(k + 1) % corners.len()]);
            let apex = if face.len() == 3 { corners[(k + 2) % 3] } else { centre };
            let piece = (a - middle).cross(&(b - middle)).dot(&(apex - middle)) / 6.0;
            volume += piece;
            moment += piece * 0.25 * (a + b + apex + middle);
            if face.len() == 3 {
                break;
            }
        }
    }
    (volume, if volume == 0.0 { middle } else { moment / volume })
}

impl FaceGraph {
    /// Matches the faces of all cells by their sorted corners. `thickness_m` of each part; solids have none.
    ///
    /// Truth: `meshes::measures_are_exact`, `meshes::faces_close_every_cell`.
    pub fn new(cells: &Cells, thickness_m: &[f64]) -> Self {
        let mut graph = Self::default();
        let mut sides: Vec<([u32; 4], u32, u8)> = Vec::with_capacity(5 * cells.len());
        let mut at: Vec<Vector3<f64>> = Vec::with_capacity(8);
        for cell in 0..cells.len() {
            let kind = cells.kinds[cell];
            at.clear();
            at.extend(cells.places(cell));
            let (volume, centre, shell) = if kind.is_shell() {
                let (area, centre) = polygon(&at);
                (area.norm() * thickness_m[cells.part[cell] as usize], centre, area)
            } else {
                let (volume, centre) = solid(kind, &at);
                (volume, centre, Vector3::zeros())
            };
            graph.volume_m3.push(volume);
            graph.centre_m.push(centre);
            graph.shell_m2.push(shell);
            let number = u32::try_from(cell).unwrap_or(u32::MAX);
            for (local, face) in (0_u8..).zip(kind.faces()) {
                sides.push((key(face.iter().map(|&k| cells.corners[cell][k])), number, local));
            }
        }
        sides.sort_unstable();
        graph.halves.reserve(sides.len());
        for (k, &(key, cell, local)) in sides.iter().enumerate() {
            if k == 0 || sides[k - 1].0 != key {
                graph.first_half.push(k);
                graph.corners.push(key);
                let (_, centre) = graph.side(cells, cell, local, thickness_m);
                graph.face_centre_m.push(centre);
            }
            let (area_m2, _) = graph.side(cells, cell, local, thickness_m);
            graph.halves.push(Half { cell, local, area_m2 });
        }
        graph.first_half.push(sides.len());
        graph
    }

    /// Outward area vector and centre of one side of a cell.
    fn side(&self, cells: &Cells, cell: u32, local: u8, thickness_m: &[f64]) -> (Vector3<f64>, Vector3<f64>) {
        let cell = cell as usize;
        let face = cells.kinds[cell].faces()[usize::from(local)];
        let mut at = [Vector3::zeros(); 4];
        at.iter_mut().zip(face).for_each(|(a, &k)| *a = cells.points_m[cells.corners[cell][k] as usize]);
        if !cells.kinds[cell].is_shell() {
            return polygon(&at[..face.len()]);
        }
        let normal = self.shell_m2[cell].normalize();
        let out = (at[1] - at[0]).cross(&normal);
        (out * thickness_m[cells.part[cell] as usize], 0.5 * (at[0] + at[1]))
    }

    /// Faces.
    pub fn face_count(&self) -> usize {
        self.corners.len()
    }
    /// Halves of a face by their numbers.
    pub fn of_face(&self, face: usize) -> std::ops::Range<usize> {
        self.first_half[face]..self.first_half[face + 1]
    }
    /// Faces with one half.
    pub fn outside(&self) -> impl Iterator<Item = usize> {
        (0..self.face_count()).filter(|&f| self.of_face(f).len() == 1)
    }
}
