//! The same random replication stream fed to the server under test and to a real one, both as
//! replicas of scripted masters: offsets, data, and what each passes on to a replica of its own
//! must be equal.

use std::time::Duration;

use crate::cluster::{Cluster, data, difference};
use crate::fake::FakeMaster;
use crate::fuzz::{Watcher, seed_and_count};
use crate::gen_commands::{Rng, command};
use crate::mask::Mask;
use crate::resp::{Conn, Res, encode, escape};
use crate::runner::random_id;
use crate::server::Binary;

const BATCH: u64 = 10;

pub(crate) fn into_replicas(bins: &[&Binary]) -> Res<()> {
    let (seed, count) = seed_and_count(3000);
    Cluster::new(bins, &[])?.explain(|c| {
        run(c, &bins[0].dialect.magic, seed, count)
            .map_err(|e| format!("with CONFORMANCE_SEED={seed} CONFORMANCE_FUZZ={count}:\n{e}"))
    })
}

fn run(c: &mut Cluster, magic: &str, seed: u64, count: u64) -> Res<()> {
    let mut masters = Vec::new();
    let mut watchers = Vec::new();
    for node in 0..2 {
        let mut master = FakeMaster::new()?;
        c.ok(node, &format!("REPLICAOF 127.0.0.1 {}", master.port))?;
        let id = c.field(node, "master_replid")?;
        let mut mask = Mask::default();
        mask.bind(1, &id)?;
        master.handshake(
            "+PONG",
            "+OK",
            "*3\r\n$5\r\nPSYNC\r\n$40\r\n<replid1>\r\n$1\r\n1\r\n",
            &mut mask,
        )?;
        master.send(format!("+FULLRESYNC {} 0\r\n", random_id(master.port)).as_bytes())?;
        let snapshot = [b"$18\r\n", magic.as_bytes(), b"\xff\0\0\0\0\0\0\0\0"].concat();
        master.send(&snapshot)?;
        c.link_up(node)?;
        watchers.push(Watcher::open(c.nodes[node].port)?);
        masters.push(master);
    }
    let mut rng = Rng::new(seed);
    let mut sent = 0;
    for batch in 0..count.div_ceil(BATCH) {
        let commands: Vec<_> =
            std::iter::repeat_with(|| command(&mut rng)).filter(travels).take(BATCH as usize).collect();
        let bytes: Vec<u8> = commands.iter().flat_map(|c| encode(c)).collect();
        // Split somewhere: commands arrive in pieces.
        let cut = rng.below(bytes.len());
        for master in &mut masters {
            master.push(&bytes[..cut])?;
            std::thread::sleep(Duration::from_millis(2));
            master.push(&bytes[cut..])?;
        }
        sent += bytes.len();
        let recent = || {
            let lines = commands.iter().map(|c| c.iter().map(|a| escape(a)).collect::<Vec<_>>().join(" "));
            format!("after batch {batch}:\n        {}", lines.collect::<Vec<_>>().join("\n        "))
        };
        for node in 0..2 {
            let all = sent.to_string();
            c.until(node, "slave_read_repl_offset", &all).map_err(|e| format!("{e}\n      {}", recent()))?;
        }
        compare(c, &mut watchers).map_err(|e| format!("      {e}\n      {}", recent()))?;
    }
    Ok(())
}

fn compare(c: &mut Cluster, watchers: &mut [Watcher]) -> Res<()> {
    for field in ["slave_repl_offset", "master_repl_offset", "master_link_status"] {
        let (ours, real) = (c.field(0, field)?, c.field(1, field)?);
        if ours != real {
            return Err(format!("{field}: {ours} against {real}"));
        }
    }
    let offset: u64 =
        c.field(0, "master_repl_offset")?.parse().map_err(|_| "master_repl_offset is no number")?;
    let [ours, real] = [watchers[0].upto(offset)?, watchers[1].upto(offset)?];
    if ours != real {
        let at = ours.iter().zip(&real).take_while(|(a, b)| a == b).count();
        return Err(format!(
            "sub-replicas received different bytes from byte {at} on: {} against {}",
            escape(&ours[at..]),
            escape(&real[at..])
        ));
    }
    if let Some(what) = difference(&data(&c.nodes[0])?, &data(&c.nodes[1])?, 2500) {
        return Err(what);
    }
    for db in 0..16 {
        let mut sizes = Vec::new();
        for node in &c.nodes {
            let mut conn = Conn::connect(node.port)?;
            conn.cmd(&["SELECT", &db.to_string()])?;
            sizes.push(conn.cmd(&["DBSIZE"])?.show());
        }
        if sizes[0] != sizes[1] {
            return Err(format!("DBSIZE of db {db}: {} against {}", sizes[0], sizes[1]));
        }
    }
    Ok(())
}

/// A master sends no expiry before 1970 (Redis would keep the key, and call it expired at 0), and
/// nothing beyond the limit of a string (Redis obeys, and runs out of memory).
fn travels(args: &impl AsRef<[Vec<u8>]>) -> bool {
    let args = args.as_ref();
    let word = args[0].to_ascii_uppercase();
    let negative = args.get(2).is_some_and(|n| n.starts_with(b"-"));
    let early = negative && word.windows(6).any(|w| w == b"EXPIRE");
    let huge = word.starts_with(b"SET") && args.iter().any(|a| a.len() > 15);
    !early && !huge
}
