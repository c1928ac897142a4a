//! The running event log: newest below, scrolled into sight unless the reader scrolled up.

use crate::view::format::clock;
use crate::view::log::{Line, Weight};
use crate::view::{Lang, words};
use std::rc::Rc;
use web_sys::Element;
use yew::prelude::*;

/// What the log shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct LogProps {
    /// The language.
    pub(super) lang: Lang,
    /// Its lines, oldest first.
    pub(super) lines: Rc<[Line]>,
    /// Whether the inspector below it is open: the newest line stays in sight when that changes.
    pub(super) squeezed: bool,
}

/// How near to the end counts as reading the end, in pixels.
const NEAR_END: i32 = 60;

/// The event log.
#[component]
pub(super) fn EventLog(props: &LogProps) -> Html {
    let w = words(props.lang);
    let list = use_node_ref();
    let follows = use_mut_ref(|| true);
    {
        let (list, follows) = (list.clone(), follows.clone());
        let last = props.lines.last().map(|line| line.id);
        use_effect_with((last, props.lang, props.squeezed), move |_| {
            if let Some(list) = list.cast::<Element>().filter(|_| *follows.borrow()) {
                list.set_scroll_top(list.scroll_height());
            }
        });
    }
    let onscroll = {
        let list = list.clone();
        Callback::from(move |_: Event| {
            if let Some(list) = list.cast::<Element>() {
                let left = list.scroll_height() - list.scroll_top() - list.client_height();
                *follows.borrow_mut() = left < NEAR_END;
            }
        })
    };
    let line = |line: &Line| {
        let class = match line.weight() {
            Weight::Plain => "k-plain",
            Weight::Sync => "k-sync",
            Weight::Cut => "k-cut",
        };
        html! {
            <li key={line.id} {class}><time>{ clock(line.at) }</time><span>{ line.text(w) }</span></li>
        }
    };
    html! {
        <section class="log" aria-label={w.log}>
            <span class="label">{ w.log }</span>
            if props.lines.is_empty() {
                <p class="empty">{ w.log_empty }</p>
            }
            <div class="lines" role="log" aria-label={w.log}>
                <ol ref={list} tabindex="0" aria-label={w.log} {onscroll}>
                    { for props.lines.iter().map(line) }
                </ol>
            </div>
        </section>
    }
}
