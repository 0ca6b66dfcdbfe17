#!/usr/bin/env python3
"""Plants mistakes of kinds that thermal codes have had in a scratch copy, each behind a switch so that one build serves all, and
turns one on at a time. What must fail: `thermsolve verify --fast` (the cases nearest to the mistake first); where that passes,
all of `thermsolve verify`; where that passes too, the tests named with the mistake. Writes tests/mutations.csv, which the
verification document shows; with parts of names, only their rows.

    tests/mutations.py [PART OF A NAME ...]

On demand: some twenty minutes on two cores.
"""
import json, os, pathlib, shutil, subprocess, sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SCRATCH = ROOT / "target" / "mutations"
TREE, TARGET = SCRATCH / "tree", SCRATCH / "target"
TABLE = ROOT / "tests" / "mutations.csv"

# No case runs through the code.
NO_CASE = "-"

# Name; file; text that stands there once; text instead (an expression in place of another, or with PLANTED for the switch); the
# cases nearest to it; arguments of `cargo test` for what no case notices.
MUTATIONS = [
    ("digits of the Stefan-Boltzmann constant swapped", "solver/constants.rs", "5.670_374", "5.760_374", "B01", ""),
    ("|cos| for max(cos, 0) of sunlight", "solver/kernels/sunlight.rs", "if cosine <= 0.0 {\n        return [0.0; REPLICATES];\n    }", "if cosine <= 0.0 && !PLANTED {\n        return [0.0; REPLICATES];\n    }\n    let cosine = cosine.abs();", "E02,F07", ""),
    ("|cos| for max(cos, 0) of the planet", "solver/kernels/irradiance.rs", "dot(self.normal, direction).max(0.0)", "dot(self.normal, direction).abs()", "A07,F08", ""),
    ("albedo without the planet's albedo", "solver/radiation/heating.rs", "albedo * timeline.albedo", "albedo", "F07,F11", ""),
    ("one side radiates for two", "solver/sizing/radiator.rs", "2.0 * self.emissivity", "self.emissivity", "D", ""),
    ("absorbed infrared not weighted by the emittance", "solver/solve/heat.rs", "s.emissivity * irradiation_w_m2[f.surface]", "irradiation_w_m2[f.surface]", "B,G12,G13", ""),
    ("degrees for radians in beta", "solver/environment/orbit.rs", "r * beta_rad.cos()", "r * beta_rad.to_degrees().cos()", "F02", ""),
    ("area of the other surface in GR", "solver/radiation/exchange.rs", "emissivity[i] * f.area_m2[i] * h", "emissivity[i] * f.area_m2[j] * h", "B03", ""),
    ("reflections left out", "solver/radiation/exchange.rs", "gather(&|k| reflected[k] * h[k], i)", "0.0", "B01,B03", ""),
    ("view factors not closed", "solver/radiation/view_factor.rs", "v * (l[i] + l[j])", "0.0 * v * (l[i] + l[j])", "A13,B03", "--test reference_cases factors_are_reciprocal_and_complete"),
    ("reciprocity without the areas", "solver/radiation/view_factor.rs", "area_m2[j] * back", "area_m2[i] * back", "A", ""),
    ("eclipse inverted", "solver/environment/timeline.rs", "Phase::Sunlit => [half; 2],\n            Phase::Umbra => [0.0; 2],", "Phase::Sunlit => [if PLANTED { 0.0 } else { half }; 2],\n            Phase::Umbra => [if PLANTED { half } else { 0.0 }; 2],", "F03,F07", ""),
    ("altitude for radius", "solver/environment/orbit.rs", "let r = body.radius_m + altitude_m;\n    2.0", "let r = if PLANTED { altitude_m } else { body.radius_m + altitude_m };\n    2.0", "F02", ""),
    ("distance between centres halved in conductors", "solver/conduction/mod.rs", "0.5 * panel.du(i)", "0.25 * panel.du(i)", "C04,D01,D05", ""),
    ("off by one in the compressed rows", "solver/solve/rows.rs", "let row = self.row_start[i] as usize..self.row_start[i + 1] as usize;", "let row = self.row_start[i] as usize..self.row_start[i + 1] as usize - usize::from(PLANTED && self.row_start[i + 1] > self.row_start[i]);", "C01", ""),
    ("coolant heated where it cools", "solver/network.rs", "t * (1.0 - half)", "t * (1.0 + half)", "D04", ""),
    ("T³ for T⁴", "solver/network.rs", "f.area_m2 * node_k[f.node].powi(4)", "f.area_m2 * node_k[f.node].powi(3)", "B,G12,G13", ""),
    ("rays uniform over the hemisphere, not by cosine", "solver/kernels/shaft.rs", "Self::Diffuse(_) => [1.0, (1.0 - square).max(0.0).sqrt()],", "Self::Diffuse(_) if PLANTED => [(2.0 - square).sqrt(), 1.0 - square],\n            Self::Diffuse(_) => [1.0, (1.0 - square).max(0.0).sqrt()],", "A01,A02", ""),
    ("shadow of the Sun's centre for its disc", "solver/environment/shadow.rs", "self.separation - (self.body - self.sun)", "self.separation - self.body", "F03", ""),
    ("a heater's power counted twice", "solver/solve/transient.rs", "share * state.power_w", "2.0 * share * state.power_w", "E05", ""),
    ("trapezoidal part of a step forgotten", "solver/solve/method.rs", "Self::TrBdf2 => &TR_BDF2,", "Self::TrBdf2 if PLANTED => {\n                const PLAIN: Tableau = Tableau { rows: &[&[], &[0.0, D], &[W, W, D]], ..TR_BDF2 };\n                &PLAIN\n            }\n            Self::TrBdf2 => &TR_BDF2,", "E01,C03", ""),
    ("an occluder is seen through", "solver/kernels/shaft.rs", "(distance < self.distance[k])", "(PLANTED | (distance < self.distance[k]))", "A08", ""),
    ("a shaft of rays from the wrong corner", "solver/kernels/shaft.rs", "slack - extreme(from, n, -1.0)", "slack - extreme(from, n, 1.0)", "A01,A02", ""),
    ("sign of a conductor's heat", "solver/kernels/heat_residual_f64.rs", "gl_w_per_k * (temperature_k[j as usize] - t)", "gl_w_per_k * (t - temperature_k[j as usize])", "C01", ""),
    ("cylindrical shadow where the conical one is asked for", "solver/environment/timeline.rs", "match flight.shadow {\n        Shadow::Cylinder => {\n            let outside", "match if PLANTED { Shadow::Cylinder } else { flight.shadow } {\n        Shadow::Cylinder => {\n            let outside", "F03", ""),
    ("albedo by the Sun's zenith angle under the spacecraft, not where the light comes from", "solver/kernels/irradiance.rs", "(rest / self.sine - s * dot(direction, self.to_sun)).max(0.0)", "(-dot(self.to_planet, self.to_sun)).max(0.0)", "F08", ""),
    ("sunlight of the next orbit position", "solver/kernels/sunlight.rs", "(i % u.positions) as usize", "((i + 1) % u.positions) as usize", "F07,G17", ""),
    ("Earth's infrared and albedo from its mean radius", "solver/environment/timeline.rs", "b.radius_m / position_m.norm()", "(b.radius_m - 7137.0) / position_m.norm()", "F11,F07", ""),
    ("periodic state without the heat capacity", "solver/solve/periodic.rs", "run.capacity_j_per_k(i, mean_k[i]) * drift[i] / period_s", "drift[i] / period_s", "E03,E04,E06", "--test reference_cases slow_modes_need_few_orbits"),
    ("°C for K", "solver/quantity.rs", "400.0, |x| x + crate::constants::CELSIUS_ZERO_K", "400.0, |x| x + if PLANTED { 0.0 } else { crate::constants::CELSIUS_ZERO_K }", "", "--test reference_cases temperatures_are_written_in_celsius"),
    ("sign of the drift by J2", "solver/environment/orbit.rs", "-k * self.inclination_rad.cos()", "k * self.inclination_rad.cos()", "F", "--test reference_cases secular_drift"),
    ("heating remembered from before the orbit moved", "solver/analysis/exchange.rs", "key.with(timeline).with(&samples)", "key.with(&samples)", "", "--test reference_cases a_moved_orbit_is_heated_anew"),
    ("emittance for absorptance of a coating in sunlight", "solver/analysis/assemble.rs", "o.absorptivity * solar[i]", "o.emissivity * solar[i]", "", "--test reference_cases coatings_absorb_by_band"),
    ("conductivity by temperature left out of the flux", "solver/solve/heat.rs", "curve.integral_k(b) - curve.integral_k(a) - (b - a)", "0.0", "C06,C14,M", ""),
    ("heat capacity by temperature left out", "solver/solve/transient.rs", "self.curve(node).map_or(t_k, |c| c.integral_k(t_k))", "t_k", "C10,C13", ""),
    ("flux of leaning faces left out", "solver/conduction/volumes.rs", "let rest = flux - g[h] * out;", "let rest = if PLANTED { Vector3::zeros() } else { flux - g[h] * out };", "M", ""),
    ("boundary nodes where the guess has them", "solver/network.rs", "self.held.iter().for_each(|(i, t)| node_k[*i] = *t)", "()", "B03,C06", ""),
    ("triangles at the foot of a revolved body turned over", "solver/mesh/part.rs", "cells.push(Kind::Triangle, &[a, c, d], part)", "cells.push(Kind::Triangle, &[a, d, c], part)", "A05,A06", ""),
    ("film left out of a tube's length", "solver/sizing/radiator.rs", "(sum + across)", "(sum + 0.0 * across)", "D04,D05", ""),
    ("a thin sheet taken for a whole bumper", "solver/sizing/armour.rs", "thick.min(thin)", "thick", NO_CASE, "--test reference_cases armour::"),
    ("limits of the armour turned round in the search", "solver/sizing/optimum.rs", "-at(x).1[k].clamp(-60.0, 60.0)", "at(x).1[k].clamp(-60.0, 60.0)", NO_CASE, "--test reference_cases armour::"),
    ("Jansen's total without its half", "solver/study/insight.rs", "0.5 * (g[0] - g[2 + k]).powi(2)", "(g[0] - g[2 + k]).powi(2)", NO_CASE, "--test study"),
    ("f_A for f_B in a Sobol index", "solver/study/insight.rs", "(g[1] - middle) * (g[2 + k] - g[0])", "(g[0] - middle) * (g[2 + k] - g[0])", NO_CASE, "--test study"),
    ("equal designs beat each other", "solver/study/insight.rs", "&& of(*b) != of(k)", "&& (PLANTED || of(*b) != of(k))", NO_CASE, "--test study"),
    ("ends of a tornado swapped", "solver/study/insight.rs", "low: numbers[1 + 2 * k], high: numbers[2 + 2 * k]", "low: numbers[1 + 2 * k + usize::from(PLANTED)], high: numbers[2 + 2 * k - usize::from(PLANTED)]", NO_CASE, "--test study"),
    ("the key before in a group of Saltelli", "solver/study/mod.rs", "place == 2 + k;", "place == if PLANTED { 1 + k } else { 2 + k };", NO_CASE, "--test study"),
    ("least for most likely of a triangle", "solver/study/factor.rs", "Triangular::new(least, greatest, likely)", "Triangular::new(least, greatest, if PLANTED { least } else { likely })", NO_CASE, "--test study"),
    ("factor for its logarithm in a log-normal law", "solver/study/factor.rs", "factor.ln())", "if PLANTED { factor } else { factor.ln() })", NO_CASE, "--test study"),
    ("the most is sought as the least", "solver/report/study.rs", "map(|c| -number(row, *c))", "map(|c| if PLANTED { number(row, *c) } else { -number(row, *c) })", NO_CASE, "--test study"),
    ("limits of a study not kept", "solver/report/study.rs", "if outside > 0.0 {", "if outside > 0.0 && !PLANTED {", NO_CASE, "--test study"),
    ("last design of a part left out", "solver/report/study.rs", "((part + 1) * self.of_part).min(self.designs)", "(((part + 1) * self.of_part).min(self.designs) - usize::from(PLANTED))", NO_CASE, "--test study"),
    ("all designs in one orbit", "solver/study/mod.rs", 'format!("{:?}", (&m.flight, &m.attitude, m.positions, &m.light, joints))', "String::new()", NO_CASE, "--test study"),
    ("infrared between groups turned round", "solver/analysis/flows.rs", "to(g, h) - to(h, g)", "to(h, g) - to(g, h)", NO_CASE, "--test assemblies"),
    ("flux of leaning cells not booked between groups", "solver/analysis/flows.rs", "if let Some(volumes) = &network.volumes {", "if let Some(volumes) = network.volumes.as_ref().filter(|_| !PLANTED) {", NO_CASE, "--test assemblies"),
    ("a bolt not shared out by area", "solver/analysis/joins.rs", "bolt.gl_w_per_k.si() * w * v", "bolt.gl_w_per_k.si() * w", NO_CASE, "--test assemblies"),
    ("a whole edge for what overlaps", "solver/mesh/contact.rs", "away <= within_m { high - low }", "away <= within_m { if PLANTED { length } else { high - low } }", NO_CASE, "--test assemblies"),
    ("a blanket without its area", "solver/analysis/assembly.rs", "gr_m2: e * area_m2", "gr_m2: if PLANTED { e } else { e * area_m2 }", NO_CASE, "--test assemblies"),
    ("layers turned the other way", "solver/model/body.rs", "layer.turn_deg.map_or(0.0, |a| a.si())", "-layer.turn_deg.map_or(0.0, |a| a.si())", NO_CASE, "--test assemblies"),
    ("a sensor that reads its cell's centre", "solver/analysis/assembly.rs", "node_k[*cell] + gradient[*cell].dot(offset)", "node_k[*cell]", NO_CASE, "--test assemblies"),
    ("heat of a part shared among its copies", "solver/analysis/assembly.rs", "volume(c) / of_part[group(c).part.as_str()]", "volume(c) / bodies.graph.volume_m3.iter().sum::<f64>()", NO_CASE, "--test assemblies"),
    ("no eclipse in time", "solver/analysis/loads.rs", "surface.solar_w_m2 = lit * mix(&self.solar, i)", "surface.solar_w_m2 = if PLANTED { 1.0 } else { lit } * mix(&self.solar, i)", NO_CASE, "--test assemblies"),
    ("limits of parts held against the steady state", "solver/report/assembly.rs", "whole.in_time_c.map_or((whole.least_c, whole.most_c), |t| (t[0], t[2]))", "(whole.least_c, whole.most_c)", NO_CASE, "--test assemblies"),
    ("a named whole before its named group", "solver/analysis/groups.rs", "[Some(name), whole].into_iter().flatten()", "(if PLANTED { [whole, Some(name)] } else { [Some(name), whole] }).into_iter().flatten()", NO_CASE, "--test assemblies"),
    ("keys correlated by the wrong half", "solver/study/copula.rs", "&self.lower * DVector", "(if PLANTED { self.lower.transpose() } else { self.lower.clone() }) * DVector", NO_CASE, "--test study correlated"),
    ("differences of runs over the larger", "solver/report/compare.rs", "Some(difference / first.abs())", "Some(difference / first.abs().max(self.second.abs()))", NO_CASE, "--lib compare"),
    ("a diode heat pipe that leaks", "solver/network/path.rs", "y if y <= 0.0 => (0.0, 0.0),", "y if y <= 0.0 => (if PLANTED { x } else { 0.0 }, 0.0),", NO_CASE, "--test components"),
    ("parallel streams that face each other", "solver/conduction/exchanger.rs", "-(-n * (1.0 + c)).exp_m1() / (1.0 + c)", "-(-n * (1.0 - c)).exp_m1() / (1.0 - c)", NO_CASE, "--lib exchanger"),
    ("flows of loops in time not taken anew", "solver/analysis/march.rs", "stream(lumped, &streams[streams.len() - 1], &mut run.network, drive.lumped)", "()", NO_CASE, "--test components"),
    ("minor losses left out of a tube", "solver/conduction/hydraulics.rs", "0.5 * self.minor_loss * liquid.density_kg_m3 * velocity", "0.0", NO_CASE, "--lib hydraulics"),
    ("a mirrored ray sent straight back", "solver/kernels/mirror.rs", "std::array::from_fn(|k| direction[k] - twice * normal[k])", "direction.map(|c| -c)", "B02,B04,B06", "--test reference_cases specular::"),
    ("the last mirror for the product of all", "solver/kernels/mirror.rs", "kept *= mirrors[own as usize][(hit.code & 1) as usize]", "kept = mirrors[own as usize][(hit.code & 1) as usize]", "B02,B04,B06", "--test reference_cases specular::"),
    ("a mirror's share reflected diffusely as well", "solver/radiation/exchange.rs", "(r - s) / (1.0 - s)", "*r", "B02,B04,B06", "--test reference_cases specular::"),
    ("a mirror's emission not over what it takes up", "solver/radiation/exchange.rs", "e / (1.0 - s)", "*e", "B02,B04,B06", "--test reference_cases specular::"),
    ("whole areas of mirrors in the closure", "solver/radiation/view_factor.rs", "map(|(a, mirrored)| (1.0 - mirrored) * a)", "map(|(a, mirrored)| if PLANTED { *a } else { (1.0 - mirrored) * a })", "B02,B04,B06", "--test reference_cases specular::"),
    ("rays given up between mirrors left out", "solver/radiation/view_factor.rs", "self.leak(i) + self.given_up(i)", "self.leak(i)", NO_CASE, "--test reference_cases specular::"),
    ("noise of radiation that is mirrored not over what is taken up", "solver/radiation/view_factor.rs", "radiosity_w_m2[*j] / (1.0 - self.specular[*j])", "radiosity_w_m2[*j]", NO_CASE, "--test reference_cases specular::"),
    ("sunlight from mirrors without their reflectance", "solver/radiation/mirrors.rs", "band[code as usize] * area_m2(code) * cosine", "area_m2(code) * cosine", NO_CASE, "--test reference_cases specular::"),
    ("a beam that ends at its second mirror", "solver/kernels/mirrored_sunlight.rs", "point[2], u.nearest_m", "if PLANTED { 1.0 } else { point[2] }, u.nearest_m", NO_CASE, "--test reference_cases specular::"),
    ("mirrors in the shade throw light", "solver/kernels/mirrored_sunlight.rs", "trace(&w, start, to_sun, u.nearest_m, code >> 1, true).code != MISS", "false", NO_CASE, "--test reference_cases specular::"),
    ("the planet seen without a mirror counted among mirrors", "solver/kernels/trace_specular.rs", "path.code == MISS && path.bounces > 0", "path.code == MISS", NO_CASE, "--test reference_cases specular::"),
    ("mirrors of sunlight for those of infrared", "solver/radiation/mirrors.rs", "(scene, &mirrors.infrared), codes, sky", "(scene, if PLANTED { &mirrors.solar } else { &mirrors.infrared }), codes, sky", NO_CASE, "--test reference_cases specular::"),
    ("mirrored sunlight in eclipse", "solver/radiation/heating.rs", "self.mean(&self.mirrored_w_m2, timeline, |p| p.sunlit_weight)", "self.mean(&self.mirrored_w_m2, timeline, |p| p.weight)", NO_CASE, "--test reference_cases specular::"),
    ("a deck's own constant of radiation passed over", "solver/deck/sinda/read.rs", "run, sigma.unwrap_or(1.0))", "run, if PLANTED { 1.0 } else { sigma.unwrap_or(1.0) })", NO_CASE, "--test decks"),
    ("upstream and downstream of a deck exchanged", "solver/deck/sinda/read.rs", "if mb { (&b, &a) } else { (&a, &b) }", "if mb { (&a, &b) } else { (&b, &a) }", NO_CASE, "--test decks"),
    ("electricity of cells left in a radiator's sink", "solver/sizing/mod.rs", "absorbed[0] + absorbed[1] - drawn_w_m2", "absorbed[0] + absorbed[1]", NO_CASE, "--test reference_cases faces::"),
    ("front of a radiator on its back", "solver/analysis/layout.rs", "(model.radiator.faces[0], Some(model.radiator.faces[1]))", "(model.radiator.faces[1], Some(model.radiator.faces[0]))", NO_CASE, "--test reference_cases faces::"),
    ("heat of evaporation left out", "solver/conduction/stream.rs", "c.quality * c.vapour.latent_heat_j_kg", "0.0 * c.vapour.latent_heat_j_kg", NO_CASE, "--test reference_cases two_phase::"),
    ("film of the entering mixture for that of the tube", "solver/conduction/stream.rs", "let (x, rest) = (c.quality * t, 1.0 - c.quality * t);\n            let shah", "let (x, rest) = (c.quality * t, 1.0 - c.quality * t);\n            let x = if PLANTED { c.quality } else { x };\n            let shah", NO_CASE, "--test reference_cases two_phase::"),
    ("costs of the racks in those without them", "solver/sizing/cost.rs", "rest / power_w", "(rest + racks) / power_w", NO_CASE, "--test study costs_add_up"),
    ("evaporators of heat pipes left out", "solver/sizing/radiator.rs", "condenser + h.evaporator_m_k_per_w(length_m)", "condenser", NO_CASE, "--test reference_cases heat_pipes::"),
    ("heat pipes that carry any heat", "solver/sizing/optimum.rs", "if carries > can * (1.0 + 1e-4)", "if !PLANTED && carries > can * (1.0 + 1e-4)", NO_CASE, "--test reference_cases heat_pipes::"),
    ("lost heat pipes still fed", "solver/model/design.rs", "|| (pipe + 1) * lost / pipes > pipe * lost / pipes", "|| !PLANTED && (pipe + 1) * lost / pipes > pipe * lost / pipes", NO_CASE, "--test reference_cases heat_pipes::"),
    ("loop heat pipes full of vapour", "solver/model/heat_pipes.rs", "1.0 - h.subcooler.get()", "1.0", NO_CASE, "--test reference_cases heat_pipes::"),
    ("a lost loop heat pipe loses one tube", "solver/model/design.rs", "map_or(1, |h| h.legs)", "map_or(1, |h| if PLANTED { 1 } else { h.legs })", NO_CASE, "--test reference_cases heat_pipes::"),
    ("tapered sheets of even thickness in the field model", "solver/analysis/layout.rs", "design.sheet_m * model.radiator.profile.at((beyond_tube / fin).clamp(0.0, 1.0))", "design.sheet_m * if PLANTED { 1.0 } else { model.radiator.profile.at((beyond_tube / fin).clamp(0.0, 1.0)) }", NO_CASE, "--test reference_cases tapered::"),
    ("tapered sheets as heavy as even ones", "solver/sizing/radiator.rs", "v.sheet_m * r.profile.mean()", "v.sheet_m", NO_CASE, "--test reference_cases tapered::"),
    ("pumps on standby weigh nothing", "solver/sizing/radiator.rs", "pumps_kg: pumps *", "pumps_kg: if PLANTED { 1.0 } else { pumps } *", NO_CASE, "--test reference_cases sizing::pump"),
    ("facets of other radiation groups shadow", "solver/analysis/seen.rs", "f.radiation.contains(&group))", "PLANTED || f.radiation.contains(&group))", NO_CASE, "--test assemblies an_enclosure"),
    ("what leaves an open enclosure is lost", "solver/radiation/view_factor.rs", "SPACE | LEAK | GIVEN_UP if closed => i,", "SPACE | LEAK | GIVEN_UP if closed && !PLANTED => i,", NO_CASE, "--test assemblies an_open_enclosure"),
    ("a part's joint turns about the origin", "solver/analysis/seen.rs", "at_m + turn * (s.origin - at_m)", "turn * s.origin", NO_CASE, "--test assemblies joint"),
    ("nadir taken for the Sun by a joint", "solver/environment/joint.rs", "if self.tracking == Tracking::NormalAtNadir { p.nadir_body }", "if !PLANTED && self.tracking == Tracking::NormalAtNadir { p.nadir_body }", NO_CASE, "--test assemblies joint"),
    ("a table's mean without its last piece", "solver/model/lumped.rs", "(sum + last.1 * (end - last.0)) / end", "sum / end", NO_CASE, "--test networks tables_have_their_means"),
    ("exchange of parts halved in decks", "solver/analysis/nodes_alone.rs", "(place(a), place(b), gr)", "(place(a), place(b), 0.5 * gr)", NO_CASE, "--test decks parts_"),
    ("imported: a side of a box looks inwards", "solver/deck/geometry/shells.rs", "[0, 2]", "[2, 0]", NO_CASE, "--test geometry shells_lie"),
    ("imported: moves along turned axes", "solver/deck/geometry/tree.rs", "by * if clear { Isometry3::identity() } else { tree.by }", "if clear { by } else { tree.by * by }", NO_CASE, "--test geometry shells_lie"),
    ("imported: angles lost where x ends up along z", "solver/deck/geometry/write.rs", "(-r[(0, 1)]).atan2(r[(1, 1)])", "0.0", NO_CASE, "--test geometry shells_lie"),
    ("imported: the sector of a cone that is turned over", "solver/deck/geometry/shells.rs", "[-to, -from]", "[from, to]", NO_CASE, "--test geometry shells_lie"),
    ("imported: side 1 of a dish inside", "solver/deck/geometry/skin.rs", "if turned {", "if turned && !PLANTED {", NO_CASE, "--test geometry shells_lie"),
    ("sectors go around", "solver/mesh/part.rs", "even_lines(to - from, sectors)", "even_lines(2.0 * PI, sectors)", NO_CASE, "--test geometry shells_lie"),
    ("area of a zone by its angle", "solver/model/form.rs", "cut.latitude_rad[1].sin() - cut.latitude_rad[0].sin()", "(cut.latitude_rad[1] - cut.latitude_rad[0]) / FRAC_PI_2", NO_CASE, "--test geometry areas_of"),
    ("imported: sunlight by the distance, not its square", "solver/deck/geometry/mission.rs", "(a.need(\"sun_radius\")? / a.need(\"sun_distance\")?).powi(2)", "a.need(\"sun_radius\")? / a.need(\"sun_distance\")?", NO_CASE, "--test geometry a_plate"),
    ("imported: the node on the other side", "solver/deck/geometry/mission.rs", "-node.cos() * inclination.sin()", "node.cos() * inclination.sin()", NO_CASE, "--test geometry orbits_are"),
    ("imported: a black planet", "solver/deck/geometry/mission.rs", "a.number(\"planet_infra_red_emissivity\")?.unwrap_or(1.0)", "1.0", NO_CASE, "--test geometry orbits_are"),
    ("imported: heat without shares", "solver/deck/geometry/joins.rs", "size(found, *k, volume) / whole", "1.0", NO_CASE, "--test geometry conductors_loads"),
    ("imported: what is not switched on applies", "solver/deck/geometry/joins.rs", "!condition || chosen.is_none()", "true", NO_CASE, "--test geometry the_example"),
    ("imported: cuts are dropped silently", "solver/deck/geometry/tree.rs", "self.lost(line, format!(\"{to}: the cut by {name} is not made, what it cuts stays whole\"))", "()", NO_CASE, "--test geometry what_cannot"),
    ("velocity heads left out of the map's kernel", "solver/kernels/size_design.rs", " + num::<R>(u.velocity_heads) * dynamic_pa", " + if PLANTED { R::ZERO } else { num::<R>(u.velocity_heads) * dynamic_pa }", NO_CASE, "--test map"),
    ("a series of fluxes without its middle", "solver/environment/flux_curve.rs", "self.shift + c[0] + 0.5 * y * b - before", "self.shift + 0.5 * c[0] + 0.5 * y * b - before", NO_CASE, "--test reference_cases armour::"),
    ("sunlight between positions left out", "solver/radiation/heating.rs", "often > 0.0 && seldom > 0.0", "often > f64::MAX", "", "--test reference_cases a_plate_that_the_sun_leaves_between_positions"),
    ("coatings left out of the ways for heat", "solver/network/path.rs", "for node in radiating.chain(held)", "for node in radiating.chain(held).filter(|_| !PLANTED)", "", "--test assemblies a_part_without_a_way_out_is_told"),
    ("the search's penalty of pumping left out of the map's cost", "solver/sizing/batch.rs", "weighed_kg(model, mass_kg, pump_w, left_w)", "weighed_kg(model, mass_kg, 0.0 * pump_w, left_w)", NO_CASE, "--test map"),
]
# Constants know no switch: a build of their own.
OF_CONSTANTS = {"solver/constants.rs"}

SWITCH = """
/// Whether a planted mistake is turned on.
pub fn planted(mistake: u32) -> bool {
    static ON: std::sync::OnceLock<u32> = std::sync::OnceLock::new();
    *ON.get_or_init(|| std::env::var("PLANTED").ok().and_then(|k| k.parse().ok()).unwrap_or(u32::MAX)) == mistake
}
"""


def run(*command, **more):
    return subprocess.run(command, capture_output=True, text=True, **more)


def on(number):
    """The environment in which a mistake acts; none for `None`."""
    return {**os.environ, "PLANTED": "" if number is None else str(number)}


def cargo(*command, **more):
    quick = ["incremental=true", *(f"package.thermsolve.{s}" for s in ("codegen-units=64", "opt-level=2"))]
    settings = [part for s in quick for part in ("--config", f"profile.release.{s}")]
    where = ("--release", "--locked", "--offline", "--target-dir", str(TARGET))
    return run("cargo", command[0], *where, *settings, *command[1:], cwd=TREE, **more)


def build():
    made = cargo("build", "--bin", "thermsolve")
    if made.returncode != 0:
        sys.exit(made.stderr)


def verify(number, *which):
    """The cases that do not pass."""
    command = (str(TARGET / "release" / "thermsolve"), "verify", *which, "--json")
    try:
        done = run(*command, cwd=TREE, timeout=900, env=on(number))
    except subprocess.TimeoutExpired:
        return ["no end within 900 s"]
    if done.returncode not in (0, 1) or not done.stdout:
        return [f"stops with {done.returncode}"]
    cases = json.loads(done.stdout)["cases"]
    # Not a number is null in JSON.
    near = lambda k: None not in (k["got"], k["expected"]) and abs(k["got"] - k["expected"]) <= k["within"]
    failed = [c["case"] for c in cases if c["failure"] or not all(map(near, c["checks"]))]
    assert (done.returncode == 1) == bool(failed), (done.returncode, failed)
    return failed


def tests(number, arguments):
    """The tests that fail."""
    done = cargo("test", *arguments.split(), env=on(number))
    assert "running " in done.stdout and "running 0 tests" not in done.stdout, done.stdout + done.stderr
    return [line.split()[1] for line in done.stdout.splitlines() if line.startswith("test ") and line.endswith("FAILED")]


def caught_by(number, nearest, arguments):
    """The first step that fails, and what fails in it."""
    if nearest == NO_CASE:
        return ("cargo test", failed) if (failed := tests(number, arguments)) else ("nothing", [])
    if nearest and (failed := verify(number, "--fast", "--filter", nearest)):
        return "verify --fast", failed
    if failed := verify(number, "--fast"):
        return "verify --fast", failed
    if failed := verify(number):
        return "verify", failed
    if arguments and (failed := tests(number, arguments)):
        return "cargo test", failed
    return "nothing", []


def plant(number, name, file, old, new):
    """Puts a mistake behind its switch."""
    path, switch = TREE / file, f"crate::planted({number})"
    text = path.read_text()
    assert text.count(old) == 1, f"{name}: {text.count(old)} places in {file}"
    either = new.replace("PLANTED", switch) if "PLANTED" in new else f"(if {switch} {{ {new} }} else {{ {old} }})"
    path.write_text(text.replace(old, either))


def main():
    numbered = list(enumerate(MUTATIONS))
    wanted = [m for m in numbered if not sys.argv[1:] or any(a in m[1][0] for a in sys.argv[1:])]
    head, *rows = TABLE.read_text().splitlines() if sys.argv[1:] else ["mistake;file;caught by;what fails"]
    rows, missed = {row.split(";")[0]: row for row in rows}, []

    def note(name, file, by, failed):
        rows[name] = f"{name};{file};{by};{', '.join(failed[:4])}"
        print(rows[name], flush=True)
        missed.extend([name] if by == "nothing" else [])
        TABLE.write_text("\n".join([head, *(rows[m[0]] for m in MUTATIONS if m[0] in rows)]) + "\n")

    if TREE.exists():
        shutil.rmtree(TREE)
    for name in run("git", "ls-files", cwd=ROOT).stdout.split():
        (TREE / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, TREE / name)
    if not TARGET.exists() and (ROOT / "target" / "release" / "deps").exists():
        # The dependencies as they are already built.
        TARGET.mkdir(parents=True)
        run("cp", "-a", str(ROOT / "target" / "release"), str(TARGET / "release"))
    with (TREE / "solver" / "lib.rs").open("a") as library:
        library.write(SWITCH)
    for number, (name, file, old, new, *_) in numbered:
        if file not in OF_CONSTANTS:
            plant(number, name, file, old, new)
    build()
    failed = verify(None, "--fast")
    assert not failed, f"cases fail without a mistake: {failed}"
    for number, (name, file, _, _, nearest, arguments) in wanted:
        if file not in OF_CONSTANTS:
            note(name, file, *caught_by(number, nearest, arguments))
    for arguments in {m[5] for _, m in wanted if m[0] in rows and rows[m[0]].split(";")[2] == "cargo test"}:
        failed = tests(None, arguments)
        assert not failed, f"tests fail without a mistake: {failed}"
    for number, (name, file, old, new, nearest, arguments) in wanted:
        if file in OF_CONSTANTS:
            text = (TREE / file).read_text()
            assert text.count(old) == 1, f"{name}: {text.count(old)} places in {file}"
            (TREE / file).write_text(text.replace(old, new))
            build()
            note(name, file, *caught_by(None, nearest, arguments))
            (TREE / file).write_text(text)
    print(f"{len(wanted) - len(missed)} of {len(wanted)} mistakes caught")
    sys.exit(1 if missed else 0)


main()
