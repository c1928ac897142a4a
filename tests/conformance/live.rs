//! Side by side with a real server: it is the peer in every role, and what it holds and says is
//! what is expected.

use std::sync::Arc;
use std::time::Duration;

use crate::cluster::{Cluster, WRITES, bulk, fill, script};
use crate::proxy::Proxy;
use crate::resp::Res;
use crate::scene_words::{Oracle, compare};
use crate::server::Binary;
use crate::{fuzz, fuzz_stream, scene};

/// Who takes part: `o` is the server under test, `r` the real one.
struct Case {
    name: &'static str,
    roles: &'static [&'static str],
    run: fn(&[&Binary]) -> Res<()>,
}

const PAIRS: &[&str] = &["or", "ro"];
const CHAINS: &[&str] = &["or", "ro", "ror", "oro"];
const TRIPLES: &[&str] = &["orr", "ror", "rro", "oro", "oor", "roo"];

const CASES: &[Case] = &[
    Case { name: "full_sync", roles: CHAINS, run: full_sync },
    Case { name: "full_sync_by_disk", roles: PAIRS, run: full_sync_by_disk },
    Case { name: "cut_within_backlog", roles: CHAINS, run: cut_within_backlog },
    Case { name: "cut_beyond_backlog", roles: CHAINS, run: cut_beyond_backlog },
    Case { name: "client_kill", roles: PAIRS, run: client_kill },
    Case { name: "promotion", roles: TRIPLES, run: promotion },
    Case { name: "two_replicas_share_a_snapshot", roles: TRIPLES, run: shared_snapshot },
    Case { name: "replica_restart", roles: PAIRS, run: replica_restart },
    Case { name: "master_restart", roles: PAIRS, run: master_restart },
    Case { name: "expiry", roles: PAIRS, run: expiry },
    Case { name: "failover", roles: PAIRS, run: failover },
    Case { name: "commands_and_stream", roles: &["or"], run: fuzz::differential },
    Case { name: "stream_into_replicas", roles: &["or"], run: fuzz_stream::into_replicas },
];

/// Something to run.
type Run<'a> = Box<dyn Fn() -> Res<()> + Send + Sync + 'a>;

/// The names of all cases, each with what runs it.
pub(crate) fn cases<'a>(ours: &'a Binary, real: &'a Binary) -> Vec<(String, Run<'a>)> {
    let mut all: Vec<(String, Run<'a>)> = Vec::new();
    for case in CASES {
        for roles in case.roles {
            let words: Vec<_> = roles.chars().map(|c| if c == 'o' { "ours" } else { "real" }).collect();
            let bins: Vec<&Binary> = roles.chars().map(|c| if c == 'o' { ours } else { real }).collect();
            let name = format!("live_{}_{}", case.name, words.join("_"));
            all.push((name, Box::new(move || (case.run)(&bins))));
        }
    }
    let old = real.version.is_some_and(|v| v < (7, 0));
    for scene in scene::all().into_iter().filter(|s| !old || s.since == "6.2") {
        let (scene, oracle) = (Arc::new(scene), Arc::new(Oracle::new()));
        let nodes = scene.steps.iter().filter(|(_, line)| line.starts_with("node "));
        let parts: &[&str] = if nodes.count() > 1 { &["", "A", "-A"] } else { &[""] };
        for part in parts {
            let name = match *part {
                "" => format!("scene_{}", scene.name),
                "-A" => format!("scene_{}_ours_but_A", scene.name),
                _ => format!("scene_{}_ours_as_A", scene.name),
            };
            let (scene, oracle) = (Arc::clone(&scene), Arc::clone(&oracle));
            all.push((name, Box::new(move || compare(&scene, &oracle, [ours, real], part))));
        }
    }
    all
}

/// Each follows the one before it; the first is the master.
fn chain(c: &mut Cluster) -> Res<Vec<usize>> {
    for node in 1..c.nodes.len() {
        let port = c.nodes[node - 1].port;
        c.follow(node, port)?;
    }
    Ok((1..c.nodes.len()).collect())
}

fn full_sync(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(sync_and_write)
}

fn full_sync_by_disk(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[("repl-diskless-sync", "no")])?.explain(sync_and_write)
}

fn sync_and_write(c: &mut Cluster) -> Res<()> {
    fill(&c.nodes[0])?;
    let replicas = chain(c)?;
    c.settle(0, &replicas)?;
    script(&c.nodes[0], WRITES)?;
    c.settle(0, &replicas)?;
    for node in 0..replicas.len() {
        // The refused attempt: a fresh server asks for the continuation of its own history first.
        c.syncs(node, [1, 0, 1])?;
    }
    c.ok(0, "FLUSHALL")?;
    c.settle(0, &replicas)
}

/// The first link goes through a proxy.
fn chain_with_proxy(c: &mut Cluster) -> Res<(Proxy, Vec<usize>)> {
    let proxy = Proxy::to(c.nodes[0].port)?;
    c.follow(1, proxy.port)?;
    for node in 2..c.nodes.len() {
        let port = c.nodes[node - 1].port;
        c.follow(node, port)?;
    }
    Ok((proxy, (1..c.nodes.len()).collect()))
}

fn cut_within_backlog(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        let (proxy, replicas) = chain_with_proxy(c)?;
        script(&c.nodes[0], "SELECT 7|SET a 1|SET b 2")?;
        c.settle(0, &replicas)?;
        let before = counters(c, 0)?;
        for round in 1..=3 {
            proxy.cut();
            c.until(1, "master_link_status", "down")?;
            script(&c.nodes[0], WRITES)?;
            proxy.heal();
            c.settle(0, &replicas)?;
            c.syncs(0, [before[0], before[1] + round, before[2]])?;
        }
        // The rest of the chain stayed connected.
        if replicas.len() > 1 { c.syncs(1, [1, 0, 1]) } else { Ok(()) }
    })
}

fn cut_beyond_backlog(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[("repl-backlog-size", "16384")])?.explain(|c| {
        let (proxy, replicas) = chain_with_proxy(c)?;
        c.ok(0, "SET a 1")?;
        c.settle(0, &replicas)?;
        let before = counters(c, 0)?;
        proxy.cut();
        c.until(1, "master_link_status", "down")?;
        bulk(&c.nodes[0], 80)?;
        proxy.heal();
        c.settle(0, &replicas)?;
        c.syncs(0, [before[0] + 1, before[1], before[2] + 1])?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &replicas)
    })
}

fn counters(c: &mut Cluster, node: usize) -> Res<[u32; 3]> {
    let mut all = [0; 3];
    for (slot, field) in all.iter_mut().zip(["sync_full", "sync_partial_ok", "sync_partial_err"]) {
        *slot = c.field(node, field)?.parse().map_err(|_| format!("{field} is not a number"))?;
    }
    Ok(all)
}

fn client_kill(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        let replicas = chain(c)?;
        c.ok(0, "SET a 1")?;
        c.settle(0, &replicas)?;
        let before = counters(c, 0)?;
        let killed = c.ask(0, "CLIENT KILL TYPE replica")?;
        if killed.show() != "(integer) 1" {
            return Err(format!("CLIENT KILL TYPE replica: {}", killed.show()));
        }
        c.ok(0, "SET b 2")?;
        c.settle(0, &replicas)?;
        c.syncs(0, [before[0], before[1] + 1, before[2]])
    })
}

/// 1 and 2 follow 0; 1 is promoted; 2 and then 0 follow it, all by partial resync.
fn promotion(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        let port = c.nodes[0].port;
        c.follow(1, port)?;
        c.follow(2, port)?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &[1, 2])?;
        let old = c.field(0, "master_replid")?;
        c.ok(1, "REPLICAOF NO ONE")?;
        let port = c.nodes[1].port;
        c.follow(2, port)?;
        c.ok(1, "SET after promotion")?;
        c.settle(1, &[2])?;
        c.follow(0, port)?;
        c.settle(1, &[0, 2])?;
        c.syncs(1, [0, 2, 0])?;
        for node in 0..3 {
            c.until(node, "master_replid2", &old)?;
        }
        script(&c.nodes[1], WRITES)?;
        c.settle(1, &[0, 2])
    })
}

fn shared_snapshot(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[("repl-diskless-sync-delay", "1")])?.explain(|c| {
        fill(&c.nodes[0])?;
        let order = format!("REPLICAOF 127.0.0.1 {}", c.nodes[0].port);
        c.ok(1, &order)?;
        c.ok(2, &order)?;
        c.link_up(1)?;
        c.settle(0, &[1, 2])?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &[1, 2])
    })
}

fn replica_restart(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        fill(&c.nodes[0])?;
        chain(c)?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &[1])?;
        let before = counters(c, 0)?;
        c.nodes[1].shutdown("SAVE")?;
        c.ok(0, "SET meanwhile 1")?;
        let order = format!("127.0.0.1 {}", c.nodes[0].port);
        c.nodes[1].restart(&[("replicaof".to_owned(), order)])?;
        c.settle(0, &[1])?;
        c.syncs(0, [before[0], before[1] + 1, before[2]])
    })
}

fn master_restart(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        fill(&c.nodes[0])?;
        chain(c)?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &[1])?;
        let id = c.field(0, "master_replid")?;
        c.nodes[0].shutdown("SAVE")?;
        c.until(1, "master_link_status", "down")?;
        c.nodes[0].restart(&[])?;
        c.settle(0, &[1])?;
        // Before 7.0 a master forgets its history.
        let forgets = bins[0].version.is_some_and(|v| v < (7, 0));
        c.syncs(0, if forgets { [1, 0, 1] } else { [0, 1, 0] })?;
        if !forgets {
            c.until(1, "master_replid2", &id)?;
        }
        c.ok(0, "SET after restart")?;
        c.settle(0, &[1])
    })
}

fn expiry(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        chain(c)?;
        script(&c.nodes[0], "SET stays 1|SET a 1 PX 300|SELECT 2|SET b 1 PX 400|SET c 1|PEXPIRE c 350")?;
        c.settle(0, &[1])?;
        std::thread::sleep(Duration::from_millis(1200));
        c.settle(0, &[1])?;
        for node in 0..2 {
            let size = c.ask(node, "DBSIZE")?.show();
            if size != "(integer) 1" {
                return Err(format!("DBSIZE of #{node} is {size} after the keys expired"));
            }
        }
        Ok(())
    })
}

/// `FAILOVER` swaps the two without a full resync.
fn failover(bins: &[&Binary]) -> Res<()> {
    Cluster::new(bins, &[])?.explain(|c| {
        chain(c)?;
        script(&c.nodes[0], WRITES)?;
        c.settle(0, &[1])?;
        c.ok(0, "FAILOVER TIMEOUT 10000")?;
        c.until(1, "role", "master")?;
        c.until(0, "master_failover_state", "no-failover")?;
        c.settle(1, &[0])?;
        c.syncs(1, [0, 1, 0])?;
        c.ok(1, "SET after failover")?;
        c.settle(1, &[0])
    })
}
