//! What a design must pass.

use super::armour::ArmourNumbers;
use super::summary::{Check, temperatures};
use crate::model::Model;
use crate::radiation::view_factor::Quality;
use crate::sizing::Sized;

/// Row sums and reciprocity after repair are exact up to rounding.
const FACTOR_LIMIT: f64 = 1e-9;
/// Rays that slip through the edges of closed boxes.
const LEAK_LIMIT: f64 = 1e-3;
/// Light that is given up between mirrors.
const GIVEN_UP_LIMIT: f64 = 1e-3;
/// Largest componentwise backward error: that of f32 temperatures in 2⁻¹⁶ K steps.
const BACKWARD_LIMIT: f64 = 1e-4;

pub(super) fn checks(model: &Model, sized: &Sized, armour: Option<&ArmourNumbers>) -> Vec<Check> {
    let (d, s) = (&sized.design, &sized.solution);
    let (f, c) = (&s.found, &s.state.convergence);
    let of_factors = |of: &dyn Fn(&Quality) -> f64| of(&s.quality).max(s.quality_in_sunlight.as_ref().map_or(0.0, of));
    let t = temperatures(model, sized);
    let check = Check::new;
    let mut all = vec![
        check("junction temperature", t.junction_c, t.junction_limit_c, "°C"),
        check(
            "load rejected by the field model, relative error",
            (f.rejected_w / d.heat_w - 1.0).abs(),
            model.solver.load_match.get(),
            "",
        ),
        check(
            "array power, relative error",
            ((f.array_power_w + f.cells_power_w) / d.power_w() - 1.0).abs(),
            model.solver.load_match.get(),
            "",
        ),
        check("energy balance", c.balance, model.solver.balance.get(), ""),
        check("last temperature change", c.last_change_k, c.change_limit_k, "K"),
        check("componentwise backward error", c.backward_error, BACKWARD_LIMIT, ""),
        check("view-factor row sums", of_factors(&|q| q.row_sum_error), FACTOR_LIMIT, ""),
        check("view-factor reciprocity", of_factors(&|q| q.reciprocity_after), FACTOR_LIMIT, ""),
        check("rays lost into closed boxes", of_factors(&|q| q.leak), LEAK_LIMIT, ""),
    ];
    let mirrors = s.layout.sides.iter().any(|s| s.optics.specular_ir > 0.0 || s.optics.specular_solar > 0.0);
    if mirrors {
        let given_up = of_factors(&|q| q.given_up).max(s.incident.mirrored_lost);
        all.push(check("light given up between mirrors", given_up, GIVEN_UP_LIMIT, ""));
    }
    all[5].place = place(s, c.worst_node);
    if let Some(a) = armour {
        all.push(check("punctures expected", a.meteoroids + a.debris, a.allowed, ""));
    }
    all
}

/// The panel and cell of a node.
fn place(s: &crate::analysis::Solution, node: usize) -> String {
    let mesh = &s.layout.mesh;
    let panel = mesh.first_cell.partition_point(|&first| first <= node) - 1;
    let (p, cell) = (&mesh.panels[panel], node - mesh.first_cell[panel]);
    format!("{}, cell ({}, {})", p.name, cell % p.nu(), cell / p.nu())
}
