//! Any event of the trace as one sentence.

use super::ends::name_of;
use super::format::value_of;
use super::log::{conn, link_change};
use super::words::{Who, Words};
use crate::sim::{Action, Entry, LinkMode, NodeId, Party, Sent, What, World};

/// The sentence about an event.
pub fn sentence(world: &World, entry: &Entry, words: &Words) -> String {
    let name = |party: Option<Party>| party.map_or_else(String::new, |party| name_of(world, party, words));
    let node = name(entry.party);
    let peer = match &entry.what {
        What::Server(event) => {
            let node = entry.party.and_then(Party::node);
            name(conn(event).zip(node).and_then(|(conn, node)| world.peer(node, conn)))
        }
        What::Sent(Sent { to, .. }) => name(Some(*to)),
        What::Delivered { from, .. } => name(Some(*from)),
        What::Opened { peer, .. } => name(Some(*peer)),
        What::Dialled { to, .. } => to.to_string(),
        What::Hung { conn, .. } | What::Closed { conn, .. } => match entry.party {
            Some(Party::Node(node)) => name(world.peer(node, *conn)),
            Some(Party::Client(id)) => name(world.client(id).map(|client| Party::Node(client.at))),
            None => String::new(),
        },
        _ => String::new(),
    };
    let who = Who { node: &node, peer: &peer };
    match &entry.what {
        What::Server(event) => (words.event)(event, who),
        What::LinkMode { link, mode } => match link_change(world, *link, *mode) {
            Some((change, a, b)) => (words.link_change)(change, &a, &b),
            None => String::new(),
        },
        What::Action(action) => (words.look.hand)(&hand(world, action, words)),
        what => (words.look.happened)(what, who),
    }
}

/// What a person or the scene's opening did.
fn hand(world: &World, action: &Action, words: &Words) -> String {
    let look = words.look;
    let on = |what: &str, node: NodeId| format!("{what} · {}", name_of(world, Party::Node(node), words));
    let mode = |link, mode| {
        let change = link_change(world, link, mode);
        change.map(|(change, a, b)| (words.link_change)(change, &a, &b)).unwrap_or_default()
    };
    match action {
        Action::Cut(link) => mode(*link, LinkMode::Cut),
        Action::Heal(link) => mode(*link, LinkMode::Up),
        Action::SetLinkMode(link, to) => mode(*link, *to),
        Action::Kill(node) => on(look.kill, *node),
        Action::Pause(node) => on(look.pause, *node),
        Action::Resume(node) => on(look.resume, *node),
        Action::Restart { node, keep_rdb: true } => on(look.restart, *node),
        Action::Restart { node, keep_rdb: false } => on(look.restart_empty, *node),
        Action::ReplicaOf { node, of } => {
            let of = of.as_ref().map_or_else(|| "NO ONE".to_owned(), ToString::to_string);
            on(&(look.replicaof)(&of), *node)
        }
        Action::Write { node, args } => {
            let typed: Vec<_> = args.iter().take(8).map(|arg| value_of(arg, 24)).collect();
            on(&typed.join(" "), *node)
        }
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redis::{Event, Time};
    use crate::sim::{PacketKind, Session, WorldSpec};
    use crate::view::{Lang, words};

    #[test]
    fn packets_are_called_what_the_page_calls_them() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(9000));
        let (world, mut seen) = (session.world(), 0);
        for entry in world.trace().iter() {
            let kind: PacketKind = match &entry.what {
                What::Sent(sent) => sent.kind,
                What::Delivered { kind, .. } => *kind,
                _ => continue,
            };
            let known = crate::view::flights::kind(kind).expect("the trace tells of no others");
            for lang in Lang::ALL {
                let (text, w) = (sentence(world, entry, words(lang)), words(lang));
                assert!(text.contains((w.packet_kind)(known)), "{text}");
                // The names of this program's types begin with a capital, and are no words of Redis.
                let raw = kind.to_string();
                assert!(raw == "Rdb" || !text.contains(&raw), "{text}");
            }
            seen += 1;
        }
        assert!(seen > 200, "{seen}");
    }

    #[test]
    fn only_what_several_share_is_shared() {
        let mut session = Session::new(WorldSpec::course());
        session.advance(Time::from_millis(9000));
        let trace = session.world().trace();
        let mut saves = trace.iter().filter_map(|entry| match &entry.what {
            What::Server(event @ Event::BgsaveStarted { .. }) => Some(event.clone()),
            _ => None,
        });
        let mut save = saves.next().expect("the replicas need a snapshot");
        for count in [1, 2] {
            if let Event::BgsaveStarted { replicas, .. } = &mut save {
                *replicas = count;
            }
            for (lang, word) in [(Lang::Zh, "共用"), (Lang::En, "shared")] {
                let text = (words(lang).event)(&save, Who { node: "M", peer: "" });
                assert_eq!(text.contains(word), count > 1, "{text}");
            }
        }
    }
}
