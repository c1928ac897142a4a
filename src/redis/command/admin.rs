//! Commands of the operator: role, settings, snapshots, shutdown, debugging.

use super::Call;
use super::keys::matches;
use crate::redis::config::{ConfigError, RedisVersion};
use crate::redis::effects::{Effect, Effects, SnapshotTarget};
use crate::redis::event::Event;
use crate::redis::ids::Endpoint;
use crate::redis::resp::{integer, reply};
use crate::redis::server::{Blocked, Server};
use crate::redis::units::{Span, Time};
use std::rc::Rc;

/// `SHUTDOWN` under way.
#[derive(Clone, Copy, Debug)]
pub(in crate::redis) struct Shutdown {
    save: bool,
    /// When to stop waiting for replicas.
    until: Time,
    /// The driver was told to end.
    done: bool,
}

/// `PING [message]`.
pub(super) fn ping(_: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    match call.args.len() {
        1 => reply::simple(call.reply, "PONG"),
        2 => call.bulk(call.args.get(1)),
        _ => call.wrong_arity("ping"),
    }
}

/// `ECHO message`.
pub(super) fn echo(_: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    call.bulk(call.args.get(1));
}

/// `REPLICAOF host port` and `REPLICAOF NO ONE`.
pub(super) fn replicaof(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if s.failover.is_some() {
        return call.error("ERR REPLICAOF not allowed while failing over.");
    }
    if call.args.is(1, "no") && call.args.is(2, "one") {
        s.unset_master(fx);
        return call.ok();
    }
    if s.clients.get(&call.conn).is_some_and(|c| c.replica.is_some()) {
        return call.error("ERR Command is not valid when client is a replica.");
    }
    let port = match integer(call.args.get(2)) {
        Some(port @ 0..=65535) => port as u16,
        Some(_) => return call.error("ERR Invalid master port"),
        None if s.config.version == RedisVersion::V6_2 => {
            return call.error("ERR value is not an integer or out of range");
        }
        None => return call.error("ERR Invalid master port"),
    };
    let master = Endpoint::new(&call.args.text(1), port);
    if s.following.as_ref().is_some_and(|f| f.master == master) {
        return reply::simple(call.reply, "OK Already connected to specified master");
    }
    s.set_master(master, fx);
    call.ok();
}

/// `CONFIG GET pattern … | SET name value … | RESETSTAT | REWRITE`.
pub(super) fn config(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let words = call.args.len();
    let old = s.config.version == RedisVersion::V6_2;
    let many = (call.args.is(1, "get") && words != 3) || (call.args.is(1, "set") && words != 4);
    if old && (many || !SUBCOMMANDS.iter().any(|sub| call.args.is(1, sub))) {
        // One name at a time, and one text for whatever is wrong.
        let before = "ERR Unknown subcommand or wrong number of arguments for '";
        return call.error_about(before, call.args.get(1), "'. Try CONFIG HELP.");
    }
    if call.args.is(1, "get") && words >= 3 {
        let mut entries = s.config.entries();
        let master = s.following.as_ref().map(|f| format!("{} {}", f.master.host, f.master.port));
        entries.extend(["replicaof", "slaveof"].map(|name| (name, master.clone().unwrap_or_default())));
        let wanted = |name: &str| {
            (2..words).any(|n| matches(call.args.get(n).to_ascii_lowercase().as_slice(), name.as_bytes()))
        };
        let found: Vec<_> = entries.iter().filter(|(name, _)| wanted(name)).collect();
        reply::array(call.reply, found.len() * 2);
        for (name, value) in found {
            call.bulk(name.as_bytes());
            call.bulk(value.as_bytes());
        }
    } else if call.args.is(1, "set") && words >= 4 {
        if !words.is_multiple_of(2) {
            return call.error("ERR syntax error");
        }
        match set_all(s, call) {
            Ok(()) => {
                if let Some(backlog) = &mut s.history.backlog {
                    let from = backlog.first();
                    backlog.resize(s.config.repl_backlog_size);
                    let first = backlog.first();
                    if first > from {
                        fx.note(Event::BacklogOverwrote { from, first });
                    }
                }
                s.refresh_good_replicas();
                s.trim_backlog(crate::redis::backlog::TRIM_PER_CALL, fx);
                call.ok();
            }
            Err(error) if old => refused_in_old_words(call, &error),
            Err(error) => call.error(format!("ERR {error}")),
        }
    } else if call.args.is(1, "resetstat") && words == 2 {
        s.reset_stats();
        call.ok();
    } else if call.args.is(1, "rewrite") && words == 2 {
        call.error("ERR The server is running without a config file");
    } else if SUBCOMMANDS.iter().any(|sub| call.args.is(1, sub)) {
        let sub = call.args.text(1).to_ascii_lowercase();
        call.wrong_arity(&format!("config|{sub}"));
    } else {
        call.error_about("ERR unknown subcommand '", call.args.get(1), "'. Try CONFIG HELP.");
    }
}

const SUBCOMMANDS: [&str; 4] = ["get", "set", "resetstat", "rewrite"];

/// A refused setting as 6.2 says it.
fn refused_in_old_words(call: &mut Call<'_>, error: &ConfigError) {
    match error {
        ConfigError::Unknown(name) | ConfigError::Immutable(name) | ConfigError::Protected(name) => {
            call.error(format!("ERR Unsupported CONFIG parameter: {name}"));
        }
        ConfigError::BadValue { name, why } => {
            let place = format!("' for CONFIG SET '{name}' - {why}");
            call.error_about("ERR Invalid argument '", call.args.get(3), &place);
        }
    }
}

/// All or nothing: a refused value leaves every setting as it was.
fn set_all(s: &mut Server, call: &Call<'_>) -> Result<(), ConfigError> {
    let mut changed = crate::redis::Config::clone(&s.config);
    let mut seen: Vec<String> = Vec::new();
    for at in (2..call.args.len()).step_by(2) {
        let name = call.args.text(at);
        if seen.iter().any(|other| name.eq_ignore_ascii_case(other)) {
            let why = "duplicate parameter".to_owned();
            return Err(ConfigError::BadValue { name: name.into_owned(), why });
        }
        seen.push(name.into_owned());
        changed.set(&call.args.text(at), &call.args.text(at + 1), false)?;
    }
    s.config = Rc::new(changed);
    Ok(())
}

/// `BGSAVE [SCHEDULE]`.
pub(super) fn bgsave(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if call.args.len() > 2 || (call.args.len() == 2 && !call.args.is(1, "schedule")) {
        return call.error("ERR syntax error");
    }
    if s.bgsave.is_some() {
        return call.error("ERR Background save already in progress");
    }
    s.fork(SnapshotTarget::Disk, 0, fx);
    reply::simple(call.reply, "Background saving started");
}

/// `SAVE`.
pub(super) fn save(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    if s.bgsave.is_some() {
        return call.error("ERR Background save already in progress");
    }
    fx.push(Effect::KeepSnapshot { rdb: s.snapshot() });
    s.stats.rdb_saves += 1;
    s.stats.last_save = s.unix_secs();
    call.ok();
}

/// `LASTSAVE`.
pub(super) fn lastsave(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    call.integer(s.stats.last_save as i64);
}

/// `SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]`.
pub(super) fn shutdown(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let (mut save, mut now, mut abort, mut flags) = (None, false, false, 0);
    for at in 1..call.args.len() {
        match () {
            () if call.args.is(at, "nosave") && save != Some(true) => save = Some(false),
            () if call.args.is(at, "save") && save != Some(false) => save = Some(true),
            // Waiting for replicas is new in 7.0, and what belongs to it.
            () if s.config.version == RedisVersion::V6_2 => return call.error("ERR syntax error"),
            () if call.args.is(at, "now") => now = true,
            () if call.args.is(at, "force") => {}
            () if call.args.is(at, "abort") => abort = true,
            () => return call.error("ERR syntax error"),
        }
        flags += usize::from(!call.args.is(at, "abort"));
    }
    if abort && flags > 0 || s.config.version == RedisVersion::V6_2 && flags > 1 {
        return call.error("ERR syntax error");
    }
    if abort {
        return if s.abort_shutdown(fx) { call.ok() } else { call.error("ERR No shutdown in progress.") };
    }
    if let Some(client) = s.clients.get_mut(&call.conn) {
        client.blocked = Some(Blocked::Shutdown);
    }
    if s.shuts_down() {
        return;
    }
    let timeout = if now || s.config.version == RedisVersion::V6_2 { 0 } else { s.config.shutdown_timeout };
    let save = save.unwrap_or(!s.config.save.is_empty());
    s.shutdown = Some(Shutdown { save, until: s.now + Span::from_secs(timeout), done: false });
    // Replicas that lag are asked how far they are, and waited for.
    s.getack_wanted = timeout > 0 && s.lagging();
}

impl Server {
    /// Whether a replica has not acknowledged just what there is (`isReadyToShutdown`).
    fn lagging(&self) -> bool {
        let ack = |conn| self.clients.get(conn).and_then(|c| c.replica.as_ref()).map(|r| r.ack);
        self.replicas.iter().any(|conn| ack(conn) != Some(self.history.offset))
    }

    /// Whether `SHUTDOWN` waits for replicas; writes wait as long.
    pub(super) fn shuts_down(&self) -> bool {
        self.shutdown.is_some_and(|s| !s.done)
    }

    /// `SHUTDOWN ABORT` (`abortShutdown`); `false` if there is nothing to abort.
    fn abort_shutdown(&mut self, fx: &mut Effects) -> bool {
        if !self.shuts_down() {
            return false;
        }
        self.shutdown = None;
        for conn in self.blocked_clients(|b| *b == Blocked::Shutdown) {
            self.with_reply(conn, |out| reply::error(out, "ERR Errors trying to SHUTDOWN. Check logs."));
            self.unblock(conn, fx);
        }
        self.release_paused(fx);
        true
    }

    /// Ends the server once replicas have caught up, or after `shutdown-timeout`.
    pub(in crate::redis) fn finish_shutdown(&mut self, fx: &mut Effects) {
        let Some(shutdown) = self.shutdown.filter(|s| !s.done) else {
            return;
        };
        if self.now >= shutdown.until || !self.lagging() {
            let save = shutdown.save.then(|| self.snapshot());
            fx.push(Effect::Exit { save });
            self.shutdown = Some(Shutdown { done: true, ..shutdown });
        }
    }

    /// When to stop waiting for replicas.
    pub(in crate::redis) fn shutdown_deadline(&self) -> Option<Time> {
        self.shutdown.filter(|s| !s.done).map(|s| s.until)
    }
}

/// `DEBUG SLEEP s | SET-ACTIVE-EXPIRE 0|1 | CHANGE-REPL-ID`.
pub(super) fn debug(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let allowed = s.config.passive("enable-debug-command");
    if s.config.version != RedisVersion::V6_2 && allowed.as_deref() == Some("no") {
        return call.error(
            "ERR DEBUG command not allowed. If the enable-debug-command option is set to \"local\", you can run it \
             from a local connection, otherwise you need to set this option in the configuration file, and then \
             restart the server.",
        );
    }
    if call.args.is(1, "sleep") && call.args.len() == 3 {
        let Some(micros) = seconds(call.args.get(2)) else {
            return call.error("ERR value is not a valid float");
        };
        fx.push(Effect::Sleep(Span::from_micros(micros)));
        call.ok();
    } else if call.args.is(1, "set-active-expire") && call.args.len() == 3 {
        s.active_expire = call.args.get(2) != b"0";
        call.ok();
    } else if call.args.is(1, "change-repl-id") && call.args.len() == 2 {
        s.change_repl_id(fx);
        call.ok();
    } else {
        let before = match s.config.version {
            RedisVersion::V6_2 => "ERR Unknown subcommand or wrong number of arguments for '",
            _ => "ERR unknown subcommand or wrong number of arguments for '",
        };
        call.error_about(before, call.args.get(1), "'. Try DEBUG HELP.");
    }
}

/// `1.5` as microseconds, without floats.
fn seconds(text: &[u8]) -> Option<u64> {
    let text = std::str::from_utf8(text).ok()?;
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let micros: String = fraction.chars().chain("000000".chars()).take(6).collect();
    let whole: u64 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    whole.checked_mul(1_000_000)?.checked_add(micros.parse().ok()?)
}
