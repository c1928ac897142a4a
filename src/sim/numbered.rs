//! Things by their numbers, where each new one has the next number: packets under way, connections.
//!
//! Each lies in a place of its own, and a list that begins about at the oldest one's number tells which:
//! found without a search, and taken out without moving the others. Few that outlive thousands of others,
//! as a connection does while a replica without a network dials each second, are listed apart.

use std::marker::PhantomData;

/// Fewer that are gone are not worth moving the others.
const MANY: usize = 64;
/// The index is kept short: at most so many numbers for each place, or [`MANY`].
const SPARSE: usize = 16;
/// The place of what is gone, and the end of the list of free places.
const NONE: u32 = u32::MAX;

/// A name that is a number.
pub(super) trait Number: Copy {
    /// Which.
    fn number(self) -> u64;
    /// The name with this number.
    fn named(number: u64) -> Self;
}

/// Things in the order of their numbers.
#[derive(Debug)]
pub(super) struct Numbered<K, T> {
    /// Numbers before `first`, in order, and their places.
    old: Vec<(u64, u32)>,
    /// Number of the first thing of `index`.
    first: u64,
    /// Places, by number less `first`.
    index: Vec<u32>,
    /// How many at the beginning of `index` are gone. The next one is taken, if there is one.
    gone: usize,
    places: Vec<Place<T>>,
    free: u32,
    name: PhantomData<K>,
}

#[derive(Debug)]
enum Place<T> {
    Taken(T),
    /// And the next free one.
    Free(u32),
}

impl<K, T> Default for Numbered<K, T> {
    fn default() -> Self {
        let (old, index, places) = (Vec::new(), Vec::new(), Vec::new());
        Self { old, first: 0, index, gone: 0, places, free: NONE, name: PhantomData }
    }
}

impl<K: Number, T: Clone> Clone for Numbered<K, T> {
    /// Without the free places: a copy is no larger than what there is.
    fn clone(&self) -> Self {
        let places: Vec<_> = self.iter().map(|(_, thing)| Place::Taken(thing.clone())).collect();
        // They lie in the order of their numbers now.
        let old: Vec<_> = self.old.iter().zip(0..).map(|((number, _), place)| (*number, place)).collect();
        let mut next = old.len() as u32;
        let index = self.index[self.gone..].iter().map(|place| {
            let there = *place != NONE;
            next += u32::from(there);
            if there { next - 1 } else { NONE }
        });
        let (first, index) = (self.first + self.gone as u64, index.collect());
        Self { old, first, index, gone: 0, places, free: NONE, name: PhantomData }
    }
}

impl<K: Number, T> Numbered<K, T> {
    #[inline]
    fn nth(&self, name: K) -> usize {
        usize::try_from(name.number().wrapping_sub(self.first)).unwrap_or(usize::MAX)
    }

    #[inline]
    fn find(&self, name: K) -> usize {
        self.index.get(self.nth(name)).map_or_else(|| self.find_old(name), |place| *place as usize)
    }

    #[cold]
    fn find_old(&self, name: K) -> usize {
        self.nth_old(name).map_or(NONE as usize, |n| self.old[n].1 as usize)
    }

    fn nth_old(&self, name: K) -> Option<usize> {
        self.old.binary_search_by_key(&name.number(), |old| old.0).ok()
    }

    pub(super) fn get(&self, name: K) -> Option<&T> {
        match self.places.get(self.find(name)) {
            Some(Place::Taken(thing)) => Some(thing),
            _ => None,
        }
    }

    pub(super) fn get_mut(&mut self, name: K) -> Option<&mut T> {
        let place = self.find(name);
        match self.places.get_mut(place) {
            Some(Place::Taken(thing)) => Some(thing),
            _ => None,
        }
    }

    /// Adds a thing, whose number is higher than all others. Inline for the reason of
    /// [`Log::push`](super::log::Log::push).
    #[inline]
    pub(super) fn push(&mut self, name: K, thing: T) {
        if self.index.len() == self.gone {
            self.index.clear();
            (self.first, self.gone) = (name.number(), 0);
        } else if self.nth(name) >= MANY.max(SPARSE * self.places.len()) {
            self.set_apart(name);
        }
        let next = self.first + self.index.len() as u64;
        debug_assert!(next <= name.number(), "numbers only grow");
        // Numbers that were never used.
        (next..name.number()).for_each(|_| self.index.push(NONE));
        match self.places.get_mut(self.free as usize) {
            Some(place @ Place::Free(_)) => {
                self.index.push(self.free);
                if let Place::Free(next) = place {
                    self.free = *next;
                }
                *place = Place::Taken(thing);
            }
            _ => {
                self.index.push(self.places.len() as u32);
                self.places.push(Place::Taken(thing));
            }
        }
    }

    /// Lists apart what is left, and begins the index anew.
    #[cold]
    fn set_apart(&mut self, name: K) {
        for (n, place) in self.index.drain(..).enumerate().filter(|(_, place)| *place != NONE) {
            self.old.push((self.first + n as u64, place));
        }
        (self.first, self.gone) = (name.number(), 0);
    }

    pub(super) fn remove(&mut self, name: K) -> Option<T> {
        self.remove_if(name, |_| true)
    }

    /// Takes out what has this number if `which` holds.
    pub(super) fn remove_if(&mut self, name: K, which: impl FnOnce(&T) -> bool) -> Option<T> {
        let number = self.find(name);
        let place = self.places.get_mut(number)?;
        if !matches!(place, Place::Taken(thing) if which(thing)) {
            return None;
        }
        let Place::Taken(thing) = std::mem::replace(place, Place::Free(self.free)) else { return None };
        self.free = number as u32;
        let n = self.nth(name);
        match self.index.get_mut(n) {
            Some(place) => *place = NONE,
            None => self.old.retain(|old| old.0 != name.number()),
        }
        if n == self.gone {
            self.skip_gone();
        }
        Some(thing)
    }

    /// Counts what is gone at the beginning, and lets go of it now and then.
    #[inline]
    fn skip_gone(&mut self) {
        while self.index.get(self.gone) == Some(&NONE) {
            self.gone += 1;
        }
        if self.gone >= MANY && self.gone * 2 >= self.index.len() {
            self.index.drain(..self.gone);
            self.first += self.gone as u64;
            self.gone = 0;
        }
    }

    /// All, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        (0..self.old.len() + self.index.len()).filter_map(move |n| self.entry(n))
    }

    /// What is listed as the `n`-th, if it is not gone. Not inline: there are many loops over all.
    #[inline(never)]
    fn entry(&self, n: usize) -> Option<(K, &T)> {
        let (number, place) = match self.old.get(n) {
            Some(old) => *old,
            None => {
                let n = n - self.old.len();
                (self.first + n as u64, *self.index.get(n)?)
            }
        };
        match self.places.get(place as usize) {
            Some(Place::Taken(thing)) => Some((K::named(number), thing)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::{Rng, VecMap};
    use crate::sim::ids::PacketId;

    #[test]
    fn it_is_a_map_whatever_comes_and_goes() {
        let (mut things, mut map, mut rng) = (Numbered::default(), VecMap::default(), Rng::new(9));
        let (mut made, mut most) = (0, 0);
        for _ in 0..5000 {
            if rng.below(2) == 0 {
                // Any of the last hundred, gone or not.
                let name = PacketId((made + 3_u32).saturating_sub(rng.below(100) as u32));
                assert_eq!(things.get(name), map.get(&name));
                assert_eq!(things.remove(name), map.remove(&name));
                assert_eq!(things.get_mut(name), None);
            } else {
                made += 1 + rng.below(10) as u32 / 9;
                things.push(PacketId(made), made * 2);
                map.insert(PacketId(made), made * 2);
                most = most.max(map.len());
            }
        }
        assert!(made > 2000 && things.places.len() == most, "places are used again");
        assert_eq!(things.clone().places.len(), map.len());
        assert!(
            things.clone().iter().map(|(name, thing)| (name, *thing)).eq(map.iter().map(|(n, t)| (*n, *t)))
        );
    }

    #[test]
    fn what_is_gone_takes_no_memory() {
        let mut things = Numbered::default();
        for number in 0..100_000 {
            things.push(PacketId(number), number);
            if number >= 100 {
                assert_eq!(things.remove(PacketId(number - 100)), Some(number - 100));
            }
        }
        assert!(things.index.capacity() < 1000 && things.places.len() <= 101);
        (99_900..100_000).for_each(|number| assert_eq!(things.remove(PacketId(number)), Some(number)));
        things.push(PacketId(4_000_000), 7);
        assert!(things.index.len() == 1 && things.iter().count() == 1);
    }

    #[test]
    fn what_outlives_thousands_is_listed_apart() {
        let (mut things, mut map) = (Numbered::default(), VecMap::default());
        for number in 0..20_000 {
            // Every thousandth stays, and of the others the newest.
            things.push(PacketId(number), number);
            map.insert(PacketId(number), number);
            if number >= 10 && number % 1000 != 10 {
                let gone = PacketId(number - 10);
                assert_eq!(things.remove(gone), map.remove(&gone));
            }
            if number % 777 == 0 {
                things = things.clone();
            }
        }
        assert!(things.iter().map(|(name, thing)| (name, *thing)).eq(map.iter().map(|(n, t)| (*n, *t))));
        assert!(things.old.len() >= 19 && things.index.len() <= SPARSE * 31, "{things:?}");
        // Numbers that were never used: a replica dialled for hours.
        things.push(PacketId(90_000), 90_000);
        assert_eq!((things.index.len(), things.get(PacketId(90_000))), (1, Some(&90_000)));
        let stays = PacketId(3000);
        assert_eq!(things.get_mut(stays).copied(), Some(3000));
        assert_eq!((things.remove(stays), things.remove(stays)), (Some(3000), None));
        assert_eq!(things.get(stays), None);
    }
}
