//! The keyboard: space plays, arrows step, X cuts, R starts over; never while something is typed.

use super::dom;
use super::player::PlayerRef;
use crate::sim::LinkId;
use crate::view::Picture;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent};

/// Listens to the page's keys until the returned function runs.
pub(super) fn listen(player: PlayerRef) -> Box<dyn FnOnce()> {
    let Some(window) = web_sys::window() else { return Box::new(|| ()) };
    dom::listen(&window, "keydown", move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
            return;
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let tag = target.as_ref().map(|element| element.tag_name().to_ascii_uppercase()).unwrap_or_default();
        if matches!(tag.as_str(), "INPUT" | "SELECT" | "TEXTAREA") {
            return;
        }
        match event.key().as_str() {
            // On a button the space bar presses that button.
            " " if tag != "BUTTON" => player.toggle(),
            "ArrowRight" => player.step(),
            "ArrowLeft" => player.step_back(),
            "x" | "X" => {
                let link = focused_link(target.as_ref()).or_else(|| first_link(&player.shown().picture));
                if let Some(link) = link {
                    player.flip(link);
                }
            }
            "r" | "R" => player.reset(),
            _ => return,
        }
        event.prevent_default();
    })
}

fn focused_link(target: Option<&Element>) -> Option<LinkId> {
    target?.get_attribute("data-link")?.parse().ok().map(LinkId)
}

fn first_link(picture: &Picture) -> Option<LinkId> {
    picture.scene.links.first().map(|link| link.id)
}
