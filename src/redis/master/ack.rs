//! How far replicas are: `REPLCONF ACK`, `GETACK`, `WAIT`, `min-replicas-to-write`.

use crate::redis::command::Call;
use crate::redis::effects::Effects;
use crate::redis::event::{Event, LeaveReason, StreamKind};
use crate::redis::ids::ConnId;
use crate::redis::resp::{Args, integer, reply};
use crate::redis::server::{Blocked, GETACK, ReplicaPhase, Server};
use crate::redis::units::{Offset, Span};

impl Server {
    /// `REPLCONF ACK <offset>`: never answered, ignored from who is not a replica.
    pub(super) fn replica_acked(&mut self, conn: ConnId, args: Args<'_>, at: usize, effects: &mut Effects) {
        let (now, bgsave_ended) = (self.now, self.bgsave.as_ref().is_some_and(|b| b.ended.is_some()));
        let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()) else {
            return;
        };
        let Some(offset) = integer(args.get(at + 1)) else {
            return;
        };
        let offset = Offset::new(u64::try_from(offset).unwrap_or(0));
        replica.ack = replica.ack.max(offset);
        replica.ack_at = now;
        let phase = replica.phase;
        effects.note_routine(|| Event::Acked { conn, offset });
        // The ACK may be here before the tick that notices the end of the transfer.
        if bgsave_ended && phase == ReplicaPhase::WaitBgsaveEnd {
            self.reap(effects);
        }
        if let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut())
            && replica.phase == ReplicaPhase::Online
        {
            replica.gate_closed = false;
            if self.clients.get(&conn).is_some_and(|c| c.announced.rdb_only) {
                self.doom(conn, LeaveReason::Closed);
            }
        }
        self.touched.push(conn);
        self.check_waiting(effects);
        self.failover_progress(effects);
    }

    /// How many online replicas have acknowledged `offset` (`replicationCountAcksByOffset`).
    pub(in crate::redis) fn acked_by(&self, offset: Offset) -> u64 {
        let acked = |conn: &&ConnId| {
            let replica = self.clients.get(conn).and_then(|c| c.replica.as_ref());
            replica.is_some_and(|r| r.phase == ReplicaPhase::Online && r.ack >= offset)
        };
        self.replicas.iter().filter(acked).count() as u64
    }

    /// `WAIT <replicas> <milliseconds>`.
    pub(in crate::redis) fn wait(&mut self, call: &mut Call<'_>) {
        if self.following.is_some() {
            return call.error(
                "ERR WAIT cannot be used with replica instances. Please also note that since Redis 4.0 if a replica \
                 is configured to be writable (which is not the default) writes to replicas are just local and are \
                 not propagated.",
            );
        }
        let Some(replicas) = integer(call.args.get(1)) else {
            return call.error("ERR value is not an integer or out of range");
        };
        let timeout = match integer(call.args.get(2)) {
            Some(ms @ 0..) => ms as u64,
            Some(_) => return call.error("ERR timeout is negative"),
            None => return call.error("ERR timeout is not an integer or out of range"),
        };
        let target = self.clients.get(&call.conn).map_or(Offset::ZERO, |c| c.woff);
        let acked = self.acked_by(target);
        if i128::from(acked) >= i128::from(replicas) || call.in_exec {
            return call.integer(acked as i64);
        }
        let until = (timeout > 0).then(|| self.now + Span::from_millis(timeout));
        if let Some(client) = self.clients.get_mut(&call.conn) {
            client.blocked = Some(Blocked::Wait { target, replicas: replicas.max(0) as u64, until });
        }
        self.getack_wanted = true;
        self.may_wait = true;
    }

    /// Answers clients whose `WAIT` is met (`processClientsWaitingReplicas`) or over.
    pub(in crate::redis) fn check_waiting(&mut self, effects: &mut Effects) {
        if !self.may_wait {
            return;
        }
        for conn in self.blocked_clients(|b| matches!(b, Blocked::Wait { .. })) {
            let Some(Blocked::Wait { target, replicas, until }) =
                self.clients.get(&conn).and_then(|c| c.blocked)
            else {
                continue;
            };
            let acked = self.acked_by(target);
            if acked >= replicas || until.is_some_and(|until| until <= self.now) {
                self.with_reply(conn, |out| reply::integer(out, acked as i64));
                self.unblock(conn, effects);
            }
        }
        self.may_wait = self.clients.values().any(|c| matches!(c.blocked, Some(Blocked::Wait { .. })));
    }

    /// Asks all replicas how far they are, once for all who want to know.
    pub(in crate::redis) fn send_getack_if_wanted(&mut self, effects: &mut Effects) {
        // Not while clients are paused: it would move the offset that replicas are to reach.
        if self.failover.is_some() {
            return;
        }
        if std::mem::take(&mut self.getack_wanted) && !self.replicas.is_empty() {
            effects.note(Event::GetAckAsked);
            self.feed_command(GETACK, StreamKind::GetAck, effects);
        }
    }

    /// Counts the replicas that count for `min-replicas-to-write` (`refreshGoodSlavesCount`): once a
    /// second and when one comes or goes, not when it acknowledges.
    pub(in crate::redis) fn refresh_good_replicas(&mut self) {
        let good = |conn: &&ConnId| {
            let replica = self.clients.get(conn).and_then(|c| c.replica.as_ref());
            replica.is_some_and(|r| {
                r.phase == ReplicaPhase::Online
                    && self.secs_since(r.ack_at) <= self.config.min_replicas_max_lag
            })
        };
        self.good_replicas = self.replicas.iter().filter(good).count() as u64;
    }

    /// Whether `min-replicas-to-write` is in force (it never is on a replica).
    pub(in crate::redis) fn needs_replicas(&self) -> bool {
        self.following.is_none()
            && self.config.min_replicas_to_write > 0
            && self.config.min_replicas_max_lag > 0
    }
}
