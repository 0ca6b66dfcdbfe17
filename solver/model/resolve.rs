//! From a case as written to a model as meant: names looked up, contradictions found, all mistakes together.

use super::catalogue::{CATALOGUE, Liquid};
use super::curve::Curve;
use super::{Array, Assumption, Cells, Load, Model, Optics, Radiator, catalogue, orbit};
use super::{survey, transient};
use crate::case::schema::{self, Evidence, Life, Spacing};
use crate::case::transient::Transient;
use crate::case::{CaseError, CaseErrors, CaseFile, Source, read_at_most, suggest};
use crate::fin::taper::Profile;
use crate::quantity::{Efficiency, Fraction, Kelvins, Quantity};
use nalgebra::Vector3;
use std::collections::BTreeMap;

/// What cases of every kind give.
#[derive(Clone, Copy)]
pub(super) struct Given<'a> {
    pub(super) source: &'a Source,
    pub(super) materials: &'a BTreeMap<String, schema::Material>,
    pub(super) coatings: &'a BTreeMap<String, schema::Coating>,
    pub(super) life: Life,
    /// Orbit, environment and attitude, if the case flies.
    pub(super) flown: Option<(&'a schema::Orbit, &'a schema::Environment, &'a schema::Attitude)>,
}

impl<'a> Given<'a> {
    fn of_design(file: &'a CaseFile) -> Self {
        let case = &file.case;
        let flown = Some((&case.orbit, &case.environment, &case.attitude));
        let (materials, coatings) = (&case.materials, &case.coatings);
        Self { source: &file.source, materials, coatings, life: case.environment.life, flown }
    }
    fn flown(&self) -> (&'a schema::Orbit, &'a schema::Environment, &'a schema::Attitude) {
        self.flown.expect("asked of cases that fly")
    }
    pub(super) fn orbit(&self) -> &'a schema::Orbit {
        self.flown().0
    }
    pub(super) fn environment(&self) -> &'a schema::Environment {
        self.flown().1
    }
    pub(super) fn attitude(&self) -> &'a schema::Attitude {
        self.flown().2
    }
}

/// Collects mistakes while names are resolved.
pub(super) struct Resolver<'a> {
    pub(super) given: Given<'a>,
    /// Whether coatings degrade as outside the magnetosphere.
    pub(super) high: bool,
    /// Names of radiation groups.
    pub(super) radiation: Vec<String>,
    pub(super) errors: Vec<CaseError>,
    pub(super) assumptions: Vec<Assumption>,
}

/// A coating at the chosen life.
pub(super) struct Coated {
    pub(super) optics: Optics,
    areal_mass_kg_m2: f64,
    emissivity_by_k: Vec<(f64, f64)>,
    absorptivity_by_k: Vec<(f64, f64)>,
}

impl<'a> Resolver<'a> {
    pub(super) fn new(given: Given<'a>) -> Self {
        Self { given, high: false, radiation: vec![], errors: Vec::new(), assumptions: Vec::new() }
    }

    pub(super) fn error(&mut self, key: &str, message: impl Into<String>, help: impl Into<String>) {
        self.errors.push(self.given.source.error(key, message, help));
    }

    /// Notes what the model rests on, once.
    pub(super) fn assume(&mut self, assumption: Assumption) {
        if !self.assumptions.contains(&assumption) {
            self.assumptions.push(assumption);
        }
    }

    /// Text of a file whose path starts at the case file.
    pub(super) fn text_beside(&mut self, key: &str, file: &str, most_bytes: u64) -> Option<String> {
        let path = std::path::Path::new(&self.given.source.file).parent().map_or_else(|| file.into(), |dir| dir.join(file));
        let text = match std::fs::metadata(&path) {
            Ok(about) if about.len() > most_bytes => Err(format!("at most {most_bytes} bytes are read, got {}", about.len())),
            _ => read_at_most(&path, most_bytes)
                .map_err(|e| e.to_string())
                .and_then(|bytes| String::from_utf8(bytes).map_err(|_| "it is no UTF-8 text".to_owned())),
        };
        text.map_err(|e| self.error(key, format!("{} cannot be read: {e}", path.display()), "paths start at the case file")).ok()
    }

    /// Looks a name up in the case's own table, then in the catalogue.
    pub(super) fn find<T: Clone>(
        &mut self,
        (kind, key, name): (&str, &str, &str),
        (own, built_in): (&BTreeMap<String, T>, &BTreeMap<String, T>),
        row: impl Fn(&T) -> (String, Evidence),
    ) -> Option<T> {
        let Some(found) = own.get(name).or_else(|| built_in.get(name)) else {
            let help = suggest(name, own.keys().chain(built_in.keys()).map(String::as_str));
            self.error(key, format!("unknown {kind} `{name}`"), help);
            return None;
        };
        let (source, evidence) = row(found);
        self.assume(Assumption { what: format!("{kind} {name}"), source, evidence });
        Some(found.clone())
    }

    pub(super) fn material(&mut self, key: &str, name: &str) -> Option<schema::Material> {
        let tables = (self.given.materials, &CATALOGUE.materials);
        self.find(("material", key, name), tables, |r| (r.source.clone(), r.evidence))
    }

    pub(super) fn coating(&mut self, key: &str, name: &str) -> Option<Coated> {
        let tables = (self.given.coatings, &CATALOGUE.coatings);
        let c = self.find(("coating", key, name), tables, |r| (r.source.clone(), r.evidence))?;
        let high = c.absorptivity_end_high_orbit.filter(|_| self.high);
        let (absorptivity, emissivity) = match self.given.life {
            Life::Beginning => (c.absorptivity_beginning, c.emissivity_beginning),
            Life::End => (high.unwrap_or(c.absorptivity_end), c.emissivity_end),
        };
        let optics = self.optics(key, (absorptivity.get(), emissivity.get()), [c.specularity_solar, c.specularity_ir]);
        if optics.emissivity <= 0.0 {
            self.error(key, format!("coating `{name}` has no emissivity"), "a radiating surface needs an emissivity above 0");
        }
        if c.absorptivity_by_k.is_some() && optics.absorptivity <= 0.0 {
            let help = "give the absorptivity near the working temperature: the table counts relative to it";
            self.error(key, format!("coating `{name}` has an absorptivity by temperature, and 0 as its one number"), help);
        }
        let emissivity_by_k = self.by_temperature(key, c.emissivity_by_k.as_deref());
        if !emissivity_by_k.is_empty() && optics.specular_ir > 0.0 {
            let message = format!("coating `{name}` has `specularity_ir` and `emissivity_by_k`");
            self.error(key, message, "rays are traced with one specular reflectance: keep one of the two");
        }
        Some(Coated {
            optics,
            areal_mass_kg_m2: c.areal_mass_kg_m2.get(),
            emissivity_by_k,
            absorptivity_by_k: self.by_temperature(key, c.absorptivity_by_k.as_deref()),
        })
    }

    /// Optics of a side; one that would mirror all sunlight is refused.
    fn optics(&mut self, key: &str, (absorptivity, emissivity): (f64, f64), specularity: [Option<Fraction>; 2]) -> Optics {
        let optics = Optics::new(absorptivity, emissivity, specularity);
        if optics.specular_solar >= 1.0 {
            let help = "a surface must take up some light: give an absorptivity above 0, or a specularity below 1";
            self.error(key, "a perfect mirror: solar absorptivity 0, specularity 1", help);
        }
        optics
    }

    /// A table by temperature in SI; its temperatures must ascend.
    fn by_temperature<Q: Quantity>(&mut self, key: &str, table: Option<&[(Kelvins, Q)]>) -> Vec<(f64, f64)> {
        let rows: Vec<(f64, f64)> = table.unwrap_or_default().iter().map(|(t, q)| (t.si(), q.si())).collect();
        if let Err(e) = Curve::new(&rows)
            && table.is_some()
        {
            self.error(key, format!("table by temperature: {e}"), "give pairs of kelvin and value, coldest first");
        }
        rows
    }

    fn load(&mut self, case: &schema::Case) -> Option<Load> {
        let load = &case.load;
        let rack = match &load.rack {
            Some(name) => {
                let none = BTreeMap::new();
                let tables = (&none, &CATALOGUE.racks);
                Some((name.clone(), self.find(("rack", "load.rack", name), tables, |r| (r.source.clone(), r.evidence))?))
            }
            None => None,
        };
        let power_w = match (load.power_kw, load.count, &rack) {
            (Some(_), Some(_), _) => {
                self.error("load.count", "`power_kw` and `count` both set the power", "keep one of them");
                return None;
            }
            (Some(power), None, _) => power.si(),
            #[expect(clippy::cast_precision_loss, reason = "rack counts are below 2^53")]
            (None, Some(count), Some((_, rack))) => rack.power_w * count.get() as f64,
            (None, Some(_), None) => {
                self.error("load.count", "`count` without `rack`", "name a rack of the catalogue");
                return None;
            }
            (None, None, _) => {
                self.error("load", "no heat load", "give `power_kw`, or `rack` and `count`");
                return None;
            }
        };
        #[expect(clippy::cast_precision_loss, reason = "GPUs of a rack are a small number")]
        let racks = rack.map(|(name, r)| (name, power_w / r.power_w, power_w / r.power_w * r.gpus as f64));
        Some(Load { power_w, overhead: load.overhead.get(), racks })
    }

    fn liquid(&mut self, case: &schema::Case) -> Option<Liquid> {
        let c = &case.coolant;
        let Some(liquid) = CATALOGUE.fluids.get(&c.fluid) else {
            let help = suggest(&c.fluid, CATALOGUE.fluids.keys().map(String::as_str));
            self.error("coolant.fluid", format!("unknown fluid `{}`", c.fluid), help);
            return None;
        };
        let source = "CoolProp tables, solver/model/catalogue/make_fluids.py".to_owned();
        self.assumptions.push(Assumption { what: format!("fluid {}", c.fluid), source, evidence: Evidence::Read });
        let (low, high) = liquid.range_k();
        let zero = crate::constants::CELSIUS_ZERO_K;
        let lift_k = case.heat_pump.as_ref().map_or(0.0, |h| h.lift_k.si());
        for (key, t) in [("coolant.supply_c", c.supply_c), ("coolant.return_c", c.return_c)] {
            if !(low..=high).contains(&(t.si() + lift_k)) {
                let (low, high, got) = (low - zero, high - zero, t.get() + lift_k);
                let message = format!("{} is tabulated as a liquid in {low:.0}..={high:.0} °C, got {got}", c.fluid);
                let row = &CATALOGUE.coolants[&c.fluid];
                let critical =
                    row.critical.map_or(String::new(), |p| format!(" and has no liquid above {:.0} °C", p.temperature_c));
                let help = format!("choose another fluid or temperature; it freezes at {:.0} °C{critical}", row.freeze_c);
                self.error(key, message, help);
            }
        }
        if let Some(t) = &c.two_phase {
            if !liquid.boils() {
                let message = format!("{} is a mixture without a table of its vapour", c.fluid);
                self.error("coolant.two_phase", message, "choose a pure fluid, or remove the table for a liquid loop");
            }
            if t.quality.get() < 0.01 {
                self.error(
                    "coolant.two_phase.quality",
                    "without vapour the loop is a liquid one",
                    "remove the table, or give the quality",
                );
            }
        }
        if c.return_c.get() - c.supply_c.get() < 0.1 {
            let message =
                format!("the return ({} °C) must be at least 0.1 K above the supply ({} °C)", c.return_c.get(), c.supply_c.get());
            self.error("coolant.return_c", message, "the coolant leaves the racks warmer than it enters them");
        }
        Some(liquid.clone())
    }

    fn radiator(&mut self, case: &schema::Case) -> Option<Radiator> {
        let r = &case.radiator;
        let material = self.material("radiator.material", &r.material);
        let coating = self.coating("radiator.coating", &r.coating);
        if r.wings.get() > 2 {
            self.error("radiator.wings", format!("wings must be 1 or 2, got {}", r.wings.get()), "use rows for more panels");
        }
        if r.spare_loops.get() >= r.loops.get() {
            let message = format!("spare loops must be fewer than the {} loops, got {}", r.loops.get(), r.spare_loops.get());
            self.error("radiator.spare_loops", message, "at least one loop must be left to carry the load");
        }
        if !r.loops.get().is_multiple_of(r.wings.get() * r.rows.get()) {
            let message =
                format!("{} loops do not spread evenly over {} wings × {} rows", r.loops.get(), r.wings.get(), r.rows.get());
            self.error("radiator.loops", message, "choose a multiple of wings × rows");
        }
        let outer = r.bore_mm.high.get() + 2.0 * r.wall_mm.get();
        if outer >= r.pitch_mm.low.get() {
            let message = format!("the smallest pitch ({} mm) must exceed the largest tube ({outer} mm)", r.pitch_mm.low.get());
            self.error("radiator.pitch_mm", message, "raise the pitch, or lower bore or wall");
        }
        let heat_pipes = self.heat_pipes(r);
        if r.planform_m2.is_some() {
            let free = [
                ("pitch_mm", r.pitch_mm.si()),
                ("sheet_mm", r.sheet_mm.si()),
                ("bore_mm", r.bore_mm.si()),
                ("length_m", r.length_m.si()),
            ];
            for (key, _) in free.into_iter().filter(|(_, (low, high))| low != high) {
                let message = "must be one number when `planform_m2` fixes the area";
                self.error(&format!("radiator.{key}"), message, "give the panel as built, or remove `planform_m2` to size it");
            }
        }
        let back = r.coating_back.as_ref().map(|name| self.coating("radiator.coating_back", name));
        let cells = r.cells.as_ref().map(|c| self.cells("radiator.cells.cell", &c.cell, [c.packing, c.remaining]));
        let (material, coating) = material.zip(coating)?;
        let (back, cells) = (back.map_or(Some(None), |b| b.map(Some))?, cells.map_or(Some(None), |c| c.map(Some))?);
        if back.is_some() || cells.is_some() {
            self.unequal_faces(case, &[Some(&coating), back.as_ref()]);
        }
        let planform_m2 = r.planform_m2.map(|a| a.si());
        let (back, back_kg_m2) = back.map_or((coating.optics, coating.areal_mass_kg_m2), |b| (b.optics, b.areal_mass_kg_m2));
        let (front, front_kg_m2) = match (&cells, &r.cells) {
            (Some((cell, _)), Some(written)) => (Optics::new(cell.absorptivity, cell.emissivity, [None; 2]), written.kg_m2.get()),
            _ => (coating.optics, coating.areal_mass_kg_m2),
        };
        let cells = cells.map(|(_, cells)| cells);
        let conductivity_by_k = self.by_temperature("radiator.material", material.conductivity_by_k.as_deref());
        let specific_heat_by_k = self.by_temperature("radiator.material", material.specific_heat_by_k.as_deref());
        if case.transient.is_some() && material.specific_heat_j_kgk.is_none() {
            let message = format!("material `{}` has no specific heat", r.material);
            self.error("radiator.material", message, "[transient] needs `specific_heat_j_kgk`");
        }
        Some(Radiator {
            conductivity_w_mk: material.conductivity_w_mk.si(),
            density_kg_m3: material.density_kg_m3.si(),
            specific_heat_j_kgk: material.specific_heat_j_kgk.map(|c| c.si()),
            specific_heat_by_k,
            conductivity_by_k,
            emissivity_by_k: coating.emissivity_by_k,
            absorptivity_by_k: coating.absorptivity_by_k,
            faces: [front, back],
            cells,
            heat_pipes,
            coating_kg_m2: front_kg_m2 + back_kg_m2,
            wings: r.wings.get(),
            rows: r.rows.get(),
            root_distance_m: r.root_distance_m.si(),
            loops: r.loops.get(),
            spare_loops: r.spare_loops.get(),
            pitch_m: r.pitch_mm.si(),
            sheet_m: r.sheet_mm.si(),
            profile: r.taper.map_or_else(|| Profile::uniform().clone(), |t| Profile::new(t.get())),
            bore_m: r.bore_mm.si(),
            length_m: r.length_m.si(),
            wall_m: r.wall_mm.si(),
            joint_m_k_per_w: r.joint_m_k_per_w.si(),
            planform_m2,
            joint: self.joint("radiator", Radiator::normal_with(cells.is_some()), r.joint.as_ref()),
        })
    }

    /// What faces that differ cannot have: tables by temperature, a coating in time.
    fn unequal_faces(&mut self, case: &schema::Case, coatings: &[Option<&Coated>]) {
        let help = "give both faces one coating, without `coating_back` and `cells`";
        let tabled = |c: &&Coated| !c.emissivity_by_k.is_empty() || !c.absorptivity_by_k.is_empty();
        if coatings.iter().flatten().any(tabled) {
            self.error("radiator.coating", "optics by temperature are those of both faces, which differ here", help);
        }
        let in_time = |t: &Transient| t.coating.emissivity.is_some() || t.coating.absorptivity.is_some();
        if case.transient.as_ref().is_some_and(in_time) {
            self.error("transient.coating", "optics in time are those of both faces, which differ here", help);
        }
    }

    /// A cell of the catalogue, and what it is at the chosen life.
    fn cells(&mut self, key: &str, name: &str, given: [Option<Efficiency>; 2]) -> Option<(catalogue::Cell, Cells)> {
        let none = BTreeMap::new();
        let cell = self.find(("cell", key, name), (&none, &CATALOGUE.cells), |r| (r.source.clone(), r.evidence))?;
        let [packing, remaining] = given.map(|x| x.map(Efficiency::get));
        let remaining = match self.given.life {
            Life::Beginning => 1.0,
            Life::End => remaining.unwrap_or(cell.remaining_end),
        };
        let cells = Cells {
            efficiency: cell.efficiency_beginning * remaining,
            temperature_coefficient_per_k: cell.temperature_coefficient_per_k,
            reference_k: cell.reference_c + crate::constants::CELSIUS_ZERO_K,
            packing: packing.unwrap_or(cell.packing),
        };
        Some((cell, cells))
    }

    fn array(&mut self, case: &schema::Case) -> Option<Array> {
        let a = &case.array;
        let (cell, cells) = self.cells("array.cell", &a.cell, [a.packing, a.remaining])?;
        if a.wings.get() > 2 {
            self.error("array.wings", format!("wings must be 1 or 2, got {}", a.wings.get()), "widen the wings instead");
        }
        if a.rear_emissivity.get() <= 0.0 {
            self.error("array.rear_emissivity", "the rear side must radiate", "give an emissivity above 0");
        }
        let specularity = [a.front_specularity_solar, a.front_specularity_ir];
        let front = self.optics("array.front_specularity_solar", (cell.absorptivity, cell.emissivity), specularity);
        let specularity = [a.rear_specularity_solar, a.rear_specularity_ir];
        let taken = (a.rear_absorptivity.get(), a.rear_emissivity.get());
        let rear = self.optics("array.rear_specularity_solar", taken, specularity);
        Some(Array {
            cells,
            electrical_efficiency: a.electrical_efficiency.get(),
            front,
            rear,
            wings: a.wings.get(),
            width_m: a.width_m.si(),
            root_distance_m: a.root_distance_m.si(),
            substrate_m: a.substrate_mm.si(),
            joint: self.joint("array", Vector3::z_axis(), a.joint.as_ref()),
        })
    }

    fn layout(&mut self, case: &schema::Case) {
        let half = case.bus.size_m.map(|m| 0.5 * m.get());
        if case.radiator.root_distance_m.get() < half[1] {
            let message = format!(
                "the radiator root ({} m) lies inside the bus (half edge {} m)",
                case.radiator.root_distance_m.get(),
                half[1]
            );
            self.error("radiator.root_distance_m", message, "move the root out, or shrink bus.size_m along y");
        }
        if case.radiator.cells.is_some() && case.radiator.root_distance_m.get() < 0.5 * case.array.width_m.get() {
            let message = format!(
                "with cells the radiator lies in the plane of the array, and its root ({} m) within the array's half width ({} m)",
                case.radiator.root_distance_m.get(),
                0.5 * case.array.width_m.get()
            );
            self.error("radiator.root_distance_m", message, "move the root out, or narrow array.width_m");
        }
        if case.array.root_distance_m.get() < half[0] {
            let message =
                format!("the array root ({} m) lies inside the bus (half edge {} m)", case.array.root_distance_m.get(), half[0]);
            self.error("array.root_distance_m", message, "move the root out, or shrink bus.size_m along x");
        }
        if case.mesh.cells_across_pitch.get() < 3 {
            let message =
                format!("cells across the pitch must be at least 3 (fin, tube, fin), got {}", case.mesh.cells_across_pitch.get());
            self.error("mesh.cells_across_pitch", message, "fewer cells cannot hold the tube");
        }
        if case.mesh.spacing == Spacing::Fitted && case.mesh.cells_across_pitch.get().is_multiple_of(2) {
            let message = format!(
                "fitted spacing needs an odd number of cells across the pitch, got {}",
                case.mesh.cells_across_pitch.get()
            );
            self.error("mesh.cells_across_pitch", message, "one cell is the tube, the two fins share the rest");
        }
        if case.mesh.facets_along.get() > case.mesh.cells_along_tube.get() {
            self.error("mesh.facets_along", "more facets than cells along the tube", "facets are groups of cells");
        }
    }
}

impl Model {
    /// Resolves a case. Errors: every unknown name and contradiction, together.
    pub fn from_case(file: CaseFile) -> Result<Self, CaseErrors> {
        let mut r = Resolver::new(Given::of_design(&file));
        let case = &file.case;
        let (load, flight, light, attitude, liquid) = (r.load(case), r.flight(), r.light(), r.attitude(), r.liquid(case));
        r.high = flight.as_ref().is_some_and(orbit::is_high);
        let heat_pump = r.heat_pump(case, load.as_ref());
        let (radiator, array, bus) = (r.radiator(case), r.array(case), r.coating("bus.coating", &case.bus.coating));
        r.layout(case);
        let armour = flight.as_ref().and_then(|f| r.armour(case, f));
        if let Some(s) = &case.survey {
            survey::check(s, &case.orbit, &mut |key, message, help| r.error(key, message, help));
        }
        if let Some(t) = &case.transient {
            let cyclic = flight.as_ref().is_none_or(|f| f.cyclic);
            let specular_ir = radiator.as_ref().map_or(0.0, |r| r.faces[0].specular_ir.max(r.faces[1].specular_ir));
            transient::check(t, (cyclic, specular_ir), &mut |key, message, help| r.error(key, message, help));
        }
        let (errors, assumptions) = (r.errors, r.assumptions);
        let all = (load, flight, light, attitude, liquid, radiator, array, bus);
        let (
            true,
            (
                Some(load),
                Some(flight),
                Some(light),
                Some(attitude),
                Some(liquid),
                Some(radiator),
                Some(array),
                Some(Coated { optics: bus_optics, .. }),
            ),
        ) = (errors.is_empty(), all)
        else {
            return Err(file.source.errors(errors));
        };
        let case = file.case;
        let fluid = case.coolant.fluid;
        Ok(Self {
            name: case.name,
            load,
            chip_power_w: case.heat_path.chip_power_w.si(),
            junction_to_coolant_k_per_w: case.heat_path.junction_to_coolant_k_per_w.si(),
            junction_limit_k: case.heat_path.junction_limit_c.si(),
            interface_approach_k: case.heat_path.interface_approach_k.si(),
            coolant: CATALOGUE.coolants.get(&fluid).expect("every fluid has a row").clone(),
            two_phase: case.coolant.two_phase,
            fluid,
            liquid,
            supply_k: case.coolant.supply_c.si() + heat_pump.map_or(0.0, |h| h.lift_k),
            return_k: case.coolant.return_c.si() + heat_pump.map_or(0.0, |h| h.lift_k),
            battery: case.battery,
            heat_pump,
            loop_drop_pa: case.coolant.loop_drop_kpa.si(),
            pump_efficiency: case.coolant.pump_efficiency.get(),
            flight,
            positions: case.orbit.positions.get(),
            design_case: case.environment.design_case,
            life: case.environment.life,
            light,
            attitude,
            radiator_normal: case.attitude.radiator_normal,
            radiator,
            armour,
            array,
            bus_size_m: case.bus.size_m.map(|m| m.si()),
            bus_optics,
            bus_skin_m: case.bus.skin_mm.si(),
            mass: case.mass,
            cost: case.cost,
            mesh: case.mesh,
            rays: case.rays,
            solver: case.solver,
            transient: case.transient,
            survey: case.survey,
            study: case.study,
            claims: case.claims,
            output: case.output,
            assumptions,
            source: file.source,
        })
    }
}
