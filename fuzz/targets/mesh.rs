//! What is done with every mesh file: it is read, its faces are found, it is measured.

use thermsolve::mesh::faces::FaceGraph;
use thermsolve::mesh::import;
use thermsolve::mesh::quality::measure;

pub fn read(bytes: &[u8], extension: &str) {
    if let Ok(cells) = import::parse(bytes, extension, "part", 1e-3) {
        let graph = FaceGraph::new(&cells, &vec![1e-3; cells.parts.len()]);
        measure(&cells, &graph).ok();
    }
}
