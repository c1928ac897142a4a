//! A window of the record as SVG paths, in pixels of the History view's box.
//!
//! Bounded work: a line has about one step a pixel, marks that touch are one, and too many messages
//! are drawn as bands that are the darker the more there are.

use super::axis::{Axis, Scale, line, lines, thin};
use super::pins::{Pin, pins};
use super::record::{ROLES, Record};
use super::window::Window;
use crate::redis::{Span, Time};
use crate::sim::{BranchId, EntryId, LinkMode};
use crate::view::format::push_px;
use crate::view::layout::between;
use crate::view::scene::{Name, Role, Scene};

/// A mark on the axis.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where.
    pub x: f64,
    /// `4s`.
    pub text: String,
}

/// A node's line in the space–time diagram and its line in the chart.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    /// Whose.
    pub name: Name,
    /// The lane's height.
    pub y: f64,
    /// Whether there is room for its name.
    pub named: bool,
    /// Its past in sight, each stretch as the node was then.
    pub parts: Vec<Part>,
}

/// A stretch of time in which a node was the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// What it was.
    pub role: Role,
    /// Left.
    pub from: f64,
    /// Right.
    pub to: f64,
    /// The offset as a path; empty before there is one.
    pub offsets: String,
}

/// A stretch of time on a lane.
#[derive(Clone, Debug, PartialEq)]
pub struct Band {
    /// Left.
    pub x: f64,
    /// Width.
    pub w: f64,
    /// The lane's height.
    pub y: f64,
    /// What the link did and for how long so far, if that is told beside it.
    pub told: Option<(LinkMode, Span)>,
}

/// The whole view.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Chart {
    /// Left edge of the axis.
    pub left: f64,
    /// Right edge of the axis.
    pub right: f64,
    /// Height of the box.
    pub height: f64,
    /// Marks of the axis.
    pub ticks: Vec<Tick>,
    /// The nodes.
    pub lanes: Vec<Lane>,
    /// The oldest byte still in the backlog.
    pub floor_line: String,
    /// The overwritten area below it.
    pub floor_area: String,
    /// Where the word for it goes.
    pub floor_label: Option<(f64, f64)>,
    /// Messages by look: commands, ACKs, handshake and replies, RDB, lost ones.
    pub commands: String,
    /// ACKs.
    pub acks: String,
    /// Handshakes and replies.
    pub shakes: String,
    /// RDB blocks.
    pub rdb: String,
    /// Lost ones.
    pub lost: String,
    /// Cut links.
    pub cuts: Vec<Band>,
    /// Full copies.
    pub syncs: Vec<Band>,
    /// Messages where they are too many for lines.
    pub dense: Vec<Dense>,
    /// Instants of note.
    pub pins: Vec<Pin>,
    /// The session's branches, if there is more than one.
    pub twigs: Vec<Twig>,
    /// Where lines of messages are, for clicks.
    pub hits: Vec<Segment>,
    /// Height of the axis with its labels and branches.
    pub top: f64,
    /// Up to where the session was ever run, as far as that is in sight.
    pub end: f64,
    /// From one lane to the next.
    pub gap: f64,
}

/// Many messages of one look.
#[derive(Clone, Debug, PartialEq)]
pub struct Dense {
    /// The look's class.
    pub class: &'static str,
    /// How dark, in percent.
    pub dark: u8,
    /// Where.
    pub path: String,
}

/// A line of a message.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Segment {
    /// Where it begins.
    pub from: (f64, f64),
    /// Where it ends.
    pub to: (f64, f64),
    /// The event of its sending.
    pub entry: EntryId,
}

/// A branch as a line under the axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Twig {
    /// Which.
    pub id: BranchId,
    /// Its height.
    pub y: f64,
    /// Left end.
    pub x1: f64,
    /// Right end.
    pub x2: f64,
    /// The height of the branch it left, at its left end, if that is in sight.
    pub stem: Option<f64>,
    /// Whether it is the one shown.
    pub on: bool,
}

/// What a click meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hit {
    /// An event.
    Entry(EntryId),
    /// A branch.
    Branch(BranchId),
    /// An instant.
    Instant(Time),
}

/// Height of the axis with its labels.
const TOP: f64 = 26.0;
/// Height of a lane's name.
const NAME: f64 = 12.0;
/// Height of a mark's word.
const WORD: f64 = 11.0;
/// Height of a branch's line.
const TWIG: f64 = 8.0;

/// What a chart is drawn for. It is the same for each instant that the reader looks at.
#[derive(Clone, Copy, Debug)]
pub struct Paper {
    /// The instants.
    pub window: Window,
    /// Up to where the session was ever run: nothing after that is drawn.
    pub reach: Time,
    /// The box.
    pub size: (f64, f64),
}

impl Chart {
    /// Draws a window of a record.
    pub fn draw(record: &Record, scene: &Scene, paper: &Paper) -> Self {
        let Paper { window, reach, size: (width, height) } = *paper;
        let left = if width < 500.0 { 62.0 } else { 84.0 };
        let axis = Axis { window, left, width: (width - left - 16.0).max(1.0) };
        let right = left + axis.width;
        let end = between(axis.x(reach), left, right);
        let mut chart = Self { left, right, height, ..Self::default() };
        chart.ticks = axis.ticks();
        chart.draw_twigs(record, &axis);
        let count = scene.nodes.len().max(1) as f64;
        // Lanes take half of the height at most.
        let gap = between((height - chart.top) * 0.5 / count, 0.0, 40.0);
        (chart.gap, chart.end) = (gap, end);
        let foot = between(gap * 0.8, 8.0, 20.0);
        let lane = |n: usize| height - foot - (count - 1.0 - n as f64) * gap;
        let room = (chart.top + 8.0, (lane(0) - between(gap, 8.0, 14.0)).max(chart.top + 9.0));
        let scale = Scale::of(record.offsets.iter().chain(&record.oldest), &axis, reach, room);
        // Names that have no room beside each other are told of every second lane, or third.
        let every = (NAME / gap.max(1.0)).ceil() as usize;
        for (n, node) in scene.nodes.iter().enumerate() {
            let parts = parts(record, node.id.index(), &axis, &scale, reach);
            let named = n.is_multiple_of(every.max(1));
            chart.lanes.push(Lane { name: node.name, y: lane(node.id.index()), named, parts });
        }
        chart.draw_floor(record, scene, &axis, &scale, reach, room.1);
        chart.draw_messages(record, &axis, reach, lane);
        chart.draw_bands(record, scene, &axis, reach, lane);
        let seen = (window.from, window.to.min(reach));
        chart.pins = pins(record, scene, seen, chart.right, |at| axis.x(at), lane);
        chart
    }

    /// Where an instant is, and whether that is in sight.
    pub fn at(&self, window: &Window, at: Time) -> (f64, bool) {
        let x = Axis { window: *window, left: self.left, width: self.right - self.left }.x(at);
        (x, self.left - 1.0 <= x && x <= self.right + 1.0)
    }

    /// Half the height of a mark on a lane that is so high where there is room.
    pub fn low(&self, half: f64) -> f64 {
        half.min(self.gap * 0.45)
    }

    /// Whether a word fits between two lanes.
    pub fn has_words(&self) -> bool {
        self.gap >= WORD
    }

    /// What is at a point of the box.
    pub fn hit(&self, window: &Window, (x, y): (f64, f64)) -> Hit {
        let at = window.at((x - self.left) / (self.right - self.left).max(1.0));
        if y < self.top {
            let near = |twig: &&Twig| {
                (twig.y - y).abs() <= TWIG / 2.0 + 1.0 && twig.x1 - 4.0 <= x && x <= twig.x2 + 4.0
            };
            return self.twigs.iter().find(near).map_or(Hit::Instant(at), |twig| Hit::Branch(twig.id));
        }
        let pins = self.pins.iter().map(|pin| (far((x, y), (pin.x, pin.y)) - 4.0, pin.entry));
        let lines = self.hits.iter().map(|s| (distance((x, y), s), s.entry));
        let near = pins.chain(lines).filter(|(far, _)| *far <= 6.0);
        near.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(Hit::Instant(at), |(_, entry)| Hit::Entry(entry))
    }

    fn draw_twigs(&mut self, record: &Record, axis: &Axis) {
        self.top = TOP;
        if record.forks.len() < 2 {
            return;
        }
        // The newest are what one wants to see; the trunk always.
        let first = record.forks.len().saturating_sub(5).max(1);
        let shown = record.forks.iter().take(1).chain(record.forks.iter().skip(first));
        for (row, fork) in shown.enumerate() {
            let y = TOP + row as f64 * TWIG;
            let x1 = axis.x(fork.from);
            let parent = self.twigs.iter().find(|twig| Some(twig.id) == fork.parent).map(|twig| twig.y);
            let stem = parent.filter(|_| self.left <= x1 && x1 <= self.right);
            let (x1, x2) =
                (between(x1, self.left, self.right), between(axis.x(fork.reach), self.left, self.right));
            self.twigs.push(Twig { id: fork.id, y, x1, x2, stem, on: fork.on });
        }
        self.top += self.twigs.len() as f64 * TWIG;
    }
    fn draw_floor(
        &mut self,
        record: &Record,
        scene: &Scene,
        axis: &Axis,
        scale: &Scale,
        now: Time,
        bottom: f64,
    ) {
        let Some(steps) = scene.root().and_then(|root| record.oldest.get(root.id.index())) else { return };
        self.floor_line = line(steps, axis, scale, now);
        let (Some(first), Some(last)) = (steps.get(0), steps.at(now)) else { return };
        let start = axis.x(first.0).max(axis.left);
        let end = axis.x(now).min(self.right);
        if self.floor_line.is_empty() || start >= end {
            return;
        }
        self.floor_area.push_str(&self.floor_line);
        for (x, y) in [(end, bottom), (start, bottom)] {
            point(&mut self.floor_area, 'L', x, y);
        }
        self.floor_area.push('Z');
        let y = scale.y(last.1);
        if bottom - y > 16.0 {
            self.floor_label = Some((end - 8.0, (bottom + y) / 2.0 + 5.0));
        }
    }

    fn draw_bands(
        &mut self,
        record: &Record,
        scene: &Scene,
        axis: &Axis,
        now: Time,
        lane: impl Fn(NodeIndex) -> f64,
    ) {
        let (left, right) = (axis.left, self.right);
        let band = |from: Time, until: Option<Time>, y: f64, told: Option<LinkMode>| {
            let end = until.unwrap_or(now).min(now);
            let (x1, x2) = (axis.x(from).max(left), axis.x(end).min(right));
            let length = Span::from_micros(end.as_micros().saturating_sub(from.as_micros()));
            (from <= now && x2 > left).then(|| Band {
                x: x1,
                w: (x2 - x1).max(1.0),
                y,
                told: told.map(|mode| (mode, length)),
            })
        };
        for cut in &record.cuts {
            let used = scene.links.iter().find(|link| link.id == cut.link);
            let Some(lower) = cut.lower.or(used.map(|link| link.lower)) else { continue };
            self.cuts.extend(band(cut.from, cut.until, lane(lower.index()), Some(cut.mode)));
        }
        for sync in &record.syncs {
            self.syncs.extend(band(sync.from, sync.until, lane(sync.node.index()), None));
        }
    }
}

type NodeIndex = usize;

/// The stretches of a node's past in sight.
fn parts(record: &Record, node: NodeIndex, axis: &Axis, scale: &Scale, reach: Time) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let end = between(axis.x(reach), axis.left, axis.left + axis.width);
    if let Some(roles) = record.roles.get(node) {
        thin(roles, axis, reach, |x, role| {
            let role = ROLES.get(role as usize).copied().unwrap_or(Role::Down);
            match parts.last_mut() {
                Some(last) if last.role == role => return,
                Some(last) => last.to = x,
                None => {}
            }
            parts.push(Part { role, from: x, to: end, offsets: String::new() });
        });
    }
    if let Some(steps) = record.offsets.get(node) {
        let ends: Vec<f64> = parts.iter().map(|part| part.to).collect();
        for (part, offsets) in parts.iter_mut().zip(lines(steps, axis, scale, reach, &ends)) {
            part.offsets = offsets;
        }
    }
    parts
}

fn far(a: (f64, f64), b: (f64, f64)) -> f64 {
    ((a.0 - b.0).powi(2) + (a.1 - b.1).powi(2)).sqrt()
}

/// How far a point is from a line.
fn distance(point: (f64, f64), line: &Segment) -> f64 {
    let (dx, dy) = (line.to.0 - line.from.0, line.to.1 - line.from.1);
    let along = (point.0 - line.from.0) * dx + (point.1 - line.from.1) * dy;
    let share = between(along / (dx * dx + dy * dy).max(0.01), 0.0, 1.0);
    far(point, (line.from.0 + share * dx, line.from.1 + share * dy))
}

pub(super) fn point(path: &mut String, command: char, x: f64, y: f64) {
    path.push(command);
    push_px(path, x);
    path.push(' ');
    push_px(path, y);
}

impl Part {
    /// The class of its lane.
    pub fn class(&self) -> &'static str {
        match self.role {
            Role::Master => "h-master",
            Role::Replica => "h-replica",
            Role::Down => "h-down",
        }
    }

    /// The classes of its line of offsets.
    pub fn line_class(&self) -> &'static str {
        match self.role {
            Role::Master => "h-line h-master",
            Role::Replica => "h-line h-replica",
            Role::Down => "h-line h-down",
        }
    }
}
