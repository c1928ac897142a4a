//! `psync-node`: the replication core as a server on TCP. See `psync-node --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    psync_lab::node::main()
}
