//! A session: history as a value. A starting world and timed actions *are* the session; the world at
//! any instant follows from them. Snapshots, kept every so often, only make that fast.
//!
//! Acting in the past starts a [`Branch`]; the old future is kept and can be
//! [returned to](Session::switch_to). [`Session::step_to`] goes by what can be seen,
//! [`Session::next_mark`] by instants of note, [`Session::story`] is the whole as a value.

mod branch;
mod grain;
mod marks;
mod past;
mod snapshots;
#[cfg(test)]
mod tests;

pub use branch::{Branch, BranchId, Story, StoryBranch, StoryError};
pub use grain::Grain;
pub use marks::{Mark, MarkKind};

use super::action::{Action, ActionError};
use super::ids::EntryId;
use super::spec::{TimedAction, WorldSpec};
use super::world::World;
use crate::redis::{Span, Time};
use branch::Line;
use marks::Marks;
use snapshots::Snapshot;
use std::rc::Rc;

/// A starting world and what is done to it, with the world as it is at one instant. A copy shares
/// what lies behind and is cheap.
#[derive(Clone, Debug)]
pub struct Session {
    spec: Rc<WorldSpec>,
    /// The branches; at least one.
    lines: Vec<Line>,
    on: BranchId,
    world: World,
    /// How many of the branch's actions are done in `world`.
    done: usize,
}

impl Session {
    /// A session at time zero. The spec's opening actions are part of it.
    pub fn new(spec: WorldSpec) -> Self {
        let actions = spec.opening.clone();
        Self::replay(spec, actions)
    }

    /// A session with the actions of another one (the opening among them, if it had one), at time
    /// zero: what a permalink or a test brings back.
    pub fn replay(spec: WorldSpec, actions: Vec<TimedAction>) -> Self {
        let world = World::new(&spec);
        let lines = vec![Line::trunk(&world, in_time(actions))];
        Self { spec: Rc::new(spec), lines, on: BranchId(0), world, done: 0 }
    }

    /// Where it started.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// The world at the instant the session is at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What is done to it on this branch, in order: the opening and what came after. Those from
    /// [`done`](Self::done) on are still to come.
    pub fn actions(&self) -> &[TimedAction] {
        &self.line().actions
    }

    /// How many of the actions are done.
    pub fn done(&self) -> u32 {
        self.done as u32
    }

    fn line(&self) -> &Line {
        &self.lines[usize::from(self.on.0)]
    }

    fn line_mut(&mut self) -> &mut Line {
        &mut self.lines[usize::from(self.on.0)]
    }

    /// Does an action now, after everything that is due now. If the session had gone back in time,
    /// this starts a branch: it has what was done so far, this action, and what is still to come of
    /// the opening. The old future stays as it was.
    ///
    /// # Errors
    /// If it cannot be done; then nothing is recorded.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let at = self.world.now();
        self.advance(at);
        self.world.act(&action)?;
        let shared = self.done;
        let opening = &self.spec.opening;
        let line = &self.lines[usize::from(self.on.0)];
        let (done, future) = line.actions.split_at(shared);
        let scene = |timed: &&TimedAction| opening.contains(timed);
        let parts = line.reach > at || !future.iter().all(|timed| scene(&timed));
        let mut actions = done.to_vec();
        actions.push(TimedAction { at, action });
        actions.extend(future.iter().filter(scene).cloned());
        if parts && self.lines.len() < usize::from(u16::MAX) {
            let branch = line.leave(self.on, at, shared, actions);
            self.on = BranchId(self.lines.len() as u16);
            self.lines.push(branch);
        } else {
            let line = self.line_mut();
            line.actions = actions;
        }
        self.done += 1;
        Ok(())
    }

    /// Lets time pass, with the actions still to come.
    pub fn advance(&mut self, to: Time) {
        while self.next_at().is_some_and(|at| at <= to) {
            self.step();
        }
        self.world.advance(to);
        let line = self.line_mut();
        line.reach = line.reach.max(to);
    }

    /// When the next step or action is due.
    pub fn next_at(&self) -> Option<Time> {
        let action = self.line().actions.get(self.done).map(|timed| timed.at);
        match (self.world.next_at(), action) {
            (Some(step), Some(action)) => Some(step.min(action)),
            (step, action) => step.or(action),
        }
    }

    /// Runs the next thing that is due, an action or a step of the world; `false` if there is none.
    pub fn step(&mut self) -> bool {
        let line = &mut self.lines[usize::from(self.on.0)];
        // An action comes after everything else that is due up to its instant.
        let stepped = if let Some(timed) = line.actions.get(self.done)
            && self.world.next_at().is_none_or(|at| at > timed.at)
        {
            self.world.advance(timed.at);
            // One that can no longer be done (its node is down in this future) is left out.
            let _ = self.world.act(&timed.action);
            self.done += 1;
            true
        } else {
            let stepped = self.world.step();
            if stepped {
                line.snapshots.offer(self.done, &self.world);
            }
            stepped
        };
        line.reach = line.reach.max(self.world.now());
        stepped
    }

    /// Goes to an instant, back or forth: exactly the state that is there after everything due up to
    /// it.
    pub fn seek(&mut self, to: Time) {
        // Forward, a snapshot helps only if it lies ahead.
        let ahead = self.line().snapshots.last(|snapshot| snapshot.world.now() <= to);
        if to < self.world.now() || ahead.world.steps() > self.world.steps() {
            self.restore_last(|snapshot| snapshot.world.now() <= to);
        }
        self.advance(to);
    }

    /// Goes back by one step (of the world or an action); `false` at the start.
    pub fn step_back(&mut self) -> bool {
        let here = self.position();
        if here == 0 {
            return false;
        }
        self.rewind_to(here - 1);
        true
    }

    /// How many steps and actions lie behind.
    pub fn position(&self) -> u64 {
        self.world.steps() + self.done as u64
    }

    /// Goes to the instant after so many steps and actions; to the end if there are fewer.
    pub fn rewind_to(&mut self, position: u64) {
        if position < self.position() {
            self.restore_last(|snapshot| snapshot.world.steps() + snapshot.done as u64 <= position);
        }
        while self.position() < position && self.step() {}
    }

    /// Takes up the last snapshot that `before` holds for.
    fn restore_last(&mut self, before: impl Fn(&Snapshot) -> bool) {
        self.keep_past();
        let line = &self.lines[usize::from(self.on.0)];
        let snapshot = line.snapshots.last(before);
        self.done = snapshot.done;
        self.world = (*snapshot.world).clone();
        self.world.take_past(&line.past);
    }

    /// The world is about to be left: what it tells beyond what is kept is kept.
    fn keep_past(&mut self) {
        let line = &mut self.lines[usize::from(self.on.0)];
        if self.world.trace().len() > line.past.trace().len() {
            line.past = Rc::new(self.world.clone());
        }
    }

    /// Forgets all but about the newest `keep` entries of this branch's trace, and what clients (but not
    /// consoles) were answered before those: what a session of hours keeps is bounded. The marks were
    /// gathered before. Whatever was forgotten is told again where the session is run again: by going back
    /// to before it, or by [`recall`](Self::recall).
    pub fn forget(&mut self, keep: u32) {
        self.marks();
        self.world.forget(keep);
        Rc::make_mut(&mut self.line_mut().past).forget(keep);
    }

    /// A copy a little after an entry of the trace, run again if that was forgotten: its trace tells of
    /// that entry, of at least `before` ones that led to it and of as many as `after` that followed, as
    /// far as the session has come.
    #[must_use]
    pub fn recall(&self, entry: EntryId, before: u32, after: u32) -> Self {
        let end = self.world.trace().len().min(entry.0.saturating_add(after));
        let mut copy = self.fork();
        copy.restore_last(|snapshot| snapshot.world.trace().len().saturating_add(before) <= entry.0);
        while copy.world.trace().len() < end && copy.step() {}
        copy
    }

    /// A copy whose trace tells at least what happened from an instant on, at that instant or a little
    /// before it.
    #[must_use]
    pub fn recall_from(&self, at: Time) -> Self {
        let mut copy = self.fork();
        copy.restore_last(|snapshot| snapshot.world.now() <= at);
        copy
    }

    /// Runs the branch again from its start to where it ever was, calling back every second of its time
    /// (who looks at the trace there may let it forget), and returns to the instant shown. What was not
    /// forgotten on the way is known again.
    pub fn run_again(&mut self, each: &mut dyn FnMut(&mut Self)) {
        let (now, reach) = (self.world.now(), self.reach());
        self.restore_last(|_| false);
        loop {
            let to = reach.min(self.world.now() + Span::from_secs(1));
            self.advance(to);
            each(self);
            if to == reach {
                break;
            }
        }
        self.line_mut().past = Rc::new(self.world.clone());
        self.seek(now);
    }

    /// How many worlds are kept for going back on this branch: bounded, however long it is.
    pub fn snapshots(&self) -> u32 {
        self.line().snapshots.len() as u32
    }

    /// Goes to the start and forgets all actions but the opening, and all branches.
    pub fn reset(&mut self) {
        *self = Self::new((*self.spec).clone());
    }
}

/// Puts actions into the order of their instants; those of one instant stay in their order. (They are
/// few, or sorted already; a sort of the library is a lot of code to download.)
fn in_time(actions: Vec<TimedAction>) -> Vec<TimedAction> {
    let mut sorted: Vec<TimedAction> = Vec::with_capacity(actions.len());
    for timed in actions {
        let place = sorted.partition_point(|other| other.at <= timed.at);
        sorted.insert(place, timed);
    }
    sorted
}
