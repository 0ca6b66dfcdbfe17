//! Mesh files into [`Cells`]: gmsh `.msh` 2.2 and 4.1 (text and binary), STL, OBJ, VTK `.vtu` and `.vtp`.
//!
//! A file is trusted in nothing: numbers are checked, corners must exist, and what a file declares is never believed beyond
//! what its length can hold. Truth: `meshes::files_of_gmsh_are_read`, `meshes::damaged_files_are_refused`.

mod msh;
mod surface;
mod vtk;

use super::cells::Cells;
use std::path::Path;

/// Largest mesh file, bytes.
pub const MAX_BYTES: u64 = 1 << 30;

/// Why a mesh file could not be read.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{file}{place}: {message}", place = line.map_or(String::new(), |l| format!(":{l}")))]
pub struct ImportError {
    /// The file.
    pub file: String,
    /// Line, in text files.
    pub line: Option<usize>,
    /// What is wrong.
    pub message: String,
}

/// A mistake in the content, with its line in text files.
#[derive(Debug)]
struct Malformed(Option<usize>, String);

impl From<String> for Malformed {
    fn from(message: String) -> Self {
        Self(None, message)
    }
}
impl From<&str> for Malformed {
    fn from(message: &str) -> Self {
        Self(None, message.into())
    }
}

/// Reads a mesh file by its extension; coordinates are multiplied by `unit_m`.
pub fn read(path: &Path, unit_m: f64) -> Result<Cells, ImportError> {
    let file = path.display().to_string();
    let fail = |message: String| ImportError { file: file.clone(), line: None, message };
    let about = std::fs::metadata(path).map_err(|e| fail(format!("mesh file cannot be read: {e}")))?;
    if !about.is_file() || about.len() > MAX_BYTES {
        return Err(fail(format!("a mesh must be a file of at most {MAX_BYTES} bytes")));
    }
    let bytes = std::fs::read(path).map_err(|e| fail(format!("mesh file cannot be read: {e}")))?;
    let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("").to_ascii_lowercase();
    let stem = path.file_stem().and_then(|s| s.to_str()).unwrap_or("part");
    parse(&bytes, &extension, stem, unit_m).map_err(|e| ImportError { file, ..e })
}

/// Reads the content of a mesh file. `name` becomes the part of formats that name none.
pub fn parse(bytes: &[u8], extension: &str, name: &str, unit_m: f64) -> Result<Cells, ImportError> {
    let found = match extension {
        "msh" => msh::parse(bytes),
        "stl" => surface::stl(bytes, name),
        "obj" => surface::obj(bytes, name),
        "vtu" | "vtp" => vtk::parse(bytes, name),
        other => Err(Malformed::from(format!("unknown mesh format `.{other}`; known: .msh, .stl, .obj, .vtu, .vtp"))),
    };
    let told = |Malformed(line, message)| ImportError { file: name.to_owned(), line, message };
    let mut cells = found.map_err(told)?;
    let checked = check(&cells);
    checked.map_err(told)?;
    cells.points_m.iter_mut().for_each(|p| *p *= unit_m);
    cells.separate_skins();
    cells.drop_unused_points();
    Ok(cells)
}

/// Parts of a file at most: more are a mistake of numbering, and looking names up would take for ever.
const MOST_PARTS: usize = 10_000;

/// The number of a part, a new one if the name is new.
fn part_named(cells: &mut Cells, name: &str) -> Result<u32, Malformed> {
    let part = cells.part_named(name);
    if cells.parts.len() > MOST_PARTS {
        return Err(format!("more than {MOST_PARTS} parts; are the groups numbered by cell?").into());
    }
    Ok(part)
}

fn check(cells: &Cells) -> Result<(), Malformed> {
    if cells.is_empty() {
        return Err("no triangles, quads, tetrahedra, hexahedra, wedges or pyramids in it".into());
    }
    if let Some(at) = cells.points_m.iter().position(|p| !p.iter().all(|x| x.is_finite() && x.abs() < 1e12)) {
        return Err(format!("point {at} is not at a finite place").into());
    }
    for cell in 0..cells.len() {
        let corners = cells.corners(cell);
        if corners.iter().any(|&c| c as usize >= cells.points_m.len()) {
            return Err(format!("cell {cell} has a corner that is not in the file").into());
        }
        if (1..corners.len()).any(|k| corners[..k].contains(&corners[k])) {
            return Err(format!("cell {cell} has the same corner twice").into());
        }
    }
    Ok(())
}
