//! What happens around a command: the checks before it (`processCommand`) and the propagation after
//! it (`call`), in Redis's order (server.c).

use super::table::{AT_ONCE, LOADING, NO_AUTH, NO_MULTI, OOM, READ, STALE, TXN, WRITE, find};
use super::{Call, Spec, Travel, about};
use crate::redis::config::{EvictionPolicy, RedisVersion};
use crate::redis::effects::Effects;
use crate::redis::event::{Event, RefuseReason};
use crate::redis::ids::ConnId;
use crate::redis::replica::Link;
use crate::redis::resp::{Args, reply};
use crate::redis::server::{Blocked, Multi, Server};

/// What became of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::redis) enum Outcome {
    /// It ran, was queued or was refused.
    Done,
    /// It has to wait and must be parsed again later.
    Postponed,
}

impl Server {
    /// Checks and runs one command of a client.
    pub(in crate::redis) fn process_command(
        &mut self,
        conn: ConnId,
        args: Args<'_>,
        out: &mut Vec<u8>,
        effects: &mut Effects,
    ) -> Outcome {
        self.stats.commands += 1;
        let spec = match lookup(args, self.config.version) {
            Ok(spec) => spec,
            Err(error) => {
                self.reject(conn, args, &error, out);
                return Outcome::Done;
            }
        };
        if let Err((error, reason)) = self.admit(conn, spec, effects) {
            self.reject(conn, args, error.as_bytes(), out);
            if let Some(reason) = reason {
                effects.note(Event::Refused { conn, reason });
            }
            self.flush_propagation(None, effects);
            return Outcome::Done;
        }
        if (self.failover.is_some() || self.shuts_down()) && self.writes(conn, spec) {
            if let Some(client) = self.clients.get_mut(&conn) {
                client.blocked = Some(Blocked::Paused);
            }
            return Outcome::Postponed;
        }
        let Some(client) = self.clients.get_mut(&conn) else {
            return Outcome::Done;
        };
        if let Some(multi) = client.multi.as_mut().filter(|_| !spec.has(AT_ONCE)) {
            multi.push(spec, args.to_command());
            reply::simple(out, "QUEUED");
            return Outcome::Done;
        }
        let db = client.db;
        let mut call = Call {
            args,
            conn,
            db,
            from_master: false,
            in_exec: false,
            reply: out,
            dirty: 0,
            travel: Travel::Verbatim,
        };
        self.call(spec, &mut call, effects);
        let db = call.db;
        self.flush_propagation((spec.name == "exec").then(|| args.get(0)), effects);
        let offset = self.history.offset;
        if let Some(client) = self.clients.get_mut(&conn) {
            client.db = db;
            client.woff = offset;
        }
        Outcome::Done
    }

    /// Runs a command and queues what is to travel.
    pub(super) fn call(&mut self, spec: &'static Spec, call: &mut Call<'_>, effects: &mut Effects) {
        (spec.run)(self, call, effects);
        if call.dirty > 0 && call.travel == Travel::Verbatim && spec.has(WRITE) {
            self.propagate_args(call.db, call.args);
        }
        if !call.from_master {
            if self.following.is_some() && spec.has(WRITE) {
                self.remember_own_expiry(call.db, call.args.get(1));
            }
            let (conn, command, dirty) = (call.conn, spec.name, call.dirty > 0);
            effects.note_routine(|| Event::Executed { conn, command, dirty });
        }
    }

    /// Runs a command of the master's stream: always obeyed, never answered.
    pub(in crate::redis) fn run_from_master(&mut self, conn: ConnId, args: Args<'_>, effects: &mut Effects) {
        let Some(Link::Connected(stream)) = self.following.as_mut().map(|f| &mut f.link) else {
            return;
        };
        let version = self.config.version;
        // Streams repeat themselves: try the last command's name first.
        let again = stream.last.filter(|spec| args.is(0, spec.name) && fits(spec, args.len(), version));
        let found = again.map_or_else(|| lookup(args, version), Ok);
        let spec = match found {
            Ok(spec) if stream.multi.is_none() || !spec.has(NO_MULTI) => spec,
            _ => {
                self.stats.unexpected_errors += 1;
                match &mut stream.multi {
                    Some(_) if args.is(0, "exec") => stream.multi = None,
                    Some(multi) => multi.broken = true,
                    None => {}
                }
                return;
            }
        };
        stream.last = Some(spec);
        if stream.multi.is_none() && !spec.has(TXN) {
            return self.run_one_from_master(conn, spec, args, effects);
        }
        match (&mut stream.multi, spec.name) {
            (None, "multi") => stream.multi = Some(Multi::default()),
            (None, "exec" | "discard") | (Some(_), "multi") => self.stats.unexpected_errors += 1,
            (Some(_), "discard") => stream.multi = None,
            (Some(_), "exec") => {
                let multi = stream.multi.take().unwrap_or_default();
                if multi.broken {
                    self.stats.unexpected_errors += 1;
                    return;
                }
                for (spec, command) in multi.queue {
                    self.run_one_from_master(conn, spec, command.args(), effects);
                }
            }
            (Some(multi), _) => multi.push(spec, args.to_command()),
            (None, _) => {}
        }
    }

    fn run_one_from_master(
        &mut self,
        conn: ConnId,
        spec: &'static Spec,
        args: Args<'_>,
        effects: &mut Effects,
    ) {
        let Some(db) = self.following.as_ref().and_then(|f| f.stream_db()) else {
            return;
        };
        let mut unread = std::mem::take(&mut self.stream_reply);
        unread.clear();
        let mut call = Call {
            args,
            conn,
            db,
            from_master: true,
            in_exec: false,
            reply: &mut unread,
            dirty: 0,
            travel: Travel::Verbatim,
        };
        self.call(spec, &mut call, effects);
        let (db, failed) = (call.db, unread.first() == Some(&b'-'));
        self.stats.unexpected_errors += u64::from(failed);
        self.stream_reply = unread;
        if let Some(Link::Connected(stream)) = self.following.as_mut().map(|f| &mut f.link) {
            stream.db = db;
        }
    }

    /// Whether the command, or the transaction it ends, may write.
    fn writes(&self, conn: ConnId, spec: &Spec) -> bool {
        spec.has(WRITE) || (spec.name == "exec" && self.queued(conn, |queued| queued.has(WRITE)))
    }

    fn queued(&self, conn: ConnId, what: impl Fn(&Spec) -> bool) -> bool {
        let multi = self.clients.get(&conn).and_then(|c| c.multi.as_ref());
        multi.is_some_and(|m| m.queue.iter().any(|(spec, _)| what(spec)))
    }

    /// The checks of `processCommand`, in its order. The error is the reply.
    fn admit(
        &mut self,
        conn: ConnId,
        spec: &Spec,
        effects: &mut Effects,
    ) -> Result<(), (String, Option<RefuseReason>)> {
        let Some(client) = self.clients.get(&conn) else {
            return Ok(());
        };
        let plain = |text: &str| Err((text.to_owned(), None));
        let refuse = |text: &str, reason| Err((text.to_owned(), Some(reason)));
        if !client.authenticated && !spec.has(NO_AUTH) {
            return plain("NOAUTH Authentication required.");
        }
        let in_multi = client.multi.is_some();
        let is_replica = client.replica.is_some();
        if in_multi && spec.has(NO_MULTI) && self.config.version != RedisVersion::V6_2 {
            return plain("ERR Command not allowed inside a transaction");
        }
        let write = self.writes(conn, spec);
        // What is queued takes memory, whatever it is.
        let queues = in_multi && !["exec", "discard", "quit"].contains(&spec.name);
        let needs_memory =
            spec.has(OOM) || queues || (spec.name == "exec" && self.queued(conn, |s| s.has(OOM)));
        if self.config.maxmemory > 0 && self.following.is_none() && !self.evict(effects) && needs_memory {
            return refuse(
                "OOM command not allowed when used memory > 'maxmemory'.",
                RefuseReason::OutOfMemory,
            );
        }
        if write && self.needs_replicas() && self.good_replicas < self.config.min_replicas_to_write {
            return refuse("NOREPLICAS Not enough good replicas to write.", RefuseReason::NoReplicas);
        }
        if let Some(following) = &self.following {
            if write && self.config.replica_read_only {
                return refuse(
                    "READONLY You can't write against a read only replica.",
                    RefuseReason::ReadOnly,
                );
            }
            // In 6.2 `PING` has the flag, `ECHO` has not.
            let stale_ok = match (self.config.version, spec.name) {
                (RedisVersion::V6_2, "ping") => true,
                (RedisVersion::V6_2, "echo") => false,
                _ => spec.has(STALE),
            };
            if !following.is_connected() && !self.config.replica_serve_stale_data && !stale_ok {
                return refuse(
                    "MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
                    RefuseReason::MasterDown,
                );
            }
            if matches!(following.link, Link::Loading(_)) && !spec.has(LOADING) {
                return refuse("LOADING Redis is loading the dataset in memory", RefuseReason::Loading);
            }
        }
        if is_replica && (spec.has(WRITE) || spec.has(READ)) {
            return plain(match self.config.version {
                RedisVersion::V6_2 => "ERR Replica can't interract with the keyspace",
                _ => "ERR Replica can't interact with the keyspace",
            });
        }
        Ok(())
    }

    /// Refuses a command (`rejectCommand`): a transaction being queued is broken by it, and a
    /// refused `EXEC` ends it.
    fn reject(&mut self, conn: ConnId, args: Args<'_>, error: &[u8], out: &mut Vec<u8>) {
        if args.is(0, "exec") {
            self.end_multi(conn);
            let why = error.strip_prefix(b"ERR ").unwrap_or(error);
            return reply::error(out, about("EXECABORT Transaction discarded because of: ", why, ""));
        }
        if let Some(multi) = self.clients.get_mut(&conn).and_then(|c| c.multi.as_mut()) {
            multi.broken = true;
        }
        reply::error(out, error);
    }

    pub(super) fn end_multi(&mut self, conn: ConnId) -> Option<Multi> {
        self.clients.get_mut(&conn).and_then(|c| c.multi.take())
    }

    /// Memory in use in bytes, by a simple model: a fixed base and a fixed overhead per key.
    pub(in crate::redis) fn used_memory(&self) -> u64 {
        let mut total: u64 = 1_000_000;
        for db in 0..self.keys.databases() {
            let db = self.keys.db(db);
            // Exact sizes only where they can matter: counting is linear.
            total += if self.config.maxmemory == 0 {
                db.len() as u64 * 64
            } else {
                db.iter().map(|(key, entry)| (key.len() + entry.value.len()) as u64 + 64).sum()
            };
        }
        total
    }

    /// Deletes keys until memory fits (`performEvictions`); `false` if it still does not.
    fn evict(&mut self, effects: &mut Effects) -> bool {
        while self.used_memory() > self.config.maxmemory {
            let policy = self.config.eviction();
            let key = (0..self.keys.databases()).find_map(|n| {
                let db = self.keys.db(n);
                match policy {
                    EvictionPolicy::NoEviction => None,
                    EvictionPolicy::AllKeys => db.nth_key(0).map(|k| (n, k.to_vec())),
                    EvictionPolicy::Volatile => {
                        db.iter().find(|(_, e)| e.expire_at.is_some()).map(|(k, _)| (n, k.to_vec()))
                    }
                }
            });
            let Some((db, key)) = key else {
                return false;
            };
            self.keys.db_mut(db).remove(&key);
            self.stats.evicted += 1;
            self.propagate(db, &[b"DEL", &key]);
            self.flush_propagation(None, effects);
        }
        true
    }
}

/// Whether a command takes this many words.
fn fits(spec: &Spec, words: usize, version: RedisVersion) -> bool {
    let old = version == RedisVersion::V6_2;
    let family = || ["expire", "expireat", "pexpire", "pexpireat"].contains(&spec.name);
    spec.fits(words) && (!old || words == 3 || !family())
}

/// The command named by the first word, if the number of words fits. The error is the reply.
fn lookup(args: Args<'_>, version: RedisVersion) -> Result<&'static Spec, Vec<u8>> {
    let old = version == RedisVersion::V6_2;
    // `EXPIRETIME` and `PEXPIRETIME` are new in 7.0, and so are the flags of the `EXPIRE` family.
    let Some(spec) = find(args.get(0)).filter(|s| !old || !s.name.ends_with("expiretime")) else {
        return Err(unknown(args, version));
    };
    if fits(spec, args.len(), version) {
        Ok(spec)
    } else {
        Err(about("ERR wrong number of arguments for '", spec.name.as_bytes(), "' command"))
    }
}

fn unknown(args: Args<'_>, version: RedisVersion) -> Vec<u8> {
    let old = version == RedisVersion::V6_2;
    let (quote, end) = if old { ("`", "`, ") } else { ("'", "' ") };
    let start = |word: &'_ [u8], max: usize| word[..word.len().min(max)].to_vec();
    let mut shown = Vec::new();
    for word in args.iter().skip(1) {
        if shown.len() >= 128 {
            break;
        }
        shown.extend(about(quote, &start(word, 128 - shown.len()), end));
    }
    let name = about("ERR unknown command ", quote.as_bytes(), "");
    let name = [name, about("", &start(args.get(0), 128), quote)].concat();
    [&name[..], b", with args beginning with: ", &shown].concat()
}
