//! Things by their numbers, where each new one has the next number: packets under way, connections.
//!
//! The newest lie in a ring, where the number tells the place: nothing is searched, nothing moves. What
//! is still there when a new one needs its place waits aside, in a map.

use crate::redis::VecMap;
use crate::redis::vecmap::Key;

/// Places of the smallest ring.
const LEAST: usize = 8;

/// A name that is a number.
pub(super) trait Number: Key + Copy {
    /// Which.
    fn number(self) -> u64;
    /// The name with this number.
    fn named(number: u64) -> Self;
}

/// Things in the order of their numbers.
#[derive(Debug)]
pub(super) struct Numbered<K, T> {
    /// The newest, each in the place of its number modulo their size, which is a power of two.
    ring: Vec<Place<T>>,
    /// The number after the highest.
    next: u64,
    /// How many are in the ring.
    young: usize,
    /// Those whose place was needed: all older.
    old: VecMap<K, T>,
}

#[derive(Debug)]
struct Place<T> {
    /// Whose place it is; [`NOBODY`] while it is free.
    number: u64,
    thing: Option<T>,
}

/// The number of nothing.
const NOBODY: u64 = u64::MAX;

impl<K, T> Default for Numbered<K, T> {
    fn default() -> Self {
        Self { ring: Vec::new(), next: 0, young: 0, old: VecMap::default() }
    }
}

impl<K: Number, T: Clone> Clone for Numbered<K, T> {
    /// With a ring of its own size: a copy is not much larger than what there is.
    fn clone(&self) -> Self {
        let mut copy = Self::default();
        for (name, thing) in self.iter() {
            copy.push(name, || thing.clone());
        }
        copy
    }
}

impl<K: Number, T> Numbered<K, T> {
    #[inline]
    fn place(&self, number: u64) -> usize {
        // Of a ring without places, none.
        number as usize & self.ring.len().wrapping_sub(1)
    }

    #[inline]
    pub(super) fn get(&self, name: K) -> Option<&T> {
        match self.ring.get(self.place(name.number())) {
            Some(place) if place.number == name.number() => place.thing.as_ref(),
            _ => self.aside(name),
        }
    }

    #[cold]
    fn aside(&self, name: K) -> Option<&T> {
        self.old.get(&name)
    }

    #[inline]
    pub(super) fn get_mut(&mut self, name: K) -> Option<&mut T> {
        let place = self.place(name.number());
        match self.ring.get_mut(place) {
            Some(place) if place.number == name.number() => place.thing.as_mut(),
            _ => self.old.get_mut(&name),
        }
    }

    /// Adds a thing, whose number is higher than all others. It is made where it stays, for the reason of
    /// [`Log::append`](super::log::Log::append).
    #[inline]
    pub(super) fn push(&mut self, name: K, make: impl FnOnce() -> T) -> &mut T {
        let number = name.number();
        debug_assert!(self.next <= number, "numbers only grow");
        let mut n = self.place(number);
        if self.next != number || self.ring.get(n).is_none_or(|place| place.thing.is_some()) {
            self.make_room(number);
            n = self.place(number);
        }
        self.next = number + 1;
        self.young += 1;
        let place = &mut self.ring[n];
        place.number = number;
        place.thing.insert(make())
    }

    /// Goes on to this number: what is in the way of it, or of numbers that were never used, goes aside.
    /// The ring grows first if it is half full.
    #[cold]
    #[inline(never)]
    fn make_room(&mut self, number: u64) {
        if self.young * 2 >= self.ring.len() {
            let size = (self.ring.len() * 2).max(LEAST);
            let places = std::iter::repeat_with(|| Place { number: NOBODY, thing: None }).take(size);
            for place in std::mem::replace(&mut self.ring, places.collect()) {
                let n = self.place(place.number);
                if place.thing.is_some() {
                    self.ring[n] = place;
                }
            }
        }
        let size = self.ring.len() as u64;
        let first = self.next.saturating_sub(size);
        for number in first..(number + 1).saturating_sub(size).min(self.next) {
            if let Some(thing) = self.remove(K::named(number)) {
                self.old.insert(K::named(number), thing);
            }
        }
        self.next = number;
    }

    pub(super) fn remove(&mut self, name: K) -> Option<T> {
        self.remove_if(name, |_| true)
    }

    /// Takes out what has this number if `which` holds.
    #[inline]
    pub(super) fn remove_if(&mut self, name: K, which: impl FnOnce(&T) -> bool) -> Option<T> {
        let n = self.place(name.number());
        match self.ring.get_mut(n) {
            Some(place) if place.number == name.number() => {
                let thing = place.thing.take_if(|thing| which(thing))?;
                place.number = NOBODY;
                self.young -= 1;
                Some(thing)
            }
            _ => self.old.get(&name).is_some_and(which).then(|| self.old.remove(&name))?,
        }
    }

    /// All, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = (K, &T)> {
        let first = self.next.saturating_sub(self.ring.len() as u64);
        let young =
            (first..self.next).filter_map(|n| Some((K::named(n), self.ring[self.place(n)].thing.as_ref()?)));
        self.old.iter().map(|(name, thing)| (*name, thing)).chain(young)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rng;
    use crate::sim::ids::PacketId;

    #[test]
    fn it_is_a_map_whatever_comes_and_goes() {
        let (mut things, mut map, mut rng) = (Numbered::default(), VecMap::default(), Rng::new(9));
        let (mut made, mut most, mut aside) = (0, 0, 0);
        for _ in 0..5000 {
            if rng.below(2) == 0 {
                // Any of the last hundred, gone or not.
                let name = PacketId((made + 3_u32).saturating_sub(rng.below(100) as u32));
                assert_eq!(things.get(name), map.get(&name));
                assert_eq!(things.remove(name), map.remove(&name));
                assert!(things.get(name).is_none() && things.get_mut(name).is_none());
            } else {
                made += 1 + rng.below(10) as u32 / 9 * rng.below(40) as u32;
                things.push(PacketId(made), || made * 2);
                map.insert(PacketId(made), made * 2);
                most = most.max(map.len());
            }
            aside = aside.max(things.old.len());
            if let Some(thing) = things.get_mut(PacketId(made)) {
                *thing += 1;
                *map.get_mut(&PacketId(made)).expect("both have it") += 1;
            }
        }
        assert!(made > 2000 && aside > 10 && things.ring.len() <= most * 4, "places are used again");
        let copy = things.clone();
        assert!(copy.ring.len() <= map.len() * 4);
        for things in [things, copy] {
            assert!(things.iter().map(|(name, thing)| (name, *thing)).eq(map.iter().map(|(n, t)| (*n, *t))));
        }
    }

    #[test]
    fn what_is_gone_takes_no_memory() {
        let mut things = Numbered::default();
        things.push(PacketId(0), || 0);
        for number in 1..100_000 {
            things.push(PacketId(number), || number);
            if number > 100 {
                assert_eq!(things.remove(PacketId(number - 100)), Some(number - 100));
            }
        }
        assert!(things.ring.len() <= 256 && things.old.len() == 1, "but what is left is there");
        (99_900..100_000).for_each(|number| assert_eq!(things.remove(PacketId(number)), Some(number)));
        things.push(PacketId(4_000_000), || 7);
        assert_eq!(
            things.iter().map(|(name, thing)| (name.0, *thing)).collect::<Vec<_>>(),
            [(0, 0), (4_000_000, 7)]
        );
        assert_eq!(
            (things.remove(PacketId(0)), things.remove(PacketId(0)), things.young),
            (Some(0), None, 1)
        );
    }
}
