//! A played master of a scene: answers a replica's handshake, and oddly if told to.

use std::time::{Duration, Instant};

use crate::resp::{Conn, Reply, Res, escape};
use crate::stage::{LONG, Stage};

impl Stage<'_> {
    /// Answers up to `PSYNC` or `SYNC`, or until the replica hangs up. `odd` are beginnings of
    /// commands and the lines they are answered with.
    pub(crate) fn serve(&mut self, number: usize, name: &str, odd: &[Vec<u8>]) -> Res<()> {
        self.conns.remove(name);
        let mut conn = self.accept(name)?;
        let mut told = String::new();
        loop {
            let command = match conn.reply(LONG) {
                Ok(Reply::Array(Some(words))) => words.iter().filter_map(Reply::text).collect::<Vec<_>>(),
                Ok(other) => return Err(format!("the replica said {}", other.show())),
                Err(_) if conn.closed => {
                    told.push_str("closed");
                    break;
                }
                Err(why) => return Err(why),
            };
            let text = command.join(&b' ');
            told.push_str(&escape(&text));
            told.push('|');
            let odd = odd.chunks_exact(2).find(|pair| text.starts_with(&pair[0])).map(|pair| &pair[1][..]);
            let answer = match (odd, command.first().map(Vec::as_slice)) {
                (Some(odd), _) => {
                    // The replica may hang up: all that it sent before is to be here by then.
                    conn.closes_within(Duration::from_millis(50));
                    odd
                }
                (None, Some(b"PING")) => b"+PONG",
                (None, Some(b"PSYNC" | b"SYNC")) => break,
                (None, _) => b"+OK",
            };
            // If it is not there any more, reading says so.
            let _ = conn.send(&[answer, b"\r\n"].concat());
        }
        self.conns.insert(name.to_owned(), conn);
        self.show(number, &told)
    }

    /// Waits for the replica to dial.
    fn accept(&mut self, name: &str) -> Res<Conn> {
        let (_, listener) = self.fakes.get(name).ok_or("no such fake")?;
        let end = Instant::now() + LONG;
        loop {
            if let Ok((stream, _)) = listener.accept() {
                stream.set_nonblocking(false).map_err(|e| e.to_string())?;
                return Ok(Conn::over(stream));
            }
            if Instant::now() > end {
                return Err("the replica did not connect".to_owned());
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}
