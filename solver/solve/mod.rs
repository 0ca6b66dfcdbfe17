//! Solvers of a [`Network`](crate::network::Network).

mod rows;
pub mod steady;

pub use rows::Rows;
