//! What a server tells about itself: typed facts, each with a one-line text.
//!
//! The page's log, the space–time diagram, golden transcripts and tests all read these same events.
//! They hold no text of the page: words per language live in `view`. `Display` is the line of a
//! transcript, in Redis's English.

mod text;

use crate::redis::ids::{ConnId, Endpoint, JobId, ReplId};
use crate::redis::units::{BytePos, Offset};
use serde::Serialize;

/// The replica's side of its master link, in Redis's own names (`REPL_STATE_*`, server.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ReplState {
    /// `REPL_STATE_NONE`: this server is a master.
    None,
    /// `REPL_STATE_CONNECT`: must (re)connect.
    Connect,
    /// `REPL_STATE_CONNECTING`: TCP connection under way.
    Connecting,
    /// `REPL_STATE_RECEIVE_PING_REPLY`.
    ReceivePingReply,
    /// `REPL_STATE_RECEIVE_AUTH_REPLY` … `REPL_STATE_RECEIVE_CAPA_REPLY`.
    ReceiveHandshakeReplies,
    /// `REPL_STATE_RECEIVE_PSYNC_REPLY`.
    ReceivePsyncReply,
    /// `REPL_STATE_TRANSFER`: the RDB is arriving.
    Transfer,
    /// The RDB is complete and being loaded (`loading:1`).
    Loading,
    /// `REPL_STATE_CONNECTED`: the stream flows.
    Connected,
}

/// Why a `PSYNC` was answered with a full resync (`masterTryPartialResynchronization`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum FullReason {
    /// The replica asked for one: `PSYNC ? -1` or `SYNC`.
    Asked,
    /// The replication id is neither ours nor our second one.
    UnknownId,
    /// The id is our second one, but the replica is past the point where we took over.
    PastSecondOffset {
        /// The highest byte that may be asked for under the second id.
        limit: BytePos,
    },
    /// There is no backlog.
    NoBacklog,
    /// The byte asked for is already overwritten.
    Overwritten {
        /// The oldest byte still held.
        first: BytePos,
    },
    /// The byte asked for lies beyond what we have produced.
    Ahead {
        /// The newest byte that may be asked for.
        next: BytePos,
    },
}

/// Why a replica's link ended, as the master sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum LeaveReason {
    /// The connection was closed.
    Closed,
    /// Nothing was heard for `repl-timeout` seconds.
    Timeout,
    /// `client-output-buffer-limit replica` was exceeded.
    OutputBufferLimit {
        /// Bytes in the output buffer.
        used: u64,
    },
    /// It sent something that only a client may send, or broke the protocol.
    Protocol,
    /// Our own history changed, so it must ask again.
    HistoryChanged,
    /// `CLIENT KILL`, or the transfer could not go on.
    Killed,
}

/// What a stretch of the replication stream is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum StreamKind {
    /// A write (with the `SELECT` or `MULTI` around it).
    Command,
    /// The heartbeat `ping`.
    Ping,
    /// `REPLCONF GETACK *`.
    GetAck,
    /// Bytes relayed from our own master.
    Relay,
}

/// Why a client's write was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub enum RefuseReason {
    /// `-READONLY`: this is a read-only replica.
    ReadOnly,
    /// `-NOREPLICAS`: `min-replicas-to-write` is not met.
    NoReplicas,
    /// `-MASTERDOWN`: `replica-serve-stale-data no` and the link is down.
    MasterDown,
    /// `-LOADING`: a data set is being loaded.
    Loading,
    /// `-OOM`: `maxmemory` is reached.
    OutOfMemory,
}

/// Why a replica cannot continue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
pub struct Refusal {
    /// Because.
    pub reason: FullReason,
    /// The byte asked for, where one was named.
    pub asked: Option<i64>,
}

/// A fact about one server. Large ones, which are rare, are boxed: a trace holds millions of small
/// ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Event {
    /// The server became a master (`REPLICAOF NO ONE`).
    BecameMaster,
    /// The server follows a master now.
    BecameReplica {
        /// The master.
        of: Endpoint,
    },
    /// The replica's side of its master link moved.
    LinkState {
        /// To this state.
        to: ReplState,
    },
    /// The master refused a step of the handshake.
    HandshakeRefused {
        /// Its words.
        reply: Box<str>,
    },
    /// The replica asked to continue (`Some`) or to start afresh (`None`).
    PsyncAsked {
        /// The history and the next byte wanted.
        resume: Option<Box<(ReplId, BytePos)>>,
    },
    /// The master granted a partial resync.
    PsyncContinued {
        /// To this connection.
        conn: ConnId,
        /// From this byte on.
        from: BytePos,
        /// This many bytes at once.
        bytes: u64,
    },
    /// The master answers with a full resync.
    PsyncRefused {
        /// To this connection.
        conn: ConnId,
        /// Because.
        refusal: Box<Refusal>,
    },
    /// The master told a replica which history its snapshot belongs to (`+FULLRESYNC`).
    FullResyncStarted {
        /// This connection.
        conn: ConnId,
        /// The snapshot's offset.
        offset: Offset,
    },
    /// The replica read `+FULLRESYNC`.
    FullResyncReceived {
        /// The master's history.
        id: ReplId,
        /// The snapshot's offset.
        offset: Offset,
    },
    /// The replica read `+CONTINUE`.
    ContinueReceived {
        /// The master's history, if it has a new name.
        new_id: Option<ReplId>,
    },
    /// A snapshot was forked.
    BgsaveStarted {
        /// Its number.
        job: JobId,
        /// Straight to sockets?
        diskless: bool,
        /// How many replicas share it.
        replicas: u32,
        /// Its size in bytes.
        bytes: u64,
    },
    /// A snapshot ended.
    BgsaveEnded {
        /// Its number.
        job: JobId,
        /// Whether it succeeded.
        ok: bool,
    },
    /// All RDB bytes for this replica were handed to the network.
    RdbSent {
        /// The replica.
        conn: ConnId,
        /// How many.
        bytes: u64,
    },
    /// The replica has the whole RDB.
    RdbReceived {
        /// Its size.
        bytes: u64,
    },
    /// The replica dropped its old data and loaded the RDB.
    RdbLoaded {
        /// Keys now held.
        keys: u64,
        /// The offset it stands at.
        offset: Offset,
    },
    /// The RDB was bad; the sync is aborted and retried.
    RdbRejected {
        /// Why.
        error: Box<str>,
    },
    /// The master counts this replica as online.
    ReplicaOnline {
        /// The replica.
        conn: ConnId,
    },
    /// The master let go of a replica.
    ReplicaLeft {
        /// The replica.
        conn: ConnId,
        /// Because.
        reason: Box<LeaveReason>,
        /// Bytes of its output buffer that were thrown away.
        freed: u64,
    },
    /// A client's command ran.
    Executed {
        /// The client.
        conn: ConnId,
        /// The command's name, lower case.
        command: &'static str,
        /// Whether it changed the data set.
        dirty: bool,
    },
    /// A client's command was refused.
    Refused {
        /// The client.
        conn: ConnId,
        /// Because.
        reason: RefuseReason,
    },
    /// Bytes were added to the replication stream.
    Fed {
        /// What they are.
        kind: StreamKind,
        /// The first byte.
        from: BytePos,
        /// The offset after the last.
        to: Offset,
    },
    /// The replica executed bytes of its master's stream.
    Applied {
        /// The first byte.
        from: BytePos,
        /// The offset after the last.
        to: Offset,
    },
    /// The master learned how far a replica is.
    Acked {
        /// The replica.
        conn: ConnId,
        /// Its applied offset.
        offset: Offset,
    },
    /// A backlog was created.
    BacklogCreated {
        /// The first byte it can hold.
        first: BytePos,
    },
    /// The oldest bytes of the backlog were overwritten (or trimmed).
    BacklogOverwrote {
        /// The first byte lost.
        from: BytePos,
        /// The oldest byte still held.
        first: BytePos,
    },
    /// The backlog was given up.
    BacklogFreed,
    /// The history has a new name.
    ReplIdChanged {
        /// The new name.
        id: ReplId,
        /// The old name, good for bytes up to this one.
        second: Option<Box<(ReplId, BytePos)>>,
    },
    /// A peer was silent for too long.
    TimedOut {
        /// The connection.
        conn: ConnId,
    },
    /// A key's time was over and the master deleted it.
    Expired {
        /// Its database.
        db: u32,
        /// Its name.
        key: Box<[u8]>,
    },
    /// The server asked all replicas how far they are (`WAIT`, `SHUTDOWN`).
    GetAckAsked,
}

// What is written for every command of every replica should be small.
const _: () = assert!(size_of::<Event>() <= 32);

impl Event {
    /// Whether this tells of a single command or packet of a link at work, as opposed to a change of
    /// its state.
    pub fn is_routine(&self) -> bool {
        use Event::{Acked, Applied, BacklogOverwrote, Executed, Expired, Fed, GetAckAsked, Refused};
        matches!(
            self,
            Executed { .. } | Refused { .. } | Fed { .. } | Applied { .. } | Acked { .. } | Expired { .. }
        ) || matches!(self, BacklogOverwrote { .. } | GetAckAsked)
    }
}
