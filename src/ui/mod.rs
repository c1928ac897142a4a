//! The page: a Yew component, and the player that turns the browser's time into model time.
//!
//! The only room that touches the browser; it holds no rule of the protocol. It compiles natively
//! too, so that its HTML can be tested. Start reading at `app`, then `player`.

mod app;
#[cfg(feature = "bench")]
mod bench;
mod compare;
mod console;
mod deed;
mod dom;
mod el;
mod failure;
mod focus;
mod follow;
mod frame;
mod gesture;
mod header;
mod history;
mod host;
mod icons;
mod inspector;
mod kept;
mod keys;
mod lesson;
mod live;
mod log;
mod look;
mod mini;
mod piece;
mod player;
#[cfg(feature = "ui-tests")]
pub mod poster;
mod ring;
mod side;
mod stage;
mod time;
mod transport;
mod twin;
mod wiring;

use crate::view::params::{Controls, Problem};
use crate::view::permalink::Shared;
use crate::view::{Lang, Params};
pub use app::{App, AppProps, Msg};
use std::rc::Rc;
use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the page into `#app`.
#[wasm_bindgen(start)]
pub fn start() {
    failure::install();
    let document = web_sys::window().and_then(|window| window.document());
    let Some(root) = document.and_then(|document| document.get_element_by_id("app")) else { return };
    let (mut params, mut problems) = Params::parse(&dom::query());
    let embedded = dom::is_embed();
    // Only the page for texts has the style sheet for it.
    params.controls = embedded.then(|| params.controls.unwrap_or(Controls::Mini));
    let shared = match Shared::parse(&dom::fragment()) {
        Some(Ok(shared)) => Some(Rc::new(shared)),
        Some(Err(error)) => {
            problems.push(Problem::Link(error));
            None
        }
        None => None,
    };
    let preferred = dom::languages().iter().find_map(|tag| Lang::from_tag(tag));
    let props = AppProps {
        still: params.still.unwrap_or_else(|| dom::matches("(prefers-reduced-motion: reduce)")),
        params,
        problems: problems.into(),
        shared,
        lang: preferred.unwrap_or(Lang::En),
        can_fill: embedded && dom::can_fill(),
    };
    yew::Renderer::<App>::with_root_and_props(root, props).render();
}
