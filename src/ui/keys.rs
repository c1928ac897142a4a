//! The keyboard: one table of keys, what they do, and the words for it. The help dialog shows the
//! same table.
//!
//! Keys act only while the page has the focus and nothing is being typed; Tab is left to the browser.

use super::app::{App, Msg, News};
use super::deed::Deed;
use super::dom;
use super::el::{El, el};
use super::icons::{Icon, icon};
use super::time::Time;
use crate::sim::{Grain, LinkId};
use crate::view::words::TimeWords;
use crate::view::{Picture, Words};
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlInputElement, KeyboardEvent};
use yew::html::Scope;

/// A key: its name as the browser tells it, what stands on it, what it does, and the words for that.
struct Key(&'static str, &'static str, Deed, fn(&TimeWords) -> &'static str);

/// All keys.
const KEYS: [Key; 24] = [
    Key(" ", "", Deed::Toggle, |w| w.play_or_pause),
    Key("ArrowRight", "→", Deed::Step, |w| w.step_on),
    Key("ArrowLeft", "←", Deed::StepBack, |w| w.step_back),
    Key("1", "1", Deed::Time(Time::Grain(Grain::Event)), |w| w.by_event),
    Key("2", "2", Deed::Time(Time::Grain(Grain::Message)), |w| w.by_message),
    Key("3", "3", Deed::Time(Time::Grain(Grain::Command)), |w| w.by_command),
    Key("n", "N", Deed::Time(Time::Mark(true)), |w| w.next_mark),
    Key("p", "P", Deed::Time(Time::Mark(false)), |w| w.prev_mark),
    Key(".", ".", Deed::Time(Time::Pace(true)), |w| w.faster),
    Key(",", ",", Deed::Time(Time::Pace(false)), |w| w.slower),
    Key("a", "A", Deed::Time(Time::From), |w| w.range_from),
    Key("b", "B", Deed::Time(Time::Until), |w| w.range_until),
    Key("c", "C", Deed::Time(Time::NoRange), |w| w.range_off),
    Key("+", "+", Deed::Time(Time::Zoom(true)), |w| w.zoom_in),
    Key("-", "−", Deed::Time(Time::Zoom(false)), |w| w.zoom_out),
    Key("Shift+ArrowLeft", "⇧ ←", Deed::Time(Time::Pan(false)), |w| w.earlier),
    Key("Shift+ArrowRight", "⇧ →", Deed::Time(Time::Pan(true)), |w| w.later),
    Key("0", "0", Deed::Time(Time::All), |w| w.all),
    Key("f", "F", Deed::Time(Time::Follow), |w| w.follow),
    Key("l", "L", Deed::Latest, |w| w.back_to_now),
    Key("r", "R", Deed::Reset, |w| w.restart),
    Key("x", "X", Deed::Time(Time::FlipNear), |w| w.flip),
    Key("/", "/", Deed::Time(Time::Type), |w| w.type_command),
    Key("?", "?", Deed::Time(Time::Help), |w| w.help),
];

/// Listens to the page's keys until the returned function runs.
pub(super) fn listen(link: Scope<App>) -> Box<dyn FnOnce()> {
    let Some(window) = web_sys::window() else { return Box::new(|| ()) };
    dom::listen(&window, "keydown", move |event: KeyboardEvent| {
        if event.ctrl_key() || event.alt_key() || event.meta_key() || event.default_prevented() {
            return;
        }
        let mut name = event.key();
        if event.shift_key() && name.starts_with("Arrow") {
            name.insert_str(0, "Shift+");
        } else if name == "=" {
            // The plus on many keyboards, without Shift.
            name = "+".into();
        }
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        if target.is_some_and(|target| keeps(&target, &name)) {
            return;
        }
        let pressed = KEYS.iter().find(|key| key.0 == name || key.0 == name.to_ascii_lowercase());
        if let Some(key) = pressed {
            event.prevent_default();
            link.send_message(Msg(News::Deed(key.2, event.into())));
        }
    })
}

/// Whether an element needs this key itself.
fn keeps(target: &Element, key: &str) -> bool {
    // An open dialog is all there is.
    if matches!(target.closest("dialog"), Ok(Some(_))) {
        return true;
    }
    match target.tag_name().to_ascii_uppercase().as_str() {
        "SELECT" | "TEXTAREA" => true,
        // A slider moves with the arrows; letters mean nothing to it.
        "INPUT" => {
            let slider = target.dyn_ref::<HtmlInputElement>().is_some_and(|input| input.type_() == "range");
            !slider || key.strip_prefix("Shift+").unwrap_or(key).starts_with("Arrow")
        }
        // On a button the space bar presses that button.
        "BUTTON" | "SUMMARY" | "A" => key == " ",
        _ => false,
    }
}

/// The link that a key's event is about: the one in focus, or the first.
pub(super) fn link_near(event: &Event, picture: &Picture) -> Option<LinkId> {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    let focused = target.and_then(|target| target.get_attribute("data-link")?.parse().ok().map(LinkId));
    focused.or_else(|| picture.scene.links.first().map(|link| link.id))
}

/// The dialog that shows the table.
pub(super) fn help(app: &App, w: &'static Words) -> El {
    let rows = KEYS.iter().map(|key| {
        let shown = if key.1.is_empty() { w.time.space } else { key.1 };
        el("div").add(el("dt").add(el("kbd").text(shown))).add(el("dd").text((key.3)(w.time)))
    });
    let close = el("button").attr("type", "submit").class("btn").title(w.close).add(icon(Icon::Close));
    let head = el("form").attr("method", "dialog").add(el("h2").attr("id", "help-title").text(w.time.keys));
    el("dialog")
        .class("help")
        .refer(&app.nodes.help)
        .attr("aria-labelledby", "help-title")
        .add(head.add(close.attr("autofocus", "")))
        .add(el("dl").all(rows))
        .add(el("p").text(w.time.keys_hint))
}
