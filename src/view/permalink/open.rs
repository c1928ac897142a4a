//! From a session to its link and back.

use super::coder::Coder;
use super::{LinkError, Look, Shared, Start, world};
use crate::redis::Time;
use crate::sim::session::Story;
use crate::sim::{Session, TimedAction, World, WorldSpec};

/// Most steps of the world that are run to come to a link's instant: some seconds of work. A session
/// of the course's scene needs about 40 a second of model time.
pub const MOST_STEPS: u64 = 1_000_000;

impl Shared {
    /// What a link to this session holds.
    pub fn of(session: &Session, look: Look) -> Self {
        let story = session.story();
        let mut branches = story.branches;
        if let Some(trunk) = branches.first_mut() {
            let mut opening = story.spec.opening.clone();
            trunk.actions.retain(|timed| !take(&mut opening, timed));
        }
        // Between two things of one instant, the instant alone does not tell the place.
        let mut whole = session.clone();
        whole.advance(story.at);
        Self {
            start: Start::of(&story.spec),
            branches,
            on: story.on,
            at: story.at,
            undone: (whole.position() - session.position()) as u32,
            look,
            course: None,
        }
    }

    /// What a link holds of the second world of a lesson, which knows where that starts.
    pub fn beside(session: &Session) -> Box<Self> {
        Box::new(Self { start: Start::Course(0), ..Self::of(session, Look::default()) })
    }

    /// The session, at its instant. On the way there it goes to its end, where `seen` gets its world:
    /// what is gathered from the trace is there at once.
    ///
    /// # Errors
    /// If the start is not known here, the branches are no tree, or the way to the end of the branch
    /// takes more steps than `most`, which should be [`MOST_STEPS`].
    pub fn open(&self, most: u64, seen: &mut dyn FnMut(&World)) -> Result<Session, LinkError> {
        self.open_from(self.start.spec().ok_or(LinkError::Lesson)?, most, seen)
    }

    /// The same from a world that the caller knows.
    pub(super) fn open_from(
        &self,
        spec: WorldSpec,
        most: u64,
        seen: &mut dyn FnMut(&World),
    ) -> Result<Session, LinkError> {
        let mut branches = self.branches.clone();
        if let Some(trunk) = branches.first_mut() {
            trunk.actions.splice(0..0, spec.opening.iter().cloned());
        }
        // From the start, so that the steps can be counted.
        let story = Story { spec, branches, on: self.on, at: Time::ZERO };
        let mut session = Session::from_story(story).map_err(|_| LinkError::Value)?;
        let end = session.reach().max(self.at);
        while session.next_at().is_some_and(|at| at <= end) {
            session.step();
            if session.position() > most {
                return Err(LinkError::Work);
            }
        }
        session.advance(end);
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
            world::spec(&mut coder, &mut spec);
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
