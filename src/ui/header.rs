//! The head of the page: its name, the language switch, the theme switch; notices below it, and the views' tabs.

use super::app::App;
use super::deed::Deed;
use super::el::{El, button, el, yes};
use super::icons::{Icon, icon};
use super::look::Look;
use crate::view::params::{Problem, Theme};
use crate::view::permalink::Tab;
use crate::view::{Words, words};
use yew::html::Scope;

/// The head of the page.
pub(super) fn head(app: &App, link: &Scope<App>) -> El {
    let (w, other) = (app.words(), app.lang.next());
    let name = match app.theme {
        Theme::Auto => w.theme_auto,
        Theme::Light => w.theme_light,
        Theme::Dark => w.theme_dark,
        Theme::Contrast => w.look.theme_contrast,
    };
    let label = (w.theme_label)(name);
    let lang = button("btn")
        .attr("lang", other.tag())
        .label(words(other).switch_here)
        .on(link, Deed::Lang(other))
        .text(words(other).language);
    let theme = button("btn")
        .set("aria-label", label.clone())
        .set("title", label)
        .on(link, Deed::Theme(app.theme.next()))
        .add(icon(Icon::Theme))
        .add(el("span").text(name));
    let full = button("btn full")
        .title(w.look.full_screen)
        .on(link, Deed::Look(Look::FullScreen))
        .add(icon(Icon::FullScreen));
    el("header")
        .class("head")
        .add(el("span").class("brand").add(icon(Icon::Brand)).text("PSYNC Lab"))
        .add(super::lesson::pills(app, link))
        .add(button("btn").on(link, Deed::Share).title(w.share).add(icon(Icon::Share)))
        .add(lang)
        .add(theme)
        .add(full)
}

/// Names what was ignored in the address; can be dismissed.
pub(super) fn notice(w: &'static Words, problems: &[Problem], link: &Scope<App>) -> El {
    el("div")
        .class("notice")
        .attr("role", "status")
        .label(w.notice)
        .add(
            el("ul")
                .attr("tabindex", "0")
                .all(problems.iter().map(|problem| el("li").say((w.problem)(problem)))),
        )
        .add(button("btn").on(link, Deed::Dismiss).add(icon(Icon::Close)).text(w.close))
}

/// The views, where there is room for one only.
pub(super) fn tabs(tab: Tab, w: &'static Words, link: &Scope<App>) -> El {
    let all = [(Tab::Now, w.now), (Tab::Ring, w.ring), (Tab::History, w.history)];
    el("div").class("tabs").all(all.map(|(to, name)| {
        button(if to == tab { "btn pri" } else { "btn" })
            .attr("aria-pressed", yes(to == tab))
            .on(link, Deed::Tab(to))
            .text(name)
    }))
}
