//! A lesson on the player: its run or the challenge being tried, on the player's own clock.

use super::{Player, State};
use crate::lesson::lab::LabError;
use crate::lesson::run::{News, Stage};
use crate::lesson::scope::Begin;
use crate::lesson::script::{Next, Script, forward};
use crate::lesson::trial::Status;
use crate::lesson::{Ask, Lab, Lesson, Reply, Run, Step, Trial};
use crate::redis::{Span, Time};
use crate::sim::{Action, Session, WorldSpec};
use crate::ui::stage::layer::Layer;
use crate::view::Picture;
use crate::view::flights::Flights;
use crate::view::history::Record;
use crate::view::lesson::{Attempt, Lecture, Part as Shown, Point, Shine};
use crate::view::speed::Speed;
use std::rc::Rc;

/// What is being done in a lesson. (Boxed where it is kept: it is seldom moved.)
pub(super) struct Class {
    part: Part,
    /// The second world, if the step compares two.
    other: Option<Session>,
    /// Stands in for the session while a run has it.
    spare: Option<Session>,
    /// "Show me" at work.
    helper: Option<(Script, Begin)>,
    /// The world as it was when the question was answered.
    asked: Option<Lab>,
    film: Option<Film>,
    late: bool,
    stuck: bool,
    refused: bool,
    /// Hints asked for in a challenge.
    hints: usize,
    /// How fast the reader had it before the lesson said something else.
    speed: Speed,
    pub(super) second: Second,
}

enum Part {
    Run(Run),
    Trial(Trial),
}

/// The deciding moment, watched again: a copy of the world plays it.
struct Film {
    back: Lab,
    until: Time,
}

/// What is drawn of the second world.
#[derive(Default)]
pub(super) struct Second {
    record: Record,
    flights: Flights,
    pub(super) layer: Option<Layer>,
    pub(super) picture: Option<Rc<Picture>>,
}

/// A reveal takes at most about so long, in milliseconds of the reader's time.
const REVEAL: u64 = 8000;
/// The deciding moment is slow from so long before it until so long after.
const BEFORE: Span = Span::from_millis(300);
const AFTER: Span = Span::from_millis(150);
/// Watched again, it begins so long before.
const LEAD: Span = Span::from_millis(1200);

fn earlier(at: Time, by: Span) -> Time {
    Time::from_micros(at.as_micros().saturating_sub(by.as_micros()))
}

impl Class {
    fn new(part: Part, speed: Speed) -> Box<Self> {
        Box::new(Self {
            part,
            other: None,
            spare: None,
            helper: None,
            asked: None,
            film: None,
            late: false,
            stuck: false,
            refused: false,
            hints: 0,
            speed,
            second: Second::default(),
        })
    }

    fn step(&self) -> Option<&Step> {
        match &self.part {
            Part::Run(run) => run.step(),
            Part::Trial(_) => None,
        }
    }

    fn stage(&self) -> Stage {
        match &self.part {
            Part::Run(run) => run.stage(),
            Part::Trial(_) => Stage::Awaiting,
        }
    }

    /// The deciding moment and the end of what is being revealed or watched again.
    fn revealed(&self) -> Option<(Option<Time>, Time)> {
        let Part::Run(run) = &self.part else { return None };
        let verdict = run.verdict()?;
        let until = match &self.film {
            Some(film) => film.until,
            None => verdict.ends,
        };
        (self.film.is_some() || run.stage() == Stage::Revealing).then_some((verdict.moment, until))
    }

    /// Up to when the clock runs in a frame of `real` milliseconds.
    fn pace(&self, now: Time, speed: Speed, real: f64) -> Time {
        let Some((moment, until)) = self.revealed() else { return now + speed.model(real) };
        let slow = moment.map(|at| (earlier(at, BEFORE), at + AFTER));
        match slow {
            Some((from, to)) if now >= from && now < to => now + Speed::SLOW.model(real),
            _ => {
                // Long waits pass quickly; then comes the moment, which is not leapt over.
                let quick = until.since(now).as_millis() * 100 / REVEAL;
                let to = now + speed.at_least(quick as u32).model(real);
                slow.map_or(to, |(from, _)| if now < from { to.min(from) } else { to })
            }
        }
    }
}

impl State {
    /// Lends the worlds to the lesson.
    fn with_lab<T>(&mut self, work: impl FnOnce(&mut Class, &mut Lab) -> T) -> Option<T> {
        let mut class = self.class.take()?;
        let spare = class.spare.take().unwrap_or_else(|| Session::new(WorldSpec::new(Vec::new(), 0)));
        let mut lab = Lab { main: std::mem::replace(&mut self.session, spare), other: class.other.take() };
        let done = work(&mut class, &mut lab);
        class.spare = Some(std::mem::replace(&mut self.session, lab.main));
        class.other = lab.other;
        self.class = Some(class);
        Some(done)
    }

    /// Lets the lesson's time pass for a frame of `real` milliseconds; `false` if there is no lesson.
    pub(super) fn attend(&mut self, real: f64) -> bool {
        let (speed, reach, before) = (self.speed, self.session.reach(), self.session.world().now());
        let news = self.with_lab(|class, lab| {
            let now = lab.now();
            let to = class.pace(now, speed, real);
            if class.film.is_some() {
                lab.advance(to);
                return Vec::new();
            }
            if now < reach {
                // In the past nothing is decided: it is only looked at.
                lab.advance(to.min(reach));
                return Vec::new();
            }
            class.help(lab);
            class.advance(lab, to)
        });
        let Some(news) = news else { return false };
        self.frame.zoom = self.frame.zoom.passed(before, self.session.world().now());
        self.take(&news);
        self.mend(before);
        let over = |film: &Film| self.session.world().now() >= film.until;
        if self.class.as_ref().is_some_and(|class| class.film.as_ref().is_some_and(over)) {
            self.end_film();
            self.playing = false;
        }
        true
    }

    /// What the news do to the clock.
    fn take(&mut self, news: &[News]) {
        for one in news {
            match one {
                News::Late => {
                    self.playing = false;
                    if let Some(class) = &mut self.class {
                        class.late = true;
                    }
                }
                News::Asked | News::Revealed | News::YourTurn | News::Hint(_) | News::Done => {}
            }
        }
    }

    /// After a reveal the world may be where it was before.
    fn mend(&mut self, before: Time) {
        if self.session.world().now() < before {
            self.other_worlds();
        }
    }

    /// Whether the clock would run in vain: a question waits for its answer, a challenge is over.
    pub(super) fn waits(&self) -> bool {
        let present = self.session.world().now() >= self.session.reach();
        let stands = |class: &Class| match &class.part {
            Part::Run(run) => class.film.is_none() && !run.runs(),
            Part::Trial(trial) => matches!(trial.status(), Status::Won | Status::Lost(_)),
        };
        present && self.class.as_ref().is_some_and(|class| stands(class))
    }

    /// Looks whether what was done changes something in the lesson.
    pub(super) fn poll(&mut self) {
        let before = self.session.world().now();
        if let Some(news) = self.with_lab(|class, lab| {
            let now = lab.now();
            class.advance(lab, now)
        }) {
            self.take(&news);
            self.mend(before);
        }
    }

    /// What is known of the worlds begins anew.
    fn other_worlds(&mut self) {
        self.other = None;
        self.record_anew();
        if let Some(class) = &mut self.class {
            class.second.record = Record::default();
        }
    }

    /// A step or a challenge begins.
    fn begin(&mut self) {
        self.other_worlds();
        let Some(class) = &mut self.class else { return };
        (class.helper, class.film, class.asked) = (None, None, None);
        (class.late, class.stuck, class.refused) = (false, false, false);
        self.playing = true;
        let speed = class.step().and_then(|step| step.speed);
        match speed {
            Some(0) => self.playing = false,
            Some(percent) => self.speed = Speed::near(percent),
            None => self.speed = class.speed,
        }
        self.poll();
        let shine = self.with_lab(|class, lab| class.shine(lab)).unwrap_or_default();
        if shine.ring.is_some() {
            self.frame.ring_of = shine.ring;
        }
    }

    fn end_film(&mut self) {
        let ended = self.with_lab(|class, lab| match class.film.take() {
            Some(film) => {
                *lab = film.back;
                true
            }
            None => false,
        });
        if ended == Some(true) {
            self.other_worlds();
        }
    }

    /// Draws the second world, and says how the lesson stands.
    pub(super) fn draw_class(&mut self) {
        let lecture = self.with_lab(|class, lab| class.lecture(lab));
        self.lecture = lecture.map(Rc::new);
        let Some(class) = &mut self.class else { return };
        let frame = &self.frame;
        let beside = class.other.clone();
        let now = self.session.world().now();
        class.second.picture = class.other.as_mut().map(|other| {
            // Whoever looks at the past looks at both.
            if other.world().now() != now {
                other.seek(now);
            }
            let world = other.world();
            class.second.record.follow(world);
            Rc::new(Picture::of(world, &class.second.record, frame))
        });
        self.beside_class(beside);
    }

    /// Moves the packets of the second world.
    pub(super) fn fly_second(&mut self) {
        let Some(class) = &mut self.class else { return };
        let Second { flights, layer, picture, .. } = &mut class.second;
        if let (Some(other), Some(picture), Some(layer)) = (&class.other, picture, layer) {
            flights.draw(other.world(), &picture.stage, &picture.lit.entries, self.still);
            layer.paint(flights, (picture.stage.width, picture.stage.height));
        }
    }
}

impl Class {
    fn advance(&mut self, lab: &mut Lab, to: Time) -> Vec<News> {
        let mut all = Vec::new();
        match &mut self.part {
            Part::Run(run) => {
                while let Some(news) = run.advance(lab, to) {
                    all.push(news);
                }
            }
            Part::Trial(trial) => {
                while trial.advance(lab, to).is_some_and(|status| status == Status::Open) {}
            }
        }
        all
    }

    /// Does what "show me" does next.
    fn help(&mut self, lab: &mut Lab) {
        let Part::Run(run) = &self.part else { return };
        let deeds = run.step().and_then(|step| step.wait.as_ref()).map(|wait| wait.deeds.as_slice());
        let (Some((script, begin)), Some(deeds)) = (&mut self.helper, deeds) else { return };
        loop {
            match script.poll(deeds, lab, *begin) {
                Next::Done => break,
                Next::Wait(_) => return,
                Next::Failed(..) => {}
            }
        }
        self.helper = None;
    }

    fn shine(&self, lab: &Lab) -> Shine {
        let Part::Run(run) = &self.part else { return Shine::default() };
        let Some(step) = run.step() else { return Shine::default() };
        let scope = run.scope(lab);
        let mut shine = Shine::of(step, &scope);
        if let (Stage::Awaiting, Some(wait)) = (run.stage(), &step.wait) {
            for deed in wait.deeds.iter().filter(|deed| deed.is_action()) {
                shine.point_at(deed, &scope);
            }
        }
        shine
    }

    fn lecture(&self, lab: &Lab) -> Lecture {
        let (lesson, part) = match &self.part {
            Part::Run(run) => (run.lesson().clone(), Shown::Step(Point::of(run, lab))),
            Part::Trial(trial) => {
                (trial.lesson().clone(), Shown::Challenge(Attempt::of(trial, lab, self.hints)))
            }
        };
        Lecture {
            lesson,
            part,
            shine: self.shine(lab),
            late: self.late,
            stuck: self.stuck,
            helping: self.helper.is_some(),
            film: self.film.is_some(),
            can_film: self.asked.is_some(),
            refused: self.refused,
        }
    }

    /// The question of the step.
    fn ask(&self) -> Option<&Ask> {
        self.step()?.ask.as_ref()
    }
}

impl Player {
    /// Opens a lesson at its first step.
    ///
    /// # Errors
    /// If its world cannot be made; then nothing changes.
    pub(in crate::ui) fn teach(&self, lesson: Rc<Lesson>) -> Result<(), LabError> {
        let (run, lab) = Run::new(lesson)?;
        self.take_up(Part::Run(run), lab);
        Ok(())
    }

    /// Tries a challenge of the lesson that is open, with its dial at a value.
    pub(in crate::ui) fn try_challenge(&self, challenge: usize, dial: Option<u64>) {
        let lesson = self.state.borrow().lecture.as_ref().map(|lecture| lecture.lesson.clone());
        if let Some(Ok((trial, lab))) = lesson.map(|lesson| Trial::new(lesson, challenge, dial)) {
            self.take_up(Part::Trial(trial), lab);
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

    /// On to the next step.
    pub(in crate::ui) fn next_step(&self) {
        self.turn(|class, lab| match &mut class.part {
            // Steps were played when the lesson was built: their worlds can be made.
            Part::Run(run) => run.next(lab).unwrap_or(false),
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
        state.to_present();
        let _ = state.with_lab(|class, lab| {
            if class.stage() == Stage::Awaiting {
                class.helper = Some((Script::begin(lab), Begin::now(lab)));
            }
        });
        state.playing = true;
        drop(state);
        self.refresh();
    }

    /// Does the step at once: what is awaited, and the time until it is done.
    pub(in crate::ui) fn skip(&self) {
        let mut state = self.state.borrow_mut();
        state.end_film();
        state.to_present();
        let _ = state.with_lab(|class, lab| {
            if class.stage() == Stage::Awaiting && class.helper.is_none() {
                class.helper = Some((Script::begin(lab), Begin::now(lab)));
            }
            let patience = lab.now() + Span::from_secs(120);
            while lab.now() < patience && !matches!(class.stage(), Stage::Done | Stage::Asking) {
                class.help(lab);
                let to = lab.next_at().map_or(patience, |at| at.min(patience));
                class.advance(lab, to);
            }
        });
        state.playing = false;
        state.other_worlds();
        drop(state);
        self.refresh();
    }

    /// Answers the question; the reveal begins.
    pub(in crate::ui) fn answer(&self, guess: Reply) {
        let mut state = self.state.borrow_mut();
        state.to_present();
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
    fn to_present(&mut self) {
        let _ = self.with_lab(|_, lab| {
            let reach = lab.main.reach();
            if lab.now() < reach {
                lab.seek(reach);
            }
        });
    }

    /// Whether a challenge forbids an action; it is told so.
    pub(super) fn forbids(&mut self, action: &Action) -> bool {
        self.end_film();
        let Some(class) = &mut self.class else { return false };
        class.refused = match &class.part {
            Part::Trial(trial) => trial.status() == Status::Open && !trial.allows(action),
            Part::Run(_) => false,
        };
        class.refused
    }
}
