//! A TCP proxy in front of a server, whose connections can be cut and refused.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crate::resp::Res;
use crate::server::free_listener;

/// What the proxy's threads share.
struct Shared {
    up: AtomicBool,
    stop: AtomicBool,
    streams: Mutex<Vec<TcpStream>>,
}

/// A running proxy; dropping it closes everything.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    shared: Arc<Shared>,
}

impl Proxy {
    pub(crate) fn to(target: u16) -> Res<Self> {
        let (port, listener) = free_listener();
        listener.set_nonblocking(true).map_err(|e| e.to_string())?;
        let shared =
            Shared { up: AtomicBool::new(true), stop: AtomicBool::new(false), streams: Mutex::default() };
        let shared = Arc::new(shared);
        let inner = Arc::clone(&shared);
        thread::spawn(move || {
            while !inner.stop.load(Ordering::SeqCst) {
                match listener.accept() {
                    Ok((near, _)) if inner.up.load(Ordering::SeqCst) => inner.join(near, target),
                    Ok(_) => {}
                    Err(_) => thread::sleep(Duration::from_millis(5)),
                }
            }
        });
        Ok(Self { port, shared })
    }

    /// Closes every connection and refuses new ones.
    pub(crate) fn cut(&self) {
        self.shared.up.store(false, Ordering::SeqCst);
        self.shared.close();
    }

    /// Lets connections through again.
    pub(crate) fn heal(&self) {
        self.shared.up.store(true, Ordering::SeqCst);
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.close();
    }
}

impl Shared {
    fn join(&self, near: TcpStream, target: u16) {
        let _ = near.set_nonblocking(false);
        let Ok(far) = TcpStream::connect(("127.0.0.1", target)) else { return };
        let _ = (near.set_nodelay(true), far.set_nodelay(true));
        for (from, to) in [(near.try_clone(), far.try_clone()), (far.try_clone(), near.try_clone())] {
            if let (Ok(from), Ok(to)) = (from, to) {
                thread::spawn(move || copy(from, to));
            }
        }
        self.streams.lock().unwrap_or_else(PoisonError::into_inner).extend([near, far]);
    }

    fn close(&self) {
        for stream in self.streams.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn copy(mut from: TcpStream, mut to: TcpStream) {
    let mut chunk = vec![0; 1 << 16];
    while let Ok(n @ 1..) = from.read(&mut chunk) {
        if to.write_all(&chunk[..n]).is_err() {
            break;
        }
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
