//! Each rule can fail: a world that is well is broken by hand, one rule at a time.

use super::*;
use crate::redis::{ConnId, Effects, Input, Time};
use crate::sim::{NodeSpec, PathSpec, World, WorldSpec};

/// A master, a replica of it, and a replica of that one; all at rest with a few keys.
fn calm() -> (World, Checker) {
    let mut nodes = Vec::new();
    for n in 0..3_u8 {
        let mut node = NodeSpec::new(&format!("n{n}"), &format!("10.0.1.{}", n + 1), 6379);
        node.replica_of = n.checked_sub(1).map(NodeId);
        node.settings.load_rate = None;
        node.settings.backlog_size = 20_000;
        nodes.push(node);
    }
    nodes[0].data = vec!["SET k1 v1".into(), "SET k2 v2".into()];
    let mut spec = WorldSpec::new(nodes, 1);
    spec.other_links = PathSpec { latency: crate::redis::Span::from_millis(2), ..PathSpec::default() };
    let mut world = World::new(&spec);
    let mut checker = Checker::new();
    while world.next_at().is_some_and(|at| at <= Time::from_millis(5000)) {
        world.step();
        assert_eq!(checker.check(&world), Ok(()));
    }
    write(&mut world, 0, &["SET", "k3", "v3"]);
    world.advance(Time::from_millis(6500));
    assert_eq!(checker.check(&world), Ok(()));
    assert_eq!(settled(&world), Ok(()));
    (world, checker)
}

fn write(world: &mut World, node: u8, words: &[&str]) {
    let words: Vec<&[u8]> = words.iter().map(|word| word.as_bytes()).collect();
    world.operate(NodeId(node), &words, None);
}

/// Gives a node's server an input that nothing in the world asked for, and drops what it does.
fn forge(world: &mut World, node: u8, input: Input<'_>) -> Vec<Event> {
    let (now, mut effects) = (world.now(), Effects::new());
    let server = world.nodes[usize::from(node)].server.as_mut().expect("all nodes run");
    server.handle(now, input, &mut effects);
    effects.events().to_vec()
}

/// A command that the replica takes for its master's.
fn forge_stream(world: &mut World, node: u8, bytes: &[u8]) -> Vec<Event> {
    let conn = link_conn(world, node);
    forge(world, node, Input::Received { conn, bytes })
}

fn link_conn(world: &World, node: u8) -> ConnId {
    let server = world.nodes[usize::from(node)].server().expect("all nodes run");
    server.master_link().and_then(|link| link.conn).expect("it is linked")
}

/// The master's name for its link to the replica.
fn replica_conn(world: &World, node: u8) -> ConnId {
    let server = world.nodes[usize::from(node)].server().expect("all nodes run");
    server.replicas(world.now()).first().expect("it has a replica").conn
}

fn rule<T>(result: Result<T, Broken>) -> &'static str {
    result.map(drop).expect_err("a rule must be broken").rule
}

const FORGED: &[u8] = b"*3\r\n$3\r\nSET\r\n$2\r\nk3\r\n$2\r\nxx\r\n";

#[test]
fn a_replica_ahead_of_its_master() {
    let (mut world, _) = calm();
    forge_stream(&mut world, 1, FORGED);
    assert_eq!(rule(check(&world)), "a replica is not ahead of its master");
}

#[test]
fn other_keys_at_the_same_offset() {
    let (mut world, _) = calm();
    // As many bytes on both sides, but not the same ones.
    forge_stream(&mut world, 1, FORGED);
    forge_stream(&mut world, 2, FORGED);
    let words: [&[u8]; 3] = [b"SET", b"k3", b"yy"];
    forge(&mut world, 0, Input::Operator { args: &words });
    assert_eq!(rule(check(&world)), "same history and offset, same keys");
    assert_eq!(rule(settled(&world)), "after healing and quiet, every replica equals its master");
}

#[test]
fn other_bytes_in_the_backlog() {
    let (mut world, _) = calm();
    // The same value in the end, on other ways.
    forge_stream(&mut world, 1, b"*3\r\n$3\r\nset\r\n$2\r\nk3\r\n$2\r\nyy\r\n");
    forge_stream(&mut world, 2, FORGED);
    let words: [&[u8]; 3] = [b"SET", b"k3", b"yy"];
    forge(&mut world, 0, Input::Operator { args: &words });
    assert_eq!(rule(check(&world)), "one history, the same bytes");
}

#[test]
fn a_backlog_that_does_not_end_at_the_offset() {
    let (world, _) = calm();
    let server = world.nodes[0].server().expect("it runs");
    let (backlog, at) = (server.backlog(), server.offset());
    assert_eq!(covers(&world, NodeId(0), backlog, at), Ok(()));
    let short = backlog.map(|b| BacklogInfo { histlen: b.histlen - 1, ..b });
    assert_eq!(rule(covers(&world, NodeId(0), short, at)), "the backlog ends at the offset");
    let small = backlog.map(|b| BacklogInfo { size: b.histlen - 1, ..b });
    assert_eq!(rule(covers(&world, NodeId(0), small, at)), "the backlog ends at the offset");
}

#[test]
fn an_offset_that_falls_without_a_full_resync() {
    let (mut world, mut checker) = calm();
    let older = world.nodes[1].server.clone();
    write(&mut world, 0, &["SET", "k4", "v4"]);
    world.advance(Time::from_millis(7000));
    assert_eq!(checker.check(&world), Ok(()));
    world.nodes[1].server = older;
    assert_eq!(rule(checker.check(&world)), "an offset falls only by a full resync");
}

#[test]
fn an_offset_that_moves_without_bytes() {
    let (mut world, mut checker) = calm();
    // What happened is not in the trace, so its bytes were never told.
    forge_stream(&mut world, 2, b"*1\r\n$4\r\nping\r\n");
    assert_eq!(rule(checker.check(&world)), "an offset is the end of the bytes");
}

#[test]
fn a_byte_that_is_skipped_or_comes_twice() {
    let (mut world, mut checker) = calm();
    let events = forge_stream(&mut world, 1, FORGED);
    let applied = events.iter().find(|event| matches!(event, Event::Applied { .. }));
    let Some(Event::Applied { from, to }) = applied else { panic!("nothing was applied") };
    let (skipped, twice) =
        (Event::Applied { from: from.plus(1), to: *to }, Event::Applied { from: *from, to: *to });
    assert_eq!(
        rule(checker.clone().follow(&world, NodeId(1), &skipped)),
        "no byte is skipped or comes twice"
    );
    assert_eq!(checker.follow(&world, NodeId(1), &twice), Ok(()), "the first time");
    assert_eq!(rule(checker.follow(&world, NodeId(1), &twice)), "no byte is skipped or comes twice");
}

#[test]
fn a_partial_resync_outside_the_backlog() {
    let (world, mut checker) = calm();
    let server = world.nodes[0].server().expect("it runs");
    let conn = replica_conn(&world, 0);
    let first = server.backlog().expect("it has replicas").first;
    let end = server.offset().next();
    let mut granted = |from: BytePos, bytes| {
        checker.nodes[1].asked = Some((server.repl_id(), from));
        checker.follow(&world, NodeId(0), &Event::PsyncContinued { conn, from, bytes })
    };
    assert_eq!(granted(first, end - first), Ok(()));
    assert_eq!(granted(end, 0), Ok(()));
    let before = BytePos::new(first.get() - 1);
    assert_eq!(rule(granted(before, end - before)), "+CONTINUE only inside the backlog");
    assert_eq!(rule(granted(end.plus(1), 0)), "+CONTINUE only inside the backlog");
}

#[test]
fn a_partial_resync_in_a_foreign_history() {
    let (world, mut checker) = calm();
    let server = world.nodes[0].server().expect("it runs");
    let (conn, from) = (replica_conn(&world, 0), server.offset().next());
    let event = Event::PsyncContinued { conn, from, bytes: 0 };
    for asked in [None, Some((ReplId::ZERO, from)), Some((server.repl_id(), from.plus(1)))] {
        checker.nodes[1].asked = asked;
        let result = checker.follow(&world, NodeId(0), &event);
        assert_eq!(rule(result), "+CONTINUE only in a history the master knows");
    }
}

#[test]
fn an_ack_above_what_was_applied() {
    let (mut world, mut checker) = calm();
    let conn = replica_conn(&world, 0);
    let lie = b"*3\r\n$8\r\nREPLCONF\r\n$3\r\nACK\r\n$5\r\n99999\r\n";
    let events = forge(&mut world, 0, Input::Received { conn, bytes: lie });
    let acked = events.iter().find(|event| matches!(event, Event::Acked { .. })).expect("it was read");
    assert_eq!(rule(checker.follow(&world, NodeId(0), acked)), "no ACK above what was applied");
}

#[test]
fn a_node_that_is_down_or_cut_off_is_not_settled() {
    let (mut world, _) = calm();
    world.act(&crate::sim::Action::Kill(NodeId(0))).expect("it runs");
    assert_eq!(settled(&world).map_err(|broken| broken.found), Err("it is down".into()));
    let (mut world, _) = calm();
    let link = world.link_between(NodeId(0), NodeId(1)).expect("bytes went over it").id;
    world.act(&crate::sim::Action::Cut(link)).expect("it is there");
    let found = settled(&world).expect_err("a replica lost its master").found;
    assert!(found.starts_with("its link is in state"), "{found}");
}
