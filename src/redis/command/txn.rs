//! Transactions (multi.c).

use super::{Call, Travel};
use crate::redis::effects::Effects;
use crate::redis::resp::reply;
use crate::redis::server::{Multi, Server};

/// `MULTI`.
pub(super) fn multi(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    let Some(client) = s.clients.get_mut(&call.conn) else {
        return;
    };
    if client.multi.is_some() {
        return call.error("ERR MULTI calls can not be nested");
    }
    client.multi = Some(Multi::default());
    call.ok();
}

/// `DISCARD`.
pub(super) fn discard(s: &mut Server, call: &mut Call<'_>, _: &mut Effects) {
    match s.end_multi(call.conn) {
        Some(_) => call.ok(),
        None => call.error("ERR DISCARD without MULTI"),
    }
}

/// `EXEC`: runs what was queued; the writes travel as one unit.
pub(super) fn exec(s: &mut Server, call: &mut Call<'_>, fx: &mut Effects) {
    let Some(multi) = s.end_multi(call.conn) else {
        return call.error("ERR EXEC without MULTI");
    };
    if multi.broken {
        return call.error("EXECABORT Transaction discarded because of previous errors.");
    }
    reply::array(call.reply, multi.queue.len());
    for (spec, command) in &multi.queue {
        let mut inner = Call {
            args: command.args(),
            conn: call.conn,
            db: call.db,
            from_master: false,
            in_exec: true,
            reply: &mut *call.reply,
            dirty: 0,
            travel: Travel::Verbatim,
        };
        s.call(spec, &mut inner, fx);
        call.db = inner.db;
    }
}
