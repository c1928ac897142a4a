//! A client: sends commands to one node and reads the replies. It knows nothing of replication.

use super::ids::{ClientId, EntryId, NodeId, PacketId, Party, WireId};
use super::log::Log;
use super::packet::PacketKind;
use super::queue::Due;
use super::spec::{ClientSpec, WriteLoad};
use super::trace::What;
use super::world::World;
use crate::redis::resp::{encode_command, reply};
use crate::redis::{Span, Time};
use std::collections::VecDeque;
use std::rc::Rc;

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its name in the world.
    pub id: ClientId,
    /// The name a person gave it; a console has its node's: `a>`.
    pub name: Rc<str>,
    /// The node it talks to.
    pub at: NodeId,
    /// Whether this is a node's console, which sends what
    /// [`Action::Write`](super::Action::Write) says.
    pub console: bool,
    /// One-way delay to its node.
    pub latency: Span,
    /// What it writes.
    pub writes: Rc<WriteLoad>,
    /// Time from one command to the next.
    pub every: Span,
    /// Whether it writes.
    pub running: bool,
    pub(super) state: ClientState,
    /// Commands that wait for a connection.
    pub(super) waiting: VecDeque<Rc<[u8]>>,
    /// Commands that wait for a reply.
    pub(super) asked: VecDeque<Asked>,
    pub(super) input: Vec<u8>,
    pub(super) log: Log<Exchange>,
    /// The words of the command that it repeats.
    pattern: Rc<[Box<str>]>,
    /// How many commands it has made.
    pub(super) made: u64,
    /// The number of the tick that counts; older ones are void.
    pub(super) turn: u32,
    /// A word and a command being made: empty, kept for their memory.
    scratch: [Vec<u8>; 2],
}

/// A command and what came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// The packet of the command.
    pub packet: PacketId,
    /// When the command was sent.
    pub sent: Time,
    /// The command's bytes.
    pub command: Rc<[u8]>,
    /// When the reply was complete, or the connection gone.
    pub done: Time,
    /// The reply's bytes; `None` if the connection went first: the client cannot know whether the
    /// command ran.
    pub reply: Option<Rc<[u8]>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClientState {
    Idle,
    Dialling(WireId),
    Connected(WireId),
}

#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(super) packet: PacketId,
    pub(super) sent: Time,
    pub(super) command: Rc<[u8]>,
}

impl Client {
    /// Whether it has a connection.
    pub fn connected(&self) -> bool {
        matches!(self.state, ClientState::Connected(_))
    }

    /// Commands sent and answered (or lost), oldest first, as far as they are not
    /// [forgotten](super::Session::forget).
    pub fn log(&self) -> &Log<Exchange> {
        &self.log
    }

    /// The commands that wait for a reply, oldest first.
    pub fn unanswered(&self) -> impl Iterator<Item = &[u8]> {
        self.asked.iter().map(|asked| &*asked.command)
    }

    /// How many commands wait for a reply.
    pub fn pending(&self) -> u32 {
        self.asked.len() as u32
    }
}

/// How long a client waits before it dials again.
const REDIAL: Span = Span::from_secs(1);

impl World {
    /// Takes up a client's ticks anew, or leaves them if it does not run.
    pub(super) fn restart_ticks(&mut self, id: ClientId, cause: Option<EntryId>) {
        let now = self.now();
        let client = &mut self.clients[id.index()];
        client.turn += 1;
        if !client.running {
            return;
        }
        let (turn, at) = (client.turn, now + client.every);
        self.queue.push(now, Due::Dial { client: id }, cause);
        self.queue.push(at, Due::Tick { client: id, turn }, None);
    }

    /// A client's next command is due.
    pub(super) fn tick(&mut self, id: ClientId, turn: u32) {
        let now = self.now();
        let client = &mut self.clients[id.index()];
        if client.turn != turn || !client.running {
            return;
        }
        self.queue.push(now + client.every, Due::Tick { client: id, turn }, None);
        if client.connected() && client.pending() < client.writes.window.max(1) {
            let command = client.next_command();
            self.client_send(id, command, None);
        }
    }

    /// A client dials, if it needs a connection and has none.
    pub(super) fn dial(&mut self, id: ClientId, cause: Option<EntryId>) {
        let client = &self.clients[id.index()];
        if client.state == ClientState::Idle && (client.running || !client.waiting.is_empty()) {
            let wire = self.dial_client(id, cause);
            self.clients[id.index()].state = ClientState::Dialling(wire);
        }
    }

    /// A node's console is given a command.
    pub(super) fn console_write(&mut self, node: NodeId, args: &[Vec<u8>], cause: Option<EntryId>) {
        let Some(id) = self.console(node).map(|client| client.id) else { return };
        let words: Vec<&[u8]> = args.iter().map(Vec::as_slice).collect();
        let command = encode(&words);
        if self.clients[id.index()].connected() {
            self.client_send(id, command, cause);
        } else {
            self.clients[id.index()].waiting.push_back(command);
            self.dial(id, cause);
        }
    }

    fn client_send(&mut self, id: ClientId, command: Rc<[u8]>, cause: Option<EntryId>) {
        let packet = PacketId(self.packets_made);
        let now = self.now();
        let client = &mut self.clients[id.index()];
        let ClientState::Connected(wire) = client.state else { return };
        client.asked.push_back(Asked { packet, sent: now, command: Rc::clone(&command) });
        self.send(wire, 0, PacketKind::Request, &command, cause);
    }

    pub(super) fn client_connected(&mut self, id: ClientId, cause: Option<EntryId>) {
        let client = &mut self.clients[id.index()];
        if let ClientState::Dialling(wire) = client.state {
            client.state = ClientState::Connected(wire);
        }
        while let Some(command) = self.clients[id.index()].waiting.pop_front() {
            self.client_send(id, command, cause);
        }
    }

    #[inline(never)]
    pub(super) fn client_received(&mut self, id: ClientId, bytes: &Rc<[u8]>, cause: Option<EntryId>) {
        let now = self.now();
        // Mostly one packet is one reply: then the two share the bytes.
        let input = &mut self.clients[id.index()].input;
        let mut whole = (input.is_empty() && reply_len(bytes) == Some(bytes.len())).then(|| Rc::clone(bytes));
        if whole.is_none() {
            input.extend_from_slice(bytes);
        }
        loop {
            let client = &mut self.clients[id.index()];
            let reply: Rc<[u8]> = match (whole.take(), reply_len(&client.input)) {
                (Some(reply), _) => reply,
                (None, Some(len)) => client.input.drain(..len).collect(),
                (None, None) => return,
            };
            let Some(Asked { packet, sent, command }) = client.asked.pop_front() else { continue };
            let (kept, took) = (Rc::clone(&reply), now.since(sent));
            client.log.append(|| Exchange { packet, sent, command, done: now, reply: Some(kept) });
            let what = || What::ClientReply { client: id, reply, took };
            self.trace.push(now, Some(Party::Client(id)), cause, what);
        }
    }

    pub(super) fn client_closed(&mut self, id: ClientId, cause: Option<EntryId>) {
        let now = self.now();
        let client = &mut self.clients[id.index()];
        client.state = ClientState::Idle;
        client.input.clear();
        for Asked { packet, sent, command } in std::mem::take(&mut client.asked) {
            client.log.push(Exchange { packet, sent, command, done: now, reply: None });
        }
        self.queue.push(now + REDIAL, Due::Dial { client: id }, cause);
    }
}

impl Client {
    pub(super) fn new(id: ClientId, spec: &ClientSpec, console: bool) -> Self {
        Self {
            id,
            name: spec.name.as_str().into(),
            at: spec.at,
            console,
            latency: spec.latency,
            writes: Rc::new(spec.writes.clone()),
            every: spec.writes.every.max(Span::from_millis(1)),
            running: spec.running,
            state: ClientState::Idle,
            waiting: VecDeque::new(),
            asked: VecDeque::new(),
            input: Vec::new(),
            log: Log::default(),
            pattern: spec.writes.command.split_whitespace().map(Box::from).collect(),
            made: 0,
            turn: 0,
            scratch: Default::default(),
        }
    }

    fn next_command(&mut self) -> Rc<[u8]> {
        let key = self.made % u64::from(self.writes.keys.max(1)) + 1;
        self.made += 1;
        let [word, command] = &mut self.scratch;
        reply::array(command, self.pattern.len());
        for (n, pattern) in self.pattern.iter().enumerate() {
            fill(pattern, key, self.made, word);
            if n + 1 == self.pattern.len() {
                let len = word.len().max(self.writes.pad as usize);
                word.resize(len, b'.');
            }
            reply::bulk(command, word);
            word.clear();
        }
        let made = Rc::from(&command[..]);
        command.clear();
        made
    }
}

/// Puts the key and the number where `{key}` and `{n}` stand.
fn fill(pattern: &str, key: u64, n: u64, word: &mut Vec<u8>) {
    let mut rest = pattern.as_bytes();
    while let Some((byte, after)) = rest.split_first() {
        rest = after;
        if *byte != b'{' {
            word.push(*byte);
        } else if let Some(after) = after.strip_prefix(b"key}") {
            reply::number(word, key);
            rest = after;
        } else if let Some(after) = after.strip_prefix(b"n}") {
            reply::number(word, n);
            rest = after;
        } else {
            word.push(*byte);
        }
    }
}

/// A command as an array of bulk strings.
fn encode(words: &[&[u8]]) -> Rc<[u8]> {
    let mut bytes = Vec::new();
    encode_command(words.iter().copied(), &mut bytes);
    bytes.into()
}

/// The length of the first whole RESP2 reply; `None` while it is incomplete. A line of no known kind
/// counts as a reply of its own.
fn reply_len(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    let mut parts = 1_u64;
    while parts > 0 {
        let line = bytes.get(at..)?;
        let end = line.windows(2).position(|pair| pair == b"\r\n")?;
        let number = || std::str::from_utf8(line.get(1..end)?).ok()?.parse::<i64>().ok();
        at += end + 2;
        parts -= 1;
        let number = if let Some(b'$' | b'*') = line.first() { number() } else { None };
        match (line.first(), number) {
            (Some(b'$'), Some(len)) if len >= 0 => at = at.checked_add(usize::try_from(len).ok()? + 2)?,
            (Some(b'*'), Some(more)) if more > 0 => parts = parts.saturating_add(more.unsigned_abs()),
            _ => {}
        }
    }
    (at <= bytes.len()).then_some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_are_cut_where_they_end() {
        for whole in ["+OK\r\n", "$5\r\na\r\nbc\r\n", "$-1\r\n", "*2\r\n$1\r\na\r\n*1\r\n:7\r\n", "*0\r\n"] {
            let mut bytes = whole.as_bytes().to_vec();
            for n in 0..bytes.len() {
                assert_eq!(reply_len(&bytes[..n]), None, "{whole:?} cut at {n}");
            }
            bytes.extend_from_slice(b"+more");
            assert_eq!(reply_len(&bytes), Some(whole.len()), "{whole:?}");
        }
        assert_eq!(reply_len(b"\r\n"), Some(2));
    }

    #[test]
    fn commands_go_round_the_keys() {
        let spec = ClientSpec {
            name: "w".into(),
            at: NodeId(0),
            latency: Span::ZERO,
            writes: WriteLoad { pad: 4, ..WriteLoad::default() },
            running: true,
        };
        let mut client = Client::new(ClientId(0), &spec, false);
        let made: Vec<_> = (0..3).map(|_| client.next_command()).collect();
        assert_eq!(&*made[0], b"*3\r\n$3\r\nSET\r\n$2\r\nk1\r\n$4\r\nv1..\r\n");
        assert_eq!(&*made[2], b"*3\r\n$3\r\nSET\r\n$2\r\nk1\r\n$4\r\nv3..\r\n");
        let mut word = Vec::new();
        fill("a{{n}b{k}{key}", 12, 7, &mut word);
        assert_eq!(word, b"a{7b{k}12");
    }
}
