//! The whole page at an instant as one value: components compare its parts and draw what changed.

use super::history::{Chart, Fork, Paper, Record, Window, Zoom};
use super::layout::{Plan, Stage};
use super::log::{Line, Verdict};
use super::ring::Ring;
use super::scene::{Name, Scene};
use super::status::{Status, status};
use super::why::Lit;
use super::{flights, inspect};
use crate::redis::Time;
use crate::sim::{EntryId, NodeId, World};
use std::rc::Rc;

/// A packet in flight, for the table that screen readers get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// From.
    pub from: inspect::End,
    /// To.
    pub to: inspect::End,
    /// Its kind.
    pub kind: flights::Kind,
    /// Its bytes.
    pub bytes: u64,
    /// The event of its sending.
    pub entry: Option<EntryId>,
    /// Whether it was lost a moment ago.
    pub lost: bool,
}

/// A node's console: how many commands were answered, and the last answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// Commands answered, or lost with their connection.
    pub count: u32,
    /// The last reply; `None` if the connection went first, or there is none.
    pub reply: Option<std::sync::Arc<[u8]>>,
}

/// What a picture is drawn for.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The Now view's box, and what the reader moved in it.
    pub plan: Plan,
    /// The events that "why?" lights.
    pub lit: Rc<Lit>,
    /// Size of the History view's box.
    pub history: (f64, f64),
    /// Size of the box of one of two runs that are compared.
    pub beside: (f64, f64),
    /// Whose backlog to show; the root master's if `None`.
    pub ring_of: Option<NodeId>,
    /// Which part of the session History shows.
    pub zoom: Zoom,
    /// How far the session has ever gone.
    pub reach: Time,
}

/// The page at an instant.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The instant.
    pub now: Time,
    /// How far the session has ever gone.
    pub reach: Time,
    /// Nodes, links, clients.
    pub scene: Rc<Scene>,
    /// Where they stand.
    pub stage: Rc<Stage>,
    /// The events that "why?" lights, and the nodes and links they happened at.
    pub lit: Rc<Lit>,
    /// The backlog shown; the name of its owner is there even before it exists.
    pub ring: Option<Rc<Ring>>,
    /// Whose backlog it is.
    pub ring_owner: Option<Name>,
    /// The History view.
    pub chart: Rc<Chart>,
    /// The instants it shows.
    pub window: Window,
    /// How they were chosen.
    pub zoom: Zoom,
    /// The session's branches.
    pub forks: Rc<[Fork]>,
    /// The newest lines of the log, oldest first.
    pub log: Rc<[Line]>,
    /// The status sentence's facts.
    pub status: Status,
    /// The last answer to `PSYNC`.
    pub verdict: Option<Verdict>,
    /// How many packets are in flight.
    pub flying: usize,
    /// The first of them.
    pub packets: Rc<[InFlight]>,
    /// The console of each node.
    pub consoles: Rc<[Said]>,
}

/// So many lines of the log are on the page.
const LINES: usize = 120;
/// So many packets are in the table for screen readers.
const TABLE: usize = 40;

impl Picture {
    /// The picture of a world.
    pub fn of(world: &World, record: &Record, frame: &Frame) -> Self {
        let now = world.now();
        let scene = Scene::of(world, record);
        let owner = frame.ring_of.and_then(|id| scene.node(id)).or_else(|| scene.root());
        let ring = owner.and_then(|owner| {
            let fed = record.fed.get(owner.id.index()).map(Vec::as_slice).unwrap_or_default();
            Ring::of(world, &scene, owner.id, fed)
        });
        let window = frame.zoom.window(now, frame.reach);
        let paper = Paper { window, now, reach: frame.reach, size: frame.history };
        let chart = Chart::draw(record, &scene, &paper);
        let lines = record.lines_until(world);
        let packets = world.packets().filter_map(|packet| {
            let (from, to, kind) = inspect::ends(world, &packet)?;
            let (bytes, lost) = (packet.bytes.len() as u64, packet.lost_at.is_some());
            Some(InFlight { from, to, kind, bytes, lost, entry: packet.entry })
        });
        Self {
            now,
            reach: frame.reach,
            stage: Rc::new(Stage::of(&scene, &frame.plan)),
            lit: frame.lit.clone(),
            ring: ring.map(Rc::new),
            ring_owner: owner.map(|owner| owner.name),
            chart: Rc::new(chart),
            window,
            zoom: frame.zoom,
            forks: record.forks.as_slice().into(),
            log: lines[lines.len().saturating_sub(LINES)..].into(),
            status: status(&scene.nodes),
            verdict: lines.iter().rev().find_map(Line::verdict),
            flying: world.packets().count(),
            packets: packets.take(TABLE).collect(),
            consoles: world.nodes().iter().map(|node| said(world, node.id)).collect(),
            scene: Rc::new(scene),
        }
    }
}

fn said(world: &World, node: NodeId) -> Said {
    let log = world.console(node).and_then(|console| world.client_log(console.id));
    log.map_or_else(Said::default, |log| Said {
        count: log.len(),
        reply: log.last().and_then(|exchange| exchange.reply.clone()),
    })
}
