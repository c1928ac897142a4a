//! What is live: drawn and written past Yew with each beat.

use super::{Player, State};
use crate::ui::live::{Live, Now};
use crate::ui::piece::Piece;
use crate::ui::ring::arcs::Marked;
use crate::view::Words;
use crate::view::picture::Part;

impl Player {
    /// The page has drawn a piece.
    pub(in crate::ui) fn drawn(&self, piece: Piece) {
        // While it is told, nothing is drawn: this is only called from the page's own turn.
        if let Ok(mut state) = self.state.try_borrow_mut() {
            state.pace.drawn();
            if piece.is_live() && self.due.get() > 0 {
                self.due.set(self.due.get() - 1);
                if self.due.get() == 0 {
                    state.renew_live();
                }
            }
        }
    }

    /// The page is about to draw so many pieces in which numbers are live, in this way.
    pub(in crate::ui) fn expect(&self, pieces: u32, words: &'static Words, marked: Marked) {
        self.due.set(self.due.get() + pieces);
        self.state.borrow_mut().tells = (words, marked);
    }

    /// The page has drawn itself.
    pub(in crate::ui) fn drawn_whole(&self) {
        self.due.set(0);
        self.state.borrow_mut().renew_live();
    }

    /// Where live numbers are written from now on.
    pub(in crate::ui) fn set_live(&self, live: Option<Live>) {
        self.state.borrow_mut().live = live;
        self.drawn_whole();
    }
}

impl State {
    /// Draws what is live: scene and ring, and the scene of the second world.
    pub(super) fn draw_live(&mut self) {
        self.follow();
        for part in [Part::Scene, Part::Ring] {
            self.draw_part(part);
        }
    }

    /// Writes what is live.
    pub(super) fn write_live(&mut self) {
        self.with_live(Live::write);
    }

    /// The same after Yew has drawn.
    pub(super) fn renew_live(&mut self) {
        self.with_live(Live::renew);
    }

    fn with_live(&mut self, work: impl FnOnce(&mut Live, &Now<'_>)) {
        let second = self.class.as_ref().and_then(|class| class.second.picture.as_deref());
        if let Some(live) = &mut self.live {
            let (words, marked) = self.tells;
            work(live, &Now { picture: &self.picture, second, words, marked });
        }
    }
}
