//! One or two sessions on one clock: what is on the stage.

use super::deed::{Deed, DeedError};
use super::format::Lesson;
use crate::redis::Time;
use crate::sim::{Session, TimedAction};

/// The session on the stage, and a second one to compare it with. Both are always at the same instant.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The session.
    pub main: Session,
    /// The one beside it.
    pub other: Option<Session>,
}

/// Why a lab cannot be set up or something not be done in it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabError {
    /// No such world in the lesson.
    #[error("there is no world `{0}`")]
    NoWorld(String),
    /// The world cannot be made.
    #[error("world `{0}`, {1}: {2}")]
    World(String, super::world::At, super::world::WorldError),
    /// The deed names what is not there.
    #[error(transparent)]
    Deed(#[from] DeedError),
    /// The deed cannot be done now.
    #[error(transparent)]
    Action(#[from] crate::sim::ActionError),
    /// The deed is for the second world, and there is only one.
    #[error("there is no second world on the stage")]
    NoOther,
}

/// A place in a session's history that can be gone back to.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Mark {
    /// What was done up to there, and what the opening still holds.
    pub actions: Vec<TimedAction>,
    /// The session's position.
    pub position: u64,
    /// The instant.
    pub at: Time,
}

impl Mark {
    /// Where a session is.
    pub fn here(session: &Session) -> Self {
        let done = session.done() as usize;
        let coming = |timed: &&TimedAction| session.spec().opening.contains(timed);
        let mut actions = session.actions()[..done].to_vec();
        actions.extend(session.actions()[done..].iter().filter(coming).cloned());
        Self { actions, position: session.position(), at: session.world().now() }
    }

    /// Takes a session there; what was done after it is forgotten.
    pub fn restore(&self, session: &mut Session) {
        let mut back = Session::replay(session.spec().clone(), self.actions.clone());
        back.rewind_to(self.position);
        back.advance(self.at);
        *session = back;
    }
}

/// Where both sessions are.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// The one on the stage.
    pub main: Mark,
    /// The one beside it.
    pub other: Option<Mark>,
}

impl Place {
    pub(super) fn here(lab: &Lab) -> Self {
        Self { main: Mark::here(&lab.main), other: lab.other.as_ref().map(Mark::here) }
    }

    pub(super) fn restore(&self, lab: &mut Lab) {
        self.main.restore(&mut lab.main);
        if let (Some(mark), Some(other)) = (&self.other, &mut lab.other) {
            mark.restore(other);
        }
    }
}

impl Lab {
    /// The named worlds of a lesson, one or two, at their start.
    ///
    /// # Errors
    /// If a world is not there or cannot be made.
    pub fn new(lesson: &Lesson, worlds: &[String]) -> Result<Self, LabError> {
        let session = |name: &String| -> Result<Session, LabError> {
            let world = lesson.worlds.get(name).ok_or_else(|| LabError::NoWorld(name.clone()))?;
            let spec = world.spec().map_err(|(at, error)| LabError::World(name.clone(), at, error))?;
            Ok(Session::new(spec))
        };
        let first = worlds.first().or_else(|| lesson.worlds.0.first().map(|(name, _)| name));
        let main = session(first.ok_or_else(|| LabError::NoWorld(String::new()))?)?;
        Ok(Self { main, other: worlds.get(1).map(session).transpose()? })
    }

    /// The instant.
    pub fn now(&self) -> Time {
        self.main.world().now()
    }

    /// When the next thing is due.
    pub fn next_at(&self) -> Option<Time> {
        let other = self.other.as_ref().and_then(Session::next_at);
        match (self.main.next_at(), other) {
            (Some(main), Some(other)) => Some(main.min(other)),
            (main, other) => main.or(other),
        }
    }

    /// Lets time pass.
    pub fn advance(&mut self, to: Time) {
        self.main.advance(to);
        if let Some(other) = &mut self.other {
            other.advance(to);
        }
    }

    /// Goes to an instant, back or forth.
    pub fn seek(&mut self, to: Time) {
        self.main.seek(to);
        if let Some(other) = &mut self.other {
            other.seek(to);
        }
    }

    /// The lengths of both traces.
    pub fn traces(&self) -> [u32; 2] {
        let len = |session: &Session| session.world().trace().len();
        [len(&self.main), self.other.as_ref().map_or(0, len)]
    }

    /// Does something now. Waiting is done by whoever runs the clock.
    ///
    /// # Errors
    /// If it cannot be done.
    pub fn act(&mut self, deed: &Deed) -> Result<(), LabError> {
        let (session, deed) = match deed {
            Deed::Other(deed) => (self.other.as_mut().ok_or(LabError::NoOther)?, &**deed),
            deed => (&mut self.main, deed),
        };
        let action = deed.action(session.spec())?;
        Ok(session.act(action)?)
    }
}
