//! The trace as a log for ShiViz: each event with the vector clock of who saw it.
//!
//! ShiViz's usual pattern reads it: `(?<host>\S*) (?<clock>{.*})\n(?<event>.*)`.

use super::{Opened, quoted};
use crate::redis::{Event, Time};
use crate::sim::{Entry, Party, What, World};

/// The events up to an instant, of servers and clients, but TCP's own and each byte fed.
pub fn log(opened: &Opened, until: Time) -> String {
    let world = opened.session.world();
    let parties: Vec<Party> = world
        .nodes()
        .iter()
        .map(|node| Party::Node(node.id))
        .chain(world.clients().map(|client| Party::Client(client.id)))
        .collect();
    let mut clocks = vec![vec![0_u32; parties.len()]; parties.len()];
    // The sender's clock of each packet that is under way.
    let mut flying: Vec<(crate::sim::PacketId, Vec<u32>)> = Vec::new();
    let mut out = String::new();
    for entry in world.trace().iter().filter(|entry| entry.at <= until) {
        let Some(me) = entry.party.and_then(|party| parties.iter().position(|other| *other == party)) else {
            continue;
        };
        if !shown(entry) {
            continue;
        }
        clocks[me][me] += 1;
        match &entry.what {
            What::Sent(sent) => flying.push((sent.packet, clocks[me].clone())),
            What::Delivered { packet, .. } => {
                if let Some(n) = flying.iter().position(|(other, _)| other == packet) {
                    let (_, theirs) = flying.remove(n);
                    for (mine, theirs) in clocks[me].iter_mut().zip(theirs) {
                        *mine = (*mine).max(theirs);
                    }
                }
            }
            _ => {}
        }
        let clock: Vec<String> = clocks[me]
            .iter()
            .zip(&parties)
            .filter(|(count, _)| **count > 0)
            .map(|(count, party)| format!("{}:{count}", quoted(&name(world, *party))))
            .collect();
        let line = world.line(entry).to_string().replace(['\n', '\r'], " ");
        out.push_str(&format!(
            "{} {{{}}}\n{}\n",
            name(world, parties[me]),
            clock.join(","),
            line.trim_start()
        ));
    }
    out
}

fn shown(entry: &Entry) -> bool {
    match &entry.what {
        What::Sent(sent) => !sent.kind.is_control(),
        What::Delivered { kind, .. } => !kind.is_control(),
        What::Server(event) => !matches!(event, Event::Fed { .. } | Event::Executed { .. }),
        What::Lost { .. } => false,
        _ => true,
    }
}

/// A name without blanks.
fn name(world: &World, party: Party) -> String {
    world.name(party).replace(char::is_whitespace, "_")
}
