//! Patterns with masks: what differs from run to run (replication ids, ports, times, marks) is
//! written `<replid1>`, `<REPLID1>`, `<port:A>`, `<ms13>`, `<mark>`, `<n>` in the scenarios.

use std::collections::BTreeMap;

use crate::resp::{Res, bytes_of, escape, latin1};

/// A piece of a pattern.
#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Text(Vec<u8>),
    Replid { number: u32, upper: bool },
    Port(String),
    Digits(Option<usize>),
    Mark,
}

/// The values the masks stand for in this run. Equal masks are equal values; two ids are never equal.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mask {
    pub(crate) ids: BTreeMap<u32, String>,
    pub(crate) ports: BTreeMap<String, u16>,
}

fn piece(word: &str) -> Option<Piece> {
    if let Some(name) = word.strip_prefix("port:") {
        return Some(Piece::Port(name.to_owned()));
    }
    if let Some(n) = word.strip_prefix("replid") {
        return n.parse().ok().map(|number| Piece::Replid { number, upper: false });
    }
    if let Some(n) = word.strip_prefix("REPLID") {
        return n.parse().ok().map(|number| Piece::Replid { number, upper: true });
    }
    if let Some(n) = word.strip_prefix("ms") {
        return n.parse().ok().map(|n| Piece::Digits(Some(n)));
    }
    match word {
        "mark" => Some(Piece::Mark),
        "n" => Some(Piece::Digits(None)),
        _ => None,
    }
}

fn pieces(pattern: &str) -> Res<Vec<Piece>> {
    let mut out = Vec::new();
    let mut text = String::new();
    let mut rest = pattern;
    while let Some(open) = rest.find('<') {
        text.push_str(&rest[..open]);
        rest = &rest[open..];
        let found = rest.find('>').and_then(|close| Some((close, piece(&rest[1..close])?)));
        if let Some((close, piece)) = found {
            out.push(Piece::Text(bytes_of(&text)?));
            text.clear();
            out.push(piece);
            rest = &rest[close + 1..];
        } else {
            text.push('<');
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    out.push(Piece::Text(bytes_of(&text)?));
    Ok(out)
}

/// The numbers of the ids named in a pattern.
pub(crate) fn ids_in(pattern: &str) -> Vec<u32> {
    let ids = pieces(pattern).unwrap_or_default();
    ids.iter()
        .filter_map(|p| if let Piece::Replid { number, .. } = p { Some(*number) } else { None })
        .collect()
}

impl Mask {
    /// Fills a pattern with this run's values. Every id must be bound already.
    pub(crate) fn fill(&self, pattern: &str) -> Res<Vec<u8>> {
        let mut out = Vec::new();
        for piece in pieces(pattern)? {
            match piece {
                Piece::Text(t) => out.extend_from_slice(&t),
                Piece::Replid { number, upper } => {
                    let id =
                        self.ids.get(&number).ok_or_else(|| format!("<replid{number}> has no value yet"))?;
                    let id = if upper { id.to_uppercase() } else { id.clone() };
                    out.extend_from_slice(id.as_bytes());
                }
                Piece::Port(name) => out.extend_from_slice(self.port(&name)?.as_bytes()),
                other => return Err(format!("{other:?} cannot be sent: {pattern:?}")),
            }
        }
        Ok(out)
    }

    fn port(&self, name: &str) -> Res<String> {
        self.ports.get(name).map(u16::to_string).ok_or_else(|| format!("<port:{name}>: no such node"))
    }

    /// Compares received bytes with a pattern, binding ids seen for the first time.
    pub(crate) fn check(&mut self, pattern: &str, got: &[u8]) -> Res<()> {
        let mut trial = self.clone();
        match trial.walk(pattern, got) {
            Ok(()) => {
                *self = trial;
                Ok(())
            }
            Err(why) => Err(format!(
                "{why}\n      expected {}\n      got      {}",
                escape(&bytes_of(pattern).unwrap_or_default()),
                escape(&self.hide(got)),
            )),
        }
    }

    fn walk(&mut self, pattern: &str, got: &[u8]) -> Res<()> {
        let mut at = 0;
        for piece in pieces(pattern)? {
            let rest = &got[at..];
            match piece {
                Piece::Text(t) => {
                    let same = t.iter().zip(rest).take_while(|(a, b)| a == b).count();
                    if same < t.len() {
                        return Err(if same == rest.len() {
                            format!("received only {} bytes", got.len())
                        } else {
                            format!("byte {} differs", at + same)
                        });
                    }
                    at += t.len();
                }
                Piece::Replid { number, upper } => {
                    let id = hex40(rest).ok_or_else(|| format!("no 40 hex digits at byte {at}"))?;
                    let id = if upper { id.to_lowercase() } else { id };
                    self.bind(number, &id)?;
                    at += 40;
                }
                Piece::Mark => {
                    hex40(rest).ok_or_else(|| format!("no mark of 40 hex digits at byte {at}"))?;
                    at += 40;
                }
                Piece::Port(name) => {
                    let port = self.port(&name)?;
                    if !rest.starts_with(port.as_bytes()) {
                        return Err(format!("not the port of {name} at byte {at}"));
                    }
                    at += port.len();
                }
                Piece::Digits(count) => {
                    let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
                    if digits == 0 || count.is_some_and(|c| c != digits) {
                        return Err(format!("{digits} digits at byte {at}"));
                    }
                    at += digits;
                }
            }
        }
        if at < got.len() {
            return Err(format!("{} bytes too many: {:?}", got.len() - at, escape(&got[at..])));
        }
        Ok(())
    }

    /// Gives `<replidN>` its value; it must fit what is known.
    pub(crate) fn bind(&mut self, number: u32, id: &str) -> Res<()> {
        if let Some(known) = self.ids.get(&number) {
            return if known == id {
                Ok(())
            } else {
                Err(format!("not <replid{number}> ({known}) but {id}"))
            };
        }
        if let Some((other, _)) = self.ids.iter().find(|(_, known)| known.as_str() == id) {
            return Err(format!("<replid{number}> should be a new id, but is <replid{other}>"));
        }
        self.ids.insert(number, id.to_owned());
        Ok(())
    }

    /// Received bytes with the known ids written as their masks.
    pub(crate) fn hide(&self, got: &[u8]) -> Vec<u8> {
        let mut text = latin1(got);
        for (number, id) in &self.ids {
            text = text.replace(id.as_str(), &format!("<replid{number}>"));
        }
        bytes_of(&text).unwrap_or_default()
    }
}

fn hex40(bytes: &[u8]) -> Option<String> {
    let id = bytes.get(..40)?;
    id.iter().all(u8::is_ascii_hexdigit).then(|| latin1(id))
}
