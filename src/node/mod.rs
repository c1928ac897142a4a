//! The TCP driver: one [`Server`](crate::redis::Server) on real sockets, as the program `psync-node`.
//!
//! Everything the core leaves out is here: the clock, sockets, files, signals, the command line. A
//! real `redis-server` can be its master or its replica, and the command line is that of
//! `redis-server`, so a test can start either. One thread runs the server; only host names are
//! looked up and snapshots written beside it.

mod clock;
mod conf;
mod conn;
mod driver;
mod known;
mod listen;
mod log;
mod options;
#[cfg(unix)]
mod signals;
mod snapshot;
mod start;
mod tap;

pub use start::main;
