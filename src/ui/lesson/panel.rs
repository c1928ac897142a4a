//! The lesson's panel: where one is, what the step tells, what is asked or awaited, on and back.

use super::text::{plain, rich};
use super::{Class, Leaf, ask, calc, menu, trial};
use crate::lesson::Text;
use crate::lesson::format::{Hint, Step};
use crate::lesson::run::Stage;
use crate::lesson::table::Table;
use crate::ui::app::App;
use crate::ui::deed::Deed;
use crate::ui::el::{El, button, el};
use crate::ui::icons::{Icon, icon};
use crate::view::lesson::{Lecture, Part, Point, awaited};
use crate::view::{Lang, Words};
use yew::html::Scope;

/// What drawing the panel needs.
#[derive(Clone, Copy)]
pub(super) struct Desk<'a> {
    pub(super) app: &'a App,
    pub(super) lecture: &'a Lecture,
    pub(super) w: &'static Words,
    pub(super) lang: Lang,
    pub(super) link: &'a Scope<App>,
}

impl Desk<'_> {
    /// A text of the lesson in the page's language.
    pub(super) fn text<'t>(&self, text: &'t crate::lesson::Text) -> &'t str {
        text.get(self.lang.name())
    }

    /// A button that does something with the lesson.
    pub(super) fn button(&self, class: &'static str, does: Class, word: &'static str) -> El {
        button(class).on(self.link, Deed::Class(does)).text(word)
    }
}

/// The panel; nothing in the free lab, unless the menu is open.
pub(in crate::ui) fn panel(app: &App, link: &Scope<App>) -> Option<El> {
    let w = app.words();
    if app.lessons.menu {
        return Some(menu::menu(app, link));
    }
    if app.lessons.loading {
        let text = el("p").attr("role", "status").text(w.lesson.loading);
        return Some(el("section").class("lesson").label(w.lesson.menu).add(text));
    }
    let lecture = app.shown.lecture.as_deref()?;
    let desk = Desk { app, lecture, w, lang: app.lang, link };
    let (body, foot) = match (app.lessons.leaf, &lecture.part) {
        (Leaf::Before(n, dial), _) => trial::before(desk, usize::from(n), dial),
        (Leaf::End, _) => trial::end(desk),
        (Leaf::Play, Part::Step(point)) => step(desk, point),
        (Leaf::Play, Part::Challenge(attempt)) => trial::playing(desk, attempt),
    };
    let body = el("div").class("scroll").refer(&app.nodes.lesson).add(kicker(desk)).add(body);
    Some(el("section").class("lesson").label(w.lesson.menu).add(body).add(foot))
}

fn kicker(desk: Desk<'_>) -> El {
    let (l, index) = (desk.w.lesson, &desk.app.lessons.index);
    let place = index.iter().position(|(name, _)| *name == desk.app.lessons.name);
    let number = place.map_or(l.own.to_owned(), |n| (l.kicker)(n + 1, index.len()));
    el("p").class("kicker").say(number).text(" · ").say(desk.text(&desk.lecture.lesson.title).to_owned())
}

fn step(desk: Desk<'_>, point: &Point) -> (El, El) {
    let Desk { lecture, w, .. } = desk;
    let lesson = &lecture.lesson;
    let Some(step) = lesson.steps.get(point.step) else { return (el("div"), el("div")) };
    let mut body = el("div").key(point.step as u64);
    body = match &step.title {
        Some(title) => body.add(el("h1").say(desk.text(title).to_owned())),
        None => body,
    };
    body = body.add(rich(desk.text(&step.text), &point.values, w));
    body = body.maybe(step.table.as_ref().map(|table| drawn(desk, table)));
    if step.calculator.is_some() {
        body = body.maybe(calc::calculator(desk));
    }
    if step.ask.is_some() {
        body = body.maybe(ask::question(desk, step, point));
    }
    body = body.maybe(turn(desk, step, point));
    let hints = step.hints.iter().enumerate().take(if point.stage < Stage::Done { 32 } else { 0 });
    body = body.all(hints.filter(|(n, _)| point.hinted & (1 << n) != 0).map(|(_, hint)| told(desk, hint)));
    // They tell what is asked.
    let answered = step.ask.is_none() || point.stage > Stage::Asking;
    (body.maybe(facts(desk, step).filter(|_| answered)), foot(desk, point))
}

/// What real servers do, and the scenarios that show it.
fn facts(desk: Desk<'_>, step: &Step) -> Option<El> {
    if step.facts.is_empty() {
        return None;
    }
    let l = desk.w.lesson;
    let facts = step.facts.iter().filter_map(|id| desk.lecture.lesson.fact(id));
    let told = facts.map(|fact| {
        let backed = el("small").say((l.backed)(&fact.scenario));
        el("div").add(plain(desk.text(&fact.text), desk.w)).add(backed)
    });
    Some(el("details").class("fact").add(el("summary").text(l.fact)).all(told))
}

/// A table of the lesson.
fn drawn(desk: Desk<'_>, table: &Table) -> El {
    let text = |text: &Text| plain(desk.text(text), desk.w);
    let head = table.head.iter().map(|cell| el("th").attr("scope", "col").add(text(cell)));
    let row = |cells: &Vec<Text>| {
        el("tr").all(cells.iter().enumerate().map(|(n, cell)| {
            let tag = if n == 0 { el("th").attr("scope", "row") } else { el("td") };
            tag.add(text(cell))
        }))
    };
    let table =
        el("table").add(el("thead").add(el("tr").all(head))).add(el("tbody").all(table.rows.iter().map(row)));
    el("div").class("table").add(table)
}

/// A hint that is shown.
pub(super) fn told(desk: Desk<'_>, hint: &Hint) -> El {
    el("div")
        .class("hinted")
        .attr("role", "status")
        .add(el("b").text(desk.w.lesson.hint))
        .add(plain(desk.text(&hint.text), desk.w))
}

/// What is awaited of the student or of the world.
fn turn(desk: Desk<'_>, step: &Step, point: &Point) -> Option<El> {
    let Desk { lecture, w, .. } = desk;
    let l = w.lesson;
    let boxed = el("div").class("turn").attr("role", "status").refer(&desk.app.nodes.turn);
    if lecture.stuck || lecture.late {
        let text = if lecture.stuck { l.stuck } else { l.late };
        // What spoils a question was done before it.
        let back = lecture.stuck && point.step > 0;
        let (to, word) = if back { (point.step - 1, l.step_before) } else { (point.step, l.restart_step) };
        let over = desk.button("btn", Class::Step(to as u16), word);
        return Some(boxed.add(el("p").text(text)).add(over));
    }
    match (point.stage, &step.wait) {
        (Stage::Awaiting, Some(wait)) => {
            let lines = awaited(&wait.deeds, w).into_iter();
            let mut row = el("div").class("row");
            row = if lecture.helping {
                row.add(el("span").class("quiet").text(l.showing))
            } else {
                row.add(desk.button("btn", Class::Show, l.show_me))
            };
            if step.hints.iter().enumerate().take(32).any(|(n, _)| point.hinted & (1 << n) == 0) {
                row = row.add(desk.button("btn", Class::Hint, l.hint));
            }
            let list = el("ul").all(lines.map(|line| el("li").say(line)));
            Some(boxed.class("turn mine").add(el("h2").text(l.your_turn)).add(list).add(row))
        }
        // A figure waits for its reader. Its stage is too small for a button in the middle of it.
        (Stage::Doing | Stage::Settling, _) if desk.app.poster() => {
            let play = button("btn pri").on(desk.link, Deed::Toggle).add(icon(Icon::Play)).text(w.play);
            Some(boxed.add(el("div").class("row").add(play)))
        }
        (Stage::Doing | Stage::Settling, _) => Some(boxed.add(el("p").class("quiet").text(l.waiting))),
        _ => None,
    }
}

/// Back, the steps, on.
fn foot(desk: Desk<'_>, point: &Point) -> El {
    let Desk { lecture, w, .. } = desk;
    let l = w.lesson;
    // The style sheet tells a button from the one of the step before by it.
    let (here, odd) = (point.step as u16, point.step % 2 == 1);
    let all = lecture.lesson.steps.len();
    let mut back = desk.button("btn", Class::Step(point.step.saturating_sub(1) as u16), l.back);
    if point.step == 0 {
        back = back.attr("disabled", "");
    }
    let dots = point.reached.iter().enumerate().map(|(n, reached)| {
        let (class, now) = match () {
            () if n == point.step => ("dot on", true),
            () if n < point.step => ("dot done", false),
            () => ("dot", false),
        };
        let mut dot = button(class).set("aria-label", (l.step_of)(n + 1, all));
        dot = if now { dot.attr("aria-current", "step") } else { dot };
        dot = if *reached { dot } else { dot.attr("disabled", "") };
        el("li").add(dot.on(desk.link, Deed::Class(Class::Step(n as u16))))
    });
    let last = point.step + 1 >= all;
    let next = match point.stage {
        Stage::Done => {
            let word = if last { l.finish } else { l.next };
            desk.button(if odd { "btn pri next odd" } else { "btn pri next" }, Class::Next(here), word)
        }
        Stage::Asking => {
            let word = if last { l.finish } else { l.next };
            desk.button("btn next", Class::Next(here), word)
                .attr("disabled", "")
                .attr("title", l.choose_first)
        }
        _ => desk
            .button(if odd { "btn next odd" } else { "btn next" }, Class::Skip(here), l.skip)
            .attr("title", l.skip_hint),
    };
    let turn = (point.stage == Stage::Awaiting)
        .then(|| desk.button("btn to-turn", Class::ToTurn, l.your_turn).add(icon(Icon::Down)));
    el("footer")
        .add(back)
        .add(el("ol").class("dots").label(l.steps).all(dots))
        .maybe(turn)
        .add(el("span").class("count mono").say((l.step_of)(point.step + 1, all)))
        .add(next.add(icon(Icon::Next)))
}
