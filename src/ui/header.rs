//! The head of the page: its name, the language switch, the theme switch; and notices below it.

use super::icons::{Icon, icon};
use crate::view::params::{Problem, Theme};
use crate::view::{Lang, words};
use std::rc::Rc;
use yew::prelude::*;

/// What the head shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct HeadProps {
    /// The language.
    pub(super) lang: Lang,
    /// Light or dark.
    pub(super) theme: Theme,
    /// Called to change the language.
    pub(super) on_lang: Callback<Lang>,
    /// Called to change the theme.
    pub(super) on_theme: Callback<Theme>,
}

/// The head of the page.
#[component]
pub(super) fn Head(props: &HeadProps) -> Html {
    let HeadProps { lang, theme, on_lang, on_theme } = props;
    let w = words(*lang);
    let name = match theme {
        Theme::Auto => w.theme_auto,
        Theme::Light => w.theme_light,
        Theme::Dark => w.theme_dark,
    };
    let next_lang = {
        let (on_lang, other) = (on_lang.clone(), lang.other());
        Callback::from(move |_: MouseEvent| on_lang.emit(other))
    };
    let next_theme = {
        let (on_theme, next) = (on_theme.clone(), theme.next());
        Callback::from(move |_: MouseEvent| on_theme.emit(next))
    };
    let label = (w.theme_label)(name);
    html! {
        <header class="head">
            <span class="brand">{ icon(Icon::Brand) }{ "PSYNC Lab" }</span>
            <button type="button" class="btn" lang={lang.other().tag()} onclick={next_lang} aria-label={w.other_language_label}>
                { w.other_language }
            </button>
            <button type="button" class="btn" onclick={next_theme} aria-label={label.clone()} title={label}>
                { icon(Icon::Theme) }<span>{ name }</span>
            </button>
        </header>
    }
}

/// What a notice shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct NoticeProps {
    /// The language.
    pub(super) lang: Lang,
    /// What was ignored.
    pub(super) problems: Rc<[Problem]>,
    /// Called to dismiss it.
    pub(super) on_close: Callback<()>,
}

/// Names what was ignored in the address; can be dismissed.
#[component]
pub(super) fn Notice(props: &NoticeProps) -> Html {
    let w = words(props.lang);
    let close = props.on_close.reform(|_: MouseEvent| ());
    html! {
        <div class="notice" role="status" aria-label={w.notice}>
            <ul>{ for props.problems.iter().map(|problem| html! { <li>{ (w.problem)(problem) }</li> }) }</ul>
            <button type="button" class="btn" onclick={close}>{ icon(Icon::Close) }{ w.close }</button>
        </div>
    }
}
