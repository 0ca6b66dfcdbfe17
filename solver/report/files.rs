//! Files that appear all together or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Files written under temporary names, renamed by [`commit`](Staged::commit), removed if dropped before.
#[derive(Debug)]
pub struct Staged {
    folder: PathBuf,
    names: Vec<String>,
}

impl Staged {
    /// Makes the folder if it is missing.
    pub fn new(folder: &Path) -> std::io::Result<Self> {
        fs::create_dir_all(folder)?;
        Ok(Self { folder: folder.to_owned(), names: vec![] })
    }

    fn temporary(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        let file = path.file_name().and_then(|n| n.to_str()).unwrap_or(name);
        path.with_file_name(format!(".{file}.{}.partial", std::process::id()))
    }

    /// Writes one file; a name with a folder makes the folder.
    pub fn bytes(&mut self, name: &str, content: &[u8]) -> std::io::Result<()> {
        self.names.push(name.to_owned());
        let path = self.temporary(name);
        path.parent().map_or(Ok(()), fs::create_dir_all)?;
        let mut file = fs::File::create(path)?;
        file.write_all(content)?;
        file.sync_all()
    }

    /// Writes one text file.
    pub fn text(&mut self, name: &str, content: &str) -> std::io::Result<()> {
        self.bytes(name, content.as_bytes())
    }

    /// Gives all files their names; returns their paths.
    pub fn commit(mut self) -> std::io::Result<Vec<PathBuf>> {
        let names = std::mem::take(&mut self.names);
        names
            .iter()
            .map(|name| {
                let path = self.folder.join(name);
                fs::rename(self.temporary(name), &path)?;
                Ok(path)
            })
            .collect()
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        for name in &self.names {
            // A file that was never made needs no removal, and there is nobody left to tell of another failure.
            let path = self.temporary(name);
            fs::remove_file(&path).ok();
            // A folder made for it goes too if nothing else lies there.
            path.parent().filter(|p| **p != self.folder).map(fs::remove_dir);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_of_files_that_were_not_committed() {
        let folder = std::env::temp_dir().join(format!("thermsolve-staged-{}", std::process::id()));
        let mut staged = Staged::new(&folder).unwrap();
        staged.text("a.txt", "one").unwrap();
        staged.text("in/b.txt", "one").unwrap();
        drop(staged);
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        let mut staged = Staged::new(&folder).unwrap();
        staged.text("a.txt", "two").unwrap();
        assert_eq!(staged.commit().unwrap(), [folder.join("a.txt")]);
        assert_eq!(fs::read_to_string(folder.join("a.txt")).unwrap(), "two");
        fs::remove_dir_all(&folder).unwrap();
    }
}
