//! The CPU backend: arrays are vectors, a launch runs the kernel's twin on rayon's threads.

use super::{Backend, DeviceError, Element, GATE, Kernel, Real, each, profile};
use std::marker::PhantomData;

/// Elements that a thread copies at once.
const PIECE: usize = 1 << 12;

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

    type Inner = Cpu<f32>;

    fn inner(&self) -> &Cpu<f32> {
        &Cpu(PhantomData)
    }
    fn is_host(&self) -> bool {
        true
    }
    fn has_f64(&self) -> bool {
        false
    }
    fn describe(&self) -> String {
        format!("CPU, {} threads, f{}", rayon::current_num_threads(), 8 * size_of::<R>())
    }
    fn upload<T: Element>(&self, host: &[T]) -> Result<Vec<T>, DeviceError> {
        Ok(host.to_vec())
    }
    fn upload_vec<T: Element>(&self, host: Vec<T>) -> Result<Vec<T>, DeviceError> {
        Ok(host)
    }
    fn write<T: Element>(&self, array: &mut Vec<T>, host: &[T]) {
        array.copy_from_slice(host);
    }
    fn download<T: Element>(&self, array: &Vec<T>) -> Result<Vec<T>, DeviceError> {
        Ok(array.clone())
    }
    fn write_reals(&self, array: &mut Vec<R>, host: &[f64]) {
        assert_eq!(array.len(), host.len(), "an array is overwritten whole");
        each(array, PIECE, |i, to| *to = R::of(host[i]));
    }
    fn read_reals(&self, array: &Vec<R>, host: &mut [f64]) -> Result<(), DeviceError> {
        each(host, PIECE, |i, to| *to = array[i].get());
        Ok(())
    }
    fn look(&self) -> usize {
        1
    }
    fn gate(&self) -> Result<Vec<u32>, DeviceError> {
        Ok(vec![0; GATE])
    }
    fn behind(&self, _: &Vec<u32>) -> Self {
        Self::new()
    }
    fn launch<K: Kernel>(&self, u: &K::Uniform, x: K::Inputs<'_, Self>, out: &mut Vec<K::Out<R>>, n: usize) {
        if profile::is_on() {
            let start = std::time::Instant::now();
            K::run::<R>(u, &x, out, n);
            let name = if size_of::<R>() == 4 { "cpu f32" } else { "cpu f64" };
            profile::add(name, K::NAME, start.elapsed().as_secs_f64());
        } else {
            K::run::<R>(u, &x, out, n);
        }
    }
}
