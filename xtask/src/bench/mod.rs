//! How fast the core is, beside something else that does the same work in the same run.
//!
//! Absolute numbers move from machine to machine and from minute to minute, ratios hardly: the two
//! sides of each measurement take turns, and the median of the rounds counts. Tests assert none of
//! this; `--strict` makes a missed goal an error for those who want one.
//!
//! | module | what it measures |
//! |---|---|
//! | [`wire`] | `psync-node` and a real `redis-server` as replica and as master, over TCP |
//! | [`programs`] | what needs no server: the core in memory, the simulated world, WebAssembly |
//! | [`links`] | what a replica's link costs in memory |
//! | [`peers`] | starting servers and talking to them |

mod links;
mod peers;
mod programs;
mod wire;

use crate::error::TaskError;
use crate::project::Project;
use crate::run::step;

/// What to measure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bench {
    /// Beginnings of the names of measurements; all if there are none.
    pub(crate) names: Vec<String>,
    /// Rounds of each measurement over TCP and of the simulated world.
    pub(crate) rounds: u32,
    /// Whether a missed goal is an error.
    pub(crate) strict: bool,
}

impl Bench {
    /// Whether one of the measurements whose names begin with `family` is wanted.
    fn wants(&self, family: &str) -> bool {
        self.names.is_empty() || self.names.iter().any(|n| n.starts_with(family) || family.starts_with(&**n))
    }
}

/// What the ratio is to be.
#[derive(Clone, Copy, Debug)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
    /// Shown for comparison only.
    None,
}

/// One line of the table.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    ours: String,
    peer: String,
    ratio: f64,
}

/// What each measurement compares, and the goal for ours : peer.
const GOALS: &[(&str, &str, Goal)] = &[
    ("ingest-1000-keys", "catching up as a replica: psync-node, redis-server", Goal::AtLeast(5.0)),
    ("ingest-1000000-keys", "the same with a million keys", Goal::AtLeast(2.0)),
    ("feed", "a real replica catches up with psync-node, with redis-server", Goal::AtLeast(1.0)),
    ("feed-sink", "the same stream to a client that only reads", Goal::None),
    ("sim", "1 master, 8 replicas: delivered messages of the lab, of turmoil", Goal::AtLeast(2.0)),
    ("sim-same-servers", "the same, turmoil carrying our servers", Goal::None),
    ("sim-wasm", "the lab's world: wasm (opt-level 3), native", Goal::AtLeast(0.7)),
    ("sim-wasm-page", "the same as the page is built (opt-level z)", Goal::None),
    ("append-45", "backlog append: time of ours, of memcpy into a ring (ring model)", Goal::AtMost(2.0)),
    ("append-1024", "the same, 1 KB pieces", Goal::AtMost(2.0)),
    ("append-16384", "the same, 16 KB pieces", Goal::AtMost(2.0)),
    ("append-45-blocks", "the same, 45-byte pieces into blocks", Goal::AtMost(2.0)),
    ("append-1024-blocks", "the same, 1 KB pieces", Goal::AtMost(2.0)),
    ("append-16384-blocks", "the same, 16 KB pieces", Goal::AtMost(2.0)),
    ("snapshot", "a copy of 10 nodes with 1 MiB backlogs, a deep one", Goal::AtMost(1.0 / 500.0)),
    ("link-memory", "a replica's link beyond its buffers, 32 KB", Goal::AtMost(1.0)),
];

/// Measures, prints the table, and says which goals are missed.
pub(crate) fn task(project: &Project, wanted: &Bench) -> Result<(), TaskError> {
    let mut rows = Vec::new();
    if ["ingest", "feed", "link"].iter().any(|family| wanted.wants(family)) {
        wire::measure(project, wanted, &mut rows)?;
    }
    if ["append", "snapshot"].iter().any(|family| wanted.wants(family)) {
        programs::core(project, &mut rows)?;
    }
    if wanted.wants("sim") {
        programs::sim(project, wanted, &mut rows)?;
    }
    rows.retain(|row| {
        wanted.names.is_empty() || wanted.names.iter().any(|name| row.name.starts_with(&**name))
    });
    if rows.is_empty() {
        let known: Vec<&str> = GOALS.iter().map(|(name, ..)| *name).collect();
        return Err(TaskError::Other(format!("nothing is measured under that name; there are {known:?}.")));
    }
    step("medians; the sides of a line took turns in this run");
    let missed = print(&rows);
    if missed > 0 && wanted.strict {
        return Err(TaskError::Other(format!("{missed} goals are missed.")));
    }
    Ok(())
}

fn print(rows: &[Row]) -> usize {
    let mut missed = 0;
    println!("{:<20} {:>15} {:>15} {:>9}  {:<9} ", "name", "ours", "peer", "ratio", "goal");
    for row in rows {
        let known = GOALS.iter().find(|(name, ..)| *name == row.name);
        let (what, goal) = known.map_or(("", Goal::None), |(_, what, goal)| (*what, *goal));
        let (text, met) = match goal {
            Goal::AtLeast(least) => (format!("≥ {}", ratio(least)), Some(row.ratio >= least)),
            Goal::AtMost(most) => (format!("≤ {}", ratio(most)), Some(row.ratio <= most)),
            Goal::None => ("–".to_owned(), None),
        };
        let verdict = match met {
            Some(true) => "ok    ",
            Some(false) => "MISSED",
            None => "      ",
        };
        missed += usize::from(met == Some(false));
        let (name, ours, peer) = (&row.name, &row.ours, &row.peer);
        println!("{name:<20} {ours:>15} {peer:>15} {:>9}  {text:<9} {verdict} {what}", ratio(row.ratio));
    }
    missed
}

/// A ratio for people: `4.31`, `1/612`.
fn ratio(value: f64) -> String {
    if value > 0.0 && value < 0.05 { format!("1/{:.0}", 1.0 / value) } else { format!("{value:.2}") }
}

/// The middle one; of an even number, the upper of the two.
fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_choose_families() {
        let wanted = |name: &str| Bench { names: vec![name.to_owned()], rounds: 1, strict: false };
        assert!(wanted("ingest-1000").wants("ingest"));
        assert!(wanted("in").wants("ingest"));
        assert!(!wanted("sim").wants("ingest"));
    }

    #[test]
    fn ratios_are_readable() {
        assert_eq!((ratio(4.312), ratio(1.0 / 612.0)), ("4.31".to_owned(), "1/612".to_owned()));
        assert_eq!(median(vec![3.0, 1.0, 2.0]), 2.0);
    }
}
