//! Challenges: the end of a lesson with their list, a challenge before it begins, and while it is tried.

use super::Class;
use super::panel::{Desk, told};
use super::text::{plain, rich};
use crate::lesson::format::Challenge;
use crate::lesson::text::Named;
use crate::lesson::trial::Status;
use crate::lesson::{Unit, Value};
use crate::redis::Span;
use crate::ui::deed::Deed;
use crate::ui::el::{El, button, el};
use crate::ui::icons::{Icon, icon};
use crate::view::format::{grouped, span};
use crate::view::lesson::{Attempt, tool, value};

fn foot(desk: Desk<'_>) -> El {
    let l = desk.w.lesson;
    let step = desk.lecture.point().map_or(0, |point| point.step);
    // In a challenge the steps' run is gone: the lesson starts over.
    let back = match desk.lecture.point() {
        Some(_) => desk.button("btn", Class::Step(step as u16), l.to_steps),
        None => desk.button("btn", Class::Again, l.again),
    };
    let index = &desk.app.lessons.index;
    let place = index.iter().position(|(name, _)| *name == desk.app.lessons.name);
    let (to, word) = match place {
        Some(n) if n + 1 < index.len() => (Class::Open(n as u8 + 1), l.next_lesson),
        _ => (Class::Free, l.free_lab),
    };
    let next = desk.button("btn pri next", to, word).add(icon(Icon::Next));
    el("footer").add(back).add(el("span").class("count")).add(next)
}

fn list(desk: Desk<'_>) -> El {
    let lesson = &desk.lecture.lesson;
    let mut all = el("ol").class("menu");
    for (n, challenge) in lesson.challenges.iter().enumerate() {
        let name = [&lesson.id, "/", &challenge.id].concat();
        let won = desk.app.lessons.done.contains(&name);
        let mut entry = button("entry")
            .on(desk.link, Deed::Class(Class::Challenge(n as u8)))
            .add(el("span").class("num").say((n + 1).to_string()))
            .add(el("span").say(desk.text(&challenge.title).to_owned()));
        if won {
            entry = entry.add(icon(Icon::Check)).add(el("span").class("hidden").text(desk.w.lesson.won));
        }
        all = all.add(el("li").add(entry));
    }
    el("div").add(el("h2").text(desk.w.lesson.challenges)).add(all)
}

/// The lesson is gone through.
pub(super) fn end(desk: Desk<'_>) -> (El, El) {
    let l = desk.w.lesson;
    let mut body =
        el("div").add(el("h1").text(l.ended)).add(plain(desk.text(&desk.lecture.lesson.summary), desk.w));
    if let Some(point) = desk.lecture.point().filter(|point| point.right.1 > 0) {
        body = body.add(el("p").class("score").say((l.score)(point.right.0, point.right.1)));
    }
    if !desk.lecture.lesson.challenges.is_empty() {
        body = body.add(list(desk));
    }
    (body, foot(desk))
}

/// The task.
fn card(desk: Desk<'_>, n: usize, challenge: &Challenge) -> El {
    let (w, l) = (desk.w, desk.w.lesson);
    let count = desk.lecture.lesson.challenges.len();
    let mut body = el("div")
        .add(el("p").class("label").say((l.challenge)(n + 1, count)))
        .add(el("h1").say(desk.text(&challenge.title).to_owned()))
        .add(plain(desk.text(&challenge.text), w));
    if let Some(tools) = &challenge.allow {
        let words: Vec<&str> = tools.iter().map(|one| tool(*one, w)).collect();
        body = body.add(el("p").class("quiet").text(l.allowed).text(" · ").say(words.join(" · ")));
    }
    body
}

/// A challenge with a dial, before it begins.
pub(super) fn before(desk: Desk<'_>, n: usize, dial: Option<u64>) -> (El, El) {
    let l = desk.w.lesson;
    let Some(challenge) = desk.lecture.lesson.challenges.get(n) else { return (el("div"), foot(desk)) };
    let mut body = card(desk, n, challenge);
    if let Some(knob) = &challenge.dial {
        let now = dial.unwrap_or(knob.max);
        let name = l.dial[knob.setting as usize];
        let slide = el("input")
            .attr("type", "range")
            .label(name)
            .set("min", knob.min.to_string())
            .set("max", knob.max.to_string())
            .set("step", knob.step.max(1).to_string())
            .set("value", now.to_string())
            .on(desk.link, Deed::Class(Class::Dial));
        let node = el("b").say(knob.node.clone());
        body = body.add(
            el("div")
                .class("slide")
                .add(el("p").add(node).text(" · ").text(name))
                .add(el("output").say(grouped(now)))
                .add(slide),
        );
    }
    let start = el("div").class("row").add(desk.button("btn pri", Class::Try, l.start));
    (body.add(start), foot(desk))
}

/// A challenge that is tried.
pub(super) fn playing(desk: Desk<'_>, attempt: &Attempt) -> (El, El) {
    let (w, l) = (desk.w, desk.w.lesson);
    let n = attempt.challenge;
    let Some(challenge) = desk.lecture.lesson.challenges.get(n) else { return (el("div"), foot(desk)) };
    let mut score = el("dl").class("score");
    let row =
        |score: El, name: &'static str, text: String| score.add(el("dt").text(name)).add(el("dd").say(text));
    score = row(score, l.actions, grouped(attempt.actions.into()));
    if let Some(par) = challenge.par {
        score = row(score, l.par, grouped(par.into()));
    }
    if let Some(most) = challenge.max_actions {
        score = row(score, l.limit, grouped(most.into()));
    }
    score = row(score, l.time_left, span(Span::from_millis(challenge.limit_ms)));
    if let (Some(dial), Some(knob)) = (attempt.dial, &challenge.dial) {
        score = row(score, l.dial[knob.setting as usize], grouped(dial));
    }
    if let Some(measure) = &attempt.measure {
        score = row(score, l.result, value(measure, w));
    }
    let mut body = card(desk, n, challenge).add(score);
    if desk.lecture.refused {
        body = body.add(el("p").class("gap").attr("role", "alert").text(l.refused));
    }
    let mut state = el("div").class("reveal").attr("role", "status").refer(&desk.app.nodes.verdict);
    match attempt.status {
        Status::Doing => state = state.add(el("p").class("quiet").text(l.waiting)),
        Status::Open => {
            let (now, all) = attempt.progress;
            if all > 1 {
                state = state.add(el("p").class("quiet").say((l.goal)(now, all)));
            }
        }
        Status::Won => {
            let at_par = challenge.par.is_some_and(|par| attempt.actions <= par);
            let mut won = el("p").class("verdict-is right").add(icon(Icon::Check)).text(l.won);
            if at_par {
                won = won.text(" · ").text(l.won_par);
            }
            let number = |n: u64| Value::Number(i64::try_from(n).unwrap_or(i64::MAX), Unit::Count);
            let mut values = vec![("actions".to_owned(), number(attempt.actions.into()))];
            values.extend(attempt.dial.map(|dial| ("dial".to_owned(), number(dial))));
            values.extend(attempt.measure.clone().map(|measure| ("measure".to_owned(), measure)));
            state = state.add(won).add(rich(desk.text(&challenge.success), &Named(values), w));
        }
        Status::Lost(why) => {
            let lost = el("p").class("verdict-is wrong").add(icon(Icon::Close)).text(l.lost[why as usize]);
            state = state.add(lost);
        }
    }
    body = body.add(state).all(challenge.hints.iter().take(attempt.hints).map(|hint| told(desk, hint)));
    let mut row = el("div").class("row").add(desk.button("btn", Class::Try, l.retry));
    if attempt.status == Status::Open && attempt.hints < challenge.hints.len() {
        row = row.add(desk.button("btn", Class::Hint, l.hint));
    }
    body = body.add(row);
    if matches!(attempt.status, Status::Won | Status::Lost(_)) {
        body = body.add(list(desk));
    }
    (body, foot(desk))
}
