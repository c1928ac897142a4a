//! The left column: what this scene is, what is true right now, and the last answer to `PSYNC`.

use crate::view::format::clock;
use crate::view::log::Verdict;
use crate::view::status::Status;
use crate::view::{Lang, Words, words};
use yew::prelude::*;

/// What this scene is.
pub(super) fn intro(w: &'static Words) -> Html {
    html! {
        <div>
            <p class="kicker">{ w.kicker }</p>
            <h1>{ w.heading }</h1>
            <p class="intro">{ w.intro }</p>
        </div>
    }
}

/// What the status box shows.
#[derive(Clone, PartialEq, Properties)]
pub(super) struct StatusProps {
    /// The language.
    pub(super) lang: Lang,
    /// The facts.
    pub(super) status: Status,
    /// The last answer to `PSYNC`.
    pub(super) verdict: Option<Verdict>,
}

/// The status sentence and the last verdict.
#[component]
pub(super) fn StatusBox(props: &StatusProps) -> Html {
    let StatusProps { lang, status, verdict } = props;
    let w = words(*lang);
    // Read out when another thing is true, not with every byte.
    let kind = (kind_of(status), *lang);
    let spoken = use_memo(kind, |_| (w.status_line)(status));
    html! {
        <section class="status" aria-label={w.status}>
            <p class="sentence">{ (w.status_line)(status) }</p>
            <p class="hidden" aria-live="polite">{ (*spoken).clone() }</p>
            <div class="verdict">
                <span class="label">{ w.verdict }</span>
                <div class="answer" aria-live="polite">{ answer(verdict.as_ref(), w) }</div>
            </div>
        </section>
    }
}

fn answer(verdict: Option<&Verdict>, w: &'static Words) -> Html {
    let Some(verdict) = verdict else {
        return html! { <span class="none">{ w.verdict_none }</span> };
    };
    let (class, word, why) = match verdict.answer {
        Ok((from, bytes)) => ("chip part", "+CONTINUE", (w.verdict_bytes)(from, bytes)),
        Err(reason) => ("chip full", "+FULLRESYNC", (w.full_reason)(&reason)),
    };
    let to = (w.verdict_from)(&(w.node)(verdict.to));
    html! {
        <>
            <span {class}>{ word }</span>
            <span>{ to }{ " · " }<span class="mono">{ clock(verdict.at) }{ " s" }</span></span>
            <div>{ why }</div>
        </>
    }
}

/// What makes a status another one: who and what, not how many bytes.
fn kind_of(status: &Status) -> (u8, Option<char>, u8) {
    use crate::view::status::Outcome;
    match status {
        Status::Alone => (0, None, 0),
        Status::CutOff { who, outcome: Outcome::Partial, .. } => (1, Some(who.tag), 0),
        Status::CutOff { who, .. } => (1, Some(who.tag), 1),
        Status::Syncing { who, .. } => (2, Some(who.tag), 0),
        Status::Online { .. } => (3, None, 0),
    }
}
