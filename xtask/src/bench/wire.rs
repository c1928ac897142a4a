//! Catching up over TCP, `psync-node` and a real `redis-server` in turns.
//!
//! A replica is stopped (`SIGSTOP`) and its link killed; `redis-benchmark` writes the stream into
//! the master's backlog; then the replica goes on, asks `PSYNC` and is sent everything at once. What
//! counts is the time from its link being up to equal offsets. Each round checks that it was a
//! partial resync, so that no snapshot hides in the numbers.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use super::peers::{Peer, talk};
use super::{Bench, Row, median};
use crate::error::TaskError;
use crate::project::Project;
use crate::run::{Stopwatch, cargo, run, step};
use crate::setup::{self, Part};

/// `SET`s of one round: 45 bytes each.
const WRITES: u64 = 8_900_000;
/// The least bytes of stream that count as a measurement.
const LEAST: u64 = 384_000_000;
/// Settings of a master: keeps the whole stream, never lets go of a slow replica, adds nothing of
/// its own to the stream.
const MASTER: &[&str] = &[
    "--repl-backlog-size",
    "1gb",
    "--client-output-buffer-limit",
    "replica 0 0 0",
    "--repl-timeout",
    "3600",
    "--repl-ping-replica-period",
    "3600",
    "--repl-diskless-sync-delay",
    "0",
];

/// Where the programs and the servers' folders are.
pub(super) struct Place {
    pub(super) ours: PathBuf,
    redis: PathBuf,
    pub(super) folder: PathBuf,
}

/// Adds the rows of `ingest`, `feed` and `link-memory`.
pub(super) fn measure(project: &Project, wanted: &Bench, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    setup::all(project, &[Part::Native])?;
    let mut build = Command::new(cargo());
    build.args(["build", "--profile", "native", "--package", "psync-lab", "--bin", "psync-node"]);
    build.args(["--no-default-features", "--features", "node"]).current_dir(&project.root);
    run(&mut build, "psync-node does not compile.")?;
    let place = Place {
        ours: project.target.join("native/psync-node"),
        redis: "redis-server".into(),
        folder: project.target.join("bench"),
    };
    let result = (|| {
        if wanted.wants("ingest") {
            ingest(&place, wanted, rows)?;
        }
        if wanted.wants("feed") {
            feed(&place, wanted, rows)?;
        }
        if wanted.wants("link-memory") {
            rows.push(super::links::memory(&place)?);
        }
        Ok(())
    })();
    let _ = std::fs::remove_dir_all(&place.folder);
    result
}

/// Both replicas follow one real master and are sent the same bytes.
fn ingest(place: &Place, wanted: &Bench, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    for keys in [1000, 1_000_000] {
        let name = format!("ingest-{keys}-keys");
        if !wanted.wants(&name) {
            continue;
        }
        step(&format!("{name}: {} rounds of {WRITES} writes", wanted.rounds));
        let mut master = Peer::start("redis-server", &place.redis, &place.folder, MASTER)?;
        let mut ours = replica(place, true, &master)?;
        let mut real = replica(place, false, &master)?;
        let mut speeds = [Vec::new(), Vec::new()];
        for round in 0..wanted.rounds {
            let before = master.offset()?;
            for replica in [&ours, &real] {
                replica.signal("STOP")?;
            }
            master.ask(&["CLIENT", "KILL", "TYPE", "replica"])?;
            fill(&master, keys)?;
            let bytes = master.offset()? - before;
            for n in [0, 1] {
                // Who goes first changes from round to round.
                let which = (n + round as usize) % 2;
                let side = if which == 0 { &mut ours } else { &mut real };
                speeds[which].push(catch_up(&mut master, side, bytes)?);
            }
            report(round, &speeds);
        }
        rows.push(row(&name, speeds));
    }
    Ok(())
}

/// A real replica follows our master, another a real one; a client that only reads, too.
fn feed(place: &Place, wanted: &Bench, rows: &mut Vec<Row>) -> Result<(), TaskError> {
    step(&format!("feed: {} rounds of {WRITES} writes to each master", wanted.rounds));
    let mut sides = Vec::new();
    for program in [&place.ours, &place.redis] {
        let name = if *program == place.ours { "psync-node" } else { "redis-server" };
        let master = Peer::start(name, program, &place.folder, MASTER)?;
        let replica = replica(place, false, &master)?;
        sides.push((master, replica));
    }
    let (mut fed, mut sunk) = ([Vec::new(), Vec::new()], [Vec::new(), Vec::new()]);
    for round in 0..wanted.rounds {
        for n in [0, 1] {
            let which = (n + round as usize) % 2;
            let (master, replica) = &mut sides[which];
            let before = master.offset()?;
            replica.signal("STOP")?;
            master.ask(&["CLIENT", "KILL", "TYPE", "replica"])?;
            fill(master, 1000)?;
            let bytes = master.offset()? - before;
            sunk[which].push(sink(master, before, bytes)?);
            fed[which].push(catch_up(master, replica, bytes)?);
        }
        report(round, &fed);
        report(round, &sunk);
    }
    rows.push(row("feed", fed));
    rows.push(row("feed-sink", sunk));
    Ok(())
}

fn row(name: &str, [ours, peer]: [Vec<f64>; 2]) -> Row {
    let (ours, peer) = (median(ours), median(peer));
    Row {
        name: name.to_owned(),
        ours: format!("{ours:.0} MB/s"),
        peer: format!("{peer:.0} MB/s"),
        ratio: ours / peer,
    }
}

fn report(round: u32, [ours, peer]: &[Vec<f64>; 2]) {
    if let (Some(ours), Some(peer)) = (ours.last(), peer.last()) {
        println!("    round {}: ours {ours:.0} MB/s, peer {peer:.0}, {:.2}", round + 1, ours / peer);
    }
}

/// A replica of `master` that has its data.
fn replica(place: &Place, ours: bool, master: &Peer) -> Result<Peer, TaskError> {
    let (name, program) = if ours { ("psync-node", &place.ours) } else { ("redis-server", &place.redis) };
    let port = master.port.to_string();
    let settings = ["--replicaof", "127.0.0.1", &port, "--repl-timeout", "3600"];
    let mut replica = Peer::start(name, program, &place.folder, &settings)?;
    replica.wait("the first sync", Peer::link_is_up)?;
    Ok(replica)
}

/// Writes the stream.
fn fill(master: &Peer, keys: u64) -> Result<(), TaskError> {
    let mut bench = Command::new("redis-benchmark");
    bench.args(["-p", &master.port.to_string(), "-t", "set", "-d", "3", "-P", "128", "-c", "4", "-q"]);
    bench.args(["-r", &keys.to_string(), "-n", &WRITES.to_string()]).stdout(Stdio::null());
    run(&mut bench, "redis-benchmark comes with redis-server (on Debian: `apt install redis-tools`).")
}

/// Lets the replica go on and measures how fast it catches up, in MB/s.
fn catch_up(master: &mut Peer, replica: &mut Peer, bytes: u64) -> Result<f64, TaskError> {
    let target = master.offset()?;
    let (full, partial) = (master.info("stats", "sync_full")?, master.info("stats", "sync_partial_ok")?);
    replica.signal("CONT")?;
    // It may answer that the old link is up before it learns that it is gone.
    master.wait("the replica's PSYNC", |master| Ok(master.info("stats", "sync_partial_ok")? > partial))?;
    replica.wait("the link", Peer::link_is_up)?;
    let clock = Stopwatch::start();
    let missing = target - replica.offset()?;
    replica.wait("catching up", |replica| Ok(replica.offset()? >= target))?;
    let seconds = clock.elapsed().as_secs_f64();
    if master.info("stats", "sync_full")? != full || bytes < LEAST {
        return Err(TaskError::Other("a full resync, or too few bytes: this is no measurement.".into()));
    }
    Ok(missing as f64 / 1e6 / seconds)
}

/// Asks to continue after `offset` and only counts what comes, in MB/s.
fn sink(master: &mut Peer, offset: u64, bytes: u64) -> Result<f64, TaskError> {
    let id = master.info_text("replication", "master_replid")?;
    let wrong = talk("a master");
    let mut stream = TcpStream::connect(("127.0.0.1", master.port)).map_err(&wrong)?;
    stream.write_all(format!("PSYNC {id} {}\r\n", offset + 1).as_bytes()).map_err(&wrong)?;
    let mut reader = BufReader::with_capacity(1 << 20, stream);
    let mut line = String::new();
    reader.read_line(&mut line).map_err(&wrong)?;
    if !line.starts_with("+CONTINUE") {
        return Err(TaskError::Other(format!("the master answers `{}` to PSYNC.", line.trim_end())));
    }
    let clock = Stopwatch::start();
    let mut left = bytes;
    let mut buffer = vec![0; 1 << 20];
    while left > 0 {
        let read = reader.read(&mut buffer).map_err(&wrong)? as u64;
        if read == 0 {
            return Err(TaskError::Other("the master closed the stream.".into()));
        }
        left = left.saturating_sub(read);
    }
    Ok(bytes as f64 / 1e6 / clock.elapsed().as_secs_f64())
}
