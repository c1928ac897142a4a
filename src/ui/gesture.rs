//! Hands on the History view: the wheel and two fingers zoom, dragging moves, a click picks.

use super::app::{App, Msg, News};
use super::deed::Deed;
use super::dom;
use super::player::Player;
use super::time::Time;
use crate::view::history::Hit;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, PointerEvent, WheelEvent};
use yew::NodeRef;
use yew::html::Scope;

/// Less movement than this is a click.
const STEADY: f64 = 4.0;

#[derive(Default)]
struct Fingers {
    /// Which, and where.
    down: Vec<(i32, f64, f64)>,
    /// How far they went since the first came down.
    moved: f64,
}

impl Fingers {
    /// How far two fingers are apart, and the middle between them.
    fn pinch(&self) -> Option<(f64, f64)> {
        let [a, b] = self.down.as_slice() else { return None };
        Some(((a.1 - b.1).abs().max(8.0), (a.1 + b.1) / 2.0))
    }
}

/// Listens until the returned function runs.
pub(super) fn listen(node: &NodeRef, player: Rc<Player>, link: Scope<App>) -> Box<dyn FnOnce()> {
    let Some(element) = node.cast::<Element>() else { return Box::new(|| ()) };
    let fingers = Rc::new(RefCell::new(Fingers::default()));
    let wheel = {
        let (element, player) = (element.clone(), player.clone());
        move |event: WheelEvent| {
            // In a page of notes the wheel scrolls, unless the reader is at work here.
            let asked = event.ctrl_key() || event.meta_key() || !embedded() || has_focus(&element);
            if !asked {
                return;
            }
            event.prevent_default();
            if event.delta_x().abs() > event.delta_y().abs() {
                player.pan(event.delta_x());
            } else {
                let by = if event.delta_y() > 0.0 { 1.25 } else { 0.8 };
                player.zoom_at(by, place(&element, &event).0);
            }
        }
    };
    let down = {
        let (element, fingers) = (element.clone(), fingers.clone());
        move |event: PointerEvent| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let own =
                target.is_some_and(|target| matches!(target.closest("button, input, select"), Ok(Some(_))));
            if own || event.button() != 0 {
                return;
            }
            let mut fingers = fingers.borrow_mut();
            if fingers.down.is_empty() {
                fingers.moved = 0.0;
            }
            let (x, y) = place(&element, &event);
            fingers.down.push((event.pointer_id(), x, y));
            // Without it a drag ends at the edge.
            let _ = element.set_pointer_capture(event.pointer_id());
        }
    };
    let moved = {
        let (element, fingers, player) = (element.clone(), fingers.clone(), player.clone());
        move |event: PointerEvent| {
            let (x, y) = place(&element, &event);
            let mut fingers = fingers.borrow_mut();
            let before = fingers.pinch();
            let Some(n) = fingers.down.iter().position(|finger| finger.0 == event.pointer_id()) else {
                return;
            };
            let dx = x - fingers.down[n].1;
            fingers.moved += dx.abs() + (y - fingers.down[n].2).abs();
            if fingers.moved < STEADY {
                return;
            }
            (fingers.down[n].1, fingers.down[n].2) = (x, y);
            let after = fingers.pinch();
            drop(fingers);
            match before.zip(after) {
                Some((before, after)) => player.zoom_at(before.0 / after.0, after.1),
                None => player.pan(-dx),
            }
        }
    };
    let up = {
        let (element, fingers) = (element.clone(), fingers.clone());
        move |event: PointerEvent| {
            let mut fingers = fingers.borrow_mut();
            let before = fingers.down.len();
            fingers.down.retain(|finger| finger.0 != event.pointer_id());
            if before != 1
                || !fingers.down.is_empty()
                || fingers.moved >= STEADY
                || event.type_() != "pointerup"
            {
                return;
            }
            let deed = match player.history_at(place(&element, &event)) {
                Hit::Entry(entry) => Time::Pick(entry),
                Hit::Branch(branch) => Time::Branch(branch),
                Hit::Instant(to) => Time::Seek(to),
            };
            link.send_message(Msg(News::Deed(Deed::Time(deed), Event::from(event))));
        }
    };
    let up = Rc::new(up);
    let cancel = {
        let up = up.clone();
        move |event| up(event)
    };
    let undo = [
        dom::listen(&element, "wheel", wheel),
        dom::listen(&element, "pointerdown", down),
        dom::listen(&element, "pointermove", moved),
        dom::listen(&element, "pointerup", move |event| up(event)),
        dom::listen(&element, "pointercancel", cancel),
    ];
    Box::new(move || undo.into_iter().for_each(|undo| undo()))
}

/// Where a pointer is on an element.
fn place(element: &Element, event: &web_sys::MouseEvent) -> (f64, f64) {
    let rect = element.get_bounding_client_rect();
    (f64::from(event.client_x()) - rect.left(), f64::from(event.client_y()) - rect.top())
}

fn has_focus(element: &Element) -> bool {
    let active = web_sys::window().and_then(|window| window.document()).and_then(|doc| doc.active_element());
    active.is_some_and(|active| element.contains(Some(&active)))
}

/// Whether the page is in a frame.
fn embedded() -> bool {
    let Some(window) = web_sys::window() else { return false };
    window.top().ok().flatten().is_none_or(|top| top != window)
}
