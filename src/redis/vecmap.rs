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

impl<K: Ord, V> VecMap<K, V> {
    fn find(&self, key: &K) -> Result<usize, usize> {
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

    #[test]
    fn keys_stay_in_order_and_single() {
        let mut map = VecMap::default();
        for (key, value) in [(3, 'c'), (1, 'a'), (2, 'x'), (2, 'b')] {
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
