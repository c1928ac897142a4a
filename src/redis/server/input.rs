//! Inputs that concern a client's connection: accepted, bytes, sent, closed.

use super::{Blocked, Client, Replica, Server};
use crate::redis::backlog::Backlog;
use crate::redis::command::Outcome;
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::event::{Event, LeaveReason};
use crate::redis::ids::ConnId;
use crate::redis::resp::{Args, Command, Limits, MOST_PLAIN, Parsed, Query, plain_set, reply};
use crate::redis::units::Time;

/// A buffer for replies that is larger is not kept for the next command.
const MOST_KEPT: usize = 16 * 1024;

impl Server {
    pub(super) fn accept(&mut self, conn: ConnId, host: &str, port: u16) {
        let id = self.new_client_id();
        self.stats.connections += 1;
        let mut client = Client::new(conn, id, host, port, self.now);
        client.authenticated = self.config.requirepass.is_empty();
        self.clients.insert(conn, Box::new(client));
    }

    /// Takes the next client id. Masters have one too, whether the link is up or only remembered
    /// (`replicationCreateMasterClient`).
    pub(in crate::redis) fn new_client_id(&mut self) -> u64 {
        self.next_client_id += 1;
        self.next_client_id - 1
    }

    pub(super) fn received(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) {
        if conn.is_dialled() {
            self.master_sent(conn, bytes, effects);
            return;
        }
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        client.last_io = self.now;
        if client.is_leaving() {
            return;
        }
        // What a transaction has queued is not executed either (`argv_len_sums`).
        let queued = client.multi.as_ref().map_or(0, |multi| multi.bytes);
        let unexecuted = client.query.unexecuted() + bytes.len();
        if unexecuted as u64 + queued > self.config.query_buffer_limit {
            self.doom(conn, LeaveReason::Protocol);
            return;
        }
        let rest = &bytes[self.run_plain_sets(conn, bytes, effects)..];
        if let Some(client) = self.clients.get_mut(&conn).filter(|_| !rest.is_empty()) {
            client.query.extend(rest);
            self.process_query(conn, effects);
        }
    }

    /// Runs the plain `SET`s at the beginning of a client's `bytes` where they lie, which is most of what a
    /// master gets, and says how many bytes that were. What [`process_query`](Self::process_query) would do,
    /// without all that cannot happen to them here.
    fn run_plain_sets(&mut self, conn: ConnId, bytes: &[u8], effects: &mut Effects) -> usize {
        let mut done = 0;
        while let Some(set) = plain_set(&bytes[done..])
            && let Some(db) = self.obeys_plain_sets(conn)
        {
            self.stats.commands += 1;
            self.keys.db_mut(db).set(set.key, set.value, None);
            effects.note_routine(|| Event::Executed { conn, command: "set", dirty: true });
            self.feed_alone(db, &bytes[done..done + set.len], effects);
            if let Some(client) = self.clients.get_mut(&conn) {
                client.woff = self.history.offset;
            }
            self.with_reply(conn, |out| out.extend_from_slice(b"+OK\r\n"));
            done += set.len;
        }
        done
    }

    /// The database of a client whose plain `SET`s nothing can refuse, delay or queue, and that have no
    /// expired key to delete first.
    fn obeys_plain_sets(&self, conn: ConnId) -> Option<u32> {
        let obeys = self.following.is_none()
            && self.failover.is_none()
            && self.shutdown.is_none()
            && self.config.maxmemory == 0
            && self.config.proto_max_bulk_len >= MOST_PLAIN as u64
            && !self.needs_replicas();
        let client = self.clients.get(&conn).filter(|_| obeys)?;
        let ready = client.authenticated
            && !client.is_leaving()
            && client.query.is_empty()
            && client.blocked.is_none()
            && client.multi.is_none()
            && client.replica.is_none();
        (ready && self.keys.db(client.db).expiring() == 0).then_some(client.db)
    }

    pub(super) fn sent(&mut self, conn: ConnId, bytes: u64) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.unsent = client.unsent.saturating_sub(bytes);
            self.touched.push(conn);
        }
    }

    /// Whether nothing follows from [`Input::Sent`](crate::redis::Input::Sent) but what
    /// [`count_sent`](Self::count_sent) does, whatever connection it is for.
    pub(crate) fn only_counts(&self) -> bool {
        let waits = self.getack_wanted || self.bgsave.is_some() || self.shutdown.is_some();
        !waits && self.touched.is_empty() && !self.history.backlog.as_ref().is_some_and(Backlog::may_trim)
    }

    /// Takes [`Input::Sent`](crate::redis::Input::Sent) if the server [only counts](Self::only_counts) and
    /// this connection has nothing more to send, which is every other input of a busy master. `false`, and
    /// nothing is done, if it has: then [`handle`](Self::handle) it.
    pub(crate) fn count_sent(&mut self, now: Time, conn: ConnId, bytes: u64) -> bool {
        let end = self.history.offset.next();
        if let Some(client) = self.clients.get_mut(&conn) {
            if client.pending_reply() > 0 || client.is_leaving() {
                return false;
            }
            let waits = |replica: &Replica| replica.rdb.is_some() || replica.cursor.is_some_and(|c| c < end);
            if client.replica.as_deref().is_some_and(waits) {
                return false;
            }
            client.unsent = client.unsent.saturating_sub(bytes);
        }
        self.now = now;
        true
    }

    pub(super) fn closed(&mut self, conn: ConnId, effects: &mut Effects) {
        if conn.is_dialled() {
            self.master_closed(conn, effects);
        } else {
            self.forget_client(conn, LeaveReason::Closed, effects);
        }
    }

    /// Runs a command of the operator, without a connection and without a reply.
    pub(super) fn operate(&mut self, words: &[&[u8]], effects: &mut Effects) {
        let command: Command = words.iter().copied().collect();
        let conn = ConnId::OPERATOR;
        self.accept(conn, "operator", 0);
        if let Some(client) = self.clients.get_mut(&conn) {
            client.authenticated = true;
        }
        self.run_command(conn, command.args(), effects);
        self.clients.remove(&conn);
        self.touched.retain(|c| *c != conn);
    }

    /// Runs every complete command of a client's input (`processInputBuffer`).
    pub(in crate::redis) fn process_query(&mut self, conn: ConnId, effects: &mut Effects) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        // The buffer is taken out so that arguments can be borrowed while the server changes.
        let mut query = std::mem::take(&mut client.query);
        self.run_query(conn, &mut query, effects);
        if query.wants_compaction() {
            query.drop_head(query.pos());
        }
        if let Some(client) = self.clients.get_mut(&conn) {
            client.query = query;
        }
    }

    fn run_query(&mut self, conn: ConnId, query: &mut Query, effects: &mut Effects) {
        while let Some(client) = self.clients.get(&conn) {
            if client.is_leaving() || client.blocked.is_some() {
                return;
            }
            let limits = Limits {
                max_bulk: self.config.proto_max_bulk_len,
                authenticated: client.authenticated,
                from_master: false,
            };
            let start = query.pos();
            match query.parse(limits) {
                Ok(Parsed::Incomplete) => return,
                Ok(Parsed::Empty) => self.heard_from(conn),
                Ok(Parsed::Command(args)) => match self.run_command(conn, args, effects) {
                    Outcome::Done => {}
                    Outcome::Postponed => {
                        query.rewind(start);
                        return;
                    }
                },
                Err(error) => {
                    self.with_reply(conn, |out| reply::error(out, format!("ERR {error}")));
                    if let Some(client) = self.clients.get_mut(&conn) {
                        client.close_after_reply = true;
                    }
                    return;
                }
            }
        }
    }

    /// A replica's empty line counts as a sign of life (`processInlineBuffer`).
    fn heard_from(&mut self, conn: ConnId) {
        let now = self.now;
        if let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_mut()) {
            replica.ack_at = now;
        }
    }

    /// Appends to a client's replies. A replica's link carries no replies: what provokes one breaks
    /// the link (`_addReplyToBufferOrList`).
    pub(in crate::redis) fn with_reply(&mut self, conn: ConnId, write: impl FnOnce(&mut Vec<u8>)) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        if let Some(replica) = &client.replica {
            if self.config.version != RedisVersion::V6_2 {
                self.doom(conn, LeaveReason::Protocol);
                return;
            }
            // 6.2 injects it into the stream without counting it (`prepareClientToWrite`).
            if !replica.streams() {
                return;
            }
        }
        write(&mut client.out);
        self.touched.push(conn);
        self.check_output_limit(conn);
    }

    /// Runs one command of a client and appends its reply.
    fn run_command(&mut self, conn: ConnId, args: Args<'_>, effects: &mut Effects) -> Outcome {
        // For its memory.
        let mut out = std::mem::take(&mut self.stream_reply);
        out.clear();
        let outcome = self.process_command(conn, args, &mut out, effects);
        if !out.is_empty() {
            self.with_reply(conn, |replies| replies.extend_from_slice(&out));
        }
        if out.capacity() <= MOST_KEPT {
            self.stream_reply = out;
        }
        outcome
    }

    /// Lets clients go on whose wait is over.
    pub(in crate::redis) fn unblock(&mut self, conn: ConnId, effects: &mut Effects) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.blocked = None;
            self.process_query(conn, effects);
        }
    }

    /// Clients blocked in a way that `which` picks.
    pub(in crate::redis) fn blocked_clients(&self, which: impl Fn(&Blocked) -> bool) -> Vec<ConnId> {
        self.clients.values().filter(|c| c.blocked.as_ref().is_some_and(&which)).map(|c| c.conn).collect()
    }
}
