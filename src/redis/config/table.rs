//! The settings by name: what the command line and `CONFIG GET`/`SET` can reach.

use super::passive;
use super::value::{parse_bool, parse_memory, parse_number, show_bool};
use super::{BufferLimit, Config, MIN_BACKLOG_SIZE, RedisVersion};
use std::sync::Arc;

/// Why a setting was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// There is no such setting.
    #[error("Unknown option or number of arguments for CONFIG SET - '{0}'")]
    Unknown(String),
    /// It can only be given at the start.
    #[error("CONFIG SET failed (possibly related to argument '{0}') - can't set immutable config")]
    Immutable(String),
    /// It would let a client choose where files are written.
    #[error("CONFIG SET failed (possibly related to argument '{0}') - can't set protected config")]
    Protected(String),
    /// The value does not fit.
    #[error("CONFIG SET failed (possibly related to argument '{name}') - {why}")]
    BadValue {
        /// The setting.
        name: String,
        /// What is wrong, in Redis's words.
        why: String,
    },
}

type Get = fn(&Config) -> String;
type Set = fn(&mut Config, &str) -> Result<(), String>;

/// One setting.
pub struct Setting {
    /// Its name.
    pub name: &'static str,
    /// Its name before Redis 5 ("slave"), if it had another.
    pub alias: Option<&'static str>,
    /// Whether only the command line may set it.
    pub immutable: bool,
    get: Get,
    set: Set,
}

const fn setting(name: &'static str, get: Get, set: Set) -> Setting {
    Setting { name, alias: None, immutable: false, get, set }
}

impl Setting {
    const fn alias(mut self, alias: &'static str) -> Self {
        self.alias = Some(alias);
        self
    }

    const fn immutable(mut self) -> Self {
        self.immutable = true;
        self
    }
}

macro_rules! flag {
    ($name:literal, $field:ident) => {
        setting(
            $name,
            |c| show_bool(c.$field),
            |c, v| {
                c.$field = parse_bool(v)?;
                Ok(())
            },
        )
    };
}

macro_rules! number {
    ($name:literal, $field:ident, $min:expr, $max:expr) => {
        setting(
            $name,
            |c| c.$field.to_string(),
            |c, v| {
                let number = parse_number(v, $min, $max)?;
                c.$field = number.try_into().map_err(|_| format!("argument must be at most {}", $max))?;
                Ok(())
            },
        )
    };
}

macro_rules! memory {
    ($name:literal, $field:ident) => {
        setting(
            $name,
            |c| c.$field.to_string(),
            |c, v| {
                c.$field = parse_memory(v)?;
                Ok(())
            },
        )
    };
}

macro_rules! text {
    ($name:literal, $field:ident) => {
        setting(
            $name,
            |c| c.$field.clone(),
            |c, v| {
                c.$field = v.to_owned();
                Ok(())
            },
        )
    };
}

const INT_MAX: u64 = i32::MAX as u64;
/// Redis allows 2³¹ − 1; each costs a pointer here.
const MAX_DATABASES: u64 = 1_000_000;

/// Settings that act, in alphabetical order.
static SETTINGS: &[Setting] = &[
    setting("client-output-buffer-limit", show_limits, set_limits),
    number!("databases", databases, 1, MAX_DATABASES).immutable(),
    number!("key-load-delay", key_load_delay, 0, INT_MAX),
    flag!("lazyfree-lazy-expire", lazyfree_lazy_expire),
    number!("loading-process-events-interval-bytes", loading_events_interval, 1024, INT_MAX),
    text!("masterauth", masterauth),
    text!("masteruser", masteruser),
    memory!("maxmemory", maxmemory),
    setting("maxmemory-policy", |c| c.maxmemory_policy.clone(), set_policy),
    number!("min-replicas-max-lag", min_replicas_max_lag, 0, INT_MAX).alias("min-slaves-max-lag"),
    number!("min-replicas-to-write", min_replicas_to_write, 0, INT_MAX).alias("min-slaves-to-write"),
    // Redis can listen anew on CONFIG SET; the driver listens once.
    number!("port", port, 0, 65535).immutable(),
    setting("proto-max-bulk-len", |c| c.proto_max_bulk_len.to_string(), set_bulk_len),
    number!("rdb-key-save-delay", rdb_key_save_delay, 0, INT_MAX),
    setting("repl-backlog-size", |c| c.repl_backlog_size.to_string(), set_backlog_size),
    setting(
        "repl-backlog-ttl",
        |c| c.repl_backlog_ttl.to_string(),
        |c, v| {
            c.repl_backlog_ttl = parse_number(v, 0, i64::MAX as u64)?;
            Ok(())
        },
    ),
    flag!("repl-diskless-sync", repl_diskless_sync),
    number!("repl-diskless-sync-delay", repl_diskless_sync_delay, 0, INT_MAX),
    number!("repl-diskless-sync-max-replicas", repl_diskless_sync_max_replicas, 0, INT_MAX),
    number!("repl-ping-replica-period", repl_ping_replica_period, 1, INT_MAX).alias("repl-ping-slave-period"),
    number!("repl-timeout", repl_timeout, 1, INT_MAX),
    text!("replica-announce-ip", replica_announce_ip).alias("slave-announce-ip"),
    number!("replica-announce-port", replica_announce_port, 0, 65535).alias("slave-announce-port"),
    flag!("replica-announced", replica_announced),
    number!("replica-priority", replica_priority, 0, INT_MAX).alias("slave-priority"),
    flag!("replica-read-only", replica_read_only).alias("slave-read-only"),
    flag!("replica-serve-stale-data", replica_serve_stale_data).alias("slave-serve-stale-data"),
    text!("requirepass", requirepass),
    setting("save", |c| c.save.clone(), set_save),
    number!("shutdown-timeout", shutdown_timeout, 0, INT_MAX),
];

fn set_backlog_size(config: &mut Config, text: &str) -> Result<(), String> {
    let bytes = parse_memory(text)?;
    if bytes < 1 {
        return Err("argument must be between 1 and 9223372036854775807 inclusive".into());
    }
    config.repl_backlog_size = bytes.max(MIN_BACKLOG_SIZE);
    Ok(())
}

fn set_bulk_len(config: &mut Config, text: &str) -> Result<(), String> {
    const MIN: u64 = 1 << 20;
    let bytes = parse_memory(text)?;
    if bytes < MIN {
        return Err(format!("argument must be between {MIN} and {} inclusive", i64::MAX));
    }
    config.proto_max_bulk_len = bytes;
    Ok(())
}

/// Save points: pairs of seconds and changes.
fn set_save(config: &mut Config, text: &str) -> Result<(), String> {
    let numbers: Vec<_> = text.split_ascii_whitespace().map(str::parse::<u32>).collect();
    if !numbers.len().is_multiple_of(2) || numbers.iter().any(Result::is_err) {
        return Err("Invalid save parameters".into());
    }
    config.save = text.to_owned();
    Ok(())
}

fn set_policy(config: &mut Config, text: &str) -> Result<(), String> {
    const NAMES: [&str; 8] = [
        "volatile-lru",
        "volatile-lfu",
        "volatile-random",
        "volatile-ttl",
        "allkeys-lru",
        "allkeys-lfu",
        "allkeys-random",
        "noeviction",
    ];
    let name = text.to_ascii_lowercase();
    if !NAMES.contains(&name.as_str()) {
        let argument = if config.version == RedisVersion::V6_2 { "argument" } else { "argument(s)" };
        return Err(format!("{argument} must be one of the following: {}", NAMES.join(", ")));
    }
    config.maxmemory_policy = name;
    Ok(())
}

fn show_limits(config: &Config) -> String {
    let show = |class: &str, l: &BufferLimit| format!("{class} {} {} {}", l.hard, l.soft, l.soft_seconds);
    [
        show("normal", &config.limit_normal),
        show("slave", &config.limit_replica),
        show("pubsub", &config.limit_pubsub),
    ]
    .join(" ")
}

fn set_limits(config: &mut Config, text: &str) -> Result<(), String> {
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    if !words.len().is_multiple_of(4) {
        return Err("Wrong number of arguments in buffer limit configuration.".into());
    }
    let mut changed = config.clone();
    for four in words.chunks_exact(4) {
        let class = match four[0].to_ascii_lowercase().as_str() {
            "normal" => &mut changed.limit_normal,
            "slave" | "replica" => &mut changed.limit_replica,
            "pubsub" => &mut changed.limit_pubsub,
            _ => return Err("Invalid client class specified in buffer limit configuration.".into()),
        };
        let wrong =
            |_| "Error in hard, soft or soft_seconds setting in buffer limit configuration.".to_string();
        *class = BufferLimit {
            hard: parse_memory(four[1]).map_err(wrong)?,
            soft: parse_memory(four[2]).map_err(wrong)?,
            soft_seconds: parse_number(four[3], 0, INT_MAX).map_err(wrong)?,
        };
    }
    *config = changed;
    Ok(())
}

fn find(name: &str) -> Option<&'static Setting> {
    SETTINGS
        .iter()
        .find(|s| s.name.eq_ignore_ascii_case(name) || s.alias.is_some_and(|a| a.eq_ignore_ascii_case(name)))
}

impl Config {
    /// Sets one setting, as the command line (`at_start`) or `CONFIG SET` does.
    ///
    /// # Errors
    /// If there is no such setting, it may not be changed now, or the value does not fit. Nothing is
    /// changed then.
    pub fn set(&mut self, name: &str, value: &str, at_start: bool) -> Result<(), ConfigError> {
        if let Some(setting) = find(name) {
            if setting.immutable && !at_start {
                return Err(ConfigError::Immutable(name.into()));
            }
            return (setting.set)(self, value)
                .map_err(|why| ConfigError::BadValue { name: name.into(), why });
        }
        let Some(name) = passive::find(name) else {
            return Err(ConfigError::Unknown(name.into()));
        };
        if !at_start && passive::is_immutable(name) {
            return Err(ConfigError::Immutable(name.into()));
        }
        if !at_start && passive::is_protected(name) {
            return Err(ConfigError::Protected(name.into()));
        }
        passive::check(name, value).map_err(|why| ConfigError::BadValue { name: name.into(), why })?;
        Arc::make_mut(&mut self.passive).insert(name, value.into());
        Ok(())
    }

    /// All settings with their values, acting and passive, under all their names.
    pub fn entries(&self) -> Vec<(&'static str, String)> {
        let acting = SETTINGS
            .iter()
            .flat_map(|s| [Some(s.name), s.alias].into_iter().flatten().map(|name| (name, (s.get)(self))));
        let passive = passive::ALL
            .iter()
            .map(|(name, default)| (*name, self.passive.get(name).map_or(*default, |v| v).to_owned()));
        acting.chain(passive).collect()
    }

    /// The value of a setting without effect on replication (`dir`, `dbfilename`, `bind` …).
    pub fn passive(&self, name: &str) -> Option<String> {
        let (key, default) = passive::ALL.iter().find(|(n, _)| *n == name)?;
        Some(self.passive.get(key).cloned().unwrap_or_else(|| (*default).into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_keeps_redis_minimum_backlog() {
        let mut config = Config::new(RedisVersion::V7_0);
        config.set("repl-backlog-size", "1", false).expect("Redis raises it silently");
        assert_eq!(config.repl_backlog_size, MIN_BACKLOG_SIZE);
    }

    #[test]
    fn a_refused_value_changes_nothing() {
        let mut config = Config::new(RedisVersion::V7_0);
        let before = config.entries();
        assert!(config.set("client-output-buffer-limit", "replica 1mb 0 0 normal x 0 0", false).is_err());
        assert!(config.set("repl-timeout", "0", false).is_err());
        assert!(config.set("databases", "4", false).is_err());
        assert!(config.set("no-such-thing", "4", true).is_err());
        assert_eq!(config.entries(), before);
    }

    #[test]
    fn old_names_reach_the_same_setting() {
        let mut config = Config::new(RedisVersion::V7_0);
        config.set("slave-read-only", "no", false).expect("an alias");
        assert!(!config.replica_read_only);
    }
}
