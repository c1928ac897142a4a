//! When keys expire: who may see an expired key, who deletes it, and the `EXPIRE` family (expire.c).
//!
//! Only a master deletes expired keys, and tells its replicas with `DEL`. A replica hides them from
//! its clients but keeps them; while it applies its master's stream nothing is ever expired.

use super::{Call, Travel};
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::event::Event;
use crate::redis::keyspace::Entry;
use crate::redis::resp::integer;
use crate::redis::server::Server;

const NOT_AN_INTEGER: &str = "ERR value is not an integer or out of range";

impl Server {
    /// The entry of a key for reading (`lookupKeyRead`).
    pub(super) fn lookup_read(&mut self, call: &Call<'_>, key: &[u8], fx: &mut Effects) -> Option<&Entry> {
        self.lookup(call, key, false, fx)
    }

    /// The entry of a key for writing (`lookupKeyWrite`).
    pub(super) fn lookup_write(&mut self, call: &Call<'_>, key: &[u8], fx: &mut Effects) -> Option<&Entry> {
        self.lookup(call, key, true, fx)
    }

    fn lookup(&mut self, call: &Call<'_>, key: &[u8], write: bool, fx: &mut Effects) -> Option<&Entry> {
        let expire_at = self.keys.db(call.db).get(key)?.expire_at;
        if !call.from_master && expire_at.is_some_and(|at| self.unix_ms() > at) {
            if self.following.is_none() {
                self.expire_key(call.db, key, fx);
            } else if write {
                // A writable replica writes over it, locally.
                self.keys.db_mut(call.db).remove(key);
            }
            return None;
        }
        self.keys.db(call.db).get(key)
    }

    /// Deletes an expired key and tells the replicas (`deleteExpiredKeyAndPropagate`).
    fn expire_key(&mut self, db: u32, key: &[u8], fx: &mut Effects) {
        self.keys.db_mut(db).remove(key);
        self.stats.expired += 1;
        fx.note(Event::Expired { db, key: key.into() });
        let verb: &[u8] = if self.config.lazyfree_lazy_expire { b"UNLINK" } else { b"DEL" };
        self.propagate(db, &[verb, key]);
    }

    /// Deletes keys whose time is over, each on its own (`activeExpireCycle`).
    pub(in crate::redis) fn active_expire_cycle(&mut self, fx: &mut Effects) {
        self.expire_own_keys();
        if self.following.is_some() || !self.active_expire {
            return;
        }
        let now = self.unix_ms();
        for db in 0..self.keys.databases() {
            while let Some(key) = self.keys.db(db).first_expired(now).map(<[u8]>::to_vec) {
                self.expire_key(db, &key, fx);
                self.flush_propagation(None, fx);
            }
        }
    }

    /// A client of a writable replica gave this key an expiry (`rememberSlaveKeyWithExpire`).
    pub(super) fn remember_own_expiry(&mut self, db: u32, key: &[u8]) {
        if self.keys.db(db).get(key).is_some_and(|e| e.expire_at.is_some()) {
            let own = (db, key.to_vec());
            if let Err(place) = self.own_expiring.binary_search(&own) {
                self.own_expiring.insert(place, own);
            }
        }
    }

    /// When the next key of a replica's own expires, in Unix milliseconds.
    pub(in crate::redis) fn own_expiry(&self) -> Option<u64> {
        let expiry = |(db, key): &(u32, Vec<u8>)| self.keys.db(*db).get(key).and_then(|e| e.expire_at);
        self.own_expiring.iter().filter_map(expiry).min()
    }

    /// A replica deletes what only it knows to expire (`expireSlaveKeys`).
    fn expire_own_keys(&mut self) {
        let now = self.unix_ms();
        let mut own = std::mem::take(&mut self.own_expiring);
        own.retain(|(db, key)| {
            let expiry = self.keys.db(*db).get(key).and_then(|e| e.expire_at);
            if expiry.is_some_and(|at| now > at) && self.following.is_some() {
                self.keys.db_mut(*db).remove(key);
                self.stats.expired += 1;
                return false;
            }
            expiry.is_some() && self.following.is_some()
        });
        self.own_expiring = own;
    }

    /// A master that loads its own RDB leaves expired keys out, in the file's order, and tells
    /// replicas that will continue from there (`RDBFLAGS_FEED_REPL`, rdb.c).
    pub(in crate::redis) fn drop_expired_keys(&mut self) {
        let (now, mut unseen) = (self.unix_ms(), Effects::without_events());
        for db in 0..self.keys.databases() {
            let over = |entry: &Entry| entry.expire_at.is_some_and(|at| at < now);
            let keys: Vec<Vec<u8>> =
                self.keys.db(db).iter().filter(|(_, e)| over(e)).map(|(key, _)| key.to_vec()).collect();
            for key in keys {
                self.expire_key(db, &key, &mut unseen);
                self.flush_propagation(None, &mut unseen);
            }
        }
    }
}

/// Reads argument `at` in `unit` (`ex`, `px`, `exat`, `pxat`) as Unix milliseconds
/// (`getExpireMillisecondsOrReply`). `None` if an error was replied.
pub(super) fn deadline_ms(s: &Server, call: &mut Call<'_>, unit: &str, at: usize, name: &str) -> Option<u64> {
    let Some(value) = integer(call.args.get(at)) else {
        call.error(NOT_AN_INTEGER);
        return None;
    };
    let base = if unit.ends_with("at") { 0 } else { s.unix_ms() as i64 };
    let scale = if unit.starts_with('e') { 1000 } else { 1 };
    let ms = if value > 0 { value.checked_mul(scale).and_then(|ms| ms.checked_add(base)) } else { None };
    if ms.is_none() {
        invalid_expire(s, call, name);
    }
    ms.and_then(|ms| u64::try_from(ms).ok())
}

fn invalid_expire(s: &Server, call: &mut Call<'_>, name: &str) {
    if s.config.version == RedisVersion::V6_2 {
        call.error(format!("ERR invalid expire time in {name}"));
    } else {
        call.error(format!("ERR invalid expire time in '{name}' command"));
    }
}

/// Whether a deadline counts as already over (`checkAlreadyExpired`): never for what a master sends.
pub(super) fn past(s: &Server, call: &Call<'_>, ms: u64) -> bool {
    ms <= s.unix_ms() && !call.from_master && s.following.is_none()
}

/// `EXPIRE key seconds [NX|XX|GT|LT]`.
pub(super) fn expire(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    expire_generic(s, call, "expire", true, 1000, fx);
}

/// `PEXPIRE key milliseconds [NX|XX|GT|LT]`.
pub(super) fn pexpire(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    expire_generic(s, call, "pexpire", true, 1, fx);
}

/// `EXPIREAT key unix-seconds [NX|XX|GT|LT]`.
pub(super) fn expireat(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    expire_generic(s, call, "expireat", false, 1000, fx);
}

/// `PEXPIREAT key unix-milliseconds [NX|XX|GT|LT]`.
pub(super) fn pexpireat(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    expire_generic(s, call, "pexpireat", false, 1, fx);
}

#[derive(Default)]
struct When {
    nx: bool,
    xx: bool,
    gt: bool,
    lt: bool,
}

/// The flags of the `EXPIRE` family (`parseExtendedExpireArgumentsOrReply`).
fn conditions(call: &mut Call<'_>) -> Option<When> {
    let mut when = When::default();
    for at in 3..call.args.len() {
        match () {
            () if call.args.is(at, "nx") => when.nx = true,
            () if call.args.is(at, "xx") => when.xx = true,
            () if call.args.is(at, "gt") => when.gt = true,
            () if call.args.is(at, "lt") => when.lt = true,
            () => {
                let option = call.args.text(at).into_owned();
                call.error(format!("ERR Unsupported option {option}"));
                return None;
            }
        }
    }
    if when.nx && (when.xx || when.gt || when.lt) {
        call.error("ERR NX and XX, GT or LT options at the same time are not compatible");
        return None;
    }
    if when.gt && when.lt {
        call.error("ERR GT and LT options at the same time are not compatible");
        return None;
    }
    Some(when)
}

fn expire_generic(
    s: &mut Server,
    call: &mut Call<'_>,
    name: &str,
    relative: bool,
    scale: i64,
    fx: &mut Effects,
) {
    let old_version = s.config.version == RedisVersion::V6_2;
    let Some(flags) = conditions(call) else {
        return;
    };
    let Some(value) = integer(call.args.get(2)) else {
        return call.error(NOT_AN_INTEGER);
    };
    let base = if relative { s.unix_ms() as i64 } else { 0 };
    let Some(at) = value.checked_mul(scale).and_then(|ms| ms.checked_add(base)) else {
        return invalid_expire(s, call, name);
    };
    let key = call.args.get(1);
    let Some(current) = s.lookup_write(call, key, fx).map(|e| e.expire_at) else {
        return call.integer(0);
    };
    // A key without an expiry time lives forever: GT never holds, LT always.
    let current = current.map(|ms| ms as i64);
    let refused = (flags.nx && current.is_some())
        || (flags.xx && current.is_none())
        || (flags.gt && current.is_none_or(|current| at <= current))
        || (flags.lt && current.is_some_and(|current| at >= current));
    if refused {
        return call.integer(0);
    }
    call.dirty += 1;
    call.integer(1);
    let ms = u64::try_from(at).unwrap_or(0);
    if past(s, call, ms) {
        s.keys.db_mut(call.db).remove(key);
        call.travel = Travel::Queued;
        let verb: &[u8] = if s.config.lazyfree_lazy_expire { b"UNLINK" } else { b"DEL" };
        return s.propagate(call.db, &[verb, key]);
    }
    s.keys.db_mut(call.db).set_expiry(key, Some(ms));
    if old_version || (name == "pexpireat" && call.args.is(0, "pexpireat")) {
        return;
    }
    call.travel = Travel::Queued;
    let ms = ms.to_string();
    let mut words: Vec<&[u8]> = vec![b"PEXPIREAT", key, ms.as_bytes()];
    words.extend(call.args.iter().skip(3));
    s.propagate(call.db, &words);
}

/// `PERSIST key`.
pub(super) fn persist(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let key = call.args.get(1);
    let had = s.lookup_write(call, key, fx).is_some_and(|e| e.expire_at.is_some());
    if had {
        s.keys.db_mut(call.db).set_expiry(key, None);
        call.dirty += 1;
    }
    call.integer(i64::from(had));
}

/// `TTL key`: seconds left, -1 for none, -2 for no key.
pub(super) fn ttl(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    ttl_generic(s, call, true, 1000, fx);
}

/// `PTTL key`: milliseconds left.
pub(super) fn pttl(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    ttl_generic(s, call, true, 1, fx);
}

/// `EXPIRETIME key`: Unix seconds.
pub(super) fn expiretime(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    ttl_generic(s, call, false, 1000, fx);
}

/// `PEXPIRETIME key`: Unix milliseconds.
pub(super) fn pexpiretime(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    ttl_generic(s, call, false, 1, fx);
}

fn ttl_generic(s: &mut Server, call: &mut Call<'_>, relative: bool, scale: u64, fx: &mut Effects) {
    let now = s.unix_ms();
    let found = s.lookup_read(call, call.args.get(1), fx).map(|e| e.expire_at);
    call.integer(match found {
        None => -2,
        Some(None) => -1,
        Some(Some(at)) => {
            let ms = if relative { at.saturating_sub(now) } else { at };
            (if scale == 1 { ms } else { (ms + 500) / 1000 }) as i64
        }
    });
}
