//! Why an RDB was refused, in words that tell what to do.

use std::fmt::Write as _;

/// Why an RDB was refused. Positions are bytes from the start of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RdbError {
    /// The bytes end too early.
    #[error("the RDB ends after {at} bytes, in the middle of something: it was cut short")]
    Truncated {
        /// How many bytes there were.
        at: u64,
    },
    /// The file does not begin like an RDB.
    #[error(
        "not an RDB file: it begins with \"{}\" instead of \"REDIS\" and a version of four digits",
        .found.escape_ascii()
    )]
    BadMagic {
        /// The first bytes, nine at most.
        found: Box<[u8]>,
    },
    /// A newer Redis wrote it.
    #[error("the RDB has format version {version}; versions 1 to {newest} can be read")]
    UnsupportedVersion {
        /// The file's version.
        version: u32,
        /// The newest known one.
        newest: u32,
    },
    /// The bytes were changed on their way.
    #[error("the RDB is damaged: its checksum says {expected:016x}, its bytes give {computed:016x}")]
    BadChecksum {
        /// The stored checksum.
        expected: u64,
        /// The one computed from the bytes before it.
        computed: u64,
    },
    /// A key of a type that the lab does not have.
    #[error("key \"{}\" is a {kind}; only string keys can be loaded", shown(.key))]
    UnsupportedType {
        /// `list`, `set`, `sorted set`, `hash`, `module value` or `stream`.
        kind: &'static str,
        /// The key.
        key: Box<[u8]>,
    },
    /// Neither a type nor an opcode of any Redis.
    #[error("unknown type or opcode {byte} at byte {at}")]
    UnknownType {
        /// The byte found.
        byte: u8,
        /// Where.
        at: u64,
    },
    /// Something other than keys that the lab cannot keep.
    #[error("the RDB holds {what} (at byte {at}), which cannot be loaded")]
    UnsupportedPart {
        /// What it is.
        what: &'static str,
        /// Where.
        at: u64,
    },
    /// A length or string begins with a byte that no Redis writes there.
    #[error("invalid length encoding {byte:#04x} at byte {at}")]
    BadLength {
        /// The byte found.
        byte: u8,
        /// Where.
        at: u64,
    },
    /// A length beyond what the file could hold or a string may be.
    #[error("a length of {length} bytes at byte {at} cannot be true")]
    AbsurdLength {
        /// The length.
        length: u64,
        /// Where the string begins.
        at: u64,
    },
    /// A compressed string does not unpack to its stated length.
    #[error("the compressed string at byte {at} is damaged")]
    BadLzf {
        /// Where the string begins.
        at: u64,
    },
    /// The file uses a database that this server does not have.
    #[error(
        "the RDB uses database {db}, but there are only {databases}: start with --databases {} or more",
        .db.saturating_add(1)
    )]
    DatabaseOutOfRange {
        /// The file's database.
        db: u64,
        /// How many there are.
        databases: u32,
    },
    /// The same key twice in one database.
    #[error("key \"{}\" appears twice in database {db}", shown(.key))]
    DuplicateKey {
        /// The database.
        db: u32,
        /// The key.
        key: Box<[u8]>,
    },
}

/// A key for people: escaped, and cut where it is long.
fn shown(key: &[u8]) -> String {
    const LONGEST: usize = 64;
    let mut text = key.get(..LONGEST).unwrap_or(key).escape_ascii().to_string();
    if key.len() > LONGEST {
        let _ = write!(text, "… ({} bytes)", key.len());
    }
    text
}
