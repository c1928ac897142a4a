//! Lessons on the page: the panel in the left column, the menu, and what the reader does there.
//!
//! What is right, awaited or won is decided by `lesson`; the player keeps its run. Here is only what
//! the reader is about to answer, and what is fetched.

mod ask;
mod calc;
mod draft;
pub(super) mod load;
mod menu;
mod panel;
mod sight;
mod text;
mod trial;

pub(super) use draft::Draft;
pub(super) use menu::pills;
pub(super) use panel::panel;

use super::app::App;
use super::console::Asked;
use super::deed::value;
use super::host;
use crate::lesson::Reply;
use crate::lesson::format::Guess;
use crate::lesson::run::Stage;
use crate::lesson::trial::Status;
use crate::sim::NodeId;
use crate::view::lesson::sizing::Calculator;
use crate::view::lesson::{Lecture, Part, Shine};
use gloo_timers::callback::Timeout;
use sight::Goal;
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::Event;
use yew::html::Scope;

/// One thing that a reader does with a lesson.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Opens or closes the menu.
    Menu,
    /// Opens the lesson at this place of the index.
    Open(u8),
    /// Leaves for the free lab.
    Free,
    /// On from this step, or out of the last one. A press that was meant for another step does nothing.
    Next(u16),
    /// Does this step at once; nothing, if another one is played by now.
    Skip(u16),
    /// To the start of a step.
    Step(u16),
    /// Scrolls to what the student has to do.
    ToTurn,
    /// Shows how it is done.
    Show,
    /// Asks for a hint.
    Hint,
    /// Chooses an option.
    Pick(u16),
    /// Moves an item of an order up, or down.
    Move(u16, bool),
    /// Moves the slider, or enters a number.
    Slide,
    /// Chooses a node.
    Node(NodeId),
    /// Answers.
    Commit,
    /// Watches the deciding moment again, or ends that.
    Film,
    /// Looks at a challenge.
    Challenge(u8),
    /// Turns a challenge's dial.
    Dial,
    /// Begins the challenge, or begins it again.
    Try,
    /// The lesson from its start.
    Again,
    /// Turns a knob of the calculator.
    Knob(u8),
}

/// What is shown in the panel instead of a step.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Leaf {
    /// The step or the challenge that is played.
    #[default]
    Play,
    /// The end of the lesson, with its challenges.
    End,
    /// A challenge before it begins, with its dial.
    Before(u8, Option<u64>),
}

/// Lessons, as far as the page knows of them.
#[derive(Default)]
pub(super) struct Lessons {
    /// Names and titles.
    pub(super) index: Vec<(String, String)>,
    pub(super) menu: bool,
    pub(super) leaf: Leaf,
    /// A lesson is being fetched.
    pub(super) loading: bool,
    /// Which one, and where it opens.
    pub(super) coming: load::Coming,
    /// The name or the address by which the open one was fetched.
    pub(super) name: String,
    /// The one that is fetched is opened at rest.
    pub(super) waits: bool,
    /// The page around this one asked for it: its name, and that of the request.
    pub(super) asked: Option<(String, JsValue)>,
    /// Why one could not be opened, a line each.
    pub(super) failed: Vec<String>,
    pub(super) draft: Draft,
    /// Lessons that were gone through, and challenges that were won, by name.
    pub(super) done: Vec<String>,
    /// The calculator of the step, and what lets it go on.
    pub(super) calculator: Option<Calculator>,
    draws: Option<Timeout>,
    /// What the panel is scrolled to when it is drawn.
    goal: Option<Goal>,
    /// Step or challenge and how far it is, as last drawn.
    seen: Option<(usize, u8)>,
}

impl App {
    /// What is highlighted on the stage.
    pub(super) fn shine(&self) -> Option<&Shine> {
        self.shown.lecture.as_ref().map(|lecture| &lecture.shine)
    }

    /// Does what the reader wants of a lesson.
    pub(super) fn learn(&mut self, class: Class, event: &Event, link: &Scope<Self>) {
        let player = self.player.clone();
        let number = || value(event)?.parse::<i64>().ok();
        let lecture = self.shown.lecture.clone();
        match class {
            Class::Menu => self.lessons.menu = !self.lessons.menu,
            Class::Open(n) => {
                if let Some((name, _)) = self.lessons.index.get(usize::from(n)) {
                    let name = name.clone();
                    self.fetch(&name, link);
                }
            }
            Class::Free => {
                player.leave_class();
                self.lessons.leave();
            }
            Class::Next(step) => match lecture {
                Some(lecture) if usize::from(step) + 1 >= lecture.lesson.steps.len() => {
                    self.lessons.note(self.lessons.name.clone());
                    self.lessons.leaf = Leaf::End;
                }
                _ => player.next_step(step.into()),
            },
            Class::Skip(step) => player.skip(step.into()),
            Class::ToTurn => self.lessons.goal = Some(Goal::Turn),
            Class::Step(step) => {
                self.lessons.leaf = Leaf::Play;
                player.to_step(usize::from(step));
            }
            Class::Show => player.show_me(),
            Class::Hint => player.hint(),
            Class::Film => player.film(),
            Class::Again => {
                if let Some(lecture) = lecture {
                    self.lessons.leaf = Leaf::Play;
                    self.lessons.seen = None;
                    let _ = player.teach(lecture.lesson.clone(), 0);
                }
            }
            Class::Challenge(n) => {
                let dial = lecture
                    .as_ref()
                    .and_then(|lecture| lecture.lesson.challenges.get(usize::from(n)))
                    .and_then(|c| c.dial.as_ref());
                let dial = dial.map(|dial| dial.max);
                player.try_challenge(usize::from(n), dial);
                self.lessons.leaf = Leaf::Play;
                if dial.is_some() {
                    // Its world is there, but nothing happens before the dial is set.
                    player.set_playing(false);
                    self.lessons.leaf = Leaf::Before(n, dial);
                }
            }
            Class::Dial => {
                if let (Leaf::Before(n, _), Some(value)) = (self.lessons.leaf, number()) {
                    self.lessons.leaf = Leaf::Before(n, u64::try_from(value).ok());
                }
            }
            Class::Try => match (self.lessons.leaf, lecture.as_deref().map(|lecture| &lecture.part)) {
                (Leaf::Before(n, dial), _) => {
                    self.lessons.leaf = Leaf::Play;
                    player.try_challenge(usize::from(n), dial);
                }
                (_, Some(Part::Challenge(attempt))) if attempt.dial.is_some() => {
                    self.lessons.leaf = Leaf::Before(attempt.challenge as u8, attempt.dial);
                }
                (_, Some(Part::Challenge(attempt))) => player.try_challenge(attempt.challenge, None),
                _ => {}
            },
            Class::Commit => {
                if let Some(reply) = self.lessons.draft.reply(self.guess()) {
                    player.answer(reply);
                }
            }
            Class::Pick(n) => {
                let one = matches!(self.guess(), Some(Guess::Choose(_)));
                self.lessons.draft.pick(n.into(), one);
            }
            Class::Move(n, down) => self.lessons.draft.shift(usize::from(n), down),
            Class::Slide => self.lessons.draft.number = number(),
            Class::Node(node) => self.guess_node(node),
            Class::Knob(knob) => self.turn_knob(knob, number(), link),
        }
    }

    /// The name of the `n`-th world on the stage.
    pub(super) fn world_title(&self, n: usize) -> Option<String> {
        let lecture = self.shown.lecture.as_deref()?;
        let worlds = lecture.lesson.worlds_at(lecture.point()?.step);
        let title = lecture.lesson.worlds.get(worlds.get(n)?)?.title.as_ref()?;
        Some(title.get(self.lang.name()).to_owned())
    }

    /// The question that waits for its answer.
    pub(super) fn guess(&self) -> Option<&Guess> {
        let lecture = self.shown.lecture.as_deref()?;
        let point = lecture.point().filter(|point| point.stage == Stage::Asking)?;
        Some(&lecture.lesson.steps.get(point.step)?.ask.as_ref()?.guess)
    }

    /// Whether a byte of a backlog is asked for.
    pub(super) fn guesses_byte(&self) -> bool {
        matches!(self.guess(), Some(Guess::Byte { .. }))
    }

    /// The name of a node, if it may be answered with.
    fn guess_node(&mut self, node: NodeId) {
        let name = self.player.with_world(|world| world.node(node).map(|node| node.name.to_string()));
        let may = |name: &String| match self.guess() {
            Some(Guess::Node { among, .. }) => among.is_empty() || among.contains(name),
            _ => false,
        };
        if let Some(name) = name.filter(may) {
            self.lessons.draft.node = Some(name);
            self.lessons.draft.node_id = Some(node);
        }
    }

    /// A click on the stage that answers a question; `false` if it does not.
    pub(super) fn clicked_node(&mut self, node: NodeId) -> bool {
        let asked = matches!(self.guess(), Some(Guess::Node { .. }));
        if asked {
            self.guess_node(node);
        }
        asked
    }

    /// A click on bytes of a backlog that answers a question; `false` if it does not.
    pub(super) fn clicked_bytes(&mut self, node: NodeId, first: u64) -> bool {
        let name = match self.guess() {
            Some(Guess::Byte { node, .. }) => node.clone(),
            _ => return false,
        };
        let same = self.player.with_world(|world| world.node(node).is_some_and(|node| *node.name == *name));
        if same {
            self.lessons.draft.number = i64::try_from(first).ok();
        }
        same
    }

    /// What a new step or stage changes on the page; whether there is one.
    pub(super) fn follow_lesson(&mut self, link: &Scope<Self>) -> bool {
        let Some(lecture) = self.shown.lecture.clone() else { return false };
        let key = key(&lecture);
        let before = self.lessons.seen.replace(key);
        if before == Some(key) {
            return false;
        }
        if before.map(|(place, _)| place) != Some(key.0) {
            if let Some(console) = lecture.shine.console {
                self.chosen = console.index();
            }
            self.lessons.draft = Draft::default();
            // The reply that was waited for belongs to another step.
            self.asked = Asked::Nothing;
            self.lessons.goal = Some(Goal::Top);
            self.tab = sight::tab_of(&lecture.shine);
            let step = lecture.point().and_then(|point| lecture.lesson.steps.get(point.step));
            self.set_calculator(step.and_then(|step| step.calculator), link);
        }
        let judged = match &lecture.part {
            Part::Step(point) => {
                let revealed = before.is_some_and(|(_, stage)| stage == Stage::Revealing as u8);
                revealed && point.verdict.is_some() && point.stage > Stage::Revealing
            }
            Part::Challenge(attempt) => matches!(attempt.status, Status::Won | Status::Lost(_)),
        };
        if judged {
            self.lessons.goal = Some(Goal::Verdict);
        }
        if let Part::Step(point) = &lecture.part {
            if let Some(draft) = self.guess().map(Draft::of) {
                self.lessons.draft = draft;
            }
            self.tab = sight::tab_at(point.stage, &lecture.shine, self.guess()).unwrap_or(self.tab);
        }
        self.report(&lecture);
        true
    }

    /// Tells the page around this one.
    fn report(&mut self, lecture: &Rc<Lecture>) {
        let lesson = lecture.lesson.id.as_str();
        match &lecture.part {
            Part::Step(point) => {
                let name = lecture.lesson.steps.get(point.step).map_or("", |step| &step.id);
                match (point.stage, &point.verdict) {
                    (Stage::Revealing, Some(verdict)) => {
                        let answer = said(&verdict.guess);
                        host::tell(
                            "question",
                            &[lesson.into(), name.into(), answer.into(), verdict.right.into()],
                        );
                    }
                    (Stage::Done, _) => {
                        let of = lecture.lesson.steps.len() as u32;
                        host::tell("step", &[lesson.into(), (point.step as u32 + 1).into(), of.into()]);
                    }
                    _ => {}
                }
            }
            Part::Challenge(attempt) => {
                let won = attempt.status == Status::Won;
                let name = lecture.lesson.challenges.get(attempt.challenge).map_or("", |one| &one.id);
                if won {
                    self.lessons.note([lesson, "/", name].concat());
                }
                if won || matches!(attempt.status, Status::Lost(_)) {
                    // A platform for courses wants a score of 0 to 100: won is all of it.
                    let score = if won { 100 } else { 0 };
                    let of = lecture.lesson.challenges.len() as u32;
                    let values = [lesson.into(), name.into(), won.into(), score.into(), of.into()];
                    host::tell("challenge", &values);
                }
            }
        }
    }
}

impl Lessons {
    /// No lesson is open any more.
    pub(super) fn leave(&mut self) {
        let (index, done) = (std::mem::take(&mut self.index), std::mem::take(&mut self.done));
        *self = Self { index, done, ..Self::default() };
    }

    /// Notes what was gone through or won.
    fn note(&mut self, name: String) {
        if !self.done.contains(&name) {
            self.done.push(name);
        }
    }
}

/// Where in a lesson one is: step and stage, or challenge and status.
fn key(lecture: &Lecture) -> (usize, u8) {
    match &lecture.part {
        Part::Step(point) => (point.step, point.stage as u8),
        Part::Challenge(attempt) => {
            let status = match attempt.status {
                Status::Doing => 0,
                Status::Open => 1,
                Status::Won => 2,
                Status::Lost(_) => 3,
            };
            (1000 + attempt.challenge, status)
        }
    }
}

/// An answer as a host gets it.
fn said(reply: &Reply) -> String {
    match reply {
        Reply::Choose(places) | Reply::Order(places) => {
            let places: Vec<String> = places.iter().map(ToString::to_string).collect();
            places.join(",")
        }
        Reply::Number(n) => n.to_string(),
        Reply::Node(name) => name.clone(),
    }
}
