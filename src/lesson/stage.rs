//! How far a step of a lesson is, and what a run tells of it.

use super::answer::Reply;
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
