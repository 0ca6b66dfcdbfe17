//! The GPU backend: wgpu on Vulkan, Metal or DirectX 12.
//!
//! Launches are recorded and submitted together at the next download. A dispatch of more than 65,535 workgroups is
//! folded into two dimensions (`fold` in `shaders/common.wgsl` undoes it). Launches behind a gate are dispatched by the numbers of
//! workgroups that stand in it, which a kernel sets to 0.

use super::{Backend, DeviceError, Element, GATE, GATED_SIZES, Kernel, MAP_LANES, Shape, profile};
use std::collections::HashMap;
use std::marker::PhantomData;
use std::sync::{Arc, Mutex, MutexGuard};

/// A buffer on the device, untyped.
pub type GpuBuffer = wgpu::Buffer;

/// An array of `T` on the device.
#[derive(Debug)]
pub struct GpuArray<T> {
    buffer: GpuBuffer,
    len: usize,
    element: PhantomData<T>,
}

impl<T> std::ops::Deref for GpuArray<T> {
    type Target = GpuBuffer;
    fn deref(&self) -> &GpuBuffer {
        &self.buffer
    }
}

/// What one adapter is and can do.
#[derive(Clone, Debug, serde::Serialize)]
pub struct AdapterReport {
    /// Adapter name.
    pub name: String,
    /// Graphics API.
    pub api: String,
    /// Kind of device: discrete, integrated, virtual, CPU.
    pub kind: String,
    /// Driver and version.
    pub driver: String,
    /// Largest array, bytes.
    pub max_binding_bytes: u64,
    /// Largest buffer, bytes.
    pub max_buffer_bytes: u64,
    /// Storage buffers a kernel may bind.
    pub max_storage_buffers: u32,
    /// f64 in shaders.
    pub f64: bool,
    /// i64 in shaders.
    pub i64: bool,
    /// Time stamps for profiling.
    pub timestamps: bool,
    /// Subgroup operations.
    pub subgroups: bool,
    /// Why the adapter cannot run this program, if it cannot.
    pub refused: Option<String>,
}

/// Storage buffers the widest kernel binds; `tests/contract.rs` holds every kernel to it.
pub const STORAGE_BUFFERS: u32 = 8;

fn instance() -> wgpu::Instance {
    let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
    // A dispatch of its own before each indirect one, to check what only this program writes. Direct3D needs it for the number of
    // workgroups.
    if !cfg!(windows) {
        descriptor.flags.remove(wgpu::InstanceFlags::VALIDATION_INDIRECT_CALL);
    }
    wgpu::Instance::new(descriptor)
}

/// The environment variable that names the adapter to use: a part of its name, of any case.
pub const ADAPTER: &str = "THERMSOLVE_ADAPTER";

/// The adapter that is named, else the most capable one.
fn adapter() -> Result<wgpu::Adapter, DeviceError> {
    let no = |reason: String| DeviceError::NoAdapter { reason };
    let Ok(part) = std::env::var(ADAPTER) else {
        let options =
            wgpu::RequestAdapterOptions { power_preference: wgpu::PowerPreference::HighPerformance, ..Default::default() };
        return pollster::block_on(instance().request_adapter(&options)).map_err(|e| no(e.to_string()));
    };
    let named = |a: &wgpu::Adapter| a.get_info().name.to_lowercase().contains(&part.to_lowercase());
    let mut all = pollster::block_on(instance().enumerate_adapters(wgpu::Backends::all())).into_iter();
    all.find(named).ok_or_else(|| no(format!("{ADAPTER} asks for `{part}`, which `thermsolve devices` does not list")))
}

/// All adapters of the machine.
pub fn adapters() -> Vec<AdapterReport> {
    pollster::block_on(instance().enumerate_adapters(wgpu::Backends::all())).iter().map(report).collect()
}

fn report(adapter: &wgpu::Adapter) -> AdapterReport {
    let (info, limits, features) = (adapter.get_info(), adapter.limits(), adapter.features());
    let buffers = limits.max_storage_buffers_per_shader_stage;
    AdapterReport {
        name: info.name.clone(),
        api: info.backend.to_string(),
        kind: format!("{:?}", info.device_type),
        driver: format!("{} {}", info.driver, info.driver_info).trim().to_owned(),
        max_binding_bytes: limits.max_storage_buffer_binding_size,
        max_buffer_bytes: limits.max_buffer_size,
        max_storage_buffers: buffers,
        f64: features.contains(wgpu::Features::SHADER_F64),
        i64: features.contains(wgpu::Features::SHADER_INT64),
        timestamps: features.contains(wgpu::Features::TIMESTAMP_QUERY),
        subgroups: features.contains(wgpu::Features::SUBGROUP),
        refused: (buffers < STORAGE_BUFFERS).then(|| format!("binds {buffers} storage buffers, {STORAGE_BUFFERS} are needed")),
    }
}

/// A GPU of any vendor, working in f32.
#[derive(Clone, Debug)]
pub struct Gpu {
    device: wgpu::Device,
    queue: wgpu::Queue,
    limits: wgpu::Limits,
    /// The adapter in use.
    pub adapter: AdapterReport,
    pipelines: Arc<Mutex<HashMap<&'static str, wgpu::ComputePipeline>>>,
    pending: Arc<Mutex<Option<wgpu::CommandEncoder>>>,
    stamps: Option<Arc<Mutex<Stamps>>>,
    failure: Arc<Mutex<Option<DeviceError>>>,
    gate: Option<Gate>,
}

/// What launches obey.
#[derive(Clone, Debug)]
struct Gate {
    words: GpuBuffer,
    launches: Arc<Mutex<Launches>>,
}

/// Launches behind a gate so far.
#[derive(Debug, Default)]
struct Launches {
    /// Their workgroups, each size once.
    sizes: Vec<(u32, u32)>,
    /// Whether the device may have shut the gate since.
    done: bool,
}

/// Passes of one submission that can be timed; more of them are not.
const TIMED_PASSES: u32 = 2048;

/// Time stamps at the beginning and end of each pass.
#[derive(Debug)]
struct Stamps {
    queries: wgpu::QuerySet,
    /// Kernels of the passes recorded since the last submission.
    recorded: Vec<&'static str>,
    /// What submissions left, to be read.
    submitted: Vec<(wgpu::Buffer, Vec<&'static str>)>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Gpu {
    /// Opens the adapter that [`ADAPTER`] names, or the most capable one. Errors: [`DeviceError::NoAdapter`],
    /// [`DeviceError::NoDevice`].
    pub fn new() -> Result<Self, DeviceError> {
        let adapter = adapter()?;
        let about = report(&adapter);
        let refuse = |reason: String| DeviceError::NoDevice { adapter: about.name.clone(), reason };
        if let Some(reason) = &about.refused {
            return Err(refuse(reason.clone()));
        }
        let limits = adapter.limits();
        let stamps = if profile::is_on() { wgpu::Features::TIMESTAMP_QUERY } else { wgpu::Features::empty() };
        let wanted = wgpu::Features::SHADER_F64 | stamps;
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("thermsolve"),
            required_features: adapter.features() & wanted,
            required_limits: limits.clone(),
            ..Default::default()
        };
        let (device, queue) = pollster::block_on(adapter.request_device(&descriptor)).map_err(|e| refuse(e.to_string()))?;
        let failure = Arc::new(Mutex::new(None));
        let (on_error, on_loss, name, lost_name) = (failure.clone(), failure.clone(), about.name.clone(), about.name.clone());
        device.on_uncaptured_error(Arc::new(move |e: wgpu::Error| {
            let adapter = name.clone();
            lock(&on_error).get_or_insert(match e {
                wgpu::Error::OutOfMemory { .. } => DeviceError::OutOfMemory { adapter },
                e => DeviceError::Failed { adapter, reason: e.to_string() },
            });
        }));
        device.set_device_lost_callback(move |_, message| {
            let adapter = lost_name.clone();
            // An allocation that fails costs the device, and this is told first.
            lock(&on_loss).get_or_insert(if message.eq_ignore_ascii_case("out of memory") {
                DeviceError::OutOfMemory { adapter }
            } else {
                DeviceError::Failed { adapter, reason: format!("device lost: {message}") }
            });
        });
        let stamps = device.features().contains(wgpu::Features::TIMESTAMP_QUERY).then(|| {
            let count = 2 * TIMED_PASSES;
            let queries =
                device.create_query_set(&wgpu::QuerySetDescriptor { label: None, ty: wgpu::QueryType::Timestamp, count });
            Arc::new(Mutex::new(Stamps { queries, recorded: vec![], submitted: vec![] }))
        });
        let (pipelines, pending) = (Arc::default(), Arc::default());
        Ok(Self { device, queue, limits, adapter: about, pipelines, pending, stamps, failure, gate: None })
    }

    /// Gives the device up, as a driver that resets does: whatever is asked of it from now on ends in an error.
    pub fn lose(&self) {
        self.device.destroy();
    }

    /// A buffer with contents. Where the device has failed it stays empty: the next check of the device says why.
    fn filled(&self, contents: &[u8], usage: wgpu::BufferUsages) -> GpuBuffer {
        let size = contents.len() as u64;
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: true });
        if let Ok(mut view) = buffer.slice(..).get_mapped_range_mut() {
            view.copy_from_slice(contents);
            drop(view);
            buffer.unmap();
        }
        buffer
    }

    fn check(&self) -> Result<(), DeviceError> {
        lock(&self.failure).clone().map_or(Ok(()), Err)
    }

    /// Whether an array of so many bytes can be held and bound. Errors: [`DeviceError::TooLarge`].
    pub fn fits(&self, bytes: u64) -> Result<(), DeviceError> {
        for (limit_name, limit) in [
            ("max_storage_buffer_binding_size", self.limits.max_storage_buffer_binding_size),
            ("max_buffer_size", self.limits.max_buffer_size),
        ] {
            if bytes > limit {
                return Err(DeviceError::TooLarge { bytes, limit_name, limit, adapter: self.adapter.name.clone() });
            }
        }
        Ok(())
    }

    fn pipeline<K: Kernel>(&self) -> wgpu::ComputePipeline {
        let make = || {
            let source = wgpu::ShaderSource::Wgsl(K::WGSL.into());
            let module = self.device.create_shader_module(wgpu::ShaderModuleDescriptor { label: Some(K::NAME), source });
            self.device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: Some(K::NAME),
                layout: None,
                module: &module,
                entry_point: Some(K::NAME),
                compilation_options: wgpu::PipelineCompilationOptions::default(),
                cache: None,
            })
        };
        lock(&self.pipelines).entry(K::NAME).or_insert_with(make).clone()
    }

    /// Submits what was recorded, with its time stamps.
    fn submit(&self, mut encoder: wgpu::CommandEncoder) {
        if let Some(stamps) = &self.stamps {
            let mut stamps = lock(stamps);
            let recorded = std::mem::take(&mut stamps.recorded);
            if let Some(count) = u32::try_from(2 * recorded.len()).ok().filter(|n| *n > 0) {
                let buffer = |usage| {
                    let size = 8 * u64::from(count);
                    self.device.create_buffer(&wgpu::BufferDescriptor { label: None, size, usage, mapped_at_creation: false })
                };
                let resolved = buffer(wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC);
                let read = buffer(wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST);
                encoder.resolve_query_set(&stamps.queries, 0..count, &resolved, 0);
                encoder.copy_buffer_to_buffer(&resolved, 0, &read, 0, 8 * u64::from(count));
                stamps.submitted.push((read, recorded));
            }
        }
        self.queue.submit([encoder.finish()]);
    }

    /// Adds up the time stamps of finished submissions.
    fn read_stamps(&self) {
        let Some(stamps) = &self.stamps else { return };
        let submitted = std::mem::take(&mut lock(stamps).submitted);
        let period_s = 1e-9 * f64::from(self.queue.get_timestamp_period());
        for (buffer, kernels) in submitted {
            buffer.slice(..).map_async(wgpu::MapMode::Read, |_| ());
            // Stamps that cannot be read are left out; the profile counts what it has.
            let Ok(_) = self.device.poll(wgpu::PollType::wait_indefinitely()) else { return };
            let Ok(view) = buffer.slice(..).get_mapped_range() else { continue };
            let ticks: Vec<u64> = bytemuck::pod_collect_to_vec(&view);
            for (kernel, t) in kernels.into_iter().zip(ticks.chunks(2)) {
                #[expect(clippy::cast_precision_loss, reason = "a pass takes far less than 2^53 ticks")]
                profile::add("gpu", kernel, t[1].saturating_sub(t[0]) as f64 * period_s);
            }
        }
    }

    /// Folds a one-dimensional count of workgroups into the device's limits.
    fn fold(&self, groups: u32) -> (u32, u32) {
        let limit = self.limits.max_compute_workgroups_per_dimension;
        (groups.min(limit), groups.div_ceil(limit).max(1))
    }

    /// Where in a gate a launch of so many workgroups stands. A new one is written there ahead of all that is recorded, so it must come
    /// before the device can have shut the gate.
    fn place(&self, gate: &Gate, (width, height): (u32, u32)) -> u64 {
        let mut launches = lock(&gate.launches);
        let place = |k: usize| 4 * (2 + 3 * k as u64);
        if let Some(k) = launches.sizes.iter().position(|s| *s == (width, height)) {
            return place(k);
        }
        assert!(!launches.done && launches.sizes.len() < GATED_SIZES, "a launch of another size behind a gate that may be shut");
        let at = place(launches.sizes.len());
        launches.sizes.push((width, height));
        self.queue.write_buffer(&gate.words, at, bytemuck::bytes_of(&[width, height, 1]));
        at
    }
}

impl Backend for Gpu {
    type Real = f32;
    type Array<T: Element> = GpuArray<T>;

    type Inner = Self;

    fn inner(&self) -> &Self {
        self
    }

    fn is_host(&self) -> bool {
        false
    }

    fn has_f64(&self) -> bool {
        self.adapter.f64
    }

    fn describe(&self) -> String {
        format!("{} ({}, {}), f32", self.adapter.name, self.adapter.api, self.adapter.driver)
    }

    fn upload<T: Element>(&self, host: &[T]) -> Result<GpuArray<T>, DeviceError> {
        self.fits(size_of_val(host) as u64)?;
        // An empty array still needs a buffer that can be bound.
        let padding = [0u8; 16];
        let contents = if host.is_empty() { &padding[..] } else { bytemuck::cast_slice(host) };
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST;
        let buffer = self.filled(contents, usage);
        self.check()?;
        Ok(GpuArray { buffer, len: host.len(), element: PhantomData })
    }

    fn write<T: Element>(&self, array: &mut GpuArray<T>, host: &[T]) {
        assert_eq!(array.len, host.len(), "write of another length");
        // A queued write happens before the next submission, so what is recorded goes first; the lock keeps another
        // thread from submitting in between.
        let mut pending = lock(&self.pending);
        if let Some(encoder) = pending.take() {
            self.submit(encoder);
        }
        self.queue.write_buffer(array, 0, bytemuck::cast_slice(host));
    }

    fn download<T: Element>(&self, array: &GpuArray<T>) -> Result<Vec<T>, DeviceError> {
        let failed = |reason: String| DeviceError::Failed { adapter: self.adapter.name.clone(), reason };
        if let Some(gate) = &self.gate {
            lock(&gate.launches).done = true;
        }
        let bytes = (array.len * size_of::<T>()) as u64;
        if bytes == 0 {
            return Ok(Vec::new());
        }
        let staging = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("download"),
            size: bytes,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut pending = lock(&self.pending);
        let mut encoder = pending.take().unwrap_or_else(|| self.device.create_command_encoder(&Default::default()));
        encoder.copy_buffer_to_buffer(array, 0, &staging, 0, bytes);
        self.submit(encoder);
        drop(pending);
        let (sender, receiver) = std::sync::mpsc::channel();
        staging.slice(..).map_async(wgpu::MapMode::Read, move |r| {
            sender.send(r).ok();
        });
        self.device.poll(wgpu::PollType::wait_indefinitely()).map_err(|e| failed(e.to_string()))?;
        self.check()?;
        receiver.recv().map_err(|e| failed(e.to_string()))?.map_err(|e| failed(e.to_string()))?;
        let view = staging.slice(..).get_mapped_range().map_err(|e| failed(e.to_string()))?;
        self.read_stamps();
        // The mapped bytes need not be aligned for T.
        Ok(bytemuck::pod_collect_to_vec(&view))
    }

    fn look(&self) -> usize {
        4
    }

    fn gate(&self) -> Result<GpuArray<u32>, DeviceError> {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::INDIRECT;
        let buffer = self.filled(&[0; 4 * GATE], usage | wgpu::BufferUsages::COPY_SRC | wgpu::BufferUsages::COPY_DST);
        self.check()?;
        Ok(GpuArray { buffer, len: GATE, element: PhantomData })
    }

    fn behind(&self, gate: &GpuArray<u32>) -> Self {
        Self { gate: Some(Gate { words: gate.buffer.clone(), launches: Arc::default() }), ..self.clone() }
    }

    fn launch<K: Kernel>(&self, u: &K::Uniform, x: K::Inputs<'_, Self>, out: &mut GpuArray<K::Out<f32>>, n: usize) {
        let pipeline = self.pipeline::<K>();
        let uniform = self.filled(bytemuck::bytes_of(u), wgpu::BufferUsages::UNIFORM);
        let entries: Vec<_> = std::iter::once(&uniform)
            .chain(K::buffers(&x))
            .chain([&out.buffer])
            .zip(0u32..)
            .map(|(b, binding)| wgpu::BindGroupEntry { binding, resource: b.as_entire_binding() })
            .collect();
        let group = self.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some(K::NAME),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries,
        });
        let n = u32::try_from(n).expect("a dispatch has fewer than 2^32 outputs: callers split their work");
        let (width, height) = self.fold(match K::SHAPE {
            Shape::Map | Shape::Lattice | Shape::Shared => n.div_ceil(MAP_LANES),
            Shape::Reduce => n,
            Shape::Single => 1,
        });
        let gated = self.gate.as_ref().map(|gate| (gate, self.place(gate, (width, height))));
        let mut pending = lock(&self.pending);
        let encoder = pending.get_or_insert_with(|| self.device.create_command_encoder(&Default::default()));
        let mut stamps = self.stamps.as_deref().map(lock);
        let timestamp_writes = stamps.as_mut().and_then(|s| {
            let first = 2 * u32::try_from(s.recorded.len()).ok().filter(|n| *n < TIMED_PASSES)?;
            s.recorded.push(K::NAME);
            let (beginning_of_pass_write_index, end_of_pass_write_index) = (Some(first), Some(first + 1));
            Some(wgpu::ComputePassTimestampWrites {
                query_set: &s.queries,
                beginning_of_pass_write_index,
                end_of_pass_write_index,
            })
        });
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor { label: None, timestamp_writes });
        pass.set_pipeline(&pipeline);
        pass.set_bind_group(0, &group, &[]);
        match gated {
            Some((gate, at)) => pass.dispatch_workgroups_indirect(&gate.words, at),
            None => pass.dispatch_workgroups(width, height, 1),
        }
    }
}
