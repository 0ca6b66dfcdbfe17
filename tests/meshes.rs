//! Imported and built meshes: measures, quality, conduction on cells that are not orthogonal, files.

use nalgebra::{Matrix3, Vector3, vector};
use std::f64::consts::PI;
use std::sync::Arc;
use thermsolve::analysis::assembly::{Solution, analyse};
use thermsolve::analysis::bodies::facets;
use thermsolve::backend::Cpu;
use thermsolve::conduction::volumes::{End, Volumes};
use thermsolve::mesh::cells::{Cells, Kind};
use thermsolve::mesh::faces::FaceGraph;
use thermsolve::mesh::part::{self, Form};
use thermsolve::mesh::quality::{MeshError, Quality, measure};
use thermsolve::mesh::{contact, import};
use thermsolve::model::assembly::Assembly;
use thermsolve::model::curve::Curve;
use thermsolve::network::Network;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::trace;
use thermsolve::solve::corrector::Corrector;
use thermsolve::solve::heat::local_slope_w_per_k;
use thermsolve::verify::meshes::{Random, error_k, perturbed, tensor};

#[path = "support/mod.rs"]
mod support;
use support::{Silent, near};

const SOLIDS: [Kind; 4] = [Kind::Tetrahedron, Kind::Hexahedron, Kind::Wedge, Kind::Pyramid];

#[test]
fn measures_are_exact() {
    // Volumes of perturbed cells of every kind fill the block, and their moments are the block's.
    for kind in SOLIDS {
        let cells = perturbed([1.0, 2.0, 0.5], 4, kind, 0.2);
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
        let cells = perturbed([1.0, 1.0, 1.0], 3, kind, 0.25);
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

/// Error and quality of a mesh whose outer faces are held at a field without sources.
fn held(cells: &Cells, thickness_m: f64, k: &[Matrix3<f64>], field: &dyn Fn(Vector3<f64>) -> f64) -> (f64, Quality) {
    error_k(&Cpu::<f64>::new(), (cells, thickness_m), k, (field, &|_| 0.0)).unwrap()
}

#[test]
fn linear_fields_are_exact() {
    let field = |p: Vector3<f64>| 300.0 + 20.0 * p.x - 35.0 * p.y + 50.0 * p.z;
    for kind in SOLIDS {
        for k in [Matrix3::identity() * 3.0, tensor()] {
            let (error, quality) = held(&perturbed([1.0, 1.0, 1.0], 4, kind, 0.2), 0.0, &[k], &field);
            // Warped faces of hexahedra and wedges carry the mean plane's flux at their centre: exact all the same.
            near("error", error, 0.0, 1e-7);
            assert!(quality.worst_non_orthogonality_deg > 20.0);
        }
    }
    // Two blocks of different conductivity: the gradient jumps, the flux does not.
    let mut cells = perturbed([1.0, 1.0, 1.0], 4, Kind::Tetrahedron, 0.15);
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
    let (error, _) = held(&cells, 0.0, &[Matrix3::identity() * 4.0, Matrix3::identity()], &bent);
    near("two blocks", error, 0.0, 1e-7);
}

/// Conduction on cells whose outer faces at x = 0 have nodes of their own and at y = 0 are held; elsewhere they are insulated.
fn mixed(cells: &Cells, thickness_m: f64, k: Matrix3<f64>) -> (Arc<Volumes>, Network) {
    let graph = Arc::new(FaceGraph::new(cells, &vec![thickness_m; cells.parts.len()]));
    let (mut ends, mut nodes) = (vec![End::Bonded; graph.face_count()], cells.len());
    for f in graph.outside() {
        let at = graph.face_centre_m[f];
        if at.x < 1e-9 {
            ends[f] = End::Node(nodes);
            nodes += 1;
        } else if at.y < 1e-9 {
            ends[f] = End::Held(300.0);
        }
    }
    let volumes = Arc::new(Volumes::new(cells, graph, &vec![k; cells.parts.len()], ends));
    let mut network = Network::new(nodes);
    network.conductors = volumes.conductors();
    network.volumes = Some(volumes.clone());
    volumes.held().for_each(|(cell, gl, t_k)| network.internal[cell].tie(t_k, gl));
    (cells.len()..nodes).for_each(|node| network.internal[node].tie(280.0, 0.2));
    (volumes, network)
}

/// Tetrahedra, and skewed quads with a wall of others on a line between them: a junction of three.
fn leaning() -> [(Arc<Volumes>, Network); 2] {
    let mut sheet = perturbed([1.0, 1.0, 0.0], 4, Kind::Quad, 0.2);
    let line: Vec<(u32, Vector3<f64>)> =
        (0_u32..).zip(sheet.points_m.clone()).filter(|(_, p)| (p.x - 0.5).abs() < 0.11).collect();
    assert_eq!(line.len(), 5);
    let top: Vec<u32> = line.iter().map(|(_, p)| sheet.point(p + vector![0.1, 0.03, 0.3])).collect();
    (0..4).for_each(|k| sheet.push(Kind::Quad, &[line[k].0, line[k + 1].0, top[k + 1], top[k]], 0));
    let both = [mixed(&perturbed([1.0; 3], 4, Kind::Tetrahedron, 0.2), 0.0, tensor()), mixed(&sheet, 0.1, Matrix3::identity())];
    assert!(both[1].0.graph().first_half.windows(2).any(|w| w[1] - w[0] == 3), "no junction");
    both
}

/// Entries of a matrix give the heat that the faces do, at a vector without pattern.
#[test]
fn entries_are_what_conductors_miss() {
    for (volumes, network) in leaning() {
        let mut random = Random(5);
        let t: Vec<f64> = (0..network.node_count).map(|_| random.share()).collect();
        let mut heat = vec![0.0; network.node_count];
        volumes.missed_entries().iter().for_each(|&(i, j, w)| heat[i] += w * t[j]);
        let exact = volumes.missed_w(&t, 0.0);
        let cells = volumes.graph().volume_m3.len();
        let most = |q: &[f64]| q.iter().fold(0.0, |m: f64, q| m.max(q.abs()));
        assert!(
            most(&exact[..cells]) > 1e-3 && most(&exact[cells..]) > 1e-3,
            "{} {}",
            most(&exact[..cells]),
            most(&exact[cells..])
        );
        exact.iter().zip(&heat).for_each(|(q, h)| near("heat", *h, *q, 1e-12));
    }
}

/// A correction answers the whole derivative, leaning parts included, whatever the multigrid stands on; with conductivities by
/// temperature too.
#[test]
fn products_hold_what_conductors_miss() {
    for (_, mut network) in leaning() {
        for by_temperature in [false, true] {
            if by_temperature {
                let curve = Curve::new(&[(200.0, 0.5), (400.0, 1.5)]).unwrap();
                network.by_temperature.conductance = vec![(0..network.conductors.len(), curve)];
            }
            let mut random = Random(9);
            let t: Vec<f64> = (0..network.node_count).map(|_| 250.0 + 100.0 * random.share()).collect();
            let heat: Vec<f64> = (0..network.node_count).map(|_| random.share() - 0.5).collect();
            let (cpu, slope) = (Cpu::<f32>::new(), local_slope_w_per_k(&network, &t));
            let mut corrector = Corrector::new(&cpu, &network).unwrap();
            corrector.follow(&network, &t).unwrap();
            corrector.set_diagonal(&slope);
            let (x, _) = corrector.correct(&network, (&t, &[]), heat.clone(), (1e-4, 200)).unwrap();
            // What is left of the heat, in f64.
            let mut left: Vec<f64> = (0..x.len()).map(|i| heat[i] - slope[i] * x[i]).collect();
            left.iter_mut().zip(network.returned_w(&t, &x, &[])).for_each(|(l, q)| *l += q);
            for c in network.conductors_at(&t).as_ref().unwrap_or(&network.conductors) {
                let q = c.gl_w_per_k * (x[c.b] - x[c.a]);
                left[c.a] += q;
                left[c.b] -= q;
            }
            let norm = |v: &[f64]| v.iter().map(|v| v * v).sum::<f64>().sqrt();
            assert!(norm(&left) < 2e-4 * norm(&heat), "{} of {} W is left", norm(&left), norm(&heat));
        }
    }
}

#[test]
fn a_folded_shell_is_a_flat_one() {
    // A sheet of skewed quads folded at a right angle: temperature linear along the unfolded length.
    let mut cells = Form::Panel { size_m: [2.0, 1.0] }.cells([8, 4, 1], "sheet");
    let mut random = Random(3);
    for p in &mut cells.points_m {
        let inside = p.x > 1e-9 && p.x < 2.0 - 1e-9 && (p.x - 1.0).abs() > 1e-9 && p.y > 1e-9 && p.y < 1.0 - 1e-9;
        if inside {
            *p += vector![random.share() - 0.5, random.share() - 0.5, 0.0] * 0.1;
        }
    }
    let fold = |p: Vector3<f64>| if p.x > 1.0 { vector![1.0, p.y, p.x - 1.0] } else { p };
    cells.points_m.iter_mut().for_each(|p| *p = fold(*p));
    let field = |p: Vector3<f64>| 280.0 + 30.0 * (p.x + p.z) + 12.0 * p.y;
    let (error, _) = held(&cells, 2e-3, &[Matrix3::identity() * 150.0], &field);
    near("error", error, 0.0, 1e-7);
}

#[test]
fn mistakes_are_named() {
    let good = perturbed([1.0, 1.0, 1.0], 2, Kind::Tetrahedron, 0.0);
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

/// Cut anywhere before its last words, a file is refused in words. (An OBJ cut after a line is a whole, shorter one.)
#[test]
fn cut_files_are_refused() {
    let mut all: Vec<(&str, Vec<u8>)> = samples();
    all.retain(|(extension, _)| *extension != "obj");
    for name in ["cube_41_text.msh", "cube_41_binary.msh", "cube_22_text.msh", "cube_22_binary.msh"] {
        all.push(("msh", file(name)));
    }
    std::panic::set_hook(Box::new(|_| ()));
    for (extension, bytes) in &all {
        for cut in (0..bytes.len() - 20).step_by(if bytes.len() > 4000 { 37 } else { 1 }) {
            match import::parse(&bytes[..cut], extension, "cut", 1.0) {
                // Sections of gmsh end whole, and elements may be the last.
                Ok(cells) => assert!(*extension == "msh" && cells.len() == 130, "{extension} cut at {cut} is read"),
                Err(e) => assert!(e.message.len() > 10, "{extension} cut at {cut}: {e}"),
            }
        }
    }
    let _ = std::panic::take_hook();
}

/// What a file declares beyond its length is refused before room is made for it.
#[test]
fn hostile_counts_are_refused() {
    let (many, most) = ("10000000000", 10_000_000_000_u64);
    let head = |version: &str, binary: u8| {
        let mut bytes = format!("$MeshFormat\n{version} {binary} 8\n").into_bytes();
        if binary == 1 {
            bytes.extend(1_i32.to_le_bytes());
        }
        bytes.extend(b"\n$EndMeshFormat\n");
        bytes
    };
    let mut all: Vec<(&str, Vec<u8>)> = vec![];
    for section in ["PhysicalNames", "Nodes", "Elements"] {
        all.push(("msh", [head("2.2", 0), format!("${section}\n{many}\n1 0 0 0\n").into()].concat()));
        all.push(("msh", [head("2.2", 1), format!("${section}\n{many}\n").into(), vec![1; 100]].concat()));
    }
    for section in ["Entities", "Nodes", "Elements"] {
        all.push(("msh", [head("4.1", 0), format!("${section}\n{many} {many} 1 {many}\n3 1 0 {many}\n").into()].concat()));
        // One block, few entries in all, many in the block.
        all.push(("msh", [head("4.1", 0), format!("${section}\n1 1 1 1\n2 1 2 {many}\n").into()].concat()));
        let words: Vec<u8> = [most; 12].iter().flat_map(|n| n.to_le_bytes()).collect();
        all.push(("msh", [head("4.1", 1), format!("${section}\n").into(), words].concat()));
    }
    all.push(("stl", [vec![b's'; 80], u32::MAX.to_le_bytes().to_vec(), vec![0; 50]].concat()));
    all.push(("obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 99999999999\n".into()));
    all.push(("obj", "v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2 -99\n".into()));
    // Found by fuzzing: a texture before the first. Only corners count.
    let textured = b"v 0 0 0\nv 1 0 0\nv 0 1 0\nvt 0 0\nf 1/-4 2/-4 3/-4\n";
    assert_eq!(import::parse(textured, "obj", "textured", 1.0).unwrap().len(), 1);
    // A tab that goes down begins a word too, and numbers may count back from nothing.
    let textured = b"v 0 0 0\nv 1 0 0\nv 0 1 0\n\x0bvt 0.5 0.5\nf 1/-1 2/-21/7 3//-9\n";
    assert_eq!(import::parse(textured, "obj", "textured", 1.0).unwrap().len(), 1);
    let vtu = String::from_utf8(samples().swap_remove(3).1).unwrap();
    for (from, to) in [
        ("NumberOfPoints=\"7\"", format!("NumberOfPoints=\"{}\"", u32::MAX)),
        ("NumberOfCells=\"2\"", format!("NumberOfCells=\"{}\"", u32::MAX)),
        ("NumberOfComponents=\"3\"", format!("NumberOfComponents=\"{}\"", u32::MAX)),
        ("6 11", format!("6 {}", i64::MAX)),
        ("5 4 6", format!("5 4 {}", i64::MAX)),
        ("<VTKFile ", "<VTKFile compressor = \"vtkZLibDataCompressor\" ".into()),
    ] {
        assert!(vtu.contains(from));
        all.push(("vtu", vtu.replace(from, &to).into()));
    }
    // A block of appended data that says it has 10 GB.
    let appended = vtu
        .replace("header_type", "x")
        .replace("byte_order=\"LittleEndian\"", "byte_order=\"LittleEndian\" header_type=\"UInt64\"")
        .replace("format=\"ascii\">0 1 2 3 4 5 1 2 5 4 6</DataArray>", "format=\"appended\" offset=\"0\"/>");
    let [before, after] = [&appended[..appended.rfind("</VTKFile>").unwrap()], "</AppendedData></VTKFile>"];
    let raw = [before.as_bytes(), b"<AppendedData encoding=\"raw\">_", &most.to_le_bytes(), &[0; 16], after.as_bytes()].concat();
    all.push(("vtu", raw));
    std::panic::set_hook(Box::new(|_| ()));
    for (extension, bytes) in &all {
        let start = std::time::Instant::now();
        let error = import::parse(bytes, extension, "hostile", 1.0).expect_err(&String::from_utf8_lossy(bytes));
        assert!(error.message.len() > 10 && start.elapsed().as_secs_f64() < 0.5, "{error} after {:?}", start.elapsed());
    }
    let _ = std::panic::take_hook();
    // Ten gigabytes of nothing behind a good head; a device without an end; no file at all.
    let place = std::path::PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sparse.msh");
    std::fs::write(&place, head("4.1", 1)).unwrap();
    std::fs::OpenOptions::new().write(true).open(&place).unwrap().set_len(most).unwrap();
    for (path, say) in [
        (place.as_path(), "at most"),
        (std::path::Path::new("/dev/zero"), "at most"),
        (std::path::Path::new("none.msh"), "cannot be read"),
    ] {
        let error = import::read(path, 1.0).unwrap_err().to_string();
        assert!(error.contains(say), "{error}");
    }
    std::fs::remove_file(place).unwrap();
}

/// A group for each cell is a mistake, and looking each up among all would take for ever.
#[test]
fn a_group_for_each_cell_is_refused() {
    let mut text = String::from(
        "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n3\n1 0 0 0\n2 1 0 0\n3 0 1 0\n$EndNodes\n$Elements\n100000\n",
    );
    (1..=100_000).for_each(|k| text += &format!("{k} 2 1 {k} 1 2 3\n"));
    let start = std::time::Instant::now();
    let error = import::parse((text + "$EndElements\n").as_bytes(), "msh", "groups", 1.0).unwrap_err();
    assert!(error.message.contains("more than 10000 parts"), "{error}");
    assert!(start.elapsed().as_secs_f64() < 2.0);
}

/// Shapes and copies that no memory holds.
#[test]
fn parts_of_too_many_cells_are_refused() {
    let part = |shape: &str| {
        format!(
            "{HEAD}exchange = \"space\"\n[parts.lump]\nmaterial = \"steel\"\n{shape}\n[nodes.hot]\ntemperature_c = 1.0\n[[links]]\npart = \"lump\"\nnode = \"hot\"\nh_w_m2k = 1.0\n{STEEL}"
        )
    };
    for shape in [
        "shape = \"block\"\nsize_m = [1.0, 1.0, 1.0]\ncells = [10000, 10000, 10000]",
        "shape = \"box\"\nsize_m = [1.0, 1.0, 1.0]\ncells = [10000, 10000, 10000]\nthickness_mm = 1.0",
        "shape = \"sphere\"\nradius_m = 1.0\ncells = [10000, 10000]\nthickness_mm = 1.0",
        "shape = \"block\"\nsize_m = [1.0, 1.0, 1.0]\ncells = [1, 1, 1]\ncopies = { count = 1000000000, step_m = [2.0, 0.0, 0.0] }",
        "mesh = \"files/cube_41_text.msh\"\nunit = \"mm\"\ncopies = { count = 1000000000, step_m = [2.0, 0.0, 0.0] }",
    ] {
        let place = format!("{}/tests/case.toml", env!("CARGO_MANIFEST_DIR"));
        let model = thermsolve::case::parse(&place, part(shape)).map(Assembly::from_case).unwrap().unwrap();
        let error = thermsolve::analysis::bodies::Bodies::new(&model).expect_err(shape).to_string();
        assert!(error.contains("at most 33554432 are taken"), "{error}");
    }
}

#[test]
fn contacts_find_their_area() {
    // Two sheets, one turned by 30 degrees about its middle and cut differently, 1 mm apart: the common area is the smaller's.
    let outlines = |cells: &Cells| (0..cells.len()).map(|c| cells.places(c).collect()).collect::<Vec<Vec<_>>>();
    let large = Form::Panel { size_m: [2.0, 2.0] }.cells([7, 5, 1], "large");
    let mut small = Form::Panel { size_m: [0.6, 0.9] }.cells([4, 3, 1], "small");
    let by = part::placed(vector![1.1, 0.6, 1e-3], [0.0, 0.0, PI / 6.0]);
    part::move_by(&mut small, &by);
    let area = |within: f64| contact::pairs(&outlines(&large), &outlines(&small), within).iter().map(|p| p.2).sum::<f64>();
    near("common area", area(2e-3), 0.54, 1e-12);
    assert_eq!(area(0.5e-3), 0.0);
    // Half over the edge: a strip of 0.25 x 0.9 is common; seen from the other side too.
    let mut over = Form::Panel { size_m: [0.5, 0.9] }.cells([3, 4, 1], "over");
    part::move_by(&mut over, &part::placed(vector![1.75, 0.3, 0.0], [0.0; 3]));
    let half = contact::pairs(&outlines(&large), &outlines(&over), 1e-3).iter().map(|p| p.2).sum::<f64>();
    near("half", half, 0.225, 1e-12);
    part::move_by(&mut over, &part::placed(vector![0.0, 2.0, 0.0], [PI, 0.0, 0.0]));
    let turned = contact::pairs(&outlines(&large), &outlines(&over), 1e-3).iter().map(|p| p.2).sum::<f64>();
    near("turned over", turned, 0.225, 1e-12);
    // Across a right angle there is no contact.
    let wall = Form::Box { size_m: [1.0, 1.0, 1.0] }.cells([1, 1, 1], "box");
    assert_eq!(contact::pairs(&outlines(&large), &outlines(&wall)[2..], 1e-3).len(), 0);
}

/// Factors between parts made by the builder, from the sides named, and whether facets keep their areas.
fn factor(parts: &[(Form, [usize; 3], Vector3<f64>, bool)], from: usize, to: usize) -> f64 {
    let (mut shapes, mut codes, mut of) = (vec![], vec![], vec![]);
    for (k, (form, divisions, at, back)) in parts.iter().enumerate() {
        let mut cells = form.cells(*divisions, "part");
        part::move_by(&mut cells, &part::placed(*at, [0.0; 3]));
        let mut area = 0.0;
        for c in 0..cells.len() {
            for shape in facets(&cells.places(c).collect::<Vec<_>>()) {
                area += shape.area_m2();
                codes.push(2 * shapes.len() as u32 + u32::from(*back));
                of.push(k);
                shapes.push(shape);
            }
        }
        near("area", area / form.area_m2(), 1.0, 1e-4);
    }
    let scene = Scene::new(&shapes).unwrap();
    let raw = trace(&Cpu::<f64>::new(), &scene, &codes, 512, 5, &|_| ()).unwrap();
    let (mut met, mut area) = (0.0, 0.0);
    for i in (0..codes.len()).filter(|&i| of[i] == from) {
        let a = scene.area_m2((codes[i] >> 1) as usize);
        area += a;
        met += a * raw.row(i).filter(|(j, _)| of[*j] == to).map(|(_, f)| f).sum::<f64>();
    }
    met / area
}

/// Closed forms of families A04, A05, A06 and A14: faceting moves them by the square of the facets' angle.
#[test]
fn built_parts_see_each_other_as_closed_forms_say() {
    let o = Vector3::zeros();
    let disc = |r: f64| Form::Disc { inner_m: 0.0, outer_m: r };
    // Coaxial discs of radius 1 and 0.6 at a distance of 0.8, facing each other.
    let (r1, r2) = (1.0 / 0.8, 0.6 / 0.8);
    let s = 1.0 + (1.0 + r2 * r2) / (r1 * r1);
    let want = 0.5 * (s - (s * s - 4.0_f64 * (0.6 * 0.6)).sqrt());
    let parts = [(disc(1.0), [6, 48, 1], o, false), (disc(0.6), [5, 48, 1], vector![0.0, 0.0, 0.8], true)];
    near("discs", factor(&parts, 0, 1), want, 2e-3);
    // Sphere of radius 0.5 to a disc of radius 1 whose plane is 1.5 from its centre.
    let want = 0.5 * (1.0 - 1.0 / (1.0_f64 + 1.0 / 2.25).sqrt());
    let parts = [(Form::Sphere { radius_m: 0.5 }, [16, 32, 1], o, false), (disc(1.0), [6, 48, 1], vector![0.0, 0.0, 1.5], true)];
    near("sphere and disc", factor(&parts, 0, 1), want, 2e-3);
    // Concentric spheres: what leaves the outer one and meets the inner one is the ratio of areas.
    let sphere = |r: f64| Form::Sphere { radius_m: r };
    let parts = [(sphere(0.5), [16, 32, 1], o, false), (sphere(1.0), [16, 32, 1], o, true)];
    near("spheres", factor(&parts, 1, 0), 0.25, 2e-3);
    near("spheres, from inside", factor(&parts, 0, 1), 1.0, 1e-12);
    // A closed cone: from its inside to its base by reciprocity; a cylinder to one of its ends by that of the discs.
    let cone = Form::Cone { base_m: 0.7, end_m: 0.0, length_m: 1.2 };
    let parts = [(cone, [8, 48, 1], o, true), (disc(0.7), [5, 48, 1], o, false)];
    near("cone", factor(&parts, 0, 1), 0.7 / 0.7_f64.hypot(1.2), 2e-3);
    let tube = Form::Cone { base_m: 0.5, end_m: 0.5, length_m: 1.0 };
    let parts = [(tube, [8, 48, 1], o, true), (disc(0.5), [5, 48, 1], o, false)];
    // F of two discs of radius = half their distance is 3 − √8; a quarter of the rest comes back from the wall.
    near("cylinder", factor(&parts, 0, 1), 0.25 * (1.0 - (3.0 - 8.0_f64.sqrt())), 2e-3);
}

#[test]
fn curved_parts_keep_their_area() {
    for form in [
        Form::Sphere { radius_m: 0.4 },
        Form::Cone { base_m: 0.5, end_m: 0.2, length_m: 1.1 },
        Form::Disc { inner_m: 0.1, outer_m: 0.7 },
        Form::Paraboloid { radius_m: 0.6, focal_m: 0.5 },
    ] {
        let cells = form.cells([6, 20, 1], "part");
        let graph = FaceGraph::new(&cells, &[1e-3]);
        let area: f64 = graph.shell_m2.iter().map(|a| a.norm()).sum();
        near("area", area / form.area_m2(), 1.0, 1e-12);
    }
    // The paraboloid's own area, by quadrature of 2 pi r sqrt(1 + (r/2f)^2).
    let (n, mut sum) = (200_000, 0.0);
    for k in 0..n {
        let r = 0.6 * (k as f64 + 0.5) / n as f64;
        sum += 2.0 * PI * r * (1.0 + r * r).sqrt() * 0.6 / n as f64;
    }
    near("paraboloid", Form::Paraboloid { radius_m: 0.6, focal_m: 0.5 }.area_m2(), sum, 1e-9);
}

/// Analyses the text of an assembly whose files lie in `tests/`.
fn analysed(text: &str) -> Solution {
    let place = format!("{}/tests/case.toml", env!("CARGO_MANIFEST_DIR"));
    let file = thermsolve::case::parse(&place, text.to_owned()).unwrap_or_else(|e| panic!("{e}"));
    let model = Assembly::from_case(file).unwrap_or_else(|e| panic!("{e}"));
    analyse(&Cpu::<f64>::new(), &model, &Silent).unwrap()
}

const HEAD: &str = "name = \"test\"\nkind = \"assembly\"\nlife = \"beginning\"\n";
const STEEL: &str = "[materials.steel]\ndensity_kg_m3 = 7900.0\nconductivity_w_mk = 16.0\nsource = \"test\"\nevidence = \"derived\"\n[solver]\ntolerance_k = 1e-9\n";

/// C01: resistances in series, `q = ΔT / Σ R`, through built blocks with a contact that share no points, and through tetrahedra.
#[test]
fn slabs_in_series() {
    let built = format!(
        r#"{HEAD}exchange = "space"
[parts.lower]
shape = "block"
size_m = [0.1, 0.2, 0.05]
cells = [3, 4, 5]
material = "al_6061_t6"
[parts.upper]
shape = "block"
size_m = [0.1, 0.2, 0.02]
cells = [4, 3, 2]
material = "steel"
position_m = [0.0, 0.0, 0.0501]
turn_deg = [0.0, 0.0, 0.0]
[nodes.hot]
temperature_c = 90.0
[nodes.cold]
[nodes.space]
temperature_c = -20.0
[[contacts]]
a = "lower.z_high"
b = "upper.z_low"
h_w_m2k = 800.0
within_mm = 0.2
[[links]]
part = "lower.z_low"
node = "hot"
h_w_m2k = 5000.0
[[links]]
part = "upper.z_high"
node = "cold"
h_w_m2k = 300.0
[[links]]
part = "upper.z_high"
node = "space"
h_w_m2k = 200.0
{STEEL}"#
    );
    let s = analysed(&built);
    let area = 0.02;
    let r = 1.0 / 5000.0 + 0.05 / 155.0 + 1.0 / 800.0 + 0.02 / 16.0 + 1.0 / 200.0;
    let q = area * 110.0 / r;
    let t = &s.assembled.touches;
    near("contact area", t[0].area_m2, area, 1e-12);
    near("contact", t[0].heat_w(&s.state.node_k), q, 1e-7 * q);
    near("hot side", t[1].heat_w(&s.state.node_k), -q, 1e-7 * q);
    near("to the lumped node, which has no way out", t[2].heat_w(&s.state.node_k), 0.0, 1e-7 * q);
    near("cold side", t[3].heat_w(&s.state.node_k), q, 1e-7 * q);
    let cold = s.state.node_k[s.assembled.cell_of.len()] - 273.15;
    near("lumped node", cold, -20.0 + q / area / 200.0, 1e-6);
    let read = format!(
        r#"{HEAD}exchange = "space"
[parts.cube]
mesh = "files/cube_22_binary.msh"
unit = "mm"
material = "al_6061_t6"
[parts.cube.groups.far]
material = "steel"
[nodes.hot]
temperature_c = 90.0
[nodes.cold]
temperature_c = 10.0
[[links]]
part = "cube.left"
node = "hot"
h_w_m2k = 4000.0
[[links]]
part = "cube.right"
node = "cold"
h_w_m2k = 3000.0
{STEEL}"#
    );
    let s = analysed(&read);
    let q = 1e-4 * 80.0 / (1.0 / 4000.0 + 0.005 / 155.0 + 0.005 / 16.0 + 1.0 / 3000.0);
    // Each half has its own gradient, and the field between is linear: exact on any tetrahedra.
    near("through the cube", s.assembled.touches[1].heat_w(&s.state.node_k), q, 1e-7 * q);
}

/// B02: concentric grey spheres, `Q = σ A (T1⁴ − T2⁴) / (1/ε1 + (A1/A2)(1/ε2 − 1))`.
#[test]
fn spheres_exchange_heat() {
    let text = format!(
        r#"{HEAD}exchange = "traced"
[parts.inner]
shape = "sphere"
radius_m = 0.5
cells = [12, 24]
material = "al_6061_t6"
thickness_mm = 5.0
front = "grey"
[parts.outer]
shape = "sphere"
radius_m = 1.0
cells = [12, 24]
material = "al_6061_t6"
thickness_mm = 5.0
back = "dark"
[nodes.hot]
temperature_c = 100.0
[nodes.cold]
temperature_c = 0.0
[[links]]
part = "inner"
node = "hot"
h_w_m2k = 1e4
[[links]]
part = "outer"
node = "cold"
h_w_m2k = 1e4
[rays]
exchange = 1024
[solver]
tolerance_k = 1e-9
[coatings.grey]
absorptivity_beginning = 0.5
absorptivity_end = 0.5
emissivity_beginning = 0.4
emissivity_end = 0.4
areal_mass_kg_m2 = 0.1
source = "test"
evidence = "derived"
[coatings.dark]
absorptivity_beginning = 0.5
absorptivity_end = 0.5
emissivity_beginning = 0.7
emissivity_end = 0.7
areal_mass_kg_m2 = 0.1
source = "test"
evidence = "derived"
"#
    );
    let s = analysed(&text);
    let emissive = 5.670_374_419e-8 * (373.15_f64.powi(4) - 273.15_f64.powi(4));
    let want = PI * emissive / (1.0 / 0.4 + 0.25 * (1.0 / 0.7 - 1.0));
    near("heat", -s.assembled.touches[0].heat_w(&s.state.node_k), want, 2e-3 * want);
}

/// C07 and the honeycomb: an anisotropic panel turned in space conducts along its ribbons and across them as it should.
#[test]
fn a_turned_honeycomb_panel_conducts_along_its_axes() {
    for (axis, want) in [("x", 1.5), ("y", 1.0)] {
        // Almost no face sheets: the core's own conductivities, k d/S times 3/2 and 1.
        let text = format!(
            r#"{HEAD}exchange = "space"
[parts.panel]
shape = "honeycomb"
size_m = [{}]
cells = [{}]
material = "thin"
thickness_mm = 0.01
turn_deg = [30.0, 50.0, -20.0]
position_m = [3.0, 2.0, 1.0]
[parts.panel.core]
material = "al_6061_t6"
height_mm = 19.98
cell_mm = 5.0
foil_um = 25.0
[parts.one]
shape = "panel"
size_m = [0.1, 0.1]
cells = [1, 1]
material = "thin"
thickness_mm = 1.0
parent = "panel"
position_m = [0.0, 0.0, 0.001]
[parts.two]
shape = "panel"
size_m = [0.1, 0.1]
cells = [1, 1]
material = "thin"
thickness_mm = 1.0
parent = "panel"
position_m = [{}, 0.001]
[nodes.hot]
temperature_c = 50.0
[nodes.cold]
temperature_c = 20.0
[[contacts]]
a = "panel"
b = "one"
h_w_m2k = 1e3
within_mm = 2.0
[[contacts]]
a = "panel"
b = "two"
h_w_m2k = 1e3
within_mm = 2.0
[[links]]
part = "one"
node = "hot"
h_w_m2k = 1e3
[[links]]
part = "two"
node = "cold"
h_w_m2k = 1e3
[solver]
tolerance_k = 1e-9
[materials.thin]
density_kg_m3 = 1000.0
conductivity_w_mk = 0.001
source = "test"
evidence = "derived"
"#,
            if axis == "x" { "1.0, 0.1" } else { "0.1, 1.0" },
            if axis == "x" { "10, 1" } else { "1, 10" },
            if axis == "x" { "0.9, 0.0" } else { "0.0, 0.9" },
        );
        let s = analysed(&text);
        // The end cells are held; nine steps of 0.1 m between their centres.
        let k = want * 155.0 * 25e-6 / 5e-3;
        let sheet_w_per_k = k * 19.98e-3 + 1e-3 * 2e-5;
        let heat = 30.0 / (0.9 / (0.1 * sheet_w_per_k) + 4.0 / (1e3 * 0.01));
        near(axis, s.assembled.touches[0].heat_w(&s.state.node_k), -heat, 1e-6 * heat);
    }
}

/// A closed surface of quads has two points more than cells, by Euler: none lies on another.
#[test]
fn boxes_close_whatever_their_edges() {
    for n in 1..=12 {
        for k in 1..=40 {
            let size = 0.1 * f64::from(k);
            let shell = Form::Box { size_m: [size, 0.8, 1.1] }.cells([n, 3, 7], "box");
            assert_eq!(shell.points_m.len(), shell.len() + 2, "{n} cells on {size} m");
        }
    }
}
