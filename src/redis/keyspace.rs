//! The data set: numbered databases of string keys with expiry times.
//!
//! Only strings, as the course needs. Maps keep insertion order (`indexmap`), so that iteration is
//! the same natively and in wasm. A [`Keyspace`] is copied in constant time: databases are shared
//! until one side writes, which is also how a snapshot is "forked". Whether a key counts as expired
//! depends on who asks (Redis's `expireIfNeeded`), so nothing here looks at a clock.

use foldhash::fast::FixedState;
use indexmap::IndexMap;
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A string value. Short ones lie in the entry itself: one cache miss less.
pub type Value = SmallVec<[u8; 16]>;
/// A key, likewise.
type Key = SmallVec<[u8; 24]>;

/// A value and when it expires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The string.
    pub value: Value,
    /// Unix time in milliseconds at which the key expires.
    pub expire_at: Option<u64>,
}

/// One database.
#[derive(Clone, Debug, Default)]
pub struct Db {
    entries: IndexMap<Key, Entry, FixedState>,
    /// Keys with an expiry time, soonest first.
    expires: BTreeSet<(u64, Box<[u8]>)>,
}

/// All databases of a server.
#[derive(Clone, Debug)]
pub struct Keyspace {
    dbs: Vec<Arc<Db>>,
}

impl Db {
    /// The entry of `key`, expired or not.
    pub fn get(&self, key: &[u8]) -> Option<&Entry> {
        self.entries.get(key)
    }

    /// How many keys there are, expired ones included (`DBSIZE`).
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are no keys.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
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
        self.entries.iter().map(|(key, entry)| (&key[..], entry))
    }

    /// The `n`-th key, for picking one at random.
    pub fn nth_key(&self, n: usize) -> Option<&[u8]> {
        self.entries.get_index(n).map(|(key, _)| &key[..])
    }

    /// Sets a key and its expiry time, whatever was there.
    pub fn set(&mut self, key: &[u8], value: &[u8], expire_at: Option<u64>) {
        if let Some(entry) = self.entries.get_mut(key) {
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
        self.entries.insert(Key::from_slice(key), Entry { value: Value::from_slice(value), expire_at });
        self.reindex(key, None, expire_at);
    }

    /// Changes a key's expiry time; `false` if there is no such key.
    pub fn set_expiry(&mut self, key: &[u8], expire_at: Option<u64>) -> bool {
        let Some(entry) = self.entries.get_mut(key) else {
            return false;
        };
        let old = std::mem::replace(&mut entry.expire_at, expire_at);
        self.reindex(key, old, expire_at);
        true
    }

    /// The value of `key`, to be changed in place.
    pub fn value_mut(&mut self, key: &[u8]) -> Option<&mut Value> {
        self.entries.get_mut(key).map(|entry| &mut entry.value)
    }

    /// Removes a key.
    pub fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let entry = self.entries.swap_remove(key)?;
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
        self.entries == other.entries
    }
}

impl Keyspace {
    /// `databases` empty databases.
    pub fn new(databases: u32) -> Self {
        Self { dbs: vec![Arc::default(); databases as usize] }
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
        Arc::make_mut(&mut self.dbs[n as usize])
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
        self.dbs[n as usize] = Arc::default();
    }

    /// Empties all databases.
    pub fn flush_all(&mut self) {
        for db in &mut self.dbs {
            *db = Arc::default();
        }
    }
}

impl PartialEq for Keyspace {
    fn eq(&self, other: &Self) -> bool {
        self.dbs == other.dbs
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
