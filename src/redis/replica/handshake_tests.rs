//! What a replica asks for after a link that broke before the verdict.

use super::stream_tests::replica;
use crate::redis::effects::{Effect, Effects, Input};
use crate::redis::{RedisVersion, Server, Span, Time};

/// Answers what the replica, made to dial by `input`, says before `PSYNC`, and hangs up. Gives what it asked.
fn asks(server: &mut Server, now: Time, input: Input<'_>) -> String {
    let mut effects = Effects::new();
    server.handle(now, input, &mut effects);
    let dialled = effects.list().iter().find_map(|effect| match effect {
        Effect::Connect { conn, .. } => Some(*conn),
        _ => None,
    });
    let conn = dialled.expect("it dials");
    let mut effects = Effects::new();
    server.handle(now, Input::Connected { conn }, &mut effects);
    server.handle(now, Input::Received { conn, bytes: b"+PONG\r\n+OK\r\n+OK\r\n" }, &mut effects);
    server.handle(now, Input::Closed { conn }, &mut effects);
    let sent = effects.list().iter().filter_map(|effect| match effect {
        Effect::Send { bytes, .. } => Some(effects.slice(bytes)),
        _ => None,
    });
    let sent = sent.collect::<Vec<_>>().concat();
    String::from_utf8_lossy(&sent).rsplit("PSYNC\r\n").next().unwrap_or_default().to_owned()
}

#[test]
fn no_answer_to_psync_is_a_refusal_up_to_6_2_only() {
    for (version, kept) in [(RedisVersion::V6_2, false), (RedisVersion::V7_0, true)] {
        let (mut server, conn) = replica(version, &mut Effects::new());
        let first = asks(&mut server, Time::ZERO, Input::Closed { conn });
        assert!(first.ends_with("$1\r\n1\r\n"), "the next byte: {first}");
        let second = asks(&mut server, Time::ZERO + Span::from_secs(2), Input::Timer);
        assert_eq!(second == first, kept, "{version:?}: {second}");
        assert_eq!(second.ends_with("$2\r\n-1\r\n"), !kept, "{version:?}: {second}");
    }
}
