//! Timed actions as bytes: most take four to eight.
//!
//! An action starts with one number, `target * 16 + what`, so that one byte names both for the first
//! eight links and nodes; the time since the action before it follows, then what else it needs.

use super::coder::Coder;
use super::{LinkError, MOST_ACTIONS, MOST_TIME};
use crate::redis::{Endpoint, Rate, Span, Time};
use crate::sim::{Action, ClientId, LinkId, LinkMode, NodeId, TimedAction};

/// Most words of a command.
const MOST_ARGS: u64 = 256;
/// Most microseconds of a delay or a client's pause: an hour.
const MOST_SPAN: u64 = 3_600_000_000;

/// Actions in the order of their times.
pub(super) fn actions(coder: &mut Coder<'_>, actions: &mut Vec<TimedAction>) {
    let count = coder.length(actions.len(), MOST_ACTIONS);
    let mut last = Time::ZERO;
    for n in 0..count {
        let mut timed = match actions.get(n) {
            Some(timed) => timed.clone(),
            None => TimedAction { at: last, action: Action::Cut(LinkId(0)) },
        };
        last = one(coder, &mut timed, last);
        if coder.reads() {
            actions.push(timed);
        }
    }
}

/// One action after the instant of the one before it; returns its own.
fn one(coder: &mut Coder<'_>, timed: &mut TimedAction, last: Time) -> Time {
    let (what, target) = code(&timed.action);
    let mut head = u64::from(target) * 16 + what;
    coder.number(&mut head, u64::from(u16::MAX) * 16 + 15);
    let mut since = timed.at.since(last);
    coder.span(&mut since, MOST_TIME);
    timed.at = last + since;
    if timed.at.as_micros() > MOST_TIME {
        coder.fail(LinkError::Value);
    }
    if coder.reads() {
        match blank(head % 16, head / 16) {
            Some(action) => timed.action = action,
            None => coder.fail(LinkError::Value),
        }
    }
    rest(coder, &mut timed.action);
    timed.at
}

/// What an action is and whom it is done to, as numbers. They are part of the format.
fn code(action: &Action) -> (u64, u16) {
    match action {
        Action::Cut(link) => (0, link.0),
        Action::Heal(link) => (1, link.0),
        Action::SetLinkMode(link, _) => (2, link.0),
        Action::SetLinkPath { link, .. } => (3, link.0),
        Action::Write { node, .. } => (4, u16::from(node.0)),
        Action::ReplicaOf { node, .. } => (5, u16::from(node.0)),
        Action::Kill(node) => (6, u16::from(node.0)),
        Action::Restart { node, keep_rdb: false } => (7, u16::from(node.0)),
        Action::Restart { node, keep_rdb: true } => (8, u16::from(node.0)),
        Action::Pause(node) => (9, u16::from(node.0)),
        Action::Resume(node) => (10, u16::from(node.0)),
        Action::ClientRate { client, .. } => (11, u16::from(client.0)),
        Action::ClientRun(client, false) => (12, u16::from(client.0)),
        Action::ClientRun(client, true) => (13, u16::from(client.0)),
    }
}

/// The action of these numbers, with the rest still to be read.
fn blank(what: u64, target: u64) -> Option<Action> {
    let link = LinkId(target as u16);
    let small = u8::try_from(target).ok();
    let node = || small.map(NodeId);
    let client = || small.map(ClientId);
    Some(match what {
        0 => Action::Cut(link),
        1 => Action::Heal(link),
        2 => Action::SetLinkMode(link, LinkMode::Up),
        3 => Action::SetLinkPath { link, latency: Span::ZERO, jitter: Span::ZERO, rate: Rate::per_second(1) },
        4 => Action::Write { node: node()?, args: Vec::new() },
        5 => Action::ReplicaOf { node: node()?, of: None },
        6 => Action::Kill(node()?),
        7 => Action::Restart { node: node()?, keep_rdb: false },
        8 => Action::Restart { node: node()?, keep_rdb: true },
        9 => Action::Pause(node()?),
        10 => Action::Resume(node()?),
        11 => Action::ClientRate { client: client()?, every: Span::ZERO },
        12 => Action::ClientRun(client()?, false),
        13 => Action::ClientRun(client()?, true),
        _ => return None,
    })
}

/// What an action has beside its target.
fn rest(coder: &mut Coder<'_>, action: &mut Action) {
    match action {
        Action::SetLinkMode(_, mode) => link_mode(coder, mode),
        Action::SetLinkPath { latency, jitter, rate, .. } => {
            coder.span(latency, MOST_SPAN);
            coder.span(jitter, MOST_SPAN);
            coder.rate(rate);
        }
        Action::Write { args, .. } => {
            let count = coder.length(args.len(), MOST_ARGS);
            args.resize(count, Vec::new());
            args.iter_mut().for_each(|arg| coder.word(arg));
        }
        Action::ReplicaOf { of, .. } => {
            let mut some = of.is_some();
            coder.flag(&mut some);
            if some {
                endpoint(coder, of.get_or_insert_with(|| Endpoint::new("", 0)));
            }
        }
        Action::ClientRate { every, .. } => coder.span(every, MOST_SPAN),
        _ => {}
    }
}

fn link_mode(coder: &mut Coder<'_>, mode: &mut LinkMode) {
    let (mut what, mut end) = match mode {
        LinkMode::Up => (0, 0),
        LinkMode::Cut => (1, 0),
        LinkMode::Silent => (2, 0),
        LinkMode::OneWay { to } => (3, to.0),
        LinkMode::Hold => (4, 0),
    };
    coder.number(&mut what, 4);
    if what == 3 {
        coder.number8(&mut end);
    }
    *mode = match what {
        0 => LinkMode::Up,
        1 => LinkMode::Cut,
        2 => LinkMode::Silent,
        3 => LinkMode::OneWay { to: NodeId(end) },
        _ => LinkMode::Hold,
    };
}

/// `host:port`.
pub(super) fn endpoint(coder: &mut Coder<'_>, of: &mut Endpoint) {
    let mut host = of.host.to_string();
    coder.text(&mut host, 64);
    of.host = host.into();
    coder.number16(&mut of.port);
}
