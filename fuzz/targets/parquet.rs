//! Parts of a study, as `thermsolve merge` reads them. The reader catches panics of its crate, which the fuzzer's hook would end.
#![no_main]

use thermsolve::report::parquet::read;

libfuzzer_sys::fuzz_target!(
    init: std::panic::set_hook(Box::new(|_| ())),
    |bytes: &[u8]| {
        let path = std::env::temp_dir().join(format!("thermsolve-fuzz-{}.parquet", std::process::id()));
        std::fs::write(&path, bytes).unwrap();
        read(&path).ok();
    }
);
