//! Random worlds and random faults, drawn from a seed.
//!
//! A world is a chain, a star or a random tree of 2 to 8 nodes, of mixed versions and backlog
//! models, with backlogs, buffers and links small enough that everything that can go wrong does.
//! In the end all is mended and a new tree is built from the same nodes, so that each seed also
//! tries a change of roles.

use psync_lab::redis::config::BufferLimit;
use psync_lab::redis::{BacklogModel, Endpoint, Rate, RedisVersion, Rng, Span, Time};
use psync_lab::sim::{
    Action, ClientId, ClientSpec, LinkId, LinkMode, LinkSpec, NodeId, NodeSpec, PathSpec, TimedAction,
    WorldSpec, WriteLoad,
};

/// Faults happen until then; all that is broken is mended then.
pub(crate) const STORM: Time = Time::from_millis(30_000);
/// The nodes get their last roles: by then every failover under way has ended.
pub(crate) const ROLES: Time = Time::from_millis(45_000);
/// The last writes.
pub(crate) const QUIET: Time = Time::from_millis(60_000);
/// All must be well by then: eight levels that each load a snapshot slowly, one after the other.
pub(crate) const END: Time = Time::from_millis(600_000);

fn pick<T: Clone>(rng: &mut Rng, from: &[T]) -> T {
    from[rng.below(from.len() as u64) as usize].clone()
}

fn chance(rng: &mut Rng, one_in: u64) -> bool {
    rng.below(one_in) == 0
}

fn node(rng: &mut Rng, n: u8) -> NodeSpec {
    let mut node = NodeSpec::new(&format!("n{n}"), &format!("10.0.1.{}", n + 1), 6379);
    let settings = &mut node.settings;
    settings.version = pick(rng, &[RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2]);
    // As Redis has it, and sometimes each version with the other's model.
    let ring = (settings.version == RedisVersion::V6_2) != chance(rng, 4);
    settings.backlog_model = if ring {
        BacklogModel::Ring
    } else {
        BacklogModel::Blocks { payload: pick(rng, &[16_384, 20_440]) }
    };
    settings.backlog_size = pick(rng, &[64, 200, 1000, 20_000]);
    settings.repl_timeout = 5;
    settings.ping_period = 2;
    settings.bgsave_min = Span::from_millis(rng.below(300));
    settings.diskless = chance(rng, 3);
    settings.diskless_delay = rng.below(2);
    if chance(rng, 2) {
        settings.load_rate = None;
    }
    if chance(rng, 3) {
        settings.socket_buffer = pick(rng, &[100, 1000]);
        settings.receive_buffer = 1000;
        // Whole blocks count (16 KB and more): a smaller limit would never let a replica stay.
        let base = if ring { 0 } else { 42_000 };
        let limit = |bytes: u64| if bytes == 0 { 0 } else { base + bytes };
        let (hard, soft) = (limit(pick(rng, &[0, 500, 4000])), limit(pick(rng, &[0, 300])));
        settings.replica_limit = BufferLimit { hard, soft, soft_seconds: 2 };
    }
    if chance(rng, 5) {
        settings.min_replicas = 1;
    }
    node
}

fn path(rng: &mut Rng) -> PathSpec {
    PathSpec {
        latency: Span::from_millis(1 + rng.below(100)),
        jitter: Span::from_millis(rng.below(30)),
        ..PathSpec::default()
    }
}

/// Whose replica node `n` is in a chain (0), a star (1) or a random tree (2).
fn parent(rng: &mut Rng, shape: u64, n: u8) -> u8 {
    match shape {
        0 => n - 1,
        1 => 0,
        _ => rng.below(u64::from(n)) as u8,
    }
}

/// The world of a seed.
pub(crate) fn world(seed: u64) -> WorldSpec {
    let mut rng = Rng::stream(seed, "world", 0);
    let count = 2 + rng.below(7) as u8;
    let shape = rng.below(3);
    let (mut nodes, mut links) = (Vec::new(), Vec::new());
    for n in 0..count {
        let mut node = node(&mut rng, n);
        if n > 0 {
            let master = NodeId(parent(&mut rng, shape, n));
            node.replica_of = Some(master);
            links.push(LinkSpec { a: master, b: NodeId(n), path: path(&mut rng) });
        }
        nodes.push(node);
    }
    let load = |rng: &mut Rng| WriteLoad {
        every: Span::from_millis(20 + rng.below(400)),
        keys: 5,
        command: pick(rng, &["SET k{key} v{n}", "INCR n{key}", "APPEND a{key} x", "SET e{key} {n} PX 900"])
            .into(),
        pad: 0,
        ..WriteLoad::default()
    };
    let clients = (0..1 + rng.below(2)).map(|n| ClientSpec {
        name: format!("w{n}"),
        // One writes to the first master, the other to whoever may become one.
        at: NodeId(if n == 0 { 0 } else { rng.below(u64::from(count)) as u8 }),
        latency: Span::from_millis(1),
        writes: load(&mut rng),
        running: true,
    });
    let clients = clients.collect();
    let mut spec = WorldSpec::new(nodes, seed);
    spec.other_links = path(&mut rng);
    spec.links = links;
    spec.clients = clients;
    for client in &mut spec.clients {
        // Big values, where they neither are numbers nor grow.
        if client.writes.command.ends_with("v{n}") && chance(&mut rng, 2) {
            client.writes.pad = 200;
        }
    }
    spec
}

fn command(rng: &mut Rng) -> Vec<Vec<u8>> {
    let line = pick(
        rng,
        &[
            "SELECT 1",
            "SELECT 0",
            "SET s v",
            "MSET a 1 b 2 c 3",
            "DEL k1 k2 a",
            "SET t 1 PX 300",
            "PEXPIRE k3 700",
            "INCRBYFLOAT f 1.5",
            "FLUSHDB",
            "MULTI",
            "EXEC",
            "WAIT 1 300",
            "BGSAVE",
            "CLIENT KILL TYPE replica",
            "CLIENT KILL TYPE master",
            "FAILOVER TIMEOUT 2000",
            "FAILOVER ABORT",
        ],
    );
    line.split(' ').map(|word| word.as_bytes().to_vec()).collect()
}

fn fault(rng: &mut Rng, spec: &WorldSpec) -> Action {
    let link = LinkId(rng.below(spec.links.len() as u64) as u16);
    let node = NodeId(rng.below(spec.nodes.len() as u64) as u8);
    let ends = spec.links[link.index()];
    let deaf = if chance(rng, 2) { ends.a } else { ends.b };
    match rng.below(20) {
        0..=2 => Action::Cut(link),
        3..=6 => Action::Heal(link),
        7 => Action::SetLinkMode(link, LinkMode::Silent),
        8 => Action::SetLinkMode(link, LinkMode::OneWay { to: deaf }),
        9 => Action::SetLinkMode(link, LinkMode::Hold),
        10 => Action::Kill(node),
        11 => Action::Restart { node, keep_rdb: chance(rng, 2) },
        12 => Action::Pause(node),
        13 => Action::Resume(node),
        14 => {
            // A replica that cannot keep up, or one that can again.
            let rate = Rate::per_second(pick(rng, &[40, 400, 16_384]));
            Action::SetLinkPath { link, latency: Span::from_millis(20), jitter: Span::ZERO, rate }
        }
        15 => Action::ReplicaOf { node, of: None },
        16 => Action::ReplicaOf { node, of: Some(other(rng, spec, node)) },
        _ => Action::Write { node, args: command(rng) },
    }
}

fn other(rng: &mut Rng, spec: &WorldSpec, node: NodeId) -> Endpoint {
    let others = spec.nodes.len() as u64 - 1;
    let n = (u64::from(node.0) + 1 + rng.below(others)) % (others + 1);
    spec.nodes[n as usize].addr.clone()
}

/// Random faults, then everything is mended and every node gets its last role.
pub(crate) fn actions(spec: &WorldSpec, seed: u64) -> Vec<TimedAction> {
    let mut rng = Rng::stream(seed, "faults", 0);
    let mut actions = Vec::new();
    let mut at = Time::from_millis(2000);
    while at < STORM {
        actions.push(TimedAction { at, action: fault(&mut rng, spec) });
        at += Span::from_millis(rng.below(3000));
    }
    let slowed = |id| {
        let this = |action: &Action| matches!(action, Action::SetLinkPath { link, .. } if *link == id);
        actions.iter().any(|timed| this(&timed.action))
    };
    let slow: Vec<LinkId> = (0..spec.links.len() as u16).map(LinkId).filter(|id| slowed(*id)).collect();
    let mut then = |at, action| actions.push(TimedAction { at, action });
    for (n, link) in spec.links.iter().enumerate() {
        let id = LinkId(n as u16);
        let PathSpec { latency, jitter, rate, .. } = link.path;
        if slow.contains(&id) {
            // What waits on a slow wire would come for minutes.
            then(STORM, Action::Cut(id));
            then(STORM, Action::SetLinkPath { link: id, latency, jitter, rate });
        }
        then(STORM, Action::Heal(id));
    }
    for n in 0..spec.nodes.len() {
        then(STORM, Action::Resume(NodeId(n as u8)));
        then(STORM, Action::Restart { node: NodeId(n as u8), keep_rdb: true });
    }
    let mut order: Vec<u8> = (0..spec.nodes.len() as u8).collect();
    if chance(&mut rng, 2) {
        for n in (1..order.len()).rev() {
            order.swap(n, rng.below(n as u64 + 1) as usize);
        }
    }
    let shape = rng.below(3);
    let mut roles = Vec::new();
    for (n, id) in order.iter().enumerate() {
        let master = (n > 0).then(|| order[usize::from(parent(&mut rng, shape, n as u8))]);
        let of = master.map(|master| spec.nodes[usize::from(master)].addr.clone());
        roles.push(Action::ReplicaOf { node: NodeId(*id), of });
    }
    // More than once: a server that is loading, or failing over, refuses.
    for later in [0, 3300, 7100, 11_700] {
        roles.iter().for_each(|action| then(ROLES + Span::from_millis(later), action.clone()));
    }
    for n in 0..spec.clients.len() {
        then(QUIET, Action::ClientRun(ClientId(n as u8), false));
    }
    actions
}
