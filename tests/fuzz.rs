//! The fuzz targets as bounded tests on the stable compiler: random input from a seed.
//!
//! `FUZZ_SEED=7` draws other inputs, `FUZZ_RUNS=100000` more of them. What fails prints its seed and
//! run; `FUZZ_SEED=7 FUZZ_FIRST=123 FUZZ_RUNS=1` repeats one. `fuzz/` has the same functions for
//! cargo-fuzz.

#[path = "fuzz/connection.rs"]
mod connection;
#[path = "fuzz/dice.rs"]
mod dice;
#[path = "fuzz/permalink.rs"]
mod permalink;
#[path = "fuzz/psync_lines.rs"]
mod psync_lines;
#[path = "fuzz/rdb.rs"]
mod rdb;
#[path = "fuzz/resp.rs"]
mod resp;
#[path = "fuzz/rig.rs"]
#[expect(dead_code, reason = "shared with the tests of limits and wrong snapshots")]
mod rig;
#[path = "fuzz/words.rs"]
mod words;

use dice::{Dice, mutate, random_bytes};
use psync_lab::redis::rdb::{RdbInfo, RdbRepl, encode};
use psync_lab::redis::{Keyspace, Offset, RedisVersion, ReplId, Rng};

/// No input of a few kilobytes may keep a server busy for so long, even on a slow machine.
const TOO_LONG: std::time::Duration = std::time::Duration::from_secs(20);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Runs `check` on many inputs drawn by `draw`; says which one was the last if it panics.
fn run(purpose: &'static str, runs: u64, check: fn(&[u8]), mut draw: impl FnMut(&mut Rng) -> Vec<u8>) {
    struct Where(u64, u64, &'static str);
    impl Drop for Where {
        fn drop(&mut self) {
            if std::thread::panicking() {
                let Self(seed, run, purpose) = self;
                eprintln!("{purpose}: FUZZ_SEED={seed} FUZZ_FIRST={run} FUZZ_RUNS=1 cargo test --test fuzz");
            }
        }
    }
    let (seed, first) = (number("FUZZ_SEED", 1), number("FUZZ_FIRST", 0));
    let runs = number("FUZZ_RUNS", runs);
    println!("{purpose}: seed {seed}, {runs} runs");
    #[expect(clippy::disallowed_methods, reason = "the rule is for the core; here a hang is looked for")]
    let now = std::time::Instant::now;
    let mut slowest = (std::time::Duration::ZERO, 0);
    for run in first..first + runs {
        let _here = Where(seed, run, purpose);
        let start = now();
        check(&draw(&mut Rng::stream(seed, purpose, run)));
        slowest = slowest.max((start.elapsed(), run));
        assert!(start.elapsed() < TOO_LONG, "{purpose}: run {run} took {:?}", start.elapsed());
    }
    println!("{purpose}: the slowest was run {} with {:?}", slowest.1, slowest.0);
}

#[test]
fn resp_random_and_mutated_pipelines() {
    run("resp", 3000, resp::check, |rng| {
        let mut bytes = random_bytes(rng, 400);
        if rng.below(4) > 0 {
            let choices = random_bytes(rng, 200);
            let mut dice = Dice::new(&choices);
            bytes.truncate(8);
            while !dice.is_empty() {
                bytes.extend(words::command(&mut dice, &[]));
            }
        }
        if rng.below(2) == 0 {
            mutate(rng, &mut bytes);
        }
        bytes
    });
}

#[test]
fn rdb_mutated_files() {
    let real = std::fs::read_dir("tests/data").expect("the real files are there");
    let files = real.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let files = files.filter(|path| path.extension().is_some_and(|ext| ext == "rdb"));
    let files: Vec<Vec<u8>> = files.map(|path| std::fs::read(path).expect("it can be read")).collect();
    assert!(!files.is_empty());
    run("rdb", 3000, rdb::check, |rng| {
        let mut bytes = match rng.below(8) {
            0 => files[rng.below(files.len() as u64) as usize].clone(),
            1 => [b"REDIS0010".to_vec(), random_bytes(rng, 80)].concat(),
            _ => small_file(rng),
        };
        mutate(rng, &mut bytes);
        bytes
    });
}

fn small_file(rng: &mut Rng) -> Vec<u8> {
    let mut keys = Keyspace::new(16);
    for _ in 0..rng.below(6) {
        let value = if rng.below(2) == 0 { random_bytes(rng, 90) } else { rng.next_u32().to_string().into() };
        let expire_at = (rng.below(3) == 0).then(|| rng.next_u64() >> rng.below(64) >> 1);
        keys.db_mut(rng.below(16) as u32).set(&random_bytes(rng, 20), &value, expire_at);
    }
    let repl = RdbRepl { stream_db: 2, id: ReplId::random(rng), offset: Offset::new(rng.next_u64()) };
    let repl = (rng.below(2) == 0).then_some(repl);
    encode(&keys, &RdbInfo { version: RedisVersion::V7_2, ctime: 1, used_mem: 2, repl })
}

#[test]
fn psync_lines_of_a_hostile_master() {
    run("psync_lines", 1000, psync_lines::check, |rng| random_bytes(rng, 600));
}

#[test]
fn connections_in_any_order() {
    run("connection", 1000, connection::check, |rng| random_bytes(rng, 1500));
}

#[test]
fn permalinks_of_strangers() {
    run("permalink", 1500, permalink::check, |rng| {
        let mut bytes = permalink::honest(rng);
        if rng.below(8) == 0 {
            bytes = random_bytes(rng, 300);
        } else {
            mutate(rng, &mut bytes);
        }
        bytes
    });
}
