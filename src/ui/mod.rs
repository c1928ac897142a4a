//! The page.

pub mod exports;

use wasm_bindgen::prelude::wasm_bindgen;
use yew::prelude::{Html, component, html};

/// A stand-in until the page exists.
#[component]
fn App() -> Html {
    html! { <main><h1>{ "PSYNC Lab" }</h1></main> }
}

/// Draws the page into `#app`.
#[wasm_bindgen(start)]
pub fn start() {
    let window = web_sys::window();
    let root = window
        .and_then(|w| w.document())
        .and_then(|d| d.get_element_by_id("app"));
    if let Some(root) = root {
        yew::Renderer::<App>::with_root(root).render();
    }
}
