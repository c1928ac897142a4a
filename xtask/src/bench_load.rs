//! How long the page takes until something is painted, beside a bare Yew counter served in the same run.

use std::process::Command;

use crate::browser;
use crate::dist;
use crate::error::TaskError;
use crate::page::{self, Profile};
use crate::project::{Project, read, write};
use crate::run::{cargo, run, step};
use crate::setup::{self, Part};

/// Builds both pages and loads them in headless Chromium; prints a table.
pub(crate) fn task(project: &Project) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page, Part::Browser])?;
    let built = page::build(project, Profile::Release)?;
    let site = project.target.join("load/lab");
    dist::assemble(project, &built, &site)?;
    step("building the counter");
    let package = project.path("benches/counter");
    let target = project.target.join("load/target");
    let mut build = Command::new(cargo());
    build.args(["build", "--release", "--locked", "--target", setup::WASM, "--target-dir"]).arg(&target);
    run(build.current_dir(&package), "benches/counter is a package of its own.")?;
    let counter = project.target.join("load/counter");
    page::bind_counter(&target.join(setup::WASM).join("release/counter.wasm"), &counter)?;
    for name in ["index.html", "boot.js"] {
        write(&counter.join(name), &read(&package.join(name))?)?;
    }
    step("loading both in Chromium");
    let mut node = browser::node(project)?;
    node.env("SITE", &site).env("COUNTER", &counter).arg(project.browser_tests().join("load.mjs"));
    run(&mut node, "The message above is from tests/browser/load.mjs.")
}
