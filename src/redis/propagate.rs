//! From commands that ran to bytes of the replication stream.
//!
//! A command that changed something is queued here as it is to travel (rewritten where Redis
//! rewrites it); at the end of the outermost unit the queue is fed to the stream
//! (`propagatePendingCommands`, server.c), with `SELECT` where the database changes and
//! `MULTI`/`EXEC` around more than one command.

use super::config::RedisVersion;
use super::effects::Effects;
use super::event::{Event, LeaveReason, StreamKind};
use super::ids::ConnId;
use super::resp::{Args, encode_command};
use super::server::{Client, Server};
use super::units::BytePos;
use std::ops::Range;

/// Arguments above this size decide how big a block is, so they are fed on their own.
const BIG: usize = 16 * 1024;

/// Commands of the unit being run, encoded, waiting for its end.
#[derive(Clone, Debug, Default)]
pub(super) struct Propagation {
    bytes: Vec<u8>,
    queue: Vec<(u32, Range<usize>)>,
}

impl Server {
    /// Whether writes go into a stream: only a master with a backlog produces bytes.
    fn produces(&self) -> bool {
        self.following.is_none() && self.history.backlog.is_some()
    }

    /// Queues a command as the client sent it.
    pub(super) fn propagate_args(&mut self, db: u32, args: Args<'_>) {
        if self.produces() {
            let start = self.propagation.bytes.len();
            args.encode(&mut self.propagation.bytes);
            self.propagation.queue.push((db, start..self.propagation.bytes.len()));
        }
    }

    /// Queues a command in the form in which it is to travel.
    pub(super) fn propagate(&mut self, db: u32, words: &[&[u8]]) {
        if self.produces() {
            let start = self.propagation.bytes.len();
            encode_command(words.iter().copied(), &mut self.propagation.bytes);
            self.propagation.queue.push((db, start..self.propagation.bytes.len()));
        }
    }

    /// Feeds the queue to the stream. `exec` is the word that ended a transaction: 6.2 wraps
    /// it even around a single write, and closes with that very word.
    pub(super) fn flush_propagation(&mut self, exec: Option<&[u8]>, effects: &mut Effects) {
        if self.propagation.queue.is_empty() {
            return;
        }
        let Propagation { bytes, queue } = std::mem::take(&mut self.propagation);
        let old = self.config.version == RedisVersion::V6_2;
        let wrap = if old { exec.is_some() } else { queue.len() > 1 };
        let end = exec.filter(|_| old).unwrap_or(b"EXEC");
        let select_inside = self.config.version == RedisVersion::V7_2;
        let first_db = queue.first().map_or(0, |(db, _)| *db);
        if wrap {
            if !select_inside {
                self.feed_select(first_db, effects);
            }
            self.feed_words(&[b"MULTI"], effects);
        }
        for (db, range) in &queue {
            self.feed_select(*db, effects);
            self.feed_command(&bytes[range.clone()], StreamKind::Command, effects);
        }
        if wrap {
            self.feed_words(&[end], effects);
        }
        self.propagation = Propagation { bytes, queue };
        self.propagation.bytes.clear();
        self.propagation.queue.clear();
    }

    /// Feeds a client's command that stands for itself, as it came.
    pub(super) fn feed_alone(&mut self, db: u32, bytes: &[u8], effects: &mut Effects) {
        if self.produces() {
            self.feed_select(db, effects);
            self.feed_command(bytes, StreamKind::Command, effects);
        }
    }

    fn feed_words(&mut self, words: &[&[u8]], effects: &mut Effects) {
        let mut bytes = Vec::new();
        encode_command(words.iter().copied(), &mut bytes);
        self.feed_command(&bytes, StreamKind::Command, effects);
    }

    fn feed_select(&mut self, db: u32, effects: &mut Effects) {
        if self.history.selected != Some(db) {
            self.history.selected = Some(db);
            self.feed_words(&[b"SELECT", db.to_string().as_bytes()], effects);
        }
    }

    /// Adds one command to the stream (`replicationFeedSlaves`), which Redis does argument by
    /// argument.
    pub(super) fn feed_command(&mut self, bytes: &[u8], kind: StreamKind, effects: &mut Effects) {
        if !self.produces() {
            return;
        }
        let from = self.history.offset.next();
        if bytes.len() <= BIG {
            self.feed(bytes, effects);
        } else {
            for piece in pieces(bytes) {
                self.feed(piece, effects);
            }
        }
        let to = self.history.offset;
        effects.note_routine(|| Event::Fed { kind, from, to });
    }

    /// Adds bytes to the stream: backlog, offset and the replicas' output buffers
    /// (`feedReplicationBuffer`).
    fn feed(&mut self, bytes: &[u8], effects: &mut Effects) {
        self.feed_with(bytes, false, effects);
    }

    /// Like [`feed`](Self::feed), and the only place where the offset grows. `small` says that these may be
    /// several commands, each of at most [`SMALL`](super::backlog::SMALL) bytes.
    pub(super) fn feed_with(&mut self, bytes: &[u8], small: bool, effects: &mut Effects) {
        let Some(backlog) = &mut self.history.backlog else {
            return;
        };
        let from = self.history.offset.next();
        let oldest = backlog.first();
        let new_block = if small { backlog.append_small(bytes) } else { backlog.append(bytes) };
        // Blocks wait until they are trimmed.
        if backlog.first() > oldest {
            effects.note(Event::BacklogOverwrote { from: oldest, first: backlog.first() });
        }
        self.history.offset = self.history.offset.plus(bytes.len() as u64);
        for n in 0..self.replicas.len() {
            let conn = self.replicas[n];
            let Some(client) = self.clients.get_mut(&conn) else {
                continue;
            };
            if attach(client, from, bytes) || new_block {
                self.check_output_limit(conn);
            }
        }
        if new_block {
            self.trim_backlog(super::backlog::TRIM_PER_CALL, effects);
        }
    }

    /// Dooms a client or replica whose output buffer is over its limit
    /// (`closeClientOnOutputBufferLimitReached`).
    pub(super) fn check_output_limit(&mut self, conn: ConnId) {
        let now = self.unix_secs();
        let Some(client) = self.clients.get(&conn) else {
            return;
        };
        let (used, limit) = match client.replica.as_deref() {
            Some(replica) => (self.limited_usage(client, replica), self.config.limit_replica),
            None => (client.pending_reply() as u64, self.config.limit_normal),
        };
        let mut hard = limit.hard;
        if hard > 0 && client.replica.is_some() && self.config.version != RedisVersion::V6_2 {
            // A limit below the backlog would drop replicas whose bytes are kept anyway.
            hard = hard.max(self.config.repl_backlog_size);
        }
        let over_soft = limit.soft > 0 && used >= limit.soft;
        let since = if over_soft { Some(client.over_soft_since.unwrap_or(now)) } else { None };
        let soft_reached = since.is_some_and(|since| now - since > limit.soft_seconds);
        if let Some(client) = self.clients.get_mut(&conn) {
            client.over_soft_since = since;
        }
        if (hard > 0 && used >= hard) || soft_reached {
            self.doom(conn, LeaveReason::OutputBufferLimit { used });
        }
    }
}

/// Starts or continues a replica's share of the stream; `true` if it keeps a copy of its own.
fn attach(client: &mut Client, from: BytePos, bytes: &[u8]) -> bool {
    let Some(replica) = client.replica.as_deref_mut().filter(|r| r.is_fed()) else {
        return false;
    };
    replica.cursor.get_or_insert(from);
    match &mut replica.own {
        Some(own) => {
            own.append(bytes);
            true
        }
        None => false,
    }
}

/// The pieces in which Redis feeds a command: each big argument on its own, all else around it.
fn pieces(bytes: &[u8]) -> Vec<&[u8]> {
    let mut pieces = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < bytes.len() {
        let Some(end) = bytes[at..].iter().position(|b| *b == b'\n').map(|n| at + n + 1) else {
            break;
        };
        let length = std::str::from_utf8(&bytes[at..end]).ok().and_then(|line| {
            line.trim_end().strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok())
        });
        at = end;
        if let Some(length) = length {
            let arg_end = (at + length).min(bytes.len());
            if length > BIG {
                pieces.push(&bytes[start..at]);
                pieces.push(&bytes[at..arg_end]);
                start = arg_end;
            }
            at = (arg_end + 2).min(bytes.len());
        }
    }
    pieces.push(&bytes[start..]);
    pieces
}
