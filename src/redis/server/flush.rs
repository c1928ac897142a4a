//! The end of a turn: what waits in output buffers is handed over, what is doomed is closed.

use super::{Client, History, RdbSending, Replica, ReplicaPhase, Server};
use crate::redis::backlog::{Backlog, TRIM_PER_LOOP};
use crate::redis::effects::{Effects, SendKind, SnapshotTarget};
use crate::redis::event::{Event, LeaveReason};
use crate::redis::ids::ConnId;
use crate::redis::master::Bgsave;
use crate::redis::units::BytePos;
use std::collections::BinaryHeap;
use std::ops::Range;

/// Largest piece of one [`Effect::Send`](crate::redis::Effect::Send) in bytes.
const MAX_PIECE: usize = 16 * 1024;
/// The bytes of a heartbeat and of `REPLCONF GETACK *`.
pub(in crate::redis) const PING: &[u8] = b"*1\r\n$4\r\nping\r\n";
pub(in crate::redis) const GETACK: &[u8] = b"*3\r\n$8\r\nREPLCONF\r\n$6\r\nGETACK\r\n$1\r\n*\r\n";

/// The stretch of stream stored last in the arena, so that all replicas share it.
type Shared = Option<(BytePos, Range<usize>)>;

impl Server {
    /// What Redis does in `beforeSleep`. `touched_only` leaves out replicas that nothing has happened to.
    pub(super) fn before_sleep(&mut self, touched_only: bool, effects: &mut Effects) {
        self.send_getack_if_wanted(effects);
        if !self.touched.is_empty() || !(touched_only || self.replicas.is_empty()) {
            self.flush_all(touched_only, effects);
        }
        self.trim_backlog(TRIM_PER_LOOP, effects);
        self.finish_shutdown(effects);
    }

    fn flush_all(&mut self, touched_only: bool, effects: &mut Effects) {
        let mut shared: Shared = None;
        // Flushing may finish a snapshot and bring replicas online, which touches clients again.
        for turn in 0..4 {
            let mut conns = std::mem::take(&mut self.touched);
            if turn > 0 || !touched_only {
                conns.extend_from_slice(&self.replicas);
            }
            if conns.len() > 1 {
                sort(&mut conns);
                conns.dedup();
            }
            for conn in &conns {
                self.flush(*conn, &mut shared, effects);
            }
            if self.touched.is_empty() {
                // Kept for its memory.
                conns.clear();
                self.touched = conns;
            }
            if self.touched.is_empty() {
                break;
            }
        }
    }

    fn flush(&mut self, conn: ConnId, shared: &mut Shared, effects: &mut Effects) {
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        let window = self.config.socket_buffer;
        while client.pending_reply() > 0 && client.unsent < window {
            let room = (window - client.unsent) as usize;
            let end = client.out.len().min(client.replied + room.min(MAX_PIECE));
            let piece = &client.out[client.replied..end];
            effects.send(conn, SendKind::Reply, piece);
            client.unsent += piece.len() as u64;
            client.replied = end;
        }
        if client.pending_reply() == 0 {
            client.out.clear();
            client.replied = 0;
            if client.out.capacity() > MAX_PIECE {
                client.out = Vec::new();
            }
            if client.close_after_reply && client.doomed.is_none() {
                client.doomed = Some(LeaveReason::Protocol);
            }
        }
        if let Some(reason) = client.doomed {
            self.free_client(conn, reason, effects);
            return;
        }
        match client.replica.as_deref() {
            Some(replica) if replica.rdb.is_some() => self.flush_replica(conn, shared, effects),
            Some(_) => flush_stream(client, &self.history, window, shared, effects),
            None => {}
        }
    }

    fn flush_replica(&mut self, conn: ConnId, shared: &mut Shared, effects: &mut Effects) {
        let (now, window) = (self.now, self.config.socket_buffer);
        let Some(client) = self.clients.get_mut(&conn) else {
            return;
        };
        let client = &mut **client;
        let Some(replica) = client.replica.as_deref_mut() else {
            return;
        };
        if let Some(rdb) = &mut replica.rdb {
            // The child of a diskless transfer is still at work.
            let early = |b: &Bgsave| b.target == SnapshotTarget::Socket && b.not_before > now;
            if replica.phase == ReplicaPhase::WaitBgsaveEnd && self.bgsave.as_ref().is_some_and(early) {
                return;
            }
            let before = rdb.pos;
            hand_over_rdb(conn, rdb, &mut client.unsent, window, effects);
            if rdb.pos > before {
                replica.rdb_moved = now;
            }
            if rdb.pos < rdb.total() {
                return;
            }
            let bytes = rdb.total() as u64;
            replica.rdb = None;
            effects.note(Event::RdbSent { conn, bytes });
            self.rdb_handed_over(conn, effects);
        }
        if let Some(client) = self.clients.get_mut(&conn) {
            flush_stream(client, &self.history, window, shared, effects);
        }
    }

    /// Sends a line past the output buffer, as Redis's `connWrite` in the replication code does.
    pub(in crate::redis) fn send_direct(
        &mut self,
        conn: ConnId,
        kind: SendKind,
        line: &[u8],
        effects: &mut Effects,
    ) {
        if let Some(client) = self.clients.get_mut(&conn) {
            client.unsent += line.len() as u64;
            effects.send(conn, kind, line);
        }
    }

    /// The oldest byte a replica still has to be sent.
    fn pinned(&self) -> Option<BytePos> {
        let cursor = |conn: &ConnId| {
            let replica = self.clients.get(conn)?.replica.as_deref()?;
            if replica.own.is_none() { replica.cursor } else { None }
        };
        self.replicas.iter().filter_map(cursor).min()
    }

    /// Drops blocks that nobody needs (Redis ≥ 7.0) and tells what was lost.
    #[inline]
    pub(in crate::redis) fn trim_backlog(&mut self, max_blocks: usize, effects: &mut Effects) {
        if self.history.backlog.as_ref().is_some_and(Backlog::may_trim) {
            self.trim_blocks(max_blocks, effects);
        }
    }

    #[inline(never)]
    fn trim_blocks(&mut self, max_blocks: usize, effects: &mut Effects) {
        let pinned = self.pinned();
        if let Some(backlog) = &mut self.history.backlog {
            let from = backlog.first();
            backlog.trim(pinned, max_blocks);
            let first = backlog.first();
            if first > from {
                effects.note(Event::BacklogOverwrote { from, first });
            }
        }
    }

    /// Bytes in a replica's output buffer: replies, and stream not handed over yet.
    pub(in crate::redis) fn output_buffer(&self, client: &Client, replica: &Replica) -> u64 {
        let stream = replica.cursor.map_or(0, |cursor| self.history.offset.next() - cursor);
        client.pending_reply() as u64 + stream
    }

    /// What counts against `client-output-buffer-limit`, in bytes.
    pub(in crate::redis) fn limited_usage(&self, client: &Client, replica: &Replica) -> u64 {
        match (&replica.own, replica.cursor, &self.history.backlog) {
            (None, Some(cursor), Some(backlog)) => backlog.shared_usage(cursor),
            _ => self.output_buffer(client, replica),
        }
    }

    /// The snapshot is wholly handed over to this replica.
    fn rdb_handed_over(&mut self, conn: ConnId, effects: &mut Effects) {
        let Some(replica) = self.clients.get_mut(&conn).and_then(|c| c.replica.as_deref_mut()) else {
            return;
        };
        if replica.phase == ReplicaPhase::SendBulk {
            self.put_online(conn, false, effects);
        } else {
            self.check_socket_transfer();
        }
    }
}

/// Hands over the stream as far as a replica's socket buffer has room.
fn flush_stream(
    client: &mut Client,
    history: &History,
    window: u64,
    shared: &mut Shared,
    effects: &mut Effects,
) {
    let Some(replica) = client.replica.as_deref_mut() else {
        return;
    };
    let end = history.offset.next();
    let (true, Some(mut cursor)) = (replica.streams(), replica.cursor.filter(|cursor| *cursor < end)) else {
        return;
    };
    while cursor < end && client.unsent < window {
        let room = (window - client.unsent).min(MAX_PIECE as u64);
        let range = match shared {
            Some((from, range)) if *from == cursor && range.len() as u64 <= room => range.clone(),
            _ => {
                let piece = match (&replica.own, &history.backlog) {
                    (Some(own), _) => store(own.slices(cursor), room, effects),
                    (None, Some(backlog)) => store(backlog.slices(cursor), room, effects),
                    (None, None) => return,
                };
                *shared = Some((cursor, piece.clone()));
                piece
            }
        };
        if range.is_empty() {
            debug_assert!(false, "a replica's bytes were dropped before they were sent");
            return;
        }
        let bytes = effects.slice(&range);
        let kind = if bytes == PING || bytes == GETACK { SendKind::Heartbeat } else { SendKind::Stream };
        client.unsent += range.len() as u64;
        cursor = cursor.plus(range.len() as u64);
        effects.send_stored(client.conn, kind, range);
    }
    replica.cursor = Some(cursor);
    if let Some(own) = &mut replica.own {
        own.drop_before(cursor);
    }
}

/// Sorts; few and nearly sorted ones in a few steps.
fn sort(conns: &mut Vec<ConnId>) {
    if conns.len() > 64 {
        // A heap sorts with a tenth of the code of `sort_unstable`, which matters to the page.
        *conns = BinaryHeap::from(std::mem::take(conns)).into_sorted_vec();
        return;
    }
    for n in 1..conns.len() {
        let mut at = n;
        while at > 0 && conns[at - 1] > conns[at] {
            conns.swap(at - 1, at);
            at -= 1;
        }
    }
}

/// Copies at most `max` bytes of `slices` into the arena.
fn store<'a>(slices: impl Iterator<Item = &'a [u8]>, max: u64, effects: &mut Effects) -> Range<usize> {
    let mut left = max as usize;
    let mut range: Option<Range<usize>> = None;
    for slice in slices {
        let piece = effects.store(&slice[..slice.len().min(left)]);
        left -= piece.len();
        range = Some(range.map_or(piece.clone(), |r| r.start..piece.end));
        if left == 0 {
            break;
        }
    }
    range.unwrap_or(0..0)
}

fn hand_over_rdb(conn: ConnId, rdb: &mut RdbSending, unsent: &mut u64, window: u64, effects: &mut Effects) {
    while rdb.pos < rdb.total() && *unsent < window {
        let room = (window - *unsent).min(MAX_PIECE as u64) as usize;
        let mut range: Option<Range<usize>> = None;
        let mut left = room;
        while left > 0 && rdb.pos < rdb.total() {
            let piece = effects.store(rdb.piece(left));
            rdb.pos += piece.len();
            left -= piece.len();
            range = Some(range.map_or(piece.clone(), |r| r.start..piece.end));
        }
        if let Some(bytes) = range {
            *unsent += bytes.len() as u64;
            effects.send_stored(conn, SendKind::Rdb, bytes);
        }
    }
}
