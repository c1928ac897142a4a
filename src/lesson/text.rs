//! Texts of a lesson: one per language, plain text with a few inline marks.
//!
//! `` `SET k1 v1` `` is code, `**word**` is strong, `[words](backlog)` names a [`Term`] that has a
//! colour and a shape on the stage, `{lag}` is a value of the same step or question, and a backslash
//! takes a mark's meaning away. An empty line begins a new paragraph. There is no HTML: what is not a
//! mark is shown as it is.

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// Things by name, in the order of the file: an object in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named<T>(pub Vec<(String, T)>);

impl<T> Default for Named<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T> Named<T> {
    /// The one with this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        self.0.iter().find(|(other, _)| other == name).map(|(_, value)| value)
    }
}

impl<T: Serialize> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut map = to.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Pairs<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Pairs<T> {
            type Value = Named<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of names and values")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Named<T>, A::Error> {
                let mut pairs: Vec<(String, T)> = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, T>()? {
                    if pairs.iter().any(|(other, _)| *other == name) {
                        return Err(serde::de::Error::custom("the same name twice"));
                    }
                    pairs.push((name, value));
                }
                Ok(Named(pairs))
            }
        }
        from.deserialize_map(Pairs(PhantomData))
    }
}

#[cfg(feature = "lesson-schema")]
impl<T: schemars::JsonSchema> schemars::JsonSchema for Named<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("Named_{}", T::schema_name()).into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        <std::collections::BTreeMap<String, T>>::json_schema(generator)
    }
}

/// A text in every language of the lesson: `{"zh": "…", "en": "…"}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "lesson-schema", derive(schemars::JsonSchema))]
pub struct Text(pub Named<String>);

impl Text {
    /// The text in this language; in the first language of the file if there is none.
    pub fn get(&self, lang: &str) -> &str {
        let first = || self.0.0.first().map_or("", |(_, text)| text);
        self.0.get(lang).map_or_else(first, String::as_str)
    }
}

macro_rules! terms {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// What has a colour and a shape on the stage.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Term {
            $($(#[$doc])* $name,)*
        }

        impl Term {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The word in a file, which is also the page's class.
            pub const fn word(self) -> &'static str {
                match self {
                    $(Self::$name => $word,)*
                }
            }
        }
    };
}

terms! {
    /// The server that takes writes.
    Master = "master",
    /// A server that follows.
    Replica = "replica",
    /// A client.
    Client = "client",
    /// A write on its way, or the stream of them.
    Command = "command",
    /// A snapshot on its way.
    Rdb = "rdb",
    /// `REPLCONF ACK`.
    Ack = "ack",
    /// `PING`, `REPLCONF`, `PSYNC` and their replies.
    Handshake = "handshake",
    /// The heartbeat.
    Ping = "ping",
    /// A link.
    Link = "link",
    /// A link that is cut.
    Cut = "cut",
    /// An old value, a replica that is behind.
    Stale = "stale",
    /// The replication backlog, `repl_backlog_buffer`.
    Backlog = "backlog",
    /// A replica's output buffer, the replication buffer.
    Buffer = "buffer",
    /// A replication offset.
    Offset = "offset",
    /// A replication id.
    Replid = "replid",
    /// Bytes that are overwritten, a write that is lost.
    Lost = "lost",
    /// A full resync.
    Full = "full",
    /// A partial resync.
    Partial = "partial",
}

impl Term {
    /// The term of this word.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|term| term.word() == word)
    }
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// What it says.
    pub what: PieceKind,
    /// Written in `**`.
    pub strong: bool,
    /// The term it names.
    pub term: Option<Term>,
}

/// What a stretch of a text is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PieceKind {
    /// Words.
    Plain(String),
    /// Something typed or sent.
    Code(String),
    /// The value of this name.
    Value(String),
    /// A new paragraph.
    Break,
}

/// A mark that is not well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// A mark is not closed.
    #[error("a mark is not closed: `{0}` (write a backslash before it to show it as it is)")]
    Open(char),
    /// No such term.
    #[error("there is no such term in `[words](term)`")]
    NoTerm,
}

/// Takes a text apart. What is not well formed is shown as it is; the first such place is told too.
pub fn pieces(text: &str) -> (Vec<Piece>, Option<TextError>) {
    let mut reader =
        Reader { pieces: Vec::new(), plain: String::new(), strong: false, term: None, error: None };
    reader.read(text);
    if reader.strong {
        reader.fail(TextError::Open('*'));
    }
    reader.flush();
    (reader.pieces, reader.error)
}

struct Reader {
    pieces: Vec<Piece>,
    plain: String,
    strong: bool,
    term: Option<Term>,
    error: Option<TextError>,
}

impl Reader {
    fn fail(&mut self, error: TextError) {
        self.error.get_or_insert(error);
    }

    fn push(&mut self, what: PieceKind) {
        self.pieces.push(Piece { what, strong: self.strong, term: self.term });
    }

    fn flush(&mut self) {
        if !self.plain.is_empty() {
            let plain = std::mem::take(&mut self.plain);
            self.push(PieceKind::Plain(plain));
        }
    }

    fn read(&mut self, mut text: &str) {
        while let Some(mark) = text.chars().next() {
            let rest = &text[mark.len_utf8()..];
            text = match mark {
                '\\' => {
                    let next = rest.chars().next();
                    self.plain.push(next.unwrap_or('\\'));
                    &rest[next.map_or(0, char::len_utf8)..]
                }
                '`' => self.until(rest, '`', mark, PieceKind::Code),
                '{' => self.until(rest, '}', mark, PieceKind::Value),
                '*' if rest.starts_with('*') => {
                    self.flush();
                    self.strong = !self.strong;
                    &rest[1..]
                }
                '\n' if rest.starts_with('\n') => {
                    self.flush();
                    self.push(PieceKind::Break);
                    rest.trim_start_matches('\n')
                }
                '[' if self.term.is_none() => self.term(rest),
                _ => {
                    self.plain.push(mark);
                    rest
                }
            };
        }
    }

    /// A piece up to a closing mark; returns what comes after it.
    fn until<'a>(&mut self, rest: &'a str, end: char, mark: char, what: fn(String) -> PieceKind) -> &'a str {
        let Some((inside, after)) = rest.split_once(end) else {
            self.fail(TextError::Open(mark));
            self.plain.push(mark);
            return rest;
        };
        self.flush();
        let mut inside = inside;
        if mark == '`' {
            // Values in code are filled, too.
            let value = |text: &'a str| {
                let (code, rest) = text.split_once('{')?;
                let (name, more) = rest.split_once('}')?;
                Some((code, name, more))
            };
            while let Some((code, name, more)) = value(inside) {
                if !code.is_empty() {
                    self.push(what(code.to_owned()));
                }
                self.push(PieceKind::Value(name.to_owned()));
                inside = more;
            }
        }
        if !inside.is_empty() {
            self.push(what(inside.to_owned()));
        }
        after
    }

    /// `words](term)`.
    fn term<'a>(&mut self, rest: &'a str) -> &'a str {
        // Bytes instead of `split_once`: searching for more than a letter is a machine of its own.
        let mut pairs = rest.bytes().zip(rest.bytes().skip(1));
        let parts = pairs.position(|pair| pair == (b']', b'(')).and_then(|at| {
            let (name, after) = rest.get(at + 2..)?.split_once(')')?;
            Some((rest.get(..at)?, name, after))
        });
        let Some((words, name, after)) = parts else {
            self.fail(TextError::Open('['));
            self.plain.push('[');
            return rest;
        };
        self.flush();
        self.term = Term::named(name);
        if self.term.is_none() {
            self.fail(TextError::NoTerm);
        }
        self.read(words);
        self.flush();
        self.term = None;
        after
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Piece {
        Piece { what: PieceKind::Plain(text.into()), strong: false, term: None }
    }

    #[test]
    fn marks_are_read() {
        let (read, error) = pieces("a `SET k` **b** [lag {lag}](stale)\n\nc\\{d");
        assert_eq!(error, None);
        let stale = Some(Term::Stale);
        let expected = [
            plain("a "),
            Piece { what: PieceKind::Code("SET k".into()), ..plain("") },
            plain(" "),
            Piece { strong: true, ..plain("b") },
            plain(" "),
            Piece { term: stale, ..plain("lag ") },
            Piece { what: PieceKind::Value("lag".into()), strong: false, term: stale },
            Piece { what: PieceKind::Break, ..plain("") },
            plain("c{d"),
        ];
        assert_eq!(read, expected);
    }

    #[test]
    fn a_value_in_code_is_a_value() {
        let code = |text: &str| Piece { what: PieceKind::Code(text.into()), ..plain("") };
        let value = |name: &str| Piece { what: PieceKind::Value(name.into()), ..plain("") };
        let (read, error) = pieces("`PSYNC {id} {next}` `{k1}`");
        assert_eq!(error, None);
        assert_eq!(read, [code("PSYNC "), value("id"), code(" "), value("next"), plain(" "), value("k1")]);
    }

    #[test]
    fn what_is_not_well_formed_is_shown_and_told() {
        for (text, error) in [
            ("a {b", TextError::Open('{')),
            ("a `b", TextError::Open('`')),
            ("a [b", TextError::Open('[')),
            ("a **b", TextError::Open('*')),
            ("[b](what)", TextError::NoTerm),
        ] {
            assert_eq!(pieces(text).1, Some(error), "{text}");
        }
        assert_eq!(pieces("<b>&amp;</b> 2 * 3").0, [plain("<b>&amp;</b> 2 * 3")]);
    }
}
