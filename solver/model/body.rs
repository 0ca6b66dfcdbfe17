//! What cells are made of and coated with: materials, layers, honeycombs, coatings and blankets of an assembly.

use super::Optics;
use super::form::honeycomb_w_mk;
use super::resolve::Resolver;
use crate::case::assembly::{self as written, ShapeName};
use crate::quantity::Conductivity;
use nalgebra::{Matrix3, Rotation3, Vector3};
use std::collections::{BTreeMap, BTreeSet};

/// The radiation group that sees space, Sun and planet.
const EXTERNAL: &str = "external";

/// Thermal properties of cells.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// Conductivity in the part's axes, W/(m K).
    pub conductivity_w_mk: Matrix3<f64>,
    /// Heat capacity by volume, J/(m³ K), if the material tells.
    pub capacity_j_m3k: Option<f64>,
    /// Thickness of shells, m.
    pub thickness_m: Option<f64>,
}

/// What lies between a surface and the outer layer of a blanket, per area.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Insulation {
    /// Effective emittance: `Q = ε* σ (T⁴ − T_outer⁴)`.
    Emittance(f64),
    /// Conductance, W/(m² K).
    Conductance(f64),
}

/// A coating, or a blanket with the coating of its outer layer.
#[derive(Clone, Copy, Debug)]
pub struct Coat {
    /// Of what radiates.
    pub optics: Optics,
    /// What it lies on.
    pub insulation: Option<Insulation>,
}

/// Coats; `None` does not radiate.
#[derive(Clone, Copy, Debug, Default)]
pub struct Coats {
    /// Fronts of shells.
    pub front: Option<Coat>,
    /// Backs of shells.
    pub back: Option<Coat>,
    /// Faces of solids.
    pub outside: Option<Coat>,
    /// Radiation groups of the three, numbers of [`Assembly::radiation`](super::assembly::Assembly::radiation) where written.
    pub radiation: [Option<usize>; 3],
}

impl Coats {
    /// What a group has, and where it has nothing what its part has.
    #[must_use]
    pub fn or(&self, part: &Self) -> Self {
        Self {
            front: self.front.or(part.front),
            back: self.back.or(part.back),
            outside: self.outside.or(part.outside),
            radiation: std::array::from_fn(|k| self.radiation[k].or(part.radiation[k])),
        }
    }
}

/// Names of all radiation groups, "external" first.
pub(super) fn radiation_groups(case: &written::Assembly) -> Vec<String> {
    let of_part = |p: &written::Part| {
        let of_groups = p.groups.values().flat_map(|g| [&g.radiation, &g.front_radiation, &g.back_radiation]);
        of_groups.chain([&p.radiation, &p.front_radiation, &p.back_radiation]).flatten().cloned().collect::<Vec<_>>()
    };
    let names: BTreeSet<String> = case.parts.values().flat_map(of_part).filter(|n| n != EXTERNAL).collect();
    std::iter::once(EXTERNAL.to_owned()).chain(names).collect()
}

impl Resolver<'_> {
    /// A coating or blanket.
    fn coat(&mut self, key: &str, name: &str, blankets: &BTreeMap<String, written::Blanket>) -> Option<Coat> {
        let Some(b) = blankets.get(name) else {
            return self.coating(key, name).map(|c| Coat { optics: c.optics, insulation: None });
        };
        let of = format!("blankets.{name}");
        let insulation = match (b.effective_emittance, b.h_w_m2k) {
            (Some(e), None) => Insulation::Emittance(e.get()),
            (None, Some(h)) => Insulation::Conductance(h.si()),
            _ => {
                self.error(&of, "a blanket needs `effective_emittance` or `h_w_m2k`, not both", "give one of them");
                return None;
            }
        };
        let optics = self.coating(&format!("{of}.outer"), &b.outer)?.optics;
        Some(Coat { optics, insulation: Some(insulation) })
    }

    pub(super) fn coats(
        &mut self,
        key: &str,
        given: [(&str, &Option<String>); 3],
        (whole, front, back): (&Option<String>, &Option<String>, &Option<String>),
        blankets: &BTreeMap<String, written::Blanket>,
    ) -> Coats {
        let number = |name: &String| self.radiation.iter().position(|n| n == name);
        let radiation = [front.as_ref().or(whole.as_ref()), back.as_ref().or(whole.as_ref()), whole.as_ref()];
        let radiation = radiation.map(|name| name.and_then(number));
        let [front, back, outside] =
            given.map(|(name, coat)| coat.as_ref().and_then(|c| self.coat(&format!("{key}.{name}"), c, blankets)));
        Coats { front, back, outside, radiation }
    }

    /// Properties of a material, along the axes it is given in.
    pub(super) fn solid(
        &mut self,
        key: &str,
        name: &str,
        along: Option<[Conductivity; 3]>,
    ) -> Option<(Vector3<f64>, Option<f64>)> {
        let m = self.material(&format!("{key}.material"), name)?;
        let k = along.map_or_else(|| Vector3::repeat(m.conductivity_w_mk.si()), |k| Vector3::from(k.map(|k| k.si())));
        Some((k, m.specific_heat_j_kgk.map(|c| c.si() * m.density_kg_m3.si())))
    }

    pub(super) fn body(&mut self, key: &str, p: &written::Part) -> Option<Body> {
        if let Some(layers) = &p.layers {
            return self.layered(key, p, layers);
        }
        let Some(material) = &p.material else {
            self.error(key, "a part needs `material` or `layers`", "give one of them");
            return None;
        };
        let (k, capacity) = self.solid(key, material, p.conductivity_xyz_w_mk)?;
        let mut body = Body {
            conductivity_w_mk: Matrix3::from_diagonal(&k),
            capacity_j_m3k: capacity,
            thickness_m: p.thickness_mm.map(|t| t.si()),
        };
        match (&p.core, p.shape == Some(ShapeName::Honeycomb)) {
            (None, false) => {}
            (Some(core), true) => {
                let (foil, of_foil) = self.solid(&format!("{key}.core"), &core.material, None)?;
                let faces_m = 2.0 * self.length(key, "thickness_mm", p.thickness_mm)?;
                let (height, cell, film) = (core.height_mm.si(), core.cell_mm.si(), core.foil_um.si());
                let of_core = Vector3::from(honeycomb_w_mk(cell, film, foil.x));
                let whole = faces_m + height;
                // Face sheets and core side by side along the panel, one after the other across it.
                let along = (faces_m * k + height * of_core) / whole;
                let across = whole / (faces_m / k.z + height / of_core.z);
                body.conductivity_w_mk = Matrix3::from_diagonal(&Vector3::new(along.x, along.y, across));
                // The share of foil in the core: 8 d/(3 S).
                let solid = 8.0 * film / (3.0 * cell);
                body.capacity_j_m3k = capacity.zip(of_foil).map(|(face, foil)| (faces_m * face + height * solid * foil) / whole);
                body.thickness_m = Some(whole);
            }
            (None, true) => {
                self.error(key, "a honeycomb panel needs `[core]`", "add its material, height, cell and foil");
            }
            (Some(_), false) => {
                self.error(&format!("{key}.core"), "only a honeycomb panel has a core", "set shape = \"honeycomb\"");
            }
        }
        Some(body)
    }

    /// Layers side by side along the shell: `k = Σ k_i t_i / Σ t_i`, each turned to its own axes, `ρc` likewise.
    ///
    /// Truth: `assemblies::layers_conduct_side_by_side_in_their_own_axes`.
    fn layered(&mut self, key: &str, p: &written::Part, layers: &[written::Layer]) -> Option<Body> {
        let given = [
            (p.material.is_some(), "material"),
            (p.thickness_mm.is_some(), "thickness_mm"),
            (p.conductivity_xyz_w_mk.is_some(), "conductivity_xyz_w_mk"),
            (p.core.is_some(), "core"),
        ];
        if let Some((_, what)) = given.into_iter().find(|g| g.0) {
            self.error(&format!("{key}.{what}"), "is given beside `layers`", "keep one of them");
            return None;
        }
        if layers.is_empty() || p.shape == Some(ShapeName::Block) {
            self.error(
                &format!("{key}.layers"),
                "only shells have layers, one or more",
                "give `material`, or the layers of a shell",
            );
            return None;
        }
        let (mut whole, mut k_m, mut capacity) = (0.0, Matrix3::zeros(), Some(0.0));
        for (n, layer) in layers.iter().enumerate() {
            let at = format!("{key}.layers[{n}]");
            let (k, own) = self.solid(&at, &layer.material, layer.conductivity_xyz_w_mk)?;
            let t = layer.thickness_mm.si();
            let turn = Rotation3::from_axis_angle(&Vector3::z_axis(), layer.turn_deg.map_or(0.0, |a| a.si())).into_inner();
            k_m += t * turn * Matrix3::from_diagonal(&k) * turn.transpose();
            capacity = capacity.zip(own).map(|(sum, own)| sum + t * own);
            whole += t;
        }
        Some(Body { conductivity_w_mk: k_m / whole, capacity_j_m3k: capacity.map(|c| c / whole), thickness_m: Some(whole) })
    }
}
