//! Small helpers around the browser: places, sizes, preferences.

use crate::view::format::px;
use crate::view::layout::Rect;
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Document, Element, EventTarget, HtmlElement, IntersectionObserver, ResizeObserver, ScrollIntoViewOptions,
    ScrollLogicalPosition,
};
use yew::NodeRef;

/// The style that puts an element onto a rectangle.
pub(super) fn place(rect: Rect) -> String {
    let Rect { x, y, w, h } = rect;
    format!("left:{}px;top:{}px;width:{}px;height:{}px", px(x), px(y), px(w), px(h))
}

/// Calls back with an element's size, now and whenever it changes, until the returned function runs.
pub(super) fn on_resize(node: &NodeRef, told: impl Fn((f64, f64)) + 'static) -> Box<dyn FnOnce()> {
    let Some(element) = node.cast::<HtmlElement>() else { return Box::new(|| ()) };
    let measured = element.clone();
    let measure = move || {
        let (width, height) = (measured.offset_width(), measured.offset_height());
        // A view behind a tab has no size; it keeps the last.
        if width > 0 && height > 0 {
            told((f64::from(width), f64::from(height)));
        }
    };
    measure();
    let closure = Closure::<dyn FnMut()>::new(measure);
    let Ok(observer) = ResizeObserver::new(closure.as_ref().unchecked_ref()) else { return Box::new(|| ()) };
    observer.observe(&element);
    Box::new(move || {
        observer.disconnect();
        drop(closure);
    })
}

/// Calls back with whether the tab is hidden, whenever that changes.
pub(super) fn on_hidden(told: impl Fn(bool) + 'static) -> Box<dyn FnOnce()> {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else {
        return Box::new(|| ());
    };
    let asked = document.clone();
    listen(&document, "visibilitychange", move |_: JsValue| told(asked.hidden()))
}

/// Calls back with whether an element is out of sight.
pub(super) fn on_off_screen(node: &NodeRef, told: impl Fn(bool) + 'static) -> Box<dyn FnOnce()> {
    let Some(element) = node.cast::<Element>() else { return Box::new(|| ()) };
    let closure = Closure::<dyn FnMut(js_sys::Array)>::new(move |entries: js_sys::Array| {
        let last = entries.get(entries.length().saturating_sub(1));
        if let Ok(entry) = last.dyn_into::<web_sys::IntersectionObserverEntry>() {
            told(!entry.is_intersecting());
        }
    });
    let Ok(observer) = IntersectionObserver::new(closure.as_ref().unchecked_ref()) else {
        return Box::new(|| ());
    };
    observer.observe(&element);
    Box::new(move || {
        observer.disconnect();
        drop(closure);
    })
}

/// Listens to an event until the returned function runs.
pub(super) fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    name: &'static str,
    heard: impl Fn(E) + 'static,
) -> Box<dyn FnOnce()> {
    let closure = Closure::<dyn FnMut(JsValue)>::new(move |event: JsValue| heard(event.unchecked_into()));
    let target = target.clone();
    if target.add_event_listener_with_callback(name, closure.as_ref().unchecked_ref()).is_err() {
        return Box::new(|| ());
    }
    Box::new(move || {
        // The listener is there: taking it away cannot fail.
        let _ = target.remove_event_listener_with_callback(name, closure.as_ref().unchecked_ref());
    })
}

/// A new element of a drawing.
pub(super) fn svg(document: &Document, name: &str) -> Option<Element> {
    document.create_element_ns(Some("http://www.w3.org/2000/svg"), name).ok()
}

/// Setting a well-formed attribute cannot fail; if it did, one frame would be old.
pub(super) fn set(element: &Element, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// The elements below one that a selector holds for.
pub(super) fn all(root: &Element, selector: &str) -> Vec<Element> {
    let Ok(found) = root.query_selector_all(selector) else { return Vec::new() };
    let nodes = (0..found.length()).filter_map(|n| found.get(n));
    nodes.map(JsCast::unchecked_into).collect()
}

/// Scrolls just so far that an element is in sight.
pub(super) fn reveal(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Nearest);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Scrolls so that an element begins at the top.
pub(super) fn to_start(element: &Element) {
    let options = ScrollIntoViewOptions::new();
    options.set_block(ScrollLogicalPosition::Start);
    element.scroll_into_view_with_scroll_into_view_options(&options);
}

/// Fills the screen with the page, or ends that. Where the browser does not allow it nothing happens.
pub(super) fn toggle_full_screen() {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
    match (document.fullscreen_element(), document.document_element()) {
        (Some(_), _) => document.exit_fullscreen(),
        // Refused in a frame without `allow="fullscreen"`.
        (None, Some(root)) => drop(root.request_fullscreen()),
        (None, None) => {}
    }
}

/// Whether a media query holds.
pub(super) fn matches(query: &str) -> bool {
    let list = web_sys::window().and_then(|window| window.match_media(query).ok().flatten());
    list.is_some_and(|list| list.matches())
}

/// Milliseconds on the browser's clock, to tell how long ago something was.
pub(super) fn now() -> f64 {
    js_sys::Date::now()
}

/// The query part of the page's address.
pub(super) fn query() -> String {
    web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default()
}

/// The fragment of the page's address.
pub(super) fn fragment() -> String {
    web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default()
}

fn root() -> Option<Element> {
    web_sys::window().and_then(|window| window.document()).and_then(|document| document.document_element())
}

/// Whether this is the page for texts.
pub(super) fn is_embed() -> bool {
    root().is_some_and(|root| root.has_attribute("data-embed"))
}

/// Whether the page may take all of the screen.
pub(super) fn can_fill() -> bool {
    web_sys::window()
        .and_then(|window| window.document())
        .is_some_and(|document| document.fullscreen_enabled())
}

/// Puts the focus onto the first element that a selector holds for.
pub(super) fn focus(selector: &str) {
    let first = root().and_then(|root| root.query_selector(selector).ok().flatten());
    if let Some(first) = first.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        // An element that cannot be focused leaves it where it is.
        let _ = first.focus();
    }
}

/// Who has the focus; `None` if nothing but the page has it.
pub(super) fn focused() -> Option<HtmlElement> {
    let active = web_sys::window()?.document()?.active_element()?;
    active.dyn_into().ok().filter(|element: &HtmlElement| element.tag_name() != "BODY")
}

/// The browser's languages, the preferred one first.
pub(super) fn languages() -> Vec<String> {
    let navigator = web_sys::window().map(|window| window.navigator());
    let list = navigator.map(|navigator| navigator.languages());
    list.map(|list| list.iter().filter_map(|tag| tag.as_string()).collect()).unwrap_or_default()
}

/// Sets an attribute of `<html>`.
pub(super) fn set_root(name: &str, value: &str) {
    if let Some(root) = root() {
        // A fixed, well-formed name: setting it cannot fail.
        let _ = root.set_attribute(name, value);
    }
}

/// Sets the title of the tab.
pub(super) fn set_title(title: &str) {
    if let Some(document) = web_sys::window().and_then(|window| window.document()) {
        document.set_title(title);
    }
}
