//! Every test, one suite after the other, and a summary that is easy to read.

use std::process::Command;

use crate::browser;
use crate::dist::{self, Written};
use crate::error::TaskError;
use crate::page::{self, Profile};
use crate::project::Project;
use crate::run::{Stopwatch, cargo, run, step, watched};
use crate::setup::{self, Part};
use crate::size;
use crate::trace;

/// One set of features for every native build, so that Yew is compiled once.
pub(crate) const FEATURES: &str = "psync-lab/ui-tests";

/// Suites that belong together: `--only …`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Group {
    /// Rust tests on this machine, with a real `redis-server`.
    Native,
    /// The wasm build: its size, and its traces against the native ones.
    Wasm,
    /// The page in Chromium.
    Browser,
}

impl Group {
    /// The group that a person means.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "native" => Some(Self::Native),
            "wasm" => Some(Self::Wasm),
            "browser" => Some(Self::Browser),
            _ => None,
        }
    }
}

/// How many tests of a suite passed and failed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Passed.
    pub(crate) passed: usize,
    /// Failed.
    pub(crate) failed: usize,
    /// Not run: marked so in the code.
    pub(crate) ignored: usize,
}

impl Tally {
    /// One check that passed.
    pub(crate) const ONE: Self = Self { passed: 1, failed: 0, ignored: 0 };
}

/// A line of the summary.
#[derive(Debug)]
struct Line {
    name: &'static str,
    tally: Tally,
    time: String,
    /// Why there is no full count.
    problem: Option<String>,
}

/// Sets up, runs the suites (all of them, even after a failure), prints the summary.
pub(crate) fn task(project: &Project, only: Option<Group>) -> Result<(), TaskError> {
    let wanted = |group: Group| only.is_none_or(|only| only == group);
    let clock = Stopwatch::start();
    let mut parts = Vec::new();
    if wanted(Group::Native) {
        parts.push(Part::Native);
    }
    if wanted(Group::Wasm) || wanted(Group::Browser) {
        parts.push(Part::Page);
        setup::node()?;
    }
    if wanted(Group::Browser) {
        parts.push(Part::Browser);
    }
    setup::all(project, &parts)?;

    let mut lines = Vec::new();
    if wanted(Group::Native) {
        lines.push(measure("core alone (no page, no sockets)", || core_alone(project)));
        lines.push(measure("native tests", || native(project)));
    }
    if wanted(Group::Wasm) || wanted(Group::Browser) {
        let mut site = None;
        lines.push(measure("building the site", || {
            site = Some(build_site(project)?);
            Ok(Tally::ONE)
        }));
        // Without a site they fail too: a suite that is left out must not look like success.
        let site = || site.as_ref().ok_or_else(|| TaskError::Other("the site was not built.".to_owned()));
        if wanted(Group::Wasm) {
            lines.push(measure("first visit within its budget", || {
                size::report_all(site()?).map(|()| Tally::ONE)
            }));
            lines.push(measure("native against wasm", || trace::compare(project)));
        }
        if wanted(Group::Browser) {
            lines.push(measure("browser tests", || site().and_then(|_| browser::tests(project))));
        }
    }
    summary(&lines, &clock)
}

fn measure(name: &'static str, suite: impl FnOnce() -> Result<Tally, TaskError>) -> Line {
    let clock = Stopwatch::start();
    match suite() {
        Ok(tally) => Line { name, tally, time: clock.text(), problem: None },
        Err(problem) => {
            eprintln!("\nerror: {problem}\n");
            let tally = Tally { failed: 1, ..Tally::default() };
            Line { name, tally, time: clock.text(), problem: Some(problem.to_string()) }
        }
    }
}

fn core_alone(project: &Project) -> Result<Tally, TaskError> {
    step("checking that nothing below the page needs the page");
    let mut check = Command::new(cargo());
    check.args(["check", "--package", "psync-lab", "--no-default-features", "--lib"]);
    run(
        check.current_dir(&project.root),
        "`src/redis`, `sim`, `lesson` and `view` must compile without Yew, web-sys and sockets.",
    )?;
    Ok(Tally::ONE)
}

fn native(project: &Project) -> Result<Tally, TaskError> {
    step("native tests: unit, integration, conformance with redis-server, documentation");
    let mut test = Command::new(cargo());
    test.args(["test", "--workspace", "--no-fail-fast", "--features", FEATURES]);
    test.current_dir(&project.root);
    let mut tally = Tally::default();
    let status = watched(&mut test, "Install Rust with rustup: see https://rustup.rs.", |line| {
        if let Some(found) = rust_result(line) {
            tally.passed += found.passed;
            tally.failed += found.failed;
            tally.ignored += found.ignored;
        }
    })?;
    if !status.success() && tally.failed == 0 {
        // It did not compile, or a test program died.
        tally.failed = 1;
    }
    if status.success() && tally.passed == 0 {
        return Err(TaskError::Other("`cargo test` ran no test.".to_owned()));
    }
    Ok(tally)
}

/// Builds the site that the browser tests open, and says which files a first visit loads.
fn build_site(project: &Project) -> Result<Written, TaskError> {
    let built = page::build(project, Profile::Release)?;
    dist::assemble(project, &built, &project.path("dist"))
}

/// Reads `test result: ok. 3 passed; 0 failed; 1 ignored; …`.
fn rust_result(line: &str) -> Option<Tally> {
    let counts = line.strip_prefix("test result: ")?.split_once(". ")?.1;
    let count = |what: &str| {
        let number = counts.split("; ").find_map(|part| part.strip_suffix(what));
        number.and_then(|number| number.trim().parse().ok())
    };
    Some(Tally { passed: count("passed")?, failed: count("failed")?, ignored: count("ignored")? })
}

fn summary(lines: &[Line], clock: &Stopwatch) -> Result<(), TaskError> {
    step("summary");
    let width = lines.iter().map(|line| line.name.len()).max().unwrap_or(0);
    let mut sum = Tally::default();
    for Line { name, tally, time, problem } in lines {
        let word = if tally.failed == 0 { "ok    " } else { "FAILED" };
        let ignored = match tally.ignored {
            0 => String::new(),
            number => format!(", {number} ignored"),
        };
        let note = problem.as_deref().and_then(|text| text.lines().next()).unwrap_or("");
        let counts = format!("{} passed, {} failed{ignored}", tally.passed, tally.failed);
        println!("{}", format!("    {word}  {name:width$}  {counts} ({time})  {note}").trim_end());
        sum.passed += tally.passed;
        sum.failed += tally.failed;
    }
    println!("\nin {}:\n{} passed, {} failed", clock.text(), sum.passed, sum.failed);
    if sum.failed > 0 {
        return Err(TaskError::Other("not every test passed; the first failure is above.".to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_lines_of_cargo_test() {
        let line = "test result: FAILED. 31 passed; 2 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.10s";
        assert_eq!(rust_result(line), Some(Tally { passed: 31, failed: 2, ignored: 1 }));
        assert_eq!(rust_result("test redis::resp ... ok"), None);
        assert_eq!(rust_result("test result: "), None);
    }
}
