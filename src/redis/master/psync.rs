//! `REPLCONF`, `PSYNC` and `SYNC`: the verdict between a partial and a full resync.
//!
//! Follows `syncCommand`, `masterTryPartialResynchronization` and `replconfCommand`
//! (replication.c). The rule in one line: a replica may continue if it names our history (or our
//! former one, up to where we took over) and the byte it wants is in the backlog, or just after it.

use crate::redis::backlog::Tape;
use crate::redis::command::Call;
use crate::redis::config::RedisVersion;
use crate::redis::effects::{Effects, SendKind};
use crate::redis::event::{Event, FullReason, Refusal};
use crate::redis::ids::{ConnId, ReplId};
use crate::redis::resp::integer;
use crate::redis::server::{Announced, Capa, Replica, ReplicaPhase, Server};
use crate::redis::units::{BytePos, Offset};

const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";

impl Server {
    /// `REPLCONF <option> <value> …`.
    pub(in crate::redis) fn replconf(&mut self, call: &mut Call<'_>, effects: &mut Effects) {
        let args = call.args;
        if args.len().is_multiple_of(2) {
            return call.error("ERR syntax error");
        }
        for at in (1..args.len()).step_by(2) {
            let value = args.get(at + 1);
            if args.is(at, "ack") {
                return self.replica_acked(call.conn, args, at, effects);
            }
            if args.is(at, "getack") {
                return self.send_ack(effects);
            }
            // What a master says of itself inside its stream is looked at, not kept.
            let mut nobody = Announced::default();
            let client = self.clients.get_mut(&call.conn);
            let said = client.map_or(&mut nobody, |client| &mut client.announced);
            if args.is(at, "listening-port") {
                let Some(port) = integer(value) else {
                    return call.error(NOT_AN_INTEGER);
                };
                said.port = u16::try_from(port).unwrap_or_default();
            } else if args.is(at, "ip-address") {
                if value.len() >= 256 {
                    let len = value.len();
                    return call.error(format!(
                        "ERR REPLCONF ip-address provided by replica instance is too long: {len} bytes"
                    ));
                }
                said.ip = args.text(at + 1).into();
            } else if args.is(at, "capa") {
                said.capa.eof |= args.is(at + 1, "eof");
                said.capa.psync2 |= args.is(at + 1, "psync2");
            } else if args.is(at, "rdb-only") {
                match integer(value) {
                    Some(flag @ 0..=1) => said.rdb_only = flag == 1,
                    Some(_) => return call.error("ERR value is out of range, value must between 0 and 1"),
                    None => return call.error(NOT_AN_INTEGER),
                }
            } else if args.is(at, "rdb-filter-only") && self.config.version != RedisVersion::V6_2 {
                // What is to be in the snapshot; functions are all there is to choose.
                let odd = value
                    .split(|b| *b == b' ')
                    .find(|w| !w.is_empty() && !w.eq_ignore_ascii_case(b"functions"));
                if let Some(odd) = odd {
                    return call.error_about("ERR Unsupported rdb-filter-only option: ", odd, "");
                }
                said.filtered = true;
            } else {
                return call.error_about("ERR Unrecognized REPLCONF option: ", args.get(at), "");
            }
        }
        call.ok();
    }

    /// `PSYNC <id> <offset> [FAILOVER]` and `SYNC`.
    pub(in crate::redis) fn sync(&mut self, call: &mut Call<'_>, effects: &mut Effects) {
        let (conn, args) = (call.conn, call.args);
        let psync = args.is(0, "psync");
        if conn == ConnId::OPERATOR {
            return call.error("ERR the operator has no connection to replicate over");
        }
        let Some(client) = self.clients.get(&conn) else {
            return;
        };
        if client.replica.is_some() {
            return;
        }
        if psync && args.len() > 3 && args.is(3, "failover") && !self.promote_for_failover(call, effects) {
            return;
        }
        if self.failover.is_some() {
            return call.error("NOMASTERLINK Can't SYNC while failing over");
        }
        if self.following.as_ref().is_some_and(|f| !f.is_connected()) {
            return call.error("NOMASTERLINK Can't SYNC while not connected with my master");
        }
        // Inside `EXEC` (6.2 queues it) the reply has begun already.
        let pending =
            !call.reply.is_empty() || self.clients.get(&conn).is_some_and(|c| c.pending_reply() > 0);
        if pending {
            return call.error("ERR SYNC and PSYNC are invalid with pending output");
        }
        if self.clients.get(&conn).is_some_and(|c| c.announced.filtered && !c.announced.capa.eof) {
            return call.error("ERR Filtered replica requires EOF capability");
        }
        let mut asked = None;
        if psync {
            let Some(offset) = integer(args.get(2)) else {
                return call.error(NOT_AN_INTEGER);
            };
            match self.judge(args.get(1), offset) {
                Ok(from) => {
                    self.stats.sync_partial_ok += 1;
                    return self.grant_partial(conn, from, effects);
                }
                Err(reason) => {
                    let named = args.get(1).first() != Some(&b'?');
                    if named {
                        self.stats.sync_partial_err += 1;
                        asked = Some(offset);
                    }
                    effects.note(Event::PsyncRefused { conn, refusal: Box::new(Refusal { reason, asked }) });
                }
            }
        } else {
            effects.note(Event::PsyncRefused {
                conn,
                refusal: Box::new(Refusal { reason: FullReason::Asked, asked }),
            });
        }
        self.stats.sync_full += 1;
        self.start_full_resync(conn, !psync, effects);
    }

    /// Whether `PSYNC id offset` may continue, and from which byte.
    fn judge(&self, id: &[u8], offset: i64) -> Result<BytePos, FullReason> {
        if id.first() == Some(&b'?') {
            return Err(FullReason::Asked);
        }
        let history = &self.history;
        let from = u64::try_from(offset).ok().map(BytePos::new);
        let id = if id.is_empty() { Some(ReplId::EMPTY) } else { ReplId::parse(id) };
        match (id, history.second) {
            (Some(id), _) if id == history.id => {}
            (Some(id), Some((second, limit))) if id == second => {
                if from.is_some_and(|from| from > limit) {
                    return Err(FullReason::PastSecondOffset { limit });
                }
            }
            _ => return Err(FullReason::UnknownId),
        }
        let Some(backlog) = &history.backlog else {
            return Err(FullReason::NoBacklog);
        };
        match from {
            Some(from) if backlog.covers(from) => Ok(from),
            Some(from) if from > backlog.end() => Err(FullReason::Ahead { next: backlog.end() }),
            _ => Err(FullReason::Overwritten { first: backlog.first() }),
        }
    }

    /// Makes the client a replica in `phase`, holding what follows `initial`.
    fn enlist(&mut self, conn: ConnId, phase: ReplicaPhase, initial: Offset, pre_psync: bool) {
        let ring = self.history.backlog.as_ref().is_some_and(|b| !b.is_shared());
        let now = self.now;
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        client.replica = Some(Box::new(Replica {
            phase,
            pre_psync,
            initial,
            cursor: None,
            own: ring.then(|| Tape::new(initial.next())),
            gate_closed: false,
            rdb: None,
            ack: Offset::ZERO,
            ack_at: now,
            rdb_moved: now,
        }));
        self.replicas.push(conn);
    }

    fn grant_partial(&mut self, conn: ConnId, from: BytePos, effects: &mut Effects) {
        let Some(capa) = self.clients.get(&conn).map(|c| c.announced.capa) else {
            return;
        };
        self.enlist(conn, ReplicaPhase::Online, from.held_before(), false);
        let line =
            if capa.psync2 { format!("+CONTINUE {}\r\n", self.history.id) } else { "+CONTINUE\r\n".into() };
        self.send_direct(conn, SendKind::Reply, line.as_bytes(), effects);
        let bytes = self.history.offset.next() - from;
        let server = &mut *self;
        if let (Some(backlog), Some(replica)) =
            (&server.history.backlog, server.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()))
        {
            replica.cursor = Some(from);
            if let Some(own) = &mut replica.own {
                backlog.slices(from).for_each(|slice| own.append(slice));
            }
        }
        effects.note(Event::PsyncContinued { conn, from, bytes });
        effects.note(Event::ReplicaOnline { conn });
        self.refresh_good_replicas();
    }

    fn start_full_resync(&mut self, conn: ConnId, pre_psync: bool, effects: &mut Effects) {
        if self.replicas.is_empty() && self.history.backlog.is_none() {
            // A new backlog starts a new history: nobody may mistake it for the old one.
            self.change_repl_id(effects);
            self.need_backlog(effects);
        }
        self.enlist(conn, ReplicaPhase::WaitBgsaveStart, self.history.offset, pre_psync);
        self.attach_or_start_bgsave(conn, effects);
    }

    /// Fixes the offset of a replica's snapshot and tells it (`replicationSetupSlaveForFullResync`).
    /// From here on it is fed; the stream will name its database afresh.
    pub(super) fn set_up_full_resync(&mut self, conn: ConnId, offset: Offset, effects: &mut Effects) {
        let now = self.now;
        let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()) else {
            return;
        };
        replica.initial = offset;
        replica.phase = ReplicaPhase::WaitBgsaveEnd;
        replica.rdb_moved = now;
        if replica.own.is_some() {
            replica.own = Some(Tape::new(offset.next()));
        }
        let pre_psync = replica.pre_psync;
        self.history.selected = None;
        if !pre_psync {
            let line = format!("+FULLRESYNC {} {offset}\r\n", self.history.id);
            self.send_direct(conn, SendKind::Reply, line.as_bytes(), effects);
        }
        effects.note(Event::FullResyncStarted { conn, offset });
    }

    /// What a replica's connection can do.
    pub(super) fn capa(&self, conn: ConnId) -> Capa {
        self.clients.get(&conn).map(|c| c.announced.capa).unwrap_or_default()
    }

    /// Drops all replicas, so that they ask again (`disconnectSlaves`).
    pub(in crate::redis) fn drop_replicas(&mut self, effects: &mut Effects) {
        for conn in std::mem::take(&mut self.replicas) {
            self.free_client(conn, crate::redis::event::LeaveReason::HistoryChanged, effects);
        }
    }

    /// Whether this version keeps replicas while their master changes (Redis ≥ 7.0).
    pub(in crate::redis) fn keeps_replicas(&self) -> bool {
        self.config.version != RedisVersion::V6_2
    }
}
