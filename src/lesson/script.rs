//! Deeds done one after the other, in the world's own time.

use super::deed::Deed;
use super::format::Forward;
use super::lab::{Lab, LabError};
use super::scope::{Begin, Scope};
use crate::redis::{Span, Time};
use serde::{Deserialize, Serialize};

/// How long a `wait_for` waits.
pub const PATIENCE: Span = Span::from_secs(120);

/// How far a list of deeds is done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    /// The place of the next deed.
    pub next: u32,
    /// When it may be done.
    pub due: Time,
}

/// What a script does next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// All is done.
    Done,
    /// It waits: for this instant, or at most until it.
    Wait(Time),
    /// This deed could not be done; it is left out.
    Failed(usize, Problem),
}

/// Why a deed of a script was not done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// It cannot be done.
    #[error(transparent)]
    Lab(#[from] LabError),
    /// What it waits for did not come.
    #[error("what it waits for did not come within 120 s")]
    NeverCame,
}

impl Script {
    /// A script that begins now.
    pub fn begin(lab: &Lab) -> Self {
        Self { next: 0, due: lab.now() }
    }

    /// When it goes on by itself, if it waits.
    pub fn due(&self, deeds: &[Deed], lab: &Lab) -> Option<Time> {
        let waits = (self.next as usize) <= deeds.len() && lab.now() < self.due;
        match deeds.get(self.next as usize) {
            _ if waits => Some(self.due),
            Some(Deed::WaitFor(_)) => Some(self.due + PATIENCE),
            _ => None,
        }
    }

    /// Does all that is due.
    pub fn poll(&mut self, deeds: &[Deed], lab: &mut Lab, begin: Begin) -> Next {
        while let Some(deed) = deeds.get(self.next as usize) {
            let now = lab.now();
            if now < self.due {
                return Next::Wait(self.due);
            }
            let done = match deed {
                Deed::WaitMs(ms) => {
                    self.due = now + Span::from_millis((*ms).into());
                    Ok(())
                }
                Deed::WaitFor(condition) => {
                    let patience = self.due + PATIENCE;
                    let came = condition.holds(&Scope::new(lab, begin));
                    if !came && now < patience {
                        return Next::Wait(patience);
                    }
                    self.due = now;
                    if came { Ok(()) } else { Err(Problem::NeverCame) }
                }
                deed => lab.act(deed).map_err(Problem::from),
            };
            let at = self.next as usize;
            self.next += 1;
            if let Err(problem) = done {
                return Next::Failed(at, problem);
            }
        }
        if lab.now() < self.due { Next::Wait(self.due) } else { Next::Done }
    }
}

/// Lets a lab go through deeds and the time after them, at once.
///
/// # Errors
/// The first deed that could not be done, and its place.
pub fn forward(lab: &mut Lab, run: &Forward, begin: Begin) -> Result<(), (usize, Problem)> {
    perform(lab, &run.deeds, begin)?;
    lab.advance(lab.now() + Span::from_millis(run.ms));
    Ok(())
}

/// Lets a lab go through deeds, at once.
///
/// # Errors
/// The first deed that could not be done, and its place.
pub fn perform(lab: &mut Lab, deeds: &[Deed], begin: Begin) -> Result<(), (usize, Problem)> {
    let mut script = Script::begin(lab);
    loop {
        match script.poll(deeds, lab, begin) {
            Next::Done => return Ok(()),
            Next::Failed(at, problem) => return Err((at, problem)),
            Next::Wait(until) => {
                let to = lab.next_at().map_or(until, |at| at.min(until));
                lab.advance(to);
            }
        }
    }
}
