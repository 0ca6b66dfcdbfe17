//! The summary a tired engineer can read.

use super::summary::Summary;
use super::wings::HeatPipeNumbers;
use crate::backend::profile::Row;
use crate::environment::Tracking;
use std::fmt::Write;

/// Renders the summary.
pub fn render(s: &Summary) -> String {
    let mut out = String::new();
    write_all(&mut out, s).expect("writing to a string");
    out
}

fn write_all(o: &mut String, s: &Summary) -> std::fmt::Result {
    for section in [question, design, temperatures, in_time, survey, masses, claims, proof] {
        section(o, s)?;
    }
    Ok(())
}

/// What was asked: load, orbit, environment.
fn question(o: &mut String, s: &Summary) -> std::fmt::Result {
    writeln!(o, "{}", s.name)?;
    writeln!(o, "{}", "─".repeat(s.name.chars().count().max(40)))?;
    write!(o, "load       {:.1} kW racks, {:.1} kW heat", s.load.rack_power_w / 1e3, s.load.heat_w / 1e3)?;
    if let (Some(name), Some(racks), Some(gpus)) = (&s.load.rack, s.load.racks, s.load.gpus) {
        write!(o, " = {racks:.1} × {name}, {gpus:.0} GPUs")?;
    }
    writeln!(o)?;
    let b = &s.orbit;
    match (b.altitude_km, b.highest_altitude_km) {
        (Some(low), Some(high)) if high - low < 1.0 => write!(o, "orbit      {low:.0} km")?,
        (Some(low), Some(high)) => write!(o, "orbit      {low:.0} to {high:.0} km")?,
        _ => write!(o, "orbit      deep space")?,
    }
    if let Some(body) = b.body.filter(|name| *name != "the Earth") {
        write!(o, " above {body}")?;
    }
    if let Some(beta) = b.beta_deg {
        write!(o, ", beta {beta:.1}°, eclipse {:.1} %", 100.0 * b.eclipse_fraction)?;
    }
    writeln!(o, ", period {:.1} min; {} case, {:?} of life", b.period_min, b.design_case, b.life)?;
    writeln!(o, "           Sun {:.0} W/m², albedo {:.2}, planet infrared {:.0} W/m²", b.solar_w_m2, b.albedo, b.planet_ir_w_m2)?;
    writeln!(o)
}

/// The design on other days, if it was flown there.
fn survey(o: &mut String, s: &Summary) -> std::fmt::Result {
    let Some(v) = &s.survey else { return Ok(()) };
    writeln!(o, "SURVEY     {} points, {:.2} s each", v.points, v.seconds_per_point)?;
    for (what, p) in [
        ("hottest junction", &v.least_junction_margin),
        ("least power", &v.least_power_margin),
        ("coldest radiator", &v.coldest_radiator),
        ("longest eclipse", &v.longest_eclipse),
    ] {
        writeln!(
            o,
            "           {what:<17} {}, {}: junction {:+.2} K, power {:+.1} %, radiator {:.1} °C, eclipse {:.1} %",
            p.label,
            p.design_case,
            p.junction_margin_k,
            100.0 * p.power_margin,
            p.radiator_k.0 - crate::constants::CELSIUS_ZERO_K,
            100.0 * p.eclipse_fraction
        )?;
    }
    writeln!(o)
}

/// Temperatures in time, if they were asked for.
fn in_time(o: &mut String, s: &Summary) -> std::fmt::Result {
    let Some(h) = &s.history else { return Ok(()) };
    write!(o, "IN TIME    {:.1} min an orbit, {} steps", h.period_min, h.work.steps)?;
    if let (Some(distance), Some(drift)) = (h.distance_k, h.drift_k) {
        write!(o, "; repeating orbit found in {} orbits, {distance:.1e} K away (drift {drift:.1e} K)", h.cycles)?;
    }
    writeln!(o, "\n           {:<12} {:>9} {:>9}", "°C", "coldest", "hottest")?;
    for (what, range) in [
        ("junction", h.junction_c),
        ("return", h.return_c),
        ("supply", h.supply_c),
        ("radiator", h.radiator_c),
        ("array", h.array_c),
        ("bus", h.bus_c),
    ] {
        writeln!(o, "           {what:<12} {:>9.2} {:>9.2}", range.0, range.1)?;
    }
    writeln!(o)
}

/// Radiator and array, by both models.
fn design(o: &mut String, s: &Summary) -> std::fmt::Result {
    let (r, a, m) = (&s.radiator, &s.array, &s.mass);
    let faces = match r.emissivity {
        [front, back] if front == back => "two-sided".to_owned(),
        [front, back] => format!("front ε {front}, back ε {back}"),
    };
    writeln!(
        o,
        "RADIATOR   {:.1} m² planform, {faces}, {:.0} W/m²    {:.0} kg, {:.2} kg/m², {:.2} kg/kW",
        r.planform_m2, r.w_per_m2, m.total_kg, r.kg_per_m2, r.kg_per_kw
    )?;
    writeln!(
        o,
        "           {} {} ({} active) of {:.2} m, pitch {:.1} mm, bore {:.2} mm, wall {:.2} mm, sheets {:.3} mm{}",
        r.tubes,
        r.heat_pipe.as_ref().map_or("tubes", |h| if h.tubes == 1 { "heat pipes" } else { "condenser tubes" }),
        r.active_tubes,
        r.length_m,
        r.pitch_mm,
        r.bore_mm,
        r.wall_mm,
        r.sheet_mm,
        if r.taper < 1.0 { format!(" falling to {:.3} mm", r.taper * r.sheet_mm) } else { String::new() }
    )?;
    writeln!(
        o,
        "           wing {:.1} × {:.1} m; fin efficiency {:.3}, film, wall and joint {:.2} K, Re {:.0}, tube drop {:.0} kPa, pump {:.2} kW",
        r.wing_m.0,
        r.wing_m.1,
        r.sizing.fin_efficiency,
        r.sizing.film_drop_k,
        r.sizing.flow.reynolds,
        r.sizing.tube_drop_pa / 1e3,
        r.sizing.pump_w / 1e3
    )?;
    carriers(o, s)?;
    if let Some(h) = &s.heat_pump {
        writeln!(
            o,
            "HEAT PUMP  lifts by {:.1} K at a COP of {:.2}: {:.1} kW of electricity, {:.0} kg",
            h.lift_k,
            h.cop,
            h.power_w / 1e3,
            h.kg
        )?;
    }
    if let Some(a) = &s.armour {
        let most = a
            .wall_by_debris_mm
            .map(|(less, more)| format!("; wall {less:.2} mm for a third of the debris, {more:.2} for thrice"));
        writeln!(
            o,
            "ARMOUR     {:.2} punctures expected on {:.0} m² in {} years ({:.2} by meteoroids, {:.2} by debris), {:.2} allowed{}",
            a.meteoroids + a.debris,
            a.exposed_m2,
            a.life_years,
            a.meteoroids,
            a.debris,
            a.allowed,
            most.unwrap_or_default()
        )?;
    }
    writeln!(
        o,
        "ARRAY      {:.1} m², {:.1} W/m² delivered, wing {:.1} × {:.1} m",
        a.area_m2, a.w_per_m2, a.wing_m.0, a.wing_m.1
    )?;
    if a.cells_power_w > 0.0 {
        let (by_cells, by_array) = (a.cells_power_w / 1e3, a.power_w / 1e3);
        writeln!(o, "           {by_array:.1} kW, and {by_cells:.1} kW by the cells on the radiator")?;
    }
    for (part, joint) in [("array", &a.joint), ("radiator", &r.joint)] {
        let Some(j) = joint else { continue };
        let angles: Vec<String> = j.angles_deg.iter().map(|(low, high)| format!("{low:.1} to {high:.1}°")).collect();
        writeln!(
            o,
            "           {part} joint {}: {}; pointing error {:.2}° at most, mean cosine of incidence {:.4}",
            tracking(j.tracking),
            angles.join(" and "),
            j.largest_error_deg,
            j.incidence
        )?;
    }
    writeln!(o)?;
    writeln!(o, "{:<28}{:>14}{:>14}{:>14}", "two models of one design", "first sizing", "sizing", "field")?;
    for c in &r.compared {
        writeln!(o, "  {:<26}{:>14.3}{:>14.3}{:>14.3} {}", c.what, c.first, c.sizing, c.field, c.unit)?;
    }
    writeln!(o)
}

/// What carries the heat beside a liquid in tubes.
fn carriers(o: &mut String, s: &Summary) -> std::fmt::Result {
    if let Some(h) = &s.radiator.heat_pipe {
        let HeatPipeNumbers { tubes, carries, can, unit } = h;
        let of = if *tubes == 1 { String::new() } else { format!(", each loop heat pipe with {tubes} of the tubes") };
        writeln!(o, "           the hottest pipe carries {carries:.0} {unit} of {can:.0}{of}")?;
    }
    if let (c, Some(quality)) = (&s.coolant, s.coolant.quality) {
        writeln!(
            o,
            "           {} condenses from {:.0} % of vapour at {:.2} MPa: {:.3} kg/s of {:.0} kJ/kg; tubes take {:.2} K off its temperature",
            c.fluid,
            100.0 * quality,
            c.saturation_mpa.unwrap_or(f64::NAN),
            c.mass_flow_kg_s,
            c.heat_j_per_kg / 1e3,
            c.glide_k
        )?;
    }
    Ok(())
}

pub(super) fn tracking(t: Tracking) -> &'static str {
    match t {
        Tracking::NormalAtSun => "turns its normal to the Sun",
        Tracking::NormalAwayFromSun => "turns its normal away from the Sun",
        Tracking::EdgeOnToSun => "keeps edge-on to the Sun",
        Tracking::NormalAtNadir => "turns its normal to nadir",
        Tracking::Held => "is held",
    }
}

/// Temperatures against limits.
fn temperatures(o: &mut String, s: &Summary) -> std::fmt::Result {
    let t = &s.temperatures;
    writeln!(o, "{:<28}{:>14}{:>14}{:>14}", "temperatures, °C", "coldest", "mean", "hottest")?;
    writeln!(o, "  {:<26}{:>14.2}{:>14.2}{:>14.2}", "radiator", t.radiator_c.0, t.radiator_c.1, t.radiator_c.2)?;
    writeln!(o, "  {:<26}{:>14.2}{:>14.2}{:>14.2}", "array", t.array_c.0, t.array_c.1, t.array_c.2)?;
    writeln!(o, "  {:<26}{:>14.2}{:>14}{:>14.2}", "bus (outer skin)", t.bus_c.0, "", t.bus_c.1)?;
    writeln!(o, "  coolant {:.2} → {:.2} (wanted {:.2})", t.return_c, t.supply_found_c, t.supply_c)?;
    writeln!(o, "  junction {:.1}, limit {:.1}: margin {:+.1} K", t.junction_c, t.junction_limit_c, t.junction_margin_k)?;
    writeln!(o)
}

/// Masses of the radiator and of the satellite.
fn masses(o: &mut String, s: &Summary) -> std::fmt::Result {
    let (m, y) = (&s.mass, &s.system);
    writeln!(o, "radiator mass, kg")?;
    for (what, kg, assumed) in [
        ("face sheets", m.sheets_kg, false),
        ("tubes", m.tubes_kg, false),
        ("coolant", m.coolant_kg, false),
        ("headers", m.headers_kg, false),
        ("trunk lines", m.trunk_kg, false),
        ("coating", m.coating_kg, false),
        ("accumulators", m.accumulator_kg, true),
        ("pumps and valves", m.pumps_kg, true),
        ("core and structure", m.structure_kg, true),
        ("margins", m.total_kg - m.before_margin_kg, true),
    ] {
        writeln!(o, "  {what:<26}{kg:>14.0}{}", if assumed { "   assumed in the case" } else { "" })?;
    }
    writeln!(o)?;
    writeln!(
        o,
        "SATELLITE  {:.0} kg: radiator {:.0}, array {:.0}, racks {:.0}, {} {:.0}, {}{}bus {:.0}",
        y.total_kg,
        y.radiator_kg,
        y.array_kg,
        y.racks_kg,
        if y.battery_kg > 0.0 { "exchanger and its battery" } else { "exchanger and battery" },
        y.exchanger_battery_kg,
        if y.battery_kg > 0.0 { format!("battery for the shadow {:.0}, ", y.battery_kg) } else { String::new() },
        s.heat_pump.map_or(String::new(), |h| format!("heat pump {:.0}, ", h.kg)),
        y.bus_kg
    )?;
    writeln!(
        o,
        "           {:.1} W/kg, {:.1} kg/kW, {:.0} launches per GW, {:.2} MW per launch",
        y.w_per_kg, y.kg_per_kw, y.launches_per_gw, y.mw_per_launch
    )?;
    if let Some(c) = &s.cost {
        writeln!(
            o,
            "COST       {:.4e} {}: launch {:.3e}, radiator {:.3e}, array {:.3e}, racks {:.3e}, other {:.3e}",
            c.total, c.currency, c.launch, c.radiator, c.array, c.racks, c.other
        )?;
        let energy = c.per_kwh_without_racks.map_or(String::new(), |k| format!(", {k:.4} per kWh"));
        writeln!(o, "           {:.2} per W of racks; without the racks {:.2} per W{energy}", c.per_w, c.per_w_without_racks)?;
    }
    writeln!(o)
}

/// What others said, beside what was found.
fn claims(o: &mut String, s: &Summary) -> std::fmt::Result {
    super::claims::write(o, &s.claims)
}

/// Size of the field model, error bars, checks, notes.
fn proof(o: &mut String, s: &Summary) -> std::fmt::Result {
    writeln!(
        o,
        "field model: {} cells ({} radiator), {} surfaces, {} channels, on {}",
        s.mesh.cells, s.mesh.radiator_cells, s.mesh.surfaces, s.mesh.channels, s.device
    )?;
    writeln!(
        o,
        "rays: {} a surface, fraction to space ± {:.1e}, heating ± {:.2} W/m²; closure changed no factor by more than {:.1e}",
        match s.view_factors.rays_per_surface {
            (least, most) if least == most => most.to_string(),
            (least, most) => format!("{least} to {most}"),
        },
        s.view_factors.space_standard_error,
        s.heating_standard_error_w_m2,
        s.view_factors.closure_change
    )?;
    let e = &s.ray_error;
    writeln!(
        o,
        "ray noise (one standard error): radiator mean ± {:.3} K, hottest cell ± {:.3} K, largest of any cell {:.3} K; heat exchange of a surface ± {:.1} W at most{}",
        e.radiator_mean_k,
        e.hottest_radiator_k,
        e.largest_k,
        s.view_factors.flux_error_w,
        match s.view_factors.surfaces_above_target {
            0 => String::new(),
            n => format!(", {n} surfaces above the target at the most rays allowed"),
        }
    )?;
    for c in &s.checks {
        let place = if c.place.is_empty() || c.passed { String::new() } else { format!(" at {}", c.place) };
        let mark = if c.passed { "ok  " } else { "FAIL" };
        writeln!(o, "  {mark} {}: {:.4e} ≤ {:.4e} {}{place}", c.what, c.value, c.limit, c.unit)?;
    }
    for w in &s.warnings {
        writeln!(o, "  note: {w}")?;
    }
    Ok(())
}

/// A table of kernels and their time.
pub fn profile(rows: &[Row]) -> String {
    let total: f64 = rows.iter().map(|r| r.time.seconds).sum();
    let mut o = String::from("\nkernel                    backend   launches        time   share   a launch\n");
    for r in rows {
        let (seconds, launches) = (r.time.seconds, r.time.launches);
        #[expect(clippy::cast_precision_loss, reason = "launches are far below 2^53")]
        let each = 1e6 * seconds / launches as f64;
        writeln!(
            o,
            "{:24}  {:8} {launches:9} {seconds:9.4} s {:5.1} % {each:8.1} us",
            r.kernel,
            r.backend,
            100.0 * seconds / total
        )
        .expect("writing to a string");
    }
    o
}
