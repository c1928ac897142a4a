//! Every lesson of `www/lessons`: well formed in all its languages, backed by scenarios that exist, and
//! playable to its end, by doing what it asks and by doing something else first.

use psync_lab::lesson::check::{Manner, check, play, read, schema};
use psync_lab::lesson::run::{Given, Stage};
use psync_lab::lesson::{Lesson, Reply, Run, Trial, binary};
use psync_lab::redis::{Span, Time};
use psync_lab::view::permalink::{Course, LinkError, Look, MOST_STEPS, Part, Resumed, Shared, Start};
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

const SCHEMA: &str = "www/lessons/lesson.schema.json";

fn files() -> Vec<PathBuf> {
    let entries = fs::read_dir("www/lessons").expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("readable").path());
    let lesson =
        |path: &PathBuf| path.extension().is_some_and(|end| end == "json") && path != Path::new(SCHEMA);
    let mut files: Vec<PathBuf> = paths.filter(lesson).collect();
    files.sort();
    assert!(!files.is_empty(), "no lessons were found");
    files
}

fn lesson(path: &Path) -> Lesson {
    let text = fs::read_to_string(path).expect("readable");
    read(&text).unwrap_or_else(|problems| {
        let told: Vec<String> =
            problems.iter().map(|problem| format!("{}:{problem}", path.display())).collect();
        panic!("\n{}\n", told.join("\n"))
    })
}

fn played(manner: Manner) {
    for path in files() {
        let mut told = Vec::new();
        let result = play(&Rc::new(lesson(&path)), manner, &mut |line| told.push(line));
        if let Err(problem) = result {
            panic!("{}: {}: {}\n{}", path.display(), problem.place, problem.what, told.join("\n"));
        }
    }
}

#[test]
fn doing_what_is_asked_leads_to_the_end() {
    played(Manner::Right);
}

#[test]
fn doing_something_else_first_does_not_complete_a_step() {
    played(Manner::WrongFirst);
}

/// When a student does something is the student's affair: what is right must not hang on it, but for
/// numbers.
#[test]
fn right_answers_do_not_depend_on_how_long_a_student_takes() {
    for path in files() {
        let lesson = Rc::new(lesson(&path));
        let answers = |ms| {
            let mut told = Vec::new();
            let result = play(&lesson, Manner::Late(ms), &mut |line| told.push(line));
            if let Err(problem) = result {
                panic!(
                    "{}, {ms} ms late: {}: {}\n{}",
                    path.display(),
                    problem.place,
                    problem.what,
                    told.join("\n")
                );
            }
            let answers = told.iter().filter_map(|line| line.split_once("the right answer is "));
            let answers = answers.map(|(_, answer)| answer.to_owned());
            answers.filter(|answer| !answer.starts_with("Number")).collect::<Vec<_>>()
        };
        let first = answers(0);
        for ms in [50, 100, 150, 200, 250, 700] {
            assert_eq!(answers(ms), first, "{}, {ms} ms late", path.display());
        }
    }
}

#[test]
fn lessons_speak_chinese_and_english_and_ask() {
    for path in files() {
        let lesson = lesson(&path);
        for lang in ["zh", "en"] {
            assert!(lesson.languages.iter().any(|tag| tag == lang), "{}: {lang}", path.display());
        }
        let questions = lesson.steps.iter().filter(|step| step.ask.is_some()).count();
        assert!(questions >= 3, "{}: {questions} questions", path.display());
        let name = path.file_stem().and_then(|stem| stem.to_str()).expect("a name");
        assert!(name.ends_with(&lesson.id), "{name} is named by its id, {}", lesson.id);
    }
}

#[test]
fn notes_of_fact_are_backed_by_scenarios() {
    let text = fs::read_to_string("tests/conformance/scenarios.json").expect("readable");
    let scenarios: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    let scenes: Vec<String> = fs::read_dir("tests/conformance/scenes")
        .expect("the folder is there")
        .map(|entry| fs::read_to_string(entry.expect("readable").path()).expect("readable"))
        .collect();
    // `= name`, or `= name since 7.0`.
    let begins = |line: &str, name: &str| {
        line.strip_prefix("= ").and_then(|line| line.split(' ').next()) == Some(name)
    };
    let known = |name: &str| {
        scenarios.iter().any(|scenario| scenario["name"] == name)
            || scenes.iter().flat_map(|text| text.lines()).any(|line| begins(line, name))
    };
    for path in files() {
        for fact in lesson(&path).facts {
            assert!(known(&fact.scenario), "{}: there is no scenario {}", path.display(), fact.scenario);
        }
    }
}

#[test]
fn the_binary_form_is_the_same_lesson() {
    for path in files() {
        let lesson = lesson(&path);
        let bytes = binary::encode(&lesson).expect("encodes");
        assert_eq!(binary::decode(&bytes), Ok(lesson), "{}", path.display());
        assert!(binary::decode(&bytes[..bytes.len() / 2]).is_err());
    }
}

#[test]
fn the_schema_is_current() {
    let committed = fs::read_to_string(SCHEMA).unwrap_or_default();
    assert!(committed == schema(), "{SCHEMA} is old: run `cargo xtask lesson schema`");
}

/// The example of the page on writing lessons is a lesson.
#[test]
fn the_example_in_the_documents_is_good() {
    let page = fs::read_to_string("docs/LESSONS.md").expect("readable");
    let example = page.split("```json lesson\n").nth(1).and_then(|rest| rest.split("```").next());
    let example = example.expect("the page has an example");
    if let Err(problems) = check(example) {
        panic!("docs/LESSONS.md: {}", problems[0]);
    }
}

/// The page says where each fact of the course is taught: those steps exist.
#[test]
fn the_steps_that_teach_the_facts_exist() {
    let page = fs::read_to_string("docs/LESSONS.md").expect("readable");
    let table = page.split("## What the eight lessons teach").nth(1).expect("the page has the table");
    let rows: Vec<&str> = table.lines().filter(|line| line.starts_with("| ")).skip(1).collect();
    assert!(rows.len() > 20, "{} facts", rows.len());
    let lessons: Vec<Lesson> = files().iter().map(|path| lesson(path)).collect();
    for row in rows {
        let places = row.trim_end_matches('|').rsplit('|').next().unwrap_or_default();
        let mut told = 0;
        for place in places.split('`').filter_map(|place| place.split_once('/')) {
            let found = lessons.iter().filter(|lesson| lesson.id == place.0);
            let steps = found.flat_map(|lesson| &lesson.steps).filter(|step| step.id == place.1);
            assert_eq!(steps.count(), 1, "{}/{} of: {row}", place.0, place.1);
            told += 1;
        }
        assert!(told > 0, "nothing teaches: {row}");
    }
}

#[test]
fn a_lesson_opens_at_any_step() {
    for path in files() {
        let lesson = Rc::new(lesson(&path));
        for step in 0..lesson.steps.len() {
            let (mut run, mut lab) = Run::new(lesson.clone()).expect("it was checked");
            run.ahead(step, &mut lab).expect("the worlds are there");
            assert_eq!((run.index(), run.stage()), (step, Stage::Doing), "{}", path.display());
            assert!(run.given().is_empty(), "the student has answered nothing");
            let before =
                lesson.steps[..step].iter().rposition(|step| step.ask.is_some() || step.wait.is_some());
            if before.is_some() && !lesson.begins_anew(step) {
                assert!(lab.main.world().now() > Time::ZERO, "{}: step {step} is not ahead", path.display());
            }
        }
    }
}

/// A link to what a student has before them, opened somewhere else.
fn through_a_link(
    part: Part,
    lab: &psync_lab::lesson::Lab,
    lesson: &Rc<Lesson>,
) -> (Resumed, psync_lab::lesson::Lab) {
    let other = lab.other.as_ref().map(Shared::beside);
    let shared = Shared {
        start: Start::Lesson(lesson.id.clone()),
        course: Some(Course { part, other }),
        ..Shared::of(&lab.main, Look::default())
    };
    let link = shared.fragment();
    let read = Shared::parse(&link).expect("it holds a session").expect("it is ours");
    assert_eq!(read, shared);
    assert!(link.len() < 4000, "{}: {} characters", lesson.id, link.len());
    read.resume(lesson.clone(), MOST_STEPS, &mut |_| ()).expect("it fits the lesson")
}

#[test]
fn a_link_holds_a_lesson_wherever_it_is() {
    let mut stages = Vec::new();
    for path in files() {
        let lesson = Rc::new(lesson(&path));
        let (mut run, mut lab) = Run::new(lesson.clone()).expect("it was checked");
        for _ in 0..400 {
            let (resumed, mut copy) = through_a_link(Part::Run(run.state().clone()), &lab, &lesson);
            let Resumed::Run(mut other) = resumed else { panic!("a step became a challenge") };
            assert_eq!(other.verdict(), run.verdict(), "{} at step {}", lesson.id, run.index());
            assert_eq!(other.values(&copy), run.values(&lab));
            // Both go on in the same way.
            let stage = (run.index(), run.stage());
            if !stages.contains(&stage.1) {
                stages.push(stage.1);
            }
            if run.stage() == Stage::Asking {
                let ask = lesson.steps[run.index()].ask.as_ref().expect("a question");
                let right = ask.outcome(&lab).expect("there is an answer").right;
                run.answer(&lab, right.clone()).expect("it is one");
                other.answer(&copy, right).expect("it is one");
            } else if run.stage() == Stage::Done {
                let more = run.next(&mut lab).expect("a world");
                assert_eq!(other.next(&mut copy), Ok(more));
                if !more {
                    break;
                }
            } else if run.stage() == Stage::Awaiting {
                let deeds = lesson.steps[run.index()].wait.as_ref().map(|wait| wait.deeds.clone());
                for deed in deeds.unwrap_or_default() {
                    assert_eq!(lab.act(&deed).is_ok(), copy.act(&deed).is_ok());
                }
                let to = lab.now() + Span::from_millis(2000);
                assert_eq!(run.pass(&mut lab, to), other.pass(&mut copy, to));
                if run.stage() == Stage::Awaiting {
                    // It wants more than that: the next step will do.
                    assert_eq!(run.next(&mut lab), other.next(&mut copy));
                }
            } else {
                let to = lab.now() + Span::from_millis(1500);
                assert_eq!(run.pass(&mut lab, to), other.pass(&mut copy, to));
            }
            assert_eq!((run.state(), lab.now()), (other.state(), copy.now()), "{}", lesson.id);
            assert_eq!(lab.main.world().digest(), copy.main.world().digest(), "{}", lesson.id);
        }
    }
    assert_eq!(stages.len(), 6, "every stage was met: {stages:?}");
}

#[test]
fn a_link_holds_a_challenge() {
    let mut all = 0;
    for path in files() {
        let lesson = Rc::new(lesson(&path));
        for (n, challenge) in lesson.challenges.iter().enumerate() {
            let dial = challenge.dial.as_ref().map(|dial| dial.max);
            let (mut trial, mut lab) = Trial::new(lesson.clone(), n, dial).expect("it was checked");
            for _ in 0..3 {
                let to = lab.now() + Span::from_millis(3000);
                while trial.advance(&mut lab, to).is_some() {}
                let (resumed, copy) = through_a_link(Part::Trial(trial.state().clone()), &lab, &lesson);
                let Resumed::Trial(other) = resumed else { panic!("a challenge became a step") };
                assert_eq!((other.state(), other.progress(&copy)), (trial.state(), trial.progress(&lab)));
                assert_eq!(lab.main.world().digest(), copy.main.world().digest());
                all += 1;
            }
        }
    }
    assert!(all > 10, "{all}");
}

#[test]
fn a_hostile_link_to_a_lesson_is_refused_or_harmless() {
    let path = files().into_iter().find(|path| path.ends_with("5-cut.json")).expect("it is there");
    let lesson = Rc::new(lesson(&path));
    let (mut run, mut lab) = Run::new(lesson.clone()).expect("it was checked");
    run.ahead(3, &mut lab).expect("the worlds are there");
    let with = |change: &dyn Fn(&mut psync_lab::lesson::run::State)| {
        let mut state = run.state().clone();
        change(&mut state);
        let course = Some(Course { part: Part::Run(state), other: None });
        let start = Start::Lesson(lesson.id.clone());
        let shared = Shared { start, course, ..Shared::of(&lab.main, Look::default()) };
        shared.resume(lesson.clone(), MOST_STEPS, &mut |_| ())
    };
    let refused = |change: &dyn Fn(&mut psync_lab::lesson::run::State)| with(change).err();
    assert_eq!(refused(&|state| state.step = 9999), Some(LinkError::Lesson));
    let far = |state: &mut psync_lab::lesson::run::State| {
        state.starts.iter_mut().flatten().for_each(|start| start.main.position = u64::MAX);
    };
    assert_eq!(refused(&far), Some(LinkError::Work));
    let place = run.state().starts.iter().flatten().last().cloned().expect("it was reached");
    for stage in
        [Stage::Doing, Stage::Asking, Stage::Revealing, Stage::Awaiting, Stage::Settling, Stage::Done]
    {
        for step in 0..lesson.steps.len() as u32 {
            let odd = with(&|state| {
                (state.step, state.stage, state.hinted) = (step, stage, u32::MAX);
                state.script.next = u32::MAX;
                state.begin.since = [u32::MAX; 2];
                state.starts = vec![Some(place.clone()); 999];
                state.asked = Some((state.begin, place.clone()));
                state.given = vec![Given { step, guess: Reply::Order(vec![7, 7, 900]), right: true }];
            });
            let Ok((Resumed::Run(mut odd), mut lab)) = odd else { panic!("the step is there") };
            let _ = odd.values(&lab);
            let to = lab.now() + Span::from_millis(5000);
            odd.pass(&mut lab, to);
            let _ = odd.goto(step as usize, &mut lab);
            let _ = odd.next(&mut lab);
        }
    }
}
