//! Running other programs, and saying so.

use std::env;
use std::ffi::OsString;
use std::io::{BufRead, BufReader, IsTerminal, Write};
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use crate::error::TaskError;

/// Announces a step that may take a while.
pub(crate) fn step(text: &str) {
    let mut out = std::io::stdout();
    let line = if out.is_terminal() {
        format!("\u{1b}[1;36m==>\u{1b}[0;1m {text}\u{1b}[0m\n")
    } else {
        format!("==> {text}\n")
    };
    // A closed pipe is not worth stopping for.
    let _ = out.write_all(line.as_bytes()).and_then(|()| out.flush());
}

/// A clock for "took 12 s".
#[derive(Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "the rule is for the core, not for build tasks")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// The time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }

    /// The time since the start, for people.
    pub(crate) fn text(&self) -> String {
        let seconds = self.elapsed().as_secs_f64();
        if seconds < 90.0 {
            format!("{seconds:.1} s")
        } else {
            format!("{} min {} s", seconds as u64 / 60, seconds as u64 % 60)
        }
    }
}

/// The cargo that runs this task.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// The command as one would type it.
pub(crate) fn typed(command: &Command) -> String {
    let name = |word: &std::ffi::OsStr| {
        let text = word.to_string_lossy().into_owned();
        if text.contains(' ') { format!("'{text}'") } else { text }
    };
    let program = PathBuf::from(command.get_program());
    let mut text = program.file_name().map(name).unwrap_or_default();
    for word in command.get_args() {
        text.push(' ');
        text.push_str(&name(word));
    }
    text
}

/// Runs a command that talks to the terminal itself.
pub(crate) fn run(command: &mut Command, hint: &str) -> Result<(), TaskError> {
    let status = command.status().map_err(|source| not_started(command, hint, source))?;
    finished(command, status, hint)
}

/// Runs a command and returns what it prints; its error messages go to the terminal.
pub(crate) fn output_of(command: &mut Command, hint: &str) -> Result<String, TaskError> {
    command.stderr(Stdio::inherit());
    let output = command.output().map_err(|source| not_started(command, hint, source))?;
    finished(command, output.status, hint)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a command, passing its lines on to the terminal and to `watch` as they come.
pub(crate) fn watched(
    command: &mut Command,
    hint: &str,
    mut watch: impl FnMut(&str),
) -> Result<ExitStatus, TaskError> {
    command.stdout(Stdio::piped());
    let mut child = command.spawn().map_err(|source| not_started(command, hint, source))?;
    if let Some(stdout) = child.stdout.take() {
        let mut reader = BufReader::new(stdout);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
            let mut out = std::io::stdout();
            let _ = out.write_all(&line).and_then(|()| out.flush());
            watch(String::from_utf8_lossy(&line).trim_end());
            line.clear();
        }
    }
    child.wait().map_err(|source| not_started(command, hint, source))
}

/// Where `program` is on the `PATH`.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}

fn not_started(command: &Command, hint: &str, source: std::io::Error) -> TaskError {
    let program = command.get_program().to_string_lossy().into_owned();
    TaskError::NotStarted { program, hint: hint.to_owned(), source }
}

fn finished(command: &Command, status: ExitStatus, hint: &str) -> Result<(), TaskError> {
    if status.success() {
        return Ok(());
    }
    Err(TaskError::Failed { command: typed(command), status, hint: hint.to_owned() })
}
