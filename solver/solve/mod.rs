//! Solvers of a [`Network`](crate::network::Network).

pub mod balance;
pub mod block;
pub mod control;
pub mod corrector;
pub mod gmres;
pub mod graph;
pub mod heat;
mod leaning;
pub mod linear;
pub mod method;
pub mod multigrid;
pub mod operator;
pub mod periodic;
pub mod response;
mod rows;
pub mod steady;
pub mod transient;

pub use rows::Rows;
