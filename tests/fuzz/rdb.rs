//! RDB files: anything may be in them; decoding refuses it or gives no more than it holds.

use psync_lab::redis::rdb::{RdbInfo, RdbRepl, decode, encode};
use psync_lab::redis::{Config, Effects, Input, Keyspace, RedisVersion, Server, Time};

const DATABASES: u32 = 16;

/// Decodes `data` as it is and again without its checksum, and goes on with what comes out.
///
/// # Panics
/// If what was decoded is out of proportion, or does not come back from its own encoding.
pub(crate) fn check(data: &[u8]) {
    load(data);
    // Redis takes a checksum of zeros for none: so damage gets past it.
    let mut unchecked = data.to_vec();
    if let Some(checksum) = unchecked.last_chunk_mut::<8>() {
        checksum.fill(0);
        load(&unchecked);
    }
}

fn load(data: &[u8]) {
    let Ok(loaded) = decode(data, DATABASES) else { return };
    let held = size(&loaded.keys);
    assert!(held <= 300 * data.len(), "{held} bytes out of {}", data.len());
    let info = RdbInfo { version: RedisVersion::V7_0, ctime: 0, used_mem: 0, repl: loaded.repl };
    let again = decode(&encode(&loaded.keys, &info), DATABASES).expect("what was written can be read");
    assert!(again.keys == loaded.keys && again.repl == loaded.repl);
    live_with(data, loaded.repl);
}

fn size(keys: &Keyspace) -> usize {
    let of = |n| keys.db(n).iter().map(|(key, entry)| key.len() + entry.value.len()).sum::<usize>();
    (0..keys.databases()).map(of).sum()
}

/// A server that starts from such a file runs, in both roles and for years.
fn live_with(data: &[u8], repl: Option<RdbRepl>) {
    for follows in [false, true] {
        let mut config = Config::new(RedisVersion::V7_0);
        config.replicaof = follows.then(|| psync_lab::redis::Endpoint::new("h", 1));
        let mut server = Server::restore(config, 1, data).expect("it decoded");
        let mut effects = Effects::new();
        for secs in [0, 1, 2, 100_000, 4_000_000_000] {
            let now = Time::from_millis(secs * 1000);
            server.handle(now, Input::Timer, &mut effects);
            let command: [&[u8]; 3] = [b"SET", b"k", b"v"];
            server.handle(now, Input::Operator { args: &command }, &mut effects);
            let promote: [&[u8]; 3] = [b"REPLICAOF", b"NO", b"ONE"];
            server.handle(now, Input::Operator { args: &promote }, &mut effects);
            assert!(server.deadline().is_none_or(|at| secs == 0 || at >= now));
            effects.clear();
        }
        assert!(!follows || repl.is_none() || server.repl_id2().is_some());
    }
}
