//! Sun, orbit, shadow and planet heating: A07, E02, F01 to F11.

use super::data::Case;
use super::networks::plain;
use super::networks::solved;
use super::shapes::{cut, rectangle, revolve, sphere};
use super::{Outcome, VerifyError};
use crate::backend::Backend;
use crate::constants::{EARTH_RADIUS_M, STEFAN_BOLTZMANN};
use crate::environment::flight::LocalTime;
use crate::environment::orbit::{
    beta_rad, eccentric_anomaly_rad, eclipse_half_angle_rad, period_s, sun_synchronous_inclination_rad, true_anomaly_rad,
};
use crate::environment::sun::{flux_w_m2, sun};
use crate::environment::time::{Epoch, Scale};
use crate::environment::{Attitude, Body, EventKind, Flight, Light, Position, Shadow, Target, Timeline};
use crate::mesh::Shape;
use crate::network::{Face, Network};
use crate::radiation::heating::{Incident, incident};
use crate::radiation::scene::Scene;
use nalgebra::{Vector3, vector};
use std::f64::consts::{FRAC_PI_2, PI};

/// Traces samples of each surface.
pub(super) fn traced<B: Backend>(
    backend: &B,
    shapes: &[Shape],
    surfaces: &[u32],
    timeline: &Timeline,
    samples: u32,
) -> Result<Incident, VerifyError> {
    Ok(incident(backend, &Scene::new(shapes)?, surfaces, timeline, (samples, 11), &|_| ())?)
}

/// One position in unit fluxes.
pub(super) fn still(nadir_body: Vector3<f64>, sun_body: Vector3<f64>, altitude_m: f64) -> Timeline {
    let sine = EARTH_RADIUS_M / (EARTH_RADIUS_M + altitude_m);
    let light = Light { solar_w_m2: Some(1.0), albedo: 1.0, planet_ir_w_m2: 1.0, ground_follows_sun: false };
    Timeline::still(Position::still(nadir_body, sun_body, sine, 1.0), &light)
}

/// A circular orbit around the Earth with two axes of the body following targets.
pub(super) fn orbit(c: &Case, beta_rad: f64, positions: usize, attitude: &Attitude) -> Result<Timeline, VerifyError> {
    let flight = Flight::circular(Body::EARTH, c.get("altitude")?, beta_rad);
    let light = Light {
        solar_w_m2: Some(c.get("S")?),
        albedo: c.get("albedo")?,
        planet_ir_w_m2: c.get("planet_ir")?,
        ground_follows_sun: false,
    };
    Ok(Timeline::new(&flight, attitude, positions, &light)?)
}

/// Means of one flat shape's albedo and planet infrared at one position, in 4 parts of 2¹⁵ samples: a software device ends an
/// invocation's loops, silently, after 65,535 rounds of them all.
fn seen_by<B: Backend>(backend: &B, shape: &Shape, timeline: &Timeline) -> Result<(f64, f64), VerifyError> {
    let parts = cut(shape, 2);
    let surfaces: Vec<u32> = (0..4).map(|f| 2 * f).collect();
    let seen = traced(backend, &parts, &surfaces, timeline, 1 << 15)?;
    let mean = |f: &[f64]| f.iter().sum::<f64>() / 4.0;
    Ok((mean(&seen.albedo_w_m2), mean(&seen.planet_ir_w_m2)))
}

/// A unit plate whose front looks along z.
fn plate() -> Shape {
    rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
}

/// A07: tilted plates, and small spheres.
pub(super) fn plate_to_planet<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    if !c.has("tilt_deg") {
        let ball = sphere(1.0, 16);
        let surfaces: Vec<u32> = (0..ball.len()).map(|f| u32::try_from(2 * f).unwrap_or(0)).collect();
        let seen = traced(backend, &ball, &surfaces, &still(Vector3::z(), Vector3::z(), c.get("altitude")?), 1 << 8)?;
        let area: f64 = ball.iter().map(Shape::area_m2).sum();
        let mean: f64 = seen.planet_ir_w_m2.iter().zip(&ball).map(|(e, s)| e * s.area_m2()).sum::<f64>() / area;
        // 1024 facets: their normals are up to 6° off, the square of which spread evenly moves the mean by below 1e-3.
        out.near("F of a sphere", mean, c.want("F_small_sphere")?, 1e-3);
        return Ok(out);
    }
    let tilt = c.get("tilt_deg")?.to_radians();
    let timeline = still(vector![tilt.sin(), 0.0, tilt.cos()], Vector3::z(), c.get("altitude")?);
    let (_, infrared) = seen_by(backend, &plate(), &timeline)?;
    out.near("F", infrared, c.want("F")?, 2e-4 * c.want("F")?.max(0.05));
    Ok(out)
}

/// F08: the albedo of a Lambert sphere on five plates.
pub(super) fn albedo<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let z = c.get("solar_zenith_at_subpoint_deg")?.to_radians();
    // Local frame: x sunward, z away from the planet.
    let (sun, nadir) = (vector![z.sin(), 0.0, z.cos()], vector![0.0, 0.0, -1.0]);
    let d = 0.5_f64.sqrt();
    let mut out = Outcome::default();
    for (key, normal) in [
        ("F_nadir", nadir),
        ("F_sunward_side", Vector3::x()),
        ("F_antisun_side", -Vector3::x()),
        ("F_cross_side", Vector3::y()),
        ("F_tilt45_sunward", vector![d, 0.0, -d]),
    ] {
        let u = if normal.z.abs() < 0.9 { Vector3::z().cross(&normal).normalize() } else { Vector3::x() };
        let shape = Shape::parallelogram(Vector3::zeros(), u, normal.cross(&u));
        let (albedo, _) = seen_by(backend, &shape, &still(nadir, sun, c.get("altitude")?))?;
        out.near(key, albedo, c.want(key)?, 5e-4 * c.want(key)? + 2e-5);
    }
    Ok(out)
}

/// Nadir-pointing unit cube: x along the velocity, z to the planet, so −y is the orbit normal (north).
pub(super) fn cube_faces() -> (Vec<Shape>, Vec<u32>) {
    let faces = [
        rectangle([0.5, -0.5, -0.5], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
        rectangle([-0.5, -0.5, -0.5], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
        rectangle([-0.5, 0.5, -0.5], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
        rectangle([-0.5, -0.5, -0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
        rectangle([-0.5, -0.5, 0.5], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        rectangle([-0.5, -0.5, -0.5], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
    ];
    (faces.to_vec(), (0..6).map(|f| 2 * f).collect())
}

/// z to the planet, x along the velocity.
pub(super) fn nadir_pointing() -> Attitude {
    Attitude::pointing((Vector3::z(), Target::Nadir), (Vector3::x(), Target::Velocity))
}

/// F07: fluxes on a cube, averaged over the orbit.
pub(super) fn cube<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let t = orbit(c, c.get("beta_deg")?.to_radians(), 180, &nadir_pointing())?;
    out.near("eclipse fraction", t.eclipse_fraction, c.want("eclipse_fraction")?, 1e-9);
    let (shapes, surfaces) = cube_faces();
    let seen = traced(backend, &shapes, &surfaces, &t, 256)?;
    for (what, means) in [("solar", seen.mean_solar(&t)), ("albedo", seen.mean_albedo(&t)), ("ir", seen.mean_planet_ir(&t))] {
        for (name, got) in ["ram", "wake", "south", "north", "nadir", "zenith"].iter().zip(means) {
            let want = c.want(&format!("{what}_{name}"))?;
            out.near(format!("{what} on {name}"), got, want, 2e-3 * want + 0.05);
        }
    }
    Ok(out)
}

/// F11: sink temperatures of panels edge-on to the Sun, and of single faces.
pub(super) fn sink<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (alpha, eps) = (c.get("alpha")?, c.get("eps")?);
    let panel = rectangle([0.0; 3], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
    let mut out = Outcome::default();
    for (target, both, single) in [
        (Target::Velocity, "T_sink_two_sided_ram_wake", "T_sink_ram_face"),
        (Target::Nadir, "T_sink_two_sided_zenith_nadir", "T_sink_nadir_face"),
    ] {
        let attitude = Attitude::pointing((Vector3::z(), Target::Sun), (Vector3::x(), target));
        let t = orbit(c, FRAC_PI_2, 8, &attitude)?;
        let seen = traced(backend, &[panel], &[0, 1], &t, 1 << 13)?;
        let (solar, albedo, infrared) = (seen.mean_solar(&t), seen.mean_albedo(&t), seen.mean_planet_ir(&t));
        let absorbed = |k: usize| alpha * (solar[k] + albedo[k]) + eps * infrared[k];
        let sink = |q: f64| (q / (eps * STEFAN_BOLTZMANN)).powf(0.25);
        out.near(both.replace('_', " "), sink(0.5 * (absorbed(0) + absorbed(1))), c.want(both)?, 0.02);
        // Face along the axis that follows its target.
        if c.expected.contains_key(single) {
            out.near(single.replace('_', " "), sink(absorbed(0)), c.want(single)?, 0.02);
        }
    }
    Ok(out)
}

/// The body of a case, by its radius and gravity.
fn body(c: &Case) -> Result<Body, VerifyError> {
    Ok(Body { radius_m: c.get("R_planet")?, mu_m3_s2: c.get("mu")?, ..Body::EARTH })
}

/// F02: eclipse of a circular orbit.
pub(super) fn eclipse(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let (body, altitude, within) = (body(c)?, c.get("altitude")?, c.tolerance("analytic_abs")?);
    let share = eclipse_half_angle_rad(&body, altitude, c.get("beta_deg")?.to_radians()) / PI;
    out.near("eclipse fraction", share, c.want("eclipse_fraction")?, within);
    out.near("period", period_s(&body, altitude), c.want("period")?, 1e-6);
    Ok(out)
}

/// Sun pointing; these cases do not look at it.
fn any_attitude() -> Attitude {
    Attitude::pointing((Vector3::z(), Target::Sun), (Vector3::x(), Target::OrbitNormal))
}

const PLAIN: Light = Light { solar_w_m2: Some(1361.0), albedo: 0.0, planet_ir_w_m2: 0.0, ground_follows_sun: false };

/// When a shadow begins and ends, s; −1 where it is never met.
fn event_s(flight: &Flight, kind: EventKind) -> Result<f64, VerifyError> {
    let t = Timeline::new(flight, &any_attitude(), 24, &PLAIN)?;
    Ok(t.events.iter().find(|e| e.kind == kind).map_or(-1.0, |e| e.time_s))
}

/// F03: entries and exits of penumbra and umbra.
pub(super) fn penumbra(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let circular = Flight::circular(body(c)?, c.get("altitude")?, c.get("beta_deg")?.to_radians());
    let cone = Flight { shadow: Shadow::Cone, ..circular.clone() };
    for (kind, key) in [
        (EventKind::PenumbraEntry, "t_penumbra_entry"),
        (EventKind::UmbraEntry, "t_umbra_entry"),
        (EventKind::UmbraExit, "t_umbra_exit"),
        (EventKind::PenumbraExit, "t_penumbra_exit"),
    ] {
        out.near(key, event_s(&cone, kind)?, c.want(key)?, c.tolerance("abs_s")?);
    }
    let cylinder = Timeline::new(&circular, &any_attitude(), 24, &PLAIN)?;
    out.near(
        "cylinder, s",
        cylinder.eclipse_fraction * cylinder.period_s,
        c.want("cylindrical_eclipse_s")?,
        c.tolerance("abs_s")?,
    );
    Ok(out)
}

/// The year of F05.
const YEAR: i32 = 2026;
/// Quarters of a day in it.
const QUARTERS: i32 = 1460;

/// Dawn-dusk orbits of one height and mean local time through a year.
struct Dawn {
    altitude_m: f64,
    local_time_s: f64,
    start: Epoch,
}

impl Dawn {
    fn new(altitude_m: f64, hours: f64) -> Result<Self, VerifyError> {
        let start = Epoch::new((YEAR, 1, 1), 0.0, Scale::Utc)?;
        Ok(Self { altitude_m, local_time_s: 3600.0 * hours, start })
    }
    fn at(&self, quarter: i32) -> Result<Flight, VerifyError> {
        let date = self.start.plus_s(21_600.0 * f64::from(quarter));
        Ok(Flight::sun_synchronous(Body::EARTH, self.altitude_m, LocalTime::Mean(self.local_time_s), date)?)
    }
    fn beta_rad(&self, quarter: i32) -> Result<f64, VerifyError> {
        Ok(self.at(quarter)?.beta_rad().unwrap_or(f64::NAN).abs())
    }
    /// Below this angle the orbit meets the cylinder of the shadow.
    fn critical_rad(&self) -> f64 {
        (Body::EARTH.radius_m / (Body::EARTH.radius_m + self.altitude_m)).asin()
    }
    /// Days with a shadow, and the least angle between Sun and orbit with its quarter of a day.
    fn year(&self) -> Result<(f64, f64, i32), VerifyError> {
        let (mut days, mut least, mut when) = (0.0, f64::INFINITY, 0);
        for quarter in 0..QUARTERS {
            let beta = self.beta_rad(quarter)?;
            days += if beta < self.critical_rad() { 0.25 } else { 0.0 };
            (least, when) = if beta < least { (beta, quarter) } else { (least, when) };
        }
        Ok((days, least, when))
    }
    /// Time in a shadow of a kind at a quarter of a day, s.
    fn dark_s(&self, quarter: i32, shadow: Shadow) -> Result<f64, VerifyError> {
        let flight = Flight { shadow, ..self.at(quarter)? };
        Ok(event_s(&flight, EventKind::UmbraExit)? - event_s(&flight, EventKind::UmbraEntry)?)
    }
}

/// F05: eclipse seasons of dawn-dusk orbits through a year, in steps of a quarter of a day.
pub(super) fn season(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    if !c.has("altitude") {
        return window(c);
    }
    let altitude = c.get("altitude")?;
    let critical = Dawn::new(altitude, 18.0)?.critical_rad();
    out.near("critical beta", critical.to_degrees(), c.want("beta_critical_deg")?, 1e-6);
    for (hours, name) in [(18.0, "ltan18"), (6.0, "ltan06")] {
        let orbits = Dawn::new(altitude, hours)?;
        let (days, least, when) = orbits.year()?;
        let want = |key: &str| c.want(&format!("{name}_{key}"));
        out.near(format!("{name} season, d"), days, want("season_days_cylinder")?, c.tolerance("days")?);
        out.near(format!("{name} least beta"), least.to_degrees(), want("beta_min_deg")?, c.tolerance("beta_deg")?);
        let within = c.tolerance("seconds")?;
        out.near(format!("{name} longest, s"), orbits.dark_s(when, Shadow::Cylinder)?, want("longest_cylinder_s")?, within);
        out.near(format!("{name} longest umbra, s"), orbits.dark_s(when, Shadow::Cone)?, want("longest_umbra_s")?, within);
    }
    Ok(out)
}

/// Where a height that is `dark` or not turns into the other, m.
fn limit_m(mut low: f64, mut high: f64, dark: &dyn Fn(f64) -> Result<bool, VerifyError>) -> Result<f64, VerifyError> {
    let at_low = dark(low)?;
    if dark(high)? == at_low {
        return Ok(f64::NAN);
    }
    while high - low > 50.0 {
        let middle = 0.5 * (low + high);
        if dark(middle)? == at_low { low = middle } else { high = middle }
    }
    Ok(0.5 * (low + high))
}

/// F05-window: the heights between which a dawn-dusk orbit never meets the shadow: with the Sun evenly on a circle, and with the
/// true one on the darkest day of the year.
fn window(c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, within) = (Outcome::default(), c.tolerance("abs_m")?);
    let (sin, cos) = c.get("obliquity_deg")?.to_radians().sin_cos();
    let ideal = |altitude: f64| {
        let inclination =
            sun_synchronous_inclination_rad(&Body::EARTH, altitude).map_err(|e| VerifyError::Data(format!("{}: {e:?}", c.id)))?;
        let degree = |d: i32| f64::from(d).to_radians();
        // The ascending node a quarter turn behind the Sun.
        let beta = |d: i32| {
            beta_rad(inclination, degree(d) - FRAC_PI_2, [degree(d).cos(), degree(d).sin() * cos, degree(d).sin() * sin])
        };
        let least = (0..360).map(|d| beta(d).abs()).fold(f64::INFINITY, f64::min);
        Ok(least < Dawn::new(altitude, 18.0)?.critical_rad())
    };
    let sides = [("low", 1e6, 2e6), ("high", 2.5e6, 4.5e6)];
    for (side, from, to) in sides {
        out.near(format!("ideal, {side}"), limit_m(from, to, &ideal)?, c.want(&format!("ideal_{side}"))?, within);
    }
    for (hours, name) in [(18.0, "ltan18"), (6.0, "ltan06")] {
        for (side, from, to) in sides {
            // The height moves the darkest day by less than a quarter of one.
            let (_, _, when) = Dawn::new(0.5 * (from + to), hours)?.year()?;
            let near = |altitude: f64| -> Result<_, VerifyError> {
                let orbits = Dawn::new(altitude, hours)?;
                let beta = |quarter: i32| orbits.beta_rad(quarter);
                let mut least = (f64::INFINITY, when);
                for quarter in when - 8..=when + 8 {
                    let b = beta(quarter)?;
                    least = if b < least.0 { (b, quarter) } else { least };
                }
                Ok((orbits, least))
            };
            let cylinder = |altitude: f64| near(altitude).map(|(orbits, least)| least.0 < orbits.critical_rad());
            let penumbra = |altitude: f64| {
                let (orbits, least) = near(altitude)?;
                let flight = Flight { shadow: Shadow::Cone, ..orbits.at(least.1)? };
                Ok(event_s(&flight, EventKind::PenumbraEntry)? >= 0.0)
            };
            let want = |key: &str| c.want(&format!("{name}_{key}_{side}"));
            out.near(format!("{name}, cylinder, {side}"), limit_m(from, to, &cylinder)?, want("cyl")?, within);
            out.near(format!("{name}, no penumbra, {side}"), limit_m(from, to, &penumbra)?, want("no_penumbra")?, within);
        }
    }
    Ok(out)
}

/// F06: solar flux by distance.
pub(super) fn flux(c: &Case) -> Result<Outcome, VerifyError> {
    if !c.has("r_au") {
        return Ok(Outcome::outside("published design values, for comparison"));
    }
    let mut out = Outcome::default();
    out.close("solar flux", flux_w_m2(c.get("r_au")?), c.want("S")?, c.tolerance("analytic_rel")?);
    Ok(out)
}

/// F10: Kepler's equation.
pub(super) fn kepler(c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, e) = (Outcome::default(), c.get("e")?);
    let eccentric = eccentric_anomaly_rad(c.get("M")?, e);
    out.near("eccentric anomaly", eccentric, c.want("E")?, c.tolerance("analytic_abs")?);
    out.near("true anomaly", true_anomaly_rad(eccentric, e), c.want("nu")?, c.tolerance("analytic_abs")?);
    Ok(out)
}

/// F09: what the Moon sends to plates at 100 km.
pub(super) fn lunar_infrared<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    if !c.has("solar_zenith_at_subpoint_deg") {
        return Ok(Outcome::outside("the ground's own balance, or a published table: nothing to compute but the product"));
    }
    let z = c.get("solar_zenith_at_subpoint_deg")?.to_radians();
    let (radius, solar) = (c.get("R_planet")?, c.get("S")?);
    let light =
        Light { solar_w_m2: Some(solar), albedo: c.get("albedo")?, planet_ir_w_m2: c.get("night_ir")?, ground_follows_sun: true };
    let position = Position::still(-Vector3::z(), vector![z.sin(), 0.0, z.cos()], radius / (radius + c.get("altitude")?), solar);
    let timeline = Timeline::still(position, &light);
    let mut out = Outcome::default();
    for (key, shape) in [
        ("ir_nadir", rectangle([0.0; 3], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0])),
        ("ir_sunward_side", rectangle([0.0; 3], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0])),
        ("ir_cross_side", rectangle([0.0; 3], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0])),
    ] {
        out.close(key, seen_by(backend, &shape, &timeline)?.1, c.want(key)?, c.tolerance("mc_rel")?);
    }
    Ok(out)
}

/// F04: sun-synchronous inclinations, and the height above which there are none.
pub(super) fn sun_synchronous(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    if !c.has("altitude") {
        let key = c.expected.keys().next().cloned().unwrap_or_default();
        let (mut low, mut high) = (1e5, 1e8);
        while high - low > 1.0 {
            let middle = 0.5 * (low + high);
            if sun_synchronous_inclination_rad(&Body::EARTH, middle).is_ok() { low = middle } else { high = middle }
        }
        out.near("highest sun-synchronous orbit", low, c.want(&key)?, 10.0);
        return Ok(out);
    }
    let Ok(inclination) = sun_synchronous_inclination_rad(&Body::EARTH, c.get("altitude")?) else {
        return Err(VerifyError::Data(format!("{}: no sun-synchronous orbit", c.id)));
    };
    out.near("inclination", inclination.to_degrees(), c.want("inclination_deg")?, c.tolerance("abs_deg")?);
    out.near("period", period_s(&Body::EARTH, c.get("altitude")?), c.want("period")?, 1e-6);
    Ok(out)
}

/// F01: the Sun and beta at dates.
pub(super) fn sun_and_beta(c: &Case) -> Result<Outcome, VerifyError> {
    let mut out = Outcome::default();
    let utc = c.text("utc")?;
    let part = |from: usize, to: usize| {
        utc.get(from..to).and_then(|t| t.parse::<i32>().ok()).ok_or_else(|| VerifyError::Data(format!("{}: no date", c.id)))
    };
    let day_fraction = (f64::from(part(11, 13)?) + f64::from(part(14, 16)?) / 60.0) / 24.0;
    let s = sun((part(0, 4)?, part(5, 7)?, part(8, 10)?), day_fraction)?;
    let apart = (s.right_ascension_rad().to_degrees() - c.want("sun_ra_deg")? + 180.0).rem_euclid(360.0) - 180.0;
    out.near("right ascension, difference", apart, 0.0, 5e-4);
    out.near("declination", s.direction[2].asin().to_degrees(), c.want("sun_dec_deg")?, 5e-4);
    out.near("distance", s.distance_au, c.want("sun_distance_au")?, 1e-7);
    out.near("solar flux", s.flux_w_m2(), c.want("solar_flux")?, 0.01);
    let beta = beta_rad(c.get("inc_deg")?.to_radians(), c.get("raan_deg")?.to_radians(), s.direction);
    out.near("beta", beta.to_degrees(), c.want("beta_deg")?, 1e-3);
    Ok(out)
}

/// An isothermal convex body in sunlight only, by traced absorption and the steady network.
pub(super) fn in_sunlight_k<B: Backend>(
    backend: &B,
    shapes: &[Shape],
    sides: &[(u32, f64, f64)],
    sun_body: Vector3<f64>,
    (solar_w_m2, drawn_w_m2): (f64, f64),
) -> Result<f64, VerifyError> {
    let light = Light { solar_w_m2: Some(solar_w_m2), ..PLAIN };
    let timeline = Timeline::still(Position::still(-sun_body, sun_body, 0.0, solar_w_m2), &light);
    let codes: Vec<u32> = sides.iter().map(|s| s.0).collect();
    let seen = traced(backend, shapes, &codes, &timeline, 1 << 8)?;
    let mut network = Network::new(1);
    network.space_k = 0.0;
    for (k, (code, alpha, eps)) in sides.iter().enumerate() {
        let mut surface = plain(*eps);
        surface.solar_w_m2 = alpha * seen.solar_w_m2[k];
        network.surfaces.push(surface);
        network.faces.push(Face { node: 0, surface: k, area_m2: shapes[(code >> 1) as usize].area_m2() });
    }
    network.internal[0].at_reference_w = -drawn_w_m2;
    Ok(solved(backend, &network, 300.0)?.node_k[0])
}

/// Every front of a closed body alike.
pub(super) fn fronts(shapes: &[Shape], alpha: f64, eps: f64) -> Vec<(u32, f64, f64)> {
    (0..shapes.len()).map(|f| (u32::try_from(2 * f).unwrap_or(0), alpha, eps)).collect()
}

/// E02: plates, sphere, cube, cylinder and array at one astronomical unit.
pub(super) fn equilibrium<B: Backend>(backend: &B, c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, solar) = (Outcome::default(), c.get("S")?);
    let alpha = c.get("alpha")?;
    // Facets of f32 coordinates: sunlight on them is good to 1e-6. Round bodies of facets: 2e-4 of T.
    let (flat, round) = (1e-6, 2e-4);
    let (t, within) = if c.has("eta") {
        let sides = [(0, alpha, c.get("eps_front")?), (1, alpha, c.get("eps_back")?)];
        (in_sunlight_k(backend, &[plate()], &sides, Vector3::z(), (solar, c.get("eta")? * solar))?, flat)
    } else if c.has("sides") {
        let sides = [(0, alpha, c.get("eps")?), (1, alpha, c.get("eps")?)];
        let radiating = if c.get("sides")? > 1.5 { &sides[..] } else { &sides[..1] };
        (in_sunlight_k(backend, &[plate()], radiating, Vector3::z(), (solar, 0.0))?, flat)
    } else {
        let (body, within) = match c.text("shape")? {
            "sphere" => (sphere(1.0, 32), round),
            "cube" => (cube_faces().0, flat),
            _ => (revolve(&[(1.0, 0.0), (1.0, 1.0)], 96), round),
        };
        let all = fronts(&body, alpha, c.get("eps")?);
        (in_sunlight_k(backend, &body, &all, Vector3::x(), (solar, 0.0))?, within)
    };
    out.close("T", t, c.want("T")?, within);
    Ok(out)
}

/// G06: inclination and eclipse season of the published constellation's orbit, dusk at its ascending node.
pub(super) fn suncatcher(c: &Case) -> Result<Outcome, VerifyError> {
    let (mut out, altitude, within) = (Outcome::default(), c.get("altitude")?, c.tolerance("rel")?);
    let inclination = sun_synchronous_inclination_rad(&Body::EARTH, altitude).map_or(f64::NAN, f64::to_degrees);
    out.close("inclination", inclination, c.want("check_inclination_deg")?, within);
    let orbits = Dawn::new(altitude, 18.0)?;
    let (days, _, when) = orbits.year()?;
    out.close("season, d", days, c.want("check_season_days")?, within);
    out.close(
        "longest eclipse, min",
        orbits.dark_s(when, Shadow::Cylinder)? / 60.0,
        c.want("check_longest_eclipse_min")?,
        within,
    );
    Ok(out)
}
