//! From geometry, factors and heating to the network.

use super::OrbitState;
use super::exchange::{Exchange, Means};
use super::layout::{Layout, Part};
use crate::conduction;
use crate::conduction::tube::Flow;
use crate::environment::Timeline;
use crate::mesh::Panel;
use crate::model::curve::Curve;
use crate::model::design::Design;
use crate::model::{Model, Optics};
use crate::network::{Coolant, Face, FilmLink, Internal, Lattice, Network, Surface};
use crate::radiation::exchange::irradiation;
use crate::radiation::heating::Incident;
use crate::radiation::view_factor::ViewFactors;

/// Builds the network of a design. Factors: in the infrared, and in sunlight where they differ.
pub fn network(
    model: &Model,
    design: &Design,
    orbit: &OrbitState,
    layout: &Layout,
    (exchange, means): (&Exchange, Means),
    incident: &Incident,
) -> Network {
    let mut network = Network::new(layout.mesh.cell_count());
    let optics: Vec<Optics> = layout.sides.iter().map(|s| s.optics).collect();
    network.surfaces = surfaces(&orbit.timeline, &optics, (exchange, &means), incident);
    let k = model.radiator.conductivity_w_mk;
    let mut of_radiator = 0;
    for (panel, (p, part)) in layout.mesh.panels.iter().zip(&layout.parts).enumerate() {
        network.lattices.push(Lattice { first: layout.mesh.first_cell[panel], size: [p.nu(), p.nv(), 1] });
        let mut rigid = vec![false; p.nu()];
        let thickness = match part {
            Part::Radiator => {
                layout.tube_columns.iter().flatten().for_each(|&c| rigid[c] = true);
                design.sheet_m
            }
            Part::Array => model.array.substrate_m,
            Part::Bus => model.bus_skin_m,
        };
        network.conductors.extend(conduction::sheet(p, layout.mesh.first_cell[panel], k * thickness, &rigid));
        if *part == Part::Radiator {
            of_radiator = network.conductors.len();
        }
    }
    by_temperature(model, layout, of_radiator, &mut network);
    faces(layout, &mut network);
    photovoltaics(model, orbit, layout, incident, &mut network);
    network.coolant = coolant(model, design, layout);
    network.factors = Some(means.infrared);
    network.factors_in_sunlight = means.sunlight;
    network
}

/// Conductivity and optics of the radiator by temperature, as factors on the values used elsewhere.
fn by_temperature(model: &Model, layout: &Layout, conductors: usize, network: &mut Network) {
    let r = &model.radiator;
    if !r.conductivity_by_k.is_empty() {
        network.by_temperature.conductance = vec![(0..conductors, Curve::of_table(&r.conductivity_by_k, r.conductivity_w_mk))];
    }
    let sides = layout.radiator_sides();
    let Optics { absorptivity, emissivity, .. } = r.optics;
    if !r.absorptivity_by_k.is_empty() {
        network.by_temperature.absorptivity = vec![(0..sides, Curve::of_table(&r.absorptivity_by_k, absorptivity))];
    }
    if !r.emissivity_by_k.is_empty() {
        network.by_temperature.emissivity = vec![(0..sides, Curve::of_table(&r.emissivity_by_k, emissivity), emissivity)];
    }
}

/// Absorbed flux of each surface, orbit average, reflections included as each pose throws them.
pub(super) fn surfaces(
    timeline: &Timeline,
    optics: &[Optics],
    (exchange, means): (&Exchange, &Means),
    incident: &Incident,
) -> Vec<Surface> {
    let zero = vec![0.0; optics.len()];
    let in_sunlight: Vec<f64> = optics.iter().map(|o| 1.0 - o.absorptivity).collect();
    let in_infrared: Vec<f64> = optics.iter().map(|o| 1.0 - o.emissivity).collect();
    let [mut solar, mut albedo, mut planet] = [zero.clone(), zero.clone(), zero.clone()];
    let add = |sum: &mut [f64], factors: &ViewFactors, mean: Vec<f64>, reflectance: &[f64]| {
        let received = irradiation(factors, reflectance, &zero, &mean);
        sum.iter_mut().zip(received).for_each(|(s, h)| *s += h);
    };
    exchange.each_in_sunlight(means.sunlight.as_ref().unwrap_or(&means.infrared), |pose, factors| {
        let t = timeline.counting_pose(pose);
        let direct = incident.mean_solar(&t);
        let arriving = direct.iter().zip(incident.mean_mirrored(&t)).map(|(s, m)| s + m).collect();
        add(&mut solar, factors, arriving, &in_sunlight);
        add(&mut albedo, factors, incident.mean_albedo(&t), &in_sunlight);
    });
    exchange.each(&means.infrared, |pose, factors| {
        let t = timeline.counting_pose(pose);
        add(&mut planet, factors, incident.mean_planet_ir(&t), &in_infrared);
    });
    let surface = |(i, o): (usize, &Optics)| Surface {
        emissivity: o.emissivity,
        solar_w_m2: o.absorptivity * solar[i],
        albedo_w_m2: o.absorptivity * albedo[i],
        planet_ir_w_m2: o.emissivity * planet[i],
    };
    optics.iter().enumerate().map(surface).collect()
}

/// Ties the cells to their surfaces.
fn faces(layout: &Layout, network: &mut Network) {
    let mesh = &layout.mesh;
    for (surface, side) in layout.sides.iter().enumerate() {
        let (panel, facet) = (side.panel, (side.code >> 1) as usize);
        let p: &Panel = &mesh.panels[panel];
        let (us, vs) = p.facet_cells(facet - mesh.first_facet[panel]);
        for iv in vs {
            for iu in us.clone() {
                let node = mesh.first_cell[panel] + p.cell(iu, iv);
                network.faces.push(Face { node, surface, area_m2: p.du(iu) * p.dv(iv) });
            }
        }
    }
}

/// Electricity drawn from the array's cells: `P = A S_direct packing η (1 + c (T − T_ref))`, orbit average. Sunlight that mirrors
/// throw on some cells of a string adds none.
fn photovoltaics(model: &Model, orbit: &OrbitState, layout: &Layout, incident: &Incident, network: &mut Network) {
    let a = &model.array;
    let direct = incident.mean_solar(&orbit.timeline);
    for face in &network.faces {
        let side = &layout.sides[face.surface];
        if layout.parts[side.panel] == Part::Array && side.code & 1 == 0 {
            let at_reference = -a.packing * a.efficiency * direct[face.surface] * face.area_m2;
            network.internal[face.node] = Internal {
                at_reference_w: at_reference,
                slope_w_per_k: at_reference * a.temperature_coefficient_per_k,
                reference_k: a.reference_k,
            };
        }
    }
}

/// Channels of the active tubes and their links to the sheet.
fn coolant(model: &Model, design: &Design, layout: &Layout) -> Coolant {
    let capacity_rate_w_per_k = design.capacity_rate_w_per_k(model);
    let liquid = model.liquid.at(design.mean_k()).expect("coolant temperatures are checked against the table");
    let flow = Flow::new(capacity_rate_w_per_k / liquid.specific_heat_j_kgk, design.bore_m, &liquid);
    let r = &model.radiator;
    let per_metre = 1.0 / flow.resistance_m_k_per_w(design.bore_m, design.outer_m(), r.conductivity_w_mk, r.joint_m_k_per_w);
    let (mesh, segments) = (&layout.mesh, model.mesh.cells_along_tube.get());
    let mut coolant =
        Coolant { inlet_node: None, inlet_k: design.inlet_k, capacity_rate_w_per_k, channels: 0, segments, links: vec![] };
    let per_row = layout.tube_columns.len();
    for (row, panel) in (0..layout.parts.len()).filter(|&p| layout.parts[p] == Part::Radiator).enumerate() {
        let p = &mesh.panels[panel];
        for (tube, columns) in layout.tube_columns.iter().enumerate() {
            if design.is_lost(model, row * per_row + tube) {
                continue;
            }
            let width: f64 = columns.iter().map(|&c| p.du(c)).sum();
            for segment in 0..segments {
                for &c in columns {
                    let node = mesh.first_cell[panel] + p.cell(c, segment);
                    let gl_w_per_k = per_metre * p.dv(segment) * p.du(c) / width;
                    coolant.links.push(FilmLink { channel: coolant.channels, segment, node, gl_w_per_k });
                }
            }
            coolant.channels += 1;
        }
    }
    coolant
}
