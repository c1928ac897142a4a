//! The lab's own servers on turmoil's network.

use crate::{Count, WRITERS, host, plain};
use psync_lab::redis::{ConnId, Effect, Effects, Endpoint, Input, Server, Time};
use psync_lab::sim::NodeId;
use psync_lab::sim::fanout;
use std::collections::{BTreeMap, VecDeque};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use tokio::time::Instant;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use turmoil::net::{TcpListener, TcpStream};

const PORT: u16 = 6379;

/// A server and its connections.
struct Host {
    server: Server,
    start: Instant,
    writers: BTreeMap<ConnId, OwnedWriteHalf>,
    effects: Effects,
    count: Count,
}

/// What the core is told after an effect was carried out.
enum Later {
    Sent { conn: ConnId, bytes: u64 },
    Connect { conn: ConnId, to: Endpoint },
    Saved { job: psync_lab::redis::JobId },
}

type Shared = Rc<Mutex<Host>>;

pub(crate) fn build(sim: &mut turmoil::Sim<'static>, count: &Count) {
    for (n, node) in fanout::spec().nodes.into_iter().enumerate() {
        let count = count.clone();
        let mut config = node.settings.config(PORT);
        config.replicaof = node.replica_of.map(|NodeId(of)| Endpoint::new(&host(of), PORT));
        sim.host(host(n as u8), move || {
            let server = Server::new(config.clone(), n as u64);
            run(server, count.clone())
        });
    }
    for n in 0..WRITERS {
        sim.client(format!("w{n}"), plain::client(count.clone(), PORT));
    }
}

async fn run(server: Server, count: Count) -> turmoil::Result {
    // Events are recorded, as in the lab, and dropped.
    let host =
        Host { server, start: Instant::now(), writers: BTreeMap::new(), effects: Effects::new(), count };
    let shared = Shared::new(Mutex::new(host));
    let timed = shared.clone();
    tokio::task::spawn_local(async move {
        loop {
            input(&timed, Input::Timer).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    let listener = TcpListener::bind(("0.0.0.0", PORT)).await?;
    for n in 0.. {
        let (stream, peer) = listener.accept().await?;
        let conn = ConnId::accepted(n);
        let reader = adopt(&shared, conn, stream).await;
        input(&shared, Input::Accepted { conn, host: &peer.ip().to_string(), port: peer.port() }).await;
        tokio::task::spawn_local(read(shared.clone(), conn, reader));
    }
    Ok(())
}

async fn adopt(shared: &Shared, conn: ConnId, stream: TcpStream) -> OwnedReadHalf {
    let (reader, writer) = stream.into_split();
    shared.lock().await.writers.insert(conn, writer);
    reader
}

async fn read(shared: Shared, conn: ConnId, mut reader: OwnedReadHalf) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = reader.read(&mut buffer).await {
        input(&shared, Input::Received { conn, bytes: &buffer[..n] }).await;
    }
}

/// Hands an input to the server and does what it wants done.
async fn input(shared: &Shared, input: Input<'_>) {
    let host = &mut *shared.lock().await;
    if matches!(input, Input::Received { .. }) {
        host.count.set(host.count.get() + 1);
    }
    let mut later = VecDeque::new();
    host.feed(input, &mut later).await;
    while let Some(next) = later.pop_front() {
        match next {
            Later::Sent { conn, bytes } => host.feed(Input::Sent { conn, bytes }, &mut later).await,
            Later::Saved { job } => host.feed(Input::SnapshotSaved { job, ok: true }, &mut later).await,
            Later::Connect { conn, to } => {
                let shared = shared.clone();
                tokio::task::spawn_local(async move {
                    let stream = TcpStream::connect((&*to.host, to.port)).await.expect("the master listens");
                    let reader = adopt(&shared, conn, stream).await;
                    Box::pin(self::input(&shared, Input::Connected { conn })).await;
                    read(shared, conn, reader).await;
                });
            }
        }
    }
}

impl Host {
    async fn feed(&mut self, input: Input<'_>, later: &mut VecDeque<Later>) {
        let now = Time::from_micros(self.start.elapsed().as_micros() as u64);
        self.effects.clear();
        self.server.handle(now, input, &mut self.effects);
        for effect in self.effects.list() {
            match effect {
                Effect::Send { conn, bytes, .. } => {
                    if let Some(writer) = self.writers.get_mut(conn) {
                        let bytes = self.effects.slice(bytes);
                        writer.write_all(bytes).await.expect("the peer lives");
                        later.push_back(Later::Sent { conn: *conn, bytes: bytes.len() as u64 });
                    }
                }
                Effect::Connect { conn, to } => {
                    later.push_back(Later::Connect { conn: *conn, to: to.clone() })
                }
                Effect::SaveSnapshot { job, .. } => later.push_back(Later::Saved { job: *job }),
                Effect::Close { .. }
                | Effect::KeepSnapshot { .. }
                | Effect::Sleep(_)
                | Effect::Exit { .. } => {}
            }
        }
    }
}
