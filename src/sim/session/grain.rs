//! Steps that a person can see, forward and exactly back: events, messages, commands, marks.

use super::Session;
use crate::redis::{Event, Span, StreamKind};
use crate::sim::ids::EntryId;
use crate::sim::trace::{Entry, What};

/// How far one step goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Grain {
    /// To the next thing that can be seen: a message that leaves or arrives, something a server
    /// tells, an action, a link.
    #[default]
    Event,
    /// To the next packet that is sent, delivered or lost.
    Message,
    /// To the next command of a replication stream that a master feeds or a replica applies.
    Command,
}

/// A step gives up when nothing was to be seen for so long.
const LONGEST: Span = Span::from_secs(120);

impl Grain {
    /// Whether an entry of the trace is what a step of this grain stops at.
    pub fn stops_at(self, entry: &Entry) -> bool {
        match (&entry.what, self) {
            (What::Sent(sent), Self::Event | Self::Message) => !sent.kind.is_control(),
            (What::Delivered { kind, .. }, Self::Event | Self::Message) => !kind.is_control(),
            (What::Lost { .. }, Self::Event | Self::Message) => true,
            (What::Server(Event::Fed { kind, .. }), Self::Command) => *kind != StreamKind::Relay,
            (What::Server(Event::Applied { .. }), Self::Command) => true,
            (What::LinkMode { .. } | What::Server(_) | What::Action(_), Self::Event) => true,
            (What::Up { .. } | What::Down | What::Paused | What::Resumed, Self::Event) => true,
            _ => false,
        }
    }
}

impl Session {
    /// Runs to the next instant at which something of this grain happens. If nothing does for two
    /// minutes of model time, it stays where it is and returns `false`.
    pub fn step_to(&mut self, grain: Grain) -> bool {
        self.run_until(|entry| grain.stops_at(entry))
    }

    /// Goes back to the last instant before this one at which something of this grain happened,
    /// exactly as it was then; to the start if nothing did. `false` at the start.
    pub fn step_back_to(&mut self, grain: Grain) -> bool {
        self.back_until(|entry| grain.stops_at(entry))
    }

    /// Goes on to the next mark; runs two minutes of model time for one at most, then it stays where
    /// it is and returns `false`.
    pub fn next_mark(&mut self) -> bool {
        let seen = self.world.trace().len();
        let known = self.marks().iter().find(|mark| mark.entry.0 >= seen).map(|mark| mark.entry);
        if let Some(entry) = known {
            self.go_to(entry);
            return true;
        }
        let before = self.clone();
        let end = self.world.now() + LONGEST;
        while self.next_at().is_some_and(|at| at <= end) && self.step() {
            if self.marks().last().is_some_and(|mark| mark.entry.0 >= seen) {
                return true;
            }
        }
        // What was looked at in vain is no part of the session.
        *self = before;
        false
    }

    /// Goes back to the last mark before this instant; to the start if there is none. `false` at the
    /// start.
    pub fn prev_mark(&mut self) -> bool {
        let marks: Vec<EntryId> = self.marks().iter().map(|mark| mark.entry).collect();
        self.back_until(|entry| marks.binary_search(&entry.id).is_ok())
    }

    /// Goes to the instant of an entry of the trace, right after the step that wrote it.
    pub fn go_to(&mut self, entry: EntryId) {
        if self.world.trace().len() > entry.0 {
            self.restore_last(|snapshot| snapshot.world.trace().len() <= entry.0);
        }
        while self.world.trace().len() <= entry.0 && self.step() {}
    }

    fn run_until(&mut self, wanted: impl Fn(&Entry) -> bool) -> bool {
        let before = self.clone();
        let end = self.world.now() + LONGEST;
        while self.next_at().is_some_and(|at| at <= end) {
            let seen = self.world.trace().len();
            if !self.step() {
                break;
            }
            if self.world.trace().since(seen).any(&wanted) {
                return true;
            }
        }
        // What was looked at in vain is no part of the session.
        *self = before;
        false
    }

    fn back_until(&mut self, wanted: impl Fn(&Entry) -> bool) -> bool {
        let here = (self.position(), self.world.now());
        let mut end = self.world.trace().len();
        loop {
            let newer = self.world.trace().len().saturating_sub(end);
            let before = self.world.trace().iter().rev().skip(newer as usize).find(|entry| wanted(entry));
            let Some(entry) = before.map(|entry| entry.id) else {
                let first = self.world.trace().first();
                if first == 0 {
                    break;
                }
                // What came before that is forgotten: it is run again.
                self.restore_last(|snapshot| snapshot.world.trace().len() < first);
                while self.world.trace().len() < first && self.step() {}
                end = first;
                continue;
            };
            self.restore_last(|snapshot| snapshot.world.trace().len() <= entry.0);
            end = self.world.trace().len();
            if end > entry.0 {
                // It was there before the first step.
                break;
            }
            while self.world.trace().len() <= entry.0 {
                end = self.world.trace().len();
                if !self.step() {
                    break;
                }
            }
            if (self.position(), self.world.now()) < here {
                return true;
            }
            // The session stood right after this very step: look before it.
        }
        self.restore_last(|_| false);
        here > (0, self.world.now())
    }
}
