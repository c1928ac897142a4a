//! Worlds for `cargo xtask bench page` (feature `bench`, never in the shipped page).

use super::dom;
use super::player::Player;
use crate::redis::{Rate, Span, Time};
use crate::sim::{ClientSpec, NodeId, NodeSpec, PathSpec, WorldSpec, WriteLoad};
use crate::view::picture::Part;
use std::cell::{Cell, RefCell};
use std::rc::{Rc, Weak};
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::wasm_bindgen;

/// The world that `#bench=9,500` names: so many nodes, and about so many packets in flight once the
/// replicas are online. `None` without it.
pub(super) fn world() -> Option<WorldSpec> {
    let hash = dom::fragment();
    let (nodes, packets) = hash.strip_prefix("#bench=")?.split_once(',')?;
    Some(spec(nodes.parse().ok()?, packets.parse().ok()?))
}

fn spec(nodes: u64, packets: u64) -> WorldSpec {
    let master = NodeSpec::new("n0", "10.0.0.1", 6379);
    let replica = |n: u64| NodeSpec {
        replica_of: Some(NodeId(0)),
        ..NodeSpec::new(&format!("n{n}"), &format!("10.0.0.{}", n + 1), 6379)
    };
    let all: Vec<_> = std::iter::once(master).chain((1..nodes).map(replica)).collect();
    // Each write flies to each replica for the time of a delay.
    let (rate, millis) = match packets {
        0..100 => (28, 200),
        100..1000 => (125, 500),
        _ => (300, 2100),
    };
    let mut spec = WorldSpec::new(all, 1);
    spec.other_links = PathSpec {
        latency: Span::from_millis(millis),
        rate: Rate::per_second(1 << 22),
        ..PathSpec::default()
    };
    let every = Span::from_micros(1_000_000 / rate);
    let writes = WriteLoad { every, window: 10_000, ..WriteLoad::default() };
    let latency = Span::from_millis(20);
    spec.clients = vec![ClientSpec { name: "writer".into(), at: NodeId(0), latency, writes, running: true }];
    spec
}

thread_local! {
    /// For each part of a picture how often it was drawn, and how long that took in all and at most.
    static PARTS: RefCell<Vec<(u32, f64, f64)>> = const { RefCell::new(Vec::new()) };
}

thread_local! {
    /// The longest frame of the beat that is being drawn, in milliseconds.
    static LONGEST: Cell<f64> = const { Cell::new(0.0) };
}

thread_local! {
    static PLAYER: RefCell<Weak<Player>> = const { RefCell::new(Weak::new()) };
}

/// This is the page's player.
pub(super) fn watch(player: &Rc<Player>) {
    PLAYER.set(Rc::downgrade(player));
}

/// Takes the session to an instant, in milliseconds, and draws nothing: the nearest world that is kept is
/// copied, and what followed it is run again.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript calls it")]
pub fn bench_replay(to: f64) {
    if let Some(player) = PLAYER.with_borrow(Weak::upgrade) {
        player.replay(Time::from_millis(to as u64));
    }
}

/// A frame drew parts, or wrote what one before it drew; with the last one they are done.
pub(super) fn beat(parts: &[Part], took: f64, last: bool) {
    let longest = LONGEST.get().max(took);
    LONGEST.set(if last { 0.0 } else { longest });
    for part in parts.iter().filter(|_| last) {
        note(*part as usize, longest);
    }
}

/// A part was drawn.
pub(super) fn note(part: usize, took: f64) {
    PARTS.with_borrow_mut(|parts| {
        parts.resize(parts.len().max(part + 1), (0, 0.0, 0.0));
        let (count, all, most) = &mut parts[part];
        (*count, *all, *most) = (*count + 1, *all + took, most.max(took));
    });
}

/// How often each part was drawn, and how long that took on average and at most, in milliseconds;
/// since the last question.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript calls it")]
pub fn bench_parts() -> Vec<f64> {
    let parts = PARTS.take();
    parts.iter().flat_map(|(count, all, most)| [f64::from(*count), all / f64::from(*count), *most]).collect()
}

/// Bytes of the page's own memory: the session's past lives there, out of JavaScript's heap.
#[wasm_bindgen]
#[allow(unreachable_pub, reason = "JavaScript calls it")]
pub fn bench_memory() -> f64 {
    let memory: js_sys::WebAssembly::Memory = wasm_bindgen::memory().unchecked_into();
    let buffer: js_sys::ArrayBuffer = memory.buffer().unchecked_into();
    f64::from(buffer.byte_length())
}
