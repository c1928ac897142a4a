//! A second session beside the player's own, always at the same instant.

use super::recall::remember;
use super::{Player, State};
use crate::sim::compare::{Compared, Costs};
use crate::sim::{BranchId, Session};
use crate::view::compare::{Beside, Run};
use crate::view::history::{Paper, Record};
use std::rc::Rc;

/// The other session.
pub(super) struct Other {
    session: Session,
    record: Record,
    /// Of this session and of the player's own.
    costs: [Costs; 2],
    compared: Compared,
    /// Which branch of the player's own session it is, if it is one.
    pub(super) branch: Option<BranchId>,
}

impl Other {
    /// The player's own session is another one now.
    pub(super) fn forget(&mut self) {
        self.costs[0] = Costs::default();
        self.compared = Compared::default();
    }
}

impl Player {
    /// Shows another session beside this one, advanced by the same clock, or none any more. It may be
    /// of another world.
    pub(in crate::ui) fn set_other(&self, other: Option<Session>) {
        self.state.borrow_mut().set_other(other, None);
        self.refresh();
    }

    /// Compares with another branch, or with none.
    pub(in crate::ui) fn compare(&self, branch: Option<BranchId>) {
        let mut state = self.state.borrow_mut();
        let other = branch.and_then(|branch| state.session.on_branch(branch));
        state.set_other(other, branch);
        drop(state);
        self.refresh();
    }
}

impl State {
    /// The second world of a lesson is the other one, or nothing is.
    pub(super) fn beside_class(&mut self, session: Option<Session>) {
        match (session, &mut self.other) {
            (Some(session), Some(other)) => other.session = session,
            (session, _) => self.set_other(session, None),
        }
    }

    pub(super) fn set_other(&mut self, session: Option<Session>, branch: Option<BranchId>) {
        if session.is_some() {
            remember(&mut self.session);
        }
        self.other = session.map(|mut session| {
            remember(&mut session);
            session.seek(session.reach());
            let mut record = Record::default();
            record.follow_session(&mut session);
            let (costs, compared) = (Default::default(), Compared::default());
            Other { session, record, costs, compared, branch }
        });
    }

    /// Brings the other session to the instant shown, and draws both.
    pub(super) fn draw_beside(&mut self) {
        let Some(other) = &mut self.other else {
            self.beside = None;
            return;
        };
        other.session.seek(self.session.world().now());
        other.record.follow_session(&mut other.session);
        // The tree of branches is drawn once, in the History view.
        other.record.forks.clear();
        let worlds = [self.session.world(), other.session.world()];
        let [here, there] = worlds;
        other.costs.iter_mut().zip(worlds).for_each(|(costs, world)| costs.follow(world));
        let parting = other.compared.parting(here.trace(), there.trace());
        let (window, now) = (self.picture.window, self.picture.now);
        let paper = Paper { window, reach: now, size: self.frame.beside };
        let forks = std::mem::take(&mut self.record.forks);
        let runs = [
            Run { world: here, record: &self.record, costs: &other.costs[0], reach: self.session.reach() },
            Run { world: there, record: &other.record, costs: &other.costs[1], reach: other.session.reach() },
        ];
        self.beside = Some(Rc::new(Beside::of(runs, parting, &paper)));
        self.record.forks = forks;
    }
}
