//! The recorded scenarios as data (`scenarios.json`): what to set up, the steps, what was seen.

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::resp::Res;

/// One recorded scenario.
#[derive(Debug, Deserialize)]
pub(crate) struct Scenario {
    pub(crate) name: String,
    pub(crate) setup: Setup,
    pub(crate) steps: Vec<Step>,
    /// Label → value; what steps do not show already is checked by `hooks`.
    #[serde(default)]
    pub(crate) observed: Map<String, Value>,
    /// What in it depends on timing; such a scenario may be tried twice.
    pub(crate) timing_sensitive: Option<String>,
}

/// The servers, in the order they are started.
#[derive(Debug, Deserialize)]
pub(crate) struct Setup {
    #[serde(default)]
    pub(crate) common_config: Map<String, Value>,
    pub(crate) nodes: Vec<NodeSpec>,
}

/// One server: its settings, and the node it replicates (or `fake-master`, or `host:port (…)`).
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct NodeSpec {
    pub(crate) node: String,
    #[serde(default)]
    pub(crate) config: Map<String, Value>,
    pub(crate) replicaof: Option<String>,
}

/// One thing to do, with what came of it when it was recorded.
#[derive(Debug, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub(crate) enum Step {
    Cmd {
        node: String,
        args: Vec<Value>,
        reply: Value,
    },
    CmdAsync {
        node: String,
        args: Vec<Value>,
        #[serde(default)]
        reply: Option<Value>,
    },
    Info {
        node: String,
        section: String,
        fields: Map<String, Value>,
    },
    RawConnect {
        conn: String,
        node: String,
        handshake: Vec<Exchange>,
    },
    RawSend {
        conn: String,
        bytes: String,
    },
    RawRecvLine {
        conn: String,
        bytes: String,
    },
    RawRecvRdb(RdbStep),
    RawRecvUntilQuiet {
        conn: String,
        bytes: String,
        len: usize,
    },
    RawClose {
        conn: String,
    },
    RawClosedByPeer {
        conn: String,
        value: bool,
    },
    FakeMasterAcceptsAndAnswersHandshake {
        ping: String,
        replconf: String,
        then_replica_sends: String,
    },
    FakeMasterSend {
        bytes: String,
    },
    FakeMasterRecv {
        bytes: String,
    },
    FakeMasterClosesConnection {},
    WaitSynced {
        master: String,
        replicas: Vec<String>,
    },
    WaitUntil {
        what: String,
    },
    Sleep {
        seconds: f64,
    },
    #[serde(rename = "kill_9")]
    Kill9 {
        node: String,
    },
    Start(NodeSpec),
    #[serde(alias = "shutdown_nosave")]
    Shutdown {
        node: String,
    },
    ShutdownSave {
        node: String,
    },
    Note {
        text: String,
    },
}

/// One direction (`>` to the server, `<` from it) of a raw connection's handshake.
#[derive(Debug, Deserialize)]
pub(crate) struct Exchange {
    pub(crate) dir: String,
    pub(crate) bytes: String,
}

/// What is known of a received snapshot.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct RdbStep {
    pub(crate) conn: String,
    pub(crate) framing: String,
    pub(crate) magic: String,
    #[serde(rename = "aux_order")]
    pub(crate) aux_order: Vec<String>,
    pub(crate) repl_stream_db: Option<String>,
    pub(crate) repl_id: Option<String>,
    pub(crate) repl_offset: Option<String>,
}

impl Scenario {
    /// `s07` of `s07_psync_offset_boundaries`.
    pub(crate) fn short(&self) -> &str {
        self.name.split('_').next().unwrap_or(&self.name)
    }

    /// Whether the value of an `observed` label is already compared by a step.
    pub(crate) fn shown_by_steps(&self, label: &str, value: &Value) -> bool {
        self.steps.iter().any(|step| match step {
            Step::Info { node, fields, .. } => fields
                .iter()
                .any(|(f, v)| v == value && (format!(".{label}")).ends_with(&format!(".{node}.{f}"))),
            Step::Cmd { reply, .. } => reply == value,
            Step::RawRecvLine { bytes, .. }
            | Step::RawRecvUntilQuiet { bytes, .. }
            | Step::FakeMasterRecv { bytes }
            | Step::FakeMasterAcceptsAndAnswersHandshake { then_replica_sends: bytes, .. } => value == bytes,
            Step::RawRecvRdb(rdb) => value.as_object().is_some_and(|o| {
                let same = |key: &str, have: &Option<String>| {
                    o.get(key).is_none_or(|v| v.as_str() == have.as_deref())
                };
                same("repl-id", &rdb.repl_id)
                    && same("repl-offset", &rdb.repl_offset)
                    && same("repl-stream-db", &rdb.repl_stream_db)
            }),
            _ => false,
        })
    }
}

/// All scenarios of this directory.
pub(crate) fn load() -> Res<Vec<Scenario>> {
    serde_json::from_str(include_str!("scenarios.json")).map_err(|e| format!("scenarios.json: {e}"))
}

/// A JSON scalar as the text that goes on the wire.
pub(crate) fn scalar(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
