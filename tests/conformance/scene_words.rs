//! What a scene's words stand for, and what is hidden of what is shown.

use std::sync::OnceLock;

use crate::resp::{Res, bytes_of, escape, latin1};
use crate::scene::Scene;
use crate::server::Binary;
use crate::stage::{Shown, Stage, play};

impl Stage<'_> {
    /// `$A`, `$id.A`, `$id2.A`, `$off.A+1`, `$first.A-1` replaced by their values.
    pub(crate) fn fill(&mut self, word: &[u8]) -> Res<Vec<u8>> {
        let text = latin1(word);
        let Some(at) = text.find('$') else { return Ok(word.to_vec()) };
        let (before, name) = (&text[..at], &text[at + 1..]);
        let Some(first) = name.chars().next().filter(char::is_ascii_alphabetic) else {
            return Ok(word.to_vec());
        };
        if first.is_ascii_uppercase() {
            let (name, rest) = name.split_at(1);
            let port = self.port(name)?;
            return bytes_of(&format!("{before}{port}{rest}"));
        }
        let (what, node) = name.split_once('.').ok_or("a variable needs a node")?;
        let sign = node.find(['+', '-']).unwrap_or(node.len());
        let (node, more) = node.split_at(sign);
        let field = match what {
            "id" => "master_replid",
            "id2" => "master_replid2",
            "off" => "master_repl_offset",
            "first" => "repl_backlog_first_byte_offset",
            _ => return Err(format!("no variable {what}")),
        };
        let value = self.node(node)?.field(field)?.unwrap_or_default();
        if more.is_empty() {
            return bytes_of(&format!("{before}{value}"));
        }
        let (value, more): (i64, i64) =
            (value.parse().map_err(|_| "no number")?, more.parse().map_err(|_| "no number")?);
        bytes_of(&format!("{before}{}", value + more))
    }

    /// Ids, ports and times as what they are, not as what they happen to be.
    pub(crate) fn hide(&mut self, text: &str) -> String {
        let ports: Vec<(String, String)> =
            self.ports().into_iter().map(|(name, port)| (port.to_string(), name)).collect();
        let mut out = String::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let run = rest.find(|c: char| !c.is_ascii_hexdigit()).unwrap_or(rest.len());
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            if run == 40 && rest[..40] != "0".repeat(40) {
                out.push_str(&self.id(&rest[..40]));
                rest = &rest[40..];
            } else if let Some((_, name)) = ports.iter().find(|(port, _)| *port == rest[..run]) {
                out.push_str(&format!("<{name}>"));
                rest = &rest[run..];
            } else if digits == 13 && rest.starts_with('1') {
                out.push_str("<ms>");
                rest = &rest[13..];
            } else if let Some(word) =
                ["lag=", "io_seconds_ago:", "down_since_seconds:"].into_iter().find(|w| rest.starts_with(*w))
            {
                out.push_str(word);
                out.push_str("<n>");
                rest = rest[word.len()..].trim_start_matches(|c: char| c.is_ascii_digit());
            } else {
                let n = run.max(c.len_utf8());
                out.push_str(&rest[..n]);
                rest = &rest[n..];
            }
        }
        out
    }
}

/// What the real server shows, asked once for all casts of a scene.
pub(crate) type Oracle = OnceLock<Res<Shown>>;

/// Plays a scene on the real server and then on the cast; what differs, line by line.
/// `ours` plays all nodes (`""`), only the one named, or (`"-A"`) all but the one named.
pub(crate) fn compare(scene: &Scene, oracle: &Oracle, [ours, real]: [&Binary; 2], part: &str) -> Res<()> {
    let expected = oracle.get_or_init(|| play(scene, &|_| real, None));
    let expected = expected.as_ref().map_err(|e| format!("on {}: {e}", real.label))?;
    let is_ours = |name: &str| match part.strip_prefix('-') {
        Some(not) => name != not,
        None => part.is_empty() || name == part,
    };
    let got = play(scene, &|name| if is_ours(name) { ours } else { real }, Some(expected))?;
    let line = |number: usize| scene.steps.iter().find(|(n, _)| *n == number).map_or("", |(_, l)| l);
    let differ = expected.iter().zip(&got).filter(|((_, a), (_, b))| a != b);
    let lines: Vec<String> = differ
        .take(8)
        .map(|((number, want), (_, have))| {
            format!("      line {number}: {}\n        real {want}\n        ours {have}", line(*number))
        })
        .collect();
    if lines.is_empty() { Ok(()) } else { Err(format!("\n{}", lines.join("\n"))) }
}

/// All bytes, however many.
pub(crate) fn escape_all(bytes: &[u8]) -> String {
    bytes.chunks(400).map(escape).collect()
}
