//! A challenge being tried: judged by what happens in its world, whatever way leads there.

use super::condition::Condition;
use super::deed::plain;
use super::format::{Challenge, DialSetting, Lesson, Tool};
use super::lab::{Lab, LabError};
use super::probe::Value;
use super::scope::{Begin, Scope};
use super::script::{Next, Script};
use crate::redis::{Span, Time};
use crate::sim::{Action, Session, TimedAction, WorldSpec};
use serde::{Deserialize, Serialize};
use std::rc::Rc;

/// How a trial stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Status {
    /// What happens first happens.
    #[default]
    Doing,
    /// The student tries.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost(Loss),
}

/// Why a trial is lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Loss {
    /// The time is over.
    Time,
    /// More actions than allowed.
    Actions,
    /// An action that is not allowed here.
    Forbidden,
    /// The goal is reached, but a smaller value of the dial would do.
    TooLarge,
}

/// What a trial remembers; with the lab's session it is the whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The place of the challenge.
    pub challenge: u32,
    /// The value of its dial, if it has one.
    pub dial: Option<u64>,
    /// Since when events count.
    pub begin: Begin,
    /// What is being done by itself first.
    pub script: Script,
    /// How it stands.
    pub status: Status,
    /// Actions that were done before the student's turn.
    pub before: u32,
    /// Which parts of the goal held when the turn began, one after the other.
    pub given: Vec<bool>,
}

/// A challenge being tried.
#[derive(Clone, Debug)]
pub struct Trial {
    lesson: Rc<Lesson>,
    state: State,
}

impl Trial {
    /// A challenge at its start, with the dial's value if it has one.
    ///
    /// # Errors
    /// If its world cannot be made.
    pub fn new(lesson: Rc<Lesson>, challenge: usize, dial: Option<u64>) -> Result<(Self, Lab), LabError> {
        let wanted = lesson.challenges.get(challenge);
        let worlds: Vec<String> = wanted.and_then(|wanted| wanted.world.clone()).into_iter().collect();
        let mut lab = Lab::new(&lesson, &worlds)?;
        let set = wanted.and_then(|wanted| wanted.dial.as_ref()).zip(dial);
        if let Some((wanted, value)) = set {
            let mut spec = lab.main.spec().clone();
            turn(&mut spec, &wanted.node, wanted.setting, value);
            lab.main = Session::new(spec);
        }
        let state = State {
            challenge: challenge as u32,
            dial,
            begin: Begin::now(&lab),
            script: Script::begin(&lab),
            ..State::default()
        };
        Ok((Self { lesson, state }, lab))
    }

    /// A trial as it was, over a lab as it was.
    pub fn resume(lesson: Rc<Lesson>, state: State) -> Self {
        Self { lesson, state }
    }

    /// What has to be kept to [`resume`](Self::resume).
    pub fn state(&self) -> &State {
        &self.state
    }

    /// The lesson.
    pub fn lesson(&self) -> &Rc<Lesson> {
        &self.lesson
    }

    /// Tells the same lesson in other words.
    pub fn retell(&mut self, lesson: Rc<Lesson>) {
        self.lesson = lesson;
    }

    /// Which challenge it is.
    pub fn index(&self) -> usize {
        self.state.challenge as usize
    }

    /// The challenge; `None` if the lesson has no such one.
    pub fn challenge(&self) -> Option<&Challenge> {
        self.lesson.challenges.get(self.state.challenge as usize)
    }

    /// How it stands.
    pub fn status(&self) -> Status {
        self.state.status
    }

    /// The dial's value.
    pub fn dial(&self) -> Option<u64> {
        self.state.dial
    }

    /// What its conditions and probes look at.
    pub fn scope<'a>(&self, lab: &'a Lab) -> Scope<'a> {
        Scope::new(lab, self.state.begin)
    }

    /// The student's actions so far, oldest first.
    fn actions<'a>(&self, lab: &'a Lab) -> impl Iterator<Item = &'a TimedAction> {
        let session = &lab.main;
        let done = session.done() as usize;
        let theirs = session.actions()[..done].iter().filter(|timed| !session.spec().opening.contains(timed));
        theirs.skip(if self.state.status == Status::Doing { done } else { self.state.before as usize })
    }

    /// How many actions the student has done.
    pub fn count(&self, lab: &Lab) -> u32 {
        self.actions(lab).count() as u32
    }

    /// Whether an action is allowed.
    pub fn allows(&self, action: &Action) -> bool {
        let allowed = self.challenge().and_then(|challenge| challenge.allow.as_deref());
        allowed.is_none_or(|tools| tools.contains(&tool_of(action)))
    }

    /// The number that is the result, if the challenge has one.
    pub fn measure(&self, lab: &Lab) -> Option<Value> {
        Some(self.challenge()?.measure.as_ref()?.read(&self.scope(lab)))
    }

    /// How many parts of the goal are reached, of how many. What held before the student did anything is no
    /// progress: it counts only once it has been lost.
    pub fn progress(&self, lab: &Lab) -> (u32, u32) {
        let given = self.state.given.iter().copied().chain(std::iter::repeat(false));
        let open = self.parts(lab).into_iter().zip(given).filter(|(holds, given)| !(*holds && *given));
        open.fold((0, 0), |(reached, all), (holds, _)| (reached + u32::from(holds), all + 1))
    }

    /// Which parts of the goal hold now.
    fn parts(&self, lab: &Lab) -> Vec<bool> {
        let scope = self.scope(lab);
        match self.challenge().map(|challenge| &challenge.goal) {
            Some(Condition::All(all)) => all.iter().map(|one| one.holds(&scope)).collect(),
            Some(goal) => vec![goal.holds(&scope)],
            None => Vec::new(),
        }
    }

    /// Lets time pass up to an instant, or until the status changes.
    pub fn advance(&mut self, lab: &mut Lab, to: Time) -> Option<Status> {
        loop {
            if let Some(status) = self.poll(lab) {
                return Some(status);
            }
            let now = lab.now();
            // What is due at this very instant comes first.
            let at_once = lab.next_at().is_some_and(|at| at <= now);
            if now > to || (now == to && !at_once) {
                return None;
            }
            let mut waits = Vec::new();
            let challenge = self.challenge();
            let limit = challenge.map_or(0, |challenge| challenge.limit_ms);
            if let Some(challenge) = challenge {
                challenge.goal.waits(&mut waits);
            }
            waits.push(limit);
            let begun = self.state.begin.at;
            let due = waits.into_iter().map(|ms| begun + Span::from_millis(ms));
            let script = challenge.and_then(|challenge| self.state.script.due(&challenge.deeds, lab));
            let due = due.chain(script).chain(lab.next_at()).chain([to]);
            let next = due.filter(|at| *at > now).min().unwrap_or(to);
            lab.advance(if at_once { now } else { next });
        }
    }

    /// The new status, if it changed.
    pub fn poll(&mut self, lab: &mut Lab) -> Option<Status> {
        let lesson = Rc::clone(&self.lesson);
        let challenge = lesson.challenges.get(self.state.challenge as usize)?;
        let new = match self.state.status {
            Status::Doing => loop {
                match self.state.script.poll(&challenge.deeds, lab, self.state.begin) {
                    Next::Done => {
                        self.state.before = lab.main.done() - opening_done(&lab.main);
                        self.state.begin = Begin::now(lab);
                        self.state.given = self.parts(lab);
                        break Status::Open;
                    }
                    Next::Wait(_) => return None,
                    Next::Failed(..) => {}
                }
            },
            Status::Open => self.judge(challenge, lab)?,
            Status::Won | Status::Lost(_) => return None,
        };
        self.state.status = new;
        Some(new)
    }

    fn judge(&self, challenge: &Challenge, lab: &Lab) -> Option<Status> {
        if self.actions(lab).any(|timed| !self.allows(&timed.action)) {
            return Some(Status::Lost(Loss::Forbidden));
        }
        if challenge.max_actions.is_some_and(|most| self.count(lab) > most) {
            return Some(Status::Lost(Loss::Actions));
        }
        if challenge.goal.holds(&self.scope(lab)) {
            let smaller = self.wins_with_less(challenge, lab);
            return Some(if smaller { Status::Lost(Loss::TooLarge) } else { Status::Won });
        }
        let over = lab.now().since(self.state.begin.at) >= Span::from_millis(challenge.limit_ms);
        over.then_some(Status::Lost(Loss::Time))
    }

    /// Whether the same actions reach the goal with the dial one step lower: seen by doing them.
    fn wins_with_less(&self, challenge: &Challenge, lab: &Lab) -> bool {
        let (Some(dial), Some(value)) = (&challenge.dial, self.state.dial) else { return false };
        let Some(less) = value.checked_sub(dial.step.max(1)).filter(|less| *less >= dial.min) else {
            return false;
        };
        let mut spec = lab.main.spec().clone();
        turn(&mut spec, &dial.node, dial.setting, less);
        let mut copy = Lab { main: Session::replay(spec, lab.main.actions().to_vec()), other: None };
        copy.advance(self.state.begin.at);
        let begin = Begin::now(&copy);
        copy.advance(lab.now());
        challenge.goal.holds(&Scope::new(&copy, begin))
    }
}

/// How many of a session's done actions are its opening's.
fn opening_done(session: &Session) -> u32 {
    let done = &session.actions()[..session.done() as usize];
    done.iter().filter(|timed| session.spec().opening.contains(timed)).count() as u32
}

/// Sets a dial.
fn turn(spec: &mut WorldSpec, node: &str, setting: DialSetting, value: u64) {
    let Some(id) = spec.node_named(node) else { return };
    let settings = &mut spec.nodes[id.index()].settings;
    match setting {
        DialSetting::BacklogSize => settings.backlog_size = value,
        DialSetting::Timeout => settings.repl_timeout = value,
        DialSetting::OutputBuffer => settings.replica_limit.hard = value,
    }
}

/// The kind of an action.
fn tool_of(action: &Action) -> Tool {
    match plain(action) {
        Action::Cut(_) | Action::Heal(_) => Tool::Cut,
        Action::SetLinkMode(..) | Action::SetLinkPath { .. } => Tool::Link,
        Action::Write { .. } => Tool::Command,
        Action::ReplicaOf { .. } => Tool::Replicaof,
        Action::Kill(_) | Action::Restart { .. } => Tool::Kill,
        Action::Pause(_) | Action::Resume(_) => Tool::Pause,
        Action::ClientRate { .. } | Action::ClientRun(..) => Tool::Client,
    }
}
