//! Materials, coatings, cells, racks, environments and fluids: data files with a source per row, built into the program.

use crate::case::schema::{BodyName, Coating, Evidence, Material};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// A solar cell.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// Efficiency at AM0 and `reference_c`, as built.
    pub efficiency_beginning: f64,
    /// Relative change of power per kelvin, negative.
    pub temperature_coefficient_per_k: f64,
    /// Temperature of the efficiency, °C.
    pub reference_c: f64,
    /// Solar absorptivity with cover glass, electric power included.
    pub absorptivity: f64,
    /// Infrared emissivity of the front.
    pub emissivity: f64,
    /// Cell area over wing area.
    pub packing: f64,
    /// Power left at the end of life.
    pub remaining_end: f64,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained.
    pub evidence: Evidence,
}

/// A compute rack.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rack {
    /// Electric power, all heat, W.
    pub power_w: f64,
    /// GPUs in it.
    pub gpus: usize,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained.
    pub evidence: Evidence,
}

/// A design environment.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DesignCase {
    /// What it is an environment of.
    #[serde(default)]
    pub body: BodyName,
    /// Solar flux, W/m²; from the date if absent.
    pub solar_w_m2: Option<f64>,
    /// Planet albedo.
    pub albedo: f64,
    /// Planet infrared at its surface, W/m²; of its night where the ground follows the Sun.
    pub planet_ir_w_m2: f64,
    /// The sunlit ground emits what it absorbs.
    #[serde(default)]
    pub ground_follows_sun: bool,
    /// Where the numbers come from.
    pub source: String,
    /// How they were obtained.
    pub evidence: Evidence,
}

/// Properties of a liquid at one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LiquidState {
    /// kg/m³.
    pub density_kg_m3: f64,
    /// J/(kg K).
    pub specific_heat_j_kgk: f64,
    /// W/(m K).
    pub conductivity_w_mk: f64,
    /// Pa s.
    pub viscosity_pa_s: f64,
}

/// Saturated vapour over a liquid of one temperature.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VapourState {
    /// Saturation pressure, Pa.
    pub pressure_pa: f64,
    /// Heat of evaporation, J/kg.
    pub latent_heat_j_kg: f64,
    /// kg/m³.
    pub density_kg_m3: f64,
    /// Pa s.
    pub viscosity_pa_s: f64,
}

/// A coolant beside its tables.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CoolantRow {
    /// Freezing point, °C.
    pub freeze_c: f64,
    /// Critical point; mixtures have none here.
    pub critical: Option<Critical>,
    /// What it does to materials and people.
    pub note: String,
    /// Where the numbers come from.
    pub source: String,
}

/// A critical point.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Critical {
    /// °C.
    pub temperature_c: f64,
    /// MPa.
    pub pressure_mpa: f64,
}

/// A liquid tabulated on an even temperature grid, with its saturated vapour if it has one.
#[derive(Clone, Debug, Default)]
pub struct Liquid {
    temperature_k: Vec<f64>,
    rows: Vec<[f64; 4]>,
    vapour: Vec<[f64; 4]>,
}

impl Liquid {
    /// Lowest and highest temperature of the table, K.
    pub fn range_k(&self) -> (f64, f64) {
        (self.temperature_k[0], *self.temperature_k.last().expect("a liquid has rows"))
    }

    /// Properties at `t_k`, linear between rows 1 K apart (viscosity in its logarithm). `None` outside the table.
    ///
    /// Within 5e-4 of CoolProp; `make_fluids.py --check` compares the two and `tests/run` calls it.
    pub fn at(&self, t_k: f64) -> Option<LiquidState> {
        let (above, x) = self.place(t_k)?;
        let (a, b) = (self.rows[above - 1], self.rows[above]);
        let mix = |k: usize| a[k] + x * (b[k] - a[k]);
        Some(LiquidState {
            density_kg_m3: mix(0),
            specific_heat_j_kgk: mix(1),
            conductivity_w_mk: mix(2),
            viscosity_pa_s: (a[3].ln() + x * (b[3] / a[3]).ln()).exp(),
        })
    }

    /// Its saturated vapour at `t_k`, in the logarithms of all but the heat of evaporation, as near to CoolProp. `None` outside the table,
    /// and for mixtures.
    pub fn vapour_at(&self, t_k: f64) -> Option<VapourState> {
        let (above, x) = self.place(t_k)?;
        let (a, b) = (self.vapour.get(above - 1)?, self.vapour.get(above)?);
        let mix = |k: usize| (a[k].ln() + x * (b[k] / a[k]).ln()).exp();
        Some(VapourState {
            pressure_pa: mix(0),
            latent_heat_j_kg: a[1] + x * (b[1] - a[1]),
            density_kg_m3: mix(2),
            viscosity_pa_s: mix(3),
        })
    }

    /// Whether it has a vapour.
    pub fn boils(&self) -> bool {
        !self.vapour.is_empty()
    }

    /// Row above a temperature, and the share of the way to it.
    fn place(&self, t_k: f64) -> Option<(usize, f64)> {
        let (low, high) = self.range_k();
        if !(low..=high).contains(&t_k) {
            return None;
        }
        let above = self.temperature_k.partition_point(|&t| t < t_k).clamp(1, self.rows.len() - 1);
        let (t0, t1) = (self.temperature_k[above - 1], self.temperature_k[above]);
        Some((above, (t_k - t0) / (t1 - t0)))
    }
}

/// Every row of the built-in data files.
#[derive(Debug)]
pub struct Catalogue {
    /// Structural materials.
    pub materials: BTreeMap<String, Material>,
    /// Thermo-optical coatings.
    pub coatings: BTreeMap<String, Coating>,
    /// Solar cells.
    pub cells: BTreeMap<String, Cell>,
    /// Compute racks.
    pub racks: BTreeMap<String, Rack>,
    /// Design environments.
    pub environments: BTreeMap<String, DesignCase>,
    /// Coolants.
    pub fluids: BTreeMap<String, Liquid>,
    /// What else is known of them.
    pub coolants: BTreeMap<String, CoolantRow>,
}

/// The built-in catalogue.
pub static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| Catalogue {
    materials: table("materials", include_str!("catalogue/materials.toml")),
    coatings: table("coatings", include_str!("catalogue/coatings.toml")),
    cells: table("cells", include_str!("catalogue/cells.toml")),
    racks: table("racks", include_str!("catalogue/racks.toml")),
    environments: table("environments", include_str!("catalogue/environments.toml")),
    fluids: liquids(include_str!("catalogue/fluids.csv")),
    coolants: table("coolants", include_str!("catalogue/coolants.toml")),
});

fn table<T: for<'a> Deserialize<'a>>(name: &str, text: &str) -> BTreeMap<String, T> {
    toml::from_str(text).unwrap_or_else(|e| panic!("catalogue {name}: {e}"))
}

fn liquids(text: &str) -> BTreeMap<String, Liquid> {
    let mut all: BTreeMap<String, Liquid> = BTreeMap::new();
    for line in text.lines().filter(|l| !l.starts_with('#')).skip(1) {
        let (name, rest) = line.split_once(',').expect("catalogue fluids: a name and numbers");
        let x: Vec<f64> = rest.split(',').map(|s| s.parse().expect("catalogue fluids: a number")).collect();
        let liquid = all.entry(name.to_owned()).or_default();
        liquid.temperature_k.push(x[0]);
        liquid.rows.push([x[1], x[2], x[3], x[4]]);
        liquid.vapour.extend((x.len() > 5).then(|| [x[5], x[6], x[7], x[8]]));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_physical_and_has_a_source() {
        let c = &*CATALOGUE;
        for (name, r) in &c.coatings {
            assert!(!r.source.is_empty() && r.emissivity_end.get() <= r.emissivity_beginning.get() + 0.021, "{name}");
        }
        for (name, r) in &c.cells {
            assert!(r.efficiency_beginning < r.absorptivity && r.temperature_coefficient_per_k < 0.0, "{name}");
            assert!((0.0..=1.0).contains(&r.remaining_end) && !r.source.is_empty(), "{name}");
        }
        assert!(c.racks.values().all(|r| r.power_w > 0.0 && r.gpus > 0 && !r.source.is_empty()));
        assert!(c.environments.values().all(|r| r.planet_ir_w_m2 >= 0.0 && !r.source.is_empty()));
        assert!(c.materials.values().all(|r| !r.source.is_empty()));
    }

    #[test]
    fn liquids_interpolate_and_refuse_to_extrapolate() {
        // Water at 300.37 K: CoolProp 8.0.0 gives 996.4 kg/m3, 4180.5 J/(kg K), 0.6103 W/(m K), 8.47e-4 Pa s.
        let w = CATALOGUE.fluids["water"].at(300.37).unwrap();
        assert!((w.density_kg_m3 - 996.4).abs() < 0.3, "{w:?}");
        assert!((w.specific_heat_j_kgk - 4180.5).abs() < 1.0, "{w:?}");
        assert!((w.viscosity_pa_s - 8.47e-4).abs() < 3e-6, "{w:?}");
        assert!(CATALOGUE.fluids["water"].at(250.0).is_none());
    }
}
