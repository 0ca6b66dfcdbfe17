//! Solvers of a [`Network`](crate::network::Network).

pub mod balance;
pub mod block;
pub mod corrector;
pub mod gmres;
pub mod graph;
pub mod linear;
pub mod multigrid;
pub mod operator;
pub mod response;
mod rows;
pub mod steady;

pub use rows::Rows;
