//! A network as matrices in the Matrix Market format, which scipy, MATLAB, Julia and others read.
//!
//! With T in K, all nodes in the order of `nodes.csv`, σ = 5.670374419e-8 W/(m² K⁴): heat into the nodes is
//! `Q = GL T + GF T + σ GR T⁴ + load`, and `capacity dT/dt = Q` where a node is not held. Rows of GL and GR hold −Σ_j G_ij on the
//! diagonal and G_ij beside it (and in GL what conductors of leaning cells miss); rows of GF hold what a node receives from upstream, −GF on the diagonal and GF beside it, and the
//! Peltier terms of coolers. `system` and `rhs` are the balance made linear at one temperature T₀, where
//! `σ GR T⁴ ≈ 4 σ T₀³ GR T`: `system T = rhs`; rows of held nodes say `T = held`. Without radiative conductors it is exact.

use super::Remark;
use super::of_model::beside;
use crate::constants::{CELSIUS_ZERO_K, STEFAN_BOLTZMANN};
use crate::model::assembly::Assembly;
use crate::model::lumped::{LumpedModel, Path};
use sprs::io::write_matrix_market_to_bufwrite;
use sprs::{CsMat, TriMat};
use std::fmt::Write;

/// Files by name, and what they lack.
pub type Files = (Vec<(&'static str, Vec<u8>)>, Vec<Remark>);

struct Matrices {
    gl: TriMat<f64>,
    gr: TriMat<f64>,
    gf: TriMat<f64>,
    load: Vec<f64>,
}

/// Conductance `g` between two nodes.
fn both(m: &mut TriMat<f64>, a: usize, b: usize, g: f64) {
    for (i, j) in [(a, b), (b, a)] {
        m.add_triplet(i, j, g);
        m.add_triplet(i, i, -g);
    }
}

fn matrices(model: &LumpedModel, at_k: f64) -> Matrices {
    let n = model.nodes.len();
    let empty = || TriMat::new((n, n));
    let load = model.nodes.iter().map(|n| n.power_w.at(0.0)).collect();
    let mut m = Matrices { gl: empty(), gr: empty(), gf: empty(), load };
    for c in &model.conductors {
        match &c.path {
            Path::Linear(g) => both(&mut m.gl, c.a, c.b, g.at(0.0)),
            Path::LinearBy(g, curve) => both(&mut m.gl, c.a, c.b, g * curve.at(at_k)),
            Path::Controlled(g, curve, _) => both(&mut m.gl, c.a, c.b, g * curve.as_ref().map_or(1.0, |c| c.at(at_k))),
            Path::Radiative(g) => both(&mut m.gr, c.a, c.b, g.at(0.0)),
            Path::Flow(g) => {
                m.gf.add_triplet(c.b, c.a, g.at(0.0));
                m.gf.add_triplet(c.b, c.b, -g.at(0.0));
            }
        }
    }
    for c in &model.coolers {
        both(&mut m.gl, c.cold, c.hot, c.gl_w_per_k);
        m.gf.add_triplet(c.cold, c.cold, -c.pumped_w_per_k);
        m.gf.add_triplet(c.hot, c.hot, c.pumped_w_per_k);
        m.load[c.cold] += 0.5 * c.joule_w;
        m.load[c.hot] += 0.5 * c.joule_w;
    }
    m
}

/// A vector as a matrix of one column, with an entry for every node.
fn column(values: &[f64]) -> CsMat<f64> {
    let mut t = TriMat::new((values.len(), 1));
    values.iter().enumerate().for_each(|(i, v)| t.add_triplet(i, 0, *v));
    t.to_csr()
}

fn text(matrix: &CsMat<f64>) -> Vec<u8> {
    let mut out = vec![];
    write_matrix_market_to_bufwrite(&mut out, matrix).expect("memory takes what is written");
    out
}

/// The matrices of a network at the first moment, with properties by temperature at `at_k`. `missed`: heat into a node by the
/// temperature of a node, W/K, that no conductor stands for; it goes into GL, which is then not symmetric.
///
/// Truth: `decks::matrices_solve_to_the_same_temperatures`, `python::scipy_solves_the_matrices`.
pub fn write(assembly: &Assembly, missed: &[(usize, usize, f64)], at_k: f64) -> Files {
    let model = &assembly.lumped;
    let mut m = matrices(model, at_k);
    missed.iter().for_each(|&(i, j, w)| m.gl.add_triplet(i, j, w));
    let (gl, gr, gf): (CsMat<f64>, CsMat<f64>, CsMat<f64>) = (m.gl.to_csr(), m.gr.to_csr(), m.gf.to_csr());
    let held: Vec<Option<f64>> = model.nodes.iter().map(|n| n.held_k.as_ref().map(|t| t.at(0.0))).collect();
    let n = model.nodes.len();
    let mut system = TriMat::new((n, n));
    let slope = 4.0 * STEFAN_BOLTZMANN * at_k.powi(3);
    for (matrix, factor) in [(&gl, 1.0), (&gf, 1.0), (&gr, slope)] {
        for (value, (i, j)) in matrix {
            if held[i].is_none() {
                system.add_triplet(i, j, -factor * value);
            }
        }
    }
    let (mut rhs, mut held_k) = (m.load.clone(), TriMat::new((n, 1)));
    for (i, t) in held.iter().enumerate().filter_map(|(i, t)| Some((i, (*t)?))) {
        system.add_triplet(i, i, 1.0);
        rhs[i] = t;
        held_k.add_triplet(i, 0, t);
    }
    let capacity: Vec<f64> = model.nodes.iter().map(|n| n.capacity_j_per_k.as_ref().map_or(0.0, |c| c.at(0.0))).collect();
    let mut nodes = "row,node,kind\n".to_owned();
    for (i, node) in model.nodes.iter().enumerate() {
        let kind = match (&node.held_k, &node.capacity_j_per_k) {
            (Some(_), _) => "boundary",
            (None, Some(_)) => "diffusion",
            (None, None) => "arithmetic",
        };
        let _ = writeln!(nodes, "{},\"{}\",{kind}", i + 1, node.name.replace('"', "\"\""));
    }
    let files = vec![
        ("gl.mtx", text(&gl)),
        ("gr.mtx", text(&gr)),
        ("gf.mtx", text(&gf)),
        ("capacity.mtx", text(&column(&capacity))),
        ("load.mtx", text(&column(&m.load))),
        ("held.mtx", text(&held_k.to_csr())),
        ("system.mtx", text(&system.to_csr())),
        ("rhs.mtx", text(&column(&rhs))),
        ("nodes.csv", nodes.into_bytes()),
    ];
    (files, remarks(assembly, at_k))
}

fn remarks(assembly: &Assembly, at_k: f64) -> Vec<Remark> {
    let (model, mut all) = (&assembly.lumped, beside(assembly));
    let mut say = |what: String, lost: bool| all.push(Remark { line: 0, what, lost });
    for c in &model.conductors {
        match &c.path {
            Path::LinearBy(..) | Path::Controlled(..) => {
                say(format!("conductor {}: its conductance at {} °C is written", c.name, at_k - CELSIUS_ZERO_K), true);
            }
            Path::Linear(t) | Path::Radiative(t) | Path::Flow(t) if !t.is_constant() => {
                say(format!("conductor {}: its conductance at 0 s is written", c.name), true);
            }
            _ => (),
        }
    }
    for n in &model.nodes {
        let tables = [n.held_k.as_ref(), n.capacity_j_per_k.as_ref(), Some(&n.power_w)];
        if tables.into_iter().flatten().any(|t| !t.is_constant()) {
            say(format!("node {}: its values at 0 s are written", n.name), true);
        }
        if n.capacity_curve.is_some() {
            say(format!("node {}: its capacity without melting is written", n.name), true);
        }
    }
    all
}
