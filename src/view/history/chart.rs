//! A window of the record as SVG paths, in pixels of the History view's box.
//!
//! Bounded work: a line has at most one step a pixel, and of each kind of message between two nodes
//! at most one starts in each two pixels.

use super::record::{Message, Record};
use crate::redis::Time;
use crate::sim::NodeId;
use crate::view::flights::Kind;
use crate::view::format::push_px;
use crate::view::scene::{Name, Role, Scene};

/// The instants shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The left edge.
    pub from: Time,
    /// The right edge.
    pub to: Time,
}

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
    /// How long it lasted so far, if that is told beside it.
    pub told: Option<crate::redis::Span>,
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
    /// Where now is.
    pub head: f64,
}

impl Window {
    /// The last moments before the end of the session, with some room for what comes.
    pub fn recent(now: Time) -> Self {
        let span = 14_000_000;
        let from = (now.as_micros() + 1_500_000).saturating_sub(span);
        Self { from: Time::from_micros(from), to: Time::from_micros(from + span) }
    }

    /// All of a session that reaches to `end`.
    pub fn all(end: Time) -> Self {
        let mut to = 14_000_000;
        // Grows in leaps, so that the picture does not creep.
        while to < end.as_micros().saturating_add(end.as_micros() / 24) {
            to += to / 2;
        }
        Self { from: Time::ZERO, to: Time::from_micros(to) }
    }

    /// The instant at a fraction of the window.
    pub fn at(&self, fraction: f64) -> Time {
        let span = self.to.as_micros().saturating_sub(self.from.as_micros());
        Time::from_micros(self.from.as_micros() + (fraction.clamp(0.0, 1.0) * span as f64) as u64)
    }
}

struct Axis {
    window: Window,
    left: f64,
    width: f64,
}

impl Axis {
    fn x(&self, at: Time) -> f64 {
        let from = self.window.from.as_micros() as f64;
        let span = (self.window.to.as_micros() as f64 - from).max(1.0);
        self.left + (at.as_micros() as f64 - from) / span * self.width
    }
}

/// Height of the axis with its labels.
const TOP: f64 = 26.0;

impl Chart {
    /// Draws the window of a record into a box of `width` × `height`. Nothing after `now` is drawn.
    pub fn draw(record: &Record, scene: &Scene, window: Window, now: Time, width: f64, height: f64) -> Self {
        let left = if width < 500.0 { 62.0 } else { 84.0 };
        let axis = Axis { window, left, width: (width - left - 16.0).max(1.0) };
        let mut chart = Self { left, right: left + axis.width, height, head: axis.x(now), ..Self::default() };
        chart.ticks = ticks(&axis);
        let count = scene.nodes.len().max(1) as f64;
        let lane_gap = ((height - TOP) * 0.5 / count).clamp(22.0, 40.0);
        let lane = |n: usize| height - 24.0 - (count - 1.0 - n as f64) * lane_gap;
        let bottom = lane(0) - 14.0;
        let scale = Scale::of(record, window, now, bottom);
        for node in &scene.nodes {
            let steps = record.offsets.get(node.id.index()).map(Vec::as_slice).unwrap_or_default();
            let offsets = line(steps, &axis, &scale, now);
            chart.lanes.push(Lane { name: node.name, y: lane(node.id.index()), offsets });
        }
        chart.draw_floor(record, scene, &axis, &scale, now, bottom);
        chart.draw_messages(record, &axis, now, lane);
        chart.draw_bands(record, scene, &axis, now, lane);
        chart
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
        let Some(root) = scene.root() else { return };
        let steps = record.oldest.get(root.id.index()).map(Vec::as_slice).unwrap_or_default();
        self.floor_line = line(steps, axis, scale, now);
        let (Some(first), Some(last)) = (steps.first(), steps.iter().rfind(|step| step.0 <= now)) else {
            return;
        };
        let start = axis.x(first.0).max(axis.left);
        if self.floor_line.is_empty() || start >= self.head {
            return;
        }
        self.floor_area.push_str(&self.floor_line);
        for (x, y) in [(self.head, bottom), (start, bottom)] {
            point(&mut self.floor_area, 'L', x, y);
        }
        self.floor_area.push('Z');
        let y = scale.y(last.1);
        if bottom - y > 16.0 {
            self.floor_label = Some((self.head - 8.0, (bottom + y) / 2.0 + 5.0));
        }
    }

    fn draw_messages(&mut self, record: &Record, axis: &Axis, now: Time, lane: impl Fn(NodeIndex) -> f64) {
        // The longest flights are seconds: start a little before the window.
        let from = Time::from_micros(axis.window.from.as_micros().saturating_sub(5_000_000));
        let start = record.messages.partition_point(|message| message.sent < from);
        let mut crowded: Vec<(NodeId, NodeId, usize, f64)> = Vec::new();
        for message in &record.messages[start..] {
            if message.sent > now || message.sent > axis.window.to {
                break;
            }
            let x = axis.x(message.sent);
            let (path, class) = self.path_for(message);
            let key = (message.from, message.to, class);
            match crowded.iter_mut().find(|(from, to, class, _)| (*from, *to, *class) == key) {
                Some(last) if x - last.3 < 2.0 => continue,
                Some(last) => last.3 = x,
                None => crowded.push((key.0, key.1, key.2, x)),
            }
            let (y1, y2) = (lane(message.from.index()), lane(message.to.index()));
            let ended = message.end.filter(|end| *end <= now);
            // While it flies its end is not known: it is drawn as far as the usual slope takes it.
            let end = ended.map_or(axis.x(now), |end| axis.x(end));
            let reach = if ended.is_some() && !message.lost {
                1.0
            } else {
                let typical = axis.x(message.sent + FLIGHT) - x;
                ((end - x) / typical.max(0.1)).clamp(0.0, 1.0)
            };
            if end <= axis.left {
                continue;
            }
            point(path, 'M', x, y1);
            point(path, 'L', end, y1 + (y2 - y1) * reach);
        }
    }

    fn path_for(&mut self, message: &Message) -> (&mut String, usize) {
        match message.kind {
            _ if message.lost => (&mut self.lost, 0),
            Kind::Command | Kind::Heartbeat => (&mut self.commands, 1),
            Kind::Ack => (&mut self.acks, 2),
            Kind::Handshake | Kind::Reply => (&mut self.shakes, 3),
            Kind::Rdb => (&mut self.rdb, 4),
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
        let (left, right) = (axis.left, self.head.min(self.right));
        let band = |from: Time, until: Option<Time>, y: f64, told: bool| {
            let end = until.unwrap_or(now).min(now);
            let (x1, x2) = (axis.x(from).max(left), axis.x(end).min(right));
            let length = crate::redis::Span::from_micros(end.as_micros().saturating_sub(from.as_micros()));
            (from <= now && x2 > left).then(|| Band {
                x: x1,
                w: (x2 - x1).max(1.0),
                y,
                told: told.then_some(length),
            })
        };
        for cut in &record.cuts {
            let link = scene.links.iter().find(|link| link.id == cut.link);
            let Some(link) = link else { continue };
            self.cuts.extend(band(cut.from, cut.until, lane(link.lower.index()), true));
        }
        for sync in &record.syncs {
            self.syncs.extend(band(sync.from, sync.until, lane(sync.node.index()), false));
        }
    }
}

type NodeIndex = usize;

/// A flight's usual length, for messages that have not arrived.
const FLIGHT: crate::redis::Span = crate::redis::Span::from_millis(310);

struct Scale {
    low: f64,
    high: f64,
    bottom: f64,
}

impl Scale {
    /// From the lowest offset in sight to the highest.
    fn of(record: &Record, window: Window, now: Time, bottom: f64) -> Self {
        let (mut low, mut high) = (u64::MAX, 0);
        for steps in record.offsets.iter().chain(&record.oldest) {
            let start = steps.partition_point(|step| step.0 < window.from).saturating_sub(1);
            let end = steps.partition_point(|step| step.0 <= now.min(window.to));
            for (_, value) in steps.get(start..end).unwrap_or_default() {
                (low, high) = (low.min(*value), high.max(*value));
            }
        }
        let low = if low == u64::MAX { 0 } else { low } as f64;
        let high = (high as f64).max(low + 64.0);
        // Some room below, so that what was overwritten has an area.
        Self { low: low - (high - low) * 0.12, high, bottom }
    }

    fn y(&self, value: u64) -> f64 {
        let share = (value as f64 - self.low) / (self.high - self.low);
        (self.bottom - share * (self.bottom - TOP - 8.0)).clamp(TOP, self.bottom)
    }
}

/// Steps as a path, at most one a pixel.
fn line(steps: &[(Time, u64)], axis: &Axis, scale: &Scale, now: Time) -> String {
    let mut path = String::new();
    let until = now.min(axis.window.to);
    let start = steps.partition_point(|step| step.0 <= axis.window.from).saturating_sub(1);
    let (mut drawn, mut y) = (f64::MIN, 0.0);
    for (at, value) in steps[start..].iter().take_while(|step| step.0 <= until) {
        let x = axis.x(*at).max(axis.left);
        y = scale.y(*value);
        if path.is_empty() {
            point(&mut path, 'M', x, y);
            drawn = x;
        } else if x - drawn >= 1.0 {
            point(&mut path, 'L', x, y);
            drawn = x;
        }
    }
    if !path.is_empty() {
        point(&mut path, 'L', axis.x(until), y);
    }
    path
}

fn point(path: &mut String, command: char, x: f64, y: f64) {
    path.push(command);
    push_px(path, x);
    path.push(' ');
    push_px(path, y);
}

fn ticks(axis: &Axis) -> Vec<Tick> {
    let span = axis.window.to.as_secs().saturating_sub(axis.window.from.as_secs()).max(1);
    let most = (axis.width / 60.0).max(2.0) as u64;
    let steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
    let step = steps.into_iter().find(|step| span / step <= most).unwrap_or(7200);
    let first = axis.window.from.as_micros().div_ceil(step * 1_000_000) * step;
    (first..=axis.window.to.as_secs())
        .step_by(step as usize)
        .map(|second| Tick { x: axis.x(Time::from_millis(second * 1000)), text: format!("{second}s") })
        .collect()
}

impl Lane {
    /// The class of its lines.
    pub fn class(&self) -> &'static str {
        match self.name.role {
            Role::Master => "h-master",
            Role::Replica => "h-replica",
            Role::Down => "h-down",
        }
    }
}
