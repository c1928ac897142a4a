//! `SIGTERM` and `SIGINT` as bytes that the event loop can wait for.

use mio::net::UnixStream;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::low_level::pipe;
use std::io::{self, Read};

/// The end of a pipe into which signals are written.
#[derive(Debug)]
pub(super) struct Signals {
    /// To be registered with the poll.
    pub(super) stream: UnixStream,
}

impl Signals {
    /// Takes over both signals.
    pub(super) fn listen() -> io::Result<Self> {
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        ours.set_nonblocking(true)?;
        pipe::register(SIGTERM, theirs.try_clone()?)?;
        pipe::register(SIGINT, theirs)?;
        Ok(Self { stream: UnixStream::from_std(ours) })
    }

    /// How many signals came since the last call.
    pub(super) fn take(&mut self) -> usize {
        let mut count = 0;
        let mut bytes = [0; 16];
        while let Ok(n @ 1..) = self.stream.read(&mut bytes) {
            count += n;
        }
        count
    }
}
