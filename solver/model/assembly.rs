//! An assembly as meant: names resolved, contradictions found, SI.

use super::body::{Body, Coats, radiation_groups};
use super::form::{Cut, Form, Pattern};
use super::joint::PartJoint;
use super::lumped::{Limits, LumpedModel, Table, in_time, period};
use super::resolve::{Given, Resolver};
use super::{Assumption, orbit};
use crate::case::assembly::{self as written, ShapeName};
use crate::case::schema::{self, Life};
use crate::case::transient::Mode;
use crate::case::{CaseErrors, CaseFile, Source, suggest};
use crate::environment::{Attitude, Flight, Light};
use crate::quantity::Quantity;
use nalgebra::{Matrix3, Vector3};
use std::path::PathBuf;

/// Where geometry comes from.
#[derive(Clone, Debug)]
pub enum Geometry {
    /// A shape with cells along its three directions, and what of it there is.
    Form(Form, [usize; 3], Cut),
    /// A mesh file and its unit, m.
    File(PathBuf, f64),
}

/// What differs on a group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Name in the mesh file.
    pub name: String,
    /// Properties, if they differ.
    pub body: Body,
    /// Coatings.
    pub coats: Coats,
    /// Heat, W.
    pub heat_w: f64,
}

/// A part.
#[derive(Clone, Debug)]
pub struct Part {
    /// Name.
    pub name: String,
    /// Geometry.
    pub geometry: Geometry,
    /// Properties.
    pub body: Body,
    /// Coatings.
    pub coats: Coats,
    /// Heat of each copy in time, W.
    pub heat_w: Table,
    /// Place in the parent's axes, m.
    pub position_m: Vector3<f64>,
    /// Turns about the parent's x, y, z, rad.
    pub turn_rad: [f64; 3],
    /// Parent by its place in the list.
    pub parent: Option<usize>,
    /// What turns it.
    pub joint: Option<PartJoint>,
    /// Copies.
    pub pattern: Pattern,
    /// Its limits.
    pub limits: Limits,
    /// Groups.
    pub groups: Vec<Group>,
}

/// Flight, light, attitude and number of positions.
pub type Flown = (Flight, Light, Attitude, usize);

/// The assembly.
#[derive(Debug)]
pub struct Assembly {
    /// Title.
    pub name: String,
    /// Where it flies, if it does.
    pub flown: Option<Flown>,
    /// What surfaces see.
    pub exchange: written::Exchange,
    /// Names of radiation groups; the first is "external".
    pub radiation: Vec<String>,
    /// Part of the rays of a closed radiation group that may meet nothing.
    pub escape_most: f64,
    /// Temperature of space, K.
    pub space_k: f64,
    /// Parts.
    pub parts: Vec<Part>,
    /// Nodes and what joins them.
    pub lumped: LumpedModel,
    /// Contacts, as written; their names exist.
    pub contacts: Vec<written::Contact>,
    /// Bolts, as written; their names exist.
    pub bolts: Vec<written::Bolts>,
    /// Links, as written; their names exist.
    pub links: Vec<written::Link>,
    /// Sensors: name, part or part.group, place in m.
    pub sensors: Vec<(String, String, Vector3<f64>)>,
    /// Temperatures in time, as written.
    pub transient: Option<crate::case::lumped::March>,
    /// Ray settings, as written.
    pub rays: schema::RaySettings,
    /// Tolerances, as written.
    pub solver: schema::Solver,
    /// Output choices, as written.
    pub output: schema::Output,
    /// Catalogue rows used.
    pub assumptions: Vec<Assumption>,
    /// The case file, for messages.
    pub source: Source,
}

impl Resolver<'_> {
    fn sizes<const N: usize>(&mut self, key: &str, p: &written::Part) -> Option<[f64; N]> {
        let given: Vec<f64> = p.size_m.iter().flatten().map(|m| m.si()).collect();
        let found = <[f64; N]>::try_from(given.clone()).ok();
        if found.is_none() {
            let message = format!("this shape has {N} edges, got {}", given.len());
            self.error(&format!("{key}.size_m"), message, "give one length in metres for each");
        }
        found
    }

    pub(super) fn length<Q: Quantity>(&mut self, key: &str, name: &str, given: Option<Q>) -> Option<f64> {
        if given.is_none() {
            self.error(key, format!("this shape needs `{name}`"), format!("add `{name}`"));
        }
        given.map(|q| q.si())
    }

    fn geometry(&mut self, key: &str, p: &written::Part) -> Option<Geometry> {
        match (p.shape, &p.mesh) {
            (None, Some(mesh)) => {
                let Some(unit) = p.unit else {
                    self.error(key, "the unit of the mesh file is not set", "add `unit`: \"m\", \"cm\", \"mm\" or \"in\"");
                    return None;
                };
                let folder = std::path::Path::new(&self.given.source.file).parent().map(std::path::Path::to_owned);
                Some(Geometry::File(folder.map_or_else(|| mesh.into(), |f| f.join(mesh)), unit.m()))
            }
            (Some(shape), None) => {
                let form = match shape {
                    ShapeName::Panel | ShapeName::Honeycomb => Form::Panel { size_m: self.sizes(key, p)? },
                    ShapeName::Box => Form::Box { size_m: self.sizes(key, p)? },
                    ShapeName::Block => Form::Block { size_m: self.sizes(key, p)? },
                    ShapeName::Sphere => Form::Sphere { radius_m: self.length(key, "radius_m", p.radius_m)? },
                    ShapeName::Disc => {
                        let (inner_m, outer_m) =
                            (p.inner_radius_m.map_or(0.0, |r| r.si()), self.length(key, "radius_m", p.radius_m)?);
                        if inner_m >= outer_m {
                            self.error(
                                &format!("{key}.inner_radius_m"),
                                "the hole is not smaller than the disc",
                                "correct the radii",
                            );
                        }
                        Form::Disc { inner_m, outer_m }
                    }
                    ShapeName::Cylinder | ShapeName::Cone => {
                        let base_m = self.length(key, "radius_m", p.radius_m);
                        let length_m = self.length(key, "length_m", p.length_m);
                        let (base_m, length_m) = base_m.zip(length_m)?;
                        let tip = p.end_radius_m.map_or(0.0, |r| r.si());
                        Form::Cone { base_m, end_m: if shape == ShapeName::Cone { tip } else { base_m }, length_m }
                    }
                    ShapeName::Paraboloid => {
                        let radius_m = self.length(key, "radius_m", p.radius_m);
                        let (radius_m, focal_m) = radius_m.zip(self.length(key, "focal_m", p.focal_m))?;
                        Form::Paraboloid { radius_m, focal_m }
                    }
                };
                let given: Vec<usize> = p.cells.iter().flatten().map(|c| c.get()).collect();
                let wanted = if matches!(form, Form::Box { .. } | Form::Block { .. }) { 3 } else { 2 };
                if given.len() != wanted {
                    let message = format!("this shape has cells along {wanted} directions, got {}", given.len());
                    self.error(&format!("{key}.cells"), message, "give one number for each");
                    return None;
                }
                if form.is_round() && given[1] < 3 {
                    self.error(&format!("{key}.cells"), "fewer than 3 cells around", "give at least 3, better 16");
                    return None;
                }
                let cut = self.cut(key, p, &form)?;
                Some(Geometry::Form(form, [given[0], given[1], given.get(2).copied().unwrap_or(1)], cut))
            }
            _ => {
                self.error(key, "a part needs `shape` or `mesh`, not both", "give one of them");
                None
            }
        }
    }

    /// What of a shape about z there is.
    fn cut(&mut self, key: &str, p: &written::Part, form: &Form) -> Option<Cut> {
        let mut cut = Cut::WHOLE;
        if let Some([from, to]) = p.sector_deg {
            let turn = to.get() - from.get();
            if !form.is_round() || turn <= 0.0 || turn > 360.0 {
                let message = "a sector goes with shapes about z, from an angle to a larger one within one turn";
                self.error(&format!("{key}.sector_deg"), message, "correct the angles, or remove them");
                return None;
            }
            if turn < 360.0 {
                cut.sector_rad = [from.si(), to.si()];
            }
        }
        if let Some([low, high]) = p.latitude_deg {
            if !matches!(form, Form::Sphere { .. }) || low.get() >= high.get() {
                let message = "latitudes go with spheres, the lower one first";
                self.error(&format!("{key}.latitude_deg"), message, "correct them, or remove them");
                return None;
            }
            cut.latitude_rad = [low.si(), high.si()];
        }
        Some(cut)
    }

    fn pattern(&mut self, key: &str, given: Option<&written::Copies>) -> Pattern {
        let Some(c) = given else { return Pattern::Linear { count: 1, step_m: Vector3::zeros() } };
        let vector = |v: [f64; 3]| Vector3::from(v);
        match (c.step_m, c.axis, c.step_deg) {
            (Some(step), None, None) => Pattern::Linear { count: c.count.get(), step_m: vector(step.map(|x| x.si())) },
            (None, Some(axis), Some(step)) if vector(axis.map(|x| x.si())).norm() > 0.0 => {
                Pattern::Circular { count: c.count.get(), axis: vector(axis.map(|x| x.si())), step_rad: step.si() }
            }
            _ => {
                self.error(&format!("{key}.copies"), "copies need `step_m`, or `axis` and `step_deg`", "give one of the two");
                Pattern::Linear { count: 1, step_m: Vector3::zeros() }
            }
        }
    }

    fn part(&mut self, name: &str, p: &written::Part, case: &written::Assembly) -> Option<Part> {
        let (all, blankets) = (&case.parts, &case.blankets);
        let key = format!("parts.{name}");
        let (geometry, body) = (self.geometry(&key, p), self.body(&key, p));
        let coats = [("front", &p.front), ("back", &p.back), ("outside", &p.outside)];
        let coats = self.coats(&key, coats, (&p.radiation, &p.front_radiation, &p.back_radiation), blankets);
        let parent = p.parent.as_ref().and_then(|parent| {
            let at = all.keys().position(|k| k == parent);
            if at.is_none() {
                let help = suggest(parent, all.keys().map(String::as_str));
                self.error(&format!("{key}.parent"), format!("unknown part `{parent}`"), help);
            }
            at
        });
        let mut groups = vec![];
        for (group, g) in &p.groups {
            let of = format!("{key}.groups.{group}");
            let coats = [("front", &g.front), ("back", &g.back), ("outside", &g.outside)];
            let coats = self.coats(&of, coats, (&g.radiation, &g.front_radiation, &g.back_radiation), blankets);
            let mut own = body?;
            if let Some((k, capacity)) = g.material.as_ref().and_then(|m| self.solid(&of, m, None)) {
                (own.conductivity_w_mk, own.capacity_j_m3k) = (Matrix3::from_diagonal(&k), capacity);
            }
            own.thickness_m = g.thickness_mm.map(|t| t.si()).or(own.thickness_m);
            groups.push(Group { name: group.clone(), body: own, coats, heat_w: g.heat_w.map_or(0.0, |w| w.si()) });
        }
        let (limits, errors) = Limits::new(self.given.source, &key, (p.operating_c, p.qualification_c, p.uncertainty_k));
        self.errors.extend(errors);
        let source = self.given.source;
        let given = (p.heat_w, p.heat_by_s.as_deref());
        let heat_w = in_time(source, (&key, "heat_w", "heat_by_s"), given, p.period_s, &mut |e| self.errors.push(e));
        self.errors.extend(period(source, &key, p.period_s, p.heat_by_s.is_some()));
        if case.transient.is_some() && body.is_some_and(|b| b.capacity_j_m3k.is_none()) {
            let help = "add `specific_heat_j_kgk` to the material, or leave `[transient]` out";
            self.error(&key, "in time a part needs materials that tell their specific heat", help);
        }
        Some(Part {
            name: name.to_owned(),
            geometry: geometry?,
            body: body?,
            coats,
            heat_w: heat_w.unwrap_or_else(|| Table::constant(0.0)),
            position_m: p.position_m.map_or_else(Vector3::zeros, |v| Vector3::from(v.map(|x| x.si()))),
            turn_rad: p.turn_deg.map_or([0.0; 3], |t| t.map(|a| a.si())),
            parent,
            joint: self.part_joint(&key, p),
            pattern: self.pattern(&key, p.copies.as_ref()),
            limits,
            groups,
        })
    }

    /// The keys of `[transient]`.
    fn march(&mut self, case: &written::Assembly) {
        if let Some(t) = &case.transient {
            for (key, value) in [("until_s", t.until_s), ("every_s", Some(t.every_s))] {
                if value.is_some_and(|v| v.si() <= 0.0) {
                    self.error(&format!("transient.{key}"), "must be above 0", "give a time in seconds");
                }
            }
            if self.given.flown.is_none() && t.until_s.is_none() {
                self.error(
                    "transient",
                    "how long it is followed is not set",
                    "add `until_s`; only with an orbit is it one orbit",
                );
            }
            if t.mode == Mode::Periodic && !case.loops.is_empty() {
                let help = "set mode = \"march\" and follow several orbits";
                self.error("transient.mode", "flows of loops are taken anew at each row: no orbit repeats", help);
            }
            if self.given.flown.is_none() && t.mode == Mode::Periodic {
                self.error("transient.mode", "without an orbit nothing repeats", "set mode = \"march\"");
            }
        }
    }

    /// Names of contacts and links.
    fn places(&mut self, case: &written::Assembly) {
        let known = |name: &str| case.parts.contains_key(name.split('.').next().unwrap_or(name));
        let parts = || case.parts.keys().map(String::as_str);
        for (k, c) in case.contacts.iter().enumerate() {
            let key = format!("contacts[{k}]");
            for name in [&c.a, &c.b].into_iter().filter(|n| !known(n)) {
                self.error(&key, format!("unknown part `{name}`"), suggest(name, parts()));
            }
            if [c.h_w_m2k.is_some(), c.gl_w_per_k.is_some(), c.edge_w_mk.is_some()].iter().filter(|given| **given).count() != 1 {
                self.error(&key, "needs one of `h_w_m2k`, `gl_w_per_k` and `edge_w_mk`", "give one of them");
            }
        }
        for (k, b) in case.bolts.iter().enumerate() {
            let key = format!("bolts[{k}]");
            for name in [&b.a, &b.b].into_iter().filter(|n| !known(n)) {
                self.error(&key, format!("unknown part `{name}`"), suggest(name, parts()));
            }
        }
        for (name, s) in case.sensors.iter().filter(|(_, s)| !known(&s.part)) {
            self.error(&format!("sensors.{name}.part"), format!("unknown part `{}`", s.part), suggest(&s.part, parts()));
        }
        for (k, l) in case.links.iter().enumerate() {
            let key = format!("links[{k}]");
            if !known(&l.part) {
                self.error(&key, format!("unknown part `{}`", l.part), suggest(&l.part, parts()));
            }
            if !case.nodes.contains_key(&l.node) {
                let help = suggest(&l.node, case.nodes.keys().map(String::as_str));
                self.error(&key, format!("unknown node `{}`", l.node), help);
            }
            if l.h_w_m2k.is_some() == l.gl_w_per_k.is_some() {
                self.error(&key, "needs one of `h_w_m2k` and `gl_w_per_k`", "give one of them");
            }
        }
        for name in case.parts.keys().filter(|n| case.nodes.contains_key(*n)) {
            self.error(&format!("parts.{name}"), format!("a node is named `{name}` too"), "give one of them another name");
        }
        for name in case.blankets.keys().filter(|n| case.coatings.contains_key(*n)) {
            self.error(&format!("blankets.{name}"), "a coating has this name too", "give one of them another name");
        }
        // Following parents must end.
        for name in case.parts.keys() {
            let (mut at, mut steps) = (name, 0);
            while let Some(parent) = case.parts.get(at).and_then(|p| p.parent.as_ref()) {
                (at, steps) = (parent, steps + 1);
                if case.parts[name].joint.is_some() && case.parts.get(at).is_some_and(|p| p.joint.is_some()) {
                    let help = "give one joint two axes";
                    self.error(&format!("parts.{name}.joint"), format!("`{at}`, which carries it, has a joint too"), help);
                    break;
                }
                if steps > case.parts.len() {
                    self.error(&format!("parts.{name}.parent"), "parents go round in a circle", "one part must stand for itself");
                    return;
                }
            }
        }
    }
}

impl Assembly {
    /// Resolves an assembly. Errors: every unknown name and contradiction, together.
    pub fn from_case(file: CaseFile<written::Assembly>) -> Result<Self, CaseErrors> {
        let case = &file.case;
        let flown = match (&case.orbit, &case.environment, &case.attitude) {
            (Some(o), Some(e), Some(a)) => Some((o, e, a)),
            _ => None,
        };
        let life = match (case.life, flown) {
            (Some(life), None) => Some(life),
            (None, Some((_, e, _))) => Some(e.life),
            _ => None,
        };
        let given = Given {
            source: &file.source,
            materials: &case.materials,
            coatings: &case.coatings,
            life: life.unwrap_or(Life::Beginning),
            flown,
        };
        let mut r = Resolver::new(given);
        r.radiation = radiation_groups(case);
        if flown.is_none() && [case.orbit.is_some(), case.environment.is_some(), case.attitude.is_some()].contains(&true) {
            r.error("orbit", "`[orbit]`, `[environment]` and `[attitude]` go together", "give all three, or none: no sunlight");
        } else if life.is_none() && (!case.parts.is_empty() || case.life.is_some()) {
            let help = "give `life` at the top without `[environment]`, and in it otherwise";
            r.error("life", "the life of the coatings is not set, or set twice", help);
        }
        let flight = flown.map(|(o, ..)| (r.flight(), r.light(), r.attitude(), o.positions.get()));
        r.high = flight.as_ref().and_then(|f| f.0.as_ref()).is_some_and(orbit::is_high);
        if flown.is_some() && case.exchange == Some(written::Exchange::Space) {
            r.error("exchange", "sunlight needs shadows: \"space\" goes without an orbit", "set exchange = \"traced\"");
        }
        if r.radiation.len() > 1 && case.exchange == Some(written::Exchange::Space) {
            r.error(
                "exchange",
                "surfaces of a radiation group see each other: \"space\" goes without",
                "set exchange = \"traced\"",
            );
        }
        if !case.parts.is_empty() && case.exchange.is_none() {
            r.error("exchange", "what surfaces of parts see is not set", "add `exchange`: \"traced\" or \"space\"");
        }
        if case.parts.is_empty() && flown.is_some() {
            r.error("orbit", "nodes alone are neither in sunlight nor in shadow", "leave the orbit out, or add `[parts.NAME]`");
        }
        if case.parts.is_empty() && case.nodes.is_empty() {
            r.error("kind", "an assembly without parts and nodes", "add `[parts.NAME]` or `[nodes.NAME]`");
        }
        r.march(case);
        let parts: Vec<Option<Part>> = case.parts.iter().map(|(name, p)| r.part(name, p, case)).collect();
        r.places(case);
        let lumped = LumpedModel::new(&file.source, case).map_err(|e| r.errors.extend(e)).ok();
        let (errors, assumptions, radiation) = (r.errors, r.assumptions, r.radiation);
        let (true, Some(parts), Some(lumped)) = (errors.is_empty(), parts.into_iter().collect::<Option<Vec<Part>>>(), lumped)
        else {
            return Err(file.source.errors(errors));
        };
        let flown = match flight {
            Some((Some(flight), Some(light), Some(attitude), n)) => Some((flight, light, attitude, n)),
            _ => None,
        };
        let case = file.case;
        let sensor = |(name, s): (String, written::Sensor)| (name, s.part, Vector3::from(s.at_m.map(|x| x.si())));
        Ok(Self {
            name: case.name,
            flown,
            exchange: case.exchange.unwrap_or(written::Exchange::Space),
            radiation,
            escape_most: case.escape_most.map_or(0.01, |f| f.get()),
            space_k: case.space_k.map_or(crate::constants::SPACE_K, |t| t.si()),
            parts,
            lumped,
            contacts: case.contacts,
            bolts: case.bolts,
            links: case.links,
            sensors: case.sensors.into_iter().map(sensor).collect(),
            transient: case.transient,
            rays: case.rays,
            solver: case.solver,
            output: case.output,
            assumptions,
            source: file.source,
        })
    }
}
