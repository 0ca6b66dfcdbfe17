//! The keys of `[array.joint]` and `[radiator.joint]`, as written.

use crate::environment::Tracking;
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// A joint at the root of each wing, on the wing's centre line, that follows the Sun whatever the body does. While all angles are
/// 0 the wing lies as without a joint.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Joint {
    /// What it does with the wing's normal (z of an array, x of a radiator): "normal_at_sun", "normal_away_from_sun",
    /// "edge_on_to_sun" or "held" at rest.
    pub tracking: Tracking,
    /// One axis, or two: the first turns the second, which turns the wing. Edge-on takes one.
    pub axes: Vec<JointAxis>,
}

/// A joint of a part, in the axes of its parent. While all angles are 0 the part lies as it is placed; conduction, contacts and drawings
/// are those of that place.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PartJoint {
    /// What it does with the normal: "normal_at_sun", "normal_away_from_sun", "edge_on_to_sun", "normal_at_nadir" or "held" at rest.
    pub tracking: Tracking,
    /// Direction that is turned to its target.
    pub normal: [Component; 3],
    /// One axis, or two: the first turns the second, which turns the part. Edge-on takes one.
    pub axes: Vec<JointAxis>,
    /// Point that stays where it is, on all axes; absent: the part's `position_m`.
    pub at_m: Option<[Offset; 3]>,
}

/// An axis of a joint.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct JointAxis {
    /// Direction in the body frame while all angles are 0; its length does not matter.
    pub axis: [Component; 3],
    /// Least and largest angle, right-handed about the axis; [-180, 180] or more turns without end.
    pub limits_deg: [AngleDegrees; 2],
    /// Angle at the start, if the Sun leaves a choice, and of a joint that is held.
    pub rest_deg: AngleDegrees,
}
