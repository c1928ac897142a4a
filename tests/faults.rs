//! Random worlds under random faults: whatever happens, the rules hold after every step, and after
//! healing and quiet every replica is equal to its master.
//!
//! `SEEDS=1000 cargo test --test faults` tries more (`cargo xtask swarm` does so with an optimised
//! build), `FIRST=17 SEEDS=1` repeats one. A failure prints the seed, a list of actions that is as
//! short as leaving out single ones can make it, and the command that replays exactly these.

#[path = "faults/scene.rs"]
mod scene;
#[path = "faults/swarm.rs"]
mod swarm;

use psync_lab::sim::Session;
use swarm::{number, run};

/// Seeds of an ordinary test run; `.ci/run` tries 1,000.
const FEW: u64 = 200;

#[test]
fn after_the_storm_all_replicas_are_equal() {
    let (first, seeds) = (number("FIRST", 1), number("SEEDS", FEW));
    if let Err(report) = swarm::all(first, seeds) {
        panic!("{report}");
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let spec = scene::world(3);
    let digest = || {
        let mut session = Session::replay(spec.clone(), scene::actions(&spec, 3));
        session.advance(scene::STORM);
        session.world().digest()
    };
    assert_eq!(digest(), digest());
}

#[test]
fn a_replica_that_is_left_alone_is_noticed() {
    let spec = scene::world(3);
    let mut actions = scene::actions(&spec, 3);
    // Nothing is mended: the end must not look well.
    actions.retain(|timed| timed.at < scene::STORM);
    let kill = psync_lab::sim::Action::Kill(psync_lab::sim::NodeId(0));
    actions.push(psync_lab::sim::TimedAction { at: scene::STORM, action: kill });
    actions.sort_by_key(|timed| timed.at);
    assert!(run(&spec, &actions).is_err());
}
