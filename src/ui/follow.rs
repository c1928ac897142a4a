//! The page follows the player: what is new is read out, and pieces that are stale are drawn again,
//! all at once when time stands still, a few a frame while it runs.

use super::app::{App, Msg, News};
use super::dom;
use super::piece::Piece;
use super::player::Shown;
use super::{failure, ring, side};
use crate::view::picture::Part;
use gloo_timers::callback::Timeout;
use std::rc::Rc;
use yew::html::Scope;

/// So many light pieces are drawn in one frame.
const FEW: usize = 2;

impl App {
    /// Shows what the player tells; whether the page must be drawn for it.
    pub(super) fn show(&mut self, shown: Shown, link: &Scope<Self>) -> bool {
        let before = std::mem::replace(&mut self.shown, shown);
        let stepped = self.follow_lesson(link);
        let spoken = self.speak(link);
        let inspected = self.picked.sheet.is_some();
        let picked = self.shown.is_due(Part::Scene) && self.read_picked();
        let stale = self.stale(&before, spoken);
        let mut all = std::mem::take(&mut self.waiting);
        self.keep_late();
        let Some(mut stale) = stale.filter(|_| !stepped && inspected == self.picked.sheet.is_some()) else {
            self.tail.moved.set(true);
            self.wait_for(Vec::new());
            return true;
        };
        // Each keeps its place, so that all have their turn.
        stale.retain(|piece| !all.contains(piece));
        all.extend(stale);
        if picked {
            all.push(Piece::Inspector);
        }
        let moved = !Rc::ptr_eq(&before.picture.stage, &self.shown.picture.stage);
        // While time runs they are spread over the next frames; after a seek, those that are not seen first, and
        // when nodes have moved, too.
        let (now, later) = match self.shown.part {
            None => (all, Vec::new()),
            Some(_) if self.shown.playing && !moved => (Vec::new(), all),
            Some(_) => all.into_iter().partition(|piece| piece.is_seen_first()),
        };
        self.renew(&now, link);
        self.wait_for(later);
        false
    }

    /// Whether there is something new to be read out; if it must wait, it is told of later.
    pub(super) fn speak(&mut self, link: &Scope<Self>) -> bool {
        let before = self.spoken.said();
        if self.spoken.follow(&self.shown.picture, self.lang, dom::now()) && self.speaks_later.is_none() {
            let link = link.clone();
            let speak = move || link.send_message(Msg(News::Speak));
            self.speaks_later = Some(Timeout::new(side::PAUSE as u32, speak));
        }
        self.spoken.said() != before
    }

    /// These pieces are drawn when frames have time for them.
    pub(super) fn wait_for(&mut self, pieces: Vec<Piece>) {
        self.player.waiting.set(!pieces.is_empty());
        self.waiting = pieces;
    }

    /// Draws as many of the pieces that wait as a frame has time for.
    pub(super) fn draw_on_pieces(&mut self, link: &Scope<Self>) {
        let mut all = std::mem::take(&mut self.waiting);
        let light = all.iter().take(FEW).take_while(|piece| !piece.is_heavy()).count();
        let later = all.split_off(light.max(1).min(all.len()));
        self.renew(&all, link);
        self.wait_for(later);
        self.keep_late();
    }

    /// Keeps the address of what is shown, once all is drawn after a seek.
    fn keep_late(&mut self) {
        if self.unkept && !self.player.is_late() {
            self.unkept = false;
            failure::keep(self.permalink());
        }
    }

    /// Draws pieces again.
    pub(super) fn renew(&self, stale: &[Piece], link: &Scope<Self>) {
        let drawn = stale.iter().filter(|piece| self.home.has(**piece));
        self.player.expect(drawn.filter_map(|piece| piece.live_area()), self.words(), ring::marked(self));
        for piece in stale {
            if *piece == Piece::Log {
                self.tail.moved.set(true);
            }
            if self.home.has(*piece)
                && let Some(drawn) = piece.draw(self, link)
            {
                self.home.renew(*piece, drawn.done());
            }
        }
    }
}
