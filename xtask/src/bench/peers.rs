//! Servers for a measurement: started on a free port of this machine in a folder of their own, ended
//! when dropped, asked with the fewest words of RESP.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use crate::error::TaskError;
use crate::run::{Stopwatch, run};

/// How long a server may take to start, or an answer to come.
const PATIENCE: Duration = Duration::from_secs(120);

/// A running server.
#[derive(Debug)]
pub(super) struct Peer {
    child: Child,
    pub(super) port: u16,
    name: &'static str,
    client: BufReader<TcpStream>,
}

impl Peer {
    /// Starts `program` with these settings and waits until it answers.
    pub(super) fn start(
        name: &'static str,
        program: &Path,
        folder: &Path,
        settings: &[&str],
    ) -> Result<Self, TaskError> {
        let port =
            TcpListener::bind(("127.0.0.1", 0)).and_then(|l| l.local_addr()).map_err(talk(name))?.port();
        let folder = folder.join(format!("{name}-{port}"));
        std::fs::create_dir_all(&folder).map_err(TaskError::file("make the folder", &folder))?;
        let mut command = Command::new(program);
        command.current_dir(&folder).args(["--port", &port.to_string(), "--save", "", "--bind", "127.0.0.1"]);
        command.args(settings).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = command.spawn().map_err(|source| TaskError::NotStarted {
            program: name.to_owned(),
            hint: "`cargo xtask setup native` installs redis-server.".to_owned(),
            source,
        })?;
        let clock = Stopwatch::start();
        loop {
            if let Ok(stream) = TcpStream::connect(("127.0.0.1", port)) {
                stream.set_read_timeout(Some(PATIENCE)).map_err(talk(name))?;
                return Ok(Self { child, port, name, client: BufReader::new(stream) });
            }
            if clock.elapsed() > PATIENCE {
                let _ = child.kill();
                let _ = child.wait();
                return Err(TaskError::Other(format!("{name} does not answer on port {port}.")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Runs a command; gives the reply's text without its frame.
    pub(super) fn ask(&mut self, words: &[&str]) -> Result<String, TaskError> {
        let mut bytes = format!("*{}\r\n", words.len());
        for word in words {
            bytes += &format!("${}\r\n{word}\r\n", word.len());
        }
        let wrong = talk(self.name);
        self.client.get_mut().write_all(bytes.as_bytes()).map_err(&wrong)?;
        let mut line = String::new();
        self.client.read_line(&mut line).map_err(&wrong)?;
        let line = line.trim_end();
        if let Some(length) = line.strip_prefix('$').and_then(|digits| digits.parse::<usize>().ok()) {
            let mut body = vec![0; length + 2];
            self.client.read_exact(&mut body).map_err(&wrong)?;
            return Ok(String::from_utf8_lossy(&body[..length]).into_owned());
        }
        match line.strip_prefix('-') {
            Some(error) => Err(TaskError::Other(format!("{} answers `{words:?}`: {error}.", self.name))),
            None => Ok(line.get(1..).unwrap_or_default().to_owned()),
        }
    }

    /// A number of `INFO`.
    pub(super) fn info(&mut self, section: &str, field: &str) -> Result<u64, TaskError> {
        let text = self.info_text(section, field)?;
        text.parse().map_err(|_| TaskError::Other(format!("{}: `{field}:{text}` is no number.", self.name)))
    }

    /// A field of `INFO`; empty if there is none.
    pub(super) fn info_text(&mut self, section: &str, field: &str) -> Result<String, TaskError> {
        let info = self.ask(&["INFO", section])?;
        let mut lines = info.lines().filter_map(|line| line.split_once(':'));
        Ok(lines.find(|(name, _)| *name == field).map(|(_, value)| value.to_owned()).unwrap_or_default())
    }

    /// The offset of its history.
    pub(super) fn offset(&mut self) -> Result<u64, TaskError> {
        self.info("replication", "master_repl_offset")
    }

    /// Whether it follows its master.
    pub(super) fn link_is_up(&mut self) -> Result<bool, TaskError> {
        Ok(self.info_text("replication", "master_link_status")? == "up")
    }

    /// Waits until `ready` says so, asking every two milliseconds.
    pub(super) fn wait(
        &mut self,
        what: &str,
        mut ready: impl FnMut(&mut Self) -> Result<bool, TaskError>,
    ) -> Result<(), TaskError> {
        let clock = Stopwatch::start();
        while !ready(self)? {
            if clock.elapsed() > PATIENCE {
                return Err(TaskError::Other(format!("{}: {what} takes too long.", self.name)));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(())
    }

    /// Memory of the process in bytes, as the system counts it (`VmRSS`, Linux).
    pub(super) fn resident(&self) -> Result<u64, TaskError> {
        let path = format!("/proc/{}/status", self.child.id());
        let status = crate::project::read_text(Path::new(&path))?;
        let kib = status.lines().find_map(|line| line.strip_prefix("VmRSS:")?.trim().strip_suffix(" kB"));
        let kib = kib.and_then(|digits| digits.trim().parse::<u64>().ok());
        kib.map(|kib| kib * 1024).ok_or_else(|| TaskError::Other(format!("{path} tells no VmRSS.")))
    }

    /// Stops the process where it is (`STOP`) or lets it go on (`CONT`).
    pub(super) fn signal(&self, signal: &str) -> Result<(), TaskError> {
        let mut kill = Command::new("kill");
        kill.args([&format!("-{signal}"), &self.child.id().to_string()]);
        run(&mut kill, "The measurement stops and continues servers with `kill`.")
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // A stopped process dies of this, too.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Wraps an error of a conversation.
pub(super) fn talk(name: &'static str) -> impl Fn(std::io::Error) -> TaskError {
    move |error| TaskError::Other(format!("talking to {name}: {error}."))
}
