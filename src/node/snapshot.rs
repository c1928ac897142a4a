//! Writing a snapshot so that the old one stays until the new one is complete.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Where the file goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// `dir`.
    pub(super) dir: PathBuf,
    /// `dbfilename`.
    pub(super) file: String,
}

impl Place {
    pub(super) fn path(&self) -> PathBuf {
        self.dir.join(&self.file)
    }

    /// Writes `rdb` to a temporary file beside the real one, and renames it (`rdbSave`). `tag` keeps
    /// two writers of one process apart.
    ///
    /// # Errors
    /// In words for the log; the temporary file is removed then.
    pub(super) fn write(&self, rdb: &[u8], tag: &str) -> Result<(), String> {
        // `CONFIG SET dbfilename` must not reach other directories.
        if self.file.is_empty() || Path::new(&self.file).file_name() != Some(self.file.as_ref()) {
            return Err(format!("dbfilename '{}' is not a plain file name", self.file));
        }
        let temp = self.dir.join(format!("temp-{}-{tag}.rdb", std::process::id()));
        let written = File::create(&temp)
            .and_then(|mut file| {
                file.write_all(rdb)?;
                file.sync_all()
            })
            .and_then(|()| fs::rename(&temp, self.path()));
        written.map_err(|error| {
            let _ = fs::remove_file(&temp);
            format!("{} cannot be written: {error}", self.path().display())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replaces_the_file_and_leaves_nothing_else() {
        let dir = std::env::temp_dir().join(format!("psync-node-snapshot-{}", std::process::id()));
        fs::create_dir_all(&dir).expect("a place for files");
        let place = Place { dir: dir.clone(), file: "dump.rdb".into() };
        place.write(b"old", "1").expect("written");
        place.write(b"new", "2").expect("written");
        assert_eq!(fs::read(place.path()).expect("there"), b"new");
        assert_eq!(fs::read_dir(&dir).expect("there").count(), 1);
        for file in ["", "..", "../x", "a/b"] {
            assert!(Place { dir: dir.clone(), file: file.into() }.write(b"x", "3").is_err(), "{file:?}");
        }
        fs::remove_dir_all(&dir).expect("removed");
        assert!(place.write(b"x", "4").expect_err("no directory").contains("cannot be written"));
    }
}
