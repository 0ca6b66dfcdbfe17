//! What must hold of `[transient]` beyond the range of each key.

use crate::case::transient::{Mode, Pid, Profile, Thermostat, Transient};

/// Reports every contradiction as key, message, remedy; `cyclic`: whether the flight comes back to its beginning; `specular_ir`: of
/// the radiator.
pub(super) fn check(t: &Transient, (cyclic, specular_ir): (bool, f64), error: &mut dyn FnMut(&str, String, &str)) {
    if t.mode == Mode::Periodic && !cyclic {
        let message = "\"periodic\" seeks the orbit that repeats itself, and this flight does not come back to its beginning";
        let help = "set mode = \"march\"; or let the flight repeat: `orbit.repeats = true` for TLE, OEM and states, no `orbit.duration_h` for elements";
        error("transient.mode", message.into(), help);
    }
    if let Some(p) = &t.rack_power.profile {
        profile("transient.rack_power.profile", p, error);
    }
    if let Some(p) = &t.coating.absorptivity {
        profile("transient.coating.absorptivity", p, error);
    }
    if let Some(p) = &t.coating.emissivity {
        let key = "transient.coating.emissivity";
        profile(key, p, error);
        if p.fraction.iter().any(|f| f.get() <= 0.0) {
            error(
                &format!("{key}.fraction"),
                "must be above 0".into(),
                "a closed louvre still emits: give what is left, for example 0.1",
            );
        }
        if specular_ir > 0.0 {
            let message = "the radiator's coating has `specularity_ir`, and an emissivity in time".into();
            error(key, message, "rays are traced with one specular reflectance: keep one of the two");
        }
    }
    for (k, heater) in t.heaters.iter().enumerate() {
        let laws = (heater.thermostat.as_ref(), heater.pid.as_ref());
        law((&format!("transient.heaters[{k}]"), &heater.name), laws, error);
        if t.heaters[..k].iter().any(|h| h.name == heater.name) {
            let message = format!("a heater named `{}` is there already", heater.name);
            error(&format!("transient.heaters[{k}].name"), message, "tables tell heaters apart by name");
        }
    }
}

fn profile(key: &str, p: &Profile, error: &mut dyn FnMut(&str, String, &str)) {
    let key = &format!("{key}.at");
    if p.at.len() != p.fraction.len() || p.at.len() < 2 {
        let message = format!("{} times and {} fractions", p.at.len(), p.fraction.len());
        error(key, message, "give as many fractions as times, two or more");
    } else if p.at[0].get() != 0.0 || p.at.windows(2).any(|w| w[1].get() <= w[0].get()) {
        error(key, "times must ascend from 0".into(), "the last time ends the profile, which then repeats");
    }
}

/// What must hold of a heater's law.
pub(super) fn law(
    (key, name): (&str, &str),
    laws: (Option<&Thermostat>, Option<&Pid>),
    error: &mut dyn FnMut(&str, String, &str),
) {
    match laws {
        (Some(t), None) => {
            if t.off_above_c.get() <= t.on_below_c.get() {
                let (on, off) = (t.on_below_c.get(), t.off_above_c.get());
                let message = format!("switches off above {off} °C, which is not above {on} °C, where it switches on");
                error(&format!("{key}.thermostat"), message, "leave a few kelvins between, or it chatters");
            }
        }
        (None, Some(p)) => {
            if p.sample_min.get() <= 0.0 {
                error(&format!("{key}.pid"), "needs a time between samples".into(), "give sample_min, for example 0.5");
            }
        }
        (both, _) => {
            let message = if both.is_some() { "both `thermostat` and `pid`" } else { "neither `thermostat` nor `pid`" };
            error(key, format!("heater `{name}` has {message}"), "give one of them");
        }
    }
}
