//! The same seed and actions must give the same trace natively and in WebAssembly, and so must the same
//! lesson.
//!
//! The native half is the example program `trace_digest`, the other half is the core compiled as the
//! page compiles it, run by Node.js. Both print `word digest` lines, which are compared here; a word is a
//! seed or a lesson file.

use std::process::Command;

use crate::error::TaskError;
use crate::page;
use crate::project::Project;
use crate::run::{cargo, output_of, run, step};
use crate::suites::{FEATURES, Tally};

/// The seeds that are compared.
const SEEDS: std::ops::Range<u64> = 0..20;

/// Where the lessons are.
const LESSONS: &str = "www/lessons";

/// The lesson files.
fn lessons(project: &Project) -> Result<Vec<String>, TaskError> {
    let folder = project.path(LESSONS);
    let read = std::fs::read_dir(&folder).map_err(TaskError::file("read the folder", &folder))?;
    let names = read.flatten().map(|entry| entry.file_name().to_string_lossy().into_owned());
    let mut files: Vec<String> = names
        .filter(|name| name.ends_with(".json") && !name.ends_with("schema.json"))
        .map(|name| format!("{LESSONS}/{name}"))
        .collect();
    files.sort();
    Ok(files)
}

/// Compares the two builds, seed by seed and lesson by lesson.
pub(crate) fn compare(project: &Project) -> Result<Tally, TaskError> {
    step("native against wasm: traces of seeds and lessons");
    let mut seeds: Vec<String> = SEEDS.map(|seed| seed.to_string()).collect();
    seeds.extend(lessons(project)?);

    let mut build = Command::new(cargo());
    build.args(["build", "--workspace", "--example", "trace_digest", "--features", FEATURES]);
    run(build.current_dir(&project.root), "The native half of the trace test does not compile.")?;
    let program = project.target.join("debug/examples/trace_digest");
    let native = output_of(
        Command::new(program).args(&seeds).current_dir(&project.root),
        "The native half of the trace test stopped.",
    )?;

    let module = page::for_node(project, page::Profile::Release)?;
    let mut node = Command::new("node");
    node.arg(project.path("tests/wasm/trace_digest.mjs")).arg(module).args(&seeds).current_dir(&project.root);
    let wasm = output_of(&mut node, "The wasm half of the trace test stopped.")?;

    let tally = judge(&seeds, &native, &wasm);
    println!("    {} of {} seeds and lessons give the same trace", tally.passed, seeds.len());
    Ok(tally)
}

fn judge(seeds: &[String], native: &str, wasm: &str) -> Tally {
    let mut tally = Tally::default();
    for seed in seeds {
        let digest = |text: &str| {
            let mut lines = text.lines().filter_map(|line| line.split_once(' '));
            lines.find(|(name, _)| name == seed).map(|(_, digest)| digest.trim().to_owned())
        };
        match (digest(native), digest(wasm)) {
            (Some(native), Some(wasm)) if native == wasm && !native.is_empty() => tally.passed += 1,
            (native, wasm) => {
                tally.failed += 1;
                let shown = |digest: Option<String>| digest.unwrap_or_else(|| "nothing".to_owned());
                println!("    {seed}: native gives {}, wasm {}", shown(native), shown(wasm));
            }
        }
    }
    tally
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_or_missing_digests_fail() {
        let seeds = ["0", "1", "2"].map(str::to_owned);
        let tally = judge(&seeds, "0 aa\n1 bb\n2 cc\n", "0 aa\n1 bx\n");
        assert_eq!((tally.passed, tally.failed), (1, 2));
    }
}
