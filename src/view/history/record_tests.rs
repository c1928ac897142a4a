//! A record tells what the trace told, and is small.

use super::record::Record;
use crate::redis::{Event, StreamKind, Time};
use crate::sim::{Action, ClientId, LinkId, NodeId, Party, Session, What, WorldSpec};
use crate::view::flights::kind;

fn secs(secs: u64) -> Time {
    Time::from_millis(secs * 1000)
}

/// A long session of the start scene as the page plays it, with a link that is cut half of the time.
fn play(reach: u64, each: &mut dyn FnMut(&mut Session, &mut Record)) {
    let (mut session, mut record) = (Session::new(WorldSpec::course()), Record::default());
    for at in (0..=reach).step_by(10) {
        session.advance(secs(at));
        if at > 0 && at % 600 == 0 {
            let link = LinkId(1);
            let cut = if at % 1200 == 0 { Action::Heal(link) } else { Action::Cut(link) };
            session.act(cut).expect("the course has this link");
        }
        record.follow_session(&mut session);
        each(&mut session, &mut record);
    }
}

#[test]
fn it_tells_what_the_trace_told() {
    let mut seen = 0;
    play(2000, &mut |session, record| {
        let trace = session.world().trace();
        if session.world().now() < secs(2000) {
            return;
        }
        let mut sent = Vec::new();
        let mut offsets: [Vec<(Time, u64)>; 3] = Default::default();
        for entry in trace.iter() {
            let node = entry.party.and_then(Party::node);
            let offset = match &entry.what {
                What::Sent(packet) => {
                    if let (Some(from), Some(to), Some(kind)) = (node, packet.to.node(), kind(packet.kind)) {
                        sent.push((packet.packet, entry.id, from, to, kind, entry.at, None));
                    }
                    continue;
                }
                What::Delivered { packet, .. } | What::Lost { packet } => {
                    let lost = matches!(entry.what, What::Lost { .. });
                    if let Some(sent) = sent.iter_mut().rev().find(|sent| sent.0 == *packet) {
                        sent.6 = Some((entry.at, lost));
                    }
                    continue;
                }
                What::Server(Event::Fed { kind: StreamKind::Relay, .. }) => continue,
                What::Server(Event::Fed { to, .. } | Event::Applied { to, .. }) => to.get(),
                What::Server(Event::RdbLoaded { offset, .. }) => offset.get(),
                _ => continue,
            };
            let steps = &mut offsets[node.map_or(0, NodeId::index)];
            match steps.last_mut() {
                Some(last) if last.0 == entry.at => last.1 = offset,
                _ => steps.push((entry.at, offset)),
            }
        }
        let told = record.messages.iter().map(|message| {
            let end = message.end.map(|end| (end, message.lost));
            (message.packet, message.entry, message.from, message.to, message.kind, message.sent, end)
        });
        assert!(told.eq(sent.iter().copied()));
        assert!(sent.iter().any(|sent| sent.6.is_some_and(|end| end.1)) && sent.len() > 10_000);
        for (told, steps) in record.offsets.iter().zip(&offsets) {
            assert!((0..told.len()).filter_map(|n| told.get(n)).eq(steps.iter().copied()));
            assert!(steps.len() > 2000);
        }
        seen += 1;
    });
    assert_eq!(seen, 1);
}

/// What grows with a session of hours, in bytes for each second of its time.
#[test]
fn an_hour_takes_little_memory() {
    let (mut early, mut late) = (0, 0);
    play(7200, &mut |session, record| {
        session.forget(8192);
        let now = session.world().now();
        if now == secs(3600) {
            early = record.heap_bytes();
        } else if now == secs(7200) {
            late = record.heap_bytes();
        }
        let log = session.world().client(ClientId(0)).expect("it writes").log();
        // As many as the trace tells of, whatever was made before: of four a second those of four minutes.
        assert!(log.iter().count() < 1200, "{}", log.iter().count());
        if now == secs(7200) {
            assert!(log.len() > 20_000, "{}", log.len());
        }
    });
    let each = (late - early) / 3600;
    assert!((100..400).contains(&each), "{each}");
    assert!(early < 3600 * 400, "{early}");
}
