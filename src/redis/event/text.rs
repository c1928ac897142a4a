//! The one-line text of each event, in Redis's English: the lines of transcripts and logs.

use super::{Event, FullReason, Refusal, ReplState};
use std::fmt;

impl fmt::Display for ReplState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::None => "none",
            Self::Connect => "connect",
            Self::Connecting => "connecting",
            Self::ReceivePingReply => "wait for +PONG",
            Self::ReceiveHandshakeReplies => "wait for REPLCONF replies",
            Self::ReceivePsyncReply => "wait for PSYNC reply",
            Self::Transfer => "transfer",
            Self::Loading => "loading",
            Self::Connected => "connected",
        })
    }
}

impl fmt::Display for FullReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Asked => write!(f, "it asked for one"),
            Self::UnknownId => write!(f, "unknown replication id"),
            Self::PastSecondOffset { limit } => write!(f, "second id reaches only to {limit}"),
            Self::NoBacklog => write!(f, "there is no backlog"),
            Self::Overwritten { first } => write!(f, "overwritten, oldest byte is {first}"),
            Self::Ahead { next } => write!(f, "ahead of us, next byte is {next}"),
        }
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::BecameMaster => write!(f, "role      master"),
            Self::BecameReplica { of } => write!(f, "role      replica of {of}"),
            Self::LinkState { to } => write!(f, "link      {to}"),
            Self::HandshakeRefused { reply } => write!(f, "link      refused: {reply}"),
            Self::PsyncAsked { resume: Some(resume) } => {
                let (id, from) = &**resume;
                write!(f, "psync     asks {id:.8} from {from}")
            }
            Self::PsyncAsked { resume: None } => write!(f, "psync     asks ? -1"),
            Self::PsyncContinued { conn, from, bytes } => {
                write!(f, "psync     {conn} continues from {from}, {bytes} bytes behind")
            }
            Self::PsyncRefused { conn, refusal } => match &**refusal {
                Refusal { reason, asked: Some(asked) } => {
                    write!(f, "psync     {conn} asked for {asked}: full resync, {reason}")
                }
                Refusal { reason, asked: None } => write!(f, "psync     {conn} full resync, {reason}"),
            },
            Self::FullResyncStarted { conn, offset } => {
                write!(f, "fullsync  {conn} from offset {offset}")
            }
            Self::FullResyncReceived { id, offset } => {
                write!(f, "fullsync  +FULLRESYNC {id:.8} {offset}")
            }
            Self::ContinueReceived { new_id: Some(id) } => write!(f, "psync     +CONTINUE {id:.8} (new id)"),
            Self::ContinueReceived { new_id: None } => write!(f, "psync     +CONTINUE"),
            Self::BgsaveStarted { job, diskless, replicas, bytes } => {
                let to = if *diskless { "sockets" } else { "disk" };
                write!(f, "bgsave    {} started to {to} for {replicas} replicas, {bytes} bytes", job.0)
            }
            Self::BgsaveEnded { job, ok } => {
                write!(f, "bgsave    {} {}", job.0, if *ok { "done" } else { "failed" })
            }
            Self::RdbSent { conn, bytes } => write!(f, "rdb       {conn} all {bytes} bytes sent"),
            Self::RdbReceived { bytes } => write!(f, "rdb       received, {bytes} bytes"),
            Self::RdbLoaded { keys, offset } => write!(f, "rdb       loaded {keys} keys, offset {offset}"),
            Self::RdbRejected { error } => write!(f, "rdb       rejected: {error}"),
            Self::ReplicaOnline { conn } => write!(f, "replica   {conn} online"),
            Self::ReplicaLeft { conn, reason, freed } => {
                write!(f, "replica   {conn} left ({reason:?}), {freed} bytes of output buffer freed")
            }
            Self::Executed { conn, command, dirty } => {
                write!(f, "command   {conn} {command}{}", if *dirty { " (wrote)" } else { "" })
            }
            Self::Refused { conn, reason } => write!(f, "command   {conn} refused: {reason:?}"),
            Self::Fed { kind, from, to } => write!(f, "stream    {kind:?} {from}..{to}"),
            Self::Applied { from, to } => write!(f, "applied   {from}..{to}"),
            Self::Acked { conn, offset } => write!(f, "ack       {conn} {offset}"),
            Self::BacklogCreated { first } => write!(f, "backlog   created at {first}"),
            Self::BacklogOverwrote { from, first } => {
                write!(f, "backlog   lost {from}, oldest is {first}")
            }
            Self::BacklogFreed => write!(f, "backlog   freed"),
            Self::ReplIdChanged { id, second: Some(second) } => {
                let (old, to) = &**second;
                write!(f, "history   now {id:.8}, {old:.8} up to {to}")
            }
            Self::ReplIdChanged { id, second: None } => write!(f, "history   now {id:.8}"),
            Self::TimedOut { conn } => write!(f, "timeout   {conn}"),
            Self::Expired { db, key } => {
                write!(f, "expired   db{db} {}", String::from_utf8_lossy(key))
            }
            Self::GetAckAsked => write!(f, "getack    asked"),
        }
    }
}
