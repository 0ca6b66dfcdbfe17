//! Imported and built meshes: measures, quality, conduction on cells that are not orthogonal, files.

use nalgebra::{Matrix3, Vector3, vector};
use std::f64::consts::PI;
use std::sync::Arc;
use thermsolve::backend::Cpu;
use thermsolve::conduction::volumes::{End, Volumes};
use thermsolve::mesh::cells::{Cells, Kind};
use thermsolve::mesh::faces::FaceGraph;
use thermsolve::mesh::import;
use thermsolve::mesh::part::Form;
use thermsolve::mesh::quality::{MeshError, Quality, measure};
use thermsolve::network::{Internal, Network};
use thermsolve::solve::steady::{Settings, steady};

#[path = "support/mod.rs"]
mod support;
use support::near;

/// Numbers from 0 to 1 in a fixed sequence.
struct Random(u64);
impl Random {
    fn next(&mut self) -> f64 {
        self.word() as f64 / 2.0_f64.powi(64)
    }
    fn word(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

/// A block of n³ cells of some kind with points inside moved by up to `by` of a cell.
fn lump(size: [f64; 3], n: usize, kind: Kind, by: f64) -> Cells {
    let mut cells = Form::Block { size_m: size }.cells([n; 3], "lump");
    let mut random = Random(7);
    for p in &mut cells.points_m {
        let inside = (0..3).all(|a| p[a] > 1e-9 && p[a] < size[a] - 1e-9);
        let d = Vector3::from_fn(|a, _| (2.0 * random.next() - 1.0) * by * size[a] / n as f64);
        *p += if inside { d } else { Vector3::zeros() };
    }
    match kind {
        Kind::Hexahedron => cells,
        Kind::Tetrahedron => cells.hexahedra_as_tetrahedra(),
        Kind::Wedge | Kind::Pyramid => cut(&cells, kind),
        _ => unreachable!("solids only"),
    }
}

/// Hexahedra as two wedges each, or as six pyramids on the faces with their tip in the middle.
fn cut(cells: &Cells, kind: Kind) -> Cells {
    let mut out = Cells { points_m: cells.points_m.clone(), parts: cells.parts.clone(), ..Cells::default() };
    for c in 0..cells.len() {
        let at = cells.corners(c).to_vec();
        if kind == Kind::Wedge {
            for k in [[0, 1, 2, 4, 5, 6], [0, 2, 3, 4, 6, 7]] {
                out.push(Kind::Wedge, &k.map(|k| at[k]), 0);
            }
            continue;
        }
        let tip = out.point(cells.places(c).sum::<Vector3<f64>>() / 8.0);
        for face in Kind::Hexahedron.faces() {
            let base: Vec<u32> = face.iter().rev().map(|&k| at[k]).chain([tip]).collect();
            out.push(Kind::Pyramid, &base, 0);
        }
    }
    out
}

const SOLIDS: [Kind; 4] = [Kind::Tetrahedron, Kind::Hexahedron, Kind::Wedge, Kind::Pyramid];

#[test]
fn measures_are_exact() {
    // Volumes of perturbed cells of every kind fill the block, and their moments are the block's.
    for kind in SOLIDS {
        let cells = lump([1.0, 2.0, 0.5], 4, kind, 0.2);
        let graph = FaceGraph::new(&cells, &[0.0]);
        measure(&cells, &graph).unwrap();
        near("volume", graph.volume_m3.iter().sum(), 1.0, 1e-13);
        let moment: Vector3<f64> = graph.volume_m3.iter().zip(&graph.centre_m).map(|(v, c)| *v * c).sum();
        near("moment", (moment - vector![0.5, 1.0, 0.25]).norm(), 0.0, 1e-13);
        let outside: f64 = graph.outside().map(|f| graph.halves[graph.first_half[f]].area_m2.norm()).sum();
        near("outside", outside, 2.0 * (2.0 + 1.0 + 0.5), 1e-12);
    }
    // The tetrahedron on the unit axes.
    let mut one = Cells::default();
    let part = one.part_named("one");
    for p in [Vector3::zeros(), Vector3::x(), Vector3::y(), Vector3::z()] {
        one.point(p);
    }
    one.push(Kind::Tetrahedron, &[0, 1, 2, 3], part);
    let graph = FaceGraph::new(&one, &[0.0]);
    near("volume", graph.volume_m3[0], 1.0 / 6.0, 1e-16);
    near("centre", (graph.centre_m[0] - vector![0.25, 0.25, 0.25]).norm(), 0.0, 1e-16);
}

#[test]
fn faces_close_every_cell() {
    for kind in SOLIDS {
        let cells = lump([1.0, 1.0, 1.0], 3, kind, 0.25);
        let graph = FaceGraph::new(&cells, &[0.0]);
        let mut sum = vec![Vector3::zeros(); cells.len()];
        graph.halves.iter().for_each(|h| sum[h.cell as usize] += h.area_m2);
        assert!(sum.iter().all(|s: &Vector3<f64>| s.norm() < 1e-15), "{kind:?}");
        for f in 0..graph.face_count() {
            if let [a, b] = graph.halves[graph.of_face(f)] {
                assert!((a.area_m2 + b.area_m2).norm() < 1e-16, "{kind:?}: the two sides of a face differ");
            }
        }
    }
}

/// Root mean square error on a mesh whose outer faces are held at the field, with sources at the centres.
fn error(
    cells: &Cells,
    thickness: f64,
    k: &[Matrix3<f64>],
    field: &dyn Fn(Vector3<f64>) -> f64,
    source_w_m3: &dyn Fn(Vector3<f64>) -> f64,
) -> (f64, Quality) {
    let graph = FaceGraph::new(cells, &vec![thickness; cells.parts.len()]);
    let quality = measure(cells, &graph).unwrap();
    let mut ends = vec![End::Bonded; graph.face_count()];
    graph.outside().for_each(|f| ends[f] = End::Held(field(graph.face_centre_m[f])));
    let volumes = Arc::new(Volumes::new(cells, graph, k, ends));
    let mut network = Network::new(cells.len());
    network.conductors = volumes.conductors();
    network.volumes = Some(volumes.clone());
    for (cell, gl, t_k) in volumes.held() {
        // Several held faces of a cell act as one at their mean.
        let q = &mut network.internal[cell];
        let sum = gl - q.slope_w_per_k;
        let reference_k = (gl * t_k - q.slope_w_per_k * q.reference_k) / sum;
        *q = Internal { at_reference_w: 0.0, slope_w_per_k: -sum, reference_k };
    }
    for c in 0..cells.len() {
        network.internal[c].at_reference_w = source_w_m3(volumes.graph().centre_m[c]) * volumes.graph().volume_m3[c];
    }
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 400, residual: None };
    let guess = vec![300.0; cells.len()];
    let rounds = std::cell::Cell::new(0);
    let state = steady(&Cpu::<f64>::new(), &network, guess, settings, &|_| rounds.set(rounds.get() + 1));
    let state = state.unwrap();
    let (mut square, mut all) = (0.0, 0.0);
    for c in 0..cells.len() {
        let (at, v) = (volumes.graph().centre_m[c], volumes.graph().volume_m3[c]);
        square += v * (state.node_k[c] - field(at)).powi(2);
        all += v;
    }
    eprintln!(
        "{:?}: {} cells, {} rounds, lean {:.1}°, error {:.3e} K",
        cells.kinds[0],
        cells.len(),
        rounds.get(),
        quality.worst_non_orthogonality_deg,
        (square / all as f64).sqrt()
    );
    ((square / all as f64).sqrt(), quality)
}

/// A symmetric conductivity tensor with three different axes, none along the coordinates.
fn tensor() -> Matrix3<f64> {
    let turn = nalgebra::Rotation3::from_euler_angles(0.4, -0.7, 1.1);
    turn * Matrix3::from_diagonal(&vector![5.0, 1.5, 2.5]) * turn.transpose()
}

#[test]
fn linear_fields_are_exact() {
    let field = |p: Vector3<f64>| 300.0 + 20.0 * p.x - 35.0 * p.y + 50.0 * p.z;
    for kind in SOLIDS {
        for k in [Matrix3::identity() * 3.0, tensor()] {
            let (error, quality) = error(&lump([1.0, 1.0, 1.0], 4, kind, 0.2), 0.0, &[k], &field, &|_| 0.0);
            // Warped faces of hexahedra and wedges carry the mean plane's flux at their centre: exact all the same.
            near("error", error, 0.0, 1e-7);
            assert!(quality.worst_non_orthogonality_deg > 20.0);
        }
    }
    // Two blocks of different conductivity: the gradient jumps, the flux does not.
    let mut cells = lump([1.0, 1.0, 1.0], 4, Kind::Tetrahedron, 0.15);
    // Only what lies inside a half may move.
    for p in &mut cells.points_m {
        if (p.x - 0.5).abs() < 0.1 {
            p.x = 0.5;
        }
    }
    let second = cells.part_named("second");
    for c in 0..cells.len() {
        if cells.places(c).map(|p| p.x).sum::<f64>() > 2.0 {
            cells.part[c] = second;
        }
    }
    let bent = |p: Vector3<f64>| 300.0 + if p.x < 0.5 { 40.0 * p.x } else { 20.0 + 160.0 * (p.x - 0.5) };
    let (error, _) = error(&cells, 0.0, &[Matrix3::identity() * 4.0, Matrix3::identity()], &bent, &|_| 0.0);
    near("two blocks", error, 0.0, 1e-7);
}

#[test]
fn a_folded_shell_is_a_flat_one() {
    // A sheet of skewed quads folded at a right angle: temperature linear along the unfolded length.
    let mut cells = Form::Panel { size_m: [2.0, 1.0] }.cells([8, 4, 1], "sheet");
    let mut random = Random(3);
    for p in &mut cells.points_m {
        let inside = p.x > 1e-9 && p.x < 2.0 - 1e-9 && (p.x - 1.0).abs() > 1e-9 && p.y > 1e-9 && p.y < 1.0 - 1e-9;
        if inside {
            *p += vector![random.next() - 0.5, random.next() - 0.5, 0.0] * 0.1;
        }
    }
    let fold = |p: Vector3<f64>| if p.x > 1.0 { vector![1.0, p.y, p.x - 1.0] } else { p };
    cells.points_m.iter_mut().for_each(|p| *p = fold(*p));
    let field = |p: Vector3<f64>| 280.0 + 30.0 * (p.x + p.z) + 12.0 * p.y;
    let (error, _) = error(&cells, 2e-3, &[Matrix3::identity() * 150.0], &field, &|_| 0.0);
    near("error", error, 0.0, 1e-7);
}

#[test]
fn order_on_tetrahedra() {
    let k = tensor();
    let field = |p: Vector3<f64>| 300.0 + 30.0 * (PI * p.x).cos() * (1.0 + p.y * p.y) * (p.z + 0.4).sin();
    // −∇·(K∇T) by the second derivatives of the field.
    let source = move |p: Vector3<f64>| {
        let (x, y, z) = ((PI * p.x).cos(), 1.0 + p.y * p.y, (p.z + 0.4).sin());
        let (dx, dy, dz) = (-PI * (PI * p.x).sin(), 2.0 * p.y, (p.z + 0.4).cos());
        let second = Matrix3::new(
            -PI * PI * x * y * z,
            dx * dy * z,
            dx * y * dz,
            dx * dy * z,
            x * 2.0 * z,
            x * dy * dz,
            dx * y * dz,
            x * dy * dz,
            -x * y * z,
        );
        -30.0 * (k * second).trace()
    };
    for kind in SOLIDS {
        let errors = [4, 8, 16].map(|n| error(&lump([1.0, 1.0, 1.0], n, kind, 0.15), 0.0, &[k], &field, &source).0);
        let order = (errors[1] / errors[2]).log2();
        eprintln!("{kind:?}: {errors:?}, order {order:.2}");
        assert!(order > 1.8, "{kind:?}: order {order:.2} of {errors:?}");
    }
}

#[test]
fn mistakes_are_named() {
    let good = lump([1.0, 1.0, 1.0], 2, Kind::Tetrahedron, 0.0);
    let told = |cells: &Cells| {
        let graph = FaceGraph::new(cells, &vec![1e-3; cells.parts.len()]);
        measure(cells, &graph)
    };
    // One cell inside out.
    let mut bad = good.clone();
    bad.corners[5].swap(0, 1);
    let error = told(&bad).unwrap_err();
    assert_eq!(error, MeshError::Inverted { cell: 5, part: "lump".into(), count: 1 });
    // A flat one.
    let mut bad = good.clone();
    let at = bad.points_m[bad.corners[5][0] as usize];
    let far = bad.corners[5][3] as usize;
    bad.points_m[far] = at;
    assert!(matches!(told(&bad), Err(MeshError::Inverted { .. })));
    // All cells twice.
    let mut bad = good.clone();
    for c in 0..good.len() {
        bad.push(good.kinds[c], good.corners(c), 0);
    }
    assert!(matches!(told(&bad), Err(MeshError::Overlap { .. })));
    // Millimetres read as metres, and two blocks that touch without common points.
    let mut bad = good.clone();
    bad.points_m.iter_mut().for_each(|p| *p *= 1000.0);
    assert!(told(&bad).unwrap().warnings[0].contains("unit"));
    let mut bad = good.clone();
    let mut other = good.clone();
    other.points_m.iter_mut().for_each(|p| p.x += 1.0);
    bad.append(&other);
    assert_eq!(told(&bad).unwrap().duplicate_points, 9);
    // An open box has an open rim; three sheets at an edge are a junction.
    let shell = Form::Box { size_m: [1.0, 1.0, 1.0] }.cells([2, 2, 2], "box");
    assert_eq!(told(&shell).unwrap().open_edges, 0);
    let mut open = shell.clone();
    open.kinds.truncate(20);
    open.corners.truncate(20);
    open.part.truncate(20);
    assert_eq!(told(&open).unwrap().open_edges, 8);
    let mut sheets = Cells::default();
    let part = sheets.part_named("sheets");
    let far = [vector![1.0, 0.0, 0.0], vector![-1.0, 0.0, 0.0], vector![0.0, 0.0, 1.0]];
    let [a, b] = [Vector3::zeros(), Vector3::y()].map(|p| sheets.point(p));
    for p in far {
        let c = sheets.point(p);
        sheets.push(Kind::Triangle, &[a, b, c], part);
    }
    let q = told(&sheets).unwrap();
    assert_eq!((q.junction_edges, q.open_edges), (1, 6));
}

fn file(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/tests/files/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// gmsh's own count of `cube.geo`: 130 tetrahedra, 52 points, halves of 500 mm³, two named sides of 100 mm².
#[test]
fn files_of_gmsh_are_read() {
    let read = |name: &str| import::parse(&file(name), "msh", "cube", 1e-3).unwrap();
    let text = read("cube_41_text.msh");
    assert_eq!((text.len(), text.points_m.len()), (130, 52));
    assert_eq!(text.parts, ["near", "far"]);
    let graph = FaceGraph::new(&text, &[0.0; 2]);
    measure(&text, &graph).unwrap();
    for part in 0..2 {
        near("volume", text.of_part(part).map(|c| graph.volume_m3[c]).sum(), 500e-9, 1e-20);
    }
    for (k, x) in [(0, 0.0), (1, 0.01)] {
        let skin = &text.skins[k];
        assert_eq!(skin.name, ["left", "right"][k]);
        let faces: Vec<usize> = (0..graph.face_count()).filter(|&f| skin.faces.contains(&graph.corners[f])).collect();
        assert_eq!(faces.len(), skin.faces.len());
        near("side", faces.iter().map(|&f| graph.halves[graph.first_half[f]].area_m2.norm()).sum(), 100e-6, 1e-18);
        assert!(faces.iter().all(|&f| (graph.face_centre_m[f].x - x).abs() < 1e-12));
    }
    for other in ["cube_41_binary.msh", "cube_22_text.msh", "cube_22_binary.msh"] {
        let found = read(other);
        assert_eq!(
            (&found.kinds, &found.corners, &found.part, &found.parts),
            (&text.kinds, &text.corners, &text.part, &text.parts)
        );
        assert_eq!(found.skins, text.skins, "{other}");
        // Text has 16 digits.
        let far = found.points_m.iter().zip(&text.points_m).map(|(a, b)| (a - b).norm()).fold(0.0, f64::max);
        assert!(far < 1e-16, "{other}: {far}");
    }
}

/// A cube as STL text; quads in two groups as OBJ; a wedge and a pyramid as VTU.
fn samples() -> Vec<(&'static str, Vec<u8>)> {
    let shell = Form::Box { size_m: [1.0, 2.0, 3.0] }.cells([1, 1, 1], "box");
    let (mut stl, mut binary) = (String::from("solid box\n"), [[b's'; 80].to_vec(), 12_u32.to_le_bytes().to_vec()].concat());
    for c in 0..shell.len() {
        let at: Vec<Vector3<f64>> = shell.places(c).collect();
        for three in [[0, 1, 2], [0, 2, 3]] {
            stl += "facet normal 0 0 0\nouter loop\n";
            binary.extend([0; 12]);
            for k in three {
                stl += &format!("vertex {} {} {}\n", at[k].x, at[k].y, at[k].z);
                at[k].iter().for_each(|x| binary.extend((*x as f32).to_le_bytes()));
            }
            binary.extend([0; 2]);
            stl += "endloop\nendfacet\n";
        }
    }
    stl += "endsolid box\n";
    let obj = "# two sheets at an edge\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nv 2 0 0\nv 2 1 0\n\
        g first\nf 1 2 3 4\ng second\nf 2/1/1 5/1/1 6/1/1\nf 2 6 3\n";
    let vtu = r#"<?xml version="1.0"?>
<VTKFile type="UnstructuredGrid" version="1.0" byte_order="LittleEndian">
<UnstructuredGrid><Piece NumberOfPoints="7" NumberOfCells="2">
<PointData></PointData>
<CellData><DataArray type="Int32" Name="part_id" format="ascii">4 5</DataArray></CellData>
<Points><DataArray type="Float64" NumberOfComponents="3" format="ascii">
0 0 0 1 0 0 0 1 0 0 0 1 1 0 1 0 1 1 2 2 0.5</DataArray></Points>
<Cells><DataArray type="Int64" Name="connectivity" format="ascii">0 1 2 3 4 5 1 2 5 4 6</DataArray>
<DataArray type="Int64" Name="offsets" format="ascii">6 11</DataArray>
<DataArray type="UInt8" Name="types" format="ascii">13 14</DataArray></Cells>
</Piece></UnstructuredGrid></VTKFile>
"#;
    vec![("stl", stl.into()), ("stl", binary), ("obj", obj.into()), ("vtu", vtu.into())]
}

#[test]
fn shells_and_grids_are_read() {
    let read = |k: usize| {
        let (extension, bytes) = &samples()[k];
        import::parse(bytes, extension, "sample", 1.0).unwrap()
    };
    for k in [0, 1] {
        let cube = read(k);
        assert_eq!((cube.len(), cube.points_m.len()), (12, 8));
        let graph = FaceGraph::new(&cube, &[1e-3]);
        assert_eq!(measure(&cube, &graph).unwrap().open_edges, 0);
        near("area", graph.shell_m2.iter().map(|a| a.norm()).sum(), 22.0, 1e-12);
        // Fronts look outwards.
        assert!((0..12).all(|c| graph.shell_m2[c].dot(&(graph.centre_m[c] - vector![0.5, 1.0, 1.5])) > 0.0));
    }
    let sheets = read(2);
    assert_eq!(sheets.parts, ["first", "second"]);
    assert_eq!(sheets.kinds, [Kind::Quad, Kind::Triangle, Kind::Triangle]);
    let graph = FaceGraph::new(&sheets, &[1e-3; 2]);
    let q = measure(&sheets, &graph).unwrap();
    assert_eq!((q.open_edges, q.duplicate_points, sheets.points_m.len()), (6, 0, 6));
    let grid = read(3);
    assert_eq!(
        (grid.kinds.clone(), grid.parts.clone()),
        (vec![Kind::Wedge, Kind::Pyramid], vec!["sample_4".into(), "sample_5".into()])
    );
    let graph = FaceGraph::new(&grid, &[0.0; 2]);
    measure(&grid, &graph).unwrap();
    near("wedge", graph.volume_m3[0], 0.5, 1e-15);
    // Base √2 × 1, height 3/√2.
    near("pyramid", graph.volume_m3[1], 1.0, 1e-15);
    assert_eq!((0..graph.face_count()).filter(|&f| graph.of_face(f).len() == 2).count(), 1);
}

#[test]
fn damaged_files_are_refused() {
    let mut all: Vec<(&str, Vec<u8>)> = samples();
    for name in ["cube_41_text.msh", "cube_41_binary.msh", "cube_22_text.msh", "cube_22_binary.msh"] {
        all.push(("msh", file(name)));
    }
    std::panic::set_hook(Box::new(|_| ()));
    let mut random = Random(11);
    let (mut refused, mut read) = (0, 0);
    let words = ["99999999999", "-1", "nan", "1e400", "4294967295", "$EndNodes\n", "", "0"];
    for (extension, bytes) in &all {
        for round in 0..1500 {
            let mut bad = bytes.clone();
            let at = random.word() as usize % bad.len();
            match round % 4 {
                0 => bad.truncate(at),
                1 => bad[at] = random.word() as u8,
                2 => {
                    let n = 8.min(bad.len() - at);
                    bad[at..at + n].fill([0xff, 0x7f, 0x00][random.word() as usize % 3]);
                }
                _ => {
                    let end = bad[at..].iter().position(u8::is_ascii_whitespace).map_or(bad.len(), |n| at + n);
                    bad.splice(at..end, words[random.word() as usize % words.len()].bytes());
                }
            }
            let result = std::panic::catch_unwind(|| match import::parse(&bad, extension, "bad", 1e-3) {
                Ok(cells) => {
                    // What is read can be measured, or is refused there.
                    measure(&cells, &FaceGraph::new(&cells, &vec![1e-3; cells.parts.len()])).is_ok()
                }
                Err(_) => false,
            });
            match result {
                Ok(true) => read += 1,
                Ok(false) => refused += 1,
                Err(_) => {
                    let _ = std::panic::take_hook();
                    panic!("{extension}, round {round}, byte {at}: panics");
                }
            }
        }
    }
    let _ = std::panic::take_hook();
    eprintln!("{refused} refused, {read} read");
    assert!(refused > 4000, "{refused} refused, {read} read");
}
