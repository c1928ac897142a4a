//! The running event log: newest below, scrolled into sight unless the reader scrolled up.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::look::Look;
use crate::sim::EntryId;
use crate::view::format::clock;
use crate::view::inspect::Pick;
use crate::view::log::Weight;
use std::cell::Cell;
use web_sys::Element;
use yew::NodeRef;
use yew::html::Scope;

/// How near to the end counts as reading the end, in pixels.
const NEAR_END: i32 = 60;

/// Whether the end of the list is in sight.
pub(super) fn at_end(list: &Element) -> bool {
    list.scroll_height() - list.scroll_top() - list.client_height() < NEAR_END
}

/// Keeps the newest line in sight.
pub(super) struct Tail {
    /// Whether the log's end is in sight.
    pub(super) follows: Cell<bool>,
    /// Whether it may have moved.
    pub(super) moved: Cell<bool>,
}

impl Default for Tail {
    fn default() -> Self {
        Self { follows: Cell::new(true), moved: Cell::new(true) }
    }
}

impl Tail {
    /// Brings the end back into sight, if it was there. Asking for the list's height makes the browser
    /// lay the page out, so it is done only after a change.
    pub(super) fn show(&self, log: &NodeRef) {
        if self.moved.take()
            && self.follows.get()
            && let Some(list) = log.cast::<Element>()
        {
            list.set_scroll_top(list.scroll_height());
        }
    }
}

/// The event log.
pub(super) fn event_log(app: &App, link: &Scope<App>) -> El {
    let (w, lines) = (app.words(), &app.shown.picture.log);
    let mut list = el("ol").refer(&app.nodes.log).attr("tabindex", "0").label(w.log).on(link, Deed::Scroll);
    for line in lines.iter() {
        let class = match line.weight() {
            Weight::Plain => "k-plain",
            Weight::Sync => "k-sync",
            Weight::Cut => "k-cut",
        };
        let time = el("time").say(clock(line.at));
        let pick = Deed::Look(Look::Pick(Pick::Entry(EntryId(line.id))));
        let text = button("lead").on(link, pick).say(line.text(w));
        list = list.add(el("li").key(u64::from(line.id)).class(class).add(time).add(text));
    }
    let mut section = el("section")
        .class(if app.shine().is_some_and(|shine| shine.log) { "log shine" } else { "log" })
        .label(w.log)
        .add(el("span").class("label").text(w.log));
    if lines.is_empty() {
        section = section.add(el("p").class("empty").text(w.log_empty));
    }
    section.add(el("div").class("lines").attr("role", "log").attr("aria-live", "off").label(w.log).add(list))
}
