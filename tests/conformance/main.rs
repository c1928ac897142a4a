//! Conformance: the recorded scenarios and the side-by-side cases, run against server processes.
//!
//! `cargo test --test conformance [-- FILTER…]`. The server under test is `psync-node`, or those
//! of `CONFORMANCE_SERVER` (paths, separated by commas; `ours` is `psync-node`, `ours@6.2` the same
//! as another version, and `…=path` names the real server that one is compared with).
//! `CONFORMANCE_PEER` is the real server of the side-by-side cases (`redis-server`).
//! `CONFORMANCE_REPORT=path.html` writes the table as a page and as JSON.
#![allow(clippy::disallowed_methods, reason = "these tests run real servers in real time")]

mod cluster;
mod conditions;
mod dialect;
mod fake;
mod fuzz;
mod fuzz_stream;
mod gen_commands;
mod hooks;
mod live;
mod mask;
mod played;
mod proxy;
mod rdb;
mod report;
mod resp;
mod runner;
mod scenario;
mod scene;
mod scene_words;
mod server;
mod stage;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use dialect::Dialect;
use report::{Outcome, Verdict};
use resp::Res;
use server::Binary;

/// One thing to run: a case on a server.
struct Job<'a> {
    name: String,
    server: &'a Binary,
    retry: bool,
    run: Box<dyn Fn() -> Res<Vec<String>> + Send + Sync + 'a>,
}

fn main() -> ExitCode {
    match all() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(why) => {
            eprintln!("conformance: {why}");
            ExitCode::FAILURE
        }
    }
}

fn all() -> Res<bool> {
    let began = Instant::now();
    let args: Vec<String> = std::env::args().skip(1).collect();
    let threads = option(&args, "--test-threads").and_then(|n| n.parse().ok()).unwrap_or(4);
    let filters: Vec<&String> = args
        .iter()
        .enumerate()
        .filter(|(i, a)| {
            !a.starts_with('-') && (*i == 0 || args[i - 1] != "--test-threads" && args[i - 1] != "--format")
        })
        .map(|(_, a)| a)
        .collect();
    let exact = args.iter().any(|a| a == "--exact");
    let wanted = |name: &str| {
        filters.is_empty()
            || filters.iter().any(|f| if exact { name == f.as_str() } else { name.contains(f.as_str()) })
    };

    let scenarios = scenario::load()?;
    let servers = servers()?;
    let peer = peer();
    let mut jobs = Vec::new();
    for (server, _) in &servers {
        for s in scenarios.iter().filter(|s| wanted(&s.name)) {
            jobs.push(Job {
                name: s.name.clone(),
                server,
                retry: s.timing_sensitive.is_some(),
                run: Box::new(move || runner::run(s, server)),
            });
        }
    }
    // Other versions cannot load each other's snapshots: they are not paired unless asked for.
    let pairs =
        |b: &Binary| std::env::var("CONFORMANCE_PEER").is_ok() || b.version.is_none_or(|v| v == (7, 0));
    for (server, own) in servers.iter().filter(|(s, own)| own.is_some() || pairs(s)) {
        let peer = match own.as_ref().map_or(peer.as_ref(), Ok) {
            Ok(peer) => peer,
            Err(why) => {
                let name = "live_needs_a_real_server".to_owned();
                jobs.push(Job { name, server, retry: false, run: Box::new(|| Err(why.clone())) });
                break;
            }
        };
        for (name, run) in live::cases(server, peer).into_iter().filter(|(name, _)| wanted(name)) {
            jobs.push(Job { name, server, retry: false, run: Box::new(move || run().map(|()| Vec::new())) });
        }
    }
    if args.iter().any(|a| a == "--list") {
        jobs.iter().for_each(|j| println!("{}: test", j.name));
        return Ok(true);
    }
    let outcomes = run_all(&jobs, threads);
    if let Ok(path) = std::env::var("CONFORMANCE_REPORT") {
        report::write(&outcomes, &path)?;
    }
    Ok(report::finish(&outcomes, began.elapsed().as_secs_f64()))
}

fn option<'a>(args: &'a [String], name: &str) -> Option<&'a str> {
    args.iter().enumerate().find_map(|(i, a)| {
        let rest = a.strip_prefix(name)?;
        rest.strip_prefix('=').or_else(|| args.get(i + 1).map(String::as_str))
    })
}

/// The programs to test.
fn servers() -> Res<Vec<(Binary, Option<Binary>)>> {
    let list = std::env::var("CONFORMANCE_SERVER").unwrap_or_else(|_| "ours".to_owned());
    list.split(',')
        .map(|word| {
            let (name, peer) = word.trim().split_once('=').map_or((word.trim(), None), |(n, p)| (n, Some(p)));
            let server = match name.split_once('@') {
                Some(("ours", version)) => ours_as(version)?,
                _ if name == "ours" => ours(),
                _ => Binary::probe(&PathBuf::from(name))?,
            };
            Ok((server, peer.map(|p| Binary::probe(&PathBuf::from(p))).transpose()?))
        })
        .collect()
}

/// The real server that the side-by-side cases need.
fn peer() -> Res<Binary> {
    let path = std::env::var("CONFORMANCE_PEER").unwrap_or_else(|_| "redis-server".to_owned());
    Binary::probe(&PathBuf::from(path))
        .map_err(|e| format!("{e}\nThe side-by-side cases need a real server: apt-get install redis-server"))
}

/// `psync-node` of this build.
fn ours() -> Binary {
    let path = PathBuf::from(env!("CARGO_BIN_EXE_psync-node"));
    let args = Vec::new();
    Binary { label: "psync-node".to_owned(), path, args, version: None, dialect: Dialect::default() }
}

/// `psync-node` as another version of Redis, in that version's dialect.
fn ours_as(version: &str) -> Res<Binary> {
    let number = version.split_once('.').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
    Ok(Binary {
        label: format!("psync-node as {version}"),
        args: vec!["--psync-lab-version".to_owned(), version.to_owned()],
        version: Some(number.ok_or_else(|| format!("ours@{version}: what version?"))?),
        dialect: Dialect::of(&format!("redis-server {version}"))?,
        ..ours()
    })
}

/// Runs the jobs on `threads` threads; outcomes come back in the jobs' order.
fn run_all(jobs: &[Job<'_>], threads: usize) -> Vec<Outcome> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<(usize, Outcome)>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                while let Some((index, job)) = take(&next, jobs) {
                    let outcome = run_one(job);
                    println!("{}", outcome.line());
                    done.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push((index, outcome));
                }
            });
        }
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

/// The next job nobody has taken.
fn take<'j, 'a>(next: &AtomicUsize, jobs: &'j [Job<'a>]) -> Option<(usize, &'j Job<'a>)> {
    let index = next.fetch_add(1, Ordering::Relaxed);
    jobs.get(index).map(|job| (index, job))
}

fn run_one(job: &Job<'_>) -> Outcome {
    let began = Instant::now();
    let attempt = || {
        catch_unwind(AssertUnwindSafe(&job.run))
            .unwrap_or_else(|_| Err("the test itself panicked".to_owned()))
    };
    let mut result = attempt();
    let retried = result.is_err() && job.retry;
    if retried {
        result = attempt();
    }
    let mut differences = job.server.dialect.differences.iter();
    let known = differences.find(|(start, _)| job.name.starts_with(start.as_str())).map(|(_, why)| why);
    let (verdict, open) = match (result, known) {
        (Ok(open), _) => (Verdict::Ok, open),
        (Err(_), Some(why)) => (Verdict::Differs(why.clone()), Vec::new()),
        (Err(why), None) => (Verdict::Fail(why), Vec::new()),
    };
    let server = job.server.label.clone();
    Outcome { case: job.name.clone(), server, verdict, seconds: began.elapsed().as_secs_f64(), open, retried }
}
