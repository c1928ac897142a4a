//! A whole world as bytes: every field of its [`WorldSpec`], each held to a limit.

use super::LinkError;
use super::action::{actions, endpoint};
use super::coder::Coder;
use crate::redis::config::{BacklogModel, RedisVersion};
use crate::redis::{Rate, Span};
use crate::sim::{ClientSpec, LinkSpec, NodeId, NodeSettings, NodeSpec, PathSpec, WorldSpec, WriteLoad};

/// Most nodes, clients and commands of a node: more than a page can show.
const MOST_NODES: u64 = 16;
const MOST_LINKS: u64 = 120;
const MOST_LINES: u64 = 200;
/// Most bytes of a buffer, and of what a client writes at once.
const MOST_BYTES: u64 = 16 << 20;
const MOST_PAD: u32 = 64 << 10;
/// Most seconds of a setting: a day.
const MOST_SECONDS: u64 = 86_400;
/// Most microseconds of a delay: an hour.
const MOST_SPAN: u64 = 3_600_000_000;

/// A list: its length, then each element, in a blank of it when reading.
fn list<T>(
    coder: &mut Coder<'_>,
    list: &mut Vec<T>,
    most: u64,
    blank: fn() -> T,
    each: fn(&mut Coder<'_>, &mut T),
) {
    let count = coder.length(list.len(), most);
    list.resize_with(count, blank);
    list.iter_mut().for_each(|item| each(coder, item));
}

/// All of a world.
pub(super) fn spec(coder: &mut Coder<'_>, spec: &mut WorldSpec) {
    list(coder, &mut spec.nodes, MOST_NODES, || NodeSpec::new("", "", 0), node);
    let blank = || LinkSpec { a: NodeId(0), b: NodeId(0), path: PathSpec::default() };
    list(coder, &mut spec.links, MOST_LINKS, blank, link);
    path(coder, &mut spec.other_links);
    list(coder, &mut spec.clients, MOST_NODES, no_client, client);
    actions(coder, &mut spec.opening);
    coder.number(&mut spec.seed, u64::MAX);
    if !hangs_together(spec) {
        coder.fail(LinkError::Value);
    }
}

/// Whether what names a node names one that is there, and no two nodes have one host.
fn hangs_together(spec: &WorldSpec) -> bool {
    let there = |node: NodeId| node.index() < spec.nodes.len();
    let host_again =
        |(n, node): (usize, &NodeSpec)| spec.nodes[..n].iter().any(|other| other.addr.host == node.addr.host);
    spec.links.iter().all(|link| there(link.a) && there(link.b) && link.a != link.b)
        && spec.clients.iter().all(|client| there(client.at))
        && spec.nodes.iter().all(|node| node.replica_of.is_none_or(there))
        && !spec.nodes.iter().enumerate().any(host_again)
}

fn no_client() -> ClientSpec {
    let writes = WriteLoad::default();
    ClientSpec { name: String::new(), at: NodeId(0), latency: Span::ZERO, writes, running: false }
}

fn node(coder: &mut Coder<'_>, node: &mut NodeSpec) {
    coder.text(&mut node.name, 64);
    endpoint(coder, &mut node.addr);
    let mut master = node.replica_of.map_or(0, |of| u32::from(of.0) + 1);
    coder.number32(&mut master, 256);
    node.replica_of = master.checked_sub(1).map(|of| NodeId(of as u8));
    coder.flag(&mut node.off);
    settings(coder, &mut node.settings);
    list(coder, &mut node.data, MOST_LINES, String::new, |coder, line| coder.text(line, 4096));
}

fn link(coder: &mut Coder<'_>, link: &mut LinkSpec) {
    coder.number8(&mut link.a.0);
    coder.number8(&mut link.b.0);
    path(coder, &mut link.path);
}

fn path(coder: &mut Coder<'_>, path: &mut PathSpec) {
    coder.span(&mut path.latency, MOST_SPAN);
    coder.span(&mut path.jitter, MOST_SPAN);
    coder.rate(&mut path.rate);
    coder.number32(&mut path.mss, MOST_PAD);
    coder.number32(&mut path.rdb_mss, MOST_PAD);
}

fn client(coder: &mut Coder<'_>, client: &mut ClientSpec) {
    coder.text(&mut client.name, 64);
    coder.number8(&mut client.at.0);
    coder.span(&mut client.latency, MOST_SPAN);
    let WriteLoad { every, keys, command, pad, window } = &mut client.writes;
    coder.span(every, MOST_SPAN);
    coder.number32(keys, 100_000);
    coder.text(command, 4096);
    coder.number32(pad, MOST_PAD);
    coder.number32(window, 1000);
    coder.flag(&mut client.running);
}

/// A setting with the most it may be: so that all of them are one loop.
type Setting<'a> = (&'a mut u64, u64);

fn settings(coder: &mut Coder<'_>, all: &mut NodeSettings) {
    let mut version = match all.version {
        RedisVersion::V6_2 => 0,
        RedisVersion::V7_0 => 1,
        RedisVersion::V7_2 => 2,
    };
    coder.number(&mut version, 2);
    all.version = match version {
        0 => RedisVersion::V6_2,
        1 => RedisVersion::V7_0,
        _ => RedisVersion::V7_2,
    };
    // A ring is a list of blocks of no size.
    let mut payload = match all.backlog_model {
        BacklogModel::Ring => 0,
        BacklogModel::Blocks { payload } => payload,
    };
    let mut flags =
        u64::from(all.diskless) | u64::from(all.serve_stale) << 1 | u64::from(all.load_rate.is_some()) << 2;
    let (mut bgsave_rate, mut bgsave_min) = (all.bgsave_rate.bytes_per_second(), all.bgsave_min.as_micros());
    let mut load_rate = all.load_rate.map_or(0, Rate::bytes_per_second);
    let numbers: [Setting<'_>; 17] = [
        (&mut flags, 7),
        (&mut payload, MOST_BYTES),
        (&mut all.backlog_size, MOST_BYTES),
        (&mut all.backlog_ttl, MOST_SECONDS),
        (&mut all.repl_timeout, MOST_SECONDS),
        (&mut all.ping_period, MOST_SECONDS),
        (&mut all.diskless_delay, MOST_SECONDS),
        (&mut all.replica_limit.hard, MOST_BYTES * 64),
        (&mut all.replica_limit.soft, MOST_BYTES * 64),
        (&mut all.replica_limit.soft_seconds, MOST_SECONDS),
        (&mut all.min_replicas, MOST_NODES),
        (&mut all.min_replicas_max_lag, MOST_SECONDS),
        (&mut all.socket_buffer, MOST_BYTES),
        (&mut all.receive_buffer, MOST_BYTES),
        (&mut bgsave_rate, 1 << 40),
        (&mut bgsave_min, MOST_SPAN),
        (&mut load_rate, 1 << 40),
    ];
    for (number, most) in numbers {
        coder.number(number, most);
    }
    (all.diskless, all.serve_stale) = (flags & 1 != 0, flags & 2 != 0);
    all.backlog_model = if payload == 0 { BacklogModel::Ring } else { BacklogModel::Blocks { payload } };
    (all.bgsave_rate, all.bgsave_min) = (Rate::per_second(bgsave_rate), Span::from_micros(bgsave_min));
    all.load_rate = (flags & 4 != 0).then_some(Rate::per_second(load_rate));
}
