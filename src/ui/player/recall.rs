//! What the trace has forgotten, told again: a session of hours keeps only its newest entries, and
//! whoever asks about older ones makes the player run that part again.

use super::{Player, State};
use crate::sim::{BranchId, Session, World};
use crate::view::history::Record;
use crate::view::inspect::Pick;

/// So many entries of the trace are kept at least; the start scene writes as many in about two minutes.
const KEPT: u32 = 8192;
/// So many that led to an entry, and that followed it, are told again with it.
const AROUND: (u32, u32) = (2048, 4096);

/// A part of the session that was run again.
pub(super) struct Recalled {
    pick: Pick,
    /// What it was a part of.
    of: (BranchId, usize),
    session: Session,
}

impl Player {
    /// Reads the world, with a trace that tells of what is picked.
    pub(in crate::ui) fn with_world_of<T>(&self, pick: Pick, read: impl FnOnce(&World) -> T) -> T {
        let mut state = self.state.borrow_mut();
        state.recall(pick);
        match &state.recalled {
            Some(recalled) => read(recalled.session.world()),
            None => read(state.session.world()),
        }
    }
}

impl State {
    fn recall(&mut self, pick: Pick) {
        let session = &self.session;
        let (trace, now) = (session.world().trace(), session.world().now());
        let of = (session.branch(), session.actions().len());
        if trace.first() == 0 {
            self.recalled = None;
            return;
        }
        match pick {
            Pick::Entry(id) if id.0 < trace.first() + AROUND.0 && id.0 < trace.len() => {
                let end = trace.len().min(id.0 + AROUND.1);
                let tells = |old: &Recalled| {
                    (old.pick, old.of) == (pick, of) && old.session.world().trace().len() >= end
                };
                if !self.recalled.as_ref().is_some_and(tells) {
                    let session = session.recall(id, AROUND.0, AROUND.1);
                    self.recalled = Some(Recalled { pick, of, session });
                }
            }
            Pick::Bytes(node, _, last) => {
                // From when they were written on.
                let written = self.record.passed(node, last.saturating_sub(1), now);
                let oldest = trace.get(crate::sim::EntryId(trace.first())).map(|entry| entry.at);
                let Some(written) = written.filter(|at| oldest.is_none_or(|oldest| *at <= oldest)) else {
                    self.recalled = None;
                    return;
                };
                let known = self
                    .recalled
                    .take()
                    .filter(|old| (old.pick, old.of) == (pick, of) && old.session.world().now() <= now);
                let mut session = known.map_or_else(|| session.recall_from(written), |old| old.session);
                session.advance(now);
                self.recalled = Some(Recalled { pick, of, session });
            }
            _ => self.recalled = None,
        }
    }

    /// Forgets the oldest of a long session. Lessons and comparisons look at all of it.
    pub(super) fn forget(&mut self) {
        let trace = self.session.world().trace();
        if trace.len() - trace.first() > 2 * KEPT && self.class.is_none() && self.other.is_none() {
            self.session.forget(KEPT);
        }
    }

    /// Gathers the record of the session's branch from its start.
    pub(super) fn gather(&mut self) {
        let record = &mut self.record;
        *record = Record::default();
        if self.session.world().trace().first() == 0 {
            let now = self.session.world().now();
            self.session.seek(self.session.reach());
            record.follow(self.session.world());
            self.session.seek(now);
        } else {
            self.session.run_again(&mut |session| {
                record.follow(session.world());
                session.forget(KEPT);
            });
        }
    }
}

/// Makes a session's trace whole again.
pub(super) fn remember(session: &mut Session) {
    if session.world().trace().first() > 0 {
        session.run_again(&mut |_| ());
    }
}
