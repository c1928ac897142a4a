//! A bad file is refused with line, field and what is allowed.

use super::*;
use crate::lesson::run::{News, Run, Stage};

const GOOD: &str = r#"{
  "format": 1,
  "id": "tiny",
  "languages": ["en"],
  "title": {"en": "Tiny"},
  "summary": {"en": "One server."},
  "worlds": {"w": {"nodes": [
    {"name": "a", "host": "10.0.0.1", "data": ["SET k 1"]},
    {"name": "b", "host": "10.0.0.2", "replica_of": "a"}
  ]}},
  "steps": [
    {"id": "go", "text": {"en": "The [lag](stale) is {lag}."}, "values": {"lag": {"lag": "b"}},
     "until": {"online": "b"}},
    {"id": "ask", "text": {"en": "Guess."}, "ask": {
      "text": {"en": "How many keys?"},
      "guess": {"number": {"probe": {"keys": "a"}, "tolerance": 0, "min": 0, "max": 9, "step": 1}},
      "run": {"do": [{"command": {"node": "a", "line": "SET k2 2"}}], "ms": 500},
      "why": {"en": "Because."}}}
  ]
}"#;

/// The only problem of the good file with `from` replaced by `to`.
fn problem(from: &str, to: &str) -> String {
    assert_eq!(GOOD.matches(from).count(), 1, "{from} is there once");
    let problems = check(&GOOD.replace(from, to)).expect_err(to);
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].to_string()
}

#[test]
fn a_good_file_is_read_and_played() {
    let lesson = check(GOOD).expect("good");
    assert_eq!(lesson.steps.len(), 2);
    let mut told = Vec::new();
    play(&std::rc::Rc::new(lesson), Manner::Right, &mut |line| told.push(line)).expect("plays");
    assert!(told.iter().any(|line| line.contains("Number(2)")), "{told:?}");
}

#[test]
fn what_is_wrong_is_told_with_line_field_and_what_is_allowed() {
    for (from, to, expected) in [
        ("\"format\": 1", "\"format\": 2", "2:13: format: this program reads format 1"),
        (
            "\"until\"",
            "\"untill\"",
            "13:16: steps[0].untill: unknown field `untill`, expected one of `id`, `title`",
        ),
        (
            "\"online\": \"b\"",
            "\"onlin\": \"b\"",
            "13:15: steps[0].until: unknown variant `onlin`, expected one of",
        ),
        (
            "\"online\": \"b\"",
            "\"online\": \"x\"",
            "13:15: steps[0].until: there is no node `x`; the nodes are a, b",
        ),
        ("{lag}.", "{leg}.", "steps[0].text.en: no value is named `{leg}`; declared in `values`: lag"),
        (
            "(stale)",
            "(slow)",
            "steps[0].text.en: no such term in `[words](term)`; the terms are master, replica",
        ),
        ("[lag](stale)", "[lag(stale)", "steps[0].text.en: a mark is not closed: `[`"),
        ("{\"en\": \"Guess.\"}", "{}", "steps[1].text: the text is missing in `en`"),
        (
            "\"replica_of\": \"a\"",
            "\"replica_of\": \"z\"",
            "9:53: worlds.w.nodes[1].replica_of: there is no node `z`",
        ),
        ("10.0.0.2", "10.0.0.1", "worlds.w.nodes[1].host: `10.0.0.1` is there twice"),
        ("\"node\": \"a\"", "\"node\": \"q\"", "steps[1].ask.run.do[0]: there is no node `q` (nodes: a, b"),
        ("\"max\": 9", "\"max\": 1", "steps[1].ask: the right answer, 2, is not on the slider"),
        (
            "\"step\": 1}",
            "\"step\": \"1\"}",
            "steps[1].ask.guess.number.step: invalid type: string \"1\", expected u32",
        ),
        (
            "{\"online\": \"b\"}",
            "{\"is\": [{\"keys\": \"b\"}, \">\", {\"number\": 5}]}",
            "13:15: steps[0].until: it does not come within",
        ),
        (
            "\"until\": {",
            "\"table\": {\"head\": [{\"en\": \"A\"}], \"rows\": [[]]}, \"until\": {",
            "steps[0].table: 1 to 6 columns and 1 to 12 rows, each as long as the head, are allowed",
        ),
        (
            "\"until\": {",
            "\"calculator\": {\"writes_per_s\": 0, \"op_bytes\": 50, \"network\": {\"bytes_per_s\": 0}, \"outage_ms\": 9}, \"until\": {",
            "steps[0].calculator: writes_per_s must be 1 to 1000",
        ),
        ("\"id\": \"ask\"", "\"id\": \"go\"", "steps[1].id: another step has this id"),
    ] {
        let told = problem(from, to);
        assert!(told.contains(expected), "{told}\n does not say\n{expected}");
    }
}

#[test]
fn several_problems_are_told_at_once() {
    let bad = GOOD.replace("\"online\": \"b\"", "\"online\": \"x\"").replace("{lag}.", "{leg}.");
    assert!(check(&bad).expect_err("bad").len() >= 2);
}

#[test]
fn files_that_are_too_large_or_too_deep_are_refused() {
    let large = GOOD.replace("Because.", &"x".repeat(MOST_BYTES));
    assert!(check(&large).expect_err("large")[0].what.contains("at most 262144"));
    let deep = |levels: usize| {
        let (open, close) = ("{\"not\": ".repeat(levels), "}".repeat(levels));
        GOOD.replace("{\"online\": \"b\"}", &format!("{open}{{\"online\": \"b\"}}{close}"))
    };
    assert!(check(&deep(10)).is_ok());
    assert!(check(&deep(20)).expect_err("deep")[0].what.contains("at most 12 levels"));
    assert!(check(&deep(5000)).expect_err("very deep")[0].what.contains("recursion limit"));
    for cut in 0..GOOD.len() {
        assert!(!GOOD.is_char_boundary(cut) || check(&GOOD[..cut]).is_err(), "cut at {cut}");
    }
}

#[test]
fn after_a_step_that_holds_no_time_passes_until_the_next() {
    let held = GOOD.replace("\"until\": {\"online\"", "\"hold\": true, \"until\": {\"online\"");
    for (text, stands) in [(GOOD, false), (held.as_str(), true)] {
        let (mut run, mut lab) = Run::new(std::rc::Rc::new(check(text).expect("good"))).expect("a world");
        let later = crate::redis::Time::from_millis(30_000);
        while run.advance(&mut lab, later).is_some() {}
        assert_eq!(run.stage(), Stage::Done);
        assert_eq!(lab.now() < later, stands);
        assert!(run.next(&mut lab).expect("the same world"));
        assert_eq!(run.advance(&mut lab, later), Some(News::Asked));
    }
}

#[test]
fn going_back_and_resuming_find_the_same_world() {
    let lesson = std::rc::Rc::new(check(GOOD).expect("good"));
    let (mut run, mut lab) = crate::lesson::Run::new(std::rc::Rc::clone(&lesson)).expect("a world");
    let late = crate::redis::Time::from_millis(60_000);
    assert_eq!(run.advance(&mut lab, late), Some(crate::lesson::News::Done));
    let reached = lab.now();
    assert!(run.next(&mut lab).expect("a world"));
    assert_eq!(run.advance(&mut lab, late), Some(crate::lesson::News::Asked));
    assert_eq!((run.advance(&mut lab, late), lab.now()), (None, reached), "the clock stands still");
    let trace = lab.main.world().trace().len();
    run.answer(&lab, crate::lesson::Reply::Number(3)).expect("judged");
    assert_eq!(run.verdict().map(|verdict| (verdict.right, verdict.gap)), Some((false, 1)));
    // What is kept is enough to go on elsewhere.
    let kept = serde_json::to_string(run.state()).expect("plain data");
    let mut other = crate::lesson::Run::resume(lesson, serde_json::from_str(&kept).expect("the same"), &lab);
    assert_eq!(run.verdict(), other.verdict());
    let mut copy = lab.clone();
    assert_eq!(run.advance(&mut lab, late), other.advance(&mut copy, late));
    assert_eq!((lab.now(), run.state()), (copy.now(), other.state()));
    assert!(lab.main.world().trace().len() > trace);
    assert!(run.goto(1, &mut lab).expect("a world"));
    assert_eq!((lab.now(), lab.main.world().trace().len()), (reached, trace));
    assert!(run.goto(0, &mut lab).expect("a world"));
    assert_eq!(
        (lab.now(), run.goto(1, &mut lab)),
        (crate::redis::Time::ZERO, Ok(false)),
        "not reached again"
    );
}

#[test]
fn after_a_reveal_that_goes_back_the_turn_begins_where_it_was_asked() {
    let turn =
        "\"rewind\": true}, \"await\": {\"do\": [{\"command\": {\"node\": \"a\", \"line\": \"SET k3 3\"}}]}}";
    let text = GOOD
        .replace("\"why\": {\"en\": \"Because.\"}}}", &format!("\"why\": {{\"en\": \"Because.\"}}, {turn}"));
    let (mut run, mut lab) = Run::new(std::rc::Rc::new(check(&text).expect("good"))).expect("a world");
    let late = crate::redis::Time::from_millis(60_000);
    assert_eq!(run.pass(&mut lab, late), [News::Done]);
    assert!(run.next(&mut lab).expect("the same world"));
    assert_eq!(run.pass(&mut lab, late), [News::Asked]);
    let (asked, trace) = (lab.now(), lab.main.world().trace().len());
    run.answer(&lab, crate::lesson::Reply::Number(2)).expect("judged");
    // A frame may be longer than all of the reveal.
    for to in [asked + crate::redis::Span::from_millis(200), asked + crate::redis::Span::from_secs(30)] {
        run.pass(&mut lab, to);
    }
    assert_eq!((run.stage(), lab.now(), lab.main.world().trace().len()), (Stage::Awaiting, asked, trace));
}
