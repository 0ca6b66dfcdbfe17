//! A heat pipe between coolant and sheet.

use crate::case::heat_pipes::HeatPipes;
use std::f64::consts::PI;

/// Vapour to sheet for one metre of pipe, m K/W: `1/g_c + ln(d_o/d_i)/(2 π k) + R_joint`.
pub fn resistance_m_k_per_w(pipe: &HeatPipes, (bore_m, outer_m): (f64, f64), wall_w_mk: f64, joint_m_k_per_w: f64) -> f64 {
    1.0 / pipe.condenser_w_m_k.get() + (outer_m / bore_m).ln() / (2.0 * PI * wall_w_mk) + joint_m_k_per_w
}

/// Effective length of a pipe with a condenser of `length_m`, m: half of evaporator and condenser.
pub fn effective_m(pipe: &HeatPipes, length_m: f64) -> f64 {
    0.5 * (pipe.evaporator_m.get() + length_m)
}
