//! Sizes and proves the heat rejection of spacecraft that carry AI hardware.
//!
//! One case file becomes a finite-volume radiative and conductive model, a radiator and array sized for the load, and the
//! proof that they carry it. The line from case to result:
//!
//! ```no_run
//! use thermsolve::{analysis, backend::Cpu, case, model::Model, sizing};
//! # struct Silent;
//! # impl analysis::Observer for Silent {
//! #     fn begin(&self, _: &'static str, _: usize) {}
//! #     fn progress(&self, _: usize, _: &str) {}
//! #     fn end(&self, _: &'static str, _: f64) {}
//! # }
//! let file = case::read("cases/rack_1mw.toml".as_ref())?;
//! let model = Model::from_case(file)?;
//! let sized = sizing::size(&Cpu::<f64>::new(), &model, &Silent)?;
//! println!("{:.0} m² of radiator", sized.design.planform_m2(&model));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! The lower layers stand on their own. Two black unit squares a metre apart, by 65,536 rays:
//!
//! ```
//! use thermsolve::{backend::Cpu, mesh::Shape, radiation::{scene::Scene, view_factor}};
//! use nalgebra::Vector3;
//! let square = |z| Shape::parallelogram(Vector3::new(0.0, 0.0, z), Vector3::x(), Vector3::y());
//! let scene = Scene::new(&[square(0.0), square(1.0)])?;
//! // Surface codes are 2 × facet, plus 1 for the back: the lower square's front and the upper one's back.
//! let raw = view_factor::trace(&Cpu::<f64>::new(), &scene, &[0, 3], 1 << 16, 1, &|_| ())?;
//! assert!((raw.row(0).next().unwrap().1 - 0.199_824_9).abs() < 1e-3);
//! # Ok::<(), thermsolve::radiation::RadiationError>(())
//! ```
//!
//! Modules, in the order in which they may use one another (`tests/contract.rs` holds it):

#![warn(missing_docs, unreachable_pub)]
#![warn(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss, clippy::unwrap_used)]

pub mod constants;
pub mod quantity;
pub mod environment;
pub mod backend;
pub mod kernels;
pub mod fin;
pub mod case;
pub mod model;
pub mod deck;
pub mod mesh;
pub mod radiation;
pub mod conduction;
pub mod network;
pub mod solve;
pub mod analysis;
pub mod sizing;
pub mod study;
pub mod verify;
pub mod report;
