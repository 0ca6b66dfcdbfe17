//! A heat pipe between coolant and sheet.

use super::tube::wall_m_k_per_w;
use crate::case::heat_pipes::HeatPipes;

/// Vapour to sheet for one metre of pipe, m K/W: `1/g_c + ln(d_o/d_i)/(2 π k) + R_joint`.
pub fn resistance_m_k_per_w(pipe: &HeatPipes, bore_and_outer_m: (f64, f64), wall_w_mk: f64, joint_m_k_per_w: f64) -> f64 {
    1.0 / pipe.condenser_w_m_k.get() + wall_m_k_per_w(bore_and_outer_m, wall_w_mk, joint_m_k_per_w)
}

/// Effective length of a pipe with a condenser of `length_m`, m: half of evaporator and condenser.
pub fn effective_m(pipe: &HeatPipes, length_m: f64) -> f64 {
    0.5 * (pipe.evaporator_m.get() + length_m)
}
