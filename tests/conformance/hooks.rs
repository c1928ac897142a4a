//! What some recordings hold in words or in `observed` only, as code: bulk steps and checks, by
//! scenario and step number.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::fake::ack;
use crate::resp::{Res, encode, escape, latin1};
use crate::runner::{QUIET, Run};

/// Before step `number`.
pub(crate) fn before(run: &mut Run<'_>, number: usize) -> Res<()> {
    match (run.scenario.short(), number) {
        ("s33", 4) => {
            let mut sets = 0;
            while run.nodes.get_mut("A").ok_or("A")?.field("connected_slaves")?.as_deref() != Some("0") {
                sets += 1;
                set(run, "A", sets, 1000)?;
                if sets > 2000 {
                    return Err("the replica is not dropped after 2000 SETs".to_owned());
                }
            }
            observe(run, "dropped_after_n_sets", &json!(sets))
        }
        _ => Ok(()),
    }
}

/// After step `number`.
pub(crate) fn after(run: &mut Run<'_>, number: usize) -> Res<()> {
    let last = number + 1 == run.scenario.steps.len();
    match (run.scenario.short(), number) {
        ("s02", _) if last => {
            let changed = run.mask.ids.get(&1) != run.mask.ids.get(&2);
            observe(run, "replid_changed_when_backlog_created", &json!(changed))
        }
        ("s18", _) if last => {
            run.fake.recv(&latin1(&ack(1037)), &mut run.mask)?;
            observe(run, "next_periodic_ack", &json!(latin1(&ack(1037))))
        }
        ("s51", 7) => {
            let conn = run.raw("r2")?;
            conn.fill(Duration::from_millis(1));
            let got: String = latin1(&conn.buf).trim_start_matches('\n').to_owned();
            observe(run, "r2_got_immediately", &json!(got))
        }
        ("s56", 1) => silent(run, "nothing_more_before_pong", 1),
        ("s56", 4) => silent(run, "3_nothing_before_all_replies", 200),
        ("s66", _) if last => silent(run, "acks_sent_to_pre_psync_master", 1500),
        ("s70", 9) => observe(run, "closed_after_ping", &json!(true)),
        ("s77", 0) => {
            let got = run.fake.drain(Duration::from_millis(400))?;
            let got = got.strip_prefix(&encode(&["PING"])[..]).unwrap_or(&got).to_vec();
            let expected = run.scenario.observed["pipelined"].as_str().unwrap_or_default();
            run.mask.check(expected, &got)?;
            run.seen.insert("pipelined".to_owned());
            Ok(())
        }
        ("s77", 1) => {
            let closed = run.fake.closed_by_peer(Duration::from_secs(3))?;
            let rest = run.fake.drain(QUIET)?;
            observe(run, "after_wrongpass", &json!(latin1(&rest)))?;
            observe(run, "closed", &json!(closed))
        }
        ("s86", 6) => pings(run),
        ("s93", 12) => still_open(run, "sub_still_connected_during_outage"),
        ("s93", 13) => still_open(run, "sub_still_connected_after_FULLRESYNC_line"),
        ("s93", 15) => observe(run, "sub_closed_once_rdb_received", &json!(true)),
        ("s96", 1) => {
            field_order(run, "A", "master_fields")?;
            field_order(run, "B", "replica_fields")
        }
        ("s96", 3) => field_order(run, "B", "replica_fields_link_down"),
        ("s100", 2) => {
            let (offset, first, histlen) = backlog(run, "B")?;
            observe(run, "B.histlen_between_16385_and_36824", &json!((16385..=36824).contains(&histlen)))?;
            observe(run, "B.first_byte_minus_1_is_multiple_of_20440", &json!((first - 1) % 20440 == 0))?;
            observe(run, "B.first_plus_histlen_minus_1_eq_offset", &json!(first + histlen - 1 == offset))
        }
        ("s104", 7) => {
            let has = |key: &[u8]| run.last_rdb.windows(3).any(|w| w[0] == 2 && &w[1..] == key);
            let has = json!([has(b"k0"), has(b"k1"), has(b"k2")]);
            observe(run, "rdb_has_k0_k1_k2", &has)
        }
        ("s110", 7) => {
            let mut old = run.raws.remove("r1").ok_or("no r1")?.1;
            let got = old.take_until_quiet(usize::MAX, Duration::from_secs(5), QUIET).len();
            let (offset, _, _) = backlog(run, "A")?;
            observe(
                run,
                "got_less_than_master_offset",
                &json!(i64::try_from(got).is_ok_and(|n| n < offset)),
            )?;
            let id = run.mask.ids.get(&1).cloned().unwrap_or_default();
            let conn = run.raw("r2")?;
            conn.send(&encode(&["PSYNC", &id, &(got + 1).to_string()]))?;
            let line = latin1(&conn.take_line(Duration::from_secs(5))?);
            let verdict = line.split([' ', '\r']).next().unwrap_or_default();
            observe(run, "psync_from_last_received_byte", &json!(verdict))
        }
        _ => Ok(()),
    }
}

/// A `note` step: bulk work described in words.
pub(crate) fn note(run: &mut Run<'_>, text: &str) -> Res<()> {
    match run.scenario.short() {
        "s29" => {
            let mut trace = Vec::new();
            let mut before = (0, 0, 1, 0);
            for n in 1..=60 {
                set(run, "A", n, 1000)?;
                let least = if n == 1 { 1062 } else { 1039 };
                run.raw("r1")?.take_until_quiet(least, Duration::from_secs(3), Duration::from_millis(1));
                let (offset, first, histlen) = backlog(run, "A")?;
                let now = (n, offset, first, histlen);
                if now.2 != before.2 {
                    trace.push(json!({"before": before, "after": now}));
                }
                before = now;
            }
            observe(run, "trace", &json!(trace))?;
            observe(run, "end", &json!(before))
        }
        "s100" => (1..=60).try_for_each(|n| set(run, "A", n, 1000)),
        "s110" => {
            for n in 1..=20_000 {
                set(run, "A", n, 10_000)?;
                let left = run.node("A")?.field("connected_slaves")?.unwrap_or_default();
                if left == "0" {
                    return observe(run, "dropped", &json!(left));
                }
            }
            Err("the replica is not dropped after 20000 SETs of 10 kB".to_owned())
        }
        _ => Err(format!("this runner does not know how to do what the note says: {text}")),
    }
}

fn set(run: &mut Run<'_>, node: &str, n: usize, len: usize) -> Res<()> {
    let args = [b"SET".to_vec(), format!("key:{n:06}").into_bytes(), vec![b'v'; len]];
    let reply = run.client(node, &args)?;
    if reply.text().as_deref() == Some(b"OK") { Ok(()) } else { Err(format!("SET: {}", reply.show())) }
}

/// Compares a value with what was recorded under `label`.
fn observe(run: &mut Run<'_>, label: &str, got: &Value) -> Res<()> {
    let expected = &run.scenario.observed[label];
    if expected != got {
        return Err(format!("{label}: expected {expected}, got {got}"));
    }
    run.seen.insert(label.to_owned());
    Ok(())
}

/// The replica sends its fake master nothing for so many milliseconds.
fn silent(run: &mut Run<'_>, label: &str, millis: u64) -> Res<()> {
    let got = run.fake.drain(Duration::from_millis(millis))?;
    observe(run, label, &json!(escape(&got)))
}

fn still_open(run: &mut Run<'_>, label: &str) -> Res<()> {
    let closed = run.raw("sub")?.closes_within(Duration::from_millis(200));
    observe(run, label, &json!(!closed))
}

/// Offset, first byte and length of the backlog.
fn backlog(run: &mut Run<'_>, node: &str) -> Res<(i64, i64, i64)> {
    let info = run.node(node)?.info("replication")?;
    let number = |name: &str| {
        let text = info.iter().find(|(k, _)| k == name).map(|(_, v)| v.as_str()).unwrap_or_default();
        text.parse::<i64>().map_err(|_| format!("{node}.{name} is {text:?}"))
    };
    Ok((
        number("master_repl_offset")?,
        number("repl_backlog_first_byte_offset")?,
        number("repl_backlog_histlen")?,
    ))
}

fn pings(run: &mut Run<'_>) -> Res<()> {
    let ping = run.scenario.observed["stream_is_n_times"].as_str().unwrap_or_default().as_bytes().to_vec();
    let (offset, _, _) = backlog(run, "A")?;
    let got =
        run.raw("r1")?.take_until_quiet(usize::try_from(offset).unwrap_or(0), Duration::from_secs(3), QUIET);
    let n = got.len() / ping.len();
    if n == 0 || got != ping.repeat(n) {
        return Err(format!("not a number of heartbeats: {:?}", escape(&got)));
    }
    run.seen.insert("stream_is_n_times".to_owned());
    observe(run, "only_pings_no_select", &json!(true))?;
    observe(run, "master_repl_offset_is_14n", &json!(offset > 0 && offset % 14 == 0))
}

/// The names of INFO replication's fields in their order.
fn field_order(run: &mut Run<'_>, node: &str, label: &str) -> Res<()> {
    let end = Instant::now() + Duration::from_secs(3);
    loop {
        let info = run.node(node)?.info("replication")?;
        let names: Vec<_> = info.into_iter().map(|(k, _)| k).collect();
        match observe(run, label, &json!(names)) {
            Err(_) if Instant::now() < end => std::thread::sleep(Duration::from_millis(50)),
            done => return done,
        }
    }
}
