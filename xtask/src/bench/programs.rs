//! What needs no server: programs that measure and print `row;name;ours;peer;ratio` lines.

use std::process::Command;

use super::{Bench, Row, median};
use crate::error::TaskError;
use crate::page::{self, Profile};
use crate::project::Project;
use crate::run::{cargo, output_of, run, step};
use crate::setup::{self, Part};

/// Runs `benches/core.rs`: append, snapshot.
pub(super) fn core(project: &Project, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    for part in ["append", "snapshot"] {
        step(&format!("{part}, in memory"));
        let mut bench = Command::new(cargo());
        bench.args(["bench", "--profile", "native", "--package", "psync-lab", "--bench", "core"]);
        bench.args(["--no-default-features", "--", part]).current_dir(&project.root);
        rows.extend(output_of(&mut bench, "The bench stopped.")?.lines().filter_map(read));
    }
    Ok(())
}

/// Runs the simulated world natively, in WebAssembly under Node.js, and beside turmoil.
pub(super) fn sim(project: &Project, wanted: &Bench, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    setup::all(project, &[Part::Page])?;
    step("sim: building the lab's scene in turmoil (about 1 min the first time)");
    let (folder, target) = (project.path("benches/turmoil"), project.target.join("turmoil"));
    let mut build = Command::new(cargo());
    build.args(["build", "--release"]).current_dir(&folder).env("CARGO_TARGET_DIR", &target);
    run(&mut build, "The scene in turmoil does not compile.")?;
    let program = target.join("release/psync-lab-turmoil");
    step(&format!("sim: {} rounds", wanted.rounds));
    let mut rounds = Command::new(&program);
    rounds.arg(wanted.rounds.to_string());
    // Else glibc gives the memory of a round back to the system, and each round but the first measures page
    // faults: a third of the lab's time. Both simulations run in this one process.
    rounds.envs(["MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"].map(|name| (name, "4000000000")));
    let text = output_of(&mut rounds, "The scene stopped.")?;
    let [lab, plain, servers] = columns(&text);
    rows.push(row("sim", &lab, &plain));
    rows.push(row("sim-same-servers", &lab, &servers));

    for (name, profile) in [("sim-wasm", Profile::Native), ("sim-wasm-page", Profile::Release)] {
        let module = page::for_node(project, profile)?;
        let (mut native, mut wasm) = (Vec::new(), Vec::new());
        for _ in 0..wanted.rounds {
            let mut node = Command::new("node");
            node.arg(project.path("tests/wasm/fanout.mjs")).arg(&module);
            wasm.extend(columns::<1>(&output_of(&mut node, "The wasm half stopped.")?).concat());
            native.extend(
                columns::<1>(&output_of(&mut Command::new(&program), "The scene stopped.")?).concat(),
            );
        }
        rows.push(row(name, &wasm, &native));
    }
    Ok(())
}

/// A row of messages a second.
fn row(name: &str, ours: &[f64], peer: &[f64]) -> Row {
    let (ours, peer) = (median(ours.to_vec()), median(peer.to_vec()));
    let shown = |rate: f64| format!("{:.2} M/s", rate / 1e6);
    Row { name: name.to_owned(), ours: shown(ours), peer: shown(peer), ratio: ours / peer }
}

/// The columns of `round;…` lines.
fn columns<const N: usize>(text: &str) -> [Vec<f64>; N] {
    let mut columns = std::array::from_fn(|_| Vec::new());
    for line in text.lines().filter_map(|line| line.strip_prefix("round;")) {
        println!("    {line}");
        for (column, word) in columns.iter_mut().zip(line.split(';')) {
            column.extend(word.trim().parse::<f64>());
        }
    }
    columns
}

/// Reads a `row;…` line.
fn read(line: &str) -> Option<Row> {
    let mut words = line.strip_prefix("row;")?.split(';').map(str::to_owned);
    let (name, ours, peer) = (words.next()?, words.next()?, words.next()?);
    Some(Row { name, ours, peer, ratio: words.next()?.trim().parse().ok()? })
}
