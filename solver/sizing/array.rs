//! The solar array at its own equilibrium.

use crate::constants::STEFAN_BOLTZMANN;

/// An isothermal panel in the sun from which electricity is drawn.
#[derive(Clone, Copy, Debug)]
pub struct Panel {
    /// Heat absorbed on both sides, electricity not yet taken out, W/m².
    pub absorbed_w_m2: f64,
    /// Sum of both emissivities.
    pub emissivity_sum: f64,
    /// Electricity at the reference temperature, W/m².
    pub drawn_at_reference_w_m2: f64,
    /// Relative change per kelvin.
    pub temperature_coefficient_per_k: f64,
    /// Reference temperature, K.
    pub reference_k: f64,
}

impl Panel {
    /// Electricity drawn at a temperature, W/m².
    pub fn drawn_w_m2(&self, t_k: f64) -> f64 {
        self.drawn_at_reference_w_m2 * (1.0 + self.temperature_coefficient_per_k * (t_k - self.reference_k))
    }

    /// Equilibrium temperature, K: `absorbed − drawn(T) = (ε_f + ε_b) σ T⁴`, by Newton.
    ///
    /// Truth: `sizing::solar_array` (G20).
    pub fn temperature_k(&self) -> f64 {
        let mut t = (self.absorbed_w_m2 / (self.emissivity_sum * STEFAN_BOLTZMANN)).max(1.0).powf(0.25);
        for _ in 0..50 {
            let f = self.emissivity_sum * STEFAN_BOLTZMANN * t.powi(4) - self.absorbed_w_m2 + self.drawn_w_m2(t);
            let slope = 4.0 * self.emissivity_sum * STEFAN_BOLTZMANN * t.powi(3)
                + self.drawn_at_reference_w_m2 * self.temperature_coefficient_per_k;
            let step = f / slope;
            t -= step;
            if step.abs() < 1e-12 * t {
                break;
            }
        }
        t
    }
}
