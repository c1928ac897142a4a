//! Going ahead in a lesson: what the steps before would have shown is gone through at once.

use super::lab::{Lab, LabError};
use super::run::{News, Run, Stage};
use super::scope::Begin;
use super::script::{Next, PATIENCE, Script};
use crate::redis::Span;

/// Time passes in pieces so long: what is awaited is done soon after it may be.
const PIECE: Span = Span::from_millis(10);

impl Run {
    /// Goes on to a step, or to the last one: as if each step before had been answered rightly and what it
    /// asks for had been done. Nothing counts as answered by the student.
    ///
    /// # Errors
    /// If a step's world cannot be made.
    pub fn ahead(&mut self, step: usize, lab: &mut Lab) -> Result<(), LabError> {
        while self.index() < step {
            self.hurry(lab);
            if !self.next(lab)? {
                break;
            }
        }
        self.forget_answers();
        Ok(())
    }

    /// Goes through the step, as far as it goes by itself within two minutes of its time.
    fn hurry(&mut self, lab: &mut Lab) {
        let lesson = self.lesson().clone();
        let deeds = self.step().and_then(|step| step.wait.as_ref()).map(|wait| wait.deeds.as_slice());
        let deeds = deeds.unwrap_or_default().to_vec();
        let mut helper: Option<(Script, Begin)> = None;
        let until = lab.now() + PATIENCE;
        while lab.now() < until {
            match self.stage() {
                Stage::Done => return,
                Stage::Asking => {
                    let ask = lesson.steps.get(self.index()).and_then(|step| step.ask.as_ref());
                    let right = ask.and_then(|ask| ask.outcome(lab).ok());
                    if right.is_none_or(|outcome| self.answer(lab, outcome.right).is_err()) {
                        return;
                    }
                }
                Stage::Awaiting => {
                    let (script, begin) = helper.get_or_insert_with(|| (Script::begin(lab), Begin::now(lab)));
                    while let Next::Failed(..) = script.poll(&deeds, lab, *begin) {}
                }
                Stage::Doing | Stage::Revealing | Stage::Settling => {}
            }
            if self.pass(lab, lab.now() + PIECE).contains(&News::Late) {
                return;
            }
        }
    }
}
