//! Hygiene as a test: what a reviewer would otherwise have to look for.
//!
//! Each rule is one function from a file's text to complaints; the tests at the end show that each
//! can complain. The source is read line by line with comments, strings and test modules blanked
//! out: simple, and honest about what it sees (`tests/tidy/source.rs`).

#[path = "tidy/source.rs"]
mod source;

use source::{code_only, rooms, without_tests, words};
use std::fs;
use std::path::{Path, PathBuf};

/// Most lines of a file.
const MOST_LINES: usize = 400;

/// What each room under `src/` may name, and whether it may name what only the page or only the
/// native program has.
const LAYERS: &[(&str, &[&str])] = &[
    ("redis", &["redis"]),
    ("sim", &["sim", "redis"]),
    ("lesson", &["lesson", "sim", "redis"]),
    ("view", &["view", "lesson", "sim", "redis"]),
    ("node", &["node", "redis"]),
    ("bin", &["node", "lesson", "redis"]),
    ("ui", &["ui", "view", "lesson", "sim", "redis"]),
];
const PAGE_CRATES: &[&str] = &["yew", "web_sys", "wasm_bindgen", "wasm_bindgen_futures", "js_sys"];
const SOCKET_CRATES: &[&str] = &["mio", "socket2", "signal_hook"];

/// Where the pictures of the README are.
const SHOTS: &str = "www/shots/";

/// A line that breaks a rule: its number, and what to do about it.
type Complaint = (usize, String);

/// The room of a file under `src/`, and how deep its module lies below the crate.
fn place(path: &str) -> Option<(&str, usize)> {
    let inside = path.strip_prefix("src/")?;
    let (room, _) = inside.split_once('/')?;
    let depth = inside.matches('/').count() + usize::from(!inside.ends_with("/mod.rs"));
    Some((room, depth))
}

/// A room names only itself and the rooms below it.
fn layers(path: &str, code: &str) -> Vec<Complaint> {
    let Some((room, depth)) = place(path) else { return Vec::new() };
    let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == room) else {
        return vec![(1, format!("`src/{room}` is a new room: say in LAYERS what it may name"))];
    };
    let named: Vec<&str> = LAYERS.iter().map(|(name, _)| *name).collect();
    let mut found = Vec::new();
    for (n, line) in code.lines().enumerate() {
        for other in rooms(line, depth) {
            if named.contains(&&*other) && !allowed.contains(&&*other) {
                let below = allowed.join(", ");
                found.push((n + 1, format!("`{room}` may not name `{other}`, only {below}: move the code")));
            }
        }
        let foreign = |word: &&str| {
            let page = PAGE_CRATES.contains(word) || word.starts_with("gloo");
            (page && room != "ui") || (SOCKET_CRATES.contains(word) && room != "node")
        };
        let mut words = words(line);
        if let Some(word) = words.find(foreign) {
            found.push((n + 1, format!("`{word}` has no place in `{room}`: it must run without it")));
        }
    }
    found
}

/// Every file begins by saying what it is.
fn header(text: &str) -> Vec<Complaint> {
    if text.starts_with("//! ") || text.starts_with("#![doc = include_str!") {
        return Vec::new();
    }
    vec![(1, "begin with `//!`: what this file is, in a sentence".into())]
}

/// A file can be read in one sitting.
fn length(text: &str) -> Vec<Complaint> {
    let lines = text.lines().count();
    if lines <= MOST_LINES {
        return Vec::new();
    }
    vec![(MOST_LINES, format!("{lines} lines, at most {MOST_LINES}: split it along its chapters"))]
}

/// Nothing that runs outside of tests unwraps.
fn unwraps(code: &str) -> Vec<Complaint> {
    let why = "no `.unwrap()`: handle it, or `expect` with the invariant that makes it safe";
    lines_with(code, why, |line| line.contains(".unwrap()"))
}

/// Nothing is left to be done later in the text: that is what issues are for.
fn leftovers(text: &str) -> Vec<Complaint> {
    // Written so that this file does not name them.
    let marks = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];
    let why = "do it now or open an issue; no marks of unfinished work in the text";
    lines_with(text, why, |line| words(line).any(|word| marks.contains(&word)))
}

/// The core and the lab compute the same on every platform, from their inputs alone.
fn deterministic(path: &str, code: &str) -> Vec<Complaint> {
    if !matches!(place(path), Some(("redis" | "sim", _))) {
        return Vec::new();
    }
    let float = |word: &str| matches!(word, "f32" | "f64") || word.ends_with("f32") || word.ends_with("f64");
    let mut found = lines_with(code, "no floats here: they differ between native and wasm", |line| {
        words(line).any(float) || float_literal(line)
    });
    found
        .extend(lines_with(code, "time is an input here: no `std::time`", |line| line.contains("std::time")));
    found.extend(lines_with(code, "random order: use `BTreeMap` or `IndexMap`", |line| {
        words(line).any(|word| matches!(word, "HashMap" | "HashSet"))
    }));
    found
}

/// `1.5`, but not `0..5`, `pair.0` or `x.0.1`.
fn float_literal(line: &str) -> bool {
    let bytes = line.as_bytes();
    (1..bytes.len().saturating_sub(1)).any(|dot| {
        let digits = bytes[..dot].iter().rev().take_while(|b| b.is_ascii_digit() || **b == b'_').count();
        let before = dot.checked_sub(digits + 1).map(|at| bytes[at]);
        let number =
            digits > 0 && !before.is_some_and(|b| b.is_ascii_alphanumeric() || b == b'.' || b == b'_');
        bytes[dot] == b'.' && number && bytes[dot + 1].is_ascii_digit()
    })
}

fn lines_with(text: &str, why: &str, bad: impl Fn(&str) -> bool) -> Vec<Complaint> {
    text.lines().enumerate().filter(|(_, line)| bad(line)).map(|(n, _)| (n + 1, why.to_owned())).collect()
}

/// Links to files lead to files.
fn links(text: &str, exists: impl Fn(&str) -> bool) -> Vec<Complaint> {
    let mut found = Vec::new();
    for (n, line) in text.lines().enumerate() {
        for (at, _) in line.match_indices("](") {
            let target = line[at + 2..].split([')', ' ', '#']).next().unwrap_or_default();
            let elsewhere = target.is_empty() || target.contains("://") || target.starts_with("mailto:");
            if !elsewhere && !exists(target) {
                found.push((n + 1, format!("the link leads to `{target}`, which is not there")));
            }
        }
    }
    found
}

fn is_test(path: &str) -> bool {
    path.ends_with("tests.rs")
}

/// All rules for one Rust file.
fn judge(path: &str, text: &str) -> Vec<Complaint> {
    let code = code_only(text);
    let shipped = without_tests(&code);
    let ships = (path.starts_with("src/") || path.starts_with("xtask/src/")) && !is_test(path);
    let mut found = [header(text), length(text), leftovers(text), layers(path, &code)].concat();
    if ships {
        found.extend(unwraps(&shipped));
        found.extend(deterministic(path, &shipped));
    }
    found
}

fn files(under: &Path, extension: &str, into: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(under) else { return };
    for path in entries.filter_map(|entry| entry.ok().map(|entry| entry.path())) {
        if path.is_dir() && !path.ends_with("target") {
            files(&path, extension, into);
        } else if path.extension().is_some_and(|found| found == extension) {
            into.push(path);
        }
    }
}

fn report(complaints: &[String]) {
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn the_source_is_tidy() {
    let mut paths = Vec::new();
    for folder in ["src", "tests", "xtask", "benches", "examples", "fuzz"] {
        files(Path::new(folder), "rs", &mut paths);
    }
    paths.sort();
    assert!(paths.len() > 100, "the source was not found");
    let mut complaints = Vec::new();
    for path in paths {
        let name = path.to_string_lossy().replace('\\', "/");
        let text = fs::read_to_string(&path).expect("source is UTF-8");
        complaints.extend(judge(&name, &text).iter().map(|(line, what)| format!("{name}:{line}: {what}")));
    }
    report(&complaints);
}

#[test]
fn links_in_the_documents_lead_somewhere() {
    let mut complaints = Vec::new();
    for name in ["README.md", "ARCHITECTURE.md"] {
        let text = fs::read_to_string(name).expect("it is there");
        // Pictures are taken by `cargo xtask screenshots`: before the first ones there are none at all.
        let to_come = |target: &str| target.starts_with(SHOTS) && !Path::new(SHOTS).exists();
        let exists = |target: &str| Path::new(target).exists() || to_come(target);
        let found = [links(&text, exists), leftovers(&text)].concat();
        complaints.extend(found.iter().map(|(line, what)| format!("{name}:{line}: {what}")));
    }
    report(&complaints);
}

#[cfg(test)]
mod each_rule_can_complain {
    use super::*;

    fn lines(complaints: &[Complaint]) -> Vec<usize> {
        complaints.iter().map(|(line, _)| *line).collect()
    }

    #[test]
    fn layers_point_downwards() {
        let bad = |path: &str, code: &str| lines(&layers(path, code));
        assert_eq!(bad("src/redis/rng.rs", "use crate::redis::Rng;\nuse crate::sim::World;"), [2]);
        assert_eq!(bad("src/redis/server/cron.rs", "use super::super::super::sim::World;"), [1]);
        assert_eq!(bad("src/redis/server/mod.rs", "use super::super::view::Scene;"), [1]);
        assert_eq!(bad("src/redis/server/cron.rs", "use super::super::sim;"), [], "a module of its own room");
        assert_eq!(bad("src/sim/world.rs", "use crate::{redis::{Rng, view}, lesson};"), [1]);
        assert_eq!(bad("src/node/mod.rs", "use crate::sim::World;"), [1]);
        assert_eq!(bad("src/view/scene.rs", "\nuse yew::prelude::*;"), [2]);
        assert_eq!(bad("src/sim/net.rs", "let t = gloo_timers::now();"), [1]);
        assert_eq!(bad("src/redis/ids.rs", "use mio::Token;"), [1]);
        assert_eq!(bad("src/bin/psync-node.rs", "psync_lab::ui::start();"), [1]);
        assert_eq!(bad("src/ui/app.rs", "use crate::view; use web_sys::Window;"), []);
        assert_eq!(bad("src/cloud/mod.rs", ""), [1]);
        assert_eq!(bad("src/lib.rs", "pub use crate::ui;"), []);
    }

    #[test]
    fn files_have_a_header_and_an_end() {
        assert_eq!(lines(&header("//! A file.\n")), []);
        assert_eq!(lines(&header("use std::fmt;\n")), [1]);
        assert_eq!(lines(&length(&"x\n".repeat(MOST_LINES))), []);
        assert_eq!(lines(&length(&"x\n".repeat(MOST_LINES + 1))), [MOST_LINES]);
    }

    #[test]
    fn unwraps_and_leftovers() {
        let text = "//! A file.\nfn f() {\n    g().unwrap();\n}\n#[cfg(test)]\nmod tests {\n    fn h() { g().unwrap(); }\n}\n";
        assert_eq!(lines(&judge("src/redis/x.rs", text)), [3]);
        assert_eq!(lines(&judge("src/redis/tests.rs", text)), []);
        assert_eq!(lines(&judge("xtask/src/x.rs", text)), [3]);
        let quoted = "//! Says `.unwrap()`.\nfn f() { g(\".unwrap()\"); }\n// x.unwrap()\n";
        assert_eq!(lines(&judge("src/redis/x.rs", quoted)), []);
        let later = format!("//! A file.\n\n// {}: later\n", concat!("TO", "DO"));
        assert_eq!(lines(&judge("tests/x.rs", &later)), [3]);
    }

    #[test]
    fn determinism() {
        let bad = |code: &str| lines(&deterministic("src/redis/x.rs", code));
        assert_eq!(bad("let x: f64 = y;"), [1]);
        assert_eq!(bad("let x = 1.5 * y;"), [1]);
        assert_eq!(bad("let x = 1f32;"), [1]);
        assert_eq!(bad("use std::time::Instant;\nuse std::collections::HashMap;"), [1, 2]);
        assert_eq!(bad("for n in 0..5 { pair.0.1; x.0 + tuple.1 }"), []);
        assert_eq!(lines(&deterministic("src/view/x.rs", "let x = 1.5;")), []);
    }

    #[test]
    fn dead_links() {
        let text =
            "[a](here.md) [b](gone.md)\n[c](https://x.y/z) [d](#part) [e](here.md#part)\n[f](sub/gone.rs)";
        assert_eq!(lines(&links(text, |target| target == "here.md")), [1, 3]);
    }

    #[test]
    fn strings_comments_and_characters_are_not_code() {
        let blank = |text: &str| code_only(text).split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(blank("a /* b /* c */ d */ e // f"), "a e");
        assert_eq!(blank(r##"a "b \" c" d r#"e " f"# g b"h" i br"j" k"##), "a d g i k");
        assert_eq!(blank(r"f('x', '\'', '\u{1f}', 'é') <'a> &'static str"), "f( , , , ) <'a> &'static str");
        assert_eq!(blank("r#type for b in x"), "r#type for b in x");
    }
}
