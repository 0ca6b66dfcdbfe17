//! Where the spacecraft is and what shines on it. Knows no mesh and no case file.
//!
//! A [`Flight`] is a path, a body and the Sun; an [`Attitude`] turns the body; a [`Timeline`] is both of them cut into
//! positions, with what shines at each and how the [`joint`]s stand there. Inertial frames: mean equator and equinox of the first date for the Earth, equator
//! and its node for other bodies, and for an orbit given by its beta angle the orbit plane with the Sun above x.
//! Spherical planets of uniform temperature and albedo; only the body that is flown around throws a shadow.

pub mod articulated;
pub mod attitude;
pub mod body;
pub mod flight;
pub mod flux_curve;
pub mod joint;
pub mod oem;
pub mod orbit;
pub mod particles;
pub mod shadow;
pub mod sun;
pub mod time;
pub mod timeline;
pub mod tle;
pub mod trajectory;

pub use attitude::{Attitude, AttitudeError, Target};
pub use body::Body;
pub use flight::{Flight, FlightError};
pub use joint::{Joint, Pose, Tracking};
pub use shadow::Shadow;
pub use timeline::{Event, EventKind, Light, Position, Timeline};
