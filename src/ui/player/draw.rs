//! What the player draws: the picture, part by part, and the packets.

use super::State;
use crate::view::picture::Part;
use std::rc::Rc;

impl State {
    /// Draws everything.
    pub(super) fn draw(&mut self) {
        self.follow();
        for part in Part::ALL {
            let picture = Rc::make_mut(&mut self.picture);
            picture.draw(part, self.session.world(), &self.record, &self.frame);
            self.draw_rest(part);
        }
    }

    /// Takes in what happened.
    pub(super) fn follow(&mut self) {
        self.record.follow_session(&mut self.session);
        self.forget();
        self.frame.reach = self.session.reach();
    }

    /// Draws a part while time runs, of the second world too.
    pub(super) fn draw_part(&mut self, part: Part) {
        let picture = Rc::make_mut(&mut self.picture);
        picture.draw(part, self.session.world(), &self.record, &self.frame);
        self.draw_rest(part);
    }

    fn draw_rest(&mut self, part: Part) {
        self.draw_class(part);
        if part == Part::Chart {
            self.draw_beside();
        }
    }

    /// Moves the packets.
    pub(super) fn fly(&mut self) {
        self.fly_second();
        if let Some(layer) = &mut self.layer {
            let lit = &self.picture.lit.entries;
            self.flights.draw(self.session.world(), &self.picture.stage, lit, self.still);
            layer.paint(&self.flights);
        }
    }
}
