//! `.vtu` and `.vtp`. The reader catches panics of its crate, which the fuzzer's hook would end.
#![no_main]
mod mesh;

libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| mesh::read(bytes, "vtu")
);
