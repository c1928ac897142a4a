//! One Redis server: the replication core.
