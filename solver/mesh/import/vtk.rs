//! VTK `.vtu` and `.vtp` by crate `vtkio`. An integer cell array `part_id` or `PhysicalTag` names the parts.

use super::{Malformed, part_named};
use crate::mesh::cells::{Cells, Kind};
use nalgebra::Vector3;
use vtkio::model::{Attribute, Attributes, CellType, DataSet, Piece, VertexNumbers};

/// Reads the file.
pub(super) fn parse(bytes: &[u8], name: &str) -> Result<Cells, Malformed> {
    // An attribute, blanks before its `=` or none.
    let holds = |what: &str| {
        let mut ends = (what.len()..=bytes.len()).filter(|&end| &bytes[end - what.len()..end] == what.as_bytes());
        ends.any(|end| bytes[end..].trim_ascii_start().first() == Some(&b'='))
    };
    // The reader would allocate what the blocks declare.
    if holds("compressor") {
        return Err("compressed data are not read; save it without compression".into());
    }
    if holds("Source") {
        return Err("files that name other files are not read".into());
    }
    // It may panic where arrays contradict their counts.
    let read = std::panic::catch_unwind(|| vtkio::Vtk::parse_xml(std::io::Cursor::new(bytes)));
    let vtk = match read {
        Ok(Ok(vtk)) => vtk,
        Ok(Err(e)) => return Err(format!("no VTK file: {e}").into()),
        Err(_) => return Err("no VTK file: its arrays contradict each other".into()),
    };
    let mut cells = Cells::default();
    match vtk.data {
        DataSet::UnstructuredGrid { pieces, .. } => {
            for piece in pieces {
                let Piece::Inline(p) = piece else { continue };
                let points = p.points.cast_into::<f64>().ok_or("points are no numbers")?;
                let part = parts(&p.data, name);
                add(&mut cells, &points, p.cells.cell_verts, Some(&p.cells.types), &part)?;
            }
        }
        DataSet::PolyData { pieces, .. } => {
            for piece in pieces {
                let Piece::Inline(p) = piece else { continue };
                let points = p.points.cast_into::<f64>().ok_or("points are no numbers")?;
                let part = parts(&p.data, name);
                add(&mut cells, &points, p.polys.unwrap_or_default(), None, &part)?;
            }
        }
        _ => return Err("an unstructured grid or polygons expected".into()),
    }
    Ok(cells)
}

/// Name of the part of a cell.
fn parts(data: &Attributes, name: &str) -> impl Fn(usize) -> String {
    let known = |a: &Attribute| match a {
        Attribute::DataArray(a) if a.name == "part_id" || a.name == "PhysicalTag" => a.data.clone().cast_into::<i64>(),
        _ => None,
    };
    let (ids, name) = (data.cell.iter().find_map(known), name.to_owned());
    move |cell| ids.as_ref().and_then(|ids| ids.get(cell)).map_or_else(|| name.clone(), |id| format!("{name}_{id}"))
}

fn add(
    cells: &mut Cells,
    points: &[f64],
    numbers: VertexNumbers,
    types: Option<&[CellType]>,
    part: &dyn Fn(usize) -> String,
) -> Result<(), Malformed> {
    let VertexNumbers::XML { connectivity, mut offsets } = numbers else { return Err("an XML file expected".into()) };
    let first = cells.points_m.len();
    cells.points_m.extend(points.chunks_exact(3).map(Vector3::from_column_slice));
    if offsets.first() == Some(&0) {
        offsets.remove(0);
    }
    let mut from = 0;
    for (cell, &to) in offsets.iter().enumerate() {
        let to = usize::try_from(to).unwrap_or(usize::MAX);
        let Some(corners) = connectivity.get(from..to) else { return Err(format!("cell {cell} is not in the file").into()) };
        from = to;
        let kind = match (types.map(|t| t.get(cell)), corners.len()) {
            (Some(Some(CellType::Triangle)), 3) | (None, 3) => Kind::Triangle,
            (Some(Some(CellType::Quad)), 4) | (None, 4) => Kind::Quad,
            (Some(Some(CellType::Tetra)), 4) => Kind::Tetrahedron,
            (Some(Some(CellType::Hexahedron)), 8) => Kind::Hexahedron,
            (Some(Some(CellType::Wedge)), 6) => Kind::Wedge,
            (Some(Some(CellType::Pyramid)), 5) => Kind::Pyramid,
            (Some(Some(CellType::Vertex | CellType::Line)), _) => continue,
            _ => return Err(format!("cell {cell} is of a kind that is not read").into()),
        };
        let numbers: Option<Vec<u32>> =
            corners.iter().map(|&c| usize::try_from(c).ok()?.checked_add(first).and_then(|c| u32::try_from(c).ok())).collect();
        let Some(numbers) = numbers else { return Err(format!("cell {cell} has a corner that is not in the file").into()) };
        let part = part_named(cells, &part(cell))?;
        cells.push(kind, &numbers, part);
    }
    Ok(())
}
