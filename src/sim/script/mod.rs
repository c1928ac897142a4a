//! Scripts: stories as text, each block of commands followed by what the world printed.
//!
//! ```text
//! # A replica is cut off for two seconds. The backlog still covers the gap.
//! nodes a b
//! replicaof b a
//! run 5s
//! cut a-b
//! write a SET k v
//! run 2s
//! heal a-b
//! run 3s
//! expect b offset = a
//! ----
//!   7.021 a psync     b continues from 53, 27 bytes behind
//! ```
//!
//! A block ends with `----`; the lines up to the next empty line are what is expected. [`play`] runs
//! a script and gives it back with what was really printed, so a test compares two texts and a
//! person reviews the difference. [`COMMANDS`] lists what may be said.

mod parse;
mod run;
mod words;

pub use parse::parse;
pub use run::{Played, play};

use super::action::ActionError;
use super::session::Session;
use super::spec::WorldSpec;
use crate::redis::{Span, Time};

/// What a line may be.
pub const COMMANDS: &str = "\
course | nodes <name>… | seed <n> | paths <latency> <bytes/s> | link <a>-<b> <latency> <bytes/s> |
set <node> <setting> <value> | data <node> <command> | client <name> <node> <time> <command> |
run <time> | until <time> | quiet | show <kind>… | cut <a>-<b> | heal <a>-<b> | hold <a>-<b> |
silent <a>-<b> | deaf <a>-<b> <node> | write <node> <command> | replicaof <node> <node>|none |
kill <node> | restart <node> [empty] | pause <node> | resume <node> | rate <client> <time> |
start <client> | stop <client> | expect …";

/// What `expect` may say.
pub const EXPECTATIONS: &str = "\
expect <node> key <key> <value> | expect <node> nokey <key> | expect <node> offset <n>|= <node> |
expect <node> link up|down | expect <node> role master|replica | expect <node> online <n> |
expect equal <node>… | expect line <text> | expect noline <text>";

/// A script that could be read.
#[derive(Clone, Debug)]
pub struct Script {
    /// The world it starts from.
    pub spec: WorldSpec,
    pub(super) blocks: Vec<Block>,
}

/// Commands and what was expected to be printed.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    /// The lines as they are, up to `----`.
    text: Vec<String>,
    commands: Vec<(u32, Command)>,
    /// Whether the block ends with `----`.
    prints: bool,
}

/// A line that is done when the script runs; the others have made the spec.
#[derive(Clone, Debug)]
pub(super) enum Command {
    Run(Span),
    Until(Time),
    /// Run until nothing with bytes is on the wire and all replicas are as far as their masters.
    Quiet,
    Show(Vec<Kind>),
    Act(super::action::Action),
    Expect(Vec<String>),
}

/// Kinds of trace lines, for `show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    /// What servers tell, without the kinds below.
    Events,
    /// The stream: bytes fed, applied and acknowledged.
    Stream,
    /// Bytes overwritten in a backlog.
    Backlog,
    /// States of the replica's link.
    Link,
    /// Commands run.
    Commands,
    /// Packets sent, delivered and lost.
    Packets,
    /// Connections.
    Conns,
    /// Links changed, processes up and down.
    Network,
    /// Actions.
    Actions,
    /// Replies to clients.
    Replies,
}

/// Why a script cannot be read or played. Lines count from one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptError {
    /// A line starts with an unknown word.
    #[error("line {line}: \"{word}\" is not one of:\n{allowed}")]
    Unknown {
        /// Where.
        line: u32,
        /// The word.
        word: String,
        /// What is allowed there.
        allowed: &'static str,
    },
    /// A word is not what it should be.
    #[error("line {line}: \"{found}\" where {expected} should be")]
    Bad {
        /// Where.
        line: u32,
        /// The word; empty at the end of the line.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// A line that sets the scene comes after the scene has begun.
    #[error("line {line}: the scene must be set before anything happens in it")]
    TooLate {
        /// Where.
        line: u32,
    },
    /// An action cannot be done.
    #[error("line {line}: {error}")]
    Action {
        /// Where.
        line: u32,
        /// Why.
        error: ActionError,
    },
    /// An expectation is not met.
    #[error("line {line}: expected {expected}, but {found}")]
    Unmet {
        /// Where.
        line: u32,
        /// What.
        expected: String,
        /// What is so instead.
        found: String,
    },
}

/// Reads a script and plays it.
///
/// # Errors
/// If it cannot be read, an action cannot be done or an expectation is not met.
pub fn tell(text: &str) -> Result<Played, ScriptError> {
    let script = parse(text)?;
    let session = Session::new(script.spec.clone());
    play(&script, session)
}
