//! `DEFINE_MISSION`: orbit, light and pointing.

use super::reader::{Arguments, Later, Reader};
use super::short;
use crate::constants::STEFAN_BOLTZMANN;
use crate::environment::{Body, sun};
use crate::quantity::{Fraction, Kilometres, WattsPerSquareMetre};
use nalgebra::{Rotation3, Unit, Vector3};
use std::f64::consts::PI;

/// Day by which the Sun of a mission is looked for, and declination that may differ, rad.
const YEAR: i32 = 2026;
const DECLINATION_RAD: f64 = 3e-3;
/// Lowest height of an orbit, km.
const LOWEST_KM: f64 = 150.0;
/// Part by which the planet's size and gravity may differ from the solver's.
const PLANET: f64 = 0.01;

/// The plane of an orbit.
#[derive(Clone, Debug, PartialEq)]
pub enum Plane {
    /// Circular: angle from the plane to the Sun, deg.
    Beta(f64),
    /// Elliptic: instant, inclination, node and argument of the perigee, deg.
    Elements(String, [f64; 3]),
}

/// An orbit, its light and a pointing.
#[derive(Clone, Debug, PartialEq)]
pub struct Mission {
    /// Name of the radiative case.
    pub name: String,
    /// "earth", "moon" or "mars".
    pub body: &'static str,
    /// Heights of pericentre and apocentre, km.
    pub heights_km: [f64; 2],
    /// Plane.
    pub plane: Plane,
    /// Solar flux and planet infrared, W/m².
    pub flux_w_m2: [f64; 2],
    /// Albedo.
    pub albedo: f64,
    /// The Sun has a size.
    pub cone: bool,
    /// Axis of the body and what it follows: exactly, and as closely as that allows.
    pub aims: [([f64; 3], &'static str); 2],
}

/// What the position of calculations, pictures and the program's own day say.
const HARMLESS: [&str; 12] = [
    "radiative_case",
    "position_method",
    "time_gap",
    "angle_gap",
    "final_anomaly",
    "number_positions",
    "eclipse_points",
    "eclipse_offset",
    "day_period",
    "celestial_body_image",
    "spinning_craft",
    "planet_temperature_method",
];
const TRANSLATED: [&str; 26] = [
    "orbit_centre",
    "planet_radius",
    "gc",
    "sun_radius",
    "sun_distance",
    "sun_temperature",
    "sun_size_finite",
    "solar_decln",
    "sun_alpha",
    "omega",
    "incln",
    "alt_p",
    "alt_a",
    "arg_pericentre",
    "orientation",
    "primary_vector",
    "primary_direction",
    "second_vector",
    "second_direction",
    "init_phi",
    "init_psi",
    "init_omega",
    "euler_order",
    "planet_temperature",
    "planet_infra_red_emissivity",
    "albedo_reflect_coeff",
];

/// The mission that is asked for, or the only one. Errors: a line and words.
pub(super) fn chosen(r: &mut Reader, wanted: Option<&str>) -> Result<Option<Mission>, (usize, String)> {
    let named = |l: &Later| l.call.arguments.iter().find(|a| a.0 == "radiative_case").map_or(String::new(), |a| a.1.clone());
    let all: Vec<Later> = r.later.iter().filter(|l| l.call.name == "DEFINE_MISSION").cloned().collect();
    let names: Vec<String> = all.iter().map(named).collect();
    let known = || short(&names.join(", "));
    let one = match (wanted, all.as_slice()) {
        (Some(w), _) => match all.iter().position(|l| named(l).eq_ignore_ascii_case(w)) {
            Some(k) => &all[k],
            None => return Err((0, format!("no mission is named `{}`; there are: {}", short(w), known()))),
        },
        (None, []) => return Ok(None),
        (None, [one]) => one,
        (None, [_, second, ..]) => return Err((second.line, format!("{} missions: {}", all.len(), known()))),
    };
    let name = named(one);
    let done = mission(r, one, &name);
    Ok(match done {
        Ok((mission, said)) => {
            said.into_iter().for_each(|(lost, what)| if lost { r.lost(one.line, what) } else { r.note(one.line, what) });
            Some(mission)
        }
        Err(e) => {
            r.lost(one.line, format!("{name}: {e}: no orbit, no sunlight"));
            None
        }
    })
}

/// What is said of a mission, and whether temperatures may differ for it.
type Said = Vec<(bool, String)>;

fn mission(r: &Reader, later: &Later, name: &str) -> Result<(Mission, Said), String> {
    let a = Arguments { reader: r, call: &later.call };
    let mut said = vec![];
    let fixed = [("orbit_centre", "PLANET"), ("orientation", "POINTING"), ("planet_temperature_method", "UNIFORM")];
    for (key, only) in fixed {
        if let Some(other) = a.text(key)?.filter(|t| !t.eq_ignore_ascii_case(only)) {
            return Err(format!("`{key}` \"{}\" is not translated, only \"{only}\"", short(&other)));
        }
    }
    if a.is_true("spinning_craft") {
        said.push((true, format!("{name}: the spin is not translated")));
    }
    let strange = a.strangers(&HARMLESS.into_iter().chain(TRANSLATED).collect::<Vec<_>>());
    said.extend(strange.map(|s| (true, format!("{name}: {s}"))));
    let (body, heights_km) = body(&a, name, &mut said)?;
    let plane = plane(&a, &body, heights_km, name, &mut said)?;
    let sun = a.need("sun_temperature")?.powi(4) * (a.need("sun_radius")? / a.need("sun_distance")?).powi(2);
    let ground = a.number("planet_infra_red_emissivity")?.unwrap_or(1.0) * a.need("planet_temperature")?.powi(4);
    let flux_w_m2 = [STEFAN_BOLTZMANN * sun, STEFAN_BOLTZMANN * ground];
    for flux in flux_w_m2 {
        WattsPerSquareMetre::new(flux).map_err(|e| e.to_string())?;
    }
    let albedo = a.need("albedo_reflect_coeff")?;
    Fraction::new(albedo).map_err(|e| format!("albedo: {e}"))?;
    let mut aims = [aim(&a, "primary_vector", "primary_direction")?, aim(&a, "second_vector", "second_direction")?];
    if Vector3::from(aims[0].0).normalize().cross(&Vector3::from(aims[1].0).normalize()).norm() < 1e-3 {
        return Err("both vectors lie along each other".into());
    }
    offsets(&a, name, &mut aims, &mut said)?;
    let body = match body.planet {
        crate::environment::body::Planet::Earth => "earth",
        crate::environment::body::Planet::Moon => "moon",
        crate::environment::body::Planet::Mars => "mars",
    };
    let cone = a.is_true("sun_size_finite");
    Ok((Mission { name: name.to_owned(), body, heights_km, plane, flux_w_m2, albedo, cone, aims }, said))
}

/// The solver's body that has the planet's size, and the heights of the orbit, km.
fn body(a: &Arguments<'_>, name: &str, said: &mut Said) -> Result<(Body, [f64; 2]), String> {
    let radius_m = a.need("planet_radius")?;
    let near = |b: &Body| (radius_m / b.radius_m - 1.0).abs() < PLANET;
    let body = [Body::EARTH, Body::MOON, Body::MARS].into_iter().find(near);
    let body = body.ok_or_else(|| format!("no body known here has a radius of {radius_m} m"))?;
    let heights = [a.need("alt_p")? / 1e3, a.need("alt_a")? / 1e3];
    let [low, high] = [heights[0].min(heights[1]), heights[0].max(heights[1])];
    for h in [low, high] {
        Kilometres::new(h).map_err(|e| e.to_string())?;
    }
    if low < LOWEST_KM {
        return Err(format!("a height of {low} km: no orbit lasts below {LOWEST_KM} km"));
    }
    let period_s = |mu: f64, radius_m: f64| 2.0 * PI * ((radius_m + 500.0 * (low + high)).powi(3) / mu).sqrt();
    let ours = period_s(body.mu_m3_s2, body.radius_m);
    if let Some(gc) = a.number("gc")? {
        let theirs = period_s(gc * radius_m * radius_m, radius_m);
        let what = format!(
            "{name}: heights are kept above {} of {} km radius: an orbit takes {ours:.1} s in place of {theirs:.1} s",
            body.name,
            body.radius_m / 1e3
        );
        // The same to what is shown needs no word.
        if !theirs.is_finite() || (theirs - ours).abs() >= 0.05 {
            said.push(((theirs / ours - 1.0).abs() > PLANET || !theirs.is_finite(), what));
        }
    }
    Ok((body, [low, high]))
}

/// The angle from the orbit plane to the Sun: `sin β = n·s`, n = (sin Ω sin i, −cos Ω sin i, cos i).
fn beta_rad(node: f64, inclination: f64, right_ascension: f64, declination: f64) -> f64 {
    let n = Vector3::new(node.sin() * inclination.sin(), -node.cos() * inclination.sin(), inclination.cos());
    let s = Vector3::new(right_ascension.cos() * declination.cos(), right_ascension.sin() * declination.cos(), declination.sin());
    n.dot(&s).clamp(-1.0, 1.0).asin()
}

fn plane(a: &Arguments<'_>, body: &Body, [low, high]: [f64; 2], name: &str, said: &mut Said) -> Result<Plane, String> {
    let angle = |key: &str, low: f64, high: f64| {
        let x = a.need(key)?;
        if (low..=high).contains(&x) { Ok(x) } else { Err(format!("`{key}` must be in {low}..={high} deg, got {x}")) }
    };
    let (node, inclination) = (angle("omega", -360.0, 360.0)?, angle("incln", 0.0, 180.0)?);
    let (sun_at, declination) = (angle("sun_alpha", -360.0, 360.0)?, angle("solar_decln", -90.0, 90.0)?);
    if low == high {
        let [node, inclination, sun_at, declination] = [node, inclination, sun_at, declination].map(f64::to_radians);
        return Ok(Plane::Beta(beta_rad(node, inclination, sun_at, declination).to_degrees()));
    }
    if *body != Body::EARTH {
        return Err("only around the Earth orbits that are not circular are translated".into());
    }
    let perigee = a.number("arg_pericentre")?;
    if perigee.is_none() {
        said.push((false, format!("{name}: the argument of the pericentre is not given: 0")));
    }
    let (epoch, declination_there) = day_of_sun(sun_at.to_radians()).ok_or("the Sun's right ascension is not found")?;
    let off = declination_there - declination.to_radians();
    let what = format!("{name}: the Sun stands as on {epoch}, its declination {:+.3} deg beside the one given", off.to_degrees());
    said.push((off.abs() > DECLINATION_RAD, what));
    Ok(Plane::Elements(epoch, [inclination, node, perigee.unwrap_or(0.0)]))
}

/// The instant of a year at which the Sun has this right ascension, to the second, and its declination, rad.
fn day_of_sun(right_ascension_rad: f64) -> Option<(String, f64)> {
    let away = |month: i32, day: i32, fraction: f64| {
        let s = sun::sun((YEAR, month, day), fraction).ok()?;
        let mut off = (s.right_ascension_rad() - right_ascension_rad).rem_euclid(2.0 * PI);
        if off > PI {
            off -= 2.0 * PI;
        }
        Some((off, s.direction[2].asin()))
    };
    let days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    for (month, count) in (1..).zip(days) {
        for day in 1..=count {
            let (from, to) = (away(month, day, 0.0)?.0, away(month, day, 86_399.0 / 86_400.0)?.0);
            // The last second of a day belongs to it.
            if from > 0.0 || to < -3e-7 || to - from > 1.0 {
                continue;
            }
            let (mut low, mut high) = (0_u32, 86_399_u32);
            while high - low > 1 {
                let middle = u32::midpoint(low, high);
                if away(month, day, f64::from(middle) / 86_400.0)?.0 <= 0.0 { low = middle } else { high = middle }
            }
            let declination = away(month, day, f64::from(low) / 86_400.0)?.1;
            let (h, m, s) = (low / 3600, low / 60 % 60, low % 60);
            return Some((format!("{YEAR}-{month:02}-{day:02}T{h:02}:{m:02}:{s:02}"), declination));
        }
    }
    None
}

/// An axis and what it follows.
fn aim(a: &Arguments<'_>, vector: &str, direction: &str) -> Result<([f64; 3], &'static str), String> {
    let axis = a.list(vector)?.and_then(|l| <[f64; 3]>::try_from(l).ok()).filter(|v| {
        let length = Vector3::from(*v).norm();
        (1e-6..=1e6).contains(&length)
    });
    let axis = axis.ok_or_else(|| format!("`{vector}` is no direction"))?;
    let target = a.text(direction)?.ok_or_else(|| format!("`{direction}` is missing"))?;
    let known = ["NADIR", "ZENITH", "VELOCITY", "SUN", "ORBIT_NORMAL"];
    let here = ["nadir", "zenith", "velocity", "sun", "orbit_normal"];
    let at = known.iter().position(|k| target.eq_ignore_ascii_case(k));
    let at = at.ok_or_else(|| format!("`{direction}` \"{}\" is not translated; known: {}", short(&target), known.join(", ")))?;
    Ok((axis, here[at]))
}

/// Angles by which the body is turned out of its pointing: an axis follows what the one it is turned from followed.
fn offsets(a: &Arguments<'_>, name: &str, aims: &mut [([f64; 3], &'static str); 2], said: &mut Said) -> Result<(), String> {
    let keys = [("phi", Vector3::x_axis()), ("psi", Vector3::y_axis()), ("omega", Vector3::z_axis())];
    let order = a.text("euler_order")?.unwrap_or_else(|| "phi, psi, omega".into()).to_ascii_lowercase();
    let mut turn = Rotation3::identity();
    for part in order.split(',').map(str::trim) {
        let (key, axis): (&str, Unit<Vector3<f64>>) =
            *keys.iter().find(|k| k.0 == part).ok_or_else(|| format!("`euler_order` \"{}\" is not known", short(&order)))?;
        match a.number(&format!("init_{key}")) {
            Ok(None | Some(0.0)) => (),
            Ok(Some(angle)) => {
                turn *= Rotation3::from_axis_angle(&axis, angle.to_radians());
                let what = format!("{name}: init_{key} = {angle} deg turns the body about its own axis as assumed here");
                said.push((true, what));
            }
            Err(e) => said.push((true, format!("{name}: {e}: the body is not turned by it"))),
        }
    }
    for (axis, _) in aims {
        *axis = (turn.inverse() * Vector3::from(*axis)).map(|x| if x.abs() < 1e-15 { 0.0 } else { x }).into();
    }
    Ok(())
}
