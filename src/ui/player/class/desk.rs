//! What the reader does in a lesson: takes it up, steps, answers, asks for help, tries a challenge.

use super::{Class, Film, LEAD, Part, earlier};
use crate::lesson::lab::LabError;
use crate::lesson::run::{News, Stage};
use crate::lesson::scope::Begin;
use crate::lesson::script::{Script, forward};
use crate::lesson::trial::Status;
use crate::lesson::{Lab, Lesson, Reply, Run, Trial};
use crate::redis::{Span, Time};
use crate::sim::{Action, Session, WorldSpec};
use crate::ui::player::{Player, State};
use crate::ui::stage::layer::Layer;
use crate::view::history::Record;
use crate::view::lesson::Part as Shown;
use crate::view::permalink::{LinkError, MOST_STEPS, Resumed, Shared};
use std::rc::Rc;

impl Player {
    /// Opens a lesson at a step, as if the steps before had been gone through.
    ///
    /// # Errors
    /// If its world cannot be made; then nothing changes.
    pub(in crate::ui) fn teach(&self, lesson: Rc<Lesson>, step: usize) -> Result<(), LabError> {
        let (mut run, mut lab) = Run::new(lesson)?;
        run.ahead(step, &mut lab)?;
        self.take_up(Part::Run(Box::new(run)), lab);
        Ok(())
    }

    /// Goes on with a lesson as a link has it, paused.
    ///
    /// # Errors
    /// If the link does not fit the lesson; then nothing changes.
    pub(in crate::ui) fn resume(&self, lesson: Rc<Lesson>, shared: &Shared) -> Result<(), LinkError> {
        let mut record = Record::default();
        let (part, lab) = shared.resume(lesson, MOST_STEPS, &mut |world| record.follow(world))?;
        let mut state = self.state.borrow_mut();
        let before = state.class.take();
        let speed = before.as_ref().map_or(state.speed, |class| class.speed);
        let (part, asked) = match part {
            Resumed::Run(run) => {
                let asked = run.verdict().and_then(|_| run.asked(&lab));
                (Part::Run(run), asked)
            }
            Resumed::Trial(trial) => (Part::Trial(trial), None),
        };
        let mut class = Class::new(part, speed);
        (class.other, class.asked) = (lab.other, asked);
        class.second.layer = before.and_then(|class| class.second.layer);
        state.class = Some(class);
        state.frame.plan.dragged.clear();
        state.take_over(lab.main, record, &shared.look);
        drop(state);
        self.refresh();
        Ok(())
    }

    /// Tries a challenge of the lesson that is open, with its dial at a value.
    pub(in crate::ui) fn try_challenge(&self, challenge: usize, dial: Option<u64>) {
        let lesson = self.state.borrow().lecture.as_ref().map(|lecture| lecture.lesson.clone());
        if let Some(Ok((trial, lab))) = lesson.map(|lesson| Trial::new(lesson, challenge, dial)) {
            self.take_up(Part::Trial(Box::new(trial)), lab);
        }
    }

    fn take_up(&self, part: Part, lab: Lab) {
        let mut state = self.state.borrow_mut();
        let before = state.class.take();
        let speed = before.as_ref().map_or(state.speed, |class| class.speed);
        let mut class = Class::new(part, speed);
        class.other = lab.other;
        // The second stage stays where it is in the page.
        class.second.layer = before.and_then(|class| class.second.layer);
        state.session = lab.main;
        state.class = Some(class);
        state.frame.ring_of = None;
        state.frame.plan.dragged.clear();
        state.begin();
        drop(state);
        self.refresh();
    }

    /// Leaves the lesson for the start scene.
    pub(in crate::ui) fn leave_class(&self) {
        let mut state = self.state.borrow_mut();
        if let Some(class) = state.class.take() {
            state.session = Session::new(WorldSpec::course());
            (state.speed, state.frame.ring_of, state.lecture) = (class.speed, None, None);
            state.frame.plan.dragged.clear();
            state.other_worlds();
        }
        drop(state);
        self.refresh();
    }

    /// The same lesson in another language.
    pub(in crate::ui) fn retell(&self, lesson: Rc<Lesson>) {
        if let Some(class) = &mut self.state.borrow_mut().class {
            match &mut class.part {
                Part::Run(run) => run.retell(lesson),
                Part::Trial(trial) => trial.retell(lesson),
            }
        }
        self.refresh();
    }

    /// Does something to the lesson's run, then begins what it is at now.
    fn turn(&self, work: impl FnOnce(&mut Class, &mut Lab) -> bool) {
        let mut state = self.state.borrow_mut();
        state.end_film();
        if state.with_lab(work) == Some(true) {
            state.begin();
        }
        drop(state);
        self.refresh();
    }

    /// On from a step to the next one. Two presses may come before the page is drawn again: the second was
    /// meant for the same step, which is over by then.
    pub(in crate::ui) fn next_step(&self, from: usize) {
        self.turn(|class, lab| match &mut class.part {
            // Steps were played when the lesson was built: their worlds can be made.
            Part::Run(run) => run.index() == from && run.next(lab).unwrap_or(false),
            Part::Trial(_) => false,
        });
    }

    /// To the start of a step that was reached; to the start of the challenge.
    pub(in crate::ui) fn to_step(&self, step: usize) {
        self.turn(|class, lab| match &mut class.part {
            Part::Run(run) => run.goto(step, lab).unwrap_or(false),
            Part::Trial(_) => false,
        });
    }

    /// Starts the step or the challenge over; `false` if there is no lesson.
    pub(in crate::ui) fn step_over(&self) -> bool {
        let Some(lecture) = self.shown().lecture else { return false };
        match &lecture.part {
            Shown::Step(point) => self.to_step(point.step),
            Shown::Challenge(attempt) => self.try_challenge(attempt.challenge, attempt.dial),
        }
        true
    }

    /// Shows how what is awaited is done.
    pub(in crate::ui) fn show_me(&self) {
        let mut state = self.state.borrow_mut();
        state.return_to_present();
        let _ = state.with_lab(|class, lab| {
            if class.stage() == Stage::Awaiting {
                class.helper = Some((Script::begin(lab), Begin::now(lab)));
            }
        });
        state.playing = true;
        drop(state);
        self.refresh();
    }

    /// Does at once what is going on in the step: the reveal up to its end; what is awaited, and the
    /// time until the step is done. Nothing, if another step is played by now.
    pub(in crate::ui) fn skip(&self, step: usize) {
        let mut state = self.state.borrow_mut();
        if !state.class.as_ref().is_some_and(|class| class.is_at(step)) {
            return;
        }
        state.end_film();
        state.return_to_present();
        let news = state.with_lab(|class, lab| {
            let mut news = Vec::new();
            let awaits = class.stage() == Stage::Awaiting;
            if awaits && class.helper.is_none() {
                class.helper = Some((Script::begin(lab), Begin::now(lab)));
            }
            let patience = lab.now() + Span::from_secs(120);
            while lab.now() < patience {
                match class.stage() {
                    Stage::Done | Stage::Asking => break,
                    Stage::Awaiting if !awaits => break,
                    _ => {}
                }
                class.help(lab);
                // Not to the next event: one that is due at this very instant would be waited for.
                let to = lab.now() + Span::from_millis(10);
                news.extend(class.advance(lab, to));
                if news.contains(&News::Late) {
                    break;
                }
            }
            news
        });
        state.take(&news.unwrap_or_default());
        state.other_worlds();
        drop(state);
        self.refresh();
    }

    /// Answers the question; the reveal begins.
    pub(in crate::ui) fn answer(&self, guess: Reply) {
        let mut state = self.state.borrow_mut();
        state.return_to_present();
        let answered = state.with_lab(|class, lab| {
            let Part::Run(run) = &mut class.part else { return false };
            let answered = run.answer(lab, guess).is_ok();
            class.stuck = !answered;
            class.asked = answered.then(|| lab.clone());
            answered
        });
        state.playing |= answered == Some(true);
        drop(state);
        self.refresh();
    }

    /// The next hint, in a step.
    pub(in crate::ui) fn hint(&self) {
        if let Some(class) = &mut self.state.borrow_mut().class {
            match &mut class.part {
                Part::Run(run) => drop(run.help()),
                Part::Trial(_) => class.hints += 1,
            }
        }
        self.refresh();
    }

    /// Plays the deciding moment once more, in a copy of the world; or ends that.
    pub(in crate::ui) fn film(&self) {
        let mut state = self.state.borrow_mut();
        if state.class.as_ref().is_some_and(|class| class.film.is_some()) {
            state.end_film();
            state.playing = false;
        } else {
            let begun = state.with_lab(|class, lab| {
                let (Some(asked), Some(ask), Some((moment, ends))) =
                    (&class.asked, class.ask(), class.judged())
                else {
                    return false;
                };
                let mut film = asked.clone();
                let start = film.now();
                // What cannot be done in the copy was not done in the reveal either.
                let _ = forward(&mut film, &ask.run, Begin::now(asked));
                let from = moment.map_or(start, |at| earlier(at, LEAD));
                film.seek(from.max(start));
                class.film = Some(Film { back: std::mem::replace(lab, film), until: ends });
                true
            });
            if begun == Some(true) {
                state.other_worlds();
                state.playing = true;
            }
        }
        drop(state);
        self.refresh();
    }

    /// Where the packets of the second world are drawn.
    pub(in crate::ui) fn set_second_layer(&self, make: impl FnOnce() -> Option<Layer>) {
        if let Some(class) = &mut self.state.borrow_mut().class {
            if class.second.picture.is_none() {
                class.second.layer = None;
            } else if class.second.layer.is_none() {
                class.second.layer = make();
            }
        }
    }
}

impl Class {
    fn judged(&self) -> Option<(Option<Time>, Time)> {
        let Part::Run(run) = &self.part else { return None };
        run.verdict().map(|verdict| (verdict.moment, verdict.ends))
    }
}

impl State {
    /// Back from the past: a lesson goes on where it was.
    fn return_to_present(&mut self) {
        let _ = self.with_lab(|_, lab| {
            let reach = lab.main.reach();
            if lab.now() < reach {
                lab.seek(reach);
            }
        });
    }

    /// Whether a challenge forbids an action; it is told so.
    pub(in crate::ui::player) fn forbids(&mut self, action: &Action) -> bool {
        self.end_film();
        let Some(class) = &mut self.class else { return false };
        class.refused = match &class.part {
            Part::Trial(trial) => trial.status() == Status::Open && !trial.allows(action),
            Part::Run(_) => false,
        };
        class.refused
    }
}
