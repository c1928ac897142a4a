//! Where in the list of entries a key is: an open-addressed hash table of numbers.
//!
//! The entries themselves lie in a vector in their own order, so that iteration does not depend on
//! hashes. A place holds 32 bits of the key's hash beside the entry's number: looking a key up
//! touches one line of this table and one entry, and growing touches no entry at all. Linear probing
//! and backward-shift deletion (no tombstones) are a few lines; a general map is ten times the code
//! for the page to download.

use foldhash::fast::FixedState;
use std::hash::{BuildHasher, Hasher};

/// 32 bits of a key's hash; the same on every platform of one word size, and never part of an order.
pub(in crate::redis) type Tag = u32;

/// No entry has this number.
const FREE: u32 = u32::MAX;

#[derive(Clone, Copy, Debug)]
struct Place {
    tag: Tag,
    entry: u32,
}

/// The table.
#[derive(Clone, Debug)]
pub(super) struct Index {
    /// A power of two of them, or none.
    places: Vec<Place>,
    used: usize,
}

/// The tag of a key.
pub(super) fn tag(key: &[u8]) -> Tag {
    let mut hasher = FixedState::default().build_hasher();
    hasher.write(key);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as Tag
}

impl Index {
    pub(super) const fn new() -> Self {
        Self { places: Vec::new(), used: 0 }
    }

    fn mask(&self) -> usize {
        self.places.len().wrapping_sub(1)
    }

    /// The number of the entry that may have this tag, at its first place. Looks no further: only to
    /// bring what a look-up will need closer.
    pub(super) fn first_guess(&self, tag: Tag) -> u32 {
        self.places.get(tag as usize & self.mask()).map_or(FREE, |place| place.entry)
    }

    /// The entry with this tag for which `is_it` holds.
    pub(super) fn find(&self, tag: Tag, mut is_it: impl FnMut(u32) -> bool) -> Option<u32> {
        if self.places.is_empty() {
            return None;
        }
        let mut at = tag as usize & self.mask();
        loop {
            let place = self.places[at];
            if place.entry == FREE {
                return None;
            }
            if place.tag == tag && is_it(place.entry) {
                return Some(place.entry);
            }
            at = (at + 1) & self.mask();
        }
    }

    /// Adds an entry, which must not be there yet.
    pub(super) fn insert(&mut self, tag: Tag, entry: u32) {
        // At most five eighths full: chains of linear probing stay short.
        if (self.used + 1) * 8 > self.places.len() * 5 {
            let size = (self.places.len() * 2).max(8);
            let old = std::mem::replace(&mut self.places, vec![Place { tag: 0, entry: FREE }; size]);
            for place in old {
                if place.entry != FREE {
                    self.put(place);
                }
            }
        }
        self.used += 1;
        self.put(Place { tag, entry });
    }

    fn put(&mut self, place: Place) {
        let mut at = place.tag as usize & self.mask();
        while self.places[at].entry != FREE {
            at = (at + 1) & self.mask();
        }
        self.places[at] = place;
    }

    fn place_of(&self, tag: Tag, entry: u32) -> usize {
        let mut at = tag as usize & self.mask();
        while self.places[at].entry != entry {
            at = (at + 1) & self.mask();
        }
        at
    }

    /// Entry `from`, which is there, is now entry `to`.
    pub(super) fn renumber(&mut self, tag: Tag, from: u32, to: u32) {
        let at = self.place_of(tag, from);
        self.places[at].entry = to;
    }

    /// Takes out an entry, which is there.
    pub(super) fn remove(&mut self, tag: Tag, entry: u32) {
        let mut hole = self.place_of(tag, entry);
        self.used -= 1;
        let mut at = hole;
        loop {
            at = (at + 1) & self.mask();
            let place = self.places[at];
            if place.entry == FREE {
                break;
            }
            // Whoever would be found sooner in the hole moves there.
            let home = place.tag as usize & self.mask();
            if (at.wrapping_sub(home) & self.mask()) >= (at.wrapping_sub(hole) & self.mask()) {
                self.places[hole] = place;
                hole = at;
            }
        }
        self.places[hole].entry = FREE;
    }
}
