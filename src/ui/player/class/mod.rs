//! A lesson on the player: its run or the challenge being tried, on the player's own clock.

mod desk;

use super::State;
use crate::lesson::run::{News, Stage};
use crate::lesson::scope::Begin;
use crate::lesson::script::{Next, Script};
use crate::lesson::trial::Status;
use crate::lesson::{Ask, Lab, Reply, Run, Step, Trial};
use crate::redis::{Span, Time};
use crate::sim::{Session, WorldSpec};
use crate::ui::stage::layer::Layer;
use crate::view::Picture;
use crate::view::flights::Flights;
use crate::view::history::Record;
use crate::view::lesson::{Attempt, Lecture, Part as Shown, Point, Shine};
use crate::view::permalink::{self, Course, Look, Shared, Start};
use crate::view::picture::Part as PicturePart;
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
    pub(super) speed: Speed,
    pub(super) second: Second,
}

enum Part {
    Run(Box<Run>),
    Trial(Box<Trial>),
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

    /// What a link to the lesson holds, which is known by this name. What is watched again is left out.
    pub(super) fn shared(&self, session: &Session, look: Look, name: &str) -> Shared {
        let (main, other) = match &self.film {
            Some(film) => (&film.back.main, film.back.other.as_ref()),
            None => (session, self.other.as_ref()),
        };
        let part = match &self.part {
            Part::Run(run) => permalink::Part::Run(run.state().clone()),
            Part::Trial(trial) => permalink::Part::Trial(trial.state().clone()),
        };
        let other = other.map(Shared::beside);
        let course = Some(Course { part, other });
        Shared { start: Start::Lesson(name.to_owned()), course, ..Shared::of(main, look) }
    }

    fn step(&self) -> Option<&Step> {
        match &self.part {
            Part::Run(run) => run.step(),
            Part::Trial(_) => None,
        }
    }

    fn is_at(&self, step: usize) -> bool {
        matches!(&self.part, Part::Run(run) if run.index() == step)
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
        let over = |film: &Film| self.session.world().now() >= film.until;
        if self.class.as_ref().is_some_and(|class| class.film.as_ref().is_some_and(over)) {
            self.end_film();
            self.playing = false;
        }
        true
    }

    /// What the news do to the clock and to what is known of the worlds.
    fn take(&mut self, news: &[News]) {
        for one in news {
            match one {
                News::Late => {
                    self.playing = false;
                    if let Some(class) = &mut self.class {
                        class.late = true;
                    }
                }
                // The world may be where it was before, and its trace another one.
                News::Revealed => self.other_worlds(),
                News::Asked | News::YourTurn | News::Hint(_) | News::Done => {}
            }
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
        if let Some(news) = self.with_lab(|class, lab| {
            let now = lab.now();
            class.advance(lab, now)
        }) {
            self.take(&news);
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
        // A ring that was chosen in the step before would hide what this one tells of.
        self.frame.ring_of = shine.ring;
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

    /// Draws a part of the second world, and says how the lesson stands.
    pub(super) fn draw_class(&mut self, part: PicturePart) {
        if part == PicturePart::Scene {
            let lecture = self.with_lab(|class, lab| class.lecture(lab));
            self.lecture = lecture.map(Rc::new);
        }
        let Some(class) = &mut self.class else { return };
        let frame = &self.frame;
        let now = self.session.world().now();
        let Some(other) = &mut class.other else {
            class.second.picture = None;
            self.beside_class(None);
            return;
        };
        // Whoever looks at the past looks at both.
        if other.world().now() != now {
            other.seek(now);
        }
        let (world, record) = (other.world(), &mut class.second.record);
        record.follow(world);
        match &mut class.second.picture {
            Some(picture) => Rc::make_mut(picture).draw(part, world, record, frame),
            none => *none = Some(Rc::new(Picture::of(world, record, frame))),
        }
        if part == PicturePart::Chart {
            let beside = Some(other.clone());
            self.beside_class(beside);
        }
    }

    /// Moves the packets of the second world.
    pub(super) fn fly_second(&mut self) {
        let Some(class) = &mut self.class else { return };
        let Second { flights, layer, picture, .. } = &mut class.second;
        if let (Some(other), Some(picture), Some(layer)) = (&class.other, picture, layer) {
            flights.draw(other.world(), &picture.stage, &picture.lit.entries, self.still);
            layer.paint(flights);
        }
    }
}

impl Class {
    fn advance(&mut self, lab: &mut Lab, to: Time) -> Vec<News> {
        match &mut self.part {
            Part::Run(run) => run.pass(lab, to),
            Part::Trial(trial) => {
                while trial.advance(lab, to).is_some_and(|status| status == Status::Open) {}
                Vec::new()
            }
        }
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
        let (scope, verdict) = (run.scope(lab), run.verdict());
        let mut shine = Shine::of(step, &scope);
        if let (Some(Reply::Node(name)), true) =
            (verdict.map(|it| &it.correct), run.stage() > Stage::Revealing)
        {
            // Which node it was, where the reader looked for it.
            shine.nodes.extend(scope.node(name));
        }
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
