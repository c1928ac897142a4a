//! RDB files: the snapshot a full resync carries and `SHUTDOWN` leaves behind.
//!
//! [`encode()`] writes what `rdbSaveRio` of the chosen version writes for string keys with
//! `rdbcompression no` and no eviction policy that records idle times. [`decode()`] reads what Redis
//! 6.2 to 7.4 and Valkey 8 write for string keys, compressed or not, and refuses everything else
//! with an error that names it. Nothing here looks at a clock: whether a key is already expired is
//! for the caller to judge (a master drops such keys, a replica keeps them).

mod decode;
mod encode;
mod error;
mod lzf;
#[cfg(test)]
mod tests;

use super::config::RedisVersion;
use super::ids::ReplId;
use super::keyspace::Keyspace;
use super::units::Offset;

pub use decode::decode;
pub use encode::encode;
pub use error::RdbError;

/// What an RDB says about the server that wrote it (its AUX fields).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RdbInfo {
    /// Whose format to write: magic, `redis-ver`, name of the last field.
    pub version: RedisVersion,
    /// Unix time of the fork in seconds (`ctime`).
    pub ctime: u64,
    /// `used-mem` in bytes.
    pub used_mem: u64,
    /// The history the snapshot belongs to; `None` leaves the `repl-*` fields out.
    pub repl: Option<RdbRepl>,
}

/// `repl-stream-db`, `repl-id`, `repl-offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RdbRepl {
    /// The database selected in the stream (0 if none was yet).
    pub stream_db: u32,
    /// The history's name.
    pub id: ReplId,
    /// How much of it the snapshot holds.
    pub offset: Offset,
}

/// What loading gives.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// The data, keys whose time is over included.
    pub keys: Keyspace,
    /// The history it belongs to, if the file says so (`rsi.repl_id_is_set` and an offset). Its
    /// `stream_db` is always one of the loaded databases.
    pub repl: Option<RdbRepl>,
}

/// The newest format that [`decode()`] reads (`RDB_VERSION` of Redis 7.4).
const NEWEST_VERSION: u32 = 12;

/// The checksum of RDB files: CRC-64 of Jones, as `crc64.c` computes it. A table of one row keeps
/// the wasm file small and still does hundreds of megabytes a second natively.
static CRC: crc::Crc<u64, crc::Table<1>> = crc::Crc::<u64, crc::Table<1>>::new(&crc::CRC_64_REDIS);

/// `RDB_OPCODE_*` of `rdb.h`.
mod opcode {
    /// A slot's number and sizes: three lengths (Redis 7.4, Valkey 8; cluster mode only).
    pub(super) const SLOT_INFO: u8 = 0xf4;
    /// A function library: one string (Redis 7.0).
    pub(super) const FUNCTION2: u8 = 0xf5;
    /// A function library as release candidates of 7.0 wrote it.
    pub(super) const FUNCTION_PRE_GA: u8 = 0xf6;
    /// Data of a module that belongs to no key.
    pub(super) const MODULE_AUX: u8 = 0xf7;
    /// Idle time of the next key: a length, in seconds.
    pub(super) const IDLE: u8 = 0xf8;
    /// Access frequency of the next key: one byte.
    pub(super) const FREQ: u8 = 0xf9;
    /// A field about the writer: two strings.
    pub(super) const AUX: u8 = 0xfa;
    /// How many keys, and keys with an expiry time, the database holds: two lengths.
    pub(super) const RESIZEDB: u8 = 0xfb;
    /// Expiry of the next key: Unix time in milliseconds, 8 bytes, little endian.
    pub(super) const EXPIRETIME_MS: u8 = 0xfc;
    /// Expiry of the next key: Unix time in seconds, 4 bytes, little endian.
    pub(super) const EXPIRETIME: u8 = 0xfd;
    /// The next keys' database: a length.
    pub(super) const SELECTDB: u8 = 0xfe;
    /// The end; the checksum follows.
    pub(super) const EOF: u8 = 0xff;
    /// `RDB_TYPE_STRING`: a key and its string value.
    pub(super) const TYPE_STRING: u8 = 0;
}

/// How a string begins that is not stored as it is: `RDB_ENC_*` with the two high bits set.
mod encoding {
    /// One byte follows, signed.
    pub(super) const INT8: u8 = 0xc0;
    /// Two bytes follow, signed, little endian.
    pub(super) const INT16: u8 = 0xc1;
    /// Four bytes follow, signed, little endian.
    pub(super) const INT32: u8 = 0xc2;
    /// Two lengths (compressed and plain) and the compressed bytes follow.
    pub(super) const LZF: u8 = 0xc3;
    /// A 32-bit length follows, big endian.
    pub(super) const LEN32: u8 = 0x80;
    /// A 64-bit length follows, big endian.
    pub(super) const LEN64: u8 = 0x81;
}
