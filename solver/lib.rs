//! Sizes and proves the heat rejection of spacecraft that carry AI hardware.
pub mod constants;
pub mod quantity;
pub mod backend;
pub mod kernels;
pub mod case;
pub mod model;
pub mod mesh;
pub mod environment;
pub mod radiation;
pub mod conduction;
pub mod network;
pub mod solve;
pub mod analysis;
pub mod sizing;
pub mod report;
