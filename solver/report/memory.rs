//! Results and restart files kept in a folder between runs.

use crate::analysis::memory::Memory;
use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

/// A folder of files named after what they depend on. Safe when several runs write at once: files appear whole, and those of one
/// name hold the same bytes.
#[derive(Debug)]
pub struct Folder(pub PathBuf);

/// Files kept at most; the oldest go.
const MOST: usize = 64;
static WRITTEN: AtomicU32 = AtomicU32::new(0);

impl Folder {
    fn write(&self, name: &str, bytes: &[u8]) -> std::io::Result<()> {
        fs::create_dir_all(&self.0)?;
        let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
        let temporary = self.0.join(format!(".{name}.{}.{number}.partial", std::process::id()));
        let written = fs::File::create(&temporary).and_then(|mut f| f.write_all(bytes).and_then(|()| f.sync_all()));
        if let Err(e) = written.and_then(|()| fs::rename(&temporary, self.0.join(name))) {
            // The first error is the one to tell of.
            fs::remove_file(&temporary).ok();
            return Err(e);
        }
        self.prune()
    }

    fn prune(&self) -> std::io::Result<()> {
        let mut files = vec![];
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            files.push((entry.metadata()?.modified()?, entry.path()));
        }
        files.sort();
        for (_, path) in files.iter().take(files.len().saturating_sub(MOST)) {
            fs::remove_file(path)?;
        }
        Ok(())
    }
}

impl Memory for Folder {
    fn recall(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.0.join(name)).ok()
    }
    fn keep(&self, name: &str, bytes: &[u8]) {
        // A full or read-only disk costs the memory, not the run.
        self.write(name, bytes).ok();
    }
    fn forget(&self, name: &str) {
        fs::remove_file(self.0.join(name)).ok();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::analysis::memory::{Key, remembered};

    #[test]
    fn results_are_made_once_and_writers_do_not_meet() {
        let folder = Folder(std::env::temp_dir().join(format!("thermsolve-memory-{}", std::process::id())));
        let key = || Key::new("test").with(&[1.0, 2.0]);
        let make = |fail: bool| remembered(&folder, &key(), || if fail { Err("made again") } else { Ok(vec![0.1_f64; 100_000]) });
        std::thread::scope(|s| {
            for _ in 0..4 {
                s.spawn(|| make(false).unwrap());
            }
        });
        assert_eq!(make(true).unwrap(), vec![0.1; 100_000]);
        assert_ne!(key().name(), Key::new("test").with(&[1.0, 2.0 + 1e-15]).name());
        // Broken bytes count as none.
        fs::write(folder.0.join(key().name()), b"broken").unwrap();
        assert_eq!(make(true), Err("made again"));
        (0..200).for_each(|k| folder.keep(&format!("many-{k}"), b"x"));
        assert!(fs::read_dir(&folder.0).unwrap().count() <= MOST);
        fs::remove_dir_all(&folder.0).unwrap();
    }
}
