//! `--psync-lab-tap`: a file with a line for each chunk of bytes that came or went.

use crate::redis::{ConnId, Time};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// The open file.
#[derive(Debug)]
pub(super) struct Tap {
    file: BufWriter<File>,
}

/// Which way bytes went.
#[derive(Clone, Copy, Debug)]
pub(super) enum Direction {
    /// From the peer.
    Received,
    /// To the peer's socket.
    Sent,
}

impl Tap {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        Ok(Self { file: BufWriter::new(File::create(path)?) })
    }

    /// Writes `seconds.micros connection < or > escaped bytes`. A full disk stops the tap, not the
    /// server, so errors are left alone.
    pub(super) fn chunk(&mut self, now: Time, conn: ConnId, direction: Direction, bytes: &[u8]) {
        let mark = match direction {
            Direction::Received => '<',
            Direction::Sent => '>',
        };
        let (secs, micros) = (now.as_secs(), now.as_micros() % 1_000_000);
        let _ = writeln!(self.file, "{secs}.{micros:06} {conn} {mark} {}", bytes.escape_ascii());
    }

    /// Called when the loop goes to sleep.
    pub(super) fn flush(&mut self) {
        let _ = self.file.flush();
    }
}
