//! Opening the listening sockets that `bind` and `port` ask for (`listenToPort`).

use mio::net::TcpListener;
use socket2::{Domain, Protocol, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};

/// Why there is nothing to listen on.
#[derive(Debug, thiserror::Error)]
pub(super) enum ListenError {
    /// The port is taken.
    #[error(
        "Could not create server TCP listening socket {address}: bind: {error}\n\
         Another server is using port {port}: stop it, or choose another port with --port \
         (--port 0 finds a free one)"
    )]
    Busy {
        /// As in `bind`.
        address: String,
        /// The port asked for.
        port: u16,
        /// What the system said.
        error: io::Error,
    },
    /// An address cannot be used.
    #[error(
        "Could not create server TCP listening socket {address}:{port}: {error}; check --bind and --port"
    )]
    Address {
        /// As in `bind`.
        address: String,
        /// The port asked for.
        port: u16,
        /// What the system said.
        error: io::Error,
    },
    /// All addresses were optional and none worked.
    #[error("none of the addresses in --bind {0} can be used")]
    Nothing(String),
}

/// Listens on every address in `bind` (`*` and `::*` for all; a leading `-` makes one optional) and
/// on `port`, or on any free port if that is 0. Gives the sockets and the port.
pub(super) fn listen(bind: &str, port: u16, backlog: i32) -> Result<(Vec<TcpListener>, u16), ListenError> {
    let mut listeners = Vec::new();
    let mut bound_port = port;
    for word in bind.split_ascii_whitespace() {
        let (optional, address) = match word.strip_prefix('-') {
            Some(address) => (true, address),
            None => (false, word),
        };
        match resolve(address, bound_port).and_then(|at| open(at, backlog)) {
            Ok((listener, port)) => {
                bound_port = port;
                listeners.push(listener);
            }
            Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
                return Err(ListenError::Busy { address: format!("{address}:{bound_port}"), port, error });
            }
            Err(_) if optional => {}
            Err(error) => return Err(ListenError::Address { address: address.into(), port, error }),
        }
    }
    if listeners.is_empty() { Err(ListenError::Nothing(bind.into())) } else { Ok((listeners, bound_port)) }
}

fn resolve(address: &str, port: u16) -> io::Result<SocketAddr> {
    match address {
        "*" => Ok((IpAddr::from(Ipv4Addr::UNSPECIFIED), port).into()),
        "::*" => Ok((IpAddr::from(Ipv6Addr::UNSPECIFIED), port).into()),
        _ => (address, port)
            .to_socket_addrs()?
            .next()
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such address")),
    }
}

fn open(at: SocketAddr, backlog: i32) -> io::Result<(TcpListener, u16)> {
    let socket = Socket::new(Domain::for_address(at), Type::STREAM, Some(Protocol::TCP))?;
    if at.is_ipv6() {
        // So that `*` and `::*` do not get into each other's way.
        socket.set_only_v6(true)?;
    }
    // On Windows the option would let two servers share a port.
    #[cfg(unix)]
    socket.set_reuse_address(true)?;
    socket.bind(&at.into())?;
    socket.listen(backlog)?;
    socket.set_nonblocking(true)?;
    let listener = TcpListener::from_std(socket.into());
    let port = listener.local_addr()?.port();
    Ok((listener, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_free_port_is_the_same_on_all_addresses() {
        let (listeners, port) = listen("127.0.0.1 -::1", 0, 16).expect("loopback works");
        assert!(port != 0);
        for listener in &listeners {
            assert_eq!(listener.local_addr().expect("bound").port(), port);
        }
        let error = listen("127.0.0.1", port, 16).expect_err("taken").to_string();
        assert!(error.contains(&format!("127.0.0.1:{port}")) && error.contains("--port"), "{error}");
    }

    #[test]
    fn impossible_addresses_are_named() {
        let error = listen("203.0.113.77", 0, 16).expect_err("not ours").to_string();
        assert!(error.contains("203.0.113.77"), "{error}");
        assert!(matches!(listen("-203.0.113.77", 0, 16), Err(ListenError::Nothing(_))));
    }
}
