//! One number for a whole run: equal runs have equal digests, on every platform.
//!
//! FNV-1a over the trace's lines with their times and causes, every byte sent, and the final state.

use super::action::Action;
use super::ids::{LinkId, NodeId};
use super::session::Session;
use super::spec::WorldSpec;
use super::trace::What;
use super::world::World;
use crate::redis::Time;
use std::fmt::{self, Write};

/// FNV-1a, 64 bits.
struct Fnv(u64);

impl Fnv {
    fn bytes(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    fn number(&mut self, number: u64) {
        self.bytes(&number.to_le_bytes());
    }

    fn text(&mut self, text: fmt::Arguments<'_>) {
        // Writing into a hash cannot fail.
        let _ = self.write_fmt(text);
        self.bytes(&[0]);
    }
}

impl Write for Fnv {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.bytes(text.as_bytes());
        Ok(())
    }
}

impl World {
    /// A digest of all emitted bytes, the trace and the final state; the same on every platform.
    /// Reads the whole trace: meant for tests.
    pub fn digest(&self) -> u64 {
        let mut hash = Fnv(0xcbf2_9ce4_8422_2325);
        for entry in self.trace().iter() {
            hash.number(entry.at.as_micros());
            hash.number(entry.cause.map_or(0, |cause| u64::from(cause.0) + 1));
            hash.text(format_args!("{entry}"));
            if let What::Sent(sent) = &entry.what {
                hash.bytes(&sent.bytes);
            }
        }
        hash.number(self.now().as_micros());
        for node in self.nodes() {
            hash.text(format_args!("{} {}", node.name, node.alive()));
            let Some(server) = node.server() else { continue };
            hash.text(format_args!("{} {} {:?}", server.repl_id(), server.offset(), server.repl_id2()));
            hash.text(format_args!("{:?} {:?}", server.backlog(), server.master_link()));
            hash.text(format_args!("{:?}", server.replicas(self.now())));
            for n in 0..server.keyspace().databases() {
                let mut keys: Vec<_> = server.keyspace().db(n).iter().collect();
                keys.sort_unstable_by_key(|(key, _)| *key);
                for (key, entry) in keys {
                    hash.number(u64::from(n));
                    hash.bytes(key);
                    hash.bytes(&entry.value);
                    hash.number(entry.expire_at.unwrap_or(0));
                }
            }
        }
        hash.0
    }
}

/// Runs a fixed scene for a minute of model time (first syncs, a short cut, a long cut, a silent
/// link, a kill and a restart) and returns its digest in hexadecimal. Native and wasm must agree.
pub fn trace_digest(seed: u64) -> String {
    let mut spec = WorldSpec::course();
    spec.seed = seed;
    let (ab, ac) = (LinkId(0), LinkId(1));
    let write = |text: &str| Action::Write {
        node: NodeId(0),
        args: text.split(' ').map(|word| word.as_bytes().to_vec()).collect(),
    };
    let script = [
        (8_000, Action::Cut(ab)),
        (9_500, Action::Heal(ab)),
        (14_000, write("SET greeting hello")),
        (16_000, Action::Cut(ac)),
        (26_000, Action::Heal(ac)),
        (32_000, Action::SetLinkMode(ab, super::action::LinkMode::Hold)),
        (34_000, Action::Heal(ab)),
        (36_000, Action::SetLinkMode(ac, super::action::LinkMode::Silent)),
        (38_000, Action::Heal(ac)),
        (42_000, Action::Kill(NodeId(1))),
        (44_000, Action::Restart { node: NodeId(1), keep_rdb: true }),
        (48_000, Action::Pause(NodeId(2))),
        (50_000, Action::Resume(NodeId(2))),
        (52_000, Action::ReplicaOf { node: NodeId(2), of: None }),
    ];
    let mut session = Session::new(spec);
    for (millis, action) in script {
        session.advance(Time::from_millis(millis));
        // All of these can be done; if one cannot, the digest shows it.
        let _ = session.act(action);
    }
    session.advance(Time::from_millis(60_000));
    format!("{:016x}", session.world().digest())
}
