//! RDB files: the snapshot a full resync carries.

use super::config::RedisVersion;
use super::ids::ReplId;
use super::keyspace::Keyspace;
use super::units::Offset;

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
    /// The data.
    pub keys: Keyspace,
    /// The history it belongs to, if the file says so.
    pub repl: Option<RdbRepl>,
}

/// Why an RDB was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RdbError {
    /// The bytes end too early.
    #[error("the RDB ends after {at} bytes, in the middle of something")]
    Truncated {
        /// How many bytes there were.
        at: u64,
    },
}

/// Writes the data set as an RDB file (`rdbSaveRio`).
pub fn encode(_keys: &Keyspace, _info: &RdbInfo) -> Vec<u8> {
    todo!()
}

/// Reads an RDB file (`rdbLoadRio`) into `databases` databases.
pub fn decode(_bytes: &[u8], _databases: u32) -> Result<Loaded, RdbError> {
    todo!()
}
