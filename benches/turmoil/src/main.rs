//! One master, eight replicas and eight writing clients, in three simulations: the lab's with its
//! trace on, turmoil with hosts that do nothing but pass bytes on, and turmoil with the same servers
//! as the lab's. `psync-lab-turmoil ROUNDS` prints `round;<lab>;<turmoil>;<turmoil with servers>` in
//! delivered messages a second; without rounds, one of the lab alone.
//!
//! A message is a packet with bytes that reached its process: a command, its reply, or a command on
//! its way to a replica. All three run the same load over the same delays.

mod plain;
mod servers;

use psync_lab::sim::fanout;
use std::cell::Cell;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// Reads how long this process, which has one thread, was at work: on a busy machine the wall's clock
/// measures the others. The wall's clock where the system does not tell.
fn at_work(start: Instant) -> Duration {
    let text = std::fs::read_to_string("/proc/self/schedstat").ok();
    let nanos = text.and_then(|text| text.split(' ').next()?.parse().ok());
    nanos.map_or_else(|| start.elapsed(), Duration::from_nanos)
}

/// Length of a simulated stretch that is timed.
const MILLIS: u64 = 400;
/// How many of them make a round: the system tells the time at work in steps of 4 ms, a sixth of one stretch.
const STRETCHES: u32 = 10;
/// Clients in turmoil, where each is a host: fewer than in the lab, each writing more, which turmoil
/// does faster.
const WRITERS: u8 = 8;
/// Simulated time in which everybody connects and syncs.
const WARM_UP: Duration = Duration::from_secs(5);

/// Delivered messages of a running simulation.
type Count = Rc<Cell<u64>>;

fn main() {
    let rounds: Option<u32> = std::env::args().nth(1).and_then(|n| n.parse().ok());
    let ready = fanout::ready();
    // Once before it counts: the memory is there then.
    lab(&ready);
    let Some(rounds) = rounds else {
        return println!("round;{}", lab(&ready));
    };
    for _ in 0..rounds {
        println!("round;{};{};{}", lab(&ready), turmoil(plain::build), turmoil(servers::build));
    }
}

/// Runs the lab's world; messages a second. Each stretch has a world of its own: the trace keeps them all.
fn lab(ready: &psync_lab::sim::World) -> f64 {
    let (mut delivered, mut at_work_for) = (0, Duration::ZERO);
    for _ in 0..STRETCHES {
        let mut world = ready.clone();
        let clock = Instant::now();
        let start = at_work(clock);
        fanout::run(&mut world, MILLIS);
        at_work_for += at_work(clock) - start;
        delivered += fanout::delivered(&world, ready.trace().len());
    }
    delivered as f64 / at_work_for.as_secs_f64()
}

/// The master's name among the hosts, and that of replica `n`.
fn host(n: u8) -> String {
    format!("n{n}")
}

/// One command of 45 bytes.
fn command(made: u64) -> Vec<u8> {
    format!("*3\r\n$3\r\nSET\r\n$8\r\nkey:{:04}\r\n$12\r\nv{made:.<11}\r\n", made % 1000).into_bytes()
}

/// Runs a simulation; messages a second.
fn turmoil(build: fn(&mut turmoil::Sim<'static>, &Count)) -> f64 {
    let delay = Duration::from_micros(fanout::LATENCY.as_micros());
    let mut sim = turmoil::Builder::new()
        .simulation_duration(Duration::from_secs(3600))
        .tick_duration(Duration::from_millis(1))
        .min_message_latency(delay)
        .max_message_latency(delay)
        .tcp_capacity(1024)
        .build();
    let count = Count::default();
    build(&mut sim, &count);
    while sim.elapsed() < WARM_UP {
        let _ = sim.step().expect("it runs");
    }
    let millis = MILLIS * u64::from(STRETCHES);
    let (before, end) = (count.get(), sim.elapsed() + Duration::from_millis(millis));
    let clock = Instant::now();
    let start = at_work(clock);
    while sim.elapsed() < end {
        let _ = sim.step().expect("it runs");
    }
    let seconds = (at_work(clock) - start).as_secs_f64();
    let delivered = count.get() - before;
    let least = millis * u64::from(fanout::CLIENTS) * u64::from(fanout::REPLICAS + 2) * 9 / 10;
    assert!(delivered >= least, "{delivered} of about {least} messages: not the same load");
    delivered as f64 / seconds
}
