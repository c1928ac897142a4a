//! Playing a lesson: which step it is at, what is awaited, what is answered.
//!
//! A [`Run`] decides nothing by a clock of its own: what it needs it reads from the lab. Call
//! [`Run::advance`] instead of the lab's own as long as a lesson runs, and [`Run::poll`] after the
//! student did something; both tell what is new, one thing at a time.

use super::answer::{AskError, Reply, Verdict, read_all};
use super::condition::did;
use super::format::{Lesson, Step};
use super::lab::{Lab, LabError, Place};
use super::probe::Value;
use super::scope::{Begin, Scope};
use super::script::{Next, Script};
pub use super::stage::{Given, News, Stage, State};
use super::text::Named;
use crate::redis::{Span, Time};
use std::rc::Rc;

/// A lesson being played.
#[derive(Clone, Debug)]
pub struct Run {
    lesson: Rc<Lesson>,
    state: State,
    verdict: Option<Verdict>,
    /// The values of the step's texts at its question: what it said there is not unsaid by the reveal.
    told: Option<Named<Value>>,
}

impl Run {
    /// A lesson at its first step, and the lab it plays in.
    ///
    /// # Errors
    /// If the lesson's first world cannot be made.
    pub fn new(lesson: Rc<Lesson>) -> Result<(Self, Lab), LabError> {
        let lab = Lab::new(&lesson, lesson.worlds_at(0))?;
        let mut run = Self { lesson, state: State::default(), verdict: None, told: None };
        run.enter(0, &lab);
        Ok((run, lab))
    }

    /// A run as it was, over a lab as it was. How the answer was judged is found again.
    pub fn resume(lesson: Rc<Lesson>, state: State, lab: &Lab) -> Self {
        let mut run = Self { lesson, state, verdict: None, told: None };
        (run.told, run.verdict) = run.judged(lab).unzip();
        run
    }

    /// What the step said at its question, and the judgement of what was answered.
    fn judged(&self, lab: &Lab) -> Option<(Named<Value>, Verdict)> {
        let (step, asked) = (self.step()?, self.asked(lab)?);
        let given = self.state.given.iter().find(|given| given.step == self.state.step)?;
        let ask = step.ask.as_ref()?;
        let begin = Begin { asked: self.state.begin.since, ..self.state.begin };
        let told = read_all(&step.values, &Scope::new(&asked, begin));
        Some((told, ask.judge(given.guess.clone(), &ask.outcome(&asked).ok()?).ok()?))
    }

    /// The lab as it was when the step's question was answered.
    pub fn asked(&self, lab: &Lab) -> Option<Lab> {
        let (_, place) = self.state.asked.as_ref()?;
        let mut back = lab.clone();
        place.restore(&mut back);
        Some(back)
    }

    /// What has to be kept to [`resume`](Self::resume).
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The lesson.
    pub fn lesson(&self) -> &Rc<Lesson> {
        &self.lesson
    }

    /// The place of the step.
    pub fn index(&self) -> usize {
        self.state.step as usize
    }

    /// The step; `None` in a lesson without steps.
    pub fn step(&self) -> Option<&Step> {
        self.lesson.steps.get(self.index())
    }

    /// How far the step is.
    pub fn stage(&self) -> Stage {
        self.state.stage
    }

    /// Whether the clock may run: it stands still while a question waits, and after a step with `hold`.
    pub fn runs(&self) -> bool {
        let held = self.state.stage == Stage::Done && self.step().is_some_and(|step| step.hold);
        self.state.stage != Stage::Asking && !held
    }

    /// The hints shown so far have their bit set.
    pub fn hinted(&self) -> u32 {
        self.state.hinted
    }

    /// The judged answer of this step's question.
    pub fn verdict(&self) -> Option<&Verdict> {
        self.verdict.as_ref()
    }

    /// All guesses so far.
    pub fn given(&self) -> &[Given] {
        &self.state.given
    }

    /// What conditions and probes of this step look at.
    pub fn scope<'a>(&self, lab: &'a Lab) -> Scope<'a> {
        Scope::new(lab, self.state.begin)
    }

    /// The values in the step's texts, now or at its question once that is answered, and those of its
    /// explanation.
    pub fn values(&self, lab: &Lab) -> Named<Value> {
        let Some(step) = self.step() else { return Named::default() };
        let mut values = match &self.told {
            Some(told) => told.clone(),
            None => read_all(&step.values, &self.scope(lab)),
        };
        values.0.extend(self.verdict.iter().flat_map(|verdict| verdict.values.0.iter().cloned()));
        values
    }

    /// Nothing was answered yet.
    pub(super) fn forget_answers(&mut self) {
        self.state.given.clear();
    }

    fn enter(&mut self, step: usize, lab: &Lab) {
        self.state.starts.resize(self.lesson.steps.len(), None);
        self.state.starts[step..].fill(None);
        if let Some(start) = self.state.starts.get_mut(step) {
            *start = Some(Place::here(lab));
        }
        self.state.step = step as u32;
        self.state.stage = Stage::Doing;
        self.state.begin = Begin::now(lab);
        self.state.script = Script::begin(lab);
        (self.state.asked, self.state.rewound) = (None, false);
        (self.state.since, self.state.ends) = (lab.now(), None);
        (self.state.hinted, self.state.late) = (0, false);
        (self.verdict, self.told) = (None, None);
    }

    /// Whether [`goto`](Self::goto) can go there.
    pub fn reached(&self, step: usize) -> bool {
        self.state.starts.get(step).is_some_and(Option::is_some)
    }

    /// Tells the same lesson in other words: another language's, of the same file.
    pub fn retell(&mut self, lesson: Rc<Lesson>) {
        self.lesson = lesson;
    }

    /// Goes on to the next step, whether this one is done or not; `false` at the end.
    ///
    /// # Errors
    /// If its world cannot be made.
    pub fn next(&mut self, lab: &mut Lab) -> Result<bool, LabError> {
        let step = self.index() + 1;
        if step >= self.lesson.steps.len() {
            return Ok(false);
        }
        let rewinds = self.step().and_then(|step| step.ask.as_ref()).is_some_and(|ask| ask.rewind);
        if let (true, Some((_, place))) = (rewinds && !self.state.rewound, self.state.asked.take()) {
            place.restore(lab);
        }
        if self.lesson.begins_anew(step) {
            *lab = Lab::new(&self.lesson, self.lesson.worlds_at(step))?;
        }
        self.enter(step, lab);
        Ok(true)
    }

    /// Goes back to the start of a step that was reached; `false` if it was not. What happened since is
    /// forgotten.
    ///
    /// # Errors
    /// If its world cannot be made.
    pub fn goto(&mut self, step: usize, lab: &mut Lab) -> Result<bool, LabError> {
        let Some(place) = self.state.starts.get(step).cloned().flatten() else { return Ok(false) };
        if self.lesson.worlds_at(step) != self.lesson.worlds_at(self.index()) {
            *lab = Lab::new(&self.lesson, self.lesson.worlds_at(step))?;
        }
        place.restore(lab);
        self.enter(step, lab);
        Ok(true)
    }

    /// Answers the question. The reveal follows: the world goes through what was asked about.
    ///
    /// # Errors
    /// If no question waits, or it has no right answer in this world.
    pub fn answer(&mut self, lab: &Lab, guess: Reply) -> Result<&Verdict, AskError> {
        let lesson = Rc::clone(&self.lesson);
        let step = lesson.steps.get(self.index());
        let ask = step.and_then(|step| step.ask.as_ref()).filter(|_| self.state.stage == Stage::Asking);
        let ask = ask.ok_or(AskError::Kind)?;
        let verdict = ask.judge(guess, &ask.outcome(lab)?)?;
        self.told = step.map(|step| read_all(&step.values, &self.scope(lab)));
        let (step, right) = (self.state.step, verdict.right);
        self.state.given.retain(|given| given.step != step);
        self.state.given.push(Given { step, guess: verdict.guess.clone(), right });
        self.state.asked = Some((Begin::now(lab), Place::here(lab)));
        (self.state.script, self.state.ends) = (Script::begin(lab), None);
        self.begin_stage(Stage::Revealing, lab);
        Ok(self.verdict.insert(verdict))
    }

    fn begin_stage(&mut self, stage: Stage, lab: &Lab) {
        self.state.stage = stage;
        self.state.since = lab.now();
    }

    /// Lets time pass up to an instant, or until there is news. While a question waits, none passes.
    pub fn advance(&mut self, lab: &mut Lab, to: Time) -> Option<News> {
        loop {
            if let Some(news) = self.poll(lab) {
                return Some(news);
            }
            let now = lab.now();
            // What is due at this very instant comes first.
            let at_once = lab.next_at().is_some_and(|at| at <= now);
            if now > to || (now == to && !at_once) || !self.runs() {
                return None;
            }
            let due = self.due(lab).into_iter().chain(lab.next_at()).chain([to]);
            let next = due.filter(|at| *at > now).min().unwrap_or(to);
            lab.advance(if at_once { now } else { next });
        }
    }

    /// Lets time pass up to an instant, whatever is new on the way. A reveal that takes the world back to
    /// where it was asked ends it: what was left of the time belonged to the world it showed.
    pub fn pass(&mut self, lab: &mut Lab, to: Time) -> Vec<News> {
        let (mut all, mut reached) = (Vec::new(), lab.now());
        while let Some(news) = self.advance(lab, to) {
            all.push(news);
            if lab.now() < reached {
                break;
            }
            reached = lab.now();
        }
        all
    }

    /// The instants at which something may become true without anything happening.
    fn due(&self, lab: &Lab) -> Vec<Time> {
        let Some(step) = self.step() else { return Vec::new() };
        let mut waits = Vec::new();
        let hints = step.hints.iter().filter_map(|hint| hint.when.as_ref());
        let awaited = step.wait.as_ref().and_then(|wait| wait.when.as_ref());
        for condition in hints.chain(awaited).chain(&step.until) {
            condition.waits(&mut waits);
        }
        let mut due: Vec<Time> =
            waits.into_iter().map(|ms| self.state.begin.at + Span::from_millis(ms)).collect();
        due.push(self.state.since + Span::from_millis(step.limit_ms));
        match (self.state.stage, &step.ask) {
            (Stage::Revealing, Some(_)) => due.extend(self.state.ends),
            (Stage::Doing, _) => {}
            _ => return due,
        }
        let deeds = match &step.ask {
            Some(ask) if self.state.stage == Stage::Revealing => &ask.run.deeds,
            _ => &step.deeds,
        };
        due.extend(self.state.script.due(deeds, lab));
        due
    }

    /// What is new; call it again until there is nothing.
    pub fn poll(&mut self, lab: &mut Lab) -> Option<News> {
        let lesson = Rc::clone(&self.lesson);
        let step = lesson.steps.get(self.index())?;
        loop {
            let before = self.state.stage;
            let news = match before {
                Stage::Doing => self.doing(step, lab),
                Stage::Revealing => self.revealing(step, lab),
                Stage::Awaiting => self.awaiting(step, lab),
                Stage::Settling => self.settling(step, lab),
                Stage::Asking | Stage::Done => None,
            };
            if news.is_some() {
                return news;
            }
            if self.state.stage == before {
                return self.hint(step, lab);
            }
        }
    }

    fn doing(&mut self, step: &Step, lab: &mut Lab) -> Option<News> {
        loop {
            match self.state.script.poll(&step.deeds, lab, self.state.begin) {
                Next::Done => break,
                Next::Wait(_) => return None,
                // The student changed the world so that it cannot be done: the lesson goes on without.
                Next::Failed(..) => {}
            }
        }
        if step.ask.is_some() {
            self.begin_stage(Stage::Asking, lab);
            return Some(News::Asked);
        }
        self.turn(step, lab)
    }

    fn revealing(&mut self, step: &Step, lab: &mut Lab) -> Option<News> {
        let (Some(ask), Some((begin, place))) = (&step.ask, self.state.asked.clone()) else {
            return self.turn(step, lab);
        };
        loop {
            match self.state.script.poll(&ask.run.deeds, lab, begin) {
                Next::Done => break,
                Next::Wait(_) => return None,
                Next::Failed(..) => {}
            }
        }
        let ends = *self.state.ends.get_or_insert(lab.now() + Span::from_millis(ask.run.ms));
        if lab.now() < ends {
            return None;
        }
        if ask.rewind && (step.wait.is_some() || step.until.is_some()) {
            place.restore(lab);
            self.state.rewound = true;
        }
        // Whoever is told that the reveal is over sees by the stage whose turn it is.
        self.turn(step, lab);
        Some(News::Revealed)
    }

    /// The student's turn, if they have one.
    fn turn(&mut self, step: &Step, lab: &Lab) -> Option<News> {
        self.begin_stage(Stage::Awaiting, lab);
        self.state.begin.asked = lab.traces();
        step.wait.as_ref().map(|_| News::YourTurn)
    }

    fn awaiting(&mut self, step: &Step, lab: &Lab) -> Option<News> {
        let scope = self.scope(lab);
        let done = step.wait.as_ref().is_none_or(|wait| match &wait.when {
            Some(when) => when.holds(&scope),
            None => {
                let mut asked = wait.deeds.iter().filter(|deed| deed.is_action());
                asked.all(|deed| did(&scope, deed) == Some(true))
            }
        });
        if done {
            self.begin_stage(Stage::Settling, lab);
        }
        None
    }

    fn settling(&mut self, step: &Step, lab: &Lab) -> Option<News> {
        if step.until.as_ref().is_none_or(|until| until.holds(&self.scope(lab))) {
            self.begin_stage(Stage::Done, lab);
            return Some(News::Done);
        }
        let limit = self.state.since + Span::from_millis(step.limit_ms);
        if lab.now() >= limit && !std::mem::replace(&mut self.state.late, true) {
            return Some(News::Late);
        }
        None
    }

    fn hint(&mut self, step: &Step, lab: &Lab) -> Option<News> {
        // What happens while an answer is revealed is not the student's doing.
        if matches!(self.state.stage, Stage::Done | Stage::Revealing) {
            return None;
        }
        let new = step.hints.iter().take(32).enumerate().position(|(n, hint)| {
            let shown = self.state.hinted & (1 << n) != 0;
            !shown && hint.when.as_ref().is_some_and(|when| when.holds(&self.scope(lab)))
        })?;
        self.state.hinted |= 1 << new;
        Some(News::Hint(new))
    }

    /// The student asks for help: the next hint that was not shown.
    pub fn help(&mut self) -> Option<usize> {
        let hints = self.step()?.hints.len().min(32);
        let new = (0..hints).find(|n| self.state.hinted & (1 << n) == 0)?;
        self.state.hinted |= 1 << new;
        Some(new)
    }
}
