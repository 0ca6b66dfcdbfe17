//! Flow in a round tube: friction, film, and the resistance from coolant to sheet.

use crate::model::catalogue::LiquidState;
use std::f64::consts::PI;

/// Darcy friction factor of a smooth tube: `64/Re` below 2300, else Petukhov `(0.790 ln Re − 1.64)⁻²` (taken at 3000 in
/// the transition). Source: Petukhov 1970; Incropera eq. 8.21.
pub fn friction(reynolds: f64) -> f64 {
    if reynolds < 2300.0 { 64.0 / reynolds } else { (0.790 * reynolds.max(3000.0).ln() - 1.64).powi(-2) }
}

/// Nusselt number: 4.36 (laminar, constant flux) below 2300, Gnielinski above 4000, linear between.
///
/// `Nu = (f/8)(Re − 1000) Pr / (1 + 12.7 √(f/8) (Pr^⅔ − 1))`. Source: Gnielinski 1976; Incropera eq. 8.62.
pub fn nusselt(reynolds: f64, prandtl: f64) -> f64 {
    let gnielinski = |re: f64| {
        let f8 = friction(re) / 8.0;
        f8 * (re - 1000.0) * prandtl / (1.0 + 12.7 * f8.sqrt() * (prandtl.powf(2.0 / 3.0) - 1.0))
    };
    match reynolds {
        re if re < 2300.0 => 4.36,
        re if re < 4000.0 => 4.36 + (re - 2300.0) / 1700.0 * (gnielinski(4000.0) - 4.36),
        re => gnielinski(re),
    }
}

/// Wall and joint of one metre of tube, m K/W: `ln(d_o/d_i)/(2 π k) + R_joint`.
pub fn wall_m_k_per_w((bore_m, outer_m): (f64, f64), wall_w_mk: f64, joint_m_k_per_w: f64) -> f64 {
    (outer_m / bore_m).ln() / (2.0 * PI * wall_w_mk) + joint_m_k_per_w
}

/// Flow of one tube.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct Flow {
    /// Reynolds number.
    pub reynolds: f64,
    /// Mean velocity, m/s.
    pub velocity_m_s: f64,
    /// Film coefficient, W/(m² K).
    pub film_w_m2k: f64,
    /// Frictional pressure gradient, Pa/m.
    pub pressure_gradient_pa_m: f64,
    /// Dynamic pressure, Pa.
    pub dynamic_pressure_pa: f64,
}

impl Flow {
    /// Flow of `mass_flow_kg_s` in a tube of inner diameter `bore_m`, properties at one temperature.
    pub fn new(mass_flow_kg_s: f64, bore_m: f64, liquid: &LiquidState) -> Self {
        let reynolds = 4.0 * mass_flow_kg_s / (PI * bore_m * liquid.viscosity_pa_s);
        let prandtl = liquid.viscosity_pa_s * liquid.specific_heat_j_kgk / liquid.conductivity_w_mk;
        let velocity_m_s = 4.0 * mass_flow_kg_s / (PI * bore_m * bore_m * liquid.density_kg_m3);
        let dynamic_pressure_pa = 0.5 * liquid.density_kg_m3 * velocity_m_s * velocity_m_s;
        Self {
            reynolds,
            velocity_m_s,
            film_w_m2k: nusselt(reynolds, prandtl) * liquid.conductivity_w_mk / bore_m,
            pressure_gradient_pa_m: friction(reynolds) / bore_m * dynamic_pressure_pa,
            dynamic_pressure_pa,
        }
    }

    /// Resistance from coolant to sheet for one metre of tube, m K/W: film, wall and joint,
    /// `1/(h π d_i) + ln(d_o/d_i)/(2 π k) + R_joint`.
    pub fn resistance_m_k_per_w(&self, bore_m: f64, outer_m: f64, wall_w_mk: f64, joint_m_k_per_w: f64) -> f64 {
        1.0 / (self.film_w_m2k * PI * bore_m) + wall_m_k_per_w((bore_m, outer_m), wall_w_mk, joint_m_k_per_w)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gnielinski_and_petukhov_as_another_library_has_them() {
        // Python package ht 1.2.0, turbulent_Gnielinski(Re, Pr, fd = (0.790 ln Re - 1.64)^-2).
        for (re, pr, f, nu) in
            [(1e4, 5.83, 0.031_479_802_756_746_69, 74.164_136_054_1), (5e4, 1.3, 0.020_957_646_673_126_35, 148.433_216_269_57)]
        {
            assert!((friction(re) / f - 1.0).abs() < 1e-12, "{}", friction(re));
            assert!((nusselt(re, pr) / nu - 1.0).abs() < 1e-12, "{}", nusselt(re, pr));
        }
        assert_eq!(nusselt(1000.0, 5.0), 4.36);
        // No jump where the laws meet.
        for re in [2300.0, 4000.0] {
            assert!((nusselt(re - 1e-6, 2.0) - nusselt(re + 1e-6, 2.0)).abs() < 1e-3);
        }
    }
}
