//! A survey as table.

use super::csv::or_empty;
use crate::analysis::survey::Point;
use crate::constants::CELSIUS_ZERO_K;
use std::fmt::Write;

/// The text of `survey.csv`.
pub fn table(points: &[Point]) -> String {
    let mut out = String::from(
        "point,design_case,beta_deg,eclipse_fraction,solar_w_m2,junction_c,junction_margin_k,return_most_c,supply_least_c,radiator_least_c,radiator_most_c,array_least_c,array_most_c,bus_least_c,bus_most_c,array_w,power_margin,distance_k,seconds\n",
    );
    let c = |k: f64| k - CELSIUS_ZERO_K;
    for p in points {
        writeln!(
            out,
            "{},{},{},{:.6},{:.3},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.4},{:.2},{:.6},{},{:.3}",
            p.label,
            p.design_case,
            or_empty(p.beta_deg),
            p.eclipse_fraction,
            p.solar_w_m2,
            c(p.junction_k),
            p.junction_margin_k,
            c(p.return_most_k),
            c(p.supply_least_k),
            c(p.radiator_k.0),
            c(p.radiator_k.1),
            c(p.array_k.0),
            c(p.array_k.1),
            c(p.bus_k.0),
            c(p.bus_k.1),
            p.array_w,
            p.power_margin,
            or_empty(p.distance_k),
            p.seconds,
        )
        .expect("writing to a string");
    }
    out
}
