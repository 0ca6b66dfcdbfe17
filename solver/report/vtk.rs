//! The field for ParaView: one `.vtu` per part by `vtkio`, tied together by a `.vtm` and a `.pvd`.

use super::files::Staged;
use crate::analysis::layout::Part;
use crate::mesh::Panel;
use crate::sizing::Sized;
use std::fmt::Write;
use vtkio::model::{
    Attribute, Attributes, ByteOrder, CellType, Cells, DataArray, DataSet, Piece, UnstructuredGridPiece, Version, VertexNumbers,
    Vtk,
};
use vtkio::xml::Compressor;

/// zlib level: beyond it files shrink little and writing slows down.
const LEVEL: u32 = 4;

/// Writes `radiator.vtu`, `array.vtu`, `bus.vtu`, `model.vtm` and `model.pvd`; joints stand at rest.
pub fn write(staged: &mut Staged, sized: &Sized) -> std::io::Result<()> {
    let parts = [Part::Radiator, Part::Array, Part::Bus];
    for part in parts {
        staged.bytes(&format!("{}.vtu", part.name()), &part_file(sized, part)?)?;
    }
    let files: Vec<(&str, String)> = parts.iter().map(|p| (p.name(), format!("{}.vtu", p.name()))).collect();
    staged.text("model.vtm", &blocks(&files))?;
    staged.text("model.pvd", &collection(&[(0.0, "model.vtm".into())]))
}

const HEAD: &str = "<?xml version=\"1.0\"?>\n<VTKFile type=";

/// A `.vtm` of named files.
pub(super) fn blocks(files: &[(&str, String)]) -> String {
    let mut out =
        format!("{HEAD}\"vtkMultiBlockDataSet\" version=\"1.0\" byte_order=\"LittleEndian\">\n  <vtkMultiBlockDataSet>\n");
    for (k, (name, file)) in files.iter().enumerate() {
        writeln!(out, "    <DataSet index=\"{k}\" name=\"{name}\" file=\"{file}\"/>").expect("writing to a string");
    }
    out + "  </vtkMultiBlockDataSet>\n</VTKFile>\n"
}

/// A `.pvd` of files by time, s.
pub(super) fn collection(files: &[(f64, String)]) -> String {
    let mut out = format!("{HEAD}\"Collection\" version=\"1.0\" byte_order=\"LittleEndian\">\n  <Collection>\n");
    for (time_s, file) in files {
        writeln!(out, "    <DataSet timestep=\"{time_s}\" part=\"0\" file=\"{file}\"/>").expect("writing to a string");
    }
    out + "  </Collection>\n</VTKFile>\n"
}

/// Cell arrays of one part, by name.
#[derive(Default)]
struct Columns {
    temperature_k: Vec<f64>,
    ray_error_k: Vec<f64>,
    absorbed_front: Vec<f64>,
    absorbed_back: Vec<f64>,
    emitted: Vec<f64>,
    panel: Vec<i32>,
    part: Vec<i32>,
    facet: Vec<i32>,
    tube: Vec<i32>,
}

/// A real cell array.
pub(super) fn real(name: &str, data: Vec<f64>) -> Attribute {
    Attribute::DataArray(DataArray::scalars(name, 1).with_data(data))
}

fn part_file(sized: &Sized, part: Part) -> std::io::Result<Vec<u8>> {
    let s = &sized.solution;
    let panels = s.layout.at_rest();
    let (mut points, mut quads, mut columns) = (Vec::new(), Vec::new(), Columns::default());
    for panel in (0..s.layout.parts.len()).filter(|&p| s.layout.parts[p] == part) {
        add_geometry(&panels[panel], &mut points, &mut quads);
        add_columns(sized, panel, part, &mut columns);
    }
    let whole = |name: &str, data: Vec<i32>| Attribute::DataArray(DataArray::scalars(name, 1).with_data(data));
    let cell = vec![
        real("temperature_k", columns.temperature_k),
        real("temperature_ray_error_k", columns.ray_error_k),
        real("absorbed_front_w_m2", columns.absorbed_front),
        real("absorbed_back_w_m2", columns.absorbed_back),
        real("emitted_w_m2", columns.emitted),
        whole("part_id", columns.part),
        whole("panel_id", columns.panel),
        whole("facet_id", columns.facet),
        whole("tube", columns.tube),
    ];
    grid_file(part.name(), points, (quads, CellType::Quad), Attributes { point: vec![], cell })
}

/// A file of cells of one kind.
pub(super) fn grid_file(
    title: &str,
    points: Vec<f64>,
    (connectivity, kind): (Vec<u64>, CellType),
    data: Attributes,
) -> std::io::Result<Vec<u8>> {
    let corners = if kind == CellType::Line { 2 } else { 4 };
    let cell_count = connectivity.len() / corners;
    let offsets: Vec<u64> = (1..=cell_count as u64).map(|k| corners as u64 * k).collect();
    let cells = Cells { cell_verts: VertexNumbers::XML { connectivity, offsets }, types: vec![kind; cell_count] };
    cells_file(title, points, cells, data)
}

/// A file of cells of any kind.
pub(super) fn cells_file(title: &str, points: Vec<f64>, cells: Cells, data: Attributes) -> std::io::Result<Vec<u8>> {
    let piece = UnstructuredGridPiece { points: points.into(), cells, data };
    let vtk = Vtk {
        version: Version::new_xml(1, 0),
        title: title.to_owned(),
        byte_order: ByteOrder::LittleEndian,
        data: DataSet::UnstructuredGrid { meta: None, pieces: vec![Piece::Inline(Box::new(piece))] },
        file_path: None,
    };
    let mut bytes = Vec::new();
    let file = vtk.try_into_xml_format(Compressor::ZLib, LEVEL).map_err(std::io::Error::other)?;
    file.write(&mut bytes).map_err(std::io::Error::other)?;
    Ok(bytes)
}

pub(super) fn add_geometry(p: &Panel, points: &mut Vec<f64>, quads: &mut Vec<u64>) {
    let base = points.len() as u64 / 3;
    for v in &p.lines_v {
        for u in &p.lines_u {
            let at = p.origin + p.axis_u * *u + p.axis_v * *v;
            points.extend([at.x, at.y, at.z]);
        }
    }
    let row = p.lines_u.len() as u64;
    for iv in 0..p.nv() as u64 {
        for iu in 0..p.nu() as u64 {
            let corner = base + iv * row + iu;
            quads.extend([corner, corner + 1, corner + row + 1, corner + row]);
        }
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_possible_wrap, reason = "ids are below 2^31")]
fn add_columns(sized: &Sized, panel: usize, part: Part, columns: &mut Columns) {
    let s = &sized.solution;
    let (mesh, network) = (&s.layout.mesh, &s.network);
    let p = &mesh.panels[panel];
    let first = columns.panel.len();
    let n = p.cell_count();
    let cells = mesh.first_cell[panel]..mesh.first_cell[panel] + n;
    columns.temperature_k.extend(&s.state.node_k[cells.clone()]);
    columns.ray_error_k.extend(&sized.ray_noise.node_k[cells]);
    columns.panel.resize(first + n, panel as i32);
    columns.part.resize(first + n, part as i32);
    columns.tube.resize(first + n, -1);
    columns.facet.resize(first + n, -1);
    for list in [&mut columns.absorbed_front, &mut columns.absorbed_back, &mut columns.emitted] {
        list.resize(first + n, 0.0);
    }
    if part == Part::Radiator {
        for (tube, on_tube) in s.layout.tube_columns.iter().enumerate() {
            for (iv, &c) in (0..p.nv()).flat_map(|iv| on_tube.iter().map(move |c| (iv, c))) {
                columns.tube[first + p.cell(c, iv)] = tube as i32;
            }
        }
    }
    for (i, side) in s.layout.sides.iter().enumerate().filter(|(_, side)| side.panel == panel) {
        let q = &network.surfaces[i];
        let absorbed = q.external_w_m2() + q.emissivity * s.state.irradiation_w_m2[i];
        let facet = (side.code >> 1) as usize;
        let (us, vs) = p.facet_cells(facet - mesh.first_facet[panel]);
        for (iv, iu) in vs.flat_map(|iv| us.clone().map(move |iu| (iv, iu))) {
            let k = first + p.cell(iu, iv);
            let t = columns.temperature_k[k];
            let list = if side.code & 1 == 0 { &mut columns.absorbed_front } else { &mut columns.absorbed_back };
            list[k] = absorbed;
            columns.emitted[k] += q.emissivity * crate::constants::STEFAN_BOLTZMANN * t.powi(4);
            columns.facet[k] = facet as i32;
        }
    }
}
