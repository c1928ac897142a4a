//! Commands about connections (networking.c, acl.c).

use super::Call;
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::event::LeaveReason;
use crate::redis::ids::ConnId;
use crate::redis::resp::{integer, reply};
use crate::redis::server::{Client, Server};

/// `AUTH [user] password`.
pub(super) fn auth(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    if call.args.len() > 3 {
        return call.error("ERR syntax error");
    }
    let named = call.args.len() == 3;
    let open = s.config.requirepass.is_empty();
    if open && !named {
        return call.error(
            "ERR AUTH <password> called without any password configured for the default user. Are you sure your \
             configuration is correct?",
        );
    }
    let user_fits = !named || call.args.get(1) == b"default";
    let pass_fits = open || call.args.get(call.args.len() - 1) == s.config.requirepass.as_bytes();
    if user_fits && pass_fits {
        if let Some(client) = s.clients.get_mut(&call.conn) {
            client.authenticated = true;
        }
        return call.ok();
    }
    call.error("WRONGPASS invalid username-password pair or user is disabled.");
}

/// `QUIT`.
pub(super) fn quit(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    call.ok();
    if let Some(client) = s.clients.get_mut(&call.conn) {
        client.close_after_reply = true;
    }
}

/// `CLIENT ID | GETNAME | SETNAME name | LIST | INFO | KILL …`.
pub(super) fn client(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let Some(client) = s.clients.get(&call.conn) else {
        return;
    };
    let words = call.args.len();
    if call.args.is(1, "id") && words == 2 {
        call.integer(client.id as i64);
    } else if call.args.is(1, "getname") && words == 2 {
        let name = (!client.name.is_empty()).then_some(&*client.name);
        reply::bulk_or_null(call.reply, name);
    } else if call.args.is(1, "setname") && words == 3 {
        let name = call.args.get(2);
        if name.iter().any(|b| !(b'!'..=b'~').contains(b)) {
            return call.error("ERR Client names cannot contain spaces, newlines or special characters.");
        }
        if let Some(client) = s.clients.get_mut(&call.conn) {
            client.name = name.into();
        }
        call.ok();
    } else if call.args.is(1, "info") && words == 2 {
        let line = line(s, client);
        call.bulk(line.as_bytes());
    } else if call.args.is(1, "list") {
        list(s, call);
    } else if call.args.is(1, "no-evict") && words == 3 {
        // Nobody's buffers are evicted here.
        if call.args.is(2, "on") || call.args.is(2, "off") { call.ok() } else { call.error(SYNTAX) }
    } else if call.args.is(1, "kill") && words >= 3 {
        kill(s, call, fx);
    } else if s.config.version != RedisVersion::V6_2 && KNOWN.iter().any(|sub| call.args.is(1, sub)) {
        let sub = call.args.text(1).to_ascii_lowercase();
        call.wrong_arity(&format!("client|{sub}"));
    } else {
        let before = match s.config.version {
            RedisVersion::V6_2 => "ERR Unknown subcommand or wrong number of arguments for '",
            _ => "ERR unknown subcommand '",
        };
        call.error_about(before, call.args.get(1), "'. Try CLIENT HELP.");
    }
}

const KNOWN: [&str; 6] = ["id", "getname", "setname", "info", "no-evict", "kill"];
const SYNTAX: &str = "ERR syntax error";

/// `CLIENT LIST [TYPE type | ID id …]`.
fn list(s: &Server, call: &mut Call<'_>) {
    let mut ids = Vec::new();
    let kind = if call.args.len() == 4 && call.args.is(2, "type") {
        match Kind::named(&call.args.text(3)) {
            Some(kind) => Some(kind),
            None => return call.error_about("ERR Unknown client type '", call.args.get(3), "'"),
        }
    } else if call.args.len() > 3 && call.args.is(2, "id") {
        for at in 3..call.args.len() {
            match integer(call.args.get(at)) {
                Some(id @ 1..) => ids.push(id as u64),
                _ => return call.error("ERR Invalid client ID"),
            }
        }
        None
    } else if call.args.len() > 2 {
        return call.error(SYNTAX);
    } else {
        None
    };
    let wanted = |c: &Client| kind.is_none_or(|k| k.fits(c)) && (ids.is_empty() || ids.contains(&c.id));
    let lines: String = s.clients.values().filter(|c| wanted(c)).map(|c| line(s, c)).collect();
    call.bulk(lines.as_bytes());
}

/// One line of `CLIENT LIST` (`catClientInfoString`).
fn line(s: &Server, client: &Client) -> String {
    let mut flags = String::new();
    if client.replica.is_some() {
        flags.push('S');
    }
    if client.multi.is_some() {
        flags.push('x');
    }
    if client.blocked.is_some() {
        flags.push('b');
    }
    if flags.is_empty() {
        flags.push('N');
    }
    let queued = client.multi.as_ref().map_or(-1, |m| m.queue.len() as i64);
    let omem = client.replica.as_ref().map_or(0, |r| s.limited_usage(client, r));
    format!(
        "id={} addr={}:{} name={} age={} idle={} flags={flags} db={} sub=0 psub=0 multi={queued} qbuf={} obl={} \
         omem={omem} user=default\n",
        client.id,
        client.host,
        client.port,
        String::from_utf8_lossy(&client.name),
        s.secs_since(client.created),
        s.secs_since(client.last_io),
        client.db,
        client.query.unparsed(),
        client.pending_reply(),
    )
}

/// `CLIENT KILL host:port` or `CLIENT KILL (TYPE|ID|ADDR|SKIPME) value …`.
fn kill(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let at = |client: &Client, addr: &[u8]| format!("{}:{}", client.host, client.port).as_bytes() == addr;
    if call.args.len() == 3 {
        let addr = call.args.get(2);
        let found = s.clients.values().find(|c| at(c, addr)).map(|c| c.conn);
        return match found {
            Some(conn) => {
                kill_one(s, call, conn, fx);
                call.ok();
            }
            None => call.error("ERR No such client"),
        };
    }
    let (mut kind, mut id, mut addr, mut skip_me) = (None, None, None, true);
    for option in (2..call.args.len()).step_by(2) {
        let value = call.args.get(option + 1);
        if option + 1 >= call.args.len() {
            return call.error("ERR syntax error");
        } else if call.args.is(option, "type") {
            kind = match Kind::named(&call.args.text(option + 1)) {
                Some(kind) => Some(kind),
                None => {
                    return call.error_about("ERR Unknown client type '", call.args.get(option + 1), "'");
                }
            };
        } else if call.args.is(option, "id") {
            match integer(value) {
                Some(number @ 1..) => id = Some(number as u64),
                // 6.2 does not look: there is no such client.
                Some(0) if s.config.version == RedisVersion::V6_2 => id = Some(0),
                _ => return call.error("ERR client-id should be greater than 0"),
            }
        } else if call.args.is(option, "addr") {
            addr = Some(value);
        } else if call.args.is(option, "skipme")
            && (call.args.is(option + 1, "yes") || call.args.is(option + 1, "no"))
        {
            skip_me = call.args.is(option + 1, "yes");
        } else {
            return call.error("ERR syntax error");
        }
    }
    let chosen = |client: &Client| {
        let kind_fits = kind.is_none_or(|kind| kind.fits(client));
        let me = skip_me && client.conn == call.conn;
        kind_fits && id.is_none_or(|id| id == client.id) && addr.is_none_or(|addr| at(client, addr)) && !me
    };
    let conns: Vec<ConnId> = s.clients.values().filter(|c| chosen(c)).map(|c| c.conn).collect();
    let mut killed = conns.len() as i64;
    for conn in conns {
        kill_one(s, call, conn, fx);
    }
    if matches!(kind, Some(Kind::Master)) && id.is_none() && addr.is_none() && s.drop_master_link(fx) {
        killed += 1;
    }
    call.integer(killed);
}

#[derive(Clone, Copy)]
enum Kind {
    Normal,
    Replica,
    Master,
    PubSub,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "replica" | "slave" => Self::Replica,
            "normal" => Self::Normal,
            "master" => Self::Master,
            "pubsub" => Self::PubSub,
            _ => return None,
        })
    }

    fn fits(self, client: &Client) -> bool {
        match self {
            Self::Replica => client.replica.is_some(),
            Self::Normal => client.replica.is_none(),
            Self::Master | Self::PubSub => false,
        }
    }
}

fn kill_one(s: &mut Server, call: &Call<'_>, conn: ConnId, fx: &mut Effects) {
    if conn == call.conn {
        if let Some(client) = s.clients.get_mut(&conn) {
            client.close_after_reply = true;
        }
    } else {
        s.free_client(conn, LeaveReason::Killed, fx);
    }
}
