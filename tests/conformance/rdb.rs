//! A snapshot as it travels between servers: its framing, its AUX fields, its checksum. The keys
//! are not parsed; a real server does that.

use std::time::Duration;

use crate::resp::{Conn, Res, escape, latin1};

/// A received snapshot.
pub(crate) struct Rdb {
    /// `$EOF:<40 bytes>\r\n` or `$<len>\r\n`, with the backslashes spelled out as in the scenarios.
    pub(crate) framing: &'static str,
    /// The nine bytes at the start.
    pub(crate) magic: String,
    /// AUX names and values in order.
    pub(crate) aux: Vec<(String, String)>,
    /// All of it, magic and checksum included.
    pub(crate) bytes: Vec<u8>,
}

/// Receives a snapshot in either framing, skipping newlines before its header.
pub(crate) fn receive(conn: &mut Conn, wait: Duration) -> Res<Rdb> {
    let header = conn.take_line(wait)?;
    let (framing, bytes) = if let Some(mark) = header.strip_prefix(b"$EOF:") {
        let mark = &mark[..mark.len() - 2];
        if mark.len() != 40 {
            return Err(format!("the end mark has {} bytes: {:?}", mark.len(), escape(&header)));
        }
        let find = |b: &[u8]| b.windows(40).position(|w| w == mark);
        if !conn.fill_until(wait, |b| find(b).is_some()) {
            return Err(format!("no end mark after {} bytes of snapshot", conn.buf.len()));
        }
        let end = find(&conn.buf).unwrap_or_default();
        let bytes: Vec<u8> = conn.buf.drain(..end).collect();
        conn.buf.drain(..40);
        ("$EOF:<40 bytes>\\r\\n", bytes)
    } else {
        let len = latin1(&header[1..header.len() - 2]);
        let len: usize = len.parse().map_err(|_| format!("not a snapshot header: {:?}", escape(&header)))?;
        ("$<len>\\r\\n", conn.take(len, wait)?)
    };
    read(framing, bytes)
}

fn read(framing: &'static str, bytes: Vec<u8>) -> Res<Rdb> {
    if bytes.len() < 18 || bytes[bytes.len() - 9] != 0xff {
        return Err(format!("the snapshot does not end with FF and a checksum: {}", escape(&bytes)));
    }
    let body = &bytes[..bytes.len() - 8];
    let sum = u64::from_le_bytes(bytes[bytes.len() - 8..].try_into().map_err(|_| "no checksum")?);
    if sum != 0 && sum != crc64(body) {
        return Err(format!("checksum {sum:016x}, but the bytes sum to {:016x}", crc64(body)));
    }
    let mut aux = Vec::new();
    let mut at = 9;
    while body.get(at) == Some(&0xfa) {
        at += 1;
        let name = string(body, &mut at)?;
        aux.push((name, string(body, &mut at)?));
    }
    Ok(Rdb { framing, magic: latin1(&bytes[..9]), aux, bytes })
}

/// A string object: plain, integer-encoded; compressed ones do not occur in AUX fields of ours.
fn string(b: &[u8], at: &mut usize) -> Res<String> {
    let first = *b.get(*at).ok_or("the snapshot ends inside an AUX field")?;
    *at += 1;
    let mut take = |n: usize| -> Res<&[u8]> {
        let bytes = b.get(*at..*at + n).ok_or("the snapshot ends inside an AUX field")?;
        *at += n;
        Ok(bytes)
    };
    let le = |bytes: &[u8]| bytes.iter().rev().fold(0_u32, |n, b| n << 8 | u32::from(*b));
    let len = match first {
        0..=0x3f => usize::from(first),
        0x40..=0x7f => usize::from(first & 0x3f) << 8 | usize::from(take(1)?[0]),
        0x80 => usize::try_from(u32::from_be_bytes(take(4)?.try_into().map_err(|_| "length")?))
            .map_err(|_| "length")?,
        0xc0 => return Ok((le(take(1)?) as u8).cast_signed().to_string()),
        0xc1 => return Ok((le(take(2)?) as u16).cast_signed().to_string()),
        0xc2 => return Ok(le(take(4)?).cast_signed().to_string()),
        other => return Err(format!("AUX string encoding {other:#x}")),
    };
    take(len).map(latin1)
}

/// CRC-64 as Redis uses it (Jones polynomial, reflected, no inversion).
fn crc64(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |crc, b| {
        (0..8).fold(
            crc ^ u64::from(*b),
            |c, _| if c & 1 == 1 { c >> 1 ^ 0x95ac_9329_ac4b_c9b5 } else { c >> 1 },
        )
    })
}
