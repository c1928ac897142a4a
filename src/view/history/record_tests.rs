//! A record tells what the trace told, and is small.

use super::record::Record;
use crate::redis::{BacklogModel, Endpoint, Event, StreamKind, Time};
use crate::sim::{Action, ClientId, LinkId, NodeId, Party, Session, What, WorldSpec};
use crate::view::flights::kind;
use crate::view::format::grouped;
use crate::view::inspect::Pick;
use crate::view::scene::Scene;
use crate::view::{Lang, words};

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
                What::Server(Event::RdbLoaded { offset, .. }) | What::Up { offset, .. } => offset.get(),
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

/// Each view tells the same offset, also while a server that was a master takes another one's history.
#[test]
fn every_view_tells_the_same_offset() {
    let (mut session, mut record) = (Session::new(WorldSpec::course()), Record::default());
    let (node, mut full) = (NodeId(1), 0);
    let follow = |of: Option<&str>| Action::ReplicaOf { node, of: of.map(|host| Endpoint::new(host, 6379)) };
    let write = |node| Action::Write { node, args: [&b"SET"[..], b"k", b"v"].map(<[u8]>::to_vec).to_vec() };
    for millis in (0..24_000).step_by(20) {
        session.advance(Time::from_millis(millis));
        match millis {
            4000 => session.act(follow(None)).expect("it runs"),
            4500 => session.act(write(node)).expect("it runs"),
            5000 => session.act(follow(Some("172.16.19.3"))).expect("it runs"),
            12_000 => session.act(Action::Kill(NodeId(2))).expect("it runs"),
            13_000 => session.act(Action::Restart { node: NodeId(2), keep_rdb: true }).expect("it is down"),
            16_000 => session.act(Action::Kill(node)).expect("it runs"),
            17_000 => session.act(Action::Restart { node, keep_rdb: false }).expect("it is down"),
            _ => {}
        }
        record.follow(session.world());
        let (world, now) = (session.world(), session.world().now());
        let scene = Scene::of(world, &record);
        for (card, steps) in scene.nodes.iter().zip(&record.offsets) {
            let Some(server) = world.node(card.id).and_then(|node| node.server()) else { continue };
            let offset = server.offset().get();
            assert_eq!(card.offset, offset, "the card of {:?} at {now}", card.id);
            assert_eq!(
                steps.at(now).map_or(0, |step| step.1),
                offset,
                "the history of {:?} at {now}",
                card.id
            );
            let sheet =
                crate::view::inspect::sheet(world, Pick::Node(card.id), words(Lang::En)).expect("a node");
            assert!(sheet.rows.contains(&(words(Lang::En).offset, grouped(offset))), "the sheet at {now}");
            let link = server.master_link();
            full += usize::from(link.is_some_and(|link| link.applied.get() == 0 && offset > 0));
        }
    }
    assert!(full > 10, "{full}: it was seen with an offset of its own in a full sync");
}

/// History's line of what was overwritten is the backlog's own, also when its size is changed.
#[test]
fn the_oldest_byte_is_the_backlogs_own() {
    for model in [BacklogModel::Ring, BacklogModel::Blocks { payload: 20_440 }] {
        let mut spec = WorldSpec::course();
        spec.nodes[0].settings.backlog_model = model;
        let (mut session, mut record) = (Session::new(spec), Record::default());
        let mut leaps = 0;
        for millis in (0..12_000).step_by(100) {
            session.advance(Time::from_millis(millis));
            if [6000, 9000].contains(&millis) {
                let size = if millis == 6000 { "16384" } else { "1024" };
                let args = ["CONFIG", "SET", "repl-backlog-size", size].map(|word| word.as_bytes().to_vec());
                session.act(Action::Write { node: NodeId(0), args: args.to_vec() }).expect("it runs");
            }
            record.follow(session.world());
            let server = session.world().node(NodeId(0)).and_then(|node| node.server()).expect("it runs");
            let Some(log) = server.backlog() else { continue };
            let now = session.world().now();
            assert_eq!(
                record.oldest[0].at(now).map(|step| step.1),
                Some(log.first.get()),
                "{model:?} at {now}"
            );
            leaps += usize::from(log.histlen == 0 && log.first.get() > 1);
        }
        assert_eq!(leaps > 0, model == BacklogModel::Ring, "a ring forgets when it is resized: {leaps}");
    }
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
