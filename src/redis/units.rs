//! The numbers of replication, each with a type of its own.
//!
//! Redis's hardest off-by-one is the 50 → 51 of the comment above `shiftReplicationId`: an
//! *offset* counts the bytes a server holds, while `PSYNC` names the *next byte wanted*.
//! [`Offset`] and [`BytePos`] keep the two apart; [`Offset::next`] is the one crossing.
//! Everything is an integer of a fixed width, so that native and wasm builds agree.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::{Add, AddAssign, Sub};

/// An instant: microseconds since the run began. The core never reads a clock; drivers hand time in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Time(u64);

/// A length of time in microseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span(u64);

/// How many bytes of a replication history a server holds (`master_repl_offset`). Starts at zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Offset(u64);

/// A byte of a replication history, counted from one, as `PSYNC` names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BytePos(u64);

/// Bytes per second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Rate(u64);

impl Time {
    /// The start of a run.
    pub const ZERO: Self = Self(0);
    /// The last instant of all.
    pub const MAX: Self = Self(u64::MAX);

    /// The instant `micros` microseconds after the start.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// The instant `millis` milliseconds after the start.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// Microseconds since the start.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// Whole milliseconds since the start.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// Whole seconds since the start.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }

    /// The time passed since `earlier`; zero if `earlier` is later.
    pub const fn since(self, earlier: Self) -> Span {
        Span(self.0.saturating_sub(earlier.0))
    }
}

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);

    /// `micros` microseconds.
    pub const fn from_micros(micros: u64) -> Self {
        Self(micros)
    }

    /// `millis` milliseconds.
    pub const fn from_millis(millis: u64) -> Self {
        Self(millis.saturating_mul(1000))
    }

    /// `secs` seconds.
    pub const fn from_secs(secs: u64) -> Self {
        Self(secs.saturating_mul(1_000_000))
    }

    /// The length in microseconds.
    pub const fn as_micros(self) -> u64 {
        self.0
    }

    /// The length in whole milliseconds.
    pub const fn as_millis(self) -> u64 {
        self.0 / 1000
    }

    /// The length in whole seconds.
    pub const fn as_secs(self) -> u64 {
        self.0 / 1_000_000
    }
}

impl Add<Span> for Time {
    type Output = Self;
    fn add(self, span: Span) -> Self {
        Self(self.0.saturating_add(span.0))
    }
}

impl AddAssign<Span> for Time {
    fn add_assign(&mut self, span: Span) {
        *self = *self + span;
    }
}

impl Add for Span {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl Offset {
    /// A server that holds nothing yet.
    pub const ZERO: Self = Self(0);
    /// Minus one: where a replica stands whose master named no offset. The next byte is number 0.
    pub const UNKNOWN: Self = Self(u64::MAX);

    /// The offset after `bytes` bytes of history.
    pub const fn new(bytes: u64) -> Self {
        Self(bytes)
    }

    /// The number of bytes held.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The first byte not held yet: what `PSYNC` asks for.
    pub const fn next(self) -> BytePos {
        BytePos(self.0.wrapping_add(1))
    }

    /// The offset after `bytes` more bytes.
    pub const fn plus(self, bytes: u64) -> Self {
        Self(self.0.wrapping_add(bytes))
    }
}

impl Sub for Offset {
    type Output = u64;
    /// How many bytes `self` is ahead of `other`; zero if it is behind.
    fn sub(self, other: Self) -> u64 {
        self.next() - other.next()
    }
}

impl BytePos {
    /// The first byte of a history.
    pub const FIRST: Self = Self(1);

    /// The byte numbered `pos`, counted from one.
    pub const fn new(pos: u64) -> Self {
        Self(pos)
    }

    /// The byte's number, counted from one.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The offset of a server that holds everything before this byte.
    pub const fn held_before(self) -> Offset {
        Offset(self.0.wrapping_sub(1))
    }

    /// The position `bytes` later.
    pub const fn plus(self, bytes: u64) -> Self {
        Self(self.0.saturating_add(bytes))
    }
}

impl Sub for BytePos {
    type Output = u64;
    /// The number of bytes from `other` (included) to `self` (excluded); zero if there are none.
    fn sub(self, other: Self) -> u64 {
        self.0.saturating_sub(other.0)
    }
}

impl Rate {
    /// `bytes` per second; at least one, so that nothing takes forever.
    pub const fn per_second(bytes: u64) -> Self {
        Self(if bytes == 0 { 1 } else { bytes })
    }

    /// Bytes per second.
    pub const fn bytes_per_second(self) -> u64 {
        self.0
    }

    /// How long `bytes` bytes take, rounded up to a microsecond.
    pub const fn time_for(self, bytes: u64) -> Span {
        // A division of 128 bits is slow, and a packet is small.
        if let Some(bytes) = bytes.checked_mul(1_000_000) {
            // So is any, and a packet is gone within a microsecond where the lab only measures itself.
            return Span(if bytes > self.0 { bytes.div_ceil(self.0) } else { (bytes > 0) as u64 });
        }
        let micros = (bytes as u128 * 1_000_000).div_ceil(self.0 as u128);
        Span(if micros > u64::MAX as u128 { u64::MAX } else { micros as u64 })
    }
}

impl fmt::Display for Time {
    /// Seconds with three decimals, as in the event log: `12.480`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:03}", self.0 / 1_000_000, self.0 / 1000 % 1000)
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (self.0 as i64).fmt(f)
    }
}

impl fmt::Display for BytePos {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offset_50_asks_for_byte_51() {
        assert_eq!(Offset::new(50).next(), BytePos::new(51));
        assert_eq!(BytePos::new(51).held_before(), Offset::new(50));
        let unknown = Offset::UNKNOWN;
        assert_eq!((unknown.to_string().as_str(), unknown.next()), ("-1", BytePos::new(0)));
        assert_eq!((unknown.plus(27), unknown.plus(27) - unknown), (Offset::new(26), 27));
    }

    #[test]
    fn a_transfer_is_rounded_up_to_the_microsecond() {
        assert_eq!(Rate::per_second(3).time_for(1), Span::from_micros(333_334));
        assert_eq!(Rate::per_second(0).time_for(2), Span::from_secs(2));
        let (bytes, rate) = (1_u64 << 45, Rate::per_second(1 << 40));
        assert_eq!(rate.time_for(bytes), Span::from_secs(32), "too many for 64 bits");
    }
}
