//! RESP2 from the client's side: encoding commands, parsing replies, and a TCP connection that
//! never blocks longer than it is told to.

use std::fmt::Write as _;
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

/// Everything here fails with a sentence for the person reading the test's output.
pub(crate) type Res<T> = Result<T, String>;

/// One RESP2 reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    Status(Vec<u8>),
    Error(Vec<u8>),
    Int(i64),
    Bulk(Option<Vec<u8>>),
    Array(Option<Vec<Self>>),
}

impl Reply {
    /// The text of a one-line or bulk reply; an error keeps its leading `-`.
    pub(crate) fn text(&self) -> Option<Vec<u8>> {
        match self {
            Self::Status(t) | Self::Bulk(Some(t)) => Some(t.clone()),
            Self::Error(t) => Some([b"-", t.as_slice()].concat()),
            Self::Int(n) => Some(n.to_string().into_bytes()),
            Self::Bulk(None) | Self::Array(_) => None,
        }
    }

    /// The reply as one readable line.
    pub(crate) fn show(&self) -> String {
        match self {
            Self::Status(t) => latin1(t),
            Self::Error(t) => format!("-{}", latin1(t)),
            Self::Int(n) => format!("(integer) {n}"),
            Self::Bulk(Some(t)) => format!("\"{}\"", escape(t)),
            Self::Bulk(None) | Self::Array(None) => "(nil)".to_owned(),
            Self::Array(Some(items)) => {
                format!("[{}]", items.iter().map(Self::show).collect::<Vec<_>>().join(", "))
            }
        }
    }
}

/// Encodes a command as a RESP array of bulk strings.
pub(crate) fn encode<A: AsRef<[u8]>>(args: &[A]) -> Vec<u8> {
    let mut out = format!("*{}\r\n", args.len()).into_bytes();
    for arg in args {
        let arg = arg.as_ref();
        out.extend_from_slice(format!("${}\r\n", arg.len()).as_bytes());
        out.extend_from_slice(arg);
        out.extend_from_slice(b"\r\n");
    }
    out
}

/// Parses one reply from the front of `buf`: the reply and the bytes it took, or `None` if more
/// bytes are needed.
pub(crate) fn parse(buf: &[u8]) -> Res<Option<(Reply, usize)>> {
    let Some(eol) = buf.windows(2).position(|w| w == b"\r\n") else { return Ok(None) };
    let line = &buf[1..eol];
    let mut at = eol + 2;
    let number = || -> Res<i64> {
        latin1(line).parse().map_err(|_| format!("bad number in reply line {:?}", latin1(&buf[..eol])))
    };
    let reply = match buf[0] {
        b'+' => Reply::Status(line.to_vec()),
        b'-' => Reply::Error(line.to_vec()),
        b':' => Reply::Int(number()?),
        b'$' => match usize::try_from(number()?) {
            Err(_) => Reply::Bulk(None),
            Ok(len) if buf.len() < at + len + 2 => return Ok(None),
            Ok(len) => {
                let data = buf[at..at + len].to_vec();
                at += len + 2;
                Reply::Bulk(Some(data))
            }
        },
        b'*' => match usize::try_from(number()?) {
            Err(_) => Reply::Array(None),
            Ok(len) => {
                let mut items = Vec::new();
                for _ in 0..len {
                    let Some((item, used)) = parse(&buf[at..])? else { return Ok(None) };
                    items.push(item);
                    at += used;
                }
                Reply::Array(Some(items))
            }
        },
        other => return Err(format!("a reply starts with {:?}: {:?}", other as char, escape(&buf[..eol]))),
    };
    Ok(Some((reply, at)))
}

/// Bytes as text, one char per byte.
pub(crate) fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|b| char::from(*b)).collect()
}

/// The reverse of [`latin1`].
pub(crate) fn bytes_of(text: &str) -> Res<Vec<u8>> {
    text.chars().map(|c| u8::try_from(u32::from(c)).map_err(|_| format!("{c:?} is not a byte"))).collect()
}

/// Bytes for a message: printable ASCII as is, the rest as C escapes, shortened in the middle.
pub(crate) fn escape(bytes: &[u8]) -> String {
    let mut out = String::new();
    for (i, b) in bytes.iter().enumerate() {
        if bytes.len() > 700 && i == 400 {
            let _ = write!(out, " …{} bytes… ", bytes.len() - 500);
        }
        if bytes.len() > 700 && (400..bytes.len() - 100).contains(&i) {
            continue;
        }
        match b {
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            0x20..=0x7e => out.push(char::from(*b)),
            _ => {
                let _ = write!(out, "\\x{b:02x}");
            }
        }
    }
    out
}

/// A TCP connection to `127.0.0.1` with what was received and not yet looked at.
pub(crate) struct Conn {
    stream: TcpStream,
    pub(crate) buf: Vec<u8>,
    pub(crate) closed: bool,
}

impl Conn {
    pub(crate) fn connect(port: u16) -> Res<Self> {
        let addr = SocketAddr::from(([127, 0, 0, 1], port));
        let stream = TcpStream::connect_timeout(&addr, Duration::from_secs(5))
            .map_err(|e| format!("cannot connect to 127.0.0.1:{port}: {e}"))?;
        Ok(Self::over(stream))
    }

    pub(crate) fn over(stream: TcpStream) -> Self {
        let _ = stream.set_nodelay(true);
        Self { stream, buf: Vec::new(), closed: false }
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) -> Res<()> {
        let _ = self.stream.set_write_timeout(Some(Duration::from_secs(10)));
        self.stream.write_all(bytes).map_err(|e| format!("cannot send {:?}: {e}", escape(bytes)))
    }

    /// Waits at most `wait` for bytes and keeps them; `false` when nothing came (or the peer closed).
    pub(crate) fn fill(&mut self, wait: Duration) -> bool {
        if self.closed {
            return false;
        }
        let mut chunk = vec![0; 1 << 16];
        let _ = self.stream.set_read_timeout(Some(wait.max(Duration::from_millis(1))));
        match self.stream.read(&mut chunk) {
            Ok(0) => self.closed = true,
            Ok(n) => {
                self.buf.extend_from_slice(&chunk[..n]);
                return true;
            }
            Err(e)
                if matches!(
                    e.kind(),
                    ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                ) => {}
            Err(_) => self.closed = true,
        }
        false
    }

    /// Fills until `done` says the buffer holds enough, the peer closes, or `wait` is over.
    pub(crate) fn fill_until(&mut self, wait: Duration, mut done: impl FnMut(&[u8]) -> bool) -> bool {
        let end = Instant::now() + wait;
        loop {
            if done(&self.buf) {
                return true;
            }
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() || self.closed {
                return false;
            }
            self.fill(left);
        }
    }

    /// Takes everything: waits for at least `least` bytes, then until nothing came for `quiet`.
    pub(crate) fn take_until_quiet(&mut self, least: usize, wait: Duration, quiet: Duration) -> Vec<u8> {
        self.fill_until(wait, |b| b.len() >= least);
        while self.fill(quiet) {}
        std::mem::take(&mut self.buf)
    }

    /// Takes one line with its `\r\n`, skipping bare newlines (keepalives) before it.
    pub(crate) fn take_line(&mut self, wait: Duration) -> Res<Vec<u8>> {
        let found = self.fill_until(wait, |b| {
            let skip = b.iter().take_while(|c| **c == b'\n').count();
            b[skip..].windows(2).any(|w| w == b"\r\n")
        });
        let skip = self.buf.iter().take_while(|c| **c == b'\n').count();
        self.buf.drain(..skip);
        if !found {
            let what = if self.closed { "the connection was closed" } else { "time is over" };
            return Err(format!("{what} while waiting for a line; received {:?}", escape(&self.buf)));
        }
        let eol = self.buf.windows(2).position(|w| w == b"\r\n").map_or(0, |p| p + 2);
        Ok(self.buf.drain(..eol).collect())
    }

    /// Takes exactly `n` bytes.
    pub(crate) fn take(&mut self, n: usize, wait: Duration) -> Res<Vec<u8>> {
        if !self.fill_until(wait, |b| b.len() >= n) {
            let what = if self.closed { "connection closed" } else { "time over" };
            return Err(format!("{what} with {} of {n} bytes: {:?}", self.buf.len(), escape(&self.buf)));
        }
        Ok(self.buf.drain(..n).collect())
    }

    /// Takes one reply.
    pub(crate) fn reply(&mut self, wait: Duration) -> Res<Reply> {
        let mut found = Ok(None);
        self.fill_until(wait, |b| {
            found = if b.is_empty() { Ok(None) } else { parse(b) };
            !matches!(found, Ok(None))
        });
        match found? {
            Some((reply, used)) => {
                self.buf.drain(..used);
                Ok(reply)
            }
            None => {
                let what = if self.closed { "connection closed" } else { "no reply in time" };
                Err(format!("{what}; received {:?}", escape(&self.buf)))
            }
        }
    }

    /// Sends a command and waits for its reply.
    pub(crate) fn cmd<A: AsRef<[u8]>>(&mut self, args: &[A]) -> Res<Reply> {
        self.send(&encode(args))?;
        self.reply(Duration::from_secs(20)).map_err(|e| {
            let words: Vec<_> = args.iter().map(|a| escape(a.as_ref())).collect();
            format!("{}: {e}", words.join(" "))
        })
    }

    /// Whether the peer closes within `wait` (what it sends meanwhile is kept).
    pub(crate) fn closes_within(&mut self, wait: Duration) -> bool {
        self.fill_until(wait, |_| false);
        self.closed
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        let _ = self.stream.shutdown(Shutdown::Both);
    }
}
