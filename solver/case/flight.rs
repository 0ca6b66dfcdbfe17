//! The keys of `[orbit]` and `[attitude]`, as written.

use crate::environment::Shadow;
use crate::quantity::*;
use schemars::JsonSchema;
use serde::Deserialize;

/// Where the spacecraft flies. One of: `altitude_km` with `beta_deg` (a circular orbit without a date) or with a local time
/// and `date` (sun-synchronous); `elements`; `geostationary` with `date`; `tle`; `oem`; `states` with `date`; or deep space,
/// `body = "none"` with `sun_distance_au` or `date`.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Orbit {
    /// What it flies around.
    #[serde(default)]
    pub body: BodyName,
    /// Circular: height above the equatorial radius.
    pub altitude_km: Option<Kilometres>,
    /// Circular: angle from the orbit plane to the Sun.
    pub beta_deg: Option<BetaDegrees>,
    /// Sun-synchronous: local time of the ascending node by the Sun as it stands on the date; 6 or 18 is dawn-dusk.
    pub local_time_h: Option<Hours>,
    /// Sun-synchronous: local time of the ascending node by the mean Sun, the same all the year.
    pub mean_local_time_h: Option<Hours>,
    /// Start, UTC: 2027-01-03 (noon) or 2027-01-03T06:30:00. Elements and TLE start at their epoch if absent.
    #[schemars(with = "String")]
    pub date: Option<toml::value::Datetime>,
    /// Keplerian elements, drifting by the oblateness of the body.
    pub elements: Option<Elements>,
    /// Geostationary orbit.
    pub geostationary: Option<bool>,
    /// Two-line elements, their two lines in one text.
    pub tle: Option<String>,
    /// CCSDS orbit ephemeris message (text form), a path from the case file.
    pub oem: Option<String>,
    /// Positions by time, in the equator and equinox of `date` (Earth) or the body's equator and node.
    pub states: Option<Vec<State>>,
    /// Deep space: distance from the Sun.
    pub sun_distance_au: Option<AstronomicalUnits>,
    /// Elements, TLE, deep space: time that is followed, with Sun and orbit moving; absent: one turn, the Sun at rest.
    pub duration_h: Option<DurationHours>,
    /// TLE, OEM, states: the end is joined to the beginning, the Sun at rest.
    pub repeats: Option<bool>,
    /// Shadow of the body: "cylinder" with parallel light, or "cone" with penumbra and the Sun at its distance.
    #[serde(default = "default_shadow")]
    pub shadow: Shadow,
    /// Orbit positions over which heating is averaged.
    #[serde(default = "default_positions")]
    pub positions: Positions,
}

/// What the spacecraft flies around.
#[derive(Clone, Copy, Debug, Default, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum BodyName {
    /// The Earth.
    #[default]
    Earth,
    /// The Moon.
    Moon,
    /// Mars.
    Mars,
    /// Nothing: deep space.
    None,
}

/// Keplerian elements: `perigee_km` and `apogee_km`, or `semi_major_axis_km` and `eccentricity`. Angles in the mean equator
/// and equinox of `epoch` (Earth), or the body's equator and its node on the celestial equator.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Elements {
    /// Instant at which they hold, UTC.
    #[schemars(with = "String")]
    pub epoch: toml::value::Datetime,
    /// Lowest height above the equatorial radius.
    pub perigee_km: Option<Kilometres>,
    /// Largest height above the equatorial radius.
    pub apogee_km: Option<Kilometres>,
    /// Half the long axis.
    pub semi_major_axis_km: Option<Distance>,
    /// Eccentricity.
    pub eccentricity: Option<Eccentricity>,
    /// Inclination.
    pub inclination_deg: InclinationDegrees,
    /// Right ascension of the ascending node.
    pub node_deg: AngleDegrees,
    /// From the node to the perigee.
    pub perigee_argument_deg: AngleDegrees,
    /// From the perigee to the spacecraft.
    pub true_anomaly_deg: AngleDegrees,
}

/// A position, and perhaps a velocity, at a time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct State {
    /// Time from `date`; the first is 0.
    pub time_s: Seconds,
    /// From the body's centre.
    pub position_km: [Coordinate; 3],
    /// Velocity; absent: from the positions. All states have one or none.
    pub velocity_km_s: Option<[Speed; 3]>,
}

fn default_shadow() -> Shadow {
    Shadow::Cylinder
}

fn default_positions() -> Positions {
    Positions::new(24).expect("in range")
}

/// How the spacecraft points: the array normal (z) to the Sun and the radiator edge-on to it by `radiator_normal`, or two
/// axes of your own by `primary` and `secondary`, or `quaternions`. Body axes: z normal to the array, x normal to the radiator
/// and along the array wings, y along the radiator wings.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Attitude {
    /// Direction near which the radiator normal is held.
    pub radiator_normal: Option<RadiatorNormal>,
    /// Constant pointing error that lets the Sun onto one face of the radiator: a tilt of the Sun to the secondary axis.
    pub sun_error_deg: TiltDegrees,
    /// An axis that follows its target exactly.
    pub primary: Option<Aim>,
    /// An axis that follows its target as closely as the first allows.
    pub secondary: Option<Aim>,
    /// Attitudes by time, turned evenly from one to the next.
    pub quaternions: Option<Vec<Turn>>,
    /// A steady turn on top of that.
    pub spin: Option<Spin>,
}

/// Direction near which the radiator normal is held.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RadiatorNormal {
    /// Along the velocity: edge-on to the Earth, full drag.
    Velocity,
    /// Along nadir: one face sees the Earth, no drag.
    Nadir,
    /// Along the orbit normal: edge-on to the Earth at a small beta angle.
    OrbitNormal,
}

/// An axis of the body and what it follows.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Aim {
    /// Axis in the body frame; its length does not matter.
    pub axis: [Component; 3],
    /// What it follows.
    pub target: TargetName,
    /// Direction of an inertial target: equator and equinox of the start (Earth), or the frame of the orbit.
    pub direction: Option<[Component; 3]>,
}

/// What an axis may follow.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum TargetName {
    /// To the Sun.
    Sun,
    /// To the body's centre.
    Nadir,
    /// Away from the body's centre.
    Zenith,
    /// Along the velocity.
    Velocity,
    /// Along position × velocity.
    OrbitNormal,
    /// A fixed `direction`.
    Inertial,
}

/// An attitude at a time.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// Time from the start.
    pub time_s: Seconds,
    /// Quaternion [w, x, y, z] that turns body axes into inertial ones.
    pub inertial_from_body: [Component; 4],
}

/// A steady turn: `rate_deg_s` as it is at each position, or `phases` to average over a turn at each.
#[derive(Clone, Copy, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Spin {
    /// Axis in the body frame.
    pub axis: [Component; 3],
    /// Rate of the turn.
    pub rate_deg_s: Option<TurnRate>,
    /// Phases of a turn over which heating is averaged.
    pub phases: Option<Phases>,
}
