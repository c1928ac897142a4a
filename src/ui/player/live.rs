//! What is live: drawn and written past Yew with each beat.

use super::{Player, State};
use crate::ui::live::{Area, Live, Now};
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
            if let (count, Some(area)) = self.due.get()
                && piece.live_area().is_some()
            {
                self.due.set((count - 1, Some(area)));
                if count == 1 {
                    self.due.take();
                    state.renew_live(area);
                }
            }
        }
    }

    /// The page is about to draw a piece in each of these areas, in this way.
    pub(in crate::ui) fn expect(
        &self,
        pieces: impl Iterator<Item = Area>,
        words: &'static Words,
        marked: Marked,
    ) {
        let join = |(count, before), area: Area| (count + 1, Some(area.with(before)));
        self.due.set(pieces.fold(self.due.get(), join));
        self.state.borrow_mut().tells = (words, marked);
    }

    /// The page has drawn itself.
    pub(in crate::ui) fn drawn_whole(&self) {
        self.due.take();
        self.state.borrow_mut().renew_live(Area::Page);
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
    pub(super) fn renew_live(&mut self, area: Area) {
        self.with_live(|live, now| live.renew(area, now));
    }

    fn with_live(&mut self, work: impl FnOnce(&mut Live, &Now<'_>)) {
        let second = self.class.as_ref().and_then(|class| class.second.picture.as_deref());
        if let Some(live) = &mut self.live {
            let (words, marked) = self.tells;
            work(live, &Now { picture: &self.picture, second, words, marked });
        }
    }
}
