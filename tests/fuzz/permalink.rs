//! Any bytes as a permalink: it opens within its limits, or is refused by name.

use psync_lab::redis::{Rng, Time};
use psync_lab::sim::{Action, LinkId, NodeId, Session, WorldSpec};
use psync_lab::view::permalink::{Look, Shared, VERSION, seal};

/// Steps of a world that a run may take: a page allows more, and takes longer.
const MOST: u64 = 3000;

/// Reads the bytes as the text of an address, and as the contents of a well-formed link.
pub(crate) fn check(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let _ = Shared::parse(&text);
    let _ = Shared::parse(&format!("#s={text}"));
    let Some(Ok(shared)) = Shared::parse(&seal(VERSION, data)) else { return };
    let again = Shared::parse(&shared.fragment());
    assert_eq!(again, Some(Ok(shared.clone())), "what is read is written in the same way");
    if let Ok(session) = shared.open(MOST, &mut |_| ()) {
        assert!(session.world().now() <= shared.at);
    }
}

/// The contents of a link that a person might have sent: something to change.
#[allow(dead_code, reason = "the fuzzer brings its own inputs")]
pub(crate) fn honest(rng: &mut Rng) -> Vec<u8> {
    let mut spec = WorldSpec { seed: rng.below(100), ..WorldSpec::course() };
    if rng.below(2) == 0 {
        spec.nodes[0].settings.backlog_size = 1 + rng.below(10_000);
    }
    let mut session = Session::new(spec);
    for _ in 0..rng.below(12) {
        let to = session.world().now() + psync_lab::redis::Span::from_millis(rng.below(900));
        session.advance(to);
        let node = NodeId(rng.below(3) as u8);
        let args = vec![b"SET".to_vec(), b"k1".to_vec(), vec![b'x'; rng.below(20) as usize]];
        let _ = session.act(match rng.below(5) {
            0 => Action::Cut(LinkId(0)),
            1 => Action::Heal(LinkId(0)),
            2 => Action::Kill(node),
            3 => Action::Restart { node, keep_rdb: rng.below(2) == 0 },
            _ => Action::Write { node, args },
        });
    }
    let reach = session.world().now() + psync_lab::redis::Span::from_millis(rng.below(2000));
    session.advance(reach);
    session.seek(Time::from_micros(rng.below(reach.as_micros() + 1)));
    if rng.below(2) == 0 {
        let _ = session.act(Action::Cut(LinkId(1)));
    }
    let link = Shared::of(&session, Look::default()).fragment();
    contents(&link)
}

/// The bytes of a link after its head (base64url, as the RFC has it).
fn contents(link: &str) -> Vec<u8> {
    let digit = |c: u8| match c {
        b'A'..=b'Z' => c - b'A',
        b'a'..=b'z' => c - b'a' + 26,
        b'0'..=b'9' => c - b'0' + 52,
        b'-' => 62,
        _ => 63,
    };
    let (mut bits, mut count, mut out) = (0_u32, 0, Vec::new());
    for c in link.trim_start_matches("s=").bytes() {
        bits = bits << 6 | u32::from(digit(c));
        count += 6;
        if count >= 8 {
            count -= 8;
            out.push((bits >> count) as u8);
        }
    }
    out.split_off(3)
}
