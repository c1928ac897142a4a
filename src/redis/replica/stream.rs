//! Phase three and after: executing the master's stream and passing it on.
//!
//! Two offsets: every byte *read*, and the end of the last command *applied*. What is applied goes
//! verbatim into the own backlog and on to sub-replicas (`replicationFeedStreamFromMasterStream`);
//! inside `MULTI` nothing counts as applied before `EXEC`.

use super::Link;
use crate::redis::command::Spec;
use crate::redis::effects::{Effects, SendKind};
use crate::redis::event::{Event, StreamKind};
use crate::redis::ids::ConnId;
use crate::redis::resp::{Limits, Parsed, Query, encode_command};
use crate::redis::server::{Multi, Server};
use crate::redis::units::{Offset, Time};

/// The link once the stream flows (`server.master`).
#[derive(Clone, Debug)]
pub(in crate::redis) struct Stream {
    pub(in crate::redis) conn: ConnId,
    pub(in crate::redis) query: Query,
    /// Where in `query` the bytes begin that are not applied.
    unapplied: usize,
    /// The database the stream is in.
    pub(in crate::redis) db: u32,
    pub(in crate::redis) multi: Option<Multi>,
    /// The last command, which is likely the next one.
    pub(in crate::redis) last: Option<&'static Spec>,
    /// `slave_read_repl_offset`.
    pub(in crate::redis) read: Offset,
    /// `slave_repl_offset`.
    pub(in crate::redis) applied: Offset,
    pub(in crate::redis) last_io: Time,
    /// The master knows only `SYNC`: it gets no ACKs.
    pub(in crate::redis) pre_psync: bool,
}

impl Stream {
    pub(super) fn new(conn: ConnId, applied: Offset, db: u32, pre_psync: bool, now: Time) -> Self {
        Self {
            conn,
            query: Query::default(),
            unapplied: 0,
            db,
            multi: None,
            last: None,
            read: applied,
            applied,
            last_io: now,
            pre_psync,
        }
    }

    pub(super) fn receive(&mut self, bytes: &[u8], now: Time) {
        self.last_io = now;
        self.read = self.read.plus(bytes.len() as u64);
        self.query.extend(bytes);
    }
}

impl Server {
    /// Executes every complete command of the stream.
    pub(super) fn run_stream(&mut self, effects: &mut Effects) {
        let Some(Link::Connected(stream)) = self.following.as_mut().map(|f| &mut f.link) else {
            return;
        };
        // Taken out so that arguments can be borrowed while the server changes.
        let mut query = std::mem::take(&mut stream.query);
        let conn = stream.conn;
        let broken = self.run_stream_commands(conn, &mut query, effects);
        let Some(Link::Connected(stream)) = self.following.as_mut().map(|f| &mut f.link) else {
            return;
        };
        if stream.conn != conn {
            return;
        }
        if broken {
            // Out of step with the master: nothing that was read can be trusted to resume from.
            self.detach(effects);
            if let Some(following) = &mut self.following {
                following.cached = None;
            }
            self.tell_link(effects);
            return self.connect_with_master(effects);
        }
        if query.wants_compaction() || stream.unapplied >= 16 * 1024 {
            query.drop_head(stream.unapplied);
            stream.unapplied = 0;
        }
        stream.query = query;
    }

    /// `true` if the stream broke the protocol.
    fn run_stream_commands(&mut self, conn: ConnId, query: &mut Query, effects: &mut Effects) -> bool {
        let limits = Limits { max_bulk: u64::MAX, authenticated: true, from_master: true };
        loop {
            match query.parse(limits) {
                Ok(Parsed::Incomplete) => {
                    let limit = self.config.rdb_limit.unwrap_or(u64::MAX);
                    return self.unapplied(query) > limit;
                }
                // Counted together with the next command, as in Redis.
                Ok(Parsed::Empty) => continue,
                Ok(Parsed::Command(args)) => {
                    self.run_from_master(conn, args, effects);
                    // A command may end the link (it cannot today, but the stream is not ours).
                    if self.following.as_ref().and_then(|f| f.link.conn()) != Some(conn) {
                        return false;
                    }
                }
                Err(_) => return true,
            }
            self.count_applied(query, effects);
        }
    }

    /// Bytes of the stream that are kept because they are not applied yet.
    fn unapplied(&self, query: &Query) -> u64 {
        let stream = self.following.as_ref().and_then(|f| f.stream());
        stream.map_or(0, |s| (query.pos() - s.unapplied + query.unparsed()) as u64)
    }

    /// Everything parsed so far is applied, unless a transaction is open (`commandProcessed`).
    fn count_applied(&mut self, query: &Query, effects: &mut Effects) {
        let Some(Link::Connected(stream)) = self.following.as_mut().map(|f| &mut f.link) else {
            return;
        };
        if stream.multi.is_some() {
            return;
        }
        let bytes = query.bytes(stream.unapplied..query.pos());
        let from = stream.applied.next();
        stream.applied = stream.applied.plus(bytes.len() as u64);
        stream.unapplied = query.pos();
        let to = stream.applied;
        effects.note(Event::Applied { from, to });
        self.feed(bytes, effects);
        if !self.replicas.is_empty() {
            effects.note(Event::Fed { kind: StreamKind::Relay, from, to });
        }
    }

    /// `REPLCONF ACK <applied>` (`replicationSendAck`).
    pub(in crate::redis) fn send_ack(&mut self, effects: &mut Effects) {
        let Some(stream) = self.following.as_ref().and_then(|f| f.stream()) else {
            return;
        };
        if stream.pre_psync {
            return;
        }
        let mut bytes = Vec::new();
        let applied = stream.applied.to_string();
        let words: [&[u8]; 3] = [b"REPLCONF", b"ACK", applied.as_bytes()];
        encode_command(words, &mut bytes);
        effects.send(stream.conn, SendKind::Ack, &bytes);
    }
}
