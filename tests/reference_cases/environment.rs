//! Orbit, Sun and planet heating: A07, F01, F02, F04, F07, F08, F11.
use super::view_factors::rectangle;
use crate::support::{Case, cases, near};
use nalgebra::{Vector3, vector};
use thermsolve::backend::Cpu;
use thermsolve::environment::orbit::{beta_rad, eclipse_half_angle_rad, period_s, sun_synchronous_inclination_rad};
use thermsolve::environment::sun::sun;
use thermsolve::environment::{Attitude, OrbitSetting, Position, Target, Timeline};
use thermsolve::mesh::Shape;
use thermsolve::radiation::heating::{Incident, incident};
use thermsolve::radiation::scene::Scene;

fn traced(shapes: &[Shape], surfaces: &[u32], timeline: &Timeline, samples: u32) -> Incident {
    incident(&Cpu::<f64>::new(), &Scene::new(shapes).unwrap(), surfaces, timeline, (samples, 11), &|_| ()).unwrap()
}

fn still(nadir_body: Vector3<f64>, sun_body: Vector3<f64>, altitude_m: f64) -> Timeline {
    let radius = 6_378_137.0;
    Timeline {
        positions: vec![Position { anomaly_rad: 0.0, weight: 1.0, illumination: 1.0, nadir_body, sun_body }],
        sine_of_planet: radius / (radius + altitude_m),
        solar_w_m2: 1.0,
        albedo: 1.0,
        planet_ir_w_m2: 1.0,
        eclipse_fraction: 0.0,
    }
}

const UP: [f64; 3] = [0.0, 0.0, 1.0];

/// A unit plate whose front looks along z.
fn plate() -> Shape {
    rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
}

#[test]
fn plate_to_planet() {
    let all: Vec<Case> = cases("A07").into_iter().filter(|c| c.inputs.contains_key("tilt_deg")).collect();
    assert!(all.len() >= 63);
    for c in all {
        let tilt = c.get("tilt_deg").to_radians();
        let nadir = vector![tilt.sin(), 0.0, tilt.cos()];
        let seen = traced(&[plate()], &[0], &still(nadir, Vector3::from(UP), c.get("altitude")), 1 << 16);
        near(&c.id, seen.planet_ir_w_m2[0], c.want("F"), 2e-4 * c.want("F").max(0.05));
    }
}

#[test]
fn albedo_of_a_lambert_sphere() {
    for c in cases("F08") {
        let z = c.get("solar_zenith_at_subpoint_deg").to_radians();
        // Local frame: x sunward, z away from the planet.
        let sun = vector![z.sin(), 0.0, z.cos()];
        let nadir = vector![0.0, 0.0, -1.0];
        let tilted = vector![0.5_f64.sqrt(), 0.0, -0.5_f64.sqrt()];
        for (key, normal) in [
            ("F_nadir", nadir),
            ("F_sunward_side", vector![1.0, 0.0, 0.0]),
            ("F_antisun_side", vector![-1.0, 0.0, 0.0]),
            ("F_cross_side", vector![0.0, 1.0, 0.0]),
            ("F_tilt45_sunward", tilted),
        ] {
            let u = if normal.z.abs() < 0.9 { vector![0.0, 0.0, 1.0].cross(&normal).normalize() } else { vector![1.0, 0.0, 0.0] };
            let v = normal.cross(&u);
            let shape = Shape::parallelogram(Vector3::zeros(), u, v);
            let seen = traced(&[shape], &[0], &still(nadir, sun, c.get("altitude")), 1 << 16);
            near(&format!("{} {key}", c.id), seen.albedo_w_m2[0], c.want(key), 5e-4 * c.want(key) + 2e-5);
        }
    }
}

/// Nadir-pointing cube: x along the velocity, z to the planet, so −y is the orbit normal (north).
fn cube() -> (Vec<Shape>, Vec<u32>, [&'static str; 6]) {
    let faces = [
        rectangle([0.5, -0.5, -0.5], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
        rectangle([-0.5, -0.5, -0.5], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0]),
        rectangle([-0.5, 0.5, -0.5], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]),
        rectangle([-0.5, -0.5, -0.5], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
        rectangle([-0.5, -0.5, 0.5], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        rectangle([-0.5, -0.5, -0.5], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
    ];
    (faces.to_vec(), (0..6).map(|f| 2 * f).collect(), ["ram", "wake", "south", "north", "nadir", "zenith"])
}

#[test]
fn cube_around_an_orbit() {
    let attitude =
        Attitude { primary: (vector![0.0, 0.0, 1.0], Target::Nadir), secondary: (vector![1.0, 0.0, 0.0], Target::Velocity) };
    for c in cases("F07") {
        let setting = OrbitSetting {
            altitude_m: c.get("altitude"),
            beta_rad: c.get("beta_deg").to_radians(),
            positions: 180,
            attitude,
            sun_error_rad: 0.0,
        };
        let t = Timeline::new(&setting, c.get("S"), c.get("albedo"), c.get("planet_ir")).unwrap();
        near(&format!("{} eclipse", c.id), t.eclipse_fraction, c.want("eclipse_fraction"), 1e-9);
        let (shapes, surfaces, names) = cube();
        let seen = traced(&shapes, &surfaces, &t, 256);
        let mean = |field: &[f64]| seen.orbit_mean(field, &t);
        for (what, got) in
            [("solar", mean(&seen.solar_w_m2)), ("albedo", mean(&seen.albedo_w_m2)), ("ir", mean(&seen.planet_ir_w_m2))]
        {
            for (name, got) in names.iter().zip(got) {
                let key = format!("{what}_{name}");
                near(&format!("{} {key}", c.id), got, c.want(&key), 2e-3 * c.want(&key) + 0.05);
            }
        }
    }
}

#[test]
fn sink_temperature_of_dawn_dusk_panels() {
    for c in cases("F11") {
        let optics = (c.get("alpha"), c.get("eps"));
        let setting = |secondary: Target| OrbitSetting {
            altitude_m: c.get("altitude"),
            beta_rad: std::f64::consts::FRAC_PI_2,
            positions: 8,
            attitude: Attitude { primary: (vector![0.0, 0.0, 1.0], Target::Sun), secondary: (vector![1.0, 0.0, 0.0], secondary) },
            sun_error_rad: 0.0,
        };
        let panel = rectangle([0.0; 3], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]);
        for (secondary, key) in
            [(Target::Velocity, "T_sink_two_sided_ram_wake"), (Target::Nadir, "T_sink_two_sided_zenith_nadir")]
        {
            let t = Timeline::new(&setting(secondary), c.get("S"), c.get("albedo"), c.get("planet_ir")).unwrap();
            let seen = traced(&[panel], &[0, 1], &t, 1 << 13);
            let mean = |f: &[f64]| seen.orbit_mean(f, &t).iter().sum::<f64>() / 2.0;
            let absorbed = optics.0 * (mean(&seen.solar_w_m2) + mean(&seen.albedo_w_m2)) + optics.1 * mean(&seen.planet_ir_w_m2);
            let sink = (absorbed / (optics.1 * thermsolve::constants::STEFAN_BOLTZMANN)).powf(0.25);
            near(&format!("{} {key}", c.id), sink, c.want(key), 0.02);
        }
    }
}

#[test]
fn a_shadow_falls_on_what_is_behind() {
    // Sun at 45°: a square half a metre above another darkens half of it and lets no planet through straight overhead.
    let shapes = [plate(), rectangle([0.0, 0.0, 0.5], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])];
    let d = 0.5_f64.sqrt();
    let t = still(vector![0.0, 0.0, 1.0], vector![d, 0.0, d], 400_000.0);
    let seen = traced(&shapes, &[0, 2], &t, 1 << 14);
    near("lit half", seen.solar_w_m2[0], 0.5 * d, 1e-4);
    near("unshadowed", seen.solar_w_m2[1], d, 1e-6);
    assert!(seen.planet_ir_w_m2[0] < seen.planet_ir_w_m2[1] - 0.3, "{:?}", seen.planet_ir_w_m2);
}

#[test]
fn what_looks_away_gets_nothing() {
    // A lone plate: front to Sun and planet, back away from both.
    let t = still(vector![0.0, 0.0, 1.0], Vector3::from(UP), 400_000.0);
    let seen = traced(&[plate()], &[0, 1], &t, 1 << 10);
    near("sun on the front", seen.solar_w_m2[0], 1.0, 1e-6);
    assert_eq!((seen.solar_w_m2[1], seen.planet_ir_w_m2[1], seen.albedo_w_m2[1]), (0.0, 0.0, 0.0));
}

#[test]
fn eclipse_fraction() {
    let earth = |c: &Case| c.get("R_planet") == 6_378_137.0;
    let all: Vec<Case> = cases("F02").into_iter().filter(earth).collect();
    assert!(all.len() > 40, "only {} cases at the Earth", all.len());
    for c in all {
        let e = eclipse_half_angle_rad(c.get("altitude"), c.get("beta_deg").to_radians()) / std::f64::consts::PI;
        near(&c.id, e, c.want("eclipse_fraction"), 1e-9);
        near(&c.id, period_s(c.get("altitude")), c.want("period"), 1e-6);
    }
}

#[test]
fn sun_synchronous_inclination() {
    for c in cases("F04") {
        if c.id == "F04-max" {
            let highest = c.expected.values().find_map(toml::Value::as_float).unwrap();
            assert!(
                sun_synchronous_inclination_rad(highest - 1e3).is_ok() && sun_synchronous_inclination_rad(highest + 1e3).is_err()
            );
            continue;
        }
        let inclination = sun_synchronous_inclination_rad(c.get("altitude")).unwrap();
        near(&c.id, inclination.to_degrees(), c.want("inclination_deg"), 1e-6);
    }
}

#[test]
fn sun_and_beta() {
    for c in cases("F01") {
        let utc = c.inputs["utc"].as_str().unwrap();
        let part = |from: usize, to: usize| utc[from..to].parse::<i32>().unwrap();
        let day_fraction = (f64::from(part(11, 13)) + f64::from(part(14, 16)) / 60.0) / 24.0;
        let s = sun((part(0, 4), part(5, 7), part(8, 10)), day_fraction).unwrap();
        let apart = (s.right_ascension_rad().to_degrees() - c.want("sun_ra_deg") + 180.0).rem_euclid(360.0) - 180.0;
        near(&format!("{} right ascension", c.id), apart, 0.0, 5e-4);
        near(&format!("{} declination", c.id), s.direction[2].asin().to_degrees(), c.want("sun_dec_deg"), 5e-4);
        near(&format!("{} distance", c.id), s.distance_au, c.want("sun_distance_au"), 1e-7);
        near(&format!("{} flux", c.id), s.flux_w_m2(), c.want("solar_flux"), 0.01);
        let beta = beta_rad(c.get("inc_deg").to_radians(), c.get("raan_deg").to_radians(), s.direction);
        near(&format!("{} beta", c.id), beta.to_degrees(), c.want("beta_deg"), 1e-3);
    }
    assert!(sun((1800, 1, 1), 0.0).is_err());
}
