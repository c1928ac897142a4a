//! Running many seeds on all processors, and making a failure small.

use crate::scene;
use psync_lab::sim::check::{Checker, settled};
use psync_lab::sim::{Session, TimedAction, WorldSpec};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

/// A number from the environment.
pub(crate) fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// Runs a world; says what is wrong, if anything is. A panic inside is a wrong, too.
pub(crate) fn run(spec: &WorldSpec, actions: &[TimedAction]) -> Result<(), String> {
    catch_unwind(AssertUnwindSafe(|| watch(spec, actions))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Err(format!("panic: {}", text.unwrap_or_default()))
    })
}

fn watch(spec: &WorldSpec, actions: &[TimedAction]) -> Result<(), String> {
    let mut session = Session::replay(spec.clone(), actions.to_vec());
    let mut checker = Checker::new();
    let mut unsettled = "nothing happened".to_owned();
    while session.next_at().is_some_and(|at| at <= scene::END) {
        session.step();
        checker.check(session.world()).map_err(|broken| broken.to_string())?;
        if session.world().now() > scene::QUIET {
            // An instant between two heartbeats at which all is equal must come.
            match settled(session.world()) {
                Ok(()) => return Ok(()),
                Err(broken) => unsettled = broken.to_string(),
            }
        }
    }
    if std::env::var_os("TRACE").is_some() {
        let world = session.world();
        world.trace().iter().for_each(|entry| println!("{}", world.line(entry)));
    }
    Err(unsettled)
}

/// Leaves out single actions as long as the run still fails: the numbers of those that stay.
fn shorten(spec: &WorldSpec, all: &[TimedAction]) -> Vec<usize> {
    // What mends the world at the end must stay.
    let mut kept: Vec<usize> = (0..all.len()).filter(|n| all[*n].at < scene::STORM).collect();
    loop {
        let before = kept.len();
        for n in (0..before).rev() {
            let mut fewer = kept.clone();
            fewer.remove(n);
            if run(spec, &chosen(all, &fewer)).is_err() {
                kept = fewer;
            }
        }
        if kept.len() == before {
            return kept;
        }
    }
}

/// The faults with these numbers, and all that mends them.
fn chosen(all: &[TimedAction], numbers: &[usize]) -> Vec<TimedAction> {
    let stays = |(n, timed): &(usize, &TimedAction)| timed.at >= scene::STORM || numbers.contains(n);
    all.iter().enumerate().filter(stays).map(|(_, timed)| timed.clone()).collect()
}

/// One seed, or the part of its actions named by `KEEP=3,7`.
fn one(seed: u64) -> Result<(), String> {
    let spec = scene::world(seed);
    let mut all = scene::actions(&spec, seed);
    if let Ok(keep) = std::env::var("KEEP") {
        let numbers: Vec<usize> = keep.split(',').filter_map(|n| n.parse().ok()).collect();
        all = chosen(&all, &numbers);
        return run(&spec, &all).map_err(|wrong| format!("seed {seed} with KEEP={keep}: {wrong}"));
    }
    let Err(wrong) = run(&spec, &all) else { return Ok(()) };
    let kept = shorten(&spec, &all);
    let short = chosen(&all, &kept);
    let still = run(&spec, &short).err().unwrap_or_else(|| wrong.clone());
    let list: Vec<String> = kept.iter().map(|n| format!("  {} {}", all[*n].at, all[*n].action)).collect();
    let keep: Vec<String> = kept.iter().map(usize::to_string).collect();
    Err(format!(
        "seed {seed}, {} nodes: {wrong}\nwith fewer actions: {still}\n{}\nreplay: FIRST={seed} SEEDS=1 KEEP={} \
         cargo test --test faults after_the_storm",
        spec.nodes.len(),
        list.join("\n"),
        keep.join(","),
    ))
}

/// All seeds from `first` on, on all processors (`THREADS`), until one fails.
pub(crate) fn all(first: u64, seeds: u64) -> Result<(), String> {
    let processors = std::thread::available_parallelism().map_or(1, |n| n.get() as u64);
    let threads = number("THREADS", processors).clamp(1, seeds.max(1));
    let (next, done) = (AtomicU64::new(first), AtomicU64::new(0));
    let stop = AtomicBool::new(false);
    let failures = Mutex::new(Vec::new());
    let work = || {
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= first + seeds || stop.load(Ordering::Relaxed) {
                return;
            }
            if let Err(report) = one(seed) {
                eprintln!("{report}");
                stop.store(std::env::var_os("GO_ON").is_none(), Ordering::Relaxed);
                if let Ok(mut failures) = failures.lock() {
                    failures.push(report);
                }
            }
            let done = done.fetch_add(1, Ordering::Relaxed) + 1;
            if done.is_multiple_of(1000) {
                eprintln!("{done} of {seeds} seeds");
            }
        }
    };
    std::thread::scope(|scope| (0..threads).for_each(|_| drop(scope.spawn(work))));
    let failures = failures.into_inner().unwrap_or_default();
    match failures.first() {
        None => Ok(()),
        Some(first) => Err(format!("{} of {seeds} seeds failed\n{first}", failures.len())),
    }
}
