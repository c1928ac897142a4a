//! A map for few entries: a sorted vector.
//!
//! It iterates in the order of its keys, as `BTreeMap` does, with far less code for each type (the
//! page's code is downloaded). Inserting and removing move what comes after: that is little where new
//! keys are the largest, as connections' and packets' are, or where entries are few. Where a million
//! come and go in the middle (keys that expire), a `BTreeMap` is right.

/// A map that is a vector, sorted by key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VecMap<K, V>(Vec<(K, V)>);

impl<K, V> Default for VecMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

/// A key of a [`VecMap`].
pub trait Key: Ord {
    /// How many keys are possible from `first` to this one, where keys are numbers given one after the
    /// other: mostly that is its place. By default, keys are no numbers.
    fn since(&self, _first: &Self) -> usize {
        usize::MAX
    }
}

impl Key for &'static str {}

impl<K: Key, V> VecMap<K, V> {
    #[inline]
    fn find(&self, key: &K) -> Result<usize, usize> {
        let guess = self.0.first().map_or(0, |(first, _)| key.since(first));
        match self.0.get(guess) {
            Some((other, _)) if other == key => Ok(guess),
            _ => self.search(key),
        }
    }

    fn search(&self, key: &K) -> Result<usize, usize> {
        self.0.binary_search_by(|(other, _)| other.cmp(key))
    }

    /// The value of a key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.find(key).ok().map(|n| &self.0[n].1)
    }

    /// The value of a key, to change it.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.find(key).ok().map(|n| &mut self.0[n].1)
    }

    /// Sets the value of a key. Quick at the end.
    pub fn insert(&mut self, key: K, value: V) {
        match self.find(&key) {
            Ok(n) => self.0[n].1 = value,
            Err(n) => self.0.insert(n, (key, value)),
        }
    }

    /// Takes a key out.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        self.find(key).ok().map(|n| self.0.remove(n).1)
    }

    /// Whether it has a key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.find(key).is_ok()
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Values in the order of their keys.
    pub fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Keys and values in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&K, &V)> {
        self.0.iter().map(|(key, value)| (key, value))
    }
}

impl<K, V> IntoIterator for VecMap<K, V> {
    type Item = (K, V);
    type IntoIter = std::vec::IntoIter<(K, V)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    impl Key for u32 {
        fn since(&self, first: &Self) -> usize {
            self.wrapping_sub(*first) as usize
        }
    }

    #[test]
    fn a_guess_is_only_a_guess() {
        let mut map = VecMap::default();
        (10..60).for_each(|key| map.insert(key, key));
        for gone in [10, 11, 30, 59] {
            map.remove(&gone);
        }
        for key in 0..100 {
            let there = (12..59).contains(&key) && key != 30;
            assert_eq!(map.get(&key).copied(), there.then_some(key));
        }
        map.insert(30, 7);
        assert_eq!((map.get(&30), map.len()), (Some(&7), 47));
    }

    #[test]
    fn keys_stay_in_order_and_single() {
        let mut map = VecMap::default();
        for (key, value) in [(3_u32, 'c'), (1, 'a'), (2, 'x'), (2, 'b')] {
            map.insert(key, value);
        }
        assert_eq!(map.iter().collect::<Vec<_>>(), [(&1, &'a'), (&2, &'b'), (&3, &'c')]);
        assert_eq!((map.remove(&2), map.remove(&2), map.get(&3)), (Some('b'), None, Some(&'c')));
        if let Some(value) = map.get_mut(&1) {
            *value = 'z';
        }
        assert_eq!(map.into_iter().collect::<Vec<_>>(), [(1, 'z'), (3, 'c')]);
    }
}
