//! A session: history as a value (signatures).
use super::action::{Action, ActionError};
use super::spec::{TimedAction, WorldSpec};
use super::world::World;
use crate::redis::Time;

/// A starting world and what was done to it, with the world as it is at one instant.
#[derive(Clone, Debug)]
pub struct Session {
    world: World,
}

impl Session {
    /// A session at time zero. The spec's opening actions are part of it.
    pub fn new(_spec: WorldSpec) -> Self {
        todo!()
    }
    /// Where it started.
    pub fn spec(&self) -> &WorldSpec {
        todo!()
    }
    /// The world at the instant the session is at.
    pub fn world(&self) -> &World {
        &self.world
    }
    /// What is done to it, in order: the opening and what came after; later ones than
    /// [`World::now`] are still to come.
    pub fn actions(&self) -> &[TimedAction] {
        todo!()
    }
    /// Does an action now. Everything due now runs first. Later actions (after going back in time)
    /// are dropped.
    ///
    /// # Errors
    /// If it cannot be done; then nothing is recorded.
    pub fn act(&mut self, _action: Action) -> Result<(), ActionError> {
        todo!()
    }
    /// Lets time pass, with the actions still to come.
    pub fn advance(&mut self, _to: Time) {
        todo!()
    }
    /// Runs the next thing that is due (an action or a step); `false` if there is none.
    pub fn step(&mut self) -> bool {
        todo!()
    }
    /// When the next step or action is due.
    pub fn next_at(&self) -> Option<Time> {
        todo!()
    }
    /// Goes to an instant, back or forth: exactly the state that is there.
    pub fn seek(&mut self, _to: Time) {
        todo!()
    }
    /// Goes to the start and forgets all actions but the opening.
    pub fn reset(&mut self) {
        todo!()
    }
}
