//! `psync-lesson`: checks, plays and packs lesson files. `cargo xtask lesson` runs it.

use psync_lab::lesson::check::{Manner, check, play, read, schema};
use psync_lab::lesson::{Lesson, binary};
use std::process::ExitCode;
use std::rc::Rc;

const HELP: &str = "\
psync-lesson check FILE…         says what is wrong with lesson files: file:line:column: field: what
psync-lesson play FILE [wrong]   plays one (the wrong thing first) and tells what happens
psync-lesson pack OUT FILE…       writes them as the page loads them: one file per language, and an index
psync-lesson schema              prints the JSON Schema of lesson files";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["check", files @ ..] if !files.is_empty() => files.iter().filter(|file| !one(file)).count() == 0,
        ["play", file] => played(file, Manner::Right),
        ["play", file, "wrong"] => played(file, Manner::WrongFirst),
        ["pack", out, files @ ..] if !files.is_empty() => packed(out, files),
        ["schema"] => {
            print!("{}", schema());
            true
        }
        _ => {
            eprintln!("{HELP}");
            return ExitCode::from(2);
        }
    };
    if good { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn text_of(file: &str) -> Option<String> {
    std::fs::read_to_string(file).inspect_err(|problem| eprintln!("{file}: cannot be read: {problem}")).ok()
}

fn one(file: &str) -> bool {
    let Some(text) = text_of(file) else { return false };
    match check(&text) {
        Ok(lesson) => {
            let (steps, challenges) = (lesson.steps.len(), lesson.challenges.len());
            let asked = lesson.steps.iter().filter(|step| step.ask.is_some()).count();
            println!("{file}: OK: {steps} steps, {asked} questions, {challenges} challenges");
            true
        }
        Err(problems) => {
            for problem in problems {
                eprintln!("{file}:{problem}");
            }
            false
        }
    }
}

fn lesson_of(file: &str) -> Option<Lesson> {
    let tell = |problems: &Vec<_>| problems.iter().for_each(|problem| eprintln!("{file}:{problem}"));
    read(&text_of(file)?).inspect_err(tell).ok()
}

fn played(file: &str, manner: Manner) -> bool {
    let Some(lesson) = lesson_of(file) else { return false };
    match play(&Rc::new(lesson), manner, &mut |line| println!("{line}")) {
        Ok(()) => true,
        Err(problem) => {
            eprintln!("{file}: {}: {}", problem.place, problem.what);
            false
        }
    }
}

/// Writes `<id>.<lang>.bin` for each file, and `index.json`: by language, the name and title of each.
fn packed(out: &str, files: &[&str]) -> bool {
    let mut index = serde_json::Map::new();
    for file in files {
        let Some(lesson) = lesson_of(file) else { return false };
        for lang in &lesson.languages {
            let told = in_one(&lesson, lang);
            let path = format!("{out}/{}.{lang}.bin", lesson.id);
            let written =
                told.and_then(|told| binary::encode(&told)).map(|bytes| std::fs::write(&path, bytes));
            if !matches!(written, Some(Ok(()))) {
                eprintln!("{path}: cannot be written");
                return false;
            }
            let entry = serde_json::json!([lesson.id, lesson.title.get(lang)]);
            let list = index.entry(lang.clone()).or_insert_with(|| serde_json::json!([]));
            list.as_array_mut().expect("it was made as a list").push(entry);
        }
    }
    let path = format!("{out}/index.json");
    let written = std::fs::write(&path, serde_json::Value::Object(index).to_string());
    written.inspect_err(|problem| eprintln!("{path}: cannot be written: {problem}")).is_ok()
}

/// The lesson in one language alone.
fn in_one(lesson: &Lesson, lang: &str) -> Option<Lesson> {
    let mut value = serde_json::to_value(lesson).ok()?;
    strip(&mut value, &lesson.languages, lang);
    value["languages"] = serde_json::json!([lang]);
    serde_json::from_value(value).ok()
}

/// Takes the other languages out of every text: an object of exactly the lesson's languages.
fn strip(value: &mut serde_json::Value, languages: &[String], lang: &str) {
    match value {
        serde_json::Value::Array(all) => all.iter_mut().for_each(|one| strip(one, languages, lang)),
        serde_json::Value::Object(all) => {
            let is_text =
                |(name, text): (&String, &serde_json::Value)| languages.contains(name) && text.is_string();
            if all.len() == languages.len() && all.iter().all(is_text) {
                all.retain(|name, _| name == lang);
            } else {
                all.values_mut().for_each(|one| strip(one, languages, lang));
            }
        }
        _ => {}
    }
}
