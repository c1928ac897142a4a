//! Random worlds under random faults, many of them, with an optimised build of `tests/faults.rs`.

use std::process::Command;

use crate::error::TaskError;
use crate::project::Project;
use crate::run::{cargo, run, step};

/// Which seeds to run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Swarm {
    /// The first.
    pub(crate) first: u64,
    /// How many.
    pub(crate) seeds: u64,
}

/// Builds the test and runs it on all processors; it prints progress, and a failure so that it can
/// be replayed.
pub(crate) fn task(project: &Project, wanted: Swarm) -> Result<(), TaskError> {
    let Swarm { first, seeds } = wanted;
    step(&format!("{seeds} random worlds, from seed {first} on"));
    let mut test = Command::new(cargo());
    test.args(["test", "--profile", "swarm", "--package", "psync-lab", "--no-default-features"]);
    test.args(["--test", "faults", "after_the_storm", "--", "--nocapture"]);
    test.env("FIRST", first.to_string()).env("SEEDS", seeds.to_string());
    run(
        test.current_dir(&project.root),
        "A rule is broken: the lines above say which, in which seed, after which actions, and how to replay it.",
    )
}
