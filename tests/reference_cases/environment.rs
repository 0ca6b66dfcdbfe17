//! Orbit, Sun and planet heating: A07, F01, F02, F04, F07, F08, F11.
use super::view_factors::rectangle;
use crate::support::{near, verified};
use nalgebra::{Vector3, vector};
use thermsolve::backend::Cpu;
use thermsolve::environment::sun::sun;
use thermsolve::environment::{Light, Position, Timeline};
use thermsolve::mesh::Shape;
use thermsolve::radiation::heating::{Incident, incident};
use thermsolve::radiation::scene::Scene;

fn traced(shapes: &[Shape], surfaces: &[u32], timeline: &Timeline, samples: u32) -> Incident {
    incident(&Cpu::<f64>::new(), &Scene::new(shapes).unwrap(), surfaces, timeline, (samples, 11), &|_| ()).unwrap()
}

const ONES: Light = Light { solar_w_m2: Some(1.0), albedo: 1.0, planet_ir_w_m2: 1.0, ground_follows_sun: false };

fn still(nadir_body: Vector3<f64>, sun_body: Vector3<f64>, altitude_m: f64) -> Timeline {
    let radius = 6_378_137.0;
    Timeline::still(Position::still(nadir_body, sun_body, radius / (radius + altitude_m), 1.0), &ONES)
}

const UP: [f64; 3] = [0.0, 0.0, 1.0];

/// A unit plate whose front looks along z.
fn plate() -> Shape {
    rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0])
}

#[test]
fn plate_to_planet() {
    verified("A07", 66);
}

#[test]
fn albedo_of_a_lambert_sphere() {
    verified("F08", 21);
}

#[test]
fn cube_around_an_orbit() {
    verified("F07", 15);
}

#[test]
fn sink_temperature_of_dawn_dusk_panels() {
    verified("F11", 6);
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
    verified("F02", 41);
}

#[test]
fn sun_synchronous_inclination() {
    verified("F04", 21);
}

#[test]
fn sun_and_beta() {
    verified("F01", 8);
    assert!(sun((1800, 1, 1), 0.0).is_err());
}
