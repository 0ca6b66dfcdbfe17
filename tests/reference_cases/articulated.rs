//! Parts that move in orbit: exchange, shadows and heating of every pose, and what the network makes of them.

use crate::in_time::{balanced, design, history_of};
use crate::support::{self, Kept, Silent, cases, near};
use nalgebra::{Vector3, vector};
use thermsolve::analysis::exchange::{Exchange, Scenes};
use thermsolve::analysis::history::closed_loop;
use thermsolve::analysis::layout::{Layout, Part, RadiatingSide};
use thermsolve::analysis::loads::Loads;
use thermsolve::analysis::memory::Forgetful;
use thermsolve::analysis::{AnalysisError, analyse, orbit_state};
use thermsolve::backend::Cpu;
use thermsolve::case::transient::{Coating, RackPower};
use thermsolve::environment::joint::Axis;
use thermsolve::environment::{Joint, Light, Position, Timeline, Tracking};
use thermsolve::mesh::{Mesh, Panel, even_lines};
use thermsolve::model::{Model, Optics};
use thermsolve::quantity::Fraction;
use thermsolve::radiation::exchange::irradiation;
use thermsolve::radiation::scene::Scene;
use thermsolve::radiation::view_factor::{RawFactors, RayBudget, ViewFactors, trace, trace_mirrored};
use thermsolve::solve::transient::Drive;

/// The test case with lines changed and tables added.
fn case(change: &[(&str, &str)]) -> Model {
    support::model("tests/cases/transient.toml", change)
}

fn panel(name: &str, origin: [f64; 3], u: [f64; 3], v: [f64; 3]) -> Panel {
    let (u, v) = (Vector3::from(u), Vector3::from(v));
    Panel {
        name: name.into(),
        origin: origin.into(),
        axis_u: u.normalize(),
        axis_v: v.normalize(),
        lines_u: even_lines(u.norm(), 1),
        lines_v: even_lines(v.norm(), 1),
        facet_u: vec![0, 1],
        facet_v: vec![0, 1],
    }
}

/// Panels of which some hang on one joint at the origin, both sides of each radiating, and positions that put it at angles.
fn hinged(panels: Vec<Panel>, moving: &[usize], joint: Joint, angles_deg: &[f64]) -> (Layout, Timeline) {
    let mesh = Mesh::new(panels);
    let optics = Optics::new(1.0, 1.0, [None; 2]);
    let side = |code: usize| RadiatingSide { code: u32::try_from(code).unwrap(), panel: code / 2, optics };
    let hinges = (0..mesh.panels.len()).map(|p| moving.contains(&p).then_some((0, Vector3::zeros()))).collect();
    let sides = (0..2 * mesh.panels.len()).map(side).collect();
    let parts = vec![Part::Array; mesh.panels.len()];
    let layout = Layout { parts, sides, tube_columns: vec![], joints: vec![joint.clone()], hinges, mesh };
    let light = Light { solar_w_m2: Some(1.0), albedo: 0.0, planet_ir_w_m2: 0.0, ground_follows_sun: false };
    let mut still = Position::still(Vector3::zeros(), Vector3::z(), 0.0, 1.0);
    let mut timeline = Timeline::still(still, &light);
    timeline.positions.clear();
    let n = angles_deg.len() as f64;
    for (k, angle) in angles_deg.iter().enumerate() {
        let (sin, cos) = angle.to_radians().sin_cos();
        // The later, the longer.
        still.weight = 2.0 * (k as f64 + 1.0) / (n * (n + 1.0));
        (still.time_s, still.sunlit_weight) = (k as f64 / n, still.weight);
        // The joint follows this; sunlight comes from elsewhere.
        still.sun_intended_body = vector![0.0, -sin, cos];
        timeline.positions.push(still);
    }
    (layout, timeline.with_joints(vec![joint]))
}

/// Turns the normal z about x: to the intended Sun of [`hinged`] by its angle.
fn about_x() -> Joint {
    let first = Axis { direction: Vector3::x_axis(), limits_rad: (-0.1, 3.0), rest_rad: 0.0 };
    Joint { tracking: Tracking::NormalAtSun, normal: Vector3::z_axis(), first, second: None }
}

/// Two plates with a common edge on x, the second lifted off the first, at the angles of A03 for these widths.
fn book(w1: f64, w2: f64, edge: f64) -> (Layout, Timeline, Vec<f64>) {
    let of = |c: &&crate::support::Case| [("w1", w1), ("w2", w2), ("edge", edge)].iter().all(|(k, v)| c.get(k).unwrap() == *v);
    let all = cases("A03");
    let (angles, factors): (Vec<f64>, Vec<f64>) =
        all.iter().filter(of).map(|c| (c.get("angle_deg").unwrap(), c.want("F12").unwrap())).unzip();
    assert!(angles.len() >= 8);
    let page = |name, w: f64| panel(name, [0.0; 3], [edge, 0.0, 0.0], [0.0, w, 0.0]);
    let (layout, timeline) = hinged(vec![page("floor", w1), page("lid", w2)], &[1], about_x(), &angles);
    (layout, timeline, factors)
}

/// Mean over time of a value of each position.
fn over_time(timeline: &Timeline, values: &[f64]) -> f64 {
    timeline.positions.iter().zip(values).map(|(p, v)| p.weight * v).sum()
}

const RAYS: u32 = 1 << 16;

fn exchange(layout: &Layout, timeline: &Timeline) -> (Exchange, ViewFactors) {
    let model = case(&[("exchange = 2048", "exchange = 65536")]);
    let scenes = Scenes::new(layout, timeline).unwrap();
    let (found, means) = scenes.exchange(&Cpu::<f64>::new(), (&model, layout), (timeline, 1.0), (&Forgetful, &|_| ())).unwrap();
    (found, means.infrared)
}

#[test]
fn hinged_plates_have_the_factor_of_their_angle() {
    for (w1, w2, edge) in [(1.0, 1.0, 1.0), (1.0, 2.0, 3.0)] {
        let (layout, timeline, exact) = book(w1, w2, edge);
        let (found, mean) = exchange(&layout, &timeline);
        assert_eq!((found.poses(), timeline.poses.len()), (exact.len(), exact.len()));
        // A third of four standard errors of independent rays, as for the plates that stand still.
        let bound = |f: f64| 4.0 / 3.0 * (f * (1.0 - f) / f64::from(RAYS)).sqrt();
        found.each(&mean, |pose, factors| {
            let f = factors.g_m2.get(0, 3).copied().unwrap_or(0.0) / factors.area_m2[0];
            near(&format!("{} in pose {pose}", exact[pose]), f, exact[pose], bound(exact[pose]));
        });
        // In time they go from one to the next, and stay reciprocal and closed.
        let mut factors = mean.clone();
        for (at, want) in [(0.0, exact[0]), (1.0, exact[1]), (1.25, 0.75 * exact[1] + 0.25 * exact[2])] {
            found.mix(timeline.between(at / exact.len() as f64), &mut factors);
            near("in time", factors.g_m2.get(0, 3).unwrap() / factors.area_m2[0], want, bound(want));
            assert_eq!(factors.g_m2.get(0, 3), factors.g_m2.get(3, 0));
            for i in 0..4 {
                let row: f64 = factors.g_m2.outer_view(i).map_or(0.0, |r| r.data().iter().sum());
                near("row", row + factors.g_space_m2[i], factors.area_m2[i], 1e-12 * factors.area_m2[i]);
            }
        }
        let average = over_time(&timeline, &exact);
        near("averaged over time", mean.g_m2.get(0, 3).unwrap() / mean.area_m2[0], average, bound(average));
    }
}

#[test]
fn what_comes_into_view_is_traced() {
    // A flap that hangs below the plane of the floor, and then stands above it.
    let panels = vec![
        panel("floor", [0.0, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        panel("flap", [0.0, -1.0, 0.0], [1.0, 0.0, 0.0], [0.0, 0.8, 0.0]),
    ];
    let joint = Joint { first: Axis { limits_rad: (-0.8, 0.8), ..about_x().first }, ..about_x() };
    let (layout, timeline) = hinged(panels, &[1], joint, &[20.0, -40.0]);
    let [below, above] = [0, 1].map(|pose| layout.posed(&timeline.poses[pose]));
    assert!(below[1].corners().iter().all(|c| c.z < 0.0) && above[1].corners().iter().all(|c| c.z > 0.0));
    assert_eq!(layout.moved(&below, &above), [0, 1, 2, 3]);
    let (found, _) = exchange(&layout, &timeline);
    let sees = |pose: usize| found.raw()[pose].row(0).map(|(_, f)| f).sum::<f64>();
    assert!(sees(0) == 0.0 && sees(1) > 0.01, "{} and {}", sees(0), sees(1));
}

#[test]
fn mean_exchange_is_the_mean_of_the_poses() {
    // The floor's front and the lid's back see each other and space: H_0 = F_03 (E_3 + ρ H_3), H_3 = F_30 (E_0 + ρ H_0).
    let (w1, w2) = (1.0, 2.0);
    let (layout, timeline, exact) = book(w1, w2, 3.0);
    let (found, mean) = exchange(&layout, &timeline);
    let emitted = [300.0, 20.0, 40.0, 500.0];
    let pair = |f: f64, reflectance: f64| {
        let back = f * w1 / w2;
        (f * emitted[3] + f * back * reflectance * emitted[0]) / (1.0 - reflectance.powi(2) * f * back)
    };
    let over = |g: &dyn Fn(f64) -> f64| over_time(&timeline, &exact.iter().map(|f| g(*f)).collect::<Vec<_>>());
    let average = over(&|f| f);
    for reflectance in [0.0, 0.1] {
        let received = |factors: &ViewFactors| irradiation(factors, &[reflectance; 4], &emitted, &[0.0; 4])[0];
        let mut each = 0.0;
        found.each(&mean, |pose, factors| each += timeline.pose_weights()[pose] * received(factors));
        let (of_poses, of_mean) = (over(&|f| pair(f, reflectance)), pair(average, reflectance));
        // What ray noise does to a factor, on what it multiplies.
        let noise = 4.0 / 3.0 * 0.5 / f64::from(RAYS).sqrt() * 600.0;
        near("mean of what is received", each, of_poses, noise);
        near("received by mean factors", received(&mean), of_mean, noise);
        if reflectance == 0.0 {
            near("without reflections both", received(&mean), each, 1e-10);
        }
        println!("reflectance {reflectance}: {of_poses:.3} W/m² on average, {of_mean:.3} by mean factors");
    }
}

#[test]
fn rays_that_meet_the_same_are_kept() {
    // Two plates fixed to each other, and a third behind one of them that swings where the other does not look.
    let panels = vec![
        panel("floor", [0.0, 0.5, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        panel("wall", [0.0, 1.6, 0.0], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]),
        panel("flap", [0.0, -1.0, -0.3], [1.0, 0.0, 0.0], [0.0, 0.8, 0.0]),
    ];
    let joint = Joint { first: Axis { limits_rad: (-0.2, 0.2), ..about_x().first }, ..about_x() };
    let (layout, timeline) = hinged(panels, &[2], joint, &[0.0, 5.0, -10.0]);
    let (found, _) = exchange(&layout, &timeline);
    let backend = Cpu::<f64>::new();
    let codes: Vec<u32> = (0..6).collect();
    for pose in 1..3 {
        let (from, to) = (layout.posed(&timeline.poses[0]), layout.posed(&timeline.poses[pose]));
        // The flap stays below the plane of the floor.
        let moved = layout.moved(&from, &to);
        assert!(!moved.contains(&0), "nothing moves above the floor: {moved:?}");
        assert!(moved.contains(&1) && moved.contains(&4), "floor's back and flap see each other move: {moved:?}");
        for s in (0..6).filter(|s| !moved.contains(s)) {
            assert_eq!(found.raw()[pose].hits[s], found.raw()[0].hits[s], "surface {s}");
        }
        // All traced anew says the same.
        let scene = Scene::new(&to.iter().flat_map(Panel::shapes).collect::<Vec<_>>()).unwrap();
        let anew = trace(&backend, &scene, &codes, RAYS, 7, &|_| ()).unwrap();
        for (s, j) in (0..6).flat_map(|s| (0..6).map(move |j| (s, j))) {
            let of = |raw: &RawFactors| raw.row(s).find(|e| e.0 == j).map_or(0.0, |e| e.1);
            let (kept, again) = (of(&found.raw()[pose]), of(&anew));
            near(&format!("{s} to {j}"), kept, again, 4.0 * (2.0 * again * (1.0 - again) / f64::from(RAYS)).sqrt() + 1e-4);
        }
    }
}

/// A mirror above the floor shows a flap that turns below it, which the floor does not see itself.
#[test]
fn what_moves_in_a_mirror_is_traced() {
    let panels = vec![
        panel("floor", [0.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]),
        panel("mirror", [0.0, -1.5, 0.6], [1.0, 0.0, 0.0], [0.0, 2.5, 0.0]),
        panel("flap", [0.0, -1.0, -0.3], [1.0, 0.0, 0.0], [0.0, 0.8, 0.0]),
    ];
    let joint = Joint { first: Axis { limits_rad: (-1.0, 1.0), ..about_x().first }, ..about_x() };
    let (mut layout, timeline) = hinged(panels, &[2], joint, &[0.0, 40.0]);
    layout.sides[3].optics = Optics::new(0.1, 0.1, [Fraction::new(1.0).ok(); 2]);
    let [from, to] = [0, 1].map(|pose| layout.posed(&timeline.poses[pose]));
    assert!(!layout.moved(&from, &to).contains(&0), "the floor sees nothing move itself");
    let (found, _) = exchange(&layout, &timeline);
    let shown = |raw: &RawFactors| raw.row(0).filter(|(j, _)| *j == 4 || *j == 5).map(|(_, f)| f).sum::<f64>();
    let scene = Scene::new(&to.iter().flat_map(Panel::shapes).collect::<Vec<_>>()).unwrap();
    let codes: Vec<u32> = (0..6).collect();
    let mirrors = layout.mirrors();
    let budget = RayBudget::fixed(RAYS);
    let anew = trace_mirrored(&Cpu::<f64>::new(), (&scene, &mirrors.infrared), &codes, budget, 7, &|_| ()).unwrap();
    let [first, second, again] = [&found.raw()[0], &found.raw()[1], &anew].map(shown);
    near("the flap in the mirror", second, again, 4.0 * (2.0 * again * (1.0 - again) / f64::from(RAYS)).sqrt());
    assert!((first - second).abs() > 0.01, "{first} and {second} are no test");
}

#[test]
fn memory_knows_the_pose() {
    let page = |name| panel(name, [0.0; 3], [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    let model = case(&[]);
    let found = |angles: &[f64], memory: &Kept| {
        let (layout, timeline) = hinged(vec![page("floor"), page("lid")], &[1], about_x(), angles);
        let (scenes, backend) = (Scenes::new(&layout, &timeline).unwrap(), Cpu::<f64>::new());
        let (exchange, _) = scenes.exchange(&backend, (&model, &layout), (&timeline, 1.0), (memory, &|_| ())).unwrap();
        let heating = scenes.heated(&backend, &model, &timeline, (memory, &|_| ())).unwrap();
        let hits: Vec<_> = exchange.raw().iter().map(|r| r.hits.clone()).collect();
        (hits, heating.solar_w_m2)
    };
    let memory = Kept::default();
    for (angles, entries) in [([30.0, 60.0], 4), ([30.0, 60.0], 4), ([30.0, 90.0], 6), ([60.0, 30.0], 10)] {
        assert!(found(&angles, &memory) == found(&angles, &Kept::default()), "{angles:?}");
        assert_eq!(memory.len(), entries, "{angles:?}");
    }
}

#[test]
fn shadows_follow_the_parts() {
    // Light from behind the lid, at first 60° above the floor: its shadow reaches cos φ + sin φ / tan 60° from the hinge. The lid
    // comes back to two of its stands under light from 75°.
    let stands = [(30.0, 60.0), (60.0, 60.0), (90.0, 60.0), (120.0, 60.0), (140.0, 60.0), (60.0, 75.0), (90.0, 75.0)];
    let page = |name| panel(name, [0.0; 3], [8.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
    let (layout, mut timeline) = hinged(vec![page("floor"), page("lid")], &[1], about_x(), &stands.map(|s| s.0));
    assert_eq!((timeline.poses.len(), timeline.pose_of[5], timeline.pose_of[6]), (5, 1, 2));
    for (p, (_, up)) in timeline.positions.iter_mut().zip(stands) {
        let (sin, cos) = f64::to_radians(up).sin_cos();
        p.sun_body = vector![0.0, -cos, sin];
    }
    let model = case(&[("heating = 128", "heating = 16384")]);
    let scenes = Scenes::new(&layout, &timeline).unwrap();
    let found = scenes.heated(&Cpu::<f64>::new(), &model, &timeline, (&Forgetful, &|_| ())).unwrap();
    assert_eq!(found.positions, stands.len());
    for (k, (angle, up)) in stands.iter().enumerate() {
        let (phi, up) = (f64::to_radians(*angle), f64::to_radians(*up));
        let reach = (phi.cos() + phi.sin() / up.tan()).clamp(0.0, 1.0);
        near(&format!("floor at {angle}°"), found.solar_w_m2[k], up.sin() * (1.0 - reach), 1e-3);
        // The lid's front, which looks up and then backwards, faces the light until it leans over further than the light.
        let front = (phi + up).sin();
        let lid = |side: usize| found.solar_w_m2[(2 + side) * stands.len() + k];
        near(&format!("lid's front at {angle}°"), lid(0), front.max(0.0), 1e-6);
        near(&format!("lid's back at {angle}°"), lid(1), (-front).max(0.0), 1e-6);
    }
}

const DOWN: (&str, &str) = (
    "radiator_normal = \"orbit_normal\"\nsun_error_deg = 2.0",
    "primary = { axis = [0.0, 0.0, 1.0], target = \"zenith\" }\nsecondary = { axis = [1.0, 0.0, 0.0], target = \"orbit_normal\" }\nsun_error_deg = 0.0",
);
const TRACKERS: (&str, &str) = (
    "substrate_mm = 0.2",
    "substrate_mm = 0.2\n\n[array.joint]\ntracking = \"normal_at_sun\"\naxes = [{ axis = [1, 0, 0], limits_deg = [-180, 180], rest_deg = 0 }]\n\n[radiator.joint]\ntracking = \"edge_on_to_sun\"\naxes = [{ axis = [0, 1, 0], limits_deg = [0, 180], rest_deg = 90 }]",
);

#[test]
fn wings_stand_where_their_joints_put_them() {
    let one = "axes = [{ axis = [1, 0, 0], limits_deg = [-180, 180], rest_deg = 0 }]";
    let two = "axes = [{ axis = [1, 0, 0], limits_deg = [-180, 180], rest_deg = 0 }, { axis = [0, 1, 0], limits_deg = [-90, 90], rest_deg = 0 }]";
    for (axes, caught) in [(one, 20_f64.to_radians().cos()), (two, 1.0)] {
        let model = case(&[DOWN, TRACKERS, (one, axes)]);
        let orbit = orbit_state(&model).unwrap();
        let layout = Layout::new(&model, &design(&model)).unwrap();
        let t = &orbit.timeline;
        for (p, pose) in t.positions.iter().zip(&t.pose_of) {
            for (k, panel) in layout.posed(&t.poses[*pose]).iter().enumerate() {
                let along_sun = panel.axis_u.cross(&panel.axis_v).dot(&p.sun_body);
                // The middle of the root stays, 3 m from the body's axis on the wing's side.
                let corners = panel.corners();
                let root = |v: Vector3<f64>| {
                    let root = v * layout.mesh.panels[k].origin.dot(&v).signum() * 3.0;
                    let edges = (0..4).map(|e| (0.5 * (corners[e] + corners[(e + 1) % 4]) - root).norm());
                    near("root", edges.fold(f64::INFINITY, f64::min), 0.0, 1e-9);
                };
                match layout.parts[k] {
                    Part::Array => {
                        near("array", along_sun, caught, 1e-9);
                        root(Vector3::x());
                    }
                    Part::Radiator => {
                        near("radiator", along_sun, 0.0, 1e-9);
                        root(Vector3::y());
                    }
                    Part::Bus => near("bus", panel.origin.norm(), 3_f64.sqrt(), 1e-12),
                }
            }
        }
    }
}

#[test]
fn a_joint_held_at_its_zero_changes_nothing() {
    let held = "substrate_mm = 0.2\n\n[array.joint]\ntracking = \"held\"\naxes = [{ axis = [1, 0, 0], limits_deg = [-10, 10], rest_deg = 0 }]";
    let found = [None, Some(("substrate_mm = 0.2", held))].map(|change| {
        let model = case(&change.into_iter().collect::<Vec<_>>());
        let solution = analyse(&Cpu::<f64>::new(), &model, &design(&model), &orbit_state(&model).unwrap(), &Silent).unwrap();
        (solution.state.node_k, solution.incident.solar_w_m2)
    });
    assert!(found[0] == found[1]);
}

#[test]
fn heat_is_in_balance_while_parts_move() {
    let model = case(&[DOWN, TRACKERS, ("eclipse = 0.3", "eclipse = 1.0")]);
    let (h, heat_w) = history_of(&model);
    balanced(&h, heat_w);
}

#[test]
fn loads_in_time_average_to_those_of_the_steady_state() {
    let model = case(&[DOWN, TRACKERS]);
    let (design, orbit) = (design(&model), orbit_state(&model).unwrap());
    let solution = analyse(&Cpu::<f64>::new(), &model, &design, &orbit, &Silent).unwrap();
    let mut network = closed_loop(&design, &solution.network);
    let factors = solution.network.factors.as_ref().unwrap();
    let of = (&solution.exchange, factors, &solution.incident);
    let racks = (network.node_count - 1, 1.0, 0.0);
    let loads = Loads::new(&model, &orbit, &solution.layout, of, &network, racks, (&RackPower::default(), &Coating::default()));
    let mut sums = vec![[0.0; 2]; network.surfaces.len()];
    let mut to_space = 0.0;
    for p in &orbit.timeline.positions {
        loads.apply(p.time_s, &mut network);
        for (sum, s) in sums.iter_mut().zip(&network.surfaces) {
            sum[0] += p.weight * s.albedo_w_m2;
            sum[1] += p.weight * s.planet_ir_w_m2;
        }
        to_space += p.weight * network.factors.as_ref().unwrap().g_space_m2[0];
    }
    for (k, (sum, s)) in sums.iter().zip(&solution.network.surfaces).enumerate() {
        near(&format!("albedo on {k}"), sum[0], s.albedo_w_m2, 1e-9);
        near(&format!("planet infrared on {k}"), sum[1], s.planet_ir_w_m2, 1e-9);
    }
    near("view to space", to_space, factors.g_space_m2[0], 1e-9);
}

#[test]
fn wings_that_meet_are_refused() {
    // Array wings 9 m wide and tracking reach into radiator wings 10 m high that begin 3 m from the axis and lean by 60°.
    let held = [("edge_on_to_sun", "held"), ("rest_deg = 90", "rest_deg = 60")];
    let wide = [DOWN, TRACKERS, ("width_m = 4.0", "width_m = 9.0"), ("rows = 1", "rows = 4"), ("loops = 4", "loops = 8")];
    let model = case(&[&wide[..], &held[..]].concat());
    let found = analyse(&Cpu::<f64>::new(), &model, &design(&model), &orbit_state(&model).unwrap(), &Silent);
    let Err(AnalysisError::Collision { a, b, .. }) = found else { panic!("not refused") };
    assert!(a.starts_with("radiator") && b.starts_with("array"), "{a}, {b}");
}

#[test]
fn absorptivity_by_temperature_is_that_of_the_radiator() {
    let coated = "coating = \"own\"";
    let own = "[coatings.own]\nabsorptivity_beginning = 0.2\nabsorptivity_end = 0.25\nemissivity_beginning = 0.9\nemissivity_end = 0.9\nabsorptivity_by_k = [[250.0, 0.2], [350.0, 0.3]]\nareal_mass_kg_m2 = 0.25\nsource = \"test\"\nevidence = \"derived\"\n\n[transient]";
    let model = case(&[("coating = \"az93\"", coated), ("[transient]", own)]);
    let solution = analyse(&Cpu::<f64>::new(), &model, &design(&model), &orbit_state(&model).unwrap(), &Silent).unwrap();
    let [(range, curve)] = &solution.network.by_temperature.absorptivity[..] else { panic!("one range") };
    for (s, side) in solution.layout.sides.iter().enumerate() {
        assert_eq!(range.contains(&s), solution.layout.parts[side.panel] == Part::Radiator);
    }
    for (t, alpha) in [(200.0, 0.2), (300.0, 0.25), (325.0, 0.275), (400.0, 0.3)] {
        near("factor", curve.at(t), alpha / 0.25, 1e-12);
    }
}
