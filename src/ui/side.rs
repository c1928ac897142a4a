//! The left column: what this scene is, what is true right now, and the last answer to `PSYNC`.

use super::app::App;
use super::el::{El, el};
use crate::redis::Time;
use crate::view::format::clock;
use crate::view::log::Verdict;
use crate::view::status::{Fate, Outcome, Status};
use crate::view::{Lang, Picture, Words, words};

/// What this scene is.
pub(super) fn intro(w: &'static Words) -> El {
    el("div")
        .add(el("p").class("kicker").text(w.kicker))
        .add(el("h1").text(w.heading))
        .add(el("p").class("intro").text(w.intro))
}

/// Which sentence it is: its pattern, who it is about, and with what outcome.
type Kind = (u8, Option<char>, u8);

/// What is read out: the status when another thing is true, not with every byte, and each answer to
/// `PSYNC`; at most once a second.
#[derive(Default)]
pub(super) struct Spoken {
    kind: Option<(Kind, Lang)>,
    verdict: Option<Time>,
    text: String,
    at: f64,
}

/// The shortest time between two announcements, in milliseconds.
pub(super) const PAUSE: f64 = 1000.0;

impl Spoken {
    /// When something was said last.
    pub(super) fn said(&self) -> f64 {
        self.at
    }

    /// Takes over what there is to say at `now`, in milliseconds; `true` if it must wait.
    pub(super) fn follow(&mut self, picture: &Picture, lang: Lang, now: f64) -> bool {
        let kind = Some((kind_of(&picture.status), lang));
        let verdict = picture.verdict.as_ref().map(|verdict| verdict.at);
        if (self.kind, self.verdict) == (kind, verdict) {
            return false;
        }
        if now - self.at < PAUSE {
            return true;
        }
        let w = words(lang);
        self.text = (w.status_line)(&picture.status);
        if let Some(verdict) = picture.verdict.as_ref().filter(|_| self.verdict != verdict) {
            let (_, answer, why) = told(verdict, w);
            self.text = [&(w.verdict_from)(&(w.node)(verdict.to)), " ", answer, ": ", &why, ". ", &self.text]
                .concat();
        }
        (self.kind, self.verdict, self.at) = (kind, verdict, now);
        false
    }
}

/// The status sentence and the last verdict.
pub(super) fn status_box(app: &App, w: &'static Words) -> El {
    let picture = &app.shown.picture;
    let sentence = el("p").class("sentence").say((w.status_line)(&picture.status));
    let spoken = el("p").class("hidden").attr("aria-live", "polite").say(app.spoken.text.clone());
    let answer = answer(picture.verdict.as_ref(), w);
    let verdict = el("div").class("verdict").add(el("span").class("label").text(w.verdict)).add(answer);
    el("section").class("status").label(w.status).add(sentence).add(spoken).add(verdict)
}

fn answer(verdict: Option<&Verdict>, w: &'static Words) -> El {
    let boxed = el("div").class("answer");
    let Some(verdict) = verdict else {
        return boxed.add(el("span").class("none").text(w.verdict_none));
    };
    let (class, word, why) = told(verdict, w);
    let to = (w.verdict_from)(&(w.node)(verdict.to));
    let at = el("span").class("mono").say(clock(verdict.at)).text(" s");
    boxed
        .add(el("span").class(class).text(word))
        .add(el("span").say(to).text(" · ").add(at))
        .add(el("div").say(why))
}

/// The class, the words on the wire and the reason of an answer.
fn told(verdict: &Verdict, w: &'static Words) -> (&'static str, &'static str, String) {
    match verdict.answer {
        Ok((from, bytes)) => ("chip part", "+CONTINUE", (w.verdict_bytes)(from, bytes)),
        Err(reason) => ("chip full", "+FULLRESYNC", (w.full_reason)(&reason)),
    }
}

/// What makes a status another one: who and what, not how many bytes.
fn kind_of(status: &Status) -> Kind {
    match status {
        Status::Alone => (0, None, 0),
        Status::CutOff { who, outcome: Outcome::Partial, .. } => (1, Some(who.tag), 0),
        Status::CutOff { who, .. } => (1, Some(who.tag), 1),
        Status::Syncing { who, .. } => (2, Some(who.tag), 0),
        Status::Online { behind: Some((who, _, Fate::Swallowed)), .. } => (4, Some(who.tag), 0),
        Status::Online { .. } => (3, None, 0),
    }
}
