//! From geometry, factors and heating to the network.

use super::OrbitState;
use super::exchange::{Exchange, Means};
use super::layout::{Layout, Part, sheets_m};
use crate::conduction;
use crate::conduction::Conductor;
use crate::conduction::heat_pipe;
use crate::conduction::stream::Stream;
use crate::environment::Timeline;
use crate::mesh::Panel;
use crate::model::curve::Curve;
use crate::model::design::Design;
use crate::model::{Cells, Model, Optics};
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
        let thickness_m = match part {
            Part::Radiator => {
                layout.tube_columns.iter().flatten().for_each(|&c| rigid[c] = true);
                sheets_m(model, design, p)
            }
            Part::Array => vec![[model.array.substrate_m; 2]; p.nu()],
            Part::Bus => vec![[model.bus_skin_m; 2]; p.nu()],
        };
        let w_per_k: Vec<[f64; 2]> = thickness_m.iter().map(|t| t.map(|t| k * t)).collect();
        network.conductors.extend(conduction::sheet(p, layout.mesh.first_cell[panel], &w_per_k, &rigid));
        if *part == Part::Radiator {
            of_radiator = network.conductors.len();
        }
    }
    by_temperature(model, layout, of_radiator, &mut network);
    faces(layout, &mut network);
    photovoltaics(model, orbit, layout, incident, &mut network);
    network.coolant = coolant(model, design, layout, &mut network);
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
    let Optics { absorptivity, emissivity, .. } = r.faces[0];
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

/// The solar cells on a surface, if any.
pub(super) fn cells_on<'a>(model: &'a Model, layout: &Layout, surface: usize) -> Option<&'a Cells> {
    let side = &layout.sides[surface];
    let of_part = match layout.parts[side.panel] {
        Part::Array => Some(&model.array.cells),
        Part::Radiator => model.radiator.cells.as_ref(),
        Part::Bus => None,
    };
    of_part.filter(|_| side.code & 1 == 0)
}

/// Electricity drawn from solar cells: `P = A S_direct packing η (1 + c (T − T_ref))`, orbit average. Sunlight that mirrors
/// throw on some cells of a string adds none.
fn photovoltaics(model: &Model, orbit: &OrbitState, layout: &Layout, incident: &Incident, network: &mut Network) {
    let direct = incident.mean_solar(&orbit.timeline);
    for face in &network.faces {
        if let Some(cells) = cells_on(model, layout, face.surface) {
            let at_reference = -face.area_m2 * cells.drawn_w_m2(direct[face.surface], cells.reference_k);
            network.internal[face.node] = Internal {
                at_reference_w: at_reference,
                slope_w_per_k: at_reference * cells.temperature_coefficient_per_k,
                reference_k: cells.reference_k,
            };
        }
    }
}

/// Channels of the active tubes and their links to the sheet; or of the manifolds of active loops, a segment for each heat pipe, linked to
/// the pipe's vapour, a node of its own that conducts to the sheet along the pipe's tubes as far as it fills them.
fn coolant(model: &Model, design: &Design, layout: &Layout, network: &mut Network) -> Coolant {
    let capacity_rate_w_per_k = design.capacity_rate_w_per_k(model);
    let r = &model.radiator;
    let per_metre = 1.0
        / match &r.heat_pipes {
            None => {
                let stream = Stream::between(model, design.inlet_k, design.outlet_k);
                let tube_w = capacity_rate_w_per_k * (design.inlet_k - design.outlet_k);
                let flow = stream.flow(tube_w / stream.heat_j_per_kg, design.bore_m);
                flow.resistance_m_k_per_w(design.bore_m, design.outer_m(), r.conductivity_w_mk, r.joint_m_k_per_w)
            }
            Some(h) => {
                heat_pipe::resistance_m_k_per_w(h, (design.bore_m, design.outer_m()), r.conductivity_w_mk, r.joint_m_k_per_w)
            }
        };
    let mesh = &layout.mesh;
    let segments = r.heat_pipes.map_or(model.mesh.cells_along_tube.get(), |h| design.tubes_per_loop / h.legs);
    let mut coolant =
        Coolant { inlet_node: None, inlet_k: design.inlet_k, capacity_rate_w_per_k, channels: 0, segments, links: vec![] };
    let per_row = layout.tube_columns.len();
    let vapour_m = design.length_m * r.heat_pipes.map_or(1.0, |h| h.vapour);
    let mut of_loop = None;
    let mut of_pipe: Option<(usize, usize)> = None;
    for (row, panel) in (0..layout.parts.len()).filter(|&p| layout.parts[p] == Part::Radiator).enumerate() {
        let p = &mesh.panels[panel];
        for (tube, columns) in layout.tube_columns.iter().enumerate() {
            let tube = row * per_row + tube;
            if design.is_lost(model, tube) {
                continue;
            }
            let width: f64 = columns.iter().map(|&c| p.du(c)).sum();
            let cells = (0..p.nv()).flat_map(|along| columns.iter().map(move |c| (along, *c)));
            let links = cells.map(|(along, c)| {
                let node = mesh.first_cell[panel] + p.cell(c, along);
                let filled_m = (vapour_m - p.lines_v[along]).clamp(0.0, p.dv(along));
                (along, node, per_metre * filled_m * p.du(c) / width)
            });
            if let Some(h) = &r.heat_pipes {
                let (a_loop, segment) = (tube / design.tubes_per_loop, tube % design.tubes_per_loop / h.legs);
                coolant.channels += usize::from(of_loop != Some(a_loop));
                of_loop = Some(a_loop);
                let vapour = match of_pipe {
                    Some((pipe, node)) if pipe == tube / h.legs => node,
                    _ => {
                        let (node, gl_w_per_k) = (network.add_node(), h.evaporator_w_per_k);
                        coolant.links.push(FilmLink { channel: coolant.channels - 1, segment, node, gl_w_per_k });
                        node
                    }
                };
                of_pipe = Some((tube / h.legs, vapour));
                let filled = links.filter(|(_, _, g)| *g > 0.0);
                network.conductors.extend(filled.map(|(_, node, g)| Conductor { a: vapour, b: node, gl_w_per_k: g }));
            } else {
                let channel = coolant.channels;
                coolant.links.extend(links.map(|(segment, node, gl_w_per_k)| FilmLink { channel, segment, node, gl_w_per_k }));
                coolant.channels += 1;
            }
        }
    }
    if r.heat_pipes.is_some() {
        // Blocks know conductors between neighbours only.
        network.lattices.clear();
    }
    coolant
}
