//! What needs no server: programs that measure and print `row;name;ours;peer;ratio` lines.

use std::process::Command;

use super::{Bench, Row};
use crate::error::TaskError;
use crate::project::Project;
use crate::run::{cargo, output_of, step};

/// Runs `benches/core.rs`: append, snapshot, memory of a link.
pub(super) fn core(project: &Project, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    for part in ["append", "snapshot", "link"] {
        step(&format!("{part}, in memory"));
        let mut bench = Command::new(cargo());
        bench.args(["bench", "--profile", "native", "--package", "psync-lab", "--bench", "core"]);
        bench.args(["--no-default-features", "--", part]).current_dir(&project.root);
        rows.extend(output_of(&mut bench, "The bench stopped.")?.lines().filter_map(read));
    }
    Ok(())
}

pub(super) fn sim(_project: &Project, _wanted: &Bench, _rows: &mut Vec<Row>) -> Result<(), TaskError> {
    Ok(())
}

/// Reads a `row;…` line.
fn read(line: &str) -> Option<Row> {
    let mut words = line.strip_prefix("row;")?.split(';').map(str::to_owned);
    let (name, ours, peer) = (words.next()?, words.next()?, words.next()?);
    Some(Row { name, ours, peer, ratio: words.next()?.trim().parse().ok()? })
}
