//! Hosts that pass bytes on and count them: what turmoil itself costs.

use crate::{Count, WRITERS, command, host};
use psync_lab::sim::fanout::{CLIENTS, REPLICAS};
use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::Mutex;
use turmoil::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use turmoil::net::{TcpListener, TcpStream};

/// Where replicas and clients connect.
const REPLICA_PORT: u16 = 1;
const CLIENT_PORT: u16 = 2;

type Writers = Rc<Mutex<Vec<OwnedWriteHalf>>>;

pub(crate) fn build(sim: &mut turmoil::Sim<'static>, count: &Count) {
    let master_count = count.clone();
    sim.host(host(0), move || master(master_count.clone()));
    for n in 1..=REPLICAS {
        let count = count.clone();
        sim.host(host(n), move || {
            let count = count.clone();
            async move {
                let (reader, _writer) = TcpStream::connect((host(0), REPLICA_PORT)).await?.into_split();
                drain(reader, count, |_| {}).await;
                Ok(())
            }
        });
    }
    for n in 0..WRITERS {
        sim.client(format!("w{n}"), client(count.clone(), CLIENT_PORT));
    }
}

/// A client that writes its share every millisecond.
pub(crate) async fn client(count: Count, port: u16) -> turmoil::Result {
    tokio::time::sleep(Duration::from_secs(2)).await;
    let (reader, mut writer) = TcpStream::connect((host(0), port)).await?.into_split();
    tokio::task::spawn_local(drain(reader, count, |_| {}));
    for made in 0.. {
        if made % u64::from(CLIENTS / WRITERS) == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        writer.write_all(&command(made)).await?;
    }
    Ok(())
}

async fn drain(mut reader: OwnedReadHalf, count: Count, mut each: impl FnMut(&[u8])) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(n @ 1..) = reader.read(&mut buffer).await {
        count.set(count.get() + 1);
        each(&buffer[..n]);
    }
}

async fn master(count: Count) -> turmoil::Result {
    let replicas = Writers::default();
    let kept: Rc<RefCell<Vec<OwnedReadHalf>>> = Rc::default();
    let (to, keep) = (replicas.clone(), kept.clone());
    tokio::task::spawn_local(async move {
        let listener = TcpListener::bind(("0.0.0.0", REPLICA_PORT)).await.expect("a free port");
        while let Ok((stream, _)) = listener.accept().await {
            let (reader, writer) = stream.into_split();
            keep.borrow_mut().push(reader);
            to.lock().await.push(writer);
        }
    });
    let listener = TcpListener::bind(("0.0.0.0", CLIENT_PORT)).await?;
    loop {
        let (mut reader, mut writer) = listener.accept().await?.0.into_split();
        let (replicas, count) = (replicas.clone(), count.clone());
        tokio::task::spawn_local(async move {
            let mut buffer = vec![0; 64 * 1024];
            while let Ok(n @ 1..) = reader.read(&mut buffer).await {
                count.set(count.get() + 1);
                for replica in replicas.lock().await.iter_mut() {
                    replica.write_all(&buffer[..n]).await.expect("the replica lives");
                }
                writer.write_all(b"+OK\r\n").await.expect("the client lives");
            }
        });
    }
}
