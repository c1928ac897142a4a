//! The stage, the ring and the inspector, in English.

use crate::sim::{CloseReason, PacketKind, What};
use crate::view::flights::kind;
use crate::view::format::{grouped, span};
use crate::view::words::{Look, Who};

pub(super) static LOOK: Look = Look {
    theme_contrast: "contrast",
    full_screen: "Full screen",
    tidy: "Tidy up",
    tidy_hint: "Undo dragging and zooming",
    as_ring: "as a ring",
    as_tape: "as a tape",
    ring_node: "Whose backlog",
    ring_asked: |node, n| format!("{} that {node} asks for", super::bytes_text(n)),
    ring_laps: |n| if n == 1 { "1 lap written".to_owned() } else { format!("{} laps written", grouped(n)) },
    ring_free: "never written",
    tape_bracket: |from, to| format!("backlog holds {}–{}", grouped(from), grouped(to)),
    list_arcs: "Commands in the backlog",

    paused: "process paused",
    lag_for: |of| format!("{} late", span(of)),
    buffers: "output buffers",
    mode_up: "up",
    mode_cut: "cut, both ends learn at once",
    mode_silent: "silent loss, nobody is told",
    mode_hold: "hold, deliver in order when up",
    mode_one_way: |to| format!("lose only bytes to {to}"),
    switch_silent: "silent",
    switch_one_way: "one-way",
    switch_hold: "hold",
    link_menu: |a, b| format!("link {a}–{b}: more"),
    link_title: |a, b| format!("Link {a}–{b}"),
    link_to: |node| format!("link to {node}"),
    latency: "one-way delay",
    bandwidth: "bandwidth",
    bandwidth_to: |rate| format!("bandwidth {} B/s", grouped(rate)),

    menu: "What can be done",
    leads: "See also",
    kill: "Kill the process",
    restart: "Restart with its RDB",
    restart_empty: "Restart without RDB",
    pause: "Pause the process",
    resume: "Resume the process",
    replicaof: |node| format!("REPLICAOF {node}"),
    replid2: "second replication id",

    event: "event",
    not_yet: "At this instant, that has not happened yet",
    arrived: "arrived",
    held: "waits at its sender",
    applied: "executed",
    nobody_yet: "not yet",
    written: "put into the stream",
    stream_bytes: |from, to| format!("Stream bytes {}–{}", grouped(from), grouped(to)),
    hex: "hexadecimal",
    page: |from, to, all| {
        format!("bytes {}–{} of {}", grouped(from as u64), grouped(to as u64), grouped(all as u64))
    },
    previous: "Previous page",
    next: "Next page",
    why: "Why?",
    why_title: "Because",
    why_first: "Nothing forced that: a timer, or somebody’s hand.",
    why_more: |n| format!("{n} earlier steps"),
    happened,
    hand: |what| format!("By hand: {what}"),

    twin_links: "Links",
    twin_clients: "Clients",
    no_packets: "No packet is in flight",
};

fn happened(what: &What, Who { node, peer }: Who<'_>) -> String {
    match what {
        What::Sent(sent) => {
            format!(
                "{node} sends {peer}: {}, {}",
                packet(sent.kind),
                super::bytes_text(sent.bytes.len() as u64)
            )
        }
        What::Delivered { kind, len, .. } => {
            format!("{node} gets from {peer}: {}, {}", packet(*kind), super::bytes_text(u64::from(*len)))
        }
        What::Lost { .. } => format!("a packet of {node} is lost"),
        What::Dialled { .. } => format!("{node} dials {peer}"),
        What::Opened { .. } => format!("{node} is connected with {peer}"),
        What::Closed { why, .. } => format!("{node} learns that {peer} is gone: {}", close(*why)),
        What::Hung { .. } => format!("{node} hangs up on {peer}"),
        What::ClientReply { took, .. } => format!("{node} has its reply after {}", span(*took)),
        What::RdbSaved { bytes } => format!("{node} has written an RDB file of {} bytes", grouped(*bytes)),
        What::Down => format!("{node}’s process ends"),
        What::Up { rdb: Some(bytes), .. } => {
            format!("{node}’s process starts with an RDB file of {} bytes", grouped(*bytes))
        }
        What::Up { rdb: None, .. } => format!("{node}’s process starts without an RDB file"),
        What::BadRdb(error) => format!("{node} cannot read its RDB file: {error}"),
        What::Paused => format!("{node}’s process is paused"),
        What::Resumed => format!("{node}’s process goes on"),
        other => other.to_string(),
    }
}

fn packet(of: PacketKind) -> &'static str {
    kind(of).map_or("TCP", super::WORDS.packet_kind)
}

fn close(why: CloseReason) -> &'static str {
    match why {
        CloseReason::ByPeer => "it closed the connection",
        CloseReason::Reset => "reset",
        CloseReason::LinkCut => "the link is cut",
        CloseReason::Refused => "nobody listens",
        CloseReason::Unreachable => "there is no way to it",
    }
}
