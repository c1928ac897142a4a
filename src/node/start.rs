//! From the command line to a running server.

use super::clock::Clock;
use super::driver::Driver;
use super::listen::{ListenError, listen};
use super::log::{Level, Log};
use super::options::{Options, Request};
use super::snapshot::Place;
use super::tap::Tap;
use crate::redis::rdb::RdbError;
use crate::redis::{Config, Server};
use std::hash::{BuildHasher, Hasher, RandomState};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

const HELP: &str = "\
Usage: psync-node [/path/to/redis.conf] [options]

A Redis server that has nothing but string keys and replication, for lessons and
tests. Options and the configuration file are those of redis-server:

  --port 6379                 TCP port; 0 finds a free one and prints it
  --bind 127.0.0.1            addresses to listen on (default: all)
  --dir ./ --dbfilename dump.rdb
                              where the snapshot is; it is loaded at the start
  --save \"\"                   never save (SHUTDOWN saves if there are save points)
  --replicaof <host> <port>   be a replica
  --repl-backlog-size 1mb     and all other settings of replication
  --loglevel verbose          debug, verbose, notice or warning
  --logfile <file>            default: standard output

Options of the lab:

  --psync-lab-version 7.0     whose behaviour to follow: 6.2, 7.0 or 7.2
  --psync-lab-backlog ring    ring (as up to 6.2) or blocks (since 7.0)
  --psync-lab-tap <file>      write down all bytes that come and go

  --version, --help

Examples:
  psync-node --port 7001 --replicaof 127.0.0.1 6379
  psync-node /etc/redis/redis.conf --port 0 --save \"\"
";

/// Why the server cannot start.
#[derive(Debug, thiserror::Error)]
enum StartError {
    #[error("Can't chdir to '{dir}': {error}; check --dir")]
    Dir { dir: String, error: io::Error },
    #[error("Invalid loglevel '{0}': allowed are debug, verbose, notice and warning")]
    Level(String),
    #[error("Can't open the log file '{path}': {error}; check --logfile", path = .path.display())]
    Log { path: PathBuf, error: io::Error },
    #[error("Can't write the tap file '{path}': {error}; check --psync-lab-tap", path = .path.display())]
    Tap { path: PathBuf, error: io::Error },
    #[error(transparent)]
    Listen(#[from] ListenError),
    #[error("Fatal error loading the DB: {path} cannot be read: {error}", path = .path.display())]
    ReadDump { path: PathBuf, error: io::Error },
    #[error(
        "Fatal error loading the DB: {path}: {error}\n\
         Move the file away, or name another one with --dir and --dbfilename",
        path = .path.display()
    )]
    BadDump { path: PathBuf, error: RdbError },
    #[error("the event loop cannot be set up: {0}")]
    Loop(io::Error),
}

/// The program: reads the command line, runs the server, gives the exit code.
pub fn main() -> ExitCode {
    let mut args = Vec::new();
    for arg in std::env::args_os().skip(1) {
        match arg.into_string() {
            Ok(arg) => args.push(arg),
            Err(arg) => {
                eprintln!("psync-node: '{}' is not UTF-8 text", arg.display());
                return ExitCode::FAILURE;
            }
        }
    }
    match Request::parse(&args) {
        Ok(Request::Version) => {
            println!("psync-node v={} redis=6.2,7.0,7.2 bits=64", env!("CARGO_PKG_VERSION"));
            ExitCode::SUCCESS
        }
        Ok(Request::Help) => {
            print!("{HELP}");
            ExitCode::SUCCESS
        }
        Ok(Request::Run(options)) => match start(*options) {
            Ok(driver) => driver.run(),
            Err(error) => {
                eprintln!("psync-node: {error}");
                ExitCode::FAILURE
            }
        },
        Err(error) => {
            eprintln!(
                "\n*** FATAL CONFIG FILE ERROR (psync-node {}) ***\n{error}",
                env!("CARGO_PKG_VERSION")
            );
            ExitCode::FAILURE
        }
    }
}

fn start(options: Options) -> Result<Driver, StartError> {
    let Options { mut config, tap, ignored } = options;
    let clock = Clock::start();
    config.unix_start_ms = clock.unix_start_ms();
    let passive = |config: &Config, name| config.passive(name).unwrap_or_default();

    let level = passive(&config, "loglevel");
    let level = Level::parse(&level).ok_or(StartError::Level(level))?;
    let dir = passive(&config, "dir");
    let dir = full_dir(&dir).map_err(|error| StartError::Dir { dir, error })?;
    let dir = dir.to_string_lossy().into_owned();
    // Redis changes into the directory, so `CONFIG GET dir` shows the full path.
    let _ = config.set("dir", &dir, true);
    let mut path = PathBuf::from(passive(&config, "logfile"));
    if !path.as_os_str().is_empty() {
        path = Path::new(&dir).join(path);
    }
    let mut log = Log::open(&path, level, clock).map_err(|error| StartError::Log { path, error })?;
    let tap = match tap {
        Some(path) => Some(Tap::create(&path).map_err(|error| StartError::Tap { path, error })?),
        None => None,
    };
    for directive in ignored {
        log.warning(&format!("'{directive}' has no effect here"));
    }

    let backlog = passive(&config, "tcp-backlog").parse().unwrap_or(511);
    let (listeners, port) = listen(&passive(&config, "bind"), config.port, backlog)?;
    config.port = port;
    log.notice(&format!(
        "psync-node {} speaks the replication of Redis {}",
        env!("CARGO_PKG_VERSION"),
        config.version.number()
    ));
    log.notice(&format!("Running mode=standalone, port={port}."));

    let append_only = passive(&config, "appendonly").eq_ignore_ascii_case("yes");
    if append_only {
        log.warning("'appendonly yes' has no effect here but that the RDB file is not loaded, as in Redis");
    }
    let place = Place { dir: dir.into(), file: passive(&config, "dbfilename") };
    let server = match read_dump(&place.path()) {
        Ok(Some(rdb)) if !append_only => {
            let path = place.path();
            let server =
                Server::restore(config, seed(), &rdb).map_err(|error| StartError::BadDump { path, error })?;
            log.notice(&format!("Done loading RDB, keys loaded: {}.", server.keyspace().len()));
            log.notice("DB loaded from disk");
            server
        }
        Ok(_) => Server::new(config, seed()),
        Err(error) => return Err(StartError::ReadDump { path: place.path(), error }),
    };
    log.notice("Ready to accept connections");
    Driver::new(server, clock, log, tap, listeners).map_err(StartError::Loop)
}

fn full_dir(dir: &str) -> io::Result<PathBuf> {
    let full = fs::canonicalize(dir)?;
    if full.is_dir() { Ok(full) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn read_dump(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A number that differs from start to start: the standard library seeds its hash maps by the
/// system's entropy.
fn seed() -> u64 {
    RandomState::new().build_hasher().finish()
}
