//! Settings without effect here: accepted, checked and shown, so that a `redis-server` command line
//! and its clients work unchanged.

use super::value::{parse_bool, parse_memory};

/// Settings without effect here, with their defaults: accepted so that a `redis-server` command
/// line works unchanged.
pub(super) static ALL: &[(&str, &str)] = &[
    ("activedefrag", "no"),
    ("activerehashing", "yes"),
    ("always-show-logo", "no"),
    ("aof-use-rdb-preamble", "yes"),
    ("appenddirname", "appendonlydir"),
    ("appendfilename", "appendonly.aof"),
    ("appendfsync", "everysec"),
    ("appendonly", "no"),
    ("auto-aof-rewrite-percentage", "100"),
    ("bind", "* -::*"),
    ("client-query-buffer-limit", "1073741824"),
    ("cluster-enabled", "no"),
    ("crash-log-enabled", "yes"),
    ("daemonize", "no"),
    ("dbfilename", "dump.rdb"),
    ("dir", "./"),
    ("dynamic-hz", "yes"),
    ("enable-debug-command", "no"),
    ("enable-module-command", "no"),
    ("enable-protected-configs", "no"),
    ("hz", "10"),
    ("io-threads", "1"),
    ("latency-monitor-threshold", "0"),
    ("lazyfree-lazy-eviction", "no"),
    ("lazyfree-lazy-server-del", "no"),
    ("lazyfree-lazy-user-del", "no"),
    ("lazyfree-lazy-user-flush", "no"),
    ("logfile", ""),
    ("loglevel", "notice"),
    ("lua-time-limit", "5000"),
    ("maxclients", "10000"),
    ("maxmemory-samples", "5"),
    ("notify-keyspace-events", ""),
    ("pidfile", ""),
    ("protected-mode", "yes"),
    ("rdb-save-incremental-fsync", "yes"),
    ("rdbchecksum", "yes"),
    ("rdbcompression", "yes"),
    ("repl-disable-tcp-nodelay", "no"),
    ("repl-diskless-load", "disabled"),
    ("replica-ignore-maxmemory", "yes"),
    ("replica-lazy-flush", "no"),
    ("sanitize-dump-payload", "no"),
    ("set-proc-title", "yes"),
    ("slowlog-log-slower-than", "10000"),
    ("slowlog-max-len", "128"),
    ("stop-writes-on-bgsave-error", "yes"),
    ("supervised", "no"),
    ("syslog-enabled", "no"),
    ("tcp-backlog", "511"),
    ("tcp-keepalive", "300"),
    ("timeout", "0"),
    ("unixsocket", ""),
];

/// Passive settings that only the command line may set.
static PROTECTED: &[&str] = &["bind", "dbfilename", "dir"];

/// Those that Redis itself takes at the start only (`IMMUTABLE_CONFIG`).
static IMMUTABLE: &[&str] =
    &["daemonize", "enable-debug-command", "enable-module-command", "logfile", "pidfile"];

/// Passive settings with a fixed choice of values.
static CHOICES: &[(&str, &[&str])] = &[
    ("appendfsync", &["always", "everysec", "no"]),
    ("loglevel", &["debug", "verbose", "notice", "warning", "nothing"]),
    ("repl-diskless-load", &["disabled", "on-empty-db", "swapdb"]),
    ("supervised", &["upstart", "systemd", "auto", "no"]),
    ("sanitize-dump-payload", &["yes", "no", "clients"]),
    ("enable-debug-command", &["yes", "no", "local"]),
    ("enable-module-command", &["yes", "no", "local"]),
];

/// A passive setting takes what its kind takes: a choice, yes or no, a number.
pub(super) fn check(name: &str, value: &str) -> Result<(), String> {
    if let Some((_, choices)) = CHOICES.iter().find(|(n, _)| *n == name) {
        let fits = choices.iter().any(|c| c.eq_ignore_ascii_case(value));
        let one_of = || format!("argument(s) must be one of the following: {}", choices.join(", "));
        return fits.then_some(()).ok_or_else(one_of);
    }
    let default = ALL.iter().find(|(n, _)| *n == name).map_or("", |(_, default)| default);
    if parse_bool(default).is_ok() {
        parse_bool(value).map(|_| ())
    } else if parse_memory(default).is_ok() {
        parse_memory(value).map(|_| ())
    } else {
        Ok(())
    }
}

/// Whether Redis cannot change it while it runs.
pub(super) fn is_immutable(name: &str) -> bool {
    IMMUTABLE.contains(&name)
}

/// Whether only the command line may set it.
pub(super) fn is_protected(name: &str) -> bool {
    PROTECTED.contains(&name)
}

/// The setting's name as it is spelled in the table.
pub(super) fn find(name: &str) -> Option<&'static str> {
    ALL.iter().map(|(n, _)| *n).find(|n| n.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_passes_its_own_check() {
        for (name, default) in ALL {
            assert_eq!(check(name, default), Ok(()), "{name} {default}");
        }
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        assert!(check("maxclients", "abc").is_err());
        assert!(check("loglevel", "loud").is_err_and(|why| why.contains("notice")));
        assert!(check("rdbchecksum", "maybe").is_err());
        assert_eq!(check("dir", "/anything"), Ok(()));
    }
}
