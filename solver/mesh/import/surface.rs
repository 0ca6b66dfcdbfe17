//! Shells from STL (crate `stl_io`) and OBJ (crate `tobj`).

use super::{Malformed, part_named};
use crate::mesh::cells::{Cells, Kind};
use nalgebra::Vector3;
use std::io::Cursor;

/// Triangles of an STL file, corners at the same place joined.
pub(super) fn stl(bytes: &[u8], name: &str) -> Result<Cells, Malformed> {
    let mut bytes = bytes.to_vec();
    // Length of a binary file; such a file may well begin like a text.
    let binary = bytes.get(80..84).and_then(|b| <[u8; 4]>::try_from(b).ok());
    if binary.is_some_and(|n| bytes.len() as u64 == 84 + 50 * u64::from(u32::from_le_bytes(n))) {
        bytes[..5].fill(b' ');
    }
    let mesh = stl_io::read_stl(&mut Cursor::new(bytes)).map_err(|e| Malformed::from(format!("no STL file: {e}")))?;
    let mut cells = Cells::default();
    let part = cells.part_named(name);
    cells.points_m = mesh.vertices.iter().map(|v| Vector3::from(<[f32; 3]>::from(*v)).cast()).collect();
    for face in &mesh.faces {
        let mut corners = [0; 3];
        for (c, v) in corners.iter_mut().zip(face.vertices) {
            *c = u32::try_from(v).map_err(|_| Malformed::from("too many points"))?;
        }
        cells.push(Kind::Triangle, &corners, part);
    }
    Ok(cells)
}

/// An OBJ file without texture and normals, and without their numbers in faces: they are not needed, and the reader multiplies them
/// without looking. Words are what the reader takes for words.
fn places_alone(bytes: &[u8]) -> String {
    let mut kept = String::with_capacity(bytes.len());
    for line in String::from_utf8_lossy(bytes).split('\n') {
        let mut words = line.split_whitespace();
        match words.next() {
            Some("vt" | "vn") => continue,
            Some("f") => {
                kept.push('f');
                words.for_each(|w| kept.extend([" ", w.split('/').next().unwrap_or(w)]));
            }
            _ => kept += line,
        }
        kept.push('\n');
    }
    kept
}

/// Triangles and quads of an OBJ file; objects and groups become parts.
pub(super) fn obj(bytes: &[u8], name: &str) -> Result<Cells, Malformed> {
    let options = tobj::LoadOptions { single_index: false, triangulate: false, ignore_points: true, ignore_lines: true };
    let bytes = places_alone(bytes).into_bytes();
    let no_material = |_: &std::path::Path| Ok(Default::default());
    let (models, _) = tobj::load_obj_buf(&mut Cursor::new(bytes), &options, no_material)
        .map_err(|e| Malformed::from(format!("no OBJ file: {e}")))?;
    let mut cells = Cells::default();
    for model in &models {
        let mesh = &model.mesh;
        let first = u32::try_from(cells.points_m.len()).map_err(|_| Malformed::from("too many points"))?;
        cells.points_m.extend(mesh.positions.chunks_exact(3).map(Vector3::from_column_slice));
        let part = part_named(&mut cells, if model.name == "unnamed_object" { name } else { &model.name })?;
        let mut at = 0;
        let all_triangles = vec![3; mesh.indices.len() / 3];
        for &n in if mesh.face_arities.is_empty() { &all_triangles } else { &mesh.face_arities } {
            let corners: Vec<u32> = mesh.indices[at..at + n as usize].iter().map(|c| c.saturating_add(first)).collect();
            at += n as usize;
            match n {
                3 => cells.push(Kind::Triangle, &corners, part),
                4 => cells.push(Kind::Quad, &corners, part),
                _ => return Err(format!("a face has {n} corners; triangles and quads are read").into()),
            }
        }
    }
    // Groups that share corners in the file bring each its own.
    cells.join_equal_points();
    Ok(cells)
}
