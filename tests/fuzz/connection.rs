//! Whole connections: clients, replicas and a master that come, go and say anything, in any order.

use crate::dice::Dice;
use crate::rig::{Conn, Rig};
use crate::words;
use psync_lab::redis::{ConnId, Input, JobId, RedisVersion, Span};

/// Runs a server through what `data` chooses.
///
/// # Panics
/// If the server does something it must not.
pub(crate) fn check(data: &[u8]) {
    let mut dice = Dice::new(data);
    let mut rig = Rig::new(dice.pick(&[RedisVersion::V6_2, RedisVersion::V7_0, RedisVersion::V7_2]));
    while !dice.is_empty() {
        step(&mut rig, &mut dice);
    }
    rig.ping();
}

fn step(rig: &mut Rig, dice: &mut Dice<'_>) {
    let conn = ConnId::accepted(dice.below(6) as u64);
    let dialled = rig.master().unwrap_or(ConnId::dialled(dice.below(9) as u64));
    match dice.below(32) {
        0 => rig.close(conn),
        1 => rig.drain(conn),
        2 => rig.give(Input::Sent { conn, bytes: dice.pick(&[0, 1, 5000, u64::MAX]) }),
        3 => rig.wait(Span::from_millis(dice.pick(&[1, 100, 1000, 7000])), 200),
        // A machine that slept for a day, a year, for ever.
        4 if dice.below(8) == 0 => {
            rig.wait(Span::from_secs(dice.pick(&[86_400, 31_536_000, 1_000_000_000])), 3);
        }
        5 => rig.give(Input::Timer),
        6 => {
            let job = rig.jobs.first().copied().filter(|_| dice.below(4) > 0);
            let ok = dice.below(4) > 0;
            rig.jobs.retain(|other| Some(*other) != job);
            rig.give(Input::SnapshotSaved { job: job.unwrap_or(JobId(dice.below(9) as u32)), ok });
        }
        7 => rig.connect(dialled),
        8 => rig.close(dialled),
        9 => say(rig, dice, dialled, b"+PONG\r\n+OK\r\n+OK\r\n"),
        10 => {
            let id = rig.server.repl_id();
            let line = dice.pick(&[
                "+FULLRESYNC c14a91b3a7e5cad86a179eb3dcdc31468cad0a65 7\r\n$18\r\nREDIS0010\u{1}".to_owned(),
                format!("+CONTINUE {id}\r\n"),
                "+CONTINUE\r\n".to_owned(),
            ]);
            let mut bytes = line.into_bytes();
            if bytes.last() == Some(&1) {
                bytes.pop();
                bytes.extend(b"\xff\0\0\0\0\0\0\0\0");
            }
            say(rig, dice, dialled, &bytes);
        }
        11 => {
            let bytes = words::command(dice, &[]);
            say(rig, dice, dialled, &bytes);
        }
        12 => {
            let words = words::words(dice, &[rig.server.repl_id().to_string()]);
            let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
            rig.give(Input::Operator { args: &words });
        }
        13 => {
            let bytes = dice.raw(30);
            say(rig, dice, conn, bytes);
        }
        14 => {
            // Far more than may be kept of an unfinished command, and of replies nobody reads.
            let piece = dice.pick(&[&b"$0\r\n\r\n"[..], b"GET k0\r\n", b"*1000\r\n", b"\r\n", b"x"]);
            let flood = piece.repeat(30_000 / piece.len());
            rig.accept(conn);
            (0..4).for_each(|_| rig.receive(conn, &flood));
        }
        _ => {
            rig.accept(conn);
            let mut ids = vec![rig.server.repl_id().to_string()];
            ids.extend(rig.server.repl_id2().map(|(id, _)| id.to_string()));
            let bytes = words::command(dice, &ids);
            say(rig, dice, conn, &bytes);
        }
    }
}

/// Bytes on a connection, cut somewhere; unknown connections are tried, too.
fn say(rig: &mut Rig, dice: &mut Dice<'_>, conn: ConnId, bytes: &[u8]) {
    if rig.conns.get(&conn) == Some(&Conn::Dialling) {
        return;
    }
    let cut = dice.below(8) * bytes.len() / 7;
    let (first, second) = bytes.split_at(cut.min(bytes.len()));
    [first, second].into_iter().filter(|part| !part.is_empty()).for_each(|part| rig.receive(conn, part));
}
