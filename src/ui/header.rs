//! The head of the page: its name, the language switch, the theme switch; and notices below it.

use super::icons::{Icon, icon};
use crate::view::params::{Problem, Theme};
use crate::view::{Lang, Words, words};
use yew::prelude::*;

/// The head of the page.
pub(super) fn head(lang: Lang, theme: Theme, on_lang: &Callback<Lang>, on_theme: &Callback<Theme>) -> Html {
    let w = words(lang);
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

/// Names what was ignored in the address; can be dismissed.
pub(super) fn notice(w: &'static Words, problems: &[Problem], on_close: &Callback<()>) -> Html {
    let close = on_close.reform(|_: MouseEvent| ());
    html! {
        <div class="notice" role="status" aria-label={w.notice}>
            <ul>{ for problems.iter().map(|problem| html! { <li>{ (w.problem)(problem) }</li> }) }</ul>
            <button type="button" class="btn" onclick={close}>{ icon(Icon::Close) }{ w.close }</button>
        </div>
    }
}
