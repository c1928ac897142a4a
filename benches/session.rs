//! How fast time travel is: `cargo bench --profile native --bench session`.
//!
//! A session of 100,000 steps: ten nodes whose backlogs of 1 MiB are full at its end. Printed are the
//! 50th and 95th percentile of going to random instants, the cost of one step, of a copy of the world,
//! and of a step back. The same session runs in WebAssembly with `tests/wasm/seek.mjs`.

use psync_lab::redis::Time;
use psync_lab::sim::{Grain, Session, bench};
use std::time::Instant;

/// The clock of the benches, which the core itself must not read.
#[expect(clippy::disallowed_methods, reason = "a bench measures real time")]
fn now() -> Instant {
    Instant::now()
}

/// Microseconds of 1000 runs: the 50th and the 95th percentile.
fn percentiles(mut run: impl FnMut()) -> (f64, f64) {
    let mut times: Vec<f64> = (0..1000)
        .map(|_| {
            let start = now();
            run();
            start.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    times.sort_by(f64::total_cmp);
    (times[500], times[950])
}

fn show(what: &str, (median, high): (f64, f64)) {
    println!("{what}: {median:.1} µs, p95 {high:.1} µs");
}

fn main() {
    let start = now();
    let mut session = bench::long_session();
    let (steps, took) = (session.world().steps(), start.elapsed());
    let full = session.world().nodes().iter().filter_map(|node| node.server()?.backlog());
    let full = full.filter(|backlog| backlog.histlen >= backlog.size).count();
    println!(
        "{steps} steps, {} entries, {} s, {full} of 10 backlogs full, {} snapshots",
        session.world().trace().len(),
        session.world().now().as_secs(),
        session.snapshots()
    );
    println!("step: {:.2} µs", took.as_secs_f64() * 1e6 / steps as f64);
    let mut rng = psync_lab::redis::Rng::new(3);
    let reach = session.reach().as_micros();
    show("copy of the world", percentiles(|| drop(std::hint::black_box(session.world().clone()))));
    show("copy of the session", percentiles(|| drop(std::hint::black_box(session.clone()))));
    show("seek", percentiles(|| session.seek(Time::from_micros(rng.below(reach)))));
    show(
        "step back",
        percentiles(|| {
            session.step_back_to(Grain::Event);
        }),
    );
    let _: Session = session;
}
