//! Looking closer: what is picked for the inspector, what "why?" lights, how the ring is shown.

use super::app::App;
use super::deed::value;
use super::dom;
use crate::sim::{EntryId, NodeId};
use crate::view::inspect::Pick;
use crate::view::verb::Verb;
use crate::view::why::Lit;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, MouseEvent};

/// One thing that a reader does to look closer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Picks something, or nothing.
    Pick(Pick),
    /// Clicks an arc of the ring.
    PickArc,
    /// Clicks somewhere on the stage.
    PickAt,
    /// Asks why.
    Why(EntryId),
    /// Does what a menu offers.
    Do(Verb),
    /// Turns the page of the bytes.
    Page(usize),
    /// Undoes dragging and zooming.
    Tidy,
    /// Shows the backlog as a tape or a ring.
    Tape(bool),
    /// Chooses whose backlog is shown.
    RingOf,
    /// Fills the screen, or not any more.
    FullScreen,
}

/// How the reader looks at the session.
#[derive(Default)]
pub(super) struct Looking {
    /// What is in the inspector.
    pub(super) pick: Pick,
    /// Whether the chain of causes is shown.
    pub(super) why: bool,
    /// Which page of its bytes.
    pub(super) page: usize,
    /// Whether the backlog is shown as a tape.
    pub(super) tape: bool,
    /// Whether the inspector must come into sight.
    pub(super) reveal: bool,
}

/// How near a click must be to a packet, in pixels; a finger is thicker than a mouse pointer.
const REACH: f64 = 22.0;

impl App {
    /// Looks closer.
    pub(super) fn look_closer(&mut self, look: Look, event: &Event) {
        let player = self.player.clone();
        match look {
            Look::PickArc => {
                let Some(node) = self.shown.picture.ring.as_ref().map(|ring| ring.node) else { return };
                let Some(arc) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
                    return;
                };
                let end = |name| arc.get_attribute(name).and_then(|text| text.parse().ok());
                if let Some((from, to)) = end("data-from").zip(end("data-to")) {
                    self.look_closer(Look::Pick(Pick::Bytes(node, from, to)), event);
                }
            }
            Look::Pick(pick) => {
                let dragged = self.hands.as_ref().is_some_and(|hands| hands.dragged());
                let answered = match pick {
                    Pick::Node(node) => !dragged && self.clicked_node(node),
                    Pick::Bytes(node, first, _) => self.clicked_bytes(node, first),
                    _ => false,
                };
                if !dragged && !answered {
                    self.pick(pick);
                }
            }
            Look::PickAt => {
                let Some(hands) = &self.hands else { return };
                let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
                let on_button = target.is_some_and(|target| matches!(target.closest("button"), Ok(Some(_))));
                if on_button || hands.dragged() {
                    return;
                }
                let click: &MouseEvent = event.unchecked_ref();
                let point = hands.on_board(f64::from(click.client_x()), f64::from(click.client_y()));
                let Some(point) = point else { return };
                // Cards that say little have no room for a link's three dots: its wire does the same.
                let stage = &self.shown.picture.stage;
                if let Some(entry) = player.packet_at(point, REACH) {
                    self.pick(Pick::Entry(entry));
                } else if let Some(link) = stage.link_at(point, REACH) {
                    self.pick(Pick::Link(link));
                }
            }
            Look::Why(id) => {
                self.look.why = !self.look.why;
                let lit = if self.look.why {
                    player.with_world_of(Pick::Entry(id), |world| Lit::of(world, id))
                } else {
                    Lit { entries: vec![id], ..Lit::default() }
                };
                player.set_frame(|frame| frame.lit = Rc::new(lit));
            }
            Look::Do(verb) => {
                if let Some(action) = player.with_world(|world| verb.action(world)) {
                    player.act(action);
                }
            }
            Look::Page(page) => self.look.page = page,
            Look::Tidy => {
                if let Some(hands) = &self.hands {
                    hands.tidy();
                }
            }
            Look::Tape(tape) => self.look.tape = tape,
            Look::RingOf => {
                let node = value(event).and_then(|text| text.parse().ok()).map(NodeId);
                player.show_ring_of(node);
            }
            Look::FullScreen => dom::toggle_full_screen(),
        }
    }

    /// Puts something into the inspector.
    pub(super) fn pick(&mut self, pick: Pick) {
        self.look =
            Looking { pick, reveal: pick != Pick::Nothing, tape: self.look.tape, ..Looking::default() };
        let entries = match pick {
            Pick::Entry(id) => vec![id],
            _ => Vec::new(),
        };
        let lit = Rc::new(Lit { entries, ..Lit::default() });
        self.player.set_frame(|frame| {
            frame.lit = lit;
            if let Pick::Node(node) = pick {
                frame.ring_of = Some(node);
            }
        });
    }
}
