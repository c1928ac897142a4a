//! The moment at which a figure in a text waits to be played: one with something to see.

use crate::redis::{Event, Span, Time};
use crate::sim::{Session, What};

/// How long is looked for such a moment.
const MOST: Time = Time::from_millis(10_000);
/// After the first answer: its packets have come to the middle of their way.
const AFTER: Span = Span::from_millis(550);

/// Lets time pass up to the first full copy: its RDB is on the wire, the backlog is there. A world
/// where nothing is copied stays at its start.
pub fn advance(session: &mut Session) {
    let mut ahead = session.fork();
    let mut seen = 0;
    while ahead.next_at().is_some_and(|at| at <= MOST) && ahead.step() {
        let mut new = ahead.world().trace().since(seen);
        if new.any(|entry| matches!(entry.what, What::Server(Event::FullResyncStarted { .. }))) {
            session.advance(ahead.world().now() + AFTER);
            return;
        }
        seen = ahead.world().trace().len();
    }
}

/// Most steps of the world that are run to come to an instant that a stranger names.
const MOST_STEPS: u64 = 300_000;

/// Lets time pass up to an instant; less far if that would take too long.
pub fn run_to(session: &mut Session, to: Time) {
    let most = session.position() + MOST_STEPS;
    while session.next_at().is_some_and(|at| at <= to) {
        if session.position() >= most || !session.step() {
            return;
        }
    }
    session.advance(to);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::WorldSpec;

    #[test]
    fn the_course_waits_while_a_copy_is_on_its_way() {
        let mut session = Session::new(WorldSpec::course());
        advance(&mut session);
        let world = session.world();
        assert!(world.now() > Time::from_millis(1000) && world.now() < MOST, "{}", world.now());
        assert!(world.packets().count() >= 2, "packets are in flight");
        let master = world.nodes()[0].server().expect("the master runs");
        assert!(master.backlog().is_some(), "there is a backlog to see");
    }

    #[test]
    fn a_world_without_a_copy_stays_at_its_start() {
        let mut spec = WorldSpec::course();
        spec.opening.clear();
        let mut session = Session::new(spec);
        advance(&mut session);
        assert_eq!(session.world().now(), Time::ZERO);
    }
}
