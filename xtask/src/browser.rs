//! The Node.js half of the tests: the page in a real Chromium.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::dist;
use crate::error::TaskError;
use crate::page::{self, Profile};
use crate::project::{Project, files_below, read_text};
use crate::run::{run, step, watched};
use crate::setup::{self, Part};
use crate::suites::Tally;

/// The heaviest screenshot that may go into the repository, in bytes.
const HEAVIEST_SHOT: u64 = 300_000;

/// Runs `tests/browser/*.spec.mjs` on the site in `dist/`.
pub(crate) fn tests(project: &Project) -> Result<Tally, TaskError> {
    step("browser tests: the page in Chromium");
    let folder = project.browser_tests();
    let entries = fs::read_dir(&folder).map_err(TaskError::file("read", &folder))?;
    let mut specs: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.to_string_lossy().ends_with(".spec.mjs"))
        .collect();
    specs.sort();
    if specs.is_empty() {
        return Err(TaskError::Other("there is no tests/browser/*.spec.mjs to run.".to_owned()));
    }
    let report = project.target.join("browser-tests.tap");
    let mut node = node(project)?;
    node.args(["--test", "--test-reporter=spec", "--test-reporter-destination=stdout"]);
    node.arg("--test-reporter=tap");
    node.arg(format!("--test-reporter-destination={}", report.display()));
    node.args(specs);
    let status = watched(&mut node, "Node.js 20 or newer runs them: see https://nodejs.org.", |_| ())?;
    let mut tally = node_result(&read_text(&report)?);
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
    }
    if status.success() && tally.passed == 0 {
        return Err(TaskError::Other("the browser tests ran no test.".to_owned()));
    }
    Ok(tally)
}

/// Takes the README's screenshots.
pub(crate) fn screenshots(project: &Project) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page, Part::Browser, Part::Shots])?;
    let built = page::build(project, Profile::Release)?;
    dist::assemble(project, &built, &project.path("dist"))?;
    step("taking the screenshots");
    let shots = project.path("www/shots");
    let mut node = node(project)?;
    node.arg(project.browser_tests().join("screenshots.mjs")).arg(&shots);
    run(&mut node, "The message above is from tests/browser/screenshots.mjs.")?;
    for name in files_below(&shots)? {
        let path = shots.join(&name);
        let bytes = fs::metadata(&path).map_err(TaskError::file("read", &path))?.len();
        println!("    {} ({} KB)", project.shown(&path), bytes.div_ceil(1000));
        if bytes > HEAVIEST_SHOT {
            return Err(TaskError::Other(format!(
                "{} is larger than {} KB: too heavy for the repository.",
                project.shown(&path),
                HEAVIEST_SHOT / 1000,
            )));
        }
    }
    Ok(())
}

/// Node.js with what the harness wants to know.
pub(crate) fn node(project: &Project) -> Result<Command, TaskError> {
    let mut command = Command::new("node");
    command.current_dir(project.browser_tests());
    command.env("CHROMIUM", setup::chromium()?).env("SITE", project.path("dist"));
    command.env("MDBOOK", setup::mdbook_program(project));
    Ok(command)
}

/// Reads the closing lines of a TAP report: `# pass 3`, `# fail 0`.
fn node_result(report: &str) -> Tally {
    let count = |name: &str| {
        let mut lines = report.lines().rev();
        let number = lines.find_map(|line| line.strip_prefix("# ")?.strip_prefix(name));
        number.and_then(|number| number.trim().parse::<usize>().ok()).unwrap_or(0)
    };
    Tally {
        passed: count("pass "),
        failed: count("fail ") + count("cancelled "),
        ignored: count("skipped ") + count("todo "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_end_of_a_tap_report() {
        let report = "TAP version 13\nok 1 - x\n1..3\n# tests 5\n# suites 0\n# pass 3\n# fail 1\n\
                      # cancelled 1\n# skipped 0\n# todo 0\n# duration_ms 12\n";
        assert_eq!(node_result(report), Tally { passed: 3, failed: 2, ignored: 0 });
    }
}
