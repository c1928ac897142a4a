//! One frame: time passes, the packets move, and one thing more is drawn.

use super::drag::Next;
use super::pace::Pace;
use super::{Player, State};
use crate::view::picture::Part;
use std::rc::Rc;

/// The longest frame that counts: a tab that slept does not catch up in one go.
const LONGEST_FRAME: f64 = 100.0;

/// What a frame is for, beside the packets.
enum Turn {
    /// What is live is drawn, all of one instant; and written at once, if the next frame would be late.
    Beat(bool),
    /// What the last beat drew is written.
    Write,
    /// Pieces of the page that wait.
    Pieces,
    /// A part of the picture, or nothing.
    Part(Option<Part>),
}

impl Player {
    /// A frame at this instant of the browser's clock, in milliseconds.
    pub(super) fn tick(&self, at: f64) {
        let mut state = self.state.borrow_mut();
        if !state.runs() && state.drag.late {
            let next = state.drag.next(at, self.waiting.get());
            drop(state);
            self.draw_on(next);
            return;
        }
        let real = state.last_frame.map_or(0.0, |last| (at - last).clamp(0.0, LONGEST_FRAME));
        state.last_frame = Some(at);
        if !state.attend(real) {
            let span = state.speed.model(real);
            state.travel(span);
        }
        if !state.runs() {
            drop(state);
            self.refresh();
            return;
        }
        let turn = match () {
            () if state.pace.writes() => Turn::Write,
            () if state.pace.beats(at, real) => Turn::Beat(!state.pace.has_unwritten()),
            () if self.waiting.get() && !state.pace.is_late(at) => Turn::Pieces,
            () => Turn::Part(state.pace.next(at)),
        };
        drop(state);
        match turn {
            Turn::Beat(writes) => Pace::beat(writes, || {
                self.state.borrow_mut().draw_live();
                self.draw_frame(writes);
                self.tell(Some(Part::Scene));
            }),
            Turn::Write => Pace::beat(true, || self.draw_frame(true)),
            Turn::Pieces => {
                self.state.borrow_mut().pace.go_on();
                self.draw_frame(false);
                self.tell_more();
            }
            Turn::Part(None) => self.draw_frame(false),
            Turn::Part(Some(part)) => {
                self.state.borrow_mut().draw_part(part);
                self.draw_frame(false);
                self.tell(Some(part));
            }
        }
    }

    /// Draws something of what is left after a seek.
    fn draw_on(&self, next: Next) {
        match next {
            Next::Wait => {}
            Next::Pieces => self.tell_more(),
            Next::Part(part) => {
                let mut state = self.state.borrow_mut();
                state.draw_part(part);
                state.write_live();
                drop(state);
                self.tell(Some(part));
            }
            Next::Done => {
                self.state.borrow_mut().drag.late = false;
                self.run_or_rest();
                self.tell_more();
            }
        }
    }

    /// Tells the page that this frame has time for pieces that wait.
    fn tell_more(&self) {
        self.listener.borrow().iter().for_each(|listener| listener.emit(None));
    }

    /// Writes what is live with a beat, and moves the packets.
    fn draw_frame(&self, beat: bool) {
        let mut state = self.state.borrow_mut();
        if let (_, Some(area)) = self.due.take() {
            state.renew_live(area);
        } else if beat {
            state.write_live();
        }
        if beat || !state.still {
            state.fly();
        }
    }
}

impl State {
    /// Draws what is seen first: while the reader drags through time there is no more in a frame.
    pub(super) fn glance(&mut self) {
        self.draw_live();
        let picture = Rc::make_mut(&mut self.picture);
        picture.head = picture.now;
        self.fly();
        self.write_live();
    }
}
