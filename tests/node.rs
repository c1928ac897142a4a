//! `psync-node` from outside: its command line, its protocol errors, its files, its end.

#![cfg(feature = "node")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const PROGRAM: &str = env!("CARGO_BIN_EXE_psync-node");

/// A directory of its own for each server.
fn scratch() -> PathBuf {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let n = COUNT.fetch_add(1, Ordering::Relaxed);
    let dir = std::env::temp_dir().join(format!("psync-node-test-{}-{n}", std::process::id()));
    fs::create_dir_all(&dir).expect("a place for files");
    dir
}

/// A running server; killed when dropped.
struct Node {
    child: Child,
    port: u16,
    dir: PathBuf,
}

impl Node {
    fn start(args: &[&str]) -> Self {
        Self::start_in(scratch(), args)
    }

    fn start_in(dir: PathBuf, args: &[&str]) -> Self {
        let mut child = Command::new(PROGRAM)
            .args(["--port", "0", "--bind", "127.0.0.1", "--dir"])
            .arg(&dir)
            .args(args)
            .stdout(Stdio::piped())
            .spawn()
            .expect("psync-node starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let (mut line, mut port) = (String::new(), None);
        while !line.contains("Ready to accept connections") {
            line.clear();
            assert!(lines.read_line(&mut line).expect("a log") > 0, "psync-node ended at once");
            if let Some((_, number)) = line.trim_end().rsplit_once("port=") {
                port = number.trim_end_matches('.').parse().ok();
            }
        }
        // Later lines must not fill the pipe.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        Self { child, port: port.expect("the log names the port"), dir }
    }

    fn connect(&self) -> Client {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the node listens");
        stream.set_read_timeout(Some(Duration::from_secs(10))).expect("allowed");
        Client { stream }
    }

    fn wait(&mut self) -> Option<i32> {
        self.child.wait().expect("it was started").code()
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = fs::remove_dir_all(&self.dir);
    }
}

struct Client {
    stream: TcpStream,
}

impl Client {
    fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("the node reads");
    }

    /// Sends bytes and expects exactly these.
    #[track_caller]
    fn expect(&mut self, send: &[u8], reply: &str) {
        self.send(send);
        let mut got = vec![0; reply.len()];
        self.stream.read_exact(&mut got).expect("a reply");
        assert_eq!(String::from_utf8_lossy(&got), reply);
    }

    /// Everything until the node closes.
    fn rest(&mut self) -> String {
        let mut all = Vec::new();
        self.stream.read_to_end(&mut all).expect("a clean close");
        String::from_utf8_lossy(&all).into_owned()
    }
}

fn run(args: &[&str]) -> Output {
    Command::new(PROGRAM).args(args).output().expect("psync-node starts")
}

#[track_caller]
fn fails(args: &[&str], words: &[&str]) {
    let output = run(args);
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{message}");
    for word in words {
        assert!(message.contains(word), "{word:?} is missing in: {message}");
    }
}

#[test]
fn commands_over_tcp() {
    let node = Node::start(&["--repl-backlog-size", "32kb"]);
    let mut client = node.connect();
    client.expect(b"PING\r\n", "+PONG\r\n");
    client.expect(b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$1\r\nv\r\n", "+OK\r\n");
    client.expect(b"*2\r\n$3\r\nGET\r\n$1\r\nk\r\n", "$1\r\nv\r\n");
    client.expect(b"CONFIG GET repl-backlog-size\r\n", "*2\r\n$17\r\nrepl-backlog-size\r\n$5\r\n32768\r\n");
    // Pipelined, and cut in the middle.
    client.send(b"PING\r\n*2\r\n$3\r\nGE");
    std::thread::sleep(Duration::from_millis(30));
    client.expect(b"T\r\n$1\r\nk\r\n", "+PONG\r\n$1\r\nv\r\n");
}

#[test]
fn malformed_requests_are_answered_and_closed() {
    let node = Node::start(&[]);
    for (request, reply) in [
        (&b"*x\r\n"[..], "-ERR Protocol error: invalid multibulk length\r\n"),
        (b"*99999999999\r\n", "-ERR Protocol error: invalid multibulk length\r\n"),
        (b"*1\r\n:5\r\n", "-ERR Protocol error: expected '$', got ':'\r\n"),
        (b"*1\r\n$-7\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        (b"*1\r\n$999999999999\r\n", "-ERR Protocol error: invalid bulk length\r\n"),
        (b"GET \"k\r\n", "-ERR Protocol error: unbalanced quotes in request\r\n"),
    ] {
        let mut client = node.connect();
        client.send(request);
        assert_eq!(client.rest(), reply, "{}", request.escape_ascii());
    }
    let mut client = node.connect();
    client.send(&vec![b'x'; 70_000]);
    assert_eq!(client.rest(), "-ERR Protocol error: too big inline request\r\n");
    node.connect().expect(b"PING\r\n", "+PONG\r\n");
}

#[test]
fn large_values_and_many_clients() {
    let node = Node::start(&["--maxclients", "20"]);
    let mut clients: Vec<Client> = (0..20).map(|_| node.connect()).collect();
    for client in &mut clients {
        client.expect(b"PING\r\n", "+PONG\r\n");
    }
    assert_eq!(node.connect().rest(), "-ERR max number of clients reached\r\n");
    let value = "v".repeat(3_000_000);
    let set = format!("*3\r\n$3\r\nSET\r\n$3\r\nbig\r\n$3000000\r\n{value}\r\n");
    clients[0].expect(set.as_bytes(), "+OK\r\n");
    clients[1].expect(b"GET big\r\n", &format!("$3000000\r\n{value}\r\n"));
    // A client that leaves without reading harms nobody.
    clients[2].send(b"GET big\r\nGET big\r\n");
    drop(clients.remove(2));
    clients[0].expect(b"PING\r\n", "+PONG\r\n");
}

#[test]
fn a_snapshot_survives_a_restart() {
    let dir = scratch();
    let mut node = Node::start_in(dir.clone(), &[]);
    let mut client = node.connect();
    client.expect(b"SET k v\r\n", "+OK\r\n");
    client.send(b"SHUTDOWN SAVE\r\n");
    assert_eq!(client.rest(), "");
    assert_eq!(node.wait(), Some(0));
    let copy = scratch();
    fs::copy(dir.join("dump.rdb"), copy.join("dump.rdb")).expect("it was saved");
    let node = Node::start_in(copy, &[]);
    node.connect().expect(b"GET k\r\n", "$1\r\nv\r\n");
}

#[test]
fn bgsave_writes_the_file() {
    let node = Node::start(&["--dbfilename", "other.rdb"]);
    let mut client = node.connect();
    client.expect(b"SET k v\r\n", "+OK\r\n");
    client.expect(b"BGSAVE\r\n", "+Background saving started\r\n");
    let file = node.dir.join("other.rdb");
    for _ in 0..200 {
        if file.exists() {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(fs::read(file).expect("written").starts_with(b"REDIS0010"));
    assert_eq!(fs::read_dir(&node.dir).expect("there").count(), 1, "no temporary file is left");
}

#[cfg(unix)]
#[test]
fn sigterm_saves_and_ends() {
    let mut node = Node::start(&["--save", "3600 1"]);
    node.connect().expect(b"SET k v\r\n", "+OK\r\n");
    let pid = node.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("kill exists").success());
    assert_eq!(node.wait(), Some(0));
    assert!(node.dir.join("dump.rdb").exists());
}

#[test]
fn a_replica_over_tcp() {
    let master = Node::start(&["--repl-diskless-sync-delay", "0"]);
    let mut writer = master.connect();
    writer.expect(b"SET before 1\r\n", "+OK\r\n");
    let port = master.port.to_string();
    let replica = Node::start(&["--replicaof", "127.0.0.1", &port]);
    let mut reader = replica.connect();
    let mut answers = |key: &str| {
        for _ in 0..200 {
            reader.send(format!("GET {key}\r\n").as_bytes());
            let mut reply = [0; 5];
            reader.stream.read_exact(&mut reply).expect("a reply");
            if reply == *b"$1\r\n1" {
                reader.stream.read_exact(&mut [0; 2]).expect("the rest");
                return true;
            }
            std::thread::sleep(Duration::from_millis(25));
        }
        false
    };
    assert!(answers("before"), "the snapshot arrives");
    writer.expect(b"SET after 1\r\n", "+OK\r\n");
    assert!(answers("after"), "the stream arrives");
}

#[test]
fn a_bad_snapshot_is_refused() {
    let dir = scratch();
    fs::write(dir.join("dump.rdb"), b"REDIS0010 and then something else").expect("written");
    fails(
        &["--port", "0", "--bind", "127.0.0.1", "--dir", path(&dir)],
        &["Fatal error loading the DB", "dump.rdb", "--dbfilename"],
    );
    fs::remove_dir_all(dir).expect("removed");
}

#[test]
fn a_busy_port_is_named() {
    let node = Node::start(&[]);
    let port = node.port.to_string();
    fails(&["--port", &port, "--bind", "127.0.0.1"], &[&format!("127.0.0.1:{port}"), "--port 0"]);
}

#[test]
fn wrong_options_are_explained() {
    fails(&["--port", "abc"], &["FATAL CONFIG FILE ERROR", ">>> 'port abc'", "integer"]);
    fails(&["--ports", "1"], &["did you mean 'port'?"]);
    fails(&["--psync-lab-version", "8.0"], &["6.2, 7.0 and 7.2"]);
    fails(&["--dir", "/no/such/dir"], &["Can't chdir to '/no/such/dir'"]);
    fails(&["--loglevel", "loud"], &["debug, verbose, notice, warning"]);
    fails(&["nowhere.conf"], &["Can't open config file 'nowhere.conf'"]);
}

#[test]
fn help_and_version() {
    for (option, word) in [("--help", "--psync-lab-version"), ("--version", "psync-node v=")] {
        let output = run(&[option]);
        assert!(output.status.success());
        assert!(String::from_utf8_lossy(&output.stdout).contains(word));
    }
}

#[test]
fn the_tap_shows_both_directions() {
    let dir = scratch();
    let tap = dir.join("tap.txt");
    let node = Node::start(&["--psync-lab-tap", path(&tap)]);
    node.connect().expect(b"PING\r\n", "+PONG\r\n");
    std::thread::sleep(Duration::from_millis(100));
    let text = fs::read_to_string(&tap).expect("written");
    assert!(text.contains("in0 < PING\\r\\n") && text.contains("in0 > +PONG\\r\\n"), "{text}");
    fs::remove_dir_all(dir).expect("removed");
}

fn path(path: &Path) -> &str {
    path.to_str().expect("temporary directories have plain names")
}
