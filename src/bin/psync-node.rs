//! `psync-node`: the replication core as a server on TCP.
fn main() {}
