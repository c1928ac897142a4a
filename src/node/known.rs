//! Settings of real servers that the core does not have: the ones to ignore and the ones to refuse.

/// Settings without any effect on replication: accepted from files that real servers use. A `*` at
/// the end stands for any ending.
const IGNORED: &[&str] = &[
    "acl-pubsub-default",
    "acllog-max-len",
    "active-defrag-*",
    "active-expire-effort",
    "activedefrag",
    "aof-*",
    "aof_rewrite_cpulist",
    "auto-aof-rewrite-min-size",
    "bgsave_cpulist",
    "bind-source-addr",
    "bio_cpulist",
    "busy-reply-threshold",
    "cluster-*",
    "crash-memcheck-enabled",
    "disable-thp",
    "gopher-enabled",
    "hash-max-*",
    "hll-sparse-max-bytes",
    "ignore-warnings",
    "io-threads-do-reads",
    "jemalloc-bg-thread",
    "latency-tracking*",
    "lfu-*",
    "list-*",
    "locale-collate",
    "maxmemory-clients",
    "maxmemory-eviction-tenacity",
    "no-appendfsync-on-rewrite",
    "oom-score-adj*",
    "proc-title-template",
    "propagation-error-behavior",
    "rdb-del-sync-files",
    "replica-ignore-disk-write-errors",
    "server_cpulist",
    "set-max-*",
    "shutdown-on-sigint",
    "shutdown-on-sigterm",
    "slave-ignore-maxmemory",
    "slave-lazy-flush",
    "socket-mark-id",
    "stream-node-*",
    "syslog-*",
    "tracking-table-max-keys",
    "unixsocketperm",
    "zset-max-*",
];

/// Settings that would change what a server does in ways the core does not know.
const REFUSED: &[&str] = &["aclfile", "loadmodule", "rename-command", "sentinel", "tls-*", "user"];

/// Whether a setting may be ignored.
pub(super) fn is_ignored(name: &str) -> bool {
    matches(IGNORED, name)
}

/// Whether a setting of real servers must be refused.
pub(super) fn is_refused(name: &str) -> bool {
    matches(REFUSED, name)
}

fn matches(list: &[&str], name: &str) -> bool {
    list.iter().any(|known| match known.strip_suffix('*') {
        Some(start) => name.starts_with(start),
        None => name == *known,
    })
}

/// The name among `names` that was probably meant, if one is close.
pub(super) fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = 1 + name.len() / 5;
    names
        .map(|known| (distance(name, known), known))
        .min()
        .filter(|(d, _)| *d <= allowed)
        .map(|(_, known)| known)
}

/// How many letters must be added, dropped or changed to make one word the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, other) in b.iter().enumerate() {
            let changed = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        let names = || ["port", "repl-backlog-size", "repl-backlog-ttl"].into_iter();
        assert_eq!(nearest("prot", names()), None, "two letters of four are too many");
        assert_eq!(nearest("ports", names()), Some("port"));
        assert_eq!(nearest("repl-backlogsize", names()), Some("repl-backlog-size"));
        assert_eq!(nearest("frobnicate", names()), None);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn families() {
        assert!(is_ignored("hash-max-listpack-entries"));
        assert!(is_refused("tls-port"));
        assert!(!is_ignored("port"));
    }
}
