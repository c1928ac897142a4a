//! Challenges are judged by what happens: each is won in other ways than its lesson's own solution, and the
//! actions of each way are counted.

use psync_lab::lesson::check::{Manner, play, read};
use psync_lab::lesson::trial::Status;
use psync_lab::lesson::{Deed, Lab, Lesson, Trial};
use psync_lab::redis::Span;
use psync_lab::sim::{Action, LinkId};
use std::rc::Rc;

/// Lesson, challenge, another way (deeds as in a lesson file), and how many actions that is.
const WAYS: &[(&str, &str, &str, u32)] = &[
    // The other replica takes over, and is written to before anybody follows it.
    (
        "1-why",
        "takeover",
        r#"[{"promote": "c"}, {"command": {"node": "c", "line": "SET k1 v9"}}, {"replicaof": {"node": "b", "of": "c"}}]"#,
        3,
    ),
    // Silent loss instead of a cut, and the other replica.
    (
        "1-why",
        "stale",
        r#"[{"link": {"between": ["a", "c"], "mode": "silent"}}, {"command": {"node": "a", "line": "SET k1 v7"}},
            {"wait_ms": 500}, {"command": {"node": "c", "line": "GET k1"}}]"#,
        3,
    ),
    // Nothing broken at all, only quick.
    (
        "1-why",
        "stale",
        r#"[{"command": {"node": "a", "line": "SET k1 v7"}}, {"wait_ms": 20}, {"command": {"node": "b", "line": "GET k1"}}]"#,
        2,
    ),
    (
        "2-first-sync",
        "one-fork",
        r#"[{"restart": {"node": "c"}}, {"wait_ms": 900}, {"restart": {"node": "b"}}]"#,
        2,
    ),
    // With a dial: started with the RDB that it once saved.
    ("2-first-sync", "buffer", r#"[{"restart": {"node": "b", "keep_rdb": true}}]"#, 1),
    // Waiting first, which must end when things are due at this very instant.
    ("2-first-sync", "buffer", r#"[{"wait_ms": 300}, {"restart": {"node": "b"}}]"#, 1),
    // Another short cut before b is back: it takes a larger ring.
    ("7-size", "smallest", r#"[{"cut": ["a", "b"]}, {"wait_ms": 400}, {"heal": ["a", "b"]}]"#, 2),
    ("7-size", "spell", r#"[{"stop": "writer"}]"#, 1),
    (
        "3-cascade",
        "build",
        r#"[{"command": {"node": "d", "line": "replicaof 172.16.19.3 6379"}}, {"replicaof": {"node": "c", "of": "d"}},
            {"replicaof": {"node": "b", "of": "c"}}]"#,
        3,
    ),
    (
        "3-cascade",
        "heir",
        r#"[{"command": {"node": "c", "line": "slaveof no one"}}, {"command": {"node": "b", "line": "slaveof 172.16.19.7 6379"}}]"#,
        2,
    ),
    (
        "4-propagation",
        "lose",
        r#"[{"cut": ["a", "b"]}, {"command": {"node": "a", "line": "SET k1 v1"}}, {"wait_ms": 500}, {"kill": "a"}, {"promote": "b"}]"#,
        4,
    ),
    // Other commands write, too.
    (
        "4-propagation",
        "lose",
        r#"[{"cut": ["a", "b"]}, {"command": {"node": "a", "line": "INCR hits"}}, {"wait_ms": 500}, {"kill": "a"}, {"promote": "b"}]"#,
        4,
    ),
    (
        "1-why",
        "stale",
        r#"[{"cut": ["a", "b"]}, {"command": {"node": "a", "line": "MSET k1 v7 k2 v8"}}, {"wait_ms": 300},
            {"command": {"node": "b", "line": "GET k2"}}]"#,
        3,
    ),
    (
        "4-propagation",
        "wait",
        r#"[{"command": {"node": "a", "line": "MSET k1 v9 k2 x"}}, {"command": {"node": "a", "line": "WAIT 2 0"}}]"#,
        2,
    ),
    (
        "5-cut",
        "ten-seconds",
        r#"[{"command": {"node": "a", "line": "CONFIG SET repl-backlog-size 16384"}}, {"wait_ms": 1500}, {"cut": ["a", "b"]},
            {"cut": ["a", "c"]}, {"wait_ms": 10100}, {"heal": ["a", "b"]}, {"heal": ["a", "c"]}]"#,
        5,
    ),
    (
        "5-cut",
        "stale-online",
        r#"[{"command": {"node": "a", "line": "SET k2 new"}}, {"wait_ms": 20}, {"command": {"node": "c", "line": "GET k2"}}]"#,
        2,
    ),
    (
        "6-lapped",
        "shortest-cut",
        r#"[{"rate": {"client": "writer", "every_ms": 20}}, {"cut": ["a", "b"]}, {"wait_ms": 1200}, {"heal": ["a", "b"]}]"#,
        3,
    ),
    ("6-lapped", "overflow", r#"[{"link": {"between": ["a", "b"], "mode": "hold"}}]"#, 1),
    (
        "8-modes",
        "promote",
        r#"[{"command": {"node": "c", "line": "REPLICAOF NO ONE"}}, {"command": {"node": "b", "line": "REPLICAOF 172.16.19.7 6379"}}]"#,
        2,
    ),
    // Nobody is told that the bytes vanish.
    (
        "8-modes",
        "lose",
        r#"[{"link": {"between": ["a", "b"], "mode": "silent"}}, {"wait_ms": 1000}, {"kill": "a"}, {"command": {"node": "b", "line": "REPLICAOF NO ONE"}}]"#,
        3,
    ),
    // The old master follows first, in a circle for a moment.
    (
        "8-modes",
        "return",
        r#"[{"stop": "writer"}, {"wait_ms": 1500}, {"command": {"node": "b", "line": "replicaof no one"}},
            {"command": {"node": "a", "line": "replicaof 172.16.19.5 6379"}}]"#,
        3,
    ),
];

fn lesson(name: &str) -> Lesson {
    let text = std::fs::read_to_string(format!("www/lessons/{name}.json")).expect("readable");
    read(&text).expect("a lesson")
}

#[test]
fn any_way_wins_and_its_actions_are_counted() {
    let mut wrong = Vec::new();
    for (file, id, way, actions) in WAYS {
        let mut lesson = lesson(file);
        lesson.challenges.retain(|challenge| challenge.id == *id);
        let deeds: Vec<Deed> = serde_json::from_str(way).expect("deeds");
        for challenge in &mut lesson.challenges {
            challenge.solution.clone_from(&deeds);
        }
        assert_eq!(lesson.challenges.len(), 1, "{file} has a challenge {id}");
        let mut told = Vec::new();
        let result = play(&Rc::new(lesson), Manner::Right, &mut |line| told.push(line));
        let last = told.last().cloned().unwrap_or_default();
        match result {
            Err(problem) => wrong.push(format!("{file} {id} {way}: {}: {}", problem.place, problem.what)),
            // A dial tells its value behind it.
            Ok(()) if last.contains(&format!("won with {actions} actions")) => {}
            Ok(()) => wrong.push(format!("{file} {id}: {last}, not {actions}")),
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A challenge when the student's turn begins.
fn begun(file: &str, challenge: usize) -> (Trial, Lab) {
    let lesson = Rc::new(lesson(file));
    let dial = lesson.challenges[challenge].dial.as_ref().map(|dial| dial.max);
    let (mut trial, mut lab) = Trial::new(lesson, challenge, dial).expect("its world can be made");
    let patience = lab.now() + Span::from_secs(120);
    while trial.status() == Status::Doing && lab.now() < patience {
        let to = lab.now() + Span::from_millis(10);
        let _ = trial.advance(&mut lab, to);
    }
    assert_eq!(trial.status(), Status::Open, "{file}, challenge {challenge}");
    (trial, lab)
}

#[test]
fn what_holds_from_the_start_is_no_progress() {
    for file in
        ["1-why", "2-first-sync", "3-cascade", "4-propagation", "5-cut", "6-lapped", "7-size", "8-modes"]
    {
        for n in 0..lesson(file).challenges.len() {
            let (trial, lab) = begun(file, n);
            let (reached, all) = trial.progress(&lab);
            assert!(reached == 0 && all > 0, "{file}, challenge {n}: {reached} of {all}");
        }
    }
}

#[test]
fn what_held_and_was_lost_has_to_be_reached_again() {
    // Two of the six parts say that nobody was given all anew, which holds while nothing was cut.
    let (trial, mut lab) = begun("5-cut", 0);
    assert_eq!(trial.progress(&lab), (0, 4));
    lab.main.act(Action::Cut(LinkId(0))).expect("the link is there");
    lab.advance(lab.now() + Span::from_secs(30));
    lab.main.act(Action::Heal(LinkId(0))).expect("the link is there");
    lab.advance(lab.now() + Span::from_secs(5));
    // The cut was long enough, and cost a full resync.
    assert_eq!(trial.progress(&lab), (1, 5));
}
