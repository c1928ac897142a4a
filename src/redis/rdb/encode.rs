//! Writing RDB files (`rdbSaveRio`).

use super::{CRC, RdbInfo, encoding, opcode};
use crate::redis::config::RedisVersion;
use crate::redis::keyspace::{Db, Keyspace};

/// Writes the data set as an RDB file, byte for byte what the Redis of `info.version` writes with
/// `rdbcompression no`: keys in the keyspace's order, expired ones included, numbers in their short
/// form, a checksum at the end.
pub fn encode(keys: &Keyspace, info: &RdbInfo) -> Vec<u8> {
    let mut out = Vec::with_capacity(256 + keys.len() * 16);
    let (magic, last_field): (&[u8; 9], &[u8]) = match info.version {
        RedisVersion::V6_2 => (b"REDIS0009", b"aof-preamble"),
        RedisVersion::V7_0 => (b"REDIS0010", b"aof-base"),
        RedisVersion::V7_2 => (b"REDIS0011", b"aof-base"),
    };
    out.extend_from_slice(magic);
    put_aux(&mut out, b"redis-ver", info.version.number().as_bytes());
    put_aux(&mut out, b"redis-bits", b"64");
    put_aux(&mut out, b"ctime", info.ctime.to_string().as_bytes());
    put_aux(&mut out, b"used-mem", info.used_mem.to_string().as_bytes());
    if let Some(repl) = &info.repl {
        put_aux(&mut out, b"repl-stream-db", repl.stream_db.to_string().as_bytes());
        put_aux(&mut out, b"repl-id", repl.id.to_string().as_bytes());
        put_aux(&mut out, b"repl-offset", repl.offset.to_string().as_bytes());
    }
    put_aux(&mut out, last_field, b"0");
    for n in 0..keys.databases() {
        let db = keys.db(n);
        if !db.is_empty() {
            put_db(&mut out, n, db);
        }
    }
    out.push(opcode::EOF);
    let checksum = CRC.checksum(&out);
    out.extend_from_slice(&checksum.to_le_bytes());
    out
}

fn put_db(out: &mut Vec<u8>, n: u32, db: &Db) {
    out.push(opcode::SELECTDB);
    put_len(out, u64::from(n));
    out.push(opcode::RESIZEDB);
    put_len(out, db.len() as u64);
    put_len(out, db.expiring() as u64);
    for (key, entry) in db.iter() {
        if let Some(at) = entry.expire_at {
            out.push(opcode::EXPIRETIME_MS);
            out.extend_from_slice(&at.to_le_bytes());
        }
        out.push(opcode::TYPE_STRING);
        put_string(out, key);
        put_string(out, &entry.value);
    }
}

fn put_aux(out: &mut Vec<u8>, name: &[u8], value: &[u8]) {
    out.push(opcode::AUX);
    put_string(out, name);
    put_string(out, value);
}

/// `rdbSaveLen`.
fn put_len(out: &mut Vec<u8>, len: u64) {
    if len < 1 << 6 {
        out.push(len as u8);
    } else if len < 1 << 14 {
        out.extend_from_slice(&(0x4000 | len as u16).to_be_bytes());
    } else if let Ok(len) = u32::try_from(len) {
        out.push(encoding::LEN32);
        out.extend_from_slice(&len.to_be_bytes());
    } else {
        out.push(encoding::LEN64);
        out.extend_from_slice(&len.to_be_bytes());
    }
}

/// `rdbSaveRawString` without compression.
fn put_string(out: &mut Vec<u8>, bytes: &[u8]) {
    if let Some(number) = canonical_i32(bytes) {
        // `rdbEncodeInteger`.
        if let Ok(number) = i8::try_from(number) {
            out.extend_from_slice(&[encoding::INT8, number as u8]);
        } else if let Ok(number) = i16::try_from(number) {
            out.push(encoding::INT16);
            out.extend_from_slice(&number.to_le_bytes());
        } else {
            out.push(encoding::INT32);
            out.extend_from_slice(&number.to_le_bytes());
        }
        return;
    }
    put_len(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// The number that a string spells, if printing the number gives the string back
/// (`rdbTryIntegerEncoding`).
fn canonical_i32(bytes: &[u8]) -> Option<i32> {
    let (negative, digits) = match bytes {
        [b'-', digits @ ..] => (true, digits),
        digits => (false, digits),
    };
    match digits {
        [b'0'] if !negative => return Some(0),
        [b'1'..=b'9', ..] if digits.len() <= 10 => {}
        _ => return None,
    }
    let mut number = 0_i64;
    for digit in digits {
        if !digit.is_ascii_digit() {
            return None;
        }
        number = number * 10 + i64::from(digit - b'0');
    }
    i32::try_from(if negative { -number } else { number }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn string(bytes: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        put_string(&mut out, bytes);
        out
    }

    #[test]
    fn numbers_take_their_short_form() {
        assert_eq!(string(b"0"), [0xc0, 0]);
        assert_eq!(string(b"-128"), [0xc0, 0x80]);
        assert_eq!(string(b"128"), [0xc1, 0x80, 0]);
        assert_eq!(string(b"-32768"), [0xc1, 0, 0x80]);
        assert_eq!(string(b"32768"), [0xc2, 0, 0x80, 0, 0]);
        assert_eq!(string(b"2147483647"), [0xc2, 0xff, 0xff, 0xff, 0x7f]);
        assert_eq!(string(b"-2147483648"), [0xc2, 0, 0, 0, 0x80]);
    }

    #[test]
    fn what_only_looks_like_a_number_stays_text() {
        for text in
            ["", "-", "-0", "00", "01", "+1", " 1", "1 ", "1.0", "2147483648", "-2147483649", "99999999999"]
        {
            let written = string(text.as_bytes());
            assert_eq!(written[0] as usize, text.len(), "{text:?}");
            assert_eq!(&written[1..], text.as_bytes(), "{text:?}");
        }
    }

    #[test]
    fn lengths_grow_in_steps() {
        let len = |n| {
            let mut out = Vec::new();
            put_len(&mut out, n);
            out
        };
        assert_eq!(len(63), [63]);
        assert_eq!(len(64), [0x40, 64]);
        assert_eq!(len(16383), [0x7f, 0xff]);
        assert_eq!(len(16384), [0x80, 0, 0, 0x40, 0]);
        assert_eq!(len(u64::from(u32::MAX)), [0x80, 0xff, 0xff, 0xff, 0xff]);
        assert_eq!(len(1 << 32), [0x81, 0, 0, 0, 1, 0, 0, 0, 0]);
    }
}
