//! What can go wrong, in sentences that say what to do.

use std::io;
use std::path::{Path, PathBuf};

/// Why a task stopped.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TaskError {
    /// A program could not be started.
    #[error("cannot start `{program}`: {source}.\n       {hint}")]
    NotStarted {
        /// The program's name.
        program: String,
        /// What to do about it.
        hint: String,
        /// What the system said.
        source: io::Error,
    },
    /// A program ran and reported a failure.
    #[error("`{command}` failed ({status}).\n       {hint}")]
    Failed {
        /// The command as one would type it.
        command: String,
        /// Its exit status.
        status: std::process::ExitStatus,
        /// What to do about it.
        hint: String,
    },
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}.", path.display())]
    File {
        /// `read`, `write`, …
        action: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Something is missing that only a person can install.
    #[error("{what} is missing.\n       {hint}")]
    Missing {
        /// What is missing.
        what: String,
        /// The command to type.
        hint: String,
    },
    /// The port is taken.
    #[error(
        "port {port} on 127.0.0.1 is already in use, perhaps by another `cargo xtask serve`.\n       \
         Choose another one: `cargo xtask serve --port {next}`, or `--port 0` for any free one."
    )]
    PortBusy {
        /// The port that was asked for.
        port: u16,
        /// One that may be free.
        next: u16,
    },
    /// Anything else, said in full.
    #[error("{0}")]
    Other(String),
}

impl TaskError {
    /// Wraps an error of the file system: `.map_err(TaskError::file("read", path))`.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::File { action, path, source }
    }
}
