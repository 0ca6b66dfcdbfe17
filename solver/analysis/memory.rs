//! What a run remembers: results that cost time, and where a long run stands.

use serde::Serialize;
use serde::de::DeserializeOwned;

/// Keeps bytes under names between runs. Two runs may use the same names at once: they only ever keep the same bytes there.
pub trait Memory {
    /// What was kept under a name.
    fn recall(&self, name: &str) -> Option<Vec<u8>>;
    /// Keeps bytes, whole or not at all. A memory that cannot keep them goes without.
    fn keep(&self, name: &str, bytes: &[u8]);
    /// Gives a name up.
    fn forget(&self, name: &str);
}

/// Remembers nothing.
#[derive(Clone, Copy, Debug)]
pub struct Forgetful;

impl Memory for Forgetful {
    fn recall(&self, _: &str) -> Option<Vec<u8>> {
        None
    }
    fn keep(&self, _: &str, _: &[u8]) {}
    fn forget(&self, _: &str) {}
}

/// A name made of all that a result depends on: the program, and what is fed in.
#[derive(Debug)]
pub struct Key {
    kind: &'static str,
    hasher: blake3::Hasher,
}

impl Key {
    /// Begins with the kind of result and the program's version.
    pub fn new(kind: &'static str) -> Self {
        let mut hasher = blake3::Hasher::new();
        hasher.update(concat!(env!("CARGO_PKG_NAME"), " ", env!("CARGO_PKG_VERSION")).as_bytes());
        Self { kind, hasher }
    }
    /// Feeds anything that prints all of itself: numbers as shortest text are exact.
    pub fn with(mut self, what: &dyn std::fmt::Debug) -> Self {
        use std::io::Write;
        write!(self.hasher, "{what:?};").expect("a hash takes everything");
        self
    }
    /// Feeds bytes.
    pub fn bytes(mut self, bytes: &[u8]) -> Self {
        self.hasher.update(bytes);
        self
    }
    /// The name.
    pub fn name(&self) -> String {
        format!("{}-{}", self.kind, &self.hasher.finalize().to_hex()[..32])
    }
}

/// Reads what was kept; bytes that do not fit are as good as none.
pub fn recall<T: DeserializeOwned>(memory: &dyn Memory, name: &str) -> Option<T> {
    postcard::from_bytes(&memory.recall(name)?).ok()
}

/// Keeps a value.
pub fn keep<T: Serialize>(memory: &dyn Memory, name: &str, value: &T) {
    if let Ok(bytes) = postcard::to_stdvec(value) {
        memory.keep(name, &bytes);
    }
}

/// Recalls a result, or makes and keeps it.
pub fn remembered<T: Serialize + DeserializeOwned, E>(
    memory: &dyn Memory,
    key: &Key,
    make: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let name = key.name();
    if let Some(found) = recall(memory, &name) {
        return Ok(found);
    }
    let made = make()?;
    keep(memory, &name, &made);
    Ok(made)
}
