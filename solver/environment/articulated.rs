//! A timeline of a body with joints: where they stand at each position and between.

use super::joint::{Joint, Pose};
use super::timeline::{Position, Timeline};
use nalgebra::Vector3;

/// How well a joint follows the Sun over a timeline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tracked {
    /// Largest pointing error at a sunlit position, rad: where limits bind or one axis does not suffice. The error that the
    /// attitude has is not in it.
    pub largest_error_rad: f64,
    /// Mean of the cosine of incidence on the wing's front over the sunlight, the error of the attitude included.
    pub mean_incidence: f64,
    /// Least and largest angle of each axis, rad, unwound.
    pub range_rad: [(f64, f64); 2],
}

impl Timeline {
    /// Puts joints on the body: at each position they stand as near to where they should point as they can, of equal stands
    /// nearest to that before; at the first nearest to rest. They follow the Sun as the attitude intends it, so that its pointing
    /// error stays. Positions whose angles agree to [`SAME_RAD`](super::joint::SAME_RAD) share a pose.
    ///
    /// Truth: `joints::*`.
    #[must_use]
    pub fn with_joints(mut self, joints: Vec<Joint>) -> Self {
        let mut last: Vec<_> = joints.iter().map(Joint::rest).collect();
        (self.poses, self.pose_of, self.angles) = (vec![], vec![], vec![]);
        for p in &self.positions {
            for (angles, joint) in last.iter_mut().zip(&joints) {
                *angles = joint.follow(&joint.aim(p), *angles);
            }
            self.angles.push(last.clone());
            let pose = Pose(last.clone());
            let known = self.poses.iter().position(|k| k.is_like(&pose));
            self.pose_of.push(known.unwrap_or(self.poses.len()));
            if known.is_none() {
                self.poses.push(pose);
            }
        }
        if self.poses.len() > 1 {
            self.sun_between.clear();
        }
        self.joints = joints;
        self
    }

    /// The positions of one pose only, with their weights.
    #[must_use]
    pub fn of_pose(&self, pose: usize) -> Self {
        let of = |k: &usize| self.pose_of[*k] == pose;
        let positions = (0..self.positions.len()).filter(of);
        let mut part = self.clone();
        (part.positions, part.angles) = positions.map(|k| (self.positions[k], self.angles[k].clone())).unzip();
        (part.poses, part.pose_of) = (vec![self.poses[pose].clone()], vec![0; part.positions.len()]);
        part
    }

    /// All positions, of which those of one pose count.
    #[must_use]
    pub fn counting_pose(&self, pose: usize) -> Self {
        let mut part = self.clone();
        for (p, of) in part.positions.iter_mut().zip(&self.pose_of) {
            if *of != pose {
                (p.weight, p.sunlit_weight) = (0.0, 0.0);
            }
        }
        part
    }

    /// Part of the span that each pose stands for.
    pub fn pose_weights(&self) -> Vec<f64> {
        let mut weights = vec![0.0; self.poses.len()];
        self.pose_of.iter().zip(&self.positions).for_each(|(pose, p)| weights[*pose] += p.weight);
        weights
    }

    /// Index of the position before a time, the one after it, and how far between.
    pub fn between(&self, time_s: f64) -> (usize, usize, f64) {
        let n = self.positions.len();
        if n == 1 {
            return (0, 0, 0.0);
        }
        let t = if self.cyclic { time_s.rem_euclid(self.period_s) } else { time_s.clamp(0.0, self.period_s) };
        let at = |k: usize| self.positions[k].time_s;
        let k = self.positions.partition_point(|p| p.time_s <= t).max(1) - 1;
        match k + 1 {
            next if next < n => (k, next, (t - at(k)) / (at(next) - at(k))),
            _ if self.cyclic => (k, 0, (t - at(k)) / (self.period_s - at(k))),
            _ => (k, k, 0.0),
        }
    }

    /// How the joints stand at a time: angles linear between positions.
    pub fn pose_at(&self, time_s: f64) -> Pose {
        let (a, b, share) = self.between(time_s);
        let stands = self.angles[a].iter().zip(&self.angles[b]);
        Pose(self.joints.iter().zip(stands).map(|(j, (from, to))| j.between(*from, *to, share)).collect())
    }

    /// How well a joint follows the Sun.
    pub fn tracked(&self, joint: usize) -> Tracked {
        let j = &self.joints[joint];
        let mut found = Tracked { largest_error_rad: 0.0, mean_incidence: 0.0, range_rad: [(f64::MAX, f64::MIN); 2] };
        for (p, angles) in self.positions.iter().zip(&self.angles) {
            let angles = angles[joint];
            for ((least, most), a) in found.range_rad.iter_mut().zip(angles) {
                (*least, *most) = (least.min(a), most.max(a));
            }
            if p.sunlit_weight > 0.0 {
                found.largest_error_rad = found.largest_error_rad.max(j.error_rad(angles, &j.aim(p)));
                let normal = j.turn(angles) * j.normal.into_inner();
                found.mean_incidence += p.sunlit_weight * normal.dot(&p.sun_body).max(0.0) / (1.0 - self.eclipse_fraction);
            }
        }
        found
    }

    /// The same flight in the frame that a joint's wing carries with it: there the wing stands still.
    #[must_use]
    pub fn seen_from(&self, joint: usize) -> Self {
        let turned = |(p, angles): (&Position, &Vec<_>)| {
            let back = self.joints[joint].turn(angles[joint]).inverse();
            let turn = |v: Vector3<f64>| back * v;
            Position {
                sun_body: turn(p.sun_body),
                sun_intended_body: turn(p.sun_intended_body),
                nadir_body: turn(p.nadir_body),
                body_from_inertial: back * p.body_from_inertial,
                ..*p
            }
        };
        let mut seen = self.clone();
        seen.sun_between.clear();
        seen.positions = self.positions.iter().zip(&self.angles).map(turned).collect();
        seen.with_joints(vec![])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::Light;

    #[test]
    fn positions_are_linear_in_time_and_around_the_end() {
        let light = Light { solar_w_m2: None, albedo: 0.0, planet_ir_w_m2: 0.0, ground_follows_sun: false };
        let still = Position::still(Vector3::zeros(), Vector3::z(), 0.0, 1361.0);
        let with = |times: &[f64], cyclic: bool| {
            let positions = times.iter().map(|t| Position { time_s: *t, ..still }).collect();
            let mut timeline = Timeline::still(still, &light);
            (timeline.positions, timeline.period_s, timeline.cyclic) = (positions, 60.0, cyclic);
            timeline
        };
        let times = [0.0, 10.0, 40.0];
        assert_eq!(with(&times, true).between(25.0), (1, 2, 0.5));
        assert_eq!(with(&times, true).between(50.0), (2, 0, 0.5));
        assert_eq!(with(&times, true).between(-10.0), (2, 0, 0.5));
        assert_eq!(with(&times, false).between(50.0), (2, 2, 0.0));
        assert_eq!(with(&[0.0], true).between(50.0), (0, 0, 0.0));
    }
}
