//! Phase two: the RDB arrives, the old data set goes, the new one is loaded
//! (`readSyncBulkPayload`, replication.c).

use super::{Cached, Link, Stream};
use crate::redis::config::RedisVersion;
use crate::redis::effects::{Effect, Effects, SendKind};
use crate::redis::event::Event;
use crate::redis::ids::ConnId;
use crate::redis::rdb::{self, RdbError};
use crate::redis::resp::leading_integer;
use crate::redis::server::Server;
use crate::redis::units::{Offset, Span, Time};

/// Bytes of the end mark of a diskless transfer (`CONFIG_RUN_ID_SIZE`).
const MARK: usize = 40;
/// Longest header line.
const MAX_HEADER: usize = 1024;

/// A snapshot arriving. The old data set is still served.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Transfer {
    pub(in crate::redis) conn: ConnId,
    offset: Offset,
    framing: Framing,
    header: Vec<u8>,
    rdb: Vec<u8>,
    pub(in crate::redis) last_io: Time,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Framing {
    /// The header has not arrived.
    Unknown,
    /// `$<length>`.
    Length(u64),
    /// `$EOF:<mark>`.
    Mark([u8; MARK]),
}

/// A complete snapshot being loaded; what arrives meanwhile waits.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Loading {
    pub(in crate::redis) conn: ConnId,
    offset: Offset,
    marked: bool,
    rdb: Vec<u8>,
    /// When loading is over.
    pub(in crate::redis) done_at: Time,
    pub(in crate::redis) last_io: Time,
    /// Bytes of the stream that arrived meanwhile.
    pub(in crate::redis) later: Vec<u8>,
    /// The connection was lost meanwhile.
    pub(in crate::redis) closed: bool,
}

impl Transfer {
    pub(super) fn new(conn: ConnId, offset: Offset, now: Time) -> Self {
        let framing = Framing::Unknown;
        Self { conn, offset, framing, header: Vec::new(), rdb: Vec::new(), last_io: now }
    }

    /// Bytes received, and in all: `None` before the header, 0 for a marked transfer
    /// (`master_sync_read_bytes`, `master_sync_total_bytes`).
    pub(in crate::redis) fn progress(&self) -> (u64, Option<u64>) {
        let total = match self.framing {
            Framing::Unknown => None,
            Framing::Length(length) => Some(length),
            Framing::Mark(_) => Some(0),
        };
        (self.rdb.len() as u64, total)
    }
}

impl Transfer {
    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.header.capacity() + self.rdb.capacity()
    }
}

impl Loading {
    /// As [`Transfer::progress`], which it still counts as: the mark is among the bytes received.
    pub(in crate::redis) fn progress(&self) -> (u64, Option<u64>) {
        let length = self.rdb.len() as u64;
        if self.marked { (length + MARK as u64, Some(0)) } else { (length, Some(length)) }
    }

    /// Bytes held.
    pub(super) fn memory(&self) -> usize {
        self.rdb.capacity() + self.later.capacity()
    }
}

impl Server {
    /// Bytes of the RDB, with its header.
    pub(super) fn rdb_bytes(&mut self, mut bytes: &[u8], effects: &mut Effects) {
        let now = self.now;
        let Some(Link::Transfer(transfer)) = self.following.as_mut().map(|f| &mut f.link) else {
            return;
        };
        if !bytes.is_empty() {
            transfer.last_io = now;
        }
        while transfer.framing == Framing::Unknown {
            let Some(end) = bytes.iter().position(|b| *b == b'\n') else {
                transfer.header.extend_from_slice(bytes);
                if transfer.header.len() > MAX_HEADER {
                    self.bad_rdb("no RDB header within 1024 bytes".into(), true, effects);
                }
                return;
            };
            transfer.header.extend_from_slice(&bytes[..end]);
            bytes = &bytes[end + 1..];
            let line = std::mem::take(&mut transfer.header);
            let line = line.strip_suffix(b"\r").unwrap_or(&line);
            match read_header(line) {
                Ok(Some(framing)) => transfer.framing = framing,
                Ok(None) => {}
                Err(why) => return self.bad_rdb(why, true, effects),
            }
        }
        let size = match transfer.framing {
            Framing::Length(length) => length,
            _ => (transfer.rdb.len() + bytes.len()).saturating_sub(MARK) as u64,
        };
        if let Some(limit) = self.config.rdb_limit.filter(|limit| size > *limit) {
            let why = format!("{size} bytes are more than this server takes ({limit})");
            return self.bad_rdb(why, false, effects);
        }
        let done = match transfer.framing {
            Framing::Length(0) => {
                // Nothing is read, which looks as if the connection had ended.
                if !bytes.is_empty() {
                    self.bad_rdb(
                        "I/O error trying to sync with MASTER: connection lost".into(),
                        true,
                        effects,
                    );
                }
                return;
            }
            Framing::Length(length) => {
                let missing = length - transfer.rdb.len() as u64;
                let here = bytes.len().min(usize::try_from(missing).unwrap_or(usize::MAX));
                transfer.rdb.extend_from_slice(&bytes[..here]);
                bytes = &bytes[here..];
                transfer.rdb.len() as u64 == length
            }
            Framing::Mark(mark) => {
                transfer.rdb.extend_from_slice(bytes);
                bytes = &[];
                transfer.rdb.ends_with(&mark)
            }
            Framing::Unknown => false,
        };
        if done {
            self.rdb_complete(bytes, effects);
        }
    }

    fn rdb_complete(&mut self, later: &[u8], effects: &mut Effects) {
        let Some(Link::Transfer(transfer)) = self.take_link() else {
            return;
        };
        let Transfer { conn, offset, framing, mut rdb, last_io, .. } = *transfer;
        let marked = matches!(framing, Framing::Mark(_));
        if marked {
            rdb.truncate(rdb.len() - MARK);
        }
        effects.note(Event::RdbReceived { bytes: rdb.len() as u64 });
        let span = self.loading_time(&rdb, effects);
        let later = later.to_vec();
        let done_at = self.now + span.unwrap_or_default();
        let loading = Loading { conn, offset, marked, rdb, done_at, last_io, later, closed: false };
        // From here on the old history is gone (`replicationAttachToNewMaster`).
        self.give_up_history(effects);
        self.keys.flush_all();
        self.set_link(Link::Loading(Box::new(loading)), effects);
        if span.is_none() {
            self.finish_loading(effects);
        } else if marked || self.config.version != RedisVersion::V6_2 {
            effects.send(conn, SendKind::Keepalive, b"\n");
        }
    }

    /// How long loading takes while the server goes on answering; `None` if it is over at once. A
    /// delay that nothing interrupts is slept through.
    fn loading_time(&self, rdb: &[u8], effects: &mut Effects) -> Option<Span> {
        let config = &self.config;
        let span = config.load_rate.map(|rate| rate.time_for(rdb.len() as u64));
        if config.key_load_delay == 0 {
            return span;
        }
        let keys = rdb::decode(rdb, config.databases).map_or(0, |loaded| loaded.keys.len() as u64);
        let delay = Span::from_micros(config.key_load_delay.saturating_mul(keys));
        if (rdb.len() as u64) < config.loading_events_interval {
            effects.push(Effect::Sleep(delay));
            return span;
        }
        Some(span.unwrap_or_default() + delay)
    }

    /// Loads the snapshot and starts to follow the stream.
    pub(in crate::redis) fn finish_loading(&mut self, effects: &mut Effects) {
        let Some(Link::Loading(loading)) = self.take_link() else {
            return;
        };
        let Loading { conn, offset, marked, rdb, later, closed, .. } = *loading;
        let loaded = match rdb::decode(&rdb, self.config.databases) {
            Ok(loaded) => loaded,
            Err(error) => {
                if let Some(following) = &mut self.following {
                    following.link = Link::Connecting(super::Dial::new(conn, self.now));
                }
                let at_once =
                    matches!(error, RdbError::BadMagic { .. } | RdbError::UnsupportedVersion { .. });
                return self.bad_rdb(error.to_string(), at_once, effects);
            }
        };
        // It came by way of a file, which stays (`rdb-del-sync-files no`).
        effects.push(Effect::KeepSnapshot { rdb: rdb.into() });
        self.keys = loaded.keys;
        let stream_db = loaded.repl.map_or(0, |r| r.stream_db).min(self.config.databases - 1);
        let id = self.history.told;
        self.history.id = id;
        self.history.offset = offset;
        self.history.second = None;
        effects.note(Event::RdbLoaded { keys: self.keys.len() as u64, offset });
        effects.note(Event::ReplIdChanged { id, second: None });
        let pre_psync = offset == Offset::UNKNOWN;
        self.new_client_id();
        let from = Cached { id, applied: offset, db: stream_db, pre_psync };
        let stream = Stream::new(conn, from, self.now);
        self.set_link(Link::Connected(stream), effects);
        if let Some(following) = &mut self.following {
            following.down_since = None;
        }
        self.need_backlog(effects);
        if closed {
            return self.master_closed(conn, effects);
        }
        if marked {
            self.send_ack(effects);
        }
        if !later.is_empty() {
            self.master_sent(conn, &later, effects);
        }
    }

    /// The snapshot cannot be used: this attempt is over. Where Redis dials again at once
    /// (`cancelReplicationHandshake(1)`: a wrong header, no RDB at all) so does this server. Where its
    /// process ends (`rdbReportCorruptRDB`: a damaged file) the next attempt begins at the next tick.
    fn bad_rdb(&mut self, why: String, at_once: bool, effects: &mut Effects) {
        effects.note(Event::RdbRejected { error: why.into() });
        self.retry_later(at_once, effects);
    }
}

/// What a header line says; `None` if another follows: after an empty one (the master is still busy),
/// and after `$-1`, which is how Redis says to itself that there was none.
fn read_header(line: &[u8]) -> Result<Option<Framing>, String> {
    let shown = || String::from_utf8_lossy(&line[..line.len().min(80)]).into_owned();
    match line {
        [] => Ok(None),
        [b'-', ..] => Err(format!("MASTER aborted replication with an error: {}", shown())),
        [b'$', b'E', b'O', b'F', b':', mark @ ..] if mark.len() >= MARK => {
            Ok(mark.first_chunk().map(|mark| Framing::Mark(*mark)))
        }
        [b'$', length @ ..] => match (leading_integer(length), u64::try_from(leading_integer(length))) {
            (-1, _) => Ok(None),
            (_, Ok(length)) => Ok(Some(Framing::Length(length))),
            // Redis reads into its stack for as long as there is something to read.
            _ => Err(format!("Bad protocol from MASTER, '{}' is not a length", shown())),
        },
        _ => Err(format!("Bad protocol from MASTER, the first byte is not '$' (we received '{}')", shown())),
    }
}
