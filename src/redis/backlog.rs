//! The replication backlog.
