//! Mirrors: images, doubled geometry, grooves, plates of mixed reflection, sunlight and the planet thrown by mirrors.
use super::view_factors::{inside_of_box, rectangle};
use crate::in_time::design;
use crate::support::{self, Silent, near, resolved, verified};
use nalgebra::{Vector3, vector};
use proptest::prelude::*;
use thermsolve::analysis::layout::Part;
use thermsolve::analysis::{Solution, analyse, orbit_state, ray_noise};
use thermsolve::backend::Cpu;
use thermsolve::constants::STEFAN_BOLTZMANN;
use thermsolve::environment::{Light, Position, Timeline};
use thermsolve::mesh::Shape;
use thermsolve::model::Model;
use thermsolve::model::design::Design;
use thermsolve::radiation::RadiationError;
use thermsolve::radiation::exchange::irradiation;
use thermsolve::radiation::heating::{Incident, incident_by_mirrors};
use thermsolve::radiation::scene::{Mirrors, Scene};
use thermsolve::radiation::view_factor::{RawFactors, RayBudget, close, trace_mirrored};

fn raw(shapes: &[Shape], surfaces: &[u32], mirrors: &[(u32, f64)], rays: u32) -> Result<RawFactors, RadiationError> {
    let mut band = vec![0.0; 2 * shapes.len()];
    mirrors.iter().for_each(|(code, r)| band[*code as usize] = *r);
    let scene = Scene::new(shapes).unwrap();
    trace_mirrored(&Cpu::<f64>::new(), (&scene, &band), surfaces, RayBudget::fixed(rays), 5, &|_| ())
}

fn areas(shapes: &[Shape], surfaces: &[u32]) -> Vec<f64> {
    surfaces.iter().map(|c| shapes[(c >> 1) as usize].area_m2()).collect()
}

fn factor(raw: &RawFactors, i: usize, j: usize) -> f64 {
    raw.row(i).find(|e| e.0 == j).map_or(0.0, |e| e.1)
}

/// Four standard errors of plain random rays.
fn bound(f: f64, rays: u32) -> f64 {
    4.0 * (f * (1.0 - f) / f64::from(rays)).sqrt()
}

#[test]
fn concentric_cylinders_with_a_mirror_outside() {
    verified("B02", 6);
}

#[test]
fn grooves_of_mirrors() {
    verified("B04", 14);
}

#[test]
fn mirror_corners_and_plates() {
    verified("B06", 6);
}

/// Two plates beside a mirror wall see what plates of twice the size see without it; half a mirror adds half the image.
#[test]
fn a_mirror_wall_doubles_the_geometry() {
    let shapes = [
        rectangle([0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        rectangle([0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0]),
        rectangle([0.0; 3], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]),
    ];
    let rays = 1 << 18;
    // A01: two unit squares, two plates of 2 × 1, each a unit apart. A02: unit squares with a common edge.
    let (single, doubled, to_wall) = (0.199_824_895_7, 0.285_875_385, 0.200_043_776_1);
    for reflectance in [0.5, 1.0] {
        let surfaces: &[u32] = if reflectance < 1.0 { &[0, 2, 4] } else { &[0, 2] };
        let found = raw(&shapes, surfaces, &[(4, reflectance)], rays).unwrap();
        let want = single + reflectance * (doubled - single);
        near("to the other plate", factor(&found, 0, 1), want, bound(want, rays));
        let taken = (1.0 - reflectance) * to_wall;
        near("to the wall", factor(&found, 0, 2), taken, bound(taken, rays));
    }
    let refused = raw(&shapes, &[0, 2, 4], &[(4, 1.0)], 64).unwrap_err();
    assert!(refused.to_string().contains("surface 2 is a perfect mirror"), "{refused}");
}

/// Infinite parallel plates exchange `σ(T₁⁴ − T₂⁴)/(1/ε₁ + 1/ε₂ − 1)` whatever part of the reflection is specular.
#[test]
fn parallel_plates_of_mixed_reflection() {
    let (shapes, surfaces) = inside_of_box([1.0, 1.3, 0.6], 1);
    let eps = [0.3, 0.12];
    for specularity in [[0.0, 0.0], [1.0, 0.0], [0.5, 0.9], [0.95, 1.0]] {
        let specular: Vec<f64> = (0..2).map(|k| specularity[k] * (1.0 - eps[k])).collect();
        let mirrors = [(0, specular[0]), (2, specular[1]), (4, 1.0), (6, 1.0), (8, 1.0), (10, 1.0)];
        let found = raw(&shapes, &surfaces[..2], &mirrors, 1 << 15).unwrap();
        let f = close(&found, areas(&shapes, &surfaces[..2])).unwrap();
        let reflectance = eps.map(|e| 1.0 - e);
        let h = irradiation(&f, &reflectance, &[eps[0], 0.0], &[0.0, 0.0]);
        let q = eps[0] - eps[0] * h[0];
        let want = 1.0 / (1.0 / eps[0] + 1.0 / eps[1] - 1.0);
        near(&format!("heat at specularities {specularity:?}"), q, want, 0.01 * want);
        near("what arrives", eps[1] * h[1], want, 0.01 * want);
        assert!(f.quality.given_up < 1e-3 && f.quality.leak < 1e-3, "{:?}", f.quality);
    }
}

/// Any box of partly specular walls: `(1 − ρ_s,i) A_i T_ij` is symmetric as rays give it, rows sum up, and at one temperature no heat
/// flows.
#[test]
fn random_enclosures_of_mirrors() {
    let (shapes, surfaces) = inside_of_box([1.0, 2.5, 0.7], 2);
    let n = shapes.len();
    let rays = 1 << 14;
    let properties = prop::collection::vec((0.05..0.95_f64, 0.0..1.0_f64), n);
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    for _ in 0..4 {
        let drawn = proptest::strategy::ValueTree::current(&properties.new_tree(&mut runner).unwrap());
        let mirrors: Vec<(u32, f64)> = surfaces.iter().zip(&drawn).map(|(c, (eps, s))| (*c, s * (1.0 - eps))).collect();
        let found = raw(&shapes, &surfaces, &mirrors, rays).unwrap();
        let area = areas(&shapes, &surfaces);
        for i in 0..n {
            for j in 0..i {
                let taking = |k: usize| (1.0 - mirrors[k].1) * area[k];
                let (there, back) = (factor(&found, i, j), factor(&found, j, i));
                let within = taking(i) * bound(there.max(1e-4), rays) + taking(j) * bound(back.max(1e-4), rays);
                near(&format!("S of {i} and {j}"), taking(i) * there, taking(j) * back, within);
            }
        }
        let f = close(&found, area.clone()).unwrap();
        assert!(f.quality.row_sum_error < 1e-9 && f.quality.reciprocity_after < 1e-12, "{:?}", f.quality);
        let reflectance: Vec<f64> = drawn.iter().map(|(eps, _)| 1.0 - eps).collect();
        let emitted: Vec<f64> = drawn.iter().map(|(eps, _)| eps * STEFAN_BOLTZMANN * 310.0_f64.powi(4)).collect();
        let h = irradiation(&f, &reflectance, &emitted, &vec![0.0; n]);
        for i in 0..n {
            // Rays that slip through the edges of the box leave it.
            near("net heat at one temperature", drawn[i].0 * h[i] / emitted[i], 1.0, 2e-3);
        }
    }
}

/// Walls of one temperature send the same in all directions, however they divide emission and reflection between diffuse and specular,
/// so that no replicate of a plate among them differs from another.
#[test]
fn walls_of_one_temperature_make_no_noise() {
    let (walls, _) = inside_of_box([1.0; 3], 1);
    // They reach past their edges, so that no ray slips through.
    let wider = |s: &Shape| Shape::parallelogram(s.origin - 0.1 * (s.edge_u + s.edge_v), 1.2 * s.edge_u, 1.2 * s.edge_v);
    let mut shapes: Vec<Shape> = walls.iter().map(wider).collect();
    shapes.push(rectangle([0.3, 0.4, 0.5], [0.2, 0.0, 0.1], [0.0, 0.3, 0.0]));
    let surfaces = [0, 2, 4, 6, 8, 10, 12, 13];
    let specular = [0.5, 0.9, 0.0, 0.2, 0.7, 0.3, 0.4, 0.1];
    let mirrors: Vec<(u32, f64)> = surfaces.into_iter().zip(specular).collect();
    let found = raw(&shapes, &surfaces, &mirrors, 1 << 12).unwrap();
    // Diffusely a wall sends what it does not mirror.
    let radiosity: Vec<f64> = specular.iter().map(|s| 400.0 * (1.0 - s)).collect();
    for plate in 6..8 {
        near("rays that leave", found.space(plate), 0.0, 0.0);
        found.deviation_w_m2(plate, &radiosity).iter().for_each(|d| near("deviation", *d, 0.0, 1e-9));
        let of_two = found.deviation_w_m2(plate, &[400.0, 400.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert!(of_two.iter().any(|d| d.abs() > 1e-3), "{of_two:?}");
    }
}

/// What is left of rays after the last reflection allowed is counted.
#[test]
fn rays_that_are_given_up_are_counted() {
    let (mut shapes, surfaces) = inside_of_box([1.0, 1.0, 1.0], 1);
    shapes.push(rectangle([0.499, 0.499, 0.5], [0.002, 0.0, 0.0], [0.0, 0.002, 0.0]));
    let mirrors: Vec<(u32, f64)> = surfaces.iter().map(|c| (*c, 1.0)).collect();
    let found = raw(&shapes, &[12, 13], &mirrors, 1 << 12).unwrap();
    let f = close(&found, areas(&shapes, &[12, 13])).unwrap();
    for i in 0..2 {
        assert!(found.given_up(i) > 0.5, "{}", found.given_up(i));
        assert!(found.space(i) >= found.given_up(i));
        near("whole", found.row(i).map(|e| e.1).sum::<f64>() + found.space(i), 1.0, 1e-12);
    }
    near("in the quality", f.quality.given_up, found.given_up(0).max(found.given_up(1)), 0.0);
}

/// Sunlight of 1 W/m² from one direction, and a planet of that sine towards nadir.
fn sky(sun: Vector3<f64>, nadir: Vector3<f64>, sine: f64) -> Timeline {
    let light = Light { solar_w_m2: Some(1.0), albedo: 1.0, planet_ir_w_m2: 1.0, ground_follows_sun: false };
    Timeline::still(Position::still(nadir, sun.normalize(), sine, 1.0), &light)
}

fn received(
    shapes: &[Shape],
    surfaces: &[u32],
    [infrared, solar]: [&[(u32, f64)]; 2],
    timeline: &Timeline,
    samples: u32,
) -> Incident {
    let all = |band: &[(u32, f64)]| {
        let mut of_code = vec![0.0; 2 * shapes.len()];
        band.iter().for_each(|(code, r)| of_code[*code as usize] = *r);
        if band.is_empty() { vec![] } else { of_code }
    };
    let mirrors = Mirrors { infrared: all(infrared), solar: all(solar) };
    let scene = Scene::new(shapes).unwrap();
    incident_by_mirrors(&Cpu::<f64>::new(), (&scene, &mirrors), surfaces, timeline, (samples, 11), &|_| ()).unwrap()
}

/// A mirror at 45° turns sunlight from above into the horizontal. Its beam, one unit across, falls on a plate of 2 × 3 within its
/// outline: flux `ρ S` on 1 of 6 m². A second mirror in the beam passes it on: `ρ₁ ρ₂ S`.
#[test]
fn a_mirror_throws_sunlight_on_a_plate() {
    let plate = rectangle([4.0, -1.5, -0.5], [0.0, 0.0, 2.0], [0.0, 3.0, 0.0]);
    let mirror = rectangle([0.0, 0.0, 0.0], [1.0, 0.0, 1.0], [0.0, -1.0, 0.0]);
    let shapes = [plate, mirror];
    // The plate's front looks along −x, the mirror's front along x − z.
    let (under, above) = (2, 3);
    let from = |sun: Vector3<f64>, side: u32| {
        received(&shapes, &[0, 1, side], [&[], &[(side, 0.7)]], &sky(sun, Vector3::z(), 0.0), 1 << 12)
    };
    let seen = from(-Vector3::z(), under);
    near("flux thrown", seen.mirrored_w_m2[0], 0.7 / 6.0, 1e-6);
    near("on its other side", seen.mirrored_w_m2[1], 0.0, 0.0);
    near("on the mirror, direct", seen.solar_w_m2[2], 0.5_f64.sqrt(), 1e-6);
    near("lost", seen.mirrored_lost, 0.0, 0.0);
    // A quarter of the time the Sun is seen.
    let mut timeline = sky(-Vector3::z(), Vector3::z(), 0.0);
    timeline.positions[0].sunlit_weight = 0.25;
    near("mean of sun and shade", seen.mean_mirrored(&timeline)[0], 0.25 * 0.7 / 6.0, 1e-6);
    // From above the light leaves the other side along −x, where nothing is.
    let seen = from(Vector3::z(), above);
    near("away from the plate", seen.mirrored_w_m2.iter().sum(), 0.0, 0.0);
    // A second mirror at x = 2 … 3 turns the beam upwards, onto a plate overhead that itself mirrors part of it.
    let second = rectangle([2.0, 0.5, -0.5], [2.0, 0.0, 2.0], [0.0, -2.0, 0.0]);
    let overhead = rectangle([0.0, -2.0, 5.0], [5.0, 0.0, 0.0], [0.0, 4.0, 0.0]);
    let shapes = [overhead, mirror, second];
    let up = 4 + u32::from(second.edge_u.cross(&second.edge_v).z < 0.0);
    let bands = [(under, 0.7), (up, 0.4), (1, 0.25)];
    let seen = received(&shapes, &[1, up], [&[], &bands], &sky(-Vector3::z(), Vector3::z(), 0.0), 1 << 15);
    // What the overhead plate mirrors goes straight back down the beam: onto the second mirror, the first, and out.
    let want = 0.7 * 0.4 / 20.0;
    near("by two mirrors", seen.mirrored_w_m2[0], want, 0.02 * want);
    let area = second.area_m2();
    let want = 0.7 * (1.0 + 0.4 * 0.25) / area;
    near("on the second mirror", seen.mirrored_w_m2[1], want, 0.02 * want);
}

/// Sunlight along the axis of a groove of mirrors meets walls π/angle times: it takes up `1 − ρ^(π/angle)`.
#[test]
fn a_groove_of_mirrors_traps_sunlight() {
    for (angle_deg, meetings) in [(90.0_f64, 2), (60.0, 3), (45.0, 4), (20.0, 9)] {
        let half = 0.5 * angle_deg.to_radians();
        let wall = |sign: f64| rectangle([0.0, 0.5 - 0.5 * sign, 0.0], [sign * half.sin(), 0.0, half.cos()], [0.0, sign, 0.0]);
        let shapes = [wall(1.0), wall(-1.0)];
        let inwards: Vec<u32> = (0..2)
            .map(|k| {
                let normal = shapes[k].edge_u.cross(&shapes[k].edge_v);
                2 * k as u32 + u32::from(normal.z < 0.0)
            })
            .collect();
        let reflectance = 0.6;
        let band: Vec<(u32, f64)> = inwards.iter().map(|c| (*c, reflectance)).collect();
        let seen = received(&shapes, &inwards, [&[], &band], &sky(Vector3::z(), Vector3::z(), 0.0), 1 << 16);
        let arriving: f64 = seen.sunlight_w_m2().iter().sum();
        let want = 1.0 - reflectance.powi(meetings);
        near(&format!("absorptance at {angle_deg}°"), (1.0 - reflectance) * arriving / (2.0 * half.sin()), want, 2e-3);
    }
}

/// A small plate looks away from the planet at a large mirror: it sees there what a plate that looks at the planet sees, less its own
/// back, which hides part of it.
#[test]
fn a_mirror_shows_the_planet() {
    let plate = rectangle([-0.1, -0.1, 0.0], [0.2, 0.0, 0.0], [0.0, 0.2, 0.0]);
    let mirror = Shape::disc(vector![0.0, 0.0, 1.0], Vector3::y() * 40.0, Vector3::x() * 40.0);
    let shapes = [plate, mirror];
    let down = 2 + u32::from(mirror.edge_u.cross(&mirror.edge_v).z > 0.0);
    let front = u32::from(plate.edge_u.cross(&plate.edge_v).z < 0.0);
    let sine: f64 = 0.8;
    // Squares of 0.2 and 2 apart: A/(4π) of the mirrored directions to second order in size over distance.
    let own = 0.04 / (4.0 * std::f64::consts::PI) * (1.0 - 0.04 / 12.0);
    let planet = sky(Vector3::z(), -Vector3::z(), sine);
    let none = received(&shapes, &[front], [&[], &[]], &planet, 1 << 14);
    near("without a mirror", none.planet_ir_w_m2[0] + none.albedo_w_m2[0], 0.0, 0.0);
    for bands in [[0.9, 0.9], [0.9, 0.5], [0.9, 0.0], [0.0, 0.5]] {
        let band = bands.map(|r| if r > 0.0 { vec![(down, r)] } else { vec![] });
        let seen = received(&shapes, &[front, 1 - front], [&band[0], &band[1]], &planet, 1 << 14);
        let want = sine * sine - own;
        near("planet", seen.planet_ir_w_m2[0], bands[0] * want, 5e-3);
        // The plate's back hides the middle of the cap, where the Sun stands in the zenith.
        near("albedo", seen.albedo_w_m2[0], bands[1] * (subsolar_albedo(sine) - own), 5e-3);
        near("planet, in its sight", seen.planet_ir_w_m2[1], sine * sine, 5e-3);
        near("albedo, in its sight", seen.albedo_w_m2[1], subsolar_albedo(sine), 5e-3);
    }
}

/// Irradiation over (albedo × solar flux) of a plate above the subsolar point that looks down, by the midpoint rule over the cap:
/// `2 ∫ cos γ cos ψ sin γ dγ`, ψ the angle at the planet's centre.
fn subsolar_albedo(sine: f64) -> f64 {
    let most = sine.asin();
    let n = 20_000;
    let at = |k: i32| {
        let angle = most * (f64::from(k) + 0.5) / f64::from(n);
        // Law of sines: sin(ψ + γ) = sin γ / sine.
        let centre = (angle.sin() / sine).asin() - angle;
        2.0 * angle.cos() * angle.sin() * centre.cos()
    };
    (0..n).map(at).sum::<f64>() * most / f64::from(n)
}

/// The small satellite in deep space, the Sun between its axes x and z, with lines added to its tables.
fn satellite(array: &str, coating: &str) -> (Model, Solution) {
    let changes = [
        ("altitude_km = 650.0\n", "body = \"none\"\nsun_distance_au = 1.0\n"),
        ("beta_deg = 75.0            # or: local_time_h = 18.0 and date = 2027-01-03\n", ""),
        ("design_case = \"hot\"", "design_case = \"deep_space\""),
        (
            "radiator_normal = \"velocity\"\nsun_error_deg = 2.0",
            "sun_error_deg = 0.0\nprimary = { axis = [1, 0, 1], target = \"sun\" }\n\
             secondary = { axis = [0, 1, 0], target = \"inertial\", direction = [0, 0, 1] }",
        ),
        ("coating = \"az93\"", "coating = \"of_test\""),
        ("cells_along_tube = 6", "cells_along_tube = 8\nfacets_along = 8"),
        ("width_m = 4.0", &format!("width_m = 14.0\n{array}")),
    ];
    let text = support::changed("tests/cases/small.toml", &changes)
        + &format!(
            "\n[coatings.of_test]\nabsorptivity_beginning = 0.2\nabsorptivity_end = 0.2\nemissivity_beginning = 0.9\n\
         emissivity_end = 0.9\nareal_mass_kg_m2 = 0.1\nsource = \"test\"\nevidence = \"recall\"\n{coating}\n"
        );
    let model = resolved("small.toml", text);
    let design = Design { length_m: 8.0, ..design(&model) };
    let orbit = orbit_state(&model).unwrap();
    let solution = analyse(&Cpu::<f64>::new(), &model, &design, &orbit, &Silent).unwrap();
    assert!(solution.state.convergence.balance < 1e-6, "{:?}", solution.state.convergence);
    (model, solution)
}

/// From the key of a case to temperatures: an array front that mirrors sunlight throws a beam on the radiator's face.
///
/// The Sun stands at 45° between the array's normal z and its wing x. The front of the wing at x > 3 m sends its light towards −x
/// and +z: it meets the radiator's plane x = 0 above z = 3 m, where the radiator reaches from y = 3 m to its span and up to
/// z = 4 m, and the array from −7 m to 7 m: 4 m × 1 m of each wing, at the flux `ρ_s S cos 45°`.
#[test]
fn an_array_that_mirrors_heats_the_radiator() {
    let (_, diffuse) = satellite("", "");
    let (model, mirrors) = satellite("front_specularity_solar = 0.8", "");
    let taken = model.array.front.absorptivity;
    near("ρ_s", model.array.front.specular_solar, 0.8 * (1.0 - taken), 1e-15);
    let of_radiator = |s: &Solution, field: &[f64]| -> f64 {
        let area = s.network.surface_area_m2();
        let fronts =
            s.layout.sides.iter().enumerate().filter(|(_, x)| s.layout.parts[x.panel] == Part::Radiator && x.code & 1 == 0);
        fronts.map(|(k, _)| area[k] * field[k]).sum()
    };
    let solar = orbit_state(&model).unwrap().timeline.solar_w_m2;
    let want = model.array.front.specular_solar * solar * 0.5_f64.sqrt() * 8.0;
    near("thrown on the radiator", of_radiator(&mirrors, &mirrors.incident.mirrored_w_m2), want, 0.02 * want);
    near("nothing without the key", diffuse.incident.mirrored_w_m2.iter().sum(), 0.0, 0.0);
    assert!(diffuse.quality_in_sunlight.is_none() && mirrors.quality_in_sunlight.is_some());
    near("the same infrared", mirrors.quality.row_sum_error, diffuse.quality.row_sum_error, 0.0);
    // The cells in the beam, between 3 and 4 m, are warmer for it; those at the other end are not.
    let mean = |s: &Solution, from: f64, to: f64| -> f64 {
        let (mut sum, mut count) = (0.0, 0.0);
        for (k, p) in s.layout.mesh.panels.iter().enumerate().filter(|(k, _)| s.layout.parts[*k] == Part::Radiator) {
            for iv in 0..p.nv() {
                let z = p.origin.z + 0.5 * (p.lines_v[iv] + p.lines_v[iv + 1]);
                for iu in (0..p.nu()).filter(|_| z > from && z < to) {
                    sum += s.state.node_k[s.layout.mesh.first_cell[k] + p.cell(iu, iv)];
                    count += 1.0;
                }
            }
        }
        sum / count
    };
    let (top, bottom) =
        (mean(&mirrors, 2.6, 4.0) - mean(&diffuse, 2.6, 4.0), mean(&mirrors, -4.0, -2.6) - mean(&diffuse, -4.0, -2.6));
    assert!(top > 0.3 && bottom < 0.1 * top, "warmer by {top} K in the beam, {bottom} K away from it");
}

/// A radiator whose coating mirrors infrared: other factors, the same balance, an error bar.
#[test]
fn a_radiator_that_mirrors_infrared() {
    let (model, solution) = satellite("", "specularity_ir = 0.9\nspecularity_solar = 0.9");
    near("ρ_s", model.radiator.faces[0].specular_ir, 0.9 * 0.1, 1e-15);
    near("ρ_s in sunlight", model.radiator.faces[0].specular_solar, 0.9 * 0.8, 1e-15);
    assert!(solution.quality.reciprocity_after < 1e-12 && solution.quality.given_up == 0.0, "{:?}", solution.quality);
    assert!(solution.network.factors_in_sunlight.is_some());
    let noise = ray_noise(&Cpu::<f64>::new(), &solution).unwrap();
    assert!(noise.radiator_mean_k > 0.0 && noise.radiator_mean_k < 0.5, "{}", noise.radiator_mean_k);
}
