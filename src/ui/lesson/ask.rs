//! A question: five kinds of answer, then what happened, and why.

use super::Class;
use super::panel::Desk;
use super::text::{plain, rich};
use crate::lesson::format::{Ask, Choice, Guess, Item, Step};
use crate::lesson::run::Stage;
use crate::lesson::text::Named;
use crate::lesson::{Reply, Unit, Value, Verdict};
use crate::sim::NodeId;
use crate::ui::deed::Deed;
use crate::ui::el::{El, button, el, yes};
use crate::ui::icons::{Icon, icon};
use crate::view::lesson::{Point, answer_of, value};

/// The question of a step, once it is asked.
pub(super) fn question(desk: Desk<'_>, step: &Step, point: &Point) -> Option<El> {
    let ask = step.ask.as_ref()?;
    if point.stage == Stage::Doing {
        return None;
    }
    let (w, l) = (desk.w, desk.w.lesson);
    let boxed = el("section").class("ask").label(l.predict);
    let head = el("p").class("label").text(l.predict);
    let text = el("div").class("question").add(rich(desk.text(&ask.text), &point.values, w));
    let boxed = boxed.add(head).add(text);
    Some(match &point.verdict {
        None if point.stage == Stage::Asking => boxed.add(form(desk, ask)),
        None => return None,
        Some(verdict) => boxed.add(judged(desk, ask, point, verdict)),
    })
}

fn form(desk: Desk<'_>, ask: &Ask) -> El {
    let (l, draft) = (desk.w.lesson, &desk.app.lessons.draft);
    let kind = match &ask.guess {
        Guess::Choose(_) => 0,
        Guess::ChooseAll(_) => 1,
        Guess::Order(_) => 2,
        Guess::Number { .. } => 3,
        Guess::Node { .. } => 4,
        Guess::Byte { .. } => 5,
    };
    let answers = match &ask.guess {
        Guess::Choose(all) => options(desk, all, "radio"),
        Guess::ChooseAll(all) => options(desk, all, "checkbox"),
        Guess::Order(items) => order(desk, items),
        Guess::Number { probe, min, max, step, .. } => slider(desk, probe.unit(), (*min, *max, *step)),
        Guess::Node { among, .. } => nodes(desk, among),
        Guess::Byte { node, .. } => byte(desk, node),
    };
    let mut commit = desk.button("btn pri", Class::Commit, l.commit);
    if draft.reply(Some(&ask.guess)).is_none() {
        commit = commit.attr("disabled", "").attr("title", l.choose_first);
    }
    el("div")
        .class("answers")
        .attr("role", "group")
        .label(l.how[kind])
        .add(el("p").class("how").text(l.how[kind]))
        .add(answers)
        .add(el("div").class("row").add(commit))
}

/// An option of a list: a label around its own control.
fn option(desk: Desk<'_>, kind: &'static str, does: Class, on: bool, text: El) -> El {
    let mut input = el("input").attr("type", kind).attr("name", "guess").on(desk.link, Deed::Class(does));
    input = input.checked(on);
    el("label").class(if on { "option on" } else { "option" }).add(input).add(text)
}

fn options(desk: Desk<'_>, all: &[Choice], kind: &'static str) -> El {
    let chosen = &desk.app.lessons.draft.chosen;
    el("div").class("options").all(all.iter().enumerate().map(|(n, choice)| {
        let text = plain(desk.text(&choice.text), desk.w);
        option(desk, kind, Class::Pick(n as u16), chosen.contains(&(n as u32)), text).key(n as u64)
    }))
}

fn order(desk: Desk<'_>, items: &[Item]) -> El {
    let l = desk.w.lesson;
    let places = &desk.app.lessons.draft.order;
    let move_by = |place: usize, down: bool| {
        let (word, which) = if down { (l.later, Icon::Down) } else { (l.earlier, Icon::Up) };
        let does = Deed::Class(Class::Move(place as u16, down));
        let mut button = button("btn move").title(word).on(desk.link, does).add(icon(which));
        if place == 0 && !down || down && place + 1 == places.len() {
            button = button.attr("disabled", "");
        }
        button
    };
    let item = |(place, n): (usize, &u32)| {
        let text = items.get(*n as usize).map_or("", |item| desk.text(&item.text));
        el("li")
            .key(u64::from(*n))
            .add(el("span").class("num").say((place + 1).to_string()))
            .add(plain(text, desk.w))
            .add(move_by(place, false))
            .add(move_by(place, true))
    };
    el("ol").class("order").all(places.iter().enumerate().map(item))
}

fn slider(desk: Desk<'_>, unit: Unit, (min, max, step): (i64, i64, u32)) -> El {
    let n = desk.app.lessons.draft.number.unwrap_or(min);
    let said = value(&Value::Number(n, unit), desk.w);
    let end = |n: i64| el("small").say(value(&Value::Number(n, unit), desk.w));
    let slide = el("input")
        .attr("type", "range")
        .label(desk.w.lesson.how[3])
        .set("min", min.to_string())
        .set("max", max.to_string())
        .set("step", step.max(1).to_string())
        .set("value", n.to_string())
        .set("aria-valuetext", said.clone())
        .on(desk.link, Deed::Class(Class::Slide));
    let ends = el("div").class("ends").add(end(min)).add(end(max));
    el("div").class("slide").add(el("output").say(said)).add(slide).add(ends)
}

fn nodes(desk: Desk<'_>, among: &[String]) -> El {
    let (app, w) = (desk.app, desk.w);
    let names: Vec<(NodeId, String)> = app.player.with_world(|world| {
        let named = world.nodes().iter().map(|node| (node.id, node.name.to_string()));
        named.filter(|(_, name)| among.is_empty() || among.contains(name)).collect()
    });
    let chosen = app.lessons.draft.node.as_ref();
    el("div").class("options in-row").label(w.lesson.guess_node).all(names.into_iter().map(|(id, name)| {
        let card = app.shown.picture.scene.node(id);
        let text = card.map_or_else(|| name.clone(), |card| (w.node)(card.name));
        option(desk, "radio", Class::Node(id), chosen == Some(&name), el("span").say(text))
    }))
}

fn byte(desk: Desk<'_>, node: &str) -> El {
    let (app, l) = (desk.app, desk.w.lesson);
    let mut input = el("input")
        .attr("type", "number")
        .attr("inputmode", "numeric")
        .attr("step", "1")
        .on(desk.link, Deed::Class(Class::Slide));
    if let Some(n) = app.lessons.draft.number {
        input = input.set("value", n.to_string());
    }
    el("label")
        .class("byte")
        .add(el("span").text(l.guess_byte).text(" (").say(node.to_owned()).text(")"))
        .add(input)
}

/// What happened: watched first, then said.
fn judged(desk: Desk<'_>, ask: &Ask, point: &Point, verdict: &Verdict) -> El {
    let (w, l) = (desk.w, desk.w.lesson);
    if point.stage == Stage::Revealing {
        let yours = answers(desk, l.yours, &ask.guess, &verdict.guess, "yours");
        return el("div").add(yours).add(el("p").class("quiet").attr("role", "status").text(l.watching));
    }
    let (class, word, which) = if verdict.right {
        ("verdict-is right", l.right, Icon::Check)
    } else {
        ("verdict-is wrong", l.wrong, Icon::Close)
    };
    let mut boxed = el("div").class("reveal").attr("role", "status").refer(&desk.app.nodes.verdict);
    boxed = boxed.add(el("p").class(class).add(icon(which)).text(word));
    if !verdict.right {
        boxed = boxed.add(answers(desk, l.yours, &ask.guess, &verdict.guess, "yours"));
    }
    boxed = boxed.add(answers(desk, l.happened, &ask.guess, &verdict.correct, "really"));
    if !verdict.right {
        boxed = boxed.maybe(gap(desk, &ask.guess, verdict)).all(whys(desk, ask, verdict));
    }
    boxed = boxed.add(rich(desk.text(&ask.why), &point.values, w));
    if desk.lecture.film {
        boxed = boxed.add(el("p").class("film").text(l.film));
    }
    if desk.lecture.can_film {
        let word = if desk.lecture.film { l.film_end } else { l.watch_again };
        let again = desk.button("btn", Class::Film, word).attr("aria-pressed", yes(desk.lecture.film));
        boxed = boxed.add(el("div").class("row").add(again));
    }
    boxed
}

/// An answer, under its name.
fn answers(desk: Desk<'_>, label: &'static str, guess: &Guess, reply: &Reply, class: &'static str) -> El {
    let mut lines = answer_of(guess, reply, desk.lang.name(), desk.w);
    if let Reply::Node(name) = reply {
        lines = vec![named(desk, name)];
    }
    let list = el(if matches!(guess, Guess::Order(_)) { "ol" } else { "ul" });
    let list = list.all(lines.iter().map(|line| el("li").add(plain(line, desk.w))));
    el("div").class(class).add(el("span").class("label").text(label)).add(list)
}

/// A node as the stage calls it.
fn named(desk: Desk<'_>, name: &str) -> String {
    let id = desk.app.player.with_world(|world| world.spec().node_named(name));
    let card = id.and_then(|id| desk.app.shown.picture.scene.node(id));
    card.map_or_else(|| name.to_owned(), |card| (desk.w.node)(card.name))
}

/// By how much a guess is off.
fn gap(desk: Desk<'_>, guess: &Guess, verdict: &Verdict) -> Option<El> {
    let l = desk.w.lesson;
    let text = match guess {
        Guess::Number { probe, .. } => {
            let size = Value::Number(verdict.gap.saturating_abs(), probe.unit());
            (l.gap)(verdict.gap > 0, &value(&size, desk.w))
        }
        Guess::Byte { .. } => {
            let size = Value::Number(verdict.gap.saturating_abs(), Unit::Bytes);
            (l.byte_gap)(verdict.gap > 0, &value(&size, desk.w))
        }
        Guess::Order(_) => (l.out_of_place)(verdict.gap),
        _ => return None,
    };
    Some(el("p").class("gap").say(text))
}

/// What the options that were chosen, and should not have been, have to say.
fn whys(desk: Desk<'_>, ask: &Ask, verdict: &Verdict) -> Vec<El> {
    let (Guess::Choose(all) | Guess::ChooseAll(all), Reply::Choose(chosen), Reply::Choose(right)) =
        (&ask.guess, &verdict.guess, &verdict.correct)
    else {
        return Vec::new();
    };
    let wrong = chosen.iter().filter(|n| !right.contains(n));
    let texts = wrong.filter_map(|n| all.get(*n as usize)?.why.as_ref());
    let values = Named(verdict.values.0.clone());
    texts.map(|why| el("div").class("whynot").add(rich(desk.text(why), &values, desk.w))).collect()
}
