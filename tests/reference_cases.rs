//! Truth: closed forms, independent quadrature and published figures of `tests/reference`.
mod support;

#[path = "reference_cases/armour.rs"]
mod armour;
#[path = "reference_cases/articulated.rs"]
mod articulated;
#[path = "reference_cases/closed_form.rs"]
mod closed_form;
#[path = "reference_cases/enclosures.rs"]
mod enclosures;
#[path = "reference_cases/environment.rs"]
mod environment;
#[path = "reference_cases/faces.rs"]
mod faces;
#[path = "reference_cases/gmres.rs"]
mod gmres;
#[path = "reference_cases/heat_pipes.rs"]
mod heat_pipes;
#[path = "reference_cases/in_time.rs"]
mod in_time;
#[path = "reference_cases/invariants.rs"]
mod invariants;
#[path = "reference_cases/joints.rs"]
mod joints;
#[path = "reference_cases/manual.rs"]
mod manual;
#[path = "reference_cases/multigrid.rs"]
mod multigrid;
#[path = "reference_cases/orbits.rs"]
mod orbits;
#[path = "reference_cases/periodic.rs"]
mod periodic;
#[path = "reference_cases/properties.rs"]
mod properties;
#[path = "reference_cases/ray_noise.rs"]
mod ray_noise;
#[path = "reference_cases/satellite.rs"]
mod satellite;
#[path = "reference_cases/shadows.rs"]
mod shadows;
#[path = "reference_cases/sizing.rs"]
mod sizing;
#[path = "reference_cases/specular.rs"]
mod specular;
#[path = "reference_cases/tapered.rs"]
mod tapered;
#[path = "reference_cases/three_panels.rs"]
mod three_panels;
#[path = "reference_cases/transient.rs"]
mod transient;
#[path = "reference_cases/two_phase.rs"]
mod two_phase;
#[path = "reference_cases/view_factors.rs"]
mod view_factors;
