//! Where arrays live and kernels run. The only module that names `wgpu`, and the only one with loops over elements
//! of a kernel.
//!
//! A [`Kernel`] is one computation, written twice: `shaders/<name>.wgsl` and a Rust function `element` beside its
//! declaration in `solver/kernels/`. A [`Backend`] holds arrays and launches kernels. [`Cpu<f64>`](Cpu) is the
//! reference, [`Gpu`] runs the shader in f32, and `Cpu<f32>` is what the tests hold the shader against.

mod cpu;
mod gpu;
pub mod profile;

pub use cpu::Cpu;
pub use gpu::{ADAPTER, AdapterReport, Gpu, GpuBuffer, STORAGE_BUFFERS, adapters};

use std::fmt::Debug;
use std::ops::{Add, AddAssign, Div, Mul, Neg, Sub};

/// What an array may hold.
pub trait Element: bytemuck::Pod + Send + Sync + Debug + PartialEq {}
impl<T: bytemuck::Pod + Send + Sync + Debug + PartialEq> Element for T {}

/// The floating-point type in which a backend works: `f32` on a GPU, `f64` for the CPU reference.
pub trait Real:
    Element
    + PartialOrd
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
{
    /// Zero.
    const ZERO: Self;
    /// Nearest value to a host number.
    fn of(x: f64) -> Self;
    /// Exact or nearest value of an integer.
    fn of_i32(x: i32) -> Self;
    /// As a host number, exactly.
    fn get(self) -> f64;
    /// Square root.
    fn sqrt(self) -> Self;
    /// Natural logarithm.
    fn ln(self) -> Self;
    /// Exponential.
    fn exp(self) -> Self;
}

macro_rules! real {
    ($t:ty) => {
        impl Real for $t {
            const ZERO: Self = 0.0;
            #[allow(clippy::cast_possible_truncation, reason = "rounding to the backend's precision is the purpose")]
            #[inline]
            fn of(x: f64) -> Self {
                x as $t
            }
            #[allow(clippy::cast_precision_loss, clippy::cast_lossless, reason = "WGSL f32(i32) rounds the same way")]
            #[inline]
            fn of_i32(x: i32) -> Self {
                x as $t
            }
            #[inline]
            fn get(self) -> f64 {
                f64::from(self)
            }
            #[inline]
            fn sqrt(self) -> Self {
                <$t>::sqrt(self)
            }
            #[inline]
            fn ln(self) -> Self {
                <$t>::ln(self)
            }
            #[inline]
            fn exp(self) -> Self {
                <$t>::exp(self)
            }
        }
    };
}
real!(f32);
real!(f64);

/// How the outputs of a kernel map to invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One invocation writes one output; 64 invocations in a workgroup.
    Map,
    /// One workgroup of [`REDUCE_LANES`] invocations writes one output through a tree in workgroup memory.
    Reduce,
    /// As [`Map`](Shape::Map), but an invocation also reads outputs that no other invocation of the launch writes (one
    /// colour of a lattice); the twin is one function for the whole launch.
    Lattice,
    /// As [`Map`](Shape::Map); the twin is one function for the whole launch, which shares work among the invocations.
    Shared,
    /// One workgroup of [`REDUCE_LANES`] invocations writes all outputs in barrier-separated steps; the twin is one
    /// function for the whole launch.
    Single,
}

/// Words of a [gate](Backend::gate): two, then three numbers of workgroups for each size of launch.
pub const GATE: usize = 2 + 3 * GATED_SIZES;
/// Different sizes of launches behind one gate, at most: a hierarchy of 20 levels has less than half of them.
const GATED_SIZES: usize = 128;

/// Invocations of a [`Shape::Map`] workgroup.
pub const MAP_LANES: u32 = 64;
/// Invocations of a [`Shape::Reduce`] workgroup.
pub const REDUCE_LANES: u32 = 256;

/// A struct that Rust and WGSL lay out alike; `tests/contract.rs` compares the two.
pub trait WgslStruct: Element {
    /// WGSL name.
    const NAME: &'static str;
    /// Field names and byte offsets, in order.
    const FIELDS: &'static [(&'static str, usize)];
}

/// Name, fields and size of a [`WgslStruct`], as data.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// WGSL name.
    pub name: &'static str,
    /// Field names and byte offsets.
    pub fields: &'static [(&'static str, usize)],
    /// Bytes of one element.
    pub size: usize,
}

/// The [`Layout`] of `T`.
pub const fn layout<T: WgslStruct>() -> Layout {
    Layout { name: T::NAME, fields: T::FIELDS, size: size_of::<T>() }
}

/// One computation: `out[i] ← element(i, inputs, out[i])`, or a reasoned exception (see [`Shape`]).
pub trait Kernel: Sized + 'static {
    /// File stem in `shaders/`, WGSL entry point, GPU label, test id and bench id.
    const NAME: &'static str;
    /// The whole shader source: shared files, then `shaders/<NAME>.wgsl`.
    const WGSL: &'static str;
    /// Input names in `@binding` order; binding 0 is the uniform `params`, the last binding is the output.
    const INPUTS: &'static [&'static str];
    /// Structs that cross the border: the uniform and the elements of input arrays.
    const STRUCTS: &'static [Layout];
    /// How outputs map to invocations.
    const SHAPE: Shape;
    /// Uniform parameters.
    type Uniform: WgslStruct;
    /// Output element.
    type Out<R: Real>: Element;
    /// Borrowed inputs on backend `B`.
    type Inputs<'a, B: Backend>: Copy + Sync
    where
        B: 'a;

    /// The CPU twin of a launch of `n` outputs. For [`Shape::Map`] and [`Shape::Reduce`] it loops over the module's
    /// `element`, one invocation (or one workgroup) of the shader; otherwise it is the module's `run`.
    fn run<R: Real>(u: &Self::Uniform, x: &Self::Inputs<'_, Cpu<R>>, out: &mut [Self::Out<R>], n: usize);

    /// The input buffers in binding order.
    fn buffers<'a>(x: &Self::Inputs<'a, Gpu>) -> Vec<&'a GpuBuffer>;
}

/// What may go wrong with a device. A run with `--backend auto` answers each of them with the CPU path and a warning.
#[derive(Clone, Debug, thiserror::Error)]
pub enum DeviceError {
    /// No adapter.
    #[error(
        "no GPU adapter found: {reason}\n  help: install a Vulkan driver (Debian: mesa-vulkan-drivers), or use `--backend cpu`"
    )]
    NoAdapter {
        /// What wgpu said.
        reason: String,
    },
    /// The adapter refused a device.
    #[error("adapter `{adapter}` gives no device: {reason}")]
    NoDevice {
        /// Adapter name.
        adapter: String,
        /// What wgpu said.
        reason: String,
    },
    /// An array larger than one binding.
    #[error(
        "array of {bytes} bytes exceeds {limit_name} = {limit} bytes of adapter `{adapter}`\n  help: use a coarser mesh, or `--backend cpu`"
    )]
    TooLarge {
        /// Bytes asked for.
        bytes: u64,
        /// Which limit.
        limit_name: &'static str,
        /// Its value.
        limit: u64,
        /// Adapter name.
        adapter: String,
    },
    /// A device lacks what was asked for.
    #[error("`{adapter}` has no {what}\n  help: let the program choose (`residual = \"auto\"` in [solver])")]
    Missing {
        /// What.
        what: &'static str,
        /// Adapter name.
        adapter: String,
    },
    /// The device has no memory left.
    #[error("device `{adapter}` is out of memory\n  help: use a coarser mesh, or `--backend cpu`")]
    OutOfMemory {
        /// Adapter name.
        adapter: String,
    },
    /// A driver error: validation, device lost.
    #[error("device `{adapter}` failed: {reason}")]
    Failed {
        /// Adapter name.
        adapter: String,
        /// What the driver said.
        reason: String,
    },
}

/// Holds arrays and launches kernels.
pub trait Backend: Sync + Debug {
    /// Working precision.
    type Real: Real;
    /// An array on this backend.
    type Array<T: Element>: Debug + Sync;

    /// The backend that solves for corrections, which need few digits: the device itself, or f32 on the CPU.
    type Inner: Backend;

    /// See [`Backend::Inner`].
    fn inner(&self) -> &Self::Inner;
    /// Whether kernels run on the host.
    fn is_host(&self) -> bool;
    /// Whether shaders with f64 run here.
    fn has_f64(&self) -> bool;
    /// One line naming the device and its driver.
    fn describe(&self) -> String;
    /// Copies `host` to the backend. Errors: [`DeviceError::TooLarge`].
    fn upload<T: Element>(&self, host: &[T]) -> Result<Self::Array<T>, DeviceError>;
    /// As [`upload`](Backend::upload), of a vector that the caller does not need any more.
    fn upload_vec<T: Element>(&self, host: Vec<T>) -> Result<Self::Array<T>, DeviceError> {
        self.upload(&host)
    }
    /// Overwrites an array of the same length.
    fn write<T: Element>(&self, array: &mut Self::Array<T>, host: &[T]);
    /// Copies an array back. Errors: anything that went wrong on the device since the last call.
    fn download<T: Element>(&self, array: &Self::Array<T>) -> Result<Vec<T>, DeviceError>;
    /// Iterations between looks whether the device has finished: a look waits for it.
    fn look(&self) -> usize;
    /// An array of [`GATE`] words, all 0, that launches [`behind`](Backend::behind) it obey: `[iterations, shut, workgroups …]`.
    /// `cg_gate` shuts it.
    fn gate(&self) -> Result<Self::Array<u32>, DeviceError>;
    /// This backend with launches that do nothing on a device once the gate is shut there; on the host they go on. Where a gate
    /// has been looked at through what is returned, no launch of another size may follow.
    fn behind(&self, gate: &Self::Array<u32>) -> Self
    where
        Self: Sized;
    /// `out[i] ← element(i, inputs, out[i])` for `i < n`; later elements of `out` stay as they are.
    fn launch<K: Kernel>(&self, u: &K::Uniform, x: K::Inputs<'_, Self>, out: &mut Self::Array<K::Out<Self::Real>>, n: usize)
    where
        Self: Sized;

    /// Uploads host numbers in working precision.
    fn upload_reals(&self, host: &[f64]) -> Result<Self::Array<Self::Real>, DeviceError> {
        self.upload_vec(reals::<Self::Real>(host))
    }
    /// Overwrites an array with host numbers in working precision.
    fn write_reals(&self, array: &mut Self::Array<Self::Real>, host: &[f64]) {
        self.write(array, &reals::<Self::Real>(host));
    }
    /// Copies the first elements of an array back as host numbers. Errors: as [`download`](Backend::download).
    fn read_reals(&self, array: &Self::Array<Self::Real>, host: &mut [f64]) -> Result<(), DeviceError> {
        host.iter_mut().zip(self.download(array)?).for_each(|(to, from)| *to = from.get());
        Ok(())
    }
}

fn reals<R: Real>(host: &[f64]) -> Vec<R> {
    host.iter().map(|&x| R::of(x)).collect()
}

/// Elements below which a loop is not worth sharing among threads.
const SHARED_FROM: usize = 1 << 13;

/// Calls `f(i, &mut out[i])` for each element, in parallel pieces of at least `at_least`.
pub fn each<T: Send>(out: &mut [T], at_least: usize, f: impl Fn(usize, &mut T) + Sync + Send) {
    use rayon::prelude::*;
    // One loop that holds f: what it reads of its surroundings stays in registers.
    let piece = |first: usize, out: &mut [T]| out.iter_mut().enumerate().for_each(|(k, o)| f(first + k, o));
    if at_least > 1 && out.len() < SHARED_FROM {
        piece(0, out);
    } else {
        out.par_chunks_mut(at_least).enumerate().for_each(|(p, out)| piece(p * at_least, out));
    }
}

/// Calls `f(i, a_i, b_i)` for the i-th rows of two arrays, in parallel; `width` elements make a row.
pub fn row_pairs<T: Send>(a: &mut [T], b: &mut [T], width: usize, f: impl Fn(usize, &mut [T], &mut [T]) + Sync + Send) {
    use rayon::prelude::*;
    if a.len() < SHARED_FROM {
        a.chunks_mut(width).zip(b.chunks_mut(width)).enumerate().for_each(|(i, (a, b))| f(i, a, b));
    } else {
        let at_least = (SHARED_FROM / 4).div_ceil(width);
        let rows = a.par_chunks_mut(width).zip(b.par_chunks_mut(width)).with_min_len(at_least);
        rows.enumerate().for_each(|(i, (a, b))| f(i, a, b));
    }
}

/// Calls `f(i, row_i)` for each row of `width` elements, in parallel; the last may be shorter.
pub fn rows<T: Send>(a: &mut [T], width: usize, f: impl Fn(usize, &mut [T]) + Sync + Send) {
    use rayon::prelude::*;
    let piece = |first: usize, a: &mut [T]| a.chunks_mut(width).enumerate().for_each(|(k, row)| f(first + k, row));
    if a.len() < SHARED_FROM {
        piece(0, a);
    } else {
        let at_least = (SHARED_FROM / 4).div_ceil(width);
        a.par_chunks_mut(at_least * width).enumerate().for_each(|(p, a)| piece(p * at_least, a));
    }
}

/// Calls `f(p, part_p)` for the parts of an array that end at `ends`, in parallel.
pub fn parts<T: Send>(a: &mut [T], ends: &[usize], f: impl Fn(usize, &mut [T]) + Sync + Send) {
    use rayon::prelude::*;
    let (mut rest, mut from) = (a, 0);
    let mut cut = |end: usize| {
        let (part, others) = std::mem::take(&mut rest).split_at_mut(end - std::mem::replace(&mut from, end));
        rest = others;
        part
    };
    let parts: Vec<&mut [T]> = ends.iter().map(|&end| cut(end)).collect();
    parts.into_par_iter().enumerate().for_each(|(p, part)| f(p, part));
}

/// As [`rows`] of whatever number of elements, with room to work in for each thread: `f(room, i, row_i)`.
pub fn rows_with<W: Default, T: Send>(a: &mut [T], width: usize, f: impl Fn(&mut W, usize, &mut [T]) + Sync + Send) {
    use rayon::prelude::*;
    a.par_chunks_mut(width).enumerate().for_each_init(W::default, |room, (i, a)| f(room, i, a));
}

/// Runs `out[i] = f(i)` in parallel on the host: the one loop of host code over many independent items.
pub fn parallel_map<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    (0..n).into_par_iter().map(f).collect()
}

/// As [`parallel_map`] for items of little work: few of them stay on this thread.
pub fn light_map<T: Send>(n: usize, f: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    if n < SHARED_FROM {
        return (0..n).map(f).collect();
    }
    (0..n).into_par_iter().with_min_len(SHARED_FROM / 4).map(f).collect()
}

/// As [`parallel_map`], with room to work in for each thread: `f(room, i)`.
pub fn parallel_map_with<W: Clone + Send, T: Send>(n: usize, room: W, f: impl Fn(&mut W, usize) -> T + Sync + Send) -> Vec<T> {
    use rayon::prelude::*;
    (0..n).into_par_iter().map_with(room, f).collect()
}

/// Limits the host's worker threads. Call before the first parallel loop; a second call is ignored.
pub fn limit_threads(threads: usize) {
    rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().ok();
}

/// `real` stands for the backend's working precision, `[real; n]` for n numbers of it, in a [`kernel!`] declaration.
#[doc(hidden)]
#[macro_export]
macro_rules! element_type {
    (real, $r:ty) => {
        $r
    };
    ([real; $n:literal], $r:ty) => {
        [$r; $n]
    };
    ($t:ty, $r:ty) => {
        $t
    };
}

/// Declares a struct shared with WGSL: `f32`, `u32`, `i32` and `[f32; 4]` (`vec4f`) fields only.
#[macro_export]
macro_rules! wgsl_struct {
    ($(#[$doc:meta])* pub struct $name:ident { $($(#[$fdoc:meta])* pub $field:ident: $t:ty),* $(,)? }) => {
        $(#[$doc])*
        #[repr(C)]
        #[derive(Clone, Copy, Debug, PartialEq, bytemuck::Pod, bytemuck::Zeroable)]
        pub struct $name { $($(#[$fdoc])* pub $field: $t),* }
        impl $crate::backend::WgslStruct for $name {
            const NAME: &'static str = stringify!($name);
            const FIELDS: &'static [(&'static str, usize)] = &[$((stringify!($field), std::mem::offset_of!($name, $field))),*];
        }
    };
}

/// The CPU side of a launch, by the kernel's shape.
#[doc(hidden)]
#[macro_export]
macro_rules! twin {
    (Map, $u:ident, $x:ident, $out:ident, $n:ident) => {
        $crate::backend::each(&mut $out[..$n], 256, |i, o| *o = element($u, $x, *o, i))
    };
    (Reduce, $u:ident, $x:ident, $out:ident, $n:ident) => {
        $crate::backend::each(&mut $out[..$n], 1, |i, o| *o = element($u, $x, *o, i))
    };
    ($shape:ident, $u:ident, $x:ident, $out:ident, $n:ident) => {
        run($u, $x, $out, $n)
    };
}

/// Declares one kernel: name, uniform, inputs in binding order, output, shape, and the shared WGSL it leans on.
///
/// Expands to a unit struct `Kernel`, a typed `Inputs` struct for any backend, and the impl that joins
/// `shaders/<name>.wgsl` to the function `element` of the enclosing module.
#[macro_export]
macro_rules! kernel {
    ($(#[$doc:meta])* $shape:ident $name:ident($uniform:ty; $($input:ident: $t:tt),* $(,)?) -> $out:tt $(, structs [$($s:ty),*])? $(, with [$($shared:literal),*])?) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct Kernel;

        /// Inputs in binding order.
        #[allow(missing_docs, missing_debug_implementations, reason = "the kernel's documentation names the fields")]
        pub struct Inputs<'a, B: $crate::backend::Backend> { $(pub $input: &'a B::Array<$crate::element_type!($t, B::Real)>),* }
        impl<B: $crate::backend::Backend> Clone for Inputs<'_, B> { fn clone(&self) -> Self { *self } }
        impl<B: $crate::backend::Backend> Copy for Inputs<'_, B> {}

        impl $crate::backend::Kernel for Kernel {
            const NAME: &'static str = stringify!($name);
            const WGSL: &'static str = concat!(
                include_str!("../../shaders/common.wgsl"),
                $($(include_str!(concat!("../../shaders/", $shared, ".wgsl")),)*)?
                include_str!(concat!("../../shaders/", stringify!($name), ".wgsl")),
            );
            const INPUTS: &'static [&'static str] = &[$(stringify!($input)),*];
            const STRUCTS: &'static [$crate::backend::Layout] = &[$crate::backend::layout::<$uniform>(), $($($crate::backend::layout::<$s>()),*)?];
            const SHAPE: $crate::backend::Shape = $crate::backend::Shape::$shape;
            type Uniform = $uniform;
            type Out<R: $crate::backend::Real> = $crate::element_type!($out, R);
            type Inputs<'a, B: $crate::backend::Backend> = Inputs<'a, B> where B: 'a;
            fn run<R: $crate::backend::Real>(u: &$uniform, x: &Self::Inputs<'_, $crate::backend::Cpu<R>>, out: &mut [Self::Out<R>], n: usize) {
                $crate::twin!($shape, u, x, out, n);
            }
            fn buffers<'a>(x: &Self::Inputs<'a, $crate::backend::Gpu>) -> Vec<&'a $crate::backend::GpuBuffer> { vec![$(x.$input),*] }
        }
    };
}
