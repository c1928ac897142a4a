//! Commands: the table, the checks before one runs, and the commands themselves.
//!
//! A command's function gets the [`Server`] and a `Call`: its words, where the reply goes, and
//! what it says about propagation. See `dispatch` for what happens around it.

mod admin;
mod clients;
mod dispatch;
mod expiry;
mod info;
mod keys;
mod long_double;
mod moves;
mod numbers;
mod ranges;
mod strings;
mod table;
mod txn;

pub(super) use admin::Shutdown;
pub(super) use dispatch::Outcome;
pub use table::{Spec, names};

use super::config::RedisVersion;
use super::effects::Effects;
use super::ids::ConnId;
use super::resp::{Args, reply};
use super::server::Server;

/// How a command that changed something travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Travel {
    /// As the client sent it.
    Verbatim,
    /// The command has queued what is to travel itself.
    Queued,
}

/// One run of one command.
pub(super) struct Call<'a> {
    pub(super) args: Args<'a>,
    pub(super) conn: ConnId,
    /// The selected database; `SELECT` changes it.
    pub(super) db: u32,
    /// Sent by our master: always obeyed, keys never count as expired.
    pub(super) from_master: bool,
    /// Inside `EXEC`.
    pub(super) in_exec: bool,
    pub(super) reply: &'a mut Vec<u8>,
    /// How much it changed (`server.dirty`).
    pub(super) dirty: u64,
    pub(super) travel: Travel,
}

/// The body of a command.
pub(super) type Run = fn(&mut Server, &mut Call<'_>, &mut Effects);

impl Call<'_> {
    pub(super) fn ok(&mut self) {
        reply::simple(self.reply, "OK");
    }

    pub(super) fn error(&mut self, text: impl AsRef<[u8]>) {
        reply::error(self.reply, text);
    }

    /// An error that quotes a word of the client's, whatever its bytes.
    pub(super) fn error_about(&mut self, before: &str, word: &[u8], after: &str) {
        self.error(about(before, word, after));
    }

    pub(super) fn integer(&mut self, value: i64) {
        reply::integer(self.reply, value);
    }

    pub(super) fn bulk(&mut self, bytes: &[u8]) {
        reply::bulk(self.reply, bytes);
    }

    pub(super) fn null(&mut self) {
        reply::null(self.reply);
    }

    /// An odd number of words where pairs are wanted.
    pub(super) fn wrong_pairs(&mut self, command: &str, version: RedisVersion) {
        if version == RedisVersion::V6_2 {
            // It says MSET for MSETNX, too.
            self.error("ERR wrong number of arguments for MSET");
        } else {
            self.wrong_arity(command);
        }
    }

    pub(super) fn wrong_arity(&mut self, command: &str) {
        self.error(format!("ERR wrong number of arguments for '{command}' command"));
    }
}

/// A text that quotes a word of the client's as `%s` does: its bytes as they are, up to a zero.
fn about(before: &str, word: &[u8], after: &str) -> Vec<u8> {
    let end = word.iter().position(|b| *b == 0).unwrap_or(word.len());
    [before.as_bytes(), &word[..end], after.as_bytes()].concat()
}
