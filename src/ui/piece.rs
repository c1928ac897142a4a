//! The pieces of the page: how each is drawn, and which of them a new picture makes stale.

use super::app::App;
use super::el::El;
use super::live::Area;
use super::player::Shown;
use super::{compare, console, history, inspector, lesson, log, mini, ring, side, stage, transport, twin};
use crate::redis::Time;
use crate::sim::NodeId;
use crate::view::Picture;
use crate::view::inspect::{self, Pick, Sheet};
use crate::view::layout::Level;
use crate::view::params::Controls;
use crate::view::picture::Part;
use crate::view::scene::NodeCard;
use crate::view::why::Because;
use std::rc::Rc;
use yew::html::Scope;

/// A piece that is drawn by itself. On the stage, `true` is the second world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Panel,
    Status,
    Log,
    Inspector,
    Console,
    Nodes,
    Links,
    Writers,
    Packets,
    Arcs,
    Offsets,
    Wires(bool),
    Switches(bool),
    Clients(bool),
    Card(bool, NodeId),
    RingBar,
    Ring,
    Compare,
    Tools,
    Plot,
    Scrub,
    Transport,
    Clock,
}

/// What is in the inspector.
#[derive(Default, PartialEq)]
pub(super) struct Picked {
    pub(super) sheet: Option<Sheet>,
    /// The chain of causes while it is asked for.
    pub(super) because: Option<(Vec<Because>, usize)>,
}

impl Piece {
    /// Whether it is drawn in a frame of its own.
    pub(super) fn is_heavy(self) -> bool {
        matches!(
            self,
            Self::Plot
                | Self::Ring
                | Self::Nodes
                | Self::Packets
                | Self::Arcs
                | Self::Panel
                | Self::Compare
                | Self::Inspector
        )
    }

    /// Where it is if numbers in it are written by `live`.
    pub(super) fn live_area(self) -> Option<Area> {
        Some(match self {
            Self::Card(..) | Self::Nodes | Self::Offsets | Self::Clock => Area::Page,
            Self::Ring => Area::Ring,
            Self::Plot => Area::History,
            _ => return None,
        })
    }

    /// Whether it is drawn at once after a seek.
    pub(super) fn is_seen_first(self) -> bool {
        matches!(
            self,
            Self::Card(..) | Self::Wires(_) | Self::Switches(_) | Self::Clients(_) | Self::Ring | Self::Scrub
        )
    }

    /// Its name among its siblings.
    pub(super) fn key(self) -> u64 {
        let (row, of) = match self {
            Self::Wires(second) => (32, second.into()),
            Self::Switches(second) => (33, second.into()),
            Self::Clients(second) => (34, second.into()),
            Self::Card(second, node) => (35 + u64::from(second), u64::from(node.0)),
            Self::Panel => (1, 0),
            Self::Status => (2, 0),
            Self::Log => (3, 0),
            Self::Inspector => (4, 0),
            Self::Console => (5, 0),
            Self::Nodes => (6, 0),
            Self::Links => (7, 0),
            Self::Writers => (8, 0),
            Self::Packets => (9, 0),
            Self::Arcs => (10, 0),
            Self::Offsets => (11, 0),
            Self::RingBar => (12, 0),
            Self::Ring => (13, 0),
            Self::Compare => (14, 0),
            Self::Tools => (15, 0),
            Self::Plot => (16, 0),
            Self::Scrub => (17, 0),
            Self::Transport => (18, 0),
            Self::Clock => (19, 0),
        };
        row * 1000 + of
    }

    /// Draws it.
    pub(super) fn draw(self, app: &App, link: &Scope<App>) -> Option<El> {
        let full = app.controls == Controls::Full;
        Some(match self {
            Self::Panel => return lesson::panel(app, link),
            Self::Status => side::status_box(app, app.words()),
            Self::Log => log::event_log(app, link),
            Self::Inspector => inspector::inspector(app, link),
            Self::Console => console::console(app, link),
            Self::Nodes => twin::nodes(app, link),
            Self::Links => twin::links(app, link),
            Self::Writers => twin::writers(app),
            Self::Packets => twin::packets(app, link),
            Self::Arcs => twin::arcs(app, link),
            Self::Offsets => mini::table(&app.shown.picture.scene.nodes, app.words()),
            Self::Wires(second) => return stage::wires(app, second),
            Self::Switches(second) => return stage::switches(app, second, link),
            Self::Clients(second) => return stage::clients(app, second),
            Self::Card(second, node) => return stage::card(app, second, node, link),
            Self::RingBar => ring::bar(app, link),
            Self::Ring => ring::picture(app, link),
            Self::Compare => compare::compare_view(app, link),
            Self::Tools => history::tools(app, link),
            Self::Plot => history::plot(app),
            Self::Scrub => history::scrubber(app, link),
            Self::Transport => transport::transport(app, link),
            Self::Clock if full => transport::time_shown(app),
            Self::Clock => mini::time_shown(app),
        })
    }
}

/// Pieces that must be drawn again; `None` if the page must.
type Stale = Option<Vec<Piece>>;

impl App {
    /// Whether the lessons' panel is on the page.
    pub(super) fn teaches(&self) -> bool {
        self.lessons.menu || self.lessons.loading || self.shown.lecture.is_some()
    }

    /// Reads anew what is in the inspector; whether it changed.
    pub(super) fn read_picked(&mut self) -> bool {
        let (w, pick) = (self.words(), self.look.pick);
        if pick == Pick::Nothing && self.picked.sheet.is_none() {
            return false;
        }
        let lit = &self.shown.picture.lit;
        let now = self.player.with_world_of(pick, |world| Picked {
            sheet: inspect::sheet(world, pick, w),
            because: self.look.why.then(|| lit.tell(world, w)),
        });
        let changed = now != self.picked;
        self.picked = now;
        changed
    }

    /// What is drawn of `before` and is another thing now. `spoken`: there is something new to say.
    pub(super) fn stale(&self, before: &Shown, spoken: bool) -> Stale {
        let now = &self.shown;
        let (old, new) = (&*before.picture, &*now.picture);
        if frame_of(before) != frame_of(now) || !Rc::ptr_eq(&before.trip, &now.trip) {
            return None;
        }
        let mut stale = Vec::with_capacity(32);
        on_stage(&mut stale, old, new, false)?;
        if let (Some(old), Some(new)) = (&before.second, &now.second) {
            on_stage(&mut stale, old, new, true)?;
        }
        let due = |part| now.is_due(part);
        let names =
            old.scene.nodes.iter().map(|node| node.name).ne(new.scene.nodes.iter().map(|node| node.name));
        let size = |picture: &Picture| (picture.ring_owner, picture.ring.as_ref().map(|ring| ring.size));
        let ring = match (&old.ring, &new.ring) {
            (Some(old), Some(new)) if !self.look.tape => !old.looks_like(new) || due(Part::Packets),
            (old, new) => old.as_ref().map(Rc::as_ptr) != new.as_ref().map(Rc::as_ptr),
        };
        let beside = now.beside.as_ref().map(Rc::as_ptr) != before.beside.as_ref().map(Rc::as_ptr);
        let teaches = self.teaches() && due(Part::Scene);
        let changes: [(bool, &[Piece]); 11] = [
            (teaches, &[Piece::Panel]),
            (spoken || old.status != new.status || old.verdict != new.verdict, &[Piece::Status]),
            // A longer status above the log pushes its newest line out of sight.
            (spoken || !Rc::ptr_eq(&old.log, &new.log), &[Piece::Log]),
            (names || !Rc::ptr_eq(&old.consoles, &new.consoles), &[Piece::Console]),
            (names, &[Piece::Nodes]),
            (old.scene.clients != new.scene.clients, &[Piece::Transport]),
            (names || size(old) != size(new), &[Piece::RingBar]),
            (ring || size(old) != size(new), &[Piece::Ring]),
            (beside, &[Piece::Compare]),
            (!Rc::ptr_eq(&old.chart, &new.chart), &[Piece::Plot]),
            (due(Part::Chart) || !now.playing, &[Piece::Scrub]),
        ];
        stale.extend(changes.iter().filter(|(it, _)| *it).flat_map(|(_, pieces)| pieces.iter()));
        if old.zoom != new.zoom || !Rc::ptr_eq(&old.forks, &new.forks) {
            stale.push(Piece::Tools);
        }
        if names || old.scene.links != new.scene.links || old.scene.clients != new.scene.clients {
            stale.extend([Piece::Links, Piece::Writers]);
        }
        if due(Part::Packets) {
            stale.extend([Piece::Packets, Piece::Arcs]);
        }
        Some(stale)
    }
}

/// What the page around the pieces depends on.
fn frame_of(shown: &Shown) -> impl PartialEq + use<> {
    let picture = &shown.picture;
    (
        (shown.lecture.is_some(), shown.second.is_some(), shown.beside.is_some()),
        (shown.playing, shown.waits, shown.speed, shown.compared),
        (picture.reach == Time::ZERO, picture.now < picture.reach),
        picture.scene.links.first().map(|link| link.id),
        shown.lecture.as_ref().map(|lecture| lecture.shine.clone()),
    )
}

/// Pieces of a world on the stage; `None` if its board must be drawn again.
fn on_stage(stale: &mut Vec<Piece>, old: &Picture, new: &Picture, second: bool) -> Option<()> {
    let lit = !Rc::ptr_eq(&old.lit, &new.lit);
    if Rc::ptr_eq(&old.scene, &new.scene) && Rc::ptr_eq(&old.stage, &new.stage) && !lit {
        return Some(());
    }
    let board = |picture: &Picture| {
        (picture.stage.width, picture.stage.height, picture.stage.scale, picture.stage.dragged)
    };
    let nodes = (&old.scene.nodes, &new.scene.nodes);
    if board(old) != board(new) || nodes.0.len() != nodes.1.len() {
        return None;
    }
    let moved = !Rc::ptr_eq(&old.stage, &new.stage);
    if moved || lit || old.scene.links != new.scene.links {
        stale.extend([Piece::Wires(second), Piece::Switches(second)]);
    }
    if moved || old.scene.clients != new.scene.clients {
        stale.push(Piece::Clients(second));
    }
    // The smallest cards have their numbers in their names, too.
    let mini = new.stage.level <= Level::Lean;
    let other = |old: &NodeCard, new: &NodeCard| if mini { old != new } else { !old.looks_like(new) };
    let changed = nodes.0.iter().zip(nodes.1).filter(|(old, new)| moved || lit || other(old, new));
    stale.extend(changed.map(|(_, new)| Piece::Card(second, new.id)));
    Some(())
}
