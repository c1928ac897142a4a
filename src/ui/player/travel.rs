//! The player's travels in time: steps and marks, a range that repeats, branches.

use super::pace::now;
use super::{Player, State};
use crate::redis::{Span, Time};
use crate::sim::{BranchId, Grain, Session};
use crate::view::history::{Hit, Record, Zoom};
use crate::view::permalink::{LinkError, Look, MOST_STEPS, Shared};
use crate::view::picture::Part;
use crate::view::poster;
use std::rc::Rc;

/// How the reader travels.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ui) struct Trip {
    /// How far a step goes.
    pub(in crate::ui) grain: Grain,
    /// Where the range begins that is played again and again.
    pub(in crate::ui) from: Option<Time>,
    /// Where it ends.
    pub(in crate::ui) until: Option<Time>,
}

impl Trip {
    fn range(&self) -> Option<(Time, Time)> {
        self.from.zip(self.until)
    }
}

impl Player {
    /// Pauses, changes the session, and shows it.
    fn go(&self, to: impl FnOnce(&mut Session)) {
        let mut state = self.state.borrow_mut();
        state.playing = false;
        to(&mut state.session);
        drop(state);
        self.refresh();
    }

    /// Pauses and runs to the next thing of the chosen grain.
    pub(in crate::ui) fn step(&self) {
        let mut state = self.state.borrow_mut();
        let grain = state.trip.grain;
        state.playing = false;
        if !state.waits() {
            let present = state.session.world().now() >= state.session.reach();
            state.session.step_to(grain);
            if present {
                state.poll();
            }
        }
        drop(state);
        self.refresh();
    }

    /// Pauses and goes back to the last instant before this one at which there was one.
    pub(in crate::ui) fn step_back(&self) {
        let grain = self.state.borrow().trip.grain;
        self.go(|session| {
            session.step_back_to(grain);
        });
    }

    /// Pauses and goes to the next instant of note, or the one before.
    pub(in crate::ui) fn to_mark(&self, forward: bool) {
        self.go(|session| {
            if forward {
                session.next_mark()
            } else {
                session.prev_mark()
            };
        });
    }

    /// Pauses and goes to an instant of the session so far. What is seen first is drawn at once, the rest in
    /// the next frames.
    pub(in crate::ui) fn seek(&self, to: Time) {
        let mut state = self.state.borrow_mut();
        let plays = std::mem::take(&mut state.playing);
        let to = to.min(state.session.reach());
        state.session.seek(to);
        // The other world of a lesson travels when all is drawn.
        if plays || state.class.is_some() {
            drop(state);
            self.refresh();
            return;
        }
        state.drag.seeks(now());
        state.glance();
        drop(state);
        self.run_or_rest();
        self.tell(Some(Part::Scene));
    }

    /// Whether not all is drawn yet after a seek.
    pub(in crate::ui) fn is_late(&self) -> bool {
        self.state.borrow().drag.late
    }

    /// Goes to an instant and draws nothing.
    #[cfg(feature = "bench")]
    pub(in crate::ui) fn replay(&self, to: Time) {
        self.state.borrow_mut().session.seek(to);
    }

    /// Pauses and goes to an instant, also one that was never reached.
    pub(in crate::ui) fn run_to(&self, to: Time) {
        self.go(|session| {
            if to < session.world().now() {
                session.seek(to);
            } else {
                poster::run_to(session, to);
            }
        });
    }

    /// Opens a shared session, paused at its instant. One that does not open changes nothing.
    pub(in crate::ui) fn open(&self, shared: &Shared) -> Result<(), LinkError> {
        let mut record = Record::default();
        let session = shared.open(MOST_STEPS, &mut |world| record.follow(world))?;
        let mut state = self.state.borrow_mut();
        if let Some(class) = state.class.take() {
            (state.speed, state.lecture) = (class.speed, None);
            state.frame.plan.dragged.clear();
        }
        state.take_over(session, record, &shared.look);
        drop(state);
        self.refresh();
        Ok(())
    }

    /// What a link to the session holds; a lesson goes by this name.
    pub(in crate::ui) fn shared(&self, look: Look, lesson: &str) -> Shared {
        let state = self.state.borrow();
        let zoom = state.frame.zoom;
        let window = state.picture.window;
        let shown = (zoom != Zoom::All && zoom != Zoom::RECENT).then(|| window.span());
        let look = Look { whole: zoom == Zoom::All, zoom: shown, ..look };
        match &state.class {
            Some(class) => class.shared(&state.session, look, lesson),
            None => Shared::of(&state.session, look),
        }
    }

    /// Starts over; plays on if it played.
    pub(in crate::ui) fn reset(&self) {
        if self.step_over() {
            return;
        }
        let mut state = self.state.borrow_mut();
        state.session.reset();
        state.set_other(None, None);
        state.record_anew();
        state.trip = Rc::new(Trip { grain: state.trip.grain, ..Trip::default() });
        drop(state);
        self.refresh();
    }

    /// Changes how the reader travels.
    pub(in crate::ui) fn set_grain(&self, grain: Grain) {
        self.set_trip(|trip, _| trip.grain = grain);
    }

    /// The range that repeats begins here.
    pub(in crate::ui) fn range_from(&self) {
        self.set_trip(|trip, now| {
            trip.from = Some(now);
            trip.until = trip.until.filter(|until| *until > now);
        });
    }

    /// The range that repeats ends here; it begins at the start if nothing else was said.
    pub(in crate::ui) fn range_until(&self) {
        self.set_trip(|trip, now| {
            trip.from = Some(trip.from.filter(|from| *from < now).unwrap_or(Time::ZERO));
            trip.until = Some(now).filter(|now| *now > Time::ZERO);
        });
    }

    /// No range repeats any more.
    pub(in crate::ui) fn range_off(&self) {
        self.set_trip(|trip, _| (trip.from, trip.until) = (None, None));
    }

    fn set_trip(&self, change: impl FnOnce(&mut Trip, Time)) {
        let mut state = self.state.borrow_mut();
        let mut trip = (*state.trip).clone();
        change(&mut trip, state.session.world().now());
        state.trip = Rc::new(trip);
        drop(state);
        self.refresh();
    }

    /// Chooses what History shows.
    pub(in crate::ui) fn set_zoom(&self, zoom: impl FnOnce(Zoom, Time, Time) -> Zoom) {
        let now = self.shown().picture.now;
        self.set_frame(|frame| frame.zoom = zoom(frame.zoom, now, frame.reach));
    }

    /// Shows `by` times as much time, with what is at `x` of the History view's box kept there.
    pub(in crate::ui) fn zoom_at(&self, by: f64, x: f64) {
        let chart = self.shown().picture.chart.clone();
        let fraction = (x - chart.left) / (chart.right - chart.left).max(1.0);
        self.set_zoom(|zoom, now, reach| zoom.zoomed(now, reach, by, fraction));
    }

    /// Moves what History shows by so many pixels.
    pub(in crate::ui) fn pan(&self, pixels: f64) {
        let chart = self.shown().picture.chart.clone();
        let by = pixels / (chart.right - chart.left).max(1.0);
        self.set_zoom(|zoom, now, reach| zoom.panned(now, reach, by));
    }

    /// What is at a point of the History view's box.
    pub(in crate::ui) fn history_at(&self, at: (f64, f64)) -> Hit {
        let picture = self.shown().picture;
        picture.chart.hit(&picture.window, at)
    }

    /// Goes to another branch, to the same instant as far as it was reached.
    pub(in crate::ui) fn switch_to(&self, branch: BranchId) {
        let mut state = self.state.borrow_mut();
        let before = state.session.branch();
        if before != branch && state.session.switch_to(branch) {
            state.record_anew();
            if state.other.as_ref().is_some_and(|other| other.branch == Some(branch)) {
                // They change places.
                let other = state.session.on_branch(before);
                state.set_other(other, Some(before));
            }
        }
        drop(state);
        self.refresh();
    }
}

impl State {
    /// Lets model time pass, and starts over at the end of a range.
    pub(super) fn travel(&mut self, span: Span) {
        let now = self.session.world().now();
        let to = now + span;
        match self.trip.range() {
            Some((from, until)) if to >= until => self.session.seek(from),
            _ => self.session.advance(to),
        }
        self.frame.zoom = self.frame.zoom.passed(now, to);
    }

    /// Playing a range starts in it.
    pub(super) fn enter_range(&mut self) {
        let now = self.session.world().now();
        if let Some((from, until)) = self.trip.range()
            && (now < from || now >= until)
        {
            self.session.seek(from);
        }
    }

    /// A session from a link takes the place of this one, paused.
    pub(super) fn take_over(&mut self, session: Session, record: Record, look: &Look) {
        (self.session, self.record, self.playing) = (session, record, false);
        self.trip = Rc::default();
        self.set_other(None, None);
        let zoom = look.zoom.map_or(Zoom::RECENT, Zoom::Follow);
        self.frame.ring_of = look.ring_of;
        self.frame.zoom = if look.whole { Zoom::All } else { zoom };
        self.speed = look.speed.unwrap_or(self.speed);
    }

    /// The session has another past: its record is gathered again, up to where it was ever reached.
    pub(super) fn record_anew(&mut self) {
        if let Some(other) = &mut self.other {
            other.forget();
        }
        self.gather();
    }
}
