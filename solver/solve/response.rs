//! How temperatures answer to small changes of heat.

use super::corrector::Corrector;
use super::heat::local_slope_w_per_k;
use crate::backend::{Backend, DeviceError};
use crate::network::Network;

/// A network linearised about its steady state.
pub struct Response<'a, B: Backend> {
    network: &'a Network,
    node_k: &'a [f64],
    surface_area_m2: Vec<f64>,
    corrector: Corrector<'a, B>,
}

/// Drop of the residual: three digits of an error bar.
const DROP: f64 = 1e-3;
/// Iterations at most.
const LIMIT: usize = 500;

impl<'a, B: Backend> Response<'a, B> {
    /// Linearises about `node_k`. Errors: an array does not fit the device.
    pub fn new(backend: &'a B, network: &'a Network, node_k: &'a [f64]) -> Result<Self, DeviceError> {
        let mut corrector = Corrector::new(backend, network)?;
        corrector.follow(network, node_k)?;
        corrector.set_diagonal(&local_slope_w_per_k(network, node_k));
        Ok(Self { network, node_k, surface_area_m2: network.surface_area_m2(), corrector })
    }

    /// Change of each node's temperature, K, by a change of heat in each node, W: the whole derivative, radiation between
    /// surfaces and coolant included. Truth: `closed_form::small_heat_warms_as_the_derivative_says`.
    pub fn of_w(&mut self, heat_w: &[f64]) -> Result<Vec<f64>, DeviceError> {
        let Self { network, node_k, surface_area_m2, corrector } = self;
        Ok(corrector.correct(network, (node_k, surface_area_m2), heat_w.to_vec(), (DROP, LIMIT))?.0)
    }
}
