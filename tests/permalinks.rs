//! Permalinks bring a session back exactly, stay short, and of each version of the format one is kept.

#[path = "fuzz/dice.rs"]
#[expect(dead_code, reason = "shared with the fuzz targets")]
mod dice;

use dice::{Dice, random_bytes};
use psync_lab::lesson::Reply;
use psync_lab::lesson::lab::{Mark, Place};
use psync_lab::lesson::run::{Given, Stage, State};
use psync_lab::lesson::scope::Begin;
use psync_lab::redis::{Endpoint, Rate, RedisVersion, Rng, Span, Time};
use psync_lab::sim::session::{BranchId, StoryBranch};
use psync_lab::sim::{Action, ClientId, LinkId, LinkMode, NodeId, Session, TimedAction, WorldSpec};
use psync_lab::view::Lang;
use psync_lab::view::permalink::{
    Course, LinkError, Look, MOST_STEPS, Part, Shared, Start, Tab, VERSION, seal,
};
use psync_lab::view::speed::Speed;
use std::fmt::Write as _;

/// Any action of the start scene, with typical commands.
fn action(dice: &mut Dice<'_>) -> Action {
    let node = NodeId(dice.below(3) as u8);
    let link = LinkId(dice.below(3) as u16);
    let words = |text: &str| text.split(' ').map(|word| word.as_bytes().to_vec()).collect();
    match dice.below(16) {
        0..=2 => Action::Cut(link),
        3..=5 => Action::Heal(link),
        6 => Action::SetLinkMode(
            link,
            dice.pick(&[LinkMode::Silent, LinkMode::Hold, LinkMode::OneWay { to: node }]),
        ),
        7 => Action::SetLinkPath {
            link,
            latency: Span::from_millis(dice.below(900) as u64),
            jitter: Span::from_millis(20),
            rate: Rate::per_second(1 + dice.below(60_000) as u64),
        },
        8 => Action::ClientRate { client: ClientId(0), every: Span::from_micros(1_000_000 / 8) },
        9 => Action::ClientRun(ClientId(0), dice.below(2) == 0),
        10 => dice.pick(&[
            Action::Kill(node),
            Action::Restart { node, keep_rdb: true },
            Action::Pause(node),
            Action::Resume(node),
        ]),
        11 => Action::ReplicaOf { node, of: dice.pick(&[None, Some(Endpoint::new("172.16.19.3", 6379))]) },
        _ => {
            let value = dice.below(1000);
            let text = match dice.below(5) {
                0 => format!("SET k{} v{value}", dice.below(9)),
                1 => format!("SET name value-{value}"),
                2 => "INCR counter".to_owned(),
                3 => format!("GET k{}", dice.below(9)),
                _ => "INFO replication".to_owned(),
            };
            Action::Write { node, args: words(&text) }
        }
    }
}

/// A session of so many actions, as a person might have it.
fn played(seed: u64, actions: usize) -> Session {
    let mut rng = Rng::stream(seed, "permalink", 0);
    let choices: Vec<u8> = (0..actions * 16 + 16).map(|_| rng.next_u32() as u8).collect();
    let mut dice = Dice::new(&choices);
    let mut session = Session::new(WorldSpec { seed, ..WorldSpec::course() });
    while session.actions().len() < actions {
        let pause = 1000 * dice.below(1500) as u64 + dice.below(1000) as u64;
        let to = session.world().now() + Span::from_micros(pause);
        session.advance(to);
        // One that cannot be done is not part of the session.
        let _ = session.act(action(&mut dice));
    }
    session
}

fn open(shared: &Shared) -> Session {
    shared.open(MOST_STEPS, &mut |_| ()).expect("an honest session opens")
}

fn parse(link: &str) -> Result<Shared, LinkError> {
    Shared::parse(link).expect("it has the mark of a session")
}

#[test]
fn a_session_comes_back_to_the_byte_and_has_the_same_future() {
    for seed in 1..=12 {
        let mut session = played(seed, 40);
        let reach = session.world().now();
        // Somewhere in it, also between two things of one instant, also after another branch began.
        match seed % 4 {
            0 => session.seek(Time::from_micros(reach.as_micros() * 2 / 3)),
            1 => session.rewind_to(session.position() / 2),
            2 => {
                for part in [2, 3] {
                    session.seek(Time::from_micros(reach.as_micros() / part));
                    session.act(Action::Cut(LinkId(2))).expect("the scene has this link");
                    session.advance(reach);
                }
                assert!(session.branches().count() == 3 && session.switch_to(BranchId(1)));
            }
            _ => {}
        }
        let shared = Shared::of(&session, Look::default());
        let read = parse(&shared.fragment()).expect("it was written so");
        assert_eq!(read, shared);
        let mut again = open(&read);
        assert_eq!(again.world().now(), session.world().now(), "seed {seed}");
        assert_eq!(again.position(), session.position(), "seed {seed}");
        assert_eq!(again.world().digest(), session.world().digest(), "seed {seed}");
        assert_eq!(again.story(), session.story());
        let later = reach + Span::from_secs(5);
        session.advance(later);
        again.advance(later);
        assert_eq!(again.world().digest(), session.world().digest(), "the future of seed {seed}");
    }
}

#[test]
fn somewhere_between_two_things_of_one_instant() {
    let mut session = Session::new(WorldSpec::course());
    session.advance(Time::from_millis(4000));
    let mut inside = 0;
    for _ in 0..400 {
        session.step();
        let shared = Shared::of(&session, Look::default());
        inside += u32::from(shared.undone > 0);
        let again = open(&parse(&shared.fragment()).expect("it was written so"));
        assert_eq!(
            (again.position(), again.world().digest()),
            (session.position(), session.world().digest())
        );
    }
    assert!(inside > 0, "no instant had two things: this test saw nothing");
}

#[test]
fn a_hundred_and_fifty_actions_fit_into_two_thousand_characters() {
    for seed in 1..=5 {
        let session = played(seed, 152);
        assert!(session.actions().len() - session.spec().opening.len() >= 150);
        let look = Look { lang: Some(Lang::En), tab: Tab::Ring, ring_of: Some(NodeId(1)), ..Look::default() };
        let address = "https://course.example.org/notes/redis/embed.html#";
        let link = format!("{address}{}", Shared::of(&session, look).fragment());
        println!("seed {seed}: {} characters", link.len());
        assert!(link.len() <= 2000, "{} characters", link.len());
    }
}

#[test]
fn a_world_of_its_own_comes_with_all_its_settings() {
    let mut spec = WorldSpec::course();
    let settings = &mut spec.nodes[2].settings;
    settings.version = RedisVersion::V7_0;
    settings.backlog_model = psync_lab::redis::config::BacklogModel::Blocks { payload: 1024 };
    (settings.backlog_size, settings.diskless, settings.load_rate) = (4096, true, None);
    spec.nodes[1].replica_of = Some(NodeId(2));
    spec.clients[0].writes.command = "APPEND log 0123456789".into();
    spec.links[1].path.latency = Span::from_millis(700);
    spec.seed = u64::MAX;
    let mut session = Session::new(spec);
    session.advance(Time::from_millis(9000));
    session.act(Action::Cut(LinkId(1))).expect("it has this link");
    let shared = Shared::of(&session, Look::default());
    assert!(matches!(&shared.start, Start::World(spec) if *spec.as_ref() == *session.spec()));
    let link = shared.fragment();
    println!("{} characters", link.len());
    let again = open(&parse(&link).expect("it was written so"));
    assert_eq!(again.spec(), session.spec());
    assert_eq!(again.world().digest(), session.world().digest());
}

#[test]
fn the_look_comes_back() {
    let session = Session::new(WorldSpec::course());
    for look in [
        Look::default(),
        Look {
            lang: Some(Lang::Zh),
            tab: Tab::History,
            ring_of: Some(NodeId(2)),
            whole: true,
            speed: Speed::parse("0.05"),
            zoom: Some(Span::from_secs(12)),
        },
    ] {
        let shared = Shared::of(&session, look);
        assert_eq!(parse(&shared.fragment()).map(|read| read.look), Ok(look));
    }
}

#[test]
fn other_fragments_are_not_links() {
    for text in ["", "#", "#top", "x=1&y=2", "#ss=AQ"] {
        assert_eq!(Shared::parse(text), None, "{text}");
    }
    let session = Session::new(WorldSpec::course());
    let link = Shared::of(&session, Look::default()).fragment();
    assert!(Shared::parse(&format!("#top&{link}&x=1")).is_some_and(|read| read.is_ok()));
}

#[test]
fn damaged_links_are_refused() {
    let shared = Shared::of(&played(3, 30), Look::default());
    let link = shared.fragment();
    for end in 2..link.len() {
        assert!(parse(&link[..end]).is_err(), "cut after {end} characters");
    }
    let mut unseen = 0;
    for n in 2..link.len() {
        for other in ['A', '-', '9', '%'] {
            let changed = [&link[..n], &other.to_string(), &link[n + 1..]].concat();
            if changed != link {
                unseen += u32::from(parse(&changed).is_ok());
            }
        }
    }
    // A checksum of 16 bits misses one in 65 536.
    assert!(unseen <= 1, "{unseen} changes were not seen");
}

#[test]
fn hostile_links_are_refused_by_name() {
    let case = |link: &str, problem: LinkError| assert_eq!(parse(link), Err(problem), "{:.60}", link);
    case(&format!("s={}", "A".repeat(70_000)), LinkError::TooLong);
    case("s=<script>alert(1)</script>", LinkError::Damaged);
    case("s=", LinkError::Damaged);
    case(&seal(99, b"anything"), LinkError::Version(99));
    case(&seal(0, b""), LinkError::Version(0));
    // A start that does not exist, a lesson's name that is no text, no branch, ten million actions.
    case(&seal(1, &[9]), LinkError::Value);
    case(&seal(1, &[1, 5, 0xff, 0xfe]), LinkError::Damaged);
    case(&seal(1, &[0, 1, 0]), LinkError::Value);
    case(&seal(1, &[0, 1, 1, 0, 0x80, 0xad, 0xe2, 0x04]), LinkError::Value);
    // What follows the end.
    let mut session = Session::new(WorldSpec::course());
    session.advance(Time::ZERO);
    let good = Shared::of(&session, Look::default());
    let bytes = [0, 1, 1, 0, 0, 0, 0, 0, 0];
    assert_eq!(parse(&seal(1, &bytes)), Ok(good.clone()));
    case(&seal(1, &[&bytes[..], &[0]].concat()), LinkError::Damaged);
    // Branches that copy each other's actions: a hundred times ten thousand.
    let cut = TimedAction { at: Time::ZERO, action: Action::Cut(LinkId(0)) };
    let mut bomb = good.clone();
    bomb.branches[0].actions = vec![cut; 10_000];
    let copy = StoryBranch {
        parent: Some(BranchId(0)),
        shared: 10_000,
        actions: vec![],
        ..bomb.branches[0].clone()
    };
    bomb.branches.resize(100, copy);
    case(&bomb.fragment(), LinkError::Value);
    // Branches that are no tree.
    let mut knot = good.clone();
    let own = StoryBranch { parent: Some(BranchId(7)), ..knot.branches[0].clone() };
    knot.branches.push(own);
    let refused = |shared: &Shared, most| shared.open(most, &mut |_| ()).map(|_| ());
    assert_eq!(refused(&parse(&knot.fragment()).expect("it can be read"), MOST_STEPS), Err(LinkError::Value));
    // An instant that takes too long: nine hours of writes are more than a page should run.
    let mut far = good;
    far.branches[0].reach = Time::from_millis(9 * 3_600_000);
    assert_eq!(refused(&far, 20_000), Err(LinkError::Work));
    let lesson = Shared { start: Start::Lesson("no-such-lesson".into()), ..far };
    assert_eq!(refused(&lesson, MOST_STEPS), Err(LinkError::Lesson));
}

/// What a link holds, for people and for the files in `tests/permalinks/`.
fn told(shared: &Shared) -> String {
    let mut out = String::new();
    let mut line = |text: String| writeln!(out, "{text}").expect("writing to a string works");
    match &shared.start {
        Start::Course(seed) => line(format!("start course, seed {seed}")),
        Start::Lesson(name) => line(format!("start lesson {name}")),
        Start::World(spec) => {
            line(format!("start {}", serde_json::to_string(spec).expect("it is plain data")))
        }
    }
    for StoryBranch { parent, from, reach, shared, actions } in &shared.branches {
        let (from, reach) = (from.as_micros(), reach.as_micros());
        line(format!("branch of {parent:?} from {from} to {reach}, {shared} shared"));
        for timed in actions {
            line(format!("{:>12} {}", timed.at.as_micros(), timed.action));
        }
    }
    line(format!("on {} at {} undone {}", shared.on.0, shared.at.as_micros(), shared.undone));
    let Look { lang, tab, ring_of, whole, speed, zoom } = shared.look;
    if let Some(course) = &shared.course {
        line(format!("{course:?}"));
    }
    line(format!("look {lang:?} {tab:?} {ring_of:?} {whole} {speed:?} {zoom:?}"));
    out
}

/// Links that were given out keep loading for ever. A file is a link, then what it holds;
/// `PERMALINKS=write` adds the files of a new version, and changes none.
#[test]
fn links_of_every_version_still_load() {
    let folder = std::path::Path::new("tests/permalinks");
    if std::env::var("PERMALINKS").is_ok_and(|value| value == "write") {
        for (name, shared) in samples() {
            let file = folder.join(format!("v{VERSION}-{name}.txt"));
            if !file.exists() {
                let text = format!("{}\n{}", shared.fragment(), told(&shared));
                std::fs::write(&file, text).expect("the folder is there");
            }
        }
    }
    let mut seen = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder is there") {
        let path = entry.expect("it can be read").path();
        let text = std::fs::read_to_string(&path).expect("it is text");
        let (link, expected) = text.split_once('\n').expect("a link, then what it holds");
        let shared = parse(link).unwrap_or_else(|problem| panic!("{}: {problem}", path.display()));
        assert_eq!(told(&shared), expected, "{}", path.display());
        if !matches!(shared.start, Start::Lesson(_)) {
            assert_eq!(open(&shared).world().now(), shared.at, "{}", path.display());
        }
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        seen.push(name);
    }
    for version in 1..=VERSION {
        let kept = seen.iter().filter(|name| name.starts_with(&format!("v{version}-"))).count();
        assert!(kept >= 3, "of version {version} only {kept} links are kept");
    }
}

fn samples() -> Vec<(&'static str, Shared)> {
    let mut session = played(7, 60);
    let reach = session.world().now();
    session.seek(Time::from_micros(reach.as_micros() / 2));
    session.act(Action::Heal(LinkId(0))).expect("the scene has this link");
    session.advance(session.world().now() + Span::from_secs(3));
    let look = Look { lang: Some(Lang::En), tab: Tab::History, speed: Speed::parse("2"), ..Look::default() };
    let many = Shared::of(&session, look);
    let mut spec = WorldSpec::course();
    spec.nodes[0].settings.version = RedisVersion::V7_2;
    spec.nodes[1].data.push("SET only-here 1".into());
    let mut own = Session::new(spec);
    own.advance(Time::from_millis(4321));
    let world = Shared::of(&own, Look::default());
    let lesson = Shared { start: Start::Lesson("backlog-ring".into()), ..many.clone() };
    let place = Place { main: Mark::here(&own), other: None };
    let state = State {
        step: 2,
        stage: Stage::Revealing,
        asked: Some((Begin::default(), place.clone())),
        hinted: 1,
        starts: vec![None, Some(place.clone()), Some(place), None],
        given: vec![Given { step: 1, guess: Reply::Number(-45), right: false }],
        ..State::default()
    };
    let course = Course { part: Part::Run(state), other: Some(Shared::beside(&own)) };
    let under_way = Shared { course: Some(course), ..lesson.clone() };
    vec![("many-actions", many), ("own-world", world), ("lesson", lesson), ("lesson-under-way", under_way)]
}

#[test]
fn random_bytes_never_panic() {
    let mut rng = Rng::stream(1, "permalink-bytes", 0);
    for _ in 0..20_000 {
        let body = random_bytes(&mut rng, 60);
        if let Ok(shared) = parse(&seal(1, &body)) {
            // What is read is written in the same way: there is one form only, but for unknown looks.
            assert_eq!(parse(&shared.fragment()), Ok(shared));
        }
    }
}
