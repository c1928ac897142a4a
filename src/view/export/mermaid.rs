//! Messages between servers as a Mermaid sequence diagram, for notes that draw those.

use super::Opened;
use crate::redis::Time;
use crate::sim::{Sent, What};
use crate::view::flights::{Kind, caption};
use crate::view::format::value_of;
use crate::view::words;

/// More messages nobody reads, and Mermaid refuses long texts.
const MOST: usize = 150;

/// The messages sent between two instants, but ACKs and heartbeats, and what became of links.
pub fn sequence(opened: &Opened, from: Time, to: Time) -> String {
    let (world, w) = (opened.session.world(), words(opened.lang));
    let mut out = String::from("sequenceDiagram\n");
    for node in world.nodes() {
        out.push_str(&format!(
            "    participant {} as {}\n",
            plain(&node.name),
            plain(&node.addr.to_string())
        ));
    }
    let name = |id| world.node(id).map_or("?".to_owned(), |node| plain(&node.name));
    // In the order of their packets, as the trace has them.
    let sent: Vec<&Sent> = world
        .trace()
        .iter()
        .filter_map(|entry| if let What::Sent(sent) = &entry.what { Some(sent) } else { None })
        .collect();
    // Nearly in order as they come: a place for each, instead of a sort, which is long code.
    let mut lines: Vec<(Time, String)> = Vec::new();
    let mut add = |at: Time, line: String| {
        let place = lines.partition_point(|(other, _)| *other <= at);
        lines.insert(place, (at, line));
    };
    for message in opened.record.messages.iter() {
        if !(from..=to).contains(&message.sent) || matches!(message.kind, Kind::Ack | Kind::Heartbeat) {
            continue;
        }
        let arrow = if message.lost { "--x" } else { "->>" };
        let bytes = sent.binary_search_by_key(&message.packet, |sent| sent.packet).ok();
        let bytes = bytes.map(|n| &*sent[n].bytes);
        let text = match message.kind {
            Kind::Command => caption(bytes.unwrap_or_default()),
            Kind::Handshake | Kind::Reply => bytes.map(first_words).unwrap_or_default(),
            kind => (w.packet_kind)(kind).to_owned(),
        };
        let text = if text.is_empty() { (w.packet_kind)(message.kind).to_owned() } else { text };
        let (from, to) = (name(message.from), name(message.to));
        add(message.sent, format!("{from}{arrow}{to}: {}", plain(&text)));
    }
    for entry in world.trace().iter().filter(|entry| (from..=to).contains(&entry.at)) {
        let What::LinkMode { link, mode } = &entry.what else { continue };
        let Some(link) = world.link(*link) else { continue };
        let word = w.mode(*mode);
        add(entry.at, format!("Note over {},{}: {}", name(link.a), name(link.b), plain(word)));
    }
    for (_, line) in lines.iter().take(MOST) {
        out.push_str(&format!("    {line}\n"));
    }
    if lines.len() > MOST {
        out.push_str(&format!("    %% {} more\n", lines.len() - MOST));
    }
    out
}

/// The first words of a handshake's step or of its reply. Replication ids are named by their first digits, as
/// on the page: what follows them counts.
fn first_words(bytes: &[u8]) -> String {
    let lines = crate::view::resp::decode(bytes, 1);
    let words = lines.first().into_iter().flat_map(|line| line.split(' '));
    let is_id = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let short = words.map(|word| if is_id(word) { format!("{word:.8}…") } else { word.to_owned() });
    value_of(short.collect::<Vec<_>>().join(" ").as_bytes(), 48)
}

/// Text in which Mermaid sees nothing of its own.
fn plain(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || "#;:<>{}\"".contains(c) { if c == ':' { '·' } else { ' ' } } else { c })
        .collect()
}
