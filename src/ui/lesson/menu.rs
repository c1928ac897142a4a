//! The list of lessons: as pills in the head, and in the panel.

use super::Class;
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::el::{El, button, el, yes};
use crate::ui::icons::{Icon, icon};
use yew::html::Scope;

/// Which of the built-in lessons is open.
fn open(app: &App) -> Option<usize> {
    app.shown.lecture.as_ref()?;
    app.lessons.index.iter().position(|(name, _)| *name == app.lessons.name)
}

fn done(app: &App, name: &str) -> bool {
    app.lessons.done.iter().any(|done| done == name)
}

/// The head's way to the lessons.
pub(in crate::ui) fn pills(app: &App, link: &Scope<App>) -> El {
    let l = app.words().lesson;
    let now = open(app);
    let menu = button("btn menu")
        .on(link, Deed::Class(Class::Menu))
        .attr("aria-expanded", yes(app.lessons.menu))
        .add(icon(Icon::Lessons))
        .text(l.menu);
    let pill = |on: bool, done: bool| {
        button(match (on, done) {
            (true, _) => "pill on",
            (_, true) => "pill done",
            _ => "pill",
        })
        .attr("aria-current", yes(on))
    };
    let all = app.lessons.index.iter().enumerate().map(|(n, (name, title))| {
        let (on, done) = (now == Some(n), done(app, name));
        let label = [&(n + 1).to_string(), " ", title].concat();
        let pill = pill(on, done)
            .on(link, Deed::Class(Class::Open(n as u8)))
            .set("aria-label", label.clone())
            .set("title", label);
        let pill = if done { pill.add(icon(Icon::Check)) } else { pill };
        let pill = pill.add(el("span").say((n + 1).to_string()));
        if on { pill.text(" ").add(el("span").class("name").say(title.clone())) } else { pill }
    });
    let free = pill(app.shown.lecture.is_none(), false).on(link, Deed::Class(Class::Free)).text(l.free_lab);
    el("nav").class("lessons").label(l.menu).add(menu).add(el("span").class("pills").all(all).add(free))
}

/// The list, in the panel; why one could not be opened stands above it.
pub(super) fn menu(app: &App, link: &Scope<App>) -> El {
    let l = app.words().lesson;
    let now = open(app);
    let mut all = el("ol").class("menu");
    for (n, (name, title)) in app.lessons.index.iter().enumerate() {
        let mut entry = button(if now == Some(n) { "entry on" } else { "entry" })
            .on(link, Deed::Class(Class::Open(n as u8)))
            .add(el("span").class("num").say((n + 1).to_string()))
            .add(el("span").say(title.clone()));
        if done(app, name) {
            entry = entry.add(icon(Icon::Check)).add(el("span").class("hidden").text(l.step_done));
        }
        all = all.add(el("li").add(entry));
    }
    let free = button(if app.shown.lecture.is_none() { "entry on" } else { "entry" })
        .on(link, Deed::Class(Class::Free))
        .add(el("span").class("num").add(icon(Icon::Scissors)))
        .add(el("span").text(l.free_lab).add(el("small").text(l.free_lab_about)));
    let close =
        button("x").label(app.words().close).on(link, Deed::Class(Class::Menu)).add(icon(Icon::Close));
    el("section")
        .class("lesson")
        .label(l.menu_title)
        .add(el("header").add(el("h1").text(l.menu_title)).add(close))
        .maybe(trouble(app))
        .add(all.add(el("li").add(free)))
}

/// Why a lesson could not be opened.
pub(super) fn trouble(app: &App) -> Option<El> {
    let l = app.words().lesson;
    let failed = &app.lessons.failed;
    let first = failed.first()?;
    // The loader says with one word what failed, and with lines what is wrong in a file.
    let lines = el("ul").all(failed.iter().map(|line| el("li").say(line.clone())));
    let boxed = el("div").class("trouble").attr("role", "alert");
    Some(match first.split_once(' ') {
        Some(("unknown", name)) => boxed.add(el("p").say((l.unknown)(name))),
        _ if first == "network" => boxed.add(el("p").text(l.not_loaded)),
        _ if first == "elsewhere" => boxed.add(el("p").text(l.elsewhere)),
        _ if first == "alone" => boxed.add(el("p").text(l.alone)),
        _ => boxed.add(el("p").text(l.bad_file)).add(lines).add(el("p").text(l.bad_file_kept)),
    })
}
