//! Names of things: replication ids, connections, endpoints, snapshot jobs.

use super::rng::Rng;
use super::vecmap::Key;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::sync::Arc;

/// A replication id: names one history of writes (`master_replid`). Shown as 40 hexadecimal digits, or as
/// nothing: what a replica has of a master that named none.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ReplId(Option<[u8; 20]>);

impl ReplId {
    /// What Redis shows where there is no id: forty zeros.
    pub const ZERO: Self = Self(Some([0; 20]));
    /// No text at all, which is not [`ZERO`](Self::ZERO).
    pub const EMPTY: Self = Self(None);

    /// Draws a new id (`changeReplicationId`).
    pub fn random(rng: &mut Rng) -> Self {
        let mut id = [0; 20];
        for byte in &mut id {
            *byte = rng.next_u32() as u8;
        }
        Self(Some(id))
    }

    /// Reads 40 hexadecimal digits of either case (`PSYNC` compares ids with `strcasecmp`).
    /// `None` for anything else.
    pub fn parse(text: &[u8]) -> Option<Self> {
        if text.len() != 40 {
            return None;
        }
        let mut id = [0; 20];
        for (byte, pair) in id.iter_mut().zip(text.chunks_exact(2)) {
            let high = (pair[0] as char).to_digit(16)?;
            let low = (pair[1] as char).to_digit(16)?;
            *byte = (high * 16 + low) as u8;
        }
        Some(Self(Some(id)))
    }
}

impl fmt::Display for ReplId {
    /// All 40 digits, or the first few: `{id:.8}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(id) = &self.0 else { return Ok(()) };
        for digit in 0..f.precision().unwrap_or(40).min(40) {
            let nibble = (id[digit / 2] >> (4 * (1 - digit % 2))) & 15;
            write!(f, "{nibble:x}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for ReplId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// One connection of one server. Accepted connections are named by the driver, dialled ones by the
/// server; the top bit keeps the two apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConnId(u64);

impl ConnId {
    const DIALLED: u64 = 1 << 63;

    /// The connection under which [`Input::Operator`](super::Input::Operator) commands run.
    pub const OPERATOR: Self = Self(!Self::DIALLED);

    /// The driver's `n`-th accepted connection.
    pub const fn accepted(n: u64) -> Self {
        Self(n & !Self::DIALLED)
    }

    /// The server's `n`-th dialled connection.
    pub const fn dialled(n: u64) -> Self {
        Self(n | Self::DIALLED)
    }

    /// The one that gets its name next.
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }

    /// Whether the server itself opened this connection.
    pub const fn is_dialled(self) -> bool {
        self.0 & Self::DIALLED != 0
    }
}

impl Key for ConnId {
    #[inline]
    fn since(&self, first: &Self) -> usize {
        usize::try_from(self.0.wrapping_sub(first.0)).unwrap_or(usize::MAX)
    }
}

impl fmt::Display for ConnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let side = if self.is_dialled() { "out" } else { "in" };
        write!(f, "{side}{}", self.0 & !Self::DIALLED)
    }
}

/// Where a server listens, as `REPLICAOF` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// Host name or IP address, as typed.
    pub host: Arc<str>,
    /// TCP port.
    pub port: u16,
}

impl Endpoint {
    /// The endpoint `host:port`.
    pub fn new(host: &str, port: u16) -> Self {
        Self { host: host.into(), port }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.host, self.port)
    }
}

/// One BGSAVE, counted from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct JobId(pub u32);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_id_is_not_forty_zeros() {
        assert_eq!(ReplId::parse(&[b'0'; 40]), Some(ReplId::ZERO));
        assert_eq!(ReplId::ZERO.to_string(), "0".repeat(40));
        assert_eq!((ReplId::EMPTY.to_string().as_str(), ReplId::parse(b"")), ("", None));
    }
}
