//! The packets under way, by their numbers.
//!
//! New ones have the highest number and most arrive in the order of their numbers, so a packet's
//! place is its number less the first one's, or a little before that; removing one near the front
//! moves little.

use super::ids::PacketId;
use super::wire::Flying;
use std::collections::VecDeque;

/// Packets in the order of their numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Flights(VecDeque<(PacketId, Flying)>);

impl Flights {
    fn find(&self, id: PacketId) -> Option<usize> {
        let (first, last) = (self.0.front()?.0, self.0.len() - 1);
        // Exact while none in between is gone; each that is gone moves the place one down.
        let guess = usize::try_from(id.0.checked_sub(first.0)?).map_or(last, |n| n.min(last));
        if self.0[guess].0 == id {
            return Some(guess);
        }
        self.0.binary_search_by(|(other, _)| other.cmp(&id)).ok()
    }

    pub(super) fn get(&self, id: PacketId) -> Option<&Flying> {
        self.find(id).map(|n| &self.0[n].1)
    }

    pub(super) fn get_mut(&mut self, id: PacketId) -> Option<&mut Flying> {
        self.find(id).map(|n| &mut self.0[n].1)
    }

    /// Adds a packet, whose number is higher than all others.
    pub(super) fn push(&mut self, id: PacketId, flying: Flying) {
        debug_assert!(self.0.back().is_none_or(|(last, _)| *last < id), "numbers only grow");
        self.0.push_back((id, flying));
    }

    pub(super) fn remove(&mut self, id: PacketId) -> Option<Flying> {
        let place = self.find(id)?;
        self.0.remove(place).map(|(_, flying)| flying)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (PacketId, &Flying)> {
        self.0.iter().map(|(id, flying)| (*id, flying))
    }
}
