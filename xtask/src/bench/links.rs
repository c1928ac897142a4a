//! What a replica's link costs `psync-node` in memory: the process with many links that are in sync
//! and have nothing to send, less the process with half of them. Buffers are empty then; the kernel's are
//! not the process's.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use super::Row;
use super::peers::{Peer, talk};
use super::wire::Place;
use crate::error::TaskError;

/// Links in each half.
const LINKS: u64 = 300;
/// The goal, in bytes.
const MOST: u64 = 32 * 1024;

/// Measures a link.
pub(super) fn memory(place: &Place) -> Result<Row, TaskError> {
    let mut master =
        Peer::start("psync-node", &place.ours, &place.folder, &["--repl-diskless-sync-delay", "0"])?;
    // The first replica makes the master begin a history that the others can continue.
    let mut links = vec![link(&mut master, "?", "-1")?];
    master.wait("the first sync", |master| Ok(master.info("stats", "sync_full")? == 1))?;
    let id = master.info_text("replication", "master_replid")?;
    let mut sizes = [0; 2];
    for size in &mut sizes {
        for _ in 0..LINKS {
            let next = (master.offset()? + 1).to_string();
            links.push(link(&mut master, &id, &next)?);
        }
        // All have been through some commands.
        for n in 0..100 {
            master.ask(&["SET", "key", &n.to_string()])?;
        }
        *size = master.resident()?;
    }
    let continued = master.info("stats", "sync_partial_ok")?;
    if continued != 2 * LINKS {
        return Err(TaskError::Other(format!("only {continued} links continue: this is no measurement.")));
    }
    let each = sizes[1].saturating_sub(sizes[0]) as f64 / LINKS as f64;
    let shown = |bytes: f64| format!("{:.1} KB", bytes / 1024.0);
    Ok(Row {
        name: "link-memory".to_owned(),
        ours: shown(each),
        peer: shown(MOST as f64),
        ratio: each / MOST as f64,
    })
}

/// A connection that has asked for the stream and been answered.
fn link(master: &mut Peer, id: &str, next: &str) -> Result<BufReader<TcpStream>, TaskError> {
    let wrong = talk("psync-node");
    let stream = TcpStream::connect(("127.0.0.1", master.port)).map_err(&wrong)?;
    // Small, since the measuring process has many.
    let mut reader = BufReader::with_capacity(256, stream);
    let psync = format!("PSYNC {id} {next}");
    // One after the other: `PSYNC` is refused while replies wait.
    for line in ["PING", "REPLCONF listening-port 1", "REPLCONF capa eof capa psync2", &psync] {
        reader.get_mut().write_all(format!("{line}\r\n").as_bytes()).map_err(&wrong)?;
        let mut reply = String::new();
        reader.read_line(&mut reply).map_err(&wrong)?;
        if !reply.starts_with('+') {
            return Err(TaskError::Other(format!("psync-node answers `{line}`: {}.", reply.trim_end())));
        }
    }
    Ok(reader)
}
