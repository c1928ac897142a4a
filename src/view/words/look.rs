//! The words of the stage, the ring and the inspector.

use super::Who;
use crate::redis::Span;
use crate::sim::What;

/// The texts of the pictures and the inspector in one language.
#[allow(missing_docs, reason = "the field names say where each text stands; the texts say the rest")]
#[derive(Debug)]
pub struct Look {
    pub theme_contrast: &'static str,
    pub full_screen: &'static str,
    pub tidy: &'static str,
    pub tidy_hint: &'static str,
    pub as_ring: &'static str,
    pub as_tape: &'static str,
    pub ring_node: &'static str,
    pub ring_asked: fn(&str, u64) -> String,
    pub ring_laps: fn(u64) -> String,
    pub ring_free: &'static str,
    pub tape_bracket: fn(u64, u64) -> String,
    pub list_arcs: &'static str,

    pub paused: &'static str,
    pub lag_for: fn(Span) -> String,
    pub buffers: &'static str,
    pub mode_up: &'static str,
    pub mode_cut: &'static str,
    pub mode_silent: &'static str,
    pub mode_hold: &'static str,
    pub mode_one_way: fn(&str) -> String,
    pub switch_silent: &'static str,
    pub switch_one_way: &'static str,
    pub switch_hold: &'static str,
    pub link_menu: fn(&str, &str) -> String,
    pub link_title: fn(&str, &str) -> String,
    pub link_to: fn(&str) -> String,
    pub latency: &'static str,
    pub bandwidth: &'static str,
    pub bandwidth_to: fn(u64) -> String,

    pub menu: &'static str,
    pub leads: &'static str,
    pub kill: &'static str,
    pub restart: &'static str,
    pub restart_empty: &'static str,
    pub pause: &'static str,
    pub resume: &'static str,
    pub replicaof: fn(&str) -> String,
    pub replid2: &'static str,

    pub event: &'static str,
    pub not_yet: &'static str,
    pub arrived: &'static str,
    pub held: &'static str,
    pub applied: &'static str,
    pub nobody_yet: &'static str,
    pub written: &'static str,
    pub stream_bytes: fn(u64, u64) -> String,
    pub hex: &'static str,
    pub page: fn(usize, usize, usize) -> String,
    pub previous: &'static str,
    pub next: &'static str,
    pub why: &'static str,
    pub why_title: &'static str,
    pub why_first: &'static str,
    pub why_more: fn(usize) -> String,
    pub happened: fn(&What, Who<'_>) -> String,
    pub hand: fn(&str) -> String,

    pub twin_links: &'static str,
    pub twin_clients: &'static str,
    pub no_packets: &'static str,
}
