//! `psync-lesson`: checks, plays and packs lesson files. `cargo xtask lesson` runs it.

use psync_lab::lesson::check::{Manner, check, play, read, schema};
use psync_lab::lesson::{Lesson, binary};
use std::process::ExitCode;
use std::rc::Rc;

const HELP: &str = "\
psync-lesson check FILE…         says what is wrong with lesson files: file:line:column: field: what
psync-lesson play FILE [wrong]   plays one (the wrong thing first) and tells what happens
psync-lesson pack FILE OUT       writes one as the page loads it
psync-lesson schema              prints the JSON Schema of lesson files";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let good = match words.as_slice() {
        ["check", files @ ..] if !files.is_empty() => files.iter().filter(|file| !one(file)).count() == 0,
        ["play", file] => played(file, Manner::Right),
        ["play", file, "wrong"] => played(file, Manner::WrongFirst),
        ["pack", file, out] => packed(file, out),
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

fn packed(file: &str, out: &str) -> bool {
    let bytes = lesson_of(file).and_then(|lesson| binary::encode(&lesson));
    let written = bytes.map(|bytes| std::fs::write(out, bytes));
    match written {
        Some(Ok(())) => true,
        Some(Err(problem)) => {
            eprintln!("{out}: cannot be written: {problem}");
            false
        }
        None => false,
    }
}
