//! RDB files there and back, from a real server, and damaged in every way.

use super::*;
use crate::redis::rng::Rng;

/// Written by `SAVE` of redis-server 7.0.15 with default settings; see [`a_real_file_loads`].
const REAL: &[u8] = include_bytes!("../../../tests/data/redis-7.0.15.rdb");

fn info(version: RedisVersion) -> RdbInfo {
    let id = ReplId::parse(b"c14a91b3a7e5cad86a179eb3dcdc31468cad0a65").expect("40 digits");
    let repl = Some(RdbRepl { stream_db: 3, id, offset: Offset::new(5_000_000_000) });
    RdbInfo { version, ctime: 1_700_000_000, used_mem: 1_000_000, repl }
}

fn random_keys(rng: &mut Rng, count: u64) -> Keyspace {
    let mut keys = Keyspace::new(16);
    for _ in 0..rng.below(count + 1) {
        let db = rng.below(16) as u32;
        let expire_at = (rng.below(3) == 0).then(|| rng.below(1 << 42));
        let (key, value) = (random_string(rng), random_string(rng));
        keys.db_mut(db).set(&key, &value, expire_at);
    }
    keys
}

fn random_string(rng: &mut Rng) -> Vec<u8> {
    match rng.below(4) {
        0 => ((rng.next_u64() as i64) >> rng.below(64)).to_string().into_bytes(),
        1 => vec![rng.next_u32() as u8; rng.below(100) as usize],
        2 => vec![b'0'; rng.below(4) as usize],
        _ => (0..rng.below(20)).map(|_| rng.next_u32() as u8).collect(),
    }
}

/// A file of 7.0 with these bytes between magic and end, without a checksum.
fn file(middle: &[u8]) -> Vec<u8> {
    [b"REDIS0010", middle, b"\xff\0\0\0\0\0\0\0\0"].concat()
}

fn refused(middle: &[u8]) -> RdbError {
    decode(&file(middle), 16).expect_err("must be refused")
}

#[test]
fn the_bytes_of_a_small_snapshot() {
    let mut keys = Keyspace::new(16);
    keys.db_mut(0).set(b"k1", b"v1", None);
    keys.db_mut(3).set(b"n", b"300", Some(0x0102_0304));
    let bytes = encode(&keys, &info(RedisVersion::V7_0));
    let expected = b"REDIS0010\xfa\x09redis-ver\x067.0.15\xfa\x0aredis-bits\xc0\x40\
        \xfa\x05ctime\xc2\x00\xf1\x53\x65\xfa\x08used-mem\xc2\x40\x42\x0f\x00\
        \xfa\x0erepl-stream-db\xc0\x03\xfa\x07repl-id\x28c14a91b3a7e5cad86a179eb3dcdc31468cad0a65\
        \xfa\x0brepl-offset\x0a5000000000\xfa\x08aof-base\xc0\x00\
        \xfe\x00\xfb\x01\x00\x00\x02k1\x02v1\
        \xfe\x03\xfb\x01\x01\xfc\x04\x03\x02\x01\0\0\0\0\x00\x01n\xc1\x2c\x01\xff";
    assert_eq!(bytes[..bytes.len() - 8].escape_ascii().to_string(), expected.escape_ascii().to_string());
}

#[test]
fn versions_differ_in_magic_and_last_field() {
    let start = |version| {
        let bytes = encode(&Keyspace::new(1), &RdbInfo { repl: None, ..info(version) });
        let text = bytes.escape_ascii().to_string();
        (text[..9].to_owned(), text.contains("aof-base"), text.contains("aof-preamble"))
    };
    assert_eq!(start(RedisVersion::V6_2), ("REDIS0009".into(), false, true));
    assert_eq!(start(RedisVersion::V7_0), ("REDIS0010".into(), true, false));
    assert_eq!(start(RedisVersion::V7_2), ("REDIS0011".into(), true, false));
}

#[test]
fn random_data_sets_come_back() {
    let mut rng = Rng::new(1);
    for round in 0..200 {
        let keys = random_keys(&mut rng, 40);
        let info = info([RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2][round % 3]);
        let loaded = decode(&encode(&keys, &info), 16).expect("what was written can be read");
        assert_eq!(loaded.keys, keys);
        assert_eq!(loaded.repl, info.repl);
    }
}

#[test]
fn a_real_file_loads() {
    let loaded = decode(REAL, 16).expect("redis-server wrote it");
    let value = |db, key: &[u8]| loaded.keys.db(db).get(key).map(|e| e.value.to_vec()).expect("there");
    assert_eq!(value(0, b"text"), b"hello world");
    assert_eq!(value(0, b"compressible"), b"psync lab ".repeat(100));
    assert_eq!(value(0, b"long"), (0..20_000).map(|n| b'a' + (n * n % 26) as u8).collect::<Vec<_>>());
    assert_eq!(value(0, b"empty"), b"");
    for number in
        ["0", "-128", "128", "-32769", "2147483647", "-2147483648", "2147483648", "9223372036854775807"]
    {
        assert_eq!(value(1, format!("int:{number}").as_bytes()), number.as_bytes());
        assert_eq!(value(1, number.as_bytes()), b"a number as key");
    }
    let ttl = loaded.keys.db(3).get(b"ttl").expect("there");
    assert_eq!((&ttl.value[..], ttl.expire_at), (&b"soon"[..], Some(4_102_444_800_123)));
    assert_eq!((loaded.keys.db(0).len(), loaded.keys.db(1).len(), loaded.keys.db(3).len()), (4, 16, 1));
    assert_eq!(loaded.repl.map(|r| (r.stream_db, r.offset.get())), Some((3, 22_041)));
}

#[test]
fn every_cut_is_noticed() {
    let keys = random_keys(&mut Rng::new(2), 30);
    for whole in [&encode(&keys, &info(RedisVersion::V7_0))[..], REAL] {
        // The long value's inside is all the same to a cut.
        for len in (0..whole.len().min(2000)).chain(whole.len().saturating_sub(2000)..whole.len()) {
            assert_eq!(
                decode(&whole[..len], 16).map(drop),
                Err(RdbError::Truncated { at: len as u64 }),
                "cut at {len}"
            );
        }
    }
}

#[test]
fn every_changed_byte_is_refused_and_nothing_panics() {
    let mut keys = Keyspace::new(16);
    keys.db_mut(0).set(b"a", b"12345", Some(77));
    keys.db_mut(9).set(&[b'k'; 70], b"value", None);
    let whole = encode(&keys, &info(RedisVersion::V7_0));
    let mut bytes = whole.clone();
    for at in 0..whole.len() {
        for change in 1..=255 {
            bytes[at] ^= change;
            // The version digits may still name a version without a checksum (1 to 4).
            assert!(decode(&bytes, 16).is_err() || (5..9).contains(&at), "byte {at} ^ {change}");
            bytes[at] = whole[at];
        }
    }
}

#[test]
fn noise_without_checksum_never_panics() {
    let mut rng = Rng::new(3);
    let openings: Vec<u8> = (0..=25).chain(0xf3..=0xff).chain([0xc0, 0xc1, 0xc2, 0xc3, 0x80, 0x81]).collect();
    for _ in 0..20_000 {
        let middle: Vec<u8> = (0..rng.below(60))
            .map(|_| match rng.below(3) {
                0 => openings[rng.below(openings.len() as u64) as usize],
                1 => rng.below(8) as u8,
                _ => rng.next_u32() as u8,
            })
            .collect();
        let _ = decode(&file(&middle), 2).map(drop);
    }
}

#[test]
fn every_form_of_length_and_every_opcode() {
    let middle = b"\xfa\x05hello\x05world\xf5\x03lib\xfe\x02\xfb\x40\x01\x00\xf4\x01\x02\x03\
        \xfd\x0a\0\0\0\x00\x40\x01a\x80\0\0\0\x01b\
        \xfc\xff\xff\xff\xff\xff\xff\xff\xff\xf9\x07\xf8\x09\x00\xc1\xff\xff\x81\0\0\0\0\0\0\0\x02xy\
        \x00\xc2\x00\x00\x00\x80\xc3\x05\x05\x01ab\x20\x01";
    let loaded = decode(&file(middle), 3).expect("well formed");
    let entry = |key: &[u8]| loaded.keys.db(2).get(key).map(|e| (e.value.to_vec(), e.expire_at));
    assert_eq!(entry(b"a"), Some((b"b".to_vec(), Some(10_000))));
    assert_eq!(entry(b"-1"), Some((b"xy".to_vec(), None)));
    assert_eq!(entry(b"-2147483648"), Some((b"ababa".to_vec(), None)));
    assert_eq!(loaded.repl, None);
}

#[test]
fn each_refusal_says_why() {
    let key: Box<[u8]> = (*b"k").into();
    for (byte, kind) in
        [(14, "list"), (11, "set"), (17, "sorted set"), (16, "hash"), (7, "module value"), (21, "stream")]
    {
        let error = refused(&[byte, 1, b'k', 0]);
        assert_eq!(error, RdbError::UnsupportedType { kind, key: key.clone() });
        assert_eq!(error.to_string(), format!("key \"k\" is a {kind}; only string keys can be loaded"));
    }
    assert_eq!(refused(b"\x08"), RdbError::UnknownType { byte: 8, at: 9 });
    assert_eq!(refused(b"\x00\x01k\x82"), RdbError::BadLength { byte: 0x82, at: 12 });
    assert_eq!(refused(b"\x00\x01k\xc4"), RdbError::BadLength { byte: 0xc4, at: 12 });
    assert_eq!(refused(b"\xfe\x10"), RdbError::DatabaseOutOfRange { db: 16, databases: 16 });
    assert_eq!(refused(b"\x00\x01k\x01a\x00\x01k\x01b"), RdbError::DuplicateKey { db: 0, key });
    assert_eq!(refused(b"\x00\x01k\xc3\x02\x03\x05a"), RdbError::BadLzf { at: 12 });
    let bomb = b"\x00\x01k\xc3\x02\x80\xff\xff\xff\xff\x05a";
    assert_eq!(refused(bomb), RdbError::AbsurdLength { length: 0xffff_ffff, at: 12 });
    let endless = b"\x00\x01k\x81\xff\xff\xff\xff\xff\xff\xff\xff";
    assert_eq!(refused(endless), RdbError::AbsurdLength { length: u64::MAX, at: 12 });
    assert!(matches!(refused(b"\x00\x01k\x80\x7f\xff\xff\xffabc"), RdbError::Truncated { .. }));
    assert!(matches!(refused(b"\xf7\x01"), RdbError::UnsupportedPart { .. }));
    assert!(matches!(refused(b"\xf6\x01"), RdbError::UnsupportedPart { .. }));
}

/// What redis-server 7.0.15 does with such files.
#[test]
fn the_history_counts_only_when_complete() {
    let id = b"\xfa\x07repl-id\x28ef5436bf568653aad3a943b152d9ce2f56ce6f61";
    let offset = b"\xfa\x0brepl-offset\xc0\x07";
    let stream_db = |byte| [&b"\xfa\x0erepl-stream-db\xc0"[..], &[byte]].concat();
    let loaded = |fields: &[&[u8]]| {
        let repl = decode(&file(&fields.concat()), 16).expect("well formed").repl;
        repl.map(|repl| (repl.stream_db, repl.offset.get()))
    };
    assert_eq!(loaded(&[&stream_db(3), id, offset]), Some((3, 7)));
    assert_eq!(loaded(&[&stream_db(99), id, offset]), Some((0, 7)));
    assert_eq!(loaded(&[&stream_db(0xff), id, offset]), None, "database -1");
    assert_eq!(loaded(&[id, offset]), None);
    assert_eq!(loaded(&[&stream_db(3), id]), None);
    assert_eq!(loaded(&[&stream_db(3), offset]), None);
}

#[test]
fn other_files_are_recognised() {
    assert_eq!(
        decode(b"REDIS0013\xff", 1).map(drop),
        Err(RdbError::UnsupportedVersion { version: 13, newest: 12 })
    );
    assert!(matches!(decode(b"REDIS0000\xff", 1), Err(RdbError::UnsupportedVersion { .. })));
    assert!(matches!(decode(b"VALKEY080\xff", 1), Err(RdbError::BadMagic { .. })));
    assert!(matches!(decode(b"REDIS+001\xff", 1), Err(RdbError::BadMagic { .. })));
    assert!(matches!(decode(b"*1\r\n$4\r\nPING\r\n", 1), Err(RdbError::BadMagic { .. })));
    let mut bytes = encode(&Keyspace::new(1), &info(RedisVersion::V7_0));
    bytes.extend_from_slice(b"after the end");
    assert!(decode(&bytes, 1).is_ok(), "what follows the checksum is not looked at");
    let at = bytes.len() - 14;
    bytes[at] ^= 1;
    assert!(matches!(decode(&bytes, 1), Err(RdbError::BadChecksum { .. })));
}
