//! The session that benches measure, natively and in WebAssembly.

use super::session::Session;
use super::spec::{NodeSpec, PathSpec, WorldSpec};
use super::{ClientSpec, LinkSpec, NodeId, NodeSettings, WriteLoad};
use crate::redis::{Rate, Span, Time};

/// A session of 100,000 steps and little more: a master and nine replicas with backlogs of 1 MiB,
/// which are full at its end.
pub fn long_session() -> Session {
    let node = |n: u8| {
        let mut node = NodeSpec::new(&format!("n{n}"), &format!("10.0.0.{n}"), 6379);
        node.replica_of = (n > 0).then_some(NodeId(0));
        node.settings = NodeSettings { backlog_size: 1 << 20, ..NodeSettings::default() };
        node
    };
    let mut spec = WorldSpec::new((0..10).map(node).collect(), 1);
    let path = PathSpec { rate: Rate::per_second(4 << 20), mss: 4096, rdb_mss: 4096, ..PathSpec::default() };
    spec.links = (1..10).map(|n| LinkSpec { a: NodeId(0), b: NodeId(n), path }).collect();
    spec.clients.push(ClientSpec {
        name: "writer".into(),
        at: NodeId(0),
        latency: Span::from_millis(5),
        writes: WriteLoad { every: Span::from_millis(50), keys: 16, pad: 600, ..WriteLoad::default() },
        running: true,
    });
    let mut session = Session::new(spec);
    while session.world().steps() < 100_000 {
        let to = session.world().now() + Span::from_secs(1);
        session.advance(to);
    }
    debug_assert!(session.reach() > Time::ZERO);
    session
}
