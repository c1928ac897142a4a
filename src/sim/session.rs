//! A session: history as a value. A starting world and timed actions *are* the session; the world at
//! any instant follows from them. Snapshots, kept every so often, only make that fast.

use super::action::{Action, ActionError};
use super::spec::{TimedAction, WorldSpec};
use super::world::World;
use crate::redis::Time;

/// Steps from one snapshot to the next.
const SNAPSHOT_EVERY: u64 = 1024;

/// A starting world and what is done to it, with the world as it is at one instant.
#[derive(Clone, Debug)]
pub struct Session {
    spec: WorldSpec,
    actions: Vec<TimedAction>,
    world: World,
    /// How many of `actions` are done in `world`.
    done: usize,
    /// Worlds on the way, earliest first, each with how many actions are done in it. The first is
    /// the start.
    snapshots: Vec<(usize, World)>,
}

impl Session {
    /// A session at time zero. The spec's opening actions are part of it.
    pub fn new(spec: WorldSpec) -> Self {
        let world = World::new(&spec);
        let actions = in_time(spec.opening.clone());
        Self { snapshots: vec![(0, world.clone())], actions, world, done: 0, spec }
    }

    /// A session with the actions of another one (the opening among them, if it had one), at time
    /// zero: what a permalink or a test brings back.
    pub fn replay(spec: WorldSpec, actions: Vec<TimedAction>) -> Self {
        let mut session = Self::new(spec);
        session.actions = in_time(actions);
        session
    }

    /// Where it started.
    pub fn spec(&self) -> &WorldSpec {
        &self.spec
    }

    /// The world at the instant the session is at.
    pub fn world(&self) -> &World {
        &self.world
    }

    /// What is done to it, in order: the opening and what came after. Those from
    /// [`done`](Self::done) on are still to come.
    pub fn actions(&self) -> &[TimedAction] {
        &self.actions
    }

    /// How many of the actions are done.
    pub fn done(&self) -> u32 {
        self.done as u32
    }

    /// Does an action now, after everything that is due now. If the session had gone back in time,
    /// the actions of its old future are dropped; those of the opening stay.
    ///
    /// # Errors
    /// If it cannot be done; then nothing is recorded.
    pub fn act(&mut self, action: Action) -> Result<(), ActionError> {
        let at = self.world.now();
        self.advance(at);
        self.world.act(&action)?;
        self.forget_future();
        self.actions.insert(self.done, TimedAction { at, action });
        self.done += 1;
        Ok(())
    }

    /// Drops snapshots of a future that is no longer this session's, and the actions a person did in
    /// it. The opening is the scene's and stays.
    fn forget_future(&mut self) {
        let steps = self.world.steps();
        self.snapshots.retain(|(done, world)| {
            world.steps() <= steps && *done <= self.done && world.now() <= self.world.now()
        });
        let future = self.actions.split_off(self.done);
        self.actions.extend(future.into_iter().filter(|timed| self.spec.opening.contains(timed)));
    }

    /// Lets time pass, with the actions still to come.
    pub fn advance(&mut self, to: Time) {
        while self.next_at().is_some_and(|at| at <= to) {
            self.step();
        }
        self.world.advance(to);
    }

    /// When the next step or action is due.
    pub fn next_at(&self) -> Option<Time> {
        let action = self.actions.get(self.done).map(|timed| timed.at);
        match (self.world.next_at(), action) {
            (Some(step), Some(action)) => Some(step.min(action)),
            (step, action) => step.or(action),
        }
    }

    /// Runs the next thing that is due, an action or a step of the world; `false` if there is none.
    pub fn step(&mut self) -> bool {
        // An action comes after everything else that is due up to its instant.
        if let Some(timed) = self.actions.get(self.done)
            && self.world.next_at().is_none_or(|at| at > timed.at)
        {
            self.world.advance(timed.at);
            // One that can no longer be done (its node is down in this future) is left out.
            let _ = self.world.act(&timed.action);
            self.done += 1;
            return true;
        }
        let stepped = self.world.step();
        let newest = self.snapshots.last().map_or(0, |(_, world)| world.steps());
        if stepped && self.world.steps() >= newest + SNAPSHOT_EVERY {
            self.snapshots.push((self.done, self.world.clone()));
        }
        stepped
    }

    /// Goes to an instant, back or forth: exactly the state that is there after everything due up to
    /// it.
    pub fn seek(&mut self, to: Time) {
        let back = to < self.world.now();
        let at = self.snapshots.iter().rposition(|(_, world)| world.now() <= to).unwrap_or(0);
        // Forward, a snapshot helps only if it lies ahead.
        if back || self.snapshots.get(at).is_some_and(|(_, world)| world.steps() > self.world.steps()) {
            self.restore(at);
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
            let at =
                self.snapshots.iter().rposition(|(done, world)| world.steps() + *done as u64 <= position);
            self.restore(at.unwrap_or(0));
        }
        while self.position() < position && self.step() {}
    }

    fn restore(&mut self, snapshot: usize) {
        if let Some((done, world)) = self.snapshots.get(snapshot) {
            self.done = *done;
            self.world = world.clone();
        }
    }

    /// Goes to the start and forgets all actions but the opening.
    pub fn reset(&mut self) {
        *self = Self::new(self.spec.clone());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ids::LinkId;

    fn at(millis: u64) -> Time {
        Time::from_millis(millis)
    }

    #[test]
    fn going_back_step_by_step_finds_each_state_again() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(at(6000));
        session.act(Action::Cut(LinkId(0))).expect("the course has this link");
        let mut states = Vec::new();
        for _ in 0..1500 {
            assert!(session.step());
            states.push((session.position(), session.world().digest()));
            if states.len() > 30 {
                states.remove(0);
            }
        }
        for (position, digest) in states.into_iter().rev() {
            session.rewind_to(position);
            assert_eq!((session.position(), session.world().digest()), (position, digest));
            assert!(session.step_back());
        }
    }

    #[test]
    fn acting_in_the_past_replaces_the_future_but_not_the_opening() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(at(6000));
        session.act(Action::Cut(LinkId(0))).expect("the course has this link");
        session.advance(at(9000));
        session.seek(at(700));
        session.act(Action::Cut(LinkId(1))).expect("the course has this link");
        let actions: Vec<Time> = session.actions().iter().map(|timed| timed.at).collect();
        assert_eq!(actions, [at(500), at(700), at(1000)]);
        session.advance(at(9000));
        let digest = session.world().digest();
        let mut again = Session::replay(session.spec().clone(), session.actions().to_vec());
        again.advance(at(9000));
        assert_eq!(again.world().digest(), digest);
    }
}
