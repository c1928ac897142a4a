//! When the program itself fails: a plain message instead of a page that no longer answers.

use super::dom;
use std::cell::RefCell;
use std::panic::PanicHookInfo;
use wasm_bindgen::JsValue;
use web_sys::{Document, Element};

thread_local! {
    /// The session as it was after the reader's last deed, as the fragment of a permalink. Kept in
    /// advance: once something has failed, the session may be in use and cannot be read.
    static KEPT: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Keeps the session for a reload after a failure.
pub(super) fn keep(fragment: String) {
    KEPT.with(|kept| *kept.borrow_mut() = fragment);
}

/// Shows the message of `index.html` for a panic, and tells the console what happened. An exception of
/// the browser that runs through this code is as bad: what was in use stays so, and nothing would
/// answer any more.
pub(super) fn install() {
    if let Some(window) = web_sys::window() {
        let heard = |event: JsValue| {
            // A mere report, such as that of a `ResizeObserver`, holds no error.
            let thrown = js_sys::Reflect::get(&event, &"error".into()).ok().filter(JsValue::is_object);
            let document = web_sys::window().and_then(|window| window.document());
            if let (Some(thrown), Some(document)) = (thrown, document) {
                let text = js_sys::Error::from(thrown).message();
                let _ = show(&document, &String::from(text));
            }
        };
        // For as long as the page lives.
        std::mem::forget(dom::listen(&window, "error", heard));
    }
    yew::set_custom_panic_hook(Box::new(|info: &PanicHookInfo<'_>| {
        let text = info.to_string();
        web_sys::console::error_1(&text.as_str().into());
        if let Some(document) = web_sys::window().and_then(|window| window.document()) {
            // Nothing more can be done if even this fails.
            let _ = show(&document, &text);
        }
    }));
}

fn show(document: &Document, text: &str) -> Option<()> {
    let boxed = document.get_element_by_id("boot-failure")?;
    if !boxed.has_attribute("hidden") {
        // The first failure is the one to tell of.
        return None;
    }
    let reveal = |element: &Element| element.remove_attribute("hidden").ok();
    reveal(&document.query_selector("[data-reason=crash]").ok()??)?;
    reveal(&boxed)?;
    let kept = KEPT.with(|kept| kept.try_borrow().map(|kept| kept.clone()).unwrap_or_default());
    if let Some(again) = boxed.query_selector("a").ok()?.filter(|_| !kept.is_empty()) {
        again.set_attribute("href", &["#", &kept].concat()).ok()?;
    }
    document.get_element_by_id("boot-detail")?.set_text_content(Some(text));
    document.get_element_by_id("app")?.set_attribute("hidden", "").ok()
}
