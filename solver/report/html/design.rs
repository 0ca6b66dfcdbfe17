//! The report of a sized design.

use super::Context;
use super::number::Number;
use super::over_time;
use super::page::{
    assumptions, checks, figure, frame, heading, of_any_size, quantities, sources, validation, view, warnings, with_unit,
};
use maud::{Markup, html};

/// The whole page.
pub(super) fn page(c: &Context<'_>) -> String {
    let n = &c.numbers;
    let body = html! {
        header { (heading(n, "Thermal design report", &c.summary.checks)) (key_figures(c)) }
        (question(c))
        h2 { "Verdict and checks" }
        (checks(n, &c.summary.checks))
        (warnings(n))
        (the_design(c))
        (field(c))
        (heat_path(c))
        (margins(c))
        (masses(c))
        (over_time::history(c))
        (over_time::survey(c))
        (costs(c))
        (claims(c))
        (validation())
        (assumptions(n))
        (the_run(c))
    };
    frame(n.text("name"), &body, &c.summary.to_json(), Some(&c.shown))
}

fn key_figures(c: &Context<'_>) -> Markup {
    let n = &c.numbers;
    let item = |what: &str, number: Number, unit: &str, more: Markup| {
        html! { div { dt { (what) } dd { (number) " " small { (unit) } } dd.more { (more) } } }
    };
    html! {
        dl.key {
            (item("Radiator, one side", n.fixed("radiator.planform_m2", 0), "m²", html! { (n.fixed("radiator.w_per_m2", 0)) " W/m²" }))
            (item("Radiator mass", n.fixed("mass.total_kg", 0), "kg", html! { (n.fixed("radiator.kg_per_kw", 2)) " kg/kW of heat" }))
            (item("Solar array", n.fixed("array.area_m2", 0), "m²", html! { (n.fixed("array.w_per_m2", 1)) " W/m² delivered" }))
            (item("Heat to reject", n.fixed("load.heat_w", 1).times(1e-3), "kW", html! { (n.fixed("load.rack_power_w", 0).times(1e-3)) " kW of racks" }))
            (item("Hottest junction", n.fixed("temperatures.junction_c", 1), "°C", html! { (n.fixed("temperatures.junction_margin_k", 1).signed()) " K to its limit" }))
            (item("Satellite", n.fixed("system.total_kg", 0), "kg", html! { (n.fixed("system.w_per_kg", 1)) " W of racks per kg" }))
        }
    }
}

fn question(c: &Context<'_>) -> Markup {
    let (n, s) = (&c.numbers, c.summary);
    let unit = with_unit;
    let bounds = |path: &str, digits: usize, of: &str| {
        html! { (n.fixed(&format!("{path}.0"), digits)) " to " (n.fixed(&format!("{path}.1"), digits)) " " span.unit { (of) } }
    };
    let mut rows: Vec<(&str, Markup)> = vec![("rack power", unit(&n.fixed("load.rack_power_w", 1).times(1e-3), "kW"))];
    if let Some(rack) = &s.load.rack {
        let racks = html! { (n.fixed("load.racks", 1)) " × " (rack) ", " (n.fixed("load.gpus", 0)) " GPUs" };
        rows.push(("which is", racks));
    }
    rows.extend([
        ("heat to reject, with overhead and pumps", unit(&n.fixed("load.heat_w", 1).times(1e-3), "kW")),
        ("coolant", html! { (s.asked.fluid) ", " (n.fixed("asked.return_c", 1)) " °C from the racks" }),
        (
            "hottest chip",
            html! { (n.fixed("asked.chip_power_w", 0)) " W through " (n.fixed("asked.junction_to_coolant_k_per_w", 4)) " K/W" },
        ),
        ("drop of an interface exchanger", unit(&n.fixed("asked.interface_approach_k", 1), "K")),
        ("junction at most", unit(&n.fixed("asked.junction_limit_c", 1), "°C")),
        ("orbit", orbit(c)),
        (
            "environment",
            html! {
                (s.orbit.design_case) ", Sun " (n.fixed("orbit.solar_w_m2", 0)) " W/m², albedo " (n.fixed("orbit.albedo", 2))
                ", planet infrared " (n.fixed("orbit.planet_ir_w_m2", 0)) " W/m²"
            },
        ),
        ("coatings and cells at", html! { (n.text("orbit.life")) " of life" }),
        ("loops", html! { (n.fixed("asked.loops", 0)) ", of which " (n.fixed("asked.spare_loops", 0)) " may be lost" }),
    ]);
    if s.asked.planform_m2.is_some() {
        rows.push(("planform, given", unit(&n.fixed("asked.planform_m2", 1), "m²")));
    } else {
        rows.push(("coolant wanted from the radiator", unit(&n.fixed("asked.supply_c", 1), "°C")));
    }
    if s.armour.is_some() {
        rows.push((
            "armour",
            html! { "probability " (n.fixed("armour.survival", 3)) " that no more than the spare loops are lost in "
            (n.fixed("armour.life_years", 1)) " years" },
        ));
    }
    for (what, path, of) in [
        ("tube pitch within", "asked.pitch_mm", "mm"),
        ("both sheets together within", "asked.sheet_mm", "mm"),
        ("bore within", "asked.bore_mm", "mm"),
        ("tube length within", "asked.length_m", "m"),
    ] {
        rows.push((what, bounds(path, if of == "m" { 2 } else { 1 }, of)));
    }
    html! { h2 { "What was asked" } (quantities(&rows)) }
}

fn orbit(c: &Context<'_>) -> Markup {
    let (n, o) = (&c.numbers, &c.summary.orbit);
    html! {
        @match (o.altitude_km, o.highest_altitude_km) {
            (Some(low), Some(high)) => {
                (n.fixed("orbit.altitude_km", 0))
                @if high - low >= 1.0 { " to " (n.fixed("orbit.highest_altitude_km", 0)) }
                " km above " (o.body.unwrap_or("its body"))
            }
            _ => "deep space"
        }
        @if o.inclination_deg.is_some() { ", inclination " (n.fixed("orbit.inclination_deg", 1)) "°" }
        @if o.beta_deg.is_some() { ", beta " (n.fixed("orbit.beta_deg", 1)) "°, " (n.fixed("orbit.eclipse_fraction", 1).times(100.0)) " % in shadow" }
        ", period " (n.fixed("orbit.period_min", 1)) " min"
    }
}

fn the_design(c: &Context<'_>) -> Markup {
    let (n, s) = (&c.numbers, c.summary);
    let unit = with_unit;
    let mut rows = vec![
        ("radiator, one side", unit(&n.fixed("radiator.planform_m2", 1), "m²")),
        (
            "wing, along tubes' pitch × along tubes",
            html! {
                (n.fixed("radiator.wing_m.0", 2)) " × " (n.fixed("radiator.wing_m.1", 2)) " " span.unit { "m" }
            },
        ),
        ("tubes, of which active", html! { (n.fixed("radiator.tubes", 0)) ", " (n.fixed("radiator.active_tubes", 0)) }),
        ("tube length", unit(&n.fixed("radiator.length_m", 2), "m")),
        ("tube pitch", unit(&n.fixed("radiator.pitch_mm", 2), "mm")),
        ("bore", unit(&n.fixed("radiator.bore_mm", 2), "mm")),
        ("wall", unit(&n.fixed("radiator.wall_mm", 2), "mm")),
        ("both face sheets together", unit(&n.fixed("radiator.sheet_mm", 3), "mm")),
        ("fin efficiency", html! { (n.fixed("radiator.sizing.fin_efficiency", 3)) }),
        ("Reynolds number in a tube", html! { (n.fixed("radiator.sizing.flow.reynolds", 0)) }),
        ("pressure drop of a tube", unit(&n.fixed("radiator.sizing.tube_drop_pa", 1).times(1e-3), "kPa")),
        ("mass flow", unit(&n.fixed("radiator.sizing.mass_flow_kg_s", 2), "kg/s")),
        ("pumps", unit(&n.fixed("radiator.sizing.pump_w", 2).times(1e-3), "kW")),
        ("solar array", unit(&n.fixed("array.area_m2", 1), "m²")),
        ("array wing", html! { (n.fixed("array.wing_m.0", 2)) " × " (n.fixed("array.wing_m.1", 2)) " " span.unit { "m" } }),
        ("array power delivered", unit(&n.fixed("array.power_w", 1).times(1e-3), "kW")),
        (
            "emissivity, front and back",
            html! { (n.fixed("radiator.emissivity.0", 3)) ", " (n.fixed("radiator.emissivity.1", 3)) },
        ),
    ];
    if s.array.cells_power_w > 0.0 {
        rows.push(("by cells on the radiator", unit(&n.fixed("array.cells_power_w", 1).times(1e-3), "kW")));
    }
    if s.coolant.quality.is_some() {
        rows.push((
            "vapour of the coolant that condenses, at",
            html! {
                (n.fixed("coolant.quality", 2)) ", " (n.fixed("coolant.saturation_mpa", 2)) " MPa; tubes take "
                (n.fixed("coolant.glide_k", 2)) " K off its temperature"
            },
        ));
    }
    if let Some(h) = &s.radiator.heat_pipe {
        let what = if h.tubes == 1 { "tubes are heat pipes" } else { "tubes are condensers of loop heat pipes" };
        rows.push((
            what,
            html! {
                @if h.tubes > 1 { (n.fixed("radiator.heat_pipe.tubes", 0)) " each; " }
                "the hottest carries " (n.fixed("radiator.heat_pipe.carries", 0)) " of " (n.fixed("radiator.heat_pipe.can", 0)) " "
                span.unit { (h.unit) }
            },
        ));
    }
    if s.radiator.taper < 1.0 {
        rows.push(("sheets half-way between tubes over at the tube", html! { (n.fixed("radiator.taper", 2)) }));
    }
    if s.armour.is_some() {
        rows.push(("punctures expected by meteoroids, by debris", html! {
            (n.fixed("armour.meteoroids", 2)) ", " (n.fixed("armour.debris", 2)) " of " (n.fixed("armour.allowed", 2)) " allowed"
        }));
    }
    let turning = s.radiator.joint.is_some() || s.array.joint.is_some();
    html! {
        h2 { "The design" }
        (figure(c.figure("views"), &html! { "The satellite from two sides, both at one scale; the root of a wing is measured from the body's axis."
            @if turning { " Joints stand at rest." } }))
        (figure(c.figure("section"), &html! { "One pitch of the radiator: tube and fins to scale, and the tube enlarged. The sheet is drawn \
            as the field model has it, both faces together; how far apart they stand is not part of that model." }))
        (quantities(&rows))
        h3 { "Two models of one design" }
        p { "The sizing model chooses the design, the field model solves it cell by cell; what it finds goes back until both agree." }
        div.table { table {
            thead { tr { th { "" } th.right { "first sizing" } th.right { "sizing" } th.right { "field" } th { } } }
            tbody { @for (k, x) in s.radiator.compared.iter().enumerate() {
                tr { th scope="row" { (x.what) }
                    @for of in ["first", "sizing", "field"] { td.right { (n.fixed(&format!("radiator.compared.{k}.{of}"), 2)) } }
                    td.unit { (x.unit) } }
            } }
        } }
    }
}

fn field(c: &Context<'_>) -> Markup {
    let (n, t) = (&c.numbers, c.thinning);
    html! {
        h2 { "Temperature field" }
        (view(&c.shown, &html! {
            "Each radiator cell of the pictures is the mean of " (t.cells) " cells of the field model, "
            @if t.tubes == 1 { "one tube pitch" } @else { (t.tubes) " tube pitches" }
            " wide; coldest and hottest below are those of single cells."
        }))
        div.table { table {
            thead { tr { th { "°C" } th.right { "coldest" } th.right { "mean" } th.right { "hottest" } } }
            tbody {
                @for (part, key) in [("radiator", "radiator_c"), ("array", "array_c")] {
                    tr { th scope="row" { (part) }
                        @for k in 0..3 { td.right { (n.fixed(&format!("temperatures.{key}.{k}"), 1)) } } }
                }
                tr { th scope="row" { "bus, outer skin" }
                    td.right { (n.fixed("temperatures.bus_c.0", 1)) } td { } td.right { (n.fixed("temperatures.bus_c.1", 1)) } }
            }
        } }
        (figure(c.figure("radiator_map"), &html! { "The radiator, flat, to scale; rows are numbered at the left, coolant enters each at its \
            lower edge. " @if c.summary.radiator.tubes > c.summary.radiator.active_tubes { "Cold stripes are the tubes of lost loops." } }))
    }
}

fn heat_path(c: &Context<'_>) -> Markup {
    html! {
        h2 { "Heat path" }
        (figure(c.figure("heat_path"), &html! { "From the hottest junction to space. Coolant and sheet at the tubes are means over the \
            active tubes; a sheet radiates at the fourth root of its mean T⁴; the sink is what the radiator's faces absorb, as a temperature." }))
    }
}

fn margins(c: &Context<'_>) -> Markup {
    let (n, s) = (&c.numbers, c.summary);
    let unit = with_unit;
    let mut rows = vec![
        ("junction below its limit", unit(&n.fixed("temperatures.junction_margin_k", 2).signed(), "K")),
        ("coolant found from the radiator", unit(&n.fixed("temperatures.supply_found_c", 3), "°C")),
        ("coolant wanted from it", unit(&n.fixed("temperatures.supply_c", 3), "°C")),
        ("ray noise, radiator mean", html! { "± " (n.fixed("ray_error.radiator_mean_k", 3)) " " span.unit { "K" } }),
        ("ray noise, hottest radiator cell", html! { "± " (n.fixed("ray_error.hottest_radiator_k", 3)) " " span.unit { "K" } }),
        ("ray noise, largest of any cell", html! { "± " (n.fixed("ray_error.largest_k", 3)) " " span.unit { "K" } }),
        ("ray noise, heat exchange of a surface", html! { "± " (n.fixed("view_factors.flux_error_w", 1)) " " span.unit { "W" } }),
        (
            "ray noise, orbital heating of a surface",
            html! { "± " (n.fixed("heating_standard_error_w_m2", 2)) " " span.unit { "W/m²" } },
        ),
    ];
    if s.armour.as_ref().is_some_and(|a| a.wall_by_debris_mm.is_some()) {
        rows.push((
            "wall for a third of the debris, for three times as much",
            html! {
                (n.fixed("armour.wall_by_debris_mm.0", 2)) ", " (n.fixed("armour.wall_by_debris_mm.1", 2)) " " span.unit { "mm" }
            },
        ));
    }
    html! {
        h2 { "Margins and uncertainty" }
        (quantities(&rows))
        p.note { "Ray noise is one standard error. It is not the uncertainty of the inputs: coatings, environment and contact are taken as the \
            sources below have them." }
    }
}

fn masses(c: &Context<'_>) -> Markup {
    let n = &c.numbers;
    html! {
        h2 { "Masses" }
        h3 { "Radiator: " (n.fixed("mass.total_kg", 0)) " kg, " (n.fixed("radiator.kg_per_m2", 2)) " kg/m²" }
        (figure(c.figure("radiator_mass"), &html! { "Light bars rest on areal or specific masses that the case assumes." }))
        h3 { "Satellite: " (n.fixed("system.total_kg", 0)) " kg, " (n.fixed("system.kg_per_kw", 1)) " kg/kW of racks" }
        (figure(c.figure("satellite_mass"), &html! { "All but the radiator rest on specific masses of the case." }))
    }
}

fn costs(c: &Context<'_>) -> Markup {
    let (n, Some(cost)) = (&c.numbers, &c.summary.cost) else { return html! {} };
    let money = |key: &str, value: f64| {
        let number = of_any_size(n, &format!("cost.{key}"), value);
        html! { (number) " " span.unit { (cost.currency) } }
    };
    let mut rows = vec![
        ("launch", money("launch", cost.launch)),
        ("radiator", money("radiator", cost.radiator)),
        ("array", money("array", cost.array)),
        ("racks", money("racks", cost.racks)),
        ("exchanger, battery, heat pump, bus", money("other", cost.other)),
        ("sum", money("total", cost.total)),
        ("sum per W of racks", money("per_w", cost.per_w)),
        ("without the racks, per W of racks", money("per_w_without_racks", cost.per_w_without_racks)),
    ];
    if let Some(k) = cost.per_kwh_without_racks {
        rows.push(("without the racks, per kWh that they take", money("per_kwh_without_racks", k)));
    }
    html! {
        h2 { "Cost" }
        (quantities(&rows))
        p.note { "Prices of the case times the masses and powers found; nothing is discounted." }
    }
}

fn claims(c: &Context<'_>) -> Markup {
    let (n, all) = (&c.numbers, &c.summary.claims);
    html! { @if !all.is_empty() {
        h2 { "Claims" }
        p { "What others said of such a design, beside what this one gives, and the assumptions that decide it." }
        div.table { table id="claims" {
            thead { tr { th { "claim" } th.right { "said" } th.right { "found" } th.right { "found / said" } } }
            tbody { @for (k, claim) in all.iter().enumerate() {
                @let value = |key: &str, x: Option<f64>| of_any_size(n, &format!("claims.{k}.{key}"), x.unwrap_or(0.0));
                tr {
                    th scope="row" { (claim.claim.says) div.note { (claim.claim.source) "; " (claim.claim.because) } }
                    td.right { (value("value", claim.claim.value)) " " span.unit { (claim.claim.unit) } }
                    td.right { (value("found", claim.found)) " " span.unit { (claim.claim.unit) } }
                    td.right { (n.fixed(&format!("claims.{k}.ratio"), 2)) }
                }
            } }
        } }
    } }
}

fn the_run(c: &Context<'_>) -> Markup {
    let (n, s) = (&c.numbers, c.summary);
    let rows = vec![
        ("program", html! { (s.program) }),
        ("device", html! { (s.device) }),
        ("seed of the rays", html! { (n.fixed("seed", 0)) }),
        ("cells, of which radiator", html! { (n.fixed("mesh.cells", 0)) ", " (n.fixed("mesh.radiator_cells", 0)) }),
        (
            "surfaces, coolant channels, poses",
            html! {
                (n.fixed("mesh.surfaces", 0)) ", " (n.fixed("mesh.channels", 0)) ", " (n.fixed("mesh.poses", 0))
            },
        ),
        ("rays for view factors", html! { (n.fixed("view_factors.rays", 0)) }),
        ("closure changed no view factor by more than", html! { (n.power("view_factors.closure_change")) }),
        ("rounds of sizing and field model", html! { (s.rounds.len()) }),
        (
            "rounds of Newton, cycles of multigrid",
            html! {
                (n.fixed("convergence.rounds", 0)) ", " (n.fixed("convergence.cycles", 0))
            },
        ),
    ];
    html! {
        h2 { "This run" }
        (quantities(&rows))
        (sources(c.run.case_text, c.run.timings))
    }
}
