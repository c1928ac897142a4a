//! Phase three and after: executing the master's stream and passing it on.
//!
//! Two offsets: every byte *read*, and the end of the last command *applied*. What is applied goes
//! verbatim into the own backlog and on to sub-replicas (`replicationFeedStreamFromMasterStream`);
//! inside `MULTI` nothing counts as applied before `EXEC`.

use super::{Cached, Link};
use crate::redis::command::Spec;
use crate::redis::effects::{Effects, SendKind};
use crate::redis::event::{Event, StreamKind};
use crate::redis::ids::{ConnId, ReplId};
use crate::redis::keyspace::{Db, WARM};
use crate::redis::resp::{Limits, Parsed, PlainSet, Query, encode_command, plain_set};
use crate::redis::server::{Multi, Server};
use crate::redis::units::{Offset, Time};

/// The link once the stream flows (`server.master`).
#[derive(Clone, Debug)]
pub(in crate::redis) struct Stream {
    pub(in crate::redis) conn: ConnId,
    /// The id the master gave (`master->replid`), which `DEBUG CHANGE-REPL-ID` leaves alone.
    pub(super) id: ReplId,
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
    /// See [`Cached::pre_psync`].
    pub(super) pre_psync: bool,
    /// The master broke the protocol: nothing more is executed, and the link ends with the next ACK.
    pub(super) broken: bool,
}

impl Stream {
    pub(super) fn new(conn: ConnId, from: Cached, now: Time) -> Self {
        let Cached { id, applied, db, pre_psync } = from;
        Self {
            conn,
            id,
            query: Query::default(),
            unapplied: 0,
            db,
            multi: None,
            last: None,
            read: applied,
            applied,
            last_io: now,
            pre_psync,
            broken: false,
        }
    }

    /// How many bytes were received and are not applied.
    fn kept(&self) -> usize {
        self.query.pos() - self.unapplied + self.query.unparsed()
    }
}

/// Bytes handed to the careful parser at once: enough to complete a usual command that was cut, few
/// enough to go back to reading commands where they lie.
const PIECE: usize = 4096;

impl Server {
    /// Bytes of the stream. Commands are executed where they lie, if possible; what is cut at the end
    /// waits in the query buffer.
    pub(super) fn stream_bytes(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) {
        let now = self.now;
        let Some(stream) = self.stream_of(conn) else { return };
        stream.last_io = now;
        stream.read = stream.read.plus(bytes.len() as u64);
        let mut at = 0;
        loop {
            let Some(stream) = self.stream_of(conn).filter(|stream| !stream.broken) else { return };
            if stream.query.is_empty() && stream.multi.is_none() {
                at += self.run_sets(conn, &bytes[at..], effects);
            }
            let piece = PIECE.min(bytes.len() - at);
            if piece == 0 {
                return;
            }
            let Some(stream) = self.stream_of(conn) else { return };
            stream.query.extend(&bytes[at..at + piece]);
            at += piece;
            self.run_stream(effects);
            let Some(stream) = self.stream_of(conn) else { return };
            // The end of this piece is read again together with what follows.
            let kept = stream.kept();
            if at < bytes.len() && kept < piece && stream.multi.is_none() {
                at -= kept;
                stream.query.clear();
                stream.unapplied = 0;
            }
        }
    }

    fn stream_of(&mut self, conn: ConnId) -> Option<&mut Stream> {
        match self.following.as_mut().map(|f| &mut f.link) {
            Some(Link::Connected(stream)) if stream.conn == conn => Some(stream),
            _ => None,
        }
    }

    /// Executes the plain `SET`s at the beginning of `bytes`, of which a stream mostly consists, and
    /// says how many bytes that were. Outside of a transaction, and between commands.
    ///
    /// The same as running them one by one (a master's `SET` of three words looks at nothing else),
    /// but a batch at a time, so that the processor waits for many keys' memory at once, and with one
    /// append to the backlog. Only where nobody listens: an event tells of a single command.
    #[inline]
    fn run_sets(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) -> usize {
        // The page always listens: it need not download the rest.
        if cfg!(target_arch = "wasm32") || effects.records_commands() {
            self.run_each_set(bytes, effects)
        } else {
            self.run_batches(conn, bytes, effects)
        }
    }

    fn run_batches(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) -> usize {
        let mut done = 0;
        loop {
            let mut sets = [PlainSet::default(); WARM];
            let mut tags = [0; WARM];
            let (mut n, mut end) = (0, done);
            while n < WARM
                && let Some(set) = plain_set(&bytes[end..])
            {
                end += set.len;
                (sets[n], tags[n]) = (set, Db::tag(set.key));
                n += 1;
            }
            let Some(db) = self.stream_of(conn).map(|stream| stream.db).filter(|_| n > 0) else { break };
            let db = self.keys.db_mut(db);
            db.warm(&tags[..n]);
            for (set, tag) in sets[..n].iter().zip(tags) {
                db.set_tagged(tag, set.key, set.value, None);
            }
            done = end;
        }
        if done > 0 {
            self.applied(&bytes[..done], true, effects);
        }
        done
    }

    /// Like [`run_sets`](Self::run_sets), one by one.
    fn run_each_set(&mut self, bytes: &[u8], effects: &mut Effects) -> usize {
        let mut done = 0;
        while done < bytes.len()
            && let Some(set) = plain_set(&bytes[done..])
            && let Some(db) = self.following.as_ref().and_then(|f| f.stream()).map(|stream| stream.db)
        {
            self.keys.db_mut(db).set(set.key, set.value, None);
            self.applied(&bytes[done..done + set.len], true, effects);
            done += set.len;
        }
        done
    }

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
            // What it has read is of no more use.
            (stream.broken, stream.multi) = (true, None);
            self.stats.unexpected_errors += 1;
            return;
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
            let between =
                self.stream_of(conn).is_some_and(|s| s.multi.is_none() && s.unapplied == query.pos());
            if between {
                let ran = self.run_sets(conn, query.rest(), effects);
                query.skip(ran);
                if let Some(stream) = self.stream_of(conn) {
                    stream.unapplied += ran;
                }
            }
            match query.parse(limits) {
                Ok(Parsed::Incomplete) => {
                    let limit = self.config.rdb_limit.unwrap_or(u64::MAX);
                    if self.unapplied(query) > limit {
                        // Not a rule of Redis: there is no ACK to wait for.
                        if let Some(stream) = self.stream_of(conn) {
                            stream.broken = true;
                        }
                        self.drop_master_link(effects);
                    }
                    return false;
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
        let Some(stream) = self.following.as_mut().and_then(|f| f.stream_mut()) else { return };
        if stream.multi.is_none() {
            let from = std::mem::replace(&mut stream.unapplied, query.pos());
            self.applied(query.bytes(from..query.pos()), false, effects);
        }
    }

    /// Counts bytes as applied and passes them on; `small` as in [`feed_with`](Self::feed_with).
    #[cfg_attr(any(not(target_arch = "wasm32"), feature = "inline-hot"), inline(always))]
    fn applied(&mut self, bytes: &[u8], small: bool, effects: &mut Effects) {
        let Some(stream) = self.following.as_mut().and_then(|f| f.stream_mut()) else { return };
        let from = stream.applied.next();
        stream.applied = stream.applied.plus(bytes.len() as u64);
        let to = stream.applied;
        effects.note_routine(|| Event::Applied { from, to });
        self.feed_with(bytes, small, effects);
        if !self.replicas.is_empty() {
            effects.note_routine(|| Event::Fed { kind: StreamKind::Relay, from, to });
        }
    }

    /// `REPLCONF ACK <applied>` (`replicationSendAck`). To a master that broke the protocol nothing is
    /// said: having nothing left to say ends the link (`writeToClient`).
    pub(in crate::redis) fn send_ack(&mut self, effects: &mut Effects) {
        let Some(stream) = self.following.as_ref().and_then(|f| f.stream()) else {
            return;
        };
        if stream.broken {
            self.drop_master_link(effects);
            return;
        }
        let mut bytes = Vec::new();
        let applied = stream.applied.to_string();
        let words: [&[u8]; 3] = [b"REPLCONF", b"ACK", applied.as_bytes()];
        encode_command(words, &mut bytes);
        effects.send(stream.conn, SendKind::Ack, &bytes);
    }
}
