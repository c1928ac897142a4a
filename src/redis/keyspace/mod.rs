//! The data set: numbered databases of string keys with expiry times.
//!
//! Only strings, as the course needs. Entries keep the order of insertion (a removed one is replaced
//! by the last), so that iteration is the same natively and in wasm. A [`Keyspace`] is copied in constant time: databases are shared
//! until one side writes, which is also how a snapshot is "forked". Whether a key counts as expired
//! depends on who asks (Redis's `expireIfNeeded`), so nothing here looks at a clock.

mod index;

use index::{Index, tag};
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::rc::Rc;

pub(super) use index::Tag;

/// Most look-ups that [`Db::warm`] prepares.
pub(super) const WARM: usize = 32;

/// A string value. Short ones lie in the entry itself: one cache miss less.
pub type Value = SmallVec<[u8; 16]>;
/// A key, likewise.
type Key = SmallVec<[u8; 16]>;

/// A value and when it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The string.
    pub value: Value,
    /// Unix time in milliseconds at which the key expires.
    pub expire_at: Option<u64>,
}

/// A key and its entry: one cache line where memory is slow.
#[derive(Clone, Debug)]
#[cfg_attr(target_pointer_width = "64", repr(align(64)))]
struct Slot {
    key: Key,
    entry: Entry,
}

#[cfg(target_pointer_width = "64")]
const _: () = assert!(size_of::<Slot>() == 64);

/// One database.
#[derive(Clone, Debug)]
pub struct Db {
    slots: Vec<Slot>,
    index: Index,
    /// Keys with an expiry time, soonest first.
    expires: BTreeSet<(u64, Box<[u8]>)>,
}

impl Default for Db {
    fn default() -> Self {
        Self { slots: Vec::new(), index: Index::new(), expires: BTreeSet::new() }
    }
}

/// All databases of a server.
#[derive(Clone, Debug)]
pub struct Keyspace {
    /// Shared as a whole and one by one: a copy of a server costs one count, not one per database.
    dbs: Rc<Vec<Rc<Db>>>,
}

impl Db {
    /// The entry of `key`, expired or not.
    pub fn get(&self, key: &[u8]) -> Option<&Entry> {
        self.find(tag(key), key).map(|n| &self.slots[n as usize].entry)
    }

    fn find(&self, tag: Tag, key: &[u8]) -> Option<u32> {
        self.index.find(tag, |n| self.slots[n as usize].key[..] == *key)
    }

    /// What a key's look-ups begin with.
    pub(super) fn tag(key: &[u8]) -> Tag {
        tag(key)
    }

    /// Brings what look-ups of these keys will touch into the cache, all at once: with a million keys
    /// each look-up waits for memory twice, and many can wait at the same time.
    pub(super) fn warm(&self, tags: &[Tag]) {
        let mut guesses = [0; WARM];
        for (guess, tag) in guesses.iter_mut().zip(tags) {
            *guess = self.index.first_guess(*tag);
        }
        let mut sum = 0;
        for guess in &guesses[..tags.len().min(WARM)] {
            sum += self.slots.get(*guess as usize).map_or(0, |slot| slot.key.len());
        }
        // The sum is of no use, but must not be optimised away.
        std::hint::black_box(sum);
    }

    /// How many keys there are, expired ones included (`DBSIZE`).
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// How many keys have an expiry time.
    pub fn expiring(&self) -> usize {
        self.expires.len()
    }

    /// When the first key expires (Unix milliseconds).
    pub fn first_expiry(&self) -> Option<u64> {
        self.expires.first().map(|(at, _)| *at)
    }

    /// The key that expires first, if it does so before `now` (Unix milliseconds).
    pub fn first_expired(&self, now: u64) -> Option<&[u8]> {
        self.expires.first().filter(|(at, _)| *at < now).map(|(_, key)| &**key)
    }

    /// All keys in insertion order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &Entry)> {
        self.slots.iter().map(|slot| (&slot.key[..], &slot.entry))
    }

    /// The `n`-th key, for picking one at random.
    pub fn nth_key(&self, n: usize) -> Option<&[u8]> {
        self.slots.get(n).map(|slot| &slot.key[..])
    }

    /// Sets a key and its expiry time, whatever was there.
    pub fn set(&mut self, key: &[u8], value: &[u8], expire_at: Option<u64>) {
        self.set_tagged(tag(key), key, value, expire_at);
    }

    /// Like [`set`](Self::set) for a key whose tag is known.
    pub(super) fn set_tagged(&mut self, tag: Tag, key: &[u8], value: &[u8], expire_at: Option<u64>) {
        if let Some(n) = self.find(tag, key) {
            let entry = &mut self.slots[n as usize].entry;
            if entry.value.len() == value.len() {
                entry.value.copy_from_slice(value);
            } else {
                entry.value.clear();
                entry.value.extend_from_slice(value);
            }
            if entry.expire_at != expire_at {
                let old = std::mem::replace(&mut entry.expire_at, expire_at);
                self.reindex(key, old, expire_at);
            }
            return;
        }
        self.index.insert(tag, self.slots.len() as u32);
        let entry = Entry { value: Value::from_slice(value), expire_at };
        self.slots.push(Slot { key: Key::from_slice(key), entry });
        self.reindex(key, None, expire_at);
    }

    fn get_mut(&mut self, key: &[u8]) -> Option<&mut Entry> {
        let n = self.find(tag(key), key)?;
        Some(&mut self.slots[n as usize].entry)
    }

    /// Changes a key's expiry time; `false` if there is no such key.
    pub fn set_expiry(&mut self, key: &[u8], expire_at: Option<u64>) -> bool {
        let Some(entry) = self.get_mut(key) else {
            return false;
        };
        let old = std::mem::replace(&mut entry.expire_at, expire_at);
        self.reindex(key, old, expire_at);
        true
    }

    /// The value of `key`, to be changed in place.
    pub fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let tag = tag(key);
        let n = self.find(tag, key)?;
        self.index.remove(tag, n);
        let entry = self.slots.swap_remove(n as usize).entry;
        if let Some(moved) = self.slots.get(n as usize) {
            self.index.renumber(index::tag(&moved.key), self.slots.len() as u32, n);
        }
        self.reindex(key, entry.expire_at, None);
        Some(entry)
    }

    fn reindex(&mut self, key: &[u8], old: Option<u64>, new: Option<u64>) {
        if old == new {
            return;
        }
        if let Some(at) = old {
            self.expires.remove(&(at, key.into()));
        }
        if let Some(at) = new {
            self.expires.insert((at, key.into()));
        }
    }
}

impl PartialEq for Db {
    /// Equal contents, whatever the order.
    fn eq(&self, other: &Self) -> bool {
        self.len() == other.len() && self.iter().all(|(key, entry)| other.get(key) == Some(entry))
    }
}

impl Keyspace {
    /// `databases` empty databases.
    pub fn new(databases: u32) -> Self {
        Self { dbs: Rc::new(vec![Rc::default(); databases as usize]) }
    }

    /// How many databases there are.
    pub fn databases(&self) -> u32 {
        self.dbs.len() as u32
    }

    /// Database `n`.
    ///
    /// # Panics
    /// If there is no such database: `SELECT` has checked it.
    pub fn db(&self, n: u32) -> &Db {
        &self.dbs[n as usize]
    }

    /// Database `n`, to be written. Copies it first if a snapshot still shares it.
    ///
    /// # Panics
    /// If there is no such database: `SELECT` has checked it.
    pub fn db_mut(&mut self, n: u32) -> &mut Db {
        own(&mut own(&mut self.dbs)[n as usize])
    }

    /// When the first key of all databases expires (Unix milliseconds).
    pub fn first_expiry(&self) -> Option<u64> {
        self.dbs.iter().filter_map(|db| db.first_expiry()).min()
    }

    /// How many keys all databases hold.
    pub fn len(&self) -> usize {
        self.dbs.iter().map(|db| db.len()).sum()
    }

    /// Whether no database holds a key.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Empties database `n`.
    pub fn flush_db(&mut self, n: u32) {
        Rc::make_mut(&mut self.dbs)[n as usize] = Rc::default();
    }

    /// Empties all databases.
    pub fn flush_all(&mut self) {
        for db in Rc::make_mut(&mut self.dbs) {
            *db = Rc::default();
        }
    }
}

/// [`Rc::make_mut`], which is not inlined, for what is mostly not shared.
#[inline]
fn own<T: Clone>(shared: &mut Rc<T>) -> &mut T {
    if Rc::get_mut(shared).is_none() {
        *shared = Rc::new(T::clone(shared));
    }
    Rc::get_mut(shared).expect("nobody else has it")
}

impl PartialEq for Keyspace {
    fn eq(&self, other: &Self) -> bool {
        self.dbs == other.dbs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::Rng;
    use std::collections::BTreeMap;

    #[test]
    fn it_is_a_map_whatever_comes_and_goes() {
        let (mut db, mut map, mut rng) = (Db::default(), BTreeMap::new(), Rng::new(3));
        for turn in 0..20_000_u32 {
            // Few keys at first, so that they are removed and come back; then many.
            let key = rng.below(if turn < 10_000 { 50 } else { 5000 }).to_string().into_bytes();
            if rng.below(3) == 0 {
                let value = map.remove(&key);
                assert_eq!(db.remove(&key).map(|entry| entry.value.to_vec()), value);
            } else {
                let value = turn.to_string().into_bytes();
                db.set(&key, &value, None);
                map.insert(key, value);
            }
            assert_eq!(db.len(), map.len());
        }
        for (key, value) in &map {
            assert_eq!(db.get(key).map(|entry| entry.value.to_vec()).as_ref(), Some(value));
        }
        assert_eq!(db.iter().count(), map.len());
        assert!(db.get(b"nosuch").is_none());
    }

    #[test]
    fn order_is_that_of_insertion_and_a_hole_is_filled_by_the_last() {
        let mut db = Db::default();
        for key in ["a", "b", "c", "d"] {
            db.set(key.as_bytes(), b"", None);
        }
        db.remove(b"b");
        db.set(b"a", b"again", None);
        let keys: Vec<&[u8]> = db.iter().map(|(key, _)| key).collect();
        assert_eq!(keys, [&b"a"[..], b"d", b"c"]);
    }

    #[test]
    fn expiry_index_follows_every_change() {
        let mut db = Db::default();
        db.set(b"a", b"1", Some(500));
        db.set(b"b", b"1", Some(300));
        assert_eq!(db.first_expiry(), Some(300));
        assert_eq!(db.first_expired(300), None, "a key lives through its last millisecond");
        assert_eq!(db.first_expired(301), Some(&b"b"[..]));
        db.set(b"b", b"2", None);
        assert_eq!(db.first_expiry(), Some(500));
        db.remove(b"a");
        assert_eq!((db.first_expiry(), db.expiring(), db.len()), (None, 0, 1));
    }

    #[test]
    fn a_fork_does_not_see_later_writes() {
        let mut live = Keyspace::new(2);
        live.db_mut(0).set(b"k", b"old", None);
        let fork = live.clone();
        live.db_mut(0).set(b"k", b"new", None);
        assert_eq!(fork.db(0).get(b"k").map(|e| &e.value[..]), Some(&b"old"[..]));
        assert_ne!(fork, live);
    }
}
