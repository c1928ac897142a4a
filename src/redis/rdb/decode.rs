//! Reading RDB files (`rdbLoadRio`).

use super::{CRC, Loaded, NEWEST_VERSION, RdbError, RdbRepl, encoding, lzf, opcode};
use crate::redis::ids::ReplId;
use crate::redis::keyspace::Keyspace;
use crate::redis::units::Offset;
use std::borrow::Cow;

/// Reads an RDB file into `databases` databases, in linear time and with memory in proportion to the
/// input. Like Redis it ignores unknown AUX fields and anything after the checksum, skips function
/// libraries, and takes a checksum of zero for "none".
///
/// # Errors
/// If the bytes are not an RDB, are damaged or cut short, or hold anything else than strings.
pub fn decode(bytes: &[u8], databases: u32) -> Result<Loaded, RdbError> {
    let mut reader = Reader { bytes, at: 0 };
    let version = reader.magic()?;
    let mut keys = Keyspace::new(databases);
    let mut repl = ReplFields::default();
    let mut db = 0;
    let mut expire_at = None;
    loop {
        let at = reader.at as u64;
        match reader.byte()? {
            opcode::EXPIRETIME => {
                let secs = i32::from_le_bytes(reader.array()?);
                expire_at = expiry(i64::from(secs) * 1000);
            }
            opcode::EXPIRETIME_MS => expire_at = expiry(i64::from_le_bytes(reader.array()?)),
            opcode::FREQ => drop(reader.byte()?),
            opcode::IDLE => drop(reader.len()?),
            opcode::SELECTDB => {
                let n = reader.len()?;
                db = u32::try_from(n)
                    .ok()
                    .filter(|n| *n < databases)
                    .ok_or(RdbError::DatabaseOutOfRange { db: n, databases })?;
            }
            opcode::RESIZEDB => {
                // Only a hint, and one that a damaged file could use to ask for any amount of memory.
                reader.len()?;
                reader.len()?;
            }
            opcode::SLOT_INFO => {
                reader.len()?;
                reader.len()?;
                reader.len()?;
            }
            opcode::AUX => {
                let name = reader.string()?;
                let value = reader.string()?;
                repl.take(&name, &value);
            }
            opcode::FUNCTION2 => drop(reader.string()?),
            opcode::FUNCTION_PRE_GA => {
                let what = "functions in the format of a 7.0 release candidate";
                return Err(RdbError::UnsupportedPart { what, at });
            }
            opcode::MODULE_AUX => return Err(RdbError::UnsupportedPart { what: "data of a module", at }),
            opcode::EOF => break,
            opcode::TYPE_STRING => {
                if db >= databases {
                    return Err(RdbError::DatabaseOutOfRange { db: u64::from(db), databases });
                }
                let key = reader.string()?;
                let value = reader.string()?;
                let target = keys.db_mut(db);
                let before = target.len();
                target.set(&key, &value, expire_at.take());
                if target.len() == before {
                    return Err(RdbError::DuplicateKey { db, key: key.into() });
                }
            }
            byte => {
                let Some(kind) = type_name(byte) else {
                    return Err(RdbError::UnknownType { byte, at });
                };
                return Err(RdbError::UnsupportedType { kind, key: reader.string()?.into() });
            }
        }
    }
    // Formats before 5 have no checksum.
    if version >= 5 {
        let computed = CRC.checksum(&bytes[..reader.at]);
        let expected = u64::from_le_bytes(reader.array()?);
        if expected != 0 && expected != computed {
            return Err(RdbError::BadChecksum { expected, computed });
        }
    }
    Ok(Loaded { keys, repl: repl.complete(databases) })
}

/// An expiry time as the keyspace keeps it. Redis uses -1 for "none" here; other times before 1970
/// are as good as its first moment.
fn expiry(millis: i64) -> Option<u64> {
    (millis != -1).then(|| u64::try_from(millis).unwrap_or(0))
}

/// What to call a type that cannot be loaded (`RDB_TYPE_*`).
fn type_name(byte: u8) -> Option<&'static str> {
    Some(match byte {
        1 | 10 | 14 | 18 => "list",
        2 | 11 | 20 => "set",
        3 | 5 | 12 | 17 => "sorted set",
        4 | 9 | 13 | 16 | 22..=25 => "hash",
        6 | 7 => "module value",
        15 | 19 | 21 => "stream",
        _ => return None,
    })
}

/// The AUX fields that replication needs, as far as they were seen.
#[derive(Default)]
struct ReplFields {
    stream_db: Option<u32>,
    id: Option<ReplId>,
    offset: Option<u64>,
}

impl ReplFields {
    fn take(&mut self, name: &[u8], value: &[u8]) {
        match name {
            b"repl-stream-db" => self.stream_db = parse(value),
            b"repl-id" => self.id = ReplId::parse(value),
            b"repl-offset" => self.offset = parse(value),
            _ => {}
        }
    }

    /// Redis uses the fields only together, and not where an old version wrote database -1; a
    /// database that is not there leaves it at the first.
    fn complete(&self, databases: u32) -> Option<RdbRepl> {
        let stream_db = Some(self.stream_db?).filter(|db| *db < databases).unwrap_or(0);
        Some(RdbRepl { stream_db, id: self.id?, offset: Offset::new(self.offset?) })
    }
}

fn parse<T: std::str::FromStr>(value: &[u8]) -> Option<T> {
    std::str::from_utf8(value).ok()?.parse().ok()
}

/// A place in the file.
struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    fn truncated(&self) -> RdbError {
        RdbError::Truncated { at: self.bytes.len() as u64 }
    }

    /// The version in the first nine bytes.
    fn magic(&mut self) -> Result<u32, RdbError> {
        let head = &self.bytes[..self.bytes.len().min(9)];
        let known = head.len().min(5);
        if head.is_empty() || head[..known] == b"REDIS"[..known] && head.len() < 9 {
            return Err(self.truncated());
        }
        let version = head
            .strip_prefix(b"REDIS")
            .filter(|digits| digits.iter().all(u8::is_ascii_digit))
            .and_then(parse)
            .ok_or_else(|| RdbError::BadMagic { found: head.into() })?;
        if !(1..=NEWEST_VERSION).contains(&version) {
            return Err(RdbError::UnsupportedVersion { version, newest: NEWEST_VERSION });
        }
        self.at = 9;
        Ok(version)
    }

    fn take(&mut self, len: u64) -> Result<&'a [u8], RdbError> {
        let left = &self.bytes[self.at..];
        let len =
            usize::try_from(len).ok().filter(|len| *len <= left.len()).ok_or_else(|| self.truncated())?;
        self.at += len;
        Ok(&left[..len])
    }

    fn byte(&mut self) -> Result<u8, RdbError> {
        let byte = *self.bytes.get(self.at).ok_or_else(|| self.truncated())?;
        self.at += 1;
        Ok(byte)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RdbError> {
        let bytes = self.bytes[self.at..].first_chunk().copied().ok_or_else(|| self.truncated())?;
        self.at += N;
        Ok(bytes)
    }

    /// A plain length (`rdbLoadLen`).
    fn len(&mut self) -> Result<u64, RdbError> {
        let at = self.at as u64;
        let first = self.byte()?;
        self.len_after(first, at)
    }

    fn len_after(&mut self, first: u8, at: u64) -> Result<u64, RdbError> {
        Ok(match first {
            0..=0x3f => u64::from(first),
            0x40..=0x7f => u64::from(first & 0x3f) << 8 | u64::from(self.byte()?),
            encoding::LEN32 => u64::from(u32::from_be_bytes(self.array()?)),
            encoding::LEN64 => u64::from_be_bytes(self.array()?),
            byte => return Err(RdbError::BadLength { byte, at }),
        })
    }

    /// A string in any of its forms (`rdbGenericLoadStringObject`).
    fn string(&mut self) -> Result<Cow<'a, [u8]>, RdbError> {
        let at = self.at as u64;
        let number = match self.byte()? {
            encoding::INT8 => i32::from(i8::from_le_bytes(self.array()?)),
            encoding::INT16 => i32::from(i16::from_le_bytes(self.array()?)),
            encoding::INT32 => i32::from_le_bytes(self.array()?),
            encoding::LZF => {
                let packed = self.len()?;
                let plain = self.len()?;
                if !lzf::plausible(packed, plain) {
                    return Err(RdbError::AbsurdLength { length: plain, at });
                }
                let packed = self.take(packed)?;
                let plain = lzf::unpack(packed, plain as usize).ok_or(RdbError::BadLzf { at })?;
                return Ok(Cow::Owned(plain));
            }
            first => {
                let len = self.len_after(first, at)?;
                if len > isize::MAX as u64 {
                    return Err(RdbError::AbsurdLength { length: len, at });
                }
                return self.take(len).map(Cow::Borrowed);
            }
        };
        Ok(Cow::Owned(number.to_string().into_bytes()))
    }
}
