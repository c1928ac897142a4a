//! `FAILOVER`: hand the role over to a replica that holds everything.
//!
//! Writes pause, the replica catches up, then this server follows it with `PSYNC … FAILOVER`, upon
//! which the replica promotes itself (`failoverCommand`, `updateFailoverStatus`, replication.c).

use crate::redis::command::Call;
use crate::redis::effects::Effects;
use crate::redis::ids::{ConnId, Endpoint, ReplId};
use crate::redis::resp::integer;
use crate::redis::server::{Blocked, ReplicaPhase, Server};
use crate::redis::units::{Span, Time};

/// A failover under way on the old master.
#[derive(Clone, Debug)]
pub(in crate::redis) struct Failover {
    /// Whom to hand over to, if it was named.
    target: Option<Endpoint>,
    force: bool,
    until: Option<Time>,
    /// `failover-in-progress`: the target is being asked to take over.
    pub(in crate::redis) in_progress: bool,
}

impl Failover {
    /// `master_failover_state`.
    pub(in crate::redis) fn word(this: Option<&Self>) -> &'static str {
        match this {
            None => "no-failover",
            Some(f) if f.in_progress => "failover-in-progress",
            Some(_) => "waiting-for-sync",
        }
    }

    /// When waiting is over.
    pub(in crate::redis) fn deadline(&self) -> Option<Time> {
        self.until.filter(|_| !self.in_progress)
    }
}

impl Server {
    /// `FAILOVER [TO host port [FORCE]] [ABORT] [TIMEOUT ms]`.
    pub(in crate::redis) fn failover_command(&mut self, call: &mut Call<'_>, effects: &mut Effects) {
        let args = call.args;
        if args.len() == 2 && args.is(1, "abort") {
            if self.failover.is_none() {
                return call.error("ERR No failover in progress.");
            }
            self.abort_failover(effects);
            return call.ok();
        }
        let (mut target, mut timeout, mut force) = (None, None, false);
        let mut at = 1;
        while at < args.len() {
            if args.is(at, "timeout") && at + 1 < args.len() && timeout.is_none() {
                match integer(args.get(at + 1)) {
                    Some(ms @ 1..) => timeout = Some(ms as u64),
                    Some(_) => return call.error("ERR FAILOVER timeout must be greater than 0"),
                    None => return call.error("ERR value is not an integer or out of range"),
                }
                at += 2;
            } else if args.is(at, "to") && at + 2 < args.len() && target.is_none() {
                let Some(port) = integer(args.get(at + 2)) else {
                    return call.error("ERR value is not an integer or out of range");
                };
                target = Some(Endpoint::new(&args.text(at + 1), u16::try_from(port).unwrap_or(0)));
                at += 3;
            } else if args.is(at, "force") && !force {
                force = true;
                at += 1;
            } else {
                return call.error("ERR syntax error");
            }
        }
        if self.failover.is_some() {
            return call.error("ERR FAILOVER already in progress.");
        }
        if self.following.is_some() {
            return call.error("ERR FAILOVER is not valid when server is a replica.");
        }
        if self.replicas.is_empty() {
            return call.error("ERR FAILOVER requires connected replicas.");
        }
        if force && (timeout.is_none() || target.is_none()) {
            return call
                .error("ERR FAILOVER with force option requires both a timeout and target HOST and IP.");
        }
        if let Some(target) = &target {
            let Some(conn) = self.find_replica(target) else {
                return call.error("ERR FAILOVER target HOST and PORT is not a replica.");
            };
            if self.phase(conn) != Some(ReplicaPhase::Online) {
                return call.error("ERR FAILOVER target replica is not online.");
            }
        }
        let until = timeout.map(|ms| self.now + Span::from_millis(ms));
        self.failover = Some(Failover { target, force, until, in_progress: false });
        call.ok();
        self.failover_progress(effects);
    }

    fn find_replica(&self, at: &Endpoint) -> Option<ConnId> {
        self.replicas.iter().copied().find(|conn| self.replica_endpoint(*conn).as_ref() == Some(at))
    }

    /// Address of a replica as `INFO` shows it.
    pub(in crate::redis) fn replica_endpoint(&self, conn: ConnId) -> Option<Endpoint> {
        let client = self.clients.get(&conn)?;
        let said = &client.announced;
        let host = if said.ip.is_empty() { &client.host } else { &said.ip };
        Some(Endpoint::new(host, said.port))
    }

    /// Starts to follow the target once it holds everything (`updateFailoverStatus`).
    pub(in crate::redis) fn failover_progress(&mut self, effects: &mut Effects) {
        let Some(failover) = self.failover.as_ref().filter(|f| !f.in_progress) else {
            return;
        };
        let timed_out = failover.until.is_some_and(|until| self.now >= until);
        let caught_up = |conn: &ConnId| {
            let replica = self.clients.get(conn).and_then(|c| c.replica.as_ref());
            replica.is_some_and(|r| r.phase == ReplicaPhase::Online && r.ack == self.history.offset)
        };
        let target = match &failover.target {
            Some(target) if timed_out && failover.force => Some(target.clone()),
            Some(target) => {
                self.find_replica(target).filter(caught_up).and_then(|c| self.replica_endpoint(c))
            }
            None => self.replicas.iter().copied().find(caught_up).and_then(|c| self.replica_endpoint(c)),
        };
        match target {
            Some(target) => {
                if let Some(failover) = &mut self.failover {
                    failover.in_progress = true;
                }
                self.set_master(target, effects);
            }
            None if timed_out => self.abort_failover(effects),
            None => {}
        }
    }

    /// Gives up: this server stays, or becomes again, the master.
    pub(in crate::redis) fn abort_failover(&mut self, effects: &mut Effects) {
        let Some(failover) = self.failover.take() else {
            return;
        };
        if failover.in_progress {
            self.unset_master(effects);
        }
        self.release_paused(effects);
    }

    /// The target has taken over.
    pub(in crate::redis) fn finish_failover(&mut self, effects: &mut Effects) {
        if self.failover.take().is_some() {
            self.release_paused(effects);
        }
    }

    /// Whether a forced failover goes on although the target answered with an error.
    pub(in crate::redis) fn failover_is_forced(&self) -> bool {
        self.failover.as_ref().is_some_and(|f| f.force)
    }

    pub(in crate::redis) fn release_paused(&mut self, effects: &mut Effects) {
        for conn in self.blocked_clients(|b| *b == Blocked::Paused) {
            self.unblock(conn, effects);
        }
    }

    /// The receiving side of `PSYNC <id> <offset> FAILOVER`; `false` if it was refused.
    pub(super) fn promote_for_failover(&mut self, call: &mut Call<'_>, effects: &mut Effects) -> bool {
        if self.following.is_none() {
            call.error("ERR PSYNC FAILOVER can't be sent to a master.");
            return false;
        }
        if ReplId::parse(call.args.get(1)) != Some(self.history.id) {
            call.error("ERR PSYNC FAILOVER replid must match my replid.");
            return false;
        }
        self.unset_master(effects);
        true
    }
}
