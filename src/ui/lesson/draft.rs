//! An answer that is not given yet.

use crate::lesson::Reply;
use crate::lesson::format::Guess;
use crate::sim::NodeId;

/// What the reader has chosen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::ui) struct Draft {
    /// Options.
    pub(in crate::ui) chosen: Vec<u32>,
    /// The items in their order.
    pub(in crate::ui) order: Vec<u32>,
    /// A number, or a byte's position.
    pub(in crate::ui) number: Option<i64>,
    /// A node's name.
    pub(in crate::ui) node: Option<String>,
    /// The same as the stage knows it.
    pub(in crate::ui) node_id: Option<NodeId>,
}

impl Draft {
    /// Nothing chosen; the items in the file's order, the slider at its start, so that no answer is suggested.
    pub(in crate::ui) fn of(guess: &Guess) -> Self {
        let mut draft = Self::default();
        match guess {
            Guess::Order(items) => draft.order = (0..items.len() as u32).collect(),
            Guess::Number { min, .. } => draft.number = Some(*min),
            _ => {}
        }
        draft
    }

    /// Chooses an option; the only one, or one more or less.
    pub(super) fn pick(&mut self, n: u32, one: bool) {
        if one {
            self.chosen = vec![n];
        } else if self.chosen.contains(&n) {
            self.chosen.retain(|other| *other != n);
        } else {
            let place = self.chosen.partition_point(|other| *other < n);
            self.chosen.insert(place, n);
        }
    }

    /// Moves the item at a place by one.
    pub(super) fn shift(&mut self, place: usize, down: bool) {
        let other = if down { place + 1 } else { place.wrapping_sub(1) };
        if place < self.order.len() && other < self.order.len() {
            self.order.swap(place, other);
        }
    }

    /// The answer, if it is one.
    pub(super) fn reply(&self, guess: Option<&Guess>) -> Option<Reply> {
        Some(match guess? {
            Guess::Choose(_) | Guess::ChooseAll(_) if self.chosen.is_empty() => return None,
            Guess::Choose(_) | Guess::ChooseAll(_) => Reply::Choose(self.chosen.clone()),
            Guess::Order(_) => Reply::Order(self.order.clone()),
            Guess::Number { .. } | Guess::Byte { .. } => Reply::Number(self.number?),
            Guess::Node { .. } => Reply::Node(self.node.clone()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_move_by_one_and_not_out_of_the_list() {
        let mut draft = Draft { order: vec![0, 1, 2], ..Draft::default() };
        draft.shift(0, false);
        draft.shift(2, true);
        assert_eq!(draft.order, [0, 1, 2]);
        draft.shift(0, true);
        assert_eq!(draft.order, [1, 0, 2]);
        draft.shift(2, false);
        assert_eq!(draft.order, [1, 2, 0]);
    }

    #[test]
    fn of_several_options_each_is_chosen_and_let_go() {
        let mut draft = Draft::default();
        draft.pick(2, false);
        draft.pick(0, false);
        assert_eq!(draft.chosen, [0, 2]);
        draft.pick(2, false);
        assert_eq!(draft.chosen, [0]);
        draft.pick(1, true);
        assert_eq!(draft.chosen, [1]);
    }
}
