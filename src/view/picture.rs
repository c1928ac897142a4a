//! The whole page at an instant as one value. Its parts are drawn one at a time, and one that is as it
//! was stays the very same: the page compares pointers and draws again what changed.

use super::history::{Chart, Fork, Paper, Record, Window, Zoom};
use super::layout::{Plan, Stage};
use super::log::{Line, Verdict};
use super::ring::Ring;
use super::scene::{Name, Scene};
use super::status::{Status, status};
use super::why::Lit;
use super::{ends, flights};
use crate::redis::Time;
use crate::sim::{EntryId, NodeId, World};
use std::rc::Rc;

/// A packet in flight, for the table that screen readers get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InFlight {
    /// From.
    pub from: ends::End,
    /// To.
    pub to: ends::End,
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
    pub reply: Option<std::rc::Rc<[u8]>>,
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

/// What of a picture is drawn at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Nodes, links, the status, the log.
    Scene,
    /// The backlog; drawn right after the scene.
    Ring,
    /// The History view.
    Chart,
    /// The table of packets.
    Packets,
}

impl Part {
    /// All of them; the scene first, which the others build on.
    pub const ALL: [Self; 4] = [Self::Scene, Self::Ring, Self::Chart, Self::Packets];
}

/// The page at an instant; each part is of the instant of the scene that was drawn last before it.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    /// The instant.
    pub now: Time,
    /// How far the session has ever gone.
    pub reach: Time,
    /// What the stage was laid out for.
    plan: Plan,
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
    /// Where now stands in it: where it did when it was drawn, or where the reader has dragged it since.
    pub head: Time,
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
const TABLE: usize = 24;

impl Picture {
    /// The picture of a world.
    pub fn of(world: &World, record: &Record, frame: &Frame) -> Self {
        let (now, reach) = (world.now(), frame.reach);
        let mut picture = Self {
            now,
            reach,
            plan: Plan::default(),
            scene: Rc::default(),
            stage: Rc::default(),
            lit: frame.lit.clone(),
            ring: None,
            ring_owner: None,
            chart: Rc::default(),
            head: now,
            window: frame.zoom.window(now, reach),
            zoom: frame.zoom,
            forks: Rc::new([]),
            log: Rc::new([]),
            status: Status::Alone,
            verdict: None,
            flying: 0,
            packets: Rc::new([]),
            consoles: Rc::new([]),
        };
        Part::ALL.into_iter().for_each(|part| picture.draw(part, world, record, frame));
        picture
    }

    /// Draws a part anew.
    pub fn draw(&mut self, part: Part, world: &World, record: &Record, frame: &Frame) {
        match part {
            Part::Scene => {
                (self.now, self.reach) = (world.now(), frame.reach);
                self.draw_scene(world, record, frame);
            }
            Part::Ring => {
                // What is told of a follower is of the same instant: the scene is always drawn before.
                let scene = self.scene.clone();
                let owner = frame.ring_of.and_then(|id| scene.node(id)).or_else(|| scene.root());
                // Without a master it is the first node's, which the list of nodes shows as chosen.
                let owner = owner.or_else(|| scene.nodes.first());
                let ring = owner.and_then(|owner| {
                    let fed = record.fed.get(owner.id.index())?;
                    Ring::after(self.ring.as_deref(), world, &scene, owner.id, fed)
                });
                self.ring_owner = owner.map(|owner| owner.name);
                if self.ring.as_deref() != ring.as_ref() {
                    self.ring = ring.map(Rc::new);
                }
            }
            Part::Chart => {
                self.head = self.now;
                (self.window, self.zoom) = (frame.zoom.window(self.now, self.reach), frame.zoom);
                let paper = Paper { window: self.window, reach: self.reach, size: frame.history };
                keep(&mut self.chart, Chart::draw(record, &self.scene, &paper));
                keep_list(&mut self.forks, &record.forks);
            }
            Part::Packets => {
                self.flying = world.packets().count();
                let packets = world.packets().filter_map(|packet| {
                    let (from, to, kind) = ends::of(world, &packet)?;
                    let (bytes, lost) = (packet.bytes.len() as u64, packet.lost_at.is_some());
                    Some(InFlight { from, to, kind, bytes, lost, entry: packet.entry })
                });
                keep_list(&mut self.packets, &packets.take(TABLE).collect::<Vec<_>>());
            }
        }
    }

    fn draw_scene(&mut self, world: &World, record: &Record, frame: &Frame) {
        let scene = Scene::of(world, record);
        if self.stage.nodes.is_empty() || self.plan != frame.plan || !scene.has_shape_of(&self.scene) {
            keep(&mut self.stage, Stage::of(&scene, &frame.plan));
            self.plan.clone_from(&frame.plan);
        }
        self.lit = frame.lit.clone();
        self.status = status(&scene.nodes);
        keep(&mut self.scene, scene);
        let consoles: Vec<_> = world.nodes().iter().map(|node| said(world, node.id)).collect();
        keep_list(&mut self.consoles, &consoles);
        let lines = record.lines_until(world);
        let shown = &lines[lines.len().saturating_sub(LINES)..];
        let ends = |lines: &[Line]| (lines.first().map(|line| line.id), lines.last().map(|line| line.id));
        // Lines are never changed: those with the same ends are the same, unless time went another way.
        if ends(shown) != ends(&self.log) || *shown != *self.log {
            self.log = shown.into();
            self.verdict = lines.iter().rev().find_map(Line::verdict);
        }
    }
}

/// Puts a value in the place of an old one, if it is another.
fn keep<T: PartialEq>(old: &mut Rc<T>, new: T) {
    if **old != new {
        *old = Rc::new(new);
    }
}

fn keep_list<T: PartialEq + Clone>(old: &mut Rc<[T]>, new: &[T]) {
    if **old != *new {
        *old = new.into();
    }
}

fn said(world: &World, node: NodeId) -> Said {
    let log = world.console(node).and_then(|console| world.client_log(console.id));
    log.map_or_else(Said::default, |log| Said {
        count: log.len(),
        reply: log.last().and_then(|exchange| exchange.reply.clone()),
    })
}
