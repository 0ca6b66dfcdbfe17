//! Joints that turn a wing about one or two axes of the body, and where they stand for the Sun.

use super::timeline::Position;
use nalgebra::{Rotation3, Unit, Vector3};
use std::f64::consts::TAU;

/// What a joint does with the wing's normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tracking {
    /// Turns it to the Sun: a solar array.
    NormalAtSun,
    /// Turns it away from the Sun.
    NormalAwayFromSun,
    /// Turns it square to the Sun's direction, so that no sunlight falls on either face: a radiator. One axis.
    EdgeOnToSun,
    /// Turns it to the planet below.
    NormalAtNadir,
    /// Nothing: the joint is held at its rest angles.
    Held,
}

/// An axis of a joint.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Axis {
    /// Direction in the body frame while all angles are 0.
    pub direction: Unit<Vector3<f64>>,
    /// Least and largest angle, rad, right-handed about the direction; a whole turn or more between them: no limit.
    pub limits_rad: (f64, f64),
    /// Where it stands at first, and as long as the Sun does not decide, rad.
    pub rest_rad: f64,
}

/// A joint: the first axis turns the second, which turns the wing.
#[derive(Clone, Debug, PartialEq)]
pub struct Joint {
    /// What it does.
    pub tracking: Tracking,
    /// Normal of the wing in the body frame while all angles are 0.
    pub normal: Unit<Vector3<f64>>,
    /// First axis.
    pub first: Axis,
    /// Second axis; not with [`Tracking::EdgeOnToSun`], which it would leave undetermined.
    pub second: Option<Axis>,
}

/// Angles of the two axes, rad; that of an axis which is not there is 0.
pub type Angles = [f64; 2];

/// How all joints stand, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pose(pub Vec<Angles>);

/// Angles nearer than this are one pose, rad: 0.1 mm at the end of a wing of 100 m.
pub const SAME_RAD: f64 = 1e-6;

impl Pose {
    /// Whether all joints stand alike, to [`SAME_RAD`], whole turns apart.
    pub fn is_like(&self, other: &Self) -> bool {
        let alike = |a: &f64, b: &f64| nearest(a - b, 0.0).abs() <= SAME_RAD;
        self.0.len() == other.0.len() && self.0.iter().flatten().zip(other.0.iter().flatten()).all(|(a, b)| alike(a, b))
    }
}

/// The angle that differs from `angle` by whole turns and is nearest to another.
fn nearest(angle: f64, to: f64) -> f64 {
    angle - TAU * ((angle - to) / TAU).round()
}

impl Axis {
    /// Whether it turns without end.
    pub fn is_free(&self) -> bool {
        self.limits_rad.1 - self.limits_rad.0 >= TAU - 1e-9
    }

    /// The rotation by an angle.
    pub fn turn(&self, angle_rad: f64) -> Rotation3<f64> {
        Rotation3::from_axis_angle(&self.direction, angle_rad)
    }

    /// `v` turned by θ, along `w`: `k + A cos(θ − φ)`; returns (k, A, φ), by Rodrigues' formula
    /// `k = (v·a)(w·a)`, `A cos φ = v·w − k`, `A sin φ = a·(v × w)`.
    fn along(&self, v: &Vector3<f64>, w: &Vector3<f64>) -> (f64, f64, f64) {
        let a = self.direction.into_inner();
        let k = v.dot(&a) * w.dot(&a);
        let (cosine, sine) = (v.dot(w) - k, a.dot(&v.cross(w)));
        (k, cosine.hypot(sine), sine.atan2(cosine))
    }

    /// Whole turns away from `angle`, within the limits and as near to `last` as that allows.
    fn within(&self, angle: f64, last: f64) -> Option<f64> {
        let near = nearest(angle, last);
        if self.is_free() {
            return Some(near);
        }
        let (low, high) = self.limits_rad;
        // The limits span less than a turn: of these at most one lies between them.
        let fits = |x: &f64| (low - 1e-12..=high + 1e-12).contains(x);
        [near, near - TAU, near + TAU].into_iter().find(fits).map(|x| x.clamp(low, high))
    }

    /// Limits, if there are any.
    fn ends(&self) -> impl Iterator<Item = f64> {
        let (low, high) = self.limits_rad;
        [low, high].into_iter().filter(|_| !self.is_free())
    }
}

/// Lengths below this give no direction: the wing's normal, or the Sun, lies along the axis.
const UNDECIDED: f64 = 1e-9;

impl Joint {
    /// The rotation of the wing, body frame.
    pub fn turn(&self, [first, second]: Angles) -> Rotation3<f64> {
        self.first.turn(first) * self.second.map_or_else(Rotation3::identity, |a| a.turn(second))
    }

    /// The direction that decides where it stands at a position, body frame: of the Sun as the attitude intends it, or of nadir.
    pub fn aim(&self, p: &Position) -> Vector3<f64> {
        if self.tracking == Tracking::NormalAtNadir { p.nadir_body } else { p.sun_intended_body }
    }

    /// Rest angles.
    pub fn rest(&self) -> Angles {
        [self.first.rest_rad, self.second.map_or(0.0, |a| a.rest_rad)]
    }

    /// How far the wing is from where it should point, rad: the angle between normal and target, or for an edge-on wing that
    /// between its plane and the Sun's direction. 0 for a held one.
    pub fn error_rad(&self, angles: Angles, sun: &Vector3<f64>) -> f64 {
        let normal = self.turn(angles) * self.normal.into_inner();
        // Exact near 0 too, where the cosine is flat.
        let (along, across) = (normal.dot(sun), normal.cross(sun).norm());
        match self.tracking {
            Tracking::NormalAtSun | Tracking::NormalAtNadir => across.atan2(along),
            Tracking::NormalAwayFromSun => across.atan2(-along),
            Tracking::EdgeOnToSun => along.abs().atan2(across),
            Tracking::Held => 0.0,
        }
    }

    /// Angles that bring the wing nearest to where it should point within the limits, for the Sun (or nadir, [`aim`](Self::aim)) in a
    /// direction of the body frame (unit vector); of equal ones those nearest to `last`. Closed form.
    ///
    /// One axis: `n(θ)·s = k + A cos(θ − φ)`, largest at θ = φ, zero at `θ = φ ± acos(−k/A)`; outside the limits the better end.
    /// Two axes: the second puts the normal on the target's cone about the first, `a₁·n(θ₂) = a₁·s`, the first turns it there;
    /// else the best with one of the axes at a limit. Truth: `joints::angles_are_the_best_within_the_limits`.
    pub fn follow(&self, sun: &Vector3<f64>, last: Angles) -> Angles {
        match (self.tracking, &self.second) {
            (Tracking::Held, _) => self.rest(),
            (_, None) => [self.swing(&self.first, &self.normal, &self.target(sun), last[0]), 0.0],
            (_, Some(second)) => self.two_axes(second, sun, last),
        }
    }

    /// Where the normal should point; for an edge-on wing, the Sun.
    fn target(&self, sun: &Vector3<f64>) -> Vector3<f64> {
        if self.tracking == Tracking::NormalAwayFromSun { -sun } else { *sun }
    }

    /// The best angle of one axis that turns `normal`.
    fn swing(&self, axis: &Axis, normal: &Vector3<f64>, target: &Vector3<f64>, last: f64) -> f64 {
        let (k, amplitude, phase) = axis.along(normal, target);
        if amplitude < UNDECIDED {
            return last;
        }
        let edge_on = self.tracking == Tracking::EdgeOnToSun;
        let from_phase = if edge_on { (-k / amplitude).clamp(-1.0, 1.0).acos() } else { 0.0 };
        let inside = nearer(axis, [phase - from_phase, phase + from_phase], last).next();
        let miss = |x: &f64| {
            let along = k + amplitude * (x - phase).cos();
            if edge_on { along.abs() } else { -along }
        };
        inside.or_else(|| axis.ends().min_by(|a, b| miss(a).total_cmp(&miss(b)))).unwrap_or(last)
    }

    fn two_axes(&self, second: &Axis, sun: &Vector3<f64>, last: Angles) -> Angles {
        let (first, target, normal) = (&self.first, self.target(sun), self.normal.into_inner());
        let with_second = |angle: f64| [self.swing(first, &(second.turn(angle) * normal), &target, last[0]), angle];
        let with_first = |angle: f64| [angle, self.swing(second, &normal, &(first.turn(-angle) * target), last[1])];
        let axis = first.direction.into_inner();
        let (k, amplitude, phase) = second.along(&normal, &axis);
        let on_cone = if amplitude < UNDECIDED {
            [last[1]; 2]
        } else {
            let from_phase = ((axis.dot(&target) - k) / amplitude).clamp(-1.0, 1.0).acos();
            [phase - from_phase, phase + from_phase]
        };
        let seconds = nearer(second, on_cone, last[1]).chain(second.ends());
        let all: Vec<Angles> = seconds.map(with_second).chain(first.ends().map(with_first)).collect();
        let error = |a: &Angles| self.error_rad(*a, sun);
        let least = all.iter().map(error).fold(f64::INFINITY, f64::min);
        let change = |a: &Angles| (a[0] - last[0]).abs() + (a[1] - last[1]).abs();
        let best = all.iter().filter(|a| error(a) <= least + UNDECIDED).min_by(|a, b| change(a).total_cmp(&change(b)));
        best.copied().unwrap_or(last)
    }

    /// Angles between two stands, `share` of the way: a free axis the shorter way round, a limited one between its limits.
    pub fn between(&self, from: Angles, to: Angles, share: f64) -> Angles {
        let one = |axis: Option<&Axis>, a: f64, b: f64| {
            let b = if axis.is_some_and(Axis::is_free) { nearest(b, a) } else { b };
            a + share * (b - a)
        };
        [one(Some(&self.first), from[0], to[0]), one(self.second.as_ref(), from[1], to[1])]
    }
}

/// Those of two angles that an axis can take, the nearer to `last` first.
fn nearer(axis: &Axis, angles: [f64; 2], last: f64) -> impl Iterator<Item = f64> {
    let mut reached = angles.map(|x| axis.within(x, last));
    reached.sort_by(|a, b| {
        let change = |x: &Option<f64>| x.map_or(f64::INFINITY, |x| (x - last).abs());
        change(a).total_cmp(&change(b))
    });
    reached.into_iter().flatten()
}
