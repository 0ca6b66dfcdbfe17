//! Joints of a case, resolved.

use super::Model;
use super::resolve::Resolver;
use crate::case::assembly::Part;
use crate::case::joint::{Joint as Written, JointAxis};
use crate::environment::joint::Axis;
use crate::environment::{Joint, Tracking};
use nalgebra::{Unit, Vector3};

/// A joint of a part.
#[derive(Clone, Debug)]
pub struct PartJoint {
    /// In the axes of the part's parent.
    pub joint: Joint,
    /// Point that stays, m.
    pub at_m: Vector3<f64>,
}

impl Model {
    /// Joints in the order of their poses: the radiator's, the array's.
    pub fn joints(&self) -> Vec<Joint> {
        self.radiator.joint.iter().chain(&self.array.joint).cloned().collect()
    }

    /// Number of the radiator's joint among them.
    pub fn radiator_joint(&self) -> Option<usize> {
        self.radiator.joint.as_ref().map(|_| 0)
    }

    /// Number of the array's joint among them.
    pub fn array_joint(&self) -> Option<usize> {
        self.array.joint.as_ref().map(|_| usize::from(self.radiator.joint.is_some()))
    }
}

impl Resolver<'_> {
    /// The joint of the wings of `[part]`, whose normal lies along `normal`; what is wrong is reported.
    pub(super) fn joint(&mut self, part: &str, normal: Unit<Vector3<f64>>, written: Option<&Written>) -> Option<Joint> {
        let written = written?;
        let key = format!("{part}.joint.axes");
        let (first, second) = match written.axes.as_slice() {
            [first] => (first, None),
            [first, second] => (first, Some(second)),
            all => {
                self.error(&key, format!("a joint has one or two axes, got {}", all.len()), "give one, or two");
                return None;
            }
        };
        if written.tracking == Tracking::EdgeOnToSun && second.is_some() {
            self.error(&key, "two axes leave an edge-on wing undetermined", "keep the axis that turns it edge-on");
        }
        let first = self.axis(&format!("{key}[0]"), first)?;
        let second = match second {
            Some(axis) => Some(self.axis(&format!("{key}[1]"), axis)?),
            None => None,
        };
        if second.is_none() && first.direction.cross(&normal).norm() < 1e-3 {
            let message = "the axis lies along the wing's normal, which it then cannot turn";
            self.error(&format!("{key}[0].axis"), message, "choose an axis in the plane of the wing");
        }
        if self.given.attitude().spin.is_some_and(|s| s.phases.is_some()) {
            let help = "give `rate_deg_s` to follow the turn, or remove the joint";
            self.error("attitude.spin.phases", "joints follow the Sun within a turn that `phases` averages over", help);
        }
        Some(Joint { tracking: written.tracking, normal, first, second })
    }

    /// The joint of a part, in the axes of its parent.
    pub(super) fn part_joint(&mut self, key: &str, p: &Part) -> Option<PartJoint> {
        let written = p.joint.as_ref()?;
        let at = |name: &str| format!("{key}.joint{name}");
        if self.given.flown.is_none() {
            self.error(
                &at(""),
                "without an orbit nothing turns it",
                "give `[orbit]`, `[environment]` and `[attitude]`, or leave it out",
            );
            return None;
        }
        if p.copies.as_ref().is_some_and(|c| c.axis.is_some()) {
            let help = "give each a part of its own with its joint";
            self.error(&at(""), "copies about an axis need axes of their own", help);
        }
        let Some(normal) = Unit::try_new(Vector3::from(written.normal.map(|c| c.get())), 1e-9) else {
            self.error(&at(".normal"), "a normal of length 0", "give the direction that is turned to its target");
            return None;
        };
        let written_joint = Written { tracking: written.tracking, axes: written.axes.clone() };
        let at_m = written.at_m.or(p.position_m).map_or_else(Vector3::zeros, |v| Vector3::from(v.map(|x| x.si())));
        Some(PartJoint { joint: self.joint(key, normal, Some(&written_joint))?, at_m })
    }

    fn axis(&mut self, key: &str, written: &JointAxis) -> Option<Axis> {
        let [low, high] = written.limits_deg.map(|a| a.get());
        let rest = written.rest_deg.get();
        if low > high {
            self.error(
                &format!("{key}.limits_deg"),
                format!("the least angle ({low}°) is above the largest ({high}°)"),
                "exchange them",
            );
        } else if !(low..=high).contains(&rest) {
            let message = format!("rest ({rest}°) lies outside the limits of {low}..={high}°");
            self.error(&format!("{key}.rest_deg"), message, "rest within the limits, or widen them");
        }
        let Some(direction) = Unit::try_new(Vector3::from(written.axis.map(|c| c.get())), 1e-9) else {
            self.error(&format!("{key}.axis"), "an axis of length 0", "give the axis that is meant");
            return None;
        };
        let [low, high] = written.limits_deg.map(|a| a.si());
        Some(Axis { direction, limits_rad: (low, high), rest_rad: written.rest_deg.si() })
    }
}
