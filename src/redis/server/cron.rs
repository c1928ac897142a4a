//! Time: what happens ten times a second (`serverCron`) and once a second (`replicationCron`).
//!
//! Ticks lie on a grid that begins when the server starts. [`Server::deadline`] names only ticks at
//! which there is something to do, so that a quiet world costs nothing.

use super::{Blocked, PING, ReplicaPhase, Server};
use crate::redis::effects::{Effects, SendKind, SnapshotTarget};
use crate::redis::event::{Event, LeaveReason, StreamKind};
use crate::redis::ids::ConnId;
use crate::redis::replica::Link;
use crate::redis::units::{Span, Time};

/// One tick of `serverCron` at `hz 10`.
const TICK: u64 = 100_000;
/// Ticks of one `replicationCron`.
const TICKS_PER_SECOND: u64 = 10;

/// Where the server stands on its grid of ticks.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::redis) struct Clock {
    started: Option<Time>,
    /// The last tick that ran.
    tick: Option<u64>,
    /// The next tick that begins a second.
    next_second: Time,
    /// How often `replicationCron` ran (`replication_cron_loops`).
    loops: u64,
}

impl Clock {
    pub(super) fn start(&mut self, now: Time) {
        if self.started.is_none() {
            (self.started, self.next_second) = (Some(now), now);
        }
    }

    fn ran(&mut self, tick: u64) {
        self.tick = Some(tick);
        self.next_second = self.time_of((tick / TICKS_PER_SECOND + 1) * TICKS_PER_SECOND);
    }

    fn at(&self, now: Time) -> u64 {
        now.since(self.started.unwrap_or(now)).as_micros() / TICK
    }

    /// When tick `n` begins.
    fn time_of(&self, n: u64) -> Time {
        self.started.unwrap_or(Time::ZERO) + Span::from_micros(n.saturating_mul(TICK))
    }

    /// The first tick after the last one that begins at `at` or later.
    fn tick_from(&self, at: Time) -> Time {
        let micros = at.since(self.started.unwrap_or(at)).as_micros();
        let next = self.tick.map_or(0, |t| t + 1);
        self.time_of(micros.div_ceil(TICK).max(next))
    }
}

impl Server {
    pub(super) fn timer(&mut self, effects: &mut Effects) {
        if let Some(Link::Loading(loading)) = self.following.as_ref().map(|f| &f.link)
            && loading.done_at <= self.now
        {
            self.finish_loading(effects);
        }
        self.check_waiting(effects);
        self.failover_progress(effects);
        let (tick, last) = (self.clock.at(self.now), self.clock.tick);
        if last.is_some_and(|last| tick <= last) {
            return;
        }
        self.clock.ran(tick);
        self.reap(effects);
        self.active_expire_cycle(effects);
        if last.is_none_or(|last| tick / TICKS_PER_SECOND > last / TICKS_PER_SECOND) {
            self.replication_cron(effects);
        }
    }

    /// `replicationCron`, in its order.
    fn replication_cron(&mut self, effects: &mut Effects) {
        self.master_cron(effects);
        self.heartbeat(effects);
        self.keep_waiting_replicas_alive(effects);
        self.drop_silent_replicas(effects);
        self.expire_backlog(effects);
        self.start_pending_fork(effects);
        for conn in self.replicas.clone() {
            self.check_output_limit(conn);
        }
        self.refresh_good_replicas();
        self.clock.loops += 1;
    }

    /// A `ping` in the stream, every `repl-ping-replica-period` seconds.
    fn heartbeat(&mut self, effects: &mut Effects) {
        let due = self.clock.loops.is_multiple_of(self.config.repl_ping_replica_period.max(1));
        if due && !self.replicas.is_empty() && self.failover.is_none() {
            self.feed_command(PING, StreamKind::Ping, effects);
        }
    }

    /// A newline for replicas whose snapshot is not on its way yet.
    fn keep_waiting_replicas_alive(&mut self, effects: &mut Effects) {
        let to_disk = self.bgsave.as_ref().is_none_or(|b| b.target != SnapshotTarget::Socket);
        for conn in self.replicas.clone() {
            let waits = match self.phase(conn) {
                Some(ReplicaPhase::WaitBgsaveStart) => true,
                Some(ReplicaPhase::WaitBgsaveEnd) => to_disk,
                _ => false,
            };
            if waits {
                self.send_direct(conn, SendKind::Keepalive, b"\n", effects);
            }
        }
    }

    fn drop_silent_replicas(&mut self, effects: &mut Effects) {
        let socket = self.bgsave.as_ref().is_some_and(|b| b.target == SnapshotTarget::Socket);
        let limit = self.config.repl_timeout;
        let silent: Vec<ConnId> = self
            .replicas
            .iter()
            .copied()
            .filter(|conn| {
                let Some(replica) = self.clients.get(conn).and_then(|c| c.replica.as_deref()) else {
                    return false;
                };
                match replica.phase {
                    ReplicaPhase::Online => !replica.pre_psync && self.secs_since(replica.ack_at) > limit,
                    ReplicaPhase::WaitBgsaveEnd => {
                        socket && replica.rdb.is_some() && self.secs_since(replica.rdb_moved) > limit
                    }
                    _ => false,
                }
            })
            .collect();
        for conn in silent {
            effects.note(Event::TimedOut { conn });
            self.free_client(conn, LeaveReason::Timeout, effects);
        }
    }

    /// A master without replicas gives its backlog up after `repl-backlog-ttl`, and its id with it:
    /// what it writes from then on is in no backlog.
    fn expire_backlog(&mut self, effects: &mut Effects) {
        let ttl = self.config.repl_backlog_ttl;
        let idle = self.unix_secs().saturating_sub(self.history.no_replicas_since);
        let over = ttl > 0 && self.replicas.is_empty() && self.following.is_none() && idle > ttl;
        if over && self.history.backlog.is_some() {
            self.change_repl_id(effects);
            self.free_backlog(effects);
        }
    }

    /// Whether this is a replica at work with nothing else to do, as it mostly is: then the next second is
    /// all that it waits for.
    fn only_follows(&self) -> bool {
        self.following.as_ref().is_some_and(|following| following.is_connected())
            && self.own_expiring.is_empty()
            && self.clients.is_empty()
            && self.bgsave.is_none()
            && self.failover.is_none()
            && self.shutdown.is_none()
    }

    #[inline]
    pub(super) fn next_deadline(&self) -> Option<Time> {
        if self.clock.tick.is_some() && self.only_follows() {
            return Some(self.clock.next_second);
        }
        self.soonest()
    }

    /// The soonest of all that may be waited for.
    #[inline(never)]
    fn soonest(&self) -> Option<Time> {
        if self.clock.tick.is_none() {
            return Some(self.clock.started.unwrap_or(Time::ZERO));
        }
        let mut next: Option<Time> = None;
        let mut sooner = |at: Option<Time>| {
            if let Some(at) = at
                && next.is_none_or(|next| at < next)
            {
                next = Some(at);
            }
        };
        let ttl_runs = self.history.backlog.is_some() && self.config.repl_backlog_ttl > 0;
        if self.following.is_some() || !self.replicas.is_empty() {
            sooner(Some(self.clock.next_second));
        } else if ttl_runs {
            // Nothing but the backlog's end is to be waited for.
            let since = self.history.no_replicas_since + 1;
            let at = since.saturating_add(self.config.repl_backlog_ttl).saturating_mul(1000);
            let at = Time::from_millis(at.saturating_sub(self.config.unix_start_ms));
            sooner(Some(at.max(self.clock.next_second)));
        }
        if let Some(bgsave) = &self.bgsave {
            let done = bgsave.ended.is_some();
            sooner(done.then(|| self.clock.tick_from(bgsave.not_before.max(self.now))));
            let at_work = bgsave.target == SnapshotTarget::Socket && bgsave.not_before > self.now;
            sooner(at_work.then_some(bgsave.not_before));
        }
        if self.active_expire && self.following.is_none() {
            sooner(self.keys.first_expiry().map(|ms| {
                let at = Time::from_millis((ms + 1).saturating_sub(self.config.unix_start_ms));
                self.clock.tick_from(at)
            }));
        }
        if let Some(ms) = self.own_expiry() {
            let at = Time::from_millis((ms + 1).saturating_sub(self.config.unix_start_ms));
            sooner(Some(self.clock.tick_from(at)));
        }
        if let Some(Link::Loading(loading)) = self.following.as_ref().map(|f| &f.link) {
            sooner(Some(loading.done_at));
        }
        for client in self.clients.values().take_while(|_| self.may_wait) {
            if let Some(Blocked::Wait { until, .. }) = client.blocked {
                sooner(until);
            }
        }
        sooner(self.failover.as_ref().and_then(|f| f.deadline()));
        sooner(self.shutdown_deadline());
        next
    }

    /// `CONFIG RESETSTAT`.
    pub(in crate::redis) fn reset_stats(&mut self) {
        let kept = &self.stats;
        self.stats = super::Stats {
            last_save: kept.last_save,
            last_save_ok: kept.last_save_ok,
            rdb_saves: kept.rdb_saves,
            next_job: kept.next_job,
            ..super::Stats::default()
        };
    }
}
