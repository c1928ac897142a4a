//! English.

mod lesson;
mod look;
mod share;
mod time;

pub(super) use share::SHARE;

use crate::redis::{Event, FullReason, LeaveReason, RefuseReason, ReplState};
use crate::sim::LinkMode;
use crate::view::flights::Kind;
use crate::view::format::{grouped, span};
use crate::view::params::Problem;
use crate::view::permalink::LinkError;
use crate::view::scene::{Name, Phase, Role};
use crate::view::status::{Fate, Outcome, Status};
use crate::view::words::{LinkChange, Who, Words};

pub(super) static WORDS: Words = Words {
    look: &look::LOOK,
    lesson: &lesson::LESSON,
    time: &time::TIME,
    language: "EN",
    switch_here: "EN: switch to English",
    theme_label: |now| format!("Colours: {now}"),
    theme_auto: "as the system",
    theme_light: "light",
    theme_dark: "dark",
    page_title: "PSYNC Lab · see Redis replication happen",

    kicker: "One master, two replicas · free lab",
    heading: "Cut a link, then restore it",
    intro: "Every write goes to the replicas, and into a ring: the replication backlog. Cut a link with its switch and restore it. Bytes still in the ring are resent; once they are overwritten, only a full resync helps.",

    now: "Now",
    ring: "Ring",
    ring_of: |node| format!("Ring · replication backlog of the {node}"),
    bytes: bytes_text,
    history: "History",
    history_all: "all",
    log: "Events",
    log_empty: "No events yet. Press play to begin.",
    status: "Right now",
    verdict: "Last answer to PSYNC",
    verdict_none: "no replica has asked yet",
    verdict_from: |node| format!("to {node}"),
    verdict_bytes: |from, bytes| format!("partial resync: {} from {} on", bytes_text(bytes), grouped(from)),

    play: "Play",
    pause: "Pause",
    step: "Step",
    step_hint: "To the next event",
    step_back: "Step back",
    reset: "Reset",
    speed: "Speed",
    model_time: "model time",
    seek: "Moment shown",
    back_to_now: "Back to now",

    client: "Client",
    start_writes: "Start writing",
    stop_writes: "Stop writing",
    rate: "Writes per second",
    per_second: |rate| if rate == "1" { "1 write/s".to_owned() } else { format!("{rate} writes/s") },
    writes_stopped: "not writing",

    console: "Console",
    console_node: "Run on",
    console_input: "Redis command",
    console_run: "Run",
    console_pending: "waiting for the reply…",
    console_lost: "the connection broke before a reply",
    console_hint: "Try SET k1 hello, or INFO replication",
    console_bad: "a quote is not closed",

    node: |Name { role, tag }| match (role, tag) {
        (Role::Master, 'M') => "master".to_owned(),
        (Role::Master, tag) => format!("master {tag}"),
        (Role::Replica, tag) => format!("replica {tag}"),
        (Role::Down, tag) => format!("node {tag}"),
    },
    offset: "offset",
    no_keys: "no keys yet",
    more_keys: |n| if n == 1 { "+1 key".to_owned() } else { format!("+{n} keys") },
    stale: "stale",
    reads_stale: " · stale",
    master_state: |online, all| match all {
        0 => "no replicas".to_owned(),
        all => format!("{online}/{all} replicas online"),
    },
    replica_state: |phase, lag| match phase {
        Phase::Online => format!("online · {}", lag_text(lag)),
        phase => phase_text(phase),
    },
    phase: |phase| match phase {
        Phase::Online => "online",
        Phase::Offline => "cut",
        _ => "syncing",
    },
    lag: lag_text,
    node_down: "not running",

    link_up: "up",
    link_down: "cut",
    cut_link: |a, b| format!("cut link {a}–{b}"),
    cut_for: |mode, of| {
        let word = if mode == LinkMode::Hold { "held" } else { WORDS.mode(mode) };
        format!("{word} for {}", span(of))
    },

    ring_none: "No replica has connected yet: there is no backlog",
    ring_wants: |node| format!("{node} wants byte"),
    ring_lost: |n| format!("{} overwritten", bytes_text(n)),
    ring_oldest: |n| format!("oldest held {}", grouped(n)),
    ring_filled: |held, size| format!("{} of {} bytes", grouped(held), grouped(size)),
    overwritten: "overwritten",

    inspector: "Inspector",
    inspect_hint: "Click a packet or a node to see its bytes.",
    close: "Close",
    packet_kind: |kind| match kind {
        Kind::Command => "command",
        Kind::Rdb => "RDB",
        Kind::Ack => "ACK",
        Kind::Heartbeat => "heartbeat",
        Kind::Handshake => "handshake",
        Kind::Reply => "reply",
    },
    packet_lost: "lost",
    from_to: |from, to| format!("{from} → {to}"),
    sent_at: "sent",
    arrives_at: "arrives",
    size: "size",
    decoded: "content",
    stream_range: "stream bytes",
    replid: "replication id",
    node_backlog: "backlog",
    node_replicas: "replicas",
    node_phase: "state",
    output_buffer: "output buffer",
    acked: "acknowledged",

    twin_nodes: "Nodes",
    twin_packets: "Packets in flight",
    col_node: "node",
    col_address: "address",
    col_state: "state",
    col_lag: "lag",
    col_from: "from",
    col_to: "to",
    col_kind: "kind",

    full_reason,
    event,
    link_change: |change, a, b| match change {
        LinkChange::Cut => format!("The network between {a} and {b} is cut"),
        LinkChange::Healed => format!("The network between {a} and {b} is restored"),
        LinkChange::Silent => format!("Bytes between {a} and {b} now vanish, and nobody is told"),
        LinkChange::OneWay => format!("Bytes from {a} to {b} now vanish, and nobody is told"),
        LinkChange::Hold => format!("Bytes between {a} and {b} now wait on the way"),
    },
    status_line,
    problem: |problem| match problem {
        Problem::Unknown(name) => format!("The name {name} is unknown; it was ignored."),
        Problem::Value { name, given, allowed } => {
            let is = if given.is_empty() { "" } else { "=" };
            format!("{name}{is}{given} is not valid (allowed: {allowed}); it was ignored.")
        }
        Problem::More(n) => format!("And {n} more in the address; ignored."),
        Problem::NoStep(step, steps) => {
            format!("This lesson has no step {step}, but {steps} steps; it opens at the last one.")
        }
        Problem::Lesson(name) => format!("The lesson {name} did not open; nothing was changed."),
        Problem::Link(error) => {
            let why = match error {
                LinkError::TooLong => "is too long",
                LinkError::Damaged => "is damaged: a part of it was lost or changed on its way",
                LinkError::Version(_) => "was made by a newer version of this page",
                LinkError::Value => "holds a value that is not accepted",
                LinkError::Lesson => "belongs to a lesson that is not here",
                LinkError::Work => "holds a session that is too long to be run again",
            };
            format!("The link {why}. It was not opened; nothing was changed.")
        }
    },
    share: "Share",
    notice: "Notice",
};

pub(super) fn bytes_text(n: u64) -> String {
    if n == 1 { "1 byte".to_owned() } else { format!("{} bytes", grouped(n)) }
}

fn lag_text(lag: u64) -> String {
    if lag == 0 { "no lag".to_owned() } else { format!("{} behind", bytes_text(lag)) }
}

fn phase_text(phase: Phase) -> String {
    match phase {
        Phase::Offline => "link down, will reconnect".to_owned(),
        Phase::Connecting => "connecting to its master".to_owned(),
        Phase::Handshake => "handshake: PING, REPLCONF".to_owned(),
        Phase::Asking => "PSYNC sent, awaiting reply".to_owned(),
        Phase::WaitingForRdb => "waiting for the RDB".to_owned(),
        Phase::Transfer { got, total: Some(total) } => {
            format!("receiving RDB {}/{} bytes", grouped(got), grouped(total))
        }
        Phase::Transfer { got, total: None } => format!("receiving RDB, {}", bytes_text(got)),
        Phase::Loading => "old data dropped, loading RDB".to_owned(),
        Phase::Online => "online".to_owned(),
    }
}

fn full_reason(reason: &FullReason) -> String {
    match reason {
        FullReason::Asked => "it asked for one (no history to resume)".to_owned(),
        FullReason::UnknownId => "the replication id does not match".to_owned(),
        FullReason::PastSecondOffset { limit } => {
            format!("the old replication id is good only to byte {}", grouped(limit.get()))
        }
        FullReason::NoBacklog => "the master has no backlog".to_owned(),
        FullReason::Overwritten { first } => {
            format!("the byte it wants is overwritten, oldest held {}", grouped(first.get()))
        }
        FullReason::Ahead { next } => {
            format!("the byte it wants is not written yet, next is {}", grouped(next.get()))
        }
    }
}

/// `replica B` at the start of a sentence: `Replica B`.
fn start(name: &Name) -> String {
    capital((WORDS.node)(*name))
}

fn capital(mut text: String) -> String {
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}

fn status_line(status: &Status) -> String {
    match status {
        Status::Alone => "No server follows another yet.".to_owned(),
        Status::CutOff { who, missing, outcome: Outcome::Partial } => format!(
            "{} is cut off and missed {}; the ring still holds them: restored now, a partial resync.",
            start(who),
            bytes_text(*missing)
        ),
        Status::CutOff { who, missing, outcome: Outcome::Full(FullReason::Overwritten { .. }) } => format!(
            "{} is cut off and missed {}; the first of them are overwritten: only a full resync is left.",
            start(who),
            bytes_text(*missing)
        ),
        Status::CutOff { who, outcome: Outcome::Full(reason), .. } => {
            format!("{} is cut off and will need a full resync: {}.", start(who), full_reason(reason))
        }
        Status::Syncing { who, phase } => format!("{}: {}.", start(who), phase_text(*phase)),
        Status::Online { replicas, behind } => {
            let all = match replicas {
                1 => "The replica is online".to_owned(),
                all => format!("All {all} replicas are online"),
            };
            let Some((who, lag, fate)) = behind else {
                return all + " and equal to the master, to the byte.";
            };
            let fate = match fate {
                Fate::Coming => ", which are on their way.",
                Fate::Paused => ": its process is paused.",
                Fate::Held => ": the link holds them.",
                Fate::Swallowed => ": the link swallows them, unnoticed, and they will never arrive.",
            };
            format!("{all}; {} is {} behind{fate}", (WORDS.node)(*who), bytes_text(*lag))
        }
    }
}

fn link_state(to: ReplState) -> &'static str {
    match to {
        ReplState::None => "follows no master any more",
        ReplState::Connect => "link to the master lost, will reconnect",
        ReplState::Connecting => "connects to the master",
        ReplState::ReceivePingReply => "sent PING, awaits +PONG",
        ReplState::ReceiveHandshakeReplies => "sent REPLCONF, awaits +OK",
        ReplState::ReceivePsyncReply => "awaits the answer to PSYNC",
        ReplState::Transfer => "starts to receive an RDB",
        ReplState::Loading => "starts to load the RDB",
        ReplState::Connected => "online, the stream flows",
    }
}

fn leave_reason(reason: &LeaveReason) -> String {
    match reason {
        LeaveReason::Closed => "the connection closed".to_owned(),
        LeaveReason::Timeout => "silent for too long".to_owned(),
        LeaveReason::OutputBufferLimit { used } => {
            format!("output buffer over its limit ({})", bytes_text(*used))
        }
        LeaveReason::Protocol => "protocol error".to_owned(),
        LeaveReason::HistoryChanged => "our history changed".to_owned(),
        LeaveReason::Killed => "killed".to_owned(),
    }
}

fn event(event: &Event, who: Who<'_>) -> String {
    let Who { node, peer } = who;
    capital(match event {
        Event::BecameMaster => format!("{node} becomes a master"),
        Event::BecameReplica { of } => format!("{node} runs REPLICAOF {} {}", of.host, of.port),
        Event::LinkState { to } => format!("{node}: {}", link_state(*to)),
        Event::HandshakeRefused { reply } => format!("{node}: handshake refused, {reply}"),
        Event::PsyncAsked { resume: None } => format!("{node} sends PSYNC ? -1: it has nothing"),
        Event::PsyncAsked { resume: Some(resume) } => {
            let (id, from) = &**resume;
            format!("{node} sends PSYNC {id:.8}… {}: to go on from there", from.get())
        }
        Event::PsyncContinued { from, bytes, .. } => {
            format!("{node} answers {peer} +CONTINUE: {} from {} on", bytes_text(*bytes), grouped(from.get()))
        }
        Event::PsyncRefused { refusal, .. } => {
            format!("{node} decides on a full resync of {peer}: {}", full_reason(&refusal.reason))
        }
        Event::FullResyncStarted { offset, .. } => {
            format!("{node} answers {peer} +FULLRESYNC, snapshot at {}", grouped(offset.get()))
        }
        Event::FullResyncReceived { offset, .. } => {
            format!("{node} reads +FULLRESYNC, snapshot at {}", grouped(offset.get()))
        }
        Event::ContinueReceived { .. } => format!("{node} reads +CONTINUE"),
        Event::BgsaveStarted { replicas, bytes, .. } => {
            let share =
                if *replicas > 1 { format!(", shared by {replicas} replicas") } else { String::new() };
            format!("{node} starts BGSAVE: RDB of {}{share}", bytes_text(*bytes))
        }
        Event::BgsaveEnded { ok: true, .. } => format!("{node} finished BGSAVE"),
        Event::BgsaveEnded { ok: false, .. } => format!("{node}: BGSAVE failed"),
        Event::RdbSent { bytes, .. } => format!("{node} sent {peer} the whole RDB, {}", bytes_text(*bytes)),
        Event::RdbReceived { bytes } => format!("{node} has the whole RDB, {}", bytes_text(*bytes)),
        Event::RdbLoaded { keys, offset } => {
            format!("{node} loaded the RDB: {keys} keys, offset {}", grouped(offset.get()))
        }
        Event::RdbRejected { error } => format!("{node} rejects the RDB: {error}"),
        Event::ReplicaOnline { .. } => format!("{node} counts {peer} as online"),
        Event::ReplicaLeft { reason, freed, .. } => {
            let freed = if *freed > 0 { format!(", {} freed", bytes_text(*freed)) } else { String::new() };
            format!("{node} lets {peer} go: {}{freed}", leave_reason(reason))
        }
        Event::Executed { command, .. } => format!("{node} runs {}", command.to_ascii_uppercase()),
        Event::Refused { reason, .. } => format!(
            "{node} refuses a command: {}",
            match reason {
                RefuseReason::ReadOnly => "-READONLY, it is a replica",
                RefuseReason::NoReplicas => "-NOREPLICAS, too few replicas online",
                RefuseReason::MasterDown => "-MASTERDOWN, its link is down",
                RefuseReason::Loading => "-LOADING, it is loading data",
                RefuseReason::OutOfMemory => "-OOM, out of memory",
            }
        ),
        Event::Fed { from, to, .. } => {
            format!("{node} writes bytes {}–{}", grouped(from.get()), grouped(to.get()))
        }
        Event::Applied { from, to } => {
            format!("{node} applies bytes {}–{}", grouped(from.get()), grouped(to.get()))
        }
        Event::Acked { offset, .. } => format!("{node} learns that {peer} is at {}", grouped(offset.get())),
        Event::BacklogCreated { .. } => format!("{node} creates its backlog"),
        Event::BacklogOverwrote { first, .. } => {
            format!("{node} overwrites old bytes of its backlog, oldest now {}", grouped(first.get()))
        }
        Event::BacklogFreed => format!("{node} gives up its backlog"),
        Event::ReplIdChanged { id, .. } => format!("{node} has a new replication id, {id:.8}…"),
        Event::TimedOut { .. } => format!("{node}: {peer} was silent for too long"),
        Event::Expired { key, .. } => {
            format!("{node} deletes the expired key {}", crate::view::format::value_of(key, 24))
        }
        Event::GetAckAsked => format!("{node} asks all replicas for an ACK"),
    })
}
