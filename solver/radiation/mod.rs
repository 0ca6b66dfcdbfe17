//! Radiative exchange and heating by ray tracing.
//!
//! [`Scene`](scene::Scene): facets and their tree. [`mirrors`]: rays that specular surfaces pass on. [`view_factor`]: what the
//! rays of each surface meet, made reciprocal and closed together, and how good that is ([`quality`]). [`exchange`]: diffuse
//! multiple reflection over those factors. [`heating`]: sunlight, albedo and planet infrared at each orbit position.

pub mod exchange;
pub mod heating;
pub mod mirrors;
pub mod quality;
pub mod scene;
pub mod view_factor;

use crate::backend::DeviceError;

/// What may go wrong while tracing.
#[derive(Debug, thiserror::Error)]
pub enum RadiationError {
    /// The device failed.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The tree is deeper than the traversal stack.
    #[error(
        "the facet tree is {depth} levels deep, at most {limit} can be traversed\n  help: remove facets of very different size that overlap"
    )]
    TooDeep {
        /// Depth found.
        depth: usize,
        /// Depth allowed.
        limit: usize,
    },
    /// A facet without area.
    #[error("facet {facet} has no area")]
    NoArea {
        /// Its number.
        facet: usize,
    },
    /// A surface that takes nothing up.
    #[error("surface {surface} is a perfect mirror: it takes part in no exchange\n  help: leave it out of the surfaces")]
    PerfectMirror {
        /// Its number.
        surface: usize,
    },
    /// The multipliers that restore closure did not converge.
    #[error("closure of the view factors did not converge: row sums still {error:.1e} off after {iterations} iterations")]
    NotClosed {
        /// Largest relative error of a row sum.
        error: f64,
        /// Iterations done.
        iterations: usize,
    },
}
