//! Plays every story in `tests/transcripts/` and compares what the world prints with what is
//! written there. `UPDATE=1 cargo test --test transcripts` rewrites the stories; review the difference.

use psync_lab::redis::Time;
use psync_lab::sim::Session;
use psync_lab::sim::check::Checker;
use psync_lab::sim::script::{parse, play};
use std::path::{Path, PathBuf};

fn stories() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/transcripts");
    let mut paths: Vec<PathBuf> = std::fs::read_dir(folder)
        .expect("the folder of stories")
        .map(|entry| entry.expect("a folder entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "txt"))
        .collect();
    paths.sort();
    paths
}

/// The first line in which two texts differ, for a failure that can be read.
fn difference(written: &str, played: &str) -> String {
    let (mut written, mut played) = (written.lines(), played.lines());
    for n in 1.. {
        match (written.next(), played.next()) {
            (None, None) => return "only in line ends".into(),
            (a, b) if a == b => {}
            (a, b) => return format!("line {n}:\n- {}\n+ {}", a.unwrap_or("(end)"), b.unwrap_or("(end)")),
        }
    }
    String::new()
}

#[test]
fn stories_go_as_written() {
    let update = std::env::var_os("UPDATE").is_some();
    let mut failures = Vec::new();
    let stories = stories();
    assert!(!stories.is_empty(), "no stories found");
    for path in stories {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let written = std::fs::read_to_string(&path).expect("a story that can be read");
        let played = parse(&written).and_then(|script| {
            let session = Session::new(script.spec.clone());
            play(&script, session)
        });
        match played {
            Err(error) => failures.push(format!("{name}: {error}")),
            Ok(played) if played.text == written => {}
            Ok(played) if update => std::fs::write(&path, played.text).expect("a story that can be written"),
            Ok(played) => failures.push(format!("{name}, {}", difference(&written, &played.text))),
        }
    }
    assert!(failures.is_empty(), "\n{}", failures.join("\n\n"));
}

#[test]
fn rules_hold_after_every_step_of_every_story() {
    for path in stories() {
        let written = std::fs::read_to_string(&path).expect("a story that can be read");
        let script = parse(&written).expect("a story that can be parsed");
        let session = Session::new(script.spec.clone());
        let played = play(&script, session).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let end = played.session.world().now();
        let mut again = Session::replay(script.spec, played.session.actions().to_vec());
        let mut checker = Checker::new();
        while again.next_at().is_some_and(|at| at <= end) {
            again.step();
            if let Err(broken) = checker.check(again.world()) {
                panic!("{}: {broken}", path.display());
            }
        }
        again.advance(end);
        assert_eq!(again.world().digest(), played.session.world().digest(), "{}", path.display());
    }
}

#[test]
fn seeking_finds_exactly_what_was_there() {
    for path in stories() {
        let written = std::fs::read_to_string(&path).expect("a story that can be read");
        let script = parse(&written).expect("a story that can be parsed");
        let session = Session::new(script.spec.clone());
        let mut session = play(&script, session).expect("a story that can be played").session;
        let end = session.world().now();
        let last = session.world().digest();
        let mut there = Vec::new();
        for tenth in 0..10 {
            session.seek(Time::from_micros(end.as_micros() / 10 * tenth));
            there.push(session.world().digest());
        }
        for tenth in (0..10).rev() {
            session.seek(Time::from_micros(end.as_micros() / 10 * tenth as u64));
            assert_eq!(session.world().digest(), there[tenth], "{} at {tenth}/10", path.display());
        }
        session.seek(end);
        assert_eq!(session.world().digest(), last, "{}", path.display());
    }
}
