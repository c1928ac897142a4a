//! The only place that reads a clock.

use crate::redis::Time;
use std::time::{Duration, Instant, SystemTime};

/// Counts from the server's start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    start: Instant,
    unix_start: Duration,
}

impl Clock {
    #[expect(clippy::disallowed_methods, reason = "the driver is where time comes from")]
    pub(super) fn start() -> Self {
        let unix_start = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Self { start: Instant::now(), unix_start }
    }

    /// Time since the start; never goes back.
    pub(super) fn now(&self) -> Time {
        Time::from_micros(self.start.elapsed().as_micros() as u64)
    }

    /// Unix time of the start in milliseconds.
    pub(super) fn unix_start_ms(&self) -> u64 {
        self.unix_start.as_millis() as u64
    }

    /// Unix time in milliseconds.
    pub(super) fn unix_ms(&self) -> u64 {
        (self.unix_start + self.start.elapsed()).as_millis() as u64
    }
}
