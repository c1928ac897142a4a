//! Every lesson of `www/lessons`: well formed in all its languages, backed by scenarios that exist, and
//! playable to its end, by doing what it asks and by doing something else first.

use psync_lab::lesson::check::{Manner, check, play, read, schema};
use psync_lab::lesson::{Lesson, binary};
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
