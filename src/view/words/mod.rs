//! The words of the page: one folder and one [`Words`] per language, so that a missing text does not compile.
//!
//! Numbers go in through the `fn` fields. Chinese uses the course's terms; where Redis has a word
//! of its own (`offset`, `PSYNC`, `+CONTINUE`) both languages keep it.

mod en;
mod lang;
mod lesson;
mod look;
mod share;
mod time;
mod zh;

pub use lang::{Lang, share_words, words};
pub use lesson::Lesson;
pub use look::Look;
pub use share::ShareWords;
pub use time::TimeWords;

use super::params::Problem;
use super::scene::{Name, Phase};
use super::status::Status;
use crate::redis::{Event, FullReason, Span};
use crate::sim::LinkMode;

/// Who an event is about: the names of the node and of the peer on the event's connection.
#[derive(Clone, Copy, Debug)]
pub struct Who<'a> {
    /// The node that tells.
    pub node: &'a str,
    /// The other end.
    pub peer: &'a str,
}

/// What happened to a link by the student's hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LinkChange {
    /// Both ends learn at once.
    Cut,
    /// Whole again.
    Healed,
    /// Bytes vanish, and nobody is told.
    Silent,
    /// Bytes towards the second end vanish.
    OneWay,
    /// Bytes wait.
    Hold,
}

/// All texts of one language.
#[allow(missing_docs, reason = "the field names say where each text stands; the texts say the rest")]
#[derive(Debug)]
pub struct Words {
    /// Stage, ring and inspector.
    pub look: &'static Look,
    /// Lessons.
    pub lesson: &'static Lesson,
    /// Transport, keys, history, branches.
    pub time: &'static TimeWords,
    /// The language's own name, and what a button says that switches to it.
    pub language: &'static str,
    pub switch_here: &'static str,
    pub theme_label: fn(&str) -> String,
    pub theme_auto: &'static str,
    pub theme_light: &'static str,
    pub theme_dark: &'static str,
    pub page_title: &'static str,

    pub kicker: &'static str,
    pub heading: &'static str,
    pub intro: &'static str,

    pub now: &'static str,
    pub ring: &'static str,
    pub ring_of: fn(&str) -> String,
    pub bytes: fn(u64) -> String,
    pub history: &'static str,
    pub history_all: &'static str,
    pub log: &'static str,
    pub log_empty: &'static str,
    pub status: &'static str,
    pub verdict: &'static str,
    pub verdict_none: &'static str,
    pub verdict_from: fn(&str) -> String,
    pub verdict_bytes: fn(u64, u64) -> String,

    pub play: &'static str,
    pub pause: &'static str,
    pub step: &'static str,
    pub step_hint: &'static str,
    pub step_back: &'static str,
    pub reset: &'static str,
    pub speed: &'static str,
    pub model_time: &'static str,
    pub seek: &'static str,
    pub back_to_now: &'static str,

    pub client: &'static str,
    pub start_writes: &'static str,
    pub stop_writes: &'static str,
    pub rate: &'static str,
    pub per_second: fn(&str) -> String,
    pub writes_stopped: &'static str,

    pub console: &'static str,
    pub console_node: &'static str,
    pub console_input: &'static str,
    pub console_run: &'static str,
    pub console_pending: &'static str,
    pub console_lost: &'static str,
    pub console_hint: &'static str,
    pub console_bad: &'static str,

    pub node: fn(Name) -> String,
    pub offset: &'static str,
    pub no_keys: &'static str,
    pub more_keys: fn(usize) -> String,
    pub stale: &'static str,
    pub reads_stale: &'static str,
    pub master_state: fn(u64, u64) -> String,
    pub replica_state: fn(Phase, u64) -> String,
    pub phase: fn(Phase) -> &'static str,
    pub lag: fn(u64) -> String,
    pub node_down: &'static str,

    pub link_up: &'static str,
    pub link_down: &'static str,
    pub cut_link: fn(&str, &str) -> String,
    pub cut_for: fn(LinkMode, Span) -> String,

    pub ring_none: &'static str,
    pub ring_wants: fn(&str) -> String,
    pub ring_lost: fn(u64) -> String,
    pub ring_oldest: fn(u64) -> String,
    pub ring_filled: fn(u64, u64) -> String,
    pub overwritten: &'static str,

    pub inspector: &'static str,
    pub inspect_hint: &'static str,
    pub close: &'static str,
    pub packet_kind: fn(super::flights::Kind) -> &'static str,
    pub packet_lost: &'static str,
    pub from_to: fn(&str, &str) -> String,
    pub sent_at: &'static str,
    pub arrives_at: &'static str,
    pub size: &'static str,
    pub decoded: &'static str,
    pub stream_range: &'static str,
    pub replid: &'static str,
    pub node_backlog: &'static str,
    pub node_replicas: &'static str,
    pub node_phase: &'static str,
    pub output_buffer: &'static str,
    pub acked: &'static str,

    pub twin_nodes: &'static str,
    pub twin_packets: &'static str,
    pub col_node: &'static str,
    pub col_address: &'static str,
    pub col_state: &'static str,
    pub col_lag: &'static str,
    pub col_from: &'static str,
    pub col_to: &'static str,
    pub col_kind: &'static str,

    pub full_reason: fn(&FullReason) -> String,
    pub event: fn(&Event, Who<'_>) -> String,
    pub link_change: fn(LinkChange, &str, &str) -> String,
    pub status_line: fn(&Status) -> String,
    pub problem: fn(&Problem) -> String,
    pub share: &'static str,
    pub notice: &'static str,
}

impl Words {
    /// What a link does with bytes, in a word.
    pub fn mode(&self, mode: LinkMode) -> &'static str {
        match mode {
            LinkMode::Up => self.link_up,
            LinkMode::Cut => self.link_down,
            LinkMode::Silent => self.look.switch_silent,
            LinkMode::OneWay { .. } => self.look.switch_one_way,
            LinkMode::Hold => self.look.switch_hold,
        }
    }
}
