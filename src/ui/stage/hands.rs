//! Hands on the stage: cards are dragged with a pointer or the arrow keys, two fingers or Ctrl and
//! the wheel zoom, and a zoomed stage is moved.
//!
//! The zoom is a style of one element that Yew leaves alone; dragged cards go through the player,
//! which lays the stage out anew.

use crate::sim::NodeId;
use crate::ui::dom::listen;
use crate::ui::player::Player;
use crate::view::format::px;
use crate::view::layout::{Plan, Point, Stage, between};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent, WheelEvent};
use yew::NodeRef;

/// A press that moves less than this, in pixels, is a click.
const SLOP: f64 = 6.0;
/// One press of an arrow key moves a card by this many pixels.
const NUDGE: f64 = 16.0;
/// The stage is at most so much larger than its box.
const MOST: f64 = 6.0;

/// What the hands do.
#[derive(Default)]
struct Held {
    /// Fingers, or the mouse: each with where it is.
    pointers: Vec<(i32, Point)>,
    /// The card under the first of them, where it was pressed, and where the card's middle was.
    card: Option<(NodeId, Point, Point)>,
    /// Whether it moved, so that its end is no click.
    moved: bool,
    zoom: f64,
    pan: Point,
}

/// What ends listening.
type Undo = Vec<Box<dyn FnOnce()>>;

/// Hands on a stage.
pub(in crate::ui) struct Hands {
    held: RefCell<Held>,
    stage: Element,
    player: Rc<Player>,
}

impl Hands {
    /// Listens to the hands on a stage; the functions end it.
    pub(in crate::ui) fn new(node: &NodeRef, player: Rc<Player>) -> Option<(Rc<Self>, Undo)> {
        let stage: Element = node.cast()?;
        let held = RefCell::new(Held { zoom: 1.0, ..Held::default() });
        let me = Rc::new(Self { held, stage: stage.clone(), player });
        let on = |name: &'static str, heard: fn(&Self, Event)| {
            let me = me.clone();
            listen(&stage, name, move |event: Event| heard(&me, event))
        };
        let all = vec![
            on("pointerdown", |me, event| me.down(event.unchecked_ref())),
            on("pointermove", |me, event| me.moved(event.unchecked_ref())),
            on("pointerup", |me, event| me.up(event.unchecked_ref())),
            on("pointercancel", |me, event| me.up(event.unchecked_ref())),
            on("wheel", |me, event| me.wheel(event.unchecked_ref())),
            on("keydown", |me, event| me.key(event.unchecked_ref())),
        ];
        Some((me, all))
    }

    /// Whether the click that is told of now was the end of a drag.
    pub(in crate::ui) fn dragged(&self) -> bool {
        std::mem::take(&mut self.held.borrow_mut().moved)
    }

    /// Puts everything back where it was.
    pub(in crate::ui) fn tidy(&self) {
        let mut held = self.held.borrow_mut();
        (held.zoom, held.pan) = (1.0, Point::default());
        drop(held);
        self.show();
        self.player.set_frame(|frame| frame.plan.dragged.clear());
    }

    /// Where on the board, in its own pixels, a place of the window is.
    pub(in crate::ui) fn on_board(&self, x: f64, y: f64) -> Option<Point> {
        let board = self.stage.query_selector(".board").ok()??.get_bounding_client_rect();
        let stage = &self.player.shown().picture.stage;
        let shrunk = board.width() / stage.width.max(1.0);
        Some(Point { x: (x - board.left()) / shrunk, y: (y - board.top()) / shrunk })
    }

    fn down(&self, event: &PointerEvent) {
        let at = place(event);
        let card = card_of(event).and_then(|node| {
            let rect = self.player.shown().picture.stage.node(node)?;
            Some((node, at, rect.middle()))
        });
        let mut held = self.held.borrow_mut();
        held.pointers.retain(|(id, _)| *id != event.pointer_id());
        held.pointers.push((event.pointer_id(), at));
        held.card = card.filter(|_| held.pointers.len() == 1);
        held.moved = false;
    }

    fn moved(&self, event: &PointerEvent) {
        let at = place(event);
        let mut held = self.held.borrow_mut();
        let Some(n) = held.pointers.iter().position(|(id, _)| *id == event.pointer_id()) else { return };
        if event.buttons() == 0 && event.pointer_type() == "mouse" {
            // Released outside of the window.
            held.pointers.clear();
            return;
        }
        let before = held.pointers[n].1;
        if let [(_, a), (_, b)] = held.pointers[..] {
            let apart = a.distance(b).max(1.0);
            let other = if n == 0 { b } else { a };
            held.pointers[n].1 = at;
            let middle = Point { x: (at.x + other.x) / 2.0, y: (at.y + other.y) / 2.0 };
            held.moved = true;
            drop(held);
            self.zoom(at.distance(other) / apart, middle);
            return;
        }
        if let Some((node, pressed, middle)) = held.card {
            if !held.moved && at.distance(pressed) < SLOP {
                return;
            }
            if !held.moved {
                held.moved = true;
                // The card follows a pointer that leaves the stage; without this it would stop there.
                let _ = self.stage.set_pointer_capture(event.pointer_id());
            }
            drop(held);
            if let (Some(from), Some(to)) = (self.on_board(pressed.x, pressed.y), self.on_board(at.x, at.y)) {
                let (x, y) = (middle.x + to.x - from.x, middle.y + to.y - from.y);
                self.drag(node, Point { x, y });
            }
        } else if held.zoom > 1.0 {
            held.pointers[n].1 = at;
            held.moved |= at.distance(before) > 1.0;
            held.pan.x += at.x - before.x;
            held.pan.y += at.y - before.y;
            drop(held);
            self.show();
        }
    }

    fn up(&self, event: &PointerEvent) {
        let mut held = self.held.borrow_mut();
        held.pointers.retain(|(id, _)| *id != event.pointer_id());
        held.card = None;
    }

    fn wheel(&self, event: &WheelEvent) {
        if event.ctrl_key() {
            event.prevent_default();
            self.zoom(if event.delta_y() < 0.0 { 1.15 } else { 1.0 / 1.15 }, place(event));
        }
    }

    fn key(&self, event: &KeyboardEvent) {
        let Some(node) = card_of(event).filter(|_| !event.ctrl_key() && !event.alt_key()) else { return };
        let (x, y) = match event.key().as_str() {
            "ArrowLeft" => (-NUDGE, 0.0),
            "ArrowRight" => (NUDGE, 0.0),
            "ArrowUp" => (0.0, -NUDGE),
            "ArrowDown" => (0.0, NUDGE),
            _ => return,
        };
        event.prevent_default();
        if let Some(rect) = self.player.shown().picture.stage.node(node) {
            let at = rect.middle();
            self.drag(node, Point { x: at.x + x, y: at.y + y });
        }
    }

    /// Puts a card's middle onto a point of the board, if nothing is in the way there.
    fn drag(&self, node: NodeId, to: Point) {
        let picture = self.player.shown().picture;
        let (width, height) = (picture.stage.width, picture.stage.height);
        let wish = Point { x: to.x / width.max(1.0), y: to.y / height.max(1.0) };
        self.player.set_frame(|frame| {
            let mut plan: Plan = frame.plan.clone();
            plan.dragged.retain(|(other, _)| *other != node);
            plan.dragged.push((node, wish));
            if Stage::of(&picture.scene, &plan).kept {
                frame.plan = plan;
            }
        });
    }

    /// Zooms so that what is at a place of the window stays there.
    fn zoom(&self, by: f64, at: Point) {
        let rect = self.stage.get_bounding_client_rect();
        let (x, y) = (at.x - rect.left(), at.y - rect.top());
        let mut held = self.held.borrow_mut();
        let zoom = between(held.zoom * by, 1.0, MOST);
        let by = zoom / held.zoom;
        held.zoom = zoom;
        held.pan.x = x - (x - held.pan.x) * by;
        held.pan.y = y - (y - held.pan.y) * by;
        drop(held);
        self.show();
    }

    /// Moves the board, but never out of sight.
    fn show(&self) {
        let Ok(Some(pan)) = self.stage.query_selector(".pan") else { return };
        let (w, h) = (f64::from(self.stage.client_width()), f64::from(self.stage.client_height()));
        let mut held = self.held.borrow_mut();
        let zoom = held.zoom;
        held.pan.x = held.pan.x.min(0.0).max(w - w * zoom);
        held.pan.y = held.pan.y.min(0.0).max(h - h * zoom);
        let hundredths = (zoom * 100.0) as u64;
        let style = format!(
            "translate({}px,{}px) scale({}.{:02})",
            px(held.pan.x),
            px(held.pan.y),
            hundredths / 100,
            hundredths % 100
        );
        // Well-formed names and values: setting them cannot fail.
        // Not as an attribute: a strict policy of the site forbids that.
        let _ = pan.unchecked_into::<HtmlElement>().style().set_property("transform", &style);
        let _ = self.stage.toggle_attribute_with_force("data-zoomed", zoom > 1.0);
    }
}

fn place(event: &web_sys::MouseEvent) -> Point {
    Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
}

/// The card that an event is on.
fn card_of(event: &Event) -> Option<NodeId> {
    let target: Element = event.target()?.dyn_into().ok()?;
    let card = target.closest("[data-node]").ok()??;
    card.get_attribute("data-node")?.parse().ok().map(NodeId)
}
