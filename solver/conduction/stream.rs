//! The coolant of a radiator: a liquid, or a saturated mixture that condenses on its way.

use super::tube::{Flow, friction};
use crate::constants::GAUSS;
use crate::model::Model;
use crate::model::catalogue::{LiquidState, VapourState};
use std::f64::consts::PI;

/// Vapour that condenses.
#[derive(Clone, Copy, Debug)]
pub struct Condensing {
    /// Saturated vapour at the inlet.
    pub vapour: VapourState,
    /// Vapour of the flow at the inlet, by mass; none at the outlet.
    pub quality: f64,
    /// Saturation over critical pressure.
    pub reduced_pressure: f64,
}

/// Coolant between two temperatures.
#[derive(Clone, Copy, Debug)]
pub struct Stream {
    /// Its liquid at the mean temperature.
    pub liquid: LiquidState,
    /// Its vapour, if there is any.
    pub condensing: Option<Condensing>,
    /// Heat given off between the two, J/kg: `c_p ΔT`, with `x h_fg` where vapour condenses.
    pub heat_j_per_kg: f64,
}

impl Stream {
    /// The coolant of a case from the radiator's inlet to its outlet: its liquid at the mean temperature, its vapour at the inlet's.
    pub fn between(model: &Model, inlet_k: f64, outlet_k: f64) -> Self {
        let within = "coolant temperatures are checked against the table";
        let liquid = model.liquid.at(0.5 * (inlet_k + outlet_k)).expect(within);
        let condensing = model.two_phase.map(|t| {
            let vapour = model.liquid.vapour_at(inlet_k).expect(within);
            let critical = model.coolant.critical.expect("pure fluids have a critical point");
            Condensing { vapour, quality: t.quality.get(), reduced_pressure: vapour.pressure_pa / (1e6 * critical.pressure_mpa) }
        });
        let latent = condensing.map_or(0.0, |c| c.quality * c.vapour.latent_heat_j_kg);
        Self { liquid, condensing, heat_j_per_kg: liquid.specific_heat_j_kgk * (inlet_k - outlet_k) + latent }
    }

    /// Flow of one tube. A liquid: [`Flow::new`]. A mixture: film and friction over the tube, vapour giving way evenly along it,
    ///
    /// `1/h = mean of 1/h(x)`, `h(x) = h_l [(1−x)^0.8 + 3.8 x^0.76 (1−x)^0.04 / p_r^0.38]`, `h_l = 0.023 Re_l^0.8 Pr^0.4 k/d` for the whole
    /// flow as liquid (Shah 1979), at least that of laminar liquid;
    /// `dp/dz = mean of [A + 2(B − A)x](1−x)^⅓ + B x³`, A and B for the whole flow as liquid and as vapour (Müller-Steinhagen and Heck
    /// 1986). Vapour shear drives both: no gravity in either. What slowing down gives back is left out.
    ///
    /// Truth: `two_phase::film_and_friction_as_another_library_has_them`.
    pub fn flow(&self, mass_flow_kg_s: f64, bore_m: f64) -> Flow {
        let as_liquid = Flow::new(mass_flow_kg_s, bore_m, &self.liquid);
        let Some(c) = &self.condensing else { return as_liquid };
        let l = &self.liquid;
        let flux = 4.0 * mass_flow_kg_s / (PI * bore_m * bore_m);
        let prandtl = l.viscosity_pa_s * l.specific_heat_j_kgk / l.conductivity_w_mk;
        let conductance = l.conductivity_w_mk / bore_m;
        let film_liquid = 0.023 * as_liquid.reynolds.powf(0.8) * prandtl.powf(0.4) * conductance;
        let vapour_reynolds = 4.0 * mass_flow_kg_s / (PI * bore_m * c.vapour.viscosity_pa_s);
        let gradient_vapour = friction(vapour_reynolds) / bore_m * 0.5 * flux * flux / c.vapour.density_kg_m3;
        let (a, b) = (as_liquid.pressure_gradient_pa_m, gradient_vapour);
        let (mut resistance, mut gradient) = (0.0, 0.0);
        for (t, weight) in GAUSS {
            let (x, rest) = (c.quality * t, 1.0 - c.quality * t);
            let shah = rest.powf(0.8) + 3.8 * x.powf(0.76) * rest.powf(0.04) / c.reduced_pressure.powf(0.38);
            resistance += weight / (film_liquid * shah).max(4.36 * conductance);
            gradient += weight * ((a + 2.0 * (b - a) * x) * rest.cbrt() + b * x.powi(3));
        }
        let density = self.inlet_kg_m3();
        Flow {
            reynolds: as_liquid.reynolds,
            velocity_m_s: flux / density,
            film_w_m2k: 1.0 / resistance,
            pressure_gradient_pa_m: gradient,
            dynamic_pressure_pa: 0.5 * flux * flux / density,
        }
    }

    /// Density at the inlet of the radiator, both phases at one velocity, kg/m³: `1/(x/ρ_v + (1 − x)/ρ_l)`.
    pub fn inlet_kg_m3(&self) -> f64 {
        let rho = self.liquid.density_kg_m3;
        self.condensing.map_or(rho, |c| 1.0 / (c.quality / c.vapour.density_kg_m3 + (1.0 - c.quality) / rho))
    }

    /// Mean density of what a tube holds, kg/m³: `α ρ_v + (1 − α) ρ_l` with the void `α = 1/(1 + (1−x)/x (ρ_v/ρ_l)^⅔)` (Zivi 1964), the mean
    /// over the tube.
    pub fn held_kg_m3(&self) -> f64 {
        let rho = self.liquid.density_kg_m3;
        let Some(c) = &self.condensing else { return rho };
        let vapour = c.vapour.density_kg_m3;
        let at = |x: f64| {
            let void = 1.0 / (1.0 + (1.0 - x) / x * (vapour / rho).powf(2.0 / 3.0));
            void * vapour + (1.0 - void) * rho
        };
        GAUSS.iter().map(|(t, weight)| weight * at(c.quality * t)).sum()
    }

    /// What a pressure drop takes off the saturation temperature, K: `Δp T (1/ρ_v − 1/ρ_l)/h_fg` (Clausius and Clapeyron); 0 for a liquid.
    pub fn glide_k(&self, drop_pa: f64, t_k: f64) -> f64 {
        self.condensing.map_or(0.0, |c| {
            drop_pa * t_k * (1.0 / c.vapour.density_kg_m3 - 1.0 / self.liquid.density_kg_m3) / c.vapour.latent_heat_j_kg
        })
    }
}
