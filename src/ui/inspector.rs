//! The inspector: the bytes of a packet that was picked, or the state of a node.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el};
use super::icons::{Icon, icon};
use crate::view::Words;
use crate::view::inspect::Sheet;
use yew::html::Scope;

/// The inspector.
pub(super) fn inspector(w: &'static Words, sheet: Option<&Sheet>, link: &Scope<App>) -> El {
    let section = el("section").class("inspector").label(w.inspector);
    let Some(sheet) = sheet else {
        return section.add(el("span").class("label").text(w.inspect_hint));
    };
    let close = button("x").label(w.close).on(link, Deed::Pick(None)).add(icon(Icon::Close));
    let mut rows = el("dl");
    for (name, value) in &sheet.rows {
        rows = rows.add(el("dt").text(name)).add(el("dd").say(value.clone()));
    }
    let mut section = section.add(el("header").add(el("h2").say(sheet.title.clone())).add(close)).add(rows);
    if !sheet.decoded.is_empty() {
        section = section.add(el("pre").say(sheet.decoded.join("\n")));
    }
    if !sheet.raw.is_empty() {
        section = section.add(el("pre").class("raw").say(sheet.raw.clone()));
    }
    section
}
