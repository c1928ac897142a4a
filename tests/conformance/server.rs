//! Server processes under test: started with `redis-server`'s own command line, in their own
//! directory, on their own port, and gone when dropped.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU16, AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::dialect::Dialect;
use crate::resp::{Conn, Reply, Res, latin1};

/// A program that speaks Redis.
#[derive(Clone, Debug)]
pub(crate) struct Binary {
    /// What the tables call it: `psync-node`, `redis-server 7.0.15`.
    pub(crate) label: String,
    pub(crate) path: PathBuf,
    /// What to say to it besides the settings.
    pub(crate) args: Vec<String>,
    /// Major and minor version it claims, if it is a real server.
    pub(crate) version: Option<(u32, u32)>,
    pub(crate) dialect: Dialect,
}

impl Binary {
    /// Looks at the program's `--version`; `path` may be a bare name on the PATH.
    pub(crate) fn probe(path: &Path) -> Res<Self> {
        let out = Command::new(path).arg("--version").stdin(Stdio::null()).output();
        let out = out.map_err(|e| format!("cannot run {}: {e}", path.display()))?;
        let text = latin1(&out.stdout);
        let stem = path.file_stem().map_or_else(String::new, |s| s.to_string_lossy().into_owned());
        let number = text.split_whitespace().find_map(|w| w.strip_prefix("v=").map(str::to_owned));
        let version = number.as_ref().and_then(|v| {
            let mut parts = v.split('.').map(|p| p.parse().ok());
            Some((parts.next()??, parts.next()??))
        });
        let kind = if text.to_lowercase().contains("valkey") { "valkey-server" } else { &stem };
        let label = number.map_or_else(|| stem.clone(), |n| format!("{kind} {n}"));
        Ok(Self { dialect: Dialect::of(&label)?, label, path: path.to_owned(), args: Vec::new(), version })
    }

    fn is_old(&self) -> bool {
        self.version.is_some_and(|v| v < (7, 0))
    }
}

/// A directory of one test, removed when dropped.
pub(crate) struct TempDir(pub(crate) PathBuf);

impl TempDir {
    pub(crate) fn new() -> Res<Self> {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name =
            format!("psync-conformance-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).map_err(|e| format!("cannot create {}: {e}", path.display()))?;
        Ok(Self(path))
    }
}

impl Drop for TempDir {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A free port; whoever gets it must be ready to lose it to another process before it is bound.
fn free_port() -> u16 {
    free_listener().0
}

/// A listener on a free port below the range the system gives to outgoing connections; the port
/// always has five digits.
pub(crate) fn free_listener() -> (u16, std::net::TcpListener) {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let step = NEXT.fetch_add(1, Ordering::Relaxed);
        let first = u16::try_from(std::process::id() * 97 % 12_000).unwrap_or_default();
        let port = 18_000 + (first + step) % 12_000;
        if let Ok(listener) = std::net::TcpListener::bind(("127.0.0.1", port)) {
            return (port, listener);
        }
    }
}

/// A running (or killed) server.
pub(crate) struct Server {
    pub(crate) port: u16,
    bin: Binary,
    child: Child,
    config: Vec<(String, String)>,
    dir: TempDir,
    control: Option<Conn>,
}

impl Server {
    /// Starts `bin` with `config` (name, value; a value's words become arguments of their own).
    pub(crate) fn start(bin: &Binary, config: &[(String, String)]) -> Res<Self> {
        // Between choosing a port and listening on it, another process may take it.
        let tries = (0..3).map(|_| Self::start_once(bin, config));
        let mut last = Err("never tried".to_owned());
        for tried in tries {
            match tried {
                Err(why) if why.contains("exited at start") => last = Err(why),
                other => return other,
            }
        }
        last
    }

    fn start_once(bin: &Binary, config: &[(String, String)]) -> Res<Self> {
        let dir = TempDir::new()?;
        let port = free_port();
        let child = spawn(bin, port, &dir.0, config)?;
        let mut server = Self { port, bin: bin.clone(), child, config: config.to_vec(), dir, control: None };
        server.wait_ready().map_err(|e| format!("{e}\n{}", server.log_tail(15)))?;
        Ok(server)
    }

    /// Starts it again on the same port, in the same directory, with `more` settings.
    pub(crate) fn restart(&mut self, more: &[(String, String)]) -> Res<()> {
        self.kill();
        self.config.retain(|(name, _)| name != "replicaof");
        self.config.extend_from_slice(more);
        self.child = spawn(&self.bin, self.port, &self.dir.0, &self.config)?;
        self.wait_ready().map_err(|e| format!("{e}\n{}", self.log_tail(15)))
    }

    fn wait_ready(&mut self) -> Res<()> {
        let end = Instant::now() + Duration::from_secs(10);
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(format!("{} exited at start ({status})", self.bin.label));
            }
            let reply = Conn::connect(self.port).and_then(|mut c| c.cmd(&["PING"]));
            match reply {
                Ok(Reply::Error(e)) if e.starts_with(b"LOADING") => {}
                Ok(_) => {
                    // The first cron tick (after 1 ms) feeds a heartbeat to a replica that is already there.
                    sleep(Duration::from_millis(30));
                    if let Ok(Some(status)) = self.child.try_wait() {
                        return Err(format!("{} exited at start ({status})", self.bin.label));
                    }
                    return Ok(());
                }
                Err(_) => {}
            }
            if Instant::now() > end {
                return Err(format!(
                    "{} does not answer PING on port {} after 10 s",
                    self.bin.label, self.port
                ));
            }
            sleep(Duration::from_millis(15));
        }
    }

    /// SIGKILL, as `kill -9`.
    pub(crate) fn kill(&mut self) {
        self.control = None;
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// `SHUTDOWN SAVE|NOSAVE`, waiting for the process to go.
    pub(crate) fn shutdown(&mut self, how: &str) -> Res<()> {
        let mut conn = Conn::connect(self.port)?;
        conn.send(&crate::resp::encode(&["SHUTDOWN", how]))?;
        let end = Instant::now() + Duration::from_secs(20);
        while Instant::now() < end {
            if let Ok(Some(_)) = self.child.try_wait() {
                self.control = None;
                return Ok(());
            }
            sleep(Duration::from_millis(20));
        }
        Err(format!("SHUTDOWN {how}: still running after 20 s"))
    }

    /// A command on the test's own connection to this server (apart from the scenario's).
    pub(crate) fn ask(&mut self, args: &[&str]) -> Res<Reply> {
        let mut conn = match self.control.take() {
            Some(conn) => conn,
            None => Conn::connect(self.port)?,
        };
        let reply = conn.cmd(args)?;
        self.control = Some(conn);
        Ok(reply)
    }

    /// The fields of an INFO section in their order.
    pub(crate) fn info(&mut self, section: &str) -> Res<Vec<(String, String)>> {
        let reply = self.ask(&["INFO", section])?;
        let Reply::Bulk(Some(text)) = &reply else { return Err(format!("INFO {section}: {}", reply.show())) };
        let text = latin1(text);
        let fields = text.lines().filter_map(|l| l.trim_end().split_once(':'));
        Ok(fields.map(|(k, v)| (k.to_owned(), v.to_owned())).collect())
    }

    /// One INFO field of sections `replication` or `stats`.
    pub(crate) fn field(&mut self, name: &str) -> Res<Option<String>> {
        for section in ["replication", "stats"] {
            if let Some((_, value)) = self.info(section)?.into_iter().find(|(k, _)| k == name) {
                return Ok(Some(value));
            }
        }
        Ok(None)
    }

    /// Which program it is.
    pub(crate) fn label(&self) -> &str {
        &self.bin.label
    }

    /// The last lines the server wrote, without those about clients coming and going.
    pub(crate) fn log_tail(&self, lines: usize) -> String {
        let text = fs::read(self.dir.0.join("log")).map_or_else(|e| e.to_string(), |b| latin1(&b));
        let noise = |l: &&str| {
            !l.is_empty()
                && !l.contains(" - Accepted ")
                && !l.contains(" - Client closed connection")
                && !l.contains(" - command ")
        };
        let all: Vec<_> = text.lines().filter(noise).collect();
        let short = |l: &&str| format!("        | {}\n", l.chars().take(220).collect::<String>());
        all[all.len().saturating_sub(lines)..].iter().map(short).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(bin: &Binary, port: u16, dir: &Path, config: &[(String, String)]) -> Res<Child> {
    let log = File::options().create(true).append(true).open(dir.join("log"));
    let log = log.map_err(|e| format!("cannot open the log: {e}"))?;
    let err = log.try_clone().map_err(|e| e.to_string())?;
    let mut command = Command::new(&bin.path);
    command.arg("--port").arg(port.to_string()).arg("--dir").arg(dir);
    command.args(["--daemonize", "no", "--loglevel", "verbose"]);
    command.args(&bin.args);
    if !bin.is_old() {
        command.args(["--enable-debug-command", "yes"]);
    }
    for (name, value) in config {
        command.arg(format!("--{name}"));
        if value.is_empty() || value == "\"\"" {
            command.arg("");
        } else {
            command.args(value.split_whitespace());
        }
    }
    command.current_dir(dir).stdin(Stdio::null()).stdout(log).stderr(err);
    command.spawn().map_err(|e| format!("cannot start {}: {e}", bin.path.display()))
}
