//! A scripted master: a TCP listener that a replica under test connects to.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use crate::mask::Mask;
use crate::resp::{Conn, Res, encode, escape, parse};
use crate::server::free_listener;

const QUIET: Duration = Duration::from_millis(150);

/// The listener, the connection it accepted last, and how far its handshake is.
pub(crate) struct FakeMaster {
    pub(crate) port: u16,
    listener: TcpListener,
    conn: Option<Conn>,
    /// The script answered something itself, so PING is not answered again.
    answered: bool,
    /// Something was received on this connection.
    heard: bool,
    /// The handshake is over; the next one needs a new connection.
    finished: bool,
    /// The command that ended the handshake, until a step asks for it.
    psync: Option<Vec<u8>>,
}

impl FakeMaster {
    pub(crate) fn new() -> Res<Self> {
        let (port, listener) = free_listener();
        listener.set_nonblocking(true).map_err(|e| e.to_string())?;
        Ok(Self { port, listener, conn: None, answered: false, heard: false, finished: false, psync: None })
    }

    /// Waits for the replica to connect.
    pub(crate) fn accept(&mut self, wait: Duration) -> Res<()> {
        let end = Instant::now() + wait;
        loop {
            if let Ok((stream, _)) = self.listener.accept() {
                stream.set_nonblocking(false).map_err(|e| e.to_string())?;
                self.close();
                self.conn = Some(Conn::over(stream));
                return Ok(());
            }
            if Instant::now() > end {
                return Err(format!("the replica did not connect within {} s", wait.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn open(&mut self) -> Res<&mut Conn> {
        if self.conn.is_none() {
            self.accept(Duration::from_secs(10))?;
        }
        self.conn.as_mut().ok_or_else(|| "no connection".to_owned())
    }

    /// Answers PING, REPLCONF and AUTH until the replica sends something else, which is compared.
    pub(crate) fn handshake(&mut self, ping: &str, replconf: &str, then: &str, mask: &mut Mask) -> Res<()> {
        if self.finished {
            self.conn = None;
        }
        let end = Instant::now() + Duration::from_secs(10);
        while Instant::now() < end {
            self.open()?;
            let answered = self.answered;
            let conn = self.open()?;
            let command = match next_command(conn, Duration::from_secs(2)) {
                Ok(Some(command)) => command,
                Ok(None) if conn.closed => {
                    self.conn = None;
                    continue;
                }
                Ok(None) => continue,
                Err(e) => return Err(e),
            };
            let word = command
                .windows(4)
                .find_map(|w| [&b"PING"[..], b"REPL", b"AUTH"].into_iter().find(|x| *x == w));
            match word {
                Some(b"PING") if answered => {}
                Some(b"PING") => conn.send(format!("{ping}\r\n").as_bytes())?,
                Some(_) => conn.send(format!("{replconf}\r\n").as_bytes())?,
                None => {
                    mask.check(then, &command)?;
                    (self.finished, self.psync) = (true, Some(command));
                    return Ok(());
                }
            }
        }
        Err("the replica did not get as far as PSYNC within 10 s".to_owned())
    }

    /// Sends as it is, once the handshake is over.
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Res<()> {
        self.open()?.send(bytes)
    }

    /// Sends; afterwards gives the replica a moment to read it as one piece.
    pub(crate) fn send(&mut self, bytes: &[u8]) -> Res<()> {
        let waits = !std::mem::replace(&mut self.answered, true) && !self.finished && !self.heard;
        let conn = self.open()?;
        if waits {
            conn.fill_until(Duration::from_secs(3), |b| !b.is_empty());
        }
        conn.send(bytes)?;
        std::thread::sleep(Duration::from_millis(60));
        Ok(())
    }

    /// Compares what the replica sends next. Periodic ACKs are skipped unless one is expected.
    pub(crate) fn recv(&mut self, expected: &str, mask: &mut Mask) -> Res<()> {
        if let Some(psync) = self.psync.take()
            && mask.clone().check(expected, &psync).is_ok()
        {
            return mask.check(expected, &psync);
        }
        self.heard = true;
        let wants_ack = expected.contains("\r\nACK\r\n");
        let end = Instant::now() + Duration::from_secs(4);
        let conn = self.open()?;
        if !wants_ack && !expected.contains('<') {
            conn.fill_until(Duration::from_secs(4), |b| b.len() >= expected.len());
        }
        let mut got = Vec::new();
        while Instant::now() < end {
            let Some(command) =
                next_command(conn, if wants_ack || got.is_empty() { Duration::from_secs(2) } else { QUIET })?
            else {
                break;
            };
            let is_ack = command.windows(5).any(|w| w == b"\nACK\r") || command == b"\n";
            if wants_ack && mask.clone().check(expected, &command).is_ok() {
                return mask.check(expected, &command);
            }
            if !is_ack || wants_ack {
                got.extend_from_slice(&command);
            }
        }
        mask.check(expected, &got)
    }

    /// Everything the replica sent up to now and until it is quiet for `quiet`.
    pub(crate) fn drain(&mut self, quiet: Duration) -> Res<Vec<u8>> {
        Ok(self.open()?.take_until_quiet(0, Duration::ZERO, quiet))
    }

    pub(crate) fn closed_by_peer(&mut self, wait: Duration) -> Res<bool> {
        Ok(self.open()?.closes_within(wait))
    }

    pub(crate) fn close(&mut self) {
        self.conn = None;
        (self.answered, self.heard, self.finished) = (false, false, false);
    }
}

/// The next command (or inline line, or newline) as raw bytes.
fn next_command(conn: &mut Conn, wait: Duration) -> Res<Option<Vec<u8>>> {
    let mut size = Ok(None);
    conn.fill_until(wait, |b| {
        size = match b.first() {
            None => Ok(None),
            Some(b'\n') => Ok(Some(1)),
            Some(b'*') => parse(b).map(|found| found.map(|(_, used)| used)),
            Some(_) => Ok(b.iter().position(|c| *c == b'\n').map(|p| p + 1)),
        };
        !matches!(size, Ok(None))
    });
    let size = size.map_err(|e| format!("{e}; received {:?}", escape(&conn.buf)))?;
    Ok(size.map(|n| conn.buf.drain(..n).collect()))
}

/// `REPLCONF ACK <offset>` as a replica sends it.
pub(crate) fn ack(offset: u64) -> Vec<u8> {
    encode(&["REPLCONF", "ACK", &offset.to_string()])
}
