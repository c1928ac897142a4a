//! RESP: whatever arrives and however it is cut, the same commands come out, and no more memory is
//! held than what was sent.

use crate::dice::Dice;
use psync_lab::redis::resp::{Limits, Parsed, ProtocolError, Query};

type Commands = Vec<Vec<Vec<u8>>>;

/// Parses all of `data` at once and again in pieces.
///
/// # Panics
/// If the two differ, or memory is out of proportion.
pub(crate) fn check(data: &[u8]) {
    let (how, input) = data.split_at(data.len().min(8));
    let mut dice = Dice::new(how);
    let limits = Limits {
        max_bulk: dice.pick(&[512 << 20, 512 << 20, 100]),
        authenticated: dice.below(4) != 0,
        from_master: dice.below(4) == 0,
    };
    let whole = parse(input, limits, input.len().max(1));
    for step in [1 + dice.below(7), 1 + dice.below(300)] {
        assert_eq!(parse(input, limits, step), whole, "in pieces of {step} bytes");
    }
}

/// Feeds `input` in pieces of `step` bytes; keeps the buffer as the server does.
fn parse(input: &[u8], limits: Limits, step: usize) -> (Commands, Option<ProtocolError>) {
    let mut query = Query::default();
    let mut seen = Commands::new();
    for piece in input.chunks(step) {
        query.extend(piece);
        loop {
            match query.parse(limits) {
                Ok(Parsed::Incomplete) => break,
                Ok(Parsed::Empty) => {}
                Ok(Parsed::Command(args)) => seen.push(args.iter().map(<[u8]>::to_vec).collect()),
                Err(error) => return (seen, Some(error)),
            }
        }
        if query.wants_compaction() {
            query.drop_head(query.pos());
        }
        assert!(query.unexecuted() <= input.len());
        // A vector doubles; a word of no bytes takes six on the wire and sixteen in memory.
        assert!(query.memory() <= 8 * input.len() + 4096, "{} bytes of memory", query.memory());
    }
    (seen, None)
}
