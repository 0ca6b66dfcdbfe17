//! Joints that follow the Sun: the best angles within limits, and what a tracked plate catches around an orbit.

use super::view_factors::rectangle;
use crate::support::near;
use nalgebra::{Unit, Vector3, vector};
use proptest::prelude::*;
use std::f64::consts::{PI, TAU};
use thermsolve::backend::Cpu;
use thermsolve::environment::joint::{Angles, Axis};
use thermsolve::environment::orbit::eclipse_half_angle_rad;
use thermsolve::environment::{Attitude, Body, Flight, Joint, Light, Pose, Target, Timeline, Tracking};
use thermsolve::radiation::heating::incident;
use thermsolve::radiation::scene::Scene;

const SOLAR: f64 = 1361.0;
const ALTITUDE_M: f64 = 550e3;

fn axis(direction: [f64; 3], limits_deg: [f64; 2], rest_deg: f64) -> Axis {
    let direction = Unit::new_normalize(Vector3::from(direction));
    Axis { direction, limits_rad: (limits_deg[0].to_radians(), limits_deg[1].to_radians()), rest_rad: rest_deg.to_radians() }
}

fn joint(tracking: Tracking, normal: [f64; 3], first: Axis, second: Option<Axis>) -> Joint {
    Joint { tracking, normal: Unit::new_normalize(Vector3::from(normal)), first, second }
}

const FREE: [f64; 2] = [-180.0, 180.0];

/// A body that points down: z to the zenith, x along the orbit normal; Sun at an angle to the orbit.
fn pointing_down(beta_deg: f64, positions: usize) -> Timeline {
    let attitude = Attitude::pointing((Vector3::z(), Target::Zenith), (Vector3::x(), Target::OrbitNormal));
    let light = Light { solar_w_m2: Some(SOLAR), albedo: 0.3, planet_ir_w_m2: 240.0, ground_follows_sun: false };
    let flight = Flight::circular(Body::EARTH, ALTITUDE_M, f64::to_radians(beta_deg));
    Timeline::new(&flight, &attitude, positions, &light).unwrap()
}

/// Mean sunlight on front and back of a lone plate that a joint turns, over the solar flux.
fn caught(beta_deg: f64, joint: Joint) -> ([f64; 2], Timeline) {
    let timeline = pointing_down(beta_deg, 720).with_joints(vec![joint.clone()]);
    let n = joint.normal.into_inner();
    let u = n.cross(&if n.x.abs() > 0.5 { Vector3::y() } else { Vector3::x() });
    let plate = rectangle([0.0; 3], u.into(), n.cross(&u).into());
    let scene = Scene::new(&[plate]).unwrap();
    let seen = timeline.seen_from(0);
    let found = incident(&Cpu::<f64>::new(), &scene, &[0, 1], &seen, (64, 1), &|_| ()).unwrap();
    let mean = found.mean_solar(&seen);
    ([mean[0] / SOLAR, mean[1] / SOLAR], timeline)
}

/// Half the angle of the shadow.
fn eclipse(beta_deg: f64) -> f64 {
    eclipse_half_angle_rad(&Body::EARTH, ALTITUDE_M, beta_deg.to_radians())
}

#[test]
fn one_axis_catches_the_cosine_of_beta_and_two_axes_all() {
    for beta in [0.0, 30.0, -55.0, 80.0_f64] {
        let sunlit = 1.0 - eclipse(beta) / PI;
        let alpha = axis([1.0, 0.0, 0.0], FREE, 0.0);
        let up = [0.0, 0.0, 1.0];
        let ([front, back], t) = caught(beta, joint(Tracking::NormalAtSun, up, alpha, None));
        near("one axis", front, beta.to_radians().cos() * sunlit, 1e-6);
        near("its back", back, 0.0, 1e-6);
        near("its error", t.tracked(0).largest_error_rad.to_degrees(), beta.abs(), 1e-9);
        near("its incidence", t.tracked(0).mean_incidence, beta.to_radians().cos(), 1e-12);
        let second = axis([0.0, 1.0, 0.0], [-90.0, 90.0], 0.0);
        let ([front, _], t) = caught(beta, joint(Tracking::NormalAtSun, up, alpha, Some(second)));
        near("two axes", front, sunlit, 1e-6);
        near("their error", t.tracked(0).largest_error_rad, 0.0, 1e-9);
        let ([front, back], _) = caught(beta, joint(Tracking::NormalAwayFromSun, up, alpha, Some(second)));
        near("turned away", back, sunlit, 1e-6);
        near("turned away, front", front, 0.0, 1e-6);
    }
}

#[test]
fn a_fixed_plate_catches_what_its_integral_says() {
    for beta in [0.0, 30.0, 60.0_f64] {
        let held = |normal| joint(Tracking::Held, normal, axis([1.0, 0.0, 0.0], FREE, 0.0), None);
        let (cos, e) = (beta.to_radians().cos(), eclipse(beta));
        // ∫ cos β cos u du over the half of the orbit in front, and over what the shadow leaves of the other half.
        let ([up, down], t) = caught(beta, held([0.0, 0.0, 1.0]));
        near("zenith", up, cos / PI, 1e-5);
        near("nadir", down, cos * (1.0 - e.sin()) / PI, 1e-5);
        assert_eq!(t.poses.len(), 1);
        let ([north, south], _) = caught(beta, held([1.0, 0.0, 0.0]));
        near("orbit normal", north, beta.to_radians().sin() * (1.0 - e / PI), 1e-6);
        near("against it", south, 0.0, 1e-6);
    }
}

#[test]
fn limits_clip_what_is_caught() {
    // The Sun goes round about x; within ±L the plate follows, beyond it stands at the nearer end, u − L off.
    for (beta, limit) in [(0.0, 30.0), (30.0, 60.0), (50.0, 80.0_f64)] {
        let tracker = joint(Tracking::NormalAtSun, [0.0, 0.0, 1.0], axis([1.0, 0.0, 0.0], [-limit, limit], 0.0), None);
        let ([front, _], t) = caught(beta, tracker);
        let (l, cos) = (limit.to_radians(), beta.to_radians().cos());
        let last = PI - eclipse(beta);
        let want = cos / PI * (l + (0.5 * PI).min(last - l).sin());
        near(&format!("beta {beta}, limit {limit}"), front, want, 2e-5);
        let worst = (cos * (last - l).cos()).acos();
        near("largest error", t.tracked(0).largest_error_rad, worst, 1e-6);
        let (least, most) = t.tracked(0).range_rad[0];
        near("least angle", least, -l, 1e-12);
        near("largest angle", most, l, 1e-12);
    }
}

#[test]
fn an_edge_on_plate_sees_no_sun() {
    for beta in [0.0, 30.0, -70.0_f64] {
        let radiator = |limits| joint(Tracking::EdgeOnToSun, [1.0, 0.0, 0.0], axis([0.0, 1.0, 0.0], limits, 90.0), None);
        let (sides, t) = caught(beta, radiator(FREE));
        near("front", sides[0], 0.0, 1e-6);
        near("back", sides[1], 0.0, 1e-6);
        near("error", t.tracked(0).largest_error_rad, 0.0, 1e-12);
        // Held within half a turn it still always finds the one edge-on angle there.
        let (sides, _) = caught(beta, radiator([0.0, 180.0]));
        near("half a turn", sides[0] + sides[1], 0.0, 1e-6);
    }
    // A normal that leans to its axis by 45° reaches only 45° about it: the Sun near the axis keeps hitting it.
    let leaning = joint(Tracking::EdgeOnToSun, [1.0, 1.0, 0.0], axis([1.0, 0.0, 0.0], FREE, 0.0), None);
    let t = pointing_down(80.0, 24).with_joints(vec![leaning]);
    near("out of reach", t.tracked(0).largest_error_rad.to_degrees(), 35.0, 1e-9);
}

#[test]
fn equal_stands_are_one_pose() {
    // Sun-pointing, every stand is the same; pointing down, each differs but mirror images of a plate at rest.
    let alpha = joint(Tracking::NormalAtSun, [0.0, 0.0, 1.0], axis([1.0, 0.0, 0.0], FREE, 0.0), None);
    let t = pointing_down(20.0, 24).with_joints(vec![alpha.clone()]);
    assert_eq!(t.poses.len(), t.positions.len());
    near("weights", t.pose_weights().iter().sum(), 1.0, 1e-12);
    let attitude = Attitude::pointing((Vector3::z(), Target::Sun), (Vector3::x(), Target::OrbitNormal));
    let light = Light { solar_w_m2: None, albedo: 0.3, planet_ir_w_m2: 240.0, ground_follows_sun: false };
    let t = Timeline::new(&Flight::circular(Body::EARTH, ALTITUDE_M, 0.3), &attitude, 24, &light).unwrap();
    assert_eq!(t.with_joints(vec![alpha.clone()]).poses.len(), 1);
    // Half way between positions the joint is half way, also over the end of the orbit, where the angle jumps by a turn.
    let t = pointing_down(0.0, 24).with_joints(vec![alpha]);
    for share in [0.0, 0.03, 0.5, 0.99] {
        // The Sun falls back from the zenith by the angle flown; y looks against the velocity.
        let Pose(stand) = t.pose_at(share * t.period_s);
        let sun = vector![0.0, (TAU * share).sin(), (TAU * share).cos()];
        let turned = t.joints[0].turn(stand[0]) * Vector3::z();
        near(&format!("at {share} of the orbit"), turned.angle(&sun), 0.0, 1e-6);
    }
}

/// Least error over a lattice of angles within the limits.
fn on_lattice(j: &Joint, sun: &Vector3<f64>, n: u32) -> f64 {
    let lattice = |a: &Axis| {
        let (low, high) = a.limits_rad;
        (0..=n).map(move |k| low + (high - low) * f64::from(k) / f64::from(n)).collect::<Vec<_>>()
    };
    let seconds = j.second.as_ref().map_or(vec![0.0], lattice);
    let all = lattice(&j.first).into_iter().flat_map(|a| seconds.iter().map(move |b| [a, *b]));
    all.map(|angles| j.error_rad(angles, sun)).fold(f64::INFINITY, f64::min)
}

fn direction() -> impl Strategy<Value = [f64; 3]> {
    [-1.0..1.0_f64, -1.0..1.0_f64, -1.0..1.0_f64].prop_filter("not 0", |v| Vector3::from(*v).norm() > 0.1)
}

fn limits() -> impl Strategy<Value = [f64; 2]> {
    prop_oneof![Just(FREE), (-200.0..100.0_f64, 0.0..250.0_f64).prop_map(|(low, span)| [low, low + span])]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn angles_are_the_best_within_the_limits(
        (normal, sun, a, b) in (direction(), direction(), direction(), direction()),
        (first, second) in (limits(), limits()),
        (kind, two, at) in (0_u32..3, any::<bool>(), 0.0..1.0_f64),
    ) {
        let tracking = [Tracking::NormalAtSun, Tracking::NormalAwayFromSun, Tracking::EdgeOnToSun][kind as usize];
        let between = |l: [f64; 2]| l[0] + at * (l[1] - l[0]);
        let second = (two && tracking != Tracking::EdgeOnToSun).then(|| axis(b, second, between(second)));
        let j = joint(tracking, normal, axis(a, first, between(first)), second);
        let sun = Vector3::from(sun).normalize();
        let found: Angles = j.follow(&sun, j.rest());
        for (angle, axis) in [(found[0], Some(j.first)), (found[1], j.second)] {
            let Some(axis) = axis else { continue };
            let (low, high) = axis.limits_rad;
            prop_assert!(axis.is_free() || (low..=high).contains(&angle), "{angle} outside {low}..={high}");
        }
        // No point of a lattice is better; the angles are the optimum itself.
        let (error, least) = (j.error_rad(found, &sun), on_lattice(&j, &sun, if j.second.is_some() { 150 } else { 3000 }));
        prop_assert!(error <= least + 1e-7, "{:?}: error {} at {:?}, a lattice point has {}", j, error, found, least);
    }
}
