//! The inspector: the bytes of what was picked, what is known about it, what can be done to it, and
//! why it happened.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el, yes};
use super::icons::{Icon, icon};
use super::look::Look;
use crate::view::Words;
use crate::view::format::{clock, hex_dump};
use crate::view::inspect::{Pick, Sheet};
use crate::view::why::Because;
use yew::html::Scope;

/// So many bytes are on one page.
const PAGE: usize = 128;

/// The inspector.
pub(super) fn inspector(app: &App, link: &Scope<App>) -> El {
    let w = app.words();
    let (sheet, because) = (app.picked.sheet.as_ref(), app.picked.because.as_ref());
    let section = el("section").class("inspector").label(w.inspector).refer(&app.nodes.inspector);
    let Some(sheet) = sheet else {
        return section.add(el("span").class("label").text(w.inspect_hint));
    };
    let pick = |pick| Deed::Look(Look::Pick(pick));
    let close = button("x").title(w.close).on(link, pick(Pick::Nothing)).add(icon(Icon::Close));
    let mut rows = el("dl");
    for (name, value) in &sheet.rows {
        rows = rows.add(el("dt").text(name)).add(el("dd").say(value.clone()));
    }
    let mut section = section.add(el("header").add(el("h2").say(sheet.title.clone())).add(close)).add(rows);
    if let Some(entry) = sheet.entry {
        section = section.add(
            button("btn why")
                .on(link, Deed::Look(Look::Why(entry)))
                .attr("aria-expanded", yes(because.is_some()))
                .text(w.look.why),
        );
    }
    if let Some(because) = because {
        section = section.add(chain(w, because, link));
    }
    if !sheet.menu.is_empty() {
        let choices = sheet.menu.iter().map(|(text, verb, on)| {
            button("btn")
                .on(link, Deed::Look(Look::Do(*verb)))
                .attr("aria-pressed", yes(*on))
                .say(text.clone())
        });
        section = section.add(el("div").class("menu").attr("role", "group").label(w.look.menu).all(choices));
    }
    if !sheet.leads.is_empty() {
        let leads =
            sheet.leads.iter().map(|(text, to)| button("btn lead").on(link, pick(*to)).say(text.clone()));
        section = section.add(el("div").class("menu").attr("role", "group").label(w.look.leads).all(leads));
    }
    if !sheet.decoded.is_empty() {
        section = section.add(el("pre").say(sheet.decoded.join("\n")));
    }
    section.maybe(hex(app, sheet, link))
}

/// The bytes as they are, a page at a time.
fn hex(app: &App, sheet: &Sheet, link: &Scope<App>) -> Option<El> {
    let (w, bytes) = (app.words(), &sheet.bytes);
    if bytes.is_empty() {
        return None;
    }
    let pages = bytes.len().div_ceil(PAGE);
    let page = app.look.page.min(pages - 1);
    let shown = &bytes[page * PAGE..bytes.len().min((page + 1) * PAGE)];
    let from = sheet.first.unwrap_or(0) + (page * PAGE) as u64;
    let turn = |to: usize, label, which| {
        let mut turn = button("btn tool").title(label).on(link, Deed::Look(Look::Page(to))).add(icon(which));
        if to == page || to >= pages {
            turn = turn.attr("disabled", "disabled");
        }
        turn
    };
    let where_ = (w.look.page)(page * PAGE, page * PAGE + shown.len() - 1, bytes.len());
    let mut head = el("div").class("hexhead").add(el("span").class("label").say(where_));
    if pages > 1 {
        head = head.add(turn(page.saturating_sub(1), w.look.previous, Icon::StepBack)).add(turn(
            page + 1,
            w.look.next,
            Icon::Step,
        ));
    }
    let dump = el("pre").class("hex").attr("tabindex", "0").attr("role", "region").label(w.look.hex);
    Some(el("div").add(head).add(dump.say(hex_dump(shown, from))))
}

/// The chain of causes: the nearest first.
fn chain(w: &'static Words, (chain, more): &(Vec<Because>, usize), link: &Scope<App>) -> El {
    let step = |step: &Because| {
        let text = format!("{} s  {}", clock(step.at), step.text);
        el("li").add(button("lead").on(link, Deed::Look(Look::Pick(Pick::Entry(step.id)))).say(text))
    };
    let end = match more {
        0 => w.look.why_first.to_owned(),
        n => (w.look.why_more)(*n),
    };
    el("div")
        .class("because")
        .add(el("span").class("label").text(w.look.why_title))
        .add(el("ol").all(chain.iter().skip(1).map(step)))
        .add(el("p").class("label").say(end))
}
