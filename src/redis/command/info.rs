//! `INFO`, `ROLE`, `COMMAND`: what a server says about itself, in Redis's field names and order.

use super::{Call, names};
use crate::redis::config::RedisVersion;
use crate::redis::effects::Effects;
use crate::redis::event::ReplState;
use crate::redis::ids::ReplId;
use crate::redis::master::Failover;
use crate::redis::replica::Link;
use crate::redis::resp::reply;
use crate::redis::server::{ReplicaPhase, Server};
use std::fmt::Write;

/// `INFO [section …]`.
pub(super) fn info(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    type Section = (&'static str, &'static str, fn(&Server, &mut String));
    const SECTIONS: [Section; 7] = [
        ("server", "Server", server),
        ("clients", "Clients", clients),
        ("memory", "Memory", memory),
        ("persistence", "Persistence", persistence),
        ("stats", "Stats", stats),
        ("replication", "Replication", replication),
        ("keyspace", "Keyspace", keyspace),
    ];
    let everything = call.args.len() == 1
        || (1..call.args.len())
            .any(|n| ["all", "everything", "default"].iter().any(|word| call.args.is(n, word)));
    let mut text = String::new();
    for (name, title, fill) in SECTIONS {
        if everything || (1..call.args.len()).any(|n| call.args.is(n, name)) {
            if !text.is_empty() {
                text.push_str("\r\n");
            }
            line(&mut text, format_args!("# {title}"));
            fill(s, &mut text);
        }
    }
    call.bulk(text.as_bytes());
}

fn line(text: &mut String, what: std::fmt::Arguments<'_>) {
    // Writing to a String cannot fail.
    let _ = text.write_fmt(what);
    text.push_str("\r\n");
}

fn server(s: &Server, t: &mut String) {
    line(t, format_args!("redis_version:{}", s.config.version.number()));
    line(t, format_args!("redis_mode:standalone"));
    line(t, format_args!("arch_bits:64"));
    line(t, format_args!("run_id:{}", s.run_id));
    line(t, format_args!("tcp_port:{}", s.config.port));
    line(t, format_args!("uptime_in_seconds:{}", s.now.as_secs()));
    line(t, format_args!("hz:10"));
}

fn clients(s: &Server, t: &mut String) {
    line(t, format_args!("connected_clients:{}", s.clients.len() - s.replicas.len()));
    let blocked = s.clients.values().filter(|c| c.blocked.is_some()).count();
    line(t, format_args!("blocked_clients:{blocked}"));
}

fn memory(s: &Server, t: &mut String) {
    line(t, format_args!("used_memory:{}", s.used_memory()));
    line(t, format_args!("maxmemory:{}", s.config.maxmemory));
    line(t, format_args!("maxmemory_policy:{}", s.config.maxmemory_policy));
}

fn persistence(s: &Server, t: &mut String) {
    let loading = s.following.as_ref().is_some_and(|f| matches!(f.link, Link::Loading(_)));
    line(t, format_args!("loading:{}", u8::from(loading)));
    line(t, format_args!("async_loading:0"));
    line(t, format_args!("rdb_bgsave_in_progress:{}", u8::from(s.bgsave.is_some())));
    line(t, format_args!("rdb_last_save_time:{}", s.stats.last_save));
    line(t, format_args!("rdb_last_bgsave_status:{}", if s.stats.last_save_ok { "ok" } else { "err" }));
    line(t, format_args!("rdb_saves:{}", s.stats.rdb_saves));
    line(t, format_args!("aof_enabled:0"));
}

fn stats(s: &Server, t: &mut String) {
    line(t, format_args!("total_connections_received:{}", s.stats.connections));
    line(t, format_args!("total_commands_processed:{}", s.stats.commands));
    line(t, format_args!("sync_full:{}", s.stats.sync_full));
    line(t, format_args!("sync_partial_ok:{}", s.stats.sync_partial_ok));
    line(t, format_args!("sync_partial_err:{}", s.stats.sync_partial_err));
    line(t, format_args!("expired_keys:{}", s.stats.expired));
    line(t, format_args!("evicted_keys:{}", s.stats.evicted));
    line(t, format_args!("unexpected_error_replies:{}", s.stats.unexpected_errors));
}

fn keyspace(s: &Server, t: &mut String) {
    for n in 0..s.keys.databases() {
        let db = s.keys.db(n);
        if !db.is_empty() {
            line(t, format_args!("db{n}:keys={},expires={},avg_ttl=0", db.len(), db.expiring()));
        }
    }
}

fn replication(s: &Server, t: &mut String) {
    if s.following.is_some() {
        line(t, format_args!("role:slave"));
        replica_lines(s, t);
    } else {
        line(t, format_args!("role:master"));
    }
    line(t, format_args!("connected_slaves:{}", s.replicas.len()));
    if s.config.min_replicas_to_write > 0 && s.config.min_replicas_max_lag > 0 {
        line(t, format_args!("min_slaves_good_slaves:{}", s.good_replicas));
    }
    let mut n = 0;
    for conn in &s.replicas {
        let (Some(client), Some(endpoint)) = (s.clients.get(conn), s.replica_endpoint(*conn)) else {
            continue;
        };
        let Some(replica) = client.replica.as_deref() else {
            continue;
        };
        let (state, lag) = match replica.phase {
            ReplicaPhase::WaitBgsaveStart | ReplicaPhase::WaitBgsaveEnd => ("wait_bgsave", 0),
            ReplicaPhase::SendBulk => ("send_bulk", 0),
            ReplicaPhase::Online => ("online", s.secs_since(replica.ack_at)),
            ReplicaPhase::RdbTransmitted => continue,
        };
        let (ip, port, ack) = (endpoint.host, endpoint.port, replica.ack);
        line(t, format_args!("slave{n}:ip={ip},port={port},state={state},offset={ack},lag={lag}"));
        n += 1;
    }
    line(t, format_args!("master_failover_state:{}", Failover::word(s.failover.as_ref())));
    let history = &s.history;
    line(t, format_args!("master_replid:{}", history.id));
    line(t, format_args!("master_replid2:{}", history.second.map_or(ReplId::ZERO, |(id, _)| id)));
    line(t, format_args!("master_repl_offset:{}", history.offset));
    match history.second {
        Some((_, limit)) => line(t, format_args!("second_repl_offset:{limit}")),
        None => line(t, format_args!("second_repl_offset:-1")),
    }
    let backlog = history.backlog.as_ref();
    line(t, format_args!("repl_backlog_active:{}", u8::from(backlog.is_some())));
    line(t, format_args!("repl_backlog_size:{}", s.config.repl_backlog_size));
    // 6.2 goes on showing the numbers of a backlog that it has freed.
    let gone = if s.config.version == RedisVersion::V6_2 { history.last_backlog } else { (0, 0) };
    let (first, histlen) = backlog.map_or(gone, |b| (b.first().get(), b.histlen()));
    line(t, format_args!("repl_backlog_first_byte_offset:{first}"));
    line(t, format_args!("repl_backlog_histlen:{}", histlen));
}

fn replica_lines(s: &Server, t: &mut String) {
    let Some(following) = s.following.as_deref() else {
        return;
    };
    line(t, format_args!("master_host:{}", following.master.host));
    line(t, format_args!("master_port:{}", following.master.port));
    let up = following.is_connected();
    line(t, format_args!("master_link_status:{}", if up { "up" } else { "down" }));
    match following.stream() {
        Some(stream) => line(t, format_args!("master_last_io_seconds_ago:{}", s.secs_since(stream.last_io))),
        None => line(t, format_args!("master_last_io_seconds_ago:-1")),
    }
    let syncing = matches!(following.link.state(), ReplState::Transfer | ReplState::Loading);
    line(t, format_args!("master_sync_in_progress:{}", u8::from(syncing)));
    let (read, applied) = match (following.stream(), following.cached) {
        (Some(stream), _) => (stream.read.to_string(), stream.applied.to_string()),
        (None, Some(cached)) => (cached.applied.to_string(), cached.applied.to_string()),
        // Redis shows 1 where there is neither a master nor a cached one.
        (None, None) => ("1".into(), "1".into()),
    };
    line(t, format_args!("slave_read_repl_offset:{read}"));
    line(t, format_args!("slave_repl_offset:{applied}"));
    let progress = match &following.link {
        Link::Transfer(transfer) => Some((transfer.progress(), transfer.last_io)),
        Link::Loading(loading) => Some((loading.progress(), loading.last_io)),
        _ => None,
    };
    if let Some(((got, total), last_io)) = progress {
        let total = total.map_or(-1, |n| n as i64);
        let left = total - got as i64;
        line(t, format_args!("master_sync_total_bytes:{total}"));
        line(t, format_args!("master_sync_read_bytes:{got}"));
        line(t, format_args!("master_sync_left_bytes:{left}"));
        line(t, format_args!("master_sync_perc:{}", percent(got, total)));
        line(t, format_args!("master_sync_last_io_seconds_ago:{}", s.secs_since(last_io)));
    }
    if !up {
        let since = following.down_since.map_or(-1, |at| s.unix_secs().saturating_sub(at) as i64);
        line(t, format_args!("master_link_down_since_seconds:{since}"));
    }
    line(t, format_args!("slave_priority:{}", s.config.replica_priority));
    line(t, format_args!("slave_read_only:{}", u8::from(s.config.replica_read_only)));
    line(t, format_args!("replica_announced:{}", u8::from(s.config.replica_announced)));
}

/// `%.2f` of `100 × got / total`; Redis prints `-0.00` before it knows the total.
fn percent(got: u64, total: i64) -> String {
    match u64::try_from(total) {
        Err(_) => "-0.00".into(),
        Ok(0) => "0.00".into(),
        Ok(total) => {
            let hundredths = (u128::from(got) * 10_000 + u128::from(total) / 2) / u128::from(total);
            format!("{}.{:02}", hundredths / 100, hundredths % 100)
        }
    }
}

/// `ROLE`.
pub(super) fn role(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    let out = &mut *call.reply;
    if let Some(following) = s.following.as_deref() {
        reply::array(out, 5);
        reply::bulk(out, b"slave");
        reply::bulk(out, following.master.host.as_bytes());
        reply::integer(out, i64::from(following.master.port));
        reply::bulk(out, following.link.role_word().as_bytes());
        reply::integer(out, following.stream().map_or(-1, |stream| stream.applied.get() as i64));
        return;
    }
    let online: Vec<_> = s
        .replicas
        .iter()
        .filter_map(|conn| {
            let replica = s.clients.get(conn)?.replica.as_deref()?;
            let endpoint = s.replica_endpoint(*conn)?;
            (replica.phase == ReplicaPhase::Online).then_some((endpoint, replica.ack))
        })
        .collect();
    reply::array(out, 3);
    reply::bulk(out, b"master");
    reply::integer(out, s.history.offset.get() as i64);
    reply::array(out, online.len());
    for (endpoint, ack) in online {
        reply::array(out, 3);
        reply::bulk(out, endpoint.host.as_bytes());
        reply::bulk(out, endpoint.port.to_string().as_bytes());
        reply::bulk(out, ack.to_string().as_bytes());
    }
}

/// `COMMAND [COUNT|DOCS|…]`: enough for `redis-cli` to start.
pub(super) fn command(_: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    if call.args.is(1, "count") {
        call.integer(names().count() as i64);
    } else {
        reply::array(call.reply, 0);
    }
}
