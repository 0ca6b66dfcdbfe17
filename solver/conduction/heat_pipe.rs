//! A heat pipe between coolant and sheet.

use super::tube::wall_m_k_per_w;
use crate::model::heat_pipes::HeatPipes;

/// Vapour to sheet for one metre of tube that vapour fills, m K/W: `1/g_c + ln(d_o/d_i)/(2 π k) + R_joint`.
pub fn resistance_m_k_per_w(pipe: &HeatPipes, bore_and_outer_m: (f64, f64), wall_w_mk: f64, joint_m_k_per_w: f64) -> f64 {
    1.0 / pipe.condenser_w_m_k + wall_m_k_per_w(bore_and_outer_m, wall_w_mk, joint_m_k_per_w)
}
