//! Random worlds under random faults: whatever happens, the rules hold after every step, and after
//! healing and quiet every replica is equal to its master.
//!
//! `SEEDS=1000 cargo test --release --test faults` tries more; `FIRST=17 SEEDS=1` repeats one. A
//! failure prints the seed and a list of actions that is as short as leaving out single ones can make it.

use psync_lab::redis::{Offset, ReplState, Rng, Server, Span, Time};
use psync_lab::sim::check::Checker;
use psync_lab::sim::{
    Action, ClientId, ClientSpec, LinkId, LinkMode, LinkSpec, NodeId, NodeSpec, PathSpec, Session,
    TimedAction, WorldSpec, WriteLoad,
};

/// Faults happen until then.
const STORM: Time = Time::from_millis(40_000);
/// All must be well by then: longer than the longest timeout on each level of a tree.
const CALM: Time = Time::from_millis(120_000);

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().and_then(|value| value.parse().ok()).unwrap_or(default)
}

/// A tree of 2 to 8 nodes, each below one before it.
fn world(seed: u64) -> WorldSpec {
    let mut rng = Rng::stream(seed, "world", 0);
    let count = 2 + rng.below(7) as u8;
    let sizes = [64, 200, 1000, 20_000];
    let mut nodes = Vec::new();
    let mut links = Vec::new();
    for n in 0..count {
        let mut node = NodeSpec::new(&format!("n{n}"), &format!("10.0.1.{}", n + 1), 6379);
        node.settings.backlog_size = sizes[rng.below(4) as usize];
        node.settings.repl_timeout = 5;
        node.settings.ping_period = 2;
        node.settings.bgsave_min = Span::from_millis(rng.below(300));
        node.settings.diskless = rng.below(4) == 0;
        node.settings.diskless_delay = rng.below(2);
        if rng.below(2) == 0 {
            node.settings.load_rate = None;
        }
        let path = PathSpec {
            latency: Span::from_millis(1 + rng.below(100)),
            jitter: Span::from_millis(rng.below(30)),
            ..PathSpec::default()
        };
        if n > 0 {
            let master = NodeId(rng.below(u64::from(n)) as u8);
            node.replica_of = Some(master);
            links.push(LinkSpec { a: master, b: NodeId(n), path });
        }
        nodes.push(node);
    }
    let writes = WriteLoad { every: Span::from_millis(20 + rng.below(400)), keys: 5, ..WriteLoad::default() };
    let latency = Span::from_millis(1);
    let client = ClientSpec { name: "w".into(), at: NodeId(0), latency, writes, running: true };
    let mut spec = WorldSpec::new(nodes, seed);
    spec.links = links;
    spec.clients = vec![client];
    spec
}

/// Random faults, then everything is mended.
fn actions(spec: &WorldSpec, seed: u64) -> Vec<TimedAction> {
    let mut rng = Rng::stream(seed, "faults", 0);
    let mut actions = Vec::new();
    let mut at = Time::from_millis(2000);
    while at < STORM {
        let link = LinkId(rng.below(spec.links.len() as u64) as u16);
        let node = NodeId(rng.below(spec.nodes.len() as u64) as u8);
        let ends = spec.links[link.index()];
        let deaf = if rng.below(2) == 0 { ends.a } else { ends.b };
        let action = match rng.below(12) {
            0 | 1 => Action::Cut(link),
            2..=4 => Action::Heal(link),
            5 => Action::SetLinkMode(link, LinkMode::Silent),
            6 => Action::SetLinkMode(link, LinkMode::OneWay { to: deaf }),
            7 => Action::SetLinkMode(link, LinkMode::Hold),
            8 => Action::Kill(node),
            9 => Action::Restart { node, keep_rdb: rng.below(2) == 0 },
            10 => Action::Pause(node),
            _ => Action::Resume(node),
        };
        actions.push(TimedAction { at, action });
        at += Span::from_millis(rng.below(3000));
    }
    let mut mend = |action| actions.push(TimedAction { at: STORM, action });
    (0..spec.links.len()).for_each(|n| mend(Action::Heal(LinkId(n as u16))));
    for n in 0..spec.nodes.len() {
        mend(Action::Resume(NodeId(n as u8)));
        mend(Action::Restart { node: NodeId(n as u8), keep_rdb: true });
    }
    let stop = TimedAction { at: CALM, action: Action::ClientRun(ClientId(0), false) };
    actions.push(stop);
    actions
}

/// Runs a world; says what is wrong, if anything is.
fn run(spec: &WorldSpec, actions: &[TimedAction]) -> Result<Session, String> {
    let mut session = Session::replay(spec.clone(), actions.to_vec());
    let mut checker = Checker::new();
    // The heartbeat of 2 s and the ACK of 1 s pass once more after the last write.
    let end = CALM + Span::from_secs(10);
    while session.next_at().is_some_and(|at| at <= end) {
        session.step();
        checker.check(session.world()).map_err(|broken| broken.to_string())?;
    }
    let nodes = session.world().nodes();
    let server = |id: NodeId| nodes[id.index()].server().ok_or("a node is down".to_string());
    for (n, node) in spec.nodes.iter().enumerate() {
        let Some(master) = node.replica_of else { continue };
        let (master, replica) = (server(master)?, server(NodeId(n as u8))?);
        let state = replica.master_link().map(|link| link.state);
        if state != Some(ReplState::Connected) {
            return Err(format!("n{n} is not connected but {state:?}"));
        }
        if replica.keyspace() != master.keyspace() {
            return Err(format!("n{n} has other keys than its master"));
        }
        let offsets: [Offset; 2] = [replica, master].map(Server::offset);
        // A heartbeat may be on its way.
        if offsets[1] - offsets[0] > 14 {
            return Err(format!("n{n} is at {}, its master at {}", offsets[0], offsets[1]));
        }
    }
    Ok(session)
}

/// Leaves out single actions as long as the run still fails.
fn shorten(spec: &WorldSpec, mut actions: Vec<TimedAction>) -> Vec<TimedAction> {
    // What mends the world at the end must stay.
    let mut n = actions.iter().filter(|timed| timed.at < STORM).count();
    while n > 0 {
        n -= 1;
        let mut fewer = actions.clone();
        fewer.remove(n);
        if run(spec, &fewer).is_err() {
            actions = fewer;
        }
    }
    actions
}

#[test]
fn after_the_storm_all_replicas_are_equal() {
    let (first, seeds) = (number("FIRST", 1), number("SEEDS", 30));
    for seed in first..first + seeds {
        let spec = world(seed);
        let all = actions(&spec, seed);
        let Err(wrong) = run(&spec, &all) else { continue };
        let short = shorten(&spec, all);
        let still = run(&spec, &short).err().unwrap_or_else(|| wrong.clone());
        let list: Vec<String> = short
            .iter()
            .filter(|timed| timed.at < STORM)
            .map(|timed| format!("  {} {}", timed.at, timed.action))
            .collect();
        panic!("seed {seed}: {wrong}\nwith fewer actions: {still}\n{}", list.join("\n"));
    }
}

#[test]
fn the_same_seed_gives_the_same_run() {
    let spec = world(3);
    let digest = || {
        let mut session = Session::replay(spec.clone(), actions(&spec, 3));
        session.advance(STORM);
        session.world().digest()
    };
    assert_eq!(digest(), digest());
}
