//! The page: a Yew component, and the player that turns the browser's time into model time.
//!
//! The only room that touches the browser; it holds no rule of the protocol. It compiles natively
//! too, so that its HTML can be tested. Start reading at `app`, then `player`.

mod app;
mod console;
mod deed;
mod dom;
mod el;
mod failure;
mod frame;
mod header;
mod history;
mod icons;
mod inspector;
mod keys;
mod lesson;
mod log;
mod look;
mod player;
mod ring;
mod side;
mod stage;
mod transport;
mod twin;

use crate::view::{Lang, Params};
pub use app::{App, AppProps, Msg};
use wasm_bindgen::prelude::wasm_bindgen;

/// Draws the page into `#app`.
#[wasm_bindgen(start)]
pub fn start() {
    failure::install();
    let document = web_sys::window().and_then(|window| window.document());
    let Some(root) = document.and_then(|document| document.get_element_by_id("app")) else { return };
    let (params, problems) = Params::parse(&dom::query());
    let preferred = dom::languages().iter().find_map(|tag| Lang::from_tag(tag));
    let props = AppProps {
        params,
        problems: problems.into(),
        lang: preferred.unwrap_or(Lang::En),
        still: dom::matches("(prefers-reduced-motion: reduce)"),
    };
    yew::Renderer::<App>::with_root_and_props(root, props).render();
}
