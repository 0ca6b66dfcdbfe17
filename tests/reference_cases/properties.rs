//! What holds for any network whatever its numbers: energy, equilibrium, order of the nodes, units, superposition, monotony.

use nalgebra::Vector3;
use proptest::prelude::*;
use sprs::TriMat;
use thermsolve::backend::Cpu;
use thermsolve::conduction::Conductor;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::mesh::Shape;
use thermsolve::network::{Face, Internal, Network, Surface};
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{Quality, ViewFactors, close, trace};
use thermsolve::solve::Rows;
use thermsolve::solve::heat::Heat;
use thermsolve::solve::method::Method;
use thermsolve::solve::steady::{Settings, steady};
use thermsolve::solve::transient::{Stepping, Still, Transient};

/// Random numbers of a node: area, emissivity, absorbed sunlight W/m², internal heat W, heat capacity J/K.
type Node = (f64, f64, f64, f64, f64);

/// Random networks: nodes with a surface each, a connected graph of conductors, reciprocal view factors of which `open` says
/// whether a part goes to space. In a closed one each surface sees of itself what it does not see of others.
fn networks(open: bool) -> impl Strategy<Value = Network> {
    let node = (0.1_f64..3.0, 0.05_f64..0.95, 0.0_f64..400.0, 0.0_f64..150.0, 50.0_f64..5000.0);
    let pair = || (0_usize..20, 0_usize..20);
    let (conductors, factors) = ((pair(), 0.01_f64..20.0), (pair(), 0.01_f64..1.0));
    (prop::collection::vec(node, 3..20), prop::collection::vec(conductors, 0..40), prop::collection::vec(factors, 0..60))
        .prop_map(move |(nodes, conductors, factors)| built(&nodes, &conductors, &factors, open))
}

type Pairs = [((usize, usize), f64)];

fn built(nodes: &[Node], conductors: &Pairs, factors: &Pairs, open: bool) -> Network {
    let n = nodes.len();
    let mut network = Network::new(n);
    let apart = |pairs: &Pairs| -> Vec<(usize, usize, f64)> {
        pairs.iter().map(|((a, b), x)| (a % n, b % n, *x)).filter(|(a, b, _)| a != b).collect()
    };
    // A chain holds all together.
    let chain = (1..n).map(|b| (b - 1, b, 0.3));
    network.conductors = chain.chain(apart(conductors)).map(|(a, b, gl_w_per_k)| Conductor { a, b, gl_w_per_k }).collect();
    for (k, &(area_m2, emissivity, solar_w_m2, heat_w, capacity)) in nodes.iter().enumerate() {
        network.faces.push(Face { node: k, surface: k, area_m2 });
        network.surfaces.push(Surface {
            emissivity,
            solar_w_m2: if open { solar_w_m2 } else { 0.0 },
            albedo_w_m2: 0.0,
            planet_ir_w_m2: 0.0,
        });
        network.internal[k].at_reference_w = if open { heat_w } else { 0.0 };
        network.capacity_j_per_k[k] = capacity;
    }
    let mut g = vec![vec![0.0; n]; n];
    for (a, b, x) in apart(factors) {
        g[a][b] += x;
        g[b][a] += x;
    }
    let area_m2: Vec<f64> = nodes.iter().map(|node| node.0).collect();
    let most = g.iter().zip(&area_m2).map(|(row, a)| row.iter().sum::<f64>() / a).fold(1e-9, f64::max);
    let (mut t, mut g_space_m2) = (TriMat::new((n, n)), vec![0.0; n]);
    for i in 0..n {
        let mut left = area_m2[i];
        for (j, x) in g[i].iter().map(|x| 0.9 * x / most).enumerate() {
            left -= x;
            if x > 0.0 {
                t.add_triplet(i, j, x);
            }
        }
        if open { g_space_m2[i] = left } else { t.add_triplet(i, i, left) }
    }
    network.factors =
        Some(ViewFactors { area_m2, specular: vec![0.0; n], g_m2: t.to_csr(), g_space_m2, quality: Quality::default() });
    network
}

fn solved(network: &Network) -> Vec<f64> {
    let settings = Settings { tolerance_k: 1e-10, max_rounds: 100, residual: None };
    steady(&Cpu::<f64>::new(), network, vec![280.0; network.node_count], settings, &|_| ()).unwrap().node_k
}

fn far(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
}

/// The network with its nodes, surfaces and conductors in another order: node i of the old is `to[i]` of the new.
fn shuffled(network: &Network, to: &[usize]) -> Network {
    let n = network.node_count;
    let mut from = vec![0; n];
    to.iter().enumerate().for_each(|(old, new)| from[*new] = old);
    let mut other = network.clone();
    other.conductors = network.conductors.iter().rev().map(|c| Conductor { a: to[c.b], b: to[c.a], ..*c }).collect();
    for (new, &old) in from.iter().enumerate() {
        other.surfaces[new] = network.surfaces[old];
        other.internal[new] = network.internal[old];
        other.faces[new] = Face { node: new, surface: new, area_m2: network.faces[old].area_m2 };
    }
    let f = network.factors.as_ref().unwrap();
    let mut t = TriMat::new((n, n));
    f.g_m2.iter().for_each(|(g, (i, j))| t.add_triplet(to[i], to[j], *g));
    let of = |v: &[f64]| from.iter().map(|old| v[*old]).collect();
    other.factors = Some(ViewFactors {
        area_m2: of(&f.area_m2),
        specular: of(&f.specular),
        g_m2: t.to_csr(),
        g_space_m2: of(&f.g_space_m2),
        quality: f.quality,
    });
    other
}

/// The network in other units: lengths squared by `size`, temperatures by `hot`. Heat is `size · hot⁴`, a conductance
/// `size · hot³`.
fn scaled(network: &Network, size: f64, hot: f64) -> Network {
    let mut other = network.clone();
    let flux = hot.powi(4);
    other.space_k *= hot;
    other.conductors.iter_mut().for_each(|c| c.gl_w_per_k *= size * hot.powi(3));
    other.internal.iter_mut().for_each(|q| q.at_reference_w *= size * flux);
    other.faces.iter_mut().for_each(|f| f.area_m2 *= size);
    other.surfaces.iter_mut().for_each(|s| s.solar_w_m2 *= flux);
    let f = other.factors.as_mut().unwrap();
    f.area_m2.iter_mut().chain(&mut f.g_space_m2).for_each(|a| *a *= size);
    f.g_m2 = f.g_m2.map(|g| g * size);
    other
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    /// Closed view factors of any scene: reciprocal, and each row with space makes the whole. A pair that few rays join may come
    /// out below zero, by less than three rays of the 512.
    #[test]
    fn factors_are_reciprocal_and_complete(plates in prop::collection::vec(prop::array::uniform7(-1.0_f64..1.0), 3..8), seed in any::<u32>()) {
        let shapes: Vec<Shape> = plates
            .iter()
            .map(|x| Shape::parallelogram(Vector3::new(x[0], x[1], x[2]) * 2.0, Vector3::new(x[3], x[4], 1.2), Vector3::new(1.2, x[5], x[6])))
            .collect();
        let surfaces: Vec<u32> = (0..2 * shapes.len() as u32).collect();
        let area_m2: Vec<f64> = surfaces.iter().map(|s| shapes[*s as usize / 2].area_m2()).collect();
        let raw = trace(&Cpu::<f64>::new(), &Scene::new(&shapes).unwrap(), &surfaces, 512, seed, &|_| ()).unwrap();
        let f = close(&raw, area_m2.clone()).unwrap();
        for (i, area) in area_m2.iter().enumerate() {
            let mut sum = f.g_space_m2[i];
            prop_assert!(sum > -3.0 / 512.0 * area, "surface {i} sees {sum} m² of space");
            for (j, g) in f.g_m2.outer_view(i).unwrap().iter() {
                let back = f.g_m2.get(j, i).copied().unwrap_or(0.0);
                prop_assert!(*g > -3.0 / 512.0 * area && (g - back).abs() < 1e-12 * area, "{i}, {j}: {g} m² and {back} m²");
                sum += g;
            }
            prop_assert!((sum - area).abs() < 1e-10 * area, "row {i}: {sum} m² of {area} m²");
        }
    }

    /// Equal temperatures in a closed enclosure: no node gains or loses heat.
    #[test]
    fn an_isothermal_enclosure_is_at_rest(network in networks(false), t in 50.0_f64..900.0) {
        let (rows, cpu, n) = (Rows::new(&network), Cpu::<f64>::new(), network.node_count);
        let net = Heat::new(&cpu, None, &rows, &network).unwrap().net_w(&network, &vec![t; n]).unwrap();
        for (q, node) in net.iter().zip(0..n) {
            let emitted = network.surfaces[node].emissivity * network.faces[node].area_m2 * STEFAN_BOLTZMANN * t.powi(4);
            prop_assert!(q.abs() < 1e-12 * emitted, "node {node}: {q} W of {emitted} W");
        }
    }

    /// An isolated network keeps its energy while it evens out, and no node leaves the span it began in.
    #[test]
    fn isolation_keeps_energy(network in networks(false), seed in 0_u32..1000, second in any::<bool>()) {
        let (rows, cpu, n) = (Rows::new(&network), Cpu::<f64>::new(), network.node_count);
        let capacity = network.capacity_j_per_k.clone();
        let start: Vec<f64> = (0..n).map(|k| 300.0 + 150.0 * (f64::from(seed) + 1.7 * k as f64).sin()).collect();
        let energy = |t: &[f64]| t.iter().zip(&capacity).map(|(t, c)| t * c).sum::<f64>();
        let span = start.iter().fold((f64::MAX, f64::MIN), |s, t| (s.0.min(*t), s.1.max(*t)));
        let method = if second { Method::TrBdf2 } else { Method::Esdirk4 };
        let tolerance_k = 1e-3;
        let stepping = Stepping { method, tolerance_k, ..Stepping::default() };
        let mut run = Transient::new(&cpu, &rows, network, vec![], Still, stepping).unwrap();
        let mut state = run.start(0.0, start.clone());
        let mut steps = 0.0;
        run.advance(&mut state, 2000.0, &mut |_, _| { steps += 1.0; true }).unwrap();
        // Newton leaves a thousandth of the step's tolerance in a stage; a stage's heat counts about once.
        let left = 1e-3 * tolerance_k * (4.0 * steps);
        let mean = |t: &[f64]| energy(t) / capacity.iter().sum::<f64>();
        prop_assert!((mean(&state.node_k) - mean(&start)).abs() < left, "{} K to {} K in {steps} steps", mean(&start), mean(&state.node_k));
        prop_assert!(far(&state.node_k, &start) > 1.0, "nothing moved");
        for t in &state.node_k {
            prop_assert!(*t > span.0 - 0.01 && *t < span.1 + 0.01, "{t} K outside of {span:?}");
        }
    }

    /// What a node is called does not matter.
    #[test]
    fn order_does_not_matter(network in networks(true), keys in prop::collection::vec(any::<u32>(), 20)) {
        let mut from: Vec<usize> = (0..network.node_count).collect();
        from.sort_by_key(|k| keys[*k]);
        let mut to = vec![0; from.len()];
        from.iter().enumerate().for_each(|(new, old)| to[*old] = new);
        let (t, other) = (solved(&network), solved(&shuffled(&network, &to)));
        let back: Vec<f64> = to.iter().map(|new| other[*new]).collect();
        prop_assert!(far(&t, &back) < 1e-7, "{:e} K", far(&t, &back));
    }

    /// Neither do the units of length and temperature.
    #[test]
    fn units_do_not_matter(network in networks(true), size in 0.01_f64..100.0, hot in 0.5_f64..2.0) {
        let t: Vec<f64> = solved(&network).iter().map(|t| hot * t).collect();
        let other = solved(&scaled(&network, size, hot));
        prop_assert!(far(&t, &other) < 1e-7, "{:e} K", far(&t, &other));
    }

    /// Without radiation, rises add up.
    #[test]
    fn rises_add_up_without_radiation(network in networks(true), a in 0_usize..20, b in 0_usize..20) {
        let mut linear = network;
        let n = linear.node_count;
        (linear.factors, linear.faces, linear.surfaces) = (None, vec![], vec![]);
        for (k, q) in linear.internal.iter_mut().enumerate() {
            *q = Internal { at_reference_w: 0.0, slope_w_per_k: -0.1 - 0.05 * k as f64, reference_k: 250.0 + 5.0 * k as f64 };
        }
        let with = |heat: &[(usize, f64)]| {
            let mut heated = linear.clone();
            heat.iter().for_each(|(k, w)| heated.internal[k % n].at_reference_w += w);
            solved(&heated)
        };
        let (none, one, two, both) = (with(&[]), with(&[(a, 30.0)]), with(&[(b, -12.0)]), with(&[(a, 30.0), (b, -12.0)]));
        let sum: Vec<f64> = (0..n).map(|k| one[k] + two[k] - none[k]).collect();
        prop_assert!(far(&sum, &both) < 1e-7, "{:e} K", far(&sum, &both));
        prop_assert!(far(&none, &both) > 1e-3, "nothing moved");
    }

    /// More heat anywhere makes no node colder, and warmer space neither: the derivative is an M-matrix.
    #[test]
    fn more_heat_is_nowhere_colder(network in networks(true), at in 0_usize..20, more_w in 0.1_f64..200.0) {
        let (before, mut heated, mut warmer) = (solved(&network), network.clone(), network.clone());
        let at = at % network.node_count;
        heated.internal[at].at_reference_w += more_w;
        warmer.space_k += 100.0;
        for (name, other) in [("heat", heated), ("space", warmer)] {
            let after = solved(&other);
            for (k, (a, b)) in before.iter().zip(&after).enumerate() {
                prop_assert!(b - a > -1e-8, "{name}: node {k} from {a} K to {b} K");
            }
            prop_assert!(after[at] > before[at], "{name}: node {at} at {} K", after[at]);
        }
    }
}
