//! A world for measuring: one master, eight replicas and clients that write as fast as they may.
//!
//! `cargo xtask bench core sim` runs it natively, in WebAssembly, and beside the same topology in
//! another simulator. The page does not contain it.

use super::ids::NodeId;
use super::spec::{ClientSpec, LinkSpec, NodeSpec, PathSpec, WorldSpec, WriteLoad};
use super::trace::What;
use super::world::World;
use crate::redis::{Rate, RedisVersion, Span, Time};

/// Replicas of the one master.
pub const REPLICAS: u8 = 8;
/// Clients, each of which writes a thousand times a second.
pub const CLIENTS: u8 = 32;
/// One-way delay between any two.
pub const LATENCY: Span = Span::from_millis(1);

/// The world at its start: `SET`s of 45 bytes over 1000 keys, backlogs of a mebibyte.
pub fn spec() -> WorldSpec {
    let path = PathSpec {
        latency: LATENCY,
        jitter: Span::ZERO,
        rate: Rate::per_second(1 << 32),
        mss: 1460,
        rdb_mss: 1460,
    };
    let node = |n: u8| {
        let mut node = NodeSpec::new(&format!("n{n}"), &format!("10.0.1.{n}"), 6379);
        node.replica_of = (n > 0).then_some(NodeId(0));
        node.settings.version = RedisVersion::V7_0;
        node.settings.backlog_model = crate::redis::Config::new(RedisVersion::V7_0).backlog_model;
        node.settings.backlog_size = 1 << 20;
        node.settings.bgsave_min = Span::ZERO;
        node.settings.load_rate = None;
        node
    };
    let mut spec = WorldSpec::new((0..=REPLICAS).map(node).collect(), 1);
    spec.links = (1..=REPLICAS).map(|n| LinkSpec { a: NodeId(0), b: NodeId(n), path }).collect();
    let client = |n: u8| ClientSpec {
        name: format!("w{n}"),
        at: NodeId(0),
        latency: LATENCY,
        writes: WriteLoad {
            every: Span::from_millis(1),
            keys: 1000,
            command: "SET key:{key} v{n}".into(),
            pad: 12,
            window: 16,
        },
        running: true,
    };
    spec.clients = (0..CLIENTS).map(client).collect();
    spec
}

/// A world whose replicas are all in sync.
///
/// # Panics
/// If they are not after two seconds: the scene would measure something else.
pub fn ready() -> World {
    let mut world = World::new(&spec());
    world.advance(Time::from_millis(2000));
    let online = world.node(NodeId(0)).and_then(|n| n.server()).map_or(0, |s| s.replicas(world.now()).len());
    assert_eq!(online, usize::from(REPLICAS), "all replicas follow");
    world
}

/// Runs the world for `millis` of its time. This is what is measured: [`delivered`] counts afterwards,
/// since reading the whole trace again takes as long as a part of the run.
pub fn run(world: &mut World, millis: u64) {
    world.advance(world.now() + Span::from_millis(millis));
}

/// How many packets with bytes were delivered since the trace had `seen` entries.
pub fn delivered(world: &World, seen: u32) -> u64 {
    world.trace().since(seen).filter(|entry| matches!(entry.what, What::Delivered { .. })).count() as u64
}
