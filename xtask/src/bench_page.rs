//! What the page costs a browser: frames, idle callbacks, memory over a long session.

use crate::browser;
use crate::dist;
use crate::error::TaskError;
use crate::page;
use crate::project::Project;
use crate::run::{run, step};
use crate::setup::{self, Part};

/// Builds the page with its bench worlds and measures it in headless Chromium; prints a table.
pub(crate) fn task(project: &Project) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page, Part::Browser])?;
    let built = page::for_bench(project)?;
    let site = project.target.join("bench-site");
    dist::assemble(project, &built, &site)?;
    step("measuring the page in Chromium (medians of interleaved rounds)");
    let mut node = browser::node(project)?;
    node.env("SITE", &site).arg(project.browser_tests().join("bench.mjs"));
    run(&mut node, "The message above is from tests/browser/bench.mjs.")
}
