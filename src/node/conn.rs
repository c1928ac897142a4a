//! One TCP connection: its socket, its phase, and the bytes the kernel has not taken yet.

use crate::redis::Time;
use mio::Token;
use mio::net::TcpStream;
use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;

/// Where a connection stands.
#[derive(Debug)]
pub(super) enum Phase {
    /// Dialled, no answer yet.
    Connecting {
        /// Further addresses of the same host, to be tried if this one fails.
        others: VecDeque<SocketAddr>,
    },
    /// The core knows it.
    Open,
    /// The core has let go of it; what is left goes out, then the writing side is shut.
    Closing {
        /// When to give up.
        until: Time,
    },
    /// All is sent. Bytes that still arrive are read and dropped: closing a socket with unread
    /// bytes would reset it, and the peer could lose our last words.
    Draining {
        /// When to give up.
        until: Time,
    },
}

/// What a look at a dialled socket shows.
#[derive(Debug)]
pub(super) enum Dialled {
    /// It is up.
    Up,
    /// Nothing yet.
    Waiting,
    /// It failed.
    Failed(io::Error),
}

/// One connection.
#[derive(Debug)]
pub(super) struct Conn {
    pub(super) stream: TcpStream,
    pub(super) token: Token,
    pub(super) phase: Phase,
    /// Whether it waits for its turn to be read.
    pub(super) in_turn: bool,
    out: Vec<u8>,
    taken: usize,
}

impl Conn {
    pub(super) fn new(stream: TcpStream, token: Token, phase: Phase) -> Self {
        Self { stream, token, phase, in_turn: false, out: Vec::new(), taken: 0 }
    }

    /// Whether the core still knows the connection.
    pub(super) fn is_open(&self) -> bool {
        matches!(self.phase, Phase::Open)
    }

    /// Adds bytes to be written.
    pub(super) fn queue(&mut self, bytes: &[u8]) {
        if self.taken == self.out.len() {
            self.out.clear();
            self.taken = 0;
        } else if self.taken > 1 << 16 {
            self.out.drain(..self.taken);
            self.taken = 0;
        }
        self.out.extend_from_slice(bytes);
    }

    /// Whether the kernel has everything.
    pub(super) fn is_flushed(&self) -> bool {
        self.taken == self.out.len()
    }

    /// Writes until the kernel takes no more. Gives the bytes it took.
    pub(super) fn flush(&mut self) -> io::Result<&[u8]> {
        let start = self.taken;
        if !matches!(self.phase, Phase::Connecting { .. }) {
            while self.taken < self.out.len() {
                match self.stream.write(&self.out[self.taken..]) {
                    Ok(0) => return Err(ErrorKind::WriteZero.into()),
                    Ok(n) => self.taken += n,
                    Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                    Err(error) if error.kind() == ErrorKind::Interrupted => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(&self.out[start..self.taken])
    }

    /// Reads once. `None`: nothing there now; zero bytes: the peer has closed.
    pub(super) fn read(&mut self, buffer: &mut [u8]) -> io::Result<Option<usize>> {
        loop {
            match self.stream.read(buffer) {
                Ok(n) => return Ok(Some(n)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// How the connecting went, after an event on the socket.
    pub(super) fn dialled(&self) -> Dialled {
        match self.stream.take_error() {
            Ok(None) => match self.stream.peer_addr() {
                Ok(_) => Dialled::Up,
                Err(error) if error.kind() == ErrorKind::NotConnected => Dialled::Waiting,
                // What macOS says while it still waits.
                Err(error) if error.kind() == ErrorKind::InvalidInput => Dialled::Waiting,
                Err(error) => Dialled::Failed(error),
            },
            Ok(Some(error)) | Err(error) => Dialled::Failed(error),
        }
    }
}
