//! A lesson in a link: how far it is, and the second world if it compares two.
//!
//! It stands behind the look of the session, and only where that starts from a lesson; a link without it
//! opens the lesson at its first step. A kind (0 a step, 1 a challenge), what [`run::State`] or
//! [`trial::State`] holds, and whether a second world follows, with its branches. An instant in a world is
//! a list of actions, of which most are those of the instant before: so many are shared, then the rest.

use super::coder::Coder;
use super::{LinkError, MOST_ACTIONS, MOST_COPIES, Shared, action};
use crate::lesson::lab::{Mark, Place};
use crate::lesson::run::{self, Given, Run, Stage};
use crate::lesson::scope::Begin;
use crate::lesson::script::Script;
use crate::lesson::trial::{self, Loss, Status, Trial};
use crate::lesson::{Lab, Lesson, Reply};
use crate::redis::Time;
use crate::sim::{TimedAction, World};
use std::rc::Rc;

/// Most steps, challenges, parts of a goal, items of an answer.
const MOST: u64 = 1000;

/// How far a lesson is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// In its steps.
    Run(run::State),
    /// In a challenge.
    Trial(trial::State),
}

/// A lesson as a link holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// How far it is.
    pub part: Part,
    /// The second world: its branches and its place in them.
    pub other: Option<Box<Shared>>,
}

/// A lesson that goes on.
#[derive(Clone, Debug)]
pub enum Resumed {
    /// In its steps.
    Run(Box<Run>),
    /// In a challenge.
    Trial(Box<Trial>),
}

impl Shared {
    /// The lesson that a link goes on with, and its worlds; `seen` gets the one on the stage at its end.
    ///
    /// # Errors
    /// If the lesson has no such step, challenge or worlds, or the way takes more than `most` steps of a world.
    pub fn resume(
        &self,
        lesson: Rc<Lesson>,
        most: u64,
        seen: &mut dyn FnMut(&World),
    ) -> Result<(Resumed, Lab), LinkError> {
        let Some(course) = &self.course else {
            let (run, lab) = Run::new(lesson).map_err(|_| LinkError::Lesson)?;
            seen(lab.main.world());
            return Ok((Resumed::Run(Box::new(run)), lab));
        };
        let made = match &course.part {
            Part::Run(state) if (state.step as usize) < lesson.steps.len() => {
                Lab::new(&lesson, lesson.worlds_at(state.step as usize))
            }
            Part::Trial(state) if (state.challenge as usize) < lesson.challenges.len() => {
                Trial::new(lesson.clone(), state.challenge as usize, state.dial).map(|(_, lab)| lab)
            }
            _ => return Err(LinkError::Lesson),
        };
        let mut lab = made.map_err(|_| LinkError::Lesson)?;
        lab.main = self.open_from(lab.main.spec().clone(), most, seen)?;
        match (&mut lab.other, &course.other) {
            (Some(other), Some(shared)) => {
                *other = shared.open_from(other.spec().clone(), most, &mut |_| ())?;
            }
            (None, None) => {}
            _ => return Err(LinkError::Lesson),
        }
        let part = match &course.part {
            Part::Run(state) => {
                let places = state.starts.iter().flatten().chain(state.asked.iter().map(|(_, place)| place));
                let mut marks = places.flat_map(|place| [Some(&place.main), place.other.as_ref()]).flatten();
                if marks.any(|mark| mark.position > most) {
                    return Err(LinkError::Work);
                }
                Resumed::Run(Box::new(Run::resume(lesson, state.clone(), &lab)))
            }
            Part::Trial(state) => Resumed::Trial(Box::new(Trial::resume(lesson, state.clone()))),
        };
        Ok((part, lab))
    }
}

impl Course {
    pub(super) fn blank() -> Self {
        Self { part: Part::Run(run::State::default()), other: None }
    }

    /// All fields, to write or to read them.
    pub(super) fn fields(&mut self, coder: &mut Coder<'_>) {
        let mut kind = u64::from(matches!(self.part, Part::Trial(_)));
        coder.number(&mut kind, 1);
        if coder.reads() && kind == 1 {
            self.part = Part::Trial(trial::State::default());
        }
        match &mut self.part {
            Part::Run(state) => run_state(coder, state),
            Part::Trial(state) => trial_state(coder, state),
        }
        perhaps(
            coder,
            &mut self.other,
            || Box::new(Shared::blank()),
            |coder, other| {
                other.tree(coder);
                coder.number16(&mut other.on.0);
                coder.time(&mut other.at);
                coder.number32(&mut other.undone, 100_000);
            },
        );
    }
}

fn perhaps<T>(
    coder: &mut Coder<'_>,
    value: &mut Option<T>,
    blank: impl FnOnce() -> T,
    fields: impl FnOnce(&mut Coder<'_>, &mut T),
) {
    let mut some = value.is_some();
    coder.flag(&mut some);
    if some {
        fields(coder, value.get_or_insert_with(blank));
    }
}

fn list<T>(
    coder: &mut Coder<'_>,
    list: &mut Vec<T>,
    blank: impl FnMut() -> T,
    fields: impl FnMut(&mut Coder<'_>, &mut T),
) {
    let count = coder.length(list.len(), MOST);
    list.resize_with(count, blank);
    let mut fields = fields;
    list.iter_mut().for_each(|one| fields(coder, one));
}

fn number(coder: &mut Coder<'_>, value: &mut u32) {
    coder.number32(value, u32::MAX);
}

/// One of a few, by its place.
fn one_of<T: Copy + PartialEq>(coder: &mut Coder<'_>, value: &mut T, all: &[T]) {
    let mut place = all.iter().position(|one| one == value).unwrap_or(0) as u64;
    coder.number(&mut place, all.len() as u64 - 1);
    *value = all[place as usize];
}

fn run_state(coder: &mut Coder<'_>, state: &mut run::State) {
    const STAGES: [Stage; 6] =
        [Stage::Doing, Stage::Asking, Stage::Revealing, Stage::Awaiting, Stage::Settling, Stage::Done];
    number(coder, &mut state.step);
    one_of(coder, &mut state.stage, &STAGES);
    begin(coder, &mut state.begin);
    script(coder, &mut state.script);
    let mut last = Last::default();
    list(
        coder,
        &mut state.starts,
        || None,
        |coder, start| {
            perhaps(coder, start, blank_place, |coder, start| place(coder, start, &mut last));
        },
    );
    perhaps(
        coder,
        &mut state.asked,
        || (Begin::default(), blank_place()),
        |coder, asked| {
            begin(coder, &mut asked.0);
            place(coder, &mut asked.1, &mut last);
        },
    );
    coder.flag(&mut state.rewound);
    coder.time(&mut state.since);
    perhaps(coder, &mut state.ends, || Time::ZERO, |coder, ends| coder.time(ends));
    number(coder, &mut state.hinted);
    coder.flag(&mut state.late);
    let blank = || Given { step: 0, guess: Reply::Number(0), right: false };
    list(coder, &mut state.given, blank, |coder, given| {
        number(coder, &mut given.step);
        reply(coder, &mut given.guess);
        coder.flag(&mut given.right);
    });
}

fn trial_state(coder: &mut Coder<'_>, state: &mut trial::State) {
    const STATUS: [Status; 7] = [
        Status::Doing,
        Status::Open,
        Status::Won,
        Status::Lost(Loss::Time),
        Status::Lost(Loss::Actions),
        Status::Lost(Loss::Forbidden),
        Status::Lost(Loss::TooLarge),
    ];
    number(coder, &mut state.challenge);
    perhaps(coder, &mut state.dial, || 0, |coder, dial| coder.number(dial, u64::MAX));
    begin(coder, &mut state.begin);
    script(coder, &mut state.script);
    one_of(coder, &mut state.status, &STATUS);
    number(coder, &mut state.before);
    list(coder, &mut state.given, || false, |coder, given| coder.flag(given));
}

fn begin(coder: &mut Coder<'_>, begin: &mut Begin) {
    let [a, b] = &mut begin.since;
    let [c, d] = &mut begin.asked;
    [a, b, c, d].into_iter().for_each(|place| number(coder, place));
    coder.time(&mut begin.at);
}

fn script(coder: &mut Coder<'_>, script: &mut Script) {
    number(coder, &mut script.next);
    coder.time(&mut script.due);
}

fn blank_place() -> Place {
    Place { main: blank_mark(), other: None }
}

fn blank_mark() -> Mark {
    Mark { actions: Vec::new(), position: 0, at: Time::ZERO }
}

/// The actions of the mark before, and how many all marks together have.
#[derive(Default)]
struct Last {
    actions: Vec<TimedAction>,
    copies: usize,
}

fn place(coder: &mut Coder<'_>, place: &mut Place, last: &mut Last) {
    mark(coder, &mut place.main, last);
    perhaps(coder, &mut place.other, blank_mark, |coder, other| mark(coder, other, last));
}

fn mark(coder: &mut Coder<'_>, mark: &mut Mark, last: &mut Last) {
    let same = mark.actions.iter().zip(&last.actions).take_while(|(one, other)| one == other).count();
    let shared = coder.length(same, MOST_ACTIONS);
    let mut rest = mark.actions.split_off(shared.min(mark.actions.len()));
    action::actions(coder, &mut rest);
    last.copies += shared + rest.len();
    if shared > last.actions.len() || last.copies > MOST_COPIES {
        return coder.fail(LinkError::Value);
    }
    last.actions.truncate(shared);
    last.actions.extend(rest);
    mark.actions.clone_from(&last.actions);
    coder.number(&mut mark.position, u64::MAX);
    coder.time(&mut mark.at);
}

fn reply(coder: &mut Coder<'_>, reply: &mut Reply) {
    let mut kind = match reply {
        Reply::Choose(_) => 0,
        Reply::Order(_) => 1,
        Reply::Number(_) => 2,
        Reply::Node(_) => 3,
    };
    coder.number(&mut kind, 3);
    if coder.reads() {
        *reply = match kind {
            0 => Reply::Choose(Vec::new()),
            1 => Reply::Order(Vec::new()),
            2 => Reply::Number(0),
            _ => Reply::Node(String::new()),
        };
    }
    match reply {
        Reply::Choose(places) | Reply::Order(places) => list(coder, places, || 0, number),
        // A small number is short, also below zero.
        Reply::Number(n) => {
            let mut zigzag = (*n << 1 ^ *n >> 63) as u64;
            coder.number(&mut zigzag, u64::MAX);
            *n = (zigzag >> 1) as i64 ^ -((zigzag & 1) as i64);
        }
        Reply::Node(name) => coder.text(name, 64),
    }
}
