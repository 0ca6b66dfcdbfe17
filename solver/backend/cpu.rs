//! The CPU backend: arrays are vectors, a launch is a rayon loop over the kernel's `element`.

use super::{Backend, DeviceError, Element, Kernel, Real, Shape};
use rayon::prelude::*;
use std::marker::PhantomData;

/// Runs kernels on the host's cores in precision `R`.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cpu<R>(PhantomData<R>);

impl<R> Cpu<R> {
    /// The backend; it holds no state.
    pub fn new() -> Self {
        Self(PhantomData)
    }
}

impl<R: Real> Backend for Cpu<R> {
    type Real = R;
    type Array<T: Element> = Vec<T>;

    fn describe(&self) -> String {
        format!("CPU, {} threads, f{}", rayon::current_num_threads(), 8 * size_of::<R>())
    }
    fn upload<T: Element>(&self, host: &[T]) -> Result<Vec<T>, DeviceError> {
        Ok(host.to_vec())
    }
    fn write<T: Element>(&self, array: &mut Vec<T>, host: &[T]) {
        array.copy_from_slice(host);
    }
    fn download<T: Element>(&self, array: &Vec<T>) -> Result<Vec<T>, DeviceError> {
        Ok(array.clone())
    }
    fn launch<K: Kernel>(&self, u: &K::Uniform, x: K::Inputs<'_, Self>, out: &mut Vec<K::Out<R>>, n: usize) {
        let at_least = if K::SHAPE == Shape::Map { 256 } else { 1 };
        out[..n].par_iter_mut().with_min_len(at_least).enumerate().for_each(|(i, o)| *o = K::element::<R>(u, &x, *o, i));
    }
}
