//! Where time goes, by kernel: time stamps on a GPU that has them, wall time on the CPU. Off until asked for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

static ON: AtomicBool = AtomicBool::new(false);
static TIMES: Mutex<BTreeMap<(&str, &str), Time>> = Mutex::new(BTreeMap::new());

/// Launches of one kernel and their time.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct Time {
    /// Launches that were timed.
    pub launches: u64,
    /// Their time, s.
    pub seconds: f64,
}

/// A kernel on a backend (`cpu f64`, `cpu f32`, `gpu`) and its time.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
pub struct Row {
    /// Backend.
    pub backend: &'static str,
    /// Kernel.
    pub kernel: &'static str,
    /// Time.
    #[serde(flatten)]
    pub time: Time,
}

/// Times all launches from now on. Call before a device is opened.
pub fn start() {
    ON.store(true, Ordering::Relaxed);
}

/// Whether launches are timed.
pub fn is_on() -> bool {
    ON.load(Ordering::Relaxed)
}

pub(super) fn add(backend: &'static str, kernel: &'static str, seconds: f64) {
    let mut times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
    let time = times.entry((backend, kernel)).or_default();
    time.launches += 1;
    time.seconds += seconds;
}

/// All kernels so far, the longest first.
pub fn rows() -> Vec<Row> {
    let times = TIMES.lock().unwrap_or_else(PoisonError::into_inner);
    let mut rows: Vec<Row> = times.iter().map(|((backend, kernel), time)| Row { backend, kernel, time: *time }).collect();
    rows.sort_by(|a, b| b.time.seconds.total_cmp(&a.time.seconds));
    rows
}
