//! Where things are.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::TaskError;
use crate::run::{cargo, output_of};

/// The folders of this project.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder of the top-level `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Cargo's target folder, wherever it was put.
    pub(crate) target: PathBuf,
}

impl Project {
    /// Asks cargo, so that `CARGO_TARGET_DIR` and configuration files count.
    pub(crate) fn locate() -> Result<Self, TaskError> {
        let mut command = Command::new(cargo());
        command.args(["metadata", "--format-version", "1", "--no-deps"]);
        command.current_dir(env!("CARGO_MANIFEST_DIR"));
        let text = output_of(&mut command, "The message above is cargo's own.")?;
        let data: serde_json::Value = serde_json::from_str(&text)
            .map_err(|e| TaskError::Other(format!("cannot read what `cargo metadata` says: {e}.")))?;
        let folder = |key: &str| {
            data[key]
                .as_str()
                .map(PathBuf::from)
                .ok_or_else(|| TaskError::Other(format!("`cargo metadata` does not tell `{key}`.")))
        };
        Ok(Self { root: folder("workspace_root")?, target: folder("target_directory")? })
    }

    /// A path inside the project.
    pub(crate) fn path(&self, inside: &str) -> PathBuf {
        self.root.join(inside)
    }

    /// The folder of the Node.js tests.
    pub(crate) fn browser_tests(&self) -> PathBuf {
        self.path("tests/browser")
    }

    /// A path as a person in the project's folder would type it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }
}

/// Every file below `folder`, as paths relative to it with `/`, in a fixed order.
pub(crate) fn files_below(folder: &Path) -> Result<Vec<String>, TaskError> {
    fn visit(folder: &Path, prefix: &str, found: &mut Vec<String>) -> Result<(), TaskError> {
        let entries = fs::read_dir(folder).map_err(TaskError::file("read", folder))?;
        for entry in entries {
            let entry = entry.map_err(TaskError::file("read", folder))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().map_err(TaskError::file("read", folder))?;
            if kind.is_dir() {
                visit(&entry.path(), &format!("{name}/"), found)?;
            } else {
                found.push(name);
            }
        }
        Ok(())
    }
    let mut found = Vec::new();
    visit(folder, "", &mut found)?;
    found.sort();
    Ok(found)
}

/// Reads a file whole.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>, TaskError> {
    fs::read(path).map_err(TaskError::file("read", path))
}

/// Reads a text file whole.
pub(crate) fn read_text(path: &Path) -> Result<String, TaskError> {
    fs::read_to_string(path).map_err(TaskError::file("read", path))
}

/// Writes a file, making its folder first.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), TaskError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(TaskError::file("make the folder", folder))?;
    }
    fs::write(path, bytes).map_err(TaskError::file("write", path))
}

/// A short name for the contents of a file (64-bit FNV-1a, as hexadecimal digits).
pub(crate) fn fingerprint(bytes: &[u8]) -> String {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for &byte in bytes {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    }
    format!("{hash:016x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprint_is_fnv_1a() {
        assert_eq!(fingerprint(b""), "cbf29ce484222325");
        assert_eq!(fingerprint(b"a"), "af63dc4c8601ec8c");
        assert_eq!(fingerprint(b"foobar"), "85944171f73967e8");
    }
}
