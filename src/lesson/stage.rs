//! How far a lesson is, and what a run tells of it.

use super::answer::Reply;
use super::lab::Place;
use super::scope::Begin;
use super::script::Script;
use crate::redis::Time;
use serde::{Deserialize, Serialize};

/// How far a step is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// What happens by itself happens.
    #[default]
    Doing,
    /// The question waits for its answer; the clock stands still.
    Asking,
    /// The world goes through what was asked about.
    Revealing,
    /// It is the student's turn.
    Awaiting,
    /// The world is on its way to what the step waits for.
    Settling,
    /// The reader may go on.
    Done,
}

/// What is new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// A question waits.
    Asked,
    /// The reveal is over: say why.
    Revealed,
    /// It is the student's turn.
    YourTurn,
    /// This hint is to be shown.
    Hint(usize),
    /// What the step waits for has not come in time.
    Late,
    /// The step is done.
    Done,
}

/// A guess that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// The step.
    pub step: u32,
    /// What was guessed.
    pub guess: Reply,
    /// Whether it was right.
    pub right: bool,
}

/// What a run remembers; with the lab's sessions it is the whole of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct State {
    /// The place of the step.
    pub step: u32,
    /// How far it is.
    pub stage: Stage,
    /// Since when events of the step count.
    pub begin: Begin,
    /// What is being done by itself.
    pub script: Script,
    /// Since when events of the question's run count, and where it was answered.
    pub asked: Option<(Begin, Place)>,
    /// Whether the world was taken back there after the reveal.
    pub rewound: bool,
    /// When the stage began.
    pub since: Time,
    /// When the reveal is over, once all of it is done.
    pub ends: Option<Time>,
    /// One bit a hint that was shown.
    pub hinted: u32,
    /// Whether it was said that what the step waits for has not come.
    pub late: bool,
    /// Where each step began, as far as they were reached.
    pub starts: Vec<Option<Place>>,
    /// The guesses, one a step at most.
    pub given: Vec<Given>,
}
