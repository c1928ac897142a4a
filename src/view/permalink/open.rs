//! From a session to its link and back.

use super::coder::Coder;
use super::{LinkError, Look, Shared, Start, world};
use crate::redis::Time;
use crate::sim::{Session, TimedAction, World, WorldSpec};

/// Most steps of the world that are run to come to a link's instant: some seconds of work. A session
/// of the course's scene needs about 40 a second of model time.
pub const MOST_STEPS: u64 = 1_000_000;

impl Shared {
    /// What a link to this session holds. `reach` is how far it ever went.
    pub fn of(session: &Session, reach: Time, look: Look) -> Self {
        let mut opening = session.spec().opening.clone();
        let own = session.actions().iter().filter(|timed| !take(&mut opening, timed));
        let at = session.world().now();
        // Between two things of one instant, the instant alone does not tell the place.
        let mut whole = session.clone();
        whole.advance(at);
        Self {
            start: Start::of(session.spec()),
            actions: own.cloned().collect(),
            at,
            undone: (whole.position() - session.position()) as u32,
            reach: reach.max(at),
            look,
        }
    }

    /// The session, at its instant. On the way there it goes to its end, where `seen` gets its world:
    /// what is gathered from the trace is there at once.
    ///
    /// # Errors
    /// If the start is not known here, or the way to [`reach`](Self::reach) takes more steps than
    /// `most`, which should be [`MOST_STEPS`].
    pub fn open(&self, most: u64, seen: &mut dyn FnMut(&World)) -> Result<Session, LinkError> {
        let spec = self.start.spec().ok_or(LinkError::Lesson)?;
        let mut actions = spec.opening.clone();
        actions.extend(self.actions.iter().cloned());
        let mut session = Session::replay(spec, actions);
        while session.next_at().is_some_and(|at| at <= self.reach) {
            session.step();
            if session.position() > most {
                return Err(LinkError::Work);
            }
        }
        session.advance(self.reach);
        seen(session.world());
        session.seek(self.at);
        if self.undone > 0 {
            session.rewind_to(session.position().saturating_sub(u64::from(self.undone)));
        }
        Ok(session)
    }
}

/// Takes an action out of the list, if it is in it.
fn take(list: &mut Vec<TimedAction>, timed: &TimedAction) -> bool {
    let place = list.iter().position(|other| other == timed);
    place.map(|n| list.remove(n)).is_some()
}

impl Start {
    /// The shortest way to say where a session starts.
    fn of(spec: &WorldSpec) -> Self {
        // Equal bytes are equal worlds, and the writer is there anyway.
        let bytes = |mut spec: WorldSpec| {
            let mut coder = Coder::writer();
            let _ = world::spec(&mut coder, &mut spec);
            coder.written()
        };
        let course = WorldSpec { seed: spec.seed, ..WorldSpec::course() };
        if bytes(course) == bytes(spec.clone()) {
            Self::Course(spec.seed)
        } else {
            Self::World(Box::new(spec.clone()))
        }
    }

    fn spec(&self) -> Option<WorldSpec> {
        match self {
            Self::Course(seed) => Some(WorldSpec { seed: *seed, ..WorldSpec::course() }),
            Self::Lesson(_) => None,
            Self::World(spec) => Some((**spec).clone()),
        }
    }
}
