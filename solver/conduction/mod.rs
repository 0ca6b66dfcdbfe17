//! Linear conductors GL from the finite-volume mesh.

pub mod exchanger;
pub mod heat_pipe;
pub mod hydraulics;
pub mod stream;
pub mod tube;
pub mod volumes;

use crate::mesh::Panel;

/// A linear conductor between two nodes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Conductor {
    /// One node.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Conductance, W/K.
    pub gl_w_per_k: f64,
}

/// Conductors between neighbouring cells of a panel: `GL = edge / Σ (distance/(k t))` over the halves of cells between the centres.
///
/// `sheet_w_per_k` is k·t in both halves of each column. Columns marked in `rigid_u` are backed by a tube and taken as isothermal across, so the
/// distance to a fin counts from their edge; between two rigid columns it counts in full. Second order on smooth meshes.
/// Truth: `closed_form::fin_efficiency_of_the_field_model`, `closed_form::tube_fin_panels` (D01, D05).
pub fn sheet(panel: &Panel, first_cell: usize, sheet_w_per_k: &[[f64; 2]], rigid_u: &[bool]) -> Vec<Conductor> {
    let (nu, nv) = (panel.nu(), panel.nv());
    let mut all = Vec::with_capacity(2 * nu * nv);
    for iv in 0..nv {
        for iu in 0..nu {
            let a = first_cell + panel.cell(iu, iv);
            if iu + 1 < nu {
                let (here, there) = (rigid_u[iu], rigid_u[iu + 1]);
                let half = |i: usize, rigid: bool| if rigid && here != there { 0.0 } else { 0.5 * panel.du(i) };
                let k_per_w = half(iu, here) / sheet_w_per_k[iu][1] + half(iu + 1, there) / sheet_w_per_k[iu + 1][0];
                all.push(Conductor { a, b: a + 1, gl_w_per_k: panel.dv(iv) / k_per_w });
            }
            if iv + 1 < nv {
                let distance = 0.5 * (panel.dv(iv) + panel.dv(iv + 1));
                let mean = 0.5 * (sheet_w_per_k[iu][0] + sheet_w_per_k[iu][1]);
                all.push(Conductor { a, b: a + nu, gl_w_per_k: mean * panel.du(iu) / distance });
            }
        }
    }
    all
}
