//! Going anywhere in a session gives exactly what running there gives.

use super::*;
use crate::redis::Rng;
use crate::sim::ids::{ClientId, LinkId, NodeId};
use crate::sim::trace::What;

fn at(millis: u64) -> Time {
    Time::from_millis(millis)
}

/// The digest of a branch at an instant, run from the start by a session that knows nothing else.
fn ran(spec: &WorldSpec, actions: &[TimedAction], to: Time) -> u64 {
    let mut fresh = Session::replay(spec.clone(), actions.to_vec());
    fresh.advance(to);
    fresh.world().digest()
}

fn told(session: &Session) -> (u64, Time, u64) {
    (session.position(), session.world().now(), session.world().digest())
}

/// Six seconds of the course with the first replica cut off at the end of them.
fn cut() -> Session {
    let mut session = Session::new(WorldSpec::course());
    session.advance(at(6000));
    session.act(Action::Cut(LinkId(0))).expect("the course has this link");
    session
}

#[test]
fn going_back_step_by_step_finds_each_state_again() {
    let mut session = cut();
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
fn acting_in_the_past_branches_and_keeps_the_opening() {
    let mut session = cut();
    session.advance(at(9000));
    session.seek(at(700));
    session.act(Action::Cut(LinkId(1))).expect("the course has this link");
    let actions: Vec<Time> = session.actions().iter().map(|timed| timed.at).collect();
    assert_eq!(actions, [at(500), at(700), at(1000)]);
    session.advance(at(9000));
    assert_eq!(session.world().digest(), ran(session.spec(), session.actions(), at(9000)));
    let all: Vec<_> = session.branches().map(|b| (b.id.0, b.parent, b.from, b.reach, b.shared)).collect();
    let trunk = (0, None, Time::ZERO, at(9000), 0);
    assert_eq!(all, [trunk, (1, Some(BranchId(0)), at(700), at(9000), 1)]);
    // The old future is as it was.
    assert!(session.switch_to(BranchId(0)));
    assert_eq!(session.actions().len(), 3);
    let mut straight = cut();
    straight.advance(at(9000));
    assert_eq!(told(&session), told(&straight));
    assert!(!session.switch_to(BranchId(2)));
}

#[test]
fn acting_at_the_end_does_not_branch() {
    let mut session = cut();
    session.advance(at(7000));
    session.act(Action::Heal(LinkId(0))).expect("the course has this link");
    assert_eq!(session.branches().count(), 1);
    assert!(session.act(Action::Cut(LinkId(9))).is_err());
    session.seek(at(3000));
    assert!(session.act(Action::Cut(LinkId(9))).is_err());
    assert_eq!((session.branches().count(), session.reach()), (1, at(7000)));
}

#[test]
fn any_walk_through_branches_shows_what_running_there_shows() {
    for seed in 0..12 {
        let mut rng = Rng::new(seed);
        let mut session = Session::new(WorldSpec { seed, ..WorldSpec::course() });
        session.advance(at(4000));
        for _ in 0..40 {
            match rng.below(6) {
                0 => {
                    let link = LinkId(rng.below(2) as u16);
                    let action = if rng.below(2) == 0 { Action::Cut(link) } else { Action::Heal(link) };
                    session.act(action).expect("the course has these links");
                }
                1 => {
                    session.advance(session.world().now() + crate::redis::Span::from_millis(rng.below(3000)))
                }
                2 => {
                    let branch = BranchId(rng.below(session.branches().count() as u64) as u16);
                    assert!(session.switch_to(branch));
                }
                3 => {
                    session.step_back_to(Grain::Message);
                }
                _ => session.seek(Time::from_micros(rng.below(session.reach().as_micros() + 1))),
            }
            if session.world().now() > Time::ZERO {
                let now = session.world().now();
                session.advance(now);
                assert_eq!(session.world().digest(), ran(session.spec(), session.actions(), now), "{seed}");
            }
        }
        let again = Session::from_story(session.story()).expect("it is a tree");
        assert_eq!(again.world().digest(), session.world().digest());
        assert_eq!(again.story(), session.story());
        for branch in session.story().branches.iter().zip(again.branches()) {
            assert_eq!(branch.0.from, branch.1.from);
        }
    }
}

#[test]
fn stepping_back_undoes_stepping_at_each_grain() {
    for grain in [Grain::Event, Grain::Message, Grain::Command] {
        let mut session = cut();
        session.seek(at(1300));
        assert!(session.step_to(grain));
        let mut states = Vec::new();
        for _ in 0..60 {
            states.push(told(&session));
            assert!(session.step_to(grain));
            let last = session.world().trace().len();
            assert!(session.position() > states.last().expect("one").0);
            assert!(session.world().trace().iter().any(|entry| grain.stops_at(entry)), "{last}");
        }
        for state in states.into_iter().rev() {
            assert!(session.step_back_to(grain));
            assert_eq!(told(&session), state, "{grain:?}");
        }
    }
}

#[test]
fn each_step_stops_at_its_own_kind_only() {
    let mut session = cut();
    for _ in 0..20 {
        let seen = session.world().trace().len();
        assert!(session.step_to(Grain::Command));
        let new: Vec<_> =
            session.world().trace().since(seen).filter(|e| Grain::Command.stops_at(e)).collect();
        assert!(!new.is_empty());
        let stream = |what: &What| matches!(what, What::Server(event) if event.to_string().contains(".."));
        assert!(new.iter().all(|entry| stream(&entry.what)), "{new:?}");
    }
}

#[test]
fn back_from_between_two_events_goes_to_the_earlier_one() {
    let mut session = cut();
    assert!(session.step_to(Grain::Event));
    let there = told(&session);
    let next = session.next_at().expect("the client goes on");
    let gap = next.since(there.1).as_micros();
    assert!(gap > 1, "there is time between them");
    session.advance(Time::from_micros(there.1.as_micros() + gap / 2));
    assert!(session.step_back_to(Grain::Event));
    assert_eq!(told(&session), there);
}

#[test]
fn back_at_the_start_there_is_nothing() {
    let mut session = Session::new(WorldSpec::course());
    let start = told(&session);
    assert!(!session.step_back_to(Grain::Event) && !session.prev_mark());
    assert!(session.step_to(Grain::Event));
    while session.step_back_to(Grain::Event) {}
    assert_eq!(told(&session), start);
}

#[test]
fn marks_are_found_forward_and_back() {
    let mut session = Session::new(WorldSpec::course());
    session.advance(at(6000));
    session.act(Action::Cut(LinkId(0))).expect("the course has this link");
    session.advance(at(30_000));
    session.act(Action::Heal(LinkId(0))).expect("the course has this link");
    session.advance(at(36_000));
    let marks = session.marks().to_vec();
    let kinds: Vec<_> = marks.iter().map(|mark| mark.kind).collect();
    let place = |kind| kinds.iter().position(|k| *k == kind).unwrap_or_else(|| panic!("{kind:?}: {kinds:?}"));
    let b = NodeId(1);
    let (cut, lapped) = (place(MarkKind::Cut(LinkId(0))), place(MarkKind::Lapped(b)));
    let healed = place(MarkKind::Healed(LinkId(0)));
    assert!(cut < lapped && lapped < healed, "{kinds:?}");
    assert!(kinds[healed..].contains(&MarkKind::FullResync(NodeId(0))));
    assert!(kinds[healed..].contains(&MarkKind::RdbEnd(b)) && kinds[healed..].contains(&MarkKind::Online(b)));
    // The overwritten byte is the one the replica would ask for.
    let world = session.world();
    let offset = |entry: &crate::sim::Entry| match &entry.what {
        What::Server(crate::redis::Event::Applied { to, .. }) => Some(to.get()),
        _ => None,
    };
    let mine = |entry: &&crate::sim::Entry| entry.party == Some(crate::sim::Party::Node(b));
    let held = world.trace().iter().take_while(|e| e.id < marks[lapped].entry).filter(mine);
    let held = held.filter_map(offset).last().expect("it applied something");
    match world.trace().get(marks[lapped].entry).map(|entry| &entry.what) {
        Some(What::Server(crate::redis::Event::BacklogOverwrote { from, first })) => {
            assert!(from.get() <= held + 1 && held + 1 < first.get());
        }
        other => panic!("{other:?}"),
    }
    // Back over all of them and forth again.
    let mut back = Vec::new();
    while session.prev_mark() && session.world().now() > Time::ZERO {
        back.push(told(&session));
    }
    back.reverse();
    for state in &back {
        assert!(session.next_mark());
        assert_eq!(told(&session), *state);
    }
    assert_eq!(session.world().now(), marks.last().expect("some").at);
}

#[test]
fn a_search_in_vain_leaves_no_future_behind() {
    let mut spec = WorldSpec::course();
    spec.clients[0].running = false;
    spec.opening.clear();
    let mut session = Session::new(spec);
    session.advance(at(1000));
    let before = told(&session);
    assert!(!session.next_mark() && !session.step_to(Grain::Command));
    assert_eq!((told(&session), session.reach()), (before, at(1000)));
    let start = Action::Restart { node: NodeId(1), keep_rdb: false };
    session.act(start).expect("it is off");
    assert!(session.marks().iter().any(|mark| mark.kind == MarkKind::Up(NodeId(1))));
    session.advance(at(60_000));
    let digest = session.world().digest();
    session.seek(at(50_000));
    session.seek(at(60_000));
    assert_eq!((session.world().digest(), session.branches().count()), (digest, 1));
}

#[test]
fn a_fork_runs_on_alone() {
    let mut session = cut();
    session.advance(at(8000));
    let before = told(&session);
    let mut fork = session.fork();
    fork.act(Action::Heal(LinkId(0))).expect("the course has this link");
    fork.advance(at(20_000));
    fork.seek(at(7000));
    assert_eq!(fork.world().digest(), ran(session.spec(), session.actions(), at(7000)));
    assert_eq!((told(&session), session.reach()), (before, at(8000)));
}

#[test]
fn snapshots_stay_bounded_and_right() {
    let mut spec = WorldSpec::course();
    spec.clients[0].writes.every = crate::redis::Span::from_millis(10);
    let mut session = Session::new(spec);
    let mut most = 0;
    for second in 0..180 {
        session.advance(Time::from_millis(second * 1000));
        most = most.max(session.snapshots());
    }
    assert!(session.world().steps() > 90_000, "{} steps", session.world().steps());
    assert!(most <= 1024, "{most}");
    let (to, actions) = (at(61_234), session.actions().to_vec());
    session.seek(to);
    assert_eq!(session.world().digest(), ran(session.spec(), &actions, to));
}

#[test]
fn a_story_that_is_no_tree_is_refused() {
    let mut session = cut();
    session.advance(at(8000));
    session.seek(at(2000));
    session.act(Action::Cut(LinkId(1))).expect("the course has this link");
    let good = session.story();
    let mut bad = good.clone();
    bad.branches[1].parent = Some(BranchId(1));
    assert_eq!(Session::from_story(bad).err(), Some(StoryError::NoParent(BranchId(1))));
    let mut bad = good.clone();
    bad.branches[1].shared = 99;
    assert_eq!(Session::from_story(bad).err(), Some(StoryError::TooMuchShared(BranchId(1))));
    let mut bad = good.clone();
    bad.on = BranchId(7);
    assert_eq!(Session::from_story(bad).err(), Some(StoryError::NoBranch(BranchId(7))));
    let text = serde_json::to_string(&good).expect("plain data");
    assert_eq!(serde_json::from_str::<Story>(&text).expect("it was written so"), good);
}

/// What is kept of a session's past, as one tells it that forgets nothing.
fn tells_the_same(short: &Session, long: &Session) {
    let (short, long) = (short.world(), long.world());
    assert_eq!((short.now(), short.steps()), (long.now(), long.steps()));
    assert_eq!(short.trace().len(), long.trace().len());
    for entry in short.trace().iter() {
        assert_eq!(Some(entry), long.trace().get(entry.id));
    }
    for client in (0..=u8::MAX).map_while(|n| long.client(ClientId(n))) {
        let (some, all) = (short.client(client.id).expect("the same world").log(), client.log());
        assert_eq!((some.len(), all.first()), (all.len(), 0), "{}", client.name);
        assert!(!client.console || some.first() == 0, "a console forgets nothing");
        assert!(some.iter().eq(all.since(some.first())), "{}", client.name);
    }
}

#[test]
fn a_session_that_forgets_finds_everything_again() {
    let mut long = cut();
    let mut short = cut();
    for millis in (6000..40_000).step_by(100) {
        if millis % 5000 == 0 {
            let args = vec![b"GET".to_vec(), b"k1".to_vec()];
            for session in [&mut long, &mut short] {
                session.act(Action::Write { node: NodeId(0), args: args.clone() }).expect("it runs");
            }
        }
        if millis == 21_000 {
            for session in [&mut long, &mut short] {
                session.act(Action::Heal(LinkId(0))).expect("it is cut");
            }
        }
        long.advance(at(millis));
        short.advance(at(millis));
        short.forget(200);
        assert!(short.world().trace().iter().count() < 400);
    }
    assert!(short.world().trace().first() > 1000, "most is forgotten");
    let writer = ClientId(0);
    assert!(short.world().client(writer).is_some_and(|client| client.log().iter().count() < 64 * 2));
    tells_the_same(&short, &long);
    assert_eq!(short.marks(), long.marks());
    // One event back after the other, past what is kept.
    for _ in 0..700 {
        assert!(long.step_back_to(Grain::Event) && short.step_back_to(Grain::Event));
        tells_the_same(&short, &long);
    }
    let mut rng = Rng::new(8);
    for n in 0..40_u32 {
        let to = at(rng.below(40_000));
        long.seek(to);
        short.seek(to);
        tells_the_same(&short, &long);
        assert_eq!(short.step_to(Grain::Command), long.step_to(Grain::Command));
        assert_eq!(short.prev_mark(), long.prev_mark());
        tells_the_same(&short, &long);
        if n % 8 == 0 {
            short.forget(200);
        }
    }
    // Any entry, with what led to it.
    short.seek(at(39_900));
    long.seek(at(39_900));
    for n in (0..long.world().trace().len()).step_by(97) {
        let recalled = short.recall(EntryId(n), 400, 50);
        assert_eq!(recalled.world().trace().get(EntryId(n)), long.world().trace().get(EntryId(n)));
        let why = |world: &World| world.trace().why(EntryId(n)).cloned().collect::<Vec<_>>();
        assert_eq!(why(recalled.world()), why(long.world()), "{n}");
    }
    // Another future, and back to this one.
    for session in [&mut long, &mut short] {
        session.seek(at(12_000));
        session.act(Action::Cut(LinkId(1))).expect("it is up");
        session.advance(at(20_000));
    }
    short.forget(200);
    tells_the_same(&short, &long);
    assert!(long.switch_to(BranchId(0)) && short.switch_to(BranchId(0)));
    tells_the_same(&short, &long);
    long.seek(at(39_900));
    short.seek(at(39_900));
    tells_the_same(&short, &long);
    short.run_again(&mut |_| ());
    assert_eq!(short.world().trace().first(), 0, "all is known again");
    assert_eq!(short.world().client(writer).map(|client| client.log().first()), Some(0));
    tells_the_same(&short, &long);
    let from = at(3000);
    let since = short.recall_from(from);
    assert!(since.world().now() <= from);
}
