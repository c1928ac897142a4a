//! What a lesson shows at an instant: its step, what is asked and awaited, what is highlighted, how a
//! challenge stands. Read from the lesson's run; no number is computed here.

mod shine;
pub mod sizing;
mod tell;

pub use shine::Shine;
pub use tell::{answer_of, awaited, tool, value};

use crate::lesson::run::Stage;
use crate::lesson::text::Named;
use crate::lesson::trial::Status;
use crate::lesson::{Lab, Lesson, Run, Trial, Value, Verdict};
use std::rc::Rc;

/// A step of a lesson.
#[derive(Clone, Debug)]
pub struct Point {
    /// Its place.
    pub step: usize,
    /// How far it is.
    pub stage: Stage,
    /// Which steps can be gone to.
    pub reached: Vec<bool>,
    /// The values of its texts.
    pub values: Named<Value>,
    /// The judged answer.
    pub verdict: Option<Verdict>,
    /// The hints that are shown, a bit each.
    pub hinted: u32,
    /// How many guesses were right, of how many.
    pub right: (usize, usize),
}

/// A challenge.
#[derive(Clone, Debug)]
pub struct Attempt {
    /// Its place.
    pub challenge: usize,
    /// How it stands.
    pub status: Status,
    /// Actions so far.
    pub actions: u32,
    /// The number that is its result.
    pub measure: Option<Value>,
    /// How many parts of the goal hold, of how many.
    pub progress: (u32, u32),
    /// The dial.
    pub dial: Option<u64>,
    /// How many hints were asked for.
    pub hints: usize,
}

/// What is being done in a lesson.
#[derive(Clone, Debug)]
pub enum Part {
    /// A step.
    Step(Point),
    /// A challenge.
    Challenge(Attempt),
}

/// A lesson at an instant.
#[derive(Clone, Debug)]
pub struct Lecture {
    /// The lesson.
    pub lesson: Rc<Lesson>,
    /// What is being done.
    pub part: Part,
    /// What is highlighted.
    pub shine: Shine,
    /// Whether what the step waits for did not come in time.
    pub late: bool,
    /// Whether the question has no answer in the world as it is.
    pub stuck: bool,
    /// Whether "show me" is at work.
    pub helping: bool,
    /// Whether the deciding moment is being watched again.
    pub film: bool,
    /// Whether there is something to watch again.
    pub can_film: bool,
    /// Whether a challenge refused the last action.
    pub refused: bool,
}

impl Point {
    /// The step that a run is at.
    pub fn of(run: &Run, lab: &Lab) -> Self {
        let steps = run.lesson().steps.len();
        let given = run.given();
        Self {
            step: run.index(),
            stage: run.stage(),
            reached: (0..steps).map(|step| run.reached(step)).collect(),
            values: run.values(lab),
            verdict: run.verdict().cloned(),
            hinted: run.hinted(),
            right: (given.iter().filter(|given| given.right).count(), given.len()),
        }
    }
}

impl Attempt {
    /// How a trial stands.
    pub fn of(trial: &Trial, lab: &Lab, hints: usize) -> Self {
        Self {
            challenge: trial.index(),
            status: trial.status(),
            actions: trial.count(lab),
            measure: trial.measure(lab),
            progress: trial.progress(lab),
            dial: trial.dial(),
            hints,
        }
    }
}

impl Lecture {
    /// The step, unless a challenge is tried.
    pub fn point(&self) -> Option<&Point> {
        match &self.part {
            Part::Step(point) => Some(point),
            Part::Challenge(_) => None,
        }
    }
}
