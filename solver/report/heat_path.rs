//! Temperatures from the hottest junction to space, as the field model has them.

use super::summary::{celsius, temperatures};
use crate::analysis::layout::Part;
use crate::model::Model;
use crate::sizing::Sized;
use serde::Serialize;

/// One level of the heat path.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Level {
    /// What has this temperature.
    pub what: &'static str,
    /// Its temperature, °C.
    pub at_c: f64,
    /// What lies between it and the level before.
    pub through: &'static str,
    /// Drop from the level before, K; 0 for the first.
    pub drop_k: f64,
}

/// The levels from the junction to the sink, falling but for a heat pump's lift.
///
/// Junction and return as checked. Coolant and sheet at the tubes (vapour of heat pipes) are means over the links `g` of the active tubes,
/// `Σ g T / Σ g`, so that their difference times `Σ g` is the heat rejected. Sheets radiate at `(Σ A T⁴ / Σ A)^¼`, first over the
/// pitches of active tubes, then over the whole radiator; for the latter `2 A ε σ (T⁴ − T_sink⁴)` is the heat rejected where
/// emissivity does not depend on temperature. The last level is the sink of the field model.
///
/// Truth: `report::the_heat_path_carries_the_heat`.
pub fn heat_path(model: &Model, sized: &Sized) -> Vec<Level> {
    let (s, t) = (&sized.solution, temperatures(model, sized));
    let coolant = &s.network.coolant;
    let means_k = coolant.means(&s.state.coolant_k);
    let (mut conductance, mut of_coolant, mut of_sheet) = (0.0, 0.0, 0.0);
    for link in &coolant.links {
        conductance += link.gl_w_per_k;
        of_coolant += link.gl_w_per_k * means_k[coolant.node(link.channel, link.segment)];
        of_sheet += link.gl_w_per_k * s.state.node_k[link.node];
    }
    let pipes = model.radiator.heat_pipes.is_some();
    let levels = [
        ("hottest junction", "", t.junction_c),
        (
            if model.heat_pump.is_some() { "coolant from the heat pump" } else { "coolant from the racks" },
            if model.heat_pump.is_some() { "chip, cold plate, interface, lift" } else { "chip, cold plate and interface" },
            t.return_c,
        ),
        (
            "coolant, mean",
            if pipes { "cooling along the manifold" } else { "cooling along the tubes" },
            celsius(of_coolant / conductance),
        ),
        if pipes {
            ("vapour of the heat pipes", "manifold and evaporator", celsius(of_sheet / conductance))
        } else {
            ("sheet at the tubes", "film, wall and joint", celsius(of_sheet / conductance))
        },
        (
            "active sheet, radiating",
            if pipes { "condenser, wall, joint and fin" } else { "fin" },
            celsius(radiating_k(model, sized, true)),
        ),
        ("whole radiator, radiating", "lost loops", celsius(radiating_k(model, sized, false))),
        ("sink", "radiation", celsius(s.found.sink_k4.powf(0.25))),
    ];
    let mut before = levels[0].2;
    levels
        .into_iter()
        .map(|(what, through, at_c)| {
            let drop_k = before - at_c;
            before = at_c;
            Level { what, at_c, through, drop_k }
        })
        .collect()
}

/// `(Σ A T⁴ / Σ A)^¼` over the radiator, or over the pitches of its active tubes, K.
fn radiating_k(model: &Model, sized: &Sized, active_only: bool) -> f64 {
    let (layout, node_k) = (&sized.solution.layout, &sized.solution.state.node_k);
    let (per_row, mut area, mut sum) = (layout.tube_columns.len(), 0.0, 0.0);
    let panels = (0..layout.parts.len()).filter(|&k| layout.parts[k] == Part::Radiator);
    for (row, panel) in panels.enumerate() {
        let p = &layout.mesh.panels[panel];
        let columns = p.nu() / per_row;
        for iu in (0..p.nu()).filter(|iu| !active_only || !sized.design.is_lost(model, row * per_row + iu / columns)) {
            for iv in 0..p.nv() {
                let a = p.du(iu) * p.dv(iv);
                area += a;
                sum += a * node_k[layout.mesh.first_cell[panel] + p.cell(iu, iv)].powi(4);
            }
        }
    }
    (sum / area).powf(0.25)
}
