//! Every command by name, with its arity and flags (Redis's `redisCommandTable`).

use super::{Run, admin, clients, expiry, info, keys, moves, numbers, ranges, strings, txn};

/// A command.
pub struct Spec {
    /// Its name, lower case.
    pub name: &'static str,
    /// Words in all, the name included; negative for "at least".
    pub arity: i8,
    pub(super) flags: u16,
    pub(super) run: Run,
}

impl std::fmt::Debug for Spec {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name)
    }
}

/// `CMD_WRITE`.
pub(super) const WRITE: u16 = 1;
/// `CMD_READONLY`.
pub(super) const READ: u16 = 1 << 1;
/// `CMD_DENYOOM`: may need memory.
pub(super) const OOM: u16 = 1 << 2;
/// `CMD_STALE`: allowed on a replica without a link.
pub(super) const STALE: u16 = 1 << 3;
/// `CMD_LOADING`: allowed while loading.
pub(super) const LOADING: u16 = 1 << 4;
/// `CMD_NO_MULTI`: not inside a transaction.
pub(super) const NO_MULTI: u16 = 1 << 5;
/// `CMD_NO_AUTH`: allowed before login.
pub(super) const NO_AUTH: u16 = 1 << 6;
/// Opens or ends a transaction.
pub(super) const TXN: u16 = 1 << 8;
/// Runs at once inside `MULTI` instead of being queued.
pub(super) const AT_ONCE: u16 = 1 << 7;

impl Spec {
    pub(super) const fn has(&self, flag: u16) -> bool {
        self.flags & flag != 0
    }

    pub(super) fn fits(&self, words: usize) -> bool {
        let wanted = usize::from(self.arity.unsigned_abs());
        if self.arity < 0 { words >= wanted } else { words == wanted }
    }
}

const fn c(name: &'static str, arity: i8, flags: u16, run: Run) -> Spec {
    Spec { name, arity, flags, run }
}

const W: u16 = WRITE;
const WO: u16 = WRITE | OOM;
const SL: u16 = STALE | LOADING;

/// In alphabetical order, for [`find`].
static TABLE: &[Spec] = &[
    c("append", 3, WO, strings::append),
    c("auth", -2, SL | NO_AUTH, clients::auth),
    c("bgsave", -1, 0, admin::bgsave),
    c("client", -2, SL, clients::client),
    c("command", -1, SL, info::command),
    c("config", -2, SL, admin::config),
    c("copy", -3, WO, moves::copy),
    c("dbsize", 1, READ, keys::dbsize),
    c("debug", -2, SL, admin::debug),
    c("decr", 2, WO, numbers::decr),
    c("decrby", 3, WO, numbers::decrby),
    c("del", -2, W, keys::del),
    c("discard", 1, SL | AT_ONCE | TXN, txn::discard),
    c("echo", 2, SL, admin::echo),
    c("exec", 1, SL | AT_ONCE | TXN, txn::exec),
    c("exists", -2, READ, keys::exists),
    c("expire", -3, W, expiry::expire),
    c("expireat", -3, W, expiry::expireat),
    c("expiretime", 2, READ, expiry::expiretime),
    c("failover", -1, STALE, |s, call, fx| s.failover_command(call, fx)),
    c("flushall", -1, W, keys::flushall),
    c("flushdb", -1, W, keys::flushdb),
    c("get", 2, READ, strings::get),
    c("getbit", 3, READ, ranges::getbit),
    c("getdel", 2, W, strings::getdel),
    c("getex", -2, W, strings::getex),
    c("getrange", 4, READ, ranges::getrange),
    c("getset", 3, WO, strings::getset),
    c("incr", 2, WO, numbers::incr),
    c("incrby", 3, WO, numbers::incrby),
    c("incrbyfloat", 3, WO, numbers::incrbyfloat),
    c("info", -1, SL, info::info),
    c("keys", 2, READ, keys::keys),
    c("lastsave", 1, SL, admin::lastsave),
    c("mget", -2, READ, strings::mget),
    c("move", 3, W, moves::move_key),
    c("mset", -3, WO, strings::mset),
    c("msetnx", -3, WO, ranges::msetnx),
    c("multi", 1, SL | AT_ONCE | TXN, txn::multi),
    c("persist", 2, W, expiry::persist),
    c("pexpire", -3, W, expiry::pexpire),
    c("pexpireat", -3, W, expiry::pexpireat),
    c("pexpiretime", 2, READ, expiry::pexpiretime),
    c("ping", -1, 0, admin::ping),
    c("psetex", 4, WO, strings::psetex),
    c("psync", -3, NO_MULTI, |s, call, fx| s.sync(call, fx)),
    c("pttl", 2, READ, expiry::pttl),
    c("publish", 3, SL, moves::publish),
    c("quit", -1, SL | NO_AUTH | AT_ONCE, clients::quit),
    c("rename", 3, W, moves::rename),
    c("renamenx", 3, W, moves::renamenx),
    c("replconf", -1, SL, |s, call, fx| s.replconf(call, fx)),
    c("replicaof", 3, STALE, admin::replicaof),
    c("role", 1, SL, info::role),
    c("save", 1, NO_MULTI, admin::save),
    c("select", 2, SL, keys::select),
    c("set", -3, WO, strings::set),
    c("setbit", 4, WO, ranges::setbit),
    c("setex", 4, WO, strings::setex),
    c("setnx", 3, WO, strings::setnx),
    c("setrange", 4, WO, ranges::setrange),
    c("shutdown", -1, SL | NO_MULTI, admin::shutdown),
    c("slaveof", 3, STALE, admin::replicaof),
    c("strlen", 2, READ, strings::strlen),
    c("substr", 4, READ, ranges::getrange),
    c("swapdb", 3, W, moves::swapdb),
    c("sync", 1, NO_MULTI, |s, call, fx| s.sync(call, fx)),
    c("touch", -2, READ, moves::touch),
    c("ttl", 2, READ, expiry::ttl),
    c("type", 2, READ, keys::type_of),
    c("unlink", -2, W, keys::del),
    c("wait", 3, 0, |s, call, _| s.wait(call)),
];

/// Where the names that begin with each letter start in the table.
static BY_LETTER: [u8; 27] = {
    let mut starts = [0; 27];
    let mut letter = 0;
    while letter < 27 {
        let mut at = 0;
        while at < TABLE.len() && (TABLE[at].name.as_bytes()[0] - b'a') < letter {
            at += 1;
        }
        starts[letter as usize] = at as u8;
        letter += 1;
    }
    starts
};

/// The command of this name, in any case.
pub(super) fn find(name: &[u8]) -> Option<&'static Spec> {
    let letter = usize::from(name.first()?.to_ascii_lowercase().checked_sub(b'a').filter(|n| *n < 26)?);
    let range = usize::from(BY_LETTER[letter])..usize::from(BY_LETTER[letter + 1]);
    TABLE[range].iter().find(|spec| spec.name.as_bytes().eq_ignore_ascii_case(name))
}

/// The names of all commands, in alphabetical order.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLE.iter().map(|spec| spec.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_so_that_find_finds() {
        assert!(TABLE.is_sorted_by_key(|spec| spec.name));
        for name in names() {
            assert_eq!(find(name.to_uppercase().as_bytes()).map(|s| s.name), Some(name));
        }
        assert!(find(b"nosuch").is_none());
        assert!(find(b"a-name-longer-than-any-command").is_none());
    }
}
